/*
 * Planning again: the dates of components that did not change are taken from
 * the plan that proved them best.
 *
 * 1. A component is known by everything that is in it but the prices of moving
 *    (and where an edition stood before): planning sets these anew each time.
 * 2. A remembered answer c holds when the prices are the same; and when nothing
 *    it says has to move now and the prices then were none, or flat ones of the
 * least price that are still there. Then no other plan x is better: with prices
 * m then and n now, cost(x) + m(x) >= cost(c) + m(c), and n(x) >= m(x) - m(c),
 * edition by edition.
 * 3. Only proved, canonical answers are remembered.
 */
#include "daemon/plan/reuse.h"

#include <string.h>

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/plan/expand.h"
#include "daemon/plan/network.h"
#include "daemon/plan/variant.h"

enum { ENTRIES_MOST = 512 };

struct entry {
    unsigned char key[DIGEST_SIZE], prices[DIGEST_SIZE];
    int32_t n;
    int32_t *choice; /* candidates of the component's editions, in its order */
    bool *priced;    /* it had a price of moving */
    bool flat;       /* no price but the least one */
};

struct reuse {
    struct entry *entries[ENTRIES_MOST]; /* a ring */
    size_t next;
};

struct reuse *reuse_new(void)
{
    return object_new(NULL, struct reuse);
}

/* ---- what a component is */

/* A problem with what is asked of it again and again. */
struct view {
    const struct problem *p;
    int32_t *place;   /* of an edition within its component */
    int32_t **moving; /* price of moving per candidate; NULL: none */
    bool *steep;      /* a price that is not the least one */
};

static void view_moving(TALLOC_CTX *ctx, struct view *v)
{
    const struct problem *p = v->p;

    for (size_t k = 0; k < p->n_charges; k++) {
        const struct charge *c = &p->charges[k];
        const struct problem_edition *e = &p->editions[c->edition];
        if (!p->rules[c->rule].moving)
            continue;
        if (!v->moving[c->edition])
            v->moving[c->edition] =
                array_new(ctx, int32_t, (size_t)e->n_candidates);
        if (c->cost != PRICE_PROPOSED)
            v->steep[c->edition] = true;
        for (int32_t i = 0; i < e->n_candidates; i++)
            if (expand_charges(c, &e->candidates[i]))
                v->moving[c->edition][i] += c->cost;
    }
}

static struct view view_make(TALLOC_CTX *ctx, const struct problem *p)
{
    struct view v = {.p = p,
                     .place = array_new(ctx, int32_t, p->n_editions),
                     .moving = array_new(ctx, int32_t *, p->n_editions),
                     .steep = array_new(ctx, bool, p->n_editions)};

    view_moving(ctx, &v);
    return v;
}

static void add_number(struct digest *d, int32_t x)
{
    digest_add(d, &x, sizeof x);
}

static void add_edition(struct digest *d, const struct view *v, int32_t e)
{
    const struct problem_edition *edition = &v->p->editions[e];
    const int32_t *moving = v->moving[e];

    digest_add(d, edition->name, strlen(edition->name) + 1);
    add_number(d, edition->fixed);
    add_number(d, edition->n_candidates);
    for (int32_t i = 0; i < edition->n_candidates; i++) {
        const struct candidate *c = &edition->candidates[i];
        add_number(d, c->start);
        add_number(d, c->end);
        add_number(d, c->host);
        add_number(d, c->join < 0 ? -1 : v->place[c->join]);
        add_number(d, c->open);
        add_number(d, c->cost - (moving ? moving[i] : 0));
    }
}

static void add_bounds(struct digest *d, const struct bounds *b)
{
    add_number(d, b->min);
    add_number(d, b->max);
    add_number(d, b->ideal);
}

static void add_pair(struct digest *d, const struct view *v,
                     const struct pair *pair)
{
    int32_t n = v->p->editions[pair->i].n_candidates;

    add_number(d, v->place[pair->i]);
    add_number(d, v->place[pair->j]);
    add_number(d, (int32_t)pair->type);
    add_bounds(d, &pair->bounds);
    for (int32_t i = 0; pair->per_i && i < n; i++)
        add_bounds(d, &pair->per_i[i]);
    add_number(d, pair->band);
    add_number(d, pair->weight);
    add_number(d, pair->per);
    add_number(d, pair->apart);
    add_number(d, pair->travel);
}

static void add_capacity(struct digest *d, const struct view *v,
                         const struct capacity *c)
{
    add_number(d, c->at_once);
    add_number(d, (int32_t)c->n);
    for (size_t i = 0; i < c->n; i++)
        add_number(d, v->place[c->editions[i]]);
}

static void component_key(const struct view *v, const struct component *part,
                          const bool *inside, unsigned char *ret)
{
    const struct problem *p = v->p;
    struct digest d;

    digest_begin(&d);
    for (int32_t k = 0; k < part->n; k++)
        v->place[part->editions[k]] = k;
    for (int32_t k = 0; k < part->n; k++)
        add_edition(&d, v, part->editions[k]);
    for (size_t k = 0; k < p->n_pairs; k++)
        if (inside[p->pairs[k].i] && inside[p->pairs[k].j])
            add_pair(&d, v, &p->pairs[k]);
    for (size_t k = 0; k < p->n_capacities; k++)
        if (p->capacities[k].n > 0 && inside[p->capacities[k].editions[0]])
            add_capacity(&d, v, &p->capacities[k]);
    digest_end(&d, ret);
}

