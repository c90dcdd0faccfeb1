/*
 * The events of a version: a span for every edition from its first proposal
 * on, a timed meeting for every item once its edition is confirmed (and from
 * then on, should it be proposed anew), tombstones for what is cancelled or
 * gone.
 *
 * A text here is made of the thing's own fields and of names in the rules,
 * never of other things of the plan: what changes it, changes its numbers.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_text.h"
#include "daemon/publish/when.h"

#define TOMBSTONE_DAYS 30
#define PAST_MONTHS    12

struct collector {
    TALLOC_CTX *ctx;
    const struct feed_input *in;
    struct date today;
    struct events events;
};

static const char *said(const char *text)
{
    return text ? text : "";
}

/* The edition of a thing in the version, or among what is gone, or NULL. */
static const struct edition *edition_of(const struct feed_input *in,
                                        const char *id)
{
    const struct edition *e = plan_edition(in->version, id);

    return !e && in->gone ? plan_edition(in->gone, id) : e;
}

/* -------------------------------------------------------------- what stays */

static bool is_kept(const struct collector *c, enum event_status status,
                    struct date last)
{
    if (status == EVENT_CANCELLED)
        return last.day + TOMBSTONE_DAYS >= c->today.day;
    return last.day >= date_add_months(c->today, -PAST_MONTHS).day;
}

static bool is_there(const struct collector *c, const char *uid)
{
    for (size_t i = 0; i < c->events.n; i++) {
        if (strcmp(c->events.rows[i].uid, uid) == 0)
            return true;
    }
    return false;
}

bool event_uid_is_good(const char *uid)
{
    return uid && uid[0] && strlen(uid) <= 255 && !strpbrk(uid, " \t;,:\\\"") &&
           text_is_clean(uid, strlen(uid), "");
}

static void add(struct collector *c, const struct event *e, struct date last)
{
    struct event *row;

    if (!is_kept(c, e->status, last) || !event_uid_is_good(e->uid))
        return;
    c->events.rows =
        array_grow(c->ctx, c->events.rows, struct event, c->events.n + 1);
    row = &c->events.rows[c->events.n++];
    *row = *e;
    if (instant_is_none(row->modified))
        row->modified = c->in->release_at;
    if (instant_is_none(row->created))
        row->created = row->modified;
}

/* ------------------------------------------------------------------- words */

static const char *prefix(enum event_status status, bool postponed)
{
    if (status == EVENT_CANCELLED)
        return postponed ? "POSTPONED: " : "CANCELLED: ";
    return status == EVENT_TENTATIVE ? "(tbc) " : "";
}

static const char *title_of(struct collector *c, const char *title,
                            const char *instead)
{
    return feed_title(c->ctx, title, instead);
}

/* "Bandar Seri Begawan, Brunei Darussalam", "Singapore". */
static char *location(struct collector *c, const char *city, const char *host)
{
    const struct member *m = host[0] ? rules_member(c->in->rules, host) : NULL;
    const char *name = m ? said(m->name) : "";
    char *text;

    if (!city[0] || strcmp(city, name) == 0)
        return feed_clean_line(c->ctx, name);
    text = text_format(c->ctx, "%s%s%s", city, name[0] ? ", " : "", name);
    return feed_clean_line(c->ctx, text);
}

/* One category per code; a comma would make two of one. */
static void set_categories(struct collector *c, struct event *e,
                           const char **codes, size_t n)
{
    e->categories = array_new(c->ctx, const char *, n);
    for (size_t i = 0; i < n; i++) {
        char *code = feed_clean_line(c->ctx, said(codes[i]));

        for (char *p = code; (p = strpbrk(p, ",;\\"));)
            *p = ' ';
        code = feed_clean_line(c->ctx, code);
        if (code[0])
            e->categories[e->n_categories++] = code;
    }
}

static char *changed_on(struct collector *c, struct instant modified)
{
    if (instant_is_none(modified))
        modified = c->in->release_at;
    return text_format(c->ctx, "Last changed on %s (UTC)",
                       when_day(c->ctx, instant_utc_date(modified)));
}

static char *address(struct collector *c, const char *edition)
{
    return feed_address(c->ctx, c->in->base_url, "/editions/", edition);
}

/* ------------------------------------------------------------------- spans */

static bool span_status(const struct edition *e, enum event_status *ret)
{
    switch (e->status) {
    case EDITION_PROPOSED:
        *ret = EVENT_TENTATIVE;
        return true;
    case EDITION_CONFIRMED:
    case EDITION_HELD:
        *ret = EVENT_CONFIRMED;
        return true;
    case EDITION_POSTPONED:
    case EDITION_CANCELLED:
        *ret = EVENT_CANCELLED;
        return true;
    case EDITION_LAPSED:
        break;
    }
    return false;
}

