/*
 * Messages: one round moves costs forwards, then backwards, through a state.
 * At each variable every table first gives what it can to the variable's
 * values, the variable what it can to the constant; the rest is shared out to
 * the tables on the far side.
 */
#include "daemon/plan/network_state.h"
#include "daemon/plan/network_table.h"

/* ---- drawing in */

static bool draw(struct worker *w, struct state *s, int32_t v, int32_t t)
{
    int32_t first = s->net->first[v], kept = 0;
    int32_t *live = &s->live[first], *u = &s->unary[first];
    int32_t *mine = s->net->tables[t].i == v ? state_delta_i(w, s, t)
                                             : state_delta_j(w, s, t);
    table_minima(w, s, t, v, false);
    for (int32_t x = 0; x < s->n_live[v]; x++) {
        int32_t a = live[x], m = w->minima[a];
        if (m >= FORBIDDEN_FROM || *s->constant + u[a] + m >= w->below)
            continue;
        live[kept++] = a;
        if (m > 0 && mine[a] <= DELTA_LIMIT - m) {
            mine[a] += m;
            u[a] += m;
        }
    }
    s->n_live[v] = kept;
    return kept > 0;
}

static bool settle(struct worker *w, struct state *s, int32_t v)
{
    int32_t first = s->net->first[v], least = INT32_MAX, kept = 0;
    int32_t *live = &s->live[first], *u = &s->unary[first];
    for (int32_t x = 0; x < s->n_live[v]; x++)
        least = u[live[x]] < least ? u[live[x]] : least;
    *s->constant += least;
    for (int32_t x = 0; x < s->n_live[v]; x++) {
        int32_t a = live[x];
        u[a] -= least;
        if (*s->constant + u[a] < w->below)
            live[kept++] = a;
    }
    s->n_live[v] = kept;
    return kept > 0;
}

/* ---- sharing out */

static void share(struct worker *w, struct state *s, int32_t v, int32_t t,
                  int32_t parts)
{
    int32_t first = s->net->first[v];
    const int32_t *live = &s->live[first];
    int32_t *mine = s->net->tables[t].i == v ? state_delta_i(w, s, t)
                                             : state_delta_j(w, s, t);
    for (int32_t x = 0; x < s->n_live[v]; x++) {
        int32_t a = live[x], part = w->total[a] / parts;
        if (mine[a] >= part - DELTA_LIMIT) {
            mine[a] -= part;
            s->unary[first + a] -= part;
        }
    }
}

/* Variables come by index in links: which side is ahead depends on where the
 * sweep goes. */
static bool ahead(const struct network *net, int32_t v, int32_t t,
                  bool forwards)
{
    return (table_other(&net->tables[t], v) > v) == forwards;
}

static bool visit(struct worker *w, struct state *s, int32_t v, bool forwards)
{
    const struct network *net = s->net;
    int32_t n_ahead = 0, n_behind = 0;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++) {
        int32_t t = net->links[k];
        if (ahead(net, v, t, forwards))
            n_ahead++;
        else
            n_behind++;
        if (!draw(w, s, v, t))
            return false;
    }
    if (!settle(w, s, v))
        return false;
    for (int32_t a = 0; a < net->size[v]; a++)
        w->total[a] = s->unary[net->first[v] + a];
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++)
        if (ahead(net, v, net->links[k], forwards))
            share(w, s, v, net->links[k],
                  n_ahead > n_behind ? n_ahead : n_behind);
    return true;
}

bool state_messages(struct worker *w, struct state *s)
{
    int32_t n = s->net->n;
    for (int32_t v = 0; v < n; v++)
        if (!visit(w, s, v, true))
            return false;
    for (int32_t v = n - 1; v >= 0; v--)
        if (!visit(w, s, v, false))
            return false;
    for (int32_t v = 0; v < n; v++)
        w->touched[v] = true;
    return *s->constant < w->below;
}
