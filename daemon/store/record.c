/*
 * Members to columns and back.
 *
 * Members are reached by offset and copied by memcpy, so that no type is
 * looked at through another. Enums are as wide as int.
 */
#include "daemon/store/record.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/date.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { DATE_WIDTH = 10 };

/* ---- SQL text */

/* Writes `pattern` once per column, its '$' being the column's name. */
static char *joined(TALLOC_CTX *ctx, const struct record *r,
                    const char *pattern)
{
    char *text = memory_text(ctx, "");

    for (size_t i = 0; i < r->n; i++) {
        if (i)
            text = talloc_strdup_append_buffer(text, ", ");
        for (const char *p = pattern; text && *p; p++)
            text = *p == '$'
                       ? talloc_strdup_append_buffer(text, r->columns[i].name)
                       : talloc_strndup_append_buffer(text, p, 1);
        invariant(text);
    }
    return text;
}

char *record_names(TALLOC_CTX *ctx, const struct record *r)
{
    return joined(ctx, r, "\"$\"");
}

char *record_holes(TALLOC_CTX *ctx, const struct record *r)
{
    return joined(ctx, r, "?");
}

char *record_excluded(TALLOC_CTX *ctx, const struct record *r)
{
    return joined(ctx, r, "\"$\" = excluded.\"$\"");
}

/* ---- binding */

static const void *member(const void *row, size_t at)
{
    return (const char *)row + at;
}

static size_t count_of(const struct column *c, const void *row)
{
    size_t n;

    memcpy(&n, member(row, c->count_at), sizeof n);
    return n;
}

static int64_t integer_of(const struct column *c, const void *row)
{
    const void *m = member(row, c->at);
    int small;
    int64_t large;
    bool flag;

    switch (c->type) {
    case COLUMN_BOOL:
        memcpy(&flag, m, sizeof flag);
        return flag;
    case COLUMN_INT:
    case COLUMN_WORD:
        memcpy(&small, m, sizeof small);
        return small;
    case COLUMN_INT64:
    case COLUMN_INSTANT:
        memcpy(&large, m, sizeof large);
        return large;
    case COLUMN_TEXT:
    case COLUMN_DATE:
    case COLUMN_LOCAL:
    case COLUMN_TEXTS:
    case COLUMN_DATES:
    case COLUMN_OCTETS:
        break;
    }
    invariant_broken("a column with a number", __FILE__, __LINE__);
}

static const void *pointer_of(const struct column *c, const void *row)
{
    const void *p;

    memcpy(&p, member(row, c->at), sizeof p);
    return p;
}

/* NULL when one of them holds a line end. */
static char *texts_print(TALLOC_CTX *ctx, const char *const *texts, size_t n)
{
    char *all = memory_text(ctx, "");

    for (size_t i = 0; i < n; i++) {
        if (strchr(texts[i], '\n'))
            return NULL;
        all = talloc_asprintf_append_buffer(all, "%s\n", texts[i]);
        invariant(all);
    }
    return all;
}

static char *dates_print(TALLOC_CTX *ctx, const struct date *dates, size_t n)
{
    char *all = memory_text(ctx, ""), buf[DATE_TEXT];

    for (size_t i = 0; i < n; i++) {
        all = talloc_asprintf_append_buffer(all, "%s\n",
                                            date_print(dates[i], buf));
        invariant(all);
    }
    return all;
}

/* NULL for none. Midnight at the end of a day stays 24:00: it is not the
 * midnight that the next day begins with. */
static char *local_column(TALLOC_CTX *ctx, struct local t)
{
    char buf[DATE_TEXT];

    if (date_is_none(t.date))
        return NULL;
    return text_format(ctx, "%sT%02d:%02d", date_print(t.date, buf),
                       t.minute / 60, t.minute % 60);
}

