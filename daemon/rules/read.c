/*
 * Text in, rules out, all or nothing: tree, names, statements, then what only
 * the whole can tell. Errors do not stop the reader; it goes on to find more.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

static void build_all(struct build *b, const struct source *tables,
                      const char *const *names, size_t n_tables)
{
    declare_sector(b);
    declare_bodies(b);
    declare_clusters(b);
    declare_workflows(b);
    fill_sector(b);
    fill_bodies(b);
    fill_clusters(b);
    fill_workflows(b);
    fill_holidays(b, tables, names, n_tables);
    check_required(b, b->root);
    check_orders(b);
    if (b->f->out.errors == 0)
        warn_all(b);
}

const struct rules *rules_read(TALLOC_CTX *ctx, const struct source *text,
                               const struct source *tables, size_t n_tables,
                               struct diagnostics *diagnostics)
{
    TALLOC_CTX *tmp = talloc_new(ctx);
    struct findings f;
    struct build b = {.r = object_new(ctx, struct rules), .tmp = tmp, .f = &f};
    const char **names = array_new(tmp, const char *, n_tables);
    const char *file;

    findings_begin(&f, ctx);
    file = findings_add_text(&f, text);
    b.file = file;
    for (size_t i = 0; i < n_tables; i++)
        names[i] = findings_add_text(&f, &tables[i]);
    b.root = tree_read(tmp, &f, file, text->text, text->size);
    build_all(&b, tables, names, n_tables);
    *diagnostics = findings_end(&f);
    talloc_free(tmp);
    if (diagnostics->errors == 0)
        return b.r;
    talloc_free(b.r);
    return NULL;
}
