/*
 * The lint: a good calendar passes, and each change that a client is known to
 * refuse is found by its rule.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed.h"
#include "daemon/publish/feed_calendar.h"

#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static const char good[] = "BEGIN:VCALENDAR\r\n"
                           "VERSION:2.0\r\n"
                           "PRODID:-//x//y//EN\r\n"
                           "BEGIN:VTIMEZONE\r\n"
                           "TZID:Asia/Brunei\r\n"
                           "BEGIN:STANDARD\r\n"
                           "DTSTART:19700101T000000\r\n"
                           "TZOFFSETFROM:+0800\r\n"
                           "TZOFFSETTO:+0800\r\n"
                           "END:STANDARD\r\n"
                           "END:VTIMEZONE\r\n"
                           "BEGIN:VEVENT\r\n"
                           "UID:one@example.org\r\n"
                           "DTSTAMP:20261120T021500Z\r\n"
                           "LAST-MODIFIED:20261120T021500Z\r\n"
                           "SEQUENCE:1\r\n"
                           "DTSTART;TZID=Asia/Brunei:20270118T090000\r\n"
                           "DTEND;TZID=\"Asia/Brunei\":20270118T100000\r\n"
                           "STATUS:CONFIRMED\r\n"
                           "SUMMARY:A meeting\r\n"
                           "END:VEVENT\r\n"
                           "BEGIN:VEVENT\r\n"
                           "UID:two@example.org\r\n"
                           "DTSTAMP:20261120T021500Z\r\n"
                           "LAST-MODIFIED:20261120T021500Z\r\n"
                           "SEQUENCE:0\r\n"
                           "DTSTART;VALUE=DATE:20270118\r\n"
                           "DTEND;VALUE=DATE:20270119\r\n"
                           "STATUS:TENTATIVE\r\n"
                           "SUMMARY:A day\r\n"
                           "END:VEVENT\r\n"
                           "END:VCALENDAR\r\n";

/* Replaces the first `old` of the good calendar. */
static char *changed(TALLOC_CTX *ctx, const char *old, const char *new)
{
    const char *at = strstr(good, old);

    assert_non_null(at);
    return text_format(ctx, "%.*s%s%s", (int)(at - good), good, new,
                       at + strlen(old));
}

static bool finds(const struct lint *lint, const char *rule)
{
    for (size_t i = 0; i < lint->n; i++) {
        if (strcmp(lint->rows[i].rule, rule) == 0)
            return true;
    }
    return false;
}

static void test_good(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct lint lint = feed_lint(ctx, good, sizeof good - 1);

    (void)state;
    if (lint.n)
        fail_msg("line %d: %s", lint.rows[0].line, lint.rows[0].text);
    talloc_free(ctx);
}

/* What is somebody's alone may ring and must not name its address. */
static void test_private(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *text =
        changed(ctx, "STATUS:CONFIRMED\r\n",
                "CLASS:CONFIDENTIAL\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n"
                "TRIGGER:-PT30M\r\nDESCRIPTION:A\r\nEND:VALARM\r\n");
    struct lint lint = feed_lint(ctx, text, strlen(text));

    (void)state;
    assert_int_equal(lint.n, 0);
    text = text_format(
        ctx, "%.*sSOURCE;VALUE=URI:https://a.example.org/p/1.ics\r\n%s",
        (int)strlen("BEGIN:VCALENDAR\r\n"), text,
        text + strlen("BEGIN:VCALENDAR\r\n"));
    lint = feed_lint(ctx, text, strlen(text));
    assert_int_equal(lint.n, 1);
    assert_string_equal(lint.rows[0].rule, "secret");
    talloc_free(ctx);
}

struct row {
    const char *rule, *old, *new;
};

