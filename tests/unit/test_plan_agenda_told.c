/*
 * Agendas with regard to what people know of them: what was released, what was
 * confirmed, and why an item begins at another time.
 */
#include "agenda_world.h"

struct week {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    struct edition edition;
    struct plan kept, told;
};

static const struct plan *laid(const struct week *w, const struct rules *rules)
{
    struct plan *p = object_new(w->ctx, struct plan);
    struct error err = {.text = ""};
    if (!agenda_lay(w->ctx, rules, &w->edition, &w->kept, &w->told, &p->items,
                    &p->n_items, &err))
        fail_msg("%s", err.text);
    return p;
}

/* The ministers' week in Brunei, which people know. */
static struct week week_told(const struct rules *rules)
{
    struct week w = {.ctx = talloc_new(NULL), .rules = rules};
    w.edition =
        edition_of(w.ctx, rules, "MINISTERIAL", "2027-01-18", "BN", NULL, 5);
    w.told = *laid(&w, rules);
    return w;
}

static const struct item *named(const struct week *w, const struct plan *p,
                                const char *name)
{
    return plan_item(p, text_format(w->ctx, "%s/%s", w->edition.id, name));
}

/* How many begin at another time than before. */
static int moved(const struct plan *before, const struct plan *now)
{
    int n = 0;
    for (size_t i = 0; i < now->n_items; i++) {
        const struct item *was = plan_item(before, now->items[i].id);
        n += was &&
             local_seconds(was->start) != local_seconds(now->items[i].start);
    }
    return n;
}

/* The shipped rules with the first `old` in them replaced. */
static const struct rules *rules_with(const struct week *w, const char *old,
                                      const char *new)
{
    struct source s = source_read(w->ctx, RULES);
    const char *at = strstr(s.text, old);
    assert_non_null(at);
    s.text = text_format(w->ctx, "%.*s%s%s", (int)(at - s.text), s.text, new,
                         at + strlen(old));
    s.size = strlen(s.text);
    return rules_of(w->ctx, s);
}

static void why_is(const struct week *w, const struct rules *rules,
                   const char *name, const char *text)
{
    size_t n;
    const char **why =
        agenda_moved(w->ctx, rules, &w->edition, &w->kept, &w->told,
                     text_format(w->ctx, "%s/%s", w->edition.id, name), &n);
    assert_int_equal(n, *text ? 1 : 0);
    if (n > 0)
        assert_string_equal(why[0], text);
}

static void test_without_a_change_nothing_moves(void **state)
{
    struct week w = week_told(*state);
    assert_int_equal(moved(&w.told, laid(&w, *state)), 0);
    why_is(&w, *state, "MIN", "");
    talloc_free(w.ctx);
}

/* A partner elsewhere is another order, but for who knows the old one. */
static void test_a_clock_elsewhere(void **state)
{
    struct week w = week_told(*state);
    const struct rules *rules = rules_with(&w, "Asia/Tokyo", "Europe/London");
    struct week fresh = w;
    fresh.told.n_items = 0;
    assert_true(moved(&w.told, laid(&fresh, rules)) > 0);
    assert_int_equal(moved(&w.told, laid(&w, rules)), 0);
    talloc_free(w.ctx);
}

/* What was confirmed and not released weighs less: a night is worth it. */
static void test_settled_weighs_less(void **state)
{
    struct week w = week_told(*state);
    struct plan before = w.told;
    for (size_t i = 0; i < before.n_items; i++)
        before.items[i].settled = true;
    w.kept = before;
    w.told.n_items = 0;
    assert_int_equal(moved(&before, laid(&w, *state)), 0);
    assert_int_equal(
        moved(&before, laid(&w, rules_with(&w, "Asia/Shanghai", "Asia/Tokyo"))),
        0);
    const struct rules *rules = rules_with(&w, "Asia/Tokyo", "Europe/London");
    const struct plan *now = laid(&w, rules);
    assert_true(moved(&before, now) > 0);
    why_is(&w, rules, "MIN+1:JP",
           "another time is better by more than it costs to move");
    talloc_free(w.ctx);
}

/* Sessions get longer: the first of each block stays, and only what is in the
 * way of another gives way. */
