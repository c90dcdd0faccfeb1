/*
 * What planning does with a draft that is there already: what stays, what may
 * move at what price, what is asked about one date.
 */
#include "plan_world.h"

#define HEAD                                                                   \
    "sector T \"T\"\n  cycle calendar year\n  notice 30 days\n"                \
    "  levels low\n"                                                           \
    "member A \"Alpha\" since 1990-01-01 city \"Aton\" zone Asia/Jakarta\n"    \
    "member B \"Beta\" since 1990-01-01 city \"Bton\" zone Asia/Bangkok\n"     \
    "member C \"Gamma\" since 1990-01-01 until 2027-03-10 city \"Cton\""       \
    " zone Asia/Dili\n"                                                        \
    "body LO \"Lo\"\n  level low\nbody IT \"It\"\n  level low\n"               \
    "body UP \"Up\"\n  level low\n"

#define K                                                                      \
    "cluster K \"The K\"\n  times 1 per cycle\n  window 1 Mar .. 31 Mar\n"     \
    "  lasts 2 days, starting Mon or Tue\n  host A\n"                          \
    "  meeting M \"M\" of LO 1 day\n"
#define J                                                                      \
    "cluster J \"The J\"\n  times 1 per cycle\n  window 1 Apr .. 31 Oct\n"     \
    "  lasts 1 day\n  host any member\n  after K 4 weeks .. 12 weeks\n"        \
    "  meeting M \"M\" of IT 1 day\n"
#define N                                                                      \
    "cluster N \"The N\"\n  times as needed, at most 3\n"                      \
    "  window 1 Feb .. 30 Nov\n  lasts 1 day\n  host B\n"                      \
    "  meeting M \"M\" of UP 1 day\n"
#define RULES HEAD K J N

static TALLOC_CTX *ctx;
static const struct rules *rules;

static int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    rules = world_rules(ctx, RULES);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static struct edition edition(const char *id, const char *cluster,
                              const char *start, enum edition_status status)
{
    struct edition e = {.id = id,
                        .cluster = cluster,
                        .cycle = 2027,
                        .start = DATE_NONE,
                        .end = DATE_NONE,
                        .host = "A",
                        .by = DATE_NONE,
                        .status = status,
                        .title = "Old"};

    if (*start) {
        e.start = day(start);
        plan_complete(ctx, rules, &e);
    }
    return e;
}

static struct plan *draft_of(struct edition *rows, size_t n)
{
    struct plan p = {rows, NULL, n, 0, 0, 0, false};

    return plan_copy(ctx, &p);
}

static struct planned with(struct edition *rows, size_t n,
                           const struct plan *released)
{
    struct planning in = world_planning(rules, 2027, 2027);

    in.draft = draft_of(rows, n);
    in.released = released;
    return world_plan(ctx, &in);
}

static void what_is_confirmed_stays(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-03-23", EDITION_CONFIRMED)};
    struct planned w;
    const struct edition *e;

    (void)state;
    rows[0].city = "Elsewhere";
    w = with(rows, 1, NULL);
    e = world_edition(w.plan, "K-2027");
    assert_starts(w.plan, "K-2027", "2027-03-23");
    assert_int_equal(e->status, EDITION_CONFIRMED);
    assert_string_equal(e->city, "Elsewhere");
    assert_string_equal(e->title, "The K");
    assert_true(world_edition(w.plan, "J-2027")->start.day >= e->end.day + 28);
}

static void what_an_officer_moved_stays_even_off_the_rules(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-05-22", EDITION_PROPOSED)};
    struct planned w;

    (void)state;
    rows[0].pinned = true;
    rows[0].forced = "the hall is free";
    w = with(rows, 1, NULL);
    assert_starts(w.plan, "K-2027", "2027-05-22");
    assert_int_equal(w.solution->verdict, VERDICT_OPTIMAL);
    assert_string_equal(
        world_edition(w.plan, "K-2027")
            ->warnings[world_edition(w.plan, "K-2027")->n_warnings - 1],
        "forced: the hall is free");
}

