/* Digests: one per contact whom a release concerns, naming what it must. */
#include "office_world.h"

static struct notices digest_of(struct world *w, const struct plan *before,
                                const struct change *rows, size_t n,
                                const struct tasks *tasks,
                                const struct contacts *contacts)
{
    struct changes changes = {.n = n, .rows = array_new(w, struct change, n)};

    for (size_t i = 0; i < n; i++)
        changes.rows[i] = rows[i];
    return office_digests(w, &w->rules, before, &w->plan, &changes, tasks, 7,
                          at("2026-11-24T06:00:00Z"), contacts);
}

static struct notices digest(struct world *w, const struct plan *before,
                             const struct change *rows, size_t n,
                             const struct contacts *contacts)
{
    const struct tasks none = {NULL, 0};

    return digest_of(w, before, rows, n, &none, contacts);
}

/* "address thing thing; ..." */
static char *list(struct world *w, const struct notices *all)
{
    char *text = memory_text(w, "");

    for (size_t i = 0; i < all->n; i++) {
        text = text_format(w, "%s%s%s", text, i ? "; " : "",
                           all->rows[i].contact->email);
        for (size_t k = 0; k < all->rows[i].n_items; k++)
            text = text_format(w, "%s %s", text, all->rows[i].items[k]);
    }
    return text;
}

static void add_everybody(struct world *w, struct contacts *c)
{
    add_contact(w, c, "bn-host", "BN", "TOP", ROLE_HOST);
    add_contact(w, c, "bn-low", "BN", "LOW", ROLE_FOCAL);
    add_contact(w, c, "id-host", "ID", "TOP", ROLE_HOST);
    add_contact(w, c, "id-mid", "ID", "MID", ROLE_FOCAL);
    add_contact(w, c, "id-none", "ID", "MID;TOP", ROLE_FOCAL)->channel =
        CHANNEL_NONE;
    add_contact(w, c, "id-top", "ID", "TOP", ROLE_DELEGATE);
    add_contact(w, c, "jp", "JP", "MID", ROLE_PARTNER);
    add_contact(w, c, "s-low", "SEC", "LOW", ROLE_DESK);
    add_contact(w, c, "s-top", "SEC", "TOP", ROLE_DESK);
}

static void test_an_edition(void **state)
{
    const struct change moved[] = {
        {CHANGE_MOVED, "W-1", "", "start", "2027-01-11", "2027-01-18"},
        {CHANGE_MOVED, "W-1", "", "end", "2027-01-13", "2027-01-20"},
        {CHANGE_MOVED, "W-1", "W-1/SOM", "start", "", ""},
        {CHANGE_MOVED, "W-1", "W-1/SOM+1:JP", "start", "", ""},
        {CHANGE_RETITLED, "W-1", "W-1/SOM", "title", "", ""},
        {CHANGE_MOVED, "W-1", "W-1/MIN", "start", "", ""},
    };
    struct world *w = world_new();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    add_everybody(w, &c);
    all = digest(w, NULL, moved, 6, &c);
    assert_string_equal(list(w, &all),
                        "bn-host W-1 W-1/MIN; "
                        "id-mid W-1 W-1/SOM W-1/SOM+1:JP; id-top W-1 W-1/MIN; "
                        "jp W-1 W-1/SOM+1:JP; s-top W-1 W-1/MIN");
    for (size_t i = 0; i < all.n; i++) {
        assert_int_equal(all.rows[i].kind, NOTICE_DIGEST);
        assert_string_equal(all.rows[i].cause, "digest/7");
        assert_string_equal(all.rows[i].edition, "");
        assert_int_equal(all.rows[i].lead.n, -1);
        assert_int_equal(all.rows[i].due.second,
                         at("2026-11-24T06:00:00Z").second);
        assert_true(all.rows[i].expires.second > all.rows[i].due.second);
    }
    assert_int_equal(digest(w, NULL, moved, 0, &c).n, 0);
    talloc_free(w);
}

/* The host that was, and the one that is; items that are no more. */
static void test_before_and_after(void **state)
{
    const struct change changes[] = {
        {CHANGE_VENUE, "W-1", "", "host", "ID", "BN"},
        {CHANGE_REMOVED, "W-1", "W-1/SOM+1:JP", "", "", ""},
    };
    struct world *w = world_new(), *was = world_new();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    add_week(was, "W-1", 2027, "2027-01-18", EDITION_PROPOSED)->host = "ID";
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    w->plan.n_items = 1; /* SOM alone is left */
    add_everybody(w, &c);
    all = digest(w, &was->plan, changes, 2, &c);
    assert_string_equal(list(w, &all),
                        "bn-host W-1; id-host W-1; id-mid W-1 W-1/SOM+1:JP; "
                        "id-top W-1; jp W-1 W-1/SOM+1:JP; s-top W-1");
    talloc_free(w);
    talloc_free(was);
}

