/*
 * What the rules say, as rows: the statement's fields, in words where the
 * rules file has words.
 */
#include "daemon/publish/view.h"

#include <limits.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/value.h"

/* ------------------------------------------------------------------ bodies */

/* "2019", "2019-10", "2019-10-24", null when no year is given. */
static json_t *vague_value(struct vague v)
{
    if (!v.year)
        return json_null();
    if (!v.month)
        return value_taken(text_format(NULL, "%04d", v.year));
    if (!v.day)
        return value_taken(text_format(NULL, "%04d-%02d", v.year, v.month));
    return value_date(date_of(v.year, v.month, v.day));
}

/* What a former title is called: a member has names. */
static json_t *formerly(const struct former *rows, size_t n, const char *title)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < n; i++) {
        const struct former *f = &rows[i];

        value_append(array, value_object("{s:o,s:o,s:o,s:o}", "code",
                                         value_text(f->code), title,
                                         value_text(f->title), "from",
                                         vague_value(f->from), "until",
                                         vague_value(f->until)));
    }
    return array;
}

static const char *demand(const struct require *q)
{
    const char *text = q->text ? q->text : "";

    return text_begins(text, "requires ") ? text + strlen("requires ") : text;
}

static json_t *requirements(const struct body *b)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < b->n_requires; i++)
        value_append(array,
                     value_object("{s:o,s:o}", "text",
                                  value_text(demand(&b->requires[i])), "at",
                                  value_where(b->requires[i].where)));
    return array;
}

static json_t *meets_in_words(const struct body *b)
{
    TALLOC_CTX *job = talloc_new(NULL);
    char *text = text_format(job, "%s", "");
    json_t *value;

    for (size_t i = 0; i < b->n_requires; i++)
        text = text_format(job, "%s%s%s", text, i ? "; " : "",
                           demand(&b->requires[i]));
    value = value_text(text);
    talloc_free(job);
    return value;
}

json_t *view_body(const struct rules *r, const struct body *b)
{
    const struct sector *s = b->sector;
    bool ranked = b->level >= 0 && (size_t)b->level < s->n_levels;
    json_t *row;

    row =
        value_object("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
                     "code", value_text(b->code), "title", value_text(b->title),
                     "level", value_text(ranked ? s->levels[b->level] : NULL),
                     "mandate", value_text(b->mandate), "formerly",
                     formerly(b->formerly, b->n_formerly, "title"), "meets",
                     meets_in_words(b), "under",
                     value_text(b->under ? b->under->code : NULL), "seats",
                     value_text(b->seats), "since", vague_value(b->since),
                     "until", vague_value(b->until), "requires",
                     requirements(b), "at", value_where(b->where));
    view_sector(row, r, b->sector);
    return row;
}

/* ------------------------------------------------------- members, partners */

static json_t *hours_value(struct hours h)
{
    return value_taken(text_format(NULL, "%02d:%02d .. %02d:%02d", h.from / 60,
                                   h.from % 60, h.to / 60, h.to % 60));
}

static json_t *closed_hours(const struct member *m)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < m->n_closed; i++)
        value_append(array,
                     value_object("{s:s,s:o}", "day",
                                  weekday_name(m->closed[i].day), "hours",
                                  hours_value(m->closed[i].hours)));
    return array;
}

/* The codes of the sectors that name a member or, else, a partner. */
static void set_sectors(json_t *row, const struct rules *r,
                        const struct member *m, const struct partner *p)
{
    json_t *codes = value_made(json_array());

    for (size_t i = 0; i < r->n_sectors; i++) {
        const struct sector *s = &r->sectors[i];

        if (m ? sector_has_member(s, m) : sector_has_partner(s, p))
            value_append(codes, value_text(s->code));
    }
    if (r->n_sectors > 1)
        invariant(json_object_set(row, "sectors", codes) == 0);
    json_decref(codes);
}

json_t *view_member(const struct rules *r, const struct member *m,
                    struct date today)
{
    bool seat = false;
    json_t *row;

    for (size_t i = 0; i < r->n_sectors; i++)
        seat = seat || r->sectors[i].seat == m;

    row = value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b,s:o}", "code",
        value_text(m->code), "name", value_text(m->name), "since",
        value_date(m->since), "until", value_date(m->until), "city",
        value_text(m->city), "zone", value_text(zone_name(m->zone)), "weekend",
        value_weekdays(m->weekend), "meets", value_weekdays(m->meets), "closed",
        closed_hours(m), "holidays", value_text(m->holidays), "formerly",
        formerly(m->formerly, m->n_formerly, "name"), "member",
        member_is_in(m, today), "seat", seat, "at", value_where(m->where));
    set_sectors(row, r, m, NULL);
    return row;
}

