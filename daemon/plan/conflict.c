/*
 * Which rules cannot hold together: a minimal set, by QuickXplain.
 *
 * 1. Never removed: each edition takes place once, on a candidate that exists
 *    (its length, its host's working days), and on the day asked about.
 * 2. Rules are tried from the least firm on, so that the answer names rules
 *    that are easily changed where it can.
 * 3. A check that its budget ends counts as feasible; an answer is given only
 *    when its rules were shown infeasible.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_solve.h"

enum { CHECK_NODES = 20000, CHECK_PASSES = 100, WHOLE_EDITIONS = 2000 };

/* One question: are these rules feasible for these editions? */
struct probe {
    const struct problem *p;
    int32_t *editions; /* chronological */
    int32_t n;
    int32_t held, held_start; /* edition -1: none */
    bool *active;             /* by rule */
    struct domain *domains;   /* by edition */
    int32_t **reasons;        /* by edition, per candidate: active forbids */
    struct budget budget;
};

/* ---- feasible or not */

/* Counts for each candidate how many forbids of active rules cover it, with
 * `all`: of any rules. */
static void count_forbids(struct probe *b, bool all)
{
    for (int32_t k = 0; k < b->n; k++)
        memset(b->reasons[b->editions[k]], 0,
               (size_t)b->p->editions[b->editions[k]].n_candidates *
                   sizeof(int32_t));
    for (size_t k = 0; k < b->p->n_forbids; k++) {
        const struct forbid *f = &b->p->forbids[k];
        const struct problem_edition *e = &b->p->editions[f->edition];
        if (!b->reasons[f->edition] || (!all && !b->active[f->rule]))
            continue;
        for (int32_t c = 0; c < e->n_candidates; c++)
            b->reasons[f->edition][c] += forbid_covers(f, &e->candidates[c]);
    }
}

/* Whether a candidate exists at all: open, or closed by a rule. */
static bool *universe_of(struct probe *b, int32_t e)
{
    const struct problem_edition *k = &b->p->editions[e];
    bool *exists = array_new(b->reasons[e], bool, (size_t)k->n_candidates);
    for (int32_t c = 0; c < k->n_candidates; c++)
        exists[c] = (k->candidates[c].open || b->reasons[e][c] > 0) &&
                    (e != b->held || k->candidates[c].start == b->held_start);
    return exists;
}

static void domains_fill(struct probe *b, bool *const *exists)
{
    count_forbids(b, false);
    for (int32_t k = 0; k < b->n; k++) {
        int32_t e = b->editions[k];
        struct domain *d = &b->domains[e];
        d->n = 0;
        for (int32_t c = 0; c < b->p->editions[e].n_candidates; c++)
            if (exists[e][c] && b->reasons[e][c] == 0)
                d->candidates[d->n++] = c;
    }
}

static bool searched_feasible(struct probe *b, const struct part *c)
{
    struct network *net = region_whole(b->domains, c->worker, &c->state);
    int32_t *choice = array_new(net, int32_t, (size_t)net->n);
    struct search_result r = network_exact(net, COST_LIMIT + 1, 1, true,
                                           CHECK_NODES, &b->budget, choice);
    talloc_free(net);
    return r.found || !r.complete;
}

static bool feasible(struct probe *b, bool *const *exists)
{
    struct network_view view = {
        .domains = b->domains, .rules = b->active, .hard_only = true};
    domains_fill(b, exists);
    struct part *c = part_new(b->domains, b->p, b->editions, b->n, &view,
                              CHECK_NODES, b->budget.watch);
    bool possible = c->verdict != VERDICT_INFEASIBLE && searched_feasible(b, c);
    talloc_free(c);
    return possible;
}

/* ---- QuickXplain */

struct xplain {
    struct probe *probe;
    bool **exists;
    int32_t *found; /* rules of the conflict so far */
    int32_t n_found;
};

static void activate(struct probe *b, const int32_t *rules, int32_t n,
                     bool active)
{
    for (int32_t k = 0; k < n; k++)
        b->active[rules[k]] = active;
}

/* Appends to found a minimal subset of rules[0..n) that cannot hold with what
 * is active. Depth: log2 of the number of rules. Rules are inactive before and
 * after. */
static void explain(struct xplain *x, bool added, const int32_t *rules,
                    int32_t n)
{
    if (added && !feasible(x->probe, x->exists))
        return;
    if (n == 1) {
        x->found[x->n_found++] = rules[0];
        return;
    }
    int32_t half = n / 2, before = x->n_found;
    activate(x->probe, rules, half, true);
    explain(x, true, rules + half, n - half);
    activate(x->probe, rules, half, false);
    int32_t added_now = x->n_found - before;
    activate(x->probe, &x->found[before], added_now, true);
    explain(x, added_now > 0, rules, half);
    activate(x->probe, &x->found[before], added_now, false);
}

