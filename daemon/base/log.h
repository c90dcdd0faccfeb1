#pragma once
/*
 * One line per event on stderr, with "<N>" priorities under systemd. Only
 * serve/ and daemon.c call it: libraries return errors, the top logs once.
 */
#include <stdbool.h>

#include "daemon/base/error.h"

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_INFO = 6
};

/* Is stderr systemd's journal ($JOURNAL_STREAM, systemd.exec(5))? A daemon
 * whose stderr somebody led into a file writes for people. */
bool log_is_journal(void);
/* Priorities as the journal wants them, sd-daemon(3). */
void log_use_priorities(bool on);
/* Control characters become '?'; the line ends by itself. */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Lines that are finished (findings with their place), each of that level. */
void log_lines(enum log_level level, const char *lines);
