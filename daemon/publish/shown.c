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
