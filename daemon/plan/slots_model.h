#pragma once
/*
 * Inside of the slot engine: what slots_model.c and slots_spots.c make of an
 * input (every item with all its legal spots and their costs, every pair with
 * its relation), what slots_search.c searches. One talloc context owns it.
 */
#include "daemon/plan/slots.h"

#define DAY_MINUTES 1440

struct span {
    int32_t from, to;
};

/* A stretch of a day that an item may be put into. */
struct segment {
    struct span span;
    int day; /* index */
    enum half half;
};

struct segments {
    struct segment *rows;
    size_t n;
};

/* The openings of all days, after closed hours are cut out. */
struct openings {
    struct segments windows, halves, days, evenings;
};

/* Which reasons hold; all of them for a layout, some for a conflict. */
struct reasons_on {
    const struct slots_reason *rows;
    const bool *on;
    size_t n;
};

/* A legal place (a spot) of an item. */
struct spot {
    struct span span;
    int32_t first, last; /* days since the first day, by the calendar */
    int32_t cost;
    const struct span *sessions; /* one, or one per partner of a block */
    const struct span *pieces;   /* the working time it takes */
    size_t n_pieces;
    bool waits; /* a block with the gaps that people know of */
};

enum relation_bits {
    REL_SHARES = 1,    /* same people or partner: never at the same time */
    REL_AFTER = 2,     /* i after j */
    REL_BEFORE = 4,    /* i before j */
    REL_WITHIN = 8,    /* i on the days of j */
    REL_CONTAINS = 16, /* j on the days of i */
    REL_LEADS = 32,    /* i and j are alike: i begins no later than j */
    REL_FOLLOWS = 64   /* the same the other way round */
};

struct model {
    const struct slots_input *in;
    struct openings openings;
    size_t n; /* items */
    bool *absent;
    struct spot **spots; /* per item, cheapest first */
    size_t *n_spots;
    uint8_t *relations; /* n * n, of relation_bits */
    int32_t *least;     /* per item: minutes of the openings it takes */
    bool *group_on;     /* one room at a time */
    int rooms;          /* 0: any number */
};

/* ---- slots_hours.c */
struct openings openings_of(TALLOC_CTX *ctx, const struct slots_input *in,
                            const struct reasons_on *reasons);
bool spans_meet(struct span a, struct span b);

/* ---- slots_partners.c */
/* More than any order of a block can cost, so that one forbidden session shows
 * in the sum. */
#define FORBIDDEN (1 << 29)

/* What it costs the item's k-th session to begin then and not when people know;
 * FORBIDDEN when it may not. */
int32_t stay_cost(const struct slots_item *item, size_t k, int32_t start);
/* The cheapest order of a block's partners over its sessions; ret_order (NULL
 * or one partner's place in the rule per session) gets the first of equally
 * cheap orders. INT32_MAX when there is none. `memo` has a cell per partner
 * and minute, -1 where nothing is known yet. */
struct clock_memo {
    int32_t *cells;
    size_t minutes;
};
struct clock_memo clock_memo_new(TALLOC_CTX *ctx, const struct slots_input *in,
                                 const struct slots_item *item);
int32_t partners_order(TALLOC_CTX *ctx, const struct slots_input *in,
                       const struct slots_item *item,
                       const struct reasons_on *reasons,
                       const struct span *sessions, struct clock_memo *memo,
                       int *ret_order);

/* ---- slots_model.c */
bool reason_holds(const struct reasons_on *reasons, enum slots_reason_kind kind,
                  int item, int other);
/* All reasons of an input that may be taken away, those that are changed most
 * easily first. */
struct slots_reason *slots_reasons(TALLOC_CTX *ctx,
                                   const struct slots_input *in, size_t *ret_n);
/* Do they share people, or (when `partners`) a delegation? */
bool items_share(const struct reasons_on *reasons, const struct slots_item *a,
                 const struct slots_item *b, bool partners);
struct model *model_new(TALLOC_CTX *ctx, const struct slots_input *in,
                        const struct reasons_on *reasons);
/* May items i and j stand at spots p and q? */
bool model_allows(const struct model *m, size_t i, const struct spot *p,
                  size_t j, const struct spot *q);

/* ---- slots_spots.c */
/* Where a free item may stand, cheapest first. */
struct spot *spots_of(TALLOC_CTX *ctx, const struct model *m,
                      const struct reasons_on *reasons,
                      const struct slots_item *it, size_t *ret_n);
/* Where a fixed one stands. */
struct spot *spot_fixed(TALLOC_CTX *ctx, const struct slots_item *it);

/* ---- slots_search.c */
struct found {
    enum slots_verdict verdict;
    int64_t cost, nodes;
    size_t *choice; /* place per item */
};
/* any: the first legal layout will do. */
struct found slots_search(TALLOC_CTX *ctx, const struct model *m, bool any);
