#pragma once
/*
 * The store: SQLite behind verbs of the domain. The only room that knows SQL.
 * One connection, on the loop thread. Everything returned is on ctx.
 *
 * Facts are rows; what can be derived is not stored, but for versions: a
 * version is what was told to the world, and is kept whole.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"
#include "daemon/mail/outbox.h"
#include "daemon/office/documents.h"
#include "daemon/office/office.h"
#include "daemon/office/printed.h"
#include "daemon/plan/plan.h"

struct store;

/* Opens (makes) `directory`/convened.db, takes the lock, and brings an older
 * format up to date, of which a whole copy stays beside it. A second
 * daemon on the same state: REPLY_CONFLICT naming the pid. A file of another
 * program or of a newer format is refused (CONFLICT), a damaged one too
 * (INTERNAL); what the file system refuses is REPLY_LATER. On ctx; closed with
 * it. */
bool store_open(TALLOC_CTX *ctx, const char *directory, struct store **ret,
                struct error *err) MUST_USE;

/* Opening brought an older format up to date: the copy of the database as it
 * was before; NULL when there was nothing to do. */
const char *store_kept(const struct store *st);

/* A transaction around what follows; they do not nest. Every writing call
 * outside of one is one by itself. A call that fails takes back its own rows
 * only; after a failed commit nothing is open. SQLite may undo a transaction by
 * itself (disk full): then all calls fail until commit or rollback. */
bool store_begin(struct store *st, struct error *err) MUST_USE;
bool store_commit(struct store *st, struct error *err) MUST_USE;
void store_rollback(struct store *st);

/* Why the store takes no writes at the moment (disk full, read-only file
 * system, damage), or NULL when it does; good until the next call. Meanwhile
 * writing calls fail with REPLY_LATER (damage: INTERNAL), reading goes on. */
const char *store_trouble(struct store *st);
/* Tries one write; true when the trouble is over. Damage never is. */
bool store_probe(struct store *st);

/* ---- settings: small facts by name ("rules_sha256", "seeded"); NULL when not
 * set. "running" and "probe" are the store's own. */
bool store_setting(TALLOC_CTX *ctx, struct store *st, const char *name,
                   const char **ret_value, struct error *err) MUST_USE;
bool store_set_setting(struct store *st, const char *name, const char *value,
                       struct error *err) MUST_USE;

/* ---- drafts, by name; "main" always exists */
struct draft_row {
    const char *name, *from; /* from: "main" or "release 3", "" none */
    struct instant at;
    int64_t cost, bound;
    bool proved;
    size_t editions;
};
/* The name as the draft was made, as names compare without case; NULL when
 * there is no such draft. */
bool store_draft_name(TALLOC_CTX *ctx, struct store *st, const char *name,
                      const char **ret, struct error *err) MUST_USE;
/* A plan with the editions, and those items that carry facts: pinned,
 * cancelled or one-off. Other items are derived. REPLY_NOTFOUND. */
bool store_draft(TALLOC_CTX *ctx, struct store *st, const char *name,
                 struct plan **ret, struct error *err) MUST_USE;
/* Replaces the draft by `plan` (its items without facts are not kept). */
bool store_save_draft(struct store *st, const char *name, const char *from,
                      const struct plan *plan, struct instant now,
                      struct error *err) MUST_USE;
bool store_drop_draft(struct store *st, const char *name,
                      struct error *err) MUST_USE;
bool store_drafts(TALLOC_CTX *ctx, struct store *st, struct draft_row **ret,
                  size_t *ret_n, struct error *err) MUST_USE;

/* A rules file that a fork goes by in place of that of a sector. */
struct draft_file {
    const char *sector; /* "": the one that the text says (an earlier format) */
    const char *file, *text;
};
/* By sector; none: the draft goes by the daemon's. */
bool store_draft_files(TALLOC_CTX *ctx, struct store *st, const char *draft,
                       struct draft_file **ret, size_t *ret_n,
                       struct error *err) MUST_USE;
