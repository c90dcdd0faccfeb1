/*
 * The life of the process.
 *
 * Opening, each step needing those before it: configuration, store, rules and
 * templates, the last version, delivery, scheduler, control socket, HTTP, then
 * READY. Closing: listeners first; whoever is connected gets the answer to what
 * was asked, within a second; then what is under way (a job, a batch of mail)
 * is told to end and waited for, 15 s at most; then the store.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/program.h"
#include "daemon/base/text.h"
#include "daemon/serve/job.h"
#include "daemon/serve/serve.h"
#include "daemon/serve/zones.h"

#define STOP_SECONDS 15
#define STOP_EVERY   20 /* ms; the loop hears everybody in between */
#define STOP_TURNS   50 /* of these at most, for those who are connected */
#define FDS_MOST     8
#define UPKEEP_EVERY 2000

struct process {
    struct serve s;
    uv_loop_t loop;
    uv_signal_t term, intr, hup;
    uv_timer_t watchdog, stop, upkeep;
    bool leaving;
    int turns;       /* since then */
    int64_t stop_by; /* stopwatch */
    char *told;      /* the status that systemd has */
    bool told_trouble;
    int control_fd;
    int http_fds[FDS_MOST];
    size_t n_http;
};

/* ---- findings for people */

static void print_findings(const struct diagnostics *found)
{
    TALLOC_CTX *tmp = talloc_new(NULL);

    for (size_t i = 0; i < found->n; i++)
        (void)printf("%s\n", diagnostic_print(tmp, &found->rows[i]));
    talloc_free(tmp);
}

static void log_findings(const struct diagnostics *found)
{
    TALLOC_CTX *tmp = talloc_new(NULL);

    for (size_t i = 0; i < found->n; i++)
        log_lines(found->rows[i].severity == SEVERITY_ERROR ? LOG_LEVEL_ERROR
                                                            : LOG_LEVEL_WARNING,
                  diagnostic_print(tmp, &found->rows[i]));
    talloc_free(tmp);
}

int daemon_check(const struct daemon_options *options)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostics found = {NULL, 0, 0};
    const struct config *config = config_read(ctx, options->config, &found);
    struct clock clock = clock_real();
    int status;

    if (config)
        (void)generation_load(ctx, config, NULL, clock_now(&clock), &found);
    print_findings(&found);
    status = found.errors > 0 ? reply_exit(REPLY_INPUT) : 0;
    if (status == 0)
        (void)printf("%s: good, %zu warning%s\n", options->config, found.n,
                     found.n == 1 ? "" : "s");
    talloc_free(ctx);
    return status;
}

/* ---- opening */

