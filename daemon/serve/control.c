/*
 * The control socket: one request a connection at a time, JSON Lines.
 *
 * A connection reads lines while idle, stops reading while a verb runs, and
 * goes on reading when the last line is written. States, with the function
 * that takes each arrow:
 *
 *   reading --on_line--> running --request_finish--> writing --on_written-->
 * reading any --connection_close--> closed (memory ends in the close callback)
 *
 * Invariants: 1. a running request has its connection's memory alive, or
 * q->connection is NULL; 2. nothing that a peer sends reaches an assertion.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/wire.h"
#include "daemon/base/digest.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/request.h"

#define CONNECTIONS_MOST 64
#define OUTPUT_CHUNK     65536

struct connection {
    uv_pipe_t pipe; /* first: the handle is the connection */
    struct control *control;
    struct connection *next;
    struct wire_reader *reader;
    struct request *running;
    char *out; /* lines not handed to the pipe yet */
    size_t out_size, out_room;
    int writing; /* uv_write requests under way */
    bool closing;
    bool close_after; /* when all is written */
    bool asked;       /* at least one request was read */
    char *who;
    int uid;
    int right; /* enum verb_right at most, -1 none */
    char octets[65536];
};

struct control {
    struct serve *serve;
    uv_pipe_t listener;
    struct connection *first;
    size_t n;
    bool owns_path;
    bool quiet;  /* takes no more connections */
    bool closed; /* and has none */
};

struct written {
    uv_write_t request;
    char *octets;
};

static void connection_close(struct connection *c);
static void connection_flush(struct connection *c);
static void read_lines(struct connection *c);

/* ---- who is there */

static bool in_group(const char *user, gid_t own, const char *groups)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    char **names = text_split(tmp, groups, ',');
    gid_t ids[256];
    int n = (int)(sizeof ids / sizeof ids[0]);
    bool found = false;

    if (getgrouplist(user, own, ids, &n) < 0)
        n = 0;
    for (; *names && !found; names++) {
        struct group *g = getgrnam(*names);

        for (int i = 0; g && i < n && !found; i++)
            found = ids[i] == g->gr_gid;
    }
    talloc_free(tmp);
    return found;
}

