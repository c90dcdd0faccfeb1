/*
 * Two plans side by side. Editions and items are matched by name; what differs
 * is told property by property, each as one row.
 *
 * 1. What has no date yet (lapsed, never placed) is not there for a reader: an
 *    edition that gets a date is added, one that lapses is removed.
 * 2. Held is confirmed as far as a reader can see.
 */
#include "daemon/plan/diff.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static const char *const change_words[] = {
    [CHANGE_ADDED] = "added",           [CHANGE_REMOVED] = "removed",
    [CHANGE_MOVED] = "moved",           [CHANGE_CONFIRMED] = "confirmed",
    [CHANGE_CANCELLED] = "cancelled",   [CHANGE_POSTPONED] = "postponed",
    [CHANGE_REINSTATED] = "reinstated", [CHANGE_RETITLED] = "retitled",
    [CHANGE_VENUE] = "venue",           [CHANGE_OTHER] = "changed"};

const char *change_word(enum change_kind k)
{
    return change_words[k];
}

/* One property, printed, of the old and of the new thing. */
struct property {
    const char *field;
    enum change_kind kind;
    const char *old_value, *new_value;
};

static const char *text_of(const char *text)
{
    return text ? text : "";
}

static const char *date_text(TALLOC_CTX *ctx, struct date d)
{
    char buf[DATE_TEXT];

    return memory_text(ctx, date_print(d, buf));
}

static const char *local_text(TALLOC_CTX *ctx, struct local t)
{
    char buf[INSTANT_TEXT];

    return memory_text(ctx, local_print(t, buf));
}

static const char *dates_text(TALLOC_CTX *ctx, const struct edition *e)
{
    char *text = memory_text(ctx, "");

    for (size_t i = 0; i < e->n_days; i++)
        text = text_format(ctx, "%s%s%s", text, i ? " " : "",
                           date_text(ctx, e->days[i]));
    return text;
}

static enum edition_status edition_seen(enum edition_status s)
{
    return s == EDITION_HELD ? EDITION_CONFIRMED : s;
}

static enum item_status item_seen(enum item_status s)
{
    return s == ITEM_HELD ? ITEM_CONFIRMED : s;
}

static enum change_kind edition_status_kind(enum edition_status from,
                                            enum edition_status to)
{
    if (to == EDITION_CANCELLED)
        return CHANGE_CANCELLED;
    if (to == EDITION_POSTPONED)
        return CHANGE_POSTPONED;
    if (from == EDITION_CANCELLED || from == EDITION_POSTPONED)
        return CHANGE_REINSTATED;
    return to == EDITION_CONFIRMED ? CHANGE_CONFIRMED : CHANGE_OTHER;
}

static enum change_kind item_status_kind(enum item_status from,
                                         enum item_status to)
{
    if (to == ITEM_CANCELLED)
        return CHANGE_CANCELLED;
    if (from == ITEM_CANCELLED)
        return CHANGE_REINSTATED;
    return to == ITEM_CONFIRMED ? CHANGE_CONFIRMED : CHANGE_OTHER;
}

enum { EDITION_PROPERTIES = 8, ITEM_PROPERTIES = 13 };

/* The properties of an edition in the order they are told. Where the first day
 * moves, the last day and the days between say nothing more. */
static size_t edition_properties(TALLOC_CTX *ctx, const struct edition *a,
                                 const struct edition *b,
                                 struct property p[EDITION_PROPERTIES])
{
    enum edition_status sa = edition_seen(a->status);
    enum edition_status sb = edition_seen(b->status);
    size_t n = 0;

    p[n++] =
        (struct property){"status", edition_status_kind(sa, sb),
                          edition_status_word(sa), edition_status_word(sb)};
    p[n++] = (struct property){"start", CHANGE_MOVED, date_text(ctx, a->start),
                               date_text(ctx, b->start)};
    if (a->start.day == b->start.day) {
        p[n++] = (struct property){"end", CHANGE_MOVED, date_text(ctx, a->end),
                                   date_text(ctx, b->end)};
        if (a->end.day == b->end.day)
            p[n++] = (struct property){"days", CHANGE_MOVED, dates_text(ctx, a),
                                       dates_text(ctx, b)};
    }
    p[n++] = (struct property){"host", CHANGE_VENUE, a->host, b->host};
    p[n++] = (struct property){"city", CHANGE_VENUE, a->city, b->city};
    p[n++] = (struct property){"zone", CHANGE_VENUE, a->zone, b->zone};
    p[n++] = (struct property){"title", CHANGE_RETITLED, a->title, b->title};
    return n;
}

