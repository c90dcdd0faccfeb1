/*
 * Private feeds, who may see an item, polls, and the floor of SEQUENCE.
 */
#include <sys/stat.h>

#include "tests/unit/test_store.h"

#define HASH_A                                                                 \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B                                                                 \
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* ---- private feeds */

static struct feed_token token(const char *hash, const char *name)
{
    static const char *bodies[] = {"SOM", "JWG"};

    return (struct feed_token){.hash = hash,
                               .name = name,
                               .email = "a@example.org",
                               .bodies = bodies,
                               .n_bodies = 2,
                               .made = {100},
                               .revoked = INSTANT_NONE,
                               .alarm = 30};
}

static size_t tokens(struct fixture *f, struct feed_token **ret)
{
    size_t n;

    assert_good(f, store_feed_tokens(f->ctx, f->st, ret, &n, &f->err));
    return n;
}

static void a_token_comes_back(void **state)
{
    struct fixture *f = *state;
    struct feed_token t = token(HASH_A, "desk"), *all;

    assert_good(f, store_add_feed_token(f->st, &t, &f->err));
    store_reopen(f);
    assert_int_equal(tokens(f, &all), 1);
    assert_string_equal(all[0].hash, HASH_A);
    assert_string_equal(all[0].name, "desk");
    assert_string_equal(all[0].email, "a@example.org");
    assert_int_equal(all[0].n_bodies, 2);
    assert_string_equal(all[0].bodies[1], "JWG");
    assert_int_equal(all[0].made.second, 100);
    assert_true(instant_is_none(all[0].revoked));
    assert_int_equal(all[0].alarm, 30);
}

/* One good address a name; the old ones stay for their notice. */
static void a_name_has_one_good_token(void **state)
{
    struct fixture *f = *state;
    struct feed_token a = token(HASH_A, "desk"), b = token(HASH_B, "DESK");
    struct feed_token *all;

    assert_good(f, store_add_feed_token(f->st, &a, &f->err));
    assert_bad(f, REPLY_CONFLICT, "there is one already",
               store_add_feed_token(f->st, &b, &f->err));
    assert_good(f, store_revoke_feed_token(f->st, "Desk", at(200), &f->err));
    assert_bad(f, REPLY_NOTFOUND, "no private feed desk",
               store_revoke_feed_token(f->st, "desk", at(300), &f->err));
    assert_good(f, store_add_feed_token(f->st, &b, &f->err));
    assert_int_equal(tokens(f, &all), 2);
    assert_int_equal(all[0].revoked.second, 200);
    assert_true(instant_is_none(all[1].revoked));
}

static void a_token_is_refused(void **state)
{
    struct fixture *f = *state;
    struct feed_token t = token("short", "desk");

    assert_bad(f, REPLY_INPUT, "not allowed",
               store_add_feed_token(f->st, &t, &f->err));
    t = token(HASH_A, "");
    assert_bad(f, REPLY_INPUT, "not allowed",
               store_add_feed_token(f->st, &t, &f->err));
    t = token(HASH_A, "desk");
    t.alarm = 50000;
    assert_bad(f, REPLY_INPUT, "not allowed",
               store_add_feed_token(f->st, &t, &f->err));
}

/* ---- who may see an item */

static void access_is_remembered_by_item(void **state)
{
    struct fixture *f = *state;
    struct item_access row = {"M-2027/SOM", ITEM_FOR_INVITED, ""}, *all;
    size_t n;

    assert_good(f, store_put_item_access(f->st, &row, &f->err));
    row = (struct item_access){"m-2027/som", ITEM_FOR_NOBODY,
                               "https://v.example.org/a"};
    assert_good(f, store_put_item_access(f->st, &row, &f->err));
    row.item = "A-2027/JWG";
    row.audience = ITEM_FOR_ALL;
    assert_good(f, store_put_item_access(f->st, &row, &f->err));
    store_reopen(f);
    assert_good(f, store_item_accesses(f->ctx, f->st, &all, &n, &f->err));
    assert_int_equal(n, 2);
    assert_string_equal(all[0].item, "A-2027/JWG");
    assert_string_equal(all[1].link, "https://v.example.org/a");
    assert_int_equal(all[1].audience, ITEM_FOR_NOBODY);
    row.item = "";
    assert_bad(f, REPLY_INPUT, "not allowed",
               store_put_item_access(f->st, &row, &f->err));
}

/* ---- polls */

static void polls_are_kept_by_feed_and_family(void **state)
{
    struct fixture *f = *state;
    struct poll_row row = {"all", "google", 1, 0, {100}}, *all;
    size_t n;

    assert_good(f, store_put_poll(f->st, &row, &f->err));
    row = (struct poll_row){"all", "google", 2, 5, {300}};
    assert_good(f, store_put_poll(f->st, &row, &f->err));
    row = (struct poll_row){"all", "apple", 1, 0, {200}};
    assert_good(f, store_put_poll(f->st, &row, &f->err));
    store_reopen(f);
    assert_good(f, store_polls(f->ctx, f->st, &all, &n, &f->err));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].family, "google") == 0) {
            assert_int_equal(all[i].full, 2);
            assert_int_equal(all[i].unchanged, 5);
            assert_int_equal(all[i].last.second, 300);
        }
}

/* ---- the floor of SEQUENCE */