static void test_longer_sessions(void **state)
{
    struct week w = week_told(*state);
    const struct rules *rules =
        rules_with(&w, "45 min  after SOM", "60 min  after SOM");
    const struct plan *now = laid(&w, rules);
    assert_true(moved(&w.told, now) > 0);
    for (size_t i = 0; i < now->n_items; i++) {
        const struct item *was = plan_item(&w.told, now->items[i].id);
        if (!text_same(now->items[i].code, "SOM+1"))
            assert_true(local_seconds(was->start) ==
                        local_seconds(now->items[i].start));
    }
    talloc_free(w.ctx);
}

static void test_two_who_meet_at_once(void **state)
{
    struct week w = week_told(*state);
    struct item jp = *named(&w, &w.told, "SOM+1:JP");
    const struct item *kr = named(&w, &w.told, "SOM+1:KR");
    jp.start = kr->start;
    jp.end = kr->end;
    jp.pinned = true;
    w.kept = (struct plan){.items = &jp, .n_items = 1};
    const struct plan *now = laid(&w, *state);
    assert_int_equal(moved(&w.told, now), 2);
    talloc_free(w.ctx);
}

/* Nobody waits where a partner comes no more, and nobody moves up either. */
static void test_a_gap_is_left(void **state)
{
    struct week w = week_told(*state);
    const struct rules *rules =
        rules_with(&w, "of ADGSOM + CN, JP, KR, IN, EU, US, ITU  45 min  after",
                   "of ADGSOM + CN, KR, IN, EU, US, ITU  45 min  after");
    const struct plan *now = laid(&w, rules);
    assert_null(named(&w, now, "SOM+1:JP"));
    assert_int_equal(now->n_items, w.told.n_items - 1);
    assert_int_equal(moved(&w.told, now), 0);
    talloc_free(w.ctx);
}

/* Is it laid out as if nobody knew anything? */
static void nothing_is_known(struct week *w)
{
    struct week fresh = *w;
    fresh.told.n_items = 0;
    assert_int_equal(moved(laid(&fresh, w->rules), laid(w, w->rules)), 0);
    why_is(w, w->rules, "MIN", "");
    talloc_free(w->ctx);
}

static void test_on_another_clock_nothing_is_known(void **state)
{
    struct week w = week_told(*state);
    w.edition =
        edition_of(w.ctx, *state, "MINISTERIAL", "2027-01-18", "TH", NULL, 5);
    nothing_is_known(&w);
}

static void test_on_other_days_nothing_is_known(void **state)
{
    struct week w = week_told(*state);
    w.edition =
        edition_of(w.ctx, *state, "MINISTERIAL", "2027-01-25", "BN", NULL, 5);
    nothing_is_known(&w);
}

static void test_why_it_moved(void **state)
{
    struct week w = week_told(*state);
    why_is(&w,
           rules_with(&w, "closed Fri 12:00 .. 14:00",
                      "closed Fri 09:00 .. 09:45"),
           "MIN+1:US", "Fri closed 09:00-09:45 (BN)");
    why_is(&w,
           rules_with(&w, "hours    09:00 .. 12:30", "hours    09:15 .. 12:30"),
           "JOINT2", "it is not open then as long as it takes");
    talloc_free(w.ctx);
}

static int rules_load(void **state)
{
    *state = (void *)(uintptr_t)rules_shipped(talloc_new(NULL));
    return 0;
}

static int rules_free(void **state)
{
    return talloc_free(talloc_parent(*state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_change_nothing_moves),
        cmocka_unit_test(test_a_clock_elsewhere),
        cmocka_unit_test(test_settled_weighs_less),
        cmocka_unit_test(test_longer_sessions),
        cmocka_unit_test(test_two_who_meet_at_once),
        cmocka_unit_test(test_a_gap_is_left),
        cmocka_unit_test(test_on_another_clock_nothing_is_known),
        cmocka_unit_test(test_on_other_days_nothing_is_known),
        cmocka_unit_test(test_why_it_moved),
    };
    return cmocka_run_group_tests_name("plan.agenda_told", tests, rules_load,
                                       rules_free);
}
