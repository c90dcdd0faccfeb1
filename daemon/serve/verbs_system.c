/*
 * Verbs about the daemon itself: status, show, log, backup, clock.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mail/pickup.h"
#include "daemon/publish/view.h"
#include "daemon/serve/job.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"
#include "daemon/serve/zones.h"

/* ---- status */

static json_t *outbox_counts(const int64_t counts[MESSAGE_STATES])
{
    json_t *o = json_object();

    for (int i = 0; i < MESSAGE_STATES; i++)
        (void)json_object_set_new(o, message_state_word((enum message_state)i),
                                  json_integer(counts[i]));
    return o;
}

static void set_text(json_t *row, const char *name, const char *text)
{
    (void)json_object_set_new(
        row, name, text && text[0] ? json_string(text) : json_null());
}

static json_t *sectors_state(const struct rules *r)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < r->n_sectors; i++)
        (void)json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "sector",
                                                    r->sectors[i].code, "title",
                                                    r->sectors[i].title, "file",
                                                    r->sectors[i].file));
    return rows;
}

static json_t *rules_state(const struct serve *s)
{
    const struct generation *g = s->generation;
    json_t *row = json_pack(
        "{s:s, s:s, s:s, s:i, s:i}", "file", g->files, "sector", g->codes,
        "loaded", instant_print(g->loaded, (char[INSTANT_TEXT]){0}), "errors",
        s->reload_errors, "warnings", (int)(g->found.n - g->found.errors));

    if (s->reload_errors > 0)
        (void)json_object_set_new(row, "error", json_string(s->reload_error));
    if (g->rules->n_sectors > 1)
        (void)json_object_set_new(row, "sectors", sectors_state(g->rules));
    return row;
}

/* What people must know about mail; "" when all is well. */
static char *mail_warning(struct request *q)
{
    struct serve *s = q->serve;

    if (s->config->deliver_kind == DELIVER_DIRECTORY)
        return text_format(q->ctx, "no mail leaves this machine: %zu lie in %s",
                           pickup_count(s->config->deliver_to),
                           s->config->deliver_to);
    if (s->config->deliver_kind == DELIVER_NONE)
        return memory_text(q->ctx, "deliver = none: no mail leaves");
    return memory_text(q->ctx, delivery_note(s));
}

/* Contacts whose address was refused for good. */
static int suspended_contacts(struct request *q)
{
    struct contacts all;
    int n = 0;

    if (!serve_contacts(q->ctx, q->serve, &all, NULL))
        return 0;
    for (size_t i = 0; i < all.n; i++)
        n += contact_is_suspended(&all.rows[i]);
    return n;
}

bool verb_STATUS(struct request *q, struct error *err)
{
    struct serve *s = q->serve;
    int64_t counts[MESSAGE_STATES];
    struct changes changes;
    struct plan *after;
    struct instant next = scheduler_next(s);
    bool words = false;
    json_t *row, *against;

    if (!store_count_messages(s->store, counts, err) ||
        !publishing_next(q->ctx, s, "main", &after, &changes, err) ||
        (changes.n == 0 &&
         !publishing_reworded(q->ctx, s, "main", after, &words, err)) ||
        !against_json(q, &against, err))
        return false;
    row =
        json_pack("{s:s, s:s, s:s, s:o, s:I, s:b, s:I, s:o, s:o, s:o}",
                  "version", CONVENED_VERSION, "now",
                  instant_print(serve_now(s), (char[INSTANT_TEXT]){0}), "clock",
                  s->clock.manual ? "manual" : "real", "release",
                  s->out.release ? json_integer(s->out.release) : json_null(),
                  "draft_changes", (json_int_t)changes.n, "draft_words",
                  (int)words, "held_messages", (json_int_t)counts[MESSAGE_HELD],
                  "outbox", outbox_counts(counts), "rules", rules_state(s),
                  "feeds", json_integer((json_int_t)s->out.feeds.n));
    (void)json_object_set_new(row, "unwritten_messages",
                              json_integer((json_int_t)scheduler_unwritten(s)));
    (void)json_object_set_new(row, "overdue",
                              json_integer(deadlines_overdue(s)));
    (void)json_object_set_new(row, "suspended_contacts",
                              json_integer(suspended_contacts(q)));
    (void)json_object_set_new(row, "against_rules", against);
    set_text(row, "next_due", instant_print(next, (char[INSTANT_TEXT]){0}));
    set_text(row, "mail", mail_warning(q));
    set_text(row, "bad_feeds", s->out.bad_feeds);
    set_text(row, "store", store_trouble(s->store));
    (void)json_object_set_new(row, "restored",
                              json_boolean(s->out.floor.restored));
    set_text(row, "zones", zone_database_version());
    (void)json_object_set_new(row, "zones_moved",
                              json_integer((json_int_t)zones_moved(s)));
    set_text(row, "pages", s->config->base_url);
    set_text(row, "last_error", s->last_error);
    request_row(q, row);
    return true;
}

