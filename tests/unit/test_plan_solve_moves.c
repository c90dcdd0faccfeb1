/*
 * Costs that are moved about stay what they are: after each operation on a
 * state every assignment costs what it cost, nothing is negative, and a solve
 * that begins warm, whatever it was warmed by, ends where a cold one does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/plan/network_solve.h"
#include "daemon/plan/reuse.h"
#include "random_problem.h"

#include <cmocka.h>

enum { SEEDS = 300, ASSIGNMENTS = 100, EDITIONS = 11, MOST = 7 };

/* Editions of all problems have the same names, so that one is taken for the
 * other. */
static struct problem *problem_of(TALLOC_CTX *ctx, unsigned seed)
{
    struct problem *p = random_problem(ctx, seed, EDITIONS, MOST);

    for (size_t e = 0; e < p->n_editions; e++)
        p->editions[e].name = text_format(p, "E%zu", e);
    return p;
}

/* One of the values left for every variable; the same for the same draw. */
static void assignment(const struct state *s, unsigned *draw, int32_t *choice)
{
    for (int32_t v = 0; v < s->net->n; v++) {
        *draw = *draw * 1103515245u + 12345u;
        choice[v] = s->live[s->net->first[v] +
                            (int32_t)((*draw >> 16) % (unsigned)s->n_live[v])];
    }
}

/* What a choice costs as costs lie now; -1 forbidden. Nothing is negative. */
static int64_t cost_now(const struct part *c, const int32_t *choice)
{
    const struct network *net = c->net;
    const struct state *s = &c->state;
    int64_t cost = *s->constant;
    bool forbidden = false;

    for (int32_t v = 0; v < net->n; v++) {
        int32_t u = s->unary[net->first[v] + choice[v]];
        assert_true(u >= 0);
        cost += u;
    }
    for (int32_t t = 0; t < net->n_tables; t++) {
        const struct network_table *k = &net->tables[t];
        int32_t a = choice[k->i], b = choice[k->j];
        int32_t f = k->cost[a * net->size[k->j] + b];
        int32_t now = f - state_delta_i(c->worker, s, t)[a] -
                      state_delta_j(c->worker, s, t)[b];
        assert_true(now >= 0);
        forbidden = forbidden || f >= FORBIDDEN_FROM;
        cost += now;
    }
    return forbidden ? -1 : cost;
}

/* What it costs in the network, capacities aside. */
static int64_t cost_then(const struct network *net, const int32_t *choice)
{
    int64_t cost = net->base;

    for (int32_t v = 0; v < net->n; v++)
        cost += net->unary[net->first[v] + choice[v]];
    for (int32_t t = 0; t < net->n_tables; t++) {
        const struct network_table *k = &net->tables[t];
        int32_t f = k->cost[choice[k->i] * net->size[k->j] + choice[k->j]];
        if (f >= FORBIDDEN_FROM)
            return -1;
        cost += f;
    }
    return cost;
}

static void costs_stand(const struct part *c)
{
    int32_t *choice = array_new(NULL, int32_t, (size_t)c->net->n);
    unsigned draw = 7;

    for (int k = 0; k < ASSIGNMENTS; k++) {
        assignment(&c->state, &draw, choice);
        assert_int_equal(cost_now(c, choice), cost_then(c->net, choice));
    }
    talloc_free(choice);
}

/* All editions in one network, each after the other. */
static struct part *part_of(TALLOC_CTX *ctx, const struct problem *p)
{
    static const struct network_view everything = {0};
    int32_t *all = array_new(ctx, int32_t, p->n_editions);

    for (size_t e = 0; e < p->n_editions; e++)
        all[e] = (int32_t)e;
    return part_new(ctx, p, all, (int32_t)p->n_editions, &everything, 10000,
                    NULL);
}

static void moving_costs_changes_none(void **state)
{
    int looked_at = 0;

    (void)state;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct part *c = part_of(ctx, problem_of(ctx, seed));
        bool open = c->verdict != VERDICT_INFEASIBLE;
        for (int round = 0; round < 3 && open; round++) {
            costs_stand(c);
            open = state_messages(c->worker, &c->state);
            if (open)
                costs_stand(c);
            open = open && state_propagate(c->worker, &c->state, 2);
            looked_at++;
        }
        if (open)
            costs_stand(c);
        talloc_free(ctx);
    }
    assert_true(looked_at > SEEDS / 4);
}

static void folding_changes_no_cost(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct part *c = part_of(ctx, problem_of(ctx, seed));
        struct elimination *e = network_eliminate(ctx, c->net);
        int32_t *rest = array_new(ctx, int32_t, (size_t)e->rest->n);
        int32_t *whole = array_new(ctx, int32_t, (size_t)c->net->n);
        bool empty = false;
        for (int32_t v = 0; v < e->rest->n; v++)
            empty = empty || e->rest->size[v] == 0;
        for (unsigned k = 0; k < 20 && !empty; k++) {
            for (int32_t v = 0; v < e->rest->n; v++)
                rest[v] = (int32_t)((k * 7 + (unsigned)v * 3) %
                                    (unsigned)e->rest->size[v]);
            int64_t cost = cost_then(e->rest, rest);
            if (cost < 0 || cost > COST_LIMIT)
                continue;
            elimination_expand(e, rest, whole);
            assert_int_equal(cost, cost_then(c->net, whole));
        }
        talloc_free(ctx);
    }
}

/* Warmed by the same problem, by another one, and by its own first solve. */
static void any_warmth_is_right(void **state)
{
    int warmed = 0;

    (void)state;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct part *a = part_of(ctx, problem_of(ctx, seed));
        struct part *b = part_of(ctx, problem_of(ctx, seed + 1));
        if (a->verdict != VERDICT_INFEASIBLE &&
            b->verdict != VERDICT_INFEASIBLE &&
            state_messages(a->worker, &a->state)) {
            struct warmth *w = warmth_keep(ctx, a);
            if (w) {
                part_warm(b, w);
                costs_stand(b);
                part_warm(a, w);
                costs_stand(a);
                warmed += a->warm && b->warm;
            }
        }
        talloc_free(ctx);
    }
    assert_true(warmed > SEEDS / 50);
}

/* A memory of one problem helps with the next, and changes no answer. */
static void a_memory_changes_no_answer(void **state)
{
    struct reuse *memory = reuse_new();

    (void)state;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct problem *p = problem_of(ctx, seed);
        struct solution *cold = solve(ctx, p, NULL);
        struct solution *warm = reuse_solve(ctx, memory, p, NULL, NULL);
        assert_int_equal(cold->verdict, warm->verdict);
        for (size_t e = 0; e < p->n_editions && cold->canonical; e++)
            assert_int_equal(cold->choice[e], warm->choice[e]);
        if (cold->verdict == VERDICT_OPTIMAL) {
            assert_int_equal(cold->cost, warm->cost);
            assert_int_equal(cold->bound, warm->bound);
        }
        talloc_free(ctx);
    }
    talloc_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moving_costs_changes_none),
        cmocka_unit_test(folding_changes_no_cost),
        cmocka_unit_test(any_warmth_is_right),
        cmocka_unit_test(a_memory_changes_no_answer)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
