#pragma once
/*
 * A document for people: headings, paragraphs and tables, as Markdown or as
 * one HTML page that stands alone and prints well.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

enum paper_form { PAPER_MARKDOWN, PAPER_HTML };

struct paper;

struct paper *paper_new(TALLOC_CTX *ctx, enum paper_form form,
                        const char *title);
/* level 1 is the title's own; sections begin at 2. */
void paper_heading(struct paper *p, int level, const char *text);
void paper_text(struct paper *p, const char *text);
/* A table of n columns; its rows follow until anything else comes. */
void paper_table(struct paper *p, const char *const *headings, size_t n);
void paper_row(struct paper *p, const char *const *cells);
/* The whole, on ctx; the paper is spent. */
char *paper_end(TALLOC_CTX *ctx, struct paper *p);
