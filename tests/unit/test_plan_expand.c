/*
 * Every rule that looks at one edition, each on a small rules file: what is
 * open, what is forbidden, what is charged; and how many editions there are.
 */
#include "expand_world.h"

/* ---- one edition */

static void window_bounds_the_first_day(void **state)
{
    struct problem *p =
        of_2027(HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 3 days\n"));

    (void)state;
    assert_closed(p, "K-2027", "2027-02-26");
    assert_open(p, "K-2027", "2027-03-01");
    assert_open(p, "K-2027", "2027-03-31");
    assert_closed(p, "K-2027", "2027-04-01");
    assert_int_equal(on(p, "K-2027", "2027-03-31")->end, day("2027-04-02").day);
}

static void window_may_run_over_new_year(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO", ONCE "  window 13 Dec .. 14 Jan\n  lasts 1 day\n"));

    (void)state;
    assert_closed(p, "K-2027", "2027-01-13");
    assert_open(p, "K-2027", "2027-12-13");
    assert_open(p, "K-2027", "2028-01-14");
    assert_closed(p, "K-2027", "2028-01-17");
}

static void a_cycle_may_begin_in_july(void **state)
{
    struct problem *p =
        of_2027("sector T \"T\"\n  cycle from 1 Jul\n  levels low\n"
                "member A \"Alpha\" since 1990-01-01\n"
                "body LO \"Lo\"\n  level low\n" CLUSTER(
                    "K", "LO", ONCE MARCH "  lasts 1 day\n"));

    (void)state;
    assert_open(p, "K-2027", "2028-03-01");
    assert_int_equal(edition_of(p, "K-2027")->candidates[0].start,
                     day("2027-07-01").day);
}

static void it_starts_on_the_weekday(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO", ONCE MARCH "  lasts 2 days, starting Mon or Wed\n"));

    (void)state;
    assert_open(p, "K-2027", "2027-03-01");
    assert_closed(p, "K-2027", "2027-03-02");
    assert_open(p, "K-2027", "2027-03-03");
    assert_closed(p, "K-2027", "2027-03-04");
}

static void rest_days_inside_are_skipped_and_cost(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO",
        ONCE MARCH "  lasts 4 days\n") "holiday A \"Feast\" 2027-03-15\n");

    (void)state;
    /* Wed .. Mon, two rest days inside */
    assert_open(p, "K-2027", "2027-03-03");
    assert_int_equal(on(p, "K-2027", "2027-03-03")->end, day("2027-03-08").day);
    assert_cost(p, "K-2027", "2027-03-01", 0);
    assert_cost(p, "K-2027", "2027-03-03", 12);
    /* Wed .. Tue over a holiday, three inside: too many */
    assert_closed(p, "K-2027", "2027-03-10");
    assert_closed(p, "K-2027", "2027-03-15");
    /* Saturday and Sunday begin nothing */
    assert_closed(p, "K-2027", "2027-03-06");
}

static void a_worked_rest_day_opens(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO", ONCE MARCH "  lasts 1 day\n") "workday A 2027-03-06\n");

    (void)state;
    assert_open(p, "K-2027", "2027-03-06");
    assert_closed(p, "K-2027", "2027-03-07");
}

static void late_in_the_week_costs(void **state)
{
    struct problem *p =
        of_2027(HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 2 days\n")
                    CLUSTER("L", "OTHER", ONCE MARCH "  lasts 3 days\n")
                        CLUSTER("O", "HI", ONCE MARCH "  lasts 1 day\n"));

    (void)state;
    assert_cost(p, "K-2027", "2027-03-17", 0);
    assert_cost(p, "K-2027", "2027-03-18", 1);
    assert_cost(p, "L-2027", "2027-03-18", 2 + 12);
    assert_cost(p, "O-2027", "2027-03-18", 0);
}

static void the_middle_of_the_window_is_best(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO", ONCE "  window 1 Mar .. 31 May\n  lasts 1 day\n"));

    (void)state;
    /* the middle is 15 Apr; 4 weeks off cost 1 */
    assert_cost(p, "K-2027", "2027-04-15", 0);
    assert_cost(p, "K-2027", "2027-03-19", 0);
    assert_cost(p, "K-2027", "2027-03-18", 1);
    assert_cost(p, "K-2027", "2027-05-13", 1);
}

