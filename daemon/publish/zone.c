/*
 * Makes small VTIMEZONE blocks out of libical's long ones.
 *
 * libical's own component is cut at the year before the first event, so that
 * both observances are in force when the events begin. What is left must be
 * one state without changes, or one yearly rule to daylight saving and one
 * back; anything else (a change of law, a rule that no client reads) is
 * refused. The result is compared with base/zone over all years it is for:
 * libical is not believed, it is checked.
 */
#include "daemon/publish/zone.h"

#include <libical/ical.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/base/zone.h"

#define RULE_TEXT 64
#define DAY       86400

/* One block that was made, or its refusal. */
struct entry {
    const char *name;
    int first, last;
    enum vtimezone_verdict verdict;
    const char *text;
};

static struct {
    struct entry *rows;
    size_t n;
} cache;

/* What the cut component says: [0] to the smaller offset, [1] to the larger. */
struct observances {
    icalcomponent *first[2];
    char rule[2][RULE_TEXT];
    bool open[2]; /* its rule holds to the last year */
    icalcomponent *fixed;
    int last; /* the last year that matters: libical errs from 2038 on */
};

static int offset_of(icalcomponent *o, icalproperty_kind kind)
{
    icalproperty *p = icalcomponent_get_first_property(o, kind);

    if (!p)
        return 0;
    return kind == ICAL_TZOFFSETTO_PROPERTY ? icalproperty_get_tzoffsetto(p)
                                            : icalproperty_get_tzoffsetfrom(p);
}

static bool same_offsets(icalcomponent *a, icalcomponent *b)
{
    return offset_of(a, ICAL_TZOFFSETFROM_PROPERTY) ==
               offset_of(b, ICAL_TZOFFSETFROM_PROPERTY) &&
           offset_of(a, ICAL_TZOFFSETTO_PROPERTY) ==
               offset_of(b, ICAL_TZOFFSETTO_PROPERTY);
}

static bool same_clock(icalcomponent *a, icalcomponent *b)
{
    struct icaltimetype x = icalcomponent_get_dtstart(a);
    struct icaltimetype y = icalcomponent_get_dtstart(b);

    return x.hour == y.hour && x.minute == y.minute && x.second == y.second;
}

/* Only "every year, in one month, on its n-th weekday" has a form that all
 * clients read; an end of the rule is left out. */
static bool yearly(const struct icalrecurrencetype *r, char rule[RULE_TEXT])
{
    static const char *const days[] = {"",   "SU", "MO", "TU",
                                       "WE", "TH", "FR", "SA"};
    int position = icalrecurrencetype_day_position(r->by_day[0]);
    int day = (int)icalrecurrencetype_day_day_of_week(r->by_day[0]);

    if (r->freq != ICAL_YEARLY_RECURRENCE || r->interval > 1 ||
        r->by_month[0] == ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_month[1] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_day[0] == ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_day[1] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_month_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
        r->by_set_pos[0] != ICAL_RECURRENCE_ARRAY_MAX || position == 0 ||
        day < 1 || day > 7)
        return false;
    (void)snprintf(rule, RULE_TEXT, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s",
                   r->by_month[0], position, days[day]);
    return true;
}

static bool take_rule(struct observances *all, icalcomponent *o, int k)
{
    icalproperty *p = icalcomponent_get_first_property(o, ICAL_RRULE_PROPERTY);
    struct icalrecurrencetype r = icalproperty_get_rrule(p);
    char rule[RULE_TEXT];

    if (!yearly(&r, rule))
        return false;
    if (!all->first[k]) {
        all->first[k] = o;
        memcpy(all->rule[k], rule, sizeof rule);
    } else if (strcmp(all->rule[k], rule) != 0 ||
               !same_clock(all->first[k], o) ||
               !same_offsets(all->first[k], o)) {
        return false; /* the rule changes */
    }
    if (icaltime_is_null_time(r.until) || r.until.year >= all->last)
        all->open[k] = true;
    return true;
}

/* Sorts what is left of the component; false when it has no simple form. */
static bool sort_observances(icalcomponent *cut, struct observances *all)
{
    icalcompiter i = icalcomponent_begin_component(cut, ICAL_ANY_COMPONENT);

    for (icalcomponent *o; (o = icalcompiter_deref(&i));
         (void)icalcompiter_next(&i)) {
        int from = offset_of(o, ICAL_TZOFFSETFROM_PROPERTY);
        int to = offset_of(o, ICAL_TZOFFSETTO_PROPERTY);

        if (icalcomponent_get_dtstart(o).year > all->last)
            continue;
        if (icalcomponent_get_first_property(o, ICAL_RRULE_PROPERTY)) {
            if (!take_rule(all, o, to > from))
                return false;
        } else if (from == to) {
            all->fixed = o; /* the state at the cut */
        } else {
            return false; /* a change of law inside the years */
        }
    }
    if (all->first[0] && all->first[1])
        return all->open[0] && all->open[1];
    return !all->first[0] && !all->first[1] && all->fixed;
}

/* A new STANDARD or DAYLIGHT with what clients need of the old one. */
static icalcomponent *observance(icalcomponent_kind kind, icalcomponent *old,
                                 const char *rule)
{
    static const icalproperty_kind kept[] = {
        ICAL_DTSTART_PROPERTY, ICAL_TZOFFSETFROM_PROPERTY,
        ICAL_TZOFFSETTO_PROPERTY, ICAL_TZNAME_PROPERTY};
    icalcomponent *o = icalcomponent_new(kind);

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        icalproperty *p = icalcomponent_get_first_property(old, kept[i]);

        if (p)
            icalcomponent_add_property(o, icalproperty_new_clone(p));
    }
    if (rule)
        icalcomponent_add_property(o, icalproperty_new_from_string(rule));
    return o;
}

