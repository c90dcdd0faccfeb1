/* Text, CSV, memory, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/csv.h"
#include "daemon/base/error.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static bool failing(struct error *err, const char *text)
{
    return fail(err, REPLY_INPUT, "%s", text);
}

static bool cutting(struct error *err, const char *text)
{
    return fail(err, REPLY_INPUT, "\"%.5s\" is no date", text);
}

#include <cmocka.h>

static void utf8_is_checked(void **state)
{
    static const struct {
        const char *text;
        bool clean;
    } rows[] = {
        {"plain", true},
        {"Viá\xbb\x87t", false},
        {"Vi\xe1\xbb\x87t Nam", true},
        {"\xc0\xaf", false},
        {"\xed\xa0\x80", false},
        {"\xf4\x90\x80\x80", false},
        {"\xf0\x9f\x87\xbb", true},
        {"a\x01", false},
        {"a\x7f", false},
        {"a\xc2\x85", false},
        {"a\nb", false},
        {"\xe1\xbb", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(text_is_clean(rows[i].text, strlen(rows[i].text), ""),
                         rows[i].clean);
    assert_true(text_is_clean("a\nb", 3, "\n"));
    assert_false(text_is_clean("a\0b", 3, ""));
}

static void words_that_are_meant_are_found(void **state)
{
    static const char *const words[] = {"window", "weekend", "workflow", NULL};

    (void)state;
    assert_string_equal(text_nearest("windwo", words), "window");
    assert_string_equal(text_nearest("WEKEND", words), "weekend");
    assert_null(text_nearest("banana", words));
    assert_int_equal(text_distance("ab", "ba"), 1);
    assert_int_equal(text_distance("", "abc"), 3);
}

static void lists_are_split_and_trimmed(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char **parts = text_split(ctx, " a ,, b,c ", ',');

    (void)state;
    assert_string_equal(parts[0], "a");
    assert_string_equal(parts[1], "b");
    assert_string_equal(parts[2], "c");
    assert_null(parts[3]);
    assert_string_equal(text_ordinal(ctx, 1), "1st");
    assert_string_equal(text_ordinal(ctx, 11), "11th");
    assert_string_equal(text_ordinal(ctx, 22), "22nd");
    assert_string_equal(text_ordinal(ctx, 113), "113th");
    assert_string_equal(text_ordinal(ctx, 33), "33rd");
    talloc_free(ctx);
}

static bool read_csv(TALLOC_CTX *ctx, const char *text, struct csv *csv,
                     struct error *err)
{
    static const char *const columns[] = {"email", "name", "?zone", NULL};

    return csv_read(ctx, "c.csv", text, strlen(text), columns, csv, err);
}

static void csv_reads_what_office_programs_write(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct csv csv;
    struct error err;

    (void)state;
    assert_true(read_csv(ctx,
                         "\xef\xbb\xbfname,email\r\n"
                         "\"Desk, \"\"north\"\"\",a@b.example\r\n\r\n"
                         "\"two\nlines\",c@d.example",
                         &csv, &err));
    assert_int_equal(csv.n, 2);
    assert_string_equal(csv.rows[0].fields[1], "Desk, \"north\"");
    assert_string_equal(csv.rows[0].fields[0], "a@b.example");
    assert_string_equal(csv.rows[0].fields[2], "");
    assert_int_equal(csv.rows[1].line, 4);
    assert_true(read_csv(ctx,
                         "name;email;zone\r\n\"Desk; south\";a@b.example;\r\n"
                         "Desk, west;c@d.example;UTC\r\n",
                         &csv, &err));
    assert_int_equal(csv.n, 2);
    assert_string_equal(csv.rows[0].fields[1], "Desk; south");
    assert_string_equal(csv.rows[1].fields[1], "Desk, west");
    assert_true(read_csv(ctx, "email\tname\na@b.example\tX\n", &csv, &err));
    assert_string_equal(csv.rows[0].fields[1], "X");
    talloc_free(ctx);
}

static void csv_faults_name_their_line(void **state)
{
    static const struct {
        const char *text, *at, *says;
    } rows[] = {
        {"email,nmae\n", "c.csv:1:2", "did you mean name"},
        {"email\n", "c.csv:1:1", "\"name\" is missing"},
        {"email,name\na@b,x\nc@d\n", "c.csv:3:1", "1 fields, but 2 columns"},
        {"email,name\n\"open,x\n", "c.csv:2:1", "quote"},
        {"email,name\na,\x01\n", "c.csv:2:2", "control"},
        {"", "c.csv:1:1", "empty"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct csv csv;
        struct error err;

        assert_false(read_csv(ctx, rows[i].text, &csv, &err));
        assert_string_equal(err.at, rows[i].at);
        assert_non_null(strstr(err.text, rows[i].says));
        talloc_free(ctx);
    }
}

static void csv_fields_are_no_formulas(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    assert_string_equal(csv_field(ctx, "plain"), "plain");
    assert_string_equal(csv_field(ctx, "a,\"b\""), "\"a,\"\"b\"\"\"");
    assert_string_equal(csv_field(ctx, "=1+1"), "\"'=1+1\"");
    assert_string_equal(csv_field(ctx, "\uff1d1+1"), "\"'\uff1d1+1\"");
    assert_string_equal(csv_field(ctx, "\uff10"), "\uff10");
    talloc_free(ctx);
}

/* What a precision or the buffer's end cuts is cut between characters. */
static void errors_stay_utf8(void **state)
{
    struct error err;
    char text[600];

    (void)state;
    (void)cutting(&err, "\u1780\u1798\u17b6");
    assert_string_equal(err.text, "\"\u1780\" is no date");
    (void)wrap(&err, "%.4s", "\u00e9\u1780");
    assert_string_equal(err.text, "\u00e9: \"\u1780\" is no date");
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\u1780", 4);
    (void)failing(&err, text);
    assert_int_equal(strlen(err.text), 510); /* of 511: a third each */
    (void)wrap(&err, "x");
    assert_true(text_is_utf8(err.text, strlen(err.text)));
}

