/*
 * Findings: the golden files that an officer could read, and input that no
 * officer wrote. To accept new texts after a change, run this test with
 * GOLDEN_UPDATE=1 and read the difference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "rules_helper.h"

#include <cmocka.h>

#define GOLDEN SOURCE_DIR "/tests/golden/rules/"

/* The source of a golden file, under its name without the path. */
static struct source golden(TALLOC_CTX *ctx, const char *name)
{
    struct source s = read_file(ctx, text_format(ctx, GOLDEN "%s", name));

    s.name = name;
    return s;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(0, fclose(f));
}

static void check_golden(const char *name, const char *const *tables, size_t n,
                         bool loads)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *rules = text_format(ctx, "%s.rules", name), *said;
    char *expected = text_format(ctx, GOLDEN "%s.expected", name);
    struct source text = golden(ctx, rules), table[4];
    struct diagnostics found;

    for (size_t i = 0; i < n; i++)
        table[i] = golden(ctx, tables[i]);
    assert_true(loads == (rules_read(ctx, &text, 1, table, n, &found) != NULL));
    said = findings_print(ctx, &found);
    if (getenv("GOLDEN_UPDATE"))
        write_file(expected, said);
    assert_string_equal(read_file(ctx, expected).text, said);
    talloc_free(ctx);
}

static void twenty_errors(void **state)
{
    (void)state;
    check_golden("twenty-errors", NULL, 0, false);
}

static void warnings(void **state)
{
    (void)state;
    check_golden("warnings", NULL, 0, true);
}

static void a_newcomer_is_told_what_to_write(void **state)
{
    (void)state;
    check_golden("newcomer", NULL, 0, false);
}

static void tables(void **state)
{
    static const char *const names[] = {"up.csv", "lo.csv"};

    (void)state;
    check_golden("tables", names, 2, false);
}

/* ---- single texts */

static void check_said(const char *text, size_t size, const char *const *wanted)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct source s = {"test.rules", text, size};
    struct diagnostics found;
    const struct rules *r = rules_read(ctx, &s, 1, NULL, 0, &found);
    char *said = findings_print(ctx, &found);

    assert_true((r != NULL) == (found.errors == 0));
    for (; *wanted; wanted++)
        if (!strstr(said, *wanted))
            fail_msg("wanted \"%s\":\n%s", *wanted, said);
    talloc_free(ctx);
}

#define CHECK_SAID(text, ...)                                                  \
    check_said(text, sizeof text - 1, (const char *const[]){__VA_ARGS__, NULL})

static void sectors(void **state)
{
    (void)state;
    CHECK_SAID("", "1:1: error: the file has no \"sector\"",
               "add: sector CODE \"Title\"");
    CHECK_SAID("# nothing\n\n", "1:1: error: the file has no \"sector\"");
    CHECK_SAID("sector A \"A\"\nsector B \"B\"\n",
               "2:1: error: \"sector\" is given twice, first on line 1");
}

static void circles(void **state)
{
    (void)state;
    CHECK_SAID(BASE "cluster A \"A\" times 1 per cycle lasts 1 day host UP\n"
                    "  after B 1 day .. 2 days\n"
                    "cluster B \"B\" times 1 per cycle lasts 1 day host UP\n"
                    "  after C 1 day .. 2 days\n"
                    "cluster C \"C\" times 1 per cycle lasts 1 day host UP\n"
                    "  before MAIN 1 day ..\n"
                    "  after A 1 day .. 2 days\n",
               "this order runs in a circle: A, C, B, A");
    CHECK_SAID(BASE "cluster A \"A\" times 1 per cycle lasts 1 day host UP\n"
                    "  event X \"X\" open 1 day after Y\n"
                    "  event Y \"Y\" open 1 day after Z\n"
                    "  event Z \"Z\" open 1 day after X\n"
                    "  event P \"P\" open 1 day before Q\n"
                    "  event Q \"Q\" open 1 day before P\n",
               "circle: X, Z, Y, X", "circle: P, Q, P");
    CHECK_SAID(BASE "workflow W\n"
                    "  step A \"A\" due 1 day after B by host\n"
                    "  step B \"B\" due 1 day after A by host\n",
               "circle: A, B, A");
    CHECK_SAID(BASE "cluster A \"A\" times 1 per cycle lasts 1 day host UP\n"
                    "  before next MAIN 1 day .. 3 months\n"
                    "  after MAIN 1 day .. 3 months\n"
                    "  after A 1 day ..\n",
               "17:3: error: A cannot come after itself");
}