static int floor_of(struct fixture *f, bool *ret_restored)
{
    struct floor floor;

    assert_good(f, store_floor(f->ctx, f->st, &floor, &f->err));
    *ret_restored = floor.restored;
    return floor.sequence;
}

static bool set_floor(struct fixture *f, int sequence)
{
    return store_set_floor(f->st, &(struct floor){.sequence = sequence},
                           &f->err);
}

static void write_floor(struct fixture *f, const char *text)
{
    char *path = text_format(f->ctx, "%s/sequence", f->directory);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void the_floor_lies_in_both_places(void **state)
{
    struct fixture *f = *state;
    bool restored;

    assert_int_equal(floor_of(f, &restored), 0);
    assert_false(restored);
    assert_good(f, set_floor(f, 7));
    store_reopen(f);
    assert_int_equal(floor_of(f, &restored), 7);
    assert_false(restored);
}

/* The database knows 7, the file beside it 12: a copy was put back. */
static void a_file_ahead_is_a_restore(void **state)
{
    struct fixture *f = *state;
    bool restored;

    assert_good(f, set_floor(f, 7));
    write_floor(f, "12\n");
    assert_int_equal(floor_of(f, &restored), 12);
    assert_true(restored);
    assert_good(f, set_floor(f, 13));
    assert_int_equal(floor_of(f, &restored), 13);
    assert_false(restored);
}

/* A copy that was put back knows nothing of addresses made after it. */
static void a_floor_names_all_that_was_served(void **state)
{
    struct fixture *f = *state;
    const char *names[] = {"all", "body/A", "deadlines/BN"};
    struct floor floor = {.sequence = 3, .feeds = names, .n_feeds = 3};

    assert_good(f, store_set_floor(f->st, &floor, &f->err));
    store_reopen(f);
    assert_good(f, store_floor(f->ctx, f->st, &floor, &f->err));
    assert_int_equal(floor.sequence, 3);
    assert_int_equal(floor.n_feeds, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(floor.feeds[i], names[i]);
}

static const char *uid_of(struct fixture *f, const char *thing)
{
    struct identity id;

    assert_good(f, store_identity(f->ctx, f->st, thing, "asd.example.org",
                                  at(1), &id, &f->err));
    return id.uid;
}

/* Whatever the database knows: the file's key is the one of what was given out
 * last. One without a key, as they were once, is no reason to take another. */
static void a_uid_is_made_with_the_key_of_the_file(void **state)
{
    struct fixture *f = *state;
    const char *path = text_format(f->ctx, "%s/sequence", f->directory);
    const char *mine, *known = uid_of(f, "KNOWN-2027");

    assert_good(f, set_floor(f, 7));
    mine = uid_of(f, "A-2027");
    write_floor(f, "8\n");
    store_reopen(f);
    assert_string_not_equal(uid_of(f, "B-2027"), mine);
    write_floor(f, "9\nkey 00\nbody/A\n");
    store_reopen(f);
    assert_string_equal(uid_of(f, "C-2027"),
                        "menq2moqxdcv5bkpylysjfin72y4@asd.example.org");
    assert_string_equal(uid_of(f, "A-2027"), mine); /* for ever */
    assert_string_equal(uid_of(f, "KNOWN-2027"), known);
    assert_good(f, set_floor(f, 10));
    assert_int_equal(unlink(path), 0);
    store_reopen(f);
    assert_string_equal(uid_of(f, "D-2027"),
                        "k6ydai2q3qdbo3vkac3ra2jlqkiq@asd.example.org");
}

/* A database that is ahead, or a file that says nothing, is no restore. */
static void a_file_behind_or_broken_is_none(void **state)
{
    static const char *const texts[] = {"3\n",  "",        "rubbish\n",
                                        "-5\n", "9999999", "\xff\xfe"};
    struct fixture *f = *state;
    bool restored;

    assert_good(f, set_floor(f, 7));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_floor(f, texts[i]);
        assert_int_equal(floor_of(f, &restored), 7);
        assert_false(restored);
    }
    assert_int_equal(remove(text_format(f->ctx, "%s/sequence", f->directory)),
                     0);
    assert_int_equal(floor_of(f, &restored), 7);
}

/* A file that cannot be written is told: the release must not go on. */
static void a_floor_that_cannot_be_kept_is_told(void **state)
{
    struct fixture *f = *state;
    char *path = text_format(f->ctx, "%s/sequence.new", f->directory);

    assert_int_equal(mkdir(path, 0700), 0);
    assert_bad(f, REPLY_INTERNAL, "/sequence: ", set_floor(f, 7));
    assert_int_equal(rmdir(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_token_comes_back),
        STORE_TEST(a_name_has_one_good_token),
        STORE_TEST(a_token_is_refused),
        STORE_TEST(access_is_remembered_by_item),
        STORE_TEST(polls_are_kept_by_feed_and_family),
        STORE_TEST(the_floor_lies_in_both_places),
        STORE_TEST(a_file_ahead_is_a_restore),
        STORE_TEST(a_floor_names_all_that_was_served),
        STORE_TEST(a_uid_is_made_with_the_key_of_the_file),
        STORE_TEST(a_file_behind_or_broken_is_none),
        STORE_TEST(a_floor_that_cannot_be_kept_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
