#pragma once
/*
 * A sector, a plan and a release in which nothing is missing: what is made of
 * it has every member that a view can have. Templates are checked against it.
 */
#include "daemon/publish/page.h"

struct sample {
    const struct rules *rules;
    struct plan *plan;      /* one confirmed edition, with items */
    struct changes changes; /* since the release before: it has moved */
    struct tasks tasks;     /* one, overdue */
    struct documents documents;
    struct feeds feeds;
    struct version_note note;
    struct instant now;
};

struct sample *sample_new(TALLOC_CTX *ctx);
