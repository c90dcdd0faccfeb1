/*
 * Rows: the stable member names of every noun, what is absent is null, and
 * times said in words.
 */
#include "daemon/base/memory.h"
#include "daemon/publish/value.h"
#include "daemon/publish/view.h"
#include "daemon/publish/when.h"

#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* Every name of `names` (by blanks) is a member of the row. */
static void has_members(const json_t *row, const char *names)
{
    char copy[512], *rest = copy;

    (void)snprintf(copy, sizeof copy, "%s", names);
    for (char *name; (name = strsep(&rest, " "));)
        if (!json_object_get(row, name))
            fail_msg("no member \"%s\"", name);
}

static void is_text(const json_t *row, const char *name, const char *want)
{
    const char *have = json_string_value(json_object_get(row, name));

    if (!have)
        fail_msg("\"%s\" is not a text", name);
    assert_string_equal(have, want);
}

static void is_null(const json_t *row, const char *name)
{
    if (!json_is_null(json_object_get(row, name)))
        fail_msg("\"%s\" is not null", name);
}

static const struct edition ministerial = {
    .id = "MINISTERIAL-2027",
    .cluster = "MINISTERIAL",
    .cycle = 2027,
    .title = "ADGMIN and Related Meetings",
    .start = {20836}, /* 2027-01-18 */
    .end = {20840},
    .days = (struct date[]){{20836}, {20837}},
    .n_days = 2,
    .host = "BN",
    .city = "Bandar Seri Begawan",
    .zone = "Asia/Brunei",
    .status = EDITION_CONFIRMED,
    .cost = 3,
    .warnings = (const char *[]){"Chinese New Year is near"},
    .n_warnings = 1,
    .reason = "",
    .by = {INT32_MIN},
    .forced = "",
    .uid = "",
    .created = {INT64_MIN},
    .modified = {INT64_MIN},
};

static void test_edition(void **state)
{
    json_t *row = view_edition(NULL, &ministerial);

    (void)state;
    has_members(row, "edition cluster cycle n title start end days host city "
                     "zone status cost warnings");
    is_text(row, "edition", "MINISTERIAL-2027");
    is_text(row, "start", "2027-01-18");
    is_text(row, "end", "2027-01-22");
    is_text(row, "dates", "18-22 January 2027");
    is_text(row, "status", "confirmed");
    assert_int_equal(json_array_size(json_object_get(row, "days")), 2);
    json_decref(row);
}

static void test_undated_edition(void **state)
{
    struct edition e = ministerial;
    json_t *row;

    (void)state;
    e.start = e.end = DATE_NONE;
    e.n_days = e.n_warnings = 0;
    e.host = e.city = e.zone = "";
    e.status = EDITION_LAPSED;
    row = view_edition(NULL, &e);
    is_null(row, "start");
    is_null(row, "end");
    is_null(row, "dates");
    is_null(row, "host");
    is_null(row, "uid");
    is_null(row, "modified");
    is_text(row, "status", "lapsed");
    assert_int_equal(json_array_size(json_object_get(row, "days")), 0);
    assert_int_equal(json_array_size(json_object_get(row, "warnings")), 0);
    json_decref(row);
}

/* 2027-01-19 09:00-09:45 in Brunei. */
static struct item consultation(const char *partner)
{
    static const char *bodies[] = {"ADGSOM"};

    return (struct item){
        .id = "MINISTERIAL-2027/SOM+1:US",
        .edition = "MINISTERIAL-2027",
        .code = "SOM+1",
        .part = 1,
        .parts = 1,
        .kind = ITEM_CONSULT,
        .title = "7th ADGSOM with United States",
        .nth = 7,
        .partner = partner,
        .bodies = bodies,
        .n_bodies = 1,
        .people = "",
        .start = {{20837}, 540},
        .end = {{20837}, 585},
        .zone = "Asia/Brunei",
        .start_utc = {1800320400},
        .end_utc = {1800323100},
        .city = "Bandar Seri Begawan",
        .status = ITEM_CONFIRMED,
        .uid = "k3v9a7q2m5x8d1f4@example.org",
        .sequence = 2,
        .created = {1795478400},
        .modified = {1795478400},
    };
}

