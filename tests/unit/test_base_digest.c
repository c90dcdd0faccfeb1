/*
 * Digests: the vectors of FIPS 180-4, RFC 4231 and RFC 4648.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"

#include <cmocka.h>

static char *hash(TALLOC_CTX *ctx, const char *text, size_t step)
{
    unsigned char octets[DIGEST_SIZE];
    size_t size = strlen(text);
    struct digest d;

    digest_begin(&d);
    for (size_t at = 0; at < size; at += step)
        digest_add(&d, text + at, size - at < step ? size - at : step);
    digest_end(&d, octets);
    return digest_hex(ctx, octets, sizeof octets);
}

static void test_sha256(void **state)
{
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t step = 1; step < 70; step += 23)
            assert_string_equal(hash(ctx, rows[i].text, step), rows[i].digest);
    talloc_free(ctx);
}

/* Every length around the block's end is padded right. */
static void test_million(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *text = array_new(ctx, char, 1000001);

    (void)state;
    memset(text, 'a', 1000000);
    assert_string_equal(
        hash(ctx, text, 1000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    talloc_free(ctx);
}

static void test_hmac(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    unsigned char octets[DIGEST_SIZE];

    (void)state;
    digest_mac("Jefe", 4, "what do ya want for nothing?", octets);
    assert_string_equal(
        digest_hex(ctx, octets, sizeof octets),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    talloc_free(ctx);
}

static void test_base32(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    assert_string_equal(digest_base32(ctx, (const unsigned char *)"fooba", 40),
                        "mzxw6ytb");
    assert_string_equal(digest_base32(ctx, (const unsigned char *)"fooba", 15),
                        "mzx");
    assert_true(digest_same_text("abc", "abc"));
    assert_false(digest_same_text("abc", "abd"));
    assert_false(digest_same_text("abc", "abcd"));
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256), cmocka_unit_test(test_million),
        cmocka_unit_test(test_hmac), cmocka_unit_test(test_base32)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
