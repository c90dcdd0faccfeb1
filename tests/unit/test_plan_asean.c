/*
 * Plans of the shipped rules, checked against a second reading of them: the
 * tables below were written from the rules file by hand and share nothing with
 * the expansion; holidays are looked up one by one in the rows.
 */
#include "daemon/plan/explain.h"
#include "plan_world.h"

/* A day of the year as month * 100 + day. */
struct expected {
    const char *cluster;
    int from, to; /* window */
    int days;
    bool monday;
    int least, most;
    int since;
    const char *rotation; /* CHAIR, ATRC or NULL: any member */
    const char *join[4];
    const char *partners; /* the partners it meets */
};

#define EVERY "CN JP KR IN EU US ITU"

static const struct expected table[] = {
    {"MINISTERIAL", 105, 228, 5, true, 1, 1, 0, "CHAIR", {NULL}, EVERY},
    {"RETREAT", 701, 930, 2, false, 1, 1, 0, "CHAIR", {NULL}, ""},
    {"JWG", 415, 715, 5, true, 1, 1, 0, "CHAIR", {NULL}, EVERY},
    {"ATRC", 801, 1115, 3, false, 1, 1, 0, "ATRC", {NULL}, "CN JP"},
    {"ANSAC", 301, 1130, 2, false, 1, 3, 0, NULL, {"JWG", "ATRC"}, ""},
    {"DDG", 301, 1215, 1, false, 0, 4, 0, NULL, {"JWG", "RETREAT", "ATRC"}, ""},
    {"CYBERKIDS", 601, 831, 4, false, 1, 1, 2009, NULL, {NULL}, ""},
    {"INNOVATION", 1001, 1130, 1, false, 1, 1, 2011, NULL, {NULL}, ""},
    {"HACKATHON", 801, 1031, 3, false, 1, 1, 2017, NULL, {NULL}, ""},
    {"SEAGAME", 901, 1130, 2, false, 1, 1, 2018, NULL, {NULL}, "JP"}};

enum { CLUSTERS = sizeof table / sizeof *table };

/* Rows for 2027 on; TL joins the alphabet between TH and VN. */
static const char *const chair[] = {"BN", "KH", "ID", "LA", "MY", "MM",
                                    "PH", "SG", "TH", "TL", "VN"};
static const char *const atrc[] = {"PH", "SG", "TH", "TL", "VN", "BN",
                                   "KH", "ID", "LA", "MY", "MM"};

/* first cluster, last day .. first day of the second; months from the end */
static const struct {
    const char *from, *to;
    bool next;
    int min_days, max_months; /* the least in days, the most in months */
} gaps[] = {{"JWG", "RETREAT", false, 14, 5},
            {"MINISTERIAL", "JWG", false, 56, 6},
            {"RETREAT", "ATRC", false, 21, 4},
            {"RETREAT", "MINISTERIAL", true, 42, 8},
            {"ATRC", "MINISTERIAL", true, 42, 6},
            {"INNOVATION", "MINISTERIAL", true, 28, 5}};

static TALLOC_CTX *ctx;
static const struct rules *rules;

