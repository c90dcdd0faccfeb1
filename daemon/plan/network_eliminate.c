/*
 * Elimination: a variable with at most two neighbours is replaced by the table
 * of what its best value costs, given theirs. Exact: the rest has the same
 * optimum. Smallest degree first, then smallest index.
 *
 * 1. Members of a capacity stay: what they do to a day is in no table.
 * 2. A step keeps the costs it minimised over; expanding steps backwards finds
 *    the best value again, the lowest one on ties.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network.h"

struct elimination_step {
    int32_t v;
    int32_t *unary;                 /* of v, at that moment */
    struct network_table tables[2]; /* to its neighbours then */
    int32_t n_tables;
};

/* The network being folded. */
struct folding {
    struct elimination *e;
    const struct network *whole;
    struct network_table *tables; /* grows; cost NULL: gone */
    int32_t n_tables;
    struct near_list {
        int32_t *tables;
        int32_t n;
    } * near; /* tables by variable */
    int32_t *unary;
    bool *gone, *keep;
    int64_t base;
};

static void near_add(struct folding *f, int32_t v, int32_t t)
{
    struct near_list *near = &f->near[v];
    near->tables =
        array_grow(f->near, near->tables, int32_t, (size_t)near->n + 1);
    near->tables[near->n++] = t;
}

static void near_remove(struct folding *f, int32_t v, int32_t t)
{
    struct near_list *near = &f->near[v];
    int32_t kept = 0;
    for (int32_t k = 0; k < near->n; k++)
        if (near->tables[k] != t)
            near->tables[kept++] = near->tables[k];
    near->n = kept;
}

static struct folding *folding_start(TALLOC_CTX *ctx, struct elimination *e)
{
    const struct network *net = e->whole;
    struct folding *f = object_new(ctx, struct folding);
    size_t n = (size_t)net->n;
    f->e = e;
    f->whole = net;
    f->near = array_new(f, struct near_list, n);
    f->gone = array_new(f, bool, n);
    f->keep = array_new(f, bool, n);
    f->unary = array_new(e, int32_t, (size_t)net->n_values);
    memcpy(f->unary, net->unary, (size_t)net->n_values * sizeof *f->unary);
    f->base = net->base;
    f->n_tables = net->n_tables;
    f->tables =
        array_grow(f, NULL, struct network_table, (size_t)net->n_tables + 1);
    for (int32_t t = 0; t < net->n_tables; t++) {
        f->tables[t] = net->tables[t];
        near_add(f, net->tables[t].i, t);
        near_add(f, net->tables[t].j, t);
    }
    for (int32_t v = 0; v < net->n; v++)
        for (int32_t c = 0; c < net->n_capacities; c++)
            f->keep[v] = f->keep[v] || net->capacities[c].member[v];
    return f;
}

/* The variable to go next, -1 none. */
static int32_t next_variable(const struct folding *f)
{
    int32_t best = -1;
    for (int32_t v = 0; v < f->whole->n; v++)
        if (!f->gone[v] && !f->keep[v] && f->near[v].n <= 2 &&
            (best < 0 || f->near[v].n < f->near[best].n))
            best = v;
    return best;
}

/* What costs more than any assignment does is as good as forbidden. */
static int32_t forbidden_sum(int32_t a, int32_t b)
{
    return a > COST_LIMIT || b > COST_LIMIT - a ? FORBIDDEN : a + b;
}

/* Row-major with v's values in rows, whichever side of the table v is on. */
static int32_t *table_from(const struct folding *f, TALLOC_CTX *ctx,
                           const struct network_table *t, int32_t v)
{
    int32_t w = table_other(t, v);
    int32_t rows = f->whole->size[v], columns = f->whole->size[w];
    int32_t *m = array_new(ctx, int32_t, (size_t)rows * (size_t)columns);
    for (int32_t a = 0; a < rows; a++)
        for (int32_t b = 0; b < columns; b++)
            m[a * columns + b] =
                t->i == v ? t->cost[a * columns + b] : t->cost[b * rows + a];
    return m;
}

/* ---- no neighbour, one neighbour */

static void fold_alone(struct folding *f, int32_t v)
{
    const int32_t *u = &f->unary[f->whole->first[v]];
    int32_t best = FORBIDDEN;
    for (int32_t a = 0; a < f->whole->size[v]; a++)
        best = u[a] < best ? u[a] : best;
    f->base += best;
}

