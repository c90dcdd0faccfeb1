/*
 * What no single statement can tell: clauses that are missing, and orders that
 * run in a circle.
 */
#include <stdlib.h>
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
        find_error(b->f, (struct where){b->file, 1, 1}, hint,
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
    bool *gone; /* nodes that are in no circle, or in a reported one */
};

static struct graph graph_new(struct build *b, size_t n)
{
    return (struct graph){.edges = array_new(b->tmp, struct edge, 0),
                          .n = n,
                          .names = array_new(b->tmp, const char *, n),
                          .gone = array_new(b->tmp, bool, n)};
}

static void add_edge(struct build *b, struct graph *g, size_t from, size_t to,
                     struct where where)
{
    g->edges = array_grow(b->tmp, g->edges, struct edge, g->n_edges + 1);
    g->edges[g->n_edges++] = (struct edge){from, to, where};
}

static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = (const struct edge *)left;
    const struct edge *b = (const struct edge *)right;

    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

/* The first edge that leads to a node; edges are sorted by it. */
static size_t edges_to(const struct graph *g, size_t to)
{
    size_t lo = 0, hi = g->n_edges;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (g->edges[mid].to < to)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Takes away what nothing comes after, then what only that came after, and so
 * on. Every node that is left then has a way on, so all ways end in circles. */
static void take_ends(struct build *b, struct graph *g)
{
    size_t *ways = array_new(b->tmp, size_t, g->n);
    size_t *ends = array_new(b->tmp, size_t, g->n), n = 0;

    for (size_t i = 0; i < g->n_edges; i++)
        ways[g->edges[i].from] += !g->gone[g->edges[i].to];
    for (size_t i = 0; i < g->n; i++)
        if (!g->gone[i] && ways[i] == 0)
            ends[n++] = i;
    while (n > 0) {
        size_t end = ends[--n];

        g->gone[end] = true;
        for (size_t i = edges_to(g, end);
             i < g->n_edges && g->edges[i].to == end; i++) {
            size_t from = g->edges[i].from;

            if (!g->gone[from] && --ways[from] == 0)
                ends[n++] = from;
        }
    }
}

/* An edge from a node that is left to another one. */
static const struct edge *way_on(const struct graph *g, size_t from)
{
    size_t i = 0;

    while (i < g->n_edges &&
           (g->edges[i].from != from || g->gone[g->edges[i].to]))
        i++;
    invariant(i < g->n_edges);
    return &g->edges[i];
}

/* Walks on from a node that is left until one comes up again. */
static size_t find_circle(struct build *b, const struct graph *g, size_t at)
{
    bool *seen = array_new(b->tmp, bool, g->n);

    for (; !seen[at]; at = way_on(g, at)->to)
        seen[at] = true;
    return at;
}

static void report_circle(struct build *b, struct graph *g, size_t first)
{
    size_t *circle = array_new(b->tmp, size_t, g->n), n = 0, at = first;
    char *path = memory_text(b->tmp, g->names[first]);
    struct where where;

    do {
        const struct edge *e = way_on(g, at);

        circle[n++] = at;
        at = e->to;
        where = e->where;
        path = talloc_asprintf_append_buffer(path, ", %s", g->names[at]);
        invariant(path);
    } while (at != first);
    find_error(b->f, where, "take one of these out",
               "this order runs in a circle: %s", path);
    while (n > 0)
        g->gone[circle[--n]] = true;
}

static void check_graph(struct build *b, struct graph *g)
{
    if (g->n_edges > 1)
        qsort(g->edges, g->n_edges, sizeof g->edges[0], compare_edges);
    take_ends(b, g);
    for (size_t i = 0; i < g->n && !b->f->full; i++) {
        if (g->gone[i])
            continue;
        report_circle(b, g, find_circle(b, g, i));
        take_ends(b, g);
    }
}

static void check_items(struct build *b, const struct cluster *c)
{
    struct graph g = graph_new(b, c->n_items);

    for (size_t i = 0; i < g.n; i++) {
        const struct item_rule *item = &c->items[i];

        g.names[i] = item->code;
        for (size_t k = 0; k < item->n_after; k++)
            add_edge(b, &g, (size_t)(item->after[k] - c->items), i,
                     item->where);
        for (size_t k = 0; k < item->n_before; k++)
            add_edge(b, &g, i, (size_t)(item->before[k] - c->items),
                     item->where);
    }
    check_graph(b, &g);
}

static void check_clusters(struct build *b)
{
    const struct rules *r = b->r;
    struct graph g = graph_new(b, r->n_clusters);

    for (size_t i = 0; i < g.n; i++) {
        const struct cluster *c = &r->clusters[i];

        g.names[i] = c->code;
        for (size_t k = 0; k < c->n_relations; k++) {
            const struct relation *x = &c->relations[k];
            size_t other = (size_t)(x->other - r->clusters);

            if (x->kind == RELATION_AFTER)
                add_edge(b, &g, other, i, x->where);
            else if (!x->next)
                add_edge(b, &g, i, other, x->where);
        }
    }
    check_graph(b, &g);
}

static void check_steps(struct build *b, const struct workflow *w)
{
    struct graph g = graph_new(b, w->n_steps);

    for (size_t i = 0; i < g.n; i++) {
        const struct step *s = &w->steps[i];

        g.names[i] = s->code;
        if (s->due_step)
            add_edge(b, &g, (size_t)(s->due_step - w->steps), i, s->where);
    }
    check_graph(b, &g);
}

static void check_bodies(struct build *b)
{
    const struct rules *r = b->r;
    struct graph g = graph_new(b, r->n_bodies);

    for (size_t i = 0; i < g.n; i++) {
        const struct body *y = &r->bodies[i];

        g.names[i] = y->code;
        if (y->under)
            add_edge(b, &g, (size_t)(y->under - r->bodies), i, y->where);
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
