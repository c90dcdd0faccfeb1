/*
 * Several files as one: what is one thing, what is kept apart, what is an
 * error, and that every pointer leads into the joined rules.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "rules_helper.h"

#include <setjmp.h>

#include <cmocka.h>

static struct diagnostics found;

/* Two texts, a.rules and b.rules. */
static const struct rules *read_two(TALLOC_CTX *ctx, const char *a,
                                    const char *b)
{
    struct source s[] = {{"a.rules", a, strlen(a)}, {"b.rules", b, strlen(b)}};

    return rules_read(ctx, s, 2, NULL, 0, &found);
}

static const struct rules *join_good(TALLOC_CTX *ctx, const char *a,
                                     const char *b)
{
    const struct rules *r = read_two(ctx, a, b);

    if (!r || found.n > 0)
        fail_msg("%s", findings_print(ctx, &found));
    return r;
}

#define RIVERS                                                                 \
    "sector RIVERS \"Rivers\" cycle from 1 Jul\n"                              \
    "  notice 3 weeks\n"                                                       \
    "  levels chief, minister\n"                                               \
    "member LO \"Lower Lake\" since 2000-01-01 weekend Fri, Sat\n"             \
    "member SEA \"Sea\" since 2000-01-01\n"                                    \
    "partner FISH \"Fishers\"\n"                                               \
    "body BOARD \"Board\" level minister\n"                                    \
    "  requires consultations with FISH per cycle\n"                           \
    "people chiefs sit in BOARD\n"                                             \
    "cluster FLOW \"Flow\" times 1 per cycle lasts 2 days host LO\n"           \
    "  consult TALK \"Talk\" of BOARD + FISH 1 day\n"                          \
    "  social SWIM \"Swim\" with chiefs evening after TALK\n"                  \
    "  workflow PLAN\n"                                                        \
    "workflow PLAN\n"                                                          \
    "  step A \"A\" by host due 3 weeks before\n"                              \
    "remind host of tasks 1 week before\n"                                     \
    "avoid \"flood\" every 1 May .. 9 May for minister\n"                      \
    "held FLOW 2025 2025-08-04 .. 2025-08-05 in LO\n"

static bool holds(const void *array, size_t size, size_t n, const void *p)
{
    return (const char *)p >= (const char *)array &&
           (const char *)p < (const char *)array + n * size;
}

