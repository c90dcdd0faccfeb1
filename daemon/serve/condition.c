/*
 * If-None-Match, in one line or several, and without it If-Modified-Since in
 * the three forms of a date that RFC 9110 5.6.7 asks servers to read. A
 * condition that is not understood is none: the client gets the whole.
 */
#include "daemon/serve/condition.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "daemon/base/text.h"

/* ---- tags */

/* Does a member of the list end here? */
static bool ends_here(const char *p)
{
    p += strspn(p, " \t");
    return *p == '\0' || *p == ',';
}

/* Is etag among `list` by weak comparison? "*" stands alone. */
static bool etag_matches(const char *list, const char *etag)
{
    size_t n = strlen(etag);

    if (list[strspn(list, " \t")] == '*')
        return strspn(list, " \t*") == strlen(list);
    for (const char *p = list; *p;) {
        p += strspn(p, " \t,");
        if (p[0] == 'W' && p[1] == '/')
            p += 2;
        if (strncmp(p, etag, n) == 0 && ends_here(p + n))
            return true;
        if (*p == '"') {
            p = strchr(p + 1, '"');
            if (!p)
                return false;
            p++;
        } else {
            p += strcspn(p, ",");
        }
    }
    return false;
}

struct search {
    const char *etag;
    bool found;
};

static enum MHD_Result look_at(void *arg, enum MHD_ValueKind kind,
                               const char *name, const char *value)
{
    struct search *s = arg;

    (void)kind;
    if (value && text_same(name, MHD_HTTP_HEADER_IF_NONE_MATCH))
        s->found = s->found || etag_matches(value, s->etag);
    return s->found ? MHD_NO : MHD_YES;
}

/* A list may stand in several lines (RFC 9110 5.3); nearly all stand in one. */
static bool any_matches(struct MHD_Connection *connection, const char *first,
                        const char *etag)
{
    struct search s = {.etag = etag, .found = etag_matches(first, etag)};

    if (!s.found)
        (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at,
                                        &s);
    return s.found;
}

/* ---- dates */

static bool read_date(const char *text, int64_t *ret)
{
    static const char *const forms[] = {
        "%a, %d %b %Y %H:%M:%S GMT", /* what everybody sends */
        "%A, %d-%b-%y %H:%M:%S GMT", /* RFC 850 */
        "%a %b %d %H:%M:%S %Y"       /* asctime() */
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm tm = {.tm_year = 0};
        const char *end = strptime(text, forms[i], &tm);
        struct date d;

        if (end && !*end &&
            date_make(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &d)) {
            *ret = (int64_t)d.day * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 +
                   tm.tm_sec;
            return true;
        }
    }
    return false;
}

static bool not_modified_since(const char *text, struct instant modified)
{
    int64_t since;

    return !instant_is_none(modified) && read_date(text, &since) &&
           modified.second <= since;
}

bool condition_unchanged(struct MHD_Connection *connection, const char *etag,
                         struct instant modified)
{
    const char *tags = MHD_lookup_connection_value(
                   connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH),
               *since;

    if (tags)
        return any_matches(connection, tags, etag);
    since = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                        MHD_HTTP_HEADER_IF_MODIFIED_SINCE);
    return since && not_modified_since(since, modified);
}
