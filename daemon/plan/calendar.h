#pragma once
/*
 * Working days: weekends, holidays, worked rest days, closed hours.
 */
#include "daemon/rules/rules.h"

/* A rest day of the member by its weekend alone (workdays opened). */
bool calendar_rests(const struct rules *r, const struct member *m,
                    struct date d);
/* The holiday of `cc` that closes offices that day (kind public), or NULL. */
const struct holiday *calendar_holiday(const struct rules *r, const char *cc,
                                       struct date d);
/* Meetings may be held there that day: a working day, or a rest day that
 * `meets` opens, and no public holiday. */
bool calendar_meets(const struct rules *r, const struct member *m,
                    struct date d);
/* Offices work that day; `weekend` and table as of a member or a partner. */
bool calendar_works(const struct rules *r, weekdays weekend, const char *cc,
                    struct date d);
/* The last working day on or before d; the n-th working day before/after d
 * (n may be negative: before). */
struct date calendar_working_on_or_before(const struct rules *r,
                                          weekdays weekend, const char *cc,
                                          struct date d);
struct date calendar_add_working(const struct rules *r, weekdays weekend,
                                 const char *cc, struct date d, int n);
/* Is there a table of public holidays of `cc` for that year? */
bool calendar_covers(const struct rules *r, const char *cc, int year);
