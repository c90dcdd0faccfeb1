/*
 * Which editions there are: how many a cycle has, which of them the draft has
 * already, which are fixed, and the deadlines of those that deliverables need.
 *
 * 1. A cycle has least, or as many as deliverables need, and those called on
 *    top, at most `most`; what is fixed or called is never dropped.
 * 2. Cancelled and postponed editions keep their place in the count but have
 *    none in the problem.
 * 3. The editions of a cluster in a cycle stand in order of their dates, new
 *    ones by their deadlines.
 */
#include <stdlib.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"

void expand_window(const struct cluster *c, int cycle, struct date *ret_from,
                   struct date *ret_to)
{
    struct date first = cycle_first(c->sector, cycle);
    int year = date_civil(first).year;

    if (!c->has_window) {
        *ret_from = first;
        *ret_to = date_add_days(cycle_last(c->sector, cycle), UNIVERSE_AFTER);
        return;
    }
    *ret_from = yearly_in(c->window_from, year);
    if (ret_from->day < first.day)
        *ret_from = yearly_in(c->window_from, ++year);
    *ret_to = yearly_in(c->window_to, year);
    if (ret_to->day < ret_from->day)
        *ret_to = yearly_in(c->window_to, year + 1);
}

bool expand_is_aside(const struct edition *e)
{
    return e->status == EDITION_CANCELLED || e->status == EDITION_POSTPONED ||
           (e->pinned && date_is_none(e->start));
}

/* ---- what has been held */

static bool fact_covers(const struct planning *in, const struct held *h)
{
    if (!in->history)
        return false;
    for (size_t i = 0; i < in->history->n; i++) {
        const struct past *p = &in->history->rows[i];
        if (p->cycle == h->cycle && text_same(p->cluster, h->cluster->code) &&
            (h->cluster->most <= 1 || abs(p->from.day - h->from.day) < 60))
            return true;
    }
    return false;
}

struct held_row *expand_held(TALLOC_CTX *ctx, const struct planning *in,
                             size_t *ret_n)
{
    const struct rules *r = in->rules;
    size_t n_facts = in->history ? in->history->n : 0, n = 0;
    struct held_row *rows =
        array_new(ctx, struct held_row, r->n_held + n_facts);

    for (size_t i = 0; i < r->n_held; i++) {
        const struct held *h = &r->held[i];
        if (h->cluster && !fact_covers(in, h))
            rows[n++] = (struct held_row){h->cluster,
                                          h->cycle,
                                          h->from,
                                          h->to,
                                          h->in ? h->in->code : "",
                                          h->city ? h->city : ""};
    }
    for (size_t i = 0; i < n_facts; i++) {
        const struct past *p = &in->history->rows[i];
        const struct cluster *c = rules_cluster(r, p->cluster);
        if (c)
            rows[n++] = (struct held_row){c,
                                          p->cycle,
                                          p->from,
                                          p->to,
                                          p->host ? p->host : "",
                                          p->city ? p->city : ""};
    }
    *ret_n = n;
    return rows;
}

/* ---- deadlines of deliverables */

static struct date window_end(const struct cluster *c, int cycle)
{
    struct date from, to;

    expand_window(c, cycle, &from, &to);
    return to;
}

/* The day before which a need must be met; before an edition: its date in the
 * draft, or the latest its window gives. */
static struct date need_day(const struct expansion *x, const struct need *need)
{
    const struct plan *draft = x->in->draft;
    struct date day = DATE_NONE;

    if (!need->by_cluster)
        return need->by;
    for (size_t i = 0; draft && i < draft->n_editions; i++) {
        const struct edition *e = &draft->editions[i];
        if (e->cycle == need->by_cycle && !date_is_none(e->start) &&
            text_same(e->cluster, need->by_cluster->code) &&
            (date_is_none(day) || e->start.day < day.day))
            day = e->start;
    }
    return date_is_none(day) ? window_end(need->by_cluster, need->by_cycle)
                             : day;
}

