/*
 * Letters: a template of mail/ filled in with a view. Subjects are one line
 * whatever the data says; text is broken at 72 columns where it has blanks.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/templates.h"

#define COLUMNS 72
#define SUBJECT "Subject: "

/* Runs of blanks become one, at the ends none. */
static char *one_line(TALLOC_CTX *ctx, const char *text)
{
    char *line = memory_text(ctx, ""), *to;

    to = line = array_new(ctx, char, strlen(text) + 1);
    for (const char *c = text; *c; c++) {
        bool blank = *c == ' ' || *c == '\n' || *c == '\t';

        if (!blank)
            *to++ = *c;
        else if (to > line && to[-1] != ' ')
            *to++ = ' ';
    }
    while (to > line && to[-1] == ' ')
        to--;
    *to = '\0';
    return line;
}

/* How many columns the next word takes, and where it ends. */
static size_t word_columns(const char *word, const char *end,
                           const char **ret_end)
{
    size_t columns = 0;

    for (; word < end && *word != ' '; word++)
        columns += ((unsigned char)*word & 0xc0) != 0x80;
    *ret_end = word;
    return columns;
}

/* Where the lines that continue one begin: below its text, behind blanks and
 * the dash of a list. */
static size_t indent_of(const char *line, const char *end)
{
    size_t n = strspn(line, " ");

    if (line + n + 1 < end && line[n] == '-' && line[n + 1] == ' ')
        n += 2;
    return n > COLUMNS / 2 || line + n >= end ? 0 : n;
}

/* One line of a text, broken where it must be, appended to `to`. */
static char *wrap_line(char *to, const char *line, const char *end)
{
    size_t indent = indent_of(line, end), column = indent;
    const char *word = line + indent, *stop;
    bool first = true;

    memcpy(to, line, indent);
    for (to += indent; word < end; word = stop) {
        const char *start = word;
        size_t width;

        while (start < end && *start == ' ')
            start++;
        width = word_columns(start, end, &stop);
        if (start == end)
            break; /* blanks at its end go */
        if (!first && column + (size_t)(start - word) + width > COLUMNS) {
            *to++ = '\n';
            memset(to, ' ', indent);
            to += indent;
            column = indent + width;
        } else {
            memcpy(to, word, (size_t)(start - word));
            to += start - word;
            column += (size_t)(start - word) + width;
        }
        memcpy(to, start, (size_t)(stop - start));
        to += stop - start;
        first = false;
    }
    return to;
}

/* A break adds an indent of at most half a line, after at least half a line of
 * text or one word: twice the size, and a line's end, hold it. */
static char *wrap_text(TALLOC_CTX *ctx, const char *text)
{
    char *all, *to;
    size_t room = 1;

    text += strspn(text, "\n");
    for (const char *c = text; *c; c++)
        room += *c == ' ' ? COLUMNS / 2 + 2 : 2;
    all = to = array_new(ctx, char, room);
    while (*text) {
        const char *end = strchrnul(text, '\n');

        if (end - text == 3 && strncmp(text, "-- ", 3) == 0)
            to = stpcpy(to, "-- "); /* what follows is a signature */
        else
            to = wrap_line(to, text, end);
        *to++ = '\n';
        text = *end ? end + 1 : end;
    }
    while (to > all + 1 && to[-2] == '\n')
        to--;
    *to = '\0';
    return all;
}

bool letter_render(TALLOC_CTX *ctx, const struct templates *t, const char *name,
                   const json_t *view, struct letter *ret, struct error *err)
{
    const struct letter_template *l = template_letter(t, name);
    char *subject, *text, *html = NULL;

    if (!l) {
        const char *near = text_nearest(name, letter_names(t));

        return fail(err, REPLY_NOTFOUND, "no mail template %s%s%s%s", name,
                    near ? "; did you mean " : "", near ? near : "",
                    near ? "?" : "");
    }
    if (!mustache_render(ctx, l->subject, view, &subject, err) ||
        !mustache_render(ctx, l->text, view, &text, err) ||
        (l->html && !mustache_render(ctx, l->html, view, &html, err)))
        return wrap(err, "mail template %s", name);
    ret->subject = one_line(ctx, subject + strlen(SUBJECT));
    ret->text = wrap_text(ctx, text);
    ret->html = html;
    return true;
}
