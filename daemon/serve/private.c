/*
 * Private feeds, from their secrets to their bodies.
 */
#include "daemon/serve/private.h"

#include <string.h>
#include <sys/random.h>

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define PREFIX "private/"

bool is_private(const char *feed)
{
    return text_begins(feed, PREFIX);
}

/* ---- secrets */

static char *hash_of(TALLOC_CTX *ctx, const char *secret)
{
    unsigned char octets[DIGEST_SIZE];
    struct digest d;

    digest_begin(&d);
    digest_add(&d, secret, strlen(secret));
    digest_end(&d, octets);
    return digest_hex(ctx, octets, sizeof octets);
}

bool private_make(TALLOC_CTX *ctx, struct serve *s, const char *name,
                  const struct contact *c, const char **bodies, size_t n_bodies,
                  int alarm, const char **ret_secret, struct error *err)
{
    unsigned char octets[DIGEST_SIZE];
    struct feed_token t = {.name = name,
                           .email = c->email,
                           .bodies = bodies,
                           .n_bodies = n_bodies,
                           .made = serve_now(s),
                           .revoked = INSTANT_NONE,
                           .alarm = alarm};

    invariant(getrandom(octets, sizeof octets, 0) == (ssize_t)sizeof octets);
    *ret_secret = digest_hex(ctx, octets, sizeof octets);
    t.hash = hash_of(ctx, *ret_secret);
    return store_add_feed_token(s->store, &t, err);
}

const struct feed_token *private_token(const struct serve *s,
                                       const char *secret)
{
    const struct feed_token *found = NULL;
    char *hash = hash_of(NULL, secret);

    for (size_t i = 0; i < s->out.n_tokens; i++)
        if (digest_same_text(s->out.tokens[i].hash, hash))
            found = &s->out.tokens[i];
    talloc_free(hash);
    return found;
}

/* ---- bodies */

static const struct contact *contact_of(const struct contacts *all,
                                        const char *email)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i].email, email))
            return &all->rows[i];
    return NULL;
}

static bool has_body(const char *const *bodies, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(bodies[i], code))
            return true;
    return false;
}

/* The contact as the feed sees it: never wider than either says. */
static struct contact narrowed(TALLOC_CTX *ctx, const struct contact *c,
                               const struct feed_token *t)
{
    struct contact n = *c;

    if (t->n_bodies == 0)
        return n;
    n.bodies = array_new(ctx, const char *, t->n_bodies + 1);
    n.n_bodies = 0;
    for (size_t i = 0; i < t->n_bodies; i++)
        if (c->n_bodies == 0 || has_body(c->bodies, c->n_bodies, t->bodies[i]))
            n.bodies[n.n_bodies++] = t->bodies[i];
    if (n.n_bodies == 0)
        n.bodies[n.n_bodies++] = ""; /* none stands for all */
    return n;
}

static const struct feed *stored(const struct serve *s, const char *name)
{
    for (size_t i = 0; i < s->out.privates.n; i++)
        if (text_same(s->out.privates.rows[i].name, name))
            return &s->out.privates.rows[i];
    return NULL;
}

const struct feeds *private_served(TALLOC_CTX *ctx, const struct serve *s)
{
    struct feeds *all = object_new(ctx, struct feeds);
    const struct feeds *from[] = {&s->out.feeds, &s->out.privates};

    all->rows = array_new(ctx, struct feed, from[0]->n + from[1]->n);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < from[k]->n; i++)
            all->rows[all->n++] = from[k]->rows[i];
    return all;
}

static bool write_one(TALLOC_CTX *ctx, struct serve *s, struct press *press,
                      const struct feed_token *t, const struct contact *c,
                      int release, struct error *err)
{
    char *name = text_format(ctx, PREFIX "%s", t->name);
    struct contact narrow = narrowed(ctx, c, t);
    struct stored_feed row;
    struct error fault;
    struct feed f;

    if (!feed_private(ctx, press, name, &narrow, t->alarm, &f, &fault)) {
        serve_report(s, "release", &fault);
        return true;
    }
    row = (struct stored_feed){.name = f.name,
                               .body = f.body,
                               .size = f.size,
                               .etag = f.etag,
                               .modified = f.modified,
                               .release = release,
                               .events = f.events};
    return store_put_feed(s->store, &row, err);
}

