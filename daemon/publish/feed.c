/*
 * The feeds of a version.
 *
 * 1. Every event is written once; a meeting of two bodies is the same octets
 *    in every feed that shows it.
 * 2. The calendar around the events is written by hand: libical cannot escape
 *    commas in X- values, and its order would be its own.
 * 3. Nothing leaves without having passed the lint and libical's own
 *    restrictions; a feed that fails is left out and named.
 */
#include "daemon/publish/feed.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_text.h"

enum scope {
    SCOPE_ALL,
    SCOPE_EDITIONS,
    SCOPE_DEADLINES,
    SCOPE_BODY,
    SCOPE_PARTNER,
    SCOPE_HOST,
    SCOPE_CLUSTER
};

/* One feed to make. */
struct wanted {
    enum scope scope;
    const char *code; /* of the body, partner, host, cluster; "" */
    const char *name, *path, *title, *about;
};

struct wanted_list {
    struct wanted *rows;
    size_t n;
};

static const char *said(const char *text)
{
    return text ? text : "";
}

/* ---------------------------------------------------------- which feeds are */

static bool is_wanted(const struct wanted_list *list, enum scope scope,
                      const char *code)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->rows[i].scope == scope && text_same(list->rows[i].code, code))
            return true;
    }
    return false;
}

/* `about` is the calendar's description, `of` what its title names. */
static void want(TALLOC_CTX *ctx, const struct feed_input *in,
                 struct wanted_list *list, enum scope scope, const char *code,
                 const char *of, const char *about)
{
    static const char *const words[] = {
        "all", "editions", "deadlines", "body", "partner", "host", "cluster"};
    const char *word = words[scope];
    struct wanted w = {.scope = scope, .code = code};

    if (is_wanted(list, scope, code))
        return;
    w.name = code[0] ? text_format(ctx, "%s/%s", word, code) : word;
    if (scope == SCOPE_BODY)
        w.path = text_format(ctx, "/feeds/%s.ics", code);
    else
        w.path = text_format(ctx, "/feeds/%s%s%s.ics", word, code[0] ? "-" : "",
                             code);
    w.title =
        feed_clean_line(ctx, text_format(ctx, "%s%s%s", said(in->calendar_name),
                                         of[0] ? ": " : "", of));
    w.about = feed_clean_line(ctx, about);
    list->rows = array_grow(ctx, list->rows, struct wanted, list->n + 1);
    list->rows[list->n++] = w;
}

/* Codes of an older version that the rules no longer know keep their address.
 */
static void want_forgotten(TALLOC_CTX *ctx, const struct feed_input *in,
                           struct wanted_list *list)
{
    const struct plan *v = in->version;

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (said(e->host)[0])
            want(ctx, in, list, SCOPE_HOST, e->host, e->host,
                 text_format(ctx, "Held in %s", e->host));
        want(ctx, in, list, SCOPE_CLUSTER, e->cluster, e->cluster,
             said(e->title));
    }
    for (size_t i = 0; i < v->n_items; i++) {
        const struct item *item = &v->items[i];

        for (size_t k = 0; k < item->n_bodies; k++)
            want(ctx, in, list, SCOPE_BODY, item->bodies[k], item->bodies[k],
                 text_format(ctx, "Meetings of %s", item->bodies[k]));
        if (said(item->partner)[0])
            want(ctx, in, list, SCOPE_PARTNER, item->partner, item->partner,
                 text_format(ctx, "Consultations with %s", item->partner));
    }
}

static struct wanted_list all_wanted(TALLOC_CTX *ctx,
                                     const struct feed_input *in)
{
    const struct rules *r = in->rules;
    struct wanted_list list = {0};

    want(ctx, in, &list, SCOPE_ALL, "", "", "All meetings");
    want(ctx, in, &list, SCOPE_EDITIONS, "", "editions",
         "What is held back-to-back, as days without times");
    want(ctx, in, &list, SCOPE_DEADLINES, "", "deadlines",
         "What is due when, and who owes it");
    for (size_t i = 0; i < r->n_bodies; i++)
        want(ctx, in, &list, SCOPE_BODY, r->bodies[i].code, r->bodies[i].code,
             text_format(ctx, "Meetings of the %s", said(r->bodies[i].title)));
    for (size_t i = 0; i < r->n_partners; i++)
        want(ctx, in, &list, SCOPE_PARTNER, r->partners[i].code,
             text_format(ctx, "with %s", said(r->partners[i].name)),
             text_format(ctx, "Consultations with %s",
                         said(r->partners[i].name)));
    for (size_t i = 0; i < r->n_members; i++)
        want(ctx, in, &list, SCOPE_HOST, r->members[i].code,
             text_format(ctx, "in %s", said(r->members[i].name)),
             text_format(ctx, "Meetings hosted by %s",
                         said(r->members[i].name)));
    for (size_t i = 0; i < r->n_clusters; i++)
        want(ctx, in, &list, SCOPE_CLUSTER, r->clusters[i].code,
             r->clusters[i].code, said(r->clusters[i].title));
    want_forgotten(ctx, in, &list);
    return list;
}

