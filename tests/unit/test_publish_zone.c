/*
 * VTIMEZONE blocks: fixed zones, daylight saving, zones without a simple form.
 */
#include "daemon/base/memory.h"
#include "daemon/publish/zone.h"

#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static const char *block(const char *name)
{
    const char *text = NULL;

    assert_int_equal(vtimezone(name, 2026, 2029, &text), VTIMEZONE_GOOD);
    return text;
}

static void test_fixed(void **state)
{
    (void)state;
    assert_string_equal(block("Asia/Brunei"), "BEGIN:VTIMEZONE\r\n"
                                              "TZID:Asia/Brunei\r\n"
                                              "BEGIN:STANDARD\r\n"
                                              "DTSTART:19700101T000000\r\n"
                                              "TZOFFSETFROM:+0800\r\n"
                                              "TZOFFSETTO:+0800\r\n"
                                              "TZNAME:+08\r\n"
                                              "END:STANDARD\r\n"
                                              "END:VTIMEZONE\r\n");
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void test_daylight_saving(void **state)
{
    static const char *names[] = {"Europe/Brussels", "America/New_York",
                                  "Europe/Dublin", "Australia/Sydney"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const char *text = block(names[i]);

        assert_int_equal(count(text, "BEGIN:STANDARD\r\n"), 1);
        assert_int_equal(count(text, "BEGIN:DAYLIGHT\r\n"), 1);
        assert_int_equal(count(text, "RRULE:FREQ=YEARLY;"), 2);
        assert_int_equal(count(text, "UNTIL"), 0);
        assert_int_equal(count(text, "X-LIC"), 0);
        assert_int_equal(count(text, "RDATE"), 0);
    }
}

/* All zones of the region and of its partners have a simple form. */
static void test_region(void **state)
{
    static const char *names[] = {
        "Asia/Phnom_Penh", "Asia/Jakarta",   "Asia/Makassar",
        "Asia/Jayapura",   "Asia/Vientiane", "Asia/Kuala_Lumpur",
        "Asia/Yangon",     "Asia/Manila",    "Asia/Singapore",
        "Asia/Bangkok",    "Asia/Dili",      "Asia/Ho_Chi_Minh",
        "Asia/Shanghai",   "Asia/Tokyo",     "Asia/Seoul",
        "Asia/Kolkata",    "Europe/Zurich",  "Europe/London"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(block(names[i]));
}

static void test_refused(void **state)
{
    const char *text = "untouched";

    (void)state;
    /* the rules of a clock that goes by half an hour, or by the moon */
    assert_int_equal(vtimezone("Africa/Casablanca", 2026, 2029, &text),
                     VTIMEZONE_REFUSED);
    assert_int_equal(vtimezone("Asia/Jerusalem", 2026, 2029, &text),
                     VTIMEZONE_REFUSED);
    assert_string_equal(text, "untouched");
}

static void test_unknown(void **state)
{
    static const char *names[] = {"Asia/Hanoi", "../../etc/passwd", "/etc",
                                  "asia/brunei", ""};
    const char *text = "untouched";

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(vtimezone(names[i], 2026, 2029, &text),
                         VTIMEZONE_UNKNOWN);
    assert_string_equal(text, "untouched");
}

static void test_kept(void **state)
{
    const char *text = block("Asia/Brunei");
    char *copy = memory_text(NULL, text);

    (void)state;
    assert_ptr_equal(block("Asia/Brunei"), text);
    vtimezone_forget();
    assert_string_equal(block("Asia/Brunei"), copy);
    talloc_free(copy);
}

static int teardown(void **state)
{
    (void)state;
    vtimezone_forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed),   cmocka_unit_test(test_daylight_saving),
        cmocka_unit_test(test_region),  cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_kept),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
