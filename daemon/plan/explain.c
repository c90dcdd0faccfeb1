/*
 * Why an edition stands where it does, and why nothing can: the records of the
 * problem, sorted by what they did.
 *
 * 1. A hard rule is named as a reason only when it alone keeps a day out, or
 *    when it ties the edition to another; what several rules forbid together
 *    none of them decided.
 * 2. Charges that are named add up to what the edition costs.
 */
#include "daemon/plan/explain.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"
#include "daemon/plan/explain_words.h"
#include "daemon/plan/relax.h"
#include "daemon/plan/variant.h"

enum { NEAR_DAYS = 21 /* people who meet further apart are not a reason */ };

static void reason_add(TALLOC_CTX *ctx, struct reasons *r,
                       const struct problem_rule *rule, int64_t cost,
                       const char *text)
{
    r->rows = array_grow(ctx, r->rows, struct reason, r->n + 1);
    r->rows[r->n++] = (struct reason){.rule = rule->text,
                                      .where = rule->where,
                                      .hard = rule->hard && cost == 0,
                                      .cost = cost,
                                      .text = text};
}

int32_t problem_edition_index(const struct problem *p, const char *name)
{
    for (size_t i = 0; i < p->n_editions; i++)
        if (text_same(p->editions[i].name, name))
            return (int32_t)i;
    return -1;
}

/* ---- why */

/* Per candidate of an edition with the plan's host: the one rule that forbids
 * it, NOBODY when it is open, SEVERAL when more than one does. */
enum { NOBODY = -1, SEVERAL = -2 };

static int32_t *sole_rules(TALLOC_CTX *ctx, const struct problem *p,
                           const struct solution *s, int32_t e)
{
    const struct problem_edition *edition = &p->editions[e];
    int32_t *sole = array_new(ctx, int32_t, (size_t)edition->n_candidates);

    for (int32_t i = 0; i < edition->n_candidates; i++)
        sole[i] = NOBODY;
    for (size_t k = 0; k < p->n_forbids; k++) {
        const struct forbid *f = &p->forbids[k];
        for (int32_t i = 0; f->edition == e && i < edition->n_candidates; i++)
            if (forbid_covers(f, &edition->candidates[i]))
                sole[i] =
                    sole[i] == NOBODY || sole[i] == f->rule ? f->rule : SEVERAL;
    }
    for (int32_t i = 0; i < edition->n_candidates && s->choice[e] >= 0; i++)
        if (edition->candidates[i].host !=
            edition->candidates[s->choice[e]].host)
            sole[i] = SEVERAL;
    return sole;
}

/* "keeps out Mon 1 Feb 2027 and 3 more first days", NULL when it does not. */
static char *kept_out(TALLOC_CTX *ctx, const struct problem_edition *e,
                      const int32_t *sole, int32_t rule)
{
    int32_t first = 0, before = INT32_MIN, n = 0;

    for (int32_t i = 0; i < e->n_candidates; i++) {
        int32_t day = e->candidates[i].start;
        if (sole[i] != rule || day == before)
            continue;
        if (n++ == 0)
            first = day;
        before = day;
    }
    if (n == 0)
        return NULL;
    if (n == 1)
        return text_format(ctx, "alone keeps out %s", words_day(ctx, first));
    return text_format(ctx, "alone keeps out %d first days from %s to %s",
                       (int)n, words_day(ctx, first), words_day(ctx, before));
}

static void why_days(TALLOC_CTX *ctx, struct reasons *r,
                     const struct problem *p, const struct solution *s,
                     int32_t e)
{
    int32_t *sole = sole_rules(ctx, p, s, e);

    for (size_t k = 0; k < p->n_rules; k++) {
        char *text = p->rules[k].hard
                         ? kept_out(ctx, &p->editions[e], sole, (int32_t)k)
                         : NULL;
        if (text)
            reason_add(ctx, r, &p->rules[k], 0, text);
    }
}

static bool far_apart(const struct candidate *a, const struct candidate *b)
{
    return a->start - b->end > NEAR_DAYS || b->start - a->end > NEAR_DAYS;
}

static void why_pairs(TALLOC_CTX *ctx, struct reasons *r,
                      const struct problem *p, const struct solution *s,
                      int32_t e)
{
    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        int32_t ci = s->choice[pair->i], cj = s->choice[pair->j], cost;
        const struct candidate *i, *j;

        if ((pair->i != e && pair->j != e) || ci < 0 || cj < 0)
            continue;
        i = &p->editions[pair->i].candidates[ci];
        j = &p->editions[pair->j].candidates[cj];
        if ((pair->type == PAIR_JOIN && i->join != pair->j) ||
            (pair->type == PAIR_DISJ && far_apart(i, j)))
            continue;
        cost = pair_cost(p, pair, ci, cj);
        reason_add(ctx, r, &p->rules[pair->rule], cost,
                   words_pair(ctx, p, pair, e, s->choice));
    }
}

static void why_charges(TALLOC_CTX *ctx, struct reasons *r,
                        const struct problem *p, const struct solution *s,
                        int32_t e)
{
    for (size_t k = 0; k < p->n_charges; k++) {
        const struct charge *c = &p->charges[k];
        const struct problem_rule *rule = &p->rules[c->rule];
        if (c->edition == e && c->cost > 0 &&
            expand_charges(c, &p->editions[e].candidates[s->choice[e]]))
            reason_add(ctx, r, rule, c->cost, c->text ? c->text : rule->text);
    }
}