json_t *view_partner(const struct rules *r, const struct partner *p)
{
    json_t *row;

    row = value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:i,s:o}", "code", value_text(p->code), "name",
        value_text(p->name), "zone", value_text(zone_name(p->zone)), "weekend",
        value_weekdays(p->weekend), "holidays", value_text(p->holidays),
        "order", (int)(p - r->partners) + 1, "at", value_where(p->where));
    set_sectors(row, r, NULL, p);
    return row;
}

/* ---------------------------------------------------------------- clusters */

static json_t *yearly_value(struct yearly y)
{
    if (!y.month)
        return json_null();
    return value_taken(text_format(NULL, "%d %s", y.day, month_short(y.month)));
}

static json_t *window_value(const struct cluster *c)
{
    if (!c->has_window)
        return json_null();
    return value_taken(text_format(NULL, "%d %s .. %d %s", c->window_from.day,
                                   month_short(c->window_from.month),
                                   c->window_to.day,
                                   month_short(c->window_to.month)));
}

static json_t *times_value(const struct cluster *c)
{
    const char *limit = "", *rhythm = "";
    char *most = NULL, *cycles = NULL;
    json_t *value;

    if (c->rhythm.every > 1)
        rhythm = cycles = text_format(NULL, ", every %d cycles from %d",
                                      c->rhythm.every, c->rhythm.from);
    if (c->times != TIMES_FIXED && c->most > 0 && c->most < INT_MAX)
        limit = most = text_format(NULL, ", at most %d", c->most);
    if (c->times == TIMES_FIXED)
        value =
            value_taken(text_format(NULL, "%d per cycle%s", c->least, rhythm));
    else if (c->times == TIMES_AS_NEEDED)
        value = value_taken(text_format(NULL, "as needed%s%s", limit, rhythm));
    else
        value = value_taken(text_format(
            NULL, "%d per cycle, more as needed%s%s", c->least, limit, rhythm));
    talloc_free(most);
    talloc_free(cycles);
    return value;
}

/* "2 weeks .. 5 months, ideally 7 weeks" with what is given of it. */
static char *gap_words(TALLOC_CTX *ctx, const struct gap *g)
{
    return text_format(ctx, "%s%s%s%s%s",
                       g->min.n < 0 ? "" : length_print(ctx, g->min),
                       g->min.n < 0 && g->max.n < 0 ? "" : " .. ",
                       g->max.n < 0 ? "" : length_print(ctx, g->max),
                       g->ideal.n < 0 ? "" : ", ideally ",
                       g->ideal.n < 0 ? "" : length_print(ctx, g->ideal));
}

static json_t *gap_value(const struct gap *g)
{
    TALLOC_CTX *job = talloc_new(NULL);
    json_t *value = value_text(gap_words(job, g));

    talloc_free(job);
    return value;
}

static json_t *relations_value(const struct cluster *c)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < c->n_relations; i++) {
        const struct relation *x = &c->relations[i];

        value_append(
            array, value_object("{s:s,s:o,s:b,s:o,s:o}", "kind",
                                x->kind == RELATION_AFTER ? "after" : "before",
                                "cluster", value_text(x->other->code), "next",
                                x->next, "gap", gap_value(&x->gap), "at",
                                value_where(x->where)));
    }
    return array;
}

static json_t *host_value(const struct cluster *c)
{
    if (c->host == HOST_ROTATION && c->rotation)
        return value_text(c->rotation->name);
    if (c->host == HOST_MEMBER && c->host_member)
        return value_text(c->host_member->code);
    return value_text("any member");
}

static json_t *joins_value(const struct cluster *c)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < c->n_join; i++)
        value_append(array, value_text(c->join[i]->code));
    return array;
}

static json_t *needs_value(const struct cluster *c)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < c->n_needs; i++) {
        const struct need *n = &c->needs[i];
        json_t *by = n->by_cluster
                         ? value_taken(text_format(
                               NULL, "%s %d", n->by_cluster->code, n->by_cycle))
                         : value_date(n->by);

        value_append(array,
                     value_object("{s:i,s:o,s:o,s:o}", "meetings", n->meetings,
                                  "for", value_text(n->deliverable), "by", by,
                                  "at", value_where(n->where)));
    }
    return array;
}

