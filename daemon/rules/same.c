/*
 * Do two statements say the same? Every clause is compared with its like, in
 * whatever order the clauses stand; of clauses that may be given several times
 * the first with the first, the second with the second.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/join.h"

/* Titles and names stand in quotes: their letters count. */
static bool is_quoted(const char *hole)
{
    const char *known = language_hole(hole)->name;

    return !known || strcmp(known, hole) != 0;
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (!a->name || !b->name)
        return !a->name && !b->name && strcmp(a->text, b->text) == 0;
    if (strcmp(a->name, b->name) != 0)
        return false;
    return is_quoted(a->name) ? strcmp(a->text, b->text) == 0
                              : text_same(a->text, b->text);
}

static bool same_values(const struct node *a, const struct node *b)
{
    if (a->n_values != b->n_values)
        return false;
    for (size_t i = 0; i < a->n_values; i++)
        if (!same_value(&a->values[i], &b->values[i]))
            return false;
    return true;
}

/* The k-th clause of that row, NULL when there are fewer. */
static const struct node *kid_of(const struct node *n, const struct row *row,
                                 size_t k)
{
    for (size_t i = 0; i < n->n_kids; i++)
        if (n->kids[i]->row == row && k-- == 0)
            return n->kids[i];
    return NULL;
}

static const char *clause_print(TALLOC_CTX *ctx, const struct node *n)
{
    if (!n)
        return "nothing of it";
    if (n->row->flags & ROW_BARE)
        return n->text;
    return text_format(ctx, "%s%s%s", n->row->keyword, *n->text ? " " : "",
                       n->text);
}

static bool differ(TALLOC_CTX *ctx, const struct node *a, const struct node *b,
                   struct difference *ret)
{
    *ret = (struct difference){clause_print(ctx, a), clause_print(ctx, b)};
    return false;
}

/* All clauses of one row. */
static bool same_kids(TALLOC_CTX *ctx, const struct node *a,
                      const struct node *b, const struct row *row,
                      struct difference *ret)
{
    for (size_t k = 0;; k++) {
        const struct node *x = kid_of(a, row, k), *y = kid_of(b, row, k);

        if (!x && !y)
            return true;
        if (!x || !y)
            return differ(ctx, x, y, ret);
        if (!node_same(ctx, x, y, ret))
            return false;
    }
}

bool node_same(TALLOC_CTX *ctx, const struct node *a, const struct node *b,
               struct difference *ret)
{
    if (!same_values(a, b))
        return differ(ctx, a, b, ret);
    for (size_t i = 0; i < language_rows(); i++)
        if (language_row(i)->in == node_scope(a) && node_scope(a) &&
            !same_kids(ctx, a, b, language_row(i), ret))
            return false;
    return true;
}
