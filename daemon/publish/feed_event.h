#pragma once
/*
 * One VEVENT: what it says, and its octets. RFC 5545 3.6.1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/office/office.h"
#include "daemon/plan/plan.h"
#include "daemon/publish/feed.h"

/* How the alarm of an event begins and ends. */
#define EVENT_ALARM     "BEGIN:VALARM\r\nACTION:DISPLAY\r\n"
#define EVENT_ALARM_END "END:VALARM\r\n"

enum event_kind {
    EVENT_SPAN,    /* of an edition: all-day, nobody is busy */
    EVENT_MEETING, /* of an item: timed */
    EVENT_DEADLINE /* of a task: all-day, one day */
};

enum event_status { EVENT_TENTATIVE, EVENT_CONFIRMED, EVENT_CANCELLED };

struct event {
    enum event_kind kind;
    enum event_status status;
    const char *uid;
    int sequence;
    struct instant created, modified;
    struct date first, last; /* all-day ones: both days included */
    struct local start, end; /* meetings: on the venue's clock */
    const char *zone;
    struct instant start_utc, end_utc;
    const char *summary, *location, *description; /* clean; "" none */
    const char *url;                              /* NULL none */
    const char **categories;
    size_t n_categories;
    const struct edition *edition; /* what it belongs to; never NULL */
    const struct item *item;       /* of a meeting, else NULL */
    const char *step;              /* of a deadline, else NULL */
    const char **owners;           /* of a deadline: codes */
    size_t n_owners;

    const char *tzid;      /* given by event_settle_zone(): NULL in UTC */
    const char *vtimezone; /* its block */
    const char *text;      /* given by event_write() */
    const char *digest;    /* given by previous_settle() */
    bool shown;            /* stands in a calendar that was made */
    const char *fault;     /* why it cannot be written, NULL */
    bool checked;          /* libical has read it */
    const char *refused;   /* what it has against it, NULL */
};

struct events {
    struct event *rows;
    size_t n;
};

/* The instant it begins at, for the order of events. */
int64_t event_second(const struct event *e);

/* Finds the VTIMEZONE for meetings of the years first..last; a zone that
 * nobody knows is the event's fault. */
void event_settle_zone(struct event *e, int first, int last);

/* The VEVENT as folded lines into e->text, on ctx. */
void event_write(TALLOC_CTX *ctx, struct event *e);
/* The same as a private calendar has it, on ctx: CLASS says so, and it tells
 * where one joins by video. */
char *event_private_text(TALLOC_CTX *ctx, const struct event *e);

/* All events that the input's feeds are made of, in the order of the input,
 * without text. On ctx. (feed_collect.c) */
struct events events_collect(TALLOC_CTX *ctx, const struct feed_input *in);

/* The deadlines (feed_deadline.c), appended. */
void events_add_deadlines(TALLOC_CTX *ctx, const struct feed_input *in,
                          struct events *events);

/* May it be the UID of an event here: one word that needs no escapes? */
bool event_uid_is_good(const char *uid);
/* What a written event says (feed_previous.c): a property without parameters
 * as a time, INSTANT_NONE when it is not there. */
struct instant event_stamp(TALLOC_CTX *ctx, const char *text, const char *name);

/* What was printed before, by UID (feed_previous.c): in->printed, or when there
 * is nothing in it what the feeds say that were served. On ctx. */
struct printed_list previous_of(TALLOC_CTX *ctx, const struct feed_input *in);
/* Writes e with a SEQUENCE and a LAST-MODIFIED that grow exactly when its
 * text changes, whatever changed it. */
void previous_settle(TALLOC_CTX *ctx, const struct printed_list *p,
                     struct event *e, const struct feed_input *in);