static bool write_or_revoke(TALLOC_CTX *ctx, struct serve *s,
                            struct press *press, const struct feed_token *t,
                            const struct contact *c, int release,
                            struct error *err)
{
    if (c)
        return write_one(ctx, s, press, t, c, release, err);
    return store_revoke_feed_token(s->store, t->name, serve_now(s), err) &&
           store_drop_feed(s->store, text_format(ctx, PREFIX "%s", t->name),
                           err);
}

bool private_write(TALLOC_CTX *ctx, struct serve *s, struct press *press,
                   int release, struct error *err)
{
    struct contacts contacts;
    struct feed_token *tokens;
    size_t n;

    if (!serve_contacts(ctx, s, &contacts, err) ||
        !serve_feed_tokens(ctx, s, &tokens, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (instant_is_none(tokens[i].revoked) &&
            !write_or_revoke(ctx, s, press, &tokens[i],
                             contact_of(&contacts, tokens[i].email), release,
                             err))
            return wrap(err, "private feed %s", tokens[i].name);
    return true;
}

struct feed_input private_input(TALLOC_CTX *ctx, struct serve *s)
{
    struct instant now = serve_now(s);

    return (struct feed_input){.rules = s->generation->rules,
                               .version = s->out.plan,
                               .previous = private_served(ctx, s),
                               .printed = &s->out.printed,
                               .least = s->out.floor.least,
                               .tasks = &s->out.tasks,
                               .now = now,
                               .release_at = now,
                               .base_url = s->config->base_url,
                               .calendar_name = serve_name(s)};
}

bool printed_put(struct serve *s, const struct printed_list *rows,
                 struct error *err)
{
    for (size_t i = 0; i < rows->n; i++)
        if (!store_put_printed(s->store, &rows->rows[i], err))
            return wrap(err, "event %s", rows->rows[i].uid);
    return true;
}

void printed_raise(struct floor *f, const struct printed_list *rows)
{
    f->sequence++;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->rows[i].sequence > f->sequence)
            f->sequence = rows->rows[i].sequence;
}

bool private_print(TALLOC_CTX *ctx, struct serve *s, struct press *press,
                   struct error *err)
{
    struct printed_list changed;
    struct floor floor;

    if (!private_write(ctx, s, press, s->out.release, err))
        return false;
    changed = press_printed(ctx, press);
    if (changed.n == 0)
        return true;
    if (!printed_put(s, &changed, err) ||
        !store_floor(ctx, s->store, &floor, err))
        return false;
    printed_raise(&floor, &changed);
    /* What was restored stays known as such until it is released. */
    return floor.restored || store_set_floor(s->store, &floor, err);
}

bool private_refresh(TALLOC_CTX *ctx, struct serve *s, struct error *err)
{
    struct feed_input in = private_input(ctx, s);

    return !s->out.plan || private_print(ctx, s, press_make(ctx, &in), err);
}

const struct feed *private_feed(const struct serve *s,
                                const struct feed_token *t)
{
    char *name = text_format(NULL, PREFIX "%s", t->name);
    const struct feed *f = stored(s, name);

    talloc_free(name);
    return f;
}

const struct feed *private_notice(TALLOC_CTX *ctx, const struct serve *s,
                                  const struct feed_token *t)
{
    struct feed_input in = {.rules = s->generation->rules,
                            .calendar_name = serve_name(s)};
    struct feed *f = object_new(ctx, struct feed);
    int64_t age = serve_now(s).second - t->revoked.second;

    if (age > (int64_t)PRIVATE_GRACE_DAYS * 86400)
        return NULL;
    *f = feed_withdrawn(ctx, &in, t->hash, s->config->mail_domain,
                        s->config->contact, t->revoked);
    return f;
}
