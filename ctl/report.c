/*
 * Blocks, agendas, reasons and findings for people.
 */
#include "ctl/report.h"

#include <string.h>

#include "ctl/cell.h"
#include "ctl/grid.h"
#include "ctl/width.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return text ? text : "";
}

/* ---- blocks */

static int key_width(json_t *row)
{
    const char *name;
    json_t *value;
    int widest = 0;

    json_object_foreach(row, name, value)
    {
        int width = width_of(name);

        widest = width > widest ? width : widest;
    }
    return widest;
}

/* One thing a line where a list holds objects. */
static void block_list(TALLOC_CTX *ctx, json_t *list, FILE *out, int indent,
                       int width)
{
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        if (i > 0)
            (void)fprintf(out, "%*s", indent, "");
        grid_wrap(out, width_clean(ctx, cell_print(ctx, one), ""), indent,
                  width);
    }
}

/* The first list of objects inside an object, NULL when it has none. */
static json_t *list_inside(json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        if (json_is_object(json_array_get(value, 0)))
            return value;
    }
    return NULL;
}

/* An object that has a list: what is said of the whole, then one thing a line.
 * What each of them says for itself is not said of the whole again. */
static void block_parts(TALLOC_CTX *ctx, json_t *object, json_t *list,
                        FILE *out, int indent, int width)
{
    json_t *whole = json_object(), *value;
    const char *name;

    json_object_foreach(object, name, value)
    {
        if (value != list && !json_object_get(json_array_get(list, 0), name))
            (void)json_object_set(whole, name, value);
    }
    if (json_object_size(whole) > 0) {
        grid_wrap(out, width_clean(ctx, cell_print(ctx, whole), ""), indent,
                  width);
        (void)fprintf(out, "%*s", indent, "");
    }
    block_list(ctx, list, out, indent, width);
    json_decref(whole);
}

/* Text of several lines keeps them: a mail, a note. */
static void block_lines(TALLOC_CTX *ctx, const char *text, FILE *out)
{
    (void)fputc('\n', out);
    while (*text) {
        size_t n = strcspn(text, "\n");
        char *line = memory_text_n(ctx, text, n);

        if (n > 0 && line[n - 1] == '\r')
            line[n - 1] = '\0';
        (void)fprintf(out, "%s%s\n", *line ? "    " : "",
                      width_clean(ctx, line, "\t"));
        text += n + (text[n] == '\n');
    }
}

static void block_print(TALLOC_CTX *ctx, json_t *row, FILE *out, int width)
{
    int indent = key_width(row) + 2;
    const char *name;
    json_t *value;

    json_object_foreach(row, name, value)
    {
        char *key = width_clean(ctx, name, ""), *text;

        for (char *p = key; *p; p++)
            *p = *p == '_' ? ' ' : *p;
        (void)fprintf(out, "%s:", key);
        if (json_is_string(value) && strchr(json_string_value(value), '\n')) {
            block_lines(ctx, json_string_value(value), out);
            continue;
        }
        (void)fprintf(out, "%*s", indent - width_of(key) - 1, "");
        if (json_is_object(json_array_get(value, 0))) {
            block_list(ctx, value, out, indent, width);
            continue;
        }
        if (list_inside(value)) {
            block_parts(ctx, value, list_inside(value), out, indent, width);
            continue;
        }
        text = width_clean(ctx, cell_print(ctx, value), "");
        grid_wrap(out, *text ? text : "-", indent, width);
    }
}

void report_block(TALLOC_CTX *ctx, const json_t *rows, FILE *out, int width)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        if (i > 0)
            (void)fputc('\n', out);
        block_print(ctx, row, out, width);
    }
}

/* ---- agendas */

/* "SOM+1:JP" of "MINISTERIAL-2027/SOM+1:JP". */
static const char *short_name(const json_t *row)
{
    const char *item = text_of(row, "item"), *slash = strchr(item, '/');

    return slash ? slash + 1 : *item ? item : text_of(row, "code");
}

static const char *clock_range(TALLOC_CTX *ctx, const json_t *row)
{
    const char *start = text_of(row, "start"), *end = text_of(row, "end");

    if (strlen(start) != 16 || strlen(end) != 16)
        return "";
    return text_format(ctx, "%s-%s", start + 11, end + 11);
}

static const char *day_title(TALLOC_CTX *ctx, const json_t *row)
{
    const char *start = text_of(row, "start"), *zone = text_of(row, "zone");
    char *date = memory_text_n(ctx, start, 10);

    if (!*start)
        return "without a time";
    return text_format(ctx, "%s%s%s%s", cell_time(ctx, date), *zone ? " (" : "",
                       zone, *zone ? ")" : "");
}

/* What an officer looks at every day is not said: only other states are. */
static const char *unusual_status(const json_t *row)
{
    const char *status = text_of(row, "status");

    return strcmp(status, "proposed") == 0 ? "" : status;
}

/* When it begins on the partner's own clock: "[20:00 Mon America/New_York]" of
 * "Mon 20:00 .. 20:45"; the weekday only where it is another day there. */
