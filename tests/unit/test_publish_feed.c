/*
 * Feeds: golden files that a reader can check by eye, and the complaints of
 * other systems' users as tests. CONVENED_GOLDEN=write renews the files.
 */
#include "daemon/publish/feed_text.h"
#include "feed_world.h"

/* ------------------------------------------------------------ golden files */

static void check_golden(const char *name, const char *body, size_t size)
{
    char *path =
        text_format(NULL, "%s/tests/golden/feeds/%s.ics", SOURCE_DIR, name);
    const char *mode = getenv("CONVENED_GOLDEN");
    char *want = NULL;
    size_t want_size;
    struct error err;

    if (mode && strcmp(mode, "write") == 0) {
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_int_equal(fwrite(body, 1, size, f), size);
        (void)fclose(f);
    }
    assert_true(text_read_file(path, path, 1 << 20, &want, &want_size, &err));
    assert_string_equal(body, want);
    assert_int_equal(size, want_size);
    talloc_free(path);
}

static void test_golden(void **state)
{
    static const char *const names[][2] = {{"all", "all"},
                                           {"editions", "editions"},
                                           {"deadlines", "deadlines"},
                                           {"body/ATRC", "ATRC"},
                                           {"partner/US", "partner-US"},
                                           {"host/ID", "host-ID"},
                                           {"cluster/JWG", "cluster-JWG"}};
    struct world *w = world(NULL);
    struct feeds feeds = render(w);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct feed *f = feed_named(&feeds, names[i][0]);
        char *path = text_format(w, "/feeds/%s.ics", names[i][1]);

        assert_string_equal(f->path, path);
        check_golden(names[i][1], f->body, f->size);
    }
    talloc_free(w);
}

