/*
 * The log: written once, never changed (the schema sees to it).
 */
#include "daemon/store/db.h"

bool store_log(struct store *st, const struct log_row *row, struct error *err)
{
    struct query q = query_of(st, SQL_ADD_LOG);

    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "the log");
    return true;
}

bool store_log_rows(TALLOC_CTX *ctx, struct store *st, struct instant since,
                    const char *of, struct log_row **ret, size_t *ret_n,
                    struct error *err)
{
    struct query q = query_of(st, SQL_LOG);

    query_instant(&q, since);
    query_text(&q, of);
    return query_list(ctx, &q, ret, ret_n, err);
}
