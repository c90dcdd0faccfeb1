/*
 * A feed with meetings in every zone of the zone table, in 2024 and in 2037.
 * With a path as its argument the program writes that feed there, for readers
 * that share nothing with it (functional/test_zones.py).
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define TABLE "/usr/share/zoneinfo/zone.tab"
#define FIRST 2024
#define LAST  2037

static void add_item(struct plan *p, const char *zone_id, int year, int n)
{
    struct date day = date_add_days(date_of(year, 1, 10), n % 350);
    struct local start = {day, 540}, end = {day, 600};
    const struct zone *z;
    struct error err;

    assert_true(zone_load(p, zone_id, &z, &err));
    p->items = array_grow(p, p->items, struct item, p->n_items + 1);
    p->items[p->n_items++] = (struct item){
        .id = text_format(p, "ALL-2024/%d:%s", year, zone_id),
        .edition = "ALL-2024",
        .code = "ALL",
        .part = 1,
        .parts = 1,
        .title = zone_id,
        .partner = "",
        .people = "",
        .start = start,
        .end = end,
        .zone = zone_id,
        .start_utc = zone_instant(z, start),
        .end_utc = zone_instant(z, end),
        .city = zone_id,
        .status = ITEM_CONFIRMED,
        .uid = text_format(p, "aaaaaaaaaaaaaaaa%d%d@example.org", year, n)};
}

static struct plan *all_zones(TALLOC_CTX *ctx)
{
    struct edition edition = {.id = "ALL-2024",
                              .cluster = "ALL",
                              .cycle = FIRST,
                              .title = "All",
                              .start = DATE_NONE,
                              .end = DATE_NONE,
                              .host = "",
                              .city = "",
                              .zone = "",
                              .uid = "",
                              .status = EDITION_CONFIRMED};
    struct plan *p = object_new(ctx, struct plan);
    FILE *f = fopen(TABLE, "re");
    char line[512], name[64];
    int n = 0;

    assert_non_null(f);
    p->editions = array_new(p, struct edition, 1);
    p->editions[p->n_editions++] = edition;
    while (fgets(line, sizeof line, f)) {
        const char *id;

        if (line[0] == '#' || sscanf(line, "%*s %*s %63s", name) != 1)
            continue;
        id = memory_text(p, name);
        add_item(p, id, FIRST, n);
        add_item(p, id, LAST, n++);
    }
    (void)fclose(f);
    return p;
}

static struct feed render(TALLOC_CTX *ctx)
{
    static struct sector sector;
    struct rules rules = {.sectors = &sector, .n_sectors = 1};
    struct feed_input in = {.rules = &rules,
                            .version = all_zones(ctx),
                            .now = {1704067200}, /* 2024-01-01 */
                            .release_at = {1704067200},
                            .base_url = "https://calendar.example.org",
                            .calendar_name = "Zones"};
    const char *bad;
    struct feeds feeds = feeds_render(ctx, press_make(ctx, &in), &bad);

    assert_string_equal(bad, "");
    for (size_t i = 0; i < feeds.n; i++)
        if (strcmp(feeds.rows[i].name, "all") == 0)
            return feeds.rows[i];
    fail_msg("no feed");
    return feeds.rows[0];
}

static void test_all_zones_are_written(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct feed f = render(ctx);
    struct lint lint;

    (void)state;
    assert_in_range(f.events, 2 * 400, 2 * 500);
    lint = feed_lint(ctx, f.body, f.size);
    for (size_t i = 0; i < lint.n; i++)
        assert_true(lint.rows[i].warning); /* it is large */
    talloc_free(ctx);
}

static int write_to(const char *path)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct feed f = render(ctx);
    FILE *file = fopen(path, "we");
    bool good = file && fwrite(f.body, 1, f.size, file) == f.size;

    good = file && fclose(file) == 0 && good;
    talloc_free(ctx);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_zones_are_written),
    };

    if (argc > 1)
        return write_to(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
