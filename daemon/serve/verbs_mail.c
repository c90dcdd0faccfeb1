/*
 * Verbs about the outbox.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mail/veil.h"
#include "daemon/publish/view.h"
#include "daemon/serve/form.h"
#include "daemon/serve/names.h"
#include "daemon/serve/restraint.h"
#include "daemon/serve/verbs.h"

#define PAGE 500

/* Why an open message does not go now; "" when it may. */
static char *why_waiting(struct request *q, const struct message *m)
{
    struct serve *s = q->serve;
    struct instant now = serve_now(s), rest = delivery_resting(s);
    char at[INSTANT_TEXT];

    if (m->state == MESSAGE_HELD)
        return text_format(q->ctx, "waits for `send`");
    if (m->state != MESSAGE_QUEUED && m->state != MESSAGE_DEFERRED)
        return memory_text(q->ctx, "");
    if (s->config->deliver_kind == DELIVER_NONE)
        return memory_text(q->ctx, "deliver = none: no mail leaves");
    if (store_trouble(s->store))
        return text_format(q->ctx, "the store takes no writes: %s",
                           store_trouble(s->store));
    if (!instant_is_none(rest) && rest.second > now.second)
        return *delivery_note(s)
                   ? text_format(q->ctx, "the relay rests until %s: %s",
                                 instant_print(rest, at), delivery_note(s))
                   : text_format(
                         q->ctx, "%d mails a minute are allowed; next at %s",
                         s->config->mails_per_minute, instant_print(rest, at));
    if (m->next.second > now.second && m->state == MESSAGE_QUEUED)
        return text_format(q->ctx,
                           "quiet hours or a day off of the recipient, "
                           "until %s",
                           instant_print(m->next, at));
    if (m->next.second > now.second)
        return text_format(q->ctx, "next try at %s",
                           instant_print(m->next, at));
    return memory_text(q->ctx, "");
}

static json_t *message_row(struct request *q, const struct message *m)
{
    json_t *row = view_message(m);

    (void)json_object_set_new(row, "waits", json_string(why_waiting(q, m)));
    return row;
}

bool verb_OUTBOX(struct request *q, struct error *err)
{
    const char *word = request_text(q, "state");
    enum message_state state = MESSAGE_HELD;
    int64_t after = 0;
    int count = 0;

    if (word && !message_state_parse(word, &state))
        return fail(err, REPLY_USAGE, "unknown state %s", word);
    for (;;) {
        struct message *rows;
        size_t n;

        if (!store_messages(q->ctx, q->serve->store, word ? (int)state : -1,
                            request_text(q, "edition"), after, PAGE, &rows, &n,
                            err))
            return false;
        for (size_t i = 0; i < n; i++)
            request_row(q, message_row(q, &rows[i]));
        count += (int)n;
        if (n < PAGE)
            break;
        after = rows[n - 1].id;
    }
    summary_set(q, "messages", json_integer(count));
    return count > 0 || filter_edition(q, request_text(q, "edition"), err);
}

/* With its links a viewer could answer for the minister whom they were sent to;
 * officers answer for others all the same. */
static const char *octets_for(struct request *q, const struct message *m)
{
    static const char *const marks[] = {RSVP_PATH, LEAVE_PATH, PRIVATE_PATH,
                                        NULL};

    return q->right >= RIGHT_CHANGE ? m->octets
                                    : mail_veiled(q->ctx, m->octets, marks);
}

bool verb_MESSAGE(struct request *q, struct error *err)
{
    struct message m;

    if (!store_message(q->ctx, q->serve->store,
                       args_number(q->args, "message", 0), &m, err))
        return false;
    if (args_flag(q->args, "raw"))
        request_row(q, json_pack("{s:s}", "text", octets_for(q, &m)));
    else
        request_row(q, message_row(q, &m));
    return true;
}

/* When a held message may go that nobody named: its recipient may be asleep. */
static struct instant morning_of(struct request *q, const struct message *m,
                                 const struct contacts *contacts)
{
    struct serve *s = q->serve;
    struct instant now = serve_now(s);

    for (size_t i = 0; contacts && i < contacts->n; i++)
        if (text_same(contacts->rows[i].email, m->to))
            return restraint_time(s, s->out.plan, &contacts->rows[i], m->kind,
                                  m->edition, now, m->expires);
    return now;
}

/* Moves one message, where its state allows it. contacts NULL: at once. */
static bool move_message(struct request *q, struct message *m,
                         enum message_state to, const struct contacts *contacts,
                         struct error *err)
{
    struct instant now = serve_now(q->serve);

