/*
 * Names of views as sets, and templates against them.
 */
#include "daemon/publish/names.h"

#include "daemon/base/memory.h"

void names_add(json_t *set, json_t *view)
{
    const char *name;
    json_t *value;
    size_t i;

    json_object_foreach(view, name, value)
    {
        (void)json_object_set_new(set, name, json_true());
        names_add(set, value);
    }
    json_array_foreach(view, i, value)
    {
        names_add(set, value);
    }
}

bool names_check(const struct mustache *m, json_t *set, struct error *err)
{
    const char **known =
        array_new(NULL, const char *, json_object_size(set) + 1);
    const char *name;
    json_t *value;
    size_t n = 0;
    bool good;

    json_object_foreach(set, name, value)
    {
        known[n++] = name;
    }
    good = mustache_check_names(m, known, err);
    talloc_free(known);
    return good;
}
