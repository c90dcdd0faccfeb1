/*
 * Whose turn it is: the shipped rotations, and each statement of one.
 */
#include "daemon/plan/rotation.h"
#include "plan_world.h"
#include "test_context.h"

#define THREE                                                                  \
    "sector T \"T\"\n"                                                         \
    "  cycle calendar year\n"                                                  \
    "  levels top\n"                                                           \
    "member A \"the Alpha\" since 1990-01-01\n"                                \
    "member B \"Beta\" since 1990-01-01\n"                                     \
    "member C \"Gamma\" since 1990-01-01\n"                                    \
    "body X \"X\"\n  level top\n"                                              \
    "rotation R alphabetical\n"

#define CLUSTER                                                                \
    "cluster K \"K\"\n  times 1 per cycle\n  window 1 Mar .. 31 Mar\n"         \
    "  lasts 1 day\n  host R\n  meeting M \"M\" of X 1 day\n"

/* "2027 BN, 2028 KH" */
static const char *turns(const struct rules *r, const char *name,
                         const struct history *h, int first, int last,
                         const int *without, size_t n_without)
{
    struct rotation_turn *t;
    struct error err;
    char *text = text_format(ctx, "%s", "");

    if (!rotation_turns(ctx, r, rules_rotation(r, name), h, first, last,
                        without, n_without, &t, &err))
        fail_msg("%s", err.text);
    for (int c = first; c <= last; c++)
        text = text_format(ctx, "%s%s%s", text, c > first ? " " : "",
                           t[c - first].host->code);
    return text;
}

static const char *simple(const char *clauses, int first, int last)
{
    const struct rules *r =
        world_rules(ctx, text_format(ctx, "%s%s%s", THREE, clauses, CLUSTER));

    return turns(r, "R", NULL, first, last, NULL, 0);
}

static void the_shipped_chair(void **state)
{
    const struct rules *r = world_shipped(ctx);
    static const int without[] = {2028};

    (void)state;
    assert_string_equal(turns(r, "CHAIR", NULL, 2021, 2037, NULL, 0),
                        "MY MM PH SG TH VN BN KH ID LA MY MM PH SG TH TL VN");
    assert_string_equal(turns(r, "ATRC-CHAIR", NULL, 2026, 2030, NULL, 0),
                        "MM PH SG TH TL");
    /* a year without an edition costs nobody the turn */
    assert_string_equal(turns(r, "CHAIR", NULL, 2027, 2030, without, 1),
                        "BN KH KH ID");
}

static void facts_win(void **state)
{
    const struct rules *r = world_shipped(ctx);
    struct past rows[] = {
        {"MINISTERIAL", 2027, day("2027-01-18"), day("2027-01-22"), "ID", ""},
        {"RETREAT", 2028, day("2028-08-01"), day("2028-08-02"), "VN", ""}};
    struct history h = {rows, 2};

    (void)state;
    assert_string_equal(turns(r, "CHAIR", &h, 2026, 2029, NULL, 0),
                        "VN ID LA MY");
}

static void an_article_does_not_count(void **state)
{
    (void)state;
    assert_string_equal(simple("  held A 2026\n", 2027, 2030), "B C A B");
    assert_string_equal(rotation_sort_name("The Philippines"), "Philippines");
    assert_string_equal(rotation_sort_name("Thailand"), "Thailand");
}

static void a_skipped_member_is_passed_not_postponed(void **state)
{
    (void)state;
    assert_string_equal(
        simple("  held A 2026\n  skip B in 2027 \"elections\"\n", 2027, 2030),
        "C A B C");
    /* a skip of a year that is not its turn changes nothing */
    assert_string_equal(
        simple("  held A 2026\n  skip B in 2028 \"elections\"\n", 2027, 2030),
        "B C A B");
}

static void an_exchange_swaps_two_turns(void **state)
{
    (void)state;
    assert_string_equal(simple("  held A 2026\n"
                               "  exchange B 2027 with C 2028 \"works\"\n",
                               2026, 2030),
                        "A C B A B");
}

/* Turns that are not theirs are not exchanged: nobody hosts twice, nobody is
 * left out, and the reason says so. */
static void an_exchange_of_others_turns_is_void(void **state)
{
    static const char text[] =
        THREE "  held A 2026\n"
              "  exchange C 2027 with B 2029 \"works\"\n" CLUSTER;
    const struct rules *r = world_rules(ctx, text);
    struct rotation_turn *turns;
    struct error err;

    (void)state;
    assert_string_equal(simple("  held A 2026\n"
                               "  exchange C 2027 with B 2029 \"works\"\n",
                               2026, 2030),
                        "A B C A B");
    assert_true(rotation_turns(ctx, r, &r->rotations[0], NULL, 2027, 2027, NULL,
                               0, &turns, &err));
    assert_string_equal(turns[0].reason,
                        "in turn after A; C 2027 and B 2029 are not exchanged: "
                        "the turns are those of B and A");
}

