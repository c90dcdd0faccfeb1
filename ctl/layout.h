#pragma once
/*
 * How the rows of each command look to people: layout.def as a table.
 */
#include "ctl/verbs.h"

enum shape {
    SHAPE_TABLE,  /* aligned columns */
    SHAPE_BLOCK,  /* "key: value" lines */
    SHAPE_AGENDA, /* grouped by day */
    SHAPE_WHY,    /* reasons, then other dates */
    SHAPE_CHECK   /* findings as a compiler prints them */
};

struct layout {
    enum shape shape;
    /* "member[|member...][=HEADING] ..."; "" for the members of the rows. */
    const char *columns;
};

struct layout layout_of(enum verb_id id);
