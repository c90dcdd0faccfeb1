/*
 * The next best dates of an edition, and why a certain date was not taken.
 *
 * 1. Only the edition's cycle and the two beside it are planned anew; what lies
 *    further stands as planned, and the answer holds under that.
 * 2. Differences are told rule by rule and add up to the extra cost.
 */
#include <stdlib.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/explain.h"
#include "daemon/plan/explain_words.h"
#include "daemon/plan/variant.h"

enum {
    OTHERS_MOST = 10,    /* possible weeks that are told */
    IMPOSSIBLE_MOST = 6, /* impossible weeks that are told */
    CONFLICTS_MOST = 1,  /* of them by a conflict of several rules */
    LINES_MOST = 6       /* differences that are told one by one */
};

static int32_t week_of(int32_t day)
{
    return (day + 3 - ((day + 3) % 7 + 7) % 7) / 7;
}

/* ---- differences in words */

static void text_add(TALLOC_CTX *ctx, const char ***texts, size_t *n,
                     const char *text)
{
    *texts = array_grow(ctx, *texts, const char *, *n + 1);
    (*texts)[(*n)++] = text;
}

static char *moves_of(TALLOC_CTX *ctx, const struct problem *p,
                      const int32_t *old_, const int32_t *new_, int32_t e)
{
    char *text = NULL;

    for (size_t i = 0; i < p->n_editions; i++) {
        const struct problem_edition *o = &p->editions[i];
        int32_t by;
        if ((int32_t)i == e || old_[i] < 0 || new_[i] < 0)
            continue;
        by = o->candidates[new_[i]].start - o->candidates[old_[i]].start;
        if (by == 0)
            continue;
        text = text_format(ctx, "%s%s %s by %+d day%s", text ? text : "moves",
                           text ? "," : "", o->name, by,
                           by == 1 || by == -1 ? "" : "s");
    }
    return text;
}

/* The differences of two choices: "Republic Day (IN) on 26 Jan +6", ... */
static const char **differences(TALLOC_CTX *ctx, const struct problem *p,
                                const int32_t *old_, const int32_t *new_,
                                int32_t e, size_t *ret_n)
{
    struct cost_lines before = costs_of(ctx, p, old_, e);
    struct cost_lines after = costs_of(ctx, p, new_, e);
    struct cost_lines d = costs_differ(ctx, &before, &after);
    const char **texts = array_new(ctx, const char *, 0);
    int64_t rest = 0;
    char *moves = moves_of(ctx, p, old_, new_, e);

    *ret_n = 0;
    for (size_t i = 0; i < d.n; i++)
        if (i < LINES_MOST)
            text_add(ctx, &texts, ret_n,
                     text_format(ctx, "%s %+lld", d.rows[i].text,
                                 (long long)d.rows[i].cost));
        else
            rest += d.rows[i].cost;
    if (d.n > LINES_MOST)
        text_add(ctx, &texts, ret_n,
                 text_format(ctx, "%zu more %+lld", d.n - LINES_MOST,
                             (long long)rest));
    if (moves)
        text_add(ctx, &texts, ret_n, moves);
    return texts;
}

/* ---- possible weeks */

static int alternative_order(const void *left, const void *right)
{
    const struct alternative *const *a = left, *const *b = right;

    if ((*a)->extra != (*b)->extra)
        return (*a)->extra < (*b)->extra ? -1 : 1;
    return (*a)->start < (*b)->start ? -1 : (*a)->start > (*b)->start;
}

/* The cheapest alternative of each week, best first. */
static const struct alternative **
best_per_week(TALLOC_CTX *ctx, const struct alternatives *all, size_t *ret_n)
{
    const struct alternative **best =
        array_new(ctx, const struct alternative *, all->n);
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        const struct alternative *a = &all->rows[i];
        if (!a->possible)
            continue;
        if (n > 0 && week_of(best[n - 1]->start) == week_of(a->start)) {
            if (a->extra < best[n - 1]->extra)
                best[n - 1] = a;
            continue;
        }
        best[n++] = a;
    }
    if (n > 1)
        qsort(best, n, sizeof(*best), alternative_order);
    *ret_n = n;
    return best;
}

