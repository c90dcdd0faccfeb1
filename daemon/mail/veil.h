#pragma once
/*
 * A mail as those may read it whom its links must not serve: who follows one
 * acts for its reader.
 */
#include <talloc.h>

/* The finished octets on ctx, as many; what stands behind one of the `marks`
 * (paths like "/rsvp/", NULL at the end) and is long enough to be a secret is
 * stars. */
char *mail_veiled(TALLOC_CTX *ctx, const char *octets,
                  const char *const *marks);
