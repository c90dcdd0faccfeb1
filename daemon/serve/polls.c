/*
 * Counting polls. Nothing of an address or a secret is kept: a feed's name, a
 * family of clients, two counts and a time.
 *
 * Every fetch comes by here, so both questions it asks are looked up: the row
 * of (feed, family) in a table by hash, the family of a User-Agent among those
 * seen lately, of which programs send the same few over and over.
 */
#include "daemon/serve/polls.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define AGENTS       64  /* a power of two */
#define AGENT_OCTETS 256 /* of a User-Agent that is remembered */

/* A User-Agent seen lately. */
struct agent {
    const char *family; /* NULL: none yet */
    char text[AGENT_OCTETS];
};

struct polls {
    struct poll_row *rows;
    bool *changed;
    size_t n;
    bool dirty;
    size_t *places; /* 1 + index of a row, 0 free; by hash, at most half full */
    size_t n_places;
    struct agent agents[AGENTS];
};

/* The first row whose word stands in the User-Agent. A program stands above the
 * system that it also names. */
static const struct {
    const char *word, *family;
} families[] = {
    {"google-calendar", "google"},
    {"thunderbird", "thunderbird"},
    {"lightning", "thunderbird"},
    {"outlook", "outlook"},
    {"ms-office", "outlook"},
    {"microsoft", "outlook"},
    {"exchange", "outlook"},
    {"calendaragent", "apple"},
    {"dataaccessd", "apple"},
    {"calendard", "apple"},
    {"ios/", "apple"},
    {"macos/", "apple"},
    {"mac os x/", "apple"},
    {"evolution", "evolution"},
    {"gnome", "evolution"},
    {"icsx5", "android"},
    {"icsdroid", "android"},
    {"davx", "android"},
    {"vdirsyncer", "vdirsyncer"},
    {"khal", "vdirsyncer"},
    {"nextcloud", "nextcloud"},
    {"fastmail", "fastmail"},
    {"proton", "proton"},
    {"mozilla", "browser"}, /* of any system, so above the systems */
    {"android", "android"},
    {"curl", "program"},
    {"wget", "program"},
    {"python", "program"},
};

static const char *family_of(const char *user_agent)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strcasestr(user_agent, families[i].word))
            return families[i].family;
    return "other";
}

static struct polls *polls_of(struct serve *s)
{
    if (!s->polls)
        s->polls = object_new(s->ctx, struct polls);
    return s->polls;
}

#define HASH_BEGIN 0xcbf29ce484222325u

static uint64_t hash_on(uint64_t hash, const char *text)
{
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static const char *family_seen(struct polls *p, const char *user_agent)
{
    struct agent *a;

    if (!user_agent)
        return "other";
    if (strlen(user_agent) >= AGENT_OCTETS)
        return family_of(user_agent);
    a = &p->agents[hash_on(HASH_BEGIN, user_agent) % AGENTS];
    if (!a->family || strcmp(a->text, user_agent) != 0) {
        memcpy(a->text, user_agent, strlen(user_agent) + 1);
        a->family = family_of(user_agent);
    }
    return a->family;
}

/* Where the row of these two stands, or has to be put. */
static size_t *place_of(const struct polls *p, const char *feed,
                        const char *family)
{
    uint64_t at = hash_on(hash_on(HASH_BEGIN, feed), family);

    for (;; at++) {
        size_t *place = &p->places[at & (p->n_places - 1)];

        if (*place == 0 || (strcmp(p->rows[*place - 1].family, family) == 0 &&
                            strcmp(p->rows[*place - 1].feed, feed) == 0))
            return place;
    }
}

/* Room for one more row in the table. */
static void make_places(struct polls *p)
{
    if (2 * (p->n + 1) <= p->n_places)
        return;
    talloc_free(p->places);
    p->n_places = p->n_places ? 2 * p->n_places : 256;
    p->places = array_new(p, size_t, p->n_places);
    for (size_t i = 0; i < p->n; i++)
        *place_of(p, p->rows[i].feed, p->rows[i].family) = i + 1;
}

static size_t add(struct polls *p, const struct poll_row *row)
{
    make_places(p);
    p->rows = array_grow(p, p->rows, struct poll_row, p->n + 1);
    p->changed = array_grow(p, p->changed, bool, p->n + 1);
    p->rows[p->n] = *row;
    p->rows[p->n].feed = memory_text(p, row->feed);
    p->rows[p->n].family = memory_text(p, row->family);
    p->changed[p->n] = false;
    *place_of(p, row->feed, row->family) = p->n + 1;
    return p->n++;
}

static size_t find_or_add(struct polls *p, const char *feed, const char *family)
{
    size_t place = p->n_places ? *place_of(p, feed, family) : 0;

    return place ? place - 1
                 : add(p, &(struct poll_row){feed, family, 0, 0, INSTANT_NONE});
}

void polls_count(struct serve *s, const char *feed, const char *user_agent,
                 bool full)
{
    struct polls *p = polls_of(s);
    size_t i = find_or_add(p, feed, family_seen(p, user_agent));

    *(full ? &p->rows[i].full : &p->rows[i].unchanged) += 1;
    p->rows[i].last = serve_now(s);
    p->changed[i] = true;
    p->dirty = true;
}

const struct poll_row *polls_rows(const struct serve *s, size_t *ret_n)
{
    *ret_n = s->polls ? s->polls->n : 0;
    return s->polls ? s->polls->rows : NULL;
}

struct http_polls http_polls(const struct serve *s, const char *feed)
{
    struct http_polls sum = {0, 0, INSTANT_NONE};
    size_t n;
    const struct poll_row *rows = polls_rows(s, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].feed, feed) != 0)
            continue;
        sum.full += rows[i].full;
        sum.not_modified += rows[i].unchanged;
        if (instant_is_none(sum.last) || rows[i].last.second > sum.last.second)
            sum.last = rows[i].last;
    }
    return sum;
}

void polls_load(struct serve *s)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct poll_row *rows;
    struct error err;
    size_t n;

    if (store_polls(tmp, s->store, &rows, &n, &err))
        for (size_t i = 0; i < n; i++)
            (void)add(polls_of(s), &rows[i]);
    else
        serve_report(s, "polls", &err);
    talloc_free(tmp);
}

static bool write_rows(struct serve *s, struct error *err)
{
    struct polls *p = s->polls;

    for (size_t i = 0; i < p->n; i++)
        if (p->changed[i] && !store_put_poll(s->store, &p->rows[i], err))
            return false;
    return store_commit(s->store, err);
}

void polls_save(struct serve *s)
{
    struct polls *p = s->polls;
    struct error err;

    if (!p || !p->dirty || store_trouble(s->store))
        return;
    if (!store_begin(s->store, &err))
        return;
    if (!write_rows(s, &err)) {
        store_rollback(s->store);
        serve_report(s, "polls", &err);
        return;
    }
    memset(p->changed, 0, p->n * sizeof *p->changed);
    p->dirty = false;
}
