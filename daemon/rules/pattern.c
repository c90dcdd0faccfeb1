/*
 * Patterns are compiled to small trees and matched greedily, first alternative
 * first, without going back into what has matched: the language is made so that
 * this is enough. The farthest failure of all attempts is what errors speak of.
 */
#include "daemon/rules/pattern.h"

#include <ctype.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/hole.h"

enum kind { SEQUENCE, CHOICE, OPTIONAL, LIST, WORD, HOLE };

/* LIST: kids[0] is repeated, `text` stands between. */
struct pattern {
    enum kind kind;
    const char *text;
    bool plural; /* WORD: may have an s */
    const struct hole_row *hole;
    const struct pattern **kids;
    size_t n;
};

struct compiler {
    TALLOC_CTX *ctx;
    const char *at;
};

/* ---- compiling */

static const struct pattern *compile_choice(struct compiler *c);

/* The length of the piece at p: a word with its (s), a quoted text, a mark. */
static size_t piece(const char *p)
{
    size_t n = 0;

    if (*p == '"')
        return (size_t)(strchr(p + 1, '"') - p) + 1;
    while (isalpha((unsigned char)p[n]) || p[n] == '-')
        n++;
    if (n > 0)
        return strncmp(p + n, "(s)", 3) == 0 ? n + 3 : n;
    return *p == '.' ? strspn(p, ".") : *p != '\0';
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

static char *take(struct compiler *c)
{
    size_t n = piece(c->at);
    char *text = memory_text_n(c->ctx, c->at, n);

    c->at = skip_blanks(c->at + n);
    return text;
}

static struct pattern *node_new(struct compiler *c, enum kind kind,
                                const char *text)
{
    struct pattern *p = object_new(c->ctx, struct pattern);

    p->kind = kind;
    p->text = text;
    return p;
}

static void add_kid(struct compiler *c, struct pattern *p,
                    const struct pattern *kid)
{
    p->kids = array_grow(c->ctx, p->kids, const struct pattern *, p->n + 1);
    p->kids[p->n++] = kid;
}

static bool is_hole(const char *text)
{
    for (; *text; text++)
        if (!isupper((unsigned char)*text))
            return false;
    return true;
}

static const struct pattern *compile_leaf(struct compiler *c)
{
    char *text = take(c);
    size_t n = strlen(text);
    bool quoted = text[0] == '"';
    struct pattern *p;

    if (quoted) {
        text[n - 1] = '\0';
        text++;
    }
    p = node_new(c, quoted || is_hole(text) ? HOLE : WORD, text);
    if (p->kind == HOLE)
        p->hole = language_hole(quoted ? "\"" : text);
    p->plural = n > 3 && strcmp(text + n - 3, "(s)") == 0;
    if (p->plural)
        text[n - 3] = '\0';
    return p;
}

static const struct pattern *compile_primary(struct compiler *c)
{
    bool optional = *c->at == '[';
    const struct pattern *inner;
    struct pattern *p;

    if (*c->at != '[' && *c->at != '(')
        return compile_leaf(c);
    c->at = skip_blanks(c->at + 1);
    inner = compile_choice(c);
    invariant(*c->at == (optional ? ']' : ')'));
    c->at = skip_blanks(c->at + 1);
    if (!optional)
        return inner;
    p = node_new(c, OPTIONAL, "");
    add_kid(c, p, inner);
    return p;
}

static const struct pattern *compile_element(struct compiler *c)
{
    const struct pattern *item = compile_primary(c);
    size_t n = piece(c->at);
    struct pattern *list;

    if (n == 0 || strncmp(skip_blanks(c->at + n), "...", 3) != 0)
        return item;
    list = node_new(c, LIST, take(c));
    (void)take(c);
    add_kid(c, list, item);
    return list;
}

static const struct pattern *compile_sequence(struct compiler *c)
{
    struct pattern *p = node_new(c, SEQUENCE, "");

    while (*c->at && !strchr("])|", *c->at))
        add_kid(c, p, compile_element(c));
    return p;
}

static const struct pattern *compile_choice(struct compiler *c)
{
    struct pattern *p = node_new(c, CHOICE, "");

    add_kid(c, p, compile_sequence(c));
    while (*c->at == '|') {
        c->at = skip_blanks(c->at + 1);
        add_kid(c, p, compile_sequence(c));
    }
    return p->n == 1 ? p->kids[0] : p;
}

const struct pattern *pattern_compile(TALLOC_CTX *ctx, const char *text)
{
    struct compiler c = {ctx, skip_blanks(text)};
    const struct pattern *p = compile_choice(&c);

    invariant(*c.at == '\0');
    return p;
}

/* ---- matching */

struct matcher {
    TALLOC_CTX *ctx;
    struct match *m;
    size_t wary; /* the token that is no code when it begins a clause */
};

static bool match_node(struct matcher *x, const struct pattern *p, size_t *at);

static const char **add_word(TALLOC_CTX *ctx, const char **words, size_t *n,
                             const char *word)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(words[i], word) == 0)
            return words;
    words = array_grow(ctx, words, const char *, *n + 2);
    words[(*n)++] = word;
    words[*n] = NULL;
    return words;
}