static void take_sockets(struct process *p)
{
    char **names = NULL;
    int n = sd_listen_fds_with_names(1, &names);

    p->control_fd = -1;
    for (int i = 0; i < n; i++) {
        int fd = SD_LISTEN_FDS_START + i;

        if (names && strcmp(names[i], "http") == 0 && p->n_http < FDS_MOST)
            p->http_fds[p->n_http++] = fd;
        else if (p->control_fd < 0)
            p->control_fd = fd;
    }
    for (int i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
}

static bool open_state(struct serve *s, struct error *err)
{
    if (mkdir(s->config->state, 0700) != 0 && access(s->config->state, W_OK))
        return fail(err, REPLY_INTERNAL,
                    "the state directory %s cannot be made or written: %s",
                    s->config->state, strerror(errno));
    if (!store_open(s->ctx, s->config->state, &s->store, err))
        return false;
    if (store_kept(s->store))
        log_line(LOG_LEVEL_INFO,
                 "the store has a new format; what it was before is kept in %s",
                 store_kept(s->store));
    return true;
}

/* A restored copy, or a database that got lost: who keeps the machine has to
 * know which, before anybody releases. */
static void tell_restored(const struct serve *s)
{
    if (s->out.floor.restored)
        log_line(LOG_LEVEL_WARNING,
                 "the database in %s knows release %d and is older than what "
                 "was published from here; if it is the right copy, the next "
                 "release corrects every calendar",
                 s->config->state, s->out.release);
}

static bool open_rules(struct serve *s, struct error *err)
{
    struct diagnostics found = {NULL, 0, 0};
    bool good = generation_first(s, &found, err);

    log_findings(&found);
    if (good && s->reload_errors > 0)
        log_line(LOG_LEVEL_ERROR,
                 "%d error%s in the rules or tables: the daemon goes by those "
                 "that were last loaded; mend the files and reload",
                 s->reload_errors, s->reload_errors == 1 ? "" : "s");
    return good;
}

static bool open_all(struct process *p, struct error *err)
{
    struct serve *s = &p->s;

    if (!open_state(s, err) || !open_rules(s, err) || !publishing_load(s, err))
        return false;
    s->delivery = delivery_start(s, err);
    if (!s->delivery)
        return false;
    s->scheduler = scheduler_start(s);
    if (!control_start(s, p->control_fd, err) ||
        !http_start(s, p->http_fds, p->n_http, err))
        return false;
    delivery_poke(s);
    zones_tell(s);
    tell_restored(s);
    return true;
}

/* ---- while it runs */

/* What `systemctl status` shows of the service; a person reads it. */
static char *status_text(TALLOC_CTX *ctx, struct serve *s)
{
    const char *store = store_trouble(s->store), *mail = delivery_note(s);
    char *errors =
        text_format(ctx, "; %d error%s in the files that were to be loaded",
                    s->reload_errors, s->reload_errors == 1 ? "" : "s");

    return text_format(ctx, "%s, release %d%s%s%s%s%s", s->generation->codes,
                       s->out.release, s->reload_errors > 0 ? errors : "",
                       store ? "; the store takes no writes: " : "",
                       store ? store : "", mail[0] ? "; mail: " : "", mail);
}

static void tell_ready(struct process *p)
{
    talloc_free(p->told);
    p->told = status_text(p, &p->s);
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", p->told);
}

static void tell_status(struct process *p)
{
    char *now;
    bool news;

    if (!p->told || p->leaving)
        return;
    now = status_text(p, &p->s);
    news = strcmp(now, p->told) != 0;
    talloc_free(news ? p->told : now);
    if (!news)
        return;
    p->told = now;
    (void)sd_notifyf(0, "STATUS=%s", now);
}

static void on_reload(uv_signal_t *handle, int number)
{
    struct serve *s = handle->data;
    struct error err;

    (void)number;
    (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
                     (long long)(clock_stopwatch() / 1000));
    if (serve_reload(s, &err))
        log_line(LOG_LEVEL_INFO, "rules and templates are loaded again");
    else
        serve_report(s, "reload", &err);
    tell_ready((struct process *)s);
}

static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    (void)sd_notify(0, "WATCHDOG=1");
}

/* Does the store take writes, and does it again? The journal has each once. */
static void watch_store(struct process *p)
{
    struct serve *s = &p->s;
    const char *trouble = store_trouble(s->store);
    struct error err;
    int n;

    if (!trouble)
        return;
    if (!p->told_trouble)
        log_line(LOG_LEVEL_ERROR, "the store takes no writes: %s", trouble);
    p->told_trouble = true;
    if (!store_probe(s->store))
        return;
    p->told_trouble = false;
    log_line(LOG_LEVEL_INFO, "the store takes writes again");
    /* What could not be settled meanwhile is under way in the rows only. */
    if (delivery_idle(s) && !store_recover(s->store, serve_now(s), &n, &err))
        serve_report(s, "outbox", &err);
    delivery_poke(s);
}

static void on_upkeep(uv_timer_t *timer)
{
    watch_store(timer->data);
    tell_status(timer->data);
}

static void close_handle(uv_handle_t *h)
{
    if (!uv_is_closing(h))
        uv_close(h, NULL);
}

/* Nobody is connected any more, or only those who ask nothing. */
static void stop_working(struct process *p)
{
    struct serve *s = &p->s;

    s->stopping = true;
    control_stop(s);
    http_stop(s);
    scheduler_stop(s);
    job_cancel_all(s);
    delivery_stop(s);
    p->stop_by = clock_stopwatch() + STOP_SECONDS * 1000000000LL;
}

static void close_all(struct process *p)
{
    delivery_close(&p->s);
    close_handle((uv_handle_t *)&p->term);
    close_handle((uv_handle_t *)&p->intr);
    close_handle((uv_handle_t *)&p->hup);
    close_handle((uv_handle_t *)&p->watchdog);
    close_handle((uv_handle_t *)&p->upkeep);
    close_handle((uv_handle_t *)&p->stop);
}