static int setup(void **state)
{
    (void)state;
    ctx = talloc_new(NULL);
    rules = world_shipped(ctx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(ctx);
    return 0;
}

static int month_day(struct date d)
{
    struct civil c = date_civil(d);

    return c.month * 100 + c.day;
}

static bool is_holiday(const char *cc, struct date d)
{
    for (size_t i = 0; i < rules->n_holidays; i++)
        if (rules->holidays[i].kind == HOLIDAY_PUBLIC &&
            rules->holidays[i].date.day == d.day &&
            strcmp(rules->holidays[i].cc, cc) == 0)
            return true;
    return false;
}

static bool is_worked(const char *cc, struct date d)
{
    for (size_t i = 0; i < rules->n_holidays; i++)
        if (rules->holidays[i].kind == HOLIDAY_WORKDAY &&
            rules->holidays[i].date.day == d.day &&
            strcmp(rules->holidays[i].cc, cc) == 0)
            return true;
    return false;
}

static bool is_meeting_day(const char *cc, struct date d)
{
    enum weekday w = date_weekday(d);
    bool brunei = strcmp(cc, "BN") == 0;
    bool rest = brunei ? w == SUN : (w == SAT || w == SUN);

    return (!rest || is_worked(cc, d)) && !is_holiday(cc, d);
}

static const struct expected *expected_of(const struct edition *e)
{
    for (size_t i = 0; i < CLUSTERS; i++)
        if (strcmp(table[i].cluster, e->cluster) == 0)
            return &table[i];
    fail_msg("%s is of no cluster", e->id);
    return NULL;
}

static bool overlaps(const struct edition *e, const char *from, const char *to)
{
    return e->start.day <= day(to).day && e->end.day >= day(from).day;
}

/* ---- one edition */

static void check_days(const struct edition *e, const struct expected *x)
{
    size_t met = 0;

    for (int32_t d = e->start.day; d <= e->end.day; d++)
        if (is_meeting_day(e->host, (struct date){d}))
            assert_int_equal(e->days[met++].day, d);
    if (met != (size_t)x->days || met != e->n_days)
        fail_msg("%s meets on %zu days", e->id, met);
    assert_true(is_meeting_day(e->host, e->start));
    assert_true(is_meeting_day(e->host, e->end));
    assert_true(e->end.day - e->start.day + 1 - x->days <= 2);
}

static void check_dates(const struct edition *e, const struct expected *x)
{
    if (month_day(e->start) < x->from || month_day(e->start) > x->to ||
        date_civil(e->start).year != e->cycle)
        fail_msg("%s is outside its window", e->id);
    if (x->monday)
        assert_int_equal(date_weekday(e->start), MON);
    assert_true(e->start.day >= day("2026-12-24").day);
}

static void check_avoided(const struct edition *e, const struct expected *x)
{
    bool open = strcmp(x->cluster, "CYBERKIDS") == 0 ||
                strcmp(x->cluster, "INNOVATION") == 0 ||
                strcmp(x->cluster, "HACKATHON") == 0 ||
                strcmp(x->cluster, "SEAGAME") == 0;

    for (int32_t d = e->start.day; d <= e->end.day; d++) {
        int md = month_day((struct date){d});
        assert_false(md >= 1219 || md <= 103);
    }
    assert_false(overlaps(e, "2027-02-04", "2027-02-11"));
    assert_false(overlaps(e, "2028-01-24", "2028-01-31"));
    assert_false(overlaps(e, "2027-03-10", "2027-03-14"));
    if (!open)
        assert_false(overlaps(e, "2027-10-18", "2027-11-12"));
}

static const struct edition *
joined(const struct plan *p, const struct edition *e, const struct expected *x)
{
    for (int k = 0; k < 4 && x->join[k]; k++) {
        const struct edition *o =
            plan_edition(p, text_format(ctx, "%s-%d", x->join[k], e->cycle));
        int after = o ? o->start.day - e->end.day : 0;
        int before = o ? e->start.day - o->end.day : 0;
        if (o && ((after > 0 && after <= 3) || (before > 0 && before <= 3)) &&
            strcmp(o->host, e->host) == 0)
            return o;
    }
    return NULL;
}

static void check_host(const struct plan *p, const struct edition *e,
                       const struct expected *x)
{
    const struct member *m = rules_member(rules, e->host);
    int turn = e->cycle - 2027;

    assert_non_null(m);
    assert_true(member_is_in(m, e->start));
    if (x->rotation)
        assert_string_equal(e->host, strcmp(x->rotation, "CHAIR") == 0
                                         ? chair[turn]
                                         : atrc[turn]);
    else if (!joined(p, e, x))
        assert_string_not_equal(e->host, chair[turn]);
    assert_string_equal(e->city, m->city);
    assert_string_equal(e->zone, zone_name(m->zone));
}

/* ---- two editions */

static bool in_one_room(const struct edition *a, const struct edition *b,
                        const char *const *clusters)
{
    bool has_a = false, has_b = false;

    for (; *clusters; clusters++) {
        has_a = has_a || strcmp(a->cluster, *clusters) == 0;
        has_b = has_b || strcmp(b->cluster, *clusters) == 0;
    }
    return has_a && has_b;
}

static void check_people(const struct edition *a, const struct edition *b)
{
    static const char *const seniors[] = {"MINISTERIAL", "RETREAT", "ATRC",
                                          NULL};
    static const char *const directors[] = {"JWG", NULL};
    static const char *const cyber[] = {"ANSAC", NULL};
    static const char *const data[] = {"DDG", NULL};
    int travel = strcmp(a->host, b->host) != 0;

    if (in_one_room(a, b, seniors) || in_one_room(a, b, directors) ||
        in_one_room(a, b, cyber) || in_one_room(a, b, data))
        if (b->start.day - a->end.day <= travel)
            fail_msg("%s and %s share people", a->id, b->id);
}

static void check_pairs(const struct plan *p)
{
    for (size_t i = 0; i < p->n_editions; i++)
        for (size_t j = i + 1; j < p->n_editions; j++)
            check_people(&p->editions[i], &p->editions[j]);
}

static void check_desk(const struct plan *p)
{
    for (size_t i = 0; i < p->n_editions; i++) {
        int at_once = 0;
        for (size_t j = 0; j < p->n_editions; j++)
            at_once += p->editions[j].start.day <= p->editions[i].start.day &&
                       p->editions[j].end.day >= p->editions[i].start.day;
        assert_true(at_once <= 2);
    }
}

static void check_gaps(const struct plan *p, int cycle)
{
    for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++) {
        const struct edition *a =
            plan_edition(p, text_format(ctx, "%s-%d", gaps[k].from, cycle));
        const struct edition *b = plan_edition(
            p, text_format(ctx, "%s-%d", gaps[k].to, cycle + gaps[k].next));
        if (!b)
            continue;
        if (b->start.day - a->end.day < gaps[k].min_days ||
            b->start.day > date_add_months(a->end, gaps[k].max_months).day)
            fail_msg("%s to %s", a->id, b->id);
    }
}

