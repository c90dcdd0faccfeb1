/*
 * Mails as octets: golden ones, what python's email package makes of them, and
 * hostile fields.
 */
#include "daemon/mail/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define GOLDEN SOURCE_DIR "/tests/golden/mail/"

static TALLOC_CTX *ctx;

static const char thai[] = "\u0e2a\u0e33\u0e19\u0e31\u0e01\u0e07\u0e32\u0e19"
                           "\u0e40\u0e25\u0e02\u0e32\u0e18\u0e34\u0e01\u0e32"
                           "\u0e23\u0e1b\u0e23\u0e30\u0e0a\u0e32\u0e04\u0e21";
static const char cjk[] = "\u65e5\u672c\u56fd\u653f\u5e9c\u4ee3\u8868\u90e8";
static const char lao[] = "\u0e9b\u0eb0\u0ec0\u0e97\u0e94\u0ea5\u0eb2\u0ea7";

static const char calendar[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:REQUEST\r\n"
    "BEGIN:VEVENT\r\nUID:abc@calendar.example\r\nDTSTAMP:20270104T000000Z\r\n"
    "DTSTART:20270118T010000Z\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n";

static struct mail_fields plain(void)
{
    return (struct mail_fields){
        .date = {1798999323}, /* 2027-01-03T18:02:03Z */
        .from_name = "Secretariat",
        .from_address = "secretariat@calendar.example",
        .to_name = "Digital desk",
        .to_address = "desk@example.bn",
        .subject = "Reminder: 14 days to go",
        .message_id = "17.2q3w4e5r6t7y@calendar.example",
        .text = "Dear colleague,\n\nthe meeting is near.\n",
    };
}

static struct mail_fields rich(void)
{
    struct mail_fields f = plain();

    f.from_name = thai;
    f.to_name = "O'Neil \"Desk\", Jr. \\ (BN)";
    f.subject =
        "=?utf-8?q?fake?= \u65e5\u672c \u0e44\u0e17\u0e22 a subject that "
        "is long enough for three encoded words, at the very least";
    f.references = "<abc@calendar.example> <def@calendar.example>";
    f.list_id = "Digital \"Ministers\" <ADG.calendar.example>";
    f.unsubscribe = "mailto:leave@calendar.example";
    f.one_click = "https://calendar.example/u/abc?x=1";
    f.reply_to = "desk@calendar.example";
    f.text = ".dot\nFrom here\ntab\tand blank \nno end = \u0e44\u0e17\u0e22 "
             "0123456789012345678901234567890123456789012345678901234567890123"
             ".From";
    f.html = "<p class=\"x\">\u65e5\u672c</p>\n";
    f.calendar = calendar;
    f.method = "REQUEST";
    return f;
}

static const char *compose(const struct mail_fields *f)
{
    char *octets;
    size_t size;
    struct error err;

    if (!mail_compose(ctx, f, &octets, &size, &err))
        fail_msg("%s", err.text);
    assert_int_equal(strlen(octets), size);
    return octets;
}

/* What must hold for every mail (RFC 5322 2.1.1, 2047 2). */
static void check_shape(const char *octets)
{
    const char *line = octets;
    bool header = true;

    while (*line) {
        const char *end = strstr(line, "\r\n");
        size_t n, run = 0;

        assert_non_null(end);
        n = (size_t)(end - line);
        assert_true(n <= 998);
        header = header && n > 0;
        if (header && memmem(line, n, "=?UTF-8?B?", 10))
            assert_true(n <= 76);
        for (size_t i = 0; i < n; i++) {
            assert_true(line[i] == '\t' || (line[i] >= ' ' && line[i] <= '~'));
            run = line[i] == ' ' ? 0 : run + 1;
            if (header && run >= 10 && line[i] == '=' && line[i - 1] == '?')
                assert_true(run <= 75);
        }
        if (!header && n > 0)
            assert_true(line[n - 1] != ' ' && line[n - 1] != '\t' &&
                        line[0] != '.');
        line = end + 2;
    }
}

/* The python of the test: no defect, headers and parts as given. */
static void check_python(const char *octets, const struct mail_fields *f)
{
    static const char script[] =
        "import email, email.header, email.policy, email.utils, sys\n"
        "folder, = sys.argv[1:]\n"
        "get = lambda n: open(f'{folder}/{n}', newline='').read()\n"
        "m = email.message_from_bytes(open(f'{folder}/mail', 'rb').read(),"
        " policy=email.policy.default)\n"
        "for p in m.walk():\n"
        "    assert not p.defects, p.defects\n"
        "    for name, value in p.items():\n"
        "        assert not value.defects, (name, value.defects)\n"
        "def same(a, b): assert a == b, (a, b)\n"
        "same(m['Subject'], get('subject'))\n"
        /* Its newer parser puts blanks between encoded words of a name. */
        "old = email.message_from_bytes(open(f'{folder}/mail', 'rb').read())\n"
        "def name(header):\n"
        "    raw = email.utils.parseaddr(old[header])[0]\n"
        "    return str(email.header.make_header("
        "email.header.decode_header(raw)))\n"
        "same(name('From'), get('from'))\n"
        "same(name('To'), get('to'))\n"
        "same(len(m['To'].addresses), 1)\n"
        "same(m['Bcc'], None)\n"
        "norm = lambda s: s.replace('\\r\\n', '\\n').rstrip('\\n')\n"
        "same(norm(m.get_body(('plain',)).get_content()), norm(get('text')))\n"
        "html = m.get_body(('html',))\n"
        "if html: same(norm(html.get_content()), norm(get('html')))\n"
        "for p in m.walk():\n"
        "    if p.get_content_type() in ('text/calendar', 'application/ics'):\n"
        "        same(p.get_payload(decode=True), get('calendar').encode())\n";
    char folder[] = "/tmp/composeXXXXXX";
    const struct {
        const char *name, *text;
    } files[] = {{"script", script},
                 {"mail", octets},
                 {"subject", f->subject},
                 {"from", f->from_name},
                 {"to", f->to_name},
                 {"text", f->text},
                 {"html", f->html ? f->html : ""},
                 {"calendar", f->calendar ? f->calendar : ""}};
    int status;

    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *out =
            fopen(text_format(ctx, "%s/%s", folder, files[i].name), "we");

        assert_non_null(out);
        (void)fputs(files[i].text, out);
        assert_int_equal(fclose(out), 0);
    }
    status = system(text_format(ctx,
                                "LC_ALL=C.UTF-8 /usr/bin/python3 -X utf8 "
                                "%s/script %s",
                                folder, folder));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        (void)unlink(text_format(ctx, "%s/%s", folder, files[i].name));
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(status, 0);
}

