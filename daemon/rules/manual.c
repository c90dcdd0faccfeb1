/*
 * What people read about the language, written from its table: help, the
 * section of convened.rules(5), a syntax file for vim.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/language.h"

static char *add(char *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

static char *add(char *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    out = talloc_vasprintf_append_buffer(out, fmt, ap);
    va_end(ap);
    invariant(out);
    return out;
}

static const char *flags_print(const struct row *row)
{
    bool required = row->flags & ROW_REQUIRED, many = row->flags & ROW_MANY;

    return required && many ? " (required, many)"
           : required       ? " (required)"
           : many           ? " (many)"
                            : "";
}

/* ---- help */

static char *add_row(char *out, const struct row *row, const char *indent)
{
    char *form = row_print(out, row);

    out = add(out, "%s%s%s\n%s    %s\n", indent, form, flags_print(row), indent,
              row->help);
    return out;
}

static char *add_scope(char *out, enum scope scope, const char *indent)
{
    for (size_t i = 0; i < language_rows(); i++)
        if (language_row(i)->in == scope)
            out = add_row(out, language_row(i), indent);
    return out;
}

/* The holes in capitals that a pattern has, with what they stand for. */
static char *add_holes(char *out, const char *pattern, const char *before)
{
    const char *p = pattern;

    while (*p) {
        size_t n = 0;
        char *name;

        while (isupper((unsigned char)p[n]))
            n++;
        if (n == 0) {
            p = *p == '"' ? strchr(p + 1, '"') + 1 : p + 1;
            continue;
        }
        name = memory_text_n(NULL, p, n);
        if (!strstr(out, text_format(name, "\n%s%s: ", before, name)))
            out =
                add(out, "%s%s: %s\n", before, name, language_hole(name)->what);
        talloc_free(name);
        p += n;
    }
    return out;
}

static char *help_statements(TALLOC_CTX *ctx)
{
    char *out =
        memory_text(ctx, "One statement per line. Its clauses follow "
                         "on the line or stand indented below it,\n"
                         "in any order. # starts a note. [ ] may be "
                         "left out, | is one of, ... is more of it.\n\n");

    out = add_scope(out, SCOPE_FILE, "");
    return add(out,
               "\nhelp rules WORD tells about one word and its clauses.\n");
}

/* A statement has a page of its own; other words: everywhere they occur. */
static char *help_word(TALLOC_CTX *ctx, const char *word)
{
    char *out = memory_text(ctx, "");
    bool any = false;

    for (size_t i = 0; i < language_rows(); i++) {
        const struct row *row = language_row(i);

        if (!text_same(row->keyword, word))
            continue;
        if (row->in != SCOPE_FILE)
            out = add(out, "%sIn %s:\n", any ? "\n" : "", scope_word(row->in));
        any = true;
        out = add_row(out, row, "");
        out = add_holes(
            out, row->flags & ROW_BARE ? row->keyword : row->pattern, "    ");
        if (row->opens != SCOPE_NONE) {
            out = add(out, "\nClauses of %s:\n", row->keyword);
            out = add_scope(out, row->opens, "  ");
        }
    }
    if (!any && text_same(word, scope_word(SCOPE_ITEM))) {
        any = true;
        out = add(out, "Clauses of items:\n");
        out = add_scope(out, SCOPE_ITEM, "  ");
    }
    return any ? out : NULL;
}

char *language_help(TALLOC_CTX *ctx, const char *word)
{
    return word ? help_word(ctx, word) : help_statements(ctx);
}

/* ---- the manual */

/* Text for mdoc; in a quoted argument when `quoted`. */
static char *add_roff(char *out, const char *text, bool quoted)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\\')
            out = add(out, "\\e");
        else if (*p == '"' && quoted)
            out = add(out, "\\(dq");
        else if (p == text && (*p == '.' || *p == '\''))
            out = add(out, "\\&%c", *p);
        else if (*p == '-')
            out = add(out, "\\-");
        else
            out = add(out, "%c", *p);
    }
    return out;
}

static char *add_item(char *out, const struct row *row)
{
    char *form = row_print(out, row);

    out = add(out, ".It Li \"");
    out = add_roff(out, form, true);
    out = add(out, "\"");
    if (*flags_print(row))
        out = add(out, " Pq %s",
                  row->flags & ROW_REQUIRED
                      ? row->flags & ROW_MANY ? "required, many" : "required"
                      : "many");
    out = add(out, "\n");
    out = add_roff(out, row->help, false);
    return add(out, "\n");
}

static char *add_list(char *out, enum scope scope)
{
    out = add(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < language_rows(); i++)
        if (language_row(i)->in == scope)
            out = add_item(out, language_row(i));
    return add(out, ".El\n");
}