static void an_exchange_of_the_past_is_remembered(void **state)
{
    (void)state;
    /* C held B's turn of 2027: B has C's in 2028, and A follows */
    assert_string_equal(simple("  held A 2026, C 2027\n"
                               "  exchange B 2027 with C 2028 \"works\"\n",
                               2027, 2029),
                        "C B A");
}

static void a_rotation_starts_where_it_says(void **state)
{
    (void)state;
    assert_string_equal(simple("  starts C in 2027\n", 2025, 2029),
                        "A B C A B");
}

static void no_start_at_all_is_still_one_order(void **state)
{
    const char *all = simple("", 2027, 2030);

    (void)state;
    assert_string_equal(simple("", 2028, 2030), all + 2);
}

static void members_host_while_they_are_members(void **state)
{
    const struct rules *r = world_rules(
        ctx,
        THREE "  held A 2026\n"
              "member D \"Bravo\" since 2031-05-01\n"
              "member E \"Zulu\" since 1990-01-01 until 2028-06-30\n" CLUSTER);

    (void)state;
    /* D joins within 2031, so that turn is not its own yet */
    assert_string_equal(turns(r, "R", NULL, 2027, 2033, NULL, 0),
                        "B C A B C A B");
    assert_string_equal(turns(r, "R", NULL, 2033, 2035, NULL, 0), "B D C");
}

static void a_cancelled_edition_costs_nobody_the_turn(void **state)
{
    struct planning in = world_planning(world_shipped(ctx), 2027, 2029);
    struct edition e = {.id = "MINISTERIAL-2027",
                        .cluster = "MINISTERIAL",
                        .cycle = 2027,
                        .start = day("2027-01-18"),
                        .end = day("2027-01-22"),
                        .host = "BN",
                        .status = EDITION_CANCELLED};
    struct plan draft = {&e, NULL, 1, 0, 0, 0, false};
    const struct rotation *chair = rules_rotation(in.rules, "CHAIR");
    struct rotation_turn *t;
    struct error err;

    (void)state;
    assert_true(planning_turns(ctx, &in, chair, &t, &err));
    assert_string_equal(t[1].host->code, "KH");
    in.draft = &draft;
    assert_true(planning_turns(ctx, &in, chair, &t, &err));
    assert_string_equal(t[1].host->code, "BN");
    assert_string_equal(t[2].host->code, "KH");
    /* held it is a turn, whoever held it */
    e.status = EDITION_HELD;
    e.host = "MY";
    assert_true(planning_turns(ctx, &in, chair, &t, &err));
    assert_string_equal(t[0].host->code, "MY");
    assert_string_equal(t[1].host->code, "MM");
}

static void the_reason_is_told(void **state)
{
    const struct rules *r = world_rules(
        ctx, THREE "  held A 2026\n  skip B in 2027 \"elections\"\n" CLUSTER);
    struct rotation_turn *t;
    struct error err;

    (void)state;
    assert_true(rotation_turns(ctx, r, rules_rotation(r, "R"), NULL, 2026, 2028,
                               NULL, 0, &t, &err));
    assert_string_equal(t[0].reason, "held");
    assert_string_equal(t[1].reason, "in turn after A; B passed: elections");
    assert_string_equal(t[2].reason, "in turn after C");
    assert_false(rotation_turns(ctx, r, rules_rotation(r, "R"), NULL, 2028,
                                2027, NULL, 0, &t, &err));
    assert_int_equal(err.code, REPLY_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_chair),
        cmocka_unit_test(facts_win),
        cmocka_unit_test(an_article_does_not_count),
        cmocka_unit_test(a_skipped_member_is_passed_not_postponed),
        cmocka_unit_test(an_exchange_swaps_two_turns),
        cmocka_unit_test(an_exchange_of_others_turns_is_void),
        cmocka_unit_test(an_exchange_of_the_past_is_remembered),
        cmocka_unit_test(a_rotation_starts_where_it_says),
        cmocka_unit_test(no_start_at_all_is_still_one_order),
        cmocka_unit_test(members_host_while_they_are_members),
        cmocka_unit_test(a_cancelled_edition_costs_nobody_the_turn),
        cmocka_unit_test(the_reason_is_told)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
