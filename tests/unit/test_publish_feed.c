/*
 * Feeds: golden files that a reader can check by eye, and the complaints of
 * other systems' users as tests. CONVENED_GOLDEN=write renews the files.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define RELEASED 1763604900 /* 2025-11-20T02:15:00Z */

/* ----------------------------------------------------------------- fixture */

/* A small sector; everything may be changed before it is rendered. */
struct world {
    struct sector sector;
    struct rules rules;
    struct body bodies[2];
    struct partner partners[2];
    struct member members[2];
    struct cluster clusters[2];
    struct plan plan;
    struct edition editions[3];
    struct item items[4];
    struct tasks tasks;
    struct task task_rows[3];
    struct feed_input in;
};

static const struct zone *zone(TALLOC_CTX *ctx, const char *name)
{
    const struct zone *z;
    struct error err;

    assert_true(zone_load(ctx, name, &z, &err));
    return z;
}

static void set_rules(struct world *w)
{
    w->bodies[0] = (struct body){.code = "ADGSOM",
                                 .title = "Digital Senior Officials' Meeting"};
    w->bodies[1] =
        (struct body){.code = "ATRC", .title = "Telecommunications Regulators"};
    w->partners[0] = (struct partner){
        .code = "JP", .name = "Japan", .zone = zone(w, "Asia/Tokyo")};
    w->partners[1] = (struct partner){.code = "US",
                                      .name = "United States",
                                      .zone = zone(w, "America/New_York")};
    w->members[0] = (struct member){.code = "BN",
                                    .name = "Brunei Darussalam",
                                    .zone = zone(w, "Asia/Brunei")};
    w->members[1] = (struct member){
        .code = "ID", .name = "Indonesia", .zone = zone(w, "Asia/Jakarta")};
    w->clusters[0] = (struct cluster){.code = "MINISTERIAL",
                                      .title = "ADGMIN and Related Meetings"};
    w->clusters[1] = (struct cluster){.code = "JWG", .title = "JWG Meetings"};
    w->sector = (struct sector){.seat = &w->members[1]};
    for (size_t i = 0; i < 2; i++)
        w->bodies[i].sector = w->clusters[i].sector = &w->sector;
    w->rules = (struct rules){.sectors = &w->sector,
                              .n_sectors = 1,
                              .bodies = w->bodies,
                              .n_bodies = 2,
                              .partners = w->partners,
                              .n_partners = 2,
                              .members = w->members,
                              .n_members = 2,
                              .clusters = w->clusters,
                              .n_clusters = 2};
}

static struct edition edition(const char *id, const char *cluster,
                              const char *title, struct date start, int days,
                              const char *host, const char *city,
                              const char *zone_id)
{
    return (struct edition){.id = id,
                            .cluster = cluster,
                            .cycle = 2026,
                            .title = title,
                            .start = start,
                            .end = date_add_days(start, days - 1),
                            .host = host,
                            .city = city,
                            .zone = zone_id,
                            .status = EDITION_CONFIRMED,
                            .created = {RELEASED},
                            .modified = {RELEASED}};
}

static struct item item(const char *id, const char *title, const char *uid,
                        const char *partner, const char **bodies,
                        size_t n_bodies, struct local start, int minutes)
{
    int64_t utc = local_seconds(start) - 8 * 3600; /* Brunei */

    return (struct item){
        .id = id,
        .edition = "MINISTERIAL-2026",
        .code = "SOM",
        .part = 1,
        .parts = 1,
        .title = title,
        .partner = partner,
        .bodies = bodies,
        .n_bodies = n_bodies,
        .people = "",
        .start = start,
        .end = local_of_seconds(local_seconds(start) + minutes * 60),
        .zone = "Asia/Brunei",
        .start_utc = {utc},
        .end_utc = {utc + minutes * 60},
        .city = "Bandar Seri Begawan",
        .status = ITEM_CONFIRMED,
        .uid = uid,
        .created = {RELEASED},
        .modified = {RELEASED}};
}

static void set_plan(struct world *w)
{
    static const char *som[] = {"ADGSOM"}, *both[] = {"ADGSOM", "ATRC"};
    struct date mon = date_of(2026, 1, 19);

    w->editions[0] = edition("MINISTERIAL-2026", "MINISTERIAL",
                             "ADGMIN and Related Meetings", mon, 5, "BN",
                             "Bandar Seri Begawan", "Asia/Brunei");
    w->editions[0].uid = "aaaaaaaaaaaaaaaaaaaaaaaa@example.org";
    w->editions[1] =
        edition("JWG-2026", "JWG", "JWG Meetings", date_of(2026, 5, 4), 3, "ID",
                "Jakarta", "Asia/Jakarta");
    w->editions[1].uid = "bbbbbbbbbbbbbbbbbbbbbbbb@example.org";
    w->editions[1].status = EDITION_PROPOSED;
    w->items[0] = item("MINISTERIAL-2026/JOINT", "Joint ADGSOM-ATRC Meeting",
                       "cccccccccccccccccccccccc@example.org", "", both, 2,
                       (struct local){mon, 540}, 210);
    w->items[1] = item("MINISTERIAL-2026/SOM+1:JP", "7th ADGSOM with Japan",
                       "dddddddddddddddddddddddd@example.org", "JP", som, 1,
                       (struct local){{mon.day + 1}, 540}, 45);
    w->items[2] =
        item("MINISTERIAL-2026/SOM+1:US", "7th ADGSOM with United States",
             "eeeeeeeeeeeeeeeeeeeeeeee@example.org", "US", som, 1,
             (struct local){{mon.day + 1}, 585}, 45);
    w->items[2].status = ITEM_CANCELLED;
    w->items[2].sequence = 1;
    w->items[3] =
        item("JWG-2026/JWG", "JWG 2026", "ffffffffffffffffffffffff@example.org",
             "", both, 2, (struct local){date_of(2026, 5, 4), 540}, 180);
    w->items[3].edition = "JWG-2026";
    w->items[3].status = ITEM_PROPOSED;
    w->plan = (struct plan){.editions = w->editions,
                            .n_editions = 2,
                            .items = w->items,
                            .n_items = 4};
}

