#pragma once
/*
 * What the files of the explanations share: days, gaps and costs in words.
 */
#include "daemon/plan/explain.h"

/* "Mon 25 Jan 2027", "11-15 January 2027" on ctx. */
char *words_day(TALLOC_CTX *ctx, int32_t day);
char *words_days(TALLOC_CTX *ctx, const struct candidate *c);
/* How edition e stands to the other edition of a pair, as a clause. */
char *words_pair(TALLOC_CTX *ctx, const struct problem *p,
                 const struct pair *pair, int32_t e, const int32_t *choice);

/* One line of a cost breakdown. */
struct cost_line {
    int32_t rule;
    int32_t edition; /* whose charge; -1: several editions */
    const char *text;
    int64_t cost;
};
struct cost_lines {
    struct cost_line *rows;
    size_t n;
};
/* All charges of a choice: those of edition e one by one, the others by rule.
 * They add up to the cost. */
struct cost_lines costs_of(TALLOC_CTX *ctx, const struct problem *p,
                           const int32_t *choice, int32_t e);
/* The lines that differ, new minus old; dearest first, savings last. */
struct cost_lines costs_differ(TALLOC_CTX *ctx, const struct cost_lines *old_,
                               const struct cost_lines *new_);
