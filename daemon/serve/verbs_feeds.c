/*
 * Verbs about feeds: which there are and who fetches them, their octets and
 * faults, and the private ones. A secret is in the answer to the command that
 * made it, and in no other place.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/form.h"
#include "daemon/serve/names.h"
#include "daemon/serve/polls.h"
#include "daemon/serve/private.h"
#include "daemon/serve/verbs.h"

#define ALARM_MOST 40320 /* minutes: four weeks */

/* ---- the list */

static void set_text(json_t *row, const char *name, const char *text)
{
    (void)json_object_set_new(
        row, name, text && text[0] ? json_string(text) : json_null());
}

static void set_instant(json_t *row, const char *name, struct instant at)
{
    set_text(row, name, instant_print(at, (char[INSTANT_TEXT]){0}));
}

/* Which kinds of clients fetch it, and which have not since it changed. */
static void set_clients(json_t *row, const struct serve *s,
                        const struct feed *f)
{
    json_t *clients = json_array(), *behind = json_array();
    const struct poll_row *polls;
    size_t n;

    polls = polls_rows(s, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *client;

        if (strcmp(polls[i].feed, f->name) != 0)
            continue;
        client = json_pack("{s:s, s:I, s:I}", "client", polls[i].family,
                           "polled", (json_int_t)polls[i].full, "not_modified",
                           (json_int_t)polls[i].unchanged);
        set_instant(client, "last", polls[i].last);
        (void)json_array_append_new(clients, client);
        if (polls[i].last.second < f->modified.second)
            (void)json_array_append_new(behind, json_string(polls[i].family));
    }
    (void)json_object_set_new(row, "clients", clients);
    (void)json_object_set_new(row, "behind", behind);
}

static json_t *feed_row(const struct serve *s, const struct feed *f,
                        const char *url, bool hidden)
{
    struct http_polls polls = http_polls(s, f->name);
    json_t *row = json_pack(
        "{s:s, s:s?, s:s, s:i, s:I, s:s, s:i, s:b, s:I, s:I}", "feed", f->name,
        "url", url, "title", f->title, "events", f->events, "bytes",
        (json_int_t)f->size, "etag", f->etag, "release", s->out.release,
        "private", hidden, "polled", (json_int_t)polls.full, "not_modified",
        (json_int_t)polls.not_modified);

    set_instant(row, "last_poll", polls.last);
    set_instant(row, "modified", f->modified);
    set_clients(row, s, f);
    return row;
}

static json_t *private_row(const struct serve *s, const struct feed_token *t,
                           const char *url)
{
    const struct feed *f = private_feed(s, t);
    char *name = text_format(NULL, "private/%s", t->name);
    struct feed none = {.name = name, .title = "", .etag = ""};
    json_t *row = feed_row(s, f ? f : &none, url, true);

    set_text(row, "for", t->email);
    set_instant(row, "made", t->made);
    (void)json_object_set_new(row, "alarm", json_integer(t->alarm));
    talloc_free(name);
    return row;
}

bool verb_FEEDS(struct request *q, struct error *err)
{
    struct serve *s = q->serve;

    (void)err;
    for (size_t i = 0; i < s->out.feeds.n; i++) {
        const struct feed *f = &s->out.feeds.rows[i];

        request_row(q, feed_row(s, f,
                                text_format(q->ctx, "%s%s", s->config->base_url,
                                            f->path),
                                false));
    }
    for (size_t i = 0; i < s->out.n_tokens; i++)
        if (instant_is_none(s->out.tokens[i].revoked))
            request_row(q, private_row(s, &s->out.tokens[i], NULL));
    return true;
}

/* ---- one feed */

/* The code in its name, which stands for it: "ADGSOM", "JP"; what is due from
 * them is not meant by that. */
static const char *code_of(const struct feed *f)
{
    const char *slash = strchr(f->name, '/');

    return slash && !text_begins(f->name, "deadlines/") ? slash + 1 : "";
}

