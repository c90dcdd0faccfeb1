#pragma once
/*
 * The days of one edition: every item of its cluster gets a day and a local
 * time. Pure; the same edition always gets the same agenda.
 */
#include <talloc.h>

#include "daemon/plan/plan.h"

/*
 * Lays out the items of edition e (its start, end, days, host, city, zone are
 * set; without days it has no items) around those of `kept` that belong to it
 * (kept may be NULL):
 * - cancelled rows stay as they are and block nothing (who reinstates an
 *   edition sets its rows back to proposed first), but for those that are
 *   vacant: they keep their place empty as long as the rest finds room;
 * - pinned rows keep their time, everything else gives way; those whose time
 *   lies outside the edition's dates are laid out anew: it has moved;
 * - one-off rows keep their time; outside the dates they block nothing.
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
                const struct plan *kept, struct item **ret_items, size_t *ret_n,
                struct error *err) MUST_USE;
