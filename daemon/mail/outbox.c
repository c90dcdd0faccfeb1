/*
 * States of a message and what moves between them. Two clocks: a message waits
 * by its age, the relay rests by its failures in a row.
 */
#include "daemon/mail/outbox.h"

#include <limits.h>
#include <string.h>

enum {
    MINUTE = 60,
    LEAST_WAIT = 5 * MINUTE,
    MOST_WAIT = 60 * MINUTE,
    UNKNOWN_WAIT = 15 * MINUTE,
    RECOVER_WAIT = MINUTE,
    UNKNOWN_LIMIT = 3 /* a mail that kills the mailer must not circle */
};

#define TO(state) (1u << MESSAGE_##state)

static const struct {
    const char *word;
    unsigned moves;
} states[MESSAGE_STATES] = {
    [MESSAGE_HELD] = {"held", TO(QUEUED) | TO(DROPPED) | TO(EXPIRED)},
    [MESSAGE_QUEUED] = {"queued", TO(INFLIGHT) | TO(DROPPED) | TO(EXPIRED)},
    [MESSAGE_INFLIGHT] = {"inflight",
                          TO(SENT) | TO(FAILED) | TO(DEFERRED) | TO(HELD)},
    [MESSAGE_SENT] = {"sent", 0},
    [MESSAGE_DEFERRED] = {"deferred", TO(INFLIGHT) | TO(QUEUED) | TO(DROPPED) |
                                          TO(EXPIRED)},
    [MESSAGE_FAILED] = {"failed", TO(QUEUED)},
    [MESSAGE_EXPIRED] = {"expired", TO(HELD) | TO(QUEUED)},
    [MESSAGE_DROPPED] = {"dropped", 0},
};

static const char *const kinds[MESSAGE_KINDS] = {
    [MESSAGE_INVITATION] = "invitation",
    [MESSAGE_CHANGE] = "change",
    [MESSAGE_CANCELLATION] = "cancellation",
    [MESSAGE_REMINDER] = "reminder",
    [MESSAGE_TASK] = "task",
    [MESSAGE_DIGEST] = "digest",
    [MESSAGE_NOTICE] = "notice",
};

const char *message_state_word(enum message_state s)
{
    return states[s].word;
}

bool message_state_parse(const char *word, enum message_state *ret)
{
    for (size_t i = 0; i < MESSAGE_STATES; i++)
        if (strcmp(states[i].word, word) == 0) {
            *ret = (enum message_state)i;
            return true;
        }
    return false;
}

const char *message_kind_word(enum message_kind k)
{
    return kinds[k];
}

bool message_may_move(enum message_state from, enum message_state to)
{
    return (states[from].moves & 1u << to) != 0;
}

/* As long as the message is old, within bounds. */
static int64_t wait_of(const struct message *m, struct instant now)
{
    int64_t age = now.second - m->created.second;
    int64_t wait = age < LEAST_WAIT  ? LEAST_WAIT
                   : age > MOST_WAIT ? MOST_WAIT
                                     : age;

    /* Spread over +-10 % by id, so that what failed together does not come
     * back together; the factor is odd and large to part neighbours. */
    return wait +
           wait * ((int64_t)((uint64_t)m->id * 2654435761u % 21) - 10) / 100;
}

static void wait_until(struct message *m, struct instant t)
{
    m->state = MESSAGE_DEFERRED;
    m->next = t;
}

static struct instant after(struct instant now, int64_t seconds)
{
    return (struct instant){now.second + seconds};
}

static void settle_final(struct message *m, enum message_state state,
                         struct instant now)
{
    m->state = state;
    m->settled = now;
    m->uncertain = 0;
}

static void settle_unknown(struct message *m, struct instant now)
{
    m->uncertain++;
    wait_until(m, after(now, UNKNOWN_WAIT));
    if (m->uncertain >= UNKNOWN_LIMIT)
        m->state = MESSAGE_HELD;
}

void message_settle(struct message *m, enum verdict_word verdict,
                    bool relay_down, const char *text, struct instant now)
{
    m->verdict = text;
    if (!relay_down)
        m->attempts++;
    switch (verdict) {
    case MAIL_SENT:
        settle_final(m, MESSAGE_SENT, now);
        return;
    case MAIL_FAILED:
        settle_final(m, MESSAGE_FAILED, now);
        return;
    case MAIL_UNKNOWN:
        settle_unknown(m, now);
        return;
    case MAIL_DEFERRED:
        m->uncertain = 0;
        wait_until(m, relay_down ? now : after(now, wait_of(m, now)));
        return;
    }
}

void message_recover(struct message *m, struct instant now)
{
    m->uncertain = 1;
    wait_until(m, after(now, RECOVER_WAIT));
}

int relay_backoff(int failures)
{
    static const int minutes[] = {1, 2, 5, 10, 15};
    int last = sizeof minutes / sizeof minutes[0] - 1;
    int at = failures < 1 ? 0 : failures - 1;

    return MINUTE * minutes[at < last ? at : last];
}

bool relay_rests(struct instant rest, struct instant now)
{
    return !instant_is_none(rest) && rest.second > now.second &&
           rest.second - now.second <= relay_backoff(INT_MAX);
}

bool message_expired_early(const struct message *m, struct instant now)
{
    return m->state == MESSAGE_EXPIRED && m->settled.second > now.second &&
           (instant_is_none(m->expires) || m->expires.second > now.second);
}
