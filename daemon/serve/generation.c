/*
 * One generation of rules: the rules files, the holiday tables, the templates,
 * read from their directories and frozen. Rules and tables reach the rooms
 * below as texts.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agendas.h"
#include "daemon/publish/zone.h"
#include "daemon/serve/letter_view.h"
#include "daemon/serve/zones.h"

#define FILE_MOST  (4 * 1024 * 1024)
#define FILES_MOST 300 /* of a directory */

/* "file:12:3" as a place; a name alone is its first line. */
static struct where place_of(TALLOC_CTX *ctx, const char *at)
{
    const char *column = strrchr(at, ':'), *line = column;

    while (line && line > at && *--line != ':')
        continue;
    if (!line || line == at ||
        strspn(line + 1, "0123456789:") != strlen(line + 1))
        return (struct where){memory_text(ctx, at), 1, 1};
    return (struct where){memory_text_n(ctx, at, (size_t)(line - at)),
                          atoi(line + 1), atoi(column + 1)};
}

static void report(TALLOC_CTX *ctx, struct diagnostics *found, const char *file,
                   const char *text, const char *hint)
{
    found->rows = array_grow(ctx, found->rows, struct diagnostic, found->n + 1);
    found->rows[found->n++] =
        (struct diagnostic){.where = place_of(ctx, file),
                            .severity = SEVERITY_ERROR,
                            .text = memory_text(ctx, text),
                            .hint = hint,
                            .line = ""};
    found->errors++;
}

/* A step may ask for a letter that nobody has written: it gets the one of all
 * tasks, and the officer a word about it. */
static void check_step(TALLOC_CTX *ctx, const struct step *step,
                       const char *const *names, struct diagnostics *found)
{
    while (step->mail && *names && strcmp(*names, step->mail) != 0)
        names++;
    if (!step->mail || *names)
        return;
    found->rows = array_grow(ctx, found->rows, struct diagnostic, found->n + 1);
    found->rows[found->n++] = (struct diagnostic){
        .where = step->where,
        .severity = SEVERITY_WARNING,
        .text = text_format(ctx,
                            "there is no mail template %s; step %s uses "
                            "that of all tasks",
                            step->mail, step->code),
        .hint = text_format(ctx,
                            "write mail/%s.txt.mustache in the directory "
                            "of templates",
                            step->mail),
        .line = ""};
}

static void check_steps(TALLOC_CTX *ctx, const struct generation *g,
                        struct diagnostics *found)
{
    const struct rules *r = g->rules;

    for (size_t i = 0; i < r->n_workflows; i++)
        for (size_t k = 0; k < r->workflows[i].n_steps; k++)
            check_step(ctx, &r->workflows[i].steps[k],
                       letter_names(g->templates), found);
}

/* All files of a directory with that ending, by name. */
static bool read_directory(TALLOC_CTX *ctx, const char *directory,
                           const char *ending, struct sources *ret,
                           struct error *err)
{
    struct text_file *files;
    size_t n;

    if (!text_read_files(ctx, directory, ending, FILES_MOST, FILE_MOST, &files,
                         &n, err))
        return false;
    ret->rows = array_new(ctx, struct source, n);
    ret->n = n;
    for (size_t i = 0; i < n; i++)
        ret->rows[i] =
            (struct source){files[i].path, files[i].text, files[i].size};
    return true;
}

static int holiday_order(const void *a, const void *b)
{
    const struct holiday *x = a, *y = b;
    int c = text_compare(x->cc, y->cc);

    if (c == 0)
        c = (x->date.day > y->date.day) - (x->date.day < y->date.day);
    return c ? c : (int)x->kind - (int)y->kind;
}

/* The rules with the officers' holidays in place of those of the tables on the
 * same day and of the same kind. */
static const struct rules *with_imported(TALLOC_CTX *ctx,
                                         const struct rules *read,
                                         const struct holiday *extra, size_t n)
{
    struct rules *r = object_new(ctx, struct rules);
    struct holiday *all = array_new(ctx, struct holiday, read->n_holidays + n);
    size_t count = 0;

    *r = *read;
    for (size_t i = 0; i < read->n_holidays; i++) {
        bool replaced = false;

        for (size_t j = 0; j < n && !replaced; j++)
            replaced = holiday_order(&read->holidays[i], &extra[j]) == 0;
        if (!replaced)
            all[count++] = read->holidays[i];
    }
    for (size_t j = 0; j < n; j++)
        all[count++] = extra[j];
    qsort(all, count, sizeof all[0], holiday_order);
    r->holidays = all;
    r->n_holidays = count;
    rules_index_holidays(r, r);
    return r;
}

/* Texts of rules with tables and, where there is a store, the officers' own
 * holidays. */
static const struct rules *
read_texts(TALLOC_CTX *ctx, const struct config *config, struct store *store,
           const struct sources *texts, const struct sources *tables,
           struct diagnostics *found)
{
    const struct rules *read =
        rules_read(ctx, texts->rows, texts->n, tables->rows, tables->n, found);
    struct holiday *extra = NULL;
    size_t n = 0;
    struct error err;