static void cancelled_and_postponed_leave_their_place(void **state)
{
    struct edition rows[] = {
        edition("J-2027", "J", "", EDITION_POSTPONED),
        edition("K-2027", "K", "2027-03-02", EDITION_CANCELLED)};
    struct planned w = with(rows, 2, NULL);

    (void)state;
    assert_int_equal(w.problem->n_editions, 0);
    assert_int_equal(w.plan->n_editions, 2);
    assert_int_equal(world_edition(w.plan, "K-2027")->status,
                     EDITION_CANCELLED);
    assert_starts(w.plan, "K-2027", "2027-03-02");
    assert_int_equal(world_edition(w.plan, "J-2027")->status,
                     EDITION_POSTPONED);
}

static void other_cycles_come_through(void **state)
{
    struct edition rows[] = {
        edition("K-2031", "K", "2031-03-03", EDITION_PROPOSED)};
    struct planned w;

    (void)state;
    rows[0].cycle = 2031;
    w = with(rows, 1, NULL);
    assert_starts(w.plan, "K-2031", "2031-03-03");
    assert_int_equal(w.plan->n_editions, 3);
}

static void one_more_is_called(void **state)
{
    struct edition rows[] = {
        edition("N-2027-1", "N", "", EDITION_PROPOSED),
        edition("N-2027-2", "N", "2027-06-15", EDITION_CONFIRMED)};
    struct planned w;

    (void)state;
    rows[0].n = 1;
    rows[0].reason = "an incident";
    rows[0].by = day("2027-04-15");
    rows[1].n = 2;
    w = with(rows, 2, NULL);
    assert_true(world_edition(w.plan, "N-2027-1")->end.day <=
                day("2027-04-15").day);
    assert_string_equal(world_edition(w.plan, "N-2027-1")->reason,
                        "an incident");
    assert_starts(w.plan, "N-2027-2", "2027-06-15");
    assert_null(plan_edition(w.plan, "N-2027-3"));
}

static void a_call_comes_on_top_of_the_least(void **state)
{
    struct edition rows[] = {
        edition("L-2027-1", "L", "2027-06-15", EDITION_PROPOSED),
        edition("L-2027-2", "L", "", EDITION_PROPOSED)};
    struct planned w;

    (void)state;
    rules = world_rules(ctx, RULES
                        "cluster L \"L\"\n"
                        "  times 1 per cycle, more as needed, at most 3\n"
                        "  window 1 Feb .. 30 Nov\n  lasts 1 day\n  host B\n"
                        "  meeting M \"M\" of UP 1 day\n");
    rows[0].n = 1;
    rows[1].n = 2;
    rows[1].reason = "an incident";
    rows[1].by = day("2027-10-15");
    w = with(rows, 2, NULL);
    assert_int_equal(world_edition(w.plan, "L-2027-1")->status,
                     EDITION_PROPOSED);
    assert_true(world_edition(w.plan, "L-2027-2")->end.day <=
                day("2027-10-15").day);
    assert_null(plan_edition(w.plan, "L-2027-3"));
}

static void what_has_begun_stays(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-03-09", EDITION_PROPOSED)};
    struct planning in = world_planning(rules, 2027, 2027);
    struct planned w;

    (void)state;
    in.draft = draft_of(rows, 1);
    in.now.second = (int64_t)day("2027-03-10").day * 86400;
    w = world_plan(ctx, &in);
    assert_starts(w.plan, "K-2027", "2027-03-09");
}

static void a_past_window_lapses_although_it_was_blocked(void **state)
{
    struct planning in;
    struct planned w;

    (void)state;
    rules = world_rules(
        ctx, RULES "avoid \"Works\" 2027-03-01 .. 2027-03-31 for everyone\n");
    in = world_planning(rules, 2027, 2027);
    in.now.second = (int64_t)day("2027-04-10").day * 86400;
    w = world_plan(ctx, &in);
    assert_int_equal(world_edition(w.plan, "K-2027")->status, EDITION_LAPSED);
    assert_int_equal(w.solution->verdict, VERDICT_OPTIMAL);
}

