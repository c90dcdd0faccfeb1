/*
 * What people and programs see of an answer: tables, blocks, agendas, reasons,
 * findings, CSV, JSON lines; widths of other scripts; nothing that a terminal
 * would obey.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/grid.h"
#include "ctl/table.h"
#include "ctl/width.h"

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* The answer of a verb to rows (one JSON array) and a summary, as text. */
static char *shown(enum verb_id id, const char *rows, const char *summary,
                   enum table_format format, int width)
{
    char *text = NULL;
    size_t size, i;
    struct table_options o = {.format = format,
                              .terminal = width > 0,
                              .width = width,
                              .out = open_memstream(&text, &size)};
    struct table *t = table_new(NULL, verb_get(id), &o);
    json_t *array = json_loads(rows, 0, NULL), *row;
    json_t *end = summary ? json_loads(summary, 0, NULL) : NULL;

    assert_non_null(array);
    json_array_foreach(array, i, row) assert_true(table_row(t, row));
    assert_true(table_end(t, end));
    assert_int_equal(fclose(o.out), 0);
    talloc_free(t);
    json_decref(array);
    json_decref(end);
    return text;
}

static void expect(enum verb_id id, const char *rows, const char *summary,
                   enum table_format format, int width, const char *want)
{
    char *text = shown(id, rows, summary, format, width);

    assert_string_equal(text, want);
    free(text);
}

/* ---- widths */

static void widths_are_those_of_the_terminal(void **state)
{
    (void)state;
    assert_int_equal(width_of(""), 0);
    assert_int_equal(width_of("Brunei"), 6);
    assert_int_equal(width_of("ประเทศไทย"), 9);
    assert_int_equal(width_of("ที่"), 1); /* a letter and two marks */
    assert_int_equal(width_of("日本"), 4);
    assert_int_equal(width_of("대한민국"), 8);
    assert_int_equal(width_of("Việt Nam"), 8);
    assert_int_equal(width_of("e\xcc\x81"), 1); /* e and an accent */
    assert_int_equal(width_of("📅"), 2);
    assert_int_equal(width_of("\xff\xfe"), 2);
}

static void fitting_never_cuts_a_character(void **state)
{
    (void)state;
    assert_int_equal(width_fit("日本語", 5), 6);
    assert_int_equal(width_fit("日本語", 1), 0);
    assert_int_equal(width_fit("ที่ดี", 1), strlen("ที่"));
    assert_int_equal(width_fit("abc", 10), 3);
}

