/*
 * The slot engine against plain enumeration: tiny random layouts on a ruler of
 * quarter hours, every combination tried, nothing shared with the engine but
 * its input and the zones.
 */
#include "slots_oracle.h"

#define LAYOUTS 400

static void layout_print(const struct tiny *t, const struct slots_layout *l)
{
    for (size_t i = 0; i < t->in.n_items; i++) {
        const struct slots_item *it = &t->in.items[i];
        print_error("item %d: length %d %d, block %d of %d, half %d, on %x, "
                    "first %d, last %d, fixed %d %d-%d, after %d, day of %d\n",
                    (int)i, (int)it->length, it->n, it->block,
                    (int)it->n_partners, (int)it->half, it->on, it->first_day,
                    it->last_day, it->fixed, it->start, it->end,
                    it->n_after ? it->after[0] : -1,
                    it->n_same_day ? it->same_day[0] : -1);
    }
    for (size_t k = 0; k < l->n_rows; k++)
        print_error("row %d: partner %d, %d-%d\n", l->rows[k].item,
                    l->rows[k].partner, l->rows[k].start, l->rows[k].end);
}

static void test_enumeration(void **state)
{
    (void)state;
    int possible = 0, impossible = 0;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = object_new(ctx, struct tiny);
        seed = k * 7919;
        tiny_make(t);
        int64_t want = oracle_best(ctx, &t->in);
        struct slots_layout *l = slots_lay(ctx, &t->in);
        if ((want < 0) != (l->verdict == SLOTS_NONE) ||
            (want >= 0 && l->cost != want)) {
            layout_print(t, l);
            print_error("layout %d: enumeration %d, engine %d (%d)\n", (int)k,
                        (int)want, (int)l->cost, (int)l->verdict);
        }
        assert_int_equal(l->verdict, want < 0 ? SLOTS_NONE : SLOTS_BEST);
        assert_int_equal(l->cost, want < 0 ? 0 : want);
        possible += want >= 0;
        impossible += want < 0;
        talloc_free(ctx);
    }
    print_message("%d with a layout, %d without\n", possible, impossible);
    assert_true(possible > 100 && impossible > 50);
}

/* However short the search, what it says is true. */
static void test_small_budgets(void **state)
{
    (void)state;
    int good = 0, undecided = 0;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = object_new(ctx, struct tiny);
        seed = k * 7919;
        tiny_make(t);
        struct slots_layout *best = slots_lay(ctx, &t->in);
        t->in.nodes = (int64_t)(k % 7 + 1);
        struct slots_layout *l = slots_lay(ctx, &t->in);
        bool found = l->verdict == SLOTS_BEST || l->verdict == SLOTS_GOOD;
        assert_true(!found || best->verdict == SLOTS_BEST);
        assert_true(l->verdict != SLOTS_NONE || best->verdict == SLOTS_NONE);
        assert_true(!found || l->cost >= best->cost);
        assert_true(l->verdict != SLOTS_BEST || l->cost == best->cost);
        assert_true(found == (l->n_rows > 0));
        good += l->verdict == SLOTS_GOOD;
        undecided += l->verdict == SLOTS_UNDECIDED;
        talloc_free(ctx);
    }
    assert_true(good > 10 && undecided > 10);
}

/* ---- conflicts */

/* Is the reason among those of the layout, the one at `but` left out? */
static bool given(const struct slots_layout *l, size_t but,
                  enum slots_reason_kind kind, int item, int other)
{
    for (size_t i = 0; i < l->n_reasons; i++) {
        const struct slots_reason *r = &l->reasons[i];
        if (i != but && r->kind == kind && r->item == item && r->other == other)
            return true;
    }
    return false;
}