static const struct row rows[] = {
    {"crlf", "SEQUENCE:1\r\n", "SEQUENCE:1\n"},
    {"crlf", "END:VCALENDAR\r\n", "END:VCALENDAR"},
    {"empty", "SEQUENCE:1\r\n", "SEQUENCE:1\r\n\r\n"},
    {"fold", "A meeting",
     "0123456789012345678901234567890123456789012345678901234567890123456789"},
    {"utf8", "A meeting", "caf\xe9"},
    {"utf8", "A meeting", "caf\xc3\r\n \xa9"},
    {"control", "A meeting", "A\x07meeting"},
    {"control", "A meeting", "A\rmeeting"},
    {"bom", "BEGIN:VCALENDAR",
     "\xef\xbb\xbf"
     "BEGIN:VCALENDAR"},
    {"blank", "A meeting", "A meeting "},
    {"structure", "BEGIN:VTIMEZONE\r\n", ""},
    {"structure", "END:VCALENDAR\r\n", ""},
    {"structure", "SUMMARY:A meeting\r\n", "SUMMARY\r\n"},
    {"structure", "STATUS:CONFIRMED\r\n",
     "BEGIN:VTODO\r\nSUMMARY:Do\r\nEND:VTODO\r\n"},
    {"alarm", "STATUS:CONFIRMED\r\n",
     "BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"},
    {"alarm", "STATUS:CONFIRMED\r\n",
     "CLASS:PUBLIC\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"},
    {"escape", "A meeting", "One, two"},
    {"escape", "A meeting", "One; two"},
    {"escape", "A meeting", "One \\two"},
    {"escape", "A meeting", "One\\"},
    {"escape", "VERSION", "X-WR-CALNAME:One, two\r\nVERSION"},
    {"unwanted", "VERSION", "METHOD:PUBLISH\r\nVERSION"},
    {"unwanted", "VERSION", "UID:calendar@example.org\r\nVERSION"},
    {"unwanted", "STATUS", "ORGANIZER:mailto:a@example.org\r\nSTATUS"},
    {"unwanted", "STATUS", "ATTENDEE:mailto:a@example.org\r\nSTATUS"},
    {"unwanted", "STATUS", "RRULE:FREQ=DAILY\r\nSTATUS"},
    {"unwanted", "STATUS", "RDATE:20270101T000000Z\r\nSTATUS"},
    {"unwanted", "STATUS", "DURATION:PT1H\r\nSTATUS"},
    {"unwanted", "BEGIN:STANDARD",
     "X-LIC-LOCATION:Asia/Brunei\r\nBEGIN:STANDARD"},
    {"absent", "A meeting", ""},
    {"absent", "A meeting", "None"},
    {"absent", "A meeting", "null"},
    {"name", "SUMMARY", "summary"},
    {"twice", "STATUS", "SUMMARY:Again\r\nSTATUS"},
    {"url", "STATUS", "URL:https://a b\r\nSTATUS"},
    {"uid", "two@", "one@"},
    {"missing", "UID:two@example.org\r\n", ""},
    {"missing", "DTEND;VALUE=DATE:20270119\r\n", ""},
    {"missing", "SEQUENCE:0\r\n", ""},
    {"missing", "PRODID:-//x//y//EN\r\n", ""},
    {"status", "TENTATIVE", "POSTPONED"},
    {"sequence", "SEQUENCE:1", "SEQUENCE:1795478400"},
    {"sequence", "SEQUENCE:1", "SEQUENCE:-1"},
    {"stamp", "DTSTAMP:20261120T021500Z", "DTSTAMP:20261121T021500Z"},
    {"stamp", "DTSTAMP:20261120T021500Z", "DTSTAMP:20261120T021500"},
    {"time", "DATE:20270119", "DATE:20270118"},
    {"time", "20270118T100000", "20270118T090000"},
    {"time", "20270118T100000", "20270230T100000"},
    {"time", "20270118T100000", "20270118T250000"},
    {"time", "DTEND;VALUE=DATE:20270119", "DTEND:20270119T000000Z"},
    {"tzid", "TZID:Asia/Brunei", "TZID:Asia/Jakarta"},
    {"tzid", "DTSTART;TZID=Asia/Brunei", "DTSTART;TZID=UTC"},
    {"tzid", "DTSTART;TZID=Asia/Brunei", "DTSTART"},
    {"vtimezone", "TZOFFSETTO:+0800", "TZOFFSETTO:+080000"},
    {"vtimezone", "TZOFFSETTO:+0800",
     "RRULE:FREQ=YEARLY;UNTIL=20370101T000000Z\r\nTZOFFSETTO:+0800"},
    {"vtimezone", "END:VTIMEZONE",
     "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0800\r\n"
     "TZOFFSETTO:+0800\r\nEND:STANDARD\r\nEND:VTIMEZONE"},
    {"vtimezone", "BEGIN:STANDARD\r\n", "BEGIN:DAYLIGHT\r\n"},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        char *body = changed(ctx, rows[i].old, rows[i].new);
        struct lint lint = feed_lint(ctx, body, strlen(body));

        if (!finds(&lint, rows[i].rule))
            fail_msg("row %zu: \"%s\" is not found: %s", i, rows[i].rule,
                     lint.n ? lint.rows[0].text : "nothing");
        talloc_free(ctx);
    }
}

static void test_line_numbers(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *body = changed(ctx, "SUMMARY:A meeting", "SUMMARY:A\r\n meeting ");
    struct lint lint = feed_lint(ctx, body, strlen(body));

    (void)state;
    assert_int_equal(lint.n, 1);
    assert_int_equal(lint.rows[0].line, 20); /* where the line begins */
    body = changed(ctx, "STATUS:TENTATIVE", "STATUS:MAYBE");
    lint = feed_lint(ctx, body, strlen(body));
    assert_int_equal(lint.rows[0].line, 29);
    talloc_free(ctx);
}

