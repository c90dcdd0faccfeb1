/*
 * From a state to a smaller network, and solving that exactly.
 */
#include "daemon/plan/network_region.h"

#include <string.h>

#include "daemon/base/memory.h"

/* A region being made. */
struct making {
    const struct worker *w;
    const struct state *s;
    const int32_t *variables, *outside;
    int32_t n;
    int64_t below;
    int32_t *place; /* by variable of s->net: index in the region, -1 */
    int32_t *unary; /* by value of s->net: with the outside's share */
    struct network *net;
};

static int32_t current(const struct worker *w, const struct state *s, int32_t t,
                       int32_t a, int32_t b)
{
    const struct network_table *k = &s->net->tables[t];
    int32_t f = k->cost[a * s->net->size[k->j] + b];
    if (f >= FORBIDDEN_FROM)
        return FORBIDDEN;
    f -= state_delta_i(w, s, t)[a] + state_delta_j(w, s, t)[b];
    return f > COST_LIMIT ? FORBIDDEN : f;
}

static int32_t plus(int32_t a, int32_t b)
{
    return a > COST_LIMIT || b > COST_LIMIT - a ? FORBIDDEN : a + b;
}

/* Adds what table t charges v's values because of the other end's choice. */
static void add_boundary(struct making *m, int32_t v, int32_t t)
{
    const struct network *net = m->s->net;
    bool row = net->tables[t].i == v;
    int32_t b = m->outside[table_other(&net->tables[t], v)];
    const int32_t *live = &m->s->live[net->first[v]];
    int32_t *u = &m->unary[net->first[v]];
    for (int32_t x = 0; x < m->s->n_live[v]; x++) {
        int32_t a = live[x];
        u[a] = plus(u[a], row ? current(m->w, m->s, t, a, b)
                              : current(m->w, m->s, t, b, a));
    }
}

static void add_outside(struct making *m, int32_t v)
{
    const struct network *net = m->s->net;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = net->links[k];
        int32_t other = table_other(&net->tables[t], v);
        if (m->outside && m->place[other] < 0 && m->s->chosen[other] < 0)
            add_boundary(m, v, t);
    }
}

static bool value_taken(const struct making *m, int32_t v, int32_t a)
{
    int32_t u = m->unary[m->s->net->first[v] + a];
    return u <= COST_LIMIT && u < m->below;
}

static void values_make(TALLOC_CTX *ctx, struct making *m)
{
    const struct network *from = m->s->net;
    int32_t *size = array_new(NULL, int32_t, (size_t)m->n);
    for (int32_t k = 0; k < m->n; k++) {
        int32_t v = m->variables[k];
        add_outside(m, v);
        for (int32_t x = 0; x < m->s->n_live[v]; x++)
            size[k] += value_taken(m, v, m->s->live[from->first[v] + x]);
    }
    m->net = network_new(ctx, m->n, size);
    m->net->scale = from->scale;
    for (int32_t k = 0; k < m->n; k++) {
        int32_t v = m->variables[k], to = m->net->first[k];
        m->net->variable_of[k] = v;
        for (int32_t x = 0; x < m->s->n_live[v]; x++) {
            int32_t a = m->s->live[from->first[v] + x];
            if (!value_taken(m, v, a))
                continue;
            m->net->unary[to] = m->unary[from->first[v] + a];
            m->net->start[to] = from->start[from->first[v] + a];
            m->net->end[to] = from->end[from->first[v] + a];
            m->net->value_of[to++] = a;
        }
    }
    talloc_free(size);
}

/* One row of a table at current costs; true when it says something. */
static bool row_take(const int32_t *row, int32_t delta_a, const int32_t *delta,
                     const int32_t *columns, int32_t n, int32_t *to)
{
    int32_t any = 0;
    for (int32_t y = 0; y < n; y++) {
        int32_t f = row[columns[y]];
        int32_t now = f - delta_a - delta[columns[y]];
        to[y] = f >= FORBIDDEN_FROM || now > COST_LIMIT ? FORBIDDEN : now;
        any |= to[y];
    }
    return any != 0;
}

static void table_take(struct making *m, int32_t t)
{
    const struct network_table *k = &m->s->net->tables[t];
    struct network *net = m->net;
    int32_t i = m->place[k->i], j = m->place[k->j];
    int32_t columns = m->s->net->size[k->j], n = net->size[j];
    const int32_t *a = &net->value_of[net->first[i]];
    const int32_t *b = &net->value_of[net->first[j]];
    const int32_t *delta_i = state_delta_i(m->w, m->s, t);
    const int32_t *delta_j = state_delta_j(m->w, m->s, t);
    int32_t *cost = array_new(net, int32_t, (size_t)net->size[i] * (size_t)n);
    bool says = false;
    for (int32_t x = 0; x < net->size[i]; x++)
        says = row_take(&k->cost[a[x] * columns], delta_i[a[x]], delta_j, b, n,
                        &cost[x * n]) ||
               says;
    if (!says) {
        talloc_free(cost);
        return;
    }
    net->tables = array_grow(net, net->tables, struct network_table,
                             (size_t)net->n_tables + 1);
    net->tables[net->n_tables++] =
        (struct network_table){.i = i, .j = j, .cost = cost};
}

