/*
 * The client against a real unix socket: a child process plays the daemon,
 * octet by octet where that matters, and goes away at bad moments. The last
 * tests run the program itself.
 */
#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/wire.h"
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

struct fixture {
    TALLOC_CTX *ctx;
    char directory[64];
    const char *path; /* of the socket */
    int fd;           /* listening */
    pid_t child;
    /* what the listener saw */
    char rows[4096];
    char progress[256];
    size_t n_rows, most;
};

static int set_up(void **state)
{
    struct fixture *f = object_new(NULL, struct fixture);
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    f->ctx = f;
    f->most = SIZE_MAX;
    strcpy(f->directory, "/tmp/convened-wire-XXXXXX");
    if (!mkdtemp(f->directory))
        return -1;
    f->path = text_format(f, "%s/control", f->directory);
    f->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(a.sun_path, f->path);
    if (bind(f->fd, (const struct sockaddr *)&a, sizeof a) != 0 ||
        listen(f->fd, 4) != 0)
        return -1;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    /* Of a test that failed nobody comes any more. */
    if (f->child > 0 && waitpid(f->child, NULL, WNOHANG) == 0) {
        (void)kill(f->child, SIGKILL);
        (void)waitpid(f->child, NULL, 0);
    }
    (void)close(f->fd);
    (void)unlink(f->path);
    (void)rmdir(f->directory);
    talloc_free(f);
    return 0;
}

static void put(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = send(fd, text, size, MSG_NOSIGNAL);

        if (n <= 0)
            _exit(0);
        text += n;
        size -= (size_t)n;
    }
}

/* A daemon that takes one request, answers with `answer` in pieces of `piece`
 * bytes, and goes away. The request must be `want`, or nothing is answered. */
static void serve(struct fixture *f, const char *want, const char *answer,
                  size_t piece)
{
    f->child = fork();
    if (f->child != 0)
        return;
    (void)alarm(100); /* nobody came */
    int fd = accept(f->fd, NULL, NULL);
    char buf[4096];
    size_t got = 0, size = strlen(answer);

    while (got == 0 || buf[got - 1] != '\n') {
        ssize_t n = recv(fd, buf + got, sizeof buf - 1 - got, 0);

        if (n <= 0)
            _exit(1);
        got += (size_t)n;
    }
    buf[got - 1] = '\0';
    if (want && strcmp(buf, want) != 0)
        _exit(1);
    for (size_t i = 0; i < size; i += piece) {
        put(fd, answer + i, size - i < piece ? size - i : piece);
        if (piece < 64)
            (void)usleep(200);
    }
    (void)close(fd);
    _exit(0);
}

static bool on_row(void *arg, json_t *row)
{
    struct fixture *f = arg;
    char *text = json_dumps(row, JSON_COMPACT);

    if (strlen(f->rows) + strlen(text) < sizeof f->rows)
        strcat(f->rows, text);
    free(text);
    return ++f->n_rows < f->most;
}

static void on_progress(void *arg, long long done, long long of,
                        const char *text)
{
    struct fixture *f = arg;
    char *one = text_format(f, "%lld/%lld %s;", done, of, text);

    strcat(f->progress, one);
}

static bool call(struct fixture *f, const char *verb, json_t **ret_summary,
                 struct error *err)
{
    struct wire_listener l = {on_row, on_progress, f};
    json_t *args = json_object();
    int fd;
    bool good = wire_connect(f->path, &fd, err);

    if (good) {
        good = wire_call(fd, verb, args, &l, ret_summary, err);
        (void)close(fd);
    }
    json_decref(args);
    return good;
}

#define PROGRESS "{\"progress\":{\"done\":1,\"of\":2,\"text\":\"ไทย\"}}\n"
#define ROW      "{\"row\":{\"a\":1}}\n"
#define DONE     "{\"ok\":true,\"summary\":{\"n\":2}}\n"

static void rows_progress_and_end_come_through(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    serve(f, "{\"verb\":\"plan\",\"args\":{}}", PROGRESS ROW ROW DONE, 4096);
    if (!call(f, "plan", &summary, &err))
        fail_msg("%s", err.text);
    assert_string_equal(f->rows, "{\"a\":1}{\"a\":1}");
    assert_string_equal(f->progress, "1/2 ไทย;");
    assert_int_equal(json_integer_value(json_object_get(summary, "n")), 2);
    json_decref(summary);
}

