/*
 * Slot layout: depth-first search over the items' spots.
 *
 * 1. The item with the fewest spots left comes next, its spots cheapest
 *    first; ties go by the order of the items.
 * 2. What a placed item forbids others is taken from their lists at once and
 *    marked with the depth, so that undoing is one pass.
 * 3. Bound: cost so far (idle days of the groups included) plus the cheapest
 *    place left of every open item. Only what is
 * strictly cheaper than the best so far replaces it.
 */
#include "daemon/base/memory.h"
#include "daemon/plan/slots_model.h"

#define NODES_DEFAULT 60000

struct search {
    const struct model *m;
    bool any;
    int64_t budget, nodes;
    uint16_t **gone;    /* per item and place: depth that took it, 0 none */
    size_t *left;       /* per item: spots that are not gone */
    size_t *choice;     /* per item, when placed */
    uint16_t *depth_of; /* per item: 0 open, else the depth it was placed at */
    int64_t placed;     /* cost of placed items, without idle days */
    int64_t best;
    size_t *best_choice;
    int32_t *first, *last; /* per group, scratch */
    bool stop;
};

static int64_t search_idle(struct search *s)
{
    const struct slots_input *in = s->m->in;
    if (in->costs.idle_day == 0)
        return 0;
    for (size_t g = 0; g < in->n_groups; g++) {
        s->first[g] = INT32_MAX;
        s->last[g] = INT32_MIN;
    }
    for (size_t i = 0; i < s->m->n; i++) {
        if (s->depth_of[i] == 0 || s->m->absent[i])
            continue;
        const struct spot *p = &s->m->spots[i][s->choice[i]];
        for (size_t k = 0; k < in->items[i].n_groups; k++) {
            int g = in->items[i].groups[k];
            s->first[g] = p->first < s->first[g] ? p->first : s->first[g];
            s->last[g] = p->last > s->last[g] ? p->last : s->last[g];
        }
    }
    int64_t days = 0;
    for (size_t g = 0; g < in->n_groups; g++)
        if (s->first[g] <= s->last[g])
            days += s->last[g] - s->first[g];
    return days * in->costs.idle_day;
}

/* The cheapest place left of every open item but `but`. */
static int64_t search_rest(const struct search *s, size_t but)
{
    int64_t sum = 0;
    for (size_t i = 0; i < s->m->n; i++) {
        if (s->depth_of[i] != 0 || i == but || s->left[i] == 0)
            continue;
        size_t a = 0;
        while (s->gone[i][a] != 0)
            a++;
        sum += s->m->spots[i][a].cost;
    }
    return sum;
}

/* The open item with the fewest spots, fixed ones first (others look for
 * rooms beside them); m->n when all are placed. */
static size_t search_next(const struct search *s)
{
    for (size_t i = 0; i < s->m->n; i++)
        if (s->depth_of[i] == 0 && s->m->in->items[i].fixed)
            return i;
    size_t best = s->m->n;
    for (size_t i = 0; i < s->m->n; i++)
        if (s->depth_of[i] == 0 &&
            (best == s->m->n || s->left[i] < s->left[best]))
            best = i;
    return best;
}

/* How many placed items are going on at `minute`, the new one included. */
static int search_rooms_at(const struct search *s, int32_t minute)
{
    int rooms = 0;
    for (size_t i = 0; i < s->m->n; i++) {
        if (s->depth_of[i] == 0 || s->m->absent[i])
            continue;
        const struct spot *p = &s->m->spots[i][s->choice[i]];
        for (size_t k = 0; k < p->n_pieces; k++)
            rooms += p->pieces[k].from <= minute && minute < p->pieces[k].to;
    }
    return rooms;
}

/* Item `i` has just been placed: are there rooms enough at every moment that
 * something begins? (Fixed items are where an officer wants them.) */
static bool search_rooms_good(const struct search *s, size_t i)
{
    if (s->m->rooms == 0 || s->m->in->items[i].fixed)
        return true;
    const struct spot *p = &s->m->spots[i][s->choice[i]];
    for (size_t j = 0; j < s->m->n; j++) {
        if (s->depth_of[j] == 0 || s->m->absent[j])
            continue;
        const struct spot *q = &s->m->spots[j][s->choice[j]];
        for (size_t b = 0; b < q->n_pieces; b++)
            for (size_t a = 0; a < p->n_pieces; a++)
                if (p->pieces[a].from <= q->pieces[b].from &&
                    q->pieces[b].from < p->pieces[a].to &&
                    search_rooms_at(s, q->pieces[b].from) > s->m->rooms)
                    return false;
    }
    for (size_t a = 0; a < p->n_pieces; a++)
        if (search_rooms_at(s, p->pieces[a].from) > s->m->rooms)
            return false;
    return true;
}

/* Takes from open items what item i at its place forbids; false when one has
 * nothing left. */