static void on_stop_timer(uv_timer_t *timer)
{
    struct process *p = timer->data;
    struct serve *s = &p->s;
    bool late;

    if (!s->stopping) {
        if ((control_busy(s) || http_busy(s)) && p->turns++ < STOP_TURNS)
            return;
        stop_working(p);
    }
    late = clock_stopwatch() > p->stop_by;
    if ((!delivery_idle(s) || s->job) && !late)
        return;
    if (late)
        log_line(LOG_LEVEL_WARNING, "something was still under way; leaving");
    if (s->job && late) {
        talloc_free(s->store); /* the pool cannot be joined in time */
        _exit(0);
    }
    close_all(p);
}

static void begin_stop(struct process *p)
{
    if (p->leaving)
        return;
    p->leaving = true;
    (void)sd_notify(0, "STOPPING=1");
    control_quiesce(&p->s);
    http_quiesce(&p->s);
    (void)uv_timer_start(&p->stop, on_stop_timer, 0, STOP_EVERY);
}

static void on_terminate(uv_signal_t *handle, int number)
{
    struct serve *s = handle->data;

    log_line(LOG_LEVEL_INFO, "stopping on %s",
             number == SIGTERM ? "SIGTERM" : "SIGINT");
    begin_stop((struct process *)s);
}

static void start_handles(struct process *p)
{
    uint64_t usec = 0;

    (void)uv_signal_init(&p->loop, &p->term);
    (void)uv_signal_init(&p->loop, &p->intr);
    (void)uv_signal_init(&p->loop, &p->hup);
    (void)uv_timer_init(&p->loop, &p->watchdog);
    (void)uv_timer_init(&p->loop, &p->upkeep);
    (void)uv_timer_init(&p->loop, &p->stop);
    p->term.data = p->intr.data = p->hup.data = &p->s;
    p->upkeep.data = p;
    p->stop.data = p;
    (void)uv_signal_start(&p->term, on_terminate, SIGTERM);
    (void)uv_signal_start(&p->intr, on_terminate, SIGINT);
    (void)uv_signal_start(&p->hup, on_reload, SIGHUP);
    (void)uv_timer_start(&p->upkeep, on_upkeep, UPKEEP_EVERY, UPKEEP_EVERY);
    if (sd_watchdog_enabled(0, &usec) > 0)
        (void)uv_timer_start(&p->watchdog, on_watchdog, 0, usec / 2000);
}

static bool read_config(struct process *p)
{
    struct diagnostics found = {NULL, 0, 0};

    p->s.config = config_read(p->s.ctx, p->s.config_path, &found);
    log_findings(&found);
    return p->s.config != NULL;
}

static int run_loop(struct process *p)
{
    struct serve *s = &p->s;
    struct error err;
    int status = 0;

    (void)uv_loop_init(&p->loop);
    start_handles(p);
    if (open_all(p, &err)) {
        log_line(LOG_LEVEL_INFO, "ready: %s, release %d, control %s, pages %s",
                 s->generation->codes, s->out.release, s->config->socket,
                 s->config->base_url);
        tell_ready(p);
    } else {
        (void)sd_notifyf(0, "STATUS=%s%s%s", err.text, err.at[0] ? " at " : "",
                         err.at);
        log_line(LOG_LEVEL_ERROR, "%s%s%s", err.text, err.at[0] ? " at " : "",
                 err.at);
        status = reply_exit(err.code);
        begin_stop(p);
    }
    (void)uv_run(&p->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&p->loop) != 0)
        log_line(LOG_LEVEL_WARNING, "a handle of the loop was left open");
    return status;
}

int daemon_run(const struct daemon_options *options)
{
    struct process *p = object_new(NULL, struct process);
    int status;

    (void)setenv("UV_THREADPOOL_SIZE", "4", 0);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit fails its write */
    log_use_priorities(log_is_journal());
    take_sockets(p);
    p->s.loop = &p->loop;
    p->s.ctx = talloc_new(p);
    p->s.config_path = options->config;
    p->s.clock = instant_is_none(options->clock) ? clock_real()
                                                 : clock_manual(options->clock);
    p->s.out.bad_feeds = "";
    p->s.mailer_program = program_path(p, "convene-mailer");
    status = read_config(p) ? run_loop(p) : reply_exit(REPLY_INPUT);
    talloc_free(p);
    return status;
}
