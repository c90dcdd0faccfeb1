/*
 * convenectl's half of a conversation: connect, one request, lines to the end.
 * Blocking; it never shuts its writing side down before the answer is there
 * (the daemon takes end of file for "nobody is there any more").
 */
#include "ctl/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static bool away(const char *path, int cause, struct error *err)
{
    if (cause == EACCES || cause == EPERM)
        return fail(err, REPLY_DENIED,
                    "you may not talk to the daemon at %s: ask to be made an "
                    "officer or a viewer",
                    path);
    return fail(err, REPLY_AWAY,
                "no daemon answers at %s (%s). Start it with "
                "\"systemctl start convened\" or \"convened -c FILE\"; for "
                "another socket use -s or $CONVENED_SOCKET",
                path, strerror(cause));
}

bool wire_connect(const char *path, int *ret_fd, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd, r;

    if (strlen(path) >= sizeof address.sun_path)
        return fail(err, REPLY_USAGE,
                    "the path of the socket is longer than %zu bytes: %s",
                    sizeof address.sun_path - 1, path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return away(path, errno, err);
    do
        r = connect(fd, (const struct sockaddr *)&address, sizeof address);
    while (r != 0 && errno == EINTR);
    if (r != 0) {
        int cause = errno;

        (void)close(fd);
        return away(path, cause, err);
    }
    *ret_fd = fd;
    return true;
}

/* MSG_NOSIGNAL: a daemon that went away is an answer, not a signal. A failure
 * to write is not reported here, as the daemon may have said why before it
 * closed: reading finds out. */
static void send_all(int fd, const char *text)
{
    size_t size = strlen(text), done = 0;

    while (done < size) {
        ssize_t n = send(fd, text + done, size - done, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return;
        done += (size_t)n;
    }
}

static bool receive(int fd, struct wire_reader *r, struct error *err)
{
    char buf[65536];
    ssize_t n;

    do
        n = recv(fd, buf, sizeof buf, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return fail(err, REPLY_AWAY,
                    "the daemon went away before it finished its answer%s%s; "
                    "look with status and log at what was done",
                    n < 0 ? ": " : "", n < 0 ? strerror(errno) : "");
    wire_reader_feed(r, buf, (size_t)n);
    return true;
}

/* The next line, whole. */
static bool next_line(int fd, struct wire_reader *r, const char **ret_line,
                      size_t *ret_size, struct error *err)
{
    while (!(*ret_line = wire_reader_line(r, ret_size))) {
        if (wire_reader_overflows(r))
            return fail(err, REPLY_INTERNAL,
                        "the daemon's answer has a line of more than %d bytes",
                        WIRE_LINE);
        if (!receive(fd, r, err))
            return false;
    }
    return true;
}

/* Hands one reply to the listener. *ret_more: there is more to come. */
static bool take(struct wire_reply *reply, const struct wire_listener *l,
                 bool *ret_more, json_t **ret_summary, struct error *err)
{
    *ret_more = false;
    switch (reply->kind) {
    case WIRE_PROGRESS:
        if (l->progress)
            l->progress(l->arg, reply->done, reply->of, reply->text);
        *ret_more = true;
        return true;
    case WIRE_ROW:
        *ret_more = true;
        if (l->row && !l->row(l->arg, reply->body))
            return fail(err, REPLY_OK, "nobody reads any more");
        return true;
    case WIRE_OK:
        *ret_summary = json_incref(reply->body);
        return true;
    case WIRE_ERROR:
        *err = reply->error;
        return false;
    }
    return false;
}

static bool converse(int fd, struct wire_reader *r,
                     const struct wire_listener *l, json_t **ret_summary,
                     struct error *err)
{
    bool more = true, good = true;

    while (good && more) {
        struct wire_reply reply;
        const char *line;
        size_t size;

        good = next_line(fd, r, &line, &size, err) &&
               wire_parse_reply(line, size, &reply, err);
        if (!good)
            return false;
        good = take(&reply, l, &more, ret_summary, err);
        json_decref(reply.line);
    }
    return good;
}

bool wire_call(int fd, const char *verb, const json_t *args,
               const struct wire_listener *listener, json_t **ret_summary,
               struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    char *request;
    bool good = wire_request(job, verb, args, &request, err);

    if (good) {
        send_all(fd, request);
        good = converse(fd, wire_reader_new(job), listener, ret_summary, err);
    }
    talloc_free(job);
    return good;
}
