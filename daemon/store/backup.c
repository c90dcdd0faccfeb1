/*
 * A consistent copy while the daemon works: SQLite's backup from a connection
 * of its own that reads one snapshot, into a temporary file beside the target,
 * synced, then linked under its name: the name is never half a backup, and no
 * file that is there already is overwritten.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

enum { STEP_PAGES = 256, BUSY_MILLISECONDS = 2000 };

static bool file_fail(const char *path, struct error *err)
{
    return fail(err, errno == ENOENT ? REPLY_NOTFOUND : REPLY_LATER,
                "cannot write %s: %s", path, strerror(errno));
}

/* A new file of our own; a rest of an earlier try is removed. */
static bool target_make(const char *path, struct error *err)
{
    int fd;

    (void)unlink(path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return file_fail(path, err);
    (void)close(fd);
    return true;
}

static bool path_sync(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        (void)file_fail(path, err);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool target_publish(TALLOC_CTX *ctx, const char *from, const char *to,
                           struct error *err)
{
    if (!path_sync(from, err))
        return false;
    if (link(from, to) != 0)
        return errno == EEXIST
                   ? fail(err, REPLY_CONFLICT, "%s is there already", to)
                   : file_fail(to, err);
    (void)unlink(from);
    return path_sync(dirname(memory_text(ctx, to)), err);
}

static void connection_close(void *db)
{
    (void)sqlite3_close_v2(db);
}

static bool connect_to(TALLOC_CTX *ctx, const char *path, int flags,
                       sqlite3 **ret, struct error *err)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db,
                             flags | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
                             NULL);

    if (db)
        memory_hold(ctx, db, connection_close);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
    if (rc != SQLITE_OK)
        return database_fail(db, path, rc, err);
    *ret = db;
    return true;
}

/* Without it every write of the daemon would start the copy again. */
static bool snapshot_pin(sqlite3 *db, const char *path, struct error *err)
{
    int rc = sqlite3_exec(db, "BEGIN; SELECT count(*) FROM sqlite_schema;",
                          NULL, NULL, NULL);

    return rc == SQLITE_OK || database_fail(db, path, rc, err);
}

static bool pages_copy(sqlite3 *from, sqlite3 *to, const char *path,
                       int64_t *ret_pages, struct error *err)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    int rc = SQLITE_OK;

    if (!b)
        return database_fail(to, path, sqlite3_extended_errcode(to), err);
    while (rc == SQLITE_OK)
        rc = sqlite3_backup_step(b, STEP_PAGES);
    *ret_pages = sqlite3_backup_pagecount(b);
    (void)sqlite3_backup_finish(b);
    return rc == SQLITE_DONE || database_fail(to, path, rc, err);
}

/* Both connections are closed when it returns: the file is whole. */
static bool copy(const char *from, const char *to, int64_t *ret_pages,
                 struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    sqlite3 *source, *target;
    bool ok = connect_to(ctx, from, SQLITE_OPEN_READONLY, &source, err) &&
              snapshot_pin(source, from, err) && target_make(to, err) &&
              connect_to(ctx, to, SQLITE_OPEN_READWRITE, &target, err) &&
              pages_copy(source, target, to, ret_pages, err);

    talloc_free(ctx);
    return ok;
}

static bool backup(TALLOC_CTX *ctx, const char *directory, const char *to,
                   int64_t *ret_bytes, int64_t *ret_pages, struct error *err)
{
    char *from = text_format(ctx, "%s/" STORE_FILE, directory);
    char *half = text_format(ctx, "%s.tmp", to);
    struct stat file;
    bool ok;

    if (lstat(to, &file) == 0)
        return fail(err, REPLY_CONFLICT, "%s is there already", to);
    ok = copy(from, half, ret_pages, err) &&
         target_publish(ctx, half, to, err) &&
         (stat(to, &file) == 0 || file_fail(to, err));
    (void)unlink(half);
    if (ok)
        *ret_bytes = file.st_size;
    return ok;
}

bool store_backup(const char *directory, const char *to, int64_t *ret_bytes,
                  int64_t *ret_pages, struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    bool ok = backup(ctx, directory, to, ret_bytes, ret_pages, err) ||
              wrap(err, "backup");

    talloc_free(ctx);
    return ok;
}
