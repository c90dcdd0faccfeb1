/*
 * Renders a parsed template: walks the nodes with a stack of contexts. Every
 * bound (contexts, partials in partials, steps, output) is checked here, so
 * that no view and no template can take more than its share.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/publish/mustache.h"
#include "daemon/publish/mustache_node.h"

#define OUTPUT_LIMIT ((size_t)16 << 20)
#define STEP_LIMIT   20000000

struct render {
    const struct mustache *m;
    const json_t *contexts[MUSTACHE_CONTEXTS];
    size_t depth;
    size_t nesting;
    const char *indent; /* of the partial being rendered */
    size_t indent_n;
    long steps;
    TALLOC_CTX *ctx;
    char *out;
    size_t n;
    struct error *err;
};

/* ------------------------------------------------------------------ output */

static bool put(struct render *r, const char *text, size_t n)
{
    if (n > OUTPUT_LIMIT - r->n)
        return fail(r->err, REPLY_INTERNAL, "%s makes more than %zu octets",
                    r->m->templates[0].file, OUTPUT_LIMIT);
    r->out = array_grow(r->ctx, r->out, char, r->n + n + 1);
    memcpy(r->out + r->n, text, n);
    r->n += n;
    return true;
}

/* The octets of the control character at s, 0 when it is none. */
static size_t control_size(const char *s, size_t n)
{
    unsigned char c = (unsigned char)s[0];

    if (c == '\n' || c == '\t')
        return 0;
    if (c < 0x20 || c == 0x7f)
        return 1;
    return c == 0xc2 && n > 1 && (unsigned char)s[1] < 0xa0 ? 2 : 0;
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* A text from the view: without control characters, escaped for HTML. */
static bool put_clean(struct render *r, const char *s, size_t n, bool escape)
{
    size_t from = 0;

    for (size_t i = 0; i < n;) {
        size_t control = control_size(s + i, n - i);
        const char *instead = escape ? entity(s[i]) : NULL;

        if (!control && !instead) {
            i++;
            continue;
        }
        if (!put(r, s + from, i - from) ||
            (instead && !put(r, instead, strlen(instead))))
            return false;
        i += control ? control : 1;
        from = i;
    }
    return put(r, s + from, n - from);
}

/* The shortest notation that reads back as the same number. */
static size_t print_real(const json_t *value, char buf[64])
{
    double want = json_real_value(value), have;
    size_t n, digits = 15;

    do {
        n = json_dumpb(value, buf, 63,
                       JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
        buf[n] = '\0';
        have = strtod(buf, NULL);
    } while ((have < want || have > want) && ++digits <= 17);
    return n;
}

static bool put_value(struct render *r, const json_t *value, bool raw)
{
    bool html = r->m->kind == MUSTACHE_HTML;
    char buf[64];

    if (json_is_string(value) && raw && html)
        return put(r, json_string_value(value), json_string_length(value));
    if (json_is_string(value))
        return put_clean(r, json_string_value(value), json_string_length(value),
                         html);
    if (json_is_real(value))
        return put(r, buf, print_real(value, buf));
    if (json_is_integer(value) || json_is_boolean(value))
        return put(r, buf, json_dumpb(value, buf, sizeof buf, JSON_ENCODE_ANY));
    return true; /* null, missing, arrays and objects have no text */
}

/* ----------------------------------------------------------------- look-up */

/* `a` is searched upwards; what follows it only inside what was found. */
static const json_t *lookup(const struct render *r, struct slice name)
{
    const char *end = name.at + name.n;
    const char *dot = memchr(name.at, '.', name.n);
    const json_t *found = NULL;
    size_t n = dot ? (size_t)(dot - name.at) : name.n;

    if (name.n == 1 && dot)
        return r->contexts[r->depth - 1];
    for (size_t i = r->depth; i-- > 0 && !found;)
        found = json_object_getn(r->contexts[i], name.at, n);
    while (found && dot) {
        const char *part = dot + 1;

        dot = memchr(part, '.', (size_t)(end - part));
        found =
            json_object_getn(found, part, (size_t)((dot ? dot : end) - part));
    }
    return found;
}

static bool is_true(const json_t *value)
{
    if (!value || json_is_null(value) || json_is_false(value))
        return false;
    if (json_is_array(value))
        return json_array_size(value) > 0;
    return !json_is_string(value) || json_string_length(value) > 0;
}

/* ----------------------------------------------------------------- walking */

static bool walk(struct render *r, const struct template *t, size_t from,
                 size_t to);

static bool walk_with(struct render *r, const struct template *t,
                      const struct node *open, size_t from,
                      const json_t *context)
{
    bool good;

    if (r->depth == MUSTACHE_CONTEXTS)
        return fail(r->err, REPLY_INTERNAL, "%s nests more than %d contexts",
                    t->file, MUSTACHE_CONTEXTS);
    r->contexts[r->depth++] = context;
    good = walk(r, t, from, open->end);
    r->depth--;
    return good;
}

static bool walk_section(struct render *r, const struct template *t,
                         size_t index)
{
    const struct node *open = &t->nodes[index];
    const json_t *value = lookup(r, open->text);

    if (open->kind == NODE_INVERTED)
        return is_true(value) || walk(r, t, index + 1, open->end);
    if (!is_true(value))
        return true;
    if (!json_is_array(value))
        return walk_with(r, t, open, index + 1, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!walk_with(r, t, open, index + 1, json_array_get(value, i)))
            return false;
    }
    return true;
}

/* A partial alone on its line is indented by what its includer is and its own
 * blanks, any other not at all. */
static bool walk_partial(struct render *r, const struct node *node)
{
    const char *outer = r->indent;
    size_t outer_n = r->indent_n;
    const struct template *t;
    char *indent;
    bool good;

    if (node->partial == SIZE_MAX)
        return true;
    if (r->nesting == MUSTACHE_NESTING)
        return fail(r->err, REPLY_INTERNAL, "more than %d partials nested",
                    MUSTACHE_NESTING);
    t = &r->m->templates[node->partial];
    indent = array_new(r->ctx, char, outer_n + node->indent.n);
    if (node->alone) {
        memcpy(indent, outer, outer_n);
        memcpy(indent + outer_n, node->indent.at, node->indent.n);
    }
    r->indent = indent;
    r->indent_n = node->alone ? outer_n + node->indent.n : 0;
    r->nesting++;
    good = walk(r, t, 0, t->n);
    r->nesting--;
    r->indent = outer;
    r->indent_n = outer_n;
    talloc_free(indent);
    return good;
}

static bool walk_node(struct render *r, const struct template *t, size_t index)
{
    const struct node *node = &t->nodes[index];

    switch (node->kind) {
    case NODE_LINE:
        return put(r, r->indent, r->indent_n);
    case NODE_TEXT:
        return put(r, node->text.at, node->text.n);
    case NODE_VALUE:
        return put_value(r, lookup(r, node->text), false);
    case NODE_RAW:
        return put_value(r, lookup(r, node->text), true);
    case NODE_SECTION:
    case NODE_INVERTED:
        return walk_section(r, t, index);
    case NODE_PARTIAL:
        return walk_partial(r, node);
    case NODE_CLOSE:
        break;
    }
    return true;
}

static bool walk(struct render *r, const struct template *t, size_t from,
                 size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct node *node = &t->nodes[i];

        if (++r->steps > STEP_LIMIT)
            return fail(r->err, REPLY_INTERNAL, "%s does not come to an end",
                        t->file);
        if (!walk_node(r, t, i))
            return false;
        if (node->kind == NODE_SECTION || node->kind == NODE_INVERTED)
            i = node->end;
    }
    return true;
}

bool mustache_render(TALLOC_CTX *ctx, const struct mustache *m,
                     const json_t *view, char **ret, struct error *err)
{
    struct render r = {.m = m,
                       .contexts = {view},
                       .depth = 1,
                       .indent = "",
                       .ctx = ctx,
                       .err = err};

    r.out = array_grow(ctx, NULL, char, 1);
    if (!walk(&r, &m->templates[0], 0, m->templates[0].n)) {
        talloc_free(r.out);
        return false;
    }
    r.out[r.n] = '\0';
    *ret = r.out;
    return true;
}
