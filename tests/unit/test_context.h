#pragma once
/*
 * A memory context of its own for each test: cmocka_unit_test_setup_teardown()
 * with setup and teardown, or for a group of tests.
 */
#include <talloc.h>

static TALLOC_CTX *ctx;

static inline int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}
