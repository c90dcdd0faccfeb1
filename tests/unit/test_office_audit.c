/* Mandates: what counts for whom, what is missing and why. */
#include "office_world.h"

static struct require *require(struct world *w, size_t body,
                               enum require_kind kind, int count,
                               const struct body *with)
{
    struct body *b = &w->bodies[body];
    struct require *q;

    if (!b->requires)
    b->requires = array_new(w, struct require, 4);
    q = &b->requires[b->n_requires++];
    *q = (struct require){.kind = kind,
                          .count = count,
                          .with = with,
                          .text = "as written",
                          .where = {"rules", 5, 3}};
    if (kind == REQUIRE_CONSULTATIONS) {
        q->partners = w->all_partners;
        q->n_partners = 2;
    }
    return q;
}

static struct audit audit(struct world *w, int first, int last)
{
    return office_audit(w, &w->rules, NULL, &w->plan, first, last);
}

/* "BODY cycle planned+held/required [missing; missing]" per row. */
static char *list(struct world *w, const struct audit *all)
{
    char *text = memory_text(w, "");

    for (size_t i = 0; i < all->n; i++) {
        const struct audit_row *a = &all->rows[i];

        assert_true(a->ok == (a->n_missing == 0));
        text = text_format(w, "%s%s %d %d+%d/%d", text, a->body, a->cycle,
                           a->planned, a->held, a->required);
        for (size_t k = 0; k < a->n_missing; k++)
            text =
                text_format(w, "%s%s %s", text, k ? ";" : " -", a->missing[k]);
        text = text_format(w, "%s\n", text);
    }
    return text;
}

static void assert_audit(struct world *w, int first, int last,
                         const char *expected)
{
    struct audit all = audit(w, first, last);

    assert_string_equal(list(w, &all), expected);
}

static void add_call(struct world *w, const char *id, int cycle,
                     const char *date, enum edition_status status)
{
    add_edition(w, id, "CALL", cycle, 0, date, date, status);
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", date);
}

static void test_meetings(void **state)
{
    struct world *w = world_new();
    struct audit all;

    (void)state;
    require(w, 0, REQUIRE_MEETINGS, 1, NULL);
    w->bodies[0].mandate = "One a year";
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    all = audit(w, 2027, 2028);
    assert_string_equal(list(w, &all), "TOP 2027 1+0/1\n"
                                       "TOP 2028 0+0/1 - 1 meeting\n");
    assert_int_equal(all.gaps, 1);
    assert_string_equal(all.rows[0].mandate, "One a year");
    assert_string_equal(all.rows[0].requires, "as written");
    assert_int_equal(all.rows[0].where.line, 5);
    w->plan.editions[0].status = EDITION_HELD;
    assert_audit(w, 2027, 2027, "TOP 2027 0+1/1\n");
    w->plan.editions[0].status = EDITION_CONFIRMED;
    assert_audit(w, 2027, 2027, "TOP 2027 1+0/1\n");
    talloc_free(w);
}

