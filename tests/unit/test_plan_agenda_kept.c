/*
 * Agendas around what an officer has pinned, cancelled or added; what cannot
 * be; and small rules of other kinds of weeks.
 */
#include "agenda_world.h"

/* ---- a draft with some rows changed */

struct office {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    struct edition edition;
    struct plan draft;
};

static void office_lay(struct office *d)
{
    struct item *items = NULL;
    size_t n = 0;
    struct error err = {.text = ""};
    if (!agenda_lay(d->ctx, d->rules, &d->edition, &d->draft, NULL, &items, &n,
                    &err))
        print_error("%s\n", err.text);
    assert_true(n > 0);
    d->draft.items = items;
    d->draft.n_items = n;
}

static struct office office_brunei(const struct rules *rules)
{
    struct office d = {.ctx = talloc_new(NULL), .rules = rules};
    d.edition =
        edition_of(d.ctx, rules, "MINISTERIAL", "2027-01-18", "BN", NULL, 5);
    office_lay(&d);
    return d;
}

static struct item *office_item(struct office *d, const char *name)
{
    const char *id = text_format(d->ctx, "%s/%s", d->edition.id, name);
    for (size_t i = 0; i < d->draft.n_items; i++)
        if (strcmp(d->draft.items[i].id, id) == 0)
            return &d->draft.items[i];
    return NULL;
}

static void office_pin(struct office *d, const char *name, const char *start)
{
    struct item *i = office_item(d, name);
    struct error err;
    int32_t length = i->end.minute - i->start.minute;
    assert_true(local_parse(start, &i->start, &err));
    i->end = i->start;
    i->end.minute += length;
    i->pinned = true;
}

static void item_at(struct office *d, const char *name, const char *start)
{
    char text[INSTANT_TEXT];
    const struct item *i = office_item(d, name);
    assert_non_null(i);
    assert_string_equal(local_print(i->start, text), start);
}

/* No two items of shared bodies at the same time, cancelled ones aside. */
static void nothing_overlaps(const struct office *d)
{
    for (size_t i = 0; i < d->draft.n_items; i++) {
        for (size_t j = i + 1; j < d->draft.n_items; j++) {
            const struct item *a = &d->draft.items[i], *b = &d->draft.items[j];
            bool same = a->n_bodies > 0 && b->n_bodies > 0 &&
                        text_same(a->bodies[0], b->bodies[0]);
            if (same && a->status != ITEM_CANCELLED &&
                b->status != ITEM_CANCELLED)
                assert_true(local_seconds(a->end) <= local_seconds(b->start) ||
                            local_seconds(b->end) <= local_seconds(a->start));
        }
    }
}

static void office_conflict(struct office *d, const char *const *names)
{
    struct item *items = NULL;
    size_t n = 7;
    struct error err = {.text = ""};
    assert_false(agenda_lay(d->ctx, d->rules, &d->edition, &d->draft, NULL,
                            &items, &n, &err));
    assert_null(items); /* untouched */
    assert_int_equal(n, 7);
    assert_int_equal(err.code, REPLY_CONFLICT);
    for (; *names; names++) {
        if (!strstr(err.text, *names))
            print_error("%s: not in: %s\n", *names, err.text);
        assert_non_null(strstr(err.text, *names));
    }
}

/* ---- kept rows */

static void test_again_is_the_same(void **state)
{
    struct office d = office_brunei(*state);
    char *before = agenda_text(d.ctx, *state, &d.edition, NULL);
    assert_string_equal(before,
                        agenda_text(d.ctx, *state, &d.edition, &d.draft));
    talloc_free(d.ctx);
}

static void test_pinned_stays(void **state)
{
    struct office d = office_brunei(*state);
    office_pin(&d, "JOINT2", "2027-01-18T14:00");
    office_lay(&d);
    item_at(&d, "JOINT2", "2027-01-18T14:00");
    assert_true(office_item(&d, "JOINT2")->pinned);
    assert_false(office_item(&d, "SOM")->pinned);
    item_at(&d, "SOM", "2027-01-19T09:00");
    nothing_overlaps(&d);
    talloc_free(d.ctx);
}

