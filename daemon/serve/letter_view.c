/*
 * What the template of a letter sees: the one JSON view of the things, and
 * every time in three clocks (venue, recipient, UTC), each with its zone.
 */
#include "daemon/serve/letter_view.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"

/* "Thu 14 Jan 2027 09:00-12:30 (Bandar Seri Begawan, UTC+8)" */
static char *clock_line(TALLOC_CTX *ctx, const struct zone *z,
                        const char *where, struct instant from,
                        struct instant to)
{
    struct local a = zone_local(z, from), b = zone_local(z, to);
    struct civil c = date_civil(a.date);
    char offset[ZONE_OFFSET_TEXT];

    (void)zone_offset_print(z, from, offset);
    return text_format(
        ctx, "%s %d %s %d %02d:%02d-%02d:%02d (%s%s%s)",
        weekday_name(date_weekday(a.date)), c.day, month_short(c.month), c.year,
        a.minute / 60, a.minute % 60, b.minute / 60, b.minute % 60, where,
        strcmp(where, offset) ? ", " : "", strcmp(where, offset) ? offset : "");
}

static char *date_line(TALLOC_CTX *ctx, struct date d)
{
    struct civil c = date_civil(d);

    return text_format(ctx, "%s %d %s %d", weekday_name(date_weekday(d)), c.day,
                       month_name(c.month), c.year);
}

static void set_text(json_t *object, const char *name, const char *text)
{
    int rc = json_object_set_new(object, name, json_string(text ? text : ""));

    invariant(rc == 0);
}

static const struct zone *zone_named(const struct rules *r, const char *name)
{
    const struct zone *z = name[0] ? office_zone(r, name) : NULL;

    return z ? z : zone_utc();
}

/* What the recipient calls its clock: its capital, or else the zone's name. */
static const char *clock_name(const struct rules *r, const struct contact *c,
                              const struct zone *z)
{
    const struct member *m = rules_member(r, c->of);

    return m && m->city && strcmp(zone_name(m->zone), zone_name(z)) == 0
               ? m->city
               : zone_name(z);
}

/* An item's time on the three clocks; the recipient's only where it is another
 * one than the venue's. */
static void set_clocks(TALLOC_CTX *ctx, const struct rules *r, json_t *v,
                       const struct item *i, const struct contact *c)
{
    const struct zone *reader = contact_zone(r, c);
    const struct zone *venue = zone_named(r, i->zone);
    struct instant from, to;

    if (instant_is_none(i->start_utc))
        return;
    /* What was released goes by the clock on the wall, whatever the law made of
     * that clock since. */
    from = zone_instant(venue, i->start);
    to = zone_instant(venue, i->end);
    set_text(v, "venue_time", clock_line(ctx, venue, i->city, from, to));
    if (zone_offset(venue, from) != zone_offset(reader, from))
        set_text(v, "your_time",
                 clock_line(ctx, reader, clock_name(r, c, reader), from, to));
    set_text(v, "utc_time", clock_line(ctx, zone_utc(), "UTC", from, to));
}

static json_t *item_view(TALLOC_CTX *ctx, const struct rules *r,
                         const struct item *i, const struct contact *reader)
{
    json_t *v = view_item(r, i);

    set_clocks(ctx, r, v, i, reader);
    return v;
}

static char *title_of(TALLOC_CTX *ctx, const struct edition *e,
                      const struct item *i, const char *otherwise)
{
    if (i && i->parts > 1)
        return text_format(ctx, "%s (part %d of %d)", i->title, i->part,
                           i->parts);
    if (i)
        return memory_text(ctx, i->title);
    if (!e)
        return memory_text(ctx, otherwise);
    return e->n > 0 ? text_format(ctx, "%s %d/%d", e->title, e->cycle, e->n)
                    : text_format(ctx, "%s %d", e->title, e->cycle);
}

static json_t *edition_view(TALLOC_CTX *ctx, struct serve *s,
                            const struct edition *e)
{
    json_t *v = view_edition(NULL, e);
    const struct member *host = rules_member(s->generation->rules, e->host);
    char buf[80];

    set_text(v, "name", title_of(ctx, e, NULL, e->id));
    set_text(v, "when",
             date_is_none(e->start)
                 ? ""
                 : date_range_print(e->start, e->end, buf, sizeof buf));
    set_text(v, "host_name", host ? host->name : e->host);
    set_text(v, "url",
             text_format(ctx, "%s/editions/%s", s->config->base_url, e->id));
    return v;
}

/* "18-22 January 2027" of an edition, "Thu 21 January 2027 14:00" of an item;
 * "" where there is none. */
