/*
 * Who may host: the turn of a rotation, one member, or, where any member may,
 * a proposal that spreads the work.
 *
 * 1. The turn of a cycle is the same for all clusters of a rotation; a cycle
 *    whose highest cluster has no edition costs nobody a turn.
 * 2. A proposal is the alphabetical turn by cluster and cycle among the members
 *    that do not host in that cycle yet, so it does not depend on dates.
 * 3. The host of a released edition stays on offer beside the proposal.
 * 4. An edition that is only asked about keeps the host that was agreed.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"
#include "daemon/plan/rotation.h"

int16_t expand_host(const struct problem *p, const char *code)
{
    for (size_t i = 0; code && *code && i < p->n_hosts; i++)
        if (text_same(p->hosts[i]->code, code))
            return (int16_t)i;
    return -1;
}

static const char *held_host(const struct expansion *x, const struct holding *h)
{
    for (size_t i = 0; i < x->n_held; i++)
        if (x->held[i].cluster == h->cluster &&
            x->held[i].from.day == h->start.day)
            return x->held[i].host;
    return NULL;
}

static void host_add(struct expansion *x, struct holding *h, int16_t host)
{
    for (size_t i = 0; i < h->n_hosts; i++)
        if (h->hosts[i] == host)
            return;
    h->hosts = array_grow(x->p, h->hosts, int16_t, h->n_hosts + 1);
    h->hosts[h->n_hosts++] = host;
}

/* ---- rotations */

static bool window_is_over(const struct expansion *x, const struct cluster *c,
                           int cycle)
{
    struct date from, to;

    expand_window(c, cycle, &from, &to);
    return to.day < expand_day(x, c)->earliest.day;
}

/* No edition of the rotation's highest cluster in that cycle, now or ever. */
static bool is_without(const struct expansion *x, const struct cluster *c,
                       int cycle)
{
    const struct plan *draft = x->in->draft;
    bool cancelled = false;

    for (size_t i = 0; i < x->n_held; i++)
        if (x->held[i].cluster == c && x->held[i].cycle == cycle)
            return false;
    for (size_t i = 0; draft && i < draft->n_editions; i++) {
        const struct edition *e = &draft->editions[i];
        if (e->cycle != cycle || !text_same(e->cluster, c->code))
            continue;
        if (e->status == EDITION_CANCELLED)
            cancelled = true;
        else if (e->status != EDITION_LAPSED &&
                 (e->status != EDITION_PROPOSED || e->pinned ||
                  (!date_is_none(e->start) &&
                   e->start.day <= expand_day(x, c)->today.day)))
            return false;
    }
    return cancelled || !cluster_has_cycle(c, cycle) ||
           window_is_over(x, c, cycle);
}

/* History and the held editions of the draft, as one. */
static struct history *history_of(const struct expansion *x, TALLOC_CTX *ctx)
{
    const struct plan *draft = x->in->draft;
    size_t n_facts = x->in->history ? x->in->history->n : 0;
    size_t n_draft = draft ? draft->n_editions : 0;
    struct history *all = object_new(ctx, struct history);

    all->rows = array_new(ctx, struct past, n_facts + n_draft);
    for (size_t i = 0; i < n_facts; i++)
        all->rows[all->n++] = x->in->history->rows[i];
    for (size_t i = 0; i < n_draft; i++) {
        const struct edition *e = &draft->editions[i];
        if (e->status == EDITION_HELD && e->host && *e->host)
            all->rows[all->n++] = (struct past){e->cluster, e->cycle, e->start,
                                                e->end,     e->host,  e->city};
    }
    return all;
}

enum { CYCLE_FIRST = 1990, CYCLES_MOST = 112 };

static bool turns_of(const struct expansion *x, TALLOC_CTX *ctx,
                     const struct rotation *rotation, int first, int last,
                     struct rotation_turn **ret, struct error *err)
{
    const struct cluster *anchor = rotation_anchor(x->rules, rotation);
    int without[CYCLES_MOST];
    size_t n = 0;

    for (int c = CYCLE_FIRST; anchor && c <= last && n < CYCLES_MOST; c++)
        if (is_without(x, anchor, c))
            without[n++] = c;
    return rotation_turns(ctx, x->rules, rotation, history_of(x, ctx), first,
                          last, without, n, ret, err);
}

bool planning_turns(TALLOC_CTX *ctx, const struct planning *in,
                    const struct rotation *rotation, struct rotation_turn **ret,
                    struct error *err)
{
    struct expansion x = {.in = in, .rules = in->rules};

    x.held = expand_held(ctx, in, &x.n_held);
    expand_today(&x, ctx);
    return turns_of(&x, ctx, rotation, in->first_cycle, in->last_cycle, ret,
                    err);
}

static void hosts_by_rotation(struct expansion *x,
                              const struct rotation *rotation)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct rotation_turn *turns;

    if (turns_of(x, ctx, rotation, x->in->first_cycle - 1,
                 x->in->last_cycle + 1, &turns, NULL))
        for (size_t i = 0; i < x->n_holdings; i++) {
            struct holding *h = &x->holdings[i];
            if (h->n_hosts > 0 || h->cluster->host != HOST_ROTATION ||
                h->cluster->rotation != rotation)
                continue;
            const struct member *m =
                turns[h->cycle - x->in->first_cycle + 1].host;
            host_add(x, h, expand_host(x->p, m->code));
        }
    talloc_free(ctx);
}

