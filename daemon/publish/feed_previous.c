/*
 * What the last good feeds said, event by event.
 *
 * SEQUENCE and LAST-MODIFIED of a thing come with it from the release. But its
 * text also has words that are not its own: a partner renamed, a host's city
 * spelled another way. Clients update only when both numbers grow, so the
 * octets are compared with those that were served, and the numbers follow.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_event.h"

struct block {
    const char *uid, *text; /* text: from BEGIN:VEVENT to its END, with CRLF */
    bool hidden;            /* stands in private calendars only */
};

struct previous {
    struct block *rows; /* by uid */
    size_t n;
};

static int by_uid(const void *a, const void *b)
{
    return strcmp(((const struct block *)a)->uid,
                  ((const struct block *)b)->uid);
}

char *event_value(TALLOC_CTX *ctx, const char *text, const char *name)
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

static bool is_public(const struct previous *p, size_t n, const char *uid)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(p->rows[i].uid, uid) == 0)
            return true;
    return false;
}

/* The event without its alarm, which is one calendar's own. */
static char *silent(char *text)
{
    char *from = strstr(text, EVENT_ALARM);
    char *to = from ? strstr(from, EVENT_ALARM_END) : NULL;

    if (to) {
        to += strlen(EVENT_ALARM_END);
        memmove(from, to, strlen(to) + 1);
    }
    return text;
}

/* The first n rows are of public calendars; of a private one only what is in
 * none of these. */
static void read_blocks(struct previous *p, const char *body, bool hidden,
                        size_t n)
{
    static const char end_mark[] = "\r\nEND:VEVENT\r\n";

    while (body && (body = strstr(body, "BEGIN:VEVENT\r\n"))) {
        const char *end = strstr(body, end_mark);
        char *text, *uid;

        if (!end)
            return;
        end += sizeof end_mark - 1;
        text = silent(memory_text_n(p, body, (size_t)(end - body)));
        uid = event_value(p, text, "UID");
        if (uid && !(hidden && is_public(p, n, uid))) {
            p->rows = array_grow(p, p->rows, struct block, p->n + 1);
            p->rows[p->n++] = (struct block){uid, text, hidden};
        }
        body = end;
    }
}

struct previous *previous_read(TALLOC_CTX *ctx, const struct feeds *feeds,
                               bool hidden)
{
    struct previous *p = object_new(ctx, struct previous);
    size_t n;

    for (size_t i = 0; feeds && i < feeds->n; i++) {
        if (strcmp(feeds->rows[i].name, "all") == 0 ||
            strcmp(feeds->rows[i].name, "deadlines") == 0)
            read_blocks(p, feeds->rows[i].body, false, 0);
    }
    n = p->n;
    for (size_t i = 0; hidden && feeds && i < feeds->n; i++)
        if (text_begins(feeds->rows[i].name, "private/"))
            read_blocks(p, feeds->rows[i].body, true, n);
    if (p->n)
        qsort(p->rows, p->n, sizeof *p->rows, by_uid);
    return p;
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

/* Numbers of an event that was published before. */
static void settle_known(TALLOC_CTX *ctx, const struct block *block,
                         struct event *e, struct instant release_at)
{
    const char *before = block->text;
    TALLOC_CTX *job = talloc_new(ctx);
    const char *number = event_value(job, before, "SEQUENCE");
    int sequence = number ? (int)strtol(number, NULL, 10) : 0;
    struct instant modified = event_stamp(job, before, "LAST-MODIFIED");
    struct instant created = event_stamp(job, before, "CREATED");
    struct event same = *e;

    if (instant_is_none(modified))
        modified = e->modified;
    if (!instant_is_none(created))
        e->created = same.created = created;
    same.sequence = sequence;
    same.modified = modified;
    event_write(job, &same);
    if (block->hidden)
        same.text = event_private_text(job, &same);
    if (strcmp(same.text, before) == 0) {
        if (e->kind == EVENT_DEADLINE || e->sequence < sequence)
            e->sequence = sequence;
        if (e->sequence == sequence)
            e->modified = modified;
    } else {
        if (e->kind == EVENT_DEADLINE || e->sequence <= sequence)
            e->sequence = sequence + 1;
        if (e->kind == EVENT_DEADLINE || e->modified.second <= modified.second)
            e->modified = release_at;
    }
    talloc_free(job);
}

static const struct block *find_block(const struct previous *p, const char *uid)
{
    struct block key = {uid, NULL, false};

    return p->n ? bsearch(&key, p->rows, p->n, sizeof key, by_uid) : NULL;
}

bool previous_has(const struct previous *p, const char *uid)
{
    return find_block(p, uid) != NULL;
}

void previous_settle(TALLOC_CTX *ctx, const struct previous *p, struct event *e,
                     struct instant release_at)
{
    const struct block *before = find_block(p, e->uid);

    if (before)
        settle_known(ctx, before, e, release_at);
    event_write(ctx, e);
}
