/*
 * Changed copies of a problem. A fixed edition has one candidate, so the
 * tables that a pair keeps per candidate shrink with it.
 */
#include "daemon/plan/variant.h"

#include "daemon/base/memory.h"

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

/* Opens what the rule alone forbade. */
static void reopen(struct problem *q, int32_t e, int32_t rule)
{
    struct problem_edition *edition = &q->editions[e];
    TALLOC_CTX *ctx = talloc_new(NULL);
    bool *by_rule = array_new(ctx, bool, (size_t)edition->n_candidates);
    bool *by_others = array_new(ctx, bool, (size_t)edition->n_candidates);

    for (size_t k = 0; k < q->n_forbids; k++) {
        const struct forbid *f = &q->forbids[k];
        bool *by = f->rule == rule ? by_rule : by_others;
        for (int32_t i = 0; f->edition == e && i < edition->n_candidates; i++)
            by[i] = by[i] || forbid_covers(f, &edition->candidates[i]);
    }
    for (int32_t i = 0; i < edition->n_candidates; i++)
        if (by_rule[i] && !by_others[i])
            edition->candidates[i].open = true;
    talloc_free(ctx);
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
    bool *touched = array_new(q, bool, p->n_editions);

    for (size_t k = 0; k < p->n_forbids; k++)
        if (p->forbids[k].rule == rule)
            touched[p->forbids[k].edition] = true;
    for (size_t i = 0; i < p->n_editions; i++)
        if (touched[i]) {
            candidates_own(q, (int32_t)i);
            reopen(q, (int32_t)i, rule);
        }
    drop_forbids(q, rule);
    drop_pairs(q, rule);
    drop_capacities(q, rule);
    return q;
}
