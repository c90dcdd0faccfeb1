/*
 * What must hold of any problem: the order of statements does not matter, dates
 * shift as one, a hard rule never makes a plan cheaper; budgets and cancelling
 * never make an answer wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include "daemon/plan/solve.h"
#include "random_problem.h"

#include <cmocka.h>

enum { SEEDS = 400, EDITIONS = 9, MOST = 12 };

/* ---- copies */

static void copy_array(TALLOC_CTX *ctx, void *pointer, size_t bytes)
{
    void *from = *(void **)pointer;
    char *to = array_new(ctx, char, bytes + 1);
    if (bytes > 0)
        memcpy(to, from, bytes);
    *(void **)pointer = to;
}

static struct problem *problem_copy(const struct problem *p)
{
    struct problem *q = object_new(NULL, struct problem);
    *q = *p;
    copy_array(q, &q->editions, p->n_editions * sizeof *p->editions);
    copy_array(q, &q->pairs, p->n_pairs * sizeof *p->pairs);
    copy_array(q, &q->forbids, p->n_forbids * sizeof *p->forbids);
    copy_array(q, &q->capacities, p->n_capacities * sizeof *p->capacities);
    for (size_t e = 0; e < p->n_editions; e++)
        copy_array(q, &q->editions[e].candidates,
                   (size_t)p->editions[e].n_candidates *
                       sizeof(struct candidate));
    for (size_t k = 0; k < p->n_capacities; k++)
        copy_array(q, &q->capacities[k].editions,
                   p->capacities[k].n * sizeof(int32_t));
    return q;
}

/* Edition e of p is at place[e] in the result, pairs are turned around. */
static struct problem *problem_shuffled(const struct problem *p,
                                        const int32_t *place)
{
    struct problem *q = problem_copy(p);
    for (size_t e = 0; e < p->n_editions; e++) {
        struct problem_edition *k = &q->editions[place[e]];
        *k = p->editions[e];
        copy_array(q, &k->candidates,
                   (size_t)k->n_candidates * sizeof *k->candidates);
        for (int32_t c = 0; c < k->n_candidates; c++)
            if (k->candidates[c].join >= 0)
                k->candidates[c].join = (int16_t)place[k->candidates[c].join];
    }
    for (size_t k = 0; k < p->n_pairs; k++) {
        struct pair *pair = &q->pairs[k];
        *pair = p->pairs[p->n_pairs - 1 - k];
        pair->i = place[pair->i];
        pair->j = place[pair->j];
    }
    for (size_t k = 0; k < p->n_forbids; k++)
        q->forbids[k].edition = place[q->forbids[k].edition];
    for (size_t k = 0; k < p->n_capacities; k++)
        for (size_t m = 0; m < q->capacities[k].n; m++)
            q->capacities[k].editions[m] = place[q->capacities[k].editions[m]];
    return q;
}

/* ---- properties */

static void order_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        int32_t place[EDITIONS];
        int32_t n = (int32_t)p->n_editions;
        struct random_source r = {seed};
        for (int32_t e = 0; e < n; e++) {
            int32_t at = random_below(&r, e + 1);
            place[e] = place[at];
            place[at] = e;
        }
        struct problem *q = problem_shuffled(p, place);
        struct solution *s = solve(p, p, NULL), *t = solve(q, q, NULL);
        assert_int_equal(s->verdict, t->verdict);
        assert_int_equal(s->cost, t->cost);
        for (int32_t e = 0; e < n; e++)
            assert_int_equal(s->choice[e], t->choice[place[e]]);
        talloc_free(q);
        talloc_free(p);
    }
}

static void dates_shift_as_one(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct problem *q = problem_copy(p);
        for (size_t e = 0; e < p->n_editions; e++) {
            if (q->editions[e].previous != INT32_MIN)
                q->editions[e].previous += 364;
            for (int32_t c = 0; c < q->editions[e].n_candidates; c++) {
                q->editions[e].candidates[c].start += 364;
                q->editions[e].candidates[c].end += 364;
            }
        }
        for (size_t k = 0; k < p->n_forbids; k++) {
            q->forbids[k].from += 364;
            q->forbids[k].to += 364;
        }
        struct solution *s = solve(p, p, NULL), *t = solve(q, q, NULL);
        assert_int_equal(s->verdict, t->verdict);
        assert_int_equal(s->cost, t->cost);
        assert_memory_equal(s->choice, t->choice,
                            p->n_editions * sizeof *s->choice);
        talloc_free(q);
        talloc_free(p);
    }
}

static void a_constant_is_a_constant(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct problem *q = problem_copy(p);
        size_t e = seed % p->n_editions;
        for (int32_t c = 0; c < q->editions[e].n_candidates; c++)
            q->editions[e].candidates[c].cost += 41;
        struct solution *s = solve(p, p, NULL), *t = solve(q, q, NULL);
        assert_int_equal(s->verdict, t->verdict);
        if (s->verdict == VERDICT_OPTIMAL) {
            assert_int_equal(s->cost + 41, t->cost);
            assert_memory_equal(s->choice, t->choice,
                                p->n_editions * sizeof *s->choice);
        }
        talloc_free(q);
        talloc_free(p);
    }
}