static const struct rules *with_partner(TALLOC_CTX *ctx, const char *code,
                                        const char *zone)
{
    struct rules *r = object_new(ctx, struct rules);
    struct error err;

    r->partners = object_new(ctx, struct partner);
    r->n_partners = 1;
    r->partners->code = code;
    r->partners->name = "United States";
    assert_true(zone_load(ctx, zone, &r->partners->zone, &err));
    return r;
}

static void test_item(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct item i = consultation("US");
    json_t *row = view_item(with_partner(ctx, "US", "America/New_York"), &i);

    (void)state;
    has_members(row,
                "item edition code part parts kind title nth partner bodies "
                "start end zone start_utc end_utc status uid sequence");
    is_text(row, "start", "2027-01-19T09:00");
    is_text(row, "start_utc", "2027-01-19T01:00:00Z");
    is_text(row, "day", "Tue 19 Jan 2027");
    is_text(row, "from", "09:00");
    is_text(row, "to", "09:45");
    is_text(row, "utc_offset", "UTC+8");
    is_text(row, "when", "Tue 19 Jan 2027 09:00-09:45 Asia/Brunei (UTC+8)");
    is_text(row, "start_utc_text", "01:00-01:45 UTC");
    is_text(row, "kind", "consult");
    is_text(json_object_get(row, "capital"), "text",
            "Mon 18 Jan 2027 20:00-20:45 America/New_York (UTC-5)");
    is_text(json_object_get(row, "capital"), "zone", "America/New_York");
    json_decref(row);
    talloc_free(ctx);
}

static void test_item_without_partner(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct item i = consultation("");
    json_t *row;

    (void)state;
    i.nth = 0;
    i.uid = "";
    row = view_item(with_partner(ctx, "US", "America/New_York"), &i);
    is_null(row, "partner");
    is_null(row, "capital");
    is_null(row, "nth");
    is_null(row, "uid");
    json_decref(row);
    talloc_free(ctx);
}

/* A partner of an older version that the rules no longer know. */
static void test_item_of_forgotten_partner(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct item i = consultation("XX");
    json_t *row = view_item(with_partner(ctx, "US", "America/New_York"), &i);

    (void)state;
    is_text(row, "partner", "XX");
    is_null(row, "partner_name");
    is_null(row, "capital");
    json_decref(row);
    talloc_free(ctx);
}

static void test_change(void **state)
{
    struct change c = {CHANGE_MOVED, "JWG-2027",   "",
                       "start",      "2027-05-03", "2027-05-10"};
    json_t *row = view_change(&c);

    (void)state;
    has_members(row, "change edition item field old new");
    is_text(row, "change", "moved");
    is_text(row, "old", "2027-05-03");
    is_null(row, "item");
    json_decref(row);
}

static void test_task(void **state)
{
    struct task t = {.id = "MINISTERIAL-2027/CREDENTIALS:JP",
                     .edition = "MINISTERIAL-2027",
                     .step = "CREDENTIALS",
                     .title = "Credentials",
                     .owner = "JP",
                     .due = {20830},
                     .nominal = {20832},
                     .drift = {INT32_MIN},
                     .done_on = {INT32_MIN},
                     .note = "",
                     .depends = "",
                     .cluster = "MINISTERIAL",
                     .where = {"a.rules", 7, 3}};
    json_t *row = view_task(NULL, &t, (struct date){20833});

    (void)state;
    has_members(row, "task title edition owner due nominal state overdue "
                     "pinned depends");
    is_text(row, "state", "open");
    assert_int_equal(json_integer_value(json_object_get(row, "overdue")), 3);
    assert_true(json_is_false(json_object_get(row, "pinned")));
    is_null(row, "depends");
    is_null(row, "done_on");
    is_text(row, "at", "a.rules:7");
    json_decref(row);
}

static void test_contact(void **state)
{
    struct contact c = {.email = "desk@example.bn",
                        .name = "Digital desk",
                        .of = "BN",
                        .role = ROLE_FOCAL,
                        .channel = CHANNEL_INVITE,
                        .zone = "",
                        .added = {INT64_MIN}};
    json_t *row = view_contact(&c);

    (void)state;
    has_members(row,
                "email name of bodies role channel zone bounces unsubscribed");
    is_text(row, "role", "focal");
    is_text(row, "channel", "invite");
    is_null(row, "zone");
    json_decref(row);
}

