/*
 * What values mean: lengths, dates, codes, holidays, and the words they are
 * printed as.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "rules_helper.h"

#include <cmocka.h>

static const struct rules *read_good(TALLOC_CTX *ctx, const char *text)
{
    struct diagnostics found;
    const struct rules *r = read_text(ctx, text, &found);

    if (!r)
        fail_msg("%s", findings_print(ctx, &found));
    return r;
}

static void lengths(void **state)
{
    static const struct {
        const char *text;
        int n;
        enum unit unit;
        const char *printed;
    } table[] = {
        {"45 min", 45, UNIT_MINUTES, "45 min"},
        {"1 minute", 1, UNIT_MINUTES, "1 min"},
        {"2 hours", 120, UNIT_MINUTES, "120 min"},
        {"half day", 1, UNIT_HALF_DAY, "half day"},
        {"Half Day", 1, UNIT_HALF_DAY, "half day"},
        {"1 day", 1, UNIT_DAYS, "1 day"},
        {"3 DAYS", 3, UNIT_DAYS, "3 days"},
        {"evening", 1, UNIT_EVENING, "evening"},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct rules *r =
            read_good(ctx, text_format(ctx,
                                       BASE "cluster A \"A\" times 1 per cycle "
                                            "lasts 3 days host UP\n"
                                            "  event X \"X\" open %s\n",
                                       table[i].text));
        struct length l = r->clusters[1].items[0].length;

        assert_int_equal(table[i].n, l.n);
        assert_int_equal(table[i].unit, l.unit);
        assert_string_equal(table[i].printed, length_print(ctx, l));
    }
    talloc_free(ctx);
}

static void long_lengths(void **state)
{
    static const struct {
        const char *text;
        int n;
        enum unit unit;
        const char *printed;
    } table[] = {
        {"5 working days", 5, UNIT_WORKING_DAYS, "5 working days"},
        {"1 working day", 1, UNIT_WORKING_DAYS, "1 working day"},
        {"6 weeks", 6, UNIT_WEEKS, "6 weeks"},
        {"1 week", 1, UNIT_WEEKS, "1 week"},
        {"9 months", 9, UNIT_MONTHS, "9 months"},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct rules *r = read_good(
            ctx, text_format(ctx, "sector A \"A\" notice %s", table[i].text));

        assert_int_equal(table[i].n, r->sectors->notice.n);
        assert_int_equal(table[i].unit, r->sectors->notice.unit);
        assert_string_equal(table[i].printed,
                            length_print(ctx, r->sectors->notice));
    }
    talloc_free(ctx);
}

static void defaults(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_good(ctx, BASE);
    const struct member *up = rules_member(r, "UP");

    (void)state;
    assert_int_equal(1, r->sectors->cycle_from.month);
    assert_int_equal(0, r->sectors->notice.n);
    assert_int_equal(2, r->sectors->n_hours);
    assert_null(r->sectors->seat);
    assert_null(r->sectors->seat_city);
    assert_true(date_is_none(up->until));
    assert_null(up->city);
    assert_string_equal("UTC", zone_name(up->zone));
    assert_string_equal("UP", up->holidays);
    assert_string_equal("", r->bodies[0].seats);
    assert_string_equal("", r->bodies[0].mandate);
    assert_int_equal(0, r->bodies[0].since.year);
    assert_null(r->clusters[0].workflow);
    assert_false(r->clusters[0].has_window);
    assert_int_equal(0, r->clusters[0].window_where.line);
    assert_int_equal(0, r->clusters[0].prefer.month);
    talloc_free(ctx);
}

/* "SOM+1" and "som+1" are one code, "SOM-1" is another. */
static void codes(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_good(
        ctx, BASE "cluster A+B_c-9x \"A\" times 1 per cycle lasts 3 days "
                  "host up\n"
                  "  event som+1 \"X\" open 1 day\n"
                  "  event SOM-1 \"X\" open 1 day after SOM+1\n"
                  "  consult IN+1 \"X\" of council + fish, Bird 1 day\n"
                  "  number in+1:FISH 4 in 2020\n");
    const struct cluster *c = rules_cluster(r, "a+b_C-9X");

    (void)state;
    assert_non_null(c);
    assert_string_equal("som+1", cluster_item(c, "SOM+1")->code);
    assert_ptr_equal(cluster_item(c, "som+1"), c->items[1].after[0]);
    assert_ptr_equal(rules_member(r, "UP"), c->host_member);
    assert_string_equal("FISH", c->numbers[0].partner->code);
    assert_null(rules_cluster(r, "A"));
    talloc_free(ctx);
}

