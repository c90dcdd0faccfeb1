/*
 * What one release changed, told once to everybody whom it concerns.
 *
 * 1. A change of an item concerns those who hear of it, as it was or as it is;
 *    a change of an edition those who hear of any of its items, and its host's
 *    contacts, the old one's too. An edition without items (not laid out yet)
 *    concerns the bodies that its cluster's rule names. What is over by the day
 *    of the release, as it was and as it is, concerns nobody.
 * 2. A contact gets one digest per release, whatever the number of changes.
 * 3. A digest reminds its reader of the tasks that are its own and late; these
 *    alone are no reason to write one.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"

/* A digest that nobody let go for so long is old news. */
#define DIGEST_SECONDS (30 * 86400)

/* What a change is about, before and after; found once for all contacts. */
struct subject {
    const char *id; /* of the edition or the item */
    const struct edition *editions[2];
    const struct item *items[2]; /* the item, or the edition's items */
    size_t n_items[2];
};

static struct subject subject_of(const struct change *c,
                                 const struct plan *const plans[2])
{
    struct subject s = {.id = *c->item ? c->item : c->edition};

    for (int i = 0; i < 2; i++) {
        if (!plans[i])
            continue;
        if (*c->item) {
            s.items[i] = plan_item(plans[i], c->item);
            s.n_items[i] = s.items[i] != NULL;
        } else {
            s.editions[i] = plan_edition(plans[i], c->edition);
            s.items[i] = plan_items_of(plans[i], c->edition, &s.n_items[i]);
        }
    }
    return s;
}

/* ---- editions: by the bodies of their items, else of their cluster's rule */

enum link {
    LINK_NONE,    /* none of the bodies is the contact's */
    LINK_BODY,    /* one is */
    LINK_BODYLESS /* there are none at all */
};

static enum link link_by_items(const struct contact *c,
                               const struct item *items, size_t n)
{
    enum link link = LINK_BODYLESS;

    for (size_t i = 0; i < n; i++) {
        if (contact_has_any(c, (const char *const *)items[i].bodies,
                            items[i].n_bodies))
            return LINK_BODY;
        if (items[i].n_bodies > 0)
            link = LINK_NONE;
    }
    return link;
}

static enum link link_by_rule(const struct rules *r, const struct contact *c,
                              const struct edition *e)
{
    const struct cluster *cluster = rules_cluster(r, e->cluster);
    enum link link = LINK_BODYLESS;

    for (size_t i = 0; cluster && i < cluster->n_items; i++)
        for (size_t k = 0; k < cluster->items[i].n_bodies; k++) {
            if (contact_has_body(c, cluster->items[i].bodies[k]->code))
                return LINK_BODY;
            link = LINK_NONE;
        }
    return link;
}

static bool is_in(const struct rules *r, const struct contact *c,
                  const struct edition *e)
{
    const struct member *m = rules_member(r, c->of);

    return contact_is_delegate(c) && m &&
           sector_has_member(rules_sector(r, e->cluster), m) &&
           (date_is_none(e->start) || member_is_in(m, e->start));
}

/* Does the contact's country host it, or is it to sit there? */
static bool concerns_edition(const struct rules *r, const struct contact *c,
                             const struct subject *s, int i)
{
    const struct edition *e = s->editions[i];
    enum link link;

    if (!e)
        return false;
    link = s->n_items[i] > 0 ? link_by_items(c, s->items[i], s->n_items[i])
                             : link_by_rule(r, c, e);
    if (*e->host && text_same(c->of, e->host))
        return link != LINK_NONE;
    if (s->n_items[i] > 0)
        return false; /* its items decide */
    return c->role == ROLE_DESK ? link != LINK_NONE
                                : link == LINK_BODY && is_in(r, c, e);
}

static bool is_over(struct date last, struct date today)
{
    return !date_is_none(last) && last.day < today.day;
}

