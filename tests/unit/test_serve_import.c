/*
 * The tables that officers hand in: what one row says, what is wrong with one,
 * and how a history is put together from the meetings of series.
 */
#include "daemon/serve/import.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "rules_helper.h"
#include "tests/unit/test_store.h"

#define LAKES                                                                  \
    BASE "body EXPERTS \"Experts\" level expert\n"                             \
         "  formerly OLDCLUB \"Club of experts\" until 2010-06\n"              \
         "body SMALL \"Small\" level expert\n"                                 \
         "cluster SHORT \"Short\" times 1 per cycle lasts 1 day host CHAIR\n"  \
         "  window 1 Nov .. 30 Nov\n"                                          \
         "  meeting TALK \"Talk\" of EXPERTS 1 day\n"

struct world {
    struct fixture *f;
    const struct rules *rules;
    struct generation generation;
    struct serve serve;
    struct request request;
};

static void world_make(struct world *w, struct fixture *f)
{
    struct diagnostics found;

    *w = (struct world){.f = f, .rules = read_text(f->ctx, LAKES, &found)};
    if (!w->rules)
        fail_msg("%s", findings_print(f->ctx, &found));
    w->generation = (struct generation){.rules = w->rules};
    w->serve = (struct serve){.ctx = f->ctx,
                              .clock = clock_manual(at(0)),
                              .store = f->st,
                              .generation = &w->generation};
    w->request = (struct request){.ctx = f->ctx, .serve = &w->serve};
}

/* A row out of "a|b|c", the rest empty. */
static struct csv_row row_of(struct fixture *f, const char *text)
{
    enum { COLUMNS = 8 };
    const char **fields = array_new(f->ctx, const char *, COLUMNS);

    for (int i = 0; i < COLUMNS; i++) {
        size_t n = strcspn(text, "|");

        fields[i] = memory_text_n(f->ctx, text, n);
        text += n + (text[n] == '|');
    }
    return (struct csv_row){1, fields};
}

static struct date day(const char *text)
{
    struct date d;
    struct error err;

    assert_true(date_parse(text, &d, &err));
    return d;
}

/* ---- contacts: email, name, of, bodies, role, zone, channel */

static void a_contact_is_read(void **state)
{
    struct fixture *f = *state;
    struct world w;
    struct contact c;
    struct csv_row row;

    world_make(&w, f);
    row = row_of(f, "'+a@Example.org|'=Ann|up|council, EXPERTS;small|focal|"
                    "Asia/Jakarta|invite");
    assert_good(f,
                import_read_contact(f->ctx, w.rules, at(7), &row, &c, &f->err));
    assert_string_equal(c.email, "+a@Example.org");
    assert_string_equal(c.name, "=Ann");
    assert_string_equal(c.of, "UP");
    assert_int_equal(c.n_bodies, 3);
    assert_string_equal(c.bodies[2], "SMALL");
    assert_int_equal(c.role, ROLE_FOCAL);
    assert_int_equal(c.channel, CHANNEL_INVITE);
    assert_int_equal(c.added.second, 7);
    row = row_of(f, "b@example.org|Bo|SEC||||");
    assert_good(f,
                import_read_contact(f->ctx, w.rules, at(7), &row, &c, &f->err));
    assert_int_equal(c.role, ROLE_DELEGATE);
    assert_int_equal(c.channel, CHANNEL_FEED);
    assert_int_equal(c.n_bodies, 0);
}

static void what_is_wrong_with_a_contact_is_said(void **state)
{
    static const char *const rows[][2] = {
        {"no address|Ann|UP||||", "email"},
        {"a@example.org|Ann|||||", "say whose contact"},
        {"a@example.org||UP||||", "name is empty"},
        {"a@example.org|Ann|UP|GHOSTS|||", "GHOSTS"},
        {"a@example.org|Ann|UP||king||", "unknown role \"king\""},
        {"a@example.org|Ann|UP|||Moon/Base|", "Moon/Base"},
        {"a@example.org|Ann|UP||||fax", "unknown channel \"fax\""}};
    struct fixture *f = *state;
    struct world w;
    struct contact c;

    world_make(&w, f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_row row = row_of(f, rows[i][0]);

        assert_bad(
            f, REPLY_INPUT, rows[i][1],
            import_read_contact(f->ctx, w.rules, at(7), &row, &c, &f->err));
    }
}

