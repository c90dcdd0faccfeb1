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

#define AT(member) offsetof(struct ROW, member)
#define TEXT(name, m)                                                          \
    {                                                                          \
        name, COLUMN_TEXT, AT(m), 0, NULL, 0                                   \
    }
#define INT(name, m)                                                           \
    {                                                                          \
        name, COLUMN_INT, AT(m), 0, NULL, 0                                    \
    }
#define INT64(name, m)                                                         \
    {                                                                          \
        name, COLUMN_INT64, AT(m), 0, NULL, 0                                  \
    }
#define BOOL(name, m)                                                          \
    {                                                                          \
        name, COLUMN_BOOL, AT(m), 0, NULL, 0                                   \
    }
#define DATE(name, m)                                                          \
    {                                                                          \
        name, COLUMN_DATE, AT(m), 0, NULL, 0                                   \
    }
#define INSTANT(name, m)                                                       \
    {                                                                          \
        name, COLUMN_INSTANT, AT(m), 0, NULL, 0                                \
    }
#define LOCAL(name, m)                                                         \
    {                                                                          \
        name, COLUMN_LOCAL, AT(m), 0, NULL, 0                                  \
    }
#define WORD(name, m, word, last)                                              \
    {                                                                          \
        name, COLUMN_WORD, AT(m), 0, word, (int)(last) + 1                     \
    }
