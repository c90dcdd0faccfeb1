#pragma once
/*
 * For the tests of the agenda: the shipped rules, editions out of one line
 * each, and an agenda as an officer would write it down.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agenda.h"
#include "daemon/plan/calendar.h"

#include <setjmp.h>

#include <cmocka.h> /* behind error.h: it has a macro fail() */

#define RULES    SOURCE_DIR "/config/rules/asean-digital.rules"
#define HOLIDAYS SOURCE_DIR "/config/holidays"

static inline struct source source_read(TALLOC_CTX *ctx, const char *path)
{
    struct source s = {.name = path};
    struct error err;
    char *text;
    if (!text_read_file(ctx, path, 1 << 20, &text, &s.size, &err))
        print_error("%s\n", err.text);
    else
        s.text = text;
    assert_non_null(s.text);
    return s;
}

/* Text of rules to rules, with all holiday tables. */
static inline const struct rules *rules_of(TALLOC_CTX *ctx, struct source text)
{
    struct source *tables = NULL;
    size_t n = 0;
    DIR *folder = opendir(HOLIDAYS);
    assert_non_null(folder);
    for (struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        size_t length = strlen(e->d_name);
        if (length < 5 || strcmp(e->d_name + length - 4, ".csv") != 0)
            continue;
        tables = array_grow(ctx, tables, struct source, n + 1);
        tables[n++] =
            source_read(ctx, text_format(ctx, "%s/%s", HOLIDAYS, e->d_name));
    }
    closedir(folder);
    struct diagnostics found;
    const struct rules *r = rules_read(ctx, &text, 1, tables, n, &found);
    for (size_t i = 0; !r && i < found.n; i++)
        print_error("%s\n", diagnostic_print(ctx, &found.rows[i]));
    assert_non_null(r);
    return r;
}

static inline const struct rules *rules_shipped(TALLOC_CTX *ctx)
{
    struct source s = source_read(ctx, RULES);
    s.name = "asean-digital.rules";
    return rules_of(ctx, s);
}

/* An edition of `days` meeting days of that host from `start` on. */
static inline struct edition edition_of(TALLOC_CTX *ctx, const struct rules *r,
                                        const char *cluster, const char *start,
                                        const char *host, const char *city,
                                        int days)
{
    const struct member *m = rules_member(r, host);
    struct edition e = {.cluster = cluster,
                        .title = cluster,
                        .host = host,
                        .city = city ? city : m->city,
                        .zone = zone_name(rules_zone(r, m, city)),
                        .status = EDITION_PROPOSED,
                        .reason = "",
                        .forced = ""};
    struct error err;
    assert_true(date_parse(start, &e.start, &err));
    e.cycle = date_civil(e.start).year;
    e.id = edition_name(ctx, cluster, e.cycle, 0);
    e.days = array_new(ctx, struct date, (size_t)days);
    for (struct date d = e.start; e.n_days < (size_t)days; d.day++)
        if (calendar_meets(r, m, d))
            e.days[e.n_days++] = d;
    e.end = e.days[e.n_days - 1];
    return e;
}

static inline const char *clock_text(TALLOC_CTX *ctx, int minute)
{
    return text_format(ctx, "%02d:%02d", minute / 60, minute % 60);
}

static inline char *line_text(TALLOC_CTX *ctx, const struct rules *r,
                              const struct item *i)
{
    struct civil c = date_civil(i->start.date);
    char *line = text_format(
        ctx, "%s %2d %s  %s-%s  %5sZ  %-12s",
        weekday_name(date_weekday(i->start.date)), c.day, month_short(c.month),
        clock_text(ctx, i->start.minute), clock_text(ctx, i->end.minute),
        clock_text(ctx, (int)(i->start_utc.second % 86400 / 60)),
        strchr(i->id, '/') + 1);
    for (size_t b = 0; b < i->n_bodies; b++)
        line = text_format(ctx, "%s %s", line, i->bodies[b]);
    if (*i->people)
        line = text_format(ctx, "%s with %s", line, i->people);
    if (i->open)
        line = text_format(ctx, "%s open", line);
    if (*i->partner) {
        const struct partner *p = rules_partner(r, i->partner);
        struct local there = zone_local(p->zone, i->start_utc);
        line = text_format(ctx, "%s + %s (%s %s there)", line, i->partner,
                           weekday_name(date_weekday(there.date)),
                           clock_text(ctx, there.minute));
    }
    if (i->pinned)
        line = text_format(ctx, "%s, pinned", line);
    if (i->one_off)
        line = text_format(ctx, "%s, added", line);
    if (i->status == ITEM_CANCELLED)
        line = text_format(ctx, "%s, cancelled", line);
    return line;
}

/* The whole agenda, a line per item; the conflict when there is none. */
static inline char *agenda_text(TALLOC_CTX *ctx, const struct rules *r,
                                const struct edition *e,
                                const struct plan *kept)
{
    struct item *items = NULL;
    size_t n = 0;
    struct error err;
    char range[64];
    char *text =
        text_format(ctx, "%s, %s (%s), %s\n", e->id, e->city, e->zone,
                    date_range_print(e->start, e->end, range, sizeof range));
    if (!agenda_lay(ctx, r, e, kept, NULL, &items, &n, &err))
        return text_format(ctx, "%s%s %s: %s\n", text, reply_word(err.code),
                           err.at, err.text);
    for (size_t i = 0; i < n; i++)
        text = text_format(ctx, "%s%s%s\n", text,
                           i > 0 && items[i].start.date.day !=
                                        items[i - 1].start.date.day
                               ? "\n"
                               : "",
                           line_text(ctx, r, &items[i]));
    return text;
}
