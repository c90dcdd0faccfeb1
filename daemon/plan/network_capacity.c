/*
 * Capacities during search: a profile of how many members run on each day.
 */
#include "daemon/plan/network_state.h"

static int32_t *profile(const struct worker *w, const struct state *s,
                        int32_t c)
{
    return &s->taken[w->taken_of[c]];
}

static bool fits(const struct network_capacity *c, const int32_t *taken,
                 int32_t start, int32_t end)
{
    for (int32_t d = start; d <= end; d++)
        if (taken[d - c->from] >= c->at_once)
            return false;
    return true;
}

/* Drops the values of open members that a full day leaves no room for. */
static bool members_filter(struct worker *w, struct state *s, int32_t c)
{
    const struct network *net = s->net;
    const struct network_capacity *k = &net->capacities[c];
    const int32_t *taken = profile(w, s, c);
    for (int32_t v = 0; v < net->n; v++) {
        int32_t *live = &s->live[net->first[v]], kept = 0;
        if (!k->member[v] || s->chosen[v] >= 0)
            continue;
        for (int32_t x = 0; x < s->n_live[v]; x++) {
            int32_t a = net->first[v] + live[x];
            if (fits(k, taken, net->start[a], net->end[a]))
                live[kept++] = live[x];
        }
        if (kept < s->n_live[v])
            w->touched[v] = true;
        s->n_live[v] = kept;
        if (kept == 0)
            return false;
    }
    return true;
}

bool state_capacities(struct worker *w, struct state *s)
{
    for (int32_t c = 0; c < s->net->n_capacities; c++)
        if (!members_filter(w, s, c))
            return false;
    return true;
}

bool state_occupy(struct worker *w, struct state *s, int32_t v, int32_t value)
{
    const struct network *net = s->net;
    int32_t a = net->first[v] + value;
    for (int32_t c = 0; c < net->n_capacities; c++) {
        const struct network_capacity *k = &net->capacities[c];
        int32_t *taken = profile(w, s, c);
        if (!k->member[v])
            continue;
        if (!fits(k, taken, net->start[a], net->end[a]))
            return false;
        for (int32_t d = net->start[a]; d <= net->end[a]; d++)
            taken[d - k->from]++;
        if (!members_filter(w, s, c))
            return false;
    }
    return true;
}
