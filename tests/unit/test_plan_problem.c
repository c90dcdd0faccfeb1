/*
 * What pair rules mean: a table of worked dates, at the limits and just
 * outside; and the cost of a complete choice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/date.h"
#include "daemon/base/memory.h"
#include "daemon/plan/problem.h"
#include "daemon/plan/solve.h"

#include <cmocka.h>

enum { FORBIDS = -1 };

/* Edition i from..to, edition j from..to, a rule between them, and what it
 * costs. */
struct worked {
    const char *what;
    int32_t i_start, i_end, j_start, j_end;
    struct pair pair;
    int32_t cost;
};

#define GAP(a, b, t, around, w)                                                \
    {                                                                          \
        .type = PAIR_GAP, .bounds = {a, b, t}, .band = around, .weight = w,    \
        .per = 1                                                               \
    }
#define SEP(a, b, t, around, w)                                                \
    {                                                                          \
        .type = PAIR_SEP, .bounds = {a, b, t}, .band = around, .weight = w,    \
        .per = 1                                                               \
    }
#define DISJ(a)                                                                \
    {                                                                          \
        .type = PAIR_DISJ, .apart = a                                          \
    }
#define NEAR(a, w)                                                             \
    {                                                                          \
        .type = PAIR_NEAR, .apart = a, .weight = w                             \
    }
#define JOIN(a)                                                                \
    {                                                                          \
        .type = PAIR_JOIN, .j = 1, .apart = a                                  \
    }

static const struct worked table[] = {
    {"gap at its least", 100, 104, 118, 119, GAP(14, 60, 20, 100, 1), 0},
    {"gap a day short", 100, 104, 117, 119, GAP(14, 60, 20, 100, 1), FORBIDS},
    {"gap at its most", 100, 104, 164, 165, GAP(14, 60, 20, 100, 1), 0},
    {"gap a day long", 100, 104, 165, 166, GAP(14, 60, 20, 100, 1), FORBIDS},
    {"gap from the last day, not the first", 100, 110, 113, 113,
     GAP(14, 60, 20, 100, 1), FORBIDS},
    {"ideal gap", 100, 104, 154, 155, GAP(0, 300, 50, 10, 3), 0},
    {"gap at the edge of the band", 100, 104, 164, 165, GAP(0, 300, 50, 10, 3),
     0},
    {"gap a day beyond the band", 100, 104, 165, 166, GAP(0, 300, 50, 10, 3),
     3},
    {"gap short of the band", 100, 104, 140, 141, GAP(0, 300, 50, 10, 3), 12},
    {"negative gap", 100, 104, 90, 91, GAP(-20, 5, 0, 0, 1), 14},
    {"negative gap at its least", 100, 104, 84, 85, GAP(-20, 5, -20, 0, 1), 0},
    {"negative gap too far", 100, 104, 83, 84, GAP(-20, 5, -20, 0, 1), FORBIDS},
    {"no day between: gap 1", 100, 104, 105, 106, GAP(1, 9, 1, 0, 5), 0},
    {"same day: gap 0", 100, 104, 104, 106, GAP(1, 9, 1, 0, 5), FORBIDS},
    {"sep counts from start to start", 100, 140, 464, 470,
     SEP(250, 480, 364, 14, 1), 0},
    {"sep at its least", 100, 140, 350, 351, SEP(250, 480, 364, 14, 1), 100},
    {"sep a day short", 100, 140, 349, 351, SEP(250, 480, 364, 14, 1), FORBIDS},
    {"sep at its most", 100, 140, 580, 581, SEP(250, 480, 364, 14, 1), 102},
    {"sep a day long", 100, 140, 581, 582, SEP(250, 480, 364, 14, 1), FORBIDS},
    {"disj: the next day", 100, 104, 105, 106, DISJ(0), 0},
    {"disj: the same day", 100, 104, 104, 106, DISJ(0), FORBIDS},
    {"disj: the day before", 100, 104, 95, 99, DISJ(0), 0},
    {"disj: one day between", 100, 104, 106, 106, DISJ(1), 0},
    {"disj: a day is missing", 100, 104, 105, 106, DISJ(1), FORBIDS},
    {"disj: a day is missing before", 100, 104, 95, 99, DISJ(1), FORBIDS},
    {"disj: one inside the other", 100, 110, 103, 104, DISJ(0), FORBIDS},
    {"near: the next day", 100, 104, 105, 106, NEAR(2, 25), 0},
    {"near: at the limit", 100, 104, 106, 107, NEAR(2, 25), 0},
    {"near: a day too late", 100, 104, 107, 108, NEAR(2, 25), 25},
    {"near: at the limit before", 100, 104, 96, 98, NEAR(2, 25), 0},
    {"near: a day too early", 100, 104, 96, 97, NEAR(2, 25), 25},
    {"near: overlapping is no trip", 100, 104, 104, 106, NEAR(2, 25), 25},
    {"join: not this one", 100, 104, 200, 201, JOIN(2), 0},
};

