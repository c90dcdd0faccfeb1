/*
 * Mandates against plan and history: what a body's founding text requires, what
 * is planned, what was held, what is missing. Counted, never planned from.
 *
 * 1. A joint meeting counts for every body in it. Where a body's mandate names
 *    joint meetings, those count for that clause and not for its other
 *    meetings; else every meeting counts.
 * 2. Consultations are counted partner by partner, each partner once.
 * 3. An edition that only history knows had the meetings and consultations of
 *    its cluster's rule. Cancelled, postponed and lapsed editions count not at
 *    all; they are named as the reason of what is missing.
 * 4. Back-to-back means: at the same place, and each day between on which the
 *    host works has an item of that edition. An edition without a laid-out
 *    agenda is trusted.
 * 5. More than a mandate asks for is no fault.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"
#include "daemon/plan/calendar.h"

/* One sitting of a body, from the plan or from history. */
struct sitting {
    const struct cluster *cluster;
    const struct occurrence *of;
    const struct item *item;       /* NULL: by the rule */
    const struct item_rule *rule;  /* NULL: one-off */
    const struct partner *partner; /* of a consultation by rule, or NULL */
    enum item_kind kind;
};

struct sittings {
    struct sitting *rows;
    size_t n;
};

struct auditor {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    const struct occurrences *past; /* per cluster */
    struct audit *all;
};

/* ---- sittings of a body in a cycle */

static bool rule_has_body(const struct item_rule *rule, const struct body *b)
{
    for (size_t i = 0; i < rule->n_bodies; i++)
        if (rule->bodies[i] == b)
            return true;
    return false;
}

static bool item_has_body(const struct item *i, const struct body *b)
{
    return bodies_hold((const char *const *)i->bodies, i->n_bodies, b->code);
}

static void add(TALLOC_CTX *ctx, struct sittings *all, struct sitting s)
{
    all->rows = array_grow(ctx, all->rows, struct sitting, all->n + 1);
    all->rows[all->n++] = s;
}

static void add_by_plan(TALLOC_CTX *ctx, struct sittings *all,
                        const struct cluster *c, const struct occurrence *o,
                        const struct body *b)
{
    for (size_t k = 0; k < o->n_items; k++) {
        const struct item *i = &o->items[k];

        if (i->part <= 1 && i->status != ITEM_CANCELLED && item_has_body(i, b))
            add(ctx, all,
                (struct sitting){c, o, i, cluster_item(c, i->code), NULL,
                                 i->kind});
    }
}

static void add_by_rule(TALLOC_CTX *ctx, struct sittings *all,
                        const struct cluster *c, const struct occurrence *o,
                        const struct body *b)
{
    for (size_t k = 0; k < c->n_items; k++) {
        const struct item_rule *rule = &c->items[k];

        if (!rule_has_body(rule, b))
            continue;
        for (size_t p = 0; p < rule->n_partners; p++)
            add(ctx, all,
                (struct sitting){c, o, NULL, rule, rule->partners[p],
                                 rule->kind});
        if (rule->n_partners == 0)
            add(ctx, all, (struct sitting){c, o, NULL, rule, NULL, rule->kind});
    }
}

static struct sittings sittings_of(TALLOC_CTX *ctx, const struct auditor *a,
                                   const struct body *b, int cycle)
{
    struct sittings all = {NULL, 0};

    for (size_t k = 0; k < a->rules->n_clusters; k++)
        for (size_t i = 0; i < a->past[k].n; i++) {
            const struct occurrence *o = &a->past[k].rows[i];

            if (o->cycle != cycle || !o->counts)
                continue;
            if (o->n_items > 0)
                add_by_plan(ctx, &all, &a->rules->clusters[k], o, b);
            else
                add_by_rule(ctx, &all, &a->rules->clusters[k], o, b);
        }
    return all;
}

static bool sits_with(const struct sitting *s, const struct body *other)
{
    return s->item ? item_has_body(s->item, other)
                   : rule_has_body(s->rule, other);
}

static bool is_consult_of(const struct sitting *s, const struct partner *p)
{
    return s->kind == ITEM_CONSULT &&
           (s->item ? text_same(s->item->partner, p->code) : s->partner == p);
}

