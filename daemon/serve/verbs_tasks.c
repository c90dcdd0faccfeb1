/*
 * Verbs about the secretariat's tasks: those of the draft, and the closed ones
 * of what was released and is planned no more.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

static void add_items(struct plan *plan, const struct plan *from,
                      const char *edition)
{
    size_t n;
    const struct item *items = plan_items_of(from, edition, &n);

    plan->items = array_grow(plan, plan->items, struct item, plan->n_items + n);
    for (size_t i = 0; i < n; i++)
        plan->items[plan->n_items++] = item_copy(plan, &items[i]);
}

/* What is released and not in the draft any more: its tasks are closed. */
static void add_gone(struct plan *plan, const struct plan *released,
                     struct date today)
{
    size_t n = plan->n_editions;

    for (size_t i = 0; released && i < released->n_editions; i++) {
        struct edition e = released->editions[i];
        bool there = false;

        for (size_t k = 0; k < n && !there; k++)
            there = text_same(plan->editions[k].id, e.id);
        if (there)
            continue;
        if (e.end.day >= today.day)
            e.status = EDITION_CANCELLED;
        plan->editions = array_grow(plan, plan->editions, struct edition,
                                    plan->n_editions + 1);
        plan->editions[plan->n_editions++] = edition_copy(plan, &e);
        add_items(plan, released, e.id);
    }
}

/* Since when the world knows of each edition; of a new one it would be now. */
static void set_created(struct plan *plan, const struct plan *released,
                        struct instant now)
{
    for (size_t i = 0; i < plan->n_editions; i++) {
        struct edition *e = &plan->editions[i];
        const struct edition *was =
            released ? plan_edition(released, e->id) : NULL;

        e->created = was ? was->created : now;
    }
}

bool serve_tasks(TALLOC_CTX *ctx, struct serve *s, struct tasks *ret,
                 struct error *err)
{
    struct task_fact *facts;
    const struct plan *draft;
    struct plan *plan;
    size_t n;

    if (!store_task_facts(ctx, s->store, &facts, &n, err) ||
        !draft_whole(ctx, s, "main", &draft, err))
        return false;
    plan = plan_copy(ctx, draft);
    set_created(plan, s->out.plan, serve_now(s));
    add_gone(plan, s->out.plan, instant_utc_date(serve_now(s)));
    plan_sort(plan);
    *ret = office_tasks(ctx, s->generation->rules, plan, facts, n);
    return true;
}

bool find_task(const struct tasks *tasks, const char *id,
               const struct task **ret, struct error *err)
{
    const char **names = array_new(NULL, const char *, tasks->n + 1);
    const char *near;

    for (size_t i = 0; i < tasks->n; i++) {
        names[i] = tasks->rows[i].id;
        if (text_same(names[i], id)) {
            talloc_free(names);
            *ret = &tasks->rows[i];
            return true;
        }
    }
    near = text_nearest(id, names);
    talloc_free(names);
    return near ? fail(err, REPLY_NOTFOUND, "no task %s, did you mean %s?", id,
                       near)
                : fail(err, REPLY_NOTFOUND, "no task %s", id);
}

bool verb_TASKS(struct request *q, struct error *err)
{
    const char *edition = request_text(q, "edition"),
               *owner = request_text(q, "owner"),
               *state = request_text(q, "state");
    struct date until = request_date(q, "until"),
                today = instant_utc_date(serve_now(q->serve));
    struct tasks tasks;
    int n = 0, overdue = 0, drifted = 0;

    if (!serve_tasks(q->ctx, q->serve, &tasks, err))
        return false;
    for (size_t i = 0; i < tasks.n; i++) {
        const struct task *t = &tasks.rows[i];

        if ((edition && !text_same(edition, t->edition)) ||
            (owner && !text_same(owner, t->owner)) ||
            (state && strcmp(state, task_state_word(t->state)) != 0) ||
            (!date_is_none(until) && t->due.day > until.day) ||
            !request_shows(
                q, rules_sector(q->serve->generation->rules, t->cluster)))
            continue;
        request_row(q, view_task(q->serve->generation->rules, t, today));
        n++;
        overdue += task_overdue(t, today) > 0;
        drifted += t->pinned && t->drift.day != t->due.day;
    }
    summary_set(q, "tasks", json_integer(n));
    summary_set(q, "overdue", json_integer(overdue));
    summary_set(q, "drifted", json_integer(drifted));
    return n > 0 ||
           (filter_edition(q, edition, err) && filter_owner(q, owner, err));
}

