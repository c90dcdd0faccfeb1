/*
 * Why, why not, and what cannot hold together, in words.
 */
#include "daemon/plan/explain.h"
#include "daemon/plan/explain_words.h"
#include "plan_world.h"

#define HEAD                                                                   \
    "sector T \"T\"\n  cycle calendar year\n  levels low\n"                    \
    "member A \"Alpha\" since 1990-01-01\n"                                    \
    "body LO \"Lo\"\n  level low\nbody IT \"It\"\n  level low\n"
#define K                                                                      \
    "cluster K \"K\"\n  times 1 per cycle\n  window 1 Mar .. 31 Mar\n"         \
    "  prefer start near 25 Mar weight 1 per week\n"                           \
    "  lasts 1 day\n  host A\n  meeting M \"M\" of LO 1 day\n"

static TALLOC_CTX *ctx;
static struct planned shipped;
static struct planning shipped_in;

static int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    shipped_in = world_planning(world_shipped(ctx), 2027, 2027);
    shipped = world_plan(ctx, &shipped_in);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static const struct reason *reason_of(const struct reasons *r, const char *rule)
{
    for (size_t i = 0; i < r->n; i++)
        if (strstr(r->rows[i].rule, rule))
            return &r->rows[i];
    return NULL;
}

static int32_t index_of(const struct problem *p, const char *name)
{
    int32_t e = problem_edition_index(p, name);

    assert_true(e >= 0);
    return e;
}

static void names_are_found(void **state)
{
    (void)state;
    assert_int_equal(problem_edition_index(shipped.problem, "JWG-2040"), -1);
    assert_string_equal(
        shipped.problem->editions[index_of(shipped.problem, "jwg-2027")].name,
        "JWG-2027");
}

static void why_names_rules_and_places(void **state)
{
    struct reasons r =
        explain_why(ctx, shipped.problem, shipped.solution,
                    index_of(shipped.problem, "MINISTERIAL-2027"));
    const struct reason *avoid = reason_of(&r, "Lunar New Year week");
    int64_t before = INT64_MAX;
    bool soft = false;

    (void)state;
    assert_non_null(avoid);
    assert_true(avoid->hard);
    assert_true(avoid->where.line > 0);
    assert_string_equal(avoid->where.file, "asean-digital.rules");
    assert_string_equal(avoid->text, "alone keeps out Mon 1 Feb 2027");
    assert_non_null(reason_of(&r, "MINISTERIAL apart from previous"));
    assert_non_null(reason_of(&r, "JWG after MINISTERIAL"));
    assert_null(reason_of(&r, "DDG"));
    for (size_t i = 0; i < r.n; i++) {
        assert_false(soft && r.rows[i].hard);
        if (!r.rows[i].hard) {
            assert_true(!soft || r.rows[i].cost <= before);
            before = r.rows[i].cost;
            soft = true;
        }
    }
}

static int64_t extra_by_planning(const struct planning *in,
                                 const struct planned *w, int32_t e,
                                 int32_t start)
{
    struct problem *p;
    struct plan *lapsed;
    struct error err;
    struct solution *s;

    assert_true(plan_expand(ctx, in, &p, &lapsed, &err));
    for (int32_t i = 0; i < p->editions[e].n_candidates; i++)
        if (p->editions[e].candidates[i].start != start)
            p->editions[e].candidates[i].open = false;
    s = solve(ctx, p, NULL);
    return s->choice[e] < 0 ? -1 : s->cost - w->solution->cost;
}

static void alternatives_agree_with_planning_anew(void **state)
{
    int32_t e = index_of(shipped.problem, "MINISTERIAL-2027");
    struct other_dates o =
        explain_others(ctx, shipped.problem, shipped.solution, e, NULL);
    int64_t before = 0;
    size_t possible = 0;

    (void)state;
    assert_true(o.n > 3);
    for (size_t i = 0; i < o.n; i++) {
        if (!o.rows[i].possible) {
            assert_true(o.rows[i].n_reasons > 0);
            continue;
        }
        assert_int_equal(possible++, i); /* they come first */
        assert_true(o.rows[i].extra >= before);
        before = o.rows[i].extra;
        assert_true(o.rows[i].proved);
        assert_int_equal(
            o.rows[i].extra,
            extra_by_planning(&shipped_in, &shipped, e, o.rows[i].start.day));
    }
    assert_true(possible >= 2 && possible <= 10);
}

