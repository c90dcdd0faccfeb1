/*
 * The possible dates of every edition: each day of its universe with each host
 * and each trip it may share. They are opened and priced by the records.
 *
 * 1. A candidate is open exactly when no record forbids it, and costs exactly
 *    the sum of the records that cover it.
 * 2. A trip is shared with an edition whose host is known beforehand; the host
 *    is then that edition's.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"

int expand_level(const struct cluster *c)
{
    int level = -1;

    for (size_t i = 0; i < c->n_items; i++) {
        const struct item_rule *item = &c->items[i];
        size_t n = item->n_bodies + (item->people ? item->people->n_bodies : 0);
        for (size_t k = 0; k < n; k++) {
            const struct body *b =
                k < item->n_bodies ? item->bodies[k]
                                   : item->people->bodies[k - item->n_bodies];
            if (b->level >= 0 && (level < 0 || b->level < level))
                level = b->level;
        }
    }
    return level;
}

const struct edition *expand_stood(const struct expansion *x,
                                   const struct holding *h)
{
    const struct edition *out = h->released;

    if (x->probe)
        return NULL;
    if (out && !date_is_none(out->start) && out->status != EDITION_LAPSED &&
        out->status != EDITION_CANCELLED)
        return out;
    if (x->in->fresh || !h->draft || date_is_none(h->draft->start))
        return NULL;
    return h->draft;
}

/* One way to hold an edition. */
struct way {
    int16_t host, join;
};

static void way_add(TALLOC_CTX *ctx, struct way **ways, size_t *n, int16_t host,
                    int16_t join)
{
    *ways = array_grow(ctx, *ways, struct way, *n + 1);
    (*ways)[(*n)++] = (struct way){host, join};
}

static bool is_asked(const struct expansion *x, const struct holding *h)
{
    return x->probe && text_same(x->probe->id, h->name);
}

static struct way *ways_of(TALLOC_CTX *ctx, const struct expansion *x,
                           const struct holding *h, size_t *ret_n)
{
    struct way *ways = NULL;
    const struct cluster *c = h->cluster;

    *ret_n = 0;
    for (size_t i = 0; i < h->n_hosts; i++)
        way_add(ctx, &ways, ret_n, h->hosts[i], -1);
    for (size_t i = 0; i < c->n_join && !is_asked(x, h); i++) {
        size_t n;
        const struct holding *o = expand_of(x, c->join[i], h->cycle, &n);
        for (size_t k = 0; k < n; k++)
            if (&o[k] != h && (o[k].fixed || (o[k].n_hosts == 1 &&
                                              o[k].cluster->n_join == 0)))
                way_add(ctx, &ways, ret_n, o[k].hosts[0], (int16_t)o[k].index);
    }
    return ways;
}

static bool candidate_before(const struct candidate *a,
                             const struct candidate *b)
{
    if (a->start != b->start)
        return a->start < b->start;
    if (a->end != b->end)
        return a->end < b->end;
    if (a->host != b->host)
        return a->host < b->host;
    return a->join < b->join;
}

/* Puts a candidate in order among those of the same day, which stand last. */
static void candidate_put(struct problem_edition *e, struct candidate c)
{
    int32_t at = e->n_candidates++;

    for (; at > 0 && candidate_before(&c, &e->candidates[at - 1]); at--)
        e->candidates[at] = e->candidates[at - 1];
    e->candidates[at] = c;
}

/* The spans of every way, one after the other; ways with the same host come
 * one behind the other. */
static struct span *ways_spans(TALLOC_CTX *ctx, struct expansion *x,
                               const struct holding *h, const struct way *ways,
                               size_t n)
{
    size_t days = (size_t)(h->to.day - h->from.day + 1);
    struct span *spans = array_new(ctx, struct span, days * n);

    for (size_t k = 0; k < n; k++) {
        const struct member *m =
            ways[k].host < 0 ? NULL : x->p->hosts[ways[k].host];
        if (k > 0 && ways[k].host == ways[k - 1].host)
            memcpy(&spans[days * k], &spans[days * (k - 1)],
                   days * sizeof *spans);
        else
            expand_spans(x->rules, m, h->cluster->days, h->from, (int32_t)days,
                         &spans[days * k]);
    }
    return spans;
}

static void candidates_free(struct expansion *x, const struct holding *h,
                            struct problem_edition *e, const struct way *ways,
                            size_t n)
{
    int32_t days = h->to.day - h->from.day + 1;
    struct span *spans = ways_spans(NULL, x, h, ways, n);

    for (int32_t d = 0; d < days; d++)
        for (size_t k = 0; k < n; k++) {
            const struct span *s = &spans[(size_t)days * k + (size_t)d];
            candidate_put(e, (struct candidate){.start = s->start,
                                                .end = s->end,
                                                .host = ways[k].host,
                                                .join = ways[k].join,
                                                .open = true});
        }
    talloc_free(spans);
}

static bool candidates_of(struct expansion *x, const struct holding *h,
                          struct problem_edition *e, struct error *err)
{
    int32_t days = h->to.day - h->from.day + 1;
    size_t n;
    struct way *ways;

    if (h->fixed) {
        e->candidates = array_new(x->p, struct candidate, 1);
        e->candidates[e->n_candidates++] =
            (struct candidate){.start = h->start.day,
                               .end = h->end.day,
                               .host = h->hosts[0],
                               .join = -1,
                               .open = true};
        return true;
    }
    ways = ways_of(x->p, x, h, &n);
    if (n * (size_t)days > CANDIDATES_MOST)
        return fail(err, REPLY_INPUT,
                    "%s: %zu hosts and trips to share on %d days are more than "
                    "%d possible dates",
                    h->name, n, (int)days, CANDIDATES_MOST);
    e->candidates = array_new(x->p, struct candidate, n * (size_t)days);
    candidates_free(x, h, e, ways, n);
    return true;
}

