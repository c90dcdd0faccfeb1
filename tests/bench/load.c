/*
 * A load client that is done with an answer sooner than any server, over
 * connections that are kept alive. It reads no body: on the machine of a
 * subscriber that would be another processor's work. And it knows, as wrk does
 * not, that 304 and HEAD speak of a length and bring no body.
 *
 * load PORT METHOD PATH STATUS CONNECTIONS SECONDS [HEADER]
 *
 * Each connection has one request under way. Prints answers a second; any
 * other status, or a connection that is closed, ends it with a failure.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 1024
#define HEAD_MOST        8192

struct connection {
    int fd;
    char head[HEAD_MOST];
    size_t n;       /* octets of the head so far */
    size_t missing; /* octets of the body to come */
};

struct load {
    char request[2048];
    size_t size;
    char status[16]; /* "HTTP/1.1 304" */
    bool has_body;
    long answers;
};

static void stop(const char *why)
{
    (void)fprintf(stderr, "load: %s\n", why);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ask(const struct load *l, const struct connection *c)
{
    if (send(c->fd, l->request, l->size, MSG_NOSIGNAL) != (ssize_t)l->size)
        stop("a request is not taken");
}

static void answered(struct load *l, struct connection *c)
{
    l->answers++;
    c->n = 0;
    ask(l, c);
}

/* The head is whole; `extra` octets behind it are here. */
static void take_head(struct load *l, struct connection *c, size_t extra)
{
    const char *length = strcasestr(c->head, "\r\nContent-Length:");

    if (strncmp(c->head, l->status, strlen(l->status)) != 0)
        stop(c->head);
    c->missing = l->has_body && length
                     ? strtoul(length + strlen("\r\nContent-Length:"), NULL, 10)
                     : 0;
    if (extra > c->missing)
        stop("more came than was announced");
    c->missing -= extra;
    if (c->missing == 0)
        answered(l, c);
}

static void take(struct load *l, struct connection *c)
{
    bool in_head = c->missing == 0;
    ssize_t got = in_head ? recv(c->fd, c->head + c->n, HEAD_MOST - 1 - c->n, 0)
                          : recv(c->fd, NULL, c->missing, MSG_TRUNC);
    char *end;

    if (got <= 0)
        stop("a connection is closed");
    if (!in_head) {
        c->missing -= (size_t)got;
        if (c->missing == 0)
            answered(l, c);
        return;
    }
    c->n += (size_t)got;
    c->head[c->n] = '\0';
    end = strstr(c->head, "\r\n\r\n");
    if (end)
        take_head(l, c, (size_t)(c->head + c->n - (end + 4)));
    else if (c->n >= HEAD_MOST - 1)
        stop("a head without end");
}

static int open_one(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        stop("no connection");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static double run(struct load *l, int port, int n, double seconds)
{
    static struct connection all[CONNECTIONS_MOST];
    struct epoll_event events[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    double began = now();

    for (int i = 0; i < n; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};

        all[i].fd = open_one(port);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e) != 0)
            stop("epoll");
        ask(l, &all[i]);
    }
    while (now() - began < seconds) {
        int ready = epoll_wait(epoll, events, 64, 1000);

        if (ready <= 0)
            stop("no answer in a second");
        for (int i = 0; i < ready; i++)
            take(l, events[i].data.ptr);
    }
    return (double)l->answers / (now() - began);
}

int main(int argc, char **argv)
{
    struct load l = {.answers = 0};
    int connections = argc > 5 ? atoi(argv[5]) : 0;

    if (argc < 7 || connections < 1 || connections > CONNECTIONS_MOST)
        stop("PORT METHOD PATH STATUS CONNECTIONS SECONDS [HEADER]");
    l.size = (size_t)snprintf(
        l.request, sizeof l.request, "%s %s HTTP/1.1\r\nHost: x\r\n%s%s\r\n",
        argv[2], argv[3], argc > 7 ? argv[7] : "", argc > 7 ? "\r\n" : "");
    if (l.size >= sizeof l.request)
        stop("the request is too long");
    (void)snprintf(l.status, sizeof l.status, "HTTP/1.1 %.3s", argv[4]);
    l.has_body = strcmp(argv[2], "HEAD") != 0 && strcmp(argv[4], "304") != 0;
    (void)printf("%.0f\n", run(&l, atoi(argv[1]), connections, atof(argv[6])));
    return 0;
}
