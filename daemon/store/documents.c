/*
 * The register of documents.
 */
#include "daemon/store/db.h"

bool store_documents(TALLOC_CTX *ctx, struct store *st, struct documents *ret,
                     struct error *err)
{
    struct query q = query_of(st, SQL_DOCUMENTS);

    return query_list(ctx, &q, &ret->rows, &ret->n, err);
}

bool store_put_document(struct store *st, const struct document *d,
                        struct error *err)
{
    struct query q = query_of(st, SQL_PUT_DOCUMENT);

    query_record(&q, d);
    if (!query_run(&q, NULL, err))
        return wrap(err, "document %s/%s:%s", d->edition, d->code, d->from);
    return true;
}

bool store_drop_document(struct store *st, const char *edition,
                         const char *code, const char *from, struct error *err)
{
    struct query q = query_of(st, SQL_DROP_DOCUMENT);
    int64_t dropped;

    query_text(&q, edition);
    query_text(&q, code);
    query_text(&q, from);
    if (!query_run(&q, &dropped, err))
        return wrap(err, "document %s/%s:%s", edition, code, from);
    if (dropped == 0)
        return fail(err, REPLY_NOTFOUND, "no document %s/%s:%s", edition, code,
                    from);
    return true;
}
