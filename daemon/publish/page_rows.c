/*
 * Editions and items as the public sees them: the one JSON view,
 * without what only officers see, with links and times in words.
 *
 * Items of an edition whose dates are only proposed have no times here, as in
 * the feeds: a time that is not settled must not reach anybody's calendar.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"
#include "daemon/publish/view.h"
#include "daemon/publish/when.h"

#define TITLES_MOST 6

/* ----------------------------------------------------------------- editions */

bool page_shows(const struct edition *e)
{
    return e->status != EDITION_LAPSED;
}

static enum edition_status status_of(const struct page_job *job,
                                     const struct edition *e)
{
    return edition_status_on(e, job->today);
}

json_t *page_public(const struct page_job *job, const struct edition *e)
{
    static const char *const inner[] = {"cost",   "warnings", "pinned",
                                        "reason", "by",       "forced"};
    json_t *row = view_edition(job->in->rules, e);

    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
        (void)json_object_del(row, inner[i]);
    page_set(row, "status", value_text(edition_status_word(status_of(job, e))));
    return row;
}

char *page_edition_name(const struct page_job *job, const struct edition *e)
{
    const char *title = e->title[0] ? e->title : e->id;

    return e->n > 0 ? text_format(job->ctx, "%s %d/%d", title, e->cycle, e->n)
                    : text_format(job->ctx, "%s %d", title, e->cycle);
}

static const char *status_text(enum edition_status s, bool over)
{
    switch (s) {
    case EDITION_PROPOSED:
        return over ? "Not confirmed" : "Dates proposed";
    case EDITION_CONFIRMED:
        return "Confirmed";
    case EDITION_POSTPONED:
        return "Postponed";
    case EDITION_CANCELLED:
        return "Cancelled";
    case EDITION_HELD:
        return "Held";
    case EDITION_LAPSED:
        break;
    }
    return "Lapsed";
}

static bool is_over(const struct page_job *job, const struct edition *e)
{
    return !date_is_none(e->end) && e->end.day < job->today.day;
}

/* Its dates as they are to be read, NULL when they do not hold. */
static char *dates_text(const struct page_job *job, const struct edition *e)
{
    char buf[96];

    if (date_is_none(e->start) || e->status == EDITION_POSTPONED)
        return NULL;
    return page_dashes(job->ctx,
                       date_range_print(e->start, e->end, buf, sizeof buf));
}

static void add_host(const struct page_job *job, const struct edition *e,
                     json_t *row)
{
    const struct member *m = rules_member(job->in->rules, e->host);
    const char *name = m ? m->name : e->host;

    page_set(row, "host_name", value_text(name));
    page_set(row, "host_url",
             m ? value_text(page_link(job, "/hosts/", m->code)) : json_null());
    if (e->city[0] && name[0] && !text_same(e->city, name))
        page_set(row, "place",
                 value_taken(text_format(NULL, "%s, %s", e->city, name)));
    else
        page_set(row, "place", value_text(e->city[0] ? e->city : name));
}

/* The day it is at the venue: at breakfast in Brunei it is still yesterday in
 * UTC, and what begins today is not "tomorrow". */
static struct date today_at(const struct page_job *job, const struct edition *e)
{
    const struct zone *z = page_zone_named(job, e->zone);

    return z ? zone_local(z, job->in->now).date : job->today;
}

/* Days from today, in words; null when it is over, off or has no date. */
static json_t *distance(const struct page_job *job, const struct edition *e)
{
    int days;

    if (date_is_none(e->start) || is_over(job, e) ||
        e->status == EDITION_POSTPONED || e->status == EDITION_CANCELLED)
        return json_null();
    days = e->start.day - today_at(job, e).day;
    if (days <= 0)
        return value_text("now");
    if (days == 1)
        return value_text("tomorrow");
    if (days < 15)
        return value_taken(text_format(NULL, "in %d days", days));
    if (days < 60)
        return value_taken(text_format(NULL, "in %d weeks", (days + 3) / 7));
    if (days < 2 * 365)
        return value_taken(text_format(NULL, "in %d months", (days + 15) / 30));
    return value_taken(text_format(NULL, "in %d years", (days + 182) / 365));
}