/* ------------------------------------------------------- what a feed shows */

static bool item_has_body(const struct item *i, const char *code)
{
    for (size_t k = 0; k < i->n_bodies; k++) {
        if (text_same(i->bodies[k], code))
            return true;
    }
    return false;
}

static bool item_is_in(const struct item *i, const struct wanted *w)
{
    if (w->scope == SCOPE_BODY)
        return item_has_body(i, w->code);
    return text_same(said(i->partner), w->code);
}

/* An edition's span is in a feed when one of its items is, timed or not. */
static bool span_is_in(const struct feed_input *in, const struct edition *e,
                       const struct wanted *w)
{
    const struct plan *plans[] = {in->version, in->gone};

    for (size_t p = 0; p < 2; p++) {
        size_t n = 0;
        const struct item *items =
            plans[p] ? plan_items_of(plans[p], e->id, &n) : NULL;

        for (size_t i = 0; i < n; i++) {
            if (item_is_in(&items[i], w))
                return true;
        }
    }
    return false;
}

static bool shows(const struct feed_input *in, const struct event *e,
                  const struct wanted *w)
{
    if (e->kind == EVENT_DEADLINE || w->scope == SCOPE_DEADLINES)
        return e->kind == EVENT_DEADLINE && w->scope == SCOPE_DEADLINES;
    switch (w->scope) {
    case SCOPE_EDITIONS:
        return e->kind == EVENT_SPAN;
    case SCOPE_HOST:
        return text_same(said(e->edition->host), w->code);
    case SCOPE_CLUSTER:
        return text_same(e->edition->cluster, w->code);
    case SCOPE_BODY:
    case SCOPE_PARTNER:
        return e->item ? item_is_in(e->item, w) : span_is_in(in, e->edition, w);
    case SCOPE_ALL:
    case SCOPE_DEADLINES:
        break;
    }
    return true;
}

/* ------------------------------------------------------------------ octets */

/* A body that grows. */
struct octets {
    TALLOC_CTX *ctx;
    char *text;
    size_t n;
};

static void put(struct octets *o, const char *text)
{
    size_t n = strlen(text);

    o->text = array_grow(o->ctx, o->text, char, o->n + n + 1);
    memcpy(o->text + o->n, text, n + 1);
    o->n += n;
}

static void put_line(struct octets *o, const char *name, const char *value)
{
    char *line = text_format(o->ctx, "%s%s\r\n", name, value);
    char *folded = feed_fold(o->ctx, line);

    if (value[0])
        put(o, folded);
    talloc_free(folded);
    talloc_free(line);
}

static void put_stamp(struct octets *o, const char *name, struct instant at)
{
    struct local l = local_of_seconds(at.second);
    struct civil c = date_civil(l.date);
    char value[96];

    (void)snprintf(value, sizeof value, "%04d%02d%02dT%02d%02d%02dZ", c.year,
                   c.month, c.day, l.minute / 60, l.minute % 60,
                   (int)(at.second - local_seconds(l)));
    put_line(o, name, value);
}

static void put_head(struct octets *o, struct instant modified)
{
    put(o, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
           "PRODID:-//convened//convened//EN\r\nCALSCALE:GREGORIAN\r\n");
    put_stamp(o, "LAST-MODIFIED:", modified);
}

/* What a calendar that is subscribed to says of itself. */
static void put_names(struct octets *o, const struct feed_input *in,
                      const struct wanted *w)
{
    const struct member *seat = in->rules->sector.seat;
    char *title = feed_escape(o->ctx, w->title);
    char *about = feed_escape(o->ctx, w->about);
    char *source = feed_address(o->ctx, in->base_url, w->path, "");

    put_line(o, "NAME:", title);
    put_line(o, "X-WR-CALNAME:", title);
    put_line(o, "DESCRIPTION:", about);
    put_line(o, "X-WR-CALDESC:", about);
    put_line(o, "X-WR-TIMEZONE:",
             seat && seat->zone ? zone_name(seat->zone) : "UTC");
    put_line(o, "SOURCE;VALUE=URI:", said(source));
    put(o, "REFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n"
           "X-PUBLISHED-TTL:PT4H\r\nCOLOR:steelblue\r\n");
    talloc_free(title);
    talloc_free(about);
    talloc_free(source);
}