static char *when_of(TALLOC_CTX *ctx, const struct edition *e,
                     const struct item *i)
{
    char buf[80];

    if (i)
        return text_format(ctx, "%s %02d:%02d", date_line(ctx, i->start.date),
                           i->start.minute / 60, i->start.minute % 60);
    if (e && !date_is_none(e->start))
        return memory_text(ctx,
                           date_range_print(e->start, e->end, buf, sizeof buf));
    return memory_text(ctx, "");
}

/* What the values of a change are of, in words; "" where its kind says all. */
static const char *field_words(const char *field)
{
    static const char *const silent[] = {"start", "status"};

    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        if (strcmp(silent[i], field) == 0)
            return "";
    return strcmp(field, "zone") == 0        ? "time zone"
           : strcmp(field, "start_utc") == 0 ? "time in UTC"
                                             : field;
}

/* Old and new in words; dates and times as people write them. What is new, or
 * a state, says it all by its kind. */
static void set_old_and_new(TALLOC_CTX *ctx, json_t *v, const struct change *c,
                            const char *was_when, const char *now_when)
{
    bool date = strcmp(c->field, "start") == 0 ||
                strcmp(c->field, "end") == 0 || strcmp(c->field, "days") == 0;
    bool bare = c->kind == CHANGE_ADDED || c->kind == CHANGE_REMOVED ||
                strcmp(c->field, "status") == 0;
    const char *from = date && was_when[0] ? was_when : c->old_value;
    const char *to = date && now_when[0] ? now_when : c->new_value;
    const char *what = field_words(c->field);

    set_text(v, "what_changed", date ? "" : what);
    set_text(v, "old_text", bare ? "" : from);
    set_text(v, "new_text", bare ? "" : to);
    if (!bare)
        set_text(v, "from_to",
                 text_format(ctx, "%s%s%s -> %s", date ? "" : what,
                             date || !what[0] ? "" : ": ",
                             from[0] ? from : "(none)", to[0] ? to : "(none)"));
}

/* Does a new or moved item have times that hold? */
static bool is_timed(const struct change *c, const struct edition *e,
                     const struct item *i)
{
    return i && e && i->status != ITEM_CANCELLED &&
           (e->status == EDITION_CONFIRMED || e->status == EDITION_HELD) &&
           (c->kind == CHANGE_ADDED || c->kind == CHANGE_MOVED ||
            c->kind == CHANGE_REINSTATED);
}

/* A change in words. `before` is what was published until now; NULL before the
 * first release. Clocks stand beside what is new or has moved. */
static json_t *change_view(TALLOC_CTX *ctx, const struct rules *r,
                           const struct change *c, const struct plan *plan,
                           const struct plan *before,
                           const struct contact *reader)
{
    json_t *v = view_change(c);
    const struct edition *e = plan_edition(plan, c->edition);
    const struct item *i = c->item[0] ? plan_item(plan, c->item) : NULL;
    const struct edition *e_was =
        before ? plan_edition(before, c->edition) : NULL;
    const struct item *i_was =
        before && c->item[0] ? plan_item(before, c->item) : NULL;
    const char *now = when_of(ctx, e, i);

    set_text(
        v, "what",
        title_of(ctx, e, i ? i : i_was, c->item[0] ? c->item : c->edition));
    set_text(v, "when", now);
    set_text(v, "place", i ? i->city : e ? e->city : "");
    set_old_and_new(ctx, v, c, when_of(ctx, c->item[0] ? NULL : e_was, i_was),
                    now);
    if (is_timed(c, e, i))
        set_clocks(ctx, r, v, i, reader);
    return v;
}

static bool names_change(const struct notice *n, const struct change *c)
{
    const char *id = c->item[0] ? c->item : c->edition;

    for (size_t i = 0; i < n->n_items; i++)
        if (strcmp(n->items[i], id) == 0)
            return true;
    return false;
}

/* The changes that a digest names, an object per edition. */
static json_t *groups_view(TALLOC_CTX *ctx, struct serve *s,
                           const struct notice *n, const struct plan *plan,
                           const struct plan *before,
                           const struct changes *changes,
                           const struct contact *reader)
{
    json_t *groups = json_array(), *rows = NULL;
    const char *last = "";

    for (size_t i = 0; changes && i < changes->n; i++) {
        const struct change *c = &changes->rows[i];
        const struct edition *e = plan_edition(plan, c->edition);

        if (!names_change(n, c))
            continue;
        if (!rows || strcmp(last, c->edition) != 0) {
            json_t *group = e ? edition_view(ctx, s, e) : json_object();

            set_text(group, "what", title_of(ctx, e, NULL, c->edition));
            set_text(group, "place", e ? e->city : "");
            rows = json_array();
            (void)json_object_set_new(group, "changes", rows);
            (void)json_array_append_new(groups, group);
            last = c->edition;
        }
        (void)json_array_append_new(rows, change_view(ctx, s->generation->rules,
                                                      c, plan, before, reader));
    }
    return groups;
}