static void fold_into_one(struct folding *f, int32_t v, int32_t t)
{
    const struct network *net = f->whole;
    int32_t w = table_other(&f->tables[t], v);
    int32_t *m = table_from(f, f, &f->tables[t], v);
    int32_t *into = &f->unary[net->first[w]];
    for (int32_t b = 0; b < net->size[w]; b++) {
        int32_t best = FORBIDDEN;
        for (int32_t a = 0; a < net->size[v]; a++) {
            int32_t sum = forbidden_sum(f->unary[net->first[v] + a],
                                        m[a * net->size[w] + b]);
            best = sum < best ? sum : best;
        }
        into[b] = forbidden_sum(into[b], best);
    }
    near_remove(f, w, t);
    talloc_free(m);
}

/* ---- two neighbours */

/* cost[x][y] = min over a of u[a] + mx[a][x] + my[a][y] */
static void minimise(const struct folding *f, int32_t v, const int32_t *mx,
                     const int32_t *my, int32_t nx, int32_t ny, int32_t *cost)
{
    for (int32_t k = 0; k < nx * ny; k++)
        cost[k] = FORBIDDEN;
    for (int32_t a = 0; a < f->whole->size[v]; a++)
        for (int32_t x = 0; x < nx; x++) {
            int32_t part =
                forbidden_sum(f->unary[f->whole->first[v] + a], mx[a * nx + x]);
            const int32_t *row = &my[a * ny];
            int32_t *into = &cost[x * ny];
            if (part >= FORBIDDEN_FROM)
                continue;
            for (int32_t y = 0; y < ny; y++) {
                int32_t sum = part + row[y]; /* below 2^31, FORBIDDEN or not */
                into[y] = sum < into[y] ? sum : into[y];
            }
        }
}

static int32_t table_between(const struct folding *f, int32_t x, int32_t y)
{
    for (int32_t k = 0; k < f->near[x].n; k++)
        if (table_other(&f->tables[f->near[x].tables[k]], x) == y)
            return f->near[x].tables[k];
    return -1;
}

/* Puts a table between x < y, added to the one that is there. */
static void table_put(struct folding *f, int32_t x, int32_t y, int32_t *cost)
{
    int32_t cells = f->whole->size[x] * f->whole->size[y];
    int32_t there = table_between(f, x, y);
    if (there >= 0) {
        for (int32_t k = 0; k < cells; k++)
            cost[k] = forbidden_sum(cost[k], f->tables[there].cost[k]);
        f->tables[there].cost = cost;
        return;
    }
    f->tables =
        array_grow(f, f->tables, struct network_table, (size_t)f->n_tables + 1);
    f->tables[f->n_tables] =
        (struct network_table){.i = x, .j = y, .cost = cost};
    near_add(f, x, f->n_tables);
    near_add(f, y, f->n_tables);
    f->n_tables++;
}

static void fold_into_two(struct folding *f, int32_t v, int32_t t, int32_t s)
{
    int32_t x = table_other(&f->tables[t], v);
    int32_t y = table_other(&f->tables[s], v);
    if (x > y) {
        fold_into_two(f, v, s, t);
        return;
    }
    int32_t nx = f->whole->size[x], ny = f->whole->size[y];
    int32_t *mx = table_from(f, f, &f->tables[t], v);
    int32_t *my = table_from(f, f, &f->tables[s], v);
    int32_t *cost = array_new(f->e, int32_t, (size_t)nx * (size_t)ny);
    minimise(f, v, mx, my, nx, ny, cost);
    for (int32_t k = 0; k < nx * ny; k++)
        cost[k] = cost[k] > COST_LIMIT ? FORBIDDEN : cost[k];
    near_remove(f, x, t);
    near_remove(f, y, s);
    table_put(f, x, y, cost);
    talloc_free(mx);
    talloc_free(my);
}

static void fold(struct folding *f, int32_t v)
{
    struct elimination *e = f->e;
    const struct near_list *near = &f->near[v];
    struct elimination_step *s;
    e->steps = array_grow(e, e->steps, struct elimination_step,
                          (size_t)e->n_steps + 1);
    s = &e->steps[e->n_steps++];
    *s = (struct elimination_step){.v = v, .n_tables = near->n};
    size_t bytes = (size_t)f->whole->size[v] * sizeof(int32_t);
    s->unary = array_new(e, int32_t, (size_t)f->whole->size[v]);
    memcpy(s->unary, &f->unary[f->whole->first[v]], bytes);
    for (int32_t k = 0; k < near->n; k++)
        s->tables[k] = f->tables[near->tables[k]];
    if (near->n == 0)
        fold_alone(f, v);
    else if (near->n == 1)
        fold_into_one(f, v, near->tables[0]);
    else
        fold_into_two(f, v, near->tables[0], near->tables[1]);
    f->near[v].n = 0;
    f->gone[v] = true;
}