/* Remembers the farthest failure: what was hoped for and what was read. */
static void hope(struct matcher *x, const struct pattern *p, size_t at)
{
    struct match *m = x->m;
    const char *said = p->kind == HOLE ? p->hole->what
                                       : text_format(x->ctx, "\"%s\"", p->text);

    if (at < m->far)
        return;
    if (at > m->far || !m->hoped) {
        m->far = at;
        m->n_hoped = m->n_words = 0;
        m->n_far_values = m->n;
        m->far_values = array_new(x->ctx, struct value, m->n);
        if (m->n > 0)
            memcpy(m->far_values, m->values, m->n * sizeof m->values[0]);
    }
    m->hoped = add_word(x->ctx, m->hoped, &m->n_hoped, said);
    if (p->kind == WORD && isalpha((unsigned char)p->text[0]))
        m->words = add_word(x->ctx, m->words, &m->n_words, p->text);
    for (size_t i = 0; p->kind == HOLE && hole_words(p->hole)[i]; i++)
        m->words =
            add_word(x->ctx, m->words, &m->n_words, hole_words(p->hole)[i]);
}

static void add_value(struct matcher *x, struct value v)
{
    struct match *m = x->m;

    m->values = array_grow(x->ctx, m->values, struct value, m->n + 1);
    m->values[m->n++] = v;
}

static bool says(const struct pattern *p, const struct token *t)
{
    size_t n = strlen(p->text);

    if (t->kind == TOKEN_TEXT || t->kind == TOKEN_END)
        return false;
    if (text_same(t->text, p->text))
        return true;
    return p->plural && text_begins(t->text, p->text) &&
           text_same(t->text + n, "s");
}

static bool match_word(struct matcher *x, const struct pattern *p, size_t *at)
{
    const struct token *t = &x->m->line->tokens[*at];

    if (!says(p, t)) {
        hope(x, p, *at);
        return false;
    }
    add_value(x,
              (struct value){.text = p->text, .column = t->column, .hint = ""});
    (*at)++;
    return true;
}

/* Does the word at t begin the next clause, rather than being a code? Words of
 * the language are written small, and no clause is only a word in a list. */
static bool is_stop(const struct match *m, const struct token *t)
{
    for (const char *p = t->text; *p; p++)
        if (isupper((unsigned char)*p))
            return false;
    if (t->kind == TOKEN_END || t[1].kind == TOKEN_COMMA)
        return false;
    for (size_t i = 0; m->stop[i]; i++)
        if (text_same(m->stop[i], t->text))
            return true;
    return false;
}

static bool match_hole(struct matcher *x, const struct pattern *p, size_t *at)
{
    struct match *m = x->m;
    const struct token *t = &m->line->tokens[*at];
    bool begins = *at == x->wary && p->hole->hole == HOLE_CODE && is_stop(m, t);
    struct value v;

    if (begins || !hole_read(x->ctx, p->hole, m->line, at, &v)) {
        hope(x, p, *at);
        return false;
    }
    v.name = p->text;
    add_value(x, v);
    return true;
}

static bool match_sequence(struct matcher *x, const struct pattern *p,
                           size_t *at)
{
    size_t from = *at, had = x->m->n;

    for (size_t i = 0; i < p->n; i++) {
        if (match_node(x, p->kids[i], at))
            continue;
        *at = from;
        x->m->n = had;
        return false;
    }
    return true;
}

static bool match_choice(struct matcher *x, const struct pattern *p, size_t *at)
{
    for (size_t i = 0; i < p->n; i++)
        if (match_node(x, p->kids[i], at))
            return true;
    return false;
}

static bool match_list(struct matcher *x, const struct pattern *p, size_t *at)
{
    if (!match_node(x, p->kids[0], at))
        return false;
    for (;;) {
        size_t next = *at + 1;

        if (!text_same(x->m->line->tokens[*at].text, p->text) ||
            x->m->line->tokens[*at].kind == TOKEN_TEXT)
            return true;
        x->wary = next;
        if (!match_node(x, p->kids[0], &next))
            return true;
        *at = next;
    }
}

static bool match_node(struct matcher *x, const struct pattern *p, size_t *at)
{
    switch (p->kind) {
    case SEQUENCE:
        return match_sequence(x, p, at);
    case CHOICE:
        return match_choice(x, p, at);
    case OPTIONAL:
        x->wary = *at;
        (void)match_node(x, p->kids[0], at);
        return true;
    case LIST:
        return match_list(x, p, at);
    case WORD:
        return match_word(x, p, at);
    case HOLE:
        return match_hole(x, p, at);
    }
    return false;
}

bool pattern_match(TALLOC_CTX *ctx, const struct pattern *p, struct match *m,
                   size_t from)
{
    struct matcher x = {ctx, m, SIZE_MAX};

    m->at = m->far = from;
    return match_node(&x, p, &m->at);
}

char *match_hoped(TALLOC_CTX *ctx, const struct match *m)
{
    char *out = memory_text(ctx, "");

    for (size_t i = 0; i < m->n_hoped; i++) {
        const char *between = i == 0 ? "" : i + 1 < m->n_hoped ? ", " : " or ";

        out = talloc_asprintf_append_buffer(out, "%s%s", between, m->hoped[i]);
        invariant(out);
    }
    return out;
}
