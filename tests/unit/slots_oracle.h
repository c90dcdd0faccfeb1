#pragma once
/*
 * Tiny random layouts and what plain enumeration says of them: on a ruler of
 * quarter hours, every combination tried. Shares nothing with the engine but
 * its input and the zones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/slots.h"

#include <setjmp.h>

#include <cmocka.h> /* behind error.h: it has a macro fail() */

#define TICK      15
#define DAY_TICKS 96
#define TICKS     (4 * DAY_TICKS)

/* ---- random inputs, the same every time */

static uint64_t seed;

static int die(int sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)sides);
}

struct tiny {
    struct slots_input in;
    struct slots_day days[3];
    struct hours hours[3][3], closed[3];
    struct slots_partner partners[3];
    struct date rests[3];
    struct slots_item items[5];
    int groups[5][2], delegations[5][3], after[5][2], same_day[5];
    struct slots_told told[5][3];
};

static const struct zone *zones[4];

/* Set up and tear down of a group of tests. */
static int zones_load(void **state)
{
    static const char *const names[] = {"Asia/Brunei", "America/New_York",
                                        "Asia/Kolkata", "Europe/Brussels"};
    struct error err;
    *state = talloc_new(NULL);
    for (int z = 0; z < 4; z++)
        if (!zone_load(*state, names[z], &zones[z], &err))
            return -1;
    return 0;
}

static int zones_free(void **state)
{
    return talloc_free(*state);
}

static void tiny_days(struct tiny *t)
{
    t->in.n_days = (size_t)(1 + die(3));
    t->in.days = t->days;
    for (int d = 0; d < (int)t->in.n_days; d++) {
        struct slots_day *day = &t->days[d];
        int skip = d == 2 ? die(2) : 0;
        day->date = date_of(2027, 3, 12 + d + skip); /* clocks change the 14 */
        int morning = 540 + 30 * die(2), afternoon = 840 + 15 * die(2);
        t->hours[d][0] = (struct hours){morning, morning + 60 + 30 * die(4)};
        t->hours[d][1] =
            (struct hours){afternoon, afternoon + 60 + 30 * die(3)};
        day->hours = t->hours[d];
        day->n_hours = 2;
        if (die(5) > 0)
            day->evening = (struct hours){1140, 1140 + 60};
        t->closed[d].from = 540 + 30 * die(14);
        t->closed[d].to = t->closed[d].from + 30 + 30 * die(3);
        day->closed = &t->closed[d];
        day->n_closed = die(4) == 0 ? 1 : 0;
    }
}

static void tiny_partners(struct tiny *t)
{
    t->in.n_partners = 3;
    t->in.partners = t->partners;
    for (int p = 0; p < 3; p++) {
        t->partners[p].zone = die(6) > 0 ? zones[die(4)] : NULL;
        t->rests[p] = date_of(2027, 3, 11 + die(5));
        t->partners[p].rests = &t->rests[p];
        t->partners[p].n_rests = (size_t)die(2);
    }
}

static void item_people(struct tiny *t, int i)
{
    struct slots_item *it = &t->items[i];
    t->groups[i][0] = die(3);
    t->groups[i][1] = (t->groups[i][0] + 1) % 3;
    it->groups = t->groups[i];
    it->n_groups = die(4) == 0 ? 2 : (size_t)(die(5) > 0);
    it->block = die(3) == 0 && !it->fixed;
    int first = die(3);
    for (int k = 0; k < 3; k++)
        t->delegations[i][k] = (first + k) % 3;
    it->partners = t->delegations[i];
    it->n_partners = it->block ? (size_t)(1 + die(3)) : (size_t)(die(4) == 0);
}

static void item_relations(struct tiny *t, int i)
{
    struct slots_item *it = &t->items[i];
    it->after = t->after[i];
    it->same_day = &t->same_day[i];
    if (i > 0 && die(3) == 0) {
        t->after[i][0] = die(i);
        it->n_after = 1;
    }
    if (i > 0 && die(5) == 0) {
        t->same_day[i] = die(i);
        it->n_same_day = 1;
    }
}

