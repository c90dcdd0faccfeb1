/*
 * What people know of an agenda: when its items and sessions were said to
 * begin, and what another time costs.
 *
 * 1. What was released counts for more than anything else: one that moves
 *    outweighs all that hours in the wrong place cost, and all that the others
 *    move (of up to 50), so that as few move as can be. A quarter hour nearer
 *    to where it was is worth a session a little out of hours, not a night.
 * 2. What was confirmed but not released yet moves when that spares a partner
 *    an early morning.
 * 3. A vacant place has a time that its block flows by, and no price.
 */
#include "daemon/plan/agenda_input.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define QUARTERS_MOST                                                          \
    (5 * 24 * 4) /* a week's end is as far as the next week                    \
                  */

static const struct slots_stay released = {1000000, 40, QUARTERS_MOST};
static const struct slots_stay confirmed = {400, 4, QUARTERS_MOST};

static bool is_on_a_day(const struct edition *e, struct date d)
{
    for (size_t i = 0; i < e->n_days; i++)
        if (e->days[i].day == d.day)
            return true;
    return false;
}

/* Is it a row of this part of what the rule says (with this partner)? */
static bool is_row_of(const struct agenda *a, const struct item *i,
                      const struct item_rule *rule, const char *partner,
                      int part)
{
    return agenda_owns(a, i) && !i->one_off && i->part == part &&
           text_same(i->code, rule->code) &&
           (!partner || text_same(i->partner, partner)) &&
           strcmp(i->zone, zone_name(a->zone)) == 0 &&
           is_on_a_day(a->edition, i->start.date);
}

static const struct item *row_of(const struct agenda *a,
                                 const struct plan *plan,
                                 const struct item_rule *rule,
                                 const char *partner, int part)
{
    for (size_t i = 0; plan && i < plan->n_items; i++)
        if (is_row_of(a, &plan->items[i], rule, partner, part))
            return &plan->items[i];
    return NULL;
}

static struct slots_told told_of(const struct agenda *a,
                                 const struct item_rule *rule,
                                 const char *partner, int part)
{
    const struct item *kept = row_of(a, a->kept, rule, partner, part);
    const struct item *told = row_of(a, a->told, rule, partner, part);
    if (kept && kept->status == ITEM_CANCELLED)
        return (struct slots_told){agenda_minute(a, kept->start), NULL, false};
    if (told)
        return (struct slots_told){agenda_minute(a, told->start), &released,
                                   false};
    if (kept && kept->settled)
        return (struct slots_told){agenda_minute(a, kept->start), &confirmed,
                                   false};
    return (struct slots_told){.start = -1};
}

void agenda_tell(struct agenda *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct agenda_entry *entry = &a->entries[i];
        struct slots_item *it = &a->items[i];
        size_t n = it->block ? it->n_partners : 1;
        struct slots_told *told = array_new(a->ctx, struct slots_told, n);
        bool any = false;
        for (size_t k = 0; k < n && !it->fixed; k++) {
            const char *partner =
                it->block ? a->rules->partners[it->partners[k]].code : NULL;
            told[k] = told_of(a, entry->rule, partner,
                              entry->part > 0 ? entry->part : 1);
            any = any || told[k].start >= 0;
        }
        it->told = any ? told : NULL;
    }
}
