/* Reminders: who hears of which meeting or task, when, once. */
#include "office_world.h"

static const struct length two_weeks[] = {{14, UNIT_DAYS}};

static struct reminder *remind(struct world *w, enum audience audience,
                               enum remind_of of, struct length lead)
{
    struct reminder *m = &w->reminders[w->rules.n_reminders++];

    *m = (struct reminder){.sector = &w->sector,
                           .audience = audience,
                           .of = of,
                           .before = array_new(w, struct length, 2),
                           .n_before = 1,
                           .at = 8 * 60,
                           .where = {"rules", 9, 1}};
    m->before[0] = lead;
    return m;
}

static struct step *step(struct world *w, const char *code, int days_before,
                         enum owner_kind owner, struct length lead)
{
    struct step *s = &w->steps[w->workflow.n_steps++];

    *s = (struct step){.code = code,
                       .title = code,
                       .due = DUE_BEFORE,
                       .offset = {days_before, UNIT_DAYS},
                       .owner = owner};
    s->remind = array_new(w, struct length, 2);
    s->remind[s->n_remind++] = lead;
    return s;
}

static struct notices run(struct world *w, const struct contacts *contacts)
{
    struct tasks tasks = office_tasks(w, &w->rules, &w->plan, NULL, 0);

    return office_notices(w, &w->rules, &w->plan, &tasks, contacts);
}

/* "address lead due [items]" per line, for comparing whole lists. */
static char *list(struct world *w, const struct notices *all)
{
    char *text = memory_text(w, "");

    for (size_t i = 0; i < all->n; i++) {
        const struct notice *n = &all->rows[i];
        char due[INSTANT_TEXT], expires[INSTANT_TEXT];

        text = text_format(w, "%s%s %s %s..%s", text, n->contact->email,
                           n->cause, instant_print(n->due, due),
                           instant_print(n->expires, expires));
        for (size_t k = 0; k < n->n_items; k++)
            text = text_format(w, "%s %s", text, strchr(n->items[k], '/') + 1);
        text = text_format(w, "%s\n", text);
    }
    return text;
}

static struct world *confirmed_week(void)
{
    struct world *w = world_new();

    add_week(w, "W-1", 2027, "2027-01-18", EDITION_CONFIRMED);
    return w;
}

/* Lead from the first of the contact's own items, at eight on its own clock. */
static void test_meetings(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
    remind(w, AUDIENCE_PARTNERS, REMIND_CONSULTS, LENGTH(1, WEEKS))->at = 540;
    add_contact(w, &c, "bn", "BN", "TOP", ROLE_FOCAL);
    add_contact(w, &c, "id", "ID", "MID", ROLE_DELEGATE);
    add_contact(w, &c, "jp", "JP", "TOP;MID", ROLE_PARTNER);
    add_contact(w, &c, "low", "ID", "LOW", ROLE_FOCAL);
    add_contact(w, &c, "tl", "TL", "TOP", ROLE_FOCAL)->zone = "Europe/Brussels";
    all = run(w, &c);
    assert_string_equal(
        list(w, &all), "id reminder/W-1/14 days/2027-01-18 2027-01-04T01:00:00Z"
                       "..2027-01-18T01:00:00Z SOM SOM+1:CN SOM+1:JP\n"
                       "bn reminder/W-1/14 days/2027-01-20 2027-01-06T00:00:00Z"
                       "..2027-01-20T01:00:00Z OPENING MIN MIN+1:CN MIN+1:JP\n"
                       "tl reminder/W-1/14 days/2027-01-20 2027-01-06T07:00:00Z"
                       "..2027-01-20T01:00:00Z OPENING MIN MIN+1:CN MIN+1:JP\n"
                       "jp reminder/W-1/1 week/2027-01-19 2027-01-12T00:00:00Z"
                       "..2027-01-19T01:00:00Z SOM+1:JP MIN+1:JP\n");
    assert_int_equal(all.rows[0].kind, NOTICE_REMINDER);
    assert_string_equal(all.rows[0].edition, "W-1");
    assert_string_equal(all.rows[0].thing, "");
    assert_string_equal(all.rows[0].items[0], "W-1/SOM");
    assert_int_equal(all.rows[0].lead.n, 14);
    talloc_free(w);
}

