/*
 * The parent of convene-mailer, with children that are small scripts and
 * misbehave.
 */
#include "daemon/mail/mailer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

#define MAILS 3

/* What the caller of a mailer sees, and does. */
struct world {
    TALLOC_CTX *ctx;   /* of the test */
    TALLOC_CTX *batch; /* freed in done, as the daemon does it */
    char folder[32];
    uv_loop_t loop;
    struct mailer *mailer;
    struct mailer *loaded; /* before the start; NULL: none */
    struct message mails[MAILS];
    const struct message *list[MAILS];
    char log[2000]; /* one word per verdict: "1=sent" */
    char text[MAILS][300];
    int done;
    bool up;
    char note[300];
    bool free_early;
    int stop_at_verdict; /* seconds that a stop gives the child; 0: no stop */
    int patience;        /* 0: so long that a slow machine is no silence */
};

static const char *const words[] = {"sent", "failed", "deferred", "unknown"};

static void on_verdict(void *self, int64_t id, enum verdict_word verdict,
                       const char *text)
{
    struct world *w = self;
    size_t n = strlen(w->log);

    assert_int_equal(w->done, 0);
    (void)snprintf(w->log + n, sizeof w->log - n, "%s%lld=%s", n ? " " : "",
                   (long long)id, words[verdict]);
    (void)snprintf(w->text[id - 1], sizeof w->text[0], "%s", text);
    if (w->stop_at_verdict)
        mailer_stop(w->mailer, w->stop_at_verdict);
}

static void on_done(void *self, bool relay_up, const char *note)
{
    struct world *w = self;

    w->done++;
    w->up = relay_up;
    (void)snprintf(w->note, sizeof w->note, "%s", note);
    talloc_free(w->batch);
    w->batch = NULL;
}

static int setup(void **state)
{
    struct world *w = object_new(NULL, struct world);

    w->ctx = w;
    w->batch = talloc_new(NULL);
    (void)strcpy(w->folder, "/tmp/mailerXXXXXX");
    assert_non_null(mkdtemp(w->folder));
    assert_int_equal(uv_loop_init(&w->loop), 0);
    for (int i = 0; i < MAILS; i++) {
        w->mails[i] = (struct message){.id = i + 1,
                                       .to = "b@example.org",
                                       .from = i ? "a@example.org" : "",
                                       .octets = "Subject: x\r\n\r\ny\r\n",
                                       .size = 17};
        w->list[i] = &w->mails[i];
    }
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    assert_int_equal(uv_loop_close(&w->loop), 0); /* nothing left open */
    (void)unlink(text_format(w, "%s/child", w->folder));
    (void)unlink(text_format(w, "%s/stdin", w->folder));
    assert_int_equal(rmdir(w->folder), 0);
    talloc_free(w->batch);
    talloc_free(w);
    return 0;
}

