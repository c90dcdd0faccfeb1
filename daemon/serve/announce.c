/*
 * What is owed is a setting, "held" or "queued", that goes with the last letter
 * in one transaction. What the letters say follows from the last two versions,
 * as the store has them: a run that begins anew writes what the first would
 * have written, and the digests that are there already are passed over.
 */
#include "daemon/serve/announce.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/serve/invitations.h"

#define OWED "letters owed" /* the setting */

struct announcement {
    struct serve *serve;
    struct occasion o;
    struct changes changes;
    struct contacts contacts;
    struct notices digests;
    size_t at;                   /* of digests */
    struct invitations_run *run; /* NULL before the digests are written */
    int written;                 /* in this transaction */
};

bool announce_owe(struct serve *s, enum message_state state, struct error *err)
{
    return store_set_setting(s->store, OWED, message_state_word(state), err);
}

/* *ret_owed false: nothing is. */
static bool owed_state(const struct serve *s, bool *ret_owed,
                       enum message_state *ret, struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *word;
    bool good = store_setting(tmp, s->store, OWED, &word, err);

    if (good)
        *ret_owed = word && message_state_parse(word, ret);
    talloc_free(tmp);
    return good;
}

bool announce_owed(const struct serve *s, bool *ret, struct error *err)
{
    enum message_state state;

    return owed_state(s, ret, &state, err);
}

/* The version before, and what changed since. */
static bool compare(struct announcement *a, struct error *err)
{
    struct serve *s = a->serve;
    struct plan *before = NULL;

    if (s->out.release > 1 &&
        !store_version(a, s->store, s->out.release - 1, &before, err))
        return false;
    a->changes = plan_diff(a, before, s->out.plan);
    a->o.plan = s->out.plan;
    a->o.before = before;
    a->o.changes = &a->changes;
    a->o.note = s->out.note.note;
    a->o.release = s->out.release;
    return true;
}

bool announce_begin(TALLOC_CTX *ctx, struct serve *s, struct announcement **ret,
                    struct error *err)
{
    struct announcement *a = object_new(ctx, struct announcement);
    bool owed = false;

    a->serve = s;
    a->o.now = serve_now(s);
    if (!owed_state(s, &owed, &a->o.state, err))
        return false;
    if (!owed || !s->out.plan) {
        a->o.release = 0; /* only the setting is left to be cleared */
        *ret = a;
        return true;
    }
    if (!compare(a, err) || !serve_contacts(a, s, &a->contacts, err))
        return false;
    a->digests = office_digests(a, s->generation->rules, a->o.before, a->o.plan,
                                &a->changes, &s->out.tasks, a->o.release,
                                a->o.now, &a->contacts);
    *ret = a;
    return true;
}

static bool write_digest(struct announcement *a, const struct notice *n,
                         struct error *err)
{
    struct serve *s = a->serve;
    TALLOC_CTX *tmp = talloc_new(a);
    struct message m;
    int64_t id;
    bool there = false, added = false,
         good = store_has_message(s->store, n->contact->email, n->cause, &there,
                                  err);

    if (good && !there)
        good = letter_compose(tmp, s, n, &a->o, &m, err) &&
               store_add_message(s->store, &m, &id, &added, err);
    talloc_free(tmp);
    a->written += added;
    return good || wrap(err, "mail to %s", n->contact->email);
}

/* One that cannot be written never keeps the others back; a store that takes
 * nothing does. */
static bool write_digests(struct announcement *a, size_t most,
                          struct error *err)
{
    for (; a->at < a->digests.n && most > 0; most--) {
        if (write_digest(a, &a->digests.rows[a->at++], err))
            continue;
        if (err->code == REPLY_LATER)
            return false;
        serve_report(a->serve, "digest", err);
    }
    return true;
}

static bool write_some(struct announcement *a, size_t most, bool *ret_done,
                       struct error *err)
{
    struct serve *s = a->serve;

    *ret_done = a->o.release == 0;
    if (a->at < a->digests.n)
        return write_digests(a, most, err);
    if (!*ret_done && !a->run &&
        !invitations_released(a, s, a->o.state, &a->run, err))
        return false;
    if (a->run && !invitations_next(a->run, most, &a->written, ret_done, err))
        return false;
    return !*ret_done || store_set_setting(s->store, OWED, "", err);
}

bool announce_next(struct announcement *a, size_t most, int *written,
                   bool *ret_done, struct error *err)
{
    struct store *st = a->serve->store;

    *ret_done = false;
    a->written = 0;
    if (!store_begin(st, err))
        return false;
    if (!write_some(a, most, ret_done, err) || !store_commit(st, err)) {
        store_rollback(st);
        return false;
    }
    *written += a->written;
    return true;
}

size_t announce_left(const struct announcement *a)
{
    size_t left = a->digests.n - a->at;

    return a->run ? left + invitations_left(a->run) : left + 1;
}