static void lines_may_come_octet_by_octet(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    serve(f, NULL, PROGRESS ROW DONE, 1);
    if (!call(f, "plan", &summary, &err))
        fail_msg("%s", err.text);
    assert_string_equal(f->rows, "{\"a\":1}");
    json_decref(summary);
}

static void errors_of_the_daemon_come_through(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    serve(f, NULL,
          ROW "{\"ok\":false,\"error\":{\"code\":\"notfound\",\"text\":\"no "
              "edition X\",\"at\":\"a:1:2\"}}\n",
          7);
    assert_false(call(f, "show", &summary, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    assert_string_equal(err.text, "no edition X");
    assert_string_equal(err.at, "a:1:2");
    assert_int_equal(f->n_rows, 1);
}

static void a_daemon_that_goes_away_is_away(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    serve(f, NULL, ROW "{\"ok\":tr", 4096);
    assert_false(call(f, "plan", &summary, &err));
    assert_int_equal(err.code, REPLY_AWAY);
    assert_int_equal(f->n_rows, 1);
}

static void a_daemon_that_says_nothing_is_away(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    serve(f, "something else", "", 1);
    assert_false(call(f, "plan", &summary, &err));
    assert_int_equal(err.code, REPLY_AWAY);
}

static void something_else_behind_the_socket_is_noticed(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    serve(f, NULL, "HTTP/1.1 400 Bad Request\r\n", 4096);
    assert_false(call(f, "plan", &summary, &err));
    assert_int_equal(err.code, REPLY_INTERNAL);
    assert_true(text_begins(err.text, "the daemon's answer: not JSON"));
}

static void a_line_that_never_ends_is_given_up(void **state)
{
    struct fixture *f = *state;
    char *text = memory_array(f, 1, WIRE_LINE + 4096, "text");
    struct error err;
    json_t *summary;

    memset(text, 'a', WIRE_LINE + 4095);
    serve(f, NULL, text, 65536);
    assert_false(call(f, "plan", &summary, &err));
    assert_int_equal(err.code, REPLY_INTERNAL);
    assert_non_null(strstr(err.text, "1048576"));
}

static void a_reader_that_has_enough_ends_the_conversation(void **state)
{
    struct fixture *f = *state;
    struct error err;
    json_t *summary;

    f->most = 2;
    serve(f, NULL, ROW ROW ROW ROW DONE, 4096);
    assert_false(call(f, "log", &summary, &err));
    assert_int_equal(err.code, REPLY_OK);
    assert_int_equal(f->n_rows, 2);
}

static void nobody_at_the_socket_is_explained(void **state)
{
    struct fixture *f = *state;
    struct error err;
    char *path = text_format(f, "%s/nowhere", f->directory);
    char *dir = text_format(f, "%s/%0200d", f->directory, 0);
    int fd;

    assert_false(wire_connect(path, &fd, &err));
    assert_int_equal(err.code, REPLY_AWAY);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "systemctl start convened"));
    assert_false(wire_connect(dir, &fd, &err));
    assert_int_equal(err.code, REPLY_USAGE);
    (void)close(f->fd); /* the file stays: a daemon that was killed */
    assert_false(wire_connect(f->path, &fd, &err));
    assert_int_equal(err.code, REPLY_AWAY);
    assert_non_null(strstr(err.text, "Connection refused"));
}

/* ---- the program */

/* Runs convenectl against the fixture's socket; its exit status. What it said
 * goes into the two texts. */
