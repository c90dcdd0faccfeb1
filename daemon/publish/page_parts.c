/*
 * What all pages share: the frame around them, links, calendars by product.
 */
#include "daemon/publish/page_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/names.h"
#include "daemon/publish/value.h"
#include "daemon/publish/when.h"

void page_set(json_t *object, const char *name, json_t *value)
{
    int rc = json_object_set_new(object, name, value);

    invariant(rc == 0);
}

void page_set_list(json_t *object, const char *name, const char *any,
                   json_t *list)
{
    page_set(object, any, json_boolean(json_array_size(list) > 0));
    page_set(object, name, list);
}

static void end_json(void *j)
{
    json_decref(j);
}

static void names_of(json_t *seen, const char *template, json_t *view)
{
    if (!json_object_get(seen, template))
        page_set(seen, template, value_made(json_object()));
    names_add(json_object_get(seen, template), view);
}

bool page_fill(const struct page_job *job, TALLOC_CTX *ctx,
               const char *template, json_t *view, struct page *ret,
               struct error *err)
{
    const struct mustache *m = template_web(job->templates, template);
    char *body;

    (void)memory_hold(job->ctx, view, end_json);
    if (job->in->seen) {
        names_of(job->in->seen, template, view);
        *ret = (struct page){.type = "", .body = ""};
        return true;
    }
    invariant(m); /* templates_load() asks for all that pages name */
    if (!mustache_render(ctx, m, view, &body, err))
        return wrap(err, "page %s", template);
    *ret = (struct page){
        .type = "text/html; charset=utf-8", .body = body, .size = strlen(body)};
    return true;
}

/* -------------------------------------------------------------------- texts */

char *page_encode(TALLOC_CTX *ctx, const char *text)
{
    char *coded = array_new(ctx, char, 3 * strlen(text) + 1), *to = coded;

    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c < 128 && (isalnum(*c) || strchr("-._~", *c)))
            *to++ = (char)*c;
        else
            to += sprintf(to, "%%%02X", *c);
    }
    *to = '\0';
    return coded;
}

const char *page_link(const struct page_job *job, const char *folder,
                      const char *name)
{
    return text_format(job->ctx, "%s%s%s", job->root, folder,
                       page_encode(job->ctx, name));
}

char *page_dashes(TALLOC_CTX *ctx, const char *text)
{
    char *all = array_new(ctx, char, 3 * strlen(text) + 1), *to = all;

    for (const char *c = text; *c; c++) {
        if (*c == '-' && c > text &&
            (c[-1] == ' ' || isdigit((unsigned char)c[-1])))
            to = stpcpy(to, "–");
        else if (*c == '-' && c - text >= 3 && strncmp(c - 3, "UTC", 3) == 0)
            to = stpcpy(to, "−");
        else
            *to++ = *c;
    }
    *to = '\0';
    return all;
}

char *page_day(TALLOC_CTX *ctx, struct date d)
{
    static const char *const names[] = {"Monday",   "Tuesday", "Wednesday",
                                        "Thursday", "Friday",  "Saturday",
                                        "Sunday"};
    struct civil c = date_civil(d);

    return text_format(ctx, "%s %d %s %d", names[date_weekday(d)], c.day,
                       month_name(c.month), c.year);
}

char *page_day_short(TALLOC_CTX *ctx, struct date d)
{
    struct civil c = date_civil(d);

    return text_format(ctx, "%s %d %s", weekday_name(date_weekday(d)), c.day,
                       month_short(c.month));
}

/* Most venues are in a member's zone, which the rules have read. */
static const struct zone *zone_of_members(const struct rules *r,
                                          const char *name)
{
    for (size_t i = 0; i < r->n_members; i++)
        if (strcmp(zone_name(r->members[i].zone), name) == 0)
            return r->members[i].zone;
    return NULL;
}

const struct zone *page_zone_named(const struct page_job *job, const char *name)
{
    struct page_zones *zones = job->zones;
    const struct zone *z = zone_of_members(job->in->rules, name);

    if (z || !name[0])
        return z;
    for (size_t i = 0; i < zones->n; i++)
        if (strcmp(zone_name(zones->rows[i]), name) == 0)
            return zones->rows[i];
    if (!zone_load(zones, name, &z, NULL))
        return NULL;
    zones->rows =
        array_grow(zones, zones->rows, const struct zone *, zones->n + 1);
    zones->rows[zones->n++] = z;
    return z;
}

json_t *page_zone(const struct page_job *job, const struct zone *z,
                  struct instant at)
{
    char offset[ZONE_OFFSET_TEXT];

    if (!z)
        return json_null();
    return value_text(
        page_dashes(job->ctx, text_format(job->ctx, "%s, %s", zone_name(z),
                                          zone_offset_print(z, at, offset))));
}

const struct zone *page_clock(const struct page_job *job)
{
    return job->reader == zone_utc() ? NULL : job->reader;
}

/* ---------------------------------------------------------------- calendars */

