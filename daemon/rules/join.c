/*
 * Several files into one struct rules: their arrays one behind the other, and
 * every pointer moved along.
 *
 * 1. What two files say in the same words is there once: the first file's. A
 *    pointer of either file leads to it.
 * 2. The lists within a statement stay where they are, in the rules of their
 *    file, which hang on the joined ones; only what they point to is moved.
 *    Items and steps stand in such lists: pointers to them stay.
 */
#include <stddef.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/join.h"

/* The arrays of struct rules, but for the holidays, which holidays.c joins. */
enum list {
    LIST_SECTORS,
    LIST_MEMBERS,
    LIST_PARTNERS,
    LIST_PLACES,
    LIST_BODIES,
    LIST_PEOPLE,
    LIST_DESKS,
    LIST_ROTATIONS,
    LIST_CLUSTERS,
    LIST_WORKFLOWS,
    LIST_REMINDERS,
    LIST_AVOIDS,
    LIST_HELD,
    LISTS
};

struct list_row {
    const char *shared; /* keyword of what files share by name; NULL */
    size_t size, array, count;
};

#define ROW(shared, type, name)                                                \
    {                                                                          \
        shared, sizeof(struct type), offsetof(struct rules, name),             \
            offsetof(struct rules, n_##name)                                   \
    }

static const struct list_row lists[LISTS] = {
    [LIST_SECTORS] = ROW(NULL, sector, sectors),
    [LIST_MEMBERS] = ROW("member", member, members),
    [LIST_PARTNERS] = ROW("partner", partner, partners),
    [LIST_PLACES] = ROW("place", place, places),
    [LIST_BODIES] = ROW(NULL, body, bodies),
    [LIST_PEOPLE] = ROW(NULL, people, people),
    [LIST_DESKS] = ROW(NULL, desk, desks),
    [LIST_ROTATIONS] = ROW("rotation", rotation, rotations),
    [LIST_CLUSTERS] = ROW(NULL, cluster, clusters),
    [LIST_WORKFLOWS] = ROW("workflow", workflow, workflows),
    [LIST_REMINDERS] = ROW(NULL, reminder, reminders),
    [LIST_AVOIDS] = ROW(NULL, avoid, avoids),
    [LIST_HELD] = ROW(NULL, held, held),
};

/* One file, and where its elements went. */
struct part {
    const struct build *b;
    size_t *to[LISTS]; /* per element of the file: its index in the joined */
    bool *kept[LISTS]; /* it is the file's own, not an earlier one's */
};

struct join {
    TALLOC_CTX *tmp;
    struct rules *r;
    struct part *parts;
    size_t n;
};

/* ---- the arrays of struct rules by number */

static char *array_of(const struct rules *r, enum list l)
{
    char *array;

    memcpy(&array, (const char *)r + lists[l].array, sizeof array);
    return array;
}

static size_t count_of(const struct rules *r, enum list l)
{
    size_t n;

    memcpy(&n, (const char *)r + lists[l].count, sizeof n);
    return n;
}

static void set_array(struct rules *r, enum list l, char *array, size_t n)
{
    memcpy((char *)r + lists[l].array, &array, sizeof array);
    memcpy((char *)r + lists[l].count, &n, sizeof n);
}

/* ---- side by side */

/* An earlier file has the element already: its place among the joined ones. */
static bool is_there(const struct join *j, size_t part, enum list l,
                     const struct node *n, const struct build *parts,
                     size_t *ret)
{
    size_t first, at;

    if (!join_find(parts, part, lists[l].shared, join_code(n), &first, &at))
        return false;
    *ret = j->parts[first].to[l][at];
    return true;
}

static void lay_list(struct join *j, enum list l, const struct build *parts)
{
    size_t most = 0, n = 0, size = lists[l].size;
    char *array;

    for (size_t p = 0; p < j->n; p++)
        most += count_of(parts[p].r, l);
    array = memory_array(j->r, size, most, "rules");
    for (size_t p = 0; p < j->n; p++) {
        struct part *part = &j->parts[p];
        size_t count = count_of(parts[p].r, l);
        const char *own = array_of(parts[p].r, l);
        size_t n_nodes;
        const struct node **nodes =
            lists[l].shared
                ? nodes_of(&parts[p], parts[p].root, lists[l].shared, &n_nodes)
                : NULL;

        part->to[l] = array_new(j->tmp, size_t, count);
        part->kept[l] = array_new(j->tmp, bool, count);
        for (size_t i = 0; i < count; i++) {
            if (nodes && is_there(j, p, l, nodes[i], parts, &part->to[l][i]))
                continue;
            memcpy(array + n * size, own + i * size, size);
            part->kept[l][i] = true;
            part->to[l][i] = n++;
        }
    }
    set_array(j->r, l, array, n);
}

/* ---- what pointers lead to */

static void *moved(const struct join *j, const struct part *p, enum list l,
                   const void *old)
{
    size_t at;

    if (!old)
        return NULL;
    at = (size_t)((const char *)old - array_of(p->b->r, l)) / lists[l].size;
    return array_of(j->r, l) + p->to[l][at] * lists[l].size;
}

static const struct sector *to_sector(const struct join *j,
                                      const struct part *p)
{
    return moved(j, p, LIST_SECTORS, p->b->r->sectors);
}

static void move_members(const struct join *j, const struct part *p,
                         const struct member **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = moved(j, p, LIST_MEMBERS, list[i]);
}

static void move_partners(const struct join *j, const struct part *p,
                          const struct partner **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = moved(j, p, LIST_PARTNERS, list[i]);
}

static void move_bodies(const struct join *j, const struct part *p,
                        const struct body **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = moved(j, p, LIST_BODIES, list[i]);
}

static void move_clusters(const struct join *j, const struct part *p,
                          const struct cluster **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = moved(j, p, LIST_CLUSTERS, list[i]);
}

static void move_turns(const struct join *j, const struct part *p,
                       struct turn *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i].member = moved(j, p, LIST_MEMBERS, list[i].member);
}

