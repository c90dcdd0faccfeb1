/*
 * Lines to tree. A line that is not indented begins a statement; an indented
 * one belongs to the nearest line above that is indented less. Clauses follow
 * each other on one line, with or without a comma between.
 *
 * Recovery: a word that is nearly a clause is read as that clause. After
 * another error the reader goes on at the next word of the line that begins a
 * clause there; when not even the first word made sense, nothing more is said
 * about the line.
 */
#include "daemon/rules/tree.h"

#include <limits.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { NODES_MOST = 20000 };

struct reader {
    TALLOC_CTX *ctx;
    struct findings *f;
    struct node *root;
    struct node *open; /* the innermost node that may have kids */
    bool lost;         /* below a statement that nobody knows */
    size_t n_nodes;
    const struct pattern **patterns; /* of the rows, once they are needed */
    struct line line;
    struct where where; /* of the line */
};

/* ---- looking at nodes */

enum scope node_scope(const struct node *n)
{
    return n->row ? n->row->opens : SCOPE_FILE;
}

const struct value *node_value(const struct node *n, const char *name, size_t k)
{
    for (size_t i = 0; i < n->n_values; i++) {
        const struct value *v = &n->values[i];

        if (v->name && strcmp(v->name, name) == 0 && k-- == 0)
            return v->problem ? NULL : v;
    }
    return NULL;
}

size_t node_count(const struct node *n, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < n->n_values; i++)
        count += n->values[i].name && strcmp(n->values[i].name, name) == 0;
    return count;
}

static size_t word_at(const struct node *n, const char *word)
{
    size_t i = 0;

    while (i < n->n_values &&
           (n->values[i].name || strcmp(n->values[i].text, word) != 0))
        i++;
    return i;
}

bool node_says(const struct node *n, const char *word)
{
    return word_at(n, word) < n->n_values;
}

const struct value *node_value_after(const struct node *n, const char *word)
{
    size_t i = word_at(n, word) + 1;

    if (i >= n->n_values || !n->values[i].name || n->values[i].problem)
        return NULL;
    return &n->values[i];
}

const struct node *node_kid(const struct node *n, const char *keyword)
{
    for (size_t i = 0; i < n->n_kids; i++)
        if (strcmp(n->kids[i]->row->keyword, keyword) == 0 && !n->kids[i]->bad)
            return n->kids[i];
    return NULL;
}

struct where node_where(const struct node *n, const struct value *v)
{
    struct where w = n->where;

    w.column = v->column;
    return w;
}

/* ---- finding rows */

static bool begins_row(const struct row *row, const struct token *t)
{
    if (t->kind != TOKEN_WORD)
        return false;
    if (row->flags & ROW_BARE)
        return token_is_number(t) || text_same(t->text, "half");
    return text_same(row->keyword, t->text);
}

static const struct row *row_in(enum scope s, const struct token *t)
{
    for (size_t i = 0; i < language_rows(); i++)
        if (language_row(i)->in == s && begins_row(language_row(i), t))
            return language_row(i);
    return NULL;
}

/* The row that a token begins in `open` or above it, and where it belongs. */
static const struct row *row_above(struct node *open, const struct token *t,
                                   struct node **ret)
{
    for (struct node *n = open; n->row; n = n->parent) {
        const struct row *row = row_in(node_scope(n), t);

        if (row) {
            *ret = n;
            return row;
        }
    }
    return NULL;
}

/* The first row of any scope that a word begins. */
static const struct row *row_anywhere(const struct token *t)
{
    for (size_t i = 0; i < language_rows(); i++)
        if (!token_is_number(t) && begins_row(language_row(i), t))
            return language_row(i);
    return NULL;
}

/* All words that may begin a clause in `open` or above it. */
static const char **words_above(TALLOC_CTX *ctx, const struct node *open)
{
    const char **all = array_new(ctx, const char *, 1);
    size_t n = 0;

    for (; open->row; open = open->parent) {
        const char **words = language_keywords(ctx, node_scope(open));

        for (size_t i = 0; words[i]; i++) {
            all = array_grow(ctx, all, const char *, n + 2);
            all[n++] = words[i];
            all[n] = NULL;
        }
    }
    return all;
}

