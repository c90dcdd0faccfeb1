#pragma once
/*
 * Mustache (mustache.github.io, spec 1.4 without the optional modules) over
 * JSON values. Parsed once, rendered often.
 */
#include <jansson.h>
#include <talloc.h>

#include "daemon/base/error.h"

enum mustache_kind {
    MUSTACHE_HTML,  /* {{x}} escapes & < > " ' */
    MUSTACHE_PLAIN, /* escapes nothing, drops control characters but LF, TAB */
};

struct mustache;

/* Finds the text of a partial: NUL-terminated, or NULL when there is none. */
struct mustache_partials {
    const char *(*find)(void *self, const char *name);
    void *self;
};

/* Parses; the error has file:line:column in err->at. Unknown partials are an
 * error when `strict` (else empty), and so is {{{x}}} in HTML unless x ends in
 * _html or _svg: the view vouches for such values by their name. The result is
 * on ctx and keeps no pointer to what was given. */
bool mustache_parse(TALLOC_CTX *ctx, const char *file, const char *text,
                    enum mustache_kind kind, bool strict,
                    const struct mustache_partials *partials,
                    struct mustache **ret, struct error *err) MUST_USE;

/* Renders with `view` (borrowed); on ctx. Fails (REPLY_INTERNAL) only when
 * nesting or output go over their bounds. */
bool mustache_render(TALLOC_CTX *ctx, const struct mustache *m,
                     const json_t *view, char **ret,
                     struct error *err) MUST_USE;

/* Every part of every name that the template and its partials use is one of
 * `known` (NULL at the end); else REPLY_INPUT with its place and the nearest
 * known one. */
bool mustache_check_names(const struct mustache *m, const char *const *known,
                          struct error *err) MUST_USE;
