/*
 * Working days, against dates that anybody can look up.
 */
#include "daemon/plan/calendar.h"
#include "plan_world.h"

static const struct rules *rules;

static int setup(void **state)
{
    *state = talloc_new(NULL);
    rules = world_shipped(*state);
    return 0;
}

static int teardown(void **state)
{
    talloc_free(*state);
    return 0;
}

static void rest_days_and_open_rest_days(void **state)
{
    static const struct {
        const char *cc, *day;
        bool rests, meets;
    } rows[] = {
        {"BN", "2027-01-15", true, true},   /* Friday: rest, but meets */
        {"BN", "2027-01-16", false, true},  /* Saturday works */
        {"BN", "2027-01-17", true, false},  /* Sunday */
        {"BN", "2027-02-23", false, false}, /* National Day */
        {"BN", "2027-01-05", false, false}, /* Isra' and Mi'raj, estimated */
        {"KH", "2027-01-16", true, false},  /* Saturday */
        {"KH", "2027-01-15", false, true},  /* Friday */
        {"VN", "2026-08-22", false, true},  /* a Saturday that is worked */
        {"VN", "2026-08-31", false, false}, /* the day off for it */
        {"MM", "2026-01-03", false, true}}; /* a Saturday that is worked */

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct member *m = rules_member(rules, rows[i].cc);
        struct date d = day(rows[i].day);
        if (calendar_rests(rules, m, d) != rows[i].rests ||
            calendar_meets(rules, m, d) != rows[i].meets)
            fail_msg("%s on %s", rows[i].cc, rows[i].day);
    }
}

static void holidays_by_kind(void **state)
{
    (void)state;
    assert_string_equal(calendar_holiday(rules, "BN", day("2027-02-23"))->name,
                        "National Day");
    assert_non_null(calendar_holiday(rules, "bn", day("2027-02-23")));
    assert_null(calendar_holiday(rules, "BN", day("2027-02-22")));
    assert_null(calendar_holiday(rules, "XX", day("2027-02-23")));
    /* Malaysia has no federal New Year's Day; its table says `other`. */
    assert_null(calendar_holiday(rules, "MY", day("2027-01-01")));
    /* a worked Saturday is no holiday */
    assert_null(calendar_holiday(rules, "VN", day("2026-08-22")));
}

static void tables_end(void **state)
{
    (void)state;
    assert_true(calendar_covers(rules, "BN", 2027));
    assert_true(calendar_covers(rules, "US", 2030));
    assert_false(calendar_covers(rules, "BN", 2036));
    assert_false(calendar_covers(rules, "XX", 2027));
    assert_false(calendar_covers(rules, NULL, 2027));
}

static void working_days_are_counted(void **state)
{
    const weekdays week = 1u << SAT | 1u << SUN;

    (void)state;
    /* Fri 1 Jan 2027 is a holiday in ID; Thu 31 Dec works */
    assert_int_equal(
        calendar_working_on_or_before(rules, week, "ID", day("2027-01-03")).day,
        day("2026-12-31").day);
    assert_int_equal(
        calendar_add_working(rules, week, "ID", day("2026-12-31"), 1).day,
        day("2027-01-04").day);
    assert_int_equal(
        calendar_add_working(rules, week, "ID", day("2027-01-18"), -5).day,
        day("2027-01-11").day);
    assert_int_equal(
        calendar_add_working(rules, week, "ID", day("2027-01-18"), 0).day,
        day("2027-01-18").day);
    /* the Saturday that Viet Nam works is a day like others */
    assert_true(calendar_works(rules, week, "VN", day("2026-08-22")));
}

static void a_week_of_rest_days_ends(void **state)
{
    const weekdays all = 0x7f;
    struct date d = day("2027-01-18");

    (void)state;
    assert_int_equal(calendar_working_on_or_before(rules, all, "ID", d).day,
                     d.day);
    assert_false(calendar_works(rules, all, "ID", d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rest_days_and_open_rest_days),
        cmocka_unit_test(holidays_by_kind), cmocka_unit_test(tables_end),
        cmocka_unit_test(working_days_are_counted),
        cmocka_unit_test(a_week_of_rest_days_ends)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
