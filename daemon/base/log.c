/*
 * The log: one write per line, so that lines of two processes never mix.
 */
#include "daemon/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool priorities;

void log_use_priorities(bool on)
{
    priorities = on;
}

static const char *label(enum log_level level)
{
    return level == LOG_LEVEL_ERROR     ? "error: "
           : level == LOG_LEVEL_WARNING ? "warning: "
                                        : "";
}

void log_line(enum log_level level, const char *fmt, ...)
{
    char line[1024];
    size_t used = 0;
    va_list ap;
    int n;

    if (priorities)
        n = snprintf(line, sizeof line, "<%d>%s", (int)level, label(level));
    else
        n = snprintf(line, sizeof line, "convened: %s", label(level));
    used = (size_t)n;
    va_start(ap, fmt);
    n = vsnprintf(line + used, sizeof line - used - 1, fmt, ap);
    va_end(ap);
    if (n > 0)
        used = used + (size_t)n < sizeof line - 1 ? used + (size_t)n
                                                  : sizeof line - 2;
    for (size_t i = 0; i < used; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0)
        return; /* nobody reads the log: nothing better to do */
}
