#pragma once
/*
 * A command line, as a shell splits it, read by the table of commands.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wordexp.h>

#include "ctl/layout.h"
#include "ctl/verbs.h"

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static inline bool parse(const struct verb *v, const char *line, json_t **ret,
                         struct error *err)
{
    wordexp_t words;
    bool good;

    assert_int_equal(wordexp(line, &words, WRDE_NOCMD), 0);
    good = verb_parse(v, words.we_wordc, (const char *const *)words.we_wordv,
                      ret, err);
    wordfree(&words);
    return good;
}
