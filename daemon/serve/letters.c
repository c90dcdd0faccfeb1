/*
 * Letters: a notice becomes a finished mail: a template, filled in with the
 * view of letter_view.h, composed, with the identity it keeps.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/base/mailto.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mail/compose.h"
#include "daemon/publish/view.h"
#include "daemon/serve/letter_view.h"
#include "daemon/serve/restraint.h"
#include "daemon/serve/tokens.h"

/* A template that a directory of one's own may lack, else another one. */
static const char *template_or(const struct serve *s, const char *name,
                               const char *otherwise)
{
    const char *const *names = letter_names(s->generation->templates);

    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return name;
    return otherwise;
}

static const char *template_of(const struct serve *s, const struct notice *n)
{
    const struct task *t;

    switch (n->kind) {
    case NOTICE_REMINDER:
        return "reminder";
    case NOTICE_TASK:
        t = letter_task(s, n->thing);
        return t && t->rule && t->rule->mail
                   ? template_or(s, t->rule->mail, "task")
                   : "task";
    case NOTICE_OVERDUE:
        return template_or(s, "overdue", "task");
    case NOTICE_DIGEST:
        return "digest";
    case NOTICE_WELCOME:
        return template_or(s, "welcome", "reminder");
    case NOTICE_INVITATION:
    case NOTICE_CHANGE:
        return template_or(s, "invitation", "reminder");
    case NOTICE_CANCELLATION:
        return template_or(s, "cancellation", "reminder");
    case NOTICE_DESK:
        return template_or(s, "notice", "digest");
    }
    return "digest";
}

static enum message_kind kind_of(const struct notice *n)
{
    switch (n->kind) {
    case NOTICE_REMINDER:
        return MESSAGE_REMINDER;
    case NOTICE_TASK:
    case NOTICE_OVERDUE:
        return MESSAGE_TASK;
    case NOTICE_INVITATION:
        return MESSAGE_INVITATION;
    case NOTICE_CHANGE:
        return MESSAGE_CHANGE;
    case NOTICE_CANCELLATION:
        return MESSAGE_CANCELLATION;
    case NOTICE_DESK:
        return MESSAGE_NOTICE;
    case NOTICE_DIGEST:
    case NOTICE_WELCOME:
        return MESSAGE_DIGEST;
    }
    return MESSAGE_DIGEST;
}

/* 26 characters that nobody can guess; a Message-ID is written once. */
static char *random_name(TALLOC_CTX *ctx)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char octets[26];
    char *name = memory_array(ctx, 1, sizeof octets + 1, "char");

    invariant(getrandom(octets, sizeof octets, 0) == (ssize_t)sizeof octets);
    for (size_t i = 0; i < sizeof octets; i++)
        name[i] = letters[octets[i] % 32];
    return name;
}

/* Digests and reminders of meetings are a service; what one is bound to know
 * (tasks, invitations) cannot be refused. */
static bool is_refusable(const struct notice *n)
{
    return n->kind == NOTICE_DIGEST || n->kind == NOTICE_WELCOME ||
           n->kind == NOTICE_REMINDER;
}

/* Where a reader asks to be left alone. */
static const char *unsubscribe_of(TALLOC_CTX *ctx, const struct serve *s)
{
    return text_format(ctx, "%s?subject=unsubscribe",
                       mailto_print(ctx, s->config->from_address));
}

static void end_json(void *j)
{
    json_decref(j);
}

/* The headers and parts of a letter. */
static struct mail_fields fields_of(TALLOC_CTX *ctx, const struct serve *s,
                                    const struct notice *n,
                                    const struct plan *plan,
                                    const struct letter *letter,
                                    const char *message_id, struct instant now)
{
    const struct config *c = s->config;
    const struct sector *sector = notice_sector(s->generation->rules, n);
    const struct edition *e =
        n->edition[0] ? plan_edition(plan, n->edition) : NULL;

    return (struct mail_fields){
        .date = now,
        .from_name = c->from_name,
        .from_address = c->from_address,
        .to_name = n->contact->name,
        .to_address = n->contact->email,
        .subject = letter->subject,
        .message_id = message_id,
        .references = e && e->uid[0] ? text_format(ctx, "<%s>", e->uid) : NULL,
        .list_id = text_format(ctx, "%s <%s.%s>", sector->title, sector->code,
                               c->mail_domain),
        .unsubscribe = is_refusable(n) ? unsubscribe_of(ctx, s) : NULL,
        .one_click = n->leave_url,
        .reply_to = c->reply_to[0] ? c->reply_to : NULL,
        .text = letter->text,
        .html = letter->html,
        .calendar = n->calendar,
        .method = n->method,
    };
}

bool letter_compose(TALLOC_CTX *ctx, struct serve *s, const struct notice *n,
                    const struct occasion *o, struct message *ret,
                    struct error *err)
{
    const struct config *c = s->config;
    struct notice told = *n;
    struct letter letter;
    struct mail_fields f;
    char *octets;
    struct message m;
    json_t *view;

