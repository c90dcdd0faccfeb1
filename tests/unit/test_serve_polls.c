/*
 * Counting polls: which program is which, and that no count is lost.
 */
#include "daemon/serve/polls.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "tests/unit/test_store.h"

static struct serve serve_on(struct fixture *f, int64_t now)
{
    return (struct serve){
        .ctx = f->ctx, .clock = clock_manual(at(now)), .store = f->st};
}

static const struct poll_row *row_of(const struct serve *s, const char *feed,
                                     const char *family)
{
    size_t n;
    const struct poll_row *rows = polls_rows(s, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].feed, feed) == 0 &&
            strcmp(rows[i].family, family) == 0)
            return &rows[i];
    return NULL;
}

static void programs_are_told_apart(void **state)
{
    static const char *const agents[][2] = {
        {"Google-Calendar-Importer", "google"},
        {"Mozilla/5.0 (compatible; Google-Calendar-Importer)", "google"},
        {"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)",
         "outlook"},
        {"Microsoft.Exchange/15.20", "outlook"},
        {"macOS/14.1 (23B74) CalendarAgent/988", "apple"},
        {"iOS/17.2 (21C62) dataaccessd/1.0", "apple"},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Thunderbird/115.3.1",
         "thunderbird"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) "
         "Gecko/20100101 Thunderbird/128.5.0",
         "thunderbird"},
        {"Mozilla/4.0 (compatible; ms-office; MSOffice rmj)", "outlook"},
        {"Mac OS X/10.15.7 (19H2) CalendarAgent/930.5.1", "apple"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/17.4 Safari/605.1.15",
         "browser"},
        {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 "
         "Mobile Safari/537.36",
         "browser"},
        {"Dalvik/2.1.0 (Linux; U; Android 14)", "android"},
        {"Evolution/3.46.4", "evolution"},
        {"ICSx5/2.1.1 (ical4j/3.x; okhttp) Android/14", "android"},
        {"vdirsyncer/0.19.0", "vdirsyncer"},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Firefox/120.0", "browser"},
        {"curl/7.88.1", "program"},
        {"", "other"},
        {NULL, "other"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++) {
        struct serve s = serve_on(f, 100);

        polls_count(&s, "all", agents[i][0], true);
        polls_count(&s, "all", agents[i][0], false); /* known by now */
        if (!row_of(&s, "all", agents[i][1]))
            fail_msg("%s is not %s", agents[i][0], agents[i][1]);
        assert_int_equal(row_of(&s, "all", agents[i][1])->unchanged, 1);
    }
}

static void long_names_are_read_as_well(void **state)
{
    struct fixture *f = *state;
    struct serve s = serve_on(f, 100);
    char agent[4000];

    memset(agent, 'x', sizeof agent);
    memcpy(agent + sizeof agent - 12, "Thunderbird", 12);
    polls_count(&s, "all", agent, true);
    assert_non_null(row_of(&s, "all", "thunderbird"));
}

static void counts_and_times_are_summed(void **state)
{
    struct fixture *f = *state;
    struct serve s = serve_on(f, 100);
    struct http_polls sum;

    polls_count(&s, "all", "curl/8", true);
    polls_count(&s, "all", "Thunderbird/115", true);
    clock_set(&s.clock, at(200));
    polls_count(&s, "all", "curl/8", false);
    polls_count(&s, "body/SOM", "curl/8", true);
    sum = http_polls(&s, "all");
    assert_int_equal(sum.full, 2);
    assert_int_equal(sum.not_modified, 1);
    assert_int_equal(sum.last.second, 200);
    assert_int_equal(row_of(&s, "all", "thunderbird")->last.second, 100);
    assert_true(instant_is_none(http_polls(&s, "nothing").last));
}

/* A thousand feeds are found again, each under its own name. */
static void many_rows_are_kept_apart(void **state)
{
    struct fixture *f = *state;
    struct serve s = serve_on(f, 100);
    size_t n;

    for (int round = 1; round <= 2; round++)
        for (int i = 0; i < 1000; i++)
            polls_count(&s, text_format(f->ctx, "body/B%d", i), "curl/8", true);
    (void)polls_rows(&s, &n);
    assert_int_equal(n, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(
            http_polls(&s, text_format(f->ctx, "body/B%d", i)).full, 2);
}

static void what_is_saved_goes_on_from_there(void **state)
{
    struct fixture *f = *state;
    struct serve s = serve_on(f, 100), again;

    polls_count(&s, "all", "curl/8", true);
    polls_save(&s);
    polls_count(&s, "all", "curl/8", true);
    polls_save(&s);
    again = serve_on(f, 300);
    polls_load(&again);
    assert_int_equal(row_of(&again, "all", "program")->full, 2);
    assert_int_equal(row_of(&again, "all", "program")->last.second, 100);
    polls_count(&again, "all", "curl/8", false);
    polls_save(&again);
    assert_int_equal(
        database_value(text_format(f->ctx, "%s/" STORE_FILE, f->directory),
                       "SELECT full * 10 + unchanged FROM poll"),
        21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(programs_are_told_apart),
        STORE_TEST(long_names_are_read_as_well),
        STORE_TEST(counts_and_times_are_summed),
        STORE_TEST(many_rows_are_kept_apart),
        STORE_TEST(what_is_saved_goes_on_from_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
