/*
 * From dates to an agenda: what the slot engine lays out becomes rows, beside
 * the rows that stay as they are.
 *
 * 1. Every row is on one day. Its id is EDITION/CODE, of a partner's session
 *    EDITION/CODE:PARTNER, of one day of several with /PART behind it.
 * 2. Cancelled and one-off rows are kept whole; pinned ones keep their time
 *    and take the rest from the rules; all others are made anew, near to what
 *    people know of them (agenda_told.c).
 */
#include "daemon/plan/agenda.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agenda_input.h"

struct rows {
    TALLOC_CTX *ctx;
    struct item *items;
    size_t n;
};

static void rows_add(struct rows *rows, struct item i)
{
    rows->items = array_grow(rows->ctx, rows->items, struct item, rows->n + 1);
    rows->items[rows->n++] = i;
}

static enum item_status status_of(const struct edition *e)
{
    switch (e->status) {
    case EDITION_CONFIRMED:
        return ITEM_CONFIRMED;
    case EDITION_HELD:
        return ITEM_HELD;
    case EDITION_CANCELLED:
        return ITEM_CANCELLED;
    case EDITION_PROPOSED:
    case EDITION_POSTPONED:
    case EDITION_LAPSED:
        break;
    }
    return ITEM_PROPOSED;
}

static char *id_of(TALLOC_CTX *ctx, const struct item *i)
{
    char *id = text_format(ctx, "%s/%s", i->edition, i->code);
    if (*i->partner && i->kind == ITEM_CONSULT)
        id = text_format(ctx, "%s:%s", id, i->partner);
    return i->parts > 1 ? text_format(ctx, "%s/%d", id, i->part) : id;
}

/* Time, zone, city and status, as the edition has them. */
static void item_settle(TALLOC_CTX *ctx, const struct agenda *a, struct item *i)
{
    i->zone = memory_text(ctx, zone_name(a->zone));
    i->city = memory_text(ctx, a->edition->city);
    i->start_utc = zone_instant(a->zone, i->start);
    i->end_utc = zone_instant(a->zone, i->end);
    i->status = status_of(a->edition);
}

static struct item item_new(TALLOC_CTX *ctx, const struct agenda *a,
                            const struct item_rule *rule, const char *partner,
                            int part, int parts)
{
    struct item i = {.edition = memory_text(ctx, a->edition->id),
                     .code = memory_text(ctx, rule->code),
                     .part = part,
                     .parts = parts,
                     .kind = rule->kind,
                     .title = "",
                     .partner = memory_text(ctx, partner),
                     .people = "",
                     .open = rule->open,
                     .uid = "",
                     .created = INSTANT_NONE,
                     .modified = INSTANT_NONE};
    if (rule->people)
        i.people = memory_text(ctx, rule->people->name);
    i.bodies = array_new(ctx, const char *, rule->n_bodies);
    for (size_t b = 0; b < rule->n_bodies; b++)
        i.bodies[i.n_bodies++] = memory_text(ctx, rule->bodies[b]->code);
    i.id = id_of(ctx, &i);
    return i;
}

/* The partner a row names: of a session, or the only one of a meeting. */
static const char *partner_of(const struct agenda *a,
                              const struct agenda_entry *entry, int partner)
{
    if (entry->partner)
        return entry->partner->code;
    if (partner >= 0)
        return a->rules->partners[partner].code;
    const struct item_rule *rule = entry->rule;
    return rule->kind != ITEM_CONSULT && rule->n_partners == 1
               ? rule->partners[0]->code
               : "";
}

/* A cancelled row stands for itself. */
static bool is_cancelled(const struct agenda *a, const char *id)
{
    for (size_t k = 0; a->kept && k < a->kept->n_items; k++)
        if (a->kept->items[k].status == ITEM_CANCELLED &&
            text_same(a->kept->items[k].id, id))
            return true;
    return false;
}

static void rows_of_layout(const struct agenda *a,
                           const struct slots_layout *layout, struct rows *rows)
{
    for (size_t k = 0; k < layout->n_rows; k++) {
        const struct slots_row *row = &layout->rows[k];
        const struct agenda_entry *entry = &a->entries[row->item];
        if (!entry->rule)
            continue;
        int part = entry->part > 0 ? entry->part : row->part;
        int parts = entry->part > 0 ? entry->parts : row->parts;
        struct item i =
            item_new(rows->ctx, a, entry->rule,
                     partner_of(a, entry, row->partner), part, parts);
        if (is_cancelled(a, i.id))
            continue;
        i.start =
            entry->kept ? entry->kept->start : agenda_local(a, row->start);
        i.end = entry->kept ? entry->kept->end : agenda_local(a, row->end);
        i.pinned = entry->kept != NULL;
        item_settle(rows->ctx, a, &i);
        rows_add(rows, i);
    }
}

static void rows_kept(const struct agenda *a, struct rows *rows)
{
    for (size_t k = 0; a->kept && k < a->kept->n_items; k++) {
        const struct item *kept = &a->kept->items[k];
        bool cancelled = kept->status == ITEM_CANCELLED;
        if (!agenda_owns(a, kept) || !(cancelled || kept->one_off))
            continue;
        struct item i = item_copy(rows->ctx, kept);
        if (!cancelled)
            item_settle(rows->ctx, a, &i);
        rows_add(rows, i);
    }
}

static int by_start(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int64_t from_a = local_seconds(a->start), from_b = local_seconds(b->start);
    if (from_a != from_b)
        return from_a < from_b ? -1 : 1;
    int order = text_compare(a->id, b->id);
    return order ? order : strcmp(a->id, b->id);
}

/* Is a place kept empty? Then there may be room without it. */
static bool has_vacancy(const struct agenda *a)
{
    for (size_t k = 0; a->kept && k < a->kept->n_items; k++)
        if (a->kept->items[k].vacant && agenda_owns(a, &a->kept->items[k]))
            return true;
    return false;
}

static bool lay_rows(struct agenda *a, struct rows *rows, struct error *err)
{
    if (!agenda_prepare(a, err))
        return false;
    struct slots_layout *layout = slots_lay(a->ctx, &a->input);
    if (layout->n_rows == 0 && a->n > 0 && !agenda_conflict(a, layout, err))
        return false;
    rows_of_layout(a, layout, rows);
    return true;
}

bool agenda_lay(TALLOC_CTX *ctx, const struct rules *r, const struct edition *e,
                const struct plan *kept, const struct plan *told,
                struct item **ret_items, size_t *ret_n, struct error *err)
{
    struct rows rows = {ctx, array_new(ctx, struct item, 0), 0};
    if (e->n_days == 0) { /* without a date, without an agenda */
        *ret_items = rows.items;
        *ret_n = 0;
        return true;
    }
    TALLOC_CTX *scratch = talloc_new(ctx);
    struct agenda a = {
        .ctx = scratch, .rules = r, .edition = e, .kept = kept, .told = told};
    struct agenda closed = a;
    closed.closed = true;
    bool good = lay_rows(&a, &rows, err) ||
                (has_vacancy(&a) && lay_rows(&closed, &rows, err));
    if (good) {
        rows_kept(&a, &rows);
        qsort(rows.items, rows.n, sizeof *rows.items, by_start);
        *ret_items = rows.items;
        *ret_n = rows.n;
    }
    talloc_free(scratch);
    return good;
}
