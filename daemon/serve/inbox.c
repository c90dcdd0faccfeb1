/*
 * Judging what comes back.
 *
 * 1. One transaction a mail; its digest leaves the trace headers out, so that a
 *    second delivery by the MTA changes nothing.
 * 2. An answer changes one PARTSTAT of somebody who was invited, and nothing
 *    else; strangers are kept for the desk, never added.
 * 3. A bounce counts only with a proof: the token of our envelope sender, or
 *    the Message-ID of our mail among the headers that it returns.
 * 4. Nobody is answered automatically.
 */
#include "daemon/serve/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/tokens.h"

#define BOUNCED "bounced: "

struct judging {
    TALLOC_CTX *ctx;
    struct serve *s;
    const struct incoming *in;
    struct inbox_row *row;
};

static const char *fact(const struct judging *j, const char *name)
{
    const char *value = json_string_value(json_object_get(j->in->facts, name));

    return value ? value : "";
}

static void outcome(struct judging *j, const char *text, bool desk)
{
    j->row->outcome = text;
    j->row->desk = desk;
}

/* ---- identity of a mail */

static bool is_trace(const char *line, size_t n)
{
    static const char *const names[] = {
        "Return-Path:",   "Received:", "Delivered-To:",
        "X-Original-To:", "From ",     NULL};

    for (size_t i = 0; names[i]; i++)
        if (n >= strlen(names[i]) &&
            strncasecmp(line, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* How many octets at the begin are trace headers: each delivery writes its own.
 */
static size_t trace_size(const char *octets, size_t size)
{
    size_t at = 0;
    bool trace = true;

    while (at < size) {
        const char *end = memchr(octets + at, '\n', size - at);
        size_t n = end ? (size_t)(end - octets) - at + 1 : size - at;
        bool folded = octets[at] == ' ' || octets[at] == '\t';

        trace = folded ? trace : is_trace(octets + at, n);
        if (!trace)
            break;
        at += n;
    }
    return at;
}

static char *digest_of(TALLOC_CTX *ctx, const struct incoming *in)
{
    size_t trace = trace_size(in->octets, in->size);
    unsigned char octets[DIGEST_SIZE];
    struct digest d;

    digest_begin(&d);
    digest_add(&d, in->recipient, strlen(in->recipient) + 1);
    digest_add(&d, in->octets + trace, in->size - trace);
    digest_end(&d, octets);
    return digest_hex(ctx, octets, sizeof octets);
}

/* ---- answers */

bool inbox_invited(TALLOC_CTX *ctx, struct serve *s, const char *thing,
                   const char *email, struct message *ret, bool *ret_found,
                   struct error *err)
{
    const char *slash = strchr(thing, '/');
    char *edition = slash ? memory_text_n(ctx, thing, (size_t)(slash - thing))
                          : memory_text(ctx, thing);
    struct message *rows;
    size_t n;

    if (!store_invitations(ctx, s->store, edition, &rows, &n, err))
        return false;
    *ret_found = false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].thing, thing) == 0 && text_same(rows[i].to, email) &&
            rows[i].state != MESSAGE_DROPPED) {
            *ret = rows[i];
            *ret_found = true;
        }
    return true;
}

bool inbox_answer(TALLOC_CTX *ctx, struct serve *s, struct reply_row *row,
                  struct error *err)
{
    json_t *args = json_pack("{s:s, s:s, s:s}", "partstat", row->partstat,
                             "comment", row->comment, "via", row->via);
    char *text = args ? json_dumps(args, JSON_COMPACT) : NULL;
    struct log_row log = {.at = row->at,
                          .who = row->email,
                          .uid = -1,
                          .verb = "reply",
                          .args = text ? memory_text(ctx, text) : "{}",
                          .reason = "",
                          .things = row->thing,
                          .before = "",
                          .after = row->partstat};

    free(text);
    json_decref(args);
    return store_put_reply(s->store, row, err) &&
           store_log(s->store, &log, err);
}

