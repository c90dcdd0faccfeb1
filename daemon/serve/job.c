/*
 * Jobs on the pool. At most one at a time plans or explains (serve->job),
 * so that a solver never waits behind another and the loop keeps the threads it
 * needs for itself.
 */
#include "daemon/serve/job.h"

#include "daemon/base/memory.h"

#define TELL_EVERY 150 /* milliseconds */

static void abandon(void *arg)
{
    struct job *job = arg;

    atomic_store(&job->watch.cancel, true);
}

struct job *job_new(struct request *q)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct job *job = object_new(ctx, struct job);

    job->ctx = ctx;
    job->serve = q->serve;
    job->request = q;
    job->generation = q->serve->generation;
    generation_hold(job->generation);
    atomic_init(&job->watch.cancel, false);
    atomic_init(&job->watch.done, 0);
    atomic_init(&job->watch.of, 0);
    q->deferred = true;
    q->abandon = abandon;
    q->abandon_arg = job;
    return job;
}

void job_limit(struct job *job, int seconds)
{
    job->until = (int64_t)uv_now(job->serve->loop) + (int64_t)seconds * 1000;
}

static void on_timer(uv_timer_t *timer)
{
    struct job *job = timer->data;
    int done = atomic_load(&job->watch.done);

    if (job->until && (int64_t)uv_now(timer->loop) >= job->until)
        atomic_store(&job->watch.cancel, true);
    if (done != job->told)
        request_progress(job->request, done, atomic_load(&job->watch.of),
                         job->what ? job->what : "");
    job->told = done;
}

static void on_work(uv_work_t *work)
{
    struct job *job = work->data;

    job->run(job);
}

static void on_closed(uv_handle_t *handle)
{
    struct job *job = handle->data;

    talloc_free(job->ctx);
}

static void on_done(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct request *q = job->request;
    struct error err = {.code = REPLY_OK};
    bool good;

    job->serve->job = NULL;
    if (status < 0)
        good = fail(&err, REPLY_LATER, "the daemon is stopping");
    else if (!q->connection)
        good = fail(&err, REPLY_LATER, "nobody waits for the answer");
    else
        good = job->finish(job, &err);
    q->abandon = NULL;
    request_finish(q, good ? NULL : &err);
    generation_release(job->generation);
    uv_close((uv_handle_t *)&job->timer, on_closed);
}

void job_forget(struct job *job)
{
    job->request->deferred = false;
    job->request->abandon = NULL;
    generation_release(job->generation);
    talloc_free(job->ctx);
}

bool job_start(struct job *job, struct error *err)
{
    struct serve *s = job->serve;

    if (s->job || s->stopping) {
        job_forget(job);
        return fail(err, REPLY_LATER,
                    "another plan is being made; try again in a moment");
    }
    s->job = job;
    job->work.data = job;
    job->timer.data = job;
    (void)uv_timer_init(s->loop, &job->timer);
    (void)uv_timer_start(&job->timer, on_timer, TELL_EVERY, TELL_EVERY);
    (void)uv_queue_work(s->loop, &job->work, on_work, on_done);
    return true;
}

void job_cancel_all(struct serve *s)
{
    if (s->job)
        atomic_store(&s->job->watch.cancel, true);
}
