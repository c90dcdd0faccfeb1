/*
 * How far each statement of a conflict must give way: the amounts are checked
 * by changing the text of the rules by as much, and by one less.
 */
#include "daemon/plan/explain.h"
#include "plan_world.h"
#include "test_context.h"

#define HEAD                                                                   \
    "sector T \"T\"\n  cycle calendar year\n  notice %s\n  levels low\n"       \
    "  seat \"A\" in A\n"                                                      \
    "member A \"Alpha\" since 1990-01-01\n"                                    \
    "body LO \"Lo\"\n  level low\nbody IT \"It\"\n  level low\n"
#define K                                                                      \
    "cluster K \"K\"\n  times 1 per cycle\n  window 1 Mar .. %s\n"             \
    "  lasts 2 days\n  host A\n  meeting M \"M\" of LO 1 day\n"
#define J                                                                      \
    "cluster J \"J\"\n  times 1 per cycle\n  window 1 Jun .. 30 Jun\n"         \
    "  lasts 1 day\n  host A\n  after K %s\n  meeting M \"M\" of IT 1 day\n"

static struct planned planned(const char *text, int last)
{
    struct planning in = world_planning(world_rules(ctx, text), 2027, last);

    return world_plan(ctx, &in);
}

static const char *gives(const char *text, int last, const char *rule)
{
    struct planned w = planned(text, last);
    struct reasons r = explain_conflict(ctx, w.problem, w.solution);

    assert_int_equal(w.solution->verdict, VERDICT_INFEASIBLE);
    for (size_t i = 0; i < r.n; i++)
        if (strstr(r.rows[i].rule, rule))
            return r.rows[i].gives ? r.rows[i].gives : "";
    fail_msg("no rule %s", rule);
    return "";
}

static bool is_possible(const char *text, int last)
{
    return planned(text, last).solution->verdict != VERDICT_INFEASIBLE;
}

#define TEXT(notice, window, gap, more)                                        \
    text_format(ctx, HEAD K J "%s", notice, window, gap, more)

static void a_window_would_have_to_be_longer(void **state)
{
    const char *avoid =
        "avoid \"Works\" 2027-02-25 .. 2027-04-05 for everyone\n";

    (void)state;
    /* 6 Apr 2027 is the first day that is free. */
    assert_string_equal(
        gives(TEXT("1 day", "31 Mar", "1 week .. 20 weeks", avoid), 2027,
              "K window"),
        "6 days longer, until 6 Apr or 6 days longer, from 23 Feb");
    assert_true(
        is_possible(TEXT("1 day", "6 Apr", "1 week .. 20 weeks", avoid), 2027));
    assert_false(
        is_possible(TEXT("1 day", "5 Apr", "1 week .. 20 weeks", avoid), 2027));
}

static void what_is_avoided_would_have_to_end_earlier(void **state)
{
    (void)state;
    assert_string_equal(
        gives(TEXT("1 day", "31 Mar", "1 week .. 20 weeks",
                   "avoid \"Works\" 2027-02-25 .. 2027-04-05 for everyone\n"),
              2027, "Works"),
        "beginning 6 days later or ending 6 days earlier");
    for (int d = 2; d <= 3; d++) {
        char *avoid = text_format(
            ctx, "avoid \"Works\" 2027-03-%02d .. 2027-04-05 for everyone\n",
            d);
        assert_int_equal(
            is_possible(TEXT("1 day", "31 Mar", "1 week .. 20 weeks", avoid),
                        2027),
            d == 3);
    }
}

static void a_gap_would_have_to_be_shorter(void **state)
{
    (void)state;
    /* K ends on 2 Mar at the earliest, J begins on 30 Jun: 120 days. */
    assert_string_equal(
        gives(TEXT("1 day", "31 Mar", "18 weeks .. 30 weeks", ""), 2027,
              "J after K"),
        "6 days less between them: at least 120 days");
    assert_true(
        is_possible(TEXT("1 day", "31 Mar", "120 days .. 30 weeks", ""), 2027));
    assert_false(
        is_possible(TEXT("1 day", "31 Mar", "121 days .. 30 weeks", ""), 2027));
}

static void a_gap_would_have_to_be_longer(void **state)
{
    const char *g = gives(TEXT("1 day", "31 Mar", "1 week .. 8 weeks", ""),
                          2027, "J after K");

    (void)state;
    /* K ends on 1 Apr at the latest, J begins on 1 Jun: 61 days. */
    assert_string_equal(g, "5 days more between them: at most 61 days");
}

static void one_statement_is_asked_for_all_cycles(void **state)
{
    const char *avoid = "avoid \"A\" 2027-02-25 .. 2027-04-03 for everyone\n"
                        "avoid \"B\" 2028-02-25 .. 2028-04-09 for everyone\n";
    const char *text = TEXT("1 day", "31 Mar", "1 week .. 20 weeks", avoid);
    struct planned w = planned(text, 2028);
    struct reasons r = explain_conflict(ctx, w.problem, w.solution);

    (void)state;
    for (size_t i = 0; i < r.n; i++)
        if (strstr(r.rows[i].rule, "K window"))
            assert_non_null(strstr(r.rows[i].gives, "longer, until "));
}

static void what_gives_no_plan_is_not_offered(void **state)
{
    /* Two statements each leave no day: neither alone is enough. */
    const char *avoid = "avoid \"A\" 2027-01-01 .. 2028-03-30 for everyone\n";
    struct planned w =
        planned(TEXT("1 day", "31 Mar", "1 week .. 20 weeks", avoid), 2027);
    struct reasons r = explain_conflict(ctx, w.problem, w.solution);

    (void)state;
    for (size_t i = 0; i < r.n; i++)
        if (strstr(r.rows[i].rule, "window"))
            assert_null(r.rows[i].gives);
}

static void a_desk_would_have_to_serve_more(void **state)
{
    char *text = text_format(ctx, HEAD "body B \"B\"\n  level low\n", "1 day");

    (void)state;
    for (int i = 0; i < 3; i++)
        text = text_format(ctx,
                           "%sbody P%d \"P\"\n  level low\n"
                           "cluster C%d \"C\"\n  times 1 per cycle\n"
                           "  window 1 Mar .. 1 Mar\n  lasts 1 day\n  host A\n"
                           "  meeting M \"M\" of P%d 1 day\n",
                           text, i, i, i);
    text =
        text_format(ctx, "%sdesk \"D\" serves all, 2 clusters at once\n", text);
    assert_string_equal(gives(text, 2027, "desk"), "1 more at once");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_would_have_to_be_longer),
        cmocka_unit_test(what_is_avoided_would_have_to_end_earlier),
        cmocka_unit_test(a_gap_would_have_to_be_shorter),
        cmocka_unit_test(a_gap_would_have_to_be_longer),
        cmocka_unit_test(one_statement_is_asked_for_all_cycles),
        cmocka_unit_test(what_gives_no_plan_is_not_offered),
        cmocka_unit_test(a_desk_would_have_to_serve_more)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
