/*
 * The dispatch table and what several verbs share.
 */
#include "daemon/serve/verbs.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* convenectl answers these itself; the daemon is never asked. */
#define verb_VERSION  NULL
#define verb_COMPLETE NULL

static verb_handler *const handlers[VERB_COUNT] = {
#define VERB(id, ...) [VERB_##id] = verb_##id,
#include "ctl/verbs.def"
#undef VERB
};

verb_handler *verb_handler_of(enum verb_id id)
{
    return handlers[id];
}

bool find_edition(const struct plan *p, const char *id, struct edition **ret,
                  struct error *err)
{
    const char **names = array_new(NULL, const char *, p->n_editions + 1);
    const char *near;

    for (size_t i = 0; i < p->n_editions; i++)
        if (text_same(p->editions[i].id, id)) {
            talloc_free(names);
            *ret = &p->editions[i];
            return true;
        }
    for (size_t i = 0; i < p->n_editions; i++)
        names[i] = p->editions[i].id;
    near = text_nearest(id, names);
    talloc_free(names);
    return near ? fail(err, REPLY_NOTFOUND, "no edition %s, did you mean %s?",
                       id, near)
                : fail(err, REPLY_NOTFOUND, "no edition %s", id);
}

bool find_item(const struct plan *p, const char *id, struct item **ret,
               struct error *err)
{
    for (size_t i = 0; i < p->n_items; i++)
        if (text_same(p->items[i].id, id)) {
            *ret = &p->items[i];
            return true;
        }
    return fail(err, REPLY_NOTFOUND, "no item %s", id);
}

char *edition_of(TALLOC_CTX *ctx, const char *thing)
{
    const char *slash = strchr(thing, '/');

    return slash ? memory_text_n(ctx, thing, (size_t)(slash - thing))
                 : memory_text(ctx, thing);
}

bool version_of_day(struct request *q, struct date day, struct version_row *ret,
                    struct error *err)
{
    int64_t end = ((int64_t)day.day + 1) * 86400;
    struct version_row *rows;
    char text[DATE_TEXT];
    size_t n;

    if (!store_versions(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    while (n > 0 && rows[n - 1].at.second >= end)
        n--;
    if (n == 0)
        return fail(err, REPLY_NOTFOUND, "nothing was released by %s",
                    date_print(day, text));
    *ret = rows[n - 1];
    return true;
}

/* What --release or --as-of names; 0 for neither. */
static bool requested_release(struct request *q, int *ret, struct error *err)
{
    long long release = args_number(q->args, "release", 0);
    struct date day = request_date(q, "as-of");
    struct version_row version;

    if (date_is_none(day)) {
        if (release < 0 || release > q->serve->out.release)
            return fail(err, REPLY_NOTFOUND,
                        "no release %lld; the last one is %d", release,
                        q->serve->out.release);
        *ret = (int)release;
        return true;
    }
    if (release != 0)
        return fail(err, REPLY_USAGE, "give --release or --as-of, not both");
    if (!version_of_day(q, day, &version, err))
        return false;
    *ret = version.release;
    return true;
}

bool requested_plan(struct request *q, const struct plan **ret,
                    struct error *err)
{
    struct plan *version;
    int release = 0;

    if (!requested_release(q, &release, err))
        return false;
    if (release == 0)
        return draft_whole(q->ctx, q->serve, request_draft(q), ret, err);
    if (!store_version(q->ctx, q->serve->store, release, &version, err))
        return false;
    *ret = version;
    return true;
}

char *json_line(TALLOC_CTX *ctx, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT), *copy;

    json_decref(object);
    copy = memory_text(ctx, text ? text : "{}");
    free(text);
    return copy;
}

bool link_check(const char *url, struct error *err)
{
    bool web = text_begins(url, "https://") || text_begins(url, "http://");

    if (web && strlen(url) <= 400 && !strpbrk(url, " \"<>\\^`{|}") &&
        text_is_clean(url, strlen(url), ""))
        return true;
    return fail(err, REPLY_INPUT,
                "an address begins with https:// or http:// and has no "
                "blanks or quotes in it");
}

bool against_json(struct request *q, json_t **ret, struct error *err)
{
    const char *const *names;
    size_t n;

    if (!draft_against(q->ctx, q->serve, &names, &n, err))
        return false;
    *ret = n > 0 ? json_array() : json_null();
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(*ret, json_string(names[i]));
    return true;
}

bool against_summary(struct request *q, struct error *err)
{
    json_t *against;

    if (!against_json(q, &against, err))
        return false;
    if (json_is_array(against))
        summary_set(q, "against_rules", against);
    return true;
}

void summary_set(struct request *q, const char *name, json_t *value)
{
    if (!q->summary)
        q->summary = json_object();
    (void)json_object_set_new(q->summary, name, value);
}
