#pragma once
/*
 * The letters that a release owes: digests, and what is owed about single
 * items. A release only notes down that it owes them, in its own transaction;
 * they are written afterwards, a few in a transaction. A daemon that dies in
 * between goes on at its next start: no letter is lost, none written twice
 * (UNIQUE in the store).
 */
#include "daemon/serve/serve.h"

struct announcement;

/* In the transaction of the release: its letters are owed, as messages in that
 * state (held or queued). */
bool announce_owe(struct serve *s, enum message_state state,
                  struct error *err) MUST_USE;
/* Are any owed? */
bool announce_owed(const struct serve *s, bool *ret,
                   struct error *err) MUST_USE;
/* Begins to write what is owed by the release that is published. Valid until
 * that, or a contact, changes. On ctx. */
bool announce_begin(TALLOC_CTX *ctx, struct serve *s, struct announcement **ret,
                    struct error *err) MUST_USE;
/* Goes on for so many letters, in a transaction of its own; *written grows by
 * those written. After a failure the announcement is of no use any more. */
bool announce_next(struct announcement *a, size_t most, int *written,
                   bool *ret_done, struct error *err) MUST_USE;
/* How many are to be written yet, as far as is known. */
size_t announce_left(const struct announcement *a);
