/*
 * Workflows and their steps, reminders, days to avoid.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

static void declare_steps(struct build *b, struct workflow *w,
                          const struct node *n)
{
    const struct node **nodes = nodes_of(b, n, "step", &w->n_steps);

    w->steps = array_new(b->r, struct step, w->n_steps);
    for (size_t i = 0; i < w->n_steps; i++) {
        struct step *s = &w->steps[i];

        s->code = keep(b, node_value(nodes[i], "CODE", 0));
        s->title = keep(b, node_value(nodes[i], "Title", 0));
        s->where = nodes[i]->where;
        name_add(b, NOUN_STEP, w, s->code, s, s->where);
    }
}

void declare_workflows(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes =
        nodes_of(b, b->root, "workflow", &r->n_workflows);

    r->workflows = array_new(r, struct workflow, r->n_workflows);
    for (size_t i = 0; i < r->n_workflows; i++) {
        struct workflow *w = &r->workflows[i];

        w->name = keep(b, node_value(nodes[i], "NAME", 0));
        w->where = nodes[i]->where;
        name_add(b, NOUN_WORKFLOW, NULL, w->name, w, w->where);
        declare_steps(b, w, nodes[i]);
    }
}

/* ---- steps */

static enum audience audience_of(const struct node *n)
{
    static const enum audience all[] = {AUDIENCE_DELEGATES, AUDIENCE_PARTNERS,
                                        AUDIENCE_HOST, AUDIENCE_SECRETARIAT,
                                        AUDIENCE_MEMBERS};

    for (size_t i = 0; i < sizeof all / sizeof all[0] && n; i++)
        if (node_says(n, audience_word(all[i])))
            return all[i];
    return AUDIENCE_NOBODY;
}

static void fill_due(struct build *b, const struct workflow *w, struct step *s,
                     const struct node *n)
{
    const struct value *other = node_value(n, "STEP", 0);
    const struct value *offset = node_value(n, "LEN", 0);

    s->offset = offset ? offset->length : (struct length){0, UNIT_DAYS};
    s->due = node_says(n, "first")    ? DUE_FIRST_DAY
             : node_says(n, "last")   ? DUE_LAST_DAY
             : node_says(n, "before") ? DUE_BEFORE
                                      : DUE_AFTER;
    if (!other)
        return;
    s->due = DUE_AFTER_STEP;
    s->due_step = name_find(b, NOUN_STEP, w, n, other);
    if (s->due_step == s)
        find_error(b->f, node_where(n, other), "",
                   "step %s cannot be due after itself", s->code);
    if (s->due_step == s)
        s->due_step = NULL;
}

/* A body's code or, most likely, a misspelt word: both are offered. */
static void unknown_owner(struct build *b, const struct node *n,
                          const struct value *v)
{
    static const char *const words[] = {"host", "secretariat", "members",
                                        "partners"};
    const char **known = name_codes(b, NOUN_BODY, NULL);
    size_t count = 0;

    while (known[count])
        count++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        known = array_grow(b->tmp, known, const char *, count + 2);
        known[count++] = words[i];
        known[count] = NULL;
    }
    name_unknown(b, node_where(n, v), "owner", v->text, known);
}

static void fill_owner(struct build *b, struct step *s, const struct node *n)
{
    const struct value *body = node_value(n, "BODY", 0);

    s->owner = node_says(n, "host")          ? OWNER_HOST
               : node_says(n, "secretariat") ? OWNER_SECRETARIAT
               : node_says(n, "members")     ? OWNER_MEMBERS
               : node_says(n, "partners")    ? OWNER_PARTNERS
                                             : OWNER_BODY;
    s->owner_body = body ? name_look(b, NOUN_BODY, NULL, body->text) : NULL;
    if (body && !s->owner_body)
        unknown_owner(b, n, body);
}

