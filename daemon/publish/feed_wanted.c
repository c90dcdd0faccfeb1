/*
 * Which feeds there are, and which events each shows: a body's feed has its
 * items and the spans of their editions, and so on. Deadlines stand in a feed
 * of their own.
 */
#include "daemon/publish/feed_wanted.h"

#include <string.h>
#include <strings.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed_text.h"

static const char *said(const char *text)
{
    return text ? text : "";
}

/* ---------------------------------------------------------- which feeds are */

static bool is_wanted(const struct wanted_list *list, enum scope scope,
                      const char *code)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->rows[i].scope == scope && text_same(list->rows[i].code, code))
            return true;
    }
    return false;
}

/* By scope: what names of calendars begin with, and all addresses but those of
 * bodies. */
static const char *const begins[] = {"all",     "editions", "deadlines",
                                     "body",    "partner",  "host",
                                     "cluster", "deadlines"};

/* Does the address of a calendar of another kind begin so? */
static bool is_taken(const char *code)
{
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        size_t n = strlen(begins[i]);

        if (strncasecmp(code, begins[i], n) == 0 &&
            (code[n] == '\0' || code[n] == '-'))
            return true;
    }
    return false;
}

char *feed_path(TALLOC_CTX *ctx, const char *name)
{
    const char *slash = strchr(name, '/');

    if (!slash)
        return text_format(ctx, "/feeds/%s.ics", name);
    if (text_begins(name, "body/") && !is_taken(slash + 1))
        return text_format(ctx, "/feeds/%s.ics", slash + 1);
    return text_format(ctx, "/feeds/%.*s-%s.ics", (int)(slash - name), name,
                       slash + 1);
}

/* `about` is the calendar's description, `of` what its title names. */
static void want(TALLOC_CTX *ctx, const struct feed_input *in,
                 struct wanted_list *list, enum scope scope, const char *code,
                 const char *of, const char *about)
{
    const char *word = begins[scope];
    struct wanted w = {.scope = scope, .code = code};

    if (is_wanted(list, scope, code))
        return;
    w.name = code[0] ? text_format(ctx, "%s/%s", word, code) : word;
    w.path = feed_path(ctx, w.name);
    w.title =
        feed_clean_line(ctx, text_format(ctx, "%s%s%s", said(in->calendar_name),
                                         of[0] ? ": " : "", of));
    w.about = feed_title(ctx, about, w.title);
    list->rows = array_grow(ctx, list->rows, struct wanted, list->n + 1);
    list->rows[list->n++] = w;
}

static void want_owner(TALLOC_CTX *ctx, const struct feed_input *in,
                       struct wanted_list *list, const char *code,
                       const char *name)
{
    want(ctx, in, list, SCOPE_OWNER, code,
         text_format(ctx, "deadlines of %s", said(name)),
         text_format(ctx, "What is due from %s", said(name)));
}

static void want_owners(TALLOC_CTX *ctx, const struct feed_input *in,
                        struct wanted_list *list, const struct step *s)
{
    const struct rules *r = in->rules;

    switch (s->owner) {
    case OWNER_HOST:
    case OWNER_MEMBERS:
        for (size_t i = 0; i < r->n_members; i++)
            want_owner(ctx, in, list, r->members[i].code, r->members[i].name);
        break;
    case OWNER_PARTNERS:
        for (size_t i = 0; i < r->n_partners; i++)
            want_owner(ctx, in, list, r->partners[i].code, r->partners[i].name);
        break;
    case OWNER_SECRETARIAT:
        want_owner(ctx, in, list, "secretariat", "the secretariat");
        break;
    case OWNER_BODY:
        want_owner(ctx, in, list, s->owner_body->code, s->owner_body->code);
        break;
    }
}

static bool has_name(const struct wanted_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->rows[i].name, name) == 0)
            return true;
    return false;
}

/* The same of what a member owes or hosts, under a code that it had. */
static void want_member_again(TALLOC_CTX *ctx, const struct feed_input *in,
                              struct wanted_list *list, enum scope scope,
                              const char *code, const struct member *m)
{
    const char *name =
        text_format(ctx, "%s (formerly %s)", said(m->name), code);

    if (scope == SCOPE_OWNER)
        want_owner(ctx, in, list, code, name);
    else
        want(ctx, in, list, scope, code, text_format(ctx, "hosted by %s", name),
             text_format(ctx, "Meetings hosted by %s", name));
    list->rows[list->n - 1].code = m->code;
}

/* What was given out as the feed of `code` shows what there is of it today: of
 * a body or member that has another code now, all; of what is gone, what the
 * version still has. */
