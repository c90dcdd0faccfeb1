/*
 * The log: one write per line, so that lines of two processes never mix.
 */
#include "daemon/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MOST 1024

static bool priorities;

bool log_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char own[64];
    struct stat st;

    if (!stream || fstat(STDERR_FILENO, &st) != 0)
        return false;
    (void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)st.st_dev,
                   (unsigned long long)st.st_ino);
    return strcmp(stream, own) == 0;
}

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

/* Ends the line and writes it whole; control characters but the tabs of a rules
 * file become
 * '?'. */
static void write_line(char *line, size_t used)
{
    for (size_t i = 0; i < used; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') ||
            line[i] == 0x7f)
            line[i] = '?';
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0)
        return; /* nobody reads the log: nothing better to do */
}

/* snprintf may have had more to write than there was room. */
static size_t length_kept(int n, size_t room)
{
    return n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    char line[LINE_MOST];
    size_t used;
    va_list ap;
    int n;

    if (priorities)
        n = snprintf(line, sizeof line, "<%d>%s", (int)level, label(level));
    else
        n = snprintf(line, sizeof line, "convened: %s", label(level));
    used = (size_t)n;
    va_start(ap, fmt);
    n = vsnprintf(line + used, sizeof line - used, fmt, ap);
    va_end(ap);
    write_line(line, used + length_kept(n, sizeof line - used));
}

void log_lines(enum log_level level, const char *lines)
{
    char line[LINE_MOST], priority[8] = "";

    if (priorities)
        (void)snprintf(priority, sizeof priority, "<%d>", (int)level);
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        int n =
            snprintf(line, sizeof line, "%s%.*s", priority, (int)length, lines);

        write_line(line, length_kept(n, sizeof line));
        lines += length + (lines[length] == '\n');
    }
}
