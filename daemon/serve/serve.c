/*
 * What every file of this room asks of the whole: the time, the name, and a
 * place for what went wrong.
 */
#include "daemon/serve/serve.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"

#define STEPS_A_SIGN 64

struct instant serve_now(const struct serve *s)
{
    return clock_now(&s->clock);
}

const char *serve_name(const struct serve *s)
{
    return s->config->name[0] ? s->config->name : s->generation->title;
}

bool serve_contacts(TALLOC_CTX *ctx, const struct serve *s,
                    struct contacts *ret, struct error *err)
{
    if (!store_contacts(ctx, s->store, ret, err))
        return false;
    for (size_t i = 0; i < ret->n; i++) {
        struct contact *c = &ret->rows[i];
        const char *of;

        codes_renew(ctx, s->generation->rules, c->bodies, &c->n_bodies);
        of = party_code(s->generation->rules, c->of);
        if (strcmp(of, c->of) != 0)
            c->of = memory_text(ctx, of);
    }
    return true;
}

bool serve_feed_tokens(TALLOC_CTX *ctx, const struct serve *s,
                       struct feed_token **ret, size_t *ret_n,
                       struct error *err)
{
    if (!store_feed_tokens(ctx, s->store, ret, ret_n, err))
        return false;
    for (size_t i = 0; i < *ret_n; i++)
        codes_renew(ctx, s->generation->rules, (*ret)[i].bodies,
                    &(*ret)[i].n_bodies);
    return true;
}

void serve_alive(struct serve *s)
{
    if (++s->steps % STEPS_A_SIGN == 0)
        (void)sd_notify(0, "WATCHDOG=1");
}

void serve_report(struct serve *s, const char *what, const struct error *err)
{
    (void)snprintf(s->last_error, sizeof s->last_error, "%.60s: %.400s", what,
                   err->text);
    log_line(LOG_LEVEL_ERROR, "%s: %s%s%s", what, err->text,
             err->at[0] ? " at " : "", err->at);
}
