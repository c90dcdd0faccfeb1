/*
 * The C library knows the zones; it is asked once per zone, by probing every
 * week of 1990..2060 and bisecting each change to the second. Switching TZ is
 * safe because one static buffer is handed to putenv() once and only its bytes
 * change afterwards, on the loop thread, and nobody else calls localtime().
 */
#include "daemon/base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define PROBE_STEP (7 * 86400)

struct change {
    int64_t at; /* from this second on */
    int offset;
};

struct zone {
    const char *name;
    struct change *changes; /* the first one holds since ever */
    size_t n;
};

const struct zone *zone_utc(void)
{
    static struct change none[] = {{INT64_MIN, 0}};
    static const struct zone utc = {"UTC", none, 1};

    return &utc;
}

static void use_zone(const char *name)
{
    static char env[96];
    static bool placed;

    (void)snprintf(env, sizeof env, "TZ=:%.64s", name);
    if (!placed)
        (void)putenv(env);
    placed = true;
    tzset();
}

static int probe(int64_t second)
{
    time_t t = (time_t)second;
    struct tm tm;

    return localtime_r(&t, &tm) ? (int)tm.tm_gmtoff : 0;
}

/* The first second in (lo, hi] whose offset is not that of lo. */
static int64_t bisect(int64_t lo, int64_t hi, int offset)
{
    while (hi - lo > 1) {
        int64_t mid = lo + (hi - lo) / 2;

        if (probe(mid) == offset)
            lo = mid;
        else
            hi = mid;
    }
    return hi;
}

static void add_change(struct zone *z, int64_t at, int offset)
{
    z->changes = array_grow(z, z->changes, struct change, z->n + 1);
    z->changes[z->n++] = (struct change){at, offset};
}

static void read_changes(struct zone *z)
{
    int64_t last = (int64_t)date_of(1990, 1, 1).day * 86400;
    int64_t end = (int64_t)date_of(2061, 1, 1).day * 86400;
    int offset = probe(last);

    add_change(z, INT64_MIN, offset);
    for (int64_t t = last + PROBE_STEP; t < end; t += PROBE_STEP) {
        int next = probe(t);

        if (next != offset)
            add_change(z, bisect(last, t, offset), next);
        offset = next;
        last = t;
    }
}

const char *zone_directory(void)
{
    const char *other = secure_getenv("TZDIR");

    return other && *other ? other : "/usr/share/zoneinfo";
}

/* A file of the database, or NULL. */
static FILE *open_file(const char *name)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", zone_directory(), name);
    return fopen(path, "re");
}

/* Looks `name` up in zone.tab, offers the nearest one when it is not there. */
static bool is_known(const char *name, struct error *err)
{
    char line[512], best[64] = "", field[64];
    FILE *f = open_file("zone.tab");
    bool found = strcmp(name, "UTC") == 0;
    int least = 6;

    if (!f)
        return fail(err, REPLY_INTERNAL,
                    "%s/zone.tab cannot be read: install the package tzdata",
                    zone_directory());
    while (!found && fgets(line, sizeof line, f)) {
        int d;

        if (line[0] == '#' || sscanf(line, "%*s %*s %63s", field) != 1)
            continue;
        found = strcmp(field, name) == 0;
        d = text_distance(field, name);
        if (d < least) {
            least = d;
            (void)snprintf(best, sizeof best, "%s", field);
        }
    }
    (void)fclose(f);
    if (found)
        return true;
    if (best[0])
        return fail(err, REPLY_INPUT,
                    "unknown time zone \"%.64s\", did you mean %s?", name,
                    best);
    return fail(err, REPLY_INPUT,
                "unknown time zone \"%.64s\", write an IANA name like "
                "Europe/Zurich",
                name);
}

bool zone_load(TALLOC_CTX *ctx, const char *name, const struct zone **ret,
               struct error *err)
{
    struct zone *z;

    if (!is_known(name, err))
        return false;
    if (strcmp(name, "UTC") == 0) {
        *ret = zone_utc();
        return true;
    }
    z = object_new(ctx, struct zone);
    z->name = memory_text(z, name);
    use_zone(name);
    read_changes(z);
    use_zone("UTC");
    *ret = z;
    return true;
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

int zone_offset(const struct zone *z, struct instant t)
{
    size_t lo = 0, hi = z->n; /* changes[lo].at <= t < changes[hi].at */

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (z->changes[mid].at <= t.second)
            lo = mid;
        else
            hi = mid;
    }
    return z->changes[lo].offset;
}

struct local zone_local(const struct zone *z, struct instant t)
{
    return local_of_seconds(t.second + zone_offset(z, t));
}

struct instant zone_instant(const struct zone *z, struct local t)
{
    int64_t wall = local_seconds(t);
    int before = zone_offset(z, (struct instant){wall - 86400});
    struct instant guess = {wall - before};
    int after;

    if (zone_offset(z, guess) == before)
        return guess;
    after = zone_offset(z, guess);
    if (zone_offset(z, (struct instant){wall - after}) == after)
        return (struct instant){wall - after};
    return guess; /* skipped by a change: the clock as it was before */
}

char *zone_offset_print(const struct zone *z, struct instant t,
                        char buf[ZONE_OFFSET_TEXT])
{
    int offset = zone_offset(z, t);
    int minutes = abs(offset) / 60 % 1440;

    if (minutes == 0)
        (void)snprintf(buf, ZONE_OFFSET_TEXT, "UTC");
    else if (minutes % 60 == 0)
        (void)snprintf(buf, ZONE_OFFSET_TEXT, "UTC%c%d", offset < 0 ? '-' : '+',
                       minutes / 60);
    else
        (void)snprintf(buf, ZONE_OFFSET_TEXT, "UTC%c%d:%02d",
                       offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return buf;
}

const char *zone_database_version(void)
{
    static char version[32];
    FILE *f = open_file("tzdata.zi");

    if (!f || fscanf(f, "# version %31s", version) != 1)
        (void)snprintf(version, sizeof version, "unknown");
    if (f)
        (void)fclose(f);
    return version;
}
