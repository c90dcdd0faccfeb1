#pragma once
/*
 * A year as a picture: months across, a row per cluster, bars for editions.
 */
#include <stdbool.h>
#include <talloc.h>

#include "daemon/plan/plan.h"

struct svg_year {
    const struct rules *rules;
    const struct plan *version;
    int cycle;
    struct date today;
    const char *title;
    bool standalone; /* a document of its own, else a part of a page */
};

/* SVG 1.1, well-formed whatever the texts hold, on ctx. Looks come from
 * presentation attributes, which a page's style sheet may override by class:
 * a policy that forbids inline styles does not spoil it. */
char *svg_year(TALLOC_CTX *ctx, const struct svg_year *in);
