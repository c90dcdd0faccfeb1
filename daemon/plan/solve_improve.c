/*
 * Better plans by regions: some variables are solved exactly with everything
 * else held at the plan. Balls find local mends; webs, which follow a sector
 * through its cycles, find "shift the whole series by a week".
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_grow.h"
#include "daemon/plan/network_solve.h"

enum {
    BALL = 16,
    BALL_NODES = 2000,
    BALL_ROUNDS = 6,
    WEB_NODES = 4000,
    NODES_PER_EDITION = 180, /* of all webs */
    NODES_AT_LEAST = 300000
};

/* One round of webs. */
struct web_shape {
    int32_t web, piece; /* editions a web has, and what is solved at once */
    bool backwards;     /* seeds from the end */
};

/* Gone through again and again until a whole turn improves nothing. Halves of
 * large webs are cut in time, where webs of their size are cut anywhere. Small
 * pieces first: they bring most for the time they take. */
static const struct web_shape webs[] = {
    {240, 30, false}, {60, 60, true},   {240, 40, true},
    {60, 60, false},  {240, 60, false}, {40, 40, false},
};

struct improving {
    struct part *c;
    struct grower *grower;
    int32_t *region, *web;
    int64_t clock;    /* counts region solves */
    int64_t *changed; /* by variable: clock of its last change */
    int64_t *tried;   /* by variable: clock of its last region as a seed */
    bool *covered;    /* by variable: in a web of this round */
    bool *settled;    /* by variable: nothing has changed near it */
};

/* Solves the region; true when the plan got better. */
static bool region_improve(struct improving *m, int32_t n, int64_t nodes)
{
    struct part *c = m->c;
    int64_t now = region_cost(c->worker, &c->state, m->region, n, c->choice);
    bool better = false;
    m->clock++;
    if (now < c->net->scale)
        return false;
    struct network *net =
        region_network(c, c->worker, &c->state, m->region, n, c->choice, now);
    int32_t *values = array_new(net, int32_t, (size_t)n);
    struct search_result r =
        network_exact(net, now - c->net->scale + 1, c->net->scale, false, nodes,
                      &c->budget, values);
    for (int32_t k = 0; r.found && k < n; k++) {
        int32_t a = net->value_of[net->first[k] + values[k]];
        if (c->choice[m->region[k]] != a)
            m->changed[m->region[k]] = m->clock;
        c->choice[m->region[k]] = a;
        better = true;
    }
    if (r.found)
        c->cost -= now - r.cost;
    talloc_free(net);
    return better;
}

/* What v costs as things are chosen, its tables included. */
static bool costs_something(const struct part *c, int32_t v)
{
    const struct network *net = c->net;
    if (c->state.unary[net->first[v] + c->choice[v]] > 0)
        return true;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++)
        if (choice_cost(c->worker, &c->state, net->links[k], c->choice) > 0)
            return true;
    return false;
}

/* Whether something near v changed since it was a seed. */
static bool worth_trying(const struct improving *m, int32_t v)
{
    const struct network *net = m->c->net;
    if (m->changed[v] > m->tried[v])
        return true;
    for (int32_t k = net->links_first[v]; k < net->links_first[v + 1]; k++)
        if (m->changed[table_other(&net->tables[net->links[k]], v)] >
            m->tried[v])
            return true;
    return false;
}

static bool balls_round(struct improving *m)
{
    struct part *c = m->c;
    bool better = false;
    for (int32_t v = 0; v < c->net->n && !budget_cancelled(&c->budget); v++) {
        if (!costs_something(c, v) || !worth_trying(m, v))
            continue;
        m->region[0] = v;
        int32_t n =
            grower_grow(m->grower, GROW_BALL, c->choice, 1, BALL, m->region);
        m->tried[v] = m->clock + 1;
        better = region_improve(m, n, BALL_NODES) || better;
    }
    return better;
}

/* Solves m->region[from..from+n) in chronological pieces of at most `size`.
 * Depth: log2 of n. */
static void pieces_improve(struct improving *m, const int32_t *variables,
                           int32_t n, int32_t size)
{
    if (budget_cancelled(&m->c->budget))
        return;
    if (n > size) {
        pieces_improve(m, variables, n / 2, size);
        pieces_improve(m, variables + n / 2, n - n / 2, size);
        return;
    }
    memcpy(m->region, variables, (size_t)n * sizeof *variables);
    region_improve(m, n, WEB_NODES);
}

/* Grows a web from v and solves it, in pieces when it is larger than these. */
static void web_from(struct improving *m, int32_t v, struct web_shape shape)
{
    struct part *c = m->c;
    if (m->covered[v] || budget_cancelled(&c->budget) || !costs_something(c, v))
        return;
    m->web[0] = v;
    int32_t n =
        grower_grow(m->grower, GROW_WEB, c->choice, 1, shape.web, m->web);
    for (int32_t k = 0; k < n; k++)
        m->covered[m->web[k]] = true;
    pieces_improve(m, m->web, n, shape.piece);
}

static void webs_round(struct improving *m, struct web_shape shape)
{
    int32_t n = m->c->net->n;
    memcpy(m->covered, m->settled, (size_t)n);
    for (int32_t k = 0; k < n; k++)
        web_from(m, shape.backwards ? n - 1 - k : k, shape);
}

static void webs_improve(struct improving *m)
{
    struct part *c = m->c;
    const size_t shapes = sizeof webs / sizeof *webs;
    int64_t enough = NODES_AT_LEAST + (int64_t)NODES_PER_EDITION * c->net->n;
    int64_t before = c->budget.nodes, cost = c->cost;
    size_t idle = 0;
    for (size_t k = 0; idle < shapes && before - c->budget.nodes < enough &&
                       !budget_cancelled(&c->budget);
         k++) {
        webs_round(m, webs[k % shapes]);
        idle = c->cost < cost ? 0 : idle + 1;
        cost = c->cost;
        if (idle == 0)
            balls_round(m);
    }
}

/* A plan that was good stays so where nothing has changed. */
static void settle(struct improving *m)
{
    const struct part *c = m->c;
    for (int32_t v = 0; v < c->net->n; v++) {
        m->tried[v] = c->changed ? 0 : -1;
        m->changed[v] = c->changed && c->changed[v];
    }
    for (int32_t v = 0; c->changed && v < c->net->n; v++)
        m->settled[v] = !worth_trying(m, v);
}

void part_improve(struct part *c)
{
    struct improving *m = object_new(NULL, struct improving);
    size_t n = (size_t)c->net->n;
    m->c = c;
    m->grower = grower_new(m, c->worker, &c->state);
    m->region = array_new(m, int32_t, n + 1);
    m->web = array_new(m, int32_t, n + 1);
    m->changed = array_new(m, int64_t, n);
    m->tried = array_new(m, int64_t, n);
    m->covered = array_new(m, bool, n);
    m->settled = array_new(m, bool, n);
    settle(m);
    for (int32_t k = 0; k < BALL_ROUNDS && balls_round(m); k++)
        ;
    if (c->net->n > BALL)
        webs_improve(m);
    talloc_free(m);
}
