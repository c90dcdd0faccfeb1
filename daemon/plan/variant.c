/*
 * Changed copies of a problem. A fixed edition has one candidate, so the
 * tables that a pair keeps per candidate shrink with it.
 */
#include "daemon/plan/variant.h"

#include "daemon/base/memory.h"
#include "daemon/plan/expand.h"

static struct problem *shallow(TALLOC_CTX *ctx, const struct problem *p)
{
    struct problem *q = object_new(ctx, struct problem);

    *q = *p;
    q->editions = array_new(q, struct problem_edition, p->n_editions);
    for (size_t i = 0; i < p->n_editions; i++)
        q->editions[i] = p->editions[i];
    q->pairs = array_new(q, struct pair, p->n_pairs);
    for (size_t i = 0; i < p->n_pairs; i++)
        q->pairs[i] = p->pairs[i];
    return q;
}

static void edition_fix(struct problem *q, const struct problem *p, int32_t e,
                        int32_t choice)
{
    struct problem_edition *edition = &q->editions[e];

    edition->candidates = array_new(q, struct candidate, 1);
    edition->candidates[0] = p->editions[e].candidates[choice];
    edition->n_candidates = 1;
    edition->fixed = true;
    for (size_t k = 0; k < q->n_pairs; k++)
        if (q->pairs[k].i == e && q->pairs[k].per_i)
            q->pairs[k].per_i = &p->pairs[k].per_i[choice];
}

struct variant variant_near(TALLOC_CTX *ctx, const struct problem *p,
                            const struct solution *s, int32_t e)
{
    struct variant v = {.problem = shallow(ctx, p)};
    int cycle = p->editions[e].cycle;

    v.plan = object_new(v.problem, struct solution);
    *v.plan = *s;
    v.plan->choice = array_new(v.plan, int32_t, p->n_editions);
    for (size_t i = 0; i < p->n_editions; i++) {
        int32_t at = (int32_t)i, choice = s->choice[i];
        int off = p->editions[i].cycle - cycle;
        v.plan->choice[i] = choice;
        if (choice < 0 || (off >= -1 && off <= 1))
            continue;
        edition_fix(v.problem, p, at, choice);
        v.plan->choice[i] = 0;
    }
    return v;
}

static void candidates_own(struct problem *q, int32_t e)
{
    struct problem_edition *edition = &q->editions[e];
    const struct candidate *old = edition->candidates;

    edition->candidates =
        array_new(q, struct candidate, (size_t)edition->n_candidates);
    for (int32_t i = 0; i < edition->n_candidates; i++)
        edition->candidates[i] = old[i];
}

struct problem *variant_start(TALLOC_CTX *ctx, const struct problem *p,
                              int32_t e, int32_t start)
{
    struct problem *q = shallow(ctx, p);

    candidates_own(q, e);
    for (int32_t i = 0; i < q->editions[e].n_candidates; i++)
        if (q->editions[e].candidates[i].start != start)
            q->editions[e].candidates[i].open = false;
    return q;
}

/* Opens what the rule forbade and nothing that is left does. */
static void reopen(struct problem *q, const struct problem *p, int32_t e,
                   int32_t rule)
{
    struct problem_edition *edition = &q->editions[e];
    TALLOC_CTX *ctx = talloc_new(NULL);
    bool *was = array_new(ctx, bool, (size_t)edition->n_candidates);
    bool *is = array_new(ctx, bool, (size_t)edition->n_candidates);

    for (size_t k = 0; k < p->n_forbids; k++)
        for (int32_t i = 0;
             p->forbids[k].edition == e && p->forbids[k].rule == rule &&
             i < edition->n_candidates;
             i++)
            was[i] = was[i] ||
                     forbid_covers(&p->forbids[k], &edition->candidates[i]);
    for (size_t k = 0; k < q->n_forbids; k++)
        for (int32_t i = 0;
             q->forbids[k].edition == e && i < edition->n_candidates; i++)
            is[i] =
                is[i] || forbid_covers(&q->forbids[k], &edition->candidates[i]);
    for (int32_t i = 0; i < edition->n_candidates; i++)
        if (was[i] && !is[i])
            edition->candidates[i].open = true;
    talloc_free(ctx);
}

/* Candidates of all editions that the rule forbade days of. */
static void reopen_all(struct problem *q, const struct problem *p, int32_t rule)
{
    bool *touched = array_new(q, bool, p->n_editions);

    for (size_t k = 0; k < p->n_forbids; k++)
        if (p->forbids[k].rule == rule)
            touched[p->forbids[k].edition] = true;
    for (size_t i = 0; i < p->n_editions; i++)
        if (touched[i]) {
            candidates_own(q, (int32_t)i);
            reopen(q, p, (int32_t)i, rule);
        }
}

