/*
 * Publishing: a draft becomes the next version, whole, in one transaction with
 * its feeds and the note that its letters are owed.
 *
 * Invariants:
 * 1. A UID is made once for a thing and never changes; SEQUENCE grows by one in
 *    each release that changes what is printed of it, and never falls.
 * 2. A thing that was published and is no longer planned stays for 30 days as
 *    cancelled, so that calendars can take it off.
 * 3. What is served comes from the store, also right after a release: a restart
 *    serves the same bytes.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/shown.h"
#include "daemon/serve/announce.h"
#include "daemon/serve/private.h"
#include "daemon/serve/zones.h"

#define BAD_FEEDS "bad feeds" /* the setting that names them */

/* ---- loading what was published */

/* The calendar's name out of a finished body. */
static char *title_of(TALLOC_CTX *ctx, const char *body)
{
    const char *line = strstr(body, "\r\nX-WR-CALNAME:");
    char *title = memory_text(ctx, "");

    if (!line)
        return title;
    for (line += strlen("\r\nX-WR-CALNAME:"); *line; line++) {
        if (line[0] == '\r' && line[1] == '\n' && line[2] == ' ')
            line += 2;
        else if (line[0] == '\r')
            break;
        else {
            line += line[0] == '\\' && line[1];
            title = talloc_strndup_append_buffer(title, line, 1);
        }
        invariant(title);
    }
    return title;
}

static bool load_feeds(struct published *out, struct serve *s,
                       struct error *err)
{
    TALLOC_CTX *ctx = out->ctx;
    struct stored_feed *stored;
    size_t n;

    if (!store_feeds(ctx, s->store, &stored, &n, err))
        return false;
    out->feeds.rows = array_new(ctx, struct feed, n);
    out->privates.rows = array_new(ctx, struct feed, n);
    for (size_t i = 0; i < n; i++) {
        bool hidden = is_private(stored[i].name);
        struct feeds *to = hidden ? &out->privates : &out->feeds;

        to->rows[to->n++] =
            (struct feed){.name = stored[i].name,
                          .path = hidden ? "" : feed_path(ctx, stored[i].name),
                          .title = title_of(ctx, stored[i].body),
                          .body = stored[i].body,
                          .size = stored[i].size,
                          .etag = stored[i].etag,
                          .modified = stored[i].modified,
                          .events = stored[i].events};
    }
    return true;
}

static bool load_tasks(struct published *out, struct serve *s,
                       struct error *err)
{
    struct task_fact *facts;
    size_t n;

    if (!store_task_facts(out->ctx, s->store, &facts, &n, err))
        return false;
    out->tasks =
        office_tasks(out->ctx, s->generation->rules, out->plan, facts, n);
    return true;
}

static bool is_hidden(const char *item, void *arg)
{
    const struct plan *plan = arg;
    const struct item *i = plan_item(plan, item);

    return i && i->audience != ITEM_FOR_ALL;
}

static bool load_version(struct published *out, struct serve *s,
                         struct error *err)
{
    struct version_row *versions;
    struct plan *before = NULL;
    size_t n;

    if (!store_versions(out->ctx, s->store, &versions, &n, err) ||
        !store_version(out->ctx, s->store, out->release, &out->plan, err) ||
        (out->release > 1 &&
         !store_version(out->ctx, s->store, out->release - 1, &before, err)) ||
        !load_feeds(out, s, err) || !load_tasks(out, s, err))
        return false;
    hosts_renew(out->plan, s->generation->rules);
    if (before)
        hosts_renew(before, s->generation->rules);
    for (size_t i = 0; i < n; i++)
        if (versions[i].release == out->release)
            out->note = (struct version_note){.release = versions[i].release,
                                              .at = versions[i].at,
                                              .note = versions[i].note};
    out->shown = plan_shown(out->ctx, out->plan);
    out->changes =
        changes_shown(out->ctx, before, out->plan, is_hidden, out->plan);
    return true;
}

