#pragma once
/*
 * What the secretariat hands to the next host: one document with all that is
 * known of the meetings of one member in one cycle.
 */
#include "daemon/office/documents.h"
#include "daemon/office/office.h"
#include "daemon/office/paper.h"

struct handover {
    const struct rules *rules;
    const struct plan *plan;
    const struct plan *released; /* NULL: nothing yet */
    int release;
    struct date released_on;
    const struct history *history;
    const struct tasks *tasks;
    const struct contacts *contacts;
    const struct documents *documents; /* with due dates */
    const struct member *host;
    int cycle;
    struct date today;
    const char *source;      /* "the draft main" */
    const char *secretariat; /* address; "" */
};

/* The document, on ctx; REPLY_NOTFOUND when nothing is held there. */
bool office_handover(TALLOC_CTX *ctx, const struct handover *in,
                     enum paper_form form, char **ret,
                     struct error *err) MUST_USE;