/* By name ("body/ADGSOM"), short name ("ADGSOM", "partner-JP") or path. */
static bool find_feed(const struct serve *s, const char *name,
                      const struct feed **ret, struct error *err)
{
    for (size_t i = 0; i < s->out.privates.n; i++)
        if (text_same(s->out.privates.rows[i].name, name)) {
            *ret = &s->out.privates.rows[i];
            return true;
        }
    for (size_t i = 0; i < s->out.feeds.n; i++) {
        const struct feed *f = &s->out.feeds.rows[i];
        const char *file = strrchr(f->path, '/') + 1;

        if (text_same(f->name, name) || text_same(f->path, name) ||
            text_same(file, name) || text_same(code_of(f), name) ||
            (text_begins(file, name) &&
             text_same(file + strlen(name), ".ics"))) {
            *ret = f;
            return true;
        }
    }
    return fail(err, REPLY_NOTFOUND,
                s->out.release ? "no feed %s; `feeds` lists them"
                               : "no feed %s: nothing is released yet",
                name);
}

bool verb_FEED(struct request *q, struct error *err)
{
    const struct feed *f = NULL;

    if (!find_feed(q->serve, request_text(q, "feed"), &f, err))
        return false;
    request_row(q, json_pack("{s:s%}", "text", f->body, f->size));
    return true;
}

static size_t lint_rows(struct request *q, const struct feed *f)
{
    struct lint lint = feed_lint(q->ctx, f->body, f->size);

    for (size_t i = 0; i < lint.n; i++)
        request_row(q, json_pack("{s:s, s:i, s:s, s:s}", "feed", f->name,
                                 "line", lint.rows[i].line, "rule",
                                 lint.rows[i].rule, "text", lint.rows[i].text));
    return lint.n;
}

bool verb_FEED_LINT(struct request *q, struct error *err)
{
    const char *name = request_text(q, "feed");
    const struct feed *f = NULL;
    size_t found = 0;

    if (name && !find_feed(q->serve, name, &f, err))
        return false;
    if (name)
        found = lint_rows(q, f);
    for (size_t i = 0; !name && i < q->serve->out.feeds.n; i++)
        found += lint_rows(q, &q->serve->out.feeds.rows[i]);
    for (size_t i = 0; !name && i < q->serve->out.privates.n; i++)
        found += lint_rows(q, &q->serve->out.privates.rows[i]);
    summary_set(q, "findings", json_integer((json_int_t)found));
    return found == 0 || fail(err, REPLY_NO, "%zu findings", found);
}

/* ---- private feeds */

static const struct feed_token *token_named(const struct serve *s,
                                            const char *name)
{
    for (size_t i = 0; i < s->out.n_tokens; i++)
        if (text_same(s->out.tokens[i].name, name) &&
            instant_is_none(s->out.tokens[i].revoked))
            return &s->out.tokens[i];
    return NULL;
}

/* "private/NAME", as `feeds` shows it, or NAME. */
static const char *short_name(const char *name)
{
    return is_private(name) ? strchr(name, '/') + 1 : name;
}

/* The contact's feed may be narrower than the contact, never wider. Spells the
 * codes as the rules do. */
static bool check_bodies(const struct request *q, const struct contact *c,
                         const char **bodies, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct body *b;
        bool may = c->n_bodies == 0;

        if (!named_body(q, bodies[i], &b, err))
            return false;
        for (size_t k = 0; k < c->n_bodies && !may; k++)
            may = text_same(c->bodies[k], b->code);
        if (!may)
            return fail(err, REPLY_CONFLICT, "%s does not hear of %s", c->email,
                        b->code);
        bodies[i] = b->code;
    }
    return true;
}

static const char **asked_bodies(struct request *q, size_t *ret_n)
{
    const json_t *list = args_list(q->args, "bodies");
    const char **bodies =
        array_new(q->ctx, const char *, json_array_size(list));

    *ret_n = json_array_size(list);
    for (size_t i = 0; i < *ret_n; i++)
        bodies[i] = json_string_value(json_array_get(list, i));
    return bodies;
}