/* Adds, or replaces by (draft, sector); they go when the draft is dropped. */
bool store_put_draft_file(struct store *st, const char *draft,
                          const struct draft_file *row,
                          struct error *err) MUST_USE;
/* To a draft that has none. */
bool store_copy_draft_files(struct store *st, const char *from, const char *to,
                            struct error *err) MUST_USE;

/* ---- versions */
struct version_row {
    int release;
    struct instant at;
    const char *by, *note;
    int changes;
};
/* The number of the last release, 0 before the first. */
bool store_last_release(struct store *st, int *ret, struct error *err) MUST_USE;
/* Writes version `release` whole, as given (uids and sequences set). */
bool store_add_version(struct store *st, const struct version_row *row,
                       const struct plan *plan, struct error *err) MUST_USE;
bool store_version(TALLOC_CTX *ctx, struct store *st, int release,
                   struct plan **ret, struct error *err) MUST_USE;
bool store_versions(TALLOC_CTX *ctx, struct store *st, struct version_row **ret,
                    size_t *ret_n, struct error *err) MUST_USE;

/* The identity of a thing (edition or item id): its UID for ever and the
 * highest sequence it ever had. Made on first use as LETTERS@domain: the same
 * in every state that has the same key (floor.c). */
struct identity {
    const char *uid;
    int sequence; /* -1: never released */
    struct instant created, modified;
};
bool store_identity(TALLOC_CTX *ctx, struct store *st, const char *thing,
                    const char *domain, struct instant now,
                    struct identity *ret, struct error *err) MUST_USE;
/* The sequence never falls (REPLY_CONFLICT). */
bool store_set_identity(struct store *st, const char *thing, int sequence,
                        struct instant modified, struct error *err) MUST_USE;

/* What no restored copy of the database may fall behind. It lies in the file
 * `sequence` beside the database, too (floor.c). */
struct floor {
    int sequence;  /* no SEQUENCE was ever above it */
    bool restored; /* the database knows less than the file */
    /* Since the last restore, 0 never: numbers from `least` on are new to
     * everybody. Below it any event may have been seen before, also one that
     * comes for the first time as far as the database knows. */
    int least;
    const char **feeds; /* names of the public feeds that were ever served */
    size_t n_feeds;
};
/* On ctx. */
bool store_floor(TALLOC_CTX *ctx, struct store *st, struct floor *ret,
                 struct error *err) MUST_USE;
/* Every change of what is served raises the sequence. The last thing before a
 * commit: a file that is ahead of its database looks like a restore. */
bool store_set_floor(struct store *st, const struct floor *f,
                     struct error *err) MUST_USE;

/* ---- the texts that were last loaded without an error */
#define SOURCE_RULES    "rules"
#define SOURCE_HOLIDAYS "holidays"
struct source_row {
    const char *kind; /* one of the above */
    const char *file, *text;
};
/* By kind and file. */
bool store_sources(TALLOC_CTX *ctx, struct store *st, struct source_row **ret,
                   size_t *ret_n, struct error *err) MUST_USE;
/* These in place of all. */
bool store_set_sources(struct store *st, const struct source_row *rows,
                       size_t n, struct error *err) MUST_USE;

/* ---- history entered by officers, and imported holidays */
bool store_history(TALLOC_CTX *ctx, struct store *st, struct history *ret,
                   struct error *err) MUST_USE;
/* Adds or replaces by (cluster, cycle, from). */
bool store_put_past(struct store *st, const struct past *row,
                    struct error *err) MUST_USE;
bool store_holidays(TALLOC_CTX *ctx, struct store *st, struct holiday **ret,
                    size_t *ret_n, struct error *err) MUST_USE;
/* Adds or replaces by (cc, date, name). */
bool store_put_holiday(struct store *st, const struct holiday *row,
                       bool *ret_added, struct error *err) MUST_USE;

