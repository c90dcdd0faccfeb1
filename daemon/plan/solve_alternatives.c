/*
 * Min-marginals: for each other start day of one edition, the best plan that
 * has it then.
 *
 * Of a component with many cycles only the edition's cycle and its two
 * neighbours are free, the rest is held at the plan; such a row is not proved
 * unless nothing else is possible.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_solve.h"

enum { FREE_EDITIONS = 40, ROUNDS = 10, PASSES = 3 };

/* What all rows share. */
struct marginals {
    const struct problem *p;
    const struct solution *plan;
    const struct component *component;
    const struct solve_options *options;
    int32_t e, v; /* the edition, its variable */
    bool partial; /* some editions are held */
    struct part *c;
    struct state trial;
};

/* ---- which editions are free */

static bool is_free(const struct marginals *m, int32_t e)
{
    int away = m->p->editions[e].cycle - m->p->editions[m->e].cycle;
    return m->component->n <= FREE_EDITIONS || abs(away) <= 1;
}

static void domain_fill(const struct marginals *m, struct domain *d, int32_t e)
{
    const struct problem_edition *k = &m->p->editions[e];
    if (!is_free(m, e)) {
        d->candidates[d->n++] = m->plan->choice[e];
        return;
    }
    for (int32_t c = 0; c < k->n_candidates; c++)
        if (k->candidates[c].open)
            d->candidates[d->n++] = c;
}

static void marginals_network(TALLOC_CTX *ctx, struct marginals *m)
{
    struct domain *domains = array_new(ctx, struct domain, m->p->n_editions);
    struct network_view view = {.domains = domains};
    struct budget budget = budget_new(m->options, m->component->n);
    for (int32_t k = 0; k < m->component->n; k++) {
        int32_t e = m->component->editions[k];
        domains[e].candidates =
            array_new(domains, int32_t, (size_t)m->p->editions[e].n_candidates);
        domain_fill(m, &domains[e], e);
        m->partial = m->partial || !is_free(m, e);
        if (e == m->e)
            m->v = k;
    }
    m->c = part_new(ctx, m->p, m->component->editions, m->component->n, &view,
                    budget.nodes, budget.watch);
    part_messages(m->c, ROUNDS);
    m->trial = state_new(ctx, m->c->worker);
}

/* ---- one row */

/* The plan as values of the network; false when the component has none. */
static bool plan_values(const struct marginals *m, int32_t *values)
{
    const struct network *net = m->c->net;
    for (int32_t v = 0; v < net->n; v++) {
        values[v] = -1;
        for (int32_t a = 0; a < net->size[v]; a++)
            if (net->value_of[net->first[v] + a] ==
                m->plan->choice[net->variable_of[v]])
                values[v] = a;
        if (values[v] < 0)
            return false;
    }
    return true;
}

/* The cheapest legal plan with only this edition moved; -1 when none is. */
static int64_t only_moved(const struct marginals *m, int32_t start,
                          int32_t *values)
{
    const struct network *net = m->c->net;
    int64_t least = -1;
    int32_t best = values[m->v];
    for (int32_t a = 0; a < net->size[m->v]; a++) {
        if (net->start[net->first[m->v] + a] != start)
            continue;
        values[m->v] = a;
        int64_t cost = network_cost(net, values);
        if (cost >= 0 && (least < 0 || cost < least)) {
            least = cost;
            best = a;
        }
    }
    values[m->v] = best;
    return least;
}

/* Holds the edition at that start in the trial state; false when the bound
 * says that nothing better is there. */
static bool trial_hold(struct marginals *m, int32_t start)
{
    const struct network *net = m->c->net;
    int32_t first = net->first[m->v];
    state_copy(&m->trial, &m->c->state);
    for (int32_t a = 0; a < net->size[m->v]; a++)
        if (net->start[first + a] != start)
            state_drop(m->c->worker, &m->trial, m->v, a);
    bool open = m->trial.n_live[m->v] > 0 &&
                state_prune(m->c->worker, &m->trial) &&
                state_propagate(m->c->worker, &m->trial, PASSES);
    worker_forget(m->c->worker);
    return open;
}

