/*
 * History out of a spreadsheet, in two forms: one line per edition held
 * (cluster, cycle, start, end, host, city), or one line per meeting of a series
 * of which one is the anchor.
 *
 * 1. Of a series the anchor names body, host and city; the edition lasts from
 *    the first to the last day of all its lines. It belongs to the cluster
 * whose highest meeting is of just those bodies, by their names of today or of
 *    then.
 * 2. Two anchors in one cycle of a cluster that meets once: the earlier is the
 *    late one of the cycle before, when that has none.
 * 3. A weekday behind a date must be that date's; ordinals must grow.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/import.h"

/* "2014-01-23", also "2014-01-23 (Thu)" and "2014-01-23 Thursday". */
static bool read_day(const char *text, struct date *ret, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    size_t n = strcspn(text, " (");
    const char *word = text + n + strspn(text + n, " (");
    bool good = date_parse(memory_text_n(tmp, text, n), ret, err);

    talloc_free(tmp);
    if (!good || !isalpha((unsigned char)*word))
        return good;
    if (text_begins(word, weekday_name(date_weekday(*ret))))
        return true;
    return fail(err, REPLY_INPUT, "%.10s is a %s, not %.*s", text,
                weekday_name(date_weekday(*ret)), (int)strcspn(word, ")"),
                word);
}

static bool read_days(const char *from, const char *to, struct past *p,
                      struct error *err)
{
    if (!read_day(from, &p->from, err) ||
        !read_day(*to ? to : from, &p->to, err))
        return false;
    return p->to.day >= p->from.day ||
           fail(err, REPLY_INPUT, "it ends before it begins");
}

static bool read_host(const struct rules *r, const char *code, struct past *p,
                      struct error *err)
{
    const struct member *host = rules_member(r, code);

    if (!host)
        return fail(err, REPLY_INPUT, "no member \"%s\"", code);
    p->host = host->code;
    return true;
}

/* ---- taking */

static const struct past *find_past(const struct history *all,
                                    const struct past *p)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i].cluster, p->cluster) &&
            all->rows[i].cycle == p->cycle &&
            all->rows[i].from.day == p->from.day)
            return &all->rows[i];
    return NULL;
}

static bool take(struct import *m, int line, const struct history *all,
                 const struct past *p, struct error *err)
{
    TALLOC_CTX *ctx = m->q->ctx;
    const struct past *was = find_past(all, p);
    const char *thing = edition_name(ctx, p->cluster, p->cycle, 0);
    char a[DATE_TEXT], b[DATE_TEXT];
    char *differs = memory_text(ctx, "");

    if (was) {
        differs = import_differs(ctx, differs, "end", date_print(was->to, a),
                                 date_print(p->to, b));
        differs = import_differs(ctx, differs, "host", was->host, p->host);
        differs = import_differs(ctx, differs, "city", was->city, p->city);
    }
    if (was && !*differs) {
        m->unchanged++;
        return true;
    }
    if (was)
        import_changed(m, line, thing, differs);
    else
        import_added(m, line, thing,
                     text_format(ctx, "%s to %s in %s", date_print(p->from, a),
                                 date_print(p->to, b), p->host));
    return m->bad > 0 || store_put_past(m->q->serve->store, p, err);
}

/* ---- one line per edition */

bool import_read_past(const struct rules *r, const struct csv_row *row,
                      struct past *ret, struct error *err)
{
    const struct cluster *c = rules_cluster(r, row->fields[0]);
    struct past p = {.cycle = atoi(row->fields[1]), .city = row->fields[5]};

    if (!c)
        return fail(err, REPLY_INPUT, "no cluster \"%s\"", row->fields[0]);
    if (p.cycle < 1900 || p.cycle > 2199)
        return fail(err, REPLY_INPUT, "\"%s\" is no cycle", row->fields[1]);
    p.cluster = c->code;
    if (!read_host(r, row->fields[4], &p, err) ||
        !read_days(row->fields[2], row->fields[3], &p, err))
        return false;
    *ret = p;
    return true;
}