/* ---- holidays: cc, date, name, kind, certainty, source, line, problem */

static void a_holiday_is_read(void **state)
{
    struct fixture *f = *state;
    struct csv_row row = row_of(f, "|2027-05-01|'-Day|||s|12|");
    struct holiday h;

    assert_good(f, import_read_holiday(&row, "UP", &h, &f->err));
    assert_string_equal(h.cc, "UP");
    assert_string_equal(h.name, "-Day");
    assert_int_equal(h.date.day, day("2027-05-01").day);
    assert_int_equal(h.kind, HOLIDAY_PUBLIC);
    assert_int_equal(h.certainty, CERTAINTY_ANNOUNCED);
    assert_int_equal(h.where.line, 12);
    row = row_of(f, "LO|2027-05-01|Day|Workday|estimated|||");
    assert_good(f, import_read_holiday(&row, "UP", &h, &f->err));
    assert_string_equal(h.cc, "LO");
    assert_int_equal(h.kind, HOLIDAY_WORKDAY);
    assert_int_equal(h.certainty, CERTAINTY_ESTIMATED);
    assert_int_equal(h.where.line, 1);
}

static void what_is_wrong_with_a_holiday_is_said(void **state)
{
    static const char *const rows[][2] = {
        {"UP|2027-02-29|Day|||||", "2027-02-29"},
        {"UP|2027-05-01|Day|feast||||", "kind is public"},
        {"UP|2027-05-01|Day||maybe|||", "certainty is fixed"},
        {"|2027-05-01|Day|||||", "no country"},
        {"UP|2027-05-01||||||", "has no name"},
        {"UP|2027-05-01|Day||||3|it recurs for ever", "it recurs for ever"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_row row = row_of(f, rows[i][0]);
        struct holiday h;

        assert_bad(f, REPLY_INPUT, rows[i][1],
                   import_read_holiday(&row, "", &h, &f->err));
    }
}

/* ---- tasks: task, state, done_on, note, pinned, due */

static struct task task_open(void)
{
    return (struct task){.id = "MAIN-2027/A",
                         .due = day("2027-03-01"),
                         .state = TASK_OPEN,
                         .done_on = DATE_NONE,
                         .note = "as before"};
}

static struct task_fact task_read(struct fixture *f, const struct task *t,
                                  const char *text)
{
    struct csv_row row = row_of(f, text);
    struct task_fact fact = {0};

    assert_good(
        f, import_read_task(&row, t, "ann", day("2027-02-01"), &fact, &f->err));
    assert_string_equal(fact.task, t->id);
    assert_string_equal(fact.who, "ann");
    return fact;
}

static void what_was_done_to_a_task_is_read(void **state)
{
    struct fixture *f = *state;
    struct task t = task_open();
    struct task_fact fact = task_read(f, &t, "MAIN-2027/A|||||");

    assert_int_equal(fact.state, TASK_OPEN);
    assert_string_equal(fact.note, "as before");
    assert_true(date_is_none(fact.pin));
    fact = task_read(f, &t, "MAIN-2027/A|done||'=sent||");
    assert_int_equal(fact.state, TASK_DONE);
    assert_int_equal(fact.on.day, day("2027-02-01").day); /* today */
    assert_string_equal(fact.note, "=sent");
    fact = task_read(f, &t, "MAIN-2027/A|done|2027-01-15|||");
    assert_int_equal(fact.on.day, day("2027-01-15").day);
    fact = task_read(f, &t, "MAIN-2027/A||||Yes|2027-03-05");
    assert_int_equal(fact.pin.day, day("2027-03-05").day);
    t.pinned = true;
    fact = task_read(f, &t, "MAIN-2027/A|||||"); /* nothing said: stays */
    assert_int_equal(fact.pin.day, t.due.day);
    fact = task_read(f, &t, "MAIN-2027/A||||false|2027-03-01");
    assert_true(date_is_none(fact.pin));
    t.state = TASK_DONE;
    t.done_on = day("2027-01-10");
    fact = task_read(f, &t, "MAIN-2027/A|open|2027-01-10|||");
    assert_true(date_is_none(fact.on)); /* opened again */
}

static void what_is_wrong_with_a_task_is_said(void **state)
{
    static const char *const rows[][2] = {
        {"MAIN-2027/A|later||||", "unknown state \"later\""},
        {"MAIN-2027/A|done|2027-02-02|||", "lies in the future"},
        {"MAIN-2027/A|done|yesterday|||", "yesterday"},
        {"MAIN-2027/A||||yes|soon", "soon"}};
    struct fixture *f = *state;
    struct task t = task_open();
    struct task_fact fact;
    struct csv_row row;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        row = row_of(f, rows[i][0]);

        assert_bad(f, REPLY_INPUT, rows[i][1],
                   import_read_task(&row, &t, "ann", day("2027-02-01"), &fact,
                                    &f->err));
    }
    t.note = "";
    row = row_of(f, "MAIN-2027/A|waived||||");
    assert_bad(
        f, REPLY_INPUT, "why it is waived",
        import_read_task(&row, &t, "ann", day("2027-02-01"), &fact, &f->err));
}

