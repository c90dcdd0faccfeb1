/*
 * Every rule that looks at two editions, each on a small rules file: gaps,
 * order, people, desks, shared trips, turns.
 */
#include "expand_world.h"

static const struct pair *pair_between(const struct problem *p, const char *i,
                                       const char *j, enum pair_type type)
{
    int32_t a = index_of(p, i), b = index_of(p, j);

    for (size_t k = 0; k < p->n_pairs; k++)
        if (p->pairs[k].type == type && p->pairs[k].i == a &&
            p->pairs[k].j == b)
            return &p->pairs[k];
    return NULL;
}

/* Are the two dates allowed together by all pairs between the two? */
static bool together(const struct problem *p, const char *i, const char *di,
                     const char *j, const char *dj)
{
    int32_t a = index_of(p, i), b = index_of(p, j);
    int32_t ca = (int32_t)(on(p, i, di) - p->editions[a].candidates);
    int32_t cb = (int32_t)(on(p, j, dj) - p->editions[b].candidates);

    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        if ((pair->i == a && pair->j == b && !pair_allows(p, pair, ca, cb)) ||
            (pair->i == b && pair->j == a && !pair_allows(p, pair, cb, ca)))
            return false;
    }
    return true;
}

static void months_are_counted_from_the_earlier_end(void **state)
{
    struct problem *p = of_2027(
        HEAD CLUSTER("K", "LO",
                     ONCE "  window 1 Jan .. 31 May\n  lasts 1 day\n")
            CLUSTER("J", "HI",
                    ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                         "  after K 1 month .. 2 months, ideally 6 weeks\n"));

    (void)state;
    /* Sun 31 Jan is closed for meetings, but a date like any other here */
    assert_true(together(p, "K-2027", "2027-01-31", "J-2027", "2027-02-28"));
    assert_false(together(p, "K-2027", "2027-01-31", "J-2027", "2027-02-27"));
    assert_true(together(p, "K-2027", "2027-01-31", "J-2027", "2027-03-31"));
    assert_false(together(p, "K-2027", "2027-01-31", "J-2027", "2027-04-01"));
    assert_true(together(p, "K-2027", "2027-04-30", "J-2027", "2027-05-30"));
    assert_false(together(p, "K-2027", "2027-04-30", "J-2027", "2027-07-01"));
}

static void the_ideal_gap_has_a_band(void **state)
{
    struct problem *p = of_2027(
        HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n")
            CLUSTER("J", "HI",
                    ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                         "  after K 1 week .. 20 weeks, ideally 4 weeks\n"));
    const struct pair *pair = pair_between(p, "K-2027", "J-2027", PAIR_GAP);
    const struct problem_edition *k = edition_of(p, "K-2027");
    const struct problem_edition *j = edition_of(p, "J-2027");
    int32_t from = (int32_t)(on(p, "K-2027", "2027-03-01") - k->candidates);

    (void)state;
    assert_non_null(pair);
    assert_int_equal(
        pair_cost(p, pair, from,
                  (int32_t)(on(p, "J-2027", "2027-04-05") - j->candidates)),
        0);
    assert_int_equal(
        pair_cost(p, pair, from,
                  (int32_t)(on(p, "J-2027", "2027-04-08") - j->candidates)),
        3);
}

static void before_and_before_next(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n")
                 CLUSTER("J", "HI",
                         ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                              "  before next K 8 weeks .. 20 weeks\n")
                     CLUSTER("I", "OTHER",
                             ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                                  "  before K 1 week .. 3 weeks\n"));
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);

    (void)state;
    assert_false(
        together(w.problem, "I-2027", "2027-03-01", "K-2027", "2027-03-03"));
    assert_true(
        together(w.problem, "I-2027", "2027-03-01", "K-2027", "2027-03-08"));
    /* the anchor of 2028 is in the problem but not in the plan */
    assert_true(
        together(w.problem, "J-2027", "2027-12-01", "K-2028", "2028-03-01"));
    assert_false(
        together(w.problem, "J-2027", "2027-06-01", "K-2028", "2028-03-01"));
    assert_null(plan_edition(w.plan, "K-2028"));
    assert_int_equal(w.solution->verdict, VERDICT_OPTIMAL);
}