static void check_yearly(const struct plan *p, const char *cluster, int cycle,
                         struct date before)
{
    const struct edition *e =
        plan_edition(p, text_format(ctx, "%s-%d", cluster, cycle));
    const struct edition *last =
        plan_edition(p, text_format(ctx, "%s-%d", cluster, cycle - 1));

    if (last)
        before = last->start;
    if (date_is_none(before))
        return;
    assert_true(e->start.day >= date_add_months(before, 9).day);
    assert_true(e->start.day <= date_add_months(before, 16).day);
}

static void check_deliverables(const struct plan *p)
{
    const struct edition *retreat = world_edition(p, "RETREAT-2027"), *before;

    before = world_edition(p, "DDG-2027-2");
    assert_true(before->end.day < retreat->start.day);
    assert_true(world_edition(p, "DDG-2027-3")->end.day <
                day("2027-12-10").day);
    for (int n = 2; n <= 3; n++) {
        const struct edition *a =
            world_edition(p, edition_name(ctx, "DDG", 2027, n - 1));
        const struct edition *b =
            world_edition(p, edition_name(ctx, "DDG", 2027, n));
        assert_true(b->start.day - a->start.day >= 42);
        assert_true(b->start.day <= date_add_months(a->start, 14).day);
    }
    assert_null(plan_edition(p, "DDG-2027-4"));
}

/* ---- a whole plan */

static void check_counts(const struct plan *p, int cycle)
{
    for (size_t i = 0; i < CLUSTERS; i++) {
        int n = 0;
        for (size_t k = 0; k < p->n_editions; k++)
            n += p->editions[k].cycle == cycle &&
                 strcmp(p->editions[k].cluster, table[i].cluster) == 0;
        assert_int_equal(n,
                         cycle == 2027 && strcmp(table[i].cluster, "DDG") == 0
                             ? 3
                             : table[i].least);
    }
}