/* ---- contacts */
bool store_contacts(TALLOC_CTX *ctx, struct store *st, struct contacts *ret,
                    struct error *err) MUST_USE;
/* Adds or replaces by address (without case). */
bool store_put_contact(struct store *st, const struct contact *c,
                       struct error *err) MUST_USE;
bool store_drop_contact(struct store *st, const char *email,
                        struct error *err) MUST_USE;

/* ---- tasks */
bool store_task_facts(TALLOC_CTX *ctx, struct store *st, struct task_fact **ret,
                      size_t *ret_n, struct error *err) MUST_USE;
bool store_put_task_fact(struct store *st, const struct task_fact *f,
                         struct instant now, struct error *err) MUST_USE;

/* ---- documents */
bool store_documents(TALLOC_CTX *ctx, struct store *st, struct documents *ret,
                     struct error *err) MUST_USE;
/* Adds or replaces by (edition, code, from). */
bool store_put_document(struct store *st, const struct document *d,
                        struct error *err) MUST_USE;
bool store_drop_document(struct store *st, const char *edition,
                         const char *code, const char *from,
                         struct error *err) MUST_USE;

/* ---- outbox */
/* Inserts m (its state and octets set) unless (to, cause) is there; *ret_id is
 * the row's id, *ret_new whether it was inserted. */
bool store_add_message(struct store *st, const struct message *m,
                       int64_t *ret_id, bool *ret_new,
                       struct error *err) MUST_USE;
/* Is there a message for (to, cause), whatever its state? */
bool store_has_message(struct store *st, const char *to, const char *cause,
                       bool *ret, struct error *err) MUST_USE;
/* Likewise, and its number. */
bool store_find_message(struct store *st, const char *to, const char *cause,
                        bool *ret, int64_t *ret_id, struct error *err) MUST_USE;
/* Whole, octets included. */
bool store_message(TALLOC_CTX *ctx, struct store *st, int64_t id,
                   struct message *ret, struct error *err) MUST_USE;
/* state -1: any; edition NULL: any; without octets; by id, after `after`, at
 * most `limit`. */
bool store_messages(TALLOC_CTX *ctx, struct store *st, int state,
                    const char *edition, int64_t after, size_t limit,
                    struct message **ret, size_t *ret_n,
                    struct error *err) MUST_USE;
/* Marks up to `limit` messages inflight that are queued or deferred with
 * next <= now and not past their expiry, longest due first, and returns them
 * whole. Of two about one thing (not "") to one recipient the second waits
 * until the first is settled, so that they arrive in order. */
bool store_claim(TALLOC_CTX *ctx, struct store *st, struct instant now,
                 size_t limit, struct message **ret, size_t *ret_n,
                 struct error *err) MUST_USE;
/* Writes state, next, attempts, uncertain, verdict, settled of m;
 * REPLY_CONFLICT when the row's state may not move there. */
bool store_settle(struct store *st, const struct message *m,
                  struct error *err) MUST_USE;
/* All inflight -> as message_recover; how many. */
bool store_recover(struct store *st, struct instant now, int *ret_n,
                   struct error *err) MUST_USE;
/* held, queued, deferred past their expiry -> expired; how many. */
bool store_expire(struct store *st, struct instant now, int *ret_n,
                  struct error *err) MUST_USE;
/* What expired by a clock that was ahead of `now`: held; how many, with those
 * that were too late when they were told, which stay as they are. */
bool store_unexpire(struct store *st, struct instant now, int *ret_n,
                    struct error *err) MUST_USE;
/* Heads of what failed or expired from `since` on and before `until`. */
bool store_given_up(TALLOC_CTX *ctx, struct store *st, struct instant since,
                    struct instant until, struct message **ret, size_t *ret_n,
                    struct error *err) MUST_USE;
/* The earliest `next` of what may be claimed, or second after the `expires` of
 * anything open, INSTANT_NONE none: once that has been claimed and expired, it
 * is later. */
bool store_next_due(struct store *st, struct instant *ret,
                    struct error *err) MUST_USE;