/* The text of a column that is kept as text; NULL is SQL's NULL. */
static bool text_of(TALLOC_CTX *ctx, const struct column *c, const void *row,
                    const char **ret)
{
    const void *p;
    struct date date;
    struct local local;
    int64_t word;

    switch (c->type) {
    case COLUMN_TEXT:
        p = pointer_of(c, row);
        *ret = p ? p : "";
        return true;
    case COLUMN_WORD:
        word = integer_of(c, row);
        *ret = word >= 0 && word < c->words ? c->word((int)word) : NULL;
        return *ret != NULL;
    case COLUMN_DATE:
        memcpy(&date, member(row, c->at), sizeof date);
        *ret = date_is_none(date)
                   ? NULL
                   : date_print(date, array_new(ctx, char, DATE_TEXT));
        return true;
    case COLUMN_LOCAL:
        memcpy(&local, member(row, c->at), sizeof local);
        *ret = local_column(ctx, local);
        return true;
    case COLUMN_TEXTS:
        *ret = texts_print(ctx, pointer_of(c, row), count_of(c, row));
        return *ret != NULL;
    case COLUMN_DATES:
        *ret = dates_print(ctx, pointer_of(c, row), count_of(c, row));
        return true;
    case COLUMN_INT:
    case COLUMN_INT64:
    case COLUMN_BOOL:
    case COLUMN_INSTANT:
    case COLUMN_OCTETS:
        break;
    }
    invariant_broken("a column with text", __FILE__, __LINE__);
}

static int text_bind(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int at,
                     const struct column *c, const void *row)
{
    const char *text;

    if (!text_of(ctx, c, row, &text))
        return SQLITE_MISMATCH;
    return text ? sqlite3_bind_text64(stmt, at, text, strlen(text),
                                      SQLITE_STATIC, SQLITE_UTF8)
                : sqlite3_bind_null(stmt, at);
}

static int octets_bind(sqlite3_stmt *stmt, int at, const struct column *c,
                       const void *row)
{
    const void *octets = pointer_of(c, row);

    if (!octets)
        return sqlite3_bind_zeroblob(stmt, at, 0);
    return sqlite3_bind_blob64(stmt, at, octets, count_of(c, row),
                               SQLITE_STATIC);
}

static int column_bind(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int at,
                       const struct column *c, const void *row)
{
    int64_t value;

    switch (c->type) {
    case COLUMN_INSTANT:
        value = integer_of(c, row);
        if (instant_is_none((struct instant){value}))
            return sqlite3_bind_null(stmt, at);
        return sqlite3_bind_int64(stmt, at, value);
    case COLUMN_INT:
    case COLUMN_INT64:
    case COLUMN_BOOL:
        return sqlite3_bind_int64(stmt, at, integer_of(c, row));
    case COLUMN_OCTETS:
        return octets_bind(stmt, at, c, row);
    case COLUMN_TEXT:
    case COLUMN_DATE:
    case COLUMN_LOCAL:
    case COLUMN_WORD:
    case COLUMN_TEXTS:
    case COLUMN_DATES:
        break;
    }
    return text_bind(ctx, stmt, at, c, row);
}

int record_bind(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int first,
                const struct record *r, const void *row, const char **ret_bad)
{
    for (size_t i = 0; i < r->n; i++) {
        int rc = column_bind(ctx, stmt, first + (int)i, &r->columns[i], row);

        if (rc != SQLITE_OK) {
            *ret_bad = r->columns[i].name;
            return rc;
        }
    }
    return SQLITE_OK;
}

/* ---- reading */

static void put(void *row, size_t at, const void *value, size_t size)
{
    memcpy((char *)row + at, value, size);
}

