/*
 * Rules between editions: after and before, apart from previous, deliverables
 * due before another edition, the same people, shared trips, desks.
 *
 * 1. Two fixed editions are never ruled on: there is nothing to decide.
 * 2. `after X` counts from the last edition of X, `before X` to the first.
 * 3. A gap in months is counted from the earlier edition, per candidate.
 * 4. `apart from previous` reaches one cycle back, no further: an edition that
 *    was left out does not make the next one impossible.
 * 5. Editions of one cycle come in the order of their numbers, and not one
 *    right after the other unless that saves more than it costs.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/calendar.h"
#include "daemon/plan/expand.h"

static struct pair *pair_add(struct expansion *x, const struct holding *i,
                             const struct holding *j, enum pair_type type,
                             int32_t rule)
{
    struct problem *p = x->p;
    struct pair *pair;

    p->pairs = array_grow(p, p->pairs, struct pair, p->n_pairs + 1);
    pair = &p->pairs[p->n_pairs++];
    *pair = (struct pair){.i = i->index,
                          .j = j->index,
                          .rule = rule,
                          .type = type,
                          .bounds = {-FOR_EVER, FOR_EVER, 0},
                          .per = 1};
    return pair;
}

/* ---- gaps */

static bool is_calendar(struct length l)
{
    return l.n >= 0 && (l.unit == UNIT_MONTHS || l.unit == UNIT_WORKING_DAYS);
}

/* What the days of a gap are counted by. */
struct ruler {
    const struct rules *rules;
    const struct sector *sector;
};

static int32_t days_of(const struct ruler *r, struct date from, struct length l,
                       int32_t none)
{
    if (l.n < 0)
        return none;
    return expand_shift(r->rules, r->sector, from, l, 1).day - from.day;
}

static struct bounds bounds_from(const struct ruler *r, struct date from,
                                 const struct gap *gap)
{
    return (struct bounds){days_of(r, from, gap->min, -FOR_EVER),
                           days_of(r, from, gap->max, FOR_EVER),
                           days_of(r, from, gap->ideal, 0)};
}

static void pair_gap(struct expansion *x, const struct sector *s,
                     struct pair *pair, const struct gap *gap, int32_t band)
{
    const struct problem_edition *i = &x->p->editions[pair->i];
    const struct ruler r = {x->rules, s};
    struct bounds *per_i;

    pair->weight = gap->ideal.n >= 0 ? COST_GAP : 0;
    pair->band = band;
    pair->bounds = bounds_from(&r, (struct date){0}, gap);
    if (!is_calendar(gap->min) && !is_calendar(gap->max) &&
        !is_calendar(gap->ideal))
        return;
    per_i = array_new(x->p, struct bounds, (size_t)i->n_candidates);
    for (int32_t k = 0; k < i->n_candidates; k++) {
        const struct candidate *c = &i->candidates[k];
        struct date from = {pair->type == PAIR_SEP ? c->start : c->end};
        per_i[k] = bounds_from(&r, from, gap);
    }
    pair->per_i = per_i;
}

static char *gap_print(struct expansion *x, const struct gap *gap)
{
    char *text = memory_text(x->p, "");

    if (gap->min.n >= 0)
        text = text_format(x->p, " %s", length_print(x->p, gap->min));
    if (gap->max.n >= 0)
        text =
            text_format(x->p, "%s .. %s", text, length_print(x->p, gap->max));
    if (gap->ideal.n >= 0)
        text = text_format(x->p, "%s, ideally %s", text,
                           length_print(x->p, gap->ideal));
    return text;
}

static bool both_fixed(const struct holding *a, const struct holding *b)
{
    return a->fixed && b->fixed;
}

static void relation_pair(struct expansion *x, const struct cluster *c,
                          int cycle, const struct relation *rel)
{
    size_t n, n_other;
    const struct holding *own = expand_of(x, c, cycle, &n);
    const struct holding *other =
        expand_of(x, rel->other, rel->next ? cycle + 1 : cycle, &n_other);
    bool after = rel->kind == RELATION_AFTER;
    const struct holding *i, *j;
    char *text;

    if (n == 0 || n_other == 0)
        return;
    i = after ? &other[n_other - 1] : &own[n - 1];
    j = after ? own : other;
    if (both_fixed(i, j) || i == j)
        return;
    text = text_format(x->p, "%s %s %s%s%s", c->code,
                       after ? "after" : "before", rel->next ? "next " : "",
                       rel->other->code, gap_print(x, &rel->gap));
    pair_gap(x, c->sector,
             pair_add(x, i, j, PAIR_GAP,
                      expand_rule(x, text, rel->where, true, FIRM_RELATION)),
             &rel->gap, BAND_GAP);
}