static const char *span_note(const struct edition *e)
{
    switch (e->status) {
    case EDITION_PROPOSED:
        return "The dates are proposed and not yet confirmed.\n";
    case EDITION_POSTPONED:
        return "Postponed; a new date will come.\n";
    case EDITION_CANCELLED:
        return "Cancelled.\n";
    case EDITION_CONFIRMED:
    case EDITION_HELD:
    case EDITION_LAPSED:
        break;
    }
    return "";
}

static char *span_description(struct collector *c, const struct edition *e,
                              const struct event *event)
{
    char range[96];
    char *text = text_format(
        c->ctx, "%s\n%s%s%s\n%s%s%s%s%s%s%s", title_of(c, e->title, e->id),
        date_range_print(event->first, event->last, range, sizeof range),
        event->location[0] ? ", " : "", event->location, span_note(e),
        said(e->zone)[0] ? "Local time: " : "", said(e->zone),
        said(e->zone)[0] ? "\n" : "", changed_on(c, e->modified),
        event->url ? "\n" : "", event->url ? event->url : "");

    return feed_clean(c->ctx, text);
}

/* The bodies that meet in an edition, each once, in the order of the agenda. */
static void span_categories(struct collector *c, struct event *event,
                            const struct plan *plan, const char *edition)
{
    const char **codes = NULL;
    size_t n = 0, n_items;
    const struct item *items = plan_items_of(plan, edition, &n_items);

    for (size_t i = 0; i < n_items; i++) {
        for (size_t k = 0;
             items[i].audience == ITEM_FOR_ALL && k < items[i].n_bodies; k++) {
            bool known = false;

            for (size_t j = 0; j < n && !known; j++)
                known = text_same(codes[j], items[i].bodies[k]);
            if (known)
                continue;
            codes = array_grow(c->ctx, codes, const char *, n + 1);
            codes[n++] = items[i].bodies[k];
        }
    }
    set_categories(c, event, codes, n);
}

/* `dates` has the days where e has lost them. */
static void add_span(struct collector *c, const struct plan *plan,
                     const struct edition *e, const struct edition *dates)
{
    struct event event = {.kind = EVENT_SPAN,
                          .uid = e->uid,
                          .sequence = e->sequence,
                          .created = e->created,
                          .modified = e->modified,
                          .first = dates->start,
                          .last = dates->end,
                          .edition = e};

    if (!span_status(e, &event.status))
        return;
    if (date_is_none(event.last) || event.last.day < event.first.day)
        event.last = event.first;
    event.summary = feed_clean_line(
        c->ctx,
        text_format(c->ctx, "%s%s",
                    prefix(event.status, e->status == EDITION_POSTPONED),
                    title_of(c, e->title, e->id)));
    event.location = location(c, said(e->city), said(e->host));
    event.url = address(c, e->id);
    event.description = span_description(c, e, &event);
    span_categories(c, &event, plan, e->id);
    add(c, &event, event.last);
}

static void add_spans(struct collector *c)
{
    const struct plan *v = c->in->version, *gone = c->in->gone;

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i], *dates = e;

        if (date_is_none(dates->start) && gone)
            dates = plan_edition(gone, e->id);
        if (dates && !date_is_none(dates->start))
            add_span(c, v, e, dates);
    }
    for (size_t i = 0; gone && i < gone->n_editions; i++) {
        struct edition *e = &gone->editions[i];

        if (date_is_none(e->start) || is_there(c, said(e->uid)) ||
            plan_edition(v, e->id))
            continue;
        e = object_new(c->ctx, struct edition);
        *e = gone->editions[i];
        e->status = EDITION_CANCELLED;
        add_span(c, gone, e, e);
    }
}

/* ---------------------------------------------------------------- meetings */

/* Did it stand in a calendar once, while its edition had been confirmed? */
static bool was_seen(const struct feed_input *in, const struct item *i)
{
    const struct printed *p =
        in->printed ? printed_row(in->printed, said(i->uid)) : NULL;

    return p && p->seen;
}

