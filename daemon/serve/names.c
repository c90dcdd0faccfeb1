/*
 * Things that a request names. Every list of known names is gathered only when
 * a name was not found, for what is said then.
 */
#include "daemon/serve/names.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/verbs.h"

bool no_such(struct error *err, enum reply code, const char *noun,
             const char *name, const char *const *known)
{
    const char *near = text_nearest(name, known);

    return fail(err, code, "no %s %.100s%s%s%s", noun, name,
                near ? ", did you mean " : "", near ? near : "",
                near ? "?" : "");
}

/* ---- lists of names, NULL at the end */

struct names {
    TALLOC_CTX *ctx;
    const char **rows;
    size_t n;
};

static void add_name(struct names *all, const char *name)
{
    all->rows = array_grow(all->ctx, all->rows, const char *, all->n + 2);
    all->rows[all->n++] = name;
    all->rows[all->n] = NULL;
}

static struct names names_new(const struct request *q)
{
    return (struct names){q->ctx, array_new(q->ctx, const char *, 1), 0};
}

static const struct rules *rules_of(const struct request *q)
{
    return q->serve->generation->rules;
}

static void add_bodies(const struct request *q, struct names *all)
{
    const struct rules *r = rules_of(q);

    for (size_t i = 0; i < r->n_bodies; i++)
        add_name(all, r->bodies[i].code);
}

static void add_members(const struct request *q, struct names *all)
{
    const struct rules *r = rules_of(q);

    for (size_t i = 0; i < r->n_members; i++)
        add_name(all, r->members[i].code);
}

static void add_partners(const struct request *q, struct names *all)
{
    const struct rules *r = rules_of(q);

    for (size_t i = 0; i < r->n_partners; i++)
        add_name(all, r->partners[i].code);
}

static void add_editions(struct names *all, const struct plan *plan)
{
    for (size_t i = 0; plan && i < plan->n_editions; i++)
        add_name(all, plan->editions[i].id);
}

/* ---- found or not */

bool named_body(const struct request *q, const char *code,
                const struct body **ret, struct error *err)
{
    struct names all = names_new(q);

    *ret = rules_body_once(rules_of(q), code);
    if (*ret)
        return true;
    add_bodies(q, &all);
    return no_such(err, REPLY_NOTFOUND, "body", code, all.rows);
}

bool named_member(const struct request *q, const char *code,
                  const struct member **ret, struct error *err)
{
    struct names all = names_new(q);

    *ret = rules_member(rules_of(q), code);
    if (*ret)
        return true;
    add_members(q, &all);
    return no_such(err, REPLY_NOTFOUND, "member", code, all.rows);
}

bool named_partner(const struct request *q, const char *code,
                   const struct partner **ret, struct error *err)
{
    struct names all = names_new(q);

    *ret = rules_partner(rules_of(q), code);
    if (*ret)
        return true;
    add_partners(q, &all);
    return no_such(err, REPLY_NOTFOUND, "partner", code, all.rows);
}

bool named_cluster(const struct request *q, const char *code,
                   const struct cluster **ret, struct error *err)
{
    const struct rules *r = rules_of(q);
    struct names all = names_new(q);

    *ret = rules_cluster(r, code);
    if (*ret)
        return true;
    for (size_t i = 0; i < r->n_clusters; i++)
        add_name(&all, r->clusters[i].code);
    return no_such(err, REPLY_NOTFOUND, "cluster", code, all.rows);
}

bool named_rotation(const struct request *q, const char *name,
                    const struct rotation **ret, struct error *err)
{
    const struct rules *r = rules_of(q);
    const char *there = "";

    *ret = rules_rotation(r, name);
    if (*ret)
        return true;
    for (size_t i = 0; i < r->n_rotations; i++)
        there = text_format(q->ctx, "%s%s%s", there,
                            i == 0                    ? ""
                            : i + 1 == r->n_rotations ? " and "
                                                      : ", ",
                            r->rotations[i].name);
    return fail(err, REPLY_NOTFOUND, "no rotation %s; there %s %s", name,
                r->n_rotations == 1 ? "is" : "are",
                r->n_rotations ? there : "none");
}

