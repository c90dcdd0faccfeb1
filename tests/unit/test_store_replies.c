/*
 * What comes back: mails that are kept, answers, links, who was greeted.
 */
#include "tests/unit/test_store.h"

static struct inbox_row mail(const char *digest, const char *kind)
{
    return (struct inbox_row){.digest = digest,
                              .at = at(100),
                              .sender = "a@example.org",
                              .recipient = "desk@example.org",
                              .kind = kind,
                              .author = "A",
                              .subject = "Subject",
                              .thing = "X-2027/M",
                              .outcome = "counted",
                              .facts = "{}",
                              .octets = "a\0b",
                              .size = 3};
}

static struct reply_row reply(const char *thing, const char *email,
                              const char *partstat)
{
    return (struct reply_row){.thing = thing,
                              .email = email,
                              .sequence = 2,
                              .partstat = partstat,
                              .at = at(100),
                              .stamp = at(90),
                              .comment = "late",
                              .proposal = "",
                              .via = "mail"};
}

static void keeps_a_mail_whole_and_once(void **state)
{
    struct fixture *f = *state;
    struct inbox_row m = mail("d1", "reply"), got, *rows;
    bool has;
    size_t n;

    assert_good(f, store_add_inbox(f->st, &m, &f->err));
    assert_bad(f, REPLY_CONFLICT, "", store_add_inbox(f->st, &m, &f->err));
    m = mail("d2", "note");
    assert_good(f, store_add_inbox(f->st, &m, &f->err));
    assert_good(f, store_has_inbox(f->st, "d1", &has, &f->err));
    assert_true(has);
    assert_good(f, store_has_inbox(f->st, "d3", &has, &f->err));
    assert_false(has);
    store_reopen(f);
    assert_good(f,
                store_inbox(f->ctx, f->st, "note", 0, 10, &rows, &n, &f->err));
    assert_int_equal(n, 1);
    assert_null(rows[0].octets);
    assert_good(f, store_inbox_mail(f->ctx, f->st, rows[0].id, &got, &f->err));
    assert_int_equal(got.size, 3);
    assert_memory_equal(got.octets, "a\0b", 3);
    assert_string_equal(got.outcome, "counted");
    assert_bad(f, REPLY_NOTFOUND, "no mail 99",
               store_inbox_mail(f->ctx, f->st, 99, &got, &f->err));
}

static void pages_through_the_inbox(void **state)
{
    struct fixture *f = *state;
    struct inbox_row *rows;
    int64_t after = 0;
    size_t n, all = 0;

    for (int i = 0; i < 5; i++) {
        struct inbox_row m = mail(text_format(f->ctx, "d%d", i), "auto");

        assert_good(f, store_add_inbox(f->st, &m, &f->err));
    }
    do {
        assert_good(
            f, store_inbox(f->ctx, f->st, NULL, after, 2, &rows, &n, &f->err));
        all += n;
        after = n ? rows[n - 1].id : after;
    } while (n == 2);
    assert_int_equal(all, 5);
}

static void what_came_in_never_changes(void **state)
{
    struct fixture *f = *state;
    struct inbox_row m = mail("d1", "reply");

    assert_good(f, store_add_inbox(f->st, &m, &f->err));
    assert_int_equal(sqlite3_exec(f->st->db, "UPDATE inbox SET kind = 'note'",
                                  NULL, NULL, NULL),
                     SQLITE_CONSTRAINT_TRIGGER);
    m = mail("d2", "letter");
    assert_bad(f, REPLY_INPUT, "mail from a@example.org",
               store_add_inbox(f->st, &m, &f->err));
}

static void an_answer_takes_the_place_of_the_one_before(void **state)
{
    struct fixture *f = *state;
    struct reply_row r = reply("X-2027/M", "a@example.org", "DECLINED"), got;
    bool found;

    assert_good(f, store_put_reply(f->st, &r, &f->err));
    r.email = "A@example.org"; /* the same person */
    r.partstat = "ACCEPTED";
    r.sequence = 3;
    assert_good(f, store_put_reply(f->st, &r, &f->err));
    assert_good(f, store_reply(f->ctx, f->st, "X-2027/M", "a@EXAMPLE.org", &got,
                               &found, &f->err));
    assert_true(found);
    assert_string_equal(got.partstat, "ACCEPTED");
    assert_int_equal(got.sequence, 3);
    assert_int_equal(got.stamp.second, 90);
    assert_string_equal(got.comment, "late");
    assert_good(f, store_reply(f->ctx, f->st, "X-2027/N", "a@example.org", &got,
                               &found, &f->err));
    assert_false(found);
    r.partstat = "PERHAPS";
    assert_bad(f, REPLY_INPUT, "reply of", store_put_reply(f->st, &r, &f->err));
}

static void lists_the_answers_of_an_edition_and_no_other(void **state)
{
    struct fixture *f = *state;
    static const char *const things[] = {"X-2027/M", "X-2027/B", "X-2027",
                                         "X-2027-2/M", "Y-2027/M"};
    struct reply_row *rows;
    size_t n;

    for (size_t i = 0; i < 5; i++) {
        struct reply_row r = reply(things[i], "a@example.org", "ACCEPTED");

        assert_good(f, store_put_reply(f->st, &r, &f->err));
    }
    assert_good(f, store_replies(f->ctx, f->st, "X-2027", &rows, &n, &f->err));
    assert_int_equal(n, 3);
    assert_string_equal(rows[0].thing, "X-2027");
    assert_string_equal(rows[1].thing, "X-2027/B");
    assert_good(f, store_replies(f->ctx, f->st, NULL, &rows, &n, &f->err));
    assert_int_equal(n, 5);
}

static void a_link_stands_for_one_thing_and_one_contact(void **state)
{
    struct fixture *f = *state;
    const char *thing, *email;

    for (int i = 0; i < 2; i++)
        assert_good(f, store_put_link(f->st, "digest", "X-2027/M",
                                      "a@example.org", &f->err));
    assert_good(f,
                store_link(f->ctx, f->st, "digest", &thing, &email, &f->err));
    assert_string_equal(thing, "X-2027/M");
    assert_string_equal(email, "a@example.org");
    assert_good(f, store_link(f->ctx, f->st, "other", &thing, &email, &f->err));
    assert_null(thing);
}

static void remembers_who_was_greeted(void **state)
{
    struct fixture *f = *state;
    bool greeted;

    for (int i = 0; i < 2; i++)
        assert_good(f, store_greet(f->st, "a@example.org", "TOP", &f->err));
    assert_good(
        f, store_greeted(f->st, "A@example.org", "TOP", &greeted, &f->err));
    assert_true(greeted);
    assert_good(
        f, store_greeted(f->st, "a@example.org", "MID", &greeted, &f->err));
    assert_false(greeted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(keeps_a_mail_whole_and_once),
        STORE_TEST(pages_through_the_inbox),
        STORE_TEST(what_came_in_never_changes),
        STORE_TEST(an_answer_takes_the_place_of_the_one_before),
        STORE_TEST(lists_the_answers_of_an_edition_and_no_other),
        STORE_TEST(a_link_stands_for_one_thing_and_one_contact),
        STORE_TEST(remembers_who_was_greeted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
