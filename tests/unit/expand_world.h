#pragma once
/*
 * Small rules files expanded into a problem, and what is asked of it: is a day
 * open, and what does it cost?
 */
#include "plan_world.h"
#include "test_context.h"

/* Two members with the usual weekend; A is the host everywhere. */
#define HEAD                                                                   \
    "sector T \"T\"\n  cycle calendar year\n  levels high, low\n"              \
    "member A \"Alpha\" since 1990-01-01 city \"Aton\" zone Asia/Jakarta\n"    \
    "member B \"Beta\" since 1990-01-01 city \"Bton\" zone Asia/Bangkok\n"     \
    "partner P \"Peer\" zone Asia/Tokyo\n"                                     \
    "body HI \"Hi\"\n  level high\n"                                           \
    "body LO \"Lo\"\n  level low\n"                                            \
    "body OTHER \"Other\"\n  level low\n"                                      \
    "rotation R alphabetical\n  held B 2026\n"

#define CLUSTER(code, body, clauses)                                           \
    "cluster " code " \"" code "\"\n" clauses "  host A\n"                     \
    "  meeting M \"M\" of " body " 1 day\n"

#define ONCE  "  times 1 per cycle\n"
#define MARCH "  window 1 Mar .. 31 Mar\n"

static inline struct problem *expanded(const struct planning *in)
{
    struct problem *p;
    struct plan *lapsed;
    struct error err;

    if (!plan_expand(ctx, in, &p, &lapsed, &err))
        fail_msg("%s", err.text);
    return p;
}

static inline struct problem *of_2027(const char *text)
{
    struct planning in = world_planning(world_rules(ctx, text), 2027, 2027);

    return expanded(&in);
}

static inline int32_t index_of(const struct problem *p, const char *name)
{
    for (size_t i = 0; i < p->n_editions; i++)
        if (text_same(p->editions[i].name, name))
            return (int32_t)i;
    return -1;
}

static inline const struct problem_edition *edition_of(const struct problem *p,
                                                       const char *name)
{
    int32_t i = index_of(p, name);

    if (i < 0)
        fail_msg("the problem has no %s", name);
    return &p->editions[i];
}

/* The candidate of that day on a trip of its own. */
static inline const struct candidate *on(const struct problem *p,
                                         const char *name, const char *start)
{
    const struct problem_edition *e = edition_of(p, name);

    for (int32_t i = 0; i < e->n_candidates; i++)
        if (e->candidates[i].start == day(start).day &&
            e->candidates[i].join < 0)
            return &e->candidates[i];
    fail_msg("%s has no candidate on %s", name, start);
    return NULL;
}

static inline void assert_open(const struct problem *p, const char *name,
                               const char *start)
{
    if (!on(p, name, start)->open)
        fail_msg("%s should be open on %s", name, start);
}

static inline void assert_closed(const struct problem *p, const char *name,
                                 const char *start)
{
    if (on(p, name, start)->open)
        fail_msg("%s should be closed on %s", name, start);
}

static inline void assert_cost(const struct problem *p, const char *name,
                               const char *start, int cost)
{
    if (on(p, name, start)->cost != cost)
        fail_msg("%s on %s costs %d, not %d", name, start,
                 (int)on(p, name, start)->cost, cost);
}
