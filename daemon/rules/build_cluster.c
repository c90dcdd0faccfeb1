/*
 * Clusters: everything but their items.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

enum { TIMES_MOST = 60 };

/* Editions are called CODE-YEAR and CODE-YEAR-N: a code that ends like one
 * would make these names mean two things. */
static void check_code(struct build *b, const struct cluster *c)
{
    const char *dash = strrchr(c->code, '-');

    if (dash && dash[1] && dash[1 + strspn(dash + 1, "0123456789")] == '\0')
        find_error(b->f, c->where, "use letters after the last -",
                   "the code %s ends like the name of an edition", c->code);
}

void declare_clusters(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "cluster", &r->n_clusters);

    r->clusters = array_new(r, struct cluster, r->n_clusters);
    for (size_t i = 0; i < r->n_clusters; i++) {
        struct cluster *c = &r->clusters[i];

        c->sector = r->sectors;
        c->code = keep(b, node_value(nodes[i], "CODE", 0));
        c->title = keep(b, node_value(nodes[i], "Title", 0));
        c->where = nodes[i]->where;
        name_add(b, NOUN_CLUSTER, NULL, c->code, c, c->where);
        check_code(b, c);
        declare_items(b, c, nodes[i]);
    }
}

static void fill_times(struct build *b, struct cluster *c, const struct node *n)
{
    const struct value *first, *second;

    c->least = c->most = 1;
    if (!n)
        return;
    first = node_value(n, "N", 0);
    second = node_value(n, "N", 1);
    c->times_where = n->where;
    c->times = node_says(n, "more")     ? TIMES_AND_MORE
               : node_says(n, "needed") ? TIMES_AS_NEEDED
                                        : TIMES_FIXED;
    c->least = c->times == TIMES_AS_NEEDED ? 0 : first ? first->number : 1;
    c->most = second ? second->number : first ? first->number : 1;
    if (c->most < c->least)
        find_error(b->f, node_where(n, second), "",
                   "at most %d is less than %d per cycle", c->most, c->least);
    if (c->most > TIMES_MOST)
        find_error(b->f, n->where, "", "more than %d editions a cycle",
                   TIMES_MOST);
}

static void fill_window(struct cluster *c, const struct node *window,
                        const struct node *prefer)
{
    if (window && node_value(window, "D", 0) && node_value(window, "D", 1)) {
        c->has_window = true;
        c->window_from = node_value(window, "D", 0)->yearly;
        c->window_to = node_value(window, "D", 1)->yearly;
        c->window_where = window->where;
    }
    if (prefer && node_value(prefer, "D", 0)) {
        c->prefer = node_value(prefer, "D", 0)->yearly;
        c->prefer_weight = number_in(prefer, "W");
        c->prefer_where = prefer->where;
    }
}

static int order_of(struct yearly y)
{
    return y.month * 32 + y.day;
}

static void check_prefer(struct build *b, const struct cluster *c)
{
    int from = order_of(c->window_from), to = order_of(c->window_to);
    int at = order_of(c->prefer);
    bool inside = from <= to ? from <= at && at <= to : from <= at || at <= to;

    if (c->has_window && c->prefer.month != 0 && !inside)
        find_warning(b->f, c->prefer_where, "",
                     "the preferred start of %s lies outside its window",
                     c->code);
}

static void fill_lasts(struct build *b, struct cluster *c, const struct node *n)
{
    c->days = n && number_in(n, "DAYS") ? number_in(n, "DAYS") : 1;
    if (!n || n->bad)
        return;
    c->starts = weekdays_of(b, n, 0);
    c->lasts_where = n->where;
}

static void fill_host(struct build *b, struct cluster *c, const struct node *n)
{
    const struct value *v = n ? node_value(n, "ROTATION", 0) : NULL;
    const char **known, **members;
    size_t count = 0;

    c->host = HOST_ANY;
    if (!v) {
        c->host_where = n ? n->where : c->host_where;
        return;
    }
    c->host_where = n->where;
    c->rotation = name_look(b, NOUN_ROTATION, NULL, v->text);
    c->host_member = name_look(b, NOUN_MEMBER, NULL, v->text);
    c->host = c->rotation ? HOST_ROTATION : HOST_MEMBER;
    if (c->rotation || c->host_member)
        return;
    known = name_codes(b, NOUN_ROTATION, NULL);
    members = name_codes(b, NOUN_MEMBER, NULL);
    while (known[count])
        count++;
    for (size_t i = 0; members[i]; i++) {
        known = array_grow(b->tmp, known, const char *, count + 2);
        known[count++] = members[i];
        known[count] = NULL;
    }
    name_unknown(b, node_where(n, v), "rotation or member", v->text, known);
}

