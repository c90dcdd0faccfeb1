/* convened.conf: every key, every fault, and the manual page made of the table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/config.h"

#include <cmocka.h>

static const struct config *read_text(TALLOC_CTX *ctx, const char *text,
                                      struct diagnostics *found)
{
    char path[] = "/tmp/convened-conf-XXXXXX";
    int fd = mkstemp(path);
    const struct config *c;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
    *found = (struct diagnostics){NULL, 0, 0};
    c = config_read(ctx, path, found);
    assert_int_equal(unlink(path), 0);
    return c;
}

static void every_key_has_a_default(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;
    const struct config *c = read_text(ctx, "", &found);

    (void)state;
    assert_non_null(c);
    assert_int_equal(found.n, 0);
    assert_string_equal(c->state, "/var/lib/convened");
    assert_int_equal(c->deliver_kind, DELIVER_NONE);
    assert_int_equal(c->review_kind, REVIEW_RELEASE);
    assert_int_equal(c->lifetime_seconds, 5 * 86400);
    assert_int_equal(c->ladder.desk, 3);
    assert_int_equal(c->mails_per_minute, 0);
    assert_string_equal(zone_name(c->clock), "UTC");
    talloc_free(ctx);
}

static void values_are_worked_out(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;
    const struct config *c = read_text(
        ctx,
        "; a note\n[daemon]\nstate = here\n[mail]\n"
        "deliver = smtp://relay.example.org:587\nstarttls = required\n"
        "from = \"The Desk\" <desk@sec.example.org>\nper-minute = 30\n"
        "lifetime = 12h\nreview = all\nuser = u\npassword-file = /p\n"
        "[secretariat]\nzone = Asia/Yangon\n[http]\nname = Name\n",
        &found);

    (void)state;
    assert_non_null(c);
    assert_string_equal(c->state, "/tmp/here");
    assert_int_equal(c->deliver_kind, DELIVER_SMTP);
    assert_string_equal(c->deliver_to, "relay.example.org:587");
    assert_true(c->tls);
    assert_string_equal(c->from_name, "The Desk");
    assert_string_equal(c->from_address, "desk@sec.example.org");
    assert_string_equal(c->mail_domain, "sec.example.org");
    assert_int_equal(c->mails_per_minute, 30);
    assert_int_equal(c->lifetime_seconds, 12 * 3600);
    assert_int_equal(c->review_kind, REVIEW_ALL);
    assert_string_equal(zone_name(c->clock), "Asia/Yangon");
    c = read_text(ctx, "[mail]\ndeliver = directory:mail\n", &found);
    assert_int_equal(c->deliver_kind, DELIVER_DIRECTORY);
    assert_string_equal(c->deliver_to, "/var/lib/convened/mail");
    c = read_text(ctx, "[daemon]\nstate = ../x/../y/./z\n", &found);
    assert_string_equal(c->state, "/y/./z");
    talloc_free(ctx);
}

static void faults_name_their_line(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *says, *hint;
    } rows[] = {
        {"[deamon]\nstate = x\n", 2, "unknown section", "daemon"},
        {"[http]\nlisen = x\n", 2, "unknown key \"lisen\"", "listen"},
        {"[http]\nname = a\nname = b\n", 3, "set already in line 2", ""},
        {"[http]\nnonsense\n", 2, "neither", ""},
        {"[http]\n name = a\n", 2, "begins with a blank", ""},
        {"[http]\nbase-url = https://x/\n", 2, "base-url", "slash"},
        {"[http]\nbase-url = ftp://x\n", 2, "base-url", "https"},
        {"[http]\nlisten = 127.0.0.1\n", 2, "127.0.0.1", "HOST:PORT"},
        {"[http]\nlisten = none, [::1]:99999\n", 2, "[::1]:99999", "HOST"},
        {"[http]\nlisten = a:1 b:2\n", 2, "a:1 b:2", "commas"},
        {"[http]\nlisten = unix:http\n", 2, "unix:http", "unix:/PATH"},
        {"[daemon]\nstate =\n", 2, "no path", "/var/lib/convened"},
        {"[mail]\ndeliver = smtp://relay:0\n", 2, "relay:0", "HOST:PORT"},
        {"[mail]\n\ndeliver = pigeon\n", 3, "pigeon", "smtp://"},
        {"[mail]\nreview = maybe\n", 2, "maybe", "release"},
        {"[mail]\nstarttls = perhaps\n", 2, "perhaps", "required"},
        {"[mail]\nper-minute = -1\n", 2, "per-minute", "number"},
        {"[mail]\nlifetime = forever\n", 2, "lifetime", "5d"},
        {"[mail]\nquiet = at night\n", 2, "at night", "20:00-07:00"},
        {"[mail]\nsafety-net = some\n", 2, "some", "200/hour"},
        {"[mail]\nescalate-after = 3, 1, 7\n", 2, "3, 1, 7", "1, 3, 7"},
        {"[mail]\nfrom = nobody\n", 2, "from", "Secretariat"},
        {"[mail]\nreply-to = x@y\n", 2, "reply-to", ""},
        {"[mail]\ndeliver = smtp://relay.example:25\nuser = u\n"
         "password-file = /p\n",
         3, "starttls", "required"},
        {"[mail]\ndeliver = smtp://127.0.0.1:25\nuser = u\n", 3,
         "without a password-file", "password-file"},
        {"[mail]\npassword-file = /p\n", 2, "without a user", "user"},
        {"[secretariat]\nzone = Asia/Hanoi\n", 2, "Asia/Hanoi", ""},
        {"[http]\nname = \x01\n", 2, "control characters", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct diagnostics found;

        assert_null(read_text(ctx, rows[i].text, &found));
        assert_true(found.errors >= 1);
        if (!strstr(found.rows[0].text, rows[i].says))
            fail_msg("%s: %s", rows[i].text, found.rows[0].text);
        assert_non_null(strstr(found.rows[0].hint, rows[i].hint));
        assert_int_equal(found.rows[0].where.line, rows[i].line);
        talloc_free(ctx);
    }
}

/* A mistyped group would let no officer in, and nothing would say why. */
static void a_group_that_is_not_there_is_pointed_out(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;

    (void)state;
    assert_non_null(read_text(
        ctx, "[control]\nofficers = root, no-such-group-here\n", &found));
    assert_int_equal(found.n, 1);
    assert_int_equal(found.errors, 0);
    assert_int_equal(found.rows[0].where.line, 2);
    assert_non_null(strstr(found.rows[0].text, "no-such-group-here"));
    talloc_free(ctx);
}

