/*
 * The HTTP server: libmicrohttpd inside the loop, one epoll descriptor per
 * listening address.
 *
 * Rules of the embedding:
 * 1. run MHD until the number of connections stops falling: after its limit
 *    was hit it takes the listener out and puts it back only at the next run;
 * 2. answer in the second call of the handler, or keep-alive is lost; the first
 *    call answers errors only;
 * 3. MHD's timeout is one of inactivity: a janitor cuts connections that have
 *    not completed a request in time;
 * 4. a 304 is made with the length of the 200;
 * 5. the logger is the first option, or MHD prints by itself.
 */
#include "daemon/serve/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/form.h"
#include "daemon/serve/listen.h"
#include "daemon/serve/polls.h"

#define SERVERS_MOST     8
#define CONNECTIONS_MOST 10240
#define PEER_SECONDS     30 /* to send a request; a body may take longer */
#define BODY_SECONDS     300
#define JANITOR_EVERY    1000
#define SAVE_EVERY       60000
#define URL_MOST         2048
#define REQUEST_OCTETS   17408  /* 16 KiB of request; cookies count twice */
#define UNREAD_OCTETS    262144 /* that the kernel holds for a slow reader */

struct peer {
    struct peer *next, **back;
    int fd;
    bool local;
    uint64_t since; /* loop time of the connection or its last request */
    bool answering;
    bool answered; /* at least once */
};

struct server {
    struct http *http;
    struct MHD_Daemon *mhd;
    uv_poll_t poll;
    uv_timer_t timer;
    const char *unix_path;
    int open; /* handles not closed yet */
};

struct http {
    struct serve *serve;
    struct server servers[SERVERS_MOST];
    size_t n;
    struct peer *peers;
    uint64_t saved; /* loop time when polls were written last */
    struct answers *answers;
    bool quiet; /* takes no more connections */
    bool stopping;
};

struct answers **http_answers(struct serve *s)
{
    return &s->http->answers;
}

void http_guard(struct MHD_Response *response)
{
    (void)MHD_add_response_header(response, "X-Content-Type-Options",
                                  "nosniff");
    (void)MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
}

/* ---- MHD's callbacks */

/* A request that has been seen, and has no form. */
static int seen;

static void on_mhd_log(void *arg, const char *fmt, va_list ap)
{
    (void)arg;
    (void)fmt;
    (void)ap; /* a peer's nonsense is no event of ours */
}

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_UNIX)
        return true;
    if (a->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)(const void *)a)
                          ->sin_addr.s_addr) >>
                24) == 127;
    if (a->sa_family == AF_INET6) {
        const struct in6_addr *v6 =
            &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;

        return IN6_IS_ADDR_LOOPBACK(v6) ||
               (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
    }
    return false;
}

static void on_connection(void *arg, struct MHD_Connection *connection,
                          void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *sv = arg;
    struct http *h = sv->http;
    struct peer *p = *socket_context;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *fd, *address;

        p = object_new(h, struct peer);
        fd = MHD_get_connection_info(connection,
                                     MHD_CONNECTION_INFO_CONNECTION_FD);
        address = MHD_get_connection_info(connection,
                                          MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        p->fd = fd ? fd->connect_fd : -1;
        p->local = sv->unix_path || (address && address->client_addr &&
                                     is_loopback(address->client_addr));
        p->since = uv_now(h->serve->loop);
        p->next = h->peers;
        p->back = &h->peers;
        if (p->next)
            p->next->back = &p->next;
        h->peers = p;
        *socket_context = p;
    } else if (p) {
        *p->back = p->next;
        if (p->next)
            p->next->back = p->back;
        talloc_free(p);
        *socket_context = NULL;
    }
}

static struct peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static void on_completed(void *arg, struct MHD_Connection *connection,
                         void **request, enum MHD_RequestTerminationCode code)
{
    struct server *sv = arg;
    struct peer *p = peer_of(connection);

    (void)code;
    if (*request != &seen)
        talloc_free(*request);
    *request = NULL;
    if (p) {
        p->since = uv_now(sv->http->serve->loop);
        p->answering = false;
        p->answered = true;
    }
}

static enum MHD_Result answer_short(struct MHD_Connection *connection,
                                    unsigned status, const char *text,
                                    const char *header, const char *value)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result;

    (void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
                                  "text/plain; charset=utf-8");
    if (header)
        (void)MHD_add_response_header(r, header, value);
    http_guard(r);
    result = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return result;
}

/* How the head says where the request ends, and for whom it is. */
struct framing {
    int lengths, codings, hosts;
    bool odd;  /* a blank before the colon, or a coding that is not chunked */
    bool body; /* something follows the head */
};

