/*
 * Finding editions and items of a plan by halves, for those who look up each of
 * a thousand.
 */
#include <stdlib.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/plan.h"

struct entry {
    const char *id;
    size_t at;
};

struct plan_index {
    const struct plan *plan;
    struct entry *editions, *items; /* by id, without case */
    size_t n_editions, n_items;
};

/* Of equal ones the first is first. */
static int entry_order(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = text_compare(a->id, b->id);

    return order ? order : (a->at > b->at) - (a->at < b->at);
}

struct plan_index *plan_index(TALLOC_CTX *ctx, const struct plan *p)
{
    struct plan_index *x = object_new(ctx, struct plan_index);

    x->plan = p;
    x->n_editions = p->n_editions;
    x->n_items = p->n_items;
    x->editions = array_new(x, struct entry, p->n_editions);
    x->items = array_new(x, struct entry, p->n_items);
    for (size_t i = 0; i < p->n_editions; i++)
        x->editions[i] = (struct entry){p->editions[i].id, i};
    for (size_t i = 0; i < p->n_items; i++)
        x->items[i] = (struct entry){p->items[i].id, i};
    if (x->n_editions)
        qsort(x->editions, x->n_editions, sizeof *x->editions, entry_order);
    if (x->n_items)
        qsort(x->items, x->n_items, sizeof *x->items, entry_order);
    return x;
}

static const struct entry *find(const struct entry *entries, size_t n,
                                const char *id)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (text_compare(entries[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && text_same(entries[low].id, id) ? &entries[low] : NULL;
}

struct edition *index_edition(const struct plan_index *x, const char *id)
{
    const struct entry *found = find(x->editions, x->n_editions, id);

    return found ? &x->plan->editions[found->at] : NULL;
}

struct item *index_item(const struct plan_index *x, const char *id)
{
    const struct entry *found = find(x->items, x->n_items, id);

    return found ? &x->plan->items[found->at] : NULL;
}
