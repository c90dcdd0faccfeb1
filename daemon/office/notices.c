/*
 * Who must be reminded of what, when. A reminder belongs to a contact and a
 * cause; the cause holds the date it speaks of, so that a meeting that moves is
 * due again and one that does not is never told twice.
 *
 * 1. Meetings are recalled only once their edition is confirmed: a proposed
 *    date is nobody's appointment. Tasks are recalled from the first release
 *    on, because some of them come before the confirmation.
 * 2. "meetings" are all items in which the contact has a place, "consults" the
 *    consultations among them; "tasks" are those the contact owns.
 * 3. Where several kinds of contacts could answer for a host, a member or a
 *    body, the nearest hears: the host's own desk, else focal points, else
 *    delegates.
 * 4. What was due before the release that set its date is left out, as is what
 *    would come after its own end.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"
#include "daemon/plan/calendar.h"

/* Of a step's own reminders, which have no `at`. */
#define MORNING (8 * 60)

struct desk_work {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    const struct plan *plan;
    const struct contacts *contacts;
    const struct zone **zones; /* per contact */
    struct notices *all;
};

/* ---- dates */

struct rest {
    weekdays weekend;
    const char *holidays;
    bool known;
};

static struct rest rest_of(const struct rules *r, const struct contact *c)
{
    const struct member *m = rules_member(r, c->of);
    const struct partner *p = rules_partner(r, c->of);

    if (m)
        return (struct rest){m->weekend, m->holidays, true};
    if (p)
        return (struct rest){p->weekend, p->holidays, true};
    m = contact_sector(r, c)->seat;
    if (m)
        return (struct rest){m->weekend, m->holidays, true};
    return (struct rest){0, NULL, false};
}

/* The day that lies `l` before d; working days are the contact's own. */
static struct date lead_day(const struct rules *r, const struct contact *c,
                            struct date d, struct length l)
{
    struct rest rest;

    switch (l.unit) {
    case UNIT_DAYS:
        return date_add_days(d, -l.n);
    case UNIT_WEEKS:
        return date_add_days(d, -7 * l.n);
    case UNIT_MONTHS:
        return date_add_months(d, -l.n);
    case UNIT_WORKING_DAYS:
        rest = rest_of(r, c);
        return rest.known ? calendar_add_working(r, rest.weekend, rest.holidays,
                                                 d, -l.n)
                          : date_add_days(d, -l.n);
    case UNIT_MINUTES:
    case UNIT_HALF_DAY:
    case UNIT_EVENING:
        return d;
    }
    return d;
}

/* ---- the list */

