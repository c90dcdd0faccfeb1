#pragma once
/*
 * The octets of iCalendar: RFC 5545 3.1 and 3.3.11, RFC 3986.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#define FOLD_OCTETS 75

/* Text fit for a TEXT value, on ctx: well-formed UTF-8 (bad octets become
 * '?'), line ends as one LF, no other control character but TAB, no blanks at
 * its end. */
char *feed_clean(TALLOC_CTX *ctx, const char *text);
/* The same in one line. */
char *feed_clean_line(TALLOC_CTX *ctx, const char *text);

/* A title in one line, or `instead` where it is empty or reads like what a
 * program writes for nothing ("None"). On ctx. */
const char *feed_title(TALLOC_CTX *ctx, const char *title, const char *instead);

/* The escapes of TEXT, for lines written by hand, on ctx. */
char *feed_escape(TALLOC_CTX *ctx, const char *clean);

/* `base` and `path`, where everything in `name` that a path segment may not
 * hold is percent-encoded; NULL when base is no clean http address. On ctx. */
char *feed_address(TALLOC_CTX *ctx, const char *base, const char *path,
                   const char *name);

/* Content lines (CRLF, folded anywhere or not at all) folded at 75 octets,
 * never inside a UTF-8 sequence; blanks at the end of a whole line go. On ctx.
 */
char *feed_fold(TALLOC_CTX *ctx, const char *lines);

/* A strong entity tag of some octets, with its quotes, on ctx. */
char *feed_etag(TALLOC_CTX *ctx, const char *body, size_t size);
