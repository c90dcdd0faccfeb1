/*
 * One component: filter, move costs, search, and what that proves.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_solve.h"

enum {
    PASSES_FILTER = 50,
    ROUNDS = 30,
    PRUNED_ROUNDS = 4,
    STALLED = 5, /* rounds that bring less than one unit of cost, together */
    PASSES = 6,
    SEARCHED_EDITIONS = 150,
    SEARCH_NODES = 100000
};

struct budget budget_new(const struct solve_options *options, int32_t n)
{
    struct budget b = {.nodes = DEFAULT_NODES +
                                (int64_t)DEFAULT_NODES_PER_EDITION * n};
    if (options && options->nodes > 0)
        b.nodes = options->nodes;
    if (options)
        b.watch = options->watch;
    return b;
}

struct part *part_new(TALLOC_CTX *ctx, const struct problem *p,
                      const int32_t *editions, int32_t n,
                      const struct network_view *view, int64_t nodes,
                      struct solve_watch *watch)
{
    struct part *c = object_new(ctx, struct part);
    c->p = p;
    c->net = network_build(c, p, editions, n, view);
    c->worker = worker_new(c, c->net);
    c->state = state_new(c, c->worker);
    c->budget = (struct budget){.nodes = nodes, .watch = watch};
    c->choice = array_new(c, int32_t, (size_t)n);
    c->verdict = VERDICT_UNDECIDED;
    if (!state_start(c->worker, &c->state) ||
        !state_propagate(c->worker, &c->state, PASSES_FILTER))
        c->verdict = VERDICT_INFEASIBLE;
    else
        c->bound = *c->state.constant;
    return c;
}

bool part_messages(struct part *c, int32_t rounds)
{
    int32_t stalled = c->warm ? 1 : STALLED, idle = 0;
    int64_t mark = *c->state.constant;
    for (int32_t k = 0; k < rounds && idle < stalled; k++) {
        if (budget_cancelled(&c->budget))
            return true;
        if (!state_messages(c->worker, &c->state))
            return false;
        idle++;
        if (*c->state.constant - mark < c->net->scale)
            continue;
        mark = *c->state.constant;
        idle = 0;
    }
    return true;
}

/* Takes a choice of the values of `net` (made from the root) as the plan. */
static void part_take(struct part *c, const struct network *net,
                      const int32_t *choice, int64_t cost)
{
    for (int32_t k = 0; k < net->n; k++)
        c->choice[net->variable_of[k]] =
            net->value_of[net->first[k] + choice[k]];
    c->planned = true;
    c->cost = cost;
}

static int64_t round_up(const struct part *c, int64_t cost)
{
    int64_t scale = c->net->scale;
    return (cost + scale - 1) / scale * scale;
}

static void bound_raise(struct part *c, int64_t bound)
{
    bound = round_up(c, bound);
    if (bound > c->bound)
        c->bound = c->planned && bound > c->cost ? c->cost : bound;
}

/* Whether cost and bound have met. */
static bool part_closed(const struct part *c)
{
    return c->planned && c->bound >= c->cost;
}

/* Drops what no plan as good as this one has, and looks again. */
static void part_prune(struct part *c)
{
    c->worker->below = c->cost + 1;
    if (!state_prune(c->worker, &c->state) || part_closed(c) ||
        !part_messages(c, PRUNED_ROUNDS))
        return;
    state_propagate(c->worker, &c->state, PASSES);
}

static void part_search(struct part *c)
{
    struct network *net = region_whole(c, c->worker, &c->state);
    int32_t *choice = array_new(net, int32_t, (size_t)net->n);
    int64_t below = c->planned ? c->cost - c->net->scale + 1 : COST_LIMIT + 1;
    struct search_result r = network_exact(net, below, c->net->scale, false,
                                           c->budget.nodes, &c->budget, choice);
    if (r.found)
        part_take(c, net, choice, r.cost);
    if (r.complete) {
        c->verdict = c->planned ? VERDICT_OPTIMAL : VERDICT_INFEASIBLE;
        c->bound = c->cost;
    }
    talloc_free(net);
}

/* Moves costs about until that raises the bound no more. */
static void costs_move(struct part *c)
{
    part_messages(c, ROUNDS);
    state_propagate(c->worker, &c->state, PASSES);
    bound_raise(c, *c->state.constant);
}

static void part_plan(struct part *c, const int32_t *start_from)
{
    part_round(c, start_from);
    if (!part_repair(c))
        return;
    bound_raise(c, *c->state.constant);
    if (c->warm && !part_closed(c))
        costs_move(c);
    c->kept = warmth_keep(c, c);
    if (!part_closed(c))
        part_improve(c);
    part_prune(c);
    bound_raise(c, *c->state.constant);
}

void part_solve(struct part *c, const int32_t *start_from)
{
    if (c->warm) /* only what has changed is touched */
        state_propagate(c->worker, &c->state, PASSES);
    else
        costs_move(c);
    bound_raise(c, *c->state.constant);
    part_plan(c, start_from);
    if (c->verdict == VERDICT_INFEASIBLE)
        return;
    if (c->planned && !part_closed(c))
        bound_raise(c, part_region_bound(c));
    if (!part_closed(c) && c->net->n <= SEARCHED_EDITIONS)
        part_search(c);
    if (part_closed(c))
        c->verdict = VERDICT_OPTIMAL;
    if (c->verdict == VERDICT_UNDECIDED && c->planned)
        c->verdict = VERDICT_GOOD;
    if (c->verdict == VERDICT_OPTIMAL)
        c->canonical = part_canonical(c);
}
