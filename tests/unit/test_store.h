#pragma once
/*
 * What the tests of the store share: a directory of their own, removed at the
 * end, and a store in it.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

struct fixture {
    TALLOC_CTX *ctx;
    char directory[64];
    struct store *st;
    struct error err;
};

/* Good, or the test fails with the error's text. */
#define assert_good(f, call)                                                   \
    do {                                                                       \
        if (!(call))                                                           \
            fail_msg("%s: %s", #call, (f)->err.text);                          \
    } while (0)

/* Fails with this code and these words. */
#define assert_bad(f, want, words, call)                                       \
    do {                                                                       \
        (f)->err = (struct error){0};                                          \
        assert_false(call);                                                    \
        if ((f)->err.code != (want) || !strstr((f)->err.text, words))          \
            fail_msg("%s: %s: %s", #call, reply_word((f)->err.code),           \
                     (f)->err.text);                                           \
    } while (0)

static inline struct instant at(int64_t second)
{
    return (struct instant){second};
}

static inline int file_remove(const char *path, const struct stat *s, int type,
                              struct FTW *f)
{
    (void)s, (void)type, (void)f;
    return remove(path);
}

static inline void store_reopen(struct fixture *f)
{
    talloc_free(f->st);
    f->st = NULL;
    assert_good(f, store_open(f->ctx, f->directory, &f->st, &f->err));
}

static inline int fixture_make(void **state)
{
    struct fixture *f = object_new(NULL, struct fixture);

    f->ctx = talloc_new(f);
    strcpy(f->directory, "/tmp/convened-store-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    store_reopen(f);
    *state = f;
    return 0;
}

/* No statement may be left inside a SELECT, whatever the test did. */
static inline void assert_idle(const struct store *st)
{
    for (sqlite3_stmt *s = sqlite3_next_stmt(st->db, NULL); s;
         s = sqlite3_next_stmt(st->db, s))
        if (sqlite3_stmt_busy(s))
            fail_msg("busy: %s", sqlite3_sql(s));
}

static inline int fixture_end(void **state)
{
    struct fixture *f = *state;

    if (f->st)
        assert_idle(f->st);
    talloc_free(f->st);
    (void)nftw(f->directory, file_remove, 8, FTW_DEPTH | FTW_PHYS);
    talloc_free(f);
    return 0;
}

#define STORE_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, fixture_make, fixture_end)

/* The database through another connection, as an operator's sqlite3 would. */
static inline void database_run(const struct fixture *f, const char *sql)
{
    char *path = text_format(f->ctx, "%s/" STORE_FILE, f->directory);
    sqlite3 *db;
    char *text = NULL;

    assert_int_equal(sqlite3_open_v2(path, &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     NULL),
                     SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &text) != SQLITE_OK)
        fail_msg("%s", text);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline int64_t database_value(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int64_t value;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    value = sqlite3_column_int64(stmt, 0);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return value;
}

/* ---- pairs: "a" and "b" are set to the same number in one transaction;
 * whoever finds them different has seen half of one. */

static inline bool pair_write(struct store *st, int64_t i, struct error *err)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%lld", (long long)i);
    if (!store_begin(st, err))
        return false;
    if (!store_set_setting(st, "a", text, err) ||
        !store_set_setting(st, "b", text, err)) {
        store_rollback(st);
        return false;
    }
    return store_commit(st, err);
}

static inline int64_t number(struct fixture *f, const char *name)
{
    const char *value = NULL;

    assert_good(f, store_setting(f->ctx, f->st, name, &value, &f->err));
    return value ? strtoll(value, NULL, 10) : 0;
}
