/*
 * Letters: golden texts, subjects of one line, broken lines; directories of
 * templates with faults.
 */
#include "page_golden.h"

#include <sys/stat.h>
#include <unistd.h>

static struct templates *shipped(TALLOC_CTX *ctx)
{
    struct templates *t;
    struct error err;

    if (!templates_load(ctx, SOURCE_DIR "/templates", &t, &err))
        fail_msg("%s: %s", err.at, err.text);
    return t;
}

static struct letter letter(TALLOC_CTX *ctx, const char *name, const char *view)
{
    json_error_t bad;
    json_t *v = json_loads(view, 0, &bad);
    struct letter l;
    struct error err;

    if (!v)
        fail_msg("%s at %d", bad.text, bad.line);
    if (!letter_render(ctx, shipped(ctx), name, v, &l, &err))
        fail_msg("%s", err.text);
    json_decref(v);
    return l;
}

#define COMMON                                                                 \
    "'calendar_name':'Digital Calendar','release':3,"                          \
    "'base_url':'https://calendar.example.org',"                               \
    "'secretariat':'secretariat@example.org',"                                 \
    "'recipient':{'email':'aiko@example.jp','of':'JP'},"                       \
    "'edition':{'name':'The Week 2027','when':'18-22 January 2027',"           \
    "'city':'Bandar Seri Begawan','host_name':'Brunei Darussalam',"            \
    "'url':'https://calendar.example.org/editions/WEEK-2027'},"

/* JSON with ' for ". */
static char *json(TALLOC_CTX *ctx, const char *text)
{
    char *copy = memory_text(ctx, text);

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static void check_letter(const char *name, const char *view)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct letter l = letter(ctx, name, json(ctx, view));

    check_golden(text_format(ctx, "%s.txt", name),
                 text_format(ctx, "Subject: %s\n\n%s", l.subject, l.text));
    if (l.html)
        check_golden(text_format(ctx, "%s.html", name), l.html);
    talloc_free(ctx);
}

#define ONE_ITEM                                                               \
    "'items':[{'title':'7th SOM <&>','day':'Mon 18 Jan 2027',"                 \
    "'city':'Bandar Seri Begawan','status':'confirmed',"                       \
    "'venue_time':'Mon 18 Jan 2027 09:00-12:30 (Bandar Seri Begawan, "         \
    "UTC+8)','your_time':'Mon 18 Jan 2027 10:00-13:30 (Tokyo, UTC+9)',"        \
    "'utc_time':'Mon 18 Jan 2027 01:00-04:30 (UTC)'}]"

/* What somebody is told of single meetings, and the desk of anything. */
static void test_golden_of_invitations(void **state)
{
    (void)state;
    check_letter("invitation",
                 "{" COMMON "'updated':'Updated: ','answer_url':"
                 "'https://calendar.example.org/rsvp/abc'," ONE_ITEM "}");
    check_letter("cancellation", "{" COMMON ONE_ITEM "}");
    check_letter("welcome",
                 "{" COMMON "'any_your_time':true,'leave_url':"
                 "'https://calendar.example.org/unsubscribe/abc'," ONE_ITEM
                 "}");
    check_letter("notice", "{" COMMON "'text':'a@example.org <x> proposes "
                           "another time'}");
}

/* Every letter has both forms. */
static void test_every_letter_has_html(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *const *names = letter_names(shipped(ctx));

    (void)state;
    for (size_t i = 0; names[i]; i++)
        if (!letter(ctx, names[i], json(ctx, "{" COMMON "'headline':'x'}"))
                 .html)
            fail_msg("%s has no HTML form", names[i]);
    talloc_free(ctx);
}