static void test_pinned_session_leaves_its_block(void **state)
{
    struct office d = office_brunei(*state);
    office_pin(&d, "SOM+1:JP", "2027-01-20T09:00");
    office_lay(&d);
    item_at(&d, "SOM+1:JP", "2027-01-20T09:00");
    nothing_overlaps(&d);
    size_t sessions = 0;
    for (size_t i = 0; i < d.draft.n_items; i++) {
        sessions += text_same(d.draft.items[i].code, "SOM+1");
        if (text_same(d.draft.items[i].code, "SOM+1"))
            assert_int_equal(date_weekday(d.draft.items[i].start.date), WED);
    }
    assert_int_equal(sessions, 7);
    talloc_free(d.ctx);
}

/* A block flows around a pinned lunch-hour session and does not care. */
static void test_pinned_in_a_break(void **state)
{
    struct office d = office_brunei(*state);
    office_pin(&d, "SOM+1:ITU", "2027-01-20T12:40");
    office_lay(&d);
    item_at(&d, "SOM+1:ITU", "2027-01-20T12:40");
    item_at(&d, "SOM+1:IN", "2027-01-20T14:00");
    nothing_overlaps(&d);
    talloc_free(d.ctx);
}

static void test_pinned_elsewhere_is_free(void **state)
{
    struct office d = office_brunei(*state);
    office_pin(&d, "JOINT2", "2027-01-11T14:00"); /* of the week before */
    office_lay(&d);
    item_at(&d, "JOINT2", "2027-01-18T09:00");
    assert_false(office_item(&d, "JOINT2")->pinned);
    talloc_free(d.ctx);
}

static void test_pinned_too_late_is_named(void **state)
{
    struct office d = office_brunei(*state);
    office_pin(&d, "SOM", "2027-01-21T09:00");
    office_conflict(
        &d, (const char *const[]){"SOM pinned to Thu 2027-01-21 09:00",
                                  "SOM+1 after SOM", "MIN after SOM+1", NULL});
    talloc_free(d.ctx);
}

static void test_part_pinned(void **state)
{
    struct office d = {.ctx = talloc_new(NULL), .rules = *state};
    d.edition = edition_of(d.ctx, *state, "JWG", "2027-05-24", "BN", NULL, 5);
    office_lay(&d);
    item_at(&d, "JWG/1", "2027-05-25T09:00");
    office_pin(&d, "JWG/1", "2027-05-26T09:00");
    office_lay(&d);
    item_at(&d, "SSM", "2027-05-25T09:00"); /* nobody waits a day */
    item_at(&d, "JWG/1", "2027-05-26T09:00");
    item_at(&d, "JWG/2", "2027-05-27T09:00");
    item_at(&d, "JWG+1:US", "2027-05-28T09:00");
    assert_true(office_item(&d, "JWG/1")->pinned);
    assert_false(office_item(&d, "JWG/2")->pinned);
    assert_int_equal(office_item(&d, "JWG/2")->parts, 2);
    talloc_free(d.ctx);
}

static void test_cancelled_frees_its_time(void **state)
{
    struct office d = office_brunei(*state);
    struct item *us = office_item(&d, "MIN+1:US");
    us->status = ITEM_CANCELLED;
    us->title = "1st meeting with United States";
    office_lay(&d);
    item_at(&d, "MIN+1:US", "2027-01-22T09:00");
    assert_int_equal(office_item(&d, "MIN+1:US")->status, ITEM_CANCELLED);
    assert_string_equal(office_item(&d, "MIN+1:US")->title,
                        "1st meeting with United States");
    item_at(&d, "MIN+1:CN", "2027-01-22T09:15"); /* ITU is up by 14:45 */
    item_at(&d, "SIGNING", "2027-01-22T15:30");
    talloc_free(d.ctx);
}

