#pragma once
/*
 * The inner loops: one table of a state at a time. Results are in the worker's
 * scratch arrays, by value.
 */
#include "daemon/plan/network_state.h"

/* w->minima[a] for the values a left of v: the least cost now in table t over
 * the partner's values left, FORBIDDEN_FROM or more when there is none.
 * with_unary: the partner's own cost included. */
void table_minima(struct worker *w, const struct state *s, int32_t t, int32_t v,
                  bool with_unary);

/* After table_minima with unary costs: moves as much of the partner's costs
 * into the table as makes these minima true. False, and nothing moved, when
 * that would exceed DELTA_LIMIT. */
bool table_extend(struct worker *w, struct state *s, int32_t t, int32_t v);
