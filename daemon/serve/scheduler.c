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

#define LOOK_SECONDS   60
#define GIVEN_UP_TOLD  "given_up_told" /* setting: until when */
#define GIVEN_UP_LINES 20

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
    int overdue;     /* tasks that day; -1 when some have changed since */
    bool given_up;   /* messages may have failed since the desk was told */
    bool failed;     /* the last run met a fault: the next is not at once */
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
    s->scheduler->overdue = -1;
    if (!s->clock.manual)
        arm(s->scheduler, 0);
}

/* ---- computing what is due */

static bool recompute(struct scheduler *sch, struct error *err)
{
    struct serve *s = sch->serve;
    TALLOC_CTX *ctx = talloc_new(sch);

    if (!serve_contacts(ctx, s, &sch->contacts, err)) {
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
                        &sch->contacts, s->config->escalate_to,
                        s->config->ladder, &sch->notices);
    sch->stale = false;
    return true;
}

bool scheduler_net(struct serve *s, struct net **ret, struct error *err)
{
    struct scheduler *sch = s->scheduler;

    if (!sch)
        return fail(err, REPLY_LATER, "the daemon stops");
    if (!sch->net && !restraint_load(sch, s, &sch->net, err))
        return false;
    *ret = sch->net;
    return true;
}

/* ---- what was given up, told once an hour */

void scheduler_gave_up(struct serve *s)
{
    if (s->scheduler)
        s->scheduler->given_up = true;
}

static struct instant hour_of(struct instant t)
{
    return (struct instant){t.second - t.second % 3600};
}

/* Notices to the desk are left out: one that fails would cause another. */
static size_t lines_of(TALLOC_CTX *ctx, const struct message *rows, size_t n,
                       const char **lines)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        const struct message *m = &rows[i];

        if (m->kind == MESSAGE_NOTICE)
            continue;
        if (count < GIVEN_UP_LINES)
            lines[count] = text_format(
                ctx, "message %lld, %s to %s%s%s: %s%s%.200s", (long long)m->id,
                message_kind_word(m->kind), m->to, *m->edition ? ", " : "",
                m->edition, message_state_word(m->state),
                *m->verdict ? ", " : "", m->verdict);
        count++;
    }
    return count;
}

static bool tell_given_up(TALLOC_CTX *ctx, struct serve *s,
                          struct instant since, struct instant until,
                          struct error *err)
{
    const char *lines[GIVEN_UP_LINES];
    struct message *rows;
    size_t n, count;
    struct desk_news news = {.lines = lines};

    if (!store_given_up(ctx, s->store, since, until, &rows, &n, err))
        return false;
    count = lines_of(ctx, rows, n, lines);
    if (count == 0)
        return true;
    news.n_lines = count < GIVEN_UP_LINES ? count : GIVEN_UP_LINES;
    news.cause = text_format(ctx, "given-up/%lld", (long long)until.second);
    news.text = text_format(ctx,
                            "%zu mail%s did not go and will not be tried "
                            "again (convenectl outbox --state failed, expired)",
                            count, count == 1 ? "" : "s");
    return desk_tell(ctx, s, &news, err);
}

/* Once an hour has ended, all of it; what comes next waits for the next. */
static bool report_given_up(struct scheduler *sch, struct error *err)
{
    struct serve *s = sch->serve;
    struct instant until = hour_of(serve_now(s)), since = until;
    TALLOC_CTX *tmp = talloc_new(sch);
    const char *told = NULL;
    bool good = store_setting(tmp, s->store, GIVEN_UP_TOLD, &told, err);

    if (good && told)
        since.second = atoll(told);
    if (good && (!told || since.second < until.second)) {
        good = store_begin(s->store, err);
        if (good &&
            !((!told || tell_given_up(tmp, s, since, until, err)) &&
              store_set_setting(
                  s->store, GIVEN_UP_TOLD,
                  text_format(tmp, "%lld", (long long)until.second), err) &&
              store_commit(s->store, err))) {
            store_rollback(s->store);
            good = false;
        }
        sch->given_up = sch->given_up && !good;
    }
    talloc_free(tmp);
    return good;
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
        sch->given_up = true;
    }
    return restraint_hold(ctx, s, sch->net, &m, err) &&
           store_add_message(s->store, &m, &id, &added, err);
}

/* Tells what is due; stops when the store takes nothing at the moment. One mail
 * that cannot be written never keeps the others back. */
static bool tell_due(struct scheduler *sch, struct error *err)
{
    struct serve *s = sch->serve;
    struct instant now = serve_now(s);
    size_t from = sch->at;

    if (sch->at == sch->notices.n ||
        sch->notices.rows[sch->at].due.second > now.second)
        return true;
    if (!scheduler_net(s, &sch->net, err) || !store_begin(s->store, err))
        return false;
    while (sch->at < sch->notices.n &&
           sch->notices.rows[sch->at].due.second <= now.second) {
        TALLOC_CTX *tmp = talloc_new(sch->ctx);
        bool good = tell(sch, &sch->notices.rows[sch->at], tmp, err);

        talloc_free(tmp);
        if (!good && err->code == REPLY_LATER) {
            store_rollback(s->store);
            sch->at = from;
            return false;
        }
        if (!good)
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
    else if (n > 0) {
        log_line(LOG_LEVEL_WARNING, "%d messages expired without being sent",
                 n);
        scheduler_gave_up(s);
    }
}

/* Once a day, when one more is late. As many as before are the same ones only
 * when nothing was done, or released, since. */
static void refresh_deadlines(struct scheduler *sch)
{
    int overdue = deadlines_overdue(sch->serve);
    struct error err;

    if (overdue != sch->overdue && !deadlines_refresh(sch->serve, &err))
        serve_report(sch->serve, "deadlines", &err);
    sch->overdue = overdue;
}

static void report_fault(struct scheduler *sch, const char *what,
                         const struct error *err)
{
    serve_report(sch->serve, what, err);
    sch->failed = true;
}

void scheduler_run(struct serve *s)
{
    struct scheduler *sch = s->scheduler;
    struct date day = instant_utc_date(serve_now(s));
    struct error err;

    if (!sch)
        return;
    if (date_is_none(sch->day))
        sch->given_up = true; /* perhaps before this process began */
    if (day.day != sch->day.day) {
        draft_forget(s); /* what was confirmed may be held now */
        refresh_deadlines(sch);
    }
    sch->day = day;
    sch->failed = false;
    if (sch->stale && !recompute(sch, &err)) {
        report_fault(sch, "scheduler", &err);
        return;
    }
    if (sch->owing) {
        sch->owing = !invitations_catch_up(s, &err);
        if (sch->owing)
            report_fault(sch, "invitations", &err);
    }
    if (!tell_due(sch, &err))
        report_fault(sch, "scheduler", &err);
    expire(s);
    if (sch->given_up && !report_given_up(sch, &err))
        report_fault(sch, "notice", &err);
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
    if (sch->given_up)
        next = earlier(next,
                       (struct instant){hour_of(serve_now(s)).second + 3600});
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
    if (!sch->failed && !instant_is_none(next)) {
        int64_t left = next.second - serve_now(s).second;

        seconds = left < 1 ? 1 : left < LOOK_SECONDS ? left : LOOK_SECONDS;
    }
    arm(sch, seconds);
}
