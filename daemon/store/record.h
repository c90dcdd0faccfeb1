#pragma once
/*
 * Structs as rows: one table per struct says which column holds which member
 * and how. Binding, reading and the column lists of SQL text all read it, so
 * that a member is added in one place (and in the schema).
 *
 * | type    | member                | column                                |
 * | TEXT    | const char *          | TEXT; NULL is stored as ""            |
 * | INT     | int                   | INTEGER                               |
 * | INT64   | int64_t               | INTEGER                               |
 * | BOOL    | bool                  | INTEGER 0 or 1                        |
 * | DATE    | struct date           | TEXT "2027-01-31", NULL for none      |
 * | INSTANT | struct instant        | INTEGER Unix seconds, NULL for none   |
 * | LOCAL   | struct local          | TEXT "2027-01-31T24:00", NULL         |
 * | WORD    | an enum               | TEXT, its word                        |
 * | TEXTS   | const char **, size_t | TEXT, each followed by a line end     |
 * | DATES   | struct date *, size_t | TEXT, each followed by a line end     |
 * | OCTETS  | const char *, size_t  | BLOB; read with a NUL behind          |
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"

enum column_type {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_INT64,
    COLUMN_BOOL,
    COLUMN_DATE,
    COLUMN_INSTANT,
    COLUMN_LOCAL,
    COLUMN_WORD,
    COLUMN_TEXTS,
    COLUMN_DATES,
    COLUMN_OCTETS
};

struct column {
    const char *name;
    enum column_type type;
    size_t at;                /* of the member */
    size_t count_at;          /* TEXTS, DATES, OCTETS: of its size_t */
    const char *(*word)(int); /* WORD */
    int words;                /* WORD: the enum's values are 0..words-1 */
};

struct record {
    const char *noun; /* what a row is, for errors */
    size_t size;      /* of the struct */
    const struct column *columns;
    size_t n;
};

extern const struct record record_edition, record_item, record_past,
    record_holiday, record_contact, record_document, record_task_fact,
    record_message, record_message_new, record_message_head,
    record_message_state, record_message_octets, record_feed, record_printed,
    record_feed_token, record_item_access, record_poll, record_log,
    record_log_new, record_inbox, record_inbox_new, record_inbox_head,
    record_reply, record_version, record_draft, record_draft_file,
    record_source;

/* "a", "b", "c" in double quotes. */
char *record_names(TALLOC_CTX *ctx, const struct record *r);
/* ?, ?, ? */
char *record_holes(TALLOC_CTX *ctx, const struct record *r);
/* "a" = excluded."a", ... */
char *record_excluded(TALLOC_CTX *ctx, const struct record *r);

/* Binds every member from parameter `first` on. What is built for it is on
 * ctx, and with the row must live until the statement is reset. An SQLite
 * code; SQLITE_MISMATCH for a value that has no form as a column, then *ret_bad
 * is the column's name. */
int record_bind(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int first,
                const struct record *r, const void *row, const char **ret_bad);

/* Reads every member from column `first` on into row (zeroed by the caller),
 * text on ctx. REPLY_INTERNAL for a row that nobody of us wrote. */
bool record_read(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int first,
                 const struct record *r, void *row, struct error *err) MUST_USE;
