#pragma once
/*
 * The only room that asks what time it is. Everybody else is told.
 */
#include <stdbool.h>

#include "daemon/base/date.h"

struct clock {
    bool manual;        /* stopped; only clock_set moves it (tests, training) */
    struct instant now; /* where a manual clock stands */
};

/* A clock of the machine, or one that stands at `at` until it is set. */
struct clock clock_real(void);
struct clock clock_manual(struct instant at);

struct instant clock_now(const struct clock *c);
/* Moves a manual clock; it never goes back. */
void clock_set(struct clock *c, struct instant to);
/* Monotonic nanoseconds, for measuring how long something took; never part of
 * any decision. */
int64_t clock_stopwatch(void);