bool expand_candidates(struct expansion *x, struct error *err)
{
    struct problem *p = x->p;

    if (x->n_holdings > INT16_MAX)
        return fail(err, REPLY_INPUT, "%zu editions are too many to plan",
                    x->n_holdings);
    p->editions = array_new(p, struct problem_edition, x->n_holdings);
    p->n_editions = x->n_holdings;
    for (size_t i = 0; i < x->n_holdings; i++)
        x->holdings[i].index = (int32_t)i;
    for (size_t i = 0; i < x->n_holdings; i++) {
        const struct holding *h = &x->holdings[i];
        const struct edition *stood = expand_stood(x, h);
        p->editions[i] = (struct problem_edition){
            .name = h->name,
            .cluster = h->cluster,
            .cycle = h->cycle,
            .n = h->n,
            .level = expand_level(h->cluster),
            .fixed = h->fixed,
            .previous = stood ? stood->start.day : INT32_MIN};
        if (!candidates_of(x, h, &p->editions[i], err))
            return false;
    }
    return true;
}

/* ---- records applied */

/* The first candidate that starts on `day` or later. */
static int32_t candidate_from(const struct problem_edition *e, int32_t day)
{
    int32_t low = 0, high = e->n_candidates;

    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (e->candidates[middle].start < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void forbid_apply(struct problem *p, const struct forbid *f)
{
    struct problem_edition *e = &p->editions[f->edition];

    for (int32_t i = candidate_from(e, f->from);
         i < e->n_candidates && e->candidates[i].start <= f->to; i++)
        if (f->host < 0 || e->candidates[i].host == f->host)
            e->candidates[i].open = false;
}

bool expand_charges(const struct charge *c, const struct candidate *a)
{
    return a->start >= c->from && a->start <= c->to &&
           (c->host < 0 || a->host == c->host) &&
           (c->join == -1 || (c->join == -2 && a->join < 0) ||
            (c->join >= 0 && a->join == c->join));
}

static void charge_apply(struct problem *p, const struct charge *c)
{
    struct problem_edition *e = &p->editions[c->edition];

    for (int32_t i = candidate_from(e, c->from);
         i < e->n_candidates && e->candidates[i].start <= c->to; i++)
        if (expand_charges(c, &e->candidates[i]))
            e->candidates[i].cost += c->cost;
}

/* A trip of its own costs what a shared one saves. */
static void charge_alone(struct expansion *x, const struct holding *h)
{
    const struct cluster *c = h->cluster;
    struct problem *p = x->p;
    char *text;
    bool any = false;

    for (int32_t i = 0; i < p->editions[h->index].n_candidates; i++)
        any = any || p->editions[h->index].candidates[i].join >= 0;
    if (!any)
        return;
    text = text_format(p, "%s join ", c->code);
    for (size_t i = 0; i < c->n_join; i++)
        text =
            text_format(p, "%s%s%s", text, i ? " or " : "", c->join[i]->code);
    text = text_format(p, "%s saves a trip", text);
    p->charges = array_grow(p, p->charges, struct charge, p->n_charges + 1);
    p->charges[p->n_charges++] = (struct charge){
        .edition = h->index,
        .rule = expand_rule(x, text, c->join_where, false, 0),
        .from = h->from.day,
        .to = h->to.day,
        .host = -1,
        .join = -2,
        .cost = c->join_weight > COST_MOST ? COST_MOST : c->join_weight,
        .text = "a trip of its own"};
}

/* Can a shared trip work out: is the other edition open near these days? */
static bool join_is_near(const struct problem *p, const struct candidate *c)
{
    const struct problem_edition *o = &p->editions[c->join];

    int32_t from = c->start - JOIN_APART - o->cluster->days - SPAN_SLACK;

    for (int32_t i = candidate_from(o, from);
         i < o->n_candidates && o->candidates[i].start <= c->end + JOIN_APART;
         i++) {
        const struct candidate *a = &o->candidates[i];
        int32_t after = a->start - c->end, before = c->start - a->end;
        if (a->open && a->host == c->host &&
            ((after > 0 && after <= JOIN_APART) ||
             (before > 0 && before <= JOIN_APART)))
            return true;
    }
    return false;
}

/* Trips to be shared with an edition that is never near leave; the same days
 * stay with a trip of their own, so that every day is still explained. */
static void joins_prune(struct expansion *x, struct problem_edition *e)
{
    int32_t n = 0;

    for (int32_t i = 0; i < e->n_candidates; i++)
        if (e->candidates[i].join < 0 || join_is_near(x->p, &e->candidates[i]))
            e->candidates[n++] = e->candidates[i];
    e->n_candidates = n;
}

void expand_apply(struct expansion *x)
{
    for (size_t i = 0; i < x->n_holdings; i++)
        charge_alone(x, &x->holdings[i]);
    for (size_t i = 0; i < x->p->n_forbids; i++)
        forbid_apply(x->p, &x->p->forbids[i]);
    for (size_t i = 0; i < x->p->n_charges; i++)
        charge_apply(x->p, &x->p->charges[i]);
    for (size_t i = 0; i < x->n_holdings; i++)
        if (!x->holdings[i].fixed)
            joins_prune(x, &x->p->editions[i]);
}
