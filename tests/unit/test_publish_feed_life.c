/*
 * Feeds from release to release: what changes a number, what never falls, what
 * is left out; and how much a calendar may hold.
 */
#include "feed_world.h"

static void test_unchanged_release(void **state)
{
    struct world *w = world(NULL);
    struct feeds before = render(w), after;

    (void)state;
    w->in.previous = &before;
    w->in.release_at.second = w->in.now.second += 86400;
    after = render(w);
    assert_int_equal(before.n, after.n);
    for (size_t i = 0; i < before.n; i++)
        assert_string_equal(before.rows[i].body, after.rows[i].body);
    talloc_free(w);
}

/* A name from the rules is printed: numbers grow though no item changed. */
static void test_inherited_change(void **state)
{
    struct world *w = world(NULL);
    struct feeds before = render(w), after;
    const char *body;

    (void)state;
    w->in.previous = &before;
    w->in.release_at.second = w->in.now.second += 86400;
    w->members[0].name = "Negara Brunei Darussalam";
    after = render(w);
    body = feed_named(&after, "all")->body;
    has_line(w, body, JOINT, "SEQUENCE:1");
    has_line(w, body, JOINT, "LAST-MODIFIED:20251121T021500Z");
    has_line(w, body, JOINT, "DTSTAMP:20251121T021500Z");
    has_line(w, body, JOINT, "CREATED:20251120T021500Z");
    has_line(w, body, PROPOSED, "SEQUENCE:0");
    assert_int_equal(feed_named(&after, "all")->modified.second,
                     RELEASED + 86400);
    talloc_free(w);
}

/* Whatever printed word changes, both numbers grow, in every feed. */
static void test_every_word(void **state)
{
    struct world *w = world(NULL);
    struct feeds before = render(w);
    const char **words[] = {&w->items[0].title,   &w->items[0].city,
                            &w->members[0].name,  &w->editions[0].host,
                            &w->items[0].partner, &w->in.base_url};

    (void)state;
    w->in.previous = &before;
    w->in.release_at.second += 86400;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *was = *words[i], *body;
        struct feeds after;

        *words[i] = words[i] == &w->in.base_url        ? "https://b.example"
                    : words[i] == &w->items[0].partner ? "JP"
                                                       : "Another";
        after = render(w);
        body = feed_named(&after, "body/ATRC")->body;
        has_line(w, body, JOINT, "SEQUENCE:1");
        has_line(w, body, JOINT, "LAST-MODIFIED:20251121T021500Z");
        *words[i] = was;
    }
    talloc_free(w);
}

/* Numbers never fall, whatever the rows say. */
static void test_never_lower(void **state)
{
    struct world *w = world(NULL);
    struct feeds before, after;

    (void)state;
    w->items[0].sequence = 7;
    before = render(w);
    w->items[0].sequence = 2;
    w->items[0].title = "Restored from an old backup";
    w->in.previous = &before;
    w->in.release_at.second += 86400;
    after = render(w);
    has_line(w, feed_named(&after, "all")->body, JOINT, "SEQUENCE:8");
    talloc_free(w);
}

/* A deadline moves: the same UID, higher numbers. */
static void test_moved_deadline(void **state)
{
    struct world *w = world(NULL);
    struct feeds before = render(w), after;
    const char *at, *then;

    (void)state;
    w->in.previous = &before;
    w->in.release_at.second += 86400;
    w->task_rows[2].due = date_of(2025, 12, 19);
    after = render(w);
    at = feed_named(&before, "deadlines")->body;
    then = feed_named(&after, "deadlines")->body;
    assert_non_null(strstr(at, "DTSTART;VALUE=DATE:20251222"));
    at = strstr(at, "UID:");
    assert_memory_equal(at, strstr(then, "UID:"), 36);
    assert_non_null(strstr(then, "DTSTART;VALUE=DATE:20251219"));
    assert_int_equal(count(then, "SEQUENCE:1\r\n"), 1);
    assert_int_equal(count(then, "SEQUENCE:0\r\n"), 1);
    talloc_free(w);
}

/* What was cancelled before anybody saw it leaves no tombstone. */
static void test_unseen_tombstone(void **state)
{
    struct world *w = world(NULL);
    struct feeds before, after;

    (void)state;
    w->plan.n_items = 2;
    before = render(w);
    w->plan.n_items = 4;
    w->in.previous = &before;
    after = render(w);
    assert_null(event_of(w, feed_named(&after, "all")->body, CANCELLED));
    talloc_free(w);
}

/* ------------------------------------------------------------------- sizes */

static void fill(struct world *w, size_t n, const char *title)
{
    w->plan.items = array_new(w, struct item, n);
    w->plan.n_items = n;
    for (size_t i = 0; i < n; i++) {
        w->plan.items[i] = w->items[0];
        w->plan.items[i].id = text_format(w, "MINISTERIAL-2026/M%zu", i);
        w->plan.items[i].uid = text_format(w, "m%015zu@example.org", i);
        w->plan.items[i].title = title;
    }
}

static void test_too_many(void **state)
{
    struct world *w = world(NULL);
    const char *bad;

    (void)state;
    fill(w, 998, "Meeting");
    (void)feeds_render(w, press_make(w, &w->in),
                       &bad); /* with two spans: 1,000 */
    assert_string_equal(bad, "");
    fill(w, 999, "Meeting");
    (void)feeds_render(w, press_make(w, &w->in), &bad);
    assert_non_null(strstr(bad, "all: size: 1001 events"));
    talloc_free(w);
}

static void test_too_large(void **state)
{
    struct world *w = world(NULL);
    char *title = memory_array(w, 1, 10001, "title");
    const char *bad;

    (void)state;
    memset(title, 'x', 10000);
    fill(w, 60, title);
    (void)feeds_render(w, press_make(w, &w->in), &bad);
    assert_non_null(strstr(bad, "all: size: "));
    fill(w, 20, title);
    (void)feeds_render(w, press_make(w, &w->in), &bad);
    assert_string_equal(bad, "");
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unchanged_release),
        cmocka_unit_test(test_inherited_change),
        cmocka_unit_test(test_every_word),
        cmocka_unit_test(test_never_lower),
        cmocka_unit_test(test_moved_deadline),
        cmocka_unit_test(test_unseen_tombstone),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
