/*
 * Values in the words of the language.
 */
#include <string.h>

#include "daemon/base/error.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/rules.h"

char *length_print(TALLOC_CTX *ctx, struct length l)
{
    const char *s = l.n == 1 ? "" : "s";

    switch (l.unit) {
    case UNIT_MINUTES:
        return text_format(ctx, "%d min", l.n);
    case UNIT_HALF_DAY:
        return memory_text(ctx, "half day");
    case UNIT_DAYS:
        return text_format(ctx, "%d day%s", l.n, s);
    case UNIT_WORKING_DAYS:
        return text_format(ctx, "%d working day%s", l.n, s);
    case UNIT_WEEKS:
        return text_format(ctx, "%d week%s", l.n, s);
    case UNIT_MONTHS:
        return text_format(ctx, "%d month%s", l.n, s);
    case UNIT_EVENING:
        return memory_text(ctx, "evening");
    }
    return memory_text(ctx, "");
}

char *weekdays_print(TALLOC_CTX *ctx, weekdays set)
{
    char *out = memory_text(ctx, "");

    for (int d = MON; d <= SUN; d++) {
        if (!(set & (1u << d)))
            continue;
        out = talloc_asprintf_append(out, "%s%s", *out ? ", " : "",
                                     weekday_name((enum weekday)d));
        invariant(out);
    }
    return out;
}

char *where_print(TALLOC_CTX *ctx, struct where w)
{
    return text_format(ctx, "%s:%d", w.file ? w.file : "", w.line);
}

const char *item_kind_word(enum item_kind k)
{
    static const char *const words[] = {"meeting",  "consult", "dialogue",
                                        "ceremony", "social",  "event"};

    return words[k];
}

const char *holiday_kind_word(enum holiday_kind k)
{
    static const char *const words[] = {"public",     "bank",  "school",
                                        "observance", "other", "workday"};

    return words[k];
}

const char *certainty_word(enum certainty c)
{
    static const char *const words[] = {"fixed", "announced", "estimated"};

    return words[c];
}

const char *audience_word(enum audience a)
{
    static const char *const words[] = {"nobody", "delegates",   "partners",
                                        "host",   "secretariat", "members"};

    return words[a];
}

const char *owner_word(const struct step *s)
{
    static const char *const words[] = {"host", "secretariat", "members",
                                        "partners"};

    if (s->owner == OWNER_BODY)
        return s->owner_body ? s->owner_body->code : "";
    return words[s->owner];
}