static void an_impossible_week_names_its_rule(void **state)
{
    struct other_dates o =
        explain_others(ctx, shipped.problem, shipped.solution,
                       index_of(shipped.problem, "MINISTERIAL-2027"), NULL);
    bool found = false;

    (void)state;
    for (size_t i = 0; i < o.n; i++)
        if (!o.rows[i].possible &&
            o.rows[i].start.day == day("2027-02-01").day) {
            found = true;
            assert_int_equal(o.rows[i].n_reasons, 1);
            assert_non_null(
                strstr(o.rows[i].reasons[0], "Lunar New Year week"));
            assert_non_null(
                strstr(o.rows[i].reasons[0], "asean-digital.rules:"));
        }
    assert_true(found);
}

static void lines_of_a_breakdown_add_up(void **state)
{
    struct cost_lines l =
        costs_of(ctx, shipped.problem, shipped.solution->choice,
                 index_of(shipped.problem, "MINISTERIAL-2027"));
    int64_t sum = 0;

    (void)state;
    for (size_t i = 0; i < l.n; i++)
        sum += l.rows[i].cost;
    assert_int_equal(sum, shipped.solution->cost);
}

static struct reasons whynot(const char *name, const char *start,
                             bool *possible, int64_t *extra)
{
    return explain_whynot(ctx, shipped.problem, shipped.solution,
                          index_of(shipped.problem, name), day(start), NULL,
                          possible, extra);
}

static void why_not_a_possible_date(void **state)
{
    struct reasons r;
    bool possible;
    int64_t extra, sum = 0;

    (void)state;
    r = whynot("MINISTERIAL-2027", "2027-01-25", &possible, &extra);
    assert_true(possible);
    assert_int_equal(
        extra, extra_by_planning(&shipped_in, &shipped,
                                 index_of(shipped.problem, "MINISTERIAL-2027"),
                                 day("2027-01-25").day));
    for (size_t i = 0; i < r.n; i++)
        sum += r.rows[i].cost;
    assert_int_equal(sum, extra);
    assert_string_equal(reason_of(&r, "partner holidays IN")->text,
                        "Republic Day (IN) on 26 Jan +6");
    assert_string_equal(reason_of(&r, "MINISTERIAL start near")->text,
                        "away from 15 Jan +3");
}

static void why_not_a_forbidden_date(void **state)
{
    struct reasons r;
    bool possible;
    int64_t extra;

    (void)state;
    r = whynot("MINISTERIAL-2027", "2027-02-09", &possible, &extra);
    assert_false(possible);
    assert_non_null(reason_of(&r, "starting Mon"));
    assert_non_null(reason_of(&r, "Lunar New Year week"));
    for (size_t i = 0; i < r.n; i++)
        assert_true(r.rows[i].hard);
    r = whynot("MINISTERIAL-2027", "2027-02-08", &possible, &extra);
    assert_string_equal(reason_of(&r, "public holidays of BN")->text,
                        "First Day of Ramadan (BN) on 8 Feb");
    r = whynot("MINISTERIAL-2027", "2029-02-09", &possible, &extra);
    assert_non_null(strstr(r.rows[0].text, "not a day of cycle 2027"));
}

static void the_date_it_has_is_possible(void **state)
{
    int32_t e = index_of(shipped.problem, "JWG-2027");
    struct date start = world_edition(shipped.plan, "JWG-2027")->start;
    bool possible;
    int64_t extra;
    struct reasons r = explain_whynot(ctx, shipped.problem, shipped.solution, e,
                                      start, NULL, &possible, &extra);

    (void)state;
    assert_true(possible);
    assert_int_equal(extra, 0);
    assert_int_equal(r.n, 1);
    assert_non_null(strstr(r.rows[0].text, "is planned on Mon "));
}

/* "Mon 11 Jan 2027 costs 2 more: 6 for ...; saved are 6 for ..." */
static void a_dearer_date_is_told_in_a_sentence(void **state)
{
    int32_t e = index_of(shipped.problem, "MINISTERIAL-2027");
    struct other_dates others =
        explain_others(ctx, shipped.problem, shipped.solution, e, NULL);
    struct reasons r;
    bool possible;
    int64_t extra;

    (void)state;
    assert_true(others.n > 0 && others.rows[0].possible);
    r = explain_whynot(ctx, shipped.problem, shipped.solution, e,
                       others.rows[0].start, NULL, &possible, &extra);
    assert_true(possible && r.n > 0);
    assert_int_equal(extra, others.rows[0].extra);
    assert_non_null(strstr(
        r.rows[0].text,
        text_format(ctx, "Jan 2027 costs %lld more: ", (long long)extra)));
    assert_non_null(strstr(r.rows[0].text, "; saved are "));
    assert_non_null(strstr(r.rows[0].text, " on 18 Jan"));
}

