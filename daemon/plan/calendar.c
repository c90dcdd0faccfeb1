/*
 * Working days out of weekends and holiday rows. The rows of all countries are
 * one array sorted by country, date and kind, searched by halving.
 *
 * 1. Only a `public` day closes offices, only a `workday` row opens a rest day.
 * 2. Every search for a working day ends: a calendar that rests all year is
 *    given up after LONGEST_REST days.
 */
#include "daemon/plan/calendar.h"

#include <string.h>

#include "daemon/base/text.h"

enum { LONGEST_REST = 400 };

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* As text_compare(); the first letters decide nearly always, and this is asked
 * for every day of every candidate. */
static int country_order(const char *a, const char *b)
{
    if (is_capital(*a) && is_capital(*b) && *a != *b)
        return *a < *b ? -1 : 1;
    return strcmp(a, b) == 0 ? 0 : text_compare(a, b);
}

static int row_order(const struct holiday *h, const char *cc, struct date d)
{
    int order = country_order(h->cc, cc);

    if (order)
        return order;
    return h->date.day < d.day ? -1 : h->date.day > d.day;
}

/* The first row that is not before (cc, d). */
static size_t row_at_least(const struct rules *r, const char *cc, struct date d)
{
    size_t low = 0, high = r->n_holidays;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row_order(&r->holidays[middle], cc, d) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct holiday *row_of_kind(const struct rules *r, const char *cc,
                                         struct date d, enum holiday_kind kind)
{
    if (!cc)
        return NULL;
    for (size_t i = row_at_least(r, cc, d);
         i < r->n_holidays && row_order(&r->holidays[i], cc, d) == 0; i++)
        if (r->holidays[i].kind == kind)
            return &r->holidays[i];
    return NULL;
}

static bool rests_by_week(const struct rules *r, weekdays weekend,
                          const char *cc, struct date d)
{
    return (weekend >> date_weekday(d) & 1) &&
           !row_of_kind(r, cc, d, HOLIDAY_WORKDAY);
}

bool calendar_rests(const struct rules *r, const struct member *m,
                    struct date d)
{
    return rests_by_week(r, m->weekend, m->holidays, d);
}

const struct holiday *calendar_holiday(const struct rules *r, const char *cc,
                                       struct date d)
{
    return row_of_kind(r, cc, d, HOLIDAY_PUBLIC);
}

const struct holiday *calendar_any_holiday(const struct rules *r,
                                           const char *cc, struct date d)
{
    if (!cc)
        return NULL;
    for (size_t i = row_at_least(r, cc, d);
         i < r->n_holidays && row_order(&r->holidays[i], cc, d) == 0; i++)
        if (r->holidays[i].kind != HOLIDAY_WORKDAY)
            return &r->holidays[i];
    return NULL;
}

bool calendar_meets(const struct rules *r, const struct member *m,
                    struct date d)
{
    bool opened = m->meets >> date_weekday(d) & 1;

    return (opened || !calendar_rests(r, m, d)) &&
           !calendar_holiday(r, m->holidays, d);
}

bool calendar_works(const struct rules *r, weekdays weekend, const char *cc,
                    struct date d)
{
    return !rests_by_week(r, weekend, cc, d) && !calendar_holiday(r, cc, d);
}

bool calendar_covers(const struct rules *r, const char *cc, int year)
{
    struct date first = date_of(year, 1, 1);

    for (size_t i = cc ? row_at_least(r, cc, first) : r->n_holidays;
         i < r->n_holidays; i++) {
        const struct holiday *h = &r->holidays[i];
        if (!text_same(h->cc, cc) || date_civil(h->date).year != year)
            return false;
        if (h->kind == HOLIDAY_PUBLIC)
            return true;
    }
    return false;
}

/* The first working day from d on, walking by `step` days; d itself when there
 * is none for more than a year. */
static struct date working_from(const struct rules *r, weekdays weekend,
                                const char *cc, struct date d, int step)
{
    struct date at = d;

    for (int i = 0; i < LONGEST_REST; i++, at = date_add_days(at, step))
        if (calendar_works(r, weekend, cc, at))
            return at;
    return d;
}

struct date calendar_working_on_or_before(const struct rules *r,
                                          weekdays weekend, const char *cc,
                                          struct date d)
{
    return working_from(r, weekend, cc, d, -1);
}

struct date calendar_add_working(const struct rules *r, weekdays weekend,
                                 const char *cc, struct date d, int n)
{
    int step = n < 0 ? -1 : 1;

    for (int left = n < 0 ? -n : n; left > 0; left--)
        d = working_from(r, weekend, cc, date_add_days(d, step), step);
    return d;
}
