/*
 * Pages: every path renders, what officers know stays inside, what people
 * typed is escaped, the year as a golden file.
 */
#include "page_world.h"

#include <jansson.h>

static const char *body_at(struct world *w, const char *path)
{
    struct page page;
    struct error err;

    if (!page_render(w, w->templates, &w->in, path, &page, &err))
        fail_msg("%s: %s", path, err.text);
    assert_int_equal(page.size, strlen(page.body));
    return page.body;
}

/* Names stand in a <bdi> of their own, which says nothing. */
static char *without_bdi(const char *body)
{
    char *text = talloc_strdup(NULL, body), *to = text;

    for (const char *from = text; *from;) {
        size_t tag = strncmp(from, "<bdi>", 5) == 0    ? 5
                     : strncmp(from, "</bdi>", 6) == 0 ? 6
                                                       : 0;

        if (tag)
            from += tag;
        else
            *to++ = *from++;
    }
    *to = '\0';
    return text;
}

static void has(const char *body, const char *text)
{
    char *plain = without_bdi(body);

    if (!strstr(plain, text))
        fail_msg("no \"%s\" in:\n%s", text, body);
    talloc_free(plain);
}

static void has_not(const char *body, const char *text)
{
    if (strstr(body, text))
        fail_msg("\"%s\" in:\n%s", text, body);
}

static void test_every_page(void **state)
{
    static const struct {
        const char *path, *type, *text;
    } rows[] = {
        {"/", "text/html; charset=utf-8", "<h1>Digital Sector"},
        {"/2027", "text/html; charset=utf-8", "18–22 January 2027"},
        {"/editions/WEEK-2027", "text/html; charset=utf-8", "09:00–12:30"},
        {"/editions/week-2027", "text/html; charset=utf-8", "The Week 2027"},
        {"/editions/WORK-2027-1", "text/html; charset=utf-8", "are proposed"},
        {"/editions/WORK-2027-2", "text/html; charset=utf-8", "are cancelled"},
        {"/bodies/som", "text/html; charset=utf-8", "1 annual meeting"},
        {"/bodies/OLDSOM", "text/html; charset=utf-8", "(OLDSOM), until"},
        {"/bodies/MIN+A", "text/html; charset=utf-8", "Ministers"},
        {"/partners/us", "text/html; charset=utf-8", "America/New_York"},
        {"/hosts/bn", "text/html; charset=utf-8", "Brunei Darussalam"},
        {"/subscribe", "text/html; charset=utf-8", "after 4–24 hours"},
        {"/style.css", "text/css; charset=utf-8", "@media print"},
        {"/2027.json", "application/json", "\"WEEK-2027\""},
        {"/feeds.json", "application/json",
         "https://calendar.example.org/feeds/all.ics"},
        {"/2027.svg", "image/svg+xml", "18–22 Jan"},
        {"/2027.csv", "text/csv; charset=utf-8; header=present",
         "WEEK-2027/SOM"},
        {"/icon.svg", "image/svg+xml", "<svg"},
        {"/favicon.ico", "image/svg+xml", "<svg"},
        {"/robots.txt", "text/plain; charset=utf-8", "Disallow:\n"},
    };
    struct world *w = world(NULL);
    struct page page;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!page_render(w, w->templates, &w->in, rows[i].path, &page, &err))
            fail_msg("%s: %s", rows[i].path, err.text);
        assert_string_equal(page.type, rows[i].type);
        has(page.body, rows[i].text);
    }
    talloc_free(w);
}

static void test_unknown_paths(void **state)
{
    static const char *const paths[] = {
        "/2028",       "/20270",         "/2027.xml",           "/x",
        "/editions/",  "/editions/NONE", "/editions/LATE-2027", "/bodies/NONE",
        "/partners/X", "/hosts/",        "/style.css/",         "/-2027"};
    struct world *w = world(NULL);
    struct page page;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (page_render(w, w->templates, &w->in, paths[i], &page, &err))
            fail_msg("there is a page at %s", paths[i]);
        assert_int_equal(err.code, REPLY_NOTFOUND);
    }
    talloc_free(w);
}

static void test_golden_year(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    check_golden("year.html", body_at(w, "/2027"));
    check_golden("edition.html", body_at(w, "/editions/WEEK-2027"));
    check_golden("year.csv", body_at(w, "/2027.csv"));
    talloc_free(w);
}

