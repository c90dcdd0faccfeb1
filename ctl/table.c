/*
 * Collects the rows of one answer and prints them in the shape of their
 * command.
 *
 * Invariants:
 * 1. With JSON, standard output has one object a line and nothing else.
 * 2. Nothing that a row holds reaches a terminal as a control character.
 */
#include "ctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/cell.h"
#include "ctl/grid.h"
#include "ctl/layout.h"
#include "ctl/report.h"
#include "ctl/width.h"
#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

struct table {
    const struct verb *verb;
    struct table_options o;
    json_t *rows; /* kept for the end */
    bool had_rows;
};

static void rows_end(void *rows)
{
    json_decref(rows);
}

struct table *table_new(TALLOC_CTX *ctx, const struct verb *v,
                        const struct table_options *options)
{
    struct table *t = object_new(ctx, struct table);

    *t = (struct table){.verb = v, .o = *options, .rows = json_array()};
    (void)memory_hold(t, t->rows, rows_end);
    return t;
}

/* ---- what is written at once */

static void write_json(const struct table_options *o, const json_t *row)
{
    char *text = json_dumps(row, JSON_COMPACT);
    char *line = text && o->terminal ? width_clean(NULL, text, "") : NULL;

    if (text)
        (void)fprintf(o->out, "%s\n", line ? line : text);
    talloc_free(line);
    free(text);
}

static const char *raw_text(const json_t *row)
{
    return json_object_size(row) == 1
               ? json_string_value(json_object_get(row, "text"))
               : NULL;
}

static void write_raw(const struct table_options *o, const char *text)
{
    char *clean = o->terminal ? width_clean(NULL, text, "\n\t\r") : NULL;

    (void)fputs(clean ? clean : text, o->out);
    talloc_free(clean);
}

bool table_row(struct table *t, json_t *row)
{
    const char *raw = raw_text(row);

    t->had_rows = true;
    if (t->o.format == TABLE_JSON)
        write_json(&t->o, row);
    else if (raw)
        write_raw(&t->o, raw);
    else
        (void)json_array_append(t->rows, row);
    return !ferror(t->o.out);
}

/* ---- members and columns */

/* The members of all rows in the order in which they come first. */
static const char **members_of(TALLOC_CTX *ctx, const json_t *rows,
                               size_t *ret_n)
{
    json_t *seen = json_object(), *row, *value;
    const char **names = array_new(ctx, const char *, 1), *name;
    size_t i;

    *ret_n = 0;
    json_array_foreach(rows, i, row)
    {
        json_object_foreach(row, name, value)
        {
            if (json_object_get(seen, name))
                continue;
            (void)json_object_set_new(seen, name, json_true());
            names = array_grow(ctx, names, const char *, *ret_n + 1);
            names[(*ret_n)++] = memory_text(ctx, name);
        }
    }
    json_decref(seen);
    return names;
}

struct columns {
    const char *members[GRID_MOST], *headings[GRID_MOST];
    size_t n;
};

static const char *heading_of(TALLOC_CTX *ctx, const char *member)
{
    char *heading = memory_text_n(ctx, member, strcspn(member, "|"));

    for (char *p = heading; *p; p++)
        *p = *p == '_'                ? ' '
             : *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A')
                                      : *p;
    return heading;
}

static struct columns columns_of(TALLOC_CTX *ctx, const char *spec,
                                 const json_t *rows)
{
    char **words = text_split(ctx, spec, ' ');
    struct columns c = {.n = 0};
    const char **own;
    size_t n_own = 0;

    for (size_t i = 0; words[i] && c.n < GRID_MOST; i++) {
        char *heading = strchr(words[i], '=');

        if (heading)
            *heading++ = '\0';
        c.members[c.n] = words[i];
        c.headings[c.n++] = heading ? heading : heading_of(ctx, words[i]);
    }
    if (c.n > 0)
        return c;
    own = members_of(ctx, rows, &n_own);
    for (; c.n < n_own && c.n < GRID_MOST; c.n++) {
        c.members[c.n] = own[c.n];
        c.headings[c.n] = heading_of(ctx, own[c.n]);
    }
    return c;
}

static void print_table(TALLOC_CTX *ctx, const struct table *t,
                        const char *spec, int width)
{
    struct columns c = columns_of(ctx, spec, t->rows);
    struct grid *g;
    json_t *row;
    size_t i;

    if (c.n == 0)
        return;
    g = grid_new(ctx, c.n, c.headings, 0);
    json_array_foreach(t->rows, i, row)
    {
        const char *cells[GRID_MOST];

        for (size_t k = 0; k < c.n; k++)
            cells[k] = cell_member(g, row, c.members[k]);
        grid_add(g, cells);
    }
    grid_print(g, t->o.out, width);
}

