/*
 * Tasks: the steps of an edition's workflow, each with a date and an owner.
 *
 * 1. An id is EDITION/STEP, with :CC where every member or partner has its own;
 *    it does not change with the host.
 * 2. Where a rule puts a task is its nominal date; what counts is the last
 *    working day of the owner on or before it. Bodies and an unknown host have
 *    no calendar: a body lives by the secretariat's, an unknown host by none.
 * 3. A pin counts as it stands. What depends on a task is counted from the date
 *    that counts; from the latest one where members or partners each have one.
 * 4. No task is lost: one whose edition was called off, or is planned no more,
 *    is closed with the reason. It opens again by itself with its edition.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"
#include "daemon/plan/calendar.h"

struct owner {
    const char *word; /* as in task.owner */
    const char *code; /* the :CC of the id, "" none */
    bool has_calendar;
    weekdays weekend;
    const char *holidays;
};

struct owners {
    struct owner *rows;
    size_t n;
};

/* The tasks of one step of one edition, one per owner. */
struct slot {
    enum { SLOT_EMPTY, SLOT_FILLING, SLOT_FULL } state;
    struct owners owners;
    struct task *tasks;
};

/* A fact, and whether a task of the plan has it. */
struct known_fact {
    const char *task; /* a member in it with the code of today */
    const struct task_fact *fact;
    bool used;
};

/* One edition's tasks in the making. */
struct office {
    TALLOC_CTX *ctx;     /* of what the tasks hold */
    TALLOC_CTX *scratch; /* of this edition */
    const struct rules *rules;
    const struct sector *sector; /* of the edition */
    const struct edition *edition;
    const struct item *items;
    size_t n_items;
    const struct workflow *workflow;
    struct slot *slots;       /* per step */
    struct known_fact *facts; /* by task */
    size_t n_facts;
};

/* ---- owners */

static struct owner owner_of_member(const struct member *m, const char *word,
                                    const char *code)
{
    return (struct owner){word, code, true, m->weekend, m->holidays};
}

static void add_owner(struct office *o, struct owners *all, struct owner one)
{
    all->rows = array_grow(o->scratch, all->rows, struct owner, all->n + 1);
    all->rows[all->n++] = one;
}

static void add_secretariat(struct office *o, struct owners *all,
                            const char *word)
{
    const struct member *seat = o->sector->seat;

    add_owner(o, all,
              seat ? owner_of_member(seat, word, "")
                   : (struct owner){.word = word, .code = ""});
}

static void add_host(struct office *o, struct owners *all)
{
    const struct member *m = rules_member(o->rules, o->edition->host);
    const char *word = *o->edition->host ? o->edition->host : "host";

    add_owner(o, all,
              m ? owner_of_member(m, m->code, "")
                : (struct owner){.word = word, .code = ""});
}

static void add_members(struct office *o, struct owners *all)
{
    for (size_t i = 0; i < o->sector->n_members; i++) {
        const struct member *m = o->sector->members[i];

        if (member_is_in(m, o->edition->start))
            add_owner(o, all, owner_of_member(m, m->code, m->code));
    }
}

static bool consults(const struct office *o, const struct partner *p)
{
    for (size_t i = 0; i < o->n_items; i++)
        if (o->items[i].kind == ITEM_CONSULT &&
            o->items[i].status != ITEM_CANCELLED &&
            text_same(o->items[i].partner, p->code))
            return true;
    return false;
}

static void add_partners(struct office *o, struct owners *all)
{
    for (size_t i = 0; i < o->sector->n_partners; i++) {
        const struct partner *p = o->sector->partners[i];

        if (consults(o, p))
            add_owner(o, all,
                      (struct owner){p->code, p->code, true, p->weekend,
                                     p->holidays});
    }
}

static struct owners owners_of(struct office *o, const struct step *s)
{
    struct owners all = {NULL, 0};

