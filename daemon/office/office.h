#pragma once
/*
 * What a plan obliges: ordinals, the secretariat's tasks, mandates kept or not,
 * and who must hear what, when. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/plan/diff.h"
#include "daemon/plan/plan.h"

/* ---- number.c: ordinals and titles */

/* Gives every item of the plan its nth and its title (templates of the rules
 * with {nth} {partner} {cycle} {edition} {host}); items without a rule keep
 * theirs. Counts rules->held, history and the plan's own editions in order of
 * date; cancelled, postponed and lapsed ones do not count. A cycle of which
 * nothing is known counts as many as its cluster's rule has at least. history
 * may be NULL; titles are owned by plan->items. */
void office_number(const struct rules *r, const struct history *history,
                   struct plan *plan);

/* A title in which bodies are called by their codes of today, as it read on
 * that day; on ctx where it differs. */
const char *office_title_on(TALLOC_CTX *ctx, const struct rules *r,
                            const char *title, struct date day);

/* What was held in the cycles first..last and is not in the plan, as editions
 * of that time: on ctx, by start. */
struct edition *office_past(TALLOC_CTX *ctx, const struct rules *r,
                            const struct history *history,
                            const struct plan *plan, int first, int last,
                            size_t *ret_n);

/* The sector of the edition of that name; of an unknown one, the first. */
const struct sector *past_sector(const struct rules *r, const char *edition);

/* ---- tasks.c: workflow steps with dates and owners */

enum task_state { TASK_OPEN, TASK_DONE, TASK_WAIVED };

/* What officers did to a task; rows of the store. */
struct task_fact {
    const char *task; /* id */
    enum task_state state;
    struct date on;   /* done on */
    const char *note; /* of done, waive, reopen */
    struct date pin;  /* DATE_NONE: not pinned */
    const char *who;
};

struct task {
    const char *id; /* "MINISTERIAL-2027/CREDENTIALS:JP" */
    const char *edition, *step, *title;
    const char *owner; /* "BN", "secretariat", "JP", a body's code */
    enum owner_kind owner_kind;
    struct date due;     /* what counts (a pin, or moved to a working day) */
    struct date nominal; /* before it was moved to a working day */
    struct date drift;   /* pinned: where the rule would put it, else NONE */
    enum task_state state;
    struct date done_on;
    const char *note;
    const char *by; /* who did, waived, reopened or pinned it last; "" nobody */
    bool pinned;
    bool closed;         /* waived because its edition went; note says why */
    const char *depends; /* id of the task it is counted from, "" */
    const char *warning; /* done out of order; "" */
    const char *cluster;
    const char **bodies; /* of the edition's items */
    size_t n_bodies;
    const struct step *rule; /* NULL: no workflow has that step any more */
    struct where where;
};

struct tasks {
    struct task *rows; /* by due (none last), then id */
    size_t n;
};

/* The tasks of the plan's editions that have a date. Those of editions that
 * are cancelled or postponed, and those that only facts know of because their
 * edition is gone, are closed: waived (unless done) with the reason as note.
 * An edition that was over when its first release was made (edition.created)
 * has no tasks that were due before that.
 * `facts` in any order. on ctx. */
struct tasks office_tasks(TALLOC_CTX *ctx, const struct rules *r,
                          const struct plan *plan,
                          const struct task_fact *facts, size_t n_facts);
/* Whole days past due at `today`; 0 when not open or not yet due. */
int task_overdue(const struct task *t, struct date today);
const char *task_state_word(enum task_state s);
bool task_state_parse(const char *word, enum task_state *ret) MUST_USE;

/* ---- contacts */

enum role { ROLE_DELEGATE, ROLE_FOCAL, ROLE_HOST, ROLE_DESK, ROLE_PARTNER };
enum channel { CHANNEL_FEED, CHANNEL_INVITE, CHANNEL_NONE };

struct contact {
    const char *email; /* by address_read(); compared without case */
    const char *name;
    const char *of;      /* member's or partner's code, "SEC" the secretariat */
    const char **bodies; /* codes; none stands for all */
    size_t n_bodies;
    enum role role;
    enum channel channel;
    const char *zone; /* IANA name, "" that of `of` */
    int bounces;
    int refusals; /* of the address itself; see contact_is_suspended() */
    struct instant added;
    bool unsubscribed; /* wants no digests and reminders of meetings */
};

struct contacts {
    struct contact *rows; /* by email */
    size_t n;
};

