/*
 * JSON values as text. Dates, local times and instants are recognised by their
 * form, whatever member they stand in.
 */
#include "ctl/cell.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/date.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static char *date_words(TALLOC_CTX *ctx, struct date d)
{
    struct civil c = date_civil(d);

    return text_format(ctx, "%s %d %s %d", weekday_name(date_weekday(d)), c.day,
                       month_short(c.month), c.year);
}

static char *local_words(TALLOC_CTX *ctx, struct local t, const char *zone)
{
    char *day = date_words(ctx, t.date);
    char *text = text_format(ctx, "%s %02d:%02d%s", day, t.minute / 60,
                             t.minute % 60, zone);

    talloc_free(day);
    return text;
}

char *cell_time(TALLOC_CTX *ctx, const char *text)
{
    struct date d;
    struct local t;
    struct instant i;

    if (strlen(text) == 10 && date_parse(text, &d, NULL))
        return date_words(ctx, d);
    if (strlen(text) == 16 && local_parse(text, &t, NULL))
        return local_words(ctx, t, "");
    if (strlen(text) >= 20 && instant_parse(text, &i, NULL))
        return local_words(ctx, local_of_seconds(i.second), " UTC");
    return memory_text(ctx, text);
}

typedef char *printer(TALLOC_CTX *ctx, json_t *value);

static char *append(char *text, const char *separator, const char *name,
                    const char *value)
{
    text = talloc_asprintf_append(text, "%s%s%s%s", *text ? separator : "",
                                  name, *name ? " " : "", value);
    invariant(text);
    return text;
}

static char *print_array(TALLOC_CTX *ctx, const json_t *array, printer *print)
{
    bool objects = json_is_object(json_array_get(array, 0));
    const char *separator = print == cell_plain ? ";" : objects ? "; " : ", ";
    char *text = memory_text(ctx, "");

    for (size_t i = 0; i < json_array_size(array); i++) {
        char *one = print(ctx, json_array_get(array, i));

        text = append(text, separator, "", one);
        talloc_free(one);
    }
    return text;
}

static char *print_object(TALLOC_CTX *ctx, json_t *object, printer *print)
{
    char *text = memory_text(ctx, "");
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        char *one = print(ctx, value);

        if (*one)
            text = append(text, ", ", name, one);
        talloc_free(one);
    }
    return text;
}

static char *print_value(TALLOC_CTX *ctx, json_t *value, printer *print,
                         const char *yes, const char *no)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return memory_text(ctx, json_string_value(value));
    case JSON_INTEGER:
        return text_format(ctx, "%lld", (long long)json_integer_value(value));
    case JSON_REAL:
        return text_format(ctx, "%.6g", json_real_value(value));
    case JSON_TRUE:
        return memory_text(ctx, yes);
    case JSON_FALSE:
        return memory_text(ctx, no);
    case JSON_ARRAY:
        return print_array(ctx, value, print);
    case JSON_OBJECT:
        return print_object(ctx, value, print);
    case JSON_NULL:
        break;
    }
    return memory_text(ctx, "");
}

/* JSON inside a text, as the log keeps arguments; else NULL. */
static char *print_nested(TALLOC_CTX *ctx, const char *text)
{
    json_t *object = *text == '{' ? json_loads(text, 0, NULL) : NULL;
    char *words = object ? print_object(ctx, object, cell_print) : NULL;

    json_decref(object);
    return words;
}

static char *print_string(TALLOC_CTX *ctx, const char *text)
{
    char *words = print_nested(ctx, text);

    return words ? words : cell_time(ctx, text);
}

char *cell_print(TALLOC_CTX *ctx, json_t *value)
{
    if (json_is_string(value))
        return print_string(ctx, json_string_value(value));
    return value ? print_value(ctx, value, cell_print, "yes", "no")
                 : memory_text(ctx, "");
}

char *cell_plain(TALLOC_CTX *ctx, json_t *value)
{
    return value ? print_value(ctx, value, cell_plain, "true", "false")
                 : memory_text(ctx, "");
}

char *cell_member(TALLOC_CTX *ctx, const json_t *row, const char *members)
{
    char **names = text_split(NULL, members, '|');
    char *text = memory_text(ctx, "");

    for (size_t i = 0; names[i] && !*text; i++) {
        talloc_free(text);
        text = cell_print(ctx, json_object_get(row, names[i]));
    }
    talloc_free(names);
    return text;
}