static int by_tzid(const void *a, const void *b)
{
    const struct event *const *x = a, *const *y = b;

    return strcmp((*x)->tzid, (*y)->tzid);
}

/* Each zone once, only those that are used, by name. */
static void put_zones(struct octets *o, const struct event **events, size_t n)
{
    const struct event **zoned = array_new(o->ctx, const struct event *, n);
    size_t n_zoned = 0;

    for (size_t i = 0; i < n; i++) {
        if (events[i]->tzid)
            zoned[n_zoned++] = events[i];
    }
    if (n_zoned)
        qsort(zoned, n_zoned, sizeof *zoned, by_tzid);
    for (size_t i = 0; i < n_zoned; i++) {
        if (i == 0 || strcmp(zoned[i]->tzid, zoned[i - 1]->tzid) != 0)
            put(o, zoned[i]->vtimezone);
    }
    talloc_free(zoned);
}

/* ------------------------------------------------------------------ checks */

/* NULL when libical, too, takes it for a good calendar. */
static const char *libical_says(TALLOC_CTX *ctx, const char *body)
{
    icalcomponent *calendar = icalparser_parse_string(body), *clone;
    const char *fault = NULL;
    int errors;

    if (!calendar)
        return "libical cannot read it";
    clone = icalcomponent_new_clone(calendar); /* the check writes into it */
    errors = icalcomponent_count_errors(calendar);
    if (errors)
        fault = text_format(ctx, "libical finds %d errors", errors);
    else if (!icalrestriction_check(clone))
        fault = "libical finds it against the rules of RFC 5545";
    icalcomponent_free(clone);
    icalcomponent_free(calendar);
    return fault;
}

static const char *lint_says(TALLOC_CTX *ctx, const char *body, size_t size)
{
    struct lint lint = feed_lint(ctx, body, size);

    for (size_t i = 0; i < lint.n; i++) {
        const struct lint_row *row = &lint.rows[i];

        if (row->warning)
            continue;
        if (row->line)
            return text_format(ctx, "line %d: %s: %s", row->line, row->rule,
                               row->text);
        return text_format(ctx, "%s: %s", row->rule, row->text);
    }
    return NULL;
}

/* ------------------------------------------------------------------- feeds */

/* Everything a rendering shares. */
struct press {
    TALLOC_CTX *ctx; /* of the bodies */
    TALLOC_CTX *job;
    const struct feed_input *in;
    struct events events; /* by time, then UID, written */
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
static void drop_unseen(struct events *events, const struct previous *p)
{
    size_t n = 0;

    for (size_t i = 0; i < events->n; i++) {
        if (events->rows[i].status != EVENT_CANCELLED ||
            previous_has(p, events->rows[i].uid))
            events->rows[n++] = events->rows[i];
    }
    events->n = n;
}

static struct press *set_up(TALLOC_CTX *ctx, const struct feed_input *in)
{
    struct press *press = object_new(ctx, struct press);
    struct previous *previous = previous_read(press, in->previous);

    icalerror_set_errors_are_fatal(0);
    *press = (struct press){.ctx = ctx, .job = press, .in = in};
    press->events = events_collect(press, in);
    events_add_deadlines(press, in, &press->events);
    if (in->previous)
        drop_unseen(&press->events, previous);
    settle_zones(&press->events);
    for (size_t i = 0; i < press->events.n; i++)
        previous_settle(press, previous, &press->events.rows[i],
                        in->release_at);
    if (press->events.n)
        qsort(press->events.rows, press->events.n, sizeof *press->events.rows,
              by_time);
    return press;
}

static const struct event **chosen(const struct press *press,
                                   const struct wanted *w, size_t *ret_n)
{
    const struct events *all = &press->events;
    const struct event **rows =
        array_new(press->job, const struct event *, all->n);
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (shows(press->in, &all->rows[i], w))
            rows[n++] = &all->rows[i];
    }
    *ret_n = n;
    return rows;
}

static const char *fault_of(const struct press *press,
                            const struct event **events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (events[i]->fault)
            return text_format(press->job, "%s: %s \"%s\"",
                               events[i]->item ? events[i]->item->id
                                               : events[i]->edition->id,
                               events[i]->fault, said(events[i]->zone));
    }
    return NULL;
}

static struct octets write_calendar(const struct press *press,
                                    const struct wanted *w,
                                    const struct event **events, size_t n,
                                    struct instant modified)
{
    struct octets o = {.ctx = press->ctx};

