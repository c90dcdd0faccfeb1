/*
 * Counting polls. Nothing of an address or a secret is kept: a feed's name, a
 * family of clients, two counts and a time.
 */
#include "daemon/serve/polls.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

struct polls {
    struct poll_row *rows;
    bool *changed;
    size_t n;
    bool dirty;
};

/* The first row whose word stands in the User-Agent. */
static const struct {
    const char *word, *family;
} families[] = {
    {"google-calendar", "google"},
    {"outlook", "outlook"},
    {"microsoft", "outlook"},
    {"exchange", "outlook"},
    {"calendaragent", "apple"},
    {"dataaccessd", "apple"},
    {"calendard", "apple"},
    {"ios/", "apple"},
    {"macos/", "apple"},
    {"mac os x", "apple"},
    {"thunderbird", "thunderbird"},
    {"lightning", "thunderbird"},
    {"evolution", "evolution"},
    {"gnome", "evolution"},
    {"icsx5", "android"},
    {"icsdroid", "android"},
    {"davx", "android"},
    {"android", "android"},
    {"vdirsyncer", "vdirsyncer"},
    {"khal", "vdirsyncer"},
    {"nextcloud", "nextcloud"},
    {"fastmail", "fastmail"},
    {"proton", "proton"},
    {"mozilla", "browser"},
    {"curl", "program"},
    {"wget", "program"},
    {"python", "program"},
};

const char *polls_family(const char *user_agent)
{
    for (size_t i = 0; user_agent && i < sizeof families / sizeof families[0];
         i++)
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

static size_t add(struct polls *p, const struct poll_row *row)
{
    p->rows = array_grow(p, p->rows, struct poll_row, p->n + 1);
    p->changed = array_grow(p, p->changed, bool, p->n + 1);
    p->rows[p->n] = *row;
    p->rows[p->n].feed = memory_text(p, row->feed);
    p->rows[p->n].family = memory_text(p, row->family);
    p->changed[p->n] = false;
    return p->n++;
}

void polls_count(struct serve *s, const char *feed, const char *family,
                 bool full)
{
    struct polls *p = polls_of(s);
    size_t i = 0;

    while (i < p->n && (strcmp(p->rows[i].feed, feed) != 0 ||
                        strcmp(p->rows[i].family, family) != 0))
        i++;
    if (i == p->n)
        i = add(p, &(struct poll_row){feed, family, 0, 0, INSTANT_NONE});
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
