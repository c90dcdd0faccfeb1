#pragma once
/*
 * A rules file as a tree of rows of the language with their values: read, but
 * nothing in it looked up yet.
 */
#include "daemon/rules/pattern.h"

/* One statement, item, step or clause. */
struct node {
    const struct row *row;
    struct where where;
    struct value *values;
    size_t n_values;
    const char *text; /* the clause as written, without its keyword */
    bool bad;         /* an error was reported: values may be missing */
    int indent;       /* of its line; INT_MAX when it did not begin the line */
    struct node *parent;
    struct node **kids;
    size_t n_kids;
};

/* All of it is on ctx. The root's row is NULL. */
struct node *tree_read(TALLOC_CTX *ctx, struct findings *f, const char *file,
                       const char *text, size_t size);

/* The k-th value of that hole, counted from 0; NULL when there is none, when it
 * was impossible. "" as name: the k-th word. */
const struct value *node_value(const struct node *n, const char *name,
                               size_t k);
/* Was that word of the pattern written? */
bool node_says(const struct node *n, const char *word);
/* The value right behind that word; NULL when there is none. */
const struct value *node_value_after(const struct node *n, const char *word);
/* How many values that hole has. */
size_t node_count(const struct node *n, const char *name);
/* The only good kid of that keyword; NULL when there is none. */
const struct node *node_kid(const struct node *n, const char *keyword);
/* The place of a value. */
struct where node_where(const struct node *n, const struct value *v);
/* The scope a node's kids are in. */
enum scope node_scope(const struct node *n);
