/*
 * Aligned columns. Widths are display columns; the last column is never padded,
 * so no line ends in blanks. Where the terminal is too narrow for all columns,
 * the first ones stay columns and the others go below their row.
 */
#include "ctl/grid.h"

#include <stdbool.h>
#include <string.h>

#include "ctl/width.h"
#include "daemon/base/error.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { GAP = 2, NARROWEST = 16, BELOW = 4 };

struct line {
    const char *section; /* NULL: a row */
    char *cells[GRID_MOST];
};

struct grid {
    size_t n;
    int indent;
    const char *headings[GRID_MOST];
    bool headed;
    struct line *lines;
    size_t n_lines;
};

/* How a column is printed. */
struct look {
    bool shown, right;
    int width;
};

struct grid *grid_new(TALLOC_CTX *ctx, size_t n, const char *const *headings,
                      int indent)
{
    struct grid *g = object_new(ctx, struct grid);

    invariant(n > 0 && n <= GRID_MOST);
    g->n = n;
    g->indent = indent;
    g->headed = headings != NULL;
    for (size_t i = 0; headings && i < n; i++)
        g->headings[i] = width_clean(g, headings[i], "");
    return g;
}

static struct line *line_new(struct grid *g)
{
    g->lines = array_grow(g, g->lines, struct line, g->n_lines + 1);
    g->lines[g->n_lines] = (struct line){.section = NULL};
    return &g->lines[g->n_lines++];
}

void grid_add(struct grid *g, const char *const *cells)
{
    struct line *line = line_new(g);

    for (size_t i = 0; i < g->n; i++)
        line->cells[i] = width_clean(g, cells[i], "");
}

void grid_section(struct grid *g, const char *text)
{
    line_new(g)->section = width_clean(g, text, "");
}

static bool is_number(const char *cell)
{
    size_t sign = *cell == '-' || *cell == '+';
    size_t n = strspn(cell + sign, "0123456789.");

    return n > 0 && cell[sign + n] == '\0';
}

/* A column without a cell is not shown; one of numbers only goes right. */
static struct look look_at(const struct grid *g, size_t column)
{
    struct look look = {.right = true};

    for (size_t i = 0; i < g->n_lines; i++) {
        const char *cell = g->lines[i].cells[column];
        int width;

        if (g->lines[i].section || !*cell)
            continue;
        look.shown = true;
        look.right = look.right && is_number(cell);
        width = width_of(cell);
        look.width = width > look.width ? width : look.width;
    }
    if (look.shown && g->headed && width_of(g->headings[column]) > look.width)
        look.width = width_of(g->headings[column]);
    return look;
}

/* The bytes of text for one line of `width` columns: up to a blank where there
 * is one. At least one character. */
static size_t break_at(const char *text, int width)
{
    size_t fit = width_fit(text, width), blank = fit;

    if (text[fit] == '\0')
        return fit;
    while (blank > 0 && text[blank] != ' ')
        blank--;
    if (blank > 0)
        return blank;
    return fit > 0 ? fit : width_fit(text, 2);
}

void grid_wrap(FILE *out, const char *text, int indent, int width)
{
    int room = width - indent < NARROWEST ? NARROWEST : width - indent;

    while (width > 0 && width_of(text) > room) {
        size_t n = break_at(text, room);

        (void)fwrite(text, 1, n, out);
        (void)fprintf(out, "\n%*s", indent, "");
        text += n + strspn(text + n, " ");
    }
    (void)fprintf(out, "%s\n", text);
}

/* Of the first n columns. */
static size_t last_cell(const struct look *looks, const char *const *cells,
                        size_t n)
{
    size_t last = 0;

    for (size_t i = 0; i < n; i++)
        if (looks[i].shown && *cells[i])
            last = i;
    return last;
}

/* How many of the columns stand beside each other: all, where what is left for
 * the last one is enough to wrap it in, or else those that fit whole. */
static size_t beside(const struct grid *g, const struct look *looks, int width)
{
    int at = g->indent;
    size_t last = 0, fit = 0;

    for (size_t i = 0; i < g->n; i++)
        if (looks[i].shown)
            last = i;
    for (size_t i = 0; width > 0 && i < g->n; i++) {
        int least = looks[i].width;

        if (!looks[i].shown)
            continue;
        if (i == last && least > NARROWEST)
            least = NARROWEST;
        if (at > g->indent && at + least > width)
            return fit;
        at += looks[i].width + GAP;
        fit = i + 1;
    }
    return g->n;
}

/* "LAST POLL" as "last poll". */
static char *lower(TALLOC_CTX *ctx, const char *heading)
{
    char *text = memory_text(ctx, heading);

    for (char *p = text; *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    return text;
}

/* The cells from column `first` on, each with its heading. */
static void print_below(const struct grid *g, const struct look *looks,
                        const char *const *cells, size_t first, FILE *out,
                        int width)
{
    TALLOC_CTX *job = talloc_new(NULL);
    int indent = g->indent + BELOW;
    const char *text = "";

    for (size_t i = first; i < g->n; i++) {
        if (!looks[i].shown || !*cells[i])
            continue;
        text = text_format(job, "%s%s%s%s%s", text, *text ? "; " : "",
                           g->headed ? lower(job, g->headings[i]) : "",
                           g->headed ? ": " : "", cells[i]);
    }
    if (*text) {
        (void)fprintf(out, "%*s", indent, "");
        grid_wrap(out, text, indent, width);
    }
    talloc_free(job);
}

static void print_cells(const struct grid *g, const struct look *looks,
                        const char *const *cells, size_t n, FILE *out,
                        int width)
{
    size_t last = last_cell(looks, cells, n);
    int column = g->indent;

    (void)fprintf(out, "%*s", g->indent, "");
    for (size_t i = 0; i <= last; i++) {
        int pad = looks[i].width - width_of(cells[i]);

        if (!looks[i].shown)
            continue;
        if (looks[i].right)
            (void)fprintf(out, "%*s", pad, "");
        if (i == last) {
            column += looks[i].right ? pad : 0;
            grid_wrap(out, cells[i], column, width);
            return;
        }
        (void)fprintf(out, "%s%*s", cells[i], GAP + (looks[i].right ? 0 : pad),
                      "");
        column += looks[i].width + GAP;
    }
    (void)fputc('\n', out);
}

void grid_print(const struct grid *g, FILE *out, int width)
{
    struct look looks[GRID_MOST];
    size_t n;

    for (size_t i = 0; i < g->n; i++)
        looks[i] = look_at(g, i);
    n = beside(g, looks, width);
    if (g->headed && g->n_lines > 0)
        print_cells(g, looks, g->headings, n, out, width);
    for (size_t i = 0; i < g->n_lines; i++) {
        const struct line *line = &g->lines[i];
        const char *const *cells = (const char *const *)line->cells;

        if (line->section) {
            (void)fprintf(out, "%s%s\n", i > 0 ? "\n" : "", line->section);
            continue;
        }
        print_cells(g, looks, cells, n, out, width);
        print_below(g, looks, cells, n, out, width);
    }
}
