/*
 * Holidays out of a calendar as Google, Outlook, Thunderbird and the makers of
 * public holiday calendars write them: events of whole days.
 *
 * 1. Only lines are read, each bounded; no recurrence and no time zone is ever
 *    worked out. What comes every year on its day is counted year by year, any
 *    other rule is refused.
 * 2. Nothing is guessed: an event that cannot be taken whole is a problem with
 *    its line.
 * 3. An event that was cancelled is none. What it is (public, observance, ...)
 *    is a word of its categories, or the first word of its description.
 */
#include "ctl/reader_holidays.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/reader_calendar.h"
#include "daemon/base/csv.h"
#include "daemon/base/date.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum {
    LINE_MOST = 16 * 1024,
    NAME_MOST = 200,
    EVENTS_MOST = 5000,
    DAYS_MOST = 31,
    ROWS_MOST = 20000
};

struct event {
    int line; /* of its BEGIN */
    int start_line, rule_line;
    struct date start, end; /* end: the day behind; NONE none */
    char *name, *kind, *rule;
    bool cancelled;
    const char *problem; /* the first, with its line */
    int problem_line;
};

struct calendar {
    TALLOC_CTX *ctx; /* of the event in hand */
    FILE *out;
    int first, last;
    int line, depth, events, rows;
    bool open; /* an event is, in depth 2 */
    struct event event;
};

/* ---- rows */

static void print_row(struct calendar *c, int line, const char *date,
                      const char *name, const char *kind, const char *problem)
{
    TALLOC_CTX *tmp = talloc_new(NULL);

    if (++c->rows <= ROWS_MOST)
        (void)fprintf(c->out, "%d,%s,%s,%s,%s\r\n", line, date,
                      csv_field(tmp, name), kind, csv_field(tmp, problem));
    talloc_free(tmp);
}

static void problem(struct calendar *c, int line, const char *text)
{
    if (c->event.problem)
        return;
    c->event.problem = text;
    c->event.problem_line = line;
}

/* ---- values */

/* The value of "NAME;PARAM=x;P=\"a:b\":value"; NULL when it is not NAME's. */
static const char *value_of(const char *line, const char *name)
{
    size_t n = strlen(name);
    bool quoted = false;

    if (!text_begins(line, name) || (line[n] != ':' && line[n] != ';'))
        return NULL;
    for (line += n; *line && (quoted || *line != ':'); line++)
        quoted = quoted != (*line == '"');
    return *line ? line + 1 : "";
}

/* Is it a control character of two octets (U+0080 to U+009F)? */
static bool is_wide_control(const char *c)
{
    return (unsigned char)c[0] == 0xc2 && (unsigned char)c[1] >= 0x80 &&
           (unsigned char)c[1] < 0xa0;
}

/* RFC 5545 3.3.11: "\n" becomes a blank here, a name is one line. */
static char *text_value(TALLOC_CTX *ctx, const char *value)
{
    char *text = memory_text_n(ctx, value, text_cut(value, NAME_MOST));
    char *to = text;

    for (const char *c = text; *c; c++) {
        char one = *c;

        if (one == '\\' && c[1])
            one = *++c == 'n' || *c == 'N' ? ' ' : *c;
        if (is_wide_control(c)) {
            one = ' ';
            c++;
        }
        *to++ = (unsigned char)one < ' ' || one == 0x7f ? ' ' : one;
    }
    *to = '\0';
    return text_trim(ctx, text);
}

/* "20270131", also as midnight: "20270131T000000". */
static bool day_value(const char *value, struct date *ret)
{
    size_t n = strspn(value, "0123456789");
    int ymd = n == 8 ? atoi((char[9]){value[0], value[1], value[2], value[3],
                                      value[4], value[5], value[6], value[7]})
                     : 0;

    return n == 8 && (value[8] == '\0' || strcmp(value + 8, "T000000") == 0) &&
           date_make(ymd / 10000, ymd / 100 % 100, ymd % 100, ret);
}

/* "P1D", "P2W": days, 0 for anything else. */
static int duration_days(const char *value)
{
    char *end;
    long n = value[0] == 'P' && value[1] >= '0' && value[1] <= '9'
                 ? strtol(value + 1, &end, 10)
                 : 0;

    if (n < 1 || n > DAYS_MOST || (*end != 'D' && *end != 'W') || end[1])
        return 0;
    return *end == 'W' ? (int)n * 7 : (int)n;
}

/* Does nothing more follow than "holiday"? */
static bool is_whole_word(const char *behind)
{
    return *behind == '\0' || *behind == ',' || *behind == '\\' ||
           text_begins(behind, " holiday");
}

