/*
 * A solution back into a plan.
 *
 * 1. Fixed editions come out as they went in; only cost and warnings are new.
 * 2. What the planner did not look at (other cycles, cancelled, postponed)
 *    comes out of the draft unchanged.
 * 3. Shares of pair costs add up to the plan's cost, but for what editions of
 *    cycles that are not planned bear.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"
#include "daemon/plan/solve.h"

/* ---- costs */

int64_t expand_share(const struct pair *pair, int64_t cost, int32_t e)
{
    return pair->i == e ? cost - cost / 2 : cost / 2;
}

static int64_t edition_cost(const struct problem *p, const struct solution *s,
                            int32_t e)
{
    int64_t cost = p->editions[e].candidates[s->choice[e]].cost;

    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        if ((pair->i != e && pair->j != e) || s->choice[pair->i] < 0 ||
            s->choice[pair->j] < 0)
            continue;
        cost += expand_share(
            pair, pair_cost(p, pair, s->choice[pair->i], s->choice[pair->j]),
            e);
    }
    return cost;
}

/* ---- one edition */

static const struct held_row *held_on(const struct held_row *rows, size_t n,
                                      const struct problem_edition *e,
                                      int32_t start)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].cluster == e->cluster && rows[i].cycle == e->cycle &&
            rows[i].from.day == start)
            return &rows[i];
    return NULL;
}

static const char *host_code(const struct problem *p, int16_t host)
{
    return host < 0 ? "" : p->hosts[host]->code;
}

/* An edition of the rules or the facts that the draft does not know. */
static struct edition edition_new(TALLOC_CTX *ctx,
                                  const struct problem_edition *pe)
{
    struct edition e = edition_blank();

    e.id = memory_text(ctx, pe->name);
    e.cluster = memory_text(ctx, pe->cluster->code);
    e.cycle = pe->cycle;
    e.n = pe->n;
    e.title = memory_text(ctx, pe->cluster->title);
    return e;
}

static void edition_hold(TALLOC_CTX *ctx, const struct rules *r,
                         struct edition *e, const struct held_row *row)
{
    e->status = EDITION_HELD;
    e->start = row->from;
    e->host = memory_text(ctx, row->host);
    e->city = memory_text(ctx, row->city);
    e->zone = "";
    plan_complete(ctx, r, e);
    e->end = row->to;
    if (e->end.day < e->start.day)
        e->end = e->start;
    expand_days_between(ctx, r, e);
}

/* Where a joined edition is held: in the city of the one it joins. */
static const char *joined_city(const struct planning *in,
                               const struct problem *p,
                               const struct candidate *c)
{
    const struct edition *other =
        c->join >= 0 && in->draft
            ? plan_edition(in->draft, p->editions[c->join].name)
            : NULL;

    if (other && other->city && text_same(other->host, host_code(p, c->host)))
        return other->city;
    return "";
}

static void edition_place(TALLOC_CTX *ctx, const struct planning *in,
                          const struct problem *p, const struct candidate *c,
                          struct edition *e)
{
    bool stays = text_same(e->host, host_code(p, c->host)) && c->join < 0;

    e->status = EDITION_PROPOSED;
    e->start = (struct date){c->start};
    if (!stays) {
        e->city = memory_text(ctx, joined_city(in, p, c));
        e->zone = "";
    }
    e->host = memory_text(ctx, host_code(p, c->host));
    plan_complete(ctx, in->rules, e);
}

static void edition_undate(struct edition *e)
{
    e->status = EDITION_PROPOSED;
    e->start = e->end = DATE_NONE;
    e->n_days = 0;
    e->cost = 0;
}

static struct edition edition_out(TALLOC_CTX *ctx, const struct planning *in,
                                  const struct problem *p,
                                  const struct solution *s, int32_t index,
                                  const struct held_row *held, size_t n_held)
{
    const struct problem_edition *pe = &p->editions[index];
    const struct edition *draft =
        in->draft ? plan_edition(in->draft, pe->name) : NULL;
    struct edition e = draft ? edition_copy(ctx, draft) : edition_new(ctx, pe);
    const struct candidate *c =
        s->choice[index] < 0 ? NULL : &pe->candidates[s->choice[index]];
    const struct held_row *row =
        pe->fixed ? held_on(held, n_held, pe, pe->candidates[0].start) : NULL;

    e.title = memory_text(ctx, pe->cluster->title);
    if (row && e.status != EDITION_HELD)
        edition_hold(ctx, in->rules, &e, row);
    else if (!pe->fixed && c)
        edition_place(ctx, in, p, c, &e);
    else if (!pe->fixed)
        edition_undate(&e);
    if (c)
        e.cost = edition_cost(p, s, index);
    edition_warnings(ctx, in->rules, &e);
    return e;
}

/* ---- the plan */

static void plan_append(struct plan *plan, struct edition e)
{
    plan->editions =
        array_grow(plan, plan->editions, struct edition, plan->n_editions + 1);
    plan->editions[plan->n_editions++] = e;
}

static bool is_planned(const struct planning *in, int cycle)
{
    return cycle >= in->first_cycle && cycle <= in->last_cycle;
}

/* The draft's editions that the problem did not hold: of other cycles, without
 * a place in the calendar for now, or firm ones of a cluster that is gone. */
static bool is_kept(const struct planning *in, const struct edition *e)
{
    if (!is_planned(in, e->cycle) || expand_is_aside(e))
        return true;
    return !rules_cluster(in->rules, e->cluster) &&
           (e->status == EDITION_HELD || e->status == EDITION_CONFIRMED ||
            e->pinned);
}

static void keep_of_draft(const struct planning *in, struct plan *plan)
{
    for (size_t i = 0; in->draft && i < in->draft->n_editions; i++) {
        const struct edition *e = &in->draft->editions[i];
        struct edition copy;
        if (!is_kept(in, e) || plan_edition(plan, e->id))
            continue;
        copy = edition_copy(plan, e);
        if (!rules_cluster(in->rules, e->cluster))
            edition_warn(
                plan, &copy,
                text_format(plan, "the rules have no cluster %s", e->cluster));
        plan_append(plan, copy);
    }
}

struct plan *plan_of_solution(TALLOC_CTX *ctx, const struct planning *in,
                              const struct problem *p, const struct solution *s,
                              const struct plan *lapsed)
{
    struct plan *plan = object_new(ctx, struct plan);
    size_t n_held;
    struct held_row *held = expand_held(plan, in, &n_held);

    plan->editions = array_new(plan, struct edition, 0);
    plan->items = array_new(plan, struct item, 0);
    for (size_t i = 0; i < p->n_editions; i++)
        if (is_planned(in, p->editions[i].cycle))
            plan_append(plan,
                        edition_out(plan, in, p, s, (int32_t)i, held, n_held));
    for (size_t i = 0; lapsed && i < lapsed->n_editions; i++)
        plan_append(plan, edition_copy(plan, &lapsed->editions[i]));
    keep_of_draft(in, plan);
    plan->cost = s->cost;
    plan->bound = s->bound;
    plan->proved = s->verdict == VERDICT_OPTIMAL;
    plan_sort(plan);
    return plan;
}
