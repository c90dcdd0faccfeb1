/*
 * Identities, history, holidays, contacts, tasks, feeds and the log.
 */
#include "tests/unit/test_store.h"

/* ---- identities */

static struct identity identity(struct fixture *f, const char *thing,
                                int64_t now)
{
    struct identity id = {0};

    assert_good(f, store_identity(f->ctx, f->st, thing, "asd.example.org",
                                  at(now), &id, &f->err));
    return id;
}

static void a_uid_is_for_ever(void **state)
{
    struct fixture *f = *state;
    struct identity a = identity(f, "A-2027", 100), b = identity(f, "B", 100);

    assert_int_equal(a.sequence, -1);
    assert_int_equal(a.created.second, 100);
    assert_string_not_equal(a.uid, b.uid);
    assert_good(f, store_set_identity(f->st, "A-2027", 2, at(200), &f->err));
    store_reopen(f);
    b = identity(f, "A-2027", 300);
    assert_string_equal(b.uid, a.uid);
    assert_int_equal(b.sequence, 2);
    assert_int_equal(b.created.second, 100);
    assert_int_equal(b.modified.second, 200);
}

static void a_uid_is_long_and_plain(void **state)
{
    struct fixture *f = *state;
    const char *uid = identity(f, "A", 1).uid;
    size_t n = strspn(uid, "abcdefghijklmnopqrstuvwxyz0123456789");

    assert_true(n >= 26);
    assert_string_equal(uid + n, "@asd.example.org");
}

static void a_sequence_never_falls(void **state)
{
    struct fixture *f = *state;

    (void)identity(f, "A", 1);
    assert_bad(f, REPLY_NOTFOUND, "no UID",
               store_set_identity(f->st, "B", 0, at(2), &f->err));
    assert_good(f, store_set_identity(f->st, "A", 3, at(2), &f->err));
    assert_good(f, store_set_identity(f->st, "A", 3, at(3), &f->err));
    assert_bad(f, REPLY_CONFLICT, "never falls",
               store_set_identity(f->st, "A", 2, at(4), &f->err));
    assert_int_equal(identity(f, "A", 5).sequence, 3);
    assert_int_equal(identity(f, "A", 5).modified.second, 3);
}

static void an_identity_is_undone_with_its_release(void **state)
{
    struct fixture *f = *state;
    struct identity undone, again;

    assert_good(f, store_begin(f->st, &f->err));
    undone = identity(f, "A", 1);
    assert_good(f, store_set_identity(f->st, "A", 4, at(2), &f->err));
    store_rollback(f->st);
    again = identity(f, "A", 3);
    assert_string_equal(again.uid, undone.uid);
    assert_int_equal(again.sequence, -1);
    assert_int_equal(again.created.second, 3);
}

/* ---- history and holidays */

static void history_is_in_order(void **state)
{
    static const struct past rows[] = {
        {"SOM", 2025, {20100}, {20102}, "BN", "Bandar"},
        {"DDG", 2025, {20000}, {20001}, "JP", ""},
        {"SOM", 2024, {19900}, {19900}, "", "Hà Nội"},
    };
    struct fixture *f = *state;
    struct history h;

    for (size_t i = 0; i < 3; i++)
        assert_good(f, store_put_past(f->st, &rows[i], &f->err));
    assert_good(f, store_put_past(f->st, &rows[0], &f->err)); /* the same */
    assert_good(f, store_history(f->ctx, f->st, &h, &f->err));
    assert_int_equal(h.n, 3);
    assert_string_equal(h.rows[0].cluster, "DDG");
    assert_int_equal(h.rows[1].cycle, 2024);
    assert_string_equal(h.rows[1].city, "Hà Nội");
    assert_int_equal(h.rows[2].from.day, 20100);
    assert_int_equal(h.rows[2].to.day, 20102);
    assert_string_equal(h.rows[2].host, "BN");
}

static void a_holiday_is_corrected(void **state)
{
    struct fixture *f = *state;
    struct holiday row = {.date = {20574},
                          .cc = "MY",
                          .name = "Wesak Day",
                          .kind = HOLIDAY_PUBLIC,
                          .certainty = CERTAINTY_ESTIMATED,
                          .where = {"my.csv", 12, 3}};
    struct holiday *rows;
    bool added;
    size_t n;

    assert_good(f, store_put_holiday(f->st, &row, &added, &f->err));
    assert_true(added);
    row.certainty = CERTAINTY_ANNOUNCED;
    row.kind = HOLIDAY_WORKDAY;
    assert_good(f, store_put_holiday(f->st, &row, &added, &f->err));
    assert_false(added);
    row.name = "Labour Day"; /* two on one day */
    assert_good(f, store_put_holiday(f->st, &row, &added, &f->err));
    assert_true(added);
    assert_good(f, store_holidays(f->ctx, f->st, &rows, &n, &f->err));
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].name, "Labour Day");
    assert_string_equal(rows[1].name, "Wesak Day");
    assert_string_equal(rows[1].cc, "MY");
    assert_int_equal(rows[1].date.day, 20574);
    assert_int_equal(rows[1].kind, HOLIDAY_WORKDAY);
    assert_int_equal(rows[1].certainty, CERTAINTY_ANNOUNCED);
    assert_string_equal(rows[1].where.file, "my.csv");
    assert_int_equal(rows[1].where.line, 12);
    row.date = DATE_NONE;
    assert_bad(f, REPLY_INPUT, "not allowed",
               store_put_holiday(f->st, &row, &added, &f->err));
}

