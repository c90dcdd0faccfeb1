/*
 * Contacts: the words of their rows, whose clock they live by, and what
 * concerns them.
 *
 * 1. A contact without bodies stands for all bodies of its member, partner or
 *    desk.
 * 2. What has no body (an open event) concerns the desk, the host and the
 *    partners that take part, nobody else.
 * 3. A member's contacts hear of nothing that happens outside its membership.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"

static const char *const role_words[] = {
    [ROLE_DELEGATE] = "delegate", [ROLE_FOCAL] = "focal",
    [ROLE_HOST] = "host",         [ROLE_DESK] = "desk",
    [ROLE_PARTNER] = "partner",
};

static const char *const channel_words[] = {
    [CHANNEL_FEED] = "feed",
    [CHANNEL_INVITE] = "invite",
    [CHANNEL_NONE] = "none",
};

const char *role_word(enum role r)
{
    return role_words[r];
}

bool role_parse(const char *word, enum role *ret)
{
    for (enum role r = 0; r <= ROLE_PARTNER; r++)
        if (text_same(word, role_words[r])) {
            *ret = r;
            return true;
        }
    return false;
}

const char *channel_word(enum channel c)
{
    return channel_words[c];
}

bool channel_parse(const char *word, enum channel *ret)
{
    for (enum channel c = 0; c <= CHANNEL_NONE; c++)
        if (text_same(word, channel_words[c])) {
            *ret = c;
            return true;
        }
    return false;
}

/* ---- clocks */

static const struct zone *known_zone(const struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->n_members; i++)
        if (strcmp(zone_name(r->members[i].zone), name) == 0)
            return r->members[i].zone;
    for (size_t i = 0; i < r->n_partners; i++)
        if (strcmp(zone_name(r->partners[i].zone), name) == 0)
            return r->partners[i].zone;
    for (size_t i = 0; i < r->n_places; i++)
        if (strcmp(zone_name(r->places[i].zone), name) == 0)
            return r->places[i].zone;
    return NULL;
}

/* Zones that the rules do not name are read once and kept until they are
 * forgotten; only the loop thread loads them. */
static struct {
    const struct zone **rows;
    size_t n;
} others;

static const struct zone *other_zone(const char *name)
{
    const struct zone *z;

    for (size_t i = 0; i < others.n; i++)
        if (strcmp(zone_name(others.rows[i]), name) == 0)
            return others.rows[i];
    others.rows =
        array_grow(NULL, others.rows, const struct zone *, others.n + 1);
    if (!zone_load(others.rows, name, &z, NULL))
        return NULL;
    others.rows[others.n++] = z;
    return z;
}

const struct zone *office_zone(const struct rules *r, const char *name)
{
    const struct zone *z = known_zone(r, name);

    return z ? z : other_zone(name);
}

void office_forget_zones(void)
{
    talloc_free(others.rows);
    others.rows = NULL;
    others.n = 0;
}

const struct sector *contact_sector(const struct rules *r,
                                    const struct contact *c)
{
    for (size_t i = 0; i < c->n_bodies; i++) {
        const struct body *b = rules_body(r, c->bodies[i]);

        if (b)
            return b->sector;
    }
    return &r->sectors[0];
}

static const struct zone *home_zone(const struct rules *r,
                                    const struct contact *c)
{
    const struct member *m = rules_member(r, c->of);
    const struct partner *p = rules_partner(r, c->of);
    const struct sector *s = contact_sector(r, c);

    if (m)
        return m->zone;
    if (p)
        return p->zone;
    return s->seat ? rules_zone(r, s->seat, s->seat_city) : zone_utc();
}

const struct zone *contact_zone(const struct rules *r, const struct contact *c)
{
    const struct zone *z = c->zone && *c->zone ? office_zone(r, c->zone) : NULL;

    return z ? z : home_zone(r, c);
}

/* ---- what concerns whom */

bool bodies_hold(const char *const *bodies, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(bodies[i], code))
            return true;
    return false;
}

void codes_renew(TALLOC_CTX *ctx, const struct rules *r, const char **codes,
                 size_t *n)
{
    size_t kept = 0;

    for (size_t i = 0; i < *n; i++) {
        const struct body *b = rules_body_once(r, codes[i]);
        bool renamed = b && !text_same(b->code, codes[i]);

        if (!bodies_hold(codes, kept, renamed ? b->code : codes[i]))
            codes[kept++] = renamed ? memory_text(ctx, b->code) : codes[i];
    }
    *n = kept;
}

const char *party_code(const struct rules *r, const char *of)
{
    const struct member *m = rules_member(r, of);
    const struct partner *p = rules_partner(r, of);

    return m ? m->code : p ? p->code : of;
}