static void test_audit(void **state)
{
    struct audit_row a = {.body = "ADGMIN",
                          .cycle = 2027,
                          .mandate = "1 ministerial meeting a year",
                          .requires = "1 meeting per cycle",
                          .required = 1,
                          .missing =
                              (const char *[]){"consultation with India"},
                          .n_missing = 1,
                          .where = {"a.rules", 60, 3}};
    json_t *row = view_audit(&a);

    (void)state;
    has_members(row, "body cycle mandate requires required planned held "
                     "missing ok at");
    assert_true(json_is_false(json_object_get(row, "ok")));
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(row, "missing"), 0)),
        "consultation with India");
    json_decref(row);
}

static void test_reasons(void **state)
{
    struct reason why = {.rule = "MINISTERIAL window 5 Jan .. 28 Feb",
                         .where = {"a.rules", 12, 3},
                         .hard = true,
                         .text = "outside its window",
                         .gives = ""};
    struct other_date other = {
        .start = {20843}, .end = {20847}, .possible = 1, .extra = 5};
    json_t *row = view_reason(&why);

    (void)state;
    has_members(row, "rule at kind cost text");
    is_text(row, "kind", "hard");
    json_decref(row);
    row = view_other_date(&other);
    has_members(row, "start cost reasons possible");
    assert_int_equal(json_integer_value(json_object_get(row, "cost")), 5);
    json_decref(row);
}

static void test_body(void **state)
{
    struct require wants[] = {{.text = "1 meeting per cycle"},
                              {.text = "consultations with CN, JP per cycle"}};
    struct former names[] = {
        {"TELMIN", "Telecommunications Ministers", {0, 0, 0}, {2019, 10, 0}}};
    const struct sector s = {.levels = (const char *[]){"minister"},
                             .n_levels = 1};
    struct body b = {.sector = &s,
                     .code = "ADGMIN",
                     .title = "Digital Ministers' Meeting",
                     .level = 0,
                     .mandate = "1 meeting a year",
                     .requires = wants,
                     .n_requires = 2,
                     .formerly = names,
                     .n_formerly = 1};
    json_t *row = view_body(NULL, &b);

    (void)state;
    has_members(row, "code title level mandate formerly meets");
    is_text(row, "level", "minister");
    is_text(row, "meets",
            "1 meeting per cycle; consultations with CN, JP per cycle");
    is_text(json_array_get(json_object_get(row, "formerly"), 0), "until",
            "2019-10");
    is_null(row, "since");
    json_decref(row);
}

static const char rules_text[] =
    "sector T \"Test\"\n"
    "  seat \"Jakarta\" in ID\n"
    "  levels minister\n"
    "member ID \"Indonesia\" since 1967-08-08 city \"Jakarta\" zone "
    "Asia/Jakarta weekend Fri, Sun meets Fri closed Fri 12:00 .. 14:00\n"
    "partner JP \"Japan\" zone Asia/Tokyo\n"
    "body A \"A body\"\n"
    "cluster X \"The X\"\n"
    "  times 1 per cycle, more as needed, at most 3\n"
    "  window 1 Mar .. 30 Nov\n"
    "  lasts 2 days\n"
    "  host any member\n"
    "  apart from previous 9 months .. 16 months, ideally 12 months\n"
    "  workflow W\n"
    "  meeting M \"{nth} M\" of A 1 day\n"
    "workflow W\n"
    "  step INVITE \"Letters\" due 90 days before by host remind 2 weeks "
    "before to delegates\n"
    "  step REPORT \"Report\" due 10 days after INVITE by members\n";

static const struct rules *read_rules(TALLOC_CTX *ctx)
{
    struct source source = {"t.rules", rules_text, sizeof rules_text - 1};
    struct diagnostics found = {0};
    const struct rules *r = rules_read(ctx, &source, 1, NULL, 0, &found);

    if (!r)
        fail_msg("%s", diagnostic_print(ctx, &found.rows[0]));
    return r;
}

