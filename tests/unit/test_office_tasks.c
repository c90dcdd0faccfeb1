/* Tasks: dates by every kind of offset, owners, pins and chains. */
#include "office_world.h"

static struct tasks tasks_of(struct world *w, const struct task_fact *facts,
                             size_t n)
{
    return office_tasks(w, &w->rules, &w->plan, facts, n);
}

/* The task of that id; its absence fails the test. */
static const struct task *find(const struct tasks *all, const char *id)
{
    static const struct task none;

    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->rows[i].id, id) == 0)
            return &all->rows[i];
    fail_msg("no task %s", id);
    return &none;
}

static void assert_dates(const struct tasks *all, const char *id,
                         const char *due, const char *nominal)
{
    const struct task *t = find(all, id);
    char text[DATE_TEXT];

    assert_string_equal(date_print(t->due, text), due);
    assert_string_equal(date_print(t->nominal, text), nominal);
}

struct due_case {
    enum due_kind due;
    struct length offset;
    enum owner_kind owner;
    const char *start, *end; /* of the edition, host BN */
    const char *id, *on, *nominal;
};

static void test_due_dates(void **state)
{
    static const struct due_case cases[] = {
        /* Mon 18 Jan 2027 .. Wed 20 Jan; ID rests Sat Sun and on 1 Jan */
        {DUE_BEFORE,
         {9, UNIT_DAYS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-08",
         "2027-01-09"},
        {DUE_BEFORE,
         {17, UNIT_DAYS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2026-12-31",
         "2027-01-01"},
        {DUE_BEFORE,
         {2, UNIT_WEEKS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-04",
         "2027-01-04"},
        {DUE_AFTER,
         {7, UNIT_DAYS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-27",
         "2027-01-27"},
        /* five working days: over a weekend; over New Year's Day */
        {DUE_BEFORE,
         {5, UNIT_WORKING_DAYS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-11",
         "2027-01-11"},
        {DUE_BEFORE,
         {11, UNIT_WORKING_DAYS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2026-12-31",
         "2026-12-31"},
        {DUE_AFTER,
         {3, UNIT_WORKING_DAYS},
         OWNER_SECRETARIAT,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-25",
         "2027-01-25"},
        /* Brunei works on Saturday, rests on Friday and Sunday */
        {DUE_BEFORE,
         {9, UNIT_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-09",
         "2027-01-09"},
        {DUE_BEFORE,
         {10, UNIT_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-07",
         "2027-01-08"},
        {DUE_BEFORE,
         {8, UNIT_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-09",
         "2027-01-10"},
        {DUE_BEFORE,
         {2, UNIT_WORKING_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-14",
         "2027-01-14"},
        {DUE_FIRST_DAY,
         {0, UNIT_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-18",
         "2027-01-18"},
        {DUE_LAST_DAY,
         {0, UNIT_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-20",
         "2027-01-20"},
        {DUE_LAST_DAY,
         {0, UNIT_DAYS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-22",
         "X",
         "2027-01-21",
         "2027-01-22"},
        /* months: their ends, leap years, twelve of them */
        {DUE_BEFORE,
         {1, UNIT_MONTHS},
         OWNER_SECRETARIAT,
         "2027-03-31",
         "2027-04-01",
         "X",
         "2027-02-26",
         "2027-02-28"},
        {DUE_BEFORE,
         {1, UNIT_MONTHS},
         OWNER_SECRETARIAT,
         "2028-03-31",
         "2028-03-31",
         "X",
         "2028-02-29",
         "2028-02-29"},
        {DUE_BEFORE,
         {12, UNIT_MONTHS},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2026-01-17",
         "2026-01-18"},
        {DUE_AFTER,
         {1, UNIT_MONTHS},
         OWNER_SECRETARIAT,
         "2027-01-25",
         "2027-01-31",
         "X",
         "2027-02-26",
         "2027-02-28"},
        /* members: each by its own calendar */
        {DUE_BEFORE,
         {10, UNIT_DAYS},
         OWNER_MEMBERS,
         "2027-01-18",
         "2027-01-20",
         "X:BN",
         "2027-01-07",
         "2027-01-08"},
        {DUE_BEFORE,
         {10, UNIT_DAYS},
         OWNER_MEMBERS,
         "2027-01-18",
         "2027-01-20",
         "X:ID",
         "2027-01-08",
         "2027-01-08"},
        /* Sat 20 Feb 2027 is worked in China, not in Japan */
        {DUE_BEFORE,
         {2, UNIT_DAYS},
         OWNER_PARTNERS,
         "2027-02-22",
         "2027-02-24",
         "X:CN",
         "2027-02-20",
         "2027-02-20"},
        {DUE_BEFORE,
         {2, UNIT_DAYS},
         OWNER_PARTNERS,
         "2027-02-22",
         "2027-02-24",
         "X:JP",
         "2027-02-19",
         "2027-02-20"},
        {DUE_BEFORE,
         {1, UNIT_WORKING_DAYS},
         OWNER_PARTNERS,
         "2027-02-22",
         "2027-02-24",
         "X:CN",
         "2027-02-20",
         "2027-02-20"},
        {DUE_BEFORE,
         {1, UNIT_WORKING_DAYS},
         OWNER_PARTNERS,
         "2027-02-22",
         "2027-02-24",
         "X:JP",
         "2027-02-19",
         "2027-02-19"},
        /* a body lives by the secretariat's calendar */
        {DUE_BEFORE,
         {9, UNIT_DAYS},
         OWNER_BODY,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-08",
         "2027-01-09"},
        {DUE_BEFORE,
         {30, UNIT_MINUTES},
         OWNER_HOST,
         "2027-01-18",
         "2027-01-20",
         "X",
         "2027-01-18",
         "2027-01-18"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct due_case *c = &cases[i];
        struct world *w = world_new();
        struct edition *e;
        struct tasks all;

        add_step(w, "X", c->due, c->offset, c->owner)->owner_body =
            &w->bodies[1];
        e = add_week(w, "W-1", 2027, c->start, EDITION_PROPOSED);
        e->end = day(c->end);
        all = tasks_of(w, NULL, 0);
        assert_dates(&all, text_format(w, "W-1/%s", c->id), c->on, c->nominal);
        talloc_free(w);
    }
}

static void test_without_calendar(void **state)
{
    struct world *w = world_new();
    struct edition *e;
    struct tasks all;

    (void)state;
    add_step(w, "H", DUE_BEFORE, LENGTH(1, WORKING_DAYS), OWNER_HOST);
    add_step(w, "S", DUE_BEFORE, LENGTH(1, DAYS), OWNER_SECRETARIAT);
    e = add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    e->host = "";
    w->sector.seat = NULL;
    all = tasks_of(w, NULL, 0);
    assert_dates(&all, "W-1/H", "2027-01-17", "2027-01-17");
    assert_dates(&all, "W-1/S", "2027-01-17", "2027-01-17");
    assert_string_equal(find(&all, "W-1/H")->owner, "host");
    talloc_free(w);
}

/* One per member of the day, one per partner that consults, in order of due
 * date and id; what a row says. */
static void test_owners(void **state)
{
    static const char *const ids[] = {"W-1/P:CN", "W-1/M:BN", "W-1/M:ID",
                                      "W-1/B",    "W-1/H",    "W-1/S"};
    static const char *const owners[] = {"CN",  "BN", "ID",
                                         "MID", "BN", "secretariat"};
    struct world *w = world_new();
    struct tasks all;

    (void)state;
    add_step(w, "S", DUE_LAST_DAY, LENGTH(0, DAYS), OWNER_SECRETARIAT);
    add_step(w, "H", DUE_LAST_DAY, LENGTH(0, DAYS), OWNER_HOST);
    add_step(w, "B", DUE_LAST_DAY, LENGTH(0, DAYS), OWNER_BODY)->owner_body =
        &w->bodies[1];
    add_step(w, "M", DUE_BEFORE, LENGTH(7, DAYS), OWNER_MEMBERS);
    add_step(w, "P", DUE_BEFORE, LENGTH(14, DAYS), OWNER_PARTNERS);
    add_week(w, "W-1", 2025, "2025-10-20", EDITION_CONFIRMED);
    plan_item(&w->plan, "W-1/SOM+1:JP")->status = ITEM_CANCELLED;
    plan_item(&w->plan, "W-1/MIN+1:JP")->status = ITEM_CANCELLED;
    all = tasks_of(w, NULL, 0);
    assert_int_equal(all.n, 6); /* TL joins six days later */
    for (size_t i = 0; i < all.n; i++) {
        assert_string_equal(all.rows[i].id, ids[i]);
        assert_string_equal(all.rows[i].owner, owners[i]);
        assert_string_equal(all.rows[i].edition, "W-1");
        assert_string_equal(all.rows[i].cluster, "WEEK");
        assert_int_equal(all.rows[i].n_bodies, 2);
        assert_string_equal(all.rows[i].bodies[0], "MID");
        assert_string_equal(all.rows[i].bodies[1], "TOP");
        assert_int_equal(all.rows[i].state, TASK_OPEN);
        assert_string_equal(all.rows[i].note, "");
        assert_true(date_is_none(all.rows[i].done_on));
        assert_true(date_is_none(all.rows[i].drift));
        assert_int_equal(all.rows[i].where.line, 7);
    }
    w->plan.n_editions = w->plan.n_items = 0;
    add_week(w, "W-1", 2025, "2025-10-27", EDITION_CONFIRMED);
    all = tasks_of(w, NULL, 0);
    (void)find(&all, "W-1/M:TL");
    (void)find(&all, "W-1/P:JP");
    talloc_free(w);
}

static void test_which_editions(void **state)
{
    static const struct {
        enum edition_status status;
        const char *start;
        size_t n;
    } cases[] = {
        {EDITION_PROPOSED, "2027-01-18", 1},
        {EDITION_CONFIRMED, "2027-01-18", 1},
        {EDITION_HELD, "2027-01-18", 1},
        {EDITION_CANCELLED, "2027-01-18", 1},
        {EDITION_POSTPONED, "2027-01-18", 1},
        {EDITION_POSTPONED, "", 0},
        {EDITION_LAPSED, "", 0},
        {EDITION_PROPOSED, "", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();

        add_step(w, "S", DUE_FIRST_DAY, LENGTH(0, DAYS), OWNER_SECRETARIAT);
        add_edition(w, "W-1", "WEEK", 2027, 0, cases[i].start, cases[i].start,
                    cases[i].status);
        add_edition(w, "C-1", "CALL", 2027, 0, "2027-05-03", "2027-05-03",
                    EDITION_PROPOSED); /* without a workflow */
        add_edition(w, "G-1", "GONE", 2027, 0, "2027-05-03", "2027-05-03",
                    EDITION_PROPOSED); /* of a cluster that is no more */
        assert_int_equal(tasks_of(w, NULL, 0).n, cases[i].n);
        talloc_free(w);
    }
}

/* A meeting that was over when its first release was made: what was due before
 * that release is nobody's work, unless an officer spoke of it. */
static void test_history(void **state)
{
    static const struct {
        enum edition_status status;
        const char *created;
        const char *first; /* the ids that are left */
        const char *second;
    } cases[] = {
        {EDITION_HELD, "2027-03-01T08:00:00Z", "W-1/LATE", NULL},
        {EDITION_HELD, "2027-01-22T20:00:00Z", "W-1/EARLY", "W-1/LATE"},
        {EDITION_CONFIRMED, "2027-03-01T08:00:00Z", "W-1/EARLY", "W-1/LATE"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        struct tasks all;

        add_step(w, "EARLY", DUE_BEFORE, LENGTH(8, WEEKS), OWNER_SECRETARIAT);
        add_step(w, "LATE", DUE_AFTER, LENGTH(10, WEEKS), OWNER_SECRETARIAT);
        add_edition(w, "W-1", "WEEK", 2027, 0, "2027-01-18", "2027-01-22",
                    cases[i].status)
            ->created = at(cases[i].created);
        all = tasks_of(w, NULL, 0);
        assert_int_equal(all.n, cases[i].second ? 2 : 1);
        assert_string_equal(all.rows[0].id, cases[i].first);
        talloc_free(w);
    }
}

static void test_history_spoken_of(void **state)
{
    const struct task_fact done = {"W-1/EARLY", TASK_DONE, day("2026-11-20"),
                                   "by hand",   DATE_NONE, "NO"};
    struct world *w = world_new();
    struct tasks all;

    (void)state;
    add_step(w, "EARLY", DUE_BEFORE, LENGTH(8, WEEKS), OWNER_SECRETARIAT);
    add_edition(w, "W-1", "WEEK", 2027, 0, "2027-01-18", "2027-01-22",
                EDITION_HELD)
        ->created = at("2027-03-01T08:00:00Z");
    all = tasks_of(w, &done, 1);
    assert_int_equal(all.n, 1);
    assert_int_equal(all.rows[0].state, TASK_DONE);
    assert_false(all.rows[0].closed);
    talloc_free(w);
}

/* Chains: from the date that counts, of the same member, else the latest. */
static void test_chains(void **state)
{
    struct world *w = world_new();
    struct step *draft, *silence, *round, *report;
    struct task_fact pin = {
        .task = "w-1/draft", .on = DATE_NONE, .pin = day("2027-02-06")};
    struct tasks all;

    (void)state;
    report = add_step(w, "REPORT", DUE_AFTER_STEP, LENGTH(2, DAYS),
                      OWNER_SECRETARIAT); /* written before what it follows */
    draft = add_step(w, "DRAFT", DUE_AFTER, LENGTH(10, DAYS),
                     OWNER_SECRETARIAT); /* Sat 30 Jan -> Fri 29 */
    silence = add_step(w, "SILENCE", DUE_AFTER_STEP, LENGTH(10, DAYS),
                       OWNER_MEMBERS); /* Mon 8 Feb */
    round = add_step(w, "ROUND", DUE_AFTER_STEP, LENGTH(4, DAYS),
                     OWNER_MEMBERS); /* Fri 12 Feb: BN on Thu 11 */
    silence->due_step = draft;
    round->due_step = silence;
    report->due_step = round;
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_CONFIRMED);
    all = tasks_of(w, NULL, 0);
    assert_dates(&all, "W-1/DRAFT", "2027-01-29", "2027-01-30");
    assert_dates(&all, "W-1/SILENCE:BN", "2027-02-08", "2027-02-08");
    assert_dates(&all, "W-1/ROUND:BN", "2027-02-11", "2027-02-12");
    assert_dates(&all, "W-1/ROUND:ID", "2027-02-12", "2027-02-12");
    assert_dates(&all, "W-1/REPORT", "2027-02-12", "2027-02-14");
    assert_string_equal(find(&all, "W-1/DRAFT")->depends, "");
    assert_string_equal(find(&all, "W-1/SILENCE:TL")->depends, "W-1/DRAFT");
    assert_string_equal(find(&all, "W-1/ROUND:TL")->depends, "W-1/SILENCE:TL");
    assert_string_equal(find(&all, "W-1/REPORT")->depends, "W-1/ROUND:ID");
    all = tasks_of(w, &pin, 1);
    assert_dates(&all, "W-1/DRAFT", "2027-02-06", "2027-02-06");
    assert_dates(&all, "W-1/SILENCE:ID", "2027-02-16", "2027-02-16");
    talloc_free(w);
}

/* Rules that count in a circle are refused elsewhere; here they end. */
static void test_circle(void **state)
{
    struct world *w = world_new();
    struct step *a, *b;
    struct tasks all;

    (void)state;
    a = add_step(w, "A", DUE_AFTER_STEP, LENGTH(1, DAYS), OWNER_MEMBERS);
    b = add_step(w, "B", DUE_AFTER_STEP, LENGTH(1, DAYS), OWNER_MEMBERS);
    a->due_step = b;
    b->due_step = a;
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_CONFIRMED);
    all = tasks_of(w, NULL, 0);
    assert_int_equal(all.n, 6);
    assert_dates(&all, "W-1/B:ID", "2027-01-21", "2027-01-21");
    assert_dates(&all, "W-1/A:ID", "2027-01-22", "2027-01-22");
    talloc_free(w);
}

static void test_facts(void **state)
{
    struct world *w = world_new();
    struct task_fact facts[] = {
        {"W-1/S", TASK_OPEN, DATE_NONE, "later, please", day("2027-01-16"),
         "nur"},
        {"W-1/M:TL", TASK_WAIVED, DATE_NONE, "observer", DATE_NONE, "nur"},
        {"W-1/M:ID", TASK_DONE, day("2027-01-05"), "", DATE_NONE, "nur"},
        {"W-9/S", TASK_DONE, day("2027-01-05"), NULL, DATE_NONE, "nur"},
    };
    struct tasks all;
    const struct task *t;

    (void)state;
    add_step(w, "S", DUE_BEFORE, LENGTH(9, DAYS), OWNER_SECRETARIAT);
    add_step(w, "M", DUE_BEFORE, LENGTH(14, DAYS), OWNER_MEMBERS);
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_CONFIRMED);
    all = tasks_of(w, facts, 4);
    t = find(&all, "W-1/S"); /* pinned on a Saturday: as it stands */
    assert_true(t->pinned);
    assert_int_equal(t->due.day, day("2027-01-16").day);
    assert_int_equal(t->drift.day, day("2027-01-08").day);
    assert_string_equal(t->note, "later, please");
    t = find(&all, "W-1/M:ID");
    assert_int_equal(t->state, TASK_DONE);
    assert_int_equal(t->done_on.day, day("2027-01-05").day);
    assert_false(t->pinned);
    assert_int_equal(find(&all, "W-1/M:TL")->state, TASK_WAIVED);
    assert_int_equal(find(&all, "W-1/M:BN")->state, TASK_OPEN);
    talloc_free(w);
}

/* What is called off is closed, what was done stays done, and what only a
 * fact knows of is not lost. */
static void test_closed(void **state)
{
    struct world *w = world_new();
    struct task_fact facts[] = {
        {"W-1/S", TASK_DONE, day("2027-01-05"), "sent", DATE_NONE, "nur"},
        {"WEEK-2031/S", TASK_OPEN, DATE_NONE, "", day("2031-01-16"), "nur"},
        {"WEEK-2031/M:ID", TASK_DONE, day("2027-01-05"), NULL, DATE_NONE,
         "nur"},
        {"W-2/S", TASK_WAIVED, DATE_NONE, "by letter", DATE_NONE, "nur"},
        {"W-2/OLD:JP", TASK_OPEN, DATE_NONE, "", DATE_NONE, "nur"},
    };
    struct tasks all;
    const struct task *t;

    (void)state;
    add_step(w, "S", DUE_BEFORE, LENGTH(9, DAYS), OWNER_SECRETARIAT);
    add_step(w, "M", DUE_BEFORE, LENGTH(14, DAYS), OWNER_MEMBERS);
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_CANCELLED);
    add_week(w, "W-2", 2028, "2028-01-17", EDITION_PROPOSED);
    all = tasks_of(w, facts, 5);
    t = find(&all, "W-1/S");
    assert_true(t->closed);
    assert_int_equal(t->state, TASK_DONE);
    assert_string_equal(t->note, "sent");
    t = find(&all, "W-1/M:ID");
    assert_true(t->closed);
    assert_int_equal(t->state, TASK_WAIVED);
    assert_string_equal(t->note, "closed: W-1 is cancelled");
    t = find(&all, "WEEK-2031/S");
    assert_int_equal(t->state, TASK_WAIVED);
    assert_string_equal(t->note, "closed: WEEK-2031 is planned no more");
    assert_string_equal(t->owner, "secretariat");
    assert_int_equal(t->due.day, day("2031-01-16").day);
    t = find(&all, "WEEK-2031/M:ID");
    assert_int_equal(t->state, TASK_DONE);
    assert_string_equal(t->owner, "ID");
    assert_true(date_is_none(t->due));
    t = find(&all, "W-2/OLD:JP");
    assert_string_equal(t->note, "closed: W-2 has no such step any more");
    assert_false(find(&all, "W-2/S")->closed);
    assert_string_equal(find(&all, "W-2/S")->note, "by letter");
    assert_true(date_is_none(all.rows[all.n - 1].due)); /* last */
    talloc_free(w);
}

/* SILENCE comes after DRAFT, each member's RECEIPT after its own COPY. */
static void test_order(void **state)
{
    struct world *w = world_new();
    struct task_fact facts[] = {
        {"W-1/SILENCE", TASK_DONE, day("2027-02-01"), "", DATE_NONE, "nur"},
        {"W-1/COPY:ID", TASK_DONE, day("2027-02-03"), "", DATE_NONE, "nur"},
        {"W-1/COPY:TL", TASK_WAIVED, DATE_NONE, "", DATE_NONE, "nur"},
        {"W-1/RECEIPT:ID", TASK_DONE, day("2027-02-02"), "", DATE_NONE, "nur"},
        {"W-1/RECEIPT:TL", TASK_DONE, day("2027-02-02"), "", DATE_NONE, "nur"},
        {"W-1/DRAFT", TASK_DONE, day("2027-01-31"), "", DATE_NONE, "nur"},
    };
    struct step *draft, *copy;
    struct tasks all;

    (void)state;
    draft = add_step(w, "DRAFT", DUE_AFTER, LENGTH(7, DAYS), OWNER_SECRETARIAT);
    copy = add_step(w, "COPY", DUE_AFTER, LENGTH(9, DAYS), OWNER_MEMBERS);
    add_step(w, "SILENCE", DUE_AFTER_STEP, LENGTH(10, DAYS), OWNER_SECRETARIAT)
        ->due_step = draft;
    add_step(w, "RECEIPT", DUE_AFTER_STEP, LENGTH(1, DAYS), OWNER_MEMBERS)
        ->due_step = copy;
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_HELD);
    all = tasks_of(w, facts, 5); /* DRAFT still open */
    assert_string_equal(find(&all, "W-1/SILENCE")->warning,
                        "done although W-1/DRAFT is still open");
    assert_string_equal(find(&all, "W-1/RECEIPT:ID")->warning,
                        "done on 2027-02-02, before W-1/COPY:ID, which was "
                        "done on 2027-02-03");
    assert_string_equal(find(&all, "W-1/RECEIPT:TL")->warning, "");
    assert_string_equal(find(&all, "W-1/RECEIPT:BN")->warning, "");
    all = tasks_of(w, facts, 6);
    assert_string_equal(find(&all, "W-1/SILENCE")->warning, "");
    talloc_free(w);
}

static void test_overdue(void **state)
{
    struct task t = {.state = TASK_OPEN, .due = day("2027-01-16")};

    (void)state;
    assert_int_equal(task_overdue(&t, day("2027-01-15")), 0);
    assert_int_equal(task_overdue(&t, day("2027-01-16")), 0);
    assert_int_equal(task_overdue(&t, day("2027-01-17")), 1);
    assert_int_equal(task_overdue(&t, day("2027-02-16")), 31);
    t.state = TASK_DONE;
    assert_int_equal(task_overdue(&t, day("2027-02-16")), 0);
}

static void test_words(void **state)
{
    static const char *const words[] = {"open", "done", "waived"};
    enum task_state s;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(task_state_parse(words[i], &s));
        assert_string_equal(task_state_word(s), words[i]);
    }
    assert_false(task_state_parse("closed", &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due_dates),
        cmocka_unit_test(test_without_calendar),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_which_editions),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_history_spoken_of),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_circle),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_overdue),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
