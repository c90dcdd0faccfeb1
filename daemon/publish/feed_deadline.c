/*
 * Deadlines as all-day events: one for all owners of a step who share its due
 * date, not one for each.
 *
 * A task has no UID of its own. Its event's is a hash of the edition's UID,
 * the step and the first of its owners: opaque, the same in every release, and
 * unmoved by a change of date.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_text.h"
#include "daemon/publish/when.h"

#define PAST_MONTHS  12
#define AHEAD_MONTHS 18 /* a plan of ten years would be a feed nobody loads */

/* The tasks of one step of one edition that are due on one day. */
struct group {
    const struct task *first; /* by owner */
    const char *owners;       /* "Cambodia, Indonesia", as people read it */
    const char **codes;       /* one for each of the n */
    const struct zone *zone;  /* of the only owner; NULL for several */
    size_t n;
};

static const char *said(const char *text)
{
    return text ? text : "";
}

static const char *owner_name(const struct rules *r, const struct task *t)
{
    const struct member *m = rules_member(r, t->owner);
    const struct partner *p = rules_partner(r, t->owner);

    if (t->owner_kind == OWNER_PARTNERS)
        return p ? p->name : t->owner;
    return m && t->owner_kind != OWNER_BODY ? m->name : t->owner;
}

static const struct zone *owner_zone(const struct rules *r,
                                     const struct task *t)
{
    const struct member *m = rules_member(r, t->owner);
    const struct partner *p = rules_partner(r, t->owner);
    const struct member *seat = rules_sector(r, t->cluster)->seat;

    if (t->owner_kind == OWNER_PARTNERS)
        return p ? p->zone : NULL;
    if (t->owner_kind == OWNER_SECRETARIAT || t->owner_kind == OWNER_BODY)
        return seat ? seat->zone : NULL;
    return m ? m->zone : NULL;
}

static bool same_group(const struct task *a, const struct task *b)
{
    return a->due.day == b->due.day && strcmp(a->edition, b->edition) == 0 &&
           strcmp(a->step, b->step) == 0;
}

static bool is_shown(const struct task *t)
{
    return t->state != TASK_WAIVED && !date_is_none(t->due) && t->edition &&
           t->step && t->owner;
}

/* The group of row i, false when an earlier row has opened it. */
static bool group_of(TALLOC_CTX *ctx, const struct rules *r,
                     const struct tasks *all, size_t i, struct group *ret)
{
    struct group g = {.first = &all->rows[i], .owners = ""};

    for (size_t k = 0; k < all->n; k++) {
        const struct task *t = &all->rows[k];

        if (!is_shown(t) || !same_group(t, &all->rows[i]))
            continue;
        if (k < i)
            return false;
        g.owners = text_format(ctx, "%s%s%s", g.owners, g.n ? ", " : "",
                               said(owner_name(r, t)));
        g.zone = g.n ? NULL : owner_zone(r, t);
        g.codes = array_grow(ctx, g.codes, const char *, g.n + 1);
        g.codes[g.n] = t->owner;
        if (strcmp(t->owner, g.first->owner) < 0)
            g.first = t;
        g.n++;
    }
    *ret = g;
    return true;
}

static bool ended_before(const struct former *a, const struct former *b)
{
    int64_t then = (a->until.year * 16 + a->until.month) * 32 + a->until.day;

    return then < (b->until.year * 16 + b->until.month) * 32 + b->until.day;
}

/* What the owner was called first: an event outlives its owner's names. */
static const char *owner_first(const struct rules *r, const struct task *t)
{
    bool is_member =
        t->owner_kind == OWNER_HOST || t->owner_kind == OWNER_MEMBERS;
    const struct member *m = is_member ? rules_member(r, t->owner) : NULL;
    const struct former *first = NULL;

    for (size_t i = 0; m && i < m->n_formerly; i++)
        if (!first || ended_before(&m->formerly[i], first))
            first = &m->formerly[i];
    return first ? first->code : t->owner;
}

/* "<32 hexadecimal digits>@<domain of the edition's UID>" */
static char *uid_of(TALLOC_CTX *ctx, const struct rules *r,
                    const struct edition *e, const struct task *t)
{
    char *name =
        text_format(ctx, "%s\n%s\n%s", e->uid, t->step, owner_first(r, t));
    const char *tag = feed_etag(ctx, name, strlen(name));
    const char *domain = strchr(e->uid, '@');

    return text_format(ctx, "%.32s%s", tag + 1, said(domain));
}

/* When the day ends: on the owner's clock, or on each owner's. */
static char *hour_of(TALLOC_CTX *ctx, const struct group *g)
{
    struct local end = {g->first->due, 1440};
    const char *day = when_day(ctx, g->first->due);

    if (!g->zone)
        return text_format(ctx, "By 24:00 on %s, on each owner's own clock",
                           day);
    return text_format(
        ctx, "By 24:00 on %s, %s (%s)", day, zone_name(g->zone),
        when_offset(ctx, zone_offset(g->zone, zone_instant(g->zone, end))));
}

/* Is anybody of the step late on the day of the rendering? */
static bool is_late(const struct feed_input *in, const struct task *t)
{
    struct date today = instant_utc_date(in->now);

    for (size_t i = 0; i < in->tasks->n && t->due.day < today.day; i++)
        if (task_beside(t, &in->tasks->rows[i]))
            return true;
    return false;
}

static void add_group(TALLOC_CTX *ctx, const struct feed_input *in,
                      const struct edition *e, const struct group *g,
                      struct events *events)
{
    const struct task *t = g->first;
    struct event event = {.kind = EVENT_DEADLINE,
                          .status = EVENT_CONFIRMED,
                          .uid = uid_of(ctx, in->rules, e, t),
                          .sequence = e->sequence,
                          .created = e->created,
                          .modified = e->modified,
                          .first = t->due,
                          .last = t->due,
                          .location = "",
                          .edition = e,
                          .step = t->step,
                          .owners = g->codes,
                          .n_owners = g->n};

    if (instant_is_none(event.modified))
        event.modified = in->release_at;
    if (instant_is_none(event.created))
        event.created = event.modified;
    event.url = feed_address(ctx, in->base_url, "/editions/", e->id);
    event.summary = feed_clean_line(
        ctx, text_format(ctx, "Due: %s, %s%s", said(t->title), said(e->title),
                         is_late(in, t) ? " (overdue)" : ""));
    event.description = feed_clean(
        ctx, text_format(ctx, "%s\n%s\nOwner: %s\n%s%s%s", said(t->title),
                         hour_of(ctx, g), g->owners, e->id,
                         event.url ? "\n" : "", said(event.url)));
    events->rows = array_grow(ctx, events->rows, struct event, events->n + 1);
    events->rows[events->n++] = event;
}

void events_add_deadlines(TALLOC_CTX *ctx, const struct feed_input *in,
                          struct events *events)
{
    struct date today = instant_utc_date(in->now);
    struct date oldest = date_add_months(today, -PAST_MONTHS);
    struct date newest = date_add_months(today, AHEAD_MONTHS);

    for (size_t i = 0; in->tasks && i < in->tasks->n; i++) {
        const struct task *t = &in->tasks->rows[i];
        const struct edition *e;
        struct group g;

        if (!is_shown(t) || t->due.day < oldest.day || t->due.day > newest.day)
            continue;
        e = plan_edition(in->version, t->edition);
        if (e && said(e->uid)[0] && group_of(ctx, in->rules, in->tasks, i, &g))
            add_group(ctx, in, e, &g, events);
    }
}
