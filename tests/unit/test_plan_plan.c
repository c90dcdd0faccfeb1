/*
 * Plans as values: words, names, order, copies.
 */
#include "plan_world.h"

static void words_go_both_ways(void **state)
{
    enum edition_status e;

    (void)state;
    for (int s = EDITION_PROPOSED; s <= EDITION_LAPSED; s++) {
        assert_true(edition_status_parse(
            edition_status_word((enum edition_status)s), &e));
        assert_int_equal(e, s);
    }
    assert_false(edition_status_parse("done", &e));
}

/* The index finds what the search finds, in whatever case, and nothing else. */
static void an_index_finds_the_same(void **state)
{
    static const char *const ids[] = {"B-2027", "a-2027", "C-2027", "B-2026",
                                      "b-2027/X"};
    enum { N = sizeof ids / sizeof *ids };
    struct edition editions[N] = {{0}};
    struct item items[N] = {{0}};
    struct plan p = {editions, items, N, N, 0, 0, false}, nothing = {0};
    struct plan_index *x;

    (void)state;
    for (size_t i = 0; i < N; i++)
        editions[i].id = items[i].id = ids[i];
    x = plan_index(NULL, &p);
    for (size_t i = 0; i < N; i++) {
        assert_ptr_equal(index_edition(x, ids[i]), &editions[i]);
        assert_ptr_equal(index_item(x, ids[i]), &items[i]);
    }
    assert_ptr_equal(index_item(x, "A-2027"), &items[1]);
    assert_null(index_item(x, "B-2028"));
    assert_null(index_edition(x, ""));
    talloc_free(x);
    x = plan_index(NULL, &nothing);
    assert_null(index_item(x, "B-2027"));
    talloc_free(x);
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
        cmocka_unit_test(an_index_finds_the_same),
        cmocka_unit_test(editions_stand_by_date_and_undated_last),
        cmocka_unit_test(a_copy_owns_its_text)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