static struct document outcome_of(const char *code, const char *title,
                                  const char *link, struct date received)
{
    return (struct document){.edition = "WEEK-2027",
                             .code = code,
                             .from = "BN",
                             .title = title,
                             .kind = DOCUMENT_OUTCOME,
                             .due = DATE_NONE,
                             .step = "",
                             .received = received,
                             .link = link,
                             .file = "",
                             .digest = "",
                             .note = "a note for officers"};
}

/* What came as outcome is on its bodies' pages, the latest first, and nothing
 * else of the register is. */
static void test_outcomes_of_a_body(void **state)
{
    struct world *w = world(NULL);
    struct date feb = date_of(2027, 2, 8);
    struct document rows[] = {
        outcome_of("A", "Statement <1>", "https://papers.example.org/?a&b",
                   feb),
        outcome_of("B", "Declaration", "", date_add_days(feb, 1)),
        outcome_of("C", "Crooked", "javascript:alert(1)", feb),
        outcome_of("D", "Awaited", "", DATE_NONE),
        outcome_of("E", "Country paper", "https://papers.example.org/e", feb),
        outcome_of("F", "Elsewhere", "", feb),
        outcome_of("G", "Lapsed one", "", feb)};
    const struct documents all = {rows, sizeof rows / sizeof rows[0]};
    const char *body;

    (void)state;
    rows[4].kind = DOCUMENT_PAPER;
    rows[5].edition = "GONE-2020";
    rows[6].edition = "LATE-2027";
    has_not(body_at(w, "/bodies/SOM"), "Outcomes");
    w->in.documents = &all;
    body = body_at(w, "/bodies/SOM");
    has(body, "<a href=\"https://papers.example.org/?a&amp;b\">Statement "
              "&lt;1&gt;</a>");
    has(body, "Monday 8 February 2027, <a "
              "href=\"/editions/WEEK-2027\">");
    assert_true(strstr(body, "Declaration") < strstr(body, "Statement"));
    has(body, "Crooked");
    has_not(body, "javascript");
    has_not(body, "Awaited");
    has_not(body, "Country paper");
    has_not(body, "Elsewhere");
    has_not(body, "Lapsed one");
    has_not(body, "a note for officers");
    has_not(body_at(w, "/bodies/MIN+A"), "Outcomes");
    talloc_free(w);
}

