#pragma once
/*
 * A plan: editions with dates and their items with times. What a draft is
 * being worked on as, what a version freezes, what feeds, pages and mails are
 * made of. The structs carry their own text (no pointers into rules), so that
 * a version of last year reads the same under this year's rules.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"
#include "daemon/rules/rules.h"

enum edition_status {
    EDITION_PROPOSED,
    EDITION_CONFIRMED,
    EDITION_POSTPONED, /* without a date for now */
    EDITION_CANCELLED,
    EDITION_HELD,
    EDITION_LAPSED /* its window went by, or lies inside the notice */
};

struct edition {
    const char *id;         /* "MINISTERIAL-2027", "DDG-2027-1" */
    const char *cluster;    /* code */
    int cycle, n;           /* n: 0 where a cycle has one, else 1.. by date */
    const char *title;      /* the cluster's */
    struct date start, end; /* DATE_NONE: lapsed, or never dated */
    struct date *days;      /* with meetings: rest days inside are left out */
    size_t n_days;
    const char *host; /* member's code, "" not known */
    const char *city, *zone;
    enum edition_status status;
    int64_t cost; /* its own charges and its share of pair costs */
    const char **warnings;
    size_t n_warnings;
    bool pinned; /* an officer moved or confirmed it: planning leaves it */
    /* Called by hand (`call`): why and until when; reason "" when planned. */
    const char *reason;
    struct date by;
    const char *forced; /* reason given with --force, "" none */
    /* Up to which release people were told of an agenda that an officer laid
     * anew since; 0 none: the one that was released last counts. */
    int afresh;
    /* Given at release, for its span in the feeds; "" / 0 / INSTANT_NONE in a
     * draft. modified: the release that last changed what is printed. */
    const char *uid;
    int sequence;
    struct instant created, modified;
};

/* An edition of which nothing is said yet: without dates, all words "". */
static inline struct edition edition_blank(void)
{
    return (struct edition){.id = "",
                            .cluster = "",
                            .title = "",
                            .start = DATE_NONE,
                            .end = DATE_NONE,
                            .host = "",
                            .city = "",
                            .zone = "",
                            .status = EDITION_PROPOSED,
                            .reason = "",
                            .by = DATE_NONE,
                            .forced = "",
                            .uid = "",
                            .created = INSTANT_NONE,
                            .modified = INSTANT_NONE};
}

enum item_status { ITEM_PROPOSED, ITEM_CONFIRMED, ITEM_CANCELLED, ITEM_HELD };

/* Who may see an item: everybody; those it is for, in what is theirs alone;
 * nobody, because it was never meant to be published. */
enum item_audience { ITEM_FOR_ALL, ITEM_FOR_INVITED, ITEM_FOR_NOBODY };

struct item {
    const char *id;      /* "MINISTERIAL-2027/SOM+1:JP", ".../JWG/2" */
    const char *edition; /* id */
    const char *code;    /* "SOM+1" */
    int part, parts;     /* 1 of 1 for what does not cross a night */
    enum item_kind kind;
    const char *title;   /* final text, ordinals in it */
    int nth;             /* ordinal in its series, 0 none */
    const char *partner; /* code, "" none */
    const char **bodies; /* codes */
    size_t n_bodies;
    const char *people;      /* "with PEOPLE", "" none */
    bool open;               /* anybody */
    struct local start, end; /* on the venue's clock */
    const char *zone;
    struct instant start_utc, end_utc;
    const char *city;
    enum item_status status;
    bool pinned;  /* an officer moved it: laying out leaves it */
    bool one_off; /* added by `meeting`, no rule behind it */
    bool vacant;  /* cancelled when its edition was confirmed: its place stays
                     empty, so that the others keep theirs */
    bool settled; /* where it stood when its edition was confirmed: laying out
                     keeps it there unless another time is worth it */
    enum item_audience audience;
    const char *link; /* where one joins by video, for those it is for; "" */
    /* Given at release (publish); "" / 0 / INSTANT_NONE in a draft. */
    const char *uid;
    int sequence;
    struct instant created, modified;
};

struct plan {
    struct edition *editions; /* by start (undated last), then id */
    struct item *items;       /* by edition, then start, then id */
    size_t n_editions, n_items;
    int64_t cost, bound;
    bool proved;
};

/* ---- words for rows; parse returns false for an unknown word */
/* A confirmed edition whose last day has gone by has been held. */
enum edition_status edition_status_on(const struct edition *e,
                                      struct date today);
