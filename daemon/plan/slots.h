#pragma once
/*
 * Which item of an edition is held when: an exact search over flat arrays
 * that know nothing of rules, names or files. Pure and deterministic; the
 * budget is counted in search nodes.
 *
 * Minutes count from the midnight that begins the first day, on the venue's
 * wall clock. Groups, partners and items are indices.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/zone.h"
#include "daemon/rules/rules.h"

enum slots_length {
    SLOTS_MINUTES, /* n minutes inside one opening */
    SLOTS_HALF,    /* a whole morning or afternoon */
    SLOTS_DAYS,    /* n consecutive days, first opening to last closing */
    SLOTS_EVENING  /* a whole evening */
};

struct slots_day {
    struct date date;          /* ascending over the days */
    const struct hours *hours; /* openings, ascending, apart */
    size_t n_hours;
    struct hours evening;       /* from == to: none */
    const struct hours *closed; /* cut out of both */
    size_t n_closed;
};

struct slots_partner {
    const struct zone *zone;  /* NULL: its clock does not count */
    const struct date *rests; /* dates there on which it does not work */
    size_t n_rests;
};

/* What another beginning than the one that people know costs. */
struct slots_stay {
    int move;    /* whatever the distance */
    int quarter; /* per started quarter hour of it, `most` at most */
    int most;
};

/* When people know that it begins; -1: they know nothing. */
struct slots_told {
    int32_t start;
    const struct slots_stay *stay; /* NULL: nobody minds */
    bool held;                     /* then or not at all */
};

struct slots_item {
    enum slots_length length;
    int n;
    bool block; /* one session per partner, contiguous; else one meeting */
    const int *groups; /* people who sit in it */
    size_t n_groups;
    const int *partners; /* delegations; of a block in the rule's order */
    size_t n_partners;
    const int *after; /* items that end before this one begins */
    size_t n_after;
    const int *same_day; /* items on whose day(s) this one lies */
    size_t n_same_day;
    enum half half;
    weekdays on; /* 0: any */
    bool first_day, last_day;
    /* One, or one per partner of a block; NULL: nobody knows. A block leaves
     * the gaps between its sessions that people know of. */
    const struct slots_told *told;
    /* Stands where it stands: only others give way to it. Parts of the day,
     * weekdays and length do not bind it. */
    bool fixed;
    int32_t start, end;
};

/* Hours on a partner's own clock, and what a session costs per started half
 * hour that it lies outside them. */
struct slots_clock {
    struct hours hours;
    int half_hour_out; /* 0: these do not count */
};

enum { SLOTS_CLOCKS = 3 };

/* What an hour in the wrong place costs; all may be 0. */
struct slots_costs {
    /* Office hours, waking hours, the night: what lies outside several of them
     * pays for each. */
    struct slots_clock clocks[SLOTS_CLOCKS];
    int rest;             /* a session on a day the partner does not work */
    int place;            /* per place a partner is off the rule's order */
    int extra_day;        /* per day a block spans beyond its first */
    int quarter_of_end;   /* per quarter hour of an item's end */
    int quarter_of_start; /* per quarter hour a block starts late in its
                             opening */
    int idle_day;         /* per group and day from its first to its last */
};

struct slots_input {
    const struct slots_day *days;
    size_t n_days; /* at least 1 */
    const struct slots_partner *partners;
    size_t n_partners;
    const struct slots_item *items;
    size_t n_items;
    size_t n_groups;
    const struct zone *zone; /* the venue's */
    int grid;                /* items begin on multiples of it, minutes */
    int rooms;               /* items at the same time, 0: any number */
    struct slots_costs costs;
    int64_t nodes; /* search nodes, 0: the default */
};

enum slots_verdict {
    SLOTS_BEST,     /* no layout is cheaper */
    SLOTS_GOOD,     /* legal; the budget ended before the proof */
    SLOTS_NONE,     /* shown: there is none */
    SLOTS_UNDECIDED /* none found, none excluded */
};

/* One row of the layout: a day of an item, a session of a block. */
struct slots_row {
    int item;
    int partner;     /* of a block's session, -1 else */
    int part, parts; /* 1.. of the item's days */
    int32_t start, end;
};

enum slots_reason_kind {
    SLOTS_WHY_FIXED,    /* item stands where it stands */
    SLOTS_WHY_CLOSED,   /* day has closed hours */
    SLOTS_WHY_HALF,     /* item has its part of the day */
    SLOTS_WHY_ON,       /* item has its weekdays */
    SLOTS_WHY_FIRST,    /* item is on the first day */
    SLOTS_WHY_LAST,     /* item is on the last day */
    SLOTS_WHY_SAME_DAY, /* item on the day of other */
    SLOTS_WHY_AFTER,    /* item after other */
    SLOTS_WHY_PEOPLE,   /* group is in one room at a time */
    SLOTS_WHY_PARTNER,  /* partner is in one room at a time */
    SLOTS_WHY_ROOMS,    /* so many rooms */
    SLOTS_WHY_LENGTH    /* item is too long for any place */
};

struct slots_reason {
    enum slots_reason_kind kind;
    int item;  /* or the day, group, partner; 0 for rooms */
    int other; /* -1 none */
};

struct slots_layout {
    enum slots_verdict verdict;
    int64_t cost;
    int64_t nodes;          /* visited */
    struct slots_row *rows; /* by item, then start; fixed items have one */
    size_t n_rows;
    /* NONE: what cannot hold together; without any one of them there is a
     * layout (as far as the budget shows). UNDECIDED: what is in the way. */
    struct slots_reason *reasons;
    size_t n_reasons;
};

/* Never fails: the verdict says what was shown. The result is on ctx. */
struct slots_layout *slots_lay(TALLOC_CTX *ctx, const struct slots_input *in);
