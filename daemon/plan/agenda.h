#pragma once
/*
 * The days of one edition: every item of its cluster gets a day and a local
 * time. Pure; the same edition always gets the same agenda.
 */
#include <talloc.h>

#include "daemon/plan/plan.h"

/*
 * Lays out the items of edition e (its start, end, days, host, city, zone are
 * set) around those of `kept` that belong to it and are pinned, cancelled or
 * one-off (kept may be NULL). Items that need more than a day or a half are
 * split into parts that never cross a night. titles and nth are left empty
 * (office/number fills them). The items come in time order, on ctx.
 *
 * Fails with REPLY_CONFLICT when there is no layout; the text names the items
 * that do not fit and the opening hours that are to blame, err->at the item's
 * line.
 */
bool agenda_lay(TALLOC_CTX *ctx, const struct rules *r, const struct edition *e,
                const struct plan *kept, struct item **ret_items, size_t *ret_n,
                struct error *err) MUST_USE;
