/*
 * Lines of the control protocol: requests, the four kinds of answers, what is
 * wrong with others, limits, octets that come in pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/wire.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static void a_request_goes_there_and_back(void **state)
{
    TALLOC_CTX *job = talloc_new(NULL);
    json_t *args = json_pack("{s:s}", "cycles", "2027..2028"), *request, *got;
    const char *verb;
    struct error err;
    char *line;

    (void)state;
    assert_true(wire_request(job, "plan", args, &line, &err));
    assert_string_equal(
        line, "{\"verb\":\"plan\",\"args\":{\"cycles\":\"2027..2028\"}}\n");
    assert_true(wire_parse_request(line, strlen(line) - 1, &request, &verb,
                                   &got, &err));
    assert_string_equal(verb, "plan");
    assert_true(json_equal(got, args));
    json_decref(request);
    json_decref(args);
    talloc_free(job);
}

static void arguments_may_be_left_out(void **state)
{
    static const char line[] = "{\"verb\":\"status\"}";
    json_t *request, *args;
    const char *verb;

    (void)state;
    assert_true(wire_parse_request(line, sizeof line - 1, &request, &verb,
                                   &args, NULL));
    assert_true(json_is_object(args));
    assert_int_equal(json_object_size(args), 0);
    json_decref(request);
}

static void what_is_no_request_is_explained(void **state)
{
    static const struct {
        const char *line, *text;
    } bad[] = {
        {"", "not JSON: "},
        {"hello", "not JSON: '[' or '{' expected near 'hello' (column 5)"},
        {"{\"verb\":\"a\"", "not JSON: "},
        {"{\"verb\":\"a\"} {}", "not JSON: end of file expected near '{'"},
        {"{\"verb\":\"a\",\"verb\":\"b\"}", "not JSON: duplicate object key"},
        {"{\"verb\":\"\xff\"}", "not JSON: unable to decode byte 0xff"},
        {"[]", "not a JSON object"},
        {"{}", "not a request: Object item not found: verb"},
        {"{\"verb\":1}", "not a request: Expected string, got integer"},
        {"{\"verb\":\"a\",\"args\":[]}",
         "not a request: \"args\" must be an object"},
        {"{\"verb\":\"a\",\"args\":null}",
         "not a request: \"args\" must be an object"},
        {"{\"verb\":\"a\",\"argz\":{}}",
         "not a request: 1 object item(s) left unpacked: argz"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct error err = {.text = ""};
        json_t *request, *args;
        const char *verb;

        assert_false(wire_parse_request(bad[i].line, strlen(bad[i].line),
                                        &request, &verb, &args, &err));
        assert_int_equal(err.code, REPLY_USAGE);
        if (!text_begins(err.text, bad[i].text))
            fail_msg("%s: \"%s\"", bad[i].line, err.text);
    }
}

static void nesting_and_length_have_limits(void **state)
{
    char *line = malloc(WIRE_LINE + 1);
    struct error err;
    json_t *request, *args;
    const char *verb;

    (void)state;
    memset(line, '[', WIRE_LINE);
    assert_false(
        wire_parse_request(line, 100000, &request, &verb, &args, &err));
    assert_true(text_begins(err.text, "not JSON: maximum parsing depth"));
    assert_false(
        wire_parse_request(line, WIRE_LINE, &request, &verb, &args, &err));
    assert_string_equal(err.text, "a line of more than 1048576 bytes");
    free(line);
}

static void answers_are_written_as_promised(void **state)
{
    TALLOC_CTX *job = talloc_new(NULL);
    json_t *row = json_pack("{s:s,s:i}", "edition", "M-2027", "cost", 3);
    struct error err;

    (void)state;
    assert_string_equal(wire_row(job, row),
                        "{\"row\":{\"edition\":\"M-2027\",\"cost\":3}}\n");
    assert_string_equal(wire_ok(job, row),
                        "{\"ok\":true,\"summary\":{\"edition\":\"M-2027\","
                        "\"cost\":3}}\n");
    assert_string_equal(wire_ok(job, NULL), "{\"ok\":true,\"summary\":{}}\n");
    assert_string_equal(wire_progress(job, 3, 22, "M-2027"),
                        "{\"progress\":{\"done\":3,\"of\":22,\"text\":\"M-2027"
                        "\"}}\n");
    (void)(fail)(&err, REPLY_NOTFOUND, "no edition %s", "JWG-2040");
    assert_string_equal(wire_error(job, &err),
                        "{\"ok\":false,\"error\":{\"code\":\"notfound\","
                        "\"text\":\"no edition JWG-2040\"}}\n");
    (void)fail_at(&err, "a.rules", 3, 7);
    assert_non_null(
        strstr(wire_error(job, &err), ",\"at\":\"a.rules:3:7\"}}\n"));
    strcpy(err.text, "\xff"); /* fail() would drop it */
    assert_non_null(strstr(wire_error(job, &err), "not UTF-8"));
    json_decref(row);
    talloc_free(job);
}

static void what_does_not_fit_into_a_line_is_not_sent(void **state)
{
    TALLOC_CTX *job = talloc_new(NULL);
    char *text = memory_array(job, 1, WIRE_LINE + 1, "text");
    json_t *row;
    struct error err;
    char *line;

    (void)state;
    memset(text, 'a', WIRE_LINE);
    row = json_pack("{s:s}", "text", text);
    assert_null(wire_row(job, row));
    assert_true(text_begins(wire_ok(job, row),
                            "{\"ok\":false,\"error\":{\"code\":\"internal\""));
    assert_false(wire_request(job, "check", row, &line, &err));
    assert_int_equal(err.code, REPLY_INPUT);
    json_decref(row);

    /* {"row":{"text":"..."}} and the newline: 20 more bytes */
    text[WIRE_LINE - 20] = '\0';
    row = json_pack("{s:s}", "text", text);
    line = wire_row(job, row);
    assert_non_null(line);
    assert_int_equal(strlen(line), WIRE_LINE);
    json_decref(row);
    talloc_free(job);
}

