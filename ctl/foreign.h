#pragma once
/*
 * Hands foreign octets to convene-reader, the program that may die of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"

/* Up to `most` octets of a descriptor on ctx, NUL behind. */
char *foreign_octets(TALLOC_CTX *ctx, int fd, size_t most, size_t *ret_size);

/* What `convene-reader WORD...` says of the octets, on ctx (`most` octets of it
 * at the most); NULL when it did not survive them, and *ret_why says how it
 * ended. Fails, with REPLY_LATER, only when the program cannot be run, or when
 * the machine was too busy to let it end in time. */
bool foreign_read(TALLOC_CTX *ctx, const char *const *words, const char *octets,
                  size_t size, size_t most, char **ret, const char **ret_why,
                  struct error *err) MUST_USE;