/* What a rules file says comes back in its own words. */
static void test_cluster(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_rules(ctx);
    json_t *row = view_cluster(r, &r->clusters[0]);

    (void)state;
    is_text(row, "times", "1 per cycle, more as needed, at most 3");
    is_text(row, "window", "1 Mar .. 30 Nov");
    is_text(row, "apart", "9 months .. 16 months, ideally 12 months");
    is_text(row, "host", "any member");
    is_text(row, "workflow", "W");
    is_text(row, "at", "t.rules:7");
    is_text(json_array_get(json_object_get(row, "items"), 0), "length",
            "1 day");
    json_decref(row);
    talloc_free(ctx);
}

static void test_workflow(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_rules(ctx);
    json_t *row = view_workflow(r, &r->workflows[0]);
    json_t *steps = json_object_get(row, "steps");

    (void)state;
    is_text(json_array_get(steps, 0), "due", "90 days before");
    is_text(json_array_get(steps, 0), "to", "delegates");
    is_text(json_array_get(steps, 1), "due", "10 days after INVITE");
    is_text(json_array_get(steps, 1), "owner", "members");
    json_decref(row);
    talloc_free(ctx);
}

static void test_member_and_partner(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_rules(ctx);
    json_t *row = view_member(r, &r->members[0], date_of(1967, 8, 7));

    (void)state;
    is_text(row, "weekend", "Fri, Sun");
    is_text(row, "meets", "Fri");
    assert_true(json_is_false(json_object_get(row, "member")));
    assert_true(json_is_true(json_object_get(row, "seat")));
    json_decref(row);
    row = view_partner(r, &r->partners[0]);
    is_text(row, "zone", "Asia/Tokyo");
    json_decref(row);
    talloc_free(ctx);
}

static void test_diagnostic(void **state)
{
    struct diagnostic d = {
        {"a.rules", 3, 9}, SEVERITY_WARNING, "unused body", "", ""};
    json_t *row = view_diagnostic(&d);

    (void)state;
    has_members(row, "file line column severity text hint");
    is_text(row, "severity", "warning");
    is_null(row, "hint");
    json_decref(row);
}

static void test_holiday_and_turn(void **state)
{
    struct holiday h = {.date = {20840},
                        .cc = "BN",
                        .name = "National Day",
                        .kind = HOLIDAY_PUBLIC,
                        .certainty = CERTAINTY_ESTIMATED,
                        .where = {"bn.csv", 2, 1}};
    struct rotation_turn t = {2027, NULL, "nobody left"};
    json_t *row = view_holiday(&h);

    (void)state;
    has_members(row, "date cc name kind certainty source");
    is_text(row, "kind", "public");
    is_text(row, "certainty", "estimated");
    is_text(row, "source", "bn.csv:2");
    json_decref(row);
    row = view_turn(&t);
    has_members(row, "cycle host name reason");
    is_null(row, "host");
    json_decref(row);
}

/* Text that is not UTF-8 never loses the row. */
static void test_bad_text(void **state)
{
    struct edition e = ministerial;
    json_t *row;

    (void)state;
    e.title = "caf\xe9";
    row = view_edition(NULL, &e);
    is_text(row, "title", "caf?");
    json_decref(row);
}

static void test_when(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct date day = date_of(2027, 1, 19);
    struct when over = {
        {day, 1200}, {{day.day + 1}, 60}, 19800, "Asia/Kolkata"};
    struct when till = {{day, 1200}, {{day.day + 1}, 0}, 0, "UTC"};

    (void)state;
    assert_string_equal(when_print(ctx, &over, day),
                        "20:00-Wed 20 Jan 2027 01:00 Asia/Kolkata (UTC+5:30)");
    assert_string_equal(when_print(ctx, &till, day), "20:00-24:00 UTC");
    assert_string_equal(when_offset(ctx, -34200), "UTC-9:30");
    assert_string_equal(when_offset(ctx, 0), "UTC");
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edition),
        cmocka_unit_test(test_undated_edition),
        cmocka_unit_test(test_item),
        cmocka_unit_test(test_item_without_partner),
        cmocka_unit_test(test_item_of_forgotten_partner),
        cmocka_unit_test(test_change),
        cmocka_unit_test(test_task),
        cmocka_unit_test(test_contact),
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_cluster),
        cmocka_unit_test(test_workflow),
        cmocka_unit_test(test_member_and_partner),
        cmocka_unit_test(test_diagnostic),
        cmocka_unit_test(test_holiday_and_turn),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