/* Once the dates are agreed, what is called off leaves a gap: all others keep
 * their times, until somebody needs the room. */
static void test_a_vacant_place_stays_empty(void **state)
{
    struct office d = office_brunei(*state);
    size_t n = d.draft.n_items;
    struct plan before = d.draft;
    struct item *us = office_item(&d, "MIN+1:US");

    us->status = ITEM_CANCELLED;
    us->vacant = true;
    office_lay(&d);
    assert_int_equal(d.draft.n_items, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(d.draft.items[i].id, before.items[i].id);
        assert_int_equal(local_seconds(d.draft.items[i].start),
                         local_seconds(before.items[i].start));
        assert_int_equal(local_seconds(d.draft.items[i].end),
                         local_seconds(before.items[i].end));
        assert_int_equal(d.draft.items[i].status == ITEM_CANCELLED,
                         strstr(d.draft.items[i].id, "MIN+1:US") != NULL);
    }
    office_pin(&d, "MIN+1:CN", "2027-01-22T09:00"); /* into the gap */
    office_lay(&d);
    item_at(&d, "MIN+1:CN", "2027-01-22T09:00");
    item_at(&d, "MIN+1:US", "2027-01-22T09:00");
    talloc_free(d.ctx);
}

static struct item one_off(struct office *d, const char *start, const char *end)
{
    struct item i = *office_item(d, "JOINT2");
    struct error err;
    i.id = text_format(d->ctx, "%s/BRIEFING", d->edition.id);
    i.code = "BRIEFING";
    i.title = "Briefing of the seniors";
    i.one_off = true;
    assert_true(local_parse(start, &i.start, &err));
    assert_true(local_parse(end, &i.end, &err));
    return i;
}

static void office_add(struct office *d, struct item i)
{
    struct plan *p = &d->draft;
    p->items = array_grow(d->ctx, p->items, struct item, p->n_items + 1);
    p->items[p->n_items++] = i;
}

static void test_one_off_is_laid_around(void **state)
{
    struct office d = office_brunei(*state);
    office_add(&d, one_off(&d, "2027-01-20T10:30", "2027-01-20T11:00"));
    office_lay(&d);
    item_at(&d, "BRIEFING", "2027-01-20T10:30");
    assert_string_equal(office_item(&d, "BRIEFING")->title,
                        "Briefing of the seniors");
    item_at(&d, "SOM+1:US", "2027-01-20T09:00");
    item_at(&d, "SOM+1:CN", "2027-01-20T09:45");
    item_at(&d, "SOM+1:JP", "2027-01-20T11:00");
    nothing_overlaps(&d);
    talloc_free(d.ctx);
}

static void test_one_off_too_long_is_named(void **state)
{
    struct office d = office_brunei(*state);
    office_add(&d, one_off(&d, "2027-01-19T09:00", "2027-01-20T17:00"));
    office_conflict(
        &d, (const char *const[]){"BRIEFING added on Tue 2027-01-19 09:00",
                                  "seniors are in one room at a time", NULL});
    talloc_free(d.ctx);
}

/* ---- rows */

static void test_rows_are_whole(void **state)
{
    struct office d = office_brunei(*state);
    const struct item *i = office_item(&d, "SOM+1:JP");
    assert_string_equal(i->edition, "MINISTERIAL-2027");
    assert_string_equal(i->code, "SOM+1");
    assert_string_equal(i->partner, "JP");
    assert_string_equal(i->zone, "Asia/Brunei");
    assert_string_equal(i->city, "Bandar Seri Begawan");
    assert_string_equal(i->title, "");
    assert_string_equal(i->people, "");
    assert_string_equal(i->uid, "");
    assert_int_equal(i->nth, 0);
    assert_int_equal(i->kind, ITEM_CONSULT);
    assert_int_equal(i->n_bodies, 1);
    assert_int_equal(i->part, 1);
    assert_int_equal(i->parts, 1);
    assert_int_equal(i->status, ITEM_PROPOSED);
    assert_true(instant_is_none(i->created));
    assert_int_equal(i->end_utc.second - i->start_utc.second, 45 * 60);
    assert_string_equal(office_item(&d, "DINNER")->people, "ministers");
    for (size_t k = 1; k < d.draft.n_items; k++)
        assert_true(local_seconds(d.draft.items[k - 1].start) <=
                    local_seconds(d.draft.items[k].start));
    talloc_free(d.ctx);
}

