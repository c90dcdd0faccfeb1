/*
 * One meeting alone, cut out of a calendar that is served: the octets of its
 * event are those of the feeds, and so are its numbers.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_calendar.h"
#include "daemon/publish/feed_event.h"
#include "daemon/publish/feed_text.h"

/* From `from` to the end of the first line that is `last`, on ctx; NULL when
 * there is none. */
static char *cut(TALLOC_CTX *ctx, const char *from, const char *last)
{
    const char *end = from ? strstr(from, last) : NULL;

    return end ? memory_text_n(ctx, from, (size_t)(end - from) + strlen(last))
               : NULL;
}

/* The VEVENT with this UID, on ctx, or NULL. */
static char *event_text(TALLOC_CTX *ctx, const char *body, const char *uid)
{
    static const char begin[] = "BEGIN:VEVENT\r\n";
    char *line = text_format(ctx, "UID:%s\r\n", uid);
    char *folded = feed_fold(ctx, line);
    char *first = text_format(ctx, "%s%s", begin, folded);

    return cut(ctx, strstr(body, first), "\r\nEND:VEVENT\r\n");
}

/* The zone that its times are in; NULL for UTC and for days. */
static const char *zone_of(TALLOC_CTX *ctx, const char *event)
{
    static const char mark[] = "\r\nDTSTART;TZID=";
    const char *at = strstr(event, mark);

    if (!at)
        return NULL;
    at += strlen(mark);
    return memory_text_n(ctx, at, strcspn(at, ":;\r"));
}

static struct feed write(TALLOC_CTX *ctx, const char *body, const char *uid,
                         const char *text)
{
    struct event e = {.text = text, .tzid = zone_of(ctx, text)};
    const struct event *rows[] = {&e};
    struct feed f = {.name = memory_text(ctx, uid), .title = "", .events = 1};
    struct octets o;

    if (e.tzid)
        e.vtimezone =
            cut(ctx,
                strstr(body, text_format(ctx, "BEGIN:VTIMEZONE\r\nTZID:%s\r\n",
                                         e.tzid)),
                "\r\nEND:VTIMEZONE\r\n");
    f.modified = event_stamp(ctx, text, "LAST-MODIFIED");
    f.path = feed_address(ctx, "http://", "/meetings/", uid);
    f.path = text_format(ctx, "%s.ics", f.path + strlen("http://"));
    o = calendar_write(ctx, NULL, NULL, rows, 1, f.modified);
    f.body = o.text;
    f.size = o.n;
    f.etag = feed_etag(ctx, o.text, o.n);
    return f;
}

bool feed_has_event(const struct feeds *served, const char *uid)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    bool found = false;

    for (size_t i = 0; event_uid_is_good(uid) && i < served->n && !found; i++)
        found = event_text(tmp, served->rows[i].body, uid) != NULL;
    talloc_free(tmp);
    return found;
}

bool feed_meeting(TALLOC_CTX *ctx, const struct feeds *served, const char *uid,
                  struct feed *ret, struct error *err)
{
    for (size_t i = 0; event_uid_is_good(uid) && i < served->n; i++) {
        const char *body = served->rows[i].body;
        const char *text = event_text(ctx, body, uid);

        if (!text)
            continue;
        *ret = write(ctx, body, uid, text);
        return true;
    }
    return fail(err, REPLY_NOTFOUND, "no meeting with that UID");
}
