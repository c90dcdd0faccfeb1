/*
 * Invitations, changes and cancellations.
 *
 * 1. The event is a copy of the feed's, with ORGANIZER and ATTENDEE added: a
 *    client that has both sees one meeting.
 * 2. A CANCEL is STATUS:CANCELLED and asks for no answer.
 * 3. Only the time zones that the event names go with it.
 * 4. Addresses are checked before they become URIs: libical writes them as they
 *    are.
 */
#include "daemon/mail/itip.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/mailto.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_text.h"

struct entry {
    const char *uid;
    icalcomponent *event;
};

struct itip_source {
    icalcomponent *calendar;
    struct entry *rows; /* by uid */
    size_t n;
};

const char *itip_method_word(enum itip_method m)
{
    return m == ITIP_REQUEST ? "REQUEST" : "CANCEL";
}

/* ---- reading */

static int by_uid(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->uid,
                  ((const struct entry *)b)->uid);
}

static void end_component(void *c)
{
    icalcomponent_free(c);
}

static void index_events(struct itip_source *s)
{
    icalcompiter i =
        icalcomponent_begin_component(s->calendar, ICAL_VEVENT_COMPONENT);

    for (icalcomponent *e; (e = icalcompiter_deref(&i));
         icalcompiter_next(&i)) {
        const char *uid = icalcomponent_get_uid(e);

        if (!uid)
            continue;
        s->rows = array_grow(s, s->rows, struct entry, s->n + 1);
        s->rows[s->n++] = (struct entry){memory_text(s, uid), e};
    }
    if (s->n)
        qsort(s->rows, s->n, sizeof *s->rows, by_uid);
}

bool itip_read(TALLOC_CTX *ctx, const char *calendar, struct itip_source **ret,
               struct error *err)
{
    icalcomponent *c = icalparser_parse_string(calendar);
    struct itip_source *s;

    if (!c)
        return fail(err, REPLY_INTERNAL, "the feed is no calendar");
    s = object_new(ctx, struct itip_source);
    s->calendar = memory_hold(s, c, end_component);
    index_events(s);
    *ret = s;
    return true;
}

static icalcomponent *find_event(const struct itip_source *s, const char *uid)
{
    struct entry key = {uid, NULL};
    const struct entry *found =
        s->n ? bsearch(&key, s->rows, s->n, sizeof key, by_uid) : NULL;

    return found ? found->event : NULL;
}

bool itip_has(const struct itip_source *s, const char *uid, int *ret_sequence)
{
    icalcomponent *e = find_event(s, uid);

    if (e && ret_sequence)
        *ret_sequence = icalcomponent_get_sequence(e);
    return e != NULL;
}

/* ---- parties */

/* A parameter's value: what its quoting cannot hold goes (RFC 6868). */
static char *common_name(TALLOC_CTX *ctx, const char *name)
{
    char *cn = memory_text(ctx, name), *to = cn;

    for (const char *c = name; *c; c++)
        if ((unsigned char)*c >= ' ' && *c != 0x7f && *c != '"' && *c != '^')
            *to++ = *c;
    *to = '\0';
    return cn;
}

static bool check_address(const char *address, struct error *err)
{
    for (const char *c = address; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("<>\"\\", *c))
            return fail(err, REPLY_INPUT, "%.100s is no address", address);
    return address[0] != '\0' || fail(err, REPLY_INPUT, "an address is empty");
}

static void add_party(TALLOC_CTX *ctx, icalcomponent *e, icalproperty *p,
                      const char *name)
{
    char *cn = common_name(ctx, name);

    if (cn[0])
        icalproperty_add_parameter(p, icalparameter_new_cn(cn));
    icalcomponent_add_property(e, p);
}

