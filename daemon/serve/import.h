#pragma once
/*
 * Inside import: what came in so far, and history, which has a file of its own.
 */
#include "daemon/serve/request.h"

struct import {
    struct request *q;
    const char *file;
    bool dry; /* only show */
    int added, changed, unchanged, skipped, bad;
};

/* One bad line: a row, so that all of them are named. */
void import_bad(struct import *m, int line, const struct error *err);
void import_added(struct import *m, int line, const char *thing,
                  const char *text);
void import_skipped(struct import *m, int line, const char *thing,
                    const char *text);
void import_changed(struct import *m, int line, const char *thing,
                    const char *differences);
/* text and `field "was" -> "is"` where they differ; on ctx. */
char *import_differs(TALLOC_CTX *ctx, char *text, const char *field,
                     const char *was, const char *is);

/* ---- import_held.c */
bool import_held(struct import *m, const char *text,
                 struct error *err) MUST_USE;
