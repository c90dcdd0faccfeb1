/*
 * Answers to HTTP requests: feeds from prepared responses, pages rendered from
 * the published version and kept for a minute, health and metrics.
 *
 * A feed's body is copied into its MHD response once per release and shared by
 * every client; a fetch builds nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/condition.h"
#include "daemon/serve/form.h"
#include "daemon/serve/polls.h"
#include "daemon/serve/private.h"

#define PAGES_MOST    64
#define PAGE_SECONDS  60
#define NOTHING_HERE  "There is nothing at this address."
#define NOTHING_YET   "Nothing has been released yet."
#define PRIVATE_CACHE "private, max-age=900, must-revalidate, no-transform"

struct prepared {
    TALLOC_CTX *ctx; /* has its texts */
    const char *key; /* path, or path?zone */
    struct MHD_Response *full, *not_modified;
    const char *etag;
    struct instant modified;
    struct instant until; /* NONE: as long as the version */
    const char *feed;     /* name, NULL for pages */
};

struct answers {
    struct prepared *feeds, *privates; /* feeds by key, privates as published */
    size_t n_feeds, n_privates;
    struct prepared pages[PAGES_MOST];
    size_t n_pages, next_page;
    bool feeds_ready;
};

static void forget(struct prepared *p)
{
    if (p->full)
        MHD_destroy_response(p->full);
    if (p->not_modified)
        MHD_destroy_response(p->not_modified);
    talloc_free(p->ctx);
    *p = (struct prepared){.key = NULL};
}

static int answers_end(struct answers *a)
{
    for (size_t i = 0; i < a->n_feeds; i++)
        forget(&a->feeds[i]);
    for (size_t i = 0; i < a->n_privates; i++)
        forget(&a->privates[i]);
    for (size_t i = 0; i < a->n_pages; i++)
        forget(&a->pages[i]);
    return 0;
}

void http_answers_forget(struct serve *s)
{
    struct answers **a = http_answers(s);

    talloc_free(*a);
    *a = NULL;
}

static struct answers *answers_of(struct serve *s)
{
    struct answers **a = http_answers(s);

    if (!*a) {
        *a = object_new(s->ctx, struct answers);
        talloc_set_destructor(*a, answers_end);
    }
    return *a;
}

/* ---- responses */

