/*
 * States, moves and waits of messages.
 */
#include "daemon/mail/outbox.h"

#include <string.h>

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

enum { MINUTE = 60, HOUR = 3600 };

static const struct instant now = {1800000000};

static struct message inflight(int64_t id, int64_t age)
{
    return (struct message){.id = id,
                            .state = MESSAGE_INFLIGHT,
                            .created = {now.second - age},
                            .next = now,
                            .settled = INSTANT_NONE};
}

static int64_t wait_of(const struct message *m)
{
    return m->next.second - now.second;
}

static void words_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGE_STATES; i++) {
        enum message_state s = MESSAGE_STATES;

        assert_true(
            message_state_parse(message_state_word((enum message_state)i), &s));
        assert_int_equal(s, i);
    }
}

static void other_words_do_not(void **state)
{
    enum message_state s;

    (void)state;
    assert_false(message_state_parse("", &s));
    assert_false(message_state_parse("Sent", &s));
}

/* The diagram of outbox.h, row by row: from, to. */
static void moves_are_those_of_the_diagram(void **state)
{
    static const char *const moves[MESSAGE_STATES] = {
        [MESSAGE_HELD] = "queued dropped expired",
        [MESSAGE_QUEUED] = "inflight dropped expired",
        [MESSAGE_INFLIGHT] = "sent failed deferred held",
        [MESSAGE_SENT] = "",
        [MESSAGE_DEFERRED] = "inflight queued dropped expired",
        [MESSAGE_FAILED] = "queued",
        [MESSAGE_EXPIRED] = "held queued",
        [MESSAGE_DROPPED] = "",
    };

    (void)state;
    for (int from = 0; from < MESSAGE_STATES; from++)
        for (int to = 0; to < MESSAGE_STATES; to++) {
            const char *word = message_state_word((enum message_state)to);
            bool may = message_may_move((enum message_state)from,
                                        (enum message_state)to);

            if (may != (strstr(moves[from], word) != NULL))
                fail_msg("%s -> %s",
                         message_state_word((enum message_state)from), word);
        }
}

static void sent_and_failed_are_final(void **state)
{
    struct message m = inflight(1, HOUR);

    (void)state;
    m.uncertain = 2;
    message_settle(&m, MAIL_SENT, false, "250 ok", now);
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_int_equal(m.settled.second, now.second);
    assert_int_equal(m.attempts, 1);
    assert_int_equal(m.uncertain, 0);
    assert_string_equal(m.verdict, "250 ok");
    m = inflight(1, HOUR);
    message_settle(&m, MAIL_FAILED, false, "550 no such user", now);
    assert_int_equal(m.state, MESSAGE_FAILED);
    assert_int_equal(m.settled.second, now.second);
    assert_string_equal(m.verdict, "550 no such user");
}

/* As long as it is old, between 5 minutes and an hour, give or take a tenth. */
static void deferred_waits_by_its_age(void **state)
{
    static const struct {
        int64_t age, wait;
    } rows[] = {
        {-HOUR, 5 * MINUTE},        {0, 5 * MINUTE}, {4 * MINUTE, 5 * MINUTE},
        {20 * MINUTE, 20 * MINUTE}, {HOUR, HOUR},    {100 * HOUR, HOUR}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int64_t id = 1; id < 100; id++) {
            struct message m = inflight(id, rows[i].age), again = m;

            message_settle(&m, MAIL_DEFERRED, false, "451 later", now);
            message_settle(&again, MAIL_DEFERRED, false, "451 later", now);
            assert_int_equal(m.state, MESSAGE_DEFERRED);
            assert_int_equal(m.attempts, 1);
            assert_in_range(wait_of(&m), rows[i].wait * 9 / 10,
                            rows[i].wait * 11 / 10);
            assert_int_equal(wait_of(&m), wait_of(&again));
            assert_true(instant_is_none(m.settled));
        }
}

static void deferred_together_comes_back_apart(void **state)
{
    int64_t least = INT64_MAX, most = 0;

    (void)state;
    for (int64_t id = 1; id <= 20; id++) {
        struct message m = inflight(id, HOUR);

        message_settle(&m, MAIL_DEFERRED, false, "", now);
        least = wait_of(&m) < least ? wait_of(&m) : least;
        most = wait_of(&m) > most ? wait_of(&m) : most;
    }
    assert_true(most - least > HOUR / 10);
}

