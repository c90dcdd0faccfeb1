/*
 * Statements in use, transactions, and SQLite's codes turned into words.
 *
 *   1. A statement is never left inside a SELECT: query_row() that finds no
 *      further row or fails resets it, everyone else calls query_end().
 *   2. SQLite may undo a transaction by itself (disk full). Then nothing is
 *      done any more until store_rollback() or store_commit(), which fails:
 *      no statement slips out of a transaction into one of its own.
 *   3. While there is trouble nothing is written but by the probe.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

static const struct {
    const char *text;
    const struct record *record;
} statements[] = {
#define SQL(name, record, text) [SQL_##name] = {text, record},
#include "daemon/store/sql.def"
#undef SQL
};

/* ---- errors */

static bool constraint_fail(sqlite3 *db, int rc, struct error *err)
{
    const char *text = sqlite3_errmsg(db);
    const char *colon = strchr(text, ':');
    const char *what = colon ? colon + 2 : text;

    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
        return fail(err, REPLY_CONFLICT, "there is one already (%s)", what);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return fail(err, REPLY_CONFLICT,
                    "it belongs to something that is not there");
    case SQLITE_CONSTRAINT_TRIGGER:
        return fail(err, REPLY_CONFLICT, "%s", text);
    default:
        return fail(err, REPLY_INPUT, "a value is not allowed here (%s)", what);
    }
}

bool database_fail(sqlite3 *db, const char *path, int rc, struct error *err)
{
    invariant((rc & 0xff) != SQLITE_NOMEM);
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return fail(err, REPLY_LATER, "the disk is full: %s", path);
    case SQLITE_READONLY:
        return fail(err, REPLY_LATER, "it cannot be written to: %s", path);
    case SQLITE_IOERR:
        return fail(err, REPLY_LATER, "the disk fails: %s", path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return fail(err, REPLY_LATER, "it cannot be opened: %s", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(err, REPLY_LATER, "another program holds %s", path);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return fail(err, REPLY_INTERNAL,
                    "the database is damaged, restore a backup: %s", path);
    case SQLITE_TOOBIG:
        return fail(err, REPLY_INPUT, "a value is too large");
    case SQLITE_CONSTRAINT:
        return constraint_fail(db, rc, err);
    default:
        return fail(err, REPLY_INTERNAL, "%s: %s", path, sqlite3_errmsg(db));
    }
}

static bool is_trouble(int rc)
{
    rc &= 0xff;
    return rc == SQLITE_FULL || rc == SQLITE_READONLY || rc == SQLITE_IOERR ||
           rc == SQLITE_CANTOPEN || rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
}

bool store_fail(struct store *st, int rc, struct error *err)
{
    struct error own;

    if (!err)
        err = &own;
    (void)database_fail(st->db, st->path, rc, err);
    if (is_trouble(rc) && !st->damaged) {
        talloc_free(st->trouble);
        st->trouble = memory_text(st, err->text);
        st->damaged = err->code == REPLY_INTERNAL;
    }
    return false;
}

/* ---- making and binding */

static char *sql_text(TALLOC_CTX *ctx, enum sql sql)
{
    static const struct {
        const char *mark;
        char *(*print)(TALLOC_CTX *, const struct record *);
    } marks[] = {
        {"$names", record_names},
        {"$holes", record_holes},
        {"$excluded", record_excluded},
    };
    char *text = memory_text(ctx, statements[sql].text);

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *at = strstr(text, marks[i].mark);

        if (at)
            text = text_format(ctx, "%.*s%s%s", (int)(at - text), text,
                               marks[i].print(ctx, statements[sql].record),
                               at + strlen(marks[i].mark));
    }
    return text;
}

static int statement_make(struct store *st, enum sql sql)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    int rc = sqlite3_prepare_v3(st->db, sql_text(ctx, sql), -1,
                                SQLITE_PREPARE_PERSISTENT, &st->statements[sql],
                                NULL);

    talloc_free(ctx);
    return rc;
}

struct query query_of(struct store *st, enum sql sql)
{
    struct query q = {
        .st = st, .record = statements[sql].record, .next = 1, .rc = SQLITE_OK};

    if (!st->statements[sql])
        q.rc = statement_make(st, sql);
    q.stmt = st->statements[sql];
    invariant(!q.stmt || !sqlite3_stmt_busy(q.stmt));
    return q;
}

