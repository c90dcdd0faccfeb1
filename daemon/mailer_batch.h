#pragma once
/*
 * A batch as convene-mailer is given it: the relay, then the mails.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"

struct mail {
    const char *id, *from, *to;
    const char *octets;
    size_t size, at;
    bool begun, whole, told;
    void *message, *recipient; /* of the SMTP library */
};

struct relay {
    const char *host_port, *host, *helo;
    bool starttls;
    const char *user, *password; /* NULL: no AUTH */
    int patience;
};

struct batch {
    struct relay relay;
    struct mail *mails;
    size_t n;
};

/* Reads the batch from stdin, to its end, on ctx; b->relay.patience stays as it
 * is. REPLY_INPUT says what is wrong with it. */
bool batch_read(TALLOC_CTX *ctx, struct batch *b, struct error *err) MUST_USE;