/* ---- statements */

static void fix_sector(const struct join *j, const struct part *p, void *at)
{
    struct sector *s = at;

    move_members(j, p, s->members, s->n_members);
    move_partners(j, p, s->partners, s->n_partners);
    s->seat = moved(j, p, LIST_MEMBERS, s->seat);
}

static void fix_place(const struct join *j, const struct part *p, void *at)
{
    struct place *x = at;

    x->in = moved(j, p, LIST_MEMBERS, x->in);
}

static void fix_body(const struct join *j, const struct part *p, void *at)
{
    struct body *b = at;

    b->sector = to_sector(j, p);
    b->under = moved(j, p, LIST_BODIES, b->under);
    for (size_t i = 0; i < b->n_requires; i++) {
        struct require *q = &b->requires[i];

        q->with = moved(j, p, LIST_BODIES, q->with);
        move_partners(j, p, q->partners, q->n_partners);
        q->back_to_back_with = moved(j, p, LIST_CLUSTERS, q->back_to_back_with);
    }
}

/* Shared people are one group with those of that name in an earlier file. */
static const struct people *group_of(const struct join *j,
                                     const struct people *own)
{
    for (const struct people *o = j->r->people; o < own; o++)
        if (own->shared && o->shared && text_same(o->name, own->name))
            return o->group;
    return own;
}

static void fix_people(const struct join *j, const struct part *p, void *at)
{
    struct people *x = at;

    x->sector = to_sector(j, p);
    x->group = group_of(j, x);
    move_bodies(j, p, x->bodies, x->n_bodies);
}

static void fix_desk(const struct join *j, const struct part *p, void *at)
{
    struct desk *d = at;

    d->sector = to_sector(j, p);
    move_clusters(j, p, d->clusters, d->n_clusters);
}