    switch (s->owner) {
    case OWNER_HOST:
        add_host(o, &all);
        break;
    case OWNER_SECRETARIAT:
        add_secretariat(o, &all, "secretariat");
        break;
    case OWNER_MEMBERS:
        add_members(o, &all);
        break;
    case OWNER_PARTNERS:
        add_partners(o, &all);
        break;
    case OWNER_BODY:
        add_secretariat(o, &all, s->owner_body ? s->owner_body->code : "");
        break;
    }
    return all;
}

/* ---- facts */

static int by_task(const void *a, const void *b)
{
    const struct known_fact *x = a, *y = b;

    return text_compare(x->task, y->task);
}

static int of_task(const void *id, const void *fact)
{
    const struct known_fact *f = fact;

    return text_compare(id, f->task);
}

static const struct task_fact *fact_of(const struct office *o, const char *id)
{
    struct known_fact *f =
        o->n_facts == 0 ? NULL
                        : bsearch(id, o->facts, o->n_facts, sizeof *f, of_task);

    if (!f)
        return NULL;
    f->used = true;
    return f->fact;
}

static const char *task_name(const struct office *o, const struct step *s,
                             const struct owner *w)
{
    return text_format(o->ctx, "%s/%s%s%s", o->edition->id, s->code,
                       *w->code ? ":" : "", w->code);
}

/* ---- dates */

static struct date add_length(const struct rules *r, const struct owner *w,
                              struct date d, struct length l, int sign)
{
    switch (l.unit) {
    case UNIT_DAYS:
        return date_add_days(d, sign * l.n);
    case UNIT_WEEKS:
        return date_add_days(d, sign * 7 * l.n);
    case UNIT_MONTHS:
        return date_add_months(d, sign * l.n);
    case UNIT_WORKING_DAYS:
        return w->has_calendar ? calendar_add_working(
                                     r, w->weekend, w->holidays, d, sign * l.n)
                               : date_add_days(d, sign * l.n);
    case UNIT_MINUTES:
    case UNIT_HALF_DAY:
    case UNIT_EVENING:
        return d;
    }
    return d;
}

static struct date working(const struct rules *r, const struct owner *w,
                           struct date d)
{
    return w->has_calendar
               ? calendar_working_on_or_before(r, w->weekend, w->holidays, d)
               : d;
}

/* The task of that step from which another one of `w` is counted: its own, else
 * the latest. NULL when nobody has one, or when it is being filled: steps that
 * are counted in a circle. */
static const struct task *base_task(const struct office *o,
                                    const struct step *base,
                                    const struct owner *w)
{
    const struct slot *slot = &o->slots[base - o->workflow->steps];
    const struct task *latest = NULL;

    if (slot->state != SLOT_FULL)
        return NULL;
    for (size_t i = 0; i < slot->owners.n; i++) {
        const struct task *t = &slot->tasks[i];

        if (*w->code && text_same(slot->owners.rows[i].code, w->code))
            return t;
        if (!latest || t->due.day > latest->due.day)
            latest = t;
    }
    return latest;
}

/* Where the rule puts the task; says what it was counted from. */
static struct date nominal_date(const struct office *o, const struct step *s,
                                const struct owner *w, struct task *t)
{
    const struct edition *e = o->edition;
    const struct task *base;

    switch (s->due) {
    case DUE_BEFORE:
        return add_length(o->rules, w, e->start, s->offset, -1);
    case DUE_AFTER:
        return add_length(o->rules, w, e->end, s->offset, 1);
    case DUE_FIRST_DAY:
        return e->start;
    case DUE_LAST_DAY:
        return e->end;
    case DUE_AFTER_STEP:
        base = base_task(o, s->due_step, w);
        t->depends = base ? base->id : "";
        return add_length(o->rules, w, base ? base->due : e->end, s->offset, 1);
    }
    return e->start;
}

/* What officers did to the task. */
static void apply_fact(const struct office *o, const struct task_fact *f,
                       struct task *t)
{
    t->state = f->state;
    t->done_on = f->on;
    t->note = f->note ? memory_text(o->ctx, f->note) : "";
    t->by = f->who ? memory_text(o->ctx, f->who) : "";
    t->pinned = !date_is_none(f->pin);
}

