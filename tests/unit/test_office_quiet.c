/* Quiet hours, rest days, holidays: when mail may go, as a table. */
#include "office_world.h"

#include "daemon/office/quiet.h"

#define NIGHT 1200, 420 /* 20:00-07:00 */

/* BN rests Friday and Sunday at UTC+8; ID Saturday and Sunday at UTC+7, and on
 * 1 January; CN works on Saturday 20 February. `expires` "": never, `meeting`
 * "": none. */
static const struct {
    const char *of;
    int from, to;
    const char *now, *expires, *meeting, *next;
} rows[] = {
    /* a working day by day, in the evening, before dawn */
    {"ID", NIGHT, "2027-01-05T03:00:00Z", "", "", "2027-01-05T03:00:00Z"},
    {"ID", NIGHT, "2027-01-05T13:00:00Z", "", "", "2027-01-06T00:00:00Z"},
    {"ID", NIGHT, "2027-01-05T12:59:59Z", "", "", "2027-01-05T12:59:59Z"},
    {"ID", NIGHT, "2027-01-05T20:00:00Z", "", "", "2027-01-06T00:00:00Z"},
    {"ID", NIGHT, "2027-01-06T00:00:00Z", "", "", "2027-01-06T00:00:00Z"},
    /* quiet hours within one day */
    {"ID", 720, 780, "2027-01-05T05:30:00Z", "", "", "2027-01-05T06:00:00Z"},
    {"ID", 720, 780, "2027-01-05T20:00:00Z", "", "", "2027-01-05T20:00:00Z"},
    /* none */
    {"ID", 0, 0, "2027-01-01T20:00:00Z", "", "", "2027-01-01T20:00:00Z"},
    /* a holiday on Friday, then the weekend; Friday evening */
    {"ID", NIGHT, "2027-01-01T03:00:00Z", "", "", "2027-01-04T01:00:00Z"},
    {"ID", NIGHT, "2027-01-08T14:00:00Z", "", "", "2027-01-11T01:00:00Z"},
    {"ID", NIGHT, "2026-12-31T14:00:00Z", "", "", "2027-01-04T01:00:00Z"},
    /* another weekend, another clock */
    {"BN", NIGHT, "2027-01-08T03:00:00Z", "", "", "2027-01-09T00:00:00Z"},
    {"BN", NIGHT, "2027-01-09T03:00:00Z", "", "", "2027-01-09T03:00:00Z"},
    {"CN", NIGHT, "2027-02-20T03:00:00Z", "", "", "2027-02-20T03:00:00Z"},
    {"CN", NIGHT, "2027-02-27T03:00:00Z", "", "", "2027-03-01T00:00:00Z"},
    /* of no country: as the seat */
    {"SEC", NIGHT, "2027-01-01T12:00:00Z", "", "", "2027-01-04T01:00:00Z"},
    /* it would expire; the meeting is near; far */
    {"ID", NIGHT, "2027-01-02T03:00:00Z", "2027-01-04T01:00:00Z", "",
     "2027-01-02T03:00:00Z"},
    {"ID", NIGHT, "2027-01-02T03:00:00Z", "", "2027-01-06T00:59:59Z",
     "2027-01-02T03:00:00Z"},
    {"ID", NIGHT, "2027-01-02T03:00:00Z", "", "2027-01-06T01:00:00Z",
     "2027-01-04T01:00:00Z"},
    /* nights that last until noon */
    {"ID", 1200, 720, "2027-01-02T03:00:00Z", "", "", "2027-01-04T05:00:00Z"},
};

static void test_when_mail_may_go(void **state)
{
    struct world *w = world_new();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct contacts all = {NULL, 0};
        const struct contact *c =
            add_contact(w, &all, "a@b.example", rows[i].of, "", ROLE_FOCAL);
        char buf[INSTANT_TEXT];
        struct instant next =
            quiet_next(&w->rules, c, (struct quiet){rows[i].from, rows[i].to},
                       at(rows[i].now),
                       *rows[i].expires ? at(rows[i].expires)
                                        : (struct instant){INT64_MAX},
                       *rows[i].meeting ? at(rows[i].meeting) : INSTANT_NONE);

        if (strcmp(instant_print(next, buf), rows[i].next) != 0)
            fail_msg("row %zu: %s for %s", i, buf, rows[i].next);
    }
    talloc_free(w);
}

static void test_the_first_meeting_of_a_contact(void **state)
{
    struct world *w = world_new();
    struct contacts all = {NULL, 0};
    const struct contact *c;
    struct instant monday = at("2027-01-18T01:00:00Z"); /* 09:00 in Bandar */
    struct instant before = {monday.second - 1}, after = {monday.second + 1};
    struct instant t;

    (void)state;
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_CONFIRMED);
    c = add_contact(w, &all, "a@id.example", "ID", "MID", ROLE_FOCAL);
    t = quiet_meeting(&w->rules, &w->plan, c, "", before);
    assert_int_equal(t.second, monday.second);
    t = quiet_meeting(&w->rules, &w->plan, c, "WEEK-2027", before);
    assert_int_equal(t.second, monday.second);
    t = quiet_meeting(&w->rules, &w->plan, c, "WEEK-2028", before);
    assert_true(instant_is_none(t));
    t = quiet_meeting(&w->rules, &w->plan, c, "", after);
    assert_int_equal(t.second, monday.second + 86400); /* its consultations */
    w->plan.items[0].status = ITEM_CANCELLED;
    t = quiet_meeting(&w->rules, &w->plan, c, "", before);
    assert_int_equal(t.second, monday.second + 86400);
    talloc_free(w);
}

static void test_words(void **state)
{
    static const char *const bad[] = {"",
                                      "20:00",
                                      "20:00-20:00",
                                      "24:00-07:00",
                                      "20:60-07:00",
                                      "20:00 07:00",
                                      "20:00-7:000",
                                      "always",
                                      "20:00-07:00 "};
    struct quiet q = {1, 2};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (quiet_parse(bad[i], &q))
            fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(q.from, 1);
    assert_true(quiet_parse("20:00-07:30", &q));
    assert_int_equal(q.from, 1200);
    assert_int_equal(q.to, 450);
    assert_true(quiet_parse("none", &q));
    assert_int_equal(q.from, q.to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_mail_may_go),
        cmocka_unit_test(test_the_first_meeting_of_a_contact),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
