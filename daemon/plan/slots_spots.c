/*
 * Slot layout: every legal place (a spot) of one item, with its cost.
 *
 * 1. A spot is legal by itself: length, part of the day, weekday, first or
 *    last day, and it keeps clear of fixed items. What two free items owe each
 *    other is in model_allows() alone.
 * 2. A block flows: each session begins when the one before ends, or behind
 *    the fixed item or the break that is in its way.
 *    One that people know flows a second way, too: with the gaps that they
 *    know, as far as its sessions can begin when they know.
 * 3. Spots are sorted by cost, then time.
 */
#include "daemon/base/memory.h"
#include "daemon/plan/slots_model.h"

/* What making the spots of one item needs. */
struct maker {
    const struct slots_input *in;
    const struct slots_item *item;
    const struct reasons_on *reasons;
    const struct openings *openings;
    struct segments segments; /* where it may be */
    struct span *fixed;       /* what it keeps clear of */
    size_t n_fixed, sessions;
    struct clock_memo memo;
    TALLOC_CTX *scratch;
};

/* The end of a fixed item that stands in the way of `span`, 0 when free. */
static int32_t maker_blocked(const struct maker *k, struct span span)
{
    for (size_t i = 0; i < k->n_fixed; i++)
        if (spans_meet(k->fixed[i], span))
            return k->fixed[i].to;
    return 0;
}

/* Is the working time of a whole half, day or evening free? */
static bool maker_free(const struct maker *k, struct span span)
{
    const struct segments *w = &k->openings->windows;
    if (k->item->length == SLOTS_EVENING)
        return maker_blocked(k, span) == 0;
    for (size_t i = 0; i < w->n; i++)
        if (spans_meet(w->rows[i].span, span) &&
            maker_blocked(k, w->rows[i].span) != 0)
            return false;
    return true;
}

/* A session of n minutes from `at` on; exact: there or nowhere. */
static bool maker_minutes(const struct maker *k, bool exact, size_t *seg,
                          int32_t *at, struct span *ret)
{
    while (*seg < k->segments.n) {
        struct span s = k->segments.rows[*seg].span;
        struct span want = {*at > s.from ? *at : s.from, 0};
        want.to = want.from + k->item->n;
        int32_t blocked = want.to <= s.to ? maker_blocked(k, want) : 0;
        if (want.to <= s.to && blocked == 0) {
            *at = want.to;
            *ret = want;
            return true;
        }
        if (exact)
            return false;
        if (blocked != 0)
            *at = blocked;
        else
            ++*seg;
    }
    return false;
}

/* A session over whole segments, from *seg on. */
static bool maker_whole(const struct maker *k, bool exact, size_t *seg,
                        struct span *ret)
{
    size_t n = k->item->length == SLOTS_DAYS ? (size_t)k->item->n : 1;
    for (; *seg < k->segments.n && n <= k->segments.n - *seg; ++*seg) {
        const struct segment *first = &k->segments.rows[*seg];
        const struct segment *last = first + n - 1;
        bool good = last->day - first->day == (int)n - 1 || n == 1;
        for (const struct segment *s = first; good && s <= last; s++)
            good = maker_free(k, s->span);
        if (good) {
            *ret = (struct span){first->span.from, last->span.to};
            *seg += n;
            return true;
        }
        if (exact)
            return false;
    }
    return false;
}

/* The first beginning from `at` on that people know; `at` without. */
static int32_t maker_told(const struct maker *k, int32_t at)
{
    int32_t next = INT32_MAX;
    for (size_t s = 0; s < k->sessions; s++) {
        int32_t told = k->item->told ? k->item->told[s].start : -1;
        next = told >= at && told < next ? told : next;
    }
    return next == INT32_MAX ? at : next;
}

/* All sessions from segment `seg` and minute `at` on. */
static bool maker_sessions(const struct maker *k, size_t seg, int32_t at,
                           bool waits, struct span *sessions)
{
    for (size_t s = 0; s < k->sessions; s++) {
        bool exact = s == 0;
        if (waits && s > 0)
            at = maker_told(k, at);
        if (k->item->length == SLOTS_MINUTES
                ? !maker_minutes(k, exact, &seg, &at, &sessions[s])
                : !maker_whole(k, exact, &seg, &sessions[s]))
            return false;
    }
    return true;
}

