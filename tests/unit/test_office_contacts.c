/* Contacts: words, clocks, and what concerns whom. */
#include "office_world.h"

static void test_words(void **state)
{
    static const char *const roles[] = {"delegate", "focal", "host", "desk",
                                        "partner"};
    static const char *const channels[] = {"feed", "invite", "none"};
    enum role r;
    enum channel c;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(role_parse(roles[i], &r));
        assert_string_equal(role_word(r), roles[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(channel_parse(channels[i], &c));
        assert_string_equal(channel_word(c), channels[i]);
    }
    assert_true(role_parse("Focal", &r));
    assert_int_equal(r, ROLE_FOCAL);
    assert_false(role_parse("chair", &r));
    assert_false(channel_parse("", &c));
}

static void test_zones(void **state)
{
    static const struct {
        const char *of, *zone, *lives_by;
    } cases[] = {
        {"BN", "", "Asia/Brunei"},
        {"bn", "", "Asia/Brunei"},
        {"JP", "", "Asia/Tokyo"},
        {"SEC", "", "Asia/Jakarta"},
        {"BN", "Asia/Tokyo", "Asia/Tokyo"},
        {"BN", "Europe/Zurich", "Europe/Zurich"}, /* the rules know it not */
        {"BN", "Europe/Nowhere", "Asia/Brunei"},
        {"BN", NULL, "Asia/Brunei"},
    };
    struct world *w = world_new();
    struct contacts all = {0};
    struct contact *c = add_contact(w, &all, "a@b.example", "", "", ROLE_DESK);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        c->of = cases[i].of;
        c->zone = cases[i].zone;
        assert_string_equal(zone_name(contact_zone(&w->rules, c)),
                            cases[i].lives_by);
    }
    w->sector.seat = NULL;
    c->of = "SEC";
    c->zone = "";
    assert_string_equal(zone_name(contact_zone(&w->rules, c)), "UTC");
    talloc_free(w);
}

struct hearing {
    const char *of, *bodies;
    enum role role;
    const char *item;
    bool hears;
};

static void test_hears(void **state)
{
    static const struct hearing cases[] = {
        /* members: by their bodies, those of an item's people too */
        {"BN", "TOP", ROLE_FOCAL, "WEEK-2027/MIN", true},
        {"BN", "top", ROLE_DELEGATE, "WEEK-2027/MIN", true},
        {"BN", "TOP", ROLE_FOCAL, "WEEK-2027/MIN+1:JP", true},
        {"BN", "TOP", ROLE_FOCAL, "WEEK-2027/OPENING", true},
        {"BN", "MID", ROLE_FOCAL, "WEEK-2027/OPENING", false},
        {"BN", "MID", ROLE_FOCAL, "WEEK-2027/MIN", false},
        {"BN", "MID;TOP", ROLE_FOCAL, "WEEK-2027/MIN", true},
        {"BN", "", ROLE_FOCAL, "WEEK-2027/MIN", true},
        {"BN", "LOW", ROLE_FOCAL, "CALL-2025/LOW", true},
        {"BN", "MID", ROLE_FOCAL, "CALL-2025/LOW", true}, /* joint */
        {"BN", "TOP", ROLE_FOCAL, "FAIR-2027/FAIR", false},
        {"BN", "", ROLE_FOCAL, "FAIR-2027/FAIR", false},
        {"XX", "TOP", ROLE_FOCAL, "WEEK-2027/MIN", false},
        {"SEC", "TOP", ROLE_FOCAL, "WEEK-2027/MIN", false},
        /* only while a member */
        {"TL", "TOP", ROLE_FOCAL, "WEEK-2027/MIN", true},
        {"TL", "LOW", ROLE_FOCAL, "CALL-2025/LOW", false},
        /* partners: their own consultations, and events they take part in */
        {"JP", "TOP", ROLE_PARTNER, "WEEK-2027/MIN+1:JP", true},
        {"JP", "TOP", ROLE_PARTNER, "WEEK-2027/MIN+1:CN", false},
        {"JP", "MID", ROLE_PARTNER, "WEEK-2027/MIN+1:JP", false},
        {"JP", "TOP", ROLE_PARTNER, "WEEK-2027/MIN", false},
        {"JP", "TOP", ROLE_FOCAL, "WEEK-2027/MIN+1:JP", true},
        {"JP", "", ROLE_PARTNER, "FAIR-2027/FAIR", true},
        {"CN", "", ROLE_PARTNER, "FAIR-2027/FAIR", false},
        /* the desk: its bodies, and what has none */
        {"SEC", "TOP", ROLE_DESK, "WEEK-2027/MIN", true},
        {"SEC", "LOW", ROLE_DESK, "WEEK-2027/MIN", false},
        {"SEC", "LOW", ROLE_DESK, "FAIR-2027/FAIR", true},
        /* the host's desk: what is held on its ground */
        {"BN", "TOP", ROLE_HOST, "WEEK-2027/MIN", true},
        {"BN", "LOW", ROLE_HOST, "WEEK-2027/MIN", false},
        {"ID", "TOP", ROLE_HOST, "WEEK-2027/MIN", false},
        {"ID", "LOW", ROLE_HOST, "CALL-2025/LOW", true}, /* in Bali */
        {"BN", "LOW", ROLE_HOST, "CALL-2025/LOW", false},
        {"TL", "LOW", ROLE_HOST, "FAIR-2027/FAIR", true}, /* by its zone */
    };
    struct world *w = world_new();
    struct place bali = {
        "Bali", &w->members[1], zone_of(w, "Asia/Makassar"), {"rules", 1, 1}};
    struct edition *e;

    (void)state;
    w->rules.places = &bali;
    w->rules.n_places = 1;
    add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_CONFIRMED);
    e = add_edition(w, "CALL-2025", "CALL", 2025, 0, "2025-10-20", "2025-10-20",
                    EDITION_HELD);
    e->city = "Bali";
    add_item(w, ITEM_MEETING, "LOW", "", "MID;LOW", "2025-10-20");
    e = add_edition(w, "FAIR-2027", "FAIR", 2027, 0, "2027-10-20", "2027-10-20",
                    EDITION_CONFIRMED);
    e->city = "Somewhere";
    e->zone = "Asia/Dili";
    add_item(w, ITEM_EVENT, "FAIR", "", "", "2027-10-20")->open = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hearing *h = &cases[i];
        struct contacts all = {0};
        struct contact *c =
            add_contact(w, &all, "a@b.example", h->of, h->bodies, h->role);

        if (contact_hears_item(&w->rules, c, plan_item(&w->plan, h->item)) !=
            h->hears)
            fail_msg("%s %s %s %s", role_word(h->role), h->of, h->bodies,
                     h->item);
    }
    talloc_free(w);
}

