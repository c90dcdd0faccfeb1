/*
 * import: contacts, holidays, history and what was done to tasks, from CSV (a
 * calendar of holidays is CSV when it gets here, see ctl/holidays.c).
 *
 * 1. All or nothing: every bad line is named, and none is taken when one is
 *    bad.
 * 2. What the lists print with --csv can be taken in again and changes nothing.
 * 3. --dry-run shows each change, old and new, and keeps none.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/serve/import.h"
#include "daemon/serve/verbs.h"

void import_bad(struct import *m, int line, const struct error *err)
{
    request_row(m->q, json_pack("{s:s, s:i, s:i, s:s, s:s, s:s}", "file",
                                m->file, "line", line, "column", 1, "severity",
                                "error", "text", err->text, "hint", ""));
    m->bad++;
}

static void preview(struct import *m, int line, const char *kind,
                    const char *thing, const char *text)
{
    if (m->dry)
        request_row(m->q, json_pack("{s:s, s:i, s:s, s:s, s:s, s:s}", "file",
                                    m->file, "line", line, "severity", kind,
                                    "change", kind, "thing", thing, "text",
                                    text_format(m->q->ctx, "%s%s%s", thing,
                                                *text ? ": " : "", text)));
}

void import_added(struct import *m, int line, const char *thing,
                  const char *text)
{
    m->added++;
    preview(m, line, "added", thing, text);
}

void import_skipped(struct import *m, int line, const char *thing,
                    const char *text)
{
    m->skipped++;
    preview(m, line, "skipped", thing, text);
}

char *import_differs(TALLOC_CTX *ctx, char *text, const char *field,
                     const char *was, const char *is)
{
    if (strcmp(was, is) == 0)
        return text;
    return text_format(ctx, "%s%s%s \"%s\" -> \"%s\"", text, *text ? ", " : "",
                       field, was, is);
}

void import_changed(struct import *m, int line, const char *thing,
                    const char *differences)
{
    m->changed++;
    preview(m, line, "changed", thing, differences);
}

/* Spreadsheets are handed a leading apostrophe before what could be taken for
 * a formula; it comes back here. */
static const char *plain(const char *field)
{
    return field[0] == '\'' && csv_is_formula(field + 1) ? field + 1 : field;
}

/* ---- contacts */

static bool holds(const struct contact *c, const char *code)
{
    for (size_t i = 0; i < c->n_bodies; i++)
        if (text_same(c->bodies[i], code))
            return true;
    return false;
}

/* Codes with commas, semicolons or blanks between them: none of these can be
 * part of one. */
static char **body_codes(TALLOC_CTX *ctx, const char *text)
{
    char *even = memory_text(ctx, text);

    for (char *at = even; *at; at++)
        if (strchr(", \n", *at))
            *at = ';';
    return text_split(ctx, even, ';');
}

bool import_read_contact(TALLOC_CTX *ctx, const struct rules *r,
                         struct instant now, const struct csv_row *row,
                         struct contact *ret, struct error *err)
{
    char **codes = body_codes(ctx, row->fields[3]), *email;
    struct contact c = {.name = plain(row->fields[1]),
                        .of = party_code(r, row->fields[2]),
                        .zone = row->fields[5],
                        .added = now};
    size_t n = 0;

    if (strchr(row->fields[0], '<'))
        return fail(
            err, REPLY_INPUT,
            "email: \"%.100s\": write the address alone, without <>; the "
            "name has a column of its own",
            row->fields[0]);
    if (!address_read(ctx, plain(row->fields[0]), &email, err))
        return wrap(err, "email");
    c.email = email;
    while (codes[n])
        n++;
    if (!role_parse(row->fields[4][0] ? row->fields[4] : "delegate", &c.role))
        return fail(err, REPLY_INPUT,
                    "unknown role \"%s\", write delegate, focal, host, desk or "
                    "partner",
                    row->fields[4]);
    if (!channel_parse(row->fields[6][0] ? row->fields[6] : "feed", &c.channel))
        return fail(err, REPLY_INPUT,
                    "unknown channel \"%s\", write feed, invite or none",
                    row->fields[6]);
    if (!contact_set_bodies(ctx, r, &c, (const char *const *)codes, n, err) ||
        !contact_check(ctx, &c, err))
        return false;
    *ret = c;
    return true;
}

