/*
 * Rules and facts into a problem: the steps in order, and the few things all
 * of them use. What each step does is told in its own file.
 *
 * 1. The problem depends on its input alone, not on the order of statements;
 *    nothing is hashed, nothing asks the clock.
 * 2. An edition that could only be held nearer than the notice has lapsed: it
 *    leaves, and all steps are done again without it.
 */
#include "daemon/plan/expand.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/calendar.h"
#include "daemon/plan/rotation.h"

enum { CYCLE_LEAST = 1990, CYCLE_MOST = 2100, CYCLES_AT_ONCE = 20 };

int32_t expand_rule(struct expansion *x, const char *text, struct where where,
                    bool hard, int firmness)
{
    struct problem *p = x->p;

    for (size_t i = 0; i < p->n_rules; i++)
        if (p->rules[i].where.line == where.line &&
            p->rules[i].where.file == where.file &&
            strcmp(p->rules[i].text, text) == 0)
            return (int32_t)i;
    p->rules = array_grow(p, p->rules, struct problem_rule, p->n_rules + 1);
    p->rules[p->n_rules] = (struct problem_rule){.text = memory_text(p, text),
                                                 .where = where,
                                                 .hard = hard,
                                                 .firmness = firmness};
    return (int32_t)p->n_rules++;
}

struct date expand_shift(const struct rules *r, const struct sector *s,
                         struct date d, struct length length, int sign)
{
    const struct member *seat = s->seat;
    const weekdays rest = 1u << SAT | 1u << SUN;
    int n = sign * length.n;

    switch (length.unit) {
    case UNIT_WEEKS:
        return date_add_days(d, 7 * n);
    case UNIT_MONTHS:
        return date_add_months(d, n);
    case UNIT_DAYS:
        return date_add_days(d, n);
    case UNIT_WORKING_DAYS:
        return calendar_add_working(r, seat ? seat->weekend : rest,
                                    seat ? seat->holidays : NULL, d, n);
    case UNIT_MINUTES:
    case UNIT_HALF_DAY:
    case UNIT_EVENING:
        break;
    }
    return d;
}

char *yearly_print(TALLOC_CTX *ctx, struct yearly y)
{
    return text_format(ctx, "%d %s", y.day, month_short(y.month));
}

char *day_print(TALLOC_CTX *ctx, struct date d)
{
    struct civil c = date_civil(d);

    return text_format(ctx, "%s %d %s %d", weekday_name(date_weekday(d)), c.day,
                       month_short(c.month), c.year);
}

void expand_lapse(struct expansion *x, const struct holding *h, const char *why)
{
    struct plan *l = x->lapsed;
    struct edition *e;

    l->editions = array_grow(l, l->editions, struct edition, l->n_editions + 1);
    e = &l->editions[l->n_editions++];
    *e = (struct edition){.id = memory_text(l, h->name),
                          .cluster = memory_text(l, h->cluster->code),
                          .cycle = h->cycle,
                          .n = h->n,
                          .title = memory_text(l, h->cluster->title),
                          .start = DATE_NONE,
                          .end = DATE_NONE,
                          .status = EDITION_LAPSED,
                          .by = h->draft ? h->draft->by : DATE_NONE,
                          .host = "",
                          .city = "",
                          .zone = "",
                          .forced = "",
                          .uid = "",
                          .created = INSTANT_NONE,
                          .modified = INSTANT_NONE};
    e->reason =
        memory_text(l, h->draft && h->draft->reason ? h->draft->reason : "");
    e->days = array_new(l, struct date, 0);
    e->warnings = array_new(l, const char *, 1);
    e->warnings[e->n_warnings++] = memory_text(l, why);
}

/* ---- lapsed editions */

static bool is_notice(const struct expansion *x, int32_t rule)
{
    return x->p->rules[rule].firmness == FIRM_NOTICE;
}

/* Would it have a day but for the notice? */
static bool has_day_but_for_notice(const struct expansion *x, int32_t edition)
{
    const struct problem_edition *e = &x->p->editions[edition];
    bool *closed = array_new(NULL, bool, (size_t)e->n_candidates);
    bool any = false;

    for (size_t i = 0; i < x->p->n_forbids; i++) {
        const struct forbid *f = &x->p->forbids[i];
        if (f->edition != edition || is_notice(x, f->rule))
            continue;
        for (int32_t k = 0; k < e->n_candidates; k++)
            closed[k] = closed[k] ||
                        (e->candidates[k].start >= f->from &&
                         e->candidates[k].start <= f->to &&
                         (f->host < 0 || f->host == e->candidates[k].host));
    }
    for (int32_t k = 0; k < e->n_candidates; k++)
        any = any || !closed[k];
    talloc_free(closed);
    return any;
}

static bool has_day(const struct problem_edition *e)
{
    for (int32_t i = 0; i < e->n_candidates; i++)
        if (e->candidates[i].open)
            return true;
    return false;
}

static bool has_lapsed(const struct expansion *x, const struct holding *h)
{
    struct date from, to;

    if (h->fixed || has_day(&x->p->editions[h->index]))
        return false;
    if (x->probe && text_same(x->probe->id, h->name))
        return false;
    expand_window(h->cluster, h->cycle, &from, &to);
    return to.day < expand_day(x, h->cluster)->earliest.day ||
           has_day_but_for_notice(x, h->index);
}

