/*
 * Verbs about what a secretariat keeps beside dates: the register of documents,
 * deliverables, the paper for the next host.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/handover.h"
#include "daemon/publish/view.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

/* The register of documents, due dates as they follow from the tasks. */
static bool documents_of(TALLOC_CTX *ctx, struct serve *s,
                         struct documents *ret, struct error *err)
{
    struct tasks tasks;

    if (!store_documents(ctx, s->store, ret, err) ||
        !serve_tasks(ctx, s, &tasks, err))
        return false;
    documents_place(ret, &tasks);
    return true;
}

static struct date today_of(const struct request *q)
{
    return instant_utc_date(serve_now(q->serve));
}

/* An edition of the draft, or else of what is released. */
static bool known_edition(struct request *q, const struct plan **ret_plan,
                          struct edition **ret, struct error *err)
{
    const char *id = request_text(q, "edition");

    if (!draft_whole(q->ctx, q->serve, "main", ret_plan, err))
        return false;
    if (find_edition(*ret_plan, id, ret, err))
        return true;
    if (!q->serve->out.plan || !plan_edition(q->serve->out.plan, id))
        return false;
    *ret_plan = q->serve->out.plan;
    *ret = plan_edition(*ret_plan, id);
    return true;
}

/* ---- senders */

struct senders {
    const char **codes;
    size_t n;
};

static void add_sender(TALLOC_CTX *ctx, struct senders *all, const char *code)
{
    all->codes = array_grow(ctx, all->codes, const char *, all->n + 1);
    all->codes[all->n++] = memory_text(ctx, code);
}

static bool partner_comes(const struct plan *plan, const struct edition *e,
                          const char *code)
{
    size_t n;
    const struct item *items = plan_items_of(plan, e->id, &n);

    for (size_t i = 0; i < n; i++)
        if (text_same(items[i].partner, code) &&
            items[i].status != ITEM_CANCELLED)
            return true;
    return false;
}

static bool one_sender(const struct rules *r, const struct edition *e,
                       const char *word, const char **ret, struct error *err)
{
    const struct member *m =
        rules_member(r, text_same(word, "host") ? e->host : word);
    const struct partner *p = rules_partner(r, word);
    const struct body *b = rules_body(r, word);

    if (!m && !p && !b && !text_same(word, "secretariat"))
        return fail(err, REPLY_INPUT,
                    "%s is no member, partner or body; write a code, "
                    "secretariat, host, members or partners",
                    word);
    *ret = m ? m->code : p ? p->code : b ? b->code : "secretariat";
    return true;
}

/* Who `--from` means in that edition. */
static bool senders_of(struct request *q, const struct plan *plan,
                       const struct edition *e, struct senders *ret,
                       struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const struct sector *s = rules_sector(r, e->cluster);
    const char *word = request_text(q, "from"), *code;
    struct date day = date_is_none(e->start) ? today_of(q) : e->start;

    *ret = (struct senders){NULL, 0};
    if (text_same(word, "members")) {
        for (size_t i = 0; i < s->n_members; i++)
            if (member_is_in(s->members[i], day))
                add_sender(q->ctx, ret, s->members[i]->code);
    } else if (text_same(word, "partners")) {
        for (size_t i = 0; i < r->n_partners; i++)
            if (partner_comes(plan, e, r->partners[i].code))
                add_sender(q->ctx, ret, r->partners[i].code);
    } else {
        if (!one_sender(r, e, word, &code, err))
            return false;
        add_sender(q->ctx, ret, code);
    }
    return ret->n > 0 ||
           fail(err, REPLY_NOTFOUND, "no %s take part in %s", word, e->id);
}

static struct document *find_document(const struct documents *all,
                                      const char *edition, const char *code,
                                      const char *from)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i].edition, edition) &&
            text_same(all->rows[i].code, code) &&
            text_same(all->rows[i].from, from))
            return &all->rows[i];
    return NULL;
}

/* The rows of one code of an edition as they are now; those of `from`. */
static bool answer_documents(struct request *q, const struct edition *e,
                             const struct senders *from, struct error *err)
{
    const char *code = request_text(q, "code");
    struct documents all;

    if (!documents_of(q->ctx, q->serve, &all, err))
        return false;
    for (size_t i = 0; i < from->n; i++) {
        const struct document *d =
            find_document(&all, e->id, code, from->codes[i]);

        if (!d)
            continue;
        q->things = text_format(q->ctx, "%s%s%s", q->things ? q->things : e->id,
                                " ", document_name(q->ctx, d));
        request_row(q,
                    view_document(q->serve->generation->rules, d, today_of(q)));
    }
    return true;
}

/* ---- asking */

static bool has_step(const struct rules *r, const struct edition *e,
                     const char *code, const char **ret, struct error *err)
{
    const struct cluster *c = rules_cluster(r, e->cluster);
    size_t n = c && c->workflow ? c->workflow->n_steps : 0;

    for (size_t i = 0; i < n; i++)
        if (text_same(c->workflow->steps[i].code, code)) {
            *ret = c->workflow->steps[i].code;
            return true;
        }
    return fail(err, REPLY_NOTFOUND, "the workflow of %s has no step %s", e->id,
                code);
}

