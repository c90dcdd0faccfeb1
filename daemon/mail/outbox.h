#pragma once
/*
 * The outbox: one row per mail to one contact, its states and the moves between
 * them. Pure; rows live in the store, octets never change once stored.
 *
 *            send                claim              250 and whole
 *   held ------------> queued -----------> inflight ------------> sent
 *    |                   |                  |  ^  5xx at RCPT/DATA
 *    |                   |                  |  |  +------------> failed
 *    |                   |   4xx, no link,  |  | claim             | retry
 *    |                   |   unknown        v  |                   v
 *    |                   |               deferred               queued
 *    +------ drop -------+------ drop ------+--> dropped
 *    now > expires: held, queued, deferred --> expired
 *    the clock had been ahead: expired --> held, or queued when it is due again
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"

enum message_state {
    MESSAGE_HELD,
    MESSAGE_QUEUED,
    MESSAGE_INFLIGHT,
    MESSAGE_SENT,
    MESSAGE_DEFERRED,
    MESSAGE_FAILED,
    MESSAGE_EXPIRED,
    MESSAGE_DROPPED,
    MESSAGE_STATES
};

enum message_kind {
    MESSAGE_INVITATION,
    MESSAGE_CHANGE,
    MESSAGE_CANCELLATION,
    MESSAGE_REMINDER,
    MESSAGE_TASK,
    MESSAGE_DIGEST,
    MESSAGE_NOTICE,
    MESSAGE_KINDS
};

/* What happened to one attempt. */
enum verdict_word { MAIL_SENT, MAIL_FAILED, MAIL_DEFERRED, MAIL_UNKNOWN };

struct message {
    int64_t id;
    enum message_kind kind;
    const char *cause;   /* unique with `to` */
    const char *to;      /* envelope recipient */
    const char *name;    /* of the recipient */
    const char *party;   /* member, partner or SEC whose contact it was then */
    const char *from;    /* envelope sender, "" is <> */
    const char *subject; /* decoded, for people */
    const char *edition, *thing;
    const char *message_id;
    enum message_state state;
    struct instant created, next, expires, settled;
    int attempts;
    int uncertain;       /* unknown verdicts in a row */
    const char *verdict; /* the relay's last word, cleaned */
    const char *octets;  /* the whole mail, CRLF, 7-bit; NULL in lists */
    size_t size;
};

const char *message_state_word(enum message_state s);
bool message_state_parse(const char *word, enum message_state *ret) MUST_USE;
const char *message_kind_word(enum message_kind k);

/* May a message go from one state to another? The only table of moves. */
bool message_may_move(enum message_state from, enum message_state to);

/* The state, the time of the next try and the count after a verdict.
 * relay_down: nobody is to blame but the relay, the attempt does not count. */
void message_settle(struct message *m, enum verdict_word verdict,
                    bool relay_down, const char *text, struct instant now);

/* What was inflight when the process died: deferred, uncertain, in a minute. */
void message_recover(struct message *m, struct instant now);

/* How long the relay rests after its n-th failure in a row, seconds:
 * 1, 2, 5, 10, 15, 15 ... minutes. */
int relay_backoff(int failures);
/* Does it still? Not when the clock went back by more than any rest. */
bool relay_rests(struct instant rest, struct instant now);

/* Did it expire by a clock that was ahead of its time? */
bool message_expired_early(const struct message *m, struct instant now);
