/*
 * Delivery: claims messages from the outbox, hands them to the directory or to
 * a batch of convene-mailer, settles each verdict as it comes.
 *
 *   idle --delivery_poke--> claiming --batch--> busy --on_done--> claiming
 *   claiming --nothing to claim, resting, trouble--> idle
 *
 * Invariants: 1. a message is marked inflight, and that is committed, before
 * anybody hands it over; 2. while the store takes no writes nothing is claimed;
 * 3. one batch at a time.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mail/mailer.h"
#include "daemon/mail/pickup.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/tokens.h"

#define BATCH     20
#define STOP_WAIT 8 /* seconds for the mail in hand; all ends within 10 */

struct delivery {
    struct serve *serve;
    uv_idle_t soon; /* runs once on the next turn of the loop */
    bool soon_on;
    TALLOC_CTX *batch; /* of the messages in hand */
    struct message *mails;
    size_t n;
    struct mailer *mailer;
    struct mailer *next;   /* loaded for the next batch, or NULL */
    int failures;          /* of the relay in a row */
    struct instant rest;   /* until then the relay is left alone */
    struct instant minute; /* begin of the minute being counted */
    int in_minute;
    char note[256];
    void (*then)(void *arg);
    void *then_arg;
};

static void pump(struct delivery *d);

static void on_soon(uv_idle_t *idle)
{
    struct delivery *d = idle->data;

    (void)uv_idle_stop(idle);
    d->soon_on = false;
    pump(d);
}

void delivery_poke(struct serve *s)
{
    struct delivery *d = s->delivery;

    if (!d || d->soon_on || d->batch || s->stopping)
        return;
    d->soon_on = true;
    (void)uv_idle_start(&d->soon, on_soon);
}

static void unload(struct delivery *d)
{
    mailer_unload(d->next);
    d->next = NULL;
}

static void become_idle(struct delivery *d)
{
    void (*then)(void *) = d->then;

    unload(d);
    d->then = NULL;
    if (then)
        then(d->then_arg);
}

static void end_batch(struct delivery *d)
{
    talloc_free(d->batch);
    d->batch = NULL;
    d->mails = NULL;
    d->n = 0;
    d->mailer = NULL;
}

/* ---- settling */

static struct message *in_hand(struct delivery *d, int64_t id)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->mails[i].id == id)
            return &d->mails[i];
    return NULL;
}

/* A mail that may have gone three times waits for a person. */
static bool tell_uncertain(struct delivery *d, const struct message *m,
                           struct error *err)
{
    const struct desk_news news = {
        .cause = text_format(d->batch, "uncertain/%lld/%d", (long long)m->id,
                             m->attempts),
        .text = text_format(d->batch,
                            "message %lld to %s is held: three times it is not "
                            "known whether the relay took it",
                            (long long)m->id, m->to)};

    return desk_tell(d->batch, d->serve, &news, err);
}

static void settle(struct delivery *d, struct message *m,
                   enum verdict_word verdict, bool relay_down, const char *text)
{
    struct serve *s = d->serve;
    struct error err;

    if (m->state != MESSAGE_INFLIGHT)
        return;
    message_settle(m, verdict, relay_down, memory_text(d->batch, text),
                   serve_now(s));
    if (!store_settle(s->store, m, &err))
        serve_report(s, "outbox", &err);
    if (verdict == MAIL_UNKNOWN)
        log_line(LOG_LEVEL_WARNING,
                 "message %lld to %s: it is not known whether the relay took "
                 "it (%s)",
                 (long long)m->id, m->to, text);
    if (m->state == MESSAGE_HELD && !tell_uncertain(d, m, &err))
        serve_report(s, "notice", &err);
    if (m->state == MESSAGE_FAILED) {
        scheduler_gave_up(s);
        log_line(LOG_LEVEL_WARNING, "message %lld to %s was refused: %s",
                 (long long)m->id, m->to, text);
    }
}

/* The relay is down (or the disk full): rest, with one line an hour at most. */
static void relay_failed(struct delivery *d, const char *note)
{
    struct serve *s = d->serve;

    d->failures++;
    d->rest =
        (struct instant){serve_now(s).second + relay_backoff(d->failures)};
    (void)snprintf(d->note, sizeof d->note, "%s", note);
    if (d->failures == 1 || d->failures % 5 == 0) {
        struct error err;

        (void)fail(&err, REPLY_LATER, "%s", note);
        serve_report(s, "mail relay", &err);
    }
}

