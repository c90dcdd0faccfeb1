/*
 * Any octets as a calendar: the lint ends. Any octets as the title, the city
 * and the name of a calendar: what comes out passes the lint.
 */
#include <stdint.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/publish/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One confirmed edition with one meeting, all its words `text`. */
static void check_render(TALLOC_CTX *ctx, const char *text)
{
    const char *codes[] = {text};
    struct edition e = {.id = "X-2027",
                        .cluster = text,
                        .title = text,
                        .start = {20836},
                        .end = {20837},
                        .host = text,
                        .city = text,
                        .zone = text,
                        .status = EDITION_CONFIRMED,
                        .uid = "a@example.org"};
    struct item i = {.id = "X-2027/M",
                     .edition = "X-2027",
                     .code = "M",
                     .part = 1,
                     .parts = 2,
                     .title = text,
                     .partner = text,
                     .bodies = codes,
                     .n_bodies = 1,
                     .start = {{20836}, 540},
                     .end = {{20836}, 600},
                     .zone = "Asia/Brunei",
                     .start_utc = {1800234000},
                     .end_utc = {1800237600},
                     .city = text,
                     .status = ITEM_CONFIRMED,
                     .uid = "b@example.org"};
    struct plan plan = {
        .editions = &e, .items = &i, .n_editions = 1, .n_items = 1};
    struct sector sector = {.code = "", .title = ""};
    struct rules rules = {.sectors = &sector, .n_sectors = 1};
    struct feed_input in = {.rules = &rules,
                            .version = &plan,
                            .now = {1795478400},
                            .release_at = {1795478400},
                            .base_url = text,
                            .calendar_name = text};
    const char *bad;

    (void)feeds_render(ctx, press_make(ctx, &in), &bad);
    invariant(bad[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *text = array_new(ctx, char, size + 1);

    memcpy(text, data, size);
    invariant(feed_lint(ctx, text, size).n <= 100);
    check_render(ctx, text);
    talloc_free(ctx);
    return 0;
}
