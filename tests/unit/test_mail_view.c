/*
 * A message as a row: the stable members, and the words of its state.
 */
#include "daemon/mail/outbox.h"
#include "daemon/publish/view.h"

#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static void test_message(void **state)
{
    static const char *names[] = {"message",  "to",     "kind",    "subject",
                                  "edition",  "state",  "created", "next",
                                  "attempts", "verdict"};
    struct message m = {.id = 17,
                        .kind = MESSAGE_REMINDER,
                        .to = "desk@example.bn",
                        .subject = "In 14 days",
                        .edition = "MINISTERIAL-2027",
                        .state = MESSAGE_DEFERRED,
                        .created = {1795478400},
                        .next = {INT64_MIN},
                        .expires = {INT64_MIN},
                        .settled = {INT64_MIN}};
    json_t *row = view_message(&m);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(json_object_get(row, names[i]));
    assert_string_equal(json_string_value(json_object_get(row, "state")),
                        message_state_word(MESSAGE_DEFERRED));
    assert_string_equal(json_string_value(json_object_get(row, "kind")),
                        "reminder");
    assert_string_equal(json_string_value(json_object_get(row, "created")),
                        "2026-11-24T00:00:00Z");
    assert_true(json_is_null(json_object_get(row, "next")));
    assert_true(json_is_null(json_object_get(row, "verdict")));
    json_decref(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_message)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