static void test_golden(void **state)
{
    (void)state;
    check_letter(
        "reminder",
        "{" COMMON "'headline':'7th SOM','lead':'14 days','has_items':true,"
        "'any_your_time':true,'items':[{'title':'7th SOM',"
        "'venue_time':'Mon 18 Jan 2027 09:00-12:30 (Bandar Seri Begawan, "
        "UTC+8)','your_time':'Mon 18 Jan 2027 10:00-13:30 (Asia/Tokyo, UTC+9)',"
        "'utc_time':'Mon 18 Jan 2027 01:00-04:30 (UTC)'}]}");
    check_letter("task",
                 "{" COMMON "'headline':'7th SOM','task':{'task':'WEEK-2027/"
                 "PAPERS','title':'Working papers out','owner':'secretariat',"
                 "'due_text':'Mon 21 December 2026'}}");
    check_letter("overdue",
                 "{" COMMON
                 "'headline':'7th SOM','desk':true,'late':3,'late_text':'3 "
                 "working days',"
                 "'task':{'task':'WEEK-2027/PAPERS','title':'Working papers "
                 "out','owner':'secretariat',"
                 "'due_text':'Mon 21 December 2026'}}");
    check_letter(
        "digest",
        "{" COMMON "'headline':'7th SOM','headline_when':'18-22 January 2027',"
        "'more_text':'and 1 more','note':'Two dates moved','groups':["
        "{'what':'The Week 2027','when':'18-22 January 2027',"
        "'place':'Bandar Seri Begawan',"
        "'url':'https://calendar.example.org/editions/WEEK-2027','changes':["
        "{'item':null,'change':'moved','what':'The Week 2027',"
        "'old_text':'11-15 January 2027','new_text':'18-22 January 2027'},"
        "{'item':'WEEK-2027/SOM','change':'venue','what':'7th SOM',"
        "'what_changed':'city','old_text':'Tutong','new_text':'Bandar Seri "
        "Begawan'}]},"
        "{'what':'Working Group 2027/2','when':'1-2 June 2027','place':"
        "'Jakarta','url':'https://calendar.example.org/editions/WORK-2027-2',"
        "'changes':[{'item':null,'change':'cancelled','what':'x'}]}]}");
}

/* What people typed cannot become markup, nor an address a script. */
static void test_html_escapes(void **state)
{
    static const char *const names[] = {"digest", "reminder", "task"};
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct letter l = letter(
            ctx, names[i],
            json(ctx, "{'calendar_name':'<a>','note':'<b&c>','has_items':true,"
                      "'task':{'title':'<b&c>'},'items':[{'title':'<b&c>'}]}"));

        assert_non_null(l.html);
        assert_null(strstr(l.html, "<b&c>"));
        assert_non_null(strstr(l.html, "&lt;b&amp;c&gt;"));
        assert_non_null(strstr(l.html, "</html>"));
    }
    talloc_free(ctx);
}

static void test_subject_is_one_line(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct letter l =
        letter(ctx, "reminder",
               "{\"headline\":\"A\\r\\nBcc: x@example.org\\n\\tB\\u0007\"}");

    (void)state;
    assert_string_equal(l.subject, "Reminder: A Bcc: x@example.org B");
    talloc_free(ctx);
}

static void test_long_lines_are_broken(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *title = memory_text(ctx, "word");
    struct letter l;

    (void)state;
    for (int i = 0; i < 60; i++)
        title = text_format(ctx, "%s séance%d", title, i);
    l = letter(
        ctx, "reminder",
        text_format(ctx, "{\"headline\":\"h\",\"items\":[{\"title\":\"%s\"}]}",
                    title));
    for (const char *line = l.text; *line;) {
        size_t n = strcspn(line, "\n"), columns = 0;

        for (size_t i = 0; i < n; i++)
            columns += ((unsigned char)line[i] & 0xc0) != 0x80;
        if (columns > 72)
            fail_msg("%zu columns: %.*s", columns, (int)n, line);
        line += n + (line[n] == '\n');
    }
    assert_non_null(strstr(l.text, "\n  séance")); /* below its own text */
    talloc_free(ctx);
}

static void test_unknown_letter(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    json_t *view = json_object();
    struct letter l;
    struct error err;

    (void)state;
    assert_false(letter_render(ctx, shipped(ctx), "remider", view, &l, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    assert_non_null(strstr(err.text, "did you mean reminder?"));
    json_decref(view);
    talloc_free(ctx);
}

static void test_names(void **state)
{
    static const char *const want[] = {"digest", "overdue", "reminder", "task"};
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *const *names = letter_names(shipped(ctx));
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        bool found = false;

        for (n = 0; names[n]; n++)
            found = found || strcmp(names[n], want[i]) == 0;
        assert_true(found);
    }
    talloc_free(ctx);
}

/* ------------------------------------------------- directories with faults */

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    (void)fclose(f);
}

/* A copy of the shipped templates in which `file` has another text (NULL: is
 * missing); the fault that loading it finds. */
static struct error fault(TALLOC_CTX *ctx, const char *file, const char *text)
{
    char *dir = text_format(ctx, "%s/templates-XXXXXX", BUILD_DIR);
    char *path;
    struct templates *t;
    struct error err = {.text = ""};

