/*
 * The handover document. Sections come in the order in which a host reads
 * them: what, when, who does what by when, which papers, what was before, whom
 * to ask. It is made from a draft, and says of each meeting whether the world
 * has been told the same.
 */
#include "daemon/office/handover.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"
#include "daemon/plan/rotation.h"

enum { FORMER_MOST = 5 }; /* editions of each cluster that are looked back at */

struct writing {
    TALLOC_CTX *scratch;
    const struct handover *in;
    struct paper *paper;
    const struct edition **editions; /* of the host in the cycle */
    size_t n;
};

static const char *day_text(const struct writing *w, struct date d)
{
    return date_is_none(d)
               ? ""
               : date_print(d, array_new(w->scratch, char, DATE_TEXT));
}

static const char *range_text(const struct writing *w, struct date from,
                              struct date to)
{
    enum { SIZE = 96 };

    return date_is_none(from)
               ? "no date"
               : date_range_print(from, date_is_none(to) ? from : to,
                                  array_new(w->scratch, char, SIZE), SIZE);
}

static const char *who(const struct writing *w, const char *code)
{
    const struct member *m = rules_member(w->in->rules, code);
    const struct partner *p = rules_partner(w->in->rules, code);

    if (!m && !p && text_same(code, "SEC"))
        return "secretariat";
    return m ? m->name : p ? p->name : code;
}

static const char *list_text(const struct writing *w, const char *const *list,
                             size_t n)
{
    char *text = memory_text(w->scratch, "");

    for (size_t i = 0; i < n; i++)
        text = text_format(w->scratch, "%s%s%s", text, i ? ", " : "", list[i]);
    return text;
}

/* ---- what the world was told */

/* "as released", or what the last release has instead: "released for 18-22
 * January 2027 in Bandar Seri Begawan as proposed". What was confirmed is held
 * by itself once its days are over. */
static const char *told(const struct writing *w, const struct edition *e)
{
    const struct edition *was =
        w->in->released ? plan_edition(w->in->released, e->id) : NULL;
    char *text = memory_text(w->scratch, "released");

    if (!was)
        return "not released";
    if (was->start.day != e->start.day || was->end.day != e->end.day)
        text = text_format(w->scratch, "%s for %s", text,
                           range_text(w, was->start, was->end));
    if (!text_same(was->city, e->city) || !text_same(was->host, e->host))
        text = text_format(w->scratch, "%s in %s", text,
                           *was->city ? was->city : who(w, was->host));
    if (was->status != e->status && e->status != EDITION_HELD)
        text = text_format(w->scratch, "%s as %s", text,
                           edition_status_word(was->status));
    return strcmp(text, "released") == 0 ? "as released" : text;
}

/* The sectors of what is handed over. */
static char *titles_of(const struct writing *w)
{
    const struct rules *r = w->in->rules;
    char *all = memory_text(w->scratch, "");

    for (size_t i = 0; i < r->n_sectors; i++) {
        bool any = false;

        for (size_t k = 0; k < w->n && !any; k++)
            any = rules_sector(r, w->editions[k]->cluster) == &r->sectors[i];
        if (any)
            all = text_format(w->scratch, "%s%s%s", all, *all ? ", " : "",
                              r->sectors[i].title);
    }
    return all;
}

static void write_source(const struct writing *w)
{
    const struct handover *in = w->in;
    const char *released =
        in->released ? text_format(w->scratch, "the last release is %d of %s",
                                   in->release, day_text(w, in->released_on))
                     : "nothing is released";

    paper_text(w->paper, text_format(w->scratch, "%s. As of %s, from %s; %s.",
                                     titles_of(w), day_text(w, in->today),
                                     in->source, released));
}

/* ---- meetings */

static void write_meetings(const struct writing *w)
{
    static const char *const headings[] = {"Meeting", "Dates",     "City",
                                           "Status",  "Published", "Name here"};

    paper_heading(w->paper, 2, "Meetings");
    paper_table(w->paper, headings, 6);
    for (size_t i = 0; i < w->n; i++) {
        const struct edition *e = w->editions[i];
        const char *const cells[] = {
            e->title,   range_text(w, e->start, e->end),
            e->city,    edition_status_word(e->status),
            told(w, e), e->id};

        paper_row(w->paper, cells);
    }
}

