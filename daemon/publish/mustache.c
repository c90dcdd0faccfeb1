/*
 * Parses templates, each with its partials, into flat arrays of nodes.
 *
 * 1. A node that opens a section knows the index of its close; they nest.
 * 2. What a standalone tag takes away (its whole line) is in no node.
 * 3. NODE_LINE stands before whatever comes first in a line that is printed,
 *    so that an indented partial is indented in its source, not in its values.
 * 4. Delimiters change for the rest of one template, never across partials.
 */
#include "daemon/publish/mustache.h"

#include <stdint.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/mustache_node.h"

#define DELIMITER_LIMIT 16

/* Where the scanner stands in a text; it only goes forward. */
struct place {
    const char *at;
    const char *line_start;
    int line;
};

struct parser {
    TALLOC_CTX *ctx;
    struct mustache *m;
    const struct mustache_partials *partials;
    struct template t; /* being made */
    struct place place;
    char open[DELIMITER_LIMIT + 1], close[DELIMITER_LIMIT + 1];
    size_t sections[MUSTACHE_DEPTH]; /* open ones, as indices of nodes */
    size_t depth;
    struct error *err;
};

struct tag {
    char sigil; /* 0: a plain name */
    const char *start, *end;
    struct slice name; /* what is between sigil and delimiter, trimmed */
};

/* ------------------------------------------------------------------ places */

static void advance(struct place *p, const char *to)
{
    for (; p->at < to; p->at++) {
        if (*p->at == '\n') {
            p->line++;
            p->line_start = p->at + 1;
        }
    }
}

static int column_of(const struct place *p)
{
    int column = 1;

    for (const char *c = p->line_start; c < p->at; c++)
        column += ((unsigned char)*c & 0xc0) != 0x80;
    return column;
}

static bool fail_here(struct parser *p)
{
    return fail_at(p->err, p->t.file, p->place.line, column_of(&p->place));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool begins_line(const struct parser *p, const char *at)
{
    return at == p->t.text || at[-1] == '\n';
}

/* ------------------------------------------------------------------- nodes */

static struct node *add_node(struct parser *p, enum node_kind kind,
                             struct slice text)
{
    struct template *t = &p->t;
    struct node *node;

    t->nodes = array_grow(p->ctx, t->nodes, struct node, t->n + 1);
    node = &t->nodes[t->n++];
    *node = (struct node){.kind = kind,
                          .text = text,
                          .line = p->place.line,
                          .column = column_of(&p->place)};
    return node;
}

static void add_line_mark(struct parser *p, const char *at)
{
    if (begins_line(p, at))
        (void)add_node(p, NODE_LINE, (struct slice){at, 0});
}

/* The text in between, one node a line. */
static void add_text(struct parser *p, const char *from, const char *to)
{
    while (from < to) {
        const char *feed = memchr(from, '\n', (size_t)(to - from));
        const char *end = feed ? feed + 1 : to;

        add_line_mark(p, from);
        (void)add_node(p, NODE_TEXT,
                       (struct slice){from, (size_t)(end - from)});
        from = end;
    }
}

/* -------------------------------------------------------------------- tags */

static struct slice trimmed(const char *from, const char *to)
{
    while (from < to && strchr(" \t\r\n", *from))
        from++;
    while (from < to && strchr(" \t\r\n", to[-1]))
        to--;
    return (struct slice){from, (size_t)(to - from)};
}

/* The tag whose open delimiter stands at `start`. */
static bool read_tag(struct parser *p, const char *start, struct tag *ret)
{
    const char *in = start + strlen(p->open);
    char sigil = *in && strchr("#^/!>&=", *in) ? *in : '\0';
    char close[DELIMITER_LIMIT + 3];
    const char *end;

    if (*in == '{' && strcmp(p->open, "{{") == 0 && strcmp(p->close, "}}") == 0)
        sigil = '{';
    (void)snprintf(close, sizeof close, "%s%s%s", sigil == '=' ? "=" : "",
                   sigil == '{' ? "}" : "", p->close);
    in += sigil != '\0';
    end = strstr(in, close);
    if (!end) {
        (void)fail(p->err, REPLY_INPUT, "a tag is not closed, expected %s",
                   close);
        return fail_here(p);
    }
    *ret = (struct tag){sigil, start, end + strlen(close), trimmed(in, end)};
    return true;
}

/* Takes the whole of the line(s) that the tag alone stands on. */
static bool stands_alone(const struct parser *p, const struct tag *tag,
                         const char **ret_from, const char **ret_to)
{
    const char *from = tag->start, *to = tag->end;

    if (tag->sigil == '\0' || tag->sigil == '&' || tag->sigil == '{')
        return false;
    while (from > p->t.text && is_blank(from[-1]))
        from--;
    while (is_blank(*to))
        to++;
    if (to[0] == '\r' && to[1] == '\n')
        to++;
    if (!begins_line(p, from) || (*to != '\n' && *to != '\0'))
        return false;
    *ret_from = from;
    *ret_to = *to ? to + 1 : to;
    return true;
}

/* "." or parts without blanks and control characters between single dots. */
static bool name_is_good(struct slice name)
{
    if (name.n == 0)
        return false;
    if (name.n == 1 && name.at[0] == '.')
        return true;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.at[i];

        if (c <= ' ' || c == 0x7f)
            return false;
        if (c == '.' && (i == 0 || i + 1 == name.n || name.at[i + 1] == '.'))
            return false;
    }
    return true;
}

