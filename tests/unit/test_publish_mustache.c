/*
 * Templates: what the public specification says (its own files are read where
 * $CONVENED_MUSTACHE_SPEC names their directory), and what is ours on top.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/mustache.h"

#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static const char *find_in_object(void *self, const char *name)
{
    return json_string_value(json_object_get(self, name));
}

static char *render(TALLOC_CTX *ctx, const char *template, const json_t *view,
                    json_t *partials, enum mustache_kind kind)
{
    struct mustache_partials find = {find_in_object, partials};
    struct mustache *m;
    struct error err;
    char *out = NULL;

    if (!mustache_parse(ctx, "t", template, kind, false, &find, &m, &err) ||
        !mustache_render(ctx, m, view, &out, &err))
        fail_msg("%s: %s", template, err.text);
    return out;
}

struct row {
    const char *template, *view, *partials, *expected;
    enum mustache_kind kind;
};

static void check_row(const struct row *row)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    json_t *view = json_loads(row->view, JSON_DECODE_ANY, NULL);
    json_t *partials =
        row->partials ? json_loads(row->partials, 0, NULL) : NULL;

    assert_non_null(view);
    assert_string_equal(render(ctx, row->template, view, partials, row->kind),
                        row->expected);
    json_decref(view);
    json_decref(partials);
    talloc_free(ctx);
}

#define CHECK_ROWS(rows)                                                       \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)                  \
    check_row(&rows[i])

static void test_standalone_lines(void **state)
{
    static const struct row rows[] = {
        {"a\n {{#x}} \nb\n\t{{/x}}\nc", "{\"x\":true}", NULL, "a\nb\nc", 0},
        {"a\r\n{{! note }}\r\nb", "{}", NULL, "a\r\nb", 0},
        {"{{#x}}\nb\n{{/x}}", "{\"x\":1}", NULL, "b\n", 0},
        {"{{#x}}{{/x}}\nb", "{}", NULL, "\nb", 0},
        {"  {{x}}\n", "{\"x\":\"v\"}", NULL, "  v\n", 0},
        {"  {{&x}}\n", "{\"x\":\"v\"}", NULL, "  v\n", 0},
        {"a\n  {{!\n two\n lines }}  \nb", "{}", NULL, "a\nb", 0},
        {"a {{!\n two\n lines }}  \nb", "{}", NULL, "a   \nb", 0},
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_partials(void **state)
{
    static const struct row rows[] = {
        /* the source is indented, inserted values are not */
        {"<\n  {{>p}}\n>", "{\"v\":\"x\\ny\"}", "{\"p\":\"1\\n{{v}}\\n2\\n\"}",
         "<\n  1\n  x\ny\n  2\n>", 0},
        /* not alone: not indented, its own newline stays */
        {"  {{>p}}.", "{}", "{\"p\":\"1\\n2\\n\"}", "  1\n2\n.", 0},
        /* indentation adds up */
        {" {{>p}}", "{}", "{\"p\":\"a\\n  {{>q}}\\nb\",\"q\":\"c\\nd\\n\"}",
         " a\n   c\n   d\n b", 0},
        {"[{{>none}}]", "{}", NULL, "[]", 0},
        {"{{>t}}", "{\"v\":1,\"k\":[{\"v\":2,\"k\":[]},{\"v\":3,\"k\":[]}]}",
         "{\"t\":\"({{v}}{{#k}}{{>t}}{{/k}})\"}", "(1(2)(3))", 0},
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_delimiters(void **state)
{
    static const struct row rows[] = {
        {"{{#x}}{{=| |=}}|x|{{/x}}|/x||x|", "{\"x\":\"v\"}", NULL, "v{{/x}}v",
         0},
        {"{{=<% %>=}}<%>p%>{{x}}", "{\"x\":1}", "{\"p\":\"{{x}}\"}", "1{{x}}",
         0},
        {"{{>p}}{{x}}<x>", "{\"x\":1}", "{\"p\":\"{{=< >=}}<x>\"}", "11<x>", 0},
        {"{{=[ ]=}}[&x]", "{\"x\":\"<\"}", NULL, "<", 0},
        {"{{= a\n b =}}a x b", "{\"x\":1}", NULL, "1", 0},
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_names(void **state)
{
    static const struct row rows[] = {
        {"{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", NULL,
         "", 0},
        {"{{#a}}{{d.c}}{{/a}}", "{\"a\":{\"b\":{}},\"d\":{\"c\":\"up\"}}", NULL,
         "up", 0},
        {"{{ a.b }}", "{\"a.b\":1}", NULL, "", 0},
        {"{{#a}}{{.}}{{/a}}", "{\"a\":[[1],2,\"x\"]}", NULL, "2x", 0},
        {"{{#a}}{{x}}{{/a}}", "{\"x\":\"out\",\"a\":{\"x\":null}}", NULL, "",
         0},
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_truth(void **state)
{
    static const struct row rows[] = {
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", NULL, "yes", 0},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", NULL, "no", 0},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":{}}", NULL, "yes", 0},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":[]}", NULL, "no", 0},
        {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{}", NULL, "no", 0},
        {"{{#x}}{{y}}{{/x}}", "{\"x\":true,\"y\":\"up\"}", NULL, "up", 0},
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_numbers(void **state)
{
    static const struct row rows[] = {
        {"{{x}}", "{\"x\":1.21}", NULL, "1.21", 0},
        {"{{x}}", "{\"x\":1.1}", NULL, "1.1", 0},
        {"{{x}}", "{\"x\":0.1234567890123456}", NULL, "0.1234567890123456", 0},
        {"{{x}}", "{\"x\":-9007199254740993}", NULL, "-9007199254740993", 0},
        {"{{x}}", "{\"x\":null}", NULL, "", 0},
        {"{{x}}", "{\"x\":{\"y\":1}}", NULL, "", 0},
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_escaping(void **state)
{
    static const struct row rows[] = {
        {"{{x}}", "{\"x\":\"<a href='b'>&\\\"\"}", NULL,
         "&lt;a href=&#39;b&#39;&gt;&amp;&quot;", MUSTACHE_HTML},
        {"{{x}}", "{\"x\":\"<a href='b'>&\"}", NULL, "<a href='b'>&",
         MUSTACHE_PLAIN},
        /* control characters never come from a value */
        {"{{x}}{{{x}}}", "{\"x\":\"a\\r\\n\\u0007\\tb\\u0085\"}", NULL,
         "a\n\tba\n\tb", MUSTACHE_PLAIN},
        {"{{x}}", "{\"x\":\"a\\u001bb\"}", NULL, "ab", MUSTACHE_HTML},
    };

    (void)state;
    CHECK_ROWS(rows);
}

/* ------------------------------------------------------------------ errors */

struct fault {
    const char *template, *text, *at;
};

static void test_faults(void **state)
{
    static const struct fault faults[] = {
        {"a\n  {{x", "not closed, expected }}", "t:2:3"},
        {"{{{x}}", "not closed, expected }}}", "t:1:1"},
        {"{{#a}}\n{{/b}}", "{{/b}} cannot close {{#a}} of line 1", "t:2:1"},
        {"{{/b}}", "{{/b}} closes nothing", "t:1:1"},
        {"\xc3\xa9 {{#a}}{{^b}}{{/b}}", "{{#a}} is not closed", "t:1:3"},
        {"{{}}", "is no name", "t:1:1"},
        {"{{a b}}", "\"a b\" is no name", "t:1:1"},
        {"{{a..b}}", "is no name", "t:1:1"},
        {"{{=a=}}", "delimiters are two words", "t:1:1"},
        {"{{=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b=}}", "delimiters",
         "t:1:1"},
        {"{{=a b c=}}", "delimiters are two words", "t:1:1"},
        {"{{=\n=}}", "delimiters are two words", "t:1:1"},
        {"x{{>nobody}}", "no partial \"nobody\"", "t:1:2"},
        {"{{{title}}}", "not escaped", "t:1:1"},
        {"{{&title}}", "not escaped", "t:1:1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct mustache *m = NULL;
        struct error err = {0};

        if (mustache_parse(NULL, "t", faults[i].template, MUSTACHE_HTML, true,
                           NULL, &m, &err))
            fail_msg("%s is taken", faults[i].template);
        assert_null(m);
        if (!strstr(err.text, faults[i].text))
            fail_msg("%s: %s", faults[i].template, err.text);
        assert_string_equal(err.at, faults[i].at);
    }
}

static void test_raw_by_name(void **state)
{
    struct mustache *m;
    struct error err;

    (void)state;
    assert_true(mustache_parse(NULL, "t", "{{{body_html}}}{{&year_svg}}",
                               MUSTACHE_HTML, true, NULL, &m, &err));
    talloc_free(m);
    assert_true(mustache_parse(NULL, "t", "{{{title}}}", MUSTACHE_PLAIN, true,
                               NULL, &m, &err));
    talloc_free(m);
}

/* A fault of a partial is told at its own place. */
static void test_fault_in_partial(void **state)
{
    json_t *partials = json_pack("{s:s}", "foot", "one\n{{#two}}");
    struct mustache_partials find = {find_in_object, partials};
    struct mustache *m;
    struct error err;

    (void)state;
    assert_false(mustache_parse(NULL, "t", "{{>foot}}", MUSTACHE_HTML, true,
                                &find, &m, &err));
    assert_string_equal(err.at, "foot:2:1");
    json_decref(partials);
}

static void test_unknown_names(void **state)
{
    static const char *known[] = {"edition", "title", "host", NULL};
    struct mustache *m;
    struct error err;

    (void)state;
    assert_true(mustache_parse(NULL, "t",
                               "{{#edition}}{{title}}{{.}}{{/edition}}\n"
                               "{{edition.host}} {{^tilte}}{{/tilte}}",
                               MUSTACHE_HTML, true, NULL, &m, &err));
    assert_false(mustache_check_names(m, known, &err));
    assert_non_null(strstr(err.text, "\"tilte\", did you mean title?"));
    assert_string_equal(err.at, "t:2:18");
    talloc_free(m);
    assert_true(mustache_parse(NULL, "t", "{{#edition}}{{title}}{{/edition}}",
                               MUSTACHE_HTML, true, NULL, &m, &err));
    assert_true(mustache_check_names(m, known, &err));
    talloc_free(m);
}

/* ------------------------------------------------------------------ bounds */

static void fails_to_render(const char *template, json_t *view,
                            const char *text)
{
    json_t *partials = json_pack("{s:s}", "p", "{{#a}}{{>p}}{{/a}}");
    struct mustache_partials find = {find_in_object, partials};
    struct mustache *m;
    struct error err;
    char *out;

    assert_true(mustache_parse(NULL, "t", template, MUSTACHE_PLAIN, true, &find,
                               &m, &err));
    assert_false(mustache_render(m, m, view, &out, &err));
    assert_int_equal(err.code, REPLY_INTERNAL);
    if (!strstr(err.text, text))
        fail_msg("%s", err.text);
    talloc_free(m);
    json_decref(partials);
    json_decref(view);
}

static void test_bounds(void **state)
{
    char *million = memory_array(NULL, 1, 1000001, "million");
    json_t *list = json_array();

    (void)state;
    memset(million, 'x', 1000000);
    for (int i = 0; i < 100; i++)
        json_array_append_new(list, json_integer(i));
    fails_to_render("{{>p}}", json_pack("{s:i}", "a", 1), "partials nested");
    fails_to_render("{{#l}}{{x}}{{/l}}",
                    json_pack("{s:O,s:s}", "l", list, "x", million),
                    "makes more than");
    fails_to_render(
        "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{y}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
        json_pack("{s:O}", "l", list), "does not come to an end");
    json_decref(list);
    talloc_free(million);
}

static void test_deep_sections(void **state)
{
    char *text = text_format(NULL, "%s", "");
    struct mustache *m;
    struct error err;

    (void)state;
    for (int i = 0; i < 100; i++)
        text = talloc_strdup_append(text, "{{^a}}");
    for (int i = 0; i < 100; i++)
        text = talloc_strdup_append(text, "{{/a}}");
    assert_false(
        mustache_parse(NULL, "t", text, MUSTACHE_HTML, true, NULL, &m, &err));
    assert_non_null(strstr(err.text, "sections nested"));
    talloc_free(text);
}

/* ------------------------------------------------------- the specification */

static size_t run_spec_file(const char *directory, const char *name)
{
    char *path = text_format(NULL, "%s/%s.json", directory, name);
    json_t *file = json_load_file(path, 0, NULL), *test;
    size_t i;

    if (!file)
        fail_msg("cannot read %s", path);
    json_array_foreach(json_object_get(file, "tests"), i, test)
    {
        json_t *data = json_object_get(test, "data");
        char *out =
            render(path, json_string_value(json_object_get(test, "template")),
                   data, json_object_get(test, "partials"), MUSTACHE_HTML);

        if (strcmp(out, json_string_value(json_object_get(test, "expected"))))
            fail_msg("%s: %s: %s", name,
                     json_string_value(json_object_get(test, "name")), out);
    }
    i = json_array_size(json_object_get(file, "tests"));
    json_decref(file);
    talloc_free(path);
    return i;
}

static void test_specification(void **state)
{
    static const char *names[] = {"comments", "delimiters", "interpolation",
                                  "inverted", "partials",   "sections"};
    const char *directory = getenv("CONVENED_MUSTACHE_SPEC");
    size_t n = 0;

    (void)state;
    if (!directory)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        n += run_spec_file(directory, names[i]);
    assert_true(n >= 136);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standalone_lines),
        cmocka_unit_test(test_partials),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_truth),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_raw_by_name),
        cmocka_unit_test(test_fault_in_partial),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_deep_sections),
        cmocka_unit_test(test_specification),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
