/*
 * How far a rule must give way for a plan to exist: the smallest amount, found
 * by asking the hard rules again and again.
 *
 * 1. Only what was shown counts: an amount is named when a legal choice of days
 *    for the whole component was found with it, and none with one less.
 * 2. More never does less, so the amount is found by doubling and halving.
 */
#include "daemon/plan/relax.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"
#include "daemon/plan/explain_words.h"
#include "daemon/plan/network_solve.h"
#include "daemon/plan/variant.h"

enum { GIVE_MOST = 512, RELAX_NODES = 20000 };

/* ---- is there a plan? */

static bool part_is_feasible(struct part *c)
{
    struct network *net;
    struct search_result r;
    int32_t *choice;

    if (c->verdict == VERDICT_INFEASIBLE)
        return false;
    net = region_whole(c, c->worker, &c->state);
    choice = array_new(net, int32_t, (size_t)net->n);
    r = network_exact(net, COST_LIMIT + 1, 1, true, RELAX_NODES, &c->budget,
                      choice);
    return r.found;
}

static bool is_feasible(const struct problem *p, const struct component *part)
{
    struct network_view view = {.hard_only = true};
    struct part *c =
        part_new(NULL, p, part->editions, part->n, &view, RELAX_NODES, NULL);
    bool good = part_is_feasible(c);

    talloc_free(c);
    return good;
}

/* The component that the conflict of s is about, NULL none. */
static const struct component *without_plan(const struct components *all,
                                            const struct solution *s)
{
    for (int32_t k = 0; k < all->n; k++)
        if (s->choice[all->parts[k].editions[0]] < 0)
            return &all->parts[k];
    return NULL;
}

/* ---- how far */

struct giving {
    const struct problem *p;
    const struct component *part;
    int32_t rule;
    enum give give;
};

static bool does(const struct giving *g, int32_t by)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    bool good =
        is_feasible(variant_given(ctx, g->p, g->rule, g->give, by), g->part);

    talloc_free(ctx);
    return good;
}

/* The least amount that does; 0: none does. */
static int32_t least(const struct giving *g, int32_t most)
{
    int32_t low = 0, high = 1;

    while (high < most && !does(g, high)) {
        low = high;
        high *= 2;
    }
    if (high >= most) {
        high = most;
        if (high <= low || !does(g, high))
            return 0;
    }
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (does(g, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* ---- in words */

static const char *days_of(TALLOC_CTX *ctx, int32_t n)
{
    return text_format(ctx, "%d day%s", (int)n, n == 1 ? "" : "s");
}

/* "3 Mar": the rule is about every year. */
static const char *yearly_day(TALLOC_CTX *ctx, int32_t day)
{
    struct civil c = date_civil((struct date){day});

    return text_format(ctx, "%d %s", c.day, month_short(c.month));
}

/* A run of the rule that gives way so; NULL when there is none. */
static const struct forbid *giving_run(const struct giving *g)
{
    for (size_t k = 0; k < g->p->n_forbids; k++)
        if (g->p->forbids[k].rule == g->rule &&
            forbid_gives(g->p, &g->p->forbids[k], g->give))
            return &g->p->forbids[k];
    return NULL;
}

static char *words_days_given(TALLOC_CTX *ctx, const struct giving *g,
                              int32_t by)
{
    const struct forbid *f = giving_run(g);
    bool later = g->give == GIVE_LATER;
    const char *days = days_of(ctx, by);

    switch (g->p->rules[g->rule].firmness) {
    case FIRM_WINDOW:
        return later ? text_format(ctx, "%s longer, until %s", days,
                                   yearly_day(ctx, f->from - 1 + by))
                     : text_format(ctx, "%s longer, from %s", days,
                                   yearly_day(ctx, f->to + 1 - by));
    case FIRM_NOTICE:
        return text_format(ctx, "%s shorter, from %s on", days,
                           words_day(ctx, f->to + 1 - by));
    case FIRM_NEED:
    case FIRM_CALL:
        return text_format(ctx, "due %s later", days);
    default:
        return text_format(
            ctx, later ? "beginning %s later" : "ending %s earlier", days);
    }
}

/* The limit of the rule's gaps when all have the same, else FOR_EVER. */
static int32_t limit_of(const struct giving *g)
{
    int32_t limit = FOR_EVER;

    for (size_t k = 0; k < g->p->n_pairs; k++) {
        const struct pair *pair = &g->p->pairs[k];
        if (pair->rule != g->rule || pair->per_i)
            continue;
        limit = g->give == GIVE_LESS ? pair->bounds.min : pair->bounds.max;
    }
    return limit;
}

static char *words_gap_given(TALLOC_CTX *ctx, const struct giving *g,
                             int32_t by)
{
    bool less = g->give == GIVE_LESS;
    int32_t limit = limit_of(g);

    if (g->p->rules[g->rule].firmness == FIRM_DESK)
        return text_format(ctx, "%d more at once", (int)by);
    if (limit <= -FOR_EVER || limit >= FOR_EVER)
        return text_format(ctx, "%s %s between them", days_of(ctx, by),
                           less ? "less" : "more");
    limit += less ? -by : by;
    return text_format(ctx, "%s %s between them: at %s %s", days_of(ctx, by),
                       less ? "less" : "more", less ? "least" : "most",
                       days_of(ctx, limit));
}

/* Can the rule give way so at all? */
static bool can_give(const struct giving *g)
{
    int firmness = g->p->rules[g->rule].firmness;

    if (g->give == GIVE_LATER || g->give == GIVE_EARLIER)
        return (firmness == FIRM_AVOID || firmness == FIRM_CALL ||
                firmness == FIRM_NEED || firmness == FIRM_NOTICE ||
                firmness == FIRM_WINDOW) &&
               giving_run(g);
    if (firmness == FIRM_DESK)
        return g->give == GIVE_MORE && g->p->n_capacities > 0;
    return firmness == FIRM_RELATION || firmness == FIRM_APART ||
           firmness == FIRM_NEED;
}

char *relax_words(TALLOC_CTX *ctx, const struct problem *p,
                  const struct solution *s, int32_t rule)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct components all = network_components(work, p);
    struct giving g = {.p = p, .part = without_plan(&all, s), .rule = rule};
    char *text = NULL;

    for (int give = GIVE_LATER; g.part && give <= GIVE_MORE; give++) {
        int32_t by;
        g.give = (enum give)give;
        by = can_give(&g) ? least(&g, GIVE_MOST) : 0;
        if (by == 0)
            continue;
        text = text_format(ctx, "%s%s%s", text ? text : "", text ? " or " : "",
                           g.give == GIVE_LATER || g.give == GIVE_EARLIER
                               ? words_days_given(ctx, &g, by)
                               : words_gap_given(ctx, &g, by));
    }
    talloc_free(work);
    return text;
}
