#pragma once
/*
 * What the loop thread owns, and the doors between the files of this room. The
 * only room where rooms meet: rules, store, plan, publish and mail know nothing
 * of each other's callers.
 *
 * Everything here runs on the loop thread but for jobs (job.h), which work on
 * frozen copies.
 */
#include <jansson.h>
#include <stdbool.h>
#include <talloc.h>
#include <uv.h>

#include "ctl/verbs.h"
#include "daemon/base/clock.h"
#include "daemon/mail/outbox.h"
#include "daemon/office/office.h"
#include "daemon/plan/plan.h"
#include "daemon/publish/feed.h"
#include "daemon/publish/page.h"
#include "daemon/rules/rules.h"
#include "daemon/serve/config.h"
#include "daemon/store/store.h"

struct control;
struct http;
struct polls;
struct scheduler;
struct delivery;
struct job;
struct reuse;

struct sources {
    struct source *rows;
    size_t n;
};

/* One generation of rules and templates: frozen, replaced whole by reload. A
 * job that uses it keeps it alive. */
struct generation {
    const struct rules *rules;
    struct sources texts;  /* the rules files, one per sector, in its order */
    struct sources tables; /* of holidays */
    const char *title, *codes, *files; /* of its sectors, for people */
    struct templates *templates;
    struct agendas *agendas; /* that were laid by them */
    struct instant loaded;
    struct diagnostics found; /* warnings of the load */
    int users;                /* jobs that read it, plus one while current */
};

/* What the world was told last, and what is served from it. */
struct published {
    TALLOC_CTX *ctx; /* owns the rest */
    int release;     /* 0: nothing yet */
    struct version_note note;
    struct plan *plan;      /* NULL before the first release */
    struct plan *shown;     /* of it, what everybody may see */
    struct changes changes; /* of what everybody may see */
    struct feeds feeds;
    struct feeds privates;       /* named "private/NAME" */
    struct printed_list printed; /* of every event, what it said last */
    struct floor floor;
    struct feed_token *tokens;
    size_t n_tokens;
    struct tasks tasks;
    const char *bad_feeds; /* of the last release, "" none */
};

struct serve {
    uv_loop_t *loop;
    const char *config_path;
    TALLOC_CTX *ctx;
    const struct config *config;
    struct clock clock;
    struct store *store;
    struct generation *generation;
    struct published out;
    struct control *control;
    struct http *http;
    struct polls *polls;
    struct scheduler *scheduler;
    struct delivery *delivery;
    const char *mailer_program;
    const char *token_key; /* of tokens.c; NULL until it was read */
    struct job *job;       /* the planning job that runs, NULL none */
    struct reuse *reuse; /* answers of earlier plans; the job's while it runs */
    bool stopping;
    bool clock_moves;       /* a `clock` steps through what is due */
    int reload_errors;      /* of the last reload that failed, 0 */
    char reload_error[600]; /* the first of them, with its place */
    char last_error[512];   /* for status; "" none */
    unsigned steps;         /* of long work, see serve_alive() */
    /* The whole main draft, derived; NULL when something changed. */
    struct plan *draft;
    enum { WORDS_UNKNOWN, WORDS_SAME, WORDS_OTHER } words; /* of that draft */
    unsigned edits;  /* how often a draft was saved: a planning job that began
                        before the last one must not overwrite it */
    int64_t started; /* stopwatch */
};

struct instant serve_now(const struct serve *s);
/* What people call this calendar: [http] name, or the sector's title. */
const char *serve_name(const struct serve *s);
/* All contacts, on ctx, and all private feeds, their bodies and countries with
 * the codes that the rules have today; in the store stand those that were given. */
bool serve_contacts(TALLOC_CTX *ctx, const struct serve *s,
                    struct contacts *ret, struct error *err) MUST_USE;
bool serve_feed_tokens(TALLOC_CTX *ctx, const struct serve *s,
                       struct feed_token **ret, size_t *ret_n,
                       struct error *err) MUST_USE;
/* One step of a long work on the loop's thread: a release to thousands of
 * contacts takes minutes, and the watchdog must not take it for a hang. */
void serve_alive(struct serve *s);
/* Logs an error once and keeps it for `status`. */
void serve_report(struct serve *s, const char *what, const struct error *err);

/* ---- generation.c */
/* Reads rules, tables and templates as the configuration says. Holidays that
 * officers entered (in the store, NULL none) win over the tables. All findings
 * go into *found (on ctx); NULL when there was an error. On ctx. */
struct generation *generation_load(TALLOC_CTX *ctx, const struct config *config,
                                   struct store *store, struct instant now,
                                   struct diagnostics *found);
