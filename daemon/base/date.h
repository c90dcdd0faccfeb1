#pragma once
/*
 * Civil dates, local times, instants. Pure: nobody here asks what time it is.
 *
 * A date is a count of civil days since 1970-01-01 in whatever calendar its
 * owner means (usually the venue's); an instant is seconds since
 * 1970-01-01T00:00:00Z. They are different structs so that the compiler
 * refuses to mix them. The proleptic Gregorian calendar, years 1900 to 2199.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/error.h"

struct date {
    int32_t day;
};

struct instant {
    int64_t second;
};

/* A wall-clock time somewhere: minutes after midnight of a date, 0..1440. */
struct local {
    struct date date;
    int32_t minute;
};

struct civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

enum weekday { MON, TUE, WED, THU, FRI, SAT, SUN };

/* A set of weekdays: bit (1 << weekday). */
typedef uint8_t weekdays;

#define DATE_NONE    ((struct date){INT32_MIN})
#define INSTANT_NONE ((struct instant){INT64_MIN})
#define DATE_TEXT    16 /* room for 2027-01-31 and its NUL */
#define INSTANT_TEXT 32 /* room for 2027-01-31T08:00:00Z and its NUL */

static inline bool date_is_none(struct date d)
{
    return d.day == INT32_MIN;
}

static inline bool instant_is_none(struct instant t)
{
    return t.second == INT64_MIN;
}

/* year-month-day as a date; the caller knows that it exists. */
struct date date_of(int year, int month, int day);
/* As date_of, false when there is no such day. */
bool date_make(int year, int month, int day, struct date *ret) MUST_USE;
struct civil date_civil(struct date d);
enum weekday date_weekday(struct date d);
int date_days_in_month(int year, int month);

/* d + n days, weeks (7 days), calendar months (31 Jan + 1 month = 28/29 Feb).
 */
struct date date_add_days(struct date d, int n);
struct date date_add_months(struct date d, int n);

/* "2027-01-31", exactly; an error says what is wrong with the text. */
bool date_parse(const char *text, struct date *ret, struct error *err) MUST_USE;
/* Writes "2027-01-31" ("" for none) and returns buf. */
char *date_print(struct date d, char buf[DATE_TEXT]);

/* "2027-01-18T09:00", the form of local times in rows. */
bool local_parse(const char *text, struct local *ret,
                 struct error *err) MUST_USE;
char *local_print(struct local t, char buf[INSTANT_TEXT]);
/* Seconds from 1970-01-01T00:00 on the wall clock (no zone applied). */
int64_t local_seconds(struct local t);
struct local local_of_seconds(int64_t seconds);

/* RFC 3339, with Z or an offset; printed always as ...Z. */
bool instant_parse(const char *text, struct instant *ret,
                   struct error *err) MUST_USE;
char *instant_print(struct instant t, char buf[INSTANT_TEXT]);
/* The date in UTC. */
struct date instant_utc_date(struct instant t);

/* "Mon" .. "Sun", "January", "Jan". */
const char *weekday_name(enum weekday d);
const char *month_name(int month);
const char *month_short(int month);

/* "11-15 January 2027", "30 January - 3 February 2027", across years whole. */
char *date_range_print(struct date from, struct date to, char *buf,
                       size_t size);
