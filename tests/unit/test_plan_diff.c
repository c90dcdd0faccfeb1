/*
 * What a release would change, row by row.
 */
#include "daemon/plan/diff.h"
#include "plan_world.h"
#include "test_context.h"

/* Two editions, the first with two items. */
static struct plan *two(void)
{
    struct edition editions[] = {{.id = "A-2027",
                                  .cluster = "A",
                                  .cycle = 2027,
                                  .title = "Alpha",
                                  .start = day("2027-03-01"),
                                  .end = day("2027-03-02"),
                                  .host = "BN",
                                  .city = "Bandar Seri Begawan",
                                  .zone = "Asia/Brunei"},
                                 {.id = "B-2027",
                                  .cluster = "B",
                                  .cycle = 2027,
                                  .title = "Beta",
                                  .start = day("2027-06-01"),
                                  .end = day("2027-06-01"),
                                  .host = "KH",
                                  .city = "Phnom Penh",
                                  .zone = "Asia/Phnom_Penh"}};
    struct item items[] = {{.id = "A-2027/X",
                            .edition = "A-2027",
                            .code = "X",
                            .title = "First",
                            .start = {day("2027-03-01"), 540},
                            .end = {day("2027-03-01"), 600},
                            .zone = "Asia/Brunei",
                            .city = "Bandar Seri Begawan"},
                           {.id = "A-2027/Y",
                            .edition = "A-2027",
                            .code = "Y",
                            .title = "Second",
                            .start = {day("2027-03-02"), 540},
                            .end = {day("2027-03-02"), 600},
                            .zone = "Asia/Brunei",
                            .city = "Bandar Seri Begawan"}};
    struct plan p = {editions, items, 2, 2, 0, 0, false};

    return plan_copy(ctx, &p);
}

/* Every row on a line. */
static const char *rows(const struct plan *from, const struct plan *to)
{
    struct changes c = plan_diff(ctx, from, to);
    char *text = text_format(ctx, "%zu/%zu", c.editions, c.items);

    for (size_t i = 0; i < c.n; i++)
        text = text_format(
            ctx, "%s; %s %s %s %s>%s", text, change_word(c.rows[i].kind),
            *c.rows[i].item ? c.rows[i].item : c.rows[i].edition,
            c.rows[i].field, c.rows[i].old_value, c.rows[i].new_value);
    return text;
}

static void nothing_changed(void **state)
{
    (void)state;
    assert_string_equal(rows(two(), two()), "0/0");
}

static void all_is_new_at_first(void **state)
{
    (void)state;
    assert_string_equal(rows(NULL, two()),
                        "2/2; added A-2027  >1-2 March 2027; "
                        "added A-2027/X  >2027-03-01T09:00; "
                        "added A-2027/Y  >2027-03-02T09:00; "
                        "added B-2027  >1 June 2027");
}

static void a_move_is_one_row_each(void **state)
{
    struct plan *to = two();

    (void)state;
    to->editions[0].start = day("2027-03-08");
    to->editions[0].end = day("2027-03-09");
    to->items[0].start.date = to->items[0].end.date = day("2027-03-08");
    assert_string_equal(
        rows(two(), to),
        "1/1; moved A-2027 start 2027-03-01>2027-03-08; "
        "moved A-2027/X start 2027-03-01T09:00>2027-03-08T09:00");
}

static void a_longer_item_moves_its_end(void **state)
{
    struct plan *to = two();

    (void)state;
    to->items[0].end.minute = 660;
    assert_string_equal(
        rows(two(), to),
        "0/1; moved A-2027/X end 2027-03-01T10:00>2027-03-01T11:00");
}

