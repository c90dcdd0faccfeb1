/* The handover: what stands in it, and how it tells a draft from a release. */
#include "office_world.h"

#include "daemon/office/handover.h"

struct fixture {
    struct world *w;
    struct handover in;
    struct tasks tasks;
    struct contacts contacts;
    struct documents documents;
};

static struct fixture *fixture_new(void)
{
    struct world *w = world_new();
    struct fixture *d = object_new(w, struct fixture);

    d->w = w;
    d->in = (struct handover){.rules = &w->rules,
                              .plan = &w->plan,
                              .released_on = DATE_NONE,
                              .tasks = &d->tasks,
                              .contacts = &d->contacts,
                              .documents = &d->documents,
                              .host = &w->members[0],
                              .cycle = 2027,
                              .today = day("2026-12-01"),
                              .source = "the draft main",
                              .secretariat = "desk@sec.example"};
    w->sector.title = "Sector";
    return d;
}

static const char *written(struct fixture *d)
{
    struct error err = {.text = ""};
    char *text;

    if (!office_handover(d->w, &d->in, PAPER_MARKDOWN, &text, &err))
        fail_msg("%s", err.text);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void test_draft_and_release_are_told_apart(void **state)
{
    struct fixture *d = fixture_new();
    struct world *w = d->w;
    struct edition *e =
        add_week(w, "W-1", 2027, "2027-01-18", EDITION_CONFIRMED);
    struct plan released;
    struct edition was;

    (void)state;
    has(written(d), "As of 2026-12-01, from the draft main; nothing is "
                    "released.");
    has(written(d), "| WEEK | 18-20 January 2027 | Bandar | confirmed | not "
                    "released | W-1 |");
    was = *e;
    released = w->plan;
    released.editions = &was;
    d->in.released = &released;
    d->in.release = 3;
    d->in.released_on = day("2026-11-24");
    has(written(d), "; the last release is 3 of 2026-11-24.");
    has(written(d), "| confirmed | as released | W-1 |");
    e->status = EDITION_HELD; /* by itself */
    has(written(d), "| held | as released | W-1 |");
    e->status = EDITION_CONFIRMED;
    was.start = day("2027-01-11");
    was.end = day("2027-01-13");
    was.status = EDITION_PROPOSED;
    has(written(d), "| released for 11-13 January 2027 as proposed | W-1 |");
    has(written(d), "18-20 January 2027, Bandar, W-1 (confirmed, released for "
                    "11-13 January 2027 as proposed).");
    was = *e;
    was.city = "Jakarta";
    has(written(d), "| released in Jakarta | W-1 |");
    talloc_free(w);
}

/* One line for all who owe the same step. */
static void test_tasks_are_told_by_step(void **state)
{
    struct fixture *d = fixture_new();
    struct world *w = d->w;
    struct task_fact done = {.task = "W-1/PAPERS",
                             .state = TASK_DONE,
                             .on = day("2026-11-20"),
                             .note = "",
                             .pin = DATE_NONE};
    const char *text;

    (void)state;
    /* Sat 2 Jan: BN works that day, ID and TL on Fri 1 Jan, ID not then */
    add_step(w, "REGISTER", DUE_BEFORE, LENGTH(16, DAYS), OWNER_MEMBERS);
    add_step(w, "PAPERS", DUE_BEFORE, LENGTH(30, DAYS), OWNER_SECRETARIAT);
    add_step(w, "VENUE", DUE_BEFORE, LENGTH(49, DAYS), OWNER_HOST);
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    d->tasks = office_tasks(w, &w->rules, &w->plan, &done, 1);
    text = written(d);
    has(text, "| 2026-12-31 to 2027-01-02 | REGISTER | Indonesia, Timor-Leste, "
              "Brunei Darussalam |  |");
    has(text, "| 2026-11-30 | VENUE | Brunei Darussalam | 1 day |");
    assert_null(strstr(text, "PAPERS"));
    talloc_free(w);
}

static void test_papers_of_now_and_then(void **state)
{
    static struct document rows[] = {
        {.edition = "W-0",
         .code = "REP",
         .from = "ID",
         .title = "Report",
         .kind = DOCUMENT_REPORT,
         .link = "https://x.example/r",
         .file = "",
         .step = ""},
        {.edition = "W-0",
         .code = "WP",
         .from = "ID",
         .title = "Working paper",
         .kind = DOCUMENT_PAPER,
         .link = "",
         .file = "wp.pdf",
         .step = ""},
        {.edition = "W-1",
         .code = "WP",
         .from = "JP",
         .title = "Note",
         .link = "",
         .file = "",
         .step = ""},
    };
    struct fixture *d = fixture_new();
    struct world *w = d->w;
    const char *text, *former;

    (void)state;
    rows[0].received = rows[1].received = day("2026-02-01");
    rows[0].due = rows[1].due = rows[2].received = DATE_NONE;
    rows[2].due = day("2026-11-24");
    d->documents = (struct documents){rows, 3};
    add_week(w, "W-0", 2026, "2026-01-19", EDITION_HELD)->host = "ID";
    add_week(w, "W-1", 2027, "2027-01-18", EDITION_PROPOSED);
    add_contact(w, &d->contacts, "host@bn", "BN", "TOP", ROLE_HOST);
    add_contact(w, &d->contacts, "delegate@id", "ID", "TOP", ROLE_DELEGATE);
    add_contact(w, &d->contacts, "desk@sec", "SEC", "", ROLE_DESK);
    text = written(d);
    has(text, "| WP | Note | Japan | 2026-11-24 | missing |  |");
    former = strstr(text, "## Former meetings and their reports");
    assert_non_null(former);
    has(former, "| W-0 | 19-21 January 2026 | Indonesia | Report: "
                "https://x.example/r |");
    assert_null(strstr(text, "Working paper"));
    has(text, "| host@bn | host@bn | Brunei Darussalam | host | TOP |");
    has(text, "| desk@sec | desk@sec | secretariat | desk | all |");
    assert_null(strstr(text, "delegate@id"));
    talloc_free(w);
}

static void test_nothing_to_hand_over(void **state)
{
    struct fixture *d = fixture_new();
    struct error err;
    char *text;

    (void)state;
    add_week(d->w, "W-1", 2027, "2027-01-18", EDITION_LAPSED);
    add_week(d->w, "W-2", 2028, "2028-01-17", EDITION_PROPOSED);
    assert_false(office_handover(d->w, &d->in, PAPER_HTML, &text, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    assert_string_equal(err.text, "Brunei Darussalam hosts nothing in 2027 in "
                                  "the draft main");
    talloc_free(d->w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draft_and_release_are_told_apart),
        cmocka_unit_test(test_tasks_are_told_by_step),
        cmocka_unit_test(test_papers_of_now_and_then),
        cmocka_unit_test(test_nothing_to_hand_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
