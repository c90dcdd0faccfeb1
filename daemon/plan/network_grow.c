/*
 * Growing regions: greedily, by a score kept up to date for the variables
 * beside the region; ties by index.
 */
#include "daemon/plan/network_grow.h"

#include <stdlib.h>

#include "daemon/base/memory.h"

int32_t choice_cost(const struct worker *w, const struct state *s, int32_t t,
                    const int32_t *choice)
{
    const struct network_table *k = &s->net->tables[t];
    int32_t a = choice[k->i], b = choice[k->j];
    int32_t f = k->cost[a * s->net->size[k->j] + b];
    if (f >= FORBIDDEN_FROM)
        return FORBIDDEN;
    return f - state_delta_i(w, s, t)[a] - state_delta_j(w, s, t)[b];
}

struct grower *grower_new(TALLOC_CTX *ctx, const struct worker *w,
                          const struct state *s)
{
    struct grower *g = object_new(ctx, struct grower);
    size_t n = (size_t)s->net->n;
    g->w = w;
    g->s = s;
    g->score = array_new(g, int64_t, n);
    g->inside = array_new(g, bool, n);
    g->frontier = array_new(g, int32_t, n);
    return g;
}

/* Scores are one more than what they count, so that 0 is "not beside". */
static void score_add(struct grower *g, int32_t v, int64_t more)
{
    if (g->score[v] == 0) {
        g->frontier[g->n_frontier++] = v;
        g->score[v] = 1;
    }
    g->score[v] += more;
}

static void take(struct grower *g, enum grow_kind kind, const int32_t *choice,
                 int32_t v)
{
    const struct network *net = g->s->net;
    g->inside[v] = true;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = net->links[k];
        int32_t other = table_other(&net->tables[t], v);
        if (g->inside[other] || g->s->chosen[other] >= 0 ||
            (g->closed && g->closed[other]))
            continue;
        score_add(g, other,
                  kind == GROW_WEB ? 1 : choice_cost(g->w, g->s, t, choice));
    }
}

/* The best of the frontier, out of it; -1 when it is empty. */
static int32_t frontier_best(struct grower *g)
{
    int32_t best = -1, at = 0;
    for (int32_t k = 0; k < g->n_frontier;) {
        int32_t v = g->frontier[k];
        if (g->inside[v]) {
            g->score[v] = 0;
            g->frontier[k] = g->frontier[--g->n_frontier];
            continue;
        }
        if (best < 0 || g->score[v] > g->score[best] ||
            (g->score[v] == g->score[best] && v < best)) {
            best = v;
            at = k;
        }
        k++;
    }
    if (best >= 0) {
        g->score[best] = 0;
        g->frontier[at] = g->frontier[--g->n_frontier];
    }
    return best;
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

int32_t grower_grow(struct grower *g, enum grow_kind kind,
                    const int32_t *choice, int32_t n_seeds, int32_t size,
                    int32_t *ret)
{
    int32_t n = n_seeds;
    for (int32_t k = 0; k < n_seeds; k++)
        take(g, kind, choice, ret[k]);
    while (n < size) {
        int32_t v = frontier_best(g);
        if (v < 0)
            break;
        take(g, kind, choice, v);
        ret[n++] = v;
    }
    for (int32_t k = 0; k < g->n_frontier; k++)
        g->score[g->frontier[k]] = 0;
    g->n_frontier = 0;
    for (int32_t k = 0; k < n; k++)
        g->inside[ret[k]] = false;
    qsort(ret, (size_t)n, sizeof *ret, compare);
    return n;
}