#define TEXTS(name, m)                                                         \
    {                                                                          \
        name, COLUMN_TEXTS, AT(m), AT(n_##m), NULL, 0                          \
    }
#define DATES(name, m)                                                         \
    {                                                                          \
        name, COLUMN_DATES, AT(m), AT(n_##m), NULL, 0                          \
    }
#define OCTETS(name, m)                                                        \
    {                                                                          \
        name, COLUMN_OCTETS, AT(m), AT(size), NULL, 0                          \
    }
#define RECORD(noun, table)                                                    \
    {                                                                          \
        noun, sizeof(struct ROW), table, sizeof(table) / sizeof((table)[0])    \
    }

#define ROW edition
static const struct column edition_columns[] = {
    TEXT("id", id),
    TEXT("cluster", cluster),
    INT("cycle", cycle),
    INT("n", n),
    TEXT("title", title),
    DATE("start", start),
    DATE("until", end),
    DATES("days", days),
    TEXT("host", host),
    TEXT("city", city),
    TEXT("zone", zone),
    WORD("status", status, edition_status, EDITION_LAPSED),
    INT64("cost", cost),
    TEXTS("warnings", warnings),
    BOOL("pinned", pinned),
    TEXT("reason", reason),
    DATE("reply_by", by),
    TEXT("forced", forced),
    TEXT("uid", uid),
    INT("sequence", sequence),
    INSTANT("created", created),
    INSTANT("modified", modified),
};
const struct record record_edition = RECORD("edition", edition_columns);
#undef ROW

#define ROW item
static const struct column item_columns[] = {
    TEXT("id", id),
    TEXT("edition", edition),
    TEXT("code", code),
    INT("part", part),
    INT("parts", parts),
    WORD("kind", kind, item_kind, ITEM_EVENT),
    TEXT("title", title),
    INT("nth", nth),
    TEXT("partner", partner),
    TEXTS("bodies", bodies),
    TEXT("people", people),
    BOOL("open", open),
    LOCAL("start", start),
    LOCAL("until", end),
    TEXT("zone", zone),
    INSTANT("start_utc", start_utc),
    INSTANT("until_utc", end_utc),
    TEXT("city", city),
    WORD("status", status, item_status, ITEM_HELD),
    BOOL("pinned", pinned),
    BOOL("one_off", one_off),
    TEXT("uid", uid),
    INT("sequence", sequence),
    INSTANT("created", created),
    INSTANT("modified", modified),
};
const struct record record_item = RECORD("item", item_columns);
#undef ROW

#define ROW past
static const struct column past_columns[] = {
    TEXT("cluster", cluster), INT("cycle", cycle), DATE("first_day", from),
    DATE("last_day", to),     TEXT("host", host),  TEXT("city", city),
};
const struct record record_past = RECORD("meeting held", past_columns);
#undef ROW

#define ROW holiday
static const struct column holiday_columns[] = {
    TEXT("cc", cc),
    DATE("date", date),
    TEXT("name", name),
    WORD("kind", kind, holiday_kind, HOLIDAY_WORKDAY),
    WORD("certainty", certainty, certainty, CERTAINTY_ESTIMATED),
    TEXT("file", where.file),
    INT("line", where.line),
    INT("place", where.column),
};
const struct record record_holiday = RECORD("holiday", holiday_columns);
#undef ROW

#define ROW contact
static const struct column contact_columns[] = {
    TEXT("email", email),
    TEXT("name", name),
    TEXT("of", of),
    TEXTS("bodies", bodies),
    WORD("role", role, role, ROLE_PARTNER),
    WORD("channel", channel, channel, CHANNEL_NONE),
    TEXT("zone", zone),
    INT("bounces", bounces),
    INSTANT("added", added),
};
const struct record record_contact = RECORD("contact", contact_columns);
#undef ROW

#define ROW task_fact
static const struct column task_fact_columns[] = {
    TEXT("task", task),  WORD("state", state, task_state, TASK_WAIVED),
    DATE("done_on", on), TEXT("note", note),
    DATE("pin", pin),    TEXT("who", who),
};
const struct record record_task_fact = RECORD("task", task_fact_columns);
#undef ROW

/* What moves is last, before the octets: the heads and the moving part of a
 * message are stretches of the same table. */
#define ROW message
enum { MESSAGE_FIXED = 12, MESSAGE_MOVING = 6 };
static const struct column message_columns[] = {
    INT64("id", id),
    WORD("kind", kind, message_kind, MESSAGE_KINDS - 1),
    TEXT("cause", cause),
    TEXT("recipient", to),
    TEXT("name", name),
    TEXT("sender", from),
    TEXT("subject", subject),
    TEXT("edition", edition),
    TEXT("thing", thing),
    TEXT("message_id", message_id),
    INSTANT("created", created),
    INSTANT("expires", expires),
    WORD("state", state, message_state, MESSAGE_STATES - 1),
    INSTANT("next", next),
    INT("attempts", attempts),
    INT("uncertain", uncertain),
    TEXT("verdict", verdict),
    INSTANT("settled", settled),
    OCTETS("octets", octets),
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
                                          MESSAGE_FIXED + MESSAGE_MOVING};
const struct record record_message_state = {"message", sizeof(struct message),
                                            message_columns + MESSAGE_FIXED,
                                            MESSAGE_MOVING};
_Static_assert(sizeof message_columns / sizeof message_columns[0] ==
                   MESSAGE_FIXED + MESSAGE_MOVING + 1,
               "count the columns of a message");
#undef ROW

#define ROW stored_feed
static const struct column feed_columns[] = {
    TEXT("name", name),      OCTETS("body", body),
    TEXT("etag", etag),      INSTANT("modified", modified),
    INT("release", release), INT("events", events),
};
const struct record record_feed = RECORD("feed", feed_columns);
#undef ROW

#define ROW log_row
static const struct column log_columns[] = {
    INT64("id", id),        INSTANT("at", at),      TEXT("who", who),
    INT("uid", uid),        TEXT("verb", verb),     TEXT("args", args),
    TEXT("reason", reason), TEXT("things", things), TEXT("before", before),
    TEXT("after", after),
};
const struct record record_log = RECORD("line of the log", log_columns);
const struct record record_log_new = {
    "line of the log", sizeof(struct log_row), log_columns + 1,
    sizeof log_columns / sizeof log_columns[0] - 1};
#undef ROW

#define ROW version_row
static const struct column version_columns[] = {
    INT("release", release), INSTANT("at", at),       TEXT("who", by),
    TEXT("note", note),      INT("changes", changes),
};
const struct record record_version = RECORD("version", version_columns);
#undef ROW

#define ROW draft_row
static const struct column draft_columns[] = {
    TEXT("name", name),  TEXT("origin", from),  INSTANT("at", at),
    INT64("cost", cost), INT64("bound", bound), BOOL("proved", proved),
};
const struct record record_draft = RECORD("draft", draft_columns);
#undef ROW
