/*
 * Times in words. A day is said again where a reader could take it for
 * another one: Washington's clock shows the day before Brunei's.
 */
#include "daemon/publish/when.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

char *when_day(TALLOC_CTX *ctx, struct date d)
{
    struct civil c = date_civil(d);

    return text_format(ctx, "%.3s %d %s %d", weekday_name(date_weekday(d)),
                       c.day, month_short(c.month), c.year);
}

char *when_clock(TALLOC_CTX *ctx, int minute)
{
    return text_format(ctx, "%02d:%02d", minute / 60, minute % 60);
}

char *when_offset(TALLOC_CTX *ctx, int64_t seconds)
{
    int minutes = (int)(llabs(seconds) / 60);
    char sign = seconds < 0 ? '-' : '+';

    if (minutes == 0)
        return text_format(ctx, "UTC");
    if (minutes % 60 == 0)
        return text_format(ctx, "UTC%c%d", sign, minutes / 60);
    return text_format(ctx, "UTC%c%d:%02d", sign, minutes / 60, minutes % 60);
}

struct when when_in(const struct zone *z, struct instant from,
                    struct instant to)
{
    return (struct when){.from = zone_local(z, from),
                         .to = zone_local(z, to),
                         .offset = zone_offset(z, from),
                         .zone = zone_name(z)};
}

char *when_span(TALLOC_CTX *ctx, const struct when *w, struct date known)
{
    TALLOC_CTX *job = talloc_new(ctx);
    bool again = w->to.date.day != w->from.date.day && w->to.minute != 0;
    bool midnight = w->to.date.day == w->from.date.day + 1 && w->to.minute == 0;
    char *text = text_format(
        ctx, "%s%s%s-%s%s%s",
        w->from.date.day == known.day ? "" : when_day(job, w->from.date),
        w->from.date.day == known.day ? "" : " ",
        when_clock(job, w->from.minute), again ? when_day(job, w->to.date) : "",
        again ? " " : "", when_clock(job, midnight ? 1440 : w->to.minute));

    talloc_free(job);
    return text;
}

char *when_zone(TALLOC_CTX *ctx, const struct when *w)
{
    char *offset, *text;

    if (strcmp(w->zone, "UTC") == 0)
        return text_format(ctx, "UTC");
    offset = when_offset(ctx, w->offset);
    text = text_format(ctx, "%s (%s)", w->zone, offset);
    talloc_free(offset);
    return text;
}

char *when_print(TALLOC_CTX *ctx, const struct when *w, struct date known)
{
    char *span = when_span(ctx, w, known), *zone = when_zone(ctx, w);
    char *text = text_format(ctx, "%s %s", span, zone);

    talloc_free(span);
    talloc_free(zone);
    return text;
}