static bool meeting_status(const struct feed_input *in, const struct edition *e,
                           const struct item *i, enum event_status *ret)
{
    switch (e->status) {
    case EDITION_CONFIRMED:
    case EDITION_HELD:
        *ret = i->status == ITEM_CANCELLED  ? EVENT_CANCELLED
               : i->status == ITEM_PROPOSED ? EVENT_TENTATIVE
                                            : EVENT_CONFIRMED;
        return true;
    case EDITION_POSTPONED:
    case EDITION_CANCELLED:
        *ret = EVENT_CANCELLED;
        return true;
    case EDITION_PROPOSED:
        if (!was_seen(in, i))
            break; /* its edition's span stands for it */
        *ret = i->status == ITEM_CANCELLED ? EVENT_CANCELLED : EVENT_TENTATIVE;
        return true;
    case EDITION_LAPSED:
        break;
    }
    return false;
}

/* The clocks of the venue, of UTC and of the partner's capital, a line each. */
static char *clocks(struct collector *c, const struct item *i)
{
    const struct partner *p =
        said(i->partner)[0] ? rules_partner(c->in->rules, i->partner) : NULL;
    struct when venue = {i->start, i->end,
                         local_seconds(i->start) - i->start_utc.second,
                         said(i->zone)};
    struct when utc = when_in(zone_utc(), i->start_utc, i->end_utc);
    char *text =
        text_format(c->ctx, "%s\n%s", when_print(c->ctx, &venue, DATE_NONE),
                    when_print(c->ctx, &utc, i->start.date));

    if (p && p->zone) {
        struct when capital = when_in(p->zone, i->start_utc, i->end_utc);

        text = text_format(c->ctx, "%s\n%s: %s", text, said(p->name),
                           when_print(c->ctx, &capital, i->start.date));
    }
    return text;
}

static char *meeting_description(struct collector *c, const struct item *i,
                                 const struct event *event)
{
    char *part = i->parts > 1 ? text_format(c->ctx, " (part %d of %d)", i->part,
                                            i->parts)
                              : memory_text(c->ctx, "");
    char *text = text_format(c->ctx, "%s%s\n%s\n%s%s%s%s%s",
                             title_of(c, i->title, i->code), part, clocks(c, i),
                             event->location, event->location[0] ? "\n" : "",
                             changed_on(c, i->modified), event->url ? "\n" : "",
                             event->url ? event->url : "");

    return feed_clean(c->ctx, text);
}

static char *meeting_summary(struct collector *c, const struct item *i,
                             enum event_status status, bool postponed)
{
    char *text = text_format(c->ctx, "%s%s", prefix(status, postponed),
                             title_of(c, i->title, i->code));

    if (i->parts > 1)
        text = text_format(c->ctx, "%s (%d/%d)", text, i->part, i->parts);
    return feed_clean_line(c->ctx, text);
}

static void add_meeting(struct collector *c, const struct edition *e,
                        const struct item *i, enum event_status status)
{
    struct event event = {.kind = EVENT_MEETING,
                          .status = status,
                          .uid = i->uid,
                          .sequence = i->sequence,
                          .created = i->created,
                          .modified = i->modified,
                          .start = i->start,
                          .end = i->end,
                          .zone = said(i->zone),
                          .start_utc = i->start_utc,
                          .end_utc = i->end_utc,
                          .edition = e,
                          .item = i};

    if (date_is_none(i->start.date) || instant_is_none(i->start_utc) ||
        i->end_utc.second <= i->start_utc.second)
        return; /* never laid out */
    event.summary =
        meeting_summary(c, i, status, e->status == EDITION_POSTPONED);
    event.location = location(c, said(i->city), said(e->host));
    event.url = address(c, e->id);
    event.description = meeting_description(c, i, &event);
    set_categories(c, &event, i->bodies, i->n_bodies);
    add(c, &event, i->end.date);
}

static void add_meetings(struct collector *c)
{
    const struct plan *v = c->in->version, *gone = c->in->gone;
    enum event_status status;

    for (size_t i = 0; i < v->n_items; i++) {
        const struct edition *e = plan_edition(v, v->items[i].edition);

        if (e && meeting_status(c->in, e, &v->items[i], &status))
            add_meeting(c, e, &v->items[i], status);
    }
    for (size_t i = 0; gone && i < gone->n_items; i++) {
        const struct item *item = &gone->items[i];
        const struct edition *e = edition_of(c->in, item->edition);

        if (e && !is_there(c, said(item->uid)))
            add_meeting(c, e, item, EVENT_CANCELLED);
    }
}

struct events events_collect(TALLOC_CTX *ctx, const struct feed_input *in)
{
    struct collector c = {
        .ctx = ctx, .in = in, .today = instant_utc_date(in->now)};

    add_spans(&c);
    add_meetings(&c);
    return c.events;
}
