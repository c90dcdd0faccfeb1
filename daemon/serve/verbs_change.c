/*
 * Verbs by which an officer changes a draft: confirm, move, postpone, cancel,
 * reinstate, meeting. Each loads the draft's facts, changes one thing, checks
 * it against the hard rules and saves the facts; what follows is derived.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agenda.h"
#include "daemon/publish/view.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

/* Loads facts and finds the edition in them. */
static bool open_draft(struct request *q, const char *thing, struct plan **ret,
                       struct edition **ret_edition, struct error *err)
{
    return draft_facts(q->ctx, q->serve, request_draft(q), ret, err) &&
           find_edition(*ret, edition_of(q->ctx, thing), ret_edition, err);
}

/* Saves and answers with the edition as it is now. */
static bool close_draft(struct request *q, struct plan *plan, const char *id,
                        struct error *err)
{
    const struct plan *whole;
    struct edition *e;

    if (!draft_save(q->serve, request_draft(q), NULL, plan, err) ||
        !draft_whole(q->ctx, q->serve, request_draft(q), &whole, err) ||
        !find_edition(whole, id, &e, err))
        return false;
    q->things = memory_text(q->ctx, id);
    q->after = json_line(q->ctx, view_edition(q->serve->generation->rules, e));
    request_row(q, view_edition(q->serve->generation->rules, e));
    return true;
}

/* A draft that costs something else than was planned is proved no more. */
static void price(struct plan *draft, struct edition *e, int64_t cost)
{
    draft->proved = draft->proved && cost == e->cost;
    draft->cost += cost - e->cost;
    e->cost = cost;
}

/* The hard rules, unless --force says why not; and what the date costs. */
static bool allowed(struct request *q, struct plan *draft, struct edition *e,
                    struct error *err)
{
    int64_t cost = e->cost;
    const char *force = request_text(q, "force");
    struct planning in;
    struct error broken = {.code = REPLY_OK};

    if (!draft_planning(q->ctx, q->serve, request_draft(q), e->cycle, e->cycle,
                        &in, err))
        return false;
    if (plan_allows(&in, draft, e, &cost, &broken)) {
        price(draft, e, cost);
        return true;
    }
    if (broken.code == REPLY_CONFLICT && force) {
        e->forced = memory_text(q->ctx, force);
        price(draft, e, cost);
        return true;
    }
    *err = broken;
    if (broken.code == REPLY_CONFLICT && !force)
        (void)strncat(err->text, " (--force \"reason\" does it all the same)",
                      sizeof err->text - strlen(err->text) - 1);
    return false;
}

/* Puts an edition on a date, its pinned items along with it. */
static void place(struct request *q, struct plan *draft, struct edition *e,
                  struct date start)
{
    int32_t days = date_is_none(e->start) ? 0 : start.day - e->start.day;

    for (size_t i = 0; days && i < draft->n_items; i++)
        if (strcmp(draft->items[i].edition, e->id) == 0) {
            draft->items[i].start.date.day += days;
            draft->items[i].end.date.day += days;
        }
    e->start = start;
    plan_complete(draft, q->serve->generation->rules, e);
    e->pinned = true;
}

static bool set_host(struct request *q, struct plan *draft, struct edition *e,
                     struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const char *cc = request_text(q, "host"), *city = request_text(q, "city");
    const struct member *m = NULL;

    if (cc && !named_member(q, cc, &m, err))
        return false;
    if (m && !sector_has_member(rules_sector(r, e->cluster), m))
        return fail(err, REPLY_CONFLICT, "%s is no member of %s", m->code,
                    rules_sector(r, e->cluster)->title);
    if (m && !text_same(e->host, m->code)) {
        e->host = m->code;
        e->city = e->zone = "";
    }
    if (city) {
        const struct place *p = rules_place(r, city);
        const struct member *host = rules_member(r, e->host);

        e->city = memory_text(draft, city);
        e->zone = p                    ? zone_name(p->zone)
                  : host && host->zone ? zone_name(host->zone)
                                       : "UTC";
    }
    return true;
}