static void write_agenda(const struct writing *w, const struct edition *e)
{
    static const char *const headings[] = {"Day", "Time", "Item", "Bodies"};
    size_t n;
    const struct item *items = plan_items_of(w->in->plan, e->id, &n);

    if (n == 0)
        return;
    paper_heading(w->paper, 3, "Agenda");
    paper_text(w->paper, text_format(w->scratch, "Times are those of %s (%s).",
                                     e->city, e->zone));
    paper_table(w->paper, headings, 4);
    for (size_t i = 0; i < n; i++) {
        const struct item *t = &items[i];
        struct civil c = date_civil(t->start.date);
        const char *const cells[] = {
            text_format(w->scratch, "%s %d %s",
                        weekday_name(date_weekday(t->start.date)), c.day,
                        month_short(c.month)),
            text_format(w->scratch, "%02d:%02d-%02d:%02d", t->start.minute / 60,
                        t->start.minute % 60, t->end.minute / 60,
                        t->end.minute % 60),
            t->status == ITEM_CANCELLED
                ? text_format(w->scratch, "%s (cancelled)", t->title)
                : t->title,
            list_text(w, (const char *const *)t->bodies, t->n_bodies)};

        paper_row(w->paper, cells);
    }
}

/* ---- what is open */

/* The open tasks of one step: one line, whoever owns them. */
struct open_step {
    const struct task *first; /* by due, as the list is */
    struct date last;         /* due */
    const char *owners;
    int late; /* days, of the first */
};

static bool is_of_step(const struct task *t, const struct task *first)
{
    return t->state == TASK_OPEN && text_same(t->edition, first->edition) &&
           text_same(t->step, first->step);
}

/* The step of which `first` is the first open task; false when another is. */
static bool open_step(const struct writing *w, size_t first,
                      struct open_step *ret)
{
    const struct tasks *all = w->in->tasks;
    const struct task *t = &all->rows[first];

    for (size_t i = 0; i < first; i++)
        if (is_of_step(&all->rows[i], t))
            return false;
    *ret = (struct open_step){t, t->due, "", task_overdue(t, w->in->today)};
    for (size_t i = first; i < all->n; i++) {
        if (!is_of_step(&all->rows[i], t))
            continue;
        ret->owners =
            text_format(w->scratch, "%s%s%s", ret->owners,
                        *ret->owners ? ", " : "", who(w, all->rows[i].owner));
        ret->last = all->rows[i].due;
    }
    return true;
}

static void write_tasks(const struct writing *w, const struct edition *e)
{
    static const char *const headings[] = {"Due", "Task", "Owner", "Late"};
    const struct tasks *all = w->in->tasks;
    struct open_step s;
    size_t open = 0;

    paper_heading(w->paper, 3, "Open tasks");
    for (size_t i = 0; i < all->n; i++) {
        const char *cells[4] = {NULL};

        if (all->rows[i].state != TASK_OPEN ||
            !text_same(all->rows[i].edition, e->id) || !open_step(w, i, &s))
            continue;
        cells[0] = day_text(w, s.first->due);
        if (s.last.day != s.first->due.day)
            cells[0] = text_format(w->scratch, "%s to %s", cells[0],
                                   day_text(w, s.last));
        cells[1] = s.first->title;
        cells[2] = s.owners;
        cells[3] = s.late ? text_format(w->scratch, "%d day%s", s.late,
                                        s.late == 1 ? "" : "s")
                          : "";
        if (open++ == 0)
            paper_table(w->paper, headings, 4);
        paper_row(w->paper, cells);
    }
    if (open == 0)
        paper_text(w->paper, "None.");
}

