/*
 * What contacts are owed about single items.
 *
 * Invariants:
 * 1. the calendar part is the feed's event with organizer and attendee; there
 *    is no invitation to what no feed shows;
 * 2. one message per (contact, kind, uid, sequence), for ever;
 * 3. of one item and contact only the newest may wait: a newer one drops the
 *    older ones that were not begun, and a cancellation of what was never begun
 *    drops both.
 */
#include "daemon/serve/invitations.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mail/itip.h"
#include "daemon/serve/private.h"
#include "daemon/serve/restraint.h"
#include "daemon/serve/tokens.h"

#define DAY 86400

/* ---- what was told */

int invitation_sequence(const struct message *m)
{
    const char *slash = strrchr(m->cause, '/');

    return slash ? atoi(slash + 1) : 0;
}

static bool is_begun(const struct message *m)
{
    return m->state == MESSAGE_SENT || m->state == MESSAGE_INFLIGHT ||
           (m->state != MESSAGE_FAILED &&
            (m->attempts > 0 || m->uncertain > 0));
}

static bool is_open(const struct message *m)
{
    return m->state == MESSAGE_HELD || m->state == MESSAGE_QUEUED ||
           m->state == MESSAGE_DEFERRED;
}

/* One message more about the same item to the same contact. */
static void told_add(struct told *t, const struct message *m)
{
    bool begun = is_begun(m);

    if (!begun && !is_open(m))
        return; /* it never left */
    t->sequence = invitation_sequence(m);
    t->cancelled = m->kind == MESSAGE_CANCELLATION;
    if (!t->cancelled)
        t->begun = t->begun || begun;
    else if (begun)
        t->begun = false;
    t->rounds += t->cancelled && begun;
}

/* From messages by recipient, item, id. */
static struct told *told_of(TALLOC_CTX *ctx, const struct message *rows,
                            size_t n, size_t *ret_n)
{
    struct told *told = array_new(ctx, struct told, n);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        struct told *last = count ? &told[count - 1] : NULL;

        if (!last || !text_same(last->to, rows[i].to) ||
            strcmp(last->item, rows[i].thing) != 0) {
            last = &told[count++];
            *last = (struct told){.to = rows[i].to,
                                  .item = rows[i].thing,
                                  .sequence = -1,
                                  .cancelled = true};
        }
        told_add(last, &rows[i]);
    }
    *ret_n = count;
    return told;
}

/* ---- the safety net, outside a release */

/* What one contact is owed at once counts as one mail: it is let go, or held,
 * as a whole. */
struct allowance {
    struct net *net;
    struct verdict_of {
        bool asked, held;
        const char *why;
    } * rows; /* by contact, as in the store */
};

static struct allowance *allowance_new(TALLOC_CTX *ctx, struct net *net,
                                       size_t n)
{
    struct allowance *a = object_new(ctx, struct allowance);

    a->net = net;
    a->rows = array_new(a, struct verdict_of, n);
    memset(a->rows, 0, n * sizeof *a->rows);
    return a;
}

/* `contact`: its place among all. */
static bool allow(const struct inviting *in, size_t contact, struct message *m,
                  struct error *err)
{
    struct allowance *a = in->allowance;
    struct verdict_of *v = a ? &a->rows[contact] : NULL;

    if (!a || m->state != MESSAGE_QUEUED)
        return true;
    if (v->asked) {
        m->state = v->held ? MESSAGE_HELD : m->state;
        m->verdict = v->held ? v->why : m->verdict;
        return true;
    }
    if (!restraint_hold(a, in->serve, a->net, m, err))
        return false;
    *v = (struct verdict_of){true, m->state == MESSAGE_HELD, m->verdict};
    return true;
}

/* ---- writing one */

struct writing {
    const struct inviting *in;
    TALLOC_CTX *job;      /* of all */
    TALLOC_CTX *ctx;      /* of the one in hand */
    struct message *rows; /* of invitations so far */
    size_t n;
    struct itip_source *source; /* NULL until it is needed */
    const struct contact *contacts;
    int written;
};

/* The events as those see them who are invited: the public feed where that is
 * the same. NULL when there is none. */
static const char *events_of(struct writing *w)
{
    const struct inviting *in = w->in;
    struct serve *s = in->serve;
    struct feed_input input = {.rules = s->generation->rules,
                               .version = in->plan,
                               .now = in->now,
                               .release_at = in->now,
                               .base_url = s->config->base_url,
                               .calendar_name = serve_name(s)};
    const struct feed *open = feeds_find(in->feeds, "all");
    struct error err;
    struct feed feed;

    if (!feed_has_special(in->plan))
        return open ? open->body : NULL;
    input.previous = private_served(w->job, s);
    input.printed = &s->out.printed;
    if (feed_invited(w->job, press_make(w->job, &input), &feed, &err))
        return feed.body;
    serve_report(s, "invitations", &err);
    return open ? open->body : NULL;
}

