/*
 * The shipped files load without findings and say what they say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <glob.h>
#include <stdio.h>

#include "rules_helper.h"

#include <cmocka.h>

static const struct rules *load(TALLOC_CTX *ctx, const char *path, bool tables,
                                struct diagnostics *found)
{
    struct source text = read_file(ctx, path), table[64];
    const struct rules *r;
    glob_t g = {0};
    size_t n = 0;

    if (tables)
        assert_int_equal(
            0, glob(SOURCE_DIR "/config/holidays/*.csv", 0, NULL, &g));
    for (; n < g.gl_pathc; n++)
        table[n] = read_file(ctx, memory_text(ctx, g.gl_pathv[n]));
    globfree(&g);
    r = rules_read(ctx, &text, 1, table, n, found);
    if (found->n > 0)
        print_error("%s", findings_print(ctx, found));
    assert_non_null(r);
    assert_int_equal(0, found->n);
    return r;
}

static TALLOC_CTX *generation;
static const struct rules *asean;

static int load_asean(void **state)
{
    struct diagnostics found;

    (void)state;
    generation = talloc_new(NULL);
    asean = load(generation, SOURCE_DIR "/config/rules/asean-digital.rules",
                 true, &found);
    return 0;
}

static int end_asean(void **state)
{
    (void)state;
    talloc_free(generation);
    return 0;
}

static void shipped_counts(void **state)
{
    const struct rules *r = asean;

    (void)state;
    assert_int_equal(11, r->n_members);
    assert_int_equal(7, r->n_partners);
    assert_int_equal(1, r->n_places);
    assert_int_equal(8, r->n_bodies);
    assert_int_equal(5, r->n_people);
    assert_int_equal(1, r->n_desks);
    assert_int_equal(2, r->n_rotations);
    assert_int_equal(10, r->n_clusters);
    assert_int_equal(2, r->n_workflows);
    assert_int_equal(3, r->n_reminders);
    assert_int_equal(7, r->n_avoids);
    assert_int_equal(1, r->n_held);
    assert_int_equal(15, r->workflows[0].n_steps);
    assert_int_equal(7, r->workflows[1].n_steps);
    assert_true(r->n_holidays > 2900);
}

static void shipped_sector(void **state)
{
    const struct sector *s = asean->sectors;

    (void)state;
    assert_string_equal("ASEAN-DIGITAL", s->code);
    assert_string_equal("ASEAN Digital Sector", s->title);
    assert_int_equal(1, s->cycle_from.month);
    assert_int_equal(30, s->notice.n);
    assert_int_equal(UNIT_DAYS, s->notice.unit);
    assert_int_equal(2, s->n_hours);
    assert_int_equal(9 * 60, s->hours[0].from);
    assert_int_equal(17 * 60 + 30, s->hours[1].to);
    assert_int_equal(19 * 60, s->evening.from);
    assert_int_equal(3, s->n_levels);
    assert_string_equal("dg", s->levels[1]);
    assert_string_equal("Jakarta", s->seat_city);
    assert_ptr_equal(rules_member(asean, "ID"), s->seat);
}

static void shipped_members(void **state)
{
    const struct member *bn = rules_member(asean, "bn");
    const struct member *tl = rules_member(asean, "TL");
    const struct partner *eu = rules_partner(asean, "EU");

    (void)state;
    assert_string_equal("Brunei Darussalam", bn->name);
    assert_string_equal("Bandar Seri Begawan", bn->city);
    assert_string_equal("Asia/Brunei", zone_name(bn->zone));
    assert_int_equal(1 << FRI | 1 << SUN, bn->weekend);
    assert_int_equal(1 << FRI, bn->meets);
    assert_int_equal(1, bn->n_closed);
    assert_int_equal(FRI, bn->closed[0].day);
    assert_int_equal(12 * 60, bn->closed[0].hours.from);
    assert_string_equal("BN", bn->holidays);
    assert_int_equal(1 << SAT | 1 << SUN, tl->weekend);
    assert_false(member_is_in(tl, date_of(2025, 10, 25)));
    assert_true(member_is_in(tl, date_of(2025, 10, 26)));
    assert_string_equal("BE", eu->holidays);
    assert_string_equal("CH", rules_partner(asean, "itu")->holidays);
    assert_string_equal(
        "Asia/Makassar",
        zone_name(rules_zone(asean, rules_member(asean, "ID"), "Denpasar")));
    assert_string_equal(
        "Asia/Jakarta",
        zone_name(rules_zone(asean, rules_member(asean, "ID"), NULL)));
}

static void shipped_bodies(void **state)
{
    const struct body *b = rules_body(asean, "ADGSOM");
    const struct body *ssm = rules_body(asean, "SSM");
    const struct body *atrc = rules_body(asean, "ATRC");

    (void)state;
    assert_int_equal(1, b->level);
    assert_ptr_equal(rules_body(asean, "ADGMIN"), b->under);
    assert_string_equal("Director-General", b->seats);
    assert_int_equal(3, b->n_requires);
    assert_int_equal(REQUIRE_MEETINGS, b->requires[0].kind);
    assert_int_equal(2, b->requires[0].count);
    assert_ptr_equal(atrc, b->requires[0].with);
    assert_string_equal("2 meetings with ATRC per cycle", b->requires[0].text);
    assert_int_equal(REQUIRE_CONSULTATIONS, b->requires[2].kind);
    assert_int_equal(7, b->requires[2].n_partners);
    assert_true(b->requires[2].back_to_back);
    assert_null(b->requires[2].back_to_back_with);
    assert_ptr_equal(rules_cluster(asean, "JWG"),
                     ssm->requires[0].back_to_back_with);
    assert_int_equal(2011, ssm->since.year);
    assert_int_equal(0, ssm->since.month);
    assert_true(rules_body(asean, "ANSAC")->requires[0].at_least);
    assert_int_equal(REQUIRE_AS_NEEDED,
                     rules_body(asean, "WG-DDG")->requires[0].kind);
    assert_string_equal("TELSOM", body_code_on(b, date_of(2019, 10, 31)));
    assert_string_equal("ADGSOM", body_code_on(b, date_of(2019, 11, 1)));
    assert_string_equal("ASEAN Telecommunication Regulators' Committee",
                        atrc->formerly[0].title);
    assert_string_equal("ASEAN Telecommunications Regulators' Council",
                        atrc->title);
}

static void shipped_ministerial(void **state)
{
    const struct cluster *c = rules_cluster(asean, "ministerial");

    (void)state;
    assert_int_equal(TIMES_FIXED, c->times);
    assert_int_equal(1, c->least);
    assert_int_equal(1, c->most);
    assert_true(c->has_window);
    assert_int_equal(2, c->window_to.month);
    assert_int_equal(28, c->window_to.day);
    assert_int_equal(15, c->prefer.day);
    assert_int_equal(3, c->prefer_weight);
    assert_int_equal(5, c->days);
    assert_int_equal(1 << MON, c->starts);
    assert_int_equal(HOST_ROTATION, c->host);
    assert_ptr_equal(rules_rotation(asean, "CHAIR"), c->rotation);
    assert_true(c->has_apart);
    assert_int_equal(9, c->apart.min.n);
    assert_int_equal(UNIT_MONTHS, c->apart.max.unit);
    assert_int_equal(12, c->apart.ideal.n);
    assert_ptr_equal(rules_workflow(asean, "summit-week"), c->workflow);
    assert_int_equal(8, c->n_items);
    assert_int_equal(6, c->n_numbers);
    assert_ptr_equal(cluster_item(c, "MIN+1"), c->numbers[4].item);
    assert_ptr_equal(rules_partner(asean, "JP"), c->numbers[4].partner);
    assert_int_equal(5, c->numbers[4].number);
    assert_int_equal(2026, c->numbers[4].year);
}

static void shipped_items(void **state)
{
    const struct cluster *c = rules_cluster(asean, "MINISTERIAL");
    const struct item_rule *plus = cluster_item(c, "som+1");
    const struct item_rule *opening = cluster_item(c, "OPENING");
    const struct item_rule *min = cluster_item(c, "MIN");
    const struct item_rule *dinner = cluster_item(c, "DINNER");

    (void)state;
    assert_int_equal(ITEM_CONSULT, plus->kind);
    assert_int_equal(7, plus->n_partners);
    assert_string_equal("IN", plus->partners[3]->code);
    assert_int_equal(45, plus->length.n);
    assert_int_equal(UNIT_MINUTES, plus->length.unit);
    assert_ptr_equal(cluster_item(c, "SOM"), plus->after[0]);
    assert_string_equal("ministers", opening->people->name);
    assert_ptr_equal(min, opening->same_day[0]);
    assert_ptr_equal(min, opening->before[0]);
    assert_int_equal(HALF_MORNING, opening->half);
    assert_int_equal(1 << THU | 1 << FRI, min->on);
    assert_int_equal(UNIT_HALF_DAY, min->length.unit);
    assert_int_equal(UNIT_EVENING, dinner->length.unit);
    assert_int_equal(HALF_EVENING, dinner->half);
    assert_int_equal(2, cluster_item(c, "JOINT2")->n_bodies);
    assert_true(cluster_item(rules_cluster(asean, "SEAGAME"), "GAME")->open);
}

static void shipped_clusters(void **state)
{
    const struct cluster *retreat = rules_cluster(asean, "RETREAT");
    const struct cluster *ansac = rules_cluster(asean, "ANSAC");
    const struct cluster *ddg = rules_cluster(asean, "DDG");

    (void)state;
    assert_int_equal(2, retreat->n_relations);
    assert_int_equal(RELATION_AFTER, retreat->relations[0].kind);
    assert_int_equal(2, retreat->relations[0].gap.min.n);
    assert_int_equal(UNIT_WEEKS, retreat->relations[0].gap.min.unit);
    assert_int_equal(RELATION_BEFORE, retreat->relations[1].kind);
    assert_true(retreat->relations[1].next);
    assert_int_equal(TIMES_AND_MORE, ansac->times);
    assert_int_equal(1, ansac->least);
    assert_int_equal(3, ansac->most);
    assert_int_equal(HOST_ANY, ansac->host);
    assert_int_equal(2, ansac->n_join);
    assert_int_equal(10, ansac->join_weight);
    assert_int_equal(TIMES_AS_NEEDED, ddg->times);
    assert_int_equal(0, ddg->least);
    assert_int_equal(4, ddg->most);
    assert_int_equal(2, ddg->n_needs);
    assert_int_equal(2, ddg->needs[0].meetings);
    assert_ptr_equal(retreat, ddg->needs[0].by_cluster);
    assert_int_equal(2027, ddg->needs[0].by_cycle);
    assert_true(date_is_none(ddg->needs[0].by));
    assert_int_equal(date_of(2027, 12, 10).day, ddg->needs[1].by.day);
    assert_true(ddg->apart.ideal.n < 0);
    assert_int_equal(2018, rules_cluster(asean, "SEAGAME")->since);
}

static void shipped_steps(void **state)
{
    const struct workflow *w = rules_workflow(asean, "SUMMIT-WEEK");

    (void)state;
    assert_int_equal(DUE_BEFORE, w->steps[0].due);
    assert_int_equal(UNIT_MONTHS, w->steps[0].offset.unit);
    assert_int_equal(OWNER_HOST, w->steps[0].owner);
    assert_int_equal(2, w->steps[0].n_remind);
    assert_int_equal(AUDIENCE_NOBODY, w->steps[0].to);
    assert_int_equal(AUDIENCE_DELEGATES, w->steps[2].to);
    assert_int_equal(UNIT_WORKING_DAYS, w->steps[9].offset.unit);
    assert_int_equal(DUE_LAST_DAY, w->steps[11].due);
    assert_int_equal(DUE_AFTER, w->steps[12].due);
    assert_int_equal(DUE_AFTER_STEP, w->steps[13].due);
    assert_ptr_equal(&w->steps[12], w->steps[13].due_step);
    assert_int_equal(OWNER_MEMBERS, w->steps[13].owner);
    assert_string_equal("members", owner_word(&w->steps[13]));
    assert_int_equal(8 * 60, asean->reminders[0].at);
    assert_int_equal(3, asean->reminders[0].n_before);
    assert_int_equal(REMIND_CONSULTS, asean->reminders[1].of);
    assert_int_equal(AUDIENCE_HOST, asean->reminders[2].audience);
}

static void shipped_avoids(void **state)
{
    const struct avoid *a = asean->avoids;

    (void)state;
    assert_true(a[0].every && a[0].everyone);
    assert_int_equal(-1, a[0].weight);
    assert_int_equal(12, a[0].yearly_from.month);
    assert_int_equal(4, a[3].weight);
    assert_int_equal(7, a[5].levels);
    assert_false(a[5].everyone);
    assert_int_equal(date_of(2027, 10, 18).day, a[5].from.day);
    assert_int_equal(2026, asean->held[0].cycle);
    assert_ptr_equal(rules_member(asean, "VN"), asean->held[0].in);
    assert_null(asean->held[0].city);
}

/* The row of a day and kind, or NULL. */
static const struct holiday *holiday_on(const struct rules *r, const char *cc,
                                        struct date d, enum holiday_kind kind)
{
    for (size_t i = 0; i < r->n_holidays; i++)
        if (strcmp(r->holidays[i].cc, cc) == 0 &&
            r->holidays[i].date.day == d.day && r->holidays[i].kind == kind)
            return &r->holidays[i];
    return NULL;
}

