/*
 * Values of clauses as the structs have them.
 */
#include <limits.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

const char *keep(struct build *b, const struct value *v)
{
    return memory_text(b->r, v ? v->text : "");
}

const struct node **nodes_of(const struct build *b, const struct node *parent,
                             const char *keyword, size_t *ret_n)
{
    const struct node **nodes = array_new(b->tmp, const struct node *, 0);
    size_t n = 0;

    for (size_t i = 0; i < parent->n_kids; i++) {
        if (strcmp(parent->kids[i]->row->keyword, keyword) != 0)
            continue;
        nodes = array_grow(b->tmp, nodes, const struct node *, n + 1);
        nodes[n++] = parent->kids[i];
    }
    *ret_n = n;
    return nodes;
}

static const struct zone *load_zone(struct build *b, const struct node *n,
                                    const struct value *v)
{
    const struct zone *zone = NULL;
    struct error err;
    char *comma;

    for (size_t i = 0; i < b->n_zones; i++)
        if (strcmp(b->zones[i].name, v->text) == 0)
            return b->zones[i].zone;
    if (b->f->full)
        return zone_utc();
    if (!zone_load(b->r, v->text, &zone, &err)) {
        comma = strchr(err.text, ',');
        if (comma)
            *comma = '\0';
        find_error(b->f, node_where(n, v), comma ? comma + 2 : "", "%s",
                   err.text);
        return zone_utc();
    }
    b->zones = array_grow(b->tmp, b->zones, struct loaded_zone, b->n_zones + 1);
    b->zones[b->n_zones++] =
        (struct loaded_zone){memory_text(b->tmp, v->text), zone};
    return zone;
}

const struct zone *zone_of(struct build *b, const struct node *n)
{
    const struct node *clause = node_kid(n, "zone");
    const struct node *at = clause ? clause : n;
    const struct value *v = node_value(at, "ZONE", 0);

    return v ? load_zone(b, at, v) : zone_utc();
}

weekdays weekdays_of(struct build *b, const struct node *clause,
                     weekdays otherwise)
{
    size_t n = clause ? node_count(clause, "DAY") : 0;
    weekdays set = 0;

    if (!clause)
        return otherwise;
    for (size_t k = 0; k < n; k++) {
        const struct value *v = node_value(clause, "DAY", k);
        weekdays bit = (weekdays)(v ? 1u << v->weekday : 0u);

        if (set & bit)
            find_error(b->f, node_where(clause, v), "", "%s is named twice",
                       weekday_name(v->weekday));
        set |= bit;
    }
    return set;
}

bool hours_of(struct build *b, const struct node *clause, size_t k,
              struct hours *ret)
{
    const struct value *from = node_value(clause, "TIME", 2 * k);
    const struct value *to = node_value(clause, "TIME", 2 * k + 1);

    if (!from || !to)
        return false;
    if (from->number >= to->number) {
        find_error(b->f, node_where(clause, from), "write the earlier first",
                   "%s .. %s ends before it begins", from->text, to->text);
        return false;
    }
    *ret = (struct hours){from->number, to->number};
    return true;
}

bool dates_of(struct build *b, const struct node *n, struct date *ret_from,
              struct date *ret_to)
{
    const struct value *from = node_value(n, "DATE", 0);
    const struct value *to =
        node_count(n, "DATE") > 1 ? node_value(n, "DATE", 1) : from;

    if (!from || !to)
        return false;
    if (to->date.day < from->date.day) {
        find_error(b->f, node_where(n, from), "write the earlier first",
                   "%s .. %s ends before it begins", from->text, to->text);
        return false;
    }
    *ret_from = from->date;
    *ret_to = to->date;
    return true;
}

/* The most or the fewest days that a length can be. */
static int days_of(struct length l, bool most)
{
    return l.unit == UNIT_MONTHS  ? l.n * (most ? 31 : 28)
           : l.unit == UNIT_WEEKS ? l.n * 7
                                  : l.n;
}

static bool is_longer(struct length a, struct length b)
{
    if (a.unit == b.unit)
        return a.n > b.n;
    return days_of(a, false) > days_of(b, true);
}

struct gap gap_of(struct build *b, const struct node *clause)
{
    static const struct length none = {-1, UNIT_DAYS};
    const struct value *min = node_value(clause, "MIN", 0);
    const struct value *max = node_value(clause, "MAX", 0);
    const struct value *ideal = node_value(clause, "IDEAL", 0);
    struct gap gap = {min ? min->length : none, max ? max->length : none,
                      ideal ? ideal->length : none};

    if (min && max && is_longer(gap.min, gap.max))
        find_error(b->f, node_where(clause, min), "write the shorter first",
                   "the least distance, %s, is more than the greatest, %s",
                   length_print(b->tmp, gap.min),
                   length_print(b->tmp, gap.max));
    if (ideal && ((min && is_longer(gap.min, gap.ideal)) ||
                  (max && is_longer(gap.ideal, gap.max))))
        find_error(b->f, node_where(clause, ideal), "",
                   "the ideal distance, %s, lies outside the allowed ones",
                   length_print(b->tmp, gap.ideal));
    if (!min && !max && !clause->bad)
        find_error(b->f, clause->where, "write a length before or after ..",
                   "a distance without a least or a greatest length");
    return gap;
}

int level_of(struct build *b, const struct node *n, const struct value *v)
{
    const struct sector *s = b->r->sectors;
    const char **known;

    if (!v)
        return -1;
    for (size_t i = 0; i < s->n_levels; i++)
        if (text_same(s->levels[i], v->text))
            return (int)i;
    known = array_new(b->tmp, const char *, s->n_levels + 1);
    for (size_t i = 0; i < s->n_levels; i++)
        known[i] = s->levels[i];
    name_unknown(b, node_where(n, v), "level", v->text, known);
    return -1;
}

struct length *lengths_of(struct build *b, const struct node *clause,
                          size_t *ret_n)
{
    size_t n = node_count(clause, "LEN");
    struct length *lengths = array_new(b->r, struct length, n);

    *ret_n = 0;
    for (size_t k = 0; k < n; k++) {
        const struct value *v = node_value(clause, "LEN", k);

        if (v)
            lengths[(*ret_n)++] = v->length;
    }
    return lengths;
}

int number_in(const struct node *n, const char *hole)
{
    const struct value *v = n ? node_value(n, hole, 0) : NULL;

    return v ? v->number : 0;
}

struct rhythm rhythm_of(const struct node *n)
{
    struct rhythm each = {0, 0};

    return n && node_count(n, "EVERY") > 0
               ? (struct rhythm){number_in(n, "EVERY"), number_in(n, "YEAR")}
               : each;
}