/* Dates, and what the facts say of the task. */
static void place_task(const struct office *o, const struct step *s,
                       const struct owner *w, struct task *t)
{
    const struct task_fact *f = fact_of(o, t->id);

    t->nominal = nominal_date(o, s, w, t);
    t->due = working(o->rules, w, t->nominal);
    if (!f)
        return;
    apply_fact(o, f, t);
    if (t->pinned) {
        t->drift = t->due;
        t->due = t->nominal = f->pin;
    }
}

/* ---- order, and what is no more */

/* Says of a task that is done what was to come before it and did not. */
static void check_order(const struct office *o, const struct task *base,
                        struct task *t)
{
    char day[DATE_TEXT], before[DATE_TEXT];

    if (t->state != TASK_DONE || base->state == TASK_WAIVED || *t->warning)
        return;
    if (base->state == TASK_OPEN)
        t->warning =
            text_format(o->ctx, "done although %s is still open", base->id);
    else if (!date_is_none(t->done_on) && !date_is_none(base->done_on) &&
             t->done_on.day < base->done_on.day)
        t->warning =
            text_format(o->ctx, "done on %s, before %s, which was done on %s",
                        date_print(t->done_on, day), base->id,
                        date_print(base->done_on, before));
}

/* Its own task of the step before, else all of them. */
static void check_slot(const struct office *o, const struct step *s)
{
    const struct slot *slot = &o->slots[s - o->workflow->steps];
    const struct slot *base;

    if (s->due != DUE_AFTER_STEP)
        return;
    base = &o->slots[s->due_step - o->workflow->steps];
    for (size_t i = 0; i < slot->owners.n; i++) {
        const char *code = slot->owners.rows[i].code;
        bool own = false;

        for (size_t k = 0; *code && k < base->owners.n; k++)
            own = own || text_same(base->owners.rows[k].code, code);
        for (size_t k = 0; k < base->owners.n; k++)
            if (!own || text_same(base->owners.rows[k].code, code))
                check_order(o, &base->tasks[k], &slot->tasks[i]);
    }
}

/* What was done stays done; the rest has nothing to wait for. */
static void close_task(const struct office *o, const char *why, struct task *t)
{
    t->closed = true;
    if (t->state != TASK_OPEN)
        return;
    t->state = TASK_WAIVED;
    t->note = text_format(o->ctx, "closed: %s %s", t->edition, why);
}

/* Why the tasks of an edition have nothing to wait for, NULL when they do. */
static const char *why_closed(const struct edition *e)
{
    switch (e->status) {
    case EDITION_CANCELLED:
        return "is cancelled";
    case EDITION_POSTPONED:
        return "is postponed";
    case EDITION_LAPSED:
        return "has lapsed";
    case EDITION_PROPOSED:
    case EDITION_CONFIRMED:
    case EDITION_HELD:
        break;
    }
    return NULL;
}

/* ---- the list */

/* What was due before this calendar took up an edition that was over by then
 * is history, not work: nobody was asked. What an officer said of it counts. */
static bool is_history(const struct edition *e, const struct task *t)
{
    struct date taken_up;

    if (e->status != EDITION_HELD || instant_is_none(e->created) ||
        t->state != TASK_OPEN || t->pinned)
        return false;
    taken_up = instant_utc_date(e->created);
    return taken_up.day > e->end.day && t->due.day < taken_up.day;
}