/* The first, at the start. Where the files have errors: that of the rules and
 * tables that were last loaded, so that a slip of the pen and a power cut take
 * no calendar away; then serve->reload_errors is set, as after a reload that
 * failed. REPLY_INPUT when there are none, or they are of no use with today's
 * templates. Findings are for the caller to show, on s->ctx. */
bool generation_first(struct serve *s, struct diagnostics *found,
                      struct error *err) MUST_USE;
void generation_hold(struct generation *g);
void generation_release(struct generation *g);
/* Which running sector the file is in place of: sets file->sector, to its own
 * code where several run. False when it has errors; these go into *found, and
 * the warnings of one whose sector does not run. On ctx. */
bool generation_place(TALLOC_CTX *ctx, struct serve *s, struct draft_file *file,
                      struct diagnostics *found) MUST_USE;
bool generation_has(const struct serve *s, const char *sector);
/* The running rules with these files in place of those of their sectors, the
 * last of each; those of sectors that do not run are left out. NULL when there
 * are errors. On ctx. */
const struct rules *generation_with(TALLOC_CTX *ctx, struct serve *s,
                                    const struct draft_file *files, size_t n,
                                    struct diagnostics *found);
/* reload: all or nothing. On failure the running generation stays. */
bool serve_reload(struct serve *s, struct error *err) MUST_USE;

/* ---- draft.c */
/* The draft's facts: its editions and the items that carry facts. */
bool draft_facts(TALLOC_CTX *ctx, struct serve *s, const char *name,
                 struct plan **ret, struct error *err) MUST_USE;
/* The draft whole: with agendas, ordinals, titles. Borrowed until the next
 * change when name is "main", else on ctx. */
bool draft_whole(TALLOC_CTX *ctx, struct serve *s, const char *name,
                 const struct plan **ret, struct error *err) MUST_USE;
/* The rules that a draft is planned and laid out by, with more files (their
 * sectors set), which are not kept; NULL when there are errors. On ctx. */
const struct rules *draft_rules_with(TALLOC_CTX *ctx, struct serve *s,
                                     const char *draft,
                                     const struct draft_file *more,
                                     size_t n_more, struct diagnostics *found);
/* The last release, when people know from it when the items of e begin, and an
 * officer did not lay its agenda anew since; else NULL. */
const struct plan *draft_told(const struct serve *s, const struct edition *e);
/* Who may see an item is not a draft's: it is true in every plan that has it,
 * and so is where one joins it. */
bool draft_access(struct serve *s, struct plan *plan,
                  struct error *err) MUST_USE;
/* Saves facts and forgets what was derived. */
bool draft_save(struct serve *s, const char *name, const char *from,
                const struct plan *plan, struct error *err) MUST_USE;
/* Something that drafts are derived from has changed. */
void draft_forget(struct serve *s);
/* The editions ahead of the main draft that a holiday of their host or an
 * `avoid` speaks against, and that nobody forced. On ctx. */
bool draft_against(TALLOC_CTX *ctx, struct serve *s, const char *const **ret,
                   size_t *ret_n, struct error *err) MUST_USE;
/* What is known when planning; draft is the facts of `name`. On ctx. */
bool draft_planning(TALLOC_CTX *ctx, struct serve *s, const char *name,
                    int first, int last, struct planning *ret,
                    struct error *err) MUST_USE;

/* ---- verbs_tasks.c */
/* All tasks: those of the main draft, and the closed ones of what is released
 * or was, and is planned no more. On ctx. */
bool serve_tasks(TALLOC_CTX *ctx, struct serve *s, struct tasks *ret,
                 struct error *err) MUST_USE;

/* ---- deadlines.c */
/* Serves the calendar of deadlines as the tasks stand today. */
bool deadlines_refresh(struct serve *s, struct error *err) MUST_USE;
/* How many tasks of what is released are overdue. */
int deadlines_overdue(const struct serve *s);

/* ---- publishing.c */
/* Loads the last version into s->out (at start, after a reload). */
bool publishing_load(struct serve *s, struct error *err) MUST_USE;
/* What a release of the draft would publish, and what that changes
 * (publishing_next.c). */
bool publishing_next(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                     struct plan **ret_after, struct changes *ret_changes,
                     struct error *err) MUST_USE;
/* Where a release would change nothing of the plan: names of the feeds in which
 * other words would stand all the same, because the rules have them. `after` is
 * publishing_next()'s, and gets the identities of what is published. On ctx. */
bool publishing_words(TALLOC_CTX *ctx, struct serve *s, struct plan *after,
                      const char ***ret, size_t *ret_n,
                      struct error *err) MUST_USE;
/* Are there such feeds? Of the main draft it is kept until something changes,
 * for `status` asks often. */
bool publishing_reworded(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                         struct plan *after, bool *ret,
                         struct error *err) MUST_USE;
/* Publishes a draft as the next version. Its letters are owed from then on, to
 * be written by scheduler_announce(). */
