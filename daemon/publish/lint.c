/*
 * Looks for faults in a feed as clients see them: the octets of RFC 5545 3.1,
 * the shape of the calendar, and what Google, Outlook, Apple and others are
 * known to refuse. Reads any octets; whoever wrote them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed.h"
#include "daemon/publish/feed_text.h"

#define SIZE_WARNING   ((size_t)512 << 10)
#define SEQUENCE_LIMIT 100000
#define ROW_LIMIT      100 /* findings; a foreign file may have a million */
#define DEPTH_LIMIT    4

/* One unfolded content line: NAME;parameters:value. */
struct content {
    char *name, *parameters, *value;
    int line;
};

struct words {
    const char **rows;
    size_t n;
};

struct linter {
    TALLOC_CTX *ctx, *out; /* what is worked with; the caller's */
    struct lint lint;
    const char
        *open[DEPTH_LIMIT]; /* components that are open, outermost first */
    size_t depth;
    struct words uids, used, declared;
    int calendars, events;
    bool has_version, has_prodid, source, confidential;
    /* of the component that is open */
    struct content uid, stamp, modified, start, end, status, summary, sequence,
        tzid, class;
    int standards, daylights;
};

/* ---------------------------------------------------------------- findings */

static void find(struct linter *l, int line, const char *rule, const char *fmt,
                 ...) PRINTF_LIKE(4, 5);
static void find(struct linter *l, int line, const char *rule, const char *fmt,
                 ...)
{
    va_list args;
    char *text;

    if (l->lint.n >= ROW_LIMIT)
        return;
    va_start(args, fmt);
    text = talloc_vasprintf(l->out, fmt, args);
    va_end(args);
    invariant(text);
    l->lint.rows =
        array_grow(l->out, l->lint.rows, struct lint_row, l->lint.n + 1);
    l->lint.rows[l->lint.n++] =
        (struct lint_row){.rule = rule, .text = text, .line = line};
}

static bool has_word(const struct words *w, const char *word)
{
    for (size_t i = 0; i < w->n; i++) {
        if (strcmp(w->rows[i], word) == 0)
            return true;
    }
    return false;
}

static void add_word(struct linter *l, struct words *w, const char *word)
{
    w->rows = array_grow(l->ctx, w->rows, const char *, w->n + 1);
    w->rows[w->n++] = word;
}

/* ------------------------------------------------------------------ octets */

static void check_octets(struct linter *l, const char *s, size_t n, int line)
{
    if (n == 0)
        find(l, line, "empty", "an empty line");
    if (n > FOLD_OCTETS)
        find(l, line, "fold", "%zu octets, at most %d may stand in a line", n,
             FOLD_OCTETS);
    if (!text_is_utf8(s, n))
        find(l, line, "utf8", "not UTF-8, or a fold inside a character");
    else if (!text_is_clean(s, n, "\t"))
        find(l, line, "control", "a control character");
}

static void check_lines(struct linter *l, const char *body, size_t size)
{
    int line = 1;

    if (size >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0)
        find(l, 1, "bom", "begins with a byte order mark");
    for (size_t at = 0; at < size; line++) {
        const char *feed = memchr(body + at, '\n', size - at);
        size_t n = feed ? (size_t)(feed - body) - at : size - at;
        size_t next = at + n + 1;

        if (!feed || n == 0 || body[at + n - 1] != '\r')
            find(l, line, "crlf", "the line does not end in CRLF");
        else
            n--;
        check_octets(l, body + at, n, line);
        at = next;
    }
}

/* ----------------------------------------------------------- content lines */

/* The first ':' or ';' outside of quotes. */
static char *first_mark(char *s, const char *marks)
{
    bool quoted = false;

    for (; *s; s++) {
        if (*s == '"')
            quoted = !quoted;
        else if (!quoted && strchr(marks, *s))
            return s;
    }
    return NULL;
}

static bool split_content(struct linter *l, char *text, int line,
                          struct content *ret)
{
    char *colon = first_mark(text, ":");
    char *semicolon = first_mark(text, ";:");

    if (!colon || colon == text) {
        find(l, line, "structure", "no property: \"%.30s\"", text);
        return false;
    }
    *colon = '\0';
    *ret = (struct content){text, colon, colon + 1, line};
    if (semicolon && semicolon < colon) {
        *semicolon = '\0';
        ret->parameters = semicolon + 1;
    }
    return true;
}

