/*
 * Statements "avoid": whom they concern, which days of a span they mean, and
 * what they are called.
 */
#include "daemon/base/text.h"
#include "daemon/plan/expand.h"

static int32_t overlap(int32_t start, int32_t end, int32_t from, int32_t to)
{
    int32_t first = start > from ? start : from;
    int32_t last = end < to ? end : to;

    return last < first ? 0 : last - first + 1;
}

int32_t expand_avoided(const struct avoid *a, int32_t start, int32_t end)
{
    int year = date_civil((struct date){start}).year;
    int32_t days = 0;

    if (!a->every)
        return overlap(start, end, a->from.day, a->to.day);
    for (int y = year - 1; y <= year + 1; y++) {
        struct date from = yearly_in(a->yearly_from, y);
        struct date to = yearly_in(a->yearly_to, y);
        if (to.day < from.day)
            to = yearly_in(a->yearly_to, y + 1);
        days += overlap(start, end, from.day, to.day);
    }
    return days;
}

bool expand_avoids(const struct avoid *a, const struct cluster *c)
{
    int level = expand_level(c);

    return a->sector == c->sector &&
           (a->everyone || (level >= 0 && (a->levels >> level & 1)));
}

char *expand_avoid_text(TALLOC_CTX *ctx, const struct avoid *a)
{
    char from[DATE_TEXT], to[DATE_TEXT];

    if (a->every)
        return text_format(ctx, "avoid \"%s\" every %s .. %s", a->label,
                           yearly_print(ctx, a->yearly_from),
                           yearly_print(ctx, a->yearly_to));
    return text_format(ctx, "avoid \"%s\" %s .. %s", a->label,
                       date_print(a->from, from), date_print(a->to, to));
}
