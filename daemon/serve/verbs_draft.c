/*
 * Verbs about drafts and releases.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/serve/verbs.h"

bool verb_DRAFTS(struct request *q, struct error *err)
{
    struct draft_row *rows;
    size_t n;

    if (!store_drafts(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct changes changes = {NULL, 0, 0, 0};
        bool words = false;
        struct plan *after;
        char at[INSTANT_TEXT];

        if (!publishing_next(q->ctx, q->serve, rows[i].name, &after, &changes,
                             err) ||
            (changes.n == 0 &&
             !publishing_reworded(q->ctx, q->serve, rows[i].name, after, &words,
                                  err)))
            return false;
        request_row(
            q,
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:b, s:I, s:s, s:b}", "draft",
                      rows[i].name, "from", rows[i].from, "changes",
                      (json_int_t)changes.n, "cost", (json_int_t)rows[i].cost,
                      "bound", (json_int_t)rows[i].bound, "proved",
                      (int)rows[i].proved, "editions",
                      (json_int_t)rows[i].editions, "at",
                      instant_print(rows[i].at, at), "words", (int)words));
    }
    return true;
}

static bool has_draft(struct request *q, const char *name, bool *ret,
                      struct error *err)
{
    struct draft_row *rows;
    size_t n;

    *ret = false;
    if (!store_drafts(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n && !*ret; i++)
        *ret = strcmp(rows[i].name, name) == 0;
    return true;
}

bool verb_FORK(struct request *q, struct error *err)
{
    const char *name = request_text(q, "name"), *from = request_text(q, "from");
    struct plan *plan;
    bool there;

    if (!from)
        from = "main";
    if (!has_draft(q, name, &there, err))
        return false;
    if (there)
        return fail(err, REPLY_CONFLICT,
                    "there is a draft %s already; discard it or choose "
                    "another name",
                    name);
    if (!draft_facts(q->ctx, q->serve, from, &plan, err) ||
        !draft_save(q->serve, name, from, plan, err))
        return false;
    q->things = name;
    request_row(q, json_pack("{s:s, s:s, s:I, s:I}", "draft", name, "from",
                             from, "editions", (json_int_t)plan->n_editions,
                             "cost", (json_int_t)plan->cost));
    return true;
}

bool verb_ADOPT(struct request *q, struct error *err)
{
    const char *name = request_text(q, "name");
    struct plan *plan;

    if (strcmp(name, "main") == 0)
        return fail(err, REPLY_CONFLICT, "main is the main draft already");
    if (!draft_facts(q->ctx, q->serve, name, &plan, err) ||
        !store_begin(q->serve->store, err))
        return false;
    if (!draft_save(q->serve, "main", name, plan, err) ||
        !store_drop_draft(q->serve->store, name, err) ||
        !store_commit(q->serve->store, err)) {
        store_rollback(q->serve->store);
        draft_forget(q->serve);
        return false;
    }
    q->things = name;
    summary_set(q, "editions", json_integer((json_int_t)plan->n_editions));
    return true;
}

/* The last release as a draft: facts only. */
static struct plan *as_draft(TALLOC_CTX *ctx, const struct plan *released)
{
    struct plan *p =
        released ? plan_copy(ctx, released) : object_new(ctx, struct plan);

    for (size_t i = 0; i < p->n_editions; i++)
        if (p->editions[i].status == EDITION_HELD)
            p->editions[i].status = EDITION_CONFIRMED;
    return p;
}

bool verb_DISCARD(struct request *q, struct error *err)
{
    const char *name = request_text(q, "name");
    struct serve *s = q->serve;

    q->things = name;
    if (strcmp(name, "main") != 0) {
        s->edits++;
        return store_drop_draft(s->store, name, err);
    }
    return draft_save(
        s, "main",
        s->out.release ? text_format(q->ctx, "release %d", s->out.release) : "",
        as_draft(q->ctx, s->out.plan), err);
}

bool verb_RELEASE(struct request *q, struct error *err)
{
    struct publishing_result result;

    if (!publishing_release(q->ctx, q->serve, request_draft(q), q->who,
                            request_text(q, "note"), args_flag(q->args, "send"),
                            &result, err))
        return false;
    for (size_t i = 0; i < result.changes.n; i++)
        request_row(q, view_change(&result.changes.rows[i]));
    q->things = text_format(q->ctx, "release %d", result.release);
    summary_set(q, "release", json_integer(result.release));
    summary_set(q, "changes", json_integer((json_int_t)result.changes.n));
    summary_set(q, "messages", json_integer(result.messages));
    summary_set(q, "feeds", json_integer(result.feeds));
    if (q->serve->out.bad_feeds[0])
        summary_set(q, "bad_feeds", json_string(q->serve->out.bad_feeds));
    return true;
}

bool verb_VERSIONS(struct request *q, struct error *err)
{
    struct version_row *rows;
    size_t n;

    if (!store_versions(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        request_row(
            q,
            json_pack("{s:i, s:s, s:s, s:s, s:i}", "release", rows[i].release,
                      "at", instant_print(rows[i].at, (char[INSTANT_TEXT]){0}),
                      "by", rows[i].by, "note", rows[i].note, "changes",
                      rows[i].changes));
    return true;
}