    if (!read || !store)
        return read;
    if (!store_holidays(ctx, store, &extra, &n, &err)) {
        report(ctx, found, config->state, err.text, "");
        return NULL;
    }
    return n > 0 ? with_imported(ctx, read, extra, n) : read;
}

/* The files of both directories. */
static bool read_files(struct generation *g, const struct config *config,
                       struct diagnostics *found)
{
    struct error err;

    if (!read_directory(g, config->rules, ".rules", &g->texts, &err) ||
        !read_directory(g, config->holidays, ".csv", &g->tables, &err)) {
        report(g, found, config->file, err.text, "");
        return false;
    }
    if (g->texts.n == 0)
        report(g, found, config->rules, "no file ends in .rules here",
               "put the rules file of each sector here");
    return g->texts.n > 0;
}

static const char *file_names(TALLOC_CTX *ctx, const struct rules *r)
{
    const char *all = r->sectors[0].file;

    for (size_t i = 1; i < r->n_sectors; i++)
        all = text_format(ctx, "%s, %s", all, r->sectors[i].file);
    return all;
}

static struct generation *generation_new(TALLOC_CTX *ctx, struct instant now)
{
    struct generation *g = object_new(ctx, struct generation);

    g->users = 1;
    g->loaded = now;
    return g;
}

/* What follows from its texts (NULL rules: they could not be read), and the
 * templates. NULL when there was an error. */
static struct generation *generation_make(struct generation *g, TALLOC_CTX *ctx,
                                          const struct config *config,
                                          struct diagnostics *found)
{
    struct error err;

    if (!templates_load(g, config->templates, &g->templates, &err) ||
        !letter_names_check(g->templates, config, &err))
        report(ctx, found, err.at[0] ? err.at : config->templates, err.text,
               "");
    if (g->rules && g->templates)
        check_steps(ctx, g, found);
    if (!g->rules || found->errors > 0) {
        for (size_t i = 0; i < found->n; i++) /* they outlive g */
            found->rows[i].line = memory_text(ctx, found->rows[i].line);
        (void)talloc_steal(ctx, g);
        return NULL;
    }
    g->agendas = agendas_new(g, g->rules);
    g->title = rules_title(g, g->rules);
    g->codes = rules_codes(g, g->rules);
    g->files = file_names(g, g->rules);
    g->found = *found;
    return g;
}

struct generation *generation_load(TALLOC_CTX *ctx, const struct config *config,
                                   struct store *store, struct instant now,
                                   struct diagnostics *found)
{
    struct generation *g = generation_new(ctx, now);

    if (read_files(g, config, found))
        g->rules = read_texts(g, config, store, &g->texts, &g->tables, found);
    return generation_make(g, ctx, config, found);
}

/* ---- the texts that were last loaded */

static struct sources sources_of_kind(TALLOC_CTX *ctx,
                                      const struct source_row *rows, size_t n,
                                      const char *kind)
{
    struct sources all = {array_new(ctx, struct source, n), 0};

    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].kind, kind) == 0)
            all.rows[all.n++] = (struct source){rows[i].file, rows[i].text,
                                                strlen(rows[i].text)};
    return all;
}

static struct generation *load_last(struct serve *s, struct diagnostics *found)
{
    struct generation *g = generation_new(s->ctx, serve_now(s));
    struct source_row *rows;
    struct error err;
    size_t n;

    if (!store_sources(g, s->store, &rows, &n, &err)) {
        report(g, found, s->config->state, err.text, "");
        return generation_make(g, s->ctx, s->config, found);
    }
    g->texts = sources_of_kind(g, rows, n, SOURCE_RULES);
    g->tables = sources_of_kind(g, rows, n, SOURCE_HOLIDAYS);
    if (g->texts.n == 0) {
        talloc_free(g);
        return NULL;
    }
    g->rules = read_texts(g, s->config, s->store, &g->texts, &g->tables, found);
    return generation_make(g, s->ctx, s->config, found);
}

static size_t add_rows(struct source_row *rows, size_t n, const char *kind,
                       const struct sources *all)
{
    for (size_t i = 0; i < all->n; i++)
        rows[n++] =
            (struct source_row){kind, all->rows[i].name, all->rows[i].text};
    return n;
}

static bool same_rows(const struct source_row *a, size_t n_a,
                      const struct source_row *b, size_t n_b)
{
    bool same = n_a == n_b;

    for (size_t i = 0; same && i < n_a; i++)
        same = strcmp(a[i].kind, b[i].kind) == 0 &&
               strcmp(a[i].file, b[i].file) == 0 &&
               strcmp(a[i].text, b[i].text) == 0;
    return same;
}

static bool put_rows(struct store *st, const struct source_row *rows, size_t n,
                     struct error *err)
{
    if (!store_begin(st, err))
        return false;
    if (store_set_sources(st, rows, n, err) && store_commit(st, err))
        return true;
    store_rollback(st);
    return false;
}

/* Keeps the texts of the running generation. A store that takes no writes is
 * no reason not to run. */
