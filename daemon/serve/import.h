#pragma once
/*
 * Inside import: what came in so far, and history, which has a file of its own.
 */
#include "daemon/base/csv.h"
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

/* ---- one row of a table, its fields in the order of the columns. False with
 * what is wrong with it; else *ret points into the row. */
bool import_read_contact(TALLOC_CTX *ctx, const struct rules *r,
                         struct instant now, const struct csv_row *row,
                         struct contact *ret, struct error *err) MUST_USE;
/* cc: of a row without a country. */
bool import_read_holiday(const struct csv_row *row, const char *cc,
                         struct holiday *ret, struct error *err) MUST_USE;
/* What the row makes of the task t, as `who` says today. */
bool import_read_task(const struct csv_row *row, const struct task *t,
                      const char *who, struct date today, struct task_fact *ret,
                      struct error *err) MUST_USE;
bool import_read_past(const struct rules *r, const struct csv_row *row,
                      struct past *ret, struct error *err) MUST_USE;

/* ---- import_held.c */
bool import_held(struct import *m, const char *text,
                 struct error *err) MUST_USE;