static int32_t chosen_end(const struct problem *p, const int32_t *choice,
                          int32_t e, int32_t start)
{
    return choice && choice[e] >= 0 ? p->editions[e].candidates[choice[e]].end
                                    : start;
}

static void others_possible(TALLOC_CTX *ctx, struct other_dates *o,
                            const struct variant *v, int32_t e,
                            const struct alternatives *all)
{
    size_t n;
    const struct alternative **best = best_per_week(ctx, all, &n);

    for (size_t i = 0; i < n && i < OTHERS_MOST; i++) {
        const struct alternative *a = best[i];
        struct other_date d = {.start = {a->start},
                               .possible = true,
                               .extra = a->extra,
                               .proved = a->proved};
        d.end.day = chosen_end(v->problem, a->choice, e, a->start);
        if (a->choice)
            d.reasons = differences(ctx, v->problem, v->plan->choice, a->choice,
                                    e, &d.n_reasons);
        o->rows = array_grow(ctx, o->rows, struct other_date, o->n + 1);
        o->rows[o->n++] = d;
    }
}

/* ---- impossible weeks */

/* How many rules forbid a first day under every host; 0: it is open. */
static int rules_against(const struct problem *p, int32_t e, int32_t start,
                         int32_t *rules, int most)
{
    const struct problem_edition *edition = &p->editions[e];
    int n = 0;

    for (int32_t i = 0; i < edition->n_candidates; i++)
        if (edition->candidates[i].start == start &&
            edition->candidates[i].open)
            return 0;
    for (size_t k = 0; k < p->n_forbids; k++) {
        const struct forbid *f = &p->forbids[k];
        int at = 0;
        if (f->edition != e || start < f->from || start > f->to)
            continue;
        while (at < n && rules[at] != f->rule)
            at++;
        if (at == n && n < most)
            rules[n++] = f->rule;
    }
    return n;
}

enum { AGAINST_MOST = 16 };

/* The day of a week that the fewest rules forbid; false when one is open. */
static bool nearest_miss(const struct problem *p, int32_t e, int32_t week,
                         int32_t *ret_day)
{
    int32_t rules[AGAINST_MOST];
    int least = AGAINST_MOST + 1;

    for (int32_t d = week * 7 - 3; d < week * 7 + 4; d++) {
        int n = rules_against(p, e, d, rules, AGAINST_MOST);
        if (n == 0 && p->editions[e].n_candidates > 0 &&
            d >= p->editions[e].candidates[0].start &&
            d <= p->editions[e]
                     .candidates[p->editions[e].n_candidates - 1]
                     .start)
            return false;
        if (n > 0 && n < least) {
            least = n;
            *ret_day = d;
        }
    }
    return least <= AGAINST_MOST;
}

static char *rule_words(TALLOC_CTX *ctx, const struct problem_rule *rule)
{
    if (rule->where.line > 0 && rule->where.file)
        return text_format(ctx, "%s (%s:%d)", rule->text, rule->where.file,
                           rule->where.line);
    return memory_text(ctx, rule->text);
}

static void impossible_add(TALLOC_CTX *ctx, struct other_dates *o,
                           const struct problem *p, int32_t e, int32_t day)
{
    int32_t rules[AGAINST_MOST];
    int n = rules_against(p, e, day, rules, AGAINST_MOST);
    struct other_date d = {.start = {day}, .end = {day}, .proved = true};

    for (int32_t i = 0; i < p->editions[e].n_candidates; i++)
        if (p->editions[e].candidates[i].start == day)
            d.end.day = p->editions[e].candidates[i].end;
    d.reasons = array_new(ctx, const char *, (size_t)n);
    for (int i = 0; i < n; i++)
        d.reasons[d.n_reasons++] = rule_words(ctx, &p->rules[rules[i]]);
    o->rows = array_grow(ctx, o->rows, struct other_date, o->n + 1);
    o->rows[o->n++] = d;
}

