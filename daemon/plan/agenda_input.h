#pragma once
/*
 * Inside of the agenda: what agenda_input.c makes of a cluster and an edition
 * for the slot engine, and which rule or kept row every item of it comes from.
 */
#include "daemon/plan/agenda.h"
#include "daemon/plan/slots.h"

/* Where an item of the input comes from. */
struct agenda_entry {
    const struct item_rule *rule; /* NULL: one-off */
    const struct item *kept; /* the row that stands where it is; NULL: free */
    const struct partner *partner; /* of a session that stands; NULL */
    int part, parts; /* of a single day of it; part 0: all of them */
};

struct agenda {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    const struct edition *edition;
    const struct plan *kept; /* NULL: nothing */
    const struct plan *told; /* published; NULL: nothing */
    bool closed;             /* vacant places are filled, too */
    const struct cluster *cluster;
    const struct member *host; /* NULL: not known */
    const struct zone *zone;
    struct agenda_entry *entries; /* one per item of the input */
    struct slots_item *items;
    size_t n;
    struct slots_input input;
};

/* The edition's cluster, host, zone and input; on a->ctx. Fails with
 * REPLY_NOTFOUND for an unknown cluster, REPLY_INPUT for an unknown zone. */
bool agenda_prepare(struct agenda *a, struct error *err) MUST_USE;

/* When people know that the items begin; on a->ctx. */
void agenda_tell(struct agenda *a);

/* Is the kept row one of this edition? */
bool agenda_owns(const struct agenda *a, const struct item *kept);
/* A minute from the midnight that begins the edition's first day. */
struct local agenda_local(const struct agenda *a, int32_t minute);
int32_t agenda_minute(const struct agenda *a, struct local t);
/* Cancelled, and nobody keeps its place. */
bool agenda_is_gone(const struct agenda *a, const struct item *kept);

/* "SOM+1:JP", of a session of a block or of what is one item. */
const char *agenda_name(TALLOC_CTX *ctx, const struct agenda *a, int item,
                        int partner);
/* "Fri closed 12:00-14:00 (BN)", "MIN+1 after MIN" */
const char *agenda_reason(TALLOC_CTX *ctx, const struct agenda *a,
                          const struct slots_reason *r);

/* Fails with REPLY_CONFLICT: what does not fit, in words. */
bool agenda_conflict(const struct agenda *a, const struct slots_layout *layout,
                     struct error *err) MUST_USE;