static const struct row *row_of_word(enum scope s, const char *word)
{
    struct token t = {TOKEN_WORD, word, 0, 0, 0};

    return row_in(s, &t);
}

static const struct pattern *pattern_of(struct reader *r, const struct row *row)
{
    size_t i = (size_t)(row - language_row(0));

    if (!r->patterns[i])
        r->patterns[i] = pattern_compile(
            r->ctx, row->flags & ROW_BARE ? row->keyword : row->pattern);
    return r->patterns[i];
}

/* ---- errors */

/* The word that is meant, or NULL; one letter is near to too many. */
static const char *nearest(const struct token *t, const char *const *words)
{
    const char *near;

    if (t->kind != TOKEN_WORD || strlen(t->text) < 2 || !words)
        return NULL;
    near = text_nearest(t->text, words);
    return near && strcmp(near, "+") != 0 ? near : NULL;
}

static struct where at_token(const struct reader *r, size_t i)
{
    struct where w = r->where;

    w.column = r->line.tokens[i].column;
    return w;
}

static const char *token_print(TALLOC_CTX *ctx, const struct token *t)
{
    return t->kind == TOKEN_END ? "the end of the line"
                                : text_format(ctx, "\"%.60s\"", t->text);
}

static char *words_print(TALLOC_CTX *ctx, const char *const *words)
{
    char *out = memory_text(ctx, "");

    for (size_t i = 0; words[i]; i++) {
        out =
            talloc_asprintf_append_buffer(out, "%s%s", i ? ", " : "", words[i]);
        invariant(out);
    }
    return out;
}

/* What an office program made of a straight quote. */
static bool is_curly_quote(const char *text)
{
    static const char *const quotes[] = {"\u201c", "\u201d", "\u201e",
                                         "\u2018", "\u2019", "\u201a",
                                         "\u00ab", "\u00bb", NULL};
    size_t i = 0;

    while (quotes[i] && !text_begins(text, quotes[i]))
        i++;
    return quotes[i];
}

static void say_expected(struct reader *r, const struct row *row,
                         const struct match *m)
{
    const struct token *t = &r->line.tokens[m->far];
    const char *near = nearest(t, m->words);
    const char *hint =
        t->kind != TOKEN_END && is_curly_quote(t->text)
            ? "write straight quotes: \""
        : near && !text_same(near, t->text)
            ? text_format(r->ctx, "did you mean %s?", near)
            : text_format(r->ctx, "write: %s", row_print(r->ctx, row));

    if (r->line.bad)
        return;
    if (m->far == 0)
        find_error(r->f, at_token(r, m->far), hint, "expected %s, not %s",
                   match_hoped(r->ctx, m), token_print(r->ctx, t));
    else
        find_error(r->f, at_token(r, m->far), hint,
                   "expected %s after %s, not %s", match_hoped(r->ctx, m),
                   token_print(r->ctx, t - 1), token_print(r->ctx, t));
}

/* Says what is impossible in values; true when there was something. */
static bool say_problems(struct reader *r, const struct value *values, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        struct where w = r->where;

        if (!values[i].problem)
            continue;
        any = true;
        w.column = values[i].column;
        if (!r->line.bad)
            find_error(r->f, w, values[i].hint, "%s", values[i].problem);
    }
    return any;
}

/* ---- nodes */

static struct node *node_add(struct reader *r, struct node *parent,
                             const struct row *row, size_t token)
{
    struct node *n = object_new(r->ctx, struct node);

    *n = (struct node){.row = row,
                       .where = at_token(r, token),
                       .text = "",
                       .bad = r->line.bad,
                       .indent = token == 0 ? r->line.indent : INT_MAX,
                       .parent = parent};
    parent->kids =
        array_grow(r->ctx, parent->kids, struct node *, parent->n_kids + 1);
    parent->kids[parent->n_kids++] = n;
    r->n_nodes++;
    return n;
}