/* Weeks near the plan's date in which no day is open, nearest first. */
static void others_forbidden(TALLOC_CTX *ctx, struct other_dates *o,
                             const struct problem *p, int32_t e, int32_t start)
{
    int32_t week = week_of(start);
    int n = 0;

    for (int32_t off = 1; off <= 9 && n < IMPOSSIBLE_MOST; off++)
        for (int side = 1; side >= -1 && n < IMPOSSIBLE_MOST; side -= 2) {
            int32_t day;
            if (!nearest_miss(p, e, week + side * off, &day))
                continue;
            impossible_add(ctx, o, p, e, day);
            n++;
        }
}

/* Does one pair leave edition e no partner when it starts on that day? */
static bool pair_blocks(const struct problem *p, const struct pair *pair,
                        int32_t e, int32_t start)
{
    bool is_i = pair->i == e;
    const struct problem_edition *own = &p->editions[e];
    const struct problem_edition *other =
        &p->editions[is_i ? pair->j : pair->i];

    for (int32_t a = 0; a < own->n_candidates; a++) {
        if (own->candidates[a].start != start || !own->candidates[a].open)
            continue;
        for (int32_t b = 0; b < other->n_candidates; b++)
            if (other->candidates[b].open &&
                (is_i ? pair_allows(p, pair, a, b)
                      : pair_allows(p, pair, b, a)))
                return false;
    }
    return true;
}

/* The pair whose rule alone makes an open day impossible, or NULL. */
static const struct pair *blocking_pair(const struct problem *p, int32_t e,
                                        int32_t start)
{
    for (size_t k = 0; k < p->n_pairs; k++)
        if ((p->pairs[k].i == e || p->pairs[k].j == e) &&
            pair_blocks(p, &p->pairs[k], e, start))
            return &p->pairs[k];
    return NULL;
}

/* What stands against an open day that no legal plan completes: one rule, or
 * several together. Asking for several is slow, so it is done rarely. */
static void conflict_reasons(TALLOC_CTX *ctx, struct other_date *d,
                             const struct problem *p, int32_t e,
                             const struct solve_options *options, int *left)
{
    const struct pair *pair = blocking_pair(p, e, d->start.day);
    struct conflict c;

    d->reasons = array_new(ctx, const char *, 0);
    d->proved = true;
    if (pair) {
        text_add(ctx, &d->reasons, &d->n_reasons,
                 rule_words(ctx, &p->rules[pair->rule]));
    } else if ((*left)-- > 0) {
        c = solve_conflict(ctx, p, e, d->start.day, options);
        for (size_t k = 0; k < c.n; k++)
            text_add(ctx, &d->reasons, &d->n_reasons,
                     rule_words(ctx, &p->rules[c.rules[k]]));
        d->proved = c.n > 0;
    }
}

static bool week_is_possible(const struct alternatives *all, int32_t week)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->rows[i].possible && week_of(all->rows[i].start) == week)
            return true;
    return false;
}

/* Weeks with open days none of which a legal plan completes. */
static void others_conflicting(TALLOC_CTX *ctx, struct other_dates *o,
                               const struct problem *p, int32_t e,
                               const struct alternatives *all,
                               const struct solve_options *options)
{
    int32_t told = INT32_MIN;
    int n = 0, left = CONFLICTS_MOST;

    for (size_t i = 0; i < all->n && n < IMPOSSIBLE_MOST; i++) {
        const struct alternative *a = &all->rows[i];
        struct other_date d = {.start = {a->start}, .end = {a->start}};
        if (week_of(a->start) == told ||
            week_is_possible(all, week_of(a->start)))
            continue;
        told = week_of(a->start);
        conflict_reasons(ctx, &d, p, e, options, &left);
        if (d.n_reasons == 0)
            continue;
        o->rows = array_grow(ctx, o->rows, struct other_date, o->n + 1);
        o->rows[o->n++] = d;
        n++;
    }
}

