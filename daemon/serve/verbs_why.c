/*
 * why and whynot: the draft's dates explained. The problem is made again for
 * the edition's cycle and its neighbours, the draft's dates are put into it,
 * and the explanations read the result; all on a pool thread.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/explain.h"
#include "daemon/publish/view.h"
#include "daemon/serve/job.h"
#include "daemon/serve/verbs.h"

struct why_work {
    struct planning in;
    const char *edition;
    const char *given; /* what stands as planned, "" nothing */
    struct date date;  /* whynot; NONE for why */
    struct problem *problem;
    struct solution *solution;
    struct reasons reasons;
    struct other_dates others;
    bool possible, good;
    int64_t extra;
    int32_t at; /* index of the edition */
    struct error err;
};

/* The problem with every dated edition of the draft held where it is. */
static struct problem *held_at_draft(TALLOC_CTX *ctx, const struct problem *p,
                                     const struct plan *draft)
{
    struct problem *copy = object_new(ctx, struct problem);
    struct problem_edition *editions =
        array_new(ctx, struct problem_edition, p->n_editions);

    *copy = *p;
    copy->editions = editions;
    for (size_t i = 0; i < p->n_editions; i++) {
        const struct edition *e = plan_edition(draft, p->editions[i].name);
        struct candidate *c = array_new(ctx, struct candidate,
                                        (size_t)p->editions[i].n_candidates);
        bool there = false;

        editions[i] = p->editions[i];
        editions[i].candidates = c;
        for (int32_t k = 0; k < editions[i].n_candidates; k++) {
            c[k] = p->editions[i].candidates[k];
            there = there || (e && c[k].open && c[k].start == e->start.day);
        }
        for (int32_t k = 0; there && k < editions[i].n_candidates; k++)
            c[k].open = c[k].open && c[k].start == e->start.day;
    }
    return copy;
}

static void explain_date(struct job *job, struct why_work *w)
{
    struct solve_options options = {.watch = &job->watch};

    if (date_is_none(w->date)) {
        w->reasons = explain_why(job->ctx, w->problem, w->solution, w->at);
        w->others =
            explain_others(job->ctx, w->problem, w->solution, w->at, &options);
    } else {
        w->reasons = explain_whynot(job->ctx, w->problem, w->solution, w->at,
                                    w->date, &options, &w->possible, &w->extra);
    }
}

static void why_run(struct job *job)
{
    struct why_work *w = job->arg;
    struct solve_options options = {.watch = &job->watch};
    struct plan *lapsed;

    w->good = plan_expand(job->ctx, &w->in, &w->problem, &lapsed, &w->err);
    if (!w->good)
        return;
    w->at = problem_edition_index(w->problem, w->edition);
    if (w->at < 0) {
        w->good = fail(&w->err, REPLY_NOTFOUND,
                       "%s has no date that planning chose: it lapsed, was "
                       "cancelled, or its cycle is over",
                       w->edition);
        return;
    }
    w->solution = solve(
        job->ctx, held_at_draft(job->ctx, w->problem, w->in.draft), &options);
    if (w->solution->choice[w->at] < 0) /* the draft breaks a rule by force */
        w->solution = solve(job->ctx, w->problem, &options);
    if (w->solution->choice[w->at] < 0) {
        w->good = fail(&w->err, REPLY_CONFLICT,
                       "no plan is possible around %s; plan its cycle to see "
                       "which rules cannot hold together",
                       w->edition);
        return;
    }
    explain_date(job, w);
}

static bool why_finish(struct job *job, struct error *err)
{
    struct why_work *w = job->arg;
    struct request *q = job->request;

    if (!w->good) {
        *err = w->err;
        return false;
    }
    for (size_t i = 0; i < w->reasons.n; i++)
        request_row(q, view_reason(&w->reasons.rows[i]));
    if (w->given[0]) {
        struct reason given = {
            .rule = "cycles further away", .hard = true, .text = w->given};

        request_row(q, view_reason(&given));
        summary_set(q, "given", json_string(w->given));
    }
    for (size_t i = 0; i < w->others.n; i++)
        request_row(q, view_other_date(&w->others.rows[i]));
    summary_set(q, "edition", json_string(w->edition));
    if (!date_is_none(w->date)) {
        summary_set(q, "possible", json_boolean(w->possible));
        if (w->possible)
            summary_set(q, "cost", json_integer(w->extra));
    }
    return true;
}

static bool is_open(const struct edition *e)
{
    return e->status == EDITION_PROPOSED && !date_is_none(e->start);
}

/* The edition's cycle and those beside it that are being planned too. */
static void why_cycles(const struct plan *draft, int cycle, int *first,
                       int *last)
{
    *first = *last = cycle;
    for (size_t i = 0; i < draft->n_editions; i++) {
        if (!is_open(&draft->editions[i]))
            continue;
        if (draft->editions[i].cycle == cycle - 1)
            *first = cycle - 1;
        if (draft->editions[i].cycle == cycle + 1)
            *last = cycle + 1;
    }
}

/* "with 2029 and later as planned": the answer holds under that. */
static const char *why_given(TALLOC_CTX *ctx, const struct plan *draft,
                             int first, int last)
{
    bool before = false, after = false;

    for (size_t i = 0; i < draft->n_editions; i++) {
        const struct edition *e = &draft->editions[i];

        before = before || (is_open(e) && e->cycle < first);
        after = after || (is_open(e) && e->cycle > last);
    }
    if (before && after)
        return text_format(ctx, "with %d and earlier, %d and later as planned",
                           first - 1, last + 1);
    if (before)
        return text_format(ctx, "with %d and earlier as planned", first - 1);
    return after ? text_format(ctx, "with %d and later as planned", last + 1)
                 : "";
}

static bool why_begin(struct request *q, struct date date, struct error *err)
{
    const struct plan *draft;
    struct edition *e;
    struct job *job;
    struct why_work *w;
    int first, last;

    if (!draft_whole(q->ctx, q->serve, request_draft(q), &draft, err) ||
        !find_edition(draft, request_text(q, "edition"), &e, err))
        return false;
    job = job_new(q);
    w = object_new(job->ctx, struct why_work);
    w->edition = memory_text(job->ctx, e->id);
    w->date = date;
    job->arg = w;
    job->run = why_run;
    job->finish = why_finish;
    why_cycles(draft, e->cycle, &first, &last);
    w->given = why_given(job->ctx, draft, first, last);
    if (!draft_planning(job->ctx, q->serve, request_draft(q), first, last,
                        &w->in, err)) {
        job_forget(job);
        return false;
    }
    w->in.loosen = w->edition;
    return job_start(job, err);
}

bool verb_WHY(struct request *q, struct error *err)
{
    return why_begin(q, DATE_NONE, err);
}

bool verb_WHYNOT(struct request *q, struct error *err)
{
    return why_begin(q, request_date(q, "date"), err);
}
