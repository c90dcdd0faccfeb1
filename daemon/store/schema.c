/*
 * The schema. Constraints do the thinking:
 *   1. one edition per (plan, cluster, cycle, n), one id per plan;
 *   2. an item belongs to an edition of the same plan;
 *   3. a version never changes, nor does the log;
 *   4. one UID per thing for ever, and its sequence never falls;
 *   5. one message per (recipient, cause), whatever its state; its octets
 *      never change.
 * Dates are ISO text, instants Unix seconds, words are words.
 */
#include "daemon/store/schema.h"

/* clang-format off: SQL keeps its own lines. */

/* Drafts and versions hold the same columns. */
#define EDITION_COLUMNS                                                        \
    "  place INTEGER NOT NULL,"                                                \
    "  id TEXT NOT NULL CHECK (id <> ''),"                                     \
    "  cluster TEXT NOT NULL CHECK (cluster <> ''),"                           \
    "  cycle INTEGER NOT NULL,"                                                \
    "  n INTEGER NOT NULL CHECK (n >= 0),"                                     \
    "  title TEXT NOT NULL,"                                                   \
    "  start TEXT CHECK (length(start) = 10),"                                 \
    "  until TEXT CHECK (length(until) = 10),"                                 \
    "  days TEXT NOT NULL,"                                                    \
    "  host TEXT NOT NULL,"                                                    \
    "  city TEXT NOT NULL,"                                                    \
    "  zone TEXT NOT NULL,"                                                    \
    "  status TEXT NOT NULL CHECK (status IN ('proposed', 'confirmed',"        \
    "    'postponed', 'cancelled', 'held', 'lapsed')),"                        \
    "  cost INTEGER NOT NULL,"                                                 \
    "  warnings TEXT NOT NULL,"                                                \
    "  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),"                      \
    "  reason TEXT NOT NULL,"                                                  \
    "  reply_by TEXT CHECK (length(reply_by) = 10),"                           \
    "  forced TEXT NOT NULL,"                                                  \
    "  uid TEXT NOT NULL,"                                                     \
    "  sequence INTEGER NOT NULL,"                                             \
    "  created INTEGER,"                                                       \
    "  modified INTEGER,"                                                      \
    "  CHECK (until >= start),"

#define ITEM_COLUMNS                                                           \
    "  place INTEGER NOT NULL,"                                                \
    "  id TEXT NOT NULL CHECK (id <> ''),"                                     \
    "  edition TEXT NOT NULL,"                                                 \
    "  code TEXT NOT NULL,"                                                    \
    "  part INTEGER NOT NULL,"                                                 \
    "  parts INTEGER NOT NULL,"                                                \
    "  kind TEXT NOT NULL,"                                                    \
    "  title TEXT NOT NULL,"                                                   \
    "  nth INTEGER NOT NULL,"                                                  \
    "  partner TEXT NOT NULL,"                                                 \
    "  bodies TEXT NOT NULL,"                                                  \
    "  people TEXT NOT NULL,"                                                  \
    "  open INTEGER NOT NULL CHECK (open IN (0, 1)),"                          \
    "  start TEXT,"                                                            \
    "  until TEXT,"                                                            \
    "  zone TEXT NOT NULL,"                                                    \
    "  start_utc INTEGER,"                                                     \
    "  until_utc INTEGER,"                                                     \
    "  city TEXT NOT NULL,"                                                    \
    "  status TEXT NOT NULL CHECK (status IN ('proposed', 'confirmed',"        \
    "    'cancelled', 'held')),"                                               \
    "  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),"                      \
    "  one_off INTEGER NOT NULL CHECK (one_off IN (0, 1)),"                    \
    "  uid TEXT NOT NULL,"                                                     \
    "  sequence INTEGER NOT NULL,"                                             \
    "  created INTEGER,"                                                       \
    "  modified INTEGER,"

