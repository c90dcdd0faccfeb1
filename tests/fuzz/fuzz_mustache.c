/*
 * Any octets as a template, a partial and a view (parted by NUL): parsing and
 * rendering end, within bounds, with a text or an error that has a place.
 */
#include <stdint.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/publish/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *same_for_all(void *self, const char *name)
{
    return name[0] == '-' ? NULL : self;
}

static void check_render(const struct mustache *m, const char *json)
{
    json_t *view = json_loads(json, JSON_DECODE_ANY, NULL);
    struct error err = {0};
    char *out = NULL;

    if (!view)
        view = json_pack("{s:s,s:[i,i],s:b}", "a", "<&>", "b", 1, 2, "c", 1);
    if (mustache_render(NULL, m, view, &out, &err))
        invariant(out[strlen(out)] == '\0');
    else
        invariant(err.code == REPLY_INTERNAL && err.text[0]);
    talloc_free(out);
    json_decref(view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_text_n(NULL, "", 0);
    struct mustache_partials partials = {same_for_all, NULL};
    struct mustache *m = NULL;
    struct error err = {0};
    const char *rest[2];

    text = talloc_realloc_size(NULL, text, size + 3);
    invariant(text);
    memcpy(text, data, size);
    memset(text + size, 0, 3);
    rest[0] = text + strlen(text) + (strlen(text) < size);
    rest[1] =
        rest[0] + strlen(rest[0]) + (rest[0] + strlen(rest[0]) < text + size);
    partials.self = memory_text(NULL, rest[0]);
    if (mustache_parse(NULL, "fuzz", text, size & 1, size & 2, &partials, &m,
                       &err))
        check_render(m, rest[1]);
    else
        invariant(err.code == REPLY_INPUT && err.at[0]);
    talloc_free(m);
    talloc_free(partials.self);
    talloc_free(text);
    return 0;
}
