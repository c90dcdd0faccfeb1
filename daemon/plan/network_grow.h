#pragma once
/*
 * Growing regions from seeds.
 */
#include "daemon/plan/network_state.h"

enum grow_kind {
    GROW_BALL, /* next: the dearest towards the region, as things are chosen */
    GROW_WEB   /* next: the most links into the region */
};

/* What growing needs from call to call. */
struct grower {
    const struct worker *w;
    const struct state *s;
    int64_t *score;    /* by variable; 0 between calls */
    bool *inside;      /* by variable; false between calls */
    bool *closed;      /* by variable: not to be taken (NULL: none) */
    int32_t *frontier; /* variables beside the region */
    int32_t n_frontier;
};

struct grower *grower_new(TALLOC_CTX *ctx, const struct worker *w,
                          const struct state *s);

/* Grows from the seeds (ret[0..n_seeds), without repetition) to at most `size`
 * variables; choice is needed by balls. Returns how many; ret ascending. */
int32_t grower_grow(struct grower *g, enum grow_kind kind,
                    const int32_t *choice, int32_t n_seeds, int32_t size,
                    int32_t *ret);

/* Current cost of table t at this choice; FORBIDDEN when broken. */
int32_t choice_cost(const struct worker *w, const struct state *s, int32_t t,
                    const int32_t *choice);
