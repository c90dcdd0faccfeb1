/*
 * Dates that have been seen stay: a small change on ten years moves few
 * editions, and moving costs more the more people must be told.
 */
#include "daemon/plan/expand.h"
#include "daemon/plan/explain.h"
#include "daemon/plan/reuse.h"
#include "plan_world.h"

static TALLOC_CTX *ctx;
static const char *text;   /* of the shipped rules */
static struct planned ten; /* years, from nothing */

static int setup(void **state)
{
    struct error err;
    struct planning in;
    char *read;
    size_t size;

    (void)state;
    ctx = talloc_new(NULL);
    assert_true(text_read_file(ctx,
                               SOURCE_DIR "/config/rules/asean-digital.rules",
                               1 << 20, &read, &size, &err));
    text = read;
    in = world_planning(world_read(ctx, "shipped.rules", text, true), 2027,
                        2036);
    ten = world_plan(ctx, &in);
    assert_int_equal(ten.solution->verdict, VERDICT_OPTIMAL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

/* The ten years once more, with these lines behind the rules. */
static struct planned plan_with(const char *lines, const struct plan *draft,
                                const struct plan *released)
{
    const char *more = text_format(ctx, "%s\n%s\n", text, lines);
    struct planning in = world_planning(
        world_read(ctx, "shipped.rules", more, true), 2027, 2036);

    in.draft = draft;
    in.released = released;
    return world_plan(ctx, &in);
}

static int32_t *dates_before(const struct problem *p, const struct plan *before)
{
    int32_t *at = array_new(ctx, int32_t, p->n_editions);

    for (size_t i = 0; i < p->n_editions; i++) {
        const struct problem_edition *pe = &p->editions[i];
        const struct edition *e = plan_edition(before, pe->name);
        at[i] = -1;
        for (int32_t c = 0; e && c < pe->n_candidates && at[i] < 0; c++)
            if (pe->candidates[c].start == e->start.day)
                at[i] = c;
    }
    return at;
}

/* How many editions moved; each of them can say why. */
static size_t moved_with_reason(const struct planned *now,
                                const struct plan *before)
{
    const struct problem *p = now->problem;
    int32_t *at = dates_before(p, before);
    size_t moved = 0;

    for (size_t i = 0; i < p->n_editions; i++) {
        size_t n = 0;
        if (at[i] < 0 ||
            p->editions[i].candidates[at[i]].start ==
                p->editions[i].candidates[now->solution->choice[i]].start)
            continue;
        (void)explain_moved(ctx, p, now->solution, at, (int32_t)i, &n);
        assert_true(n > 0);
        moved++;
    }
    return moved;
}

static void one_blocked_day_moves_few(void **state)
{
    static const char *const blocked[] = {"JWG-2030", "MINISTERIAL-2031",
                                          "RETREAT-2029"};

    (void)state;
    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) {
        const struct edition *e = world_edition(ten.plan, blocked[i]);
        char day[DATE_TEXT];
        const char *line;
        struct planned now;

        (void)date_print(e->start, day);
        line =
            text_format(ctx, "avoid \"Flood\" %s .. %s for everyone", day, day);
        now = plan_with(line, ten.plan, NULL);
        assert_int_equal(now.solution->verdict, VERDICT_OPTIMAL);
        assert_int_not_equal(world_edition(now.plan, blocked[i])->start.day,
                             e->start.day);
        assert_in_range(moved_with_reason(&now, ten.plan), 1, 3);
    }
}

static void a_changed_wish_moves_few(void **state)
{
    struct planned now = plan_with(
        "avoid \"Fair\" 2031-05-01 .. 2031-06-30 for everyone weight 1 per day",
        ten.plan, ten.plan);

    (void)state;
    assert_in_range(moved_with_reason(&now, ten.plan), 0, 2);
}

/* The price of leaving its date by a day, as the problem has it. */
static int32_t price_of(const struct problem *p, const char *name)
{
    int32_t e = problem_edition_index(p, name), most = 0;

    assert_true(e >= 0);
    for (size_t k = 0; k < p->n_charges; k++)
        if (p->charges[k].edition == e && p->rules[p->charges[k].rule].moving &&
            p->charges[k].from <= p->editions[e].previous + 1 &&
            p->charges[k].to >= p->editions[e].previous + 1)
            most = p->charges[k].cost;
    return most;
}

static int32_t price_on(const char *now, const struct plan *released)
{
    struct planning in = world_planning(
        world_read(ctx, "shipped.rules", text, true), 2027, 2028);
    struct problem *p;
    struct plan *lapsed;
    struct error err;

    assert_true(instant_parse(now, &in.now, &err));
    in.draft = ten.plan;
    in.released = released;
    assert_true(plan_expand(ctx, &in, &p, &lapsed, &err));
    return price_of(p, "JWG-2028");
}

static void moving_is_dearer_the_nearer_it_is(void **state)
{
    int32_t drafted = price_on("2026-11-24T00:00:00Z", NULL);
    int32_t far = price_on("2026-11-24T00:00:00Z", ten.plan);
    int32_t near = price_on("2027-09-01T00:00:00Z", ten.plan);
    int32_t nearer = price_on("2027-12-01T00:00:00Z", ten.plan);

    (void)state;
    assert_int_equal(drafted, PRICE_PROPOSED);
    assert_int_equal(far, PRICE_RELEASED);
    assert_true(drafted > 1 && drafted < far);
    assert_true(far < near && near < nearer);
}

/* With so little notice left it stays, whatever it costs. */
static void inside_the_notice_nothing_moves(void **state)
{
    struct planning in = world_planning(
        world_read(ctx, "shipped.rules", text, true), 2027, 2028);
    struct date start = world_edition(ten.plan, "JWG-2028")->start;
    struct problem *p;
    struct plan *lapsed;
    struct error err;
    char day[DATE_TEXT];
    int32_t e;

    (void)state;
    (void)date_print(date_add_days(start, -10), day);
    assert_true(
        instant_parse(text_format(ctx, "%sT00:00:00Z", day), &in.now, &err));
    in.draft = ten.plan;
    in.released = ten.plan;
    assert_true(plan_expand(ctx, &in, &p, &lapsed, &err));
    e = problem_edition_index(p, "JWG-2028");
    assert_true(e >= 0 && p->editions[e].fixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_blocked_day_moves_few),
        cmocka_unit_test(a_changed_wish_moves_few),
        cmocka_unit_test(moving_is_dearer_the_nearer_it_is),
        cmocka_unit_test(inside_the_notice_nothing_moves)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