static bool same_contact(const struct contact *a, const struct contact *b)
{
    bool same = strcmp(a->name, b->name) == 0 && strcmp(a->of, b->of) == 0 &&
                strcmp(a->zone, b->zone) == 0 && a->role == b->role &&
                a->channel == b->channel && a->n_bodies == b->n_bodies;

    for (size_t i = 0; same && i < a->n_bodies; i++)
        same = holds(b, a->bodies[i]);
    return same;
}

static char *bodies_text(TALLOC_CTX *ctx, const struct contact *c)
{
    char *text = memory_text(ctx, "");

    for (size_t i = 0; i < c->n_bodies; i++)
        text = text_format(ctx, "%s%s%s", text, i ? ";" : "", c->bodies[i]);
    return text;
}

static char *contact_differs(TALLOC_CTX *ctx, const struct contact *a,
                             const struct contact *b)
{
    char *t =
        import_differs(ctx, memory_text(ctx, ""), "name", a->name, b->name);

    t = import_differs(ctx, t, "of", a->of, b->of);
    t = import_differs(ctx, t, "role", role_word(a->role), role_word(b->role));
    t = import_differs(ctx, t, "channel", channel_word(a->channel),
                       channel_word(b->channel));
    t = import_differs(ctx, t, "zone", a->zone, b->zone);
    return import_differs(ctx, t, "bodies", bodies_text(ctx, a),
                          bodies_text(ctx, b));
}

static bool take_contact(struct import *m, int line, const struct contacts *all,
                         struct contact *c, struct error *err)
{
    const struct contact *was = find_contact(all, c->email);

    if (was && same_contact(was, c)) {
        m->unchanged++;
        return true;
    }
    if (was) {
        c->added = was->added;
        c->bounces = was->bounces;
        c->refusals = was->refusals;
        c->unsubscribed = was->unsubscribed;
        import_changed(m, line, c->email, contact_differs(m->q->ctx, was, c));
    } else
        import_added(m, line, c->email, c->name);
    return m->bad > 0 || store_put_contact(m->q->serve->store, c, err);
}

/* Two spellings of one address are one contact; what is no address is named
 * when its row is read. */
static void read_addresses(TALLOC_CTX *ctx, struct csv *csv)
{
    for (size_t i = 0; i < csv->n; i++) {
        char *email;

        if (address_read(ctx, plain(csv->rows[i].fields[0]), &email, NULL))
            csv->rows[i].fields[0] = email;
    }
}

/* Rows of `csv` before row i with the same first field: named as bad. */
static void check_double(struct import *m, const struct csv *csv, size_t i)
{
    struct error bad;

    for (size_t k = 0; k < i; k++)
        if (text_same(csv->rows[k].fields[0], csv->rows[i].fields[0])) {
            (void)fail(&bad, REPLY_INPUT, "%s stands in line %d already",
                       csv->rows[i].fields[0], csv->rows[k].line);
            import_bad(m, csv->rows[i].line, &bad);
            return;
        }
}

static bool import_contacts(struct import *m, const char *text,
                            struct error *err)
{
    static const char *const columns[] = {
        "email",         "name",     "of",       "?bodies", "?role",
        "?zone",         "?channel", "?bounces", "?added",  "?suspended",
        "?unsubscribed", NULL};
    struct request *q = m->q;
    struct contacts all;
    struct csv csv = {NULL, 0};

