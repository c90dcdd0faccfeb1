/*
 * From a problem to a network: values, tables, scale, capacities.
 *
 * All rules between two editions are added into one table. A table that
 * neither forbids nor costs anything is left out.
 */
#include "daemon/plan/network.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"

/* What a build carries from step to step. */
struct build {
    const struct problem *p;
    const struct network_view *view;
    struct network *net;
    int32_t *variable; /* by edition, -1 not in this network */
    int64_t *unary;    /* costs before scaling */
};

struct network *network_new(TALLOC_CTX *ctx, int32_t n, const int32_t *size)
{
    struct network *net = object_new(ctx, struct network);
    net->n = n;
    net->scale = 1;
    net->size = array_new(net, int32_t, (size_t)n);
    net->first = array_new(net, int32_t, (size_t)n + 1);
    for (int32_t v = 0; v < n; v++) {
        net->size[v] = size[v];
        net->first[v + 1] = net->first[v] + size[v];
    }
    net->n_values = net->first[n];
    size_t values = (size_t)net->n_values;
    net->unary = array_new(net, int32_t, values);
    net->start = array_new(net, int32_t, values);
    net->end = array_new(net, int32_t, values);
    net->value_of = array_new(net, int32_t, values);
    net->variable_of = array_new(net, int32_t, (size_t)n);
    net->links_first = array_new(net, int32_t, (size_t)n + 1);
    return net;
}

static int table_compare(const void *a, const void *b)
{
    const struct network_table *x = a, *y = b;
    if (x->i != y->i)
        return x->i < y->i ? -1 : 1;
    return (x->j > y->j) - (x->j < y->j);
}

/* Tables come sorted by (i, j): for each variable first those where it is j,
 * by i, then those where it is i, by j. Filling j sides first keeps that. */
void network_link(struct network *net)
{
    if (net->n_tables > 0)
        qsort(net->tables, (size_t)net->n_tables, sizeof *net->tables,
              table_compare);
    memset(net->links_first, 0, ((size_t)net->n + 1) * sizeof(int32_t));
    net->links = array_new(net, int32_t, 2 * (size_t)net->n_tables);
    int32_t *at = array_new(net, int32_t, (size_t)net->n + 1);
    for (int32_t t = 0; t < net->n_tables; t++) {
        net->links_first[net->tables[t].i + 1]++;
        net->links_first[net->tables[t].j + 1]++;
    }
    for (int32_t v = 0; v < net->n; v++)
        net->links_first[v + 1] += net->links_first[v];
    memcpy(at, net->links_first, (size_t)net->n * sizeof(int32_t));
    for (int32_t t = 0; t < net->n_tables; t++)
        net->links[at[net->tables[t].j]++] = t;
    for (int32_t t = 0; t < net->n_tables; t++)
        net->links[at[net->tables[t].i]++] = t;
    talloc_free(at);
}

/* ---- values */

static int32_t open_count(const struct problem_edition *e)
{
    int32_t n = 0;
    for (int32_t c = 0; c < e->n_candidates; c++)
        n += e->candidates[c].open;
    return n;
}

static void value_set(struct build *b, int32_t value, int32_t candidate,
                      const struct problem_edition *e)
{
    const struct candidate *c = &e->candidates[candidate];
    b->net->value_of[value] = candidate;
    b->net->start[value] = c->start;
    b->net->end[value] = c->end;
    b->unary[value] = b->view->hard_only ? 0 : c->cost;
}

static void variable_fill(struct build *b, int32_t v, int32_t edition)
{
    const struct problem_edition *e = &b->p->editions[edition];
    int32_t at = b->net->first[v];
    b->net->variable_of[v] = edition;
    if (b->view->domains) {
        const struct domain *d = &b->view->domains[edition];
        for (int32_t c = 0; c < d->n; c++)
            value_set(b, at++, d->candidates[c], e);
        return;
    }
    for (int32_t c = 0; c < e->n_candidates; c++)
        if (e->candidates[c].open)
            value_set(b, at++, c, e);
}

static void variables_make(TALLOC_CTX *ctx, struct build *b,
                           const int32_t *editions, int32_t n)
{
    int32_t *size = array_new(ctx, int32_t, (size_t)n);
    for (int32_t v = 0; v < n; v++) {
        b->variable[editions[v]] = v;
        size[v] = b->view->domains ? b->view->domains[editions[v]].n
                                   : open_count(&b->p->editions[editions[v]]);
    }
    b->net = network_new(ctx, n, size);
    b->unary = array_new(b->net, int64_t, (size_t)b->net->n_values);
    for (int32_t v = 0; v < n; v++)
        variable_fill(b, v, editions[v]);
    talloc_free(size);
}

/* ---- tables */

/* A pair rule of this network, by the two variables it is between. */
struct placed {
    int32_t i, j, pair;
};

