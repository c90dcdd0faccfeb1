/*
 * The feeds of a version.
 *
 * 1. Every event is written once; a meeting of two bodies is the same octets
 *    in every feed that shows it.
 * 2. A feed with a fault is left out and named; what was served stays.
 * 3. A feed in which nothing has changed keeps its octets, and its tag.
 */
#include "daemon/publish/feed.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_calendar.h"
#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_text.h"
#include "daemon/publish/feed_wanted.h"

static const char *said(const char *text)
{
    return text ? text : "";
}

/* Everything a rendering shares. */
struct press {
    TALLOC_CTX *ctx; /* of the bodies of the feeds in hand */
    TALLOC_CTX *job;
    const struct feed_input *in;
    struct printed_list previous;
    bool whole;           /* all public feeds were made */
    struct events events; /* by time, then UID, written */
    struct shapes *good;
};

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    int64_t s = event_second(x), t = event_second(y);

    return s != t ? (s < t ? -1 : 1) : strcmp(x->uid, y->uid);
}

static int year_of(struct instant t)
{
    return date_civil(instant_utc_date(t)).year;
}

/* One pair of years for all feeds, so that a meeting is the same in each. */
static void settle_zones(struct events *events)
{
    int first = 0, last = 0;

    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->rows[i];

        if (e->kind != EVENT_MEETING)
            continue;
        if (!first || year_of(e->start_utc) < first)
            first = year_of(e->start_utc);
        if (year_of(e->end_utc) > last)
            last = year_of(e->end_utc);
    }
    for (size_t i = 0; i < events->n; i++)
        event_settle_zone(&events->rows[i], first, last);
}

/* Cancelled things that nobody ever saw need no tombstone. */
static void drop_unseen(struct events *events, const struct printed_list *p)
{
    size_t n = 0;

    for (size_t i = 0; i < events->n; i++) {
        const struct printed *was = printed_row(p, events->rows[i].uid);

        if (events->rows[i].status != EVENT_CANCELLED || (was && was->seen))
            events->rows[n++] = events->rows[i];
    }
    events->n = n;
}

const struct feed *feeds_find(const struct feeds *feeds, const char *name)
{
    for (size_t i = 0; feeds && i < feeds->n; i++)
        if (strcmp(feeds->rows[i].name, name) == 0)
            return &feeds->rows[i];
    return NULL;
}

struct press *press_make(TALLOC_CTX *ctx, const struct feed_input *in)
{
    struct press *press = object_new(ctx, struct press);

    icalerror_set_errors_are_fatal(0);
    *press = (struct press){.ctx = ctx, .job = press, .in = in};
    press->previous = previous_of(press, in);
    press->good = object_new(press, struct shapes);
    press->events = events_collect(press, in);
    events_add_deadlines(press, in, &press->events);
    if (in->previous && !in->restored)
        drop_unseen(&press->events, &press->previous);
    settle_zones(&press->events);
    for (size_t i = 0; i < press->events.n; i++)
        previous_settle(press, &press->previous, &press->events.rows[i], in);
    if (press->events.n)
        qsort(press->events.rows, press->events.n, sizeof *press->events.rows,
              by_time);
    return press;
}

/* Once for all feeds that show it. */
static void check_event(const struct press *press, struct event *e)
{
    if (!e->checked)
        e->refused = event_fault(press->job, press->good, e);
    e->checked = true;
}

/* What the feed shows, each event checked. */
static const struct event **chosen(const struct press *press,
                                   const struct wanted *w, size_t *ret_n)
{
    const struct events *all = &press->events;
    const struct event **rows =
        array_new(press->job, const struct event *, all->n);
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!wanted_shows(press->in, &all->rows[i], w))
            continue;
        check_event(press, &all->rows[i]);
        all->rows[i].shown = true;
        rows[n++] = &all->rows[i];
    }
    *ret_n = n;
    return rows;
}

static const char *fault_of(const struct press *press,
                            const struct event **events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct event *e = events[i];
        const char *id = e->item ? e->item->id : e->edition->id;

        if (e->fault)
            return text_format(press->job, "%s: %s \"%s\"", id, e->fault,
                               said(e->zone));
        if (e->refused)
            return text_format(press->job, "%s: %s", id, e->refused);
    }
    return NULL;
}

static struct instant latest(const struct press *press,
                             const struct event **events, size_t n)
{
    struct instant t = n ? events[0]->modified : press->in->release_at;

    for (size_t i = 1; i < n; i++) {
        if (events[i]->modified.second > t.second)
            t = events[i]->modified;
    }
    return t;
}

/* The time of the release, above what it was even when a clock was set back:
 * who asks for what is newer must get it. */