/* All changes of the groups in one list. */
static json_t *changes_view(const json_t *groups)
{
    json_t *rows = json_array(), *group;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        (void)json_array_extend(rows, json_object_get(group, "changes"));
    }
    return rows;
}

/* Meetings of the highest level, of several bodies, name a series best; the
 * lower the better. */
static int rank_of(const struct rules *r, const struct item *i)
{
    int best = 50;

    for (size_t k = 0; k < i->n_bodies; k++) {
        const struct body *b = rules_body(r, i->bodies[k]);

        if (b && b->level >= 0 && b->level < best)
            best = b->level;
    }
    return 10 * (best + (i->kind == ITEM_MEETING ? 0 : 100)) -
           (i->n_bodies > 1);
}

/* "7th ADGMIN": what a letter is about, for its subject. Among the notice's
 * items, or all of the edition when it names none. */
static const char *headline_of(TALLOC_CTX *ctx, const struct rules *r,
                               const struct notice *n, const struct plan *plan,
                               const struct edition *e)
{
    size_t count = 0;
    const struct item *all = plan_items_of(plan, e->id, &count), *best = NULL;

    for (size_t i = 0; i < count; i++) {
        bool meant = n->n_items == 0;

        for (size_t k = 0; k < n->n_items && !meant; k++)
            meant = strcmp(n->items[k], all[i].id) == 0;
        if (meant && all[i].status != ITEM_CANCELLED &&
            (!best || rank_of(r, &all[i]) < rank_of(r, best)))
            best = &all[i];
    }
    return best ? best->title : title_of(ctx, e, NULL, e->id);
}

/* The subject of a digest: its first edition, and how many more. */
static void set_digest_headline(TALLOC_CTX *ctx, const struct rules *r,
                                const struct plan *plan, json_t *view,
                                const json_t *groups)
{
    const json_t *first = json_array_get(groups, 0);
    const char *id = json_string_value(json_object_get(first, "edition"));
    const struct edition *e = id ? plan_edition(plan, id) : NULL;
    const struct notice whole = {.n_items = 0};
    size_t n = json_array_size(groups);

    if (first && e)
        set_text(view, "headline", headline_of(ctx, r, &whole, plan, e));
    else
        set_text(view, "headline",
                 json_string_value(json_object_get(first, "what")));
    set_text(view, "headline_when",
             json_string_value(json_object_get(first, "when")));
    set_text(view, "more_text",
             n > 1 ? text_format(ctx, "and %zu more", n - 1) : "");
}

static json_t *items_view(TALLOC_CTX *ctx, struct serve *s,
                          const struct notice *n, const struct plan *plan)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < n->n_items; i++) {
        const struct item *item = plan_item(plan, n->items[i]);

        if (item)
            (void)json_array_append_new(
                rows, item_view(ctx, s->generation->rules, item, n->contact));
    }
    return rows;
}

static bool any_your_time(const json_t *items)
{
    json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        if (json_object_get(item, "your_time"))
            return true;
    }
    return false;
}

const struct task *letter_task(const struct serve *s, const char *id)
{
    for (size_t i = 0; i < s->out.tasks.n; i++)
        if (strcmp(s->out.tasks.rows[i].id, id) == 0)
            return &s->out.tasks.rows[i];
    return NULL;
}

/* A notice to the desk names all who are late with the step. */
static void name_late(TALLOC_CTX *ctx, const struct serve *s,
                      const struct task *t, json_t *v)
{
    char *owners = memory_text(ctx, "");
    size_t n = 0;

    for (size_t i = 0; i < s->out.tasks.n; i++)
        if (task_beside(t, &s->out.tasks.rows[i]))
            owners = text_format(ctx, "%s%s%s", owners, n++ ? ", " : "",
                                 s->out.tasks.rows[i].owner);
    if (n < 2)
        return;
    set_text(v, "owner", owners);
    set_text(v, "task", text_format(ctx, "%s/%s", t->edition, t->step));
}

static json_t *task_view(TALLOC_CTX *ctx, const struct task *t,
                         struct date today)
{
    json_t *v = view_task(NULL, t, today);

    set_text(v, "due_text", date_line(ctx, t->due));
    if (t->due.day != t->nominal.day)
        set_text(v, "nominal_text", date_line(ctx, t->nominal));
    (void)json_object_set_new(v, "overdue_now",
                              json_boolean(task_overdue(t, today) > 0));
    return v;
}

