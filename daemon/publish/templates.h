#pragma once
/*
 * The parsed templates of the installation, for pages and letters.
 */
#include <stddef.h>

#include "daemon/publish/mustache.h"
#include "daemon/publish/page.h"

/* A page's template by name ("year"); those that pages need are there once
 * loading was good. */
const struct mustache *template_web(const struct templates *t,
                                    const char *name);

/* The parts of one letter; html NULL when there is none. */
struct letter_template {
    const char *name;
    struct mustache *subject, *text, *html;
};
/* NULL when there is no such letter. */
const struct letter_template *template_letter(const struct templates *t,
                                              const char *name);

/* The names that each page's view has: sets by template, good for ctx. */
json_t *page_names(TALLOC_CTX *ctx, const struct templates *t);
/* Every name in the templates of pages is one that its page has. */
bool page_names_check(const struct templates *t, struct error *err) MUST_USE;

/* The text of web/style.css. */
const char *template_style(const struct templates *t);
const char *template_icon(const struct templates *t);
