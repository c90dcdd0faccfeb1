/*
 * Templates: the files of a directory's web/ and mail/, parsed once, all or
 * nothing.
 *
 * 1. A file whose name begins with '_' is only a partial of its folder.
 * 2. A letter is mail/NAME.txt.mustache: "Subject: ..." alone on its first
 *    line, a blank one, the text. mail/NAME.html.mustache beside it is its
 *    HTML form. {{> _x}} in them is _x.txt.mustache or _x.html.mustache.
 */
#include "daemon/publish/templates.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define FILE_MOST  (1024 * 1024)
#define FILES_MOST 200
#define ENDING     ".mustache"
#define SUBJECT    "Subject: "

struct template_file {
    const char *name; /* without the ending */
    const char *path, *text;
    struct mustache *parsed; /* NULL: a partial */
};

struct folder {
    struct template_file *rows; /* by name */
    size_t n;
};

struct templates {
    struct folder web, mail;
    struct letter_template *letters;
    const char **names; /* of letters, NULL at the end */
    size_t n_letters;
    const char *style, *icon;
};

/* ----------------------------------------------------------------- reading */

static bool read_folder(TALLOC_CTX *ctx, const char *directory,
                        struct folder *ret, struct error *err)
{
    struct text_file *files;
    size_t n;
    struct folder f = {NULL, 0};

    if (!text_read_files(ctx, directory, ENDING, FILES_MOST, FILE_MOST, &files,
                         &n, err))
        return false;
    f.rows = array_new(ctx, struct template_file, n);
    for (size_t i = 0; i < n; i++) {
        const char *text = files[i].text;

        if (!text_is_utf8(text, files[i].size) ||
            strlen(text) != files[i].size) {
            (void)fail(err, REPLY_INPUT, "this template is not UTF-8 text");
            return fail_at(err, files[i].path, 1, 1);
        }
        f.rows[f.n++] = (struct template_file){
            .name = files[i].name, .path = files[i].path, .text = text};
    }
    *ret = f;
    return true;
}

/* ----------------------------------------------------------------- parsing */

static struct template_file *find_file(const struct folder *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->rows[i].name, name) == 0)
            return &f->rows[i];
    return NULL;
}

struct finder {
    TALLOC_CTX *ctx;
    const struct folder *folder;
    const char *suffix; /* ".txt", ".html", "" */
};

static const char *find_partial(void *self, const char *name)
{
    struct finder *f = self;
    char *full = text_format(f->ctx, "%s%s", name, f->suffix);
    const struct template_file *file = find_file(f->folder, full);

    return file ? file->text : NULL;
}

static bool parse(TALLOC_CTX *ctx, const struct folder *folder,
                  const char *path, const char *text, const char *suffix,
                  struct mustache **ret, struct error *err)
{
    struct finder finder = {ctx, folder, suffix};
    struct mustache_partials partials = {find_partial, &finder};

    return mustache_parse(ctx, path, text,
                          strcmp(suffix, ".txt") == 0 ? MUSTACHE_PLAIN
                                                      : MUSTACHE_HTML,
                          true, &partials, ret, err);
}

static bool parse_pages(TALLOC_CTX *ctx, struct folder *web, struct error *err)
{
    for (size_t i = 0; i < web->n; i++) {
        struct template_file *f = &web->rows[i];

        if (f->name[0] != '_' &&
            !parse(ctx, web, f->path, f->text, "", &f->parsed, err))
            return false;
    }
    return true;
}

/* The name of a letter when `name` ends in `suffix`, else NULL. */
static char *letter_name(TALLOC_CTX *ctx, const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);

    if (name[0] == '_' || n <= m || strcmp(name + n - m, suffix) != 0)
        return NULL;
    return memory_text_n(ctx, name, n - m);
}

/* The text of a letter stands after a subject and a blank line. Its template
 * keeps their line ends, so that faults are named by their true lines. */
static bool parse_letter(TALLOC_CTX *ctx, const struct folder *mail,
                         const struct template_file *f,
                         struct letter_template *ret, struct error *err)
{
    const char *end = strchr(f->text, '\n');

    if (strncmp(f->text, SUBJECT, strlen(SUBJECT)) != 0 || !end ||
        end[1] != '\n') {
        (void)fail(err, REPLY_INPUT,
                   "a letter begins with a line \"Subject: ...\" and a blank "
                   "line");
        return fail_at(err, f->path, 1, 1);
    }
    return parse(ctx, mail, f->path,
                 memory_text_n(ctx, f->text, (size_t)(end - f->text)), ".txt",
                 &ret->subject, err) &&
           parse(ctx, mail, f->path, end, ".txt", &ret->text, err);
}

