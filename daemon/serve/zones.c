/*
 * What an update of the zone database does to what is published.
 *
 * A meeting is agreed on the clock of its venue. When the law of that clock
 * changes, the meeting stays on the wall and moves for the world: the draft has
 * its new instant at once, the next release publishes it with a higher
 * SEQUENCE, and until then the desk knows. What is over stays as it was.
 */
#include "daemon/serve/zones.h"

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/serve/invitations.h"

#define RELEASED_WITH "zones" /* the setting */

/* Its instant by the database of today; false when that is as released. */
static bool is_moved(const struct serve *s, const struct item *i,
                     struct instant *ret)
{
    const struct zone *z;

    /* While dates are proposed, no time of a meeting is public. */
    if (instant_is_none(i->start_utc) || i->status != ITEM_CONFIRMED ||
        i->end.date.day < instant_utc_date(serve_now(s)).day)
        return false;
    z = office_zone(s->generation->rules, i->zone);
    if (!z)
        return false;
    *ret = zone_instant(z, i->start);
    return ret->second != i->start_utc.second;
}

size_t zones_moved(const struct serve *s)
{
    struct instant now;
    size_t n = 0;

    for (size_t i = 0; s->out.plan && i < s->out.plan->n_items; i++)
        n += is_moved(s, &s->out.plan->items[i], &now);
    return n;
}

/* "Mon 18 Jan 09:00 (Asia/Brunei): ..." for the desk to look at. */
static char *line_of(TALLOC_CTX *ctx, const struct item *i, struct instant now)
{
    return text_format(ctx, "%s: %s in %s, was %s, is %s", i->title,
                       local_print(i->start, (char[INSTANT_TEXT]){0}), i->zone,
                       instant_print(i->start_utc, (char[INSTANT_TEXT]){0}),
                       instant_print(now, (char[INSTANT_TEXT]){0}));
}

static bool tell(TALLOC_CTX *ctx, struct serve *s, const char *was,
                 struct error *err)
{
    const struct plan *plan = s->out.plan;
    const char **lines = array_new(ctx, const char *, plan->n_items);
    const char *is = zone_database_version();
    struct desk_news news = {.lines = lines};
    struct instant now;

    for (size_t i = 0; i < plan->n_items; i++)
        if (is_moved(s, &plan->items[i], &now))
            lines[news.n_lines++] = line_of(ctx, &plan->items[i], now);
    if (news.n_lines == 0)
        return true;
    news.cause = text_format(ctx, "zones/%s/%d", is, s->out.release);
    news.text = text_format(
        ctx,
        "the time zones changed (%s -> %s), %zu meeting%s ahead move%s for "
        "the world; release to tell it",
        was, is, news.n_lines, news.n_lines == 1 ? "" : "s",
        news.n_lines == 1 ? "s" : "");
    log_line(LOG_LEVEL_WARNING, "%s", news.text);
    return desk_tell(ctx, s, &news, err);
}

void zones_tell(struct serve *s)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *was = NULL;
    struct error err;

    if (s->out.plan &&
        (!store_setting(tmp, s->store, RELEASED_WITH, &was, &err) ||
         !tell(tmp, s, was ? was : "unknown", &err)))
        serve_report(s, "time zones", &err);
    talloc_free(tmp);
}

bool zones_remember(struct serve *s, struct error *err)
{
    return store_set_setting(s->store, RELEASED_WITH, zone_database_version(),
                             err);
}