static void write_documents(const struct writing *w, const struct edition *e)
{
    static const char *const headings[] = {"Code", "Title", "From",
                                           "Due",  "State", "Where"};
    const struct documents *all = w->in->documents;
    bool any = false;

    for (size_t i = 0; i < all->n; i++) {
        const struct document *d = &all->rows[i];
        const char *const cells[] = {
            d->code,
            d->title,
            who(w, d->from),
            day_text(w, d->due),
            document_state(w->in->rules, d, w->in->today),
            *d->link ? d->link : d->file};

        if (!text_same(d->edition, e->id))
            continue;
        if (!any) {
            paper_heading(w->paper, 3, "Documents");
            paper_table(w->paper, headings, 6);
        }
        any = true;
        paper_row(w->paper, cells);
    }
}

static void write_edition(const struct writing *w, const struct edition *e)
{
    paper_heading(w->paper, 2,
                  text_format(w->scratch, "%s %d", e->title, e->cycle));
    paper_text(w->paper,
               text_format(w->scratch, "%s, %s, %s (%s, %s).",
                           range_text(w, e->start, e->end), e->city, e->id,
                           edition_status_word(e->status), told(w, e)));
    if (*e->forced)
        paper_text(w->paper,
                   text_format(w->scratch, "Against a rule: %s", e->forced));
    write_agenda(w, e);
    write_tasks(w, e);
    write_documents(w, e);
}

/* ---- what was before */

/* Reports and outcomes of an edition, "; " between them. */
static const char *reports_of(const struct writing *w, const char *edition)
{
    const struct documents *all = w->in->documents;
    char *text = memory_text(w->scratch, "");

    for (size_t i = 0; i < all->n; i++) {
        const struct document *d = &all->rows[i];
        const char *where = *d->link ? d->link : d->file;

        if (text_same(d->edition, edition) && !date_is_none(d->received) &&
            (d->kind == DOCUMENT_REPORT || d->kind == DOCUMENT_OUTCOME))
            text =
                text_format(w->scratch, "%s%s%s%s%s", text, *text ? "; " : "",
                            d->title, *where ? ": " : "", where);
    }
    return text;
}

static const char *host_of(const struct writing *w, const struct cluster *c,
                           const struct occurrence *o)
{
    const struct handover *in = w->in;

    if (o->edition)
        return o->edition->host;
    for (size_t i = 0; in->history && i < in->history->n; i++)
        if (text_same(in->history->rows[i].cluster, c->code) &&
            in->history->rows[i].from.day == o->start.day)
            return in->history->rows[i].host;
    for (size_t i = 0; i < in->rules->n_held; i++)
        if (in->rules->held[i].cluster == c &&
            in->rules->held[i].from.day == o->start.day)
            return in->rules->held[i].in->code;
    return "";
}

static void write_former(const struct writing *w, const struct cluster *c)
{
    struct occurrences all =
        past_of(w->scratch, w->in->rules, w->in->history, w->in->plan, c);
    int shown = 0;

    for (size_t i = all.n; i > 0 && shown < FORMER_MOST; i--) {
        const struct occurrence *o = &all.rows[i - 1];
        const char *id = o->edition
                             ? o->edition->id
                             : edition_name(w->scratch, c->code, o->cycle, 0);
        const char *const cells[] = {id, range_text(w, o->start, o->end),
                                     who(w, host_of(w, c, o)),
                                     reports_of(w, id)};

        if (!o->held || o->cycle > w->in->cycle)
            continue;
        paper_row(w->paper, cells);
        shown++;
    }
}

static void write_former_all(const struct writing *w)
{
    static const char *const headings[] = {"Edition", "Held", "Host",
                                           "Reports and outcomes"};

    paper_heading(w->paper, 2, "Former meetings and their reports");
    paper_table(w->paper, headings, 4);
    for (size_t i = 0; i < w->in->rules->n_clusters; i++) {
        const struct cluster *c = &w->in->rules->clusters[i];
        bool hosted = false;

        for (size_t k = 0; k < w->n; k++)
            hosted = hosted || text_same(w->editions[k]->cluster, c->code);
        if (hosted)
            write_former(w, c);
    }
}

