/*
 * Warnings: rules that can be read but surely do not say what was meant. Only
 * looked for when a file has no errors.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

/* ---- bodies and their mandates */

static bool has_body(const struct item_rule *item, const struct body *y)
{
    for (size_t i = 0; i < item->n_bodies; i++)
        if (item->bodies[i] == y)
            return true;
    return false;
}

/* Is the item a sitting of `y` jointly with a body that its mandate counts
 * apart? */
static bool is_joint(const struct item_rule *item, const struct body *y)
{
    for (size_t i = 0; i < y->n_requires; i++)
        if (y->requires[i].with && has_body(item, y->requires[i].with))
            return true;
    return false;
}

static bool counts(const struct item_rule *item, const struct body *y,
                   const struct require *q)
{
    if (item->kind != ITEM_MEETING || !has_body(item, y))
        return false;
    return q->with ? has_body(item, q->with) : !is_joint(item, y);
}

/* The most meetings of a cycle that count for a requirement. */
static int most_meetings(const struct rules *r, const struct body *y,
                         const struct require *q)
{
    int most = 0;

    for (size_t i = 0; i < r->n_clusters; i++)
        for (size_t k = 0; k < r->clusters[i].n_items; k++)
            if (counts(&r->clusters[i].items[k], y, q))
                most += r->clusters[i].most;
    return most;
}

static bool is_consulted(const struct rules *r, const struct body *y,
                         const struct partner *p)
{
    for (size_t i = 0; i < r->n_clusters; i++) {
        for (size_t k = 0; k < r->clusters[i].n_items; k++) {
            const struct item_rule *item = &r->clusters[i].items[k];

            if (item->kind != ITEM_CONSULT || !has_body(item, y))
                continue;
            for (size_t j = 0; j < item->n_partners; j++)
                if (item->partners[j] == p)
                    return true;
        }
    }
    return false;
}

static void warn_require(struct build *b, const struct body *y,
                         const struct require *q)
{
    int most = most_meetings(b->r, y, q);

    if (q->kind == REQUIRE_MEETINGS && most < q->count)
        find_warning(b->f, q->where, "",
                     "the clusters cannot meet this: %s has at most %d such "
                     "meeting%s per cycle",
                     y->code, most, most == 1 ? "" : "s");
    for (size_t i = 0; i < q->n_partners; i++)
        if (!is_consulted(b->r, y, q->partners[i]))
            find_warning(b->f, q->where, "",
                         "the clusters cannot meet this: no \"consult\" of %s "
                         "has partner %s",
                         y->code, q->partners[i]->code);
}

static bool is_used(const struct rules *r, const struct body *y)
{
    for (size_t i = 0; i < r->n_clusters; i++)
        for (size_t k = 0; k < r->clusters[i].n_items; k++)
            if (has_body(&r->clusters[i].items[k], y))
                return true;
    return false;
}

static void warn_bodies(struct build *b)
{
    for (size_t i = 0; i < b->r->n_bodies; i++) {
        const struct body *y = &b->r->bodies[i];

        if (!is_used(b->r, y) && y->until.year == 0)
            find_warning(b->f, y->where, "give it an \"until\" if it has ended",
                         "no item is a sitting of body %s", y->code);
        for (size_t k = 0; k < y->n_requires; k++)
            warn_require(b, y, &y->requires[k]);
    }
}

/* ---- windows and days to avoid */

enum { YEAR = 366 };

/* Days of a leap year, from 0. */
static int day_in(struct yearly y)
{
    return date_of(2000, y.month, y.day).day - date_of(2000, 1, 1).day;
}

static bool is_within(int day, struct yearly from, struct yearly to)
{
    int first = day_in(from), last = day_in(to);

    return first <= last ? first <= day && day <= last
                         : first <= day || day <= last;
}

/* Bits of the levels of all bodies that sit in a cluster. */
static uint32_t levels_of(const struct cluster *c)
{
    uint32_t set = 0;

    for (size_t i = 0; i < c->n_items; i++) {
        const struct item_rule *item = &c->items[i];

        for (size_t k = 0; k < item->n_bodies; k++)
            if (item->bodies[k]->level >= 0)
                set |= 1u << item->bodies[k]->level;
        for (size_t k = 0; item->people && k < item->people->n_bodies; k++)
            if (item->people->bodies[k]->level >= 0)
                set |= 1u << item->people->bodies[k]->level;
    }
    return set;
}

static bool is_avoided(const struct rules *r, uint32_t levels, int day)
{
    for (size_t i = 0; i < r->n_avoids; i++) {
        const struct avoid *a = &r->avoids[i];

        if (a->every && (a->everyone || a->levels & levels) &&
            is_within(day, a->yearly_from, a->yearly_to))
            return true;
    }
    return false;
}

static void warn_windows(struct build *b)
{
    for (size_t i = 0; i < b->r->n_clusters; i++) {
        const struct cluster *c = &b->r->clusters[i];
        uint32_t levels = levels_of(c);
        bool free_day = !c->has_window;

        for (int day = 0; day < YEAR && !free_day; day++)
            free_day = is_within(day, c->window_from, c->window_to) &&
                       !is_avoided(b->r, levels, day);
        if (!free_day)
            find_warning(b->f, c->window_where, "",
                         "every day of this window is one to avoid");
    }
}

/* ---- titles */

static bool is_numbered(const struct cluster *c, const struct item_rule *item,
                        const struct partner *p)
{
    for (size_t i = 0; i < c->n_numbers; i++)
        if (c->numbers[i].item == item &&
            (!c->numbers[i].partner || c->numbers[i].partner == p))
            return true;
    return false;
}

static bool is_all_numbered(const struct cluster *c,
                            const struct item_rule *item)
{
    for (size_t i = 0; i < item->n_partners; i++)
        if (!is_numbered(c, item, item->partners[i]))
            return false;
    return item->n_partners > 0 || is_numbered(c, item, NULL);
}

static void warn_titles(struct build *b, const struct cluster *c)
{
    for (size_t i = 0; i < c->n_items; i++) {
        const struct item_rule *item = &c->items[i];

        if (strstr(item->title, "{nth}") && !is_all_numbered(c, item))
            find_warning(
                b->f, item->where,
                text_format(b->tmp, "add: number %s 1 in YEAR", item->code),
                "the title of %s has {nth}, but no \"number\" says "
                "where to count from",
                item->code);
        if (strstr(item->title, "{partner}") && item->n_partners == 0)
            find_warning(b->f, item->where, "",
                         "the title of %s has {partner}, but %s has no "
                         "partners",
                         item->code, item->code);
    }
}

/* Six meetings a year that nothing keeps apart end up in one week. */
static void warn_apart(struct build *b, const struct cluster *c)
{
    if (c->least > 1 && !c->has_apart)
        find_warning(b->f, c->times_where,
                     "add: apart from previous 6 weeks .. 14 weeks",
                     "nothing keeps the %d editions of %s apart: they may "
                     "fall on one day after the other",
                     c->least, c->code);
}

void warn_all(struct build *b)
{
    warn_bodies(b);
    warn_windows(b);
    for (size_t i = 0; i < b->r->n_clusters; i++)
        warn_titles(b, &b->r->clusters[i]);
    for (size_t i = 0; i < b->r->n_clusters; i++)
        warn_apart(b, &b->r->clusters[i]);
}