/* A table whose rows are written once. */
#define NEVER_CHANGES(table, what)                                             \
    "CREATE TRIGGER " table "_update BEFORE UPDATE ON " table                  \
    "  BEGIN SELECT RAISE(ABORT, '" what " never changes'); END;"              \
    "CREATE TRIGGER " table "_delete BEFORE DELETE ON " table                  \
    "  BEGIN SELECT RAISE(ABORT, '" what " never changes'); END;"

static const char drafts[] =
    "CREATE TABLE draft("
    "  name TEXT PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),"
    "  origin TEXT NOT NULL,"
    "  at INTEGER,"
    "  cost INTEGER NOT NULL,"
    "  bound INTEGER NOT NULL,"
    "  proved INTEGER NOT NULL CHECK (proved IN (0, 1))"
    ") STRICT;"
    "INSERT INTO draft(name, origin, cost, bound, proved)"
    "  VALUES('main', '', 0, 0, 0);"
    "CREATE TABLE draft_edition("
    "  draft TEXT NOT NULL COLLATE NOCASE"
    "    REFERENCES draft(name) ON DELETE CASCADE," EDITION_COLUMNS
    "  PRIMARY KEY (draft, id),"
    "  UNIQUE (draft, cluster, cycle, n)"
    ") STRICT;"
    "CREATE TABLE draft_item("
    "  draft TEXT NOT NULL COLLATE NOCASE," ITEM_COLUMNS
    "  PRIMARY KEY (draft, id),"
    "  FOREIGN KEY (draft, edition)"
    "    REFERENCES draft_edition(draft, id) ON DELETE CASCADE"
    ") STRICT;"
    "CREATE INDEX draft_item_edition ON draft_item(draft, edition);";

static const char versions[] =
    "CREATE TABLE version("
    "  release INTEGER PRIMARY KEY CHECK (release > 0),"
    "  at INTEGER,"
    "  who TEXT NOT NULL,"
    "  note TEXT NOT NULL,"
    "  changes INTEGER NOT NULL,"
    "  cost INTEGER NOT NULL,"
    "  bound INTEGER NOT NULL,"
    "  proved INTEGER NOT NULL CHECK (proved IN (0, 1))"
    ") STRICT;"
    "CREATE TABLE version_edition("
    "  release INTEGER NOT NULL REFERENCES version(release)," EDITION_COLUMNS
    "  PRIMARY KEY (release, id),"
    "  UNIQUE (release, cluster, cycle, n)"
    ") STRICT;"
    "CREATE TABLE version_item("
    "  release INTEGER NOT NULL," ITEM_COLUMNS "  PRIMARY KEY (release, id),"
    "  FOREIGN KEY (release, edition) REFERENCES version_edition(release, id)"
    ") STRICT;"
    "CREATE INDEX version_item_edition ON version_item(release, "
    "edition);" NEVER_CHANGES("version", "a released version")
        NEVER_CHANGES("version_edition", "a released version")
            NEVER_CHANGES("version_item", "a released version");

static const char identities[] =
    "CREATE TABLE identity("
    "  thing TEXT PRIMARY KEY CHECK (thing <> ''),"
    "  uid TEXT NOT NULL UNIQUE,"
    "  sequence INTEGER NOT NULL CHECK (sequence >= -1),"
    "  created INTEGER,"
    "  modified INTEGER"
    ") STRICT;"
    "CREATE TRIGGER identity_uid BEFORE UPDATE ON identity"
    "  WHEN NEW.uid <> OLD.uid OR NEW.thing <> OLD.thing"
    "  BEGIN SELECT RAISE(ABORT, 'a UID is for ever'); END;"
    "CREATE TRIGGER identity_sequence BEFORE UPDATE ON identity"
    "  WHEN NEW.sequence < OLD.sequence"
    "  BEGIN SELECT RAISE(ABORT, 'a sequence never falls'); END;"
    "CREATE TRIGGER identity_delete BEFORE DELETE ON identity"
    "  BEGIN SELECT RAISE(ABORT, 'a UID is for ever'); END;";

