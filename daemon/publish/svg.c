/*
 * The picture of a year.
 *
 * 1. Looks are presentation attributes; classes let a page's sheet override
 *    them (dark mode).
 * 2. Labels of one row never overlap: an edition whose label would run into
 *    another's goes one lane down.
 */
#include "daemon/publish/svg.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_text.h"

#define WIDTH  1000
#define LEFT   132 /* where the months begin */
#define RIGHT  992
#define LANE   22
#define BAR    13
#define LANES  8
#define LETTER 6.2 /* width of a label's letter, on the wide side */
#define FONT   "system-ui, -apple-system, 'Segoe UI', sans-serif"
#define INK    "#1c2733"
#define QUIET  "#51606e"
#define LINE   "#d5dce3"
#define SHADE  "#f3f6f9"
#define ACCENT "#1b4f8a"
#define TODAY  "#b3261e"

/* One edition's bar and label. */
struct bar {
    const struct edition *edition;
    double x, width;   /* of the bar */
    double from, to;   /* of bar and label */
    bool label_before; /* left of the bar */
    char *label;
    int lane;
};

struct picture {
    TALLOC_CTX *ctx;
    const struct svg_year *in;
    char *text;
    struct date first, last; /* whole months */
    double y;
};

static void put(struct picture *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void put(struct picture *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    p->text = talloc_vasprintf_append_buffer(p->text, fmt, ap);
    va_end(ap);
    invariant(p->text);
}

/* Text fit for XML, on the picture's ctx. */
static char *escaped(const struct picture *p, const char *text)
{
    char *clean = feed_clean_line(p->ctx, text ? text : "");
    char *all = array_new(p->ctx, char, 6 * strlen(clean) + 1), *to = all;

    for (const char *c = clean; *c; c++) {
        const char *with = *c == '&'   ? "&amp;"
                           : *c == '<' ? "&lt;"
                           : *c == '>' ? "&gt;"
                           : *c == '"' ? "&quot;"
                                       : NULL;

        if (with)
            to = stpcpy(to, with);
        else if (*c != '\t')
            *to++ = *c;
    }
    *to = '\0';
    return all;
}

/* ------------------------------------------------------------- what is shown
 */

static bool is_shown(const struct svg_year *in, const struct edition *e)
{
    return e->cycle == in->cycle && !date_is_none(e->start) &&
           (e->status == EDITION_PROPOSED || e->status == EDITION_CONFIRMED ||
            e->status == EDITION_CANCELLED || e->status == EDITION_HELD);
}

static struct date month_first(struct date d)
{
    struct civil c = date_civil(d);

    return date_of(c.year, c.month, 1);
}

/* The cycle's months, and those around that its editions reach into. */
static void set_range(struct picture *p)
{
    const struct plan *v = p->in->version;
    const struct rules *r = p->in->rules;
    struct date first = cycle_first(r->sectors, p->in->cycle),
                last = cycle_last(r->sectors, p->in->cycle);

    for (size_t i = 1; i < r->n_sectors; i++) {
        struct date from = cycle_first(&r->sectors[i], p->in->cycle),
                    to = cycle_last(&r->sectors[i], p->in->cycle);

        first = from.day < first.day ? from : first;
        last = to.day > last.day ? to : last;
    }
    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (!is_shown(p->in, e))
            continue;
        if (e->start.day < first.day)
            first = e->start;
        if (e->end.day > last.day)
            last = e->end;
    }
    p->first = month_first(first);
    p->last = date_add_days(date_add_months(month_first(last), 1), -1);
}

static double x_of(const struct picture *p, struct date d)
{
    return LEFT + (RIGHT - LEFT) * (double)(d.day - p->first.day) /
                      (double)(p->last.day - p->first.day + 1);
}

/* ------------------------------------------------------------------- a row */

/* "18–22 Jan · Bandar Seri Begawan" */
static char *label_of(const struct picture *p, const struct edition *e)
{
    struct civil a = date_civil(e->start), b = date_civil(e->end);
    const struct member *host = rules_member(p->in->rules, e->host);
    const char *place = e->city[0] ? e->city : host ? host->name : e->host;
    char *days;

    if (e->start.day == e->end.day)
        days = text_format(p->ctx, "%d %s", a.day, month_short(a.month));
    else if (a.month == b.month)
        days =
            text_format(p->ctx, "%d–%d %s", a.day, b.day, month_short(a.month));
    else
        days = text_format(p->ctx, "%d %s–%d %s", a.day, month_short(a.month),
                           b.day, month_short(b.month));
    return text_format(p->ctx, "%s%s%s", days, place[0] ? " · " : "", place);
}

