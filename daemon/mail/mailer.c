/*
 * One batch of mails through one child, convene-mailer.
 *
 *   loaded --mailer_start: the batch--> running     --mailer_unload--> ends
 *   running --on_read: EOF, SIGKILL---------------> pipe_over --+
 *     |     --on_watchdog: SIGKILL, a grace, again-> pipe_over   +-> close_all
 *     +-----on_ended--------------------------> exited -----+
 *   close_all --on_closed, the last handle--> events.done
 *   running --"done", and nothing unsettled--> events.done at once
 *
 * Invariants:
 * 1. while a mail has no verdict the books are closed at the end of the pipe
 *    and not before: what the child wrote before it died counts;
 * 2. every mail gets one verdict; what the child did not settle is UNKNOWN when
 *    it had begun, else DEFERRED;
 * 3. nothing that the child writes is believed further than this: an id that is
 *    not in the batch, a second verdict, a word unknown to us are passed over,
 *    and so is "sent" for a mail that was not begun;
 * 4. the mailer lives on no context of the caller: libuv needs its handles till
 *    they are closed. Where that context ends first, the child is killed.
 */
#include "daemon/mail/mailer.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum {
    CONNECT_WAIT = 60,
    LINE_WAIT = 130,  /* a reply that breaks off costs the child twice 60 s */
    BEGUN_WAIT = 660, /* ten minutes after the dot, RFC 5321 4.5.3.2.6 */
    GRACE = 5,        /* from SIGKILL to an end of the pipe */
    LINE_MOST = 2048,
    HANDLES = 6
};

struct entry {
    int64_t id;
    bool begun, settled;
};

struct mailer {
    pid_t pid;
    int pidfd;
    uv_poll_t ended; /* of pidfd */
    uv_pipe_t in, out, pace;
    uv_timer_t watchdog, deadline;
    int open; /* handles not yet closed */
    uv_write_t write;
    struct entry *entries;
    size_t n;
    struct mailer_events events;
    struct mailer_patience patience;
    bool orphan; /* nobody to tell: the caller's context ended, or was told */
    bool loaded; /* and has no batch yet */
    bool connected, met, said_done, exited, pipe_over, killed, closing;
    bool due; /* the watchdog is, once the pipe has been looked at */
    char line[LINE_MOST];
    size_t n_line;
    char note[256];
    struct guard *guard;
};

/* Hangs on the caller's context and notices its end. */
struct guard {
    struct mailer *mailer;
};

static uv_handle_t *handle_at(struct mailer *m, int i)
{
    uv_handle_t *handles[HANDLES] = {
        (uv_handle_t *)&m->ended,    (uv_handle_t *)&m->in,
        (uv_handle_t *)&m->out,      (uv_handle_t *)&m->pace,
        (uv_handle_t *)&m->watchdog, (uv_handle_t *)&m->deadline};

    return handles[i];
}

/* ---- the books */

static void note_set(struct mailer *m, const char *text)
{
    (void)snprintf(m->note, sizeof m->note, "%s", text);
}

static struct entry *entry_find(struct mailer *m, const char *id)
{
    char *end;
    long long value = strtoll(id, &end, 10);

    if (end == id || *end)
        return NULL;
    for (size_t i = 0; i < m->n; i++)
        if (m->entries[i].id == value)
            return &m->entries[i];
    return NULL;
}

static void settle(struct mailer *m, struct entry *e, enum verdict_word verdict,
                   const char *text)
{
    e->settled = true;
    if (!m->orphan)
        m->events.verdict(m->events.self, e->id, verdict, text);
}

static void close_books(struct mailer *m)
{
    if (!m->said_done && !m->note[0])
        note_set(m, m->killed ? "the mailer was ended, it did not answer"
                              : "the mailer ended before its time");
    for (size_t i = 0; i < m->n; i++)
        if (!m->entries[i].settled)
            settle(m, &m->entries[i],
                   m->entries[i].begun ? MAIL_UNKNOWN : MAIL_DEFERRED, m->note);
}

/* ---- the end */

/* The caller may free its context in `done`, and its guard with it: the guard
 * goes first. */
static void tell_done(struct mailer *m)
{
    if (m->orphan)
        return;
    talloc_set_destructor(m->guard, NULL);
    talloc_free(m->guard);
    m->orphan = true;
    m->events.done(m->events.self, m->said_done && m->met, m->note);
}

