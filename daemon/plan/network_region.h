#pragma once
/*
 * Regions: some variables of a state as a network of their own, at current
 * costs.
 */
#include "daemon/plan/network_search.h"
#include "daemon/plan/network_state.h"

/* The variables (ascending) with what is left of them. Everything else stays
 * as in `outside` (a value per variable of s->net), its costs towards the
 * region added to the region's values; outside NULL: left out, tables and all.
 * Values that cost `below` or more by themselves are not taken. The base is 0;
 * variable_of and value_of lead to s->net. */
struct network *region_network(TALLOC_CTX *ctx, const struct worker *w,
                               const struct state *s, const int32_t *variables,
                               int32_t n, const int32_t *outside,
                               int64_t below);

/* What the variables cost now with this choice, tables among themselves and to
 * the outside included; the outside's own costs not. A broken hard rule counts
 * COST_LIMIT + 1 and ends it. */
int64_t region_cost(const struct worker *w, const struct state *s,
                    const int32_t *variables, int32_t n, const int32_t *choice);

/* All open variables as a network; its base is the state's constant. */
struct network *region_whole(TALLOC_CTX *ctx, const struct worker *w,
                             const struct state *s);

/* Elimination, then search, then expansion: as network_search(). */
struct search_result network_exact(const struct network *net, int64_t below,
                                   int64_t step, bool first_only, int64_t nodes,
                                   struct budget *budget, int32_t *ret_choice);
