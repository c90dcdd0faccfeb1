#pragma once
/*
 * Golden files of pages, pictures and letters.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* CONVENED_GOLDEN=write renews the file. */
static inline void check_golden(const char *name, const char *body)
{
    char *path =
        text_format(NULL, "%s/tests/golden/pages/%s", SOURCE_DIR, name);
    const char *mode = getenv("CONVENED_GOLDEN");
    char *want = NULL;
    size_t size;
    struct error err;

    if (mode && strcmp(mode, "write") == 0) {
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_int_equal(fwrite(body, 1, strlen(body), f), strlen(body));
        (void)fclose(f);
    }
    if (!text_read_file(path, path, 1 << 20, &want, &size, &err))
        fail_msg("%s", err.text);
    assert_string_equal(body, want);
    talloc_free(path);
}
