#pragma once
/*
 * Small random planning problems, the same for the same seed: all pair types,
 * several rules per pair, both directions, negative gaps, hosts, joins,
 * capacities, candidates closed with and without a reason.
 */
#include <stdlib.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/problem.h"

struct random_source {
    uint64_t state;
};

/* 0 .. n-1 */
static inline int32_t random_below(struct random_source *r, int32_t n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (int32_t)((r->state >> 33) % (uint64_t)n);
}

static inline int random_candidate_compare(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    return (x->join > y->join) - (x->join < y->join);
}

static inline int32_t random_rule(struct random_source *r, struct problem *p)
{
    if (p->n_rules > 0 && random_below(r, 4) == 0)
        return random_below(r, (int32_t)p->n_rules);
    p->rules = array_grow(p, p->rules, struct problem_rule, p->n_rules + 1);
    p->rules[p->n_rules] =
        (struct problem_rule){.text = text_format(p, "rule %zu", p->n_rules),
                              .firmness = random_below(r, 3)};
    return (int32_t)p->n_rules++;
}

static inline void random_forbids(struct random_source *r, struct problem *p,
                                  int32_t e)
{
    struct problem_edition *k = &p->editions[e];
    for (int32_t n = random_below(r, 3); n > 0; n--) {
        int32_t from = random_below(r, 30);
        struct forbid f = {e, random_rule(r, p), from,
                           from + random_below(r, 8),
                           (int16_t)(random_below(r, 3) - 1)};
        p->forbids = array_grow(p, p->forbids, struct forbid, p->n_forbids + 1);
        p->forbids[p->n_forbids++] = f;
        for (int32_t c = 0; c < k->n_candidates; c++)
            if (k->candidates[c].start >= f.from &&
                k->candidates[c].start <= f.to &&
                (f.host < 0 || f.host == k->candidates[c].host))
                k->candidates[c].open = false;
    }
}

static inline void random_edition(struct random_source *r, struct problem *p,
                                  int32_t e, int32_t most)
{
    struct problem_edition *k = &p->editions[e];
    int32_t from = random_below(r, 15), spread = 1 + random_below(r, 20);
    k->name = text_format(p, "E%d", random_below(r, 1000) * 10 + e);
    k->n_candidates = 1 + random_below(r, most);
    k->candidates = array_new(p, struct candidate, (size_t)k->n_candidates);
    k->previous = random_below(r, 2) ? INT32_MIN : from + random_below(r, 8);
    for (int32_t c = 0; c < k->n_candidates; c++) {
        struct candidate *x = &k->candidates[c];
        x->start = from + random_below(r, spread);
        x->end = x->start + random_below(r, 4);
        x->host = (int16_t)(random_below(r, 3) - 1);
        x->join = (int16_t)(random_below(r, 3)
                                ? -1
                                : random_below(r, (int32_t)p->n_editions));
        x->cost = random_below(r, 3) ? random_below(r, 4) : 0;
        x->open = random_below(r, 12) > 0;
    }
    qsort(k->candidates, (size_t)k->n_candidates, sizeof *k->candidates,
          random_candidate_compare);
    random_forbids(r, p, e);
}

static inline struct bounds random_bounds(struct random_source *r, bool loose)
{
    int32_t min = random_below(r, 20) - 12;
    int32_t room = loose ? 25 : 12;
    return (struct bounds){min, min + random_below(r, room),
                           min + random_below(r, room)};
}

static inline void random_pair(struct random_source *r, struct problem *p,
                               bool loose)
{
    struct pair *k;
    int32_t n = (int32_t)p->n_editions;
    p->pairs = array_grow(p, p->pairs, struct pair, p->n_pairs + 1);
    k = &p->pairs[p->n_pairs++];
    *k = (struct pair){.i = random_below(r, n),
                       .j = random_below(r, n - 1),
                       .type = (enum pair_type)random_below(r, 5),
                       .bounds = random_bounds(r, loose),
                       .band = random_below(r, 4),
                       .weight = random_below(r, 9),
                       .per = 1 + random_below(r, 3),
                       .apart = random_below(r, 4),
                       .travel = random_below(r, 2)};
    k->j += k->j >= k->i;
    k->rule = random_rule(r, p);
    if ((k->type == PAIR_GAP || k->type == PAIR_SEP) &&
        random_below(r, 3) == 0) {
        int32_t m = p->editions[k->i].n_candidates;
        struct bounds *per = array_new(p, struct bounds, (size_t)m);
        for (int32_t c = 0; c < m; c++)
            per[c] = random_bounds(r, loose);
        k->per_i = per;
    }
}

static inline void random_capacity(struct random_source *r, struct problem *p)
{
    struct capacity *k;
    p->capacities =
        array_grow(p, p->capacities, struct capacity, p->n_capacities + 1);
    k = &p->capacities[p->n_capacities++];
    *k = (struct capacity){.rule = random_rule(r, p),
                           .editions = array_new(p, int32_t, p->n_editions),
                           .at_once = 1 + random_below(r, 2)};
    for (int32_t e = 0; e < (int32_t)p->n_editions; e++)
        if (random_below(r, 4) > 0)
            k->editions[k->n++] = e;
}

static inline struct problem *random_problem(TALLOC_CTX *ctx, uint64_t seed,
                                             int32_t editions, int32_t most)
{
    struct random_source r = {seed * 0x9E3779B97F4A7C15u + 1};
    struct problem *p = object_new(ctx, struct problem);
    bool loose = random_below(&r, 2);
    random_below(&r, 2);
    p->n_editions = (size_t)(1 + random_below(&r, editions));
    p->editions = array_new(p, struct problem_edition, p->n_editions);
    random_rule(&r, p);
    for (int32_t e = 0; e < (int32_t)p->n_editions; e++)
        random_edition(&r, p, e, most);
    int32_t pairs = p->n_editions > 1 ? random_below(&r, 4 + editions) : 0;
    for (int32_t k = 0; k < pairs; k++)
        random_pair(&r, p, loose);
    if (random_below(&r, 3) == 0)
        random_capacity(&r, p);
    return p;
}
