/*
 * libFuzzer target: whatever stands in a rules file and a holiday table, the
 * reader returns rules or findings that can be printed, never both, never
 * neither. The input is a rules text, behind a line "++++" the text of a second
 * file that is joined to it, and, behind a line "====", a table.
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

/* Cuts *rest at a line of four such letters: what stands before it is left,
 * what stands behind is returned; its text is NULL without such a line. */
static struct source cut(struct source *rest, const char *name,
                         const char *mark)
{
    size_t n = strlen(mark);
    char *at = memmem(rest->text, rest->size, mark, n);
    struct source behind = {name, NULL, 0};

    if (!at)
        return behind;
    behind.text = at + n;
    behind.size = rest->size - (size_t)(behind.text - rest->text);
    rest->size = (size_t)(at - rest->text);
    *at = '\0';
    return behind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *text = talloc_zero_size(ctx, size + 1);
    struct source texts[2] = {{"fuzz.rules", text, size}}, table;
    struct diagnostics found;
    const struct rules *r;

    memcpy(text, data, size);
    table = cut(&texts[0], "tables/xx.csv", "\n====\n");
    texts[1] = cut(&texts[0], "more.rules", "\n++++\n");
    r = rules_read(ctx, texts, texts[1].text ? 2 : 1, &table,
                   table.text != NULL, &found);
    if ((r != NULL) != (found.errors == 0))
        abort();
    print_all(ctx, &found);
    talloc_free(ctx);
    return 0;
}