/* The SEQUENCE that the feed shows of a UID, -1 when it shows none. */
static int served_sequence(const struct judging *j, const char *uid)
{
    const struct feeds *feeds = &j->s->out.feeds;
    char *line = text_format(j->ctx, "\r\nUID:%s\r\n", uid);

    for (size_t i = 0; i < feeds->n; i++) {
        const char *at = strcmp(feeds->rows[i].name, "all") == 0
                             ? strstr(feeds->rows[i].body, line)
                             : NULL;

        at = at ? strstr(at, "\r\nSEQUENCE:") : NULL;
        if (at)
            return atoi(at + strlen("\r\nSEQUENCE:"));
    }
    return -1;
}

/* Who answers: by the token of the mail that is answered, else ATTENDEE. */
static bool attendee_of(struct judging *j, const char *thing, const char **ret,
                        struct error *err)
{
    struct message m;
    int64_t id;
    char *kept;

    *ret = fact(j, "attendee");
    if (address_read(j->ctx, *ret, &kept, NULL))
        *ret = kept; /* programs show the domain in its own script */
    if (!token_message(j->s, j->in->recipient, &id, err))
        return false;
    if (id > 0 && store_message(j->ctx, j->s->store, id, &m, NULL) &&
        strcmp(m.thing, thing) == 0)
        *ret = m.to;
    return true;
}

/* "20270118T090000" -> "2027-01-18 09:00" */
static const char *time_text(TALLOC_CTX *ctx, const char *value)
{
    if (strlen(value) < 13)
        return value;
    return text_format(ctx, "%.4s-%.2s-%.2s %.2s:%.2s", value, value + 4,
                       value + 6, value + 9, value + 11);
}

static const char *proposal_of(struct judging *j)
{
    const char *start = fact(j, "start"), *zone = fact(j, "tzid");
    size_t n = strlen(start);

    if (strcmp(fact(j, "kind"), "counter") != 0 || n == 0)
        return "";
    return text_format(j->ctx, "%s to %s %s", time_text(j->ctx, start),
                       time_text(j->ctx, fact(j, "end")),
                       start[n - 1] == 'Z' ? "UTC" : zone);
}

static bool tell_counter(struct judging *j, const struct reply_row *r,
                         struct error *err)
{
    const struct item *item =
        j->s->out.plan ? plan_item(j->s->out.plan, r->thing) : NULL;
    char *text = text_format(
        j->ctx, "%s proposes another time for %s (%s)%s%s%s%s", r->email,
        item ? item->title : r->thing, r->thing, *r->proposal ? ": " : "",
        r->proposal, *r->comment ? ": " : "", r->comment);

    return desk_tell(
        j->ctx, j->s,
        &(struct desk_news){
            .cause = text_format(j->ctx, "counter/%s", j->row->digest),
            .about = item,
            .text = text},
        err);
}

/* "20270118T010000Z"; what has no such DTSTAMP, or one that is still to come,
 * was said when it came. */
static struct instant said_at(const struct judging *j)
{
    int y, mo, d, h, mi, sec, end = 0;
    struct instant t;
    struct date date;

    if (sscanf(fact(j, "dtstamp"), "%4d%2d%2dT%2d%2d%2dZ%n", &y, &mo, &d, &h,
               &mi, &sec, &end) != 6 ||
        end != 16 || !date_make(y, mo, d, &date) || h > 23 || mi > 59)
        return j->row->at;
    t = zone_instant(zone_utc(), (struct local){date, h * 60 + mi});
    t.second += sec;
    return t.second > j->row->at.second ? j->row->at : t;
}

/* RFC 5546 2.1.5: the revision decides, then who spoke last. */
static bool is_older(const struct reply_row *r, const struct reply_row *before)
{
    return r->sequence != before->sequence
               ? r->sequence < before->sequence
               : r->stamp.second < before->stamp.second;
}

static bool store_answer(struct judging *j, const struct message *invitation,
                         struct error *err)
{
    bool counter = strcmp(j->row->kind, "counter") == 0, found;
    const char *comment = fact(j, "comment"), *given = fact(j, "sequence");
    struct reply_row before, r = {.thing = invitation->thing,
                                  .email = invitation->to,
                                  .partstat = fact(j, "partstat"),
                                  .at = j->row->at,
                                  .stamp = said_at(j),
                                  .comment = *comment  ? comment
                                             : counter ? fact(j, "text")
                                                       : "",
                                  .proposal = proposal_of(j),
                                  .via = "mail"};
    int served = served_sequence(j, fact(j, "uid"));

