#pragma once
/*
 * convened.conf: INI, one table of keys (config.def).
 */
#include <stdbool.h>
#include <talloc.h>

#include "daemon/base/zone.h"
#include "daemon/mail/net.h"
#include "daemon/office/quiet.h"
#include "daemon/rules/rules.h"

enum deliver_kind { DELIVER_NONE, DELIVER_DIRECTORY, DELIVER_SMTP };
enum review_kind { REVIEW_NONE, REVIEW_RELEASE, REVIEW_ALL };

struct config {
    const char *file;
    /* as written, "" where empty; paths absolute */
    const char *state, *rules, *holidays, *templates, *socket, *officers,
        *viewers, *listen, *base_url, *name, *deliver, *from, *envelope_from,
        *reply_to, *user, *password_file, *starttls, *review, *per_minute,
        *lifetime, *quiet, *safety_net, *escalate_to, *escalate_after, *zone,
        *contact;
    /* worked out */
    enum deliver_kind deliver_kind;
    const char *deliver_to; /* directory, or host:port */
    enum review_kind review_kind;
    bool tls;
    int mails_per_minute;
    int lifetime_seconds;
    struct quiet quiet_hours;
    struct net_limits net;
    struct ladder ladder;
    const struct zone *clock;
    const char *from_name, *from_address;
    const char *mail_domain; /* of from_address: for UIDs and Message-IDs */
};

/* Reads `path`. All findings go into *diagnostics (file:line); returns NULL
 * when there was an error. The result is on ctx. */
const struct config *config_read(TALLOC_CTX *ctx, const char *path,
                                 struct diagnostics *diagnostics);

/* The keys as the body of convened.conf(5), on ctx. */
char *config_manual(TALLOC_CTX *ctx);
