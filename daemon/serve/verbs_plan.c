/*
 * Verbs that plan and that look at plans.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/paper.h"
#include "daemon/plan/explain.h"
#include "daemon/plan/reuse.h"
#include "daemon/publish/view.h"
#include "daemon/serve/job.h"
#include "daemon/serve/names.h"
#include "daemon/serve/verbs.h"

/* ---- plan */

struct planning_work {
    struct planning in;
    struct problem *problem;
    struct plan *lapsed, *plan;
    struct solution *solution;
    struct reasons conflict;
    int32_t *before;   /* the draft's dates as candidates, -1 none */
    const char ***why; /* per edition of the problem: why it moved */
    size_t *n_why;
    struct reuse *memory; /* the serve's, lent while the job runs */
    size_t reused;        /* editions answered from memory */
    bool good;
    struct error err;
    int64_t nanoseconds;
    const char *draft;
    struct draft_file *files; /* --rules, one of a sector */
    size_t n_files;
    unsigned edits; /* of the drafts when it began */
    bool called;    /* one edition more: say only what is new or moves */
};

/* Whether a candidate stands better for the date of e than another one: its
 * host, then open, then cheaper. */
static bool stands_better(const struct problem *p, const struct edition *e,
                          const struct candidate *a, const struct candidate *b)
{
    bool host_a = a->host >= 0 && text_same(p->hosts[a->host]->code, e->host);
    bool host_b = b->host >= 0 && text_same(p->hosts[b->host]->code, e->host);

    if (host_a != host_b)
        return host_a;
    return a->open != b->open ? a->open : a->cost < b->cost;
}

/* The candidate that stands for an edition of the draft; -1 none. A trip that
 * it shared then may be none any more: it would be there on its own now, and
 * perhaps with another host. */
static int32_t candidate_of(const struct problem *p,
                            const struct problem_edition *pe,
                            const struct edition *e)
{
    int32_t best = -1;

    if (!e || date_is_none(e->start))
        return -1;
    for (int32_t i = 0; i < pe->n_candidates; i++)
        if (pe->candidates[i].start == e->start.day &&
            (best < 0 ||
             stands_better(p, e, &pe->candidates[i], &pe->candidates[best])))
            best = i;
    return best;
}

static bool has_moved(const struct planning_work *w, size_t i)
{
    const struct candidate *all = w->problem->editions[i].candidates;
    int32_t was = w->before[i], is = w->solution->choice[i];

    return was >= 0 && is >= 0 &&
           (all[was].start != all[is].start || all[was].host != all[is].host);
}

/* The draft's dates, where they are still open: what planning starts from. */
static int32_t *plan_start(struct job *job, const struct planning_work *w)
{
    const struct problem *p = w->problem;
    int32_t *from = array_new(job->ctx, int32_t, p->n_editions);

    for (size_t i = 0; i < p->n_editions; i++) {
        int32_t c = candidate_of(
            p, &p->editions[i], plan_edition(w->in.draft, p->editions[i].name));
        from[i] = c >= 0 && p->editions[i].candidates[c].open ? c : -1;
    }
    return from;
}

/* Which editions left the dates of the draft, and what drove them away. */
static void plan_moved(struct job *job, struct planning_work *w)
{
    const struct problem *p = w->problem;

    w->before = array_new(job->ctx, int32_t, p->n_editions);
    w->why = array_new(job->ctx, const char **, p->n_editions);
    w->n_why = array_new(job->ctx, size_t, p->n_editions);
    for (size_t i = 0; i < p->n_editions; i++)
        w->before[i] = candidate_of(
            p, &p->editions[i], plan_edition(w->in.draft, p->editions[i].name));
    for (size_t i = 0; i < p->n_editions; i++)
        if (has_moved(w, i))
            w->why[i] = explain_moved(job->ctx, p, w->solution, w->before,
                                      (int32_t)i, &w->n_why[i]);
}

