/*
 * Whose turn it is, year by year, from the last known turn.
 *
 * Two sequences are kept apart. The *natural* turn walks the alphabet, one
 * step per cycle with an edition, and passes members that are not in, or are
 * skipped that year. The *host* is the natural turn after exchanges. The walk
 * always continues from the natural turn, so an exchange costs nobody a place.
 *
 * What is known: `held` of the rotation, `held` of the highest cluster that
 * uses the rotation (the others may meet elsewhere), facts about that cluster,
 * and `starts`. Facts win over the file, the rotation's own words over a
 * cluster's.
 */
#include "daemon/plan/rotation.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"

enum {
    EPOCH = 1990, /* where the alphabet begins when no turn is known at all */
    NOBODY = -1
};

struct walk {
    const struct rules *r;
    const struct rotation *rotation;
    const struct history *history;
    const struct cluster *anchor; /* the highest cluster of this rotation */
    const int *without;
    size_t n_without;
    const struct member **order; /* alphabetical */
    int n;
};

const char *rotation_sort_name(const char *name)
{
    return text_begins(name, "the ") ? name + 4 : name;
}

static int member_order(const void *left, const void *right)
{
    const struct member *const *a = left, *const *b = right;
    int order = text_compare(rotation_sort_name((*a)->name),
                             rotation_sort_name((*b)->name));

    return order ? order : strcmp((*a)->code, (*b)->code);
}

const struct member **rotation_order(TALLOC_CTX *ctx, const struct rules *r,
                                     const struct sector *s)
{
    size_t n = s ? s->n_members : r->n_members;
    const struct member **order = array_new(ctx, const struct member *, n);

    for (size_t i = 0; i < n; i++)
        order[i] = s ? s->members[i] : &r->members[i];
    if (n > 1)
        qsort(order, n, sizeof *order, member_order);
    return order;
}

const struct cluster *rotation_anchor(const struct rules *r,
                                      const struct rotation *rotation)
{
    const struct cluster *anchor = NULL;
    int highest = INT_MAX;

    for (size_t i = 0; i < r->n_clusters; i++) {
        const struct cluster *c = &r->clusters[i];
        int level = expand_level(c);
        if (c->host != HOST_ROTATION || c->rotation != rotation)
            continue;
        level = level < 0 ? INT_MAX : level;
        if (!anchor || level < highest) {
            anchor = c;
            highest = level;
        }
    }
    return anchor;
}

static int place_of(const struct walk *w, const struct member *m)
{
    for (int i = 0; i < w->n; i++)
        if (w->order[i] == m)
            return i;
    return NOBODY;
}

static const struct member *host_by_facts(const struct walk *w, int cycle)
{
    if (!w->history || !w->anchor)
        return NULL;
    for (size_t i = 0; i < w->history->n; i++) {
        const struct past *p = &w->history->rows[i];
        if (p->cycle == cycle && p->host &&
            text_same(p->cluster, w->anchor->code))
            return rules_member(w->r, p->host);
    }
    return NULL;
}

static const struct member *host_by_rules(const struct walk *w, int cycle)
{
    for (size_t i = 0; i < w->rotation->n_held; i++)
        if (w->rotation->held[i].year == cycle)
            return w->rotation->held[i].member;
    for (size_t i = 0; i < w->r->n_held; i++)
        if (w->r->held[i].cycle == cycle && w->anchor &&
            w->r->held[i].cluster == w->anchor)
            return w->r->held[i].in;
    return NULL;
}

/* Who is known to have had the turn of that cycle, or NULL. */
static const struct member *host_known(const struct walk *w, int cycle)
{
    const struct member *m = host_by_facts(w, cycle);

    return m ? m : host_by_rules(w, cycle);
}

/* The other side of an exchange that touches this cycle, or NULL. */
static const struct exchange *exchange_of(const struct walk *w, int cycle)
{
    for (size_t i = 0; i < w->rotation->n_exchanges; i++) {
        const struct exchange *x = &w->rotation->exchanges[i];
        if (x->a.year == cycle || x->b.year == cycle)
            return x;
    }
    return NULL;
}

static const struct member *swapped(const struct exchange *x,
                                    const struct member *m)
{
    if (x && m == x->a.member)
        return x->b.member;
    if (x && m == x->b.member)
        return x->a.member;
    return m;
}

static bool has_edition(const struct walk *w, int cycle)
{
    for (size_t i = 0; i < w->n_without; i++)
        if (w->without[i] == cycle)
            return false;
    return true;
}

static const struct turn *skip_of(const struct walk *w, const struct member *m,
                                  int cycle)
{
    for (size_t i = 0; i < w->rotation->n_skips; i++)
        if (w->rotation->skips[i].member == m &&
            w->rotation->skips[i].year == cycle)
            return &w->rotation->skips[i];
    return NULL;
}

static bool in_all_cycle(const struct walk *w, const struct member *m,
                         int cycle)
{
    return member_is_in(m, cycle_first(w->rotation->sector, cycle)) &&
           member_is_in(m, cycle_last(w->rotation->sector, cycle));
}

/* The place next to `at` (step +1 or -1) that may host in that cycle; `at`
 * itself when nobody else may. Appends to *passed who was skipped and why. */