/* ---- back-to-back */

static bool has_day(const struct occurrence *o, struct date d)
{
    for (size_t i = 0; i < o->n_items; i++)
        if (o->items[i].status != ITEM_CANCELLED &&
            o->items[i].start.date.day == d.day)
            return true;
    return false;
}

static bool host_works(const struct rules *r, const struct edition *e,
                       struct date d)
{
    const struct member *m = e ? rules_member(r, e->host) : NULL;

    return !m || calendar_works(r, m->weekend, m->holidays, d);
}

/* No idle working day between two days, both within a year of each other. */
static bool is_chain(const struct auditor *a, const struct occurrence *o,
                     struct date from, struct date to)
{
    if (from.day > to.day) {
        struct date swap = from;

        from = to;
        to = swap;
    }
    if (to.day - from.day > 366)
        return false;
    for (struct date d = date_add_days(from, 1); d.day < to.day;
         d = date_add_days(d, 1))
        if (!has_day(o, d) && host_works(a->rules, o->edition, d))
            return false;
    return true;
}

static bool is_chain_of_items(const struct auditor *a,
                              const struct occurrence *o, const struct item *x,
                              const struct item *y)
{
    return text_same(x->city, y->city) &&
           is_chain(a, o, x->start.date, y->start.date);
}

static bool is_business(enum item_kind kind)
{
    return kind == ITEM_MEETING || kind == ITEM_CONSULT ||
           kind == ITEM_DIALOGUE;
}

/* Does a sitting stand beside another item of its edition: a meeting of `b`
 * when `b` is given, else any meeting, consultation or dialogue? */
static bool stands_beside(const struct auditor *a, const struct sitting *s,
                          const struct body *b)
{
    if (!s->item)
        return true;
    for (size_t i = 0; i < s->of->n_items; i++) {
        const struct item *other = &s->of->items[i];

        if (other == s->item || other->status == ITEM_CANCELLED ||
            text_same(other->code, s->item->code))
            continue;
        if (b ? other->kind != ITEM_MEETING : !is_business(other->kind))
            continue;
        if ((!b || item_has_body(other, b)) &&
            is_chain_of_items(a, s->of, s->item, other))
            return true;
    }
    return false;
}

/* Two editions of the same place with no working day between them. */
static bool adjoins(const struct auditor *a, const struct occurrence *x,
                    const struct occurrence *y)
{
    const struct occurrence *first = x->start.day <= y->start.day ? x : y;
    const struct occurrence *last = first == x ? y : x;

    if (date_is_none(x->start) || date_is_none(y->start) || !y->counts)
        return false;
    if (x->edition && y->edition &&
        !text_same(x->edition->city, y->edition->city))
        return false;
    return last->start.day <= first->end.day ||
           is_chain(a, first, first->end, last->start);
}

static bool is_held_with(const struct auditor *a, const struct sitting *s,
                         const struct cluster *with)
{
    const struct occurrences *past = &a->past[with - a->rules->clusters];

    if (s->cluster == with)
        return stands_beside(a, s, NULL);
    for (size_t i = 0; i < past->n; i++)
        if (adjoins(a, s->of, &past->rows[i]))
            return true;
    return false;
}

static bool is_back_to_back(const struct auditor *a, const struct require *q,
                            const struct body *b, const struct sitting *s)
{
    if (!q->back_to_back)
        return true;
    if (q->back_to_back_with)
        return is_held_with(a, s, q->back_to_back_with);
    return stands_beside(a, s, q->kind == REQUIRE_CONSULTATIONS ? b : NULL);
}

/* ---- rows */

static void add_missing(TALLOC_CTX *ctx, struct audit_row *row,
                        const char *text)
{
    row->missing =
        array_grow(ctx, row->missing, const char *, row->n_missing + 1);
    row->missing[row->n_missing++] = text;
}

/* "MINISTERIAL-2027 lapsed": editions of the cycle that would have had what is
 * missing, "" when there is none. */