static void test_status_follows_the_edition(void **state)
{
    static const enum item_status want[] = {ITEM_PROPOSED, ITEM_CONFIRMED,
                                            ITEM_PROPOSED, ITEM_CANCELLED,
                                            ITEM_HELD,     ITEM_PROPOSED};
    struct office d = office_brunei(*state);
    for (int s = EDITION_PROPOSED; s <= EDITION_LAPSED; s++) {
        d.edition.status = (enum edition_status)s;
        d.draft.n_items = 0;
        office_lay(&d);
        for (size_t i = 0; i < d.draft.n_items; i++)
            assert_int_equal(d.draft.items[i].status, want[s]);
    }
    talloc_free(d.ctx);
}

static void test_without_dates_without_items(void **state)
{
    struct office d = office_brunei(*state);
    struct item *items = NULL;
    size_t n = 7;
    struct error err;
    d.edition.n_days = 0;
    d.edition.start = d.edition.end = DATE_NONE;
    assert_true(agenda_lay(d.ctx, *state, &d.edition, &d.draft, NULL, &items,
                           &n, &err));
    assert_int_equal(n, 0);
    talloc_free(d.ctx);
}

/* Who hosts is not known yet: the agenda is on the secretariat's clock. */
static void test_without_host(void **state)
{
    struct office d = {.ctx = talloc_new(NULL), .rules = *state};
    d.edition = edition_of(d.ctx, *state, "DDG", "2027-04-06", "SG", NULL, 1);
    d.edition.host = d.edition.city = d.edition.zone = "";
    office_lay(&d);
    item_at(&d, "DDG", "2027-04-06T09:00");
    assert_string_equal(office_item(&d, "DDG")->zone, "Asia/Jakarta");
    assert_string_equal(office_item(&d, "DDG")->city, "");
    assert_int_equal(office_item(&d, "DDG")->start_utc.second % 86400, 7200);
    talloc_free(d.ctx);
}

