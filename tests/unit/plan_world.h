#pragma once
/*
 * Rules for tests of the plan room: the shipped file with its tables of
 * holidays, or a text of the test's own.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/plan.h"
#include "daemon/plan/problem.h"
#include "daemon/plan/solve.h"

/* Behind ours: cmocka has a macro of the name fail(). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { WORLD_TABLES = 40 };

static inline size_t world_tables(TALLOC_CTX *ctx, struct source *tables)
{
    static const char *const codes[] = {"be", "bn", "ch", "cn", "id", "in",
                                        "jp", "kh", "kr", "la", "mm", "my",
                                        "ph", "sg", "th", "tl", "us", "vn"};
    size_t n = 0;

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct source *s = &tables[n++];
        struct error err;
        char *text;
        s->name =
            text_format(ctx, SOURCE_DIR "/config/holidays/%s.csv", codes[i]);
        assert_true(
            text_read_file(ctx, s->name, 1 << 20, &text, &s->size, &err));
        s->text = text;
    }
    return n;
}

static inline const struct rules *world_read(TALLOC_CTX *ctx, const char *name,
                                             const char *text, bool tables)
{
    struct source source = {name, text, strlen(text)}, rows[WORLD_TABLES] = {0};
    struct diagnostics found = {0};
    const struct rules *r = rules_read(
        ctx, &source, 1, rows, tables ? world_tables(ctx, rows) : 0, &found);

    for (size_t i = 0; !r && i < found.n; i++)
        print_error("%s\n", diagnostic_print(ctx, &found.rows[i]));
    assert_non_null(r);
    return r;
}

/* The rules that are shipped, with all tables of holidays. */
static inline const struct rules *world_shipped(TALLOC_CTX *ctx)
{
    struct error err;
    size_t size;
    char *text;

    assert_true(text_read_file(ctx,
                               SOURCE_DIR "/config/rules/asean-digital.rules",
                               1 << 20, &text, &size, &err));
    return world_read(ctx, "asean-digital.rules", text, true);
}

/* Rules of the test's own, without holidays but those it states. */
static inline const struct rules *world_rules(TALLOC_CTX *ctx, const char *text)
{
    return world_read(ctx, "test.rules", text, false);
}

static inline struct date day(const char *text)
{
    struct date d;
    struct error err;

    assert_true(date_parse(text, &d, &err));
    return d;
}

static inline struct planning world_planning(const struct rules *r, int first,
                                             int last)
{
    struct planning in = {.rules = r, .first_cycle = first, .last_cycle = last};
    struct error err;

    assert_true(instant_parse("2026-11-24T00:00:00Z", &in.now, &err));
    return in;
}

struct planned {
    struct problem *problem;
    struct solution *solution;
    struct plan *lapsed, *plan;
};

static inline struct planned world_plan(TALLOC_CTX *ctx,
                                        const struct planning *in)
{
    struct planned w;
    struct error err;

    if (!plan_expand(ctx, in, &w.problem, &w.lapsed, &err))
        fail_msg("%s", err.text);
    w.solution = solve(ctx, w.problem, NULL);
    w.plan = plan_of_solution(ctx, in, w.problem, w.solution, w.lapsed);
    return w;
}

static inline const struct edition *world_edition(const struct plan *p,
                                                  const char *id)
{
    const struct edition *e = plan_edition(p, id);

    if (!e)
        fail_msg("no edition %s", id);
    return e;
}

static inline void assert_starts(const struct plan *p, const char *id,
                                 const char *start)
{
    char buf[DATE_TEXT];

    assert_string_equal(date_print(world_edition(p, id)->start, buf), start);
}