static void test_before_the_first_release(void **state)
{
    struct world *w = world(NULL);
    const struct feeds none = {NULL, 0};
    struct page page;
    struct error err;

    (void)state;
    w->in.version = NULL;
    w->in.release = NULL;
    w->in.changes = NULL;
    w->in.feeds = &none;
    has(body_at(w, "/"), "Nothing has been released yet");
    has(body_at(w, "/subscribe"), "Nothing has been released yet");
    has(body_at(w, "/bodies/SOM"), "Nothing in the released calendar");
    has(body_at(w, "/hosts/BN"), "Nothing in the released calendar");
    assert_false(page_render(w, w->templates, &w->in, "/2027", &page, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    talloc_free(w);
}

/* Editions of one cluster: one of before there was a calendar, one of the year.
 * What is to come is planned, what is over was held. */
static void test_planned_and_held(void **state)
{
    struct world *w = world(NULL);
    const struct body *bodies[] = {&w->bodies[0]};
    struct item_rule rule = {
        .code = "SOM", .title = "SOM", .bodies = bodies, .n_bodies = 1};
    struct past row = {.cluster = "WEEK",
                       .cycle = 2011,
                       .from = date_of(2011, 6, 6),
                       .to = date_of(2011, 6, 10),
                       .host = "ID",
                       .city = "Bandung"};
    const struct history history = {&row, 1};
    const char *body, *held;
    struct error err;

    (void)state;
    w->clusters[0] = (struct cluster){.sector = &w->sector,
                                      .code = "WEEK",
                                      .title = "The Week",
                                      .items = &rule,
                                      .n_items = 1};
    w->rules.clusters = w->clusters;
    w->rules.n_clusters = 1;
    w->in.history = &history;
    body = body_at(w, "/bodies/SOM");
    held = strstr(body, "id=\"past\"");
    assert_non_null(held);
    assert_true(strstr(body, "18–22 January 2027") < held);
    has(held, "6–10 June 2011");
    has(held, "Bandung, Indonesia");
    has_not(body, "/editions/WEEK-2011");
    has(body, "Mon 18 Jan, 09:00–12:30");
    has(body, "until October 2019");
    has(body_at(w, "/hosts/ID"), "6–10 June 2011");
    has_not(body_at(w, "/hosts/BN"), "6–10 June 2011");
    has_not(body_at(w, "/partners/US"), "id=\"past\"");

    assert_true(instant_parse("2027-01-23T00:00:00Z", &w->in.now, &err));
    body = body_at(w, "/bodies/SOM");
    held = strstr(body, "id=\"past\"");
    assert_true(strstr(body, "18–22 January 2027") > held);
    assert_true(strstr(held, "January 2027") < strstr(held, "June 2011"));
    has(held, "<span class=\"status held\">Held</span>");
    has(body_at(w, "/2027.json"), "\"status\": \"held\"");
    has(body_at(w, "/partners/US"), "id=\"past\"");
    talloc_free(w);
}

/* How far off it is is said of what is to come, and of nothing that is off; a
 * date that went by unconfirmed says so. */
static void test_what_is_off_is_not_counted_down(void **state)
{
    struct world *w = world(NULL);
    const char *body;
    struct error err;

    (void)state;
    w->editions[1].status = EDITION_POSTPONED;
    body = body_at(w, "/hosts/BN");
    has(body, "<span class=\"quiet\">in 8 weeks</span>");
    has(body, "No date for now</p>");
    has(body, "<del>1–2 June 2027</del></p>");
    w->editions[1].status = EDITION_PROPOSED;
    has(body_at(w, "/2027"), "Dates proposed");
    assert_true(instant_parse("2027-12-01T00:00:00Z", &w->in.now, &err));
    has(body_at(w, "/2027"), "Not confirmed");
    has_not(body_at(w, "/2027"), "Dates proposed");
    talloc_free(w);
}

/* Every calendar of every kind stands once on the page, by its plain name. */
static void test_calendars_to_subscribe_to(void **state)
{
    struct world *w = world(NULL);
    const char *body = body_at(w, "/subscribe");

    (void)state;
    has(body, "<summary>Everything <span class=\"quiet\">every meeting");
    has(body, "aria-label=\"Everything: Google\"");
    has(body, "https://outlook.office.com/calendar/0/addfromweb?url=https%3A"
              "%2F%2Fcalendar.example.org%2Ffeeds%2Fall.ics&amp;name=");
    has_not(body, "<h3>By host");
    talloc_free(w);
}

static void test_officers_matters_stay_inside(void **state)
{
    static const char *const paths[] = {"/2027", "/2027.json", "/2027.csv",
                                        "/2027.svg", "/editions/WEEK-2027"};
    struct world *w = world(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const char *body = body_at(w, paths[i]);

        has_not(body, "secret worry");
        has_not(body, "\"cost\"");
        has_not(body, "Lapsed");
    }
    talloc_free(w);
}

/* A time that is not settled must not reach anybody's calendar. */
static void test_proposed_times_stay_inside(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    has_not(body_at(w, "/editions/WORK-2027-1"), "09:00");
    has(body_at(w, "/editions/WORK-2027-1"), "Meeting of the group");
    has_not(body_at(w, "/2027.json"), "2027-05-24T09:00");
    has(body_at(w, "/2027.json"), "2027-01-18T09:00");
    has_not(body_at(w, "/2027.csv"), "2027-05-24T01:00:00Z");
    talloc_free(w);
}

static void test_hostile_texts_are_escaped(void **state)
{
    static const char hostile[] =
        "<script>alert(1)</script>\"'><img src=x onerror=y>&\x01\n";
    static const char *const paths[] = {
        "/2027",     "/editions/WEEK-2027", "/bodies/SOM", "/partners/US",
        "/2027.svg", "/hosts/BN",           "/subscribe"};
    struct world *w = world(NULL);

    (void)state;
    for (size_t i = 0; i < 4; i++)
        w->editions[i].title = w->editions[i].city = hostile;
    for (size_t i = 0; i < 3; i++)
        w->items[i].title = hostile;
    w->bodies[0].title = w->bodies[0].mandate = hostile;
    w->partners[1].name = w->members[0].name = hostile;
    w->change_rows[0].old_value = w->note.note = hostile;
    w->in.name = hostile;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const char *body = body_at(w, paths[i]);

        has_not(body, "<script");
        has_not(body, "<img");
        has_not(body, "\x01");
    }
    talloc_free(w);
}

static void test_readers_zone(void **state)
{
    struct world *w = world(NULL);
    struct page page;
    struct error err;

    (void)state;
    w->in.reader_zone = "America/New_York";
    has(body_at(w, "/editions/WEEK-2027"),
        "Sun 17 Jan 2027 20:00–23:30 <span class=\"zone\">"
        "America/New_York (UTC−5)</span>");
    /* the partner's capital has that clock: it is not said twice */
    has_not(body_at(w, "/editions/WEEK-2027"), "20:45 America/New_York");
    has(body_at(w, "/editions/WEEK-2027"),
        "<option value=\"America/New_York\" selected>");
    w->in.reader_zone = "UTC"; /* stands there anyway */
    has(body_at(w, "/editions/WEEK-2027"), "<option value=\"UTC\" selected>");
    has_not(body_at(w, "/editions/WEEK-2027"), "class=\"reader\"");
    w->in.reader_zone = "Asia/Tokio";
    assert_false(page_render(w, w->templates, &w->in, "/editions/WEEK-2027",
                             &page, &err));
    assert_int_equal(err.code, REPLY_INPUT);
    has(err.text, "Asia/Tokyo");
    talloc_free(w);
}

/* The day on which it is looked at decides what is next. */
static void test_what_is_next(void **state)
{
    static const struct {
        const char *now, *text;
    } rows[] = {{"2026-11-24T00:00:00Z", "in 8 weeks"},
                {"2027-01-11T00:00:00Z", "in 7 days"},
                {"2027-01-17T00:00:00Z", "tomorrow"},
                {"2027-01-20T00:00:00Z", "<p class=\"distance\">now</p>"},
                {"2027-12-01T00:00:00Z", "Nothing more is planned"}};
    struct world *w = world(NULL);
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(instant_parse(rows[i].now, &w->in.now, &err));
        has(body_at(w, "/"), rows[i].text);
    }
    talloc_free(w);
}