static bool search_forbid(struct search *s, size_t i, uint16_t depth)
{
    const struct model *m = s->m;
    const struct spot *p = &m->spots[i][s->choice[i]];
    bool good = true;
    for (size_t j = 0; j < m->n && good; j++) {
        if (s->depth_of[j] != 0 || m->relations[i * m->n + j] == 0)
            continue;
        for (size_t b = 0; b < m->n_spots[j]; b++) {
            if (s->gone[j][b] == 0 &&
                !model_allows(m, i, p, j, &m->spots[j][b])) {
                s->gone[j][b] = depth;
                s->left[j]--;
            }
        }
        good = s->left[j] > 0;
    }
    return good;
}

static void search_restore(struct search *s, uint16_t depth)
{
    for (size_t j = 0; j < s->m->n; j++) {
        for (size_t b = 0; b < s->m->n_spots[j]; b++) {
            if (s->gone[j][b] == depth) {
                s->gone[j][b] = 0;
                s->left[j]++;
            }
        }
    }
}

static void search_keep(struct search *s)
{
    s->best = s->placed + search_idle(s);
    for (size_t i = 0; i < s->m->n; i++)
        s->best_choice[i] = s->choice[i];
    s->stop = s->any;
}

static void search_down(struct search *s, uint16_t depth)
{
    size_t i = search_next(s);
    if (i == s->m->n) {
        if (s->placed + search_idle(s) < s->best)
            search_keep(s);
        return;
    }
    int64_t rest = search_rest(s, i);
    for (size_t a = 0; a < s->m->n_spots[i] && !s->stop; a++) {
        int64_t cost = s->m->spots[i][a].cost;
        if (s->gone[i][a] != 0)
            continue;
        if (s->placed + cost + rest >= s->best)
            break; /* all later ones are dearer */
        if (s->nodes++ >= s->budget) {
            s->stop = true;
            break;
        }
        s->choice[i] = a;
        s->depth_of[i] = depth;
        s->placed += cost;
        if (s->placed + search_idle(s) + rest < s->best &&
            search_rooms_good(s, i) && search_forbid(s, i, depth))
            search_down(s, (uint16_t)(depth + 1));
        search_restore(s, depth);
        s->placed -= cost;
        s->depth_of[i] = 0;
    }
}

static struct search *search_new(TALLOC_CTX *ctx, const struct model *m,
                                 bool any)
{
    struct search *s = object_new(ctx, struct search);
    s->m = m;
    s->any = any;
    s->budget = m->in->nodes > 0 ? m->in->nodes : NODES_DEFAULT;
    s->best = INT64_MAX;
    s->gone = array_new(s, uint16_t *, m->n);
    s->left = array_new(s, size_t, m->n);
    s->choice = array_new(s, size_t, m->n);
    s->best_choice = array_new(s, size_t, m->n);
    s->depth_of = array_new(s, uint16_t, m->n);
    s->first = array_new(s, int32_t, m->in->n_groups);
    s->last = array_new(s, int32_t, m->in->n_groups);
    for (size_t i = 0; i < m->n; i++) {
        s->gone[i] = array_new(s, uint16_t, m->n_spots[i]);
        s->left[i] = m->n_spots[i];
    }
    return s;
}

/* Sits the group in it, in working hours that are to be found yet? */
static bool item_needs_hours(const struct slots_item *it, int group)
{
    if (it->fixed || it->length == SLOTS_EVENING || it->half == HALF_EVENING)
        return false;
    for (size_t k = 0; k < it->n_groups; k++)
        if (it->groups[k] == group)
            return true;
    return false;
}

/* Are there hours for all that each group sits in? Search alone would take for
 * ever to find out that eleven halves are not to be had in five days. */
static bool hours_suffice(const struct model *m)
{
    int64_t hours = 0;
    for (size_t i = 0; i < m->openings.windows.n; i++)
        hours += m->openings.windows.rows[i].span.to -
                 m->openings.windows.rows[i].span.from;
    for (size_t g = 0; g < m->in->n_groups; g++) {
        int64_t sum = 0;
        for (size_t i = 0; i < m->n; i++)
            if (m->group_on[g] && item_needs_hours(&m->in->items[i], (int)g))
                sum += m->least[i];
        if (sum > hours)
            return false;
    }
    return true;
}

struct found slots_search(TALLOC_CTX *ctx, const struct model *m, bool any)
{
    struct search *s = search_new(ctx, m, any);
    bool possible = m->n < UINT16_MAX - 1;
    for (size_t i = 0; i < m->n; i++) {
        if (m->absent[i]) /* placed, but nothing sees it */
            s->depth_of[i] = UINT16_MAX;
        possible = possible && m->n_spots[i] > 0;
    }
    if (possible && hours_suffice(m))
        search_down(s, 1);
    bool spent = s->nodes > s->budget;
    bool found = s->best != INT64_MAX;
    struct found f = {.cost = found ? s->best : 0,
                      .nodes = s->nodes,
                      .choice = s->best_choice};
    if (found)
        f.verdict = spent ? SLOTS_GOOD : SLOTS_BEST;
    else
        f.verdict = spent ? SLOTS_UNDECIDED : SLOTS_NONE;
    return f;
}
