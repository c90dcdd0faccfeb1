/*
 * Verbs about what comes back: deliver (for the MTA), inbox, replies.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/inbox.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

#define PAGE 500

static json_t *inbox_view(const struct inbox_row *m)
{
    char at[INSTANT_TEXT];

    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
                     "mail", (json_int_t)m->id, "at", instant_print(m->at, at),
                     "kind", m->kind, "from", m->author, "sender", m->sender,
                     "recipient", m->recipient, "subject", m->subject, "thing",
                     m->thing, "outcome", m->outcome, "desk", m->desk,
                     "truncated", m->truncated);
}

/* ---- deliver */

static int base64_value(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;

    return at ? (int)(at - letters) : -1;
}

/* Stops at what is no base64. */
static char *base64_read(TALLOC_CTX *ctx, const char *text, size_t *ret_size)
{
    char *octets = array_new(ctx, char, strlen(text) / 4 * 3 + 4);
    unsigned bits = 0;
    int n = 0, value;
    size_t size = 0;

    for (; (value = base64_value(*text)) >= 0; text++) {
        bits = bits << 6 | (unsigned)value;
        if ((n += 6) >= 8) {
            n -= 8;
            octets[size++] = (char)(bits >> n & 255);
        }
    }
    *ret_size = size;
    return octets;
}

static void end_json(void *j)
{
    json_decref(j);
}

bool verb_DELIVER(struct request *q, struct error *err)
{
    const char *facts = request_text(q, "facts"),
               *mail = request_text(q, "mail"),
               *sender = request_text(q, "sender"),
               *recipient = request_text(q, "recipient");
    struct incoming in = {.sender = sender ? sender : "",
                          .recipient = recipient ? recipient : ""};
    struct inbox_row row;
    json_t *read, *answer;
    bool new;

    if (!facts || !mail)
        return fail(err, REPLY_USAGE,
                    "deliver is given its mail by convenectl");
    read = json_loads(facts, 0, NULL);
    if (!json_is_object(read)) {
        json_decref(read);
        return fail(err, REPLY_USAGE, "the facts are no JSON object");
    }
    in.facts = memory_hold(q->ctx, read, end_json);
    in.octets = base64_read(q->ctx, mail, &in.size);
    in.whole = args_number(q->args, "size", (long long)in.size);
    if (!inbox_take(q->ctx, q->serve, &in, &row, &new, err))
        return false;
    answer = inbox_view(&row);
    (void)json_object_del(answer, "mail");
    (void)json_object_set_new(answer, "new", json_boolean(new));
    request_row(q, answer);
    return true;
}

/* ---- inbox */

bool verb_INBOX(struct request *q, struct error *err)
{
    const char *kind = request_text(q, "kind");
    int64_t id = args_number(q->args, "mail", 0), after = 0;
    int count = 0;

    if (id > 0) {
        struct inbox_row m;

        if (!store_inbox_mail(q->ctx, q->serve->store, id, &m, err))
            return false;
        if (args_flag(q->args, "raw") && q->right < RIGHT_CHANGE)
            return fail(err, REPLY_DENIED,
                        "--raw is for officers: a reply quotes the links of "
                        "the mail that it answers");
        if (args_flag(q->args, "raw"))
            request_row(q, json_pack("{s:s?}", "text",
                                     text_is_utf8(m.octets, m.size)
                                         ? m.octets
                                         : "(its octets are no UTF-8 text)"));
        else
            request_row(q, inbox_view(&m));
        return true;
    }
    for (;;) {
        struct inbox_row *rows;
        size_t n;

        if (!store_inbox(q->ctx, q->serve->store, kind, after, PAGE, &rows, &n,
                         err))
            return false;
        for (size_t i = 0; i < n; i++, count++)
            request_row(q, inbox_view(&rows[i]));
        if (n < PAGE)
            break;
        after = rows[n - 1].id;
    }
    summary_set(q, "mails", json_integer(count));
    return true;
}

/* ---- replies */

static const struct reply_row *reply_of(const struct reply_row *rows, size_t n,
                                        const char *thing, const char *email)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].thing, thing) == 0 &&
            text_same(rows[i].email, email))
            return &rows[i];
    return NULL;
}

/* `current`: it answers the last revision that was told of the item. */
static json_t *reply_view(const struct message *m, const struct reply_row *r)
{
    char at[INSTANT_TEXT];
    bool current = r && r->sequence >= invitation_sequence(m);

    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:b}", "item",
                     m->thing, "email", m->to, "name", m->name, "partstat",
                     r ? r->partstat : "NEEDS-ACTION", "at",
                     r ? json_string(instant_print(r->at, at)) : json_null(),
                     "comment", r ? r->comment : "", "proposal",
                     r ? r->proposal : "", "via",
                     r ? json_string(r->via) : json_null(), "current", current);
}

static bool is_last(const struct message *rows, size_t i, size_t n)
{
    return i + 1 == n || strcmp(rows[i].thing, rows[i + 1].thing) != 0 ||
           !text_same(rows[i].to, rows[i + 1].to);
}

static int by_thing(const void *a, const void *b)
{
    const struct message *x = a, *y = b;
    int order = strcmp(x->thing, y->thing);

    if (order == 0)
        order = text_compare(x->to, y->to);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

bool verb_REPLIES(struct request *q, struct error *err)
{
    const char *edition = request_text(q, "edition");
    struct message *told;
    struct reply_row *replies;
    size_t n, n_replies, kept = 0;
    int yes = 0, no = 0, open = 0;

    if (!store_invitations(q->ctx, q->serve->store, edition, &told, &n, err) ||
        !store_replies(q->ctx, q->serve->store, edition, &replies, &n_replies,
                       err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (told[i].state != MESSAGE_DROPPED)
            told[kept++] = told[i];
    if (kept)
        qsort(told, kept, sizeof *told, by_thing);
    for (size_t i = 0; i < kept; i++) {
        const struct reply_row *r;

        if (!is_last(told, i, kept) || told[i].kind == MESSAGE_CANCELLATION)
            continue;
        r = reply_of(replies, n_replies, told[i].thing, told[i].to);
        yes += r && strcmp(r->partstat, "ACCEPTED") == 0;
        no += r && strcmp(r->partstat, "DECLINED") == 0;
        open += !r;
        request_row(q, reply_view(&told[i], r));
    }
    summary_set(q, "accepted", json_integer(yes));
    summary_set(q, "declined", json_integer(no));
    summary_set(q, "open", json_integer(open));
    return kept > 0 || filter_edition(q, edition, err);
}
