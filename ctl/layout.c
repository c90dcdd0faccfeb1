/*
 * The table of layouts.
 */
#include "ctl/layout.h"

static const struct layout layouts[VERB_COUNT] = {
#define LAYOUT(id, shape, columns) [VERB_##id] = {SHAPE_##shape, columns},
#include "ctl/layout.def"
#undef LAYOUT
};

struct layout layout_of(enum verb_id id)
{
    struct layout l = layouts[id];

    if (!l.columns)
        l.columns = "";
    return l;
}