/* A body that has another code today is meant by the old one, too: in `codes`
 * of bodies each gets the code it has now, once, new ones on ctx; what the
 * rules do not know stays as it is. */
void codes_renew(TALLOC_CTX *ctx, const struct rules *r, const char **codes,
                 size_t *n);

/* A country's code, or a partner's, as the rules spell it today; what they do
 * not know (the secretariat, somebody who is only kept informed) as it is. */
const char *party_code(const struct rules *r, const char *of);
/* The hosts of a plan that were renamed likewise. */
void hosts_renew(struct plan *plan, const struct rules *r);

const char *role_word(enum role r);
bool role_parse(const char *word, enum role *ret) MUST_USE;
const char *channel_word(enum channel c);
bool channel_parse(const char *word, enum channel *ret) MUST_USE;
/* Refused twice as no address at all: nothing is mailed there until an officer
 * sets the contact again. */
bool contact_is_suspended(const struct contact *c);
/* Does it get mail at all? */
bool contact_is_mailed(const struct contact *c);
/* The sector of the contact's bodies; the first when it has them all. */
const struct sector *contact_sector(const struct rules *r,
                                    const struct contact *c);
/* May it get what one may refuse: digests, reminders of meetings? */
bool contact_is_subscribed(const struct contact *c);
/* The contact's clock: its own zone, else its member's or partner's. */
const struct zone *contact_zone(const struct rules *r, const struct contact *c);
/* A zone by its name: loading one is slow, those of the rules and others that
 * were asked for are kept. NULL when there is none. */
const struct zone *office_zone(const struct rules *r, const char *name);
/* Forgets the others: the zone database was updated. */
void office_forget_zones(void);
/* The contact concerned by an item / an edition / a task's owner? */
bool contact_hears_item(const struct rules *r, const struct contact *c,
                        const struct item *i);
bool contact_owns(const struct rules *r, const struct contact *c,
                  const struct task *t, const struct edition *e);

/* ---- notices.c: who must hear what, when */

enum notice_kind {
    NOTICE_REMINDER, /* of meetings or consultations of one edition */
    NOTICE_TASK,     /* of one task, to its owner */
    NOTICE_OVERDUE,  /* of one task that is late, to who must see to it */
    NOTICE_DIGEST,   /* what one release changed */
    NOTICE_WELCOME,  /* to a newcomer: what lies ahead */
    NOTICE_INVITATION,
    NOTICE_CHANGE,
    NOTICE_CANCELLATION, /* of one item, with its calendar */
    NOTICE_DESK          /* something that a person has to look at */
};

struct notice {
    enum notice_kind kind;
    const char *cause; /* one message per (contact, cause), for ever:
                          "reminder/MINISTERIAL-2027/14 days/2027-01-18" */
    const struct contact *contact;
    const char *edition; /* id, "" for a digest */
    const char *thing;   /* id of the task; "" */
    struct instant due;
    struct instant expires; /* pointless afterwards */
    struct length lead;     /* "14 days before"; n < 0: none */
    const char **items;     /* ids of the items it speaks of, in time order */
    size_t n_items;
    const struct task **overdue; /* NOTICE_DIGEST: its own that are late */
    size_t n_overdue;
    const char *rung;              /* NOTICE_OVERDUE: "owner", "desk", "head" */
    int late;                      /* NOTICE_OVERDUE: working days past due */
    const char *calendar, *method; /* iTIP object of invitations; NULL none */
    const char *answer_url;        /* where one may answer; NULL none */
    const char *leave_url;         /* where one may leave it; NULL none */
    const char *text;              /* NOTICE_DESK: what it is; NULL none */
    const char *const *lines;      /* NOTICE_DESK: in detail */
    size_t n_lines;
    bool left; /* NOTICE_CANCELLATION: the meeting stands without its reader */
};

/* The sector of the edition it is about; of none, that of its contact. */
const struct sector *notice_sector(const struct rules *r,
                                   const struct notice *n);

struct notices {
    struct notice *rows; /* by due, then contact, then cause */
    size_t n;
};

/* All reminders of meetings and tasks that the released plan causes, those
 * that were due before the release that set their date left out. `released`
 * carries modified instants. Contacts with CHANNEL_NONE hear nothing. */
struct notices office_notices(TALLOC_CTX *ctx, const struct rules *r,
                              const struct plan *released,
                              const struct tasks *tasks,
                              const struct contacts *contacts);

/* Is `other` open, of the same step and edition, and due on the same day? */
bool task_beside(const struct task *t, const struct task *other);