/* The value of a parameter, without quotes; NULL when it is not there. */
static const char *parameter(struct linter *l, const struct content *c,
                             const char *name)
{
    char *rest = memory_text(l->ctx, c->parameters);

    while (rest && *rest) {
        char *next = first_mark(rest, ";");
        char *equals = strchr(rest, '=');

        if (next)
            *next++ = '\0';
        if (equals && (size_t)(equals - rest) == strlen(name) &&
            text_begins(rest, name)) {
            equals += equals[1] == '"' ? 2 : 1;
            equals[strcspn(equals, "\"")] = '\0';
            return equals;
        }
        rest = next;
    }
    return NULL;
}

/* -------------------------------------------------------------- properties */

static bool is_in(const struct linter *l, const char *component)
{
    return l->depth && strcmp(l->open[l->depth - 1], component) == 0;
}

/* What makes clients ask, ring, disagree or refuse, and in which component
 * (NULL: in any). */
static const struct {
    const char *name, *component, *why;
} unwanted[] = {
    {"METHOD", NULL, "makes an invitation of the feed"},
    {"ORGANIZER", NULL, "makes Outlook ask for an answer"},
    {"ATTENDEE", NULL, "makes Outlook ask for an answer"},
    {"RRULE", "VEVENT", "recurrence is read differently by every client"},
    {"RDATE", NULL, "recurrence is read differently by every client"},
    {"EXDATE", NULL, "recurrence is read differently by every client"},
    {"RECURRENCE-ID", NULL, "recurrence is read differently by every client"},
    {"DURATION", "VEVENT", "write DTEND"},
    {"ATTACH", NULL, "is not fetched by clients"},
    {"GEO", NULL, "is a guess"},
    {"UID", "VCALENDAR", "makes one item of the whole feed"},
    {"X-LIC-LOCATION", NULL, "some readers refuse the file"},
};

static void check_unwanted(struct linter *l, const struct content *c)
{
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
        if (strcmp(c->name, unwanted[i].name) == 0 &&
            (!unwanted[i].component || is_in(l, unwanted[i].component)))
            find(l, c->line, "unwanted", "%s: %s", c->name, unwanted[i].why);
    }
}

/* The backslash before a comma, a semicolon, an n or another one, or a comma or
 * a semicolon without: the first place that is none of TEXT (RFC 5545 3.3.11).
 */
static const char *bad_escape(const char *s)
{
    for (; *s; s++) {
        if (*s == ',' || *s == ';')
            return s;
        if (*s == '\\' && !(s[1] && strchr("\\;,nN", s[1])))
            return s;
        s += *s == '\\';
    }
    return NULL;
}

static void check_text(struct linter *l, const struct content *c)
{
    static const char *const texts[] = {
        "SUMMARY", "LOCATION", "DESCRIPTION",  "CATEGORIES",
        "NAME",    "UID",      "X-WR-CALNAME", "X-WR-CALDESC"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(c->name, texts[i]) == 0 && bad_escape(c->value))
            find(l, c->line, "escape", "%s: \"%.20s\" is not escaped", c->name,
                 bad_escape(c->value));
}

static void check_value(struct linter *l, const struct content *c)
{
    static const char *const nothings[] = {"", "None", "null", "(null)",
                                           "undefined"};
    size_t n = strlen(c->value);

    for (size_t i = 0; i < sizeof nothings / sizeof nothings[0]; i++) {
        if (strcmp(c->value, nothings[i]) == 0)
            find(l, c->line, "absent", "%s says \"%s\": leave it out", c->name,
                 nothings[i]);
    }
    if (n && (c->value[n - 1] == ' ' || c->value[n - 1] == '\t'))
        find(l, c->line, "blank", "%s ends in a blank", c->name);
    for (const char *s = c->name; *s; s++) {
        if (!((*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
              *s == '-')) {
            find(l, c->line, "name", "\"%.30s\" is no property name", c->name);
            break;
        }
    }
    if (strcmp(c->name, "URL") == 0 && strpbrk(c->value, " \t\"<>\\"))
        find(l, c->line, "url", "blanks or quotes in an address");
}

static void take_zone(struct linter *l, const struct content *c)
{
    const char *tzid = parameter(l, c, "TZID");

    if (!tzid)
        return;
    if (strcmp(tzid, "UTC") == 0 || tzid[0] == '/')
        find(l, c->line, "tzid", "TZID=%s: write %s", tzid,
             tzid[0] == '/' ? "the bare name" : "times that end in Z");
    if (!has_word(&l->used, tzid))
        add_word(l, &l->used, tzid);
}

/* Keeps what the checks at the component's end look at. */
static void keep(struct linter *l, const struct content *c)
{
    struct {
        const char *name;
        struct content *to;
    } kept[] = {
        {"UID", &l->uid},         {"DTSTAMP", &l->stamp},
        {"DTSTART", &l->start},   {"LAST-MODIFIED", &l->modified},
        {"DTEND", &l->end},       {"STATUS", &l->status},
        {"SUMMARY", &l->summary}, {"SEQUENCE", &l->sequence},
        {"TZID", &l->tzid},       {"CLASS", &l->class},
    };

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (strcmp(kept[i].name, c->name) != 0)
            continue;
        if (kept[i].to->name)
            find(l, c->line, "twice", "%s stands twice", c->name);
        *kept[i].to = *c;
    }
}

