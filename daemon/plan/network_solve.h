#pragma once
/*
 * Solving one component of a problem: what solve() does for each, and what
 * alternatives and conflicts do with a part of one.
 */
#include "daemon/plan/network_region.h"

/* The budget of a component when the caller names none. */
enum { DEFAULT_NODES = 400000, DEFAULT_NODES_PER_EDITION = 1000 };

/* A piece of a partition into regions, and the least it costs by itself. */
struct piece {
    int32_t *variables; /* ascending */
    int32_t n;
    int64_t least;
};

/* How costs were moved about in an earlier solve (solve_warm.c). */
struct warmth;

/* A component on its way from editions to dates. */
struct part {
    const struct problem *p;
    const struct network *net; /* all of it, values as built */
    struct worker *worker;
    struct state state; /* root: filtered, costs moved; equally good plans are
                           never dropped from it */
    struct budget budget;
    enum verdict verdict;
    int32_t *choice; /* a value per variable, when there is a plan */
    bool planned;
    bool warm;           /* costs were moved before: little is left to do */
    bool *changed;       /* warm: what has changed since, by variable */
    struct warmth *kept; /* how they were moved, for the next time */
    bool canonical;      /* the first of the best plans */
    int64_t cost, bound; /* scaled */
    /* The partition behind the last bound by regions, at the root state. */
    struct piece *pieces;
    int32_t n_pieces;
    int32_t *piece_of;    /* by variable, -1 none */
    int64_t pieces_bound; /* the constant then and all pieces' least */
};

/* The component of these editions, filtered: verdict INFEASIBLE when that shows
 * there is no plan, else UNDECIDED. */
struct part *part_new(TALLOC_CTX *ctx, const struct problem *p,
                      const int32_t *editions, int32_t n,
                      const struct network_view *view, int64_t nodes,
                      struct solve_watch *watch);
/* Moves costs as they were moved in a solve of much the same component, and
 * touches what has changed since: the bound begins where that one ended. Any
 * warmth is right, whatever it is of; a fitting one is quick. */
void part_warm(struct part *c, const struct warmth *w);
/* How costs are moved at the root, on ctx; NULL for what is solved in no time.
 * The names of the editions are copied. */
struct warmth *warmth_keep(TALLOC_CTX *ctx, const struct part *c);
/* Was an edition of that name in it? And how many bytes it takes. */
bool warmth_knows(const struct warmth *w, const char *name);
size_t warmth_size(const struct warmth *w);
/* Finds the best plan within the budget, and how good it is. start_from: a
 * candidate per edition, or NULL. */
void part_solve(struct part *c, const int32_t *start_from);
/* Moves costs until the bound stalls: `rounds` of messages at most. False: no
 * plan below worker->below. */
bool part_messages(struct part *c, int32_t rounds);
/* A choice by rounding what is left, from start_from where it can be kept
 * (solve_round.c). It may break rules. */
void part_round(struct part *c, const int32_t *start_from);
/* Mends what it breaks; the choice is then a plan. False: not all was mended,
 * or the verdict is INFEASIBLE now. */
bool part_repair(struct part *c);
/* Makes the plan better by regions (solve_improve.c). */
void part_improve(struct part *c);
/* A bound by regions, scaled; makes the partition (solve_bound.c). */
int64_t part_region_bound(struct part *c);
/* Whether v at value a can be excluded by looking at v's piece alone, with what
 * is left in `now` (a later state of the root). */
bool part_piece_excludes(struct part *c, const struct state *now, int32_t v,
                         int32_t a);
/* Of all best plans the first: each edition in chronological order at its
 * previous start, else as early as it can be. Only for a proved optimum; false
 * when the budget ended it. */
bool part_canonical(struct part *c);

/* A minimal set of rules that leaves this component without a plan. */
struct conflict component_conflict(TALLOC_CTX *ctx, const struct problem *p,
                                   const struct component *part,
                                   const struct solve_options *options);

/* ---- a solution, component by component (solve.c) */

/* What is known of one component. */
struct answer {
    enum verdict verdict;
    bool canonical, cancelled;
    int64_t bound;   /* in the problem's unit */
    int32_t *choice; /* a candidate per edition of the component, or NULL */
};
struct solution *solution_new(TALLOC_CTX *ctx, const struct problem *p,
                              const struct solve_options *options);
/* Adds one; it costs what the definition says. */
void solution_add(struct solution *s, const struct problem *p,
                  const struct component *part, const struct answer *a,
                  const struct solve_options *options);
/* Solves one component and adds it: its answer, on ctx. w (may be NULL) makes
 * that quicker, *ret_kept (may be NULL) will do so the next time. */
struct answer solution_solve(TALLOC_CTX *ctx, struct solution *s,
                             const struct problem *p,
                             const struct component *part,
                             const struct solve_options *options,
                             const struct warmth *w, struct warmth **ret_kept);
/* When all are in. */
void solution_end(struct solution *s, const struct problem *p);

/* What solving n editions may spend. */
struct budget budget_new(const struct solve_options *options, int32_t n);
