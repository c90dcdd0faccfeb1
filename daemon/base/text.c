/*
 * Text helpers. Codes and keywords are ASCII and compare without case; all
 * other text is UTF-8 and is never looked into.
 */
#include "daemon/base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/memory.h"

/* The length of the UTF-8 sequence at s (size left), or 0 when malformed. */
static size_t sequence(const unsigned char *s, size_t left, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80                   ? 1
               : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
               : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
               : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                             : 0;
    uint32_t c = n == 1 ? s[0] : s[0] & (0x7fu >> n);

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (n > 1 && (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)))
        return 0;
    *ret = c;
    return n;
}

bool text_is_clean(const char *text, size_t size, const char *allow)
{
    const unsigned char *s = (const unsigned char *)text;

    for (size_t i = 0, n; i < size; i += n) {
        uint32_t c;

        n = sequence(s + i, size - i, &c);
        if (n == 0)
            return false;
        if ((c < 0x20 || (c >= 0x7f && c < 0xa0)) &&
            (c == 0 || c >= 0x7f || !strchr(allow, (int)c)))
            return false;
    }
    return true;
}

bool text_is_utf8(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;

    for (size_t i = 0, n; i < size; i += n) {
        uint32_t c;

        n = sequence(s + i, size - i, &c);
        if (n == 0)
            return false;
    }
    return true;
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int text_compare(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) - lower(*b);
}

bool text_same(const char *a, const char *b)
{
    return text_compare(a, b) == 0;
}

bool text_begins(const char *text, const char *prefix)
{
    while (*prefix)
        if (lower(*text++) != lower(*prefix++))
            return false;
    return true;
}

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

int text_distance(const char *a, const char *b)
{
    enum { MOST = 64 };
    int rows[3][MOST + 1];
    size_t na = strlen(a), nb = strlen(b);
    int *before = rows[0], *last = rows[1], *row = rows[2];

    if (na > MOST || nb > MOST)
        return MOST;
    for (size_t j = 0; j <= nb; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int *swap = before;

        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int same = lower(a[i - 1]) == lower(b[j - 1]);

            row[j] = least_of(least_of(row[j - 1], last[j]) + 1,
                              last[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = least_of(row[j], before[j - 2] + 1);
        }
        before = last, last = row, row = swap;
    }
    return last[nb];
}

const char *text_nearest(const char *text, const char *const *words)
{
    const char *best = NULL;
    int size = (int)strlen(text), least = (size + 2) / 3 + 1;

    /* Something of the word must be right. */
    least = least > size ? size : least;

    for (; *words; words++) {
        int d = text_distance(text, *words);

        if (d < least) {
            least = d;
            best = *words;
        }
    }
    return best;
}

char *text_trim(TALLOC_CTX *ctx, const char *text)
{
    size_t n;
    char *copy;

    while (isspace((unsigned char)*text))
        text++;
    n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;
    copy = memory_text_n(ctx, text, n);
    return copy;
}

char **text_split(TALLOC_CTX *ctx, const char *text, char separator)
{
    char **parts = array_new(ctx, char *, 1);
    size_t n = 0;

    while (*text) {
        const char *end = strchr(text, separator);
        size_t size = end ? (size_t)(end - text) : strlen(text);
        char *piece = talloc_strndup(parts, text, size);
        char *part = text_trim(parts, piece);

        talloc_free(piece);
        if (*part) {
            parts = array_grow(ctx, parts, char *, n + 2);
            parts[n++] = part;
            parts[n] = NULL;
        }
        text += size + (end != NULL);
    }
    return parts;
}

char *text_ordinal(TALLOC_CTX *ctx, int n)
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    int last = n % 10;
    bool teen = n % 100 >= 11 && n % 100 <= 13;

    return text_format(ctx, "%d%s", n,
                       ends[teen || last < 0 || last > 3 ? 0 : last]);
}

