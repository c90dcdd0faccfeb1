#pragma once
/*
 * Times in words for people: rows, pages, mails and the text of calendars say
 * a time with these, so that they all say the same.
 */
#include <stdbool.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/zone.h"

/* "Mon 18 Jan 2027", on ctx. */
char *when_day(TALLOC_CTX *ctx, struct date d);

/* "09:00", on ctx; minute 1440 is "24:00". */
char *when_clock(TALLOC_CTX *ctx, int minute);

/* "UTC+8", "UTC+5:30", "UTC" of seconds east of Greenwich, on ctx. */
char *when_offset(TALLOC_CTX *ctx, int64_t seconds);

/* One wall clock's view of a stretch of time. */
struct when {
    struct local from, to;
    int64_t offset;   /* seconds east of Greenwich at `from` */
    const char *zone; /* IANA name, "UTC" */
};

struct when when_in(const struct zone *z, struct instant from,
                    struct instant to);

/* "Mon 18 Jan 2027 09:00-09:45"; without the day when it is `known` already; a
 * day before the end when it ends on another one. On ctx. */
char *when_span(TALLOC_CTX *ctx, const struct when *w, struct date known);

/* "Asia/Brunei (UTC+8)", "UTC" for UTC, on ctx. */
char *when_zone(TALLOC_CTX *ctx, const struct when *w);

/* Both: "Mon 18 Jan 2027 09:00-09:45 Asia/Brunei (UTC+8)", "01:00-01:45 UTC".
 * On ctx. */
char *when_print(TALLOC_CTX *ctx, const struct when *w, struct date known);
