#pragma once
/*
 * Time zones by IANA name, as tables of offsets read once from the system's
 * zone database through the C library. A loaded zone never changes and may be
 * read by several threads; loading belongs to the loop thread.
 *
 * Range: 1990 to 2060 exact; outside of it the first or last offset holds.
 */
#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"

struct zone;

/* Loads `name` ("Asia/Brunei", "UTC"); REPLY_INPUT when zone.tab does not know
 * it, with the nearest name that it knows. Case-sensitive. Owned by ctx. */
bool zone_load(TALLOC_CTX *ctx, const char *name, const struct zone **ret,
               struct error *err) MUST_USE;

/* Always there, owned by nobody. */
const struct zone *zone_utc(void);

const char *zone_name(const struct zone *z);

/* Seconds east of Greenwich at t. */
int zone_offset(const struct zone *z, struct instant t);

/* The wall clock at t. */
struct local zone_local(const struct zone *z, struct instant t);

/* The instant of a wall-clock time. A time that a clock change skips is taken
 * with the offset before the change, one that occurs twice is the first. */
struct instant zone_instant(const struct zone *z, struct local t);

/* "UTC+8", "UTC+5:30", "UTC-5", "UTC" at t. */
#define ZONE_OFFSET_TEXT 16
char *zone_offset_print(const struct zone *z, struct instant t,
                        char buf[ZONE_OFFSET_TEXT]);

/* Where the zone database lies: TZDIR, as for the C library, or the system's. */
const char *zone_directory(void);

/* The version of the installed zone database ("2024a") as it is now, or
 * "unknown"; the next call writes over it. */
const char *zone_database_version(void);