struct other_dates explain_others(TALLOC_CTX *ctx, const struct problem *p,
                                  const struct solution *s, int32_t e,
                                  const struct solve_options *options)
{
    struct other_dates o = {.rows = array_new(ctx, struct other_date, 0)};
    struct alternatives all;
    struct variant v;

    if (e < 0 || (size_t)e >= p->n_editions || s->choice[e] < 0 ||
        p->editions[e].fixed)
        return o;
    v = variant_near(ctx, p, s, e);
    all = solve_alternatives(ctx, v.problem, v.plan, e, options);
    others_possible(ctx, &o, &v, e, &all);
    others_conflicting(ctx, &o, v.problem, e, &all, options);
    others_forbidden(ctx, &o, p, e,
                     p->editions[e].candidates[s->choice[e]].start);
    return o;
}

/* ---- why not a date */

static void why_add(TALLOC_CTX *ctx, struct reasons *r, const char *rule,
                    struct where where, bool hard, int64_t cost,
                    const char *text)
{
    r->rows = array_grow(ctx, r->rows, struct reason, r->n + 1);
    r->rows[r->n++] = (struct reason){
        .rule = rule, .where = where, .hard = hard, .cost = cost, .text = text};
}

static int32_t first_candidate(const struct problem_edition *e, int32_t start)
{
    for (int32_t i = 0; i < e->n_candidates; i++)
        if (e->candidates[i].start == start)
            return i;
    return -1;
}

static void whynot_outside(TALLOC_CTX *ctx, struct reasons *r,
                           const struct problem_edition *e, int32_t start)
{
    const struct where nowhere = {0};
    const char *text =
        e->fixed
            ? text_format(ctx, "it stands on %s; planning leaves it",
                          words_days(ctx, &e->candidates[0]))
            : text_format(
                  ctx, "%s is not a day of cycle %d: %s to %s",
                  words_day(ctx, start), e->cycle,
                  words_day(ctx, e->candidates[0].start),
                  words_day(ctx, e->candidates[e->n_candidates - 1].start));

    why_add(ctx, r, e->name, nowhere, true, 0, text);
}

/* Every rule that forbids the day; none when it is open. */
static void whynot_forbidden(TALLOC_CTX *ctx, struct reasons *r,
                             const struct problem *p, int32_t e, int32_t start)
{
    int32_t rules[AGAINST_MOST];
    int n = rules_against(p, e, start, rules, AGAINST_MOST);

    for (int i = 0; i < n; i++) {
        const struct problem_rule *rule = &p->rules[rules[i]];
        const char *text = NULL;
        for (size_t k = 0; k < p->n_forbids && !text && p->forbid_texts; k++)
            if (p->forbids[k].edition == e && p->forbids[k].rule == rules[i] &&
                start >= p->forbids[k].from && start <= p->forbids[k].to)
                text = p->forbid_texts[k];
        why_add(ctx, r, rule->text, rule->where, true, 0,
                text ? text
                     : text_format(ctx, "forbids %s", words_day(ctx, start)));
    }
}

static void whynot_conflict(TALLOC_CTX *ctx, struct reasons *r,
                            const struct problem *p, int32_t e, int32_t start,
                            const struct solve_options *options)
{
    const struct pair *pair = blocking_pair(p, e, start);
    struct conflict c = {0};
    const char *whom = "no plan";

    if (pair) {
        c.rules = array_new(ctx, int32_t, 1);
        c.rules[c.n++] = pair->rule;
        whom = text_format(ctx, "%s no date",
                           p->editions[pair->i == e ? pair->j : pair->i].name);
    } else {
        c = solve_conflict(ctx, p, e, start, options);
    }
    for (size_t i = 0; i < c.n; i++) {
        const struct problem_rule *rule = &p->rules[c.rules[i]];
        why_add(ctx, r, rule->text, rule->where, true, 0,
                text_format(ctx, "leaves %s with %s on %s", whom,
                            p->editions[e].name, words_day(ctx, start)));
    }
}

/* What a date is, not what happens on it: "being away from 15 Jan". */
static const char *being(const char *text)
{
    return text_begins(text, "away") || text_begins(text, "late") ? "being "
                                                                  : "";
}