/* Its events, read once; *ret NULL when there is no feed. */
static bool source_of(struct writing *w, struct itip_source **ret,
                      struct error *err)
{
    const char *body = w->source ? NULL : events_of(w);

    if (body && !itip_read(w->job, body, &w->source, err))
        return false;
    *ret = w->source;
    return true;
}

static bool drop_older(struct writing *w, const struct invitation *i,
                       struct error *err)
{
    for (size_t k = 0; k < w->n; k++) {
        struct message *m = &w->rows[k];

        if (!is_open(m) || m->state == MESSAGE_INFLIGHT ||
            strcmp(m->thing, i->item->id) != 0 ||
            !text_same(m->to, i->contact->email) || m->uncertain > 0)
            continue;
        m->state = MESSAGE_DROPPED;
        m->settled = w->in->now;
        m->verdict = "a newer one took its place";
        if (!store_settle(w->in->serve->store, m, err))
            return false;
    }
    return true;
}

static const char *cause_word(enum notice_kind kind)
{
    return kind == NOTICE_INVITATION ? "invitation"
           : kind == NOTICE_CHANGE   ? "change"
                                     : "cancellation";
}

static struct notice notice_of(struct writing *w, const struct invitation *i,
                               const char **items)
{
    bool cancel = i->kind == NOTICE_CANCELLATION;

    items[0] = i->item->id;
    return (struct notice){
        .kind = i->kind,
        .left = i->left,
        .cause = i->round > 0
                     ? text_format(w->ctx, "%s/%s/%d~%d", cause_word(i->kind),
                                   i->item->uid, i->item->sequence, i->round)
                     : text_format(w->ctx, "%s/%s/%d", cause_word(i->kind),
                                   i->item->uid, i->item->sequence),
        .contact = i->contact,
        .edition = i->item->edition,
        .thing = i->item->id,
        .due = w->in->now,
        .expires = {i->item->start_utc.second + (cancel ? DAY : 0)},
        .lead = {-1, UNIT_DAYS},
        .items = items,
        .n_items = 1,
    };
}

static bool add_calendar(struct writing *w, const struct invitation *i,
                         struct notice *n, struct error *err)
{
    struct serve *s = w->in->serve;
    enum itip_method method = i->kind != NOTICE_CANCELLATION ? ITIP_REQUEST
                              : i->left                      ? ITIP_UNINVITE
                                                             : ITIP_CANCEL;
    struct instant stamp = i->left || i->round > 0 ? w->in->now : INSTANT_NONE;
    struct itip_party organizer = {s->config->from_name,
                                   s->config->from_address},
                      attendee = {i->contact->name, i->contact->email};
    char *calendar;

    if (!itip_write(w->ctx, w->source, i->item->uid, method, stamp, &organizer,
                    &attendee, &calendar, err))
        return false;
    n->calendar = calendar;
    n->method = itip_method_word(method);
    return method != ITIP_REQUEST ||
           token_answer_url(w->ctx, s, i->item->id, i->contact->email,
                            &n->answer_url, err);
}

static bool write_one(struct writing *w, const struct invitation *i,
                      struct error *err)
{
    const struct inviting *in = w->in;
    struct itip_source *source;
    const char *items[1];
    struct notice n = notice_of(w, i, items);
    struct message m;
    int64_t id;
    bool there, added;

    if (!source_of(w, &source, err) ||
        !store_has_message(in->serve->store, i->contact->email, n.cause, &there,
                           err))
        return false;
    if (!source || !itip_has(source, i->item->uid, NULL))
        return true;
    if (!drop_older(w, i, err))
        return false;
    if (there || (i->kind == NOTICE_CANCELLATION && !i->begun))
        return true;
    if (!add_calendar(w, i, &n, err) ||
        !letter_compose(w->ctx, in->serve, &n, in->plan, NULL, in->note,
                        in->release, in->state, in->now, &m, err) ||
        !allow(in, (size_t)(i->contact - w->contacts), &m, err) ||
        !store_add_message(in->serve->store, &m, &id, &added, err))
        return false;
    w->written += added;
    return true;
}

