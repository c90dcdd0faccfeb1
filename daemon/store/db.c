/*
 * Opening and closing the database.
 *
 *   1. One daemon per directory: a locked file beside the database, with the
 *      pid in it. The kernel drops the lock with the process, however it ends.
 *   2. A file that is not ours is refused before anything is written to it.
 *   3. Every migration is one transaction with its user_version, and none
 *      begins before a copy of what is there lies beside it.
 *   4. The setting "running" is there while the store is open: found at
 *      opening, the last stop was not clean and the file is checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"
#include "daemon/store/schema.h"

enum { BUSY_MILLISECONDS = 2000, PID_TEXT = 32 };

/* ---- the lock */

static bool locked_fail(int fd, const char *directory, struct error *err)
{
    char pid[PID_TEXT] = "";
    ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

    pid[n > 0 ? n : 0] = '\0';
    pid[strspn(pid, "0123456789")] = '\0';
    return fail(err, REPLY_CONFLICT, "another daemon (pid %s) works in %s",
                pid[0] ? pid : "unknown", directory);
}

static bool pid_write(int fd)
{
    char pid[PID_TEXT];
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());

    return n > 0 && ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) == n;
}

static bool lock_take(struct store *st, const char *directory,
                      struct error *err)
{
    char *path = text_format(st, "%s/convened.lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail(err, REPLY_LATER, "cannot open %s: %s", path,
                    strerror(errno));
    st->lock = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? locked_fail(fd, directory, err)
                   : fail(err, REPLY_LATER, "cannot lock %s: %s", path,
                          strerror(errno));
    /* For people only: a disk too full for it does not keep us from reading. */
    (void)pid_write(fd);
    return true;
}

/* ---- single values */

static bool value_of(struct store *st, const char *sql, int64_t *ret,
                     struct error *err)
{
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL);

    if (rc != SQLITE_OK)
        return store_fail(st, rc, err);
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    else
        (void)store_fail(st, rc, err);
    (void)sqlite3_finalize(stmt);
    return rc == SQLITE_ROW;
}

static bool word_is(struct store *st, const char *sql, const char *word,
                    bool *ret, struct error *err)
{
    sqlite3_stmt *stmt;
    const unsigned char *text;
    int rc = sqlite3_prepare_v2(st->db, sql, -1, &stmt, NULL);

    if (rc != SQLITE_OK)
        return store_fail(st, rc, err);
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        text = sqlite3_column_text(stmt, 0);
        *ret = text && strcmp((const char *)text, word) == 0;
    } else {
        (void)store_fail(st, rc, err);
    }
    (void)sqlite3_finalize(stmt);
    return rc == SQLITE_ROW;
}

static bool run(struct store *st, const char *sql, struct error *err)
{
    int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK || store_fail(st, rc, err);
}

/* ---- opening */

/* Made here, so that it is nobody else's to read; SQLite gives its companions
 * the same rights. Says in errno's words why not, which SQLite would not. */
static bool file_make(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail(err, REPLY_LATER, "cannot open %s: %s", path,
                    strerror(errno));
    (void)close(fd);
    return true;
}

