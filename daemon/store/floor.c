/*
 * The floor of SEQUENCE: a number that no event has ever exceeded. It grows
 * with every change of what is served and lies in the database and in a file
 * beside it. A database that was restored from a copy knows a smaller one than
 * the file: then the next release numbers everything above the file's, and
 * serves again each address that the file names, for somebody may have it.
 *
 * The key that UIDs are made with lies in both places, too, so that what was
 * given out after the copy was made gets the same UID again. The file's counts:
 * it is the newest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

#define FLOOR_SETTING "sequence floor"
#define FLOOR_FILE    "sequence"
#define LEAST_SETTING "sequence least"
#define KEY_SETTING   "uid key"
#define KEY_LINE      "key " /* of the file */

/* Beside the database. */
static char *beside(TALLOC_CTX *ctx, const struct store *st, const char *name)
{
    const char *slash = strrchr(st->path, '/');

    return slash ? text_format(ctx, "%.*s/%s", (int)(slash - st->path),
                               st->path, name)
                 : memory_text(ctx, name);
}

/* The sequence, then the key, then a line for each feed that was ever served.
 */
static void file_read(TALLOC_CTX *ctx, const struct store *st,
                      struct floor *ret, const char **ret_key)
{
    char *path = beside(NULL, st, FLOOR_FILE);
    FILE *f = fopen(path, "re");
    char line[512] = "";
    long n;

    talloc_free(path);
    *ret = (struct floor){0};
    *ret_key = NULL;
    if (!f)
        return;
    n = fgets(line, sizeof line, f) ? strtol(line, NULL, 10) : 0;
    ret->sequence = n > 0 && n < 1000000 ? (int)n : 0;
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0])
            continue;
        if (text_begins(line, KEY_LINE)) {
            *ret_key = memory_text(ctx, line + strlen(KEY_LINE));
            continue;
        }
        ret->feeds =
            array_grow(ctx, ret->feeds, const char *, ret->n_feeds + 1);
        ret->feeds[ret->n_feeds++] = memory_text(ctx, line);
    }
    (void)fclose(f);
}

static const char *key_new(TALLOC_CTX *ctx)
{
    unsigned char octets[DIGEST_SIZE];

    invariant(getrandom(octets, sizeof octets, 0) == (ssize_t)sizeof octets);
    return digest_hex(ctx, octets, sizeof octets);
}

bool store_key(struct store *st, const char **ret, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct floor floor;
    const char *key = NULL;
    bool good = true;

    if (!st->key) {
        file_read(tmp, st, &floor, &key);
        good = key || store_setting(tmp, st, KEY_SETTING, &key, err);
        if (good)
            st->key = key ? memory_text(st, key) : key_new(st);
    }
    *ret = st->key;
    talloc_free(tmp);
    return good;
}

bool store_floor(TALLOC_CTX *ctx, struct store *st, struct floor *ret,
                 struct error *err)
{
    const char *text, *least, *key;
    int here;

    if (!store_setting(ctx, st, FLOOR_SETTING, &text, err) ||
        !store_setting(ctx, st, LEAST_SETTING, &least, err))
        return false;
    here = text ? atoi(text) : 0;
    file_read(ctx, st, ret, &key);
    ret->least = least ? atoi(least) : 0;
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

/* The lines of the file. */
static char *floor_text(TALLOC_CTX *ctx, const struct floor *f, const char *key)
{
    char *text = text_format(ctx, "%d\n" KEY_LINE "%s\n", f->sequence, key);

    for (size_t i = 0; i < f->n_feeds; i++) {
        text = talloc_asprintf_append_buffer(text, "%s\n", f->feeds[i]);
        invariant(text);
    }
    return text;
}

bool store_set_floor(struct store *st, const struct floor *f, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *key;
    bool good = store_key(st, &key, err) &&
                store_set_setting(st, KEY_SETTING, key, err) &&
                store_set_setting(st, FLOOR_SETTING,
                                  text_format(tmp, "%d", f->sequence), err) &&
                store_set_setting(st, LEAST_SETTING,
                                  text_format(tmp, "%d", f->least), err) &&
                file_set(st, floor_text(tmp, f, key), err);

    talloc_free(tmp);
    return good;
}
