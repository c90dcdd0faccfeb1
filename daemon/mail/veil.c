/*
 * Veils secrets in a finished mail. A secret is not looked up but seen: behind
 * its path, letters and digits, many of them. So old ones are veiled too, and
 * those of templates and notes that an officer wrote. Lines that
 * quoted-printable broke are read as one.
 */
#include "daemon/mail/veil.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/base/memory.h"

#define SECRET_LEAST 20

/* Behind the line breaks that quoted-printable puts into a word. */
static char *behind_breaks(char *at)
{
    while (strncmp(at, "=\r\n", 3) == 0)
        at += 3;
    return at;
}

/* Where the text goes on behind the mark; NULL when it does not begin so. */
static char *behind_mark(char *at, const char *mark)
{
    for (; *mark; mark++, at++) {
        at = behind_breaks(at);
        if (*at != *mark)
            return NULL;
    }
    return at;
}

static bool is_secret(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static void veil(char *at)
{
    size_t n = 0;

    for (char *c = behind_breaks(at); is_secret(*c); c = behind_breaks(c + 1))
        n++;
    if (n < SECRET_LEAST)
        return;
    for (char *c = behind_breaks(at); is_secret(*c); c = behind_breaks(c + 1))
        *c = '*';
}

char *mail_veiled(TALLOC_CTX *ctx, const char *octets, const char *const *marks)
{
    char *text = memory_text(ctx, octets);

    for (char *at = text; *at; at++)
        for (size_t i = 0; marks[i]; i++) {
            char *end = *at == marks[i][0] ? behind_mark(at, marks[i]) : NULL;

            if (end)
                veil(end);
        }
    return text;
}