/* The cycle in which a need falls due: the last whose window opens before. */
static int need_cycle(const struct expansion *x, const struct cluster *c,
                      const struct need *need)
{
    struct date day = need_day(x, need), from, to;
    int cycle = cycle_of(c->sector, day) + 1;

    for (int back = 0; back < 3; back++) {
        expand_window(c, cycle, &from, &to);
        if (from.day < day.day)
            break;
        cycle--;
    }
    return cycle;
}

static struct deadline need_deadline(struct expansion *x,
                                     const struct cluster *c,
                                     const struct need *need)
{
    char buf[DATE_TEXT];
    const char *by =
        need->by_cluster
            ? text_format(x->p, "%s %d", need->by_cluster->code, need->by_cycle)
            : date_print(need->by, buf);

    return (struct deadline){
        .before = need->by_cluster,
        .before_cycle = need->by_cycle,
        .day = need_day(x, need),
        .text =
            text_format(x->p, "%s needs %d meeting%s for \"%s\" by %s", c->code,
                        need->meetings, need->meetings == 1 ? "" : "s",
                        need->deliverable, by),
        .where = need->where,
        .firmness = FIRM_NEED};
}

static int deadline_order(const void *left, const void *right)
{
    const struct deadline *a = left, *b = right;

    if (a->day.day != b->day.day)
        return a->day.day < b->day.day ? -1 : 1;
    if (a->where.line != b->where.line)
        return a->where.line < b->where.line ? -1 : 1;
    return 0;
}

/* One deadline per meeting that deliverables need in that cycle, in order. */
static struct deadline *deadlines_of(struct expansion *x,
                                     const struct cluster *c, int cycle,
                                     size_t *ret_n)
{
    struct deadline *all = array_new(x->p, struct deadline, 0);
    size_t n = 0;

    for (size_t i = 0; i < c->n_needs; i++) {
        if (need_cycle(x, c, &c->needs[i]) != cycle)
            continue;
        for (int k = 0; k < c->needs[i].meetings; k++) {
            all = array_grow(x->p, all, struct deadline, n + 1);
            all[n++] = need_deadline(x, c, &c->needs[i]);
        }
    }
    if (n > 1)
        qsort(all, n, sizeof *all, deadline_order);
    *ret_n = n;
    return all;
}

/* ---- the editions of one cluster in one cycle */

/* A cluster and a cycle while their editions are counted. */
struct group {
    const struct cluster *cluster;
    int cycle;
    struct holding *rows;
    size_t n, aside, called;
    bool *numbers; /* which n are taken */
};

enum { NUMBERS_MOST = 1000 };

static const struct edition *same_edition(const struct plan *p, const char *id)
{
    return p && id ? plan_edition(p, id) : NULL;
}

static struct holding *group_add(struct expansion *x, struct group *g)
{
    struct holding *h;

    g->rows = array_grow(x->p, g->rows, struct holding, g->n + 1);
    h = &g->rows[g->n++];
    *h = (struct holding){.cluster = g->cluster,
                          .cycle = g->cycle,
                          .start = DATE_NONE,
                          .end = DATE_NONE,
                          .key = INT32_MAX,
                          .index = -1};
    return h;
}

static void holding_fix(struct holding *h, struct date start, struct date end)
{
    h->fixed = true;
    h->start = start;
    h->end = date_is_none(end) || end.day < start.day ? start : end;
    h->key = start.day;
}

static bool is_probe(const struct expansion *x, const char *name)
{
    const char *asked = x->probe ? x->probe->id : x->in->loosen;

    return asked && name && text_same(asked, name);
}

/* Nothing but an officer moves it: held, confirmed, pinned, begun, or released
 * and nearer than the notice. */
static bool draft_is_fixed(const struct expansion *x, const struct cluster *c,
                           const struct edition *e)
{
    const struct sector_day *day = expand_day(x, c);
    const struct edition *out = same_edition(x->in->released, e->id);

    if (date_is_none(e->start))
        return false;
    if (is_probe(x, e->id) && (x->probe || e->status != EDITION_HELD))
        return false;
    if (e->status == EDITION_HELD || e->status == EDITION_CONFIRMED ||
        e->pinned || e->start.day <= day->today.day)
        return true;
    return out && out->start.day == e->start.day &&
           e->start.day < day->earliest.day;
}