/* An http address with another scheme. */
static char *as_webcal(TALLOC_CTX *ctx, const char *url)
{
    const char *rest = strstr(url, "://");

    return text_format(ctx, "webcal%s", rest ? rest : url);
}

json_t *page_feed_links(const struct page_job *job, const struct feed *f)
{
    TALLOC_CTX *ctx = job->ctx;
    const char *file = strrchr(f->path, '/');
    const char *name = file ? file + 1 : f->path;
    const char *url = text_format(ctx, "%s/feeds/%s", job->in->base_url,
                                  page_encode(ctx, name));
    const char *webcal = as_webcal(ctx, url);
    const char *colon = strstr(f->title, ": ");
    const char *encoded = page_encode(ctx, url);
    const char *title = page_encode(ctx, f->title);

    return value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:i}", "feed", value_text(f->name),
        "feed_title", value_text(f->title), "feed_short",
        value_text(colon ? colon + 2 : "everything"), "https", value_text(url),
        "webcal", value_text(webcal), "google",
        value_taken(text_format(NULL,
                                "https://calendar.google.com/calendar/r?cid=%s",
                                page_encode(ctx, webcal))),
        "outlook",
        value_taken(text_format(NULL,
                                "https://outlook.live.com/calendar/0/"
                                "addfromweb?url=%s&name=%s",
                                encoded, title)),
        "office",
        value_taken(text_format(NULL,
                                "https://outlook.office.com/calendar/0/"
                                "addfromweb?url=%s&name=%s",
                                encoded, title)),
        "events", f->events);
}

json_t *page_feed(const struct page_job *job, const char *kind,
                  const char *code)
{
    const struct feeds *feeds = job->in->feeds;
    const char *name =
        code[0] ? text_format(job->ctx, "%s/%s", kind, code) : kind;

    for (size_t i = 0; feeds && i < feeds->n; i++)
        if (text_same(feeds->rows[i].name, name))
            return page_feed_links(job, &feeds->rows[i]);
    return json_null();
}

/* ---------------------------------------------------------------- the frame */

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

size_t page_cycles(const struct page_job *job, int **ret_cycles)
{
    const struct plan *v = job->in->version;
    size_t n = 0, kept = 0;
    int *cycles = array_new(job->ctx, int, v ? v->n_editions : 0);

    for (size_t i = 0; v && i < v->n_editions; i++)
        if (page_shows(&v->editions[i]))
            cycles[n++] = v->editions[i].cycle;
    if (n > 0)
        qsort(cycles, n, sizeof cycles[0], by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || cycles[i] != cycles[kept - 1])
            cycles[kept++] = cycles[i];
    *ret_cycles = cycles;
    return kept;
}

int page_current_cycle(const struct page_job *job)
{
    const struct plan *v = job->in->version;
    int *cycles;
    size_t n = page_cycles(job, &cycles);

    for (size_t i = 0; v && i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (page_shows(e) && !date_is_none(e->start) &&
            e->end.day >= job->today.day)
            return e->cycle;
    }
    return n > 0 ? cycles[n - 1] : 0;
}

json_t *page_years(const struct page_job *job, int shown)
{
    json_t *rows = value_made(json_array());
    int *cycles;
    size_t n = page_cycles(job, &cycles);

    for (size_t i = 0; i < n; i++)
        value_append(
            rows, value_object("{s:i,s:o,s:b}", "number", cycles[i], "url",
                               value_taken(text_format(NULL, "%s/%d", job->root,
                                                       cycles[i])),
                               "current", cycles[i] == shown));
    return rows;
}

static json_t *release_of(const struct page_job *job)
{
    const struct version_note *r = job->in->release;
    char at[INSTANT_TEXT];
    struct local utc;

    if (!r)
        return json_null();
    utc = zone_local(zone_utc(), r->at);
    return value_object(
        "{s:i,s:o,s:o,s:o}", "number", r->release, "at",
        value_text(instant_print(r->at, at)), "date",
        value_taken(text_format(
            NULL, "%d %s %d, %02d:%02d UTC", date_civil(utc.date).day,
            month_name(date_civil(utc.date).month), date_civil(utc.date).year,
            utc.minute / 60, utc.minute % 60)),
        "note", value_text(r->note));
}

json_t *page_sector(const struct page_job *job, const struct sector *s)
{
    return job->in->rules->n_sectors > 1 ? value_text(s->title) : json_null();
}

json_t *page_frame(const struct page_job *job, const char *title)
{
    const struct page_input *in = job->in;

    return value_object(
        "{s:o,s:n,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b}", "page_title",
        value_text(title), "summary", "site", value_text(in->name), "sector",
        value_taken(rules_title(NULL, in->rules)), "root",
        value_text(job->root), "contact", value_text(in->contact), "release",
        release_of(job), "years", page_years(job, 0), "all_feed",
        page_feed(job, "all", ""), "base_url", value_text(in->base_url),
        "sheet", 0, "subscribing", 0);
}
