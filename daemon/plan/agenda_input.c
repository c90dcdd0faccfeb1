/*
 * From the items of a cluster to the input of the slot engine.
 *
 * 1. A free item of the rules is one item of the input. What an officer has
 *    pinned or cancelled is taken out of it first: a session leaves its block,
 *    a day leaves the others behind as single days, in order.
 * 2. Pinned and one-off rows are fixed items of their own. Pinned rows outside
 *    the edition's dates are those of dates it no longer has: they are free.
 * 3. A group is a people statement, or a body that none of them names.
 */
#include "daemon/plan/agenda_input.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/calendar.h"

#define GRID          15
#define LONG_OPENING  (6 * 60) /* a single one is halved, as mornings are */
#define LENGTH_UNSAID 60

/*
 * The partners' own clocks. A session outside office hours there costs a
 * little: enough to order partners by it, not to keep a ministers' room waiting
 * for one capital to open. An early breakfast or a late evening costs a lot,
 * and a session in the night there more than nearly anything: a call at ten in
 * the evening is taken before one at half past four in the morning.
 */
#define OFFICE_FROM  (9 * 60)
#define OFFICE_TO    (18 * 60)
#define WAKING_FROM  (7 * 60 + 30)
#define WAKING_TO    (20 * 60)
#define NIGHT_BEFORE (6 * 60)
#define NIGHT_FROM   (23 * 60)

#define COST_OUT_OF_OFFICE 2 /* per started half hour, as the next two */
#define COST_OUT_OF_WAKING 100
#define COST_IN_THE_NIGHT  200

/*
 * The end of an item costs 1 per quarter hour, so a day is worth 96: layouts
 * are early and compact. An idle day costs a group more than that, else an
 * opening would be held days before its people arrive. A partner's night
 * outweighs the order, and a second day of one block outweighs a night.
 */
#define COST_PARTNER_RESTS    150
#define COST_PLACE            1
#define COST_EXTRA_DAY        2000
#define COST_QUARTER_OF_END   1
#define COST_QUARTER_OF_START 4
#define COST_IDLE_DAY         150

static const struct slots_costs costs = {
    .clocks = {{{OFFICE_FROM, OFFICE_TO}, COST_OUT_OF_OFFICE},
               {{WAKING_FROM, WAKING_TO}, COST_OUT_OF_WAKING},
               {{NIGHT_BEFORE, NIGHT_FROM}, COST_IN_THE_NIGHT}},
    .rest = COST_PARTNER_RESTS,
    .place = COST_PLACE,
    .extra_day = COST_EXTRA_DAY,
    .quarter_of_end = COST_QUARTER_OF_END,
    .quarter_of_start = COST_QUARTER_OF_START,
    .idle_day = COST_IDLE_DAY};

bool agenda_owns(const struct agenda *a, const struct item *kept)
{
    return text_same(kept->edition, a->edition->id);
}

int32_t agenda_minute(const struct agenda *a, struct local t)
{
    return (t.date.day - a->edition->days[0].day) * 24 * 60 + t.minute;
}

struct local agenda_local(const struct agenda *a, int32_t minute)
{
    return (struct local){
        date_add_days(a->edition->days[0], minute / (24 * 60)),
        minute % (24 * 60)};
}

/* How many days the item lasts, 1 for what is shorter. */
static int parts_of(const struct item_rule *rule)
{
    int n = rule->length.n > 1 ? rule->length.n : 1;
    switch (rule->length.unit) {
    case UNIT_DAYS:
    case UNIT_WORKING_DAYS:
        return n;
    case UNIT_WEEKS:
        return n * 7;
    case UNIT_MONTHS:
        return n * 30;
    case UNIT_MINUTES:
    case UNIT_HALF_DAY:
    case UNIT_EVENING:
        break;
    }
    return 1;
}

/* ---- indices */

