/* The safety net: an hour over all, a day and recipient. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "daemon/mail/net.h"

#include <cmocka.h>

static const struct net_limits limits = {5, 3};

static void add(struct net *net, const char *to, int64_t at, int n)
{
    for (int i = 0; i < n; i++)
        net_add(net, to, (struct instant){at});
}

static enum net_answer ask(const struct net *net, const char *to, int64_t now)
{
    return net_ask(net, limits, to, (struct instant){now});
}

static void test_a_day_of_one_recipient(void **state)
{
    struct net *net = net_new(NULL);

    (void)state;
    assert_int_equal(ask(net, "a@b.example", 0), NET_GOES);
    add(net, "a@b.example", 0, 2);
    assert_int_equal(ask(net, "a@b.example", 10), NET_GOES);
    add(net, "A@b.example", 10, 1); /* the same address */
    assert_int_equal(ask(net, "a@b.example", 20), NET_FULL_DAY);
    assert_int_equal(ask(net, "c@b.example", 20), NET_GOES);
    assert_int_equal(ask(net, "a@b.example", NET_DAY - 1), NET_FULL_DAY);
    assert_int_equal(ask(net, "a@b.example", NET_DAY), NET_GOES);
    talloc_free(net);
}

static void test_an_hour_of_all(void **state)
{
    struct net *net = net_new(NULL);

    (void)state;
    for (int i = 0; i < 5; i++) {
        char to[32];

        (void)snprintf(to, sizeof to, "p%d@b.example", i);
        assert_int_equal(ask(net, to, 100 * i), NET_GOES);
        add(net, to, 100 * i, 1);
    }
    assert_int_equal(ask(net, "x@b.example", 500), NET_FULL_HOUR);
    assert_int_equal(ask(net, "x@b.example", NET_HOUR - 1), NET_FULL_HOUR);
    assert_int_equal(ask(net, "x@b.example", NET_HOUR), NET_GOES);
    assert_int_equal(net_ask(net, (struct net_limits){0, 0}, "x@b.example",
                             (struct instant){500}),
                     NET_GOES);
    talloc_free(net);
}

static void test_what_is_old_is_forgotten(void **state)
{
    struct net *net = net_new(NULL);
    size_t before;

    (void)state;
    add(net, "a@b.example", 0, 250);
    before = talloc_total_size(net);
    for (int day = 2; day < 200; day++)
        add(net, "a@b.example", (int64_t)day * NET_DAY, 100);
    assert_true(talloc_total_size(net) < 4 * before);
    assert_int_equal(ask(net, "a@b.example", 199LL * NET_DAY), NET_FULL_HOUR);
    talloc_free(net);
}

static void test_words(void **state)
{
    static const char *const bad[] = {"",
                                      "200",
                                      "200/hour",
                                      "0/hour, 1/day",
                                      "1/hour, 0/day",
                                      "-1/hour, 1/day",
                                      "1/hour, 1/days",
                                      "1/hour 1/day",
                                      "none "};
    struct net_limits l = {7, 8};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (net_parse(bad[i], &l))
            fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(l.hour, 7);
    assert_true(net_parse("200/hour, 10/day", &l));
    assert_int_equal(l.hour, 200);
    assert_int_equal(l.day, 10);
    assert_true(net_parse("none", &l));
    assert_int_equal(l.hour + l.day, 0);
}

static void test_once_a_day(void **state)
{
    struct net *net = net_new(NULL);

    (void)state;
    assert_true(net_first_of(net, (struct date){20000}));
    assert_false(net_first_of(net, (struct date){20000}));
    assert_true(net_first_of(net, (struct date){20001}));
    assert_false(net_first_of(net, (struct date){20001}));
    talloc_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_of_one_recipient),
        cmocka_unit_test(test_an_hour_of_all),
        cmocka_unit_test(test_once_a_day),
        cmocka_unit_test(test_what_is_old_is_forgotten),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
