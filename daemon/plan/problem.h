#pragma once
/*
 * A planning problem in flat arrays: what expand() makes of rules and facts,
 * what the solver and the explanations read. Frozen once made; a pool thread
 * may work on it. One talloc context owns all of it.
 *
 * Days are civil days since 1970-01-01 (struct date's day). Costs are
 * non-negative, below 2^20 each; sums are int64_t. Hard rules have no cost:
 * what is forbidden is a flag, never a large number.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/rules/rules.h"

/* A statement as the reason for a restriction or a charge. All records that
 * come from one statement share one rule, so that it can be taken away as one
 * ("host holidays BN" is one rule too). */
struct problem_rule {
    const char *text;   /* "MINISTERIAL window 5 Jan .. 28 Feb" */
    struct where where; /* line 0: no line of a file (a confirmation, say) */
    bool hard;
    int firmness;  /* conflicts name the less firm ones first; charter and host
                      holidays high, officers' wishes low */
    bool moving;   /* the price of leaving a date that stood */
    int relax_day; /* unused by the solver: what-would-give of explanations */
};

/* One value of an edition. Sorted by (start, end, host, join). */
struct candidate {
    int32_t start, end; /* first and last day, both included */
    int16_t host;       /* index into problem.hosts, -1 none */
    int16_t join;       /* index of the edition whose trip is shared, -1 none */
    int32_t cost;       /* sum of the charges that apply */
    bool open;          /* no hard unary rule forbids it */
};

struct problem_edition {
    const char *name;              /* "JWG-2027" */
    const struct cluster *cluster; /* NULL in synthetic problems */
    int cycle, n;
    int level; /* of the highest body, for the order of reports */
    struct candidate *candidates; /* the universe, open and closed ones */
    int32_t n_candidates;
    bool fixed; /* held, confirmed or frozen: exactly one candidate, open */
    int32_t previous; /* previous start day, INT32_MIN none */
};

/* Start days from..to of an edition (of one host, -1: all) are forbidden. */
struct forbid {
    int32_t edition, rule;
    int32_t from, to;
    int16_t host;
};

/* Start days from..to cost more (host, join -1: any; join -2: not joined). */
struct charge {
    int32_t edition, rule;
    int32_t from, to;
    int16_t host, join;
    int32_t cost;
    const char *text; /* "Republic Day (IN) on 26 Jan", or NULL */
};

enum pair_type {
    PAIR_GAP,  /* g = start_j - end_i: min <= g <= max, else forbidden; costs
                  weight * max(0, |g - ideal| - band) / per, rounded down */
    PAIR_SEP,  /* the same with g = start_j - start_i */
    PAIR_DISJ, /* forbidden unless start_j - end_i > apart or
                  start_i - end_j > apart */
    PAIR_NEAR, /* costs weight unless 0 < start_j - end_i <= apart or
                  0 < start_i - end_j <= apart */
    PAIR_JOIN  /* as NEAR but forbidden instead of costing, and only for
                  candidates of i with join == j */
};

struct bounds {
    int32_t min, max, ideal;
};

/* A rule between editions i and j (indices; i is the earlier of the statement,
 * for GAP and SEP). */
struct pair {
    int32_t i, j, rule;
    enum pair_type type;
    struct bounds bounds;       /* GAP, SEP; days */
    const struct bounds *per_i; /* one per candidate of i (months), or NULL */
    int32_t band, weight, per;  /* GAP, SEP: per >= 1; NEAR: weight */
    int32_t apart;              /* DISJ, NEAR, JOIN; days */
    int32_t travel; /* DISJ: added to apart when the hosts of i and j differ */
};

/* On no day more than `at_once` of these editions. */
struct capacity {
    int32_t rule;
    int32_t *editions;
    size_t n;
    int at_once;
};

struct problem {
    struct problem_rule *rules;
    struct problem_edition *editions;
    struct forbid *forbids;
    struct charge *charges;
    struct pair *pairs;
    struct capacity *capacities;
    const struct member **hosts;
    /* What each forbid is about ("National Day (BN) on 23 Feb"), one per
     * forbid, NULL: the rule says it all. The array may be NULL. */
    const char **forbid_texts;
    size_t n_rules, n_editions, n_forbids, n_charges, n_pairs, n_capacities,
        n_hosts;
};

/* The gap of a pair for two candidates, and whether it is allowed / its cost:
 * the one place where the meaning of a pair is written down. */
bool pair_allows(const struct problem *p, const struct pair *pair,
                 int32_t candidate_i, int32_t candidate_j);
int32_t pair_cost(const struct problem *p, const struct pair *pair,
                  int32_t candidate_i, int32_t candidate_j);

/* Whether the record forbids this candidate of its edition. */
bool forbid_covers(const struct forbid *f, const struct candidate *c);