    r.sequence = *given ? atoi(given) : served < 0 ? 0 : served;
    if (served >= 0 && r.sequence > served) {
        outcome(j, "it answers a revision that was never sent", true);
        return true;
    }
    if (!store_reply(j->ctx, j->s->store, r.thing, r.email, &before, &found,
                     err))
        return false;
    if (found && is_older(&r, &before)) {
        outcome(j, "it is older than the answer that is there", false);
        return true;
    }
    outcome(j, text_format(j->ctx, "%s: %s", r.email, r.partstat), counter);
    return inbox_answer(j->ctx, j->s, &r, err) &&
           (!counter || tell_counter(j, &r, err));
}

static bool take_answer(struct judging *j, struct error *err)
{
    const char *thing, *attendee;
    struct message invitation;
    bool found;

    if (!store_thing_of_uid(j->ctx, j->s->store, fact(j, "uid"), &thing, err))
        return false;
    if (!thing) {
        outcome(j, "it is about no meeting of ours", true);
        return true;
    }
    j->row->thing = thing;
    if (!attendee_of(j, thing, &attendee, err) ||
        !inbox_invited(j->ctx, j->s, thing, attendee, &invitation, &found, err))
        return false;
    if (!found) {
        outcome(j, text_format(j->ctx, "%s is not invited", attendee), true);
        return true;
    }
    if (strcmp(fact(j, "method"), "REFRESH") == 0 || !*fact(j, "partstat") ||
        (strcmp(j->row->kind, "counter") != 0 &&
         strcmp(fact(j, "partstat"), "NEEDS-ACTION") == 0)) {
        outcome(j, "it says neither yes nor no", false);
        return true;
    }
    return store_answer(j, &invitation, err);
}

/* ---- bounces */

/* The message that came back, and whether that is proved. */
static bool bounced_message(struct judging *j, struct message *ret,
                            bool *ret_found, struct error *err)
{
    const char *id = fact(j, "original-message-id");
    int64_t row;
    size_t n;

    if (!token_message(j->s, j->in->recipient, &row, err))
        return false;
    if (row > 0) {
        *ret_found = store_message(j->ctx, j->s->store, row, ret, NULL);
        return true;
    }
    *ret_found = false;
    id += *id == '<';
    n = strcspn(id, "> ");
    return n == 0 || store_message_by_message_id(j->ctx, j->s->store,
                                                 memory_text_n(j->ctx, id, n),
                                                 ret, ret_found, err);
}

/* No such address, or it takes no mail: not a matter of this one mail. */
static bool is_refusal(const char *status)
{
    return strncmp(status, "5.1.", 4) == 0 || strcmp(status, "5.2.1") == 0;
}

static bool mark_contact(struct judging *j, const char *email, bool refusal,
                         struct error *err)
{
    struct contacts all;

    if (!serve_contacts(j->ctx, j->s, &all, err))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        struct contact c = all.rows[i];

        if (!text_same(c.email, email))
            continue;
        c.bounces++;
        c.refusals += refusal;
        if (!store_put_contact(j->s->store, &c, err))
            return false;
        if (!refusal || c.refusals != 2)
            return true;
        return desk_tell(
            j->ctx, j->s,
            &(struct desk_news){
                .cause = text_format(j->ctx, "suspended/%s", j->row->digest),
                .text = text_format(j->ctx,
                                    "%s (%s) was refused twice and gets no "
                                    "more mail; set it right with contact set",
                                    c.email, c.name)},
            err);
    }
    return true;
}

