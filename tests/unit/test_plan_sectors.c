/*
 * Two sectors in one problem: shared people keep them apart, and nothing else
 * does; each has its own cycle, notice, desks and days to avoid.
 */
#include "plan_world.h"
#include "test_context.h"

#define A(people, more)                                                        \
    "sector A \"A\"\n  levels high\n" more "member X \"X\" since 1990-01-01\n" \
    "body CA \"Council A\" level high\n"                                       \
    "people ministers " people "sit in CA\n"                                   \
    "cluster KA \"KA\" times 1 per cycle lasts 3 days host X\n"                \
    "  window 8 Mar .. 8 Mar\n"                                                \
    "  meeting M \"M\" of CA 1 day\n"
#define B(people, sector)                                                      \
    "sector B \"B\" " sector "\n  levels high\n"                               \
    "member X \"X\" since 1990-01-01\n"                                        \
    "body CB \"Council B\" level high\n"                                       \
    "people ministers " people "sit in CB\n"                                   \
    "cluster KB \"KB\" times 1 per cycle lasts 2 days host X\n"                \
    "  window 8 Mar .. 12 Mar\n"                                               \
    "  prefer start near 8 Mar weight 9 per week\n"                            \
    "  meeting M \"M\" of CB 1 day\n"

static const struct rules *two(const char *a, const char *b)
{
    struct source s[] = {{"a.rules", a, strlen(a)}, {"b.rules", b, strlen(b)}};
    struct diagnostics found;
    const struct rules *r = rules_read(ctx, s, 2, NULL, 0, &found);

    for (size_t i = 0; !r && i < found.n; i++)
        print_error("%s\n", diagnostic_print(ctx, &found.rows[i]));
    assert_non_null(r);
    return r;
}

static struct planned plan_2027(const char *a, const char *b)
{
    struct planning in = world_planning(two(a, b), 2027, 2027);

    return world_plan(ctx, &in);
}

static bool overlap(const struct edition *a, const struct edition *b)
{
    return a->start.day <= b->end.day && b->start.day <= a->end.day;
}

static void shared_ministers_are_in_one_room(void **state)
{
    struct planned w = plan_2027(A("shared ", ""), B("shared ", ""));

    (void)state;
    assert_int_equal(VERDICT_OPTIMAL, w.solution->verdict);
    assert_starts(w.plan, "KA-2027", "2027-03-08");
    assert_starts(w.plan, "KB-2027", "2027-03-11");
}

static void namesakes_may_overlap(void **state)
{
    struct planned w = plan_2027(A("", ""), B("", ""));

    (void)state;
    assert_int_equal(VERDICT_OPTIMAL, w.solution->verdict);
    assert_true(overlap(world_edition(w.plan, "KA-2027"),
                        world_edition(w.plan, "KB-2027")));
    assert_int_equal(0, w.problem->n_pairs);
}

/* What an officer is told names the people of both, and the other edition. */
static void a_collision_is_told(void **state)
{
    const struct rules *r = two(A("shared ", ""), B("shared ", ""));
    struct planning in = world_planning(r, 2027, 2027);
    struct planned w = world_plan(ctx, &in);
    struct edition e = *world_edition(w.plan, "KB-2027");
    struct error err;

    (void)state;
    in.draft = w.plan;
    e.start = day("2027-03-09");
    assert_false(plan_allows(&in, w.plan, &e, NULL, &err));
    assert_non_null(strstr(err.text, "people ministers sit in CA, CB: KA-2027 "
                                     "is on 8-10 March 2027 (a.rules:5)"));
    e.start = day("2027-03-11");
    assert_true(plan_allows(&in, w.plan, &e, NULL, &err));
}

/* The same line of two files is two rules. */
static void rules_of_two_files_are_told_apart(void **state)
{
    struct planned w = plan_2027(A("", ""), B("", ""));
    bool a = false, b = false;

    (void)state;
    for (size_t i = 0; i < w.problem->n_rules; i++) {
        const struct where at = w.problem->rules[i].where;

        a = a || (at.line && strcmp(at.file, "a.rules") == 0);
        b = b || (at.line && strcmp(at.file, "b.rules") == 0);
    }
    assert_true(a && b);
}