struct publishing_result {
    int release, feeds;
    struct changes changes;
};
bool publishing_release(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                        const char *by, const char *note, bool send,
                        struct publishing_result *ret,
                        struct error *err) MUST_USE;
/* The tasks of what was released changed: recompute. */
bool publishing_tasks(struct serve *s, struct error *err) MUST_USE;

/* ---- letters.c */
/* On what occasion letters are written; all of it borrowed. */
struct occasion {
    const struct plan *plan;   /* of the things they are about */
    const struct plan *before; /* of a digest: the version before, or NULL */
    const struct changes *changes; /* of a digest, else NULL */
    const char *note;
    int release;
    enum message_state state; /* of the messages: held or queued, or expired */
    struct instant now;
};

/* Writes the mail of a notice as a message (state and times set) on ctx. */
bool letter_compose(TALLOC_CTX *ctx, struct serve *s, const struct notice *n,
                    const struct occasion *o, struct message *ret,
                    struct error *err) MUST_USE;

/* A message that was sent, as a new one to send at once: the same letter under
 * another Message-ID and the next free round of its cause. On ctx. */
bool letter_again(TALLOC_CTX *ctx, struct serve *s, const struct message *was,
                  struct message *ret, struct error *err) MUST_USE;

/* A template filled in for a thing and a made-up recipient, on ctx: subject and
 * text, or its HTML form. */
bool letter_preview(TALLOC_CTX *ctx, struct serve *s, const char *name,
                    const struct plan *plan, const char *thing, bool html,
                    char **ret, struct error *err) MUST_USE;

/* ---- scheduler.c: what falls due */
struct scheduler *scheduler_start(struct serve *s);
/* What is due may have changed: released plan, tasks, contacts, outbox. */
void scheduler_changed(struct serve *s);
/* Begins to do everything that is due at now (not the deliveries), in slices:
 * the loop answers others in between. `then` is called when it is done, or
 * could not be, on the loop; NULL: nobody waits. */
void scheduler_run(struct serve *s, void (*then)(void *arg), void *arg);
/* Begins to write the letters of the last release, in slices likewise. */
void scheduler_announce(struct serve *s, void (*then)(void *arg), void *arg);
/* How many of them are to be written yet, as far as is known: 1 when that is
 * all that is known. */
size_t scheduler_unwritten(const struct serve *s);
/* And how many were. */
int scheduler_written(const struct serve *s);
/* Letters are being written that may take the place of others: what waits in
 * the outbox must not go now. */
bool scheduler_writes(const struct serve *s);
/* What was counted was rolled back: the safety net is read anew. */
void scheduler_forget_net(struct serve *s);
/* The next instant at which something falls due; NONE: nothing. */
struct instant scheduler_next(struct serve *s);
/* A message failed or expired: the desk is told at the end of the hour. */
void scheduler_gave_up(struct serve *s);
/* What went lately without a release, for the safety net. */
struct net;
bool scheduler_net(struct serve *s, struct net **ret,
                   struct error *err) MUST_USE;
void scheduler_stop(struct serve *s);

/* ---- delivery.c: from the outbox to the relay or the directory */
struct delivery *delivery_start(struct serve *s, struct error *err);
/* Delivers what may go now; soon, on the loop. */
void delivery_poke(struct serve *s);
/* Nothing is under way and nothing could be claimed at now. */
bool delivery_idle(const struct serve *s);
/* Called once when delivery becomes idle; for the manual clock. */
void delivery_when_idle(struct serve *s, void (*then)(void *arg), void *arg);
/* The relay rests until then; NONE: it does not. */
struct instant delivery_resting(const struct serve *s);
const char *delivery_note(const struct serve *s);
/* Stops claiming and tells a running batch to end; delivery_idle() says when
 * it has. delivery_close() gives the rest back. */
void delivery_stop(struct serve *s);
void delivery_close(struct serve *s);

/* ---- control.c */
bool control_start(struct serve *s, int fd, struct error *err) MUST_USE;
/* Takes no more connections: those that wait at a socket of systemd's are for
 * the next process. */
void control_quiesce(struct serve *s);
/* Does somebody still wait for an answer, or was about to ask? */
bool control_busy(const struct serve *s);
void control_stop(struct serve *s);

/* ---- http.c */
bool http_start(struct serve *s, const int *fds, size_t n,
                struct error *err) MUST_USE;
/* The published version changed. */
void http_published(struct serve *s);
/* As control_quiesce() and control_busy(). */
void http_quiesce(struct serve *s);
bool http_busy(const struct serve *s);
void http_stop(struct serve *s);
/* Polls of a feed so far, for `feeds` (polls.c). */
struct http_polls {
    int64_t full, not_modified;
    struct instant last;
};
struct http_polls http_polls(const struct serve *s, const char *feed);