bool publishing_load(struct serve *s, struct error *err)
{
    struct published out = {.ctx = talloc_new(s->ctx)};

    if (!store_last_release(s->store, &out.release, err) ||
        !store_setting(out.ctx, s->store, BAD_FEEDS, &out.bad_feeds, err) ||
        !serve_feed_tokens(out.ctx, s, &out.tokens, &out.n_tokens, err) ||
        !store_printed(out.ctx, s->store, &out.printed, err) ||
        !store_floor(out.ctx, s->store, &out.floor, err) ||
        (out.release > 0 && !load_version(&out, s, err))) {
        talloc_free(out.ctx);
        return false;
    }
    if (!out.bad_feeds)
        out.bad_feeds = "";
    if (s->http)
        http_published(s); /* forgets what it holds of the old one */
    talloc_free(s->out.ctx);
    s->out = out;
    if (s->http)
        http_published(s);
    if (s->scheduler)
        scheduler_changed(s);
    return true;
}

bool publishing_tasks(struct serve *s, struct error *err)
{
    if (!s->out.plan)
        return true;
    if (!load_tasks(&s->out, s, err))
        return false;
    scheduler_changed(s);
    return true;
}

/* ---- identity */

/* Where numbers go on: after a restore everything counts as changed. */
struct numbering {
    struct serve *s;
    struct instant now;
    struct floor floor;
};

/* The highest of the thing's own, of what was printed of it (words from the
 * rules raise that alone), and of what was seen before a restore. */
static int highest(const struct numbering *n, const struct identity *id)
{
    const struct printed *p = printed_row(&n->s->out.printed, id->uid);
    int sequence = p && p->sequence > id->sequence ? p->sequence : id->sequence;

    return sequence < n->floor.least - 1 ? n->floor.least - 1 : sequence;
}

static bool identify_thing(TALLOC_CTX *ctx, const struct numbering *n,
                           const char *thing, bool same, const char **uid,
                           int *sequence, struct instant *created,
                           struct instant *modified, struct error *err)
{
    struct store *st = n->s->store;
    struct identity id;

    if (!store_identity(ctx, st, thing, n->s->config->mail_domain, n->now, &id,
                        err))
        return false;
    same = same && !n->floor.restored;
    *uid = id.uid;
    *created = id.created;
    *sequence = same ? id.sequence : highest(n, &id) + 1;
    *modified = same ? id.modified : n->now;
    return same || store_set_identity(st, thing, *sequence, n->now, err);
}

static bool identify_all(const struct numbering *n, struct plan *after,
                         const struct plan_index *before, struct error *err)
{
    for (size_t i = 0; i < after->n_editions; i++) {
        struct edition *e = &after->editions[i];
        const struct edition *was = index_edition(before, e->id);

        if (!identify_thing(after, n, e->id, was && edition_same(was, e),
                            &e->uid, &e->sequence, &e->created, &e->modified,
                            err))
            return false;
    }
    for (size_t i = 0; i < after->n_items; i++) {
        struct item *t = &after->items[i];
        const struct item *was = index_item(before, t->id);

        if (!identify_thing(after, n, t->id, was && item_same(was, t), &t->uid,
                            &t->sequence, &t->created, &t->modified, err))
            return false;
    }
    return true;
}

/* ---- the release */

struct release {
    TALLOC_CTX *ctx;
    struct serve *s;
    struct instant now;
    int number;
    struct numbering numbering;
    const char *note;
    enum message_state letters; /* held or queued */
    struct plan *after;
    const struct plan *before;
    struct changes changes;
    struct feeds feeds;
    struct feed_input in; /* what they are made of */
    struct press *press;
    const char *bad_feeds; /* which were left out and why, "" */
};

