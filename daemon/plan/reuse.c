/*
 * Planning again: components that did not change keep their dates, the others
 * begin where their last solve ended.
 *
 * 1. A component is known by everything that is in it but the prices of moving
 *    (and where an edition stood before): planning sets these anew each time.
 * 2. A remembered answer c holds when prices and places are the same; and when
 *    nothing it says has a price to pay now, and no other date has become
 *    cheaper beside it: n(x) >= m(x) - m(c), edition by edition, with the
 * prices m then and n now. Then no plan x is better than c now, as cost(x) +
 * m(x) >= cost(c) + m(c) was shown then.
 * 3. What was cancelled, or has no plan, is not remembered.
 * 4. The oldest go when MEMORY_MOST is used.
 */
#include "daemon/plan/reuse.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/expand.h"
#include "daemon/plan/network_solve.h"

enum { ENTRIES_MOST = 4096, MEMORY_MOST = 64 << 20 };

/* A fingerprint of a component, wide enough that no two are taken for one. */
struct key {
    uint64_t a, b;
};

struct entry {
    struct key key;
    int32_t n;
    struct answer answer;
    int32_t *previous;   /* per edition: where it stood */
    int32_t **prices;    /* per edition and candidate; NULL: none */
    struct warmth *warm; /* NULL: too small to matter */
    size_t size;
};

struct reuse {
    struct entry *entries[ENTRIES_MOST]; /* a ring */
    size_t next, oldest, size;           /* from oldest to next - 1, modulo */
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
    int32_t **prices; /* of moving, per edition and candidate; NULL: none */
};

static struct view view_make(TALLOC_CTX *ctx, const struct problem *p)
{
    struct view v = {.p = p,
                     .place = array_new(ctx, int32_t, p->n_editions),
                     .prices = array_new(ctx, int32_t *, p->n_editions)};

    for (size_t k = 0; k < p->n_charges; k++) {
        const struct charge *c = &p->charges[k];
        const struct problem_edition *e = &p->editions[c->edition];
        if (!p->rules[c->rule].moving)
            continue;
        if (!v.prices[c->edition])
            v.prices[c->edition] =
                array_new(ctx, int32_t, (size_t)e->n_candidates);
        for (int32_t i = 0; i < e->n_candidates; i++)
            if (expand_charges(c, &e->candidates[i]))
                v.prices[c->edition][i] += c->cost;
    }
    return v;
}

static uint64_t mixed(uint64_t h, uint64_t x, uint64_t factor)
{
    h = (h ^ x) * factor;
    return h ^ (h >> 32);
}

/* Two numbers into the fingerprint. */
static void add(struct key *k, int32_t x, int32_t y)
{
    uint64_t both = (uint64_t)(uint32_t)x << 32 | (uint32_t)y;

    k->a = mixed(k->a, both, 0x9e3779b97f4a7c15u);
    k->b = mixed(k->b + both, k->a, 0xc2b2ae3d27d4eb4fu);
}

static void add_text(struct key *k, const char *text)
{
    for (; *text; text++)
        add(k, *text, 1);
    add(k, 0, 2);
}

static void add_edition(struct key *k, const struct view *v, int32_t e)
{
    const struct problem_edition *edition = &v->p->editions[e];
    const int32_t *prices = v->prices[e];

    add_text(k, edition->name ? edition->name : "");
    add(k, edition->fixed, edition->n_candidates);
    for (int32_t i = 0; i < edition->n_candidates; i++) {
        const struct candidate *c = &edition->candidates[i];
        add(k, c->start, c->end);
        add(k, c->host * 2 + c->open, c->join < 0 ? -1 : v->place[c->join]);
        add(k, c->cost - (prices ? prices[i] : 0), 3);
    }
}

static void add_bounds(struct key *k, const struct bounds *b)
{
    add(k, b->min, b->max);
    add(k, b->ideal, 4);
}

