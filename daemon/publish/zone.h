#pragma once
/*
 * VTIMEZONE blocks that every client reads (RFC 5545 3.6.5): the IANA name,
 * one STANDARD, at most one DAYLIGHT with a plain yearly rule.
 */

enum vtimezone_verdict {
    VTIMEZONE_GOOD,
    VTIMEZONE_REFUSED, /* no such form is right for it: write times in UTC */
    VTIMEZONE_UNKNOWN  /* no such zone */
};

/* The block of zone `name` for events of the years first..last, unfolded lines
 * with CRLF, *ret untouched unless good. Compared with the clock's own offsets
 * before its first use and kept for the life of the process (loop thread). */
enum vtimezone_verdict vtimezone(const char *name, int first, int last,
                                 const char **ret);

/* Forgets all blocks: the zone database was updated. */
void vtimezone_forget(void);