    if (!csv_read(q->ctx, m->file, text, strlen(text), columns, &csv, err) ||
        !serve_contacts(q->ctx, q->serve, &all, err))
        return false;
    read_addresses(q->ctx, &csv);
    for (size_t i = 0; i < csv.n; i++) {
        struct contact c;
        struct error bad;

        check_double(m, &csv, i);
        if (!import_read_contact(q->ctx, q->serve->generation->rules,
                                 serve_now(q->serve), &csv.rows[i], &c, &bad))
            import_bad(m, csv.rows[i].line, &bad);
        else if (!take_contact(m, csv.rows[i].line, &all, &c, err))
            return false;
    }
    scheduler_changed(q->serve);
    return true;
}

/* ---- holidays */

enum { H_CC, H_DATE, H_NAME, H_KIND, H_CERTAINTY, H_SOURCE, H_LINE, H_PROBLEM };

/* Where a calendar was read, its line, and what convene-reader found wrong. */
static int line_of(const struct csv_row *row)
{
    return row->fields[H_LINE][0] ? atoi(row->fields[H_LINE]) : row->line;
}

bool import_read_holiday(const struct csv_row *row, const char *cc,
                         struct holiday *ret, struct error *err)
{
    struct holiday h = {.cc = row->fields[H_CC][0] ? row->fields[H_CC] : cc,
                        .name = plain(row->fields[H_NAME]),
                        .where = {"import", line_of(row), 1}};
    bool kind = false, certain = false;

    if (row->fields[H_PROBLEM][0])
        return fail(err, REPLY_INPUT, "%s", row->fields[H_PROBLEM]);
    if (!date_parse(row->fields[H_DATE], &h.date, err))
        return false;
    for (int k = HOLIDAY_PUBLIC; k <= HOLIDAY_WORKDAY && !kind; k++) {
        h.kind = (enum holiday_kind)k;
        kind =
            text_same(row->fields[H_KIND][0] ? row->fields[H_KIND] : "public",
                      holiday_kind_word(h.kind));
    }
    for (int k = CERTAINTY_FIXED; k <= CERTAINTY_ESTIMATED && !certain; k++) {
        h.certainty = (enum certainty)k;
        certain =
            text_same(row->fields[H_CERTAINTY][0] ? row->fields[H_CERTAINTY]
                                                  : "announced",
                      certainty_word(h.certainty));
    }
    if (!kind || !certain)
        return fail(err, REPLY_INPUT,
                    "kind is public, bank, school, observance, other or "
                    "workday; certainty is fixed, announced or estimated");
    if (!h.cc[0])
        return fail(err, REPLY_INPUT,
                    "no country: add a column cc, or name "
                    "the file like bn.csv or bn.ics");
    if (!h.name[0])
        return fail(err, REPLY_INPUT, "the holiday has no name");
    *ret = h;
    return true;
}

/* "…/bn.csv", "…/bn.ics" -> "BN", "" when the name is longer. */
static char *country_of(TALLOC_CTX *ctx, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    char *cc = memory_text(ctx, "");

    if (strlen(name) == 6 &&
        (text_same(name + 2, ".csv") || text_same(name + 2, ".ics")))
        cc = text_format(ctx, "%c%c", name[0] & ~0x20, name[1] & ~0x20);
    return cc;
}

/* What the rules and tables say of that day under that name, or NULL. */
static const struct holiday *known_holiday(const struct rules *r,
                                           const struct holiday *h)
{
    for (size_t i = 0; i < r->n_holidays; i++) {
        const struct holiday *o = &r->holidays[i];

        if (o->date.day == h->date.day && text_same(o->cc, h->cc) &&
            text_same(o->name, h->name))
            return o;
    }
    return NULL;
}

static bool take_holiday(struct import *m, int line, const struct holiday *h,
                         struct error *err)
{
    TALLOC_CTX *ctx = m->q->ctx;
    const struct holiday *was =
        known_holiday(m->q->serve->generation->rules, h);
    char day[DATE_TEXT];
    const char *thing =
        text_format(ctx, "%s %s", h->cc, date_print(h->date, day));
    char *differs;
    bool added;

