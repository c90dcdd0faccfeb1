#pragma once
/*
 * Which feeds there are, and which events each shows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/publish/feed.h"
#include "daemon/publish/feed_event.h"

enum scope {
    SCOPE_ALL,
    SCOPE_EDITIONS,
    SCOPE_DEADLINES,
    SCOPE_BODY,
    SCOPE_PARTNER,
    SCOPE_HOST,
    SCOPE_CLUSTER,
    SCOPE_OWNER,  /* deadlines of one member, partner, body, the secretariat */
    SCOPE_PRIVATE, /* of one contact: what it hears of and owes */
    SCOPE_INVITED  /* all meetings as those see them who are invited */
};

/* One feed to make. */
struct wanted {
    enum scope scope;
    const char *code; /* of the body, partner, host, cluster, owner; "" */
    const char *name, *path, *title, *about;
    const struct contact *contact; /* SCOPE_PRIVATE */
    int alarm;                     /* minutes before a meeting, 0 never */
};

struct wanted_list {
    struct wanted *rows;
    size_t n;
};

/* One for everything the rules name, and for what only the version still
 * names: an address that was given out stays. On ctx. */
struct wanted_list wanted_feeds(TALLOC_CTX *ctx, const struct feed_input *in);

bool wanted_shows(const struct feed_input *in, const struct event *e,
                  const struct wanted *w);
