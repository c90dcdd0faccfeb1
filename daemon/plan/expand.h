#pragma once
/*
 * What the files of the expansion share: the editions to place while the
 * problem is being made of them. Nobody outside expand*.c needs this.
 *
 * The steps, each in a file of its own:
 *   expand_roster  which editions there are, what is fixed
 *   expand_hosts   who may host it
 *   expand_candidates  its possible dates
 *   expand_days    what forbids days, what charges for them
 *   expand_pairs   rules between editions
 *   expand         the steps in order
 *   expand_plan    a solution back into a plan
 *   expand_allows  the same records asked about one date
 */
#include "daemon/plan/plan.h"
#include "daemon/plan/problem.h"

/* What a day off the rule costs, in the unit of the weights of the rules. */
enum expand_cost {
    COST_PARTNER_HOLIDAY = 6, /* per partner and day */
    COST_REST_INSIDE = 12,    /* a span with rest days inside */
    COST_MIDDLE = 1,          /* per 4 weeks from the middle of the window */
    COST_LATE_TWO_DAYS = 1,   /* two days, beginning on Thu or later */
    COST_LATE_LONGER = 2,     /* three days and more */
    COST_GAP = 1,             /* per day off the ideal, beyond the band */
    BAND_GAP = 7,             /* days */
    BAND_APART = 14,
    COST_SPREAD = 3, /* per week that two editions of a cycle lie too close */
    PRICE_PROPOSED = 4,    /* of moving what only the secretariat has seen */
    PRICE_RELEASED = 10,   /* of moving what was released, a year ahead */
    PRICE_NEARER = 1,      /* more, per 4 weeks that it is nearer than that */
    PRICE_PER_WEEK = 1,    /* more per week it moves, released ones */
    PRICE_WEEKS_MOST = 12, /* at most that many weeks */
    PRICE_AHEAD = 364      /* days: a year ahead */
};

enum expand_limit {
    UNIVERSE_AFTER = 60, /* days after the end of a cycle */
    RESTS_INSIDE = 2,    /* rest days inside a span */
    JOIN_APART = 3,      /* days from the end of one to the start of the other:
                            Friday and the Monday after it share a trip */
    CANDIDATES_MOST = 8000,
    SPAN_SLACK = 30,           /* rest days a span is followed over, at most */
    COST_MOST = (1 << 20) - 1, /* of one charge */
    FOR_EVER = 100000          /* days: no limit of a gap */
};

/* How firmly a rule stands: the answer to a conflict names the least firm. */
enum firmness {
    FIRM_AVOID = 20,
    FIRM_CALL = 25,
    FIRM_NEED = 30,
    FIRM_RELATION = 40,
    FIRM_APART = 45,
    FIRM_DESK = 50,
    FIRM_JOIN = 52,
    FIRM_NOTICE = 55,
    FIRM_WINDOW = 60,
    FIRM_LENGTH = 65,
    FIRM_PEOPLE = 70,
    FIRM_HOLIDAYS = 80,
    FIRM_WEEK = 90,
    FIRM_MEMBER = 95
};

/* An edition was held: a row of the rules or a fact. */
struct held_row {
    const struct cluster *cluster;
    int cycle;
    struct date from, to;
    const char *host, *city; /* "" not known */
};

/* One edition must end before a day, or before another edition starts. */
struct deadline {
    const struct cluster *before; /* NULL: a date */
    int before_cycle;
    struct date day; /* the date; before an edition: the latest it can start */
    const char *text;
    struct where where;
    int firmness;
};

/* An edition while the problem is being made. */
struct holding {
    const struct cluster *cluster;
    int cycle, n; /* n as in the name: 0 or 1.. */
    const char *name;
    bool fixed;    /* start, end, host are given */
    bool held;     /* it has been held */
    bool called;   /* by hand */
    bool firm;     /* fixed, called or asked about: never surplus */
    bool constant; /* of a cycle that is not planned */
    int32_t key;   /* order within cluster and cycle */
    struct date start, end;
    const struct edition *draft, *released; /* the same edition, or NULL */
    const struct deadline *deadline;        /* NULL */
    int16_t *hosts; /* who may host it alone; -1 not known */
    size_t n_hosts;
    struct date from, to; /* universe of first days */
    int32_t index;        /* in the problem; -1 when it lapsed */
};

/* Today at the seat of a sector, and the first day that its notice leaves. */
struct sector_day {
    struct date today, earliest;
};