static void nothing_reaches_a_terminal_that_it_would_obey(void **state)
{
    static const struct {
        const char *text, *clean;
    } pairs[] = {
        {"plain ไทย 日本 📅", "plain ไทย 日本 📅"},
        {"a\033[2Jb", "a?[2Jb"},
        {"a\nb\tc\r", "a b c "},
        {"\x7f\xc2\x9b"
         "1m",
         "??1m"},
        {"\xe2\x80\xae"
         "gpj",
         "?gpj"},
        {"bad \xff\xc3", "bad ??"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *clean = width_clean(NULL, pairs[i].text, "");

        assert_string_equal(clean, pairs[i].clean);
        talloc_free(clean);
    }
}

/* ---- tables */

static const char editions[] =
    "[{\"edition\":\"M-2027\",\"title\":\"t\",\"start\":\"2027-01-18\","
    "\"end\":\"2027-01-22\",\"host\":\"BN\",\"city\":\"Old Harbour\","
    "\"status\":\"proposed\",\"cost\":3,\"warnings\":[]},"
    "{\"edition\":\"JWG-2027-1\",\"start\":\"2027-03-01\",\"end\":"
    "\"2027-03-03\",\"host\":null,\"city\":\"\",\"status\":\"confirmed\","
    "\"cost\":12,\"warnings\":[]}]";

static void editions_are_a_table(void **state)
{
    (void)state;
    expect(VERB_EDITIONS, editions, "{}", TABLE_TEXT, 0,
           "EDITION     START            END              HOST  CITY         "
           "STATUS     COST\n"
           "M-2027      Mon 18 Jan 2027  Fri 22 Jan 2027  BN    Old Harbour  "
           "proposed      3\n"
           "JWG-2027-1  Mon 1 Mar 2027   Wed 3 Mar 2027                      "
           "confirmed    12\n");
}

static void a_summary_follows_the_table(void **state)
{
    (void)state;
    expect(VERB_PLAN, "[{\"edition\":\"M-2027\",\"cost\":3}]",
           "{\"editions\":1,\"proved\":true,\"bound\":null}", TABLE_TEXT, 0,
           "EDITION  COST\n"
           "M-2027      3\n"
           "\n"
           "editions 1, proved yes\n");
    expect(VERB_IMPORT, "[]", "{\"added\":2,\"changed\":0}", TABLE_TEXT, 0,
           "added 2, changed 0\n");
    expect(VERB_EDITIONS, "[]", "{}", TABLE_TEXT, 0, "");
}

static void other_scripts_stay_in_their_columns(void **state)
{
    (void)state;
    expect(
        VERB_MEMBERS,
        "[{\"code\":\"TH\",\"name\":\"ประเทศไทย\",\"zone\":\"Asia/Bangkok\"},"
        "{\"code\":\"JP\",\"name\":\"日本\",\"zone\":\"Asia/Tokyo\"}]",
        NULL, TABLE_TEXT, 0,
        "CODE  NAME       ZONE\n"
        "TH    ประเทศไทย  Asia/Bangkok\n"
        "JP    日本       Asia/Tokyo\n");
}

static void the_last_column_wraps_on_a_terminal_only(void **state)
{
    static const char rows[] =
        "[{\"change\":\"moved\",\"edition\":\"M-2027\",\"field\":\"title\","
        "\"old\":\"a\",\"new\":\"one two three four five six seven\"}]";

    (void)state;
    expect(VERB_DIFF, rows, NULL, TABLE_TEXT, 50,
           "CHANGE  WHAT    FIELD  OLD  NEW\n"
           "moved   M-2027  title  a    one two three four\n"
           "                            five six seven\n");
    expect(VERB_DIFF, rows, NULL, TABLE_TEXT, 0,
           "CHANGE  WHAT    FIELD  OLD  NEW\n"
           "moved   M-2027  title  a    one two three four five six seven\n");
    expect(VERB_DIFF, rows, NULL, TABLE_TEXT, 40,
           "CHANGE  WHAT    FIELD  OLD\n"
           "moved   M-2027  title  a\n"
           "    new: one two three four five six\n"
           "    seven\n");
}

static void diff_names_the_item_or_else_the_edition(void **state)
{
    (void)state;
    expect(VERB_DIFF,
           "[{\"change\":\"moved\",\"edition\":\"M-2027\",\"item\":null,"
           "\"field\":\"start\",\"old\":\"2027-01-18\",\"new\":\"2027-01-25\"},"
           "{\"change\":\"moved\",\"edition\":\"M-2027\",\"item\":\"M-2027/SOM"
           "\",\"field\":\"start\",\"old\":\"2027-01-18T09:00\",\"new\":"
           "\"2027-01-25T09:30\"}]",
           "{\"editions\":1,\"items\":1}", TABLE_TEXT, 0,
           "CHANGE  WHAT        FIELD  OLD                    NEW\n"
           "moved   M-2027      start  Mon 18 Jan 2027        Mon 25 Jan 2027\n"
           "moved   M-2027/SOM  start  Mon 18 Jan 2027 09:00  Mon 25 Jan 2027 "
           "09:30\n"
           "\n"
           "editions 1, items 1\n");
}

static void unknown_rows_show_their_own_members(void **state)
{
    (void)state;
    expect(VERB_FEED_LINT,
           "[{\"feed\":\"all\",\"line_no\":3,\"ok\":false},"
           "{\"feed\":\"x\",\"at\":\"2027-01-18T08:00:00Z\"}]",
           NULL, TABLE_TEXT, 0,
           "FEED  LINE NO  OK  AT\n"
           "all         3  no\n"
           "x                  Mon 18 Jan 2027 08:00 UTC\n");
}

static void the_log_shows_arguments_in_words(void **state)
{
    (void)state;
    expect(VERB_LOG,
           "[{\"at\":\"2026-11-24T06:00:00Z\",\"who\":\"ana\",\"verb\":"
           "\"pin\",\"args\":\"{\\\"task\\\":\\\"M-2027/X\\\",\\\"date\\\""
           ":\\\"2026-10-15\\\"}\",\"reason\":\"\"},{\"who\":\"{odd\"}]",
           NULL, TABLE_TEXT, 0,
           "AT                         WHO   VERB  ARGS\n"
           "Tue 24 Nov 2026 06:00 UTC  ana   pin   task M-2027/X, date Thu 15 "
           "Oct 2026\n"
           "                           {odd\n");
}

static void a_table_cannot_be_broken_from_within(void **state)
{
    (void)state;
    expect(VERB_CONTACTS,
           "[{\"email\":\"a@b.org\",\"name\":\"A\\nB\\u001b[1m\\u202e\"}]",
           NULL, TABLE_TEXT, 0,
           "EMAIL    NAME\n"
           "a@b.org  A B?[1m?\n");
}

/* ---- other shapes */

static void status_is_a_block(void **state)
{
    (void)state;
    expect(VERB_STATUS,
           "[{\"version\":\"0.1.0\",\"now\":\"2026-11-24T00:00:00Z\","
           "\"release\":null,\"held_messages\":3,\"outbox\":{\"queued\":3,"
           "\"held\":0},\"last_error\":null}]",
           NULL, TABLE_TEXT, 0,
           "version:       0.1.0\n"
           "now:           Tue 24 Nov 2026 00:00 UTC\n"
           "release:       -\n"
           "held messages: 3\n"
           "outbox:        queued 3, held 0\n"
           "last error:    -\n");
}

static void blocks_keep_lines_and_lists(void **state)
{
    (void)state;
    expect(
        VERB_SHOW,
        "[{\"code\":\"A\",\"formerly\":[{\"code\":\"B\",\"until\":"
        "\"2019-10-25\"},{\"code\":\"C\"}],\"body\":\"one\\r\\n\\n two\\n\"},"
        "{\"code\":\"Z\",\"bodies\":[\"A\",\"B\"]}]",
        NULL, TABLE_TEXT, 0,
        "code:     A\n"
        "formerly: code B, until Fri 25 Oct 2019\n"
        "          code C\n"
        "body:\n"
        "    one\n"
        "\n"
        "     two\n"
        "\n"
        "code:   Z\n"
        "bodies: A, B\n");
}

static void agendas_are_grouped_by_day(void **state)
{
    (void)state;
    expect(
        VERB_AGENDA,
        "[{\"item\":\"M-2027/SOM\",\"start\":\"2027-01-18T09:00\",\"end\":"
        "\"2027-01-18T12:00\",\"zone\":\"Asia/Brunei\",\"title\":\"7th SOM\","
        "\"bodies\":[\"SOM\",\"ATRC\"],\"status\":\"proposed\"},"
        "{\"item\":\"M-2027/SOM+1:JP\",\"start\":\"2027-01-18T14:00\",\"end\":"
        "\"2027-01-18T14:45\",\"zone\":\"Asia/Brunei\",\"title\":\"7th SOM "
        "with "
        "日本\",\"bodies\":[\"SOM\"],\"status\":\"cancelled\","
        "\"partner_time\":\"15:00 .. 15:45\",\"partner_zone\":"
        "\"Asia/Tokyo\"},"
        "{\"item\":\"M-2027/SOM+1:US\",\"start\":\"2027-01-18T16:00\","
        "\"end\":\"2027-01-18T16:45\",\"zone\":\"Asia/Brunei\",\"title\":"
        "\"7th SOM with US\",\"bodies\":[\"SOM\"],\"status\":\"proposed\","
        "\"partner_time\":\"Sun 03:00 .. 03:45\",\"partner_zone\":"
        "\"America/New_York\"},"
        "{\"item\":\"M-2027/JWG/2\",\"start\":\"2027-01-19T09:00\",\"end\":"
        "\"2027-01-19T10:00\",\"zone\":\"Asia/Brunei\",\"title\":\"JWG\","
        "\"bodies\":[],\"people\":\"experts\",\"status\":\"confirmed\"}]",
        NULL, TABLE_TEXT, 0,
        "Mon 18 Jan 2027 (Asia/Brunei)\n"
        "  09:00-12:00  SOM       SOM, ATRC                                    "
        "       7th SOM\n"
        "  14:00-14:45  SOM+1:JP  SOM        [15:00 Asia/Tokyo]            "
        "cancelled  7th SOM with 日本\n"
        "  16:00-16:45  SOM+1:US  SOM        [03:00 Sun America/New_York]      "
        "       7th SOM with US\n"
        "\n"
        "Tue 19 Jan 2027 (Asia/Brunei)\n"
        "  09:00-10:00  JWG/2     experts                                  "
        "confirmed  JWG\n");
}

static void reasons_come_before_other_dates(void **state)
{
    (void)state;
    expect(
        VERB_WHY,
        "[{\"rule\":\"window 5 Jan .. 5 Mar\",\"at\":\"a.rules:42\",\"kind\":"
        "\"hard\",\"cost\":0,\"text\":\"the first day lies in it\"},"
        "{\"rule\":\"prefer start near 20 Jan\",\"at\":\"a.rules:44\","
        "\"kind\":\"soft\",\"cost\":3,\"text\":\"\"},"
        "{\"start\":\"2027-01-25\",\"end\":\"2027-01-29\",\"possible\":true,"
        "\"cost\":3,\"reasons\":[\"start +3\",\"JWG moves\"]},"
        "{\"start\":\"2027-02-08\",\"possible\":false,\"cost\":null,"
        "\"reasons\":[\"New Year\"]}]",
        NULL, TABLE_TEXT, 0,
        "hard  window 5 Jan .. 5 Mar  (a.rules:42)\n"
        "      the first day lies in it\n"
        "soft  prefer start near 20 Jan  (a.rules:44), costs 3\n"
        "\n"
        "Other dates\n"
        "  Mon 25 Jan 2027  +3            start +3, JWG moves\n"
        "  Mon 8 Feb 2027   not possible  New Year\n");
}

static void findings_look_like_a_compilers(void **state)
{
    (void)state;
    expect(
        VERB_CHECK,
        "[{\"file\":\"a.rules\",\"line\":3,\"column\":7,\"severity\":"
        "\"error\",\"text\":\"unknown word \\\"wndow\\\"\",\"source\":\"\\tไทย "
        "wndow\",\"hint\":\"did you mean `window`?\"},"
        "{\"file\":\"a.rules\",\"line\":9,\"column\":1,\"severity\":"
        "\"warning\",\"text\":\"unused\",\"source\":null,\"hint\":null}]",
        NULL, TABLE_TEXT, 0,
        "a.rules:3:7: error: unknown word \"wndow\"\n"
        "    \tไทย wndow\n"
        "    \t     ^\n"
        "    did you mean `window`?\n"
        "a.rules:9:1: warning: unused\n");
}

static void raw_text_is_printed_as_it_is(void **state)
{
    static const char rows[] =
        "[{\"text\":\"BEGIN:VCALENDAR\\r\\n\"},{\"text\":"
        "\"X\\u001b\\r\\n\"}]";

    (void)state;
    expect(VERB_FEED, rows, "{}", TABLE_TEXT, 0,
           "BEGIN:VCALENDAR\r\nX\033\r\n");
    expect(VERB_FEED, rows, "{}", TABLE_CSV, 0, "BEGIN:VCALENDAR\r\nX\033\r\n");
    expect(VERB_FEED, rows, "{}", TABLE_TEXT, 80, "BEGIN:VCALENDAR\r\nX?\r\n");
    expect(VERB_FEED, rows, "{}", TABLE_JSON, 0,
           "{\"text\":\"BEGIN:VCALENDAR\\r\\n\"}\n{\"text\":\"X\\u001B\\r\\n\"}"
           "\n");
}

/* ---- programs */

static void json_is_one_object_a_line(void **state)
{
    (void)state;
    expect(VERB_PLAN, "[{\"a\":\"ไทย\",\"b\":[1,null]},{}]", "{\"editions\":2}",
           TABLE_JSON, 0, "{\"a\":\"ไทย\",\"b\":[1,null]}\n{}\n");
    expect(VERB_IMPORT, "[]", "{\"added\":2}", TABLE_JSON, 0,
           "{\"added\":2}\n");
    expect(VERB_EDITIONS, "[]", "{\"editions\":0}", TABLE_JSON, 0, "");
}

static void csv_has_every_member(void **state)
{
    (void)state;
    expect(VERB_OUTBOX,
           "[{\"message\":1,\"subject\":\"a, \\\"b\\\"\",\"x\":null},"
           "{\"message\":2,\"bodies\":[\"A\",\"B\"],\"rules\":{\"errors\":0,"
           "\"loaded\":true},\"start\":\"2027-01-18\"}]",
           "{\"n\":2}", TABLE_CSV, 0,
           "\xef\xbb\xbf"
           "message,subject,x,bodies,rules.errors,rules.loaded,start\r\n"
           "1,\"a, \"\"b\"\"\",,,,,\r\n"
           "2,,,A;B,0,true,2027-01-18\r\n");
    expect(VERB_OUTBOX, "[]", "{}", TABLE_CSV, 0, "");
}

static void progress_fits_into_a_line(void **state)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    progress_show(out, 60, 12, 24, "MINISTERIAL-2027 with a long name");
    progress_show(out, 20, 99, 0, "x\033");
    progress_clear(out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, "\r[############            ] 12/24 "
                              "MINISTERIAL-2027\033[K"
                              "\r[                        ] 99/0 \033[K"
                              "\r\033[K");
    free(text);
}