static void each_has_its_own_cycle(void **state)
{
    struct planned w = plan_2027(A("", ""), B("", "cycle from 1 Jul"));

    (void)state;
    assert_starts(w.plan, "KA-2027", "2027-03-08");
    assert_int_equal(2028,
                     date_civil(world_edition(w.plan, "KB-2027")->start).year);
}

static void each_has_its_own_notice(void **state)
{
    struct planned w = plan_2027(A("", ""), B("", "notice 6 months"));

    (void)state;
    assert_int_equal(EDITION_PROPOSED,
                     world_edition(w.plan, "KA-2027")->status);
    assert_int_equal(EDITION_LAPSED, world_edition(w.plan, "KB-2027")->status);
}

static void days_to_avoid_are_its_own(void **state)
{
    struct planned w = plan_2027(
        A("", ""), B("", "") "avoid \"fair\" 2027-03-01 .. 2027-03-10 "
                             "for everyone\n");

    (void)state;
    assert_starts(w.plan, "KA-2027", "2027-03-08");
    assert_starts(w.plan, "KB-2027", "2027-03-11");
}

static void a_desk_serves_its_own(void **state)
{
    struct planned w = plan_2027(
        A("", "") "desk \"D\" serves all, 1 cluster at once\n", B("", ""));

    (void)state;
    assert_true(overlap(world_edition(w.plan, "KA-2027"),
                        world_edition(w.plan, "KB-2027")));
}

static void order_of_files_changes_nothing(void **state)
{
    static const char other[] =
        "sector C \"C\"\nmember X \"X\" since 1990-01-01\n"
        "member Z \"Z\" since 1990-01-01\nbody CC \"CC\"\n"
        "people ministers shared sit in CC\n"
        "cluster KC \"KC\" times 2 per cycle lasts 2 days host any member\n"
        "  window 1 Mar .. 30 Mar\n  meeting M \"M\" of CC 1 day\n";
    struct planned one = plan_2027(B("shared ", ""), other);
    struct planned two = plan_2027(other, B("shared ", ""));

    (void)state;
    assert_int_equal(3, one.plan->n_editions);
    assert_int_equal(one.plan->cost, two.plan->cost);
    for (size_t i = 0; i < one.plan->n_editions; i++) {
        const struct edition *e = &one.plan->editions[i];

        assert_int_equal(e->start.day,
                         world_edition(two.plan, e->id)->start.day);
        assert_string_equal(e->host, world_edition(two.plan, e->id)->host);
    }
}

/* A second file may name fewer members: their turns are its own. */
static void turns_go_round_its_members(void **state)
{
    struct planned w = plan_2027(
        A("", "") "member M \"M\" since 1990-01-01\n"
                  "rotation R alphabetical\n  starts M in 2027\n"
                  "cluster L \"L\" times 1 per cycle lasts 1 day host R\n"
                  "  meeting M \"M\" of CA 1 day\n",
        B("", "") "member Y \"Y\" since 1990-01-01\n"
                  "rotation S alphabetical\n  starts X in 2026\n"
                  "cluster N \"N\" times 1 per cycle lasts 1 day host S\n"
                  "  meeting M \"M\" of CB 1 day\n");

    (void)state;
    assert_string_equal("M", world_edition(w.plan, "L-2027")->host);
    assert_string_equal("Y", world_edition(w.plan, "N-2027")->host);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shared_ministers_are_in_one_room),
        TEST(namesakes_may_overlap),
        TEST(a_collision_is_told),
        TEST(rules_of_two_files_are_told_apart),
        TEST(each_has_its_own_cycle),
        TEST(each_has_its_own_notice),
        TEST(days_to_avoid_are_its_own),
        TEST(a_desk_serves_its_own),
        TEST(order_of_files_changes_nothing),
        TEST(turns_go_round_its_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