static const char *why_lapsed(struct expansion *x, const struct holding *h)
{
    struct date from, to;
    char buf[96];

    expand_window(h->cluster, h->cycle, &from, &to);
    if (h->deadline && h->deadline->day.day <= to.day)
        return text_format(x->p, "%s cannot be met any more",
                           h->deadline->text);
    (void)date_range_print(from, to, buf, sizeof buf);
    return text_format(x->p,
                       to.day < expand_day(x, h->cluster)->today.day
                           ? "its window, %s, has gone by"
                           : "its window, %s, lies inside the notice of %s",
                       buf, length_print(x->p, h->cluster->sector->notice));
}

/* True when some have lapsed; they have left the holdings. */
static bool drop_lapsed(struct expansion *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n_holdings; i++) {
        struct holding *h = &x->holdings[i];
        if (!has_lapsed(x, h)) {
            x->holdings[n++] = *h;
            continue;
        }
        if (!h->constant)
            expand_lapse(x, h, why_lapsed(x, h));
    }
    if (n == x->n_holdings)
        return false;
    x->n_holdings = n;
    return true;
}

/* ---- the steps */

static void problem_reset(struct expansion *x)
{
    struct problem *p = x->p;

    p->n_rules = p->n_editions = p->n_forbids = p->n_charges = 0;
    p->n_pairs = p->n_capacities = 0;
}

static int cluster_order(const void *left, const void *right)
{
    const struct cluster *const *a = left, *const *b = right;

    return text_compare((*a)->code, (*b)->code);
}

/* Hosts and clusters in an order of their own, so that moving statements about
 * in the rules file changes no plan. */
static void problem_begin(struct expansion *x)
{
    size_t n = x->rules->n_clusters;

    x->p->n_hosts = x->rules->n_members;
    x->p->hosts = rotation_order(x->p, x->rules, NULL);
    x->clusters = array_new(x->p, const struct cluster *, n);
    for (size_t i = 0; i < n; i++)
        x->clusters[i] = &x->rules->clusters[i];
    if (n > 1)
        qsort(x->clusters, n, sizeof(*x->clusters), cluster_order);
}

static bool single_editions(struct expansion *x, struct error *err)
{
    problem_reset(x);
    if (!expand_candidates(x, err))
        return false;
    expand_unary(x);
    expand_apply(x);
    return true;
}

void expand_today(struct expansion *x, TALLOC_CTX *ctx)
{
    const struct rules *r = x->rules;

    x->days = array_new(ctx, struct sector_day, r->n_sectors);
    for (size_t i = 0; i < r->n_sectors; i++) {
        const struct sector *s = &r->sectors[i];
        struct sector_day *day = &x->days[i];

        day->today = s->seat && s->seat->zone
                         ? zone_local(s->seat->zone, x->in->now).date
                         : instant_utc_date(x->in->now);
        day->earliest = expand_shift(r, s, day->today, s->notice, 1);
    }
}

const struct sector_day *expand_day(const struct expansion *x,
                                    const struct cluster *c)
{
    return &x->days[c->sector - x->rules->sectors];
}

static bool cycles_are_sound(const struct planning *in, struct error *err)
{
    if (in->first_cycle < CYCLE_LEAST || in->last_cycle > CYCLE_MOST)
        return fail(err, REPLY_INPUT, "cycles %d..%d: plan within %d..%d",
                    in->first_cycle, in->last_cycle, CYCLE_LEAST, CYCLE_MOST);
    if (in->first_cycle > in->last_cycle)
        return fail(err, REPLY_INPUT, "cycles %d..%d: the first is the later",
                    in->first_cycle, in->last_cycle);
    if (in->last_cycle - in->first_cycle >= CYCLES_AT_ONCE)
        return fail(err, REPLY_INPUT, "cycles %d..%d: at most %d at once",
                    in->first_cycle, in->last_cycle, CYCLES_AT_ONCE);
    return true;
}

bool expand_problem(TALLOC_CTX *ctx, const struct planning *in,
                    const struct edition *probe, bool probe_new,
                    struct problem **ret, struct plan **ret_lapsed,
                    struct error *err)
{
    struct expansion x = {
        .in = in, .rules = in->rules, .probe = probe, .probe_new = probe_new};

    if (!cycles_are_sound(in, err))
        return false;
    x.p = object_new(ctx, struct problem);
    x.lapsed = object_new(ctx, struct plan);
    x.lapsed->items = array_new(x.lapsed, struct item, 0);
    expand_today(&x, x.p);
    problem_begin(&x);
    expand_roster(&x);
    expand_hosts(&x);
    do {
        if (!single_editions(&x, err))
            return false;
    } while (drop_lapsed(&x));
    expand_pairs(&x);
    expand_capacities(&x);
    plan_sort(x.lapsed);
    *ret = x.p;
    *ret_lapsed = x.lapsed;
    return true;
}

bool plan_expand(TALLOC_CTX *ctx, const struct planning *in,
                 struct problem **ret, struct plan **ret_lapsed,
                 struct error *err)
{
    return expand_problem(ctx, in, NULL, false, ret, ret_lapsed, err);
}
