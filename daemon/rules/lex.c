/*
 * Cuts a line into words, quoted texts, commas and range marks. A line that has
 * something else in it is read as far as it makes sense, so that what it
 * declares is known, but it is marked bad and nothing more is said about it.
 */
#include "daemon/rules/lex.h"

#include <ctype.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { LINE_MOST = 4096, TEXT_MOST = 400 };

struct lexer {
    struct findings *f;
    struct where w;
    struct line *line;
    size_t at;
    int column;
};

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("+-_:/", c)) ||
           (unsigned char)c >= 0x80;
}

static void complain(struct lexer *x, int column, const char *hint,
                     const char *text)
{
    struct where w = x->w;

    w.column = column;
    if (!x->line->bad)
        find_error(x->f, w, hint, "%s", text);
    x->line->bad = true;
}

/* Moves on by one character. */
static void step(struct lexer *x)
{
    const char *s = x->line->text;

    x->at++;
    while (((unsigned char)s[x->at] >> 6) == 2)
        x->at++;
    x->column++;
}

static void add_token(TALLOC_CTX *ctx, struct lexer *x, struct token t)
{
    struct line *l = x->line;

    l->tokens = array_grow(ctx, l->tokens, struct token, l->n + 1);
    l->tokens[l->n++] = t;
}

static void read_quoted(TALLOC_CTX *ctx, struct lexer *x)
{
    const char *s = x->line->text;
    struct token t = {.kind = TOKEN_TEXT, .column = x->column, .from = x->at};
    size_t from;

    step(x);
    from = x->at;
    while (s[x->at] && s[x->at] != '"')
        step(x);
    t.text = memory_text_n(ctx, s + from, x->at - from);
    if (!s[x->at])
        complain(x, t.column, "close it with \"",
                 "this quotation mark is never closed");
    else if (x->at == from)
        complain(x, t.column, "", "this text is empty");
    else if (x->at - from > TEXT_MOST)
        complain(x, t.column, "", "this text is longer than 400 octets");
    if (s[x->at])
        step(x);
    t.to = x->at;
    add_token(ctx, x, t);
}

static void read_word(TALLOC_CTX *ctx, struct lexer *x)
{
    const char *s = x->line->text;
    struct token t = {.kind = TOKEN_WORD, .column = x->column, .from = x->at};

    while (is_word_char(s[x->at]))
        step(x);
    t.to = x->at;
    t.text = memory_text_n(ctx, s + t.from, t.to - t.from);
    add_token(ctx, x, t);
}

/* A point between digits, as in 09.00. */
static bool is_clock(const struct lexer *x, size_t at)
{
    const char *s = x->line->text;

    return s[at] == '.' && at > 0 && s[at - 1] >= '0' && s[at - 1] <= '9' &&
           s[at + 1] >= '0' && s[at + 1] <= '9';
}

static void read_mark(TALLOC_CTX *ctx, struct lexer *x)
{
    const char *s = x->line->text + x->at;
    bool range = s[0] == '.' && s[1] == '.';
    size_t from = x->at;
    int column = x->column;

    step(x);
    if (range)
        step(x);
    if (range)
        add_token(ctx, x,
                  (struct token){TOKEN_RANGE, "..", column, from, x->at});
    else if (*s == ',')
        add_token(ctx, x,
                  (struct token){TOKEN_COMMA, ",", column, from, x->at});
    else
        complain(x, column,
                 is_clock(x, from)
                     ? "a time is written 09:00, a date 2027-01-31"
                 : *s == '.'  ? "a range is written with two dots: a .. b"
                 : *s == ';'  ? "between clauses write a comma or nothing"
                 : *s == '\'' ? "texts stand between double quotes: \"...\""
                              : "texts with other signs stand between \"...\"",
                 text_format(ctx, "unexpected character \"%c\"", *s));
}

static int indent_of(const char *s)
{
    int n = 0;

    for (; *s == ' ' || *s == '\t'; s++)
        n += *s == '\t' ? 8 - n % 8 : 1;
    return n;
}

/* Names the first octet that no rules file may have. */
static void check_octets(struct lexer *x, const char *text, size_t size)
{
    int column = 1;

    for (size_t i = 0, n; i < size; i += n, column++) {
        for (n = 1; i + n < size && ((unsigned char)text[i + n] >> 6) == 2;)
            n++;
        if (text_is_clean(text + i, n, "\t"))
            continue;
        if (text[i] == '\0')
            complain(x, column, "save the file as plain text",
                     "a NUL octet in a text file");
        else if (!text_is_utf8(text + i, n))
            complain(x, column, "save the file as UTF-8", "this is not UTF-8");
        else
            complain(x, column, "", "a control character in a text file");
        return;
    }
}

struct line line_read(TALLOC_CTX *ctx, struct findings *f, struct where w,
                      const char *text, size_t size)
{
    struct line line = {.text = ""};
    struct lexer x = {f, w, &line, 0, 1};

    if (size > LINE_MOST) {
        complain(&x, 1, "", "this line is longer than 4096 octets");
        size = 0;
    }
    check_octets(&x, text, size);
    line.text = line_copy(ctx, text, size);
    line.indent = indent_of(line.text);
    while (line.text[x.at] && line.text[x.at] != '#') {
        if (line.text[x.at] == ' ' || line.text[x.at] == '\t')
            step(&x);
        else if (line.text[x.at] == '"')
            read_quoted(ctx, &x);
        else if (is_word_char(line.text[x.at]))
            read_word(ctx, &x);
        else
            read_mark(ctx, &x);
    }
    add_token(ctx, &x, (struct token){TOKEN_END, "", x.column, x.at, x.at});
    line.n--;
    return line;
}

bool token_is_number(const struct token *t)
{
    return t->kind == TOKEN_WORD &&
           t->text[strspn(t->text, "0123456789")] == '\0';
}
