/*
 * Foreign iCalendar behind guard rails: libical sees only the few lines that
 * are asked for, never a recurrence or a time zone of somebody else, both of
 * which can hold it up for ever; nesting, number and length are bounded.
 */
#include "ctl/reader_calendar.h"

#include <libical/ical.h>
#include <string.h>

#include "daemon/base/mailto.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define VALUE_MOST      2048
#define CALENDAR_MOST   (256 * 1024)
#define LINE_MOST       (64 * 1024)
#define NESTING_MOST    4
#define COMPONENTS_MOST 20000

/* ---- calendars: the guard rails */

/* The next line of an iCalendar text, unfolded, on ctx; NULL at its end. */
char *unfolded_line(TALLOC_CTX *ctx, const char **text)
{
    const char *p = *text;
    char *line, *to;
    size_t n = 0;

    if (!*p)
        return NULL;
    for (;; n++) {
        n += strcspn(p + n, "\n");
        if (!p[n] || (p[n + 1] != ' ' && p[n + 1] != '\t'))
            break;
    }
    line = to = memory_text_n(ctx, p, n);
    *text = p[n] ? p + n + 1 : p + n;
    for (const char *c = line; *c; c++) {
        if (*c == '\n' || (*c == '\r' && c[1] == '\n')) {
            c += *c == '\r';
            c++; /* the blank behind */
        } else if (*c != '\r') {
            *to++ = *c;
        }
    }
    *to = '\0';
    return line;
}

/* Is the line of that property? */
static bool is_line(const char *line, const char *name)
{
    size_t n = strlen(name);

    return text_begins(line, name) && (line[n] == ':' || line[n] == ';');
}

static bool is_wanted(const char *line, bool in_event)
{
    static const char *const wanted[] = {
        "UID",     "SEQUENCE", "RECURRENCE-ID", "ATTENDEE", "COMMENT",
        "DTSTAMP", "DTSTART",  "DTEND",         NULL};

    if (!in_event)
        return is_line(line, "METHOD");
    for (size_t i = 0; wanted[i]; i++)
        if (is_line(line, wanted[i]))
            return true;
    return false;
}

/* The length of `text` when it is cut to `most` octets between characters. */
size_t text_cut(const char *text, size_t most)
{
    size_t n = strnlen(text, most + 1);

    if (n <= most)
        return n;
    for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--;
    return n;
}

struct strainer {
    char *kept;       /* what libical may see */
    int depth, apart; /* open components; open ones that are left out */
    int components;
    bool in_event;
    const char *refused;
};

static void keep(struct strainer *s, const char *line)
{
    s->kept = talloc_asprintf_append_buffer(
        s->kept, "%.*s\r\n", (int)text_cut(line, VALUE_MOST), line);
}

static void open_component(struct strainer *s, const char *name)
{
    bool calendar = s->depth == 0 && text_same(name, "VCALENDAR");
    bool event = s->depth == 1 && text_same(name, "VEVENT");

    s->depth++;
    if (++s->components > COMPONENTS_MOST)
        s->refused = "components in the calendar";
    else if (s->depth > NESTING_MOST)
        s->refused = "components inside of components";
    else if (s->apart > 0 || (!calendar && !event))
        s->apart++;
    else
        keep(s, calendar ? "BEGIN:VCALENDAR" : "BEGIN:VEVENT");
    s->in_event = s->apart == 0 && event;
}

static void close_component(struct strainer *s)
{
    if (s->depth == 0)
        return;
    s->depth--;
    if (s->apart > 0)
        s->apart--;
    else
        keep(s, s->depth == 0 ? "END:VCALENDAR" : "END:VEVENT");
    s->in_event = s->apart == 0 && s->depth == 2;
}

static void strain_line(struct strainer *s, TALLOC_CTX *ctx, const char *line)
{
    if (strlen(line) > LINE_MOST)
        s->refused = "octets in a line of the calendar";
    else if (text_begins(line, "BEGIN:"))
        open_component(s, text_trim(ctx, line + strlen("BEGIN:")));
    else if (text_begins(line, "END:"))
        close_component(s);
    else if (s->depth > 0 && s->apart == 0 && is_wanted(line, s->in_event))
        keep(s, line);
}

/* The lines that are asked for, or NULL and what there is too much of. */
static char *strain(TALLOC_CTX *ctx, const char *text, const char **ret_refused)
{
    struct strainer s = {.kept = memory_text(ctx, "")};
    TALLOC_CTX *tmp = talloc_new(ctx);
    char *line;

    while (!s.refused && (line = unfolded_line(tmp, &text))) {
        strain_line(&s, tmp, line);
        talloc_free(line);
    }
    while (!s.refused && s.depth > 0)
        close_component(&s); /* cut off at its end: take what is there */
    talloc_free(tmp);
    *ret_refused = s.refused;
    return s.refused ? NULL : s.kept;
}

