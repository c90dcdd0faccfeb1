/*
 * Drafts and versions: the same rows under two kinds of owner, a draft's name
 * or a release's number. `place` keeps the plan's order.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/store/db.h"

/* Whose rows: a draft's (name set) or a version's. */
struct owner {
    const char *name;
    int release;
};

static void query_owner(struct query *q, const struct owner *o)
{
    if (o->name)
        query_text(q, o->name);
    else
        query_int(q, o->release);
}

/* ---- writing */

static bool row_add(struct store *st, enum sql sql, const struct owner *o,
                    size_t place, const void *row, struct error *err)
{
    struct query q = query_of(st, sql);

    query_owner(&q, o);
    query_int(&q, (int64_t)place);
    query_record(&q, row);
    return query_run(&q, NULL, err);
}

static bool editions_add(struct store *st, const struct owner *o,
                         const struct plan *plan, struct error *err)
{
    enum sql sql = o->name ? SQL_ADD_DRAFT_EDITION : SQL_ADD_VERSION_EDITION;

    for (size_t i = 0; i < plan->n_editions; i++)
        if (!row_add(st, sql, o, i, &plan->editions[i], err))
            return wrap(err, "edition %s", plan->editions[i].id);
    return true;
}

/* An item that cannot be had again by laying the agenda out. */
static bool has_facts(const struct item *i)
{
    return i->pinned || i->one_off || i->settled ||
           i->status == ITEM_CANCELLED;
}

static bool items_add(struct store *st, const struct owner *o,
                      const struct plan *plan, struct error *err)
{
    enum sql sql = o->name ? SQL_ADD_DRAFT_ITEM : SQL_ADD_VERSION_ITEM;

    for (size_t i = 0; i < plan->n_items; i++) {
        const struct item *item = &plan->items[i];

        if ((!o->name || has_facts(item)) && !row_add(st, sql, o, i, item, err))
            return wrap(err, "item %s", item->id);
    }
    return true;
}

static bool rows_add(struct store *st, const struct owner *o,
                     const struct plan *plan, struct error *err)
{
    return editions_add(st, o, plan, err) && items_add(st, o, plan, err);
}

/* ---- reading */

static bool head_read(struct store *st, const struct owner *o,
                      struct plan *plan, bool *ret_found, struct error *err)
{
    struct query q = query_of(st, o->name ? SQL_DRAFT : SQL_VERSION);

    query_owner(&q, o);
    if (!query_row(&q, ret_found, err))
        return false;
    if (*ret_found) {
        plan->cost = query_int_at(&q, 0);
        plan->bound = query_int_at(&q, 1);
        plan->proved = query_int_at(&q, 2) != 0;
    }
    query_end(&q);
    return true;
}

static bool rows_read(TALLOC_CTX *ctx, struct store *st, const struct owner *o,
                      struct plan *plan, struct error *err)
{
    struct query q =
        query_of(st, o->name ? SQL_DRAFT_EDITIONS : SQL_VERSION_EDITIONS);

    query_owner(&q, o);
    if (!query_list(ctx, &q, &plan->editions, &plan->n_editions, err))
        return false;
    q = query_of(st, o->name ? SQL_DRAFT_ITEMS : SQL_VERSION_ITEMS);
    query_owner(&q, o);
    return query_list(ctx, &q, &plan->items, &plan->n_items, err);
}

static bool plan_read(TALLOC_CTX *ctx, struct store *st, const struct owner *o,
                      struct plan **ret, bool *ret_found, struct error *err)
{
    struct plan *plan = object_new(ctx, struct plan);

    if (!head_read(st, o, plan, ret_found, err) ||
        (*ret_found && !rows_read(plan, st, o, plan, err))) {
        talloc_free(plan);
        return false;
    }
    *ret = plan;
    return true;
}

/* ---- drafts */