static bool read_whole(int fd, char *buf, size_t size, size_t *ret)
{
    size_t got = 0;

    while (got < size) {
        ssize_t n = read(fd, buf + got, size - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *ret = got;
    return true;
}

bool text_read_file(TALLOC_CTX *ctx, const char *path, size_t limit,
                    char **ret_text, size_t *ret_size, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    char *text = NULL;
    size_t size = 0;
    bool good;

    if (fd < 0)
        return fail(err, errno == ENOENT ? REPLY_NOTFOUND : REPLY_INPUT,
                    "%s: %s", path, strerror(errno));
    good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size <= limit;
    if (!good) {
        (void)close(fd);
        return fail(err, REPLY_INPUT,
                    "%s: not a regular file of at most %zu bytes", path, limit);
    }
    text = talloc_zero_size(ctx, (size_t)st.st_size + 1);
    invariant(text);
    good = read_whole(fd, text, (size_t)st.st_size, &size);
    (void)close(fd);
    if (!good) {
        talloc_free(text);
        return fail(err, REPLY_INPUT, "%s: %s", path, strerror(errno));
    }
    text[size] = '\0';
    *ret_text = text;
    *ret_size = size;
    return true;
}

bool text_read_pipe(TALLOC_CTX *ctx, int fd, const char *name, size_t limit,
                    char **ret_text, size_t *ret_size, struct error *err)
{
    char *text = talloc_zero_size(ctx, limit + 2);
    size_t size = 0;
    bool good;

    invariant(text);
    good = read_whole(fd, text, limit + 1, &size);
    if (good && size <= limit) {
        text[size] = '\0';
        *ret_text = text;
        *ret_size = size;
        return true;
    }
    talloc_free(text);
    return good ? fail(err, REPLY_INPUT, "%s: more than %zu bytes", name, limit)
                : fail(err, REPLY_INPUT, "%s: %s", name, strerror(errno));
}

static bool has_ending(const char *file, const char *ending)
{
    size_t n = strlen(file), m = strlen(ending);

    return n > m && file[0] != '.' && strcmp(file + n - m, ending) == 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct text_file *)a)->path,
                  ((const struct text_file *)b)->path);
}

static bool read_one(TALLOC_CTX *ctx, const char *directory, const char *file,
                     size_t name, size_t limit, struct text_file *ret,
                     struct error *err)
{
    const char *path = text_format(ctx, "%s/%s", directory, file);
    char *text;

    ret->name = memory_text_n(ctx, file, name);
    ret->path = path;
    if (!text_read_file(ctx, path, limit, &text, &ret->size, err))
        return false;
    ret->text = text;
    return true;
}

bool text_read_files(TALLOC_CTX *ctx, const char *directory, const char *ending,
                     size_t most, size_t limit, struct text_file **ret,
                     size_t *ret_n, struct error *err)
{
    struct text_file *rows = array_new(ctx, struct text_file, 0);
    DIR *d = opendir(directory);
    struct dirent *entry;
    size_t n = 0;
    bool good = true;

    if (!d)
        return fail(err, REPLY_INPUT, "%s: %s", directory, strerror(errno));
    while (good && (entry = readdir(d))) {
        const char *file = entry->d_name;

        if (!has_ending(file, ending))
            continue;
        if (n == most) {
            good = fail(err, REPLY_INPUT, "%s: more than %zu files end in %s",
                        directory, most, ending);
            break;
        }
        rows = array_grow(ctx, rows, struct text_file, n + 1);
        good = read_one(ctx, directory, file, strlen(file) - strlen(ending),
                        limit, &rows[n++], err);
    }
    (void)closedir(d);
    if (!good)
        return false;
    qsort(rows, n, sizeof rows[0], by_path);
    *ret = rows;
    *ret_n = n;
    return true;
}

char *text_format(TALLOC_CTX *ctx, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = talloc_vasprintf(ctx, fmt, ap);
    va_end(ap);
    invariant(text);
    return text;
}
