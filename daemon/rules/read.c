/*
 * Texts in, rules out, all or nothing. Each text by itself: tree, names,
 * statements, then what only the whole file can tell; then what only all of
 * them can tell. Errors do not stop the reader; it goes on to find more.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/join.h"

static void build_one(struct build *b)
{
    declare_sector(b);
    declare_bodies(b);
    declare_clusters(b);
    declare_workflows(b);
    fill_sector(b);
    fill_bodies(b);
    fill_clusters(b);
    fill_workflows(b);
    fill_holidays(b);
    check_required(b, b->root);
    check_orders(b);
}

/* Reads the texts; each zone is loaded once for all of them. */
static void build_all(struct build *parts, size_t n, const struct source *texts)
{
    for (size_t i = 0; i < n; i++) {
        struct build *b = &parts[i];

        if (i > 0) {
            b->zones = b[-1].zones;
            b->n_zones = b[-1].n_zones;
        }
        b->root =
            tree_read(b->tmp, b->f, b->file, texts[i].text, texts[i].size);
        build_one(b);
    }
}

/* Finds what is wrong with all of them together; holidays into all->r. */
static void build_together(struct build *all, const struct build *parts,
                           size_t n, const struct source *tables,
                           size_t n_tables)
{
    const char **names = array_new(all->tmp, const char *, n_tables);

    for (size_t i = 0; i < n_tables; i++)
        names[i] = findings_add_text(all->f, &tables[i]);
    join_holidays(all, parts, n, tables, names, n_tables);
    join_check(parts, n);
}

static struct rules *joined(TALLOC_CTX *ctx, const struct build *all,
                            struct build *parts, size_t n)
{
    struct rules *r;

    for (size_t i = 0; i < n && all->f->out.errors == 0; i++)
        warn_all(&parts[i]);
    if (all->f->out.errors > 0)
        return NULL;
    r = join_rules(ctx, parts, n);
    r->holidays = all->r->holidays;
    r->n_holidays = all->r->n_holidays;
    (void)talloc_steal(r, all->r);
    rules_index_holidays(r, r);
    return r;
}

const struct rules *rules_read(TALLOC_CTX *ctx, const struct source *texts,
                               size_t n_texts, const struct source *tables,
                               size_t n_tables, struct diagnostics *diagnostics)
{
    TALLOC_CTX *tmp = talloc_new(ctx);
    struct findings f;
    struct build *parts = array_new(tmp, struct build, n_texts);
    struct build all = {.r = object_new(tmp, struct rules),
                        .tmp = tmp,
                        .f = &f,
                        .files = array_new(tmp, const char *, n_texts),
                        .n_files = n_texts};
    struct rules *r;

    findings_begin(&f, ctx);
    for (size_t i = 0; i < n_texts; i++) {
        all.files[i] = findings_add_text(&f, &texts[i]);
        parts[i] = (struct build){.r = object_new(tmp, struct rules),
                                  .tmp = tmp,
                                  .f = &f,
                                  .file = all.files[i]};
    }
    build_all(parts, n_texts, texts);
    build_together(&all, parts, n_texts, tables, n_tables);
    r = joined(ctx, &all, parts, n_texts);
    *diagnostics = findings_end(&f);
    talloc_free(tmp);
    return r;
}