/* The same with `next` only is no circle. */
static void no_circle(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;

    (void)state;
    assert_non_null(
        read_text(ctx,
                  BASE "cluster A \"A\" times 1 per cycle lasts 1 day host UP\n"
                       "  before next MAIN 1 day .. 3 months\n"
                       "  after MAIN 1 day .. 3 months\n",
                  &found));
    assert_int_equal(0, found.n);
    talloc_free(ctx);
}

static void hints(void **state)
{
    (void)state;
    CHECK_SAID("sector A \"A\"\nmemebr X \"X\" since 2000-01-01\n",
               "2:1: error: \"memebr\" is no statement",
               "did you mean member?");
    CHECK_SAID(BASE "held MAIM 2026 2026-01-01 .. 2026-01-02 in UP\n",
               "unknown cluster \"MAIM\"", "did you mean MAIN?");
    CHECK_SAID(BASE "people x sit in MAIN\n", "unknown body \"MAIN\"",
               "\"MAIN\" is a cluster (line 10)");
    CHECK_SAID(BASE "  member MI \"Mi\" since 2000-01-01\n",
               "is a statement and may not be indented");
    CHECK_SAID(BASE "window 1 Jan .. 2 Feb\n",
               "no statement but a clause of cluster", "indent it");
    CHECK_SAID(BASE
               "cluster A-2027 \"A\" times 1 per cycle lasts 1 day host UP\n",
               "ends like the name of an edition");
    CHECK_SAID("  window 1 Jan .. 2 Feb\n", "without a statement above it");
    CHECK_SAID(BASE "workday UP 2027-01-01 2027-01-02\n",
               "unexpected \"2027-01-02\": nothing may follow");
}

/* An error in one clause does not hide errors in the next. */
static void recovery(void **state)
{
    (void)state;
    CHECK_SAID(BASE "cluster A \"A\" times twice window 1 Jan .. 32 Jan lasts "
                    "three days host NOBODY\n"
                    "  after NOWHERE 1 week .. 2 weaks\n",
               "14:21: error: expected \"as\" or a number after \"times\"",
               "14:43: error: there is no 32 Jan",
               "14:56: error: expected a number of days after \"lasts\"",
               "14:72: error: unknown rotation or member \"NOBODY\"",
               "15:9: error: unknown cluster \"NOWHERE\"",
               "15:27: error: \"weaks\" is no unit of time");
}

/* One line that makes no sense is one error. */
static void nonsense(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;

    (void)state;
    assert_null(read_text(ctx,
                          BASE "member MI \"Middle\" since 2000-01-01\n"
                               "  qqqqqq holidays zone weekend until\n"
                               "what is this for\n"
                               "  and this\n",
                          &found));
    assert_int_equal(2, found.errors);
    assert_int_equal(15, found.rows[0].where.line);
    assert_int_equal(16, found.rows[1].where.line);
    talloc_free(ctx);
}

/* Lengths of different units compare only where it is certain. */
static void distances(void **state)
{
    (void)state;
    CHECK_SAID(BASE "cluster A \"A\" times 1 per cycle lasts 1 day host UP\n"
                    "  after MAIN 2 months .. 7 weeks\n"
                    "  apart from previous 4 weeks .. 27 days\n"
                    "  before next MAIN 1 week .. 2 weeks, ideally 1 month\n",
               "the least distance, 2 months, is more than the greatest",
               "the least distance, 4 weeks, is more than the greatest",
               "the ideal distance, 1 month, lies outside");
}