static void a_dead_relay_does_not_count(void **state)
{
    struct message m = inflight(1, HOUR);

    (void)state;
    m.attempts = 4;
    message_settle(&m, MAIL_DEFERRED, true, "no connection", now);
    assert_int_equal(m.state, MESSAGE_DEFERRED);
    assert_int_equal(m.attempts, 4);
    assert_int_equal(wait_of(&m), 0);
}

static void unknown_is_tried_again_then_held(void **state)
{
    struct message m = inflight(1, HOUR);

    (void)state;
    for (int i = 1; i <= 2; i++) {
        message_settle(&m, MAIL_UNKNOWN, false, "no answer", now);
        assert_int_equal(m.state, MESSAGE_DEFERRED);
        assert_int_equal(m.uncertain, i);
        assert_int_equal(m.attempts, i);
        assert_int_equal(wait_of(&m), 15 * MINUTE);
    }
    message_settle(&m, MAIL_UNKNOWN, false, "no answer", now);
    assert_int_equal(m.state, MESSAGE_HELD);
    assert_int_equal(m.uncertain, 3);
}

static void a_clear_word_ends_a_row_of_unknowns(void **state)
{
    struct message m = inflight(1, HOUR);

    (void)state;
    message_settle(&m, MAIL_UNKNOWN, false, "", now);
    message_settle(&m, MAIL_UNKNOWN, false, "", now);
    message_settle(&m, MAIL_DEFERRED, false, "451", now);
    assert_int_equal(m.uncertain, 0);
    message_settle(&m, MAIL_UNKNOWN, false, "", now);
    assert_int_equal(m.state, MESSAGE_DEFERRED);
}

static void a_crash_leaves_it_uncertain(void **state)
{
    struct message m = inflight(1, HOUR);

    (void)state;
    message_recover(&m, now);
    assert_int_equal(m.state, MESSAGE_DEFERRED);
    assert_int_equal(m.uncertain, 1);
    assert_int_equal(m.attempts, 0);
    assert_int_equal(wait_of(&m), MINUTE);
}

static void the_relay_rests_longer_each_time(void **state)
{
    static const int minutes[] = {1, 1, 2, 5, 10, 15, 15, 15};

    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(relay_backoff(i), minutes[i] * MINUTE);
    assert_int_equal(relay_backoff(1000000), 15 * MINUTE);
}

static void a_clock_that_was_ahead_is_no_rest(void **state)
{
    const struct instant today = {1000000}, rest = {1000000 + 15 * MINUTE};

    (void)state;
    assert_true(relay_rests(rest, today));
    assert_false(relay_rests(INSTANT_NONE, today));
    assert_false(relay_rests(today, today));
    assert_false(relay_rests(rest, (struct instant){today.second - HOUR}));
}

static void a_clock_that_was_ahead_expired_nothing(void **state)
{
    const struct instant today = {1000000}, later = {1000000 + HOUR};
    struct message m = {
        .state = MESSAGE_EXPIRED, .settled = later, .expires = later};

    (void)state;
    assert_true(message_expired_early(&m, today));
    m.expires = INSTANT_NONE;
    assert_true(message_expired_early(&m, today));
    m.expires = today; /* that is over by any clock */
    assert_false(message_expired_early(&m, today));
    m.expires = later;
    assert_false(message_expired_early(&m, later));
    m.state = MESSAGE_FAILED;
    assert_false(message_expired_early(&m, today));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_back),
        cmocka_unit_test(other_words_do_not),
        cmocka_unit_test(moves_are_those_of_the_diagram),
        cmocka_unit_test(sent_and_failed_are_final),
        cmocka_unit_test(deferred_waits_by_its_age),
        cmocka_unit_test(deferred_together_comes_back_apart),
        cmocka_unit_test(a_dead_relay_does_not_count),
        cmocka_unit_test(unknown_is_tried_again_then_held),
        cmocka_unit_test(a_clear_word_ends_a_row_of_unknowns),
        cmocka_unit_test(a_crash_leaves_it_uncertain),
        cmocka_unit_test(the_relay_rests_longer_each_time),
        cmocka_unit_test(a_clock_that_was_ahead_is_no_rest),
        cmocka_unit_test(a_clock_that_was_ahead_expired_nothing),
    };

    return cmocka_run_group_tests_name("mail.outbox", tests, NULL, NULL);
}
