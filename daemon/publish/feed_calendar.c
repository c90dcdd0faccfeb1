/*
 * The calendar around the events. It is written by hand: libical cannot escape
 * commas in X- values, and its order would be its own. Nothing leaves without
 * having passed the lint and libical's own restrictions.
 */
#include "daemon/publish/feed_calendar.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_text.h"

#define CALENDAR_BEGIN                                                         \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"                                       \
    "PRODID:-//convened//convened//EN\r\nCALSCALE:GREGORIAN\r\n"
#define CALENDAR_END "END:VCALENDAR\r\n"

static const char *said(const char *text)
{
    return text ? text : "";
}

/* ------------------------------------------------------------------ octets */

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
    put(o, CALENDAR_BEGIN);
    put_stamp(o, "LAST-MODIFIED:", modified);
}

/* Whose calendar it is: one that is nobody's alone is of the first sector. */
static const struct sector *sector_of(const struct rules *r,
                                      const struct wanted *w)
{
    const struct body *b =
        w->scope == SCOPE_BODY ? rules_body(r, w->code) : NULL;

    if (b)
        return b->sector;
    if (w->scope == SCOPE_CLUSTER)
        return rules_sector(r, w->code);
    return w->scope == SCOPE_PRIVATE && w->contact
               ? contact_sector(r, w->contact)
               : &r->sectors[0];
}

/* What a calendar that is subscribed to says of itself. */
static void put_names(struct octets *o, const struct feed_input *in,
                      const struct wanted *w)
{
    const struct member *seat = sector_of(in->rules, w)->seat;
    char *title = feed_escape(o->ctx, w->title);
    char *about = feed_escape(o->ctx, w->about);
    char *source = feed_address(o->ctx, in->base_url, w->path, "");

    put_line(o, "NAME:", title);
    put_line(o, "X-WR-CALNAME:", title);
    put_line(o, "DESCRIPTION:", about);
    put_line(o, "X-WR-CALDESC:", about);
    put_line(o, "X-WR-TIMEZONE:",
             seat && seat->zone ? zone_name(seat->zone) : "UTC");
    if (w->scope != SCOPE_PRIVATE && w->path[0]) /* else it tells a secret */
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

/* Rings so long before a meeting that is to be held, where that was asked for.
 * An alarm is the last of its event. */
static void put_alarm(struct octets *o, const struct event *e, int minutes)
{
    char *trigger = text_format(o->ctx, "-PT%dM", minutes);
    char *summary = feed_escape(o->ctx, e->summary);

    put(o, EVENT_ALARM);
    put_line(o, "TRIGGER:", trigger);
    put_line(o, "DESCRIPTION:", summary);
    put(o, EVENT_ALARM_END);
    talloc_free(trigger);
    talloc_free(summary);
}

/* Not the same for everybody. */
static bool is_special(const struct event *e)
{
    return e->item && (e->item->audience != ITEM_FOR_ALL ||
                       (e->item->link && e->item->link[0]));
}

static void put_private(struct octets *o, const struct event *e, int alarm)
{
    static const char end[] = "END:VEVENT\r\n";
    char *text = event_private_text(o->ctx, e);

    if (alarm && e->kind == EVENT_MEETING && e->status != EVENT_CANCELLED) {
        text[strlen(text) - strlen(end)] = '\0';
        put(o, text);
        put_alarm(o, e, alarm);
        put(o, end);
    } else {
        put(o, text);
    }
    talloc_free(text);
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

struct octets calendar_write(TALLOC_CTX *ctx, const struct feed_input *in,
                             const struct wanted *w,
                             const struct event **events, size_t n,
                             struct instant modified)
{
    struct octets o = {.ctx = ctx};

    put_head(&o, modified);
    if (w)
        put_names(&o, in, w);
    put_zones(&o, events, n);
    for (size_t i = 0; i < n; i++)
        if (w && (w->scope == SCOPE_PRIVATE ||
                  (w->scope == SCOPE_INVITED && is_special(events[i]))))
            put_private(&o, events[i], w->alarm);
        else
            put(&o, events[i]->text);
    put(&o, CALENDAR_END);
    return o;
}

/* ------------------------------------------------------------------ checks */

/* NULL when libical, too, takes it for a good calendar. */
static const char *libical_says(TALLOC_CTX *ctx, const char *body,
                                bool known_shape)
{
    icalcomponent *calendar = icalparser_parse_string(body);
    const char *fault = NULL;
    int errors;

    if (!calendar)
        return "libical cannot read it";
    errors = icalcomponent_count_errors(calendar);
    if (errors)
        fault = text_format(ctx, "libical finds %d errors", errors);
    else if (!known_shape &&
             !icalrestriction_check(calendar)) /* writes into it */
        fault = "libical finds it against the rules of RFC 5545";
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

const char *calendar_fault(TALLOC_CTX *ctx, const struct octets *o)
{
    const char *fault = lint_says(ctx, o->text, o->n);
    const char *first = strstr(o->text, "\r\nBEGIN:VEVENT\r\n");
    char *around;

    if (fault)
        return fault;
    around = first ? text_format(ctx, "%.*s\r\n" CALENDAR_END,
                                 (int)(first - o->text), o->text)
                   : o->text;
    return libical_says(ctx, around, false);
}

/* What the restrictions look at: which properties there are, how often, and the
 * word of STATUS. */
static char *shape_of(TALLOC_CTX *ctx, const char *text)
{
    char *shape = array_new(ctx, char, strlen(text) + 1);
    size_t n = 0;

    while (*text) {
        size_t size = strcspn(text, "\n"), name = strcspn(text, ":;\r\n");

        if (text_begins(text, "STATUS:"))
            name = size;
        if (*text != ' ') {
            memcpy(shape + n, text, name);
            n += name;
            shape[n++] = '\n';
        }
        text += size + (text[size] == '\n');
    }
    shape[n] = '\0';
    return shape;
}

static bool is_known(const struct shapes *s, const char *shape)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->rows[i], shape) == 0)
            return true;
    }
    return false;
}

const char *event_fault(TALLOC_CTX *ctx, struct shapes *good,
                        const struct event *e)
{
    char *alone = text_format(ctx, CALENDAR_BEGIN "%s" CALENDAR_END, e->text);
    char *shape = shape_of(ctx, e->text);
    bool known = is_known(good, shape);
    const char *fault = libical_says(ctx, alone, known);

    talloc_free(alone);
    if (fault || known) {
        talloc_free(shape);
        return fault;
    }
    good->rows = array_grow(ctx, good->rows, const char *, good->n + 1);
    good->rows[good->n++] = shape;
    return NULL;
}
