/*
 * Bodies and their mandates, people, desks, rotations.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

void declare_bodies(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "body", &r->n_bodies);

    r->bodies = array_new(r, struct body, r->n_bodies);
    for (size_t i = 0; i < r->n_bodies; i++) {
        struct body *y = &r->bodies[i];

        y->sector = r->sectors;
        y->code = keep(b, node_value(nodes[i], "CODE", 0));
        y->title = keep(b, node_value(nodes[i], "Title", 0));
        y->where = nodes[i]->where;
        name_add(b, NOUN_BODY, NULL, y->code, y, y->where);
    }
    nodes = nodes_of(b, b->root, "people", &r->n_people);
    r->people = array_new(r, struct people, r->n_people);
    for (size_t i = 0; i < r->n_people; i++) {
        struct people *p = &r->people[i];

        p->sector = r->sectors;
        p->group = p;
        p->name = keep(b, node_value(nodes[i], "NAME", 0));
        p->where = nodes[i]->where;
        name_add(b, NOUN_PEOPLE, NULL, p->name, p, p->where);
    }
    nodes = nodes_of(b, b->root, "rotation", &r->n_rotations);
    r->rotations = array_new(r, struct rotation, r->n_rotations);
    for (size_t i = 0; i < r->n_rotations; i++) {
        struct rotation *t = &r->rotations[i];

        t->sector = r->sectors;
        t->name = keep(b, node_value(nodes[i], "NAME", 0));
        t->where = nodes[i]->where;
        name_add(b, NOUN_ROTATION, NULL, t->name, t, t->where);
    }
}

/* ---- bodies */

static const char *quoted_in(struct build *b, const struct node *n,
                             const char *keyword, const char *hole)
{
    const struct node *clause = node_kid(n, keyword);

    return keep(b, clause ? node_value(clause, hole, 0) : NULL);
}

static struct vague vague_in(const struct node *n, const char *keyword)
{
    const struct node *clause = node_kid(n, keyword);
    const struct value *v = clause ? node_value(clause, "WHEN", 0) : NULL;

    return v ? v->vague : (struct vague){0, 0, 0};
}

/* Surely later, where both say enough to tell. */
static bool is_later(struct vague a, struct vague b)
{
    if (a.year == 0 || b.year == 0)
        return false;
    if (a.year != b.year)
        return a.year > b.year;
    if (a.month == 0 || b.month == 0 || a.month != b.month)
        return a.month > b.month && b.month != 0;
    return b.day != 0 && a.day > b.day;
}

struct former *build_formerly(struct build *b, const struct node *n,
                              const char *code, const char *name, size_t *ret_n)
{
    size_t count, kept = 0;
    const struct node **nodes = nodes_of(b, n, "formerly", &count);
    struct former *rows = array_new(b->r, struct former, count);

    for (size_t i = 0; i < count; i++) {
        const struct value *from = node_value_after(nodes[i], "from");
        const struct value *until = node_value_after(nodes[i], "until");
        struct former f = {keep(b, node_value(nodes[i], code, 0)),
                           keep(b, node_value(nodes[i], name, 0)),
                           from ? from->vague : (struct vague){0, 0, 0},
                           until ? until->vague : (struct vague){0, 0, 0}};

        if (is_later(f.from, f.until))
            find_error(b->f, node_where(nodes[i], from), "",
                       "this name ends before it begins");
        if (!nodes[i]->bad)
            rows[kept++] = f;
    }
    *ret_n = kept;
    return rows;
}

static void fill_partners(struct build *b, struct require *q,
                          const struct node *n)
{
    size_t count = node_count(n, "PARTNER");

    q->partners = array_new(b->r, const struct partner *, count);
    for (size_t k = 0; k < count; k++) {
        const struct partner *p =
            name_find_new(b, NOUN_PARTNER, NULL, n, "PARTNER", k);

        if (p)
            q->partners[q->n_partners++] = p;
    }
}

static struct require require_of(struct build *b, const struct body *y,
                                 const struct node *n)
{
    struct require q = {.where = n->where};

    q.text = memory_text(b->r, n->text);
    q.kind = node_says(n, "consultations") ? REQUIRE_CONSULTATIONS
             : node_count(n, "N") > 0      ? REQUIRE_MEETINGS
                                           : REQUIRE_AS_NEEDED;
    q.count = number_in(n, "N");
    q.at_least = node_says(n, "least");
    q.rhythm = rhythm_of(n);
    q.with = name_find(b, NOUN_BODY, NULL, n, node_value(n, "BODY", 0));
    if (q.with == y)
        find_error(b->f, node_where(n, node_value(n, "BODY", 0)), "",
                   "a body does not meet with itself");
    fill_partners(b, &q, n);
    q.back_to_back = node_says(n, "back-to-back");
    q.back_to_back_with =
        name_find(b, NOUN_CLUSTER, NULL, n, node_value(n, "CLUSTER", 0));
    return q;
}

static void fill_requires(struct build *b, struct body *y, const struct node *n)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, "requires", &count);

    y->requires = array_new(b->r, struct require, count);
    for (size_t i = 0; i < count; i++)
    y->requires[y->n_requires++] = require_of(b, y, nodes[i]);
}