    assert_non_null(mkdtemp(dir));
    assert_int_equal(system(text_format(ctx, "cp -R '%s/templates/.' '%s'",
                                        SOURCE_DIR, dir)),
                     0);
    path = text_format(ctx, "%s/%s", dir, file);
    if (text)
        write_file(path, text);
    else
        assert_int_equal(unlink(path), 0);
    if (templates_load(ctx, dir, &t, &err))
        fail_msg("%s was taken", file);
    assert_int_equal(system(text_format(ctx, "rm -r '%s'", dir)), 0);
    return err;
}

static void test_faults_are_named_with_their_place(void **state)
{
    static const struct {
        const char *file, *text, *at, *says;
    } rows[] = {
        {"web/year.mustache", "a\n{{#x}}\n", "/web/year.mustache:2:", "x"},
        {"web/_head.mustache", "\n\n{{/x}}\n", "_head", "closes nothing"},
        {"web/year.mustache", "{{> _nowhere}}",
         "/web/year.mustache:1:", "_nowhere"},
        {"web/year.mustache", "{{{title}}}",
         "/web/year.mustache:1:", "not escaped"},
        {"web/year.mustache", NULL, "", "web/year.mustache"},
        {"web/style.css", NULL, "", "style.css"},
        {"mail/task.txt.mustache", NULL, "", "task.txt.mustache"},
        {"mail/task.txt.mustache", "Hello\n\nthere\n",
         "/mail/task.txt.mustache:1:1", "Subject: "},
        {"mail/task.txt.mustache", "Subject: x\nthere\n",
         "/mail/task.txt.mustache:1:1", "blank line"},
        {"mail/task.txt.mustache", "Subject: x\n\nabc\n{{#y}}\n",
         "/mail/task.txt.mustache:4:1", "y"},
        {"mail/own.html.mustache", "<p>x</p>", "/mail/own.html.mustache:1:1",
         "own.txt.mustache"},
        {"web/year.mustache", "a\n  {{tilte}}\n", "/web/year.mustache:2:3",
         "unknown name \"tilte\", did you mean title?"},
        {"web/body.mustache", "{{#sittings}}{{in.naem}}{{/sittings}}",
         "/web/body.mustache:1:14", "did you mean name?"},
        {"web/_head.mustache", "\n{{sitee}}", "_head:2:1",
         "did you mean site?"},
        {"web/body.mustache", "\xff", "/web/body.mustache:1:1", "UTF-8"},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = fault(ctx, rows[i].file, rows[i].text);

        if (!strstr(err.at, rows[i].at) || !strstr(err.text, rows[i].says))
            fail_msg("%s: \"%s\" at \"%s\"", rows[i].file, err.text, err.at);
    }
    talloc_free(ctx);
}

static void test_a_letter_of_ones_own(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *dir = text_format(ctx, "%s/templates-XXXXXX", BUILD_DIR);
    json_t *view = json_pack("{s:s}", "who", "<A>\x7f");
    struct templates *t;
    struct letter l;
    struct error err;

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(system(text_format(ctx, "cp -R '%s/templates/.' '%s'",
                                        SOURCE_DIR, dir)),
                     0);
    write_file(text_format(ctx, "%s/mail/own.txt.mustache", dir),
               "Subject: To {{who}}\n\nDear {{who}}\n");
    write_file(text_format(ctx, "%s/mail/own.html.mustache", dir),
               "<p>Dear {{who}}</p>\n");
    if (!templates_load(ctx, dir, &t, &err) ||
        !letter_render(ctx, t, "own", view, &l, &err))
        fail_msg("%s %s", err.at, err.text);
    assert_string_equal(l.subject, "To <A>");
    assert_string_equal(l.text, "Dear <A>\n");
    assert_string_equal(l.html, "<p>Dear &lt;A&gt;</p>\n");
    assert_int_equal(system(text_format(ctx, "rm -r '%s'", dir)), 0);
    json_decref(view);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_golden_of_invitations),
        cmocka_unit_test(test_every_letter_has_html),
        cmocka_unit_test(test_html_escapes),
        cmocka_unit_test(test_subject_is_one_line),
        cmocka_unit_test(test_long_lines_are_broken),
        cmocka_unit_test(test_unknown_letter),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_faults_are_named_with_their_place),
        cmocka_unit_test(test_a_letter_of_ones_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
