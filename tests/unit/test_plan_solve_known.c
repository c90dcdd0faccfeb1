/*
 * Known optima and conflicts of the reference problems, where these are: in the
 * directory CONVENED_BENCH_DATA names, or beside the source tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/plan/solve.h"
#include "tests/bench/ins.h"

#include <cmocka.h>

/* What is quick enough for every run. */
static const struct known {
    const char *file;
    int64_t cost; /* -1: infeasible */
    bool conflict;
} table[] = {
    {"instances/asean-y1.ins", 32, false},
    {"instances/asean-y2.ins", 64, false},
    {"instances/asean-y5.ins", 209, false},
    {"instances/asean-y10.ins", 420, false},
    {"instances/b8-y1-t1.0.ins", 21, false},
    {"instances/b8-y1-t0.5.ins", 40, false},
    {"instances/b8-y1-t0.35.ins", 35, false},
    {"instances/b8-y2-t1.0.ins", 59, false},
    {"instances/b8-y2-t0.5.ins", 49, false},
    {"instances/b8-y2-t0.35.ins", 55, false},
    {"instances/b8-y5-t1.0.ins", 139, false},
    {"instances/b8-y5-t0.5.ins", 146, false},
    {"instances/b8-y5-t0.35.ins", 138, false},
    {"instances/b8-y10-t1.0.ins", 272, false},
    {"instances/b8-y10-t0.5.ins", 281, false},
    {"instances/b8-y10-t0.35.ins", 266, false},
    {"instances/b80-y1-t1.0.ins", 281, false},
    {"instances/b80-y1-t0.5.ins", 299, false},
    {"instances/b80-y1-t0.35.ins", 355, false},
    {"conflicts/asean-2026.rules.txt", 32, false},
    {"conflicts/no-ministerial.rules.txt", -1, true},
    {"conflicts/retreat-too-early.rules.txt", -1, true},
};

static struct problem *read_known(TALLOC_CTX *ctx, const char *file)
{
    const char *dir = getenv("CONVENED_BENCH_DATA");
    char *path = talloc_asprintf(
        ctx, "%s/%s", dir ? dir : SOURCE_DIR "/../shared/bench/planner", file);
    return ins_read(ctx, path);
}

/* The problem with only these rules in force. */
static enum verdict verdict_with(const struct problem *p, const bool *active)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct problem q = *p;
    q.editions = array_new(ctx, struct problem_edition, p->n_editions);
    q.pairs = array_new(ctx, struct pair, p->n_pairs);
    q.n_pairs = 0;
    for (size_t e = 0; e < p->n_editions; e++) {
        struct problem_edition *k = &q.editions[e];
        *k = p->editions[e];
        k->candidates =
            array_new(ctx, struct candidate, (size_t)k->n_candidates);
        for (int32_t c = 0; c < k->n_candidates; c++) {
            k->candidates[c] = p->editions[e].candidates[c];
            k->candidates[c].open = true;
        }
    }
    for (size_t f = 0; f < p->n_forbids; f++) {
        struct problem_edition *k = &q.editions[p->forbids[f].edition];
        for (int32_t c = 0; active[p->forbids[f].rule] && c < k->n_candidates;
             c++)
            if (forbid_covers(&p->forbids[f], &k->candidates[c]))
                k->candidates[c].open = false;
    }
    for (size_t k = 0; k < p->n_pairs; k++)
        if (active[p->pairs[k].rule])
            q.pairs[q.n_pairs++] = p->pairs[k];
    struct solution *s = solve(ctx, &q, NULL);
    enum verdict verdict = s->verdict;
    talloc_free(ctx);
    return verdict;
}

static void check_minimal(const struct problem *p, const int32_t *rules,
                          size_t n)
{
    bool *active = array_new(NULL, bool, p->n_rules);
    for (size_t k = 0; k < n; k++)
        active[rules[k]] = true;
    assert_int_equal(verdict_with(p, active), VERDICT_INFEASIBLE);
    for (size_t k = 0; k < n; k++) {
        active[rules[k]] = false;
        assert_int_equal(verdict_with(p, active), VERDICT_OPTIMAL);
        active[rules[k]] = true;
    }
    talloc_free(active);
}

static void check_known(const struct known *k, const struct problem *p)
{
    struct solution *s = solve(NULL, p, NULL);
    int64_t cost = 0;
    int32_t rule = -1;
    if (k->cost < 0) {
        assert_int_equal(s->verdict, VERDICT_INFEASIBLE);
        assert_true(s->n_conflict > 0);
        check_minimal(p, s->conflict, s->n_conflict);
    } else {
        assert_int_equal(s->verdict, VERDICT_OPTIMAL);
        assert_int_equal(s->cost, k->cost);
        assert_int_equal(s->bound, k->cost);
        assert_true(problem_check(p, s->choice, &cost, &rule));
        assert_int_equal(cost, k->cost);
    }
    talloc_free(s);
}

static void known_problems(void **state)
{
    int read = 0;
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct problem *p = read_known(ctx, table[k].file);
        if (p) {
            check_known(&table[k], p);
            read++;
        }
        talloc_free(ctx);
    }
    if (read == 0) {
        print_message("skipped: no reference problems\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