/* ---- whom to ask, who comes next */

static bool is_asked(const struct writing *w, const struct contact *c)
{
    if (text_same(c->of, w->in->host->code) || c->role == ROLE_DESK)
        return true;
    return c->role == ROLE_FOCAL || contact_is_partner(w->in->rules, c);
}

static void write_contacts(const struct writing *w)
{
    static const char *const headings[] = {"Name", "Address", "Of", "Role",
                                           "Bodies"};
    const struct contacts *all = w->in->contacts;

    paper_heading(w->paper, 2, "Contacts");
    if (*w->in->secretariat)
        paper_text(w->paper, text_format(w->scratch, "The secretariat: %s",
                                         w->in->secretariat));
    paper_table(w->paper, headings, 5);
    for (size_t i = 0; i < all->n; i++) {
        const struct contact *c = &all->rows[i];
        const char *const cells[] = {
            c->name, c->email, who(w, c->of), role_word(c->role),
            c->n_bodies
                ? list_text(w, (const char *const *)c->bodies, c->n_bodies)
                : "all"};

        if (is_asked(w, c))
            paper_row(w->paper, cells);
    }
}

/* Does a cluster of a sector that is handed over go by that rotation? */
static bool is_concerned(const struct writing *w, const struct rotation *t)
{
    const struct rules *r = w->in->rules;

    if (r->n_sectors == 1)
        return true;
    for (size_t i = 0; i < r->n_clusters; i++)
        for (size_t k = 0; r->clusters[i].rotation == t && k < w->n; k++)
            if (rules_sector(r, w->editions[k]->cluster) ==
                r->clusters[i].sector)
                return true;
    return false;
}

static void write_next(const struct writing *w)
{
    const struct rules *r = w->in->rules;

    paper_heading(w->paper, 2, "Next hosts");
    for (size_t i = 0; i < r->n_rotations; i++) {
        struct rotation_turn *turns;
        struct error err;

        if (!is_concerned(w, &r->rotations[i]))
            continue;
        if (!rotation_turns(w->scratch, r, &r->rotations[i], w->in->history,
                            w->in->cycle, w->in->cycle + 1, NULL, 0, &turns,
                            &err))
            continue;
        paper_text(w->paper,
                   text_format(w->scratch, "%s: %s in %d, then %s in %d.",
                               r->rotations[i].name,
                               turns[0].host ? turns[0].host->name : "open",
                               w->in->cycle,
                               turns[1].host ? turns[1].host->name : "open",
                               w->in->cycle + 1));
    }
}

static void find_editions(struct writing *w)
{
    const struct plan *plan = w->in->plan;

    w->editions =
        array_new(w->scratch, const struct edition *, plan->n_editions);
    for (size_t i = 0; i < plan->n_editions; i++) {
        const struct edition *e = &plan->editions[i];

        if (e->cycle == w->in->cycle && e->status != EDITION_LAPSED &&
            text_same(e->host, w->in->host->code))
            w->editions[w->n++] = e;
    }
}

bool office_handover(TALLOC_CTX *ctx, const struct handover *in,
                     enum paper_form form, char **ret, struct error *err)
{
    struct writing w = {.scratch = talloc_new(NULL), .in = in};

    find_editions(&w);
    if (w.n == 0) {
        talloc_free(w.scratch);
        return fail(err, REPLY_NOTFOUND, "%s hosts nothing in %d in %s",
                    in->host->name, in->cycle, in->source);
    }
    w.paper = paper_new(w.scratch, form,
                        text_format(w.scratch, "Handover to %s, host in %d",
                                    in->host->name, in->cycle));
    write_source(&w);
    write_meetings(&w);
    for (size_t i = 0; i < w.n; i++)
        write_edition(&w, w.editions[i]);
    write_former_all(&w);
    write_contacts(&w);
    write_next(&w);
    *ret = paper_end(ctx, w.paper);
    talloc_free(w.scratch);
    return true;
}