static void check_plan(const struct plan *p, int first, int last)
{
    for (size_t i = 0; i < p->n_editions; i++) {
        const struct edition *e = &p->editions[i];
        const struct expected *x = expected_of(e);
        assert_int_equal(e->status, EDITION_PROPOSED);
        assert_true(e->cycle >= first && e->cycle <= last);
        check_days(e, x);
        check_dates(e, x);
        check_avoided(e, x);
        check_host(p, e, x);
    }
    check_pairs(p);
    check_desk(p);
    check_deliverables(p);
    for (int cycle = first; cycle <= last; cycle++) {
        check_counts(p, cycle);
        check_gaps(p, cycle);
        check_yearly(p, "MINISTERIAL", cycle,
                     cycle == 2027 ? day("2026-01-12") : DATE_NONE);
        check_yearly(p, "JWG", cycle, DATE_NONE);
    }
}

static struct planned planned(int first, int last)
{
    struct planning in = world_planning(rules, first, last);
    struct planned w = world_plan(ctx, &in);
    int64_t cost;
    int32_t rule;

    assert_int_equal(w.solution->verdict, VERDICT_OPTIMAL);
    assert_true(problem_check(w.problem, w.solution->choice, &cost, &rule));
    assert_int_equal(cost, w.solution->cost);
    assert_int_equal(w.plan->cost, w.plan->bound);
    assert_true(w.plan->proved);
    assert_int_equal(w.lapsed->n_editions, 0);
    return w;
}

static void one_cycle(void **state)
{
    (void)state;
    check_plan(planned(2027, 2027).plan, 2027, 2027);
}

static void two_cycles(void **state)
{
    (void)state;
    check_plan(planned(2027, 2028).plan, 2027, 2028);
}

static void ten_cycles(void **state)
{
    (void)state;
    check_plan(planned(2027, 2036).plan, 2027, 2036);
}

static void brunei_hosts_the_ministers_in_january(void **state)
{
    const struct edition *e =
        world_edition(planned(2027, 2027).plan, "MINISTERIAL-2027");
    int md = month_day(e->start);

    (void)state;
    assert_string_equal(e->host, "BN");
    assert_string_equal(e->zone, "Asia/Brunei");
    assert_true(md == 111 || md == 118 || md == 125);
    assert_int_equal(e->n_days, 5);
    assert_int_equal(date_weekday(e->days[4]), FRI);
}

static bool warned(const struct edition *e, const char *part)
{
    for (size_t i = 0; i < e->n_warnings; i++)
        if (strstr(e->warnings[i], part))
            return true;
    return false;
}

static void warnings_name_the_days(void **state)
{
    struct planning in = world_planning(rules, 2027, 2027);
    struct edition e = {.id = "MINISTERIAL-2027",
                        .cluster = "MINISTERIAL",
                        .cycle = 2027,
                        .start = day("2027-01-06"),
                        .status = EDITION_CONFIRMED,
                        .host = "BN"};
    struct plan draft = {&e, NULL, 1, 0, 0, 0, false};
    struct planned w;

    (void)state;
    plan_complete(ctx, rules, &e);
    in.draft = &draft;
    w = world_plan(ctx, &in);
    e = *world_edition(w.plan, "MINISTERIAL-2027");
    assert_true(warned(&e, "Isra' and Mi'raj on 5 Jan 2027 is estimated, may "
                           "move by a day"));
    assert_true(warned(&e, "partner holiday on 11 Jan 2027: JP (Coming of Age "
                           "Day)"));
    assert_starts(w.plan, "MINISTERIAL-2027", "2027-01-06");
}

static void years_without_tables_are_planned_and_said(void **state)
{
    struct planned w = planned(2036, 2036);

    (void)state;
    assert_string_equal(world_edition(w.plan, "MINISTERIAL-2036")->host, "TL");
    assert_true(warned(world_edition(w.plan, "MINISTERIAL-2036"),
                       "no table of public holidays for 2036: TL, CN"));
}