struct expansion {
    const struct planning *in;
    const struct rules *rules;
    const struct cluster **clusters; /* by code: no plan depends on the order
                                        of the file */
    struct problem *p;               /* all that stays hangs on it */
    struct sector_day *days;         /* per sector */
    const struct edition *probe;     /* plan_allows(): placed freely; or NULL */
    bool probe_new;                  /* its date is new: notice counts */
    struct held_row *held;
    size_t n_held;
    struct holding *holdings; /* by cycle, cluster, key */
    size_t n_holdings;
    struct plan *lapsed;
};

/* ---- rules of the problem: one per statement */
int32_t expand_rule(struct expansion *x, const char *text, struct where where,
                    bool hard, int firmness);
/* Fills the days of all sectors, on ctx. */
void expand_today(struct expansion *x, TALLOC_CTX *ctx);
const struct sector_day *expand_day(const struct expansion *x,
                                    const struct cluster *c);
/* d moved by a length; `sign` +1 or -1. Working days are those of the seat. */
struct date expand_shift(const struct rules *r, const struct sector *s,
                         struct date d, struct length length, int sign);
char *yearly_print(TALLOC_CTX *ctx, struct yearly y);
/* "Mon 25 Jan 2027" on ctx */
char *day_print(TALLOC_CTX *ctx, struct date d);

/* ---- expand_roster */
/* The window of a cluster in a cycle; the whole universe when it has none. */
void expand_window(const struct cluster *c, int cycle, struct date *ret_from,
                   struct date *ret_to);
/* Is it in the draft without a place in the problem: cancelled, postponed? */
bool expand_is_aside(const struct edition *e);
struct held_row *expand_held(TALLOC_CTX *ctx, const struct planning *in,
                             size_t *ret_n);
void expand_roster(struct expansion *x);
/* The holdings of a cluster in a cycle; they are consecutive. */
struct holding *expand_of(const struct expansion *x, const struct cluster *c,
                          int cycle, size_t *ret_n);
/* Puts an edition among the lapsed ones. */
void expand_lapse(struct expansion *x, const struct holding *h,
                  const char *why);

/* ---- expand_hosts */
/* The index of a member among the hosts of the problem; -1 not known. */
int16_t expand_host(const struct problem *p, const char *code);
void expand_hosts(struct expansion *x);

/* ---- expand_span */
/* Meetings may be held there that day; m NULL: Monday to Friday. */
bool expand_meets(const struct rules *r, const struct member *m, struct date d);
/* Last day and rest days of so many meeting days from a first day on. */
struct span {
    int32_t start, end;
    int rests;
    bool meets;                    /* the first day does */
    const struct holiday *holiday; /* one that it has to skip, or NULL */
};
/* The spans of n first days in a row, `from` the first. */
void expand_spans(const struct rules *r, const struct member *m, int days,
                  struct date from, int32_t n, struct span *ret);

/* The days of an edition whose first and last day stand. */
void expand_days_between(TALLOC_CTX *ctx, const struct rules *r,
                         struct edition *e);

/* ---- expand_candidates */
/* The level of a cluster: the highest of its bodies; -1 none. */
int expand_level(const struct cluster *c);
/* Where the edition stood: as released, else as the draft has it; NULL when
 * nothing is to be kept. */
const struct edition *expand_stood(const struct expansion *x,
                                   const struct holding *h);
bool expand_candidates(struct expansion *x, struct error *err) MUST_USE;
/* Does a charge apply to a candidate of its edition? */
bool expand_charges(const struct charge *c, const struct candidate *a);
/* Opens and prices the candidates by the records. */
void expand_apply(struct expansion *x);

/* ---- expand_days */
void expand_unary(struct expansion *x);

/* ---- expand_pairs */
void expand_pairs(struct expansion *x);
void expand_capacities(struct expansion *x);

/* ---- expand_avoid */
/* Is the statement about the cluster: its sector's, and of its level? */
bool expand_avoids(const struct avoid *a, const struct cluster *c);
/* Days from start to end that fall into the range, of any year. */
int32_t expand_avoided(const struct avoid *a, int32_t start, int32_t end);
/* "avoid \"label\" from .. to" */
char *expand_avoid_text(TALLOC_CTX *ctx, const struct avoid *a);

/* ---- expand_plan */
/* What edition e bears of a pair's cost; the greater half is i's. */
int64_t expand_share(const struct pair *pair, int64_t cost, int32_t e);

/* ---- expand_warn */
/* Adds a warning, once. */
void edition_warn(TALLOC_CTX *ctx, struct edition *e, const char *text);

/* ---- expand */
bool expand_problem(TALLOC_CTX *ctx, const struct planning *in,
                    const struct edition *probe, bool probe_new,
                    struct problem **ret, struct plan **ret_lapsed,
                    struct error *err) MUST_USE;
