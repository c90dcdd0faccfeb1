/*
 * Verbs about contacts, and import: contacts, holidays and history from CSV,
 * all or nothing, every bad line named.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/serve/verbs.h"

static bool has_body(const struct contact *c, const char *code)
{
    for (size_t i = 0; i < c->n_bodies; i++)
        if (text_same(c->bodies[i], code))
            return true;
    return false;
}

bool verb_CONTACTS(struct request *q, struct error *err)
{
    const char *body = request_text(q, "body"), *of = request_text(q, "of");
    struct contacts all = {NULL, 0};
    int n = 0;

    if (!store_contacts(q->ctx, q->serve->store, &all, err))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        const struct contact *c = &all.rows[i];

        if ((body && !has_body(c, body)) || (of && !text_same(of, c->of)))
            continue;
        request_row(q, view_contact(c));
        n++;
    }
    summary_set(q, "contacts", json_integer(n));
    return true;
}

static const struct contact *find_contact(const struct contacts *all,
                                          const char *email)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i].email, email))
            return &all->rows[i];
    return NULL;
}

/* The codes as the rules spell them; an unknown one is an error. */
static bool set_bodies(TALLOC_CTX *ctx, const struct rules *r,
                       struct contact *c, const char *const *codes, size_t n,
                       struct error *err)
{
    c->bodies = array_new(ctx, const char *, n + 1);
    c->n_bodies = 0;
    for (size_t i = 0; i < n; i++) {
        const struct body *b = rules_body(r, codes[i]);
        const char **names;
        const char *near;

        if (b) {
            c->bodies[c->n_bodies++] = b->code;
            continue;
        }
        names = array_new(ctx, const char *, r->n_bodies + 1);
        for (size_t k = 0; k < r->n_bodies; k++)
            names[k] = r->bodies[k].code;
        near = text_nearest(codes[i], names);
        return fail(err, REPLY_INPUT, "no body %s%s%s%s", codes[i],
                    near ? ", did you mean " : "", near ? near : "",
                    near ? "?" : "");
    }
    return true;
}

/* `of`: a member, a partner, or the secretariat. Codes that the rules do not
 * know stay as they are: somebody who is only kept informed. */
static const char *spelled(const struct rules *r, const char *of)
{
    const struct member *m = rules_member(r, of);
    const struct partner *p = rules_partner(r, of);

    return m ? m->code : p ? p->code : of;
}

static bool check_contact(TALLOC_CTX *ctx, const struct contact *c,
                          struct error *err)
{
    const struct zone *zone;

    if (!address_check(c->email, err))
        return false;
    if (!c->name[0] || !text_is_clean(c->name, strlen(c->name), ""))
        return fail(err, REPLY_INPUT,
                    "%s: the name is empty or has control "
                    "characters",
                    c->email);
    if (!c->of[0])
        return fail(err, REPLY_INPUT,
                    "%s: say whose contact it is: a member, a partner or SEC",
                    c->email);
    return !c->zone[0] || zone_load(ctx, c->zone, &zone, err);
}

/* The options of contact add and contact set, where they are given. */
static bool apply_options(struct request *q, struct contact *c,
                          struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const char *name = request_text(q, "name"), *of = request_text(q, "of"),
               *role = request_text(q, "role"),
               *channel = request_text(q, "channel"),
               *zone = request_text(q, "zone");
    const json_t *bodies = args_list(q->args, "bodies");

    if (name)
        c->name = name;
    if (of)
        c->of = spelled(r, of);
    if (zone)
        c->zone = zone;
    if ((role && !role_parse(role, &c->role)) ||
        (channel && !channel_parse(channel, &c->channel)))
        return fail(err, REPLY_USAGE, "unknown role or channel");
    if (bodies) {
        size_t n = json_array_size(bodies);
        const char **codes = array_new(q->ctx, const char *, n + 1);

        for (size_t i = 0; i < n; i++)
            codes[i] = json_string_value(json_array_get(bodies, i));
        if (!set_bodies(q->ctx, r, c, codes, n, err))
            return false;
    }
    return check_contact(q->ctx, c, err);
}

