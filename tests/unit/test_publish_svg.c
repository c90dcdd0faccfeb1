/*
 * The picture of a year: what it shows, that labels stay apart and inside.
 */
#include "daemon/publish/svg.h"

#include "page_world.h"

static char *picture_on(struct world *w, struct date today, bool standalone)
{
    struct svg_year in = {.rules = &w->rules,
                          .version = &w->plan,
                          .cycle = 2027,
                          .today = today,
                          .title = "Year & <more>",
                          .standalone = standalone};

    return svg_year(w, &in);
}

static char *picture(struct world *w, bool standalone)
{
    return picture_on(w, date_of(2027, 3, 1), standalone);
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
    assert_int_equal(count(svg, "bar-held"), 2);
    assert_int_equal(count(svg, "bar-proposed"), 2);
    assert_int_equal(count(svg, "bar-cancelled"), 2);
    assert_int_equal(count(svg, ", cancelled<"), 1);
    assert_int_equal(count(svg, ">LATE<"), 0);
    assert_int_equal(count(svg, "class=\"today\""), 2);
    talloc_free(w);
}

/* Confirmed to its last day, held from the next. */
static void test_what_is_over_was_held(void **state)
{
    struct world *w = world(NULL);
    const char *last = picture_on(w, date_of(2027, 1, 22), false),
               *next = picture_on(w, date_of(2027, 1, 23), false);

    (void)state;
    assert_int_equal(count(last, "bar-confirmed"), 2);
    assert_int_equal(count(last, "bar-held"), 0);
    assert_int_equal(count(next, "bar-confirmed"), 0);
    assert_int_equal(count(next, "bar-held"), 2);
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

/* A label lies over the lines of the months, not under them, and a rim keeps
 * them off it. */
static void test_labels_lie_over_the_months(void **state)
{
    struct world *w = world(NULL);
    const char *svg = picture(w, false);
    const char *last_month = strstr(svg, ">Dec<");

    (void)state;
    assert_non_null(last_month);
    assert_null(strstr(last_month, "class=\"line\""));
    assert_true(strstr(svg, "<tspan") > last_month);
    assert_int_equal(count(svg, "paint-order=\"stroke\""),
                     count(svg, "<tspan"));
    talloc_free(w);
}

/* Hosts are named, and whoever points at a bar reads what it is. */
static void test_hosts_are_named(void **state)
{
    struct world *w = world(NULL);
    const char *svg = picture(w, false);

    (void)state;
    assert_non_null(strstr(svg, "</tspan> Bandar Seri Begawan, "
                                "Brunei Darussalam</text>"));
    assert_non_null(
        strstr(svg, "<title>The Week 2027: 18-22 January 2027, Bandar Seri "
                    "Begawan, Brunei Darussalam (held)</title>"));
    talloc_free(w);
}

/* Where city and host are too much the host is named; a name that is too long
 * is cut between letters, of whatever script. */
static void test_long_names_are_cut(void **state)
{
    static const char *const names[] = {
        "Thiruvananthapuram-upon-the-Very-Long-River-That-Has-No-Bridge-At-All",
        "กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยามหาดิลกภพนพรัตน์ราชธานีบูรีรมย์",
        "東京都千代田区霞が関一丁目二番二号中央合同庁舎第二号館大会議室第三別室"
        "東側"};
    struct world *w = world(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *svg, *cut;

        w->editions[0].city = names[i];
        w->members[0].name = "Brunei Darussalam";
        assert_non_null(
            strstr(picture(w, true), "</tspan> Brunei Darussalam</text>"));
        w->members[0].name = names[i];
        svg = picture(w, true);
        cut = strstr(svg, "…</text>");
        assert_non_null(cut);
        assert_true(text_is_utf8(svg, strlen(svg)));
    }
    w->editions[0].cluster = w->clusters[0].code = "INTERMINISTERIALWEEKS";
    assert_non_null(strstr(picture(w, false), ">INTERMINISTER…</text>"));
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

/* Of two sectors each has its title above its rows; what is alone has none. */
static void test_sectors_have_titles(void **state)
{
    struct world *w = world(NULL);
    struct sector sectors[2] = {w->sector, w->sector};
    const char *svg, *above, *below;

    (void)state;
    assert_int_equal(count(picture(w, true), "Digital Sector"), 0);
    sectors[1].title = "Rivers & Lakes";
    w->clusters[0] = (struct cluster){.code = "WEEK", .sector = &sectors[1]};
    w->rules.clusters = w->clusters;
    w->rules.n_clusters = 1;
    w->rules.sectors = sectors;
    w->rules.n_sectors = 2;
    svg = picture(w, true);
    above = strstr(svg, ">Digital Sector</text>");
    below = strstr(svg, ">Rivers &amp; Lakes</text>");
    assert_true(above && below && above < below);
    assert_true(above < strstr(svg, ">WORK</text>"));
    assert_true(strstr(svg, ">WORK</text>") < below);
    assert_true(below < strstr(svg, ">WEEK</text>"));
    w->editions[0].cycle = 2028; /* a sector without an edition */
    assert_int_equal(count(picture(w, true), "Rivers"), 0);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_states_look_different),
        cmocka_unit_test(test_what_is_over_was_held),
        cmocka_unit_test(test_is_named_for_those_who_do_not_see),
        cmocka_unit_test(test_only_a_document_has_a_prologue),
        cmocka_unit_test(test_labels_stay_apart),
        cmocka_unit_test(test_labels_lie_over_the_months),
        cmocka_unit_test(test_hosts_are_named),
        cmocka_unit_test(test_long_names_are_cut),
        cmocka_unit_test(test_label_stays_inside),
        cmocka_unit_test(test_months_reach_as_far_as_the_editions),
        cmocka_unit_test(test_sectors_have_titles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
