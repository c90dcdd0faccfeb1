#pragma once
/*
 * Answers of earlier plans, kept for what has not changed since.
 */
#include "daemon/plan/solve.h"

/* What is remembered; a root context of its own, which talloc_free() ends. Used
 * by one thread at a time. */
struct reuse;
struct reuse *reuse_new(void);

/* As solve(). Components that are as they were when they were solved are not
 * solved again, the others are quicker: they begin where the last solve of much
 * the same component ended. What is solved now is remembered.
 * *ret_kept (may be NULL): how many editions were answered from memory. */
struct solution *reuse_solve(TALLOC_CTX *ctx, struct reuse *memory,
                             const struct problem *p,
                             const struct solve_options *options,
                             size_t *ret_kept);