/* The tasks that a digest reminds its reader of. */
static void add_overdue(TALLOC_CTX *ctx, json_t *view, const struct notice *n,
                        const struct plan *plan, struct date today)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < n->n_overdue; i++) {
        const struct task *t = n->overdue[i];
        json_t *v = task_view(ctx, t, today);

        set_text(
            v, "what",
            title_of(ctx, plan_edition(plan, t->edition), NULL, t->edition));
        (void)json_array_append_new(rows, v);
    }
    (void)json_object_set_new(view, "has_overdue",
                              json_boolean(n->n_overdue > 0));
    (void)json_object_set_new(view, "overdue", rows);
}

static void add_task(TALLOC_CTX *ctx, struct serve *s, json_t *view,
                     const struct notice *n, struct instant now)
{
    const struct task *t = n->thing[0] ? letter_task(s, n->thing) : NULL;
    json_t *v;

    if (!t)
        return;
    v = task_view(ctx, t, instant_utc_date(now));
    (void)json_object_set_new(view, "task", v);
    if (!n->rung)
        return;
    if (strcmp(n->rung, "owner") != 0)
        name_late(ctx, s, t, v);
    set_text(view, "rung", n->rung);
    (void)json_object_set_new(view, n->rung,
                              json_true()); /* {{#owner}} {{#desk}} {{#head}} */
    (void)json_object_set_new(view, "late", json_integer(n->late));
    if (n->late > 0)
        set_text(
            view, "late_text",
            length_print(ctx, (struct length){n->late, UNIT_WORKING_DAYS}));
}

/* The notice's own things: its edition, items and changes. */
static void add_things(TALLOC_CTX *ctx, struct serve *s, json_t *view,
                       const struct notice *n, const struct occasion *o)
{
    const struct rules *r = s->generation->rules;
    const struct plan *plan = o->plan;
    const struct zone *reader = contact_zone(r, n->contact);
    const struct edition *e =
        n->edition[0] ? plan_edition(plan, n->edition) : NULL;
    json_t *items = items_view(ctx, s, n, plan);
    json_t *groups =
        groups_view(ctx, s, n, plan, o->before, o->changes, n->contact);

    if (n->kind == NOTICE_DIGEST)
        set_digest_headline(ctx, r, plan, view, groups);
    else if (e)
        set_text(view, "headline", headline_of(ctx, r, n, plan, e));
    if (e)
        (void)json_object_set_new(view, "edition", edition_view(ctx, s, e));
    (void)json_object_set_new(view, "any_your_time",
                              json_boolean(any_your_time(items)));
    (void)json_object_set_new(view, "has_items",
                              json_boolean(json_array_size(items) > 0));
    (void)json_object_set_new(view, "items", items);
    (void)json_object_set_new(view, "changes", changes_view(groups));
    (void)json_object_set_new(view, "groups", groups);
    set_text(view, "your_zone", zone_name(reader));
}

static json_t *lines_view(const struct notice *n)
{
    json_t *lines = json_array();

    for (size_t i = 0; i < n->n_lines; i++)
        (void)json_array_append_new(lines, json_string(n->lines[i]));
    return lines;
}

/* What a template of that notice sees; docs/templates.md lists the names. */
json_t *letter_view(TALLOC_CTX *ctx, struct serve *s, const struct notice *n,
                    const struct occasion *o)
{
    const struct rules *r = s->generation->rules;
    json_t *view = json_object();
    const struct sector *about = notice_sector(r, n);
    json_t *sector = json_object();

    set_text(sector, "code", about->code);
    set_text(sector, "title", about->title);
    (void)json_object_set_new(view, "sector", sector);
    (void)json_object_set_new(view, "recipient", view_contact(n->contact));
    set_text(view, "calendar_name", serve_name(s));
    set_text(view, "base_url", s->config->base_url);
    set_text(view, "secretariat", s->config->contact);
    set_text(view, "note", o->note ? o->note : "");
    (void)json_object_set_new(view, "release", json_integer(o->release));
    if (n->lead.n >= 0)
        set_text(view, "lead", length_print(ctx, n->lead));
    if (n->answer_url)
        set_text(view, "answer_url", n->answer_url);
    if (n->leave_url)
        set_text(view, "leave_url", n->leave_url);
    if (n->kind == NOTICE_CHANGE)
        set_text(view, "updated", "Updated: ");
    if (n->text)
        set_text(view, "text", n->text);
    (void)json_object_set_new(view, "has_lines", json_boolean(n->n_lines > 0));
    (void)json_object_set_new(view, "lines", lines_view(n));
    (void)json_object_set_new(view, "left", json_boolean(n->left));
    add_things(ctx, s, view, n, o);
    add_task(ctx, s, view, n, o->now);
    add_overdue(ctx, view, n, o->plan, instant_utc_date(o->now));
    return view;
}