/* ------------------------------------------------------------------ events */

static bool need(struct linter *l, const struct content *c, const char *name,
                 int line)
{
    if (c->name)
        return true;
    find(l, line, "missing", "a VEVENT without %s", name);
    return false;
}

static bool is_date(struct linter *l, const struct content *c)
{
    const char *kind = parameter(l, c, "VALUE");

    return kind && strcmp(kind, "DATE") == 0;
}

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return true;
}

/* 20270118, or 20270118T090000 with or without Z. */
static bool is_time(const char *s, bool date)
{
    size_t n = strnlen(s, 32);
    struct date day;
    int y, m, d;

    if (!(date ? n == 8 : n == 15 || (n == 16 && s[15] == 'Z')) ||
        !all_digits(s, 8) || sscanf(s, "%4d%2d%2d", &y, &m, &d) != 3 ||
        !date_make(y, m, d, &day))
        return false;
    return date || (s[8] == 'T' && all_digits(s + 9, 6) && s[9] < '3' &&
                    strncmp(s + 9, "24", 2) < 0 && s[11] < '6' && s[13] < '6');
}

static void check_times(struct linter *l)
{
    const char *start = l->start.value, *end = l->end.value;
    bool date = is_date(l, &l->start);
    const char *a = parameter(l, &l->start, "TZID");
    const char *b = parameter(l, &l->end, "TZID");

    if (!is_time(start, date))
        find(l, l->start.line, "time", "DTSTART is no time: %.30s", start);
    if (!is_time(end, date))
        find(l, l->end.line, "time", "DTEND is no time of the same kind: %.30s",
             end);
    if ((a && b && strcmp(a, b) == 0) || (!a && !b)) {
        if (strcmp(end, start) <= 0)
            find(l, l->end.line, "time",
                 date ? "DTEND is exclusive: the day after the last"
                      : "DTEND is not after DTSTART");
    }
    if (!date && !a && !strchr(start, 'Z'))
        find(l, l->start.line, "tzid", "a time of no zone");
    if (!date && strcmp(start + strcspn(start, "T"), "T000000") == 0 &&
        strncmp(end + strcspn(end, "T"), "T2359", 5) == 0)
        find(l, l->start.line, "time", "a whole day is VALUE=DATE");
}

static void check_numbers(struct linter *l)
{
    const char *s = l->sequence.value;

    if (!all_digits(s, strlen(s)) || strlen(s) > 9 ||
        strtol(s, NULL, 10) > SEQUENCE_LIMIT)
        find(l, l->sequence.line, "sequence", "no small number: %.30s", s);
    if (l->modified.name && strcmp(l->stamp.value, l->modified.value) != 0)
        find(l, l->stamp.line, "stamp",
             "DTSTAMP and LAST-MODIFIED are not the same time");
    if (!is_time(l->stamp.value, false) || !strchr(l->stamp.value, 'Z'))
        find(l, l->stamp.line, "stamp", "DTSTAMP is no UTC time");
}

