/*
 * Quiet hours, rest days and holidays of those who get mail. A contact of no
 * member or partner lives by the seat's weekend and holidays, where the rules
 * have a seat.
 */
#include "daemon/office/quiet.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/text.h"
#include "daemon/plan/calendar.h"

/* No country is closed for longer; it also bounds the search. */
#define MOST_DAYS 30

static bool works(const struct rules *r, const struct contact *c, struct date d)
{
    const struct member *m = rules_member(r, c->of);
    const struct partner *p = rules_partner(r, c->of);

    if (!m && !p)
        m = contact_sector(r, c)->seat;
    if (m)
        return calendar_works(r, m->weekend, m->holidays, d);
    return !p || calendar_works(r, p->weekend, p->holidays, d);
}

static bool is_night(struct quiet q, int minute)
{
    return q.from < q.to ? minute >= q.from && minute < q.to
                         : minute >= q.from || minute < q.to;
}

/* The morning of the first working day behind d. */
static struct local morning_after(const struct rules *r,
                                  const struct contact *c, struct quiet q,
                                  struct date d)
{
    int minute = QUIET_MORNING;

    if (is_night(q, minute))
        minute = q.to;
    for (int i = 0; i < MOST_DAYS; i++) {
        d = date_add_days(d, 1);
        if (works(r, c, d))
            break;
    }
    return (struct local){d, minute};
}

static struct local first_allowed(const struct rules *r,
                                  const struct contact *c, struct quiet q,
                                  struct local t)
{
    if (!works(r, c, t.date))
        return morning_after(r, c, q, t.date);
    if (!is_night(q, t.minute))
        return t;
    if (t.minute < q.to)
        return (struct local){t.date, q.to};
    t = (struct local){date_add_days(t.date, 1), q.to};
    return works(r, c, t.date) ? t : morning_after(r, c, q, t.date);
}

struct instant quiet_next(const struct rules *r, const struct contact *c,
                          struct quiet quiet, struct instant now,
                          struct instant expires, struct instant meeting)
{
    const struct zone *z = contact_zone(r, c);
    struct local here = zone_local(z, now), then;
    struct instant next;

    if (quiet.from == quiet.to)
        return now;
    then = first_allowed(r, c, quiet, here);
    if (then.date.day == here.date.day && then.minute == here.minute)
        return now;
    next = zone_instant(z, then);
    if (next.second <= now.second || next.second >= expires.second ||
        (!instant_is_none(meeting) &&
         next.second + QUIET_HURRY > meeting.second))
        return now;
    return next;
}

struct instant quiet_meeting(const struct rules *r, const struct plan *plan,
                             const struct contact *c, const char *edition,
                             struct instant now)
{
    struct instant first = INSTANT_NONE;

    for (size_t i = 0; i < plan->n_items; i++) {
        const struct item *item = &plan->items[i];

        if (item->status == ITEM_CANCELLED ||
            instant_is_none(item->start_utc) ||
            item->start_utc.second < now.second ||
            (edition && edition[0] && strcmp(item->edition, edition) != 0) ||
            (!instant_is_none(first) &&
             item->start_utc.second >= first.second) ||
            !contact_hears_item(r, c, item))
            continue;
        first = item->start_utc;
    }
    return first;
}

/* "07:30" -> minutes, -1 when it is no time of day. */
static int minute_of(const char *text)
{
    static const char form[] = "dd:dd";
    int hour, minute;

    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != ':')
            return -1;
    hour = (text[0] - '0') * 10 + text[1] - '0';
    minute = (text[3] - '0') * 10 + text[4] - '0';
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

bool quiet_parse(const char *text, struct quiet *ret)
{
    struct quiet q;

    if (strcmp(text, "none") == 0) {
        *ret = (struct quiet){0, 0};
        return true;
    }
    if (strlen(text) != strlen("20:00-07:00") || text[5] != '-')
        return false;
    q = (struct quiet){minute_of(text), minute_of(text + 6)};
    if (q.from < 0 || q.to < 0 || q.from == q.to)
        return false;
    *ret = q;
    return true;
}