/* CONVENED_GOLDEN=write makes the files anew, to be read by a person. */
static void check_golden(const char *name, const char *octets)
{
    const char *path = text_format(ctx, GOLDEN "%s.eml", name);
    struct error err;
    char *golden;
    size_t size;

    if (getenv("CONVENED_GOLDEN")) {
        FILE *out = fopen(path, "we");

        assert_non_null(out);
        (void)fputs(octets, out);
        assert_int_equal(fclose(out), 0);
    }
    if (!text_read_file(ctx, path, 65536, &golden, &size, &err))
        fail_msg("%s", err.text);
    assert_string_equal(golden, octets);
}

static void golden_mails(void **state)
{
    struct mail_fields f = plain();

    (void)state;
    check_golden("plain", compose(&f));
    f.html = "<p>the meeting is near</p>\n";
    f.from_name = "";
    f.unsubscribe = "mailto:leave@calendar.example";
    check_golden("html", compose(&f));
    f = rich();
    check_golden("invitation", compose(&f));
    assert_string_equal(compose(&f), compose(&f)); /* nothing random */
}

static void python_reads_them_without_defects(void **state)
{
    struct mail_fields f = plain();

    (void)state;
    check_shape(compose(&f));
    check_python(compose(&f), &f);
    f = rich();
    check_shape(compose(&f));
    check_python(compose(&f), &f);
}