/* ---- contacts and tasks */

static struct contacts contacts(struct fixture *f)
{
    struct contacts c = {0};

    assert_good(f, store_contacts(f->ctx, f->st, &c, &f->err));
    return c;
}

static void contacts_have_no_case(void **state)
{
    const char *bodies[] = {"SOM", "JWG"};
    struct fixture *f = *state;
    struct contact c = {.email = "Desk@Example.bn",
                        .name = "Desk",
                        .of = "BN",
                        .bodies = bodies,
                        .n_bodies = 2,
                        .role = ROLE_DESK,
                        .channel = CHANNEL_INVITE,
                        .zone = "Asia/Brunei",
                        .bounces = 2,
                        .added = {500}};
    struct contacts all;

    assert_good(f, store_put_contact(f->st, &c, &f->err));
    c.email = "desk@example.BN";
    c.name = "The desk";
    assert_good(f, store_put_contact(f->st, &c, &f->err));
    c.email = "a@example.bn";
    assert_good(f, store_put_contact(f->st, &c, &f->err));
    all = contacts(f);
    assert_int_equal(all.n, 2);
    assert_string_equal(all.rows[0].email, "a@example.bn");
    assert_string_equal(all.rows[1].email, "desk@example.BN");
    assert_string_equal(all.rows[1].name, "The desk");
    assert_string_equal(all.rows[1].of, "BN");
    assert_int_equal(all.rows[1].n_bodies, 2);
    assert_string_equal(all.rows[1].bodies[1], "JWG");
    assert_int_equal(all.rows[1].role, ROLE_DESK);
    assert_int_equal(all.rows[1].channel, CHANNEL_INVITE);
    assert_string_equal(all.rows[1].zone, "Asia/Brunei");
    assert_int_equal(all.rows[1].bounces, 2);
    assert_int_equal(all.rows[1].added.second, 500);
}

static void a_dropped_contact_is_gone(void **state)
{
    struct fixture *f = *state;
    struct contact c = {.email = "a@example.bn"};

    assert_good(f, store_put_contact(f->st, &c, &f->err));
    assert_bad(f, REPLY_NOTFOUND, "no contact b@example.bn",
               store_drop_contact(f->st, "b@example.bn", &f->err));
    assert_good(f, store_drop_contact(f->st, "A@EXAMPLE.BN", &f->err));
    assert_int_equal(contacts(f).n, 0);
}

static void every_role_and_channel_comes_back(void **state)
{
    struct fixture *f = *state;
    struct contact c = {.email = "a@example.bn"};

    for (int i = 0; i <= ROLE_PARTNER; i++) {
        c.role = (enum role)i;
        assert_good(f, store_put_contact(f->st, &c, &f->err));
        assert_int_equal(contacts(f).rows[0].role, i);
    }
    for (int i = 0; i <= CHANNEL_NONE; i++) {
        c.channel = (enum channel)i;
        assert_good(f, store_put_contact(f->st, &c, &f->err));
        assert_int_equal(contacts(f).rows[0].channel, i);
    }
    c.role = (enum role)42;
    assert_bad(f, REPLY_INPUT, "\"role\" cannot be stored",
               store_put_contact(f->st, &c, &f->err));
}

static void a_task_keeps_its_last_fact(void **state)
{
    struct fixture *f = *state;
    struct task_fact fact = {.task = "A-2027/AGENDA",
                             .state = TASK_DONE,
                             .on = {20500},
                             .note = "by letter",
                             .pin = DATE_NONE,
                             .who = "officer"};
    struct task_fact *rows;
    size_t n;

    assert_good(f, store_put_task_fact(f->st, &fact, at(1), &f->err));
    assert_good(f, store_task_facts(f->ctx, f->st, &rows, &n, &f->err));
    assert_int_equal(rows[0].state, TASK_DONE);
    assert_int_equal(rows[0].on.day, 20500);
    assert_true(date_is_none(rows[0].pin));
    fact = (struct task_fact){"A-2027/AGENDA", TASK_WAIVED, DATE_NONE, "",
                              {20600},         "other"};
    assert_good(f, store_put_task_fact(f->st, &fact, at(2), &f->err));
    assert_good(f, store_task_facts(f->ctx, f->st, &rows, &n, &f->err));
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].task, "A-2027/AGENDA");
    assert_int_equal(rows[0].state, TASK_WAIVED);
    assert_true(date_is_none(rows[0].on));
    assert_string_equal(rows[0].note, "");
    assert_int_equal(rows[0].pin.day, 20600);
    assert_string_equal(rows[0].who, "other");
}