/* The minimal conflict among `rules`; n 0 when they can hold together. */
static struct conflict quick_xplain(TALLOC_CTX *ctx, struct probe *b,
                                    const int32_t *rules, int32_t n)
{
    struct xplain x = {.probe = b};
    struct conflict c = {array_new(ctx, int32_t, (size_t)n), 0};
    x.exists = array_new(b->domains, bool *, b->p->n_editions);
    count_forbids(b, true);
    for (int32_t k = 0; k < b->n; k++)
        x.exists[b->editions[k]] = universe_of(b, b->editions[k]);
    x.found = c.rules;
    activate(b, rules, n, true);
    bool possible = feasible(b, x.exists);
    activate(b, rules, n, false);
    if (!possible && n > 0 && feasible(b, x.exists))
        explain(&x, false, rules, n);
    c.n = (size_t)x.n_found;
    return c;
}

/* ---- which rules there are */

static bool restricts(const struct pair *pair)
{
    return pair->type != PAIR_NEAR;
}

static void mark_rules(const struct probe *b, bool *hard)
{
    const struct problem *p = b->p;
    for (size_t k = 0; k < p->n_forbids; k++)
        if (b->reasons[p->forbids[k].edition])
            hard[p->forbids[k].rule] = true;
    for (size_t k = 0; k < p->n_pairs; k++)
        if (b->reasons[p->pairs[k].i] && b->reasons[p->pairs[k].j] &&
            restricts(&p->pairs[k]))
            hard[p->pairs[k].rule] = true;
    for (size_t k = 0; k < p->n_capacities; k++)
        for (size_t m = 0; m < p->capacities[k].n; m++)
            if (b->reasons[p->capacities[k].editions[m]])
                hard[p->capacities[k].rule] = true;
}

struct ranked {
    int firmness;
    int32_t rule;
};

static int ranked_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->firmness != y->firmness)
        return x->firmness < y->firmness ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* The rules that restrict the probe's editions, the least firm first. */
static int32_t *rules_of(struct probe *b, int32_t *ret_n)
{
    size_t all = b->p->n_rules;
    bool *hard = array_new(b->domains, bool, all);
    struct ranked *list = array_new(b->domains, struct ranked, all);
    int32_t *rules = array_new(b->domains, int32_t, all), n = 0;
    mark_rules(b, hard);
    for (size_t r = 0; r < all; r++)
        if (hard[r])
            list[n++] = (struct ranked){b->p->rules[r].firmness, (int32_t)r};
    if (n > 0)
        qsort(list, (size_t)n, sizeof *list, ranked_compare);
    for (int32_t k = 0; k < n; k++)
        rules[k] = list[k].rule;
    *ret_n = n;
    return rules;
}

/* ---- probes */

static struct probe *probe_new(TALLOC_CTX *ctx, const struct problem *p,
                               const int32_t *editions, int32_t n,
                               const struct solve_options *options)
{
    struct probe *b = object_new(ctx, struct probe);
    b->p = p;
    b->n = n;
    b->held = -1;
    b->editions = array_new(b, int32_t, (size_t)n);
    if (n > 0)
        memcpy(b->editions, editions, (size_t)n * sizeof *editions);
    b->active = array_new(b, bool, p->n_rules);
    b->domains = array_new(b, struct domain, p->n_editions);
    b->reasons = array_new(b, int32_t *, p->n_editions);
    for (int32_t k = 0; k < n; k++) {
        size_t size = (size_t)p->editions[editions[k]].n_candidates;
        b->domains[editions[k]].candidates = array_new(b, int32_t, size);
        b->reasons[editions[k]] = array_new(b, int32_t, size);
    }
    b->budget = budget_new(options, n);
    return b;
}

static struct conflict conflict_among(TALLOC_CTX *ctx, const struct problem *p,
                                      const int32_t *editions, int32_t n,
                                      int32_t held, int32_t start,
                                      const struct solve_options *options)
{
    struct probe *b = probe_new(NULL, p, editions, n, options);
    int32_t n_rules = 0;
    b->held = held;
    b->held_start = start;
    int32_t *rules = rules_of(b, &n_rules);
    struct conflict c = quick_xplain(ctx, b, rules, n_rules);
    talloc_free(b);
    return c;
}

/* A rule of the conflict may restrict editions elsewhere, too: what is minimal
 * for one component need not be for all. */
