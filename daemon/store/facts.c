/*
 * Small facts: settings, loaded texts, history, holidays, rendered feeds.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

/* ---- settings */

bool store_setting(TALLOC_CTX *ctx, struct store *st, const char *name,
                   const char **ret_value, struct error *err)
{
    struct query q = query_of(st, SQL_SETTING);
    bool found;

    query_text(&q, name);
    if (!query_row(&q, &found, err))
        return wrap(err, "setting %s", name);
    *ret_value = found ? query_text_at(ctx, &q, 0) : NULL;
    query_end(&q);
    return true;
}

bool store_set_setting(struct store *st, const char *name, const char *value,
                       struct error *err)
{
    struct query q = query_of(st, SQL_SET_SETTING);

    query_text(&q, name);
    query_text(&q, value);
    if (!query_run(&q, NULL, err))
        return wrap(err, "setting %s", name);
    return true;
}

/* ---- texts that were loaded */

bool store_sources(TALLOC_CTX *ctx, struct store *st, struct source_row **ret,
                   size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_SOURCES);

    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_set_sources(struct store *st, const struct source_row *rows,
                       size_t n, struct error *err)
{
    struct query clear = query_of(st, SQL_CLEAR_SOURCES);

    if (!query_run(&clear, NULL, err))
        return wrap(err, "loaded texts");
    for (size_t i = 0; i < n; i++) {
        struct query q = query_of(st, SQL_PUT_SOURCE);

        query_record(&q, &rows[i]);
        if (!query_run(&q, NULL, err))
            return wrap(err, "text of %s", rows[i].file);
    }
    return true;
}

/* ---- history */

bool store_history(TALLOC_CTX *ctx, struct store *st, struct history *ret,
                   struct error *err)
{
    struct query q = query_of(st, SQL_HISTORY);

    return query_list(ctx, &q, &ret->rows, &ret->n, err);
}

bool store_put_past(struct store *st, const struct past *row, struct error *err)
{
    struct query q = query_of(st, SQL_PUT_PAST);

    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "%s of %d", row->cluster, row->cycle);
    return true;
}

/* ---- holidays */

bool store_holidays(TALLOC_CTX *ctx, struct store *st, struct holiday **ret,
                    size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_HOLIDAYS);

    return query_list(ctx, &q, ret, ret_n, err);
}

static bool holiday_write(struct store *st, const struct holiday *row,
                          bool *ret_added, struct error *err)
{
    char date[DATE_TEXT];
    struct query q = query_of(st, SQL_HAS_HOLIDAY);
    bool there;

    query_text(&q, row->cc);
    query_text(&q, date_print(row->date, date));
    query_text(&q, row->name ? row->name : "");
    if (!query_row(&q, &there, err))
        return false;
    query_end(&q);
    q = query_of(st, SQL_PUT_HOLIDAY);
    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return false;
    *ret_added = !there;
    return true;
}

bool store_put_holiday(struct store *st, const struct holiday *row,
                       bool *ret_added, struct error *err)
{
    bool added = false;

    if (!change_begin(st, err) ||
        !change_end(st, holiday_write(st, row, &added, err), err))
        return wrap(err, "holiday %s", row->name ? row->name : "");
    *ret_added = added;
    return true;
}

/* ---- feeds */

bool store_feeds(TALLOC_CTX *ctx, struct store *st, struct stored_feed **ret,
                 size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_FEEDS);

    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_printed(TALLOC_CTX *ctx, struct store *st, struct printed_list *ret,
                   struct error *err)
{
    struct query q = query_of(st, SQL_PRINTED);

    return query_list(ctx, &q, &ret->rows, &ret->n, err);
}

bool store_put_printed(struct store *st, const struct printed *p,
                       struct error *err)
{
    struct query q = query_of(st, SQL_PUT_PRINTED);

    query_record(&q, p);
    return query_run(&q, NULL, err);
}

bool store_put_feed(struct store *st, const struct stored_feed *f,
                    struct error *err)
{
    struct query q = query_of(st, SQL_PUT_FEED);

    query_record(&q, f);
    if (!query_run(&q, NULL, err))
        return wrap(err, "feed %s", f->name);
    return true;
}
