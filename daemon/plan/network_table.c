/*
 * Minima over a table. Two ways with the same result: over the lists of values
 * left, or over whole rows (which the compiler turns into vector code) with
 * the dropped values out of reach.
 */
#include "daemon/plan/network_table.h"

/* Subtracted for a dropped value: makes any cost FORBIDDEN_FROM or more and
 * overflows with none. */
enum { OUT_OF_REACH = -((1 << 29) + (1 << 28)) };

/* A table seen from v. */
struct view {
    const int32_t *cost;
    int32_t rows, columns; /* of the table */
    bool row;              /* v's values are rows */
    int32_t v, other;
    const int32_t *live, *partner; /* values left */
    int32_t n_live, n_partner;
    int32_t *mine, *theirs; /* deltas */
};

static struct view view_of(const struct worker *w, const struct state *s,
                           int32_t t, int32_t v)
{
    const struct network *net = s->net;
    const struct network_table *k = &net->tables[t];
    struct view x = {.cost = k->cost,
                     .rows = net->size[k->i],
                     .columns = net->size[k->j],
                     .row = k->i == v,
                     .v = v,
                     .other = table_other(k, v)};
    x.live = &s->live[net->first[v]];
    x.partner = &s->live[net->first[x.other]];
    x.n_live = s->n_live[v];
    x.n_partner = s->n_live[x.other];
    x.mine = x.row ? state_delta_i(w, s, t) : state_delta_j(w, s, t);
    x.theirs = x.row ? state_delta_j(w, s, t) : state_delta_i(w, s, t);
    return x;
}

static inline int32_t cost_at(const struct view *x, int32_t a, int32_t b)
{
    return x->row ? x->cost[a * x->columns + b] : x->cost[b * x->columns + a];
}

/* ---- over whole rows */

/* ret[rows[k]] = min over columns b of cost[rows[k]][b] - shift[b] */
VECTOR_CODE static void rows_minima(const int32_t *restrict cost,
                                    const int32_t *restrict rows, int32_t n,
                                    int32_t columns,
                                    const int32_t *restrict shift,
                                    int32_t *restrict ret)
{
    for (int32_t k = 0; k < n; k++) {
        const int32_t *row = &cost[rows[k] * columns];
        int32_t least = INT32_MAX;
        for (int32_t b = 0; b < columns; b++) {
            int32_t x = row[b] - shift[b];
            least = x < least ? x : least;
        }
        ret[rows[k]] = least;
    }
}

/* ret[b] = min over rows[k] of cost[rows[k]][b] - shift[rows[k]] */
VECTOR_CODE static void columns_minima(const int32_t *restrict cost,
                                       const int32_t *restrict rows, int32_t n,
                                       int32_t columns,
                                       const int32_t *restrict shift,
                                       int32_t *restrict ret)
{
    for (int32_t b = 0; b < columns; b++)
        ret[b] = INT32_MAX;
    for (int32_t k = 0; k < n; k++) {
        const int32_t *row = &cost[rows[k] * columns];
        int32_t s = shift[rows[k]];
        for (int32_t b = 0; b < columns; b++) {
            int32_t x = row[b] - s;
            ret[b] = x < ret[b] ? x : ret[b];
        }
    }
}

static void minima_whole(const struct view *x, const int32_t *shift,
                         int32_t *minima)
{
    if (x->row)
        rows_minima(x->cost, x->live, x->n_live, x->columns, shift, minima);
    else
        columns_minima(x->cost, x->partner, x->n_partner, x->columns, shift,
                       minima);
}

/* ---- over lists */

static void minima_listed(const struct view *x, const int32_t *shift,
                          int32_t *minima)
{
    for (int32_t k = 0; k < x->n_live; k++) {
        int32_t a = x->live[k], least = INT32_MAX;
        for (int32_t y = 0; y < x->n_partner; y++) {
            int32_t b = x->partner[y];
            int32_t c = cost_at(x, a, b) - shift[b];
            least = c < least ? c : least;
        }
        minima[a] = least;
    }
}

/* Whole rows pay when a good part of what they hold is wanted. */
static bool whole_pays(const struct view *x)
{
    if (x->row)
        return x->n_partner * 4 >= x->columns;
    return x->n_live * 4 >= x->columns;
}

void table_minima(struct worker *w, const struct state *s, int32_t t, int32_t v,
                  bool with_unary)
{
    struct view x = view_of(w, s, t, v);
    const int32_t *u = &s->unary[s->net->first[x.other]];
    int32_t size = s->net->size[x.other];
    bool whole = whole_pays(&x);
    if (whole && x.row)
        for (int32_t b = 0; b < size; b++)
            w->shift[b] = OUT_OF_REACH;
    for (int32_t k = 0; k < x.n_partner; k++) {
        int32_t b = x.partner[k];
        w->shift[b] = x.theirs[b] - (with_unary ? u[b] : 0);
    }
    if (whole)
        minima_whole(&x, w->shift, w->minima);
    else
        minima_listed(&x, w->shift, w->minima);
    for (int32_t k = 0; k < x.n_live; k++) {
        int32_t a = x.live[k];
        w->minima[a] = w->minima[a] >= FORBIDDEN_FROM
                           ? FORBIDDEN
                           : w->minima[a] - x.mine[a];
    }
}

/* ---- extension */

/* What each value of v gets from the table in all, in w->shift; dropped ones
 * get nothing. */
static void wanted(struct worker *w, const struct state *s,
                   const struct view *x)
{
    const int32_t *u = &s->unary[s->net->first[x->v]];
    for (int32_t a = 0; a < s->net->size[x->v]; a++)
        w->shift[a] = OUT_OF_REACH;
    for (int32_t k = 0; k < x->n_live; k++) {
        int32_t a = x->live[k], m = w->minima[a];
        if (m < FORBIDDEN_FROM && *s->constant + u[a] + m < w->below)
            w->shift[a] = m + x->mine[a];
    }
}

/* In w->extend, per partner value: the least of cost minus what is wanted. */
static void spare(struct worker *w, const struct state *s, const struct view *x)
{
    struct view turned = *x;
    turned.row = !x->row;
    turned.live = x->partner;
    turned.n_live = x->n_partner;
    turned.partner = x->live;
    turned.n_partner = x->n_live;
    wanted(w, s, x);
    if (whole_pays(&turned))
        minima_whole(&turned, w->shift, w->extend);
    else
        minima_listed(&turned, w->shift, w->extend);
}

bool table_extend(struct worker *w, struct state *s, int32_t t, int32_t v)
{
    struct view x = view_of(w, s, t, v);
    int32_t *u = &s->unary[s->net->first[x.other]];
    spare(w, s, &x);
    for (int32_t k = 0; k < x.n_partner; k++) {
        int32_t b = x.partner[k];
        int32_t lend = x.theirs[b] - w->extend[b];
        w->extend[b] = lend > 0 ? lend : 0;
        if (x.theirs[b] < w->extend[b] - DELTA_LIMIT)
            return false;
    }
    for (int32_t k = 0; k < x.n_partner; k++) {
        int32_t b = x.partner[k];
        u[b] -= w->extend[b];
        x.theirs[b] -= w->extend[b];
    }
    return true;
}