static void bound(struct query *q, int rc)
{
    q->next++;
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void query_text(struct query *q, const char *text)
{
    if (q->stmt)
        bound(q, text
                     ? sqlite3_bind_text64(q->stmt, q->next, text, strlen(text),
                                           SQLITE_STATIC, SQLITE_UTF8)
                     : sqlite3_bind_null(q->stmt, q->next));
}

void query_int(struct query *q, int64_t value)
{
    if (q->stmt)
        bound(q, sqlite3_bind_int64(q->stmt, q->next, value));
}

void query_instant(struct query *q, struct instant t)
{
    if (q->stmt)
        bound(q, instant_is_none(t)
                     ? sqlite3_bind_null(q->stmt, q->next)
                     : sqlite3_bind_int64(q->stmt, q->next, t.second));
}

void query_record(struct query *q, const void *row)
{
    if (!q->stmt)
        return;
    if (!q->bound)
        q->bound = talloc_new(NULL);
    bound(q, record_bind(q->bound, q->stmt, q->next, q->record, row, &q->bad));
    q->next += (int)q->record->n - 1;
}

/* ---- running */

void query_end(struct query *q)
{
    if (q->stmt) {
        (void)sqlite3_reset(q->stmt);
        (void)sqlite3_clear_bindings(q->stmt);
    }
    talloc_free(q->bound);
    q->bound = NULL;
    q->stmt = NULL;
}

static bool is_lost(const struct store *st)
{
    return st->transaction && sqlite3_get_autocommit(st->db);
}

static bool lost_fail(const struct store *st, struct error *err)
{
    return fail(err, REPLY_LATER, "the changes so far were undone%s%s",
                st->trouble ? ": " : "", st->trouble ? st->trouble : "");
}

static bool query_allowed(const struct query *q, struct error *err)
{
    const struct store *st = q->st;

    if (is_lost(st))
        return lost_fail(st, err);
    if (st->trouble && !st->probing && q->stmt &&
        !sqlite3_stmt_readonly(q->stmt))
        return fail(err, st->damaged ? REPLY_INTERNAL : REPLY_LATER,
                    "no changes at the moment: %s", st->trouble);
    if (q->bad && q->rc == SQLITE_MISMATCH)
        return fail(err, REPLY_INPUT,
                    "%s: this value of \"%s\" cannot be stored",
                    q->record->noun, q->bad);
    if (q->rc != SQLITE_OK)
        return store_fail(q->st, q->rc, err);
    return true;
}

bool query_row(struct query *q, bool *ret_row, struct error *err)
{
    int rc;

    if (!query_allowed(q, err)) {
        query_end(q);
        return false;
    }
    rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW) {
        *ret_row = true;
        return true;
    }
    if (rc != SQLITE_DONE)
        (void)store_fail(q->st, rc, err);
    query_end(q);
    if (rc != SQLITE_DONE)
        return false;
    *ret_row = false;
    return true;
}

bool query_run(struct query *q, int64_t *ret_changed, struct error *err)
{
    bool row = true;

    while (row)
        if (!query_row(q, &row, err))
            return false;
    if (ret_changed)
        *ret_changed = sqlite3_changes64(q->st->db);
    return true;
}

int64_t query_int_at(const struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

struct instant query_instant_at(const struct query *q, int column)
{
    if (sqlite3_column_type(q->stmt, column) == SQLITE_NULL)
        return INSTANT_NONE;
    return (struct instant){sqlite3_column_int64(q->stmt, column)};
}

const char *query_text_at(TALLOC_CTX *ctx, const struct query *q, int column)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, column);

    return memory_text(ctx, text ? (const char *)text : "");
}

static bool row_read(TALLOC_CTX *ctx, struct query *q, void *row,
                     struct error *err)
{
    memset(row, 0, q->record->size);
    if (record_read(ctx, q->stmt, 0, q->record, row, err))
        return true;
    query_end(q);
    return false;
}

bool query_one(TALLOC_CTX *ctx, struct query *q, void *row, bool *ret_found,
               struct error *err)
{
    bool found;

    if (!query_row(q, &found, err) || (found && !row_read(ctx, q, row, err)))
        return false;
    query_end(q);
    *ret_found = found;
    return true;
}

bool query_list(TALLOC_CTX *ctx, struct query *q, void *ret_rows, size_t *ret_n,
                struct error *err)
{
    size_t size = q->record->size, n = 0;
    char *rows = memory_array(ctx, size, 0, q->record->noun);
    bool more;

    for (;; n++) {
        if (!query_row(q, &more, err))
            return false;
        if (!more)
            break;
        rows = memory_grow(ctx, rows, size, n + 1, q->record->noun);
        if (!row_read(ctx, q, rows + n * size, err))
            return false;
    }
    memcpy(ret_rows, &rows, sizeof rows);
    *ret_n = n;
    return true;
}

/* ---- transactions */

static bool step(struct store *st, enum sql sql, struct error *err)
{
    struct query q = query_of(st, sql);

    return query_run(&q, NULL, err);
}

/* Out of whatever transaction SQLite has left open. */
static void undo(struct store *st)
{
    st->transaction = false;
    if (!sqlite3_get_autocommit(st->db))
        (void)step(st, SQL_ROLLBACK, NULL);
}

bool store_begin(struct store *st, struct error *err)
{
    invariant(!st->transaction);
    if (!step(st, SQL_BEGIN, err))
        return false;
    st->transaction = true;
    return true;
}

bool store_commit(struct store *st, struct error *err)
{
    bool ok;

    invariant(st->transaction);
    ok = step(st, SQL_COMMIT, err);
    if (!ok)
        undo(st);
    st->transaction = false;
    return ok;
}

void store_rollback(struct store *st)
{
    undo(st);
}

bool change_begin(struct store *st, struct error *err)
{
    if (!st->transaction)
        return step(st, SQL_BEGIN, err);
    return step(st, SQL_SAVEPOINT, err);
}

bool change_end(struct store *st, bool ok, struct error *err)
{
    if (!st->transaction) {
        ok = ok && step(st, SQL_COMMIT, err);
        if (!ok)
            undo(st);
        return ok;
    }
    if (ok)
        return step(st, SQL_RELEASE, err);
    if (!is_lost(st) && step(st, SQL_ROLLBACK_TO, NULL))
        (void)step(st, SQL_RELEASE, NULL);
    return false;
}