static void identify(struct connection *c)
{
    const struct config *config = c->control->serve->config;
    struct ucred cred = {.uid = (uid_t)-1};
    socklen_t size = sizeof cred;
    struct passwd *pw;
    uv_os_fd_t fd;

    c->right = -1;
    c->uid = -1;
    c->who = memory_text(c, "?");
    if (uv_fileno((uv_handle_t *)&c->pipe, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0)
        return;
    pw = getpwuid(cred.uid);
    c->uid = (int)cred.uid;
    c->who = pw ? memory_text(c, pw->pw_name)
                : text_format(c, "uid %u", (unsigned)cred.uid);
    if (cred.uid == 0 || cred.uid == geteuid())
        c->right = RIGHT_ADMIN;
    else if (pw && in_group(pw->pw_name, pw->pw_gid, config->officers))
        c->right = RIGHT_CHANGE;
    else if (pw && in_group(pw->pw_name, pw->pw_gid, config->viewers))
        c->right = RIGHT_VIEW;
}

/* ---- writing */

static void put(struct connection *c, const char *octets, size_t n)
{
    if (c->closing)
        return;
    c->out = array_grow(c, c->out, char, c->out_size + n);
    memcpy(c->out + c->out_size, octets, n);
    c->out_size += n;
}

static void on_written(uv_write_t *request, int status)
{
    struct written *w = (struct written *)request;
    struct connection *c = request->data;

    talloc_free(w);
    c->writing--;
    if (c->closing)
        return;
    if (status < 0 || (c->close_after && c->writing == 0 && c->out_size == 0)) {
        connection_close(c);
        return;
    }
    connection_flush(c);
    if (!c->running && c->writing == 0)
        read_lines(c);
}

static void connection_flush(struct connection *c)
{
    struct written *w;
    uv_buf_t buf;

    if (c->closing || c->out_size == 0)
        return;
    w = object_new(c, struct written);
    w->octets = talloc_steal(w, c->out);
    w->request.data = c;
    buf = uv_buf_init(w->octets, (unsigned)c->out_size);
    c->out = NULL;
    c->out_size = 0;
    c->writing++;
    if (uv_write(&w->request, (uv_stream_t *)&c->pipe, &buf, 1, on_written) !=
        0) {
        c->writing--;
        connection_close(c);
    }
}

static void put_line(struct connection *c, char *line)
{
    if (!line)
        return;
    put(c, line, strlen(line));
    talloc_free(line);
    if (c->out_size >= OUTPUT_CHUNK)
        connection_flush(c);
}

static void put_error(struct connection *c, const struct error *err)
{
    put_line(c, wire_error(c, err));
    connection_flush(c);
}

/* ---- requests */

void request_row(struct request *q, json_t *row)
{
    invariant(row);
    if (q->connection) {
        char *line = wire_row(q->ctx, row);
        struct error err;

        if (!line) {
            (void)fail(&err, REPLY_INTERNAL, "a row is too long for a line");
            serve_report(q->serve, q->verb->words, &err);
        }
        put_line(q->connection, line);
    }
    json_decref(row);
}

void request_progress(struct request *q, int done, int of, const char *text)
{
    if (!q->connection)
        return;
    put_line(q->connection, wire_progress(q->ctx, done, of, text));
    connection_flush(q->connection);
}

/* What a file is known by once it is taken in: the log keeps who had it read,
 * not the hundreds of addresses in it. */
static json_t *file_print(TALLOC_CTX *ctx, const json_t *text)
{
    unsigned char octets[DIGEST_SIZE];
    size_t size = json_string_length(text);
    struct digest d;

    digest_begin(&d);
    digest_add(&d, json_string_value(text), size);
    digest_end(&d, octets);
    return json_string(text_format(ctx, "%zu octets, sha256:%s", size,
                                   digest_hex(ctx, octets, sizeof octets)));
}

/* Of each its name and what it is known by. */
static json_t *files_print(TALLOC_CTX *ctx, const json_t *list)
{
    json_t *prints = json_array(), *file, *print;
    size_t i;

    json_array_foreach(list, i, file)
    {
        if (json_is_string(file)) {
            (void)json_array_append_new(prints, file_print(ctx, file));
            continue;
        }
        print = file_print(ctx, json_object_get(file, "text"));
        (void)json_array_append_new(
            prints, json_pack("{s:O, s:o}", "name",
                              json_object_get(file, "name"), "text", print));
    }
    return prints;
}

/* The arguments as the log has them; the caller frees the text. */
static char *logged_args(const struct request *q)
{
    json_t *args = json_copy(q->args);
    char *text;

    for (const struct verb_arg *a = q->verb->args; a->place != PLACE_END; a++) {
        const json_t *value = json_object_get(args, a->name);

        if (a->type == ARG_FILE && json_is_string(value))
            (void)json_object_set_new(args, a->name, file_print(q->ctx, value));
        if (a->type == ARG_FILES && value)
            (void)json_object_set_new(args, a->name,
                                      files_print(q->ctx, value));
    }
    text = json_dumps(args, JSON_COMPACT);
    json_decref(args);
    return text;
}

void request_log(struct request *q)
{
    char *args = logged_args(q);
    struct log_row row = {.at = serve_now(q->serve),
                          .who = q->who,
                          .uid = q->uid,
                          .verb = q->verb->words,
                          .args = args ? args : "{}",
                          .reason = request_text(q, "because"),
                          .things = q->things ? q->things : "",
                          .before = q->before ? q->before : "",
                          .after = q->after ? q->after : ""};
    struct error err;

    if (!row.reason)
        row.reason = request_text(q, "force");
    if (!row.reason)
        row.reason = "";
    if (strlen(row.args) > 4096)
        row.args = "{\"text\":\"(long)\"}";
    if (!store_log(q->serve->store, &row, &err))
        serve_report(q->serve, "log", &err);
    free(args);
    q->logged = true;
}

void request_finish(struct request *q, const struct error *err)
{
    struct connection *c = q->connection;

    if (!err && q->verb->right != RIGHT_VIEW && !q->logged)
        request_log(q);
    if (c) {
        put_line(c,
                 err ? wire_error(q->ctx, err) : wire_ok(q->ctx, q->summary));
        c->running = NULL;
        connection_flush(c);
    }
    json_decref(q->summary);
    json_decref(q->args);
    talloc_free(q->ctx);
    if (c && c->writing == 0 && !c->closing)
        read_lines(c);
}

static bool request_allowed(const struct connection *c, const struct verb *v,
                            struct error *err)
{
    static const char *const who[] = {"viewers", "officers",
                                      "the daemon's own user and root"};

    if (c->right >= (int)v->right)
        return true;
    return fail(err, REPLY_DENIED, "%s is for %s; you are %s", v->words,
                who[v->right], c->who);
}

static bool has_sector(const struct request *q, struct error *err)
{
    const char *code = request_text(q, "sector");
    const struct generation *g = q->serve->generation;

    for (size_t i = 0; code && i < g->rules->n_sectors; i++)
        if (text_same(g->rules->sectors[i].code, code))
            return true;
    return !code || fail(err, REPLY_NOTFOUND, "no sector %s; there is %s", code,
                         g->codes);
}

static void request_run(struct connection *c, const char *line, size_t size)
{
    struct error err;
    json_t *message, *args;
    const char *word;
    const struct verb *verb;
    struct request *q;
    TALLOC_CTX *ctx;

    c->asked = true;
    if (!wire_parse_request(line, size, &message, &word, &args, &err)) {
        put_error(c, &err);
        return;
    }
    if (!verb_named(word, &verb, &err) || !request_allowed(c, verb, &err) ||
        !verb_check(verb, args, &err)) {
        put_error(c, &err);
        json_decref(message);
        return;
    }
    ctx = talloc_new(NULL);
    q = object_new(ctx, struct request);
    *q = (struct request){.ctx = ctx,
                          .serve = c->control->serve,
                          .connection = c,
                          .verb = verb,
                          .args = json_incref(args),
                          .who = memory_text(ctx, c->who),
                          .uid = c->uid,
                          .right = c->right};
    json_decref(message);
    c->running = q;
    if (!verb_handler_of(verb->id)) {
        (void)fail(&err, REPLY_USAGE, "%s is answered by convenectl itself",
                   verb->words);
        request_finish(q, &err);
    } else if (!has_sector(q, &err) || !verb_handler_of(verb->id)(q, &err)) {
        request_finish(q, &err);
    } else if (!q->deferred) {
        request_finish(q, NULL);
    }
}

/* ---- reading */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct connection *c = (struct connection *)handle;

    (void)suggested;
    *buf = uv_buf_init(c->octets, sizeof c->octets);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct connection *c = (struct connection *)stream;

    (void)buf;
    if (n == 0)
        return;
    if (n < 0) {
        connection_close(c);
        return;
    }
    wire_reader_feed(c->reader, c->octets, (size_t)n);
    (void)uv_read_stop(stream);
    read_lines(c);
}

