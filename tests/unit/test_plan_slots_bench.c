/*
 * The slot engine against reference weeks whose best costs are proved
 * elsewhere. The files are not part of this tree; without them the test says
 * skipped.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/slots.h"

#include <setjmp.h>

#include <cmocka.h> /* behind error.h: it has a macro fail() */

#define FOLDER SOURCE_DIR "/../shared/bench/planner/slots/"

/* ---- just enough JSON for these files: no escapes in texts */

struct node {
    const char *key, *text; /* text: of texts, numbers, words */
    struct node *child, *next;
};

static const char *blank(const char *p)
{
    return p + strspn(p, " \t\r\n,:");
}

static const char *node_read(TALLOC_CTX *ctx, const char *p, struct node **ret)
{
    struct node *n = *ret = object_new(ctx, struct node);
    p = blank(p);
    if (*p == '"') {
        size_t length = strcspn(p + 1, "\"");
        n->text = memory_text_n(ctx, p + 1, length);
        return p + length + 2;
    }
    if (*p != '{' && *p != '[') {
        size_t length = strcspn(p, ",]} \n");
        n->text = memory_text_n(ctx, p, length);
        return p + length;
    }
    bool object = *p == '{';
    struct node **end = &n->child;
    for (p = blank(p + 1); *p != '}' && *p != ']'; p = blank(p)) {
        const char *key = NULL;
        if (object) {
            struct node *name;
            p = node_read(ctx, p, &name);
            key = name->text;
        }
        p = node_read(ctx, p, end);
        (*end)->key = key;
        end = &(*end)->next;
    }
    return p + 1;
}

static struct node *node_at(struct node *n, const char *key)
{
    for (n = n ? n->child : NULL; n; n = n->next)
        if (strcmp(n->key, key) == 0)
            return n;
    return NULL;
}

static size_t node_count(struct node *n)
{
    size_t count = 0;
    for (n = n ? n->child : NULL; n; n = n->next)
        count++;
    return count;
}

static int node_number(struct node *n, const char *key)
{
    struct node *at = node_at(n, key);
    return at ? atoi(at->text) : 0;
}

static int minutes(const char *text)
{
    return atoi(text) * 60 + atoi(text + 3);
}

static struct hours hours_read(struct node *window)
{
    return (struct hours){minutes(window->child->text),
                          minutes(window->child->next->text)};
}

/* ---- a file as an input */

struct names {
    const char *rows[64];
    int n;
};

static int name_of(struct names *names, const char *text)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->rows[i], text) == 0)
            return i;
    names->rows[names->n] = text;
    return names->n++;
}

static int *list_read(TALLOC_CTX *ctx, struct names *names, struct node *n,
                      size_t *ret_n)
{
    int *list = array_new(ctx, int, node_count(n) + 1);
    for (struct node *c = n ? n->child : NULL; c; c = c->next)
        list[(*ret_n)++] =
            name_of(names, c->text ? c->text : node_at(c, "key")->text);
    return list;
}

static const struct zone *zone_read(TALLOC_CTX *ctx, struct node *n)
{
    const struct zone *z = NULL;
    struct error err;
    assert_true(zone_load(ctx, node_at(n, "zone")->text, &z, &err));
    return z;
}

static void length_read(struct slots_item *it, const char *dur)
{
    it->n = atoi(dur);
    it->length = strcmp(dur, "half") == 0      ? SLOTS_HALF
                 : strcmp(dur, "eve") == 0     ? SLOTS_EVENING
                 : dur[strlen(dur) - 1] == 'd' ? SLOTS_DAYS
                                               : SLOTS_MINUTES;
}

static struct slots_item item_read(TALLOC_CTX *ctx, struct node *n,
                                   struct names *items, struct names *groups,
                                   struct names *partners)
{
    struct slots_item it = {.half = HALF_ANY};
    length_read(&it, node_at(n, "dur")->text);
    it.groups = list_read(ctx, groups, node_at(n, "people"), &it.n_groups);
    it.partners =
        list_read(ctx, partners, node_at(n, "partners"), &it.n_partners);
    it.block = it.n_partners > 0;
    it.after = list_read(ctx, items, node_at(n, "after"), &it.n_after);
    if (node_at(n, "same_day")) {
        int *list = array_new(ctx, int, 1);
        list[0] = name_of(items, node_at(n, "same_day")->text);
        it.same_day = list;
        it.n_same_day = 1;
    }
    it.half = node_at(n, "morning") ? HALF_MORNING : HALF_ANY;
    return it;
}

/* "on the last k days" as weekdays: the weeks are within Monday to Friday. */
static weekdays last_days(int k, int days)
{
    weekdays set = 0;
    for (int d = days - k; d < days; d++)
        set = (weekdays)(set | 1 << d);
    return k > 0 ? set : 0;
}

