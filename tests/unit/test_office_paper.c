/* Papers: Markdown and HTML of the same, nothing of the data breaks out. */
#include "office_world.h"

#include "daemon/office/paper.h"

static char *sample(TALLOC_CTX *ctx, enum paper_form form)
{
    static const char *const headings[] = {"Who", "What"};
    struct paper *p = paper_new(ctx, form, "A & B");

    paper_text(p, "One line.");
    paper_heading(p, 2, "Part");
    paper_table(p, headings, 2);
    paper_row(p, (const char *const[]){"BN", "<b>|x|</b>"});
    paper_row(p, (const char *const[]){"ID", NULL});
    paper_text(p, "After.");
    return paper_end(ctx, p);
}

static void test_markdown(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    assert_string_equal(sample(ctx, PAPER_MARKDOWN),
                        "# A & B\n\n"
                        "One line.\n\n"
                        "## Part\n\n"
                        "| Who | What |\n"
                        "| --- | --- |\n"
                        "| BN | "
                        "\\<b\\>\\|x\\|\\</b\\> |\n"
                        "| ID |  |\n"
                        "\n"
                        "After.\n\n");
    talloc_free(ctx);
}

static void test_html(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *text = sample(ctx, PAPER_HTML);

    (void)state;
    assert_true(text_begins(text, "<!DOCTYPE html>\n<html lang=\"en\">"));
    assert_non_null(strstr(text, "<title>A &amp; B</title>"));
    assert_non_null(strstr(text, "@media print"));
    assert_non_null(
        strstr(text, "<h1>A &amp; B</h1>\n<p>One line.</p>\n<h2>Part</h2>\n"
                     "<table><thead><tr><th>Who</th><th>What</th></tr>\n"
                     "</thead><tbody>\n"
                     "<tr><td>BN</td><td>&lt;b&gt;|x|&lt;/b&gt;</td></tr>\n"
                     "<tr><td>ID</td><td></td></tr>\n"
                     "</tbody></table>\n<p>After.</p>\n</body></html>\n"));
    talloc_free(ctx);
}

/* Whatever a title holds: a cell stays a cell of one line. */
static void test_hostile_text(void **state)
{
    static const char *const texts[] = {
        "a\nb",          "| x |",  "<script>alert(1)</script>",
        "</td></table>", "[x](y)", "`code` *b* _i_ #1 \\",
    };
    static const char *const headings[] = {"X"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct paper *md = paper_new(ctx, PAPER_MARKDOWN, "T");
        struct paper *html = paper_new(ctx, PAPER_HTML, "T");
        const char *text, *row;

        paper_table(md, headings, 1);
        paper_table(html, headings, 1);
        paper_row(md, &texts[i]);
        paper_row(html, &texts[i]);
        text = paper_end(ctx, md);
        row = strstr(text, "--- |\n") + 6;
        assert_ptr_equal(strchr(row, '\n') + 2, text + strlen(text));
        for (const char *c = row + 1; *c && c[2]; c++)
            if (strchr("|<>[]`*_#", *c))
                assert_true(c[-1] == '\\' || c[1] == '\n');
        text = paper_end(ctx, html);
        assert_null(strstr(text, "<script>"));
        assert_ptr_equal(strstr(strstr(text, "</table>") + 1, "</table>"),
                         NULL);
        talloc_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_hostile_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
