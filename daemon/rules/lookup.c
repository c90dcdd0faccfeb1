/*
 * Finding things in rules, and what dates mean to them.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/rules.h"

const struct partner *rules_partner(const struct rules *r, const char *code)
{
    for (size_t i = 0; i < r->n_partners; i++)
        if (text_same(r->partners[i].code, code))
            return &r->partners[i];
    return NULL;
}

static bool formers_have(const struct former *rows, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(rows[i].code, code))
            return true;
    return false;
}

static const struct member *member_once(const struct rules *r, const char *code)
{
    for (size_t i = 0; i < r->n_members; i++)
        if (formers_have(r->members[i].formerly, r->members[i].n_formerly,
                         code))
            return &r->members[i];
    return NULL;
}

const struct member *rules_member(const struct rules *r, const char *code)
{
    for (size_t i = 0; i < r->n_members; i++)
        if (text_same(r->members[i].code, code))
            return &r->members[i];
    return rules_partner(r, code) ? NULL : member_once(r, code);
}

const struct body *rules_body(const struct rules *r, const char *code)
{
    for (size_t i = 0; i < r->n_bodies; i++)
        if (text_same(r->bodies[i].code, code))
            return &r->bodies[i];
    return NULL;
}

const struct body *rules_body_once(const struct rules *r, const char *code)
{
    const struct body *b = rules_body(r, code);

    for (size_t i = 0; !b && i < r->n_bodies; i++)
        if (formers_have(r->bodies[i].formerly, r->bodies[i].n_formerly, code))
            b = &r->bodies[i];
    return b;
}

const struct cluster *rules_cluster(const struct rules *r, const char *code)
{
    for (size_t i = 0; i < r->n_clusters; i++)
        if (text_same(r->clusters[i].code, code))
            return &r->clusters[i];
    return NULL;
}

const struct sector *rules_sector(const struct rules *r, const char *cluster)
{
    const struct cluster *c = rules_cluster(r, cluster);

    return c ? c->sector : &r->sectors[0];
}

const struct people *rules_people(const struct rules *r, const struct sector *s,
                                  const char *name)
{
    for (size_t i = 0; *name && i < r->n_people; i++)
        if (r->people[i].sector == s && text_same(r->people[i].name, name))
            return &r->people[i];
    return NULL;
}

bool sector_has_member(const struct sector *s, const struct member *m)
{
    for (size_t i = 0; i < s->n_members; i++)
        if (s->members[i] == m)
            return true;
    return false;
}

bool sector_has_partner(const struct sector *s, const struct partner *p)
{
    for (size_t i = 0; i < s->n_partners; i++)
        if (s->partners[i] == p)
            return true;
    return false;
}

char *rules_title(TALLOC_CTX *ctx, const struct rules *r)
{
    char *all = memory_text(ctx, r->sectors[0].title);

    for (size_t i = 1; i < r->n_sectors; i++) {
        all = talloc_asprintf_append_buffer(
            all, "%s%s", i + 1 < r->n_sectors ? ", " : " and ",
            r->sectors[i].title);
        invariant(all);
    }
    return all;
}

char *rules_codes(TALLOC_CTX *ctx, const struct rules *r)
{
    char *all = memory_text(ctx, r->sectors[0].code);

    for (size_t i = 1; i < r->n_sectors; i++) {
        all = talloc_asprintf_append_buffer(all, ", %s", r->sectors[i].code);
        invariant(all);
    }
    return all;
}

const struct rotation *rules_rotation(const struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->n_rotations; i++)
        if (text_same(r->rotations[i].name, name))
            return &r->rotations[i];
    return NULL;
}

const struct workflow *rules_workflow(const struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->n_workflows; i++)
        if (text_same(r->workflows[i].name, name))
            return &r->workflows[i];
    return NULL;
}

const struct item_rule *cluster_item(const struct cluster *c, const char *code)
{
    for (size_t i = 0; i < c->n_items; i++)
        if (text_same(c->items[i].code, code))
            return &c->items[i];
    return NULL;
}

const struct place *rules_place(const struct rules *r, const char *city)
{
    for (size_t i = 0; i < r->n_places && city; i++)
        if (text_same(r->places[i].city, city))
            return &r->places[i];
    return NULL;
}

const struct zone *rules_zone(const struct rules *r,
                              const struct member *member, const char *city)
{
    const struct place *p = rules_place(r, city);

    if (p && (!member || p->in == member))
        return p->zone;
    return member ? member->zone : zone_utc();
}

bool member_is_in(const struct member *m, struct date on)
{
    return m->since.day <= on.day &&
           (date_is_none(m->until) || on.day <= m->until.day);
}

/* The first or the last day that a vague date can mean. */
static struct date vague_day(struct vague v, bool last)
{
    int month = v.month ? v.month : last ? 12 : 1;
    int day = v.day ? v.day : last ? date_days_in_month(v.year, month) : 1;

    return date_of(v.year, month, day);
}

/* A former name holds to the last day of the month or year that it names. */
static const struct former *former_on(const struct body *b, struct date on)
{
    for (size_t i = 0; i < b->n_formerly; i++) {
        const struct former *f = &b->formerly[i];

        if (on.day <= vague_day(f->until, true).day &&
            (f->from.year == 0 || vague_day(f->from, false).day <= on.day))
            return f;
    }
    return NULL;
}

const char *body_code_on(const struct body *b, struct date on)
{
    const struct former *f = former_on(b, on);

    return f ? f->code : b->code;
}

struct date yearly_in(struct yearly y, int year)
{
    int days = date_days_in_month(year, y.month);

    return date_of(year, y.month, y.day < days ? y.day : days);
}

/* Rounded down, also below zero. b > 0. */
static int divide(int a, int b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

bool rhythm_has(struct rhythm t, int cycle)
{
    return t.every < 2 || (cycle - t.from) % t.every == 0;
}

int rhythm_count(struct rhythm t, int first, int last)
{
    if (last <= first)
        return 0;
    if (t.every < 2)
        return last - first;
    return divide(last - 1 - t.from, t.every) -
           divide(first - 1 - t.from, t.every);
}

bool cluster_has_cycle(const struct cluster *c, int cycle)
{
    return (!c->since || cycle >= c->since) && rhythm_has(c->rhythm, cycle);
}

struct date cycle_first(const struct sector *s, int cycle)
{
    return yearly_in(s->cycle_from, cycle);
}

struct date cycle_last(const struct sector *s, int cycle)
{
    return date_add_days(cycle_first(s, cycle + 1), -1);
}

int cycle_of(const struct sector *s, struct date d)
{
    int year = date_civil(d).year;

    return d.day < cycle_first(s, year).day ? year - 1 : year;
}
