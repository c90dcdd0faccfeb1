/*
 * The outbox as rows. What may follow what is the mail room's table
 * (message_may_move); here it is only asked, inside the transaction that
 * writes the row.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

/* ---- adding */

static bool message_find(struct store *st, const char *to, const char *cause,
                         bool *ret_found, int64_t *ret_id, struct error *err)
{
    struct query q = query_of(st, SQL_MESSAGE_OF_CAUSE);

    query_text(&q, to);
    query_text(&q, cause);
    if (!query_row(&q, ret_found, err))
        return false;
    if (*ret_found)
        *ret_id = query_int_at(&q, 0);
    query_end(&q);
    return true;
}

static bool octets_add(struct store *st, int64_t id, const struct message *m,
                       struct error *err)
{
    struct query q = query_of(st, SQL_ADD_OCTETS);

    query_int(&q, id);
    query_record(&q, m);
    return query_run(&q, NULL, err);
}

static bool message_add(struct store *st, const struct message *m,
                        int64_t *ret_id, bool *ret_new, struct error *err)
{
    struct query q = query_of(st, SQL_ADD_MESSAGE);
    int64_t added;
    bool found;

    query_record(&q, m);
    if (!query_run(&q, &added, err) ||
        !message_find(st, m->to, m->cause, &found, ret_id, err))
        return false;
    *ret_new = added > 0;
    if (!found)
        return fail(err, REPLY_INTERNAL, "it was not stored");
    return !*ret_new || octets_add(st, *ret_id, m, err);
}

bool store_add_message(struct store *st, const struct message *m,
                       int64_t *ret_id, bool *ret_new, struct error *err)
{
    int64_t id = 0;
    bool new = false;

    if (!change_begin(st, err) ||
        !change_end(st, message_add(st, m, &id, &new, err), err))
        return wrap(err, "message to %s", m->to);
    *ret_id = id;
    *ret_new = new;
    return true;
}

bool store_find_message(struct store *st, const char *to, const char *cause,
                        bool *ret, int64_t *ret_id, struct error *err)
{
    return message_find(st, to, cause, ret, ret_id, err);
}

bool store_has_message(struct store *st, const char *to, const char *cause,
                       bool *ret, struct error *err)
{
    int64_t id;

    return message_find(st, to, cause, ret, &id, err);
}

/* ---- reading */

static bool message_missing(int64_t id, struct error *err)
{
    return fail(err, REPLY_NOTFOUND, "no message %lld", (long long)id);
}

bool store_message(TALLOC_CTX *ctx, struct store *st, int64_t id,
                   struct message *ret, struct error *err)
{
    struct query q = query_of(st, SQL_MESSAGE);
    bool found;

    query_int(&q, id);
    if (!query_one(ctx, &q, ret, &found, err))
        return wrap(err, "message %lld", (long long)id);
    return found || message_missing(id, err);
}

static const char *state_word(int state)
{
    invariant(state >= 0 && state < MESSAGE_STATES);
    return message_state_word((enum message_state)state);
}

bool store_messages(TALLOC_CTX *ctx, struct store *st, int state,
                    const char *edition, int64_t after, size_t limit,
                    struct message **ret, size_t *ret_n, struct error *err)
{
    struct query q =
        query_of(st, state < 0 && !edition ? SQL_MESSAGES
                     : !edition            ? SQL_MESSAGES_IN_STATE
                     : state < 0           ? SQL_MESSAGES_OF_EDITION
                                           : SQL_MESSAGES_IN_STATE_OF_EDITION);

    query_int(&q, after);
    if (state >= 0)
        query_text(&q, state_word(state));
    if (edition)
        query_text(&q, edition);
    query_int(&q, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_given_up(TALLOC_CTX *ctx, struct store *st, struct instant since,
                    struct instant until, struct message **ret, size_t *ret_n,
                    struct error *err)
{
    struct query q = query_of(st, SQL_GIVEN_UP);

    query_instant(&q, since);
    query_instant(&q, until);
    return query_list(ctx, &q, ret, ret_n, err);
}

/* ---- moving */

static bool state_of(struct store *st, int64_t id, enum message_state *ret,
                     struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct query q = query_of(st, SQL_MESSAGE_STATE);
    bool found, ok;

    query_int(&q, id);
    ok = query_row(&q, &found, err);
    if (ok && !found)
        ok = message_missing(id, err);
    else if (ok && !message_state_parse(query_text_at(ctx, &q, 0), ret))
        ok = fail(err, REPLY_INTERNAL, "it has no state that exists");
    query_end(&q);
    talloc_free(ctx);
    return ok;
}

static bool message_move(struct store *st, const struct message *m,
                         struct error *err)
{
    enum message_state from;
    struct query q;

    if (!state_of(st, m->id, &from, err))
        return false;
    if (!message_may_move(from, m->state))
        return fail(err, REPLY_CONFLICT, "it is %s and cannot become %s",
                    state_word((int)from), state_word((int)m->state));
    q = query_of(st, SQL_SETTLE);
    query_record(&q, m);
    query_int(&q, m->id);
    return query_run(&q, NULL, err);
}

bool store_settle(struct store *st, const struct message *m, struct error *err)
{
    if (!change_begin(st, err) ||
        !change_end(st, message_move(st, m, err), err))
        return wrap(err, "message %lld", (long long)m->id);
    return true;
}

/* All of them or none. */
static bool messages_move(struct store *st, const struct message *rows,
                          size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!message_move(st, &rows[i], err))
            return wrap(err, "message %lld", (long long)rows[i].id);
    return true;
}

static bool claim(TALLOC_CTX *ctx, struct store *st, struct instant now,
                  size_t limit, struct message **ret, size_t *ret_n,
                  struct error *err)
{
    struct query q = query_of(st, SQL_READY);