static void plan_run(struct job *job)
{
    struct planning_work *w = job->arg;
    struct solve_options options = {.watch = &job->watch};
    int64_t begin = clock_stopwatch();

    w->good = plan_expand(job->ctx, &w->in, &w->problem, &w->lapsed, &w->err);
    if (!w->good)
        return;
    if (!w->in.fresh)
        options.start_from = plan_start(job, w);
    w->solution =
        reuse_solve(job->ctx, w->memory, w->problem, &options, &w->reused);
    if (w->solution->verdict == VERDICT_INFEASIBLE)
        w->conflict = explain_conflict(job->ctx, w->problem, w->solution);
    else
        w->plan = plan_of_solution(job->ctx, &w->in, w->problem, w->solution,
                                   w->lapsed);
    if (w->plan)
        plan_moved(job, w);
    w->nanoseconds = clock_stopwatch() - begin;
}

/* The items that carry facts come along with their editions. */
static void keep_facts(struct plan *plan, const struct plan *draft)
{
    for (size_t i = 0; i < draft->n_items; i++) {
        const struct item *item = &draft->items[i];
        const struct edition *is = plan_edition(plan, item->edition);
        const struct edition *was = plan_edition(draft, item->edition);
        struct item copy;

        if (!is)
            continue;
        copy = item_copy(plan, item);
        if (was && !date_is_none(was->start) && !date_is_none(is->start)) {
            copy.start.date.day += is->start.day - was->start.day;
            copy.end.date.day += is->start.day - was->start.day;
        }
        plan->items =
            array_grow(plan, plan->items, struct item, plan->n_items + 1);
        plan->items[plan->n_items++] = copy;
    }
}

/* "RULE (file:line; 3 days longer, until 3 Mar)" */
static char *conflict_text(TALLOC_CTX *ctx, const struct reason *r)
{
    const char *slash = r->where.file ? strrchr(r->where.file, '/') : NULL;
    const char *gives = r->gives ? r->gives : "";

    if (r->where.line == 0)
        return memory_text(ctx, r->rule);
    return text_format(ctx, "%s (%s:%d%s%s)", r->rule,
                       slash ? slash + 1 : r->where.file, r->where.line,
                       *gives ? "; " : "", gives);
}

static bool plan_conflict(struct request *q, const struct planning_work *w,
                          struct error *err)
{
    const struct reasons *c = &w->conflict;
    char *text = memory_text(q->ctx, "");

    for (size_t i = 0; i < c->n; i++) {
        json_t *row = view_reason(&c->rows[i]);

        (void)json_object_set_new(row, "cost", json_null());
        (void)json_object_set_new(
            row, "gives",
            c->rows[i].gives ? json_string(c->rows[i].gives) : json_null());
        request_row(q, row);
        text = text_format(q->ctx, "%s%s%s", text, i ? "; " : "",
                           conflict_text(q->ctx, &c->rows[i]));
    }
    (void)fail(err, REPLY_CONFLICT,
               "no plan is possible, nothing is changed; these cannot hold "
               "together, relax one: %s",
               text);
    if (c->n > 0 && c->rows[0].where.line > 0)
        (void)fail_at(err, c->rows[0].where.file, c->rows[0].where.line,
                      c->rows[0].where.column);
    return false;
}

/* What drove an edition off the date it had. */
static json_t *why_moved(const struct planning_work *w, const struct edition *e)
{
    json_t *list = json_array();
    int32_t at = problem_edition_index(w->problem, e->id);

    for (size_t i = 0; at >= 0 && i < w->n_why[at]; i++)
        (void)json_array_append_new(list, json_string(w->why[at][i]));
    return list;
}

static bool in_cycles(const struct edition *e, const struct planning *in)
{
    return e->cycle >= in->first_cycle && e->cycle <= in->last_cycle;
}

