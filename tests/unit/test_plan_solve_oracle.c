/*
 * The solver against full enumeration of thousands of small problems: verdict,
 * cost, the canonical plan, min-marginals, minimal conflicts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include "daemon/plan/solve.h"
#include "random_problem.h"

#include <cmocka.h>

enum { SEEDS = 6000, EDITIONS = 5, MOST = 6 };

/* ---- enumeration */

/* Steps to the next combination of candidates; false after the last. */
static bool next_choice(const struct problem *p, int32_t *choice)
{
    for (size_t e = 0; e < p->n_editions; e++) {
        if (++choice[e] < p->editions[e].n_candidates)
            return true;
        choice[e] = 0;
    }
    return false;
}

static int64_t middle(const struct problem_edition *e)
{
    int64_t from = INT32_MAX, to = INT32_MIN;
    for (int32_t c = 0; c < e->n_candidates; c++)
        if (e->candidates[c].open) {
            int64_t start = e->candidates[c].start;
            from = start < from ? start : from;
            to = start > to ? start : to;
        }
    return from + to;
}

static bool comes_before(const struct problem *p, size_t a, size_t b)
{
    int64_t x = middle(&p->editions[a]), y = middle(&p->editions[b]);
    int names = strcmp(p->editions[a].name, p->editions[b].name);
    if (x != y)
        return x < y;
    return names ? names < 0 : a < b;
}