static void want_again(TALLOC_CTX *ctx, const struct feed_input *in,
                       struct wanted_list *list, enum scope scope,
                       const char *code, const char *about)
{
    const struct member *m = scope == SCOPE_HOST || scope == SCOPE_OWNER
                                 ? rules_member(in->rules, code)
                                 : NULL;
    const struct body *b =
        scope == SCOPE_BODY ? rules_body_once(in->rules, code) : NULL;

    if (m && !text_same(m->code, code)) {
        want_member_again(ctx, in, list, scope, code, m);
        return;
    }
    if (!b) {
        want(ctx, in, list, scope, code, code, about);
        return;
    }
    want(ctx, in, list, scope, code,
         text_format(ctx, "%s (formerly %s)", b->code, code),
         text_format(ctx, "Meetings of the %s", said(b->title)));
    list->rows[list->n - 1].code = b->code;
}

/* Codes of an older version that the rules no longer know keep their address.
 */
static void want_forgotten(TALLOC_CTX *ctx, const struct feed_input *in,
                           struct wanted_list *list)
{
    const struct plan *v = in->version;

    for (size_t i = 0; i < v->n_editions; i++) {
        const struct edition *e = &v->editions[i];

        if (said(e->host)[0])
            want(ctx, in, list, SCOPE_HOST, e->host, e->host,
                 text_format(ctx, "Held in %s", e->host));
        want(ctx, in, list, SCOPE_CLUSTER, e->cluster, e->cluster,
             said(e->title));
    }
    for (size_t i = 0; in->tasks && i < in->tasks->n; i++)
        if (said(in->tasks->rows[i].owner)[0])
            want_owner(ctx, in, list, in->tasks->rows[i].owner,
                       in->tasks->rows[i].owner);
    for (size_t i = 0; i < v->n_items; i++) {
        const struct item *item = &v->items[i];

        for (size_t k = 0; k < item->n_bodies; k++)
            if (!has_name(list, text_format(ctx, "body/%s", item->bodies[k])))
                want_again(ctx, in, list, SCOPE_BODY, item->bodies[k],
                           text_format(ctx, "Meetings of %s", item->bodies[k]));
        if (said(item->partner)[0])
            want(ctx, in, list, SCOPE_PARTNER, item->partner, item->partner,
                 text_format(ctx, "Consultations with %s", item->partner));
    }
}

static void want_name(TALLOC_CTX *ctx, const struct feed_input *in,
                      struct wanted_list *list, const char *name)
{
    static const struct {
        const char *word;
        enum scope scope;
    } words[] = {{"body/", SCOPE_BODY},
                 {"partner/", SCOPE_PARTNER},
                 {"host/", SCOPE_HOST},
                 {"cluster/", SCOPE_CLUSTER},
                 {"deadlines/", SCOPE_OWNER}};

    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (text_begins(name, words[k].word) && !has_name(list, name))
            want_again(ctx, in, list, words[k].scope,
                       memory_text(ctx, name + strlen(words[k].word)), "");
}

/* Addresses that are or were served and that nothing else asks for any more:
 * whoever subscribed must not be left with what was last there. */
static void want_served(TALLOC_CTX *ctx, const struct feed_input *in,
                        struct wanted_list *list)
{
    for (size_t i = 0; in->previous && i < in->previous->n; i++)
        want_name(ctx, in, list, in->previous->rows[i].name);
    for (size_t i = 0; i < in->n_given; i++)
        want_name(ctx, in, list, in->given[i]);
}

struct wanted_list wanted_feeds(TALLOC_CTX *ctx, const struct feed_input *in)
{
    const struct rules *r = in->rules;
    struct wanted_list list = {0};

    want(ctx, in, &list, SCOPE_ALL, "", "", "All meetings");
    want(ctx, in, &list, SCOPE_EDITIONS, "", "editions",
         "What is held back-to-back, as days without times");
    want(ctx, in, &list, SCOPE_DEADLINES, "", "deadlines",
         "What is due when, and who owes it");
    for (size_t i = 0; i < r->n_bodies; i++)
        want(ctx, in, &list, SCOPE_BODY, r->bodies[i].code, r->bodies[i].code,
             text_format(ctx, "Meetings of the %s", said(r->bodies[i].title)));
    for (size_t i = 0; i < r->n_partners; i++)
        want(ctx, in, &list, SCOPE_PARTNER, r->partners[i].code,
             text_format(ctx, "with %s", said(r->partners[i].name)),
             text_format(ctx, "Consultations with %s",
                         said(r->partners[i].name)));
    for (size_t i = 0; i < r->n_members; i++)
        want(ctx, in, &list, SCOPE_HOST, r->members[i].code,
             text_format(ctx, "hosted by %s", said(r->members[i].name)),
             text_format(ctx, "Meetings hosted by %s",
                         said(r->members[i].name)));
    for (size_t i = 0; i < r->n_clusters; i++)
        want(ctx, in, &list, SCOPE_CLUSTER, r->clusters[i].code,
             r->clusters[i].code, said(r->clusters[i].title));
    for (size_t i = 0; i < r->n_workflows; i++)
        for (size_t k = 0; k < r->workflows[i].n_steps; k++)
            want_owners(ctx, in, &list, &r->workflows[i].steps[k]);
    want_forgotten(ctx, in, &list);
    want_served(ctx, in, &list);
    return list;
}

