#pragma once
/*
 * Batches of mail through convene-mailer: one child process per batch, its
 * verdicts streamed back on the loop, a watchdog that kills it.
 */
#include <stdbool.h>
#include <talloc.h>
#include <uv.h>

#include "daemon/base/error.h"
#include "daemon/mail/outbox.h"

struct mailer;

struct mailer_relay {
    const char *program; /* path of convene-mailer */
    const char *host_port;
    const char *helo;
    bool starttls;
    const char *user, *password_file; /* NULL: no AUTH */
};

struct mailer_events {
    void *self;
    /* Called on the loop, any number of times, then `done` exactly once. */
    void (*verdict)(void *self, int64_t id, enum verdict_word verdict,
                    const char *text);
    /* relay_up: at least one session was established and not refused whole.
     * note: the last word about the relay, for people. No call follows. */
    void (*done)(void *self, bool relay_up, const char *note);
};

/* Seconds the watchdog waits; 0 takes the defaults 60, 130, 660. */
struct mailer_patience {
    int connect, line, begun;
};

/* A child without a batch: starting one costs as much as sending several
 * mails, so that the next is loaded while one sends. It ends when it is
 * unloaded (NULL: nothing) or after its batch. */
bool mailer_load(uv_loop_t *loop, const char *program, struct mailer **ret,
                 struct error *err) MUST_USE;
void mailer_unload(struct mailer *loaded);

/* Gives n mails (octets set) to a child, the loaded one (taken over, also on
 * failure) or a new one (NULL). Every mail gets a verdict: what the child did
 * not settle becomes UNKNOWN when it had begun, else DEFERRED. ctx must not end
 * before `done`, or the child is killed and nobody told. */
bool mailer_start(TALLOC_CTX *ctx, uv_loop_t *loop, struct mailer *loaded,
                  const struct mailer_relay *relay,
                  const struct mailer_patience *patience,
                  const struct message *const *mails, size_t n,
                  const struct mailer_events *events, struct mailer **ret,
                  struct error *err) MUST_USE;

/* SIGTERM: the mail in hand is finished, the rest is left; SIGKILL after
 * `seconds`. `done` still comes. */
void mailer_stop(struct mailer *m, int seconds);