static void a_preferred_day_counts_whole_weeks(void **state)
{
    struct problem *p = of_2027(
        HEAD CLUSTER("K", "LO",
                     ONCE MARCH "  prefer start near 15 Mar weight 3 per week\n"
                                "  lasts 1 day\n"));

    (void)state;
    assert_cost(p, "K-2027", "2027-03-15", 0);
    assert_cost(p, "K-2027", "2027-03-19", 0);
    assert_cost(p, "K-2027", "2027-03-22", 3);
    assert_cost(p, "K-2027", "2027-03-08", 3);
    assert_cost(p, "K-2027", "2027-03-01", 6);
}

static void avoid_is_hard_or_by_day(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO",
        ONCE MARCH "  lasts 3 days\n") "avoid \"Never\" 2027-03-10 .. "
                                       "2027-03-11 for everyone\n"
                                       "avoid \"Dear\" 2027-03-16 .. "
                                       "2027-03-17 for low weight 4 per day\n"
                                       "avoid \"High\" 2027-03-22 .. "
                                       "2027-03-26 for high\n");

    (void)state;
    assert_open(p, "K-2027", "2027-03-12");
    assert_closed(p, "K-2027", "2027-03-10");
    assert_closed(p, "K-2027", "2027-03-08");
    assert_open(p, "K-2027", "2027-03-22");
    assert_cost(p, "K-2027", "2027-03-15", 8);
    assert_cost(p, "K-2027", "2027-03-17", 4);
    assert_cost(p, "K-2027", "2027-03-22", 0);
}

static void avoid_every_runs_over_new_year(void **state)
{
    struct problem *p = of_2027(HEAD CLUSTER(
        "K", "LO",
        ONCE "  window 1 Dec .. 31 Jan\n  lasts 1 day\n") "avoid \"Year end\" "
                                                          "every 20 Dec .. 5 "
                                                          "Jan for everyone\n");

    (void)state;
    assert_open(p, "K-2027", "2027-12-17");
    assert_closed(p, "K-2027", "2027-12-20");
    assert_closed(p, "K-2027", "2028-01-05");
    assert_open(p, "K-2027", "2028-01-06");
}

static void open_events_keep_clear_of_what_is_for_everyone(void **state)
{
    struct problem *p = of_2027(
        HEAD "cluster E \"E\"\n" ONCE MARCH "  lasts 1 day\n  host A\n"
             "  event X \"X\" open 1 day\n"
             "avoid \"All\" 2027-03-10 .. 2027-03-10 for everyone\n"
             "avoid \"Levels\" 2027-03-11 .. 2027-03-11 for high, low\n");

    (void)state;
    assert_closed(p, "E-2027", "2027-03-10");
    assert_open(p, "E-2027", "2027-03-11");
}

static void the_highest_level_of_a_cluster_counts(void **state)
{
    struct problem *p =
        of_2027(HEAD "cluster E \"E\"\n" ONCE MARCH "  lasts 1 day\n  host A\n"
                     "  meeting X \"X\" of HI half day\n"
                     "  meeting Y \"Y\" of LO half day\n"
                     "avoid \"High\" 2027-03-10 .. 2027-03-10 for high\n"
                     "avoid \"Low\" 2027-03-11 .. 2027-03-11 for low\n");

    (void)state;
    assert_closed(p, "E-2027", "2027-03-10");
    assert_open(p, "E-2027", "2027-03-11");
    assert_int_equal(edition_of(p, "E-2027")->level, 0);
}

static void partner_holidays_cost_six_a_day(void **state)
{
    struct problem *p = of_2027(
        HEAD
        "cluster E \"E\"\n" ONCE MARCH "  lasts 2 days\n  host A\n"
        "  meeting X \"X\" of HI half day\n"
        "  consult C \"C with {partner}\" of HI + P 45 min after X\n"
        "  consult D \"D with {partner}\" of HI + P 45 min after C\n" CLUSTER(
            "K", "LO",
            ONCE MARCH "  lasts 2 days\n") "holiday P \"Peers' Day\" "
                                           "2027-03-16 .. 2027-03-17\n");

    (void)state;
    assert_cost(p, "E-2027", "2027-03-15", 6);
    assert_cost(p, "E-2027", "2027-03-16", 12);
    assert_cost(p, "E-2027", "2027-03-17", 6);
    assert_cost(p, "E-2027", "2027-03-22", 0);
    assert_cost(p, "K-2027", "2027-03-16", 0);
}

