/*
 * The sector, its members, partners and places, and what has been held.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

enum { WEEKEND = 1u << SAT | 1u << SUN, LEVELS_MOST = 32 };

static void declare_members(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "member", &r->n_members);

    r->members = array_new(r, struct member, r->n_members);
    r->sectors->members = array_new(r, const struct member *, r->n_members);
    for (size_t i = 0; i < r->n_members; i++) {
        struct member *m = &r->members[i];

        m->code = keep(b, node_value(nodes[i], "CC", 0));
        m->name = keep(b, node_value(nodes[i], "Name", 0));
        m->where = nodes[i]->where;
        name_add(b, NOUN_MEMBER, NULL, m->code, m, m->where);
        r->sectors->members[r->sectors->n_members++] = m;
    }
}

static void declare_partners(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "partner", &r->n_partners);

    r->partners = array_new(r, struct partner, r->n_partners);
    r->sectors->partners = array_new(r, const struct partner *, r->n_partners);
    for (size_t i = 0; i < r->n_partners; i++) {
        struct partner *p = &r->partners[i];

        p->code = keep(b, node_value(nodes[i], "CODE", 0));
        p->name = keep(b, node_value(nodes[i], "Name", 0));
        p->where = nodes[i]->where;
        name_add(b, NOUN_PARTNER, NULL, p->code, p, p->where);
        r->sectors->partners[r->sectors->n_partners++] = p;
    }
}

void declare_sector(struct build *b)
{
    struct rules *r = b->r;

    r->n_sectors = 1;
    r->sectors = array_new(r, struct sector, 1);
    *r->sectors = (struct sector){.code = "",
                                  .title = "",
                                  .file = b->file,
                                  .cycle_from = {1, 1},
                                  .notice = {0, UNIT_DAYS},
                                  .evening = {19 * 60, 21 * 60 + 30}};
    declare_members(b);
    declare_partners(b);
}

static void fill_hours(struct build *b, const struct node *clause)
{
    static const struct hours usual[] = {{9 * 60, 12 * 60 + 30},
                                         {14 * 60, 17 * 60 + 30}};
    struct sector *s = b->r->sectors;
    size_t n = clause ? node_count(clause, "TIME") / 2 : 2;

    s->hours = array_new(b->r, struct hours, n);
    for (size_t k = 0; k < n; k++) {
        struct hours *h = &s->hours[s->n_hours];

        if (!clause)
            *h = usual[k];
        else if (!hours_of(b, clause, k, h))
            continue;
        if (s->n_hours > 0 && h->from < h[-1].to)
            find_error(b->f,
                       node_where(clause, node_value(clause, "TIME", 2 * k)),
                       "write them in the order of the day",
                       "these hours begin before the ones in front of them "
                       "end");
        s->n_hours++;
    }
}

static void fill_levels(struct build *b, const struct node *clause)
{
    struct sector *s = b->r->sectors;
    size_t n = clause ? node_count(clause, "LEVEL") : 0;

    s->levels = array_new(b->r, const char *, n);
    for (size_t k = 0; k < n; k++) {
        const struct value *v = node_value(clause, "LEVEL", k);
        bool known = false;

        for (size_t i = 0; i < s->n_levels && v; i++)
            known = known || text_same(s->levels[i], v->text);
        if (known)
            find_error(b->f, node_where(clause, v), "",
                       "level \"%s\" is named twice", v->text);
        else if (v && s->n_levels == LEVELS_MOST)
            find_error(b->f, node_where(clause, v), "", "more than %d levels",
                       LEVELS_MOST);
        else if (v)
            s->levels[s->n_levels++] = keep(b, v);
    }
}

static void fill_the_sector(struct build *b, const struct node *n)
{
    struct sector *s = b->r->sectors;
    const struct node *cycle = node_kid(n, "cycle");
    const struct node *notice = node_kid(n, "notice");
    const struct node *evening = node_kid(n, "evening");
    const struct node *seat = node_kid(n, "seat");
    const struct value *from = cycle ? node_value(cycle, "D", 0) : NULL;

    s->code = keep(b, node_value(n, "CODE", 0));
    s->title = keep(b, node_value(n, "Title", 0));
    s->where = n->where;
    if (from)
        s->cycle_from = from->yearly;
    if (notice && node_value(notice, "LEN", 0))
        s->notice = node_value(notice, "LEN", 0)->length;
    fill_hours(b, node_kid(n, "hours"));
    if (evening)
        (void)hours_of(b, evening, 0, &s->evening);
    fill_levels(b, node_kid(n, "levels"));
    if (seat) {
        s->seat_city = keep(b, node_value(seat, "City", 0));
        s->seat =
            name_find(b, NOUN_MEMBER, NULL, seat, node_value(seat, "CC", 0));
    }
}

static void fill_closed(struct build *b, struct member *m, const struct node *n)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, "closed", &count);

    m->closed = array_new(b->r, struct closed, count);
    for (size_t i = 0; i < count; i++) {
        const struct value *day = node_value(nodes[i], "DAY", 0);
        struct closed c;

        if (!day || !hours_of(b, nodes[i], 0, &c.hours))
            continue;
        c.day = day->weekday;
        m->closed[m->n_closed++] = c;
    }
}

/* The code of the table that counts, in capitals. */
static const char *table_of(struct build *b, const struct node *n,
                            const char *own)
{
    const struct node *clause = node_kid(n, "holidays");
    const struct value *v = clause ? node_value(clause, "CC", 0) : NULL;
    char *code = memory_text(b->r, v ? v->text : own);

    for (char *p = code; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    return code;
}

static struct date date_in(const struct node *n, const char *keyword,
                           struct date otherwise)
{
    const struct node *clause = node_kid(n, keyword);
    const struct value *v = clause ? node_value(clause, "DATE", 0) : NULL;

    return v ? v->date : otherwise;
}

static void fill_member(struct build *b, struct member *m, const struct node *n)
{
    const struct node *city = node_kid(n, "city");
    const struct node *meets = node_kid(n, "meets");

    m->since = date_in(n, "since", date_of(1900, 1, 1));
    m->until = date_in(n, "until", DATE_NONE);
    if (!date_is_none(m->until) && m->until.day < m->since.day)
        find_error(b->f, node_kid(n, "until")->where, "",
                   "membership ends before it begins");
    m->city = city ? keep(b, node_value(city, "City", 0)) : NULL;
    m->zone = zone_of(b, n);
    m->weekend = weekdays_of(b, node_kid(n, "weekend"), WEEKEND);
    m->meets = weekdays_of(b, meets, 0);
    if (meets && (m->meets & ~m->weekend))
        find_error(b->f, meets->where,
                   text_format(b->tmp, "the rest days of %s: %s", m->code,
                               weekdays_print(b->tmp, m->weekend)),
                   "\"meets\" names a day that is no rest day");
    fill_closed(b, m, n);
    m->holidays = table_of(b, n, m->code);
    m->formerly = build_formerly(b, n, "CC", "Name", &m->n_formerly);
}

static void fill_places(struct build *b)
{
    struct rules *r = b->r;
    size_t n;
    const struct node **nodes = nodes_of(b, b->root, "place", &n);

    r->n_places = n;
    r->places = array_new(r, struct place, n);
    for (size_t i = 0; i < n; i++) {
        struct place *p = &r->places[i];

        p->city = keep(b, node_value(nodes[i], "City", 0));
        p->in = name_find(b, NOUN_MEMBER, NULL, nodes[i],
                          node_value(nodes[i], "CC", 0));
        p->zone = zone_of(b, nodes[i]);
        p->where = nodes[i]->where;
        name_add(b, NOUN_PLACE, NULL, p->city, p, p->where);
    }
}

static void check_held(struct build *b, const struct held *h)
{
    const struct rules *r = b->r;
    int cycle = cycle_of(r->sectors, h->from);

    for (const struct held *o = r->held; o < h; o++)
        if (o->cluster == h->cluster && o->from.day <= h->to.day &&
            h->from.day <= o->to.day)
            find_error(b->f, h->where, "",
                       "these days overlap those of line %d", o->where.line);
    if (cycle > h->cycle + 1 || cycle < h->cycle - 1)
        find_warning(b->f, h->where, "",
                     "the days lie in cycle %d, but count for %d", cycle,
                     h->cycle);
}

static void fill_held(struct build *b)
{
    struct rules *r = b->r;
    size_t n;
    const struct node **nodes = nodes_of(b, b->root, "held", &n);

    r->held = array_new(r, struct held, n);
    for (size_t i = 0; i < n; i++) {
        const struct node *node = nodes[i];
        struct held h = {.where = node->where};

        h.cluster = name_find(b, NOUN_CLUSTER, NULL, node,
                              node_value(node, "CLUSTER", 0));
        h.in = name_find(b, NOUN_MEMBER, NULL, node, node_value(node, "CC", 0));
        h.cycle = number_in(node, "YEAR");
        if (node_value(node, "City", 0))
            h.city = keep(b, node_value(node, "City", 0));
        if (!dates_of(b, node, &h.from, &h.to) || !h.cluster || !h.in ||
            node->bad)
            continue;
        r->held[r->n_held] = h;
        check_held(b, &r->held[r->n_held++]);
    }
}

void fill_sector(struct build *b)
{
    struct rules *r = b->r;
    size_t n;
    const struct node **nodes = nodes_of(b, b->root, "sector", &n);

    if (n > 0)
        fill_the_sector(b, nodes[0]);
    nodes = nodes_of(b, b->root, "member", &n);
    for (size_t i = 0; i < n; i++)
        fill_member(b, &r->members[i], nodes[i]);
    nodes = nodes_of(b, b->root, "partner", &n);
    for (size_t i = 0; i < n; i++) {
        struct partner *p = &r->partners[i];

        p->zone = zone_of(b, nodes[i]);
        p->weekend = weekdays_of(b, node_kid(nodes[i], "weekend"), WEEKEND);
        p->holidays = table_of(b, nodes[i], p->code);
    }
    fill_places(b);
    fill_held(b);
}