static bool import_editions(struct import *m, const char *text,
                            const struct history *all, struct error *err)
{
    static const char *const columns[] = {"cluster", "cycle", "start", "end",
                                          "host",    "?city", NULL};
    struct csv csv = {NULL, 0};

    if (!csv_read(m->q->ctx, m->file, text, strlen(text), columns, &csv, err))
        return false;
    for (size_t i = 0; i < csv.n; i++) {
        struct past p;
        struct error bad;

        if (!import_read_past(m->q->serve->generation->rules, &csv.rows[i], &p,
                              &bad))
            import_bad(m, csv.rows[i].line, &bad);
        else if (!take(m, csv.rows[i].line, all, &p, err))
            return false;
    }
    return true;
}

/* ---- one line per meeting of a series */

enum {
    S_SERIES,
    S_MEETING,
    S_BODY,
    S_ROLE,
    S_ORDINAL,
    S_START,
    S_END,
    S_CC,
    S_CITY
};

struct anchor {
    int line, ordinal;
    const struct cluster *cluster;
    struct past past;
};

/* "TELSOM-ATRC" is both, unless one body is called so. */
static size_t bodies_named(TALLOC_CTX *ctx, const struct rules *r,
                           const char *text, const struct body **out,
                           size_t most)
{
    char **parts;
    size_t n = 0;

    out[0] = rules_body_once(r, text);
    if (out[0])
        return 1;
    parts = text_split(ctx, text, '-');
    for (; n < most && parts[n]; n++)
        if (!(out[n] = rules_body_once(r, parts[n])))
            return 0;
    return n;
}

/* The meeting of the highest level, the first among equals. */
static const struct item_rule *highest(const struct cluster *c)
{
    const struct item_rule *best = NULL;

    for (size_t i = 0; i < c->n_items; i++) {
        const struct item_rule *t = &c->items[i];

        if (t->kind == ITEM_MEETING && t->n_bodies > 0 &&
            (!best || t->bodies[0]->level < best->bodies[0]->level))
            best = t;
    }
    return best;
}

static const struct cluster *
cluster_led_by(const struct rules *r, const struct body **bodies, size_t n)
{
    for (size_t i = 0; n > 0 && i < r->n_clusters; i++) {
        const struct item_rule *t = highest(&r->clusters[i]);
        size_t found = 0;

        for (size_t k = 0; t && k < t->n_bodies; k++)
            for (size_t j = 0; j < n; j++)
                found += t->bodies[k] == bodies[j];
        if (t && found == n && t->n_bodies == n)
            return &r->clusters[i];
    }
    return NULL;
}

/* The edition lasts as long as its series. */
static bool widen(const struct csv *csv, const char *series, struct past *p,
                  struct error *err)
{
    for (size_t i = 0; i < csv->n; i++) {
        const char *const *f = csv->rows[i].fields;
        struct past part;

        if (!text_same(f[S_SERIES], series))
            continue;
        if (!read_days(f[S_START], f[S_END], &part, err))
            return false;
        if (part.from.day < p->from.day)
            p->from = part.from;
        if (part.to.day > p->to.day)
            p->to = part.to;
    }
    return p->to.day - p->from.day <= 31 ||
           fail(err, REPLY_INPUT,
                "series %s would last from one month to another: is a year "
                "wrong?",
                series);
}

static bool read_anchor(struct import *m, const struct csv *csv,
                        const struct csv_row *row, struct anchor *ret,
                        struct error *err)
{
    const struct rules *r = m->q->serve->generation->rules;
    const char *const *f = row->fields;
    const struct body *bodies[4];
    size_t n = bodies_named(m->q->ctx, r, f[S_BODY], bodies, 4);

    *ret = (struct anchor){.line = row->line,
                           .ordinal = atoi(f[S_ORDINAL]),
                           .cluster = cluster_led_by(r, bodies, n)};
    if (n == 0)
        return fail(err, REPLY_INPUT, "no body is or was called \"%s\"",
                    f[S_BODY]);
    ret->past.city = f[S_CITY];
    if (!read_host(r, f[S_CC], &ret->past, err) ||
        !read_days(f[S_START], f[S_END], &ret->past, err) ||
        !widen(csv, f[S_SERIES], &ret->past, err))
        return false;
    ret->past.cycle = cycle_of(bodies[0]->sector, ret->past.from);
    return true;
}

