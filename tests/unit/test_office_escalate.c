/* Tasks that are late: who hears of it, when, and when nobody does. */
#include "office_world.h"

/* W-1 held Mon 18 Jan 2027 in BN; S of the secretariat was due Sat 9 -> Fri 8
 * Jan, M of each member Mon 4 Jan. */
static struct world *late_world(void)
{
    struct world *w = world_new();

    w->steps[0] = (struct step){.code = "S",
                                .title = "S",
                                .due = DUE_BEFORE,
                                .offset = LENGTH(9, DAYS),
                                .owner = OWNER_SECRETARIAT};
    w->steps[1] = (struct step){.code = "M",
                                .title = "M",
                                .due = DUE_BEFORE,
                                .offset = LENGTH(14, DAYS),
                                .owner = OWNER_MEMBERS};
    w->workflow.n_steps = 2;
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_CONFIRMED)->modified =
        at("2026-11-01T00:00:00Z");
    return w;
}

static struct notices notices_of(struct world *w, const struct contacts *c,
                                 const struct task_fact *facts, size_t n,
                                 const char *head)
{
    struct notices all = {NULL, 0};
    struct tasks *tasks = object_new(w, struct tasks);

    *tasks = office_tasks(w, &w->rules, &w->plan, facts, n);
    office_escalate(w, &w->rules, &w->plan, tasks, c, head,
                    (struct ladder){1, 3, 7}, &all);
    return all;
}

static void assert_notice(const struct notices *all, const char *cause,
                          const char *email, const char *due)
{
    char text[INSTANT_TEXT];

    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->rows[i].cause, cause) == 0 &&
            strcmp(all->rows[i].contact->email, email) == 0) {
            assert_string_equal(instant_print(all->rows[i].due, text), due);
            assert_int_equal(all->rows[i].kind, NOTICE_OVERDUE);
            return;
        }
    fail_msg("nobody tells %s of %s", email, cause);
}

static void test_ladder(void **state)
{
    struct world *w = late_world();
    struct contacts c = {NULL, 0};
    struct notices all;

    (void)state;
    add_contact(w, &c, "desk@sec.int", "SEC", "", ROLE_DESK);
    add_contact(w, &c, "low@sec.int", "SEC", "LOW", ROLE_DESK);
    add_contact(w, &c, "focal@tl.int", "TL", "TOP", ROLE_FOCAL);
    add_contact(w, &c, "delegate@tl.int", "TL", "TOP", ROLE_DELEGATE);
    add_contact(w, &c, "silent@id.int", "ID", "", ROLE_FOCAL)->channel =
        CHANNEL_NONE;
    all = notices_of(w, &c, NULL, 0, "head@sec.int");
    /* Due Fri 8 Jan: Mon 11, Wed 13, Tue 19 in Jakarta. */
    assert_notice(&all, "overdue/W-1/S/owner/2027-01-08", "desk@sec.int",
                  "2027-01-11T01:00:00Z");
    assert_notice(&all, "overdue/W-1/S/desk/2027-01-08", "desk@sec.int",
                  "2027-01-13T01:00:00Z");
    assert_notice(&all, "overdue/W-1/S/head/2027-01-08", "head@sec.int",
                  "2027-01-19T01:00:00Z");
    /* Due Mon 4 Jan; the owner's morning is in Dili. */
    assert_notice(&all, "overdue/W-1/M:TL/owner/2027-01-04", "focal@tl.int",
                  "2027-01-04T23:00:00Z");
    assert_notice(&all, "overdue/W-1/M/desk/2027-01-04", "desk@sec.int",
                  "2027-01-07T01:00:00Z");
    /* S: 3; M: owner TL, once desk and head. */
    assert_int_equal(all.n, 3 + 1 + 1 + 1);
    for (size_t i = 1; i < all.n; i++)
        assert_true(all.rows[i - 1].due.second <= all.rows[i].due.second);
    assert_int_equal(notices_of(w, &c, NULL, 0, "").n, 2 + 1 + 1);
    talloc_free(w);
}

static void test_nobody_is_told(void **state)
{
    struct world *w = late_world();
    struct contacts c = {NULL, 0};
    struct task_fact facts[] = {
        {"W-1/S", TASK_DONE, day("2027-01-20"), "", DATE_NONE, "nur"},
        {"W-1/M:BN", TASK_WAIVED, DATE_NONE, "", DATE_NONE, "nur"},
        {"W-1/M:ID", TASK_OPEN, DATE_NONE, "", day("2027-03-01"), "nur"},
    };
    struct notices all;

    (void)state;
    add_contact(w, &c, "desk@sec.int", "SEC", "", ROLE_DESK);
    all = notices_of(w, &c, facts, 3, "");
    assert_int_equal(all.n, 2); /* of M:ID by its pin and of M:TL */
    assert_notice(&all, "overdue/W-1/M/desk/2027-03-01", "desk@sec.int",
                  "2027-03-04T01:00:00Z");
    /* Late before the release that set the date. */
    w->plan.editions[0].modified = at("2027-01-12T00:00:00Z");
    all = notices_of(w, &c, NULL, 0, "");
    assert_int_equal(all.n, 1);
    assert_notice(&all, "overdue/W-1/S/desk/2027-01-08", "desk@sec.int",
                  "2027-01-13T01:00:00Z");
    w->plan.editions[0].status = EDITION_CANCELLED;
    assert_int_equal(notices_of(w, &c, NULL, 0, "").n, 0);
    talloc_free(w);
}

static void test_ladder_words(void **state)
{
    static const char *const bad[] = {
        "", "1", "1, 3", "3, 1, 7", "0,1,2", "1, 3, 7x", "1 3 7 9", "a, b, c"};
    struct ladder l = {0, 0, 0};

    (void)state;
    assert_true(ladder_parse("2,2, 10", &l));
    assert_int_equal(l.owner, 2);
    assert_int_equal(l.desk, 2);
    assert_int_equal(l.head, 10);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(ladder_parse(bad[i], &l));
    assert_int_equal(l.head, 10);
}

/* Another ladder: the owner after two working days, all others after four. */
static void test_other_ladder(void **state)
{
    struct world *w = late_world();
    struct contacts c = {NULL, 0};
    struct tasks tasks;
    struct notices all = {NULL, 0};

    (void)state;
    add_contact(w, &c, "desk@sec.int", "SEC", "", ROLE_DESK);
    tasks = office_tasks(w, &w->rules, &w->plan, NULL, 0);
    office_escalate(w, &w->rules, &w->plan, &tasks, &c, "head@sec.int",
                    (struct ladder){2, 4, 4}, &all);
    for (size_t i = 0; i < all.n; i++)
        assert_int_equal(all.rows[i].late,
                         strcmp(all.rows[i].rung, "owner") == 0 ? 2 : 4);
    assert_true(all.n > 2);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ladder),
        cmocka_unit_test(test_ladder_words),
        cmocka_unit_test(test_other_ladder),
        cmocka_unit_test(test_nobody_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
