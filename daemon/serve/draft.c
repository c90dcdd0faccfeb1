/*
 * Drafts: their facts in the store, and what follows from them (agendas,
 * ordinals, titles), derived whenever it is asked for and kept until something
 * changes.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/agendas.h"
#include "daemon/serve/serve.h"

/* ---- the rules of a fork */

/* The files that the draft was planned with, each with its sector. */
static bool own_files(TALLOC_CTX *ctx, struct serve *s, const char *draft,
                      struct draft_file **ret, size_t *ret_n)
{
    struct diagnostics found = {NULL, 0, 0};
    struct draft_file *files;
    struct error err;
    size_t n;

    if (!store_draft_files(ctx, s->store, draft, &files, &n, &err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!files[i].sector[0] && !generation_place(ctx, s, &files[i], &found))
            return false;
    *ret = files;
    *ret_n = n;
    return true;
}

const struct rules *draft_rules_with(TALLOC_CTX *ctx, struct serve *s,
                                     const char *draft,
                                     const struct draft_file *more,
                                     size_t n_more, struct diagnostics *found)
{
    struct draft_file *files;
    size_t n;

    if (!own_files(ctx, s, draft, &files, &n))
        return generation_with(ctx, s, more, n_more, found);
    files = array_grow(ctx, files, struct draft_file, n + n_more);
    for (size_t i = 0; i < n_more; i++)
        files[n++] = more[i];
    return generation_with(ctx, s, files, n, found);
}

/* The rules a draft is planned and laid out by: those of the daemon, but with
 * the files that a fork was planned with. On ctx, or the generation's. */
static const struct rules *draft_rules(TALLOC_CTX *ctx, struct serve *s,
                                       const char *draft)
{
    const struct rules *own = NULL;
    struct diagnostics found = {NULL, 0, 0};
    struct draft_file *files;
    size_t n;

    if (own_files(ctx, s, draft, &files, &n) && n > 0)
        own = generation_with(ctx, s, files, n, &found);
    return own ? own : s->generation->rules;
}

/* ---- facts, and what follows from them */

bool draft_facts(TALLOC_CTX *ctx, struct serve *s, const char *name,
                 struct plan **ret, struct error *err)
{
    if (!store_draft(ctx, s->store, name, ret, err))
        return false;
    hosts_renew(*ret, s->generation->rules);
    return true;
}

static void add_warning(struct plan *plan, struct edition *e, const char *text)
{
    const char **more = array_new(plan, const char *, e->n_warnings + 1);

    for (size_t i = 0; i < e->n_warnings; i++)
        more[i] = e->warnings[i];
    more[e->n_warnings++] = memory_text(plan, text);
    e->warnings = more;
}

/* An edition is called what its cluster is called today, until it is held. */
static void retitle(struct plan *plan, const struct rules *r, struct edition *e)
{
    const struct cluster *c = rules_cluster(r, e->cluster);

    if (c && c->title && e->status != EDITION_HELD)
        e->title = memory_text(plan, c->title);
}

/* From its dates as they are, whoever set them, and the holidays as they are
 * known now. */
static void warn_anew(struct plan *plan, const struct rules *r,
                      struct edition *e)
{
    bool open = e->status == EDITION_PROPOSED || e->status == EDITION_CONFIRMED;

    if (open && !date_is_none(e->start) && rules_cluster(r, e->cluster))
        edition_warnings(plan, r, e);
}

static bool is_laid_out(const struct edition *e)
{
    return !date_is_none(e->start) && e->status != EDITION_LAPSED &&
           e->status != EDITION_POSTPONED;
}

/* Timed items are public from the day their edition is confirmed. What was
 * called off was told before. */
const struct plan *draft_told(const struct serve *s, const struct edition *e)
{
    const struct plan *told = e->afresh < s->out.release ? s->out.plan : NULL;
    const struct edition *was = told ? plan_edition(told, e->id) : NULL;

    return was && was->status != EDITION_PROPOSED ? told : NULL;
}

/* A fork with rules of its own has no memory of agendas. */
static bool lay(TALLOC_CTX *ctx, struct serve *s, const struct rules *r,
                const struct edition *e, const struct plan *kept,
                struct item **ret, size_t *ret_n, struct error *err)
{
    const struct plan *told = draft_told(s, e);

