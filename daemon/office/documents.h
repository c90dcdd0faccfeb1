#pragma once
/*
 * The register of an edition's documents: what is due from whom, what came,
 * and who kept to it.
 */
#include "daemon/office/office.h"

enum document_kind {
    DOCUMENT_PAPER,   /* working and information papers */
    DOCUMENT_REPORT,  /* what the next host inherits */
    DOCUMENT_OUTCOME, /* declarations and statements */
    DOCUMENT_OTHER
};

struct document {
    const char *edition, *code; /* with `from` its name */
    const char *from;           /* member, partner, body or "secretariat" */
    const char *title;
    enum document_kind kind;
    struct date due;      /* NONE: not asked for by a day */
    const char *step;     /* due with that step of the workflow; "" */
    struct date received; /* NONE: not yet */
    const char *link;     /* address; "" */
    const char *file;     /* name; "" */
    const char *digest;   /* "sha256:..." of the file; "" */
    const char *note;
};

struct documents {
    struct document *rows; /* by edition, code, from */
    size_t n;
};

const char *document_kind_word(enum document_kind k);
bool document_kind_parse(const char *word, enum document_kind *ret) MUST_USE;
/* "EDITION/CODE:FROM", on ctx. */
char *document_name(TALLOC_CTX *ctx, const struct document *d);

/* Where a document follows a step, its due date from the edition's tasks. */
void documents_place(struct documents *all, const struct tasks *tasks);

/* Working days of the sender past due: until it came, else until today. */
int document_late(const struct rules *r, const struct document *d,
                  struct date today);
/* "received", "late" (came after its day), "missing" (its day went by),
 * "expected". */
const char *document_state(const struct rules *r, const struct document *d,
                           struct date today);

/* How one delegation kept to its days. */
struct compliance {
    const char *from, *name;
    int asked, received, in_time, late, missing;
    int worst; /* working days */
};
/* One row per sender, by name; on ctx. */
struct compliance *documents_compliance(TALLOC_CTX *ctx, const struct rules *r,
                                        const struct documents *all,
                                        struct date today, size_t *ret_n);
