#pragma once
/*
 * Cells in aligned columns, with headings, sections and an indent: what every
 * table and list for people is printed with.
 */
#include <stddef.h>
#include <stdio.h>
#include <talloc.h>

enum { GRID_MOST = 16 }; /* columns */

struct grid;

/* headings: n texts, or NULL for none. Texts are copied, cells are cleaned. */
struct grid *grid_new(TALLOC_CTX *ctx, size_t n, const char *const *headings,
                      int indent);
void grid_add(struct grid *g, const char *const *cells);
/* A line of its own between rows; an empty line before all but the first. */
void grid_section(struct grid *g, const char *text);
/* Columns without a single cell are left out; columns of numbers go right.
 * width: columns of the terminal, where the last column is wrapped; 0: any.
 * What has no room beside the first columns stands below each row, indented,
 * after its heading: no line is longer than the terminal is wide. */
void grid_print(const struct grid *g, FILE *out, int width);

/* Text broken at blanks into lines of at most width - indent columns (0: one
 * line), all but the first indented; ends with a newline. */
void grid_wrap(FILE *out, const char *text, int indent, int width);