static void a_call_that_is_too_late_lapses(void **state)
{
    struct edition rows[] = {edition("N-2027-1", "N", "", EDITION_PROPOSED)};
    struct planning in = world_planning(rules, 2027, 2027);
    struct planned w;

    (void)state;
    rows[0].n = 1;
    rows[0].reason = "an incident";
    rows[0].by = day("2027-03-20");
    in.draft = draft_of(rows, 1);
    in.now.second = (int64_t)day("2027-03-01").day * 86400;
    w = world_plan(ctx, &in);
    assert_int_equal(world_edition(w.plan, "N-2027-1")->status, EDITION_LAPSED);
    assert_string_equal(world_edition(w.plan, "N-2027-1")->reason,
                        "an incident");
}

static void surplus_proposals_leave(void **state)
{
    struct edition rows[] = {
        edition("N-2027-1", "N", "2027-06-15", EDITION_PROPOSED)};
    struct planned w;

    (void)state;
    rows[0].n = 1;
    w = with(rows, 1, NULL);
    assert_null(plan_edition(w.plan, "N-2027-1"));
}

static const struct problem_edition *in_problem(const struct problem *p,
                                                const char *name)
{
    for (size_t i = 0; i < p->n_editions; i++)
        if (strcmp(p->editions[i].name, name) == 0)
            return &p->editions[i];
    fail_msg("the problem has no %s", name);
    return NULL;
}

static int32_t cost_on(const struct problem *p, const char *name,
                       const char *start, const char *host)
{
    for (size_t i = 0; i < p->n_editions; i++)
        for (int32_t k = 0; strcmp(p->editions[i].name, name) == 0 &&
                            k < p->editions[i].n_candidates;
             k++) {
            const struct candidate *c = &p->editions[i].candidates[k];
            if (c->start == day(start).day &&
                strcmp(p->hosts[c->host]->code, host) == 0)
                return c->cost;
        }
    return -1;
}

static void moving_has_its_price(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-03-15", EDITION_PROPOSED)};
    struct planned proposed = with(rows, 1, NULL);
    struct planned released = with(rows, 1, draft_of(rows, 1));

    (void)state;
    assert_int_equal(cost_on(proposed.problem, "K-2027", "2027-03-15", "A"), 0);
    assert_int_equal(cost_on(proposed.problem, "K-2027", "2027-03-16", "A"), 4);
    assert_int_equal(cost_on(proposed.problem, "K-2027", "2027-03-29", "A"), 4);
    assert_int_equal(cost_on(released.problem, "K-2027", "2027-03-15", "A"), 0);
    assert_int_equal(cost_on(released.problem, "K-2027", "2027-03-16", "A"),
                     19); /* 16 weeks ahead */
    assert_int_equal(cost_on(released.problem, "K-2027", "2027-03-29", "A"),
                     21);
    assert_int_equal(in_problem(released.problem, "K-2027")->previous,
                     day("2027-03-15").day);
}

static void fresh_forgets_what_nobody_has_seen(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-03-15", EDITION_PROPOSED)};
    struct planning in = world_planning(rules, 2027, 2027);
    struct planned w;

    (void)state;
    in.draft = draft_of(rows, 1);
    in.fresh = true;
    w = world_plan(ctx, &in);
    assert_int_equal(cost_on(w.problem, "K-2027", "2027-03-29", "A"), 0);
    assert_int_equal(in_problem(w.problem, "K-2027")->previous, INT32_MIN);
    in.released = in.draft;
    w = world_plan(ctx, &in);
    assert_int_equal(cost_on(w.problem, "K-2027", "2027-03-29", "A"), 21);
}

static void another_host_is_a_move(void **state)
{
    struct edition rows[] = {
        edition("J-2027", "J", "2027-05-03", EDITION_PROPOSED)};
    struct planned w;

    (void)state;
    rows[0].host = "B";
    w = with(rows, 1, draft_of(rows, 1));
    assert_int_equal(cost_on(w.problem, "J-2027", "2027-05-03", "B"), 2);
    assert_string_equal(world_edition(w.plan, "J-2027")->host, "B");
}

