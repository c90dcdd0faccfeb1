#pragma once
/*
 * What the pages are made of; between page*.c only. Every json_t is a new
 * reference, texts are on the job's ctx.
 */
#include <jansson.h>

#include "daemon/publish/page.h"
#include "daemon/publish/templates.h"

/* One page being made. */
struct page_job {
    TALLOC_CTX *ctx; /* ends with the page */
    const struct templates *templates;
    const struct page_input *in;
    const char *root; /* path of the base URL, "" or "/calendar" */
    struct date today;
    const struct zone *reader; /* NULL: none asked for */
    struct page_zones {        /* of venues, each read once */
        const struct zone **rows;
        size_t n;
    } * zones;
};

/* ---- page_parts.c */
/* Sets a member, takes the reference. */
void page_set(json_t *object, const char *name, json_t *value);
/* The same of a list, and whether there is anything in it: a template says
 * once what stands around it. */
void page_set_list(json_t *object, const char *name, const char *any,
                   json_t *list);
/* Fills in a template; view's reference is taken. The page is on ctx. */
bool page_fill(const struct page_job *job, TALLOC_CTX *ctx,
               const char *template, json_t *view, struct page *ret,
               struct error *err) MUST_USE;
/* What every page shows: site, release, years. */
json_t *page_frame(const struct page_job *job, const char *title);
/* The links to the years, one of them the one that is shown (0: none). */
json_t *page_years(const struct page_job *job, int shown);
/* The title of a sector where there are several, else null. */
json_t *page_sector(const struct page_job *job, const struct sector *s);
/* `root` + `folder` + the name percent-encoded. */
const char *page_link(const struct page_job *job, const char *folder,
                      const char *name);
/* Everything but unreserved characters percent-encoded (RFC 3986). */
char *page_encode(TALLOC_CTX *ctx, const char *text);
/* Ranges of figures with their proper dash, "UTC-5" with a minus: it does not
 * end a line. */
char *page_dashes(TALLOC_CTX *ctx, const char *text);
/* "Monday 18 January 2027" */
char *page_day(TALLOC_CTX *ctx, struct date d);
/* A zone by its name; NULL for "" and where there is no such zone. */
const struct zone *page_zone_named(const struct page_job *job,
                                   const char *name);
/* "Asia/Brunei, UTC+8", as it is at that time; null without a zone. */
json_t *page_zone(const struct page_job *job, const struct zone *z,
                  struct instant at);
/* The clock to add for the reader; NULL where none is asked for, or that of
 * UTC, which stands beside every time anyway. */
const struct zone *page_clock(const struct page_job *job);
/* "Mon 18 Jan" */
char *page_day_short(TALLOC_CTX *ctx, struct date d);
/* The links of one calendar by product; null when it has not been released. */
json_t *page_feed(const struct page_job *job, const char *kind,
                  const char *code);
json_t *page_feed_links(const struct page_job *job, const struct feed *f);
/* The cycles that the version has something to show of. */
size_t page_cycles(const struct page_job *job, int **ret_cycles);
/* The cycle to show first: the one in which something is still to come, else
 * the last one. 0 when there is none. */
int page_current_cycle(const struct page_job *job);

/* ---- page_rows.c: editions and items as pages and programs see them */
/* Lapsed editions are nobody's business. */
bool page_shows(const struct edition *e);
/* The view without what only officers see, held when its days are over. */
json_t *page_public(const struct page_job *job, const struct edition *e);
json_t *page_edition_row(const struct page_job *job, const struct edition *e);
/* "Asia/Brunei, UTC+8" of where it is, on its first day; null while there is
 * no place or no date. */
json_t *page_venue_zone(const struct page_job *job, const struct edition *e);
json_t *page_item_row(const struct page_job *job, const struct edition *e,
                      const struct item *i);
/* "WG-DDG Meeting 2027/1": n only where a cycle has several. */
char *page_edition_name(const struct page_job *job, const struct edition *e);
/* Does it stand with times: are its days settled? */
bool page_is_timed(const struct edition *e);

/* ---- page_changes.c */
/* What the last release changed, of one edition or of a cycle (0: all). What
 * an item only shares with its edition is said of the edition. */
json_t *page_changes(const struct page_job *job, const char *edition,
                     int cycle);

/* ---- the pages */
bool page_year(const struct page_job *job, TALLOC_CTX *ctx, int cycle,
               struct page *ret, struct error *err) MUST_USE;
bool page_edition(const struct page_job *job, TALLOC_CTX *ctx, const char *id,
                  struct page *ret, struct error *err) MUST_USE;
bool page_body(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err) MUST_USE;
bool page_partner(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
                  struct page *ret, struct error *err) MUST_USE;
bool page_host(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err) MUST_USE;
bool page_subscribe(const struct page_job *job, TALLOC_CTX *ctx,
                    struct page *ret, struct error *err) MUST_USE;

/* ---- page_data.c: the same facts for programs */
struct page page_year_json(const struct page_job *job, TALLOC_CTX *ctx,
                           int cycle);
struct page page_year_csv(const struct page_job *job, TALLOC_CTX *ctx,
                          int cycle);
struct page page_year_svg(const struct page_job *job, TALLOC_CTX *ctx,
                          int cycle);
struct page page_feeds_json(const struct page_job *job, TALLOC_CTX *ctx);