/* A card is no agenda: of many meetings it names the first, and counts. */
static void shorten(json_t *titles)
{
    size_t more = json_array_size(titles);

    if (more <= TITLES_MOST)
        return;
    more -= TITLES_MOST - 1;
    while (json_array_size(titles) > TITLES_MOST - 1)
        (void)json_array_remove(titles, json_array_size(titles) - 1);
    value_append(titles,
                 value_taken(text_format(NULL, "%zu more meetings", more)));
}

/* Titles of its meetings, and how many sessions with partners there are. */
static void add_contents(const struct page_job *job, const struct edition *e,
                         json_t *row)
{
    size_t n, consults = 0;
    const struct item *items = plan_items_of(job->in->version, e->id, &n);
    json_t *titles = value_made(json_array());
    const char *name = page_edition_name(job, e);

    for (size_t i = 0; i < n; i++) {
        if (items[i].part > 1 || items[i].status == ITEM_CANCELLED)
            continue;
        if (items[i].kind == ITEM_CONSULT)
            consults++;
        else if ((items[i].kind == ITEM_MEETING ||
                  items[i].kind == ITEM_EVENT ||
                  items[i].kind == ITEM_DIALOGUE) &&
                 strcmp(items[i].title, name) != 0)
            value_append(titles, value_text(items[i].title));
    }
    shorten(titles);
    page_set(row, "meetings", titles);
    page_set(row, "consultations",
             consults == 0 ? json_null()
             : consults == 1
                 ? value_text("1 consultation with a partner")
                 : value_taken(text_format(
                       NULL, "%zu consultations with partners", consults)));
}

json_t *page_edition_row(const struct page_job *job, const struct edition *e)
{
    json_t *row = page_public(job, e);
    const char *dates = dates_text(job, e);
    enum edition_status status = status_of(job, e);

    page_set(row, "name", value_text(page_edition_name(job, e)));
    page_set(row, "sector_title",
             page_sector(job, rules_sector(job->in->rules, e->cluster)));
    page_set(row, "url", value_text(page_link(job, "/editions/", e->id)));
    page_set(row, "dates_text", value_text(dates));
    page_set(row, "status_text",
             value_text(status_text(status, is_over(job, e))));
    page_set(row, "proposed", json_boolean(status == EDITION_PROPOSED));
    page_set(row, "confirmed", json_boolean(status == EDITION_CONFIRMED));
    page_set(row, "cancelled", json_boolean(status == EDITION_CANCELLED));
    page_set(row, "postponed", json_boolean(status == EDITION_POSTPONED));
    page_set(row, "was_held", json_boolean(status == EDITION_HELD));
    page_set(row, "over", json_boolean(is_over(job, e)));
    page_set(row, "distance", distance(job, e));
    add_host(job, e, row);
    add_contents(job, e, row);
    return row;
}

bool page_is_timed(const struct edition *e)
{
    return e->status == EDITION_CONFIRMED || e->status == EDITION_HELD ||
           e->status == EDITION_CANCELLED;
}

json_t *page_venue_zone(const struct page_job *job, const struct edition *e)
{
    const struct zone *z = page_zone_named(job, e->zone);

    if (!z || date_is_none(e->start))
        return json_null();
    return page_zone(job, z, zone_instant(z, (struct local){e->start, 720}));
}

/* -------------------------------------------------------------------- items */

static void drop_times(json_t *row)
{
    static const char *const times[] = {
        "start", "end",  "start_utc",      "end_utc", "day", "from",
        "to",    "when", "start_utc_text", "capital", "uid", "utc_offset"};

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        page_set(row, times[i], json_null());
}

static json_t *codes_with_links(const struct page_job *job,
                                const struct item *i)
{
    json_t *rows = value_made(json_array());

    for (size_t k = 0; k < i->n_bodies; k++) {
        const struct body *b = rules_body(job->in->rules, i->bodies[k]);

        value_append(
            rows,
            value_object("{s:o,s:o}", "code", value_text(i->bodies[k]), "url",
                         b ? value_text(page_link(job, "/bodies/", b->code))
                           : json_null()));
    }
    return rows;
}