bool named_contact(struct request *q, const char *email,
                   const struct contact **ret, struct error *err)
{
    struct contacts *all = object_new(q->ctx, struct contacts);
    struct names known = names_new(q);

    if (!serve_contacts(q->ctx, q->serve, all, err))
        return false;
    *ret = find_contact(all, email);
    if (*ret)
        return true;
    for (size_t i = 0; i < all->n; i++)
        add_name(&known, all->rows[i].email);
    return no_such(err, REPLY_NOTFOUND, "contact", email, known.rows);
}

bool nothing_named(const struct request *q, const struct plan *plan,
                   const char *thing, struct error *err)
{
    struct names all = names_new(q);
    struct tasks tasks;

    if (!strchr(thing, '/')) {
        add_editions(&all, plan);
        add_bodies(q, &all);
        return no_such(err, REPLY_NOTFOUND, "edition or body", thing, all.rows);
    }
    tasks = office_tasks(q->ctx, rules_of(q), plan, NULL, 0);
    for (size_t i = 0; i < plan->n_items; i++)
        add_name(&all, plan->items[i].id);
    for (size_t i = 0; i < tasks.n; i++)
        add_name(&all, tasks.rows[i].id);
    return no_such(err, REPLY_NOTFOUND, "item or task", thing, all.rows);
}

/* ---- filters */

bool filter_edition(struct request *q, const char *id, struct error *err)
{
    const struct plan *draft, *out = q->serve->out.plan;
    struct names all = names_new(q);

    if (!id || (out && plan_edition(out, id)))
        return true;
    if (!draft_whole(q->ctx, q->serve, "main", &draft, err))
        return false;
    if (plan_edition(draft, id))
        return true;
    add_editions(&all, draft);
    add_editions(&all, out);
    return no_such(err, REPLY_NOTFOUND, "edition", id, all.rows);
}

bool filter_body(const struct request *q, const char *code, struct error *err)
{
    const struct body *body;

    return !code || named_body(q, code, &body, err);
}

static bool is_one_of(const char *code, const struct names *all)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i], code))
            return true;
    return false;
}

bool filter_party(const struct request *q, const char *code,
                  const char *const *words, struct error *err)
{
    struct names all = names_new(q);

    add_members(q, &all);
    add_partners(q, &all);
    for (; *words; words++)
        add_name(&all, *words);
    return !code || is_one_of(code, &all) ||
           no_such(err, REPLY_NOTFOUND, "member or partner", code, all.rows);
}

bool filter_owner(const struct request *q, const char *code, struct error *err)
{
    struct names all = names_new(q);

    if (!code || rules_body_once(rules_of(q), code))
        return true;
    add_members(q, &all);
    add_partners(q, &all);
    add_bodies(q, &all);
    add_name(&all, "secretariat");
    return is_one_of(code, &all) ||
           no_such(err, REPLY_NOTFOUND, "member, partner or body", code,
                   all.rows);
}

static bool is_part(const struct request *q, const struct plan *plan,
                    const char *thing)
{
    struct tasks tasks = office_tasks(q->ctx, rules_of(q), plan, NULL, 0);

    for (size_t i = 0; i < plan->n_items; i++)
        if (text_same(plan->items[i].id, thing))
            return true;
    for (size_t i = 0; i < tasks.n; i++)
        if (text_same(tasks.rows[i].id, thing))
            return true;
    return false;
}

bool filter_thing(struct request *q, const char *thing, struct error *err)
{
    const struct rules *r = rules_of(q);
    const struct contact *contact;
    const struct plan *plan;

    if (strchr(thing, '@'))
        return named_contact(q, thing, &contact, err);
    if (strspn(thing, "0123456789") == strlen(thing) ||
        rules_body_once(r, thing) || rules_member(r, thing) ||
        rules_partner(r, thing))
        return true;
    if (!draft_whole(q->ctx, q->serve, "main", &plan, err))
        return false;
    return plan_edition(plan, thing) || is_part(q, plan, thing) ||
           nothing_named(q, plan, thing, err);
}
