/*
 * A small CSV reader: one pass over the text, fields copied as they end.
 */
#include "daemon/base/csv.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

struct reader {
    const char *file;
    const char *at, *end;
    int line;
    char separator;
};

/* Where the comma is the decimal sign, office programs part with semicolons;
 * some part with tabs. Names of columns hold none of them. */
static char separator_of(const char *at, const char *end)
{
    while (at < end && !strchr(",;\t\n", *at))
        at++;
    return at < end && *at && *at != '\n' ? *at : ',';
}

/* Reads one field; false when a quote is never closed or text follows one. */
static bool read_field(TALLOC_CTX *ctx, struct reader *r, char **ret)
{
    char *field = memory_text(ctx, "");
    const char *from = r->at;

    if (r->at < r->end && *r->at == '"') {
        from = ++r->at;
        while (r->at < r->end) {
            if (*r->at == '"') {
                field = talloc_strndup_append_buffer(field, from,
                                                     (size_t)(r->at - from));
                invariant(field);
                if (r->at + 1 == r->end || r->at[1] != '"')
                    break;
                r->at++;
                from = r->at; /* the second quote of a pair stays */
            } else if (*r->at == '\n') {
                r->line++;
            }
            r->at++;
        }
        if (r->at == r->end)
            return false;
        r->at++;
        *ret = field;
        return r->at == r->end || *r->at == r->separator || *r->at == '\n' ||
               *r->at == '\r';
    }
    while (r->at < r->end && *r->at != r->separator && *r->at != '\n' &&
           *r->at != '\r')
        r->at++;
    *ret = memory_text_n(ctx, from, (size_t)(r->at - from));
    return true;
}

/* Reads one record; its fields end with NULL. */
static bool read_record(TALLOC_CTX *ctx, struct reader *r, char ***ret,
                        size_t *ret_n, struct error *err)
{
    char **fields = array_new(ctx, char *, 1);
    size_t n = 0;
    int line = r->line;

    for (;;) {
        fields = array_grow(ctx, fields, char *, n + 2);
        if (!read_field(fields, r, &fields[n])) {
            (void)fail(err, REPLY_INPUT,
                       "a quote is not closed, or text follows it");
            return fail_at(err, r->file, line, (int)n + 1);
        }
        fields[++n] = NULL;
        if (r->at == r->end || *r->at != r->separator)
            break;
        r->at++;
    }
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end && *r->at == '\n')
        r->at++, r->line++;
    *ret = fields;
    *ret_n = n;
    return true;
}

/* How many octets of a blank stand there, or end there: also of those that word
 * processors and web pages put in its place. 0: none. */
static size_t blank(const char *at, size_t before)
{
    static const char *const table[] = {" ",      "\t",     "\r",     "\n",
                                        "\u00a0", "\u202f", "\ufeff", "\u200b"};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t n = strlen(table[i]);

        if (before == 0 && strncmp(at, table[i], n) == 0)
            return n;
        if (before >= n && memcmp(at - n, table[i], n) == 0)
            return n;
    }
    return 0;
}

/* A field without the blanks around it, on ctx. */
static char *bare_field(TALLOC_CTX *ctx, const char *text)
{
    size_t n, k;

    while ((n = blank(text, 0)) > 0)
        text += n;
    n = strlen(text);
    while (n > 0 && (k = blank(text + n, n)) > 0)
        n -= k;
    return memory_text_n(ctx, text, n);
}

static const char *bare(const char *column)
{
    return column[0] == '?' ? column + 1 : column;
}

static size_t count_of(const char *const *columns)
{
    size_t n = 0;

    while (columns[n])
        n++;
    return n;
}

/* The column that a header field was meant to be; NULL for none. */
static const char *nearest_of(const char *const *columns, size_t n,
                              const char *field)
{
    const char **names = array_new(NULL, const char *, n + 1), *nearest;

    for (size_t j = 0; j < n; j++)
        names[j] = bare(columns[j]);
    nearest = text_nearest(field, names);
    talloc_free(names);
    return nearest;
}

/* map[k] = which of `columns` the k-th field of the file is. */
static bool map_header(struct reader *r, char **header, size_t n,
                       const char *const *columns, size_t *map,
                       struct error *err)
{
    size_t wanted = count_of(columns);

