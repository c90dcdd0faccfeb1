#pragma once
/*
 * Inside the office only: the editions of one cluster that the plan, the facts
 * and the rules know of, each once. Ordinals and mandates count the same list.
 */
#include "daemon/office/office.h"

struct occurrence {
    int cycle, n;
    struct date start, end;        /* DATE_NONE: without a date */
    const struct edition *edition; /* NULL: known from history alone */
    const struct item *items;      /* of the edition in the plan */
    size_t n_items;
    bool counts; /* held or to be held: not cancelled, postponed, lapsed */
    bool held;
    bool lapsed;
};

struct occurrences {
    struct occurrence *rows; /* by cycle, start, n */
    size_t n;
};

/* Editions of `c` in the plan, then what history and rules->held know beside
 * them. What overlaps, or shares the cycle of a cluster that is held exactly
 * once, is the same edition; the plan wins over facts, facts over rules. */
struct occurrences past_of(TALLOC_CTX *ctx, const struct rules *r,
                           const struct history *history,
                           const struct plan *plan, const struct cluster *c);

/* The cluster whose edition has that id (longest code that fits), or NULL. */
const struct cluster *past_cluster(const struct rules *r, const char *edition);
