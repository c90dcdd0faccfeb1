/*
 * Days, gaps and costs as an officer would say them.
 */
#include "daemon/plan/explain_words.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"

char *words_day(TALLOC_CTX *ctx, int32_t day)
{
    return day_print(ctx, (struct date){day});
}

char *words_days(TALLOC_CTX *ctx, const struct candidate *c)
{
    char buf[96];

    return memory_text(ctx, date_range_print((struct date){c->start},
                                             (struct date){c->end}, buf,
                                             sizeof buf));
}

static char *days_text(TALLOC_CTX *ctx, int64_t n)
{
    return text_format(ctx, "%lld day%s", (long long)n, n == 1 ? "" : "s");
}

static char *words_gap(TALLOC_CTX *ctx, const struct problem *p,
                       const struct pair *pair, const int32_t *choice)
{
    const struct candidate *i =
        &p->editions[pair->i].candidates[choice[pair->i]];
    const struct candidate *j =
        &p->editions[pair->j].candidates[choice[pair->j]];
    const struct bounds *b =
        pair->per_i ? &pair->per_i[choice[pair->i]] : &pair->bounds;
    bool sep = pair->type == PAIR_SEP;
    int32_t gap = j->start - (sep ? i->start : i->end);
    char *text =
        text_format(ctx, "%s begins %s after the %s of %s",
                    p->editions[pair->j].name, days_text(ctx, gap),
                    sep ? "first day" : "end", p->editions[pair->i].name);

    if (b->min > -FOR_EVER && b->max < FOR_EVER)
        text = text_format(ctx, "%s; allowed %d to %d", text, b->min, b->max);
    else if (b->min > -FOR_EVER)
        text = text_format(ctx, "%s; at least %d", text, b->min);
    if (pair->weight > 0 && pair->band >= FOR_EVER / 2)
        text = text_format(ctx, "%s, better %d or more", text,
                           b->ideal - pair->band);
    else if (pair->weight > 0)
        text = text_format(ctx, "%s, ideally %d", text, b->ideal);
    return text;
}

char *words_pair(TALLOC_CTX *ctx, const struct problem *p,
                 const struct pair *pair, int32_t e, const int32_t *choice)
{
    int32_t other = pair->i == e ? pair->j : pair->i;
    const struct problem_edition *o = &p->editions[other];
    const char *days = words_days(ctx, &o->candidates[choice[other]]);

    switch (pair->type) {
    case PAIR_GAP:
    case PAIR_SEP:
        return words_gap(ctx, p, pair, choice);
    case PAIR_DISJ:
        return text_format(ctx, "clear of %s, %s", o->name, days);
    case PAIR_NEAR:
    case PAIR_JOIN:
        break;
    }
    return text_format(ctx, "one trip with %s, %s", o->name, days);
}

/* ---- costs */

static void line_add(TALLOC_CTX *ctx, struct cost_lines *l, int32_t rule,
                     int32_t edition, const char *text, int64_t cost)
{
    if (cost == 0)
        return;
    for (size_t i = 0; i < l->n; i++)
        if (l->rows[i].rule == rule && l->rows[i].edition == edition &&
            strcmp(l->rows[i].text, text) == 0) {
            l->rows[i].cost += cost;
            return;
        }
    l->rows = array_grow(ctx, l->rows, struct cost_line, l->n + 1);
    l->rows[l->n++] = (struct cost_line){rule, edition, text, cost};
}

struct cost_lines costs_of(TALLOC_CTX *ctx, const struct problem *p,
                           const int32_t *choice, int32_t e)
{
    struct cost_lines l = {.rows = array_new(ctx, struct cost_line, 0)};

    for (size_t k = 0; k < p->n_charges; k++) {
        const struct charge *c = &p->charges[k];
        const char *rule = p->rules[c->rule].text;
        bool own = c->edition == e;
        if (choice[c->edition] < 0 ||
            !expand_charges(
                c, &p->editions[c->edition].candidates[choice[c->edition]]))
            continue;
        line_add(ctx, &l, c->rule, own ? e : -1,
                 own && c->text ? c->text : rule, c->cost);
    }
    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        if (choice[pair->i] < 0 || choice[pair->j] < 0)
            continue;
        line_add(ctx, &l, pair->rule, -1, p->rules[pair->rule].text,
                 pair_cost(p, pair, choice[pair->i], choice[pair->j]));
    }
    return l;
}

static int line_order(const void *left, const void *right)
{
    const struct cost_line *a = left, *b = right;

    if (a->cost != b->cost)
        return a->cost > b->cost ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    if (a->edition != b->edition)
        return a->edition > b->edition ? -1 : 1;
    return strcmp(a->text, b->text);
}

struct cost_lines costs_differ(TALLOC_CTX *ctx, const struct cost_lines *old_,
                               const struct cost_lines *new_)
{
    struct cost_lines l = {.rows = array_new(ctx, struct cost_line, 0)};
    size_t n = 0;

    for (size_t i = 0; i < new_->n; i++)
        line_add(ctx, &l, new_->rows[i].rule, new_->rows[i].edition,
                 new_->rows[i].text, new_->rows[i].cost);
    for (size_t i = 0; i < old_->n; i++)
        line_add(ctx, &l, old_->rows[i].rule, old_->rows[i].edition,
                 old_->rows[i].text, -old_->rows[i].cost);
    for (size_t i = 0; i < l.n; i++)
        if (l.rows[i].cost != 0)
            l.rows[n++] = l.rows[i];
    l.n = n;
    if (n > 1)
        qsort(l.rows, n, sizeof *l.rows, line_order);
    return l;
}