/* --alarm in minutes: "30 min", "2 hours", "1 day", "2 weeks". */
static bool asked_alarm(struct request *q, int *ret, struct error *err)
{
    static const struct {
        const char *unit;
        int minutes;
    } units[] = {{"min", 1}, {"hour", 60}, {"day", 1440}, {"week", 10080}};
    const char *text = request_text(q, "alarm");
    int n = text ? atoi(text) : 0;

    *ret = 0;
    if (!text)
        return true;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strstr(text, units[i].unit) && !strstr(text, "working") && n > 0 &&
            n <= ALARM_MOST / units[i].minutes) {
            *ret = n * units[i].minutes;
            return true;
        }
    return fail(err, REPLY_INPUT,
                "--alarm takes minutes, days or weeks, 4 weeks at most, like "
                "\"30 min\" or \"1 day\"");
}

/* What a request changes about a private feed, in one transaction. */
struct edit {
    const char *name;
    bool revoke, make;
    const struct contact *contact;
    const char **bodies;
    size_t n_bodies;
    int alarm;          /* minutes before a meeting, 0 never */
    const char *secret; /* of what was made */
};

static bool write_edit(struct request *q, struct edit *c, struct error *err)
{
    struct serve *s = q->serve;

    return (!c->revoke ||
            store_revoke_feed_token(s->store, c->name, serve_now(s), err)) &&
           (!c->make || private_make(q->ctx, s, c->name, c->contact, c->bodies,
                                     c->n_bodies, c->alarm, &c->secret, err)) &&
           (c->make ||
            store_drop_feed(s->store,
                            text_format(q->ctx, "private/%s", c->name), err)) &&
           private_refresh(q->ctx, s, err);
}

static bool apply(struct request *q, struct edit *c, struct error *err)
{
    struct serve *s = q->serve;
    const struct feed_token *t;
    char *url;

    if (!store_begin(s->store, err))
        return false;
    if (!write_edit(q, c, err) || !store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    if (!publishing_load(s, err))
        return false;
    q->things = text_format(q->ctx, "private/%s", c->name);
    t = c->make ? token_named(s, c->name) : NULL;
    if (!t)
        return true;
    url = text_format(q->ctx, "%s" PRIVATE_PATH "%s.ics", s->config->base_url,
                      c->secret);
    request_row(q, private_row(s, t, url));
    return true;
}

bool verb_FEED_ADD(struct request *q, struct error *err)
{
    struct edit c = {.name = request_text(q, "name"), .make = true};

    if (strlen(c.name) > 64 || strchr(c.name, '/'))
        return fail(err, REPLY_INPUT,
                    "the name of a private feed has 64 letters at most and "
                    "no /");
    if (token_named(q->serve, c.name))
        return fail(err, REPLY_CONFLICT,
                    "there is a private feed %s; `feed rotate` gives it "
                    "another address",
                    c.name);
    c.bodies = asked_bodies(q, &c.n_bodies);
    return asked_alarm(q, &c.alarm, err) &&
           named_contact(q, request_text(q, "for"), &c.contact, err) &&
           check_bodies(q, c.contact, c.bodies, c.n_bodies, err) &&
           apply(q, &c, err);
}

static bool find_token(struct request *q, const struct feed_token **ret,
                       struct error *err)
{
    const char *name = short_name(request_text(q, "feed"));

    *ret = token_named(q->serve, name);
    return *ret || fail(err, REPLY_NOTFOUND, "no private feed %s", name);
}

bool verb_FEED_ROTATE(struct request *q, struct error *err)
{
    struct edit c = {.revoke = true, .make = true};
    const struct feed_token *t;

    if (!find_token(q, &t, err))
        return false;
    c.name = memory_text(q->ctx, t->name);
    c.alarm = t->alarm;
    c.n_bodies = t->n_bodies;
    c.bodies = array_new(q->ctx, const char *, t->n_bodies);
    for (size_t i = 0; i < t->n_bodies; i++)
        c.bodies[i] = memory_text(q->ctx, t->bodies[i]);
    return named_contact(q, t->email, &c.contact, err) && apply(q, &c, err);
}

bool verb_FEED_REVOKE(struct request *q, struct error *err)
{
    struct edit c = {.revoke = true};
    const struct feed_token *t;

    if (!find_token(q, &t, err))
        return false;
    c.name = memory_text(q->ctx, t->name);
    return apply(q, &c, err);
}
