/*
 * The memory of agendas: the last one of each edition, beside the edition as it
 * was.
 *
 *   1. An agenda follows from the rules, from those members of the edition that
 *      same_agenda() compares, and from its kept rows. An edition with kept
 *      rows is laid out anew every time; there are few.
 *   2. One that cannot be laid out is remembered, too: with its error.
 *   3. What is handed out is a copy: who asks may change it.
 */
#include "daemon/plan/agendas.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

struct laid {
    TALLOC_CTX *ctx; /* of all the rest */
    struct edition of;
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

static bool has_kept(const struct plan *kept, const struct edition *e)
{
    for (size_t i = 0; kept && i < kept->n_items; i++)
        if (text_same(kept->items[i].edition, e->id))
            return true;
    return false;
}

static struct laid laid_new(struct agendas *memory, const struct edition *e)
{
    struct laid new = {.ctx = talloc_new(memory)};
    struct error err;

    if (!agenda_lay(new.ctx, memory->rules, e, NULL, &new.items, &new.n,
                    &err)) {
        new.err = object_new(new.ctx, struct error);
        *new.err = err;
    }
    new.of = edition_copy(new.ctx, e);
    return new;
}

/* The edition's row, as the edition is now. */
static const struct laid *laid_of(struct agendas *memory,
                                  const struct edition *e)
{
    bool there;
    size_t at = place_of(memory, e->id, &there);
    struct laid new;

    if (there && same_agenda(&memory->rows[at].of, e))
        return &memory->rows[at];
    new = laid_new(memory, e);
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
                 struct item **ret_items, size_t *ret_n, struct error *err)
{
    const struct laid *laid;
    struct item *items;

    if (has_kept(kept, e))
        return agenda_lay(ctx, memory->rules, e, kept, ret_items, ret_n, err);
    laid = laid_of(memory, e);
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