void hosts_renew(struct plan *plan, const struct rules *r)
{
    for (size_t i = 0; i < plan->n_editions; i++) {
        struct edition *e = &plan->editions[i];
        const struct member *m = *e->host ? rules_member(r, e->host) : NULL;

        if (m && !text_same(m->code, e->host))
            e->host = memory_text(plan, m->code);
    }
}

bool contact_has_body(const struct contact *c, const char *code)
{
    return c->n_bodies == 0 ||
           bodies_hold((const char *const *)c->bodies, c->n_bodies, code);
}

bool contact_has_any(const struct contact *c, const char *const *bodies,
                     size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (contact_has_body(c, bodies[i]))
            return true;
    return false;
}

bool contact_touches(const struct rules *r, const struct contact *c,
                     const struct item *i, bool without)
{
    const struct people *p =
        rules_people(r, past_sector(r, i->edition), i->people);

    if (i->n_bodies == 0 && !p)
        return without;
    for (size_t k = 0; p && k < p->n_bodies; k++)
        if (contact_has_body(c, p->bodies[k]->code))
            return true;
    return contact_has_any(c, (const char *const *)i->bodies, i->n_bodies);
}

/* Is the partner in the item: its own consultation, or one of those whom the
 * item's rule invites? */
static bool partner_is_in(const struct rules *r, const char *code,
                          const struct item *i)
{
    const struct cluster *c;
    const struct item_rule *rule;

    if (*i->partner)
        return text_same(i->partner, code);
    c = i->one_off ? NULL : past_cluster(r, i->edition);
    rule = c ? cluster_item(c, i->code) : NULL;
    for (size_t k = 0; rule && k < rule->n_partners; k++)
        if (text_same(rule->partners[k]->code, code))
            return true;
    return false;
}

/* Is the item held on the member's ground? A city that the rules do not know
 * is judged by its zone. */
static bool is_ground_of(const struct rules *r, const char *code,
                         const struct item *i)
{
    const struct member *m = rules_member(r, code);
    const struct place *place = rules_place(r, i->city);

    if (!m)
        return false;
    if (place)
        return place->in == m;
    for (size_t k = 0; k < r->n_members; k++)
        if (r->members[k].city && text_same(r->members[k].city, i->city))
            return &r->members[k] == m;
    return strcmp(zone_name(m->zone), i->zone) == 0;
}

bool contact_is_partner(const struct rules *r, const struct contact *c)
{
    return c->role == ROLE_PARTNER ||
           (contact_is_delegate(c) && !rules_member(r, c->of) &&
            rules_partner(r, c->of));
}

bool contact_is_delegate(const struct contact *c)
{
    return c->role == ROLE_DELEGATE || c->role == ROLE_FOCAL;
}

bool contact_hears_item(const struct rules *r, const struct contact *c,
                        const struct item *i)
{
    const struct member *m;

    if (c->role == ROLE_DESK)
        return contact_touches(r, c, i, true);
    if (contact_is_partner(r, c))
        return partner_is_in(r, c->of, i) && contact_touches(r, c, i, true);
    m = rules_member(r, c->of);
    if (!m || !member_is_in(m, i->start.date) ||
        !sector_has_member(past_sector(r, i->edition), m))
        return false;
    if (c->role == ROLE_HOST)
        return is_ground_of(r, c->of, i) && contact_touches(r, c, i, true);
    return contact_touches(r, c, i, false);
}

/* ---- mail */

bool contact_is_suspended(const struct contact *c)
{
    return c->refusals >= 2;
}

bool contact_is_mailed(const struct contact *c)
{
    return c->channel != CHANNEL_NONE && !contact_is_suspended(c);
}

bool contact_is_subscribed(const struct contact *c)
{
    return contact_is_mailed(c) && !c->unsubscribed;
}

/* ---- tasks */

static bool has_task_body(const struct contact *c, const struct task *t)
{
    return t->n_bodies == 0 ||
           contact_has_any(c, (const char *const *)t->bodies, t->n_bodies);
}

bool contact_owns(const struct rules *r, const struct contact *c,
                  const struct task *t, const struct edition *e)
{
    switch (t->owner_kind) {
    case OWNER_HOST:
        return *e->host && text_same(c->of, e->host) &&
               (c->role == ROLE_HOST || contact_is_delegate(c)) &&
               has_task_body(c, t);
    case OWNER_SECRETARIAT:
        return c->role == ROLE_DESK && has_task_body(c, t);
    case OWNER_MEMBERS:
        return contact_is_delegate(c) && text_same(c->of, t->owner) &&
               has_task_body(c, t);
    case OWNER_PARTNERS:
        return contact_is_partner(r, c) && text_same(c->of, t->owner) &&
               has_task_body(c, t);
    case OWNER_BODY:
        return contact_is_delegate(c) && rules_member(r, c->of) &&
               contact_has_body(c, t->owner);
    }
    return false;
}
