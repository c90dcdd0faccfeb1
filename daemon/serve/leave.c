/*
 * Leaving by a link, or by the button of a mail program that posts to it
 * (RFC 8058). Who leaves gets no more digests and reminders of meetings; what
 * one is bound to know (tasks, invitations, cancellations) still comes. Only an
 * officer takes it back: the link may be in other hands than the mailbox.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/form.h"
#include "daemon/serve/invitations.h"
#include "daemon/serve/tokens.h"
#include "daemon/serve/verbs.h"

#define PAGE 500

struct leaving {
    TALLOC_CTX *ctx;
    const struct http_call *call;
    struct contact contact;
};

/* ---- what waits for it */

static bool is_refused(const struct leaving *l, const struct message *m)
{
    return (m->kind == MESSAGE_DIGEST || m->kind == MESSAGE_REMINDER) &&
           text_same(m->to, l->contact.email) && m->uncertain == 0;
}

static bool drop_in_state(struct leaving *l, enum message_state state,
                          struct error *err)
{
    struct serve *s = l->call->serve;
    struct message *rows;
    int64_t after = 0;
    size_t n = PAGE;

    while (n == PAGE) {
        if (!store_messages(l->ctx, s->store, (int)state, NULL, after, PAGE,
                            &rows, &n, err))
            return false;
        after = n > 0 ? rows[n - 1].id : after;
        for (size_t i = 0; i < n; i++) {
            if (!is_refused(l, &rows[i]))
                continue;
            rows[i].state = MESSAGE_DROPPED;
            rows[i].settled = serve_now(s);
            rows[i].verdict = "its recipient wants no more of them";
            if (!store_settle(s->store, &rows[i], err))
                return false;
        }
    }
    return true;
}

static bool drop_waiting(struct leaving *l, struct error *err)
{
    return drop_in_state(l, MESSAGE_HELD, err) &&
           drop_in_state(l, MESSAGE_QUEUED, err) &&
           drop_in_state(l, MESSAGE_DEFERRED, err);
}

/* ---- leaving */

static bool tell(struct leaving *l, struct error *err)
{
    struct serve *s = l->call->serve;
    const struct contact *c = &l->contact;
    const struct log_row log = {.at = serve_now(s),
                                .who = c->email,
                                .uid = -1,
                                .verb = "unsubscribe",
                                .args = "{}",
                                .reason = "",
                                .things = c->email,
                                .before = "",
                                .after = ""};
    const struct desk_news news = {
        .cause = text_format(l->ctx, "unsubscribed/%s/%lld", c->email,
                             (long long)log.at.second),
        .text = text_format(l->ctx,
                            "%s (%s) wants no more digests and reminders; "
                            "tasks and invitations still go there",
                            c->email, c->name)};

    return store_log(s->store, &log, err) && desk_tell(l->ctx, s, &news, err);
}

static bool leave(struct leaving *l, struct error *err)
{
    struct serve *s = l->call->serve;

    l->contact.unsubscribed = true;
    if (!store_begin(s->store, err))
        return false;
    if (store_put_contact(s->store, &l->contact, err) && drop_waiting(l, err) &&
        tell(l, err) && store_commit(s->store, err)) {
        scheduler_changed(s);
        delivery_poke(s);
        return true;
    }
    store_rollback(s->store);
    return false;
}

/* ---- pages */

static enum MHD_Result show(struct leaving *l)
{
    const struct serve *s = l->call->serve;
    char *address = form_escape(l->ctx, l->contact.email);
    const char *desk = form_escape(l->ctx, s->config->contact);
    char *body =
        l->contact.unsubscribed
            ? text_format(l->ctx,
                          "<p>%s gets no digests of changes and no reminders "
                          "of meetings.</p>\n<p>To get them again, write to "
                          "%s.</p>\n",
                          address, *desk ? desk : "the secretariat")
            : text_format(
                  l->ctx,
                  "<p>%s gets digests of changes and reminders of "
                  "meetings.</p>\n<p>Tasks, invitations and cancellations will "
                  "still come.</p>\n<form method=\"post\">\n<p>"
                  "<button name=\"List-Unsubscribe\" value=\"One-Click\">Send "
                  "me no more of them</button></p>\n</form>\n",
                  address);

    return form_send(l->call, MHD_HTTP_OK, "Digests and reminders", body);
}

/* As a form or in parts: nothing else has both words. */
static bool is_one_click(const char *body)
{
    return strstr(body, "List-Unsubscribe") && strstr(body, "One-Click");
}

static enum MHD_Result take(struct leaving *l, const char *body)
{
    struct error err;

    if (!is_one_click(body))
        return form_refuse(l->call, MHD_HTTP_BAD_REQUEST,
                           "Say that you want no more mail: use the button.");
    if (!l->contact.unsubscribed && !leave(l, &err)) {
        serve_report(l->call->serve, "unsubscribe", &err);
        return form_refuse(l->call, (unsigned)reply_http(err.code),
                           "This could not be kept. Try again later.");
    }
    return show(l);
}

/* Whose token is it, and is it a contact still? */
static bool find(struct leaving *l, bool *ret_found, struct error *err)
{
    struct serve *s = l->call->serve;
    const char *thing, *email;
    const struct contact *c;
    struct contacts all;

    *ret_found = false;
    if (!token_answer(l->ctx, s, l->call->path + strlen(LEAVE_PATH), &thing,
                      &email, err))
        return false;
    if (!thing || strcmp(thing, TOKEN_LEAVE) != 0)
        return true;
    if (!serve_contacts(l->ctx, s, &all, err))
        return false;
    c = find_contact(&all, email);
    *ret_found = c != NULL;
    if (c)
        l->contact = *c;
    return true;
}

enum MHD_Result leave_answer(const struct http_call *call, const char *body)
{
    struct leaving l = {.ctx = talloc_new(NULL), .call = call};
    enum MHD_Result result;
    struct error err;
    bool found;

    if (!find(&l, &found, &err)) {
        serve_report(call->serve, "unsubscribe", &err);
        result = form_refuse(call, (unsigned)reply_http(err.code),
                             "The page cannot be made now. Try again later.");
    } else if (!found) {
        result = form_refuse(call, MHD_HTTP_NOT_FOUND,
                             "There is no such subscription.");
    } else {
        result = body ? take(&l, body) : show(&l);
    }
    talloc_free(l.ctx);
    return result;
}
