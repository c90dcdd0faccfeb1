#pragma once
/*
 * iTIP objects (RFC 5546, carried by iMIP, RFC 6047): one event, one attendee.
 * The event is taken out of a finished calendar, so that UID, SEQUENCE, DTSTAMP
 * and every word are those of the feed; only what is said again of the same
 * revision has a DTSTAMP of its own, to count as the later word (2.1.5).
 */
#include <stdbool.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"

struct itip_source;

/* ITIP_UNINVITE is a CANCEL, too: the event stands, for others. */
enum itip_method { ITIP_REQUEST, ITIP_CANCEL, ITIP_UNINVITE };

struct itip_party {
    const char *name, *address;
};

/* Reads a calendar (a feed's body). REPLY_INTERNAL when it is none. On ctx. */
bool itip_read(TALLOC_CTX *ctx, const char *calendar, struct itip_source **ret,
               struct error *err) MUST_USE;

/* Does the calendar have the event? *ret_sequence (may be NULL) is its
 * SEQUENCE. */
bool itip_has(const struct itip_source *s, const char *uid, int *ret_sequence);

/* The object for one attendee, CRLF, on ctx. stamp: its DTSTAMP, NONE that of
 * the feed. REPLY_NOTFOUND: no such event; REPLY_INPUT: an address that no URI
 * can hold. */
bool itip_write(TALLOC_CTX *ctx, const struct itip_source *s, const char *uid,
                enum itip_method method, struct instant stamp,
                const struct itip_party *organizer,
                const struct itip_party *attendee, char **ret,
                struct error *err) MUST_USE;

/* "REQUEST", "CANCEL" */
const char *itip_method_word(enum itip_method m);
