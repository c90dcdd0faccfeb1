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

/* The text of web/style.css. */
const char *template_style(const struct templates *t);
