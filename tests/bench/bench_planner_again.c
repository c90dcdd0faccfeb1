/*
 * bench-planner-again --rules RULES HOLIDAYS FIRST LAST
 * bench-planner-again FILE...
 *
 * Planning again after one change, beside planning from nothing: the problem of
 * the rules file (with its folder of holiday tables), or problems in normal
 * form. A line for each change:
 *
 *     name change nothing scratch again moved cost scratch-cost
 *
 * nothing: seconds for the changed problem with no dates yet; scratch: with the
 * dates so far and their prices of moving, but no memory of how they came
 * about; again: with that memory and from those dates, as the daemon plans. Of
 * several runs the least of each. Behind them the plan itself, and what the
 * rules take to become a problem, which is the same for all:
 *
 *     rules plan COST BOUND SECONDS
 *     rules expansion SECONDS
 */
#include <dirent.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"
#include "daemon/plan/plan.h"
#include "daemon/plan/reuse.h"
#include "tests/bench/ins.h"

enum { TABLES_MOST = 64, PRICE = 3, WEEK = 7, RUNS = 3 };

static double seconds_since(int64_t from)
{
    return (double)(clock_stopwatch() - from) / 1e9;
}

struct timed {
    struct solution *solution;
    double seconds;
};

/* What one change came to; of several runs the least of each time. */
struct outcome {
    double nothing, scratch, again;
    size_t moved;
    int64_t cost, scratch_cost;
};

