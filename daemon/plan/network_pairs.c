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

/* What the rule says of two values. Called with a constant type, so that the
 * loops below are made for each. */
static inline int32_t says(enum pair_type type, const struct pair *pair,
                           const struct bounds *b, const struct candidate *i,
                           const struct candidate *j, bool hard_only)
{
    int32_t apart = pair->apart;
    switch (type) {
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
static inline void add_all(enum pair_type type, const struct pair *pair,
                           const int32_t *values_i, struct side i,
                           struct side j, bool turned, bool hard_only,
                           int32_t *cost)
{
    int32_t row = turned ? 1 : j.n, step = turned ? i.n : 1;
    for (int32_t x = 0; x < i.n; x++) {
        const struct bounds *b =
            pair->per_i ? &pair->per_i[values_i[x]] : &pair->bounds;
        int32_t *at = &cost[x * row];
        for (int32_t y = 0; y < j.n; y++, at += step)
            *at = sum(*at,
                      says(type, pair, b, i.values[x], j.values[y], hard_only));
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
    switch (pair->type) {
    case PAIR_GAP:
        add_all(PAIR_GAP, pair, values_i, i, j, turned, hard_only, cost);
        break;
    case PAIR_SEP:
        add_all(PAIR_SEP, pair, values_i, i, j, turned, hard_only, cost);
        break;
    case PAIR_DISJ:
        add_all(PAIR_DISJ, pair, values_i, i, j, turned, hard_only, cost);
        break;
    case PAIR_NEAR:
        add_all(PAIR_NEAR, pair, values_i, i, j, turned, hard_only, cost);
        break;
    case PAIR_JOIN:
        add_all(PAIR_JOIN, pair, values_i, i, j, turned, hard_only, cost);
        break;
    }
    talloc_free(work);
}
