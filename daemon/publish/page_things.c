/*
 * The pages of bodies, partners and hosts: what they are, and what of the
 * version is theirs: planned, and past. Of what was held before there was a
 * calendar only the days and the place are known.
 */
#include <limits.h>
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

/* Whose page it is: one of the three. */
struct thing {
    const char *body, *partner, *host; /* NULL: not that */
};

static bool is_theirs(const struct thing *t, const struct item *i)
{
    return t->body ? has_body(i, t->body) : text_same(i->partner, t->partner);
}

/* The thing's items of an edition, one row for all parts of one. */
static json_t *sittings(const struct page_job *job, const struct edition *e,
                        const struct thing *t)
{
    json_t *rows = value_made(json_array());
    size_t n;
    const struct item *items = plan_items_of(job->in->version, e->id, &n);

    for (size_t i = 0; i < n && !t->host; i++)
        if (items[i].part <= 1 && is_theirs(t, &items[i]))
            value_append(rows, page_item_row(job, e, &items[i]));
    return rows;
}

static bool is_past(const struct page_job *job, const struct edition *e)
{
    return !date_is_none(e->end) && e->status != EDITION_POSTPONED &&
           e->end.day < job->today.day;
}

static bool is_of_body(const struct cluster *c, const char *body)
{
    for (size_t i = 0; c && i < c->n_items; i++)
        for (size_t k = 0; k < c->items[i].n_bodies; k++)
            if (text_same(c->items[i].bodies[k]->code, body))
                return true;
    return false;
}

static bool is_with_partner(const struct cluster *c, const char *partner)
{
    for (size_t i = 0; c && i < c->n_items; i++)
        for (size_t k = 0; k < c->items[i].n_partners; k++)
            if (text_same(c->items[i].partners[k]->code, partner))
                return true;
    return false;
}

/* What is postponed has no agenda; whose it will be, the rules say. */
static bool awaits_agenda(const struct page_job *job, const struct edition *e,
                          const struct thing *t)
{
    const struct cluster *c = rules_cluster(job->in->rules, e->cluster);
    size_t n;

    (void)plan_items_of(job->in->version, e->id, &n);
    return n == 0 && e->status == EDITION_POSTPONED &&
           (t->body ? is_of_body(c, t->body) : is_with_partner(c, t->partner));
}

/* An edition with what of it is theirs; NULL when nothing is. */
static json_t *occasion(const struct page_job *job, const struct edition *e,
                        const struct thing *t)
{
    json_t *row, *of = sittings(job, e, t);

    if (t->host ? !text_same(e->host, t->host)
                : json_array_size(of) == 0 && !awaits_agenda(job, e, t)) {
        json_decref(of);
        return NULL;
    }
    row = page_edition_row(job, e);
    page_set(row, "zone_text",
             page_is_timed(e) && !t->host ? page_venue_zone(job, e)
                                          : json_null());
    page_set_list(row, "sittings", "has_sittings", of);
    return row;
}

/* ---- before there was a calendar */

/* Which partners came is not known of those days. */
static bool was_theirs(const struct page_job *job, const struct edition *e,
                       const struct thing *t)
{
    if (t->host)
        return text_same(e->host, t->host);
    return t->body &&
           is_of_body(rules_cluster(job->in->rules, e->cluster), t->body);
}

/* An edition that is only remembered has no page of its own. */
static void add_remembered(const struct page_job *job, const struct thing *t,
                           json_t *rows)
{
    static const struct plan nothing;
    size_t n;
    const struct edition *past = office_past(
        job->ctx, job->in->rules, job->in->history,
        job->in->version ? job->in->version : &nothing, INT_MIN, INT_MAX, &n);

    while (n-- > 0) {
        json_t *row;

        if (!was_theirs(job, &past[n], t) || !is_past(job, &past[n]))
            continue;
        row = page_edition_row(job, &past[n]);
        page_set(row, "url", json_null());
        page_set(row, "zone_text", json_null());
        page_set_list(row, "sittings", "has_sittings",
                      value_made(json_array()));
        value_append(rows, row);
    }
}

/* ---- both lists */

