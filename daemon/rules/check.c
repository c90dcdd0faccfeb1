/*
 * What no single statement can tell: clauses that are missing, and orders that
 * run in a circle.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

/* ---- missing clauses */

static bool has_row(const struct node *n, const struct row *row)
{
    for (size_t i = 0; i < n->n_kids; i++)
        if (n->kids[i]->row == row)
            return true;
    return false;
}

static void say_missing(struct build *b, const struct node *n,
                        const struct row *row)
{
    const struct value *v = n->row ? &n->values[0] : NULL;
    const char *hint = text_format(b->tmp, "add: %s", row_print(b->tmp, row));

    if (!n->row)
        find_error(b->f, (struct where){b->r->file, 1, 1}, hint,
                   "the file has no \"%s\"", row->keyword);
    else
        find_error(b->f, n->where, hint, "%s %s has no \"%s\"", n->row->keyword,
                   v->text, row->keyword);
}

void check_required(struct build *b, const struct node *n)
{
    for (size_t i = 0; i < language_rows(); i++) {
        const struct row *row = language_row(i);

        if (row->in == node_scope(n) && row->flags & ROW_REQUIRED && !n->bad &&
            !has_row(n, row))
            say_missing(b, n, row);
    }
    for (size_t i = 0; i < n->n_kids; i++)
        if (n->kids[i]->row->opens != SCOPE_NONE)
            check_required(b, n->kids[i]);
}

/* ---- circles */

/* A graph of things that come after each other: edges by index. */
struct edge {
    size_t from, to; /* `to` comes after `from` */
    struct where where;
};

struct graph {
    struct edge *edges;
    size_t n_edges, n;
    const char **names;
};

static void add_edge(TALLOC_CTX *ctx, struct graph *g, size_t from, size_t to,
                     struct where where)
{
    g->edges = array_grow(ctx, g->edges, struct edge, g->n_edges + 1);
    g->edges[g->n_edges++] = (struct edge){from, to, where};
}

/* One edge is enough to leave a node for a node that is still there. */
static const struct edge *way_on(const struct graph *g, const bool *gone,
                                 size_t from)
{
    for (size_t i = 0; i < g->n_edges; i++)
        if (g->edges[i].from == from && !gone[g->edges[i].to])
            return &g->edges[i];
    return NULL;
}

/* Takes away, until nothing changes, what nothing comes after. What is left
 * leads into circles. */
static void take_ends(const struct graph *g, bool *gone)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (size_t i = 0; i < g->n; i++) {
            if (gone[i] || way_on(g, gone, i))
                continue;
            gone[i] = true;
            changed = true;
        }
    }
}

/* Walks from a node that is left until one comes up again, and reports that
 * circle; its nodes are taken away so that the next one is found. */
static void report_circle(struct build *b, const struct graph *g, bool *gone,
                          size_t start)
{
    bool *seen = array_new(b->tmp, bool, g->n);
    const struct edge *e = NULL;
    char *path;
    size_t at = start, first;

    for (; !seen[at]; at = e->to) {
        seen[at] = true;
        e = way_on(g, gone, at);
    }
    first = at;
    path = memory_text(b->tmp, g->names[first]);
    do {
        e = way_on(g, gone, at);
        at = e->to;
        path = talloc_asprintf_append_buffer(path, ", %s", g->names[at]);
        invariant(path);
    } while (at != first);
    find_error(b->f, e->where, "take one of these out",
               "this order runs in a circle: %s", path);
    for (at = first; !gone[at]; at = e->to) {
        e = way_on(g, gone, at);
        gone[at] = true;
        if (!e)
            break;
    }
}

static void check_graph(struct build *b, const struct graph *g)
{
    bool *gone = array_new(b->tmp, bool, g->n);

    for (;;) {
        size_t i = 0;

        take_ends(g, gone);
        while (i < g->n && gone[i])
            i++;
        if (i == g->n || b->f->full)
            return;
        report_circle(b, g, gone, i);
    }
}

static void check_items(struct build *b, const struct cluster *c)
{
    struct graph g = {.n = c->n_items};

    g.names = array_new(b->tmp, const char *, g.n);
    for (size_t i = 0; i < g.n; i++) {
        const struct item_rule *item = &c->items[i];

        g.names[i] = item->code;
        for (size_t k = 0; k < item->n_after; k++)
            add_edge(b->tmp, &g, (size_t)(item->after[k] - c->items), i,
                     item->where);
        for (size_t k = 0; k < item->n_before; k++)
            add_edge(b->tmp, &g, i, (size_t)(item->before[k] - c->items),
                     item->where);
    }
    check_graph(b, &g);
}

static void check_clusters(struct build *b)
{
    const struct rules *r = b->r;
    struct graph g = {.n = r->n_clusters};

    g.names = array_new(b->tmp, const char *, g.n);
    for (size_t i = 0; i < g.n; i++) {
        const struct cluster *c = &r->clusters[i];

        g.names[i] = c->code;
        for (size_t k = 0; k < c->n_relations; k++) {
            const struct relation *x = &c->relations[k];
            size_t other = (size_t)(x->other - r->clusters);

            if (x->kind == RELATION_AFTER)
                add_edge(b->tmp, &g, other, i, x->where);
            else if (!x->next)
                add_edge(b->tmp, &g, i, other, x->where);
        }
    }
    check_graph(b, &g);
}

static void check_steps(struct build *b, const struct workflow *w)
{
    struct graph g = {.n = w->n_steps};

    g.names = array_new(b->tmp, const char *, g.n);
    for (size_t i = 0; i < g.n; i++) {
        const struct step *s = &w->steps[i];

        g.names[i] = s->code;
        if (s->due_step)
            add_edge(b->tmp, &g, (size_t)(s->due_step - w->steps), i, s->where);
    }
    check_graph(b, &g);
}

static void check_bodies(struct build *b)
{
    const struct rules *r = b->r;
    struct graph g = {.n = r->n_bodies};

    g.names = array_new(b->tmp, const char *, g.n);
    for (size_t i = 0; i < g.n; i++) {
        const struct body *y = &r->bodies[i];

        g.names[i] = y->code;
        if (y->under)
            add_edge(b->tmp, &g, (size_t)(y->under - r->bodies), i, y->where);
    }
    check_graph(b, &g);
}

void check_orders(struct build *b)
{
    for (size_t i = 0; i < b->r->n_clusters; i++)
        check_items(b, &b->r->clusters[i]);
    for (size_t i = 0; i < b->r->n_workflows; i++)
        check_steps(b, &b->r->workflows[i]);
    check_clusters(b);
    check_bodies(b);
}
