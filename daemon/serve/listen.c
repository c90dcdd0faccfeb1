/*
 * Sockets that listen, from what the configuration says.
 */
#include "daemon/serve/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int listen_unix(const char *path, struct error *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    struct stat st;
    mode_t old;
    bool bound;
    int fd;

    if (strlen(path) >= sizeof a.sun_path) {
        (void)fail(err, REPLY_INPUT, "listen: the path %s is too long", path);
        return -1;
    }
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        (void)unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* As open as a port: a proxy of another user has to reach it. */
    old = umask(0111);
    bound = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0;
    (void)umask(old);
    if (!bound || listen(fd, 128) != 0) {
        (void)fail(err, REPLY_INTERNAL, "listen on %s: %s", path,
                   strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    return fd;
}

/* Listens on the first of these addresses; -1 with errno. */
static int listen_at(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    0),
        on = 1, off = 0;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 1024) != 0) {
        int why = errno;

        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* Of all addresses of this machine the one that takes both families, and where
 * there is no IPv6 that of IPv4. */
static int listen_everywhere(const char *port)
{
    static const int families[] = {AF_INET6, AF_INET};
    int fd = -1;

    for (size_t i = 0; fd < 0 && i < sizeof families / sizeof families[0];
         i++) {
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                 .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                 .ai_family = families[i]},
                        *found = NULL;

        if (getaddrinfo(NULL, port, &hints, &found) != 0)
            continue;
        fd = listen_at(found);
        freeaddrinfo(found);
    }
    return fd;
}

static int listen_on_host(const char *host, const char *port, const char *text,
                          struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICSERV},
                    *found = NULL;
    int rc = getaddrinfo(host, port, &hints, &found), fd;

    if (rc != 0) {
        (void)fail(err, REPLY_INPUT, "listen = %s: %s", text, gai_strerror(rc));
        return -1;
    }
    fd = listen_at(found);
    freeaddrinfo(found);
    if (fd < 0)
        (void)fail(err, REPLY_INTERNAL, "listen on %s: %s", text,
                   strerror(errno));
    return fd;
}

int listen_tcp(const char *text, struct error *err)
{
    char host[256];
    const char *colon = strrchr(text, ':');
    int fd;

    if (!colon || colon == text || strlen(text) >= sizeof host) {
        (void)fail(err, REPLY_INPUT,
                   "listen = %s is not understood, write HOST:PORT or "
                   "unix:PATH",
                   text);
        return -1;
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    if (host[0] == '[' && host[strlen(host) - 1] == ']') {
        host[strlen(host) - 1] = '\0';
        memmove(host, host + 1, strlen(host));
    }
    if (strcmp(host, "*") != 0)
        return listen_on_host(host, colon + 1, text, err);
    fd = listen_everywhere(colon + 1);
    if (fd < 0)
        (void)fail(err, REPLY_INTERNAL, "listen on %s: %s", text,
                   strerror(errno));
    return fd;
}
