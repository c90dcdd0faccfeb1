/*
 * One JSON object per noun of a plan and of what it obliges. What the rules
 * say is in view_rules.c, a message in view_message.c.
 */
#include "daemon/publish/view.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/value.h"
#include "daemon/publish/when.h"

static json_t *days_of(const struct edition *e)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < e->n_days; i++)
        value_append(array, value_date(e->days[i]));
    return array;
}

/* "18-22 January 2027", null without dates. */
static json_t *range(struct date from, struct date to)
{
    char buf[96];

    if (date_is_none(from))
        return json_null();
    return value_text(
        date_range_print(from, date_is_none(to) ? from : to, buf, sizeof buf));
}

void view_sector(json_t *row, const struct rules *r, const struct sector *s)
{
    if (r && r->n_sectors > 1)
        invariant(json_object_set_new(row, "sector", value_text(s->code)) == 0);
}

json_t *view_edition(const struct rules *r, const struct edition *e)
{
    json_t *row = value_object(
        "{s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:I,s:o,s:b,s:o,"
        "s:o,s:o,s:o,s:i,s:o,s:o}",
        "edition", value_text(e->id), "cluster", value_text(e->cluster),
        "cycle", e->cycle, "n", e->n, "title", value_text(e->title), "start",
        value_date(e->start), "end", value_date(e->end), "dates",
        range(e->start, e->end), "days", days_of(e), "host",
        value_text(e->host), "city", value_text(e->city), "zone",
        value_text(e->zone), "status", edition_status_word(e->status), "cost",
        (json_int_t)e->cost, "warnings",
        value_texts(e->warnings, e->n_warnings), "pinned", e->pinned, "reason",
        value_text(e->reason), "by", value_date(e->by), "forced",
        value_text(e->forced), "uid", value_text(e->uid), "sequence",
        e->sequence, "created", value_instant(e->created), "modified",
        value_instant(e->modified));

    if (r)
        view_sector(row, r, rules_sector(r, e->cluster));
    return row;
}

static int64_t offset_of(const struct item *i)
{
    return local_seconds(i->start) - i->start_utc.second;
}

/* The partner's own clock, with its day where that differs from the venue's. */
static json_t *capital(const struct partner *p, const struct item *i)
{
    struct when w;

    if (!p || instant_is_none(i->start_utc))
        return json_null();
    w = when_in(p->zone, i->start_utc, i->end_utc);
    return value_object("{s:o,s:o}", "zone", value_text(w.zone), "text",
                        value_taken(when_print(NULL, &w, i->start.date)));
}

static void add_times(json_t *row, const struct partner *p,
                      const struct item *i)
{
    struct when venue = {i->start, i->end, offset_of(i), i->zone};
    struct when utc = when_in(zone_utc(), i->start_utc, i->end_utc);
    json_t *times = value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "day",
        value_taken(when_day(NULL, i->start.date)), "from",
        value_taken(when_clock(NULL, i->start.minute)), "to",
        value_taken(when_clock(NULL, i->end.minute)), "utc_offset",
        value_taken(when_offset(NULL, offset_of(i))), "when",
        value_taken(when_print(NULL, &venue, DATE_NONE)), "start_utc_text",
        value_taken(when_print(NULL, &utc, i->start.date)), "capital",
        capital(p, i));

    invariant(json_object_update_new(row, times) == 0);
}

json_t *view_item(const struct rules *r, const struct item *i)
{
    const struct partner *p =
        i->partner && i->partner[0] && r ? rules_partner(r, i->partner) : NULL;
    json_t *row = value_object(
        "{s:o,s:o,s:o,s:i,s:i,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,"
        "s:s,s:o,s:i,s:o,s:b,s:b,s:b,s:s,s:o,s:o,s:o}",
        "item", value_text(i->id), "edition", value_text(i->edition), "code",
        value_text(i->code), "part", i->part, "parts", i->parts, "kind",
        item_kind_word(i->kind), "title", value_text(i->title), "nth",
        value_number_or_null(i->nth), "partner", value_text(i->partner),
        "partner_name", value_text(p ? p->name : NULL), "bodies",
        value_texts(i->bodies, i->n_bodies), "start", value_local(i->start),
        "end", value_local(i->end), "zone", value_text(i->zone), "start_utc",
        value_instant(i->start_utc), "end_utc", value_instant(i->end_utc),
        "city", value_text(i->city), "status", item_status_word(i->status),
        "uid", value_text(i->uid), "sequence", i->sequence, "people",
        value_text(i->people), "open", i->open, "pinned", i->pinned, "one_off",
        i->one_off, "audience", item_audience_word(i->audience), "link",
        value_text(i->link), "created", value_instant(i->created), "modified",
        value_instant(i->modified));

    if (!date_is_none(i->start.date) && !instant_is_none(i->start_utc))
        add_times(row, p, i);
    return row;
}

