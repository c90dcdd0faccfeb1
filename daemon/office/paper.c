/*
 * Documents as Markdown (CommonMark with pipe tables) and as HTML. What comes
 * from data is escaped in both: no cell can open a tag, a link or a column.
 */
#include "daemon/office/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/error.h"
#include "daemon/base/memory.h"

struct paper {
    enum paper_form form;
    FILE *out;
    char *text;
    size_t size;
    size_t columns; /* of the table that is open, 0 none */
};

static const char style[] =
    "body{font:10pt/1.4 sans-serif;margin:2em auto;max-width:60em;padding:0 "
    "1em;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 1.5em}"
    "th,td{border:1px solid #888;padding:.25em .5em;text-align:left;"
    "vertical-align:top}"
    "th{background:#eee}thead{display:table-header-group}"
    "tr{break-inside:avoid}h2,h3{break-after:avoid}"
    "@media print{body{margin:0;max-width:none;padding:0}}";

static void end_stream(void *stream)
{
    struct paper *p = stream;

    if (p->out)
        (void)fclose(p->out);
    free(p->text);
}

static void put_html(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            (void)fputs("&lt;", out);
            break;
        case '>':
            (void)fputs("&gt;", out);
            break;
        case '&':
            (void)fputs("&amp;", out);
            break;
        case '"':
            (void)fputs("&quot;", out);
            break;
        default:
            (void)fputc(*text, out);
        }
}

/* What would mean something to Markdown gets a backslash. */
static void put_markdown(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            (void)fputc(' ', out);
            continue;
        }
        if (strchr("\\`*_[]<>|#", *text))
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
}

static void put(struct paper *p, const char *text)
{
    if (p->form == PAPER_HTML)
        put_html(p->out, text);
    else
        put_markdown(p->out, text);
}

static void end_table(struct paper *p)
{
    if (p->columns > 0)
        (void)fputs(p->form == PAPER_HTML ? "</tbody></table>\n" : "\n",
                    p->out);
    p->columns = 0;
}

struct paper *paper_new(TALLOC_CTX *ctx, enum paper_form form,
                        const char *title)
{
    struct paper *p = object_new(ctx, struct paper);

    p->form = form;
    p->out = open_memstream(&p->text, &p->size);
    invariant(p->out);
    (void)memory_hold(p, p, end_stream);
    if (form == PAPER_HTML) {
        (void)fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
                    "charset=\"utf-8\"><title>",
                    p->out);
        put(p, title);
        (void)fprintf(p->out, "</title><style>%s</style></head><body>\n",
                      style);
    }
    paper_heading(p, 1, title);
    return p;
}

void paper_heading(struct paper *p, int level, const char *text)
{
    end_table(p);
    if (p->form == PAPER_HTML)
        (void)fprintf(p->out, "<h%d>", level);
    else
        (void)fprintf(p->out, "%.*s ", level, "######");
    put(p, text);
    if (p->form == PAPER_HTML)
        (void)fprintf(p->out, "</h%d>\n", level);
    else
        (void)fputs("\n\n", p->out);
}

void paper_text(struct paper *p, const char *text)
{
    end_table(p);
    if (p->form == PAPER_HTML)
        (void)fputs("<p>", p->out);
    put(p, text);
    (void)fputs(p->form == PAPER_HTML ? "</p>\n" : "\n\n", p->out);
}

static void put_cells(struct paper *p, const char *const *cells,
                      const char *tag)
{
    bool html = p->form == PAPER_HTML;

    (void)fputs(html ? "<tr>" : "|", p->out);
    for (size_t i = 0; i < p->columns; i++) {
        if (html)
            (void)fprintf(p->out, "<%s>", tag);
        else
            (void)fputc(' ', p->out);
        put(p, cells[i] ? cells[i] : "");
        if (html)
            (void)fprintf(p->out, "</%s>", tag);
        else
            (void)fputs(" |", p->out);
    }
    (void)fputs(html ? "</tr>\n" : "\n", p->out);
}

void paper_table(struct paper *p, const char *const *headings, size_t n)
{
    end_table(p);
    p->columns = n;
    if (p->form == PAPER_HTML)
        (void)fputs("<table><thead>", p->out);
    put_cells(p, headings, "th");
    if (p->form == PAPER_HTML) {
        (void)fputs("</thead><tbody>\n", p->out);
        return;
    }
    (void)fputc('|', p->out);
    for (size_t i = 0; i < n; i++)
        (void)fputs(" --- |", p->out);
    (void)fputc('\n', p->out);
}

void paper_row(struct paper *p, const char *const *cells)
{
    put_cells(p, cells, "td");
}

char *paper_end(TALLOC_CTX *ctx, struct paper *p)
{
    char *text;

    end_table(p);
    if (p->form == PAPER_HTML)
        (void)fputs("</body></html>\n", p->out);
    invariant(fflush(p->out) == 0);
    text = memory_text_n(ctx, p->text, p->size);
    talloc_free(p);
    return text;
}
