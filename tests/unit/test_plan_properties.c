/*
 * What must hold whatever the rules are: statements are added to the shipped
 * file, one kind after the other, and the plans compared.
 */
#include "plan_world.h"

static TALLOC_CTX *ctx;
static char *shipped;

static int setup(void **state)
{
    struct error err;
    size_t size;

    (void)state;
    ctx = talloc_new(NULL);
    assert_true(text_read_file(ctx,
                               SOURCE_DIR "/config/rules/asean-digital.rules",
                               1 << 20, &shipped, &size, &err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static struct planned planned_with(const char *more)
{
    const struct rules *r = world_read(
        ctx, "r.rules", text_format(ctx, "%s\n%s\n", shipped, more), true);
    struct planning in = world_planning(r, 2027, 2027);

    return world_plan(ctx, &in);
}

/* Every third week of the year, as `avoid` statements of one kind. */
static char *avoid_week(int k, const char *tail)
{
    struct date from = date_add_days(day("2027-01-04"), 21 * k);
    char a[DATE_TEXT], b[DATE_TEXT];

    return text_format(ctx, "avoid \"W%d\" %s .. %s for everyone %s\n", k,
                       date_print(from, a),
                       date_print(date_add_days(from, 2), b), tail);
}

static void a_soft_rule_never_lowers_the_cost(void **state)
{
    struct planned before = planned_with("");

    (void)state;
    for (int k = 0; k < 17; k += 4) {
        struct planned w = planned_with(avoid_week(k, "weight 3 per day"));
        assert_true(w.solution->bound <= w.solution->cost);
        assert_true(w.solution->cost >= before.solution->cost);
        /* The old dates are still legal, and cost what the rule adds. */
        assert_true(w.solution->cost <=
                    before.solution->cost +
                        3 * 3 * (int64_t)w.problem->n_editions);
    }
}

static void a_hard_rule_never_lowers_the_cost(void **state)
{
    struct planned before = planned_with("");

    (void)state;
    for (int k = 0; k < 17; k += 4) {
        struct planned hard = planned_with(avoid_week(k, ""));
        struct planned soft = planned_with(avoid_week(k, "weight 2 per day"));
        int64_t cost;
        int32_t rule;
        if (hard.solution->verdict == VERDICT_INFEASIBLE)
            continue;
        assert_true(hard.solution->bound <= hard.solution->cost);
        assert_true(hard.solution->cost >= before.solution->cost);
        assert_true(hard.solution->cost >= soft.solution->cost);
        assert_true(
            problem_check(hard.problem, hard.solution->choice, &cost, &rule));
        assert_int_equal(cost, hard.solution->cost);
    }
}

static void without_a_price_of_moving_the_past_does_not_count(void **state)
{
    struct planned before = planned_with("");
    struct planned other = planned_with(avoid_week(7, ""));
    const struct rules *r = world_read(ctx, "r.rules", shipped, true);
    struct planning in = world_planning(r, 2027, 2027);
    struct planned again;

    (void)state;
    in.draft = other.plan;
    in.fresh = true;
    again = world_plan(ctx, &in);
    for (size_t i = 0; i < before.plan->n_editions; i++)
        assert_int_equal(again.plan->editions[i].start.day,
                         before.plan->editions[i].start.day);
}

static void what_stays_as_it_was_moves_nothing(void **state)
{
    struct planned before = planned_with("");
    const struct rules *r = world_read(ctx, "r.rules", shipped, true);
    struct planning in = world_planning(r, 2027, 2027);
    struct planned again;

    (void)state;
    in.draft = in.released = before.plan;
    again = world_plan(ctx, &in);
    assert_int_equal(again.solution->cost, before.solution->cost);
    for (size_t i = 0; i < before.plan->n_editions; i++)
        assert_int_equal(again.plan->editions[i].start.day,
                         before.plan->editions[i].start.day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_soft_rule_never_lowers_the_cost),
        cmocka_unit_test(a_hard_rule_never_lowers_the_cost),
        cmocka_unit_test(without_a_price_of_moving_the_past_does_not_count),
        cmocka_unit_test(what_stays_as_it_was_moves_nothing)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