static void add_notice(struct desk_work *w, struct notice n,
                       struct instant since)
{
    if (n.due.second < since.second || n.due.second >= n.expires.second)
        return;
    w->all->rows =
        array_grow(w->ctx, w->all->rows, struct notice, w->all->n + 1);
    w->all->rows[w->all->n++] = n;
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_contact(const struct notice *a, const struct notice *b)
{
    int o = text_compare(a->contact->email, b->contact->email);

    return o ? o : order(a->contact->role, b->contact->role);
}

/* The same cause side by side, the fullest and earliest first. */
static int by_cause(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;
    int o = by_contact(x, y);

    if (o == 0)
        o = strcmp(x->cause, y->cause);
    if (o == 0)
        o = order((int64_t)y->n_items, (int64_t)x->n_items);
    return o ? o : order(x->due.second, y->due.second);
}

int notice_by_due(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;
    int o = order(x->due.second, y->due.second);

    if (o == 0)
        o = by_contact(x, y);
    return o ? o : strcmp(x->cause, y->cause);
}

/* Several lines of the rules may ask for the same notice. */
static void drop_doubles(struct notices *all)
{
    size_t n = 0;

    qsort(all->rows, all->n, sizeof *all->rows, by_cause);
    for (size_t i = 0; i < all->n; i++)
        if (n == 0 || by_contact(&all->rows[n - 1], &all->rows[i]) != 0 ||
            strcmp(all->rows[n - 1].cause, all->rows[i].cause) != 0)
            all->rows[n++] = all->rows[i];
    all->n = n;
    qsort(all->rows, all->n, sizeof *all->rows, notice_by_due);
}

/* ---- who is nearest */

/* The lower, the nearer; for delegates and partners all are as near. */
static int distance(const struct contact *c)
{
    switch (c->role) {
    case ROLE_HOST:
        return 0;
    case ROLE_FOCAL:
        return 1;
    case ROLE_DELEGATE:
        return 2;
    case ROLE_DESK:
    case ROLE_PARTNER:
        return 0;
    }
    return 0;
}

struct nearest {
    const char *of;
    int distance;
};

/* The entry of a member, partner or desk; a new one is as far as can be. There
 * are few of them, whatever the number of contacts. */
static struct nearest *nearest_of(struct nearest *all, size_t *n,
                                  const char *of)
{
    for (size_t i = 0; i < *n; i++)
        if (text_same(all[i].of, of))
            return &all[i];
    all[*n] = (struct nearest){of, INT_MAX};
    return &all[(*n)++];
}

void contacts_keep_nearest(const struct contacts *contacts, bool *chosen)
{
    struct nearest *all = array_new(NULL, struct nearest, contacts->n);
    size_t n = 0;

    for (size_t i = 0; i < contacts->n; i++)
        if (chosen[i]) {
            const struct contact *c = &contacts->rows[i];
            struct nearest *one = nearest_of(all, &n, c->of);

            if (distance(c) < one->distance)
                one->distance = distance(c);
        }
    for (size_t i = 0; i < contacts->n; i++)
        if (chosen[i]) {
            const struct contact *c = &contacts->rows[i];

            chosen[i] = distance(c) == nearest_of(all, &n, c->of)->distance;
        }
    talloc_free(all);
}

/* ---- meetings */

/* May a contact belong to the audience of an edition at all? */
static bool is_audience(const struct rules *r, enum audience audience,
                        const struct contact *c, const struct edition *e)
{
    switch (audience) {
    case AUDIENCE_NOBODY:
        return false;
    case AUDIENCE_DELEGATES:
    case AUDIENCE_MEMBERS:
        return contact_is_delegate(c) && !contact_is_partner(r, c);
    case AUDIENCE_PARTNERS:
        return contact_is_partner(r, c);
    case AUDIENCE_HOST:
        return *e->host && text_same(c->of, e->host) &&
               (c->role == ROLE_HOST || contact_is_delegate(c));
    case AUDIENCE_SECRETARIAT:
        return c->role == ROLE_DESK;
    }
    return false;
}

static bool hears(const struct rules *r, enum audience audience,
                  const struct contact *c, const struct item *i)
{
    return audience == AUDIENCE_HOST ? contact_touches(r, c, i, true)
                                     : contact_hears_item(r, c, i);
}

/* The items of an edition that a reminder speaks of to a contact, in time
 * order, in `out` with room for all; how many. */
static size_t choose_items(const struct desk_work *w, const struct reminder *m,
                           const struct contact *c, const struct item *items,
                           size_t n, const struct item **out)
{
    size_t chosen = 0;

    for (size_t i = 0; i < n; i++)
        if (items[i].status != ITEM_CANCELLED &&
            (m->of == REMIND_MEETINGS || items[i].kind == ITEM_CONSULT) &&
            hears(w->rules, m->audience, c, &items[i]))
            out[chosen++] = &items[i];
    return chosen;
}

static const char **item_ids(TALLOC_CTX *ctx, const struct item *const *items,
                             size_t n)
{
    const char **ids = array_new(ctx, const char *, n);

    for (size_t i = 0; i < n; i++)
        ids[i] = memory_text(ids, items[i]->id);
    return ids;
}

static struct instant later(struct instant a, struct instant b)
{
    return a.second > b.second ? a : b;
}

static void remind_of_items(struct desk_work *w, const struct reminder *m,
                            size_t contact, const struct edition *e,
                            const struct item *const *items, size_t n)
{
    const struct contact *c = &w->contacts->rows[contact];
    const char **ids = item_ids(w->ctx, items, n);
    const char *edition = memory_text(w->ctx, e->id);
    struct instant since = later(e->modified, items[0]->modified);
    char day[DATE_TEXT];

    (void)date_print(items[0]->start.date, day);
    for (size_t i = 0; i < m->n_before; i++) {
        struct length lead = m->before[i];
        struct local at = {lead_day(w->rules, c, items[0]->start.date, lead),
                           m->at};
        struct notice notice = {.kind = NOTICE_REMINDER,
                                .contact = c,
                                .edition = edition,
                                .thing = "",
                                .due = zone_instant(w->zones[contact], at),
                                .expires = items[0]->start_utc,
                                .lead = lead,
                                .items = ids,
                                .n_items = n};

        if (lead.unit == UNIT_MINUTES)
            notice.due.second = items[0]->start_utc.second - 60 * lead.n;
        notice.cause = text_format(w->ctx, "reminder/%s/%s/%s", e->id,
                                   length_print(w->ctx, lead), day);
        add_notice(w, notice, since);
    }
}

static void remind_of_edition(struct desk_work *w, const struct reminder *m,
                              const struct edition *e)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    const struct contacts *contacts = w->contacts;
    bool *chosen = array_new(scratch, bool, contacts->n);
    size_t n;
    const struct item *items = plan_items_of(w->plan, e->id, &n);
    const struct item **out = array_new(scratch, const struct item *, n);

    for (size_t i = 0; i < contacts->n; i++) {
        const struct contact *c = &contacts->rows[i];

        chosen[i] = contact_is_subscribed(c) &&
                    is_audience(w->rules, m->audience, c, e) &&
                    choose_items(w, m, c, items, n, out) > 0;
    }
    if (m->audience == AUDIENCE_HOST || m->audience == AUDIENCE_MEMBERS)
        contacts_keep_nearest(contacts, chosen);
    for (size_t i = 0; i < contacts->n; i++)
        if (chosen[i])
            remind_of_items(
                w, m, i, e, out,
                choose_items(w, m, &contacts->rows[i], items, n, out));
    talloc_free(scratch);
}