/* The word of our tables that the text begins with, or holds between commas:
 * "Public holiday", "Holidays,School". */
static const char *kind_in(const char *text)
{
    static const char *const words[] = {"public",     "bank",  "school",
                                        "observance", "other", "workday"};

    for (; *text; text += strcspn(text, ","), text += *text == ',') {
        text += strspn(text, " ");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t n = strlen(words[i]);

            if (text_begins(text, words[i]) && is_whole_word(text + n))
                return words[i];
        }
    }
    return NULL;
}

/* ---- what comes every year on its day */

struct yearly {
    int every, count; /* count 0: without end */
    struct date until;
};

static bool number_is(const char *value, int n)
{
    return atoi(value) == n && strspn(value, "0123456789") == strlen(value);
}

/* A number from 1 on; beyond a thousand years one is as good as another. */
static bool bounded(const char *value, int *ret)
{
    long n = strtol(value, NULL, 10);

    *ret = n > 1000 ? 1000 : (int)n;
    return n > 0;
}

static bool yearly_part(struct yearly *y, const char *name, const char *value,
                        struct civil start)
{
    char day[9] = "";

    if (text_same(name, "FREQ"))
        return text_same(value, "YEARLY");
    if (text_same(name, "INTERVAL"))
        return bounded(value, &y->every);
    if (text_same(name, "COUNT"))
        return bounded(value, &y->count);
    if (text_same(name, "UNTIL")) {
        (void)strncat(day, value, 8);
        return day_value(day, &y->until);
    }
    if (text_same(name, "BYMONTH"))
        return number_is(value, start.month);
    if (text_same(name, "BYMONTHDAY"))
        return number_is(value, start.day);
    return text_same(name, "WKST");
}

static bool yearly_parse(TALLOC_CTX *ctx, const char *rule, struct date start,
                         struct yearly *ret)
{
    char **parts = text_split(ctx, rule, ';');
    struct yearly y = {.every = 1, .until = DATE_NONE};
    bool good = true, yearly = false;

    for (; good && *parts; parts++) {
        char *equals = strchr(*parts, '=');

        good = equals != NULL;
        if (!good)
            break;
        *equals = '\0';
        yearly = yearly || text_same(*parts, "FREQ");
        good = yearly_part(&y, *parts, equals + 1, date_civil(start));
    }
    *ret = y;
    return good && yearly;
}

/* ---- one event */

static void print_days(struct calendar *c, struct date from, int n)
{
    const struct event *e = &c->event;
    char text[DATE_TEXT];

    for (int i = 0; i < n; i++) {
        struct date d = date_add_days(from, i);
        int year = date_civil(d).year;

        if (c->first == 0 || (year >= c->first && year <= c->last))
            print_row(c, e->line, date_print(d, text), e->name, e->kind, "");
    }
}

static void print_years(struct calendar *c, const struct yearly *y, int n)
{
    struct civil start = date_civil(c->event.start);
    int count = 0;

    for (int year = start.year; year <= c->last; year += y->every) {
        struct date d;

        if (!date_make(year, start.month, start.day, &d))
            continue; /* 29 February */
        if ((y->count > 0 && ++count > y->count) ||
            (!date_is_none(y->until) && d.day > y->until.day))
            return;
        if (year >= c->first - 1)
            print_days(c, d, n);
    }
}

static void check_event(struct calendar *c, int *ret_days,
                        struct yearly *ret_yearly)
{
    struct event *e = &c->event;

    if (date_is_none(e->start)) {
        problem(c, e->line, "the event has no day (DTSTART)");
        return;
    }
    *ret_days = date_is_none(e->end) ? 1 : e->end.day - e->start.day;
    if (*ret_days == 0)
        *ret_days = 1; /* some write the same day twice */
    if (*ret_days < 0)
        problem(c, e->start_line, "the event ends before it begins");
    if (*ret_days > DAYS_MOST)
        problem(c, e->start_line,
                "the event lasts more than 31 days: is a year wrong?");
    if (!e->name || !e->name[0])
        problem(c, e->line, "the event has no name (SUMMARY)");
    if (e->rule && !yearly_parse(c->ctx, e->rule, e->start, ret_yearly))
        problem(c, e->rule_line,
                "only what comes every year on its day can be taken in; give "
                "the days one by one");
    else if (e->rule && c->first == 0)
        problem(c, e->rule_line,
                "the event comes every year; say for which: --years "
                "2027..2030");
}

