/*
 * Agendas of the shipped rules, every cluster, as golden texts that an officer
 * can read. GOLDEN=write in the environment writes them anew.
 */
#include "agenda_world.h"

static void golden_check(TALLOC_CTX *ctx, const char *name, const char *text)
{
    const char *path =
        text_format(ctx, "%s/tests/golden/agenda/%s.txt", SOURCE_DIR, name);
    const char *mode = getenv("GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
    }
    assert_string_equal(text, source_read(ctx, path).text);
}

struct golden {
    const char *name, *cluster, *start, *host, *city;
    int days;
};

/* January's Mondays in Brunei; a host of each zone; the weeks before and after
 * the clock change in Washington (14 March). */
static const struct golden goldens[] = {
    {"ministerial-hanoi-2026", "MINISTERIAL", "2026-01-12", "VN", NULL, 5},
    {"ministerial-brunei-11-jan", "MINISTERIAL", "2027-01-11", "BN", NULL, 5},
    {"ministerial-brunei-18-jan", "MINISTERIAL", "2027-01-18", "BN", NULL, 5},
    {"ministerial-brunei-25-jan", "MINISTERIAL", "2027-01-25", "BN", NULL, 5},
    {"ministerial-phnom-penh", "MINISTERIAL", "2028-01-17", "KH", NULL, 5},
    {"ministerial-denpasar", "MINISTERIAL", "2029-01-15", "ID", "Denpasar", 5},
    {"ministerial-nay-pyi-taw", "MINISTERIAL", "2032-01-19", "MM", NULL, 5},
    {"ministerial-dili", "MINISTERIAL", "2036-01-14", "TL", NULL, 5},
    {"ministerial-us-winter-time", "MINISTERIAL", "2027-03-08", "VN", NULL, 5},
    {"ministerial-us-summer-time", "MINISTERIAL", "2027-03-15", "VN", NULL, 5},
    {"ministerial-holiday-inside", "MINISTERIAL", "2027-03-08", "SG", NULL, 5},
    {"jwg-brunei", "JWG", "2027-05-24", "BN", NULL, 5},
    {"jwg-phnom-penh", "JWG", "2028-05-22", "KH", NULL, 5},
    {"retreat-brunei", "RETREAT", "2027-07-14", "BN", NULL, 2},
    {"retreat-brunei-friday", "RETREAT", "2027-07-15", "BN", NULL, 2},
    {"atrc-manila", "ATRC", "2027-09-14", "PH", NULL, 3},
    {"atrc-bangkok-weekend", "ATRC", "2027-09-16", "TH", NULL, 3},
    {"ansac-jakarta", "ANSAC", "2027-05-19", "ID", NULL, 2},
    {"ddg-singapore", "DDG", "2027-04-06", "SG", NULL, 1},
    {"cyberkids-vientiane", "CYBERKIDS", "2027-08-03", "LA", NULL, 4},
    {"innovation-kuala-lumpur", "INNOVATION", "2027-10-19", "MY", NULL, 1},
    {"hackathon-brunei", "HACKATHON", "2027-10-13", "BN", NULL, 3},
    {"seagame-jakarta", "SEAGAME", "2027-11-16", "ID", NULL, 2},
    {"ministerial-four-days", "MINISTERIAL", "2027-01-18", "BN", NULL, 4},
};

static void test_goldens(void **state)
{
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        const struct golden *g = &goldens[i];
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct edition e = edition_of(ctx, *state, g->cluster, g->start,
                                      g->host, g->city, g->days);
        golden_check(ctx, g->name, agenda_text(ctx, *state, &e, NULL));
        talloc_free(ctx);
    }
}

static void test_every_cluster_has_a_golden(void **state)
{
    const struct rules *r = *state;
    for (size_t c = 0; c < r->n_clusters; c++) {
        bool found = false;
        for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++)
            found = found || text_same(goldens[i].cluster, r->clusters[c].code);
        assert_true(found);
    }
}

static int world_make(void **state)
{
    *state = NULL;
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = rules_shipped(ctx);
    *state = (void *)(uintptr_t)r;
    return 0;
}

static int world_free(void **state)
{
    return talloc_free(talloc_parent(*state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goldens),
        cmocka_unit_test(test_every_cluster_has_a_golden),
    };
    return cmocka_run_group_tests(tests, world_make, world_free);
}
