/*
 * The calendars of deadlines between releases: a task that becomes late, or is
 * done at last, changes what they say, everybody's and its owner's, and what
 * the private calendars say of those who owe it. The other feeds say nothing of
 * that and stay as they were released.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/private.h"

static bool put_one(struct serve *s, const struct feed *f, struct error *err)
{
    struct stored_feed stored = {.name = f->name,
                                 .body = f->body,
                                 .size = f->size,
                                 .etag = f->etag,
                                 .modified = f->modified,
                                 .release = s->out.release,
                                 .events = f->events};

    return store_put_feed(s->store, &stored, err);
}

static bool put_all(struct serve *s, const struct feeds *all, struct error *err)
{
    for (size_t i = 0; i < all->n; i++)
        if (!put_one(s, &all->rows[i], err))
            return false;
    return true;
}

/* The private ones are of the same press: events that both have are the same.
 */
static bool put(TALLOC_CTX *ctx, struct serve *s, struct press *press,
                const struct feeds *all, struct error *err)
{
    if (!store_begin(s->store, err))
        return false;
    if (!put_all(s, all, err) || !private_print(ctx, s, press, err) ||
        !store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    return publishing_load(s, err);
}

bool deadlines_refresh(struct serve *s, struct error *err)
{
    const struct feed *was = feeds_find(&s->out.feeds, "deadlines"), *is;
    TALLOC_CTX *tmp;
    struct feed_input in;
    struct press *press;
    struct feeds all;
    bool good = true;

    if (!s->out.plan || !was)
        return true;
    tmp = talloc_new(NULL);
    in = private_input(tmp, s);
    press = press_make(tmp, &in);
    all = feeds_of_deadlines(tmp, press);
    is = feeds_find(&all, "deadlines");
    if (is && strcmp(is->etag, was->etag) != 0)
        good = put(tmp, s, press, &all, err);
    talloc_free(tmp);
    return good;
}

int deadlines_overdue(const struct serve *s)
{
    struct date today = instant_utc_date(serve_now(s));
    int n = 0;

    for (size_t i = 0; i < s->out.tasks.n; i++)
        n += task_overdue(&s->out.tasks.rows[i], today) > 0;
    return n;
}
