/*
 * Working days out of weekends and holiday rows. The rows of all countries are
 * one array sorted by country, date and kind; a table per country says where
 * those of a day begin.
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
    if (a == b)
        return 0;
    for (int k = 0; k < 2 && is_capital(a[k]) && is_capital(b[k]); k++)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return strcmp(a, b) == 0 ? 0 : text_compare(a, b);
}

/* The table of a code, NULL when it has no rows. */
static const struct holiday_table *table_of(const struct rules *r,
                                            const char *cc)
{
    size_t low = 0, high = cc ? r->n_tables : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = country_order(r->tables[middle].cc, cc);
        if (order == 0)
            return &r->tables[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The rows of a code on a day: the first, *ret_end behind the last. NULL when
 * there is none. */
static const struct holiday *rows_of(const struct rules *r, const char *cc,
                                     struct date d,
                                     const struct holiday **ret_end)
{
    const struct holiday_table *t = table_of(r, cc);
    const struct holiday *h, *end;
    int32_t first;

    if (!t || d.day < t->from || d.day >= t->from + t->days)
        return NULL;
    first = t->first[d.day - t->from];
    if (first < 0)
        return NULL;
    h = end = &r->holidays[first];
    while (end < r->holidays + r->n_holidays && end->date.day == d.day &&
           country_order(end->cc, t->cc) == 0)
        end++;
    *ret_end = end;
    return h;
}

static const struct holiday *row_of_kind(const struct rules *r, const char *cc,
                                         struct date d, enum holiday_kind kind)
{
    const struct holiday *end = NULL, *h = rows_of(r, cc, d, &end);

    for (; h && h < end; h++)
        if (h->kind == kind)
            return h;
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
    int32_t last = date_of(year, 12, 31).day;

    for (struct date d = date_of(year, 1, 1); d.day <= last; d.day++)
        if (calendar_holiday(r, cc, d))
            return true;
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
