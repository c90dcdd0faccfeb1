/*
 * Every rule that looks at one edition or two, each on a small rules file:
 * what is open, what is forbidden, what is charged.
 */
#include "plan_world.h"

/* Two members with the usual weekend; A is the host everywhere. */
#define HEAD                                                                   \
    "sector T \"T\"\n  cycle calendar year\n  levels high, low\n"              \
    "member A \"Alpha\" since 1990-01-01 city \"Aton\" zone Asia/Jakarta\n"    \
    "member B \"Beta\" since 1990-01-01 city \"Bton\" zone Asia/Bangkok\n"     \
    "partner P \"Peer\" zone Asia/Tokyo\n"                                     \
    "body HI \"Hi\"\n  level high\n"                                           \
    "body LO \"Lo\"\n  level low\n"                                            \
    "body OTHER \"Other\"\n  level low\n"                                      \
    "rotation R alphabetical\n  held B 2026\n"

#define CLUSTER(code, body, clauses)                                           \
    "cluster " code " \"" code "\"\n" clauses "  host A\n"                     \
    "  meeting M \"M\" of " body " 1 day\n"

#define ONCE  "  times 1 per cycle\n"
#define MARCH "  window 1 Mar .. 31 Mar\n"

static TALLOC_CTX *ctx;

static int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static struct problem *expanded(const struct planning *in)
{
    struct problem *p;
    struct plan *lapsed;
    struct error err;

    if (!plan_expand(ctx, in, &p, &lapsed, &err))
        fail_msg("%s", err.text);
    return p;
}

static struct problem *of_2027(const char *text)
{
    struct planning in = world_planning(world_rules(ctx, text), 2027, 2027);

    return expanded(&in);
}

static int32_t index_of(const struct problem *p, const char *name)
{
    for (size_t i = 0; i < p->n_editions; i++)
        if (text_same(p->editions[i].name, name))
            return (int32_t)i;
    return -1;
}

static const struct problem_edition *edition_of(const struct problem *p,
                                                const char *name)
{
    int32_t i = index_of(p, name);

    if (i < 0)
        fail_msg("the problem has no %s", name);
    return &p->editions[i];
}

/* The candidate of that day on a trip of its own. */
static const struct candidate *on(const struct problem *p, const char *name,
                                  const char *start)
{
    const struct problem_edition *e = edition_of(p, name);

    for (int32_t i = 0; i < e->n_candidates; i++)
        if (e->candidates[i].start == day(start).day &&
            e->candidates[i].join < 0)
            return &e->candidates[i];
    fail_msg("%s has no candidate on %s", name, start);
    return NULL;
}

static void assert_open(const struct problem *p, const char *name,
                        const char *start)
{
    if (!on(p, name, start)->open)
        fail_msg("%s should be open on %s", name, start);
}

static void assert_closed(const struct problem *p, const char *name,
                          const char *start)
{
    if (on(p, name, start)->open)
        fail_msg("%s should be closed on %s", name, start);
}

static void assert_cost(const struct problem *p, const char *name,
                        const char *start, int cost)
{
    if (on(p, name, start)->cost != cost)
        fail_msg("%s on %s costs %d, not %d", name, start,
                 (int)on(p, name, start)->cost, cost);
}

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

/* ---- pairs */

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
        cmocka_unit_test(it_plans_without_any_member)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