static size_t letters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static struct bar bar_of(const struct picture *p, const struct edition *e)
{
    struct bar b = {.edition = e, .label = label_of(p, e)};
    double room = LETTER * (double)letters(b.label) + 6;

    b.x = x_of(p, e->start);
    b.width = x_of(p, date_add_days(e->end, 1)) - b.x;
    if (b.width < 5)
        b.width = 5;
    b.label_before = b.x + b.width + room > RIGHT && b.x - room > LEFT;
    b.from = b.label_before ? b.x - room : b.x;
    b.to = b.label_before ? b.x + b.width : b.x + b.width + room;
    return b;
}

/* Gives every bar the first lane in which it touches no other. */
static int settle_lanes(struct bar *bars, size_t n)
{
    int most = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            if (bars[j].lane == bars[i].lane && bars[j].to > bars[i].from &&
                bars[j].from < bars[i].to && bars[i].lane < LANES) {
                bars[i].lane++;
                j = (size_t)-1; /* look again from the first */
            }
        if (bars[i].lane > most)
            most = bars[i].lane;
    }
    return most + 1;
}

static void put_bar(struct picture *p, const struct bar *b)
{
    bool gone = b->edition->status == EDITION_CANCELLED;
    double y = p->y + LANE * b->lane + 5, middle = y + BAR / 2.0;
    const char *status = edition_status_word(b->edition->status);

    put(p,
        "<rect class=\"bar bar-%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
        "height=\"%d\" rx=\"2\" %s/>\n",
        status, b->x, y, b->width, BAR,
        gone ? "fill=\"none\" stroke=\"" QUIET "\""
        : b->edition->status == EDITION_PROPOSED
            ? "fill=\"url(#hatch)\" stroke=\"" ACCENT "\""
        : b->edition->status == EDITION_HELD ? "fill=\"" QUIET "\""
                                             : "fill=\"" ACCENT "\"");
    if (gone)
        put(p,
            "<path class=\"strike\" d=\"M%.1f %.1fH%.1f\" stroke=\"" QUIET
            "\"/>\n",
            b->x - 2, middle, b->x + b->width + 2);
    put(p,
        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" font-size=\"11.5\" "
        "fill=\"%s\"%s%s>%s</text>\n",
        gone ? "quiet" : "ink",
        b->label_before ? b->x - 5 : b->x + b->width + 5, y + BAR - 2.5,
        gone ? QUIET : INK, b->label_before ? " text-anchor=\"end\"" : "",
        gone ? " text-decoration=\"line-through\"" : "", escaped(p, b->label));
}

/* A cluster's row; nothing when it has no edition to show. */
static void put_row(struct picture *p, const char *cluster, bool *odd)
{
    const struct plan *v = p->in->version;
    struct bar *bars = array_new(p->ctx, struct bar, v->n_editions);
    size_t n = 0;
    double height;

    for (size_t i = 0; i < v->n_editions; i++)
        if (is_shown(p->in, &v->editions[i]) &&
            strcmp(v->editions[i].cluster, cluster) == 0)
            bars[n++] = bar_of(p, &v->editions[i]);
    if (n == 0)
        return;
    height = LANE * settle_lanes(bars, n) + 2;
    if ((*odd = !*odd))
        put(p,
            "<rect class=\"shade\" x=\"0\" y=\"%.1f\" width=\"%d\" "
            "height=\"%.1f\" fill=\"" SHADE "\"/>\n",
            p->y, WIDTH, height);
    put(p,
        "<text class=\"ink\" x=\"8\" y=\"%.1f\" font-size=\"12.5\" "
        "font-weight=\"600\" fill=\"" INK "\">%s</text>\n",
        p->y + 16, escaped(p, cluster));
    for (size_t i = 0; i < n; i++)
        put_bar(p, &bars[i]);
    p->y += height;
}

/* Rows in the order of their first editions. */
static void put_rows(struct picture *p)
{
    const struct plan *v = p->in->version;
    bool odd = false;

    for (size_t i = 0; i < v->n_editions; i++) {
        bool seen = !is_shown(p->in, &v->editions[i]);

        for (size_t j = 0; j < i && !seen; j++)
            seen = is_shown(p->in, &v->editions[j]) &&
                   strcmp(v->editions[i].cluster, v->editions[j].cluster) == 0;
        if (!seen)
            put_row(p, v->editions[i].cluster, &odd);
    }
}

/* --------------------------------------------------------------- the frame */

static void put_months(struct picture *p, double top)
{
    for (struct date d = p->first; d.day <= p->last.day;
         d = date_add_months(d, 1)) {
        struct date next = date_add_months(d, 1);
        struct civil c = date_civil(d);

        put(p,
            "<path class=\"line\" d=\"M%.1f %.1fV%.1f\" stroke=\"" LINE
            "\"/>\n",
            x_of(p, d), top, p->y);
        put(p,
            "<text class=\"quiet\" x=\"%.1f\" y=\"%.1f\" font-size=\"12\" "
            "text-anchor=\"middle\" fill=\"" QUIET "\">%s</text>\n",
            (x_of(p, d) + x_of(p, next)) / 2, top + 15, month_short(c.month));
    }
}

