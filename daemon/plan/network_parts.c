/*
 * Components: editions that rules connect, each group in chronological order.
 *
 * A disj rule between editions whose candidates are all far from each other
 * connects nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network.h"

/* Where an edition's open candidates lie. */
struct extent {
    int32_t from, to; /* first start, last start */
    int32_t end;      /* last end */
    int32_t index;
    int32_t root; /* union-find */
    const char *name;
};

static struct extent extent_of(const struct problem_edition *e, int32_t index)
{
    struct extent x = {.from = INT32_MAX,
                       .to = INT32_MIN,
                       .end = INT32_MIN,
                       .index = index,
                       .root = index,
                       .name = e->name ? e->name : ""};
    for (int32_t c = 0; c < e->n_candidates; c++) {
        const struct candidate *k = &e->candidates[c];
        if (!k->open)
            continue;
        x.from = k->start < x.from ? k->start : x.from;
        x.to = k->start > x.to ? k->start : x.to;
        x.end = k->end > x.end ? k->end : x.end;
    }
    return x;
}

static int32_t root_of(struct extent *all, int32_t e)
{
    while (all[e].root != e) {
        all[e].root = all[all[e].root].root;
        e = all[e].root;
    }
    return e;
}

/* The lower index becomes the root, so a root is its part's first edition. */
static void join(struct extent *all, int32_t a, int32_t b)
{
    a = root_of(all, a);
    b = root_of(all, b);
    if (a < b)
        all[b].root = a;
    else
        all[a].root = b;
}

static bool never_meet(const struct extent *i, const struct extent *j,
                       const struct pair *pair)
{
    int64_t apart =
        (int64_t)pair->apart + (pair->travel > 0 ? pair->travel : 0);
    return pair->type == PAIR_DISJ && ((int64_t)j->from - i->end > apart ||
                                       (int64_t)i->from - j->end > apart);
}

static void connect(const struct problem *p, struct extent *all)
{
    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        if (!never_meet(&all[pair->i], &all[pair->j], pair))
            join(all, pair->i, pair->j);
    }
    for (size_t k = 0; k < p->n_capacities; k++)
        for (size_t m = 1; m < p->capacities[k].n; m++)
            join(all, p->capacities[k].editions[0],
                 p->capacities[k].editions[m]);
}

/* By root; within a part chronologically: by the middle, then name, then
 * index, so that the order of statements does not matter. */
static int extent_compare(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;
    int64_t middle_x = (int64_t)x->from + x->to;
    int64_t middle_y = (int64_t)y->from + y->to;
    if (x->root != y->root)
        return x->root < y->root ? -1 : 1;
    if (middle_x != middle_y)
        return middle_x < middle_y ? -1 : 1;
    int names = strcmp(x->name, y->name);
    return names ? names : (x->index > y->index) - (x->index < y->index);
}

static void parts_collect(struct components *c, const struct extent *all,
                          size_t n)
{
    int32_t root = -1;
    for (size_t e = 0; e < n; e++) {
        if (all[e].root != root) {
            root = all[e].root;
            c->parts[c->n].editions = array_new(c->parts, int32_t, n - e);
            c->n++;
        }
        struct component *part = &c->parts[c->n - 1];
        part->editions[part->n++] = all[e].index;
    }
}

struct components network_components(TALLOC_CTX *ctx, const struct problem *p)
{
    size_t n = p->n_editions;
    struct extent *all = array_new(ctx, struct extent, n);
    struct components c = {array_new(ctx, struct component, n), 0};
    for (size_t e = 0; e < n; e++)
        all[e] = extent_of(&p->editions[e], (int32_t)e);
    connect(p, all);
    for (size_t e = 0; e < n; e++)
        all[e].root = root_of(all, (int32_t)e);
    if (n > 0)
        qsort(all, n, sizeof *all, extent_compare);
    parts_collect(&c, all, n);
    talloc_free(all);
    return c;
}