bool store_count_messages(struct store *st, int64_t ret[MESSAGE_STATES],
                          struct error *err) MUST_USE;

/* ---- rendered feeds of the last release: the last good body of each */
struct stored_feed {
    const char *name; /* "body/ADGSOM", "all" */
    const char *body;
    size_t size;
    const char *etag; /* with quotes */
    struct instant modified;
    int release, events;
};
bool store_feeds(TALLOC_CTX *ctx, struct store *st, struct stored_feed **ret,
                 size_t *ret_n, struct error *err) MUST_USE;
bool store_put_feed(struct store *st, const struct stored_feed *f,
                    struct error *err) MUST_USE;

bool store_drop_feed(struct store *st, const char *name,
                     struct error *err) MUST_USE;

/* What was last printed of every event. */
bool store_printed(TALLOC_CTX *ctx, struct store *st, struct printed_list *ret,
                   struct error *err) MUST_USE;
bool store_put_printed(struct store *st, const struct printed *p,
                       struct error *err) MUST_USE;

/* ---- private feeds (tokens.c): who may read what under which secret, of which
 * only the SHA-256 is kept */
struct feed_token {
    const char *hash;    /* 64 hexadecimal digits */
    const char *name;    /* one feed has at most one that is not revoked */
    const char *email;   /* of the contact */
    const char **bodies; /* narrower than the contact's; none: the contact's */
    size_t n_bodies;
    struct instant made, revoked; /* revoked NONE: good */
    int alarm; /* rings so many minutes before a meeting; 0 never */
};
/* By name, then when made; also the revoked ones. */
bool store_feed_tokens(TALLOC_CTX *ctx, struct store *st,
                       struct feed_token **ret, size_t *ret_n,
                       struct error *err) MUST_USE;
/* REPLY_CONFLICT when the name has one that is not revoked. */
bool store_add_feed_token(struct store *st, const struct feed_token *t,
                          struct error *err) MUST_USE;
bool store_revoke_feed_token(struct store *st, const char *name,
                             struct instant now, struct error *err) MUST_USE;

/* Who may see an item, and where one joins it; of "E/JWG" also for its parts
 * "E/JWG/1". In force with the next release. */
struct item_access {
    const char *item;
    enum item_audience audience;
    const char *link; /* "" none */
};
/* By item. */
bool store_item_accesses(TALLOC_CTX *ctx, struct store *st,
                         struct item_access **ret, size_t *ret_n,
                         struct error *err) MUST_USE;
bool store_put_item_access(struct store *st, const struct item_access *row,
                           struct error *err) MUST_USE;

/* How often a feed was fetched by clients of one family. */
struct poll_row {
    const char *feed, *family;
    int64_t full, unchanged;
    struct instant last;
};
bool store_polls(TALLOC_CTX *ctx, struct store *st, struct poll_row **ret,
                 size_t *ret_n, struct error *err) MUST_USE;
bool store_put_poll(struct store *st, const struct poll_row *row,
                    struct error *err) MUST_USE;

/* ---- log */
struct log_row {
    int64_t id;
    struct instant at;
    const char *who; /* user name */
    int uid;
    const char *verb, *args; /* args: JSON text */
    const char *reason;
    const char *things; /* ids it touched, by blanks */
    const char *before, *after;
};
bool store_log(struct store *st, const struct log_row *row,
               struct error *err) MUST_USE;
/* Newest last; since INSTANT_NONE: all; of NULL: all, else what touched that id
 * or an item of that edition. */
bool store_log_rows(TALLOC_CTX *ctx, struct store *st, struct instant since,
                    const char *of, struct log_row **ret, size_t *ret_n,
                    struct error *err) MUST_USE;

/* ---- what comes back (replies.c) */
/* Messages about invitations, without octets, by recipient, item, id; edition
 * NULL: all. */
bool store_invitations(TALLOC_CTX *ctx, struct store *st, const char *edition,
                       struct message **ret, size_t *ret_n,
                       struct error *err) MUST_USE;
