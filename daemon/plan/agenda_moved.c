/*
 * Why an item does not begin when people know: the edition is laid out once
 * more with that item held where it was. What then cannot hold together is the
 * answer; when it can, it is what else would have to move.
 */
#include "daemon/plan/agenda.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agenda_input.h"

struct texts {
    TALLOC_CTX *ctx;
    const char **rows;
    size_t n;
};

static void texts_add(struct texts *t, const char *text)
{
    t->rows = array_grow(t->ctx, t->rows, const char *, t->n + 1);
    t->rows[t->n++] = memory_text(t->ctx, text);
}

/* What begins when: an item, or a session of a block. */
struct session {
    int item;
    size_t k; /* its place among the partners */
    int partner;
};

static struct session session_of(const struct agenda *a,
                                 const struct slots_row *row)
{
    const struct slots_item *it = &a->items[row->item];
    struct session s = {row->item, 0, it->block ? row->partner : -1};
    while (it->block && it->partners[s.k] != row->partner)
        s.k++;
    return s;
}

/* The row says when it begins, and people know another time. */
static bool is_moved(const struct agenda *a, const struct slots_row *row)
{
    const struct slots_item *it = &a->items[row->item];
    int32_t told = it->told ? it->told[session_of(a, row).k].start : -1;
    return row->part == 1 && told >= 0 && told != row->start;
}

static const struct slots_row *row_named(TALLOC_CTX *ctx,
                                         const struct agenda *a,
                                         const struct slots_layout *layout,
                                         const char *item)
{
    const char *slash = strchr(item, '/');
    for (size_t i = 0; slash && i < layout->n_rows; i++) {
        const struct slots_row *row = &layout->rows[i];
        const char *name = agenda_name(ctx, a, row->item, row->partner);
        size_t n = strlen(name);
        if (is_moved(a, row) && text_begins(slash + 1, name) &&
            (slash[1 + n] == '\0' || slash[1 + n] == '/'))
            return row;
    }
    return NULL;
}

static void say_reasons(struct texts *t, const struct agenda *a,
                        const struct slots_layout *layout, int item)
{
    for (size_t i = 0; i < layout->n_reasons; i++) {
        const struct slots_reason *r = &layout->reasons[i];
        if (r->kind == SLOTS_WHY_LENGTH && r->item == item)
            texts_add(t, "it is not open then as long as it takes");
        else
            texts_add(t, agenda_reason(t->ctx, a, r));
    }
}

/* Moves in `other` and not in `layout`. */
static bool moves_instead(const struct agenda *a, const struct slots_row *row,
                          const struct slots_layout *layout)
{
    struct session s = session_of(a, row);
    for (size_t i = 0; i < layout->n_rows; i++) {
        struct session is = session_of(a, &layout->rows[i]);
        if (is.item == s.item && is.k == s.k && is_moved(a, &layout->rows[i]))
            return false;
    }
    return is_moved(a, row);
}

static void say_others(struct texts *t, const struct agenda *a,
                       const struct slots_layout *layout,
                       const struct slots_layout *other)
{
    for (size_t i = 0; i < other->n_rows; i++) {
        const struct slots_row *row = &other->rows[i];
        if (moves_instead(a, row, layout))
            texts_add(t, text_format(
                             t->ctx, "else %s would move",
                             agenda_name(t->ctx, a, row->item, row->partner)));
    }
    if (t->n == 0)
        texts_add(t, "another time is better by more than it costs to move");
}

/* That session begins when people know or not at all. */
static void hold(struct agenda *a, struct session s)
{
    struct slots_item *it = &a->items[s.item];
    size_t n = it->block ? it->n_partners : 1;
    struct slots_told *told = array_new(a->ctx, struct slots_told, n);
    for (size_t k = 0; k < n; k++)
        told[k] = it->told[k];
    told[s.k].held = true;
    it->told = told;
}

static void say_all(struct texts *t, struct agenda *a, const char *item)
{
    struct slots_layout *layout = slots_lay(a->ctx, &a->input);
    const struct slots_row *row = row_named(a->ctx, a, layout, item);
    if (!row)
        return;
    hold(a, session_of(a, row));
    struct slots_layout *other = slots_lay(a->ctx, &a->input);
    if (other->n_rows > 0)
        say_others(t, a, layout, other);
    else
        say_reasons(t, a, other, row->item);
}

const char **agenda_moved(TALLOC_CTX *ctx, const struct rules *r,
                          const struct edition *e, const struct plan *kept,
                          const struct plan *told, const char *item,
                          size_t *ret_n)
{
    struct texts texts = {ctx, array_new(ctx, const char *, 0), 0};
    TALLOC_CTX *scratch = talloc_new(ctx);
    struct agenda a = {
        .ctx = scratch, .rules = r, .edition = e, .kept = kept, .told = told};
    struct error err;
    if (e->n_days > 0 && agenda_prepare(&a, &err))
        say_all(&texts, &a, item);
    talloc_free(scratch);
    *ret_n = texts.n;
    return texts.rows;
}