static void add_pair(struct key *k, const struct view *v,
                     const struct pair *pair)
{
    int32_t n = v->p->editions[pair->i].n_candidates;

    add(k, v->place[pair->i], v->place[pair->j]);
    add(k, (int32_t)pair->type, pair->band);
    add(k, pair->weight, pair->per);
    add(k, pair->apart, pair->travel);
    add_bounds(k, &pair->bounds);
    for (int32_t i = 0; pair->per_i && i < n; i++)
        add_bounds(k, &pair->per_i[i]);
}

static void add_capacity(struct key *k, const struct view *v,
                         const struct capacity *c)
{
    add(k, c->at_once, (int32_t)c->n);
    for (size_t i = 0; i < c->n; i++)
        add(k, v->place[c->editions[i]], 5);
}

/* The fingerprints of all components, in their order. */
static struct key *keys_make(TALLOC_CTX *ctx, const struct view *v,
                             const struct components *parts)
{
    const struct problem *p = v->p;
    struct key *keys = array_new(ctx, struct key, (size_t)parts->n);
    int32_t *part_of = array_new(ctx, int32_t, p->n_editions);

    for (int32_t i = 0; i < parts->n; i++)
        for (int32_t k = 0; k < parts->parts[i].n; k++) {
            part_of[parts->parts[i].editions[k]] = i;
            v->place[parts->parts[i].editions[k]] = k;
        }
    for (int32_t i = 0; i < parts->n; i++)
        for (int32_t k = 0; k < parts->parts[i].n; k++)
            add_edition(&keys[i], v, parts->parts[i].editions[k]);
    for (size_t k = 0; k < p->n_pairs; k++)
        if (part_of[p->pairs[k].i] == part_of[p->pairs[k].j])
            add_pair(&keys[part_of[p->pairs[k].i]], v, &p->pairs[k]);
    for (size_t k = 0; k < p->n_capacities; k++)
        if (p->capacities[k].n > 0)
            add_capacity(&keys[part_of[p->capacities[k].editions[0]]], v,
                         &p->capacities[k]);
    return keys;
}

/* ---- what is remembered */

static bool stands_as_then(const struct entry *e, const struct view *v,
                           const struct component *part)
{
    for (int32_t k = 0; k < e->n; k++) {
        const struct problem_edition *pe = &v->p->editions[part->editions[k]];
        const int32_t *now = v->prices[part->editions[k]];
        if (pe->previous != e->previous[k] || !now != !e->prices[k])
            return false;
        if (now && memcmp(now, e->prices[k],
                          (size_t)pe->n_candidates * sizeof *now) != 0)
            return false;
    }
    return true;
}

/* Invariant 2 for the k-th edition: what its date cost to move to then goes
 * into *ret_paid. */
static bool edition_stands(const struct entry *e, const struct view *v,
                           const struct component *part, int32_t k,
                           int64_t *ret_paid)
{
    const struct problem_edition *pe = &v->p->editions[part->editions[k]];
    const int32_t *now = v->prices[part->editions[k]], *then = e->prices[k];
    int32_t c = e->answer.choice[k], paid = then ? then[c] : 0;

    if (!now)
        return !then;
    if (now[c] != 0)
        return false;
    for (int32_t x = 0; then && x < pe->n_candidates; x++)
        if (pe->candidates[x].open && now[x] < then[x] - paid)
            return false;
    *ret_paid += paid;
    return true;
}

/* Does the answer hold with the prices of today? *ret_paid: what it cost then
 * to move where it is, and costs no more. */
static bool entry_holds(const struct entry *e, const struct view *v,
                        const struct component *part, int64_t *ret_paid)
{
    *ret_paid = 0;
    if (e->n != part->n)
        return false;
    if (stands_as_then(e, v, part))
        return true;
    if (e->answer.verdict == VERDICT_OPTIMAL && !e->answer.canonical)
        return false;
    for (int32_t k = 0; k < e->n; k++)
        if (!edition_stands(e, v, part, k, ret_paid))
            return false;
    return true;
}

/* The answer as it is now; false when none is remembered that holds. */
static bool remembered(const struct reuse *memory, const struct key *key,
                       const struct view *v, const struct component *part,
                       struct answer *ret)
{
    for (size_t i = memory->oldest; i != memory->next;
         i = (i + 1) % ENTRIES_MOST) {
        const struct entry *e = memory->entries[i];
        int64_t paid;
        if (e->key.a != key->a || e->key.b != key->b ||
            !entry_holds(e, v, part, &paid))
            continue;
        *ret = e->answer;
        ret->bound -= paid;
        return true;
    }
    return false;
}