static struct candidate day(int32_t start, int32_t end)
{
    return (struct candidate){
        .start = start, .end = end, .host = -1, .join = -1, .open = true};
}

/* Two editions with one candidate each and one rule between them. */
struct two {
    struct candidate i, j;
    struct problem_edition editions[2];
    struct problem_rule rule;
    struct pair pair;
    struct problem p;
};

static void two_make(struct two *t, const struct worked *w)
{
    *t = (struct two){.i = day(w->i_start, w->i_end),
                      .j = day(w->j_start, w->j_end),
                      .pair = w->pair};
    t->pair.i = 0;
    t->pair.j = 1;
    t->editions[0] = (struct problem_edition){
        .candidates = &t->i, .n_candidates = 1, .previous = INT32_MIN};
    t->editions[1] = (struct problem_edition){
        .candidates = &t->j, .n_candidates = 1, .previous = INT32_MIN};
    t->p = (struct problem){.rules = &t->rule,
                            .editions = t->editions,
                            .pairs = &t->pair,
                            .n_rules = 1,
                            .n_editions = 2,
                            .n_pairs = 1};
}

/* What the rule does to these two, FORBIDS or a cost. */
static int32_t effect(const struct two *t)
{
    return pair_allows(&t->p, &t->pair, 0, 0) ? pair_cost(&t->p, &t->pair, 0, 0)
                                              : FORBIDS;
}

static void worked_dates(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        struct two t;
        two_make(&t, &table[k]);
        if (effect(&t) != table[k].cost)
            fail_msg("%s: %d, not %d", table[k].what, effect(&t),
                     table[k].cost);
        struct solution *s = solve(NULL, &t.p, NULL);
        assert_int_equal(s->verdict, table[k].cost == FORBIDS
                                         ? VERDICT_INFEASIBLE
                                         : VERDICT_OPTIMAL);
        assert_int_equal(s->cost, table[k].cost == FORBIDS ? 0 : table[k].cost);
        assert_int_equal(s->n_conflict, table[k].cost == FORBIDS);
        talloc_free(s);
    }
}

static void weights_per_week_round_down(void **state)
{
    struct two t;
    static const struct worked w = {
        .i_start = 100, .i_end = 100, .pair = GAP(0, 300, 50, 0, 3)};
    static const int32_t off[][2] = {{0, 0},  {1, 0},  {2, 0},  {3, 1},
                                     {6, 2},  {7, 3},  {14, 6}, {-7, 3},
                                     {-1, 0}, {-21, 9}};
    (void)state;
    for (size_t k = 0; k < sizeof off / sizeof *off; k++) {
        two_make(&t, &w);
        t.pair.per = 7;
        t.j = day(150 + off[k][0], 150 + off[k][0]);
        assert_int_equal(effect(&t), off[k][1]);
    }
}

static void travel_needs_a_day(void **state)
{
    struct two t;
    static const struct worked w = {"", 100, 104, 105, 106, DISJ(0), 0};
    (void)state;
    two_make(&t, &w);
    t.pair.travel = 1;
    t.i.host = t.j.host = 3;
    assert_int_equal(effect(&t), 0);
    t.j.host = 4;
    assert_int_equal(effect(&t), FORBIDS);
    t.j = day(106, 107);
    t.j.host = 4;
    assert_int_equal(effect(&t), 0);
}

static void joining_binds_only_those_who_join(void **state)
{
    struct two t;
    static const struct worked w = {"", 100, 104, 107, 108, JOIN(2), 0};
    (void)state;
    two_make(&t, &w);
    assert_int_equal(effect(&t), 0);
    t.i.join = 1;
    assert_int_equal(effect(&t), FORBIDS);
    t.j = day(106, 108);
    assert_int_equal(effect(&t), 0);
    t.j = day(107, 108);
    t.i.join = 5;
    assert_int_equal(effect(&t), 0);
}

static int32_t day_of(int year, int month, int d)
{
    return date_of(year, month, d).day;
}