/* Over as it was and as it is: then nobody need be told. */
static bool is_past(const struct subject *s, struct date today)
{
    for (int i = 0; i < 2; i++) {
        if (s->editions[i] && !is_over(s->editions[i]->end, today))
            return false;
        for (size_t k = 0; k < s->n_items[i]; k++)
            if (!is_over(s->items[i][k].end.date, today))
                return false;
    }
    return true;
}

static bool concerns(const struct rules *r, const struct contact *c,
                     const struct subject *s)
{
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < s->n_items[i]; k++)
            if (contact_hears_item(r, c, &s->items[i][k]))
                return true;
    return concerns_edition(r, c, s, 0) || concerns_edition(r, c, s, 1);
}

static struct subject *subjects_of(TALLOC_CTX *ctx,
                                   const struct changes *changes,
                                   const struct plan *before,
                                   const struct plan *after)
{
    const struct plan *const plans[2] = {before, after};
    struct subject *all = array_new(ctx, struct subject, changes->n);

    for (size_t i = 0; i < changes->n; i++)
        all[i] = subject_of(&changes->rows[i], plans);
    return all;
}

/* The ids that concern a contact, each once, in the order of the changes. */
static const char **ids_for(TALLOC_CTX *ctx, const struct rules *r,
                            const struct contact *c, const struct subject *all,
                            size_t n, struct date today, size_t *ret_n)
{
    const char **ids = NULL;

    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (*ret_n > 0 && text_same(ids[*ret_n - 1], all[i].id))
            continue;
        if (is_past(&all[i], today) || !concerns(r, c, &all[i]) ||
            bodies_hold((const char *const *)ids, *ret_n, all[i].id))
            continue;
        ids = array_grow(ctx, ids, const char *, *ret_n + 1);
        ids[(*ret_n)++] = memory_text(ids, all[i].id);
    }
    return ids;
}

/* The open tasks of a contact that are past their day, in their order. */
static const struct task **overdue_of(TALLOC_CTX *ctx, const struct rules *r,
                                      const struct contact *c,
                                      const struct plan *plan,
                                      const struct tasks *tasks,
                                      struct date today, size_t *ret_n)
{
    const struct task **late = NULL;

    *ret_n = 0;
    for (size_t i = 0; i < tasks->n; i++) {
        const struct task *t = &tasks->rows[i];
        const struct edition *e;

        if (task_overdue(t, today) == 0)
            continue;
        e = plan_edition(plan, t->edition);
        if (!e || !contact_owns(r, c, t, e))
            continue;
        late = array_grow(ctx, late, const struct task *, *ret_n + 1);
        late[(*ret_n)++] = t;
    }
    return late;
}

struct notices
office_digests(TALLOC_CTX *ctx, const struct rules *r,
               const struct plan *before, const struct plan *after,
               const struct changes *changes, const struct tasks *tasks,
               int release, struct instant now, const struct contacts *contacts)
{
    struct notices all = {array_new(ctx, struct notice, contacts->n), 0};
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct subject *subjects = subjects_of(scratch, changes, before, after);
    const char *cause = text_format(ctx, "digest/%d", release);
    struct date today = instant_utc_date(now);

    for (size_t i = 0; i < contacts->n; i++) {
        const struct contact *c = &contacts->rows[i];
        struct notice n = {.kind = NOTICE_DIGEST,
                           .cause = cause,
                           .contact = c,
                           .edition = "",
                           .thing = "",
                           .due = now,
                           .expires = {now.second + DIGEST_SECONDS},
                           .lead = {-1, UNIT_DAYS}};

        if (!contact_is_subscribed(c))
            continue;
        n.items = ids_for(ctx, r, c, subjects, changes->n, today, &n.n_items);
        if (n.n_items == 0)
            continue;
        n.overdue = overdue_of(ctx, r, c, after, tasks, today, &n.n_overdue);
        all.rows[all.n++] = n;
    }
    talloc_free(scratch);
    return all;
}
