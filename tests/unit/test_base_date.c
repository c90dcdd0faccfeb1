/* Civil dates, local times, instants: worked examples anyone can extend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/date.h"

#include <cmocka.h>

static void dates_count_days(void **state)
{
    static const struct {
        int year, month, day, count;
        enum weekday weekday;
    } rows[] = {
        {1970, 1, 1, 0, THU},      {1969, 12, 31, -1, WED},
        {2000, 2, 29, 11016, TUE}, {2027, 1, 18, 20836, MON},
        {2100, 2, 28, 47540, SUN}, {2100, 3, 1, 47541, MON},
        {1900, 1, 1, -25567, MON}, {2024, 2, 29, 19782, THU},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct date d = date_of(rows[i].year, rows[i].month, rows[i].day);
        struct civil c = date_civil(d);

        assert_int_equal(d.day, rows[i].count);
        assert_int_equal(date_weekday(d), rows[i].weekday);
        assert_int_equal(c.year, rows[i].year);
        assert_int_equal(c.month, rows[i].month);
        assert_int_equal(c.day, rows[i].day);
    }
}

static void every_day_of_three_centuries_round_trips(void **state)
{
    struct date last = date_of(2199, 12, 31);

    (void)state;
    for (struct date d = date_of(1900, 1, 1); d.day <= last.day; d.day++) {
        struct civil c = date_civil(d);

        assert_int_equal(date_of(c.year, c.month, c.day).day, d.day);
    }
}

static void months_keep_to_their_ends(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } rows[] = {
        {"2027-01-31", 1, "2027-02-28"},   {"2028-01-31", 1, "2028-02-29"},
        {"2027-12-31", 2, "2028-02-29"},   {"2027-03-31", -1, "2027-02-28"},
        {"2027-05-15", -17, "2025-12-15"}, {"2027-10-31", 4, "2028-02-29"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct date d;
        char buf[DATE_TEXT];
        struct error err;

        assert_true(date_parse(rows[i].from, &d, &err));
        assert_string_equal(date_print(date_add_months(d, rows[i].months), buf),
                            rows[i].to);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "2027-02-29",
                                      "2027-13-01",
                                      "2027-1-1",
                                      "2027-00-10",
                                      "1899-12-31",
                                      "2027-01-32",
                                      "27-01-01",
                                      "2027-01-01 ",
                                      "２０２７-01-01"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct date d = {7};
        struct error err;

        assert_false(date_parse(bad[i], &d, &err));
        assert_int_equal(d.day, 7);
        assert_int_equal(err.code, REPLY_INPUT);
    }
}

static void instants_are_rfc_3339(void **state)
{
    static const struct {
        const char *text, *utc;
    } rows[] = {
        {"2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z"},
        {"2027-01-18T09:00:00+08:00", "2027-01-18T01:00:00Z"},
        {"2027-01-18T09:00:00-05:30", "2027-01-18T14:30:00Z"},
        {"2027-01-01t00:30:00+06:30", "2026-12-31T18:00:00Z"},
    };
    static const char *const bad[] = {
        "2027-01-18T09:00",      "2027-01-18",
        "2027-01-18T24:00:00Z",  "2027-01-18T09:00:60Z",
        "2027-01-18T09:00:00+8", "2027-01-18 09:00:00Z"};
    struct instant t;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char buf[INSTANT_TEXT];

        assert_true(instant_parse(rows[i].text, &t, &err));
        assert_string_equal(instant_print(t, buf), rows[i].utc);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(instant_parse(bad[i], &t, &err));
}

static void local_times_cross_midnight(void **state)
{
    struct local t;
    struct error err;
    char buf[INSTANT_TEXT];

    (void)state;
    assert_true(local_parse("2027-12-31T23:30", &t, &err));
    t = local_of_seconds(local_seconds(t) + 3600);
    assert_string_equal(local_print(t, buf), "2028-01-01T00:30");
    t.minute = 1440;
    assert_string_equal(local_print(t, buf), "2028-01-02T00:00");
    assert_false(local_parse("2027-12-31T24:00", &t, &err));
}

static void ranges_read_as_people_write_them(void **state)
{
    char buf[80];

    (void)state;
    assert_string_equal(date_range_print(date_of(2027, 1, 11),
                                         date_of(2027, 1, 15), buf, sizeof buf),
                        "11-15 January 2027");
    assert_string_equal(date_range_print(date_of(2027, 1, 30),
                                         date_of(2027, 2, 3), buf, sizeof buf),
                        "30 January - 3 February 2027");
    assert_string_equal(date_range_print(date_of(2027, 12, 30),
                                         date_of(2028, 1, 2), buf, sizeof buf),
                        "30 December 2027 - 2 January 2028");
    assert_string_equal(date_range_print(date_of(2027, 1, 5),
                                         date_of(2027, 1, 5), buf, sizeof buf),
                        "5 January 2027");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_count_days),
        cmocka_unit_test(every_day_of_three_centuries_round_trips),
        cmocka_unit_test(months_keep_to_their_ends),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(instants_are_rfc_3339),
        cmocka_unit_test(local_times_cross_midnight),
        cmocka_unit_test(ranges_read_as_people_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