static icalproperty *attendee_property(const char *uri, enum itip_method method)
{
    icalproperty *p = icalproperty_new_attendee(uri);

    icalproperty_add_parameter(
        p, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
    if (method == ITIP_REQUEST) {
        icalproperty_add_parameter(
            p, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
        icalproperty_add_parameter(p, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
    }
    return p;
}

/* ---- writing */

static const char *tzid_of(icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *p = icalcomponent_get_first_property(event, kind);
    icalparameter *tzid =
        p ? icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER) : NULL;

    return tzid ? icalparameter_get_tzid(tzid) : NULL;
}

static void add_zone(icalcomponent *to, icalcomponent *from, const char *tzid)
{
    icalcompiter i =
        icalcomponent_begin_component(from, ICAL_VTIMEZONE_COMPONENT);

    for (icalcomponent *z; (z = icalcompiter_deref(&i));
         icalcompiter_next(&i)) {
        icalproperty *p =
            icalcomponent_get_first_property(z, ICAL_TZID_PROPERTY);

        if (p && strcmp(icalproperty_get_tzid(p), tzid) == 0) {
            icalcomponent_add_component(to, icalcomponent_new_clone(z));
            return;
        }
    }
}

static void add_zones(icalcomponent *to, const struct itip_source *s,
                      icalcomponent *event)
{
    const char *start = tzid_of(event, ICAL_DTSTART_PROPERTY),
               *end = tzid_of(event, ICAL_DTEND_PROPERTY);

    if (start)
        add_zone(to, s->calendar, start);
    if (end && (!start || strcmp(start, end) != 0))
        add_zone(to, s->calendar, end);
}

static icalcomponent *frame(enum itip_method method)
{
    icalcomponent *c = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);

    icalcomponent_add_property(c, icalproperty_new_version("2.0"));
    icalcomponent_add_property(
        c, icalproperty_new_prodid("-//convened//convened//EN"));
    icalcomponent_add_property(c, icalproperty_new_calscale("GREGORIAN"));
    icalcomponent_add_property(
        c,
        icalproperty_new_method(method == ITIP_REQUEST ? ICAL_METHOD_REQUEST
                                                       : ICAL_METHOD_CANCEL));
    return c;
}

static char *text_of(TALLOC_CTX *ctx, icalcomponent *c)
{
    char *raw = icalcomponent_as_ical_string_r(c), *text;

    invariant(raw);
    text = feed_fold(ctx, raw);
    icalmemory_free_buffer(raw);
    icalcomponent_free(c);
    return text;
}

/* RFC 5546 3.2.5: a STATUS would say that the whole event is off. */
static void set_state(icalcomponent *event, enum itip_method method)
{
    icalproperty *status =
        icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);

    if (method == ITIP_CANCEL)
        icalcomponent_set_status(event, ICAL_STATUS_CANCELLED);
    if (method != ITIP_UNINVITE || !status)
        return;
    icalcomponent_remove_property(event, status);
    icalproperty_free(status);
}

bool itip_write(TALLOC_CTX *ctx, const struct itip_source *s, const char *uid,
                enum itip_method method, struct instant stamp,
                const struct itip_party *organizer,
                const struct itip_party *attendee, char **ret,
                struct error *err)
{
    icalcomponent *found = find_event(s, uid), *event, *c;
    TALLOC_CTX *tmp;

    if (!found)
        return fail(err, REPLY_NOTFOUND, "the feed has no event %s", uid);
    if (!check_address(organizer->address, err) ||
        !check_address(attendee->address, err))
        return false;
    tmp = talloc_new(NULL);
    event = icalcomponent_new_clone(found);
    add_party(tmp, event,
              icalproperty_new_organizer(mailto_print(tmp, organizer->address)),
              organizer->name);
    add_party(tmp, event,
              attendee_property(mailto_print(tmp, attendee->address), method),
              attendee->name);
    set_state(event, method);
    if (!instant_is_none(stamp))
        icalcomponent_set_dtstamp(event, icaltime_from_timet_with_zone(
                                             (time_t)stamp.second, 0,
                                             icaltimezone_get_utc_timezone()));
    c = frame(method);
    add_zones(c, s, event);
    icalcomponent_add_component(c, event);
    *ret = text_of(ctx, c);
    talloc_free(tmp);
    return true;
}