static void fill_body(struct build *b, struct body *y, const struct node *n)
{
    const struct node *level = node_kid(n, "level");
    const struct node *under = node_kid(n, "under");

    y->level = level ? level_of(b, level, node_value(level, "LEVEL", 0)) : -1;
    if (under)
        y->under =
            name_find(b, NOUN_BODY, NULL, under, node_value(under, "BODY", 0));
    y->seats = quoted_in(b, n, "seats", "who");
    y->since = vague_in(n, "since");
    y->until = vague_in(n, "until");
    if (is_later(y->since, y->until))
        find_error(b->f, node_kid(n, "until")->where, "",
                   "the body ends before it begins");
    y->formerly = build_formerly(b, n, "CODE", "Title", &y->n_formerly);
    y->mandate = quoted_in(b, n, "mandate", "sentence");
    fill_requires(b, y, n);
}

/* ---- people, desks */

static void fill_people(struct build *b, struct people *p, const struct node *n)
{
    size_t count = node_count(n, "BODY");

    p->shared = node_says(n, "shared");
    p->bodies = array_new(b->r, const struct body *, count);
    for (size_t k = 0; k < count; k++) {
        const struct body *y = name_find_new(b, NOUN_BODY, NULL, n, "BODY", k);

        if (y)
            p->bodies[p->n_bodies++] = y;
    }
}

static void fill_desks(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "desk", &r->n_desks);

    r->desks = array_new(r, struct desk, r->n_desks);
    for (size_t i = 0; i < r->n_desks; i++) {
        struct desk *d = &r->desks[i];
        size_t count = node_count(nodes[i], "CLUSTER");

        d->sector = r->sectors;
        d->name = keep(b, node_value(nodes[i], "Name", 0));
        d->where = nodes[i]->where;
        d->all = node_says(nodes[i], "all");
        d->at_once = number_in(nodes[i], "N");
        d->clusters = array_new(r, const struct cluster *, count);
        for (size_t k = 0; k < count; k++) {
            const struct cluster *c =
                name_find_new(b, NOUN_CLUSTER, NULL, nodes[i], "CLUSTER", k);

            if (c)
                d->clusters[d->n_clusters++] = c;
        }
        name_add(b, NOUN_DESK, NULL, d->name, d, d->where);
    }
}

/* ---- rotations */

static struct turn turn_of(struct build *b, const struct node *n, size_t k)
{
    const struct value *year = node_value(n, "YEAR", k);

    return (struct turn){
        name_find(b, NOUN_MEMBER, NULL, n, node_value(n, "CC", k)),
        year ? year->number : 0, NULL};
}

static void fill_turns(struct build *b, struct rotation *t,
                       const struct node *n)
{
    size_t count = node_count(n, "CC");

    t->held = array_new(b->r, struct turn, count);
    for (size_t k = 0; k < count; k++) {
        struct turn turn = turn_of(b, n, k);
        bool twice = false;

        for (size_t i = 0; i < t->n_held; i++)
            twice = twice || t->held[i].year == turn.year;
        if (twice && turn.year)
            find_error(b->f, node_where(n, node_value(n, "YEAR", k)), "",
                       "two hosts in %d", turn.year);
        else if (turn.member && turn.year)
            t->held[t->n_held++] = turn;
    }
}

static void fill_skips(struct build *b, struct rotation *t,
                       const struct node *n)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, "skip", &count);

    t->skips = array_new(b->r, struct turn, count);
    for (size_t i = 0; i < count; i++) {
        struct turn turn = turn_of(b, nodes[i], 0);

        turn.reason = keep(b, node_value(nodes[i], "reason", 0));
        if (turn.member && turn.year)
            t->skips[t->n_skips++] = turn;
    }
}

static void fill_exchanges(struct build *b, struct rotation *t,
                           const struct node *n)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, "exchange", &count);

    t->exchanges = array_new(b->r, struct exchange, count);
    for (size_t i = 0; i < count; i++) {
        struct exchange x = {turn_of(b, nodes[i], 0), turn_of(b, nodes[i], 1),
                             keep(b, node_value(nodes[i], "reason", 0))};

        x.a.reason = x.b.reason = x.reason;
        if (x.a.year && x.a.year == x.b.year)
            find_error(b->f, nodes[i]->where, "",
                       "an exchange within one cycle changes nothing");
        if (x.a.member && x.a.year && x.b.member && x.b.year)
            t->exchanges[t->n_exchanges++] = x;
    }
}

static void fill_rotation(struct build *b, struct rotation *t,
                          const struct node *n)
{
    const struct node *held = node_kid(n, "held");
    const struct node *starts = node_kid(n, "starts");

    t->held = array_new(b->r, struct turn, 0);
    if (held)
        fill_turns(b, t, held);
    if (starts)
        t->starts = turn_of(b, starts, 0);
    fill_skips(b, t, n);
    fill_exchanges(b, t, n);
}

void fill_bodies(struct build *b)
{
    struct rules *r = b->r;
    size_t n;
    const struct node **nodes = nodes_of(b, b->root, "body", &n);

    for (size_t i = 0; i < n; i++)
        fill_body(b, &r->bodies[i], nodes[i]);
    nodes = nodes_of(b, b->root, "people", &n);
    for (size_t i = 0; i < n; i++)
        fill_people(b, &r->people[i], nodes[i]);
    fill_desks(b);
    nodes = nodes_of(b, b->root, "rotation", &n);
    for (size_t i = 0; i < n; i++)
        fill_rotation(b, &r->rotations[i], nodes[i]);
}