static json_t *item_rule_value(const struct item_rule *i)
{
    json_t *bodies = value_made(json_array());
    json_t *partners = value_made(json_array());

    for (size_t k = 0; k < i->n_bodies; k++)
        value_append(bodies, value_text(i->bodies[k]->code));
    for (size_t k = 0; k < i->n_partners; k++)
        value_append(partners, value_text(i->partners[k]->code));
    return value_object(
        "{s:o,s:s,s:o,s:o,s:o,s:o,s:b,s:o,s:o}", "code", value_text(i->code),
        "kind", item_kind_word(i->kind), "title", value_text(i->title),
        "bodies", bodies, "partners", partners, "people",
        value_text(i->people ? i->people->name : NULL), "open", i->open,
        "length", value_length(i->length), "at", value_where(i->where));
}

static json_t *items_value(const struct cluster *c)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < c->n_items; i++)
        value_append(array, item_rule_value(&c->items[i]));
    return array;
}

json_t *view_cluster(const struct rules *r, const struct cluster *c)
{
    json_t *row = value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
        "code", value_text(c->code), "title", value_text(c->title), "since",
        value_number_or_null(c->since), "times", times_value(c), "window",
        window_value(c), "prefer", yearly_value(c->prefer), "days", c->days,
        "starting", value_weekdays(c->starts), "host", host_value(c), "apart",
        c->has_apart ? gap_value(&c->apart) : json_null(), "relations",
        relations_value(c), "join", joins_value(c), "needs", needs_value(c),
        "workflow", value_text(c->workflow ? c->workflow->name : NULL), "items",
        items_value(c), "at", value_where(c->where));

    view_sector(row, r, c->sector);
    return row;
}

/* --------------------------------------------------------------- workflows */

static json_t *due_words(const struct step *s)
{
    TALLOC_CTX *job = talloc_new(NULL);
    const char *length = length_print(job, s->offset);
    const char *text = "";
    json_t *value;

    switch (s->due) {
    case DUE_BEFORE:
        text = text_format(job, "%s before", length);
        break;
    case DUE_AFTER:
        text = text_format(job, "%s after", length);
        break;
    case DUE_AFTER_STEP:
        text = text_format(job, "%s after %s", length,
                           s->due_step ? s->due_step->code : "");
        break;
    case DUE_FIRST_DAY:
        text = "on the first day";
        break;
    case DUE_LAST_DAY:
        text = "on the last day";
        break;
    }
    value = value_text(text);
    talloc_free(job);
    return value;
}

static json_t *step_value(const struct step *s)
{
    json_t *remind = value_made(json_array());

    for (size_t i = 0; i < s->n_remind; i++)
        value_append(remind, value_length(s->remind[i]));
    return value_object("{s:o,s:o,s:o,s:s,s:o,s:s,s:o,s:o}", "step",
                        value_text(s->code), "title", value_text(s->title),
                        "due", due_words(s), "owner", owner_word(s), "remind",
                        remind, "to", audience_word(s->to), "mail",
                        value_text(s->mail), "at", value_where(s->where));
}

json_t *view_workflow(const struct rules *r, const struct workflow *w)
{
    json_t *steps = value_made(json_array());
    json_t *clusters = value_made(json_array());

    for (size_t i = 0; i < w->n_steps; i++)
        value_append(steps, step_value(&w->steps[i]));
    for (size_t i = 0; i < r->n_clusters; i++) {
        if (r->clusters[i].workflow == w)
            value_append(clusters, value_text(r->clusters[i].code));
    }
    return value_object("{s:o,s:o,s:o,s:o,s:o}", "workflow",
                        value_text(w->name), "name", value_text(w->name),
                        "clusters", clusters, "steps", steps, "at",
                        value_where(w->where));
}

/* --------------------------------------------------- holidays, diagnostics */

json_t *view_holiday(const struct holiday *h)
{
    return value_object("{s:o,s:o,s:o,s:s,s:s,s:o}", "date",
                        value_date(h->date), "cc", value_text(h->cc), "name",
                        value_text(h->name), "kind", holiday_kind_word(h->kind),
                        "certainty", certainty_word(h->certainty), "source",
                        value_where(h->where));
}

json_t *view_diagnostic(const struct diagnostic *d)
{
    return value_object("{s:o,s:i,s:i,s:s,s:o,s:o,s:o}", "file",
                        value_text(d->where.file), "line", d->where.line,
                        "column", d->where.column, "severity",
                        d->severity == SEVERITY_ERROR ? "error" : "warning",
                        "text", value_text(d->text), "hint",
                        value_text(d->hint), "source", value_text(d->line));
}
