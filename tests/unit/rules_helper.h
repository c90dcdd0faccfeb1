#pragma once
/*
 * Reads rules texts for tests: as a string, or the files of config/.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/rules.h"

/* A sector with a bit of everything to refer to; tests add lines to it. */
#define BASE                                                                   \
    "sector LAKES \"League\"\n"                                                \
    "  levels minister, expert\n"                                              \
    "member UP \"Upper Lake\" since 2000-01-01\n"                              \
    "member LO \"Lower Lake\" since 2000-01-01 weekend Fri, Sat\n"             \
    "partner FISH \"Fishers\"\n"                                               \
    "partner BIRD \"Birds\"\n"                                                 \
    "body COUNCIL \"Council\" level minister\n"                                \
    "people chiefs sit in COUNCIL\n"                                           \
    "rotation CHAIR alphabetical\n"                                            \
    "cluster MAIN \"Main\" times 1 per cycle lasts 3 days host CHAIR\n"        \
    "  meeting TALK \"Talk\" of COUNCIL 1 day\n"                               \
    "workflow PLAN\n"                                                          \
    "  step A \"A\" due 3 weeks before by host\n"

static inline const struct rules *read_text(TALLOC_CTX *ctx, const char *text,
                                            struct diagnostics *found)
{
    struct source s = {"test.rules", text, strlen(text)};

    return rules_read(ctx, &s, 1, NULL, 0, found);
}

/* All findings as they are printed. */
static inline char *findings_print(TALLOC_CTX *ctx,
                                   const struct diagnostics *found)
{
    char *out = memory_text(ctx, "");

    for (size_t i = 0; i < found->n; i++)
        out = talloc_asprintf_append(out, "%s",
                                     diagnostic_print(ctx, &found->rows[i]));
    return out;
}

static inline struct source read_file(TALLOC_CTX *ctx, const char *path)
{
    struct source s = {path, NULL, 0};
    struct error err;
    char *text;

    if (!text_read_file(ctx, path, 1 << 20, &text, &s.size, &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        abort();
    }
    s.text = text;
    return s;
}
