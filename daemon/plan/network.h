#pragma once
/*
 * A network: some editions with their values and everything between them as
 * tables of costs. The form in which all solving is done; a region of a network
 * is a network again.
 *
 * 1. Variables are in chronological order, so an index says which comes first.
 *    Every table has i < j and there is at most one for two variables.
 * 2. Costs are scaled (by `scale`), non-negative, and the dearest assignment
 *    costs at most COST_LIMIT: no sum below overflows 32 bits.
 * 3. What a hard rule forbids is FORBIDDEN in a table, or a value that is not
 *    there. It is never added up as a cost: anything from FORBIDDEN_FROM on is
 *    forbidden, and no shift of costs (DELTA_LIMIT) reaches that from below
 *    or leaves it from above.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/plan/problem.h"

enum {
    COST_SCALE = 32,
    COST_LIMIT = 1 << 27,
    DELTA_LIMIT = 1 << 27,
    FORBIDDEN_FROM = 1 << 29,
    FORBIDDEN = 1 << 30
};

/* Loops worth vector code, in the widest form the processor has. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#define VECTOR_CODE                                                            \
    __attribute__((optimize("O3"), target_clones("avx2", "default")))
#elif defined(__GNUC__) && !defined(__clang__)
#define VECTOR_CODE __attribute__((optimize("O3")))
#else
#define VECTOR_CODE
#endif

struct network_table {
    int32_t i, j;  /* variables, i < j */
    int32_t *cost; /* row-major: [a * size of j + b]; constant once made,
                      networks made from this one share it */
    int32_t most;  /* the dearest, while the network is built */
};

/* On no day more than at_once of the members. */
struct network_capacity {
    int at_once;
    bool *member;       /* by variable */
    int32_t from, days; /* the days that matter */
    int32_t *taken;     /* per day: by editions outside this network */
};

struct network {
    int32_t n;        /* variables */
    int32_t n_values; /* of all variables */
    int32_t scale;
    bool cut;             /* some cost was too large and was cut */
    int64_t base;         /* scaled cost that every assignment has */
    int32_t *size;        /* values per variable */
    int32_t *first;       /* where a variable's values begin; n + 1 entries */
    int32_t *unary;       /* scaled cost per value */
    int32_t *start, *end; /* days per value (capacities) */
    int32_t *variable_of; /* the edition, or the variable of the network that
                             this one was made from */
    int32_t *value_of;    /* the candidate, or the value there */
    struct network_table *tables;
    int32_t n_tables;
    int32_t *links_first; /* n + 1 entries */
    int32_t *links;       /* tables of a variable, by the other variable */
    struct network_capacity *capacities;
    int32_t n_capacities;
};

/* The candidates of an edition that may be chosen. */
struct domain {
    int32_t *candidates;
    int32_t n;
};

/* How much of a problem a network takes. */
struct network_view {
    const struct domain *domains; /* by edition; NULL: all open candidates */
    const bool *rules;            /* by rule: taken; NULL: all */
    bool hard_only;               /* leave costs out */
};

/* The network of these editions (in chronological order) and all rules between
 * them. Costs that are too large to add up are cut, which keeps bounds valid;
 * the caller compares with problem_check(). */
struct network *network_build(TALLOC_CTX *ctx, const struct problem *p,
                              const int32_t *editions, int32_t n,
                              const struct network_view *view);

/* An empty network of n variables with these sizes, for those that make one
 * from another: value arrays and links_first are there, contents are zero. */
struct network *network_new(TALLOC_CTX *ctx, int32_t n, const int32_t *size);
/* Fills links from the tables. */
void network_link(struct network *net);
/* The variable at the other end. */
static inline int32_t table_other(const struct network_table *t, int32_t v)
{
    return t->i == v ? t->j : t->i;
}

/* Adds what a rule says into a table with the values of pair->i as rows and
 * those of pair->j as columns; turned: the other way round. (network_pairs.c)
 */
void network_pair_add(const struct problem *p, const struct pair *pair,
                      const int32_t *values_i, int32_t n_i,
                      const int32_t *values_j, int32_t n_j, bool turned,
                      bool hard_only, int32_t *cost);

/* The cost of a complete choice (a value per variable), or -1 when it breaks a
 * hard rule. Capacities are looked at too. */
int64_t network_cost(const struct network *net, const int32_t *choice);

/* ---- components (network_parts.c) */
struct component {
    int32_t *editions; /* in chronological order */
    int32_t n;
};
struct components {
    struct component *parts; /* in order of their first edition */
    int32_t n;
};
/* Editions that rules connect. Chronological: by the middle of the open
 * candidates, then name, then index. */
struct components network_components(TALLOC_CTX *ctx, const struct problem *p);

/* ---- elimination (network_eliminate.c) */
/* Variables with at most two neighbours are folded into these, as long as
 * there are any. */
struct elimination {
    const struct network *whole;
    struct network *rest; /* variable_of and value_of lead into `whole` */
    struct elimination_step *steps;
    int32_t n_steps;
};
struct elimination *network_eliminate(TALLOC_CTX *ctx,
                                      const struct network *net);
/* A choice of the rest becomes one of the whole, of the same cost. */
void elimination_expand(const struct elimination *e, const int32_t *rest,
                        int32_t *ret_whole);
