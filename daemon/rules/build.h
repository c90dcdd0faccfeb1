#pragma once
/*
 * From the tree to struct rules: first all names are declared, then every
 * statement is filled in and its references are looked up at once.
 */
#include "daemon/rules/tree.h"

enum noun {
    NOUN_MEMBER,
    NOUN_PARTNER,
    NOUN_BODY,
    NOUN_PEOPLE,
    NOUN_DESK,
    NOUN_PLACE,
    NOUN_ROTATION,
    NOUN_CLUSTER,
    NOUN_WORKFLOW,
    NOUN_ITEM,
    NOUN_STEP
};

struct name {
    enum noun noun;
    const void
        *in; /* the cluster of an item, the workflow of a step, or NULL */
    const char *code;
    void *object;
    struct where where;
};

struct loaded_zone {
    const char *name;
    const struct zone *zone;
};

struct build {
    struct rules *r; /* everything that stays is on it */
    TALLOC_CTX *tmp;
    struct findings *f;
    const char *file;   /* the name of the rules text */
    const char **files; /* of all together: of each text */
    size_t n_files;
    const struct node *root;
    struct name *names;
    size_t n_names;
    struct loaded_zone *zones; /* each zone is loaded once */
    size_t n_zones;
};

/* ---- names (names.c) */
void name_add(struct build *b, enum noun noun, const void *in, const char *code,
              void *object, struct where where);
/* The object of that code; NULL when there is none. */
void *name_look(const struct build *b, enum noun noun, const void *in,
                const char *code);
/* The object that a value names; NULL, and an error, when there is none. A
 * missing value is NULL without an error: it was reported already. */
void *name_find(struct build *b, enum noun noun, const void *in,
                const struct node *n, const struct value *v);
/* As name_find for the k-th value of `hole`; one that was named before in the
 * same clause is an error too. */
void *name_find_new(struct build *b, enum noun noun, const void *in,
                    const struct node *n, const char *hole, size_t k);
/* Says that a code is unknown; `noun` says what it should have been, `known` is
 * what it could have been, NULL at the end. */
void name_unknown(struct build *b, struct where w, const char *noun,
                  const char *code, const char *const *known);
/* The codes of a noun, NULL at the end; on b->tmp. */
const char **name_codes(const struct build *b, enum noun noun, const void *in);

/* ---- values (values.c) */
/* A copy that stays; "" of a missing value. */
const char *keep(struct build *b, const struct value *v);
const struct node **nodes_of(const struct build *b, const struct node *parent,
                             const char *keyword, size_t *ret_n);
/* The zone that the clause `zone` of a statement, or its header, names; UTC. */
const struct zone *zone_of(struct build *b, const struct node *n);
/* The days of a clause "DAY, ..." or "DAY or ..."; `otherwise` without it. */
weekdays weekdays_of(struct build *b, const struct node *clause,
                     weekdays otherwise);
/* "TIME .. TIME", the k-th of the clause; false, and an error, when it ends
 * before it begins. */
bool hours_of(struct build *b, const struct node *clause, size_t k,
              struct hours *ret);
/* "DATE .. DATE", or one day; the same. */
bool dates_of(struct build *b, const struct node *n, struct date *ret_from,
              struct date *ret_to);
struct gap gap_of(struct build *b, const struct node *clause);
/* Index of the level, -1 and an error when there is none. */
int level_of(struct build *b, const struct node *n, const struct value *v);
/* All LEN of a clause. */
struct length *lengths_of(struct build *b, const struct node *clause,
                          size_t *ret_n);
/* The number of a hole, or 0. */
int number_in(const struct node *n, const char *hole);
/* "... EVERY cycles from YEAR"; each cycle where it says nothing of them. */
struct rhythm rhythm_of(const struct node *n);

/* The clauses `formerly` of a statement, whose code and name are in these
 * holes (build_body.c). */
struct former *build_formerly(struct build *b, const struct node *n,
                              const char *code, const char *name,
                              size_t *ret_n);

/* ---- statements: declare, then fill */
void declare_sector(struct build *b);   /* build_sector.c */
void fill_sector(struct build *b);      /* the sector, members, partners... */
void declare_bodies(struct build *b);   /* build_body.c */
void fill_bodies(struct build *b);      /* bodies, people, desks, rotations */
void declare_clusters(struct build *b); /* build_cluster.c */
void fill_clusters(struct build *b);
void declare_items(struct build *b, struct cluster *c, const struct node *n);
void fill_items(struct build *b, struct cluster *c, const struct node *n);
void declare_workflows(struct build *b); /* build_workflow.c */
void fill_workflows(struct build *b);    /* workflows, reminders, avoids */
void fill_holidays(struct build *b);     /* statements only (holidays.c) */
/* The tables, and the statements of all files, in one list: on all->r. */
void join_holidays(struct build *all, const struct build *parts, size_t n_parts,
                   const struct source *tables, const char *const *names,
                   size_t n_tables);

/* ---- what no single statement can tell (check.c, warn.c) */
void check_required(struct build *b, const struct node *n);
void check_orders(struct build *b);
void warn_all(struct build *b);
