/*
 * States: their block, choosing a value, soft arc consistency.
 *
 * 1. A value that is forbidden, or too dear, is dropped the moment that shows;
 *    its cost is not kept true from then on.
 * 2. Tables of chosen variables are spent: their costs are in the neighbours.
 * 3. Deltas stay within DELTA_LIMIT; an operation that would leave it is left
 *    out (moving nothing is always right).
 */
#include "daemon/plan/network_state.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_table.h"

/* ---- the block */

struct worker *worker_new(TALLOC_CTX *ctx, const struct network *net)
{
    struct worker *w = object_new(ctx, struct worker);
    size_t widest = 1;
    w->net = net;
    w->below = COST_LIMIT + 1;
    w->delta_of = array_new(w, int32_t, (size_t)net->n_tables);
    w->taken_of = array_new(w, int32_t, (size_t)net->n_capacities);
    w->touched = array_new(w, bool, (size_t)net->n);
    for (int32_t t = 0; t < net->n_tables; t++) {
        w->delta_of[t] = w->n_delta;
        w->n_delta += net->size[net->tables[t].i] + net->size[net->tables[t].j];
    }
    for (int32_t c = 0; c < net->n_capacities; c++) {
        w->taken_of[c] = w->n_taken;
        w->n_taken += net->capacities[c].days;
    }
    for (int32_t v = 0; v < net->n; v++)
        widest = (size_t)net->size[v] > widest ? (size_t)net->size[v] : widest;
    w->minima = array_new(w, int32_t, widest);
    w->extend = array_new(w, int32_t, widest);
    w->shift = array_new(w, int32_t, widest);
    w->total = array_new(w, int32_t, widest);
    return w;
}

void worker_forget(struct worker *w)
{
    memset(w->touched, false, (size_t)w->net->n);
}

struct state state_new(TALLOC_CTX *ctx, const struct worker *w)
{
    const struct network *net = w->net;
    size_t n = (size_t)net->n, values = (size_t)net->n_values;
    size_t words = 2 * values + 2 * n + (size_t)(w->n_delta + w->n_taken);
    size_t size = sizeof(int64_t) + words * sizeof(int32_t);
    struct state s = {.net = net, .size = (size + 63) / 64 * 64};
    s.block = talloc_size(ctx, s.size);
    invariant(s.block);
    s.constant = s.block;
    s.unary = (int32_t *)(s.constant + 1);
    s.delta = s.unary + values;
    s.chosen = s.delta + w->n_delta;
    s.n_live = s.chosen + n;
    s.live = s.n_live + n;
    s.taken = s.live + values;
    return s;
}

void state_copy(struct state *to, const struct state *from)
{
    memcpy(to->block, from->block, from->size);
}

/* ---- values */

static bool too_dear(const struct worker *w, const struct state *s,
                     int32_t cost)
{
    return *s->constant + cost >= w->below;
}

static int32_t *live_of(const struct state *s, int32_t v)
{
    return &s->live[s->net->first[v]];
}

static int32_t *unary_of(const struct state *s, int32_t v)
{
    return &s->unary[s->net->first[v]];
}

void state_drop(struct worker *w, struct state *s, int32_t v, int32_t value)
{
    int32_t *live = live_of(s, v), kept = 0;
    for (int32_t k = 0; k < s->n_live[v]; k++)
        if (live[k] != value)
            live[kept++] = live[k];
    w->touched[v] = w->touched[v] || kept < s->n_live[v];
    s->n_live[v] = kept;
}

/* Drops what is too dear of v; false when nothing is left. */
static bool variable_prune(struct worker *w, struct state *s, int32_t v)
{
    int32_t *live = live_of(s, v), kept = 0;
    const int32_t *u = unary_of(s, v);
    for (int32_t k = 0; k < s->n_live[v]; k++)
        if (!too_dear(w, s, u[live[k]]))
            live[kept++] = live[k];
    if (kept < s->n_live[v])
        w->touched[v] = true;
    s->n_live[v] = kept;
    return kept > 0;
}

/* Moves what every value of v costs into the constant, drops what is too
 * dear. */
