/*
 * Deliverables: what meetings held as needed are to produce, by when, and which
 * editions serve it.
 *
 * 1. Within one cycle of a cluster each edition serves one deliverable: the
 *    earliest deadline takes the earliest editions, as planning does.
 * 2. A need belongs to the last cycle whose window opens before its day.
 * 3. An edition that comes after the day still serves, late.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/past.h"

struct claim {
    const struct need *need;
    struct date day;
    int cycle;
};

static struct date window_opens(const struct cluster *c, int cycle)
{
    struct date first = cycle_first(c->sector, cycle), day;

    if (!c->has_window)
        return first;
    day = yearly_in(c->window_from, date_civil(first).year);
    return day.day < first.day
               ? yearly_in(c->window_from, date_civil(first).year + 1)
               : day;
}

/* The last day for it: before the first day of the edition that it names. */
static struct date need_day(const struct plan *plan, const struct need *need)
{
    if (!need->by_cluster)
        return need->by;
    for (size_t i = 0; i < plan->n_editions; i++) {
        const struct edition *e = &plan->editions[i];

        if (text_same(e->cluster, need->by_cluster->code) &&
            e->cycle == need->by_cycle && !date_is_none(e->start))
            return date_add_days(e->start, -1);
    }
    return cycle_last(need->by_cluster->sector, need->by_cycle);
}

static int by_day(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;

    if (x->day.day != y->day.day)
        return x->day.day < y->day.day ? -1 : 1;
    return (x->need->where.line > y->need->where.line) -
           (x->need->where.line < y->need->where.line);
}

static struct claim *claims_of(TALLOC_CTX *ctx, const struct plan *plan,
                               const struct cluster *c)
{
    struct claim *all = array_new(ctx, struct claim, c->n_needs);

    for (size_t i = 0; i < c->n_needs; i++) {
        struct claim *k = &all[i];

        k->need = &c->needs[i];
        k->day = need_day(plan, k->need);
        k->cycle = cycle_of(c->sector, k->day) + 1;
        while (window_opens(c, k->cycle).day > k->day.day &&
               k->cycle > cycle_of(c->sector, k->day) - 2)
            k->cycle--;
    }
    if (c->n_needs > 1)
        qsort(all, c->n_needs, sizeof *all, by_day);
    return all;
}

/* Takes the next editions of the cycle for a claim. */
static void serve(TALLOC_CTX *ctx, const struct cluster *c,
                  const struct occurrences *past, bool *taken,
                  const struct claim *k, struct deliverable *d)
{
    d->serves = array_new(ctx, const char *, (size_t)k->need->meetings);
    for (size_t i = 0; i < past->n && d->n_serves < (size_t)k->need->meetings;
         i++) {
        const struct occurrence *o = &past->rows[i];

        if (taken[i] || o->cycle != k->cycle || !o->counts ||
            date_is_none(o->start))
            continue;
        taken[i] = true;
        d->serves[d->n_serves++] =
            o->edition ? memory_text(ctx, o->edition->id)
                       : edition_name(ctx, c->code, o->cycle, 0);
        d->held += o->held;
        d->planned += !o->held;
        d->late += o->start.day > k->day.day;
    }
}

static void settle(struct deliverable *d, struct date today)
{
    d->missing = d->needed - d->held - d->planned;
    d->state = d->held == d->needed            ? DELIVERABLE_DONE
               : d->missing > 0 || d->late > 0 ? DELIVERABLE_SHORT
                                               : DELIVERABLE_PLANNED;
    if (d->state != DELIVERABLE_DONE && today.day > d->by.day)
        d->state = DELIVERABLE_LATE;
}

struct deliverable *office_deliverables(TALLOC_CTX *ctx, const struct rules *r,
                                        const struct history *history,
                                        const struct plan *plan,
                                        struct date today, size_t *ret_n)
{
    struct deliverable *all = array_new(ctx, struct deliverable, 0);
    TALLOC_CTX *scratch = talloc_new(NULL);
    size_t n = 0;

    for (size_t i = 0; i < r->n_clusters; i++) {
        const struct cluster *c = &r->clusters[i];
        struct occurrences past = past_of(scratch, r, history, plan, c);
        bool *taken = array_new(scratch, bool, past.n);
        struct claim *claims = claims_of(scratch, plan, c);

        for (size_t k = 0; k < c->n_needs; k++) {
            struct deliverable d = {.cluster = c->code,
                                    .title = claims[k].need->deliverable,
                                    .cycle = claims[k].cycle,
                                    .by = claims[k].day,
                                    .by_cluster = claims[k].need->by_cluster,
                                    .by_cycle = claims[k].need->by_cycle,
                                    .needed = claims[k].need->meetings,
                                    .where = claims[k].need->where};

            serve(ctx, c, &past, taken, &claims[k], &d);
            settle(&d, today);
            all = array_grow(ctx, all, struct deliverable, n + 1);
            all[n++] = d;
        }
    }
    talloc_free(scratch);
    *ret_n = n;
    return all;
}

const char *deliverable_state_word(enum deliverable_state s)
{
    static const char *const words[] = {
        [DELIVERABLE_PLANNED] = "planned",
        [DELIVERABLE_DONE] = "done",
        [DELIVERABLE_SHORT] = "short",
        [DELIVERABLE_LATE] = "late",
    };

    return words[s];
}
