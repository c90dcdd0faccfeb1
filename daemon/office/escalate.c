/*
 * What happens when a task stays undone: at set lateness somebody nearer to
 * the top hears of it, each once.
 *
 * 1. Lateness is counted in working days of the secretariat.
 * 2. A task that is done, waived or pinned to another day escalates no more: a
 *    notice's cause holds the due date, so that another date begins anew.
 * 3. The desk and its head get one notice for all who are late with one step;
 *    it carries the first of their tasks.
 * 4. Nobody is told of what was late before the release that set its date:
 *    that is for the lists.
 */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/people.h"
#include "daemon/plan/calendar.h"

enum rung { RUNG_OWNER, RUNG_DESK, RUNG_HEAD };

/* One step of the ladder. */
struct step_up {
    int late; /* working days */
    enum rung rung;
    const char *word;
};

enum {
    LADDER = 3,
    HOUR = 8 * 60, /* of the recipient's morning */
    PATIENCE = 30, /* days, after which telling is pointless */
};

struct escalation {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    const struct contacts *contacts;
    const struct contact *head; /* NULL: none */
    const struct task *task;
    const struct edition *edition;
    bool *chosen; /* per contact */
    struct notices *all;
};

static struct date late_day(const struct escalation *x, struct date due, int n)
{
    const struct rules *r = x->rules;
    const struct member *seat = rules_sector(r, x->task->cluster)->seat;

    return seat ? calendar_add_working(r, seat->weekend, seat->holidays, due, n)
                : date_add_days(due, n);
}

static void tell(const struct escalation *x, const struct step_up *up,
                 const struct contact *c)
{
    const struct task *t = x->task;
    const struct zone *z = contact_zone(x->rules, c);
    struct date day = late_day(x, t->due, up->late);
    struct local at = {day, HOUR}, end = {date_add_days(day, PATIENCE), HOUR};
    char due[DATE_TEXT];
    struct notice n = {.kind = NOTICE_OVERDUE,
                       .contact = c,
                       .edition = memory_text(x->ctx, x->edition->id),
                       .thing = memory_text(x->ctx, t->id),
                       .due = zone_instant(z, at),
                       .expires = zone_instant(z, end),
                       .lead = {-1, UNIT_DAYS},
                       .rung = up->word,
                       .late = up->late};

    if (n.due.second < x->edition->modified.second)
        return;
    n.cause =
        text_format(x->ctx, "overdue/%s/%s/%s",
                    up->rung == RUNG_OWNER
                        ? t->id
                        : text_format(x->ctx, "%s/%s", t->edition, t->step),
                    up->word, date_print(t->due, due));
    x->all->rows =
        array_grow(x->ctx, x->all->rows, struct notice, x->all->n + 1);
    x->all->rows[x->all->n++] = n;
}

static bool is_on_rung(const struct escalation *x, enum rung rung,
                       const struct contact *c)
{
    if (!contact_is_mailed(c))
        return false;
    if (rung == RUNG_OWNER)
        return contact_owns(x->rules, c, x->task, x->edition);
    return c->role == ROLE_DESK &&
           (x->task->n_bodies == 0 ||
            contact_has_any(c, (const char *const *)x->task->bodies,
                            x->task->n_bodies));
}

static void tell_rung(const struct escalation *x, const struct step_up *up)
{
    if (up->rung == RUNG_HEAD) {
        if (x->head)
            tell(x, up, x->head);
        return;
    }
    for (size_t i = 0; i < x->contacts->n; i++)
        x->chosen[i] = is_on_rung(x, up->rung, &x->contacts->rows[i]);
    contacts_keep_nearest(x->contacts, x->chosen);
    for (size_t i = 0; i < x->contacts->n; i++)
        if (x->chosen[i])
            tell(x, up, &x->contacts->rows[i]);
}

/* The head of the desk as a contact: the one in the list, else made up. */
static const struct contact *
head_of(TALLOC_CTX *ctx, const struct contacts *contacts, const char *address)
{
    struct contact *c;

    if (!address || !*address)
        return NULL;
    for (size_t i = 0; i < contacts->n; i++)
        if (text_same(contacts->rows[i].email, address))
            return &contacts->rows[i];
    c = object_new(ctx, struct contact);
    *c = (struct contact){.email = memory_text(ctx, address),
                          .name = "Head of the desk",
                          .of = "SEC",
                          .role = ROLE_DESK,
                          .channel = CHANNEL_INVITE,
                          .zone = "",
                          .added = INSTANT_NONE};
    return c;
}

bool task_beside(const struct task *t, const struct task *other)
{
    return other->state == TASK_OPEN && other->due.day == t->due.day &&
           text_same(other->edition, t->edition) &&
           text_same(other->step, t->step);
}

static bool is_first(const struct tasks *tasks, size_t at)
{
    for (size_t i = at; i > 0; i--) {
        if (tasks->rows[i - 1].due.day != tasks->rows[at].due.day)
            return true;
        if (task_beside(&tasks->rows[at], &tasks->rows[i - 1]))
            return false;
    }
    return true;
}

bool ladder_parse(const char *text, struct ladder *ret)
{
    struct ladder l;
    char more;

    if (sscanf(text, "%3d , %3d , %3d %c", &l.owner, &l.desk, &l.head, &more) !=
            3 ||
        l.owner < 1 || l.desk < l.owner || l.head < l.desk)
        return false;
    *ret = l;
    return true;
}

void office_escalate(TALLOC_CTX *ctx, const struct rules *r,
                     const struct plan *released, const struct tasks *tasks,
                     const struct contacts *contacts, const char *head,
                     struct ladder ladder, struct notices *all)
{
    const struct step_up steps[LADDER] = {{ladder.owner, RUNG_OWNER, "owner"},
                                          {ladder.desk, RUNG_DESK, "desk"},
                                          {ladder.head, RUNG_HEAD, "head"}};
    struct escalation x = {.ctx = ctx,
                           .rules = r,
                           .contacts = contacts,
                           .head = head_of(ctx, contacts, head),
                           .chosen = array_new(NULL, bool, contacts->n),
                           .all = all};

    for (size_t i = 0; i < tasks->n; i++) {
        x.task = &tasks->rows[i];
        x.edition = plan_edition(released, x.task->edition);
        if (!x.edition || x.task->state != TASK_OPEN)
            continue;
        for (size_t k = 0; k < LADDER; k++)
            if (steps[k].rung == RUNG_OWNER || is_first(tasks, i))
                tell_rung(&x, &steps[k]);
    }
    talloc_free(x.chosen);
    if (all->n > 0)
        qsort(all->rows, all->n, sizeof *all->rows, notice_by_due);
}
