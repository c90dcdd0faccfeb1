/*
 * Collects and prints findings. Invariants:
 *  1. rows are added in any order and sorted once, at the end;
 *  2. after FINDINGS_MOST errors one more says so, and then nothing is added.
 */
#include "daemon/rules/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* A diagnostic shows at most this much of a line around its caret. */
enum { SHOWN = 100 };

void findings_begin(struct findings *f, TALLOC_CTX *ctx)
{
    *f = (struct findings){.ctx = ctx};
    f->out.rows = array_new(ctx, struct diagnostic, 0);
}

static void index_lines(TALLOC_CTX *ctx, struct text_lines *t)
{
    t->starts = array_grow(ctx, NULL, size_t, 1);
    t->starts[t->n++] = 0;
    for (size_t i = 0; i < t->size; i++) {
        if (t->text[i] != '\n')
            continue;
        t->starts = array_grow(ctx, t->starts, size_t, t->n + 1);
        t->starts[t->n++] = i + 1;
    }
}

const char *findings_add_text(struct findings *f, const struct source *s)
{
    struct text_lines t = {memory_text(f->ctx, s->name), s->text, s->size, NULL,
                           0};

    f->texts = array_grow(f->ctx, f->texts, struct text_lines, f->n_texts + 1);
    f->texts[f->n_texts++] = t;
    return t.name;
}

/* The text a place lies in, by the identity of its name. */
static struct text_lines *text_of(struct findings *f, const char *file)
{
    for (size_t i = 0; i < f->n_texts; i++)
        if (f->texts[i].name == file)
            return &f->texts[i];
    return NULL;
}

char *line_copy(TALLOC_CTX *ctx, const char *text, size_t size)
{
    char *copy;

    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
        size--;
    copy = array_new(ctx, char, size + 1);
    for (size_t i = 0; i < size;) {
        size_t n = 1;

        while (n < 4 && i + n < size && ((unsigned char)text[i + n] >> 6) == 2)
            n++;
        if (text_is_clean(text + i, n, "\t")) {
            memcpy(copy + i, text + i, n);
            i += n;
        } else {
            copy[i++] = '?';
        }
    }
    return copy;
}

static const char *line_of(struct findings *f, struct where w)
{
    struct text_lines *t = text_of(f, w.file);
    size_t from, to;

    if (!t || w.line < 1)
        return "";
    if (!t->starts)
        index_lines(f->ctx, t);
    if ((size_t)w.line > t->n)
        return "";
    from = t->starts[w.line - 1];
    to = (size_t)w.line < t->n ? t->starts[w.line] : t->size;
    return line_copy(f->ctx, t->text + from, to - from);
}

static void add(struct findings *f, struct where w, enum severity severity,
                const char *hint, const char *text)
{
    struct diagnostics *d = &f->out;

    d->rows = array_grow(f->ctx, d->rows, struct diagnostic, d->n + 1);
    d->rows[d->n++] = (struct diagnostic){
        w, severity, text, memory_text(f->ctx, hint), line_of(f, w)};
    d->errors += severity == SEVERITY_ERROR;
}

void find_error(struct findings *f, struct where w, const char *hint,
                const char *fmt, ...)
{
    va_list ap;
    char *text;

    if (f->full)
        return;
    if (f->out.errors >= FINDINGS_MOST) {
        f->full = true;
        add(f, w, SEVERITY_ERROR, "",
            "too many errors, what follows was not looked at");
        return;
    }
    va_start(ap, fmt);
    text = talloc_vasprintf(f->ctx, fmt, ap);
    va_end(ap);
    invariant(text);
    add(f, w, SEVERITY_ERROR, hint, text);
}

void find_warning(struct findings *f, struct where w, const char *hint,
                  const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = talloc_vasprintf(f->ctx, fmt, ap);
    va_end(ap);
    invariant(text);
    add(f, w, SEVERITY_WARNING, hint, text);
}

struct ranked {
    struct diagnostic d;
    size_t text, order;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = (const struct ranked *)left;
    const struct ranked *b = (const struct ranked *)right;
    int by = (a->text > b->text) - (a->text < b->text);

    if (by == 0)
        by = (a->d.where.line > b->d.where.line) -
             (a->d.where.line < b->d.where.line);
    if (by == 0)
        by = (a->d.where.column > b->d.where.column) -
             (a->d.where.column < b->d.where.column);
    return by ? by : (a->order > b->order) - (a->order < b->order);
}

struct diagnostics findings_end(struct findings *f)
{
    struct diagnostics *d = &f->out;
    size_t n = d->n;
    struct ranked *ranked = array_new(f->ctx, struct ranked, n);

    for (size_t i = 0; i < n; i++) {
        struct text_lines *t = text_of(f, d->rows[i].where.file);

        ranked[i] = (struct ranked){d->rows[i],
                                    t ? (size_t)(t - f->texts) : f->n_texts, i};
    }
    if (n > 0)
        qsort(ranked, n, sizeof ranked[0], compare_ranked);
    for (size_t i = 0; i < n; i++)
        d->rows[i] = ranked[i].d;
    talloc_free(ranked);
    for (size_t i = 0; i < f->n_texts; i++)
        talloc_free(f->texts[i].starts);
    talloc_free(f->texts);
    return *d;
}

/* n characters on, or the end. */
static const char *forward(const char *p, int n)
{
    for (; *p && n > 0; n--)
        do
            p++;
        while (((unsigned char)*p >> 6) == 2);
    return p;
}

/* The line and, below it, blanks up to the caret; a long line is cut. */
static char *caret_print(TALLOC_CTX *ctx, const char *line, int column)
{
    int skip = column > SHOWN ? column - SHOWN / 2 : 0;
    const char *from = forward(line, skip), *end = forward(from, SHOWN);
    char *pad = memory_text(ctx, skip ? "   " : ""), *out;
    const char *p = from;

    for (int i = skip + 1; *p && i < column; i++, p = forward(p, 1)) {
        pad = talloc_strdup_append(pad, *p == '\t' ? "\t" : " ");
        invariant(pad);
    }
    out = text_format(ctx, "    %s%.*s%s\n    %s^\n", skip ? "..." : "",
                      (int)(end - from), from, *end ? "..." : "", pad);
    talloc_free(pad);
    return out;
}

char *diagnostic_print(TALLOC_CTX *ctx, const struct diagnostic *d)
{
    const char *caret =
        *d->line ? caret_print(ctx, d->line, d->where.column) : "";
    char place[32] = ""; /* line 0: the file as a whole is meant */

    if (d->where.line > 0)
        (void)snprintf(place, sizeof place, ":%d:%d", d->where.line,
                       d->where.column);
    return text_format(ctx, "%s%s: %s: %s\n%s%s%s%s", d->where.file, place,
                       d->severity == SEVERITY_ERROR ? "error" : "warning",
                       d->text, caret, *d->hint ? "    " : "", d->hint,
                       *d->hint ? "\n" : "");
}
