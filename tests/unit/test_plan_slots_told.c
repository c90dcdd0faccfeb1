/*
 * Layouts of which people were told, after one change of the input: as few
 * sessions begin at another time as plain enumeration can do with, and those as
 * near as it can.
 */
#include "slots_oracle.h"

#define LAYOUTS 400
#define MOVE    1000000

static const struct slots_stay dear = {MOVE, 40, 480}, cheap = {12, 2, 20};

/* What was laid out is what people know. */
static void tiny_tell(struct tiny *t, const struct slots_layout *l,
                      const struct slots_stay *stay)
{
    for (size_t r = 0; r < l->n_rows; r++) {
        const struct slots_row *row = &l->rows[r];
        struct slots_item *it = &t->items[row->item];
        if (row->part > 1 || it->fixed)
            continue;
        for (size_t k = 0; k < (it->block ? it->n_partners : 1); k++)
            if (!it->block || it->partners[k] == row->partner)
                t->told[row->item][k] =
                    (struct slots_told){row->start, stay, false};
        it->told = t->told[row->item];
    }
}

/* A partner comes no more: the others of the block were told all the same. */
static void block_shrink(struct tiny *t, int i)
{
    struct slots_item *it = &t->items[i];
    size_t last = it->n_partners - 1, out = (size_t)die((int)it->n_partners);
    for (size_t k = out; k < last; k++) {
        t->delegations[i][k] = t->delegations[i][k + 1];
        t->told[i][k] = t->told[i][k + 1];
    }
    it->n_partners = last;
}

/* One that nobody was told of comes to it. */
static void block_grow(struct tiny *t, int i)
{
    struct slots_item *it = &t->items[i];
    int sum = 0;
    for (size_t k = 0; k < it->n_partners; k++)
        sum += t->delegations[i][k];
    t->delegations[i][it->n_partners] =
        it->n_partners == 2 ? 3 - sum : (sum + 1) % 3;
    t->told[i][it->n_partners++] = (struct slots_told){.start = -1};
}

/* One random change of what the layout follows from. */
static void tiny_change(struct tiny *t)
{
    int i = die((int)t->in.n_items), d = die((int)t->in.n_days);
    struct slots_item *it = &t->items[i];
    switch (die(8)) {
    case 0:
        t->closed[d] = (struct hours){540 + 30 * die(14), 0};
        t->closed[d].to = t->closed[d].from + 30 + 30 * die(3);
        t->days[d].n_closed = 1;
        break;
    case 1:
        t->hours[d][0].from += 15;
        break;
    case 2:
        t->partners[die(3)].zone = zones[die(4)];
        break;
    case 3:
        it->n += it->length == SLOTS_MINUTES ? 15 : 0;
        break;
    case 4:
        it->fixed = true;
        it->block = false;
        it->told = NULL;
        break;
    case 5:
        it->n_groups = 2;
        break;
    case 6:
        if (it->block && it->n_partners > 1)
            block_shrink(t, i);
        break;
    default:
        if (it->block && it->n_partners < 3)
            block_grow(t, i);
        break;
    }
}

static int moved(const struct tiny *t, const struct slots_layout *l)
{
    int n = 0;
    for (size_t r = 0; r < l->n_rows; r++) {
        const struct slots_row *row = &l->rows[r];
        const struct slots_item *it = &t->items[row->item];
        for (size_t k = 0; k < (it->block ? it->n_partners : 1); k++)
            n += it->told && row->part == 1 &&
                 (!it->block || it->partners[k] == row->partner) &&
                 it->told[k].start >= 0 && it->told[k].start != row->start;
    }
    return n;
}

static struct tiny *tiny_told(TALLOC_CTX *ctx, uint64_t k,
                              const struct slots_stay *stay)
{
    struct tiny *t = object_new(ctx, struct tiny);
    seed = k * 104729;
    tiny_make(t);
    for (size_t i = 0; i < 5; i++)
        for (size_t p = 0; p < 3; p++)
            t->told[i][p] = (struct slots_told){.start = -1};
    tiny_tell(t, slots_lay(ctx, &t->in), stay);
    return t;
}

static void test_nothing_moves_without_a_change(void **state)
{
    (void)state;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = tiny_told(ctx, k, &dear);
        struct slots_layout *l = slots_lay(ctx, &t->in);
        assert_int_equal(moved(t, l), 0);
        talloc_free(ctx);
    }
}

static void test_one_change_moves_the_fewest(void **state)
{
    (void)state;
    int some = 0, none = 0;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = tiny_told(ctx, k, &dear);
        tiny_change(t);
        struct slots_layout *l = slots_lay(ctx, &t->in);
        int64_t best = oracle_best(ctx, &t->in);
        if (l->verdict != SLOTS_BEST) {
            assert_int_equal(l->verdict, SLOTS_NONE);
            assert_int_equal(best, -1);
        } else {
            assert_int_equal(l->cost, best);
            assert_int_equal(moved(t, l), best / MOVE);
            some += moved(t, l) > 0;
            none += moved(t, l) == 0;
        }
        talloc_free(ctx);
    }
    assert_true(some > 20 && none > 100);
}

/* Who is held where it was told stays there; what moves in its place is what
 * enumeration finds. */
static void test_a_held_one_stays(void **state)
{
    (void)state;
    int held = 0;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = tiny_told(ctx, k, &dear);
        tiny_change(t);
        size_t i = (size_t)die((int)t->in.n_items);
        t->told[i][0].held = t->told[i][0].start >= 0;
        struct slots_layout *l = slots_lay(ctx, &t->in);
        int64_t best = oracle_best(ctx, &t->in);
        assert_int_equal(l->verdict == SLOTS_BEST ? l->cost : -1, best);
        held += best >= 0 && t->told[i][0].held;
        talloc_free(ctx);
    }
    assert_true(held > 100);
}

/* Cheap to move: a session in the night is worth more than what people were
 * told, and a little later in the order is not. */
static void test_a_small_price_is_weighed(void **state)
{
    (void)state;
    int moves = 0;
    for (uint64_t k = 1; k <= LAYOUTS; k++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct tiny *t = tiny_told(ctx, k, &cheap);
        tiny_change(t);
        struct slots_layout *l = slots_lay(ctx, &t->in);
        assert_int_equal(l->verdict == SLOTS_BEST ? l->cost : -1,
                         oracle_best(ctx, &t->in));
        moves += moved(t, l) > 0;
        talloc_free(ctx);
    }
    assert_true(moves > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_moves_without_a_change),
        cmocka_unit_test(test_one_change_moves_the_fewest),
        cmocka_unit_test(test_a_held_one_stays),
        cmocka_unit_test(test_a_small_price_is_weighed),
    };
    return cmocka_run_group_tests(tests, zones_load, zones_free);
}