static const char facts[] =
    "CREATE TABLE setting("
    "  name TEXT PRIMARY KEY,"
    "  value TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE past("
    "  cluster TEXT NOT NULL CHECK (cluster <> ''),"
    "  cycle INTEGER NOT NULL,"
    "  first_day TEXT NOT NULL CHECK (length(first_day) = 10),"
    "  last_day TEXT NOT NULL CHECK (length(last_day) = 10),"
    "  host TEXT NOT NULL,"
    "  city TEXT NOT NULL,"
    "  CHECK (last_day >= first_day),"
    "  UNIQUE (cluster, cycle, first_day)"
    ") STRICT;"
    "CREATE TABLE holiday("
    "  cc TEXT NOT NULL CHECK (cc <> ''),"
    "  date TEXT NOT NULL CHECK (length(date) = 10),"
    "  name TEXT NOT NULL COLLATE NOCASE,"
    "  kind TEXT NOT NULL,"
    "  certainty TEXT NOT NULL,"
    "  file TEXT NOT NULL,"
    "  line INTEGER NOT NULL,"
    "  place INTEGER NOT NULL,"
    "  UNIQUE (cc, date, name)"
    ") STRICT;"
    "CREATE TABLE contact("
    "  email TEXT PRIMARY KEY COLLATE NOCASE CHECK (email <> ''),"
    "  name TEXT NOT NULL,"
    "  of TEXT NOT NULL,"
    "  bodies TEXT NOT NULL,"
    "  role TEXT NOT NULL,"
    "  channel TEXT NOT NULL,"
    "  zone TEXT NOT NULL,"
    "  bounces INTEGER NOT NULL CHECK (bounces >= 0),"
    "  added INTEGER"
    ") STRICT;"
    "CREATE TABLE task("
    "  task TEXT PRIMARY KEY CHECK (task <> ''),"
    "  state TEXT NOT NULL,"
    "  done_on TEXT CHECK (length(done_on) = 10),"
    "  note TEXT NOT NULL,"
    "  pin TEXT CHECK (length(pin) = 10),"
    "  who TEXT NOT NULL,"
    "  at INTEGER"
    ") STRICT;"
    "CREATE TABLE feed("
    "  name TEXT PRIMARY KEY CHECK (name <> ''),"
    "  body BLOB NOT NULL,"
    "  etag TEXT NOT NULL,"
    "  modified INTEGER,"
    "  release INTEGER NOT NULL,"
    "  events INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE log("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at INTEGER,"
    "  who TEXT NOT NULL,"
    "  uid INTEGER NOT NULL,"
    "  verb TEXT NOT NULL,"
    "  args TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  things TEXT NOT NULL,"
    "  before TEXT NOT NULL,"
    "  after TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX log_at ON log(at);" NEVER_CHANGES("log", "the log");

