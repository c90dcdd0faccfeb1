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

/* "Mon 18 Jan, Tue 19 Jan" */
static const char *days_in_words(const struct page_job *job, const char *value)
{
    char **days = text_split(job->ctx, value, ' ');
    const char *all = "";
    struct date d;

    for (size_t i = 0; days[i]; i++)
        if (date_parse(days[i], &d, NULL))
            all = text_format(job->ctx, "%s%s%s", all, *all ? ", " : "",
                              page_day_short(job->ctx, d));
    return all;
}

/* A value of a row as people write it. */
static const char *in_words(const struct page_job *job, const char *field,
                            const char *value)
{
    const struct member *host =
        strcmp(field, "host") == 0 ? rules_member(job->in->rules, value) : NULL;
    const struct partner *partner = strcmp(field, "partner") == 0 && *value
                                        ? rules_partner(job->in->rules, value)
                                        : NULL;
    struct date d;
    struct local t;

    if (host || partner)
        return host ? host->name : partner->name;
    if (strcmp(field, "days") == 0)
        return days_in_words(job, value);
    if (date_parse(value, &d, NULL))
        return page_day(job->ctx, d);
    if (local_parse(value, &t, NULL))
        return text_format(job->ctx, "%s, %s", page_day(job->ctx, t.date),
                           when_clock(job->ctx, t.minute));
    return page_dashes(job->ctx, value);
}

/* What has changed, for people; "" where the kind of the change says it. */
static const char *field_words(const char *field)
{
    static const char *const words[][2] = {
        {"status", ""},         {"start", ""},         {"title", ""},
        {"end", "end"},         {"zone", "time zone"}, {"people", "who comes"},
        {"open", "for anybody"}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], field) == 0)
            return words[i][1];
    return field;
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

/* "moved Monday ... -> Tuesday ...", "host Brunei -> Indonesia": a state says
 * it all by its kind, a venue by what of it has changed. */
static json_t *change_row(const struct page_job *job, const struct change *c,
                          const struct edition *e)
{
    json_t *row = view_change(c);
    bool state = strcmp(c->field, "status") == 0;
    bool named = c->kind == CHANGE_VENUE || c->kind == CHANGE_OTHER;

    page_set(row, "what", value_text(name_of_changed(job, c, e)));
    page_set(row, "url",
             e ? value_text(page_link(job, "/editions/", e->id)) : json_null());
    page_set(row, "kind_text",
             value_text(named && !state ? "" : change_word(c->kind)));
    page_set(row, "field_text", value_text(field_words(c->field)));
    page_set(row, "from",
             value_text(state ? "" : in_words(job, c->field, c->old_value)));
    page_set(row, "to",
             value_text(state ? "" : in_words(job, c->field, c->new_value)));
    return row;
}

/* Has the edition of the i-th its times only since this release? Then what its
 * items had before was nobody's business. */
static bool is_fresh(const struct changes *all, size_t i)
{
    const char *edition = all->rows[i].edition;

    for (size_t k = i + 1;
         k-- > 0 && strcmp(all->rows[k].edition, edition) == 0;)
        if (!all->rows[k].item[0] && (all->rows[k].kind == CHANGE_ADDED ||
                                      all->rows[k].kind == CHANGE_CONFIRMED))
            return true;
    return false;
}

static bool is_of_times(const struct change *c)
{
    return c->kind == CHANGE_ADDED || c->kind == CHANGE_MOVED ||
           c->kind == CHANGE_CONFIRMED;
}

/* On the page of the edition itself. Nothing is new in the first release, where
 * all is. */
static bool is_news_there(const struct page_job *job, size_t i,
                          const struct edition *e)
{
    const struct changes *all = job->in->changes;
    const struct change *c = &all->rows[i];

    if (c->kind == CHANGE_ADDED && job->in->release &&
        job->in->release->release == 1)
        return false;
    if (!c->item[0])
        return true;
    return e && e->status != EDITION_PROPOSED &&
           !(is_of_times(c) && is_fresh(all, i)) && !is_said(all, i);
}

/* Of a year only what happened to whole editions that were there before. */
static bool is_news_of_year(const struct change *c, const struct edition *e,
                            int cycle)
{
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

        if (edition
                ? !text_same(c->edition, edition) || !is_news_there(job, i, e)
                : !is_news_of_year(c, e, cycle))
            continue;
        row = change_row(job, c, e);
        page_set(row, "along", json_boolean(edition && says_more(all, i)));
        if (edition) /* the page itself */
            page_set(row, "url", json_null());
        value_append(rows, row);
    }
    return rows;
}
