/*
 * Why an edition's items do not fit, in an officer's words: the reasons of the
 * slot engine with the names of the rules they come from, and the opening
 * hours.
 */
#include "daemon/plan/agenda_input.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static const char *entry_name(TALLOC_CTX *ctx, const struct agenda *a, int item)
{
    const struct agenda_entry *e = &a->entries[item];
    if (!e->rule)
        return e->kept->code;
    if (e->partner)
        return text_format(ctx, "%s:%s", e->rule->code, e->partner->code);
    return e->part > 0 && e->parts > 1
               ? text_format(ctx, "%s/%d", e->rule->code, e->part)
               : e->rule->code;
}

const char *agenda_name(TALLOC_CTX *ctx, const struct agenda *a, int item,
                        int partner)
{
    const char *name = entry_name(ctx, a, item);
    return partner >= 0 ? text_format(ctx, "%s:%s", name,
                                      a->rules->partners[partner].code)
                        : name;
}

static char *hours_text(TALLOC_CTX *ctx, struct hours h)
{
    return text_format(ctx, "%02d:%02d-%02d:%02d", h.from / 60, h.from % 60,
                       h.to / 60, h.to % 60);
}

static char *closed_text(TALLOC_CTX *ctx, const struct agenda *a, int day)
{
    const struct slots_day *d = &a->input.days[day];
    char *text =
        text_format(ctx, "%s closed", weekday_name(date_weekday(d->date)));
    for (size_t i = 0; i < d->n_closed; i++)
        text = text_format(ctx, "%s %s", text, hours_text(ctx, d->closed[i]));
    return text_format(ctx, "%s (%s)", text, a->edition->host);
}

static char *fixed_text(TALLOC_CTX *ctx, const struct agenda *a, int item)
{
    const struct item *kept = a->entries[item].kept;
    char date[DATE_TEXT];
    return text_format(ctx, "%s %s %s %s %02d:%02d", entry_name(ctx, a, item),
                       kept->one_off ? "added on" : "pinned to",
                       weekday_name(date_weekday(kept->start.date)),
                       date_print(kept->start.date, date),
                       kept->start.minute / 60, kept->start.minute % 60);
}

/* The statement may stand with either item. */
static char *after_text(TALLOC_CTX *ctx, const struct agenda *a, int item,
                        int other)
{
    const struct item_rule *rule = a->entries[item].rule;
    const struct item_rule *before = a->entries[other].rule;
    bool after = rule == before;
    for (size_t i = 0; i < rule->n_after; i++)
        after = after || rule->after[i] == before;
    const char *name = entry_name(ctx, a, item);
    const char *earlier = entry_name(ctx, a, other);
    return after ? text_format(ctx, "%s after %s", name, earlier)
                 : text_format(ctx, "%s before %s", earlier, name);
}

static const char *group_name(const struct agenda *a, int group)
{
    size_t g = (size_t)group;
    return g < a->rules->n_people
               ? a->rules->people[g].name
               : a->rules->bodies[g - a->rules->n_people].code;
}

static const char *half_word(enum half half)
{
    return half == HALF_MORNING     ? "in the morning"
           : half == HALF_AFTERNOON ? "in the afternoon"
                                    : "in the evening";
}

static char *length_text(TALLOC_CTX *ctx, const struct agenda *a, int item)
{
    const struct slots_item *it = &a->items[item];
    const char *name = entry_name(ctx, a, item);
    size_t sessions = it->block ? it->n_partners : 1;
    const char *times =
        sessions > 1 ? text_format(ctx, "%zu times ", sessions) : "";
    switch (it->length) {
    case SLOTS_MINUTES:
        return text_format(ctx, "%s takes %s%d minutes", name, times, it->n);
    case SLOTS_HALF:
        return text_format(ctx, "%s takes %shalf a day", name, times);
    case SLOTS_DAYS:
        return text_format(ctx, "%s takes %s%d day%s", name, times, it->n,
                           it->n == 1 ? "" : "s");
    case SLOTS_EVENING:
        break;
    }
    return text_format(ctx, "%s takes %san evening", name, times);
}

const char *agenda_reason(TALLOC_CTX *ctx, const struct agenda *a,
                          const struct slots_reason *r)
{
    switch (r->kind) {
    case SLOTS_WHY_FIXED:
        return fixed_text(ctx, a, r->item);
    case SLOTS_WHY_CLOSED:
        return closed_text(ctx, a, r->item);
    case SLOTS_WHY_HALF:
        return text_format(ctx, "%s %s", entry_name(ctx, a, r->item),
                           half_word(a->items[r->item].half));
    case SLOTS_WHY_ON:
        return text_format(ctx, "%s on %s", entry_name(ctx, a, r->item),
                           weekdays_print(ctx, a->items[r->item].on));
    case SLOTS_WHY_FIRST:
        return text_format(ctx, "%s on the first day",
                           entry_name(ctx, a, r->item));
    case SLOTS_WHY_LAST:
        return text_format(ctx, "%s on the last day",
                           entry_name(ctx, a, r->item));
    case SLOTS_WHY_SAME_DAY:
        return text_format(ctx, "%s same day as %s",
                           entry_name(ctx, a, r->item),
                           entry_name(ctx, a, r->other));
    case SLOTS_WHY_AFTER:
        return after_text(ctx, a, r->item, r->other);
    case SLOTS_WHY_PEOPLE:
        return text_format(ctx, "%s are in one room at a time",
                           group_name(a, r->item));
    case SLOTS_WHY_PARTNER:
        return text_format(ctx, "%s is in one room at a time",
                           a->rules->partners[r->item].code);
    case SLOTS_WHY_ROOMS:
        return "not enough rooms";
    case SLOTS_WHY_LENGTH:
        break;
    }
    return length_text(ctx, a, r->item);
}

