/*
 * The next version: what of a draft is for others, and what was published and
 * is in it no more, which stays for a while as cancelled.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/serve/serve.h"

#define TOMBSTONE_DAYS 30

static bool is_published(const struct edition *e)
{
    return e->status != EDITION_LAPSED && !date_is_none(e->start);
}

/* Timed items are public from the day their edition is confirmed. Those that a
 * version has of a postponed one are what was called off with its date. */
static bool has_public_items(const struct edition *e)
{
    return e->status == EDITION_CONFIRMED || e->status == EDITION_HELD ||
           e->status == EDITION_CANCELLED || e->status == EDITION_POSTPONED;
}

static void add_edition(struct plan *p, const struct edition *e)
{
    p->editions = array_grow(p, p->editions, struct edition, p->n_editions + 1);
    p->editions[p->n_editions++] = edition_copy(p, e);
}

static void add_item(struct plan *p, const struct item *i)
{
    p->items = array_grow(p, p->items, struct item, p->n_items + 1);
    p->items[p->n_items++] = item_copy(p, i);
}

static struct plan *publishable(TALLOC_CTX *ctx, const struct plan *draft)
{
    struct plan *p = object_new(ctx, struct plan);
    struct plan_index *x;

    p->cost = draft->cost;
    p->bound = draft->bound;
    p->proved = draft->proved;
    for (size_t i = 0; i < draft->n_editions; i++)
        if (is_published(&draft->editions[i]))
            add_edition(p, &draft->editions[i]);
    x = plan_index(p, p);
    for (size_t i = 0; i < draft->n_items; i++) {
        const struct edition *e = index_edition(x, draft->items[i].edition);

        if (e && draft->items[i].audience != ITEM_FOR_NOBODY)
            add_item(p, &draft->items[i]);
    }
    talloc_free(x);
    return p;
}

/* Editions that were published and are not planned any more. */
static void keep_editions(struct plan *after, const struct plan *before,
                          struct date today)
{
    struct plan_index *there = plan_index(after, after);

    for (size_t i = 0; i < before->n_editions; i++) {
        struct edition e = before->editions[i];

        if (index_edition(there, e.id))
            continue;
        if (e.end.day >= today.day && e.status != EDITION_CANCELLED)
            e.status = EDITION_CANCELLED;
        else if (e.status == EDITION_CANCELLED &&
                 e.end.day + TOMBSTONE_DAYS < today.day)
            continue;
        add_edition(after, &e);
    }
    talloc_free(there);
}

/* In a calendar, whatever became of its edition since. */
static bool was_seen(const struct serve *s, const struct item *i)
{
    const struct printed *p = printed_row(&s->out.printed, i->uid);

    return p && p->seen;
}

/* It goes by today's codes: who hears of a body hears of what it no longer
 * holds. */
static void keep_item(const struct serve *s, struct plan *after,
                      const struct item *i)
{
    struct item *kept;

    add_item(after, i);
    kept = &after->items[after->n_items - 1];
    codes_renew(after, s->generation->rules, kept->bodies, &kept->n_bodies);
}

/* Items likewise. One that was never meant to be published stays in the version
 * too, so that those who were invited get their cancellation, and is shown
 * nowhere. */
static void keep_items(const struct serve *s, struct plan *after,
                       const struct plan *before, struct date today)
{
    struct plan_index *there = plan_index(after, after);
    struct plan_index *then = plan_index(there, before);

    for (size_t i = 0; i < before->n_items; i++) {
        struct item item = before->items[i];
        const struct edition *was = index_edition(then, item.edition);

        if (index_item(there, item.id) || !was ||
            !index_edition(there, item.edition) ||
            !(has_public_items(was) || was_seen(s, &item)))
            continue;
        if (item.end.date.day >= today.day)
            item.status = ITEM_CANCELLED;
        else if (item.status == ITEM_CANCELLED &&
                 item.end.date.day + TOMBSTONE_DAYS < today.day)
            continue;
        keep_item(s, after, &item);
    }
    talloc_free(there);
}

/* The item as it was published, when it is over and was not corrected since. */
static const struct item *past_item(const struct plan *after,
                                    const struct plan *before,
                                    const struct item *i, struct date today)
{
    const struct item *was =
        i->end.date.day < today.day ? plan_item(before, i->id) : NULL;
    const struct edition *then = was ? plan_edition(before, i->edition) : NULL;
    const struct edition *now = was ? plan_edition(after, i->edition) : NULL;
    bool same = then && now && then->start.day == now->start.day &&
                strcmp(was->zone, i->zone) == 0 &&
                was->end.date.day < today.day;

    return same && (!i->pinned ||
                    local_seconds(was->start) == local_seconds(i->start))
               ? was
               : NULL;
}

/* What is over was held when it was published to be held, whatever is learnt
 * later about the clocks of its day, the venue's and its partners'. */
static void keep_past_times(struct plan *after, const struct plan *before,
                            struct date today)
{
    for (size_t k = 0; k < after->n_items; k++) {
        struct item *i = &after->items[k];
        const struct item *was = past_item(after, before, i, today);

        if (!was)
            continue;
        i->start = was->start;
        i->end = was->end;
        i->start_utc = was->start_utc;
        i->end_utc = was->end_utc;
    }
}

bool publishing_next(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                     struct plan **ret_after, struct changes *ret_changes,
                     struct error *err)
{
    const struct plan *before = s->out.plan, *whole;
    struct date today = instant_utc_date(serve_now(s));
    struct plan *after;

    if (!draft_whole(ctx, s, draft, &whole, err))
        return false;
    after = publishable(ctx, whole);
    if (before) {
        keep_editions(after, before, today);
        keep_items(s, after, before, today);
        keep_past_times(after, before, today);
    }
    plan_sort(after);
    if (!draft_access(s, after, err))
        return false;
    *ret_after = after;
    *ret_changes = plan_diff(ctx, before, after);
    return true;
}