static void shipped_holidays(void **state)
{
    const struct holiday *h =
        holiday_on(asean, "KR", date_of(2027, 2, 7), HOLIDAY_PUBLIC);

    (void)state;
    assert_non_null(h);
    assert_int_equal(CERTAINTY_ESTIMATED, h->certainty);
    assert_non_null(
        holiday_on(asean, "CN", date_of(2026, 10, 10), HOLIDAY_WORKDAY));
    assert_null(holiday_on(asean, "MY", date_of(2027, 1, 1), HOLIDAY_PUBLIC));
    for (size_t i = 1; i < asean->n_holidays; i++) {
        const struct holiday *a = &asean->holidays[i - 1], *b = a + 1;
        int by = strcmp(a->cc, b->cc);

        assert_true(by < 0 || (by == 0 && (a->date.day < b->date.day ||
                                           (a->date.day == b->date.day &&
                                            a->kind <= b->kind))));
    }
}

static void river_cities(void **state)
{
    struct diagnostics found;
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *r = load(
        ctx, SOURCE_DIR "/config/examples/river-cities.rules", false, &found);
    const struct rotation *t = rules_rotation(r, "PENNANT");
    const struct cluster *flood = rules_cluster(r, "FLOOD");

    (void)state;
    assert_int_equal(2026, cycle_of(r->sectors, date_of(2027, 6, 30)));
    assert_int_equal(2027, cycle_of(r->sectors, date_of(2027, 7, 1)));
    assert_int_equal(date_of(2027, 7, 1).day,
                     cycle_first(r->sectors, 2027).day);
    assert_int_equal(date_of(2028, 6, 30).day,
                     cycle_last(r->sectors, 2027).day);
    assert_true(r->people[1].shared);
    assert_false(r->people[0].shared);
    assert_int_equal(3, r->desks[0].n_clusters);
    assert_string_equal("CMG", t->skips[0].member->code);
    assert_int_equal(2028, t->exchanges[0].b.year);
    assert_int_equal(2019, t->starts.year);
    assert_int_equal(HOST_MEMBER, rules_cluster(r, "WORKS")->host);
    assert_true(flood->relations[0].gap.min.n < 0);
    assert_int_equal(10, flood->relations[0].gap.max.n);
    assert_true(flood->apart.max.n < 0);
    assert_int_equal(120, rules_cluster(r, "ASSEMBLY")->items[3].length.n);
    assert_int_equal(HALF_EVENING, rules_cluster(r, "ASSEMBLY")->items[3].half);
    assert_string_equal("ASSEMBLY", owner_word(&r->workflows[0].steps[4]));
    assert_string_equal("task", r->workflows[0].steps[3].mail);
    assert_non_null(
        holiday_on(r, "ROS", date_of(2027, 10, 9), HOLIDAY_WORKDAY));
    assert_non_null(holiday_on(r, "ASU", date_of(2044, 5, 15), HOLIDAY_PUBLIC));
    assert_string_equal("Punta del Este", r->held[0].city);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_counts),
        cmocka_unit_test(shipped_sector),
        cmocka_unit_test(shipped_members),
        cmocka_unit_test(shipped_bodies),
        cmocka_unit_test(shipped_ministerial),
        cmocka_unit_test(shipped_items),
        cmocka_unit_test(shipped_clusters),
        cmocka_unit_test(shipped_steps),
        cmocka_unit_test(shipped_avoids),
        cmocka_unit_test(shipped_holidays),
        cmocka_unit_test(river_cities),
    };

    return cmocka_run_group_tests(tests, load_asean, end_asean);
}