/* ---- escalate.c: who hears of tasks that are late, and when. */
/* After how many working days of the secretariat who hears of a late task. */
struct ladder {
    int owner, desk, head;
};
/* "1, 3, 7": three numbers that do not fall. */
bool ladder_parse(const char *text, struct ladder *ret) MUST_USE;
/* Adds to *all, once per due date and rung: the owner of each task, then the
 * desk and the head of the desk for all tasks of a step (an address; "" none).
 * What became late before the release that set its date is left out. `all`
 * stays in its order. */
void office_escalate(TALLOC_CTX *ctx, const struct rules *r,
                     const struct plan *released, const struct tasks *tasks,
                     const struct contacts *contacts, const char *head,
                     struct ladder ladder, struct notices *all);

/* The digests of a release: one per contact whom a change concerns. Each
 * notice's items are the ids of the changes (edition or item) it must name, and
 * it points at those of `tasks` (of `after`) that the contact owns and that are
 * late; `before` is NULL for the first release. A digest expires after 30
 * days. */
struct notices office_digests(TALLOC_CTX *ctx, const struct rules *r,
                              const struct plan *before,
                              const struct plan *after,
                              const struct changes *changes,
                              const struct tasks *tasks, int release,
                              struct instant now,
                              const struct contacts *contacts);

/* ---- invitations.c: who is invited to what */

/* The last that a contact was told about an item by mail. */
struct told {
    const char *to, *item; /* address, id */
    int sequence;          /* of the item, then */
    bool cancelled;
    bool begun; /* it may have a copy that stands: it must hear of changes */
    int rounds; /* how often what it had was taken back */
};

struct invitation {
    enum notice_kind kind; /* INVITATION, CHANGE, CANCELLATION */
    const struct contact *contact;
    const struct item *item;
    bool begun; /* as told */
    bool left;  /* CANCELLATION: the item stands, the contact is out of it */
    int round;  /* as told: an invitation after a cancellation is another one */
};

struct invitations {
    TALLOC_CTX *ctx;
    struct invitation *rows; /* by item as in the plan, then contact */
    size_t n;
};

/* What contacts with CHANNEL_INVITE must hear of items that are confirmed and
 * ahead, given what they were told (sorted by this). Who was invited and is
 * concerned no more, or wants no invitations any more, is owed a cancellation.
 */
struct invitations office_invitations(TALLOC_CTX *ctx, const struct rules *r,
                                      const struct plan *released,
                                      const struct contacts *contacts,
                                      struct told *told, size_t n_told,
                                      struct instant now);

/* The ids of the items ahead that concern a contact by these bodies of its
 * own (none: by all), in the plan's order. */
const char **office_ahead(TALLOC_CTX *ctx, const struct rules *r,
                          const struct plan *released, const struct contact *c,
                          const char *const *bodies, size_t n_bodies,
                          struct instant now, size_t *ret_n);

/* ---- audit.c: mandates against plan and history */

struct audit_row {
    const char *body;
    int cycle;
    const char *mandate, *requires;
    int required, planned, held; /* planned: confirmed and proposed */
    const char **missing;        /* "consultation with India" */
    size_t n_missing;
    bool ok;
    struct where where;
};

struct audit {
    struct audit_row *rows; /* by body in the file's order, cycle, clause */
    size_t n;
    size_t gaps;
};

struct audit office_audit(TALLOC_CTX *ctx, const struct rules *r,
                          const struct history *history,
                          const struct plan *plan, int first_cycle,
                          int last_cycle);

/* ---- deliverables.c: what meetings held as needed are to produce */

enum deliverable_state {
    DELIVERABLE_PLANNED, /* enough editions, all in time */
    DELIVERABLE_DONE,    /* all its meetings were held */
    DELIVERABLE_SHORT,   /* too few, or some after the day */
    DELIVERABLE_LATE     /* the day went by */
};

struct deliverable {
    const char *cluster, *title;
    int cycle;
    struct date by;                   /* the last day */
    const struct cluster *by_cluster; /* by that edition; NULL: by the day */
    int by_cycle;
    int needed, held, planned, missing; /* meetings */
    int late;                           /* of them after the day */
    const char **serves;                /* ids of editions */
    size_t n_serves;
    enum deliverable_state state;
    struct where where;
};

const char *deliverable_state_word(enum deliverable_state s);
/* All `needs` of the rules against plan and history; on ctx. */
struct deliverable *office_deliverables(TALLOC_CTX *ctx, const struct rules *r,
                                        const struct history *history,
                                        const struct plan *plan,
                                        struct date today, size_t *ret_n);
