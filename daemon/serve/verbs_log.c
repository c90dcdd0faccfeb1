/*
 * The log: who changed what; and for a member or partner, what it was told and
 * when: the releases, and the messages to its contacts, in order of time.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

struct line {
    struct instant at;
    json_t *row;
};

struct lines {
    struct line *rows;
    size_t n;
};

static void add_line(struct request *q, struct lines *all, struct instant at,
                     json_t *row)
{
    all->rows = array_grow(q->ctx, all->rows, struct line, all->n + 1);
    all->rows[all->n++] = (struct line){at, row};
}

static json_t *log_json(const struct log_row *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "at",
                     instant_print(row->at, (char[INSTANT_TEXT]){0}), "who",
                     row->who, "verb", row->verb, "args", row->args, "reason",
                     row->reason, "things", row->things, "before", row->before,
                     "after", row->after);
}

/* ---- what a member or partner was told */

static bool is_party(const struct rules *r, const char *code)
{
    return code && (rules_member(r, code) || rules_partner(r, code));
}

/* When it went out; what did not go carries the day it was written. */
static json_t *told_json(const struct message *m, struct instant *ret_at)
{
    bool sent = m->state == MESSAGE_SENT && !instant_is_none(m->settled);
    const char *word = message_state_word(m->state);

    *ret_at = sent ? m->settled : m->created;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "at",
                     instant_print(*ret_at, (char[INSTANT_TEXT]){0}), "verb",
                     sent ? "told" : word, "args", m->subject, "things",
                     m->edition, "to", m->to, "kind",
                     message_kind_word(m->kind), "state", word, "who", "",
                     "reason", "", "message", (json_int_t)m->id);
}

static bool add_messages(struct request *q, const char *code,
                         struct instant since, struct lines *all,
                         struct error *err)
{
    enum { PORTION = 1000 };
    const struct rules *r = q->serve->generation->rules;
    int64_t after = 0;
    size_t n = PORTION;

    while (n == PORTION) {
        struct message *rows;

        if (!store_messages(q->ctx, q->serve->store, -1, NULL, after, PORTION,
                            &rows, &n, err))
            return false;
        for (size_t i = 0; i < n; i++) {
            struct instant at;
            json_t *row;

            after = rows[i].id;
            if (!text_same(party_code(r, rows[i].party), party_code(r, code)))
                continue;
            row = told_json(&rows[i], &at);
            if (instant_is_none(since) || at.second >= since.second)
                add_line(q, all, at, row);
            else
                json_decref(row);
        }
    }
    return true;
}

/* Calendars and pages changed for everybody with each release. */
static bool add_releases(struct request *q, struct instant since,
                         struct lines *all, struct error *err)
{
    struct version_row *rows;
    size_t n;

    if (!store_versions(q->ctx, q->serve->store, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (instant_is_none(since) || rows[i].at.second >= since.second)
            add_line(
                q, all, rows[i].at,
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "at",
                          instant_print(rows[i].at, (char[INSTANT_TEXT]){0}),
                          "who", rows[i].by, "verb", "release", "args",
                          text_format(q->ctx, "release %d, %d changes",
                                      rows[i].release, rows[i].changes),
                          "reason", rows[i].note, "release", rows[i].release,
                          "changes", rows[i].changes));
    return true;
}

/* ---- the verb */

static int by_time(const void *a, const void *b)
{
    const struct line *x = a, *y = b;

    return (x->at.second > y->at.second) - (x->at.second < y->at.second);
}

static bool since_of(const struct request *q, struct instant *ret,
                     struct error *err)
{
    const char *since = request_text(q, "since");
    struct date day;

    *ret = INSTANT_NONE;
    if (!since)
        return true;
    if (!date_parse(since, &day, NULL))
        return instant_parse(since, ret, err);
    *ret = (struct instant){(int64_t)day.day * 86400};
    return true;
}

/* Nothing is said of it since then: was there ever anything of that name? */
static bool was_ever(struct request *q, const char *of, struct error *err)
{
    struct log_row *rows;
    size_t n;

    return store_log_rows(q->ctx, q->serve->store, INSTANT_NONE, of, &rows, &n,
                          err) &&
           (n > 0 || filter_thing(q, of, err));
}

bool verb_LOG(struct request *q, struct error *err)
{
    const char *of = request_text(q, "of");
    bool party = is_party(q->serve->generation->rules, of), good = true;
    struct lines all = {NULL, 0};
    struct instant since;
    struct log_row *rows;
    size_t n;

    if (!since_of(q, &since, err) ||
        !store_log_rows(q->ctx, q->serve->store, since, of, &rows, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        add_line(q, &all, rows[i].at, log_json(&rows[i]));
    if (party)
        good = add_releases(q, since, &all, err) &&
               add_messages(q, of, since, &all, err);
    if (good && all.n > 0 && party)
        qsort(all.rows, all.n, sizeof *all.rows, by_time);
    for (size_t i = 0; i < all.n; i++) {
        if (good)
            request_row(q, all.rows[i].row);
        else
            json_decref(all.rows[i].row);
    }
    return good && (!of || all.n > 0 || was_ever(q, of, err));
}
