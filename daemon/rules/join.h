#pragma once
/*
 * Several files as the rules of one daemon.
 */
#include "daemon/rules/build.h"

/* What one statement says and the other does not, as written. */
struct difference {
    const char *there, *here;
};

/* Do two statements of the same row say the same? (same.c) */
bool node_same(TALLOC_CTX *ctx, const struct node *a, const struct node *b,
               struct difference *ret);

/* What no file can tell alone: codes that two of them use, and what they say
 * of the same thing. (join_check.c) */
void join_check(const struct build *parts, size_t n);

/* The rules of all files as one, on ctx; theirs hang on them. Only when no file
 * has an error. (join.c) */
struct rules *join_rules(TALLOC_CTX *ctx, const struct build *parts, size_t n);

/* The first statement of that keyword in the parts that has the code: its part
 * and its index in it; false when there is none. */
bool join_find(const struct build *parts, size_t n, const char *keyword,
               const char *code, size_t *ret_part, size_t *ret_i);
/* The code or name that a statement begins with; NULL when it was wrong. */
const char *join_code(const struct node *n);