/* What does not count is named as the reason. */
static void test_reasons(void **state)
{
    static const struct {
        enum edition_status status;
        const char *says;
    } cases[] = {
        {EDITION_LAPSED, "TOP 2027 0+0/1 - 1 meeting (WEEK-2027 lapsed)\n"},
        {EDITION_CANCELLED,
         "TOP 2027 0+0/1 - 1 meeting (WEEK-2027 cancelled)\n"},
        {EDITION_POSTPONED,
         "TOP 2027 0+0/1 - 1 meeting (WEEK-2027 postponed)\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();

        require(w, 0, REQUIRE_MEETINGS, 1, NULL);
        add_week(w, "WEEK-2027", 2027, "2027-01-18", cases[i].status);
        add_call(w, "CALL-2027", 2027, "2027-05-03", cases[i].status);
        assert_audit(w, 2027, 2027, cases[i].says);
        talloc_free(w);
    }
}

static void test_cancelled_item_and_parts(void **state)
{
    struct world *w = world_new();
    struct item *i;

    (void)state;
    require(w, 0, REQUIRE_MEETINGS, 1, NULL);
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    i = add_item(w, ITEM_MEETING, "MIN", "", "TOP", "2027-01-20");
    i->part = i->parts = 2; /* the other half of the same meeting */
    assert_audit(w, 2027, 2027, "TOP 2027 1+0/1\n");
    plan_item(&w->plan, "WEEK-2027/MIN")->status = ITEM_CANCELLED;
    assert_audit(w, 2027, 2027,
                 "TOP 2027 0+0/1 - 1 meeting (WEEK-2027/MIN cancelled)\n");
    talloc_free(w);
}

/* A joint meeting counts for both; where a mandate asks for joint ones, they
 * do not stand for its own. */
static void test_joint(void **state)
{
    struct world *w = world_new();

    (void)state;
    require(w, 1, REQUIRE_MEETINGS, 2, &w->bodies[2]);
    require(w, 1, REQUIRE_MEETINGS, 1, NULL);
    require(w, 2, REQUIRE_MEETINGS, 1, NULL)->at_least = true;
    add_call(w, "CALL-2027", 2027, "2027-05-03", EDITION_PROPOSED);
    assert_audit(w, 2027, 2027,
                 "MID 2027 1+0/2 - 1 meeting with LOW\n"
                 "MID 2027 0+0/1 - 1 meeting\n"
                 "LOW 2027 1+0/1\n");
    add_call(w, "CALL-2027-2", 2027, "2027-08-03", EDITION_CONFIRMED);
    add_call(w, "CALL-2027-3", 2027, "2027-10-04", EDITION_CONFIRMED);
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_HELD);
    assert_audit(w, 2027, 2027,
                 "MID 2027 3+0/2\n"
                 "MID 2027 0+1/1\n"
                 "LOW 2027 3+0/1\n");
    talloc_free(w);
}

static void test_as_needed(void **state)
{
    struct world *w = world_new();

    (void)state;
    require(w, 2, REQUIRE_AS_NEEDED, 0, NULL);
    assert_audit(w, 2027, 2027, "LOW 2027 0+0/0\n");
    add_call(w, "CALL-2027", 2027, "2027-05-03", EDITION_PROPOSED);
    assert_audit(w, 2027, 2027, "LOW 2027 1+0/0\n");
    talloc_free(w);
}

static void test_consultations(void **state)
{
    struct world *w = world_new();

    (void)state;
    require(w, 0, REQUIRE_CONSULTATIONS, 0, NULL);
    assert_audit(w, 2027, 2027,
                 "TOP 2027 0+0/2 - consultation with China; consultation with "
                 "Japan\n");
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_PROPOSED);
    assert_audit(w, 2027, 2027, "TOP 2027 2+0/2\n");
    plan_item(&w->plan, "WEEK-2027/MIN+1:CN")->status = ITEM_CANCELLED;
    assert_audit(w, 2027, 2027,
                 "TOP 2027 1+0/2 - consultation with China "
                 "(WEEK-2027/MIN+1:CN cancelled)\n");
    w->plan.editions[0].status = EDITION_CANCELLED;
    assert_audit(w, 2027, 2027,
                 "TOP 2027 0+0/2 - consultation with China (WEEK-2027 "
                 "cancelled); consultation with Japan (WEEK-2027 cancelled)\n");
    talloc_free(w);
}

