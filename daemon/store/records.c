/*
 * The tables of columns, one per struct that is a row.
 */
#include <stddef.h>

#include "daemon/office/office.h"
#include "daemon/plan/plan.h"
#include "daemon/store/record.h"
#include "daemon/store/store.h"

/* ---- words: one prototype for all enums */

static const char *edition_status(int v)
{
    return edition_status_word((enum edition_status)v);
}

static const char *item_status(int v)
{
    return item_status_word((enum item_status)v);
}

static const char *item_audience(int v)
{
    return item_audience_word((enum item_audience)v);
}

static const char *item_kind(int v)
{
    return item_kind_word((enum item_kind)v);
}

static const char *holiday_kind(int v)
{
    return holiday_kind_word((enum holiday_kind)v);
}

static const char *certainty(int v)
{
    return certainty_word((enum certainty)v);
}

static const char *document_kind(int v)
{
    return document_kind_word((enum document_kind)v);
}

static const char *role(int v)
{
    return role_word((enum role)v);
}

static const char *channel(int v)
{
    return channel_word((enum channel)v);
}

static const char *task_state(int v)
{
    return task_state_word((enum task_state)v);
}

static const char *message_state(int v)
{
    return message_state_word((enum message_state)v);
}

static const char *message_kind(int v)
{
    return message_kind_word((enum message_kind)v);
}

