#pragma once
/*
 * Small things about text that several rooms need.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"

/* Well-formed UTF-8 without control characters other than those in `allow`
 * ("\n\t", ""): the one gate for text that comes from people. */
bool text_is_clean(const char *text, size_t size, const char *allow);
/* Well-formed UTF-8, whatever the characters. */
bool text_is_utf8(const char *text, size_t size);

/* ASCII case does not count: codes, addresses, keywords. */
bool text_same(const char *a, const char *b);
int text_compare(const char *a, const char *b);
/* `text` begins with `prefix` (ASCII case does not count). */
bool text_begins(const char *text, const char *prefix);

/* Edit distance with transpositions, ASCII case does not count. */
int text_distance(const char *a, const char *b);
/* The word of words[] (NULL at the end) nearest to `text`, or NULL when none is
 * near enough to be meant: for "did you mean". */
const char *text_nearest(const char *text, const char *const *words);

/* Without blanks at both ends; a copy on ctx. */
char *text_trim(TALLOC_CTX *ctx, const char *text);
/* Splits at `separator`, trims each, drops empty ones; NULL at the end. */
char **text_split(TALLOC_CTX *ctx, const char *text, char separator);

/* "1st", "2nd", "3rd", "4th", "11th" on ctx. */
char *text_ordinal(TALLOC_CTX *ctx, int n);

/* A whole regular file of at most `limit` bytes, with a NUL behind it. */
bool text_read_file(TALLOC_CTX *ctx, const char *path, size_t limit,
                    char **ret_text, size_t *ret_size,
                    struct error *err) MUST_USE;

/* What comes out of a pipe, called `name` in errors; likewise. */
bool text_read_pipe(TALLOC_CTX *ctx, int fd, const char *name, size_t limit,
                    char **ret_text, size_t *ret_size,
                    struct error *err) MUST_USE;

/* The files of a directory that end so, by name; hidden ones are left out.
 * REPLY_INPUT when there are more than `most` of them. On ctx. */
struct text_file {
    const char *name; /* without the ending */
    const char *path, *text;
    size_t size;
};
bool text_read_files(TALLOC_CTX *ctx, const char *directory, const char *ending,
                     size_t most, size_t limit, struct text_file **ret,
                     size_t *ret_n, struct error *err) MUST_USE;

/* printf onto ctx that cannot fail. */
char *text_format(TALLOC_CTX *ctx, const char *fmt, ...) PRINTF_LIKE(2, 3);