static void a_hard_rule_never_helps(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        if (p->n_editions < 2) {
            talloc_free(p);
            continue;
        }
        struct solution *s = solve(p, p, NULL);
        p->pairs = array_grow(p, p->pairs, struct pair, p->n_pairs + 1);
        p->pairs[p->n_pairs++] = (struct pair){
            .i = 0, .j = 1, .type = PAIR_DISJ, .apart = 3, .per = 1};
        struct solution *t = solve(p, p, NULL);
        if (s->verdict == VERDICT_INFEASIBLE)
            assert_int_equal(t->verdict, VERDICT_INFEASIBLE);
        else if (t->verdict != VERDICT_INFEASIBLE)
            assert_true(t->cost >= s->cost);
        talloc_free(p);
    }
}

static void planning_again_moves_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct solution *s = solve(p, p, NULL);
        struct solve_options from = {.start_from = s->choice};
        for (size_t e = 0; e < p->n_editions; e++)
            if (s->choice[e] >= 0)
                p->editions[e].previous =
                    p->editions[e].candidates[s->choice[e]].start;
        struct solution *t = solve(p, p, &from);
        assert_int_equal(s->verdict, t->verdict);
        assert_int_equal(s->cost, t->cost);
        for (size_t e = 0; e < p->n_editions; e++)
            if (s->choice[e] >= 0)
                assert_int_equal(p->editions[e].candidates[t->choice[e]].start,
                                 p->editions[e].previous);
        talloc_free(p);
    }
}

/* ---- budgets */

/* Whatever was said with less, the truth does not contradict it. */
static void check_not_wrong(const struct problem *p, const struct solution *s,
                            const struct solution *truth)
{
    int64_t cost = 0;
    int32_t rule = -1;
    if (s->verdict == VERDICT_INFEASIBLE)
        assert_int_equal(truth->verdict, VERDICT_INFEASIBLE);
    if (s->verdict == VERDICT_OPTIMAL)
        assert_int_equal(s->cost, truth->cost);
    if (s->verdict == VERDICT_UNDECIDED)
        assert_true(s->n_open_editions > 0);
    if (s->verdict == VERDICT_OPTIMAL || s->verdict == VERDICT_GOOD) {
        assert_true(problem_check(p, s->choice, &cost, &rule));
        assert_int_equal(cost, s->cost);
        assert_true(s->bound <= truth->cost && truth->cost <= s->cost);
    }
}

static void one_node_is_never_wrong(void **state)
{
    static const int64_t nodes[] = {1, 2, 5, 20};
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct solution *truth = solve(p, p, NULL);
        for (size_t k = 0; k < sizeof nodes / sizeof *nodes; k++) {
            struct solve_options options = {.nodes = nodes[k]};
            check_not_wrong(p, solve(p, p, &options), truth);
        }
        talloc_free(p);
    }
}

static void cancelled_is_never_wrong(void **state)
{
    (void)state;
    talloc_enable_null_tracking();
    size_t before = talloc_total_blocks(NULL);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct solution *truth = solve(p, p, NULL);
        struct solve_watch watch = {0};
        struct solve_options options = {.watch = &watch};
        atomic_store(&watch.cancel, true);
        struct solution *s = solve(p, p, &options);
        check_not_wrong(p, s, truth);
        assert_int_equal(atomic_load(&watch.done), (int)p->n_editions);
        assert_int_equal(atomic_load(&watch.of), (int)p->n_editions);
        talloc_free(p);
    }
    assert_int_equal(talloc_total_blocks(NULL), before);
    talloc_disable_null_tracking();
}

static void the_same_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS / 4; seed++) {
        struct problem *p = random_problem(NULL, seed, EDITIONS, MOST);
        struct solve_options options = {.nodes = 3};
        struct solution *s = solve(p, p, &options);
        struct solution *t = solve(p, p, &options);
        assert_int_equal(s->verdict, t->verdict);
        assert_int_equal(s->bound, t->bound);
        assert_memory_equal(s->choice, t->choice,
                            p->n_editions * sizeof *s->choice);
        talloc_free(p);
    }
}

static void nothing_to_plan(void **state)
{
    struct problem p = {0};
    (void)state;
    struct solution *s = solve(NULL, &p, NULL);
    assert_int_equal(s->verdict, VERDICT_OPTIMAL);
    assert_int_equal(s->cost, 0);
    talloc_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(dates_shift_as_one),
        cmocka_unit_test(a_constant_is_a_constant),
        cmocka_unit_test(a_hard_rule_never_helps),
        cmocka_unit_test(planning_again_moves_nothing),
        cmocka_unit_test(one_node_is_never_wrong),
        cmocka_unit_test(cancelled_is_never_wrong),
        cmocka_unit_test(the_same_twice),
        cmocka_unit_test(nothing_to_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
