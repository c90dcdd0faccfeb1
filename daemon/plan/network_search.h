#pragma once
/*
 * Exact search of a network, within a budget of nodes.
 */
#include "daemon/plan/network.h"
#include "daemon/plan/solve.h"

/* What a solve may still spend, and whether it was told to stop. Shared by all
 * searches of it. */
struct budget {
    int64_t nodes;
    struct solve_watch *watch; /* or NULL */
    bool cancelled;
};

/* The watch says stop (and from now on b->cancelled does). */
bool budget_cancelled(struct budget *b);

struct search_result {
    bool complete; /* everything below `below` was looked at */
    bool found;
    int64_t cost;  /* of the best found */
    int64_t bound; /* no assignment costs less, as far as the root shows */
};

/* The cheapest assignment of the network that costs less than `below`, its
 * values in ret_choice. Better ones differ by at least `step`; first_only
 * stops at the first. At most `nodes` nodes (and no more than the budget). */
struct search_result network_search(const struct network *net, int64_t below,
                                    int64_t step, bool first_only,
                                    int64_t nodes, struct budget *budget,
                                    int32_t *ret_choice);
