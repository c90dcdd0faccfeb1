#pragma once
/*
 * What a rules file says, after reading and resolving: plain structs, pointers
 * between them, no text left to interpret. One generation of rules is one
 * talloc context; it never changes after rules_load() and may be read by
 * several threads.
 *
 * Every list is an array with its count beside it, in the order of the file.
 * Codes keep the spelling of the file and compare with text_same().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"
#include "daemon/base/zone.h"

/* Where a statement or clause stands; file is the name given to the reader. */
struct where {
    const char *file;
    int line;
    int column;
};

enum unit {
    UNIT_MINUTES,
    UNIT_HALF_DAY, /* n is 1 */
    UNIT_DAYS,
    UNIT_WORKING_DAYS,
    UNIT_WEEKS,
    UNIT_MONTHS, /* calendar months */
    UNIT_EVENING /* n is 1: as an item's length */
};

struct length {
    int n;
    enum unit unit;
};

/* A day that recurs every year; {2, 29} is 28 Feb in other years. */
struct yearly {
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

/* A date that may lack its day or month (0): 2019, 2019-10, 2019-10-24. */
struct vague {
    int year; /* 0: none given */
    int month;
    int day;
};

struct hours {
    int from; /* minutes after midnight, from <= minute < to */
    int to;
};

/* The rules of one organisation: what one file says. What is in it points back
 * to it, so that several of them can stand beside each other. */
struct sector {
    const char *code, *title;
    const char *file;              /* the name given to the reader */
    const struct member **members; /* those the file names, in its order */
    size_t n_members;
    const struct partner **partners;
    size_t n_partners;
    struct yearly cycle_from; /* {1, 1} for a calendar year */
    struct length notice;     /* default 0 days */
    struct hours *hours;      /* openings of a working day */
    size_t n_hours;
    struct hours evening;
    const char **levels; /* highest first */
    size_t n_levels;
    const char *seat_city;     /* NULL when none is given */
    const struct member *seat; /* the member whose calendar counts */
    struct where where;
};

/* What a body or a member was called. */
struct former {
    const char *code, *title;
    struct vague from, until; /* from.year 0: since ever */
};

struct closed {
    enum weekday day;
    struct hours hours;
};

struct member {
    const char *code, *name;
    struct date since, until; /* DATE_NONE until: still; both days included */
    const char *city;         /* NULL: not given */
    const struct zone *zone;  /* UTC when not given */
    weekdays weekend;         /* rest days */
    weekdays meets;           /* rest days on which meetings may be held */
    struct closed *closed;
    size_t n_closed;
    const char *holidays; /* code of the holiday table, its own by default */
    struct former *formerly;
    size_t n_formerly;
    struct where where;
};

struct partner {
    const char *code, *name;
    const struct zone *zone;
    weekdays weekend;
    const char *holidays;
    struct where where;
};

struct place {
    const char *city;
    const struct member *in;
    const struct zone *zone;
    struct where where;
};

/* Cycle `from` and every so many before and after it; every 0: each cycle. */
struct rhythm {
    int every, from;
};

enum require_kind {
    REQUIRE_MEETINGS,      /* count, at_least, with (may be NULL) */
    REQUIRE_CONSULTATIONS, /* partners */
    REQUIRE_AS_NEEDED
};

struct require {
    enum require_kind kind;
    int count;
    bool at_least;
    struct rhythm rhythm; /* the cycles in which it is asked */
    const struct body *with;
    const struct partner **partners;
    size_t n_partners;
    bool back_to_back;
    const struct cluster *back_to_back_with; /* NULL: with its own meeting */
    const char *text;                        /* the clause as written */
    struct where where;
};

struct body {
    const struct sector *sector;
    const char *code, *title;
    int level; /* index into its sector's levels, -1 when none is given */
    const struct body *under;
    const char *seats; /* "" when not given */
    struct vague since, until;
    struct former *formerly;
    size_t n_formerly;
    const char *mandate; /* "" when not given */
    struct require *requires;
    size_t n_requires;
    struct where where;
};

struct people {
    const struct sector *sector;
    const struct people *group; /* shared: the first file's of that name */
    const char *name;
    const struct body **bodies;
    size_t n_bodies;
    bool shared; /* the same people by name in other sectors' files */
    struct where where;
};

struct desk {
    const struct sector *sector;
    const char *name;
    bool all;                        /* of its sector */
    const struct cluster **clusters; /* when not all */
    size_t n_clusters;
    int at_once;
    struct where where;
};

struct turn {
    const struct member *member;
    int year;
    const char *reason; /* of a skip or an exchange; NULL */
};

struct exchange {
    struct turn a, b;
    const char *reason;
};

struct rotation {
    const struct sector *sector; /* whose members take turns */
    const char *name;
    struct turn *held;
    size_t n_held;
    struct turn *skips;
    size_t n_skips;
    struct exchange *exchanges;
    size_t n_exchanges;
    struct turn starts; /* member NULL: not given */
    struct where where;
};

/* "MIN .. MAX, ideally LEN": ideal.n < 0 when none is given; open ends:
 * min.n < 0 none, max.n < 0 none. weight: cost per day off the ideal, times
 * weight_per days (see plan/problem.h for the defaults). */
struct gap {
    struct length min, max, ideal;
};

enum relation_kind { RELATION_AFTER, RELATION_BEFORE };

struct relation {
    enum relation_kind kind;
    bool next; /* before the first edition of the following cycle */
    const struct cluster *other;
    struct gap gap;
    struct where where;
};

enum times_kind {
    TIMES_FIXED,     /* least per cycle */
    TIMES_AS_NEEDED, /* none unless needed or called, at most `most` */
    TIMES_AND_MORE   /* least per cycle, more as needed, at most `most` */
};

enum host_kind { HOST_ROTATION, HOST_MEMBER, HOST_ANY };

struct need {
    int meetings;
    const char *deliverable;
    struct date by; /* DATE_NONE: by the edition below */
    const struct cluster *by_cluster;
    int by_cycle;
    struct where where;
};

enum item_kind {
    ITEM_MEETING,
    ITEM_CONSULT,
    ITEM_DIALOGUE,
    ITEM_CEREMONY,
    ITEM_SOCIAL,
    ITEM_EVENT
};

enum half { HALF_ANY, HALF_MORNING, HALF_AFTERNOON, HALF_EVENING };

struct item_rule {
    enum item_kind kind;
    const char *code,
        *title; /* title with {nth} {partner} {cycle} {edition} {host} */
    const struct body **bodies; /* of BODY with BODY */
    size_t n_bodies;
    const struct people *people; /* with PEOPLE; NULL */
    bool open;
    const struct partner **partners; /* + P, P */
    size_t n_partners;
    struct length length;
    const struct item_rule **after, **before, **same_day; /* in this cluster */
    size_t n_after, n_before, n_same_day;
    enum half half;
    weekdays on; /* 0: any */
    bool first_day, last_day;
    struct where where;
};

struct number_rule {
    const struct item_rule *item;
    const struct partner *partner; /* NULL: the item's own series */
    int number;
    int year; /* the cycle whose first edition has that number */
    struct where where;
};

struct cluster {
    const struct sector *sector;
    const char *code, *title;
    int since; /* first cycle, 0: always */
    struct rhythm rhythm;
    enum times_kind times;
    int least, most; /* per cycle; FIXED: both the same */
    struct yearly window_from, window_to;
    bool has_window;
    struct yearly prefer; /* month 0: none */
    int prefer_weight;    /* per whole week of distance */
    int days;             /* lasts N days */
    weekdays starts;      /* starting DAY or DAY; 0: any */
    enum host_kind host;
    const struct rotation *rotation;
    const struct member *host_member;
    bool has_apart;
    struct gap apart;
    struct relation *relations; /* after X, before X */
    size_t n_relations;
    const struct cluster **join;
    size_t n_join;
    int join_weight;
    struct need *needs;
    size_t n_needs;
    const struct workflow *workflow; /* NULL */
    struct item_rule *items;
    size_t n_items;
    struct number_rule *numbers;
    size_t n_numbers;
    /* Where the clauses stand, for explanations; line 0 when not given. */
    struct where where, times_where, window_where, prefer_where, lasts_where,
        host_where, apart_where, join_where;
};

enum due_kind {
    DUE_BEFORE,
    DUE_AFTER,
    DUE_AFTER_STEP,
    DUE_FIRST_DAY,
    DUE_LAST_DAY
};

enum owner_kind {
    OWNER_HOST,
    OWNER_SECRETARIAT,
    OWNER_MEMBERS,  /* one task per member */
    OWNER_PARTNERS, /* one task per partner of the edition */
    OWNER_BODY
};

enum audience {
    AUDIENCE_NOBODY,
    AUDIENCE_DELEGATES,
    AUDIENCE_PARTNERS,
    AUDIENCE_HOST,
    AUDIENCE_SECRETARIAT,
    AUDIENCE_MEMBERS
};

struct step {
    const char *code, *title;
    enum due_kind due;
    struct length offset;        /* for BEFORE, AFTER, AFTER_STEP */
    const struct step *due_step; /* for AFTER_STEP */
    enum owner_kind owner;
    const struct body *owner_body;
    struct length *remind; /* before the due date, in the order of the file */
    size_t n_remind;
    enum audience to;
    const char *mail; /* template name; NULL: the default one */
    struct where where;
};

struct workflow {
    const char *name;
    struct step *steps;
    size_t n_steps;
    struct where where;
};

enum remind_of { REMIND_MEETINGS, REMIND_CONSULTS, REMIND_TASKS };

struct reminder {
    const struct sector *sector; /* of whose editions it speaks */
    enum audience audience;
    enum remind_of of;
    struct length *before;
    size_t n_before;
    int at; /* minutes after midnight on the recipient's clock; default 08:00 */
    struct where where;
};

struct avoid {
    const struct sector *sector; /* whose editions avoid it */
    const char *label;
    bool every; /* yearly range, else dates */
    struct yearly yearly_from, yearly_to;
    struct date from, to;
    bool everyone;
    uint32_t levels; /* bit per index of its sector's levels */
    int weight;      /* per overlapped day; -1: never */
    struct where where;
};

enum holiday_kind {
    HOLIDAY_PUBLIC,
    HOLIDAY_BANK,
    HOLIDAY_SCHOOL,
    HOLIDAY_OBSERVANCE,
    HOLIDAY_OTHER,
    HOLIDAY_WORKDAY /* a rest day that is worked */
};

enum certainty { CERTAINTY_FIXED, CERTAINTY_ANNOUNCED, CERTAINTY_ESTIMATED };

struct holiday {
    struct date date;
    const char *cc; /* upper case */
    const char *name;
    enum holiday_kind kind;
    enum certainty certainty;
    struct where where; /* file of the table, or the rules file */
};

/* The rows of one code by day: calendars ask for single days, very often. */
struct holiday_table {
    const char *cc;
    int32_t from, days; /* the civil days it covers */
    int32_t *first;     /* by day: its first row in holidays, -1 none */
};

struct held {
    const struct cluster *cluster;
    int cycle;
    struct date from, to;
    const struct member *in;
    const char *city; /* NULL: the member's */
    struct where where;
};

struct rules {
    struct sector *sectors; /* at least one */
    struct member *members;
    struct partner *partners;
    struct place *places;
    struct body *bodies;
    struct people *people;
    struct desk *desks;
    struct rotation *rotations;
    struct cluster *clusters;
    struct workflow *workflows;
    struct reminder *reminders;
    struct avoid *avoids;
    struct held *held;
    struct holiday *holidays;     /* sorted by (cc, date, kind) */
    struct holiday_table *tables; /* one per code in holidays, sorted */
    size_t n_tables;
    size_t n_members, n_partners, n_places, n_bodies, n_people, n_desks,
        n_rotations, n_clusters, n_workflows, n_reminders, n_avoids, n_held,
        n_holidays, n_sectors;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

/* One finding about a text file. */
struct diagnostic {
    struct where where;
    enum severity severity;
    const char *text; /* without place and newline */
    const char *hint; /* what to write instead; "" for none */
    const char *line; /* the line of the file, for the caret; "" for none */
};

struct diagnostics {
    struct diagnostic *rows;
    size_t n;
    size_t errors; /* of n */
};

/* One text to read: a rules file, or a holiday table of one country. */
struct source {
    const char *name; /* for diagnostics */
    const char *text; /* NUL behind size */
    size_t size;
};

/*
 * Reads rules texts, one per sector (one at least), and the holiday tables that
 * stand beside them (CSV with date,name,kind,certainty; the source's name ends
 * in /cc.csv). Names are looked up within a text; what several texts say of the
 * same member, partner, place, rotation or workflow must be the same. All
 * findings of all texts go into *diagnostics, in order of file, line, column.
 * Returns the rules on ctx, or NULL when there was an error. Never both.
 */
const struct rules *rules_read(TALLOC_CTX *ctx, const struct source *texts,
                               size_t n_texts, const struct source *tables,
                               size_t n_tables,
                               struct diagnostics *diagnostics);

/* Makes r->tables, on ctx, of rows put into r->holidays in their order. */
void rules_index_holidays(TALLOC_CTX *ctx, struct rules *r);

/* "file:line:column: error: text", the line, a caret, the hint; on ctx. */
char *diagnostic_print(TALLOC_CTX *ctx, const struct diagnostic *d);

/* Lookups by code or name; NULL when there is none. A member is also found by a
 * code it had once (`formerly`), unless a member or partner has it today. */
const struct member *rules_member(const struct rules *r, const char *code);
const struct partner *rules_partner(const struct rules *r, const char *code);
const struct body *rules_body(const struct rules *r, const char *code);
/* Likewise, or the body that had this code once when no body has it today. */
const struct body *rules_body_once(const struct rules *r, const char *code);
const struct cluster *rules_cluster(const struct rules *r, const char *code);
/* The sector of that cluster; of an unknown one, the first. */
const struct sector *rules_sector(const struct rules *r, const char *cluster);
/* The people of that name in the sector's file, or NULL. */
const struct people *rules_people(const struct rules *r, const struct sector *s,
                                  const char *name);
/* Does the sector's file name that member? */
bool sector_has_member(const struct sector *s, const struct member *m);
bool sector_has_partner(const struct sector *s, const struct partner *p);
/* The title of the sector, or of all: "A, B and C"; on ctx. */
char *rules_title(TALLOC_CTX *ctx, const struct rules *r);
/* The code of the sector, or of all: "A, B"; on ctx. */
char *rules_codes(TALLOC_CTX *ctx, const struct rules *r);
const struct rotation *rules_rotation(const struct rules *r, const char *name);
const struct workflow *rules_workflow(const struct rules *r, const char *name);
const struct item_rule *cluster_item(const struct cluster *c, const char *code);

/* The place of a city, or NULL for a member's own or an unknown one. */
const struct place *rules_place(const struct rules *r, const char *city);
/* The zone that holds in `city` of `member` (member's own by default). */
const struct zone *rules_zone(const struct rules *r,
                              const struct member *member, const char *city);

/* A member on that date? */
bool member_is_in(const struct member *m, struct date on);

/* The code of a body on a date: its own or a former one. */
const char *body_code_on(const struct body *b, struct date on);

bool rhythm_has(struct rhythm t, int cycle);
/* How many of the cycles first .. last - 1 it has. */
int rhythm_count(struct rhythm t, int first, int last);
/* Is the cluster held in that cycle: not before its first, and in its rhythm?
 */
bool cluster_has_cycle(const struct cluster *c, int cycle);

/* First and last day of a cycle; sectors may begin theirs on different days. */
struct date cycle_first(const struct sector *s, int cycle);
struct date cycle_last(const struct sector *s, int cycle);
/* The cycle in which a date lies. */
int cycle_of(const struct sector *s, struct date d);

/* A yearly day in a year; 29 Feb is 28 Feb where there is none. */
struct date yearly_in(struct yearly y, int year);

/* What the file said, in words: "8 weeks", "half day", "Mon, Tue". On ctx. */
char *length_print(TALLOC_CTX *ctx, struct length l);
char *weekdays_print(TALLOC_CTX *ctx, weekdays set);
char *where_print(TALLOC_CTX *ctx, struct where w); /* "file:line" */
const char *item_kind_word(enum item_kind k);
const char *holiday_kind_word(enum holiday_kind k);
const char *certainty_word(enum certainty c);
const char *audience_word(enum audience a);
/* "host", "secretariat", "members", "partners" or the body's code. */
const char *owner_word(const struct step *s);