static void relay_worked(struct delivery *d)
{
    d->failures = 0;
    d->rest = INSTANT_NONE;
    d->note[0] = '\0';
}

/* ---- the directory */

/* Writes as many as the disk takes; how many, and why no more. */
static size_t write_batch(struct delivery *d, struct error *err)
{
    const char *path = d->serve->config->deliver_to;
    size_t n = 0;

    while (n < d->n && pickup_write(path, &d->mails[n], err))
        n++;
    return n > 0 && !pickup_sync(path, err) ? 0 : n;
}

/* The verdicts of a batch are one transaction: a commit costs more than a
 * mail, and a mail that is written again gets the same name. */
static void deliver_to_directory(struct delivery *d)
{
    struct serve *s = d->serve;
    struct error err = {.text = ""};
    size_t written = write_batch(d, &err);
    bool together = store_begin(s->store, NULL);

    for (size_t i = 0; i < d->n; i++)
        if (i < written)
            settle(d, &d->mails[i], MAIL_SENT, false, "relay=directory");
        else
            settle(d, &d->mails[i], MAIL_DEFERRED, true, err.text);
    if (together && !store_commit(s->store, &err)) {
        store_rollback(s->store);
        serve_report(s, "outbox", &err);
    }
    if (written == d->n)
        relay_worked(d);
    else
        relay_failed(d, err.text);
}

/* ---- convene-mailer */

static void on_verdict(void *self, int64_t id, enum verdict_word verdict,
                       const char *text)
{
    struct delivery *d = self;
    struct message *m = in_hand(d, id);

    if (m && verdict == MAIL_DEFERRED)
        m->verdict = memory_text(d->batch, text); /* settled by on_done */
    else if (m)
        settle(d, m, verdict, false, text);
}

static void on_done(void *self, bool relay_up, const char *note)
{
    struct delivery *d = self;
    bool stopped = d->serve->stopping; /* by us: no attempt of theirs failed */

    for (size_t i = 0; i < d->n; i++)
        settle(d, &d->mails[i], MAIL_DEFERRED, !relay_up || stopped,
               d->mails[i].verdict && d->mails[i].verdict[0]
                   ? d->mails[i].verdict
                   : note);
    if (relay_up)
        relay_worked(d);
    else
        relay_failed(d, note[0] ? note : "the relay cannot be reached");
    end_batch(d);
    if (d->serve->stopping)
        become_idle(d);
    else
        pump(d);
}

/* Where a batch was full there is another one. */
static void load_next(struct delivery *d)
{
    struct error err;

    if (d->n == BATCH &&
        !mailer_load(d->serve->loop, d->serve->mailer_program, &d->next, &err))
        serve_report(d->serve, "mailer", &err);
}

static bool start_batch(struct delivery *d, struct error *err)
{
    struct mailer *loaded = d->next;
    const struct config *c = d->serve->config;
    const struct message **list =
        array_new(d->batch, const struct message *, d->n);
    struct mailer_relay relay = {
        .program = d->serve->mailer_program,
        .host_port = c->deliver_to,
        .helo = c->mail_domain,
        .starttls = c->tls,
        .user = c->user[0] ? c->user : NULL,
        .password_file = c->password_file[0] ? c->password_file : NULL};
    struct mailer_patience patience = {0, 0, 0};
    struct mailer_events events = {d, on_verdict, on_done};

    for (size_t i = 0; i < d->n; i++)
        list[i] = &d->mails[i];
    d->next = NULL;
    if (!mailer_start(d->batch, d->serve->loop, loaded, &relay, &patience, list,
                      d->n, &events, &d->mailer, err))
        return false;
    load_next(d);
    return true;
}

/* ---- claiming */