static bool put_contact(struct request *q, const struct contact *c,
                        struct error *err)
{
    if (!store_put_contact(q->serve->store, c, err))
        return false;
    scheduler_changed(q->serve);
    q->things = c->email;
    q->after = json_line(q->ctx, view_contact(c));
    request_row(q, view_contact(c));
    return true;
}

bool verb_CONTACT_ADD(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    struct contact c = {.email = request_text(q, "email"),
                        .name = "",
                        .of = "",
                        .zone = "",
                        .role = ROLE_DELEGATE,
                        .channel = CHANNEL_FEED,
                        .added = serve_now(q->serve)};
    struct contacts all = {NULL, 0};

    if (!store_contacts(q->ctx, q->serve->store, &all, err))
        return false;
    if (find_contact(&all, c.email))
        return fail(err, REPLY_CONFLICT,
                    "%s is a contact already; change it with contact set",
                    c.email);
    c.bodies = array_new(q->ctx, const char *, r->n_bodies + 1);
    for (size_t i = 0; i < r->n_bodies; i++)
        c.bodies[c.n_bodies++] = r->bodies[i].code;
    return apply_options(q, &c, err) && put_contact(q, &c, err);
}

bool verb_CONTACT_SET(struct request *q, struct error *err)
{
    const char *email = request_text(q, "email");
    const struct contact *was;
    struct contacts all = {NULL, 0};
    struct contact c;

    if (!store_contacts(q->ctx, q->serve->store, &all, err))
        return false;
    was = find_contact(&all, email);
    if (!was)
        return fail(err, REPLY_NOTFOUND, "no contact %s", email);
    c = *was;
    q->before = json_line(q->ctx, view_contact(was));
    return apply_options(q, &c, err) && put_contact(q, &c, err);
}

bool verb_CONTACT_DROP(struct request *q, struct error *err)
{
    const char *email = request_text(q, "email");

    if (!store_drop_contact(q->serve->store, email, err))
        return false;
    scheduler_changed(q->serve);
    q->things = email;
    return true;
}

/* ---- import */

/* One bad line: a row, so that all of them are named. */
static void bad_line(struct request *q, const char *file, int line,
                     const struct error *err, int *bad)
{
    request_row(q, json_pack("{s:s, s:i, s:i, s:s, s:s, s:s}", "file", file,
                             "line", line, "column", 1, "severity", "error",
                             "text", err->text, "hint", ""));
    ++*bad;
}

struct counts {
    int added, changed, unchanged, bad;
};

static bool import_end(struct request *q, const struct counts *n,
                       struct error *err)
{
    if (n->bad > 0)
        return fail(err, REPLY_INPUT, "%d bad line%s; nothing is imported",
                    n->bad, n->bad == 1 ? "" : "s");
    summary_set(q, "added", json_integer(n->added));
    summary_set(q, "changed", json_integer(n->changed));
    summary_set(q, "unchanged", json_integer(n->unchanged));
    return true;
}

static bool read_contact(struct request *q, const struct csv_row *row,
                         struct contact *ret, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    char **codes = text_split(q->ctx, row->fields[3], ';');
    struct contact c = {.email = row->fields[0],
                        .name = row->fields[1],
                        .of = spelled(r, row->fields[2]),
                        .zone = row->fields[5],
                        .added = serve_now(q->serve)};
    size_t n = 0;

    while (codes[n])
        n++;
    if (!role_parse(row->fields[4][0] ? row->fields[4] : "delegate", &c.role))
        return fail(err, REPLY_INPUT,
                    "unknown role \"%s\", write delegate, focal, host, desk or "
                    "partner",
                    row->fields[4]);
    if (!channel_parse(row->fields[6][0] ? row->fields[6] : "feed", &c.channel))
        return fail(err, REPLY_INPUT,
                    "unknown channel \"%s\", write feed, invite or none",
                    row->fields[6]);
    if (!set_bodies(q->ctx, r, &c, (const char *const *)codes, n, err) ||
        !check_contact(q->ctx, &c, err))
        return false;
    *ret = c;
    return true;
}

