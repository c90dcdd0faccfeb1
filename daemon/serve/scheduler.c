/*
 * What falls due: reminders of the released plan, tasks that are late, and
 * messages whose next try or end has come. "Due and not yet told" is a row in
 * the store, never a timer: the timer only says when to look again, and looks
 * at least once a minute, so that a clock that was set, or a machine that
 * slept, is noticed.
 *
 * Invariants: 1. a notice becomes a message at most once for ever (UNIQUE in
 * the store); 2. a notice that was missed past its end becomes an expired
 * message that says so, and is mailed no more.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/restraint.h"

#define LOOK_SECONDS 60

struct scheduler {
    struct serve *serve;
    uv_timer_t timer;
    TALLOC_CTX *ctx; /* of what follows */
    struct net *net; /* NULL: what went lately is not read yet */
    struct contacts contacts;
    struct notices notices;
    size_t at;       /* the first notice not settled yet */
    bool stale;      /* notices must be computed again */
    bool owing;      /* newcomers may be owed invitations */
    struct date day; /* of the last run, in UTC */
    int overdue;     /* tasks that day */
};

static void on_timer(uv_timer_t *timer);

static void arm(struct scheduler *sch, int64_t seconds)
{
    uv_update_time(sch->serve->loop);
    (void)uv_timer_start(&sch->timer, on_timer, (uint64_t)seconds * 1000, 0);
}

static void end_timer(uv_handle_t *handle)
{
    struct scheduler *sch = handle->data;

    talloc_free(sch);
}

struct scheduler *scheduler_start(struct serve *s)
{
    struct scheduler *sch = object_new(NULL, struct scheduler);

    sch->serve = s;
    sch->ctx = talloc_new(sch);
    sch->stale = true;
    sch->owing = true;
    sch->day = DATE_NONE;
    (void)uv_timer_init(s->loop, &sch->timer);
    sch->timer.data = sch;
    arm(sch, 0);
    return sch;
}

void scheduler_stop(struct serve *s)
{
    if (!s->scheduler)
        return;
    uv_close((uv_handle_t *)&s->scheduler->timer, end_timer);
    s->scheduler = NULL;
}

void scheduler_changed(struct serve *s)
{
    if (!s->scheduler)
        return;
    s->scheduler->stale = true;
    s->scheduler->owing = true;
    if (!s->clock.manual)
        arm(s->scheduler, 0);
}

/* ---- computing what is due */

static bool recompute(struct scheduler *sch, struct error *err)
{
    struct serve *s = sch->serve;
    TALLOC_CTX *ctx = talloc_new(sch);

    if (!store_contacts(ctx, s->store, &sch->contacts, err)) {
        talloc_free(ctx);
        return false;
    }
    talloc_free(sch->ctx);
    sch->ctx = ctx;
    sch->at = 0;
    sch->notices = s->out.plan
                       ? office_notices(ctx, s->generation->rules, s->out.plan,
                                        &s->out.tasks, &sch->contacts)
                       : (struct notices){NULL, 0};
    if (s->out.plan)
        office_escalate(ctx, s->generation->rules, s->out.plan, &s->out.tasks,
                        &sch->contacts, s->config->escalate_to, &sch->notices);
    sch->stale = false;
    return true;
}

/* ---- telling */

static bool tell(struct scheduler *sch, const struct notice *n, TALLOC_CTX *ctx,
                 struct error *err)
{
    struct serve *s = sch->serve;
    struct instant now = serve_now(s);
    bool missed = n->expires.second <= now.second, there, added;
    enum message_state state = missed ? MESSAGE_EXPIRED
                               : s->config->review_kind == REVIEW_ALL
                                   ? MESSAGE_HELD
                                   : MESSAGE_QUEUED;
    struct message m;
    int64_t id;

    if (!store_has_message(s->store, n->contact->email, n->cause, &there, err))
        return false;
    if (there)
        return true;
    if (!letter_compose(ctx, s, n, s->out.plan, NULL, s->out.note.note,
                        s->out.release, state, now, &m, err))
        return wrap(err, "mail to %s about %s", n->contact->email, n->edition);
    if (missed) {
        m.verdict = "missed: its time went by while the daemon was not running";
        m.settled = now;
    }
    return restraint_hold(ctx, s, sch->net, &m, err) &&
           store_add_message(s->store, &m, &id, &added, err);
}