/* "1 to 2 months after": bounds differ with the candidate of i. */
static void months_come_per_candidate(void **state)
{
    struct candidate i[] = {day(day_of(2027, 1, 31), day_of(2027, 1, 31)),
                            day(day_of(2028, 1, 31), day_of(2028, 1, 31))};
    struct candidate j[] = {day(day_of(2027, 2, 27), day_of(2027, 2, 27)),
                            day(day_of(2027, 2, 28), day_of(2027, 2, 28)),
                            day(day_of(2028, 2, 28), day_of(2028, 2, 28)),
                            day(day_of(2028, 2, 29), day_of(2028, 2, 29))};
    struct problem_edition editions[] = {
        {.candidates = i, .n_candidates = 2, .previous = INT32_MIN},
        {.candidates = j, .n_candidates = 4, .previous = INT32_MIN}};
    struct bounds per[2];
    struct problem p = {.editions = editions, .n_editions = 2};
    struct pair pair = {
        .i = 0, .j = 1, .type = PAIR_GAP, .per_i = per, .per = 1};
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct date from = {i[k].end};
        per[k].min = date_add_months(from, 1).day - from.day;
        per[k].max = date_add_months(from, 2).day - from.day;
        per[k].ideal = per[k].min;
    }
    assert_false(pair_allows(&p, &pair, 0, 0));
    assert_true(pair_allows(&p, &pair, 0, 1));
    assert_false(pair_allows(&p, &pair, 1, 2));
    assert_true(pair_allows(&p, &pair, 1, 3));
}

static void large_costs_do_not_wrap(void **state)
{
    struct two t;
    static const struct worked w = {
        "", 0, 0, 100000, 100000, GAP(0, 200000, 0, 0, 1000000), 0};
    (void)state;
    two_make(&t, &w);
    assert_int_equal(effect(&t), INT32_MAX);
    struct solution *s = solve(NULL, &t.p, NULL);
    assert_true(s->verdict == VERDICT_GOOD || s->verdict == VERDICT_OPTIMAL);
    assert_int_equal(s->cost, INT32_MAX);
    assert_true(s->bound <= s->cost);
    talloc_free(s);
}

/* ---- problem_check */

static void capacity_counts_days(void **state)
{
    struct candidate days[] = {day(10, 14), day(14, 16), day(12, 18)};
    struct problem_edition editions[] = {
        {.candidates = &days[0], .n_candidates = 1, .previous = INT32_MIN},
        {.candidates = &days[1], .n_candidates = 1, .previous = INT32_MIN},
        {.candidates = &days[2], .n_candidates = 1, .previous = INT32_MIN}};
    struct problem_rule rules[2] = {{.text = "a"}, {.text = "b"}};
    int32_t members[] = {0, 1, 2}, choice[] = {0, 0, 0}, rule = -1;
    struct capacity desk = {
        .rule = 1, .editions = members, .n = 3, .at_once = 2};
    struct problem p = {.rules = rules,
                        .editions = editions,
                        .capacities = &desk,
                        .n_rules = 2,
                        .n_editions = 3,
                        .n_capacities = 1};
    int64_t cost = 0;
    (void)state;
    assert_false(problem_check(&p, choice, &cost, &rule));
    assert_int_equal(rule, 1);
    days[1] = day(15, 16);
    assert_true(problem_check(&p, choice, &cost, &rule));
    days[1] = day(14, 16);
    struct solution *s = solve(NULL, &p, NULL);
    assert_int_equal(s->verdict, VERDICT_INFEASIBLE);
    assert_int_equal(s->n_conflict, 1);
    assert_int_equal(s->conflict[0], 1);
    assert_int_equal(s->n_open_editions, 3);
    talloc_free(s);
}

static void a_closed_day_names_its_rule(void **state)
{
    struct candidate days[] = {day(10, 14), day(17, 21)};
    struct problem_edition e = {
        .candidates = days, .n_candidates = 2, .previous = INT32_MIN};
    struct problem_rule rules[3] = {
        {.text = "a"}, {.text = "b"}, {.text = "c"}};
    struct forbid f = {0, 2, 10, 12, -1};
    struct problem p = {.rules = rules,
                        .editions = &e,
                        .forbids = &f,
                        .n_rules = 3,
                        .n_editions = 1,
                        .n_forbids = 1};
    int32_t choice = 0, rule = -1;
    int64_t cost = 77;
    (void)state;
    days[0].open = false;
    assert_false(problem_check(&p, &choice, &cost, &rule));
    assert_int_equal(rule, 2);
    assert_int_equal(cost, 77);
    choice = -1;
    assert_false(problem_check(&p, &choice, &cost, &rule));
    assert_int_equal(rule, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_dates),
        cmocka_unit_test(weights_per_week_round_down),
        cmocka_unit_test(travel_needs_a_day),
        cmocka_unit_test(joining_binds_only_those_who_join),
        cmocka_unit_test(months_come_per_candidate),
        cmocka_unit_test(large_costs_do_not_wrap),
        cmocka_unit_test(capacity_counts_days),
        cmocka_unit_test(a_closed_day_names_its_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
