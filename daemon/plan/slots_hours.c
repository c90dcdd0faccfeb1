/*
 * Slot layout: from the hours of each day to the stretches of time that items
 * may be put into: single openings, whole halves, whole days, evenings.
 *
 * An opening belongs to the half in which it begins. A half or a day reaches
 * from its first opening to its last closing, so a closed hour inside it is a
 * break, as lunch is.
 */
#include "daemon/base/memory.h"
#include "daemon/plan/slots_model.h"

#define NOON (12 * 60)

bool spans_meet(struct span a, struct span b)
{
    return a.from < b.to && b.from < a.to;
}

static void segments_add(TALLOC_CTX *ctx, struct segments *list,
                         struct segment s)
{
    list->rows = array_grow(ctx, list->rows, struct segment, list->n + 1);
    list->rows[list->n++] = s;
}

/* Adds what `closed` (from the k-th on) leaves of an opening. */
static void opening_cut(TALLOC_CTX *ctx, struct segments *list,
                        const struct slots_day *day, size_t k, struct segment s,
                        int32_t midnight)
{
    for (; k < day->n_closed; k++) {
        struct span shut = {midnight + day->closed[k].from,
                            midnight + day->closed[k].to};
        if (!spans_meet(s.span, shut))
            continue;
        struct segment rest = s;
        rest.span.from = shut.to;
        if (rest.span.from < rest.span.to)
            opening_cut(ctx, list, day, k + 1, rest, midnight);
        s.span.to = shut.from;
        if (s.span.from >= s.span.to)
            return;
    }
    segments_add(ctx, list, s);
}

static int by_time(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    return (x->span.from > y->span.from) - (x->span.from < y->span.from);
}

/* Adds one segment from the first to the last opening of the day's `half`. */
static void openings_join(TALLOC_CTX *ctx, struct segments *to,
                          const struct segment *rows, size_t n, enum half half)
{
    struct segment whole = {{0, 0}, 0, half};
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (half != HALF_ANY && rows[i].half != half)
            continue;
        if (!any)
            whole = rows[i];
        whole.span.to = rows[i].span.to;
        any = true;
    }
    whole.half = half;
    if (any)
        segments_add(ctx, to, whole);
}

static void day_open(TALLOC_CTX *ctx, const struct slots_day *day, int index,
                     int32_t midnight, struct openings *ret)
{
    size_t first = ret->windows.n;
    for (size_t i = 0; i < day->n_hours; i++) {
        struct hours h = day->hours[i];
        struct segment s = {{midnight + h.from, midnight + h.to},
                            index,
                            h.from < NOON ? HALF_MORNING : HALF_AFTERNOON};
        if (h.from < h.to)
            opening_cut(ctx, &ret->windows, day, 0, s, midnight);
    }
    size_t n = ret->windows.n - first;
    if (n > 0) {
        struct segment *rows = ret->windows.rows + first;
        qsort(rows, n, sizeof *rows, by_time);
        openings_join(ctx, &ret->halves, rows, n, HALF_MORNING);
        openings_join(ctx, &ret->halves, rows, n, HALF_AFTERNOON);
        openings_join(ctx, &ret->days, rows, n, HALF_ANY);
    }
    struct segment evening = {
        {midnight + day->evening.from, midnight + day->evening.to},
        index,
        HALF_EVENING};
    if (day->evening.from < day->evening.to)
        opening_cut(ctx, &ret->evenings, day, 0, evening, midnight);
}

struct openings openings_of(TALLOC_CTX *ctx, const struct slots_input *in,
                            const struct reasons_on *reasons)
{
    struct openings all = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    for (size_t d = 0; d < in->n_days; d++) {
        struct slots_day day = in->days[d];
        if (!reason_holds(reasons, SLOTS_WHY_CLOSED, (int)d, -1))
            day.n_closed = 0;
        int32_t midnight = (day.date.day - in->days[0].date.day) * DAY_MINUTES;
        day_open(ctx, &day, (int)d, midnight, &all);
    }
    return all;
}