/* ---- proposals */

/* A place in the alphabet that depends on the code alone. */
static unsigned code_turn(const char *code)
{
    unsigned sum = 0;

    for (; *code; code++)
        sum += (unsigned char)*code;
    return sum;
}

/* Does it host another edition of the same sector and cycle? */
static bool hosts_beside(const struct expansion *x, int16_t host,
                         const struct holding *beside)
{
    for (size_t i = 0; i < x->n_holdings; i++) {
        const struct holding *h = &x->holdings[i];
        if (h->cycle != beside->cycle ||
            h->cluster->sector != beside->cluster->sector)
            continue;
        for (size_t k = 0; k < h->n_hosts; k++)
            if (h->hosts[k] == host)
                return true;
    }
    return false;
}

/* Did the draft place it next to an edition it may share a trip with? */
static bool draft_is_joined(const struct expansion *x, const struct edition *e,
                            const struct cluster *c)
{
    for (size_t i = 0; i < x->in->draft->n_editions; i++) {
        const struct edition *o = &x->in->draft->editions[i];
        for (size_t k = 0; k < c->n_join; k++)
            if (o->cycle == e->cycle && !date_is_none(o->start) &&
                text_same(o->cluster, c->join[k]->code) &&
                text_same(o->host, e->host) &&
                o->start.day - e->end.day <= JOIN_APART &&
                e->start.day - o->end.day <= JOIN_APART)
                return true;
    }
    return false;
}

/* The host proposed before stays proposed: -1 when there is none to keep. */
static int16_t host_kept(const struct expansion *x, const struct holding *h)
{
    const struct edition *e = h->draft;
    int16_t host = e ? expand_host(x->p, e->host) : (int16_t)-1;

    if (host < 0 || x->in->fresh || date_is_none(e->start) ||
        !member_is_in(x->p->hosts[host], h->from) ||
        !member_is_in(x->p->hosts[host], h->to) ||
        draft_is_joined(x, e, h->cluster))
        return -1;
    return host;
}

static void host_propose(struct expansion *x, struct holding *h)
{
    const struct sector *s = h->cluster->sector;
    const struct member **order = rotation_order(x->p, x->rules, s);
    size_t n = s->n_members;
    unsigned turn =
        code_turn(h->cluster->code) + (unsigned)h->cycle + (unsigned)h->n;

    for (int busy = 0; busy < 2; busy++)
        for (size_t k = 0; k < n; k++) {
            const struct member *m = order[(turn + k) % n];
            int16_t host = expand_host(x->p, m->code);
            if (!member_is_in(m, h->from) || !member_is_in(m, h->to) ||
                (!busy && hosts_beside(x, host, h)))
                continue;
            host_add(x, h, host);
            return;
        }
}

static void hosts_proposed(struct expansion *x)
{
    for (size_t i = 0; i < x->n_holdings; i++) {
        struct holding *h = &x->holdings[i];
        if (h->n_hosts == 0 && h->cluster->host == HOST_ANY &&
            host_kept(x, h) >= 0)
            host_add(x, h, host_kept(x, h));
    }
    for (size_t i = 0; i < x->n_holdings; i++) {
        struct holding *h = &x->holdings[i];
        if (h->n_hosts == 0 && h->cluster->host == HOST_ANY)
            host_propose(x, h);
        if (h->cluster->host == HOST_ANY && !h->fixed && h->released) {
            int16_t offer = expand_host(x->p, h->released->host);
            if (offer >= 0)
                host_add(x, h, offer);
        }
    }
}

/* The host that an officer fixed stays the host of an edition whose date is
 * asked about. */
static const char *host_agreed(const struct expansion *x,
                               const struct holding *h)
{
    const struct edition *e = h->draft;
    bool asked = x->in->loosen && h->name && text_same(x->in->loosen, h->name);

    return asked && e && (e->status == EDITION_CONFIRMED || e->pinned) &&
                   e->host && *e->host
               ? e->host
               : NULL;
}

void expand_hosts(struct expansion *x)
{
    for (size_t i = 0; i < x->n_holdings; i++) {
        struct holding *h = &x->holdings[i];
        h->hosts = array_new(x->p, int16_t, 0);
        if (x->probe && x->probe->host && *x->probe->host &&
            text_same(x->probe->id, h->name))
            host_add(x, h, expand_host(x->p, x->probe->host));
        else if (h->fixed)
            host_add(x, h,
                     expand_host(x->p, h->held && held_host(x, h)
                                           ? held_host(x, h)
                                       : h->draft ? h->draft->host
                                                  : NULL));
        else if (host_agreed(x, h))
            host_add(x, h, expand_host(x->p, host_agreed(x, h)));
        else if (h->cluster->host == HOST_MEMBER && h->cluster->host_member)
            host_add(x, h, expand_host(x->p, h->cluster->host_member->code));
    }
    for (size_t i = 0; i < x->rules->n_rotations; i++)
        hosts_by_rotation(x, &x->rules->rotations[i]);
    hosts_proposed(x);
    for (size_t i = 0; i < x->n_holdings; i++)
        if (x->holdings[i].n_hosts == 0)
            host_add(x, &x->holdings[i], -1);
}