static void errors_gather_context(void **state)
{
    struct error err;

    (void)state;
    assert_false(failing(&err, "inner"));
    assert_false(wrap(&err, "outer %d", 1));
    assert_string_equal(err.text, "outer 1: inner");
    assert_false(fail_at(&err, "f", 2, 3));
    assert_string_equal(err.at, "f:2:3");
    for (int i = 0; i < 100; i++)
        assert_false(wrap(&err, "again and again"));
    assert_true(strlen(err.text) < sizeof err.text);
    assert_int_equal(reply_exit(REPLY_CONFLICT), 73);
    assert_int_equal(reply_of_word("notfound"), REPLY_NOTFOUND);
    assert_int_equal(reply_of_word("nonsense"), REPLY_INTERNAL);
}

static int ended;

static void end_thing(void *thing)
{
    ended += *(int *)thing;
}

static void memory_grows_and_holds(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    int *numbers = NULL, thing = 5;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        numbers = array_grow(ctx, numbers, int, (size_t)i + 1);
        numbers[i] = i;
    }
    assert_int_equal(numbers[999], 999);
    (void)memory_hold(ctx, &thing, end_thing);
    talloc_free(ctx);
    assert_int_equal(ended, 5);
}

static void files_are_read_whole_or_refused(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct error err;
    char *text;
    size_t size;

    (void)state;
    assert_true(text_read_file(ctx, SOURCE_DIR "/CMakeLists.txt", 1 << 20,
                               &text, &size, &err));
    assert_int_equal(strlen(text), size);
    assert_false(text_read_file(ctx, SOURCE_DIR "/CMakeLists.txt", 10, &text,
                                &size, &err));
    assert_false(text_read_file(ctx, SOURCE_DIR, 10, &text, &size, &err));
    assert_false(text_read_file(ctx, "/nonexistent", 10, &text, &size, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    talloc_free(ctx);
}

static void file_make(TALLOC_CTX *ctx, const char *directory, const char *name)
{
    FILE *f = fopen(text_format(ctx, "%s/%s", directory, name), "w");

    assert_non_null(f);
    assert_true(fputs(name, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void a_directory_is_read_by_name(void **state)
{
    static const char *const names[] = {"b.csv", ".c.csv", "a.csv", "d.txt",
                                        ".csv"};
    TALLOC_CTX *ctx = talloc_new(NULL);
    char directory[] = "/tmp/convened-text-XXXXXX";
    struct text_file *files;
    struct error err;
    size_t n;

    (void)state;
    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        file_make(ctx, directory, names[i]);
    assert_true(
        text_read_files(ctx, directory, ".csv", 2, 9, &files, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(files[0].name, "a");
    assert_string_equal(files[0].text, "a.csv");
    assert_int_equal(files[0].size, 5);
    assert_string_equal(files[1].path, text_format(ctx, "%s/b.csv", directory));
    assert_false(
        text_read_files(ctx, directory, ".csv", 1, 9, &files, &n, &err));
    assert_non_null(strstr(err.text, "more than 1 files end in .csv"));
    assert_false(
        text_read_files(ctx, directory, ".csv", 2, 4, &files, &n, &err));
    assert_non_null(strstr(err.text, "at most 4 bytes"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(unlink(text_format(ctx, "%s/%s", directory, names[i])),
                         0);
    assert_true(
        text_read_files(ctx, directory, ".csv", 2, 9, &files, &n, &err));
    assert_int_equal(n, 0);
    assert_int_equal(rmdir(directory), 0);
    assert_false(
        text_read_files(ctx, directory, ".csv", 2, 9, &files, &n, &err));
    assert_non_null(strstr(err.text, "No such file"));
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(words_that_are_meant_are_found),
        cmocka_unit_test(lists_are_split_and_trimmed),
        cmocka_unit_test(csv_reads_what_office_programs_write),
        cmocka_unit_test(csv_faults_name_their_line),
        cmocka_unit_test(csv_fields_are_no_formulas),
        cmocka_unit_test(errors_gather_context),
        cmocka_unit_test(errors_stay_utf8),
        cmocka_unit_test(memory_grows_and_holds),
        cmocka_unit_test(files_are_read_whole_or_refused),
        cmocka_unit_test(a_directory_is_read_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
