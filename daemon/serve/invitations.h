#pragma once
/*
 * Invitations, changes and cancellations as messages, and what newcomers are
 * told.
 */
#include "daemon/serve/serve.h"

/* What one writing needs; all of it borrowed. */
struct inviting {
    struct serve *serve;
    const struct plan *plan; /* released, with UIDs */
    const struct feeds *feeds;
    const char *note;
    int release;
    enum message_state state; /* held or queued */
    struct instant now;
    struct allowance *allowance; /* NULL: a release, which is not counted */
};

/* Writes what contacts are owed about items ahead, inside the transaction that
 * is open; what nobody has begun to send and is out of date is dropped.
 * *ret_n grows by the messages written. */
bool invitations_write(TALLOC_CTX *ctx, const struct inviting *in, int *ret_n,
                       struct error *err) MUST_USE;

/* Tells newcomers to a body once what lies ahead in it, in that transaction.
 * `silent`: they were told by the release itself, only remember it. */
bool invitations_welcome(TALLOC_CTX *ctx, const struct inviting *in,
                         bool silent, struct error *err) MUST_USE;

/* Both, for contacts that are new or changed since the release. */
bool invitations_catch_up(struct serve *s, struct error *err) MUST_USE;

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