static bool render_feeds(struct release *r, struct error *err)
{
    struct serve *s = r->s;
    struct task_fact *facts;
    struct tasks *tasks = object_new(r->ctx, struct tasks);
    const struct floor *floor = &r->numbering.floor;
    size_t n;

    if (!store_task_facts(r->ctx, s->store, &facts, &n, err))
        return false;
    *tasks = office_tasks(r->ctx, s->generation->rules, r->after, facts, n);
    r->in = (struct feed_input){.rules = s->generation->rules,
                                .version = r->after,
                                .previous = private_served(r->ctx, s),
                                .printed = &s->out.printed,
                                .restored = floor->restored,
                                .least = floor->least,
                                .given = floor->feeds,
                                .n_given = floor->n_feeds,
                                .tasks = tasks,
                                .now = r->now,
                                .release_at = r->now,
                                .base_url = s->config->base_url,
                                .calendar_name = serve_name(s)};
    r->press = press_make(r->ctx, &r->in);
    r->feeds = feeds_render(r->ctx, r->press, &r->bad_feeds);
    return true;
}

/* The feeds of a release that do not say what is served, on ctx. Words that
 * are no part of the plan change them too: the name of a body, of a partner, of
 * a host. */
static const char **other_feeds(TALLOC_CTX *ctx, const struct feeds *before,
                                const struct feeds *after, size_t *ret_n)
{
    const char **names = array_new(ctx, const char *, after->n + 1);
    size_t n = 0;

    for (size_t i = 0, k = 0; i < after->n; i++) {
        const struct feed *f = &after->rows[i];

        while (k < before->n && strcmp(before->rows[k].name, f->name) < 0)
            k++;
        if (k == before->n || strcmp(before->rows[k].name, f->name) != 0 ||
            strcmp(before->rows[k].etag, f->etag) != 0)
            names[n++] = f->name;
    }
    *ret_n = n;
    return names;
}

static bool has_news(const struct release *r)
{
    size_t n;

    (void)other_feeds(r->ctx, &r->s->out.feeds, &r->feeds, &n);
    return r->changes.n > 0 || (r->before && n > 0);
}

/* A calendar that clients would cut off is worse than one that is late. */
static bool check_size(const struct release *r, struct error *err)
{
    if (!r->feeds.too_large)
        return true;
    return fail(err, REPLY_CONFLICT,
                "feed %s, and calendar programs take %d events and %zu octets "
                "at most: release less at a time",
                r->feeds.too_large, FEED_EVENT_LIMIT, FEED_SIZE_LIMIT);
}

static bool check_news(const struct release *r, struct error *err)
{
    if (has_news(r))
        return true;
    return fail(err, REPLY_CONFLICT,
                r->number > 1 ? "nothing has changed since release %d"
                              : "there is nothing to release (release %d)",
                r->number - 1);
}

static bool write_feeds(struct release *r, struct error *err)
{
    for (size_t i = 0; i < r->feeds.n; i++) {
        const struct feed *f = &r->feeds.rows[i];
        struct stored_feed stored = {.name = f->name,
                                     .body = f->body,
                                     .size = f->size,
                                     .etag = f->etag,
                                     .modified = f->modified,
                                     .release = r->number,
                                     .events = f->events};

        if (!store_put_feed(r->s->store, &stored, err))
            return wrap(err, "feed %s", f->name);
    }
    return store_set_setting(r->s->store, BAD_FEEDS, r->bad_feeds, err);
}

static bool set_numbering(struct release *r, struct error *err)
{
    struct floor *floor = &r->numbering.floor;

    r->numbering = (struct numbering){.s = r->s, .now = r->now};
    if (!store_floor(r->ctx, r->s->store, floor, err))
        return false;
    if (floor->restored)
        floor->least = floor->sequence + 1;
    return true;
}

/* What events say now is remembered, and that no restored copy may say less. */
static bool write_printed(struct release *r, struct error *err)
{
    struct printed_list changed = press_printed(r->ctx, r->press);
    struct floor floor = r->numbering.floor;

    printed_raise(&floor, &changed);
    floor.feeds = array_new(r->ctx, const char *, r->feeds.n + r->in.n_given);
    floor.n_feeds = 0;
    for (size_t i = 0; i < r->feeds.n; i++)
        floor.feeds[floor.n_feeds++] = r->feeds.rows[i].name;
    for (size_t i = 0; i < r->in.n_given; i++)
        if (!feeds_find(&r->feeds, r->in.given[i]))
            floor.feeds[floor.n_feeds++] = r->in.given[i];
    return printed_put(r->s, &changed, err) &&
           store_set_floor(r->s->store, &floor, err);
}

