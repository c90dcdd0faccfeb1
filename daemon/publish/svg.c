/*
 * The picture of a year.
 *
 * 1. Looks are presentation attributes; classes let a page's sheet override
 *    them (dark mode).
 * 2. Labels of one row never overlap: an edition whose label would run into
 *    another's goes one lane down. No label is wider than there is room for on
 *    one side of its bar.
 * 3. What is behind is drawn first: stripes, months, today; then bars and
 *    labels, which keep a rim of their stripe's colour around them.
 * 4. Where there are several sectors, their rows stand together below the
 *    sector's title, in the order of the rules; with one nothing is said.
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
#define TALL   440 /* a picture that wants a sheet of its own */
#define TITLE  26  /* height of a sector's title above its rows */
#define HEAD   ((RIGHT - 16) * LETTER / 9) /* a title's at most, in capitals */
#define LETTER 6.2 /* width of a label's letter, on the wide side */
#define WIDE   12  /* of a letter of the wide scripts */
#define BOLD   0.8 /* what a bold one has more */
#define LABEL  400 /* a label's width at most: one side of any bar has it */
#define NAME   ((LEFT - 12) / 8.4) /* letters of a row's name at most */
#define FONT   "system-ui, -apple-system, 'Segoe UI', sans-serif"
#define INK    "#1c2733"
#define QUIET  "#51606e"
#define LINE   "#d5dce3"
#define SHADE  "#f3f6f9"
#define PAPER  "#ffffff"
#define ACCENT "#1b4f8a"
#define TODAY  "#b3261e"

/* One edition's bar and label. */
struct bar {
    const struct edition *edition;
    double x, width;   /* of the bar */
    double from, to;   /* of bar and label */
    bool label_before; /* left of the bar */
    char *days, *place;
    int lane;
};

/* A cluster's row. */
struct row {
    const char *cluster;
    const struct sector *titled; /* its title stands above; NULL: none does */
    struct bar *bars;
    size_t n;
    double y, height;
    bool striped;
};