static void timor_leste_hosts_when_it_is_in(void **state)
{
    struct planned w = planned(2027, 2036);

    (void)state;
    assert_string_equal(world_edition(w.plan, "MINISTERIAL-2036")->host, "TL");
    assert_string_equal(world_edition(w.plan, "ATRC-2030")->host, "TL");
}

static void the_year_that_has_gone_by_lapses(void **state)
{
    struct planning in = world_planning(rules, 2026, 2026);
    struct planned w = world_plan(ctx, &in);

    (void)state;
    assert_int_equal(w.lapsed->n_editions, 8);
    assert_int_equal(world_edition(w.plan, "MINISTERIAL-2026")->status,
                     EDITION_HELD);
    assert_string_equal(world_edition(w.plan, "MINISTERIAL-2026")->city,
                        "Ha Noi");
    assert_int_equal(world_edition(w.plan, "JWG-2026")->status, EDITION_LAPSED);
    assert_true(warned(world_edition(w.plan, "JWG-2026"), "has gone by"));
    assert_true(warned(world_edition(w.plan, "SEAGAME-2026"),
                       "inside the notice of 30 days"));
}

static const char *printed(const struct planned *w)
{
    char *text = memory_text(ctx, "");
    char from[DATE_TEXT], to[DATE_TEXT];

    for (size_t i = 0; i < w->plan->n_editions; i++) {
        const struct edition *e = &w->plan->editions[i];
        text = text_format(ctx, "%s%s %s %s %s %lld %zu\n", text, e->id,
                           date_print(e->start, from), date_print(e->end, to),
                           e->host, (long long)e->cost, e->n_warnings);
    }
    for (size_t i = 0; i < w->problem->n_rules; i++)
        text = text_format(ctx, "%s%s\n", text, w->problem->rules[i].text);
    return text;
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    struct planned a = planned(2027, 2028), b = planned(2027, 2028);

    (void)state;
    assert_string_equal(printed(&a), printed(&b));
}

/* A statement begins in the first column. */
static bool begins(const char *line)
{
    return *line && *line != ' ' && *line != '#' && *line != '\n';
}

