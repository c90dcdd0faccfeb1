#pragma once
/*
 * Private feeds: a contact's calendar under an address that is its only key.
 *
 * The secret has 256 bits, is shown once and kept nowhere; the store has its
 * SHA-256. What it opens is fixed by its contact, never by a request.
 */
#include "daemon/serve/serve.h"

/* For so long a withdrawn address serves a notice instead. */
#define PRIVATE_GRACE_DAYS 30

/* Is it the name of a private feed's body? */
bool is_private(const char *feed);

/* Renders and stores every private feed; one whose contact is gone is revoked,
 * one with a fault keeps what it serves. In the caller's transaction. */
bool private_write(TALLOC_CTX *ctx, struct serve *s, struct press *press,
                   int release, struct error *err) MUST_USE;
/* The same between releases, the last thing before a commit; what events say
 * now is remembered. */
bool private_print(TALLOC_CTX *ctx, struct serve *s, struct press *press,
                   struct error *err) MUST_USE;
/* The same from the last version as tasks stand today, after contacts or feeds
 * changed or a task became late; what is served is loaded afterwards by
 * publishing_load(). */
bool private_refresh(TALLOC_CTX *ctx, struct serve *s,
                     struct error *err) MUST_USE;

/* All that is served, the private calendars too, so that numbers and octets go
 * on from there. On ctx. */
const struct feeds *private_served(TALLOC_CTX *ctx, const struct serve *s);

/* Remembers what events say now. In the caller's transaction. */
bool printed_put(struct serve *s, const struct printed_list *rows,
                 struct error *err) MUST_USE;
/* The floor rises with every change, and never below a number of an event. */
void printed_raise(struct floor *f, const struct printed_list *rows);

/* The version that is served, as tasks stand now, for feeds made anew between
 * releases. On ctx. */
struct feed_input private_input(TALLOC_CTX *ctx, struct serve *s);

/* A new secret for a feed of this name, on ctx; the row in the store. */
bool private_make(TALLOC_CTX *ctx, struct serve *s, const char *name,
                  const struct contact *c, const char **bodies, size_t n_bodies,
                  int alarm, const char **ret_secret,
                  struct error *err) MUST_USE;

/* Whose secret is it? NULL for nobody's; takes as long either way. */
const struct feed_token *private_token(const struct serve *s,
                                       const char *secret);
/* The feed a token opens, NULL when there is none yet. */
const struct feed *private_feed(const struct serve *s,
                                const struct feed_token *t);
/* What a revoked one serves; NULL when its time of grace is over. On ctx. */
const struct feed *private_notice(TALLOC_CTX *ctx, const struct serve *s,
                                  const struct feed_token *t);