static char *http_date(struct instant t, char buf[64])
{
    time_t seconds = (time_t)t.second;
    struct tm tm;

    (void)gmtime_r(&seconds, &tm);
    (void)strftime(buf, 64, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    return buf;
}

static void header(struct MHD_Response *r, const char *name, const char *value)
{
    (void)MHD_add_response_header(r, name, value);
}

/* A 304 is never asked for its body, but must know the 200's length. */
static ssize_t no_body(void *arg, uint64_t at, char *buf, size_t size)
{
    (void)arg;
    (void)at;
    (void)buf;
    (void)size;
    return MHD_CONTENT_READER_END_OF_STREAM;
}

static struct MHD_Response *response(const char *body, size_t size)
{
    return MHD_create_response_from_buffer(size, (void *)(uintptr_t)body,
                                           MHD_RESPMEM_MUST_COPY);
}

static void prepare(struct prepared *p, const char *type, const char *body,
                    size_t size, const char *cache)
{
    struct MHD_Response *both[2];
    char date[64];

    p->full = both[0] = response(body, size);
    p->not_modified = both[1] =
        MHD_create_response_from_callback(size, 1024, no_body, NULL, NULL);
    header(p->full, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    for (int i = 0; i < 2; i++) {
        header(both[i], MHD_HTTP_HEADER_ETAG, p->etag);
        header(both[i], MHD_HTTP_HEADER_CACHE_CONTROL, cache);
        http_guard(both[i]);
        if (!instant_is_none(p->modified))
            header(both[i], MHD_HTTP_HEADER_LAST_MODIFIED,
                   http_date(p->modified, date));
    }
}

static char *hash_of(TALLOC_CTX *ctx, const char *body, size_t size)
{
    uint64_t a = 0xcbf29ce484222325u, b = 0x9e3779b97f4a7c15u;

    for (size_t i = 0; i < size; i++) {
        a = (a ^ (unsigned char)body[i]) * 0x100000001b3u;
        b = (b + (unsigned char)body[i]) * 0xff51afd7ed558ccdu;
        b ^= b >> 29;
    }
    return text_format(ctx, "\"%016llx%016llx\"", (unsigned long long)a,
                       (unsigned long long)b);
}

static enum MHD_Result send_prepared(const struct http_call *call,
                                     const struct prepared *p)
{
    bool unchanged =
        condition_unchanged(call->connection, p->etag, p->modified);

    if (p->feed)
        polls_count(call->serve, p->feed,
                    MHD_lookup_connection_value(call->connection,
                                                MHD_HEADER_KIND,
                                                MHD_HTTP_HEADER_USER_AGENT),
                    !unchanged);
    return unchanged
               ? MHD_queue_response(call->connection, MHD_HTTP_NOT_MODIFIED,
                                    p->not_modified)
               : MHD_queue_response(call->connection, MHD_HTTP_OK, p->full);
}

/* ---- feeds */

static void prepare_feed(struct answers *a, struct prepared *p,
                         const struct feed *f, const char *file,
                         const char *cache)
{
    TALLOC_CTX *ctx = talloc_new(a);

    *p = (struct prepared){.ctx = ctx,
                           .key = memory_text(ctx, f->path),
                           .etag = memory_text(ctx, f->etag),
                           .modified = f->modified,
                           .until = INSTANT_NONE,
                           .feed =
                               f->name[0] ? memory_text(ctx, f->name) : NULL};
    prepare(p, "text/calendar; charset=utf-8", f->body, f->size, cache);
    header(p->full, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
           text_format(ctx, "inline; filename=\"%s\"", file));
    header(p->full, "X-Robots-Tag", "noindex");
}

/* In any case of letters, as codes are: people copy addresses by hand. Not in
 * the order of words: nobody reads it, and each fetch would pay for it. */
static int by_key(const void *a, const void *b)
{
    const struct prepared *p = a, *q = b;

    return strcasecmp(p->key, q->key);
}

static void prepare_feeds(struct serve *s, struct answers *a)
{
    const struct feeds *feeds = &s->out.feeds, *privates = &s->out.privates;

    a->feeds = array_new(a, struct prepared, feeds->n);
    for (size_t i = 0; i < feeds->n; i++)
        prepare_feed(a, &a->feeds[a->n_feeds++], &feeds->rows[i],
                     strrchr(feeds->rows[i].path, '/') + 1,
                     "public, max-age=900, no-transform");
    qsort(a->feeds, a->n_feeds, sizeof *a->feeds, by_key);
    a->privates = array_new(a, struct prepared, privates->n);
    for (size_t i = 0; i < privates->n; i++)
        prepare_feed(a, &a->privates[a->n_privates++], &privates->rows[i],
                     "calendar.ics", PRIVATE_CACHE);
    a->feeds_ready = true;
}

static const struct prepared *find_feed(struct serve *s, const char *path)
{
    struct answers *a = answers_of(s);

    if (!a->feeds_ready)
        prepare_feeds(s, a);
    return bsearch(&(struct prepared){.key = path}, a->feeds, a->n_feeds,
                   sizeof *a->feeds, by_key);
}

/* ---- pages */

static struct page_input page_input(const struct http_call *call,
                                    const char *zone)
{
    const struct serve *s = call->serve;

    return (struct page_input){
        .rules = s->generation->rules,
        .version = s->out.shown,
        .release = s->out.release ? &s->out.note : NULL,
        .changes = s->out.release ? &s->out.changes : NULL,
        .feeds = &s->out.feeds,
        .tasks = &s->out.tasks,
        .now = serve_now(s),
        .base_url = s->config->base_url,
        .name = serve_name(s),
        .contact = s->config->contact,
        .reader_zone = zone,
    };
}

static void page_headers(struct MHD_Response *r)
{
    header(r, "Content-Security-Policy",
           "default-src 'none'; style-src 'self'; img-src 'self'; form-action "
           "'self'; base-uri 'none'; frame-ancestors 'none'");
    header(r, "Cross-Origin-Opener-Policy", "same-origin");
    header(r, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    header(r, MHD_HTTP_HEADER_CONTENT_LANGUAGE, "en");
}

static enum MHD_Result send_error(const struct http_call *call, unsigned status,
                                  const char *text)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct page_input in = page_input(call, NULL);
    struct page page = page_error(tmp, call->serve->generation->templates, &in,
                                  (int)status, text);
    struct MHD_Response *r = response(page.body, page.size);
    enum MHD_Result result;

    header(r, MHD_HTTP_HEADER_CONTENT_TYPE, page.type);
    header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    http_guard(r);
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
        header(r, MHD_HTTP_HEADER_RETRY_AFTER, "60");
    page_headers(r);
    result = MHD_queue_response(call->connection, status, r);
    MHD_destroy_response(r);
    talloc_free(tmp);
    return result;
}

/* The page in its place among the kept ones; replaces the oldest. */
static struct prepared *page_slot(struct answers *a)
{
    struct prepared *p = &a->pages[a->next_page];

    a->next_page = (a->next_page + 1) % PAGES_MOST;
    if (a->n_pages < PAGES_MOST)
        a->n_pages++;
    forget(p);
    return p;
}

static const struct prepared *find_page(struct answers *a, const char *key,
                                        struct instant now)
{
    for (size_t i = 0; i < a->n_pages; i++)
        if (a->pages[i].key && strcmp(a->pages[i].key, key) == 0 &&
            a->pages[i].until.second > now.second)
            return &a->pages[i];
    return NULL;
}

static enum MHD_Result send_page(const struct http_call *call)
{
    struct serve *s = call->serve;
    struct answers *a = answers_of(s);
    const char *zone = MHD_lookup_connection_value(
        call->connection, MHD_GET_ARGUMENT_KIND, "zone");
    TALLOC_CTX *tmp = talloc_new(NULL);
    char *key = text_format(tmp, "%s?%s", call->path, zone ? zone : "");
    struct instant now = serve_now(s);
    const struct prepared *kept = find_page(a, key, now);
    struct documents documents;
    struct history history;
    struct page_input in;
    struct page page;
    struct prepared *p;
    struct error err;
    enum MHD_Result result;

    if (kept) {
        talloc_free(tmp);
        return send_prepared(call, kept);
    }
    in = page_input(call, zone);
    in.documents = &documents;
    in.history = &history;
    if (!store_documents(tmp, s->store, &documents, &err) ||
        !store_history(tmp, s->store, &history, &err) ||
        !page_render(tmp, s->generation->templates, &in, call->path, &page,
                     &err)) {
        if (err.code != REPLY_NOTFOUND && err.code != REPLY_INPUT)
            serve_report(s, call->path, &err);
        result =
            send_error(call, (unsigned)reply_http(err.code),
                       err.code == REPLY_NOTFOUND ? NOTHING_HERE : err.text);
        talloc_free(tmp);
        return result;
    }
    p = page_slot(a);
    p->ctx = talloc_new(a);
    p->key = memory_text(p->ctx, key);
    p->etag = hash_of(p->ctx, page.body, page.size);
    p->modified = INSTANT_NONE;
    p->until = (struct instant){now.second + PAGE_SECONDS};
    prepare(p, page.type, page.body, page.size, "public, max-age=60");
    page_headers(p->full);
    talloc_free(tmp);
    return send_prepared(call, p);
}

/* ---- private feeds */

/* "/p/SECRET.ics"; NULL for anything else. */
static const struct feed_token *find_token(const struct http_call *call)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *secret = call->path + strlen(PRIVATE_PATH);
    size_t n = strlen(secret);
    const struct feed_token *t;

    n = n > 4 && strcmp(secret + n - 4, ".ics") == 0 ? n - 4 : 0;
    t = private_token(call->serve, memory_text_n(tmp, secret, n));
    talloc_free(tmp);
    return t;
}

static enum MHD_Result send_withdrawn(const struct http_call *call,
                                      const struct feed_token *t)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const struct feed *notice = private_notice(tmp, call->serve, t);
    struct answers *a = answers_of(call->serve);
    struct prepared p;
    enum MHD_Result result;

    if (notice) {
        prepare_feed(a, &p, notice, "calendar.ics", PRIVATE_CACHE);
        result = send_prepared(call, &p);
        forget(&p);
    } else {
        result = send_error(call, MHD_HTTP_GONE,
                            "This calendar address was withdrawn.");
    }
    talloc_free(tmp);
    return result;
}