static char *openings_text(TALLOC_CTX *ctx, const struct agenda *a)
{
    const struct slots_day *day = &a->input.days[0];
    char *text = memory_text(ctx, "");
    for (size_t i = 0; i < day->n_hours; i++)
        text = text_format(ctx, "%s%s%s", text, i > 0 ? ", " : "",
                           hours_text(ctx, day->hours[i]));
    return text;
}

/* "Mon 8, Tue 9, Thu 11 March 2027": rest days inside are not hidden. */
static char *days_text(TALLOC_CTX *ctx, const struct agenda *a)
{
    const struct edition *e = a->edition;
    char *text = memory_text(ctx, "");
    for (size_t i = 0; i < e->n_days; i++) {
        struct civil c = date_civil(e->days[i]);
        text = text_format(ctx, "%s%s%s %d", text, i > 0 ? ", " : "",
                           weekday_name(date_weekday(e->days[i])), c.day);
        if (i + 1 == e->n_days || date_civil(e->days[i + 1]).month != c.month)
            text = text_format(ctx, "%s %s", text, month_name(c.month));
        if (i + 1 == e->n_days)
            text = text_format(ctx, "%s %d", text, c.year);
    }
    return text;
}

static bool holds(const int *list, size_t n, int x)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == x)
            return true;
    return false;
}

/* Is item i one of those the reason speaks of? */
static bool reason_names(const struct agenda *a, const struct slots_reason *r,
                         int i)
{
    const struct slots_item *it = &a->items[i];
    switch (r->kind) {
    case SLOTS_WHY_PEOPLE:
        return holds(it->groups, it->n_groups, r->item);
    case SLOTS_WHY_PARTNER:
        return holds(it->partners, it->n_partners, r->item);
    case SLOTS_WHY_CLOSED:
    case SLOTS_WHY_ROOMS:
        return false;
    case SLOTS_WHY_FIXED:
    case SLOTS_WHY_HALF:
    case SLOTS_WHY_ON:
    case SLOTS_WHY_FIRST:
    case SLOTS_WHY_LAST:
    case SLOTS_WHY_SAME_DAY:
    case SLOTS_WHY_AFTER:
    case SLOTS_WHY_LENGTH:
        break;
    }
    return r->item == i || r->other == i;
}

/* ", where MIN takes half a day, ...": the lengths of the free items named,
 * unless they are what the reasons say already. */
static char *lengths_text(TALLOC_CTX *ctx, const struct agenda *a,
                          const struct slots_layout *layout)
{
    char *text = memory_text(ctx, "");
    for (int i = 0; i < (int)a->n; i++) {
        bool named = false;
        for (size_t k = 0; k < layout->n_reasons; k++)
            named = named || (layout->reasons[k].kind != SLOTS_WHY_LENGTH &&
                              reason_names(a, &layout->reasons[k], i));
        if (named && !a->items[i].fixed)
            text = text_format(ctx, "%s%s %s", text, *text ? "," : ", where",
                               length_text(ctx, a, i));
    }
    return text;
}

/* The first item of the rules that the first reason speaks of. */
static const struct item_rule *blamed(const struct agenda *a,
                                      const struct slots_layout *layout)
{
    for (size_t k = 0; k < layout->n_reasons; k++)
        for (int i = 0; i < (int)a->n; i++)
            if (a->entries[i].rule && reason_names(a, &layout->reasons[k], i))
                return a->entries[i].rule;
    return NULL;
}

bool agenda_conflict(const struct agenda *a, const struct slots_layout *layout,
                     struct error *err)
{
    const struct edition *e = a->edition;
    TALLOC_CTX *ctx = talloc_new(a->ctx);
    char *text = text_format(ctx, "%s %s %s (%s): ", e->id,
                             layout->verdict == SLOTS_NONE ? "does not fit into"
                                                           : "not laid out on",
                             days_text(ctx, a), openings_text(ctx, a));
    for (size_t i = 0; i < layout->n_reasons; i++)
        text = text_format(ctx, "%s%s%s", text, i > 0 ? "; " : "",
                           agenda_reason(ctx, a, &layout->reasons[i]));
    fail(err, REPLY_CONFLICT, "%s%s", text, lengths_text(ctx, a, layout));
    const struct item_rule *rule = blamed(a, layout);
    if (rule)
        fail_at(err, rule->where.file ? rule->where.file : "", rule->where.line,
                rule->where.column);
    talloc_free(ctx);
    return false;
}
