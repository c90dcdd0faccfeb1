#pragma once
/*
 * CSV as RFC 4180 has it and LibreOffice writes it: a header line that names
 * the columns, fields in double quotes where they need them, CRLF or LF, a BOM
 * is skipped; semicolons or tabs instead of commas when the header has them.
 * Line numbers are kept so that callers can name every bad row.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"

struct csv_row {
    int line; /* of the file, from 1 */
    const char *
        *fields; /* one per column asked for; "" where the file has none */
};

struct csv {
    struct csv_row *rows;
    size_t n;
};

/* Reads text with the columns named in `columns` (NULL at the end; a name that
 * begins with '?' may be missing). Unknown columns are an error that names the
 * nearest known one. On failure err has the first fault and err->at its place
 * "file:line:column". */
bool csv_read(TALLOC_CTX *ctx, const char *file, const char *text, size_t size,
              const char *const *columns, struct csv *ret,
              struct error *err) MUST_USE;

/* Would a spreadsheet take the text for a formula: does it begin with = + - @,
 * or with one of them in the width of Chinese and Japanese writing? */
bool csv_is_formula(const char *text);

/* One field, quoted where it must be (a formula gets a leading apostrophe). A
 * copy on ctx. */
char *csv_field(TALLOC_CTX *ctx, const char *text);
/* The same for another separator than the comma. */
char *csv_field_between(TALLOC_CTX *ctx, const char *text, char separator);
