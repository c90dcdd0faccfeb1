/*
 * What falls due: reminders of the released plan, tasks that are late, and
 * messages whose next try or end has come. "Due and not yet told" is a row in
 * the store, never a timer: the timer only says when to look again, and looks
 * at least once a minute, so that a clock that was set, or a machine that
 * slept, is noticed.
 *
 * The work goes in slices of a few letters, each a transaction, one in a turn
 * of the loop: others are answered in between, and what they change is seen by
 * the next slice. First come the letters of a release, then what newcomers are
 * owed, then what is due.
 *
 * Invariants: 1. a notice becomes a message at most once for ever (UNIQUE in
 * the store); 2. a notice that was missed past its end becomes an expired
 * message that says so, and is mailed no more,
 * unless the clock was ahead (drift.h); 3. while letters are written
 * that may take the place of others, none that waits goes.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/announce.h"
#include "daemon/serve/drift.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/restraint.h"

#define LOOK_SECONDS   60
#define SLICE          32              /* letters in one turn of the loop */
#define GIVEN_UP_TOLD  "given_up_told" /* setting: until when */
#define GIVEN_UP_LINES 20

/* Who waits for the end of the work, or of the letters of a release. */
struct waiter {
    struct waiter *next;
    bool announced;
    void (*then)(void *arg);
    void *arg;
};

struct scheduler {
    struct serve *serve;
    uv_timer_t timer;
    uv_idle_t slices;     /* on while there is work */
    bool due;             /* what is due is to be done */
    bool owed;            /* letters of a release are to be written */
    bool put_off;         /* but could not be: at the next look */
    struct waiter *first; /* in order */
    struct announcement *announcement; /* NULL: to be begun */
    struct invitations_run *newcomers; /* likewise */
    TALLOC_CTX *ctx;                   /* of what follows */
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
    int written;     /* letters of the last release */
    struct drift drift;
    bool ahead; /* some expired by a clock that was ahead */
};

static void on_timer(uv_timer_t *timer);
static void on_slice(uv_idle_t *handle);

static void arm(struct scheduler *sch, int64_t seconds)
{
    uv_update_time(sch->serve->loop);
    (void)uv_timer_start(&sch->timer, on_timer, (uint64_t)seconds * 1000, 0);
}

static void wait_for(struct scheduler *sch, bool announced,
                     void (*then)(void *arg), void *arg)
{
    struct waiter *w = object_new(sch, struct waiter), **last = &sch->first;

    *w = (struct waiter){.announced = announced, .then = then, .arg = arg};
    while (*last)
        last = &(*last)->next;
    *last = w;
}

/* They may begin to wait anew. */
static void wake(struct scheduler *sch, bool announced_only)
{
    struct waiter *all = sch->first;

    sch->first = NULL;
    while (all) {
        struct waiter *w = all;

        all = w->next;
        if (announced_only && !w->announced)
            wait_for(sch, false, w->then, w->arg);
        else
            w->then(w->arg);
        talloc_free(w);
    }
}

static void begin_work(struct scheduler *sch)
{
    (void)uv_idle_start(&sch->slices, on_slice);
}

/* What was begun to write is out of date, or done. */
static void forget_runs(struct scheduler *sch)
{
    TALLOC_FREE(sch->announcement);
    TALLOC_FREE(sch->newcomers);
}

static void end_slices(uv_handle_t *handle)
{
    talloc_free(handle->data);
}

static void end_timer(uv_handle_t *handle)
{
    struct scheduler *sch = handle->data;

    uv_close((uv_handle_t *)&sch->slices, end_slices);
}

struct scheduler *scheduler_start(struct serve *s)
{
    struct scheduler *sch = object_new(NULL, struct scheduler);
    struct error err;

    sch->serve = s;
    sch->ctx = talloc_new(sch);
    sch->stale = true;
    sch->owing = true;
    sch->day = DATE_NONE;
    sch->drift.looked = INSTANT_NONE;
    (void)uv_timer_init(s->loop, &sch->timer);
    (void)uv_idle_init(s->loop, &sch->slices);
    sch->timer.data = sch;
    sch->slices.data = sch;
    arm(sch, 0);
    if (!announce_owed(s, &sch->owed, &err))
        serve_report(s, "letters", &err);
    if (sch->owed) {
        log_line(LOG_LEVEL_WARNING,
                 "the daemon ended while it wrote the letters of release %d; "
                 "the rest is written now",
                 s->out.release);
        begin_work(sch);
    }
    return sch;
}