static int next_place(TALLOC_CTX *ctx, const struct walk *w, int at, int cycle,
                      int step, char **passed)
{
    for (int k = 1; k <= w->n; k++) {
        int place = ((at + step * k) % w->n + w->n) % w->n;
        const struct member *m = w->order[place];
        const struct turn *skip = skip_of(w, m, cycle);

        if (!in_all_cycle(w, m, cycle))
            continue;
        if (!skip)
            return place;
        if (passed)
            *passed = text_format(
                ctx, "%s; %s passed%s%s", *passed ? *passed : "", m->code,
                skip->reason ? ": " : "", skip->reason ? skip->reason : "");
    }
    return at == NOBODY ? 0 : at;
}

/* The natural turn of a cycle about which something is known, or NOBODY. */
static int known_place(const struct walk *w, int cycle)
{
    const struct member *m = host_known(w, cycle);

    if (m)
        return place_of(w, swapped(exchange_of(w, cycle), m));
    if (w->rotation->starts.member && w->rotation->starts.year == cycle)
        return place_of(w, w->rotation->starts.member);
    return NOBODY;
}

/* The nearest cycle from `cycle` in steps of `step` whose turn is known. */
static bool known_near(const struct walk *w, int cycle, int step, int *ret)
{
    for (int c = cycle; c >= 1900 && c <= 2200; c += step)
        if (known_place(w, c) != NOBODY) {
            *ret = c;
            return true;
        }
    return false;
}

/* Turns before the first known one: the alphabet backwards. */
static int place_backwards(const struct walk *w, int known, int cycle)
{
    int at = known_place(w, known);

    for (int c = known - 1; c >= cycle; c--)
        if (has_edition(w, c))
            at = next_place(NULL, w, at, c, -1, NULL);
    return at;
}

/* The natural turn of `cycle`; *passed as next_place() has it. */
static int natural_place(TALLOC_CTX *ctx, const struct walk *w, int cycle,
                         int *ret_before, char **passed)
{
    int base, at = NOBODY, from = EPOCH;

    *ret_before = NOBODY;
    if (known_near(w, cycle, -1, &base)) {
        at = known_place(w, base);
        from = base + 1;
    } else if (known_near(w, cycle, 1, &base)) {
        return place_backwards(w, base, cycle);
    }
    for (int c = from; c <= cycle; c++) {
        if (c < cycle && !has_edition(w, c))
            continue;
        *ret_before = at;
        *passed = NULL;
        at = next_place(ctx, w, at, c, 1, passed);
    }
    return at;
}

/* Whose turn it is by nature in a year of an exchange. */
static const struct member *natural_host(TALLOC_CTX *ctx, const struct walk *w,
                                         int cycle)
{
    char *passed = NULL;
    int before;

    return w->order[natural_place(ctx, w, cycle, &before, &passed)];
}

/* "" when both turns are those of whom the exchange names; else why it is void:
 * it would cost somebody a place. */
static const char *why_void(TALLOC_CTX *ctx, const struct walk *w,
                            const struct exchange *x)
{
    const struct member *a, *b;

    if (!x)
        return "";
    a = natural_host(ctx, w, x->a.year);
    b = natural_host(ctx, w, x->b.year);
    if (a == x->a.member && b == x->b.member)
        return "";
    return text_format(ctx,
                       "; %s %d and %s %d are not exchanged: the turns are "
                       "those of %s and %s",
                       x->a.member->code, x->a.year, x->b.member->code,
                       x->b.year, a->code, b->code);
}

static struct rotation_turn turn_of(TALLOC_CTX *ctx, const struct walk *w,
                                    int cycle)
{
    const struct exchange *x = exchange_of(w, cycle);
    const struct member *known = host_known(w, cycle), *natural;
    const char *not_exchanged;
    char *passed = NULL;
    int before, place;

    if (known)
        return (struct rotation_turn){cycle, known, memory_text(ctx, "held")};
    place = natural_place(ctx, w, cycle, &before, &passed);
    natural = w->order[place];
    not_exchanged = why_void(ctx, w, x);
    if (x && !*not_exchanged)
        return (struct rotation_turn){
            cycle, swapped(x, natural),
            text_format(ctx, "exchanged: %s %d with %s %d%s%s",
                        x->a.member->code, x->a.year, x->b.member->code,
                        x->b.year, x->reason ? ": " : "",
                        x->reason ? x->reason : "")};
    if (before == NOBODY)
        return (struct rotation_turn){cycle, natural,
                                      text_format(ctx, "by the alphabet%s%s",
                                                  passed ? passed : "",
                                                  not_exchanged)};
    return (struct rotation_turn){
        cycle, natural,
        text_format(ctx, "in turn after %s%s%s", w->order[before]->code,
                    passed ? passed : "", not_exchanged)};
}

bool rotation_turns(TALLOC_CTX *ctx, const struct rules *r,
                    const struct rotation *rotation,
                    const struct history *history, int first, int last,
                    const int *without, size_t n_without,
                    struct rotation_turn **ret, struct error *err)
{
    struct walk w = {.r = r,
                     .rotation = rotation,
                     .history = history,
                     .anchor = rotation_anchor(r, rotation),
                     .without = without,
                     .n_without = n_without,
                     .n = (int)rotation->sector->n_members};
    struct rotation_turn *turns;

    if (w.n == 0)
        return fail(err, REPLY_NOTFOUND, "rotation %s: there are no members",
                    rotation->name);
    if (first > last)
        return fail(err, REPLY_INPUT, "rotation %s: %d is after %d",
                    rotation->name, first, last);
    w.order = rotation_order(ctx, r, rotation->sector);
    turns = array_new(ctx, struct rotation_turn, (size_t)(last - first + 1));
    for (int c = first; c <= last; c++)
        turns[c - first] = turn_of(ctx, &w, c);
    *ret = turns;
    return true;
}