static enum document_kind kind_of(const struct request *q,
                                  enum document_kind otherwise)
{
    const char *word = request_text(q, "kind");
    enum document_kind kind;

    return word && document_kind_parse(word, &kind) ? kind : otherwise;
}

/* A new row, or the one that is there with what was received. */
static struct document asked(const struct request *q,
                             const struct documents *all,
                             const struct edition *e, const char *from,
                             const char *step)
{
    const char *code = request_text(q, "code");
    const struct document *was = find_document(all, e->id, code, from);
    struct document d = {.edition = e->id,
                         .code = code,
                         .from = from,
                         .received = DATE_NONE,
                         .link = "",
                         .file = "",
                         .digest = "",
                         .note = ""};

    if (was)
        d = *was;
    d.title = request_text(q, "title");
    d.kind = kind_of(q, was ? was->kind : DOCUMENT_PAPER);
    d.due = request_date(q, "due");
    d.step = step;
    return d;
}

static bool put_asked(struct request *q, const struct edition *e,
                      const struct senders *from, const char *step,
                      struct error *err)
{
    struct documents all;

    if (!store_documents(q->ctx, q->serve->store, &all, err))
        return false;
    for (size_t i = 0; i < from->n; i++) {
        struct document d = asked(q, &all, e, from->codes[i], step);

        if (!store_put_document(q->serve->store, &d, err))
            return false;
    }
    return true;
}

bool verb_DOCUMENT(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const char *with = request_text(q, "with"), *step = "";
    const struct plan *plan;
    struct senders from;
    struct edition *e;

    if (!known_edition(q, &plan, &e, err) ||
        !senders_of(q, plan, e, &from, err))
        return false;
    if (with && !date_is_none(request_date(q, "due")))
        return fail(err, REPLY_USAGE, "give --due or --with, not both");
    if (with && !has_step(r, e, with, &step, err))
        return false;
    if (!store_begin(q->serve->store, err))
        return false;
    if (!put_asked(q, e, &from, step, err) ||
        !store_commit(q->serve->store, err)) {
        store_rollback(q->serve->store);
        return false;
    }
    return answer_documents(q, e, &from, err);
}

bool verb_DOCUMENT_DROP(struct request *q, struct error *err)
{
    const char *code = request_text(q, "code");
    const struct plan *plan;
    struct senders from;
    struct edition *e;
    int dropped = 0;

    if (!known_edition(q, &plan, &e, err) ||
        !senders_of(q, plan, e, &from, err))
        return false;
    for (size_t i = 0; i < from.n; i++) {
        if (store_drop_document(q->serve->store, e->id, code, from.codes[i],
                                err))
            dropped++;
        else if (err->code != REPLY_NOTFOUND)
            return false;
    }
    if (dropped == 0)
        return false;
    q->things = e->id;
    summary_set(q, "dropped", json_integer(dropped));
    return true;
}

/* ---- receiving */

/* "sha256:64 digits NAME" */
static bool read_sum(TALLOC_CTX *ctx, const char *text, struct document *d,
                     struct error *err)
{
    static const char begin[] = "sha256:";
    size_t n = strlen(begin);

    if (strncmp(text, begin, n) != 0 ||
        strspn(text + n, "0123456789abcdef") != 64 || text[n + 64] != ' ' ||
        !text[n + 65])
        return fail(err, REPLY_USAGE,
                    "--file on the wire is \"sha256:DIGITS NAME\"");
    d->digest = memory_text_n(ctx, text, n + 64);
    d->file = memory_text(ctx, text + n + 65);
    return true;
}

static bool fill_received(struct request *q, struct document *d,
                          struct error *err)
{
    const char *title = request_text(q, "title"),
               *link = request_text(q, "link"), *file = request_text(q, "file");
    struct date on = request_date(q, "on");

    if (!title && !*d->title)
        return fail(err, REPLY_NOTFOUND,
                    "nobody asked for %s/%s from %s; give it a --title",
                    d->edition, d->code, d->from);
    if (!date_is_none(on) && on.day > today_of(q).day)
        return fail(err, REPLY_INPUT, "--on lies in the future");
    if (link && !link_check(link, err))
        return wrap(err, "--link");
    d->received = date_is_none(on) ? today_of(q) : on;
    d->kind = kind_of(q, d->kind);
    if (title)
        d->title = title;
    if (link)
        d->link = link;
    return !file || read_sum(q->ctx, file, d, err);
}