static const char *partner_clock(TALLOC_CTX *ctx, const json_t *row)
{
    const char *time = text_of(row, "partner_time");
    const char *zone = text_of(row, "partner_zone");
    size_t n = strcspn(time, " ");
    const char *day = "", *start = memory_text_n(ctx, time, n);

    if (!*time)
        return "";
    if (!strchr(start, ':') && time[n]) {
        day = start;
        start = memory_text_n(ctx, time + n + 1, strcspn(time + n + 1, " "));
    }
    return text_format(ctx, "[%s%s%s%s%s]", start, *day ? " " : "", day,
                       *zone ? " " : "", zone);
}

void report_agenda(TALLOC_CTX *ctx, const json_t *rows, FILE *out, int width)
{
    struct grid *g = grid_new(ctx, 6, NULL, 2);
    const char *day = NULL;
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *title = day_title(g, row);
        const char *cells[] = {clock_range(g, row),
                               short_name(row),
                               cell_member(g, row, "bodies|people"),
                               partner_clock(g, row),
                               unusual_status(row),
                               text_of(row, "title")};

        if (!day || strcmp(day, title) != 0)
            grid_section(g, title);
        day = title;
        grid_add(g, cells);
    }
    grid_print(g, out, width);
}

/* ---- reasons */

static void reason_print(TALLOC_CTX *ctx, const json_t *row, FILE *out,
                         int width)
{
    enum { INDENT = 6 };
    const char *kind = text_of(row, "kind"), *at = text_of(row, "at");
    const char *rule = text_of(row, "rule"), *text = text_of(row, "text");
    json_int_t cost = json_integer_value(json_object_get(row, "cost"));
    char *head = text_format(ctx, "%s", rule);

    if (*at)
        head = text_format(ctx, "%s  (%s)", head, at);
    if (cost != 0)
        head = text_format(ctx, "%s, costs %lld", head, (long long)cost);
    (void)fprintf(out, "%-*s", INDENT, width_clean(ctx, kind, ""));
    grid_wrap(out, width_clean(ctx, head, ""), INDENT, width);
    if (!*text)
        return;
    (void)fprintf(out, "%*s", INDENT, "");
    grid_wrap(out, width_clean(ctx, text, ""), INDENT, width);
}

static void other_add(struct grid *g, json_t *row)
{
    json_int_t cost = json_integer_value(json_object_get(row, "cost"));
    bool impossible = json_is_false(json_object_get(row, "possible"));
    const char *cells[] = {
        cell_member(g, row, "start"),
        impossible ? "not possible" : text_format(g, "+%lld", (long long)cost),
        cell_member(g, row, "reasons"),
    };

    grid_add(g, cells);
}

void report_why(TALLOC_CTX *ctx, const json_t *rows, FILE *out, int width)
{
    struct grid *others = grid_new(ctx, 3, NULL, 2);
    size_t i, n_others = 0;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (json_object_get(row, "rule"))
            reason_print(ctx, row, out, width);
        else if (json_object_get(row, "start")) {
            if (n_others++ == 0)
                grid_section(others, "Other dates");
            other_add(others, row);
        } else
            block_print(ctx, row, out, width);
    }
    if (n_others > 0 && n_others < json_array_size(rows))
        (void)fputc('\n', out);
    grid_print(others, out, width);
}

/* ---- findings */

/* n characters on, or the end. */
static const char *forward(const char *p, json_int_t n)
{
    for (; *p && n > 0; n--)
        do
            p++;
        while (((unsigned char)*p >> 6) == 2);
    return p;
}

/* The line and a caret below the column; of a long line the part around it. */
static void caret_print(const char *line, json_int_t column, FILE *out)
{
    enum { SHOWN = 100 };
    json_int_t skip = column > SHOWN ? column - SHOWN / 2 : 0;
    const char *from = forward(line, skip), *end = forward(from, SHOWN);

    (void)fprintf(out, "    %s%.*s%s\n    %s", skip ? "..." : "",
                  (int)(end - from), from, *end ? "..." : "",
                  skip ? "   " : "");
    for (json_int_t i = skip + 1; *from && i < column; i++) {
        (void)fputc(*from == '\t' ? '\t' : ' ', out);
        from = forward(from, 1);
    }
    (void)fputs("^\n", out);
}

/* "file:line:column: error: text" with what there is of it. */
static char *finding_head(TALLOC_CTX *ctx, const json_t *row)
{
    json_int_t line = json_integer_value(json_object_get(row, "line"));
    json_int_t column = json_integer_value(json_object_get(row, "column"));
    char *text = text_format(ctx, "%s", text_of(row, "file"));

    if (line > 0)
        text = text_format(ctx, "%s:%lld", text, (long long)line);
    if (line > 0 && column > 0)
        text = text_format(ctx, "%s:%lld", text, (long long)column);
    return text_format(ctx, "%s: %s: %s", text, text_of(row, "severity"),
                       text_of(row, "text"));
}

void report_check(TALLOC_CTX *ctx, const json_t *rows, FILE *out)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *line = width_clean(ctx, text_of(row, "source"), "\t");
        json_int_t column = json_integer_value(json_object_get(row, "column"));

        (void)fprintf(out, "%s\n",
                      width_clean(ctx, finding_head(ctx, row), ""));
        if (*line)
            caret_print(line, column, out);
        if (*text_of(row, "hint"))
            (void)fprintf(out, "    %s\n",
                          width_clean(ctx, text_of(row, "hint"), ""));
    }
}