static struct slots_day *days_read(TALLOC_CTX *ctx, struct node *file, size_t n)
{
    struct slots_day *days = array_new(ctx, struct slots_day, n);
    struct date first;
    struct error err;
    assert_true(date_parse(node_at(file, "first_day")->text, &first, &err));
    struct node *w = node_at(file, "windows")->child;
    for (size_t d = 0; d < n; d++, w = w->next) {
        struct hours *hours = array_new(ctx, struct hours, 2);
        hours[0] = hours_read(node_at(w, "am"));
        hours[1] = hours_read(node_at(w, "pm"));
        days[d] = (struct slots_day){.date = date_add_days(first, (int)d),
                                     .hours = hours,
                                     .n_hours = 2,
                                     .evening = hours_read(node_at(w, "eve"))};
    }
    return days;
}

static void partners_read(TALLOC_CTX *ctx, struct node *items,
                          struct names *names, struct slots_partner *rows)
{
    for (struct node *i = items->child; i; i = i->next) {
        struct node *list = node_at(i, "partners");
        for (struct node *p = list ? list->child : NULL; p; p = p->next)
            rows[name_of(names, node_at(p, "key")->text)].zone =
                zone_read(ctx, p);
    }
}

static struct slots_costs costs_read(struct node *c)
{
    return (struct slots_costs){
        .clocks = {{{480, 1080},
                    node_number(c, "partner_half_hour_outside_08_18")}},
        .place = node_number(c, "partner_place_in_rule_order"),
        .extra_day = node_number(c, "block_split_over_days"),
        .quarter_of_end = node_number(c, "quarter_hour_of_end_since_first_day"),
        .quarter_of_start =
            node_number(c, "block_quarter_hour_after_window_start")};
}

static struct slots_input input_read(TALLOC_CTX *ctx, struct node *file)
{
    struct node *items = node_at(file, "items");
    struct slots_input in = {.n_days = (size_t)node_number(file, "days")};
    in.days = days_read(ctx, file, in.n_days);
    in.zone = zone_read(ctx, file);
    in.grid = node_number(file, "grid_minutes");
    in.costs = costs_read(node_at(file, "costs"));
    struct names names = {.n = 0}, groups = {.n = 0}, partners = {.n = 0};
    for (struct node *i = items->child; i; i = i->next)
        name_of(&names, node_at(i, "name")->text);
    struct slots_item *rows = array_new(ctx, struct slots_item, 64);
    for (struct node *i = items->child; i; i = i->next) {
        rows[in.n_items] = item_read(ctx, i, &names, &groups, &partners);
        rows[in.n_items++].on =
            last_days(node_number(i, "last_days"), (int)in.n_days);
    }
    struct slots_partner *p = array_new(ctx, struct slots_partner, 64);
    partners_read(ctx, items, &partners, p);
    in.items = rows;
    in.partners = p;
    in.n_groups = (size_t)groups.n;
    in.n_partners = (size_t)partners.n;
    return in;
}

static void bench_check(const char *name)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    char *text;
    size_t size;
    struct error err;
    if (!text_read_file(ctx, text_format(ctx, FOLDER "%s.json", name), 1 << 20,
                        &text, &size, &err)) {
        talloc_free(ctx);
        skip();
        return;
    }
    struct node *file;
    node_read(ctx, text, &file);
    struct slots_input in = input_read(ctx, file);
    struct slots_layout *l = slots_lay(ctx, &in);
    printf("%s: cost %lld in %lld nodes\n", name, (long long)l->cost,
           (long long)l->nodes);
    const char *best = node_at(file, "best_cost")->text;
    if (strcmp(best, "null") == 0) {
        assert_int_equal(l->verdict, SLOTS_NONE);
        assert_true(l->n_reasons > 0);
    } else {
        assert_int_equal(l->verdict, SLOTS_BEST);
        assert_int_equal(l->cost, atoi(best));
    }
    talloc_free(ctx);
}

static void test_ha_noi(void **state)
{
    (void)state;
    bench_check("ministerial-ha-noi-2026");
}

static void test_brunei(void **state)
{
    (void)state;
    bench_check("ministerial-brunei-2027");
}

static void test_brunei_opening_free(void **state)
{
    (void)state;
    bench_check("ministerial-brunei-2027-opening-free");
}

static void test_four_days(void **state)
{
    (void)state;
    bench_check("ministerial-four-days");
}

static void test_joint_working_group(void **state)
{
    (void)state;
    bench_check("joint-working-group-2026");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ha_noi),
        cmocka_unit_test(test_brunei),
        cmocka_unit_test(test_brunei_opening_free),
        cmocka_unit_test(test_four_days),
        cmocka_unit_test(test_joint_working_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