/* Planned as the year goes, the past from the latest back. */
static void add_occasions(const struct page_job *job, const struct thing *t,
                          json_t *view)
{
    const struct plan *v = job->in->version;
    json_t *planned = value_made(json_array()),
           *past = value_made(json_array());

    for (size_t i = 0; v && i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];
        json_t *row = page_shows(e) ? occasion(job, e, t) : NULL;
        int rc;

        if (row && is_past(job, e)) {
            rc = json_array_insert_new(past, 0, row);
            invariant(rc == 0);
        } else if (row) {
            value_append(planned, row);
        }
    }
    add_remembered(job, t, past);
    page_set(view, "of_partner", json_boolean(t->partner != NULL));
    page_set_list(view, "planned", "has_planned", planned);
    page_set_list(view, "past", "has_past", past);
}

/* "1 October 2019" */
static char *day_of(struct date d)
{
    struct civil c = date_civil(d);

    return text_format(NULL, "%d %s %d", c.day, month_name(c.month), c.year);
}

/* ------------------------------------------------------------------- bodies */

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

/* "October 2019", "1 October 2019", "2019" */
static json_t *vague_text(struct vague v)
{
    if (v.year == 0)
        return json_null();
    if (v.month == 0)
        return value_taken(text_format(NULL, "%d", v.year));
    if (v.day == 0)
        return value_taken(
            text_format(NULL, "%s %d", month_name(v.month), v.year));
    return value_taken(day_of(date_of(v.year, v.month, v.day)));
}

/* The body as `bodies` has it, with links and dates in words. */
/* From when until when it had each former name. */
static void set_formerly(json_t *row, const struct former *rows, size_t n)
{
    json_t *name;
    size_t i;

    page_set(row, "was_renamed", json_boolean(n > 0));
    json_array_foreach(json_object_get(row, "formerly"), i, name)
    {
        page_set(name, "from_text", vague_text(rows[i].from));
        page_set(name, "until_text", vague_text(rows[i].until));
    }
}

static json_t *body_row(const struct page_job *job, const struct body *b)
{
    json_t *row = view_body(job->in->rules, b);

    (void)json_object_del(row, "at");
    page_set(row, "sector_title", page_sector(job, b->sector));
    page_set(row, "under_url",
             b->under ? value_text(page_link(job, "/bodies/", b->under->code))
                      : json_null());
    page_set(row, "since_text", vague_text(b->since));
    page_set(row, "until_text", vague_text(b->until));
    set_formerly(row, b->formerly, b->n_formerly);
    return row;
}

bool page_body(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err)
{
    const struct body *b = rules_body_once(job->in->rules, code);
    json_t *view;

    if (!b)
        return fail(err, REPLY_NOTFOUND, "There is no such body.");
    view = page_frame(job, text_format(job->ctx, "%s – %s", b->code, b->title));
    page_set(view, "body", body_row(job, b));
    add_occasions(job, &(struct thing){.body = b->code}, view);
    page_set_list(view, "outcomes", "has_outcomes", outcomes(job, b->code));
    page_set(view, "feed", page_feed(job, "body", b->code));
    return page_fill(job, ctx, "body", view, ret, err);
}

/* ----------------------------------------------------------------- partners */

bool page_partner(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
                  struct page *ret, struct error *err)
{
    const struct partner *p = rules_partner(job->in->rules, code);
    json_t *view, *row;

    if (!p)
        return fail(err, REPLY_NOTFOUND, "There is no such partner.");
    view = page_frame(job, p->name);
    row = view_partner(job->in->rules, p);
    page_set(row, "zone_text", page_zone(job, p->zone, job->in->now));
    page_set(view, "partner", row);
    add_occasions(job, &(struct thing){.partner = p->code}, view);
    page_set(view, "feed", page_feed(job, "partner", p->code));
    return page_fill(job, ctx, "partner", view, ret, err);
}

/* -------------------------------------------------------------------- hosts */

bool page_host(const struct page_job *job, TALLOC_CTX *ctx, const char *code,
               struct page *ret, struct error *err)
{
    const struct member *m = rules_member(job->in->rules, code);
    json_t *view, *row;

    if (!m)
        return fail(err, REPLY_NOTFOUND, "There is no such host.");
    view = page_frame(job, m->name);
    row = view_member(job->in->rules, m, job->today);
    page_set(row, "since_text",
             date_is_none(m->since) ? json_null()
                                    : value_taken(day_of(m->since)));
    page_set(row, "zone_text", page_zone(job, m->zone, job->in->now));
    set_formerly(row, m->formerly, m->n_formerly);
    page_set(view, "member", row);
    add_occasions(job, &(struct thing){.host = m->code}, view);
    page_set(view, "feed", page_feed(job, "host", m->code));
    return page_fill(job, ctx, "host", view, ret, err);
}