#define HOLDS(r, list, p)                                                      \
    assert_true(holds((r)->list, sizeof(r)->list[0], (r)->n_##list, (p)))

static void all_of_two(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = join_good(ctx, BASE, RIVERS);

    (void)state;
    assert_int_equal(2, r->n_sectors);
    assert_int_equal(3, r->n_members);
    assert_int_equal(2, r->n_partners);
    assert_int_equal(2, r->n_bodies);
    assert_int_equal(2, r->n_clusters);
    assert_int_equal(1, r->n_workflows);
    assert_int_equal(1, r->n_rotations);
    assert_string_equal("League and Rivers", rules_title(ctx, r));
    assert_string_equal("LAKES, RIVERS", rules_codes(ctx, r));
    assert_string_equal("b.rules", r->sectors[1].file);
    talloc_free(ctx);
}

/* What two files say in the same words, in whatever order, is one thing. */
static void same_member_is_one(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = join_good(ctx, BASE, RIVERS);
    const struct member *lo = rules_member(r, "LO");

    (void)state;
    assert_ptr_equal(lo, r->sectors[0].members[1]);
    assert_ptr_equal(lo, r->sectors[1].members[0]);
    assert_string_equal("a.rules", lo->where.file);
    assert_true(sector_has_member(&r->sectors[0], rules_member(r, "UP")));
    assert_false(sector_has_member(&r->sectors[1], rules_member(r, "UP")));
    assert_int_equal(2, r->sectors[1].n_members);
    assert_int_equal(1, r->sectors[1].n_partners);
    talloc_free(ctx);
}

static void pointers_lead_into_the_joined(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = join_good(ctx, BASE, RIVERS);
    const struct cluster *flow = rules_cluster(r, "FLOW");
    const struct body *board = rules_body(r, "BOARD");

    (void)state;
    assert_ptr_equal(&r->sectors[1], flow->sector);
    assert_ptr_equal(&r->sectors[1], board->sector);
    assert_ptr_equal(board, flow->items[0].bodies[0]);
    assert_ptr_equal(rules_partner(r, "FISH"), flow->items[0].partners[0]);
    assert_ptr_equal(rules_partner(r, "FISH"), board->requires[0].partners[0]);
    assert_ptr_equal(&r->people[1], flow->items[1].people);
    assert_ptr_equal(board, r->people[1].bodies[0]);
    assert_ptr_equal(&flow->items[0], flow->items[1].after[0]);
    assert_ptr_equal(rules_member(r, "LO"), flow->host_member);
    assert_ptr_equal(&r->workflows[0], flow->workflow);
    assert_ptr_equal(flow, r->held[0].cluster);
    HOLDS(r, members, r->held[0].in);
    assert_ptr_equal(&r->sectors[1], r->reminders[0].sector);
    assert_ptr_equal(&r->sectors[1], r->avoids[0].sector);
    assert_ptr_equal(&r->rotations[0], rules_cluster(r, "MAIN")->rotation);
    assert_ptr_equal(&r->sectors[0], r->rotations[0].sector);
    talloc_free(ctx);
}

/* Each sector has levels, notice and a cycle of its own. */
static void sectors_differ(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = join_good(ctx, BASE, RIVERS);
    const struct sector *lakes = &r->sectors[0], *rivers = &r->sectors[1];

    (void)state;
    assert_int_equal(0, rules_body(r, "COUNCIL")->level);
    assert_int_equal(1, rules_body(r, "BOARD")->level);
    assert_int_equal(2, r->avoids[0].levels);
    assert_int_equal(3, rivers->notice.n);
    assert_int_equal(date_of(2027, 1, 1).day, cycle_first(lakes, 2027).day);
    assert_int_equal(date_of(2027, 7, 1).day, cycle_first(rivers, 2027).day);
    assert_int_equal(date_of(2028, 6, 30).day, cycle_last(rivers, 2027).day);
    assert_int_equal(2027, cycle_of(lakes, date_of(2027, 3, 1)));
    assert_int_equal(2026, cycle_of(rivers, date_of(2027, 3, 1)));
    assert_ptr_equal(rivers, rules_sector(r, "FLOW"));
    talloc_free(ctx);
}

static const struct {
    const char *what, *add, *said;
} wrong[] = {
    {"a clause that differs",
     "member UP \"Upper Lake\" since 2000-01-01 zone Asia/Tokyo\n",
     "member UP is not said as in a.rules:3 (nothing of it, here zone "
     "Asia/Tokyo)"},
    {"a name that differs", "member UP \"upper lake\" since 2000-01-01\n",
     "member UP is not said as in a.rules:3 (member UP \"Upper Lake\", here "
     "member UP \"upper lake\")"},
    {"a date that differs", "member UP \"Upper Lake\" since 2001-01-01\n",
     "member UP is not said as in a.rules:3 (since 2000-01-01, here since "
     "2001-01-01)"},
    {"a workflow's step",
     "workflow PLAN\n  step A \"A\" due 2 weeks before by "
     "host\n",
     "workflow PLAN is not said as in a.rules:12 (due 3 weeks before, here due "
     "2 weeks before)"},
    {"another round", "rotation CHAIR alphabetical\n",
     "rotation CHAIR is also in a.rules, but member X is only in b.rules"},
    {"a body twice", "body COUNCIL \"Other\"\n",
     "body \"COUNCIL\" is given twice: also in a.rules:7"},
    {"a cluster twice",
     "body B \"B\"\ncluster main \"M\" times 1 per cycle lasts 1 day host X\n"
     "  meeting M \"M\" of B 1 day\n",
     "cluster \"main\" is given twice: also in a.rules:10"},
    {"a partner that is a member", "partner UP \"Up\"\n",
     "partner \"UP\" has the code of a member in a.rules:3"},
    {"a rotation that is a member", "rotation UP alphabetical\n",
     "rotation \"UP\" has the code of a member in a.rules:3"},
};

static void what_differs_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        char *text = text_format(ctx,
                                 "sector S \"S\"\nmember X \"X\" since "
                                 "2000-01-01\n%s",
                                 wrong[i].add);
        char *said;

        if (read_two(ctx, BASE, text))
            fail_msg("%s: it loads", wrong[i].what);
        said = findings_print(ctx, &found);
        if (!strstr(said, wrong[i].said) || !strstr(said, "b.rules:"))
            fail_msg("%s:\n%s", wrong[i].what, said);
        talloc_free(ctx);
    }
}

