/* Zones against facts that anybody can look up, and against the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/zone.h"

#include <cmocka.h>

static const struct zone *load(TALLOC_CTX *ctx, const char *name)
{
    const struct zone *z;
    struct error err;

    assert_true(zone_load(ctx, name, &z, &err));
    return z;
}

static void offsets_are_those_of_the_place(void **state)
{
    static const struct {
        const char *zone, *at, *local, *offset;
    } rows[] = {
        {"Asia/Brunei", "2027-01-18T01:00:00Z", "2027-01-18T09:00", "UTC+8"},
        {"Asia/Yangon", "2027-01-18T01:00:00Z", "2027-01-18T07:30", "UTC+6:30"},
        {"Asia/Kolkata", "2027-01-18T20:00:00Z", "2027-01-19T01:30",
         "UTC+5:30"},
        {"America/New_York", "2027-01-18T01:00:00Z", "2027-01-17T20:00",
         "UTC-5"},
        {"America/New_York", "2027-07-18T01:00:00Z", "2027-07-17T21:00",
         "UTC-4"},
        {"Europe/Zurich", "2027-03-28T00:59:59Z", "2027-03-28T01:59", "UTC+1"},
        {"Europe/Zurich", "2027-03-28T01:00:00Z", "2027-03-28T03:00", "UTC+2"},
        {"UTC", "2027-03-28T01:00:00Z", "2027-03-28T01:00", "UTC"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        const struct zone *z = load(ctx, rows[i].zone);
        char buf[INSTANT_TEXT], offset[ZONE_OFFSET_TEXT];
        struct instant t;
        struct error err;

        assert_true(instant_parse(rows[i].at, &t, &err));
        assert_string_equal(local_print(zone_local(z, t), buf), rows[i].local);
        assert_string_equal(zone_offset_print(z, t, offset), rows[i].offset);
        talloc_free(ctx);
    }
}

static void wall_clocks_become_instants(void **state)
{
    static const struct {
        const char *zone, *local, *utc;
    } rows[] = {
        {"Asia/Ho_Chi_Minh", "2026-01-12T09:00", "2026-01-12T02:00:00Z"},
        /* skipped by the clock change: read with the offset before it */
        {"Europe/Zurich", "2027-03-28T02:30", "2027-03-28T01:30:00Z"},
        /* twice on the clock: the first */
        {"Europe/Zurich", "2027-10-31T02:30", "2027-10-31T00:30:00Z"},
        {"America/New_York", "2027-03-14T09:00", "2027-03-14T13:00:00Z"},
        {"America/New_York", "2027-11-07T09:00", "2027-11-07T14:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        const struct zone *z = load(ctx, rows[i].zone);
        char buf[INSTANT_TEXT];
        struct local l;
        struct error err;

        assert_true(local_parse(rows[i].local, &l, &err));
        assert_string_equal(instant_print(zone_instant(z, l), buf),
                            rows[i].utc);
        talloc_free(ctx);
    }
}

static void every_hour_of_a_year_round_trips(void **state)
{
    static const char *const names[] = {"Australia/Lord_Howe", "Asia/Yangon",
                                        "America/New_York",
                                        "Africa/Casablanca"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        const struct zone *z = load(ctx, names[i]);
        int64_t begin = (int64_t)date_of(2027, 1, 1).day * 86400;
        int twice = 0;

        for (int64_t t = begin; t < begin + 365 * 86400; t += 1800) {
            struct instant at = {t}, back = zone_instant(z, zone_local(z, at));

            if (back.second != t) { /* the second time round */
                assert_true(back.second < t && t - back.second <= 3600);
                twice++;
            }
        }
        assert_true(twice <= 4);
        talloc_free(ctx);
    }
}

static void unknown_zones_are_refused(void **state)
{
    static const struct {
        const char *name, *says;
    } rows[] = {
        {"Asia/Hanoi", "unknown time zone"},
        {"Europe/Geneva", "unknown time zone"},
        {"Asia/Bruney", "did you mean Asia/Brunei?"},
        {"../etc/passwd", "unknown time zone"},
        {"", "unknown time zone"},
        {"asia/brunei", "did you mean Asia/Brunei?"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct zone *z = NULL;
        struct error err;

        assert_false(zone_load(NULL, rows[i].name, &z, &err));
        assert_null(z);
        assert_non_null(strstr(err.text, rows[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_the_place),
        cmocka_unit_test(wall_clocks_become_instants),
        cmocka_unit_test(every_hour_of_a_year_round_trips),
        cmocka_unit_test(unknown_zones_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
