/*
 * The page of an edition: its agenda by days in the venue's time, and in the
 * reader's own when asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"
#include "daemon/publish/when.h"

static const struct edition *find_edition(const struct plan *v, const char *id)
{
    for (size_t i = 0; v && i < v->n_editions; i++)
        if (text_same(v->editions[i].id, id) && page_shows(&v->editions[i]))
            return &v->editions[i];
    return NULL;
}

/* The items of one day from `first` on; *ret_next is the first of the next. */
static json_t *day_row(const struct page_job *job, const struct edition *e,
                       const struct item *items, size_t n, size_t first,
                       size_t *ret_next)
{
    struct date day = items[first].start.date;
    json_t *rows = value_made(json_array());
    size_t i = first;

    for (; i < n && items[i].start.date.day == day.day; i++)
        value_append(rows, page_item_row(job, e, &items[i]));
    *ret_next = i;
    return value_object("{s:o,s:o}", "day_text",
                        value_text(page_day(job->ctx, day)), "items", rows);
}

static json_t *days_of(const struct page_job *job, const struct edition *e)
{
    size_t n;
    const struct item *items = plan_items_of(job->in->version, e->id, &n);
    json_t *days = value_made(json_array());

    for (size_t i = 0; i < n;)
        value_append(days, day_row(job, e, items, n, i, &i));
    return days;
}

/* What is planned, in its order, without times. */
static json_t *outline_of(const struct page_job *job, const struct edition *e)
{
    size_t n;
    const struct item *items = plan_items_of(job->in->version, e->id, &n);
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < n; i++)
        if (items[i].part <= 1 && items[i].status != ITEM_CANCELLED)
            value_append(rows, page_item_row(job, e, &items[i]));
    return rows;
}

static bool is_listed(json_t *rows, const char *name)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "name")), name) == 0)
            return true;
    }
    return false;
}

static void add_zone(const struct page_job *job, json_t *rows,
                     const struct zone *z, const char *of)
{
    if (z && !is_listed(rows, zone_name(z)))
        value_append(
            rows,
            value_object("{s:o,s:o,s:b}", "name", value_text(zone_name(z)),
                         "of", value_text(of), "chosen",
                         job->reader && strcmp(zone_name(z),
                                               zone_name(job->reader)) == 0));
}

/* The clocks of members and partners, and the one that was asked for. */
static json_t *zones_of(const struct page_job *job, const struct edition *e)
{
    const struct sector *s = rules_sector(job->in->rules, e->cluster);
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < s->n_members; i++)
        add_zone(job, rows, s->members[i]->zone, s->members[i]->name);
    for (size_t i = 0; i < s->n_partners; i++)
        add_zone(job, rows, s->partners[i]->zone, s->partners[i]->name);
    add_zone(job, rows, zone_utc(), "UTC");
    add_zone(job, rows, job->reader, "your choice");
    return rows;
}

/* How many owners of a step are late with it, and since when: named is the
 * step, not who. */
static json_t *overdue_row(const struct page_job *job, const struct task *t)
{
    json_t *row = value_made(json_object());
    int owners = 0;

    for (size_t i = 0; i < job->in->tasks->n; i++)
        owners += task_beside(t, &job->in->tasks->rows[i]);
    page_set(row, "title", value_text(t->title));
    page_set(row, "due", value_date(t->due));
    page_set(row, "due_text", value_text(page_day(job->ctx, t->due)));
    page_set(row, "days", json_integer(task_overdue(t, job->today)));
    page_set(row, "owners_text",
             owners > 1 ? value_taken(text_format(NULL, "%d owners", owners))
                        : json_null());
    return row;
}

static json_t *overdue_of(const struct page_job *job, const struct edition *e)
{
    const struct tasks *all = job->in->tasks;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; all && i < all->n; i++) {
        const struct task *t = &all->rows[i];
        bool first = true;

        if (!text_same(t->edition, e->id) || task_overdue(t, job->today) == 0)
            continue;
        for (size_t k = 0; k < i && first; k++)
            first = !task_beside(t, &all->rows[k]);
        if (first)
            value_append(rows, overdue_row(job, t));
    }
    return rows;
}

static const char *text_of(const json_t *row, const char *member)
{
    const char *text = json_string_value(json_object_get(row, member));

    return text ? text : "";
}

/* What is shown where somebody sends the address on: when, where, how sure. */
static json_t *summary_of(const json_t *row)
{
    const char *dates = text_of(row, "dates_text");
    const char *place = text_of(row, "place");

    return value_taken(
        text_format(NULL, "%s%s%s%s%s", dates, dates[0] ? ", " : "", place,
                    place[0] ? ", " : "", text_of(row, "status_text")));
}

bool page_edition(const struct page_job *job, TALLOC_CTX *ctx, const char *id,
                  struct page *ret, struct error *err)
{
    const struct edition *e = find_edition(job->in->version, id);
    bool timed;
    json_t *view, *row;

    if (!e)
        return fail(err, REPLY_NOTFOUND, "There is no such meeting series.");
    timed = page_is_timed(e);
    row = page_edition_row(job, e);
    page_set(row, "zone_text", page_venue_zone(job, e));
    view = page_frame(job, page_edition_name(job, e));
    page_set(view, "summary", summary_of(row));
    page_set(view, "edition", row);
    page_set(view, "timed", json_boolean(timed));
    page_set(view, "days", timed ? days_of(job, e) : value_made(json_array()));
    page_set(view, "outline",
             timed ? value_made(json_array()) : outline_of(job, e));
    page_set(view, "zones", zones_of(job, e));
    page_set(view, "reader_zone",
             page_clock(job) ? value_text(zone_name(page_clock(job)))
                             : json_null());
    page_set_list(view, "changes", "has_changes", page_changes(job, e->id, 0));
    page_set_list(view, "overdue", "has_overdue", overdue_of(job, e));
    page_set(view, "feed", page_feed(job, "cluster", e->cluster));
    page_set(view, "year_url",
             value_taken(text_format(NULL, "%s/%d", job->root, e->cycle)));
    page_set(view, "cycle", json_integer(e->cycle));
    return page_fill(job, ctx, "edition", view, ret, err);
}
