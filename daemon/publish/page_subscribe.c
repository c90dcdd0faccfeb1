/*
 * The page that says how to subscribe, by product.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"

/* The calendars of one kind, as name and links. */
static json_t *group(const struct page_job *job, const char *title,
                     const char *kind)
{
    const struct feeds *feeds = job->in->feeds;
    json_t *rows = value_made(json_array());
    size_t n = strlen(kind);

    for (size_t i = 0; feeds && i < feeds->n; i++) {
        const char *name = feeds->rows[i].name;

        if (strncmp(name, kind, n) == 0 && (!name[n] || name[n] == '/'))
            value_append(rows, page_feed_links(job, &feeds->rows[i]));
    }
    return value_object("{s:o,s:b,s:o}", "group", value_text(title), "any",
                        json_array_size(rows) > 0, "feeds", rows);
}

bool page_subscribe(const struct page_job *job, TALLOC_CTX *ctx,
                    struct page *ret, struct error *err)
{
    static const struct {
        const char *title, *kind;
    } kinds[] = {{"Everything", "all"},
                 {"Days only", "editions"},
                 {"Deadlines", "deadlines"},
                 {"By body", "body"},
                 {"By series of meetings", "cluster"},
                 {"By partner", "partner"},
                 {"By host", "host"}};
    json_t *view = page_frame(job, "Subscribe");
    json_t *groups = value_made(json_array());

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        value_append(groups, group(job, kinds[i].title, kinds[i].kind));
    page_set(view, "groups", groups);
    page_set(view, "encrypted",
             json_boolean(text_begins(job->in->base_url, "https://")));
    return page_fill(job, ctx, "subscribe", view, ret, err);
}
