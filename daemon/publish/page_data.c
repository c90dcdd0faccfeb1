/*
 * The facts of the pages for programs: JSON, CSV, the picture.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/svg.h"
#include "daemon/publish/value.h"
#include "daemon/publish/view.h"

/* Takes the reference. */
static struct page json_page(TALLOC_CTX *ctx, json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    struct page page;

    invariant(text);
    page = (struct page){.type = "application/json",
                         .body = text_format(ctx, "%s\n", text)};
    page.size = strlen(page.body);
    free(text);
    json_decref(value);
    return page;
}

static json_t *public_items(const struct page_job *job, const struct edition *e)
{
    size_t n;
    const struct item *items = plan_items_of(job->in->version, e->id, &n);
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < n; i++)
        value_append(rows, page_item_row(job, e, &items[i]));
    return rows;
}

static json_t *release_value(const struct page_job *job)
{
    return job->in->release
               ? value_made(json_integer(job->in->release->release))
               : json_null();
}

static json_t *released_value(const struct page_job *job)
{
    return job->in->release ? value_instant(job->in->release->at) : json_null();
}

/* The edition, and always whose it is: a program that reads the table of one
 * sector reads that of several. */
static json_t *public_edition(const struct page_job *job,
                              const struct edition *e)
{
    json_t *row = page_public(job, e);

    page_set(row, "sector",
             value_text(rules_sector(job->in->rules, e->cluster)->code));
    return row;
}

struct page page_year_json(const struct page_job *job, TALLOC_CTX *ctx,
                           int cycle)
{
    const struct plan *v = job->in->version;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];
        json_t *row;

        if (e->cycle != cycle || !page_shows(e))
            continue;
        row = public_edition(job, e);
        invariant(json_object_set_new(row, "items", public_items(job, e)) == 0);
        value_append(rows, row);
    }
    return json_page(ctx,
                     value_object("{s:i,s:o,s:o,s:o}", "cycle", cycle,
                                  "release", release_value(job), "released",
                                  released_value(job), "editions", rows));
}

struct page page_feeds_json(const struct page_job *job, TALLOC_CTX *ctx)
{
    const struct feeds *feeds = job->in->feeds;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; feeds && i < feeds->n; i++) {
        const struct feed *f = &feeds->rows[i];

        value_append(
            rows,
            value_object("{s:o,s:o,s:o,s:i,s:I,s:o,s:o,s:b,s:o}", "feed",
                         value_text(f->name), "url",
                         value_taken(text_format(
                             NULL, "%s/feeds/%s", job->in->base_url,
                             page_encode(job->ctx, strrchr(f->path, '/') + 1))),
                         "title", value_text(f->title), "events", f->events,
                         "bytes", (json_int_t)f->size, "etag",
                         value_text(f->etag), "release", release_value(job),
                         "private", 0, "modified", value_instant(f->modified)));
    }
    return json_page(ctx, value_object("{s:o,s:o,s:o}", "release",
                                       release_value(job), "released",
                                       released_value(job), "feeds", rows));
}

/* ---------------------------------------------------------------------- CSV */

static const char *const columns[] = {
    "edition", "cluster", "cycle",  "title",   "dates",     "item",
    "status",  "start",   "end",    "zone",    "start_utc", "end_utc",
    "host",    "city",    "bodies", "partner", "sector"};

/* A member as text: lists with blanks between, "" for null. */
static char *cell(TALLOC_CTX *ctx, const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name), *part;
    char *text = memory_text(ctx, "");
    size_t i;

    if (json_is_integer(value))
        return text_format(ctx, "%lld", (long long)json_integer_value(value));
    if (json_is_string(value))
        return memory_text(ctx, json_string_value(value));
    json_array_foreach(value, i, part)
    {
        text = text_format(ctx, "%s%s%s", text, i ? " " : "",
                           json_string_value(part));
    }
    return text;
}

/* The item's members first, its edition's for what it has not. */
static char *csv_line(TALLOC_CTX *ctx, char *text, const json_t *edition,
                      const json_t *item)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        const json_t *from =
            item && json_object_get(item, columns[i]) ? item : edition;

        text = talloc_asprintf_append_buffer(
            text, "%s%s", i ? "," : "",
            csv_field(ctx, cell(ctx, from, columns[i])));
    }
    text = talloc_strdup_append_buffer(text, "\r\n");
    invariant(text);
    return text;
}

static char *csv_edition(const struct page_job *job, char *text,
                         const struct edition *e)
{
    json_t *edition = public_edition(job, e), *items = public_items(job, e),
           *item;
    size_t i;

    text = csv_line(job->ctx, text, edition, NULL);
    json_array_foreach(items, i, item)
    {
        text = csv_line(job->ctx, text, edition, item);
    }
    json_decref(edition);
    json_decref(items);
    return text;
}

struct page page_year_csv(const struct page_job *job, TALLOC_CTX *ctx,
                          int cycle)
{
    const struct plan *v = job->in->version;
    char *text = memory_text(ctx, "");

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? "," : "",
                                             columns[i]);
    text = talloc_strdup_append_buffer(text, "\r\n");
    invariant(text);
    for (size_t i = 0; i < v->n_editions; i++)
        if (v->editions[i].cycle == cycle && page_shows(&v->editions[i]))
            text = csv_edition(job, text, &v->editions[i]);
    return (struct page){.type = "text/csv; charset=utf-8; header=present",
                         .body = text,
                         .size = strlen(text)};
}

/* ------------------------------------------------------------------ picture */

struct page page_year_svg(const struct page_job *job, TALLOC_CTX *ctx,
                          int cycle)
{
    struct svg_year in = {
        .rules = job->in->rules,
        .version = job->in->version,
        .cycle = cycle,
        .today = job->today,
        .title = text_format(job->ctx, "%s %d", job->in->name, cycle),
        .standalone = true};
    char *text = svg_year(ctx, &in);

    return (struct page){
        .type = "image/svg+xml", .body = text, .size = strlen(text)};
}
