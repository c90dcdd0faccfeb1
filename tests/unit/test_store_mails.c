/*
 * The outbox as rows: once per cause, in order, moves as the table allows.
 */
#include "tests/unit/test_store.h"

#include "daemon/store/schema.h"

static const char octets[] = "To: a@example.org\r\n\r\nDear a\r\n";

static struct message sample(const char *to, const char *cause)
{
    return (struct message){.kind = MESSAGE_REMINDER,
                            .cause = cause,
                            .to = to,
                            .name = "A",
                            .party = "BN",
                            .from = "",
                            .subject = "Reminder",
                            .edition = "A-2027",
                            .thing = "",
                            .message_id = "1@example.org",
                            .state = MESSAGE_QUEUED,
                            .created = {1000},
                            .next = {1000},
                            .expires = {9000},
                            .settled = INSTANT_NONE,
                            .verdict = "",
                            .octets = octets,
                            .size = sizeof octets - 1};
}

static int64_t add(struct fixture *f, const struct message *m)
{
    int64_t id = 0;
    bool new;

    assert_good(f, store_add_message(f->st, m, &id, &new, &f->err));
    return id;
}

static int64_t add_in(struct fixture *f, const char *cause,
                      enum message_state state, int64_t next)
{
    struct message m = sample("a@example.org", cause);

    m.state = state;
    m.next = at(next);
    return add(f, &m);
}

static struct message message(struct fixture *f, int64_t id)
{
    struct message m = {0};

    assert_good(f, store_message(f->ctx, f->st, id, &m, &f->err));
    return m;
}

static size_t claim(struct fixture *f, int64_t now, size_t limit,
                    struct message **ret)
{
    size_t n = 0;

    assert_good(f,
                store_claim(f->ctx, f->st, at(now), limit, ret, &n, &f->err));
    return n;
}

static void a_message_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    struct message m = sample("a@example.org", "c"), got;
    int64_t id;

    m.thing = "A-2027/AGENDA";
    m.from = "bounces@example.org";
    m.attempts = 3;
    m.uncertain = 1;
    m.verdict = "451 later";
    m.settled = at(77);
    id = add(f, &m);
    store_reopen(f);
    got = message(f, id);
    assert_int_equal(got.id, id);
    assert_int_equal(got.kind, MESSAGE_REMINDER);
    assert_string_equal(got.cause, "c");
    assert_string_equal(got.to, "a@example.org");
    assert_string_equal(got.name, "A");
    assert_string_equal(got.party, "BN");
    assert_string_equal(got.from, "bounces@example.org");
    assert_string_equal(got.subject, "Reminder");
    assert_string_equal(got.edition, "A-2027");
    assert_string_equal(got.thing, "A-2027/AGENDA");
    assert_string_equal(got.message_id, "1@example.org");
    assert_int_equal(got.state, MESSAGE_QUEUED);
    assert_int_equal(got.created.second, 1000);
    assert_int_equal(got.next.second, 1000);
    assert_int_equal(got.expires.second, 9000);
    assert_int_equal(got.settled.second, 77);
    assert_int_equal(got.attempts, 3);
    assert_int_equal(got.uncertain, 1);
    assert_string_equal(got.verdict, "451 later");
    assert_int_equal(got.size, sizeof octets - 1);
    assert_string_equal(got.octets, octets);
    assert_bad(f, REPLY_NOTFOUND, "no message 99",
               store_message(f->ctx, f->st, 99, &got, &f->err));
}

static void every_kind_comes_back(void **state)
{
    struct fixture *f = *state;

    for (int k = 0; k < MESSAGE_KINDS; k++) {
        struct message m =
            sample("a@example.org", text_format(f->ctx, "%d", k));

        m.kind = (enum message_kind)k;
        assert_int_equal(message(f, add(f, &m)).kind, k);
    }
}

static void a_cause_is_mailed_once(void **state)
{
    struct fixture *f = *state;
    struct message m = sample("a@example.org", "release/1"), b = m;
    int64_t first = 0, second = 0, other = 0;
    bool new, has;

    assert_good(f, store_add_message(f->st, &m, &first, &new, &f->err));
    assert_true(new);
    b.to = "A@Example.ORG";
    b.subject = "other";
    assert_good(f, store_add_message(f->st, &b, &second, &new, &f->err));
    assert_false(new);
    assert_int_equal(first, second);
    assert_string_equal(message(f, first).subject, "Reminder");
    b.to = "b@example.org";
    assert_good(f, store_add_message(f->st, &b, &other, &new, &f->err));
    assert_true(new);
    assert_int_not_equal(first, other);
    assert_good(f, store_has_message(f->st, "a@EXAMPLE.org", "release/1", &has,
                                     &f->err));
    assert_true(has);
    assert_good(f, store_has_message(f->st, "a@example.org", "release/2", &has,
                                     &f->err));
    assert_false(has);
    m.cause = "";
    assert_bad(f, REPLY_INPUT, "message to a@example.org",
               store_add_message(f->st, &m, &first, &new, &f->err));
}

