/*
 * What has been and will be held, cluster by cluster, each edition once.
 *
 * 1. An edition of the plan is always a row, whatever its state; history adds
 *    a row only where no counting row is the same edition.
 * 2. A row that history confirms is held, also when its state lags behind.
 */
#include "daemon/office/past.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* Exactly one a cycle, by its rule. */
static bool is_yearly(const struct cluster *c)
{
    return c->times == TIMES_FIXED && c->least == 1;
}

const struct cluster *past_cluster(const struct rules *r, const char *edition)
{
    const struct cluster *best = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < r->n_clusters; i++) {
        const struct cluster *c = &r->clusters[i];
        size_t n = strlen(c->code);

        if (n > longest && text_begins(edition, c->code) && edition[n] == '-' &&
            isdigit((unsigned char)edition[n + 1])) {
            best = c;
            longest = n;
        }
    }
    return best;
}

const struct sector *past_sector(const struct rules *r, const char *edition)
{
    const struct cluster *c = past_cluster(r, edition);

    return c ? c->sector : &r->sectors[0];
}

static bool overlap(const struct occurrence *o, struct date from,
                    struct date to)
{
    return !date_is_none(o->start) && !date_is_none(from) &&
           o->start.day <= to.day && from.day <= o->end.day;
}

/* rows is there from the start: it stays on its context. */
static void add(struct occurrences *all, struct occurrence o)
{
    all->rows = array_grow(NULL, all->rows, struct occurrence, all->n + 1);
    all->rows[all->n++] = o;
}

static void add_planned(struct occurrences *all, const struct plan *plan,
                        const struct edition *e)
{
    size_t n_items;
    const struct item *items = plan_items_of(plan, e->id, &n_items);
    bool counts = e->status == EDITION_PROPOSED ||
                  e->status == EDITION_CONFIRMED || e->status == EDITION_HELD;

    add(all, (struct occurrence){.cycle = e->cycle,
                                 .n = e->n,
                                 .start = e->start,
                                 .end = e->end,
                                 .edition = e,
                                 .items = items,
                                 .n_items = n_items,
                                 .counts = counts,
                                 .held = e->status == EDITION_HELD,
                                 .lapsed = e->status == EDITION_LAPSED});
}

static void add_past(struct occurrences *all, const struct cluster *c,
                     int cycle, struct date from, struct date to)
{
    for (size_t i = 0; i < all->n; i++) {
        struct occurrence *o = &all->rows[i];

        if (o->counts && o->cycle == cycle &&
            (is_yearly(c) || overlap(o, from, to))) {
            o->held = true;
            return;
        }
    }
    add(all, (struct occurrence){.cycle = cycle,
                                 .start = from,
                                 .end = to,
                                 .counts = true,
                                 .held = true});
}

static int by_date(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;

    if (x->cycle != y->cycle)
        return x->cycle < y->cycle ? -1 : 1;
    if (x->start.day != y->start.day)
        return x->start.day < y->start.day ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

struct occurrences past_of(TALLOC_CTX *ctx, const struct rules *r,
                           const struct history *history,
                           const struct plan *plan, const struct cluster *c)
{
    struct occurrences all = {array_new(ctx, struct occurrence, 0), 0};

    for (size_t i = 0; i < plan->n_editions; i++)
        if (text_same(plan->editions[i].cluster, c->code))
            add_planned(&all, plan, &plan->editions[i]);
    for (size_t i = 0; history && i < history->n; i++)
        if (text_same(history->rows[i].cluster, c->code))
            add_past(&all, c, history->rows[i].cycle, history->rows[i].from,
                     history->rows[i].to);
    for (size_t i = 0; i < r->n_held; i++)
        if (r->held[i].cluster == c)
            add_past(&all, c, r->held[i].cycle, r->held[i].from, r->held[i].to);
    qsort(all.rows, all.n, sizeof *all.rows, by_date);
    return all;
}

/* Host and city of what history or the rules say was held then. */
static void place_of(const struct rules *r, const struct history *history,
                     const struct cluster *c, struct date from,
                     struct edition *e)
{
    for (size_t i = 0; history && i < history->n; i++) {
        const struct past *p = &history->rows[i];

        if (text_same(p->cluster, c->code) && p->from.day == from.day) {
            e->host = p->host;
            e->city = p->city;
            return;
        }
    }
    for (size_t i = 0; i < r->n_held; i++)
        if (r->held[i].cluster == c && r->held[i].from.day == from.day) {
            e->host = r->held[i].in->code;
            e->city = r->held[i].city ? r->held[i].city : r->held[i].in->city;
        }
}

static struct edition past_edition(TALLOC_CTX *ctx, const struct rules *r,
                                   const struct history *history,
                                   const struct cluster *c,
                                   const struct occurrence *o, int n)
{
    struct edition e = edition_blank();
    const struct member *host;

    e.id = edition_name(ctx, c->code, o->cycle, n);
    e.cluster = c->code;
    e.cycle = o->cycle;
    e.n = n;
    e.title = office_title_on(ctx, r, c->title, o->start);
    e.start = o->start;
    e.end = o->end;
    e.status = EDITION_HELD;
    place_of(r, history, c, o->start, &e);
    if (!e.city)
        e.city = "";
    host = rules_member(r, e.host);
    if (host) {
        e.host = host->code;
        e.zone = zone_name(rules_zone(r, host, *e.city ? e.city : NULL));
    }
    return e;
}

static int by_start(const void *a, const void *b)
{
    const struct edition *x = a, *y = b;

    return (x->start.day > y->start.day) - (x->start.day < y->start.day);
}

struct edition *office_past(TALLOC_CTX *ctx, const struct rules *r,
                            const struct history *history,
                            const struct plan *plan, int first, int last,
                            size_t *ret_n)
{
    struct edition *rows = array_new(ctx, struct edition, 0);
    TALLOC_CTX *scratch = talloc_new(NULL);
    size_t n = 0;

    for (size_t i = 0; i < r->n_clusters; i++) {
        const struct cluster *c = &r->clusters[i];
        struct occurrences all = past_of(scratch, r, history, plan, c);
        int at = 0;

        for (size_t k = 0; k < all.n; k++) {
            const struct occurrence *o = &all.rows[k];

            at = k > 0 && all.rows[k - 1].cycle == o->cycle ? at + 1 : 1;
            if (o->edition || !o->held || o->cycle < first || o->cycle > last)
                continue;
            rows = array_grow(ctx, rows, struct edition, n + 1);
            rows[n++] =
                past_edition(ctx, r, history, c, o, is_yearly(c) ? 0 : at);
        }
    }
    talloc_free(scratch);
    if (n > 0)
        qsort(rows, n, sizeof *rows, by_start);
    *ret_n = n;
    return rows;
}
