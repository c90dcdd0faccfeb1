/*
 * Contacts and what officers did to tasks.
 */
#include "daemon/base/text.h"
#include "daemon/store/db.h"

bool store_contacts(TALLOC_CTX *ctx, struct store *st, struct contacts *ret,
                    struct error *err)
{
    struct query q = query_of(st, SQL_CONTACTS);

    return query_list(ctx, &q, &ret->rows, &ret->n, err);
}

bool store_put_contact(struct store *st, const struct contact *c,
                       struct error *err)
{
    struct query q = query_of(st, SQL_PUT_CONTACT);

    query_record(&q, c);
    if (!query_run(&q, NULL, err))
        return wrap(err, "contact %s", c->email);
    return true;
}

bool store_drop_contact(struct store *st, const char *email, struct error *err)
{
    struct query q = query_of(st, SQL_DROP_CONTACT);
    int64_t dropped;

    query_text(&q, email);
    if (!query_run(&q, &dropped, err))
        return wrap(err, "contact %s", email);
    if (dropped == 0)
        return fail(err, REPLY_NOTFOUND, "no contact %s", email);
    return true;
}

bool store_task_facts(TALLOC_CTX *ctx, struct store *st, struct task_fact **ret,
                      size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_TASKS);

    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_put_task_fact(struct store *st, const struct task_fact *f,
                         struct instant now, struct error *err)
{
    struct query q = query_of(st, SQL_PUT_TASK);

    query_instant(&q, now);
    query_record(&q, f);
    if (!query_run(&q, NULL, err))
        return wrap(err, "task %s", f->task);
    return true;
}