/* Watches for the end of a client whose request runs: EOF abandons it. Octets
 * that it sends meanwhile are kept for later, up to a line. */
static void on_read_running(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct connection *c = (struct connection *)stream;

    (void)buf;
    if (n < 0) {
        connection_close(c);
        return;
    }
    wire_reader_feed(c->reader, c->octets, (size_t)n);
    if (wire_reader_overflows(c->reader))
        connection_close(c);
}

static void read_lines(struct connection *c)
{
    const char *line;
    size_t size;

    while (!c->closing && !c->running && c->writing == 0 &&
           (line = wire_reader_line(c->reader, &size)))
        if (size > 0)
            request_run(c, line, size);
    if (c->closing)
        return;
    if (wire_reader_overflows(c->reader)) {
        struct error err;

        (void)fail(&err, REPLY_USAGE, "a line is longer than %d octets",
                   WIRE_LINE);
        c->close_after = true;
        put_error(c, &err);
        return;
    }
    (void)uv_read_stop((uv_stream_t *)&c->pipe);
    (void)uv_read_start((uv_stream_t *)&c->pipe, on_alloc,
                        c->running ? on_read_running : on_read);
}

/* ---- connections come and go */

static void on_closed(uv_handle_t *handle)
{
    talloc_free(handle);
}

static void connection_close(struct connection *c)
{
    struct request *q = c->running;

    if (c->closing)
        return;
    c->closing = true;
    for (struct connection **p = &c->control->first; *p; p = &(*p)->next)
        if (*p == c) {
            *p = c->next;
            break;
        }
    c->control->n--;
    if (q) {
        q->connection = NULL;
        c->running = NULL;
        if (q->abandon)
            q->abandon(q->abandon_arg);
    }
    uv_close((uv_handle_t *)&c->pipe, on_closed);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct control *control = listener->data;
    struct connection *c;

    if (status < 0 || control->quiet)
        return;
    c = object_new(NULL, struct connection);
    c->control = control;
    (void)uv_pipe_init(listener->loop, &c->pipe, 0);
    c->next = control->first;
    control->first = c;
    control->n++;
    if (uv_accept(listener, (uv_stream_t *)&c->pipe) != 0) {
        connection_close(c);
        return;
    }
    c->reader = wire_reader_new(c);
    identify(c);
    if (control->n > CONNECTIONS_MOST) {
        struct error err;

        (void)fail(&err, REPLY_LATER, "%d connections are open already",
                   CONNECTIONS_MOST);
        c->close_after = true;
        put_error(c, &err);
        return;
    }
    read_lines(c);
}