static void drop_pairs(struct problem *q, int32_t rule)
{
    size_t n = 0;

    for (size_t k = 0; k < q->n_pairs; k++)
        if (q->pairs[k].rule != rule)
            q->pairs[n++] = q->pairs[k];
    q->n_pairs = n;
}

static void drop_capacities(struct problem *q, int32_t rule)
{
    const struct capacity *old = q->capacities;
    size_t n = 0;

    q->capacities = array_new(q, struct capacity, q->n_capacities);
    for (size_t k = 0; k < q->n_capacities; k++)
        if (old[k].rule != rule)
            q->capacities[n++] = old[k];
    q->n_capacities = n;
}

/* Records of the rule leave, so that nothing counts it any more. */
static void drop_forbids(struct problem *q, int32_t rule)
{
    const struct forbid *old = q->forbids;
    size_t n = 0;

    q->forbids = array_new(q, struct forbid, q->n_forbids);
    for (size_t k = 0; k < q->n_forbids; k++)
        if (old[k].rule != rule)
            q->forbids[n++] = old[k];
    q->n_forbids = n;
    q->forbid_texts = NULL;
}

struct problem *variant_without(TALLOC_CTX *ctx, const struct problem *p,
                                int32_t rule)
{
    struct problem *q = shallow(ctx, p);

    drop_forbids(q, rule);
    reopen_all(q, p, rule);
    drop_pairs(q, rule);
    drop_capacities(q, rule);
    return q;
}

/* ---- rules that give way */

bool forbid_gives(const struct problem *p, const struct forbid *f,
                  enum give give)
{
    const struct problem_edition *e = &p->editions[f->edition];

    if (e->n_candidates == 0)
        return false;
    if (give == GIVE_LATER)
        return f->from > e->candidates[0].start;
    if (give == GIVE_EARLIER)
        return f->to < e->candidates[e->n_candidates - 1].start;
    return false;
}

static void give_forbids(struct problem *q, const struct problem *p,
                         int32_t rule, enum give give, int32_t by)
{
    size_t n = 0;

    q->forbids = array_new(q, struct forbid, p->n_forbids);
    q->forbid_texts = NULL;
    for (size_t k = 0; k < p->n_forbids; k++) {
        struct forbid f = p->forbids[k];
        if (f.rule == rule && forbid_gives(p, &f, give)) {
            f.from += give == GIVE_LATER ? by : 0;
            f.to -= give == GIVE_EARLIER ? by : 0;
        }
        if (f.from <= f.to)
            q->forbids[n++] = f;
    }
    q->n_forbids = n;
}

static struct bounds bounds_give(struct bounds b, enum give give, int32_t by)
{
    if (give == GIVE_LESS && b.min > -FOR_EVER)
        b.min -= by;
    if (give == GIVE_MORE && b.max < FOR_EVER)
        b.max += by;
    return b;
}

static void give_pairs(struct problem *q, int32_t rule, enum give give,
                       int32_t by)
{
    for (size_t k = 0; k < q->n_pairs; k++) {
        struct pair *pair = &q->pairs[k];
        int32_t n = q->editions[pair->i].n_candidates;
        struct bounds *per_i;
        if (pair->rule != rule ||
            (pair->type != PAIR_GAP && pair->type != PAIR_SEP))
            continue;
        pair->bounds = bounds_give(pair->bounds, give, by);
        if (!pair->per_i)
            continue;
        per_i = array_new(q, struct bounds, (size_t)n);
        for (int32_t i = 0; i < n; i++)
            per_i[i] = bounds_give(pair->per_i[i], give, by);
        pair->per_i = per_i;
    }
}

static void give_capacities(struct problem *q, int32_t rule, int by)
{
    const struct capacity *old = q->capacities;

    q->capacities = array_new(q, struct capacity, q->n_capacities);
    for (size_t k = 0; k < q->n_capacities; k++) {
        q->capacities[k] = old[k];
        if (old[k].rule == rule)
            q->capacities[k].at_once += by;
    }
}

struct problem *variant_given(TALLOC_CTX *ctx, const struct problem *p,
                              int32_t rule, enum give give, int32_t by)
{
    struct problem *q = shallow(ctx, p);

    if (give == GIVE_LATER || give == GIVE_EARLIER) {
        give_forbids(q, p, rule, give, by);
        reopen_all(q, p, rule);
    } else {
        give_pairs(q, rule, give, by);
    }
    if (give == GIVE_MORE)
        give_capacities(q, rule, by);
    return q;
}