static bool variable_settle(struct worker *w, struct state *s, int32_t v)
{
    int32_t *live = live_of(s, v), *u = unary_of(s, v);
    int32_t least = INT32_MAX;
    for (int32_t k = 0; k < s->n_live[v]; k++)
        least = u[live[k]] < least ? u[live[k]] : least;
    if (s->n_live[v] == 0 || too_dear(w, s, least))
        return false;
    if (least > 0) {
        *s->constant += least;
        for (int32_t k = 0; k < s->n_live[v]; k++)
            u[live[k]] -= least;
    }
    return variable_prune(w, s, v);
}

bool state_prune(struct worker *w, struct state *s)
{
    for (int32_t v = 0; v < s->net->n; v++)
        if (s->chosen[v] < 0 && !variable_settle(w, s, v))
            return false;
    return *s->constant < w->below;
}

bool state_start(struct worker *w, struct state *s)
{
    const struct network *net = s->net;
    memset(s->block, 0, s->size);
    *s->constant = net->base;
    memcpy(s->unary, net->unary, (size_t)net->n_values * sizeof *s->unary);
    for (int32_t v = 0; v < net->n; v++) {
        s->chosen[v] = -1;
        s->n_live[v] = net->size[v];
        w->touched[v] = true;
        for (int32_t a = 0; a < net->size[v]; a++)
            live_of(s, v)[a] = a;
    }
    for (int32_t c = 0; c < net->n_capacities; c++)
        memcpy(&s->taken[w->taken_of[c]], net->capacities[c].taken,
               (size_t)net->capacities[c].days * sizeof *s->taken);
    return state_capacities(w, s) && state_prune(w, s);
}

/* ---- choosing */

/* Charges the row of v's value in table t to the other end. */
static bool charge_row(struct worker *w, struct state *s, int32_t t, int32_t v,
                       int32_t value)
{
    const struct network_table *k = &s->net->tables[t];
    int32_t other = table_other(k, v), columns = s->net->size[k->j];
    int32_t *live = live_of(s, other), *u = unary_of(s, other), kept = 0;
    bool row = k->i == v;
    const int32_t *mine = row ? state_delta_i(w, s, t) : state_delta_j(w, s, t);
    const int32_t *theirs =
        row ? state_delta_j(w, s, t) : state_delta_i(w, s, t);
    bool dearer = false;
    for (int32_t x = 0; x < s->n_live[other]; x++) {
        int32_t b = live[x];
        int32_t f =
            row ? k->cost[value * columns + b] : k->cost[b * columns + value];
        int32_t now = f - mine[value] - theirs[b];
        if (f >= FORBIDDEN_FROM || too_dear(w, s, u[b] + now))
            continue;
        dearer = dearer || now > 0;
        u[b] += now;
        live[kept++] = b;
    }
    if (kept < s->n_live[other] || dearer)
        w->touched[other] = true;
    s->n_live[other] = kept;
    return kept > 0;
}

bool state_assign(struct worker *w, struct state *s, int32_t v, int32_t value)
{
    const struct network *net = s->net;
    *s->constant += unary_of(s, v)[value];
    unary_of(s, v)[value] = 0;
    s->chosen[v] = value;
    live_of(s, v)[0] = value;
    s->n_live[v] = 1;
    if (*s->constant >= w->below)
        return false;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = net->links[k];
        int32_t other = table_other(&net->tables[t], v);
        if (s->chosen[other] < 0 &&
            (!charge_row(w, s, t, v, value) || !variable_settle(w, s, other)))
            return false;
    }
    return state_occupy(w, s, v, value);
}

/* ---- soft arc consistency */

/* Lets every value of v take over what the cheapest partner in table t costs.
 * with_unary: as if the partner's own costs could be had as well; these are
 * then moved into the table first. */