/* A child that is a shell script in the world's folder. */
static const char *child(struct world *w, const char *script)
{
    const char *path = text_format(w, "%s/child", w->folder);
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    (void)fprintf(f, "#!/bin/sh\n%s\n", script);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

static bool start(struct world *w, const char *program, struct error *err)
{
    const int wait = w->patience ? w->patience : 100;
    const struct mailer_patience patience = {wait, wait, wait + 1};
    const struct mailer_relay relay = {.program = program,
                                       .host_port = "127.0.0.1:25",
                                       .helo = "calendar.example"};
    const struct mailer_events events = {w, on_verdict, on_done};

    return mailer_start(w->batch, &w->loop, w->loaded, &relay, &patience,
                        w->list, MAILS, &events, &w->mailer, err);
}

static void run(struct world *w, const char *script)
{
    struct error err;

    assert_true(start(w, child(w, script), &err));
    if (w->free_early) {
        talloc_free(w->batch);
        w->batch = NULL;
    }
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(w->done, w->free_early ? 0 : 1);
}

#define TAKE "cat >/dev/null\n"

static void every_verdict_arrives(void **state)
{
    struct world *w = *state;

    run(w, TAKE "echo connected; echo begun 1\n"
                "echo verdict 1 sent data 250 2.0.0 queued as 7\n"
                "echo verdict 2 failed rcpt 550 0.0.0 no such user\n"
                "echo note 127.0.0.1:25: 451 later\n"
                "echo verdict 3 deferred connect 0 0.0.0 no answer\n"
                "echo done");
    assert_string_equal(w->log, "1=sent 2=failed 3=deferred");
    assert_string_equal(w->text[0], "DATA: 250 2.0.0 queued as 7");
    assert_string_equal(w->text[1], "RCPT: 550 no such user");
    assert_string_equal(w->text[2], "127.0.0.1:25: 451 later");
    assert_true(w->up);
    assert_string_equal(w->note, "127.0.0.1:25: 451 later");
}

static void the_batch_is_written_whole(void **state)
{
    struct world *w = *state;
    struct error err;
    char *text;
    size_t size;

    run(w, text_format(w, "cat >%s/stdin", w->folder));
    assert_true(text_read_file(w, text_format(w, "%s/stdin", w->folder), 4096,
                               &text, &size, &err));
    assert_string_equal(text,
                        "relay 127.0.0.1:25 calendar.example none - -\n"
                        "mail 1 <> b@example.org 17\nSubject: x\r\n\r\ny\r\n"
                        "mail 2 a@example.org b@example.org 17\n"
                        "Subject: x\r\n\r\ny\r\n"
                        "mail 3 a@example.org b@example.org 17\n"
                        "Subject: x\r\n\r\ny\r\n");
}

/* A child and what must follow: verdicts, relay, a part of the note. */
static const struct {
    const char *script, *log;
    bool up;
    const char *note;
} rows[] = {
    {"exit 0", "1=deferred 2=deferred 3=deferred", false, "before its time"},
    {TAKE "exit 7", "1=deferred 2=deferred 3=deferred", false, "status 7"},
    {"kill -SEGV $$", "1=deferred 2=deferred 3=deferred", false, "signal 11"},
    {TAKE "echo note relay: the certificate is bad; exit 1",
     "1=deferred 2=deferred 3=deferred", false, "certificate is bad"},
    {TAKE "echo connected; echo begun 1; kill -KILL $$",
     "1=unknown 2=deferred 3=deferred", false, "signal 9"},
    {TAKE "echo connected; echo begun 1; echo verdict 1 sent data 250 2.0.0 ok;"
          "echo begun 2; kill -SEGV $$",
     "1=sent 2=unknown 3=deferred", false, "signal 11"},
    {TAKE "echo connected; for i in 1 2 3; do echo begun $i;"
          "echo verdict $i sent data 250 2.0.0 ok; done; exit 0",
     "1=sent 2=sent 3=sent", false, "before its time"},
    /* refused whole: the relay is to blame */
    {TAKE "echo connected; for i in 1 2 3; do "
          "echo verdict $i deferred mail 550 5.7.1 not you; done; echo done",
     "1=deferred 2=deferred 3=deferred", false, ""},
    /* it does not end by itself */
    {TAKE "echo connected; for i in 1 2 3; do echo begun $i;"
          "echo verdict $i sent data 250 2.0.0 ok; done; echo done;"
          "exec sleep 30",
     "1=sent 2=sent 3=sent", true, ""},
    /* silence */
    {TAKE "exec sleep 30", "1=deferred 2=deferred 3=deferred", false,
     "nothing happened for 6 seconds"},
    {TAKE "echo connected; exec sleep 30", "1=deferred 2=deferred 3=deferred",
     false, "nothing happened for 6 seconds"},
    {TAKE "echo connected; echo begun 2; exec sleep 30",
     "1=deferred 2=unknown 3=deferred", false,
     "nothing happened for 7 seconds"},
    {"exec sleep 30", "1=deferred 2=deferred 3=deferred", false,
     "nothing happened for 6 seconds"},
    /* octets without a line's end do not feed the watchdog */
    {TAKE "echo connected; while :; do printf x; sleep 0.2; done",
     "1=deferred 2=deferred 3=deferred", false,
     "nothing happened for 6 seconds"},
    /* stdout closed, child alive */
    {TAKE "echo connected; echo begun 3; exec >&-; exec sleep 30",
     "1=deferred 2=deferred 3=unknown", false, "signal 9"},
    /* garbage */
    {TAKE
     "head -c 100000 /dev/zero; echo; echo verdict; echo verdict 1;"
     "echo verdict 99 sent data 250 2.0.0 ok; echo begun; echo begun x;"
     "echo verdict 1 perhaps data 250 2.0.0 ok; echo; echo ' '; echo note;"
     "echo verdict 1x failed data 550 5.0.0 x; printf '\\377\\n'; echo done",
     "1=deferred 2=deferred 3=deferred", false, ""},
    /* sent without begun is not believed, a second verdict neither */
    {TAKE "echo connected; echo verdict 1 sent data 250 2.0.0 ok;"
          "echo verdict 2 failed rcpt 550 5.1.1 no;"
          "echo verdict 2 deferred rcpt 450 4.1.1 later; echo done",
     "2=failed 1=deferred 3=deferred", true, ""},
};

/* Each in a world of its own, all at once: they spend their time waiting. */
static void children_misbehave(void **state)
{
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct world *worlds[ROWS];
    bool left = true;

    for (size_t i = 0; i < ROWS; i++) {
        struct error err;

        assert_int_equal(setup((void **)&worlds[i]), 0);
        if (strstr(rows[i].script, "sleep"))
            worlds[i]->patience = 6; /* silence is what it is about */
        assert_true(start(worlds[i], child(worlds[i], rows[i].script), &err));
    }
    while (left) {
        left = false;
        for (size_t i = 0; i < ROWS; i++)
            left = uv_run(&worlds[i]->loop, UV_RUN_NOWAIT) || left;
        (void)usleep(10000);
    }
    for (size_t i = 0; i < ROWS; i++) {
        struct world *w = worlds[i];

        if (w->done != 1 || strcmp(w->log, rows[i].log) != 0 ||
            w->up != rows[i].up || !strstr(w->note, rows[i].note))
            fail_msg("%s\n-> %s, %s, %s", rows[i].script, w->log,
                     w->up ? "up" : "down", w->note);
        assert_int_equal(teardown((void **)&w), 0);
    }
    (void)state;
}

static void what_a_relay_says_is_cleaned(void **state)
{
    struct world *w = *state;

    run(w, TAKE "echo connected; printf 'verdict 1 failed rcpt 550 5.1.1 "
                "n\\303\\251\\033[2J\\0x\\n'; echo done");
    assert_string_equal(w->text[0], "RCPT: 550 5.1.1 n???[2J?x");
}

static void a_stop_lets_the_mail_in_hand_finish(void **state)
{
    struct world *w = *state;

    w->stop_at_verdict = 100;
    run(w, TAKE "trap 'echo verdict 2 sent data 250 2.0.0 ok; echo done; exit'"
                " TERM; echo connected; echo begun 1; echo begun 2;"
                "echo verdict 1 sent data 250 2.0.0 ok;"
                "while :; do sleep 0.1; done");
    assert_string_equal(w->log, "1=sent 2=sent 3=deferred");
}

static void a_child_deaf_to_a_stop_is_killed(void **state)
{
    struct world *w = *state;

    w->stop_at_verdict = 1;
    run(w, TAKE "trap '' TERM; echo connected; echo begun 1; echo begun 2;"
                "echo verdict 1 sent data 250 2.0.0 ok;"
                "while :; do sleep 0.1; echo note still here; done");
    assert_string_equal(w->log, "1=sent 2=unknown 3=deferred");
    assert_false(w->up);
}

static void nobody_is_told_when_the_context_ends_first(void **state)
{
    struct world *w = *state;

    w->free_early = true;
    run(w, TAKE "echo connected; echo begun 1; exec sleep 30");
    assert_string_equal(w->log, "");
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    struct world *w = *state;
    struct error err;

    assert_false(start(w, "/nonexistent/convene-mailer", &err));
    assert_non_null(strstr(err.text, "/nonexistent/convene-mailer"));
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(w->done, 0);
}

static void hostile_envelopes_are_refused(void **state)
{
    static const char *const bad[] = {"", "a b@x.example", "a@x.example\nmail",
                                      "\xc3\xa9@x.example"};
    struct world *w = *state;
    struct error err;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        w->mails[1].to = bad[i];
        assert_false(start(w, "/bin/true", &err));
        assert_int_equal(err.code, REPLY_INPUT);
        assert_non_null(strstr(err.text, "message 2"));
    }
}

