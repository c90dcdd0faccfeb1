/*
 * bench-planner [--time SECONDS] FILE...: solves problems in normal form and
 * prints "name cost bound proved seconds" for each, or "name infeasible
 * seconds", "name undecided seconds".
 */
#include <signal.h>
#include <sys/time.h>

#include "daemon/base/clock.h"
#include "daemon/plan/solve.h"
#include "tests/bench/ins.h"

static struct solve_watch watch;

static void stop(int signal_number)
{
    (void)signal_number;
    atomic_store(&watch.cancel, true);
}

/* The file's name without directory and ".ins". */
static char *bench_name(TALLOC_CTX *ctx, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strstr(name, ".ins");
    return memory_text_n(ctx, name, dot ? (size_t)(dot - name) : strlen(name));
}

static void report(const char *name, const struct problem *p,
                   const struct solution *s, double seconds)
{
    int64_t cost = 0;
    int32_t rule = -1;
    if (s->verdict == VERDICT_INFEASIBLE)
        printf("%s infeasible %.4f conflict %zu\n", name, seconds,
               s->n_conflict);
    else if (s->verdict == VERDICT_UNDECIDED)
        printf("%s undecided %.4f\n", name, seconds);
    else if (!problem_check(p, s->choice, &cost, &rule) || cost != s->cost)
        printf("%s WRONG\n", name);
    else
        printf("%s %lld %lld %d %.4f\n", name, (long long)s->cost,
               (long long)s->bound, s->verdict == VERDICT_OPTIMAL, seconds);
}

/* Stops the solver after so many seconds; 0: no more. */
static void stop_after(double seconds)
{
    double whole = (double)(long)seconds;
    struct itimerval in = {
        .it_value = {(time_t)whole, (suseconds_t)((seconds - whole) * 1e6)}};
    (void)setitimer(ITIMER_REAL, &in, NULL);
}

static bool bench(const char *path, double limit)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct problem *p = ins_read(ctx, path);
    struct solve_options options = {.watch = &watch};
    if (p) {
        atomic_store(&watch.cancel, false);
        stop_after(limit);
        int64_t from = clock_stopwatch();
        struct solution *s = solve(ctx, p, &options);
        int64_t to = clock_stopwatch();
        stop_after(0);
        report(bench_name(ctx, path), p, s, (double)(to - from) / 1e9);
        (void)fflush(stdout);
    } else {
        perror(path);
    }
    talloc_free(ctx);
    return p != NULL;
}

int main(int argc, char **argv)
{
    double limit = 0;
    int first = 1, failures = 0;
    if (argc > 2 && !strcmp(argv[1], "--time")) {
        limit = strtod(argv[2], NULL);
        first = 3;
    }
    if (first >= argc) {
        fputs("usage: bench-planner [--time SECONDS] FILE...\n", stderr);
        return 2;
    }
    (void)signal(SIGALRM, stop);
    for (int k = first; k < argc; k++)
        failures += !bench(argv[k], limit);
    return failures ? 1 : 0;
}
