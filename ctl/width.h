#pragma once
/*
 * How wide text is on a terminal, and what of it may go there at all.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

/* Columns that UTF-8 text takes: 2 for most East Asian characters and emoji, 0
 * for marks that sit on the character before them. Whatever the locale. */
int width_of(const char *text);

/* The bytes at the beginning of text that fit into `columns`, marks that
 * belong to the last character included. */
size_t width_fit(const char *text, int columns);

/* A copy on ctx that no terminal takes for a command: control characters (but
 * for those in `allow`), marks that turn the direction of text, and what is not
 * UTF-8 become '?'; line breaks and tabs blanks. */
char *width_clean(TALLOC_CTX *ctx, const char *text, const char *allow);