static const char mails[] =
    "CREATE TABLE message("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  kind TEXT NOT NULL,"
    "  cause TEXT NOT NULL CHECK (cause <> ''),"
    "  recipient TEXT NOT NULL COLLATE NOCASE CHECK (recipient <> ''),"
    "  name TEXT NOT NULL,"
    "  sender TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  edition TEXT NOT NULL,"
    "  thing TEXT NOT NULL,"
    "  message_id TEXT NOT NULL,"
    "  created INTEGER NOT NULL,"
    "  expires INTEGER,"
    "  state TEXT NOT NULL CHECK (state IN ('held', 'queued', 'inflight',"
    "    'sent', 'deferred', 'failed', 'expired', 'dropped')),"
    "  next INTEGER,"
    "  attempts INTEGER NOT NULL CHECK (attempts >= 0),"
    "  uncertain INTEGER NOT NULL CHECK (uncertain >= 0),"
    "  verdict TEXT NOT NULL,"
    "  settled INTEGER,"
    "  octets BLOB NOT NULL,"
    "  UNIQUE (recipient, cause)"
    ") STRICT;"
    "CREATE INDEX message_state ON message(state, id);"
    "CREATE INDEX message_edition ON message(edition, id);"
    "CREATE INDEX message_under_way ON message(recipient, thing, id)"
    "  WHERE state IN ('queued', 'inflight', 'deferred');"
    "CREATE INDEX message_next ON message(coalesce(next, created))"
    "  WHERE state IN ('queued', 'deferred');"
    "CREATE INDEX message_expires ON message(expires)"
    "  WHERE state IN ('held', 'queued', 'deferred');"
    "CREATE TRIGGER message_octets BEFORE UPDATE OF octets, recipient, cause,"
    "  sender, message_id ON message"
    "  BEGIN SELECT RAISE(ABORT, 'a composed message never changes'); END;"
    /* Of two messages about one thing to one recipient the second is not ready
     * before the first has arrived or been given up: they arrive in order. */
    "CREATE VIEW message_ready AS"
    "  SELECT id, coalesce(next, created) AS next, expires FROM message AS m"
    "  INDEXED BY message_next"
    "  WHERE state IN ('queued', 'deferred') AND NOT EXISTS ("
    "    SELECT 1 FROM message AS o WHERE m.thing <> ''"
    "    AND o.recipient = m.recipient AND o.thing = m.thing AND o.id < m.id"
    "    AND o.state IN ('queued', 'inflight', 'deferred')"
    "    AND (o.state <> 'queued'"
    "      OR coalesce(o.next, o.created) <= coalesce(m.next, m.created)));";

static const char documents[] =
    "CREATE TABLE document("
    "  edition TEXT NOT NULL COLLATE NOCASE CHECK (edition <> ''),"
    "  code TEXT NOT NULL COLLATE NOCASE CHECK (code <> ''),"
    "  sender TEXT NOT NULL COLLATE NOCASE CHECK (sender <> ''),"
    "  title TEXT NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  due TEXT CHECK (length(due) = 10),"
    "  step TEXT NOT NULL,"
    "  received TEXT CHECK (length(received) = 10),"
    "  link TEXT NOT NULL,"
    "  file TEXT NOT NULL,"
    "  digest TEXT NOT NULL,"
    "  note TEXT NOT NULL,"
    "  PRIMARY KEY (edition, code, sender)"
    ") STRICT;";

static const char replies[] =
    /* Addresses that are refused for good are left alone. */
    "ALTER TABLE contact ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0"
    "  CHECK (refusals >= 0);"
    "CREATE INDEX message_message_id ON message(message_id);"
    "CREATE TABLE inbox("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  digest TEXT NOT NULL UNIQUE,"
    "  at INTEGER NOT NULL,"
    "  sender TEXT NOT NULL,"
    "  recipient TEXT NOT NULL,"
    "  kind TEXT NOT NULL CHECK (kind IN ('reply', 'counter', 'bounce',"
    "    'receipt', 'auto', 'note', 'unreadable')),"
    "  author TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  thing TEXT NOT NULL,"
    "  outcome TEXT NOT NULL,"
    "  desk INTEGER NOT NULL CHECK (desk IN (0, 1)),"
    "  facts TEXT NOT NULL,"
    "  truncated INTEGER NOT NULL CHECK (truncated IN (0, 1)),"
    "  octets BLOB NOT NULL"
    ") STRICT;" NEVER_CHANGES(
        "inbox",
        "a mail that came in") "CREATE TABLE reply("
                               "  thing TEXT NOT NULL CHECK (thing <> ''),"
                               "  email TEXT NOT NULL COLLATE NOCASE CHECK "
                               "(email <> ''),"
                               "  sequence INTEGER NOT NULL,"
                               "  partstat TEXT NOT NULL CHECK (partstat IN "
                               "('ACCEPTED', 'DECLINED',"
                               "    'TENTATIVE', 'DELEGATED', 'NEEDS-ACTION')),"
                               "  at INTEGER NOT NULL,"
                               "  comment TEXT NOT NULL,"
                               "  proposal TEXT NOT NULL,"
                               "  via TEXT NOT NULL CHECK (via IN ('mail', "
                               "'link')),"
                               "  PRIMARY KEY (thing, email)"
                               ") STRICT;"
                               /* The link itself is nowhere: whoever reads this
                                * file can answer for nobody. */
                               "CREATE TABLE answer_link("
                               "  digest TEXT PRIMARY KEY,"
                               "  thing TEXT NOT NULL,"
                               "  email TEXT NOT NULL COLLATE NOCASE,"
                               "  UNIQUE (thing, email)"
                               ") STRICT;"
                               /* The bodies of which a contact was told what
                                  lies ahead. */
                               "CREATE TABLE greeted("
                               "  email TEXT NOT NULL COLLATE NOCASE,"
                               "  body TEXT NOT NULL,"
                               "  PRIMARY KEY (email, body)"
                               ") STRICT;";