/* The last handle is closed. */
static void on_closed(uv_handle_t *handle)
{
    struct mailer *m = handle->data;

    if (--m->open > 0)
        return;
    tell_done(m);
    (void)close(m->pidfd);
    talloc_free(m);
}

static void close_all(struct mailer *m)
{
    if (m->closing)
        return;
    m->closing = true;
    for (int i = 0; i < HANDLES; i++)
        uv_close(handle_at(m, i), on_closed);
}

static void end_if_over(struct mailer *m)
{
    if (!m->exited || !m->pipe_over || m->closing || m->loaded)
        return;
    close_books(m);
    close_all(m);
}

static void pipe_end(struct mailer *m)
{
    m->pipe_over = true;
    (void)uv_read_stop((uv_stream_t *)&m->out);
    end_if_over(m);
}

static void on_ended(uv_poll_t *ended, int poll_status, int events)
{
    struct mailer *m = ended->data;
    siginfo_t info = {.si_pid = 0};
    char text[80];

    (void)poll_status;
    (void)events;
    if (waitid(P_PIDFD, (id_t)m->pidfd, &info, WEXITED | WNOHANG) != 0 ||
        info.si_pid == 0)
        return;
    (void)uv_poll_stop(ended);
    m->exited = true;
    if (m->said_done || m->killed) {
        end_if_over(m);
        return;
    }
    if (info.si_code != CLD_EXITED) {
        (void)snprintf(text, sizeof text, "the mailer ended by signal %d",
                       info.si_status);
        note_set(m, text);
    } else if (info.si_status != 0 && !m->note[0]) {
        (void)snprintf(text, sizeof text, "the mailer ended with status %d",
                       info.si_status);
        note_set(m, text);
    }
    end_if_over(m);
}

/* ---- the watchdog */

static void watchdog_set(struct mailer *m, int seconds);

static void kill_child(struct mailer *m)
{
    m->killed = true;
    if (!m->exited)
        (void)kill(m->pid, SIGKILL);
    watchdog_set(m, GRACE);
}

/* The second time round the child is dead and somebody else holds the pipe.
 * It may be this thread that did nothing for so long: what lies in the pipe is
 * read before silence is believed (libuv runs timers first). */
static void on_watchdog(uv_timer_t *timer)
{
    struct mailer *m = timer->data;
    char text[80];

    if (!m->due) {
        m->due = true;
        (void)uv_timer_start(timer, on_watchdog, 1, uv_timer_get_repeat(timer));
        return;
    }
    if (m->killed) {
        pipe_end(m);
        return;
    }
    (void)snprintf(text, sizeof text, "nothing happened for %llu seconds",
                   (unsigned long long)uv_timer_get_repeat(timer) / 1000);
    note_set(m, text);
    kill_child(m);
}

static void watchdog_set(struct mailer *m, int seconds)
{
    uint64_t wait = (uint64_t)seconds * 1000;

    m->due = false;
    (void)uv_timer_start(&m->watchdog, on_watchdog, wait, wait);
}

static void on_deadline(uv_timer_t *timer)
{
    struct mailer *m = timer->data;

    if (!m->killed)
        kill_child(m);
}

/* ---- what the child says */

static bool verdict_parse(const char *word, enum verdict_word *ret)
{
    static const char *const words[] = {[MAIL_SENT] = "sent",
                                        [MAIL_FAILED] = "failed",
                                        [MAIL_DEFERRED] = "deferred",
                                        [MAIL_UNKNOWN] = "unknown"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0) {
            *ret = (enum verdict_word)i;
            return true;
        }
    return false;
}

/* Cuts the first word off *rest. */
static const char *word_next(char **rest)
{
    char *word = strsep(rest, " ");

    return word ? word : "";
}

/* "rcpt 550 5.1.1 no such user" -> "RCPT: 550 5.1.1 no such user" */
static void verdict_text(const char *stage, const char *code,
                         const char *enhanced, const char *text, char *buf,
                         size_t size)
{
    char name[12];
    size_t n = 0;

    for (; stage[n] && n < sizeof name - 1; n++)
        name[n] = stage[n] >= 'a' && stage[n] <= 'z' ? (char)(stage[n] - 32)
                                                     : stage[n];
    name[n] = '\0';
    if (atoi(code) == 0)
        (void)snprintf(buf, size, "%s: %s", name, text);
    else if (text_begins(enhanced, "0.") || !*enhanced)
        (void)snprintf(buf, size, "%s: %s %s", name, code, text);
    else
        (void)snprintf(buf, size, "%s: %s %s %s", name, code, enhanced, text);
}

