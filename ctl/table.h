#pragma once
/*
 * The rows of an answer on standard output: as tables and blocks for people, as
 * CSV, or as JSON lines; and the progress bar on standard error.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <talloc.h>

#include "ctl/verbs.h"

enum table_format { TABLE_TEXT, TABLE_JSON, TABLE_CSV };

struct table_options {
    enum table_format format;
    char separator; /* of CSV; 0: a comma */
    bool terminal;  /* out is one: wrap, and let nothing through to it */
    int width;      /* its columns; only where terminal */
    FILE *out;
};

struct table;

struct table *table_new(TALLOC_CTX *ctx, const struct verb *v,
                        const struct table_options *options);
/* Takes a row (borrowed). JSON lines and raw text ({"text":...} alone) are
 * written at once, the rest by table_end(). False: nobody reads out any more.
 */
bool table_row(struct table *t, json_t *row);
/* Writes what is left and, for people, the summary (NULL for none). JSON has
 * the summary only where a changing command had no row. */
bool table_end(struct table *t, json_t *summary);

/* A line that replaces itself on a terminal, and its end. */
void progress_show(FILE *out, int width, long long done, long long of,
                   const char *text);
void progress_clear(FILE *out);
