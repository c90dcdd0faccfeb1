/*
 * Aligned columns. Widths are display columns; the last column is never padded,
 * so no line ends in blanks.
 */
#include "ctl/grid.h"

#include <stdbool.h>
#include <string.h>

#include "ctl/width.h"
#include "daemon/base/error.h"
#include "daemon/base/memory.h"

enum { GAP = 2, NARROWEST = 16 };

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

static size_t last_cell(const struct look *looks, const char *const *cells,
                        size_t n)
{
    size_t last = 0;

    for (size_t i = 0; i < n; i++)
        if (looks[i].shown && *cells[i])
            last = i;
    return last;
}

static void print_cells(const struct grid *g, const struct look *looks,
                        const char *const *cells, FILE *out, int width)
{
    size_t last = last_cell(looks, cells, g->n);
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

    for (size_t i = 0; i < g->n; i++)
        looks[i] = look_at(g, i);
    if (g->headed && g->n_lines > 0)
        print_cells(g, looks, g->headings, out, width);
    for (size_t i = 0; i < g->n_lines; i++) {
        const struct line *line = &g->lines[i];

        if (!line->section)
            print_cells(g, looks, (const char *const *)line->cells, out, width);
        else
            (void)fprintf(out, "%s%s\n", i > 0 ? "\n" : "", line->section);
    }
}
