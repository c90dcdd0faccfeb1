/*
 * The clock held against the stopwatch, and what a clock that was ahead did.
 */
#include "daemon/serve/drift.h"

#include "daemon/base/log.h"

#define DRIFT_SECONDS 60 /* that the clock may be off before it is told */

/* How far the clock went from the stopwatch since the last look, in seconds. */
static int64_t drift_since(struct serve *s, struct drift *d)
{
    struct instant now = serve_now(s), before = d->looked;
    int64_t stopwatch = clock_stopwatch() / 1000000000;
    int64_t ran = stopwatch - d->stopwatch;

    d->looked = now;
    d->stopwatch = stopwatch;
    return instant_is_none(before) || s->clock.manual
               ? 0
               : now.second - before.second - ran;
}

static bool unexpire(struct serve *s)
{
    struct error err;
    int n;

    if (!store_unexpire(s->store, serve_now(s), &n, &err)) {
        serve_report(s, "expire", &err);
        return false;
    }
    if (n > 0)
        log_line(LOG_LEVEL_WARNING,
                 "the clock was ahead: %d messages expired that are not over; "
                 "those that waited are held, the others come when due",
                 n);
    return n > 0;
}

bool drift_look(struct serve *s, struct drift *d, bool *ret_ahead)
{
    bool first = instant_is_none(d->looked);
    int64_t drift = drift_since(s, d);

    if (drift > DRIFT_SECONDS)
        log_line(LOG_LEVEL_WARNING,
                 "the clock went ahead by %lld s, or the machine slept",
                 (long long)drift);
    if (drift < -DRIFT_SECONDS)
        log_line(LOG_LEVEL_WARNING, "the clock went back by %lld s",
                 (long long)-drift);
    if (!first && drift >= -DRIFT_SECONDS)
        return false;
    *ret_ahead = unexpire(s);
    return true;
}

bool drift_revive(TALLOC_CTX *ctx, struct serve *s, struct net *net, int64_t id,
                  struct error *err)
{
    struct instant now = serve_now(s);
    struct message m;

    if (!store_message(ctx, s->store, id, &m, err))
        return false;
    if (!message_expired_early(&m, now))
        return true;
    m.state =
        s->config->review_kind == REVIEW_ALL ? MESSAGE_HELD : MESSAGE_QUEUED;
    m.settled = INSTANT_NONE;
    m.next = now;
    m.verdict = "";
    return restraint_hold(ctx, s, net, &m, err) &&
           store_settle(s->store, &m, err);
}
