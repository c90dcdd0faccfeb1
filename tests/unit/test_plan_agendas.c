/*
 * Remembered agendas are those that laying out anew would give, whatever was
 * changed before.
 */
#include "daemon/plan/agendas.h"

#include "agenda_world.h"
#include "random_problem.h"

enum { EDITIONS = 12, CHANGES = 400 };

struct world {
    TALLOC_CTX *ctx;
    const struct rules *rules;
    struct edition editions[EDITIONS];
    struct plan kept, told;
    struct random_source random;
};

static const struct {
    const char *cluster;
    int days;
} kinds[] = {{"ATRC", 3}, {"RETREAT", 2}, {"ANSAC", 2}, {"DDG", 1}};
static const char *const hosts[] = {"BN", "TH", "ID"};

static struct edition any_edition(struct world *w, size_t i)
{
    char day[DATE_TEXT];
    struct date start =
        date_add_days(date_of(2027, 3, 1), random_below(&w->random, 40));
    struct edition e = edition_of(
        w->ctx, w->rules, kinds[i % 4].cluster, date_print(start, day),
        hosts[random_below(&w->random, 3)], NULL, kinds[i % 4].days);

    e.id = text_format(w->ctx, "%s-%zu", e.cluster, 2027 + i / 4);
    return e;
}

/* The edition with one thing other than it was. */
static void change_one(struct world *w, struct edition *e, size_t i)
{
    switch (random_below(&w->random, 8)) {
    case 0:
        *e = any_edition(w, i);
        break;
    case 1:
        e->status = e->status == EDITION_PROPOSED ? EDITION_CONFIRMED
                                                  : EDITION_PROPOSED;
        break;
    case 2:
        e->zone =
            text_same(e->zone, "Asia/Dili") ? "Asia/Jakarta" : "Asia/Dili";
        break;
    case 3:
        e->city = text_same(e->city, "Ubud") ? "Bogor" : "Ubud";
        break;
    case 4: /* a lunch that is not kept free, another partner's Sunday */
        e->host = hosts[random_below(&w->random, 3)];
        break;
    case 5:
        e->zone = "Nowhere/At_All";
        break;
    case 6: /* a rest day between the first and the second */
        e->days[0].day -= e->n_days > 1;
        break;
    default: /* without its last day; at the end there is no room */
        e->n_days -= e->n_days > 1;
        e->end = e->days[e->n_days - 1];
    }
}

/* One item of that edition, pinned where it is, or cancelled. */
static void keep_one(struct world *w, const struct edition *e)
{
    struct item *items;
    struct item *one;
    size_t n;

    w->kept.n_items = 0;
    if (!agenda_lay(w->ctx, w->rules, e, NULL, NULL, &items, &n, NULL) ||
        n == 0)
        return;
    one = &items[random_below(&w->random, (int32_t)n)];
    one->pinned = random_below(&w->random, 2) == 0;
    one->status = one->pinned ? one->status : ITEM_CANCELLED;
    w->kept = (struct plan){.items = one, .n_items = 1};
}

/* That edition is released, or confirmed, as it is laid out; an hour later now
 * and then. */
static void tell_one(struct world *w, struct agendas *memory,
                     const struct edition *e)
{
    bool settled = random_below(&w->random, 3) == 0;
    struct error err;
    struct item *items;
    size_t n;

    if (!agendas_lay(w->ctx, memory, e, &w->kept, &w->told, &items, &n, &err))
        return;
    if (n > 0 && random_below(&w->random, 4) == 0)
        items[random_below(&w->random, (int32_t)n)].start.minute += 60;
    for (size_t i = 0; settled && i < n; i++) {
        items[i].settled = items[i].status != ITEM_CANCELLED;
        items[i].pinned = false;
    }
    *(settled ? &w->kept : &w->told) =
        (struct plan){.items = items, .n_items = n};
}

static char *rows_text(const struct world *w, bool good, const struct error *e,
                       const struct item *items, size_t n)
{
    char *text = good
                     ? text_format(w->ctx, "%zu\n", n)
                     : text_format(w->ctx, "%d %s %s", e->code, e->text, e->at);

    for (size_t i = 0; good && i < n; i++)
        text =
            text_format(w->ctx, "%s%s %s %s %s %d/%d %s\n", text, items[i].id,
                        items[i].zone, items[i].city,
                        item_status_word(items[i].status), items[i].part,
                        items[i].parts, line_text(w->ctx, w->rules, &items[i]));
    return text;
}

static void same_as_anew(struct world *w, struct agendas *memory,
                         const struct edition *e)
{
    struct item *items = NULL;
    size_t n = 0;
    struct error err = {.text = ""};
    bool good =
        agenda_lay(w->ctx, w->rules, e, &w->kept, &w->told, &items, &n, &err);
    char *anew = rows_text(w, good, &err, items, n);

    err = (struct error){.text = ""};
    good = agendas_lay(w->ctx, memory, e, &w->kept, &w->told, &items, &n, &err);
    assert_string_equal(rows_text(w, good, &err, items, n), anew);
    for (size_t i = 0; good && i < n; i++)
        items[i].title = "a copy that may be changed";
}

static struct world world_new(TALLOC_CTX *ctx)
{
    struct world w = {.ctx = ctx, .rules = rules_shipped(ctx), .random = {7}};

    for (size_t i = 0; i < EDITIONS; i++)
        w.editions[i] = any_edition(&w, i);
    return w;
}

static void test_as_laid_anew(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct world w = world_new(ctx);
    struct agendas *memory = agendas_new(ctx, w.rules);

    (void)state;
    for (int k = 0; k < CHANGES; k++) {
        size_t i = (size_t)random_below(&w.random, EDITIONS);

        change_one(&w, &w.editions[i], i);
        if (random_below(&w.random, 8) == 0)
            keep_one(&w, &w.editions[i]);
        if (random_below(&w.random, 3) == 0)
            tell_one(&w, memory, &w.editions[i]);
        same_as_anew(&w, memory, &w.editions[i]);
        same_as_anew(&w, memory, &w.editions[(i + 1) % EDITIONS]);
    }
    talloc_free(ctx);
}

/* What an edition was no more takes no room. */
static void test_only_the_last_is_remembered(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct world w = world_new(ctx);
    struct agendas *memory = agendas_new(ctx, w.rules);
    struct edition late = w.editions[0];
    size_t size = 0;

    (void)state;
    late.status = EDITION_CONFIRMED;
    w.editions[0].status = EDITION_PROPOSED;
    for (int k = 0; k < 3; k++) {
        same_as_anew(&w, memory, &late);
        same_as_anew(&w, memory, &w.editions[0]);
        if (k == 0)
            size = talloc_total_size(memory);
        assert_int_equal(talloc_total_size(memory), size);
    }
    talloc_free(ctx);
}

static void test_without_a_date_nothing(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    struct world w = world_new(ctx);
    struct agendas *memory = agendas_new(ctx, w.rules);

    (void)state;
    w.editions[0].n_days = 0;
    same_as_anew(&w, memory, &w.editions[0]);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_laid_anew),
        cmocka_unit_test(test_only_the_last_is_remembered),
        cmocka_unit_test(test_without_a_date_nothing),
    };

    return cmocka_run_group_tests_name("plan.agendas", tests, NULL, NULL);
}