/* Unchanged on purpose: a cancelled edition is not confirmed by mistake. */
static bool is_alive(const struct edition *e, const char *verb,
                     struct error *err)
{
    if (e->status != EDITION_CANCELLED)
        return true;
    return fail(err, REPLY_CONFLICT,
                "%s is cancelled; reinstate it before you "
                "%s it",
                e->id, verb);
}

/* ---- what people know of an agenda */

/* --fresh: without regard to what was released so far. The last word of an
 * officer counts, so without it that counts again. */
static void set_fresh(struct request *q, struct edition *e)
{
    e->afresh = args_flag(q->args, "fresh") ? q->serve->out.release : 0;
}

/* Nothing of the edition is settled. */
static void unsettle(struct plan *draft, const struct edition *e)
{
    for (size_t i = 0; i < draft->n_items; i++)
        if (strcmp(draft->items[i].edition, e->id) == 0)
            draft->items[i].settled = false;
}

static bool is_fact(const struct plan *draft, const char *id)
{
    for (size_t i = 0; i < draft->n_items; i++) {
        const struct item *item = &draft->items[i];

        if (text_same(item->id, id))
            return item->pinned || item->one_off ||
                   item->status == ITEM_CANCELLED;
    }
    return false;
}

/* The items of a confirmed edition stand from now on where they are laid out
 * now, as long as nothing speaks against it. */
static void settle(struct request *q, struct plan *draft,
                   const struct edition *e)
{
    struct item *items;
    struct error err;
    size_t n = 0, kept = 0;

    unsettle(draft, e);
    if (e->status != EDITION_CONFIRMED ||
        !agenda_lay(draft, q->serve->generation->rules, e, draft,
                    draft_told(q->serve, e), &items, &n, &err))
        n = 0; /* what cannot be laid out says so elsewhere */
    for (size_t i = 0; i < draft->n_items; i++)
        if (strcmp(draft->items[i].edition, e->id) != 0 ||
            is_fact(draft, draft->items[i].id))
            draft->items[kept++] = draft->items[i];
    draft->n_items = kept;
    draft->items = array_grow(draft, draft->items, struct item, kept + n + 1);
    for (size_t i = 0; i < n; i++) {
        if (is_fact(draft, items[i].id))
            continue;
        items[i].settled = true;
        draft->items[draft->n_items++] = items[i];
    }
}

bool verb_CONFIRM(struct request *q, struct error *err)
{
    struct date start = request_date(q, "start");
    struct plan *draft;
    struct edition *e;

    if (!open_draft(q, request_text(q, "edition"), &draft, &e, err) ||
        !is_alive(e, "confirm", err))
        return false;
    q->before = json_line(q->ctx, view_edition(q->serve->generation->rules, e));
    if (!set_host(q, draft, e, err))
        return false;
    if (date_is_none(start))
        start = e->start;
    if (date_is_none(start))
        return fail(err, REPLY_CONFLICT,
                    "%s has no date in the draft; confirm it with one", e->id);
    place(q, draft, e, start);
    e->status = EDITION_CONFIRMED;
    if (!allowed(q, draft, e, err))
        return false;
    set_fresh(q, e);
    settle(q, draft, e);
    return close_draft(q, draft, e->id, err);
}

/* ---- items */

static struct item *item_row(struct plan *draft, const char *id)
{
    for (size_t i = 0; i < draft->n_items; i++)
        if (text_same(draft->items[i].id, id))
            return &draft->items[i];
    draft->items =
        array_grow(draft, draft->items, struct item, draft->n_items + 1);
    return &draft->items[draft->n_items++];
}

/* The draft's item as it is laid out now, as a fact to be changed. One that is
 * only settled may be elsewhere now. */
static bool item_fact(struct request *q, struct plan *draft, const char *id,
                      struct item **ret, struct error *err)
{
    const struct plan *whole;
    struct item *item;

    if (is_fact(draft, id)) {
        *ret = item_row(draft, id);
        return true;
    }
    if (!draft_whole(q->ctx, q->serve, request_draft(q), &whole, err) ||
        !find_item(whole, id, &item, err))
        return false;
    *ret = item_row(draft, item->id);
    **ret = item_copy(draft, item);
    return true;
}

