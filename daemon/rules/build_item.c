/*
 * The items of a cluster and the numbers of their series.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

static bool is_item(const struct node *n)
{
    return n->row->opens == SCOPE_ITEM;
}

static enum item_kind kind_of(const char *keyword)
{
    enum item_kind k = ITEM_MEETING;

    while (k < ITEM_EVENT && strcmp(item_kind_word(k), keyword) != 0)
        k = (enum item_kind)(k + 1);
    return k;
}

void declare_items(struct build *b, struct cluster *c, const struct node *n)
{
    size_t count = 0;

    for (size_t i = 0; i < n->n_kids; i++)
        count += is_item(n->kids[i]);
    c->items = array_new(b->r, struct item_rule, count);
    for (size_t i = 0; i < n->n_kids; i++) {
        const struct node *kid = n->kids[i];
        struct item_rule *item = &c->items[c->n_items];

        if (!is_item(kid))
            continue;
        item->kind = kind_of(kid->row->keyword);
        item->code = keep(b, node_value(kid, "CODE", 0));
        item->title = keep(b, node_value(kid, "title", 0));
        item->where = kid->where;
        name_add(b, NOUN_ITEM, c, item->code, item, kid->where);
        c->n_items++;
    }
}

/* ---- who takes part */

static void fill_who(struct build *b, struct item_rule *item,
                     const struct node *n)
{
    const struct node *of = node_kid(n, "of"), *with = node_kid(n, "with");
    const struct node *plus = node_kid(n, "+");
    size_t bodies = of ? node_count(of, "BODY") : 0;
    size_t partners = plus ? node_count(plus, "PARTNER") : 0;

    item->bodies = array_new(b->r, const struct body *, bodies);
    item->partners = array_new(b->r, const struct partner *, partners);
    for (size_t k = 0; k < bodies; k++) {
        const struct body *y = name_find_new(b, NOUN_BODY, NULL, of, "BODY", k);

        if (y)
            item->bodies[item->n_bodies++] = y;
    }
    for (size_t k = 0; k < partners; k++) {
        const struct partner *p =
            name_find_new(b, NOUN_PARTNER, NULL, plus, "PARTNER", k);

        if (p)
            item->partners[item->n_partners++] = p;
    }
    if (with)
        item->people = name_find(b, NOUN_PEOPLE, NULL, with,
                                 node_value(with, "PEOPLE", 0));
    item->open = node_kid(n, "open") != NULL;
}

static bool has_kid(const struct node *n, const char *keyword)
{
    for (size_t i = 0; i < n->n_kids; i++)
        if (strcmp(n->kids[i]->row->keyword, keyword) == 0)
            return true;
    return false;
}

static void check_who(struct build *b, const struct item_rule *item,
                      const struct node *n)
{
    if (n->bad)
        return;
    if (!has_kid(n, "of") && !has_kid(n, "with") && !has_kid(n, "open"))
        find_error(b->f, n->where, "add one of: of BODY, with PEOPLE, open",
                   "%s does not say who takes part", item->code);
    if (item->kind == ITEM_CONSULT && !has_kid(n, "+"))
        find_error(b->f, n->where, "add: + PARTNER, ...",
                   "consultation %s has no partners", item->code);
}

/* ---- when */

/* "evening", or "in the evening". */
static bool is_late(const struct node *n)
{
    const struct node *in = node_kid(n, "in");

    return node_kid(n, "evening") || (in && node_says(in, "evening"));
}

/* days: of the cluster; 0 when that is not known. */
static void fill_length(struct build *b, struct item_rule *item,
                        const struct node *n, int days)
{
    const struct node *length = node_kid(n, "DURATION");
    const struct value *v = length ? node_value(length, "DURATION", 0) : NULL;

    item->length = v            ? v->length
                   : is_late(n) ? (struct length){1, UNIT_EVENING}
                                : (struct length){1, UNIT_DAYS};
    if (!has_kid(n, "DURATION") && !is_late(n) && !n->bad)
        find_error(b->f, n->where,
                   "add a duration like 45 min, half day or 2 days, or evening",
                   "%s does not say how long it takes", item->code);
    if (v && v->length.unit == UNIT_DAYS && days > 0 && v->length.n > days)
        find_error(b->f, length->where, "",
                   "%s is longer than its cluster, which lasts %d day%s",
                   item->code, days, days == 1 ? "" : "s");
}

static void fill_half(struct build *b, struct item_rule *item,
                      const struct node *n)
{
    const struct node *in = node_kid(n, "in"), *late = node_kid(n, "evening");

    if (in)
        item->half = node_says(in, "morning") ? HALF_MORNING : HALF_AFTERNOON;
    if (is_late(n))
        item->half = HALF_EVENING;
    if (in && late && !node_says(in, "evening"))
        find_error(b->f, in->where, "",
                   "%s cannot be in the evening and in the %s", item->code,
                   node_says(in, "morning") ? "morning" : "afternoon");
}

static void fill_days(struct build *b, struct item_rule *item,
                      const struct node *n)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, "on", &count);

    for (size_t i = 0; i < count; i++) {
        bool first = node_says(nodes[i], "first");
        bool last = node_says(nodes[i], "last");
        weekdays on = weekdays_of(b, nodes[i], 0);

        if ((on && item->on) ||
            ((first || last) && (item->first_day || item->last_day)))
            find_error(b->f, nodes[i]->where, "",
                       "\"on\" is given twice for %s", item->code);
        item->on |= on;
        item->first_day = item->first_day || first;
        item->last_day = item->last_day || last;
    }
}