static void a_dated_anchor_of_the_draft_is_kept_to(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n")
                 CLUSTER("J", "HI",
                         ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                              "  before next K 8 weeks .. 9 weeks\n"));
    struct planning in = world_planning(r, 2027, 2027);
    struct edition next = {.id = "K-2028",
                           .cluster = "K",
                           .cycle = 2028,
                           .start = day("2028-02-15"),
                           .end = day("2028-02-15"),
                           .host = "A"};
    struct plan draft = {&next, NULL, 1, 0, 0, 0, false};
    struct planned w;
    int gap;

    (void)state;
    in.draft = &draft;
    w = world_plan(ctx, &in);
    assert_true(edition_of(w.problem, "K-2028")->fixed);
    assert_starts(w.plan, "K-2028", "2028-02-15");
    gap = day("2028-02-15").day - world_edition(w.plan, "J-2027")->end.day;
    assert_true(gap >= 56 && gap <= 63);
}

static void apart_counts_from_history(void **state)
{
    const char *text =
        HEAD CLUSTER("K", "LO",
                     ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                          "  apart from previous 9 months .. 12 "
                          "months\n") "held K 2026 2026-06-10 .. "
                                      "2026-06-10 in B\n";
    struct problem *p = of_2027(text);
    struct planning later = world_planning(world_rules(ctx, text), 2028, 2028);

    (void)state;
    assert_true(together(p, "K-2026", "2026-06-10", "K-2027", "2027-03-10"));
    assert_false(together(p, "K-2026", "2026-06-10", "K-2027", "2027-03-09"));
    assert_true(together(p, "K-2026", "2026-06-10", "K-2027", "2027-06-10"));
    assert_false(together(p, "K-2026", "2026-06-10", "K-2027", "2027-06-11"));
    /* two years later nothing is left to be apart from */
    p = expanded(&later);
    assert_int_equal(p->n_pairs, 0);
}

static void apart_counts_from_first_day_to_first_day(void **state)
{
    struct problem *p =
        of_2027(HEAD CLUSTER("K", "LO",
                             "  times 2 per cycle\n  window 1 Jan .. 31 Dec\n"
                             "  lasts 3 days\n"
                             "  apart from previous 1 month .. 2 months\n"));

    (void)state;
    assert_true(
        together(p, "K-2027-1", "2027-03-01", "K-2027-2", "2027-04-01"));
    assert_false(
        together(p, "K-2027-1", "2027-03-01", "K-2027-2", "2027-03-31"));
    assert_false(
        together(p, "K-2027-1", "2027-03-01", "K-2027-2", "2027-05-03"));
    /* Fri 29 Jan .. Tue 2 Feb: a month from the first day is 28 Feb */
    assert_true(
        together(p, "K-2027-1", "2027-01-29", "K-2027-2", "2027-02-28"));
    assert_false(
        together(p, "K-2027-1", "2027-01-29", "K-2027-2", "2027-02-27"));
}

static void editions_of_a_cycle_follow_each_other(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO", "  times 2 per cycle\n" MARCH "  lasts 2 days\n"));

    (void)state;
    assert_false(
        together(p, "K-2027-1", "2027-03-08", "K-2027-2", "2027-03-01"));
    assert_false(
        together(p, "K-2027-1", "2027-03-01", "K-2027-2", "2027-03-02"));
    assert_true(
        together(p, "K-2027-1", "2027-03-01", "K-2027-2", "2027-03-03"));
}