static int run(struct fixture *f, const char *line, char **ret_out,
               char **ret_err)
{
    char *out = text_format(f, "%s/out", f->directory);
    char *err = text_format(f, "%s/err", f->directory);
    char *command =
        text_format(f, "exec '%s/convenectl' -s %s %s >%s 2>%s </dev/null",
                    BUILD_DIR, f->path, line, out, err);
    size_t size;
    int status = system(command);

    assert_true(text_read_file(f, out, 1 << 20, ret_out, &size, NULL));
    assert_true(text_read_file(f, err, 1 << 20, ret_err, &size, NULL));
    (void)unlink(out);
    (void)unlink(err);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool program_is_there(void)
{
    bool there = access(BUILD_DIR "/convenectl", X_OK) == 0;

    if (!there)
        print_message("skipped: convenectl is not built\n");
    return there;
}

/* A container may come without /dev/pts. */
static bool terminal_is_there(void)
{
    int fd, other;

    if (openpty(&fd, &other, NULL, NULL, NULL) != 0) {
        print_message("skipped: no terminal can be made here: %s\n",
                      strerror(errno));
        return false;
    }
    (void)close(fd);
    (void)close(other);
    return true;
}

static void the_program_shows_an_answer(void **state)
{
    struct fixture *f = *state;
    char *out, *err;

    if (!program_is_there())
        skip();
    serve(f, "{\"verb\":\"editions\",\"args\":{\"cycles\":\"2027\"}}",
          "{\"row\":{\"edition\":\"M-2027\",\"start\":\"2027-01-18\"}}\n"
          "{\"ok\":true,\"summary\":{}}\n",
          4096);
    assert_int_equal(run(f, "edit 2027", &out, &err), 0);
    assert_string_equal(out, "EDITION  START\nM-2027   Mon 18 Jan 2027\n");
    assert_string_equal(err, "");
}

static void the_program_speaks_json(void **state)
{
    struct fixture *f = *state;
    char *out, *err;

    if (!program_is_there())
        skip();
    serve(f,
          "{\"verb\":\"whynot\",\"args\":{\"edition\":\"M-2027\",\"date\":"
          "\"2027-02-08\"}}",
          ROW "{\"ok\":false,\"error\":{\"code\":\"conflict\",\"text\":\"no\"}}"
              "\n",
          4096);
    assert_int_equal(
        run(f, "whyn M-2027 --draft=x 2027-02-08 --json --draft y", &out, &err),
        64);
    assert_string_equal(out, "");
    assert_int_equal(run(f, "whyn M-2027 2027-02-08 --json", &out, &err), 73);
    assert_string_equal(out, "{\"a\":1}\n");
    assert_string_equal(err, "{\"ok\":false,\"error\":{\"code\":\"conflict\","
                             "\"text\":\"no\"}}\n");
}

static void the_program_exits_as_the_daemon_says(void **state)
{
    struct fixture *f = *state;
    char *out, *err;

    if (!program_is_there())
        skip();
    serve(f, NULL,
          "{\"row\":{\"body\":\"A\",\"ok\":false}}\n"
          "{\"ok\":false,\"error\":{\"code\":\"no\",\"text\":\"1 falls "
          "short\\u001b\"}}\n",
          4096);
    assert_int_equal(run(f, "audit 2027", &out, &err), 1);
    assert_string_equal(out, "OK  BODY\nno  A\n");
    assert_string_equal(err, "convenectl: 1 falls short?\n");
}

static void the_program_explains_itself_without_a_daemon(void **state)
{
    struct fixture *f = *state;
    char *out, *err;

    if (!program_is_there())
        skip();
    assert_int_equal(run(f, "", &out, &err), 64);
    assert_int_equal(run(f, "help", &out, &err), 0);
    assert_true(text_begins(out, "usage: convenectl"));
    assert_int_equal(run(f, "--help", &out, &err), 0);
    assert_int_equal(run(f, "move --help", &out, &err), 0);
    assert_true(text_begins(out, "usage: convenectl move"));
    assert_int_equal(run(f, "help contact", &out, &err), 0);
    assert_non_null(strstr(out, "contact drop"));
    assert_int_equal(run(f, "help moove", &out, &err), 64);
    assert_non_null(strstr(err, "did you mean \"move\"?"));
    assert_int_equal(run(f, "version", &out, &err), 0);
    assert_string_equal(out, "convenectl " CONVENED_VERSION "\n");
    assert_int_equal(run(f, "move M-2027", &out, &err), 64);
    assert_non_null(strstr(err, "\nusage: convenectl move EDITION|ITEM START"));
    assert_int_equal(run(f, "check /nowhere/a.rules", &out, &err), 66);
    assert_int_equal(run(f, "--jsn status", &out, &err), 64);
    (void)close(f->fd);
    assert_int_equal(run(f, "status", &out, &err), 69);
}

static void the_program_completes_with_the_daemons_names(void **state)
{
    struct fixture *f = *state;
    char *out, *err;

    if (!program_is_there())
        skip();
    serve(f, "{\"verb\":\"editions\",\"args\":{}}",
          "{\"row\":{\"edition\":\"M-2027\"}}\n{\"row\":{\"edition\":\"J-2027"
          "\"}}\n" DONE,
          4096);
    assert_int_equal(run(f, "complete agenda m", &out, &err), 0);
    assert_string_equal(out, "M-2027\n");
    (void)close(f->fd);
    assert_int_equal(run(f, "complete agenda m", &out, &err), 0);
    assert_string_equal(out, "");
    assert_string_equal(err, "");
}

/* Runs the program on a terminal of its own where somebody types `typed`. */
static int run_on_terminal(struct fixture *f, const char *const *words,
                           const char *typed, char *out, size_t size)
{
    const char *argv[8] = {"convenectl", "-s", f->path};
    struct winsize window = {.ws_row = 24, .ws_col = 60};
    size_t got = 0;
    int fd, status;
    pid_t child;

    for (size_t i = 0; words[i]; i++)
        argv[3 + i] = words[i];
    child = forkpty(&fd, NULL, NULL, &window);
    assert_true(child >= 0);
    if (child == 0) {
        (void)unsetenv("COLUMNS");
        (void)setenv("TERM", "xterm", 1);
        (void)execv(BUILD_DIR "/convenectl", (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    assert_int_equal(write(fd, typed, strlen(typed)), strlen(typed));
    for (ssize_t n = 1; n > 0 && got + 1 < size; got += n > 0 ? (size_t)n : 0)
        n = read(fd, out + got, size - 1 - got);
    out[got] = '\0';
    (void)close(fd);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_program_asks_a_person(void **state)
{
    static const char *const release[] = {"release", NULL};
    static const char *const surely[] = {"-y", "release", NULL};
    struct fixture *f = *state;
    char out[4096];

    if (!program_is_there() || !terminal_is_there())
        skip();
    assert_int_equal(run_on_terminal(f, release, "n\n", out, sizeof out), 1);
    assert_non_null(strstr(out, "Go on? [y/N]"));
    assert_non_null(strstr(out, "nothing done"));
    serve(f, "{\"verb\":\"release\",\"args\":{}}", DONE, 4096);
    assert_int_equal(run_on_terminal(f, release, "y\n", out, sizeof out), 0);
    assert_int_equal(waitpid(f->child, NULL, 0), f->child);
    serve(f, "{\"verb\":\"release\",\"args\":{}}", DONE, 4096);
    assert_int_equal(run_on_terminal(f, surely, "", out, sizeof out), 0);
    assert_null(strstr(out, "Go on?"));
    assert_non_null(strstr(out, "n 2"));
}

static void the_program_shows_progress_to_a_person(void **state)
{
    static const char *const plan[] = {"plan", "2027", NULL};
    struct fixture *f = *state;
    char out[4096];

    if (!program_is_there() || !terminal_is_there())
        skip();
    serve(f, NULL,
          PROGRESS "{\"row\":{\"edition\":\"M-2027\\u001b[2J\"}}\n" DONE, 4096);
    assert_int_equal(run_on_terminal(f, plan, "", out, sizeof out), 0);
    assert_non_null(strstr(out, "[############            ] 1/2 ไทย\033[K"));
    assert_non_null(strstr(out, "\r\033[KEDITION\r\nM-2027?[2J\r\n"));
}

#define WITH_SOCKET(test)                                                      \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SOCKET(rows_progress_and_end_come_through),
        WITH_SOCKET(lines_may_come_octet_by_octet),
        WITH_SOCKET(errors_of_the_daemon_come_through),
        WITH_SOCKET(a_daemon_that_goes_away_is_away),
        WITH_SOCKET(a_daemon_that_says_nothing_is_away),
        WITH_SOCKET(something_else_behind_the_socket_is_noticed),
        WITH_SOCKET(a_line_that_never_ends_is_given_up),
        WITH_SOCKET(a_reader_that_has_enough_ends_the_conversation),
        WITH_SOCKET(nobody_at_the_socket_is_explained),
        WITH_SOCKET(the_program_shows_an_answer),
        WITH_SOCKET(the_program_speaks_json),
        WITH_SOCKET(the_program_exits_as_the_daemon_says),
        WITH_SOCKET(the_program_explains_itself_without_a_daemon),
        WITH_SOCKET(the_program_asks_a_person),
        WITH_SOCKET(the_program_shows_progress_to_a_person),
        WITH_SOCKET(the_program_completes_with_the_daemons_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