static const char private_feeds[] =
    /* The secret itself is nowhere. */
    "CREATE TABLE feed_token("
    "  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),"
    "  name TEXT NOT NULL COLLATE NOCASE CHECK (name <> ''),"
    "  email TEXT NOT NULL COLLATE NOCASE,"
    "  bodies TEXT NOT NULL,"
    "  made INTEGER NOT NULL,"
    "  revoked INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX feed_token_name ON feed_token(name)"
    "  WHERE revoked IS NULL;"
    "CREATE TABLE poll("
    "  feed TEXT NOT NULL,"
    "  family TEXT NOT NULL,"
    "  full INTEGER NOT NULL,"
    "  unchanged INTEGER NOT NULL,"
    "  last INTEGER,"
    "  PRIMARY KEY (feed, family)"
    ") STRICT;";

static const char vacancies[] =
    "ALTER TABLE draft_item ADD COLUMN vacant INTEGER NOT NULL DEFAULT 0"
    "  CHECK (vacant IN (0, 1));"
    "ALTER TABLE version_item ADD COLUMN vacant INTEGER NOT NULL DEFAULT 0"
    "  CHECK (vacant IN (0, 1));";

static const char octets[] =
    /* A change of state writes a short row, not the mail again. */
    "CREATE TABLE message_octets("
    "  id INTEGER PRIMARY KEY REFERENCES message(id),"
    "  octets BLOB NOT NULL"
    ") STRICT;"
    "INSERT INTO message_octets SELECT id, octets FROM message;"
    "DROP TRIGGER message_octets;"
    "ALTER TABLE message DROP COLUMN octets;"
    "CREATE TRIGGER message_composed BEFORE UPDATE OF recipient, cause,"
    "  sender, message_id ON message"
    "  BEGIN SELECT RAISE(ABORT, 'a composed message never changes'); "
    "END;" NEVER_CHANGES("message_octets", "a composed message");

static const char subscriptions[] =
    "ALTER TABLE contact ADD COLUMN unsubscribed INTEGER NOT NULL DEFAULT 0"
    "  CHECK (unsubscribed IN (0, 1));";

static const char parties[] =
    /* What a country was told stays with it when the contact leaves. */
    "ALTER TABLE message ADD COLUMN party TEXT NOT NULL DEFAULT '';"
    "UPDATE message SET party = coalesce((SELECT of FROM contact"
    "  WHERE contact.email = message.recipient), '');";

static const char stamps[] =
    "ALTER TABLE reply ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;"
    "UPDATE reply SET stamp = at;"
    "CREATE INDEX message_given_up ON message(settled)"
    "  WHERE state IN ('failed', 'expired');";

#define ITEM_ACCESS(table)                                                     \
    "ALTER TABLE " table " ADD COLUMN audience TEXT NOT NULL DEFAULT 'all'"    \
    "  CHECK (audience IN ('all', 'invited', 'nobody'));"                      \
    "ALTER TABLE " table " ADD COLUMN link TEXT NOT NULL DEFAULT '';"

