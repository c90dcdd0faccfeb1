/*
 * Any octets as a calendar of holidays, with and without years: the reader
 * ends, and what it prints is a table of clean UTF-8, one line a row, whose
 * dates are dates.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/reader_holidays.h"
#include "daemon/base/csv.h"
#include "daemon/base/date.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_table(const char *table, size_t size, int first, int last)
{
    static const char *const columns[] = {"line", "date",    "name",
                                          "kind", "problem", NULL};
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct csv csv = {NULL, 0};
    struct error err;
    bool good = csv_read(ctx, "table", table, size, columns, &csv, &err);

    invariant(good && text_is_utf8(table, size));
    for (size_t i = 0; i < csv.n; i++) {
        const char *const *f = csv.rows[i].fields;
        struct date d;

        invariant(atoi(f[0]) > 0);
        invariant((f[1][0] == '\0') == (f[4][0] != '\0'));
        if (f[4][0])
            continue;
        good = date_parse(f[1], &d, &err);
        invariant(good);
        invariant(first == 0 ||
                  (date_civil(d).year >= first && date_civil(d).year <= last));
    }
    talloc_free(ctx);
}

static void read_once(const uint8_t *data, size_t size, int first, int last)
{
    char *text = malloc(size + 1), *table = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&table, &n);

    invariant(text && out);
    memcpy(text, data, size);
    text[size] = '\0';
    holidays_print(out, text, size, first, last);
    invariant(fclose(out) == 0);
    check_table(table, n, first, last);
    free(table);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_once(data, size, 0, 0);
    read_once(data, size, 2027, 2030);
    return 0;
}