static void check_once(struct reader *r, const struct node *parent,
                       const struct row *row, size_t token)
{
    if (row->flags & ROW_MANY)
        return;
    for (size_t i = 0; i < parent->n_kids; i++) {
        if (parent->kids[i]->row != row)
            continue;
        find_error(r->f, at_token(r, token), "",
                   "\"%s\" is given twice, first on line %d", row->keyword,
                   parent->kids[i]->where.line);
        return;
    }
}

static bool is_begin(const struct reader *r, const struct node *open, size_t i)
{
    const struct token *t = &r->line.tokens[i];

    for (; open->row; open = open->parent)
        if (row_in(node_scope(open), t))
            return true;
    return false;
}

/* The next token from `i` on whose word begins a clause, or the end. */
static size_t next_clause(const struct reader *r, const struct node *open,
                          size_t i)
{
    while (i < r->line.n &&
           (!is_begin(r, open, i) || token_is_number(&r->line.tokens[i])))
        i++;
    return i;
}

static const char *slice(struct reader *r, size_t from, size_t to)
{
    const struct token *t = r->line.tokens;

    if (to <= from)
        return "";
    return memory_text_n(r->ctx, r->line.text + t[from].from,
                         t[to - 1].to - t[from].from);
}

/* Reads the row that begins at token i; returns where the next one begins. */
static size_t read_row(struct reader *r, struct node *parent,
                       const struct row *row, size_t i)
{
    struct match m = {.line = &r->line};
    size_t from = i + !(row->flags & ROW_BARE);
    struct node *n, *scope;
    size_t comma; /* one may stand between clauses */

    n = node_add(r, parent, row, i);
    scope = row->opens ? n : parent;
    r->open = scope;
    m.stop = words_above(r->ctx, scope);
    if (!pattern_match(r->ctx, pattern_of(r, row), &m, from)) {
        n->bad = true;
        n->values = m.far_values;
        n->n_values = m.n_far_values;
        if (!say_problems(r, m.far_values, m.n_far_values))
            say_expected(r, row, &m);
        return next_clause(r, scope, m.far > i ? m.far : i + 1);
    }
    n->values = m.values;
    n->n_values = m.n;
    n->text = slice(r, from, m.at);
    n->bad = say_problems(r, m.values, m.n) || n->bad;
    comma = r->line.tokens[m.at].kind == TOKEN_COMMA && m.at < r->line.n;
    if (m.at == r->line.n || is_begin(r, scope, m.at + comma))
        return m.at + comma;
    if (!m.hoped || m.far < m.at)
        return m.at;
    n->bad = true;
    say_expected(r, row, &m);
    return next_clause(r, scope, m.at);
}

/* ---- lines */

/* Says that the word at token i begins no clause of `open`. */
static void say_no_clause(struct reader *r, size_t i, const char *near)
{
    const struct token *t = &r->line.tokens[i];
    enum scope scope = node_scope(r->open);
    const struct row *other = row_anywhere(t);
    const char *hint =
        near ? text_format(r->ctx, "did you mean %s?", near)
        : other
            ? text_format(r->ctx, "it is a clause of %s", scope_word(other->in))
        : scope == SCOPE_ITEM && strchr("0123456789", t->text[0])
            ? "a duration is written 45 min, 2 hours, half day or 2 days"
            : text_format(
                  r->ctx, "the clauses of %s: %s", scope_word(scope),
                  words_print(r->ctx, language_keywords(r->ctx, scope)));

    if (scope == SCOPE_FILE)
        find_error(r->f, at_token(r, i), "",
                   "unexpected %s: nothing may follow after %s",
                   token_print(r->ctx, t), token_print(r->ctx, t - 1));
    else
        find_error(r->f, at_token(r, i), hint, "%s is no clause of %s",
                   token_print(r->ctx, t), scope_word(scope));
}

/* A word that begins no clause here: says so and guesses what is meant. */
static const struct row *guess_clause(struct reader *r, size_t i,
                                      struct node **ret)
{
    const struct token *t = &r->line.tokens[i];
    const char **words = words_above(r->ctx, r->open);
    const char *near = nearest(t, words);

    if (!r->line.bad)
        say_no_clause(r, i, near);
    r->line.bad = r->line.bad || !near;
    for (struct node *n = r->open; n->row && near; n = n->parent) {
        *ret = n;
        if (row_of_word(node_scope(n), near))
            return row_of_word(node_scope(n), near);
    }
    return NULL;
}