static double lesser(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

static void outcome_add(struct outcome *o, double nothing, struct timed scratch,
                        struct timed again, size_t moved)
{
    o->nothing = lesser(o->nothing, nothing);
    o->scratch = lesser(o->scratch, scratch.seconds);
    o->again = lesser(o->again, again.seconds);
    o->moved = moved;
    o->cost = again.solution->cost;
    o->scratch_cost = scratch.solution->cost;
}

static void outcome_print(const struct outcome *o, const char *name,
                          const char *change)
{
    printf("%s %s %.4f %.4f %.4f %zu %lld %lld\n", name, change, o->nothing,
           o->scratch, o->again, o->moved, (long long)o->cost,
           (long long)o->scratch_cost);
    (void)fflush(stdout);
}

/* ---- from rules */

struct ruled {
    TALLOC_CTX *ctx;
    const char *text;
    struct source tables[TABLES_MOST];
    size_t n_tables;
    struct planning in;
    double expansion; /* seconds, the least so far */
};

static char *read_text(TALLOC_CTX *ctx, const char *path, size_t *ret_size)
{
    struct error err;
    char *text;
    if (!text_read_file(ctx, path, 1 << 20, &text, ret_size, &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        exit(2);
    }
    return text;
}

static void read_tables(struct ruled *r, const char *folder)
{
    DIR *d = opendir(folder);
    for (const struct dirent *e = d ? readdir(d) : NULL;
         e && r->n_tables < TABLES_MOST; e = readdir(d)) {
        struct source *s = &r->tables[r->n_tables];
        if (!strstr(e->d_name, ".csv"))
            continue;
        s->name = text_format(r->ctx, "%s/%s", folder, e->d_name);
        s->text = read_text(r->ctx, s->name, &s->size);
        r->n_tables++;
    }
    if (d)
        (void)closedir(d);
}

static const struct rules *rules_of(struct ruled *r, const char *text)
{
    struct source source = {"rules", text, strlen(text)};
    struct diagnostics found = {0};
    const struct rules *read =
        rules_read(r->ctx, &source, 1, r->tables, r->n_tables, &found);
    if (!read) {
        (void)fprintf(stderr, "%s\n",
                      found.n ? found.rows[0].text : "no rules");
        exit(2);
    }
    return read;
}

/* The dates so far, as candidates: of those that start then the cheapest. */
static int32_t *dates_so_far(TALLOC_CTX *ctx, const struct problem *p)
{
    int32_t *from = array_new(ctx, int32_t, p->n_editions);
    for (size_t e = 0; e < p->n_editions; e++) {
        const struct problem_edition *k = &p->editions[e];
        from[e] = -1;
        for (int32_t a = 0; a < k->n_candidates; a++)
            if (k->candidates[a].start == k->previous &&
                k->candidates[a].open &&
                (from[e] < 0 ||
                 k->candidates[a].cost < k->candidates[from[e]].cost))
                from[e] = a;
    }
    return from;
}

/* Plans from the rules: the solver's seconds, and those of the expansion. */
static struct timed ruled_plan(struct ruled *r, struct reuse *memory,
                               struct plan **ret)
{
    int64_t begin = clock_stopwatch();
    struct problem *p;
    struct plan *lapsed;
    struct error err;
    struct timed t;
    if (!plan_expand(r->ctx, &r->in, &p, &lapsed, &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        exit(2);
    }
    r->expansion = lesser(r->expansion, seconds_since(begin));
    struct solve_options options = {.start_from = dates_so_far(r->ctx, p)};
    begin = clock_stopwatch();
    t.solution = memory ? reuse_solve(r->ctx, memory, p, &options, NULL)
                        : solve(r->ctx, p, NULL);
    t.seconds = seconds_since(begin);
    *ret = plan_of_solution(r->ctx, &r->in, p, t.solution, lapsed);
    return t;
}

static size_t moved_between(const struct plan *before, const struct plan *after)
{
    size_t moved = 0;
    for (size_t i = 0; i < before->n_editions; i++) {
        const struct edition *e = &before->editions[i];
        const struct edition *now = plan_edition(after, e->id);
        moved += now && now->start.day != e->start.day;
    }
    return moved;
}

/* What is changed, in rules or facts, before planning again. */
struct change {
    const char *name;
    const char *find, *put; /* in the text of the rules; NULL: none */
    const char *block;      /* this edition's week for everyone; NULL: none */
    const char *confirm;    /* this edition a week later; NULL: none */
};

static char *replaced(TALLOC_CTX *ctx, const char *text, const char *find,
                      const char *put)
{
    const char *at = strstr(text, find);
    if (!at)
        return text_format(ctx, "%s", text);
    return text_format(ctx, "%.*s%s%s", (int)(at - text), text, put,
                       at + strlen(find));
}

static void change_make(struct ruled *r, const struct change *c,
                        struct plan *plan)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    const char *text = r->text;
    if (c->find)
        text = replaced(r->ctx, text, c->find, c->put);
    if (c->block) {
        const struct edition *e = plan_edition(plan, c->block);
        if (e)
            text = text_format(
                r->ctx, "%s\navoid \"Blocked\" %s .. %s for everyone\n", text,
                date_print(e->start, from),
                date_print(date_add_days(e->start, WEEK - 1), to));
    }
    r->in.rules = rules_of(r, text);
    if (c->confirm) {
        struct edition *e = plan_edition(plan, c->confirm);
        if (e) {
            e->start = date_add_days(e->start, WEEK);
            plan_complete(r->ctx, r->in.rules, e);
            e->pinned = true;
        }
    }
}

static void ruled_change(struct ruled *r, const struct change *c,
                         struct outcome *o)
{
    struct reuse *memory = reuse_new();
    struct plan *before, *plan;
    r->in.rules = rules_of(r, r->text);
    r->in.draft = NULL;
    (void)ruled_plan(r, memory, &before);
    r->in.draft = before;
    (void)ruled_plan(r, memory, &before); /* the draft is known, as saved */
    change_make(r, c, before);
    struct planning with = r->in;
    r->in.draft = NULL;
    double nothing = ruled_plan(r, NULL, &plan).seconds;
    r->in = with;
    r->in.draft = before;
    struct timed scratch = ruled_plan(r, NULL, &plan);
    struct timed again = ruled_plan(r, memory, &plan);
    outcome_add(o, nothing, scratch, again, moved_between(before, plan));
    talloc_free(memory);
}

/* The plan from nothing. */
static void ruled_itself(struct ruled *r)
{
    double seconds = 0;
    struct timed t = {0};
    struct plan *plan;
    r->in.rules = rules_of(r, r->text);
    r->in.draft = NULL;
    for (int run = 0; run < RUNS; run++) {
        t = ruled_plan(r, NULL, &plan);
        seconds = lesser(seconds, t.seconds);
    }
    printf("rules plan %lld %lld %.4f\n", (long long)t.solution->cost,
           (long long)t.solution->bound, seconds);
}

static int ruled(char **argv)
{
    static const struct change changes[] = {
        {"none", NULL, NULL, NULL, NULL},
        {"blocked-week", NULL, NULL, "JWG-2030", NULL},
        {"moved-edition", NULL, NULL, NULL, "JWG-2030"},
        {"changed-rule", "ideally 7 weeks", "ideally 8 weeks", NULL, NULL}};
    struct ruled r = {.ctx = talloc_new(NULL)};
    struct error err;
    size_t size;
    r.text = read_text(r.ctx, argv[2], &size);
    read_tables(&r, argv[3]);
    r.in.first_cycle = atoi(argv[4]);
    r.in.last_cycle = atoi(argv[5]);
    if (!instant_parse("2026-11-24T00:00:00Z", &r.in.now, &err))
        return 2;
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        struct outcome o = {0};
        for (int run = 0; run < RUNS; run++)
            ruled_change(&r, &changes[k], &o);
        outcome_print(&o, "rules", changes[k].name);
    }
    printf("rules expansion %.4f\n", r.expansion);
    ruled_itself(&r);
    talloc_free(r.ctx);
    return 0;
}

/* ---- problems in normal form */

/* A copy whose candidates and pairs may be changed. */
static struct problem *problem_copy(TALLOC_CTX *ctx, const struct problem *p)
{
    struct problem *q = object_new(ctx, struct problem);
    *q = *p;
    q->editions = array_new(q, struct problem_edition, p->n_editions);
    q->pairs = array_new(q, struct pair, p->n_pairs);
    memcpy(q->pairs, p->pairs, p->n_pairs * sizeof *p->pairs);
    for (size_t e = 0; e < p->n_editions; e++) {
        size_t n = (size_t)p->editions[e].n_candidates;
        q->editions[e] = p->editions[e];
        q->editions[e].candidates = array_new(q, struct candidate, n);
        memcpy(q->editions[e].candidates, p->editions[e].candidates,
               n * sizeof(struct candidate));
    }
    return q;
}

/* The price of leaving the dates of a plan, as a rule of its own. */
static void price(struct problem *q, const struct problem *p,
                  const int32_t *choice)
{
    size_t n = 2 * p->n_editions;
    q->rules = array_new(q, struct problem_rule, p->n_rules + 1);
    memcpy(q->rules, p->rules, p->n_rules * sizeof *p->rules);
    q->rules[p->n_rules] =
        (struct problem_rule){.text = "moving", .moving = true};
    q->n_rules = p->n_rules + 1;
    q->charges = array_new(q, struct charge, n);
    q->n_charges = 0;
    for (size_t e = 0; e < p->n_editions; e++) {
        struct problem_edition *k = &q->editions[e];
        int32_t day = p->editions[e].candidates[choice[e]].start;
        struct charge c = {.edition = (int32_t)e,
                           .rule = (int32_t)p->n_rules,
                           .from = INT32_MIN,
                           .to = day - 1,
                           .host = -1,
                           .join = -1,
                           .cost = PRICE};
        q->charges[q->n_charges++] = c;
        c.from = day + 1;
        c.to = INT32_MAX;
        q->charges[q->n_charges++] = c;
        k->previous = day;
        for (int32_t a = 0; a < k->n_candidates; a++)
            if (k->candidates[a].start != day)
                k->candidates[a].cost += PRICE;
    }
}

/* The edition that changes: one in the middle with a choice of weeks. */
static size_t middle_edition(const struct problem *p)
{
    size_t e = p->n_editions / 2;
    while (e + 1 < p->n_editions && p->editions[e].n_candidates < 30)
        e++;
    return e;
}

static void close_days(struct problem *p, size_t e, int32_t from, int32_t to,
                       bool outside)
{
    struct problem_edition *k = &p->editions[e];
    for (int32_t a = 0; a < k->n_candidates; a++) {
        bool in =
            k->candidates[a].start >= from && k->candidates[a].start <= to;
        k->candidates[a].open = k->candidates[a].open && in == outside;
    }
}

static void block_week(struct problem *p, size_t e, int32_t day)
{
    close_days(p, e, day - 3, day + 3, false);
}

static void confirm_later(struct problem *p, size_t e, int32_t day)
{
    close_days(p, e, day + WEEK, day + 2 * WEEK - 1, true);
}

/* What a rule asks of two editions, a week less, for all its cycles. */
static void change_rule(struct problem *p, size_t e, int32_t day)
{
    int32_t ideal = 0;
    (void)day;
    for (size_t k = 0; k < p->n_pairs && ideal == 0; k++)
        if (p->pairs[k].type == PAIR_GAP &&
            (p->pairs[k].i == (int32_t)e || p->pairs[k].j == (int32_t)e))
            ideal = p->pairs[k].bounds.ideal;
    for (size_t k = 0; ideal && k < p->n_pairs; k++)
        if (p->pairs[k].type == PAIR_GAP && p->pairs[k].bounds.ideal == ideal)
            p->pairs[k].bounds.ideal -= WEEK;
}

static void same(struct problem *p, size_t e, int32_t day)
{
    (void)p;
    (void)e;
    (void)day;
}

static struct timed timed_solve(TALLOC_CTX *ctx, struct reuse *memory,
                                const struct problem *p, const int32_t *from)
{
    struct solve_options options = {.start_from = from};
    int64_t begin = clock_stopwatch();
    struct timed t = {memory ? reuse_solve(ctx, memory, p, &options, NULL)
                             : solve(ctx, p, NULL),
                      0};
    t.seconds = seconds_since(begin);
    return t;
}

typedef void change_fn(struct problem *p, size_t e, int32_t day);

static void problem_change(const struct problem *p, change_fn *make,
                           struct outcome *o)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct reuse *memory = reuse_new();
    struct solution *before = reuse_solve(ctx, memory, p, NULL, NULL);
    size_t e = middle_edition(p), moved = 0;
    int32_t day = p->editions[e].candidates[before->choice[e]].start;
    struct problem *bare = problem_copy(ctx, p), *priced;
    make(bare, e, day);
    priced = problem_copy(ctx, bare);
    price(priced, p, before->choice);
    struct timed nothing = timed_solve(ctx, NULL, bare, NULL);
    struct timed scratch = timed_solve(ctx, NULL, priced, NULL);
    struct timed again = timed_solve(ctx, memory, priced, before->choice);
    for (size_t k = 0; k < p->n_editions; k++)
        moved += again.solution->choice[k] != before->choice[k];
    outcome_add(o, nothing.seconds, scratch, again, moved);
    talloc_free(memory);
    talloc_free(ctx);
}

static void problem_changes(const char *path)
{
    static const struct {
        const char *name;
        change_fn *make;
    } changes[] = {{"none", same},
                   {"blocked-week", block_week},
                   {"moved-edition", confirm_later},
                   {"changed-rule", change_rule}};
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const struct problem *p = ins_read(ctx, path);
    if (!p) {
        perror(path);
        exit(2);
    }
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        struct outcome o = {0};
        for (int run = 0; run < RUNS; run++)
            problem_change(p, changes[k].make, &o);
        outcome_print(&o, name, changes[k].name);
    }
    talloc_free(ctx);
}

int main(int argc, char **argv)
{
    if (argc == 6 && !strcmp(argv[1], "--rules"))
        return ruled(argv);
    for (int k = 1; k < argc; k++)
        problem_changes(argv[k]);
    return 0;
}
