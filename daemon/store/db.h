#pragma once
/*
 * Inside the store: the open database, its statements, its transactions.
 *
 * A query is a cached statement in use:
 *
 *     struct query q = query_of(st, SQL_SETTING);
 *
 *     query_text(&q, name);
 *     if (!query_row(&q, &found, err))
 *         return false;
 *     ... query_text_at(ctx, &q, 0) ...
 *     query_end(&q);
 *
 * Making and binding never fail: what went wrong is told by the first
 * query_row() or query_run(). Bound text must live until then. A query whose
 * last row was read, that ran or that failed has ended by itself.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"
#include "daemon/store/record.h"
#include "daemon/store/store.h"

enum sql {
#define SQL(name, record, text) SQL_##name,
#include "daemon/store/sql.def"
#undef SQL
    SQL_STATEMENTS
};

#define STORE_FILE "convened.db"

struct store {
    sqlite3 *db;
    const char *path; /* of the database */
    const char *kept; /* see store_kept(); NULL none */
    const char *key;  /* see store_key(); NULL until it was asked for */
    int lock;         /* descriptor of the lock file */
    bool transaction; /* between store_begin and commit or rollback */
    bool probing;     /* writes are tried although there is trouble */
    bool damaged;     /* trouble that does not pass */
    char *trouble;    /* NULL: none */
    sqlite3_stmt *statements[SQL_STATEMENTS];
};

struct query {
    struct store *st;
    sqlite3_stmt *stmt;
    TALLOC_CTX *bound; /* what was built to be bound */
    const struct record *record;
    int next;        /* parameter */
    int rc;          /* of making and binding */
    const char *bad; /* the column that could not be bound */
};

struct query query_of(struct store *st, enum sql sql);
void query_text(struct query *q, const char *text); /* NULL: SQL's NULL */
void query_int(struct query *q, int64_t value);
void query_instant(struct query *q, struct instant t);
void query_record(struct query *q, const void *row);

bool query_row(struct query *q, bool *ret_row, struct error *err) MUST_USE;
/* ret_changed (may be NULL): how many rows. */
bool query_run(struct query *q, int64_t *ret_changed,
               struct error *err) MUST_USE;
void query_end(struct query *q);

int64_t query_int_at(const struct query *q, int column);
struct instant query_instant_at(const struct query *q, int column);
const char *query_text_at(TALLOC_CTX *ctx, const struct query *q, int column);

/* The first row as the statement's record; ends the query. */
bool query_one(TALLOC_CTX *ctx, struct query *q, void *row, bool *ret_found,
               struct error *err) MUST_USE;
/* All rows: an array on ctx, never NULL. */
bool query_list(TALLOC_CTX *ctx, struct query *q, void *ret_rows, size_t *ret_n,
                struct error *err) MUST_USE;

/* Around calls that write more than one row: a transaction, or a savepoint in
 * the one that is open. change_end returns ok, unless committing fails. */
bool change_begin(struct store *st, struct error *err) MUST_USE;
bool change_end(struct store *st, bool ok, struct error *err) MUST_USE;

/* Turns an SQLite code into words, notes trouble; returns false. */
bool store_fail(struct store *st, int rc, struct error *err);
/* The same words, without a store: for a connection of its own. */
bool database_fail(sqlite3 *db, const char *path, int rc, struct error *err);

/* The key of UIDs (floor.c), borrowed. A new one lasts from the next
 * store_set_floor() on. */
bool store_key(struct store *st, const char **ret, struct error *err) MUST_USE;
