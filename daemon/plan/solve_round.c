/*
 * A first plan: values by rounding, then regions around what is still broken.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_grow.h"
#include "daemon/plan/network_solve.h"

enum { REPAIR_NODES = 4000, MENDED = 256 };

/* ---- rounding */

/* How bad a value is: broken rules first. */
struct badness {
    int32_t broken;
    int64_t cost;
};

static bool worse(struct badness a, struct badness b)
{
    return a.broken != b.broken ? a.broken > b.broken : a.cost > b.cost;
}

/* Days that would be overfull, with the members chosen so far. */
static int32_t overfull(const struct part *c, const int32_t *taken, int32_t v,
                        int32_t a)
{
    const struct network *net = c->net;
    int32_t full = 0, value = net->first[v] + a;
    for (int32_t k = 0; k < net->n_capacities; k++) {
        const struct network_capacity *cap = &net->capacities[k];
        const int32_t *days = &taken[c->worker->taken_of[k]];
        if (cap->member[v])
            for (int32_t d = net->start[value]; d <= net->end[value]; d++)
                full += days[d - cap->from] >= cap->at_once;
    }
    return full;
}

static void occupy(const struct part *c, int32_t *taken, int32_t v, int32_t a)
{
    const struct network *net = c->net;
    int32_t value = net->first[v] + a;
    for (int32_t k = 0; k < net->n_capacities; k++) {
        const struct network_capacity *cap = &net->capacities[k];
        int32_t *days = &taken[c->worker->taken_of[k]];
        if (cap->member[v])
            for (int32_t d = net->start[value]; d <= net->end[value]; d++)
                days[d - cap->from]++;
    }
}

/* Of value c->choice[v], towards what comes before v. */
static struct badness badness_of(const struct part *c, const int32_t *taken,
                                 int32_t v)
{
    const struct network *net = c->net;
    int32_t a = c->choice[v];
    struct badness b = {overfull(c, taken, v, a),
                        c->state.unary[net->first[v] + a]};
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = net->links[k];
        if (net->tables[t].j != v)
            continue;
        int32_t cost = choice_cost(c->worker, &c->state, t, c->choice);
        b.broken += cost >= FORBIDDEN_FROM;
        b.cost += cost >= FORBIDDEN_FROM ? 0 : cost;
    }
    return b;
}

static void variable_round(struct part *c, const int32_t *taken, int32_t v)
{
    const int32_t *live = &c->state.live[c->net->first[v]];
    struct badness best = {0};
    int32_t value = live[0];
    for (int32_t k = 0; k < c->state.n_live[v]; k++) {
        c->choice[v] = live[k];
        struct badness b = badness_of(c, taken, v);
        if (k == 0 || worse(best, b)) {
            best = b;
            value = live[k];
        }
    }
    c->choice[v] = value;
}

/* The value to start from, if it is still there. */
static bool variable_keep(struct part *c, int32_t v, const int32_t *start_from)
{
    const struct network *net = c->net;
    const int32_t *live = &c->state.live[net->first[v]];
    int32_t candidate = start_from ? start_from[net->variable_of[v]] : -1;
    for (int32_t k = 0; candidate >= 0 && k < c->state.n_live[v]; k++)
        if (net->value_of[net->first[v] + live[k]] == candidate) {
            c->choice[v] = live[k];
            return true;
        }
    return false;
}

void part_round(struct part *c, const int32_t *start_from)
{
    int32_t *taken = array_new(NULL, int32_t, (size_t)c->worker->n_taken);
    if (c->worker->n_taken > 0)
        memcpy(taken, c->state.taken,
               (size_t)c->worker->n_taken * sizeof *taken);
    for (int32_t v = 0; v < c->net->n; v++) {
        if (!variable_keep(c, v, start_from))
            variable_round(c, taken, v);
        occupy(c, taken, v, c->choice[v]);
    }
    talloc_free(taken);
}

/* ---- what is broken */

/* Members on the first overfull day of a capacity. */
static int32_t overfull_members(const struct part *c, int32_t k, int32_t *seeds)
{
    const struct network *net = c->net;
    const struct network_capacity *cap = &net->capacities[k];
    int32_t *days = array_new(NULL, int32_t, (size_t)cap->days);
    int32_t bad = -1, n = 0;
    for (int32_t v = 0; v < net->n; v++) {
        int32_t a = net->first[v] + c->choice[v];
        for (int32_t d = net->start[a]; cap->member[v] && d <= net->end[a]; d++)
            if (++days[d - cap->from] + cap->taken[d - cap->from] >
                    cap->at_once &&
                bad < 0)
                bad = d;
    }
    for (int32_t v = 0; v < net->n && bad >= 0; v++) {
        int32_t a = net->first[v] + c->choice[v];
        if (cap->member[v] && net->start[a] <= bad && bad <= net->end[a])
            seeds[n++] = v;
    }
    talloc_free(days);
    return n;
}