/* Does the edition's day still work out around its facts? */
static bool lays_out(struct request *q, const struct plan *draft,
                     const struct edition *e, struct error *err)
{
    struct item *items;
    size_t n;

    return agenda_lay(q->ctx, q->serve->generation->rules, e, draft,
                      draft_told(q->serve, e), &items, &n, err);
}

/* Saves and answers with the item as it is now. */
static bool close_item(struct request *q, struct plan *draft, const char *id,
                       struct error *err)
{
    const struct plan *whole;
    struct item *item;

    if (!draft_save(q->serve, request_draft(q), NULL, draft, err) ||
        !draft_whole(q->ctx, q->serve, request_draft(q), &whole, err) ||
        !find_item(whole, id, &item, err))
        return false;
    q->things = text_format(q->ctx, "%s %s", item->edition, item->id);
    q->after = json_line(q->ctx, view_item(q->serve->generation->rules, item));
    request_row(q, view_item(q->serve->generation->rules, item));
    return true;
}

static bool is_on_a_day(const struct edition *e, struct date d)
{
    for (size_t i = 0; i < e->n_days; i++)
        if (e->days[i].day == d.day)
            return true;
    return false;
}

/* An officer may put an item at any hour, but 03:00 is likely a slip. The
 * evening counts as open for everything that is placed by hand. */
static void warn_hours(struct request *q, const struct edition *e,
                       const struct item *item)
{
    const struct sector *s =
        rules_sector(q->serve->generation->rules, e->cluster);
    int from = s->hours[0].from, to = s->hours[s->n_hours - 1].to;
    int32_t end = item->end.minute +
                  (item->end.date.day - item->start.date.day) * 24 * 60;

    if (s->evening.to > to)
        to = s->evening.to;
    if (item->start.minute >= from && end <= to)
        return;
    summary_set(q, "warning",
                json_string(text_format(
                    q->ctx, "outside the opening hours %02d:%02d .. %02d:%02d",
                    from / 60, from % 60, to / 60, to % 60)));
}

static bool move_item(struct request *q, const char *id, const char *text,
                      struct error *err)
{
    struct plan *draft;
    struct edition *e;
    struct item *item;
    struct local to;
    int64_t seconds;

    if (args_flag(q->args, "fresh"))
        return fail(err, REPLY_USAGE,
                    "--fresh lays out all items of an edition, and this is one "
                    "item");
    if (!local_parse(text, &to, err))
        return wrap(err, "an item moves to a local time");
    if (!open_draft(q, id, &draft, &e, err) ||
        !item_fact(q, draft, id, &item, err))
        return false;
    if (!is_on_a_day(e, to.date) && !request_text(q, "force"))
        return fail(err, REPLY_CONFLICT,
                    "%s is no day of %s (--force \"reason\" does it all the "
                    "same)",
                    date_print(to.date, (char[DATE_TEXT]){0}), e->id);
    q->before = json_line(q->ctx, view_item(q->serve->generation->rules, item));
    seconds = local_seconds(item->end) - local_seconds(item->start);
    item->start = to;
    item->end = local_of_seconds(local_seconds(to) + seconds);
    item->pinned = true;
    if (!lays_out(q, draft, e, err))
        return false;
    warn_hours(q, e, item);
    return close_item(q, draft, item->id, err);
}

static bool move_edition(struct request *q, const char *id, const char *text,
                         struct error *err)
{
    struct date to;
    struct plan *draft;
    struct edition *e;

    if (!date_parse(text, &to, err))
        return wrap(err, "an edition moves to a date");
    if (!open_draft(q, id, &draft, &e, err) || !is_alive(e, "move", err))
        return false;
    q->before = json_line(q->ctx, view_edition(q->serve->generation->rules, e));
    place(q, draft, e, to);
    if (e->status == EDITION_POSTPONED || e->status == EDITION_LAPSED)
        e->status = EDITION_PROPOSED;
    if (!allowed(q, draft, e, err))
        return false;
    set_fresh(q, e);
    settle(q, draft, e);
    return close_draft(q, draft, e->id, err);
}