static void tiny_item(struct tiny *t, int i)
{
    static const int minutes[] = {30, 45, 60, 15};
    struct slots_item *it = &t->items[i];
    int kind = die(9);
    it->length = kind == 0   ? SLOTS_EVENING
                 : kind == 1 ? SLOTS_DAYS
                 : kind == 2 ? SLOTS_HALF
                             : SLOTS_MINUTES;
    it->n = it->length == SLOTS_MINUTES ? minutes[die(4)] : 1 + die(2);
    it->half = die(4) == 0 && kind > 1 ? (enum half)(1 + die(3)) : HALF_ANY;
    if (it->length == SLOTS_HALF && it->half == HALF_EVENING)
        it->half = HALF_MORNING;
    it->on = die(6) == 0 ? (weekdays)(1 << FRI | 1 << SAT) : 0;
    it->first_day = die(9) == 0;
    it->last_day = die(9) == 0;
    it->fixed = die(8) == 0;
    it->start = die((int)t->in.n_days) * 1440 + 540 + 15 * die(30);
    it->end = it->start + 15 * (1 + die(6));
    item_people(t, i);
    item_relations(t, i);
}

static void tiny_make(struct tiny *t)
{
    *t = (struct tiny){.in = {.n_groups = 3, .grid = die(2) ? 30 : 15}};
    tiny_days(t);
    tiny_partners(t);
    t->in.n_items = (size_t)(2 + die(3));
    t->in.items = t->items;
    for (int i = 0; i < (int)t->in.n_items; i++)
        tiny_item(t, i);
    t->in.zone = zones[die(4)];
    t->in.rooms = die(4) == 0 ? 1 + die(2) : 0;
    t->in.costs = (struct slots_costs){.clocks = {{{480, 1080}, die(2) * 10},
                                                  {{420, 1200}, die(2) * 25},
                                                  {{360, 1380}, die(3) * 15}},
                                       .rest = 7,
                                       .place = die(3),
                                       .extra_day = die(2) ? 40 : 0,
                                       .quarter_of_end = die(2),
                                       .quarter_of_start = die(3),
                                       .idle_day = die(2) ? 120 : 0};
}

/* ---- the ruler */

struct ruler {
    int window[TICKS]; /* 1.. by opening; 0 closed */
    enum half half[TICKS];
    bool evening[TICKS];
};

static int day_tick(const struct slots_input *in, size_t d)
{
    return (in->days[d].date.day - in->days[0].date.day) * DAY_TICKS;
}

static void ruler_make(const struct slots_input *in, struct ruler *r)
{
    int number = 0;
    memset(r, 0, sizeof *r);
    for (size_t d = 0; d < in->n_days; d++) {
        const struct slots_day *day = &in->days[d];
        for (size_t h = 0; h < day->n_hours; h++) {
            number++;
            for (int m = day->hours[h].from; m < day->hours[h].to; m += TICK) {
                int t = day_tick(in, d) + m / TICK;
                bool shut = day->n_closed > 0 && m >= day->closed[0].from &&
                            m < day->closed[0].to;
                number += shut;
                r->window[t] = shut ? 0 : number;
                r->half[t] =
                    day->hours[h].from < 720 ? HALF_MORNING : HALF_AFTERNOON;
            }
        }
        for (int m = day->evening.from; m < day->evening.to; m += TICK)
            r->evening[day_tick(in, d) + m / TICK] = true;
    }
}

/* One way to hold an item. */
struct way {
    int from, to; /* ticks */
    bool taken[TICKS];
    int64_t cost;
};

struct oracle {
    const struct slots_input *in;
    struct ruler ruler;
    struct way *ways[5];
    size_t n_ways[5];
    struct way *chosen[5];
    int64_t best; /* -1: none */
};

static size_t day_index(const struct slots_input *in, int tick)
{
    size_t d = 0;
    while (d + 1 < in->n_days && day_tick(in, d + 1) <= tick)
        d++;
    return d;
}

static bool share(const int *a, size_t n_a, const int *b, size_t n_b)
{
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b; j++)
            if (a[i] == b[j])
                return true;
    return false;
}

static bool together(const struct slots_item *a, const struct slots_item *b,
                     bool partners)
{
    return share(a->groups, a->n_groups, b->groups, b->n_groups) ||
           (partners &&
            share(a->partners, a->n_partners, b->partners, b->n_partners));
}

/* Does a fixed item that the item must keep clear of stand at that tick? Also
 * one with that partner (-1: not asked). */
static bool barred(const struct oracle *o, const struct slots_item *it,
                   int partner, int tick)
{
    for (size_t j = 0; j < o->in->n_items; j++) {
        const struct slots_item *f = &o->in->items[j];
        if (!f->fixed || tick < f->start / TICK || tick >= f->end / TICK)
            continue;
        if (partner >= 0 ? share(&partner, 1, f->partners, f->n_partners)
                         : together(it, f, !it->block))
            return true;
    }
    return false;
}