static void notice_keeps_off_what_is_near(void **state)
{
    const struct rules *r = world_rules(
        ctx, "sector T \"T\"\n  cycle calendar year\n  notice 30 days\n"
             "  levels low\n"
             "member A \"Alpha\" since 1990-01-01\n"
             "body LO \"Lo\"\n  level low\n" CLUSTER(
                 "K", "LO", ONCE MARCH "  lasts 1 day\n"));
    struct planning in = world_planning(r, 2027, 2027);
    struct problem *p;

    (void)state;
    in.now.second +=
        (int64_t)(day("2027-02-09").day - day("2026-11-24").day) * 86400;
    p = expanded(&in);
    assert_closed(p, "K-2027", "2027-03-10");
    assert_open(p, "K-2027", "2027-03-11");
}

static void a_host_is_a_member_on_the_day(void **state)
{
    struct problem *p =
        of_2027("sector T \"T\"\n  cycle calendar year\n  levels low\n"
                "member A \"Alpha\" since 2027-03-15\n"
                "body LO \"Lo\"\n  level low\n" CLUSTER(
                    "K", "LO", ONCE MARCH "  lasts 1 day\n"));

    (void)state;
    assert_closed(p, "K-2027", "2027-03-12");
    assert_open(p, "K-2027", "2027-03-15");
}

static void clusters_and_bodies_have_their_years(void **state)
{
    struct problem *p = of_2027(
        HEAD "body GONE \"Gone\"\n  level low\n  until 2026\n"
             "body NEW \"New\"\n  level low\n  since 2028\n"
             "cluster S \"S\" since 2028\n" ONCE MARCH
             "  lasts 1 day\n  host A\n  meeting M \"M\" of LO 1 day\n" CLUSTER(
                 "G", "GONE", ONCE MARCH "  lasts 1 day\n")
                 CLUSTER("N", "NEW", ONCE MARCH "  lasts 1 day\n")
                     CLUSTER("K", "HI", ONCE MARCH "  lasts 1 day\n"));

    (void)state;
    assert_int_equal(p->n_editions, 1);
    assert_string_equal(p->editions[0].name, "K-2027");
}

static void every_open_day_has_no_record_and_every_closed_one_has(void **state)
{
    struct planning in = world_planning(world_shipped(ctx), 2027, 2028);
    struct problem *p = expanded(&in);

    (void)state;
    for (size_t i = 0; i < p->n_editions; i++)
        for (int32_t k = 0; k < p->editions[i].n_candidates; k++) {
            const struct candidate *c = &p->editions[i].candidates[k];
            bool forbidden = false;
            for (size_t f = 0; f < p->n_forbids; f++)
                forbidden = forbidden || (p->forbids[f].edition == (int32_t)i &&
                                          forbid_covers(&p->forbids[f], c));
            assert_int_equal(c->open, !forbidden);
        }
}

/* ---- editions */

static void editions_as_the_rules_count_them(void **state)
{
    struct problem *p = of_2027(
        HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n") CLUSTER(
            "T2", "HI", "  times 2 per cycle\n" MARCH "  lasts 1 day\n")
            CLUSTER("N", "OTHER",
                    "  times as needed, at most 4\n"
                    "  window 1 Feb .. 31 Oct\n  lasts 1 day\n"
                    "  needs 2 meetings for \"one\" by K 2027\n"
                    "  needs 1 meeting for \"two\" by 2027-09-10\n")
                CLUSTER("M", "LO",
                        "  times 1 per cycle, more as needed, at most 2\n" MARCH
                        "  lasts 1 day\n")
                    CLUSTER("Z", "LO",
                            "  times as needed, at most 4\n" MARCH
                            "  lasts 1 day\n"));

    (void)state;
    assert_true(index_of(p, "K-2027") >= 0);
    assert_true(index_of(p, "T2-2027-2") > index_of(p, "T2-2027-1"));
    assert_true(index_of(p, "N-2027-3") >= 0);
    assert_true(index_of(p, "N-2027-4") < 0);
    assert_true(index_of(p, "M-2027-1") >= 0);
    assert_true(index_of(p, "M-2027-2") < 0);
    assert_true(index_of(p, "Z-2027-1") < 0);
    /* the third has a date of its own */
    assert_open(p, "N-2027-3", "2027-09-09");
    assert_closed(p, "N-2027-3", "2027-09-10");
    assert_open(p, "N-2027-1", "2027-09-10");
}