/* How many may go now under the limit per minute. */
static size_t allowance(struct delivery *d)
{
    int limit = d->serve->config->mails_per_minute;
    struct instant now = serve_now(d->serve);

    if (limit == 0)
        return BATCH;
    if (instant_is_none(d->minute) || now.second - d->minute.second >= 60 ||
        now.second < d->minute.second) {
        d->minute = now;
        d->in_minute = 0;
    }
    if (d->in_minute >= limit) {
        d->rest = (struct instant){d->minute.second + 60};
        return 0;
    }
    return limit - d->in_minute < BATCH ? (size_t)(limit - d->in_minute)
                                        : BATCH;
}

/* The envelope sender carries the message's number, so that what comes back is
 * known; a mail without it is better than none. */
static void address_batch(struct delivery *d)
{
    struct error err;

    for (size_t i = 0; i < d->n; i++)
        if (!token_sender(d->batch, d->serve, d->mails[i].from, d->mails[i].id,
                          &d->mails[i].from, &err))
            serve_report(d->serve, "envelope sender", &err);
}

static bool claim(struct delivery *d)
{
    struct serve *s = d->serve;
    struct instant now = serve_now(s);
    size_t most;
    struct error err;

    if (s->stopping || s->config->deliver_kind == DELIVER_NONE ||
        store_trouble(s->store) || scheduler_writes(s) ||
        relay_rests(d->rest, now))
        return false;
    most = allowance(d);
    if (d->failures > 0 && most > 1)
        most = 1; /* one mail finds out whether the relay is back */
    if (most == 0)
        return false;
    d->batch = talloc_new(s->ctx);
    if (!store_claim(d->batch, s->store, now, most, &d->mails, &d->n, &err)) {
        serve_report(s, "outbox", &err);
        end_batch(d);
        return false;
    }
    if (d->n == 0) {
        end_batch(d);
        return false;
    }
    d->in_minute += (int)d->n;
    address_batch(d);
    return true;
}

static void pump(struct delivery *d)
{
    struct error err;

    while (!d->batch && claim(d)) {
        if (d->serve->config->deliver_kind == DELIVER_DIRECTORY) {
            deliver_to_directory(d);
            end_batch(d);
            if (d->serve->clock.manual)
                continue;
            delivery_poke(d->serve); /* let the loop breathe */
            return;
        }
        if (start_batch(d, &err))
            return; /* on_done goes on */
        on_done(d, false, err.text);
        return;
    }
    if (!d->batch)
        become_idle(d);
}

/* ---- for others */

static void end_delivery(uv_handle_t *handle)
{
    talloc_free(handle->data);
}

struct delivery *delivery_start(struct serve *s, struct error *err)
{
    struct delivery *d;
    int n;

    if (s->config->deliver_kind == DELIVER_DIRECTORY &&
        !pickup_open(s->config->deliver_to, err))
        return NULL;
    if (!store_recover(s->store, serve_now(s), &n, err))
        return NULL;
    if (n > 0)
        log_line(LOG_LEVEL_WARNING,
                 "%d messages were under way when the daemon ended; they are "
                 "tried again",
                 n);
    d = object_new(NULL, struct delivery);
    d->serve = s;
    d->rest = INSTANT_NONE;
    d->minute = INSTANT_NONE;
    (void)uv_idle_init(s->loop, &d->soon);
    d->soon.data = d;
    return d;
}

bool delivery_idle(const struct serve *s)
{
    return !s->delivery || (!s->delivery->batch && !s->delivery->soon_on);
}

void delivery_when_idle(struct serve *s, void (*then)(void *arg), void *arg)
{
    s->delivery->then = then;
    s->delivery->then_arg = arg;
    delivery_poke(s);
}

struct instant delivery_resting(const struct serve *s)
{
    return s->delivery ? s->delivery->rest : INSTANT_NONE;
}

const char *delivery_note(const struct serve *s)
{
    return s->delivery ? s->delivery->note : "";
}

void delivery_stop(struct serve *s)
{
    struct delivery *d = s->delivery;

    if (!d)
        return;
    if (d->mailer)
        mailer_stop(d->mailer, STOP_WAIT);
}

void delivery_close(struct serve *s)
{
    struct delivery *d = s->delivery;

    if (!d)
        return;
    s->delivery = NULL;
    unload(d);
    end_batch(d);
    uv_close((uv_handle_t *)&d->soon, end_delivery);
}
