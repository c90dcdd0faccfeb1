#pragma once
/*
 * Plain HTML pages of a version from Mustache templates; no scripts, nothing
 * loaded from elsewhere. Also the year as SVG, JSON and CSV.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"
#include "daemon/office/documents.h"
#include "daemon/office/office.h"
#include "daemon/plan/diff.h"
#include "daemon/plan/plan.h"
#include "daemon/publish/feed.h"

/* The web and mail templates of a directory, parsed, those of pages with their
 * names checked; a fault is an error that names file and line. */
struct templates;
bool templates_load(TALLOC_CTX *ctx, const char *directory,
                    struct templates **ret, struct error *err) MUST_USE;

struct page_input {
    const struct rules *rules;
    const struct plan *version; /* NULL before the first release */
    const struct version_note {
        int release;
        struct instant at;
        const char *note;
    } * release;                   /* NULL before the first release */
    const struct changes *changes; /* of the last release; NULL */
    const struct feeds *feeds;
    const struct tasks *tasks;
    const struct documents *documents; /* of bodies' pages; NULL none */
    const struct history *history;     /* of before the calendar; NULL none */
    struct instant now;
    const char *base_url, *name, *contact; /* secretariat's mail address */
    const char *reader_zone; /* ?zone=..., NULL none; checked by the page */
    json_t *seen; /* NULL; else no page is made, and the names of its view are
                     added here by template */
};

struct page {
    const char *type; /* "text/html; charset=utf-8" */
    const char *body;
    size_t size;
};

/* Path "/", "/2027", "/editions/ID", "/bodies/CODE", "/partners/CODE",
 * "/hosts/CC", "/subscribe", "/style.css", "/2027.json", "/feeds.json",
 * "/2027.svg", "/2027.csv", "/icon.svg", "/favicon.ico", "/robots.txt".
 * REPLY_NOTFOUND for all others. */
bool page_render(TALLOC_CTX *ctx, const struct templates *t,
                 const struct page_input *in, const char *path,
                 struct page *ret, struct error *err) MUST_USE;

/* The path of "https://host/path", without a slash at its end: what links
 * within the pages begin with. On ctx. */
const char *page_root(TALLOC_CTX *ctx, const char *base_url);

/* The page of an error (404 and the like). */
struct page page_error(TALLOC_CTX *ctx, const struct templates *t,
                       const struct page_input *in, int status,
                       const char *text);

/* Text, HTML and subject of one notice's mail from templates/mail/. `name` is
 * "reminder", "task", "digest" or a step's own; view: see docs/templates.md. */
struct letter {
    const char *subject, *text, *html;
};
bool letter_render(TALLOC_CTX *ctx, const struct templates *t, const char *name,
                   const json_t *view, struct letter *ret,
                   struct error *err) MUST_USE;
/* Names of the mail templates, NULL at the end. */
const char *const *letter_names(const struct templates *t);