static void check_event(struct linter *l, int line)
{
    static const char *const states[] = {"TENTATIVE", "CONFIRMED", "CANCELLED",
                                         NULL};
    bool known = false, timed, stamped;

    for (size_t i = 0; states[i] && l->status.name; i++)
        known = known || strcmp(l->status.value, states[i]) == 0;
    if (l->status.name && !known)
        find(l, l->status.line, "status", "STATUS is none of the three: %.30s",
             l->status.value);
    if (need(l, &l->uid, "UID", line)) {
        if (has_word(&l->uids, l->uid.value))
            find(l, l->uid.line, "uid", "the UID stands twice: %.60s",
                 l->uid.value);
        add_word(l, &l->uids, l->uid.value);
    }
    (void)need(l, &l->summary, "SUMMARY", line);
    (void)need(l, &l->modified, "LAST-MODIFIED", line);
    timed = need(l, &l->start, "DTSTART", line);
    if (need(l, &l->end, "DTEND", line) && timed)
        check_times(l);
    stamped = need(l, &l->stamp, "DTSTAMP", line);
    if (need(l, &l->sequence, "SEQUENCE", line) && stamped)
        check_numbers(l);
    l->confidential =
        l->confidential ||
        (l->class.name && strcmp(l->class.value, "CONFIDENTIAL") == 0);
    l->events++;
}

/* ------------------------------------------------------------------- zones */

static void check_zone_line(struct linter *l, const struct content *c)
{
    if (strncmp(c->name, "TZOFFSET", 8) == 0 &&
        (strlen(c->value) != 5 || !strchr("+-", c->value[0]) ||
         !all_digits(c->value + 1, 4)))
        find(l, c->line, "vtimezone", "%s is not of four digits", c->name);
    if (strcmp(c->name, "RRULE") == 0 &&
        (!text_begins(c->value, "FREQ=YEARLY;") || strstr(c->value, "UNTIL") ||
         strstr(c->value, "INTERVAL") || strstr(c->value, "COUNT")))
        find(l, c->line, "vtimezone", "a rule that Outlook does not read");
}

static void check_zone(struct linter *l, int line)
{
    if (!l->tzid.name) {
        find(l, line, "vtimezone", "a VTIMEZONE without TZID");
        return;
    }
    if (l->standards != 1 || l->daylights > 1)
        find(l, line, "vtimezone",
             "%s has %d STANDARD and %d DAYLIGHT parts, one and at most one "
             "are read",
             l->tzid.value, l->standards, l->daylights);
    if (has_word(&l->declared, l->tzid.value))
        find(l, line, "vtimezone", "%s is declared twice", l->tzid.value);
    if (l->events)
        find(l, line, "vtimezone", "%s stands behind events", l->tzid.value);
    add_word(l, &l->declared, l->tzid.value);
}

static void compare_zones(struct linter *l)
{
    for (size_t i = 0; i < l->used.n; i++) {
        if (!has_word(&l->declared, l->used.rows[i]))
            find(l, 0, "tzid", "undeclared time zone %s", l->used.rows[i]);
    }
    for (size_t i = 0; i < l->declared.n; i++) {
        if (!has_word(&l->used, l->declared.rows[i]))
            find(l, 0, "tzid", "time zone %s is declared and not used",
                 l->declared.rows[i]);
    }
}

/* -------------------------------------------------------------- components */

static const char *parent_of(const char *component)
{
    static const char *const parents[][2] = {
        {"VCALENDAR", ""},         {"VTIMEZONE", "VCALENDAR"},
        {"VEVENT", "VCALENDAR"},   {"STANDARD", "VTIMEZONE"},
        {"DAYLIGHT", "VTIMEZONE"}, {"VALARM", "VEVENT"}};

    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        if (strcmp(component, parents[i][0]) == 0)
            return parents[i][1];
    }
    return NULL;
}

/* Rings only where somebody asked for it, which nobody can of a calendar that
 * is everybody's. */
static void check_alarm(struct linter *l, int line)
{
    if (!l->class.name || strcmp(l->class.value, "CONFIDENTIAL") != 0)
        find(l, line, "alarm", "a public calendar does not ring");
}

static void forget(struct linter *l)
{
    l->uid = l->stamp = l->modified = l->start = l->end = l->status =
        l->summary = l->sequence = l->tzid = l->class = (struct content){0};
    l->standards = l->daylights = 0;
}

static void begin(struct linter *l, const struct content *c)
{
    const char *parent = parent_of(c->value);
    const char *inside = l->depth ? l->open[l->depth - 1] : "";

    if (!parent || strcmp(parent, inside) != 0)
        find(l, c->line, "structure", "%.30s does not belong here", c->value);
    if (strcmp(c->value, "VEVENT") == 0 || strcmp(c->value, "VTIMEZONE") == 0)
        forget(l);
    if (strcmp(c->value, "VALARM") == 0)
        check_alarm(l, c->line);
    l->calendars += strcmp(c->value, "VCALENDAR") == 0;
    l->standards += strcmp(c->value, "STANDARD") == 0;
    l->daylights += strcmp(c->value, "DAYLIGHT") == 0;
    if (l->depth < DEPTH_LIMIT)
        l->open[l->depth++] = c->value;
}

