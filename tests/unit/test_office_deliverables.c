/* Deliverables: which editions serve them, and what is behind. */
#include "office_world.h"

static struct deliverable *all_of(struct world *w, const char *today,
                                  size_t *ret_n)
{
    return office_deliverables(w, &w->rules, NULL, &w->plan, day(today), ret_n);
}

static struct need by_day(int meetings, const char *what, const char *by)
{
    return (struct need){.meetings = meetings,
                         .deliverable = what,
                         .by = day(by),
                         .where = {"rules", meetings, 1}};
}

/* "ID ID": the editions that serve it. */
static char *served(struct world *w, const struct deliverable *d)
{
    char *text = memory_text(w, "");

    for (size_t i = 0; i < d->n_serves; i++)
        text = text_format(w, "%s%s%s", text, i ? " " : "", d->serves[i]);
    return text;
}

static void add_call(struct world *w, const char *id, int n, const char *on,
                     enum edition_status status)
{
    add_edition(w, id, "CALL", 2027, n, on, on, status);
}

static void test_states(void **state)
{
    static const struct {
        const char *second, *by, *today;
        enum edition_status first;
        enum deliverable_state is;
        int held, planned, missing, late;
        const char *serves;
    } cases[] = {
        {"2027-06-01", "2027-09-01", "2027-03-01", EDITION_CONFIRMED,
         DELIVERABLE_PLANNED, 0, 2, 0, 0, "C-1 C-2"},
        /* the second comes after the day, then the day goes by */
        {"2027-10-01", "2027-09-01", "2027-03-01", EDITION_CONFIRMED,
         DELIVERABLE_SHORT, 0, 2, 0, 1, "C-1 C-2"},
        {"2027-10-01", "2027-09-01", "2027-09-02", EDITION_HELD,
         DELIVERABLE_LATE, 1, 1, 0, 1, "C-1 C-2"},
        {"2027-10-01", "2027-09-01", "2027-09-01", EDITION_HELD,
         DELIVERABLE_SHORT, 1, 1, 0, 1, "C-1 C-2"},
        /* what was called off, or has no date, serves nothing */
        {"2027-06-01", "2027-09-01", "2027-03-01", EDITION_CANCELLED,
         DELIVERABLE_SHORT, 0, 1, 1, 0, "C-2"},
        {"", "2027-09-01", "2027-03-01", EDITION_PROPOSED, DELIVERABLE_SHORT, 0,
         1, 1, 0, "C-1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        struct need need = by_day(2, "A paper", cases[i].by);
        struct deliverable *d;
        size_t n;

        w->clusters[1].needs = &need;
        w->clusters[1].n_needs = 1;
        add_call(w, "C-1", 1, "2027-05-03", cases[i].first);
        add_call(w, "C-2", 2, cases[i].second, EDITION_PROPOSED);
        d = all_of(w, cases[i].today, &n);
        assert_int_equal(n, 1);
        assert_int_equal(d->state, cases[i].is);
        assert_int_equal(d->needed, 2);
        assert_int_equal(d->held, cases[i].held);
        assert_int_equal(d->planned, cases[i].planned);
        assert_int_equal(d->missing, cases[i].missing);
        assert_int_equal(d->late, cases[i].late);
        assert_string_equal(served(w, d), cases[i].serves);
        assert_int_equal(d->where.line, 2);
        talloc_free(w);
    }
}

/* Both were held: done, even after the day. */
static void test_done(void **state)
{
    struct world *w = world_new();
    struct need need = by_day(1, "A paper", "2027-04-01");
    struct deliverable *d;
    size_t n;

    (void)state;
    w->clusters[1].needs = &need;
    w->clusters[1].n_needs = 1;
    add_call(w, "C-1", 1, "2027-05-03", EDITION_HELD);
    d = all_of(w, "2027-06-01", &n);
    assert_string_equal(deliverable_state_word(d->state), "done");
    assert_int_equal(d->late, 1);
    talloc_free(w);
}

/* The earlier deadline takes the earlier editions, whatever the order of the
 * statements; an edition serves one only. */
static void test_each_edition_serves_one(void **state)
{
    struct world *w = world_new();
    struct need needs[] = {by_day(1, "Later", "2027-12-01"),
                           by_day(2, "Sooner", "2027-07-01")};
    struct deliverable *d;
    size_t n;

    (void)state;
    w->clusters[1].needs = needs;
    w->clusters[1].n_needs = 2;
    add_call(w, "C-1", 1, "2027-05-03", EDITION_PROPOSED);
    add_call(w, "C-2", 2, "2027-06-01", EDITION_PROPOSED);
    add_call(w, "C-3", 3, "2027-10-01", EDITION_PROPOSED);
    d = all_of(w, "2027-01-01", &n);
    assert_int_equal(n, 2);
    assert_string_equal(d[0].title, "Sooner");
    assert_string_equal(served(w, &d[0]), "C-1 C-2");
    assert_string_equal(d[1].title, "Later");
    assert_string_equal(served(w, &d[1]), "C-3");
    talloc_free(w);
}

/* By an edition: the day before it, wherever it moves; without one the end of
 * its cycle. */
static void test_by_an_edition(void **state)
{
    struct world *w = world_new();
    struct need need = by_day(1, "A paper", "");
    struct deliverable *d;
    struct edition *week;
    char text[DATE_TEXT];
    size_t n;

    (void)state;
    need.by_cluster = &w->clusters[0];
    need.by_cycle = 2027;
    w->clusters[1].needs = &need;
    w->clusters[1].n_needs = 1;
    d = all_of(w, "2027-01-01", &n);
    assert_string_equal(date_print(d->by, text), "2027-12-31");
    assert_int_equal(d->missing, 1);
    add_call(w, "C-1", 1, "2027-05-03", EDITION_PROPOSED);
    week = add_edition(w, "W-1", "WEEK", 2027, 0, "2027-06-07", "2027-06-09",
                       EDITION_PROPOSED);
    d = all_of(w, "2027-01-01", &n);
    assert_string_equal(date_print(d->by, text), "2027-06-06");
    assert_int_equal(d->state, DELIVERABLE_PLANNED);
    assert_ptr_equal(d->by_cluster, &w->clusters[0]);
    week->start = day("2027-04-05");
    d = all_of(w, "2027-01-01", &n);
    assert_int_equal(d->state, DELIVERABLE_SHORT);
    assert_int_equal(d->late, 1);
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_done),
        cmocka_unit_test(test_each_edition_serves_one),
        cmocka_unit_test(test_by_an_edition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