    if (was && was->kind == h->kind && was->certainty == h->certainty) {
        m->unchanged++;
        return true;
    }
    if (was) {
        differs = import_differs(ctx, memory_text(ctx, ""), "kind",
                                 holiday_kind_word(was->kind),
                                 holiday_kind_word(h->kind));
        differs = import_differs(ctx, differs, "certainty",
                                 certainty_word(was->certainty),
                                 certainty_word(h->certainty));
        import_changed(m, line, thing, differs);
    } else
        import_added(m, line, thing, h->name);
    return m->bad > 0 || store_put_holiday(m->q->serve->store, h, &added, err);
}

static bool import_holidays(struct import *m, const char *text,
                            struct error *err)
{
    static const char *const columns[] = {"?cc",   "date",       "name",
                                          "?kind", "?certainty", "?source",
                                          "?line", "?problem",   NULL};
    struct request *q = m->q;
    const char *cc = country_of(q->ctx, m->file);
    struct csv csv = {NULL, 0};

    if (!csv_read(q->ctx, m->file, text, strlen(text), columns, &csv, err))
        return false;
    for (size_t i = 0; i < csv.n; i++) {
        struct holiday h;
        struct error bad;

        if (!import_read_holiday(&csv.rows[i], cc, &h, &bad))
            import_bad(m, line_of(&csv.rows[i]), &bad);
        else if (!take_holiday(m, line_of(&csv.rows[i]), &h, err))
            return false;
    }
    return true;
}

/* ---- tasks */

enum { T_TASK, T_STATE, T_DONE_ON, T_NOTE, T_PINNED, T_DUE };

bool import_read_task(const struct csv_row *row, const struct task *t,
                      const char *who, struct date today, struct task_fact *ret,
                      struct error *err)
{
    const char *const *f = row->fields;
    struct task_fact fact = {.task = t->id,
                             .state = t->state,
                             .on = t->done_on,
                             .note = *f[T_NOTE] ? plain(f[T_NOTE]) : t->note,
                             .pin = t->pinned ? t->due : DATE_NONE,
                             .who = who};

    if (*f[T_STATE] && !task_state_parse(f[T_STATE], &fact.state))
        return fail(err, REPLY_INPUT,
                    "unknown state \"%s\", write open, done or waived",
                    f[T_STATE]);
    if (*f[T_DONE_ON] && !date_parse(f[T_DONE_ON], &fact.on, err))
        return false;
    if (fact.state == TASK_DONE && date_is_none(fact.on))
        fact.on = today;
    if (fact.state == TASK_OPEN)
        fact.on = DATE_NONE;
    if (!date_is_none(fact.on) && fact.on.day > today.day)
        return fail(err, REPLY_INPUT, "%s: done_on lies in the future", t->id);
    if (fact.state == TASK_WAIVED && !*fact.note)
        return fail(err, REPLY_INPUT, "%s: a note must say why it is waived",
                    t->id);
    if (text_same(f[T_PINNED], "true") || text_same(f[T_PINNED], "yes")) {
        if (!date_parse(f[T_DUE], &fact.pin, err))
            return false;
    } else if (*f[T_PINNED])
        fact.pin = DATE_NONE;
    *ret = fact;
    return true;
}

static char *task_differs(TALLOC_CTX *ctx, const struct task *t,
                          const struct task_fact *f)
{
    char was[DATE_TEXT], is[DATE_TEXT];
    char *text =
        import_differs(ctx, memory_text(ctx, ""), "state",
                       task_state_word(t->state), task_state_word(f->state));

    text = import_differs(ctx, text, "done_on", date_print(t->done_on, was),
                          date_print(f->on, is));
    text = import_differs(ctx, text, "note", t->note, f->note);
    return import_differs(ctx, text, "pin",
                          date_print(t->pinned ? t->due : DATE_NONE, was),
                          date_print(f->pin, is));
}