/* The reader's own clock, when asked for: whole, and its two halves. */
static void add_reader_clock(const struct page_job *job, const struct item *i,
                             json_t *row)
{
    static const char *const names[] = {"reader_text", "reader_time",
                                        "reader_zone_text"};
    struct when w;

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        page_set(row, names[k], json_null());
    if (!page_clock(job))
        return;
    w = when_in(page_clock(job), i->start_utc, i->end_utc);
    page_set(row, "reader_text",
             value_text(page_dashes(job->ctx,
                                    when_print(job->ctx, &w, i->start.date))));
    page_set(row, "reader_time",
             value_text(page_dashes(job->ctx,
                                    when_span(job->ctx, &w, i->start.date))));
    page_set(row, "reader_zone_text",
             value_text(page_dashes(job->ctx, when_zone(job->ctx, &w))));
}

/* The clock of the partner's capital, but where it is the reader's. */
static json_t *capital_clock(const struct page_job *job, const json_t *row)
{
    const json_t *capital = json_object_get(row, "capital");
    const char *zone = json_string_value(json_object_get(capital, "zone"));

    if (!zone || (job->reader && strcmp(zone, zone_name(job->reader)) == 0))
        return value_text("");
    return value_text(page_dashes(
        job->ctx, json_string_value(json_object_get(capital, "text"))));
}

static void add_clocks(const struct page_job *job, const struct item *i,
                       json_t *row)
{
    const char *utc = json_string_value(json_object_get(row, "start_utc_text"));
    const char *time =
        text_format(job->ctx, "%s-%s", when_clock(job->ctx, i->start.minute),
                    when_clock(job->ctx, i->end.date.day > i->start.date.day &&
                                                 i->end.minute == 0
                                             ? 1440
                                             : i->end.minute));

    page_set(row, "time_text", value_text(page_dashes(job->ctx, time)));
    page_set(row, "utc_text",
             value_text(utc ? page_dashes(job->ctx, utc) : ""));
    page_set(row, "capital_text", capital_clock(job, row));
    add_reader_clock(job, i, row);
    page_set(row, "day_text", value_text(page_day(job->ctx, i->start.date)));
    page_set(row, "day_short",
             value_text(page_day_short(job->ctx, i->start.date)));
}

/* What is cancelled may never have been in a calendar, or be there no more. */
static bool has_calendar(const struct page_job *job, const struct item *i,
                         bool cancelled)
{
    return i->uid[0] && (!cancelled || !job->in->feeds ||
                         feed_has_event(job->in->feeds, i->uid));
}

json_t *page_item_row(const struct page_job *job, const struct edition *e,
                      const struct item *i)
{
    json_t *row = view_item(job->in->rules, i);
    const struct partner *p = rules_partner(job->in->rules, i->partner);
    bool timed = !instant_is_none(i->start_utc) && page_is_timed(e);
    bool cancelled =
        i->status == ITEM_CANCELLED || e->status == EDITION_CANCELLED;

    (void)json_object_del(row, "pinned");
    (void)json_object_del(row, "audience");
    (void)json_object_del(row, "link");
    if (timed)
        add_clocks(job, i, row);
    else
        drop_times(row);
    page_set(row, "timed", json_boolean(timed));
    page_set(row, "cancelled", json_boolean(cancelled));
    page_set(row, "part_text",
             i->parts > 1 ? value_taken(text_format(NULL, "part %d of %d",
                                                    i->part, i->parts))
                          : json_null());
    page_set(row, "body_links", codes_with_links(job, i));
    page_set(row, "partner_url",
             p ? value_text(page_link(job, "/partners/", p->code))
               : json_null());
    page_set(
        row, "ics",
        timed && has_calendar(job, i, cancelled)
            ? value_taken(text_format(NULL, "%s/meetings/%s.ics", job->root,
                                      page_encode(job->ctx, i->uid)))
            : json_null());
    return row;
}