    if (!message_may_move(m->state, to) || m->state == MESSAGE_EXPIRED)
        return fail(err, REPLY_CONFLICT, "message %lld is %s: it cannot be %s",
                    (long long)m->id, message_state_word(m->state),
                    message_state_word(to));
    m->next = m->state == MESSAGE_HELD ? morning_of(q, m, contacts) : now;
    m->state = to;
    if (to == MESSAGE_QUEUED)
        m->uncertain = 0;
    if (to == MESSAGE_DROPPED)
        m->settled = now;
    if (!store_settle(q->serve->store, m, err))
        return false;
    request_row(q, message_row(q, m));
    return true;
}

/* Every message in that state. */
static bool move_all(struct request *q, enum message_state from,
                     enum message_state to, int *ret, struct error *err)
{
    bool quiet =
        q->serve->config->quiet_hours.from != q->serve->config->quiet_hours.to;
    struct contacts contacts;
    int64_t after = 0;

    if (quiet && !serve_contacts(q->ctx, q->serve, &contacts, err))
        return false;
    for (;;) {
        struct message *rows;
        size_t n;

        if (!store_messages(q->ctx, q->serve->store, (int)from, NULL, after,
                            PAGE, &rows, &n, err))
            return false;
        for (size_t i = 0; i < n; i++, ++*ret)
            if (!move_message(q, &rows[i], to, quiet ? &contacts : NULL, err))
                return false;
        if (n < PAGE)
            return true;
        after = rows[n - 1].id;
    }
}

static bool move_named(struct request *q, int64_t id, enum message_state to,
                       struct error *err)
{
    struct message m;

    if (!store_message(q->ctx, q->serve->store, id, &m, err) ||
        !move_message(q, &m, to, NULL, err))
        return false;
    q->things = text_format(q->ctx, "message %lld", (long long)id);
    delivery_poke(q->serve);
    return true;
}

/* The id of "17"; 0 for "all" or none. */
static int64_t id_of(struct request *q)
{
    const json_t *value = json_object_get(q->args, "message");

    if (json_is_integer(value))
        return json_integer_value(value);
    return json_is_string(value) ? atoll(json_string_value(value)) : 0;
}

/* send, retry: the message named, or every one in these states, all or none. */
static bool let_go(struct request *q, const enum message_state *from, size_t n,
                   struct error *err)
{
    struct serve *s = q->serve;
    bool good = true;
    int moved = 0;

    if (id_of(q))
        return move_named(q, id_of(q), MESSAGE_QUEUED, err);
    if (!store_begin(s->store, err))
        return false;
    for (size_t i = 0; good && i < n; i++)
        good = move_all(q, from[i], MESSAGE_QUEUED, &moved, err);
    if (!good || !store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    summary_set(q, "messages", json_integer(moved));
    delivery_poke(s);
    scheduler_changed(s);
    return true;
}

bool verb_SEND(struct request *q, struct error *err)
{
    static const enum message_state from[] = {MESSAGE_HELD};

    return let_go(q, from, 1, err);
}

bool verb_DROP(struct request *q, struct error *err)
{
    return move_named(q, id_of(q), MESSAGE_DROPPED, err);
}

bool verb_RETRY(struct request *q, struct error *err)
{
    static const enum message_state from[] = {MESSAGE_FAILED, MESSAGE_DEFERRED};

    return let_go(q, from, 2, err);
}

bool verb_RESEND(struct request *q, struct error *err)
{
    struct serve *s = q->serve;
    struct message was, m;
    bool added;

    if (!store_message(q->ctx, s->store, id_of(q), &was, err))
        return false;
    if (was.state != MESSAGE_SENT)
        return fail(err, REPLY_CONFLICT,
                    "message %lld is %s: only what was sent is sent once more",
                    (long long)was.id, message_state_word(was.state));
    if (!letter_again(q->ctx, s, &was, &m, err) ||
        !store_add_message(s->store, &m, &m.id, &added, err))
        return false;
    q->things = text_format(q->ctx, "message %lld", (long long)m.id);
    request_row(q, message_row(q, &m));
    delivery_poke(s);
    return true;
}

bool verb_PREVIEW(struct request *q, struct error *err)
{
    const struct plan *plan;
    char *text;

    if (!draft_whole(q->ctx, q->serve, request_draft(q), &plan, err) ||
        !letter_preview(q->ctx, q->serve, request_text(q, "template"), plan,
                        request_text(q, "thing"), args_flag(q->args, "html"),
                        &text, err))
        return false;
    request_row(q, json_pack("{s:s}", "text", text));
    return true;
}
