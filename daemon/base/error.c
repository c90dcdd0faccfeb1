/*
 * Errors as values: one struct, filled where the failure is known, prefixed on
 * the way up, shown once at the top.
 */
#include "daemon/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

static const struct {
    const char *word;
    int exit;
    int http;
} replies[] = {
#define REPLY(name, word, exit, http, meaning)                                 \
    [REPLY_##name] = {word, exit, http},
#include "ctl/reply.def"
#undef REPLY
};

/* A precision or the end of the buffer may have cut a character: what is left
 * of it goes, because nobody can show it and JSON refuses it. */
static void keep_characters(char *text)
{
    char *to = text;

    for (const char *c = text; *c;) {
        size_t n = 1;

        while (n < 4 && ((unsigned char)c[n] & 0xc0) == 0x80)
            n++;
        if (text_is_utf8(c, n))
            to = (char *)memmove(to, c, n) + n;
        c += n;
    }
    *to = '\0';
}

bool fail(struct error *err, enum reply code, const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return false;
    err->code = code;
    err->at[0] = '\0';
    va_start(ap, fmt);
    (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    keep_characters(err->text);
    return false;
}

bool wrap(struct error *err, const char *fmt, ...)
{
    char inner[sizeof err->text];
    va_list ap;
    int n;

    if (!err)
        return false;
    memcpy(inner, err->text, sizeof inner);
    va_start(ap, fmt);
    n = vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n + 3 < sizeof err->text)
        (void)snprintf(err->text + n, sizeof err->text - (size_t)n, ": %.*s",
                       (int)(sizeof err->text - (size_t)n - 3), inner);
    keep_characters(err->text);
    return false;
}

bool fail_at(struct error *err, const char *file, int line, int column)
{
    if (err)
        (void)snprintf(err->at, sizeof err->at, "%s:%d:%d", file, line, column);
    return false;
}

const char *reply_word(enum reply code)
{
    return replies[code].word;
}

int reply_exit(enum reply code)
{
    return replies[code].exit;
}

int reply_http(enum reply code)
{
    return replies[code].http;
}

enum reply reply_of_word(const char *word)
{
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
        if (strcmp(replies[i].word, word) == 0)
            return (enum reply)i;
    return REPLY_INTERNAL;
}

_Noreturn void invariant_broken(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, what);
    abort();
}