    put_head(&o, modified);
    if (w)
        put_names(&o, press->in, w);
    put_zones(&o, events, n);
    for (size_t i = 0; i < n; i++)
        put(&o, events[i]->text);
    put(&o, "END:VCALENDAR\r\n");
    return o;
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

static const struct feed *served(const struct press *press, const char *name)
{
    const struct feeds *feeds = press->in->previous;

    for (size_t i = 0; feeds && i < feeds->n; i++) {
        if (strcmp(feeds->rows[i].name, name) == 0)
            return &feeds->rows[i];
    }
    return NULL;
}

/* The calendar; the same octets as before when nothing in it has changed, else
 * the time of this release. */
static struct octets calendar_of(const struct press *press,
                                 const struct wanted *w,
                                 const struct event **events, size_t n,
                                 struct instant *ret_modified)
{
    const struct feed *before = served(press, w->name);
    struct octets o;

    *ret_modified = before ? before->modified : latest(press, events, n);
    o = write_calendar(press, w, events, n, *ret_modified);
    if (before &&
        (before->size != o.n || memcmp(before->body, o.text, o.n) != 0)) {
        talloc_free(o.text);
        *ret_modified = press->in->release_at;
        o = write_calendar(press, w, events, n, *ret_modified);
    }
    return o;
}

/* False: *ret_fault says why it must not go out. */
static bool make_feed(const struct press *press, const struct wanted *w,
                      struct feed *ret, const char **ret_fault)
{
    size_t n;
    const struct event **events = chosen(press, w, &n);
    struct octets o;

    *ret_fault = fault_of(press, events, n);
    if (*ret_fault)
        return false;
    *ret = (struct feed){.events = (int)n};
    o = calendar_of(press, w, events, n, &ret->modified);
    *ret_fault = lint_says(press->job, o.text, o.n);
    if (!*ret_fault)
        *ret_fault = libical_says(press->job, o.text);
    if (*ret_fault)
        return false;
    ret->name = memory_text(press->ctx, w->name);
    ret->path = memory_text(press->ctx, w->path);
    ret->title = memory_text(press->ctx, w->title);
    ret->body = o.text;
    ret->size = o.n;
    ret->etag = feed_etag(press->ctx, o.text, o.n);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct feed *)a)->name,
                  ((const struct feed *)b)->name);
}

struct feeds feeds_render(TALLOC_CTX *ctx, const struct feed_input *in,
                          const char **ret_bad)
{
    struct press *press = set_up(ctx, in);
    struct wanted_list list = all_wanted(press->job, in);
    struct feeds feeds = {.rows = array_new(ctx, struct feed, list.n)};
    char *bad = memory_text(ctx, "");

    for (size_t i = 0; i < list.n; i++) {
        const char *fault;

        if (make_feed(press, &list.rows[i], &feeds.rows[feeds.n], &fault))
            feeds.n++;
        else
            bad = text_format(ctx, "%s%s%s: %s", bad, bad[0] ? "; " : "",
                              list.rows[i].name, fault);
    }
    if (feeds.n)
        qsort(feeds.rows, feeds.n, sizeof *feeds.rows, by_name);
    *ret_bad = bad;
    talloc_free(press);
    return feeds;
}

/* ------------------------------------------------------------- one meeting */

static bool write_meeting(struct press *press, const struct event *e,
                          struct feed *ret, struct error *err)
{
    struct octets o;
    const char *fault = fault_of(press, &e, 1);

    if (fault)
        return fail(err, REPLY_INTERNAL, "%s", fault);
    o = write_calendar(press, NULL, &e, 1, e->modified);
    fault = lint_says(press->job, o.text, o.n);
    if (!fault)
        fault = libical_says(press->job, o.text);
    if (fault)
        return fail(err, REPLY_INTERNAL, "the calendar of %s is bad: %s",
                    e->uid, fault);
    *ret = (struct feed){
        .name = memory_text(press->ctx, e->uid),
        .path = feed_address(press->ctx, "http://", "/meetings/", e->uid),
        .title = memory_text(press->ctx, e->summary),
        .body = o.text,
        .size = o.n,
        .etag = feed_etag(press->ctx, o.text, o.n),
        .modified = e->modified,
        .events = 1};
    ret->path =
        text_format(press->ctx, "%s.ics", ret->path + strlen("http://"));
    return true;
}

bool feed_meeting(TALLOC_CTX *ctx, const struct feed_input *in, const char *uid,
                  struct feed *ret, struct error *err)
{
    struct press *press = set_up(ctx, in);
    bool good = false, found = false;

    for (size_t i = 0; i < press->events.n && !found; i++) {
        found = strcmp(press->events.rows[i].uid, uid) == 0;
        if (found)
            good = write_meeting(press, &press->events.rows[i], ret, err);
    }
    talloc_free(press);
    if (!found)
        return fail(err, REPLY_NOTFOUND, "no meeting with that UID");
    return good;
}
