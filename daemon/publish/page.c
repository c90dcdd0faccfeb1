/*
 * From a path to its page.
 */
#include "daemon/publish/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"

static bool no_page(struct error *err)
{
    return fail(err, REPLY_NOTFOUND, "There is no page here.");
}

const char *page_root(TALLOC_CTX *ctx, const char *base_url)
{
    const char *rest = strstr(base_url, "://");
    const char *slash = strchr(rest ? rest + 3 : base_url, '/');
    size_t n = slash ? strlen(slash) : 0;

    while (n > 0 && slash[n - 1] == '/')
        n--;
    return memory_text_n(ctx, slash ? slash : "", n);
}

static struct page_job job_of(TALLOC_CTX *ctx, const struct templates *t,
                              const struct page_input *in)
{
    return (struct page_job){.ctx = ctx,
                             .templates = t,
                             .in = in,
                             .root = page_root(ctx, in->base_url),
                             .today = instant_utc_date(in->now),
                             .zones = object_new(ctx, struct page_zones)};
}

/* ---------------------------------------------------------------- the years */

static bool has_cycle(const struct page_job *job, int cycle)
{
    int *cycles;
    size_t n = page_cycles(job, &cycles);

    for (size_t i = 0; i < n; i++)
        if (cycles[i] == cycle)
            return true;
    return false;
}

static bool page_home(const struct page_job *job, TALLOC_CTX *ctx,
                      struct page *ret, struct error *err)
{
    int cycle = page_current_cycle(job);

    if (cycle)
        return page_year(job, ctx, cycle, ret, err);
    return page_fill(job, ctx, "empty", page_frame(job, "Calendar"), ret, err);
}

/* "/2027" with an ending. */
static bool page_of_cycle(const struct page_job *job, TALLOC_CTX *ctx,
                          const char *path, struct page *ret, struct error *err)
{
    char *end;
    long cycle = strtol(path + 1, &end, 10);

    if (end - path != 5 || cycle < 1000 || !has_cycle(job, (int)cycle))
        return no_page(err);
    if (strcmp(end, "") == 0)
        return page_year(job, ctx, (int)cycle, ret, err);
    if (strcmp(end, ".json") == 0)
        *ret = page_year_json(job, ctx, (int)cycle);
    else if (strcmp(end, ".csv") == 0)
        *ret = page_year_csv(job, ctx, (int)cycle);
    else if (strcmp(end, ".svg") == 0)
        *ret = page_year_svg(job, ctx, (int)cycle);
    else
        return no_page(err);
    return true;
}

/* ---------------------------------------------------------------- the paths */

static bool read_zone(struct page_job *job, struct error *err)
{
    const char *zone = job->in->reader_zone;

    if (!zone || !zone[0])
        return true;
    if (strcmp(zone, "UTC") == 0) {
        job->reader = zone_utc();
        return true;
    }
    return zone_load(job->ctx, zone, &job->reader, err);
}

static struct page text_page(TALLOC_CTX *ctx, const char *type,
                             const char *body)
{
    return (struct page){
        .type = type, .body = memory_text(ctx, body), .size = strlen(body)};
}

static bool page_small(const struct page_job *job, TALLOC_CTX *ctx,
                       const char *path, struct page *ret, struct error *err)
{
    if (strcmp(path, "/style.css") == 0)
        *ret = text_page(ctx, "text/css; charset=utf-8",
                         template_style(job->templates));
    else if (strcmp(path, "/icon.svg") == 0 ||
             strcmp(path, "/favicon.ico") == 0)
        *ret = text_page(ctx, "image/svg+xml", template_icon(job->templates));
    else if (strcmp(path, "/robots.txt") == 0)
        *ret = text_page(ctx, "text/plain; charset=utf-8",
                         "User-agent: *\nDisallow:\n");
    else if (strcmp(path, "/feeds.json") == 0)
        *ret = page_feeds_json(job, ctx);
    else
        return no_page(err);
    return true;
}

static bool page_route(const struct page_job *job, TALLOC_CTX *ctx,
                       const char *path, struct page *ret, struct error *err)
{
    static const struct {
        const char *folder;
        bool (*make)(const struct page_job *, TALLOC_CTX *, const char *,
                     struct page *, struct error *);
    } folders[] = {{"/editions/", page_edition},
                   {"/bodies/", page_body},
                   {"/partners/", page_partner},
                   {"/hosts/", page_host}};

    if (strcmp(path, "/") == 0 || !path[0])
        return page_home(job, ctx, ret, err);
    if (strcmp(path, "/subscribe") == 0)
        return page_subscribe(job, ctx, ret, err);
    if (path[0] == '/' && isdigit((unsigned char)path[1]))
        return page_of_cycle(job, ctx, path, ret, err);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t n = strlen(folders[i].folder);

        if (strncmp(path, folders[i].folder, n) == 0)
            return folders[i].make(job, ctx, path + n, ret, err);
    }
    return page_small(job, ctx, path, ret, err);
}

/* People type a slash behind an address, but none behind a file's. Links on
 * pages begin at the root, so that they lead to the same from there. */
static const char *without_slash(TALLOC_CTX *ctx, const char *path)
{
    size_t n = strlen(path);

    return n > 1 && path[n - 1] == '/' && !strchr(path, '.')
               ? memory_text_n(ctx, path, n - 1)
               : path;
}

bool page_render(TALLOC_CTX *ctx, const struct templates *t,
                 const struct page_input *in, const char *path,
                 struct page *ret, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct page_job job = job_of(tmp, t, in);
    bool good = read_zone(&job, err) &&
                page_route(&job, ctx, without_slash(tmp, path), ret, err);

    talloc_free(tmp);
    return good;
}

struct page page_error(TALLOC_CTX *ctx, const struct templates *t,
                       const struct page_input *in, int status,
                       const char *text)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct page_job job = job_of(tmp, t, in);
    json_t *view = page_frame(&job, status == 404 ? "Not found" : "Sorry");
    struct page page;
    struct error err;

    page_set(view, "status", json_integer(status));
    page_set(view, "text", value_text(text));
    page_set(view, "not_found", json_boolean(status == 404));
    if (!page_fill(&job, ctx, "error", view, &page, &err))
        page = (struct page){.type = "text/plain; charset=utf-8",
                             .body = text_format(ctx, "%d %s\n", status, text)};
    page.size = strlen(page.body);
    talloc_free(tmp);
    return page;
}