/* ---- calendars: what they say */

static void end_text(void *text)
{
    icalmemory_free_buffer(text);
}

/* The value of a property as it is written, on ctx; NULL none. */
static const char *value_of(TALLOC_CTX *ctx, icalcomponent *c,
                            icalproperty_kind kind)
{
    icalproperty *p = icalcomponent_get_first_property(c, kind);
    char *text = p ? icalproperty_get_value_as_string_r(p) : NULL;

    return text ? memory_hold(ctx, text, end_text) : NULL;
}

static const char *partstat_word(icalproperty *attendee)
{
    icalparameter *p =
        icalproperty_get_first_parameter(attendee, ICAL_PARTSTAT_PARAMETER);

    switch ((int)(p ? icalparameter_get_partstat(p) : ICAL_PARTSTAT_NONE)) {
    case ICAL_PARTSTAT_ACCEPTED:
        return "ACCEPTED";
    case ICAL_PARTSTAT_DECLINED:
        return "DECLINED";
    case ICAL_PARTSTAT_TENTATIVE:
        return "TENTATIVE";
    case ICAL_PARTSTAT_DELEGATED:
        return "DELEGATED";
    default:
        return "NEEDS-ACTION";
    }
}

/* The one who answers: the first attendee with an answer, else the first. */
static icalproperty *answering(icalcomponent *event)
{
    icalproperty *first = NULL;

    for (icalproperty *p =
             icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
         p;
         p = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY)) {
        if (strcmp(partstat_word(p), "NEEDS-ACTION") != 0)
            return p;
        if (!first)
            first = p;
    }
    return first;
}

static void read_attendee(TALLOC_CTX *ctx, icalcomponent *event,
                          struct answer *ret)
{
    icalproperty *p = answering(event);
    const char *uri = p ? icalproperty_get_attendee(p) : NULL;

    if (!uri)
        return;
    ret->attendee = mailto_address(ctx, uri);
    ret->partstat = partstat_word(p);
}

/* "20270118T090000Z" as it is written, when it could be a time at all. */
static const char *time_of(TALLOC_CTX *ctx, icalcomponent *event,
                           icalproperty_kind kind)
{
    const char *value = value_of(ctx, event, kind);

    return value && strspn(value, "0123456789TZ") == strlen(value) ? value
                                                                   : NULL;
}

static const char *tzid_of(icalcomponent *event)
{
    icalproperty *p =
        icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    icalparameter *tzid =
        p ? icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER) : NULL;

    return tzid ? icalparameter_get_tzid(tzid) : NULL;
}

static void read_event(TALLOC_CTX *ctx, icalcomponent *event,
                       struct answer *ret)
{
    icalproperty *comment =
        icalcomponent_get_first_property(event, ICAL_COMMENT_PROPERTY);

    ret->uid = icalcomponent_get_uid(event);
    ret->sequence = value_of(ctx, event, ICAL_SEQUENCE_PROPERTY);
    ret->recurrence_id = value_of(ctx, event, ICAL_RECURRENCEID_PROPERTY);
    ret->dtstamp = time_of(ctx, event, ICAL_DTSTAMP_PROPERTY);
    read_attendee(ctx, event, ret);
    ret->comment = comment ? icalproperty_get_comment(comment) : NULL;
    if (!ret->is_counter)
        return;
    ret->start = time_of(ctx, event, ICAL_DTSTART_PROPERTY);
    ret->end = time_of(ctx, event, ICAL_DTEND_PROPERTY);
    ret->tzid = tzid_of(event);
}

static void end_calendar(void *c)
{
    icalcomponent_free(c);
}

bool calendar_answer(TALLOC_CTX *ctx, const char *text, struct answer *ret,
                     const char **ret_refused)
{
    icalcomponent *c, *event;
    int method;

    if (strlen(text) > CALENDAR_MOST) {
        *ret_refused = "octets in the calendar";
        return false;
    }
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    text = strain(ctx, text, ret_refused);
    c = text && text[0] ? icalparser_parse_string(text) : NULL;
    if (!c)
        return false;
    memory_hold(ctx, c, end_calendar);
    method = (int)icalcomponent_get_method(c);
    event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
    if (!event ||
        (method != ICAL_METHOD_REPLY && method != ICAL_METHOD_COUNTER &&
         method != ICAL_METHOD_REFRESH))
        return false;
    ret->method = icalproperty_method_to_string((icalproperty_method)method);
    ret->is_counter = method == ICAL_METHOD_COUNTER;
    read_event(ctx, event, ret);
    return true;
}