static void apart_pair(struct expansion *x, const struct holding *i,
                       const struct holding *j)
{
    const struct cluster *c = i->cluster;
    char *text;

    if (!c->has_apart || both_fixed(i, j))
        return;
    text = text_format(x->p, "%s apart from previous%s", c->code,
                       gap_print(x, &c->apart));
    pair_gap(x, c->sector,
             pair_add(x, i, j, PAIR_SEP,
                      expand_rule(x, text, c->apart_where, true, FIRM_APART)),
             &c->apart, BAND_APART);
}

/* The editions of one cycle take place one after the other, as numbered. */
static void order_pair(struct expansion *x, const struct holding *i,
                       const struct holding *j)
{
    struct pair *pair;

    if (both_fixed(i, j))
        return;
    pair = pair_add(
        x, i, j, PAIR_GAP,
        expand_rule(x,
                    text_format(x->p, "%s editions one after the other",
                                i->cluster->code),
                    i->cluster->times_where, true, FIRM_LENGTH));
    pair->bounds.min = 1;
}

/* Where no `apart` says otherwise, the editions of a cycle keep off each other:
 * nearer than half of an even share of the window costs. */
static void spread_pair(struct expansion *x, const struct holding *i,
                        const struct holding *j, size_t n)
{
    const struct cluster *c = i->cluster;
    struct date from, to;
    struct pair *pair;

    if (c->has_apart || both_fixed(i, j))
        return;
    expand_window(c, i->cycle, &from, &to);
    pair = pair_add(
        x, i, j, PAIR_SEP,
        expand_rule(
            x, text_format(x->p, "%s editions spread over the cycle", c->code),
            c->times_where, false, 0));
    pair->weight = COST_SPREAD;
    pair->per = 7;
    pair->band = FOR_EVER / 2; /* only nearness costs */
    pair->bounds.ideal = pair->band + (to.day - from.day) / (int32_t)n / 2;
}

static void cluster_in_cycle(struct expansion *x, const struct cluster *c,
                             int cycle)
{
    size_t n, n_before;
    const struct holding *own = expand_of(x, c, cycle, &n);
    const struct holding *before = expand_of(x, c, cycle - 1, &n_before);

    for (size_t k = 0; k < c->n_relations; k++)
        if (c->relations[k].other)
            relation_pair(x, c, cycle, &c->relations[k]);
    if (n > 0 && n_before > 0)
        apart_pair(x, &before[n_before - 1], own);
    for (size_t k = 1; k < n; k++) {
        apart_pair(x, &own[k - 1], &own[k]);
        order_pair(x, &own[k - 1], &own[k]);
        spread_pair(x, &own[k - 1], &own[k], n);
    }
}

/* ---- deliverables, trips */

static void deadline_pair(struct expansion *x, const struct holding *h)
{
    const struct deadline *d = h->deadline;
    const struct holding *other;
    struct pair *pair;
    size_t n;

    if (!d || !d->before)
        return;
    other = expand_of(x, d->before, d->before_cycle, &n);
    if (n == 0 || both_fixed(h, other) || other == h)
        return;
    pair = pair_add(x, h, other, PAIR_GAP,
                    expand_rule(x, d->text, d->where, true, d->firmness));
    pair->bounds.min = 1;
}

static void join_pairs(struct expansion *x, const struct holding *h)
{
    const struct problem_edition *e = &x->p->editions[h->index];

    if (h->cluster->n_join == 0)
        return;
    for (size_t k = 0; k < x->n_holdings; k++) {
        const struct holding *o = &x->holdings[k];
        bool joined = false;
        for (int32_t i = 0; i < e->n_candidates && !joined; i++)
            joined = e->candidates[i].join == o->index;
        if (!joined)
            continue;
        pair_add(x, h, o, PAIR_JOIN,
                 expand_rule(x,
                             text_format(x->p, "%s shares the trip of %s",
                                         h->cluster->code, o->cluster->code),
                             h->cluster->join_where, true, FIRM_JOIN))
            ->apart = JOIN_APART;
    }
}

