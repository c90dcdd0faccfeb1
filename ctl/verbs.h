#pragma once
/*
 * The commands of convenectl as one table (verbs.def) and what both programs
 * do with it: find a command by its words, read a command line, check a
 * request, print usage, help, completion candidates and the manual.
 *
 * A request that went through verb_check() may be read without further tests
 * of form: every member of "args" is one of the verb's arguments, has the JSON
 * type that types.def promises, and is normalised: lists are arrays, words are
 * as verbs.def spells them, lengths read "45 min", "half day", "3 days",
 * "5 working days", "6 weeks", "9 months" (rule language).
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <talloc.h>

#include "daemon/base/error.h"

enum verb_id {
#define VERB(id, ...) VERB_##id,
#include "ctl/verbs.def"
#undef VERB
    VERB_COUNT
};

enum verb_right {
    RIGHT_VIEW,   /* viewers, officers, administrators */
    RIGHT_CHANGE, /* officers, administrators */
    RIGHT_ADMIN   /* the daemon's own user and root */
};

enum verb_flag {
    VERB_FLAG_LOCAL = 1, /* convenectl answers by itself */
    VERB_FLAG_ASKS = 2   /* asks before it does it, on a terminal */
};

enum arg_type {
#define TYPE(name, ...) ARG_##name,
#include "ctl/types.def"
#undef TYPE
    ARG_TYPE_COUNT
};

enum arg_place { PLACE_END, PLACE_POSITION, PLACE_OPTION };

struct verb_arg {
    const char *name; /* member of "args"; option without its dashes */
    const char *help;
    const char *words; /* WORD: "a|b|c", else NULL */
    enum arg_type type;
    enum arg_place place; /* PLACE_END closes the list */
    bool required;
};

struct verb {
    const char *words; /* "contact add": "verb" on the wire */
    const char *help;  /* one line, no full stop */
    const char *example;
    const char *text; /* the paragraph of help */
    const struct verb_arg *args;
    enum verb_id id;
    enum verb_right right;
    unsigned flags; /* enum verb_flag */
};

const struct verb *verb_get(enum verb_id id);

/* The verb of a request: its words, whole and exact. REPLY_USAGE with the
 * nearest one when there is none. */
bool verb_named(const char *words, const struct verb **ret,
                struct error *err) MUST_USE;

/* The verb that a command line begins with; words may be shortened to a unique
 * prefix. ret_used: how many of the n words named it. REPLY_USAGE: unknown
 * (nearest one), ambiguous (candidates), half (continuations). */
bool verb_find(size_t n, const char *const *words, const struct verb **ret,
               size_t *ret_used, struct error *err) MUST_USE;

/* Checks and normalises the "args" of a request in place: REPLY_USAGE names
 * the argument that is unknown, missing or malformed. */
bool verb_check(const struct verb *v, json_t *args, struct error *err) MUST_USE;

/* Reads the n words behind a verb into a new object, checked as above; a PATH
 * is made absolute. FILE arguments hold the path until verb_read_files() puts
 * the text in its place. The caller owns it. */
bool verb_parse(const struct verb *v, size_t n, const char *const *words,
                json_t **ret, struct error *err) MUST_USE;

/* Replaces every FILE, and each of FILES, by the file's text and its name,
 * every SUM by the file's digest and name: the daemon opens no path of a user.
 */
bool verb_read_files(const struct verb *v, json_t *args,
                     struct error *err) MUST_USE;

/* The values of a checked request: NULL, `otherwise`, false when absent. */
const char *args_text(const json_t *args, const char *name);
long long args_number(const json_t *args, const char *name,
                      long long otherwise);
bool args_flag(const json_t *args, const char *name);
/* An array, of strings but for FILES, or NULL. */
const json_t *args_list(const json_t *args, const char *name);

/* ---- the types (argument.c) */
/* What stands for the argument in usage lines: "EDITION", "a|b". */
const char *arg_hint(const struct verb_arg *a);
/* What a type looks like in words ("" where the hint says it all), and its
 * general hint. */
const char *arg_form(enum arg_type type, const char **ret_hint);
/* One value, checked; *ret is a new reference (may be `value` itself). */
bool arg_check(const struct verb_arg *a, json_t *value, json_t **ret,
               struct error *err) MUST_USE;
/* The verb and the member of its rows that complete a type; NULL, NULL. */
void arg_completion(enum arg_type type, const char **ret_verb,
                    const char **ret_member);

/* ---- text for people (help.c) */
/* "move EDITION|ITEM START [--draft NAME] [--because TEXT]", on ctx. */
char *verb_usage(TALLOC_CTX *ctx, const struct verb *v);
/* All verbs with their lines; one verb, whole; the manual page (man(7)). */
void help_list(FILE *out);
void help_verb(FILE *out, const struct verb *v);
void help_manual(FILE *out);
/* Prints, one a line, what may stand for the last of n words. Names of things
 * come from `ask` (may be NULL): it prints those members of the rows of
 * `command` ("editions", "agenda MINISTERIAL-2027") that begin with `prefix`,
 * each behind `head`. */
typedef void complete_ask(void *arg, FILE *out, const char *command,
                          const char *member, const char *head,
                          const char *prefix);
void complete(FILE *out, size_t n, const char *const *words, complete_ask *ask,
              void *arg);