static void test_unknown_names(void **state)
{
    struct office d = office_brunei(*state);
    struct item *items;
    size_t n;
    struct error err;
    d.edition.zone = "Asia/Brunai";
    assert_false(
        agenda_lay(d.ctx, *state, &d.edition, NULL, NULL, &items, &n, &err));
    assert_int_equal(err.code, REPLY_INPUT);
    d.edition.cluster = "MINISTRIAL";
    assert_false(
        agenda_lay(d.ctx, *state, &d.edition, NULL, NULL, &items, &n, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    talloc_free(d.ctx);
}

/* ---- Brunei's Fridays */

static void test_friday_hours_are_named(void **state)
{
    const struct rules *shipped = *state;
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct rules r = *shipped;
    struct closed noon = {FRI, {11 * 60 + 30, 14 * 60 + 30}};
    r.members = array_new(ctx, struct member, r.n_members);
    for (size_t i = 0; i < r.n_members; i++) {
        r.members[i] = shipped->members[i];
        if (text_same(r.members[i].code, "BN"))
            r.members[i].closed = &noon;
    }
    struct office d = {.ctx = ctx, .rules = &r};
    d.edition = edition_of(ctx, &r, "MINISTERIAL", "2027-01-18", "BN", NULL, 5);
    office_conflict(&d, (const char *const[]){"Fri closed 11:30-14:30 (BN)",
                                              "MIN+1", "SIGNING after MIN+1",
                                              NULL});
    talloc_free(ctx);
}

/* ---- other weeks */

#define HEAD                                                                   \
    "sector S \"S\"\n cycle calendar year\n levels top, low\n"                 \
    " hours 09:00 .. 12:30, 14:00 .. 17:30\n evening 19:00 .. 21:30\n"         \
    "member ID \"Indonesia\" since 1967-08-08 city \"Jakarta\""                \
    " zone Asia/Jakarta\n"                                                     \
    "partner JP \"Japan\" zone Asia/Tokyo\n"                                   \
    "partner IN \"India\" zone Asia/Kolkata\n"                                 \
    "body A \"A\" level top\nbody B \"B\" level low\nbody C \"C\" level low\n" \
    "people both sit in A, C\n"                                                \
    "cluster W \"W\"\n times 1 per cycle\n window 1 Feb .. 1 Nov\n"            \
    " host any member\n lasts 3 days\n"

static char *week_text(TALLOC_CTX *ctx, const char *items, int days)
{
    struct source s = {.name = "s.rules"};
    s.text = text_format(ctx, HEAD "%s", items);
    s.size = strlen(s.text);
    const struct rules *r = rules_of(ctx, s);
    struct edition e = edition_of(ctx, r, "W", "2027-07-06", "ID", NULL, days);
    return strchr(agenda_text(ctx, r, &e, NULL), '\n') + 1;
}

struct week {
    const char *items;
    int days;
    const char *want; /* without the lines' ends */
};

static const struct week weeks[] = {
    /* Parallel without shared people, one after the other with. */
    {" meeting X \"X\" of A half day\n meeting Y \"Y\" of B half day\n"
     " meeting Z \"Z\" of C half day\n",
     1,
     "Tue  6 Jul  09:00-12:30  02:00Z  X            A\n"
     "Tue  6 Jul  09:00-12:30  02:00Z  Y            B\n"
     "Tue  6 Jul  14:00-17:30  07:00Z  Z            C\n"},
    /* Kolkata's half hour; half-day sessions; the same delegation twice, India
     * after lunch, when offices there are open. */
    {" consult X \"X\" of A + JP, IN half day\n"
     " consult Y \"Y\" of B + IN, JP half day\n",
     2,
     "Tue  6 Jul  09:00-12:30  02:00Z  X:JP         A + JP (Tue 11:00 there)\n"
     "Tue  6 Jul  14:00-17:30  07:00Z  X:IN         A + IN (Tue 12:30 there)\n"
     "\n"
     "Wed  7 Jul  09:00-12:30  02:00Z  Y:JP         B + JP (Wed 11:00 there)\n"
     "Wed  7 Jul  14:00-17:30  07:00Z  Y:IN         B + IN (Wed 12:30 "
     "there)\n"},
    /* Places: last day, afternoon, an hour in the evening, before. */
    {" meeting X \"X\" of A 60 min on the last day in the afternoon\n"
     " social Y \"Y\" of A 60 min evening\n"
     " event  V \"V\" open 2 days\n"
     " meeting Z \"Z\" of A 30 min before Y\n",
     2,
     "Tue  6 Jul  09:00-17:30  02:00Z  V/1          open\n"
     "Tue  6 Jul  09:00-09:30  02:00Z  Z            A\n"
     "Tue  6 Jul  19:00-20:00  12:00Z  Y            A\n"
     "\n"
     "Wed  7 Jul  09:00-17:30  02:00Z  V/2          open\n"
     "Wed  7 Jul  14:00-15:00  07:00Z  X            A\n"},
    /* Too long for any opening: that item alone is named. */
    {" meeting X \"X\" of A 240 min\n meeting Y \"Y\" of B 1 day\n", 1,
     "conflict s.rules:18:2: W-2027 does not fit into Tue 6 July 2027 "
     "(09:00-12:30, 14:00-17:30): X takes 240 minutes\n"},
    /* Alike: in the order of the file, no gap between them. */
    {" meeting X \"X\" of A 60 min\n meeting Y \"Y\" of A 60 min\n"
     " meeting Z \"Z\" of A 60 min\n meeting V \"V\" of A 60 min\n",
     2,
     "Tue  6 Jul  09:00-10:00  02:00Z  X            A\n"
     "Tue  6 Jul  10:00-11:00  03:00Z  Y            A\n"
     "Tue  6 Jul  11:00-12:00  04:00Z  Z            A\n"
     "Tue  6 Jul  14:00-15:00  07:00Z  V            A\n"},
    /* Three halves are not to be had in a day, and no search is needed. */
    {" consult X \"X\" of A + JP, IN half day\n meeting Y \"Y\" of A half "
     "day\n",
     1,
     "conflict s.rules:18:2: W-2027 does not fit into Tue 6 July 2027 "
     "(09:00-12:30, 14:00-17:30): both are in one room at a time, where X "
     "takes 2 times half a day, Y takes half a day\n"},
    /* The group is what keeps them apart. */
    {" meeting X \"X\" of A 1 day\n meeting Y \"Y\" of C 1 day\n", 1,
     "conflict s.rules:18:2: W-2027 does not fit into Tue 6 July 2027 "
     "(09:00-12:30, "
     "14:00-17:30): both are in one room at a time, where X takes 1 day, "
     "Y takes 1 day\n"},
};

/* A single long opening has a morning and an afternoon all the same. */
static void test_one_long_opening(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct rules *shipped = *state;
    struct sector usual = *shipped->sectors;
    struct hours hours = {8 * 60, 17 * 60};
    shipped->sectors->hours = &hours;
    shipped->sectors->n_hours = 1;
    struct edition e =
        edition_of(ctx, shipped, "RETREAT", "2027-07-13", "VN", NULL, 2);
    assert_string_equal(
        agenda_text(ctx, shipped, &e, NULL),
        "RETREAT-2027, Ha Noi (Asia/Ho_Chi_Minh), 13-14 July 2027\n"
        "Tue 13 Jul  08:00-17:00  01:00Z  JOINT1       ADGSOM ATRC\n"
        "\n"
        "Wed 14 Jul  08:00-12:30  01:00Z  OUTING       with seniors\n");
    *shipped->sectors = usual;
    talloc_free(ctx);
}

static void test_weeks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof weeks / sizeof *weeks; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        assert_string_equal(week_text(ctx, weeks[i].items, weeks[i].days),
                            weeks[i].want);
        talloc_free(ctx);
    }
}

static int world_make(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    *state = (void *)(uintptr_t)rules_shipped(ctx);
    return 0;
}

static int world_free(void **state)
{
    return talloc_free(talloc_parent(*state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_again_is_the_same),
        cmocka_unit_test(test_pinned_stays),
        cmocka_unit_test(test_pinned_session_leaves_its_block),
        cmocka_unit_test(test_pinned_in_a_break),
        cmocka_unit_test(test_pinned_elsewhere_is_free),
        cmocka_unit_test(test_pinned_too_late_is_named),
        cmocka_unit_test(test_part_pinned),
        cmocka_unit_test(test_cancelled_frees_its_time),
        cmocka_unit_test(test_a_vacant_place_stays_empty),
        cmocka_unit_test(test_one_off_is_laid_around),
        cmocka_unit_test(test_one_off_too_long_is_named),
        cmocka_unit_test(test_rows_are_whole),
        cmocka_unit_test(test_status_follows_the_edition),
        cmocka_unit_test(test_without_dates_without_items),
        cmocka_unit_test(test_without_host),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_friday_hours_are_named),
        cmocka_unit_test(test_one_long_opening),
        cmocka_unit_test(test_weeks),
    };
    return cmocka_run_group_tests(tests, world_make, world_free);
}