static void end_event(struct calendar *c)
{
    struct event *e = &c->event;
    struct yearly yearly = {.every = 1};
    int days = 0;

    c->open = false;
    check_event(c, &days, &yearly);
    if (!e->kind)
        e->kind = memory_text(c->ctx, "public");
    if (e->cancelled)
        return;
    if (e->problem)
        print_row(c, e->problem_line, "", e->name ? e->name : "", "",
                  e->problem);
    else if (e->rule)
        print_years(c, &yearly, days);
    else
        print_days(c, e->start, days);
}

static void begin_event(struct calendar *c)
{
    talloc_free_children(c->ctx);
    c->event =
        (struct event){.line = c->line, .start = DATE_NONE, .end = DATE_NONE};
    c->open = true;
    c->events++;
}

/* ---- lines */

static void event_days(struct calendar *c, const char *line)
{
    struct event *e = &c->event;
    const char *value;
    int days;

    if ((value = value_of(line, "DTSTART"))) {
        e->start_line = c->line;
        if (!day_value(value, &e->start))
            problem(c, c->line, "this is no whole day; holidays have no time");
    } else if ((value = value_of(line, "DTEND"))) {
        if (!day_value(value, &e->end))
            problem(c, c->line, "this is no whole day; holidays have no time");
    } else if ((value = value_of(line, "DURATION"))) {
        days = duration_days(value);
        if (days == 0 || date_is_none(e->start))
            problem(c, c->line, "this is no number of days");
        else
            e->end = date_add_days(e->start, days);
    }
}

static void event_line(struct calendar *c, const char *line)
{
    struct event *e = &c->event;
    const char *value, *kind;

    event_days(c, line);
    if ((value = value_of(line, "SUMMARY")))
        e->name = text_value(c->ctx, value);
    else if ((value = value_of(line, "STATUS")))
        e->cancelled = text_same(value, "CANCELLED");
    else if ((value = value_of(line, "CATEGORIES")) ||
             (!e->kind && (value = value_of(line, "DESCRIPTION"))))
        e->kind = (kind = kind_in(value)) ? memory_text(c->ctx, kind) : e->kind;
    else if ((value = value_of(line, "RRULE"))) {
        e->rule_line = c->line;
        e->rule = memory_text(c->ctx, value);
    } else if (value_of(line, "RDATE") || value_of(line, "EXDATE") ||
               value_of(line, "RECURRENCE-ID"))
        problem(c, c->line,
                "a series with exceptions cannot be taken in; give the days "
                "one by one");
}

static void calendar_line(struct calendar *c, const char *line)
{
    if (text_begins(line, "BEGIN:")) {
        if (++c->depth == 2 && text_same(line + strlen("BEGIN:"), "VEVENT"))
            begin_event(c);
    } else if (text_begins(line, "END:")) {
        if (c->open && c->depth == 2)
            end_event(c);
        c->depth -= c->depth > 0;
    } else if (c->open && c->depth == 2) {
        if (strlen(line) > LINE_MOST)
            problem(c, c->line, "this line is too long");
        else
            event_line(c, line);
    }
}

static int lines_between(const char *from, const char *to)
{
    int n = 0;

    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

static const char *refusal(const char *text, size_t size)
{
    if (strlen(text) != size || !text_is_utf8(text, size))
        return "this is not a UTF-8 text";
    if (!text_begins(text, "BEGIN:VCALENDAR"))
        return "this is no calendar: it does not begin with BEGIN:VCALENDAR";
    return NULL;
}

void holidays_print(FILE *out, const char *text, size_t size, int first,
                    int last)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct calendar c = {.ctx = talloc_new(tmp),
                         .out = out,
                         .first = first,
                         .last = last,
                         .line = 1};
    bool marked = strncmp(text, "\xef\xbb\xbf", 3) == 0;
    const char *why = refusal(text + 3 * marked, size - 3 * marked), *at;
    char *line;

    (void)fputs("line,date,name,kind,problem\r\n", out);
    if (why) {
        print_row(&c, 1, "", "", "", why);
        talloc_free(tmp);
        return;
    }
    text += 3 * marked;
    while (c.events <= EVENTS_MOST && c.rows <= ROWS_MOST &&
           (at = text, line = unfolded_line(tmp, &text))) {
        calendar_line(&c, line);
        talloc_free(line);
        c.line += lines_between(at, text);
    }
    if (c.events > EVENTS_MOST || c.rows > ROWS_MOST)
        (void)fprintf(out, "%d,,,,the calendar holds too many days\r\n",
                      c.line);
    else if (c.depth > 0)
        print_row(&c, c.line, "", "", "", "the calendar is cut off");
    else if (c.events == 0)
        print_row(&c, 1, "", "", "", "the calendar holds no events");
    talloc_free(tmp);
}
