/*
 * Redaction happens here, once, before anything public is made: whoever is
 * handed the result cannot show too much.
 */
#include "daemon/publish/shown.h"

#include "daemon/base/memory.h"

struct plan *plan_shown(TALLOC_CTX *ctx, const struct plan *version)
{
    struct plan *shown = object_new(ctx, struct plan);

    *shown = *version;
    shown->items = array_new(shown, struct item, version->n_items);
    shown->n_items = 0;
    for (size_t i = 0; i < version->n_items; i++) {
        struct item *item = &shown->items[shown->n_items];

        if (version->items[i].audience != ITEM_FOR_ALL)
            continue;
        *item = version->items[i];
        item->link = "";
        shown->n_items++;
    }
    return shown;
}

struct changes changes_shown(TALLOC_CTX *ctx, const struct plan *from,
                             const struct plan *to,
                             bool (*hidden)(const char *item, void *arg),
                             void *arg)
{
    TALLOC_CTX *tmp = talloc_new(ctx);
    struct changes all = plan_diff(ctx, from ? plan_shown(tmp, from) : NULL,
                                   plan_shown(tmp, to));
    size_t n = 0;

    for (size_t i = 0; i < all.n; i++)
        if (!all.rows[i].item[0] || !hidden(all.rows[i].item, arg))
            all.rows[n++] = all.rows[i];
    all.n = n;
    talloc_free(tmp);
    return all;
}