static void composed_octets_never_change(void **state)
{
    struct fixture *f = *state;

    static const char *const attempts[] = {
        "UPDATE message_octets SET octets = x'00'",
        "DELETE FROM message_octets",
        "UPDATE message SET sender = 'b@example.org'"};

    (void)add_in(f, "c", MESSAGE_QUEUED, 0);
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        assert_int_equal(sqlite3_exec(f->st->db, attempts[i], NULL, NULL, NULL),
                         SQLITE_CONSTRAINT_TRIGGER);
}

/* Format 9 kept the octets in the row that every verdict wrote again. */
static void octets_of_format_9_are_kept(void **state)
{
    struct fixture *f = *state;
    struct message m, *rows;
    char *ids = text_format(
        f->ctx, "PRAGMA application_id = %d; PRAGMA user_version = 9;",
        SCHEMA_APPLICATION);

    talloc_free(f->st);
    f->st = NULL;
    assert_int_equal(
        unlink(text_format(f->ctx, "%s/" STORE_FILE, f->directory)), 0);
    for (int v = 0; v < 9; v++)
        database_run(f, schema_steps[v]);
    database_run(f,
                 "INSERT INTO message VALUES(7, 'digest', 'c', 'a@example.org',"
                 " 'A', 's@example.org', 'Subject', '', '', 'x@y', 10, NULL,"
                 " 'queued', 10, 2, 1, 'told', NULL, x'4142')");
    database_run(f, ids);
    store_reopen(f);
    m = message(f, 7);
    assert_int_equal(m.size, 2);
    assert_string_equal(m.octets, "AB");
    assert_string_equal(m.verdict, "told");
    assert_int_equal(m.attempts, 2);
    assert_int_equal(claim(f, 10, 1, &rows), 1);
    assert_string_equal(rows[0].octets, "AB");
    composed_octets_never_change(state);
}

static void claims_what_is_due_oldest_first(void **state)
{
    struct fixture *f = *state;
    int64_t last = add_in(f, "1", MESSAGE_DEFERRED, 2000);
    int64_t first = add_in(f, "2", MESSAGE_QUEUED, 1000);
    int64_t second = add_in(f, "3", MESSAGE_QUEUED, 1000);
    struct message *rows;

    (void)add_in(f, "4", MESSAGE_QUEUED, 2001);
    (void)add_in(f, "5", MESSAGE_HELD, 1000);
    (void)add_in(f, "6", MESSAGE_FAILED, 1000);
    assert_int_equal(claim(f, 2000, 2, &rows), 2);
    assert_int_equal(rows[0].id, first);
    assert_int_equal(rows[1].id, second);
    assert_int_equal(rows[0].state, MESSAGE_INFLIGHT);
    assert_string_equal(rows[0].octets, octets);
    assert_int_equal(message(f, first).state, MESSAGE_INFLIGHT);
    assert_int_equal(claim(f, 2000, 10, &rows), 1);
    assert_int_equal(rows[0].id, last);
    assert_int_equal(claim(f, 2000, 10, &rows), 0);
}

static void claims_nothing_that_is_past(void **state)
{
    struct fixture *f = *state;
    struct message *rows;

    (void)add_in(f, "1", MESSAGE_QUEUED, 1000);
    assert_int_equal(claim(f, 9001, 10, &rows), 0);
    assert_int_equal(claim(f, 9000, 10, &rows), 1);
}

static int64_t add_about(struct fixture *f, const char *to, const char *cause,
                         const char *thing)
{
    struct message m = sample(to, cause);

    m.thing = thing;
    return add(f, &m);
}

static void settle(struct fixture *f, int64_t id, enum message_state to,
                   int64_t next)
{
    struct message m = message(f, id);

    m.state = to;
    m.next = at(next);
    assert_good(f, store_settle(f->st, &m, &f->err));
}

static int64_t next_due(struct fixture *f)
{
    struct instant t = {0};

    assert_good(f, store_next_due(f->st, &t, &f->err));
    return t.second;
}