static void a_long_line_is_refused_whole(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found;
    char text[400] = "[http]\nname = ";

    (void)state;
    memset(text + strlen(text), 'x', 300);
    assert_null(read_text(ctx, text, &found));
    assert_non_null(strstr(found.rows[0].text, "longer than"));
    talloc_free(ctx);
}

/* docs/convened.conf.5 is made of the table; GOLDEN_UPDATE=1 writes it. */
static void the_manual_page_is_the_table(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *page = text_format(
        ctx,
        ".TH CONVENED.CONF 5 2026-11-24 \"convened\" \"File Formats Manual\"\n"
        ".SH NAME\nconvened.conf \\- configuration of the meeting calendar "
        "daemon\n.SH DESCRIPTION\nAn INI file: sections in brackets, key = "
        "value, notes after a semicolon. Paths are relative to the file. "
        "Unknown keys and sections are errors; "
        "\\fBconvened \\-\\-check\\fR shows all findings with their lines.\n"
        ".SH KEYS\n%s.SH SEE ALSO\n.BR convened (8),\n.BR convenectl (1),\n"
        ".BR convened.rules (5)\n",
        config_manual(ctx));
    const char *path = SOURCE_DIR "/docs/convened.conf.5";
    struct error err;
    char *text;
    size_t size;

    (void)state;
    if (getenv("GOLDEN_UPDATE")) {
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_true(fputs(page, f) >= 0);
        assert_int_equal(fclose(f), 0);
    }
    assert_true(text_read_file(ctx, path, 65536, &text, &size, &err));
    assert_string_equal(text, page);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_a_default),
        cmocka_unit_test(values_are_worked_out),
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(a_group_that_is_not_there_is_pointed_out),
        cmocka_unit_test(a_long_line_is_refused_whole),
        cmocka_unit_test(the_manual_page_is_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
