/* The register: late by the sender's working days, and who kept to it. */
#include "office_world.h"

#include "daemon/office/documents.h"

static struct document of(const char *from, const char *due,
                          const char *received)
{
    return (struct document){.edition = "W-1",
                             .code = "WP",
                             .from = from,
                             .title = "Paper",
                             .step = "",
                             .due = day(due),
                             .received = day(received)};
}

static void test_late(void **state)
{
    static const struct {
        const char *from, *due, *received, *today;
        int late;
        const char *state;
    } cases[] = {
        {"ID", "2027-01-08", "", "2027-01-08", 0, "expected"},
        {"ID", "2027-01-08", "", "2027-01-10", 0, "expected"}, /* a Sunday */
        {"ID", "2027-01-08", "", "2027-01-11", 1, "missing"},
        {"ID", "2027-01-08", "2027-01-08", "2027-03-01", 0, "received"},
        {"ID", "2027-01-08", "2027-01-13", "2027-03-01", 3, "late"},
        {"ID", "2026-12-31", "2027-01-04", "2027-03-01", 1, "late"}, /* 1 Jan */
        {"BN", "2027-01-07", "2027-01-10", "2027-03-01", 1, "late"}, /* Sat */
        {"CN", "2027-02-19", "2027-02-20", "2027-03-01", 1, "late"}, /* works */
        {"secretariat", "2027-01-08", "2027-01-11", "2027-03-01", 1, "late"},
        {"ID", "", "", "2027-03-01", 0, "expected"},
        {"ID", "", "2027-02-01", "2027-03-01", 0, "received"},
        {"ID", "2000-01-01", "", "2027-03-01", 785, "missing"}, /* bounded */
    };
    struct world *w = world_new();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct document d = of(cases[i].from, cases[i].due, cases[i].received);

        assert_int_equal(document_late(&w->rules, &d, day(cases[i].today)),
                         cases[i].late);
        assert_string_equal(document_state(&w->rules, &d, day(cases[i].today)),
                            cases[i].state);
    }
    talloc_free(w);
}

static void test_compliance(void **state)
{
    struct world *w = world_new();
    struct document rows[] = {
        of("ID", "2027-01-08", "2027-01-08"),
        of("JP", "2027-01-08", ""),
        of("ID", "2027-01-08", "2027-01-13"),
        of("BN", "2027-03-07", ""),
    };
    struct documents all = {rows, 4};
    size_t n;
    struct compliance *c =
        documents_compliance(w, &w->rules, &all, day("2027-01-12"), &n);

    (void)state;
    assert_int_equal(n, 3);
    assert_string_equal(c[0].name, "Brunei Darussalam");
    assert_int_equal(c[0].asked, 1);
    assert_int_equal(c[0].missing + c[0].received + c[0].late, 0);
    assert_string_equal(c[1].from, "ID");
    assert_int_equal(c[1].received, 2);
    assert_int_equal(c[1].in_time, 1);
    assert_int_equal(c[1].late, 1);
    assert_int_equal(c[1].worst, 3);
    assert_string_equal(c[2].name, "Japan");
    assert_int_equal(c[2].missing, 1);
    assert_int_equal(c[2].worst, 2);
    talloc_free(w);
}

/* A document that follows a step moves with it. */
static void test_place(void **state)
{
    struct task rows[] = {
        {.edition = "W-1", .step = "PAPERS", .owner = "ID", .due = {20000}},
        {.edition = "W-1", .step = "PAPERS", .owner = "TL", .due = {20003}},
        {.edition = "W-2", .step = "PAPERS", .owner = "JP", .due = {20009}},
    };
    struct tasks tasks = {rows, 3};
    struct document docs[] = {of("ID", "", ""), of("JP", "", ""),
                              of("ID", "2027-01-08", "")};
    struct documents all = {docs, 3};

    (void)state;
    docs[0].step = docs[1].step = "papers";
    documents_place(&all, &tasks);
    assert_int_equal(docs[0].due.day, 20000);
    assert_int_equal(docs[1].due.day, 20003); /* not its own: the latest */
    assert_int_equal(docs[2].due.day, day("2027-01-08").day);
}

static void test_words(void **state)
{
    enum document_kind k;

    (void)state;
    for (int i = DOCUMENT_PAPER; i <= DOCUMENT_OTHER; i++) {
        assert_true(
            document_kind_parse(document_kind_word((enum document_kind)i), &k));
        assert_int_equal(k, i);
    }
    assert_false(document_kind_parse("poem", &k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_compliance),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