static struct instant later(struct instant release_at, struct instant was)
{
    return release_at.second > was.second ? release_at
                                          : (struct instant){was.second + 1};
}

/* The calendar; the same octets as before when nothing in it has changed, else
 * the time of this release. */
static struct octets calendar_of(const struct press *press,
                                 const struct wanted *w,
                                 const struct event **events, size_t n,
                                 struct instant *ret_modified)
{
    const struct feed *before = feeds_find(press->in->previous, w->name);
    struct octets o;

    *ret_modified = before ? before->modified : latest(press, events, n);
    o = calendar_write(press->ctx, press->in, w, events, n, *ret_modified);
    if (before && (press->in->restored || before->size != o.n ||
                   memcmp(before->body, o.text, o.n) != 0)) {
        talloc_free(o.text);
        *ret_modified = later(press->in->release_at, before->modified);
        o = calendar_write(press->ctx, press->in, w, events, n, *ret_modified);
    }
    return o;
}

static bool is_too_large(const struct feed *f)
{
    return f->size > FEED_SIZE_LIMIT || f->events > FEED_EVENT_LIMIT;
}

/* False: *ret_fault says why it must not go out. */
static bool make_feed(const struct press *press, const struct wanted *w,
                      struct feed *ret, const char **ret_fault)
{
    size_t n;
    const struct event **events = chosen(press, w, &n);
    struct octets o;

    *ret = (struct feed){.events = (int)n};
    *ret_fault = fault_of(press, events, n);
    if (*ret_fault)
        return false;
    o = calendar_of(press, w, events, n, &ret->modified);
    ret->size = o.n;
    *ret_fault = calendar_fault(press->job, &o);
    if (*ret_fault)
        return false;
    ret->name = memory_text(press->ctx, w->name);
    ret->path = memory_text(press->ctx, w->path);
    ret->title = memory_text(press->ctx, w->title);
    ret->body = o.text;
    ret->etag = feed_etag(press->ctx, o.text, o.n);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct feed *)a)->name,
                  ((const struct feed *)b)->name);
}

static struct feeds make_all(TALLOC_CTX *ctx, struct press *press,
                             const struct wanted_list list,
                             const char **ret_bad)
{
    struct feeds feeds = {.rows = array_new(ctx, struct feed, list.n)};
    char *bad = memory_text(ctx, "");

    press->ctx = ctx;
    for (size_t i = 0; i < list.n; i++) {
        struct feed *f = &feeds.rows[feeds.n];
        const char *fault;
        bool good = make_feed(press, &list.rows[i], f, &fault);

        if (is_too_large(f) && !feeds.too_large)
            feeds.too_large =
                text_format(ctx, "%s has %d events and %zu octets",
                            list.rows[i].name, f->events, f->size);
        if (good)
            feeds.n++;
        else
            bad = text_format(ctx, "%s%s%s: %s", bad, bad[0] ? "; " : "",
                              list.rows[i].name, fault);
    }
    if (feeds.n)
        qsort(feeds.rows, feeds.n, sizeof *feeds.rows, by_name);
    *ret_bad = bad;
    return feeds;
}

struct feeds feeds_render(TALLOC_CTX *ctx, struct press *press,
                          const char **ret_bad)
{
    press->whole = true;
    return make_all(ctx, press, wanted_feeds(press->job, press->in), ret_bad);
}

struct feeds feeds_of_deadlines(TALLOC_CTX *ctx, struct press *press)
{
    struct wanted_list list = wanted_feeds(press->job, press->in);
    const char *bad;
    size_t n = 0;

    for (size_t i = 0; i < list.n; i++)
        if (list.rows[i].scope == SCOPE_DEADLINES ||
            list.rows[i].scope == SCOPE_OWNER)
            list.rows[n++] = list.rows[i];
    list.n = n;
    return make_all(ctx, press, list, &bad);
}

/* ------------------------------------------------------ what was printed */

static bool same_row(const struct printed *a, const struct printed *b)
{
    return a->sequence == b->sequence && a->seen == b->seen &&
           a->modified.second == b->modified.second &&
           strcmp(a->digest, b->digest) == 0;
}

static void remember(TALLOC_CTX *ctx, struct printed_list *list,
                     const struct printed *row)
{
    list->rows = array_grow(ctx, list->rows, struct printed, list->n + 1);
    list->rows[list->n++] = *row;
}

static int by_uid(const void *a, const void *b)
{
    const struct event *const *x = a, *const *y = b;

    return strcmp((*x)->uid, (*y)->uid);
}