/* Codes that are also words of the language. */
static void awkward_codes(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_good(
        ctx, BASE "partner IN \"India\"\npartner ON \"On\"\n"
                  "cluster A \"A\" times 1 per cycle lasts 3 days host UP\n"
                  "  consult X \"X\" of COUNCIL + FISH, IN, ON 45 min\n"
                  "  consult Y \"Y\" of COUNCIL + fish, in, on, in the morning,"
                  " 45 min, on the last day\n"
                  "workflow W\n"
                  "  step BY \"By\" due 2 days after by host\n"
                  "  step B \"B\" due 2 days after BY by host\n");

    (void)state;
    assert_int_equal(3, r->clusters[1].items[0].n_partners);
    assert_int_equal(3, r->clusters[1].items[1].n_partners);
    assert_int_equal(HALF_MORNING, r->clusters[1].items[1].half);
    assert_true(r->clusters[1].items[1].last_day);
    assert_int_equal(DUE_AFTER, r->workflows[1].steps[0].due);
    assert_ptr_equal(&r->workflows[1].steps[0],
                     r->workflows[1].steps[1].due_step);
    talloc_free(ctx);
}

/* Order does not matter: everything may be named before it is there. */
static void forward(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_good(
        ctx,
        "held B 2020 2020-01-01 .. 2020-01-02 in X\n"
        "cluster A \"A\"\n  after B 1 week .., workflow W\n"
        "  host R\n  times 1 per cycle, lasts 2 days\n"
        "  event Q \"Q\" open\n    1 day\n    after P\n"
        "  event P \"P\" of Y\n    half day\n"
        "cluster B \"B\" times 1 per cycle lasts 2 days host X\n"
        "workflow W step S \"S\" due 1 day after T by Y step T \"T\" due on "
        "the last day by host\n"
        "rotation R alphabetical\nbody Y \"Y\" level l\n"
        "member X \"X\" since 2000-01-01\nsector S \"S\" levels l\n");

    (void)state;
    assert_ptr_equal(&r->clusters[1], r->clusters[0].relations[0].other);
    assert_ptr_equal(&r->clusters[0].items[1],
                     r->clusters[0].items[0].after[0]);
    assert_int_equal(UNIT_DAYS, r->clusters[0].items[0].length.unit);
    assert_int_equal(2, r->workflows[0].n_steps);
    assert_ptr_equal(&r->workflows[0].steps[1],
                     r->workflows[0].steps[0].due_step);
    assert_int_equal(0, r->bodies[0].level);
    talloc_free(ctx);
}

static void windows(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        read_good(ctx, BASE "cluster A \"A\" times 1 per cycle lasts 1 day "
                            "host UP\n  window 20 Dec .. 10 January\n"
                            "  prefer start near 29 Feb weight 0 per week\n");
    const struct cluster *c = &r->clusters[1];
    struct yearly leap = {2, 29};

    (void)state;
    assert_int_equal(12, c->window_from.month);
    assert_int_equal(1, c->window_to.month);
    assert_int_equal(29, c->prefer.day);
    assert_int_equal(date_of(2027, 2, 28).day, yearly_in(leap, 2027).day);
    assert_int_equal(date_of(2028, 2, 29).day, yearly_in(leap, 2028).day);
    talloc_free(ctx);
}