/* ---- show */

static bool show_edition(struct request *q, const struct plan *plan,
                         const char *id, struct error *err)
{
    const struct edition *e = plan_edition(plan, id);
    json_t *row, *items;
    struct item *of;
    size_t n;

    if (!e)
        return nothing_named(q, plan, id, err);
    items = json_array();
    row = view_edition(q->serve->generation->rules, e);
    of = plan_items_of(plan, e->id, &n);
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(items, json_string(of[i].id));
    (void)json_object_set_new(row, "items", items);
    request_row(q, row);
    return true;
}

static bool show_version(struct request *q, const char *text, struct error *err)
{
    struct version_row *rows;
    size_t n;
    int release = atoi(text);

    if (!store_versions(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (rows[i].release == release) {
            request_row(
                q, json_pack("{s:i, s:s, s:s, s:s, s:i}", "release",
                             rows[i].release, "at",
                             instant_print(rows[i].at, (char[INSTANT_TEXT]){0}),
                             "by", rows[i].by, "note", rows[i].note, "changes",
                             rows[i].changes));
            return true;
        }
    return fail(err, REPLY_NOTFOUND, "no release %s", text);
}

static bool show_contact(struct request *q, const char *email,
                         struct error *err)
{
    const struct contact *c;

    if (!named_contact(q, email, &c, err))
        return false;
    request_row(q, view_contact(c));
    return true;
}

/* "EDITION/CODE" is an item, or else a task. */
static bool show_part(struct request *q, const struct plan *plan,
                      const char *thing, struct error *err)
{
    struct task_fact *facts;
    struct tasks tasks;
    struct item *item;
    size_t n;

    if (find_item(plan, thing, &item, err)) {
        request_row(q, view_item(q->serve->generation->rules, item));
        return true;
    }
    if (!store_task_facts(q->ctx, q->serve->store, &facts, &n, err))
        return false;
    tasks = office_tasks(q->ctx, q->serve->generation->rules, plan, facts, n);
    for (size_t i = 0; i < tasks.n; i++)
        if (text_same(tasks.rows[i].id, thing)) {
            request_row(q,
                        view_task(q->serve->generation->rules, &tasks.rows[i],
                                  instant_utc_date(serve_now(q->serve))));
            return true;
        }
    return nothing_named(q, plan, thing, err);
}

/* An edition or item as it was published on a day. */
static bool show_as_of(struct request *q, const char *thing, struct date day,
                       struct error *err)
{
    struct version_row version;
    struct plan *plan;
    struct edition *e;
    struct item *item;
    json_t *row;

    if (!version_of_day(q, day, &version, err) ||
        !store_version(q->ctx, q->serve->store, version.release, &plan, err))
        return false;
    if (strchr(thing, '/') ? !find_item(plan, thing, &item, err)
                           : !find_edition(plan, thing, &e, err))
        return wrap(err, "release %d", version.release);
    row = strchr(thing, '/') ? view_item(q->serve->generation->rules, item)
                             : view_edition(q->serve->generation->rules, e);
    (void)json_object_set_new(row, "release", json_integer(version.release));
    (void)json_object_set_new(
        row, "released",
        json_string(instant_print(version.at, (char[INSTANT_TEXT]){0})));
    request_row(q, row);
    return true;
}

bool verb_SHOW(struct request *q, struct error *err)
{
    const char *thing = request_text(q, "thing");
    const struct rules *r = q->serve->generation->rules;
    const struct body *b = rules_body(r, thing);
    const struct plan *plan;
    struct message m;

    if (!date_is_none(request_date(q, "as-of")))
        return show_as_of(q, thing, request_date(q, "as-of"), err);
    if (strchr(thing, '@'))
        return show_contact(q, thing, err);
    if (text_begins(thing, "release "))
        return show_version(q, thing + 8, err);
    if (text_begins(thing, "message ") ||
        strspn(thing, "0123456789") == strlen(thing)) {
        const char *id = strrchr(thing, ' ') ? strrchr(thing, ' ') : thing;

        if (!store_message(q->ctx, q->serve->store, atoll(id), &m, err))
            return false;
        request_row(q, view_message(&m));
        return true;
    }
    if (b) {
        request_row(q, view_body(q->serve->generation->rules, b));
        return true;
    }
    if (!draft_whole(q->ctx, q->serve, request_draft(q), &plan, err))
        return false;
    return strchr(thing, '/') ? show_part(q, plan, thing, err)
                              : show_edition(q, plan, thing, err);
}

/* ---- backup */

struct backup_work {
    const char *state, *to;
    int64_t bytes, pages;
    bool good;
    struct error err;
};

static void backup_run(struct job *job)
{
    struct backup_work *w = job->arg;

    w->good = store_backup(w->state, w->to, &w->bytes, &w->pages, &w->err);
}

static bool backup_finish(struct job *job, struct error *err)
{
    struct backup_work *w = job->arg;

    if (!w->good) {
        *err = w->err;
        return false;
    }
    summary_set(job->request, "file", json_string(w->to));
    summary_set(job->request, "bytes", json_integer(w->bytes));
    summary_set(job->request, "pages", json_integer(w->pages));
    return true;
}

bool verb_BACKUP(struct request *q, struct error *err)
{
    struct job *job = job_new(q);
    struct backup_work *w = object_new(job->ctx, struct backup_work);

    w->state = memory_text(job->ctx, q->serve->config->state);
    w->to = memory_text(job->ctx, request_text(q, "file"));
    job->arg = w;
    job->run = backup_run;
    job->finish = backup_finish;
    return job_start(job, err);
}

/* ---- clock: steps through everything due, deliveries included */

struct advance {
    struct request *q;
    struct instant to;
    int events;
};

static void advance_step(void *arg);

static void advance_deliver(void *arg)
{
    struct advance *a = arg;

    delivery_when_idle(a->q->serve, advance_step, a);
}

static void advance_end(struct advance *a)
{
    struct request *q = a->q;

    q->serve->clock_moves = false;
    summary_set(q, "now",
                json_string(instant_print(serve_now(q->serve),
                                          (char[INSTANT_TEXT]){0})));
    summary_set(q, "events", json_integer(a->events));
    request_finish(q, NULL);
}

/* One due instant: move there, do what is due, deliver, come again. */
static void advance_step(void *arg)
{
    struct advance *a = arg;
    struct serve *s = a->q->serve;
    struct instant now = serve_now(s), next = scheduler_next(s);

    if (!a->q->connection || now.second >= a->to.second) {
        advance_end(a);
        return;
    }
    if (instant_is_none(next) || next.second > a->to.second)
        next = a->to;
    else
        a->events++;
    if (next.second <= now.second) /* due, but it did not go: try later */
        next.second = now.second + 60;
    clock_set(&s->clock, next);
    scheduler_run(s, advance_deliver, a);
}

/* "+3 days", "2027-01-18", "2027-01-18T08:00:00Z" */
static bool clock_target(const char *text, struct instant now,
                         struct instant *ret, struct error *err)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"min", 60}, {"hour", 3600}, {"day", 86400}, {"week", 604800}};
    struct date day;
    char *rest;

    if (text[0] != '+') {
        if (!date_parse(text, &day, NULL))
            return instant_parse(text, ret, err);
        *ret = (struct instant){(int64_t)day.day * 86400};
        return true;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strstr(text, units[i].unit)) {
            *ret = (struct instant){now.second + strtoll(text + 1, &rest, 10) *
                                                     units[i].seconds};
            return true;
        }
    if (strstr(text, "month")) {
        struct local l = local_of_seconds(now.second);

        day = date_add_months(l.date, (int)strtol(text + 1, &rest, 10));
        *ret = (struct instant){now.second +
                                (int64_t)(day.day - l.date.day) * 86400};
        return true;
    }
    return fail(err, REPLY_USAGE,
                "write +3 days, +6 weeks, +9 months or an instant");
}

bool verb_CLOCK(struct request *q, struct error *err)
{
    const char *text = request_text(q, "to");
    struct serve *s = q->serve;
    struct advance *a;

    if (!text) {
        summary_set(
            q, "now",
            json_string(instant_print(serve_now(s), (char[INSTANT_TEXT]){0})));
        summary_set(q, "clock",
                    json_string(s->clock.manual ? "manual" : "real"));
        return true;
    }
    if (!s->clock.manual)
        return fail(err, REPLY_CONFLICT,
                    "this daemon follows the machine's clock; start it with "
                    "--clock INSTANT to move time by hand");
    if (s->clock_moves)
        return fail(err, REPLY_LATER,
                    "the clock is moving; wait until that is done");
    a = object_new(q->ctx, struct advance);
    a->q = q;
    if (!clock_target(text, serve_now(s), &a->to, err))
        return false;
    if (a->to.second < serve_now(s).second)
        return fail(err, REPLY_CONFLICT, "the clock never goes back");
    if (a->to.second > serve_now(s).second + 40LL * 366 * 86400)
        return fail(err, REPLY_INPUT, "at most 40 years at a time");
    q->deferred = true;
    s->clock_moves = true;
    scheduler_run(s, advance_deliver, a);
    return true;
}