static void what_is_released_and_near_is_frozen(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-03-09", EDITION_PROPOSED)};
    struct planning in = world_planning(rules, 2027, 2027);
    struct planned w;

    (void)state;
    in.draft = draft_of(rows, 1);
    in.now.second = (int64_t)day("2027-02-20").day * 86400;
    w = world_plan(ctx, &in); /* not released: it has to move */
    assert_false(in_problem(w.problem, "K-2027")->fixed);
    assert_true(world_edition(w.plan, "K-2027")->start.day >=
                day("2027-03-22").day);
    in.released = in.draft;
    w = world_plan(ctx, &in);
    assert_true(in_problem(w.problem, "K-2027")->fixed);
    assert_starts(w.plan, "K-2027", "2027-03-09");
}

static void what_is_asked_about_may_move(void **state)
{
    struct edition rows[] = {
        edition("K-2027", "K", "2027-03-23", EDITION_CONFIRMED)};
    struct planning in = world_planning(rules, 2027, 2027);
    struct planned w;

    (void)state;
    in.draft = draft_of(rows, 1);
    in.loosen = "K-2027";
    w = world_plan(ctx, &in);
    assert_false(in_problem(w.problem, "K-2027")->fixed);
    assert_int_equal(cost_on(w.problem, "K-2027", "2027-03-23", "A"), 0);
    assert_int_equal(cost_on(w.problem, "K-2027", "2027-03-16", "A"), 4);
    rows[0].status = EDITION_HELD;
    in.draft = draft_of(rows, 1);
    w = world_plan(ctx, &in);
    assert_true(in_problem(w.problem, "K-2027")->fixed);
}

static void facts_are_held(void **state)
{
    struct planning in = world_planning(rules, 2027, 2027);
    struct past rows[] = {
        {"K", 2027, day("2027-03-04"), day("2027-03-05"), "B", "Other town"}};
    struct history history = {rows, 1};
    struct planned w;
    const struct edition *e;

    (void)state;
    in.history = &history;
    in.now.second = (int64_t)day("2027-03-20").day * 86400;
    w = world_plan(ctx, &in);
    e = world_edition(w.plan, "K-2027");
    assert_int_equal(e->status, EDITION_HELD);
    assert_string_equal(e->host, "B");
    assert_string_equal(e->city, "Other town");
    assert_int_equal(e->end.day, day("2027-03-05").day);
}

static void a_firm_edition_of_a_lost_cluster_is_kept(void **state)
{
    struct edition rows[] = {
        edition("GONE-2027", "GONE", "2027-03-15", EDITION_CONFIRMED),
        edition("LOST-2027", "LOST", "2027-03-15", EDITION_PROPOSED)};
    struct planned w = with(rows, 2, NULL);

    (void)state;
    assert_string_equal(world_edition(w.plan, "GONE-2027")->warnings[0],
                        "the rules have no cluster GONE");
    assert_null(plan_edition(w.plan, "LOST-2027"));
}

static void a_conflict_leaves_an_edition_undated(void **state)
{
    struct planning in;
    struct planned w;

    (void)state;
    rules = world_rules(
        ctx, RULES "avoid \"Works\" 2027-03-01 .. 2027-03-31 for everyone\n");
    in = world_planning(rules, 2027, 2027);
    w = world_plan(ctx, &in);
    assert_int_equal(w.solution->verdict, VERDICT_INFEASIBLE);
    assert_true(date_is_none(world_edition(w.plan, "K-2027")->start));
    assert_string_equal(world_edition(w.plan, "K-2027")->warnings[0],
                        "no date satisfies the rules");
}

/* ---- asking about one date */

static bool asked(const struct edition *rows, size_t n, const char *id,
                  const char *cluster, const char *start, const char *host,
                  struct error *err)
{
    struct planning in = world_planning(rules, 2027, 2027);
    struct plan all = {NULL, NULL, n, 0, 0, 0, false};
    struct edition e = edition(id, cluster, "", EDITION_PROPOSED), *copy;