static void read_clauses(struct reader *r, size_t i)
{
    while (i < r->line.n && !r->f->full) {
        struct node *parent = r->open;
        const struct row *row = row_above(r->open, &r->line.tokens[i], &parent);

        if (row)
            check_once(r, parent, row, i);
        else
            row = guess_clause(r, i, &parent);
        if (row)
            i = read_row(r, parent, row, i);
        else
            i = next_clause(r, r->open, i + 1);
    }
}

/* An unindented word that is no statement. */
static const struct row *guess_statement(struct reader *r)
{
    const struct token *t = r->line.tokens;
    const char **words = language_keywords(r->ctx, SCOPE_FILE);
    const char *near = nearest(t, words);
    struct node *parent;
    const struct row *clause = row_above(r->open, t, &parent);

    if (r->line.bad)
        return near ? row_of_word(SCOPE_FILE, near) : NULL;
    if (!clause && !near)
        clause = row_anywhere(t);
    if (clause) {
        find_error(r->f, at_token(r, 0), "indent it below its statement",
                   "\"%s\" is no statement but a clause of %s", t->text,
                   scope_word(clause->in));
        return NULL;
    }
    find_error(r->f, at_token(r, 0),
               near ? text_format(r->ctx, "did you mean %s?", near)
                    : text_format(r->ctx, "statements: %s",
                                  words_print(r->ctx, words)),
               "%s is no statement", token_print(r->ctx, t));
    return near ? row_of_word(SCOPE_FILE, near) : NULL;
}

static void read_statement(struct reader *r)
{
    const struct token *t = r->line.tokens;
    const struct row *row = row_in(SCOPE_FILE, t);
    struct node *parent;

    r->lost = false;
    if (!row && !(row = guess_statement(r))) {
        if (row_above(r->open, t, &parent)) {
            read_clauses(r, 0);
            return;
        }
        r->lost = true;
        return;
    }
    check_once(r, r->root, row, 0);
    r->open = r->root;
    read_clauses(r, read_row(r, r->root, row, 0));
}

static void read_indented(struct reader *r)
{
    const struct token *t = r->line.tokens;
    struct node *parent;

    if (r->lost)
        return;
    while (r->open->row && r->open->indent >= r->line.indent)
        r->open = r->open->parent;
    if (r->open->row && row_above(r->open, t, &parent)) {
        read_clauses(r, 0);
    } else if (row_in(SCOPE_FILE, t)) {
        if (!r->line.bad)
            find_error(r->f, at_token(r, 0), "begin the line with it",
                       "\"%s\" is a statement and may not be indented",
                       t->text);
        r->line.indent = 0;
        read_statement(r);
    } else if (r->open->row) {
        read_clauses(r, 0);
    } else if (!r->line.bad) {
        find_error(r->f, at_token(r, 0), "",
                   "an indented line without a statement above it");
    }
}

static void read_line(struct reader *r, const char *text, size_t size)
{
    r->line = line_read(r->ctx, r->f, r->where, text, size);
    if (r->line.n == 0)
        return;
    if (r->line.indent > 0)
        read_indented(r);
    else
        read_statement(r);
}

static void check_size(struct reader *r)
{
    if (r->n_nodes <= NODES_MOST || r->f->full)
        return;
    find_error(r->f, r->where, "",
               "more than %d statements and clauses in one file", NODES_MOST);
    r->f->full = true;
}

struct node *tree_read(TALLOC_CTX *ctx, struct findings *f, const char *file,
                       const char *text, size_t size)
{
    struct reader r = {.ctx = ctx, .f = f, .where = {file, 0, 1}};
    const char *end = text + size;

    r.root = r.open = object_new(ctx, struct node);
    r.patterns = array_new(ctx, const struct pattern *, language_rows());
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (text < end && !f->full) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((stop ? stop : end) - text);

        r.where.line++;
        read_line(&r, text, n > 0 && text[n - 1] == '\r' ? n - 1 : n);
        text = stop ? stop + 1 : end;
        check_size(&r);
    }
    return r.root;
}
