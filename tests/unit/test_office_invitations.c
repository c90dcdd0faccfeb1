/* Invitations: what is owed is the difference to what was told last. */
#include "office_world.h"

/* One confirmed edition with a meeting of TOP and one of MID; a contact. */
struct scene {
    struct world *w;
    struct contacts contacts;
    struct contact *contact;
    struct item *top;
    struct told told[2];
    size_t n_told;
    struct instant now;
};

static struct scene scene_of(const char *bodies)
{
    struct scene s = {.w = world_new(), .now = at("2027-01-01T00:00:00Z")};
    struct world *w = s.w;

    (void)add_edition(w, "WEEK-2027", "WEEK", 2027, 0, "2027-01-18",
                      "2027-01-19", EDITION_CONFIRMED);
    (void)add_item(w, ITEM_MEETING, "M", "", "MID", "2027-01-19");
    (void)add_item(w, ITEM_MEETING, "T", "", "TOP", "2027-01-18");
    for (size_t i = 0; i < w->plan.n_items; i++) {
        w->plan.items[i].status = ITEM_CONFIRMED;
        w->plan.items[i].sequence = 1;
    }
    s.top = &w->plan.items[1];
    s.contact =
        add_contact(w, &s.contacts, "a@example.org", "ID", bodies, ROLE_FOCAL);
    s.contact->channel = CHANNEL_INVITE;
    return s;
}

static void tell(struct scene *s, int sequence, bool cancelled)
{
    s->told[s->n_told++] = (struct told){.to = "A@example.org",
                                         .item = s->top->id,
                                         .sequence = sequence,
                                         .cancelled = cancelled,
                                         .begun = !cancelled,
                                         .rounds = cancelled};
}

static struct invitations owed(struct scene *s)
{
    return office_invitations(s->w->ctx, &s->w->rules, &s->w->plan,
                              &s->contacts, s->told, s->n_told, s->now);
}

/* One row about the meeting of TOP, of that kind. */
static struct invitation only(struct scene *s, enum notice_kind kind)
{
    struct invitations all = owed(s);

    assert_int_equal(all.n, 1);
    assert_ptr_equal(all.rows[0].item, s->top);
    assert_int_equal(all.rows[0].kind, kind);
    return all.rows[0];
}

static void nothing(struct scene *s)
{
    assert_int_equal(owed(s).n, 0);
}

static void end(struct scene *s)
{
    talloc_free(s->w);
}

static void test_who_was_told_nothing_is_invited(void **state)
{
    struct scene s = scene_of("TOP");

    (void)state;
    assert_int_equal(only(&s, NOTICE_INVITATION).round, 0);
    tell(&s, 1, false);
    nothing(&s);
    end(&s);
}

static void test_a_higher_sequence_is_a_change(void **state)
{
    struct scene s = scene_of("TOP");

    (void)state;
    tell(&s, 0, false);
    (void)only(&s, NOTICE_CHANGE);
    s.told[0].begun = false; /* nobody has seen it yet */
    (void)only(&s, NOTICE_INVITATION);
    end(&s);
}

static void test_what_is_off_is_cancelled(void **state)
{
    struct scene s = scene_of("TOP");

    (void)state;
    s.top->status = ITEM_CANCELLED;
    nothing(&s); /* to those who were never told */
    tell(&s, 1, false);
    assert_false(only(&s, NOTICE_CANCELLATION).left);
    s.told[0].cancelled = true;
    nothing(&s);
    end(&s);
}

static void test_who_leaves_hears_it(void **state)
{
    struct scene s = scene_of("LOW");

    (void)state;
    tell(&s, 1, false);
    assert_true(only(&s, NOTICE_CANCELLATION).left);
    assert_true(only(&s, NOTICE_CANCELLATION).begun);
    s.top->sequence = 2; /* and it moved, too */
    assert_true(only(&s, NOTICE_CANCELLATION).left);
    end(&s);
}

static void test_the_channel_decides(void **state)
{
    struct scene s = scene_of("TOP");

    (void)state;
    s.contact->channel = CHANNEL_FEED;
    nothing(&s);
    tell(&s, 1, false);
    assert_true(only(&s, NOTICE_CANCELLATION).left);
    s.contact->channel = CHANNEL_NONE;
    nothing(&s);
    s.contact->channel = CHANNEL_INVITE;
    s.contact->refusals = 2;
    nothing(&s);
    s.contact->refusals = 0;
    s.contact->unsubscribed = true; /* refuses no invitations */
    s.top->sequence = 2;
    (void)only(&s, NOTICE_CHANGE);
    end(&s);
}

static void test_who_comes_back_is_invited_in_another_round(void **state)
{
    struct scene s = scene_of("TOP");

    (void)state;
    tell(&s, 1, true);
    assert_int_equal(only(&s, NOTICE_INVITATION).round, 1);
    end(&s);
}

static void test_what_is_proposed_or_past_is_nobodys(void **state)
{
    struct scene s = scene_of("TOP");

    (void)state;
    s.w->plan.editions[0].status = EDITION_PROPOSED;
    nothing(&s);
    s.w->plan.editions[0].status = EDITION_CONFIRMED;
    s.now = s.top->start_utc;
    nothing(&s);
    tell(&s, 0, false);
    nothing(&s);
    end(&s);
}

static void test_ahead_is_what_a_newcomer_hears_of(void **state)
{
    struct scene s = scene_of("TOP;MID");
    static const char *const mid[] = {"MID"};
    const char **ids;
    size_t n;

    (void)state;
    ids = office_ahead(s.w->ctx, &s.w->rules, &s.w->plan, s.contact, mid, 1,
                       s.now, &n);
    assert_int_equal(n, 1);
    assert_string_equal(ids[0], "WEEK-2027/M");
    ids = office_ahead(s.w->ctx, &s.w->rules, &s.w->plan, s.contact, NULL, 0,
                       s.now, &n);
    assert_int_equal(n, 2);
    s.top->status = ITEM_CANCELLED;
    ids = office_ahead(s.w->ctx, &s.w->rules, &s.w->plan, s.contact, NULL, 0,
                       s.now, &n);
    assert_int_equal(n, 1);
    ids = office_ahead(s.w->ctx, &s.w->rules, &s.w->plan, s.contact, NULL, 0,
                       at("2028-01-01T00:00:00Z"), &n);
    assert_int_equal(n, 0);
    (void)ids;
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_was_told_nothing_is_invited),
        cmocka_unit_test(test_a_higher_sequence_is_a_change),
        cmocka_unit_test(test_what_is_off_is_cancelled),
        cmocka_unit_test(test_who_leaves_hears_it),
        cmocka_unit_test(test_the_channel_decides),
        cmocka_unit_test(test_who_comes_back_is_invited_in_another_round),
        cmocka_unit_test(test_what_is_proposed_or_past_is_nobodys),
        cmocka_unit_test(test_ahead_is_what_a_newcomer_hears_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
