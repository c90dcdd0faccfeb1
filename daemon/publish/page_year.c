/*
 * The page of a year: what is next, the picture, editions by month.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/svg.h"
#include "daemon/publish/value.h"

#define NEXT_MOST 3

static bool has_date(const struct edition *e)
{
    return !date_is_none(e->start) && e->status != EDITION_POSTPONED;
}

/* The first editions that are not over, of whatever year. */
static json_t *next_of(const struct page_job *job)
{
    const struct plan *v = job->in->version;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < v->n_editions && json_array_size(rows) < NEXT_MOST;
         i++) {
        const struct edition *e = &v->editions[i];

        if (has_date(e) && e->end.day >= job->today.day &&
            (e->status == EDITION_CONFIRMED || e->status == EDITION_PROPOSED))
            value_append(rows, page_edition_row(job, e));
    }
    return rows;
}

static int month_of(const struct edition *e)
{
    struct civil c = date_civil(e->start);

    return c.year * 12 + c.month - 1;
}

static json_t *month_row(const struct page_job *job, int cycle, int month)
{
    const struct plan *v = job->in->version;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (e->cycle == cycle && page_shows(e) && has_date(e) &&
            month_of(e) == month)
            value_append(rows, page_edition_row(job, e));
    }
    return value_object(
        "{s:o,s:o}", "month",
        value_taken(
            text_format(NULL, "%s %d", month_name(month % 12 + 1), month / 12)),
        "editions", rows);
}

/* Editions stand in the order of their dates, so months do too. */
static json_t *months_of(const struct page_job *job, int cycle)
{
    const struct plan *v = job->in->version;
    json_t *months = value_made(json_array());
    int last = -1;

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (e->cycle != cycle || !page_shows(e) || !has_date(e) ||
            month_of(e) == last)
            continue;
        last = month_of(e);
        value_append(months, month_row(job, cycle, last));
    }
    return months;
}

static json_t *undated_of(const struct page_job *job, int cycle)
{
    const struct plan *v = job->in->version;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (e->cycle == cycle && page_shows(e) && !has_date(e))
            value_append(rows, page_edition_row(job, e));
    }
    return rows;
}

static json_t *picture_of(const struct page_job *job, int cycle)
{
    struct svg_year in = {.rules = job->in->rules,
                          .version = job->in->version,
                          .cycle = cycle,
                          .today = job->today,
                          .title = text_format(job->ctx, "The year %d", cycle)};

    return value_text(svg_year(job->ctx, &in));
}

/* The bodies of a sector, or of all (NULL). */
static json_t *bodies_of(const struct page_job *job, const struct sector *s)
{
    const struct rules *r = job->in->rules;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < r->n_bodies; i++) {
        const struct body *b = &r->bodies[i];

        if (!s || b->sector == s)
            value_append(
                rows,
                value_object("{s:o,s:o,s:o}", "code", value_text(b->code),
                             "title", value_text(b->title), "url",
                             value_text(page_link(job, "/bodies/", b->code))));
    }
    return rows;
}

/* The bodies by sector. */
static json_t *sectors_of(const struct page_job *job)
{
    const struct rules *r = job->in->rules;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < r->n_sectors; i++)
        value_append(rows,
                     value_object("{s:o,s:o}", "sector_title",
                                  page_sector(job, &r->sectors[i]), "bodies",
                                  bodies_of(job, &r->sectors[i])));
    return rows;
}

static json_t *partners_of(const struct page_job *job)
{
    const struct rules *r = job->in->rules;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < r->n_partners; i++)
        value_append(
            rows,
            value_object(
                "{s:o,s:o}", "title", value_text(r->partners[i].name), "url",
                value_text(page_link(job, "/partners/", r->partners[i].code))));
    return rows;
}

static json_t *hosts_of(const struct page_job *job)
{
    const struct rules *r = job->in->rules;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < r->n_members; i++)
        value_append(
            rows,
            value_object(
                "{s:o,s:o}", "title", value_text(r->members[i].name), "url",
                value_text(page_link(job, "/hosts/", r->members[i].code))));
    return rows;
}

bool page_year(const struct page_job *job, TALLOC_CTX *ctx, int cycle,
               struct page *ret, struct error *err)
{
    json_t *view = page_frame(job, text_format(job->ctx, "%d calendar", cycle));

    page_set(view, "cycle", json_integer(cycle));
    page_set(view, "sheet", json_true()); /* it prints on one */
    page_set(view, "years", page_years(job, cycle));
    page_set(view, "is_current",
             json_boolean(cycle == page_current_cycle(job)));
    page_set(view, "next", next_of(job));
    page_set(view, "picture_svg", picture_of(job, cycle));
    page_set(view, "months", months_of(job, cycle));
    page_set_list(view, "undated", "has_undated", undated_of(job, cycle));
    page_set_list(view, "changes", "has_changes",
                  page_changes(job, NULL, cycle));
    page_set(view, "bodies", bodies_of(job, NULL));
    page_set(view, "sectors", sectors_of(job));
    page_set_list(view, "partners", "has_partners", partners_of(job));
    page_set(view, "hosts", hosts_of(job));
    return page_fill(job, ctx, "year", view, ret, err);
}
