/*
 * Beginning where an earlier solve ended.
 *
 * The state after the messages is the table costs and what was moved out of
 * them. Moved about in any way, costs add up to the same for every assignment;
 * so what was moved then may be moved again now, between other tables, and is
 * only made less where it would leave a cost below zero.
 *
 * 1. Editions are found by name, values by start, host and trip: rules may
 *    have brought or taken some since.
 * 2. Nothing here changes what an assignment costs or drops a value.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_solve.h"
#include "daemon/plan/network_table.h"

enum {
    WORTH_KEEPING = 8,   /* editions: fewer are solved in no time */
    MOVED_MOST = 1 << 22 /* of a delta taken over: sums stay far from 2^31 */
};

/* A value as it is found again. */
struct trace {
    int32_t start;
    int16_t host, join;
};

struct named {
    const char *name;
    int32_t v;
};

struct moved {
    int32_t i, j, delta; /* delta: where those of i begin, then those of j */
    uint64_t print;      /* of the table's costs */
};

struct warmth {
    int32_t n, n_tables;
    struct named *names; /* sorted */
    int32_t *first;      /* n + 1: where a variable's values begin */
    struct trace *traces;
    int32_t *unary;       /* by value: its cost in the network */
    struct moved *tables; /* sorted by (i, j) */
    int32_t *deltas;
    size_t size;
};

/* ---- keeping */

static int named_order(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name,
                  ((const struct named *)b)->name);
}

static void names_keep(struct warmth *w, const struct part *c)
{
    w->names = array_new(w, struct named, (size_t)w->n);
    for (int32_t v = 0; v < w->n; v++) {
        const char *name = c->p->editions[c->net->variable_of[v]].name;
        w->names[v] = (struct named){memory_text(w, name), v};
        w->size += strlen(name) + sizeof(struct named);
    }
    qsort(w->names, (size_t)w->n, sizeof *w->names, named_order);
}

static struct trace trace_of(const struct part *c, int32_t v, int32_t value)
{
    const struct network *net = c->net;
    const struct candidate *k =
        &c->p->editions[net->variable_of[v]].candidates[net->value_of[value]];
    return (struct trace){k->start, k->host, k->join};
}

static void traces_keep(struct warmth *w, const struct part *c)
{
    const struct network *net = c->net;
    w->first = array_new(w, int32_t, (size_t)w->n + 1);
    w->traces = array_new(w, struct trace, (size_t)net->n_values);
    w->unary = array_new(w, int32_t, (size_t)net->n_values);
    memcpy(w->unary, net->unary, (size_t)net->n_values * sizeof *w->unary);
    memcpy(w->first, net->first, ((size_t)w->n + 1) * sizeof *w->first);
    for (int32_t v = 0; v < w->n; v++)
        for (int32_t a = net->first[v]; a < net->first[v + 1]; a++)
            w->traces[a] = trace_of(c, v, a);
}

/* A fingerprint of a table's costs: a sum in which each cell has a weight. */
VECTOR_CODE static uint64_t print_of(const struct network *net, int32_t t)
{
    const struct network_table *k = &net->tables[t];
    size_t n = (size_t)net->size[k->i] * (size_t)net->size[k->j];
    uint64_t sum = n;
    for (size_t c = 0; c < n; c++)
        sum += (uint64_t)((uint32_t)c * 2654435761u + 1) * (uint32_t)k->cost[c];
    return sum;
}

static void tables_keep(struct warmth *w, const struct part *c)
{
    const struct network *net = c->net;
    size_t deltas = (size_t)c->worker->n_delta;
    w->tables = array_new(w, struct moved, (size_t)w->n_tables);
    w->deltas = array_new(w, int32_t, deltas);
    memcpy(w->deltas, c->state.delta, deltas * sizeof *w->deltas);
    for (int32_t t = 0; t < w->n_tables; t++)
        w->tables[t] = (struct moved){net->tables[t].i, net->tables[t].j,
                                      c->worker->delta_of[t], print_of(net, t)};
    w->size += deltas * sizeof *w->deltas +
               (size_t)w->n_tables * sizeof *w->tables +
               (size_t)net->n_values * (sizeof *w->traces + sizeof *w->unary);
}