static bool take_task(struct import *m, const struct csv_row *row,
                      const struct tasks *tasks, struct error *err)
{
    struct serve *s = m->q->serve;
    const struct task *t;
    struct task_fact fact;
    struct error bad;
    const char *differs;

    if (!find_task(tasks, row->fields[T_TASK], &t, &bad)) {
        import_bad(m, row->line, &bad);
        return true;
    }
    if (t->closed) {
        m->unchanged++;
        return true;
    }
    if (!import_read_task(row, t, m->q->who, instant_utc_date(serve_now(s)),
                          &fact, &bad)) {
        import_bad(m, row->line, &bad);
        return true;
    }
    differs = task_differs(m->q->ctx, t, &fact);
    if (!*differs) {
        m->unchanged++;
        return true;
    }
    import_changed(m, row->line, t->id, differs);
    return m->bad > 0 ||
           store_put_task_fact(s->store, &fact, serve_now(s), err);
}

static bool import_tasks(struct import *m, const char *text, struct error *err)
{
    /* Those in front are taken, the rest is what tasks prints beside. */
    static const char *const columns[] = {
        "task",     "?state",   "?done_on", "?note",   "?pinned",  "?due",
        "?title",   "?edition", "?step",    "?owner",  "?nominal", "?overdue",
        "?depends", "?drift",   "?cluster", "?bodies", "?at",      "?warning",
        "?closed",  "?by",      NULL};
    struct csv csv = {NULL, 0};
    struct tasks tasks;

    if (!csv_read(m->q->ctx, m->file, text, strlen(text), columns, &csv, err) ||
        !serve_tasks(m->q->ctx, m->q->serve, &tasks, err))
        return false;
    for (size_t i = 0; i < csv.n; i++) {
        check_double(m, &csv, i);
        if (!take_task(m, &csv.rows[i], &tasks, err))
            return false;
    }
    return true;
}

/* ---- the verb */

static bool import_kind(struct import *m, const char *kind, const char *text,
                        struct error *err)
{
    if (strcmp(kind, "holidays") == 0)
        return import_holidays(m, text, err);
    if (strcmp(kind, "held") == 0)
        return import_held(m, text, err);
    if (strcmp(kind, "tasks") == 0)
        return import_tasks(m, text, err);
    return import_contacts(m, text, err);
}

static bool import_end(const struct import *m, struct error *err)
{
    if (m->bad > 0)
        return fail(err, REPLY_INPUT, "%d bad line%s; nothing is imported",
                    m->bad, m->bad == 1 ? "" : "s");
    summary_set(m->q, "added", json_integer(m->added));
    summary_set(m->q, "changed", json_integer(m->changed));
    summary_set(m->q, "unchanged", json_integer(m->unchanged));
    if (m->skipped > 0)
        summary_set(m->q, "skipped", json_integer(m->skipped));
    if (m->dry)
        summary_set(m->q, "dry_run", json_true());
    return true;
}

/* What follows from what came in. */
static bool import_follow(struct request *q, const char *kind,
                          struct error *err)
{
    struct serve *s = q->serve;

    if (strcmp(kind, "holidays") == 0)
        return serve_reload(s, err) && against_summary(q, err);
    if (strcmp(kind, "held") == 0)
        draft_forget(s);
    return strcmp(kind, "tasks") != 0 ||
           (publishing_tasks(s, err) && deadlines_refresh(s, err));
}

bool verb_IMPORT(struct request *q, struct error *err)
{
    const char *kind = request_text(q, "kind"), *text = request_text(q, "text"),
               *name = request_text(q, "name");
    struct serve *s = q->serve;
    struct import m = {.q = q,
                       .file = name ? name : "file",
                       .dry = args_flag(q->args, "dry-run")};

    if (!store_begin(s->store, err))
        return false;
    if (!import_kind(&m, kind, text, err) || !import_end(&m, err)) {
        store_rollback(s->store);
        return false;
    }
    if (m.dry) {
        store_rollback(s->store);
        return true;
    }
    if (!store_commit(s->store, err)) {
        store_rollback(s->store);
        return false;
    }
    q->things = m.file;
    return import_follow(q, kind, err);
}
