/*
 * The memory of agendas: the last one of each edition, beside the edition as it
 * was.
 *
 *   1. An agenda follows from the rules, from those members of the edition that
 *      same_agenda() compares, from what people know of its times (the marks),
 *      and from its kept rows. An edition with kept rows that are more than
 *      marks is laid out anew every time; there are few.
 *   2. When what was laid out is released, it stays: nothing is laid again only
 *      because people know it now.
 *   3. One that cannot be laid out is remembered, too: with its error.
 *   4. What is handed out is a copy: who asks may change it.
 */
#include "daemon/plan/agendas.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* When people know that an item begins. */
struct mark {
    const char *id, *zone;
    struct local start;
    bool settled; /* confirmed, else released */
};

struct marks {
    struct mark *rows;
    size_t n;
};

struct laid {
    TALLOC_CTX *ctx; /* of all the rest */
    struct edition of;
    struct marks marks;
    struct item *items;
    size_t n;
    struct error *err; /* NULL when it could be laid out */
};

struct agendas {
    const struct rules *rules;
    struct laid *rows; /* by the edition's id */
    size_t n;
};

struct agendas *agendas_new(TALLOC_CTX *ctx, const struct rules *r)
{
    struct agendas *memory = object_new(ctx, struct agendas);

    memory->rules = r;
    return memory;
}

/* Where the edition's row is, or would be. */
static size_t place_of(const struct agendas *memory, const char *id,
                       bool *ret_there)
{
    size_t low = 0, high = memory->n;

    *ret_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(memory->rows[middle].of.id, id);

        if (order == 0) {
            *ret_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool same_days(const struct edition *a, const struct edition *b)
{
    if (a->n_days != b->n_days || a->end.day != b->end.day)
        return false;
    for (size_t i = 0; i < a->n_days; i++)
        if (a->days[i].day != b->days[i].day)
            return false;
    return true;
}

static bool same_agenda(const struct edition *a, const struct edition *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->cluster, b->cluster) == 0 &&
           strcmp(a->host, b->host) == 0 && strcmp(a->city, b->city) == 0 &&
           strcmp(a->zone, b->zone) == 0 && a->status == b->status &&
           same_days(a, b);
}

/* A kept row that is a mark and nothing else. */
static bool is_mark(const struct item *i)
{
    return i->settled && !i->pinned && !i->one_off &&
           i->status != ITEM_CANCELLED;
}

static bool has_kept(const struct plan *kept, const struct edition *e)
{
    for (size_t i = 0; kept && i < kept->n_items; i++)
        if (!is_mark(&kept->items[i]) &&
            text_same(kept->items[i].edition, e->id))
            return true;
    return false;
}

static void marks_add(TALLOC_CTX *ctx, struct marks *marks,
                      const struct plan *plan, const struct edition *e,
                      bool settled)
{
    for (size_t i = 0; plan && i < plan->n_items; i++) {
        const struct item *item = &plan->items[i];

        if (!text_same(item->edition, e->id))
            continue;
        marks->rows = array_grow(ctx, marks->rows, struct mark, marks->n + 1);
        marks->rows[marks->n++] =
            (struct mark){memory_text(ctx, item->id),
                          memory_text(ctx, item->zone), item->start, settled};
    }
}

static struct marks marks_of(TALLOC_CTX *ctx, const struct plan *kept,
                             const struct plan *told, const struct edition *e)
{
    struct marks marks = {array_new(ctx, struct mark, 0), 0};

    marks_add(ctx, &marks, told, e, false);
    marks_add(ctx, &marks, kept, e, true);
    return marks;
}

static bool same_marks(const struct marks *a, const struct marks *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->rows[i].id, b->rows[i].id) != 0 ||
            strcmp(a->rows[i].zone, b->rows[i].zone) != 0 ||
            local_seconds(a->rows[i].start) !=
                local_seconds(b->rows[i].start) ||
            a->rows[i].settled != b->rows[i].settled)
            return false;
    return true;
}

/* Was the item released as it is? */
static bool is_released(const struct marks *marks, const struct item *item)
{
    for (size_t i = 0; i < marks->n; i++) {
        const struct mark *m = &marks->rows[i];

        if (!m->settled && text_same(m->id, item->id))
            return strcmp(m->zone, item->zone) == 0 &&
                   local_seconds(m->start) == local_seconds(item->start);
    }
    return false;
}

static bool all_released(const struct laid *laid, const struct marks *marks)
{
    for (size_t i = 0; i < laid->n; i++)
        if (!is_released(marks, &laid->items[i]))
            return false;
    return !laid->err;
}

static struct laid laid_new(struct agendas *memory, const struct edition *e,
                            const struct plan *kept, const struct plan *told)
{
    struct laid new = {.ctx = talloc_new(memory)};
    struct error err;

    if (!agenda_lay(new.ctx, memory->rules, e, kept, told, &new.items, &new.n,
                    &err)) {
        new.err = object_new(new.ctx, struct error);
        *new.err = err;
    }
    new.of = edition_copy(new.ctx, e);
    new.marks = marks_of(new.ctx, kept, told, e);
    return new;
}

/* Is it what laying out would give? */
static bool still_stands(const struct laid *laid, const struct edition *e,
                         const struct plan *kept, const struct plan *told)
{
    TALLOC_CTX *scratch;
    struct marks marks;
    bool stands;

    if (!same_agenda(&laid->of, e))
        return false;
    scratch = talloc_new(NULL);
    marks = marks_of(scratch, kept, told, e);
    stands = same_marks(&laid->marks, &marks) || all_released(laid, &marks);
    talloc_free(scratch);
    return stands;
}

/* The edition's row, as the edition is now. */
static const struct laid *laid_of(struct agendas *memory,
                                  const struct edition *e,
                                  const struct plan *kept,
                                  const struct plan *told)
{
    bool there;
    size_t at = place_of(memory, e->id, &there);
    struct laid new;

    if (there && still_stands(&memory->rows[at], e, kept, told))
        return &memory->rows[at];
    new = laid_new(memory, e, kept, told);
    if (there) {
        talloc_free(memory->rows[at].ctx);
    } else {
        memory->rows =
            array_grow(memory, memory->rows, struct laid, memory->n + 1);
        memmove(&memory->rows[at + 1], &memory->rows[at],
                (memory->n++ - at) * sizeof memory->rows[0]);
    }
    memory->rows[at] = new;
    return &memory->rows[at];
}

bool agendas_lay(TALLOC_CTX *ctx, struct agendas *memory,
                 const struct edition *e, const struct plan *kept,
                 const struct plan *told, struct item **ret_items,
                 size_t *ret_n, struct error *err)
{
    const struct laid *laid;
    struct item *items;

    if (has_kept(kept, e))
        return agenda_lay(ctx, memory->rules, e, kept, told, ret_items, ret_n,
                          err);
    laid = laid_of(memory, e, kept, told);
    if (laid->err) {
        *err = *laid->err;
        return false;
    }
    items = array_new(ctx, struct item, laid->n);
    for (size_t i = 0; i < laid->n; i++)
        items[i] = item_copy(items, &laid->items[i]);
    *ret_items = items;
    *ret_n = laid->n;
    return true;
}
