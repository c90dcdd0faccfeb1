/*
 * The floor of SEQUENCE: a number that no event has ever exceeded. It grows
 * with every release and lies in the database and in a file beside it. A
 * database that was restored from a copy knows a smaller one than the file:
 * then the next release numbers everything above the file's.
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

/* Beside the database. */
static char *beside(TALLOC_CTX *ctx, const struct store *st, const char *name)
{
    const char *slash = strrchr(st->path, '/');

    return slash ? text_format(ctx, "%.*s/%s", (int)(slash - st->path),
                               st->path, name)
                 : memory_text(ctx, name);
}

static int file_floor(const struct store *st)
{
    char *path = beside(NULL, st, FLOOR_FILE);
    FILE *f = fopen(path, "re");
    char line[32] = "";
    long n = 0;

    talloc_free(path);
    if (!f)
        return 0;
    if (fgets(line, sizeof line, f))
        n = strtol(line, NULL, 10);
    (void)fclose(f);
    return n > 0 && n < 1000000 ? (int)n : 0;
}

bool store_sequence_floor(struct store *st, int *ret, bool *ret_restored,
                          struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *text;
    int here = 0, there;

    if (!store_setting(tmp, st, FLOOR_SETTING, &text, err)) {
        talloc_free(tmp);
        return false;
    }
    if (text)
        here = atoi(text);
    talloc_free(tmp);
    there = file_floor(st);
    *ret_restored = there > here;
    *ret = there > here ? there : here;
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

bool store_set_sequence_floor(struct store *st, int floor, struct error *err)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%d\n", floor);
    return store_set_setting(st, FLOOR_SETTING, text, err) &&
           file_set(st, text, err);
}