/* The prices of moving, and where the editions stood. */
static void component_prices(const struct view *v, const struct component *part,
                             unsigned char *ret)
{
    struct digest d;

    digest_begin(&d);
    for (int32_t k = 0; k < part->n; k++) {
        int32_t e = part->editions[k], n = v->p->editions[e].n_candidates;
        add_number(&d, v->p->editions[e].previous);
        add_number(&d, v->moving[e] != NULL);
        for (int32_t i = 0; v->moving[e] && i < n; i++)
            add_number(&d, v->moving[e][i]);
    }
    digest_end(&d, ret);
}

/* ---- remembering */

static bool entry_holds(const struct entry *e, const struct view *v,
                        const struct component *part)
{
    unsigned char prices[DIGEST_SIZE];

    component_prices(v, part, prices);
    if (memcmp(prices, e->prices, DIGEST_SIZE) == 0)
        return true;
    if (e->n != part->n || !e->flat)
        return false;
    for (int32_t k = 0; k < e->n; k++) {
        const int32_t *moving = v->moving[part->editions[k]];
        if (moving ? moving[e->choice[k]] != 0 : e->priced[k])
            return false;
    }
    return true;
}

static const struct entry *entry_find(const struct reuse *memory,
                                      const unsigned char *key,
                                      const struct view *v,
                                      const struct component *part)
{
    for (size_t i = 0; i < ENTRIES_MOST; i++) {
        const struct entry *e = memory->entries[i];
        if (e && memcmp(e->key, key, DIGEST_SIZE) == 0 &&
            entry_holds(e, v, part))
            return e;
    }
    return NULL;
}

static void entry_keep(struct reuse *memory, const unsigned char *key,
                       const struct view *v, const struct component *part,
                       const int32_t *choice)
{
    struct entry *e = object_new(memory, struct entry);

    memcpy(e->key, key, DIGEST_SIZE);
    component_prices(v, part, e->prices);
    e->n = part->n;
    e->choice = array_new(e, int32_t, (size_t)part->n);
    e->priced = array_new(e, bool, (size_t)part->n);
    e->flat = true;
    for (int32_t k = 0; k < part->n; k++) {
        int32_t at = part->editions[k];
        e->choice[k] = choice[at];
        e->priced[k] = v->moving[at] != NULL;
        e->flat = e->flat && !v->steep[at];
    }
    talloc_free(memory->entries[memory->next]);
    memory->entries[memory->next] = e;
    memory->next = (memory->next + 1) % ENTRIES_MOST;
}

/* ---- planning again */

struct again {
    struct components parts;
    struct view view;
    unsigned char (*keys)[DIGEST_SIZE]; /* per component */
    bool *known;                        /* per component */
    int32_t *standing; /* per edition: what memory says, -1 nothing */
    size_t kept;
};

static struct again look_up(TALLOC_CTX *ctx, const struct reuse *memory,
                            const struct problem *p)
{
    struct again a = {.parts = network_components(ctx, p),
                      .view = view_make(ctx, p),
                      .standing = array_new(ctx, int32_t, p->n_editions)};
    bool *inside = array_new(ctx, bool, p->n_editions);

    a.keys = talloc_array_size(ctx, DIGEST_SIZE, (unsigned)a.parts.n + 1);
    invariant(a.keys);
    a.known = array_new(ctx, bool, (size_t)a.parts.n);
    memset(a.standing, 0xff, p->n_editions * sizeof *a.standing);
    for (int32_t i = 0; i < a.parts.n; i++) {
        const struct component *part = &a.parts.parts[i];
        const struct entry *e;
        for (int32_t k = 0; k < part->n; k++)
            inside[part->editions[k]] = true;
        component_key(&a.view, part, inside, a.keys[i]);
        e = entry_find(memory, a.keys[i], &a.view, part);
        a.known[i] = e != NULL;
        for (int32_t k = 0; k < part->n; k++) {
            inside[part->editions[k]] = false;
            if (e)
                a.standing[part->editions[k]] = e->choice[k];
        }
        a.kept += e ? (size_t)part->n : 0;
    }
    return a;
}

static struct solution *solve_rest(TALLOC_CTX *ctx, const struct again *a,
                                   const struct problem *p,
                                   const struct solve_options *options)
{
    struct solve_options o = options ? *options : (struct solve_options){0};
    TALLOC_CTX *work = talloc_new(NULL);
    struct problem *q = variant_standing(work, p, a->standing);
    int32_t *from = array_new(work, int32_t, p->n_editions);
    struct solution *s;

    for (size_t i = 0; i < p->n_editions; i++)
        from[i] = a->standing[i] >= 0              ? 0
                  : options && options->start_from ? options->start_from[i]
                                                   : -1;
    o.start_from = from;
    s = solve(ctx, q, &o);
    for (size_t i = 0; i < p->n_editions; i++)
        if (a->standing[i] >= 0)
            s->choice[i] = a->standing[i];
    talloc_free(work);
    return s;
}

struct solution *reuse_solve(TALLOC_CTX *ctx, struct reuse *memory,
                             const struct problem *p,
                             const struct solve_options *options,
                             size_t *ret_kept)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct again a = look_up(work, memory, p);
    struct solution *s =
        a.kept > 0 ? solve_rest(ctx, &a, p, options) : solve(ctx, p, options);

    if (s->verdict == VERDICT_INFEASIBLE && a.kept > 0)
        s = solve(ctx, p, options); /* conflicts are told of all of it */
    for (int32_t i = 0; i < a.parts.n; i++)
        if (s->verdict == VERDICT_OPTIMAL && s->canonical && !s->cancelled &&
            !a.known[i])
            entry_keep(memory, a.keys[i], &a.view, &a.parts.parts[i],
                       s->choice);
    if (ret_kept)
        *ret_kept = a.kept;
    talloc_free(work);
    return s;
}