    serve_alive(s);
    if (is_refusable(n) &&
        !token_leave_url(ctx, s, n->contact->email, &told.leave_url, err))
        return false;
    view = memory_hold(ctx, letter_view(ctx, s, &told, o), end_json);
    if (!letter_render(ctx, s->generation->templates, template_of(s, n), view,
                       &letter, err))
        return false;
    m = (struct message){
        .kind = kind_of(n),
        .cause = n->cause,
        .to = n->contact->email,
        .name = n->contact->name,
        .party = n->contact->of,
        .from = c->envelope_from[0] ? c->envelope_from : c->from_address,
        .subject = letter.subject,
        .edition = n->edition,
        .thing = n->thing,
        .message_id =
            text_format(ctx, "%s@%s", random_name(ctx), c->mail_domain),
        .state = o->state,
        .created = o->now,
        .next = o->now,
        .expires = n->expires,
        .settled = INSTANT_NONE,
        .verdict = "",
    };
    f = fields_of(ctx, s, &told, o->plan, &letter, m.message_id, o->now);
    if (!mail_compose(ctx, &f, &octets, &m.size, err))
        return false;
    m.octets = octets;
    if (m.expires.second > o->now.second + c->lifetime_seconds)
        m.expires.second = o->now.second + c->lifetime_seconds;
    if (m.state == MESSAGE_QUEUED)
        m.next = restraint_time(s, o->plan, n->contact, m.kind, m.edition,
                                o->now, m.expires);
    *ret = m;
    return true;
}

bool letter_again(TALLOC_CTX *ctx, struct serve *s, const struct message *was,
                  struct message *ret, struct error *err)
{
    const struct config *c = s->config;
    struct message m = *was;
    bool taken = true;

    for (int round = 2; taken; round++) {
        m.cause = text_format(ctx, "%s/round-%d", was->cause, round);
        if (!store_has_message(s->store, m.to, m.cause, &taken, err))
            return false;
    }
    m.message_id = text_format(ctx, "%s@%s", random_name(ctx), c->mail_domain);
    m.octets = mail_renew(ctx, was->octets, was->message_id, m.message_id);
    if (!m.octets)
        return fail(err, REPLY_INTERNAL, "message %lld has no Message-ID",
                    (long long)was->id);
    m.size = strlen(m.octets);
    m.state = MESSAGE_QUEUED;
    m.created = m.next = serve_now(s);
    m.expires.second = m.created.second + c->lifetime_seconds;
    m.settled = INSTANT_NONE;
    m.attempts = m.uncertain = 0;
    m.verdict = "";
    *ret = m;
    return true;
}

/* The notice that a template would be filled in for. */
static struct notice preview_notice(TALLOC_CTX *ctx, struct serve *s,
                                    const struct contact *reader,
                                    const char *name, const struct plan *plan,
                                    const char *thing)
{
    const struct item *item = plan_item(plan, thing);
    const struct task *task = letter_task(s, thing);
    const char *edition = item   ? item->edition
                          : task ? task->edition
                                 : memory_text(ctx, thing);
    struct notice n = {
        .kind = strcmp(name, "digest") == 0 ? NOTICE_DIGEST
                : task                      ? NOTICE_TASK
                                            : NOTICE_REMINDER,
        .cause = "preview",
        .contact = reader,
        .edition = edition,
        .thing = task ? task->id : "",
        .lead = {14, UNIT_DAYS},
        .rung = task ? "owner" : NULL,
        .text = "what the desk is told",
        .answer_url = text_format(ctx, "%s/rsvp/...", s->config->base_url)};
    size_t count = 0;
    const struct item *items = plan_items_of(plan, edition, &count);

    n.items = array_new(ctx, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!item || &items[i] == item)
            n.items[n.n_items++] = items[i].id;
    if (n.kind == NOTICE_DIGEST)
        n.items[n.n_items++] = edition;
    return n;
}

bool letter_preview(TALLOC_CTX *ctx, struct serve *s, const char *name,
                    const struct plan *plan, const char *thing, bool html,
                    char **ret, struct error *err)
{
    const struct contact reader = {.email = "delegate@example.org",
                                   .name = "Name of the recipient",
                                   .of = "",
                                   .zone = zone_name(s->config->clock)};
    struct notice n = preview_notice(ctx, s, &reader, name, plan, thing);
    struct changes all = plan_diff(ctx, NULL, plan);
    const struct occasion o = {.plan = plan,
                               .before = s->out.plan,
                               .changes = &all,
                               .note = s->out.note.note,
                               .release = s->out.release,
                               .now = serve_now(s)};
    struct letter letter;
    json_t *view;

    if (!plan_edition(plan, n.edition))
        return fail(err, REPLY_NOTFOUND, "no edition, item or task %s", thing);
    view = memory_hold(ctx, letter_view(ctx, s, &n, &o), end_json);
    if (!letter_render(ctx, s->generation->templates, name, view, &letter, err))
        return false;
    if (html && !letter.html)
        return fail(err, REPLY_NOTFOUND, "the template %s has no HTML form",
                    name);
    *ret = html ? memory_text(ctx, letter.html)
                : text_format(ctx, "Subject: %s\n\n%s", letter.subject,
                              letter.text);
    return true;
}