/* What only history knows had all that its rule says, once. */
static void test_history(void **state)
{
    struct past rows[] = {
        {"WEEK", 2026, day("2026-01-12"), day("2026-01-16"), "ID", ""}};
    struct history history = {rows, 1};
    struct world *w = world_new();
    struct audit all;

    (void)state;
    require(w, 0, REQUIRE_MEETINGS, 1, NULL)->back_to_back = true;
    require(w, 0, REQUIRE_CONSULTATIONS, 0, NULL)->back_to_back = true;
    w->held[w->rules.n_held++] = (struct held){
        &w->clusters[0], 2026, day("2026-01-12"), day("2026-01-16"),
        &w->members[1],  NULL, {"rules", 1, 1}};
    all = office_audit(w, &w->rules, &history, &w->plan, 2026, 2026);
    assert_string_equal(list(w, &all), "TOP 2026 0+1/1\nTOP 2026 0+2/2\n");
    w->week[4].partners = w->jp; /* the rule has Japan alone */
    w->week[4].n_partners = 1;
    all = office_audit(w, &w->rules, &history, &w->plan, 2026, 2026);
    assert_string_equal(list(w, &all),
                        "TOP 2026 0+1/1\n"
                        "TOP 2026 0+1/2 - consultation with China\n");
    /* also known to the plan, whose state lags behind */
    add_week(w, "WEEK-2026", 2026, "2026-01-12", EDITION_CONFIRMED);
    all = office_audit(w, &w->rules, &history, &w->plan, 2026, 2026);
    assert_string_equal(list(w, &all), "TOP 2026 0+1/1\nTOP 2026 0+2/2\n");
    talloc_free(w);
}