/* Rows of what was planned; counts what moved. */
static void plan_rows(struct request *q, const struct planning_work *w)
{
    int editions = 0, moved = 0, added = 0, kept = 0;

    for (size_t i = 0; i < w->plan->n_editions; i++) {
        const struct edition *e = &w->plan->editions[i];
        const struct edition *was = plan_edition(w->in.draft, e->id);
        json_t *row;

        if (!in_cycles(e, &w->in))
            continue;
        editions++;
        if (!was || date_is_none(was->start))
            added += !date_is_none(e->start);
        else if (was->start.day == e->start.day &&
                 text_same(was->host, e->host))
            kept++;
        else
            moved++;
        if (w->called && was && !date_is_none(was->start) &&
            was->start.day == e->start.day)
            continue;
        row = view_edition(q->serve->generation->rules, e);
        if (was && !date_is_none(was->start) &&
            was->start.day != e->start.day) {
            (void)json_object_set_new(
                row, "was",
                json_string(date_print(was->start, (char[DATE_TEXT]){0})));
            (void)json_object_set_new(row, "why_moved", why_moved(w, e));
        }
        request_row(q, row);
    }
    summary_set(q, "editions", json_integer(editions));
    summary_set(q, "cost", json_integer(w->solution->cost));
    summary_set(q, "bound", json_integer(w->solution->bound));
    summary_set(q, "proved",
                json_boolean(w->solution->verdict == VERDICT_OPTIMAL));
    summary_set(q, "seconds",
                json_real((double)(w->nanoseconds / 1000000) / 1000.0));
    summary_set(q, "moved", json_integer(moved));
    summary_set(q, "added", json_integer(added));
    summary_set(q, "kept", json_integer(kept));
    summary_set(q, "reused", json_integer((json_int_t)w->reused));
}

/* What a fork was planned with is what its agendas are laid out by. */
static bool keep_rules(const struct planning_work *w, struct serve *s,
                       struct error *err)
{
    bool good = true;

    for (size_t i = 0; i < w->n_files && good; i++)
        good = store_put_draft_file(s->store, w->draft, &w->files[i], err);
    return good;
}

static bool plan_finish(struct job *job, struct error *err)
{
    struct planning_work *w = job->arg;
    struct request *q = job->request;
    struct serve *s = job->serve;

    if (!w->good) {
        *err = w->err;
        return false;
    }
    if (w->solution->verdict == VERDICT_INFEASIBLE)
        return plan_conflict(q, w, err);
    if (w->solution->verdict == VERDICT_UNDECIDED)
        return fail(err, REPLY_LATER,
                    "no legal plan was found in that time, and none was "
                    "excluded; give it more time (--time)");
    if (w->edits != s->edits)
        return fail(err, REPLY_LATER,
                    "the draft was changed meanwhile; plan again");
    keep_facts(w->plan, w->in.draft);
    w->plan->cost = w->solution->cost;
    w->plan->bound = w->solution->bound;
    w->plan->proved = w->solution->verdict == VERDICT_OPTIMAL;
    if (!keep_rules(w, s, err) || !draft_save(s, w->draft, NULL, w->plan, err))
        return false;
    plan_rows(q, w);
    return true;
}

static bool has_errors(const struct diagnostics *found, struct error *err)
{
    const struct diagnostic *first = NULL;

    for (size_t i = 0; i < found->n && !first; i++)
        if (found->rows[i].severity == SEVERITY_ERROR)
            first = &found->rows[i];
    (void)fail(err, REPLY_INPUT, "%s (%zu error%s; see `check`)",
               first ? first->text : "the rules cannot be read", found->errors,
               found->errors == 1 ? "" : "s");
    if (first)
        (void)fail_at(err, first->where.file, first->where.line,
                      first->where.column);
    return false;
}

/* Adds one of the files of --rules, each in place of another sector's. */
static bool own_file(struct request *q, struct planning_work *w,
                     TALLOC_CTX *ctx, const json_t *one, struct error *err)
{
    const char *text = json_string_value(
                   json_is_string(one) ? one : json_object_get(one, "text")),
               *name = json_is_string(one) ? request_text(q, "name")
                                           : args_text(one, "name");
    struct draft_file file = {"", name ? name : "rules", text};
    struct diagnostics found = {NULL, 0, 0};

    if (!generation_place(ctx, q->serve, &file, &found))
        return has_errors(&found, err);
    if (!generation_has(q->serve, file.sector))
        return fail(err, REPLY_NOTFOUND,
                    "no sector here has the code %s: there are %s", file.sector,
                    q->serve->generation->codes);
    for (size_t i = 0; i < w->n_files; i++)
        if (text_same(w->files[i].sector, file.sector))
            return fail(err, REPLY_USAGE, "%s and %s are both rules of %s",
                        w->files[i].file, file.file, file.sector);
    w->files[w->n_files++] = file;
    return true;
}