static struct task task(const char *id, const char *owner, enum owner_kind kind,
                        struct date due)
{
    return (struct task){.id = id,
                         .edition = "MINISTERIAL-2026",
                         .step = "REGISTER",
                         .title = "Registration closes",
                         .owner = owner,
                         .owner_kind = kind,
                         .due = due,
                         .cluster = "MINISTERIAL"};
}

static struct world *world(TALLOC_CTX *ctx)
{
    struct world *w = object_new(ctx, struct world);
    struct date due = date_of(2026, 1, 9);

    set_rules(w);
    set_plan(w);
    w->task_rows[0] =
        task("MINISTERIAL-2026/REGISTER:BN", "BN", OWNER_MEMBERS, due);
    w->task_rows[1] =
        task("MINISTERIAL-2026/REGISTER:ID", "ID", OWNER_MEMBERS, due);
    w->task_rows[2] = task("MINISTERIAL-2026/PAPERS", "secretariat",
                           OWNER_SECRETARIAT, date_of(2025, 12, 22));
    w->task_rows[2].step = "PAPERS";
    w->task_rows[2].title = "Working papers out";
    w->tasks = (struct tasks){w->task_rows, 3};
    w->in = (struct feed_input){.rules = &w->rules,
                                .version = &w->plan,
                                .tasks = &w->tasks,
                                .now = {RELEASED},
                                .release_at = {RELEASED},
                                .base_url = "https://calendar.example.org",
                                .calendar_name = "Digital"};
    return w;
}

static struct feeds render(struct world *w)
{
    const char *bad;
    struct feeds feeds = feeds_render(w, &w->in, &bad);

    assert_string_equal(bad, "");
    return feeds;
}

static const struct feed *feed_named(const struct feeds *feeds,
                                     const char *name)
{
    for (size_t i = 0; i < feeds->n; i++) {
        if (strcmp(feeds->rows[i].name, name) == 0)
            return &feeds->rows[i];
    }
    fail_msg("no feed %s", name);
    return NULL;
}

static const char *body_of(struct world *w, const char *name)
{
    struct feeds feeds = render(w);

    return feed_named(&feeds, name)->body;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

/* The event of a UID as unfolded text. */
static char *event_of(TALLOC_CTX *ctx, const char *body, const char *uid)
{
    char *text = memory_text(ctx, body), *to = text;
    char *at, *end;

    for (const char *s = body; *s; s++) {
        if (s[0] == '\r' && s[1] == '\n' && s[2] == ' ')
            s += 2;
        else
            *to++ = *s;
    }
    *to = '\0';
    at = strstr(text, uid);
    if (!at)
        return NULL;
    end = strstr(at, "END:VEVENT");
    *end = '\0';
    return at;
}

static const char *const JOINT = "cccccccccccccccccccccccc@example.org";
static const char *const SPAN = "aaaaaaaaaaaaaaaaaaaaaaaa@example.org";
static const char *const PROPOSED = "bbbbbbbbbbbbbbbbbbbbbbbb@example.org";
static const char *const CANCELLED = "eeeeeeeeeeeeeeeeeeeeeeee@example.org";

static void has_line(TALLOC_CTX *ctx, const char *body, const char *uid,
                     const char *line)
{
    char *event = event_of(ctx, body, uid);
    char *whole = text_format(ctx, "\r\n%s\r\n", line);

    if (!event || !strstr(event, whole))
        fail_msg("no \"%s\" in:\n%s", line, event ? event : body);
}

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

/* -------------------------------------------------------------- complaints */

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
    feeds = feeds_render(w, &w->in, &bad);
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

/* ----------------------------------------------------- release by release */

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
    (void)feeds_render(w, &w->in, &bad); /* with two spans: 1,000 */
    assert_string_equal(bad, "");
    fill(w, 999, "Meeting");
    (void)feeds_render(w, &w->in, &bad);
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
    (void)feeds_render(w, &w->in, &bad);
    assert_non_null(strstr(bad, "all: size: "));
    fill(w, 20, title);
    (void)feeds_render(w, &w->in, &bad);
    assert_string_equal(bad, "");
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_golden_meeting),
        cmocka_unit_test(test_hostile_title),
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