static bool draft_missing(struct store *st, const char *name, struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct draft_row *rows;
    const char **names, *near;
    size_t n;

    if (store_drafts(ctx, st, &rows, &n, err)) {
        names = array_new(ctx, const char *, n + 1);
        for (size_t i = 0; i < n; i++)
            names[i] = rows[i].name;
        near = text_nearest(name, names);
        (void)fail(err, REPLY_NOTFOUND, "no draft \"%.100s\"%s%s%s", name,
                   near ? ", did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
    }
    talloc_free(ctx);
    return false;
}

bool store_draft_name(TALLOC_CTX *ctx, struct store *st, const char *name,
                      const char **ret, struct error *err)
{
    struct query q = query_of(st, SQL_DRAFT_NAME);
    bool found;

    query_text(&q, name);
    if (!query_row(&q, &found, err))
        return wrap(err, "draft %s", name);
    *ret = found ? query_text_at(ctx, &q, 0) : NULL;
    query_end(&q);
    return true;
}

bool store_draft(TALLOC_CTX *ctx, struct store *st, const char *name,
                 struct plan **ret, struct error *err)
{
    struct owner o = {.name = name};
    struct plan *plan;
    bool found;

    if (!plan_read(ctx, st, &o, &plan, &found, err))
        return wrap(err, "draft %s", name);
    if (!found) {
        talloc_free(plan);
        return draft_missing(st, name, err);
    }
    *ret = plan;
    return true;
}

static bool draft_write(struct store *st, const struct draft_row *head,
                        const struct plan *plan, struct error *err)
{
    struct owner o = {.name = head->name};
    struct query q = query_of(st, SQL_PUT_DRAFT);

    query_record(&q, head);
    if (!query_run(&q, NULL, err))
        return false;
    q = query_of(st, SQL_CLEAR_DRAFT);
    query_text(&q, head->name);
    return query_run(&q, NULL, err) && rows_add(st, &o, plan, err);
}

bool store_save_draft(struct store *st, const char *name, const char *from,
                      const struct plan *plan, struct instant now,
                      struct error *err)
{
    struct draft_row head = {.name = name,
                             .from = from,
                             .at = now,
                             .cost = plan->cost,
                             .bound = plan->bound,
                             .proved = plan->proved};

    if (!change_begin(st, err) ||
        !change_end(st, draft_write(st, &head, plan, err), err))
        return wrap(err, "draft %s", name);
    return true;
}

bool store_drop_draft(struct store *st, const char *name, struct error *err)
{
    struct query q;
    int64_t dropped;

    if (text_same(name, "main"))
        return fail(err, REPLY_CONFLICT, "the draft \"main\" always stays");
    q = query_of(st, SQL_DROP_DRAFT);
    query_text(&q, name);
    if (!query_run(&q, &dropped, err))
        return wrap(err, "draft %s", name);
    return dropped > 0 || draft_missing(st, name, err);
}

bool store_drafts(TALLOC_CTX *ctx, struct store *st, struct draft_row **ret,
                  size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_DRAFTS);
    struct draft_row *rows = NULL;
    size_t n = 0;
    bool more;

    for (;; n++) {
        if (!query_row(&q, &more, err))
            return false;
        if (!more)
            break;
        rows = array_grow(ctx, rows, struct draft_row, n + 1);
        rows[n] = (struct draft_row){0};
        if (!record_read(ctx, q.stmt, 0, q.record, &rows[n], err)) {
            query_end(&q);
            return false;
        }
        rows[n].editions = (size_t)query_int_at(&q, (int)q.record->n);
    }
    *ret = rows;
    *ret_n = n;
    return true;
}

bool store_draft_files(TALLOC_CTX *ctx, struct store *st, const char *draft,
                       struct draft_file **ret, size_t *ret_n,
                       struct error *err)
{
    struct query q = query_of(st, SQL_DRAFT_FILES);

    query_text(&q, draft);
    return query_list(ctx, &q, ret, ret_n, err);
}

bool store_put_draft_file(struct store *st, const char *draft,
                          const struct draft_file *row, struct error *err)
{
    struct query q = query_of(st, SQL_PUT_DRAFT_FILE);

    query_text(&q, draft);
    query_record(&q, row);
    if (!query_run(&q, NULL, err))
        return wrap(err, "rules of draft %s", draft);
    return true;
}

bool store_copy_draft_files(struct store *st, const char *from, const char *to,
                            struct error *err)
{
    struct query q = query_of(st, SQL_COPY_DRAFT_FILES);

    query_text(&q, to);
    query_text(&q, from);
    if (!query_run(&q, NULL, err))
        return wrap(err, "rules of draft %s", to);
    return true;
}

/* ---- versions */

bool store_last_release(struct store *st, int *ret, struct error *err)
{
    struct query q = query_of(st, SQL_LAST_RELEASE);
    bool row;

    if (!query_row(&q, &row, err))
        return false;
    *ret = row ? (int)query_int_at(&q, 0) : 0;
    query_end(&q);
    return true;
}

static bool version_write(struct store *st, const struct version_row *row,
                          const struct plan *plan, struct error *err)
{
    struct owner o = {.release = row->release};
    struct query q = query_of(st, SQL_ADD_VERSION);

    query_int(&q, plan->cost);
    query_int(&q, plan->bound);
    query_int(&q, plan->proved);
    query_record(&q, row);
    return query_run(&q, NULL, err) && rows_add(st, &o, plan, err);
}

bool store_add_version(struct store *st, const struct version_row *row,
                       const struct plan *plan, struct error *err)
{
    if (!change_begin(st, err) ||
        !change_end(st, version_write(st, row, plan, err), err))
        return wrap(err, "release %d", row->release);
    return true;
}

bool store_version(TALLOC_CTX *ctx, struct store *st, int release,
                   struct plan **ret, struct error *err)
{
    struct owner o = {.release = release};
    struct plan *plan;
    bool found;

    if (!plan_read(ctx, st, &o, &plan, &found, err))
        return wrap(err, "release %d", release);
    if (!found) {
        talloc_free(plan);
        return fail(err, REPLY_NOTFOUND, "no release %d", release);
    }
    *ret = plan;
    return true;
}

bool store_versions(TALLOC_CTX *ctx, struct store *st, struct version_row **ret,
                    size_t *ret_n, struct error *err)
{
    struct query q = query_of(st, SQL_VERSIONS);

    return query_list(ctx, &q, ret, ret_n, err);
}
