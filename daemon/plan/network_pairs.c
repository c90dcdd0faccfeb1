/*
 * What one rule between two editions adds to their table.
 *
 * Written for speed and on its own: problem_check() knows what rules mean from
 * pair_allows() and pair_cost(), so that a mistake here is seen there.
 */
#include "daemon/base/memory.h"
#include "daemon/plan/network.h"

/* The values of one edition as the rule sees them. */
struct side {
    const struct candidate **values;
    int32_t n;
};

static struct side side_of(TALLOC_CTX *ctx, const struct problem *p,
                           int32_t edition, const int32_t *values, int32_t n)
{
    struct side s = {array_new(ctx, const struct candidate *, (size_t)n), n};
    for (int32_t k = 0; k < n; k++)
        s.values[k] = &p->editions[edition].candidates[values[k]];
    return s;
}

static const struct bounds *bounds_of(const struct pair *pair, int32_t i)
{
    return pair->per_i ? &pair->per_i[i] : &pair->bounds;
}

static inline int32_t of_gap(const struct pair *pair, const struct bounds *b,
                             int32_t gap, bool hard_only)
{
    if (gap < b->min || gap > b->max)
        return FORBIDDEN;
    int32_t off = gap < b->ideal ? b->ideal - gap : gap - b->ideal;
    if (hard_only || off <= pair->band)
        return 0;
    int64_t cost = (int64_t)(off - pair->band) * pair->weight;
    if (pair->per > 1)
        cost /= pair->per;
    return cost < FORBIDDEN_FROM ? (int32_t)cost : FORBIDDEN_FROM - 1;
}

/* Days from the end of the one to the start of the other, whichever way round
 * they are; 0 or less when they overlap. */
static inline int32_t between(const struct candidate *i,
                              const struct candidate *j)
{
    int32_t after = j->start - i->end, before = i->start - j->end;
    return after > before ? after : before;
}

/* What the rule says of two values. */
static inline int32_t says(const struct pair *pair, const struct bounds *b,
                           const struct candidate *i, const struct candidate *j,
                           bool hard_only)
{
    int32_t apart = pair->apart;
    switch (pair->type) {
    case PAIR_GAP:
        return of_gap(pair, b, j->start - i->end, hard_only);
    case PAIR_SEP:
        return of_gap(pair, b, j->start - i->start, hard_only);
    case PAIR_DISJ:
        apart += i->host != j->host ? pair->travel : 0;
        return between(i, j) > apart ? 0 : FORBIDDEN;
    case PAIR_NEAR:
        return hard_only || (between(i, j) > 0 && between(i, j) <= apart)
                   ? 0
                   : pair->weight;
    case PAIR_JOIN:
        return i->join != pair->j ||
                       (between(i, j) > 0 && between(i, j) <= apart)
                   ? 0
                   : FORBIDDEN;
    }
    return 0;
}

static inline int32_t sum(int32_t a, int32_t b)
{
    if (a == FORBIDDEN || b == FORBIDDEN)
        return FORBIDDEN;
    return a < FORBIDDEN_FROM - b ? a + b : FORBIDDEN_FROM - 1;
}

/* Goes over the table by rows of the rule's i, which are columns of the table
 * when it is turned. */
static void add_each(const struct pair *pair, const int32_t *values_i,
                     struct side i, struct side j, bool turned, bool hard_only,
                     int32_t *cost)
{
    int32_t row = turned ? 1 : j.n, step = turned ? i.n : 1;
    for (int32_t x = 0; x < i.n; x++) {
        const struct bounds *b = bounds_of(pair, values_i[x]);
        int32_t *at = &cost[x * row];
        for (int32_t y = 0; y < j.n; y++, at += step)
            *at = sum(*at, says(pair, b, i.values[x], j.values[y], hard_only));
    }
}

/* ---- whole rows, for the rules that there are most of */

/* The columns of a table as arrays. */
struct columns {
    int32_t *start, *end, *host;
    int32_t n;
};

static struct columns columns_of(TALLOC_CTX *ctx, struct side s)
{
    struct columns c = {array_new(ctx, int32_t, (size_t)s.n),
                        array_new(ctx, int32_t, (size_t)s.n),
                        array_new(ctx, int32_t, (size_t)s.n), s.n};
    for (int32_t k = 0; k < s.n; k++) {
        c.start[k] = s.values[k]->start;
        c.end[k] = s.values[k]->end;
        c.host[k] = s.values[k]->host;
    }
    return c;
}

