#pragma once
/*
 * Who fetches which feed: counts by feed and family of client. Kept in memory,
 * written to the store once a minute and at the end.
 */
#include "daemon/serve/serve.h"

/* One more fetch of a feed by a program that calls itself so (NULL: it does not
 * say); full: with the body. */
void polls_count(struct serve *s, const char *feed, const char *user_agent,
                 bool full);
/* All counts, by the time they were first seen. */
const struct poll_row *polls_rows(const struct serve *s, size_t *ret_n);
void polls_load(struct serve *s);
/* Writes what has changed. */
void polls_save(struct serve *s);