#define SENDS                                                                  \
    "for i in 1 2 3; do echo begun $i;"                                        \
    "echo verdict $i sent data 250 2.0.0 ok; done; echo done"
#define SENDS_ALL TAKE "echo connected; " SENDS

static void a_loaded_child_takes_the_batch(void **state)
{
    struct world *w = *state;
    const char *program =
        child(w, text_format(w, "echo x >>%s/stdin\n" SENDS_ALL, w->folder));
    struct error err;
    char *text;
    size_t size;

    assert_true(mailer_load(&w->loop, program, &w->loaded, &err));
    assert_true(start(w, program, &err));
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_string_equal(w->log, "1=sent 2=sent 3=sent");
    assert_int_equal(w->done, 1);
    assert_true(text_read_file(w, text_format(w, "%s/stdin", w->folder), 99,
                               &text, &size, &err));
    assert_string_equal(text, "x\n"); /* it was started once */
}

static void a_loaded_child_that_died_is_replaced(void **state)
{
    struct world *w = *state;
    siginfo_t dead;
    struct error err;

    assert_true(mailer_load(&w->loop, child(w, "exit 3"), &w->loaded, &err));
    /* It is dead, and what tells the loop so has come. */
    assert_int_equal(waitid(P_ALL, 0, &dead, WEXITED | WNOWAIT), 0);
    for (int i = 0; i < 20; i++)
        (void)uv_run(&w->loop, UV_RUN_NOWAIT);
    assert_true(start(w, child(w, SENDS_ALL), &err));
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_string_equal(w->log, "1=sent 2=sent 3=sent");
    assert_int_equal(w->done, 1);
}