static void group_from_draft(struct expansion *x, struct group *g)
{
    const struct plan *draft = x->in->draft;

    for (size_t i = 0; draft && i < draft->n_editions; i++) {
        const struct edition *e = &draft->editions[i];
        bool called = e->reason && *e->reason;
        struct holding *h;

        if (e->cycle != g->cycle || !text_same(e->cluster, g->cluster->code) ||
            (e->status == EDITION_LAPSED && !called))
            continue;
        g->called += called;
        if (e->n >= 0 && e->n < NUMBERS_MOST)
            g->numbers[e->n] = true;
        if (expand_is_aside(e)) {
            g->aside++;
            continue;
        }
        h = group_add(x, g);
        h->draft = e;
        h->n = e->n;
        h->name = e->id;
        h->called = called;
        h->released = same_edition(x->in->released, e->id);
        h->held = e->status == EDITION_HELD;
        if (draft_is_fixed(x, g->cluster, e))
            holding_fix(h, e->start, e->end);
        else if (!date_is_none(e->start))
            h->key = e->start.day;
    }
}

/* The row of the draft that a held edition was, or NULL. */
static struct holding *group_match(struct group *g, const struct held_row *row)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->rows[i].draft && g->rows[i].draft->start.day == row->from.day)
            return &g->rows[i];
    if (g->cluster->most <= 1 && g->n > 0 && !g->rows[0].held)
        return &g->rows[0];
    return NULL;
}

static void group_from_held(struct expansion *x, struct group *g)
{
    for (size_t i = 0; i < x->n_held; i++) {
        const struct held_row *row = &x->held[i];
        struct holding *h;

        if (row->cluster != g->cluster || row->cycle != g->cycle)
            continue;
        h = group_match(g, row);
        if (h && h->held)
            continue;
        if (!h)
            h = group_add(x, g);
        h->held = true;
        holding_fix(h, row->from, row->to);
    }
}

/* Rules and bodies end and begin: is the cluster held in that cycle at all? */
static bool cluster_is_on(const struct cluster *c, int cycle)
{
    struct civil first = date_civil(cycle_first(c->sector, cycle));
    struct civil last = date_civil(cycle_last(c->sector, cycle));
    bool any = false;

    if (!cluster_has_cycle(c, cycle))
        return false;
    for (size_t i = 0; i < c->n_items; i++)
        for (size_t k = 0; k < c->items[i].n_bodies; k++) {
            const struct body *b = c->items[i].bodies[k];
            bool ended = b->until.year && b->until.year < first.year;
            bool begun = b->since.year <= last.year;
            if (!ended && begun)
                return true;
            any = true;
        }
    return !any;
}

static int draft_order(const void *left, const void *right)
{
    const struct holding *a = left, *b = right;

    if (a->firm != b->firm)
        return a->firm ? -1 : 1;
    if (!a->released != !b->released)
        return a->released ? -1 : 1;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->n - b->n;
}

/* How many editions the rules ask for in that cycle. */
static size_t group_target(const struct group *g, size_t n_needed)
{
    size_t least = (size_t)g->cluster->least, most = (size_t)g->cluster->most;
    size_t target = n_needed > least ? n_needed : least;

    if (!cluster_is_on(g->cluster, g->cycle))
        return 0;
    target += g->called;
    return target > most && most >= least ? most : target;
}

/* As many as the cycle has: the draft's own first, surplus ones leave. */
static void group_fill(struct expansion *x, struct group *g, size_t n_needed)
{
    size_t target = group_target(g, n_needed), firm = 0;

    target = target > g->aside ? target - g->aside : 0;
    for (size_t i = 0; i < g->n; i++)
        g->rows[i].firm = g->rows[i].fixed || g->rows[i].called ||
                          is_probe(x, g->rows[i].name);
    if (g->n > 1)
        qsort(g->rows, g->n, sizeof *g->rows, draft_order);
    while (firm < g->n && g->rows[firm].firm)
        firm++;
    if (target < firm)
        target = firm;
    if (g->n > target)
        g->n = target;
    while (g->n < target)
        (void)group_add(x, g);
}