static int *append(TALLOC_CTX *ctx, const int *list, size_t n, int x)
{
    int *copy = array_new(ctx, int, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = list[i];
    copy[n] = x;
    return copy;
}

static void group_add(struct agenda *a, struct slots_item *it, size_t group)
{
    for (size_t i = 0; i < it->n_groups; i++)
        if (it->groups[i] == (int)group)
            return;
    it->groups = append(a->ctx, it->groups, it->n_groups++, (int)group);
}

static bool people_hold(const struct people *p, const char *body)
{
    for (size_t i = 0; i < p->n_bodies; i++)
        if (text_same(p->bodies[i]->code, body))
            return true;
    return false;
}

static void groups_of_body(struct agenda *a, struct slots_item *it,
                           const char *body)
{
    const struct rules *r = a->rules;
    bool named = false;
    for (size_t p = 0; p < r->n_people; p++) {
        if (people_hold(&r->people[p], body)) {
            group_add(a, it, p);
            named = true;
        }
    }
    for (size_t b = 0; b < r->n_bodies && !named; b++)
        if (text_same(r->bodies[b].code, body))
            group_add(a, it, r->n_people + b);
}

static void groups_of_people(struct agenda *a, struct slots_item *it,
                             const char *name)
{
    for (size_t p = 0; p < a->rules->n_people; p++)
        if (a->rules->people[p].sector == a->cluster->sector &&
            text_same(a->rules->people[p].name, name))
            group_add(a, it, p);
}

static void groups_of_rule(struct agenda *a, struct slots_item *it,
                           const struct item_rule *rule)
{
    for (size_t i = 0; i < rule->n_bodies && !rule->open; i++)
        groups_of_body(a, it, rule->bodies[i]->code);
    if (rule->people && !rule->open)
        groups_of_people(a, it, rule->people->name);
}

static void partner_add(struct agenda *a, struct slots_item *it,
                        const char *code)
{
    for (size_t p = 0; p < a->rules->n_partners; p++)
        if (text_same(a->rules->partners[p].code, code))
            it->partners =
                append(a->ctx, it->partners, it->n_partners++, (int)p);
}

/* ---- kept rows */

static bool kept_inside(const struct agenda *a, const struct item *kept)
{
    const struct edition *e = a->edition;
    return kept->start.date.day >= e->days[0].day &&
           kept->start.date.day <= e->end.day &&
           local_seconds(kept->start) <= local_seconds(kept->end);
}

bool agenda_is_gone(const struct agenda *a, const struct item *kept)
{
    return kept->status == ITEM_CANCELLED && (a->closed || !kept->vacant);
}

/* The row of a part of an item (of a partner's session) that is not free:
 * pinned within the edition, or cancelled. */
static const struct item *kept_of(const struct agenda *a,
                                  const struct item_rule *rule,
                                  const char *partner, int part)
{
    for (size_t i = 0; a->kept && i < a->kept->n_items; i++) {
        const struct item *k = &a->kept->items[i];
        if (k->one_off || !agenda_owns(a, k) ||
            !text_same(k->code, rule->code) || k->part != part ||
            (partner && !text_same(k->partner, partner)))
            continue;
        if (agenda_is_gone(a, k) || (k->pinned && kept_inside(a, k)))
            return k;
    }
    return NULL;
}

/* ---- items */

static void item_add(struct agenda *a, struct slots_item it,
                     struct agenda_entry entry)
{
    a->items = array_grow(a->ctx, a->items, struct slots_item, a->n + 1);
    a->entries = array_grow(a->ctx, a->entries, struct agenda_entry, a->n + 1);
    a->items[a->n] = it;
    a->entries[a->n++] = entry;
}

static void item_fix(const struct agenda *a, struct slots_item *it,
                     const struct item *kept)
{
    it->fixed = true;
    it->block = false;
    it->start = agenda_minute(a, kept->start);
    it->end = agenda_minute(a, kept->end);
}

static enum slots_length length_of(const struct item_rule *rule)
{
    bool evening = rule->half == HALF_EVENING &&
                   (rule->length.unit != UNIT_MINUTES || rule->length.n < 1);
    if (evening || rule->length.unit == UNIT_EVENING)
        return SLOTS_EVENING;
    if (rule->length.unit == UNIT_HALF_DAY)
        return SLOTS_HALF;
    return rule->length.unit == UNIT_MINUTES ? SLOTS_MINUTES : SLOTS_DAYS;
}

static struct slots_item item_of_rule(struct agenda *a,
                                      const struct item_rule *rule)
{
    struct slots_item it = {.length = length_of(rule),
                            .n = parts_of(rule),
                            .half = rule->half,
                            .on = rule->on,
                            .first_day = rule->first_day,
                            .last_day = rule->last_day};
    if (it.length == SLOTS_MINUTES)
        it.n = rule->length.n > 0 ? rule->length.n : LENGTH_UNSAID;
    groups_of_rule(a, &it, rule);
    return it;
}

/* A block of those partners whose sessions are free; the pinned ones beside. */
static void items_of_block(struct agenda *a, const struct item_rule *rule)
{
    struct slots_item block = item_of_rule(a, rule);
    block.block = true;
    for (size_t p = 0; p < rule->n_partners; p++) {
        const struct partner *partner = rule->partners[p];
        bool free = true;
        for (int part = 1; part <= parts_of(rule); part++) {
            const struct item *kept = kept_of(a, rule, partner->code, part);
            free = free && !kept;
            if (!kept || agenda_is_gone(a, kept))
                continue;
            struct slots_item it = item_of_rule(a, rule);
            partner_add(a, &it, partner->code);
            item_fix(a, &it, kept);
            item_add(a, it,
                     (struct agenda_entry){rule, kept, partner, part,
                                           parts_of(rule)});
        }
        if (free)
            partner_add(a, &block, partner->code);
    }
    if (block.n_partners > 0)
        item_add(a, block, (struct agenda_entry){.rule = rule});
}

static bool rule_is_free(const struct agenda *a, const struct item_rule *rule)
{
    for (int part = 1; part <= parts_of(rule); part++)
        if (kept_of(a, rule, NULL, part))
            return false;
    return true;
}

static void items_of_meeting(struct agenda *a, const struct item_rule *rule)
{
    struct slots_item whole = item_of_rule(a, rule);
    for (size_t p = 0; p < rule->n_partners; p++)
        partner_add(a, &whole, rule->partners[p]->code);
    if (rule_is_free(a, rule)) {
        item_add(a, whole, (struct agenda_entry){.rule = rule});
        return;
    }
    size_t before = a->n;
    for (int part = 1; part <= parts_of(rule); part++) {
        const struct item *kept = kept_of(a, rule, NULL, part);
        if (kept && agenda_is_gone(a, kept))
            continue;
        struct slots_item it = whole;
        it.n = it.length == SLOTS_MINUTES ? it.n : 1;
        it.first_day = it.first_day && part == 1;
        it.last_day = it.last_day && part == parts_of(rule);
        if (kept)
            item_fix(a, &it, kept);
        if (a->n > before)
            it.after = append(a->ctx, it.after, it.n_after++, (int)a->n - 1);
        item_add(a, it,
                 (struct agenda_entry){rule, kept, NULL, part, parts_of(rule)});
    }
}

static void items_one_off(struct agenda *a)
{
    for (size_t i = 0; a->kept && i < a->kept->n_items; i++) {
        const struct item *k = &a->kept->items[i];
        if (!k->one_off || !agenda_owns(a, k) || agenda_is_gone(a, k) ||
            !kept_inside(a, k))
            continue;
        struct slots_item it = {.half = HALF_ANY};
        for (size_t b = 0; b < k->n_bodies && !k->open; b++)
            groups_of_body(a, &it, k->bodies[b]);
        if (!k->open)
            groups_of_people(a, &it, k->people);
        partner_add(a, &it, k->partner);
        item_fix(a, &it, k);
        item_add(a, it,
                 (struct agenda_entry){NULL, k, NULL, k->part, k->parts});
    }
}

/* ---- relations */

/* Item i after all that comes of `rule`. */
static void after_add(struct agenda *a, size_t i, const struct item_rule *rule)
{
    struct slots_item *it = &a->items[i];
    for (size_t j = 0; j < a->n; j++)
        if (j != i && a->entries[j].rule == rule)
            it->after = append(a->ctx, it->after, it->n_after++, (int)j);
}

static void relations_of(struct agenda *a, size_t i)
{
    const struct item_rule *rule = a->entries[i].rule;
    struct slots_item *it = &a->items[i];
    for (size_t k = 0; k < rule->n_after; k++)
        after_add(a, i, rule->after[k]);
    for (size_t j = 0; j < a->n; j++) {
        const struct item_rule *other = a->entries[j].rule;
        for (size_t k = 0; other && k < other->n_before; k++)
            if (other->before[k] == rule && j != i)
                it->after = append(a->ctx, it->after, it->n_after++, (int)j);
    }
    for (size_t k = 0; k < rule->n_same_day; k++) {
        size_t j = 0;
        while (j < a->n && a->entries[j].rule != rule->same_day[k])
            j++;
        if (j < a->n && j != i)
            it->same_day =
                append(a->ctx, it->same_day, it->n_same_day++, (int)j);
    }
}

/* ---- days, partners */

/* A sector with one long opening has halves all the same. */
static struct hours *hours_of(struct agenda *a, size_t *ret_n)
{
    const struct sector *s = a->cluster->sector;
    struct hours *hours = array_new(a->ctx, struct hours, s->n_hours + 1);
    for (size_t i = 0; i < s->n_hours; i++)
        hours[i] = s->hours[i];
    *ret_n = s->n_hours;
    if (s->n_hours == 1 && hours[0].to - hours[0].from > LONG_OPENING) {
        int middle = (hours[0].from + hours[0].to) / 2 / GRID * GRID;
        hours[1] = (struct hours){middle, hours[0].to};
        hours[0].to = middle;
        *ret_n = 2;
    }
    return hours;
}

static void day_close(struct agenda *a, struct slots_day *day)
{
    struct hours *closed = NULL;
    for (size_t i = 0; a->host && i < a->host->n_closed; i++) {
        if (a->host->closed[i].day != date_weekday(day->date))
            continue;
        closed = array_grow(a->ctx, closed, struct hours, day->n_closed + 1);
        closed[day->n_closed++] = a->host->closed[i].hours;
    }
    day->closed = closed;
}

static void days_prepare(struct agenda *a)
{
    size_t n = a->edition->n_days, n_hours;
    const struct hours *hours = hours_of(a, &n_hours);
    struct slots_day *days = array_new(a->ctx, struct slots_day, n);
    for (size_t d = 0; d < n; d++) {
        days[d] = (struct slots_day){.date = a->edition->days[d],
                                     .hours = hours,
                                     .n_hours = n_hours,
                                     .evening = a->cluster->sector->evening};
        day_close(a, &days[d]);
    }
    a->input.days = days;
    a->input.n_days = n;
}

/* Rest days there, a day around the edition included: it may be yesterday. */
static void partners_prepare(struct agenda *a)
{
    const struct rules *r = a->rules;
    struct slots_partner *rows =
        array_new(a->ctx, struct slots_partner, r->n_partners);
    int32_t from = a->edition->days[0].day - 1, to = a->edition->end.day + 1;
    for (size_t p = 0; p < r->n_partners; p++) {
        const struct partner *partner = &r->partners[p];
        struct date *rests =
            array_new(a->ctx, struct date, (size_t)(to - from + 1));
        rows[p].zone = partner->zone;
        for (struct date d = {from}; d.day <= to; d.day++)
            if (!calendar_works(r, partner->weekend, partner->holidays, d))
                rests[rows[p].n_rests++] = d;
        rows[p].rests = rests;
    }
    a->input.partners = rows;
    a->input.n_partners = r->n_partners;
}

/* The edition's zone: one the rules have loaded, else from the system. Without
 * a host there is none yet: the secretariat's clock will do. */
static bool zone_prepare(struct agenda *a, struct error *err)
{
    const struct rules *r = a->rules;
    const char *name = a->edition->zone ? a->edition->zone : "";
    const struct member *seat = a->cluster->sector->seat;
    if (!*name)
        a->zone = seat && seat->zone ? seat->zone : zone_utc();
    for (size_t i = 0; i < r->n_members && !a->zone; i++)
        if (strcmp(zone_name(r->members[i].zone), name) == 0)
            a->zone = r->members[i].zone;
    for (size_t i = 0; i < r->n_places && !a->zone; i++)
        if (strcmp(zone_name(r->places[i].zone), name) == 0)
            a->zone = r->places[i].zone;
    return a->zone || zone_load(a->ctx, name, &a->zone, err);
}

bool agenda_prepare(struct agenda *a, struct error *err)
{
    a->cluster = rules_cluster(a->rules, a->edition->cluster);
    if (!a->cluster)
        return fail(err, REPLY_NOTFOUND, "%s: the rules have no cluster %s",
                    a->edition->id, a->edition->cluster);
    a->host = rules_member(a->rules, a->edition->host);
    if (!zone_prepare(a, err))
        return wrap(err, "%s", a->edition->id);
    for (size_t i = 0; i < a->cluster->n_items; i++) {
        const struct item_rule *rule = &a->cluster->items[i];
        if (rule->kind == ITEM_CONSULT && rule->n_partners > 0)
            items_of_block(a, rule);
        else
            items_of_meeting(a, rule);
    }
    for (size_t i = 0; i < a->n; i++)
        relations_of(a, i);
    items_one_off(a);
    days_prepare(a);
    agenda_tell(a);
    partners_prepare(a);
    a->input.items = a->items;
    a->input.n_items = a->n;
    a->input.n_groups = a->rules->n_people + a->rules->n_bodies;
    a->input.zone = a->zone;
    a->input.grid = GRID;
    a->input.costs = costs;
    return true;
}