/* A fixed item as if it were not there. */
static void item_vanish(struct tiny *t, int i)
{
    struct slots_item *it = &t->items[i];
    it->start = it->end = 0;
    it->n_groups = it->n_partners = it->n_after = it->n_same_day = 0;
    for (int j = 0; j < (int)t->in.n_items; j++) {
        struct slots_item *other = &t->items[j];
        if (other->n_after > 0 && other->after[0] == i)
            other->n_after = 0;
        if (other->n_same_day > 0 && other->same_day[0] == i)
            other->n_same_day = 0;
    }
}

/* Leaves of item i only what the reasons say. */
static void item_relax(struct tiny *t, int i, const struct slots_layout *l,
                       size_t but)
{
    struct slots_item *it = &t->items[i];
    size_t n = 0;
    for (size_t k = 0; k < it->n_groups; k++)
        if (given(l, but, SLOTS_WHY_PEOPLE, it->groups[k], -1))
            t->groups[i][n++] = it->groups[k];
    it->n_groups = n;
    for (size_t k = 0; k < it->n_partners; k++)
        if (!given(l, but, SLOTS_WHY_PARTNER, it->partners[k], -1))
            t->delegations[i][k] = 3 + 3 * i + (int)k;
    if (it->half != HALF_EVENING && !given(l, but, SLOTS_WHY_HALF, i, -1))
        it->half = HALF_ANY;
    if (!given(l, but, SLOTS_WHY_ON, i, -1))
        it->on = 0;
    it->first_day = given(l, but, SLOTS_WHY_FIRST, i, -1);
    it->last_day = given(l, but, SLOTS_WHY_LAST, i, -1);
    if (it->n_after > 0 && !given(l, but, SLOTS_WHY_AFTER, i, it->after[0]))
        it->n_after = 0;
    if (it->n_same_day > 0 &&
        !given(l, but, SLOTS_WHY_SAME_DAY, i, it->same_day[0]))
        it->n_same_day = 0;
}

/* Is there a layout under the reasons of l alone, without the one at `but`? */
static bool relaxed_possible(TALLOC_CTX *ctx, uint64_t k,
                             const struct slots_layout *l, size_t but)
{
    struct tiny *t = object_new(ctx, struct tiny);
    struct slots_partner *partners = array_new(ctx, struct slots_partner, 18);
    seed = k * 7919;
    tiny_make(t);
    t->in.partners = partners;
    t->in.n_partners = 18;
    for (int i = 0; i < (int)t->in.n_items; i++)
        item_relax(t, i, l, but);
    for (int i = 0; i < (int)t->in.n_items; i++)
        if (t->items[i].fixed && !given(l, but, SLOTS_WHY_FIXED, i, -1))
            item_vanish(t, i);
    for (int d = 0; d < (int)t->in.n_days; d++)
        if (!given(l, but, SLOTS_WHY_CLOSED, d, -1))
            t->days[d].n_closed = 0;
    if (!given(l, but, SLOTS_WHY_ROOMS, 0, -1))
        t->in.rooms = 0;
    return oracle_best(ctx, &t->in) >= 0;
}

static void test_conflicts_are_minimal(void **state)
{
    (void)state;
    int reasons = 0;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = object_new(ctx, struct tiny);
        seed = k * 7919;
        tiny_make(t);
        struct slots_layout *l = slots_lay(ctx, &t->in);
        if (l->verdict == SLOTS_NONE) {
            assert_true(l->n_reasons > 0);
            assert_false(relaxed_possible(ctx, k, l, SIZE_MAX));
        }
        for (size_t i = 0; i < l->n_reasons; i++) {
            if (l->reasons[i].kind == SLOTS_WHY_LENGTH)
                continue;
            assert_true(relaxed_possible(ctx, k, l, i));
            reasons++;
        }
        talloc_free(ctx);
    }
    assert_true(reasons > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enumeration),
        cmocka_unit_test(test_small_budgets),
        cmocka_unit_test(test_conflicts_are_minimal),
    };
    return cmocka_run_group_tests(tests, zones_load, zones_free);
}