/* "7 for A, 6 for B; saved are 3 for C": what is dearer, then what is not. */
static char *lines_in_words(TALLOC_CTX *ctx, const struct cost_lines *d)
{
    char *text = memory_text(ctx, "");
    bool saved = false;

    for (size_t i = 0; i < d->n; i++) {
        long long cost = d->rows[i].cost;
        bool less = cost < 0;
        const char *joint = i == 0           ? (less ? ": saved are " : ": ")
                            : less && !saved ? "; saved are "
                                             : ", ";
        text = text_format(ctx, "%s%s%lld for %s%s", text, joint,
                           less ? -cost : cost, being(d->rows[i].text),
                           d->rows[i].text);
        saved = saved || less;
    }
    return text;
}

/* "Mon 25 Jan 2027 costs 9 more: 3 for ..., 6 for Republic Day (IN) on 26 Jan"
 */
static char *difference_in_words(TALLOC_CTX *ctx, const struct problem *p,
                                 const struct cost_lines *d, int32_t e,
                                 int32_t candidate)
{
    long long more = 0;

    for (size_t i = 0; i < d->n; i++)
        more += d->rows[i].cost;
    return text_format(
        ctx, "%s costs %lld %s%s",
        words_day(ctx, p->editions[e].candidates[candidate].start),
        more < 0 ? -more : more, more < 0 ? "less" : "more",
        lines_in_words(ctx, d));
}

static void whynot_dearer(TALLOC_CTX *ctx, struct reasons *r,
                          const struct problem *p, const int32_t *old_,
                          const int32_t *new_, int32_t e)
{
    struct cost_lines before = costs_of(ctx, p, old_, e);
    struct cost_lines after = costs_of(ctx, p, new_, e);
    struct cost_lines d = costs_differ(ctx, &before, &after);
    const struct where nowhere = {0};
    char *moves = moves_of(ctx, p, old_, new_, e);

    why_add(ctx, r, p->editions[e].name, nowhere, false, 0,
            difference_in_words(ctx, p, &d, e, new_[e]));
    for (size_t i = 0; i < d.n; i++) {
        const struct problem_rule *rule = &p->rules[d.rows[i].rule];
        why_add(ctx, r, rule->text, rule->where, false, d.rows[i].cost,
                text_format(ctx, "%s %+lld", d.rows[i].text,
                            (long long)d.rows[i].cost));
    }
    if (moves)
        why_add(ctx, r, p->editions[e].name, nowhere, false, 0, moves);
}

/* The best plan with the edition on that day, by planning again. */
static void whynot_planned(TALLOC_CTX *ctx, struct reasons *r,
                           const struct problem *p, const struct solution *s,
                           int32_t e, int32_t start,
                           const struct solve_options *options,
                           bool *ret_possible, int64_t *ret_extra)
{
    struct variant v = variant_near(ctx, p, s, e);
    struct problem *q = variant_start(ctx, v.problem, e, start);
    struct solve_options o = options ? *options : (struct solve_options){0};
    struct solution *t;

    o.start_from = NULL;
    t = solve(ctx, q, &o);
    if (t->choice[e] < 0) {
        whynot_conflict(ctx, r, v.problem, e, start, options);
        return;
    }
    *ret_possible = true;
    *ret_extra = t->cost - s->cost;
    whynot_dearer(ctx, r, v.problem, v.plan->choice, t->choice, e);
}

struct reasons explain_whynot(TALLOC_CTX *ctx, const struct problem *p,
                              const struct solution *s, int32_t e,
                              struct date start,
                              const struct solve_options *options,
                              bool *ret_possible, int64_t *ret_extra)
{
    struct reasons r = {.rows = array_new(ctx, struct reason, 0)};

    *ret_possible = false;
    *ret_extra = 0;
    if (e < 0 || (size_t)e >= p->n_editions || p->editions[e].n_candidates == 0)
        return r;
    *ret_possible = s->choice[e] >= 0 &&
                    p->editions[e].candidates[s->choice[e]].start == start.day;
    if (*ret_possible)
        why_add(
            ctx, &r, p->editions[e].name, (struct where){0}, false, 0,
            text_format(ctx, "is planned on %s", words_day(ctx, start.day)));
    else if (first_candidate(&p->editions[e], start.day) < 0)
        whynot_outside(ctx, &r, &p->editions[e], start.day);
    else
        whynot_forbidden(ctx, &r, p, e, start.day);
    if (r.n == 0 && !*ret_possible)
        whynot_planned(ctx, &r, p, s, e, start.day, options, ret_possible,
                       ret_extra);
    return r;
}

