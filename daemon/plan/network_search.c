/*
 * Depth first, one level per variable that needs a choice; soft arc
 * consistency at every node.
 *
 * 1. Next variable: fewest values divided by (1 + times it failed), then index.
 * 2. Values by cost now, then by index; stop at the first that is too dear.
 * 3. A level is a state of its own, copied whole; nothing is undone.
 */
#include "daemon/plan/network_search.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_state.h"

enum { PASSES_ROOT = 20, PASSES_NODE = 3, ROUNDS_ROOT = 10, WORTH = 50 };

struct level {
    struct state state;
    int32_t variable;
    int32_t last_cost, last_value; /* of the value tried last */
};

struct search {
    const struct network *net;
    struct worker *worker;
    struct level *levels; /* states are made when first needed */
    int32_t n_levels;
    int64_t *failures; /* per variable */
    int64_t step, nodes;
    bool first_only;
    struct budget *budget;
    struct search_result result;
    int32_t *choice;
};

bool budget_cancelled(struct budget *b)
{
    if (b->watch &&
        atomic_load_explicit(&b->watch->cancel, memory_order_relaxed))
        b->cancelled = true;
    return b->cancelled;
}

/* Takes one node; false when there is none left or the watch says stop. */
static bool budget_take(struct budget *b)
{
    if (budget_cancelled(b) || b->nodes <= 0)
        return false;
    b->nodes--;
    return true;
}

static struct level *level_at(struct search *s, int32_t depth)
{
    struct level *l = &s->levels[depth];
    if (!l->state.block)
        l->state = state_new(s->levels, s->worker);
    return l;
}

/* ---- one node */

/* Assigns what has one value left, until nothing follows any more. */
static bool settle_single(struct search *s, struct state *state)
{
    bool more = true;
    while (more) {
        more = false;
        for (int32_t v = 0; v < s->net->n; v++) {
            if (state->chosen[v] >= 0 || state->n_live[v] != 1)
                continue;
            if (!state_assign(s->worker, state, v,
                              state->live[s->net->first[v]]))
                return false;
            more = true;
        }
        if (more && !state_propagate(s->worker, state, PASSES_NODE))
            return false;
    }
    return true;
}

static int32_t next_variable(const struct search *s, const struct state *state)
{
    int32_t best = -1;
    for (int32_t v = 0; v < s->net->n; v++) {
        if (state->chosen[v] >= 0)
            continue;
        if (best < 0 || state->n_live[v] * (1 + s->failures[best]) <
                            state->n_live[best] * (1 + s->failures[v]))
            best = v;
    }
    return best;
}

static void record(struct search *s, const struct state *state)
{
    memcpy(s->choice, state->chosen, (size_t)s->net->n * sizeof *s->choice);
    s->result.found = true;
    s->result.cost = *state->constant;
    s->worker->below = *state->constant - s->step + 1;
}

/* Makes the level ready to be branched on; false when there is nothing below
 * it (a leaf is recorded, or it has failed). */
static bool level_open(struct search *s, struct level *l, bool *ret_failed)
{
    *ret_failed = false;
    if (!settle_single(s, &l->state)) {
        worker_forget(s->worker);
        *ret_failed = true;
        return false;
    }
    l->variable = next_variable(s, &l->state);
    l->last_cost = -1;
    l->last_value = -1;
    if (l->variable < 0)
        record(s, &l->state);
    return l->variable >= 0;
}

/* The next value of the level's variable, in order of (cost, index); -1 none
 * that is cheap enough. */
static int32_t next_value(const struct search *s, struct level *l)
{
    int32_t first = s->net->first[l->variable], best = -1;
    const int32_t *u = &l->state.unary[first];
    for (int32_t k = 0; k < l->state.n_live[l->variable]; k++) {
        int32_t a = l->state.live[first + k];
        bool tried =
            u[a] < l->last_cost || (u[a] == l->last_cost && a <= l->last_value);
        if (!tried && (best < 0 || u[a] < u[best]))
            best = a;
    }
    if (best < 0 || *l->state.constant + u[best] >= s->worker->below)
        return -1;
    l->last_cost = u[best];
    l->last_value = best;
    return best;
}

/* Takes value a at depth; true when the level below is open. */
static bool descend(struct search *s, int32_t depth, int32_t a)
{
    struct level *from = &s->levels[depth];
    struct level *to = level_at(s, depth + 1);
    bool failed = false;
    state_copy(&to->state, &from->state);
    if (!state_assign(s->worker, &to->state, from->variable, a) ||
        !state_propagate(s->worker, &to->state, PASSES_NODE)) {
        worker_forget(s->worker);
        s->failures[from->variable]++;
        return false;
    }
    bool open = level_open(s, to, &failed);
    if (failed)
        s->failures[from->variable]++;
    return open;
}

static bool may_go_on(struct search *s)
{
    if (s->nodes <= 0 || !budget_take(s->budget))
        return false;
    s->nodes--;
    return true;
}

/* ---- the whole tree */

static void search_run(struct search *s)
{
    int32_t depth = 0;
    while (depth >= 0) {
        int32_t a = next_value(s, &s->levels[depth]);
        if (a < 0) {
            depth--;
            continue;
        }
        if (!may_go_on(s))
            return;
        if (descend(s, depth, a))
            depth++;
        else if (s->first_only && s->result.found)
            return;
    }
    s->result.complete = true;
}

/* Rounds of messages, as long as they raise the bound by enough. */
static bool root_messages(struct search *s, struct state *root)
{
    for (int32_t k = 0; k < ROUNDS_ROOT; k++) {
        int64_t before = *root->constant;
        if (!state_messages(s->worker, root))
            return false;
        if ((*root->constant - before) * WORTH < s->worker->below - before)
            break;
    }
    return true;
}

static bool root_start(struct search *s, struct state *root)
{
    return state_start(s->worker, root) &&
           (s->net->n_tables == 0 || root_messages(s, root)) &&
           state_propagate(s->worker, root, PASSES_ROOT);
}

static void search_root(struct search *s)
{
    struct level *root = level_at(s, 0);
    bool failed = false;
    if (!root_start(s, &root->state) || !level_open(s, root, &failed)) {
        s->result.complete = true;
        s->result.bound = s->worker->below;
        return;
    }
    s->result.bound = *root->state.constant;
    search_run(s);
}

struct search_result network_search(const struct network *net, int64_t below,
                                    int64_t step, bool first_only,
                                    int64_t nodes, struct budget *budget,
                                    int32_t *ret_choice)
{
    struct search *s = object_new(NULL, struct search);
    s->net = net;
    s->worker = worker_new(s, net);
    s->worker->below = below > COST_LIMIT ? COST_LIMIT + 1 : below;
    s->n_levels = net->n + 1;
    s->levels = array_new(s, struct level, (size_t)s->n_levels);
    s->failures = array_new(s, int64_t, (size_t)net->n);
    s->step = step;
    s->nodes = nodes;
    s->first_only = first_only;
    s->budget = budget;
    s->choice = ret_choice;
    search_root(s);
    struct search_result result = s->result;
    talloc_free(s);
    return result;
}