static int by_start(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;

    return (x->past.from.day > y->past.from.day) -
           (x->past.from.day < y->past.from.day);
}

enum { SLIPPED = 60 }; /* days into the next year */

/* Outside its window, in the first weeks of a year, and the year before had
 * none: it is that year's, held late. */
static bool is_held_late(const struct anchor *a, const struct anchor *before)
{
    const struct cluster *c = a->cluster;
    struct date first = cycle_first(c->sector, a->past.cycle);
    struct date from, to;

    if (!before || c->most != 1 || !c->has_window ||
        before->past.cycle != a->past.cycle - 2 ||
        a->past.from.day >= first.day + SLIPPED)
        return false;
    from = yearly_in(c->window_from, date_civil(a->past.from).year);
    to = yearly_in(c->window_to, date_civil(a->past.from).year);
    return a->past.from.day < from.day || a->past.from.day > to.day;
}

/* In order of date: cycles that had two or were held late, ordinals that do not
 * grow. */
static void check_anchors(struct import *m, struct anchor *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct anchor *before = NULL;
        struct error bad;

        all[i].past.cluster = all[i].cluster->code;
        for (size_t k = 0; k < i; k++)
            if (all[k].cluster == all[i].cluster) {
                if (before && all[k].cluster->most == 1 &&
                    before->past.cycle == all[k].past.cycle - 2 &&
                    all[k].past.cycle == all[i].past.cycle)
                    all[k].past.cycle--;
                before = &all[k];
            }
        if (is_held_late(&all[i], before))
            all[i].past.cycle--;
        if (before && before->ordinal && all[i].ordinal &&
            all[i].ordinal <= before->ordinal) {
            (void)fail(&bad, REPLY_INPUT,
                       "ordinal %d does not follow %d of line %d: is it or the "
                       "year wrong?",
                       all[i].ordinal, before->ordinal, before->line);
            import_bad(m, all[i].line, &bad);
        }
    }
}

static bool import_series(struct import *m, const char *text,
                          const struct history *history, struct error *err)
{
    static const char *const columns[] = {
        "series",       "?meeting",   "body",     "role",
        "?ordinal",     "start",      "?end",     "host_cc",
        "?host_city",   "?seq",       "?partner", "?tz",
        "?local_start", "?local_end", "?format",  "?certainty",
        "?source",      NULL};
    struct csv csv = {NULL, 0};
    struct anchor *all;
    size_t n = 0;

    if (!csv_read(m->q->ctx, m->file, text, strlen(text), columns, &csv, err))
        return false;
    all = array_new(m->q->ctx, struct anchor, csv.n);
    for (size_t i = 0; i < csv.n; i++) {
        const char *const *f = csv.rows[i].fields;
        struct error bad;

        if (!text_same(f[S_ROLE], "anchor"))
            continue;
        if (!read_anchor(m, &csv, &csv.rows[i], &all[n], &bad))
            import_bad(m, csv.rows[i].line, &bad);
        else if (!all[n].cluster)
            import_skipped(
                m, csv.rows[i].line, f[S_SERIES],
                text_format(m->q->ctx, "no cluster is led by %s", f[S_BODY]));
        else
            n++;
    }
    qsort(all, n, sizeof *all, by_start);
    check_anchors(m, all, n);
    for (size_t i = 0; i < n; i++)
        if (!take(m, all[i].line, history, &all[i].past, err))
            return false;
    return true;
}

bool import_held(struct import *m, const char *text, struct error *err)
{
    size_t line = strcspn(text, "\r\n");
    const char *series = strstr(text, "series");
    struct history history;

    if (!store_history(m->q->ctx, m->q->serve->store, &history, err))
        return false;
    return series && series < text + line
               ? import_series(m, text, &history, err)
               : import_editions(m, text, &history, err);
}