static void a_date_without_a_plan_names_what_ties_it(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD K "cluster J \"J\"\n  times 1 per cycle\n"
                    "  window 1 Apr .. 30 Sep\n  lasts 1 day\n  host A\n"
                    "  after K 4 weeks .. 8 weeks\n"
                    "  meeting M \"M\" of IT 1 day\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    bool possible;
    int64_t extra;
    struct reasons why = explain_whynot(
        ctx, w.problem, w.solution, index_of(w.problem, "J-2027"),
        day("2027-08-02"), NULL, &possible, &extra);

    (void)state;
    assert_false(possible);
    assert_int_equal(why.n, 1);
    assert_string_equal(why.rows[0].rule, "J after K 4 weeks .. 8 weeks");
    assert_string_equal(why.rows[0].text,
                        "leaves K-2027 no date with J-2027 on Mon 2 Aug 2027");
}

static void a_conflict_is_minimal_and_proposes(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD K "avoid \"Works\" 2027-03-01 .. 2027-03-19 for everyone\n"
                    "avoid \"Votes\" 2027-03-15 .. 2027-03-31 for everyone\n"
                    "avoid \"Other\" 2027-06-01 .. 2027-06-30 for everyone\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    struct reasons why = explain_conflict(ctx, w.problem, w.solution);

    (void)state;
    assert_int_equal(w.solution->verdict, VERDICT_INFEASIBLE);
    assert_int_equal(why.n, 3);
    assert_non_null(reason_of(&why, "K window 1 Mar .. 31 Mar"));
    assert_null(reason_of(&why, "Other"));
    assert_string_equal(reason_of(&why, "Works")->text,
                        "without it K-2027 could be held on 12 March 2027, and "
                        "the plan would cost 1");
    assert_true(reason_of(&why, "Votes")->where.line > 0);
}

static void a_conflict_names_the_date_that_stands(void **state)
{
    const struct rules *r = world_rules(
        ctx, HEAD K "cluster J \"J\"\n  times 1 per cycle\n"
                    "  window 1 Apr .. 30 Sep\n  lasts 1 day\n  host A\n"
                    "  before next K 1 week .. 20 weeks\n"
                    "  after K 4 weeks .. 8 weeks\n"
                    "  meeting M \"M\" of IT 1 day\n"
                    "held K 2027 2027-01-05 .. 2027-01-05 in A\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    struct reasons why = explain_conflict(ctx, w.problem, w.solution);

    (void)state;
    assert_int_equal(w.solution->verdict, VERDICT_INFEASIBLE);
    assert_non_null(reason_of(&why, "K-2027 stands on 5 January 2027"));
    assert_non_null(reason_of(&why, "J after K"));
}

static void a_fixed_edition_says_so(void **state)
{
    const struct rules *r =
        world_rules(ctx, HEAD K "held K 2027 2027-01-05 .. 2027-01-05 in A\n");
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    struct reasons why = explain_why(ctx, w.problem, w.solution, 0);
    bool possible;
    int64_t extra;

    (void)state;
    assert_string_equal(why.rows[0].rule, "K-2027 stands on 5 January 2027");
    assert_int_equal(explain_others(ctx, w.problem, w.solution, 0, NULL).n, 0);
    why = explain_whynot(ctx, w.problem, w.solution, 0, day("2027-03-01"), NULL,
                         &possible, &extra);
    assert_false(possible);
    assert_int_equal(why.n, 1);
}

static void far_cycles_stand_while_asking(void **state)
{
    struct planning in = world_planning(shipped_in.rules, 2027, 2031);
    struct planned w = world_plan(ctx, &in);
    struct other_dates o =
        explain_others(ctx, w.problem, w.solution,
                       index_of(w.problem, "MINISTERIAL-2027"), NULL);

    (void)state;
    assert_true(o.n > 0);
    for (size_t i = 0; i < o.n; i++)
        for (size_t k = 0; k < o.rows[i].n_reasons; k++)
            assert_null(strstr(o.rows[i].reasons[k], "moves MINISTERIAL-2030"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(why_names_rules_and_places),
        cmocka_unit_test(alternatives_agree_with_planning_anew),
        cmocka_unit_test(an_impossible_week_names_its_rule),
        cmocka_unit_test(lines_of_a_breakdown_add_up),
        cmocka_unit_test(why_not_a_possible_date),
        cmocka_unit_test(why_not_a_forbidden_date),
        cmocka_unit_test(the_date_it_has_is_possible),
        cmocka_unit_test(a_dearer_date_is_told_in_a_sentence),
        cmocka_unit_test(a_date_without_a_plan_names_what_ties_it),
        cmocka_unit_test(a_conflict_is_minimal_and_proposes),
        cmocka_unit_test(a_conflict_names_the_date_that_stands),
        cmocka_unit_test(a_fixed_edition_says_so),
        cmocka_unit_test(far_cycles_stand_while_asking)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