static void add_relations(struct build *b, struct cluster *c,
                          const struct node *n, const char *keyword)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, keyword, &count);

    c->relations =
        array_grow(b->r, c->relations, struct relation, c->n_relations + count);
    for (size_t i = 0; i < count; i++) {
        struct relation x = {.where = nodes[i]->where};

        x.kind =
            strcmp(keyword, "after") == 0 ? RELATION_AFTER : RELATION_BEFORE;
        x.next = node_says(nodes[i], "next");
        x.other = name_find(b, NOUN_CLUSTER, NULL, nodes[i],
                            node_value(nodes[i], "CLUSTER", 0));
        x.gap = gap_of(b, nodes[i]);
        if (x.other == c)
            find_error(b->f, nodes[i]->where, "write: apart from previous ...",
                       "%s cannot come %s itself", c->code, keyword);
        else if (x.other)
            c->relations[c->n_relations++] = x;
    }
}

static int compare_relations(const void *left, const void *right)
{
    const struct relation *a = (const struct relation *)left;
    const struct relation *b = (const struct relation *)right;

    if (a->where.line != b->where.line)
        return a->where.line < b->where.line ? -1 : 1;
    return (a->where.column > b->where.column) -
           (a->where.column < b->where.column);
}

static void fill_relations(struct build *b, struct cluster *c,
                           const struct node *n)
{
    const struct node *apart = node_kid(n, "apart");

    add_relations(b, c, n, "after");
    add_relations(b, c, n, "before");
    if (c->n_relations > 1)
        qsort(c->relations, c->n_relations, sizeof c->relations[0],
              compare_relations);
    if (!apart)
        return;
    c->has_apart = true;
    c->apart = gap_of(b, apart);
    c->apart_where = apart->where;
}

static void fill_join(struct build *b, struct cluster *c, const struct node *n)
{
    size_t count = n ? node_count(n, "CLUSTER") : 0;

    c->join = array_new(b->r, const struct cluster *, count);
    if (!n)
        return;
    c->join_weight = number_in(n, "W");
    c->join_where = n->where;
    for (size_t k = 0; k < count; k++) {
        const struct cluster *other =
            name_find_new(b, NOUN_CLUSTER, NULL, n, "CLUSTER", k);

        if (other == c)
            find_error(b->f, node_where(n, node_value(n, "CLUSTER", k)), "",
                       "%s cannot join itself", c->code);
        else if (other)
            c->join[c->n_join++] = other;
    }
}

static void fill_needs(struct build *b, struct cluster *c, const struct node *n)
{
    size_t count;
    const struct node **nodes = nodes_of(b, n, "needs", &count);

    c->needs = array_new(b->r, struct need, count);
    for (size_t i = 0; i < count; i++) {
        const struct value *date = node_value(nodes[i], "DATE", 0);
        struct need x = {.where = nodes[i]->where};

        x.meetings = number_in(nodes[i], "N");
        x.deliverable = keep(b, node_value(nodes[i], "deliverable", 0));
        x.by = date ? date->date : DATE_NONE;
        x.by_cluster = name_find(b, NOUN_CLUSTER, NULL, nodes[i],
                                 node_value(nodes[i], "CLUSTER", 0));
        x.by_cycle = number_in(nodes[i], "YEAR");
        if (x.by_cluster == c)
            find_error(b->f, nodes[i]->where, "write a date",
                       "%s cannot be due by itself", c->code);
        if (!nodes[i]->bad)
            c->needs[c->n_needs++] = x;
    }
}

static void fill_cluster(struct build *b, struct cluster *c,
                         const struct node *n)
{
    const struct node *workflow = node_kid(n, "workflow");

    c->since =
        node_kid(n, "since") ? number_in(node_kid(n, "since"), "YEAR") : 0;
    c->rhythm = rhythm_of(node_kid(n, "every"));
    fill_times(b, c, node_kid(n, "times"));
    fill_window(c, node_kid(n, "window"), node_kid(n, "prefer"));
    check_prefer(b, c);
    fill_lasts(b, c, node_kid(n, "lasts"));
    fill_host(b, c, node_kid(n, "host"));
    fill_relations(b, c, n);
    fill_join(b, c, node_kid(n, "join"));
    fill_needs(b, c, n);
    if (workflow)
        c->workflow = name_find(b, NOUN_WORKFLOW, NULL, workflow,
                                node_value(workflow, "WORKFLOW", 0));
    fill_items(b, c, n);
}

void fill_clusters(struct build *b)
{
    size_t n;
    const struct node **nodes = nodes_of(b, b->root, "cluster", &n);

    for (size_t i = 0; i < n; i++)
        fill_cluster(b, &b->r->clusters[i], nodes[i]);
}
