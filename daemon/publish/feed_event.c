/*
 * Writes one VEVENT with libical and folds its lines again.
 *
 * 1. Always DTEND, never DURATION; the end of an all-day event is exclusive.
 * 2. No ORGANIZER, ATTENDEE, METHOD, VALARM or recurrence: clients ask, ring
 *    or disagree.
 * 3. The order of properties never changes: equal events are equal octets.
 */
#include "daemon/publish/feed_event.h"

#include <libical/ical.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_text.h"
#include "daemon/publish/zone.h"

int64_t event_second(const struct event *e)
{
    return e->kind == EVENT_MEETING ? e->start_utc.second
                                    : (int64_t)e->first.day * 86400;
}

void event_settle_zone(struct event *e, int first, int last)
{
    if (e->kind != EVENT_MEETING)
        return;
    switch (vtimezone(e->zone, first, last, &e->vtimezone)) {
    case VTIMEZONE_GOOD:
        e->tzid = e->zone;
        break;
    case VTIMEZONE_REFUSED:
        break; /* right in UTC, and only there */
    case VTIMEZONE_UNKNOWN:
        e->fault = "unknown time zone";
        break;
    }
    if (strcmp(e->zone, "UTC") == 0)
        e->tzid = NULL; /* its times end in Z */
}

/* ------------------------------------------------------------------- times */

static struct icaltimetype day_time(struct date d)
{
    struct civil c = date_civil(d);
    struct icaltimetype t = icaltime_null_time();

    t.year = c.year;
    t.month = c.month;
    t.day = c.day;
    t.is_date = 1;
    return t;
}

static struct icaltimetype wall_time(struct local l)
{
    struct icaltimetype t;

    l = local_of_seconds(local_seconds(l)); /* 24:00 is the next day's 00:00 */
    t = day_time(l.date);
    t.is_date = 0;
    t.hour = l.minute / 60;
    t.minute = l.minute % 60;
    return t;
}

static struct icaltimetype utc_time(struct instant at)
{
    struct local l = local_of_seconds(at.second);
    struct icaltimetype t = wall_time(l);

    t.second = (int)(at.second - local_seconds(l));
    t.zone = icaltimezone_get_utc_timezone();
    return t;
}

static void add_zoned(icalcomponent *v, const struct event *e,
                      icalproperty *property)
{
    if (e->tzid)
        icalproperty_add_parameter(property, icalparameter_new_tzid(e->tzid));
    icalcomponent_add_property(v, property);
}

static void add_times(icalcomponent *v, const struct event *e)
{
    if (e->kind != EVENT_MEETING) {
        icalcomponent_add_property(
            v, icalproperty_new_dtstart(day_time(e->first)));
        icalcomponent_add_property(
            v, icalproperty_new_dtend(day_time(date_add_days(e->last, 1))));
        return;
    }
    add_zoned(v, e,
              icalproperty_new_dtstart(e->tzid ? wall_time(e->start)
                                               : utc_time(e->start_utc)));
    add_zoned(v, e,
              icalproperty_new_dtend(e->tzid ? wall_time(e->end)
                                             : utc_time(e->end_utc)));
}

/* ------------------------------------------------------------------- words */

static void add_x(icalcomponent *v, const char *name, const char *value)
{
    icalproperty *p = icalproperty_new_x(value);

    icalproperty_set_x_name(p, name);
    icalcomponent_add_property(v, p);
}

static void add_status(icalcomponent *v, const struct event *e)
{
    static const icalproperty_status words[] = {
        ICAL_STATUS_TENTATIVE, ICAL_STATUS_CONFIRMED, ICAL_STATUS_CANCELLED};
    bool busy = e->kind == EVENT_MEETING && e->status == EVENT_CONFIRMED;
    bool perhaps = e->kind == EVENT_MEETING && e->status == EVENT_TENTATIVE;

    icalcomponent_add_property(v, icalproperty_new_status(words[e->status]));
    icalcomponent_add_property(
        v, icalproperty_new_transp(busy ? ICAL_TRANSP_OPAQUE
                                        : ICAL_TRANSP_TRANSPARENT));
    add_x(v, "X-MICROSOFT-CDO-BUSYSTATUS",
          busy      ? "BUSY"
          : perhaps ? "TENTATIVE"
                    : "FREE");
    if (e->kind != EVENT_MEETING)
        add_x(v, "X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE");
}

static void add_texts(icalcomponent *v, const struct event *e)
{
    icalcomponent_add_property(v, icalproperty_new_summary(e->summary));
    if (e->location[0])
        icalcomponent_add_property(v, icalproperty_new_location(e->location));
    if (e->description[0])
        icalcomponent_add_property(
            v, icalproperty_new_description(e->description));
    if (e->url)
        icalcomponent_add_property(v, icalproperty_new_url(e->url));
    for (size_t i = 0; i < e->n_categories; i++)
        icalcomponent_add_property(
            v, icalproperty_new_categories(e->categories[i]));
    icalcomponent_add_property(v, icalproperty_new_class(ICAL_CLASS_PUBLIC));
}

static icalcomponent *component(const struct event *e)
{
    icalcomponent *v = icalcomponent_new(ICAL_VEVENT_COMPONENT);

    icalcomponent_add_property(v, icalproperty_new_uid(e->uid));
    icalcomponent_add_property(v,
                               icalproperty_new_dtstamp(utc_time(e->modified)));
    icalcomponent_add_property(v,
                               icalproperty_new_created(utc_time(e->created)));
    icalcomponent_add_property(
        v, icalproperty_new_lastmodified(utc_time(e->modified)));
    icalcomponent_add_property(v, icalproperty_new_sequence(e->sequence));
    add_times(v, e);
    add_status(v, e);
    add_texts(v, e);
    return v;
}

void event_write(TALLOC_CTX *ctx, struct event *e)
{
    icalcomponent *v = component(e);
    char *text = icalcomponent_as_ical_string_r(v);

    e->text = feed_fold(ctx, text);
    icalmemory_free_buffer(text);
    icalcomponent_free(v);
}

/* The event with an address in its description. */
static const char *with_link(TALLOC_CTX *ctx, const struct event *e,
                             const char *link)
{
    struct event joined = *e;

    joined.description =
        feed_clean(ctx, text_format(ctx, "%s\nJoin: %s", e->description, link));
    event_write(ctx, &joined);
    return joined.text;
}

char *event_private_text(TALLOC_CTX *ctx, const struct event *e)
{
    static const char mark[] = "\r\nCLASS:PUBLIC\r\n";
    const char *link = e->item && e->item->link ? e->item->link : "";
    const char *text = link[0] ? with_link(ctx, e, link) : e->text;
    const char *at = strstr(text, mark);

    if (!at)
        return memory_text(ctx, text);
    return text_format(ctx, "%.*s\r\nCLASS:CONFIDENTIAL\r\n%s",
                       (int)(at - text), text, at + strlen(mark));
}