static void put_today(struct picture *p, double top)
{
    double x = x_of(p, p->in->today) + 1;

    if (p->in->today.day < p->first.day || p->in->today.day > p->last.day)
        return;
    put(p,
        "<path class=\"today\" d=\"M%.1f %.1fV%.1f\" stroke=\"" TODAY
        "\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>\n",
        x, top, p->y);
}

static bool has_status(const struct picture *p, enum edition_status status)
{
    const struct plan *v = p->in->version;

    for (size_t i = 0; i < v->n_editions; i++)
        if (is_shown(p->in, &v->editions[i]) && v->editions[i].status == status)
            return true;
    return false;
}

static void put_key(struct picture *p, double *x, const char *word,
                    const char *looks)
{
    put(p,
        "<rect class=\"bar bar-%s\" x=\"%.1f\" y=\"%.1f\" width=\"18\" "
        "height=\"10\" rx=\"2\" %s/><text class=\"quiet\" x=\"%.1f\" "
        "y=\"%.1f\" font-size=\"11.5\" fill=\"" QUIET "\">%s</text>\n",
        word, *x, p->y + 10, looks, *x + 24, p->y + 19, word);
    *x += 40 + LETTER * (double)strlen(word);
}

static void put_legend(struct picture *p)
{
    double x = LEFT;

    if (has_status(p, EDITION_CONFIRMED))
        put_key(p, &x, "confirmed", "fill=\"" ACCENT "\"");
    if (has_status(p, EDITION_PROPOSED))
        put_key(p, &x, "proposed",
                "fill=\"url(#hatch)\" stroke=\"" ACCENT "\"");
    if (has_status(p, EDITION_HELD))
        put_key(p, &x, "held", "fill=\"" QUIET "\"");
    if (has_status(p, EDITION_CANCELLED))
        put_key(p, &x, "cancelled", "fill=\"none\" stroke=\"" QUIET "\"");
    if (p->in->today.day >= p->first.day && p->in->today.day <= p->last.day)
        put(p,
            "<path class=\"today\" d=\"M%.1f %.1fh18\" stroke=\"" TODAY
            "\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>"
            "<text class=\"quiet\" x=\"%.1f\" y=\"%.1f\" font-size=\"11.5\" "
            "fill=\"" QUIET "\">today</text>\n",
            x, p->y + 15, x + 24, p->y + 19);
    p->y += 30;
}

static char *opening(struct picture *p)
{
    const char *title = escaped(p, p->in->title);

    return text_format(
        p->ctx,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"year\" role=\"img\" "
        "aria-labelledby=\"year-title year-text\" viewBox=\"0 0 %d %.0f\" "
        "%sfont-family=\"" FONT "\">\n"
        "<title id=\"year-title\">%s</title>\n"
        "<desc id=\"year-text\">A row per cluster of meetings, months from "
        "left to right; a bar where a cluster is held, with its days and its "
        "city.</desc>\n"
        "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" "
        "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
        "<rect class=\"paper\" width=\"5\" height=\"5\" fill=\"#fff\"/>"
        "<path class=\"hatch\" d=\"M1 0V5\" stroke=\"" ACCENT
        "\" stroke-width=\"1.6\"/></pattern></defs>\n",
        WIDTH, p->y,
        p->in->standalone
            ? text_format(p->ctx, "width=\"%d\" height=\"%.0f\" ", WIDTH, p->y)
            : "",
        title);
}

char *svg_year(TALLOC_CTX *ctx, const struct svg_year *in)
{
    TALLOC_CTX *job = talloc_new(NULL);
    struct picture p = {.ctx = job, .in = in, .text = memory_text(job, "")};
    double top;
    char *all;

    set_range(&p);
    if (in->standalone) {
        put(&p,
            "<text x=\"8\" y=\"28\" font-size=\"18\" font-weight=\"600\" "
            "fill=\"" INK "\">%s</text>\n",
            escaped(&p, in->title));
        p.y = 44;
    }
    top = p.y;
    p.y += 24;
    put_rows(&p);
    put_months(&p, top);
    put_today(&p, top + 20);
    put_legend(&p);
    all = text_format(
        ctx, "%s%s%s%s</svg>\n",
        in->standalone ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "",
        opening(&p),
        in->standalone ? "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
                         "\n"
                       : "",
        p.text);
    talloc_free(job);
    return all;
}
