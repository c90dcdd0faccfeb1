/*
 * Verbs about what the rules say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/rules/language.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

static void rows_of_findings(struct request *q, const struct diagnostics *found)
{
    for (size_t i = 0; i < found->n; i++)
        request_row(q, view_diagnostic(&found->rows[i]));
    summary_set(q, "errors", json_integer((json_int_t)found->errors));
    summary_set(q, "warnings",
                json_integer((json_int_t)(found->n - found->errors)));
}

/* Beside the other sectors' files; alone when its sector is not here. */
static void check_file(struct request *q, struct draft_file *file,
                       struct diagnostics *found)
{
    if (generation_place(q->ctx, q->serve, file, found) &&
        generation_has(q->serve, file->sector))
        (void)generation_with(q->ctx, q->serve, file, 1, found);
}

bool verb_CHECK(struct request *q, struct error *err)
{
    const char *text = request_text(q, "text"), *name = request_text(q, "name");
    struct diagnostics found = {NULL, 0, 0};
    struct serve *s = q->serve;

    if (text)
        check_file(q, &(struct draft_file){"", name ? name : "rules", text},
                   &found);
    else
        (void)generation_load(q->ctx, s->config, s->store, serve_now(s),
                              &found);
    rows_of_findings(q, &found);
    if (found.errors > 0)
        return fail(err, REPLY_INPUT, "%zu error%s", found.errors,
                    found.errors == 1 ? "" : "s");
    return true;
}

bool verb_RELOAD(struct request *q, struct error *err)
{
    if (!serve_reload(q->serve, err))
        return false;
    summary_set(q, "rules", json_string(q->serve->generation->files));
    summary_set(q, "warnings",
                json_integer((json_int_t)q->serve->generation->found.n));
    return against_summary(q, err);
}

bool verb_BODIES(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;

    (void)err;
    for (size_t i = 0; i < r->n_bodies; i++)
        if (request_shows(q, r->bodies[i].sector))
            request_row(q,
                        view_body(q->serve->generation->rules, &r->bodies[i]));
    return true;
}

bool verb_MEMBERS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    struct date today = instant_utc_date(serve_now(q->serve));

    (void)err;
    for (size_t i = 0; i < r->n_members; i++)
        request_row(q, view_member(r, &r->members[i], today));
    return true;
}

bool verb_PARTNERS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;

    (void)err;
    for (size_t i = 0; i < r->n_partners; i++)
        request_row(q, view_partner(r, &r->partners[i]));
    return true;
}

bool verb_CLUSTERS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;

    (void)err;
    for (size_t i = 0; i < r->n_clusters; i++)
        if (request_shows(q, r->clusters[i].sector))
            request_row(q, view_cluster(r, &r->clusters[i]));
    return true;
}

bool verb_WORKFLOWS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;

    (void)err;
    for (size_t i = 0; i < r->n_workflows; i++)
        request_row(q, view_workflow(r, &r->workflows[i]));
    return true;
}

/* Where the turn's meeting is held when that is not with its chair. */
static const char *venue_of(const struct rules *r, const struct plan *draft,
                            const struct rotation *rotation,
                            const struct rotation_turn *turn)
{
    const struct cluster *c = rotation_anchor(r, rotation);

    for (size_t i = 0; c && i < draft->n_editions; i++) {
        const struct edition *e = &draft->editions[i];

        if (text_same(e->cluster, c->code) && e->cycle == turn->cycle &&
            *e->host && turn->host && !text_same(e->host, turn->host->code))
            return e->host;
    }
    return "";
}

static bool rows_of_rotation(struct request *q, const struct rotation *rotation,
                             int first, int last, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    struct rotation_turn *turns;
    struct planning in;

    /* One more: the next host is the vice-chair. */
    if (!draft_planning(q->ctx, q->serve, "main", first, last + 1, &in, err) ||
        !planning_turns(q->ctx, &in, rotation, &turns, err))
        return false;
    for (int i = 0; i <= last - first; i++) {
        json_t *row = view_turn(&turns[i]);

        const struct member *next = turns[i + 1].host;
        const char *venue = venue_of(r, in.draft, rotation, &turns[i]);

        (void)json_object_set_new(row, "rotation", json_string(rotation->name));
        (void)json_object_set_new(row, "vice_chair",
                                  next ? json_string(next->code) : json_null());
        (void)json_object_set_new(row, "venue",
                                  *venue ? json_string(venue) : json_null());
        request_row(q, row);
    }
    return true;
}

/* The turns of one rotation, or of all one after the other. */
bool verb_HOSTS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const char *name = request_text(q, "rotation");
    const struct rotation *only = NULL;
    int first, last;

    if (name && !named_rotation(q, name, &only, err))
        return false;
    request_cycles(q, "span", &first, &last);
    if (first > last) {
        first = cycle_of(only ? only->sector : r->sectors,
                         instant_utc_date(serve_now(q->serve)));
        last = first + 9;
    }
    if (last - first > 200)
        return fail(err, REPLY_INPUT, "at most 200 cycles at a time");
    for (size_t i = 0; i < r->n_rotations; i++)
        if ((!only || only == &r->rotations[i]) &&
            !rows_of_rotation(q, &r->rotations[i], first, last, err))
            return false;
    return true;
}

/* "2027", "2027..2028", "2027-01-01..2027-03-31" as first and last day. */
static bool span_of(const char *text, struct date *ret_from,
                    struct date *ret_to, struct error *err)
{
    const char *dots = strstr(text, "..");
    char first[32];
    const char *last = dots ? dots + 2 : text;
    int n = dots ? (int)(dots - text) : (int)strlen(text);

    (void)snprintf(first, sizeof first, "%.*s", n, text);
    if (strlen(first) == 4 && strlen(last) == 4) {
        *ret_from = date_of(atoi(first), 1, 1);
        *ret_to = date_of(atoi(last), 12, 31);
        return true;
    }
    return date_parse(first, ret_from, err) && date_parse(last, ret_to, err);
}

bool verb_HOLIDAYS(struct request *q, struct error *err)
{
    const struct rules *r = q->serve->generation->rules;
    const char *cc = request_text(q, "cc"), *span = request_text(q, "span");
    struct civil today = date_civil(instant_utc_date(serve_now(q->serve)));
    struct date from = date_of(today.year, 1, 1),
                to = date_of(today.year + 1, 12, 31);
    bool known = !cc;

    if (span && !span_of(span, &from, &to, err))
        return false;
    for (size_t i = 0; i < r->n_holidays; i++) {
        const struct holiday *h = &r->holidays[i];

        if (cc && !text_same(cc, h->cc))
            continue;
        known = true;
        if (h->date.day >= from.day && h->date.day <= to.day)
            request_row(q, view_holiday(h));
    }
    if (!known)
        return fail(err, REPLY_NOTFOUND, "no holiday table of %s", cc);
    return true;
}

bool verb_HELP(struct request *q, struct error *err)
{
    const char *topic = request_text(q, "topic");
    const char *word = topic && text_begins(topic, "rules ") ? topic + 6 : NULL;
    char *text;

    if (!topic || !text_begins(topic, "rules"))
        return fail(err, REPLY_USAGE, "the daemon explains `rules` only");
    text = language_help(q->ctx, word);
    if (!text)
        return fail(err, REPLY_NOTFOUND, "the rule language has no word %s",
                    word ? word : "");
    request_row(q, json_pack("{s:s}", "text", text));
    return true;
}