static void after_is_the_last_and_before_the_first(void **state)
{
    struct problem *p = of_2027(
        HEAD CLUSTER("K", "LO", "  times 2 per cycle\n" MARCH "  lasts 1 day\n")
            CLUSTER("J", "HI",
                    ONCE "  window 1 Jan .. 31 Dec\n  lasts 1 day\n"
                         "  after K 1 week .. 20 weeks\n")
                CLUSTER("I", "OTHER",
                        "  times 2 per cycle\n  window 1 Jan .. 31 Dec\n"
                        "  lasts 1 day\n  before K 1 week .. 20 weeks\n"));

    (void)state;
    assert_non_null(pair_between(p, "K-2027-2", "J-2027", PAIR_GAP));
    assert_null(pair_between(p, "K-2027-1", "J-2027", PAIR_GAP));
    assert_non_null(pair_between(p, "I-2027-2", "K-2027-1", PAIR_GAP));
    assert_null(pair_between(p, "I-2027-1", "K-2027-1", PAIR_GAP));
}

static void costs_have_a_limit(void **state)
{
    struct problem *p = of_2027(
        HEAD CLUSTER("K", "LO",
                     ONCE "  window 1 Mar .. 30 Jun\n"
                          "  prefer start near 1 Mar weight 100000 per week\n"
                          "  lasts 1 day\n"));

    (void)state;
    assert_cost(p, "K-2027", "2027-03-08", 100000);
    assert_cost(p, "K-2027", "2027-06-21", (1 << 20) - 1);
}

static void people_travel_between_hosts(void **state)
{
    const char *text = HEAD "people P1 sit in HI, LO\n" CLUSTER(
        "K", "LO", ONCE MARCH "  lasts 1 day\n")
        CLUSTER("J", "HI",
                ONCE MARCH
                "  lasts 1 day\n") "cluster F \"F\"\n" ONCE MARCH
                                   "  lasts 1 day\n  host B\n"
                                   "  meeting M \"M\" of LO 1 day\n" CLUSTER(
                                       "X", "OTHER",
                                       ONCE MARCH "  lasts 1 day\n");
    struct problem *p = of_2027(text);

    (void)state;
    assert_false(together(p, "K-2027", "2027-03-02", "J-2027", "2027-03-02"));
    assert_true(together(p, "K-2027", "2027-03-02", "J-2027", "2027-03-03"));
    assert_false(together(p, "K-2027", "2027-03-02", "F-2027", "2027-03-03"));
    assert_true(together(p, "K-2027", "2027-03-02", "F-2027", "2027-03-04"));
    assert_true(together(p, "K-2027", "2027-03-02", "X-2027", "2027-03-02"));
}

static void people_travel_between_windows(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO",
        ONCE
        "  window 1 Mar .. 10 Mar\n  lasts 1 day\n") "cluster F \"F\"\n" ONCE
                                                     "  window 11 Mar .. 31 "
                                                     "Mar\n  lasts 1 day\n  "
                                                     "host B\n"
                                                     "  meeting M \"M\" of LO "
                                                     "1 day\n");

    (void)state;
    assert_false(together(p, "K-2027", "2027-03-10", "F-2027", "2027-03-11"));
    assert_true(together(p, "K-2027", "2027-03-10", "F-2027", "2027-03-12"));
}

static void one_body_is_not_in_two_places(void **state)
{
    struct problem *p =
        of_2027(HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n")
                    CLUSTER("J", "LO", ONCE MARCH "  lasts 1 day\n"));

    (void)state;
    assert_false(together(p, "K-2027", "2027-03-02", "J-2027", "2027-03-02"));
    assert_true(together(p, "K-2027", "2027-03-02", "J-2027", "2027-03-03"));
}

static void a_desk_has_a_capacity(void **state)
{
#define THREE                                                                  \
    CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n")                           \
    CLUSTER("J", "HI", ONCE MARCH "  lasts 1 day\n")                           \
    CLUSTER("I", "OTHER", ONCE MARCH "  lasts 1 day\n")
    struct problem *one =
        of_2027(HEAD THREE "desk \"D\" serves K, J, 1 cluster at once\n");
    struct problem *two =
        of_2027(HEAD THREE "desk \"D\" serves all, 2 clusters at once\n");

    (void)state;
    assert_false(together(one, "K-2027", "2027-03-02", "J-2027", "2027-03-02"));
    assert_true(together(one, "K-2027", "2027-03-02", "I-2027", "2027-03-02"));
    assert_int_equal(one->n_capacities, 0);
    assert_int_equal(two->n_capacities, 1);
    assert_int_equal(two->capacities[0].n, 3);
    assert_int_equal(two->capacities[0].at_once, 2);
    assert_int_equal(two->n_pairs, 0);
}

