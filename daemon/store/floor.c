/*
 * The floor of SEQUENCE: a number that no event has ever exceeded. It grows
 * with every change of what is served and lies in the database and in a file
 * beside it. A database that was restored from a copy knows a smaller one than
 * the file: then the next release numbers everything above the file's, and
 * serves again each address that the file names, for somebody may have it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

#define FLOOR_SETTING "sequence floor"
#define FLOOR_FILE    "sequence"
#define LEAST_SETTING "sequence least"

/* Beside the database. */
static char *beside(TALLOC_CTX *ctx, const struct store *st, const char *name)
{
    const char *slash = strrchr(st->path, '/');

    return slash ? text_format(ctx, "%.*s/%s", (int)(slash - st->path),
                               st->path, name)
                 : memory_text(ctx, name);
}

/* The sequence, then a line for each feed that was ever served. */
static void file_read(TALLOC_CTX *ctx, const struct store *st,
                      struct floor *ret)
{
    char *path = beside(NULL, st, FLOOR_FILE);
    FILE *f = fopen(path, "re");
    char line[512] = "";
    long n;

    talloc_free(path);
    *ret = (struct floor){0};
    if (!f)
        return;
    n = fgets(line, sizeof line, f) ? strtol(line, NULL, 10) : 0;
    ret->sequence = n > 0 && n < 1000000 ? (int)n : 0;
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0])
            continue;
        ret->feeds =
            array_grow(ctx, ret->feeds, const char *, ret->n_feeds + 1);
        ret->feeds[ret->n_feeds++] = memory_text(ctx, line);
    }
    (void)fclose(f);
}

bool store_floor(TALLOC_CTX *ctx, struct store *st, struct floor *ret,
                 struct error *err)
{
    const char *text, *least;
    long long until = 0;
    int here;

    if (!store_setting(ctx, st, FLOOR_SETTING, &text, err) ||
        !store_setting(ctx, st, LEAST_SETTING, &least, err))
        return false;
    here = text ? atoi(text) : 0;
    file_read(ctx, st, ret);
    if (least && sscanf(least, "%d %lld", &ret->least, &until) == 2)
        ret->until.second = until;
    ret->restored = ret->sequence > here;
    if (ret->sequence < here)
        ret->sequence = here;
    return true;
}

static bool write_whole(int fd, const char *text)
{
    size_t n = strlen(text);

    return write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
}

/* By another name and rename: a crash leaves the old number or the new. */
static bool file_set(const struct store *st, const char *text,
                     struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    char *path = beside(tmp, st, FLOOR_FILE),
         *next = text_format(tmp, "%s.new", path);
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_whole(fd, text);

    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(next, path) == 0;
    if (!good)
        (void)fail(err, REPLY_INTERNAL, "%s: %s", path, strerror(errno));
    talloc_free(tmp);
    return good;
}

bool store_set_floor(struct store *st, const struct floor *f, struct error *err)
{
    char *text = text_format(NULL, "%d\n", f->sequence);
    char *least =
        text_format(text, "%d %lld", f->least, (long long)f->until.second);
    bool good = store_set_setting(st, FLOOR_SETTING, text, err) &&
                store_set_setting(st, LEAST_SETTING, least, err);

    for (size_t i = 0; i < f->n_feeds; i++) {
        text = talloc_asprintf_append_buffer(text, "%s\n", f->feeds[i]);
        invariant(text);
    }
    good = good && file_set(st, text, err);
    talloc_free(text);
    return good;
}