static void keep_last(struct serve *s)
{
    const struct generation *g = s->generation;
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct source_row *was,
        *rows = array_new(tmp, struct source_row, g->texts.n + g->tables.n);
    size_t n_was, n = add_rows(rows, 0, SOURCE_HOLIDAYS, &g->tables);
    struct error err;

    n = add_rows(rows, n, SOURCE_RULES, &g->texts);
    if (!store_sources(tmp, s->store, &was, &n_was, &err) ||
        (!same_rows(was, n_was, rows, n) && !put_rows(s->store, rows, n, &err)))
        serve_report(s, "rules", &err);
    talloc_free(tmp);
}

/* For `status`: what was wrong with the files. */
static const struct diagnostic *tell_refused(struct serve *s,
                                             const struct diagnostics *found)
{
    const struct diagnostic *first = &found->rows[0];

    for (size_t i = 0; i < found->n; i++)
        if (found->rows[i].severity == SEVERITY_ERROR) {
            first = &found->rows[i];
            break;
        }
    s->reload_errors = (int)found->errors;
    (void)snprintf(s->reload_error, sizeof s->reload_error,
                   "%.200s:%d:%d: %.350s", first->where.file, first->where.line,
                   first->where.column, first->text);
    return first;
}

bool generation_first(struct serve *s, struct diagnostics *found,
                      struct error *err)
{
    struct diagnostics of_last = {NULL, 0, 0};

    s->generation =
        generation_load(s->ctx, s->config, s->store, serve_now(s), found);
    if (s->generation) {
        keep_last(s);
        return true;
    }
    s->generation = load_last(s, &of_last);
    if (!s->generation)
        return fail(err, REPLY_INPUT,
                    "%zu error%s in the rules, tables or templates",
                    found->errors, found->errors == 1 ? "" : "s");
    (void)tell_refused(s, found);
    return true;
}

void generation_hold(struct generation *g)
{
    g->users++;
}

void generation_release(struct generation *g)
{
    if (--g->users == 0)
        talloc_free(g);
}

/* The place of the running sector of that code, n_sectors when there is none.
 * Where there is but one every text is in its place, whatever its code. */
static size_t sector_place(const struct rules *running, const char *code)
{
    size_t at = 0;

    while (at < running->n_sectors && running->n_sectors > 1 &&
           !text_same(running->sectors[at].code, code))
        at++;
    return at;
}

bool generation_has(const struct serve *s, const char *sector)
{
    const struct rules *running = s->generation->rules;

    return sector_place(running, sector) < running->n_sectors;
}

bool generation_place(TALLOC_CTX *ctx, struct serve *s, struct draft_file *file,
                      struct diagnostics *found)
{
    const struct rules *running = s->generation->rules, *alone;
    struct source source = {file->file, file->text, strlen(file->text)};
    struct sources own = {&source, 1};
    struct diagnostics of = {NULL, 0, 0};

    if (running->n_sectors == 1) {
        file->sector = memory_text(ctx, running->sectors[0].code);
        return true;
    }
    alone =
        read_texts(ctx, s->config, s->store, &own, &s->generation->tables, &of);
    if (alone)
        file->sector = alone->sectors[0].code;
    if (!alone || !generation_has(s, file->sector))
        *found = of;
    return alone != NULL;
}

const struct rules *generation_with(TALLOC_CTX *ctx, struct serve *s,
                                    const struct draft_file *files, size_t n,
                                    struct diagnostics *found)
{
    const struct rules *running = s->generation->rules;
    struct sources all = {array_new(ctx, struct source, running->n_sectors),
                          running->n_sectors};

    memcpy(all.rows, s->generation->texts.rows, all.n * sizeof all.rows[0]);
    for (size_t i = 0; i < n; i++) {
        size_t at = sector_place(running, files[i].sector);

        if (at < all.n)
            all.rows[at] = (struct source){files[i].file, files[i].text,
                                           strlen(files[i].text)};
    }
    return read_texts(ctx, s->config, s->store, &all, &s->generation->tables,
                      found);
}

bool serve_reload(struct serve *s, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct diagnostics found = {NULL, 0, 0};
    struct generation *next;

    next = generation_load(tmp, s->config, s->store, serve_now(s), &found);
    if (!next) {
        const struct diagnostic *first = tell_refused(s, &found);

        (void)fail(err, REPLY_INPUT, "%s%s (%zu error%s; nothing is changed)",
                   first->text, first->hint[0] ? "; see `check`" : "",
                   found.errors, found.errors == 1 ? "" : "s");
        (void)fail_at(err, first->where.file, first->where.line,
                      first->where.column);
        talloc_free(tmp);
        return false;
    }
    s->reload_errors = 0;
    s->reload_error[0] = '\0';
    generation_release(s->generation);
    s->generation = talloc_steal(s->ctx, next);
    talloc_free(tmp);
    keep_last(s);
    draft_forget(s);
    vtimezone_forget();
    office_forget_zones();
    if (!publishing_load(s, err))
        return false;
    zones_tell(s);
    return true;
}
