/*
 * The picture of a year: what it shows, that labels stay apart and inside.
 */
#include "daemon/publish/svg.h"

#include "page_world.h"

static char *picture(struct world *w, bool standalone)
{
    struct svg_year in = {.rules = &w->rules,
                          .version = &w->plan,
                          .cycle = 2027,
                          .today = date_of(2027, 3, 1),
                          .title = "Year & <more>",
                          .standalone = standalone};

    return svg_year(w, &in);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void test_golden(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    check_golden("year.svg", picture(w, true));
    talloc_free(w);
}

static void test_states_look_different(void **state)
{
    struct world *w = world(NULL);
    const char *svg = picture(w, false);

    (void)state;
    /* each once in its row and once in the legend */
    assert_int_equal(count(svg, "bar-confirmed"), 2);
    assert_int_equal(count(svg, "bar-proposed"), 2);
    assert_int_equal(count(svg, "bar-cancelled"), 2);
    assert_int_equal(count(svg, "line-through"), 1);
    assert_int_equal(count(svg, ">LATE<"), 0);
    assert_int_equal(count(svg, "class=\"today\""), 2);
    talloc_free(w);
}

static void test_is_named_for_those_who_do_not_see(void **state)
{
    struct world *w = world(NULL);
    const char *svg = picture(w, false);

    (void)state;
    assert_non_null(strstr(svg, "role=\"img\""));
    assert_non_null(strstr(
        svg, "<title id=\"year-title\">Year &amp; &lt;more&gt;</title>"));
    assert_non_null(strstr(svg, "<desc id=\"year-text\">"));
    assert_null(strstr(svg, "style="));
    assert_null(strstr(svg, "<style"));
    talloc_free(w);
}

static void test_only_a_document_has_a_prologue(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    assert_true(text_begins(picture(w, true), "<?xml"));
    assert_true(text_begins(picture(w, false), "<svg"));
    talloc_free(w);
}

/* Two editions of a cluster a week apart: the second label goes a lane down. */
static void test_labels_stay_apart(void **state)
{
    struct world *w = world(NULL);
    const char *svg, *first, *second;

    (void)state;
    svg = picture(w, false);
    first = strstr(svg, "bar-proposed");
    second = strstr(svg, "bar-cancelled");
    assert_non_null(first);
    assert_non_null(second);
    assert_true(strtod(strstr(second, " y=\"") + 4, NULL) >
                strtod(strstr(first, " y=\"") + 4, NULL) + 10);
    talloc_free(w);
}

/* At the end of the year the label stands before its bar. */
static void test_label_stays_inside(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    w->editions[0].start = date_of(2027, 12, 20);
    w->editions[0].end = date_of(2027, 12, 22);
    assert_non_null(strstr(picture(w, false), "text-anchor=\"end\""));
    talloc_free(w);
}

/* What slips into the next calendar year is still in the picture. */
static void test_months_reach_as_far_as_the_editions(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    assert_int_equal(count(picture(w, false), ">Jan<"), 1);
    w->editions[1].start = w->editions[1].end = date_of(2028, 1, 10);
    assert_int_equal(count(picture(w, false), ">Jan<"), 2);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_states_look_different),
        cmocka_unit_test(test_is_named_for_those_who_do_not_see),
        cmocka_unit_test(test_only_a_document_has_a_prologue),
        cmocka_unit_test(test_labels_stay_apart),
        cmocka_unit_test(test_label_stays_inside),
        cmocka_unit_test(test_months_reach_as_far_as_the_editions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
