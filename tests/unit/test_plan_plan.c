/*
 * Plans as values: words, names, order, copies.
 */
#include "plan_world.h"

static void words_go_both_ways(void **state)
{
    enum edition_status e;
    enum item_status i;

    (void)state;
    for (int s = EDITION_PROPOSED; s <= EDITION_LAPSED; s++) {
        assert_true(edition_status_parse(
            edition_status_word((enum edition_status)s), &e));
        assert_int_equal(e, s);
    }
    for (int s = ITEM_PROPOSED; s <= ITEM_HELD; s++) {
        assert_true(
            item_status_parse(item_status_word((enum item_status)s), &i));
        assert_int_equal(i, s);
    }
    assert_false(edition_status_parse("done", &e));
    assert_false(item_status_parse("lapsed", &i));
}

static void names_split_as_they_were_made(void **state)
{
    static const struct {
        const char *cluster;
        int cycle, n;
        const char *name;
    } rows[] = {{"JWG", 2027, 0, "JWG-2027"},
                {"DDG", 2027, 12, "DDG-2027-12"},
                {"ADGSOM-WG", 2030, 0, "ADGSOM-WG-2030"},
                {"A-1-B", 1990, 3, "A-1-B-1990-3"},
                {"X-2027", 2028, 0, "X-2027-2028"}};
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *cluster;
        int cycle, n;
        char *name =
            edition_name(ctx, rows[i].cluster, rows[i].cycle, rows[i].n);
        assert_string_equal(name, rows[i].name);
        assert_true(edition_name_parse(ctx, name, &cluster, &cycle, &n));
        assert_string_equal(cluster, rows[i].cluster);
        assert_int_equal(cycle, rows[i].cycle);
        assert_int_equal(n, rows[i].n);
    }
    talloc_free(ctx);
}

static void what_is_no_name_is_refused(void **state)
{
    static const char *const rows[] = {
        "",          "JWG",        "JWG-",       "-2027",       "JWG-20277",
        "JWG-0027",  "JWG-2027-",  "JWG-2027-0", "JWG-2027-01", "2027",
        "JWG-x2027", "JWG-2027-x", "JWG-1899",   "-2027-1"};
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *cluster;
        int cycle, n;
        if (edition_name_parse(ctx, rows[i], &cluster, &cycle, &n))
            fail_msg("'%s' was taken for a name", rows[i]);
    }
    talloc_free(ctx);
}

static void editions_stand_by_date_and_undated_last(void **state)
{
    struct edition editions[] = {{.id = "B-2027", .start = DATE_NONE},
                                 {.id = "D-2027", .start = day("2027-03-01")},
                                 {.id = "C-2027", .start = day("2027-03-01")},
                                 {.id = "A-2027", .start = day("2027-05-01")}};
    struct item items[] = {{.id = "A-2027/Y",
                            .edition = "A-2027",
                            .start = {day("2027-05-01"), 9}},
                           {.id = "C-2027/X",
                            .edition = "C-2027",
                            .start = {day("2027-03-01"), 9}},
                           {.id = "A-2027/X",
                            .edition = "A-2027",
                            .start = {day("2027-05-01"), 9}},
                           {.id = "A-2027/Z",
                            .edition = "A-2027",
                            .start = {day("2027-05-01"), 8}}};
    struct plan p = {editions, items, 4, 4, 0, 0, false};
    size_t n;

    (void)state;
    plan_sort(&p);
    assert_string_equal(p.editions[0].id, "C-2027");
    assert_string_equal(p.editions[1].id, "D-2027");
    assert_string_equal(p.editions[2].id, "A-2027");
    assert_string_equal(p.editions[3].id, "B-2027");
    assert_string_equal(p.items[0].id, "C-2027/X");
    assert_string_equal(p.items[1].id, "A-2027/Z");
    assert_string_equal(p.items[2].id, "A-2027/X");
    assert_string_equal(plan_items_of(&p, "a-2027", &n)->id, "A-2027/Z");
    assert_int_equal(n, 3);
    assert_null(plan_items_of(&p, "B-2027", &n));
    assert_null(plan_edition(&p, "E-2027"));
    assert_string_equal(plan_item(&p, "A-2027/y")->id, "A-2027/Y");
}

static void a_copy_owns_its_text(void **state)
{
    char text[] = "JWG-2027";
    const char *warnings[] = {text}, *bodies[] = {text};
    struct date days[] = {day("2027-05-24")};
    struct edition e = {.id = text,
                        .warnings = warnings,
                        .n_warnings = 1,
                        .days = days,
                        .n_days = 1};
    struct item i = {
        .id = text, .edition = text, .bodies = bodies, .n_bodies = 1};
    struct plan p = {&e, &i, 1, 1, 7, 7, true}, *c;
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    c = plan_copy(ctx, &p);
    text[0] = 'X';
    days[0].day = 0;
    assert_string_equal(c->editions[0].id, "JWG-2027");
    assert_string_equal(c->editions[0].warnings[0], "JWG-2027");
    assert_int_equal(c->editions[0].days[0].day, day("2027-05-24").day);
    assert_string_equal(c->editions[0].host, "");
    assert_string_equal(c->items[0].bodies[0], "JWG-2027");
    assert_int_equal(c->cost, 7);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_go_both_ways),
        cmocka_unit_test(names_split_as_they_were_made),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(editions_stand_by_date_and_undated_last),
        cmocka_unit_test(a_copy_owns_its_text)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
