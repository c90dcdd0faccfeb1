#pragma once
/*
 * Reads what stands in a hole.
 */
#include "daemon/rules/pattern.h"

/* Reads a value of `h` at token *at of the line, moves *at behind it. False
 * when what stands there does not have the form at all; an impossible value of
 * the right form is true with a problem. Texts on ctx. */
bool hole_read(TALLOC_CTX *ctx, const struct hole_row *h,
               const struct line *line, size_t *at, struct value *ret);

/* Words that could be meant in that hole, NULL at the end. */
const char *const *hole_words(const struct hole_row *h);
