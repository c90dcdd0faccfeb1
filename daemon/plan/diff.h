#pragma once
/*
 * What changes from one plan to another, as an officer and a delegate would
 * say it.
 */
#include "daemon/plan/plan.h"

enum change_kind {
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_MOVED, /* date or time */
    CHANGE_CONFIRMED,
    CHANGE_CANCELLED,
    CHANGE_POSTPONED,
    CHANGE_REINSTATED,
    CHANGE_RETITLED,
    CHANGE_VENUE, /* host, city, zone */
    CHANGE_OTHER
};

struct change {
    enum change_kind kind;
    const char *edition; /* id */
    const char *item;    /* id, "" for the edition itself */
    const char *field;   /* "start", "host", "city", "status", "title", "" */
    const char *old_value, *new_value; /* printed, "" none */
};

struct changes {
    struct change *rows; /* by date of the edition, edition before its items */
    size_t n;
    size_t editions, items; /* how many of each are touched */
};

const char *change_word(enum change_kind k);
/* from may be NULL (nothing yet: all added). On ctx. */
struct changes plan_diff(TALLOC_CTX *ctx, const struct plan *from,
                         const struct plan *to);
/* Do the printed properties of two items, of two editions, agree? (uid,
 * sequence, created, modified, cost, warnings do not count.) */
bool item_same(const struct item *a, const struct item *b);
bool edition_same(const struct edition *a, const struct edition *b);