/* --rules: the rules of this question, tried on a fork. */
static bool own_rules(struct request *q, struct planning_work *w,
                      TALLOC_CTX *ctx, struct error *err)
{
    const json_t *list = args_list(q->args, "rules"), *one;
    struct diagnostics found = {NULL, 0, 0};
    size_t i;

    if (!list)
        return true;
    if (strcmp(w->draft, "main") == 0)
        return fail(err, REPLY_USAGE,
                    "other rules are tried on a fork: name one with --draft");
    w->files = array_new(ctx, struct draft_file, json_array_size(list));
    json_array_foreach(list, i, one)
    {
        if (!own_file(q, w, ctx, one, err))
            return false;
    }
    w->in.rules =
        draft_rules_with(ctx, q->serve, w->draft, w->files, w->n_files, &found);
    return w->in.rules || has_errors(&found, err);
}

static void reuse_end(void *memory)
{
    talloc_free(memory);
}

/* Starts a planning job into q's draft; `added` (may be NULL) is one more
 * edition that the draft is to have. */
static bool plan_begin(struct request *q, int first, int last, bool fresh,
                       const struct edition *added, struct error *err)
{
    struct job *job = job_new(q);
    struct planning_work *w = object_new(job->ctx, struct planning_work);
    long long seconds = args_number(q->args, "time", 0);

    job->arg = w;
    job->run = plan_run;
    job->finish = plan_finish;
    job->what = "editions";
    w->draft = memory_text(job->ctx, request_draft(q));
    w->edits = q->serve->edits;
    if (!q->serve->reuse) {
        q->serve->reuse = reuse_new();
        (void)memory_hold(q->serve->ctx, q->serve->reuse, reuse_end);
    }
    w->memory = q->serve->reuse;
    if (!draft_planning(job->ctx, q->serve, w->draft, first, last, &w->in,
                        err) ||
        !own_rules(q, w, job->ctx, err)) {
        job_forget(job);
        return false;
    }
    w->in.fresh = fresh;
    w->called = added != NULL;
    if (added) {
        struct plan *draft = plan_copy(job->ctx, w->in.draft);

        draft->editions = array_grow(draft, draft->editions, struct edition,
                                     draft->n_editions + 1);
        draft->editions[draft->n_editions++] = edition_copy(draft, added);
        plan_sort(draft);
        w->in.draft = draft;
    }
    if (seconds > 0)
        job_limit(job, (int)(seconds > 86400 ? 86400 : seconds));
    return job_start(job, err);
}

bool verb_PLAN(struct request *q, struct error *err)
{
    int first, last;

    request_cycles(q, "cycles", &first, &last);
    q->things = text_format(q->ctx, "%d..%d", first, last);
    return plan_begin(q, first, last, args_flag(q->args, "fresh"), NULL, err);
}

/* ---- call */

/* Nothing is called nearer to now than the sector's notice. */
static bool outside_notice(struct request *q, const struct sector *s,
                           struct date by, struct error *err)
{
    struct length l = s->notice;
    struct date today = instant_utc_date(serve_now(q->serve));
    struct date first = l.unit == UNIT_WEEKS    ? date_add_days(today, 7 * l.n)
                        : l.unit == UNIT_MONTHS ? date_add_months(today, l.n)
                        : l.unit == UNIT_DAYS   ? date_add_days(today, l.n)
                                                : today;
    char text[DATE_TEXT];

    return by.day >= first.day ||
           fail(err, REPLY_CONFLICT,
                "the notice of %s leaves no day before %s (%s:%d)",
                length_print(q->ctx, l), date_print(first, text), s->where.file,
                s->where.line);
}