/* ---- the network that is left */

static void rest_values(const struct folding *f, struct network *rest,
                        const int32_t *kept)
{
    const struct network *net = f->whole;
    for (int32_t k = 0; k < rest->n; k++) {
        int32_t v = kept[k];
        rest->variable_of[k] = v;
        for (int32_t a = 0; a < net->size[v]; a++) {
            int32_t to = rest->first[k] + a, from = net->first[v] + a;
            rest->unary[to] = f->unary[from];
            rest->start[to] = net->start[from];
            rest->end[to] = net->end[from];
            rest->value_of[to] = a;
        }
    }
}

static void rest_capacities(const struct network *net, struct network *rest)
{
    rest->n_capacities = net->n_capacities;
    rest->capacities =
        array_new(rest, struct network_capacity, (size_t)net->n_capacities);
    for (int32_t c = 0; c < net->n_capacities; c++) {
        struct network_capacity *to = &rest->capacities[c];
        *to = net->capacities[c];
        to->member = array_new(rest, bool, (size_t)rest->n);
        for (int32_t k = 0; k < rest->n; k++)
            to->member[k] = net->capacities[c].member[rest->variable_of[k]];
    }
}

static struct network *folding_rest(struct folding *f)
{
    const struct network *net = f->whole;
    int32_t *kept = array_new(f, int32_t, (size_t)net->n);
    int32_t *size = array_new(f, int32_t, (size_t)net->n);
    int32_t *place = array_new(f, int32_t, (size_t)net->n);
    int32_t n = 0;
    for (int32_t v = 0; v < net->n; v++)
        if (!f->gone[v]) {
            place[v] = n;
            size[n] = net->size[v];
            kept[n++] = v;
        }
    struct network *rest = network_new(f->e, n, size);
    rest->scale = net->scale;
    rest->base = f->base;
    rest_values(f, rest, kept);
    rest_capacities(net, rest);
    rest->tables = array_new(rest, struct network_table, (size_t)f->n_tables);
    for (int32_t t = 0; t < f->n_tables; t++) {
        const struct network_table *from = &f->tables[t];
        if (!f->gone[from->i] && !f->gone[from->j])
            rest->tables[rest->n_tables++] = (struct network_table){
                .i = place[from->i], .j = place[from->j], .cost = from->cost};
    }
    network_link(rest);
    return rest;
}

struct elimination *network_eliminate(TALLOC_CTX *ctx,
                                      const struct network *net)
{
    struct elimination *e = object_new(ctx, struct elimination);
    e->whole = net;
    struct folding *f = folding_start(ctx, e);
    for (int32_t v = next_variable(f); v >= 0; v = next_variable(f))
        fold(f, v);
    e->rest = folding_rest(f);
    talloc_free(f);
    return e;
}

/* ---- expansion */

static int32_t step_cost(const struct elimination *e,
                         const struct elimination_step *s, int32_t a,
                         const int32_t *choice)
{
    int32_t sum = s->unary[a];
    for (int32_t k = 0; k < s->n_tables; k++) {
        const struct network_table *t = &s->tables[k];
        int32_t row = t->i == s->v ? a : choice[t->i];
        int32_t column = t->j == s->v ? a : choice[t->j];
        sum = forbidden_sum(sum, t->cost[row * e->whole->size[t->j] + column]);
    }
    return sum;
}

void elimination_expand(const struct elimination *e, const int32_t *rest,
                        int32_t *ret_whole)
{
    for (int32_t k = 0; k < e->rest->n; k++)
        ret_whole[e->rest->variable_of[k]] = rest[k];
    for (int32_t k = e->n_steps - 1; k >= 0; k--) {
        const struct elimination_step *s = &e->steps[k];
        int32_t best = INT32_MAX;
        for (int32_t a = 0; a < e->whole->size[s->v]; a++) {
            int32_t cost = step_cost(e, s, a, ret_whole);
            if (cost < best) {
                best = cost;
                ret_whole[s->v] = a;
            }
        }
    }
}
