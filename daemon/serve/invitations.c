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

struct invitations_run {
    struct serve *serve;
    struct occasion o;
    struct allowance *allowance; /* NULL: a release, which is not counted */
    struct contacts contacts;
    bool greets, silent;  /* newcomers; `silent`: they were told already */
    size_t greeted;       /* contacts looked at so far */
    bool listed;          /* what follows is there */
    struct message *rows; /* of invitations so far, by recipient, item, id */
    size_t n;
    struct itip_source *source; /* NULL until it is needed */
    struct invitations all;
    size_t at; /* of all */
    int written;
    TALLOC_CTX *ctx; /* of the one in hand */
};

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

static bool allow(struct invitations_run *w, const struct contact *c,
                  struct message *m, struct error *err)
{
    struct allowance *a = w->allowance;
    struct verdict_of *v = a ? &a->rows[c - w->contacts.rows] : NULL;

    if (!a || m->state != MESSAGE_QUEUED)
        return true;
    if (v->asked) {
        m->state = v->held ? MESSAGE_HELD : m->state;
        m->verdict = v->held ? v->why : m->verdict;
        return true;
    }
    if (!restraint_hold(a, w->serve, a->net, m, err))
        return false;
    *v = (struct verdict_of){true, m->state == MESSAGE_HELD, m->verdict};
    return true;
}

/* ---- writing one */

/* The events as those see them who are invited: the public feed where that is
 * the same. NULL when there is none. */
static const char *events_of(struct invitations_run *w)
{
    struct serve *s = w->serve;
    struct feed_input input = {.rules = s->generation->rules,
                               .version = w->o.plan,
                               .now = w->o.now,
                               .release_at = w->o.now,
                               .base_url = s->config->base_url,
                               .calendar_name = serve_name(s)};
    const struct feed *open = feeds_find(&s->out.feeds, "all");
    struct error err;
    struct feed feed;

    if (!feed_has_special(w->o.plan))
        return open ? open->body : NULL;
    input.previous = private_served(w, s);
    input.printed = &s->out.printed;
    if (feed_invited(w, press_make(w, &input), &feed, &err))
        return feed.body;
    serve_report(s, "invitations", &err);
    return open ? open->body : NULL;
}

/* Its events, read once; *ret NULL when there is no feed. */
static bool source_of(struct invitations_run *w, struct itip_source **ret,
                      struct error *err)
{
    const char *body = w->source ? NULL : events_of(w);

    if (body && !itip_read(w, body, &w->source, err))
        return false;
    *ret = w->source;
    return true;
}

static int compare_told(const struct message *m, const struct invitation *i)
{
    int order = text_compare(m->to, i->contact->email);

    return order ? order : strcmp(m->thing, i->item->id);
}

/* The first message that the contact had about the item, or the place where it
 * would stand. */
static size_t first_told(const struct invitations_run *w,
                         const struct invitation *i)
{
    size_t from = 0, to = w->n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (compare_told(&w->rows[middle], i) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* As it is now: an officer may have dropped it since the list was read. */
static bool drop_one(struct invitations_run *w, int64_t id, struct error *err)
{
    struct message m;

    if (!store_message(w->ctx, w->serve->store, id, &m, err))
        return false;
    if (!is_open(&m))
        return true;
    m.state = MESSAGE_DROPPED;
    m.settled = w->o.now;
    m.verdict = "a newer one took its place";
    return store_settle(w->serve->store, &m, err);
}

static bool drop_older(struct invitations_run *w, const struct invitation *i,
                       struct error *err)
{
    for (size_t k = first_told(w, i);
         k < w->n && compare_told(&w->rows[k], i) == 0; k++)
        if (is_open(&w->rows[k]) && w->rows[k].uncertain == 0 &&
            !drop_one(w, w->rows[k].id, err))
            return false;
    return true;
}

static const char *cause_word(enum notice_kind kind)
{
    return kind == NOTICE_INVITATION ? "invitation"
           : kind == NOTICE_CHANGE   ? "change"
                                     : "cancellation";
}

static struct notice notice_of(struct invitations_run *w,
                               const struct invitation *i, const char **items)
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
        .due = w->o.now,
        .expires = {i->item->start_utc.second + (cancel ? DAY : 0)},
        .lead = {-1, UNIT_DAYS},
        .items = items,
        .n_items = 1,
    };
}