/* ---- people */

static bool item_has_body(const struct item_rule *item, const struct body *b)
{
    for (size_t i = 0; i < item->n_bodies; i++)
        if (item->bodies[i] == b)
            return true;
    for (size_t i = 0; item->people && i < item->people->n_bodies; i++)
        if (item->people->bodies[i] == b)
            return true;
    return false;
}

static bool cluster_has_body(const struct cluster *c, const struct body *b)
{
    for (size_t i = 0; i < c->n_items; i++)
        if (item_has_body(&c->items[i], b))
            return true;
    return false;
}

static bool cluster_has_people(const struct cluster *c, const struct people *p)
{
    for (size_t i = 0; i < c->n_items; i++)
        if (c->items[i].people == p)
            return true;
    for (size_t i = 0; i < p->n_bodies; i++)
        if (cluster_has_body(c, p->bodies[i]))
            return true;
    return false;
}

/* The first day an edition can begin and the last on which it can end. */
static void reach(const struct problem_edition *e, int32_t *ret_from,
                  int32_t *ret_to)
{
    *ret_from = INT32_MAX;
    *ret_to = INT32_MIN;
    for (int32_t i = 0; i < e->n_candidates; i++) {
        if (!e->candidates[i].open)
            continue;
        if (e->candidates[i].start < *ret_from)
            *ret_from = e->candidates[i].start;
        if (e->candidates[i].end > *ret_to)
            *ret_to = e->candidates[i].end;
    }
}

static bool may_meet(const struct problem *p, int32_t i, int32_t j)
{
    int32_t from_i, to_i, from_j, to_j;

    reach(&p->editions[i], &from_i, &to_i);
    reach(&p->editions[j], &from_j, &to_j);
    return from_i <= to_i && from_j <= to_j && from_i <= to_j + 1 &&
           from_j <= to_i + 1;
}

static void apart_people(struct expansion *x, const bool *sits, int32_t rule,
                         int32_t travel)
{
    for (size_t i = 0; i < x->n_holdings; i++)
        for (size_t j = i + 1; sits[i] && j < x->n_holdings; j++)
            if (sits[j] && !both_fixed(&x->holdings[i], &x->holdings[j]) &&
                may_meet(x->p, (int32_t)i, (int32_t)j))
                pair_add(x, &x->holdings[i], &x->holdings[j], PAIR_DISJ, rule)
                    ->travel = travel;
}

static char *people_text(struct expansion *x, const struct people *group)
{
    const struct rules *r = x->rules;
    char *text = text_format(x->p, "people %s sit in ", group->name);
    bool any = false;

    for (size_t k = 0; k < r->n_people; k++) {
        const struct people *p = &r->people[k];
        for (size_t i = 0; p->group == group && i < p->n_bodies; i++) {
            text = text_format(x->p, "%s%s%s", text, any ? ", " : "",
                               p->bodies[i]->code);
            any = true;
        }
    }
    return text;
}

/* Of shared people all sectors' bodies count. */
static bool cluster_has_group(const struct rules *r, const struct cluster *c,
                              const struct people *group)
{
    for (size_t i = 0; i < r->n_people; i++)
        if (r->people[i].group == group && cluster_has_people(c, &r->people[i]))
            return true;
    return false;
}

static void people_pairs(struct expansion *x, const struct people *p)
{
    bool *sits;

    if (p->group != p)
        return;
    sits = array_new(x->p, bool, x->n_holdings);
    for (size_t i = 0; i < x->n_holdings; i++)
        sits[i] = cluster_has_group(x->rules, x->holdings[i].cluster, p);
    apart_people(x, sits,
                 expand_rule(x, people_text(x, p), p->where, true, FIRM_PEOPLE),
                 1);
}

static bool body_is_named(const struct rules *r, const struct body *b)
{
    for (size_t i = 0; i < r->n_people; i++)
        for (size_t k = 0; k < r->people[i].n_bodies; k++)
            if (r->people[i].bodies[k] == b)
                return true;
    return false;
}