/* The statements of a text, last one first (the sector stays in front). */
static char *turned_round(const char *text)
{
    const char *starts[400], *end = text + strlen(text);
    char *out;
    size_t n = 0;

    for (const char *line = text; line && *line;
         line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (begins(line))
            starts[n++] = line;
    out = memory_text_n(ctx, starts[0], (size_t)(starts[1] - starts[0]));
    while (n-- > 1) {
        out =
            text_format(ctx, "%s%.*s", out, (int)(end - starts[n]), starts[n]);
        end = starts[n];
    }
    return out;
}

static void the_order_of_statements_does_not_matter(void **state)
{
    struct error err;
    size_t size;
    char *text;
    struct planning a = world_planning(rules, 2027, 2028), b = a;
    struct planned wa, wb;

    (void)state;
    assert_true(text_read_file(ctx,
                               SOURCE_DIR "/config/rules/asean-digital.rules",
                               1 << 20, &text, &size, &err));
    b.rules = world_read(ctx, "turned.rules", turned_round(text), true);
    wa = world_plan(ctx, &a);
    wb = world_plan(ctx, &b);
    assert_int_equal(wa.plan->n_editions, wb.plan->n_editions);
    assert_int_equal(wa.plan->cost, wb.plan->cost);
    for (size_t i = 0; i < wa.plan->n_editions; i++) {
        const struct edition *x = &wa.plan->editions[i];
        const struct edition *y = &wb.plan->editions[i];
        assert_string_equal(x->id, y->id);
        assert_string_equal(x->host, y->host);
        assert_int_equal(x->start.day, y->start.day);
        assert_int_equal(x->end.day, y->end.day);
    }
}

static void planning_again_moves_nothing(void **state)
{
    struct planning in = world_planning(rules, 2027, 2028);
    struct planned first = world_plan(ctx, &in), again;

    (void)state;
    in.draft = first.plan;
    again = world_plan(ctx, &in);
    assert_int_equal(again.plan->n_editions, first.plan->n_editions);
    for (size_t i = 0; i < again.plan->n_editions; i++) {
        const struct edition *a = &first.plan->editions[i];
        const struct edition *b = &again.plan->editions[i];
        assert_string_equal(a->id, b->id);
        assert_int_equal(a->start.day, b->start.day);
        assert_string_equal(a->host, b->host);
    }
    assert_int_equal(first.plan->cost, again.plan->cost);
}

static void every_planned_date_is_allowed(void **state)
{
    struct planned w = planned(2027, 2028);
    struct planning in = world_planning(rules, 2027, 2028);

    (void)state;
    in.draft = w.plan;
    for (size_t i = 0; i < w.plan->n_editions; i++) {
        struct edition e = w.plan->editions[i];
        struct error err;
        if (!plan_allows(&in, w.plan, &e, NULL, &err))
            fail_msg("%s", err.text);
        e.start = day("2027-12-24"); /* Year-end, for everyone */
        e.cycle = 2027;
        assert_false(plan_allows(&in, w.plan, &e, NULL, &err));
    }
}

static unsigned random_next(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7fff;
}

/* Some editions of the draft in some other state, on some other day. */
static void disturb(struct plan *draft, unsigned *seed)
{
    for (size_t i = 0; i < draft->n_editions; i++) {
        struct edition *e = &draft->editions[i];
        if (random_next(seed) % 3)
            continue;
        e->status = (enum edition_status)(random_next(seed) % 6);
        e->pinned = random_next(seed) % 4 == 0;
        if (random_next(seed) % 2 && !date_is_none(e->start)) {
            e->start.day += (int32_t)(random_next(seed) % 60) - 30;
            plan_complete(draft, rules, e);
        }
    }
}

/* Whatever a draft is like: what is fixed stays, the rest is legal. */
static void any_draft_is_planned(void **state)
{
    struct planned first = planned(2027, 2027);
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 25; round++) {
        struct planning in = world_planning(rules, 2027, 2027);
        struct plan *draft = plan_copy(ctx, first.plan);
        struct planned w;
        int64_t cost;
        int32_t rule;
        in.now.second += (int64_t)(random_next(&seed) % 400) * 86400;
        disturb(draft, &seed);
        in.draft = draft;
        if (round % 2)
            in.released = first.plan;
        w = world_plan(ctx, &in);
        if (w.solution->verdict == VERDICT_OPTIMAL)
            assert_true(
                problem_check(w.problem, w.solution->choice, &cost, &rule));
        for (size_t i = 0; i < draft->n_editions; i++) {
            const struct edition *a = &draft->editions[i];
            const struct edition *b = plan_edition(w.plan, a->id);
            if ((a->status == EDITION_CONFIRMED || a->status == EDITION_HELD ||
                 a->status == EDITION_CANCELLED) &&
                (!b || b->start.day != a->start.day || b->status != a->status))
                fail_msg("round %d: %s was touched", round, a->id);
        }
    }
}

static void costs_of_editions_add_up(void **state)
{
    struct planned w = planned(2027, 2027);
    int64_t sum = 0, beside = 0;

    (void)state;
    for (size_t i = 0; i < w.plan->n_editions; i++)
        sum += w.plan->editions[i].cost;
    /* what the anchor of 2028 bears is not in the plan */
    beside = w.plan->cost - sum;
    assert_true(beside >= 0 && beside < w.plan->cost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cycle),
        cmocka_unit_test(two_cycles),
        cmocka_unit_test(ten_cycles),
        cmocka_unit_test(brunei_hosts_the_ministers_in_january),
        cmocka_unit_test(warnings_name_the_days),
        cmocka_unit_test(years_without_tables_are_planned_and_said),
        cmocka_unit_test(timor_leste_hosts_when_it_is_in),
        cmocka_unit_test(the_year_that_has_gone_by_lapses),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(the_order_of_statements_does_not_matter),
        cmocka_unit_test(planning_again_moves_nothing),
        cmocka_unit_test(every_planned_date_is_allowed),
        cmocka_unit_test(any_draft_is_planned),
        cmocka_unit_test(costs_of_editions_add_up)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
