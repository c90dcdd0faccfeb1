/*
 * Who is invited to what, and who must hear that it moved or is off.
 *
 * What is owed is the difference between what the released plan says and what
 * the contact was told last, so that asking twice owes nothing, and a newcomer
 * is owed what still lies ahead.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"

static int told_compare(const void *a, const void *b)
{
    const struct told *x = a, *y = b;
    int order = text_compare(x->to, y->to);

    return order ? order : strcmp(x->item, y->item);
}

/* The first of them that is not before the address in order. */
static size_t told_first(const struct told *all, size_t n, const char *to)
{
    size_t from = 0, end = n;

    while (from < end) {
        size_t middle = from + (end - from) / 2;

        if (text_compare(all[middle].to, to) < 0)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

/* What one contact was told: a few of all. */
struct told_range {
    const struct told *rows;
    size_t n;
};

static struct told_range *ranges_of(TALLOC_CTX *ctx,
                                    const struct contacts *contacts,
                                    const struct told *told, size_t n)
{
    struct told_range *all = array_new(ctx, struct told_range, contacts->n);

    for (size_t c = 0; c < contacts->n; c++) {
        const char *email = contacts->rows[c].email;
        size_t first = told_first(told, n, email), end = first;

        while (end < n && text_same(told[end].to, email))
            end++;
        all[c] = (struct told_range){told + first, end - first};
    }
    return all;
}

static const struct told *told_find(const struct told_range *of,
                                    const char *item)
{
    for (size_t i = 0; i < of->n; i++)
        if (strcmp(of->rows[i].item, item) == 0)
            return &of->rows[i];
    return NULL;
}

/* It will be held, as far as anybody knows. */
static bool is_on(const struct edition *e, const struct item *i)
{
    return e && e->status == EDITION_CONFIRMED && i->status == ITEM_CONFIRMED &&
           !instant_is_none(i->start_utc);
}

static bool wants(const struct rules *r, const struct contact *c,
                  const struct item *i)
{
    return c->channel == CHANNEL_INVITE && contact_hears_item(r, c, i);
}

/* What the contact must hear of the item, in *ret; false: nothing. */
static bool owed(const struct rules *r, const struct contact *c,
                 const struct edition *e, const struct item *i,
                 const struct told *t, struct invitation *ret)
{
    bool invited = t && !t->cancelled, on = is_on(e, i);

    *ret = (struct invitation){.contact = c,
                               .item = i,
                               .begun = t && t->begun,
                               .round = t ? t->rounds : 0};
    if (invited && (!on || !wants(r, c, i))) {
        ret->kind = NOTICE_CANCELLATION;
        ret->left = on;
        return true;
    }
    ret->kind = invited && t->begun ? NOTICE_CHANGE : NOTICE_INVITATION;
    return on && (invited ? t->sequence < i->sequence : wants(r, c, i));
}

static void add(struct invitations *all, struct invitation row)
{
    all->rows = array_grow(all->ctx, all->rows, struct invitation, all->n + 1);
    all->rows[all->n++] = row;
}

struct invitations office_invitations(TALLOC_CTX *ctx, const struct rules *r,
                                      const struct plan *released,
                                      const struct contacts *contacts,
                                      struct told *told, size_t n_told,
                                      struct instant now)
{
    struct invitations all = {.ctx = ctx};
    struct told_range *ranges;

    if (n_told)
        qsort(told, n_told, sizeof *told, told_compare);
    ranges = ranges_of(ctx, contacts, told, n_told);
    for (size_t k = 0; k < released->n_items; k++) {
        const struct item *i = &released->items[k];
        const struct edition *e = plan_edition(released, i->edition);

        if (instant_is_none(i->start_utc) || i->start_utc.second <= now.second)
            continue;
        for (size_t c = 0; c < contacts->n; c++) {
            const struct contact *contact = &contacts->rows[c];
            struct invitation row;

            if (contact_is_mailed(contact) &&
                owed(r, contact, e, i, told_find(&ranges[c], i->id), &row))
                add(&all, row);
        }
    }
    talloc_free(ranges);
    return all;
}

/* ---- newcomers */

const char **office_ahead(TALLOC_CTX *ctx, const struct rules *r,
                          const struct plan *released, const struct contact *c,
                          const char *const *bodies, size_t n_bodies,
                          struct instant now, size_t *ret_n)
{
    const char **ids = array_new(ctx, const char *, released->n_items + 1);
    struct contact part = *c;
    size_t n = 0;

    part.bodies = array_new(ctx, const char *, n_bodies + 1);
    part.n_bodies = n_bodies;
    for (size_t i = 0; i < n_bodies; i++)
        part.bodies[i] = bodies[i];
    for (size_t k = 0; k < released->n_items; k++) {
        const struct item *i = &released->items[k];

        if (!instant_is_none(i->start_utc) &&
            i->start_utc.second > now.second && i->status != ITEM_CANCELLED &&
            contact_hears_item(r, &part, i))
            ids[n++] = i->id;
    }
    *ret_n = n;
    return ids;
}