static char *repeated(const char *text, size_t n)
{
    char *all = array_new(ctx, char, n *strlen(text) + 1);

    for (size_t i = 0; i < n; i++)
        (void)strcat(all, text);
    return all;
}

/* Names, subjects and texts that are awkward but allowed. */
static void awkward_values_come_back(void **state)
{
    const char *values[] = {
        "",
        "a",
        " leading",
        "trailing ",
        "two  blanks",
        "=?utf-8?q?fake?=",
        "\"quotes\" and \\ backslash\\",
        "<script>, @ ; : ( ) [ ]",
        "Bcc: victim@x.example",
        thai,
        cjk,
        lao,
        "\u0e44\u0e17\u0e22 and \u65e5\u672c mixed with ASCII \U0001f4c5",
        "\u202eright to left",
        repeated("word ", 99),
        repeated("x", 2000),
        repeated(cjk, 50),
        repeated("a\U0001f4c5", 50),
        repeated(".", 200),
        repeated("F", 200),
        repeated("\u00e9", 75),
        repeated(" ", 100),
        repeated("x", 75),
        repeated("x", 76),
    };
    struct mail_fields f = plain();

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        f.subject = f.text = values[i];
        f.to_name = f.from_name = values[i];
        check_shape(compose(&f));
        if (i % 2) /* a process each: half of them is enough at a time */
            f.html = values[i];
        check_python(compose(&f), &f);
    }
}

