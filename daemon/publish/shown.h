#pragma once
/*
 * What strangers may see of a version: pages, tables and pictures are made of
 * nothing else.
 */
#include <talloc.h>

#include "daemon/plan/plan.h"

/* The version without items that are not for everybody, and without addresses
 * to join by. On ctx; shares what it keeps with `version`. */
struct plan *plan_shown(TALLOC_CTX *ctx, const struct plan *version);