static bool variable_pull(struct worker *w, struct state *s, int32_t v,
                          int32_t t, bool with_unary)
{
    int32_t *live = live_of(s, v), *u = unary_of(s, v), kept = 0;
    int32_t *mine = s->net->tables[t].i == v ? state_delta_i(w, s, t)
                                             : state_delta_j(w, s, t);
    bool dearer = false;
    table_minima(w, s, t, v, with_unary);
    if (with_unary && !table_extend(w, s, t, v))
        table_minima(w, s, t, v, false);
    for (int32_t x = 0; x < s->n_live[v]; x++) {
        int32_t a = live[x], m = w->minima[a];
        if (m >= FORBIDDEN_FROM || too_dear(w, s, u[a] + m))
            continue;
        live[kept++] = a;
        if (m <= 0 || mine[a] > DELTA_LIMIT - m)
            continue;
        mine[a] += m;
        u[a] += m;
        dearer = true;
    }
    if (kept < s->n_live[v] || dearer)
        w->touched[v] = true;
    s->n_live[v] = kept;
    return kept > 0;
}

/* The table at link k of v, or -1 when the other end is chosen or not on the
 * side asked for. */
static int32_t open_table(const struct state *s, int32_t v, int32_t k,
                          bool earlier)
{
    int32_t t = s->net->links[k];
    int32_t other = table_other(&s->net->tables[t], v);
    return s->chosen[other] < 0 && (other < v) == earlier ? t : -1;
}

/* What v costs at least, if its earlier neighbours lend all they have. */
static int32_t existential_cost(struct worker *w, struct state *s, int32_t v)
{
    const struct network *net = s->net;
    const int32_t *live = live_of(s, v), *u = unary_of(s, v);
    int32_t least = INT32_MAX;
    for (int32_t x = 0; x < s->n_live[v]; x++)
        w->total[live[x]] = u[live[x]];
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = open_table(s, v, k, true);
        if (t < 0)
            continue;
        table_minima(w, s, t, v, true);
        for (int32_t x = 0; x < s->n_live[v]; x++) {
            int32_t sum = w->total[live[x]] + w->minima[live[x]];
            bool over = w->minima[live[x]] > COST_LIMIT || sum > COST_LIMIT;
            w->total[live[x]] = over ? COST_LIMIT + 1 : sum;
        }
    }
    for (int32_t x = 0; x < s->n_live[v]; x++)
        least = w->total[live[x]] < least ? w->total[live[x]] : least;
    return least;
}

static bool existential_pull(struct worker *w, struct state *s, int32_t v)
{
    const struct network *net = s->net;
    if (existential_cost(w, s, v) <= 0)
        return true;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = open_table(s, v, k, true);
        if (t >= 0 && !variable_pull(w, s, v, t, true))
            return false;
    }
    return variable_settle(w, s, v);
}

/* Whether v or something beside it was touched when the pass began. */
static bool near_touched(const struct state *s, const bool *touched, int32_t v)
{
    const struct network *net = s->net;
    if (touched[v])
        return true;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++)
        if (touched[table_other(&net->tables[net->links[k]], v)])
            return true;
    return false;
}

/* Lets the neighbours of v on one side take from it. */
static bool pull_from(struct worker *w, struct state *s, int32_t v,
                      bool earlier)
{
    const struct network *net = s->net;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = open_table(s, v, k, earlier);
        if (t < 0)
            continue;
        int32_t other = table_other(&net->tables[t], v);
        if (!variable_pull(w, s, other, t, earlier) ||
            !variable_settle(w, s, other))
            return false;
    }
    return true;
}

static bool edac_pass(struct worker *w, struct state *s)
{
    int32_t n = s->net->n;
    for (int32_t v = 0; v < n; v++)
        if (s->chosen[v] < 0 && near_touched(s, w->touched, v) &&
            !existential_pull(w, s, v))
            return false;
    for (int32_t v = n - 1; v >= 0; v--)
        if (s->chosen[v] < 0 && w->touched[v] && !pull_from(w, s, v, true))
            return false;
    for (int32_t v = 0; v < n; v++) {
        bool touched = w->touched[v];
        w->touched[v] = false;
        if (s->chosen[v] < 0 && touched && !pull_from(w, s, v, false))
            return false;
    }
    return true;
}

bool state_propagate(struct worker *w, struct state *s, int32_t passes)
{
    bool more = true;
    for (int32_t k = 0; k < passes && more; k++) {
        if (!edac_pass(w, s)) {
            worker_forget(w);
            return false;
        }
        more = memchr(w->touched, true, (size_t)s->net->n) != NULL;
    }
    worker_forget(w);
    return state_prune(w, s);
}
