#pragma once
/*
 * Invitations, changes and cancellations as messages, and what newcomers are
 * told.
 */
#include "daemon/serve/serve.h"

/* What contacts are owed about single items, and what newcomers to a body are
 * told once: what lies ahead in it. Written contact by contact and letter by
 * letter; what nobody has begun to send and is out of date is dropped. Begun
 * anew it goes on where it was, for nothing is owed twice. Valid until what is
 * published, or a contact, changes. */
struct invitations_run;

/* After a release: newcomers were told by it, and the first release told
 * everybody. Its letters are not counted by the safety net. On ctx. */
bool invitations_released(TALLOC_CTX *ctx, struct serve *s,
                          enum message_state state,
                          struct invitations_run **ret,
                          struct error *err) MUST_USE;
/* For contacts that are new or changed since the release. On ctx. */
bool invitations_catch_up(TALLOC_CTX *ctx, struct serve *s,
                          struct invitations_run **ret,
                          struct error *err) MUST_USE;
/* Goes on for so many contacts and letters, in the transaction that is open.
 * *written grows by those written. After a failure the run is of no use any
 * more. */
bool invitations_next(struct invitations_run *run, size_t most, int *written,
                      bool *ret_done, struct error *err) MUST_USE;
/* How many are left, as far as is known. */
size_t invitations_left(const struct invitations_run *run);

/* Takes back what a contact that is dropped still holds, in the transaction
 * that is open: a cancellation each of what it was invited to, as if it had
 * left its bodies. Nothing goes to who gets no mail, or wanted none. */
bool invitations_leave(TALLOC_CTX *ctx, struct serve *s,
                       const struct contact *c, struct error *err) MUST_USE;

/* The sequence that a message of an invitation told. */
int invitation_sequence(const struct message *m);

/* Something for the desk to look at. */
struct desk_news {
    const char *cause;        /* it is told once per cause and contact */
    const struct item *about; /* for those who answer for its bodies; NULL */
    const char *text;         /* one line */
    const char *const *lines; /* in detail */
    size_t n_lines;
};

/* A notice to each contact of the desk that it concerns. */
bool desk_tell(TALLOC_CTX *ctx, struct serve *s, const struct desk_news *news,
               struct error *err) MUST_USE;