/* The variables of the first broken rule from table *from on; 0 when nothing
 * is broken. */
static int32_t broken_seeds(const struct part *c, int32_t *from, int32_t *seeds)
{
    const struct network *net = c->net;
    int32_t n = 0;
    for (; *from < net->n_tables; (*from)++)
        if (choice_cost(c->worker, &c->state, *from, c->choice) >=
            FORBIDDEN_FROM) {
            seeds[0] = net->tables[*from].i;
            seeds[1] = net->tables[*from].j;
            return 2;
        }
    for (int32_t k = 0; k < net->n_capacities && n == 0; k++)
        n = overfull_members(c, k, seeds);
    return n;
}

/* ---- repair */

/* Solves a region with everything else held; true when that worked. */
static bool region_solve(struct part *c, const int32_t *region, int32_t n)
{
    struct network *net = region_network(c, c->worker, &c->state, region, n,
                                         c->choice, COST_LIMIT + 1);
    int32_t *values = array_new(net, int32_t, (size_t)n);
    struct search_result r =
        network_exact(net, COST_LIMIT + 1, c->net->scale, false, REPAIR_NODES,
                      &c->budget, values);
    for (int32_t k = 0; r.found && k < n; k++)
        c->choice[region[k]] = net->value_of[net->first[k] + values[k]];
    talloc_free(net);
    return r.found;
}

/* Whether the region cannot be legal whatever is around it. */
static bool region_impossible(struct part *c, const int32_t *region, int32_t n)
{
    struct network *net = region_network(c, c->worker, &c->state, region, n,
                                         NULL, COST_LIMIT + 1);
    int32_t *values = array_new(net, int32_t, (size_t)n);
    struct search_result r = network_exact(net, COST_LIMIT + 1, 1, true,
                                           REPAIR_NODES, &c->budget, values);
    talloc_free(net);
    return r.complete && !r.found;
}

/* Mends what is broken around the seeds, in regions that grow. */
static bool mend(struct part *c, struct grower *g, enum grow_kind kind,
                 const int32_t *seeds, int32_t n_seeds, int32_t *region)
{
    for (int32_t size = 8; size <= MENDED && size / 2 < c->net->n; size *= 2) {
        memcpy(region, seeds, (size_t)n_seeds * sizeof *region);
        int32_t n = grower_grow(g, kind, c->choice, n_seeds,
                                size > n_seeds ? size : n_seeds, region);
        if (region_solve(c, region, n))
            return true;
        if (budget_cancelled(&c->budget))
            return false;
        if (region_impossible(c, region, n)) {
            c->verdict = VERDICT_INFEASIBLE;
            return false;
        }
    }
    return false;
}

/* Goes once through what is broken; *ret_left counts what stayed so. */
static bool mend_all(struct part *c, struct grower *g, enum grow_kind kind,
                     int32_t *seeds, int32_t *region, int32_t *ret_left)
{
    bool mended = false;
    int32_t from = 0, n = broken_seeds(c, &from, seeds);
    *ret_left = 0;
    while (n > 0 && c->verdict != VERDICT_INFEASIBLE &&
           !budget_cancelled(&c->budget)) {
        if (mend(c, g, kind, seeds, n, region))
            mended = true;
        else
            (*ret_left)++;
        if (from >= c->net->n_tables)
            break;
        from++;
        n = broken_seeds(c, &from, seeds);
    }
    return mended;
}

/* A mended rule stays mended while others are, so turns that mend something are
 * fewer than rules. */
bool part_repair(struct part *c)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct grower *g = grower_new(scratch, c->worker, &c->state);
    int32_t *seeds = array_new(scratch, int32_t, (size_t)c->net->n + 2);
    int32_t *region = array_new(scratch, int32_t, (size_t)c->net->n + 2);
    int32_t left = 0;
    while (mend_all(c, g, GROW_BALL, seeds, region, &left) ||
           (left > 0 && mend_all(c, g, GROW_WEB, seeds, region, &left)))
        ;
    talloc_free(scratch);
    if (c->verdict == VERDICT_INFEASIBLE)
        return false;
    c->cost = network_cost(c->net, c->choice);
    c->planned = c->cost >= 0;
    return c->planned;
}