/* What these contacts are owed. */
static bool write_all(TALLOC_CTX *ctx, const struct inviting *in,
                      const struct contacts *contacts, int *ret_n,
                      struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(ctx);
    struct writing w = {.in = in, .job = tmp, .contacts = contacts->rows};
    struct invitations all;
    struct told *told;
    size_t n_told;
    bool good =
        store_invitations(tmp, in->serve->store, NULL, &w.rows, &w.n, err);

    if (good) {
        told = told_of(tmp, w.rows, w.n, &n_told);
        all = office_invitations(tmp, in->serve->generation->rules, in->plan,
                                 contacts, told, n_told, in->now);
        for (size_t i = 0; good && i < all.n; i++) {
            w.ctx = talloc_new(tmp);
            good = write_one(&w, &all.rows[i], err) ||
                   wrap(err, "mail to %s about %s", all.rows[i].contact->email,
                        all.rows[i].item->id);
            talloc_free(w.ctx);
        }
    }
    *ret_n += w.written;
    talloc_free(tmp);
    return good;
}

bool invitations_write(TALLOC_CTX *ctx, const struct inviting *in, int *ret_n,
                       struct error *err)
{
    struct contacts contacts;

    return serve_contacts(ctx, in->serve, &contacts, err) &&
           write_all(ctx, in, &contacts, ret_n, err);
}

/* ---- newcomers */

/* Was the contact told of the body, under any code the body ever had? */
static bool was_greeted(const struct serve *s, const struct contact *c,
                        const char *code, bool *ret, struct error *err)
{
    const struct body *b = rules_body(s->generation->rules, code);

    if (!store_greeted(s->store, c->email, code, ret, err))
        return false;
    for (size_t i = 0; !*ret && b && i < b->n_formerly; i++)
        if (!store_greeted(s->store, c->email, b->formerly[i].code, ret, err))
            return false;
    return true;
}

/* The bodies of a contact of which it was told nothing yet; "*" stands for all
 * of them. */
static bool new_bodies(TALLOC_CTX *ctx, struct serve *s,
                       const struct contact *c, const char ***ret,
                       size_t *ret_n, struct error *err)
{
    static const char *const every[] = {"*"};
    const char *const *bodies =
        c->n_bodies ? (const char *const *)c->bodies : every;
    size_t n = c->n_bodies ? c->n_bodies : 1, count = 0;

    *ret = array_new(ctx, const char *, n);
    for (size_t i = 0; i < n; i++) {
        bool greeted;

        if (!was_greeted(s, c, bodies[i], &greeted, err))
            return false;
        if (!greeted)
            (*ret)[count++] = bodies[i];
    }
    *ret_n = count;
    return true;
}

static bool greet(struct serve *s, const struct contact *c,
                  const char *const *bodies, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!store_greet(s->store, c->email, bodies[i], err))
            return false;
    return true;
}

static bool welcome(TALLOC_CTX *ctx, const struct inviting *in, size_t contact,
                    const struct contact *c, const char *const *bodies,
                    size_t n, struct error *err)
{
    struct serve *s = in->serve;
    bool every = strcmp(bodies[0], "*") == 0;
    struct notice note = {.kind = NOTICE_WELCOME,
                          .contact = c,
                          .edition = "",
                          .thing = "",
                          .due = in->now,
                          .expires = {in->now.second + 30 * (int64_t)DAY},
                          .lead = {-1, UNIT_DAYS}};
    struct message m;
    int64_t id;
    bool added;

    note.items = office_ahead(ctx, s->generation->rules, in->plan, c, bodies,
                              every ? 0 : n, in->now, &note.n_items);
    note.cause = text_format(ctx, "welcome/%d", in->release);
    for (size_t i = 0; i < n; i++)
        note.cause = text_format(ctx, "%s/%s", note.cause, bodies[i]);
    if (note.n_items == 0)
        return true;
    return letter_compose(ctx, s, &note, in->plan, NULL, in->note, in->release,
                          in->state, in->now, &m, err) &&
           allow(in, contact, &m, err) &&
           store_add_message(s->store, &m, &id, &added, err);
}

bool invitations_welcome(TALLOC_CTX *ctx, const struct inviting *in,
                         bool silent, struct error *err)
{
    struct contacts contacts;
    bool good = serve_contacts(ctx, in->serve, &contacts, err);

    for (size_t i = 0; good && i < contacts.n; i++) {
        const struct contact *c = &contacts.rows[i];
        TALLOC_CTX *tmp = talloc_new(ctx);
        const char **bodies;
        size_t n = 0;

        if (contact_is_subscribed(c))
            good = new_bodies(tmp, in->serve, c, &bodies, &n, err);
        if (good && n > 0)
            good = greet(in->serve, c, bodies, n, err) &&
                   (silent || welcome(tmp, in, i, c, bodies, n, err));
        talloc_free(tmp);
    }
    return good;
}