struct picture {
    TALLOC_CTX *ctx;
    const struct svg_year *in;
    char *text;
    struct date first, last; /* whole months */
    struct row *rows;
    size_t n;
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

/* "18–22 Jan" */
static char *days_of(const struct picture *p, const struct edition *e)
{
    struct civil a = date_civil(e->start), b = date_civil(e->end);

    if (e->start.day == e->end.day)
        return text_format(p->ctx, "%d %s", a.day, month_short(a.month));
    if (a.month == b.month)
        return text_format(p->ctx, "%d–%d %s", a.day, b.day,
                           month_short(a.month));
    return text_format(p->ctx, "%d %s–%d %s", a.day, month_short(a.month),
                       b.day, month_short(b.month));
}

static bool is_inner(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Letters of scripts other than Latin, Greek and Cyrillic; Vietnamese is
 * Latin, and dashes are narrow. */
static bool is_wide(const char *letter)
{
    unsigned char c = (unsigned char)letter[0], d = (unsigned char)letter[1];

    return c >= 0xe0 && c != 0xe2 && !(c == 0xe1 && (d == 0xba || d == 0xbb));
}

static double width_of(const char *text)
{
    double width = 0;

    for (; *text; text++)
        width += is_inner(*text) ? 0 : is_wide(text) ? WIDE : LETTER;
    return width;
}

/* As much of the text as is that wide, on the picture's ctx. */
static char *clipped(const struct picture *p, const char *text, double most)
{
    char *all = memory_text(p->ctx, text), cut;
    size_t n = strlen(all);

    if (width_of(all) <= most)
        return all;
    do { /* whole letters, and room for the dots */
        cut = all[--n];
        all[n] = '\0';
    } while (n > 0 && (is_inner(cut) || width_of(all) > most - LETTER));
    return text_format(p->ctx, "%s…", all);
}

/* "Bandar Seri Begawan, Brunei Darussalam"; the host alone where both are too
 * much. */
static char *place_of(const struct picture *p, const struct edition *e,
                      double most)
{
    const struct member *host = rules_member(p->in->rules, e->host);
    const char *name = host ? host->name : e->host;
    char *both = !e->city[0] || text_same(e->city, name)
                     ? memory_text(p->ctx, name)
                 : name[0] ? text_format(p->ctx, "%s, %s", e->city, name)
                           : memory_text(p->ctx, e->city);

    return width_of(both) <= most ? both
                                  : clipped(p, name[0] ? name : e->city, most);
}

static struct bar bar_of(const struct picture *p, const struct edition *e)
{
    struct bar b = {.edition = e, .days = days_of(p, e)};
    double days = width_of(b.days) + BOLD * (double)strlen(b.days) + 14, room;

    b.place = place_of(p, e, LABEL - days);
    if (e->status == EDITION_CANCELLED)
        b.place = text_format(p->ctx, "%s, cancelled", b.place);
    room = days + width_of(b.place);
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

static enum edition_status status_of(const struct picture *p,
                                     const struct edition *e)
{
    return edition_status_on(e, p->in->today);
}

/* What is said of a bar that is pointed at. */
static char *legend_of(const struct picture *p, const struct bar *b)
{
    const struct edition *e = b->edition;
    char n[16] = "", dates[96];

    if (e->n > 0)
        (void)snprintf(n, sizeof n, "/%d", e->n);
    return text_format(
        p->ctx, "%s %d%s: %s, %s (%s)", e->title[0] ? e->title : e->cluster,
        e->cycle, n, date_range_print(e->start, e->end, dates, sizeof dates),
        place_of(p, e, 1e9), edition_status_word(status_of(p, e)));
}

static void put_label(struct picture *p, const struct bar *b, bool striped,
                      double y)
{
    bool gone = b->edition->status == EDITION_CANCELLED;

    put(p,
        "<text class=\"%s %s\" x=\"%.1f\" y=\"%.1f\" font-size=\"11.5\" "
        "fill=\"%s\" stroke=\"%s\" stroke-width=\"3\" "
        "stroke-linejoin=\"round\" paint-order=\"stroke\"%s>"
        "<tspan font-weight=\"600\">%s</tspan> %s</text>\n",
        gone ? "quiet" : "ink", striped ? "rim-shade" : "rim",
        b->label_before ? b->x - 5 : b->x + b->width + 5, y + BAR - 2.5,
        gone ? QUIET : INK, striped ? SHADE : PAPER,
        b->label_before ? " text-anchor=\"end\"" : "", escaped(p, b->days),
        escaped(p, b->place));
}

static void put_bar(struct picture *p, const struct bar *b,
                    const struct row *row)
{
    enum edition_status status = status_of(p, b->edition);
    double y = row->y + LANE * b->lane + 5;

    put(p,
        "<g><title>%s</title><rect class=\"bar bar-%s\" x=\"%.1f\" "
        "y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\" %s/>\n",
        escaped(p, legend_of(p, b)), edition_status_word(status), b->x, y,
        b->width, BAR,
        status == EDITION_CANCELLED  ? "fill=\"none\" stroke=\"" QUIET "\""
        : status == EDITION_PROPOSED ? "fill=\"url(#hatch)\" stroke=\"" ACCENT
                                       "\""
        : status == EDITION_HELD ? "fill=\"" QUIET "\""
                                 : "fill=\"" ACCENT "\"");
    if (status == EDITION_CANCELLED)
        put(p,
            "<path class=\"strike\" d=\"M%.1f %.1fH%.1f\" stroke=\"" QUIET
            "\"/>\n",
            b->x - 2, y + BAR / 2.0, b->x + b->width + 2);
    put_label(p, b, row->striped, y);
    put(p, "</g>\n");
}

/* ------------------------------------------------------------- all the rows */

/* The row of a cluster, below those so far and below a title if any. */
static void lay_row(struct picture *p, const char *cluster,
                    const struct sector *titled)
{
    const struct plan *v = p->in->version;
    struct row row = {.cluster = cluster,
                      .titled = titled,
                      .bars = array_new(p->ctx, struct bar, v->n_editions),
                      .y = p->y,
                      .striped = p->n % 2 == 0};

    for (size_t i = 0; i < v->n_editions; i++)
        if (is_shown(p->in, &v->editions[i]) &&
            strcmp(v->editions[i].cluster, cluster) == 0)
            row.bars[row.n++] = bar_of(p, &v->editions[i]);
    row.height = LANE * settle_lanes(row.bars, row.n) + 2;
    p->rows = array_grow(p->ctx, p->rows, struct row, p->n + 1);
    p->rows[p->n++] = row;
    p->y += row.height;
}

static bool has_row(const struct picture *p, const char *cluster)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(cluster, p->rows[i].cluster) == 0)
            return true;
    return false;
}

/* A sector's rows, in the order of their first editions. */
static void lay_sector(struct picture *p, const struct sector *s)
{
    const struct plan *v = p->in->version;
    const struct sector *title = p->in->rules->n_sectors > 1 ? s : NULL;

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (!is_shown(p->in, e) ||
            rules_sector(p->in->rules, e->cluster) != s ||
            has_row(p, e->cluster))
            continue;
        p->y += title ? TITLE : 0;
        lay_row(p, e->cluster, title);
        title = NULL;
    }
}

