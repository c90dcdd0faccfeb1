#pragma once
/*
 * Where all findings of one reading are collected.
 */
#include "daemon/rules/rules.h"

/* A text with the offsets of its lines, so that a finding can show its line. */
struct text_lines {
    const char *name; /* on the findings' context */
    const char *text;
    size_t size;
    size_t *starts; /* of line 1, 2, ... */
    size_t n;
};

struct findings {
    TALLOC_CTX *ctx; /* of the rows and their texts */
    struct text_lines *texts;
    size_t n_texts;
    struct diagnostics out;
    bool full; /* too many: the reader stops */
};

enum { FINDINGS_MOST = 1000 };

/* Findings whose texts live on ctx. The text of `s` is shown in them and must
 * outlive `f`. Returns the name to use in struct where. */
void findings_begin(struct findings *f, TALLOC_CTX *ctx);
const char *findings_add_text(struct findings *f, const struct source *s);
/* Sorted by text, line and column. */
struct diagnostics findings_end(struct findings *f);

/* hint "" for none. */
void find_error(struct findings *f, struct where w, const char *hint,
                const char *fmt, ...) PRINTF_LIKE(4, 5);
void find_warning(struct findings *f, struct where w, const char *hint,
                  const char *fmt, ...) PRINTF_LIKE(4, 5);

/* One line of a text, without its end: printable, bad octets as '?'; on ctx. */
char *line_copy(TALLOC_CTX *ctx, const char *text, size_t size);
