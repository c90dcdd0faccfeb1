/*
 * Verbs about drafts and releases.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agenda.h"
#include "daemon/publish/view.h"
#include "daemon/serve/verbs.h"

/* The names of the rules files that the draft was planned with. */
static bool own_rules(struct request *q, const char *draft, json_t **ret,
                      struct error *err)
{
    struct draft_file *files;
    size_t n;

    if (!store_draft_files(q->ctx, q->serve->store, draft, &files, &n, err))
        return false;
    *ret = json_array();
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(*ret, json_string(files[i].file));
    return true;
}

static bool answer_draft(struct request *q, const struct draft_row *row,
                         struct error *err)
{
    struct changes changes = {NULL, 0, 0, 0};
    bool words = false;
    struct plan *after;
    json_t *rules;
    char at[INSTANT_TEXT];

    if (!publishing_next(q->ctx, q->serve, row->name, &after, &changes, err) ||
        (changes.n == 0 && !publishing_reworded(q->ctx, q->serve, row->name,
                                                after, &words, err)) ||
        !own_rules(q, row->name, &rules, err))
        return false;
    request_row(
        q, json_pack("{s:s, s:s, s:I, s:I, s:I, s:b, s:I, s:s, s:b, s:o}",
                     "draft", row->name, "from", row->from, "changes",
                     (json_int_t)changes.n, "cost", (json_int_t)row->cost,
                     "bound", (json_int_t)row->bound, "proved",
                     (int)row->proved, "editions", (json_int_t)row->editions,
                     "at", instant_print(row->at, at), "words", (int)words,
                     "rules", rules));
    return true;
}

/* A row for the draft of that name, for all of them without one. */
static bool answer_drafts(struct request *q, const char *only,
                          struct error *err)
{
    struct draft_row *rows;
    size_t n;