static void uncertain_distances(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;

    (void)state;
    assert_non_null(read_text(
        ctx,
        BASE "cluster A \"A\" times 1 per cycle lasts 1 day host UP\n"
             "  after MAIN 1 month .. 4 weeks\n"
             "  apart from previous 30 days .. 1 month, ideally 31 days\n",
        &found));
    talloc_free(ctx);
}

static void octets(void **state)
{
    (void)state;
    CHECK_SAID("sector A \"A\0\"\n", "1:12: error: a NUL octet");
    CHECK_SAID("sector A \"\xc3\xa9\xff\"\n", "1:12: error: this is not UTF-8",
               "    sector A \"\xc3\xa9?\"\n               ^\n");
    CHECK_SAID("sector A \"\x1b[31m\"\n", "1:11: error: a control character");
    CHECK_SAID("sector A \"\xed\xa0\x80\"\n", "this is not UTF-8");
    CHECK_SAID("sector A \"A\n", "1:10: error: this quotation mark");
    CHECK_SAID("sector A \u201cA\u201d\n", "write straight quotes: \"");
    CHECK_SAID("sector A; \"A\"\n", "1:9: error: unexpected character \";\"");
    CHECK_SAID("sector Z\xc3\xbcrich \"A\"\n", "1:8: error: \"Z\xc3\xbcrich\" "
                                               "is no code");
    CHECK_SAID("sector A \"A\"\nmember X. \"X\" since 2000-01-01\n",
               "a range is written with two dots");
}

static void endings(void **state)
{
    static const char text[] = "\xef\xbb\xbfsector A \"A\"\r\n"
                               "\tnotice 3 days # a note\r\n"
                               "  levels x";
    struct source s = {"t", text, sizeof text - 1};
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;
    const struct rules *r = rules_read(ctx, &s, 1, NULL, 0, &found);

    (void)state;
    assert_non_null(r);
    assert_int_equal(3, r->sectors->notice.n);
    assert_string_equal("x", r->sectors->levels[0]);
    talloc_free(ctx);
}

/* `size` octets of a repeated text, read: findings or not, no crash. */
static void check_flood(const char *piece, const char *wanted)
{
    const size_t size = 1 << 20;
    char *text = malloc(size + 1);
    const char *const said[] = {wanted, NULL};

    for (size_t i = 0; i < size; i++)
        text[i] = piece[i % strlen(piece)];
    text[size] = '\0';
    check_said(text, size, said);
    free(text);
}

static void floods(void **state)
{
    (void)state;
    check_flood("x", "longer than 4096 octets");
    check_flood("\"\n", "too many errors");
    check_flood("member A \"A\" since 2000-01-01\n",
                "more than 20000 statements");
    check_flood(",..,..\n", "too many errors");
    check_flood("  meeting\n", "without a statement");
    check_flood("cluster window before 1 .. 2 , ideally (\n",
                "too many errors");
    check_flood("\n", "no \"sector\"");
}

static void long_lines(void **state)
{
    char text[4300], *p = text;
    const char *const too_long[] = {"1:1: error: this line is longer", NULL};
    const char *const cut[] = {"...", "unknown level \"b\"", NULL};

    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "sector A \"A\"", 12);
    check_said(text, 4200, too_long);
    p += sprintf(p, BASE "body B \"B\"");
    memset(p, ' ', 300);
    (void)sprintf(p + 300, "level b\n");
    check_said(text, strlen(text), cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_errors),
        cmocka_unit_test(warnings),
        cmocka_unit_test(a_newcomer_is_told_what_to_write),
        cmocka_unit_test(tables),
        cmocka_unit_test(sectors),
        cmocka_unit_test(circles),
        cmocka_unit_test(no_circle),
        cmocka_unit_test(hints),
        cmocka_unit_test(recovery),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(distances),
        cmocka_unit_test(uncertain_distances),
        cmocka_unit_test(octets),
        cmocka_unit_test(endings),
        cmocka_unit_test(floods),
        cmocka_unit_test(long_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
