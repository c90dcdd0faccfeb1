/*
 * convened: the command line.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/daemon.h"

static const char usage[] =
    "usage: convened [-c FILE] [--check] [--clock INSTANT]\n"
    "\n"
    "The daemon that keeps the meeting calendar. It runs in the foreground,\n"
    "logs to stderr and is spoken to with convenectl.\n"
    "\n"
    "  -c FILE           configuration, /etc/convened/convened.conf by "
    "default\n"
    "  --check           read configuration, rules and templates, print what\n"
    "                    is wrong; exit status 0, or 65 when there are errors\n"
    "  --clock INSTANT   a clock that stands still until `convenectl clock`\n"
    "                    moves it (tests, training), like "
    "2026-11-24T00:00:00Z\n"
    "  --version, --help\n"
    "\n"
    "SIGHUP reads rules and templates again; SIGTERM stops.\n"
    "See convened(8), convened.conf(5), convened.rules(5), convenectl(1).\n";

enum { OPTION_CHECK = 256, OPTION_CLOCK, OPTION_VERSION, OPTION_HELP };

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"check", no_argument, NULL, OPTION_CHECK},
        {"clock", required_argument, NULL, OPTION_CLOCK},
        {"version", no_argument, NULL, OPTION_VERSION},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0}};
    struct daemon_options o = {.config = "/etc/convened/convened.conf",
                               .clock = INSTANT_NONE};
    struct error err;
    bool check = false;
    int c;

    json_object_seed(0);
    while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            o.config = optarg;
            break;
        case OPTION_CHECK:
            check = true;
            break;
        case OPTION_CLOCK:
            if (instant_parse(optarg, &o.clock, &err))
                break;
            (void)fprintf(stderr, "convened: --clock: %s\n", err.text);
            return reply_exit(REPLY_USAGE);
        case OPTION_VERSION:
            (void)puts("convened " CONVENED_VERSION);
            return 0;
        case 'h':
        case OPTION_HELP:
            (void)fputs(usage, stdout);
            return 0;
        default:
            (void)fputs(usage, stderr);
            return reply_exit(REPLY_USAGE);
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "convened: %s is not understood\n%s",
                      argv[optind], usage);
        return reply_exit(REPLY_USAGE);
    }
    return check ? daemon_check(&o) : daemon_run(&o);
}