/* Days of the consultation beside those of the meeting; host BN. */
static void test_back_to_back_consultations(void **state)
{
    static const struct {
        const char *consult, *other; /* days; other: of a bridging item */
        const char *city;
        bool good;
    } cases[] = {
        {"2027-01-20", "", "Bandar", true},            /* the same day */
        {"2027-01-21", "", "Bandar", true},            /* the next */
        {"2027-01-19", "", "Bandar", true},            /* the day before */
        {"2027-01-23", "", "Bandar", false},           /* Thursday idle */
        {"2027-01-23", "2027-01-21", "Bandar", true},  /* Friday is free */
        {"2027-01-25", "2027-01-21", "Bandar", false}, /* Saturday is not */
        {"2027-01-21", "", "Kuala", false},            /* elsewhere */
        {"2029-01-21", "", "Bandar", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        struct audit all;

        require(w, 0, REQUIRE_CONSULTATIONS, 0, NULL)->back_to_back = true;
        w->bodies[0].requires[0].n_partners = 1;
        add_edition(w, "WEEK-2027", "WEEK", 2027, 0, "2027-01-18", "2027-01-25",
                    EDITION_PROPOSED);
        add_item(w, ITEM_MEETING, "MIN", "", "TOP", "2027-01-20");
        add_item(w, ITEM_CONSULT, "MIN+1", "CN", "TOP", cases[i].consult)
            ->city = cases[i].city;
        if (*cases[i].other)
            add_item(w, ITEM_SOCIAL, "TRIP", "", "", cases[i].other);
        all = audit(w, 2027, 2027);
        assert_int_equal(all.n, 1);
        assert_int_equal(all.rows[0].planned, 1);
        if (all.rows[0].ok != cases[i].good)
            fail_msg("case %zu", i);
        if (!cases[i].good)
            assert_string_equal(all.rows[0].missing[0],
                                "WEEK-2027/MIN+1:CN is not back-to-back with "
                                "its meeting");
        talloc_free(w);
    }
}

/* Beside another cluster: in one of its editions, or next to it. */
static void test_back_to_back_with_cluster(void **state)
{
    static const struct {
        const char *start, *end; /* of the week */
        const char *city;
        enum edition_status status;
        bool good;
    } cases[] = {
        {"2027-05-04", "2027-05-05", "Bandar", EDITION_PROPOSED, true},
        {"2027-04-28", "2027-05-01", "Bandar", EDITION_PROPOSED, true},
        {"2027-05-02", "2027-05-05", "Bandar", EDITION_PROPOSED, true},
        {"2027-05-05", "2027-05-06", "Bandar", EDITION_PROPOSED, false},
        {"2027-05-03", "2027-05-05", "Bandar", EDITION_PROPOSED, true},
        {"", "", "Bandar", EDITION_PROPOSED, false},
        {"2027-05-04", "2027-05-05", "Jakarta", EDITION_PROPOSED, false},
        {"2027-05-04", "2027-05-05", "Bandar", EDITION_CANCELLED, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        struct require *q = require(w, 2, REQUIRE_MEETINGS, 1, NULL);
        struct audit all;

        q->back_to_back = true;
        q->back_to_back_with = &w->clusters[0];
        add_call(w, "CALL-2027", 2027, "2027-05-03", EDITION_PROPOSED);
        add_edition(w, "WEEK-2027", "WEEK", 2027, 0, cases[i].start,
                    cases[i].end, cases[i].status)
            ->city = cases[i].city;
        all = audit(w, 2027, 2027);
        if (all.rows[0].ok != cases[i].good)
            fail_msg("case %zu", i);
        if (!cases[i].good)
            assert_string_equal(all.rows[0].missing[0],
                                "CALL-2027/LOW is not back-to-back with WEEK");
        talloc_free(w);
    }
}

/* Within the cluster itself the meeting needs company. */
static void test_back_to_back_inside(void **state)
{
    struct world *w = world_new();
    struct require *q = require(w, 1, REQUIRE_MEETINGS, 1, NULL);

    (void)state;
    q->back_to_back = true;
    q->back_to_back_with = &w->clusters[0];
    add_edition(w, "WEEK-2027", "WEEK", 2027, 0, "2027-01-18", "2027-01-20",
                EDITION_PROPOSED);
    add_item(w, ITEM_MEETING, "SOM", "", "MID", "2027-01-18");
    assert_audit(w, 2027, 2027,
                 "MID 2027 1+0/1 - WEEK-2027/SOM is not back-to-back with "
                 "WEEK\n");
    add_item(w, ITEM_SOCIAL, "DINNER", "", "TOP", "2027-01-18");
    assert_audit(w, 2027, 2027,
                 "MID 2027 1+0/1 - WEEK-2027/SOM is not back-to-back with "
                 "WEEK\n");
    add_item(w, ITEM_MEETING, "MIN", "", "TOP", "2027-01-19");
    assert_audit(w, 2027, 2027, "MID 2027 1+0/1\n");
    q->back_to_back_with = NULL;
    assert_audit(w, 2027, 2027, "MID 2027 1+0/1\n");
    plan_item(&w->plan, "WEEK-2027/MIN")->status = ITEM_CANCELLED;
    assert_audit(w, 2027, 2027,
                 "MID 2027 1+0/1 - WEEK-2027/SOM is not back-to-back with "
                 "another meeting\n");
    add_item(w, ITEM_DIALOGUE, "TALK", "", "", "2027-01-19");
    assert_audit(w, 2027, 2027, "MID 2027 1+0/1\n");
    talloc_free(w);
}

/* Bodies that are not there yet, or no more, owe nothing. */
static void test_lifetimes(void **state)
{
    struct world *w = world_new();

    (void)state;
    require(w, 0, REQUIRE_MEETINGS, 1, NULL);
    w->bodies[0].since = (struct vague){2026, 12, 0};
    w->bodies[0].until = (struct vague){2028, 0, 0};
    assert_audit(w, 2024, 2031,
                 "TOP 2026 0+0/1 - 1 meeting\nTOP 2027 0+0/1 - 1 meeting\n"
                 "TOP 2028 0+0/1 - 1 meeting\n");
    w->bodies[0].until = (struct vague){2027, 2, 0};
    assert_audit(w, 2027, 2028, "TOP 2027 0+0/1 - 1 meeting\n");
    w->sector.cycle_from = (struct yearly){3, 1};
    assert_audit(w, 2025, 2027,
                 "TOP 2026 0+0/1 - 1 meeting\n"); /* ends before cycle 2027 */
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meetings),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_cancelled_item_and_parts),
        cmocka_unit_test(test_joint),
        cmocka_unit_test(test_as_needed),
        cmocka_unit_test(test_consultations),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_back_to_back_consultations),
        cmocka_unit_test(test_back_to_back_with_cluster),
        cmocka_unit_test(test_back_to_back_inside),
        cmocka_unit_test(test_lifetimes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