    query_instant(&q, now);
    query_int(&q, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    if (!query_list(ctx, &q, ret, ret_n, err))
        return false;
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i].state = MESSAGE_INFLIGHT;
    return messages_move(st, *ret, *ret_n, err);
}

bool store_claim(TALLOC_CTX *ctx, struct store *st, struct instant now,
                 size_t limit, struct message **ret, size_t *ret_n,
                 struct error *err)
{
    struct message *rows = NULL;
    size_t n = 0;

    if (!change_begin(st, err) ||
        !change_end(st, claim(ctx, st, now, limit, &rows, &n, err), err))
        return wrap(err, "taking mail");
    *ret = rows;
    *ret_n = n;
    return true;
}

static bool recover(TALLOC_CTX *ctx, struct store *st, struct instant now,
                    size_t *ret_n, struct error *err)
{
    struct message *rows;

    if (!store_messages(ctx, st, MESSAGE_INFLIGHT, NULL, 0, SIZE_MAX, &rows,
                        ret_n, err))
        return false;
    for (size_t i = 0; i < *ret_n; i++)
        message_recover(&rows[i], now);
    return messages_move(st, rows, *ret_n, err);
}

static bool expire(TALLOC_CTX *ctx, struct store *st, struct instant now,
                   size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_PAST_EXPIRY);
    struct message *rows;

    query_instant(&q, now);
    if (!query_list(ctx, &q, &rows, ret_n, err))
        return false;
    for (size_t i = 0; i < *ret_n; i++) {
        rows[i].state = MESSAGE_EXPIRED;
        rows[i].settled = now;
    }
    return messages_move(st, rows, *ret_n, err);
}

/* What was told too late to begin with comes back when it is due. */
static bool unexpire(TALLOC_CTX *ctx, struct store *st, struct instant now,
                     size_t *ret_n, struct error *err)
{
    const struct instant next = {now.second + 1}, end = {INT64_MAX};
    struct message *rows;
    size_t n;

    if (!store_given_up(ctx, st, next, end, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool born = rows[i].settled.second == rows[i].created.second;

        if (!message_expired_early(&rows[i], now))
            continue;
        ++*ret_n;
        rows[i].state = MESSAGE_HELD;
        rows[i].settled = INSTANT_NONE;
        rows[i].verdict = "it expired by a clock that was ahead";
        if (!born && !message_move(st, &rows[i], err))
            return wrap(err, "message %lld", (long long)rows[i].id);
    }
    return true;
}

static bool sweep(struct store *st, struct instant now, int *ret_n,
                  bool (*move)(TALLOC_CTX *, struct store *, struct instant,
                               size_t *, struct error *),
                  struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    size_t n = 0;
    bool ok = change_begin(st, err) &&
              change_end(st, move(ctx, st, now, &n, err), err);

    talloc_free(ctx);
    if (ok)
        *ret_n = (int)n;
    return ok;
}

bool store_recover(struct store *st, struct instant now, int *ret_n,
                   struct error *err)
{
    return sweep(st, now, ret_n, recover, err);
}

bool store_expire(struct store *st, struct instant now, int *ret_n,
                  struct error *err)
{
    return sweep(st, now, ret_n, expire, err);
}

bool store_unexpire(struct store *st, struct instant now, int *ret_n,
                    struct error *err)
{
    return sweep(st, now, ret_n, unexpire, err);
}

/* ---- counting */

bool store_next_due(struct store *st, struct instant *ret, struct error *err)
{
    struct query q = query_of(st, SQL_NEXT_DUE);
    bool row;

    if (!query_row(&q, &row, err))
        return false;
    *ret = row ? query_instant_at(&q, 0) : INSTANT_NONE;
    query_end(&q);
    return true;
}

bool store_count_messages(struct store *st, int64_t ret[MESSAGE_STATES],
                          struct error *err)
{
    struct query q = query_of(st, SQL_COUNT_MESSAGES);
    TALLOC_CTX *ctx = talloc_new(NULL);
    int64_t counts[MESSAGE_STATES] = {0};
    bool ok, row = false;

    while ((ok = query_row(&q, &row, err)) && row) {
        enum message_state s;

        if (message_state_parse(query_text_at(ctx, &q, 0), &s))
            counts[s] = query_int_at(&q, 1);
    }
    talloc_free(ctx);
    for (size_t i = 0; ok && i < MESSAGE_STATES; i++)
        ret[i] = counts[i];
    return ok;
}