static void bad_fields_are_refused(void **state)
{
    struct mail_fields base = rich();
    struct {
        const char **field;
        const char *value, *named;
    } rows[] = {
        {&base.from_name, "Evil\r\nBcc: v@x.example", "From"},
        {&base.to_name, "Evil\nBcc: v@x.example", "To"},
        {&base.to_name, "nul\x01", "To"},
        {&base.to_name, "\xff\xfe", "To"},
        {&base.to_name, "\xe0\xb8", "To"},
        {&base.to_name, "\x7f", "To"},
        {&base.to_name, "\xc2\x85", "To"}, /* NEL, a C1 control */
        {&base.subject, "x\r\n\r\nbody", "Subject"},
        {&base.subject, "tab\there", "Subject"},
        {&base.from_address, "a@b", "From"},
        {&base.from_address, "a b@example.org", "From"},
        {&base.to_address, "a@example.org>\r\nRCPT", "To"},
        {&base.to_address, "\u00e9@example.org", "To"},
        {&base.to_address, "", "To"},
        {&base.reply_to, "x", "Reply-To"},
        {&base.message_id, "", "Message-ID"},
        {&base.message_id, "no-at", "Message-ID"},
        {&base.message_id, "a@b>\r\nX: y", "Message-ID"},
        {&base.message_id, "a b@c", "Message-ID"},
        {&base.references, "", "References"},
        {&base.references, "abc", "References"},
        {&base.references, "<a@b> <c>", "References"},
        {&base.references, "<a@b>\r\nX: y", "References"},
        {&base.references, "<\u00e9@b>", "References"},
        {&base.list_id, "", "List-Id"},
        {&base.list_id, "phrase only", "List-Id"},
        {&base.list_id, "p <a b>", "List-Id"},
        {&base.list_id, "p <>", "List-Id"},
        {&base.list_id, "p <\u00e9.x>", "List-Id"},
        {&base.list_id, "p\r\nX: y <a.b>", "List-Id"},
        {&base.unsubscribe, "javascript:x", "List-Unsubscribe"},
        {&base.unsubscribe, "https://x/", "List-Unsubscribe"},
        {&base.unsubscribe, "mailto:a@b.example>,<b", "List-Unsubscribe"},
        {&base.one_click, "https://x/ y", "List-Unsubscribe"},
        {&base.one_click, "https://x/>,<b", "List-Unsubscribe"},
        {&base.one_click, "mailto:a@b.example", "List-Unsubscribe"},
        {&base.one_click, "http://x/", "List-Unsubscribe"},
        {&base.text, "bare \r return", "text"},
        {&base.text, "\x1b[2J", "text"},
        {&base.html, "\xc3", "HTML"},
        {&base.calendar, "\xc3", "calendar"},
        {&base.method, "", "METHOD"},
        {&base.method, NULL, "METHOD"},
        {&base.method, "REQUEST\r\nX: y", "METHOD"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *good = *rows[i].field;
        char *octets;
        size_t size;
        struct error err;

        *rows[i].field = rows[i].value;
        if (mail_compose(ctx, &base, &octets, &size, &err))
            fail_msg("row %zu was taken:\n%s", i, octets);
        assert_int_equal(err.code, REPLY_INPUT);
        if (!strstr(err.text, rows[i].named))
            fail_msg("row %zu: \"%s\" does not name %s", i, err.text,
                     rows[i].named);
        *rows[i].field = good;
    }
    (void)compose(&base);
}

static void mailboxes_are_split(void **state)
{
    static const struct {
        const char *text, *name, *address; /* NULL: refused */
    } rows[] = {
        {"a@b.example", "", "a@b.example"},
        {"  a@b.example ", "", "a@b.example"},
        {"<a@b.example>", "", "a@b.example"},
        {"Name <a@b.example>", "Name", "a@b.example"},
        {"  Two Words  < a@b.example > ", "Two Words", "a@b.example"},
        {"\"Quoted, Name\" <a@b.example>", "Quoted, Name", "a@b.example"},
        {"\"A \\\"B\\\" \\\\\" <a@b.example>", "A \"B\" \\", "a@b.example"},
        {"\"A <x@y.example>\" <a@b.example>", "A <x@y.example>", "a@b.example"},
        {"\u0e44\u0e17\u0e22 <a@b.example>", "\u0e44\u0e17\u0e22",
         "a@b.example"},
        {"\"\" <a@b.example>", "", "a@b.example"},
        {"", NULL, NULL},
        {"Name", NULL, NULL},
        {"Name <a@b.example", NULL, NULL},
        {"Name <a@b.example> more", NULL, NULL},
        {"Name <>", NULL, NULL},
        {"Name <a@b>", NULL, NULL},
        {"\"open <a@b.example>", NULL, NULL},
        {"\"a\"b\" <a@b.example>", NULL, NULL},
        {"\"a\\\" <a@b.example>", NULL, NULL},
        {"x@y.example, Name <a@b.example>", NULL, NULL},
        {"a@b.example, c@d.example", NULL, NULL},
        {"Evil\r\nBcc: v@x.example <a@b.example>", NULL, NULL},
        {"\xff <a@b.example>", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *name = NULL, *address = NULL;
        struct error err;
        bool good =
            mail_address_split(ctx, rows[i].text, &name, &address, &err);

        if (good != (rows[i].name != NULL))
            fail_msg("\"%s\": %s", rows[i].text, good ? "taken" : err.text);
        if (good) {
            assert_string_equal(name, rows[i].name);
            assert_string_equal(address, rows[i].address);
        } else {
            assert_int_equal(err.code, REPLY_INPUT);
            assert_null(name); /* outputs untouched */
        }
    }
}

static int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

/* Whatever is quoted in a name, no line of it passes 78 octets. */
static void names_make_no_long_lines(void **state)
{
    (void)state;
    for (size_t n = 1; n < 90; n++)
        for (const char *c = "\"\\x"; *c; c++) {
            struct mail_fields f = plain();
            char name[90];

            memset(name, *c, n);
            name[n] = '\0';
            f.from_name = f.to_name = name;
            for (const char *line = compose(&f); *line;) {
                size_t width = strcspn(line, "\r");

                if (width > 78)
                    fail_msg("%zu times %c: %.*s", n, *c, (int)width, line);
                line += width + 2;
            }
        }
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH(golden_mails),
        WITH(python_reads_them_without_defects),
        WITH(awkward_values_come_back),
        WITH(bad_fields_are_refused),
        WITH(mailboxes_are_split),
        WITH(names_make_no_long_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
