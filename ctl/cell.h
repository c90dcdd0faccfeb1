#pragma once
/*
 * One JSON value as text: for people (dates with their weekday, lists with
 * commas) and for CSV (as it is).
 */
#include <jansson.h>
#include <talloc.h>

/* "Mon 18 Jan 2027", "yes", "BN, KH", "queued 3, held 1"; "" for null, for a
 * list or object without anything in it. */
char *cell_print(TALLOC_CTX *ctx, json_t *value);
/* The first of the members "a|b" that is neither missing nor empty. */
char *cell_member(TALLOC_CTX *ctx, const json_t *row, const char *members);
/* A date, local time or instant in words, any other text as it is. */
char *cell_time(TALLOC_CTX *ctx, const char *text);
/* As a field of CSV before quoting: dates and numbers untouched, lists with
 * ';' as `import` reads them. */
char *cell_plain(TALLOC_CTX *ctx, json_t *value);