static void a_loaded_child_without_work_ends(void **state)
{
    struct world *w = *state;
    struct error err;

    assert_true(
        mailer_load(&w->loop, child(w, "exec sleep 30"), &w->loaded, &err));
    mailer_unload(w->loaded);
    mailer_unload(NULL);
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(w->done, 0);
}

/* The session is over: nobody waits for a process that is slow to end. */
static void done_is_told_before_the_child_has_ended(void **state)
{
    struct world *w = *state;
    struct error err;

    assert_true(start(w, child(w, SENDS_ALL "; exec sleep 30"), &err));
    while (!w->done)
        (void)uv_run(&w->loop, UV_RUN_ONCE);
    assert_true(w->up);
    assert_int_equal(uv_loop_alive(&w->loop) != 0, 1);
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(w->done, 1);
}

/* A daemon that was held up for longer than its patience has heard nothing, but
 * the child has spoken: it is no silence, and what is in hand is finished. */
static void a_daemon_that_was_held_up_kills_nobody(void **state)
{
    struct world *w = *state;
    const char *said = text_format(w, "%s/stdin", w->folder);
    struct error err;

    w->patience = 4;
    assert_true(start(w,
                      child(w, text_format(w,
                                           "echo connected; echo begun 1; "
                                           "echo >%s; while [ -e %s ]; do "
                                           "sleep 0.05; done; " SENDS,
                                           said, said)),
                      &err));
    while (access(said, F_OK) != 0)
        (void)usleep(10000);
    (void)usleep(4200000);
    assert_int_equal(unlink(said), 0);
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_string_equal(w->log, "1=sent 2=sent 3=sent");
    assert_true(w->up);
}

/* More than a pipe holds, to a child that does not read it at once. */
static void a_large_batch_is_streamed(void **state)
{
    struct world *w = *state;
    size_t size = 1 << 20;
    char *octets = array_new(w, char, size);

    (void)memset(octets, 'x', size);
    for (int i = 0; i < MAILS; i++) {
        w->mails[i].octets = octets;
        w->mails[i].size = size;
    }
    run(w, "sleep 0.3; echo connected; n=$(wc -c); echo note took $n;"
           "echo begun 1; echo verdict 1 sent data 250 2.0.0 ok; echo done");
    assert_string_equal(w->note, "took 3145891");
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH(every_verdict_arrives),
        WITH(the_batch_is_written_whole),
        cmocka_unit_test(children_misbehave),
        WITH(what_a_relay_says_is_cleaned),
        WITH(a_stop_lets_the_mail_in_hand_finish),
        WITH(a_child_deaf_to_a_stop_is_killed),
        WITH(nobody_is_told_when_the_context_ends_first),
        WITH(a_program_that_is_not_there_is_an_error),
        WITH(hostile_envelopes_are_refused),
        WITH(a_large_batch_is_streamed),
        WITH(a_loaded_child_takes_the_batch),
        WITH(a_loaded_child_that_died_is_replaced),
        WITH(a_loaded_child_without_work_ends),
        WITH(done_is_told_before_the_child_has_ended),
        WITH(a_daemon_that_was_held_up_kills_nobody),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