static bool ends_in(struct slice name, const char *tail)
{
    size_t n = strlen(tail);

    return name.n > n && memcmp(name.at + name.n - n, tail, n) == 0;
}

/* ---------------------------------------------------- what tags stand for */

static bool set_delimiters(struct parser *p, struct slice text)
{
    size_t first = strcspn(text.at, " \t\r\n=");
    struct slice second = {NULL, 0};

    if (first < text.n)
        second = trimmed(text.at + first, text.at + text.n);
    if (first == 0 || first > DELIMITER_LIMIT || second.n == 0 ||
        second.n > DELIMITER_LIMIT ||
        strcspn(second.at, " \t\r\n=") < second.n) {
        (void)fail(p->err, REPLY_INPUT,
                   "delimiters are two words of at most %d octets without =",
                   DELIMITER_LIMIT);
        return fail_here(p);
    }
    (void)snprintf(p->open, sizeof p->open, "%.*s", (int)first, text.at);
    (void)snprintf(p->close, sizeof p->close, "%.*s", (int)second.n, second.at);
    return true;
}

static bool open_section(struct parser *p, const struct tag *tag)
{
    if (p->depth == MUSTACHE_DEPTH) {
        (void)fail(p->err, REPLY_INPUT, "more than %d sections nested",
                   MUSTACHE_DEPTH);
        return fail_here(p);
    }
    p->sections[p->depth++] = p->t.n;
    (void)add_node(p, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED,
                   tag->name);
    return true;
}

static bool close_section(struct parser *p, const struct tag *tag)
{
    struct node *open =
        p->depth ? &p->t.nodes[p->sections[p->depth - 1]] : NULL;

    if (!open) {
        (void)fail(p->err, REPLY_INPUT, "{{/%.*s}} closes nothing",
                   (int)tag->name.n, tag->name.at);
        return fail_here(p);
    }
    if (open->text.n != tag->name.n ||
        memcmp(open->text.at, tag->name.at, tag->name.n) != 0) {
        (void)fail(p->err, REPLY_INPUT,
                   "{{/%.*s}} cannot close {{#%.*s}} of line %d",
                   (int)tag->name.n, tag->name.at, (int)open->text.n,
                   open->text.at, open->line);
        return fail_here(p);
    }
    p->depth--;
    open->end = p->t.n;
    (void)add_node(p, NODE_CLOSE, tag->name);
    return true;
}

/* The index of a partial by name, added to the list on first sight. */
static bool find_partial(struct parser *p, struct slice name, size_t *ret)
{
    struct mustache *m = p->m;
    char *file = memory_text_n(p->ctx, name.at, name.n);
    const char *text;

    *ret = SIZE_MAX;
    for (size_t i = 1; i < m->n; i++) {
        if (strcmp(m->templates[i].file, file) == 0) {
            *ret = i;
            return true;
        }
    }
    text = p->partials ? p->partials->find(p->partials->self, file) : NULL;
    if (!text && !p->m->strict)
        return true;
    if (!text || m->n > MUSTACHE_PARTIALS) {
        (void)fail(p->err, REPLY_INPUT,
                   text ? "too many partials, at %s" : "no partial \"%s\"",
                   file);
        return fail_here(p);
    }
    *ret = m->n;
    m->templates = array_grow(p->ctx, m->templates, struct template, m->n + 1);
    m->templates[m->n++] =
        (struct template){.file = file, .text = memory_text(p->ctx, text)};
    return true;
}

static bool add_partial(struct parser *p, const struct tag *tag, bool alone,
                        const char *line)
{
    size_t partial;
    struct node *node;

    if (!find_partial(p, tag->name, &partial))
        return false;
    node = add_node(p, NODE_PARTIAL, tag->name);
    node->partial = partial;
    node->alone = alone;
    if (alone)
        node->indent = (struct slice){line, (size_t)(tag->start - line)};
    return true;
}

/* Values that go into HTML as they are have names that say so. */
static bool add_raw(struct parser *p, const struct tag *tag)
{
    if (p->m->strict && p->m->kind == MUSTACHE_HTML &&
        !ends_in(tag->name, "_html") && !ends_in(tag->name, "_svg")) {
        (void)fail(p->err, REPLY_INPUT,
                   "{{{%.*s}}} is not escaped: only names that end in _html "
                   "or _svg may be",
                   (int)tag->name.n, tag->name.at);
        return fail_here(p);
    }
    (void)add_node(p, NODE_RAW, tag->name);
    return true;
}

