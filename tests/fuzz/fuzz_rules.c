/*
 * libFuzzer target: whatever stands in a rules file and a holiday table, the
 * reader returns rules or findings that can be printed, never both, never
 * neither. The input is a rules text and, behind a line "====", a table.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/rules/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_all(TALLOC_CTX *ctx, const struct diagnostics *found)
{
    for (size_t i = 0; i < found->n; i++)
        if (strlen(diagnostic_print(ctx, &found->rows[i])) == 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *text;
    const char *mark = memmem(data, size, "\n====\n", 6);
    size_t first = mark ? (size_t)(mark - (const char *)data) : size;
    struct source rules, table;
    struct diagnostics found;
    const struct rules *r;

    text = talloc_zero_size(ctx, size + 1);
    memcpy(text, data, size);
    rules = (struct source){"fuzz.rules", text, first};
    table = (struct source){"tables/xx.csv", mark ? text + first + 6 : "",
                            mark ? size - first - 6 : 0};
    r = rules_read(ctx, &rules, 1, &table, mark != NULL, &found);
    if ((r != NULL) != (found.errors == 0))
        abort();
    print_all(ctx, &found);
    talloc_free(ctx);
    return 0;
}
