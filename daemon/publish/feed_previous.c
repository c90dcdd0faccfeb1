/*
 * What calendars said of an event before, and which numbers it has now.
 *
 * SEQUENCE and LAST-MODIFIED of a thing come with it from the release. But its
 * text also has words that are not its own: a partner renamed, a host's city
 * spelled another way. Clients update only when both numbers grow, so the text
 * is compared with what was printed last, and the numbers follow.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_text.h"

static int by_uid(const void *a, const void *b)
{
    return strcmp(((const struct printed *)a)->uid,
                  ((const struct printed *)b)->uid);
}

/* The event, and where one joins it, which only private calendars say. */
static const char *digest_of(TALLOC_CTX *ctx, const char *text,
                             const char *link)
{
    char *whole = text_format(ctx, "%s%s", text, link ? link : "");
    const char *digest = feed_etag(ctx, whole, strlen(whole));

    talloc_free(whole);
    return digest;
}

/* The value of a property without parameters, unfolded, on ctx, or NULL. */
static char *event_value(TALLOC_CTX *ctx, const char *text, const char *name)
{
    char *start = text_format(ctx, "\r\n%s:", name);
    const char *at = strstr(text, start);
    char *value;
    size_t n = 0;

    if (!at)
        return NULL;
    at += strlen(start);
    value = memory_text(ctx, at);
    for (; *at && (strncmp(at, "\r\n", 2) != 0 || at[2] == ' ');) {
        if (*at == '\r')
            at += 3; /* a fold */
        else
            value[n++] = *at++;
    }
    value[n] = '\0';
    return value;
}

/* "20261120T021500Z" */
static struct instant stamp_of(const char *text)
{
    int y, m, d, h, min, s;
    struct date date;

    if (!text ||
        sscanf(text, "%4d%2d%2dT%2d%2d%2dZ", &y, &m, &d, &h, &min, &s) != 6 ||
        !date_make(y, m, d, &date))
        return INSTANT_NONE;
    return (struct instant){(int64_t)date.day * 86400 + h * 3600 + min * 60 +
                            s};
}

struct instant event_stamp(TALLOC_CTX *ctx, const char *text, const char *name)
{
    return stamp_of(event_value(ctx, text, name));
}

/* ------------------------------------------ what the served feeds say of it */

static struct printed printed_of(TALLOC_CTX *ctx, const char *text,
                                 const char *uid)
{
    const char *number = event_value(ctx, text, "SEQUENCE");

    return (struct printed){.uid = uid,
                            .sequence =
                                number ? (int)strtol(number, NULL, 10) : 0,
                            .created = event_stamp(ctx, text, "CREATED"),
                            .modified = event_stamp(ctx, text, "LAST-MODIFIED"),
                            .digest = digest_of(ctx, text, NULL),
                            .seen = true};
}

static bool has_row(const struct printed_list *p, size_t n, const char *uid)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(p->rows[i].uid, uid) == 0)
            return true;
    return false;
}

/* Of a body only what is not among the rows there are. */
static void read_body(TALLOC_CTX *ctx, struct printed_list *p, const char *body)
{
    static const char end_mark[] = "\r\nEND:VEVENT\r\n";
    size_t n = p->n;

    while (body && (body = strstr(body, "BEGIN:VEVENT\r\n"))) {
        const char *end = strstr(body, end_mark), *text, *uid;

        if (!end)
            return;
        end += sizeof end_mark - 1;
        text = memory_text_n(ctx, body, (size_t)(end - body));
        uid = event_value(ctx, text, "UID");
        if (uid && !has_row(p, n, uid)) {
            p->rows = array_grow(ctx, p->rows, struct printed, p->n + 1);
            p->rows[p->n++] = printed_of(ctx, text, uid);
        }
        body = end;
    }
}

/* A state that was kept before printed events were: everybody's calendars,
 * then what stands in private ones only. */
static struct printed_list read_feeds(TALLOC_CTX *ctx,
                                      const struct feeds *feeds)
{
    static const char *const names[] = {"all", "deadlines", "private/"};
    struct printed_list p = {NULL, 0};

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        for (size_t i = 0; feeds && i < feeds->n; i++) {
            const char *name = feeds->rows[i].name;

            if (k < 2 ? strcmp(name, names[k]) == 0
                      : text_begins(name, names[k]))
                read_body(ctx, &p, feeds->rows[i].body);
        }
    if (p.n)
        qsort(p.rows, p.n, sizeof *p.rows, by_uid);
    return p;
}

struct printed_list previous_of(TALLOC_CTX *ctx, const struct feed_input *in)
{
    return in->printed && in->printed->n ? *in->printed
                                         : read_feeds(ctx, in->previous);
}

const struct printed *printed_row(const struct printed_list *p, const char *uid)
{
    struct printed key = {.uid = uid};

    return p->n ? bsearch(&key, p->rows, p->n, sizeof key, by_uid) : NULL;
}

/* ---------------------------------------------------------------- numbers */

static void write(TALLOC_CTX *ctx, struct event *e)
{
    event_write(ctx, e);
    e->digest = digest_of(ctx, e->text, e->item ? e->item->link : NULL);
}

/* With the numbers it had it would say what it said; they are its numbers then,
 * unless the release has given it higher ones. */
static bool is_unchanged(TALLOC_CTX *ctx, const struct printed *was,
                         const struct event *e, struct event *ret)
{
    *ret = *e;
    ret->sequence = was->sequence;
    ret->modified = was->modified;
    write(ctx, ret);
    return strcmp(ret->digest, was->digest) == 0 &&
           (e->kind == EVENT_DEADLINE || e->sequence <= was->sequence);
}

/* Both numbers above what they were, even when a clock was set back. */
static void raise(const struct printed *was, struct event *e,
                  struct instant release_at)
{
    if (e->kind == EVENT_DEADLINE || e->sequence <= was->sequence)
        e->sequence = was->sequence + 1;
    if (e->kind == EVENT_DEADLINE)
        e->modified = release_at;
    if (e->modified.second <= was->modified.second)
        e->modified.second = release_at.second > was->modified.second
                                 ? release_at.second
                                 : was->modified.second + 1;
}

void previous_settle(TALLOC_CTX *ctx, const struct printed_list *p,
                     struct event *e, const struct feed_input *in)
{
    const struct printed *was = printed_row(p, e->uid);
    struct event same;
    int least = in->least;

    if (was && !instant_is_none(was->created))
        e->created = was->created;
    if (was && was->sequence >= least && is_unchanged(ctx, was, e, &same)) {
        *e = same;
        return;
    }
    if (was)
        raise(was, e, in->release_at);
    if (e->sequence < least) {
        e->sequence = least;
        if (e->modified.second < in->release_at.second)
            e->modified = in->release_at;
    }
    write(ctx, e);
}