static void test_base_url_with_a_path(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    w->in.base_url = "https://example.org/calendar/";
    has(body_at(w, "/2027"), "href=\"/calendar/style.css\"");
    has(body_at(w, "/2027"), "href=\"/calendar/editions/WEEK-2027\"");
    has(body_at(w, "/bodies/SOM"), "href=\"/calendar/subscribe\"");
    has(body_at(w, "/2027"), "href=\"/calendar/bodies/MIN%2BA\"");
    talloc_free(w);
}

static void test_changes_in_words(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    has(body_at(w, "/2027"), "<del>Monday 11 January 2027</del>");
    has(body_at(w, "/2027"), "Working Group 2027/2</a>: cancelled</li>");
    talloc_free(w);
}

/* The week was moved by a week, and with it all but one meeting. */
static void test_what_moves_along_is_said_once(void **state)
{
    struct change rows[] = {
        {CHANGE_MOVED, "WEEK-2027", "", "start", "2027-01-11", "2027-01-18"},
        {CHANGE_VENUE, "WEEK-2027", "", "city", "Muara", "Bandar"},
        {CHANGE_MOVED, "WEEK-2027", "WEEK-2027/SOM", "start",
         "2027-01-11T09:00", "2027-01-18T09:00"},
        {CHANGE_VENUE, "WEEK-2027", "WEEK-2027/SOM", "city", "Muara", "Bandar"},
        {CHANGE_MOVED, "WEEK-2027", "WEEK-2027/SOM+1:US", "start",
         "2027-01-12T14:00", "2027-01-19T09:00"},
        {CHANGE_VENUE, "WEEK-2027", "WEEK-2027/SOM+1:US", "city", "Tutong",
         "Bandar"}};
    struct world *w = world(NULL);
    const char *page, *news;

    (void)state;
    w->changes = (struct changes){.rows = rows, .n = 6};
    page = body_at(w, "/editions/WEEK-2027");
    has(page, "<a href=\"#changes\">");
    news = strstr(page, "id=\"changes\"");
    assert_non_null(news);
    has(news, "<ins>Monday 18 January 2027</ins>, its meetings with it</li>");
    has(news, "<ins>Bandar</ins>, its meetings with it</li>");
    has_not(news, "Monday 18 January 2027, 09:00");
    has(news, "<del>Tuesday 12 January 2027, 14:00</del>");
    has(news, "<del>Tutong</del>");
    has_not(body_at(w, "/2027"), "its meetings");
    talloc_free(w);
}