/* ---- CSV: all members of all rows; objects inside become a.b */

static void flatten(TALLOC_CTX *ctx, json_t *flat, const char *prefix,
                    json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        char *whole = text_format(ctx, "%s%s", prefix, name);

        if (json_is_object(value))
            flatten(ctx, flat, text_format(ctx, "%s.", whole), value);
        else
            (void)json_object_set_new(flat, whole,
                                      json_string(cell_plain(ctx, value)));
    }
}

static void print_csv_line(TALLOC_CTX *ctx, const struct table_options *o,
                           const char *const *names, size_t n,
                           const json_t *row)
{
    char separator = o->separator ? o->separator : ',';

    for (size_t i = 0; i < n; i++) {
        const char *text =
            row ? json_string_value(json_object_get(row, names[i])) : names[i];

        if (i)
            (void)fputc(separator, o->out);
        (void)fputs(csv_field_between(ctx, text ? text : "", separator),
                    o->out);
    }
    (void)fputs("\r\n", o->out);
}

/* RFC 4180, in UTF-8 with the mark by which LibreOffice and Excel know it;
 * without it they guess at the characters of a name. No line "sep=;" is
 * written: Excel forgets the mark when it reads one. */
static void print_csv(TALLOC_CTX *ctx, const struct table *t)
{
    json_t *flat = json_array(), *row;
    const char **names;
    size_t i, n;

    json_array_foreach(t->rows, i, row)
    {
        json_t *one = json_object();

        flatten(ctx, one, "", row);
        (void)json_array_append_new(flat, one);
    }
    names = members_of(ctx, flat, &n);
    if (n > 0) {
        (void)fputs("\xef\xbb\xbf", t->o.out);
        print_csv_line(ctx, &t->o, names, n, NULL);
    }
    json_array_foreach(flat, i, row) print_csv_line(ctx, &t->o, names, n, row);
    json_decref(flat);
}

/* ---- the end */

static void print_text(TALLOC_CTX *ctx, const struct table *t)
{
    struct layout layout = layout_of(t->verb->id);
    int width = t->o.terminal ? t->o.width : 0;

    switch (layout.shape) {
    case SHAPE_TABLE:
        print_table(ctx, t, layout.columns, width);
        return;
    case SHAPE_BLOCK:
        report_block(ctx, t->rows, t->o.out, width);
        return;
    case SHAPE_AGENDA:
        report_agenda(ctx, t->rows, t->o.out, width);
        return;
    case SHAPE_WHY:
        report_why(ctx, t->rows, t->o.out, width);
        return;
    case SHAPE_CHECK:
        report_check(ctx, t->rows, t->o.out);
        return;
    }
}

static void print_summary(TALLOC_CTX *ctx, const struct table *t,
                          json_t *summary)
{
    char *text = width_clean(ctx, cell_print(ctx, summary), "");

    if (!*text)
        return;
    if (t->had_rows)
        (void)fputc('\n', t->o.out);
    grid_wrap(t->o.out, text, 0, t->o.terminal ? t->o.width : 0);
}

bool table_end(struct table *t, json_t *summary)
{
    TALLOC_CTX *job = talloc_new(NULL);

    if (t->o.format == TABLE_JSON) {
        if (!t->had_rows && t->verb->right != RIGHT_VIEW &&
            json_object_size(summary) > 0)
            write_json(&t->o, summary);
    } else if (t->o.format == TABLE_CSV)
        print_csv(job, t);
    else {
        print_text(job, t);
        print_summary(job, t, summary);
    }
    talloc_free(job);
    return fflush(t->o.out) == 0 && !ferror(t->o.out);
}

/* ---- progress */

void progress_show(FILE *out, int width, long long done, long long of,
                   const char *text)
{
    enum { BAR = 24 };
    long long full = of > 0 ? done * BAR / of : 0;
    char *clean = width_clean(NULL, text, "");
    int room = width - BAR - 20;

    full = full < 0 ? 0 : full > BAR ? BAR : full;
    (void)fprintf(out, "\r[%.*s%*s] %lld/%lld ", (int)full,
                  "########################", BAR - (int)full, "", done, of);
    (void)fwrite(clean, 1, width_fit(clean, room > 0 ? room : 0), out);
    (void)fputs("\033[K", out);
    (void)fflush(out);
    talloc_free(clean);
}

void progress_clear(FILE *out)
{
    (void)fputs("\r\033[K", out);
    (void)fflush(out);
}