/* FAIR-2-2027 belongs to the cluster FAIR-2, not to cycle 2 of FAIR. */
static void test_cluster_of_edition(void **state)
{
    struct world *w = world_new();
    struct contacts all = {0};
    struct contact *c = add_contact(w, &all, "jp", "JP", "", ROLE_PARTNER);
    struct item *i;

    (void)state;
    w->clusters[1].code = "FAIR-2";
    w->call[0] = w->fair[0];
    w->call[0].n_partners = 0;
    add_edition(w, "FAIR-2-2027", "FAIR-2", 2027, 0, "2027-10-20", "2027-10-20",
                EDITION_CONFIRMED);
    i = add_item(w, ITEM_EVENT, "FAIR", "", "", "2027-10-20");
    assert_false(contact_hears_item(&w->rules, c, i));
    i->edition = "FAIR-2027";
    assert_true(contact_hears_item(&w->rules, c, i));
    i->one_off = true; /* no rule invites to it */
    assert_false(contact_hears_item(&w->rules, c, i));
    i->edition = "FAIRY-2027";
    i->one_off = false;
    assert_false(contact_hears_item(&w->rules, c, i));
    talloc_free(w);
}

static void test_owns(void **state)
{
    static const struct {
        enum owner_kind kind;
        const char *owner;
        const char *of, *bodies;
        enum role role;
        bool owns;
    } cases[] = {
        {OWNER_HOST, "BN", "BN", "TOP", ROLE_HOST, true},
        {OWNER_HOST, "BN", "BN", "MID", ROLE_FOCAL, true},
        {OWNER_HOST, "BN", "BN", "LOW", ROLE_HOST, false},
        {OWNER_HOST, "BN", "ID", "TOP", ROLE_HOST, false},
        {OWNER_HOST, "BN", "BN", "TOP", ROLE_DESK, false},
        {OWNER_SECRETARIAT, "secretariat", "SEC", "TOP", ROLE_DESK, true},
        {OWNER_SECRETARIAT, "secretariat", "SEC", "LOW", ROLE_DESK, false},
        {OWNER_SECRETARIAT, "secretariat", "SEC", "", ROLE_DESK, true},
        {OWNER_SECRETARIAT, "secretariat", "BN", "TOP", ROLE_FOCAL, false},
        {OWNER_MEMBERS, "ID", "ID", "TOP", ROLE_FOCAL, true},
        {OWNER_MEMBERS, "ID", "ID", "TOP", ROLE_DELEGATE, true},
        {OWNER_MEMBERS, "ID", "ID", "TOP", ROLE_HOST, false},
        {OWNER_MEMBERS, "ID", "BN", "TOP", ROLE_FOCAL, false},
        {OWNER_PARTNERS, "JP", "JP", "TOP", ROLE_PARTNER, true},
        {OWNER_PARTNERS, "JP", "CN", "TOP", ROLE_PARTNER, false},
        {OWNER_BODY, "MID", "ID", "MID", ROLE_FOCAL, true},
        {OWNER_BODY, "MID", "ID", "TOP", ROLE_FOCAL, false},
        {OWNER_BODY, "MID", "JP", "MID", ROLE_PARTNER, false},
    };
    static const char *bodies[] = {"TOP", "MID"};
    struct world *w = world_new();
    struct edition *e =
        add_week(w, "WEEK-2027", 2027, "2027-01-18", EDITION_CONFIRMED);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct contacts all = {0};
        struct contact *c = add_contact(w, &all, "a@b.example", cases[i].of,
                                        cases[i].bodies, cases[i].role);
        struct task t = {.owner_kind = cases[i].kind,
                         .owner = cases[i].owner,
                         .bodies = bodies,
                         .n_bodies = 2};

        if (contact_owns(&w->rules, c, &t, e) != cases[i].owns)
            fail_msg("case %zu", i);
    }
    talloc_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_hears),
        cmocka_unit_test(test_cluster_of_edition),
        cmocka_unit_test(test_owns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