static void answers_are_read(void **state)
{
    struct wire_reply r;
    struct error err;
    static const char row[] = "{\"row\":{\"a\":1}}";
    static const char progress[] = "{\"progress\":{\"done\":3,\"of\":4}}";
    static const char ok[] = "{\"ok\":true}";
    static const char error[] =
        "{\"ok\":false,\"error\":{\"code\":\"conflict\",\"text\":\"no\","
        "\"at\":\"f:1:2\",\"new\":1}}";

    (void)state;
    assert_true(wire_parse_reply(row, sizeof row - 1, &r, &err));
    assert_int_equal(r.kind, WIRE_ROW);
    assert_int_equal(json_object_size(r.body), 1);
    json_decref(r.line);
    assert_true(wire_parse_reply(progress, sizeof progress - 1, &r, &err));
    assert_int_equal(r.kind, WIRE_PROGRESS);
    assert_int_equal(r.done, 3);
    assert_int_equal(r.of, 4);
    assert_string_equal(r.text, "");
    json_decref(r.line);
    assert_true(wire_parse_reply(ok, sizeof ok - 1, &r, &err));
    assert_int_equal(r.kind, WIRE_OK);
    assert_int_equal(json_object_size(r.body), 0);
    json_decref(r.line);
    assert_true(wire_parse_reply(error, sizeof error - 1, &r, &err));
    assert_int_equal(r.kind, WIRE_ERROR);
    assert_int_equal(r.error.code, REPLY_CONFLICT);
    assert_string_equal(r.error.text, "no");
    assert_string_equal(r.error.at, "f:1:2");
    json_decref(r.line);
}

static void every_code_survives_the_wire(void **state)
{
    TALLOC_CTX *job = talloc_new(NULL);

    (void)state;
    for (int code = REPLY_NO; code <= REPLY_DENIED; code++) {
        struct wire_reply r;
        struct error err;
        char *line;

        (void)(fail)(&err, (enum reply)code, "text");
        line = wire_error(job, &err);
        assert_true(wire_parse_reply(line, strlen(line) - 1, &r, &err));
        assert_int_equal(r.error.code, code);
        json_decref(r.line);
    }
    talloc_free(job);
}

static void what_is_no_answer_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "null",
        "{\"row\":1}",
        "{\"ok\":1}",
        "{\"ok\":false}",
        "{\"ok\":true,\"summary\":[]}",
        "{\"progress\":[]}",
        "220 mail.example.org ESMTP",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct wire_reply r;
        struct error err;

        assert_false(wire_parse_reply(bad[i], strlen(bad[i]), &r, &err));
        assert_int_equal(err.code, REPLY_INTERNAL);
    }
}

static void an_error_with_an_odd_code_is_an_error(void **state)
{
    static const char *const odd[] = {
        "{\"ok\":false,\"error\":{\"code\":\"ok\",\"text\":\"x\"}}",
        "{\"ok\":false,\"error\":{\"code\":\"unheard-of\",\"text\":\"x\"}}",
        "{\"ok\":false,\"error\":{}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct wire_reply r;

        assert_true(wire_parse_reply(odd[i], strlen(odd[i]), &r, NULL));
        assert_int_equal(r.error.code, REPLY_INTERNAL);
        assert_true(r.error.text[0] != '\0');
        json_decref(r.line);
    }
}

/* The same lines, whatever the pieces in which they come. */
static void lines_come_out_of_any_pieces(void **state)
{
    static const char octets[] = "one\n\nthree and more\nfour\nrest";

    (void)state;
    for (size_t piece = 1; piece < sizeof octets; piece++) {
        struct wire_reader *r = wire_reader_new(NULL);
        char got[64] = "";
        size_t size;
        const char *line;

        for (size_t i = 0; i < sizeof octets - 1; i += piece) {
            size_t left = sizeof octets - 1 - i;

            wire_reader_feed(r, octets + i, left < piece ? left : piece);
            while ((line = wire_reader_line(r, &size))) {
                strncat(got, line, size);
                strcat(got, "|");
            }
        }
        assert_string_equal(got, "one||three and more|four|");
        assert_false(wire_reader_overflows(r));
        talloc_free(r);
    }
}

static void a_line_without_end_overflows(void **state)
{
    struct wire_reader *r = wire_reader_new(NULL);
    char *octets = memory_array(r, 1, 65536, "octets");
    size_t size;

    (void)state;
    memset(octets, 'x', 65536);
    for (size_t fed = 0; fed < WIRE_LINE; fed += 65536) {
        assert_false(wire_reader_overflows(r));
        wire_reader_feed(r, octets, 65536);
        assert_null(wire_reader_line(r, &size));
    }
    assert_true(wire_reader_overflows(r));
    talloc_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_there_and_back),
        cmocka_unit_test(arguments_may_be_left_out),
        cmocka_unit_test(what_is_no_request_is_explained),
        cmocka_unit_test(nesting_and_length_have_limits),
        cmocka_unit_test(answers_are_written_as_promised),
        cmocka_unit_test(what_does_not_fit_into_a_line_is_not_sent),
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(every_code_survives_the_wire),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(an_error_with_an_odd_code_is_an_error),
        cmocka_unit_test(lines_come_out_of_any_pieces),
        cmocka_unit_test(a_line_without_end_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
