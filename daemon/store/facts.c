/*
 * Small facts: settings, identities, history, holidays, rendered feeds.
 */
#include <errno.h>
#include <sys/random.h>

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

/* ---- identities */

/* 28 letters and digits: more than 128 bits that nobody can guess. */
enum { UID_LETTERS = 28 };

static unsigned char random_octet(void)
{
    unsigned char octet;
    ssize_t n;

    do
        n = getrandom(&octet, 1, 0);
    while (n < 0 && errno == EINTR);
    invariant(n == 1);
    return octet;
}

static char *uid_make(TALLOC_CTX *ctx, const char *domain)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const unsigned n = sizeof letters - 1, fair = 256 / n * n;
    char uid[UID_LETTERS + 1] = "";

    for (size_t i = 0; i < UID_LETTERS;) {
        unsigned octet = random_octet();

        if (octet < fair)
            uid[i++] = letters[octet % n];
    }
    return text_format(ctx, "%s@%s", uid, domain);
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
    uid = uid_make(ctx, domain);
    if (!identity_add(st, thing, uid, now, err))
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
