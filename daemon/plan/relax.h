#pragma once
/*
 * How far a rule must give way for a plan to exist.
 */
#include "daemon/plan/problem.h"
#include "daemon/plan/solve.h"

/* In words, on ctx: "3 days longer, until 3 Mar", both ways when there are two.
 * NULL when the rule has nothing that could give way by degrees, or when no
 * amount of it would do. s is the infeasible solution of p, rule one of its
 * conflict. */
char *relax_words(TALLOC_CTX *ctx, const struct problem *p,
                  const struct solution *s, int32_t rule);