static void tables_take(struct making *m)
{
    const struct network *from = m->s->net;
    for (int32_t k = 0; k < m->n; k++) {
        int32_t v = m->variables[k];
        for (int32_t l = from->links_first[v]; l < from->links_first[v + 1];
             l++) {
            int32_t t = from->links[l];
            if (from->tables[t].i == v && m->place[from->tables[t].j] >= 0)
                table_take(m, t);
        }
    }
    network_link(m->net);
}

/* The days taken by what is chosen, and by the outside. */
static void capacity_fill(const struct making *m, int32_t c,
                          struct network_capacity *to)
{
    const struct network *from = m->s->net;
    const struct network_capacity *k = &from->capacities[c];
    *to = *k;
    to->member = array_new(m->net, bool, (size_t)m->n);
    to->taken = array_new(m->net, int32_t, (size_t)k->days);
    memcpy(to->taken, &m->s->taken[m->w->taken_of[c]],
           (size_t)k->days * sizeof *to->taken);
    for (int32_t v = 0; v < from->n; v++) {
        if (!k->member[v] || m->s->chosen[v] >= 0)
            continue;
        if (m->place[v] >= 0)
            to->member[m->place[v]] = true;
        else if (m->outside)
            for (int32_t d = from->start[from->first[v] + m->outside[v]];
                 d <= from->end[from->first[v] + m->outside[v]]; d++)
                to->taken[d - k->from]++;
    }
}

static void capacities_take(struct making *m)
{
    const struct network *from = m->s->net;
    m->net->n_capacities = from->n_capacities;
    m->net->capacities =
        array_new(m->net, struct network_capacity, (size_t)from->n_capacities);
    for (int32_t c = 0; c < from->n_capacities; c++)
        capacity_fill(m, c, &m->net->capacities[c]);
}

static void unary_copy(struct making *m)
{
    const struct network *from = m->s->net;
    for (int32_t k = 0; k < m->n; k++) {
        int32_t first = from->first[m->variables[k]];
        memcpy(&m->unary[first], &m->s->unary[first],
               (size_t)from->size[m->variables[k]] * sizeof *m->unary);
    }
}

struct network *region_network(TALLOC_CTX *ctx, const struct worker *w,
                               const struct state *s, const int32_t *variables,
                               int32_t n, const int32_t *outside, int64_t below)
{
    const struct network *from = s->net;
    struct making m = {.w = w,
                       .s = s,
                       .variables = variables,
                       .outside = outside,
                       .n = n,
                       .below = below};
    m.place = array_new(NULL, int32_t, (size_t)from->n);
    m.unary = talloc_array_size(m.place, sizeof(int32_t),
                                (unsigned)from->n_values + 1);
    invariant(m.unary);
    for (int32_t v = 0; v < from->n; v++)
        m.place[v] = -1;
    for (int32_t k = 0; k < n; k++)
        m.place[variables[k]] = k;
    unary_copy(&m);
    values_make(ctx, &m);
    tables_take(&m);
    capacities_take(&m);
    talloc_free(m.place);
    return m.net;
}

int64_t region_cost(const struct worker *w, const struct state *s,
                    const int32_t *variables, int32_t n, const int32_t *choice)
{
    const struct network *net = s->net;
    int64_t cost = 0;
    bool *inside = array_new(NULL, bool, (size_t)net->n);
    for (int32_t k = 0; k < n; k++)
        inside[variables[k]] = true;
    for (int32_t k = 0; k < n && cost <= COST_LIMIT; k++) {
        int32_t v = variables[k];
        cost += s->unary[net->first[v] + choice[v]];
        for (int32_t l = net->links_first[v];
             l < net->links_first[v + 1] && cost <= COST_LIMIT; l++) {
            const struct network_table *t = &net->tables[net->links[l]];
            if (!inside[table_other(t, v)] || t->i == v)
                cost +=
                    current(w, s, net->links[l], choice[t->i], choice[t->j]);
        }
    }
    talloc_free(inside);
    return cost <= COST_LIMIT ? cost : COST_LIMIT + 1;
}

struct network *region_whole(TALLOC_CTX *ctx, const struct worker *w,
                             const struct state *s)
{
    int32_t *all = array_new(NULL, int32_t, (size_t)s->net->n);
    int32_t n = 0;
    for (int32_t v = 0; v < s->net->n; v++)
        if (s->chosen[v] < 0)
            all[n++] = v;
    struct network *net =
        region_network(ctx, w, s, all, n, NULL, COST_LIMIT + 1);
    net->base = *s->constant;
    talloc_free(all);
    return net;
}

struct search_result network_exact(const struct network *net, int64_t below,
                                   int64_t step, bool first_only, int64_t nodes,
                                   struct budget *budget, int32_t *ret_choice)
{
    struct elimination *e = network_eliminate(NULL, net);
    int32_t *rest = array_new(e, int32_t, (size_t)e->rest->n);
    struct search_result r =
        network_search(e->rest, below, step, first_only, nodes, budget, rest);
    if (r.found)
        elimination_expand(e, rest, ret_choice);
    talloc_free(e);
    return r;
}