struct warmth *warmth_keep(TALLOC_CTX *ctx, const struct part *c)
{
    struct warmth *w;
    if (c->net->n < WORTH_KEEPING)
        return NULL;
    for (int32_t v = 0; v < c->net->n; v++)
        if (!c->p->editions[c->net->variable_of[v]].name)
            return NULL;
    w = object_new(ctx, struct warmth);
    w->n = c->net->n;
    w->n_tables = c->net->n_tables;
    names_keep(w, c);
    traces_keep(w, c);
    tables_keep(w, c);
    return w;
}

size_t warmth_size(const struct warmth *w)
{
    return w->size;
}

/* ---- finding again */

static int32_t variable_of(const struct warmth *w, const char *name)
{
    struct named key = {name ? name : "", 0};
    const struct named *found =
        bsearch(&key, w->names, (size_t)w->n, sizeof *w->names, named_order);
    return found ? found->v : -1;
}

bool warmth_knows(const struct warmth *w, const char *name)
{
    return variable_of(w, name) >= 0;
}

/* The old value of variable `old` like a trace, -1 none; *from only grows, as
 * both come in order of start. */
static int32_t value_like(const struct warmth *w, int32_t old, struct trace t,
                          int32_t *from)
{
    const struct trace *all = &w->traces[w->first[old]];
    int32_t n = w->first[old + 1] - w->first[old], like = -1;
    while (*from < n && all[*from].start < t.start)
        (*from)++;
    for (int32_t k = *from; k < n && all[k].start == t.start; k++) {
        if (like < 0)
            like = k;
        if (all[k].host == t.host && all[k].join == t.join)
            return k;
    }
    return like;
}

/* Where the variables and values of c were in w. */
struct matching {
    int32_t *variable; /* -1: new */
    int32_t *value;    /* by value of c's network, -1: new */
};

static struct matching match(TALLOC_CTX *ctx, const struct warmth *w,
                             const struct part *c)
{
    const struct network *net = c->net;
    struct matching m = {array_new(ctx, int32_t, (size_t)net->n),
                         array_new(ctx, int32_t, (size_t)net->n_values)};
    for (int32_t v = 0; v < net->n; v++) {
        int32_t from = 0;
        m.variable[v] =
            variable_of(w, c->p->editions[net->variable_of[v]].name);
        for (int32_t a = net->first[v]; a < net->first[v + 1]; a++)
            m.value[a] =
                m.variable[v] < 0
                    ? -1
                    : value_like(w, m.variable[v], trace_of(c, v, a), &from);
    }
    return m;
}

static int moved_order(const void *a, const void *b)
{
    const struct moved *x = a, *y = b;
    if (x->i != y->i)
        return x->i < y->i ? -1 : 1;
    return (x->j > y->j) - (x->j < y->j);
}

/* The old table between two old variables, NULL when there was none. */
static const struct moved *table_of(const struct warmth *w, int32_t v,
                                    int32_t other)
{
    struct moved key = {v < other ? v : other, v < other ? other : v, 0, 0};
    if (v < 0 || other < 0)
        return NULL;
    return bsearch(&key, w->tables, (size_t)w->n_tables, sizeof *w->tables,
                   moved_order);
}

/* The deltas of v in a table with the other one. */
static const int32_t *deltas_of(const struct warmth *w, int32_t v,
                                int32_t other)
{
    const struct moved *t = table_of(w, v, other);
    if (!t)
        return NULL;
    return &w->deltas[t->delta +
                      (v < other ? 0 : w->first[t->i + 1] - w->first[t->i])];
}

/* ---- moving again */

static void deltas_take(const struct warmth *w, const struct matching *m,
                        struct part *c, int32_t v, int32_t other, int32_t *to)
{
    const struct network *net = c->net;
    int32_t old = m->variable[v], old_other = m->variable[other];
    const int32_t *from = deltas_of(w, old, old_other);
    for (int32_t a = 0; a < net->size[v]; a++) {
        int32_t was = m->value[net->first[v] + a];
        int32_t delta = from && was >= 0 ? from[was] : 0;
        to[a] = abs(delta) <= MOVED_MOST ? delta : 0;
    }
}