static bool same_contact(const struct contact *a, const struct contact *b)
{
    bool same = strcmp(a->name, b->name) == 0 && strcmp(a->of, b->of) == 0 &&
                strcmp(a->zone, b->zone) == 0 && a->role == b->role &&
                a->channel == b->channel && a->n_bodies == b->n_bodies;

    for (size_t i = 0; same && i < a->n_bodies; i++)
        same = has_body(b, a->bodies[i]);
    return same;
}

static bool import_contacts(struct request *q, const char *file,
                            const char *text, struct error *err)
{
    static const char *const columns[] = {
        "email", "name", "of", "?bodies", "?role", "?zone", "?channel", NULL};
    struct counts n = {0, 0, 0, 0};
    struct contacts all = {NULL, 0};
    struct csv csv = {NULL, 0};

    if (!csv_read(q->ctx, file, text, strlen(text), columns, &csv, err) ||
        !store_contacts(q->ctx, q->serve->store, &all, err))
        return false;
    for (size_t i = 0; i < csv.n; i++) {
        const struct contact *was;
        struct contact c;
        struct error bad;

        for (size_t k = 0; k < i; k++)
            if (text_same(csv.rows[k].fields[0], csv.rows[i].fields[0])) {
                (void)fail(&bad, REPLY_INPUT, "%s stands in line %d already",
                           csv.rows[i].fields[0], csv.rows[k].line);
                bad_line(q, file, csv.rows[i].line, &bad, &n.bad);
                break;
            }
        if (!read_contact(q, &csv.rows[i], &c, &bad)) {
            bad_line(q, file, csv.rows[i].line, &bad, &n.bad);
            continue;
        }
        was = find_contact(&all, c.email);
        if (was && same_contact(was, &c)) {
            n.unchanged++;
            continue;
        }
        if (was) {
            c.added = was->added;
            c.bounces = was->bounces;
        }
        *(was ? &n.changed : &n.added) += 1;
        if (n.bad == 0 && !store_put_contact(q->serve->store, &c, err))
            return false;
    }
    scheduler_changed(q->serve);
    return import_end(q, &n, err);
}

static bool read_holiday(const struct csv_row *row, const char *cc,
                         struct holiday *ret, struct error *err)
{
    struct holiday h = {.cc = row->fields[0][0] ? row->fields[0] : cc,
                        .name = row->fields[2],
                        .where = {"import", row->line, 1}};
    bool kind = false, certain = false;

    if (!date_parse(row->fields[1], &h.date, err))
        return false;
    for (int k = HOLIDAY_PUBLIC; k <= HOLIDAY_WORKDAY && !kind; k++) {
        h.kind = (enum holiday_kind)k;
        kind = text_same(row->fields[3][0] ? row->fields[3] : "public",
                         holiday_kind_word(h.kind));
    }
    for (int k = CERTAINTY_FIXED; k <= CERTAINTY_ESTIMATED && !certain; k++) {
        h.certainty = (enum certainty)k;
        certain = text_same(row->fields[4][0] ? row->fields[4] : "announced",
                            certainty_word(h.certainty));
    }
    if (!kind || !certain)
        return fail(err, REPLY_INPUT,
                    "kind is public, bank, school, observance, other or "
                    "workday; certainty is fixed, announced or estimated");
    if (!h.cc[0])
        return fail(err, REPLY_INPUT,
                    "no country: add a column cc, or name "
                    "the file like bn.csv");
    if (!h.name[0])
        return fail(err, REPLY_INPUT, "the holiday has no name");
    *ret = h;
    return true;
}