static void every_shape_stands_any_row(void **state)
{
    static const char odd[] =
        "[{},{\"text\":3},{\"start\":1,\"end\":[]},{\"item\":{},\"bodies\":3},"
        "{\"rule\":null,\"cost\":\"x\"},{\"file\":[1,[2,{\"a\":null}]]},"
        "{\"start\":\"2027-99-99T99:99\",\"end\":\"x\",\"column\":9999,"
        "\"source\":\"s\",\"line\":-1},{\"text\":null,\"\":{\"\":{}}}]";

    (void)state;
    for (int id = 0; id < VERB_COUNT; id++)
        for (int format = TABLE_TEXT; format <= TABLE_CSV; format++)
            for (int width = 0; width <= 40; width += 10)
                free(shown((enum verb_id)id, odd, "{}",
                           (enum table_format)format, width));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_those_of_the_terminal),
        cmocka_unit_test(fitting_never_cuts_a_character),
        cmocka_unit_test(nothing_reaches_a_terminal_that_it_would_obey),
        cmocka_unit_test(editions_are_a_table),
        cmocka_unit_test(a_summary_follows_the_table),
        cmocka_unit_test(other_scripts_stay_in_their_columns),
        cmocka_unit_test(the_last_column_wraps_on_a_terminal_only),
        cmocka_unit_test(diff_names_the_item_or_else_the_edition),
        cmocka_unit_test(unknown_rows_show_their_own_members),
        cmocka_unit_test(the_log_shows_arguments_in_words),
        cmocka_unit_test(a_table_cannot_be_broken_from_within),
        cmocka_unit_test(status_is_a_block),
        cmocka_unit_test(blocks_keep_lines_and_lists),
        cmocka_unit_test(agendas_are_grouped_by_day),
        cmocka_unit_test(reasons_come_before_other_dates),
        cmocka_unit_test(findings_look_like_a_compilers),
        cmocka_unit_test(raw_text_is_printed_as_it_is),
        cmocka_unit_test(json_is_one_object_a_line),
        cmocka_unit_test(csv_has_every_member),
        cmocka_unit_test(progress_fits_into_a_line),
        cmocka_unit_test(every_shape_stands_any_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