/* A body that no `people` names still cannot sit in two places at once. */
static void body_pairs(struct expansion *x, const struct body *b)
{
    bool *sits;
    size_t n = 0;

    if (body_is_named(x->rules, b))
        return;
    for (size_t i = 0; i < x->rules->n_clusters; i++)
        n += cluster_has_body(&x->rules->clusters[i], b);
    if (n == 0)
        return;
    sits = array_new(x->p, bool, x->n_holdings);
    for (size_t i = 0; i < x->n_holdings; i++)
        sits[i] = cluster_has_body(x->holdings[i].cluster, b);
    apart_people(
        x, sits,
        expand_rule(x,
                    text_format(x->p, "%s cannot meet in two places", b->code),
                    b->where, true, FIRM_PEOPLE),
        1);
}

void expand_pairs(struct expansion *x)
{
    for (int cycle = x->in->first_cycle - 1; cycle <= x->in->last_cycle + 1;
         cycle++)
        for (size_t i = 0; i < x->rules->n_clusters; i++)
            cluster_in_cycle(x, x->clusters[i], cycle);
    for (size_t i = 0; i < x->n_holdings; i++) {
        deadline_pair(x, &x->holdings[i]);
        join_pairs(x, &x->holdings[i]);
    }
    for (size_t i = 0; i < x->rules->n_people; i++)
        people_pairs(x, &x->rules->people[i]);
    for (size_t i = 0; i < x->rules->n_bodies; i++)
        body_pairs(x, &x->rules->bodies[i]);
}

/* ---- desks */

static bool desk_serves(const struct desk *d, const struct cluster *c)
{
    for (size_t i = 0; i < d->n_clusters; i++)
        if (d->clusters[i] == c)
            return true;
    return d->all && d->sector == c->sector;
}

static int running_on(const struct expansion *x, const bool *in, int32_t day)
{
    int n = 0;

    for (size_t i = 0; i < x->n_holdings; i++)
        n += in[i] && x->holdings[i].fixed && x->holdings[i].start.day <= day &&
             x->holdings[i].end.day >= day;
    return n;
}

/* Does the desk still manage when this fixed edition runs with the others? */
static bool desk_manages(const struct expansion *x, const bool *in,
                         const struct holding *h, int at_once)
{
    for (int32_t d = h->start.day; d <= h->end.day; d++)
        if (running_on(x, in, d) >= at_once)
            return false;
    return true;
}

static char *desk_text(struct expansion *x, const struct desk *d)
{
    char *text = text_format(x->p, "desk \"%s\" serves %s", d->name,
                             d->all ? "all" : "");

    for (size_t i = 0; !d->all && i < d->n_clusters; i++)
        text = text_format(x->p, "%s%s%s", text, i ? ", " : "",
                           d->clusters[i]->code);
    return text_format(x->p, "%s, %d cluster%s at once", text, d->at_once,
                       d->at_once == 1 ? "" : "s");
}

static void desk_capacity(struct expansion *x, const bool *in, int32_t rule,
                          int at_once)
{
    struct problem *p = x->p;
    struct capacity *c;

    p->capacities =
        array_grow(p, p->capacities, struct capacity, p->n_capacities + 1);
    c = &p->capacities[p->n_capacities++];
    *c = (struct capacity){.rule = rule, .at_once = at_once};
    c->editions = array_new(p, int32_t, x->n_holdings);
    for (size_t i = 0; i < x->n_holdings; i++)
        if (in[i])
            c->editions[c->n++] = (int32_t)i;
}

/* Fixed editions that are too many at once already are left out: what an
 * officer insisted on makes no other date impossible. */
static void desk_expand(struct expansion *x, const struct desk *d)
{
    bool *in = array_new(x->p, bool, x->n_holdings);
    int32_t rule = expand_rule(x, desk_text(x, d), d->where, true, FIRM_DESK);

    for (size_t i = 0; i < x->n_holdings; i++) {
        const struct holding *h = &x->holdings[i];
        in[i] = desk_serves(d, h->cluster) &&
                (!h->fixed || desk_manages(x, in, h, d->at_once));
    }
    if (d->at_once <= 1)
        apart_people(x, in, rule, 0);
    else
        desk_capacity(x, in, rule, d->at_once);
}

void expand_capacities(struct expansion *x)
{
    for (size_t i = 0; i < x->rules->n_desks; i++)
        desk_expand(x, &x->rules->desks[i]);
}