/* A change must not overtake the invitation it changes. */
static void keeps_the_order_about_one_thing(void **state)
{
    struct fixture *f = *state;
    int64_t first = add_about(f, "a@example.org", "1", "X");
    int64_t second = add_about(f, "a@example.org", "2", "X");
    int64_t other = add_about(f, "b@example.org", "1", "X");
    struct message *rows;

    assert_int_equal(claim(f, 2000, 10, &rows), 2);
    assert_int_equal(rows[0].id, first);
    assert_int_equal(rows[1].id, other);
    assert_int_equal(claim(f, 2000, 10, &rows), 0);
    settle(f, first, MESSAGE_DEFERRED, 3000);
    assert_int_equal(claim(f, 2500, 10, &rows), 0);
    assert_int_equal(next_due(f), 3000); /* not that of the second */
    assert_int_equal(claim(f, 3000, 10, &rows), 1);
    settle(f, first, MESSAGE_SENT, 3000);
    assert_int_equal(claim(f, 3000, 10, &rows), 1);
    assert_int_equal(rows[0].id, second);
}

/* What is queued for later holds up nothing that is due before it. */
static void later_does_not_hold_up_earlier(void **state)
{
    struct fixture *f = *state;
    struct message m = sample("a@example.org", "1"), *rows;

    m.thing = "X";
    m.next = at(5000);
    (void)add(f, &m);
    (void)add_about(f, "a@example.org", "2", "X");
    assert_int_equal(claim(f, 2000, 10, &rows), 1);
    assert_string_equal(rows[0].cause, "2");
}

static void settles_what_a_verdict_says(void **state)
{
    struct fixture *f = *state;
    int64_t id = add_in(f, "1", MESSAGE_QUEUED, 1000);
    struct message *rows, m;

    assert_int_equal(claim(f, 1000, 1, &rows), 1);
    message_settle(&rows[0], MAIL_SENT, false, "250 queued as 1", at(1234));
    assert_good(f, store_settle(f->st, &rows[0], &f->err));
    m = message(f, id);
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_int_equal(m.settled.second, 1234);
    assert_int_equal(m.attempts, 1);
    assert_string_equal(m.verdict, "250 queued as 1");
    assert_string_equal(m.octets, octets);
}

/* Every pair of states: exactly the moves of the table. */
static void refuses_moves_by_state(void **state)
{
    struct fixture *f = *state;

    for (int from = 0; from < MESSAGE_STATES; from++)
        for (int to = 0; to < MESSAGE_STATES; to++) {
            int64_t id = add_in(f, text_format(f->ctx, "%d-%d", from, to),
                                (enum message_state)from, 1000);
            struct message m = message(f, id);

            m.state = (enum message_state)to;
            if (message_may_move((enum message_state)from, m.state))
                assert_good(f, store_settle(f->st, &m, &f->err));
            else
                assert_bad(f, REPLY_CONFLICT, "cannot become",
                           store_settle(f->st, &m, &f->err));
        }
}

static void recovers_what_was_in_flight(void **state)
{
    struct fixture *f = *state;
    int64_t id = add_in(f, "1", MESSAGE_QUEUED, 1000);
    struct message *rows, m;
    int n;

    (void)add_in(f, "2", MESSAGE_QUEUED, 5000);
    assert_int_equal(claim(f, 1000, 1, &rows), 1);
    store_reopen(f);
    assert_good(f, store_recover(f->st, at(2000), &n, &f->err));
    assert_int_equal(n, 1);
    m = message(f, id);
    assert_int_equal(m.state, MESSAGE_DEFERRED);
    assert_int_equal(m.uncertain, 1);
    assert_int_equal(m.next.second, 2060);
    assert_good(f, store_recover(f->st, at(2000), &n, &f->err));
    assert_int_equal(n, 0);
}

static void expires_what_is_open(void **state)
{
    struct fixture *f = *state;
    int64_t ids[MESSAGE_STATES];
    int n;

    for (int s = 0; s < MESSAGE_STATES; s++)
        ids[s] = add_in(f, text_format(f->ctx, "%d", s), (enum message_state)s,
                        1000);
    assert_good(f, store_expire(f->st, at(9000), &n, &f->err));
    assert_int_equal(n, 0);
    assert_good(f, store_expire(f->st, at(9001), &n, &f->err));
    assert_int_equal(n, 3);
    for (int s = 0; s < MESSAGE_STATES; s++) {
        bool open =
            s == MESSAGE_HELD || s == MESSAGE_QUEUED || s == MESSAGE_DEFERRED;
        struct message m = message(f, ids[s]);

        assert_int_equal(m.state, open ? MESSAGE_EXPIRED : s);
        assert_int_equal(m.settled.second, open ? 9001 : INT64_MIN);
    }
}