/* Tells what is due; stops at the first fault of the store. */
static bool tell_due(struct scheduler *sch, struct error *err)
{
    struct serve *s = sch->serve;
    struct instant now = serve_now(s);
    size_t from = sch->at;

    if (sch->at == sch->notices.n ||
        sch->notices.rows[sch->at].due.second > now.second)
        return true;
    if (!sch->net && !restraint_load(sch, s, &sch->net, err))
        return false;
    if (!store_begin(s->store, err))
        return false;
    while (sch->at < sch->notices.n &&
           sch->notices.rows[sch->at].due.second <= now.second) {
        TALLOC_CTX *tmp = talloc_new(sch->ctx);
        bool good = tell(sch, &sch->notices.rows[sch->at], tmp, err);

        talloc_free(tmp);
        if (!good && err->code != REPLY_INPUT && err->code != REPLY_INTERNAL) {
            store_rollback(s->store);
            sch->at = from;
            return false;
        }
        if (!good) /* this one mail cannot be written; the others can */
            serve_report(s, "reminder", err);
        sch->at++;
    }
    if (store_commit(s->store, err))
        return true;
    store_rollback(s->store);
    sch->at = from;
    return false;
}

static void expire(struct serve *s)
{
    struct error err;
    int n;

    if (!store_expire(s->store, serve_now(s), &n, &err))
        serve_report(s, "expire", &err);
    else if (n > 0)
        log_line(LOG_LEVEL_WARNING, "%d messages expired without being sent",
                 n);
}

/* Once a day, when one more is late. */
static void refresh_deadlines(struct scheduler *sch)
{
    int overdue = deadlines_overdue(sch->serve);
    struct error err;

    if (overdue != sch->overdue && !deadlines_refresh(sch->serve, &err))
        serve_report(sch->serve, "deadlines", &err);
    sch->overdue = overdue;
}

void scheduler_run(struct serve *s)
{
    struct scheduler *sch = s->scheduler;
    struct date day = instant_utc_date(serve_now(s));
    struct error err;

    if (!sch)
        return;
    if (day.day != sch->day.day) {
        draft_forget(s); /* what was confirmed may be held now */
        refresh_deadlines(sch);
    }
    sch->day = day;
    if (sch->stale && !recompute(sch, &err)) {
        serve_report(s, "scheduler", &err);
        return;
    }
    if (sch->owing) {
        sch->owing = !invitations_catch_up(s, &err);
        if (sch->owing)
            serve_report(s, "invitations", &err);
    }
    if (!tell_due(sch, &err))
        serve_report(s, "scheduler", &err);
    expire(s);
    delivery_poke(s);
}

static struct instant earlier(struct instant a, struct instant b)
{
    if (instant_is_none(a))
        return b;
    if (instant_is_none(b))
        return a;
    return a.second < b.second ? a : b;
}

struct instant scheduler_next(struct serve *s)
{
    struct scheduler *sch = s->scheduler;
    struct instant next = INSTANT_NONE, mail;
    struct error err;

    if (!sch)
        return next;
    if (sch->stale && !recompute(sch, &err)) {
        serve_report(s, "scheduler", &err);
        return next;
    }
    if (sch->at < sch->notices.n)
        next = sch->notices.rows[sch->at].due;
    if (store_next_due(s->store, &mail, &err)) {
        struct instant rest = delivery_resting(s);

        if (!instant_is_none(mail) && !instant_is_none(rest) &&
            mail.second < rest.second)
            mail = rest;
        if (s->config->deliver_kind != DELIVER_NONE)
            next = earlier(next, mail);
    }
    return next;
}

static void on_timer(uv_timer_t *timer)
{
    struct scheduler *sch = timer->data;
    struct serve *s = sch->serve;
    struct instant next;
    int64_t seconds = LOOK_SECONDS;

    if (s->clock.manual) /* only the verb `clock` moves time */
        return;
    scheduler_run(s);
    next = scheduler_next(s);
    if (!instant_is_none(next)) {
        int64_t left = next.second - serve_now(s).second;

        seconds = left < 1 ? 1 : left < LOOK_SECONDS ? left : LOOK_SECONDS;
    }
    arm(sch, seconds);
}
