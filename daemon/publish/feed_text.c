/*
 * The octets of iCalendar. libical escapes TEXT but lets control characters
 * and bad UTF-8 pass, and folds at blanks so that lines end in them; text is
 * cleaned before it gets there, and its lines are folded again here.
 */
#include "daemon/publish/feed_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* The octets of the well-formed UTF-8 sequence at s, 0 when it is none. */
static size_t sequence_size(const char *s)
{
    unsigned char c = (unsigned char)s[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return 0;
    }
    return text_is_utf8(s, n) ? n : 0;
}

/* One character of a text to its clean form; returns what was written. */
static size_t clean_one(const char *s, size_t n, char *out)
{
    if (n == 0) {
        *out = '?';
        return 1;
    }
    if (*s == '\r') {
        *out = '\n';
        return s[1] != '\n'; /* the LF of CRLF follows by itself */
    }
    if (!text_is_clean(s, n, "\n\t"))
        return 0;
    memcpy(out, s, n);
    return n;
}

char *feed_clean(TALLOC_CTX *ctx, const char *text)
{
    char *out = array_new(ctx, char, strlen(text) + 1);
    size_t size = 0;

    for (size_t n; *text; text += n ? n : 1) {
        n = sequence_size(text);
        size += clean_one(text, n, out + size);
    }
    while (size && strchr(" \t\n", out[size - 1]))
        size--;
    out[size] = '\0';
    return out;
}

char *feed_clean_line(TALLOC_CTX *ctx, const char *text)
{
    char *out = feed_clean(ctx, text);

    for (char *c = out; *c; c++) {
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    }
    return out;
}

char *feed_escape(TALLOC_CTX *ctx, const char *clean)
{
    char *out = array_new(ctx, char, 2 * strlen(clean) + 1);
    size_t size = 0;

    for (; *clean; clean++) {
        if (strchr("\\;,\n", *clean))
            out[size++] = '\\';
        out[size++] = *clean == '\n' ? 'n' : *clean;
    }
    out[size] = '\0';
    return out;
}

static bool base_is_clean(const char *base)
{
    if (strncmp(base, "https://", 8) != 0 && strncmp(base, "http://", 7) != 0)
        return false;
    for (; *base; base++) {
        if (*base <= ' ' || *base >= 0x7f || strchr("\"<>\\^`{|}", *base))
            return false;
    }
    return true;
}

char *feed_address(TALLOC_CTX *ctx, const char *base, const char *path,
                   const char *name)
{
    char *coded;
    size_t size = 0;

    if (!base || !base_is_clean(base))
        return NULL;
    coded = array_new(ctx, char, 3 * strlen(name) + 1);
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        if (isalnum(*c) || strchr("-._~+@", *c))
            coded[size++] = (char)*c;
        else
            size += (size_t)sprintf(coded + size, "%%%02X", *c);
    }
    coded[size] = '\0';
    return text_format(ctx, "%s%s%s", base, path, coded);
}

/* The end of the content line at s, and where the next begins. */
static const char *line_end(const char *s, const char **ret_next)
{
    const char *end = strstr(s, "\r\n");

    if (!end)
        end = s + strlen(s);
    *ret_next = *end ? end + 2 : end;
    return end;
}

/* Unfolds one content line into out; returns its octets. libical folds a line
 * that fills its last piece between the CR and the LF of its end. */
static size_t unfold(const char **at, char *out)
{
    size_t size = 0;

    for (;;) {
        const char *next, *end = line_end(*at, &next);

        memcpy(out + size, *at, (size_t)(end - *at));
        size += (size_t)(end - *at);
        *at = next;
        if (*next != ' ' && *next != '\t')
            break;
        *at = next + 1;
        if (size && out[size - 1] == '\r' && next[1] == '\n') {
            *at = next + 2;
            size--;
            break;
        }
    }
    while (size && (out[size - 1] == ' ' || out[size - 1] == '\t'))
        size--;
    return size;
}

/* Writes one unfolded line in pieces; returns what was written. */
static size_t fold(const char *line, size_t size, char *out)
{
    size_t written = 0, room = FOLD_OCTETS;

    while (size > room) {
        size_t cut = room;

        while (cut > room - 3 && ((unsigned char)line[cut] & 0xc0) == 0x80)
            cut--;
        memcpy(out + written, line, cut);
        written += cut;
        memcpy(out + written, "\r\n ", 3);
        written += 3;
        line += cut;
        size -= cut;
        room = FOLD_OCTETS - 1; /* the blank counts */
    }
    memcpy(out + written, line, size);
    memcpy(out + written + size, "\r\n", 2);
    return written + size + 2;
}

char *feed_fold(TALLOC_CTX *ctx, const char *lines)
{
    size_t size = strlen(lines), written = 0;
    char *line = array_new(ctx, char, size + 1);
    char *out = array_new(ctx, char, size + size / 16 + 64);

    while (*lines) {
        size_t n = unfold(&lines, line);

        if (n)
            written += fold(line, n, out + written);
    }
    out[written] = '\0';
    talloc_free(line);
    return out;
}

/* FNV-1a of 64 bits; two with different beginnings make the tag. */
static uint64_t hash(const char *body, size_t size, uint64_t h)
{
    for (size_t i = 0; i < size; i++)
        h = (h ^ (unsigned char)body[i]) * UINT64_C(0x100000001b3);
    return h;
}

char *feed_etag(TALLOC_CTX *ctx, const char *body, size_t size)
{
    return text_format(ctx, "\"%016" PRIx64 "%016" PRIx64 "\"",
                       hash(body, size, UINT64_C(0xcbf29ce484222325)),
                       hash(body, size, UINT64_C(0x9e3779b97f4a7c15) ^ size));
}

const char *feed_title(TALLOC_CTX *ctx, const char *title, const char *instead)
{
    static const char *const nothings[] = {"", "None", "null", "(null)"};
    const char *text = feed_clean_line(ctx, title ? title : "");

    for (size_t i = 0; i < sizeof nothings / sizeof nothings[0]; i++) {
        if (strcmp(text, nothings[i]) == 0)
            return instead ? instead : "";
    }
    return text;
}