/* ---- the listener */

/* Removes a socket that nobody listens on; false when somebody does. */
static bool clear_path(uv_loop_t *loop, const char *path, struct error *err)
{
    struct stat st;
    int fd;

    (void)loop;
    if (lstat(path, &st) != 0)
        return true;
    if (!S_ISSOCK(st.st_mode))
        return fail(err, REPLY_CONFLICT, "%s is there and is no socket", path);
    if (wire_connect(path, &fd, err)) {
        (void)close(fd);
        return fail(err, REPLY_CONFLICT, "another daemon listens on %s", path);
    }
    if (unlink(path) != 0)
        return fail(err, REPLY_INTERNAL, "%s: %s", path, strerror(errno));
    return true;
}

bool control_start(struct serve *s, int fd, struct error *err)
{
    const char *path = s->config->socket;
    struct control *control = object_new(s->ctx, struct control);
    int rc;

    control->serve = s;
    control->owns_path = fd < 0;
    (void)uv_pipe_init(s->loop, &control->listener, 0);
    control->listener.data = control;
    s->control = control;
    if (fd >= 0) {
        rc = uv_pipe_open(&control->listener, fd);
    } else {
        mode_t old;

        /* Anybody may connect, as to the socket that systemd opens: who may do
         * what is asked of the kernel, connection by connection. */
        if (!clear_path(s->loop, path, err))
            return false;
        old = umask(0111);
        rc = uv_pipe_bind(&control->listener, path);
        (void)umask(old);
    }
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)&control->listener, 64, on_connection);
    if (rc != 0) {
        control->owns_path = false;
        return fail(err, REPLY_INTERNAL, "control socket %s: %s", path,
                    uv_strerror(rc));
    }
    return true;
}

static void on_listener_closed(uv_handle_t *handle)
{
    (void)handle;
}

void control_quiesce(struct serve *s)
{
    struct control *control = s->control;

    if (!control || control->quiet)
        return;
    control->quiet = true;
    uv_close((uv_handle_t *)&control->listener, on_listener_closed);
    if (control->owns_path)
        (void)unlink(s->config->socket);
}

bool control_busy(const struct serve *s)
{
    const struct control *control = s->control;

    for (const struct connection *c = control ? control->first : NULL; c;
         c = c->next)
        if (!c->asked || c->running || c->writing > 0)
            return true;
    return false;
}

void control_stop(struct serve *s)
{
    struct control *control = s->control;

    if (!control || control->closed)
        return;
    control_quiesce(s);
    control->closed = true;
    while (control->first)
        connection_close(control->first);
}

/* ---- arguments */

const char *request_text(const struct request *q, const char *name)
{
    return args_text(q->args, name);
}

bool request_shows(const struct request *q, const struct sector *s)
{
    const char *only = request_text(q, "sector");

    return !only || text_same(s->code, only);
}

const char *request_draft_at(const struct request *q, const char *argument,
                             const char *otherwise)
{
    const char *typed = request_text(q, argument), *name = NULL;

    if (!typed)
        return otherwise;
    return store_draft_name(q->ctx, q->serve->store, typed, &name, NULL) && name
               ? name
               : typed;
}

const char *request_draft(const struct request *q)
{
    return request_draft_at(q, "draft", "main");
}

void request_cycles(const struct request *q, const char *name, int *ret_first,
                    int *ret_last)
{
    const char *text = request_text(q, name);
    const char *dots = text ? strstr(text, "..") : NULL;

    *ret_first = 1;
    *ret_last = 0;
    if (!text)
        return;
    *ret_first = atoi(text);
    *ret_last = dots ? atoi(dots + 2) : *ret_first;
}

struct date request_date(const struct request *q, const char *name)
{
    const char *text = request_text(q, name);
    struct date d = DATE_NONE;

    if (text && !date_parse(text, &d, NULL))
        return DATE_NONE;
    return d;
}
