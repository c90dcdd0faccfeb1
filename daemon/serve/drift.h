#pragma once
/*
 * A clock that is set: noticed by the stopwatch, told to the log, and where it
 * had been ahead, what expired by it is taken back.
 */
#include "daemon/serve/restraint.h"

struct drift {
    struct instant looked; /* when, by the clock; INSTANT_NONE: never */
    int64_t stopwatch;     /* and by the stopwatch, in seconds */
};

/* Looks at the clock. True at the first look and when the clock went back: what
 * only seemed to be over is held again, and what is due must be computed anew.
 * *ret_ahead: some notices are messages that expired before they were due. */
bool drift_look(struct serve *s, struct drift *d, bool *ret_ahead);
/* A notice that is due and has that message: queued (or held) when it expired
 * by a clock that was ahead, else left alone. */
bool drift_revive(TALLOC_CTX *ctx, struct serve *s, struct net *net, int64_t id,
                  struct error *err) MUST_USE;