bool verb_CALL(struct request *q, struct error *err)
{
    const struct cluster *c;
    struct date by = request_date(q, "by");
    struct plan *draft;
    struct edition e = edition_blank();
    int there = 0;

    e.n = 1;
    if (!named_cluster(q, request_text(q, "cluster"), &c, err))
        return false;
    e.cycle = cycle_of(c->sector, by);
    if (c->times == TIMES_FIXED)
        return fail(err, REPLY_CONFLICT,
                    "%s meets %d time%s per cycle, not as needed (%s:%d)",
                    c->code, c->most, c->most == 1 ? "" : "s",
                    c->times_where.file, c->times_where.line);
    if (by.day < instant_utc_date(serve_now(q->serve)).day)
        return fail(err, REPLY_INPUT, "--by lies in the past");
    if (!outside_notice(q, c->sector, by, err))
        return false;
    if (!draft_facts(q->ctx, q->serve, request_draft(q), &draft, err))
        return false;
    for (size_t i = 0; i < draft->n_editions; i++) {
        const struct edition *other = &draft->editions[i];

        if (!text_same(other->cluster, c->code) || other->cycle != e.cycle)
            continue;
        there += other->status != EDITION_CANCELLED &&
                 other->status != EDITION_LAPSED;
        if (other->n >= e.n)
            e.n = other->n + 1;
    }
    if (there >= c->most)
        return fail(err, REPLY_CONFLICT,
                    "%s has %d editions in %d already, at most %d are allowed "
                    "(%s:%d)",
                    c->code, there, e.cycle, c->most, c->times_where.file,
                    c->times_where.line);
    e.id = edition_name(q->ctx, c->code, e.cycle, e.n);
    e.cluster = c->code;
    e.title = c->title;
    e.reason = request_text(q, "for");
    e.by = by;
    q->things = e.id;
    return plan_begin(q, e.cycle, e.cycle, false, &e, err);
}

/* ---- looking */

static bool shows_cluster(const struct request *q, const char *cluster)
{
    return request_shows(q, rules_sector(q->serve->generation->rules, cluster));
}

/* What was held in the cycles asked for, before any plan. */
static bool past_rows(struct request *q, const struct plan *plan, int first,
                      int last, int *n, struct error *err)
{
    struct history history;
    struct edition *rows;
    size_t held;

    if (!store_history(q->ctx, q->serve->store, &history, err))
        return false;
    rows = office_past(q->ctx, q->serve->generation->rules, &history, plan,
                       first, last, &held);
    for (size_t i = 0; i < held; i++) {
        if (!shows_cluster(q, rows[i].cluster))
            continue;
        request_row(q, view_edition(q->serve->generation->rules, &rows[i]));
        ++*n;
    }
    return true;
}

bool verb_EDITIONS(struct request *q, struct error *err)
{
    const struct plan *plan;
    int first, last, n = 0;

    if (!requested_plan(q, &plan, err))
        return false;
    request_cycles(q, "cycles", &first, &last);
    if (first <= last && args_number(q->args, "release", 0) == 0 &&
        date_is_none(request_date(q, "as-of")) &&
        !past_rows(q, plan, first, last, &n, err))
        return false;
    for (size_t i = 0; i < plan->n_editions; i++) {
        const struct edition *e = &plan->editions[i];

        if ((first <= last && (e->cycle < first || e->cycle > last)) ||
            !shows_cluster(q, e->cluster))
            continue;
        request_row(q, view_edition(q->serve->generation->rules, e));
        n++;
    }
    summary_set(q, "editions", json_integer(n));
    return true;
}

/* The time on the partner's own clock, where it is another one: "09:30 ..
 * 10:15", with the weekday where it is another day there. */
static void partner_time(const struct rules *r, const struct item *i,
                         json_t *row)
{
    const struct partner *p =
        i->partner[0] ? rules_partner(r, i->partner) : NULL;
    struct local from, to;
    char a[16], b[16];

    if (!p || !p->zone || instant_is_none(i->start_utc))
        return;
    from = zone_local(p->zone, i->start_utc);
    to = zone_local(p->zone, i->end_utc);
    (void)snprintf(a, sizeof a, "%02d:%02d", from.minute / 60,
                   from.minute % 60);
    (void)snprintf(b, sizeof b, "%02d:%02d", to.minute / 60, to.minute % 60);
    (void)json_object_set_new(
        row, "partner_time",
        from.date.day == i->start.date.day
            ? json_sprintf("%s .. %s", a, b)
            : json_sprintf("%s %s .. %s", weekday_name(date_weekday(from.date)),
                           a, b));
    (void)json_object_set_new(row, "partner_zone",
                              json_string(zone_name(p->zone)));
}