static void fill_slot(struct office *o, const struct step *s,
                      const struct task *common)
{
    struct slot *slot = &o->slots[s - o->workflow->steps];

    if (slot->state != SLOT_EMPTY)
        return;
    slot->state = SLOT_FILLING;
    if (s->due == DUE_AFTER_STEP)
        fill_slot(o, s->due_step, common);
    slot->owners = owners_of(o, s);
    slot->tasks = array_new(o->scratch, struct task, slot->owners.n);
    for (size_t i = 0; i < slot->owners.n; i++) {
        const struct owner *w = &slot->owners.rows[i];
        struct task *t = &slot->tasks[i];

        *t = *common;
        t->id = task_name(o, s, w);
        t->step = s->code;
        t->title = s->title;
        t->owner = memory_text(o->ctx, w->word);
        t->owner_kind = s->owner;
        t->rule = s;
        t->where = s->where;
        place_task(o, s, w, t);
    }
    slot->state = SLOT_FULL;
}

/* The bodies of the edition's items, each once, on o->ctx. */
static const char **bodies_of(struct office *o, size_t *ret_n)
{
    const char **bodies = array_new(o->ctx, const char *, 0);
    size_t n = 0;

    for (size_t i = 0; i < o->n_items; i++)
        for (size_t k = 0; k < o->items[i].n_bodies; k++) {
            const char *code = o->items[i].bodies[k];

            if (bodies_hold((const char *const *)bodies, n, code))
                continue;
            bodies = array_grow(o->ctx, bodies, const char *, n + 1);
            bodies[n++] = memory_text(bodies, code);
        }
    *ret_n = n;
    return bodies;
}

static void add_tasks(struct office *o, struct tasks *all)
{
    const struct workflow *w = o->workflow;
    struct task common = {.edition = memory_text(o->ctx, o->edition->id),
                          .cluster = memory_text(o->ctx, o->edition->cluster),
                          .note = "",
                          .by = "",
                          .depends = "",
                          .warning = "",
                          .drift = DATE_NONE,
                          .done_on = DATE_NONE};

    const char *closed = why_closed(o->edition);

    common.bodies = bodies_of(o, &common.n_bodies);
    o->slots = array_new(o->scratch, struct slot, w->n_steps);
    for (size_t i = 0; i < w->n_steps; i++)
        fill_slot(o, &w->steps[i], &common);
    for (size_t i = 0; i < w->n_steps; i++)
        check_slot(o, &w->steps[i]);
    for (size_t i = 0; i < w->n_steps; i++)
        for (size_t k = 0; k < o->slots[i].owners.n; k++) {
            struct task *t = &o->slots[i].tasks[k];

            if (is_history(o->edition, t))
                continue;
            if (closed)
                close_task(o, closed, t);
            all->rows = array_grow(o->ctx, all->rows, struct task, all->n + 1);
            all->rows[all->n++] = *t;
        }
}

/* A lapsed edition never had any. */
static bool has_tasks(const struct edition *e)
{
    return !date_is_none(e->start) && e->status != EDITION_LAPSED;
}

/* The step that a task's id names, "EDITION/STEP:CC". */
static const struct step *step_named(const struct rules *r, const char *edition,
                                     const char *step)
{
    const struct cluster *c = past_cluster(r, edition);

    for (size_t i = 0; c && c->workflow && i < c->workflow->n_steps; i++)
        if (text_same(c->workflow->steps[i].code, step))
            return &c->workflow->steps[i];
    return NULL;
}

/* A task that only a fact knows of. */
static struct task orphan(const struct office *o, const struct plan *plan,
                          const struct task_fact *f)
{
    const char *slash = strchr(f->task, '/');
    size_t n = slash ? (size_t)(slash - f->task) : strlen(f->task);
    const char *part = slash ? slash + 1 : "";
    const char *colon = strchrnul(part, ':');
    struct task t = {.id = memory_text(o->ctx, f->task),
                     .edition = memory_text_n(o->ctx, f->task, n),
                     .step =
                         memory_text_n(o->ctx, part, (size_t)(colon - part)),
                     .owner = *colon ? memory_text(o->ctx, colon + 1) : "",
                     .cluster = "",
                     .by = "",
                     .depends = "",
                     .warning = "",
                     .drift = DATE_NONE};
    const struct edition *e = plan_edition(plan, t.edition);
    const struct cluster *c = past_cluster(o->rules, t.edition);
    const char *why = e ? why_closed(e) : NULL;

    t.rule = step_named(o->rules, t.edition, t.step);
    t.title = t.rule ? t.rule->title : t.step;
    if (c)
        t.cluster = c->code;
    if (t.rule) {
        t.owner_kind = t.rule->owner;
        t.where = t.rule->where;
        if (!*t.owner)
            t.owner = owner_word(t.rule);
    }
    apply_fact(o, f, &t);
    t.due = t.nominal = f->pin;
    close_task(o,
               why ? why
               : e ? "has no such step any more"
                   : "is planned no more",
               &t);
    return t;
}