json_t *view_change(const struct change *c)
{
    return value_object("{s:s,s:o,s:o,s:o,s:o,s:o}", "change",
                        change_word(c->kind), "edition", value_text(c->edition),
                        "item", value_text(c->item), "field",
                        value_text(c->field), "old", value_text(c->old_value),
                        "new", value_text(c->new_value));
}

json_t *view_task(const struct rules *r, const struct task *t,
                  struct date today)
{
    json_t *row = value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:i,s:b,s:o,s:o,s:o,s:o,s:o,s:o,"
        "s:o,s:o,s:b,s:o}",
        "task", value_text(t->id), "title", value_text(t->title), "edition",
        value_text(t->edition), "step", value_text(t->step), "owner",
        value_text(t->owner), "due", value_date(t->due), "nominal",
        value_date(t->nominal), "state", task_state_word(t->state), "overdue",
        task_overdue(t, today), "pinned", t->pinned, "depends",
        value_text(t->depends), "drift", value_date(t->drift), "done_on",
        value_date(t->done_on), "note", value_text(t->note), "cluster",
        value_text(t->cluster), "bodies", value_texts(t->bodies, t->n_bodies),
        "at", value_where(t->where), "warning", value_text(t->warning),
        "closed", t->closed, "by", value_text(t->by));

    if (r)
        view_sector(row, r, rules_sector(r, t->cluster));
    return row;
}

json_t *view_contact(const struct contact *c)
{
    return value_object(
        "{s:o,s:o,s:o,s:o,s:s,s:s,s:o,s:i,s:b,s:o,s:b}", "email",
        value_text(c->email), "name", value_text(c->name), "of",
        value_text(c->of), "bodies", value_texts(c->bodies, c->n_bodies),
        "role", role_word(c->role), "channel", channel_word(c->channel), "zone",
        value_text(c->zone), "bounces", c->bounces, "suspended",
        contact_is_suspended(c), "added", value_instant(c->added),
        "unsubscribed", c->unsubscribed);
}

json_t *view_audit(const struct audit_row *a)
{
    return value_object("{s:o,s:i,s:o,s:o,s:i,s:i,s:i,s:o,s:b,s:o}", "body",
                        value_text(a->body), "cycle", a->cycle, "mandate",
                        value_text(a->mandate), "requires",
                        value_text(a->requires), "required", a->required,
                        "planned", a->planned, "held", a->held, "missing",
                        value_texts(a->missing, a->n_missing), "ok", a->ok,
                        "at", value_where(a->where));
}

json_t *view_turn(const struct rotation_turn *t)
{
    return value_object("{s:i,s:o,s:o,s:o}", "cycle", t->cycle, "host",
                        value_text(t->host ? t->host->code : NULL), "name",
                        value_text(t->host ? t->host->name : NULL), "reason",
                        value_text(t->reason));
}

json_t *view_reason(const struct reason *reason)
{
    return value_object(
        "{s:o,s:o,s:s,s:I,s:o}", "rule", value_text(reason->rule), "at",
        value_where(reason->where), "kind", reason->hard ? "hard" : "soft",
        "cost", (json_int_t)reason->cost, "text", value_text(reason->text));
}

json_t *view_other_date(const struct other_date *o)
{
    return value_object(
        "{s:o,s:o,s:b,s:o,s:b,s:o}", "start", value_date(o->start), "end",
        value_date(o->end), "possible", o->possible, "cost",
        o->possible ? value_made(json_integer(o->extra)) : json_null(),
        "proved", o->proved, "reasons", value_texts(o->reasons, o->n_reasons));
}