bool verb_MOVE(struct request *q, struct error *err)
{
    const char *thing = request_text(q, "thing");
    const char *to = request_text(q, "start");

    return strchr(thing, '/') ? move_item(q, thing, to, err)
                              : move_edition(q, thing, to, err);
}

bool verb_MEETING(struct request *q, struct error *err)
{
    const char *edition = request_text(q, "edition");
    const json_t *of = args_list(q->args, "of"),
                 *with = args_list(q->args, "with");
    struct plan *draft;
    struct edition *e;
    struct item item = {.kind = ITEM_MEETING,
                        .part = 1,
                        .parts = 1,
                        .pinned = true,
                        .one_off = true,
                        .people = "",
                        .partner = "",
                        .uid = "",
                        .created = INSTANT_NONE,
                        .modified = INSTANT_NONE};
    const char *length = request_text(q, "for");
    int minutes = atoi(length);

    if (!open_draft(q, edition, &draft, &e, err) || !is_alive(e, "add to", err))
        return false;
    if (!local_parse(request_text(q, "at"), &item.start, err))
        return false;
    if (strstr(length, "half day"))
        minutes = 210;
    else if (!strstr(length, "min"))
        return fail(err, REPLY_INPUT,
                    "--for takes minutes or half day, like \"45 min\"");
    if (minutes < 5 || minutes > 720)
        return fail(err, REPLY_INPUT, "--for lies between 5 and 720 minutes");
    if (!is_on_a_day(e, item.start.date) && !request_text(q, "force"))
        return fail(err, REPLY_CONFLICT,
                    "%.10s is no day of %s (--force \"reason\" does it all the "
                    "same)",
                    request_text(q, "at"), e->id);
    item.code = request_text(q, "code");
    item.title = request_text(q, "title");
    item.edition = e->id;
    item.id = text_format(q->ctx, "%s/%s", e->id, item.code);
    item.end = local_of_seconds(local_seconds(item.start) + minutes * 60);
    item.city = e->city;
    item.zone = e->zone;
    item.bodies = array_new(draft, const char *, json_array_size(of) + 1);
    for (size_t i = 0; i < json_array_size(of); i++) {
        const char *code = json_string_value(json_array_get(of, i));
        const struct body *b;

        if (!named_body(q, code, &b, err))
            return false;
        item.bodies[item.n_bodies++] = b->code;
    }
    if (json_array_size(with) > 1)
        return fail(err, REPLY_INPUT,
                    "one partner a meeting; add one meeting each");
    if (json_array_size(with) == 1) {
        const char *code = json_string_value(json_array_get(with, 0));
        const struct partner *p;

        if (!named_partner(q, code, &p, err))
            return false;
        item.partner = p->code;
        item.kind = ITEM_CONSULT;
        item.id = text_format(q->ctx, "%s/%s:%s", e->id, item.code, p->code);
    }
    item.open = item.n_bodies == 0 && !item.partner[0];
    for (size_t i = 0; i < draft->n_items; i++)
        if (text_same(draft->items[i].id, item.id))
            return fail(err, REPLY_CONFLICT, "%s is there already", item.id);
    draft->items =
        array_grow(draft, draft->items, struct item, draft->n_items + 1);
    draft->items[draft->n_items++] = item_copy(draft, &item);
    if (!lays_out(q, draft, e, err))
        return false;
    warn_hours(q, e, &item);
    return close_item(q, draft, item.id, err);
}

/* ---- taking away and giving back */

static bool cancel_item(struct request *q, const char *id, struct error *err)
{
    struct plan *draft;
    struct edition *e;
    struct item *item;

    if (!open_draft(q, id, &draft, &e, err) ||
        !item_fact(q, draft, id, &item, err))
        return false;
    if (item->status == ITEM_CANCELLED)
        return fail(err, REPLY_CONFLICT, "%s is cancelled already", item->id);
    q->before = json_line(q->ctx, view_item(q->serve->generation->rules, item));
    item->status = ITEM_CANCELLED;
    item->vacant = e->status == EDITION_CONFIRMED || e->status == EDITION_HELD;
    return close_item(q, draft, item->id, err);
}