static void add_orphans(struct office *o, const struct plan *plan,
                        struct tasks *all)
{
    for (size_t i = 0; i < o->n_facts; i++) {
        if (o->facts[i].used)
            continue;
        all->rows = array_grow(o->ctx, all->rows, struct task, all->n + 1);
        all->rows[all->n++] = orphan(o, plan, o->facts[i].fact);
    }
}

static int by_due(const void *a, const void *b)
{
    const struct task *x = a, *y = b;

    if (date_is_none(x->due) != date_is_none(y->due))
        return date_is_none(x->due) ? 1 : -1;
    if (x->due.day != y->due.day)
        return x->due.day < y->due.day ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* "E/STEP:TP" is "E/STEP:TL" when TP is called TL today. */
static const char *task_today(TALLOC_CTX *ctx, const struct rules *r,
                              const char *task)
{
    const char *colon = strrchr(task, ':');
    const struct member *m = colon ? rules_member(r, colon + 1) : NULL;

    return m && !text_same(m->code, colon + 1)
               ? text_format(ctx, "%.*s%s", (int)(colon + 1 - task), task,
                             m->code)
               : task;
}

static struct known_fact *sort_facts(TALLOC_CTX *ctx, const struct rules *r,
                                     const struct task_fact *facts, size_t n)
{
    struct known_fact *sorted = array_new(ctx, struct known_fact, n);

    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct known_fact){task_today(ctx, r, facts[i].task),
                                        &facts[i], false};
    qsort(sorted, n, sizeof *sorted, by_task);
    return sorted;
}

struct tasks office_tasks(TALLOC_CTX *ctx, const struct rules *r,
                          const struct plan *plan,
                          const struct task_fact *facts, size_t n_facts)
{
    struct tasks all = {array_new(ctx, struct task, 0), 0};
    TALLOC_CTX *scratch = talloc_new(NULL);
    struct office o = {.ctx = ctx,
                       .scratch = scratch,
                       .rules = r,
                       .facts = sort_facts(scratch, r, facts, n_facts),
                       .n_facts = n_facts};

    for (size_t i = 0; i < plan->n_editions; i++) {
        const struct edition *e = &plan->editions[i];
        const struct cluster *c = rules_cluster(r, e->cluster);

        if (!c || !c->workflow || !has_tasks(e))
            continue;
        o.edition = e;
        o.sector = rules_sector(r, e->cluster);
        o.items = plan_items_of(plan, e->id, &o.n_items);
        o.workflow = c->workflow;
        add_tasks(&o, &all);
    }
    add_orphans(&o, plan, &all);
    talloc_free(scratch);
    qsort(all.rows, all.n, sizeof *all.rows, by_due);
    return all;
}

int task_overdue(const struct task *t, struct date today)
{
    return t->state == TASK_OPEN && today.day > t->due.day
               ? today.day - t->due.day
               : 0;
}

static const char *const state_words[] = {
    [TASK_OPEN] = "open",
    [TASK_DONE] = "done",
    [TASK_WAIVED] = "waived",
};

const char *task_state_word(enum task_state s)
{
    return state_words[s];
}

bool task_state_parse(const char *word, enum task_state *ret)
{
    for (enum task_state s = 0; s <= TASK_WAIVED; s++)
        if (text_same(word, state_words[s])) {
            *ret = s;
            return true;
        }
    return false;
}