static void chronological(const struct problem *p, size_t *order)
{
    for (size_t k = 0; k < p->n_editions; k++) {
        size_t at = k;
        for (; at > 0 && comes_before(p, k, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
}

/* Whether plan a is preferred to b of the same cost. */
static bool preferred(const struct problem *p, const size_t *order,
                      const int32_t *a, const int32_t *b)
{
    for (size_t k = 0; k < p->n_editions; k++) {
        const struct problem_edition *e = &p->editions[order[k]];
        int32_t x = a[order[k]], y = b[order[k]];
        bool keeps_x = e->candidates[x].start == e->previous;
        bool keeps_y = e->candidates[y].start == e->previous;
        if (x != y)
            return keeps_x != keeps_y ? keeps_x : x < y;
    }
    return false;
}

struct truth {
    bool possible;
    int64_t cost;
    int32_t choice[EDITIONS];
    int64_t marginal[EDITIONS][MOST]; /* per candidate, -1 impossible */
};

static void truth_note(const struct problem *p, const size_t *order,
                       const int32_t *choice, int64_t cost, struct truth *t)
{
    for (size_t e = 0; e < p->n_editions; e++) {
        int64_t *m = &t->marginal[e][choice[e]];
        *m = *m < 0 || cost < *m ? cost : *m;
    }
    if (!t->possible || cost < t->cost ||
        (cost == t->cost && preferred(p, order, choice, t->choice)))
        memcpy(t->choice, choice, p->n_editions * sizeof *choice);
    t->cost = !t->possible || cost < t->cost ? cost : t->cost;
    t->possible = true;
}

static struct truth enumerate(const struct problem *p)
{
    struct truth t = {0};
    size_t order[EDITIONS] = {0};
    int32_t choice[EDITIONS] = {0}, rule = -1;
    int64_t cost = 0;
    memset(t.marginal, 0xff, sizeof t.marginal);
    chronological(p, order);
    do {
        if (problem_check(p, choice, &cost, &rule))
            truth_note(p, order, choice, cost, &t);
    } while (next_choice(p, choice));
    return t;
}

/* ---- conflicts by the definition */

static bool candidate_allowed(const struct problem *p, const bool *active,
                              int32_t e, int32_t c)
{
    const struct candidate *k = &p->editions[e].candidates[c];
    bool closed_by_rule = false;
    for (size_t f = 0; f < p->n_forbids; f++) {
        if (p->forbids[f].edition != e || !forbid_covers(&p->forbids[f], k))
            continue;
        if (active[p->forbids[f].rule])
            return false;
        closed_by_rule = true;
    }
    return k->open || closed_by_rule;
}

static int running(const struct problem *p, const struct capacity *c,
                   const int32_t *choice, int32_t day)
{
    int n = 0;
    for (size_t m = 0; m < c->n; m++) {
        const struct candidate *k =
            &p->editions[c->editions[m]].candidates[choice[c->editions[m]]];
        n += k->start <= day && day <= k->end;
    }
    return n;
}

static bool choice_allowed(const struct problem *p, const bool *active,
                           const int32_t *choice)
{
    for (size_t e = 0; e < p->n_editions; e++)
        if (!candidate_allowed(p, active, (int32_t)e, choice[e]))
            return false;
    for (size_t k = 0; k < p->n_pairs; k++)
        if (active[p->pairs[k].rule] &&
            !pair_allows(p, &p->pairs[k], choice[p->pairs[k].i],
                         choice[p->pairs[k].j]))
            return false;
    for (size_t k = 0; k < p->n_capacities; k++)
        for (int32_t day = 0; day < 60; day++)
            if (active[p->capacities[k].rule] &&
                running(p, &p->capacities[k], choice, day) >
                    p->capacities[k].at_once)
                return false;
    return true;
}

/* Can these rules hold together (edition e on `start`, e -1: anywhere)? */
static bool rules_hold(const struct problem *p, const bool *active, int32_t e,
                       int32_t start)
{
    int32_t choice[EDITIONS] = {0};
    do {
        bool there =
            e < 0 || p->editions[e].candidates[choice[e]].start == start;
        if (there && choice_allowed(p, active, choice))
            return true;
    } while (next_choice(p, choice));
    return false;
}

static void check_conflict(const struct problem *p, const int32_t *rules,
                           size_t n, int32_t e, int32_t start)
{
    bool *active = array_new(NULL, bool, p->n_rules);
    for (size_t k = 0; k < n; k++)
        active[rules[k]] = true;
    assert_false(rules_hold(p, active, e, start));
    for (size_t k = 0; k < n; k++) {
        active[rules[k]] = false;
        assert_true(rules_hold(p, active, e, start));
        active[rules[k]] = true;
    }
    talloc_free(active);
}

/* A conflict is due when nothing holds. Where no rule is to blame (an edition
 * has no candidate at all) any answer goes. */
static void check_conflict_due(const struct problem *p, const int32_t *rules,
                               size_t n, int32_t e, int32_t start)
{
    bool *active = array_new(NULL, bool, p->n_rules);
    bool blameless = !rules_hold(p, active, e, start);
    memset(active, true, p->n_rules);
    bool possible = rules_hold(p, active, e, start);
    talloc_free(active);
    if (blameless)
        return;
    assert_int_equal(n > 0, !possible);
    if (n > 0)
        check_conflict(p, rules, n, e, start);
}

/* ---- tests */

static void solves_as_enumeration_does(void **state)
{
    int impossible = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct truth t = enumerate(p);
        struct solution *s = solve(p, p, NULL);
        impossible += !t.possible;
        assert_int_equal(s->verdict,
                         t.possible ? VERDICT_OPTIMAL : VERDICT_INFEASIBLE);
        if (t.possible) {
            assert_int_equal(s->cost, t.cost);
            assert_int_equal(s->bound, t.cost);
            assert_memory_equal(s->choice, t.choice,
                                p->n_editions * sizeof *s->choice);
            assert_int_equal(s->n_open_editions, 0);
        } else {
            assert_true(s->n_open_editions > 0);
        }
        talloc_free(p);
    }
    assert_in_range(impossible, SEEDS / 5, SEEDS * 4 / 5);
}

static int64_t least_at(const struct problem *p, const struct truth *t,
                        int32_t e, int32_t start)
{
    int64_t least = -1;
    for (int32_t c = 0; c < p->editions[e].n_candidates; c++) {
        int64_t m = t->marginal[e][c];
        if (p->editions[e].candidates[c].start == start && m >= 0 &&
            (least < 0 || m < least))
            least = m;
    }
    return least;
}

static void check_row(const struct problem *p, const struct truth *t, int32_t e,
                      const struct alternative *row)
{
    int64_t least = least_at(p, t, e, row->start), cost = 0;
    int32_t rule = -1;
    assert_true(row->proved);
    assert_int_equal(row->possible, least >= 0);
    if (!row->possible)
        return;
    assert_int_equal(row->extra, least - t->cost);
    assert_true(problem_check(p, row->choice, &cost, &rule));
    assert_int_equal(cost, least);
    assert_int_equal(p->editions[e].candidates[row->choice[e]].start,
                     row->start);
}

static void alternatives_are_min_marginals(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS / 3; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct truth t = enumerate(p);
        struct solution *s = solve(p, p, NULL);
        for (int32_t e = 0; t.possible && e < (int32_t)p->n_editions; e++) {
            struct alternatives a = solve_alternatives(p, p, s, e, NULL);
            for (size_t k = 0; k < a.n; k++) {
                assert_true(k == 0 || a.rows[k - 1].start < a.rows[k].start);
                check_row(p, &t, e, &a.rows[k]);
            }
        }
        talloc_free(p);
    }
}

static void conflicts_are_minimal(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS / 3; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct solution *s = solve(p, p, NULL);
        struct conflict c = solve_conflict(p, p, -1, 0, NULL);
        check_conflict_due(p, c.rules, c.n, -1, 0);
        check_conflict_due(p, s->conflict, s->n_conflict, -1, 0);
        talloc_free(p);
    }
}

static void why_not_that_day(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS / 3; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        int32_t e = (int32_t)(seed % p->n_editions);
        const struct problem_edition *k = &p->editions[e];
        int32_t start = k->candidates[seed % (uint64_t)k->n_candidates].start;
        const struct solution *s = solve(p, p, NULL);
        struct conflict c = solve_conflict(p, p, e, start, NULL);
        if (s->verdict == VERDICT_OPTIMAL)
            check_conflict_due(p, c.rules, c.n, e, start);
        talloc_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves_as_enumeration_does),
        cmocka_unit_test(alternatives_are_min_marginals),
        cmocka_unit_test(conflicts_are_minimal),
        cmocka_unit_test(why_not_that_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