/* Without items the cluster's rule says whom it concerns. */
static void test_without_items(void **state)
{
    static const struct {
        const char *id, *cluster, *start, *hear;
    } cases[] = {
        {"W-1", "WEEK", "2027-01-18",
         "bn-host W-1; id-mid W-1; id-top W-1; s-top W-1"},
        {"W-1", "WEEK", "", "bn-host W-1; id-mid W-1; id-top W-1; s-top W-1"},
        {"C-1", "CALL", "2027-05-03", "bn-low C-1; id-mid C-1; s-low C-1"},
        {"F-1", "FAIR", "2027-08-03",
         "bn-host F-1; bn-low F-1; s-low F-1; s-top F-1"},
        {"G-1", "GONE", "2027-08-03",
         "bn-host G-1; bn-low G-1; s-low G-1; s-top G-1"},
        {"W-0", "WEEK", "2026-11-23", ""}, /* it is over */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct change added = {CHANGE_ADDED, cases[i].id, "", "", "", ""};
        struct world *w = world_new();
        struct contacts c = {0};
        struct notices all;

        add_edition(w, cases[i].id, cases[i].cluster, 2027, 0, cases[i].start,
                    cases[i].start, EDITION_PROPOSED);
        add_everybody(w, &c);
        all = digest(w, NULL, &added, 1, &c);
        assert_string_equal(list(w, &all), cases[i].hear);
        talloc_free(w);
    }
}

/* Who joins the organisation later does not sit there yet. */
static void test_not_yet_a_member(void **state)
{
    const struct change added = {CHANGE_ADDED, "W-1", "", "", "", ""};
    struct world *w = world_new();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    w->members[1].since = day("2030-01-01");
    add_edition(w, "W-1", "WEEK", 2027, 0, "2027-01-18", "2027-01-18",
                EDITION_PROPOSED);
    add_everybody(w, &c);
    all = digest(w, NULL, &added, 1, &c);
    assert_string_equal(list(w, &all), "bn-host W-1; s-top W-1");
    talloc_free(w);
}

/* An event without a body concerns the desk, the host, the partner in it. */
static void test_open_event(void **state)
{
    const struct change changes[] = {
        {CHANGE_ADDED, "FAIR-2027", "", "", "", ""},
        {CHANGE_ADDED, "FAIR-2027", "FAIR-2027/FAIR", "", "", ""},
    };
    struct world *w = world_new();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    add_edition(w, "FAIR-2027", "FAIR", 2027, 0, "2027-08-03", "2027-08-03",
                EDITION_PROPOSED);
    add_item(w, ITEM_EVENT, "FAIR", "", "", "2027-08-03")->open = true;
    add_everybody(w, &c);
    all = digest(w, NULL, changes, 2, &c);
    assert_string_equal(list(w, &all),
                        "bn-host FAIR-2027 FAIR-2027/FAIR; bn-low FAIR-2027; "
                        "jp FAIR-2027 FAIR-2027/FAIR; "
                        "s-low FAIR-2027 FAIR-2027/FAIR; "
                        "s-top FAIR-2027 FAIR-2027/FAIR");
    talloc_free(w);
}

/* A reader's own tasks, open and late on the day of the release. */
static void test_own_tasks_that_are_late(void **state)
{
    const struct change moved = {CHANGE_MOVED, "W-1", "", "start", "", ""};
    struct world *w = world_new();
    struct contacts c = {0};
    struct task_fact done = {.task = "W-1/CREDENTIALS:ID",
                             .state = TASK_DONE,
                             .on = day("2026-11-20"),
                             .note = "",
                             .pin = DATE_NONE};
    char *text = memory_text(w, "");
    struct tasks tasks;
    struct notices all;

    (void)state;
    add_step(w, "PAPERS", DUE_BEFORE, LENGTH(60, DAYS), OWNER_SECRETARIAT);
    add_step(w, "CREDENTIALS", DUE_BEFORE, LENGTH(70, DAYS), OWNER_MEMBERS);
    add_step(w, "VENUE", DUE_BEFORE, LENGTH(80, DAYS), OWNER_HOST);
    add_step(w, "REPLY", DUE_BEFORE, LENGTH(90, DAYS), OWNER_PARTNERS);
    add_step(w, "LATER", DUE_BEFORE, LENGTH(5, DAYS), OWNER_SECRETARIAT);
    /* due on the day of the release itself: not late */
    add_step(w, "TODAY", DUE_BEFORE, LENGTH(55, DAYS), OWNER_SECRETARIAT);
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    add_everybody(w, &c);
    tasks = office_tasks(w, &w->rules, &w->plan, &done, 1);
    all = digest_of(w, NULL, &moved, 1, &tasks, &c);
    for (size_t i = 0; i < all.n; i++) {
        text = text_format(w, "%s%s%s", text, i ? "; " : "",
                           all.rows[i].contact->email);
        for (size_t k = 0; k < all.rows[i].n_overdue; k++)
            text = text_format(w, "%s %s", text, all.rows[i].overdue[k]->id);
    }
    assert_string_equal(text, "bn-host W-1/VENUE; id-mid; id-top; "
                              "jp W-1/REPLY:JP; s-top W-1/PAPERS");
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_edition),
        cmocka_unit_test(test_before_and_after),
        cmocka_unit_test(test_without_items),
        cmocka_unit_test(test_not_yet_a_member),
        cmocka_unit_test(test_open_event),
        cmocka_unit_test(test_own_tasks_that_are_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
