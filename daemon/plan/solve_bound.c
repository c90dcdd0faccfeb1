/*
 * A better bound: a partition into webs, each solved exactly without its
 * surroundings. Costs are not negative, so what is left out only lowers the
 * sum.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_grow.h"
#include "daemon/plan/network_solve.h"

enum { WEB = 60, SMALLEST = 8, BOUND_NODES = 8000 };

/* The least a region costs by itself, or what can be shown of it: a region that
 * is too much is split in chronological halves. Depth: log2 of its size. */
static int64_t region_bound(struct part *c, const int32_t *region, int32_t n)
{
    struct network *net = region_network(NULL, c->worker, &c->state, region, n,
                                         NULL, COST_LIMIT + 1);
    int32_t *values = array_new(net, int32_t, (size_t)n);
    int64_t below = c->worker->below - *c->state.constant;
    struct search_result r =
        network_exact(net, below, 1, false, BOUND_NODES, &c->budget, values);
    talloc_free(net);
    if (r.complete)
        return r.found ? r.cost : below;
    if (n <= SMALLEST || budget_cancelled(&c->budget))
        return 0;
    return region_bound(c, region, n / 2) +
           region_bound(c, region + n / 2, n - n / 2);
}

/* The sum over a partition, on top of the state's constant. */
int64_t part_region_bound(struct part *c)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct grower *g = grower_new(scratch, c->worker, &c->state);
    int32_t *region = array_new(scratch, int32_t, (size_t)c->net->n + 1);
    int64_t sum = *c->state.constant;
    g->closed = array_new(scratch, bool, (size_t)c->net->n);
    for (int32_t v = 0; v < c->net->n && sum < c->worker->below; v++) {
        if (g->closed[v] || c->state.chosen[v] >= 0)
            continue;
        region[0] = v;
        int32_t n = grower_grow(g, GROW_WEB, NULL, 1, WEB, region);
        for (int32_t k = 0; k < n; k++)
            g->closed[region[k]] = true;
        sum += region_bound(c, region, n);
    }
    talloc_free(scratch);
    return sum;
}
