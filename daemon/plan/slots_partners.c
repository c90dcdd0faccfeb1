/*
 * Slot layout: which partner gets which session of a block. Every session has
 * a time, every pair of partner and session a cost; the best order is an
 * assignment, solved by shortest augmenting paths.
 */
#include "daemon/base/memory.h"
#include "daemon/plan/slots_model.h"

struct clock_memo clock_memo_new(TALLOC_CTX *ctx, const struct slots_input *in,
                                 const struct slots_item *item)
{
    int32_t span = in->days[in->n_days - 1].date.day - in->days[0].date.day;
    struct clock_memo memo = {NULL, (size_t)(span + 2) * DAY_MINUTES};
    memo.cells = array_new(ctx, int32_t, memo.minutes * item->n_partners);
    for (size_t i = 0; i < memo.minutes * item->n_partners; i++)
        memo.cells[i] = -1;
    return memo;
}

static bool partner_rests(const struct slots_partner *p, struct date on)
{
    for (size_t i = 0; i < p->n_rests; i++)
        if (p->rests[i].day == on.day)
            return true;
    return false;
}

/* Started half hours between a session and the nearer end of these hours; a
 * session may run past midnight. One longer than they are counts by its
 * beginning. */
static int32_t half_hours_out(struct hours clock, int32_t from, int32_t length)
{
    int32_t most = clock.to - clock.from;
    int32_t to = from + (length < most ? length : most);
    int32_t early = clock.from - from;
    int32_t late = to - clock.to;
    if (early <= 0 && late <= 0)
        return 0;
    if (early > 0) /* from midnight on it is late as well, on the day before */
        late = to + DAY_MINUTES - clock.to;
    else
        early = clock.from + DAY_MINUTES - from;
    int32_t out = early < late ? early : late;
    return (out + 29) / 30;
}

/* What it costs a partner to sit there then, its place in the order aside. */
static int32_t session_cost(const struct slots_input *in, int partner,
                            struct span session)
{
    const struct slots_partner *p = &in->partners[partner];
    if (!p->zone)
        return 0;
    struct local at = {
        date_add_days(in->days[0].date, session.from / DAY_MINUTES),
        session.from % DAY_MINUTES};
    struct local there = zone_local(p->zone, zone_instant(in->zone, at));
    int32_t length = session.to - session.from, cost = 0;
    for (size_t k = 0; k < SLOTS_CLOCKS; k++) {
        const struct slots_clock *c = &in->costs.clocks[k];
        if (c->half_hour_out > 0)
            cost += half_hours_out(c->hours, there.minute, length) *
                    c->half_hour_out;
    }
    if (partner_rests(p, there.date))
        cost += in->costs.rest;
    return cost;
}

static int32_t session_cost_memo(const struct slots_input *in,
                                 const struct slots_item *item, size_t k,
                                 struct span session, struct clock_memo *memo)
{
    size_t at = k * memo->minutes + (size_t)session.from;
    if (memo->cells[at] < 0)
        memo->cells[at] = session_cost(in, item->partners[k], session);
    return memo->cells[at];
}

int32_t stay_cost(const struct slots_item *item, size_t k, int32_t start)
{
    const struct slots_told *told = item->told ? &item->told[k] : NULL;
    if (!told || told->start < 0 || told->start == start)
        return 0;
    if (told->held)
        return FORBIDDEN;
    if (!told->stay)
        return 0;
    int32_t off =
        start > told->start ? start - told->start : told->start - start;
    int32_t far = (off + 14) / 15, most = told->stay->most;
    return told->stay->move + told->stay->quarter * (far < most ? far : most);
}

/* Is the partner's delegation in a fixed item at that time? */
static bool partner_busy(const struct slots_input *in,
                         const struct reasons_on *reasons, int partner,
                         struct span session)
{
    if (!reason_holds(reasons, SLOTS_WHY_PARTNER, partner, -1))
        return false;
    for (size_t i = 0; i < in->n_items; i++) {
        const struct slots_item *f = &in->items[i];
        struct span span = {f->start, f->end};
        if (!f->fixed || !spans_meet(span, session) ||
            !reason_holds(reasons, SLOTS_WHY_FIXED, (int)i, -1))
            continue;
        for (size_t k = 0; k < f->n_partners; k++)
            if (f->partners[k] == partner)
                return true;
    }
    return false;
}

/* One row of the assignment: potentials u, v; match[j] the row of column j
 * (both from 1; 0 none). Shortest augmenting path from a new row. */