static int placed_compare(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->i != y->i)
        return x->i < y->i ? -1 : 1;
    if (x->j != y->j)
        return x->j < y->j ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

static bool pair_taken(const struct build *b, const struct pair *pair)
{
    if (b->variable[pair->i] < 0 || b->variable[pair->j] < 0)
        return false;
    if (b->view->rules && !b->view->rules[pair->rule])
        return false;
    return !b->view->hard_only || pair->type != PAIR_NEAR;
}

static struct placed *pairs_place(struct build *b, int32_t *ret_n)
{
    struct placed *list = NULL;
    int32_t n = 0;
    for (size_t k = 0; k < b->p->n_pairs; k++) {
        const struct pair *pair = &b->p->pairs[k];
        if (!pair_taken(b, pair))
            continue;
        int32_t i = b->variable[pair->i], j = b->variable[pair->j];
        list = array_grow(b->net, list, struct placed, (size_t)n + 1);
        list[n++] = (struct placed){i < j ? i : j, i < j ? j : i, (int32_t)k};
    }
    if (n > 0)
        qsort(list, (size_t)n, sizeof *list, placed_compare);
    *ret_n = n;
    return list;
}

/* Adds one rule into a table of (rows: variable i, columns: variable j). */
static void table_add(const struct build *b, const struct placed *at,
                      int32_t *cost)
{
    const struct pair *pair = &b->p->pairs[at->pair];
    const struct network *net = b->net;
    int32_t i = b->variable[pair->i], j = b->variable[pair->j];
    network_pair_add(b->p, pair, &net->value_of[net->first[i]], net->size[i],
                     &net->value_of[net->first[j]], net->size[j], i != at->i,
                     b->view->hard_only, cost);
}

/* The dearest that is not forbidden; *ret_says: the table says something. */
VECTOR_CODE static int32_t dearest(const int32_t *cost, size_t n,
                                   bool *ret_says)
{
    int32_t most = 0, any = 0;
    for (size_t k = 0; k < n; k++) {
        int32_t c = cost[k] < FORBIDDEN_FROM ? cost[k] : 0;
        most = c > most ? c : most;
        any |= cost[k];
    }
    *ret_says = any != 0;
    return most;
}

/* A rule of an edition with itself is a unary one. */
static void self_rule(struct build *b, const struct placed *at)
{
    const struct pair *pair = &b->p->pairs[at->pair];
    int32_t first = b->net->first[at->i];
    for (int32_t x = 0; x < b->net->size[at->i]; x++) {
        int32_t c = b->net->value_of[first + x];
        if (!pair_allows(b->p, pair, c, c))
            b->unary[first + x] = FORBIDDEN;
        else if (!b->view->hard_only && b->unary[first + x] != FORBIDDEN)
            b->unary[first + x] += pair_cost(b->p, pair, c, c);
    }
}

/* Makes the table of list[k..] with the same two variables; returns where the
 * next ones begin. */
static int32_t table_make(struct build *b, const struct placed *list, int32_t n,
                          int32_t k)
{
    struct network *net = b->net;
    struct placed at = list[k];
    size_t cells = (size_t)net->size[at.i] * (size_t)net->size[at.j];
    int32_t *cost = array_new(net, int32_t, cells);
    for (; k < n && list[k].i == at.i && list[k].j == at.j; k++)
        table_add(b, &list[k], cost);
    bool says;
    int32_t most = dearest(cost, cells, &says);
    if (!says) {
        talloc_free(cost);
        return k;
    }
    net->tables = array_grow(net, net->tables, struct network_table,
                             (size_t)net->n_tables + 1);
    net->tables[net->n_tables++] =
        (struct network_table){at.i, at.j, cost, most};
    return k;
}

static void tables_make(struct build *b)
{
    int32_t n = 0, k = 0;
    struct placed *list = pairs_place(b, &n);
    while (k < n) {
        if (list[k].i == list[k].j)
            self_rule(b, &list[k++]);
        else
            k = table_make(b, list, n, k);
    }
    talloc_free(list);
    network_link(b->net);
}

/* ---- scale */

static size_t table_cells(const struct network *net,
                          const struct network_table *t)
{
    return (size_t)net->size[t->i] * (size_t)net->size[t->j];
}

/* More than any assignment costs. */
static int64_t dearest_total(const struct build *b)
{
    const struct network *net = b->net;
    int64_t total = 0;
    for (int32_t v = 0; v < net->n; v++) {
        int64_t most = 0;
        for (int32_t a = net->first[v]; a < net->first[v + 1]; a++)
            if (b->unary[a] < FORBIDDEN && b->unary[a] > most)
                most = b->unary[a];
        total += most;
    }
    for (int32_t t = 0; t < net->n_tables; t++)
        total += net->tables[t].most;
    return total;
}