/* Without octets; *ret_found false when there is none. */
bool store_message_by_message_id(TALLOC_CTX *ctx, struct store *st,
                                 const char *message_id, struct message *ret,
                                 bool *ret_found, struct error *err) MUST_USE;
/* A remark on a message that is settled. */
bool store_set_verdict(struct store *st, int64_t id, const char *verdict,
                       struct error *err) MUST_USE;
/* The thing of a UID, NULL when it was never given out. */
bool store_thing_of_uid(TALLOC_CTX *ctx, struct store *st, const char *uid,
                        const char **ret, struct error *err) MUST_USE;

/* A mail that came in: kept as it came, with what was made of it. */
struct inbox_row {
    int64_t id;
    const char *digest; /* of recipient and octets below the trace headers */
    struct instant at;
    const char *sender, *recipient; /* of the envelope */
    const char *kind;               /* reply, counter, bounce, ... */
    const char *author, *subject;   /* of its headers */
    const char *thing;              /* item it is about, "" none */
    const char *outcome;            /* what was done */
    bool desk;                      /* a person has to look at it */
    const char *facts;              /* JSON text */
    bool truncated;
    const char *octets; /* NULL in lists */
    size_t size;
};
bool store_has_inbox(struct store *st, const char *digest, bool *ret,
                     struct error *err) MUST_USE;
bool store_add_inbox(struct store *st, const struct inbox_row *row,
                     struct error *err) MUST_USE;
/* Whole; REPLY_NOTFOUND. */
bool store_inbox_mail(TALLOC_CTX *ctx, struct store *st, int64_t id,
                      struct inbox_row *ret, struct error *err) MUST_USE;
/* By id, after `after`, at most `limit`; kind NULL: all. */
bool store_inbox(TALLOC_CTX *ctx, struct store *st, const char *kind,
                 int64_t after, size_t limit, struct inbox_row **ret,
                 size_t *ret_n, struct error *err) MUST_USE;

/* The last answer of one contact about one item. */
struct reply_row {
    const char *thing, *email;
    int sequence;                   /* of the invitation it answers */
    const char *partstat;           /* ACCEPTED, DECLINED, TENTATIVE, ... */
    struct instant at;              /* when it came */
    struct instant stamp;           /* when it was said */
    const char *comment, *proposal; /* proposal: another time, in words */
    const char *via;                /* mail, link */
};
bool store_put_reply(struct store *st, const struct reply_row *row,
                     struct error *err) MUST_USE;
bool store_reply(TALLOC_CTX *ctx, struct store *st, const char *thing,
                 const char *email, struct reply_row *ret, bool *ret_found,
                 struct error *err) MUST_USE;
/* By thing, then address; edition NULL: all. */
bool store_replies(TALLOC_CTX *ctx, struct store *st, const char *edition,
                   struct reply_row **ret, size_t *ret_n,
                   struct error *err) MUST_USE;

/* Links to answer by, by the digest of their token. */
bool store_put_link(struct store *st, const char *digest, const char *thing,
                    const char *email, struct error *err) MUST_USE;
/* *ret_thing NULL: no such link. */
bool store_link(TALLOC_CTX *ctx, struct store *st, const char *digest,
                const char **ret_thing, const char **ret_email,
                struct error *err) MUST_USE;

/* Was the contact told what lies ahead in a body? Remembers that it was. */
bool store_greeted(struct store *st, const char *email, const char *body,
                   bool *ret, struct error *err) MUST_USE;
bool store_greet(struct store *st, const char *email, const char *body,
                 struct error *err) MUST_USE;

/* ---- backup: opens its own connection, so a pool thread may call it. One
 * snapshot, synced; `to` must not be there yet (REPLY_CONFLICT). */
bool store_backup(const char *directory, const char *to, int64_t *ret_bytes,
                  int64_t *ret_pages, struct error *err) MUST_USE;