static void why_fixed(TALLOC_CTX *ctx, struct reasons *r,
                      const struct problem_edition *e)
{
    struct problem_rule rule = {
        .text = text_format(ctx, "%s stands on %s", e->name,
                            words_days(ctx, &e->candidates[0])),
        .hard = true};

    reason_add(ctx, r, &rule, 0,
               "held, confirmed or moved by an officer: planning leaves it");
}

static int reason_order(const void *left, const void *right)
{
    const struct reason *a = left, *b = right;

    if (a->hard != b->hard)
        return a->hard ? -1 : 1;
    if (a->cost != b->cost)
        return a->cost > b->cost ? -1 : 1;
    if (a->where.line != b->where.line)
        return a->where.line < b->where.line ? -1 : 1;
    if (strcmp(a->rule, b->rule) != 0)
        return strcmp(a->rule, b->rule);
    return strcmp(a->text, b->text);
}

static void reasons_sort(struct reasons *r)
{
    if (r->n > 1)
        qsort(r->rows, r->n, sizeof *r->rows, reason_order);
}

struct reasons explain_why(TALLOC_CTX *ctx, const struct problem *p,
                           const struct solution *s, int32_t e)
{
    struct reasons r = {.rows = array_new(ctx, struct reason, 0)};

    if (e < 0 || (size_t)e >= p->n_editions)
        return r;
    if (p->editions[e].fixed)
        why_fixed(ctx, &r, &p->editions[e]);
    else
        why_days(ctx, &r, p, s, e);
    if (s->choice[e] >= 0) {
        why_pairs(ctx, &r, p, s, e);
        why_charges(ctx, &r, p, s, e);
    }
    reasons_sort(&r);
    return r;
}

/* ---- conflicts */

static bool touches(const struct problem *p, int32_t rule, int32_t e)
{
    for (size_t k = 0; k < p->n_forbids; k++)
        if (p->forbids[k].rule == rule && p->forbids[k].edition == e)
            return true;
    for (size_t k = 0; k < p->n_pairs; k++)
        if (p->pairs[k].rule == rule &&
            (p->pairs[k].i == e || p->pairs[k].j == e))
            return true;
    return false;
}

/* How many rules of the conflict are about edition e. */
static int conflicts_of(const struct problem *p, const struct solution *s,
                        int32_t e)
{
    int n = 0;

    for (size_t i = 0; i < s->n_conflict; i++)
        n += touches(p, s->conflict[i], e);
    return n;
}

/* The edition without a date that the conflict is most about, of those that
 * got one; -1 when there is none. */
static int32_t freed(const struct problem *p, const struct solution *s,
                     const struct solution *t)
{
    int32_t best = -1;
    int most = -1;

    for (size_t i = 0; i < s->n_open_editions; i++) {
        int32_t e = s->open_editions[i];
        int n = conflicts_of(p, s, e);
        if (t->choice[e] < 0 || p->editions[e].fixed || n <= most)
            continue;
        most = n;
        best = e;
    }
    return best;
}

/* What the plan would be without one of the rules, as a proposal. */
static char *proposal(TALLOC_CTX *ctx, const struct problem *p,
                      const struct solution *s, int32_t rule)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct problem *q = variant_without(work, p, rule);
    struct solution *t = solve(work, q, NULL);
    int32_t e = freed(p, s, t);
    char *text;

    if (e < 0)
        text = memory_text(ctx, "part of the conflict");
    else
        text = text_format(
            ctx, "without it %s could be held on %s", p->editions[e].name,
            words_days(ctx, &q->editions[e].candidates[t->choice[e]]));
    if (e >= 0 && (t->verdict == VERDICT_OPTIMAL || t->verdict == VERDICT_GOOD))
        text = text_format(ctx, "%s, and the plan would cost %lld", text,
                           (long long)t->cost);
    talloc_free(work);
    return text;
}

static bool in_conflict(const struct solution *s, int32_t rule)
{
    for (size_t i = 0; i < s->n_conflict; i++)
        if (s->conflict[i] == rule)
            return true;
    return false;
}

/* Dates that stand and that a rule of the conflict ties to others. */
static void conflict_fixed(TALLOC_CTX *ctx, struct reasons *r,
                           const struct problem *p, const struct solution *s)
{
    bool *named = array_new(ctx, bool, p->n_editions);

    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        int32_t ends[] = {pair->i, pair->j};
        bool binds = pair->type == PAIR_GAP || pair->type == PAIR_SEP;
        for (int side = 0; side < 2 && binds; side++) {
            int32_t e = ends[side];
            if (named[e] || !p->editions[e].fixed ||
                !in_conflict(s, pair->rule))
                continue;
            named[e] = true;
            why_fixed(ctx, r, &p->editions[e]);
        }
    }
}

struct reasons explain_conflict(TALLOC_CTX *ctx, const struct problem *p,
                                const struct solution *s)
{
    struct reasons r = {.rows = array_new(ctx, struct reason, 0)};

    for (size_t i = 0; i < s->n_conflict; i++) {
        reason_add(ctx, &r, &p->rules[s->conflict[i]], 0,
                   proposal(ctx, p, s, s->conflict[i]));
        r.rows[i].gives = relax_words(ctx, p, s, s->conflict[i]);
    }
    conflict_fixed(ctx, &r, p, s);
    return r;
}