/* ---- between releases */

static struct inviting between_releases(struct serve *s)
{
    return (struct inviting){.serve = s,
                             .plan = s->out.plan,
                             .feeds = &s->out.feeds,
                             .note = s->out.note.note,
                             .release = s->out.release,
                             .state = s->config->review_kind == REVIEW_ALL
                                          ? MESSAGE_HELD
                                          : MESSAGE_QUEUED,
                             .now = serve_now(s)};
}

bool invitations_leave(TALLOC_CTX *ctx, struct serve *s,
                       const struct contact *c, struct error *err)
{
    struct inviting in = between_releases(s);
    struct contact gone = *c;
    struct contacts one = {&gone, 1};
    struct net *net;
    int n = 0;

    if (!s->out.plan)
        return true;
    if (c->unsubscribed)
        gone.channel = CHANNEL_NONE;
    else if (gone.channel == CHANNEL_INVITE)
        gone.channel = CHANNEL_FEED; /* wants none any more */
    if (!scheduler_net(s, &net, err))
        return false;
    in.allowance = allowance_new(ctx, net, one.n);
    return write_all(ctx, &in, &one, &n, err);
}

bool invitations_catch_up(struct serve *s, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    struct inviting in = between_releases(s);
    struct contacts contacts;
    struct net *net;
    int n = 0;
    bool good;

    if (!s->out.plan || !scheduler_net(s, &net, err) ||
        !serve_contacts(tmp, s, &contacts, err) ||
        !store_begin(s->store, err)) {
        talloc_free(tmp);
        return !s->out.plan;
    }
    in.allowance = allowance_new(tmp, net, contacts.n);
    good = invitations_welcome(tmp, &in, false, err) &&
           invitations_write(tmp, &in, &n, err) && store_commit(s->store, err);
    if (!good)
        store_rollback(s->store);
    talloc_free(tmp);
    return good;
}

/* ---- the desk */

/* Those of the desk who answer for the item's bodies; all where nobody does, or
 * it is about no item. */
static bool *desk_of(TALLOC_CTX *ctx, const struct rules *r,
                     const struct contacts *all, const struct item *about)
{
    bool *chosen = array_new(ctx, bool, all->n);
    bool any = false;

    for (int narrow = about != NULL; !any && narrow >= 0; narrow--)
        for (size_t i = 0; i < all->n; i++) {
            const struct contact *c = &all->rows[i];

            chosen[i] = c->role == ROLE_DESK && contact_is_mailed(c) &&
                        (!narrow || contact_hears_item(r, c, about));
            any = any || chosen[i];
        }
    return chosen;
}

/* The net catches notices as all else, but for its own. */
static bool desk_allow(TALLOC_CTX *ctx, struct serve *s, struct message *m,
                       struct error *err)
{
    struct net *net;

    return text_begins(m->cause, "safety-net/") ||
           (scheduler_net(s, &net, err) && restraint_hold(ctx, s, net, m, err));
}

static bool desk_tell_one(TALLOC_CTX *ctx, struct serve *s,
                          const struct desk_news *news, const struct contact *c,
                          struct error *err)
{
    static const struct plan nothing;
    struct instant now = serve_now(s);
    struct notice n = {.kind = NOTICE_DESK,
                       .cause = news->cause,
                       .contact = c,
                       .edition = news->about ? news->about->edition : "",
                       .thing = "",
                       .due = now,
                       .expires = {now.second + 30 * (int64_t)DAY},
                       .lead = {-1, UNIT_DAYS},
                       .text = news->text,
                       .lines = news->lines,
                       .n_lines = news->n_lines};
    struct message m;
    int64_t id;
    bool added, there;

    if (!store_has_message(s->store, c->email, news->cause, &there, err))
        return false;
    return there ||
           (letter_compose(ctx, s, &n, s->out.plan ? s->out.plan : &nothing,
                           NULL, "", s->out.release, MESSAGE_QUEUED, now, &m,
                           err) &&
            desk_allow(ctx, s, &m, err) &&
            store_add_message(s->store, &m, &id, &added, err)) ||
           wrap(err, "notice to %s", c->email);
}

bool desk_tell(TALLOC_CTX *ctx, struct serve *s, const struct desk_news *news,
               struct error *err)
{
    struct contacts contacts;
    bool *chosen;

    if (!serve_contacts(ctx, s, &contacts, err))
        return false;
    chosen = desk_of(ctx, s->generation->rules, &contacts, news->about);
    for (size_t i = 0; i < contacts.n; i++)
        if (chosen[i] && !desk_tell_one(ctx, s, news, &contacts.rows[i], err))
            return false;
    return true;
}
