/*
 * Quiet hours and the safety net, as the configuration sets them.
 *
 * 1. Mails that a release causes are not counted: a person released them.
 * 2. What is held stays a message like any other: `send` lets it go, `drop`
 *    ends it. It is not counted, so that the next day begins anew.
 */
#include "daemon/serve/restraint.h"

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/quiet.h"
#include "daemon/serve/invitations.h"

#define PAGE 1000

struct instant restraint_time(const struct serve *s, const struct plan *plan,
                              const struct contact *c, enum message_kind kind,
                              const char *edition, struct instant now,
                              struct instant expires)
{
    const struct rules *r = s->generation->rules;
    struct quiet quiet = s->config->quiet_hours;
    struct instant meeting = INSTANT_NONE;

    if (quiet.from == quiet.to || kind == MESSAGE_NOTICE)
        return now;
    if (plan)
        meeting = quiet_meeting(r, plan, c, edition, now);
    return quiet_next(r, c, quiet, now, expires, meeting);
}

/* What nobody released, but not what never went. What newcomers are owed at
 * once counted as one; after a restart it is forgotten. */
static bool is_counted(const struct message *m, struct instant since)
{
    return m->created.second > since.second &&
           (m->kind == MESSAGE_REMINDER || m->kind == MESSAGE_TASK ||
            m->kind == MESSAGE_NOTICE) &&
           m->state != MESSAGE_HELD && m->state != MESSAGE_EXPIRED &&
           m->state != MESSAGE_DROPPED;
}

bool restraint_load(TALLOC_CTX *ctx, struct serve *s, struct net **ret,
                    struct error *err)
{
    struct instant since = {serve_now(s).second - NET_DAY};
    struct net *net = net_new(ctx);
    struct message *rows;
    int64_t after = 0;
    size_t n = PAGE;

    while (n == PAGE) {
        TALLOC_CTX *tmp = talloc_new(ctx);

        if (!store_messages(tmp, s->store, -1, NULL, after, PAGE, &rows, &n,
                            err)) {
            talloc_free(tmp);
            talloc_free(net);
            return false;
        }
        for (size_t i = 0; i < n; i++)
            if (is_counted(&rows[i], since))
                net_add(net, rows[i].to, rows[i].created);
        if (n > 0)
            after = rows[n - 1].id;
        talloc_free(tmp);
    }
    *ret = net;
    return true;
}

static bool tell_desk(TALLOC_CTX *ctx, struct serve *s, const char *why,
                      struct error *err)
{
    char day[DATE_TEXT];
    char *cause = text_format(ctx, "safety-net/%s",
                              date_print(instant_utc_date(serve_now(s)), day));
    char *text =
        text_format(ctx,
                    "Mails are held: %s. See `convenectl outbox --state held`, "
                    "then `send` or `drop` them",
                    why);

    return desk_tell(ctx, s, &(struct desk_news){.cause = cause, .text = text},
                     err);
}

bool restraint_hold(TALLOC_CTX *ctx, struct serve *s, struct net *net,
                    struct message *m, struct error *err)
{
    struct net_limits limits = s->config->net;
    enum net_answer answer = net_ask(net, limits, m->to, serve_now(s));
    char *why;

    if (m->state != MESSAGE_QUEUED)
        return true;
    if (answer == NET_GOES) {
        net_add(net, m->to, serve_now(s));
        return true;
    }
    why = answer == NET_FULL_HOUR
              ? text_format(ctx, "more than %d mails in an hour", limits.hour)
              : text_format(ctx, "more than %d mails to %s in a day",
                            limits.day, m->to);
    m->state = MESSAGE_HELD;
    m->verdict = text_format(ctx, "safety net: %s", why);
    log_line(LOG_LEVEL_WARNING, "a mail to %s is held: %s", m->to, why);
    return !net_first_of(net, instant_utc_date(serve_now(s))) ||
           tell_desk(ctx, s, why, err);
}
