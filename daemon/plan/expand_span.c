/*
 * How long an edition takes in a country: its meeting days, skipping rest days
 * and public holidays. Also plan_complete(), which gives one edition its days.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/calendar.h"
#include "daemon/plan/expand.h"

bool expand_meets(const struct rules *r, const struct member *m, struct date d)
{
    return m ? calendar_meets(r, m, d) : date_weekday(d) <= FRI;
}

/* The span of a first day, given which days from it on are met. */
static struct span span_from(const struct rules *r, const struct member *m,
                             int days, struct date start, const bool *met)
{
    struct span s = {.start = start.day, .end = start.day, .meets = met[0]};
    int left = days > 0 ? days - 1 : 0, rests = 0;

    for (int32_t d = 1; left > 0 && d < days + SPAN_SLACK; d++) {
        if (met[d]) {
            s.end = start.day + d;
            s.rests = rests;
            left--;
            continue;
        }
        rests++;
        if (m && !s.holiday)
            s.holiday =
                calendar_holiday(r, m->holidays, (struct date){start.day + d});
    }
    if (left > 0) /* nothing but rest days ahead */
        s.rests = SPAN_SLACK;
    return s;
}

void expand_spans(const struct rules *r, const struct member *m, int days,
                  struct date from, int32_t n, struct span *ret)
{
    int32_t seen = n + (days > 0 ? days : 1) + SPAN_SLACK;
    bool *met = array_new(NULL, bool, (size_t)seen);

    for (int32_t d = 0; d < seen; d++)
        met[d] = expand_meets(r, m, (struct date){from.day + d});
    for (int32_t d = 0; d < n; d++)
        ret[d] = span_from(r, m, days, (struct date){from.day + d}, &met[d]);
    talloc_free(met);
}

static struct span expand_span(const struct rules *r, const struct member *m,
                               int days, struct date start)
{
    struct span s;

    expand_spans(r, m, days, start, 1, &s);
    return s;
}

/* The first day counts even where it is a rest day: an officer insists. */
static void days_fill(TALLOC_CTX *ctx, const struct rules *r,
                      const struct member *m, struct edition *e)
{
    e->days =
        array_new(ctx, struct date, (size_t)(e->end.day - e->start.day + 1));
    e->n_days = 0;
    for (int32_t d = e->start.day; d <= e->end.day; d++)
        if (d == e->start.day || expand_meets(r, m, (struct date){d}))
            e->days[e->n_days++] = (struct date){d};
}

static const char *city_of(const struct member *m)
{
    return m && m->city ? m->city : "";
}

void plan_complete(TALLOC_CTX *ctx, const struct rules *r, struct edition *e)
{
    const struct cluster *c = rules_cluster(r, e->cluster);
    const struct member *m = e->host ? rules_member(r, e->host) : NULL;

    if (!date_is_none(e->start)) {
        e->end =
            (struct date){expand_span(r, m, c ? c->days : 1, e->start).end};
        days_fill(ctx, r, m, e);
    }
    if (!e->host)
        e->host = "";
    if (!e->city || !*e->city)
        e->city = memory_text(ctx, city_of(m));
    if ((!e->zone || !*e->zone) && m)
        e->zone = memory_text(ctx, zone_name(rules_zone(r, m, e->city)));
    if (!e->zone)
        e->zone = "";
}

void expand_days_between(TALLOC_CTX *ctx, const struct rules *r,
                         struct edition *e)
{
    const struct member *m = e->host ? rules_member(r, e->host) : NULL;

    days_fill(ctx, r, m, e);
}
