/*
 * Wall time is read here and nowhere else; the test suite checks that.
 */
#include "daemon/base/clock.h"

#include <time.h>

struct clock clock_real(void)
{
    return (struct clock){.manual = false, .now = INSTANT_NONE};
}

struct clock clock_manual(struct instant at)
{
    return (struct clock){.manual = true, .now = at};
}

struct instant clock_now(const struct clock *c)
{
    struct timespec ts;

    if (c->manual)
        return c->now;
    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return (struct instant){ts.tv_sec};
}

void clock_set(struct clock *c, struct instant to)
{
    if (c->manual && to.second > c->now.second)
        c->now = to;
}

int64_t clock_stopwatch(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
