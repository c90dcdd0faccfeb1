/* Links that act for a mail's reader are veiled, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "daemon/mail/veil.h"

#include <cmocka.h>

#define TOKEN "abcdefghijklmnopqrstuvwx23"
#define STARS "**************************"

static const char *const marks[] = {"/rsvp/", "/unsubscribe/", NULL};

static void test_veils(void **state)
{
    static const struct {
        const char *mail, *seen;
    } table[] = {
        {"", ""},
        {"https://c.example/rsvp/" TOKEN, "https://c.example/rsvp/" STARS},
        {"<https://c.example/cal/unsubscribe/" TOKEN ">,\r\n <mailto:a@b>",
         "<https://c.example/cal/unsubscribe/" STARS ">,\r\n <mailto:a@b>"},
        {"<a href=3D\"/rsvp/" TOKEN "\">", "<a href=3D\"/rsvp/" STARS "\">"},
        /* broken by quoted-printable: in the secret, in the path, before */
        {"/rsvp/abcdefghij=\r\nklmnopqrstuvwx23\r\n",
         "/rsvp/**********=\r\n****************\r\n"},
        {"/rs=\r\nvp/" TOKEN "=\r\n.", "/rs=\r\nvp/" STARS "=\r\n."},
        {"/rsvp/=\r\n" TOKEN "/rsvp/" TOKEN,
         "/rsvp/=\r\n" STARS "/rsvp/" STARS},
        /* no secrets */
        {"/rsvp/... and /rsvp/", "/rsvp/... and /rsvp/"},
        {"/rsvp/short", "/rsvp/short"},
        {"/feeds/" TOKEN ".ics", "/feeds/" TOKEN ".ics"},
        {"/rsvp/abcdefghij\r\nklmnopqrstuvwx23",
         "/rsvp/abcdefghij\r\nklmnopqrstuvwx23"},
        {"/rsvp", "/rsvp"},
        {"/rs=\r\n", "/rs=\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char *seen = mail_veiled(NULL, table[i].mail, marks);

        assert_string_equal(seen, table[i].seen);
        assert_int_equal(strlen(seen), strlen(table[i].mail));
        talloc_free(seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_veils),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