    return r == s->generation->rules
               ? agendas_lay(ctx, s->generation->agendas, e, kept, told, ret,
                             ret_n, err)
               : agenda_lay(ctx, r, e, kept, told, ret, ret_n, err);
}

/* Fills items and titles of a plan that has editions and facts. */
static void draft_derive(struct serve *s, struct plan *plan,
                         const struct rules *r, const struct history *history)
{
    struct plan kept = *plan; /* its items are the facts */
    struct item *items = NULL;
    size_t n = 0;

    for (size_t i = 0; i < plan->n_editions; i++) {
        struct edition *e = &plan->editions[i];
        struct item *of = NULL;
        size_t n_of = 0;
        struct error err;

        e->status = edition_status_on(e, instant_utc_date(serve_now(s)));
        retitle(plan, r, e);
        warn_anew(plan, r, e);
        if (!is_laid_out(e))
            continue;
        if (!lay(plan, s, r, e, &kept, &of, &n_of, &err)) {
            add_warning(plan, e, err.text);
            continue;
        }
        items = array_grow(plan, items, struct item, n + n_of + 1);
        for (size_t k = 0; k < n_of; k++)
            items[n++] = of[k];
    }
    plan->items = items;
    plan->n_items = n;
    plan_sort(plan);
    office_number(r, history, plan);
}

/* "E/JWG" is also meant by its parts, "E/JWG/1". */
static bool is_meant(const char *access, const char *item)
{
    size_t n = strlen(access);

    return text_same(access, item) ||
           (strlen(item) > n && item[n] == '/' && text_begins(item, access));
}

bool draft_access(struct serve *s, struct plan *plan, struct error *err)
{
    struct item_access *rows;
    size_t n;

    if (!store_item_accesses(plan, s->store, &rows, &n, err))
        return false;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < plan->n_items; i++)
            if (is_meant(rows[k].item, plan->items[i].id)) {
                plan->items[i].audience = rows[k].audience;
                plan->items[i].link = rows[k].link;
            }
    return true;
}

void draft_forget(struct serve *s)
{
    talloc_free(s->draft);
    s->draft = NULL;
    s->words = WORDS_UNKNOWN;
}

bool draft_whole(TALLOC_CTX *ctx, struct serve *s, const char *name,
                 const struct plan **ret, struct error *err)
{
    bool is_main = strcmp(name, "main") == 0;
    const struct rules *rules;
    struct plan *plan;
    struct history history;

    if (is_main && s->draft) {
        *ret = s->draft;
        return true;
    }
    if (!store_draft(is_main ? s->ctx : ctx, s->store, name, &plan, err))
        return false;
    if (!store_history(plan, s->store, &history, err)) {
        talloc_free(plan);
        return false;
    }
    rules = draft_rules(plan, s, name);
    hosts_renew(plan, rules);
    draft_derive(s, plan, rules, &history);
    if (!draft_access(s, plan, err)) {
        talloc_free(plan);
        return false;
    }
    if (is_main)
        s->draft = plan;
    *ret = plan;
    return true;
}

bool draft_against(TALLOC_CTX *ctx, struct serve *s, const char *const **ret,
                   size_t *ret_n, struct error *err)
{
    struct date today = instant_utc_date(serve_now(s));
    const struct rules *r = s->generation->rules;
    const char **names = array_new(ctx, const char *, 0);
    const struct plan *draft;

    if (!draft_whole(ctx, s, "main", &draft, err))
        return false;
    *ret_n = 0;
    for (size_t i = 0; i < draft->n_editions; i++) {
        const struct edition *e = &draft->editions[i];
        bool open =
            e->status == EDITION_PROPOSED || e->status == EDITION_CONFIRMED;

        if (!open || date_is_none(e->start) || e->end.day < today.day ||
            (e->forced && *e->forced) || !edition_is_against(r, e))
            continue;
        names = array_grow(ctx, names, const char *, *ret_n + 1);
        names[(*ret_n)++] = memory_text(ctx, e->id);
    }
    *ret = names;
    return true;
}

bool draft_save(struct serve *s, const char *name, const char *from,
                const struct plan *plan, struct error *err)
{
    if (!store_save_draft(s->store, name, from, plan, serve_now(s), err))
        return false;
    s->edits++;
    draft_forget(s);
    return true;
}

bool draft_planning(TALLOC_CTX *ctx, struct serve *s, const char *name,
                    int first, int last, struct planning *ret,
                    struct error *err)
{
    struct history *history = object_new(ctx, struct history);
    struct plan *draft;

    if (!store_draft(ctx, s->store, name, &draft, err) ||
        !store_history(ctx, s->store, history, err))
        return false;
    *ret = (struct planning){
        .rules = draft_rules(ctx, s, name),
        .draft = draft,
        .released = s->out.plan ? plan_copy(ctx, s->out.plan) : NULL,
        .history = history,
        .first_cycle = first,
        .last_cycle = last,
        .now = serve_now(s),
    };
    hosts_renew(draft, ret->rules);
    return true;
}