/* May a session be from..to, as far as hours, half, weekday and fixed items
 * are concerned? */
static bool session_good(const struct oracle *o, const struct slots_item *it,
                         int from, int to)
{
    const struct ruler *r = &o->ruler;
    bool evening = it->length == SLOTS_EVENING ||
                   (it->length == SLOTS_MINUTES && it->half == HALF_EVENING);
    for (int t = from; t < to; t++) {
        if (t >= TICKS)
            return false;
        bool open = evening ? r->evening[t] : r->window[t] != 0;
        bool one = evening || r->window[t] == r->window[from];
        if (it->length == SLOTS_MINUTES && (!open || !one))
            return false;
        if (!open)
            continue;
        if (barred(o, it, -1, t))
            return false;
        if (!evening && it->half != HALF_ANY && r->half[t] != it->half)
            return false;
        struct date on = o->in->days[day_index(o->in, t)].date;
        if (it->on && !(it->on >> date_weekday(on) & 1))
            return false;
    }
    return true;
}

/* The stretch of whole halves, days, evenings that begins at `from`; its end,
 * or -1 when none begins there. */
static int whole_end(const struct oracle *o, const struct slots_item *it,
                     int from)
{
    const struct ruler *r = &o->ruler;
    size_t d = day_index(o->in, from);
    size_t n = it->length == SLOTS_DAYS ? (size_t)it->n : 1;
    int end = -1;
    bool evening = it->length == SLOTS_EVENING;
    for (size_t k = d; k < d + n; k++) {
        bool any = false;
        if (k >= o->in->n_days)
            return -1;
        for (int t = day_tick(o->in, k); t < day_tick(o->in, k) + DAY_TICKS;
             t++) {
            bool mine = evening ? r->evening[t] : r->window[t] != 0;
            if (it->length == SLOTS_HALF && r->half[t] != r->half[from])
                mine = false;
            if (mine && k == d && !any && t != from)
                return -1;
            any = any || mine;
            end = mine ? t + 1 : end;
        }
        if (!any)
            return -1;
    }
    return end;
}

/* The end of a session that begins at tick t, -1 when none can. */
static int session_end(const struct oracle *o, const struct slots_item *it,
                       int t)
{
    if (it->length == SLOTS_MINUTES)
        return session_good(o, it, t, t + it->n / TICK) ? t + it->n / TICK : -1;
    int end = whole_end(o, it, t);
    return end > 0 && session_good(o, it, t, end) ? end : -1;
}

/* Where a block may go on when it cannot at once: openings, and behind fixed
 * items. */
static bool resumes(const struct oracle *o, const struct slots_item *it, int t)
{
    const struct ruler *r = &o->ruler;
    if (it->length != SLOTS_MINUTES || barred(o, it, -1, t - 1))
        return true;
    if (it->half == HALF_EVENING)
        return r->evening[t] && !r->evening[t - 1];
    return r->window[t] != 0 && r->window[t] != r->window[t - 1];
}

/* Started half hours by which a session must be shifted, either way, to lie
 * inside these hours of some day. */
static int out_of(struct hours clock, int from, int length)
{
    if (length > clock.to - clock.from)
        length = clock.to - clock.from;
    for (int shift = 0; shift < 1440; shift++)
        for (int sign = -1; sign <= 1; sign += 2)
            for (int day = -1440; day <= 1440; day += 1440) {
                int at = from + sign * shift;
                if (at >= clock.from + day && at + length <= clock.to + day)
                    return (shift + 29) / 30;
            }
    return 0;
}

static int64_t clock_cost(const struct oracle *o, int partner, int from, int to)
{
    const struct slots_partner *p = &o->in->partners[partner];
    const struct slots_costs *c = &o->in->costs;
    if (!p->zone)
        return 0;
    struct local here = {date_add_days(o->in->days[0].date, from / DAY_TICKS),
                         from % DAY_TICKS * TICK};
    struct local there = zone_local(p->zone, zone_instant(o->in->zone, here));
    int64_t cost = 0;
    if (p->n_rests > 0 && p->rests[0].day == there.date.day)
        cost = c->rest;
    for (int k = 0; k < SLOTS_CLOCKS; k++)
        cost += (int64_t)out_of(c->clocks[k].hours, there.minute,
                                (to - from) * TICK) *
                c->clocks[k].half_hour_out;
    return cost;
}