const char *edition_status_word(enum edition_status s);
bool edition_status_parse(const char *word, enum edition_status *ret) MUST_USE;
const char *item_status_word(enum item_status s);

const char *item_audience_word(enum item_audience a);
bool item_audience_parse(const char *word, enum item_audience *ret) MUST_USE;

/* ---- identity */
/* "CLUSTER-CYCLE" or "CLUSTER-CYCLE-N" (n > 0), on ctx. */
char *edition_name(TALLOC_CTX *ctx, const char *cluster, int cycle, int n);

/* ---- finding and copying; NULL when there is none */
struct edition *plan_edition(const struct plan *p, const char *id);
struct item *plan_item(const struct plan *p, const char *id);
/* The items of an edition are consecutive: the first and how many. */
struct item *plan_items_of(const struct plan *p, const char *edition,
                           size_t *ret_n);
/* The same where many are looked up: by halves. Good until the plan is sorted
 * or loses something; what is added later is not in it. On ctx. */
struct plan_index;
struct plan_index *plan_index(TALLOC_CTX *ctx, const struct plan *p);
struct edition *index_edition(const struct plan_index *x, const char *id);
struct item *index_item(const struct plan_index *x, const char *id);
/* Deep copies, on ctx. */
struct plan *plan_copy(TALLOC_CTX *ctx, const struct plan *p);
struct edition edition_copy(TALLOC_CTX *ctx, const struct edition *e);
struct item item_copy(TALLOC_CTX *ctx, const struct item *i);
/* Sorts editions and items into the orders above. */
void plan_sort(struct plan *p);

/* ---- history: what has been held, from rules and from facts */
struct past {
    const char *cluster;
    int cycle;
    struct date from, to;
    const char *host, *city;
};
struct history {
    struct past *rows; /* by cluster, cycle, from */
    size_t n;
};

/* ---- making a plan (expand.c): rules + facts -> problem -> plan */

/* What is known besides the rules when planning starts. */
struct planning {
    const struct rules *rules;
    const struct plan *draft;    /* dates so far, of any state; may be empty */
    const struct plan *released; /* the last version, or NULL */
    const struct history *history; /* facts, in addition to rules->held */
    int first_cycle, last_cycle;   /* to plan */
    struct instant now;
    bool fresh; /* no price on moving what is only proposed */
    /* An edition that may move although it is confirmed, pinned or near (not
     * when it was held): what `why` and `whynot` ask about. NULL: none. */
    const char *loosen;
};

struct problem;
struct solution;

/* Expands to a problem. Lapsed editions go into *ret_lapsed (a plan whose
 * editions all have that status). Fails with REPLY_INPUT when a cycle is out
 * of range (1990..2100, at most 20 cycles). */
bool plan_expand(TALLOC_CTX *ctx, const struct planning *in,
                 struct problem **ret, struct plan **ret_lapsed,
                 struct error *err) MUST_USE;

/* The editions of a solution (dates, days, host, city, zone, cost, warnings),
 * those of in->draft outside the planned cycles, and the lapsed ones. No items
 * yet: see agenda_lay(). */
struct plan *plan_of_solution(TALLOC_CTX *ctx, const struct planning *in,
                              const struct problem *p, const struct solution *s,
                              const struct plan *lapsed);

/* Sets all warnings of a proposed or confirmed edition from its dates; of
 * others it takes them away. */
void edition_warnings(TALLOC_CTX *ctx, const struct rules *r,
                      struct edition *e);

/* Is a day of it a rest day or holiday of its host, or one to be kept clear? It
 * has a date. */
bool edition_is_against(const struct rules *r, const struct edition *e);

/* Which hard rules an edition's dates break, for `move` and `confirm`: fails
 * with REPLY_CONFLICT, the rule's text and its place; good when none. `e` is
 * the edition as it would be; `all` the draft around it. ret_cost, unless NULL
 * or the edition is none of the problem's: what its soft rules cost there, also
 * when a hard one is broken. */
bool plan_allows(const struct planning *in, const struct plan *all,
                 const struct edition *e, int64_t *ret_cost,
                 struct error *err) MUST_USE;

/* Sets end and days of an edition that starts on e->start for its host
 * (skipping rest days and holidays inside), city and zone from the rules where
 * they are empty. */
void plan_complete(TALLOC_CTX *ctx, const struct rules *r, struct edition *e);