static bool add_calendar(struct invitations_run *w, const struct invitation *i,
                         struct notice *n, struct error *err)
{
    struct serve *s = w->serve;
    enum itip_method method = i->kind != NOTICE_CANCELLATION ? ITIP_REQUEST
                              : i->left                      ? ITIP_UNINVITE
                                                             : ITIP_CANCEL;
    struct instant stamp = i->left || i->round > 0 ? w->o.now : INSTANT_NONE;
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

static bool add_message(struct invitations_run *w, const struct message *m,
                        struct error *err)
{
    int64_t id;
    bool added = false,
         good = store_add_message(w->serve->store, m, &id, &added, err);

    w->written += added;
    return good;
}

static bool write_one(struct invitations_run *w, const struct invitation *i,
                      struct error *err)
{
    struct store *st = w->serve->store;
    struct itip_source *source;
    const char *items[1];
    struct notice n = notice_of(w, i, items);
    struct message m;
    bool there;

    if (!source_of(w, &source, err) ||
        !store_has_message(st, i->contact->email, n.cause, &there, err))
        return false;
    if (!source || !itip_has(source, i->item->uid, NULL))
        return true;
    if (!drop_older(w, i, err))
        return false;
    if (there || (i->kind == NOTICE_CANCELLATION && !i->begun))
        return true;
    return add_calendar(w, i, &n, err) &&
           letter_compose(w->ctx, w->serve, &n, &w->o, &m, err) &&
           allow(w, i->contact, &m, err) && add_message(w, &m, err);
}

/* What the contacts are owed, by what they were told. */
static bool list_all(struct invitations_run *w, struct error *err)
{
    struct told *told;
    size_t n_told;

    if (!store_invitations(w, w->serve->store, NULL, &w->rows, &w->n, err))
        return false;
    told = told_of(w, w->rows, w->n, &n_told);
    w->all = office_invitations(w, w->serve->generation->rules, w->o.plan,
                                &w->contacts, told, n_told, w->o.now);
    w->listed = true;
    return true;
}

/* One that cannot be written never keeps the others back; a store that takes
 * nothing does. */
static bool write_next(struct invitations_run *w, struct error *err)
{
    const struct invitation *i = &w->all.rows[w->at++];
    bool good;

    w->ctx = talloc_new(w);
    good = write_one(w, i, err) ||
           wrap(err, "mail to %s about %s", i->contact->email, i->item->id);
    talloc_free(w->ctx);
    if (!good && err->code != REPLY_LATER) {
        serve_report(w->serve, "invitation", err);
        good = true;
    }
    return good;
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

static bool welcome(struct invitations_run *w, const struct contact *c,
                    const char *const *bodies, size_t n, struct error *err)
{
    struct serve *s = w->serve;
    bool every = strcmp(bodies[0], "*") == 0;
    struct notice note = {.kind = NOTICE_WELCOME,
                          .contact = c,
                          .edition = "",
                          .thing = "",
                          .due = w->o.now,
                          .expires = {w->o.now.second + 30 * (int64_t)DAY},
                          .lead = {-1, UNIT_DAYS}};
    struct message m;

    note.items = office_ahead(w->ctx, s->generation->rules, w->o.plan, c,
                              bodies, every ? 0 : n, w->o.now, &note.n_items);
    note.cause = text_format(w->ctx, "welcome/%d", w->o.release);
    for (size_t i = 0; i < n; i++)
        note.cause = text_format(w->ctx, "%s/%s", note.cause, bodies[i]);
    if (note.n_items == 0)
        return true;
    return letter_compose(w->ctx, s, &note, &w->o, &m, err) &&
           allow(w, c, &m, err) && add_message(w, &m, err);
}

static bool greet_next(struct invitations_run *w, struct error *err)
{
    const struct contact *c = &w->contacts.rows[w->greeted++];
    const char **bodies;
    size_t n = 0;
    bool good = true;

    w->ctx = talloc_new(w);
    if (contact_is_subscribed(c))
        good = new_bodies(w->ctx, w->serve, c, &bodies, &n, err);
    if (good && n > 0)
        good = greet(w->serve, c, bodies, n, err) &&
               (w->silent || welcome(w, c, bodies, n, err));
    talloc_free(w->ctx);
    return good;
}

/* ---- all of it, piece by piece */

static struct invitations_run *run_new(TALLOC_CTX *ctx, struct serve *s,
                                       enum message_state state)
{
    struct invitations_run *w = object_new(ctx, struct invitations_run);

    w->serve = s;
    w->o = (struct occasion){.plan = s->out.plan,
                             .note = s->out.note.note,
                             .release = s->out.release,
                             .state = state,
                             .now = serve_now(s)};
    return w;
}

static bool count(struct invitations_run *w, struct error *err)
{
    struct net *net;

    if (!scheduler_net(w->serve, &net, err))
        return false;
    w->allowance = allowance_new(w, net, w->contacts.n);
    return true;
}

static enum message_state state_between(const struct serve *s)
{
    return s->config->review_kind == REVIEW_ALL ? MESSAGE_HELD : MESSAGE_QUEUED;
}

bool invitations_released(TALLOC_CTX *ctx, struct serve *s,
                          enum message_state state,
                          struct invitations_run **ret, struct error *err)
{
    struct invitations_run *w = run_new(ctx, s, state);

    w->greets = w->silent = s->out.release == 1;
    if (!serve_contacts(w, s, &w->contacts, err))
        return false;
    *ret = w;
    return true;
}

bool invitations_catch_up(TALLOC_CTX *ctx, struct serve *s,
                          struct invitations_run **ret, struct error *err)
{
    struct invitations_run *w = run_new(ctx, s, state_between(s));

    w->greets = true;
    if (!serve_contacts(w, s, &w->contacts, err) || !count(w, err))
        return false;
    *ret = w;
    return true;
}

bool invitations_next(struct invitations_run *w, size_t most, int *written,
                      bool *ret_done, struct error *err)
{
    w->written = 0;
    for (; w->greets && w->greeted < w->contacts.n && most > 0; most--)
        if (!greet_next(w, err))
            return false;
    if (most > 0 && !w->listed && !list_all(w, err))
        return false;
    for (; w->listed && w->at < w->all.n && most > 0; most--)
        if (!write_next(w, err))
            return false;
    *written += w->written;
    *ret_done = w->listed && w->at == w->all.n;
    return true;
}

size_t invitations_left(const struct invitations_run *w)
{
    size_t greetings = w->greets && !w->silent ? w->contacts.n - w->greeted : 0;

    return greetings + (w->listed ? w->all.n - w->at : 1);
}

bool invitations_leave(TALLOC_CTX *ctx, struct serve *s,
                       const struct contact *c, struct error *err)
{
    struct invitations_run *w;
    struct contact gone = *c;
    int n = 0;
    bool good, done = false;

    if (!s->out.plan)
        return true;
    if (c->unsubscribed)
        gone.channel = CHANNEL_NONE;
    else if (gone.channel == CHANNEL_INVITE)
        gone.channel = CHANNEL_FEED; /* wants none any more */
    w = run_new(ctx, s, state_between(s));
    w->contacts = (struct contacts){&gone, 1};
    good = count(w, err) && invitations_next(w, SIZE_MAX, &n, &done, err);
    talloc_free(w);
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
    const struct occasion o = {.plan = s->out.plan ? s->out.plan : &nothing,
                               .note = "",
                               .release = s->out.release,
                               .state = MESSAGE_QUEUED,
                               .now = now};
    struct message m;
    int64_t id;
    bool added, there;

    if (!store_has_message(s->store, c->email, news->cause, &there, err))
        return false;
    return there ||
           (letter_compose(ctx, s, &n, &o, &m, err) &&
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
