/*
 * Slot layout: the reasons that may be taken away, how any two items stand to
 * each other under those that hold, and all of it with the spots as one model.
 */
#include "daemon/plan/slots_model.h"
#include "daemon/base/memory.h"

bool reason_holds(const struct reasons_on *reasons, enum slots_reason_kind kind,
                  int item, int other)
{
    for (size_t i = 0; i < reasons->n; i++) {
        const struct slots_reason *r = &reasons->rows[i];
        if (r->kind == kind && r->item == item && r->other == other)
            return reasons->on[i];
    }
    return true;
}

/* ---- what may be taken away */

struct reason_list {
    struct slots_reason *rows;
    size_t n;
};

static void reason_add(TALLOC_CTX *ctx, struct reason_list *list,
                       enum slots_reason_kind kind, int item, int other)
{
    list->rows = array_grow(ctx, list->rows, struct slots_reason, list->n + 1);
    list->rows[list->n++] = (struct slots_reason){kind, item, other};
}

static bool item_is_bound(const struct slots_item *it,
                          enum slots_reason_kind kind)
{
    if (it->fixed || kind == SLOTS_WHY_FIXED)
        return it->fixed && kind == SLOTS_WHY_FIXED;
    /* The evening is no half to be let go: it opens hours, as a length does. */
    bool half = it->half == HALF_MORNING || it->half == HALF_AFTERNOON;
    return (kind == SLOTS_WHY_HALF && half) ||
           (kind == SLOTS_WHY_ON && it->on != 0) ||
           (kind == SLOTS_WHY_FIRST && it->first_day) ||
           (kind == SLOTS_WHY_LAST && it->last_day);
}

static void reasons_of_items(TALLOC_CTX *ctx, const struct slots_input *in,
                             enum slots_reason_kind kind,
                             struct reason_list *list)
{
    for (size_t i = 0; i < in->n_items; i++)
        if (item_is_bound(&in->items[i], kind))
            reason_add(ctx, list, kind, (int)i, -1);
}

static bool holds(const int *list, size_t n, int x)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == x)
            return true;
    return false;
}

static void reasons_of_groups(TALLOC_CTX *ctx, const struct slots_input *in,
                              struct reason_list *list)
{
    for (int g = 0; g < (int)in->n_groups; g++) {
        int sitting = 0;
        for (size_t i = 0; i < in->n_items; i++)
            sitting += holds(in->items[i].groups, in->items[i].n_groups, g);
        if (sitting > 1)
            reason_add(ctx, list, SLOTS_WHY_PEOPLE, g, -1);
    }
    for (int p = 0; p < (int)in->n_partners; p++) {
        int sitting = 0;
        for (size_t i = 0; i < in->n_items; i++)
            sitting += holds(in->items[i].partners, in->items[i].n_partners, p);
        if (sitting > 1)
            reason_add(ctx, list, SLOTS_WHY_PARTNER, p, -1);
    }
}

struct slots_reason *slots_reasons(TALLOC_CTX *ctx,
                                   const struct slots_input *in, size_t *ret_n)
{
    struct reason_list list = {NULL, 0};
    reasons_of_items(ctx, in, SLOTS_WHY_FIXED, &list);
    for (size_t d = 0; d < in->n_days; d++)
        if (in->days[d].n_closed > 0)
            reason_add(ctx, &list, SLOTS_WHY_CLOSED, (int)d, -1);
    reasons_of_items(ctx, in, SLOTS_WHY_HALF, &list);
    reasons_of_items(ctx, in, SLOTS_WHY_ON, &list);
    reasons_of_items(ctx, in, SLOTS_WHY_FIRST, &list);
    reasons_of_items(ctx, in, SLOTS_WHY_LAST, &list);
    for (size_t i = 0; i < in->n_items; i++)
        for (size_t k = 0; k < in->items[i].n_same_day; k++)
            reason_add(ctx, &list, SLOTS_WHY_SAME_DAY, (int)i,
                       in->items[i].same_day[k]);
    for (size_t i = 0; i < in->n_items; i++)
        for (size_t k = 0; k < in->items[i].n_after; k++)
            reason_add(ctx, &list, SLOTS_WHY_AFTER, (int)i,
                       in->items[i].after[k]);
    reasons_of_groups(ctx, in, &list);
    if (in->rooms > 0)
        reason_add(ctx, &list, SLOTS_WHY_ROOMS, 0, -1);
    *ret_n = list.n;
    return list.rows;
}

/* ---- relations */

bool items_share(const struct reasons_on *reasons, const struct slots_item *a,
                 const struct slots_item *b, bool partners)
{
    for (size_t k = 0; k < a->n_groups; k++)
        if (holds(b->groups, b->n_groups, a->groups[k]) &&
            reason_holds(reasons, SLOTS_WHY_PEOPLE, a->groups[k], -1))
            return true;
    for (size_t k = 0; partners && k < a->n_partners; k++)
        if (holds(b->partners, b->n_partners, a->partners[k]) &&
            reason_holds(reasons, SLOTS_WHY_PARTNER, a->partners[k], -1))
            return true;
    return false;
}

