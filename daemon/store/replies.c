/*
 * What comes back: mails as they came, answers, links to answer by, and who was
 * told what.
 */
#include "daemon/base/text.h"
#include "daemon/store/db.h"

bool store_invitations(TALLOC_CTX *ctx, struct store *st, const char *edition,
                       struct message **ret, size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_INVITATIONS);

    query_text(&q, edition);
    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_message_by_message_id(TALLOC_CTX *ctx, struct store *st,
                                 const char *message_id, struct message *ret,
                                 bool *ret_found, struct error *err)
{
    struct query q = query_of(st, SQL_MESSAGE_BY_MESSAGE_ID);

    query_text(&q, message_id);
    return query_one(ctx, &q, ret, ret_found, err);
}

bool store_set_verdict(struct store *st, int64_t id, const char *verdict,
                       struct error *err)
{
    struct query q = query_of(st, SQL_SET_VERDICT);

    query_text(&q, verdict);
    query_int(&q, id);
    return query_run(&q, NULL, err);
}

bool store_thing_of_uid(TALLOC_CTX *ctx, struct store *st, const char *uid,
                        const char **ret, struct error *err)
{
    struct query q = query_of(st, SQL_THING_OF_UID);
    bool found;

    query_text(&q, uid);
    if (!query_row(&q, &found, err))
        return false;
    *ret = found ? query_text_at(ctx, &q, 0) : NULL;
    query_end(&q);
    return true;
}

/* ---- mails that came in */

/* Is there a row at all? */
static bool query_exists(struct query *q, bool *ret, struct error *err)
{
    if (!query_row(q, ret, err))
        return false;
    query_end(q);
    return true;
}

bool store_has_inbox(struct store *st, const char *digest, bool *ret,
                     struct error *err)
{
    struct query q = query_of(st, SQL_HAS_INBOX);

    query_text(&q, digest);
    return query_exists(&q, ret, err);
}

bool store_add_inbox(struct store *st, const struct inbox_row *row,
                     struct error *err)
{
    struct query q = query_of(st, SQL_ADD_INBOX);

    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "mail from %s", row->sender);
    return true;
}

bool store_inbox_mail(TALLOC_CTX *ctx, struct store *st, int64_t id,
                      struct inbox_row *ret, struct error *err)
{
    struct query q = query_of(st, SQL_INBOX);
    bool found;

    query_int(&q, id);
    if (!query_one(ctx, &q, ret, &found, err))
        return false;
    return found ||
           fail(err, REPLY_NOTFOUND, "no mail %lld came in", (long long)id);
}

bool store_inbox(TALLOC_CTX *ctx, struct store *st, const char *kind,
                 int64_t after, size_t limit, struct inbox_row **ret,
                 size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_INBOX_LIST);

    query_int(&q, after);
    query_text(&q, kind);
    query_int(&q, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    return query_list(ctx, &q, ret, ret_n, err);
}

/* ---- answers */

bool store_put_reply(struct store *st, const struct reply_row *row,
                     struct error *err)
{
    struct query q = query_of(st, SQL_PUT_REPLY);

    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "reply of %s", row->email);
    return true;
}

bool store_reply(TALLOC_CTX *ctx, struct store *st, const char *thing,
                 const char *email, struct reply_row *ret, bool *ret_found,
                 struct error *err)
{
    struct query q = query_of(st, SQL_REPLY);

    query_text(&q, thing);
    query_text(&q, email);
    return query_one(ctx, &q, ret, ret_found, err);
}

bool store_replies(TALLOC_CTX *ctx, struct store *st, const char *edition,
                   struct reply_row **ret, size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_REPLIES);

    query_text(&q, edition);
    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_put_link(struct store *st, const char *digest, const char *thing,
                    const char *email, struct error *err)
{
    struct query q = query_of(st, SQL_PUT_LINK);

    query_text(&q, digest);
    query_text(&q, thing);
    query_text(&q, email);
    return query_run(&q, NULL, err);
}

bool store_link(TALLOC_CTX *ctx, struct store *st, const char *digest,
                const char **ret_thing, const char **ret_email,
                struct error *err)
{
    struct query q = query_of(st, SQL_LINK);
    bool found;

    query_text(&q, digest);
    if (!query_row(&q, &found, err))
        return false;
    *ret_thing = found ? query_text_at(ctx, &q, 0) : NULL;
    *ret_email = found ? query_text_at(ctx, &q, 1) : NULL;
    query_end(&q);
    return true;
}

/* ---- newcomers */

bool store_greeted(struct store *st, const char *email, const char *body,
                   bool *ret, struct error *err)
{
    struct query q = query_of(st, SQL_GREETED);

    query_text(&q, email);
    query_text(&q, body);
    return query_exists(&q, ret, err);
}

bool store_greet(struct store *st, const char *email, const char *body,
                 struct error *err)
{
    struct query q = query_of(st, SQL_GREET);

    query_text(&q, email);
    query_text(&q, body);
    return query_run(&q, NULL, err);
}
