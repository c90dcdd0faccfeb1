#pragma once
/*
 * talloc with counts as size_t and without failure: running out of memory ends
 * the process (state is durable, systemd restarts us). Every pointer belongs
 * to a context; nobody frees pointers, we end contexts.
 */
#include <stddef.h>
#include <talloc.h>

/* n zeroed elements on ctx (n may be 0: still a valid pointer). */
#define array_new(ctx, type, n)                                                \
    ((type *)memory_array((ctx), sizeof(type), (n), #type))
/* p with room for at least n elements, doubling; p may be NULL (then on ctx).
 * What is new is not zeroed. Usage, to append:
 *     p = array_grow(ctx, p, struct x, n + 1); p[n++] = value; */
#define array_grow(ctx, p, type, n)                                            \
    ((type *)memory_grow((ctx), (p), sizeof(type), (n), #type))
/* One zeroed struct. */
#define object_new(ctx, type) array_new(ctx, type, 1)

void *memory_array(TALLOC_CTX *ctx, size_t size, size_t n, const char *name);
void *memory_grow(TALLOC_CTX *ctx, void *p, size_t size, size_t n,
                  const char *name);
char *memory_text(TALLOC_CTX *ctx, const char *text);
char *memory_text_n(TALLOC_CTX *ctx, const char *text, size_t n);

/* Hangs a foreign object on ctx: `end(thing)` runs when ctx is freed. `end`
 * must have exactly this prototype. Returns thing. */
void *memory_hold(TALLOC_CTX *ctx, void *thing, void (*end)(void *));