/* ---- why a date moved */

/* The rules between e on its old day and the others where they are now. */
static void moved_broken(TALLOC_CTX *ctx, const struct problem *p,
                         const int32_t *stays, int32_t e, const char ***texts,
                         size_t *n)
{
    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        if ((pair->i != e && pair->j != e) || stays[pair->i] < 0 ||
            stays[pair->j] < 0 ||
            pair_allows(p, pair, stays[pair->i], stays[pair->j]))
            continue;
        text_add(ctx, texts, n,
                 text_format(ctx, "staying would break %s: %s",
                             rule_words(ctx, &p->rules[pair->rule]),
                             words_pair(ctx, p, pair, e, stays)));
    }
}

/* A desk that would have too much to do at once. */
static void moved_crowded(TALLOC_CTX *ctx, const struct problem *p,
                          const int32_t *stays, const char ***texts, size_t *n)
{
    int64_t cost = 0;
    int32_t rule = -1;

    if (!problem_check(p, stays, &cost, &rule) && rule >= 0)
        text_add(ctx, texts, n,
                 text_format(ctx, "staying would break %s",
                             rule_words(ctx, &p->rules[rule])));
}

static void moved_forbidden(TALLOC_CTX *ctx, const struct problem *p, int32_t e,
                            int32_t start, const char ***texts, size_t *n)
{
    struct reasons r = {.rows = array_new(ctx, struct reason, 0)};

    whynot_forbidden(ctx, &r, p, e, start);
    for (size_t i = 0; i < r.n; i++) {
        const struct problem_rule rule = {.text = r.rows[i].rule,
                                          .where = r.rows[i].where};
        text_add(
            ctx, texts, n,
            text_format(ctx, "%s: %s", rule_words(ctx, &rule), r.rows[i].text));
    }
}

/* The trip it shared is elsewhere now, and it went along: on its old day it
 * would be on its own, with another host. */
static bool moved_along(TALLOC_CTX *ctx, const struct problem *p,
                        const struct solution *s, const struct candidate *old,
                        int32_t e, const char ***texts, size_t *n)
{
    const struct candidate *now = &p->editions[e].candidates[s->choice[e]];
    const struct candidate *with;

    if (now->join < 0 || old->join >= 0 || now->host == old->host ||
        s->choice[now->join] < 0)
        return false;
    with = &p->editions[now->join].candidates[s->choice[now->join]];
    text_add(ctx, texts, n,
             text_format(ctx, "shares the trip of %s, which is on %s now",
                         p->editions[now->join].name, words_days(ctx, with)));
    return true;
}

const char **explain_moved(TALLOC_CTX *ctx, const struct problem *p,
                           const struct solution *s, const int32_t *before,
                           int32_t e, size_t *ret_n)
{
    const char **texts = array_new(ctx, const char *, 0);
    const struct candidate *old = &p->editions[e].candidates[before[e]];
    int32_t *stays = array_new(ctx, int32_t, p->n_editions);
    const char **dearer;
    size_t n_dearer;

    *ret_n = 0;
    for (size_t i = 0; i < p->n_editions; i++)
        stays[i] = s->choice[i];
    stays[e] = before[e];
    if (moved_along(ctx, p, s, old, e, &texts, ret_n))
        return texts;
    if (!old->open)
        moved_forbidden(ctx, p, e, old->start, &texts, ret_n);
    else
        moved_broken(ctx, p, stays, e, &texts, ret_n);
    if (*ret_n == 0)
        moved_crowded(ctx, p, stays, &texts, ret_n);
    if (*ret_n > 0)
        return texts;
    dearer = differences(ctx, p, s->choice, stays, e, &n_dearer);
    for (size_t i = 0; i < n_dearer; i++)
        text_add(ctx, &texts, ret_n,
                 text_format(ctx, "staying: %s", dearer[i]));
    return texts;
}