static void put_title(struct picture *p, const struct row *row)
{
    put(p,
        "<text class=\"quiet rim\" x=\"8\" y=\"%.1f\" font-size=\"12.5\" "
        "fill=\"" QUIET "\" stroke=\"" PAPER "\" stroke-width=\"3\" "
        "stroke-linejoin=\"round\" paint-order=\"stroke\">%s</text>\n",
        row->y - 7, escaped(p, clipped(p, row->titled->title, HEAD)));
}

static void put_stripes(struct picture *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i].striped)
            put(p,
                "<rect class=\"shade\" x=\"0\" y=\"%.1f\" width=\"%d\" "
                "height=\"%.1f\" fill=\"" SHADE "\"/>\n",
                p->rows[i].y, WIDTH, p->rows[i].height);
}

static void put_row(struct picture *p, const struct row *row)
{
    const struct cluster *c = rules_cluster(p->in->rules, row->cluster);

    if (row->titled)
        put_title(p, row);
    put(p,
        "<g><title>%s</title><text class=\"ink\" x=\"8\" y=\"%.1f\" "
        "font-size=\"12.5\" font-weight=\"600\" fill=\"" INK
        "\">%s</text></g>\n",
        escaped(p, c && c->title ? c->title : row->cluster), row->y + 16,
        escaped(p, clipped(p, row->cluster, LETTER * NAME)));
    for (size_t i = 0; i < row->n; i++)
        put_bar(p, &row->bars[i], row);
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
        if (is_shown(p->in, &v->editions[i]) &&
            status_of(p, &v->editions[i]) == status)
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
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"year%s\" "
        "role=\"img\" "
        "aria-labelledby=\"year-title year-text\" viewBox=\"0 0 %d %.0f\" "
        "%sfont-family=\"" FONT "\">\n"
        "<title id=\"year-title\">%s</title>\n"
        "<desc id=\"year-text\">A row per cluster of meetings, %smonths from "
        "left to right; a bar where a cluster is held, with its days, its city "
        "and its host.</desc>\n"
        "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" "
        "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
        "<rect class=\"paper\" width=\"5\" height=\"5\" fill=\"#fff\"/>"
        "<path class=\"hatch\" d=\"M1 0V5\" stroke=\"" ACCENT
        "\" stroke-width=\"1.6\"/></pattern></defs>\n",
        p->y > TALL ? " tall" : "", WIDTH, p->y,
        p->in->standalone
            ? text_format(p->ctx, "width=\"%d\" height=\"%.0f\" ", WIDTH, p->y)
            : "",
        title,
        p->in->rules->n_sectors > 1 ? "the rows of a sector below its title, "
                                    : "");
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
    for (size_t i = 0; i < in->rules->n_sectors; i++)
        lay_sector(&p, &in->rules->sectors[i]);
    put_stripes(&p);
    put_months(&p, top);
    put_today(&p, top + 20);
    for (size_t i = 0; i < p.n; i++)
        put_row(&p, &p.rows[i]);
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
