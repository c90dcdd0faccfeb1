/*
 * One date asked about: the same problem, with every other edition of the
 * draft held where it is and the one in question placed where the officer
 * wants it. What forbids that candidate is the answer, and what would leave an
 * edition that has no date yet without any.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"

enum { NAMED_MOST = 4 /* broken rules that are named; the text is short */ };

/* The draft with all dates pinned but the one of e, which is free. */
static struct plan *draft_around(TALLOC_CTX *ctx, const struct plan *all,
                                 const struct edition *e)
{
    struct plan *draft = object_new(ctx, struct plan);
    size_t n = all ? all->n_editions : 0;

    draft->editions = array_new(draft, struct edition, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct edition *c = &draft->editions[draft->n_editions];
        if (text_same(all->editions[i].id, e->id))
            continue;
        *c = all->editions[i];
        c->pinned = c->pinned || !date_is_none(c->start);
        draft->n_editions++;
    }
    draft->editions[draft->n_editions] = *e;
    draft->editions[draft->n_editions].pinned = false;
    draft->editions[draft->n_editions].status = EDITION_PROPOSED;
    draft->n_editions++;
    return draft;
}

static int32_t index_of(const struct problem *p, const char *name)
{
    for (size_t i = 0; i < p->n_editions; i++)
        if (text_same(p->editions[i].name, name))
            return (int32_t)i;
    return -1;
}

/* The rules that are broken, each once. */
struct broken {
    const struct problem *p;
    const char *text;
    struct where where;
    size_t n;
    int32_t rules[NAMED_MOST];
};

static void broken_add(TALLOC_CTX *ctx, struct broken *b, int32_t rule,
                       const char *about)
{
    const struct problem_rule *r = &b->p->rules[rule];

    for (size_t i = 0; i < b->n; i++)
        if (b->rules[i] == rule)
            return;
    if (b->n == NAMED_MOST)
        return;
    if (b->n == 0)
        b->where = r->where;
    b->rules[b->n++] = rule;
    b->text =
        text_format(ctx, "%s%s%s", b->text, b->n > 1 ? "; " : "", r->text);
    if (about)
        b->text = text_format(ctx, "%s: %s", b->text, about);
    if (r->where.line > 0 && r->where.file)
        b->text = text_format(ctx, "%s (%s:%d)", b->text, r->where.file,
                              r->where.line);
}

static void broken_by_day(TALLOC_CTX *ctx, struct broken *b, int32_t e,
                          const struct candidate *c)
{
    for (size_t i = 0; i < b->p->n_forbids; i++) {
        const struct forbid *f = &b->p->forbids[i];
        if (f->edition == e && forbid_covers(f, c))
            broken_add(ctx, b, f->rule,
                       b->p->forbid_texts ? b->p->forbid_texts[i] : NULL);
    }
}

/* Does the pair leave the other edition a date? Yes when it has none anyway. */
static bool pair_leaves(const struct problem *p, const struct pair *pair,
                        int32_t e, int32_t choice)
{
    const struct problem_edition *o =
        &p->editions[pair->i == e ? pair->j : pair->i];
    bool any = false;

    for (int32_t k = 0; k < o->n_candidates; k++) {
        if (!o->candidates[k].open)
            continue;
        any = true;
        if (pair->i == e ? pair_allows(p, pair, choice, k)
                         : pair_allows(p, pair, k, choice))
            return true;
    }
    return !any;
}

static char *pair_words(TALLOC_CTX *ctx, const struct problem_edition *o)
{
    char buf[96];

    if (!o->fixed)
        return text_format(ctx, "%s would have no date", o->name);
    (void)date_range_print((struct date){o->candidates[0].start},
                           (struct date){o->candidates[0].end}, buf,
                           sizeof buf);
    return text_format(ctx, "%s is on %s", o->name, buf);
}

static void broken_by_pair(TALLOC_CTX *ctx, struct broken *b, int32_t e,
                           int32_t choice)
{
    for (size_t i = 0; i < b->p->n_pairs; i++) {
        const struct pair *pair = &b->p->pairs[i];
        int32_t other = pair->i == e ? pair->j : pair->i;

        if ((pair->i == e || pair->j == e) &&
            !pair_leaves(b->p, pair, e, choice))
            broken_add(ctx, b, pair->rule,
                       pair_words(ctx, &b->p->editions[other]));
    }
}

static int others_on(const struct problem *p, const struct capacity *c,
                     int32_t e, int32_t day)
{
    int n = 0;

    for (size_t i = 0; i < c->n; i++) {
        const struct problem_edition *o = &p->editions[c->editions[i]];
        n += c->editions[i] != e && o->fixed && o->candidates[0].start <= day &&
             o->candidates[0].end >= day;
    }
    return n;
}