/* Gives h the first free deadline that lets it end in time (or just the first
 * free one). */
static void deadline_give(struct holding *h, struct deadline *all, size_t n,
                          bool *taken, bool in_time)
{
    for (size_t i = 0; i < n; i++)
        if (!taken[i] && (!in_time || h->key < all[i].day.day)) {
            taken[i] = true;
            h->deadline = &all[i];
            if (!h->fixed && h->key >= all[i].day.day)
                h->key = all[i].day.day;
            return;
        }
}

static void group_deadlines(struct expansion *x, struct group *g,
                            struct deadline *all, size_t n)
{
    bool *taken = array_new(x->p, bool, n);

    for (int fixed = 1; fixed >= 0; fixed--)
        for (size_t i = 0; i < g->n; i++) {
            struct holding *h = &g->rows[i];
            if (h->fixed == (fixed == 1) && !h->called && h->key != INT32_MAX &&
                !h->deadline)
                deadline_give(h, all, n, taken, true);
        }
    for (size_t i = 0; i < g->n; i++) {
        struct holding *h = &g->rows[i];
        if (!h->fixed && !h->called && !h->deadline)
            deadline_give(h, all, n, taken, false);
    }
}

static void holding_called(struct expansion *x, struct holding *h)
{
    struct deadline *d;

    if (!h->called || date_is_none(h->draft->by))
        return;
    d = object_new(x->p, struct deadline);
    *d = (struct deadline){
        .day = date_add_days(h->draft->by, 1),
        .text = text_format(x->p, "%s called until %s: %s", h->name,
                            day_print(x->p, h->draft->by), h->draft->reason),
        .firmness = FIRM_CALL};
    h->deadline = d;
    if (!h->fixed && h->key > d->day.day)
        h->key = d->day.day;
}

static int key_order(const void *left, const void *right)
{
    const struct holding *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->called != b->called)
        return a->called ? 1 : -1;
    if (!a->draft != !b->draft)
        return a->draft ? -1 : 1;
    return a->n - b->n;
}

/* Names for those that have none yet: the first numbers that are free. */
static void group_name(struct expansion *x, struct group *g)
{
    int next = g->cluster->most > 1 ? 1 : 0;

    for (size_t i = 0; i < g->n; i++) {
        struct holding *h = &g->rows[i];
        if (h->name)
            continue;
        while (next < NUMBERS_MOST - 1 && g->numbers[next])
            next = next == 0 ? 2 : next + 1;
        g->numbers[next] = true;
        h->n = next;
        h->name = edition_name(x->p, g->cluster->code, g->cycle, next);
        h->released = same_edition(x->in->released, h->name);
    }
}

static void holding_universe(struct holding *h)
{
    struct date to;

    expand_window(h->cluster, h->cycle, &h->from, &to);
    h->from = cycle_first(h->cluster->sector, h->cycle);
    h->to =
        date_add_days(cycle_last(h->cluster->sector, h->cycle), UNIVERSE_AFTER);
    if (to.day > h->to.day)
        h->to = to;
}

static void group_append(struct expansion *x, const struct group *g,
                         bool constant)
{
    x->holdings =
        array_grow(x->p, x->holdings, struct holding, x->n_holdings + g->n);
    for (size_t i = 0; i < g->n; i++) {
        struct holding *h = &x->holdings[x->n_holdings++];
        *h = g->rows[i];
        h->constant = constant;
        holding_universe(h);
    }
}

static struct group group_begin(struct expansion *x, const struct cluster *c,
                                int cycle)
{
    struct group g = {.cluster = c,
                      .cycle = cycle,
                      .numbers = array_new(x->p, bool, NUMBERS_MOST)};

    g.rows = array_new(x->p, struct holding, 0);
    group_from_draft(x, &g);
    group_from_held(x, &g);
    return g;
}

