/* Ordinals and titles: every way of counting, on a small organisation. */
#include "office_world.h"

static void number(struct world *w, const char *code, const char *partner,
                   int n, int year)
{
    struct cluster *c = &w->clusters[0];
    const struct item_rule *item = cluster_item(c, code);

    assert_non_null(item);
    w->numbers[c->n_numbers++] = (struct number_rule){
        item,
        *partner ? rules_partner(&w->rules, partner) : NULL,
        n,
        year,
        {"rules", 1, 1}};
}

static void hold(struct world *w, int cycle, const char *from, const char *to)
{
    w->held[w->rules.n_held++] =
        (struct held){&w->clusters[0], cycle, day(from),      day(to),
                      &w->members[0],  NULL,  {"rules", 1, 1}};
}

static const char *title_of(struct world *w, const char *id)
{
    const struct item *i = plan_item(&w->plan, id);

    assert_non_null(i);
    return i->title;
}

static int nth_of(struct world *w, const char *id)
{
    const struct item *i = plan_item(&w->plan, id);

    assert_non_null(i);
    return i->nth;
}

/* First in 2021, one of 2026 on record, nothing known between: one a year. */
static void test_counts_unrecorded_years(void **state)
{
    struct world *w = world_new();

    (void)state;
    number(w, "MIN", "", 1, 2021);
    hold(w, 2026, "2026-01-12", "2026-01-16");
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    add_week(w, "WEEK-2028", 2028, "2028-01-17", EDITION_PROPOSED);
    office_number(&w->rules, NULL, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2027/MIN"), 7);
    assert_string_equal(title_of(w, "WEEK-2027/MIN"), "7th Ministers");
    assert_string_equal(title_of(w, "WEEK-2028/MIN"), "8th Ministers");
    talloc_free(w);
}

struct case_of_status {
    enum edition_status status;
    int next; /* the number of the edition after it */
};

/* An edition of 2027 in each state, and what it does to that of 2028. It keeps
 * the number that people know it by. */
static void test_counts_by_status(void **state)
{
    static const struct case_of_status cases[] = {
        {EDITION_PROPOSED, 8},  {EDITION_CONFIRMED, 8}, {EDITION_HELD, 8},
        {EDITION_CANCELLED, 7}, {EDITION_POSTPONED, 7}, {EDITION_LAPSED, 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();

        number(w, "MIN", "", 6, 2026);
        add_week(w, "WEEK-2027", 2027, "2027-01-18", cases[i].status);
        add_week(w, "WEEK-2028", 2028, "2028-01-17", EDITION_PROPOSED);
        office_number(&w->rules, NULL, &w->plan);
        assert_int_equal(nth_of(w, "WEEK-2027/MIN"), 7);
        assert_int_equal(nth_of(w, "WEEK-2028/MIN"), cases[i].next);
        talloc_free(w);
    }
}

/* `number MIN 6 in 2026` says that there was one in 2026, even when the plan
 * only knows that it let the window pass; an officer who cancels it knows
 * better. */
static void test_fixed_point_survives_lapse(void **state)
{
    static const struct case_of_status cases[] = {{EDITION_LAPSED, 7},
                                                  {EDITION_CANCELLED, 6}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *w = world_new();

        number(w, "MIN", "", 6, 2026);
        add_edition(w, "WEEK-2026", "WEEK", 2026, 0, "", "", cases[i].status);
        add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
        office_number(&w->rules, NULL, &w->plan);
        assert_int_equal(nth_of(w, "WEEK-2027/MIN"), cases[i].next);
        talloc_free(w);
    }
}

static void test_counts_backwards(void **state)
{
    struct world *w = world_new();

    (void)state;
    number(w, "MIN", "", 3, 2029);
    add_week(w, "WEEK-2026", 2026, "2026-01-12", EDITION_HELD);
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    add_week(w, "WEEK-2028", 2028, "2028-01-17", EDITION_PROPOSED);
    office_number(&w->rules, NULL, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2028/MIN"), 2);
    assert_int_equal(nth_of(w, "WEEK-2027/MIN"), 1);
    assert_int_equal(nth_of(w, "WEEK-2026/MIN"), 0); /* before the first */
    assert_string_equal(title_of(w, "WEEK-2026/MIN"), "Ministers");
    talloc_free(w);
}

/* Two numbers of one series: the later one says that some years had none. */
static void test_later_fixed_point_wins(void **state)
{
    struct world *w = world_new();

    (void)state;
    number(w, "MIN", "", 1, 2001);
    number(w, "MIN", "", 10, 2011);
    add_week(w, "WEEK-2009", 2009, "2009-10-12", EDITION_HELD);
    add_week(w, "WEEK-2012", 2012, "2012-11-12", EDITION_HELD);
    office_number(&w->rules, NULL, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2009/MIN"), 9);
    assert_int_equal(nth_of(w, "WEEK-2012/MIN"), 11);
    talloc_free(w);
}

/* Each partner has its own series; without one it runs with its item, and
 * without that it has no number at all. */
static void test_partners(void **state)
{
    struct world *w = world_new();

    (void)state;
    number(w, "MIN+1", "", 1, 2021);
    number(w, "MIN+1", "JP", 5, 2026);
    add_week(w, "WEEK-2026", 2026, "2026-01-12", EDITION_HELD);
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    add_week(w, "WEEK-2028", 2028, "2028-01-17", EDITION_PROPOSED);
    plan_item(&w->plan, "WEEK-2027/MIN+1:JP")->status = ITEM_CANCELLED;
    office_number(&w->rules, NULL, &w->plan);
    assert_string_equal(title_of(w, "WEEK-2026/MIN+1:JP"),
                        "5th Ministers with Japan");
    assert_int_equal(nth_of(w, "WEEK-2027/MIN+1:JP"), 6); /* as announced */
    assert_int_equal(nth_of(w, "WEEK-2028/MIN+1:JP"), 6); /* it did not meet */
    assert_int_equal(nth_of(w, "WEEK-2028/MIN+1:CN"), 8);
    assert_int_equal(nth_of(w, "WEEK-2027/SOM+1:JP"), 0);
    assert_string_equal(title_of(w, "WEEK-2027/SOM+1:JP"), "SOM with Japan");
    talloc_free(w);
}

/* Facts, rules and the plan may all know the same edition: it counts once. */
static void test_same_edition_once(void **state)
{
    struct past rows[] = {
        {"WEEK", 2025, day("2025-01-13"), day("2025-01-17"), "ID", ""},
        {"WEEK", 2026, day("2026-01-19"), day("2026-01-23"), "BN", ""}};
    struct history history = {rows, 2};
    struct world *w = world_new();

    (void)state;
    number(w, "MIN", "", 1, 2025);
    hold(w, 2026, "2026-01-12", "2026-01-16");
    add_week(w, "WEEK-2026", 2026, "2026-01-12", EDITION_HELD);
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    office_number(&w->rules, &history, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2027/MIN"), 3);
    talloc_free(w);
}

/* Nothing is taken for granted before the cluster began; what is on record of
 * its first years is not counted twice. */
static void test_since(void **state)
{
    struct past rows[] = {
        {"WEEK", 2024, day("2024-01-15"), day("2024-01-19"), "ID", ""}};
    struct history history = {rows, 1};
    struct world *w = world_new();

    (void)state;
    number(w, "MIN", "", 3, 2020);
    w->clusters[0].since = 2024;
    add_week(w, "WEEK-2026", 2026, "2026-01-12", EDITION_CONFIRMED);
    add_week(w, "WEEK-2024", 2024, "2024-01-15", EDITION_HELD);
    office_number(&w->rules, NULL, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2024/MIN"), 3);
    assert_int_equal(nth_of(w, "WEEK-2026/MIN"), 5);
    w->plan.n_editions = 1;
    office_number(&w->rules, &history, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2026/MIN"), 5);
    talloc_free(w);
}

/* A cluster that meets as often as it must: every record is one more, unless
 * its days overlap with another one of the same cycle. */
static void test_records_of_many(void **state)
{
    struct past rows[] = {
        {"CALL", 2024, day("2024-09-02"), day("2024-09-03"), "ID", ""},
        {"CALL", 2024, day("2024-03-04"), day("2024-03-05"), "ID", ""},
        {"CALL", 2025, day("2025-03-04"), day("2025-03-05"), "ID", ""},
        {"CALL", 2025, day("2025-10-06"), day("2025-10-07"), "ID", ""},
        {"WEEK", 2025, day("2025-01-13"), day("2025-01-17"), "ID", ""}};
    struct history history = {rows, 5};
    struct world *w = world_new();
    struct number_rule n = {&w->call[0], NULL, 1, 2024, {"rules", 1, 1}};

    (void)state;
    w->call[0].title = "{nth} LOW";
    w->clusters[1].numbers = &n;
    w->clusters[1].n_numbers = 1;
    add_edition(w, "CALL-2026", "CALL", 2026, 0, "2026-09-01", "2026-09-01",
                EDITION_PROPOSED);
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", "2026-09-01");
    add_edition(w, "CALL-2025", "CALL", 2025, 0, "2025-03-03", "2025-03-04",
                EDITION_HELD);
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", "2025-03-03");
    office_number(&w->rules, &history, &w->plan);
    assert_int_equal(nth_of(w, "CALL-2025/LOW"), 3);
    assert_int_equal(nth_of(w, "CALL-2026/LOW"), 5);
    talloc_free(w);
}

/* Several a cycle: counted by date, told apart in {edition}. */
static void test_several_a_cycle(void **state)
{
    struct world *w = world_new();
    struct number_rule n = {&w->call[0], NULL, 20, 2026, {"rules", 1, 1}};

    (void)state;
    w->call[0].title = "{nth} LOW ({edition}, {host}) {odd}";
    w->clusters[1].numbers = &n;
    w->clusters[1].n_numbers = 1;
    add_edition(w, "CALL-2027-1", "CALL", 2027, 1, "2027-03-01", "2027-03-01",
                EDITION_PROPOSED);
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", "2027-03-01");
    add_edition(w, "CALL-2027-2", "CALL", 2027, 2, "2027-09-01", "2027-09-01",
                EDITION_PROPOSED);
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", "2027-09-01");
    add_edition(w, "CALL-2028", "CALL", 2028, 0, "2028-09-01", "2028-09-01",
                EDITION_PROPOSED)
        ->host = "";
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", "2028-09-01");
    office_number(&w->rules, NULL, &w->plan);
    assert_string_equal(title_of(w, "CALL-2027-1/LOW"),
                        "21st LOW (2027/1, Brunei Darussalam) {odd}");
    assert_string_equal(title_of(w, "CALL-2027-2/LOW"),
                        "22nd LOW (2027/2, Brunei Darussalam) {odd}");
    assert_string_equal(title_of(w, "CALL-2028/LOW"),
                        "23rd LOW (2028, ) {odd}");
    talloc_free(w);
}

/* Parts share the number; one-off and unknown items keep their own title. */
static void test_parts_and_one_offs(void **state)
{
    struct world *w = world_new();
    struct item *i;

    (void)state;
    number(w, "MIN", "", 7, 2027);
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    i = add_item(w, ITEM_MEETING, "MIN", "", "TOP", "2027-01-20");
    i->id = "WEEK-2027/MIN/2";
    i->part = i->parts = 2;
    i = add_item(w, ITEM_MEETING, "EXTRA", "", "TOP", "2027-01-20");
    i->title = "Extraordinary";
    i->one_off = true;
    i = add_item(w, ITEM_MEETING, "SOM", "", "MID", "2027-01-20");
    i->id = "WEEK-2027/SOM.2";
    i->title = "Special SOM";
    i->one_off = true; /* though the rules have one of that code */
    office_number(&w->rules, NULL, &w->plan);
    assert_int_equal(nth_of(w, "WEEK-2027/MIN"), 7);
    assert_int_equal(nth_of(w, "WEEK-2027/MIN/2"), 7);
    assert_string_equal(title_of(w, "WEEK-2027/EXTRA"), "Extraordinary");
    assert_string_equal(title_of(w, "WEEK-2027/SOM.2"), "Special SOM");
    assert_string_equal(title_of(w, "WEEK-2027/OPENING"),
                        "Opening in Brunei Darussalam");
    talloc_free(w);
}

/* A body is called in a title as it was called on that day; parts of words and
 * the names of later years stay. */
static void test_former_names(void **state)
{
    struct world *w = world_new();
    struct former former = {
        "OLD", "The old one", {0, 0, 0}, {.year = 2019, .month = 10}};
    const struct rules *r = &w->rules;

    (void)state;
    w->bodies[0].formerly = &former;
    w->bodies[0].n_formerly = 1;
    assert_string_equal(office_title_on(w, r,
                                        "13th TOP with TOP-2 and STOP, TOP",
                                        day("2013-11-14")),
                        "13th OLD with TOP-2 and STOP, OLD");
    assert_string_equal(office_title_on(w, r, "1st TOP", day("2021-01-21")),
                        "1st TOP");
    assert_string_equal(office_title_on(w, r, "1st TOP", DATE_NONE), "1st TOP");
    talloc_free(w);
}

/* History that no plan knows, as editions. */
static void test_past_editions(void **state)
{
    struct world *w = world_new();
    struct past rows[] = {
        {"CALL", 2013, day("2013-03-04"), day("2013-03-05"), "ID", ""},
        {"CALL", 2013, day("2013-09-02"), day("2013-09-03"), "BN", "Muara"},
        {"WEEK", 2013, day("2013-05-06"), day("2013-05-08"), "XX", ""},
        {"WEEK", 2027, day("2027-01-18"), day("2027-01-20"), "BN", ""},
    };
    struct history history = {rows, 4};
    struct edition *all;
    size_t n;

    (void)state;
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_HELD);
    all = office_past(w, &w->rules, &history, &w->plan, 2013, 2027, &n);
    assert_int_equal(n, 3);
    assert_string_equal(all[0].id, "CALL-2013-1");
    assert_string_equal(all[0].zone, "Asia/Jakarta");
    assert_string_equal(all[1].id, "WEEK-2013");
    assert_string_equal(all[1].zone, "");
    assert_string_equal(all[2].id, "CALL-2013-2");
    assert_string_equal(all[2].city, "Muara");
    assert_int_equal(all[2].status, EDITION_HELD);
    (void)office_past(w, &w->rules, &history, &w->plan, 2014, 2027, &n);
    assert_int_equal(n, 0);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_unrecorded_years),
        cmocka_unit_test(test_counts_by_status),
        cmocka_unit_test(test_fixed_point_survives_lapse),
        cmocka_unit_test(test_counts_backwards),
        cmocka_unit_test(test_later_fixed_point_wins),
        cmocka_unit_test(test_partners),
        cmocka_unit_test(test_same_edition_once),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_records_of_many),
        cmocka_unit_test(test_several_a_cycle),
        cmocka_unit_test(test_parts_and_one_offs),
        cmocka_unit_test(test_former_names),
        cmocka_unit_test(test_past_editions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