static icalcomponent *build(const char *name, const struct observances *all)
{
    icalcomponent *z = icalcomponent_new(ICAL_VTIMEZONE_COMPONENT);
    icalcomponent *standard;

    icalcomponent_add_property(z, icalproperty_new_tzid(name));
    if (all->first[0]) {
        icalcomponent_add_component(z, observance(ICAL_XSTANDARD_COMPONENT,
                                                  all->first[0], all->rule[0]));
        icalcomponent_add_component(z, observance(ICAL_XDAYLIGHT_COMPONENT,
                                                  all->first[1], all->rule[1]));
        return z;
    }
    standard = observance(ICAL_XSTANDARD_COMPONENT, all->fixed, NULL);
    icalcomponent_set_dtstart(standard,
                              icaltime_from_string("19700101T000000"));
    icalcomponent_add_component(z, standard);
    return z;
}

/* NULL when there is no simple form. */
static icalcomponent *minimal(const char *name, int cut_year, int last)
{
    icaltimezone *zone = icaltimezone_get_builtin_timezone(name);
    struct icaltimetype start = icaltime_null_time();
    struct observances all = {.last = last};
    icalcomponent *cut, *made = NULL;

    if (!zone)
        return NULL;
    start.year = cut_year;
    start.month = start.day = 1;
    start.zone = icaltimezone_get_utc_timezone(); /* the cut wants UTC */
    cut = icalcomponent_new_clone(icaltimezone_get_component(zone));
    icaltimezone_truncate_vtimezone(cut, start, icaltime_null_time(), 0);
    if (sort_observances(cut, &all))
        made = build(name, &all);
    icalcomponent_free(cut);
    return made;
}

static int offset_by_block(icaltimezone *zone, int64_t at)
{
    struct icaltimetype utc = icaltime_from_timet_with_zone(
        (time_t)at, 0, icaltimezone_get_utc_timezone());
    int saving;

    return icaltimezone_get_utc_offset_of_utc_time(zone, &utc, &saving);
}

static int offset_by_clock(const struct zone *clock, int64_t at)
{
    return zone_offset(clock, (struct instant){at});
}

/* Are they the same just before the clock changes on the day that begins at
 * `day`, and from then on? */
static bool same_change(icaltimezone *block, const struct zone *clock,
                        int64_t day)
{
    int64_t lo = day, hi = day + DAY;
    int before = offset_by_clock(clock, lo), after = offset_by_clock(clock, hi);

    while (before != after && hi - lo > 1) {
        int64_t mid = lo + (hi - lo) / 2;

        if (offset_by_clock(clock, mid) == before)
            lo = mid;
        else
            hi = mid;
    }
    return offset_by_block(block, lo) == before &&
           offset_by_block(block, hi) == after;
}

/* Does the block say what the clock says, from 1 January of `first` to the end
 * of `last`? Both change at most once a day. */
static bool agrees(icalcomponent *made, const struct zone *clock, int first,
                   int last)
{
    icaltimezone *block = icaltimezone_new();
    int64_t at = (int64_t)date_of(first, 1, 1).day * DAY;
    int64_t end = (int64_t)date_of(last + 1, 1, 1).day * DAY;
    bool good = true;

    icaltimezone_set_component(block, icalcomponent_new_clone(made));
    for (; good && at < end; at += DAY)
        good = same_change(block, clock, at);
    icaltimezone_free(block, 1);
    return good;
}

/* The block that is right in all those years, or NULL. The cut is a year early,
 * so that both observances are in force when the first year begins; where the
 * law changed in that year, at its end. */
static icalcomponent *right_block(const char *name, const struct zone *clock,
                                  int first, int last)
{
    for (int cut = first - 1; cut <= first; cut++) {
        icalcomponent *made = minimal(name, cut, last);

        if (made && agrees(made, clock, first, last))
            return made;
        if (made)
            icalcomponent_free(made);
    }
    return NULL;
}

static struct entry make(const char *name, int first, int last)
{
    struct entry e = {
        .first = first, .last = last, .verdict = VTIMEZONE_UNKNOWN};
    TALLOC_CTX *job = talloc_new(NULL);
    const struct zone *clock;
    icalcomponent *made;
    char *text;

    e.name = memory_text(cache.rows, name);
    if (zone_load(job, name, &clock, NULL)) {
        e.verdict = VTIMEZONE_REFUSED;
        made = right_block(name, clock, first, last);
        if (made) {
            text = icalcomponent_as_ical_string_r(made);
            e.text = memory_text(cache.rows, text);
            e.verdict = VTIMEZONE_GOOD;
            icalmemory_free_buffer(text);
            icalcomponent_free(made);
        }
    }
    talloc_free(job);
    return e;
}

enum vtimezone_verdict vtimezone(const char *name, int first, int last,
                                 const char **ret)
{
    struct entry *e = NULL;

    for (size_t i = 0; i < cache.n && !e; i++) {
        if (strcmp(cache.rows[i].name, name) == 0 &&
            cache.rows[i].first == first && cache.rows[i].last >= last)
            e = &cache.rows[i];
    }
    if (!e) {
        cache.rows = array_grow(NULL, cache.rows, struct entry, cache.n + 1);
        e = &cache.rows[cache.n++];
        *e = make(name, first, last > first + 5 ? last : first + 5);
    }
    if (e->verdict == VTIMEZONE_GOOD)
        *ret = e->text;
    return e->verdict;
}

void vtimezone_forget(void)
{
    talloc_free(cache.rows);
    cache.rows = NULL;
    cache.n = 0;
    icaltimezone_free_builtin_timezones(); /* read again when asked for */
}
