/*
 * The mails of the last day in the order they went, the oldest forgotten when
 * the list has grown to twice its size: a look at the tail answers.
 */
#include "daemon/mail/net.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define LEAST_ROOM 256

struct sent {
    int64_t at;
    char *to;
};

struct net {
    struct sent *rows;
    size_t n, room;
    struct date told;
};

struct net *net_new(TALLOC_CTX *ctx)
{
    struct net *net = object_new(ctx, struct net);

    net->told = DATE_NONE;
    net->room = LEAST_ROOM;
    net->rows = array_new(net, struct sent, net->room);
    return net;
}

static void forget(struct net *net, int64_t before)
{
    size_t kept = 0;

    for (size_t i = 0; i < net->n; i++)
        if (net->rows[i].at < before)
            talloc_free(net->rows[i].to);
        else
            net->rows[kept++] = net->rows[i];
    net->n = kept;
}

void net_add(struct net *net, const char *to, struct instant at)
{
    if (net->n == net->room) {
        forget(net, at.second - NET_DAY - NET_HOUR);
        while (net->n * 2 > net->room)
            net->room *= 2;
        net->rows = array_grow(net, net->rows, struct sent, net->room);
    }
    net->rows[net->n++] = (struct sent){at.second, memory_text(net, to)};
}

enum net_answer net_ask(const struct net *net, struct net_limits limits,
                        const char *to, struct instant now)
{
    int hour = 0, day = 0;

    if (limits.hour == 0 && limits.day == 0)
        return NET_GOES;
    for (size_t i = 0; i < net->n; i++) {
        int64_t age = now.second - net->rows[i].at;

        hour += age < NET_HOUR;
        day += age < NET_DAY && text_same(net->rows[i].to, to);
    }
    if (limits.hour > 0 && hour >= limits.hour)
        return NET_FULL_HOUR;
    return limits.day > 0 && day >= limits.day ? NET_FULL_DAY : NET_GOES;
}

bool net_first_of(struct net *net, struct date day)
{
    bool first = net->told.day != day.day;

    net->told = day;
    return first;
}

bool net_parse(const char *text, struct net_limits *ret)
{
    struct net_limits l = {0, 0};
    int end = 0;

    if (strcmp(text, "none") == 0) {
        *ret = l;
        return true;
    }
    if (sscanf(text, "%6d/hour, %6d/day%n", &l.hour, &l.day, &end) != 2 ||
        end == 0 || text[end] || l.hour < 1 || l.day < 1)
        return false;
    *ret = l;
    return true;
}
