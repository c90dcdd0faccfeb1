#pragma once
/*
 * The state of solving a network: which values are left, and how costs have
 * been moved about. Moving costs (from tables to values, from values to the
 * constant) changes no assignment's total and leaves nothing negative, so the
 * constant is a lower bound at every moment.
 */
#include "daemon/plan/network.h"
#include "daemon/plan/solve.h"

/* One flat block, so that a level of the search is one memcpy. */
struct state {
    const struct network *net;
    size_t size; /* of the block, bytes */
    void *block;
    int64_t *constant; /* the lower bound */
    int32_t *unary;    /* per value: cost now */
    int32_t *delta;    /* per table: moved out of it by value of i, then of j:
                          cost now is cost[a][b] - of_i[a] - of_j[b] */
    int32_t *chosen;   /* per variable: its value, -1 open */
    int32_t *n_live;   /* per variable */
    int32_t *live;     /* per variable, at its first value: values left,
                          ascending */
    int32_t *taken;    /* per capacity and day: running already */
};

/* What operations on states of one network share. */
struct worker {
    const struct network *net;
    int64_t below;     /* only assignments that cost less matter */
    int32_t *delta_of; /* per table: where its deltas begin */
    int32_t *taken_of; /* per capacity: where its days begin */
    int32_t n_delta, n_taken;
    bool *touched; /* per variable: changed since last looked at */
    int32_t *minima, *extend, *shift, *total; /* scratch per value */
};

struct worker *worker_new(TALLOC_CTX *ctx, const struct network *net);
/* Forgets what was touched, after a failure. */
void worker_forget(struct worker *w);
/* A state on ctx, contents undefined; then start, or copy of another one. */
struct state state_new(TALLOC_CTX *ctx, const struct worker *w);
void state_copy(struct state *to, const struct state *from);
/* As the network is. False: some variable has no value below w->below. */
bool state_start(struct worker *w, struct state *s);

/* Removes one value; the variable may be left without any. */
void state_drop(struct worker *w, struct state *s, int32_t v, int32_t value);
/* Gives v the value and charges its tables to the neighbours. False: some
 * variable has no value left, or the bound is reached. */
bool state_assign(struct worker *w, struct state *s, int32_t v, int32_t value);
/* Soft arc consistency (EDAC) around what was touched, at most `passes` times.
 * False: as above. */
bool state_propagate(struct worker *w, struct state *s, int32_t passes);
/* Drops what is at or above w->below. False: as above. */
bool state_prune(struct worker *w, struct state *s);

/* Capacities (network_capacity.c): v runs with that value from now on; or the
 * days already full count. False: some day is overfull, or some variable has no
 * value left. */
bool state_occupy(struct worker *w, struct state *s, int32_t v, int32_t value);
bool state_capacities(struct worker *w, struct state *s);

/* One round of messages, forwards and backwards. False: as above. */
bool state_messages(struct worker *w, struct state *s);

/* Deltas of a table. */
static inline int32_t *state_delta_i(const struct worker *w,
                                     const struct state *s, int32_t t)
{
    return &s->delta[w->delta_of[t]];
}
static inline int32_t *state_delta_j(const struct worker *w,
                                     const struct state *s, int32_t t)
{
    return &s->delta[w->delta_of[t] + w->net->size[w->net->tables[t].i]];
}