static bool lists_same(const int *a, size_t n_a, const int *b, size_t n_b)
{
    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Is there a relation with another item at all? */
static bool item_is_related(const struct slots_input *in, int item)
{
    const struct slots_item *it = &in->items[item];
    bool related = it->n_after > 0 || it->n_same_day > 0;
    for (size_t j = 0; j < in->n_items && !related; j++)
        related = holds(in->items[j].after, in->items[j].n_after, item) ||
                  holds(in->items[j].same_day, in->items[j].n_same_day, item);
    return related;
}

static bool reasons_same(const struct reasons_on *reasons, int i, int j)
{
    static const enum slots_reason_kind kinds[] = {
        SLOTS_WHY_HALF, SLOTS_WHY_ON, SLOTS_WHY_FIRST, SLOTS_WHY_LAST};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (reason_holds(reasons, kinds[k], i, -1) !=
            reason_holds(reasons, kinds[k], j, -1))
            return false;
    return true;
}

/* May two free meetings change places in any layout, at the same cost? Then
 * only the one with the order of the items is looked for. */
static bool items_alike(const struct slots_input *in,
                        const struct reasons_on *reasons, int i, int j)
{
    const struct slots_item *a = &in->items[i], *b = &in->items[j];
    return !a->block && !b->block && !a->fixed && !b->fixed && !a->told &&
           !b->told && a->length == b->length && a->n == b->n &&
           a->half == b->half && a->on == b->on &&
           a->first_day == b->first_day && a->last_day == b->last_day &&
           lists_same(a->groups, a->n_groups, b->groups, b->n_groups) &&
           lists_same(a->partners, a->n_partners, b->partners, b->n_partners) &&
           reasons_same(reasons, i, j) && !item_is_related(in, i) &&
           !item_is_related(in, j);
}

static uint8_t relation_of(const struct slots_input *in,
                           const struct reasons_on *reasons, int i, int j)
{
    const struct slots_item *a = &in->items[i], *b = &in->items[j];
    int bits = 0;
    if (!a->fixed && !b->fixed && items_share(reasons, a, b, true))
        bits |= REL_SHARES;
    if (a->fixed && b->fixed) /* an officer's word twice */
        return 0;
    if (items_alike(in, reasons, i, j))
        return (uint8_t)(bits | (i < j ? REL_LEADS : REL_FOLLOWS));
    if (holds(a->after, a->n_after, j) &&
        reason_holds(reasons, SLOTS_WHY_AFTER, i, j))
        bits |= REL_AFTER;
    if (holds(b->after, b->n_after, i) &&
        reason_holds(reasons, SLOTS_WHY_AFTER, j, i))
        bits |= REL_BEFORE;
    if (holds(a->same_day, a->n_same_day, j) &&
        reason_holds(reasons, SLOTS_WHY_SAME_DAY, i, j))
        bits |= REL_WITHIN;
    if (holds(b->same_day, b->n_same_day, i) &&
        reason_holds(reasons, SLOTS_WHY_SAME_DAY, j, i))
        bits |= REL_CONTAINS;
    return (uint8_t)bits;
}

static bool spots_meet(const struct spot *p, const struct spot *q)
{
    if (!spans_meet(p->span, q->span))
        return false;
    for (size_t i = 0; i < p->n_pieces; i++)
        for (size_t j = 0; j < q->n_pieces; j++)
            if (spans_meet(p->pieces[i], q->pieces[j]))
                return true;
    return false;
}

bool model_allows(const struct model *m, size_t i, const struct spot *p,
                  size_t j, const struct spot *q)
{
    uint8_t bits = m->relations[i * m->n + j];
    if ((bits & REL_SHARES) && spots_meet(p, q))
        return false;
    if ((bits & REL_AFTER) && p->span.from < q->span.to)
        return false;
    if ((bits & REL_BEFORE) && q->span.from < p->span.to)
        return false;
    if ((bits & REL_LEADS) && p->span.from > q->span.from)
        return false;
    if ((bits & REL_FOLLOWS) && q->span.from > p->span.from)
        return false;
    if ((bits & REL_WITHIN) && (p->first < q->first || p->last > q->last))
        return false;
    return !(bits & REL_CONTAINS) ||
           (q->first >= p->first && q->last <= p->last);
}

/* The least time of the openings that any spot takes. */
static int32_t spots_least(const struct spot *spots, size_t n)
{
    int32_t least = 0;
    for (size_t a = 0; a < n; a++) {
        int32_t sum = 0;
        for (size_t k = 0; k < spots[a].n_pieces; k++)
            sum += spots[a].pieces[k].to - spots[a].pieces[k].from;
        least = a == 0 || sum < least ? sum : least;
    }
    return least;
}

struct model *model_new(TALLOC_CTX *ctx, const struct slots_input *in,
                        const struct reasons_on *reasons)
{
    struct model *m = object_new(ctx, struct model);
    m->in = in;
    m->n = in->n_items;
    m->openings = openings_of(m, in, reasons);
    m->absent = array_new(m, bool, m->n);
    m->spots = array_new(m, struct spot *, m->n);
    m->n_spots = array_new(m, size_t, m->n);
    m->relations = array_new(m, uint8_t, m->n * m->n);
    m->rooms = reason_holds(reasons, SLOTS_WHY_ROOMS, 0, -1) ? in->rooms : 0;
    m->least = array_new(m, int32_t, m->n);
    m->group_on = array_new(m, bool, in->n_groups);
    for (size_t g = 0; g < in->n_groups; g++)
        m->group_on[g] = reason_holds(reasons, SLOTS_WHY_PEOPLE, (int)g, -1);
    for (size_t i = 0; i < m->n; i++) {
        const struct slots_item *it = &in->items[i];
        for (size_t j = 0; j < m->n; j++)
            if (i != j)
                m->relations[i * m->n + j] =
                    relation_of(in, reasons, (int)i, (int)j);
        m->n_spots[i] = 1;
        m->absent[i] =
            it->fixed && !reason_holds(reasons, SLOTS_WHY_FIXED, (int)i, -1);
        m->spots[i] = it->fixed ? spot_fixed(m, it)
                                : spots_of(m, m, reasons, it, &m->n_spots[i]);
        m->least[i] = spots_least(m->spots[i], m->n_spots[i]);
    }
    return m;
}
