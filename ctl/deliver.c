/*
 * The MTA's queue is our spool: what cannot be handed over now is left there.
 *
 * 1. A mail that cannot be read is no reason to refuse it: it is kept and a
 *    person looks at it. Only what is our own fault is tried later.
 * 2. The MTA ends a pipe after its own patience with a bounce; the alarm is
 *    first.
 */
#include "ctl/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define PATIENCE   30
#define MAIL_MOST  (1024 * 1024)
#define LONG_KEPT  (64 * 1024)
#define MAIL_KEPT  (700 * 1024) /* in base64 a request still has room for it */
#define FACTS_MOST (64 * 1024)

static void on_alarm(int number)
{
    (void)number;
    _exit(DELIVER_LATER);
}

void deliver_watch(void)
{
    (void)signal(SIGALRM, on_alarm);
    (void)alarm(PATIENCE);
}

/* Up to `most` octets of a descriptor, NUL behind. */
static char *read_all(TALLOC_CTX *ctx, int fd, size_t most, size_t *ret_size)
{
    char *octets = memory_array(ctx, 1, most + 1, "char");
    size_t size = 0;

    while (size < most) {
        ssize_t n = read(fd, octets + size, most - size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        size += (size_t)n;
    }
    octets[size] = '\0';
    *ret_size = size;
    return octets;
}

/* ---- convene-reader */

/* Beside this program (a build folder), or in libexec. */
static char *find_reader(TALLOC_CTX *ctx)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash, *beside;

    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
        if (slash) {
            beside = text_format(ctx, "%.*s/convene-reader",
                                 (int)(slash - self), self);
            if (access(beside, X_OK) == 0)
                return beside;
        }
    }
    return memory_text(ctx, CONVENED_LIBEXEC "/convene-reader");
}

static _Noreturn void become_reader(const char *program, const char *sender,
                                    int in, int out)
{
    char name[] = "convene-reader", *argv[3] = {name, NULL, NULL};
    char *environment[] = {NULL};

    argv[1] = strdup(sender);
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    (void)execve(program, argv, environment);
    _exit(127);
}

struct child {
    pid_t pid;
    int to, from;
};

static bool start_reader(const char *program, const char *sender,
                         struct child *ret, struct error *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};

    if (pipe2(in, O_CLOEXEC) != 0)
        return fail(err, REPLY_LATER, "no pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0 || (ret->pid = fork()) < 0) {
        (void)close(in[0]);
        (void)close(in[1]);
        return fail(err, REPLY_LATER, "no process: %s", strerror(errno));
    }
    if (ret->pid == 0)
        become_reader(program, sender, in[0], out[1]);
    (void)close(in[0]);
    (void)close(out[1]);
    ret->to = in[1];
    ret->from = out[0];
    return true;
}

/* A reader that ended early is told by what it printed. */
static void write_all(int fd, const char *octets, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, octets, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        octets += n;
        size -= (size_t)n;
    }
}

/* "key value" lines as members; the first of a key counts. */
static json_t *facts_of(TALLOC_CTX *ctx, const char *lines)
{
    json_t *facts = json_object();
    char **rows = text_split(ctx, lines, '\n');

    for (; *rows; rows++) {
        const char *blank = strchr(*rows, ' ');
        char *key =
            blank ? memory_text_n(ctx, *rows, (size_t)(blank - *rows)) : NULL;

        if (key && !json_object_get(facts, key))
            (void)json_object_set_new(facts, key, json_string(blank + 1));
    }
    return facts;
}

static json_t *unreadable(const char *why)
{
    return json_pack("{s:s, s:s}", "kind", "unreadable", "why", why);
}

static bool run_reader(TALLOC_CTX *ctx, const char *sender, const char *octets,
                       size_t size, json_t **ret, struct error *err)
{
    const char *program = find_reader(ctx);
    struct child child = {0};
    size_t n;
    char *lines;
    int status = 0;

    if (!start_reader(program, sender, &child, err))
        return false;
    write_all(child.to, octets, size);
    (void)close(child.to);
    lines = read_all(ctx, child.from, FACTS_MOST, &n);
    (void)close(child.from);
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return fail(err, REPLY_LATER, "%s cannot be run", program);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 ||
        !text_begins(lines, "kind "))
        *ret =
            unreadable(WIFSIGNALED(status)
                           ? text_format(ctx, "reading it ended by signal %d",
                                         WTERMSIG(status))
                           : "reading it failed");
    else
        *ret = facts_of(ctx, lines);
    return true;
}

/* ---- the request */

static char *base64(TALLOC_CTX *ctx, const char *octets, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = array_new(ctx, char, (size + 2) / 3 * 4 + 1), *to = text;
    const unsigned char *s = (const unsigned char *)octets;

    for (size_t i = 0; i < size; i += 3) {
        unsigned three = (unsigned)s[i] << 16 |
                         (i + 1 < size ? (unsigned)s[i + 1] << 8 : 0) |
                         (i + 2 < size ? s[i + 2] : 0u);

        *to++ = letters[three >> 18];
        *to++ = letters[three >> 12 & 63];
        *to++ = i + 1 < size ? letters[three >> 6 & 63] : '=';
        *to++ = i + 2 < size ? letters[three & 63] : '=';
    }
    return text;
}

/* What the alias of an MTA leaves in the environment. */
static const char *envelope(json_t *args, const char *name,
                            const char *variable)
{
    const json_t *given = json_object_get(args, name);
    const char *value = given ? json_string_value(given) : getenv(variable);

    if (!value)
        value = "";
    if (!given)
        (void)json_object_set_new(args, name, json_string(value));
    return value;
}

static void set_mail(TALLOC_CTX *ctx, json_t *args, const char *octets,
                     size_t size, json_t *facts)
{
    size_t kept = size > MAIL_MOST   ? LONG_KEPT
                  : size > MAIL_KEPT ? MAIL_KEPT
                                     : size;
    char *text = json_dumps(facts, JSON_COMPACT);

    invariant(text);
    (void)json_object_set_new(args, "mail",
                              json_string(base64(ctx, octets, kept)));
    (void)json_object_set_new(args, "size", json_integer((json_int_t)size));
    (void)json_object_set_new(args, "facts", json_string(text));
    free(text);
    json_decref(facts);
}

bool deliver_read(json_t *args, struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *sender = envelope(args, "sender", "SENDER");
    size_t size;
    char *octets = read_all(ctx, STDIN_FILENO, MAIL_MOST + 1, &size);
    json_t *facts = NULL;
    bool good = true;

    (void)envelope(args, "recipient", "ORIGINAL_RECIPIENT");
    if (size > MAIL_MOST)
        facts = unreadable("the mail is longer than 1 MiB");
    else
        good = run_reader(ctx, sender, octets, size, &facts, err);
    if (good)
        set_mail(ctx, args, octets, size, facts);
    talloc_free(ctx);
    return good;
}
