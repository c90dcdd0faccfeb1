/* iTIP objects: the feed's event, one organizer, one attendee. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/mail/itip.h"

#include <cmocka.h>

#define EVENT(uid, tzid)                                                       \
    "BEGIN:VEVENT\r\nUID:" uid "\r\nDTSTAMP:20261124T000000Z\r\n"              \
    "SEQUENCE:3\r\nDTSTART;TZID=" tzid ":20270118T090000\r\n"                  \
    "DTEND;TZID=" tzid ":20270118T100000\r\nSTATUS:CONFIRMED\r\n"              \
    "SUMMARY:A\\, b\r\nEND:VEVENT\r\n"
#define ZONE(tzid)                                                             \
    "BEGIN:VTIMEZONE\r\nTZID:" tzid "\r\nBEGIN:STANDARD\r\n"                   \
    "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\n"    \
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"

static const char feed[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
    "X-WR-CALNAME:All\r\n" ZONE("Asia/Brunei") ZONE("Asia/Manila")
        EVENT("b@x.example", "Asia/Brunei")
            EVENT("a@x.example", "Asia/Manila") "END:VCALENDAR\r\n";

static const struct itip_party desk = {"Secretariat", "desk@x.example"};

struct fixture {
    TALLOC_CTX *ctx;
    struct itip_source *source;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = object_new(NULL, struct fixture);

    f->ctx = f;
    *state = f;
    return itip_read(f, feed, &f->source, &f->err) ? 0 : -1;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

/* Unfolded, so that the whole of a line can be looked for. */
static char *write_for(struct fixture *f, const char *uid, enum itip_method m,
                       const char *name)
{
    struct itip_party who = {name, "a.b@y.example"};
    char *text, *to;

    assert_true(itip_write(f, f->source, uid, m, INSTANT_NONE, &desk, &who,
                           &text, &f->err));
    to = text;
    for (const char *c = text; *c; c++) {
        if (c[0] == '\r' && c[1] == '\n' && c[2] == ' ')
            c += 2;
        else
            *to++ = *c;
    }
    *to = '\0';
    return text;
}

static void test_request(void **state)
{
    struct fixture *f = *state;
    char *t = write_for(f, "a@x.example", ITIP_REQUEST, "A B");

    assert_non_null(strstr(t, "\r\nMETHOD:REQUEST\r\n"));
    assert_non_null(strstr(t, "\r\nUID:a@x.example\r\n"));
    assert_non_null(strstr(t, "\r\nDTSTAMP:20261124T000000Z\r\n"));
    assert_non_null(strstr(t, "\r\nSEQUENCE:3\r\n"));
    assert_non_null(strstr(t, "\r\nSUMMARY:A\\, b\r\n"));
    assert_non_null(
        strstr(t, "\r\nORGANIZER;CN=Secretariat:mailto:desk@x.example\r\n"));
    assert_non_null(strstr(t, "PARTSTAT=NEEDS-ACTION"));
    assert_non_null(strstr(t, "RSVP=TRUE"));
    assert_non_null(strstr(t, ":mailto:a.b@y.example\r\n"));
    assert_non_null(strstr(t, "TZID:Asia/Manila"));
    assert_null(strstr(t, "Asia/Brunei"));
    assert_null(strstr(t, "b@x.example\r\nDTSTAMP"));
    assert_null(strstr(t, "CALNAME"));
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    char *t = write_for(f, "b@x.example", ITIP_CANCEL, "A");

    assert_non_null(strstr(t, "\r\nMETHOD:CANCEL\r\n"));
    assert_non_null(strstr(t, "\r\nSTATUS:CANCELLED\r\n"));
    assert_null(strstr(t, "RSVP"));
    assert_null(strstr(t, "CONFIRMED"));
}

static void test_names_cannot_break_out(void **state)
{
    struct fixture *f = *state;
    char *t = write_for(f, "a@x.example", ITIP_REQUEST,
                        "E\"vil^n\r\nATTENDEE:mailto:v@x.example;X=1");

    assert_null(strstr(t, "\r\nATTENDEE:mailto:v"));
    assert_non_null(strstr(t, "CN=\"EvilnATTENDEE:mailto:v@x.example;X=1\""));
}

static void test_refusals(void **state)
{
    struct fixture *f = *state;
    const char *const bad[] = {"", "a b@x.example", "a@x\r\nX:1", "<a@x>",
                               "\xc3\xa9@x.example"};
    char *text = NULL;
    int sequence = -1;

    assert_false(itip_write(f, f->source, "c@x.example", ITIP_REQUEST,
                            INSTANT_NONE, &desk, &desk, &text, &f->err));
    assert_int_equal(f->err.code, REPLY_NOTFOUND);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct itip_party who = {"A", bad[i]};

        assert_false(itip_write(f, f->source, "a@x.example", ITIP_REQUEST,
                                INSTANT_NONE, &desk, &who, &text, &f->err));
        assert_int_equal(f->err.code, REPLY_INPUT);
    }
    assert_null(text);
    assert_true(itip_has(f->source, "a@x.example", &sequence));
    assert_int_equal(sequence, 3);
    assert_false(itip_has(f->source, "c@x.example", NULL));
    assert_false(itip_read(f, "", &f->source, &f->err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_cannot_break_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