/* Looks for a plan below; complete when all were looked at. */
static struct search_result improve(struct marginals *m, int32_t start,
                                    int64_t below, int32_t *values)
{
    struct part *c = m->c;
    struct budget budget = budget_new(m->options, m->component->n);
    c->worker->below = below;
    if (!trial_hold(m, start))
        return (struct search_result){.complete = true};
    struct network *net = region_whole(c, c->worker, &m->trial);
    int32_t *found = array_new(net, int32_t, (size_t)net->n);
    struct search_result r = network_exact(net, below, c->net->scale, false,
                                           budget.nodes, &budget, found);
    for (int32_t k = 0; r.found && k < net->n; k++)
        values[net->variable_of[k]] = net->value_of[net->first[k] + found[k]];
    talloc_free(net);
    return r;
}

static int32_t *values_choice(const struct marginals *m, TALLOC_CTX *ctx,
                              const int32_t *values)
{
    const struct network *net = m->c->net;
    int32_t *choice = array_new(ctx, int32_t, m->p->n_editions);
    memcpy(choice, m->plan->choice, m->p->n_editions * sizeof *choice);
    for (int32_t v = 0; v < net->n; v++)
        choice[net->variable_of[v]] = net->value_of[net->first[v] + values[v]];
    return choice;
}

static struct alternative row_make(TALLOC_CTX *ctx, struct marginals *m,
                                   int32_t start)
{
    struct alternative row = {.start = start};
    const struct network *net = m->c->net;
    int32_t *values = array_new(NULL, int32_t, (size_t)net->n);
    bool planned = plan_values(m, values);
    int64_t plan_cost = planned ? network_cost(net, values) : 0;
    int64_t best = only_moved(m, start, values);
    int64_t below = best >= 0 ? best - net->scale + 1 : COST_LIMIT + 1;
    struct search_result r = improve(m, start, below, values);
    if (r.found)
        best = r.cost;
    row.possible = best >= 0;
    row.proved = r.complete && !m->partial && !net->cut;
    if (row.possible) {
        row.extra = (best - plan_cost) / net->scale;
        row.choice = values_choice(m, ctx, values);
    }
    talloc_free(values);
    return row;
}

/* ---- all rows */

/* Whether candidate c is the first open one with its start, other than the
 * plan's start. */
static bool begins_row(const struct problem_edition *e, int32_t c,
                       int32_t planned)
{
    const struct candidate *k = &e->candidates[c];
    if (!k->open || k->start == e->candidates[planned].start)
        return false;
    for (int32_t x = c - 1; x >= 0 && e->candidates[x].start == k->start; x--)
        if (e->candidates[x].open)
            return false;
    return true;
}

static bool component_find(struct marginals *m, const struct components *all)
{
    for (int32_t k = 0; k < all->n; k++)
        for (int32_t x = 0; x < all->parts[k].n; x++)
            if (all->parts[k].editions[x] == m->e) {
                m->component = &all->parts[k];
                return true;
            }
    return false;
}

static void rows_make(struct alternatives *rows, struct marginals *m)
{
    const struct problem_edition *e = &m->p->editions[m->e];
    int32_t planned = m->plan->choice[m->e];
    for (int32_t c = 0; c < e->n_candidates; c++)
        if (begins_row(e, c, planned))
            rows->rows[rows->n++] =
                row_make(rows->rows, m, e->candidates[c].start);
}

struct alternatives solve_alternatives(TALLOC_CTX *ctx, const struct problem *p,
                                       const struct solution *plan, int32_t e,
                                       const struct solve_options *options)
{
    struct alternatives rows = {NULL, 0};
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct marginals m = {.p = p, .plan = plan, .options = options, .e = e};
    struct components all = network_components(scratch, p);
    rows.rows =
        array_new(ctx, struct alternative, (size_t)p->editions[e].n_candidates);
    if (plan->choice[e] >= 0 && component_find(&m, &all)) {
        marginals_network(scratch, &m);
        rows_make(&rows, &m);
    }
    talloc_free(scratch);
    return rows;
}