static bool take_bounce(struct judging *j, struct error *err)
{
    const char *status = fact(j, "status"), *action = fact(j, "action");
    bool hard = text_same(action, "failed") && status[0] == '5', found;
    struct message m;

    if (!bounced_message(j, &m, &found, err))
        return false;
    if (!found) {
        outcome(j, "a bounce of no mail of ours", false);
        return true;
    }
    j->row->thing = m.thing;
    if (text_begins(m.verdict, BOUNCED)) {
        outcome(j, "that message bounced already", false);
        return true;
    }
    outcome(j,
            text_format(j->ctx, "message %lld to %s: %s %s", (long long)m.id,
                        m.to, action, status),
            false);
    return store_set_verdict(j->s->store, m.id,
                             text_format(j->ctx, "%s%s %.300s",
                                         hard ? BOUNCED : "delayed: ", status,
                                         fact(j, "diagnostic")),
                             err) &&
           (!hard || mark_contact(j, m.to, is_refusal(status), err));
}

/* ---- all kinds */

/* One notice an hour at most, whatever strangers send. */
static bool tell_note(struct judging *j, struct error *err)
{
    const char *text = text_format(
        j->ctx, "mail came in that a person has to read, from %s: %.200s",
        *j->row->author ? j->row->author : "nobody",
        *j->row->subject ? j->row->subject : "(no subject)");

    return desk_tell(
        j->ctx, j->s,
        &(struct desk_news){
            .cause = text_format(j->ctx, "inbox/%lld",
                                 (long long)j->row->at.second / 3600),
            .text = text},
        err);
}

/* Nothing is believed of it (a vacation note and a bounce that is no report
 * look the same), but it says which mail it came back for. */
static bool take_auto(struct judging *j, struct error *err)
{
    struct message m;
    int64_t id;

    outcome(j, "counted", false);
    if (!token_message(j->s, j->in->recipient, &id, err))
        return false;
    if (id <= 0 || !store_message(j->ctx, j->s->store, id, &m, NULL))
        return true;
    j->row->thing = m.thing;
    outcome(j,
            text_format(j->ctx, "counted; it answers message %lld to %s",
                        (long long)m.id, m.to),
            false);
    return true;
}

static bool judge(struct judging *j, struct error *err)
{
    const char *kind = j->row->kind;

    if (strcmp(kind, "reply") == 0 || strcmp(kind, "counter") == 0)
        return take_answer(j, err) &&
               (!j->row->desk || strcmp(kind, "counter") == 0 ||
                tell_note(j, err));
    if (strcmp(kind, "bounce") == 0)
        return take_bounce(j, err);
    if (strcmp(kind, "auto") == 0 || strcmp(kind, "receipt") == 0)
        return take_auto(j, err);
    outcome(
        j,
        strcmp(kind, "unreadable") == 0
            ? text_format(j->ctx, "it could not be read: %s", fact(j, "why"))
            : "for the desk",
        true);
    return tell_note(j, err);
}

static const char *kind_of(const struct judging *j)
{
    static const char *const kinds[] = {"reply", "counter", "bounce", "receipt",
                                        "auto",  "note",    NULL};

    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i], fact(j, "kind")) == 0)
            return kinds[i];
    return "unreadable";
}

static bool take(struct judging *j, bool *ret_new, struct error *err)
{
    bool there;

    if (!store_has_inbox(j->s->store, j->row->digest, &there, err))
        return false;
    *ret_new = !there;
    if (there) {
        outcome(j, "it came in before", false);
        return true;
    }
    return judge(j, err) && store_add_inbox(j->s->store, j->row, err);
}

bool inbox_take(TALLOC_CTX *ctx, struct serve *s, const struct incoming *in,
                struct inbox_row *ret, bool *ret_new, struct error *err)
{
    struct judging j = {ctx, s, in, ret};
    char *facts = json_dumps(in->facts, JSON_COMPACT);

    *ret = (struct inbox_row){.digest = digest_of(ctx, in),
                              .at = serve_now(s),
                              .sender = in->sender,
                              .recipient = in->recipient,
                              .kind = kind_of(&j),
                              .author = fact(&j, "from"),
                              .subject = fact(&j, "subject"),
                              .thing = "",
                              .outcome = "",
                              .facts = memory_text(ctx, facts ? facts : "{}"),
                              .truncated = in->whole > (long long)in->size,
                              .octets = in->octets,
                              .size = in->size};
    free(facts);
    if (!store_begin(s->store, err))
        return false;
    if (!take(&j, ret_new, err) || !store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    scheduler_changed(s);
    delivery_poke(s);
    return true;
}
