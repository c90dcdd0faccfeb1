#pragma once
/*
 * The view of one letter; docs/templates.md lists its names.
 */
#include "daemon/serve/serve.h"

/* What a template sees of a notice. A new reference. */
json_t *letter_view(TALLOC_CTX *ctx, struct serve *s, const struct notice *n,
                    const struct occasion *o);

/* Every name in the templates of letters is one that a letter has. */
bool letter_names_check(const struct templates *t, const struct config *config,
                        struct error *err) MUST_USE;

/* The published task of that id, NULL when there is none. */
const struct task *letter_task(const struct serve *s, const char *id);