static bool add_tag(struct parser *p, const struct tag *tag, bool alone,
                    const char *line)
{
    if (tag->sigil == '!')
        return true;
    if (tag->sigil == '=')
        return set_delimiters(p, tag->name);
    if (!name_is_good(tag->name)) {
        (void)fail(p->err, REPLY_INPUT, "\"%.*s\" is no name",
                   tag->name.n > 40 ? 40 : (int)tag->name.n, tag->name.at);
        return fail_here(p);
    }
    switch (tag->sigil) {
    case '#':
    case '^':
        return open_section(p, tag);
    case '/':
        return close_section(p, tag);
    case '>':
        return add_partial(p, tag, alone, line);
    case '&':
    case '{':
        return add_raw(p, tag);
    default:
        (void)add_node(p, NODE_VALUE, tag->name);
        return true;
    }
}

/* --------------------------------------------------------------- templates */

static bool parse_tags(struct parser *p)
{
    const char *rest = p->t.text;

    for (const char *start; (start = strstr(rest, p->open));) {
        const char *from = start, *to = start;
        struct tag tag = {0};
        bool alone;

        advance(&p->place, start);
        if (!read_tag(p, start, &tag))
            return false;
        alone = stands_alone(p, &tag, &from, &to);
        add_text(p, rest, from);
        if (!alone)
            add_line_mark(p, start);
        if (!add_tag(p, &tag, alone, from))
            return false;
        rest = alone ? to : tag.end;
        advance(&p->place, rest);
    }
    add_text(p, rest, rest + strlen(rest));
    return true;
}

static bool sections_are_closed(struct parser *p)
{
    const struct node *open;

    if (p->depth == 0)
        return true;
    open = &p->t.nodes[p->sections[p->depth - 1]];
    (void)fail(p->err, REPLY_INPUT, "{{#%.*s}} is not closed",
               (int)open->text.n, open->text.at);
    return fail_at(p->err, p->t.file, open->line, open->column);
}

static bool parse_one(struct parser *p, size_t index)
{
    p->t = p->m->templates[index];
    p->place = (struct place){p->t.text, p->t.text, 1};
    p->depth = 0;
    (void)strcpy(p->open, "{{");
    (void)strcpy(p->close, "}}");
    if (!parse_tags(p) || !sections_are_closed(p))
        return false;
    p->m->templates[index] = p->t;
    return true;
}

bool mustache_parse(TALLOC_CTX *ctx, const char *file, const char *text,
                    enum mustache_kind kind, bool strict,
                    const struct mustache_partials *partials,
                    struct mustache **ret, struct error *err)
{
    struct mustache *m = object_new(ctx, struct mustache);
    struct parser *p = object_new(m, struct parser);

    *m = (struct mustache){.kind = kind, .strict = strict, .n = 1};
    m->templates = array_grow(m, NULL, struct template, 1);
    m->templates[0] = (struct template){.file = memory_text(m, file),
                                        .text = memory_text(m, text)};
    *p = (struct parser){.ctx = m, .m = m, .partials = partials, .err = err};
    for (size_t i = 0; i < m->n; i++) {
        if (!parse_one(p, i)) {
            talloc_free(m);
            return false;
        }
    }
    talloc_free(p);
    *ret = m;
    return true;
}

/* ------------------------------------------------------------------- names */

static bool part_is_known(struct slice part, const char *const *known)
{
    for (; *known; known++) {
        if (strlen(*known) == part.n && memcmp(*known, part.at, part.n) == 0)
            return true;
    }
    return false;
}

static bool fail_unknown(const struct template *t, const struct node *node,
                         struct slice part, const char *const *known,
                         struct error *err)
{
    char *name = memory_text_n(NULL, part.at, part.n);
    const char *near = text_nearest(name, known);

    (void)fail(err, REPLY_INPUT, "unknown name \"%.60s\"%s%s%s", name,
               near ? ", did you mean " : "", near ? near : "",
               near ? "?" : "");
    talloc_free(name);
    return fail_at(err, t->file, node->line, node->column);
}

static bool node_is_known(const struct template *t, const struct node *node,
                          const char *const *known, struct error *err)
{
    const char *at = node->text.at, *end = at + node->text.n;

    if (node->text.n == 1 && *at == '.')
        return true;
    while (at < end) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        struct slice part = {at, (size_t)((dot ? dot : end) - at)};

        if (!part_is_known(part, known))
            return fail_unknown(t, node, part, known, err);
        at += part.n + (dot != NULL);
    }
    return true;
}

bool mustache_check_names(const struct mustache *m, const char *const *known,
                          struct error *err)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct template *t = &m->templates[i];

        for (size_t k = 0; k < t->n; k++) {
            enum node_kind kind = t->nodes[k].kind;

            if ((kind == NODE_VALUE || kind == NODE_RAW ||
                 kind == NODE_SECTION || kind == NODE_INVERTED) &&
                !node_is_known(t, &t->nodes[k], known, err))
                return false;
        }
    }
    return true;
}