static const char *bodies_text(TALLOC_CTX *ctx, const struct item *i)
{
    char *text = memory_text(ctx, "");

    for (size_t k = 0; k < i->n_bodies; k++)
        text = text_format(ctx, "%s%s%s", text, k ? ", " : "", i->bodies[k]);
    return text;
}

static int64_t minutes_long(const struct item *i)
{
    return (local_seconds(i->end) - local_seconds(i->start)) / 60;
}

/* When it begins for the world, where the clock on the wall stays and its
 * zone's law does not. */
static const char *instant_text(TALLOC_CTX *ctx, struct instant t)
{
    char buf[INSTANT_TEXT];

    return memory_text(ctx, instant_print(t, buf));
}

static bool same_wall(const struct item *a, const struct item *b)
{
    return a->status != ITEM_PROPOSED && b->status != ITEM_PROPOSED &&
           local_seconds(a->start) == local_seconds(b->start) &&
           strcmp(text_of(a->zone), text_of(b->zone)) == 0 &&
           !instant_is_none(a->start_utc) && !instant_is_none(b->start_utc);
}

static size_t item_properties(TALLOC_CTX *ctx, const struct item *a,
                              const struct item *b,
                              struct property p[ITEM_PROPERTIES])
{
    enum item_status sa = item_seen(a->status), sb = item_seen(b->status);
    size_t n = 0;

    p[n++] = (struct property){"status", item_status_kind(sa, sb),
                               item_status_word(sa), item_status_word(sb)};
    p[n++] = (struct property){"start", CHANGE_MOVED, local_text(ctx, a->start),
                               local_text(ctx, b->start)};
    if (minutes_long(a) != minutes_long(b))
        p[n++] = (struct property){"end", CHANGE_MOVED, local_text(ctx, a->end),
                                   local_text(ctx, b->end)};
    p[n++] = (struct property){"zone", CHANGE_VENUE, a->zone, b->zone};
    if (same_wall(a, b))
        p[n++] = (struct property){"start_utc", CHANGE_MOVED,
                                   instant_text(ctx, a->start_utc),
                                   instant_text(ctx, b->start_utc)};
    p[n++] = (struct property){"city", CHANGE_VENUE, a->city, b->city};
    p[n++] = (struct property){"title", CHANGE_RETITLED, a->title, b->title};
    p[n++] = (struct property){"partner", CHANGE_OTHER, a->partner, b->partner};
    p[n++] = (struct property){"bodies", CHANGE_OTHER, bodies_text(ctx, a),
                               bodies_text(ctx, b)};
    p[n++] = (struct property){"people", CHANGE_OTHER, a->people, b->people};
    p[n++] = (struct property){"open", CHANGE_OTHER, a->open ? "yes" : "no",
                               b->open ? "yes" : "no"};
    p[n++] = (struct property){"audience", CHANGE_OTHER,
                               item_audience_word(a->audience),
                               item_audience_word(b->audience)};
    p[n++] = (struct property){"link", CHANGE_OTHER, a->link, b->link};
    return n;
}

static bool properties_same(const struct property *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text_of(p[i].old_value), text_of(p[i].new_value)) != 0)
            return false;
    return true;
}

bool edition_same(const struct edition *a, const struct edition *b)
{
    struct property p[EDITION_PROPERTIES];
    TALLOC_CTX *ctx = talloc_new(NULL);
    bool same = properties_same(p, edition_properties(ctx, a, b, p));

    talloc_free(ctx);
    return same;
}

bool item_same(const struct item *a, const struct item *b)
{
    struct property p[ITEM_PROPERTIES];
    TALLOC_CTX *ctx = talloc_new(NULL);
    bool same = properties_same(p, item_properties(ctx, a, b, p));

    talloc_free(ctx);
    return same;
}

/* The rows so far, and what they are about. */
struct listing {
    TALLOC_CTX *ctx;
    struct changes *all;
    const struct plan_index *from, *to;
};

static void row_add(struct listing *l, enum change_kind kind,
                    const char *edition, const char *item, const char *field,
                    const char *old_value, const char *new_value)
{
    struct changes *c = l->all;

    c->rows = array_grow(l->ctx, c->rows, struct change, c->n + 1);
    c->rows[c->n++] =
        (struct change){.kind = kind,
                        .edition = memory_text(l->ctx, edition),
                        .item = memory_text(l->ctx, item),
                        .field = field,
                        .old_value = memory_text(l->ctx, text_of(old_value)),
                        .new_value = memory_text(l->ctx, text_of(new_value))};
}