static const char accesses[] =
    /* No draft's: who may see an item is true in all of them. */
    "CREATE TABLE item_access("
    "  item TEXT PRIMARY KEY COLLATE NOCASE CHECK (item <> ''),"
    "  audience TEXT NOT NULL CHECK (audience IN ('all', 'invited', 'nobody')),"
    "  link TEXT NOT NULL"
    ") STRICT;" ITEM_ACCESS("draft_item") ITEM_ACCESS("version_item")
    /* Minutes before a meeting that a private calendar rings; 0 never. */
    "ALTER TABLE feed_token ADD COLUMN alarm INTEGER NOT NULL DEFAULT 0"
    "  CHECK (alarm BETWEEN 0 AND 40320);";

static const char draft_file[] =
    /* The rules files that a fork goes by, each in place of that of a sector.
     * Until now there was one, kept as a setting: which sector's it is, its
     * text says. */
    "CREATE TABLE draft_file("
    "  draft TEXT NOT NULL COLLATE NOCASE"
    "    REFERENCES draft(name) ON DELETE CASCADE,"
    "  sector TEXT NOT NULL COLLATE NOCASE,"
    "  file TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  PRIMARY KEY (draft, sector)"
    ") STRICT;"
    "INSERT OR REPLACE INTO draft_file"
    "  SELECT draft.name, '', substr(value, 1, instr(value, char(10)) - 1),"
    "    substr(value, instr(value, char(10)) + 1)"
    "  FROM setting JOIN draft"
    "    ON draft.name = substr(setting.name, length('rules of draft ') + 1)"
    "  WHERE setting.name LIKE 'rules of draft %' AND value <> '';"
    "DELETE FROM setting WHERE name LIKE 'rules of draft %';";

/* What was last printed of every event (office/printed.h). Rows come with the
 * first release; until then the served feeds say it. */
static const char prints[] =
    "CREATE TABLE printed("
    "  uid TEXT PRIMARY KEY CHECK (uid <> ''),"
    "  sequence INTEGER NOT NULL CHECK (sequence >= 0),"
    "  created INTEGER,"
    "  modified INTEGER,"
    "  digest TEXT NOT NULL,"
    "  seen INTEGER NOT NULL CHECK (seen IN (0, 1))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER printed_grows BEFORE UPDATE ON printed"
    "  WHEN NEW.sequence < OLD.sequence"
    "  BEGIN SELECT RAISE(ABORT, 'a sequence never falls'); END;";

static const char stays[] =
    /* Where an item stood when its edition was confirmed. */
    "ALTER TABLE draft_item ADD COLUMN settled INTEGER NOT NULL DEFAULT 0"
    "  CHECK (settled IN (0, 1));"
    "ALTER TABLE version_item ADD COLUMN settled INTEGER NOT NULL DEFAULT 0"
    "  CHECK (settled IN (0, 1));"
    /* The release up to which an edition's agenda was laid anew. */
    "ALTER TABLE draft_edition ADD COLUMN afresh INTEGER NOT NULL DEFAULT 0"
    "  CHECK (afresh >= 0);"
    "ALTER TABLE version_edition ADD COLUMN afresh INTEGER NOT NULL DEFAULT 0"
    "  CHECK (afresh >= 0);";

/* The texts that were last loaded without an error. */
static const char sources[] =
    "CREATE TABLE source("
    "  kind TEXT NOT NULL CHECK (kind IN ('rules', 'holidays')),"
    "  file TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  PRIMARY KEY (kind, file)"
    ") STRICT, WITHOUT ROWID;";

/* clang-format on */

const char *const schema_steps[] = {
    drafts,  versions,      identities, facts,  mails,         documents,
    replies, private_feeds, vacancies,  octets, subscriptions, parties,
    stamps,  accesses,      draft_file, prints, stays,         sources};
const int schema_version = sizeof schema_steps / sizeof schema_steps[0];