static struct conflict conflict_everywhere(TALLOC_CTX *ctx,
                                           const struct problem *p,
                                           struct conflict found, int32_t held,
                                           int32_t start,
                                           const struct solve_options *options)
{
    int32_t n = (int32_t)p->n_editions;
    if (found.n == 0 || n > WHOLE_EDITIONS)
        return found;
    int32_t *all = array_new(NULL, int32_t, (size_t)n);
    for (int32_t e = 0; e < n; e++)
        all[e] = e;
    struct probe *b = probe_new(all, p, all, n, options);
    b->held = held;
    b->held_start = start;
    struct conflict c = quick_xplain(ctx, b, found.rules, (int32_t)found.n);
    talloc_free(all);
    return c.n > 0 ? c : found;
}

/* ---- the cycles that matter */

/* The editions of a component within some cycles, in its order. */
static int32_t editions_within(const struct problem *p,
                               const struct component *part, int first,
                               int last, int32_t *ret)
{
    int32_t n = 0;
    for (int32_t k = 0; k < part->n; k++) {
        int cycle = p->editions[part->editions[k]].cycle;
        if (cycle >= first && cycle <= last)
            ret[n++] = part->editions[k];
    }
    return n;
}

/* Whether all rules together leave these cycles a plan, as far as is seen. */
static bool cycles_feasible(const struct problem *p,
                            const struct component *part, int first, int last,
                            const struct solve_options *options)
{
    int32_t *some = array_new(NULL, int32_t, (size_t)part->n), n_rules = 0;
    int32_t n = editions_within(p, part, first, last, some);
    struct probe *b = probe_new(some, p, some, n, options);
    bool **exists = array_new(b, bool *, p->n_editions);
    int32_t *rules = rules_of(b, &n_rules);
    count_forbids(b, true);
    for (int32_t k = 0; k < n; k++)
        exists[some[k]] = universe_of(b, some[k]);
    activate(b, rules, n_rules, true);
    bool possible = feasible(b, exists);
    talloc_free(some);
    return possible;
}

/* The fewest cycles in a row that leave no plan: the first that ends so, then
 * the last that begins so. Fewer editions are never harder. */
static struct component cycles_shrink(TALLOC_CTX *ctx, const struct problem *p,
                                      const struct component *part,
                                      const struct solve_options *options)
{
    struct component c = {array_new(ctx, int32_t, (size_t)part->n), 0};
    int first = INT_MAX, last = INT_MIN, low, high;
    for (int32_t k = 0; k < part->n; k++) {
        int cycle = p->editions[part->editions[k]].cycle;
        first = cycle < first ? cycle : first;
        last = cycle > last ? cycle : last;
    }
    for (low = first; low < last;) {
        int middle = low + (last - low) / 2;
        if (cycles_feasible(p, part, first, middle, options))
            low = middle + 1;
        else
            last = middle;
    }
    for (high = last; first < high;) {
        int middle = high - (high - first) / 2;
        if (cycles_feasible(p, part, middle, last, options))
            high = middle - 1;
        else
            first = middle;
    }
    c.n = editions_within(p, part, first, last, c.editions);
    return c;
}

struct conflict component_conflict(TALLOC_CTX *ctx, const struct problem *p,
                                   const struct component *part,
                                   const struct solve_options *options)
{
    struct component few = cycles_shrink(ctx, p, part, options);
    struct conflict c =
        conflict_among(ctx, p, few.editions, few.n, -1, 0, options);
    if (c.n == 0)
        c = conflict_among(ctx, p, part->editions, part->n, -1, 0, options);
    return conflict_everywhere(ctx, p, c, -1, 0, options);
}

static const struct component *component_of(const struct components *all,
                                            int32_t e)
{
    for (int32_t k = 0; k < all->n; k++)
        for (int32_t x = 0; x < all->parts[k].n; x++)
            if (all->parts[k].editions[x] == e)
                return &all->parts[k];
    return NULL;
}

struct conflict solve_conflict(TALLOC_CTX *ctx, const struct problem *p,
                               int32_t e, int32_t start,
                               const struct solve_options *options)
{
    struct components all = network_components(ctx, p);
    struct conflict c = {0};
    for (int32_t k = 0; e < 0 && c.n == 0 && k < all.n; k++)
        c = component_conflict(ctx, p, &all.parts[k], options);
    const struct component *part = e < 0 ? NULL : component_of(&all, e);
    if (part) {
        c = conflict_among(ctx, p, part->editions, part->n, e, start, options);
        c = conflict_everywhere(ctx, p, c, e, start, options);
    }
    talloc_free(all.parts);
    return c;
}