/* The fact of a task as it stands, to be changed. */
static struct task_fact fact_of(const struct request *q, const struct task *t)
{
    return (struct task_fact){.task = t->id,
                              .state = t->state,
                              .on = t->done_on,
                              .note = t->note ? t->note : "",
                              .pin = t->pinned ? t->due : DATE_NONE,
                              .who = q->who};
}

/* Stores the fact and answers with the task as it is now. */
static bool put_fact(struct request *q, const struct task_fact *fact,
                     const struct task *was, struct error *err)
{
    struct serve *s = q->serve;
    struct date today = instant_utc_date(serve_now(s));
    struct tasks tasks;
    const struct task *is;

    if (!store_put_task_fact(s->store, fact, serve_now(s), err) ||
        !publishing_tasks(s, err) || !deadlines_refresh(s, err) ||
        !serve_tasks(q->ctx, q->serve, &tasks, err) ||
        !find_task(&tasks, fact->task, &is, err))
        return false;
    q->things = text_format(q->ctx, "%s %s", is->edition, is->id);
    q->before =
        json_line(q->ctx, view_task(q->serve->generation->rules, was, today));
    q->after =
        json_line(q->ctx, view_task(q->serve->generation->rules, is, today));
    request_row(q, view_task(q->serve->generation->rules, is, today));
    if (*is->warning)
        summary_set(q, "warning", json_string(is->warning));
    return true;
}

/* The task named, and its fact to be changed. */
static bool find_fact(struct request *q, const struct task **ret,
                      struct task_fact *ret_fact, struct error *err)
{
    struct tasks *tasks = object_new(q->ctx, struct tasks);

    if (!serve_tasks(q->ctx, q->serve, tasks, err) ||
        !find_task(tasks, request_text(q, "task"), ret, err))
        return false;
    if ((*ret)->closed)
        return fail(err, REPLY_CONFLICT,
                    "%s is closed: its edition is called "
                    "off or planned no more",
                    (*ret)->id);
    *ret_fact = fact_of(q, *ret);
    return true;
}

/* Done, waived or open from now on. */
static bool settle(struct request *q, enum task_state state, struct date on,
                   const char *note, struct error *err)
{
    struct task_fact fact;
    const struct task *t;

    if (!find_fact(q, &t, &fact, err))
        return false;
    if ((t->state == TASK_OPEN) == (state == TASK_OPEN))
        return fail(err, REPLY_CONFLICT, "%s is %s already", t->id,
                    task_state_word(t->state));
    fact.state = state;
    fact.on = on;
    fact.note = note ? note : "";
    return put_fact(q, &fact, t, err);
}

bool verb_DONE(struct request *q, struct error *err)
{
    struct date on = request_date(q, "on"),
                today = instant_utc_date(serve_now(q->serve));

    if (!date_is_none(on) && on.day > today.day)
        return fail(err, REPLY_INPUT, "--on lies in the future");
    return settle(q, TASK_DONE, date_is_none(on) ? today : on,
                  request_text(q, "note"), err);
}

bool verb_WAIVE(struct request *q, struct error *err)
{
    return settle(q, TASK_WAIVED, instant_utc_date(serve_now(q->serve)),
                  request_text(q, "because"), err);
}

bool verb_REOPEN(struct request *q, struct error *err)
{
    return settle(q, TASK_OPEN, DATE_NONE, request_text(q, "because"), err);
}

bool verb_PIN(struct request *q, struct error *err)
{
    struct task_fact fact;
    const struct task *t;

    if (!find_fact(q, &t, &fact, err))
        return false;
    fact.pin = request_date(q, "date");
    return put_fact(q, &fact, t, err);
}

bool verb_UNPIN(struct request *q, struct error *err)
{
    struct task_fact fact;
    const struct task *t;

    if (!find_fact(q, &t, &fact, err))
        return false;
    if (!t->pinned)
        return fail(err, REPLY_CONFLICT, "%s is not pinned", t->id);
    fact.pin = DATE_NONE;
    return put_fact(q, &fact, t, err);
}