/* "…/bn.csv" -> "BN", "" when the name is longer. */
static char *country_of(TALLOC_CTX *ctx, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    char *cc = memory_text(ctx, "");

    if (strlen(name) == 6 && text_same(name + 2, ".csv"))
        cc = text_format(ctx, "%c%c", name[0] & ~0x20, name[1] & ~0x20);
    return cc;
}

static bool import_holidays(struct request *q, const char *file,
                            const char *text, struct error *err)
{
    static const char *const columns[] = {"?cc",   "date",       "name",
                                          "?kind", "?certainty", NULL};
    const char *cc = country_of(q->ctx, file);
    struct counts n = {0, 0, 0, 0};
    struct csv csv = {NULL, 0};

    if (!csv_read(q->ctx, file, text, strlen(text), columns, &csv, err))
        return false;
    for (size_t i = 0; i < csv.n; i++) {
        struct holiday h;
        struct error bad;
        bool added;

        if (!read_holiday(&csv.rows[i], cc, &h, &bad)) {
            bad_line(q, file, csv.rows[i].line, &bad, &n.bad);
            continue;
        }
        if (n.bad > 0)
            continue;
        if (!store_put_holiday(q->serve->store, &h, &added, err))
            return false;
        *(added ? &n.added : &n.changed) += 1;
    }
    return import_end(q, &n, err);
}

static bool read_past(const struct rules *r, const struct csv_row *row,
                      struct past *ret, struct error *err)
{
    const struct cluster *c = rules_cluster(r, row->fields[0]);
    const struct member *host = rules_member(r, row->fields[4]);
    struct past p = {.cycle = atoi(row->fields[1]), .city = row->fields[5]};

    if (!c)
        return fail(err, REPLY_INPUT, "no cluster \"%s\"", row->fields[0]);
    if (!host)
        return fail(err, REPLY_INPUT, "no member \"%s\"", row->fields[4]);
    if (p.cycle < 1900 || p.cycle > 2199)
        return fail(err, REPLY_INPUT, "\"%s\" is no cycle", row->fields[1]);
    if (!date_parse(row->fields[2], &p.from, err) ||
        !date_parse(row->fields[3], &p.to, err))
        return false;
    if (p.to.day < p.from.day)
        return fail(err, REPLY_INPUT, "it ends before it begins");
    p.cluster = c->code;
    p.host = host->code;
    *ret = p;
    return true;
}

static bool import_held(struct request *q, const char *file, const char *text,
                        struct error *err)
{
    static const char *const columns[] = {"cluster", "cycle", "start", "end",
                                          "host",    "?city", NULL};
    struct counts n = {0, 0, 0, 0};
    struct csv csv = {NULL, 0};

    if (!csv_read(q->ctx, file, text, strlen(text), columns, &csv, err))
        return false;
    for (size_t i = 0; i < csv.n; i++) {
        struct past past;
        struct error bad;

        if (!read_past(q->serve->generation->rules, &csv.rows[i], &past,
                       &bad)) {
            bad_line(q, file, csv.rows[i].line, &bad, &n.bad);
            continue;
        }
        if (n.bad > 0)
            continue;
        if (!store_add_past(q->serve->store, &past, err))
            return false;
        n.added++;
    }
    draft_forget(q->serve);
    return import_end(q, &n, err);
}

bool verb_IMPORT(struct request *q, struct error *err)
{
    const char *kind = request_text(q, "kind"), *text = request_text(q, "text"),
               *name = request_text(q, "name");
    struct serve *s = q->serve;
    bool good;

    if (!name)
        name = "file";
    if (!store_begin(s->store, err))
        return false;
    if (strcmp(kind, "holidays") == 0)
        good = import_holidays(q, name, text, err);
    else if (strcmp(kind, "held") == 0)
        good = import_held(q, name, text, err);
    else
        good = import_contacts(q, name, text, err);
    if (!good || !store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    q->things = name;
    return strcmp(kind, "holidays") != 0 || serve_reload(s, err);
}
