#pragma once
/*
 * The calendar around the events, and the checks that it must pass.
 */
#include <stddef.h>
#include <talloc.h>

#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_wanted.h"

/* A body that grows, NUL behind it. */
struct octets {
    TALLOC_CTX *ctx;
    char *text;
    size_t n;
};

/* The calendar of these events, which are written and in their order. w NULL:
 * without names, for one meeting alone. On ctx. */
struct octets calendar_write(TALLOC_CTX *ctx, const struct feed_input *in,
                             const struct wanted *w,
                             const struct event **events, size_t n,
                             struct instant modified);

/* Why it must not go out, on ctx; NULL when it may. Its events are taken to
 * have passed event_fault(): a feed shares them with others, and libical needs
 * to read each but once. */
const char *calendar_fault(TALLOC_CTX *ctx, const struct octets *o);

/* Shapes of events that libical's restrictions let pass. It takes them longer
 * than everything else to judge one, and few are different. */
struct shapes {
    const char **rows;
    size_t n;
};

/* What libical has against a written event, NULL nothing; `good` learns. On
 * ctx. */
const char *event_fault(TALLOC_CTX *ctx, struct shapes *good,
                        const struct event *e);