/* A reminder speaks of the editions of its own sector. */
static bool speaks_of(const struct desk_work *w, const struct reminder *m,
                      const char *cluster)
{
    return m->sector == rules_sector(w->rules, cluster);
}

static void remind_of_meetings(struct desk_work *w)
{
    for (size_t i = 0; i < w->rules->n_reminders; i++) {
        const struct reminder *m = &w->rules->reminders[i];

        for (size_t k = 0; m->of != REMIND_TASKS && k < w->plan->n_editions;
             k++)
            if (w->plan->editions[k].status == EDITION_CONFIRMED &&
                speaks_of(w, m, w->plan->editions[k].cluster))
                remind_of_edition(w, m, &w->plan->editions[k]);
    }
}

/* ---- tasks */

static void remind_of_task(struct desk_work *w, const struct task *t,
                           const struct edition *e, size_t contact,
                           struct length lead, int at)
{
    const struct contact *c = &w->contacts->rows[contact];
    struct local due = {lead_day(w->rules, c, t->due, lead), at};
    struct local end = {t->due, 24 * 60};
    char day[DATE_TEXT];

    add_notice(
        w,
        (struct notice){.kind = NOTICE_TASK,
                        .cause = text_format(w->ctx, "task/%s/%s/%s", t->id,
                                             length_print(w->ctx, lead),
                                             date_print(t->due, day)),
                        .contact = c,
                        .edition = memory_text(w->ctx, e->id),
                        .thing = memory_text(w->ctx, t->id),
                        .due = zone_instant(w->zones[contact], due),
                        .expires = zone_instant(w->zones[contact], end),
                        .lead = lead},
        e->modified);
}

/* Does `remind AUDIENCE of tasks` speak of this one? */
static bool is_task_of(const struct desk_work *w, const struct reminder *m,
                       const struct task *t)
{
    if (!speaks_of(w, m, t->cluster))
        return false;
    switch (m->audience) {
    case AUDIENCE_NOBODY:
        return false;
    case AUDIENCE_DELEGATES:
        return t->owner_kind == OWNER_MEMBERS || t->owner_kind == OWNER_BODY;
    case AUDIENCE_PARTNERS:
        return t->owner_kind == OWNER_PARTNERS;
    case AUDIENCE_HOST:
        return t->owner_kind == OWNER_HOST;
    case AUDIENCE_SECRETARIAT:
        return t->owner_kind == OWNER_SECRETARIAT;
    case AUDIENCE_MEMBERS:
        return t->owner_kind == OWNER_MEMBERS;
    }
    return false;
}

static void remind_owner(struct desk_work *w, const struct task *t,
                         const struct edition *e, size_t contact)
{
    for (size_t i = 0; i < t->rule->n_remind; i++)
        remind_of_task(w, t, e, contact, t->rule->remind[i], MORNING);
    for (size_t i = 0; i < w->rules->n_reminders; i++) {
        const struct reminder *m = &w->rules->reminders[i];

        for (size_t k = 0;
             m->of == REMIND_TASKS && is_task_of(w, m, t) && k < m->n_before;
             k++)
            remind_of_task(w, t, e, contact, m->before[k], m->at);
    }
}

static void remind_owners(struct desk_work *w, const struct task *t,
                          const struct edition *e, bool *chosen)
{
    const struct contacts *contacts = w->contacts;

    for (size_t i = 0; i < contacts->n; i++)
        chosen[i] = contact_is_mailed(&contacts->rows[i]) &&
                    contact_owns(w->rules, &contacts->rows[i], t, e);
    contacts_keep_nearest(contacts, chosen);
    for (size_t i = 0; i < contacts->n; i++)
        if (chosen[i])
            remind_owner(w, t, e, i);
}

static void remind_of_tasks(struct desk_work *w, const struct tasks *tasks)
{
    bool *chosen = array_new(NULL, bool, w->contacts->n);

    for (size_t i = 0; i < tasks->n; i++) {
        const struct task *t = &tasks->rows[i];
        const struct edition *e = plan_edition(w->plan, t->edition);

        if (e && t->state == TASK_OPEN)
            remind_owners(w, t, e, chosen);
    }
    talloc_free(chosen);
}

const struct sector *notice_sector(const struct rules *r,
                                   const struct notice *n)
{
    return n->edition && *n->edition ? past_sector(r, n->edition)
                                     : contact_sector(r, n->contact);
}

struct notices office_notices(TALLOC_CTX *ctx, const struct rules *r,
                              const struct plan *released,
                              const struct tasks *tasks,
                              const struct contacts *contacts)
{
    struct notices all = {array_new(ctx, struct notice, 0), 0};
    struct desk_work w = {ctx, r, released, contacts, NULL, &all};

    w.zones = array_new(NULL, const struct zone *, contacts->n);
    for (size_t i = 0; i < contacts->n; i++)
        w.zones[i] = contact_zone(r, &contacts->rows[i]);
    remind_of_meetings(&w);
    remind_of_tasks(&w, tasks);
    talloc_free(w.zones);
    drop_doubles(&all);
    return all;
}