/* What it costs, or -1: it may not. */
static int64_t told_cost(const struct slots_item *it, size_t k, int from)
{
    const struct slots_told *told = it->told ? &it->told[k] : NULL;
    if (!told || told->start < 0 || told->start == from * TICK)
        return 0;
    int off = told->start > from * TICK ? told->start - from * TICK
                                        : from * TICK - told->start;
    int far = (off + TICK - 1) / TICK;
    if (told->held || !told->stay)
        return told->held ? -1 : 0;
    return told->stay->move +
           (int64_t)told->stay->quarter *
               (far < told->stay->most ? far : told->stay->most);
}

/* The cheapest order of the partners not used yet, from session s on. */
static int64_t order_cost(const struct oracle *o, const struct slots_item *it,
                          const int *from, const int *to, size_t s, int used)
{
    if (s == it->n_partners)
        return 0;
    int64_t best = -1;
    for (size_t k = 0; k < it->n_partners; k++) {
        bool busy = used >> k & 1;
        for (int t = from[s]; t < to[s] && !busy; t++)
            busy = barred(o, it, it->partners[k], t);
        int64_t stay = told_cost(it, k, from[s]);
        if (busy || stay < 0)
            continue;
        int64_t rest = order_cost(o, it, from, to, s + 1, used | 1 << k);
        int64_t cost =
            clock_cost(o, it->partners[k], from[s], to[s]) + stay +
            (k > s ? (int64_t)(k - s) : (int64_t)(s - k)) * o->in->costs.place +
            rest;
        if (rest >= 0 && (best < 0 || cost < best))
            best = cost;
    }
    return best;
}

static bool days_good(const struct oracle *o, const struct slots_item *it,
                      int from, int to)
{
    int end = day_tick(o->in, o->in->n_days - 1) / DAY_TICKS;
    int first = from / DAY_TICKS, last = (to - 1) / DAY_TICKS;
    if (it->length == SLOTS_DAYS)
        return (!it->first_day || first == 0) && (!it->last_day || last == end);
    return (!it->first_day || last == 0) && (!it->last_day || first == end);
}

/* The first tick from t on at which people were told that a session begins. */
static int told_next(const struct slots_item *it, int t)
{
    for (int at = t; at < TICKS; at++)
        for (size_t k = 0; k < it->n_partners; k++)
            if (it->told[k].start == at * TICK)
                return at;
    return t;
}

static bool told_begins(const struct slots_item *it, int t)
{
    for (size_t k = 0; it->told && k < (it->block ? it->n_partners : 1); k++)
        if (it->told[k].start == t * TICK)
            return true;
    return false;
}

/* Adds the way that begins at tick t, if there is one; waits: with the gaps
 * that people were told of. */
static void way_add(struct oracle *o, TALLOC_CTX *ctx, size_t i, int t,
                    bool waits)
{
    const struct slots_item *it = &o->in->items[i];
    size_t n = it->block ? it->n_partners : 1;
    int from[3], to[3], opening = t;
    from[0] = t;
    to[0] = session_end(o, it, t);
    for (size_t s = 1; s < n; s++) {
        if (to[s - 1] < 0)
            return;
        int next = waits ? told_next(it, to[s - 1]) : to[s - 1];
        from[s] = next;
        while (from[s] < TICKS &&
               !((from[s] == next || resumes(o, it, from[s])) &&
                 session_end(o, it, from[s]) > 0))
            from[s]++;
        to[s] = from[s] < TICKS ? session_end(o, it, from[s]) : -1;
    }
    if (to[n - 1] < 0 || !days_good(o, it, from[0], to[n - 1]))
        return;
    struct way w = {.from = from[0], .to = to[n - 1]};
    const struct slots_costs *c = &o->in->costs;
    w.cost = (int64_t)w.to * c->quarter_of_end;
    if (!it->block) {
        int64_t stay = told_cost(it, 0, w.from);
        if (stay < 0)
            return;
        w.cost += stay;
    }
    bool evening = it->length == SLOTS_EVENING || it->half == HALF_EVENING;
    for (int k = w.from; k < w.to; k++)
        w.taken[k] = evening ? o->ruler.evening[k] || o->ruler.window[k] != 0
                             : o->ruler.window[k] != 0;
    if (it->block) {
        int64_t order = order_cost(o, it, from, to, 0, 0);
        if (order < 0)
            return;
        while (it->length == SLOTS_MINUTES && opening > 0 &&
               (evening ? o->ruler.evening[opening - 1]
                        : o->ruler.window[opening - 1] == o->ruler.window[t]))
            opening--;
        w.cost += order + (t - opening) * c->quarter_of_start +
                  ((w.to - 1) / DAY_TICKS - w.from / DAY_TICKS) * c->extra_day;
    }
    o->ways[i] = array_grow(ctx, o->ways[i], struct way, o->n_ways[i] + 1);
    o->ways[i][o->n_ways[i]++] = w;
}