static const char *edition_reasons(const struct auditor *a,
                                   const struct body *b,
                                   const struct body *with,
                                   const struct partner *partner, int cycle)
{
    const char *text = "";

    for (size_t k = 0; k < a->rules->n_clusters; k++)
        for (size_t i = 0; i < a->past[k].n; i++) {
            const struct occurrence *o = &a->past[k].rows[i];
            struct sittings would = {NULL, 0};
            bool found = false;

            if (o->cycle != cycle || o->counts || !o->edition)
                continue;
            add_by_rule(a->ctx, &would, &a->rules->clusters[k], o, b);
            for (size_t j = 0; j < would.n; j++)
                found =
                    found ||
                    (partner ? is_consult_of(&would.rows[j], partner)
                             : would.rows[j].kind == ITEM_MEETING &&
                                   (!with || sits_with(&would.rows[j], with)));
            if (found)
                text = text_format(a->ctx, "%s%s%s %s", text, *text ? ", " : "",
                                   o->edition->id,
                                   edition_status_word(o->edition->status));
        }
    return text;
}

static bool would_count(const struct item *i, const struct body *b,
                        const struct body *with, const struct partner *partner)
{
    if (i->part > 1 || i->status != ITEM_CANCELLED || !item_has_body(i, b))
        return false;
    return partner
               ? text_same(i->partner, partner->code)
               : i->kind == ITEM_MEETING && (!with || item_has_body(i, with));
}

/* Likewise items that were called off alone. */
static const char *item_reasons(const struct auditor *a, const char *text,
                                const struct body *b, const struct body *with,
                                const struct partner *partner, int cycle)
{
    for (size_t k = 0; k < a->rules->n_clusters; k++)
        for (size_t i = 0; i < a->past[k].n; i++) {
            const struct occurrence *o = &a->past[k].rows[i];

            for (size_t j = 0; o->counts && o->cycle == cycle && j < o->n_items;
                 j++)
                if (would_count(&o->items[j], b, with, partner))
                    text = text_format(a->ctx, "%s%s%s cancelled", text,
                                       *text ? ", " : "", o->items[j].id);
        }
    return text;
}

/* " (MINISTERIAL-2027 lapsed)": what would have been what is missing, "" when
 * there is nothing. */
static const char *reason_of(const struct auditor *a, const struct body *b,
                             const struct body *with,
                             const struct partner *partner, int cycle)
{
    const char *text =
        item_reasons(a, edition_reasons(a, b, with, partner, cycle), b, with,
                     partner, cycle);

    return *text ? text_format(a->ctx, " (%s)", text) : "";
}

static void count(struct audit_row *row, const struct sitting *s)
{
    if (s->of->held)
        row->held++;
    else
        row->planned++;
}

/* A joint meeting that another clause of the same mandate asks for. */
static bool is_claimed(const struct body *b, const struct sitting *s)
{
    for (size_t i = 0; i < b->n_requires; i++)
        if (b->requires[i].kind == REQUIRE_MEETINGS && b->requires[i].with &&
            sits_with(s, b->requires[i].with))
            return true;
    return false;
}

static const char *sitting_name(const struct auditor *a,
                                const struct sitting *s)
{
    return s->item
               ? s->item->id
               : text_format(a->ctx, "%s-%d", s->cluster->code, s->of->cycle);
}

static void check_back_to_back(const struct auditor *a, const struct require *q,
                               const struct body *b, const struct sitting *s,
                               struct audit_row *row)
{
    if (is_back_to_back(a, q, b, s))
        return;
    add_missing(a->ctx, row,
                text_format(a->ctx, "%s is not back-to-back with %s",
                            sitting_name(a, s),
                            q->back_to_back_with ? q->back_to_back_with->code
                            : q->kind == REQUIRE_CONSULTATIONS
                                ? "its meeting"
                                : "another meeting"));
}

static void audit_meetings(const struct auditor *a, const struct require *q,
                           const struct body *b, const struct sittings *all,
                           struct audit_row *row)
{
    const char *with = q->with ? q->with->code : "";
    int left;

    row->required = q->kind == REQUIRE_MEETINGS ? q->count : 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct sitting *s = &all->rows[i];