static void a_sector_twice(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    assert_null(read_two(ctx, BASE, "sector lakes \"L\"\n"));
    assert_string_equal("sector \"lakes\" is given twice: also in a.rules:1",
                        found.rows[0].text);
    assert_string_equal("b.rules", found.rows[0].where.file);
    talloc_free(ctx);
}

/* All findings of all files in one run, in their order. */
static void all_errors_come_out(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    assert_null(read_two(ctx, "sector A \"A\"\nbody B \"B\" under NO\n",
                         "sector B \"B\"\nbody C \"C\" under NO\nquux\n"));
    assert_int_equal(3, found.errors);
    assert_string_equal("a.rules", found.rows[0].where.file);
    assert_string_equal("b.rules", found.rows[1].where.file);
    assert_int_equal(2, found.rows[1].where.line);
    assert_int_equal(3, found.rows[2].where.line);
    talloc_free(ctx);
}

/* ---- people */

#define A_PEOPLE(shared)                                                       \
    "sector A \"A\"\nbody C1 \"C\" until 2001\n"                               \
    "people heads " shared "sit in C1\n"
#define B_PEOPLE(shared)                                                       \
    "sector B \"B\"\nbody C2 \"C\" until 2001\n"                               \
    "people heads " shared "sit in C2\n"

static void shared_people_are_one_group(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        join_good(ctx, A_PEOPLE("shared "), B_PEOPLE("shared "));

    (void)state;
    assert_ptr_equal(&r->people[0], r->people[0].group);
    assert_ptr_equal(&r->people[0], r->people[1].group);
    assert_ptr_equal(&r->people[1], rules_people(r, &r->sectors[1], "HEADS"));
    talloc_free(ctx);
}

static void namesakes_are_two(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = join_good(ctx, A_PEOPLE(""), B_PEOPLE(""));

    (void)state;
    assert_ptr_equal(&r->people[1], r->people[1].group);
    talloc_free(ctx);
}

static void shared_by_one_is_a_warning(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = read_two(ctx, A_PEOPLE(""), B_PEOPLE("shared "));

    (void)state;
    assert_non_null(r);
    assert_ptr_equal(&r->people[1], r->people[1].group);
    assert_int_equal(1, found.n);
    assert_string_equal("people heads are shared here and not shared in "
                        "a.rules:3: they are kept as two groups",
                        found.rows[0].text);
    talloc_free(ctx);
}

/* ---- holidays */

#define LAND "member X \"X\" since 2000-01-01\n"

static void holidays_are_merged(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r =
        join_good(ctx,
                  "sector A \"A\"\n" LAND "holiday X \"Both\" 2027-05-01\n"
                  "holiday X \"Mine\" 2027-05-02\n",
                  "sector B \"B\"\n" LAND "holiday x \"Yours\" 2027-05-03\n"
                  "holiday X \"Both\" 2027-05-01\n");

    (void)state;
    assert_int_equal(3, r->n_holidays);
    assert_string_equal("Both", r->holidays[0].name);
    assert_string_equal("Mine", r->holidays[1].name);
    assert_string_equal("Yours", r->holidays[2].name);
    assert_null(
        read_two(ctx, "sector A \"A\"\n" LAND "holiday X \"Day\" 2027-05-01\n",
                 "sector B \"B\"\n" LAND "workday X 2027-05-01\n"));
    assert_string_equal("X cannot be a holiday and a worked day",
                        found.rows[0].text);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_two),
        cmocka_unit_test(same_member_is_one),
        cmocka_unit_test(pointers_lead_into_the_joined),
        cmocka_unit_test(sectors_differ),
        cmocka_unit_test(what_differs_is_an_error),
        cmocka_unit_test(a_sector_twice),
        cmocka_unit_test(all_errors_come_out),
        cmocka_unit_test(shared_people_are_one_group),
        cmocka_unit_test(namesakes_are_two),
        cmocka_unit_test(shared_by_one_is_a_warning),
        cmocka_unit_test(holidays_are_merged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