/* The day of the venue counts, whatever day it is in UTC. */
static void test_today_is_that_of_the_venue(void **state)
{
    static const struct {
        const char *now, *distance;
    } rows[] = {{"2027-01-16T15:59:00Z", "in 2 days"},
                {"2027-01-16T16:00:00Z", "tomorrow"},
                {"2027-01-17T15:59:00Z", "tomorrow"},
                {"2027-01-17T16:00:00Z", "now"}};
    struct world *w = world(NULL);
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(instant_parse(rows[i].now, &w->in.now, &err));
        has(body_at(w, "/editions/WEEK-2027"),
            text_format(w, "(%s)", rows[i].distance));
    }
    talloc_free(w);
}

/* What was proposed and is past is not announced any more. */
static void test_proposals_pass(void **state)
{
    struct world *w = world(NULL);
    const char *path = "/editions/WORK-2027-1";
    struct error err;

    (void)state;
    has(body_at(w, path), "their times follow");
    assert_true(instant_parse("2027-05-26T00:00:00Z", &w->in.now, &err));
    has(body_at(w, path), "Not confirmed");
    has(body_at(w, path), "have passed without being confirmed");
    has_not(body_at(w, path), "their times follow");
    talloc_free(w);
}

static const char *news_of(struct world *w)
{
    const char *news =
        strstr(body_at(w, "/editions/WEEK-2027"), "id=\"changes\"");

    return news ? news : "";
}

/* Codes, lists and names of fields are for programs. */
static void test_changes_are_for_people(void **state)
{
    static const struct {
        struct change change;
        const char *text;
    } rows[] = {
        {{CHANGE_VENUE, "WEEK-2027", "", "host", "ID", "BN"},
         "The Week 2027</a>: host <span class=\"hidden\">was</span> "
         "<del>Indonesia</del>"},
        {{CHANGE_VENUE, "WEEK-2027", "", "zone", "Asia/Jakarta", "Asia/Brunei"},
         ": time zone <span"},
        {{CHANGE_MOVED, "WEEK-2027", "", "days", "2027-01-18",
          "2027-01-18 2027-01-19"},
         "moved days <span class=\"hidden\">was</span> <del>Mon 18 Jan</del> "},
        {{CHANGE_MOVED, "WEEK-2027", "", "days", "2027-01-18",
          "2027-01-18 2027-01-19"},
         "<ins>Mon 18 Jan, Tue 19 Jan</ins>"},
        {{CHANGE_RETITLED, "WEEK-2027", "", "title", "Week", "The Week"},
         ": retitled <span"},
        {{CHANGE_CANCELLED, "WEEK-2027", "", "status", "confirmed",
          "cancelled"},
         ": cancelled</li>"}};
    struct world *w = world(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        w->change_rows[0] = rows[i].change;
        w->changes = (struct changes){.rows = w->change_rows, .n = 1};
        has(body_at(w, "/2027"), rows[i].text);
    }
    talloc_free(w);
}

/* A meeting that was added is news where the edition had its times before. */
static void test_what_is_new_is_said(void **state)
{
    struct change rows[] = {
        {CHANGE_RETITLED, "WEEK-2027", "", "title", "Week", "The Week"},
        {CHANGE_ADDED, "WEEK-2027", "WEEK-2027/SOM", "", "",
         "2027-01-18T09:00"}};
    struct world *w = world(NULL);

    (void)state;
    w->changes = (struct changes){.rows = rows, .n = 2};
    has(news_of(w), "7th SOM</span>: added");
    has(news_of(w), "<ins>Monday 18 January 2027, 09:00</ins>");
    rows[0] = (struct change){CHANGE_CONFIRMED, "WEEK-2027", "",
                              "status",         "proposed",  "confirmed"};
    has(news_of(w), "confirmed</li>");
    has_not(news_of(w), "7th SOM");
    rows[0] = (struct change){CHANGE_ADDED, "WEEK-2027", "", "", "", "January"};
    has(news_of(w), "<ins>January</ins>");
    w->note.release = 1; /* all is new */
    assert_string_equal(news_of(w), "");
    talloc_free(w);
}

