/*
 * talloc's array calls take an unsigned count; ours take size_t and never
 * fail.
 */
#include "daemon/base/memory.h"

#include <stdint.h>
#include <string.h>

#include "daemon/base/error.h"

struct held {
    void *thing;
    void (*end)(void *);
};

void *memory_array(TALLOC_CTX *ctx, size_t size, size_t n, const char *name)
{
    void *p;

    invariant(size == 0 || n <= SIZE_MAX / 2 / size);
    p = talloc_named_const(ctx, size * n, name);
    invariant(p);
    memset(p, 0, size * n);
    return p;
}

void *memory_grow(TALLOC_CTX *ctx, void *p, size_t size, size_t n,
                  const char *name)
{
    size_t have = p ? talloc_get_size(p) / size : 0;
    size_t want = have < 8 ? 8 : have;

    if (p && n <= have)
        return p;
    invariant(n <= SIZE_MAX / 4 / size);
    while (want < n)
        want *= 2;
    p = talloc_realloc_size(ctx, p, want * size);
    invariant(p);
    talloc_set_name_const(p, name);
    return p;
}

char *memory_text(TALLOC_CTX *ctx, const char *text)
{
    return memory_text_n(ctx, text, strlen(text));
}

char *memory_text_n(TALLOC_CTX *ctx, const char *text, size_t n)
{
    char *copy = talloc_strndup(ctx, text, n);

    invariant(copy);
    return copy;
}

static int held_end(struct held *h)
{
    h->end(h->thing);
    return 0;
}

void *memory_hold(TALLOC_CTX *ctx, void *thing, void (*end)(void *))
{
    struct held *h = object_new(ctx, struct held);

    *h = (struct held){thing, end};
    talloc_set_destructor(h, held_end);
    return thing;
}
