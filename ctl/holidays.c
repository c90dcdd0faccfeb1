/*
 * The daemon reads no foreign calendar, and neither does this program:
 * convene-reader does, and prints a table with the lines of the calendar, so
 * that the daemon can name those that are bad.
 */
#include "ctl/holidays.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/foreign.h"
#include "ctl/verbs.h"
#include "ctl/wire.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static bool is_calendar(const char *name, const char *text)
{
    size_t n = strlen(name);

    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    return (n > 4 && text_same(name + n - 4, ".ics")) ||
           text_begins(text, "BEGIN:VCALENDAR");
}

/* "2027..2030" or "2027" as two words; none stand for no year at all. */
static void years_of(TALLOC_CTX *ctx, const char *years, const char **ret_first,
                     const char **ret_last)
{
    const char *dots = years ? strstr(years, "..") : NULL;

    *ret_first = *ret_last = years ? years : "0";
    if (!dots)
        return;
    *ret_first = memory_text_n(ctx, years, (size_t)(dots - years));
    *ret_last = dots + 2;
}

static bool read_calendar(TALLOC_CTX *ctx, json_t *args, const char *text,
                          struct error *err)
{
    const char *words[] = {"--holidays", NULL, NULL, NULL}, *why;
    char *table;

    years_of(ctx, args_text(args, "years"), &words[1], &words[2]);
    if (!foreign_read(ctx, words, text, strlen(text), WIRE_LINE, &table, &why,
                      err))
        return false;
    if (!table)
        return fail(err, REPLY_INPUT, "%s: %s", args_text(args, "name"), why);
    (void)json_object_set_new(args, "text", json_string(table));
    return true;
}

bool holidays_read(json_t *args, struct error *err)
{
    const char *text = args_text(args, "text"), *name = args_text(args, "name");
    TALLOC_CTX *ctx;
    bool good;

    if (!is_calendar(name, text))
        return !args_text(args, "years") ||
               fail(err, REPLY_USAGE, "--years is for calendars (.ics)");
    if (!text_same(args_text(args, "kind"), "holidays"))
        return fail(err, REPLY_INPUT,
                    "%s: only holidays are taken from a calendar", name);
    ctx = talloc_new(NULL);
    good = read_calendar(ctx, args, text, err);
    talloc_free(ctx);
    return good;
}
