#pragma once
/*
 * The process: what is opened in which order, and closed in the reverse.
 */
#include <stdbool.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"

struct daemon_options {
    const char *config;   /* path of convened.conf */
    struct instant clock; /* --clock: a manual clock; NONE: the machine's */
};

/* Reads configuration, rules and templates, prints findings on stdout. Exit
 * status: 0 or 65. */
int daemon_check(const struct daemon_options *options);

/* Runs until SIGTERM or SIGINT. Returns the exit status. */
int daemon_run(const struct daemon_options *options);
