/*
 * What the last release changed, as the public is told: once for an edition
 * and for all of its meetings that only went along with it.
 */
#include <string.h>

#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"
#include "daemon/publish/view.h"
#include "daemon/publish/when.h"

/* A date or a time of a row as people write it, anything else as it is. */
static const char *in_words(const struct page_job *job, const char *value)
{
    struct date d;
    struct local t;

    if (date_parse(value, &d, NULL))
        return page_day(job->ctx, d);
    if (local_parse(value, &t, NULL))
        return text_format(job->ctx, "%s, %s", page_day(job->ctx, t.date),
                           when_clock(job->ctx, t.minute));
    return page_dashes(job->ctx, value);
}

static const char *name_of_changed(const struct page_job *job,
                                   const struct change *c,
                                   const struct edition *e)
{
    const struct item *i =
        c->item[0] ? plan_item(job->in->version, c->item) : NULL;

    if (i)
        return i->title;
    if (c->item[0])
        return c->item;
    return e ? page_edition_name(job, e) : c->edition;
}

/* Is an item's change that of its edition: the same, or a move by as many days
 * to the same hour? */
static bool repeats(const struct change *c, const struct change *of)
{
    struct date from, to;
    struct local was, is;

    if (!c->item[0] || of->item[0] || c->kind != of->kind ||
        strcmp(c->field, of->field) != 0)
        return false;
    if (strcmp(c->old_value, of->old_value) == 0 &&
        strcmp(c->new_value, of->new_value) == 0)
        return true;
    return date_parse(of->old_value, &from, NULL) &&
           date_parse(of->new_value, &to, NULL) &&
           local_parse(c->old_value, &was, NULL) &&
           local_parse(c->new_value, &is, NULL) && was.minute == is.minute &&
           is.date.day - was.date.day == to.day - from.day;
}

/* Is the i-th said by a change of its edition? Those stand before it. */
static bool is_said(const struct changes *all, size_t i)
{
    const struct change *c = &all->rows[i];

    for (size_t k = i;
         k-- > 0 && strcmp(all->rows[k].edition, c->edition) == 0;)
        if (repeats(c, &all->rows[k]))
            return true;
    return false;
}

/* Does the i-th, of an edition, say it for any of its items? */
static bool says_more(const struct changes *all, size_t i)
{
    const struct change *c = &all->rows[i];

    for (size_t k = i + 1;
         k < all->n && strcmp(all->rows[k].edition, c->edition) == 0; k++)
        if (repeats(&all->rows[k], c))
            return true;
    return false;
}

/* "moved Monday ... -> Tuesday ...": a state says it all by its kind. */
static json_t *change_row(const struct page_job *job, const struct change *c,
                          const struct edition *e)
{
    json_t *row = view_change(c);
    bool plain =
        strcmp(c->field, "status") == 0 || strcmp(c->field, "start") == 0;
    bool state = strcmp(c->field, "status") == 0;

    page_set(row, "what", value_text(name_of_changed(job, c, e)));
    page_set(row, "url",
             e ? value_text(page_link(job, "/editions/", e->id)) : json_null());
    page_set(row, "field_text", value_text(plain ? "" : c->field));
    page_set(row, "from", value_text(state ? "" : in_words(job, c->old_value)));
    page_set(row, "to", value_text(state ? "" : in_words(job, c->new_value)));
    return row;
}

/* Of a year only what happened to whole editions; each new thing of a new
 * edition is no news. */
static bool is_news(const struct change *c, const struct edition *e,
                    const char *edition, int cycle)
{
    if (edition)
        return text_same(c->edition, edition) &&
               !(c->item[0] && (c->kind == CHANGE_ADDED || !e ||
                                e->status == EDITION_PROPOSED));
    return !c->item[0] && c->kind != CHANGE_ADDED &&
           (cycle == 0 || !e || e->cycle == cycle);
}

json_t *page_changes(const struct page_job *job, const char *edition, int cycle)
{
    const struct changes *all = job->in->changes;
    json_t *rows = value_made(json_array()), *row;

    for (size_t i = 0; all && job->in->version && i < all->n; i++) {
        const struct change *c = &all->rows[i];
        const struct edition *e = plan_edition(job->in->version, c->edition);

        if (!is_news(c, e, edition, cycle) || is_said(all, i))
            continue;
        row = change_row(job, c, e);
        page_set(row, "along", json_boolean(edition && says_more(all, i)));
        if (edition) /* the page itself */
            page_set(row, "url", json_null());
        value_append(rows, row);
    }
    return rows;
}