/* ---- order */

static const struct item_rule **others_of(struct build *b,
                                          const struct cluster *c,
                                          const struct item_rule *item,
                                          const struct node *n,
                                          const char *keyword, size_t *ret_n)
{
    size_t count, found = 0;
    const struct node **nodes = nodes_of(b, n, keyword, &count);
    const struct item_rule **others =
        array_new(b->r, const struct item_rule *, count);

    for (size_t i = 0; i < count; i++) {
        const struct value *v = node_value(nodes[i], "ITEM", 0);
        const struct item_rule *other = name_find(b, NOUN_ITEM, c, nodes[i], v);

        if (other == item)
            find_error(b->f, node_where(nodes[i], v), "",
                       "%s is named in its own order", item->code);
        else if (other)
            others[found++] = other;
    }
    *ret_n = found;
    return others;
}

static void fill_item(struct build *b, const struct cluster *c,
                      struct item_rule *item, const struct node *n)
{
    fill_who(b, item, n);
    check_who(b, item, n);
    fill_length(b, item, n, c->lasts_where.line > 0 ? c->days : 0);
    fill_half(b, item, n);
    fill_days(b, item, n);
    item->after = others_of(b, c, item, n, "after", &item->n_after);
    item->before = others_of(b, c, item, n, "before", &item->n_before);
    item->same_day = others_of(b, c, item, n, "same", &item->n_same_day);
}

/* ---- titles */

static void check_title(struct build *b, const struct item_rule *item)
{
    static const char *const known[] = {"nth",     "partner", "cycle",
                                        "edition", "host",    NULL};
    const char *p = item->title;

    while ((p = strchr(p, '{'))) {
        size_t n = strcspn(++p, "}");
        char *word = memory_text_n(b->tmp, p, n);
        bool good = p[n] == '}';
        const char *near = text_nearest(word, known);

        for (size_t i = 0; known[i] && good; i++)
            if (strcmp(known[i], word) == 0)
                break;
            else if (!known[i + 1])
                good = false;
        if (!good)
            find_error(b->f, item->where,
                       near ? text_format(b->tmp, "did you mean {%s}?", near)
                            : "known: {nth} {partner} {cycle} {edition} "
                              "{host}",
                       "unknown word {%.40s%s in the title of %s", word,
                       p[n] == '}' ? "}" : "", item->code);
    }
}

/* ---- numbers */

static const struct partner *partner_of(struct build *b,
                                        const struct item_rule *item,
                                        const struct node *n,
                                        const struct value *v, const char *code)
{
    const char **known = array_new(b->tmp, const char *, item->n_partners + 1);

    for (size_t i = 0; i < item->n_partners; i++) {
        if (text_same(item->partners[i]->code, code))
            return item->partners[i];
        known[i] = item->partners[i]->code;
    }
    name_unknown(b, node_where(n, v),
                 text_format(b->tmp, "partner of %s", item->code), code, known);
    return NULL;
}

/* False, with an error, when the series is unknown. */
static bool series_of(struct build *b, const struct cluster *c,
                      const struct node *n, const struct value *v,
                      struct number_rule *ret)
{
    const char *colon = strchr(v->text, ':');
    char *code = colon
                     ? memory_text_n(b->tmp, v->text, (size_t)(colon - v->text))
                     : memory_text(b->tmp, v->text);
    struct value item = *v;

    item.text = code;
    ret->where = node_where(n, v);
    ret->item = name_find(b, NOUN_ITEM, c, n, &item);
    if (!ret->item)
        return false;
    ret->partner = colon ? partner_of(b, ret->item, n, v, colon + 1) : NULL;
    return !colon || ret->partner;
}

static void add_number(struct build *b, struct cluster *c, const struct node *n,
                       size_t k)
{
    const struct value *series = node_value(n, "SERIES", k);
    const struct value *number = node_value(n, "N", k);
    const struct value *year = node_value(n, "YEAR", k);
    struct number_rule x = {0};

    if (!series || !number || !year || !series_of(b, c, n, series, &x))
        return;
    x.number = number->number;
    x.year = year->number;
    for (size_t i = 0; i < c->n_numbers; i++)
        if (c->numbers[i].item == x.item && c->numbers[i].year == x.year &&
            c->numbers[i].partner == x.partner)
            find_error(b->f, x.where, "", "%s has a number for %d already",
                       series->text, x.year);
    c->numbers =
        array_grow(b->r, c->numbers, struct number_rule, c->n_numbers + 1);
    c->numbers[c->n_numbers++] = x;
}

void fill_items(struct build *b, struct cluster *c, const struct node *n)
{
    struct item_rule *item = c->items;
    const struct node **numbers;
    size_t count;

    for (size_t i = 0; i < n->n_kids; i++)
        if (is_item(n->kids[i])) {
            fill_item(b, c, item, n->kids[i]);
            check_title(b, item++);
        }
    numbers = nodes_of(b, n, "number", &count);
    c->numbers = array_new(b->r, struct number_rule, 0);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < node_count(numbers[i], "SERIES"); k++)
            add_number(b, c, numbers[i], k);
}
