/*
 * Display width by the C library's own table for UTF-8, which needs no
 * installed locale.
 *
 * Invariant: every function takes any octets.
 */
#include "ctl/width.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "daemon/base/error.h"
#include "daemon/base/memory.h"

/* The rest of the program keeps its own locale. */
static locale_t enter(void)
{
    static locale_t utf8;

    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return utf8 ? uselocale(utf8) : uselocale((locale_t)0);
}

/* The character at s: its bytes (1 for what is none) and its columns. */
static size_t step(const char *s, wchar_t *ret_char, int *ret_columns)
{
    mbstate_t state = {0};
    size_t n = mbrtowc(ret_char, s, strlen(s), &state);

    if (n == 0 || n > 4) {
        *ret_char = 0xfffd;
        *ret_columns = 1;
        return 1;
    }
    *ret_columns = wcwidth(*ret_char);
    if (*ret_columns < 0)
        *ret_columns = 0;
    return n;
}

int width_of(const char *text)
{
    locale_t before = enter();
    int columns = 0, one;
    wchar_t c;

    while (*text) {
        text += step(text, &c, &one);
        columns += one;
    }
    (void)uselocale(before);
    return columns;
}

size_t width_fit(const char *text, int columns)
{
    locale_t before = enter();
    const char *p = text;
    int one;
    wchar_t c;

    while (*p) {
        size_t n = step(p, &c, &one);

        if (one > columns)
            break;
        columns -= one;
        p += n;
    }
    (void)uselocale(before);
    return (size_t)(p - text);
}

static bool turns_direction(wchar_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x061c;
}

static bool is_control(wchar_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

char *width_clean(TALLOC_CTX *ctx, const char *text, const char *allow)
{
    char *out = array_new(ctx, char, strlen(text) + 1), *to = out;
    locale_t before = enter();
    int columns;
    wchar_t c;

    while (*text) {
        size_t n = step(text, &c, &columns);

        if (c < 0x80 && strchr(allow, (int)c))
            *to++ = *text;
        else if (c == '\n' || c == '\r' || c == '\t')
            *to++ = ' ';
        else if (is_control(c) || turns_direction(c) || (n == 1 && c == 0xfffd))
            *to++ = '?';
        else {
            memcpy(to, text, n);
            to += n;
        }
        text += n;
    }
    *to = '\0';
    (void)uselocale(before);
    return out;
}