static void a_shared_trip_is_near_and_with_the_same_host(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD CLUSTER(
                 "K", "LO",
                 ONCE MARCH
                 "  lasts 3 days\n") "cluster J \"J\"\n" ONCE
                                     "  window 1 Feb .. 31 May\n  lasts 1 day\n"
                                     "  host any member\n  join K saves a trip "
                                     "weight 10\n"
                                     "  meeting M \"M\" of HI 1 day\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    const struct edition *k = world_edition(w.plan, "K-2027");
    const struct edition *j = world_edition(w.plan, "J-2027");
    int after = j->start.day - k->end.day, before = k->start.day - j->end.day;

    (void)state;
    assert_string_equal(j->host, k->host);
    assert_true((after > 0 && after <= 3) || (before > 0 && before <= 3));
    assert_int_equal(w.solution->cost, j->cost + k->cost);
    assert_cost(w.problem, "J-2027", "2027-04-01", 10);
}

static void hosts_are_proposed_in_turn(void **state)
{
    const struct rules *r = world_rules(
        ctx,
        HEAD "member C \"Gamma\" since 1990-01-01\n" CLUSTER(
            "K", "LO",
            ONCE MARCH "  lasts 1 day\n") "cluster J \"J\"\n" ONCE MARCH
                                          "  lasts 1 day\n  host any member\n"
                                          "  meeting M \"M\" of HI 1 day\n"
                                          "cluster I \"I\"\n" ONCE MARCH
                                          "  lasts 1 day\n  host any member\n"
                                          "  meeting M \"M\" of OTHER 1 day\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    const char *j = world_edition(w.plan, "J-2027")->host;
    const char *i = world_edition(w.plan, "I-2027")->host;

    (void)state;
    assert_string_not_equal(j, "A");
    assert_string_not_equal(i, "A");
    assert_string_not_equal(i, j);
}

static void it_plans_without_any_member(void **state)
{
    const struct rules *r =
        world_rules(ctx, "sector T \"T\"\n  cycle calendar year\n  levels low\n"
                         "body LO \"Lo\"\n  level low\n"
                         "cluster K \"K\"\n" ONCE MARCH "  lasts 2 days\n"
                         "  host any member\n  meeting M \"M\" of LO 1 day\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    const struct edition *e = world_edition(w.plan, "K-2027");

    (void)state;
    assert_string_equal(e->host, "");
    assert_int_equal(e->n_days, 2);
    assert_string_equal(e->warnings[0], "no host is known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_are_counted_from_the_earlier_end),
        cmocka_unit_test(the_ideal_gap_has_a_band),
        cmocka_unit_test(before_and_before_next),
        cmocka_unit_test(a_dated_anchor_of_the_draft_is_kept_to),
        cmocka_unit_test(apart_counts_from_history),
        cmocka_unit_test(apart_counts_from_first_day_to_first_day),
        cmocka_unit_test(editions_of_a_cycle_follow_each_other),
        cmocka_unit_test(after_is_the_last_and_before_the_first),
        cmocka_unit_test(costs_have_a_limit),
        cmocka_unit_test(people_travel_between_hosts),
        cmocka_unit_test(people_travel_between_windows),
        cmocka_unit_test(one_body_is_not_in_two_places),
        cmocka_unit_test(a_desk_has_a_capacity),
        cmocka_unit_test(a_shared_trip_is_near_and_with_the_same_host),
        cmocka_unit_test(hosts_are_proposed_in_turn),
        cmocka_unit_test(it_plans_without_any_member),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