    copy = array_new(ctx, struct edition, n);
    for (size_t i = 0; i < n; i++)
        copy[i] = rows[i];
    all.editions = copy;
    in.draft = &all;
    e.start = day(start);
    e.host = host;
    plan_complete(ctx, rules, &e);
    return plan_allows(&in, &all, &e, NULL, err);
}

static void a_date_is_asked_about(void **state)
{
    static const struct {
        const char *id, *cluster, *start, *host, *broken;
    } rows[] = {
        {"K-2027", "K", "2027-03-15", "A", NULL},
        {"K-2027", "K", "2027-03-15", "B", NULL},
        {"K-2027", "K", "2027-03-17", "A", "K starting Mon, Tue"},
        {"K-2027", "K", "2027-04-05", "A", "K window 1 Mar .. 31 Mar"},
        {"K-2027", "K", "2027-03-22", "A", "public holidays of A"},
        {"K-2027", "K", "2027-03-08", "A", "avoid \"Works\" 2027-03-08"},
        {"K-2027", "K", "2027-03-15", "C", "member C since"},
        {"K-2027", "K", "2029-03-15", "A", "not a day of cycle 2027"},
        {"J-2027", "J", "2027-04-28", "A", NULL},
        {"J-2027", "J", "2027-04-07", "A", "J after K 4 weeks .. 12 weeks"},
        {"J-2027", "J", "2027-07-30", "A", "J after K 4 weeks .. 12 weeks"},
        {"J-2027", "J", "2027-05-03", "A", "desk \"Two\" serves all"},
        {"J-2027", "J", "2027-05-08", "A", "working days of A"},
        {"J-2027", "J", "2027-05-10", "A", "people P sit in IT, UP"}};
    struct edition draft[4];

    (void)state;
    rules = world_rules(
        ctx, RULES "avoid \"Works\" 2027-03-08 .. 2027-03-08 for everyone\n"
                   "holiday A \"Feast\" 2027-03-22 .. 2027-03-23\n"
                   "desk \"Two\" serves all, 2 clusters at once\n"
                   "people P sit in IT, UP\n");
    draft[0] = edition("K-2027", "K", "2027-03-16", EDITION_PROPOSED);
    draft[1] = edition("N-2027-1", "N", "2027-05-10", EDITION_PROPOSED);
    draft[2] = edition("N-2027-2", "N", "2027-05-03", EDITION_CONFIRMED);
    draft[3] = edition("N-2027-3", "N", "2027-05-03", EDITION_CONFIRMED);
    for (int i = 1; i < 4; i++) {
        draft[i].n = i;
        draft[i].host = "B";
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        bool ok = asked(draft, 4, rows[i].id, rows[i].cluster, rows[i].start,
                        rows[i].host, &err);
        if (ok != !rows[i].broken)
            fail_msg("%s on %s: %s", rows[i].id, rows[i].start, err.text);
        if (ok)
            continue;
        assert_int_equal(err.code, REPLY_CONFLICT);
        if (!strstr(err.text, rows[i].broken))
            fail_msg("%s on %s: %s", rows[i].id, rows[i].start, err.text);
    }
}

static void the_answer_names_the_place(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(asked(NULL, 0, "K-2027", "K", "2027-04-05", "A", &err));
    assert_true(strncmp(err.at, "test.rules:", 11) == 0);
    assert_non_null(strstr(err.text, "K-2027 on Mon 5 Apr 2027 breaks: K "
                                     "window 1 Mar .. 31 Mar (test.rules:"));
}

static void what_is_not_planned_yet_keeps_a_date(void **state)
{
    struct error err = {0};

    (void)state;
    rules = world_rules(ctx, HEAD K
                        "cluster J \"J\"\n  times 1 per cycle\n"
                        "  window 1 Apr .. 31 Oct\n  lasts 1 day\n  host A\n"
                        "  before next K 1 week .. 6 months\n"
                        "  meeting M \"M\" of IT 1 day\n");
    assert_true(asked(NULL, 0, "J-2027", "J", "2027-10-04", "A", &err));
    assert_false(asked(NULL, 0, "J-2027", "J", "2027-05-03", "A", &err));
    assert_non_null(strstr(err.text, "J before next K 1 week .. 6 months: "
                                     "K-2028 would have no date"));
}