static bool connect_to(struct store *st, struct error *err)
{
    int rc = sqlite3_open_v2(st->path, &st->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
                             NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(st->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(st->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(st->db, BUSY_MILLISECONDS);
    return rc == SQLITE_OK || store_fail(st, rc, err);
}

/* Ours, or empty. */
static bool owner_check(struct store *st, int64_t *ret_version,
                        struct error *err)
{
    int64_t application, version, things;

    if (!value_of(st, "PRAGMA application_id", &application, err) ||
        !value_of(st, "PRAGMA user_version", &version, err) ||
        !value_of(st, "SELECT count(*) FROM sqlite_schema", &things, err))
        return false;
    if (application != SCHEMA_APPLICATION &&
        (application != 0 || version != 0 || things != 0))
        return fail(err, REPLY_CONFLICT, "%s belongs to another program",
                    st->path);
    if (version < 0 || version > schema_version)
        return fail(err, REPLY_CONFLICT,
                    "%s was written by a newer version of this program (its "
                    "format is %lld, this program knows up to %d)",
                    st->path, (long long)version, schema_version);
    *ret_version = version;
    return true;
}

static bool pragmas_set(struct store *st, struct error *err)
{
    bool wal;

    if (!word_is(st, "PRAGMA journal_mode = WAL", "wal", &wal, err))
        return false;
    if (!wal)
        return fail(err, REPLY_LATER,
                    "the file system cannot keep a write-ahead log for %s",
                    st->path);
    return run(st,
               "PRAGMA synchronous = FULL;"
               "PRAGMA foreign_keys = ON;"
               "PRAGMA trusted_schema = OFF;",
               err);
}

/* ---- migrations */

static bool step_run(struct store *st, int version, struct error *err)
{
    char ids[128];

    (void)snprintf(ids, sizeof ids,
                   "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   SCHEMA_APPLICATION, version + 1);
    return run(st, schema_steps[version], err) && run(st, ids, err);
}

/* A copy that an attempt before this one left is as old and not newer. */
static bool keep_copy(struct store *st, const char *directory,
                      struct error *err)
{
    char *to =
        text_format(st, "%s/convened-before-%d.db", directory, schema_version);
    int64_t bytes, pages;

    if (unlink(to) != 0 && errno != ENOENT)
        return fail(err, REPLY_LATER, "cannot replace %s: %s", to,
                    strerror(errno));
    if (!store_backup(directory, to, &bytes, &pages, err))
        return wrap(err, "migrating to format %d", schema_version);
    st->kept = to;
    return true;
}

const char *store_kept(const struct store *st)
{
    return st->kept;
}

static bool migrate(struct store *st, const char *directory, int64_t version,
                    struct error *err)
{
    if (version == schema_version)
        return true;
    if ((version > 0 && !keep_copy(st, directory, err)) ||
        !change_begin(st, err))
        return false;
    for (int v = (int)version; v < schema_version; v++)
        if (!step_run(st, v, err)) {
            (void)wrap(err, "migrating to format %d", v + 1);
            return change_end(st, false, err);
        }
    return change_end(st, true, err);
}

/* ---- was the last stop clean? */

static bool running_check(struct store *st, struct error *err)
{
    int64_t running;
    bool ok;

    if (!value_of(st, "SELECT count(*) FROM setting WHERE name = 'running'",
                  &running, err))
        return false;
    if (running > 0) {
        if (!word_is(st, "PRAGMA quick_check(1)", "ok", &ok, err))
            return false;
        if (!ok)
            return store_fail(st, SQLITE_CORRUPT, err);
    }
    return store_set_setting(st, "running", "1", err) ||
           (st->trouble && !st->damaged); /* goes on reading */
}

/* ---- the whole */

/* The statements first: a database with open statements does not close. */
static int store_end(struct store *st)
{
    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        (void)sqlite3_finalize(st->statements[i]);
    if (st->db) {
        invariant(!sqlite3_next_stmt(st->db, NULL));
        (void)sqlite3_close_v2(st->db);
    }
    if (st->lock >= 0)
        (void)close(st->lock);
    return 0;
}

static int store_stop(struct store *st)
{
    store_rollback(st);
    if (!st->trouble)
        (void)sqlite3_exec(st->db, "DELETE FROM setting WHERE name = 'running'",
                           NULL, NULL, NULL);
    return store_end(st);
}

static bool database_open(struct store *st, const char *directory,
                          struct error *err)
{
    int64_t version = 0;

    return file_make(st->path, err) && connect_to(st, err) &&
           owner_check(st, &version, err) && pragmas_set(st, err) &&
           migrate(st, directory, version, err) && running_check(st, err);
}

bool store_open(TALLOC_CTX *ctx, const char *directory, struct store **ret,
                struct error *err)
{
    struct store *st = object_new(ctx, struct store);

    st->lock = -1;
    st->path = text_format(st, "%s/" STORE_FILE, directory);
    talloc_set_destructor(st, store_end);
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        (void)fail(err, REPLY_LATER, "cannot make %s: %s", directory,
                   strerror(errno));
        talloc_free(st);
        return false;
    }
    if (!lock_take(st, directory, err) || !database_open(st, directory, err)) {
        talloc_free(st);
        return false;
    }
    talloc_set_destructor(st, store_stop);
    *ret = st;
    return true;
}

/* ---- trouble */

const char *store_trouble(struct store *st)
{
    return st->trouble;
}

/* More than a small row, so that a disk that is nearly full stays full. */
static bool probe_write(struct store *st)
{
    static const enum sql steps[] = {SQL_PROBE, SQL_PROBE_END};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct query q = query_of(st, steps[i]);

        if (!query_run(&q, NULL, NULL))
            return false;
    }
    return true;
}

bool store_probe(struct store *st)
{
    if (!st->trouble)
        return true;
    if (st->damaged || st->transaction)
        return false;
    st->probing = true;
    if (probe_write(st)) {
        talloc_free(st->trouble);
        st->trouble = NULL;
    }
    st->probing = false;
    return !st->trouble;
}