/* Those who wait are told: what is left to do is in the store. */
void scheduler_stop(struct serve *s)
{
    struct scheduler *sch = s->scheduler;

    if (!sch)
        return;
    s->scheduler = NULL;
    (void)uv_idle_stop(&sch->slices);
    forget_runs(sch);
    wake(sch, false);
    uv_close((uv_handle_t *)&sch->timer, end_timer);
}

void scheduler_changed(struct serve *s)
{
    if (!s->scheduler)
        return;
    s->scheduler->stale = true;
    s->scheduler->owing = true;
    s->scheduler->overdue = -1;
    forget_runs(s->scheduler);
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

void scheduler_forget_net(struct serve *s)
{
    if (s->scheduler)
        TALLOC_FREE(s->scheduler->net);
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
    if (good && (!told || since.second != until.second)) {
        good = store_begin(s->store, err);
        if (good && /* a clock that was ahead told too much */
            !((!told || since.second > until.second ||
               tell_given_up(tmp, s, since, until, err)) &&
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
    const struct occasion o = {.plan = s->out.plan,
                               .note = s->out.note.note,
                               .release = s->out.release,
                               .state = state,
                               .now = now};
    struct message m;
    int64_t id;

    if (!store_find_message(s->store, n->contact->email, n->cause, &there, &id,
                            err))
        return false;
    if (there)
        return missed || !sch->ahead || drift_revive(ctx, s, sch->net, id, err);
    if (!letter_compose(ctx, s, n, &o, &m, err))
        return wrap(err, "mail to %s about %s", n->contact->email, n->edition);
    if (missed) {
        m.verdict = "missed: its time went by while the daemon was not running";
        m.settled = now;
        sch->given_up = true;
    }
    return restraint_hold(ctx, s, sch->net, &m, err) &&
           store_add_message(s->store, &m, &id, &added, err);
}

static bool is_due(const struct scheduler *sch, struct instant now)
{
    return sch->at < sch->notices.n &&
           sch->notices.rows[sch->at].due.second <= now.second;
}

/* So many that are due; false when the store takes nothing at the moment. One
 * mail that cannot be written never keeps the others back. */
static bool tell_some(struct scheduler *sch, size_t most, struct error *err)
{
    struct serve *s = sch->serve;

    for (; most > 0 && is_due(sch, serve_now(s)); most--, sch->at++) {
        TALLOC_CTX *tmp = talloc_new(sch->ctx);
        bool good = tell(sch, &sch->notices.rows[sch->at], tmp, err);

        talloc_free(tmp);
        if (!good && err->code == REPLY_LATER)
            return false;
        if (!good)
            serve_report(s, "reminder", err);
    }
    return true;
}

static bool tell_due(struct scheduler *sch, bool *ret_done, struct error *err)
{
    struct serve *s = sch->serve;
    size_t from = sch->at;

    if (is_due(sch, serve_now(s))) {
        if (!scheduler_net(s, &sch->net, err) || !store_begin(s->store, err))
            return false;
        if (!tell_some(sch, SLICE, err) || !store_commit(s->store, err)) {
            store_rollback(s->store);
            scheduler_forget_net(s);
            sch->at = from;
            return false;
        }
    }
    *ret_done = !is_due(sch, serve_now(s));
    return true;
}

/* What newcomers are owed. */
static bool catch_up(struct scheduler *sch, bool *ret_done, struct error *err)
{
    struct serve *s = sch->serve;
    int n = 0;

    *ret_done = !s->out.plan;
    if (*ret_done)
        return true;
    if (!sch->newcomers && !invitations_catch_up(sch, s, &sch->newcomers, err))
        return false;
    if (!store_begin(s->store, err))
        return false;
    if (!invitations_next(sch->newcomers, SLICE, &n, ret_done, err) ||
        !store_commit(s->store, err)) {
        store_rollback(s->store);
        scheduler_forget_net(s);
        return false;
    }
    return true;
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

/* ---- the work, slice by slice */

/* A new day, or the first look. */
static void look_at_day(struct scheduler *sch)
{
    struct date day = instant_utc_date(serve_now(sch->serve));
    bool ahead;

    if (drift_look(sch->serve, &sch->drift, &ahead)) {
        sch->ahead = ahead;
        sch->stale = true;
    }
    if (date_is_none(sch->day))
        sch->given_up = true; /* perhaps before this process began */
    if (day.day != sch->day.day) {
        draft_forget(sch->serve); /* what was confirmed may be held now */
        refresh_deadlines(sch);
    }
    sch->day = day;
}

/* After the last letter. */
static void close_day(struct scheduler *sch)
{
    struct error err;

    expire(sch->serve);
    if (sch->given_up && !report_given_up(sch, &err))
        report_fault(sch, "notice", &err);
    sch->due = false;
}

/* One slice of what is due. */
static void due_slice(struct scheduler *sch)
{
    struct error err;
    bool done = false;

    look_at_day(sch);
    if (sch->stale && !recompute(sch, &err)) {
        report_fault(sch, "scheduler", &err);
        sch->due = false;
        return;
    }
    if (sch->owing && catch_up(sch, &done, &err)) {
        sch->owing = !done;
        if (done)
            forget_runs(sch);
        return;
    }
    if (sch->owing)
        report_fault(sch, "invitations", &err);
    if (!tell_due(sch, &done, &err)) {
        report_fault(sch, "scheduler", &err);
        done = true;
    }
    if (done)
        close_day(sch);
}

/* One slice of the letters of a release. */
static void announce_slice(struct scheduler *sch)
{
    struct serve *s = sch->serve;
    struct error err;
    bool done = false;

    if ((sch->announcement ||
         announce_begin(sch, s, &sch->announcement, &err)) &&
        announce_next(sch->announcement, SLICE, &sch->written, &done, &err)) {
        sch->owed = !done;
        if (done)
            forget_runs(sch);
        return;
    }
    forget_runs(sch);
    report_fault(sch, "letters", &err);
    sch->put_off = true;
}

/* The next look, by the machine's clock. */
static void arm_next(struct scheduler *sch)
{
    struct serve *s = sch->serve;
    struct instant next;
    int64_t seconds = LOOK_SECONDS;

    if (s->clock.manual) /* only the verb `clock` moves time */
        return;
    next = scheduler_next(s);
    if (!sch->failed && !instant_is_none(next)) {
        int64_t left = next.second - serve_now(s).second;

        seconds = left < 1 ? 1 : left < LOOK_SECONDS ? left : LOOK_SECONDS;
    }
    arm(sch, seconds);
}

/* `looked`: what was due is done, too, and the next look is known. */
static void end_work(struct scheduler *sch, bool looked)
{
    (void)uv_idle_stop(&sch->slices);
    forget_runs(sch);
    delivery_poke(sch->serve);
    if (looked)
        arm_next(sch);
    else if (sch->put_off && !sch->serve->clock.manual)
        arm(sch, LOOK_SECONDS);
    wake(sch, false);
}

static void on_slice(uv_idle_t *handle)
{
    struct scheduler *sch = handle->data;
    bool looks = false;

    serve_alive(sch->serve);
    if (sch->owed && !sch->put_off) {
        announce_slice(sch);
        if (!sch->owed)
            wake(sch, true);
    } else if (sch->due) {
        due_slice(sch);
        looks = true;
    }
    if (!sch->due && (!sch->owed || sch->put_off))
        end_work(sch, looks);
}

void scheduler_run(struct serve *s, void (*then)(void *arg), void *arg)
{
    struct scheduler *sch = s->scheduler;

    if (!sch)
        return;
    sch->failed = sch->put_off = false;
    sch->due = true;
    if (then)
        wait_for(sch, false, then, arg);
    begin_work(sch);
}

void scheduler_announce(struct serve *s, void (*then)(void *arg), void *arg)
{
    struct scheduler *sch = s->scheduler;

    if (!sch)
        return;
    sch->failed = sch->put_off = false;
    sch->owed = true;
    sch->written = 0;
    wait_for(sch, true, then, arg);
    begin_work(sch);
}

size_t scheduler_unwritten(const struct serve *s)
{
    const struct scheduler *sch = s->scheduler;

    if (!sch || !sch->owed)
        return 0;
    return sch->announcement ? announce_left(sch->announcement) : 1;
}

int scheduler_written(const struct serve *s)
{
    return s->scheduler ? s->scheduler->written : 0;
}

bool scheduler_writes(const struct serve *s)
{
    const struct scheduler *sch = s->scheduler;

    return sch && ((sch->owed && !sch->put_off) || sch->newcomers);
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

    if (!sch->serve->clock.manual)
        scheduler_run(sch->serve, NULL, NULL);
}
