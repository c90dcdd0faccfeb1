/*
 * The pages of bodies, partners and hosts: what they are, and what of the
 * version is theirs.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"
#include "daemon/publish/view.h"

static bool has_body(const struct item *i, const char *code)
{
    for (size_t k = 0; k < i->n_bodies; k++)
        if (text_same(i->bodies[k], code))
            return true;
    return false;
}

/* The item with its edition beside it. */
static json_t *sitting(const struct page_job *job, const struct edition *e,
                       const struct item *i)
{
    json_t *row = page_item_row(job, e, i);

    page_set(row, "in", page_edition_row(job, e));
    page_set(row, "consult", json_boolean(i->kind == ITEM_CONSULT));
    return row;
}

/* Items of a body (partner NULL) or with a partner (body NULL), in order of
 * date; one row for all parts of one. */
static json_t *sittings(const struct page_job *job, const char *body,
                        const char *partner)
{
    const struct plan *v = job->in->version;
    json_t *rows = value_made(json_array());

    for (size_t k = 0; v && k < v->n_editions; k++) {
        const struct edition *e = &v->editions[k];
        size_t n;
        const struct item *items = plan_items_of(v, e->id, &n);

        for (size_t i = 0; i < n && page_shows(e); i++)
            if (items[i].part <= 1 &&
                (body ? has_body(&items[i], body)
                      : text_same(items[i].partner, partner)))
                value_append(rows, sitting(job, e, &items[i]));
    }
    return rows;
}

/* ------------------------------------------------------------------- bodies */

/* By its code, or a name it had. */
static const struct body *find_body(const struct rules *r, const char *code)
{
    const struct body *b = rules_body(r, code);

    for (size_t i = 0; !b && i < r->n_bodies; i++)
        for (size_t k = 0; !b && k < r->bodies[i].n_formerly; k++)
            if (text_same(r->bodies[i].formerly[k].code, code))
                b = &r->bodies[i];
    return b;
}

bool page_body(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err)
{
    const struct body *b = find_body(job->in->rules, code);
    json_t *view, *row;

    if (!b)
        return fail(err, REPLY_NOTFOUND, "There is no such body.");
    view = page_frame(job, text_format(job->ctx, "%s – %s", b->code, b->title));
    row = view_body(job->in->rules, b);
    (void)json_object_del(row, "at");
    page_set(row, "under_url",
             b->under ? value_text(page_link(job, "/bodies/", b->under->code))
                      : json_null());
    page_set(view, "body", row);
    page_set_list(view, "sittings", "has_sittings",
                  sittings(job, b->code, NULL));
    page_set(view, "feed", page_feed(job, "body", b->code));
    return page_fill(job, ctx, "body", view, ret, err);
}

/* ----------------------------------------------------------------- partners */

bool page_partner(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
                  struct page *ret, struct error *err)
{
    const struct partner *p = rules_partner(job->in->rules, code);
    json_t *view;

    if (!p)
        return fail(err, REPLY_NOTFOUND, "There is no such partner.");
    view = page_frame(job, p->name);
    page_set(view, "partner", view_partner(job->in->rules, p));
    page_set_list(view, "sittings", "has_sittings",
                  sittings(job, NULL, p->code));
    page_set(view, "feed", page_feed(job, "partner", p->code));
    return page_fill(job, ctx, "partner", view, ret, err);
}

/* -------------------------------------------------------------------- hosts */

static json_t *hosted(const struct page_job *job, const char *code)
{
    const struct plan *v = job->in->version;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; v && i < v->n_editions; i++)
        if (page_shows(&v->editions[i]) && text_same(v->editions[i].host, code))
            value_append(rows, page_edition_row(job, &v->editions[i]));
    return rows;
}

bool page_host(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err)
{
    const struct member *m = rules_member(job->in->rules, code);
    json_t *view;

    if (!m)
        return fail(err, REPLY_NOTFOUND, "There is no such host.");
    view = page_frame(job, m->name);
    page_set(view, "member", view_member(job->in->rules, m, job->today));
    page_set_list(view, "editions", "has_editions", hosted(job, m->code));
    page_set(view, "feed", page_feed(job, "host", m->code));
    return page_fill(job, ctx, "host", view, ret, err);
}