static enum MHD_Result send_private(const struct http_call *call)
{
    struct answers *a = answers_of(call->serve);
    const struct feed_token *t = find_token(call);
    const struct feed *f;

    if (!t)
        return send_error(call, MHD_HTTP_NOT_FOUND, NOTHING_HERE);
    if (!instant_is_none(t->revoked))
        return send_withdrawn(call, t);
    f = private_feed(call->serve, t);
    if (!f)
        return send_error(call, MHD_HTTP_SERVICE_UNAVAILABLE, NOTHING_YET);
    if (!a->feeds_ready)
        prepare_feeds(call->serve, a);
    return send_prepared(call,
                         &a->privates[f - call->serve->out.privates.rows]);
}

/* ---- public feeds */

/* An address that is not there yet may come with a release: the first one, or
 * the one that mends a faulty body. Who subscribed to it comes again. */
static enum MHD_Result send_feed(const struct http_call *call)
{
    const struct serve *s = call->serve;
    const struct prepared *p = find_feed(call->serve, call->path);

    if (p)
        return send_prepared(call, p);
    if (!s->out.release)
        return send_error(call, MHD_HTTP_SERVICE_UNAVAILABLE, NOTHING_YET);
    if (s->out.bad_feeds && s->out.bad_feeds[0])
        return send_error(call, MHD_HTTP_SERVICE_UNAVAILABLE,
                          "Some calendars are faulty at the moment, and this "
                          "may be one of them.");
    return send_error(call, MHD_HTTP_NOT_FOUND, NOTHING_HERE);
}