static void broken_by_desk(TALLOC_CTX *ctx, struct broken *b, int32_t e,
                           const struct candidate *a)
{
    for (size_t i = 0; i < b->p->n_capacities; i++) {
        const struct capacity *c = &b->p->capacities[i];
        bool in = false;
        for (size_t k = 0; k < c->n; k++)
            in = in || c->editions[k] == e;
        for (int32_t d = a->start; in && d <= a->end; d++)
            if (others_on(b->p, c, e, d) >= c->at_once)
                broken_add(ctx, b, c->rule, NULL);
    }
}

static int32_t candidate_on(const struct problem_edition *e, int32_t start)
{
    for (int32_t i = 0; i < e->n_candidates; i++)
        if (e->candidates[i].start == start && e->candidates[i].join < 0)
            return i;
    return -1;
}

static bool judged(TALLOC_CTX *ctx, const struct problem *p, int32_t e,
                   const struct edition *asked, struct error *err)
{
    int32_t choice = candidate_on(&p->editions[e], asked->start.day);
    struct broken b = {.p = p, .text = ""};

    if (choice < 0)
        return fail(err, REPLY_CONFLICT, "%s: %s is not a day of cycle %d",
                    asked->id, day_print(ctx, asked->start), asked->cycle);
    broken_by_day(ctx, &b, e, &p->editions[e].candidates[choice]);
    broken_by_pair(ctx, &b, e, choice);
    broken_by_desk(ctx, &b, e, &p->editions[e].candidates[choice]);
    if (b.n == 0)
        return true;
    (void)fail(err, REPLY_CONFLICT, "%s on %s breaks: %s", asked->id,
               day_print(ctx, asked->start), b.text);
    if (b.where.line > 0 && b.where.file)
        (void)fail_at(err, b.where.file, b.where.line, b.where.column);
    return false;
}

/* A date that the draft has already is not proposed anew: notice is over. */
static bool is_new(const struct planning *in, const struct edition *e)
{
    const struct edition *old =
        in->draft ? plan_edition(in->draft, e->id) : NULL;

    return !old || old->start.day != e->start.day;
}

static bool asked_well(const struct planning *in, const struct edition *e,
                       struct error *err)
{
    if (!rules_cluster(in->rules, e->cluster))
        return fail(err, REPLY_NOTFOUND, "%s: the rules have no cluster %s",
                    e->id, e->cluster);
    if (e->host && *e->host && !rules_member(in->rules, e->host))
        return fail(err, REPLY_NOTFOUND, "%s: no member %s", e->id, e->host);
    if (date_is_none(e->start))
        return fail(err, REPLY_CONFLICT, "%s has no date", e->id);
    return true;
}

/* What candidate k of edition e bears, where all others are; -1 when a pair
 * does not allow it there. */
static int64_t candidate_price(const struct problem *p, int32_t e, int32_t k)
{
    int64_t cost = p->editions[e].candidates[k].cost;

    for (size_t n = 0; n < p->n_pairs; n++) {
        const struct pair *pair = &p->pairs[n];
        int32_t other = pair->i == e ? pair->j : pair->i;
        int32_t i = pair->i == e ? k : 0, j = pair->i == e ? 0 : k;

        if ((pair->i != e && pair->j != e) || !p->editions[other].fixed)
            continue;
        if (!pair_allows(p, pair, i, j))
            return -1;
        cost += expand_share(pair, pair_cost(p, pair, i, j), e);
    }
    return cost;
}

/* The least of the ways to hold edition e on that day: alone, or sharing the
 * trip of another. Alone also where a rule is broken. */
static int64_t price_on(const struct problem *p, int32_t e, int32_t start)
{
    const struct problem_edition *pe = &p->editions[e];
    int64_t least = -1;

    for (int32_t k = 0; k < pe->n_candidates; k++) {
        int64_t cost =
            pe->candidates[k].start == start ? candidate_price(p, e, k) : -1;

        if (cost >= 0 && (least < 0 || cost < least))
            least = cost;
    }
    if (least >= 0)
        return least;
    for (int32_t k = 0; k < pe->n_candidates; k++)
        if (pe->candidates[k].start == start && pe->candidates[k].join < 0)
            return pe->candidates[k].cost;
    return 0;
}

bool plan_allows(const struct planning *in, const struct plan *all,
                 const struct edition *e, int64_t *ret_cost, struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct planning around = *in;
    struct problem *p;
    struct plan *lapsed;
    int32_t index;
    bool ok = asked_well(in, e, err);

    around.first_cycle = around.last_cycle = e->cycle;
    if (ok) {
        around.draft = draft_around(ctx, all, e);
        ok = expand_problem(ctx, &around, e, is_new(in, e), &p, &lapsed, err);
    }
    if (ok) {
        index = index_of(p, e->id);
        if (index >= 0 && ret_cost)
            *ret_cost = price_on(p, index, e->start.day);
        ok = index < 0 || p->editions[index].fixed
                 ? true
                 : judged(ctx, p, index, e, err);
    }
    talloc_free(ctx);
    return ok;
}
