#pragma once
/*
 * convenectl import holidays FILE.ics: the calendar of somebody else becomes
 * the table that the daemon takes in.
 */
#include <jansson.h>
#include <stdbool.h>

#include "daemon/base/error.h"

/* When args (of `import`) hold an iCalendar text, puts CSV in its place: line,
 * date, name, kind, problem. */
bool holidays_read(json_t *args, struct error *err) MUST_USE;