static void deliverables_are_met_in_time(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n")
                 CLUSTER("N", "OTHER",
                         "  times as needed, at most 4\n"
                         "  window 1 Feb .. 31 Oct\n  lasts 1 day\n"
                         "  needs 2 meetings for \"one\" by K 2027\n"
                         "  needs 1 meeting for \"two\" by 2027-09-10\n"));
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    struct date k = world_edition(w.plan, "K-2027")->start;

    (void)state;
    assert_int_equal(w.solution->verdict, VERDICT_OPTIMAL);
    assert_true(world_edition(w.plan, "N-2027-1")->end.day < k.day);
    assert_true(world_edition(w.plan, "N-2027-2")->end.day < k.day);
    assert_true(world_edition(w.plan, "N-2027-1")->end.day <
                world_edition(w.plan, "N-2027-2")->start.day);
    assert_true(world_edition(w.plan, "N-2027-3")->end.day <
                day("2027-09-10").day);
}

static void a_need_before_the_window_falls_into_the_year_before(void **state)
{
    const struct rules *r = world_rules(
        ctx,
        HEAD CLUSTER("N", "OTHER",
                     "  times as needed, at most 4\n" MARCH "  lasts 1 day\n"
                     "  needs 1 meeting for \"x\" by 2028-02-20\n"));
    struct planning in = world_planning(r, 2027, 2028);
    struct problem *p = expanded(&in);

    (void)state;
    assert_int_equal(p->n_editions, 1);
    assert_string_equal(p->editions[0].name, "N-2027-1");
}

static void what_is_needed_beyond_the_most_is_said(void **state)
{
    const struct rules *r = world_rules(
        ctx,
        HEAD CLUSTER("N", "OTHER",
                     "  times as needed, at most 2\n" MARCH "  lasts 1 day\n"
                     "  needs 3 meetings for \"x\" by 2027-12-20\n"));
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    const struct edition *e = world_edition(w.plan, "N-2027-3");

    (void)state;
    assert_int_equal(e->status, EDITION_LAPSED);
    assert_int_equal(world_edition(w.plan, "N-2027-2")->status,
                     EDITION_PROPOSED);
    assert_non_null(strstr(e->warnings[0], "at most 2"));
}

static void cycles_out_of_range_are_refused(void **state)
{
    static const struct {
        int first, last;
    } rows[] = {{1989, 1990}, {2100, 2101}, {2028, 2027}, {2027, 2047}};
    const struct rules *r =
        world_rules(ctx, HEAD CLUSTER("K", "LO", ONCE MARCH "  lasts 1 day\n"));

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct planning in = world_planning(r, rows[i].first, rows[i].last);
        struct problem *p;
        struct plan *lapsed;
        struct error err;
        assert_false(plan_expand(ctx, &in, &p, &lapsed, &err));
        assert_int_equal(err.code, REPLY_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_bounds_the_first_day),
        cmocka_unit_test(window_may_run_over_new_year),
        cmocka_unit_test(a_cycle_may_begin_in_july),
        cmocka_unit_test(it_starts_on_the_weekday),
        cmocka_unit_test(rest_days_inside_are_skipped_and_cost),
        cmocka_unit_test(a_worked_rest_day_opens),
        cmocka_unit_test(late_in_the_week_costs),
        cmocka_unit_test(the_middle_of_the_window_is_best),
        cmocka_unit_test(a_preferred_day_counts_whole_weeks),
        cmocka_unit_test(avoid_is_hard_or_by_day),
        cmocka_unit_test(avoid_every_runs_over_new_year),
        cmocka_unit_test(open_events_keep_clear_of_what_is_for_everyone),
        cmocka_unit_test(the_highest_level_of_a_cluster_counts),
        cmocka_unit_test(partner_holidays_cost_six_a_day),
        cmocka_unit_test(notice_keeps_off_what_is_near),
        cmocka_unit_test(a_host_is_a_member_on_the_day),
        cmocka_unit_test(clusters_and_bodies_have_their_years),
        cmocka_unit_test(every_open_day_has_no_record_and_every_closed_one_has),
        cmocka_unit_test(editions_as_the_rules_count_them),
        cmocka_unit_test(deliverables_are_met_in_time),
        cmocka_unit_test(a_need_before_the_window_falls_into_the_year_before),
        cmocka_unit_test(what_is_needed_beyond_the_most_is_said),
        cmocka_unit_test(cycles_out_of_range_are_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
