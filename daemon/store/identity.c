/*
 * Identities: one UID per thing for ever.
 *
 * A new one is the thing's name under a key that nobody else has: it says
 * nothing of the thing, nobody can guess it, and it comes again when a copy of
 * the database is put back that does not know it. What has a UID keeps it,
 * however it was made.
 */
#include <string.h>

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

#define UID_BITS 140 /* 28 letters and digits */

static bool uid_make(TALLOC_CTX *ctx, struct store *st, const char *thing,
                     const char *domain, const char **ret, struct error *err)
{
    unsigned char octets[DIGEST_SIZE];
    const char *key;

    if (!store_key(st, &key, err))
        return false;
    digest_mac(key, strlen(key), text_format(ctx, "uid/%s", thing), octets);
    *ret =
        text_format(ctx, "%s@%s", digest_base32(ctx, octets, UID_BITS), domain);
    return true;
}

static bool identity_read(TALLOC_CTX *ctx, struct store *st, const char *thing,
                          struct identity *ret, bool *ret_found,
                          struct error *err)
{
    struct query q = query_of(st, SQL_IDENTITY);

    query_text(&q, thing);
    if (!query_row(&q, ret_found, err))
        return false;
    if (*ret_found)
        *ret = (struct identity){.uid = query_text_at(ctx, &q, 0),
                                 .sequence = (int)query_int_at(&q, 1),
                                 .created = query_instant_at(&q, 2),
                                 .modified = query_instant_at(&q, 3)};
    query_end(&q);
    return true;
}

static bool identity_add(struct store *st, const char *thing, const char *uid,
                         struct instant now, struct error *err)
{
    struct query q = query_of(st, SQL_ADD_IDENTITY);

    query_text(&q, thing);
    query_text(&q, uid);
    query_instant(&q, now);
    query_instant(&q, now);
    return query_run(&q, NULL, err);
}

bool store_identity(TALLOC_CTX *ctx, struct store *st, const char *thing,
                    const char *domain, struct instant now,
                    struct identity *ret, struct error *err)
{
    bool found;
    const char *uid;

    if (!identity_read(ctx, st, thing, ret, &found, err))
        return wrap(err, "%s", thing);
    if (found)
        return true;
    if (!uid_make(ctx, st, thing, domain, &uid, err) ||
        !identity_add(st, thing, uid, now, err))
        return wrap(err, "%s", thing);
    *ret = (struct identity){uid, -1, now, now};
    return true;
}

bool store_set_identity(struct store *st, const char *thing, int sequence,
                        struct instant modified, struct error *err)
{
    struct query q = query_of(st, SQL_SET_IDENTITY);
    int64_t changed;

    query_int(&q, sequence);
    query_instant(&q, modified);
    query_text(&q, thing);
    if (!query_run(&q, &changed, err))
        return wrap(err, "%s", thing);
    if (changed == 0)
        return fail(err, REPLY_NOTFOUND, "%s has no UID yet", thing);
    return true;
}
