/*
 * Planning again with a memory: the same plans, less work.
 */
#include "daemon/plan/reuse.h"
#include "plan_world.h"
#include "random_problem.h"

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

/* One edition moved by some weeks, pinned or let go, or put back. */
static void change_one(struct random_source *r, struct plan *draft)
{
    struct edition *e =
        &draft->editions[random_below(r, (int32_t)draft->n_editions)];

    switch (random_below(r, 4)) {
    case 0:
        e->pinned = false;
        break;
    case 1:
        e->status = e->status == EDITION_PROPOSED ? EDITION_CONFIRMED
                                                  : EDITION_PROPOSED;
        e->pinned = e->status == EDITION_CONFIRMED;
        break;
    default:
        if (date_is_none(e->start))
            break;
        e->start = date_add_days(e->start, 7 * (random_below(r, 5) - 2));
        plan_complete(draft, shipped, e);
        e->pinned = random_below(r, 2) == 0;
    }
}

/* Whatever an officer changes, one thing after the other, and however often the
 * plan was made before: it is the plan that is made from nothing. */
static void any_changes_lead_to_the_same_plan(void **state)
{
    enum { CHANGES = 40 };
    struct reuse *memory = reuse_new();
    struct random_source r = {2027};
    struct planning in = world_planning(shipped, 2027, 2028);
    struct planned last = plan_both(&in, memory, NULL), next;
    size_t solved = 0, possible = 0;

    (void)state;
    for (int k = 0; k < CHANGES; k++) {
        struct plan *draft = plan_copy(ctx, last.plan);
        size_t kept;

        for (int n = random_below(&r, 3); n >= 0; n--)
            change_one(&r, draft);
        in.draft = draft;
        in.fresh = random_below(&r, 4) == 0;
        if (random_below(&r, 8) == 0)
            in.released = draft;
        next = plan_both(&in, memory, &kept);
        solved += kept < next.problem->n_editions;
        if (next.solution->verdict == VERDICT_OPTIMAL) {
            last = next; /* else the officer takes the changes back */
            possible++;
        }
    }
    assert_true(solved > CHANGES / 2 && possible > CHANGES / 2);
    talloc_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed_nothing_is_solved),
        cmocka_unit_test(only_what_changed_is_solved),
        cmocka_unit_test(a_dearer_move_is_not_forgotten),
        cmocka_unit_test(any_changes_lead_to_the_same_plan)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
