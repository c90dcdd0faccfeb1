#pragma once
/*
 * Conditional requests (RFC 9110, section 13): does the client have it already?
 */
#include <microhttpd.h>
#include <stdbool.h>

#include "daemon/base/date.h"

/* Whether a request for what has this tag and time is answered by 304.
 * modified may be NONE. */
bool condition_unchanged(struct MHD_Connection *connection, const char *etag,
                         struct instant modified);
