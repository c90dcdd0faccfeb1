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
                              const int32_t *choice)
{
    bool *inside = array_new(NULL, bool, p->n_editions);
    int64_t cost = 0;
    for (int32_t k = 0; k < part->n; k++) {
        int32_t e = part->editions[k];
        inside[e] = true;
        cost += p->editions[e].candidates[choice[e]].cost;
    }
    for (size_t k = 0; k < p->n_pairs; k++)
        if (inside[p->pairs[k].i] && inside[p->pairs[k].j])
            cost += pair_cost(p, &p->pairs[k], choice[p->pairs[k].i],
                              choice[p->pairs[k].j]);
    talloc_free(inside);
    return cost;
}

struct solution *solution_new(TALLOC_CTX *ctx, const struct problem *p,
                              const struct solve_options *options)
{
    struct solution *s = object_new(ctx, struct solution);
    s->choice = array_new(s, int32_t, p->n_editions);
    for (size_t e = 0; e < p->n_editions; e++)
        s->choice[e] = -1;
    s->verdict = VERDICT_OPTIMAL;
    s->canonical = true;
    if (options && options->watch) {
        atomic_store(&options->watch->done, 0);
        atomic_store(&options->watch->of, (int)p->n_editions);
    }
    return s;
}

/* Costs that had to be cut in the network make its optimum a bound only. */
void solution_add(struct solution *s, const struct problem *p,
                  const struct component *part, const struct answer *a,
                  const struct solve_options *options)
{
    enum verdict verdict = a->verdict;
    for (int32_t k = 0; a->choice && k < part->n; k++)
        s->choice[part->editions[k]] = a->choice[k];
    if (a->choice) {
        int64_t cost = component_cost(p, part, s->choice);
        if (verdict == VERDICT_OPTIMAL && cost > a->bound)
            verdict = VERDICT_GOOD;
        s->cost += cost;
        s->bound += a->bound;
    } else if (verdict == VERDICT_UNDECIDED) {
        s->bound += a->bound;
    }
    s->canonical = s->canonical && a->canonical;
    s->verdict = worse(s->verdict, verdict);
    s->cancelled = s->cancelled || a->cancelled;
    if (options && options->watch)
        atomic_fetch_add(&options->watch->done, part->n);
}

static struct answer part_answer(TALLOC_CTX *ctx, const struct part *c)
{
    const struct network *net = c->net;
    struct answer a = {.verdict = c->verdict,
                       .canonical = c->canonical,
                       .cancelled = c->budget.cancelled,
                       .bound = c->bound / net->scale};
    if (!c->planned)
        return a;
    a.choice = array_new(ctx, int32_t, (size_t)net->n);
    for (int32_t v = 0; v < net->n; v++)
        a.choice[v] = net->value_of[net->first[v] + c->choice[v]];
    return a;
}

struct answer solution_solve(TALLOC_CTX *ctx, struct solution *s,
                             const struct problem *p,
                             const struct component *part,
                             const struct solve_options *options,
                             const struct warmth *w, struct warmth **ret_kept)
{
    static const struct network_view everything = {0};
    struct budget budget = budget_new(options, part->n);
    struct part *c = part_new(NULL, p, part->editions, part->n, &everything,
                              budget.nodes, budget.watch);
    bool had_conflict = s->verdict == VERDICT_INFEASIBLE;
    if (c->verdict != VERDICT_INFEASIBLE) {
        if (w)
            part_warm(c, w);
        part_solve(c, options ? options->start_from : NULL);
    }
    struct answer a = part_answer(ctx, c);
    solution_add(s, p, part, &a, options);
    if (c->verdict == VERDICT_INFEASIBLE && !had_conflict) {
        struct conflict k = component_conflict(s, p, part, options);
        s->conflict = k.rules;
        s->n_conflict = k.n;
    }
    if (ret_kept)
        *ret_kept = talloc_steal(ctx, c->kept);
    talloc_free(c);
    return a;
}

void solution_end(struct solution *s, const struct problem *p)
{
    s->open_editions = array_new(s, int32_t, p->n_editions);
    for (size_t e = 0; e < p->n_editions; e++)
        if (s->choice[e] < 0)
            s->open_editions[s->n_open_editions++] = (int32_t)e;
}

struct solution *solve(TALLOC_CTX *ctx, const struct problem *p,
                       const struct solve_options *options)
{
    struct solution *s = solution_new(ctx, p, options);
    TALLOC_CTX *work = talloc_new(NULL);
    struct components all = network_components(work, p);
    for (int32_t k = 0; k < all.n; k++)
        (void)solution_solve(work, s, p, &all.parts[k], options, NULL, NULL);
    solution_end(s, p);
    talloc_free(work);
    return s;
}