/* The latest warmth that knows the middle one of these editions. */
static const struct warmth *warmth_for(const struct reuse *memory,
                                       const struct problem *p,
                                       const struct component *part)
{
    const char *name = p->editions[part->editions[part->n / 2]].name;

    for (size_t i = memory->next; name && i != memory->oldest;) {
        i = (i + ENTRIES_MOST - 1) % ENTRIES_MOST;
        if (memory->entries[i]->warm &&
            warmth_knows(memory->entries[i]->warm, name))
            return memory->entries[i]->warm;
    }
    return NULL;
}

static void forget_oldest(struct reuse *memory)
{
    struct entry *e = memory->entries[memory->oldest];

    memory->size -= e->size;
    memory->entries[memory->oldest] = NULL;
    memory->oldest = (memory->oldest + 1) % ENTRIES_MOST;
    talloc_free(e);
}

static void entry_prices(struct entry *e, const struct view *v,
                         const struct component *part)
{
    e->previous = array_new(e, int32_t, (size_t)part->n);
    e->prices = array_new(e, int32_t *, (size_t)part->n);
    for (int32_t k = 0; k < part->n; k++) {
        int32_t at = part->editions[k];
        size_t n = (size_t)v->p->editions[at].n_candidates;

        e->previous[k] = v->p->editions[at].previous;
        if (!v->prices[at])
            continue;
        e->prices[k] = array_new(e, int32_t, n);
        memcpy(e->prices[k], v->prices[at], n * sizeof(int32_t));
        e->size += n * sizeof(int32_t);
    }
}

static void remember(struct reuse *memory, const struct key *key,
                     const struct view *v, const struct component *part,
                     const struct answer *a, struct warmth *warm)
{
    struct entry *e = object_new(memory, struct entry);

    e->key = *key;
    e->n = part->n;
    e->answer = *a;
    e->answer.choice = array_new(e, int32_t, (size_t)part->n);
    memcpy(e->answer.choice, a->choice, (size_t)part->n * sizeof(int32_t));
    e->warm = talloc_steal(e, warm);
    e->size = (size_t)part->n * 16 + (warm ? warmth_size(warm) : 0);
    entry_prices(e, v, part);
    memory->size += e->size;
    memory->entries[memory->next] = e;
    memory->next = (memory->next + 1) % ENTRIES_MOST;
    while (memory->next == memory->oldest ||
           (memory->size > MEMORY_MOST &&
            (memory->oldest + 1) % ENTRIES_MOST != memory->next))
        forget_oldest(memory);
}

/* ---- planning again */

static void solve_anew(struct solution *s, struct reuse *memory,
                       const struct key *key, const struct view *v,
                       const struct component *part,
                       const struct solve_options *options)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct warmth *warm = NULL;
    struct answer a = solution_solve(work, s, v->p, part, options,
                                     warmth_for(memory, v->p, part), &warm);

    if (a.choice && !a.cancelled)
        remember(memory, key, v, part, &a, warm);
    talloc_free(work);
}

struct solution *reuse_solve(TALLOC_CTX *ctx, struct reuse *memory,
                             const struct problem *p,
                             const struct solve_options *options,
                             size_t *ret_kept)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct components parts = network_components(work, p);
    struct view view = view_make(work, p);
    struct key *keys = keys_make(work, &view, &parts);
    struct solution *s = solution_new(ctx, p, options);
    size_t kept = 0;

    for (int32_t i = 0; i < parts.n; i++) {
        const struct component *part = &parts.parts[i];
        struct answer a;
        if (remembered(memory, &keys[i], &view, part, &a)) {
            solution_add(s, p, part, &a, options);
            kept += (size_t)part->n;
        } else {
            solve_anew(s, memory, &keys[i], &view, part, options);
        }
    }
    solution_end(s, p);
    if (ret_kept)
        *ret_kept = kept;
    talloc_free(work);
    return s;
}