static void on_verdict_line(struct mailer *m, char *rest)
{
    struct entry *e = entry_find(m, word_next(&rest));
    const char *word = word_next(&rest), *stage = word_next(&rest);
    const char *code = word_next(&rest), *enhanced = word_next(&rest);
    enum verdict_word verdict;
    char text[600];

    if (!e || e->settled || !verdict_parse(word, &verdict) ||
        (verdict == MAIL_SENT && !e->begun))
        return;
    if (strcmp(stage, "rcpt") == 0 || strcmp(stage, "data") == 0)
        m->met = true; /* the relay took a sender: it works */
    if (strcmp(stage, "connect") == 0 && m->note[0])
        (void)snprintf(text, sizeof text, "%s", m->note);
    else
        verdict_text(stage, code, enhanced, rest ? rest : "", text,
                     sizeof text);
    settle(m, e, verdict, text);
}

/* The child may begin one mail more. A pipe that takes no octet is that of a
 * child that has died. */
static void say_settled(struct mailer *m)
{
    static char dot[] = ".";
    uv_buf_t octet = uv_buf_init(dot, 1);

    (void)uv_try_write((uv_stream_t *)&m->pace, &octet, 1);
}

/* The session has ended. With a verdict on every mail nobody need wait until
 * the process has, too. */
static void on_said_done(struct mailer *m)
{
    m->said_done = true;
    for (size_t i = 0; i < m->n; i++)
        if (!m->entries[i].settled)
            return;
    if (!m->killed)
        watchdog_set(m, GRACE);
    tell_done(m);
}

static void on_line(struct mailer *m, char *line)
{
    char *rest = line;
    const char *word = word_next(&rest);
    struct entry *e;
    int wait = m->patience.line;

    if (strcmp(word, "begun") == 0) {
        e = entry_find(m, rest ? rest : "");
        if (e)
            e->begun = true;
        wait = m->patience.begun;
    } else if (strcmp(word, "verdict") == 0) {
        on_verdict_line(m, rest);
        say_settled(m);
    } else if (strcmp(word, "note") == 0 && rest) {
        note_set(m, rest);
    } else if (strcmp(word, "connected") == 0) {
        m->connected = true;
    } else if (strcmp(word, "done") == 0) {
        on_said_done(m);
        return;
    }
    if (!m->killed)
        watchdog_set(m, m->connected ? wait : m->patience.connect);
}

/* Octets from the child: lines of printable ASCII; a long one is cut. */
static void take(struct mailer *m, const char *octets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (octets[i] == '\n') {
            m->line[m->n_line] = '\0';
            m->n_line = 0;
            on_line(m, m->line);
        } else if (m->n_line < LINE_MOST - 1) {
            m->line[m->n_line++] =
                octets[i] < ' ' || octets[i] > '~' ? '?' : octets[i];
        }
    }
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    static char room[4096]; /* emptied before the next read */

    (void)handle;
    (void)size;
    *buf = uv_buf_init(room, sizeof room);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct mailer *m = stream->data;

    if (n > 0)
        take(m, buf->base, (size_t)n);
    if (n >= 0 || m->pipe_over)
        return;
    if (!m->exited) /* it has nothing more to say, whatever it does */
        (void)kill(m->pid, SIGKILL);
    pipe_end(m);
}

/* ---- the beginning */

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status;
    talloc_free(request);
}

/* A child that did not take the batch has died or is about to: its pipe or the
 * watchdog tells. */
