/* Mail addresses: what is kept, what is refused and why, mailto URIs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/mailto.h"
#include "daemon/base/text.h"

#include <cmocka.h>

static void test_good_addresses(void **state)
{
    static const char *const good[] = {
        "a@b.example",
        "first.last@sub.domain.example",
        "ASEAN-X@US.example",
        "o'neil+tag@x.co",
        "_=~{}|@9.example",
        "a@3.1.example",
        ("local-part-of-sixty-four-octets-local-part-of-sixty-four-octets-"
         "@x.example"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct error err = {0};

        if (!address_check(good[i], &err))
            fail_msg("%s: %s", good[i], err.text);
    }
}

static void test_bad_addresses(void **state)
{
    static const struct {
        const char *address, *says;
    } bad[] = {
        {"", "has no @"},
        {"nobody", "has no @"},
        {"@b.example", "nothing before the @"},
        {"local-part-of-sixty-four-octets-local-part-of-sixty-four-octets-1"
         "@x.example",
         "more than 64"},
        {".a@b.example", "a dot"},
        {"a.@b.example", "a dot"},
        {"a..b@b.example", "a dot"},
        {"a b@b.example", "a blank"},
        {"\"a\"@b.example", "'\"'"},
        {"a@b@c.example", "'@'"},
        {"a<b@c.example", "'<'"},
        {"a\r\nRCPT@c.example", "octet 0d"},
        {"gen\xc3\xa8ve@itu.example", "octet c3"},
        {"a@", "1 to 63"},
        {"a@b..example", "1 to 63"},
        {"a@.example", "1 to 63"},
        {"a@b.example.", "1 to 63"},
        {"a@-b.example", "begins or ends with '-'"},
        {"a@b-.example", "begins or ends with '-'"},
        {"a@b_c.example", "'_'"},
        {"a@[10.0.0.1]", "'['"},
        {"a@localhost", "whole domain"},
        {"a@10.0.0.1", "whole domain"},
        {"a@a234567890123456789012345678901234567890123456789012345678901234"
         ".example",
         "1 to 63"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};

        if (address_check(bad[i].address, &err))
            fail_msg("%s passes", bad[i].address);
        assert_int_equal(err.code, REPLY_INPUT);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s: %s", bad[i].address, err.text);
    }
}

static void test_long_address(void **state)
{
    char address[300] = "a@";
    struct error err;

    (void)state;
    for (size_t i = 2; i < 246; i++)
        address[i] = i % 50 == 49 ? '.' : 'x';
    strcpy(address + 246, ".example"); /* 254 in all */
    assert_true(address_check(address, &err));
    strcpy(address + 246, ".examples");
    assert_false(address_check(address, &err));
    assert_non_null(strstr(err.text, "longer than 254"));
}

static void test_domains_in_other_scripts(void **state)
{
    static const struct {
        const char *typed, *kept;
    } rows[] = {
        {"A.B@Example.ORG", "A.B@Example.ORG"},
        {"anna@b\u00fccher.example", "anna@xn--bcher-kva.example"},
        {"anna@B\u00dcCHER.Example", "anna@xn--bcher-kva.example"},
        {"anna@bu\u0308cher.example", "anna@xn--bcher-kva.example"},
        {"anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"},
        {"anna@XN--BCHER-KVA.example", "anna@xn--bcher-kva.example"},
        {"a@fa\u00df.example", "a@xn--fa-hia.example"}, /* non-transitional */
        {"a@\u0e44\u0e17\u0e22.example", "a@xn--o3cw4h.example"},
        {"a@\u1780\u1798\u17d2\u1796\u17bb\u1787\u17b6.example",
         "a@xn--i2eo8bh6m2a3n.example"},
        {"a@\u4f8b\u5b50\u3002\u6d4b\u8bd5", "a@xn--fsqu00a.xn--0zwm56d"},
        {"a@\uff45xample.org", "a@example.org"},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        char *kept;

        if (!address_read(ctx, rows[i].typed, &kept, &err))
            fail_msg("%s: %s", rows[i].typed, err.text);
        assert_string_equal(kept, rows[i].kept);
        assert_true(address_check(kept, &err));
    }
    talloc_free(ctx);
}

static void test_domains_that_cannot_be(void **state)
{
    static const struct {
        const char *typed, *says;
    } rows[] = {
        {"nobody", "has no @"},
        {"@b\u00fccher.example", "nothing before the @"},
        {"gen\u00e8ve@itu.example", "before the @ stand plain ASCII letters"},
        {"a@-b\u00fccher.example", "the domain \"-b\u00fccher.example\""},
        {"a@b\u00fc_cher.example", "'_'"},
        {"a@b\u00fc cher.example", "a blank in the domain"},
        {"a@b\u00fc@cher.example", "'@'"},
        {"a@b\u00fc\uff0fcher.example", "xn-- form"},
        {"a@b\u00fccher..example", "1 to 63"},
        {"a@b\u00fccher", "whole domain"},
        {"a@ab--\u00fc.example", "xn-- form"},
        {"a@\U0001f600.example", "xn-- form"},
        {"a@a\u200db.example", "xn-- form"},
        {"a@xn--zzzzzz.example", "xn-- form"},
        {"a@\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
         "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
         "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
         "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
         "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
         "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9.example",
         "longer than 63 characters"},
        {"a@b\xff.example", "not plain ASCII"},
        {"a\r\n@b\u00fccher.example", "octet 0d"},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        char *kept;

        if (address_read(ctx, rows[i].typed, &kept, &err))
            fail_msg("%s passes as %s", rows[i].typed, kept);
        assert_int_equal(err.code, REPLY_INPUT);
        if (!strstr(err.text, rows[i].says))
            fail_msg("%s: %s", rows[i].typed, err.text);
        assert_true(text_is_utf8(err.text, strlen(err.text)));
    }
    talloc_free(ctx);
}

static void test_uris(void **state)
{
    static const struct {
        const char *address, *uri;
    } both[] = {
        {"a.b+c@example.org", "mailto:a.b+c@example.org"},
        {"o'neil-x_y*$!~@x.example", "mailto:o'neil-x_y*$!~@x.example"},
        {"a?b@x.example", "mailto:a%3Fb@x.example"},
        {"50%&/=#{|}`^@x.example",
         "mailto:50%25%26%2F%3D%23%7B%7C%7D%60%5E@x.example"},
    };
    static const struct {
        const char *uri, *address;
    } one_way[] = {
        {"MAILTO: <A@b.example>", "A@b.example"},
        {"a@b.example", "a@b.example"},
        {"mailto:a@b.example?subject=x", "a@b.example"},
        {"mailto:a@b%C3%BCcher.example", "a@b\u00fccher.example"},
        {"mailto:a%0d%0a@b.example", "a%0d%0a@b.example"},
        {"mailto:a%ff@b.example", "a%ff@b.example"},
        {"mailto:a%00@b.example", "a%00@b.example"},
        {"mailto:a%4", "a%4"},
        {"mailto:", ""},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        assert_string_equal(mailto_print(ctx, both[i].address), both[i].uri);
        assert_string_equal(mailto_address(ctx, both[i].uri), both[i].address);
    }
    for (size_t i = 0; i < sizeof one_way / sizeof *one_way; i++)
        assert_string_equal(mailto_address(ctx, one_way[i].uri),
                            one_way[i].address);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_addresses),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_long_address),
        cmocka_unit_test(test_domains_in_other_scripts),
        cmocka_unit_test(test_domains_that_cannot_be),
        cmocka_unit_test(test_uris),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
