/*
 * The solver's front: components one after the other, their verdicts put
 * together.
 *
 * 1. A component that cannot be planned does not stop the others.
 * 2. Costs in a solution are those of problem_check(), never the network's.
 */
#include "daemon/plan/solve.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_solve.h"

static void choice_take(const struct part *c, int32_t *choice)
{
    const struct network *net = c->net;
    for (int32_t v = 0; v < net->n; v++)
        choice[net->variable_of[v]] =
            c->planned ? net->value_of[net->first[v] + c->choice[v]] : -1;
}

static enum verdict worse(enum verdict a, enum verdict b)
{
    static const int rank[] = {[VERDICT_OPTIMAL] = 0,
                               [VERDICT_GOOD] = 1,
                               [VERDICT_UNDECIDED] = 2,
                               [VERDICT_INFEASIBLE] = 3};
    return rank[a] >= rank[b] ? a : b;
}

/* What one component's plan costs, by the definition. */
static int64_t component_cost(const struct problem *p,
                              const struct component *part,
                              const int32_t *choice, const bool *inside)
{
    int64_t cost = 0;
    for (int32_t k = 0; k < part->n; k++) {
        int32_t e = part->editions[k];
        cost += p->editions[e].candidates[choice[e]].cost;
    }
    for (size_t k = 0; k < p->n_pairs; k++)
        if (inside[p->pairs[k].i] && inside[p->pairs[k].j])
            cost += pair_cost(p, &p->pairs[k], choice[p->pairs[k].i],
                              choice[p->pairs[k].j]);
    return cost;
}

/* Costs that had to be cut in the network make its optimum a bound only. */
static void part_add(struct solution *s, const struct problem *p,
                     const struct part *c, const struct component *part)
{
    enum verdict verdict = c->verdict;
    int64_t bound = c->bound / c->net->scale;
    bool *inside = array_new(NULL, bool, p->n_editions);
    for (int32_t k = 0; k < part->n; k++)
        inside[part->editions[k]] = true;
    if (c->planned) {
        int64_t cost = component_cost(p, part, s->choice, inside);
        if (verdict == VERDICT_OPTIMAL && cost > bound)
            verdict = VERDICT_GOOD;
        s->cost += cost;
        s->bound += bound;
    } else if (verdict == VERDICT_UNDECIDED) {
        s->bound += bound;
    }
    s->canonical = s->canonical && c->canonical;
    s->verdict = worse(s->verdict, verdict);
    s->cancelled = s->cancelled || c->budget.cancelled;
    talloc_free(inside);
}

static void component_solve(struct solution *s, const struct problem *p,
                            const struct component *part,
                            const struct solve_options *options)
{
    static const struct network_view everything = {0};
    struct budget budget = budget_new(options, part->n);
    struct part *c = part_new(NULL, p, part->editions, part->n, &everything,
                              budget.nodes, budget.watch);
    bool had_conflict = s->verdict == VERDICT_INFEASIBLE;
    if (c->verdict != VERDICT_INFEASIBLE)
        part_solve(c, options ? options->start_from : NULL);
    choice_take(c, s->choice);
    part_add(s, p, c, part);
    if (c->verdict == VERDICT_INFEASIBLE && !had_conflict) {
        struct conflict k = component_conflict(s, p, part, options);
        s->conflict = k.rules;
        s->n_conflict = k.n;
    }
    talloc_free(c);
    if (budget.watch)
        atomic_fetch_add(&budget.watch->done, part->n);
}

static void open_editions(struct solution *s, const struct problem *p)
{
    s->open_editions = array_new(s, int32_t, p->n_editions);
    for (size_t e = 0; e < p->n_editions; e++)
        if (s->choice[e] < 0)
            s->open_editions[s->n_open_editions++] = (int32_t)e;
}

struct solution *solve(TALLOC_CTX *ctx, const struct problem *p,
                       const struct solve_options *options)
{
    struct solution *s = object_new(ctx, struct solution);
    struct components all = network_components(s, p);
    s->choice = array_new(s, int32_t, p->n_editions);
    s->verdict = VERDICT_OPTIMAL;
    s->canonical = true;
    if (options && options->watch) {
        atomic_store(&options->watch->done, 0);
        atomic_store(&options->watch->of, (int)p->n_editions);
    }
    for (int32_t k = 0; k < all.n; k++)
        component_solve(s, p, &all.parts[k], options);
    open_editions(s, p);
    talloc_free(all.parts);
    return s;
}