static enum MHD_Result note_header(void *arg, enum MHD_ValueKind kind,
                                   const char *name, const char *value)
{
    struct framing *f = arg;

    (void)kind;
    f->odd = f->odd || strpbrk(name, " \t");
    if (text_same(name, MHD_HTTP_HEADER_HOST))
        f->hosts++;
    if (text_same(name, MHD_HTTP_HEADER_CONTENT_LENGTH)) {
        f->lengths++;
        f->body = f->body || strcmp(value ? value : "", "0") != 0;
    }
    if (text_same(name, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        f->codings++;
        f->odd = f->odd || !text_same(value ? value : "", "chunked");
        f->body = true;
    }
    return MHD_YES;
}

/* What a proxy and we could read differently would let one client put words
 * into the mouth of the next (RFC 9112 5.1, 6.1, 6.3; RFC 9110 7.2). */
static bool is_ambiguous(const struct framing *f)
{
    return f->odd || f->hosts > 1 || f->lengths + f->codings > 1;
}

/* ---- addresses */

/* What a NUL hides is not read as the address before it. */
static size_t unescape(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg;
    (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

/* A server is also asked in the words for a proxy (RFC 9112 3.2.2). The name
 * in them is as little to us as that of the header Host. */
static const char *path_of(const char *url)
{
    const char *rest = text_begins(url, "http://")    ? url + 7
                       : text_begins(url, "https://") ? url + 8
                                                      : NULL;

    if (!rest)
        return url;
    rest = strchr(rest, '/');
    return rest ? rest : "/";
}

/* ---- the paths that take a form */

static bool takes_form(const char *path)
{
    return text_begins(path, RSVP_PATH) || text_begins(path, LEAVE_PATH);
}

static enum MHD_Result form_answer(const struct http_call *call,
                                   const char *body)
{
    return text_begins(call->path, RSVP_PATH) ? rsvp_answer(call, body)
                                              : leave_answer(call, body);
}

struct form {
    size_t size;
    bool too_long;
    char octets[FORM_BODY + 1];
};

/* Mail programs may post multipart/form-data, browsers do not (RFC 8058 3.2).
 */
static enum MHD_Result form_begin(struct MHD_Connection *connection,
                                  const char *path, void **request)
{
    static const char type[] = "application/x-www-form-urlencoded";
    static const char parts[] = "multipart/form-data";
    const char *given = MHD_lookup_connection_value(
        connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);

    if (!given ||
        (!text_begins(given, type) &&
         !(text_begins(path, LEAVE_PATH) && text_begins(given, parts))))
        return answer_short(connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
                            "Only a form is understood here.\n", NULL, NULL);
    *request = object_new(NULL, struct form);
    return MHD_YES;
}

/* Octets of the form, or its end. */
static enum MHD_Result form_go_on(const struct http_call *call,
                                  struct form *form, const char *upload,
                                  size_t *upload_size)
{
    size_t n = *upload_size;

    if (n == 0)
        return form->too_long
                   ? answer_short(call->connection, MHD_HTTP_CONTENT_TOO_LARGE,
                                  "The form is too long.\n", NULL, NULL)
                   : form_answer(call, form->octets);
    *upload_size = 0;
    form->too_long = form->too_long || n > FORM_BODY - form->size;
    if (!form->too_long) {
        memcpy(form->octets + form->size, upload, n);
        form->size += n;
    }
    return MHD_YES;
}

/* The first call: the head is here. It answers errors only (rule 2). */
static enum MHD_Result begin(struct MHD_Connection *connection, const char *url,
                             const char *method, void **request)
{
    bool is_long = strlen(url) > URL_MOST;
    struct framing f = {0};

    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, note_header,
                                    &f);
    if (is_ambiguous(&f))
        return answer_short(connection, MHD_HTTP_BAD_REQUEST,
                            "The head of this request is ambiguous.\n",
                            MHD_HTTP_HEADER_CONNECTION, "close");
    if (strcmp(method, "POST") == 0 && takes_form(url) && !is_long)
        return form_begin(connection, url, request);
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return answer_short(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                            "Only GET and HEAD are understood here.\n",
                            MHD_HTTP_HEADER_ALLOW,
                            takes_form(url) ? "GET, HEAD, POST" : "GET, HEAD");
    if (f.body)
        return answer_short(connection, MHD_HTTP_CONTENT_TOO_LARGE,
                            "A request has no body here.\n", NULL, NULL);
    if (is_long)
        return answer_short(connection, MHD_HTTP_URI_TOO_LONG,
                            "The address is too long.\n", NULL, NULL);
    *request = &seen;
    return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *upload,
                                  size_t *upload_size, void **request)
{
    struct server *sv = arg;
    struct peer *p = peer_of(connection);
    struct http_call call = {.serve = sv->http->serve,
                             .connection = connection,
                             .path = path_of(url),
                             .local = p && p->local};

    (void)version;
    if (!*request)
        return begin(connection, call.path, method, request);
    if (*request != &seen) {
        if (p)
            p->answering = *upload_size == 0;
        return form_go_on(&call, *request, upload, upload_size);
    }
    *upload_size = 0;
    if (p)
        p->answering = true;
    return http_answer(&call);
}

/* ---- turning */

static unsigned connections(const struct server *sv)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(sv->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

    return info ? info->num_connections : 0;
}

static void on_timer(uv_timer_t *timer);

static void turn(struct server *sv)
{
    MHD_UNSIGNED_LONG_LONG ms;
    unsigned before, now = connections(sv);

    do { /* rule 1 */
        before = now;
        (void)MHD_run(sv->mhd);
        now = connections(sv);
    } while (now < before);
    if (MHD_get_timeout(sv->mhd, &ms) != MHD_YES || ms > JANITOR_EVERY)
        ms = JANITOR_EVERY;
    (void)uv_timer_start(&sv->timer, on_timer, ms, 0);
}

static void sweep(struct http *h) /* rule 3 */
{
    uint64_t now = uv_now(h->serve->loop);

    for (struct peer *p = h->peers; p; p = p->next) {
        uint64_t patience = p->answering ? BODY_SECONDS : PEER_SECONDS;

        if (now - p->since > patience * 1000)
            (void)shutdown(p->fd, SHUT_RDWR);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct server *sv = timer->data;

    struct http *h = sv->http;

    sweep(h);
    if (uv_now(h->serve->loop) - h->saved > SAVE_EVERY) {
        h->saved = uv_now(h->serve->loop);
        polls_save(h->serve);
    }
    turn(sv);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    turn(poll->data);
}

/* ---- listening */

/* What is not read yet waits in the one body that all share, not in a copy of
 * its own for every slow reader. Connections inherit this from the listener. */
static void bound_unread(int fd)
{
    int octets = UNREAD_OCTETS;

    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets);
}

static bool server_start(struct http *h, int fd, const char *unix_path,
                         struct error *err)
{
    struct server *sv = &h->servers[h->n];

    sv->http = h;
    sv->unix_path = unix_path;
    bound_unread(fd);
    sv->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, sv,
        MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL, /* rule 5 */
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)BODY_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)REQUEST_OCTETS, MHD_OPTION_NOTIFY_CONNECTION, on_connection, sv,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, sv,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, unescape,
        NULL, MHD_OPTION_END);
    if (!sv->mhd) {
        (void)close(fd);
        return fail(err, REPLY_INTERNAL, "the HTTP server does not start");
    }
    h->n++;
    sv->poll.data = sv;
    sv->timer.data = sv;
    (void)uv_timer_init(h->serve->loop, &sv->timer);
    (void)uv_poll_init(
        h->serve->loop, &sv->poll,
        MHD_get_daemon_info(sv->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
    (void)uv_poll_start(&sv->poll, UV_READABLE, on_poll);
    sv->open = 2;
    turn(sv);
    return true;
}

bool http_start(struct serve *s, const int *fds, size_t n, struct error *err)
{
    struct http *h = object_new(s->ctx, struct http);
    char **listen_on = text_split(h, s->config->listen, ',');

    h->serve = s;
    s->http = h;
    h->saved = uv_now(s->loop);
    polls_load(s);
    for (size_t i = 0; i < n && h->n < SERVERS_MOST; i++)
        if (!server_start(h, fds[i], NULL, err))
            return false;
    for (; n == 0 && *listen_on && h->n < SERVERS_MOST; listen_on++) {
        const char *path =
            text_begins(*listen_on, "unix:") ? *listen_on + 5 : NULL;
        int fd;

        if (strcmp(*listen_on, "none") == 0)
            continue;
        fd = path ? listen_unix(path, err) : listen_tcp(*listen_on, err);
        if (fd < 0 || !server_start(h, fd, path, err))
            return false;
    }
    return true;
}

void http_published(struct serve *s)
{
    http_answers_forget(s);
}

static void on_closed(uv_handle_t *handle)
{
    struct server *sv = handle->data;

    sv->open--;
}

void http_quiesce(struct serve *s)
{
    struct http *h = s->http;

    if (!h || h->quiet)
        return;
    h->quiet = true;
    for (size_t i = 0; i < h->n; i++) {
        (void)close(MHD_quiesce_daemon(h->servers[i].mhd));
        if (h->servers[i].unix_path)
            (void)unlink(h->servers[i].unix_path);
    }
}

bool http_busy(const struct serve *s)
{
    for (const struct peer *p = s->http ? s->http->peers : NULL; p; p = p->next)
        if (p->answering || !p->answered)
            return true;
    return false;
}

void http_stop(struct serve *s)
{
    struct http *h = s->http;

    if (!h || h->stopping)
        return;
    http_quiesce(s);
    h->stopping = true;
    polls_save(s);
    for (size_t i = 0; i < h->n; i++) {
        struct server *sv = &h->servers[i];

        (void)uv_poll_stop(&sv->poll);
        uv_close((uv_handle_t *)&sv->poll, on_closed);
        uv_close((uv_handle_t *)&sv->timer, on_closed);
        MHD_stop_daemon(sv->mhd);
    }
    http_answers_forget(s);
}