static void test_golden_meeting(void **state)
{
    struct world *w = world(NULL);
    struct feeds feeds = render(w);
    struct feed f;
    struct error err;

    (void)state;
    assert_true(feed_meeting(w, &feeds, JOINT, &f, &err));
    assert_int_equal(feed_lint(w, f.body, f.size).n, 0);
    assert_null(strstr(f.body, "X-WR-CALNAME"));
    assert_null(strstr(f.body, "\r\nNAME:"));
    assert_string_equal(f.path,
                        "/meetings/cccccccccccccccccccccccc@example.org.ics");
    check_golden("meeting", f.body, f.size);
    assert_false(feed_meeting(w, &feeds, "nobody@example.org", &f, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    talloc_free(w);
}

static const char hostile[] =
    "Evil\r\nATTENDEE:mailto:x@example.org\rX; a, b \\ \"q\" \x01\x7f "
    "\xe0\xb8\x81\xe0\xb8\xb2\xe0\xb8\xa3\xe0\xb8\x9b\xe0\xb8\xa3\xe0\xb8\xb0"
    "\xe0\xb8\x8a\xe0\xb8\xb8\xe0\xb8\xa1 "
    "\xe1\x9e\x80\xe1\x9e\xb7\xe1\x9e\x85\xe1\x9f\x92\xe1\x9e\x85 "
    "\xe4\xbc\x9a\xe8\xad\xb0 \xf0\x9f\x8e\x89\xf0\x9f\x8e\x89 \xff\xc3";

static void test_hostile_title(void **state)
{
    struct world *w = world(NULL);
    struct feeds feeds;
    const struct feed *f;

    (void)state;
    w->items[0].title = hostile;
    w->items[0].city = "a,b;c\nd\re";
    w->editions[0].title = hostile;
    w->in.calendar_name = "Name, with; comma\nURL:x";
    w->editions[0].id = w->items[0].edition = w->items[1].edition =
        w->items[2].edition = "X\r\nURL:evil \"<>";
    feeds = render(w);
    f = feed_named(&feeds, "all");
    assert_int_equal(count(f->body, "\r\nATTENDEE"), 0);
    assert_int_equal(count(f->body, "\r\nURL:evil"), 0);
    assert_non_null(
        strstr(f->body, "\r\nNAME:Name\\, with\\; comma URL:x\r\n"));
    check_golden("hostile", f->body, f->size);
    talloc_free(w);
}

/* The rules refuse such a title; were it to come some other way, it would go
 * out whole, in lines as short as any other's. */
static void test_title_of_10_kb(void **state)
{
    static const char piece[] = "\xe1\x9e\x80\xe1\x9e\xb7\xe1\x9e\x85, "
                                "\xf0\x9f\x8e\x89; ";
    struct world *w = world(NULL);
    char *title = memory_text(w, ""), *flat, *to;
    const struct feed *f;
    struct feeds feeds;

    (void)state;
    while (strlen(title) < 10 << 10)
        title = talloc_strdup_append_buffer(title, piece);
    title[strlen(title) - 1] = '.'; /* a blank at the end is dropped */
    w->items[0].title = title;
    feeds = render(w);
    f = feed_named(&feeds, "all");
    assert_int_equal(feed_lint(w, f->body, f->size).n, 0);
    flat = to = memory_text(w, f->body);
    for (const char *from = f->body; *from;) {
        if (strncmp(from, "\r\n ", 3) == 0)
            from += 3;
        else
            *to++ = *from++;
    }
    *to = '\0';
    assert_non_null(strstr(
        flat, text_format(w, "\r\nSUMMARY:%s\r\n", feed_escape(w, title))));
    talloc_free(w);
}

/* -------------------------------------------------------------- complaints */

/* libical folds between the CR and the LF of a line that just fills its last
 * piece; no length of the line may make two lines one. */
static void test_fold_at_the_end(void **state)
{
    (void)state;
    for (int n = 1; n <= 160; n++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        char *odd = text_format(ctx, "%0*d\r\r\n \nURL:y\r\n", n, 0);
        char *even = text_format(ctx, "%0*d\r\nURL:y\r\n", n, 0);

        assert_string_equal(feed_fold(ctx, odd), feed_fold(ctx, even));
        talloc_free(ctx);
    }
}

/* Nothing in the world but the facts makes bytes: same facts, same tag. */
static void test_deterministic(void **state)
{
    struct world *w = world(NULL);
    struct feeds a = render(w), b = render(w);

    (void)state;
    assert_int_equal(a.n, b.n);
    for (size_t i = 0; i < a.n; i++) {
        assert_string_equal(a.rows[i].body, b.rows[i].body);
        assert_string_equal(a.rows[i].etag, b.rows[i].etag);
        assert_int_equal(strlen(a.rows[i].etag), 34);
    }
    w->items[0].title = "Another";
    b = render(w);
    assert_string_not_equal(feed_named(&a, "all")->etag,
                            feed_named(&b, "all")->etag);
    assert_string_equal(feed_named(&a, "deadlines")->etag,
                        feed_named(&b, "deadlines")->etag);
    talloc_free(w);
}

static void test_which_events(void **state)
{
    struct world *w = world(NULL);
    struct feeds feeds = render(w);

    (void)state;
    assert_int_equal(feed_named(&feeds, "all")->events, 5);
    assert_int_equal(feed_named(&feeds, "editions")->events, 2);
    assert_int_equal(feed_named(&feeds, "body/ADGSOM")->events, 5);
    assert_int_equal(feed_named(&feeds, "body/ATRC")->events, 3);
    assert_int_equal(feed_named(&feeds, "partner/JP")->events, 2);
    assert_int_equal(feed_named(&feeds, "host/BN")->events, 4);
    assert_int_equal(feed_named(&feeds, "host/ID")->events, 1);
    assert_int_equal(feed_named(&feeds, "cluster/MINISTERIAL")->events, 4);
    assert_int_equal(feed_named(&feeds, "deadlines")->events, 2);
    /* a proposed edition shows its span only */
    assert_null(event_of(w, feed_named(&feeds, "all")->body,
                         "ffffffffffffffffffffffff@example.org"));
    talloc_free(w);
}

/* The same octets in every feed that shows a meeting. */
static void test_joint_meeting(void **state)
{
    struct world *w = world(NULL);
    struct feeds feeds = render(w);

    (void)state;
    assert_string_equal(
        event_of(w, feed_named(&feeds, "all")->body, JOINT),
        event_of(w, feed_named(&feeds, "body/ATRC")->body, JOINT));
    talloc_free(w);
}

static void test_states(void **state)
{
    struct world *w = world(NULL);
    const char *body = body_of(w, "all");

    (void)state;
    has_line(w, body, JOINT, "STATUS:CONFIRMED");
    has_line(w, body, JOINT, "TRANSP:OPAQUE");
    has_line(w, body, JOINT, "X-MICROSOFT-CDO-BUSYSTATUS:BUSY");
    has_line(w, body, JOINT, "DTSTART;TZID=Asia/Brunei:20260119T090000");
    has_line(w, body, JOINT, "DTEND;TZID=Asia/Brunei:20260119T123000");
    has_line(w, body, JOINT, "CATEGORIES:ADGSOM");
    has_line(w, body, JOINT, "CATEGORIES:ATRC");
    has_line(w, body, SPAN, "STATUS:CONFIRMED");
    has_line(w, body, SPAN, "TRANSP:TRANSPARENT");
    has_line(w, body, SPAN, "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
    has_line(w, body, SPAN, "DTSTART;VALUE=DATE:20260119");
    has_line(w, body, SPAN, "DTEND;VALUE=DATE:20260124");
    has_line(w, body, PROPOSED, "STATUS:TENTATIVE");
    has_line(w, body, PROPOSED, "SUMMARY:(tbc) JWG Meetings");
    has_line(w, body, CANCELLED, "STATUS:CANCELLED");
    has_line(w, body, CANCELLED, "TRANSP:TRANSPARENT");
    has_line(w, body, CANCELLED, "X-MICROSOFT-CDO-BUSYSTATUS:FREE");
    has_line(w, body, CANCELLED,
             "SUMMARY:CANCELLED: 7th ADGSOM with United States");
    assert_int_equal(count(body, "METHOD"), 0);
    assert_int_equal(count(body, "ORGANIZER") + count(body, "ATTENDEE"), 0);
    assert_int_equal(count(body, "RRULE") + count(body, "VALARM"), 0);
    talloc_free(w);
}

static void test_postponed(void **state)
{
    struct world *w = world(NULL);
    const char *body;

    (void)state;
    w->editions[0].status = EDITION_POSTPONED;
    body = body_of(w, "all");
    has_line(w, body, SPAN, "STATUS:CANCELLED");
    has_line(w, body, SPAN, "SUMMARY:POSTPONED: ADGMIN and Related Meetings");
    has_line(w, body, JOINT, "SUMMARY:POSTPONED: Joint ADGSOM-ATRC Meeting");
    talloc_free(w);
}

/* Postponed without a date: the tombstone has the days that were published. */
static void test_postponed_undated(void **state)
{
    struct world *w = world(NULL);
    struct edition old = w->editions[0];
    struct plan gone = {.editions = &old, .n_editions = 1};
    const char *body;

    (void)state;
    w->editions[0].status = EDITION_POSTPONED;
    w->editions[0].start = w->editions[0].end = DATE_NONE;
    w->in.gone = &gone;
    body = body_of(w, "editions");
    has_line(w, body, SPAN, "DTSTART;VALUE=DATE:20260119");
    has_line(w, body, SPAN, "SUMMARY:POSTPONED: ADGMIN and Related Meetings");
    talloc_free(w);
}

static void test_gone(void **state)
{
    struct world *w = world(NULL);
    struct edition old = w->editions[0];
    struct item old_item = w->items[0];
    struct plan gone = {
        .editions = &old, .n_editions = 1, .items = &old_item, .n_items = 1};
    const char *body;

    (void)state;
    w->plan.editions = &w->editions[1];
    w->plan.n_editions = 1;
    w->plan.items = &w->items[3];
    w->plan.n_items = 1;
    w->in.gone = &gone;
    body = body_of(w, "body/ATRC");
    has_line(w, body, SPAN, "STATUS:CANCELLED");
    has_line(w, body, JOINT, "STATUS:CANCELLED");
    talloc_free(w);
}

static bool shows_at(struct world *w, const char *uid, const char *now)
{
    struct error err;

    assert_true(instant_parse(now, &w->in.now, &err));
    return event_of(w, body_of(w, "all"), uid) != NULL;
}

static void test_tombstones_end(void **state)
{
    struct world *w = world(NULL);

    (void)state; /* it would have ended on 20 January */
    assert_true(shows_at(w, CANCELLED, "2026-02-19T00:00:00Z"));
    assert_false(shows_at(w, CANCELLED, "2026-02-20T00:00:00Z"));
    talloc_free(w);
}

static void test_past_stays(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    w->editions[0].status = EDITION_HELD;
    w->items[0].status = ITEM_HELD;
    assert_true(shows_at(w, JOINT, "2026-12-19T00:00:00Z"));
    assert_true(shows_at(w, JOINT, "2027-01-19T00:00:00Z"));
    assert_false(shows_at(w, JOINT, "2027-01-25T00:00:00Z"));
    talloc_free(w);
}

/* A meeting with every optional field empty. */
static void test_empty_fields(void **state)
{
    static const char *commas[] = {",;"};
    struct world *w = world(NULL);
    const char *body;

    (void)state;
    w->items[0].city = w->items[0].title = "";
    w->items[0].bodies = commas;
    w->items[0].n_bodies = 1;
    w->editions[0].host = w->editions[0].city = "";
    w->in.base_url = NULL;
    w->in.calendar_name = "";
    body = body_of(w, "all");
    assert_int_equal(count(body, "null") + count(body, "None"), 0);
    assert_null(strstr(event_of(w, body, JOINT), "URL:"));
    has_line(w, body, JOINT, "SUMMARY:SOM");
    assert_null(strstr(event_of(w, body, JOINT), "CATEGORIES"));
    assert_int_equal(count(body, "CALNAME"), 0);
    talloc_free(w);
}

/* An unknown zone: the feeds that would show it stay away, and it is named. */
static void test_unknown_zone(void **state)
{
    struct world *w = world(NULL);
    struct feeds feeds;
    const char *bad;

    (void)state;
    w->items[0].zone = "Asia/Hanoi";
    feeds = feeds_render(w, press_make(w, &w->in), &bad);
    assert_non_null(strstr(bad, "all: MINISTERIAL-2026/JOINT: unknown time "
                                "zone \"Asia/Hanoi\""));
    for (size_t i = 0; i < feeds.n; i++)
        assert_string_not_equal(feeds.rows[i].name, "all");
    (void)feed_named(&feeds, "editions");
    (void)feed_named(&feeds, "partner/JP");
    talloc_free(w);
}

/* A zone without a simple form: its times go out in UTC. */
static void test_refused_zone(void **state)
{
    struct world *w = world(NULL);
    const char *body;

    (void)state;
    w->items[0].zone = "Africa/Casablanca";
    body = body_of(w, "all");
    has_line(w, body, JOINT, "DTSTART:20260119T010000Z");
    talloc_free(w);
}

static void test_clocks(void **state)
{
    struct world *w = world(NULL);
    char *event = event_of(w, body_of(w, "partner/US"), CANCELLED);

    (void)state;
    assert_non_null(strstr(event, "Tue 20 Jan 2026 09:45-10:30 Asia/Brunei "
                                  "(UTC+8)\\n01:45-02:30 UTC\\nUnited States: "
                                  "Mon 19 Jan 2026 20:45-21:30 "
                                  "America/New_York (UTC-5)\\n"));
    assert_non_null(strstr(
        event, "URL:https://calendar.example.org/editions/MINISTERIAL-2026\r"));
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_golden_meeting),
        cmocka_unit_test(test_hostile_title),
        cmocka_unit_test(test_title_of_10_kb),
        cmocka_unit_test(test_fold_at_the_end),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_which_events),
        cmocka_unit_test(test_joint_meeting),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_postponed),
        cmocka_unit_test(test_postponed_undated),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_tombstones_end),
        cmocka_unit_test(test_past_stays),
        cmocka_unit_test(test_empty_fields),
        cmocka_unit_test(test_unknown_zone),
        cmocka_unit_test(test_refused_zone),
        cmocka_unit_test(test_clocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
