/*
 * Ten years of the shipped rules as a text: the same from every build, whatever
 * the compiler made of it. GOLDEN=write writes it anew.
 */
#include <stdlib.h>

#include "plan_world.h"

#define GOLDEN SOURCE_DIR "/tests/golden/plan-ten-years.txt"

static char *plan_text(TALLOC_CTX *ctx, const struct planned *w)
{
    char *text = text_format(ctx, "cost %lld, bound %lld\n",
                             (long long)w->solution->cost,
                             (long long)w->solution->bound);

    for (size_t i = 0; i < w->plan->n_editions; i++) {
        const struct edition *e = &w->plan->editions[i];
        char from[DATE_TEXT], to[DATE_TEXT];
        text = text_format(ctx, "%s%s .. %s  %-2s  %-16s %3lld\n", text,
                           date_print(e->start, from), date_print(e->end, to),
                           e->host, e->id, (long long)e->cost);
    }
    return text;
}

static void ten_years(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct planning in = world_planning(world_shipped(ctx), 2027, 2036);
    struct planned w = world_plan(ctx, &in);
    char *text = plan_text(ctx, &w), *want;
    struct error err;
    size_t size;

    (void)state;
    assert_int_equal(w.solution->verdict, VERDICT_OPTIMAL);
    assert_true(w.solution->canonical);
    if (getenv("GOLDEN") && strcmp(getenv("GOLDEN"), "write") == 0) {
        FILE *f = fopen(GOLDEN, "w");
        assert_non_null(f);
        assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
    }
    assert_true(text_read_file(ctx, GOLDEN, 1 << 20, &want, &size, &err));
    assert_string_equal(text, want);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ten_years)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
