#pragma once
/*
 * What calendars were last told of an event, whichever calendar it was: its
 * SEQUENCE and LAST-MODIFIED go on from there, also when it was out of sight
 * for a while.
 */
#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/date.h"

struct printed {
    const char *uid;
    int sequence;
    struct instant created, modified;
    const char *digest; /* of the whole text; "" when it is there no more */
    bool seen;          /* stood in a calendar that was served */
};

struct printed_list {
    struct printed *rows; /* by uid */
    size_t n;
};
