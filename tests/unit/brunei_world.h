#pragma once
/*
 * What the worlds of feeds and of pages are made of: editions and meetings in
 * Bandar Seri Begawan. What else a test wants of one, it sets itself.
 */
#include "daemon/base/date.h"
#include "daemon/plan/plan.h"

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static inline const struct zone *zone_of(TALLOC_CTX *ctx, const char *name)
{
    const struct zone *z;
    struct error err;

    assert_true(zone_load(ctx, name, &z, &err));
    return z;
}

/* Confirmed, of the year in which it starts. */
static inline struct edition edition_of(const char *id, const char *cluster,
                                        const char *title, struct date start,
                                        int days)
{
    struct edition e = edition_blank();

    e.id = id;
    e.cluster = cluster;
    e.cycle = date_civil(start).year;
    e.title = title;
    e.start = start;
    e.end = date_add_days(start, days - 1);
    e.host = "BN";
    e.city = "Bandar Seri Begawan";
    e.zone = "Asia/Brunei";
    e.status = EDITION_CONFIRMED;
    return e;
}

/* A meeting, a consultation where there is a partner (""); confirmed. */
static inline struct item item_of(const char *id, const char *edition,
                                  const char *title, const char *partner,
                                  const char **bodies, size_t n_bodies,
                                  struct local start, int minutes)
{
    int64_t utc = local_seconds(start) - 8 * 3600; /* Brunei */

    return (struct item){
        .id = id,
        .edition = edition,
        .code = "SOM",
        .part = 1,
        .parts = 1,
        .kind = partner[0] ? ITEM_CONSULT : ITEM_MEETING,
        .title = title,
        .partner = partner,
        .bodies = bodies,
        .n_bodies = n_bodies,
        .people = "",
        .start = start,
        .end = local_of_seconds(local_seconds(start) + minutes * 60),
        .zone = "Asia/Brunei",
        .start_utc = {utc},
        .end_utc = {utc + minutes * 60},
        .city = "Bandar Seri Begawan",
        .status = ITEM_CONFIRMED,
        .uid = "aaaa@example.org",
        .created = INSTANT_NONE,
        .modified = INSTANT_NONE};
}
