/*
 * Planning again with a memory: the same plans, less work.
 */
#include "daemon/plan/reuse.h"
#include "plan_world.h"

static TALLOC_CTX *ctx;
static const struct rules *shipped;

static int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    shipped = world_shipped(ctx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

/* Plans with the memory and without; both must be the same plan. */
static struct planned plan_both(const struct planning *in, struct reuse *memory,
                                size_t *ret_kept)
{
    struct planned w = world_plan(ctx, in);
    struct solution *s = reuse_solve(ctx, memory, w.problem, NULL, ret_kept);

    assert_int_equal(s->verdict, w.solution->verdict);
    assert_int_equal(s->cost, w.solution->cost);
    assert_int_equal(s->bound, w.solution->bound);
    for (size_t i = 0; i < w.problem->n_editions; i++)
        assert_int_equal(s->choice[i], w.solution->choice[i]);
    return w;
}

static void nothing_changed_nothing_is_solved(void **state)
{
    struct reuse *memory = reuse_new();
    struct planning in = world_planning(shipped, 2027, 2028);
    struct planned first, again;
    size_t kept;

    (void)state;
    first = plan_both(&in, memory, &kept);
    assert_int_equal(kept, 0);
    (void)plan_both(&in, memory, &kept);
    assert_int_equal(kept, first.problem->n_editions);
    in.draft = first.plan; /* a price on moving now */
    again = plan_both(&in, memory, &kept);
    assert_int_equal(kept, again.problem->n_editions);
    in.released = first.plan; /* a higher one */
    (void)plan_both(&in, memory, &kept);
    again = plan_both(&in, memory, &kept);
    assert_int_equal(kept, again.problem->n_editions);
    talloc_free(memory);
}

static void only_what_changed_is_solved(void **state)
{
    struct reuse *memory = reuse_new();
    struct planning in = world_planning(shipped, 2027, 2028);
    struct planned first = plan_both(&in, memory, NULL), second;
    struct plan *moved = plan_copy(ctx, first.plan);
    struct edition *e = plan_edition(moved, "JWG-2027");
    size_t kept;

    (void)state;
    e->start = date_add_days(e->start, 7);
    plan_complete(ctx, shipped, e);
    e->pinned = true;
    in.draft = moved;
    second = plan_both(&in, memory, &kept);
    assert_true(kept < second.problem->n_editions);
    in.draft = second.plan;
    (void)plan_both(&in, memory, &kept);
    (void)plan_both(&in, memory, &kept);
    assert_int_equal(kept, second.problem->n_editions);
    talloc_free(memory);
}

static void a_dearer_move_is_not_forgotten(void **state)
{
    struct reuse *memory = reuse_new();
    struct planning in = world_planning(shipped, 2027, 2027);
    struct planned first = plan_both(&in, memory, NULL);
    struct plan *other = plan_copy(ctx, first.plan);
    struct edition *e = plan_edition(other, "JWG-2027");

    (void)state;
    /* Released a week later: staying there may now be cheaper. */
    e->start = date_add_days(e->start, 7);
    plan_complete(ctx, shipped, e);
    in.draft = other;
    in.released = other;
    (void)plan_both(&in, memory, NULL);
    in.released = NULL;
    in.draft = NULL;
    (void)plan_both(&in, memory, NULL);
    in.fresh = true;
    in.draft = other;
    (void)plan_both(&in, memory, NULL);
    talloc_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed_nothing_is_solved),
        cmocka_unit_test(only_what_changed_is_solved),
        cmocka_unit_test(a_dearer_move_is_not_forgotten)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