/* ------------------------------------------------------- what a feed shows */

/* Do those who sit in the body come to what is held "with" people? */
static bool people_sit_in(const struct rules *r, const struct item *i,
                          const char *code)
{
    const struct body *b = rules_body(r, code);
    const struct people *p =
        rules_people(r, past_sector(r, i->edition), said(i->people));

    for (size_t k = 0; p && k < p->n_bodies; k++)
        if (p->bodies[k] == b)
            return true;
    return false;
}

static bool item_has_body(const struct rules *r, const struct item *i,
                          const char *code)
{
    const struct body *b = rules_body(r, code);

    for (size_t k = 0; k < i->n_bodies; k++) {
        if (text_same(i->bodies[k], code) ||
            (b && rules_body_once(r, i->bodies[k]) == b))
            return true;
    }
    return people_sit_in(r, i, code);
}

static bool item_is_in(const struct rules *r, const struct item *i,
                       const struct wanted *w)
{
    if (w->scope == SCOPE_BODY)
        return item_has_body(r, i, w->code);
    return text_same(said(i->partner), w->code);
}

/* What is not for all stands in private calendars alone. */
static bool may_show(const struct item *i, const struct wanted *w)
{
    return i->audience == ITEM_FOR_ALL || w->scope == SCOPE_INVITED ||
           (i->audience == ITEM_FOR_INVITED && w->scope == SCOPE_PRIVATE);
}

static bool is_shown(const struct feed_input *in, const struct item *i,
                     const struct wanted *w)
{
    if (!may_show(i, w))
        return false;
    return w->scope == SCOPE_PRIVATE
               ? contact_hears_item(in->rules, w->contact, i)
               : item_is_in(in->rules, i, w);
}

/* The contact owes one of the tasks that the deadline stands for. */
static bool owes(const struct feed_input *in, const struct event *e,
                 const struct contact *c)
{
    for (size_t i = 0; in->tasks && i < in->tasks->n; i++) {
        const struct task *t = &in->tasks->rows[i];

        if (t->step && t->due.day == e->first.day &&
            strcmp(t->edition, e->edition->id) == 0 &&
            strcmp(t->step, e->step) == 0 &&
            contact_owns(in->rules, c, t, e->edition))
            return true;
    }
    return false;
}

static bool is_owned_by(const struct event *e, const char *code)
{
    for (size_t i = 0; i < e->n_owners; i++)
        if (text_same(e->owners[i], code))
            return true;
    return false;
}

static bool deadline_is_in(const struct feed_input *in, const struct event *e,
                           const struct wanted *w)
{
    if (w->scope == SCOPE_PRIVATE)
        return owes(in, e, w->contact);
    return w->scope == SCOPE_DEADLINES ||
           (w->scope == SCOPE_OWNER && is_owned_by(e, w->code));
}

/* An edition's span is in a feed when one of its items is, timed or not. */
static bool span_is_in(const struct feed_input *in, const struct edition *e,
                       const struct wanted *w)
{
    const struct plan *plans[] = {in->version, in->gone};

    for (size_t p = 0; p < 2; p++) {
        size_t n = 0;
        const struct item *items =
            plans[p] ? plan_items_of(plans[p], e->id, &n) : NULL;

        for (size_t i = 0; i < n; i++) {
            if (is_shown(in, &items[i], w))
                return true;
        }
    }
    return false;
}

bool wanted_shows(const struct feed_input *in, const struct event *e,
                  const struct wanted *w)
{
    if (e->kind == EVENT_DEADLINE)
        return deadline_is_in(in, e, w);
    if (e->item && !may_show(e->item, w))
        return false;
    switch (w->scope) {
    case SCOPE_EDITIONS:
        return e->kind == EVENT_SPAN;
    case SCOPE_HOST:
        return text_same(said(e->edition->host), w->code);
    case SCOPE_CLUSTER:
        return text_same(e->edition->cluster, w->code);
    case SCOPE_BODY:
    case SCOPE_PARTNER:
    case SCOPE_PRIVATE:
        return e->item ? is_shown(in, e->item, w)
                       : span_is_in(in, e->edition, w);
    case SCOPE_ALL:
        return true;
    case SCOPE_INVITED:
        return e->kind == EVENT_MEETING;
    case SCOPE_DEADLINES:
    case SCOPE_OWNER:
        break;
    }
    return false;
}
