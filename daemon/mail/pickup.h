#pragma once
/*
 * `deliver = directory:PATH`: one file per mail, exactly once.
 */
#include "daemon/base/error.h"
#include "daemon/mail/outbox.h"

/* Makes the directory (0700) and removes what a crash left half written. */
bool pickup_open(const char *path, struct error *err) MUST_USE;

/* Writes <date>T<time>-<id>-<kind>-<recipient>.eml by rename, the octets on
 * disk; the name depends on the row only, so that a second try writes the same
 * file. m->octets is set. REPLY_LATER when the disk refuses. */
bool pickup_write(const char *path, const struct message *m,
                  struct error *err) MUST_USE;

/* Makes the names of what was written last a power cut too: once per batch,
 * before any of it counts as sent. REPLY_LATER when the disk refuses. */
bool pickup_sync(const char *path, struct error *err) MUST_USE;

/* How many mails lie there. */
size_t pickup_count(const char *path);