/* ---- one meeting */

static enum MHD_Result send_meeting(const struct http_call *call)
{
    struct serve *s = call->serve;
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *name = call->path + strlen("/meetings/");
    size_t n = strlen(name);
    struct prepared p = {.until = INSTANT_NONE};
    enum MHD_Result result;
    struct feed feed;
    struct error err;

    if (n < 5 || !text_same(name + n - 4, ".ics") ||
        !feed_meeting(tmp, &s->out.feeds, memory_text_n(tmp, name, n - 4),
                      &feed, &err)) {
        talloc_free(tmp);
        return send_error(call, MHD_HTTP_NOT_FOUND, NOTHING_HERE);
    }
    p.etag = feed.etag;
    p.modified = feed.modified;
    prepare(&p, "text/calendar; charset=utf-8", feed.body, feed.size,
            "public, max-age=900, no-transform");
    header(p.full, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
           "attachment; filename=\"meeting.ics\"");
    header(p.full, "X-Robots-Tag", "noindex");
    result = send_prepared(call, &p);
    forget(&p);
    talloc_free(tmp);
    return result;
}

/* ---- health and metrics */

static enum MHD_Result send_text(const struct http_call *call, unsigned status,
                                 const char *type, const char *text)
{
    struct MHD_Response *r = response(text, strlen(text));
    enum MHD_Result result;

    header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    http_guard(r);
    result = MHD_queue_response(call->connection, status, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result send_health(const struct http_call *call)
{
    const char *trouble = store_trouble(call->serve->store);

    if (trouble) {
        char text[600];

        (void)snprintf(text, sizeof text, "the store takes no writes: %s\n",
                       trouble);
        return send_text(call, MHD_HTTP_SERVICE_UNAVAILABLE,
                         "text/plain; charset=utf-8", text);
    }
    return send_text(call, MHD_HTTP_OK, "text/plain; charset=utf-8", "ok\n");
}

/* A proxy on this machine speaks for somebody elsewhere. */
static bool is_passed_on(const struct http_call *call)
{
    static const char *const names[] = {"Forwarded", "X-Forwarded-For",
                                        "X-Real-IP", "Via"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND,
                                        names[i]))
            return true;
    return false;
}

static enum MHD_Result send_metrics(const struct http_call *call)
{
    struct serve *s = call->serve;
    TALLOC_CTX *tmp = talloc_new(NULL);
    int64_t counts[MESSAGE_STATES] = {0};
    char *text;
    enum MHD_Result result;

    if (!store_count_messages(s->store, counts, NULL))
        memset(counts, 0, sizeof counts);
    text = text_format(tmp,
                       "# TYPE convened_release gauge\nconvened_release %d\n"
                       "# TYPE convened_feeds gauge\nconvened_feeds %zu\n"
                       "# TYPE convened_bad_feeds gauge\n"
                       "convened_bad_feeds %d\n"
                       "# TYPE convened_store_writable gauge\n"
                       "convened_store_writable %d\n"
                       "# TYPE convened_rules_errors gauge\n"
                       "convened_rules_errors %d\n"
                       "# TYPE convened_mail_trouble gauge\n"
                       "convened_mail_trouble %d\n"
                       "# TYPE convened_overdue_tasks gauge\n"
                       "convened_overdue_tasks %d\n"
                       "# TYPE convened_messages gauge\n",
                       s->out.release, s->out.feeds.n,
                       s->out.bad_feeds && s->out.bad_feeds[0] ? 1 : 0,
                       store_trouble(s->store) ? 0 : 1, s->reload_errors,
                       delivery_note(s)[0] ? 1 : 0, deadlines_overdue(s));
    for (int i = 0; i < MESSAGE_STATES; i++)
        text = talloc_asprintf_append_buffer(
            text, "convened_messages{state=\"%s\"} %lld\n",
            message_state_word((enum message_state)i), (long long)counts[i]);
    text = talloc_strdup_append_buffer(text,
                                       "# TYPE convened_feed_polls counter\n");
    for (size_t i = 0; i < s->out.feeds.n; i++) {
        struct http_polls p = http_polls(s, s->out.feeds.rows[i].name);

        text = talloc_asprintf_append_buffer(
            text,
            "convened_feed_polls{feed=\"%s\",status=\"200\"} %lld\n"
            "convened_feed_polls{feed=\"%s\",status=\"304\"} %lld\n",
            s->out.feeds.rows[i].name, (long long)p.full,
            s->out.feeds.rows[i].name, (long long)p.not_modified);
    }
    invariant(text);
    result = send_text(call, MHD_HTTP_OK, "text/plain; version=0.0.4", text);
    talloc_free(tmp);
    return result;
}

enum MHD_Result http_answer(const struct http_call *call)
{
    const char *path = call->path;

    if (text_begins(path, "/feeds/"))
        return send_feed(call);
    if (text_begins(path, PRIVATE_PATH))
        return send_private(call);
    if (text_begins(path, "/meetings/"))
        return send_meeting(call);
    if (text_begins(path, RSVP_PATH))
        return rsvp_answer(call, NULL);
    if (text_begins(path, LEAVE_PATH))
        return leave_answer(call, NULL);
    if (strcmp(path, "/healthz") == 0)
        return send_health(call);
    if (strcmp(path, "/metrics") == 0 && call->local && !is_passed_on(call))
        return send_metrics(call);
    return send_page(call);
}