/* Closes what the line names and all that is still open in it. */
static void end(struct linter *l, const struct content *c)
{
    size_t depth = l->depth;

    while (depth && strcmp(l->open[depth - 1], c->value) != 0)
        depth--;
    if (depth == 0) {
        find(l, c->line, "structure", "END:%.30s closes nothing", c->value);
        return;
    }
    if (depth < l->depth)
        find(l, c->line, "structure", "%.30s is not closed",
             l->open[l->depth - 1]);
    if (strcmp(c->value, "VEVENT") == 0)
        check_event(l, c->line);
    if (strcmp(c->value, "VTIMEZONE") == 0)
        check_zone(l, c->line);
    l->depth = depth - 1;
}

static void check_content(struct linter *l, char *text, int line)
{
    struct content c;

    if (!split_content(l, text, line, &c))
        return;
    if (strcmp(c.name, "BEGIN") == 0) {
        begin(l, &c);
        return;
    }
    if (strcmp(c.name, "END") == 0) {
        end(l, &c);
        return;
    }
    if (l->depth == 0)
        find(l, line, "structure", "%.30s stands outside the calendar", c.name);
    if (is_in(l, "VCALENDAR") && strcmp(c.name, "VERSION") == 0)
        l->has_version = strcmp(c.value, "2.0") == 0;
    if (is_in(l, "VCALENDAR") && strcmp(c.name, "PRODID") == 0)
        l->has_prodid = true;
    check_unwanted(l, &c);
    check_text(l, &c);
    l->source = l->source || strcmp(c.name, "SOURCE") == 0;
    check_value(l, &c);
    if (is_in(l, "VEVENT")) {
        take_zone(l, &c);
        keep(l, &c);
    } else if (is_in(l, "VTIMEZONE")) {
        keep(l, &c);
    } else if (!is_in(l, "VCALENDAR")) {
        check_zone_line(l, &c);
    }
}

/* Unfolds and checks line by line. */
static void check_contents(struct linter *l, const char *body, size_t size)
{
    char *text = array_new(l->ctx, char, size + 1);
    size_t n = 0;
    int line = 1, first = 1;

    for (size_t at = 0; at < size; at++) {
        if (body[at] == '\n' && at + 1 < size &&
            (body[at + 1] == ' ' || body[at + 1] == '\t')) {
            line++;
            at++;
        } else if (body[at] == '\n') {
            text[n] = '\0';
            if (n)
                check_content(l, memory_text_n(l->ctx, text, n), first);
            n = 0;
            first = ++line;
        } else if (body[at] != '\r') {
            text[n++] = body[at] ? body[at] : '?';
        }
    }
}

static void check_whole(struct linter *l, size_t size)
{
    if (l->calendars != 1 || l->depth)
        find(l, 0, "structure",
             l->depth ? "a component is not closed"
                      : "not exactly one VCALENDAR");
    if (!l->has_version || !l->has_prodid)
        find(l, 0, "missing", "a VCALENDAR without VERSION:2.0 or PRODID");
    if (l->source && l->confidential)
        find(l, 0, "secret", "SOURCE tells the address of a private calendar");
    compare_zones(l);
    if (l->events > FEED_EVENT_LIMIT)
        find(l, 0, "size", "%d events, at most %d are read", l->events,
             FEED_EVENT_LIMIT);
    if (size > FEED_SIZE_LIMIT)
        find(l, 0, "size", "%zu octets, above %zu some clients cut", size,
             FEED_SIZE_LIMIT);
    else if (size > SIZE_WARNING && l->lint.n < ROW_LIMIT) {
        find(l, 0, "size", "%zu octets, the limit is %zu", size,
             FEED_SIZE_LIMIT);
        l->lint.rows[l->lint.n - 1].warning = true;
    }
}

struct lint feed_lint(TALLOC_CTX *ctx, const char *body, size_t size)
{
    struct linter *l = object_new(ctx, struct linter);
    struct lint lint;

    l->ctx = l;
    l->out = ctx;
    check_lines(l, body, size);
    check_contents(l, body, size);
    check_whole(l, size);
    lint = l->lint;
    talloc_free(l);
    return lint;
}
