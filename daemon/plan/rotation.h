#pragma once
/*
 * Whose turn it is. The order is alphabetical by English name (a leading "the"
 * does not count), the turn moves with the editions, skips are passed,
 * exchanges swap two turns, of those whose turns they are.
 */
#include "daemon/plan/plan.h"

struct rotation_turn {
    int cycle;
    const struct member *host;
    const char *reason; /* "in turn after VN", "VN passed: ...", "" ; on ctx */
};

/* The turns of cycles first..last. Cycles of `without` (n of them) have no
 * edition and cost nobody a turn. Fails with REPLY_NOTFOUND when the rotation
 * names no start at all and there are no members. */
bool rotation_turns(TALLOC_CTX *ctx, const struct rules *r,
                    const struct rotation *rotation,
                    const struct history *history, int first, int last,
                    const int *without, size_t n_without,
                    struct rotation_turn **ret, struct error *err) MUST_USE;

/* The members of a sector, or of all (NULL), in alphabetical order, on ctx. */
const struct member **rotation_order(TALLOC_CTX *ctx, const struct rules *r,
                                     const struct sector *s);
/* The name as it is sorted: without a leading "the". */
const char *rotation_sort_name(const char *name);
/* The cluster of the highest level that is hosted by this rotation (the first
 * of the file among equals): its held editions are the turns. NULL when there
 * is none. */
const struct cluster *rotation_anchor(const struct rules *r,
                                      const struct rotation *rotation);

/* The turns of in->first_cycle..last_cycle exactly as planning uses them: with
 * the draft's held editions, and without cycles that were cancelled or let go
 * by. */
bool planning_turns(TALLOC_CTX *ctx, const struct planning *in,
                    const struct rotation *rotation, struct rotation_turn **ret,
                    struct error *err) MUST_USE;