static char *add_hole_list(TALLOC_CTX *ctx)
{
    char *out = memory_text(ctx, "\n"), *mdoc, *save = NULL;

    for (size_t i = 0; i < language_rows(); i++)
        out = add_holes(out, language_row(i)->pattern, "");
    out = add_holes(out, "DURATION", "");
    mdoc = memory_text(ctx, ".Bl -tag -width DURATION -compact\n");
    for (char *line = strtok_r(out, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char *what = strstr(line, ": ");

        *what = '\0';
        mdoc = add(mdoc, ".It Ar %s\n", line);
        mdoc = add_roff(mdoc, what + 2, false);
        mdoc = add(mdoc, "\n");
    }
    return add(mdoc, ".El\n");
}

char *language_manual(TALLOC_CTX *ctx)
{
    char *out = memory_text(ctx, ".Sh STATEMENTS\n"), *holes;
    bool done[SCOPE_AVOID + 1] = {false};

    out = add_list(out, SCOPE_FILE);
    for (size_t i = 0; i < language_rows(); i++) {
        const struct row *row = language_row(i);
        bool item = row->opens == SCOPE_ITEM;

        if (row->opens == SCOPE_NONE || done[row->opens])
            continue;
        done[row->opens] = true;
        out =
            add(out, ".Ss Clauses of %s%s\n", item ? "items" : row->keyword,
                item ? " (meeting, consult, dialogue, ceremony, social, event)"
                     : "");
        out = add_list(out, row->opens);
    }
    holes = add_hole_list(out);
    return add(out, ".Ss What stands in capitals\n%s", holes);
}

/* ---- vim */

/* Adds the small words of a pattern that `words` does not have yet. */
static char *add_words(char *words, const char *pattern)
{
    const char *p = pattern;

    while (*p) {
        size_t n = 0;
        char *word;

        while (islower((unsigned char)p[n]) || (n > 0 && p[n] == '-'))
            n++;
        if (n == 0) {
            p = *p == '"' ? strchr(p + 1, '"') + 1 : p + 1;
            continue;
        }
        word = text_format(NULL, " %.*s ", (int)n, p);
        if (n > 1 && !strstr(words, word))
            words = add(words, "%s", word + 1);
        if (strncmp(p + n, "(s)", 3) == 0)
            words = add(words, "%.*ss ", (int)n, p);
        p += n;
        talloc_free(word);
    }
    return words;
}

static char *keywords_of(TALLOC_CTX *ctx, bool statements)
{
    char *out = memory_text(ctx, " ");

    for (size_t i = 0; i < language_rows(); i++) {
        const struct row *row = language_row(i);

        if ((row->in == SCOPE_FILE) == statements && !(row->flags & ROW_BARE))
            out = add_words(out, row->keyword);
    }
    return out;
}

char *language_vim(TALLOC_CTX *ctx)
{
    char *words = memory_text(ctx, " "), *out;

    for (size_t i = 0; i < language_rows(); i++)
        words = add_words(words, language_row(i)->pattern);
    out = memory_text(
        ctx, "\" Vim syntax file: rules of convened(8), written from the table "
             "of the language\n"
             "if exists(\"b:current_syntax\")\n  finish\nendif\n"
             "syn case ignore\n"
             "syn iskeyword @,48-57,-,+,_\n");
    out = add(out, "syn keyword rulesClause%s\n", keywords_of(ctx, false));
    out = add(out, "syn keyword rulesWord%s\n", words);
    for (size_t i = 0; i < language_rows(); i++)
        if (language_row(i)->in == SCOPE_FILE)
            out = add(out, "syn match rulesStatement \"^%s\\>\"\n",
                      language_row(i)->keyword);
    return add(out,
               "syn match rulesDate \"\\<\\d\\{4}-\\d\\d\\(-\\d\\d\\)\\?\\>\"\n"
               "syn match rulesNumber \"\\<\\d\\+\\(:\\d\\d\\)\\?\\>\"\n"
               "syn match rulesRange \"\\.\\.\"\n"
               "syn match rulesPlace \"{[a-z]*}\" contained\n"
               "syn region rulesText start=+\"+ end=+\"+ oneline "
               "contains=rulesPlace\n"
               "syn match rulesNote \"#.*$\"\n"
               "hi def link rulesStatement Statement\n"
               "hi def link rulesClause Keyword\n"
               "hi def link rulesWord Identifier\n"
               "hi def link rulesDate Constant\n"
               "hi def link rulesNumber Number\n"
               "hi def link rulesRange Operator\n"
               "hi def link rulesPlace Special\n"
               "hi def link rulesText String\n"
               "hi def link rulesNote Comment\n"
               "let b:current_syntax = \"convened-rules\"\n");
}