/* What was there and is gone: should it come back, it is news. */
static void remember_gone(TALLOC_CTX *ctx, const struct press *press,
                          struct printed_list *list)
{
    const struct events *all = &press->events;
    const struct event **rows = array_new(ctx, const struct event *, all->n);

    for (size_t i = 0; i < all->n; i++)
        rows[i] = &all->rows[i];
    if (all->n)
        qsort(rows, all->n, sizeof *rows, by_uid);
    for (size_t i = 0, k = 0; i < press->previous.n; i++) {
        struct printed row = press->previous.rows[i];

        while (k < all->n && strcmp(rows[k]->uid, row.uid) < 0)
            k++;
        if ((k < all->n && strcmp(rows[k]->uid, row.uid) == 0) ||
            !row.digest[0])
            continue;
        row.digest = "";
        remember(ctx, list, &row);
    }
    talloc_free(rows);
}

struct printed_list press_printed(TALLOC_CTX *ctx, const struct press *press)
{
    struct printed_list list = {NULL, 0};

    for (size_t i = 0; i < press->events.n; i++) {
        const struct event *e = &press->events.rows[i];
        const struct printed *was = printed_row(&press->previous, e->uid);
        struct printed row = {.uid = e->uid,
                              .sequence = e->sequence,
                              .created = e->created,
                              .modified = e->modified,
                              .digest = e->digest,
                              .seen = e->shown || (was && was->seen)};

        if ((e->shown || press->whole) && !(was && same_row(was, &row)))
            remember(ctx, &list, &row);
    }
    remember_gone(ctx, press, &list);
    return list;
}

/* ------------------------------------------------------- private calendars */

bool feed_private(TALLOC_CTX *ctx, struct press *press, const char *name,
                  const struct contact *contact, int alarm, struct feed *ret,
                  struct error *err)
{
    struct wanted w = {.scope = SCOPE_PRIVATE,
                       .code = "",
                       .name = name,
                       .path = "",
                       .contact = contact,
                       .alarm = alarm};
    const char *fault;

    press->ctx = ctx;
    w.title = feed_clean_line(press, text_format(press, "%s: %s",
                                                 said(press->in->calendar_name),
                                                 said(contact->name)));
    w.about = feed_clean_line(press,
                              text_format(press, "Meetings and deadlines of %s",
                                          said(contact->name)));
    return make_feed(press, &w, ret, &fault) ||
           fail(err, REPLY_INTERNAL, "the private feed %s: %s", name, fault);
}

bool feed_has_special(const struct plan *version)
{
    for (size_t i = 0; i < version->n_items; i++)
        if (version->items[i].audience != ITEM_FOR_ALL ||
            said(version->items[i].link)[0])
            return true;
    return false;
}

bool feed_invited(TALLOC_CTX *ctx, struct press *press, struct feed *ret,
                  struct error *err)
{
    struct wanted w = {.scope = SCOPE_INVITED,
                       .code = "",
                       .name = "invited",
                       .path = "",
                       .title = "invited",
                       .about = "invited"};
    const char *fault;

    press->ctx = ctx;
    return make_feed(press, &w, ret, &fault) ||
           fail(err, REPLY_INTERNAL, "invitations: %s", fault);
}

struct feed feed_withdrawn(TALLOC_CTX *ctx, const struct feed_input *in,
                           const char *key, const char *domain, const char *ask,
                           struct instant since)
{
    struct date day = instant_utc_date(since);
    const char *tag = feed_etag(ctx, key, strlen(key));
    struct event e = {
        .kind = EVENT_SPAN,
        .status = EVENT_CONFIRMED,
        .uid = text_format(ctx, "%.32s@%s", tag + 1, domain),
        .created = since,
        .modified = since,
        .first = day,
        .last = day,
        .summary = "This calendar address was withdrawn",
        .location = "",
        .description = feed_clean(
            ctx, text_format(ctx,
                             "The entries of this calendar are gone because "
                             "its address was withdrawn. Please ask %s for a "
                             "new one, and remove this calendar.",
                             ask[0] ? ask : "the secretariat"))};
    const struct event *rows[] = {&e};
    struct wanted w = {.scope = SCOPE_PRIVATE, .path = ""};
    struct octets o;

    w.title = feed_clean_line(
        ctx, text_format(ctx, "%s: withdrawn", said(in->calendar_name)));
    w.about = w.title;
    event_write(ctx, &e);
    o = calendar_write(ctx, in, &w, rows, 1, since);
    return (struct feed){.name = "",
                         .path = "",
                         .title = w.title,
                         .body = o.text,
                         .size = o.n,
                         .etag = feed_etag(ctx, o.text, o.n),
                         .modified = since,
                         .events = 1};
}
