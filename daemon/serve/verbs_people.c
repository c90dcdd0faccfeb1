/*
 * Verbs about contacts.
 */
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/names.h"
#include "daemon/serve/private.h"
#include "daemon/serve/verbs.h"

/* Whose contacts are of no member and no partner. */
static const char *const secretariat[] = {"SEC", NULL};

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
    const struct rules *r = q->serve->generation->rules;
    const struct body *today = body ? rules_body_once(r, body) : NULL;
    struct contacts all = {NULL, 0};
    int n = 0;

    if (!serve_contacts(q->ctx, q->serve, &all, err))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        const struct contact *c = &all.rows[i];

        if ((body && !has_body(c, today ? today->code : body)) ||
            (of && !text_same(party_code(r, of), c->of)))
            continue;
        request_row(q, view_contact(c));
        n++;
    }
    summary_set(q, "contacts", json_integer(n));
    return n > 0 ||
           (filter_body(q, body, err) && filter_party(q, of, secretariat, err));
}

const struct contact *find_contact(const struct contacts *all,
                                   const char *email)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i].email, email))
            return &all->rows[i];
    return NULL;
}

/* The codes as the rules spell them, a former one as it is today; an unknown
 * one is an error. */
bool contact_set_bodies(TALLOC_CTX *ctx, const struct rules *r,
                        struct contact *c, const char *const *codes, size_t n,
                        struct error *err)
{
    c->bodies = array_new(ctx, const char *, n + 1);
    c->n_bodies = 0;
    for (size_t i = 0; i < n; i++) {
        const struct body *b = rules_body_once(r, codes[i]);
        const char **names;

        if (b) {
            c->bodies[c->n_bodies++] = b->code;
            continue;
        }
        names = array_new(ctx, const char *, r->n_bodies + 1);
        for (size_t k = 0; k < r->n_bodies; k++)
            names[k] = r->bodies[k].code;
        return no_such(err, REPLY_INPUT, "body", codes[i], names);
    }
    return true;
}

bool contact_check(TALLOC_CTX *ctx, const struct contact *c, struct error *err)
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
               *zone = request_text(q, "zone"),
               *subscribed = request_text(q, "subscribed");
    const json_t *bodies = args_list(q->args, "bodies");

    if (name)
        c->name = name;
    if (of)
        c->of = party_code(r, of);
    if (zone)
        c->zone = zone;
    if (subscribed)
        c->unsubscribed = text_same(subscribed, "no");
    if ((role && !role_parse(role, &c->role)) ||
        (channel && !channel_parse(channel, &c->channel)))
        return fail(err, REPLY_USAGE, "unknown role or channel");
    if (bodies) {
        size_t n = json_array_size(bodies);
        const char **codes = array_new(q->ctx, const char *, n + 1);

        for (size_t i = 0; i < n; i++)
            codes[i] = json_string_value(json_array_get(bodies, i));
        if (!contact_set_bodies(q->ctx, r, c, codes, n, err))
            return false;
    }
    return contact_check(q->ctx, c, err);
}

static bool put_contact(struct request *q, const struct contact *c,
                        struct error *err)
{
    struct error unknown;

    if (!store_put_contact(q->serve->store, c, err))
        return false;
    scheduler_changed(q->serve);
    q->things = c->email;
    q->after = json_line(q->ctx, view_contact(c));
    request_row(q, view_contact(c));
    if (!filter_party(q, c->of, secretariat, &unknown))
        summary_set(q, "warning",
                    json_sprintf("%s; it is kept informed, and counts for "
                                 "nobody",
                                 unknown.text));
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

    if (!serve_contacts(q->ctx, q->serve, &all, err))
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
    const struct contact *was;
    struct contact c;

    if (!named_contact(q, request_text(q, "email"), &was, err))
        return false;
    c = *was;
    c.bounces = c.refusals = 0; /* an officer has looked at it */
    q->before = json_line(q->ctx, view_contact(was));
    return apply_options(q, &c, err) && put_contact(q, &c, err);
}

/* The contact goes, and what it was invited to leaves its calendar with it. */
static bool drop_contact(struct request *q, const struct contact *c,
                         struct error *err)
{
    struct store *st = q->serve->store;

    if (!store_begin(st, err))
        return false;
    if (invitations_leave(q->ctx, q->serve, c, err) &&
        store_drop_contact(st, c->email, err) && store_commit(st, err))
        return true;
    store_rollback(st);
    return false;
}

bool verb_CONTACT_DROP(struct request *q, struct error *err)
{
    const struct contact *was;

    if (!named_contact(q, request_text(q, "email"), &was, err))
        return false;
    if (!drop_contact(q, was, err) || !private_refresh(q->ctx, q->serve, err) ||
        !publishing_load(q->serve, err))
        return false;
    scheduler_changed(q->serve);
    delivery_poke(q->serve);
    q->things = was->email;
    q->before = json_line(q->ctx, view_contact(was));
    return true;
}
