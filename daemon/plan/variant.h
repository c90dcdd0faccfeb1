#pragma once
/*
 * The same problem, slightly changed: questions that explanations put to the
 * solver. The copies share what they do not change with the original, which
 * must outlive them.
 */
#include "daemon/plan/problem.h"
#include "daemon/plan/solve.h"

/* A problem and the plan that fits it. */
struct variant {
    struct problem *problem;
    struct solution *plan;
};

/* Only edition e's cycle and the two beside it are free; all others stand
 * where the plan has them. */
struct variant variant_near(TALLOC_CTX *ctx, const struct problem *p,
                            const struct solution *s, int32_t e);
/* Edition e may only start on that day. */
struct problem *variant_start(TALLOC_CTX *ctx, const struct problem *p,
                              int32_t e, int32_t start);
/* Without one rule. */
struct problem *variant_without(TALLOC_CTX *ctx, const struct problem *p,
                                int32_t rule);

/* How a rule may give way by so many days (or clusters). */
enum give {
    GIVE_LATER,   /* what it forbids begins later: a window ends later */
    GIVE_EARLIER, /* what it forbids ends earlier: a window begins earlier */
    GIVE_LESS,    /* less between two editions will do */
    GIVE_MORE     /* more between two editions, more clusters at once */
};
/* With one rule that gives way by so much. */
struct problem *variant_given(TALLOC_CTX *ctx, const struct problem *p,
                              int32_t rule, enum give give, int32_t by);
/* Is the forbidden run one that gives way so? Runs that reach to the end of
 * the universe have no end that could be earlier, and the reverse. */
bool forbid_gives(const struct problem *p, const struct forbid *f,
                  enum give give);
