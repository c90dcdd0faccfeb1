/*
 * bench-planner-sectors HOLIDAYS FIRST LAST SECONDS RULES...
 *
 * Plans the cycles of several rules files as the daemon does: the files read
 * and joined, expanded, solved within the seconds (0: as long as it takes).
 * Prints "editions cost bound proved read expand solve", the last three in
 * seconds; the legality of the plan is checked.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/plan.h"
#include "daemon/plan/solve.h"

enum { TABLES_MOST = 64 };

static struct solve_watch watch;

static void stop(int signal_number)
{
    (void)signal_number;
    atomic_store(&watch.cancel, true);
}

static void die(const char *text)
{
    (void)fprintf(stderr, "%s\n", text);
    exit(2);
}

static double seconds_since(int64_t from)
{
    return (double)(clock_stopwatch() - from) / 1e9;
}

static struct source read_source(TALLOC_CTX *ctx, const char *path)
{
    struct source s = {.name = path};
    struct error err;
    char *text;

    if (!text_read_file(ctx, path, 1 << 20, &text, &s.size, &err))
        die(err.text);
    s.text = text;
    return s;
}

static size_t read_tables(TALLOC_CTX *ctx, const char *folder,
                          struct source *rows)
{
    DIR *d = opendir(folder);
    size_t n = 0;

    if (!d)
        die(folder);
    for (const struct dirent *e = readdir(d); e && n < TABLES_MOST;
         e = readdir(d))
        if (strstr(e->d_name, ".csv"))
            rows[n++] =
                read_source(ctx, text_format(ctx, "%s/%s", folder, e->d_name));
    (void)closedir(d);
    return n;
}

static const struct rules *read_rules(TALLOC_CTX *ctx, const char *folder,
                                      char **paths, size_t n)
{
    struct source *texts = array_new(ctx, struct source, n);
    struct source *tables = array_new(ctx, struct source, TABLES_MOST);
    size_t n_tables = read_tables(ctx, folder, tables);
    struct diagnostics found;
    const struct rules *r;

    for (size_t i = 0; i < n; i++)
        texts[i] = read_source(ctx, paths[i]);
    r = rules_read(ctx, texts, n, tables, n_tables, &found);
    for (size_t i = 0; !r && i < found.n; i++)
        if (found.rows[i].severity == SEVERITY_ERROR)
            die(diagnostic_print(ctx, &found.rows[i]));
    return r;
}

static void report(const struct problem *p, const struct solution *s)
{
    int32_t rule = -1;
    int64_t cost = 0;

    if (s->verdict == VERDICT_INFEASIBLE)
        for (size_t i = 0; i < s->n_conflict; i++)
            (void)fprintf(stderr, "conflict: %s\n",
                          p->rules[s->conflict[i]].text);
    if (s->verdict != VERDICT_OPTIMAL && s->verdict != VERDICT_GOOD)
        die("no plan");
    if (!problem_check(p, s->choice, &cost, &rule) || cost != s->cost)
        die("WRONG");
    printf("%zu %lld %lld %d", p->n_editions, (long long)s->cost,
           (long long)s->bound, s->verdict == VERDICT_OPTIMAL);
}

static void plan(TALLOC_CTX *ctx, struct planning *in, unsigned limit,
                 double read)
{
    struct solve_options options = {.watch = &watch};
    int64_t from = clock_stopwatch();
    struct solution *s;
    struct problem *p;
    struct plan *lapsed;
    struct error err;
    double expand;

    if (!plan_expand(ctx, in, &p, &lapsed, &err))
        die(err.text);
    expand = seconds_since(from);
    from = clock_stopwatch();
    (void)signal(SIGALRM, stop);
    (void)alarm(limit);
    s = solve(ctx, p, &options);
    report(p, s);
    printf(" %.3f %.3f %.3f\n", read, expand, seconds_since(from));
}

int main(int argc, char **argv)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    int64_t from = clock_stopwatch();
    struct planning in = {0};
    struct error err;

    if (argc < 6)
        die("usage: bench-planner-sectors HOLIDAYS FIRST LAST SECONDS RULES..");
    in.rules = read_rules(ctx, argv[1], argv + 5, (size_t)argc - 5);
    in.first_cycle = atoi(argv[2]);
    in.last_cycle = atoi(argv[3]);
    if (!instant_parse("2026-11-24T00:00:00Z", &in.now, &err))
        die(err.text);
    plan(ctx, &in, (unsigned)atoi(argv[4]), seconds_since(from));
    talloc_free(ctx);
    return 0;
}