static void assignment_add(const int32_t *cost, size_t n, size_t row,
                           int64_t *u, int64_t *v, size_t *match, size_t *way,
                           int64_t *least, bool *used)
{
    for (size_t j = 0; j <= n; j++) {
        least[j] = INT64_MAX;
        used[j] = false;
    }
    match[0] = row;
    size_t at = 0;
    while (match[at] != 0) {
        used[at] = true;
        size_t i = match[at], next = 0;
        int64_t delta = INT64_MAX;
        for (size_t j = 1; j <= n; j++) {
            if (used[j])
                continue;
            int64_t c = cost[(i - 1) * n + j - 1] - u[i] - v[j];
            if (c < least[j]) {
                least[j] = c;
                way[j] = at;
            }
            if (least[j] < delta) {
                delta = least[j];
                next = j;
            }
        }
        for (size_t j = 0; j <= n; j++) {
            if (used[j]) {
                u[match[j]] += delta;
                v[j] -= delta;
            } else if (least[j] != INT64_MAX) {
                least[j] -= delta;
            }
        }
        at = next;
    }
    for (; at != 0; at = way[at])
        match[at] = match[way[at]];
}

/* cost: n * n, row by row. The least sum of one cell per row and column;
 * ret_column (n cells) gets the column of each row. */
static int64_t assignment_best(TALLOC_CTX *ctx, const int32_t *cost, size_t n,
                               size_t *ret_column)
{
    int64_t *u = array_new(ctx, int64_t, 3 * (n + 1));
    int64_t *v = u + n + 1, *least = v + n + 1;
    size_t *match = array_new(u, size_t, 2 * (n + 1));
    bool *used = array_new(u, bool, n + 1);
    for (size_t i = 1; i <= n; i++)
        assignment_add(cost, n, i, u, v, match, match + n + 1, least, used);
    int64_t sum = 0;
    for (size_t j = 1; j <= n; j++) {
        ret_column[match[j] - 1] = j - 1;
        sum += cost[(match[j] - 1) * n + j - 1];
    }
    talloc_free(u);
    return sum;
}

/* Of all best assignments the first by row: each row takes the first column
 * that still allows `best`. */
static void assignment_first(TALLOC_CTX *ctx, int32_t *cost, size_t n,
                             int64_t best, size_t *column)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < column[i]; j++) {
            int32_t *row = cost + i * n;
            int32_t *kept = array_new(ctx, int32_t, n);
            size_t *other = array_new(kept, size_t, n);
            for (size_t k = 0; k < n; k++) {
                kept[k] = row[k];
                row[k] = k == j ? row[k] : FORBIDDEN;
            }
            bool good = kept[j] < FORBIDDEN &&
                        assignment_best(kept, cost, n, other) == best;
            for (size_t k = 0; k < n; k++) {
                row[k] = good && k != j ? FORBIDDEN : kept[k];
                column[k] = good ? other[k] : column[k];
            }
            talloc_free(kept);
            if (good)
                break;
        }
        for (size_t k = 0; k < n; k++)
            if (k != column[i])
                cost[i * n + k] = FORBIDDEN;
    }
}

int32_t partners_order(TALLOC_CTX *ctx, const struct slots_input *in,
                       const struct slots_item *item,
                       const struct reasons_on *reasons,
                       const struct span *sessions, struct clock_memo *memo,
                       int *ret_order)
{
    size_t n = item->n_partners;
    int32_t *cost = array_new(ctx, int32_t, n * n);
    size_t *column = array_new(cost, size_t, n);
    for (size_t s = 0; s < n; s++) {
        for (size_t k = 0; k < n; k++) {
            int32_t off = (int32_t)(s < k ? k - s : s - k);
            int32_t stay = stay_cost(item, k, sessions[s].from);
            cost[s * n + k] =
                stay == FORBIDDEN ||
                        partner_busy(in, reasons, item->partners[k],
                                     sessions[s])
                    ? FORBIDDEN
                    : off * in->costs.place + stay +
                          session_cost_memo(in, item, k, sessions[s], memo);
        }
    }
    int64_t best = assignment_best(cost, cost, n, column);
    if (best < FORBIDDEN && ret_order) {
        assignment_first(cost, cost, n, best, column);
        for (size_t s = 0; s < n; s++)
            ret_order[s] = (int)column[s];
    }
    talloc_free(cost);
    return best < FORBIDDEN ? (int32_t)best : INT32_MAX;
}
