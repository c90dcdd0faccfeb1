/*
 * What the rules between two editions mean, and what a complete choice of
 * dates costs. Everything here is by the definition, day by day and pair by
 * pair; the solver is checked against it.
 */
#include "daemon/plan/problem.h"

#include <stdlib.h>

#include "daemon/base/memory.h"
#include "daemon/plan/solve.h"

static const struct bounds *pair_bounds(const struct pair *pair, int32_t i)
{
    return pair->per_i ? &pair->per_i[i] : &pair->bounds;
}

/* Days from the end of i (SEP: its start) to the start of j; negative when j
 * comes first. */
static int64_t pair_gap(const struct pair *pair, const struct candidate *i,
                        const struct candidate *j)
{
    int32_t from = pair->type == PAIR_SEP ? i->start : i->end;
    return (int64_t)j->start - from;
}

/* More than `apart` days from the last day of one to the first of the other. */
static bool days_apart(const struct candidate *i, const struct candidate *j,
                       int64_t apart)
{
    return (int64_t)j->start - i->end > apart ||
           (int64_t)i->start - j->end > apart;
}

/* One follows the other closely enough to be one trip. */
static bool one_trip(const struct candidate *i, const struct candidate *j,
                     int64_t apart)
{
    int64_t after = (int64_t)j->start - i->end;
    int64_t before = (int64_t)i->start - j->end;
    return (after > 0 && after <= apart) || (before > 0 && before <= apart);
}

static bool gap_allowed(const struct pair *pair, int32_t at,
                        const struct candidate *i, const struct candidate *j)
{
    const struct bounds *b = pair_bounds(pair, at);
    int64_t g = pair_gap(pair, i, j);
    return g >= b->min && g <= b->max;
}

bool pair_allows(const struct problem *p, const struct pair *pair,
                 int32_t candidate_i, int32_t candidate_j)
{
    const struct candidate *i = &p->editions[pair->i].candidates[candidate_i];
    const struct candidate *j = &p->editions[pair->j].candidates[candidate_j];
    switch (pair->type) {
    case PAIR_GAP:
    case PAIR_SEP:
        return gap_allowed(pair, candidate_i, i, j);
    case PAIR_DISJ:
        return days_apart(i, j,
                          (int64_t)pair->apart +
                              (i->host != j->host ? pair->travel : 0));
    case PAIR_JOIN:
        return i->join != pair->j || one_trip(i, j, pair->apart);
    case PAIR_NEAR:
        break;
    }
    return true;
}

static int32_t gap_cost(const struct pair *pair, int32_t at,
                        const struct candidate *i, const struct candidate *j)
{
    int64_t off =
        llabs(pair_gap(pair, i, j) - pair_bounds(pair, at)->ideal) - pair->band;
    if (off <= 0)
        return 0;
    int64_t cost = off * pair->weight / (pair->per > 0 ? pair->per : 1);
    return cost > INT32_MAX ? INT32_MAX : (int32_t)cost;
}

int32_t pair_cost(const struct problem *p, const struct pair *pair,
                  int32_t candidate_i, int32_t candidate_j)
{
    const struct candidate *i = &p->editions[pair->i].candidates[candidate_i];
    const struct candidate *j = &p->editions[pair->j].candidates[candidate_j];
    switch (pair->type) {
    case PAIR_GAP:
    case PAIR_SEP:
        return gap_cost(pair, candidate_i, i, j);
    case PAIR_NEAR:
        return one_trip(i, j, pair->apart) ? 0 : pair->weight;
    case PAIR_DISJ:
    case PAIR_JOIN:
        break;
    }
    return 0;
}

bool forbid_covers(const struct forbid *f, const struct candidate *c)
{
    return c->start >= f->from && c->start <= f->to &&
           (f->host < 0 || f->host == c->host);
}

/* The rule that forbids a closed candidate, -1 when none says so (the length
 * or the working days leave no such span). */
static int32_t forbidding_rule(const struct problem *p, int32_t e,
                               const struct candidate *c)
{
    for (size_t k = 0; k < p->n_forbids; k++)
        if (p->forbids[k].edition == e && forbid_covers(&p->forbids[k], c))
            return p->forbids[k].rule;
    return -1;
}

static bool check_editions(const struct problem *p, const int32_t *choice,
                           int64_t *cost, int32_t *ret_rule)
{
    for (size_t e = 0; e < p->n_editions; e++) {
        if (choice[e] < 0 || choice[e] >= p->editions[e].n_candidates) {
            *ret_rule = -1;
            return false;
        }
        const struct candidate *c = &p->editions[e].candidates[choice[e]];
        if (!c->open) {
            *ret_rule = forbidding_rule(p, (int32_t)e, c);
            return false;
        }
        *cost += c->cost;
    }
    return true;
}

static bool check_pairs(const struct problem *p, const int32_t *choice,
                        int64_t *cost, int32_t *ret_rule)
{
    for (size_t k = 0; k < p->n_pairs; k++) {
        const struct pair *pair = &p->pairs[k];
        if (!pair_allows(p, pair, choice[pair->i], choice[pair->j])) {
            *ret_rule = pair->rule;
            return false;
        }
        *cost += pair_cost(p, pair, choice[pair->i], choice[pair->j]);
    }
    return true;
}

/* A day is overfull only if it is so on the first day of one of the editions:
 * the number running rises on first days alone. */
static bool check_capacity(const struct problem *p, const struct capacity *c,
                           const int32_t *choice)
{
    for (size_t x = 0; x < c->n; x++) {
        int32_t e = c->editions[x];
        int32_t day = p->editions[e].candidates[choice[e]].start;
        int running = 0;
        for (size_t y = 0; y < c->n; y++) {
            int32_t f = c->editions[y];
            const struct candidate *b = &p->editions[f].candidates[choice[f]];
            running += b->start <= day && day <= b->end;
        }
        if (running > c->at_once)
            return false;
    }
    return true;
}

bool problem_check(const struct problem *p, const int32_t *choice,
                   int64_t *ret_cost, int32_t *ret_rule)
{
    int64_t cost = 0;
    if (!check_editions(p, choice, &cost, ret_rule) ||
        !check_pairs(p, choice, &cost, ret_rule))
        return false;
    for (size_t k = 0; k < p->n_capacities; k++)
        if (!check_capacity(p, &p->capacities[k], choice)) {
            *ret_rule = p->capacities[k].rule;
            return false;
        }
    *ret_cost = cost;
    return true;
}
