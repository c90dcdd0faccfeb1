#pragma once
/*
 * A row's pattern, compiled, and what it took from a line.
 */
#include "daemon/rules/language.h"
#include "daemon/rules/lex.h"

/* One word or hole that a pattern matched. */
struct value {
    const char *name; /* of the hole as the pattern has it; NULL: a word */
    const char *text; /* as written, a word as the pattern has it */
    int column;
    int number;           /* numbers and years; minutes of a time */
    enum weekday weekday; /* as the hole has it: one of these */
    struct length length;
    struct yearly yearly;
    struct vague vague;
    struct date date;
    const char *problem; /* of the right form, but impossible; NULL */
    const char *hint;
};

struct pattern;

/* `text` as in the table; on ctx. A wrong table is a broken invariant. */
const struct pattern *pattern_compile(TALLOC_CTX *ctx, const char *text);

struct match {
    const struct line *line;
    const char *const *stop; /* words that a clause begins with: an optional
                                code is not one of these */
    struct value *values;
    size_t n;
    size_t at; /* the first token that was not matched */
    /* How far any attempt came, what it had then, what it hoped for there. */
    size_t far;
    struct value *far_values;
    size_t n_far_values;
    const char **hoped; /* NULL at the end: words as '"per"', holes in words */
    const char **words; /* NULL at the end: for "did you mean" */
    size_t n_hoped, n_words;
};

/* Matches from token `from` on; m->line and m->stop are given. */
bool pattern_match(TALLOC_CTX *ctx, const struct pattern *p, struct match *m,
                   size_t from);

/* "a length like 6 weeks or "per"": what was hoped for, on ctx. */
char *match_hoped(TALLOC_CTX *ctx, const struct match *m);