    if (!store_drafts(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((!only || strcmp(rows[i].name, only) == 0) &&
            !answer_draft(q, &rows[i], err))
            return false;
    return true;
}

bool verb_DRAFTS(struct request *q, struct error *err)
{
    return answer_drafts(q, NULL, err);
}

/* Ends what store_begin() began: whole if all went well, else as it was. */
static bool transaction_end(struct serve *s, bool good, struct error *err)
{
    if (good && store_commit(s->store, err))
        return true;
    store_rollback(s->store);
    draft_forget(s);
    return false;
}

bool verb_FORK(struct request *q, struct error *err)
{
    const char *name = request_text(q, "name"), *there;
    const char *from = request_draft_at(q, "from", "main");
    struct plan *plan;

    if (!store_draft_name(q->ctx, q->serve->store, name, &there, err))
        return false;
    if (there)
        return fail(err, REPLY_CONFLICT,
                    "there is a draft %s already; discard it or choose "
                    "another name",
                    there);
    if (!draft_facts(q->ctx, q->serve, from, &plan, err) ||
        !store_begin(q->serve->store, err) ||
        !transaction_end(
            q->serve,
            draft_save(q->serve, name, from, plan, err) &&
                store_copy_draft_files(q->serve->store, from, name, err),
            err))
        return false;
    q->things = name;
    return answer_drafts(q, name, err);
}

bool verb_ADOPT(struct request *q, struct error *err)
{
    const char *name = request_draft_at(q, "name", "");
    struct plan *plan;

    if (strcmp(name, "main") == 0)
        return fail(err, REPLY_CONFLICT, "main is the main draft already");
    if (!draft_facts(q->ctx, q->serve, name, &plan, err) ||
        !store_begin(q->serve->store, err) ||
        !transaction_end(q->serve,
                         draft_save(q->serve, "main", name, plan, err) &&
                             store_drop_draft(q->serve->store, name, err),
                         err))
        return false;
    q->things = name;
    summary_set(q, "editions", json_integer((json_int_t)plan->n_editions));
    return answer_drafts(q, "main", err);
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
    const char *name = request_draft_at(q, "name", "");
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

/* ---- diff */

/* Nothing of the plan changes, but words of the rules may: rows of the feeds
 * that a release would write anew. */
static bool diff_words(struct request *q, struct plan *after, struct error *err)
{
    const char **feeds;
    size_t n;

    if (!publishing_words(q->ctx, q->serve, after, &feeds, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        request_row(q, json_pack("{s:n, s:n, s:s, s:s, s:n, s:n, s:s}",
                                 "edition", "item", "change", "other", "field",
                                 "words", "old", "new", "feed", feeds[i]));
    if (n > 0)
        summary_set(q, "words", json_true());
    return true;
}

/* A released version by its number, or else a draft by its name. */
static bool find_against(struct request *q, const char *name,
                         const struct plan **ret, struct error *err)
{
    struct serve *s = q->serve;
    struct plan *version;
    char *end;
    long release = strtol(name, &end, 10);

    if (*end != '\0' || release <= 0)
        return draft_whole(q->ctx, s, name, ret, err);
    if (release > s->out.release)
        return draft_whole(q->ctx, s, name, ret, err) ||
               fail(err, REPLY_NOTFOUND,
                    "no release %ld and no draft of that name; the last "
                    "release is %d",
                    release, s->out.release);
    if (!store_version(q->ctx, s->store, (int)release, &version, err))
        return false;
    *ret = version;
    return true;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct task *)a)->id, ((const struct task *)b)->id);
}

/* How many deadlines are new, gone or on another day; how many of those that an
 * officer pinned lie now elsewhere than the rules would have them. */
static void count_deadlines(struct tasks before, struct tasks after,
                            size_t *ret_moved, size_t *ret_drifted)
{
    size_t both = 0, changed = 0, drifted = 0;

    if (before.n > 0)
        qsort(before.rows, before.n, sizeof before.rows[0], by_id);
    for (size_t i = 0; i < after.n; i++) {
        const struct task *t = &after.rows[i];
        const struct task *was =
            before.n > 0 ? bsearch(t, before.rows, before.n, sizeof *t, by_id)
                         : NULL;

        both += was != NULL;
        changed +=
            was && (was->due.day != t->due.day || was->closed != t->closed);
        drifted +=
            !date_is_none(t->drift) && !(was && was->drift.day == t->drift.day);
    }
    *ret_moved = before.n - both + after.n - both + changed;
    *ret_drifted = drifted;
}

/* What a release would make others do: deadlines that move with their meetings,
 * pinned ones that no longer fit, people who would be told. */
static bool add_consequences(struct request *q, const struct plan *before,
                             const struct plan *after,
                             const struct changes *changes, struct error *err)
{
    struct serve *s = q->serve;
    const struct rules *r = s->generation->rules;
    struct plan *none = object_new(q->ctx, struct plan);
    struct task_fact *facts;
    struct contacts contacts;
    struct tasks was, is;
    size_t n, moved, drifted;

    if (!store_task_facts(q->ctx, s->store, &facts, &n, err) ||
        !serve_contacts(q->ctx, s, &contacts, err))
        return false;
    was = office_tasks(q->ctx, r, before ? before : none, facts, n);
    is = office_tasks(q->ctx, r, after, facts, n);
    n = office_digests(q->ctx, r, before, after, changes, &is, 0, serve_now(s),
                       &contacts)
            .n;
    count_deadlines(was, is, &moved, &drifted);
    summary_set(q, "tasks", json_integer((json_int_t)moved));
    summary_set(q, "drifted", json_integer((json_int_t)drifted));
    summary_set(q, "contacts", json_integer((json_int_t)n));
    return true;
}

/* Why an item of the draft begins at another time than people were told. */
static const char **item_moved(struct request *q, const struct planning *in,
                               const struct edition *e, const char *id,
                               size_t *ret_n)
{
    const struct plan *told = draft_told(q->serve, e);
    const struct item *fact = plan_item(in->draft, id);
    const char **one = array_new(q->ctx, const char *, 1);
    const char **list;

    if (fact && (fact->pinned || !told)) {
        *ret_n = 1;
        one[0] = fact->pinned ? "an officer moved it"
                              : "the agenda was laid out anew";
        return one;
    }
    list = agenda_moved(q->ctx, in->rules, e, in->draft, told, id, ret_n);
    if (*ret_n > 0)
        return list;
    *ret_n = 1;
    one[0] = told ? text_format(q->ctx, "%s has moved", e->id)
                  : "the agenda was laid out anew";
    return one;
}

/* The change, and of an item at another time why it is. */
static void answer_change(struct request *q, const struct planning *in,
                          const struct change *c)
{
    const struct edition *e = plan_edition(in->draft, c->edition);
    json_t *row = view_change(c), *why;
    const char **texts;
    size_t n;

    if (e && c->kind == CHANGE_MOVED && *c->item &&
        strcmp(c->field, "start") == 0) {
        texts = item_moved(q, in, e, c->item, &n);
        why = json_array();
        for (size_t i = 0; i < n; i++)
            (void)json_array_append_new(why, json_string(texts[i]));
        (void)json_object_set_new(row, "why_moved", why);
    }
    request_row(q, row);
}

bool verb_DIFF(struct request *q, struct error *err)
{
    const char *against = request_draft_at(q, "against", NULL);
    const struct plan *before = q->serve->out.plan;
    struct changes changes;
    struct planning in;
    struct plan *after;

    if (!publishing_next(q->ctx, q->serve, request_draft(q), &after, &changes,
                         err) ||
        !draft_planning(q->ctx, q->serve, request_draft(q), 0, 0, &in, err))
        return false;
    if (against) {
        if (!find_against(q, against, &before, err))
            return false;
        changes = plan_diff(q->ctx, before, after);
    }
    if (!against && changes.n == 0 && !diff_words(q, after, err))
        return false;
    for (size_t i = 0; i < changes.n; i++)
        if (against)
            request_row(q, view_change(&changes.rows[i]));
        else
            answer_change(q, &in, &changes.rows[i]);
    summary_set(q, "changes", json_integer((json_int_t)changes.n));
    summary_set(q, "editions", json_integer((json_int_t)changes.editions));
    summary_set(q, "items", json_integer((json_int_t)changes.items));
    return add_consequences(q, before, after, &changes, err);
}

/* ---- release */

/* Its letters are written, or wait for a store that takes them. */
static void release_told(void *arg)
{
    struct request *q = arg;
    struct error err;

    summary_set(q, "messages", json_integer(scheduler_written(q->serve)));
    if (scheduler_unwritten(q->serve) == 0) {
        request_finish(q, NULL);
        return;
    }
    (void)fail(&err, REPLY_LATER,
               "release %d is out, but not all of its letters are written yet; "
               "the rest follows by itself",
               q->serve->out.release);
    request_finish(q, &err);
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
    summary_set(q, "feeds", json_integer(result.feeds));
    if (q->serve->out.bad_feeds[0])
        summary_set(q, "bad_feeds", json_string(q->serve->out.bad_feeds));
    request_log(q);
    q->deferred = true;
    scheduler_announce(q->serve, release_told, q);
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