static void states_have_words_of_their_own(void **state)
{
    static const struct {
        enum edition_status from, to;
        const char *rows;
    } moves[] = {{EDITION_PROPOSED, EDITION_CONFIRMED,
                  "1/0; confirmed B-2027 status proposed>confirmed"},
                 {EDITION_CONFIRMED, EDITION_CANCELLED,
                  "1/0; cancelled B-2027 status confirmed>cancelled"},
                 {EDITION_CANCELLED, EDITION_CONFIRMED,
                  "1/0; reinstated B-2027 status cancelled>confirmed"},
                 {EDITION_CONFIRMED, EDITION_HELD, "0/0"},
                 {EDITION_PROPOSED, EDITION_LAPSED,
                  "1/0; removed B-2027  1 June 2027>"}};

    (void)state;
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        struct plan *from = two(), *to = two();
        from->editions[1].status = moves[i].from;
        to->editions[1].status = moves[i].to;
        assert_string_equal(rows(from, to), moves[i].rows);
    }
}

static void a_postponed_edition_loses_its_date(void **state)
{
    struct plan *to = two();

    (void)state;
    to->editions[1].status = EDITION_POSTPONED;
    to->editions[1].start = to->editions[1].end = DATE_NONE;
    assert_string_equal(rows(two(), to),
                        "1/0; postponed B-2027 status proposed>postponed; "
                        "moved B-2027 start 2027-06-01>");
}

static void what_is_gone_is_removed(void **state)
{
    struct plan *to = two();

    (void)state;
    to->n_editions = 1;
    to->n_items = 1;
    assert_string_equal(rows(two(), to),
                        "1/1; removed A-2027/Y  2027-03-02T09:00>; "
                        "removed B-2027  1 June 2027>");
}

static void what_readers_do_not_see_is_no_change(void **state)
{
    struct plan *to = two();

    (void)state;
    to->items[0].uid = "x@example.org";
    to->items[0].sequence = 4;
    to->editions[0].cost = 9;
    to->editions[0].pinned = true;
    assert_true(item_same(&two()->items[0], &to->items[0]));
    assert_true(edition_same(&two()->editions[0], &to->editions[0]));
    to->items[0].title = "Other";
    to->editions[0].city = "Kuala Belait";
    assert_false(item_same(&two()->items[0], &to->items[0]));
    assert_false(edition_same(&two()->editions[0], &to->editions[0]));
    assert_string_equal(rows(two(), to),
                        "1/1; venue A-2027 city Bandar Seri Begawan>Kuala "
                        "Belait; retitled A-2027/X title First>Other");
}

static struct instant midnight(int64_t seconds_after)
{
    return (struct instant){(int64_t)day("2027-03-01").day * 86400 +
                            seconds_after};
}

/* The law of a clock changed: the same on the wall, another instant. */
static void the_instant_moves_under_the_clock(void **state)
{
    struct plan *from = two(), *to = two();

    (void)state;
    from->items[0].start_utc = midnight(3600);
    to->items[0].start_utc = midnight(0);
    assert_string_equal(rows(from, to), "0/0"); /* no time is public yet */
    from->items[0].status = to->items[0].status = ITEM_CONFIRMED;
    assert_string_equal(rows(from, to),
                        "0/1; moved A-2027/X start_utc "
                        "2027-03-01T01:00:00Z>2027-03-01T00:00:00Z");
    assert_false(item_same(&from->items[0], &to->items[0]));
    to->items[0].start.minute = 600; /* that says it all */
    to->items[0].end.minute = 660;
    assert_string_equal(rows(from, to), "0/1; moved A-2027/X start "
                                        "2027-03-01T09:00>2027-03-01T10:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed),
        cmocka_unit_test(all_is_new_at_first),
        cmocka_unit_test(a_move_is_one_row_each),
        cmocka_unit_test(a_longer_item_moves_its_end),
        cmocka_unit_test(states_have_words_of_their_own),
        cmocka_unit_test(a_postponed_edition_loses_its_date),
        cmocka_unit_test(what_is_gone_is_removed),
        cmocka_unit_test(what_readers_do_not_see_is_no_change),
        cmocka_unit_test(the_instant_moves_under_the_clock)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
