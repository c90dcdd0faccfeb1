/*
 * Documents: late is what comes after its day, counted in working days of
 * whoever sends it; what has no day is never late.
 */
#include "daemon/office/documents.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/past.h"
#include "daemon/plan/calendar.h"

/* Nobody waits longer; it also bounds the count. */
#define LATE_MOST (3 * 366)

static const char *const kind_words[] = {
    [DOCUMENT_PAPER] = "paper",
    [DOCUMENT_REPORT] = "report",
    [DOCUMENT_OUTCOME] = "outcome",
    [DOCUMENT_OTHER] = "other",
};

const char *document_kind_word(enum document_kind k)
{
    return kind_words[k];
}

bool document_kind_parse(const char *word, enum document_kind *ret)
{
    for (enum document_kind k = 0; k <= DOCUMENT_OTHER; k++)
        if (text_same(word, kind_words[k])) {
            *ret = k;
            return true;
        }
    return false;
}

char *document_name(TALLOC_CTX *ctx, const struct document *d)
{
    return text_format(ctx, "%s/%s:%s", d->edition, d->code, d->from);
}

/* ---- days */

/* The task of that step: the sender's own, else the step's only one. */
static const struct task *task_of(const struct tasks *tasks,
                                  const struct document *d)
{
    const struct task *found = NULL;

    for (size_t i = 0; i < tasks->n; i++) {
        const struct task *t = &tasks->rows[i];

        if (!text_same(t->edition, d->edition) || !text_same(t->step, d->step))
            continue;
        if (text_same(t->owner, d->from))
            return t;
        if (!found || t->due.day > found->due.day)
            found = t;
    }
    return found;
}

void documents_place(struct documents *all, const struct tasks *tasks)
{
    for (size_t i = 0; i < all->n; i++) {
        struct document *d = &all->rows[i];
        const struct task *t = *d->step ? task_of(tasks, d) : NULL;

        if (t)
            d->due = t->due;
    }
}

/* Whose calendar counts: the sender's, else the secretariat's. */
static bool works(const struct rules *r, const struct document *doc,
                  struct date d)
{
    const struct member *m = rules_member(r, doc->from);
    const struct partner *p = rules_partner(r, doc->from);

    if (!m && p)
        return calendar_works(r, p->weekend, p->holidays, d);
    if (!m)
        m = past_sector(r, doc->edition)->seat;
    return !m || calendar_works(r, m->weekend, m->holidays, d);
}

int document_late(const struct rules *r, const struct document *d,
                  struct date today)
{
    struct date end = date_is_none(d->received) ? today : d->received;
    int late = 0;

    if (date_is_none(d->due))
        return 0;
    if (end.day - d->due.day > LATE_MOST)
        end = date_add_days(d->due, LATE_MOST);
    for (struct date day = date_add_days(d->due, 1); day.day <= end.day;
         day = date_add_days(day, 1))
        late += works(r, d, day);
    return late;
}

const char *document_state(const struct rules *r, const struct document *d,
                           struct date today)
{
    int late = document_late(r, d, today);

    if (date_is_none(d->received))
        return late > 0 ? "missing" : "expected";
    return late > 0 ? "late" : "received";
}

/* ---- who kept to it */

static const char *name_of(const struct rules *r, const char *from)
{
    const struct member *m = rules_member(r, from);
    const struct partner *p = rules_partner(r, from);
    const struct body *b = rules_body(r, from);

    return m ? m->name : p ? p->name : b ? b->title : from;
}

static struct compliance *row_of(TALLOC_CTX *ctx, const struct rules *r,
                                 struct compliance **rows, size_t *n,
                                 const char *from)
{
    for (size_t i = 0; i < *n; i++)
        if (text_same(party_code(r, (*rows)[i].from), party_code(r, from)))
            return &(*rows)[i];
    *rows = array_grow(ctx, *rows, struct compliance, *n + 1);
    (*rows)[*n] = (struct compliance){.from = from, .name = name_of(r, from)};
    return &(*rows)[(*n)++];
}

static int by_name(const void *a, const void *b)
{
    const struct compliance *x = a, *y = b;

    return text_compare(x->name, y->name);
}

struct compliance *documents_compliance(TALLOC_CTX *ctx, const struct rules *r,
                                        const struct documents *all,
                                        struct date today, size_t *ret_n)
{
    struct compliance *rows = array_new(ctx, struct compliance, 0);
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        const struct document *d = &all->rows[i];
        struct compliance *c = row_of(ctx, r, &rows, &n, d->from);
        int late = document_late(r, d, today);
        bool came = !date_is_none(d->received);

        c->asked++;
        c->received += came;
        c->in_time += came && late == 0;
        c->late += came && late > 0;
        c->missing += !came && late > 0;
        c->worst = late > c->worst ? late : c->worst;
    }
    qsort(rows, n, sizeof *rows, by_name);
    *ret_n = n;
    return rows;
}
