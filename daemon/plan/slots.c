/*
 * Slot layout: an input in, the cheapest legal layout out, or what cannot hold
 * together.
 *
 * A conflict is a minimal set of reasons, found by splitting (QuickXplain):
 * first that all of them together fail, then which half is needed given the
 * other, down to single ones. Lengths and days are never in question; an item
 * that fits nowhere even so is the whole answer.
 */
#include "daemon/plan/slots.h"

#include "daemon/base/memory.h"
#include "daemon/plan/slots_model.h"

#define CONFLICT_NODES 400000 /* of all checks of one conflict */

/* ---- rows */

static void row_add(TALLOC_CTX *ctx, struct slots_layout *l,
                    struct slots_row row)
{
    l->rows = array_grow(ctx, l->rows, struct slots_row, l->n_rows + 1);
    l->rows[l->n_rows++] = row;
}

/* One row per day of a session over whole days, else one row. */
static void rows_of_session(TALLOC_CTX *ctx, const struct model *m, int item,
                            int partner, struct span span,
                            struct slots_layout *l)
{
    const struct slots_item *it = &m->in->items[item];
    struct slots_row row = {item, partner, 1, 1, span.from, span.to};
    if (it->fixed || it->length != SLOTS_DAYS || it->n == 1) {
        row_add(ctx, l, row);
        return;
    }
    row.parts = it->n;
    for (size_t d = 0; d < m->openings.days.n; d++) {
        struct span day = m->openings.days.rows[d].span;
        if (!spans_meet(day, span))
            continue;
        row.start = day.from;
        row.end = day.to;
        row_add(ctx, l, row);
        row.part++;
    }
}

static void rows_of_item(TALLOC_CTX *ctx, const struct model *m,
                         const struct reasons_on *reasons, size_t i,
                         const struct spot *p, struct slots_layout *l)
{
    const struct slots_item *it = &m->in->items[i];
    if (!it->block) {
        rows_of_session(ctx, m, (int)i, -1, p->sessions[0], l);
        return;
    }
    TALLOC_CTX *scratch = talloc_new(ctx);
    struct clock_memo memo = clock_memo_new(scratch, m->in, it);
    int *order = array_new(scratch, int, it->n_partners);
    partners_order(scratch, m->in, it, reasons, p->sessions, &memo, order);
    for (size_t s = 0; s < it->n_partners; s++)
        rows_of_session(ctx, m, (int)i, it->partners[order[s]], p->sessions[s],
                        l);
    talloc_free(scratch);
}

/* ---- conflict */

struct conflict_search {
    TALLOC_CTX *ctx;
    const struct slots_input *in;
    const struct slots_reason *rows;
    bool *on;
    size_t n;
    int64_t nodes;
    bool proved; /* there is no layout */
};

/* What is not decided within the budget counts for staying on the safe side:
 * of a proved conflict it takes nothing away, so the rest is one for sure. */
static bool conflict_feasible(struct conflict_search *c)
{
    if (c->nodes > CONFLICT_NODES)
        return c->proved;
    TALLOC_CTX *scratch = talloc_new(c->ctx);
    struct reasons_on reasons = {c->rows, c->on, c->n};
    struct found f =
        slots_search(scratch, model_new(scratch, c->in, &reasons), true);
    c->nodes += f.nodes;
    talloc_free(scratch);
    return f.verdict == SLOTS_UNDECIDED ? c->proved : f.verdict != SLOTS_NONE;
}

static void conflict_set(struct conflict_search *c, size_t from, size_t to,
                         bool on)
{
    for (size_t i = from; i < to; i++)
        c->on[i] = on;
}

/* Leaves on, among from..to, only what is needed beside what is on outside.
 * `added`: something outside has just been switched on. */
static void conflict_explain(struct conflict_search *c, bool added, size_t from,
                             size_t to)
{
    conflict_set(c, from, to, false);
    if (from == to || (added && !conflict_feasible(c)))
        return;
    if (to - from == 1) {
        c->on[from] = true;
        return;
    }
    size_t middle = from + (to - from) / 2;
    conflict_set(c, from, middle, true);
    conflict_explain(c, true, middle, to);
    bool any = false;
    for (size_t i = middle; i < to; i++)
        any = any || c->on[i];
    conflict_explain(c, any, from, middle);
}

/* With nothing left but lengths and days: the items that fit nowhere. */
static void conflict_lengths(TALLOC_CTX *ctx, struct conflict_search *c,
                             struct slots_layout *l)
{
    conflict_set(c, 0, c->n, false);
    struct reasons_on reasons = {c->rows, c->on, c->n};
    struct model *m = model_new(c->ctx, c->in, &reasons);
    for (size_t i = 0; i < m->n; i++) {
        if (m->n_spots[i] > 0)
            continue;
        l->reasons =
            array_grow(ctx, l->reasons, struct slots_reason, l->n_reasons + 1);
        l->reasons[l->n_reasons++] =
            (struct slots_reason){SLOTS_WHY_LENGTH, (int)i, -1};
    }
}

static void conflict_find(TALLOC_CTX *ctx, const struct slots_input *in,
                          struct slots_layout *l)
{
    TALLOC_CTX *scratch = talloc_new(ctx);
    struct conflict_search c = {
        .ctx = scratch, .in = in, .proved = l->verdict == SLOTS_NONE};
    c.rows = slots_reasons(scratch, in, &c.n);
    c.on = array_new(scratch, bool, c.n);
    conflict_lengths(ctx, &c, l);
    if (l->n_reasons == 0) {
        conflict_explain(&c, false, 0, c.n);
        l->reasons = array_new(ctx, struct slots_reason, c.n);
        for (size_t i = 0; i < c.n; i++)
            if (c.on[i])
                l->reasons[l->n_reasons++] = c.rows[i];
    }
    l->nodes += c.nodes;
    talloc_free(scratch);
}

struct slots_layout *slots_lay(TALLOC_CTX *ctx, const struct slots_input *in)
{
    struct slots_layout *l = object_new(ctx, struct slots_layout);
    TALLOC_CTX *scratch = talloc_new(l);
    struct reasons_on all = {NULL, NULL, 0};
    struct model *m = model_new(scratch, in, &all);
    struct found f = slots_search(scratch, m, false);
    l->verdict = f.verdict;
    l->cost = f.cost;
    l->nodes = f.nodes;
    if (f.verdict == SLOTS_BEST || f.verdict == SLOTS_GOOD) {
        for (size_t i = 0; i < m->n; i++)
            rows_of_item(l, m, &all, i, &m->spots[i][f.choice[i]], l);
    } else {
        conflict_find(l, in, l);
    }
    talloc_free(scratch);
    return l;
}