/* The next meetings stand on the page that is shown first, years ahead are
 * counted in years. */
static void test_what_is_next_stands_once(void **state)
{
    struct world *w = world(NULL);

    (void)state;
    w->editions[1].cycle = 2031;
    w->editions[1].start = w->editions[1].end = date_of(2031, 5, 5);
    has(body_at(w, "/2027"), "id=\"next\"");
    has(body_at(w, "/2027"), "in 4 years");
    has_not(body_at(w, "/2031"), "id=\"next\"");
    talloc_free(w);
}

/* Times stand with their zone wherever they stand, a partner's with the clock
 * of its capital. */
static void test_every_time_has_its_zone(void **state)
{
    struct world *w = world(NULL);
    const char *partner = body_at(w, "/partners/US");

    (void)state;
    has(body_at(w, "/bodies/SOM"), "Times in Asia/Brunei, UTC+8");
    has_not(body_at(w, "/bodies/SOM"), "America/New_York");
    has(partner, "Times in Asia/Brunei, UTC+8");
    has(partner, "Mon 18 Jan 2027 20:00–20:45 America/New_York (UTC−5)");
    has(partner, "<dd>America/New_York, UTC−5</dd>");
    has(body_at(w, "/hosts/BN"), "<dd>Asia/Brunei, UTC+8</dd>");
    w->editions[0].status = EDITION_PROPOSED;
    has_not(body_at(w, "/bodies/SOM"), "Times in");
    talloc_free(w);
}

static void test_error_page(void **state)
{
    struct world *w = world(NULL);
    struct page page =
        page_error(w, w->templates, &w->in, 503, "The store rests <now>.");

    (void)state;
    has(page.body, "The store rests &lt;now&gt;.");
    has(page.body, "Status 503");
    has(page.body, "mailto:secretariat@example.org");
    assert_int_equal(page.size, strlen(page.body));
    talloc_free(w);
}

static void test_json_is_json(void **state)
{
    struct world *w = world(NULL);
    json_t *year = json_loads(body_at(w, "/2027.json"), 0, NULL);
    json_t *rows = json_object_get(year, "editions");

    (void)state;
    assert_non_null(year);
    assert_int_equal(json_integer_value(json_object_get(year, "release")), 2);
    assert_int_equal(json_array_size(rows), 3);
    assert_int_equal(
        json_array_size(json_object_get(json_array_get(rows, 0), "items")), 2);
    json_decref(year);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page),
        cmocka_unit_test(test_unknown_paths),
        cmocka_unit_test(test_golden_year),
        cmocka_unit_test(test_outcomes_of_a_body),
        cmocka_unit_test(test_before_the_first_release),
        cmocka_unit_test(test_planned_and_held),
        cmocka_unit_test(test_what_is_off_is_not_counted_down),
        cmocka_unit_test(test_calendars_to_subscribe_to),
        cmocka_unit_test(test_officers_matters_stay_inside),
        cmocka_unit_test(test_proposed_times_stay_inside),
        cmocka_unit_test(test_hostile_texts_are_escaped),
        cmocka_unit_test(test_readers_zone),
        cmocka_unit_test(test_what_is_next),
        cmocka_unit_test(test_base_url_with_a_path),
        cmocka_unit_test(test_changes_in_words),
        cmocka_unit_test(test_what_moves_along_is_said_once),
        cmocka_unit_test(test_today_is_that_of_the_venue),
        cmocka_unit_test(test_proposals_pass),
        cmocka_unit_test(test_changes_are_for_people),
        cmocka_unit_test(test_what_is_new_is_said),
        cmocka_unit_test(test_what_is_next_stands_once),
        cmocka_unit_test(test_every_time_has_its_zone),
        cmocka_unit_test(test_error_page),
        cmocka_unit_test(test_json_is_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
