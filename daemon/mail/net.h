#pragma once
/*
 * The safety net: mails that nobody released are few; when they are many,
 * something is wrong, and the rest waits for a person. Counts per hour over
 * all, and per day and recipient. Pure.
 */
#include <stdbool.h>
#include <talloc.h>

#include "daemon/base/date.h"

#define NET_HOUR 3600
#define NET_DAY  86400

/* At most so many; 0: no limit. */
struct net_limits {
    int hour; /* to all, in any 60 minutes */
    int day;  /* to one recipient, in any 24 hours */
};

enum net_answer { NET_GOES, NET_FULL_HOUR, NET_FULL_DAY };

struct net;

struct net *net_new(TALLOC_CTX *ctx);
/* Counts one mail. Times never run backwards by more than an hour. */
void net_add(struct net *net, const char *to, struct instant at);
/* May one more go at now? Does not count it. */
enum net_answer net_ask(const struct net *net, struct net_limits limits,
                        const char *to, struct instant now);

/* Is it the first time this is asked that day? Who is told once a day is not
 * told again. */
bool net_first_of(struct net *net, struct date day);

/* "200/hour, 10/day" or "none". */
bool net_parse(const char *text, struct net_limits *ret);
