#pragma once
/*
 * Shapes that are more than a table. rows: an array of objects; width: of the
 * terminal, 0 for none.
 */
#include <jansson.h>
#include <stdio.h>
#include <talloc.h>

/* "key: value" lines, an empty line between objects. */
void report_block(TALLOC_CTX *ctx, const json_t *rows, FILE *out, int width);
/* Items by day, on the venue's clock. */
void report_agenda(TALLOC_CTX *ctx, const json_t *rows, FILE *out, int width);
/* Reasons, then the other dates. */
void report_why(TALLOC_CTX *ctx, const json_t *rows, FILE *out, int width);
/* "file:line:column: error: text", the line, a caret, what to write instead:
 * as the daemon's own --check. */
void report_check(TALLOC_CTX *ctx, const json_t *rows, FILE *out);
