#pragma once
/*
 * The language of rules files as one table, and what is written from it: the
 * parser's patterns, error texts, help, the manual section, the syntax file.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

/* What a row may stand in, and what a row's own clauses belong to. */
enum scope {
    SCOPE_NONE,
    SCOPE_FILE,
    SCOPE_SECTOR,
    SCOPE_MEMBER,
    SCOPE_PARTNER,
    SCOPE_BODY,
    SCOPE_ROTATION,
    SCOPE_CLUSTER,
    SCOPE_ITEM,
    SCOPE_WORKFLOW,
    SCOPE_STEP,
    SCOPE_AVOID
};

enum row_flag {
    ROW_REQUIRED = 1, /* an error when missing */
    ROW_MANY = 2,     /* may be given more than once */
    ROW_BARE = 4      /* no keyword: recognised by its first hole */
};

/*
 * A pattern is made of words, holes in capitals or quotes, and
 *     [x]        x or nothing
 *     (x | y)    one of them; also a bracket for a list of several words
 *     X, ...     one or more X with commas between (a word may do so too:
 *                X or ...)
 *     word(s)    the word with or without the s
 */
struct row {
    enum scope in;
    const char *keyword;
    const char *pattern;
    unsigned flags;
    enum scope opens; /* SCOPE_NONE: a row without clauses of its own */
    const char *help;
};

/* What may stand in a hole. */
enum hole {
    HOLE_CODE,
    HOLE_TEXT,
    HOLE_NUMBER,
    HOLE_YEAR,
    HOLE_DATE,
    HOLE_VAGUE,
    HOLE_YEARLY,
    HOLE_TIME,
    HOLE_WEEKDAY,
    HOLE_LENGTH,
    HOLE_ZONE,
    HOLE_SERIES
};

struct hole_row {
    const char *name; /* as in patterns; NULL: any name in quotes */
    enum hole hole;
    int least, most;  /* of a number or of a length's number */
    unsigned units;   /* of a length: bit per enum unit */
    const char *what; /* for errors and help: "a date like 2027-01-31" */
};

size_t language_rows(void);
const struct row *language_row(size_t i);
/* The hole of that name; names that are not in the table are codes. */
const struct hole_row *language_hole(const char *name);
/* "sector", "member" ... "an item": for texts. */
const char *scope_word(enum scope s);
/* The keywords of a scope, NULL at the end; on ctx. */
const char **language_keywords(TALLOC_CTX *ctx, enum scope s);
/* "lasts N day(s)[, starting DAY or ...]" on ctx. */
char *row_print(TALLOC_CTX *ctx, const struct row *row);

/* For `help rules [WORD]`; NULL for a word that the language does not have. */
char *language_help(TALLOC_CTX *ctx, const char *word);
/* The statements as a section of convened.rules(5), in mdoc. */
char *language_manual(TALLOC_CTX *ctx);
/* The whole page convened.rules(5). */
char *language_page(TALLOC_CTX *ctx);
/* A syntax file for vim. */
char *language_vim(TALLOC_CTX *ctx);