static void on_written(uv_write_t *write, int status)
{
    struct mailer *m = write->data;
    uv_shutdown_t *request;

    if (status < 0 || m->closing)
        return;
    request = object_new(m, uv_shutdown_t);
    if (uv_shutdown(request, (uv_stream_t *)&m->in, on_shutdown) != 0)
        talloc_free(request);
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

/* A copy: the caller's context may end before libuv has written it. */
static uv_buf_t octets_copy(struct mailer *m, const struct message *mail)
{
    char *copy = array_new(m, char, mail->size);

    (void)memcpy(copy, mail->octets, mail->size);
    return uv_buf_init(copy, (unsigned)mail->size);
}

/* The batch as convene-mailer reads it. */
static bool write_batch(struct mailer *m, const struct mailer_relay *r,
                        const struct message *const *mails)
{
    uv_buf_t *parts = array_new(m, uv_buf_t, 2 * m->n + 1);
    char *head = text_format(m, "relay %s %s %s %s %s\n", r->host_port, r->helo,
                             r->starttls ? "required" : "none",
                             or_dash(r->user), or_dash(r->password_file));

    parts[0] = uv_buf_init(head, (unsigned)strlen(head));
    for (size_t i = 0; i < m->n; i++) {
        const struct message *mail = mails[i];

        head = text_format(m, "mail %lld %s %s %zu\n", (long long)mail->id,
                           mail->from[0] ? mail->from : "<>", mail->to,
                           mail->size);
        parts[1 + 2 * i] = uv_buf_init(head, (unsigned)strlen(head));
        parts[2 + 2 * i] = octets_copy(m, mail);
    }
    m->write.data = m;
    return uv_write(&m->write, (uv_stream_t *)&m->in, parts,
                    (unsigned)(2 * m->n + 1), on_written) == 0;
}

/* ---- the process: not uv_spawn(), whose fork() copies the page tables of the
 * daemon and takes as long as several mails */

enum { CHILD_IN, CHILD_OUT, CHILD_PACE, CHILD_PIPES };

struct child {
    pid_t pid;
    int pidfd;
    int ours[CHILD_PIPES], its[CHILD_PIPES];
};

static void close_ends(const int *ends)
{
    for (int i = 0; i < CHILD_PIPES; i++)
        if (ends[i] >= 0)
            (void)close(ends[i]);
}

static int make_pipes(struct child *c)
{
    for (int i = 0; i < CHILD_PIPES; i++)
        c->ours[i] = c->its[i] = -1;
    for (int i = 0; i < CHILD_PIPES; i++) {
        int ends[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            return errno;
        c->ours[i] = ends[0];
        c->its[i] = ends[1];
    }
    return 0;
}

/* With the signals as they are by default. */
static int spawn_with(struct child *c, const char *program)
{
    static const int places[CHILD_PIPES] = {0, 1, 3};
    char name[] = "convene-mailer", paced[] = "--paced";
    char *arguments[] = {name, paced, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    int status;

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&how) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    (void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETSIGMASK);
    (void)posix_spawnattr_setsigdefault(&how, &all);
    (void)posix_spawnattr_setsigmask(&how, &none);
    for (int i = 0; i < CHILD_PIPES; i++)
        (void)posix_spawn_file_actions_adddup2(&files, c->its[i], places[i]);
    status = posix_spawn(&c->pid, program, &files, &how, arguments, environ);
    (void)posix_spawnattr_destroy(&how);
    (void)posix_spawn_file_actions_destroy(&files);
    return status;
}

/* 0, or why not, as errno. */
static int spawn(struct child *c, const char *program)
{
    int status = make_pipes(c);

    if (status == 0)
        status = spawn_with(c, program);
    close_ends(c->its);
    if (status == 0 && (c->pidfd = pidfd_open(c->pid, 0)) < 0) {
        status = errno;
        (void)kill(c->pid, SIGKILL);
        (void)waitpid(c->pid, NULL, 0);
    }
    if (status != 0)
        close_ends(c->ours);
    return status;
}

static int guard_ends(struct guard *g)
{
    struct mailer *m = g->mailer;

    m->orphan = true;
    if (!m->closing)
        kill_child(m);
    return 0;
}

static void pipe_take(uv_loop_t *loop, uv_pipe_t *pipe, int fd)
{
    int rc = uv_pipe_init(loop, pipe, 0);

    invariant(rc == 0);
    rc = uv_pipe_open(pipe, fd);
    invariant(rc == 0);
}

static struct mailer *mailer_new(uv_loop_t *loop, const struct child *c)
{
    struct mailer *m = object_new(NULL, struct mailer);
    int rc = uv_poll_init(loop, &m->ended, c->pidfd);

    invariant(rc == 0);
    m->pid = c->pid;
    m->pidfd = c->pidfd;
    m->orphan = true;
    m->loaded = true;
    pipe_take(loop, &m->in, c->ours[CHILD_IN]);
    pipe_take(loop, &m->out, c->ours[CHILD_OUT]);
    pipe_take(loop, &m->pace, c->ours[CHILD_PACE]);
    (void)uv_timer_init(loop, &m->watchdog);
    (void)uv_timer_init(loop, &m->deadline);
    m->open = HANDLES;
    for (int i = 0; i < HANDLES; i++)
        handle_at(m, i)->data = m;
    return m;
}

bool mailer_load(uv_loop_t *loop, const char *program, struct mailer **ret,
                 struct error *err)
{
    struct child c;
    int status = spawn(&c, program);

    if (status != 0)
        return fail(err, REPLY_INTERNAL, "%s: %s", program, strerror(status));
    *ret = mailer_new(loop, &c);
    (void)uv_poll_start(&(*ret)->ended, UV_READABLE, on_ended);
    (void)uv_read_start((uv_stream_t *)&(*ret)->out, on_alloc, on_read);
    return true;
}

void mailer_unload(struct mailer *m)
{
    if (!m)
        return;
    m->loaded = false;
    if (m->exited && m->pipe_over)
        end_if_over(m);
    else
        kill_child(m);
}

static void take_batch(TALLOC_CTX *ctx, struct mailer *m,
                       const struct mailer_patience *patience,
                       const struct message *const *mails, size_t n,
                       const struct mailer_events *events)
{
    m->entries = array_new(m, struct entry, n);
    m->n = n;
    for (size_t i = 0; i < n; i++)
        m->entries[i].id = mails[i]->id;
    m->events = *events;
    m->patience = (struct mailer_patience){
        patience && patience->connect ? patience->connect : CONNECT_WAIT,
        patience && patience->line ? patience->line : LINE_WAIT,
        patience && patience->begun ? patience->begun : BEGUN_WAIT};
    m->guard = object_new(ctx, struct guard);
    m->guard->mailer = m;
    talloc_set_destructor(m->guard, guard_ends);
    m->orphan = false;
    m->loaded = false;
}

/* The lines of the batch are words between blanks. */
static bool is_word(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p <= ' ' || *p == 0x7f)
            return false;
    return *text != '\0';
}

static bool check(const struct mailer_relay *r,
                  const struct message *const *mails, size_t n,
                  struct error *err)
{
    if (!is_word(r->host_port) || !is_word(r->helo))
        return fail(err, REPLY_INPUT, "the relay \"%.100s\" is not HOST:PORT",
                    r->host_port);
    if (!is_word(or_dash(r->user)) || !is_word(or_dash(r->password_file)))
        return fail(
            err, REPLY_INPUT,
            "no blanks in the relay's user or the password file's name");
    for (size_t i = 0; i < n; i++)
        if (!is_word(mails[i]->to) ||
            (mails[i]->from[0] && !is_word(mails[i]->from)))
            return fail(err, REPLY_INPUT,
                        "message %lld: its envelope is no address",
                        (long long)mails[i]->id);
    return true;
}

bool mailer_start(TALLOC_CTX *ctx, uv_loop_t *loop, struct mailer *loaded,
                  const struct mailer_relay *relay,
                  const struct mailer_patience *patience,
                  const struct message *const *mails, size_t n,
                  const struct mailer_events *events, struct mailer **ret,
                  struct error *err)
{
    bool fit = loaded && !loaded->exited;

    if (!fit)
        mailer_unload(loaded);
    if (!check(relay, mails, n, err)) {
        mailer_unload(fit ? loaded : NULL);
        return false;
    }
    if (!fit && !mailer_load(loop, relay->program, &loaded, err))
        return false;
    take_batch(ctx, loaded, patience, mails, n, events);
    watchdog_set(loaded, loaded->patience.connect);
    if (!write_batch(loaded, relay, mails))
        kill_child(loaded); /* every mail is deferred at the end of the pipe */
    *ret = loaded;
    return true;
}

void mailer_stop(struct mailer *m, int seconds)
{
    if (m->exited || m->killed)
        return;
    (void)kill(m->pid, SIGTERM);
    (void)uv_timer_start(&m->deadline, on_deadline, (uint64_t)seconds * 1000,
                         0);
}