static const char *fault_of(TALLOC_CTX *ctx, const char *body)
{
    struct octets o = {
        .ctx = ctx, .text = memory_text(ctx, body), .n = strlen(body)};

    return calendar_fault(ctx, &o);
}

/* What the lint lets pass is seen by libical's own restrictions: around the
 * events in each calendar, and in each kind of event. */
static void test_libical_sees_the_rest(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct shapes *shapes = object_new(ctx, struct shapes);
    struct event e = {
        .text = "BEGIN:VEVENT\r\nUID:a@example.org\r\n"
                "DTSTAMP:20261120T021500Z\r\nSEQUENCE:0\r\n"
                "DTSTART;VALUE=DATE:20270118\r\nDTEND;VALUE=DATE:20270119\r\n"
                "LOCATION:Here\r\nSUMMARY:A\r\nEND:VEVENT\r\n"};
    const char *twice =
        changed(ctx, "VERSION:2.0\r\n",
                "VERSION:2.0\r\nCALSCALE:GREGORIAN\r\nCALSCALE:GREGORIAN\r\n");

    (void)state;
    assert_null(fault_of(ctx, good));
    assert_int_equal(feed_lint(ctx, twice, strlen(twice)).n, 0);
    assert_non_null(strstr(fault_of(ctx, twice), "RFC 5545"));
    for (int k = 0; k < 2; k++) /* its shape is known the second time */
        assert_null(event_fault(ctx, shapes, &e));
    e.text =
        text_format(ctx, "%.*sLOCATION:There\r\nEND:VEVENT\r\n",
                    (int)(strlen(e.text) - strlen("END:VEVENT\r\n")), e.text);
    assert_non_null(strstr(event_fault(ctx, shapes, &e), "RFC 5545"));
    e.text = "BEGIN:VEVENT\r\nDTSTART:tomorrow\r\nEND:VEVENT\r\n";
    assert_non_null(strstr(event_fault(ctx, shapes, &e), "errors"));
    talloc_free(ctx);
}

/* The good calendar with so many octets in all. */
static char *of_size(TALLOC_CTX *ctx, size_t size)
{
    static const char line[] = "COMMENT:012345678901234567890123456789\r\n";
    char *more = memory_text(ctx, "");
    size_t left = size - strlen(good), n = sizeof line - 1;

    for (; left >= 2 * n; left -= n)
        more = talloc_strdup_append_buffer(more, line);
    more = talloc_asprintf_append_buffer(
        more, "COMMENT:%0*d\r\n", (int)(left - strlen("COMMENT:\r\n")), 0);
    return changed(ctx, "STATUS:CONFIRMED",
                   text_format(ctx, "%sSTATUS:CONFIRMED", more));
}

/* Above 512 KiB is a warning, above 900 KiB too many; on the octet. */
static void test_sizes(void **state)
{
    static const struct {
        size_t size, findings;
        bool warning;
    } sizes[] = {{512 << 10, 0, false},
                 {(512 << 10) + 1, 1, true},
                 {900 << 10, 1, true},
                 {(900 << 10) + 1, 1, false}};
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const char *body = of_size(ctx, sizes[i].size);
        struct lint lint = feed_lint(ctx, body, strlen(body));

        assert_int_equal(strlen(body), sizes[i].size);
        assert_int_equal(lint.n, sizes[i].findings);
        if (lint.n == 0)
            continue;
        assert_string_equal(lint.rows[0].rule, "size");
        assert_int_equal(lint.rows[0].warning, sizes[i].warning);
    }
    talloc_free(ctx);
}

/* Whatever the octets, the lint ends and says a bounded number of things. */
static void test_rubbish(void **state)
{
    static const char nothing[] = "";
    static const char zeros[64];
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *deep = memory_array(ctx, 1, 15 * 1000 + 1, "deep");
    struct lint lint;

    (void)state;
    assert_true(feed_lint(ctx, nothing, 0).n > 0);
    assert_true(feed_lint(ctx, zeros, sizeof zeros).n > 0);
    for (size_t i = 0; i < 1000; i++)
        memcpy(deep + i * 15, "BEGIN:STANDARD\n", 15);
    lint = feed_lint(ctx, deep, 15 * 1000);
    assert_int_equal(lint.n, 100);
    for (size_t i = 0; i < sizeof good - 1; i += 7) /* cut anywhere */
        (void)feed_lint(ctx, good, i);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_private),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_line_numbers),
        cmocka_unit_test(test_libical_sees_the_rest),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_rubbish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