/* A date that is only proposed is nobody's appointment. */
static void test_confirmed_only(void **state)
{
    static const struct {
        enum edition_status status;
        size_t n;
    } cases[] = {{EDITION_CONFIRMED, 1}, {EDITION_PROPOSED, 0},
                 {EDITION_CANCELLED, 0}, {EDITION_POSTPONED, 0},
                 {EDITION_HELD, 0},      {EDITION_LAPSED, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        struct contacts c = {0};

        remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
        add_week(w, "W-1", 2027, "2027-01-18", cases[i].status);
        add_contact(w, &c, "bn", "BN", "TOP", ROLE_FOCAL);
        assert_int_equal(run(w, &c).n, cases[i].n);
        talloc_free(w);
    }
}

static void test_cancelled_items(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
    add_contact(w, &c, "id", "ID", "MID", ROLE_FOCAL);
    plan_item(&w->plan, "W-1/SOM")->status = ITEM_CANCELLED;
    all = run(w, &c);
    assert_string_equal(
        list(w, &all), "id reminder/W-1/14 days/2027-01-19 2027-01-05T01:00:00Z"
                       "..2027-01-19T01:00:00Z SOM+1:CN SOM+1:JP\n");
    plan_item(&w->plan, "W-1/SOM+1:CN")->status = ITEM_CANCELLED;
    plan_item(&w->plan, "W-1/SOM+1:JP")->status = ITEM_CANCELLED;
    assert_int_equal(run(w, &c).n, 0);
    talloc_free(w);
}

struct who_case {
    enum audience audience;
    const char *hear; /* addresses, sorted */
};

/* All audiences of one edition, hosted by BN, among the same contacts. */
static void test_audiences(void **state)
{
    static const struct who_case cases[] = {
        {AUDIENCE_NOBODY, ""},
        {AUDIENCE_DELEGATES, "bn-d bn-f id-d tl-f "},
        {AUDIENCE_MEMBERS, "bn-f id-d tl-f "}, /* a delegate has to do */
        {AUDIENCE_HOST, "bn-h "},
        {AUDIENCE_PARTNERS, "cn jp "},
        {AUDIENCE_SECRETARIAT, "s-all s-top "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = confirmed_week();
        struct contacts c = {0};
        struct notices all;
        char *text = memory_text(w, "");

        remind(w, cases[i].audience, REMIND_MEETINGS, LENGTH(30, DAYS));
        add_contact(w, &c, "bn-d", "BN", "TOP", ROLE_DELEGATE);
        add_contact(w, &c, "bn-f", "BN", "TOP", ROLE_FOCAL);
        add_contact(w, &c, "bn-h", "BN", "TOP", ROLE_HOST);
        add_contact(w, &c, "cn", "CN", "TOP", ROLE_PARTNER)->zone =
            "Asia/Brunei";
        add_contact(w, &c, "id-d", "ID", "TOP", ROLE_DELEGATE)->zone =
            "Asia/Brunei";
        add_contact(w, &c, "id-h", "ID", "TOP", ROLE_HOST);
        add_contact(w, &c, "id-n", "ID", "TOP", ROLE_FOCAL)->channel =
            CHANNEL_NONE;
        add_contact(w, &c, "jp", "JP", "TOP", ROLE_PARTNER)->zone =
            "Asia/Brunei";
        add_contact(w, &c, "s-all", "SEC", "", ROLE_DESK)->zone = "Asia/Brunei";
        add_contact(w, &c, "s-low", "SEC", "LOW", ROLE_DESK);
        add_contact(w, &c, "s-top", "SEC", "TOP", ROLE_DESK)->zone =
            "Asia/Brunei";
        add_contact(w, &c, "tl-f", "TL", "TOP", ROLE_FOCAL)->zone =
            "Asia/Brunei";
        /* only Wednesday is left, so that all hear at the same minute */
        plan_item(&w->plan, "W-1/SOM")->status = ITEM_CANCELLED;
        plan_item(&w->plan, "W-1/SOM+1:CN")->status = ITEM_CANCELLED;
        plan_item(&w->plan, "W-1/SOM+1:JP")->status = ITEM_CANCELLED;
        all = run(w, &c);
        for (size_t k = 0; k < all.n; k++)
            text = text_format(w, "%s%s ", text, all.rows[k].contact->email);
        assert_string_equal(text, cases[i].hear);
        talloc_free(w);
    }
}

/* The host's own desk, else its focal points, else its delegates. */
static void test_host_fallback(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    struct contact *desk, *focal;
    struct notices all;

    (void)state;
    remind(w, AUDIENCE_HOST, REMIND_MEETINGS, two_weeks[0]);
    add_contact(w, &c, "d", "BN", "TOP", ROLE_DELEGATE);
    add_contact(w, &c, "f", "BN", "TOP", ROLE_FOCAL);
    add_contact(w, &c, "h", "BN", "TOP", ROLE_HOST);
    focal = &c.rows[1];
    desk = &c.rows[2];
    all = run(w, &c);
    assert_int_equal(all.n, 1);
    assert_string_equal(all.rows[0].contact->email, "h");
    desk->channel = CHANNEL_NONE; /* somebody must hear */
    all = run(w, &c);
    assert_int_equal(all.n, 1);
    assert_string_equal(all.rows[0].contact->email, "f");
    focal->bodies[0] = "LOW";
    all = run(w, &c);
    assert_int_equal(all.n, 1);
    assert_string_equal(all.rows[0].contact->email, "d");
    w->plan.editions[0].host = "";
    assert_int_equal(run(w, &c).n, 0);
    talloc_free(w);
}

/* What was due before the release that set its date was for another date. */
static void test_before_release(void **state)
{
    static const struct {
        const char *edition, *item;
        size_t n;
    } cases[] = {
        {"2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", 1},
        {"2027-01-06T00:00:00Z", "2026-12-01T00:00:00Z", 1}, /* just then */
        {"2027-01-06T00:00:01Z", "2026-12-01T00:00:00Z", 0},
        {"2026-12-01T00:00:00Z", "2027-01-06T00:00:01Z", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = confirmed_week();
        struct contacts c = {0};

        remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
        add_contact(w, &c, "bn", "BN", "TOP", ROLE_FOCAL);
        w->plan.editions[0].modified = at(cases[i].edition);
        plan_item(&w->plan, "W-1/OPENING")->modified = at(cases[i].item);
        assert_int_equal(run(w, &c).n, cases[i].n);
        talloc_free(w);
    }
}

/* Two lines of the rules, one notice; two roles of a person, one each. */
static void test_once(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    remind(w, AUDIENCE_MEMBERS, REMIND_MEETINGS, two_weeks[0])->at = 600;
    remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
    remind(w, AUDIENCE_SECRETARIAT, REMIND_MEETINGS, two_weeks[0]);
    add_contact(w, &c, "nur", "BN", "TOP", ROLE_FOCAL);
    add_contact(w, &c, "nur", "SEC", "TOP", ROLE_DESK);
    all = run(w, &c);
    assert_string_equal(
        list(w, &all),
        "nur reminder/W-1/14 days/2027-01-20 2027-01-06T00:00:00Z"
        "..2027-01-20T01:00:00Z OPENING MIN MIN+1:CN MIN+1:JP\n"
        "nur reminder/W-1/14 days/2027-01-20 2027-01-06T01:00:00Z"
        "..2027-01-20T01:00:00Z OPENING MIN MIN+1:CN MIN+1:JP\n");
    assert_ptr_equal(all.rows[0].contact, &c.rows[0]);
    assert_ptr_equal(all.rows[1].contact, &c.rows[1]);
    talloc_free(w);
}

/* Lengths of every unit; working days are the recipient's. */
static void test_leads(void **state)
{
    static const struct {
        struct length lead;
        const char *of, *due; /* "" none at all */
    } cases[] = {
        {{2, UNIT_WEEKS}, "BN", "2027-01-06T00:00:00Z"},
        {{1, UNIT_MONTHS}, "BN", "2026-12-20T00:00:00Z"},
        {{3, UNIT_WORKING_DAYS}, "BN", "2027-01-16T00:00:00Z"}, /* a Saturday */
        {{3, UNIT_WORKING_DAYS}, "ID", "2027-01-15T01:00:00Z"},
        {{14, UNIT_WORKING_DAYS}, "ID", "2026-12-30T01:00:00Z"}, /* New Year */
        {{1, UNIT_HALF_DAY}, "BN", "2027-01-20T00:00:00Z"},
        {{90, UNIT_MINUTES}, "ID", "2027-01-19T23:30:00Z"},
        {{0, UNIT_DAYS}, "BN", "2027-01-20T00:00:00Z"},
        {{0, UNIT_DAYS}, "ID", ""}, /* eight there is after the beginning */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = confirmed_week();
        struct contacts c = {0};
        struct notices all;
        char due[INSTANT_TEXT] = "";

        remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, cases[i].lead);
        add_contact(w, &c, "a", cases[i].of, "TOP", ROLE_FOCAL);
        all = run(w, &c);
        if (all.n > 0)
            (void)instant_print(all.rows[0].due, due);
        assert_string_equal(due, cases[i].due);
        talloc_free(w);
    }
}

/* Working days before a consultation are the partner's own. */
static void test_working_days_of_partners(void **state)
{
    static const struct {
        const char *of, *due;
    } cases[] = {{"CN", "2027-02-20T00:00:00Z"}, /* a Saturday, worked */
                 {"JP", "2027-02-18T23:00:00Z"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *w = world_new();
        struct contacts c = {0};
        struct notices all;
        char due[INSTANT_TEXT];

        remind(w, AUDIENCE_PARTNERS, REMIND_CONSULTS, LENGTH(2, WORKING_DAYS));
        add_week(w, "W-1", 2027, "2027-02-22", EDITION_CONFIRMED);
        add_contact(w, &c, "a", cases[i].of, "MID", ROLE_PARTNER);
        all = run(w, &c); /* Tue 23 Feb */
        assert_int_equal(all.n, 1);
        assert_string_equal(instant_print(all.rows[0].due, due), cases[i].due);
        talloc_free(w);
    }
}

/* ---- tasks */

static void test_tasks(void **state)
{
    struct world *w = world_new();
    struct contacts c = {0};
    struct notices all;

    (void)state;
    step(w, "HOST", 40, OWNER_HOST, LENGTH(1, WEEKS));
    step(w, "DESK", 30, OWNER_SECRETARIAT, LENGTH(2, WORKING_DAYS));
    step(w, "NAME", 21, OWNER_MEMBERS, LENGTH(3, DAYS));
    step(w, "PAPER", 14, OWNER_PARTNERS, LENGTH(1, DAYS));
    step(w, "CHAIR", 7, OWNER_BODY, LENGTH(1, DAYS))->owner_body =
        &w->bodies[0];
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    add_contact(w, &c, "bn", "BN", "MID", ROLE_FOCAL);
    add_contact(w, &c, "desk", "SEC", "TOP", ROLE_DESK);
    add_contact(w, &c, "host", "BN", "TOP", ROLE_HOST);
    add_contact(w, &c, "jp", "JP", "TOP", ROLE_PARTNER);
    add_contact(w, &c, "tl", "TL", "TOP", ROLE_DELEGATE);
    all = run(w, &c);
    assert_string_equal(
        list(w, &all),
        "host task/W-1/HOST/1 week/2026-12-09 2026-12-02T00:00:00Z"
        "..2026-12-09T16:00:00Z\n"
        "desk task/W-1/DESK/2 working days/2026-12-18 2026-12-16T01:00:00Z"
        "..2026-12-18T17:00:00Z\n"
        "tl task/W-1/NAME:TL/3 days/2026-12-28 2026-12-24T23:00:00Z"
        "..2026-12-28T15:00:00Z\n"
        "bn task/W-1/NAME:BN/3 days/2026-12-28 2026-12-25T00:00:00Z"
        "..2026-12-28T16:00:00Z\n"
        "jp task/W-1/PAPER:JP/1 day/2027-01-04 2027-01-02T23:00:00Z"
        "..2027-01-04T15:00:00Z\n"
        "tl task/W-1/CHAIR/1 day/2027-01-11 2027-01-09T23:00:00Z"
        "..2027-01-11T15:00:00Z\n");
    assert_int_equal(all.rows[0].kind, NOTICE_TASK);
    assert_string_equal(all.rows[0].thing, "W-1/HOST");
    assert_string_equal(all.rows[0].edition, "W-1");
    assert_int_equal(all.rows[0].n_items, 0);
    w->plan.editions[0].modified = at("2026-12-25T00:00:00Z");
    assert_int_equal(run(w, &c).n, 3);
    talloc_free(w);
}

static void test_settled_tasks(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    struct task_fact fact = {"W-1/DESK", TASK_DONE, day("2026-12-01"),
                             "",         DATE_NONE, "nur"};
    struct plan nothing = {0};
    struct tasks tasks;

    (void)state;
    step(w, "DESK", 30, OWNER_SECRETARIAT, LENGTH(2, DAYS));
    add_contact(w, &c, "desk", "SEC", "TOP", ROLE_DESK);
    tasks = office_tasks(w, &w->rules, &w->plan, NULL, 0);
    assert_int_equal(office_notices(w, &w->rules, &w->plan, &tasks, &c).n, 1);
    assert_int_equal(office_notices(w, &w->rules, &nothing, &tasks, &c).n, 0);
    for (fact.state = TASK_DONE; fact.state <= TASK_WAIVED; fact.state++) {
        tasks = office_tasks(w, &w->rules, &w->plan, &fact, 1);
        assert_int_equal(office_notices(w, &w->rules, &w->plan, &tasks, &c).n,
                         0);
    }
    talloc_free(w);
}

/* `remind AUDIENCE of tasks`: its own, at its hour, beside the step's. */
static void test_remind_of_tasks(void **state)
{
    static const struct {
        enum audience audience;
        const char *causes;
    } cases[] = {
        {AUDIENCE_NOBODY, ""},
        {AUDIENCE_SECRETARIAT, "desk:task/W-1/DESK/5 days/2026-12-18 "},
        {AUDIENCE_HOST, "bn:task/W-1/HOST/5 days/2026-12-09 "},
        {AUDIENCE_MEMBERS, "bn:task/W-1/NAME:BN/5 days/2026-12-28 "},
        {AUDIENCE_DELEGATES, "bn:task/W-1/NAME:BN/5 days/2026-12-28 "
                             "bn:task/W-1/CHAIR/5 days/2027-01-11 "},
        {AUDIENCE_PARTNERS, "jp:task/W-1/PAPER:JP/5 days/2027-01-04 "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = confirmed_week();
        struct contacts c = {0};
        struct notices all;
        char *text = memory_text(w, "");

        step(w, "HOST", 40, OWNER_HOST, LENGTH(1, DAYS))->n_remind = 0;
        step(w, "DESK", 30, OWNER_SECRETARIAT, LENGTH(1, DAYS))->n_remind = 0;
        step(w, "NAME", 21, OWNER_MEMBERS, LENGTH(1, DAYS))->n_remind = 0;
        step(w, "PAPER", 14, OWNER_PARTNERS, LENGTH(1, DAYS))->n_remind = 0;
        step(w, "CHAIR", 7, OWNER_BODY, LENGTH(1, DAYS))->n_remind = 0;
        w->steps[4].owner_body = &w->bodies[0];
        remind(w, cases[i].audience, REMIND_TASKS, LENGTH(5, DAYS))->at = 600;
        add_contact(w, &c, "bn", "BN", "TOP", ROLE_FOCAL);
        add_contact(w, &c, "desk", "SEC", "TOP", ROLE_DESK);
        add_contact(w, &c, "jp", "JP", "TOP", ROLE_PARTNER);
        all = run(w, &c);
        for (size_t k = 0; k < all.n; k++) {
            text = text_format(w, "%s%s:%s ", text, all.rows[k].contact->email,
                               all.rows[k].cause);
            assert_int_equal(
                zone_local(contact_zone(&w->rules, all.rows[k].contact),
                           all.rows[k].due)
                    .minute,
                600);
        }
        assert_string_equal(text, cases[i].causes);
        talloc_free(w);
    }
}

/* A meeting that moves is due again: another cause. */
static void test_moved(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    struct notices before, after;

    (void)state;
    remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
    step(w, "NAME", 21, OWNER_MEMBERS, LENGTH(3, DAYS));
    add_contact(w, &c, "bn", "BN", "TOP", ROLE_FOCAL);
    before = run(w, &c);
    w->plan.n_editions = w->plan.n_items = 0;
    add_week(w, "W-1", 2027, "2027-01-25", EDITION_CONFIRMED);
    after = run(w, &c);
    assert_int_equal(before.n, 2);
    assert_int_equal(after.n, 2);
    for (size_t i = 0; i < 2; i++)
        assert_string_not_equal(before.rows[i].cause, after.rows[i].cause);
    talloc_free(w);
}

/* The order of the contacts makes no difference. */
static void test_deterministic(void **state)
{
    struct world *w = confirmed_week();
    struct contacts c = {0};
    char *once, *again;
    struct notices all;

    (void)state;
    remind(w, AUDIENCE_DELEGATES, REMIND_MEETINGS, two_weeks[0]);
    remind(w, AUDIENCE_HOST, REMIND_MEETINGS, two_weeks[0]);
    step(w, "NAME", 21, OWNER_MEMBERS, LENGTH(3, DAYS));
    for (int i = 0; i < 20; i++)
        add_contact(w, &c, text_format(w, "c%02d", i), i % 2 ? "BN" : "ID",
                    i % 3 ? "TOP" : "MID", i % 5 ? ROLE_FOCAL : ROLE_DELEGATE);
    all = run(w, &c);
    once = list(w, &all);
    for (size_t i = 0; i < c.n / 2; i++) {
        struct contact swap = c.rows[i];

        c.rows[i] = c.rows[c.n - 1 - i];
        c.rows[c.n - 1 - i] = swap;
    }
    all = run(w, &c);
    again = list(w, &all);
    assert_true(all.n > 20);
    assert_string_equal(once, again);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meetings),
        cmocka_unit_test(test_confirmed_only),
        cmocka_unit_test(test_cancelled_items),
        cmocka_unit_test(test_audiences),
        cmocka_unit_test(test_host_fallback),
        cmocka_unit_test(test_before_release),
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_leads),
        cmocka_unit_test(test_working_days_of_partners),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_settled_tasks),
        cmocka_unit_test(test_remind_of_tasks),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_deterministic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
