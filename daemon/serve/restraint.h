#pragma once
/*
 * What holds back mail that nobody asked for at this very moment: quiet hours
 * of its recipient, and the safety net.
 */
#include "daemon/mail/net.h"
#include "daemon/serve/serve.h"

/* When a mail to a contact may go, by [mail] quiet: `now` when it is urgent or
 * its recipient is at work. `plan` holds the meetings that it may be about. */
struct instant restraint_time(const struct serve *s, const struct plan *plan,
                              const struct contact *c, enum message_kind kind,
                              const char *edition, struct instant now,
                              struct instant expires);

/* Reads what went during the last day into the net, on ctx. */
bool restraint_load(TALLOC_CTX *ctx, struct serve *s, struct net **ret,
                    struct error *err) MUST_USE;
/* A message that is to be queued and that no release causes: counted, or held
 * with a verdict that says why, the desk told once a day. */
bool restraint_hold(TALLOC_CTX *ctx, struct serve *s, struct net *net,
                    struct message *m, struct error *err) MUST_USE;