static size_t lines_of(const char *text)
{
    size_t n = 0;

    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

static void texts_read(TALLOC_CTX *ctx, const char *text,
                       const struct column *c, void *row)
{
    size_t n = lines_of(text);
    const char **texts = array_new(ctx, const char *, n);

    for (size_t i = 0; i < n; i++) {
        size_t size = strcspn(text, "\n");

        texts[i] = memory_text_n(ctx, text, size);
        text += size + 1;
    }
    put(row, c->at, &texts, sizeof texts);
    put(row, c->count_at, &n, sizeof n);
}

/* The date at the beginning of text. */
static bool date_first(const char *text, struct date *ret)
{
    char buf[DATE_WIDTH + 1] = "";

    (void)snprintf(buf, sizeof buf, "%s", text);
    return date_parse(buf, ret, NULL);
}

static bool dates_read(TALLOC_CTX *ctx, const char *text,
                       const struct column *c, void *row)
{
    size_t n = lines_of(text);
    struct date *dates = array_new(ctx, struct date, n);

    for (size_t i = 0; i < n; i++) {
        if (text[DATE_WIDTH > strlen(text) ? 0 : DATE_WIDTH] != '\n' ||
            !date_first(text, &dates[i]))
            return false;
        text += DATE_WIDTH + 1;
    }
    put(row, c->at, &dates, sizeof dates);
    put(row, c->count_at, &n, sizeof n);
    return true;
}

static bool local_read(const char *text, const struct column *c, void *row)
{
    struct local t = {.date = DATE_NONE};

    if (text && strlen(text) == DATE_WIDTH + 6 &&
        strcmp(text + DATE_WIDTH, "T24:00") == 0) {
        t.minute = 24 * 60;
        if (!date_first(text, &t.date))
            return false;
    } else if (text && !local_parse(text, &t, NULL)) {
        return false;
    }
    put(row, c->at, &t, sizeof t);
    return true;
}

static bool word_read(const char *text, const struct column *c, void *row)
{
    for (int i = 0; i < c->words; i++)
        if (strcmp(c->word(i), text) == 0) {
            put(row, c->at, &i, sizeof i);
            return true;
        }
    return false;
}

static bool number_read(sqlite3_stmt *stmt, int at, const struct column *c,
                        void *row)
{
    int64_t value = sqlite3_column_int64(stmt, at);
    int small = (int)value;
    bool flag = value != 0;

    if (c->type == COLUMN_BOOL)
        put(row, c->at, &flag, sizeof flag);
    else if (c->type == COLUMN_INT)
        put(row, c->at, &small, sizeof small);
    else
        put(row, c->at, &value, sizeof value);
    return c->type != COLUMN_INT || small == value;
}

static bool instant_read(sqlite3_stmt *stmt, int at, const struct column *c,
                         void *row)
{
    struct instant t = INSTANT_NONE;

    if (sqlite3_column_type(stmt, at) != SQLITE_NULL)
        t.second = sqlite3_column_int64(stmt, at);
    put(row, c->at, &t, sizeof t);
    return true;
}

static bool octets_read(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int at,
                        const struct column *c, void *row)
{
    const void *from = sqlite3_column_blob(stmt, at);
    size_t size = (size_t)sqlite3_column_bytes(stmt, at);
    char *octets = array_new(ctx, char, size + 1);

    if (size)
        memcpy(octets, from, size);
    put(row, c->at, &octets, sizeof octets);
    put(row, c->count_at, &size, sizeof size);
    return true;
}

static bool text_read(TALLOC_CTX *ctx, const char *text, const struct column *c,
                      void *row)
{
    const char *copy;
    struct date date = DATE_NONE;

    if (c->type == COLUMN_LOCAL)
        return local_read(text, c, row);
    if (c->type == COLUMN_DATE) {
        if (text && (strlen(text) != DATE_WIDTH || !date_first(text, &date)))
            return false;
        put(row, c->at, &date, sizeof date);
        return true;
    }
    if (!text)
        return false;
    if (c->type == COLUMN_WORD)
        return word_read(text, c, row);
    if (c->type == COLUMN_DATES)
        return dates_read(ctx, text, c, row);
    if (c->type == COLUMN_TEXTS) {
        texts_read(ctx, text, c, row);
        return true;
    }
    copy = memory_text(ctx, text);
    put(row, c->at, &copy, sizeof copy);
    return true;
}

static bool column_read(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int at,
                        const struct column *c, void *row)
{
    switch (c->type) {
    case COLUMN_INT:
    case COLUMN_INT64:
    case COLUMN_BOOL:
        return number_read(stmt, at, c, row);
    case COLUMN_INSTANT:
        return instant_read(stmt, at, c, row);
    case COLUMN_OCTETS:
        return octets_read(ctx, stmt, at, c, row);
    case COLUMN_TEXT:
    case COLUMN_DATE:
    case COLUMN_LOCAL:
    case COLUMN_WORD:
    case COLUMN_TEXTS:
    case COLUMN_DATES:
        break;
    }
    return text_read(ctx, (const char *)sqlite3_column_text(stmt, at), c, row);
}

bool record_read(TALLOC_CTX *ctx, sqlite3_stmt *stmt, int first,
                 const struct record *r, void *row, struct error *err)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct column *c = &r->columns[i];
        int at = first + (int)i;

        if (!column_read(ctx, stmt, at, c, row))
            return fail(err, REPLY_INTERNAL,
                        "a stored %s has \"%.60s\" as %s, which was not "
                        "written by this program",
                        r->noun, (const char *)sqlite3_column_text(stmt, at),
                        c->name);
    }
    return true;
}
