#pragma once
/*
 * Why this date, why not that one, what cannot hold together: in words with
 * file:line, from the problem's own records.
 */
#include "daemon/plan/plan.h"
#include "daemon/plan/problem.h"
#include "daemon/plan/solve.h"

struct reason {
    const char *rule; /* the statement's text */
    struct where where;
    bool hard;
    int64_t cost;     /* soft: what it costs in this plan; 0 hard */
    const char *text; /* in an officer's words */
    /* Of a conflict: how far the statement would have to give way for a plan
     * to exist ("3 days longer, until 3 Mar"); NULL else, or when no amount
     * would do. */
    const char *gives;
};

struct reasons {
    struct reason *rows; /* hard ones first, then by cost, dearest first */
    size_t n;
};

struct other_date {
    struct date start, end;
    bool possible;
    int64_t extra;
    bool proved;
    const char **reasons; /* "start near 15 Jan +3"; what would move; or the
                             hard rule that forbids it */
    size_t n_reasons;
};

struct other_dates {
    struct other_date *rows; /* cheapest per week, best first, at most 10 */
    size_t n;
};

/* The rules that decided edition e (index into the problem). */
struct reasons explain_why(TALLOC_CTX *ctx, const struct problem *p,
                           const struct solution *s, int32_t e);
/* The next best dates with their extra cost. */
struct other_dates explain_others(TALLOC_CTX *ctx, const struct problem *p,
                                  const struct solution *s, int32_t e,
                                  const struct solve_options *options);
/* Why not `start`: every hard rule that forbids it, or a minimal conflict, or
 * (when possible) the difference in cost. */
struct reasons explain_whynot(TALLOC_CTX *ctx, const struct problem *p,
                              const struct solution *s, int32_t e,
                              struct date start,
                              const struct solve_options *options,
                              bool *ret_possible, int64_t *ret_extra);
/* The index of an edition by name, -1 when it is not in the problem. */
int32_t problem_edition_index(const struct problem *p, const char *name);
/* The conflict of an infeasible solution, one reason per statement. */
struct reasons explain_conflict(TALLOC_CTX *ctx, const struct problem *p,
                                const struct solution *s);
/* Why edition e left the day it had before (a candidate per edition, -1 none;
 * the edition's own is not): what forbids that day now, which rule it would
 * break with the dates of the plan, or what staying would cost. */
const char **explain_moved(TALLOC_CTX *ctx, const struct problem *p,
                           const struct solution *s, const int32_t *before,
                           int32_t e, size_t *ret_n);
