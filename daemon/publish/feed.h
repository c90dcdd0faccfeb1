#pragma once
/*
 * iCalendar feeds of a version: RFC 5545, 7986. Pure: the same version gives
 * the same bytes. Built with libical, checked byte by byte and by libical's
 * restrictions before anybody sees them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"
#include "daemon/office/office.h"
#include "daemon/office/printed.h"
#include "daemon/plan/plan.h"

struct feed {
    const char *name;  /* "all", "body/ADGSOM", "partner/JP", "host/BN",
                          "cluster/JWG", "editions", "deadlines",
                          "deadlines/BN" */
    const char *path;  /* "/feeds/ADGSOM.ics" (INTERFACE of HTTP paths) */
    const char *title; /* calendar name */
    const char *body;  /* CRLF, folded at 75 octets */
    size_t size;
    const char *etag; /* strong, with quotes */
    struct instant modified;
    int events;
};

struct feeds {
    struct feed *rows; /* by name */
    size_t n;
    const char *too_large; /* the first that no client would take whole, and
                              how large it is; NULL none */
};

/* The feed of that name, or NULL. */
const struct feed *feeds_find(const struct feeds *feeds, const char *name);

/* Above these Google and others cut a calendar off. */
#define FEED_SIZE_LIMIT  ((size_t)900 << 10)
#define FEED_EVENT_LIMIT 1000

struct feed_input {
    const struct rules *rules;
    const struct plan *version; /* with uids, sequences, modified */
    /* Things of earlier versions that are gone or cancelled, as tombstones
     * (status cancelled); may be empty or NULL. */
    const struct plan *gone;
    const struct tasks *tasks; /* NULL none */
    /* The feeds as they were served so far, NULL not known: a feed that is the
     * same keeps its bytes, an address that was served stays. */
    const struct feeds *previous;
    /* What was ever printed: SEQUENCE and LAST-MODIFIED grow whenever the text
     * changes, and what was never in a feed gets no tombstone. NULL or empty:
     * what stands in `previous`. */
    const struct printed_list *printed;
    /* The first release after a restore: no feed may keep its octets. */
    bool restored;
    /* Nothing has a SEQUENCE below this: higher ones were seen before a
     * restore. 0 never restored. */
    int least;
    /* Names of feeds that were served once, besides those of `previous`. */
    const char **given;
    size_t n_given;
    struct instant now; /* of the release: what is past its keeping */
    struct instant release_at;
    const char *base_url;      /* "https://calendar.example.org" */
    const char *calendar_name; /* of the installation, for titles */
};

/* All events, written and numbered once for the calendars that show them. On
 * ctx; `in` must live as long. */
struct press;
struct press *press_make(TALLOC_CTX *ctx, const struct feed_input *in);
/* What is to be remembered of the events: of those that stand in a calendar
 * made with it, and once all public feeds were made, of all. Only rows that
 * differ from in->printed. On ctx. */
struct printed_list press_printed(TALLOC_CTX *ctx, const struct press *press);

/* The row of a UID, NULL when it was never printed. */
const struct printed *printed_row(const struct printed_list *p,
                                  const char *uid);

/* Renders all public feeds. A feed that fails its check is left out and named
 * in *ret_bad (text on ctx, "" when all are good); the others are returned. */
struct feeds feeds_render(TALLOC_CTX *ctx, struct press *press,
                          const char **ret_bad);
/* Only those of deadlines, everybody's and each owner's. */
struct feeds feeds_of_deadlines(TALLOC_CTX *ctx, struct press *press);

/* "partner/JP" -> "/feeds/partner-JP.ics", "body/ADGSOM" -> "/feeds/ADGSOM.ics"
 * ("/feeds/body-ALL.ics" where another calendar's begins so). On ctx. */
char *feed_path(TALLOC_CTX *ctx, const char *name);

/* One meeting alone (no calendar name), by uid: its octets as they stand in a
 * feed that is served. REPLY_NOTFOUND. */
bool feed_meeting(TALLOC_CTX *ctx, const struct feeds *served, const char *uid,
                  struct feed *ret, struct error *err) MUST_USE;
/* Is an event of this UID in one of them? */
bool feed_has_event(const struct feeds *served, const char *uid);

/* The calendar of one contact: what it hears of and the deadlines it owes, with
 * what is only for those it is for. It rings `alarm` minutes before a meeting,
 * 0 never. The feed's name is `name`; REPLY_INTERNAL when it does not pass its
 * check. */
bool feed_private(TALLOC_CTX *ctx, struct press *press, const char *name,
                  const struct contact *contact, int alarm, struct feed *ret,
                  struct error *err) MUST_USE;

/* Is there anything that those who are invited see in another way than others:
 * an item that is not for all, or an address to join by? */
bool feed_has_special(const struct plan *version);
/* All meetings as those see them who are invited; served to nobody. */
bool feed_invited(TALLOC_CTX *ctx, struct press *press, struct feed *ret,
                  struct error *err) MUST_USE;

/* What is served where a private calendar was, so that its entries leave the
 * device: one all-day event. `key` makes its UID. */
struct feed feed_withdrawn(TALLOC_CTX *ctx, const struct feed_input *in,
                           const char *key, const char *domain, const char *ask,
                           struct instant since);

/* RFC and client rules on a body: each finding a line of text. */
struct lint_row {
    const char *rule; /* "fold", "utf8", "tzid", "sequence", "size" ... */
    const char *text;
    int line;
    bool warning; /* is published all the same */
};
struct lint {
    struct lint_row *rows;
    size_t n;
};
struct lint feed_lint(TALLOC_CTX *ctx, const char *body, size_t size);