/* ---- history: cluster, cycle, start, end, host, city */

static void a_meeting_held_is_read(void **state)
{
    struct fixture *f = *state;
    struct world w;
    struct past p;
    struct csv_row row;

    world_make(&w, f);
    row = row_of(f, "main|2014|2014-01-23 (Thu)|2014-01-24 Friday|lo|Town");
    assert_good(f, import_read_past(w.rules, &row, &p, &f->err));
    assert_string_equal(p.cluster, "MAIN");
    assert_int_equal(p.cycle, 2014);
    assert_int_equal(p.from.day, day("2014-01-23").day);
    assert_int_equal(p.to.day, day("2014-01-24").day);
    assert_string_equal(p.host, "LO");
    assert_string_equal(p.city, "Town");
    row = row_of(f, "MAIN|2014|2014-01-23||UP|");
    assert_good(f, import_read_past(w.rules, &row, &p, &f->err));
    assert_int_equal(p.to.day, p.from.day);
}

static void what_is_wrong_with_a_meeting_held_is_said(void **state)
{
    static const char *const rows[][2] = {
        {"NONE|2014|2014-01-23||UP|", "no cluster \"NONE\""},
        {"MAIN|fourteen|2014-01-23||UP|", "\"fourteen\" is no cycle"},
        {"MAIN|2014|2014-01-23||XX|", "no member \"XX\""},
        {"MAIN|2014|2014-02-30||UP|", "2014-02-30"},
        {"MAIN|2014|2014-01-23 (Wed)||UP|", "is a Thu, not Wed"},
        {"MAIN|2014|2014-01-23|2014-01-22|UP|", "ends before it begins"}};
    struct fixture *f = *state;
    struct world w;
    struct past p;

    world_make(&w, f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csv_row row = row_of(f, rows[i][0]);

        assert_bad(f, REPLY_INPUT, rows[i][1],
                   import_read_past(w.rules, &row, &p, &f->err));
    }
}

/* ---- history out of series */

#define SERIES "series,body,role,ordinal,start,end,host_cc,host_city\n"

/* The history as "CLUSTER CYCLE FROM..TO HOST", a line each. */
static const char *history_text(struct world *w)
{
    struct history all;
    char *text = text_format(w->f->ctx, "%s", "");
    char a[DATE_TEXT], b[DATE_TEXT];

    assert_good(w->f, store_history(w->f->ctx, w->f->st, &all, &w->f->err));
    for (size_t i = 0; i < all.n; i++)
        text = text_format(w->f->ctx, "%s%s %d %s..%s %s\n", text,
                           all.rows[i].cluster, all.rows[i].cycle,
                           date_print(all.rows[i].from, a),
                           date_print(all.rows[i].to, b), all.rows[i].host);
    return text;
}

