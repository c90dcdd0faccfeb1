#pragma once
/*
 * What strangers may see of a version: pages, tables and pictures are made of
 * nothing else.
 */
#include <talloc.h>

#include "daemon/plan/diff.h"
#include "daemon/plan/plan.h"

/* What has changed in what everybody may see; `from` may be NULL. Nothing is
 * said of an item that is hidden by now, `hidden(item, arg)`. On ctx. */
struct changes changes_shown(TALLOC_CTX *ctx, const struct plan *from,
                             const struct plan *to,
                             bool (*hidden)(const char *item, void *arg),
                             void *arg);

/* The version without items that are not for everybody, and without addresses
 * to join by. On ctx; shares what it keeps with `version`. */
struct plan *plan_shown(TALLOC_CTX *ctx, const struct plan *version);