static bool is_over(struct request *q, const struct edition *e)
{
    return !date_is_none(e->end) &&
           e->end.day < instant_utc_date(serve_now(q->serve)).day;
}

/* cancel and postpone: a status that takes the edition off the calendar. */
static bool take_away(struct request *q, const char *id,
                      enum edition_status status, struct error *err)
{
    struct plan *draft;
    struct edition *e;

    if (!open_draft(q, id, &draft, &e, err))
        return false;
    if (e->status == status)
        return fail(err, REPLY_CONFLICT, "%s is %s already", e->id,
                    edition_status_word(status));
    if (is_over(q, e) && !request_text(q, "force"))
        return fail(err, REPLY_CONFLICT,
                    "%s is over (--force \"reason\" does it all the same)",
                    e->id);
    q->before = json_line(q->ctx, view_edition(q->serve->generation->rules, e));
    e->status = status;
    return close_draft(q, draft, e->id, err);
}

bool verb_CANCEL(struct request *q, struct error *err)
{
    const char *thing = request_text(q, "thing");

    return strchr(thing, '/') ? cancel_item(q, thing, err)
                              : take_away(q, thing, EDITION_CANCELLED, err);
}

bool verb_POSTPONE(struct request *q, struct error *err)
{
    return take_away(q, request_text(q, "edition"), EDITION_POSTPONED, err);
}

/* The status before the last cancel or postpone, from the log. */
static enum edition_status status_before(struct request *q, const char *id)
{
    enum edition_status status = EDITION_PROPOSED;
    struct log_row *rows;
    size_t n;

    if (!store_log_rows(q->ctx, q->serve->store, INSTANT_NONE, id, &rows, &n,
                        NULL))
        return status;
    for (size_t i = 0; i < n; i++) {
        const char *word;
        json_t *was;

        if (strcmp(rows[i].verb, "cancel") != 0 &&
            strcmp(rows[i].verb, "postpone") != 0)
            continue;
        was = json_loads(rows[i].before, 0, NULL);
        word = json_string_value(json_object_get(was, "status"));
        if (!word || !edition_status_parse(word, &status))
            status = EDITION_PROPOSED;
        json_decref(was);
    }
    return status == EDITION_CONFIRMED ? EDITION_CONFIRMED : EDITION_PROPOSED;
}

static bool reinstate_item(struct request *q, const char *id, struct error *err)
{
    struct plan *draft;
    struct edition *e;

    if (!open_draft(q, id, &draft, &e, err))
        return false;
    for (size_t i = 0; i < draft->n_items; i++) {
        struct item *item = &draft->items[i];

        if (!text_same(item->id, id) || item->status != ITEM_CANCELLED)
            continue;
        q->before =
            json_line(q->ctx, view_item(q->serve->generation->rules, item));
        item->status = ITEM_PROPOSED;
        item->vacant = false;
        if (!lays_out(q, draft, e, err))
            return false;
        return close_item(q, draft, item->id, err);
    }
    return fail(err, REPLY_CONFLICT, "%s is not cancelled", id);
}

static bool reinstate_edition(struct request *q, const char *id,
                              struct error *err)
{
    struct plan *draft;
    struct edition *e;

    if (!open_draft(q, id, &draft, &e, err))
        return false;
    if (e->status != EDITION_CANCELLED && e->status != EDITION_POSTPONED)
        return fail(err, REPLY_CONFLICT,
                    "%s is %s, neither cancelled nor "
                    "postponed",
                    e->id, edition_status_word(e->status));
    q->before = json_line(q->ctx, view_edition(q->serve->generation->rules, e));
    e->status = status_before(q, e->id);
    if (!date_is_none(e->start) && !allowed(q, draft, e, err))
        return false;
    return close_draft(q, draft, e->id, err);
}

bool verb_REINSTATE(struct request *q, struct error *err)
{
    const char *thing = request_text(q, "thing");

    return strchr(thing, '/') ? reinstate_item(q, thing, err)
                              : reinstate_edition(q, thing, err);
}
