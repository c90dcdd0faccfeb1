#pragma once
/*
 * One line of a rules file as tokens.
 */
#include <stddef.h>

#include "daemon/rules/findings.h"

enum token_kind { TOKEN_WORD, TOKEN_TEXT, TOKEN_COMMA, TOKEN_RANGE, TOKEN_END };

struct token {
    enum token_kind kind;
    const char *text; /* as written; a quoted text without its quotes */
    int column;       /* in characters, from 1 */
    size_t from, to;  /* octets of the line */
};

struct line {
    const char *text;     /* printable, without its end */
    int indent;           /* columns, a tab goes to the next multiple of 8 */
    struct token *tokens; /* the last one is TOKEN_END */
    size_t n;             /* without the last one */
    bool bad;             /* an error was found and reported */
};

/* Reads one line of `size` octets (without its end) that stands at `w`. */
struct line line_read(TALLOC_CTX *ctx, struct findings *f, struct where w,
                      const char *text, size_t size);

/* All digits. */
bool token_is_number(const struct token *t);
