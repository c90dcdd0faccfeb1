/*
 * What an officer should know about an edition's dates although no hard rule
 * is broken: holidays of those who come, estimated holidays of the host,
 * countries without a table, a host out of turn of membership.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/calendar.h"
#include "daemon/plan/expand.h"

void edition_warn(TALLOC_CTX *ctx, struct edition *e, const char *text)
{
    for (size_t i = 0; i < e->n_warnings; i++)
        if (strcmp(e->warnings[i], text) == 0)
            return;
    e->warnings = array_grow(ctx, e->warnings, const char *, e->n_warnings + 1);
    e->warnings[e->n_warnings++] = memory_text(ctx, text);
}

static char *short_day(TALLOC_CTX *ctx, struct date d)
{
    struct civil c = date_civil(d);

    return text_format(ctx, "%d %s %d", c.day, month_short(c.month), c.year);
}

static void warn_estimated(TALLOC_CTX *ctx, const struct rules *r,
                           const struct member *host, struct edition *e)
{
    for (int32_t d = e->start.day - 1; d <= e->end.day + 1; d++) {
        const struct holiday *h =
            calendar_holiday(r, host->holidays, (struct date){d});
        if (h && h->certainty == CERTAINTY_ESTIMATED)
            edition_warn(ctx, e,
                         text_format(ctx,
                                     "%s on %s is estimated, may move by a day",
                                     h->name, short_day(ctx, h->date)));
    }
}

static const char *list_add(TALLOC_CTX *ctx, const char *list, const char *word)
{
    return text_format(ctx, "%s%s%s", list, *list ? ", " : "", word);
}

static bool cluster_has_partner(const struct cluster *c,
                                const struct partner *p)
{
    for (size_t i = 0; c && i < c->n_items; i++)
        for (size_t k = 0; k < c->items[i].n_partners; k++)
            if (c->items[i].partners[k] == p)
                return true;
    return false;
}

/* Countries whose table ends before that year: the host first. */
static void warn_table(TALLOC_CTX *ctx, const struct rules *r,
                       const struct member *host, struct edition *e, int year)
{
    const struct cluster *c = rules_cluster(r, e->cluster);
    const char *list = "";

    if (host && !calendar_covers(r, host->holidays, year))
        list = list_add(ctx, list, host->code);
    for (size_t i = 0; i < r->n_partners; i++)
        if (cluster_has_partner(c, &r->partners[i]) &&
            !calendar_covers(r, r->partners[i].holidays, year))
            list = list_add(ctx, list, r->partners[i].code);
    if (*list)
        edition_warn(ctx, e,
                     text_format(ctx, "no table of public holidays for %d: %s",
                                 year, list));
}

static void warn_tables(TALLOC_CTX *ctx, const struct rules *r,
                        const struct member *host, struct edition *e)
{
    int last = date_civil(e->end).year;

    for (int year = date_civil(e->start).year; year <= last; year++)
        warn_table(ctx, r, host, e, year);
}

/* "TH (Chakri Memorial Day), LA (...)" for one day; host left out. */
static const char *members_resting(TALLOC_CTX *ctx, const struct rules *r,
                                   const struct member *host,
                                   const struct edition *e, struct date d)
{
    const struct sector *s = rules_sector(r, e->cluster);
    const char *list = "";

    for (size_t i = 0; i < s->n_members; i++) {
        const struct member *m = s->members[i];
        const struct holiday *h = calendar_holiday(r, m->holidays, d);
        if (h && m != host && member_is_in(m, d))
            list = list_add(ctx, list,
                            text_format(ctx, "%s (%s)", m->code, h->name));
    }
    return list;
}

static const char *partners_resting(TALLOC_CTX *ctx, const struct rules *r,
                                    const struct cluster *c, struct date d)
{
    const char *list = "";

    for (size_t i = 0; i < r->n_partners; i++) {
        const struct partner *p = &r->partners[i];
        const struct holiday *h = calendar_holiday(r, p->holidays, d);
        if (h && cluster_has_partner(c, p))
            list = list_add(ctx, list,
                            text_format(ctx, "%s (%s)", p->code, h->name));
    }
    return list;
}

