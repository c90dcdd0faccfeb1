/*
 * A better bound: a partition into regions, each solved exactly without its
 * surroundings. Costs are not negative, so what is left out only lowers the
 * sum. Halves of large webs make better regions than webs of their size: the
 * cut between them is in time, and no crumbs are left over.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_grow.h"
#include "daemon/plan/network_solve.h"

enum {
    WEB = 240,
    SMALL_WEB = 60,
    TWO_WEBS = 1500,  /* up to so many editions both are tried */
    LARGE_PIECE = 30, /* of more: what can be solved at all */
    SMALLEST = 8,
    BOUND_NODES = 8000,
    LARGE_NODES = 20000,
    EXCLUDE_NODES = 4000
};

static void piece_add(struct part *c, const int32_t *region, int32_t n,
                      int64_t least)
{
    struct piece *p;
    c->pieces = array_grow(c, c->pieces, struct piece, (size_t)c->n_pieces + 1);
    p = &c->pieces[c->n_pieces];
    *p = (struct piece){array_new(c, int32_t, (size_t)n), n, least};
    memcpy(p->variables, region, (size_t)n * sizeof *region);
    for (int32_t k = 0; k < n; k++)
        c->piece_of[region[k]] = c->n_pieces;
    c->n_pieces++;
    c->pieces_bound += least;
}

/* Too many are connected with too many: larger pieces never end. */
static bool is_large(const struct part *c)
{
    return c->net->n > TWO_WEBS;
}

static void region_bound(struct part *c, const int32_t *region, int32_t n);

static void halves_bound(struct part *c, const int32_t *region, int32_t n)
{
    region_bound(c, region, n / 2);
    region_bound(c, region + n / 2, n - n / 2);
}

/* The least a region costs by itself, or what can be shown of it: a region that
 * is too much is split in chronological halves, unless its root shows more than
 * they do. Depth: log2 of its size. */
static void region_bound(struct part *c, const int32_t *region, int32_t n)
{
    if (is_large(c) && n > LARGE_PIECE) {
        halves_bound(c, region, n);
        return;
    }
    struct network *net = region_network(NULL, c->worker, &c->state, region, n,
                                         NULL, COST_LIMIT + 1);
    int32_t *values = array_new(net, int32_t, (size_t)n);
    int64_t below = c->worker->below - *c->state.constant;
    struct search_result r = network_exact(
        net, below, 1, false, is_large(c) ? LARGE_NODES : BOUND_NODES,
        &c->budget, values);
    int32_t pieces = c->n_pieces;
    int64_t before = c->pieces_bound;
    talloc_free(net);
    if (r.complete) {
        piece_add(c, region, n, r.found ? r.cost : below);
        return;
    }
    if (n > SMALLEST && !budget_cancelled(&c->budget))
        halves_bound(c, region, n);
    if (c->pieces_bound - before < r.bound) {
        c->n_pieces = pieces;
        c->pieces_bound = before;
        piece_add(c, region, n, r.bound);
    }
}

static void partition_clear(struct part *c)
{
    c->n_pieces = 0;
    c->pieces_bound = *c->state.constant;
    if (!c->piece_of)
        c->piece_of = array_new(c, int32_t, (size_t)c->net->n);
    for (int32_t v = 0; v < c->net->n; v++)
        c->piece_of[v] = -1;
}

static void partition_make(struct part *c, int32_t web)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct grower *g = grower_new(scratch, c->worker, &c->state);
    int32_t *region = array_new(scratch, int32_t, (size_t)c->net->n + 1);
    g->closed = array_new(scratch, bool, (size_t)c->net->n);
    partition_clear(c);
    for (int32_t v = 0; v < c->net->n && c->pieces_bound < c->worker->below;
         v++) {
        if (g->closed[v] || c->state.chosen[v] >= 0)
            continue;
        region[0] = v;
        int32_t n = grower_grow(g, GROW_WEB, NULL, 1, web, region);
        for (int32_t k = 0; k < n; k++)
            g->closed[region[k]] = true;
        region_bound(c, region, n);
    }
    talloc_free(scratch);
}

/* Puts a partition back that was better. */
static void partition_restore(struct part *c, const struct part *kept)
{
    c->pieces = kept->pieces;
    c->n_pieces = kept->n_pieces;
    c->piece_of = kept->piece_of;
    c->pieces_bound = kept->pieces_bound;
}

int64_t part_region_bound(struct part *c)
{
    partition_make(c, SMALL_WEB < c->net->n && c->net->n <= TWO_WEBS ? SMALL_WEB
                                                                     : WEB);
    if (c->net->n <= SMALL_WEB || c->net->n > TWO_WEBS ||
        c->pieces_bound > c->cost - c->net->scale)
        return c->pieces_bound;
    struct part kept = *c;
    c->pieces = NULL;
    c->piece_of = NULL;
    partition_make(c, WEB);
    if (c->pieces_bound < kept.pieces_bound)
        partition_restore(c, &kept);
    return c->pieces_bound;
}

/* The root's costs with what is left later, v held at a. */
static struct state piece_state(TALLOC_CTX *ctx, const struct part *c,
                                const struct state *now, int32_t v, int32_t a)
{
    const struct network *net = c->net;
    struct state s = state_new(ctx, c->worker);
    state_copy(&s, &c->state);
    memcpy(s.live, now->live, (size_t)net->n_values * sizeof *s.live);
    memcpy(s.n_live, now->n_live, (size_t)net->n * sizeof *s.n_live);
    s.live[net->first[v]] = a;
    s.n_live[v] = 1;
    return s;
}

bool part_piece_excludes(struct part *c, const struct state *now, int32_t v,
                         int32_t a)
{
    if (!c->piece_of || c->piece_of[v] < 0 || c->n_pieces == 1)
        return false;
    const struct piece *p = &c->pieces[c->piece_of[v]];
    int64_t below = c->worker->below - (c->pieces_bound - p->least);
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct state s = piece_state(scratch, c, now, v, a);
    struct network *net =
        region_network(scratch, c->worker, &s, p->variables, p->n, NULL, below);
    int32_t *values = array_new(scratch, int32_t, (size_t)p->n);
    struct search_result r =
        network_exact(net, below, 1, true, EXCLUDE_NODES, &c->budget, values);
    talloc_free(scratch);
    return r.complete && !r.found;
}