/* clang-format off */
#define COLUMN(name, type, m)                                                  \
    {name, COLUMN_##type, offsetof(struct ROW, m), 0, NULL, 0}
#define WORD(name, m, word, last)                                              \
    {name, COLUMN_WORD, offsetof(struct ROW, m), 0, word, (int)(last) + 1}
#define ARRAY(name, type, m, n)                                                \
    {name, COLUMN_##type, offsetof(struct ROW, m), offsetof(struct ROW, n),    \
     NULL, 0}
#define RECORD(noun, table)                                                    \
    {                                                                          \
        noun, sizeof(struct ROW), table, sizeof(table) / sizeof((table)[0])    \
    }

/* clang-format on */

#define ROW edition
static const struct column edition_columns[] = {
    COLUMN("id", TEXT, id),
    COLUMN("cluster", TEXT, cluster),
    COLUMN("cycle", INT, cycle),
    COLUMN("n", INT, n),
    COLUMN("title", TEXT, title),
    COLUMN("start", DATE, start),
    COLUMN("until", DATE, end),
    ARRAY("days", DATES, days, n_days),
    COLUMN("host", TEXT, host),
    COLUMN("city", TEXT, city),
    COLUMN("zone", TEXT, zone),
    WORD("status", status, edition_status, EDITION_LAPSED),
    COLUMN("cost", INT64, cost),
    ARRAY("warnings", TEXTS, warnings, n_warnings),
    COLUMN("pinned", BOOL, pinned),
    COLUMN("reason", TEXT, reason),
    COLUMN("reply_by", DATE, by),
    COLUMN("forced", TEXT, forced),
    COLUMN("afresh", INT, afresh),
    COLUMN("uid", TEXT, uid),
    COLUMN("sequence", INT, sequence),
    COLUMN("created", INSTANT, created),
    COLUMN("modified", INSTANT, modified),
};
const struct record record_edition = RECORD("edition", edition_columns);
#undef ROW

#define ROW item
static const struct column item_columns[] = {
    COLUMN("id", TEXT, id),
    COLUMN("edition", TEXT, edition),
    COLUMN("code", TEXT, code),
    COLUMN("part", INT, part),
    COLUMN("parts", INT, parts),
    WORD("kind", kind, item_kind, ITEM_EVENT),
    COLUMN("title", TEXT, title),
    COLUMN("nth", INT, nth),
    COLUMN("partner", TEXT, partner),
    ARRAY("bodies", TEXTS, bodies, n_bodies),
    COLUMN("people", TEXT, people),
    COLUMN("open", BOOL, open),
    COLUMN("start", LOCAL, start),
    COLUMN("until", LOCAL, end),
    COLUMN("zone", TEXT, zone),
    COLUMN("start_utc", INSTANT, start_utc),
    COLUMN("until_utc", INSTANT, end_utc),
    COLUMN("city", TEXT, city),
    WORD("status", status, item_status, ITEM_HELD),
    COLUMN("pinned", BOOL, pinned),
    COLUMN("one_off", BOOL, one_off),
    COLUMN("vacant", BOOL, vacant),
    COLUMN("settled", BOOL, settled),
    WORD("audience", audience, item_audience, ITEM_FOR_NOBODY),
    COLUMN("link", TEXT, link),
    COLUMN("uid", TEXT, uid),
    COLUMN("sequence", INT, sequence),
    COLUMN("created", INSTANT, created),
    COLUMN("modified", INSTANT, modified),
};
const struct record record_item = RECORD("item", item_columns);
#undef ROW

#define ROW item_access
static const struct column item_access_columns[] = {
    COLUMN("item", TEXT, item),
    WORD("audience", audience, item_audience, ITEM_FOR_NOBODY),
    COLUMN("link", TEXT, link),
};
const struct record record_item_access =
    RECORD("access to an item", item_access_columns);
#undef ROW

#define ROW past
static const struct column past_columns[] = {
    COLUMN("cluster", TEXT, cluster), COLUMN("cycle", INT, cycle),
    COLUMN("first_day", DATE, from),  COLUMN("last_day", DATE, to),
    COLUMN("host", TEXT, host),       COLUMN("city", TEXT, city),
};
const struct record record_past = RECORD("meeting held", past_columns);
#undef ROW

#define ROW holiday
static const struct column holiday_columns[] = {
    COLUMN("cc", TEXT, cc),
    COLUMN("date", DATE, date),
    COLUMN("name", TEXT, name),
    WORD("kind", kind, holiday_kind, HOLIDAY_WORKDAY),
    WORD("certainty", certainty, certainty, CERTAINTY_ESTIMATED),
    COLUMN("file", TEXT, where.file),
    COLUMN("line", INT, where.line),
    COLUMN("place", INT, where.column),
};
const struct record record_holiday = RECORD("holiday", holiday_columns);
#undef ROW

#define ROW contact
static const struct column contact_columns[] = {
    COLUMN("email", TEXT, email),
    COLUMN("name", TEXT, name),
    COLUMN("of", TEXT, of),
    ARRAY("bodies", TEXTS, bodies, n_bodies),
    WORD("role", role, role, ROLE_PARTNER),
    WORD("channel", channel, channel, CHANNEL_NONE),
    COLUMN("zone", TEXT, zone),
    COLUMN("bounces", INT, bounces),
    COLUMN("refusals", INT, refusals),
    COLUMN("added", INSTANT, added),
    COLUMN("unsubscribed", BOOL, unsubscribed),
};
const struct record record_contact = RECORD("contact", contact_columns);
#undef ROW

#define ROW task_fact
static const struct column task_fact_columns[] = {
    COLUMN("task", TEXT, task),  WORD("state", state, task_state, TASK_WAIVED),
    COLUMN("done_on", DATE, on), COLUMN("note", TEXT, note),
    COLUMN("pin", DATE, pin),    COLUMN("who", TEXT, who),
};
const struct record record_task_fact = RECORD("task", task_fact_columns);
#undef ROW

#define ROW document
static const struct column document_columns[] = {
    COLUMN("edition", TEXT, edition),
    COLUMN("code", TEXT, code),
    COLUMN("sender", TEXT, from),
    COLUMN("title", TEXT, title),
    WORD("kind", kind, document_kind, DOCUMENT_OTHER),
    COLUMN("due", DATE, due),
    COLUMN("step", TEXT, step),
    COLUMN("received", DATE, received),
    COLUMN("link", TEXT, link),
    COLUMN("file", TEXT, file),
    COLUMN("digest", TEXT, digest),
    COLUMN("note", TEXT, note),
};
const struct record record_document = RECORD("document", document_columns);
#undef ROW

/* What moves is last, before the octets: the heads and the moving part of a
 * message are stretches of the same table. */
#define ROW message
enum { MESSAGE_FIXED = 13, MESSAGE_MOVING = 6 };
static const struct column message_columns[] = {
    COLUMN("id", INT64, id),
    WORD("kind", kind, message_kind, MESSAGE_KINDS - 1),
    COLUMN("cause", TEXT, cause),
    COLUMN("recipient", TEXT, to),
    COLUMN("name", TEXT, name),
    COLUMN("party", TEXT, party),
    COLUMN("sender", TEXT, from),
    COLUMN("subject", TEXT, subject),
    COLUMN("edition", TEXT, edition),
    COLUMN("thing", TEXT, thing),
    COLUMN("message_id", TEXT, message_id),
    COLUMN("created", INSTANT, created),
    COLUMN("expires", INSTANT, expires),
    WORD("state", state, message_state, MESSAGE_STATES - 1),
    COLUMN("next", INSTANT, next),
    COLUMN("attempts", INT, attempts),
    COLUMN("uncertain", INT, uncertain),
    COLUMN("verdict", TEXT, verdict),
    COLUMN("settled", INSTANT, settled),
    ARRAY("octets", OCTETS, octets, size),
};
const struct record record_message = {"message", sizeof(struct message),
                                      message_columns,
                                      MESSAGE_FIXED + MESSAGE_MOVING + 1};
const struct record record_message_head = {"message", sizeof(struct message),
                                           message_columns,
                                           MESSAGE_FIXED + MESSAGE_MOVING};
/* A new row: its id is given by the database. */
const struct record record_message_new = {"message", sizeof(struct message),
                                          message_columns + 1,
                                          MESSAGE_FIXED + MESSAGE_MOVING - 1};
const struct record record_message_state = {"message", sizeof(struct message),
                                            message_columns + MESSAGE_FIXED,
                                            MESSAGE_MOVING};
/* A table of their own, which no change of state writes again. */
const struct record record_message_octets = {
    "message", sizeof(struct message),
    message_columns + MESSAGE_FIXED + MESSAGE_MOVING, 1};
_Static_assert(sizeof message_columns / sizeof message_columns[0] ==
                   MESSAGE_FIXED + MESSAGE_MOVING + 1,
               "count the columns of a message");
#undef ROW

#define ROW stored_feed
static const struct column feed_columns[] = {
    COLUMN("name", TEXT, name),      ARRAY("body", OCTETS, body, size),
    COLUMN("etag", TEXT, etag),      COLUMN("modified", INSTANT, modified),
    COLUMN("release", INT, release), COLUMN("events", INT, events),
};
const struct record record_feed = RECORD("feed", feed_columns);
#undef ROW

#define ROW printed
static const struct column printed_columns[] = {
    COLUMN("uid", TEXT, uid),
    COLUMN("sequence", INT, sequence),
    COLUMN("created", INSTANT, created),
    COLUMN("modified", INSTANT, modified),
    COLUMN("digest", TEXT, digest),
    COLUMN("seen", BOOL, seen),
};
const struct record record_printed = RECORD("printed event", printed_columns);
#undef ROW

#define ROW feed_token
static const struct column feed_token_columns[] = {
    COLUMN("hash", TEXT, hash),    COLUMN("name", TEXT, name),
    COLUMN("email", TEXT, email),  ARRAY("bodies", TEXTS, bodies, n_bodies),
    COLUMN("made", INSTANT, made), COLUMN("revoked", INSTANT, revoked),
    COLUMN("alarm", INT, alarm),
};
const struct record record_feed_token =
    RECORD("private feed", feed_token_columns);
#undef ROW

#define ROW poll_row
static const struct column poll_columns[] = {
    COLUMN("feed", TEXT, feed),    COLUMN("family", TEXT, family),
    COLUMN("full", INT64, full),   COLUMN("unchanged", INT64, unchanged),
    COLUMN("last", INSTANT, last),
};
const struct record record_poll = RECORD("count of polls", poll_columns);
#undef ROW

#define ROW log_row
static const struct column log_columns[] = {
    COLUMN("id", INT64, id),        COLUMN("at", INSTANT, at),
    COLUMN("who", TEXT, who),       COLUMN("uid", INT, uid),
    COLUMN("verb", TEXT, verb),     COLUMN("args", TEXT, args),
    COLUMN("reason", TEXT, reason), COLUMN("things", TEXT, things),
    COLUMN("before", TEXT, before), COLUMN("after", TEXT, after),
};
const struct record record_log = RECORD("line of the log", log_columns);
const struct record record_log_new = {
    "line of the log", sizeof(struct log_row), log_columns + 1,
    sizeof log_columns / sizeof log_columns[0] - 1};
#undef ROW

#define ROW version_row
static const struct column version_columns[] = {
    COLUMN("release", INT, release), COLUMN("at", INSTANT, at),
    COLUMN("who", TEXT, by),         COLUMN("note", TEXT, note),
    COLUMN("changes", INT, changes),
};
const struct record record_version = RECORD("version", version_columns);
#undef ROW

#define ROW draft_row
static const struct column draft_columns[] = {
    COLUMN("name", TEXT, name),    COLUMN("origin", TEXT, from),
    COLUMN("at", INSTANT, at),     COLUMN("cost", INT64, cost),
    COLUMN("bound", INT64, bound), COLUMN("proved", BOOL, proved),
};
const struct record record_draft = RECORD("draft", draft_columns);
#undef ROW

#define ROW draft_file
static const struct column draft_file_columns[] = {
    COLUMN("sector", TEXT, sector),
    COLUMN("file", TEXT, file),
    COLUMN("text", TEXT, text),
};
const struct record record_draft_file =
    RECORD("rules of a draft", draft_file_columns);
#undef ROW

#define ROW source_row
static const struct column source_columns[] = {
    COLUMN("kind", TEXT, kind),
    COLUMN("file", TEXT, file),
    COLUMN("text", TEXT, text),
};
const struct record record_source = RECORD("loaded text", source_columns);
#undef ROW

/* As messages: the octets are last, a new row has no id. */
#define ROW inbox_row
static const struct column inbox_columns[] = {
    COLUMN("id", INT64, id),
    COLUMN("digest", TEXT, digest),
    COLUMN("at", INSTANT, at),
    COLUMN("sender", TEXT, sender),
    COLUMN("recipient", TEXT, recipient),
    COLUMN("kind", TEXT, kind),
    COLUMN("author", TEXT, author),
    COLUMN("subject", TEXT, subject),
    COLUMN("thing", TEXT, thing),
    COLUMN("outcome", TEXT, outcome),
    COLUMN("desk", BOOL, desk),
    COLUMN("facts", TEXT, facts),
    COLUMN("truncated", BOOL, truncated),
    ARRAY("octets", OCTETS, octets, size),
};
enum { INBOX_COLUMNS = sizeof inbox_columns / sizeof inbox_columns[0] };
const struct record record_inbox = RECORD("mail that came in", inbox_columns);
const struct record record_inbox_head = {"mail that came in",
                                         sizeof(struct inbox_row),
                                         inbox_columns, INBOX_COLUMNS - 1};
const struct record record_inbox_new = {"mail that came in",
                                        sizeof(struct inbox_row),
                                        inbox_columns + 1, INBOX_COLUMNS - 1};
#undef ROW

#define ROW reply_row
static const struct column reply_columns[] = {
    COLUMN("thing", TEXT, thing),       COLUMN("email", TEXT, email),
    COLUMN("sequence", INT, sequence),  COLUMN("partstat", TEXT, partstat),
    COLUMN("at", INSTANT, at),          COLUMN("comment", TEXT, comment),
    COLUMN("proposal", TEXT, proposal), COLUMN("via", TEXT, via),
    COLUMN("stamp", INSTANT, stamp),
};
const struct record record_reply = RECORD("reply", reply_columns);
#undef ROW