static void warn_participants(TALLOC_CTX *ctx, const struct rules *r,
                              const struct member *host, struct edition *e)
{
    const struct cluster *c = rules_cluster(r, e->cluster);

    for (size_t i = 0; i < e->n_days; i++) {
        struct date d = e->days[i];
        const char *members = members_resting(ctx, r, host, e, d);
        const char *partners = partners_resting(ctx, r, c, d);
        if (*partners)
            edition_warn(ctx, e,
                         text_format(ctx, "partner holiday on %s: %s",
                                     short_day(ctx, d), partners));
        if (*members)
            edition_warn(ctx, e,
                         text_format(ctx, "public holiday on %s in %s",
                                     short_day(ctx, d), members));
    }
}

/* What planning would not have done: it was forced, or became known after the
 * date was agreed. */
static void warn_host_rests(TALLOC_CTX *ctx, const struct rules *r,
                            const struct member *host, struct edition *e)
{
    for (size_t i = 0; i < e->n_days; i++) {
        struct date d = e->days[i];
        const struct holiday *h = calendar_holiday(r, host->holidays, d);

        if (h)
            edition_warn(ctx, e,
                         text_format(ctx,
                                     "public holiday of the host on %s: %s",
                                     short_day(ctx, d), h->name));
        else if (!expand_meets(r, host, d))
            edition_warn(ctx, e,
                         text_format(ctx, "rest day of the host on %s",
                                     short_day(ctx, d)));
    }
}

static void warn_avoided(TALLOC_CTX *ctx, const struct rules *r,
                         struct edition *e)
{
    const struct cluster *c = rules_cluster(r, e->cluster);

    for (size_t i = 0; c && i < r->n_avoids; i++) {
        const struct avoid *a = &r->avoids[i];

        if (a->weight < 0 && expand_avoids(a, c) &&
            expand_avoided(a, e->start.day, e->end.day) > 0)
            edition_warn(
                ctx, e,
                text_format(ctx, "against: %s", expand_avoid_text(ctx, a)));
    }
}

static void warn_host(TALLOC_CTX *ctx, const struct member *host,
                      struct edition *e)
{
    if (!host)
        edition_warn(ctx, e, "no host is known");
    else if (!member_is_in(host, e->start) || !member_is_in(host, e->end))
        edition_warn(
            ctx, e,
            text_format(ctx, "%s is not a member on these days", host->code));
}

bool edition_is_against(const struct rules *r, const struct edition *e)
{
    const struct member *host = *e->host ? rules_member(r, e->host) : NULL;
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct edition copy = *e;

    copy.warnings = array_new(ctx, const char *, 0);
    copy.n_warnings = 0;
    if (host)
        warn_host_rests(ctx, r, host, &copy);
    warn_avoided(ctx, r, &copy);
    talloc_free(ctx);
    return copy.n_warnings > 0;
}

void edition_warnings(TALLOC_CTX *ctx, const struct rules *r, struct edition *e)
{
    const struct member *host = *e->host ? rules_member(r, e->host) : NULL;

    e->warnings = array_new(ctx, const char *, 0);
    e->n_warnings = 0;
    if (e->status != EDITION_PROPOSED && e->status != EDITION_CONFIRMED)
        return;
    if (date_is_none(e->start)) {
        edition_warn(ctx, e, "no date satisfies the rules");
        return;
    }
    warn_host(ctx, host, e);
    if (host)
        warn_host_rests(ctx, r, host, e);
    warn_avoided(ctx, r, e);
    if (host)
        warn_estimated(ctx, r, host, e);
    warn_tables(ctx, r, host, e);
    warn_participants(ctx, r, host, e);
    if (e->forced && *e->forced)
        edition_warn(ctx, e, text_format(ctx, "forced: %s", e->forced));
}
