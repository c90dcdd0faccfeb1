/*
 * Our values as JSON values: the small change of the views.
 */
#include "daemon/publish/value.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

json_t *value_made(json_t *made)
{
    invariant(made);
    return made;
}

void value_append(json_t *array, json_t *row)
{
    invariant(json_array_append_new(array, row) == 0);
}

/* Text is checked where it enters; should one octet slip through, the row
 * still goes out. */
static json_t *repaired(const char *text)
{
    char *copy = memory_text(NULL, text);
    json_t *value;

    for (char *c = copy; *c; c++) {
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    }
    value = value_made(json_string(copy));
    talloc_free(copy);
    return value;
}

json_t *value_text(const char *text)
{
    if (!text || !text[0])
        return json_null();
    if (!text_is_utf8(text, strlen(text)))
        return repaired(text);
    return value_made(json_string(text));
}

json_t *value_taken(char *text)
{
    json_t *value = value_text(text);

    talloc_free(text);
    return value;
}

json_t *value_date(struct date d)
{
    char buf[DATE_TEXT];

    return date_is_none(d) ? json_null() : value_text(date_print(d, buf));
}

json_t *value_local(struct local t)
{
    char buf[INSTANT_TEXT];

    return date_is_none(t.date) ? json_null() : value_text(local_print(t, buf));
}

json_t *value_instant(struct instant t)
{
    char buf[INSTANT_TEXT];

    return value_text(instant_print(t, buf));
}

json_t *value_texts(const char *const *list, size_t n)
{
    json_t *array = value_made(json_array());

    for (size_t i = 0; i < n; i++)
        value_append(array, value_text(list[i]));
    return array;
}

json_t *value_where(struct where w)
{
    if (w.line <= 0 || !w.file)
        return json_null();
    return value_taken(where_print(NULL, w));
}

json_t *value_number_or_null(int n)
{
    return n ? value_made(json_integer(n)) : json_null();
}

json_t *value_weekdays(weekdays set)
{
    return set ? value_taken(weekdays_print(NULL, set)) : json_null();
}

json_t *value_length(struct length l)
{
    return l.n < 0 ? json_null() : value_taken(length_print(NULL, l));
}