static void notice_is_for_new_dates(void **state)
{
    struct edition row = edition("K-2027", "K", "2027-03-02", EDITION_PROPOSED);
    struct planning in = world_planning(rules, 2027, 2027);
    struct plan all = {&row, NULL, 1, 0, 0, 0, false};
    struct edition other =
        edition("K-2027", "K", "2027-03-01", EDITION_PROPOSED);
    struct error err;

    (void)state;
    in.draft = &all;
    in.now.second = (int64_t)day("2027-02-20").day * 86400;
    assert_true(plan_allows(&in, &all, &row, NULL, &err));
    assert_false(plan_allows(&in, &all, &other, NULL, &err));
    assert_non_null(strstr(err.text, "notice 30 days"));
}

static void strange_questions_are_refused(void **state)
{
    struct planning in = world_planning(rules, 2027, 2027);
    struct plan all = {NULL, NULL, 0, 0, 0, 0, false};
    struct edition e = edition("Q-2027", "Q", "2027-03-02", EDITION_PROPOSED);
    struct error err;

    (void)state;
    assert_false(plan_allows(&in, &all, &e, NULL, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    e = edition("K-2027", "K", "2027-03-02", EDITION_PROPOSED);
    e.host = "XX";
    assert_false(plan_allows(&in, &all, &e, NULL, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    e = edition("K-2027", "K", "", EDITION_PROPOSED);
    assert_false(plan_allows(&in, &all, &e, NULL, &err));
    assert_int_equal(err.code, REPLY_CONFLICT);
    e = edition("K-1900", "K", "2027-03-02", EDITION_PROPOSED);
    e.cycle = 1900;
    assert_false(plan_allows(&in, &all, &e, NULL, &err));
    assert_int_equal(err.code, REPLY_INPUT);
}

static void an_edition_is_completed(void **state)
{
    struct edition e = {.id = "K-2027",
                        .cluster = "K",
                        .host = "A",
                        .start = day("2027-03-05")};

    (void)state;
    plan_complete(ctx, rules, &e);
    assert_int_equal(e.end.day, day("2027-03-08").day);
    assert_int_equal(e.n_days, 2);
    assert_int_equal(e.days[1].day, day("2027-03-08").day);
    assert_string_equal(e.city, "Aton");
    assert_string_equal(e.zone, "Asia/Jakarta");
    /* an officer insists on a Saturday */
    e = (struct edition){.id = "K-2027",
                         .cluster = "K",
                         .host = "B",
                         .city = "Village",
                         .zone = "Asia/Tokyo",
                         .start = day("2027-03-06")};
    plan_complete(ctx, rules, &e);
    assert_int_equal(e.n_days, 2);
    assert_int_equal(e.days[0].day, day("2027-03-06").day);
    assert_string_equal(e.city, "Village");
    assert_string_equal(e.zone, "Asia/Tokyo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_confirmed_stays, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            what_an_officer_moved_stays_even_off_the_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(
            cancelled_and_postponed_leave_their_place, setup, teardown),
        cmocka_unit_test_setup_teardown(other_cycles_come_through, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_more_is_called, setup, teardown),
        cmocka_unit_test_setup_teardown(a_call_comes_on_top_of_the_least, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_has_begun_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_past_window_lapses_although_it_was_blocked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_call_that_is_too_late_lapses, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(surplus_proposals_leave, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(moving_has_its_price, setup, teardown),
        cmocka_unit_test_setup_teardown(fresh_forgets_what_nobody_has_seen,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(another_host_is_a_move, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_released_and_near_is_frozen,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_asked_about_may_move, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(facts_are_held, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_firm_edition_of_a_lost_cluster_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(a_conflict_leaves_an_edition_undated,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_date_is_asked_about, setup, teardown),
        cmocka_unit_test_setup_teardown(the_answer_names_the_place, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_not_planned_yet_keeps_a_date,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(notice_is_for_new_dates, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(strange_questions_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_edition_is_completed, setup,
                                        teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