/* Takes back what would leave a cost of table t below zero. */
static void table_mend(struct part *c, int32_t t)
{
    struct state *s = &c->state;
    int32_t v = c->net->tables[t].i;
    const int32_t *live = &s->live[c->net->first[v]];
    int32_t *delta = state_delta_i(c->worker, s, t);
    table_minima(c->worker, s, t, v, false);
    for (int32_t x = 0; x < s->n_live[v]; x++)
        if (c->worker->minima[live[x]] < 0)
            delta[live[x]] += c->worker->minima[live[x]];
}

/* Moves what was moved in every table; touches the variables of those that are
 * not as they were. */
static void tables_move(struct part *c, const struct warmth *w,
                        const struct matching *m)
{
    for (int32_t t = 0; t < c->net->n_tables; t++) {
        int32_t i = c->net->tables[t].i, j = c->net->tables[t].j;
        const struct moved *old = table_of(w, m->variable[i], m->variable[j]);
        deltas_take(w, m, c, i, j, state_delta_i(c->worker, &c->state, t));
        deltas_take(w, m, c, j, i, state_delta_j(c->worker, &c->state, t));
        table_mend(c, t); /* values that were dropped then may be left now */
        if (!old || old->print != print_of(c->net, t))
            c->worker->touched[i] = c->worker->touched[j] = true;
    }
}

/* Touches the variables whose values are not as they were. */
static void values_touch(struct part *c, const struct warmth *w,
                         const struct matching *m)
{
    const struct network *net = c->net;
    for (int32_t v = 0; v < net->n; v++) {
        int32_t old = m->variable[v], first = net->first[v];
        bool same =
            old >= 0 && w->first[old + 1] - w->first[old] == net->size[v];
        for (int32_t a = 0; same && a < net->size[v]; a++)
            same = m->value[first + a] == a &&
                   w->unary[w->first[old] + a] == net->unary[first + a];
        c->worker->touched[v] = c->worker->touched[v] || !same;
    }
}

/* What value a of v costs with all that was moved to it. */
static int64_t value_cost(const struct part *c, int32_t v, int32_t a)
{
    const struct network *net = c->net;
    int64_t cost = net->unary[net->first[v] + a];
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = net->links[k];
        cost += net->tables[t].i == v
                    ? state_delta_i(c->worker, &c->state, t)[a]
                    : state_delta_j(c->worker, &c->state, t)[a];
    }
    return cost;
}

/* Values and constant to what was moved. False: a sum is too large. */
static bool values_settle(struct part *c, int64_t *cost)
{
    const struct network *net = c->net;
    struct state *s = &c->state;
    *s->constant = net->base;
    for (int32_t v = 0; v < net->n; v++) {
        const int32_t *live = &s->live[net->first[v]];
        int64_t least = INT64_MAX;
        for (int32_t x = 0; x < s->n_live[v]; x++) {
            cost[live[x]] = value_cost(c, v, live[x]);
            least = cost[live[x]] < least ? cost[live[x]] : least;
        }
        for (int32_t x = 0; x < s->n_live[v]; x++) {
            if (cost[live[x]] - least > COST_LIMIT)
                return false;
            s->unary[net->first[v] + live[x]] =
                (int32_t)(cost[live[x]] - least);
        }
        *s->constant += least;
    }
    return *s->constant <= COST_LIMIT;
}

void part_warm(struct part *c, const struct warmth *w)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct state before = state_new(work, c->worker);
    struct matching m = match(work, w, c);
    int64_t *cost = array_new(work, int64_t, (size_t)c->net->n_values);
    state_copy(&before, &c->state);
    tables_move(c, w, &m);
    c->warm = values_settle(c, cost);
    if (!c->warm)
        state_copy(&c->state, &before);
    values_touch(c, w, &m);
    if (c->warm) {
        c->changed = array_new(c, bool, (size_t)c->net->n);
        memcpy(c->changed, c->worker->touched, (size_t)c->net->n);
    }
    talloc_free(work);
}