    for (size_t k = 0; k < n; k++) {
        const char *nearest;

        for (map[k] = 0; map[k] < wanted; map[k]++)
            if (text_same(bare(columns[map[k]]), bare_field(header, header[k])))
                break;
        if (map[k] < wanted)
            continue;
        nearest = nearest_of(columns, wanted, header[k]);
        (void)fail(err, REPLY_INPUT, "unknown column \"%s\"%s%s", header[k],
                   nearest ? ", did you mean " : "", nearest ? nearest : "");
        return fail_at(err, r->file, 1, (int)k + 1);
    }
    for (size_t j = 0; j < wanted; j++) {
        bool found = columns[j][0] == '?';

        for (size_t k = 0; k < n && !found; k++)
            found = map[k] == j;
        if (!found) {
            (void)fail(err, REPLY_INPUT, "column \"%s\" is missing",
                       columns[j]);
            return fail_at(err, r->file, 1, 1);
        }
    }
    return true;
}

/* Spreadsheets write as many columns as were ever touched. */
static size_t without_empty(char **fields, size_t n)
{
    while (n > 1 && !*bare_field(fields, fields[n - 1]))
        n--;
    return n;
}

static bool add_row(TALLOC_CTX *ctx, struct reader *r, int line, char **record,
                    size_t n, const size_t *map, size_t header_n, size_t wanted,
                    struct csv *csv, struct error *err)
{
    const char **fields = array_new(ctx, const char *, wanted + 1);

    while (n > header_n && !*bare_field(ctx, record[n - 1]))
        n--;
    if (n != header_n) {
        (void)fail(err, REPLY_INPUT, "%zu fields, but %zu columns", n,
                   header_n);
        return fail_at(err, r->file, line, 1);
    }
    for (size_t j = 0; j <= wanted; j++)
        fields[j] = j < wanted ? "" : NULL;
    for (size_t k = 0; k < n; k++) {
        fields[map[k]] = bare_field(fields, record[k]);
        if (!text_is_clean(record[k], strlen(record[k]), "\n\r\t")) {
            (void)fail(err, REPLY_INPUT,
                       "not UTF-8, or it has control characters");
            return fail_at(err, r->file, line, (int)k + 1);
        }
    }
    csv->rows = array_grow(ctx, csv->rows, struct csv_row, csv->n + 1);
    csv->rows[csv->n++] = (struct csv_row){line, fields};
    return true;
}

bool csv_read(TALLOC_CTX *ctx, const char *file, const char *text, size_t size,
              const char *const *columns, struct csv *ret, struct error *err)
{
    struct reader r = {file, text, text + size, 1, ','};
    struct csv csv = {NULL, 0};
    size_t wanted = count_of(columns), header_n = 0, *map;
    char **record = NULL;
    bool first = true;

    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    r.separator = separator_of(r.at, r.end);
    map = NULL;
    while (r.at < r.end) {
        int line = r.line;
        size_t n = 0;

        if (!read_record(ctx, &r, &record, &n, err))
            return false;
        if (without_empty(record, n) == 1 && !*bare_field(record, record[0]))
            continue;
        if (first) {
            n = without_empty(record, n);
            map = array_new(ctx, size_t, n);
            if (!map_header(&r, record, n, columns, map, err))
                return false;
            header_n = n;
        } else if (!add_row(ctx, &r, line, record, n, map, header_n, wanted,
                            &csv, err)) {
            return false;
        }
        first = false;
    }
    if (first) {
        (void)fail(err, REPLY_INPUT, "the file is empty");
        return fail_at(err, file, 1, 1);
    }
    *ret = csv;
    return true;
}

bool csv_is_formula(const char *text)
{
    static const char *const wide[] = {"\uff1d", "\uff0b", "\uff0d", "\uff20"};

    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (text_begins(text, wide[i]))
            return true;
    return *text && strchr("=+-@", *text);
}

char *csv_field_between(TALLOC_CTX *ctx, const char *text, char separator)
{
    bool formula = csv_is_formula(text);
    char *out;

    if (!formula && !strpbrk(text, "\"\r\n") && !strchr(text, separator))
        return text_format(ctx, "%s", text);
    out = text_format(ctx, "\"%s", formula ? "'" : "");
    for (; *text; text++) {
        out = talloc_strndup_append_buffer(out, text, 1);
        if (*text == '"')
            out = talloc_strndup_append_buffer(out, text, 1);
        invariant(out);
    }
    out = talloc_strdup_append_buffer(out, "\"");
    invariant(out);
    return out;
}

char *csv_field(TALLOC_CTX *ctx, const char *text)
{
    return csv_field_between(ctx, text, ',');
}