static void group_end(struct expansion *x, struct group *g, bool constant)
{
    if (g->n > 1)
        qsort(g->rows, g->n, sizeof *g->rows, key_order);
    group_name(x, g);
    group_append(x, g, constant);
}

/* What deliverables need beyond `most` is not planned, but said. */
static void group_excess(struct expansion *x, struct group *g, size_t needed)
{
    struct holding extra = {.cluster = g->cluster, .cycle = g->cycle};
    size_t most = (size_t)g->cluster->most;

    if (needed <= most || !cluster_is_on(g->cluster, g->cycle))
        return;
    for (size_t i = most; i < needed; i++) {
        extra.n = (int)i + 1;
        extra.name = edition_name(x->p, g->cluster->code, g->cycle, extra.n);
        if (!same_edition(x->in->draft, extra.name))
            expand_lapse(x, &extra,
                         text_format(x->p,
                                     "deliverables need %zu meetings of %s in "
                                     "%d, the rules allow at most %zu",
                                     needed, g->cluster->code, g->cycle, most));
    }
}

static void roster_planned(struct expansion *x, const struct cluster *c,
                           int cycle)
{
    struct group g = group_begin(x, c, cycle);
    size_t n;
    struct deadline *deadlines = deadlines_of(x, c, cycle, &n);

    group_fill(x, &g, n);
    for (size_t i = 0; i < g.n; i++)
        holding_called(x, &g.rows[i]);
    group_deadlines(x, &g, deadlines, n);
    group_end(x, &g, false);
    group_excess(x, &g, n);
}

/* Does a rule of a planned cycle reach this cluster in the cycle behind? */
static bool is_reached(const struct expansion *x, const struct cluster *c)
{
    int after = x->in->last_cycle + 1;

    for (size_t i = 0; i < x->rules->n_clusters; i++) {
        const struct cluster *o = &x->rules->clusters[i];
        for (size_t k = 0; k < o->n_relations; k++)
            if (o->relations[k].next && o->relations[k].other == c)
                return true;
        for (size_t k = 0; k < o->n_needs; k++)
            if (o->needs[k].by_cluster == c && o->needs[k].by_cycle == after &&
                need_cycle(x, o, &o->needs[k]) < after)
                return true;
    }
    return false;
}

/* A cycle beside the planned ones: what has a date stands as it is; behind
 * them, an edition that a rule reaches is placed with the others. */
static void roster_beside(struct expansion *x, const struct cluster *c,
                          int cycle)
{
    struct group g = group_begin(x, c, cycle);
    size_t n = 0;

    for (size_t i = 0; i < g.n; i++) {
        struct holding *h = &g.rows[i];
        if (!h->fixed && h->draft && !date_is_none(h->draft->start))
            holding_fix(h, h->draft->start, h->draft->end);
        if (h->fixed)
            g.rows[n++] = *h;
    }
    g.n = n;
    if (cycle > x->in->last_cycle && g.n == 0 && g.aside == 0 && c->least > 0 &&
        cluster_is_on(c, cycle) && is_reached(x, c))
        (void)group_add(x, &g);
    group_end(x, &g, true);
}

void expand_roster(struct expansion *x)
{
    x->held = expand_held(x->p, x->in, &x->n_held);
    x->holdings = array_new(x->p, struct holding, 0);
    for (int cycle = x->in->first_cycle - 1; cycle <= x->in->last_cycle + 1;
         cycle++)
        for (size_t i = 0; i < x->rules->n_clusters; i++) {
            const struct cluster *c = x->clusters[i];
            if (cycle < x->in->first_cycle || cycle > x->in->last_cycle)
                roster_beside(x, c, cycle);
            else
                roster_planned(x, c, cycle);
        }
}

struct holding *expand_of(const struct expansion *x, const struct cluster *c,
                          int cycle, size_t *ret_n)
{
    struct holding *first = NULL;

    *ret_n = 0;
    for (size_t i = 0; i < x->n_holdings; i++)
        if (x->holdings[i].cluster == c && x->holdings[i].cycle == cycle) {
            if (!first)
                first = &x->holdings[i];
            ++*ret_n;
        }
    return first;
}
