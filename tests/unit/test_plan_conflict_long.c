/*
 * A contradiction far ahead in a long horizon: named as shortly, and by the
 * same statements, as if only its own cycle had been planned.
 */
#include "daemon/plan/explain.h"
#include "plan_world.h"

static TALLOC_CTX *ctx;
static const struct rules *rules;

static int setup(void **state)
{
    struct error err;
    char *text;
    size_t size;

    (void)state;
    ctx = talloc_new(NULL);
    assert_true(text_read_file(ctx,
                               SOURCE_DIR "/config/rules/asean-digital.rules",
                               1 << 20, &text, &size, &err));
    rules = world_read(
        ctx, "shipped.rules",
        text_format(ctx,
                    "%s\navoid \"Venue works\" 2033-01-01 .. 2033-02-13 "
                    "for everyone\navoid \"Elections\" 2033-02-14 .. "
                    "2033-03-05 for everyone\n",
                    text),
        true);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static struct reasons conflict_of(int first, int last,
                                  const struct solve_options *options)
{
    struct planning in = world_planning(rules, first, last);
    struct problem *p;
    struct plan *lapsed;
    struct solution *s;
    struct error err;

    assert_true(plan_expand(ctx, &in, &p, &lapsed, &err));
    s = solve(ctx, p, options);
    assert_int_equal(s->verdict, VERDICT_INFEASIBLE);
    return explain_conflict(ctx, p, s);
}

static bool names(const struct reasons *r, const char *part)
{
    for (size_t i = 0; i < r->n; i++)
        if (strstr(r->rows[i].rule, part))
            return true;
    return false;
}

static void the_seventh_of_ten_cycles_is_named(void **state)
{
    struct reasons far = conflict_of(2027, 2036, NULL);

    (void)state;
    assert_in_range(far.n, 3, 5);
    assert_true(names(&far, "Venue works"));
    assert_true(names(&far, "Elections"));
    assert_true(names(&far, "MINISTERIAL window"));
}

static void it_is_what_that_cycle_alone_says(void **state)
{
    struct reasons far = conflict_of(2027, 2036, NULL);
    struct reasons near = conflict_of(2033, 2033, NULL);

    (void)state;
    assert_int_equal(far.n, near.n);
    for (size_t i = 0; i < near.n; i++)
        assert_true(names(&far, near.rows[i].rule));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seventh_of_ten_cycles_is_named),
        cmocka_unit_test(it_is_what_that_cycle_alone_says)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