static void ways_make(struct oracle *o, TALLOC_CTX *ctx, size_t i)
{
    const struct slots_item *it = &o->in->items[i];
    if (it->fixed) {
        struct way w = {.from = it->start / TICK, .to = it->end / TICK};
        for (int t = w.from; t < w.to; t++)
            w.taken[t] = true;
        o->ways[i] = array_new(ctx, struct way, 1);
        o->ways[i][o->n_ways[i]++] = w;
        return;
    }
    for (int t = 0; t < TICKS; t++) {
        bool opening =
            t > 0 && (o->ruler.window[t] != o->ruler.window[t - 1] ||
                      o->ruler.evening[t] != o->ruler.evening[t - 1]);
        if (it->length != SLOTS_MINUTES || opening ||
            t * TICK % o->in->grid == 0 || told_begins(it, t))
            way_add(o, ctx, i, t, false);
        if (it->length == SLOTS_MINUTES && it->block && it->told &&
            (opening || t * TICK % o->in->grid == 0 || told_begins(it, t)))
            way_add(o, ctx, i, t, true);
    }
}

/* ---- all combinations */

static bool pair_good(const struct oracle *o, size_t i, size_t j)
{
    const struct slots_item *a = &o->in->items[i], *b = &o->in->items[j];
    const struct way *p = o->chosen[i], *q = o->chosen[j];
    if (a->fixed && b->fixed)
        return true;
    if (!a->fixed && !b->fixed && together(a, b, true))
        for (int t = 0; t < TICKS; t++)
            if (p->taken[t] && q->taken[t])
                return false;
    for (size_t k = 0; k < a->n_after; k++)
        if (a->after[k] == (int)j && q->to > p->from)
            return false;
    for (size_t k = 0; k < a->n_same_day; k++)
        if (a->same_day[k] == (int)j &&
            (p->from / DAY_TICKS < q->from / DAY_TICKS ||
             (p->to - 1) / DAY_TICKS > (q->to - 1) / DAY_TICKS))
            return false;
    return true;
}

static bool rooms_good(const struct oracle *o)
{
    for (int t = 0; t < TICKS && o->in->rooms > 0; t++) {
        int busy = 0;
        bool free = false;
        for (size_t i = 0; i < o->in->n_items; i++) {
            busy += o->chosen[i]->taken[t];
            free = free || (o->chosen[i]->taken[t] && !o->in->items[i].fixed);
        }
        if (busy > o->in->rooms && free)
            return false;
    }
    return true;
}

static int64_t idle_cost(const struct oracle *o)
{
    int days = 0;
    for (int g = 0; g < (int)o->in->n_groups; g++) {
        int first = TICKS, last = -1;
        for (size_t i = 0; i < o->in->n_items; i++) {
            const struct slots_item *it = &o->in->items[i];
            if (!share(&g, 1, it->groups, it->n_groups))
                continue;
            int a = o->chosen[i]->from / DAY_TICKS;
            int b = (o->chosen[i]->to - 1) / DAY_TICKS;
            first = a < first ? a : first;
            last = b > last ? b : last;
        }
        days += last > first ? last - first : 0;
    }
    return (int64_t)days * o->in->costs.idle_day;
}

static void try_all(struct oracle *o, size_t i, int64_t cost)
{
    if (i == o->in->n_items) {
        if (!rooms_good(o))
            return;
        cost += idle_cost(o);
        if (o->best < 0 || cost < o->best)
            o->best = cost;
        return;
    }
    for (size_t a = 0; a < o->n_ways[i]; a++) {
        o->chosen[i] = &o->ways[i][a];
        bool good = true;
        for (size_t j = 0; j < i && good; j++)
            good = pair_good(o, i, j) && pair_good(o, j, i);
        if (good)
            try_all(o, i + 1, cost + o->ways[i][a].cost);
    }
}

static int64_t oracle_best(TALLOC_CTX *ctx, const struct slots_input *in)
{
    struct oracle *o = object_new(ctx, struct oracle);
    o->in = in;
    o->best = -1;
    ruler_make(in, &o->ruler);
    for (size_t i = 0; i < in->n_items; i++)
        ways_make(o, ctx, i);
    try_all(o, 0, 0);
    return o->best;
}