static bool maker_days_good(const struct maker *k, struct span span)
{
    const struct slots_input *in = k->in;
    int index = (int)(k->item - in->items);
    int32_t end = in->days[in->n_days - 1].date.day - in->days[0].date.day;
    bool first = k->item->first_day &&
                 reason_holds(k->reasons, SLOTS_WHY_FIRST, index, -1);
    bool last = k->item->last_day &&
                reason_holds(k->reasons, SLOTS_WHY_LAST, index, -1);
    bool days = k->item->length == SLOTS_DAYS;
    int32_t from = span.from / DAY_MINUTES;
    int32_t to = (span.to - 1) / DAY_MINUTES;
    if (first && (from > 0 || (!days && to > 0)))
        return false;
    return !last || (to == end && (days || from == end));
}

static int32_t quarters(int32_t minutes)
{
    return (minutes + 14) / 15;
}

/* The cost of a place; false when no order of the partners is possible. */
static bool maker_cost(struct maker *k, const struct spot *p, int32_t opening,
                       int32_t *ret)
{
    const struct slots_costs *c = &k->in->costs;
    int32_t cost = quarters(p->span.to) * c->quarter_of_end;
    if (!k->item->block) {
        int32_t stay = stay_cost(k->item, 0, p->span.from);
        if (stay == FORBIDDEN)
            return false;
        cost += stay;
    } else {
        int32_t order = partners_order(k->scratch, k->in, k->item, k->reasons,
                                       p->sessions, &k->memo, NULL);
        if (order == INT32_MAX)
            return false;
        cost += order + (p->last - p->first) * c->extra_day +
                quarters(p->span.from - opening) * c->quarter_of_start;
    }
    *ret = cost;
    return true;
}

static size_t pieces_add(struct span *pieces, size_t n,
                         const struct segments *list, struct span span)
{
    for (size_t i = 0; i < list->n; i++) {
        struct span s = list->rows[i].span;
        if (!spans_meet(s, span))
            continue;
        pieces[n].from = s.from > span.from ? s.from : span.from;
        pieces[n++].to = s.to < span.to ? s.to : span.to;
    }
    return n;
}

/* The openings that a span takes: of a block also those between sessions;
 * evenings only when it is held in them. */
static const struct span *maker_pieces(TALLOC_CTX *ctx, const struct maker *k,
                                       struct span span, size_t *ret_n)
{
    const struct openings *o = k->openings;
    struct span *pieces =
        array_new(ctx, struct span, o->windows.n + o->evenings.n);
    size_t n = pieces_add(pieces, 0, &o->windows, span);
    if (k->segments.rows[0].half == HALF_EVENING)
        n = pieces_add(pieces, n, &o->evenings, span);
    *ret_n = n;
    return pieces;
}

static bool sessions_same(const struct span *a, const struct span *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i].from != b[i].from || a[i].to != b[i].to)
            return false;
    return true;
}

static void maker_flow(TALLOC_CTX *ctx, struct maker *k, size_t seg, int32_t at,
                       bool waits, struct spot **spots, size_t *n)
{
    struct span *sessions = array_new(ctx, struct span, k->sessions);
    struct spot p = {.sessions = sessions, .waits = waits};
    if (!maker_sessions(k, seg, at, waits, sessions) ||
        (waits && *n > 0 &&
         sessions_same((*spots)[*n - 1].sessions, sessions, k->sessions))) {
        talloc_free(sessions);
        return;
    }
    p.span = (struct span){sessions[0].from, sessions[k->sessions - 1].to};
    p.first = p.span.from / DAY_MINUTES;
    p.last = (p.span.to - 1) / DAY_MINUTES;
    if (!maker_days_good(k, p.span) ||
        !maker_cost(k, &p, k->segments.rows[seg].span.from, &p.cost)) {
        talloc_free(sessions);
        return;
    }
    p.pieces = maker_pieces(ctx, k, p.span, &p.n_pieces);
    *spots = array_grow(ctx, *spots, struct spot, *n + 1);
    (*spots)[(*n)++] = p;
}

static void maker_spot(TALLOC_CTX *ctx, struct maker *k, size_t seg, int32_t at,
                       struct spot **spots, size_t *n)
{
    maker_flow(ctx, k, seg, at, false, spots, n);
    if (k->item->told && k->sessions > 1 && k->item->length == SLOTS_MINUTES)
        maker_flow(ctx, k, seg, at, true, spots, n);
}