static void knows_what_is_due_next(void **state)
{
    struct fixture *f = *state;
    struct message m = sample("a@example.org", "never");
    struct message *rows;

    assert_int_equal(next_due(f), INSTANT_NONE.second);
    (void)add_in(f, "sent", MESSAGE_SENT, 10);
    assert_int_equal(next_due(f), INSTANT_NONE.second);
    m.state = MESSAGE_HELD;
    m.expires = INSTANT_NONE;
    (void)add(f, &m);
    assert_int_equal(next_due(f), INSTANT_NONE.second);
    (void)add_in(f, "held", MESSAGE_HELD, 10);
    assert_int_equal(next_due(f), 9001); /* the second in which it expires */
    (void)add_in(f, "queued", MESSAGE_QUEUED, 3000);
    assert_int_equal(next_due(f), 3000);
    (void)add_in(f, "deferred", MESSAGE_DEFERRED, 2000);
    assert_int_equal(next_due(f), 2000);
    assert_int_equal(claim(f, 2000, 1, &rows), 1);
    assert_int_equal(next_due(f), 3000);
}

/* Whatever the clock says: after claiming and expiring at `now`, nothing is
 * due at `now`, or a scheduler would spin. */
static void what_was_due_is_not_due_again(void **state)
{
    struct fixture *f = *state;
    struct message m = sample("a@example.org", "no time");
    int n;

    m.next = INSTANT_NONE;
    (void)add(f, &m);
    (void)add_in(f, "1", MESSAGE_QUEUED, 9000);
    (void)add_in(f, "2", MESSAGE_HELD, 1000);
    for (int64_t now = 1000, due; (due = next_due(f)) >= 0; now = due) {
        struct message *rows;

        assert_true(due >= now);
        assert_good(f, store_expire(f->st, at(due), &n, &f->err));
        (void)claim(f, due, 10, &rows);
        assert_true(next_due(f) < 0 || next_due(f) > due);
    }
}

static void lists_by_state_and_edition(void **state)
{
    struct fixture *f = *state;
    struct message m = sample("a@example.org", "other");
    struct message *rows;
    int64_t counts[MESSAGE_STATES];
    size_t n;

    (void)add_in(f, "1", MESSAGE_QUEUED, 1);
    (void)add_in(f, "2", MESSAGE_HELD, 1);
    m.edition = "B-2027";
    (void)add(f, &m);
#define LIST(state, edition, after, limit)                                     \
    (store_messages(f->ctx, f->st, (int)(state), edition, after, limit, &rows, \
                    &n, &f->err)                                               \
         ? (int)n                                                              \
         : -1)
    assert_int_equal(LIST(-1, NULL, 0, SIZE_MAX), 3);
    assert_null(rows[0].octets);
    assert_string_equal(rows[2].cause, "other");
    assert_int_equal(LIST(-1, NULL, 0, 2), 2);
    assert_int_equal(LIST(-1, NULL, rows[1].id, 2), 1);
    assert_int_equal(LIST(MESSAGE_QUEUED, NULL, 0, 9), 2);
    assert_int_equal(LIST(-1, "A-2027", 0, 9), 2);
    assert_int_equal(LIST(MESSAGE_HELD, "A-2027", 0, 9), 1);
    assert_int_equal(LIST(MESSAGE_HELD, "B-2027", 0, 9), 0);
#undef LIST
    assert_good(f, store_count_messages(f->st, counts, &f->err));
    for (int s = 0; s < MESSAGE_STATES; s++)
        assert_int_equal(counts[s],
                         s == MESSAGE_QUEUED ? 2 : s == MESSAGE_HELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_message_comes_back_whole),
        STORE_TEST(every_kind_comes_back),
        STORE_TEST(a_cause_is_mailed_once),
        STORE_TEST(composed_octets_never_change),
        STORE_TEST(octets_of_format_9_are_kept),
        STORE_TEST(claims_what_is_due_oldest_first),
        STORE_TEST(claims_nothing_that_is_past),
        STORE_TEST(keeps_the_order_about_one_thing),
        STORE_TEST(later_does_not_hold_up_earlier),
        STORE_TEST(settles_what_a_verdict_says),
        STORE_TEST(refuses_moves_by_state),
        STORE_TEST(recovers_what_was_in_flight),
        STORE_TEST(expires_what_is_open),
        STORE_TEST(knows_what_is_due_next),
        STORE_TEST(what_was_due_is_not_due_again),
        STORE_TEST(lists_by_state_and_edition),
    };

    return cmocka_run_group_tests_name("store.mails", tests, NULL, NULL);
}
