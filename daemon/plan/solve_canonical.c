/*
 * The canonical one of equally good plans: edition by edition in chronological
 * order the preferred value that still reaches the optimum. A plan at hand (the
 * witness) spares the search where it already has that value.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/network_solve.h"

enum { PASSES_FIX = 3, CANONICAL_NODES = 30000 };

struct fixing {
    struct part *c;
    struct state state; /* what is fixed so far */
    struct state trial;
    int32_t *order; /* scratch: values of one variable by preference */
};

/* The previous start first, then by candidate. */
static int32_t preferred(struct fixing *f, int32_t v)
{
    const struct network *net = f->c->net;
    const struct problem_edition *e = &f->c->p->editions[net->variable_of[v]];
    const int32_t *live = &f->state.live[net->first[v]];
    int32_t n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int32_t k = 0; k < f->state.n_live[v]; k++) {
            bool kept = net->start[net->first[v] + live[k]] == e->previous;
            if (kept == (pass == 0))
                f->order[n++] = live[k];
        }
    return n;
}

/* Whether the optimum can be reached with v at value a; the witness is then a
 * plan that does. *ret_cut: the budget ended the search. */
static bool reaches(struct fixing *f, int32_t v, int32_t a, bool *ret_cut)
{
    struct part *c = f->c;
    state_copy(&f->trial, &f->state);
    if (!state_assign(c->worker, &f->trial, v, a) ||
        !state_propagate(c->worker, &f->trial, PASSES_FIX)) {
        worker_forget(c->worker);
        return false;
    }
    if (part_piece_excludes(c, &f->trial, v, a))
        return false;
    struct network *net = region_whole(c, c->worker, &f->trial);
    int32_t *choice = array_new(net, int32_t, (size_t)net->n);
    struct search_result r =
        network_exact(net, c->worker->below, c->net->scale, true,
                      c->budget.nodes, &c->budget, choice);
    if (r.found) {
        for (int32_t k = 0; k < net->n; k++)
            c->choice[net->variable_of[k]] =
                net->value_of[net->first[k] + choice[k]];
        c->choice[v] = a;
    }
    *ret_cut = !r.complete && !r.found;
    talloc_free(net);
    return r.found;
}

static bool fix(struct fixing *f, int32_t v)
{
    struct part *c = f->c;
    int32_t n = preferred(f, v);
    bool cut = false;
    for (int32_t k = 0; k < n && f->order[k] != c->choice[v]; k++)
        if (reaches(f, v, f->order[k], &cut) || cut)
            break;
    if (cut)
        return false;
    bool legal = state_assign(c->worker, &f->state, v, c->choice[v]) &&
                 state_propagate(c->worker, &f->state, PASSES_FIX);
    invariant(legal);
    return true;
}

bool part_canonical(struct part *c)
{
    struct fixing f = {.c = c};
    TALLOC_CTX *scratch = talloc_new(c);
    size_t widest = 1;
    bool done = true;
    c->budget.nodes = CANONICAL_NODES;
    for (int32_t v = 0; v < c->net->n; v++)
        if ((size_t)c->net->size[v] > widest)
            widest = (size_t)c->net->size[v];
    f.order = array_new(scratch, int32_t, widest);
    f.state = state_new(scratch, c->worker);
    f.trial = state_new(scratch, c->worker);
    c->worker->below = c->cost + 1;
    state_copy(&f.state, &c->state);
    bool legal = state_prune(c->worker, &f.state) &&
                 state_propagate(c->worker, &f.state, PASSES_FIX);
    invariant(legal);
    for (int32_t v = 0; v < c->net->n && done; v++)
        if (f.state.chosen[v] < 0)
            done = fix(&f, v);
    talloc_free(scratch);
    return done;
}
