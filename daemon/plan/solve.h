#pragma once
/*
 * The solver: a problem in, dates and a proof out. Pure and deterministic: no
 * clock, no randomness, integers only; the budget is counted in search nodes.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/plan/problem.h"

enum verdict {
    VERDICT_OPTIMAL,    /* cost == bound; see solution.canonical */
    VERDICT_GOOD,       /* legal, bound < cost */
    VERDICT_INFEASIBLE, /* shown: no legal plan */
    VERDICT_UNDECIDED   /* budget spent, no legal plan found, none excluded */
};

/* How a running solve tells where it is, and how it is told to stop. All
 * members may be read and written by another thread. */
struct solve_watch {
    atomic_bool cancel;  /* set: finish with the best plan so far */
    atomic_int done, of; /* editions settled, of all */
};

struct solve_options {
    int64_t nodes;             /* search nodes per component; 0: the default */
    struct solve_watch *watch; /* NULL: nobody watches */
    const int32_t *start_from; /* a candidate per edition (-1 none), or NULL */
};

struct solution {
    enum verdict verdict;
    int64_t cost, bound;
    int32_t
        *choice; /* candidate per edition; -1 where its component has none */
    bool cancelled;
    bool canonical; /* OPTIMAL: the canonical one of the best plans. Not so
                       when cancelled, or where settling that took too long. */
    /* INFEASIBLE: rules that cannot hold together (a minimal set), by index. */
    int32_t *conflict;
    size_t n_conflict;
    /* UNDECIDED or INFEASIBLE: editions without a date. */
    int32_t *open_editions;
    size_t n_open_editions;
};

/* Never fails: the verdict says what was shown. The result is on ctx. */
struct solution *solve(TALLOC_CTX *ctx, const struct problem *p,
                       const struct solve_options *options);

/* Total cost of a complete choice by the definition alone (it shares nothing
 * with the solver); false when a hard rule is broken, whose index goes into
 * *ret_rule. */
bool problem_check(const struct problem *p, const int32_t *choice,
                   int64_t *ret_cost, int32_t *ret_rule);

/* One alternative start day of an edition. */
struct alternative {
    int32_t start;
    bool possible;
    int64_t extra;   /* best total with this start, minus the plan's */
    bool proved;     /* extra is exact */
    int32_t *choice; /* that plan; NULL when impossible */
};

/* For each open start day of edition e other than the plan's: the best plan
 * with e held then (min-marginals). In order of start. */
struct alternatives {
    struct alternative *rows;
    size_t n;
};
struct alternatives solve_alternatives(TALLOC_CTX *ctx, const struct problem *p,
                                       const struct solution *plan, int32_t e,
                                       const struct solve_options *options);

/* A minimal set of rules that cannot hold together when edition e starts on
 * `start` (e < 0: without that condition). n 0: there is none (it is possible,
 * or not decided within the budget). */
struct conflict {
    int32_t *rules;
    size_t n;
};
struct conflict solve_conflict(TALLOC_CTX *ctx, const struct problem *p,
                               int32_t e, int32_t start,
                               const struct solve_options *options);
