#pragma once
/*
 * The names that a template may use: those of the members of a view, at
 * whatever depth. A set is a JSON object.
 */
#include <jansson.h>

#include "daemon/publish/mustache.h"

/* Adds the names of all members of a view to the set. */
void names_add(json_t *set, json_t *view);
/* Every name of the template is in the set; else as mustache_check_names(). */
bool names_check(const struct mustache *m, json_t *set,
                 struct error *err) MUST_USE;