static int32_t scaled(int64_t cost, int32_t scale, int32_t cap)
{
    if (cost >= FORBIDDEN)
        return FORBIDDEN;
    return (int32_t)((cost < cap ? cost : cap) * scale);
}

/* The same for a whole table; cap times scale fits. */
VECTOR_CODE static void table_scale(int32_t *cost, size_t n, int32_t scale,
                                    int32_t cap)
{
    for (size_t k = 0; k < n; k++) {
        int32_t c = cost[k] < cap ? cost[k] : cap;
        cost[k] = cost[k] >= FORBIDDEN ? FORBIDDEN : c * scale;
    }
}

static void costs_scale(struct build *b)
{
    struct network *net = b->net;
    int64_t total = dearest_total(b);
    int32_t cap;
    net->scale = COST_SCALE;
    while (net->scale > 1 && total * net->scale > COST_LIMIT)
        net->scale /= 2;
    net->cut = total > COST_LIMIT;
    cap = net->cut ? COST_LIMIT / (net->n + net->n_tables)
                   : COST_LIMIT / net->scale;
    for (int32_t a = 0; a < net->n_values; a++)
        net->unary[a] = scaled(b->unary[a], net->scale, cap);
    for (int32_t t = 0; t < net->n_tables; t++) {
        size_t cells = table_cells(net, &net->tables[t]);
        table_scale(net->tables[t].cost, cells, net->scale, cap);
    }
}

/* ---- capacities */

static void capacity_span(const struct network *net, struct network_capacity *c)
{
    int32_t from = INT32_MAX, to = INT32_MIN;
    for (int32_t v = 0; v < net->n; v++)
        for (int32_t a = net->first[v]; c->member[v] && a < net->first[v + 1];
             a++) {
            from = net->start[a] < from ? net->start[a] : from;
            to = net->end[a] > to ? net->end[a] : to;
        }
    c->from = from <= to ? from : 0;
    c->days = from <= to ? to - from + 1 : 0;
}

static void capacities_make(struct build *b)
{
    struct network *net = b->net;
    net->capacities =
        array_new(net, struct network_capacity, b->p->n_capacities);
    for (size_t k = 0; k < b->p->n_capacities; k++) {
        const struct capacity *from = &b->p->capacities[k];
        struct network_capacity c = {.at_once = from->at_once};
        size_t members = 0;
        if (b->view->rules && !b->view->rules[from->rule])
            continue;
        c.member = array_new(net, bool, (size_t)net->n);
        for (size_t m = 0; m < from->n; m++)
            if (b->variable[from->editions[m]] >= 0) {
                c.member[b->variable[from->editions[m]]] = true;
                members++;
            }
        if (members == 0 || (int64_t)members <= from->at_once)
            continue;
        capacity_span(net, &c);
        c.taken = array_new(net, int32_t, (size_t)c.days);
        net->capacities[net->n_capacities++] = c;
    }
}

struct network *network_build(TALLOC_CTX *ctx, const struct problem *p,
                              const int32_t *editions, int32_t n,
                              const struct network_view *view)
{
    struct build b = {.p = p, .view = view};
    b.variable = array_new(ctx, int32_t, p->n_editions);
    for (size_t e = 0; e < p->n_editions; e++)
        b.variable[e] = -1;
    variables_make(ctx, &b, editions, n);
    tables_make(&b);
    costs_scale(&b);
    capacities_make(&b);
    talloc_free(b.unary);
    talloc_free(b.variable);
    return b.net;
}

/* ---- the cost of a choice */

static bool capacity_holds(const struct network *net,
                           const struct network_capacity *c,
                           const int32_t *choice)
{
    int32_t *running = array_new(NULL, int32_t, (size_t)c->days);
    bool holds = true;
    memcpy(running, c->taken, (size_t)c->days * sizeof *running);
    for (int32_t v = 0; v < net->n; v++) {
        int32_t a = net->first[v] + choice[v];
        if (!c->member[v])
            continue;
        for (int32_t d = net->start[a]; d <= net->end[a]; d++)
            holds = ++running[d - c->from] <= c->at_once && holds;
    }
    talloc_free(running);
    return holds;
}

int64_t network_cost(const struct network *net, const int32_t *choice)
{
    int64_t cost = net->base;
    for (int32_t v = 0; v < net->n; v++) {
        int32_t u = net->unary[net->first[v] + choice[v]];
        if (u >= FORBIDDEN_FROM)
            return -1;
        cost += u;
    }
    for (int32_t t = 0; t < net->n_tables; t++) {
        const struct network_table *k = &net->tables[t];
        int32_t f = k->cost[choice[k->i] * net->size[k->j] + choice[k->j]];
        if (f >= FORBIDDEN_FROM)
            return -1;
        cost += f;
    }
    for (int32_t c = 0; c < net->n_capacities; c++)
        if (!capacity_holds(net, &net->capacities[c], choice))
            return -1;
    return cost;
}