/* A row per property that differs; true when there is one. */
static bool properties_add(struct listing *l, const char *edition,
                           const char *item, const struct property *p, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        if (strcmp(text_of(p[i].old_value), text_of(p[i].new_value)) != 0) {
            row_add(l, p[i].kind, edition, item, p[i].field, p[i].old_value,
                    p[i].new_value);
            any = true;
        }
    return any;
}

static const char *range_text(TALLOC_CTX *ctx, const struct edition *e)
{
    char buf[96];

    if (date_is_none(e->start))
        return "";
    return memory_text(ctx,
                       date_range_print(e->start, e->end, buf, sizeof buf));
}

/* A reader can see it: it has, or had, a date. */
static bool edition_there(const struct edition *e)
{
    return e && e->status != EDITION_LAPSED &&
           (!date_is_none(e->start) || e->status == EDITION_POSTPONED);
}

static bool edition_row(struct listing *l, const struct edition *a,
                        const struct edition *b)
{
    struct property p[EDITION_PROPERTIES];

    if (!edition_there(a) && !edition_there(b))
        return false;
    if (!edition_there(a)) {
        row_add(l, CHANGE_ADDED, b->id, "", "", "", range_text(l->ctx, b));
        return true;
    }
    if (!edition_there(b)) {
        row_add(l, CHANGE_REMOVED, a->id, "", "", range_text(l->ctx, a), "");
        return true;
    }
    return properties_add(l, b->id, "", p, edition_properties(l->ctx, a, b, p));
}

static bool item_row(struct listing *l, const struct item *a,
                     const struct item *b)
{
    struct property p[ITEM_PROPERTIES];

    if (!a) {
        row_add(l, CHANGE_ADDED, b->edition, b->id, "", "",
                local_text(l->ctx, b->start));
        return true;
    }
    if (!b) {
        row_add(l, CHANGE_REMOVED, a->edition, a->id, "",
                local_text(l->ctx, a->start), "");
        return true;
    }
    return properties_add(l, b->edition, b->id, p,
                          item_properties(l->ctx, a, b, p));
}

static void items_rows(struct listing *l, const struct plan *from,
                       const struct plan *to, const char *edition)
{
    size_t n_old, n_new;
    const struct item *old_items = plan_items_of(from, edition, &n_old);
    const struct item *new_items = plan_items_of(to, edition, &n_new);

    for (size_t i = 0; i < n_new; i++)
        l->all->items +=
            item_row(l, index_item(l->from, new_items[i].id), &new_items[i]);
    for (size_t i = 0; i < n_old; i++)
        if (!index_item(l->to, old_items[i].id))
            l->all->items += item_row(l, &old_items[i], NULL);
}

/* All editions of both plans, each once, in the order of plan_sort(): the new
 * date counts, the old one for what is gone. */
static struct plan *editions_of_both(TALLOC_CTX *ctx, const struct plan *from,
                                     const struct plan *to)
{
    struct plan *both = object_new(ctx, struct plan);

    both->editions =
        array_new(both, struct edition, from->n_editions + to->n_editions);
    for (size_t i = 0; i < to->n_editions; i++)
        both->editions[both->n_editions++] = to->editions[i];
    for (size_t i = 0; i < from->n_editions; i++)
        if (!plan_edition(to, from->editions[i].id))
            both->editions[both->n_editions++] = from->editions[i];
    plan_sort(both);
    return both;
}

struct changes plan_diff(TALLOC_CTX *ctx, const struct plan *from,
                         const struct plan *to)
{
    static const struct plan nothing;
    struct changes all = {.rows = array_new(ctx, struct change, 0)};
    struct listing l = {.ctx = ctx, .all = &all};
    struct plan *both;

    if (!from)
        from = &nothing;
    both = editions_of_both(ctx, from, to);
    l.from = plan_index(both, from);
    l.to = plan_index(both, to);
    for (size_t i = 0; i < both->n_editions; i++) {
        const char *id = both->editions[i].id;
        all.editions +=
            edition_row(&l, index_edition(l.from, id), index_edition(l.to, id));
        items_rows(&l, from, to, id);
    }
    talloc_free(both);
    return all;
}
