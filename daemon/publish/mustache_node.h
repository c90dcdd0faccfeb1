#pragma once
/*
 * A parsed template: what mustache.c makes and mustache_render.c walks.
 */
#include <stdbool.h>
#include <stddef.h>

#include "daemon/publish/mustache.h"

#define MUSTACHE_DEPTH    64 /* sections in sections of one template */
#define MUSTACHE_CONTEXTS 64
#define MUSTACHE_PARTIALS 256 /* different ones */
#define MUSTACHE_NESTING  16  /* partials in partials while rendering */

enum node_kind {
    NODE_LINE, /* a line of the source begins here: indented partials */
    NODE_TEXT,
    NODE_VALUE, /* {{name}} */
    NODE_RAW,   /* {{{name}}}, {{&name}} */
    NODE_SECTION,
    NODE_INVERTED,
    NODE_CLOSE,
    NODE_PARTIAL
};

struct slice {
    const char *at;
    size_t n;
};

struct node {
    enum node_kind kind;
    struct slice text;   /* or the name */
    struct slice indent; /* of a partial alone on its line */
    bool alone;          /* such a partial */
    size_t end;          /* of a section: the index of its close */
    size_t partial;      /* index into partials; SIZE_MAX: none of that name */
    int line, column;
};

struct template
{
    const char *file;
    const char *text;
    struct node *nodes;
    size_t n;
};

/* templates[0] is the one that was asked for, the others its partials. */
struct mustache {
    enum mustache_kind kind;
    bool strict;
    struct template *templates;
    size_t n;
};