static void fix_rotation(const struct join *j, const struct part *p, void *at)
{
    struct rotation *t = at;

    t->sector = to_sector(j, p);
    move_turns(j, p, t->held, t->n_held);
    move_turns(j, p, t->skips, t->n_skips);
    move_turns(j, p, &t->starts, 1);
    for (size_t i = 0; i < t->n_exchanges; i++) {
        move_turns(j, p, &t->exchanges[i].a, 1);
        move_turns(j, p, &t->exchanges[i].b, 1);
    }
}

static void fix_item(const struct join *j, const struct part *p,
                     struct item_rule *i)
{
    move_bodies(j, p, i->bodies, i->n_bodies);
    i->people = moved(j, p, LIST_PEOPLE, i->people);
    move_partners(j, p, i->partners, i->n_partners);
}

static void fix_cluster(const struct join *j, const struct part *p, void *at)
{
    struct cluster *c = at;

    c->sector = to_sector(j, p);
    c->rotation = moved(j, p, LIST_ROTATIONS, c->rotation);
    c->host_member = moved(j, p, LIST_MEMBERS, c->host_member);
    c->workflow = moved(j, p, LIST_WORKFLOWS, c->workflow);
    move_clusters(j, p, c->join, c->n_join);
    for (size_t i = 0; i < c->n_relations; i++)
        move_clusters(j, p, &c->relations[i].other, 1);
    for (size_t i = 0; i < c->n_needs; i++)
        move_clusters(j, p, &c->needs[i].by_cluster, 1);
    for (size_t i = 0; i < c->n_items; i++)
        fix_item(j, p, &c->items[i]);
    for (size_t i = 0; i < c->n_numbers; i++)
        move_partners(j, p, &c->numbers[i].partner, 1);
}

static void fix_workflow(const struct join *j, const struct part *p, void *at)
{
    struct workflow *w = at;

    for (size_t i = 0; i < w->n_steps; i++)
        move_bodies(j, p, &w->steps[i].owner_body, 1);
}

static void fix_reminder(const struct join *j, const struct part *p, void *at)
{
    ((struct reminder *)at)->sector = to_sector(j, p);
}

static void fix_avoid(const struct join *j, const struct part *p, void *at)
{
    ((struct avoid *)at)->sector = to_sector(j, p);
}

static void fix_held(const struct join *j, const struct part *p, void *at)
{
    struct held *h = at;

    h->cluster = moved(j, p, LIST_CLUSTERS, h->cluster);
    h->in = moved(j, p, LIST_MEMBERS, h->in);
}

static void fix_list(const struct join *j, const struct part *p, enum list l)
{
    static void (*const fixes[LISTS])(const struct join *, const struct part *,
                                      void *) = {
        [LIST_SECTORS] = fix_sector,     [LIST_PLACES] = fix_place,
        [LIST_BODIES] = fix_body,        [LIST_PEOPLE] = fix_people,
        [LIST_DESKS] = fix_desk,         [LIST_ROTATIONS] = fix_rotation,
        [LIST_CLUSTERS] = fix_cluster,   [LIST_WORKFLOWS] = fix_workflow,
        [LIST_REMINDERS] = fix_reminder, [LIST_AVOIDS] = fix_avoid,
        [LIST_HELD] = fix_held,
    };
    char *array = array_of(j->r, l);

    for (size_t i = 0; fixes[l] && i < count_of(p->b->r, l); i++)
        if (p->kept[l][i])
            fixes[l](j, p, array + p->to[l][i] * lists[l].size);
}

struct rules *join_rules(TALLOC_CTX *ctx, const struct build *parts, size_t n)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct join j = {.tmp = tmp,
                     .r = object_new(ctx, struct rules),
                     .parts = array_new(tmp, struct part, n),
                     .n = n};

    for (size_t p = 0; p < n; p++) {
        j.parts[p].b = &parts[p];
        (void)talloc_steal(j.r, parts[p].r);
    }
    for (int l = 0; l < LISTS; l++)
        lay_list(&j, (enum list)l, parts);
    for (size_t p = 0; p < n; p++)
        for (int l = 0; l < LISTS; l++)
            fix_list(&j, &j.parts[p], (enum list)l);
    talloc_free(tmp);
    return j.r;
}
