#pragma once
/*
 * What comes back by mail: kept as it came, and acted upon where it proves
 * enough.
 */
#include "daemon/serve/serve.h"

struct incoming {
    const char *sender, *recipient; /* of the envelope */
    const json_t *facts;            /* what convene-reader found */
    const char *octets;
    size_t size;
    long long whole; /* octets that the mail had */
};

/* Takes a mail in, all of it or nothing. A mail that is there already changes
 * nothing (*ret_new false). ret's texts are on ctx. */
bool inbox_take(TALLOC_CTX *ctx, struct serve *s, const struct incoming *in,
                struct inbox_row *ret, bool *ret_new,
                struct error *err) MUST_USE;

/* Writes one answer to an invitation, inside the transaction that is open:
 * partstat, comment, proposal, via, email, thing, sequence of row set. */
bool inbox_answer(TALLOC_CTX *ctx, struct serve *s, struct reply_row *row,
                  struct error *err) MUST_USE;

/* Is the contact invited to that item? The newest message about it. */
bool inbox_invited(TALLOC_CTX *ctx, struct serve *s, const char *thing,
                   const char *email, struct message *ret, bool *ret_found,
                   struct error *err) MUST_USE;