        if (s->kind != ITEM_MEETING ||
            (q->with ? !sits_with(s, q->with)
                     : q->kind == REQUIRE_MEETINGS && is_claimed(b, s)))
            continue;
        count(row, s);
        check_back_to_back(a, q, b, s, row);
    }
    left = row->required - row->planned - row->held;
    if (left > 0)
        add_missing(a->ctx, row,
                    text_format(a->ctx, "%d meeting%s%s%s%s", left,
                                left == 1 ? "" : "s", *with ? " with " : "",
                                with,
                                reason_of(a, b, q->with, NULL, row->cycle)));
}

static void audit_consultation(const struct auditor *a, const struct require *q,
                               const struct body *b, const struct partner *p,
                               const struct sittings *all,
                               struct audit_row *row)
{
    const struct sitting *best = NULL;

    for (size_t i = 0; i < all->n; i++) {
        const struct sitting *s = &all->rows[i];

        if (is_consult_of(s, p) && (!best || (!is_back_to_back(a, q, b, best) &&
                                              is_back_to_back(a, q, b, s))))
            best = s;
    }
    if (best) {
        count(row, best);
        check_back_to_back(a, q, b, best, row);
        return;
    }
    add_missing(a->ctx, row,
                text_format(a->ctx, "consultation with %s%s", p->name,
                            reason_of(a, b, NULL, p, row->cycle)));
}

static void audit_clause(struct auditor *a, const struct body *b,
                         const struct require *q, int cycle,
                         const struct sittings *all)
{
    struct audit_row row = {.body = b->code,
                            .cycle = cycle,
                            .mandate = b->mandate ? b->mandate : "",
                            .requires = q->text ? q->text : "",
                            .missing = array_new(a->ctx, const char *, 0),
                            .where = q->where};

    if (q->kind == REQUIRE_CONSULTATIONS) {
        row.required = (int)q->n_partners;
        for (size_t i = 0; i < q->n_partners; i++)
            audit_consultation(a, q, b, q->partners[i], all, &row);
    } else {
        audit_meetings(a, q, b, all, &row);
    }
    row.ok = row.n_missing == 0;
    a->all->gaps += !row.ok;
    a->all->rows =
        array_grow(a->ctx, a->all->rows, struct audit_row, a->all->n + 1);
    a->all->rows[a->all->n++] = row;
}

/* The first and the last day that a vague date may mean. */
static struct date vague_first(struct vague v)
{
    return date_of(v.year, v.month ? v.month : 1, v.day ? v.day : 1);
}

static struct date vague_last(struct vague v)
{
    int month = v.month ? v.month : 12;

    return date_of(v.year, month,
                   v.day ? v.day : date_days_in_month(v.year, month));
}

/* Is the body there on any day of the cycle? */
static bool exists(const struct body *b, int cycle)
{
    return (b->since.year == 0 ||
            vague_first(b->since).day <= cycle_last(b->sector, cycle).day) &&
           (b->until.year == 0 ||
            vague_last(b->until).day >= cycle_first(b->sector, cycle).day);
}

struct audit office_audit(TALLOC_CTX *ctx, const struct rules *r,
                          const struct history *history,
                          const struct plan *plan, int first_cycle,
                          int last_cycle)
{
    struct audit all = {array_new(ctx, struct audit_row, 0), 0, 0};
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct occurrences *past =
        array_new(scratch, struct occurrences, r->n_clusters);
    struct auditor a = {ctx, r, past, &all};

    for (size_t i = 0; i < r->n_clusters; i++)
        past[i] = past_of(scratch, r, history, plan, &r->clusters[i]);
    for (size_t i = 0; i < r->n_bodies; i++)
        for (int cycle = first_cycle; cycle <= last_cycle; cycle++) {
            const struct body *b = &r->bodies[i];
            struct sittings s;

            if (!exists(b, cycle))
                continue;
            s = sittings_of(scratch, &a, b, cycle);
            for (size_t k = 0; k < b->n_requires; k++)
                if (rhythm_has(b->requires[k].rhythm, cycle))
                    audit_clause(&a, b, &b->requires[k], cycle, &s);
        }
    talloc_free(scratch);
    return all;
}