static struct import import_text(struct world *w, const char *text)
{
    struct import m = {.q = &w->request, .file = "held.csv"};

    assert_good(w->f, import_held(&m, text, &w->f->err));
    return m;
}

static void a_series_lasts_from_its_first_to_its_last_meeting(void **state)
{
    static const char text[] =
        SERIES "one,OLDCLUB,member,,2008-11-03,,UP,\n"
               "one,OLDCLUB,anchor,3,2008-11-05,2008-11-06,UP,Town\n"
               "two,COUNCIL,anchor,9,2009-03-02,2009-03-04,LO,\n"
               "six,SMALL,anchor,1,2009-04-02,,LO,\n";
    struct world w;
    struct import m;

    world_make(&w, *state);
    m = import_text(&w, text);
    assert_int_equal(m.added, 2);
    assert_int_equal(m.skipped, 1); /* no cluster is led by SMALL */
    assert_int_equal(m.bad, 0);
    assert_string_equal(history_text(&w),
                        "MAIN 2009 2009-03-02..2009-03-04 LO\n"
                        "SHORT 2008 2008-11-03..2008-11-06 UP\n");
    m = import_text(&w, text);
    assert_int_equal(m.added + m.changed, 0);
    assert_int_equal(m.unchanged, 2);
}

/* What slipped into the next year is that of the year before, which had none.
 */
static void what_was_held_late_belongs_to_its_year(void **state)
{
    struct world w;

    world_make(&w, *state);
    (void)import_text(&w, SERIES "a,EXPERTS,anchor,1,2011-11-07,,UP,\n"
                                 "b,EXPERTS,anchor,2,2013-01-14,,UP,\n"
                                 "c,EXPERTS,anchor,3,2013-11-04,,UP,\n");
    assert_string_equal(history_text(&w),
                        "SHORT 2011 2011-11-07..2011-11-07 UP\n"
                        "SHORT 2012 2013-01-14..2013-01-14 UP\n"
                        "SHORT 2013 2013-11-04..2013-11-04 UP\n");
}

static void bad_series_are_counted_and_not_kept(void **state)
{
    static const char *const rows[] = {
        "a,GHOSTS,anchor,1,2011-11-07,,UP,\n",
        "a,EXPERTS,anchor,1,2011-11-07,,XX,\n",
        "a,EXPERTS,anchor,1,2011-11-07,2011-11-01,UP,\n",
        "a,EXPERTS,anchor,1,2011-11-07,,UP,\n"
        "a,SMALL,member,,2012-11-07,,UP,\n",
        "a,EXPERTS,anchor,2,2011-11-07,,UP,\n"
        "b,EXPERTS,anchor,2,2012-11-07,,UP,\n"};
    struct fixture *f = *state;
    struct world w;

    world_make(&w, f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct import m =
            import_text(&w, text_format(f->ctx, SERIES "%s", rows[i]));

        if (m.bad != 1)
            fail_msg("%d bad: %s", m.bad, rows[i]);
        assert_string_equal(history_text(&w), "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_contact_is_read),
        STORE_TEST(what_is_wrong_with_a_contact_is_said),
        STORE_TEST(a_holiday_is_read),
        STORE_TEST(what_is_wrong_with_a_holiday_is_said),
        STORE_TEST(what_was_done_to_a_task_is_read),
        STORE_TEST(what_is_wrong_with_a_task_is_said),
        STORE_TEST(a_meeting_held_is_read),
        STORE_TEST(what_is_wrong_with_a_meeting_held_is_said),
        STORE_TEST(a_series_lasts_from_its_first_to_its_last_meeting),
        STORE_TEST(what_was_held_late_belongs_to_its_year),
        STORE_TEST(bad_series_are_counted_and_not_kept),
    };

    return cmocka_run_group_tests_name("serve.import", tests, NULL, NULL);
}