static void fill_step(struct build *b, const struct workflow *w, struct step *s,
                      const struct node *n)
{
    const struct node *due = node_kid(n, "due"), *by = node_kid(n, "by");
    const struct node *remind = node_kid(n, "remind");
    const struct node *mail = node_kid(n, "mail");

    s->owner = OWNER_SECRETARIAT;
    if (due)
        fill_due(b, w, s, due);
    if (by)
        fill_owner(b, s, by);
    s->remind = remind ? lengths_of(b, remind, &s->n_remind)
                       : array_new(b->r, struct length, 0);
    s->to = audience_of(node_kid(n, "to"));
    s->mail = mail ? keep(b, node_value(mail, "TEMPLATE", 0)) : NULL;
}

/* ---- reminders */

static void fill_reminders(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "remind", &r->n_reminders);

    r->reminders = array_new(r, struct reminder, r->n_reminders);
    for (size_t i = 0; i < r->n_reminders; i++) {
        struct reminder *m = &r->reminders[i];
        const struct value *at = node_value(nodes[i], "TIME", 0);

        m->sector = r->sectors;
        m->audience = audience_of(nodes[i]);
        m->of = node_says(nodes[i], "consults") ? REMIND_CONSULTS
                : node_says(nodes[i], "tasks")  ? REMIND_TASKS
                                                : REMIND_MEETINGS;
        m->before = lengths_of(b, nodes[i], &m->n_before);
        m->at = at ? at->number : 8 * 60;
        m->where = nodes[i]->where;
        if (m->at == 24 * 60)
            find_error(b->f, node_where(nodes[i], at), "write 00:00",
                       "24:00 belongs to the next day");
    }
}

/* ---- avoids */

static void fill_levels(struct build *b, struct avoid *a, const struct node *n)
{
    size_t count = node_count(n, "LEVEL");

    a->everyone = node_says(n, "everyone");
    for (size_t k = 0; k < count; k++) {
        const struct value *v = node_value(n, "LEVEL", k);
        int level = level_of(b, n, v);

        if (level >= 0 && a->levels & (1u << level))
            find_error(b->f, node_where(n, v), "",
                       "level \"%s\" is named twice", v->text);
        if (level >= 0)
            a->levels |= 1u << level;
    }
}

static void fill_avoid(struct build *b, struct avoid *a, const struct node *n)
{
    const struct value *from = node_value(n, "D", 0);
    const struct value *to =
        node_count(n, "D") > 1 ? node_value(n, "D", 1) : from;
    const struct node *who = node_kid(n, "for");
    const struct node *weight = node_kid(n, "weight");

    a->sector = b->r->sectors;
    a->label = keep(b, node_value(n, "label", 0));
    a->where = n->where;
    a->every = node_says(n, "every");
    if (from && to) {
        a->yearly_from = from->yearly;
        a->yearly_to = to->yearly;
    } else if (!a->every) {
        (void)dates_of(b, n, &a->from, &a->to);
    }
    if (who)
        fill_levels(b, a, who);
    a->weight = weight ? number_in(weight, "W") : -1;
}

static void fill_avoids(struct build *b)
{
    struct rules *r = b->r;
    const struct node **nodes = nodes_of(b, b->root, "avoid", &r->n_avoids);

    r->avoids = array_new(r, struct avoid, r->n_avoids);
    for (size_t i = 0; i < r->n_avoids; i++)
        fill_avoid(b, &r->avoids[i], nodes[i]);
}

void fill_workflows(struct build *b)
{
    size_t n, steps;
    const struct node **nodes = nodes_of(b, b->root, "workflow", &n);

    for (size_t i = 0; i < n; i++) {
        struct workflow *w = &b->r->workflows[i];
        const struct node **kids = nodes_of(b, nodes[i], "step", &steps);

        for (size_t k = 0; k < steps; k++)
            fill_step(b, w, &w->steps[k], kids[k]);
    }
    fill_reminders(b);
    fill_avoids(b);
}