/* Of the version before, empty for the first. */
static const struct plan_index *index_before(const struct release *r)
{
    static const struct plan nothing;

    return plan_index(r->ctx, r->before ? r->before : &nothing);
}

static bool write_release(struct release *r, const char *by, struct error *err)
{
    struct version_row row = {.release = r->number,
                              .at = r->now,
                              .by = by,
                              .note = r->note,
                              .changes = (int)r->changes.n};

    return set_numbering(r, err) &&
           identify_all(&r->numbering, r->after, index_before(r), err) &&
           render_feeds(r, err) && check_news(r, err) && check_size(r, err) &&
           store_add_version(r->s->store, &row, r->after, err) &&
           write_feeds(r, err) && zones_remember(r->s, err) &&
           private_write(r->ctx, r->s, r->press, r->number, err) &&
           announce_owe(r->s, r->letters, err) && write_printed(r, err);
}

/* Of things that are the same as they were published. */
static void keep_identities(struct plan *after, const struct plan *published)
{
    struct plan_index *before = plan_index(after, published);

    for (size_t i = 0; i < after->n_editions; i++) {
        struct edition *e = &after->editions[i];
        const struct edition *was = index_edition(before, e->id);

        if (!was)
            continue;
        e->uid = was->uid;
        e->sequence = was->sequence;
        e->created = was->created;
        e->modified = was->modified;
    }
    for (size_t i = 0; i < after->n_items; i++) {
        struct item *t = &after->items[i];
        const struct item *was = index_item(before, t->id);

        if (!was)
            continue;
        t->uid = was->uid;
        t->sequence = was->sequence;
        t->created = was->created;
        t->modified = was->modified;
    }
    talloc_free(before);
}

bool publishing_words(TALLOC_CTX *ctx, struct serve *s, struct plan *after,
                      const char ***ret, size_t *ret_n, struct error *err)
{
    struct release r = {.ctx = ctx,
                        .s = s,
                        .now = serve_now(s),
                        .after = after,
                        .before = s->out.plan};

    *ret = NULL;
    *ret_n = 0;
    if (!r.before)
        return true;
    keep_identities(after, r.before);
    if (!set_numbering(&r, err) || !render_feeds(&r, err))
        return false;
    *ret = other_feeds(ctx, &s->out.feeds, &r.feeds, ret_n);
    return true;
}

bool publishing_reworded(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                         struct plan *after, bool *ret, struct error *err)
{
    bool is_main = strcmp(draft, "main") == 0;
    const char **feeds;
    size_t n;

    if (is_main && s->words != WORDS_UNKNOWN) {
        *ret = s->words == WORDS_OTHER;
        return true;
    }
    if (!publishing_words(ctx, s, after, &feeds, &n, err))
        return false;
    *ret = n > 0;
    if (is_main)
        s->words = n > 0 ? WORDS_OTHER : WORDS_SAME;
    return true;
}

bool publishing_release(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                        const char *by, const char *note, bool send,
                        struct publishing_result *ret, struct error *err)
{
    bool wait = s->config->review_kind != REVIEW_NONE && !send;
    struct release r = {.ctx = ctx,
                        .s = s,
                        .now = serve_now(s),
                        .number = s->out.release + 1,
                        .note = note ? note : "",
                        .letters = wait ? MESSAGE_HELD : MESSAGE_QUEUED,
                        .before = s->out.plan};

    if (scheduler_unwritten(s) > 0)
        return fail(err, REPLY_LATER,
                    "the letters of release %d are being written; try again in "
                    "a moment",
                    s->out.release);
    if (!publishing_next(ctx, s, draft, &r.after, &r.changes, err))
        return false;
    if (!store_begin(s->store, err))
        return false;
    if (!write_release(&r, by, err) || !store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    *ret = (struct publishing_result){
        .release = r.number, .feeds = (int)r.feeds.n, .changes = r.changes};
    if (!publishing_load(s, err))
        return wrap(err, "release %d is stored, but", r.number);
    draft_forget(s);
    return true;
}