/* From the beginning of the segment on the grid, and when people know. */
static void maker_minute_spots(TALLOC_CTX *ctx, struct maker *k, size_t seg,
                               struct spot **spots, size_t *n)
{
    struct span s = k->segments.rows[seg].span;
    int32_t grid = k->in->grid, last = s.to - k->item->n;
    for (int32_t at = s.from; at <= last; at = (at / grid + 1) * grid)
        maker_spot(ctx, k, seg, at, spots, n);
    for (size_t t = 0; k->item->told && t < k->sessions; t++) {
        int32_t told = k->item->told[t].start;
        if (told > s.from && told <= last && told % grid != 0)
            maker_spot(ctx, k, seg, told, spots, n);
    }
}

/* Where the item may be at all: its part of the day, its weekdays. */
static struct segments maker_segments(TALLOC_CTX *ctx, const struct maker *k)
{
    const struct slots_item *it = k->item;
    int index = (int)(it - k->in->items);
    enum half half = reason_holds(k->reasons, SLOTS_WHY_HALF, index, -1)
                         ? it->half
                         : HALF_ANY;
    weekdays on =
        reason_holds(k->reasons, SLOTS_WHY_ON, index, -1) ? it->on : 0;
    const struct segments *from = &k->openings->windows;
    if (it->length == SLOTS_EVENING ||
        (it->length == SLOTS_MINUTES && half == HALF_EVENING))
        from = &k->openings->evenings;
    else if (it->length == SLOTS_HALF)
        from = &k->openings->halves;
    else if (it->length == SLOTS_DAYS)
        from = &k->openings->days;
    bool any_half = half == HALF_ANY || it->length == SLOTS_EVENING;
    struct segments ret = {array_new(ctx, struct segment, from->n), 0};
    for (size_t i = 0; i < from->n; i++) {
        const struct segment *s = &from->rows[i];
        int day = (int)date_weekday(k->in->days[s->day].date);
        if ((any_half || s->half == half) && (on == 0 || (on >> day & 1)))
            ret.rows[ret.n++] = *s;
    }
    return ret;
}

static void maker_fixed(TALLOC_CTX *ctx, struct maker *k)
{
    k->fixed = array_new(ctx, struct span, k->in->n_items);
    for (size_t j = 0; j < k->in->n_items; j++) {
        const struct slots_item *f = &k->in->items[j];
        if (f->fixed && f->start < f->end &&
            reason_holds(k->reasons, SLOTS_WHY_FIXED, (int)j, -1) &&
            items_share(k->reasons, k->item, f, !k->item->block))
            k->fixed[k->n_fixed++] = (struct span){f->start, f->end};
    }
}

static int by_cost(const void *a, const void *b)
{
    const struct spot *p = a, *q = b;
    if (p->cost != q->cost)
        return p->cost < q->cost ? -1 : 1;
    if (p->span.from != q->span.from)
        return p->span.from < q->span.from ? -1 : 1;
    if (p->span.to != q->span.to)
        return p->span.to < q->span.to ? -1 : 1;
    return p->waits - q->waits;
}

struct spot *spot_fixed(TALLOC_CTX *ctx, const struct slots_item *it)
{
    struct spot *p = object_new(ctx, struct spot);
    struct span *span = object_new(ctx, struct span);
    *span = (struct span){it->start, it->end};
    int32_t last = it->end > it->start ? it->end - 1 : it->start;
    *p = (struct spot){.span = *span,
                       .first = it->start / DAY_MINUTES,
                       .last = last / DAY_MINUTES,
                       .sessions = span,
                       .pieces = span,
                       .n_pieces = 1};
    return p;
}

struct spot *spots_of(TALLOC_CTX *ctx, const struct model *m,
                      const struct reasons_on *reasons,
                      const struct slots_item *it, size_t *ret_n)
{
    struct maker k = {.in = m->in,
                      .item = it,
                      .reasons = reasons,
                      .openings = &m->openings,
                      .sessions = it->block ? it->n_partners : 1,
                      .scratch = talloc_new(ctx)};
    struct spot *spots = NULL;
    size_t n = 0;
    maker_fixed(k.scratch, &k);
    k.segments = maker_segments(k.scratch, &k);
    if (it->block)
        k.memo = clock_memo_new(k.scratch, m->in, it);
    for (size_t seg = 0; k.sessions > 0 && seg < k.segments.n; seg++) {
        struct span s = k.segments.rows[seg].span;
        if (it->length == SLOTS_MINUTES)
            maker_minute_spots(ctx, &k, seg, &spots, &n);
        else
            maker_spot(ctx, &k, seg, s.from, &spots, &n);
    }
    if (n > 0)
        qsort(spots, n, sizeof *spots, by_cost);
    talloc_free(k.scratch);
    *ret_n = n;
    return spots;
}