static void former_names(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_good(
        ctx, "sector A \"A\"\nbody NOW \"Now\"\n"
             "  formerly ONE \"One\" until 1999\n"
             "  formerly TWO \"Two\" from 2000 until 2005-02\n"
             "  formerly THREE \"Three\" from 2005-03-10 until 2005-03-20\n");
    const struct body *b = &r->bodies[0];

    (void)state;
    assert_string_equal("ONE", body_code_on(b, date_of(1999, 12, 31)));
    assert_string_equal("TWO", body_code_on(b, date_of(2000, 1, 1)));
    assert_string_equal("TWO", body_code_on(b, date_of(2005, 2, 28)));
    assert_string_equal("NOW", body_code_on(b, date_of(2005, 3, 9)));
    assert_string_equal("THREE", body_code_on(b, date_of(2005, 3, 20)));
    assert_string_equal("NOW", body_code_on(b, date_of(2005, 3, 21)));
    talloc_free(ctx);
}

/* A former code means its member, unless somebody has it today. */
static void former_members(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_good(
        ctx,
        "sector A \"A\"\n"
        "member TL \"Timor-Leste\" since 2000-01-01\n"
        "  formerly TP \"East Timor\" until 2002-05-20\n"
        "  formerly ZZ \"Other\" until 1999  formerly PP \"P\" until 1998\n"
        "member ZZ \"Zed\" since 2000-01-01\n"
        "partner PP \"Partner\"\n");

    (void)state;
    assert_ptr_equal(rules_member(r, "TP"), &r->members[0]);
    assert_string_equal(r->members[0].formerly[0].title, "East Timor");
    assert_ptr_equal(rules_member(r, "ZZ"), &r->members[1]);
    assert_null(rules_member(r, "PP"));
    assert_null(rules_member(r, "QQ"));
    talloc_free(ctx);
}

static void leap_cycle(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        read_good(ctx, "sector A \"A\" cycle from 29 Feb\n");

    (void)state;
    assert_int_equal(date_of(2027, 2, 28).day,
                     cycle_first(r->sectors, 2027).day);
    assert_int_equal(date_of(2028, 2, 28).day,
                     cycle_last(r->sectors, 2027).day);
    assert_int_equal(2026, cycle_of(r->sectors, date_of(2027, 2, 27)));
    assert_int_equal(2027, cycle_of(r->sectors, date_of(2028, 2, 28)));
    assert_int_equal(2028, cycle_of(r->sectors, date_of(2028, 2, 29)));
    talloc_free(ctx);
}

static void zones(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        read_good(ctx, "sector A \"A\"\n"
                       "member X \"X\" since 2000-01-01 zone Asia/Tokyo\n"
                       "member Y \"Y\" since 2000-01-01 zone Asia/Tokyo\n"
                       "place \"Bay\" in X zone Asia/Dili\n");
    const struct member *x = rules_member(r, "X"), *y = rules_member(r, "Y");

    (void)state;
    assert_ptr_equal(x->zone, y->zone);
    assert_string_equal("Asia/Dili", zone_name(rules_zone(r, x, "BAY")));
    assert_string_equal("Asia/Tokyo", zone_name(rules_zone(r, y, "Bay")));
    assert_string_equal("Asia/Tokyo", zone_name(rules_zone(r, x, "Elsewhere")));
    assert_string_equal("UTC", zone_name(rules_zone(r, NULL, NULL)));
    talloc_free(ctx);
}

/* ---- holidays: statements over tables, work over holiday */

static const struct rules *read_table(TALLOC_CTX *ctx, const char *text,
                                      const char *table)
{
    struct source s = {"test.rules", text, strlen(text)};
    struct source t = {"some/where/up.csv", table, strlen(table)};
    struct diagnostics found;
    const struct rules *r = rules_read(ctx, &s, 1, &t, 1, &found);

    if (!r || found.n > 1)
        fail_msg("%s", findings_print(ctx, &found));
    return r;
}

