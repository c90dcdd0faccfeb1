/*
 * Civil dates, local times and instants as plain integers. Conversions between
 * a day count and year-month-day count eras of 400 years that begin in March,
 * so that the leap day is the last day of a year.
 */
#include "daemon/base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const weekday_names[] = {"Mon", "Tue", "Wed", "Thu",
                                            "Fri", "Sat", "Sun"};
static const char *const month_names[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

struct date date_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return (struct date){era * 146097 + doe - 719468};
}

bool date_make(int year, int month, int day, struct date *ret)
{
    if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 ||
        day > date_days_in_month(year, month))
        return false;
    *ret = date_of(year, month, day);
    return true;
}

struct civil date_civil(struct date d)
{
    int z = d.day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;

    return (struct civil){.year = yoe + era * 400 + (month <= 2),
                          .month = month,
                          .day = doy - (153 * mp + 2) / 5 + 1};
}

enum weekday date_weekday(struct date d)
{
    return (enum weekday)(((d.day + 3) % 7 + 7) % 7);
}

struct date date_add_days(struct date d, int n)
{
    return (struct date){d.day + n};
}

struct date date_add_months(struct date d, int n)
{
    struct civil c = date_civil(d);
    int months = c.year * 12 + c.month - 1 + n;
    int year = months / 12, month = months % 12 + 1;
    int last = date_days_in_month(year, month);

    return date_of(year, month, c.day < last ? c.day : last);
}

/* Exactly n digits at s as a number, or -1. */
static int digits(const char *s, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)s[i]))
            return -1;
        value = value * 10 + (s[i] - '0');
    }
    return value;
}

/* "2027-01-31" at s, whatever follows. */
static bool date_at(const char *s, struct date *ret)
{
    int year, month, day;

    if ((year = digits(s, 4)) < 0 || s[4] != '-' ||
        (month = digits(s + 5, 2)) < 0 || s[7] != '-' ||
        (day = digits(s + 8, 2)) < 0)
        return false;
    return date_make(year, month, day, ret);
}

/* "09:00" at s, whatever follows; minutes after midnight or -1. */
static int minute_at(const char *s)
{
    int hour, minute;

    if ((hour = digits(s, 2)) < 0 || s[2] != ':' ||
        (minute = digits(s + 3, 2)) < 0 || hour > 23 || minute > 59)
        return -1;
    return hour * 60 + minute;
}

bool date_parse(const char *text, struct date *ret, struct error *err)
{
    if (strlen(text) != 10 || !date_at(text, ret))
        return fail(err, REPLY_INPUT,
                    "\"%.40s\" is not a date, write one like 2027-01-31", text);
    return true;
}

char *date_print(struct date d, char buf[DATE_TEXT])
{
    struct civil c;

    buf[0] = '\0';
    if (date_is_none(d))
        return buf;
    c = date_civil(d);
    (void)snprintf(buf, DATE_TEXT, "%04d-%02d-%02d", c.year % 10000, c.month,
                   c.day);
    return buf;
}

bool local_parse(const char *text, struct local *ret, struct error *err)
{
    struct local t;

    if (strlen(text) != 16 || !date_at(text, &t.date) || text[10] != 'T' ||
        (t.minute = minute_at(text + 11)) < 0)
        return fail(err, REPLY_INPUT,
                    "\"%.40s\" is not a local time, write one like "
                    "2027-01-18T09:00",
                    text);
    *ret = t;
    return true;
}

char *local_print(struct local t, char buf[INSTANT_TEXT])
{
    char date[DATE_TEXT];

    t = local_of_seconds(local_seconds(t)); /* 24:00 is 00:00 of the next day */
    (void)snprintf(buf, INSTANT_TEXT, "%sT%02d:%02d", date_print(t.date, date),
                   t.minute / 60, t.minute % 60);
    return buf;
}

int64_t local_seconds(struct local t)
{
    return (int64_t)t.date.day * 86400 + (int64_t)t.minute * 60;
}

struct local local_of_seconds(int64_t seconds)
{
    int64_t day = (seconds >= 0 ? seconds : seconds - 86399) / 86400;

    return (struct local){.date = {(int32_t)day},
                          .minute = (int32_t)((seconds - day * 86400) / 60)};
}

/* "Z", "+07:00" or "-05:00" to the end of text, as seconds. */
static bool offset_at(const char *s, int64_t *ret)
{
    int minute;

    if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0) {
        *ret = 0;
        return true;
    }
    if ((s[0] != '+' && s[0] != '-') || strlen(s) != 6 ||
        (minute = minute_at(s + 1)) < 0)
        return false;
    *ret = (s[0] == '-' ? -60 : 60) * (int64_t)minute;
    return true;
}

bool instant_parse(const char *text, struct instant *ret, struct error *err)
{
    struct date date;
    int minute, second;
    int64_t offset;

    if (strlen(text) < 20 || !date_at(text, &date) ||
        (text[10] != 'T' && text[10] != 't') ||
        (minute = minute_at(text + 11)) < 0 || text[16] != ':' ||
        (second = digits(text + 17, 2)) < 0 || second > 59 ||
        !offset_at(text + 19, &offset))
        return fail(err, REPLY_INPUT,
                    "\"%.40s\" is not an instant, write one like "
                    "2027-01-31T08:00:00Z",
                    text);
    *ret = (struct instant){(int64_t)date.day * 86400 + minute * 60 + second -
                            offset};
    return true;
}

struct date instant_utc_date(struct instant t)
{
    return local_of_seconds(t.second).date;
}

char *instant_print(struct instant t, char buf[INSTANT_TEXT])
{
    struct local l;
    char date[DATE_TEXT];

    buf[0] = '\0';
    if (instant_is_none(t))
        return buf;
    l = local_of_seconds(t.second);
    (void)snprintf(buf, INSTANT_TEXT, "%sT%02d:%02d:%02dZ",
                   date_print(l.date, date), l.minute / 60, l.minute % 60,
                   (int)(t.second - local_seconds(l)));
    return buf;
}

const char *weekday_name(enum weekday d)
{
    return weekday_names[d];
}

const char *month_name(int month)
{
    return month_names[month - 1];
}

const char *month_short(int month)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr",
                                        "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec"};

    return names[month - 1];
}

char *date_range_print(struct date from, struct date to, char *buf, size_t size)
{
    struct civil a = date_civil(from), b = date_civil(to);

    if (from.day == to.day)
        (void)snprintf(buf, size, "%d %s %d", b.day, month_name(b.month),
                       b.year);
    else if (a.year != b.year)
        (void)snprintf(buf, size, "%d %s %d - %d %s %d", a.day,
                       month_name(a.month), a.year, b.day, month_name(b.month),
                       b.year);
    else if (a.month != b.month)
        (void)snprintf(buf, size, "%d %s - %d %s %d", a.day,
                       month_name(a.month), b.day, month_name(b.month), b.year);
    else
        (void)snprintf(buf, size, "%d-%d %s %d", a.day, b.day,
                       month_name(b.month), b.year);
    return buf;
}
