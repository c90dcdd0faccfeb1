#pragma once
/*
 * The days of one edition: every item of its cluster gets a day and a local
 * time. Pure; the same edition always gets the same agenda, and one that people
 * know changes as little as it can.
 */
#include <talloc.h>

#include "daemon/plan/plan.h"

/*
 * Lays out the items of edition e (its start, end, days, host, city, zone are
 * set; without days it has no items) around those of `kept` that belong to it
 * (kept may be NULL), and with regard to `told`, what was published (NULL:
 * nothing that counts for this edition):
 * - cancelled rows stay as they are and block nothing (who reinstates an
 *   edition sets its rows back to proposed first), but for those that are
 *   vacant: they keep their place empty as long as the rest finds room;
 * - pinned rows keep their time, everything else gives way; those whose time
 *   lies outside the edition's dates are laid out anew: it has moved;
 * - one-off rows keep their time; outside the dates they block nothing;
 * - what begins at a time that was published begins then as long as it may: as
 *   few as possible begin at another time, and those as near as possible. What
 *   was told of other days than the edition has, or in another zone, is not
 *   regarded: it has moved;
 * - settled rows say the same of what was not published yet, for a price that
 *   a better time is worth.
 * Without a zone (no host yet) times are on the secretariat's clock, else UTC.
 * Items that last days have a row per day. titles and nth are left empty
 * (office/number fills them) but for cancelled and one-off rows. The items come
 * in time order, on ctx.
 *
 * Fails with REPLY_CONFLICT when there is no layout; the text names the items
 * that do not fit and the opening hours that are to blame, err->at the item's
 * line. REPLY_NOTFOUND: the rules have no such cluster; REPLY_INPUT: no such
 * zone.
 */
bool agenda_lay(TALLOC_CTX *ctx, const struct rules *r, const struct edition *e,
                const struct plan *kept, const struct plan *told,
                struct item **ret_items, size_t *ret_n,
                struct error *err) MUST_USE;

/*
 * Why an item of that edition does not begin when people know: what stands
 * against it, or what else would move in its place; in words, on ctx. None
 * where it does, where people know nothing of it, or where the edition itself
 * has moved.
 */
const char **agenda_moved(TALLOC_CTX *ctx, const struct rules *r,
                          const struct edition *e, const struct plan *kept,
                          const struct plan *told, const char *item,
                          size_t *ret_n);
