/*
 * Private feeds by the digest of their secret, who may see an
 * item, and who fetched which feed.
 */
#include "daemon/base/text.h"
#include "daemon/store/db.h"

bool store_drop_feed(struct store *st, const char *name, struct error *err)
{
    struct query q = query_of(st, SQL_DROP_FEED);

    query_text(&q, name);
    if (!query_run(&q, NULL, err))
        return wrap(err, "feed %s", name);
    return true;
}

bool store_feed_tokens(TALLOC_CTX *ctx, struct store *st,
                       struct feed_token **ret, size_t *ret_n,
                       struct error *err)
{
    struct query q = query_of(st, SQL_FEED_TOKENS);

    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_add_feed_token(struct store *st, const struct feed_token *t,
                          struct error *err)
{
    struct query q = query_of(st, SQL_ADD_FEED_TOKEN);

    query_record(&q, t);
    if (!query_run(&q, NULL, err))
        return wrap(err, "private feed %s", t->name);
    return true;
}

bool store_revoke_feed_token(struct store *st, const char *name,
                             struct instant now, struct error *err)
{
    struct query q = query_of(st, SQL_REVOKE_FEED_TOKEN);
    int64_t changed;

    query_instant(&q, now);
    query_text(&q, name);
    if (!query_run(&q, &changed, err))
        return wrap(err, "private feed %s", name);
    if (changed == 0)
        return fail(err, REPLY_NOTFOUND, "no private feed %s", name);
    return true;
}

bool store_item_accesses(TALLOC_CTX *ctx, struct store *st,
                         struct item_access **ret, size_t *ret_n,
                         struct error *err)
{
    struct query q = query_of(st, SQL_ITEM_ACCESSES);

    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_put_item_access(struct store *st, const struct item_access *row,
                           struct error *err)
{
    struct query q = query_of(st, SQL_PUT_ITEM_ACCESS);

    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "access to %s", row->item);
    return true;
}

bool store_polls(TALLOC_CTX *ctx, struct store *st, struct poll_row **ret,
                 size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_POLLS);

    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_put_poll(struct store *st, const struct poll_row *row,
                    struct error *err)
{
    struct query q = query_of(st, SQL_PUT_POLL);

    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "polls of %s", row->feed);
    return true;
}
