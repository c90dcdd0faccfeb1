/*
 * The pages of bodies, partners and hosts: what they are, and what of the
 * version is theirs.
 */
#include <stdlib.h>
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

/* Declarations and statements are there for everybody; what is still awaited,
 * and papers, are not. */
static bool is_outcome(const struct page_job *job, const struct document *d,
                       const char *body)
{
    const struct plan *v = job->in->version;
    const struct edition *e = v ? plan_edition(v, d->edition) : NULL;
    size_t n = 0;
    const struct item *items = e ? plan_items_of(v, e->id, &n) : NULL;
    bool sits = false;

    if (d->kind != DOCUMENT_OUTCOME || date_is_none(d->received) || !e ||
        !page_shows(e))
        return false;
    for (size_t i = 0; i < n && !sits; i++)
        sits = has_body(&items[i], body);
    return sits || text_same(d->from, body);
}

/* Only web addresses are links, whatever the register holds. */
static json_t *outcome(const struct page_job *job, const struct document *d)
{
    const struct edition *e = plan_edition(job->in->version, d->edition);
    bool web =
        text_begins(d->link, "https://") || text_begins(d->link, "http://");
    json_t *row = value_made(json_object());

    page_set(row, "title", value_text(d->title[0] ? d->title : d->code));
    page_set(row, "link", web ? value_text(d->link) : json_null());
    page_set(row, "received_text",
             value_taken(page_day(job->ctx, d->received)));
    page_set(row, "in", page_edition_row(job, e));
    return row;
}

/* The latest first. */
static int by_receipt(const void *a, const void *b)
{
    const struct document *x = *(const struct document *const *)a;
    const struct document *y = *(const struct document *const *)b;

    if (x->received.day != y->received.day)
        return x->received.day > y->received.day ? -1 : 1;
    return x < y ? -1 : x > y;
}

static json_t *outcomes(const struct page_job *job, const char *body)
{
    const struct documents *all = job->in->documents;
    size_t most = all ? all->n : 0, n = 0;
    const struct document **found =
        array_new(job->ctx, const struct document *, most + 1);
    json_t *rows = value_made(json_array());

    for (size_t i = 0; i < most; i++)
        if (is_outcome(job, &all->rows[i], body))
            found[n++] = &all->rows[i];
    if (n > 1)
        qsort(found, n, sizeof found[0], by_receipt);
    for (size_t i = 0; i < n; i++)
        value_append(rows, outcome(job, found[i]));
    return rows;
}

bool page_body(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err)
{
    const struct body *b = find_body(job->in->rules, code);
    json_t *view, *row;

    if (!b)
        return fail(err, REPLY_NOTFOUND, "There is no such body.");
    view = page_frame(job, text_format(job->ctx, "%s – %s", b->code, b->title));
    row = view_body(b);
    (void)json_object_del(row, "at");
    page_set(row, "under_url",
             b->under ? value_text(page_link(job, "/bodies/", b->under->code))
                      : json_null());
    page_set(view, "body", row);
    page_set_list(view, "sittings", "has_sittings",
                  sittings(job, b->code, NULL));
    page_set_list(view, "outcomes", "has_outcomes", outcomes(job, b->code));
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
