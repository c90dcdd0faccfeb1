/*
 * Answering by a link.
 *
 * 1. The token is the only key; what it opens is one answer of one contact.
 * 2. Everything that people wrote is escaped.
 */
#include "daemon/serve/form.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/when.h"
#include "daemon/serve/inbox.h"
#include "daemon/serve/tokens.h"

#define COMMENT_MOST 500

static const struct choice {
    const char *partstat, *button, *said;
} choices[] = {
    {"ACCEPTED", "I come", "You come."},
    {"TENTATIVE", "Perhaps", "You may come."},
    {"DECLINED", "I do not come", "You do not come."},
};

/* ---- one answer */

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

struct asked {
    TALLOC_CTX *ctx;
    const struct http_call *call;
    const char *thing, *email;
    const struct item *item; /* of the version; NULL when it is gone */
    struct message invitation;
    struct reply_row before; /* when answered */
    bool answered;
};

static const char *when_of(struct asked *a)
{
    const struct item *i = a->item;
    struct when w = {i->start, i->end,
                     local_seconds(i->start) - i->start_utc.second, i->zone};

    return when_print(a->ctx, &w, DATE_NONE);
}

static const char *said(const char *partstat)
{
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (strcmp(choices[i].partstat, partstat) == 0)
            return choices[i].said;
    return "";
}

static char *answer_line(struct asked *a)
{
    const char *comment = a->before.comment;

    if (!a->answered)
        return memory_text(a->ctx, "<p>You have not answered yet.</p>\n");
    return text_format(a->ctx, "<p>Your answer: <strong>%s</strong>%s%s</p>\n",
                       said(a->before.partstat), *comment ? " " : "",
                       form_escape(a->ctx, comment));
}

static char *form(struct asked *a)
{
    char *text = text_format(
        a->ctx,
        "<form method=\"post\" class=\"answer\">\n<p><label "
        "for=\"comment\">A word to the secretariat, if you like:</label><br>\n"
        "<input id=\"comment\" name=\"comment\" maxlength=\"%d\" "
        "size=\"60\"></p>\n<p class=\"buttons\">\n",
        COMMENT_MOST);

    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        text = text_format(a->ctx,
                           "%s<button name=\"partstat\" value=\"%s\">%s"
                           "</button>\n",
                           text, choices[i].partstat, choices[i].button);
    return text_format(a->ctx, "%s</p>\n</form>\n", text);
}

static bool is_over(struct asked *a)
{
    return !a->item || a->item->status == ITEM_CANCELLED ||
           a->item->end_utc.second <= serve_now(a->call->serve).second;
}

/* What the meeting is a part of: "Opening Ceremony" alone says little. */
static const char *edition_of(struct asked *a)
{
    const struct edition *e =
        plan_edition(a->call->serve->out.plan, a->item->edition);

    return !e || text_same(e->title, a->item->title) ? "" : e->title;
}

static char *fact(struct asked *a, const char *name, const char *text)
{
    if (!*text)
        return memory_text(a->ctx, "");
    return text_format(a->ctx, "<div><dt>%s</dt><dd>%s</dd></div>\n", name,
                       form_escape(a->ctx, text));
}

static enum MHD_Result show(struct asked *a)
{
    bool over = is_over(a);
    char *body =
        text_format(a->ctx, "<dl class=\"facts\">\n%s%s%s%s</dl>\n%s%s",
                    fact(a, "When", a->item ? when_of(a) : ""),
                    fact(a, "Where", a->item ? a->item->city : ""),
                    fact(a, "Part of", a->item ? edition_of(a) : ""),
                    fact(a, "Invited", a->invitation.name), answer_line(a),
                    over ? "<p>This meeting is over or off.</p>\n" : form(a));

    return form_send(a->call, MHD_HTTP_OK, a->item ? a->item->title : a->thing,
                     body);
}

static bool put_answer(struct asked *a, const char *partstat,
                       const char *comment, struct error *err)
{
    struct serve *s = a->call->serve;

    a->before = (struct reply_row){.thing = a->thing,
                                   .email = a->email,
                                   .sequence = a->item->sequence,
                                   .partstat = partstat,
                                   .at = serve_now(s),
                                   .stamp = serve_now(s),
                                   .comment = comment,
                                   .proposal = "",
                                   .via = "link"};
    a->answered = true;
    if (!store_begin(s->store, err))
        return false;
    if (inbox_answer(a->ctx, s, &a->before, err) && store_commit(s->store, err))
        return true;
    store_rollback(s->store);
    return false;
}

static enum MHD_Result take(struct asked *a, const char *body)
{
    const char *partstat = form_field(a->ctx, body, "partstat");
    const char *comment =
        strstr(body, "comment=") ? form_field(a->ctx, body, "comment") : "";
    struct error err;

    if (!partstat || !*said(partstat))
        return form_refuse(a->call, MHD_HTTP_BAD_REQUEST,
                           "Say whether you come: use one of the buttons.");
    if (!comment || characters(comment) > COMMENT_MOST)
        return form_refuse(
            a->call, MHD_HTTP_BAD_REQUEST,
            "The comment is longer than 500 characters, or no text.");
    if (is_over(a))
        return form_refuse(a->call, MHD_HTTP_CONFLICT,
                           "This meeting is over or off.");
    if (!put_answer(a, partstat, text_trim(a->ctx, comment), &err)) {
        serve_report(a->call->serve, "rsvp", &err);
        return form_refuse(a->call, (unsigned)reply_http(err.code),
                           "Your answer could not be kept. Try again later.");
    }
    return show(a);
}

/* Whose token is it, and is the contact still invited? */
static bool find(struct asked *a, bool *ret_found, struct error *err)
{
    struct serve *s = a->call->serve;

    *ret_found = false;
    if (!token_answer(a->ctx, s, a->call->path + strlen(RSVP_PATH), &a->thing,
                      &a->email, err))
        return false;
    if (!a->thing)
        return true;
    a->item = s->out.plan ? plan_item(s->out.plan, a->thing) : NULL;
    return inbox_invited(a->ctx, s, a->thing, a->email, &a->invitation,
                         ret_found, err) &&
           store_reply(a->ctx, s->store, a->thing, a->email, &a->before,
                       &a->answered, err);
}

enum MHD_Result rsvp_answer(const struct http_call *call, const char *body)
{
    struct asked a = {.ctx = talloc_new(NULL), .call = call};
    enum MHD_Result result;
    struct error err;
    bool found;

    if (!find(&a, &found, &err)) {
        serve_report(call->serve, "rsvp", &err);
        result = form_refuse(call, (unsigned)reply_http(err.code),
                             "The page cannot be made now. Try again later.");
    } else if (!found) {
        result = form_refuse(call, MHD_HTTP_NOT_FOUND,
                             "There is no such invitation.");
    } else {
        result = body ? take(&a, body) : show(&a);
    }
    talloc_free(a.ctx);
    return result;
}