/* ---- feeds */

static void a_feed_is_kept_octet_by_octet(void **state)
{
    static const char body[] = "BEGIN:VCALENDAR\r\n\0\xff not text";
    struct fixture *f = *state;
    struct stored_feed feed = {.name = "all",
                               .body = body,
                               .size = sizeof body - 1,
                               .etag = "\"abc\"",
                               .modified = {900},
                               .release = 3,
                               .events = 41};
    struct stored_feed *rows;
    size_t n;

    assert_good(f, store_put_feed(f->st, &feed, &f->err));
    feed.release = 4;
    assert_good(f, store_put_feed(f->st, &feed, &f->err));
    feed.name = "empty";
    feed.size = 0;
    assert_good(f, store_put_feed(f->st, &feed, &f->err));
    assert_good(f, store_feeds(f->ctx, f->st, &rows, &n, &f->err));
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].size, sizeof body - 1);
    assert_memory_equal(rows[0].body, body, sizeof body);
    assert_string_equal(rows[0].etag, "\"abc\"");
    assert_int_equal(rows[0].modified.second, 900);
    assert_int_equal(rows[0].release, 4);
    assert_int_equal(rows[0].events, 41);
    assert_int_equal(rows[1].size, 0);
    assert_string_equal(rows[1].body, "");
}

/* ---- the log */

static size_t log_count(struct fixture *f, struct instant since, const char *of)
{
    struct log_row *rows;
    size_t n = 0;

    assert_good(f,
                store_log_rows(f->ctx, f->st, since, of, &rows, &n, &f->err));
    return n;
}

static void the_log_is_found_by_time_and_thing(void **state)
{
    struct fixture *f = *state;
    struct log_row row = {.at = {100},
                          .who = "officer",
                          .uid = 1000,
                          .verb = "move",
                          .args = "{\"edition\": \"A-2027\"}",
                          .reason = "asked",
                          .things = "A-2027 A-2027/SOM",
                          .before = "18 January",
                          .after = "19 January"};
    struct log_row *rows;
    size_t n;

    assert_good(f, store_log(f->st, &row, &f->err));
    row.at = at(200);
    row.things = "AA-2027/SOM B-2027";
    row.before = NULL;
    assert_good(f, store_log(f->st, &row, &f->err));
    assert_good(f, store_log_rows(f->ctx, f->st, INSTANT_NONE, NULL, &rows, &n,
                                  &f->err));
    assert_int_equal(n, 2);
    assert_true(rows[0].id < rows[1].id);
    assert_string_equal(rows[0].who, "officer");
    assert_int_equal(rows[0].uid, 1000);
    assert_string_equal(rows[0].verb, "move");
    assert_string_equal(rows[0].args, row.args);
    assert_string_equal(rows[0].reason, "asked");
    assert_string_equal(rows[0].before, "18 January");
    assert_string_equal(rows[0].after, "19 January");
    assert_string_equal(rows[1].before, "");
    assert_int_equal(log_count(f, at(200), NULL), 1);
    assert_int_equal(log_count(f, at(201), NULL), 0);
    assert_int_equal(log_count(f, INSTANT_NONE, "A-2027"), 1);
    assert_int_equal(log_count(f, INSTANT_NONE, "A-2027/SOM"), 1);
    assert_int_equal(log_count(f, INSTANT_NONE, "AA-2027"), 1);
    assert_int_equal(log_count(f, INSTANT_NONE, "B-2027"), 1);
    assert_int_equal(log_count(f, INSTANT_NONE, "A-20"), 0);
    assert_int_equal(log_count(f, at(150), "A-2027"), 0);
    assert_int_equal(
        sqlite3_exec(f->st->db, "DELETE FROM log", NULL, NULL, NULL),
        SQLITE_CONSTRAINT_TRIGGER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_uid_is_for_ever),
        STORE_TEST(a_uid_is_long_and_plain),
        STORE_TEST(a_sequence_never_falls),
        STORE_TEST(an_identity_is_undone_with_its_release),
        STORE_TEST(history_is_in_order),
        STORE_TEST(a_holiday_is_corrected),
        STORE_TEST(contacts_have_no_case),
        STORE_TEST(a_dropped_contact_is_gone),
        STORE_TEST(every_role_and_channel_comes_back),
        STORE_TEST(a_task_keeps_its_last_fact),
        STORE_TEST(a_feed_is_kept_octet_by_octet),
        STORE_TEST(the_log_is_found_by_time_and_thing),
    };

    return cmocka_run_group_tests_name("store.facts", tests, NULL, NULL);
}