/* The gap to a column is sign * day + from. */
VECTOR_CODE static void gap_row(const int32_t *restrict day, int32_t n,
                                int32_t sign, int32_t from, struct bounds b,
                                int32_t band, int32_t weight,
                                int32_t *restrict cost)
{
    for (int32_t k = 0; k < n; k++) {
        int32_t gap = sign * day[k] + from, now = cost[k];
        int32_t off = gap < b.ideal ? b.ideal - gap : gap - b.ideal;
        off = off > band ? off - band : 0;
        int32_t more = now + off * weight;
        bool bad = (gap < b.min) | (gap > b.max) | (now == FORBIDDEN);
        more = more < FORBIDDEN_FROM ? more : FORBIDDEN_FROM - 1;
        cost[k] = bad ? FORBIDDEN : more;
    }
}

VECTOR_CODE static void disj_row(const struct columns *c,
                                 const struct candidate *row, int32_t apart,
                                 int32_t travel, int32_t *restrict cost)
{
    const int32_t *restrict start = c->start, *restrict end = c->end,
                            *restrict host = c->host;
    int32_t first = row->start, last = row->end, at = row->host;
    for (int32_t k = 0; k < c->n; k++) {
        int32_t least = apart + (host[k] != at ? travel : 0);
        bool good = (start[k] - last > least) | (first - end[k] > least);
        cost[k] = good ? cost[k] : FORBIDDEN;
    }
}

/* The dearest a gap rule can get with these values; sums stay in 32 bits when
 * that is below FORBIDDEN_FROM. */
static int64_t gap_most(const struct pair *pair, const int32_t *values_i,
                        struct side i, struct side j)
{
    int64_t low = INT32_MAX, high = INT32_MIN, ideal = 0;
    for (int32_t k = 0; k < i.n; k++) {
        low = i.values[k]->start < low ? i.values[k]->start : low;
        high = i.values[k]->end > high ? i.values[k]->end : high;
        int64_t wish = bounds_of(pair, values_i[k])->ideal;
        wish = wish < 0 ? -wish : wish;
        ideal = wish > ideal ? wish : ideal;
    }
    for (int32_t k = 0; k < j.n; k++) {
        low = j.values[k]->start < low ? j.values[k]->start : low;
        high = j.values[k]->end > high ? j.values[k]->end : high;
    }
    return (high - low + ideal) * pair->weight;
}

static bool in_rows(const struct pair *pair, const int32_t *values_i,
                    struct side i, struct side j, bool turned, bool hard_only)
{
    if (pair->type == PAIR_DISJ)
        return true;
    if ((pair->type != PAIR_GAP && pair->type != PAIR_SEP) ||
        (pair->per_i && turned) || pair->per > 1 || pair->weight < 0 ||
        pair->band < 0)
        return false;
    return hard_only || gap_most(pair, values_i, i, j) < FORBIDDEN_FROM;
}

static void add_rows(TALLOC_CTX *ctx, const struct pair *pair,
                     const int32_t *values_i, struct side i, struct side j,
                     bool turned, bool hard_only, int32_t *cost)
{
    struct side rows = turned ? j : i;
    struct columns c = columns_of(ctx, turned ? i : j);
    int32_t weight = hard_only ? 0 : pair->weight;
    bool starts = !turned || pair->type == PAIR_SEP;
    for (int32_t x = 0; x < rows.n; x++, cost += c.n) {
        const struct candidate *k = rows.values[x];
        if (pair->type == PAIR_DISJ)
            disj_row(&c, k, pair->apart, pair->travel, cost);
        else if (turned)
            gap_row(starts ? c.start : c.end, c.n, -1, k->start, pair->bounds,
                    pair->band, weight, cost);
        else
            gap_row(c.start, c.n, 1,
                    -(pair->type == PAIR_SEP ? k->start : k->end),
                    *bounds_of(pair, values_i[x]), pair->band, weight, cost);
    }
}

void network_pair_add(const struct problem *p, const struct pair *pair,
                      const int32_t *values_i, int32_t n_i,
                      const int32_t *values_j, int32_t n_j, bool turned,
                      bool hard_only, int32_t *cost)
{
    TALLOC_CTX *work = talloc_new(NULL);
    struct side i = side_of(work, p, pair->i, values_i, n_i);
    struct side j = side_of(work, p, pair->j, values_j, n_j);
    if (in_rows(pair, values_i, i, j, turned, hard_only))
        add_rows(work, pair, values_i, i, j, turned, hard_only, cost);
    else
        add_each(pair, values_i, i, j, turned, hard_only, cost);
    talloc_free(work);
}
