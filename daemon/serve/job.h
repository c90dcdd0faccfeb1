#pragma once
/*
 * Work for a pool thread: a frozen input, a result, progress to the client. The
 * thread touches nothing but the job's own context and its watch.
 */
#include "daemon/plan/solve.h"
#include "daemon/serve/request.h"

struct job {
    TALLOC_CTX *ctx; /* a root of its own; input and result live on it */
    struct serve *serve;
    struct request *request;
    struct generation *generation; /* kept alive while the job runs */
    struct solve_watch watch;
    void *arg; /* of the functions below */
    /* On a pool thread. */
    void (*run)(struct job *job);
    /* On the loop: emits rows and the summary of job->request, or fails. Not
     * called when the client went away. */
    bool (*finish)(struct job *job, struct error *err);
    const char *what; /* for progress lines */
    uv_work_t work;
    uv_timer_t timer; /* progress, and the end of --time */
    int64_t until;    /* loop milliseconds at which to cancel, 0 never */
    int told;
};

/* A job for q (which is deferred from now on). Its ctx is there. */
struct job *job_new(struct request *q);
/* Cancels after so many seconds; the best plan so far is the result. */
void job_limit(struct job *job, int seconds);
/* Starts it; run, finish and arg are set. */
bool job_start(struct job *job, struct error *err) MUST_USE;
/* Gives up a job that was not started; its request answers at once again. */
void job_forget(struct job *job);
/* Tells all running jobs to end soon. */
void job_cancel_all(struct serve *s);