bool verb_RECEIVE(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const char *code = request_text(q, "code");
    const struct document *was;
    const struct plan *plan;
    struct documents all;
    struct senders from;
    struct edition *e;
    struct document d;

    if (!known_edition(q, &plan, &e, err) ||
        !senders_of(q, plan, e, &from, err) ||
        !store_documents(q->ctx, q->serve->store, &all, err))
        return false;
    if (from.n > 1)
        return fail(err, REPLY_USAGE, "one sender at a time");
    was = find_document(&all, e->id, code, from.codes[0]);
    d = was ? *was
            : (struct document){.edition = e->id,
                                .code = code,
                                .from = from.codes[0],
                                .title = "",
                                .due = DATE_NONE,
                                .step = "",
                                .link = "",
                                .file = "",
                                .digest = "",
                                .note = ""};
    if (was)
        q->before = json_line(q->ctx, view_document(r, was, today_of(q)));
    if (!fill_received(q, &d, err) ||
        !store_put_document(q->serve->store, &d, err))
        return false;
    q->after = json_line(q->ctx, view_document(r, &d, today_of(q)));
    return answer_documents(q, e, &from, err);
}

/* ---- looking */

static bool is_wanted(const struct request *q, const struct document *d)
{
    const char *edition = request_text(q, "edition"),
               *from = request_text(q, "from"),
               *state = request_text(q, "state"),
               *kind = request_text(q, "kind");

    return (!edition || text_same(edition, d->edition)) &&
           (!from || text_same(from, d->from)) &&
           (!kind || text_same(kind, document_kind_word(d->kind))) &&
           (!state ||
            text_same(state, document_state(q->serve->generation->rules, d,
                                            today_of(q))));
}

bool verb_DOCUMENTS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    struct documents all, wanted = {NULL, 0};
    int missing = 0;

    if (!documents_of(q->ctx, q->serve, &all, err))
        return false;
    wanted.rows = array_new(q->ctx, struct document, all.n);
    for (size_t i = 0; i < all.n; i++)
        if (is_wanted(q, &all.rows[i]))
            wanted.rows[wanted.n++] = all.rows[i];
    for (size_t i = 0; i < wanted.n; i++) {
        const char *state = document_state(r, &wanted.rows[i], today_of(q));

        missing += strcmp(state, "missing") == 0;
        if (!args_flag(q->args, "compliance"))
            request_row(q, view_document(r, &wanted.rows[i], today_of(q)));
    }
    if (args_flag(q->args, "compliance")) {
        size_t n;
        struct compliance *rows =
            documents_compliance(q->ctx, r, &wanted, today_of(q), &n);

        for (size_t i = 0; i < n; i++)
            request_row(q, view_compliance(&rows[i]));
    }
    summary_set(q, "documents", json_integer((json_int_t)wanted.n));
    summary_set(q, "missing", json_integer(missing));
    return wanted.n > 0 ||
           (filter_edition(q, request_text(q, "edition"), err) &&
            filter_owner(q, request_text(q, "from"), err));
}

/* ---- deliverables */

bool verb_DELIVERABLES(struct request *q, struct error *err)
{
    const struct plan *plan;
    struct history history;
    struct deliverable *rows;
    int first, last, late = 0;
    size_t n;

    request_cycles(q, "cycles", &first, &last);
    if (!draft_whole(q->ctx, q->serve, request_draft(q), &plan, err) ||
        !store_history(q->ctx, q->serve->store, &history, err))
        return false;
    rows = office_deliverables(q->ctx, q->serve->generation->rules, &history,
                               plan, today_of(q), &n);
    for (size_t i = 0; i < n; i++) {
        if (first <= last && (rows[i].cycle < first || rows[i].cycle > last))
            continue;
        request_row(q, view_deliverable(&rows[i]));
        late += rows[i].state == DELIVERABLE_LATE ||
                rows[i].state == DELIVERABLE_SHORT;
    }
    summary_set(q, "behind", json_integer(late));
    return true;
}

/* ---- the next host */

bool verb_HANDOVER(struct request *q, struct error *err)
{
    struct serve *s = q->serve;
    struct history history;
    struct contacts contacts;
    struct documents documents;
    struct tasks tasks;
    struct handover in = {.rules = s->generation->rules,
                          .history = &history,
                          .tasks = &tasks,
                          .contacts = &contacts,
                          .documents = &documents,
                          .today = today_of(q),
                          .released = s->out.plan,
                          .release = s->out.release,
                          .released_on = instant_utc_date(s->out.note.at),
                          .secretariat = s->config->contact};
    char *text;
    int last;

    request_cycles(q, "cycle", &in.cycle, &last);
    if (in.cycle != last)
        return fail(err, REPLY_USAGE, "one cycle at a time");
    if (!named_member(q, request_text(q, "cc"), &in.host, err))
        return false;
    in.source = text_format(q->ctx, "the draft %s", request_draft(q));
    if (!draft_whole(q->ctx, s, request_draft(q), &in.plan, err) ||
        !store_history(q->ctx, s->store, &history, err) ||
        !serve_contacts(q->ctx, s, &contacts, err) ||
        !documents_of(q->ctx, s, &documents, err) ||
        !serve_tasks(q->ctx, s, &tasks, err) ||
        !office_handover(q->ctx, &in,
                         args_flag(q->args, "html") ? PAPER_HTML
                                                    : PAPER_MARKDOWN,
                         &text, err))
        return false;
    request_row(q, json_pack("{s:s}", "text", text));
    return true;
}