static void agenda_row(struct request *q, const struct item *i)
{
    const struct rules *r = q->serve->generation->rules;
    json_t *row = view_item(r, i);

    partner_time(r, i, row);
    request_row(q, row);
}

bool verb_AGENDA(struct request *q, struct error *err)
{
    const struct plan *plan;
    struct edition *e;
    struct item *items;
    size_t n;

    if (!requested_plan(q, &plan, err) ||
        !find_edition(plan, request_text(q, "edition"), &e, err))
        return false;
    items = plan_items_of(plan, e->id, &n);
    for (size_t i = 0; i < n; i++)
        agenda_row(q, &items[i]);
    summary_set(q, "edition", json_string(e->id));
    summary_set(q, "title", json_string(e->title));
    if (!date_is_none(e->start)) {
        char when[80];

        summary_set(
            q, "dates",
            json_string(date_range_print(e->start, e->end, when, sizeof when)));
    }
    summary_set(q, "host", json_string(e->host));
    summary_set(q, "city", json_string(e->city));
    summary_set(q, "status", json_string(edition_status_word(e->status)));
    if (n == 0 && e->n_warnings > 0)
        return fail(err, REPLY_CONFLICT, "%s", e->warnings[e->n_warnings - 1]);
    return true;
}

/* A page that an auditor can print and file. */
static char *audit_page(struct request *q, const struct audit *audit, int first,
                        int last)
{
    static const char *const headings[] = {
        "",         "Body",    "Cycle", "Mandate", "Requires",
        "Required", "Planned", "Held",  "Missing", "Rule"};
    const struct rules *r = q->serve->generation->rules;
    char day[DATE_TEXT];
    struct paper *p = paper_new(
        q->ctx, PAPER_HTML,
        text_format(q->ctx,
                    first == last ? "%s: mandates %d" : "%s: mandates %d to %d",
                    rules_title(q->ctx, r), first, last));

    paper_text(
        p, text_format(q->ctx, "As of %s. %zu of %zu requirements fall short.",
                       date_print(instant_utc_date(serve_now(q->serve)), day),
                       audit->gaps, audit->n));
    paper_table(p, headings, sizeof headings / sizeof headings[0]);
    for (size_t i = 0; i < audit->n; i++) {
        const struct audit_row *a = &audit->rows[i];
        char *missing = memory_text(q->ctx, "");

        for (size_t k = 0; k < a->n_missing; k++)
            missing = text_format(q->ctx, "%s%s%s", missing, k ? "; " : "",
                                  a->missing[k]);
        paper_row(p, (const char *const[]){
                         a->ok ? "kept" : "SHORT", a->body,
                         text_format(q->ctx, "%d", a->cycle), a->mandate,
                         a->requires, text_format(q->ctx, "%d", a->required),
                         text_format(q->ctx, "%d", a->planned),
                         text_format(q->ctx, "%d", a->held), missing,
                         where_print(q->ctx, a->where)});
    }
    return paper_end(q->ctx, p);
}

bool verb_AUDIT(struct request *q, struct error *err)
{
    const struct plan *plan;
    struct history history;
    struct audit audit;
    int first, last;

    request_cycles(q, "cycles", &first, &last);
    if (!draft_whole(q->ctx, q->serve, request_draft(q), &plan, err) ||
        !store_history(q->ctx, q->serve->store, &history, err))
        return false;
    audit = office_audit(q->ctx, q->serve->generation->rules, &history, plan,
                         first, last);
    if (args_flag(q->args, "html"))
        request_row(
            q, json_pack("{s:s}", "text", audit_page(q, &audit, first, last)));
    for (size_t i = 0; i < audit.n && !args_flag(q->args, "html"); i++)
        request_row(q, view_audit(&audit.rows[i]));
    if (audit.gaps > 0)
        return fail(err, REPLY_NO, "%zu mandate%s fall%s short", audit.gaps,
                    audit.gaps == 1 ? "" : "s", audit.gaps == 1 ? "s" : "");
    return true;
}
