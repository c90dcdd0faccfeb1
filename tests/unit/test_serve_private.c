/*
 * Secrets of private feeds: what they are, what is kept of them, and whom they
 * are.
 */
#include "daemon/serve/private.h"

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "tests/unit/test_store.h"

static const char *made(struct fixture *f, struct serve *s, const char *name)
{
    struct contact c = {.email = "a@example.org"};
    const char *secret = NULL;

    assert_good(
        f, private_make(f->ctx, s, name, &c, NULL, 0, 15, &secret, &f->err));
    return secret;
}

static void serve_load(struct fixture *f, struct serve *s)
{
    assert_good(f, store_feed_tokens(f->ctx, f->st, &s->out.tokens,
                                     &s->out.n_tokens, &f->err));
}

static struct serve serve_on(struct fixture *f)
{
    return (struct serve){
        .ctx = f->ctx, .clock = clock_manual(at(100)), .store = f->st};
}

static const char *hash_of(TALLOC_CTX *ctx, const char *secret)
{
    unsigned char octets[DIGEST_SIZE];
    struct digest d;

    digest_begin(&d);
    digest_add(&d, secret, strlen(secret));
    digest_end(&d, octets);
    return digest_hex(ctx, octets, sizeof octets);
}

static void a_secret_has_256_bits_and_is_kept_as_a_digest(void **state)
{
    struct fixture *f = *state;
    struct serve s = serve_on(f);
    const char *a = made(f, &s, "one"), *b = made(f, &s, "two");

    assert_int_equal(strlen(a), 64);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    assert_string_not_equal(a, b);
    serve_load(f, &s);
    assert_int_equal(s.out.n_tokens, 2);
    assert_string_equal(s.out.tokens[0].hash, hash_of(f->ctx, a));
    assert_string_not_equal(s.out.tokens[0].hash, a);
    assert_int_equal(s.out.tokens[0].alarm, 15);
}

static void a_secret_opens_its_own(void **state)
{
    struct fixture *f = *state;
    struct serve s = serve_on(f);
    const char *a = made(f, &s, "one"), *b = made(f, &s, "two");
    char wrong[65];

    serve_load(f, &s);
    assert_string_equal(private_token(&s, a)->name, "one");
    assert_string_equal(private_token(&s, b)->name, "two");
    for (size_t i = 0; i < 64; i++) {
        (void)snprintf(wrong, sizeof wrong, "%s", a);
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        assert_null(private_token(&s, wrong));
    }
    assert_null(private_token(&s, ""));
    assert_null(private_token(&s, s.out.tokens[0].hash)); /* no key itself */
}

/* The comparison looks at every octet, whatever it has seen. */
static void digests_are_compared_whole(void **state)
{
    (void)state;
    assert_true(digest_same_text("abcd", "abcd"));
    assert_false(digest_same_text("abcd", "bbcd"));
    assert_false(digest_same_text("abcd", "abce"));
    assert_false(digest_same_text("abcd", "abcde"));
    assert_false(digest_same_text("", "a"));
}

static void names_of_private_bodies(void **state)
{
    (void)state;
    assert_true(is_private("private/desk"));
    assert_false(is_private("body/private"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_secret_has_256_bits_and_is_kept_as_a_digest),
        STORE_TEST(a_secret_opens_its_own),
        STORE_TEST(digests_are_compared_whole),
        STORE_TEST(names_of_private_bodies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