static bool parse_html(TALLOC_CTX *ctx, struct templates *t,
                       const struct template_file *f, const char *name,
                       struct error *err)
{
    for (size_t i = 0; i < t->n_letters; i++)
        if (strcmp(t->letters[i].name, name) == 0)
            return parse(ctx, &t->mail, f->path, f->text, ".html",
                         &t->letters[i].html, err);
    (void)fail(err, REPLY_INPUT, "there is no %s.txt" ENDING " beside it",
               name);
    return fail_at(err, f->path, 1, 1);
}

static bool parse_letters(TALLOC_CTX *ctx, struct templates *t,
                          struct error *err)
{
    const struct folder *mail = &t->mail;
    const char *name;

    t->letters = array_new(ctx, struct letter_template, mail->n);
    t->names = array_new(ctx, const char *, mail->n + 1);
    for (size_t i = 0; i < mail->n; i++) {
        if (!(name = letter_name(ctx, mail->rows[i].name, ".txt")))
            continue;
        t->letters[t->n_letters].name = t->names[t->n_letters] = name;
        if (!parse_letter(ctx, mail, &mail->rows[i],
                          &t->letters[t->n_letters++], err))
            return false;
    }
    for (size_t i = 0; i < mail->n; i++)
        if ((name = letter_name(ctx, mail->rows[i].name, ".html")) &&
            !parse_html(ctx, t, &mail->rows[i], name, err))
            return false;
    return true;
}

/* ------------------------------------------------------------ the whole lot */

static bool have_all(const struct templates *t, const char *directory,
                     struct error *err)
{
    static const char *const pages[] = {"body",      "edition", "empty",
                                        "error",     "host",    "partner",
                                        "subscribe", "year",    NULL};
    static const char *const letters[] = {"digest", "reminder", "task", NULL};

    for (size_t i = 0; pages[i]; i++)
        if (!template_web(t, pages[i]))
            return fail(err, REPLY_INPUT,
                        "there is no template %s/web/%s" ENDING, directory,
                        pages[i]);
    for (size_t i = 0; letters[i]; i++)
        if (!template_letter(t, letters[i]))
            return fail(err, REPLY_INPUT,
                        "there is no template %s/mail/%s.txt" ENDING, directory,
                        letters[i]);
    return true;
}

/* A file of web/ that is served as it is. */
static bool read_asset(struct templates *t, const char *directory,
                       const char *name, const char **ret, struct error *err)
{
    char *text;
    size_t size;

    if (!text_read_file(t, text_format(t, "%s/web/%s", directory, name),
                        FILE_MOST, &text, &size, err))
        return false;
    *ret = text;
    return true;
}

static bool load(struct templates *t, const char *directory, struct error *err)
{
    return read_folder(t, text_format(t, "%s/web", directory), &t->web, err) &&
           read_folder(t, text_format(t, "%s/mail", directory), &t->mail,
                       err) &&
           read_asset(t, directory, "style.css", &t->style, err) &&
           read_asset(t, directory, "icon.svg", &t->icon, err) &&
           parse_pages(t, &t->web, err) && parse_letters(t, t, err) &&
           have_all(t, directory, err) && page_names_check(t, err);
}

bool templates_load(TALLOC_CTX *ctx, const char *directory,
                    struct templates **ret, struct error *err)
{
    struct templates *t = object_new(ctx, struct templates);

    if (!load(t, directory, err)) {
        talloc_free(t);
        return wrap(err, "templates");
    }
    *ret = t;
    return true;
}

const struct mustache *template_web(const struct templates *t, const char *name)
{
    const struct template_file *f = find_file(&t->web, name);

    return f ? f->parsed : NULL;
}

const struct letter_template *template_letter(const struct templates *t,
                                              const char *name)
{
    for (size_t i = 0; i < t->n_letters; i++)
        if (strcmp(t->letters[i].name, name) == 0)
            return &t->letters[i];
    return NULL;
}

const char *template_style(const struct templates *t)
{
    return t->style;
}

const char *template_icon(const struct templates *t)
{
    return t->icon;
}

const char *const *letter_names(const struct templates *t)
{
    return t->names;
}