static void table_rows(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_table(
        ctx,
        BASE "workday UP 2027-05-01\nholiday up \"Swim\" 2027-05-02\n"
             "holiday UP \"Row\" 2027-05-03\n",
        "date,name,kind,certainty\n"
        "2027-05-04,Later,school,estimated\n"
        "2027-05-01,May Day,public,fixed\n"
        "2027-05-02,Make-up,workday,announced\n"
        "2027-05-03,Old,public,fixed\n");

    (void)state;
    assert_int_equal(5, r->n_holidays);
    assert_int_equal(HOLIDAY_OBSERVANCE, r->holidays[0].kind);
    assert_string_equal("May Day", r->holidays[0].name);
    assert_int_equal(HOLIDAY_WORKDAY, r->holidays[1].kind);
    assert_int_equal(HOLIDAY_PUBLIC, r->holidays[2].kind);
    assert_string_equal("Swim", r->holidays[2].name);
    assert_string_equal("UP", r->holidays[2].cc);
    assert_string_equal("Row", r->holidays[3].name);
    assert_int_equal(CERTAINTY_ESTIMATED, r->holidays[4].certainty);
    assert_int_equal(2, r->holidays[4].where.line);
    talloc_free(ctx);
}

static void plain_table(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        read_table(ctx, BASE, "date,name\n2027-05-04,\"Bread, Salt\"\n");

    (void)state;
    assert_int_equal(1, r->n_holidays);
    assert_int_equal(HOLIDAY_PUBLIC, r->holidays[0].kind);
    assert_int_equal(CERTAINTY_FIXED, r->holidays[0].certainty);
    assert_string_equal("Bread, Salt", r->holidays[0].name);
    talloc_free(ctx);
}

static void every_year(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        read_good(ctx, BASE "holiday LO \"New Year\" every 31 Dec .. 2 Jan\n");

    (void)state;
    assert_int_equal(300, r->n_holidays);
    assert_int_equal(date_of(2000, 12, 31).day, r->holidays[0].date.day);
    assert_int_equal(date_of(2001, 1, 2).day, r->holidays[2].date.day);
    talloc_free(ctx);
}

static void printing(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct diagnostic d = {
        {"a.rules", 3, 5}, SEVERITY_ERROR, "bad", "good", "\tx\ty"};
    struct diagnostic bare = {
        {"a.rules", 3, 5}, SEVERITY_WARNING, "bad", "", ""};

    (void)state;
    assert_string_equal("a.rules:3:5: error: bad\n    \tx\ty\n    \t \t ^\n"
                        "    good\n",
                        diagnostic_print(ctx, &d));
    assert_string_equal("a.rules:3:5: warning: bad\n",
                        diagnostic_print(ctx, &bare));
    assert_string_equal("a.rules:3", where_print(ctx, d.where));
    assert_string_equal("Mon, Sun", weekdays_print(ctx, 1 << MON | 1 << SUN));
    assert_string_equal("", weekdays_print(ctx, 0));
    assert_string_equal("dialogue", item_kind_word(ITEM_DIALOGUE));
    assert_string_equal("workday", holiday_kind_word(HOLIDAY_WORKDAY));
    assert_string_equal("estimated", certainty_word(CERTAINTY_ESTIMATED));
    assert_string_equal("secretariat", audience_word(AUDIENCE_SECRETARIAT));
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),        cmocka_unit_test(long_lengths),
        cmocka_unit_test(defaults),       cmocka_unit_test(codes),
        cmocka_unit_test(awkward_codes),  cmocka_unit_test(forward),
        cmocka_unit_test(windows),        cmocka_unit_test(former_names),
        cmocka_unit_test(former_members), cmocka_unit_test(leap_cycle),
        cmocka_unit_test(zones),          cmocka_unit_test(table_rows),
        cmocka_unit_test(plain_table),    cmocka_unit_test(every_year),
        cmocka_unit_test(printing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
