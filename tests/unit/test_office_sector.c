/* The office on the shipped rules, holidays and contacts: a ministerial week
 * in Brunei and a council's year, from agenda to reminders and audit. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/office.h"
#include "daemon/plan/agenda.h"

#include <cmocka.h>

static TALLOC_CTX *generation;
static const struct rules *rules;
static struct contacts contacts;

static struct source read_file(const char *path)
{
    struct source s = {path, NULL, 0};
    struct error err;
    char *text;

    if (!text_read_file(generation, path, 1 << 20, &text, &s.size, &err))
        fail_msg("%s", err.text);
    s.text = text;
    return s;
}

static void load_rules(void)
{
    struct source text =
        read_file(SOURCE_DIR "/config/rules/asean-digital.rules");
    struct source tables[64];
    struct diagnostics found;
    glob_t g;
    size_t n = 0;

    assert_int_equal(glob(SOURCE_DIR "/config/holidays/*.csv", 0, NULL, &g), 0);
    for (; n < g.gl_pathc && n < 64; n++)
        tables[n] = read_file(memory_text(generation, g.gl_pathv[n]));
    globfree(&g);
    rules = rules_read(generation, &text, 1, tables, n, &found);
    assert_non_null(rules);
}

static void load_contacts(void)
{
    static const char *const columns[] = {"email", "name", "of",      "bodies",
                                          "role",  "zone", "channel", NULL};
    struct source s = read_file(SOURCE_DIR "/config/demo/contacts.csv");
    struct error err;
    struct csv csv;

    if (!csv_read(generation, s.name, s.text, s.size, columns, &csv, &err))
        fail_msg("%s", err.text);
    contacts.rows = array_new(generation, struct contact, csv.n);
    contacts.n = csv.n;
    for (size_t i = 0; i < csv.n; i++) {
        const char *const *f = csv.rows[i].fields;
        struct contact *c = &contacts.rows[i];
        char **bodies = text_split(generation, f[3], ';');

        *c = (struct contact){.email = f[0],
                              .name = f[1],
                              .of = f[2],
                              .zone = f[5],
                              .added = INSTANT_NONE};
        assert_true(address_check(f[0], &err));
        assert_true(role_parse(f[4], &c->role));
        assert_true(channel_parse(f[6], &c->channel));
        c->bodies = array_new(generation, const char *, 16);
        for (; bodies[c->n_bodies]; c->n_bodies++)
            c->bodies[c->n_bodies] = bodies[c->n_bodies];
    }
}

static int load(void **state)
{
    (void)state;
    generation = talloc_new(NULL);
    load_rules();
    load_contacts();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    talloc_free(generation);
    return 0;
}

static struct date day(const char *text)
{
    struct date d;
    struct error err;

    assert_true(date_parse(text, &d, &err));
    return d;
}

static void add(struct plan *p, const char *cluster, int cycle,
                const char *start, const char *host, enum edition_status status)
{
    const struct cluster *c = rules_cluster(rules, cluster);
    struct edition *e;
    struct item *items;
    struct error err;
    size_t n;

    p->editions = array_grow(p, p->editions, struct edition, p->n_editions + 1);
    e = &p->editions[p->n_editions++];
    *e = edition_blank();
    e->id = edition_name(p, cluster, cycle, 0);
    e->cluster = cluster;
    e->cycle = cycle;
    e->title = c->title;
    e->start = day(start);
    e->host = host;
    e->status = status;
    plan_complete(p, rules, e);
    if (!agenda_lay(p, rules, e, NULL, NULL, &items, &n, &err))
        fail_msg("%s", err.text);
    p->items = array_grow(p, p->items, struct item, p->n_items + n);
    memcpy(p->items + p->n_items, items, n * sizeof *items);
    p->n_items += n;
}

static struct plan *year(void)
{
    struct plan *p = object_new(NULL, struct plan);

    add(p, "MINISTERIAL", 2027, "2027-01-18", "BN", EDITION_CONFIRMED);
    add(p, "JWG", 2027, "2027-05-17", "BN", EDITION_PROPOSED);
    add(p, "RETREAT", 2027, "2027-07-13", "BN", EDITION_PROPOSED);
    add(p, "ATRC", 2027, "2027-09-14", "PH", EDITION_PROPOSED);
    add(p, "ANSAC", 2027, "2027-05-25", "SG", EDITION_PROPOSED);
    plan_sort(p);
    office_number(rules, NULL, p);
    return p;
}

static void test_titles(void **state)
{
    static const struct {
        const char *item, *title;
        int nth;
    } cases[] = {
        {"MINISTERIAL-2027/MIN", "7th ADGMIN", 7},
        {"MINISTERIAL-2027/SOM", "7th ADGSOM", 7},
        {"MINISTERIAL-2027/MIN+1:CN", "7th ADGMIN with China", 7},
        {"MINISTERIAL-2027/MIN+1:JP", "6th ADGMIN with Japan", 6},
        {"MINISTERIAL-2027/SOM+1:EU", "7th ADGSOM with European Union", 7},
        {"MINISTERIAL-2027/JOINT2", "Joint ADGSOM-ATRC Meeting 2027", 0},
        {"ATRC-2027/ATRC", "33rd ATRC Meeting", 33},
        {"JWG-2027/SSM", "2027 SSM", 0},
    };
    struct plan *p = year();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct item *item = plan_item(p, cases[i].item);

        assert_non_null(item);
        assert_string_equal(item->title, cases[i].title);
        assert_int_equal(item->nth, cases[i].nth);
    }
    talloc_free(p);
}

/* Steps of the week of Mon 18 to Fri 22 Jan 2027 in Brunei. */
static void test_tasks(void **state)
{
    static const struct {
        const char *task, *due, *nominal;
    } cases[] = {
        {"HOST", "2026-01-15", "2026-01-18"}, /* Sunday; Saturday a holiday */
        {"INVITE", "2026-10-20", "2026-10-20"},
        {"CIRCULAR", "2026-11-19", "2026-11-19"},
        {"CONTACTS:BN", "2026-12-14", "2026-12-14"},
        {"CONTACTS:TL", "2026-12-14", "2026-12-14"},
        {"REGISTER:BN", "2027-01-09", "2027-01-09"}, /* a Saturday */
        {"REGISTER:SG", "2027-01-08", "2027-01-09"},
        {"PROGRAMME", "2027-01-11", "2027-01-11"},
        {"DRAFT", "2027-01-29", "2027-01-29"},
        {"SILENCE:BN", "2027-02-04", "2027-02-08"}, /* four days of rest */
        {"REPORT", "2027-02-19", "2027-02-19"},
    };
    struct plan *p = year();
    struct tasks all = office_tasks(p, rules, p, NULL, 0);
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < all.n; i++)
        n += strcmp(all.rows[i].edition, "MINISTERIAL-2027") == 0;
    assert_int_equal(n, 10 + 5 * 11); /* five steps are every member's */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *id = text_format(p, "MINISTERIAL-2027/%s", cases[i].task);
        bool found = false;

        for (size_t k = 0; k < all.n; k++) {
            const struct task *t = &all.rows[k];
            char due[DATE_TEXT], nominal[DATE_TEXT];

            if (strcmp(t->id, id) != 0)
                continue;
            found = true;
            if (strcmp(date_print(t->due, due), cases[i].due) != 0 ||
                strcmp(date_print(t->nominal, nominal), cases[i].nominal) != 0)
                fail_msg("%s %s %s", id, due, date_print(t->nominal, nominal));
        }
        assert_true(found);
    }
    talloc_free(p);
}

static const struct notice *find(const struct notices *all, const char *email,
                                 const char *cause)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->rows[i].contact->email, email) &&
            strcmp(all->rows[i].cause, cause) == 0)
            return &all->rows[i];
    return NULL;
}

static void test_notices(void **state)
{
    static const struct {
        const char *email, *cause, *due; /* NULL: must not hear */
    } cases[] = {
        {"adgmin@digital.bn.example",
         "reminder/MINISTERIAL-2027/14 days/2027-01-21",
         "2027-01-07T00:00:00Z"},
        {"adgsom@digital.tl.example",
         "reminder/MINISTERIAL-2027/2 days/2027-01-18", "2027-01-15T23:00:00Z"},
        {"protocol@host.bn.example",
         "reminder/MINISTERIAL-2027/30 days/2027-01-18",
         "2026-12-19T00:00:00Z"},
        {"ansac@ncsa.sg.example", "reminder/ANSAC-2027/14 days/2027-05-25",
         NULL}, /* only proposed */
        {"head.digital@secretariat.example",
         "task/MINISTERIAL-2027/PAPERS/1 week/2026-12-21",
         "2026-12-14T01:00:00Z"},
        {"logistics@host.bn.example",
         "task/MINISTERIAL-2027/CIRCULAR/3 days/2026-11-19",
         "2026-11-16T00:00:00Z"},
        {"adgmin@digital.bn.example",
         "task/MINISTERIAL-2027/CIRCULAR/3 days/2026-11-19", NULL},
        {"desk.ansac@secretariat.example",
         "task/ANSAC-2027/PAPERS/3 days/2027-05-11", "2027-05-08T01:00:00Z"},
    };
    struct plan *p = year();
    struct tasks tasks = office_tasks(p, rules, p, NULL, 0);
    struct notices all = office_notices(p, rules, p, &tasks, &contacts);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct notice *n = find(&all, cases[i].email, cases[i].cause);
        char due[INSTANT_TEXT];

        if (!n != !cases[i].due)
            fail_msg("%s %s", cases[i].email, cases[i].cause);
        if (n)
            assert_string_equal(instant_print(n->due, due), cases[i].due);
    }
    for (size_t i = 1; i < all.n; i++)
        assert_true(all.rows[i - 1].due.second <= all.rows[i].due.second);
    talloc_free(p);
}

/* The year holds all that the mandates ask of 2027; without the week and the
 * council's meeting it does not. */
static void test_audit(void **state)
{
    struct plan *p = year();
    struct audit all = office_audit(p, rules, NULL, p, 2027, 2027);

    (void)state;
    for (size_t i = 0; i < all.n; i++)
        if (!all.rows[i].ok)
            fail_msg("%s: %s: %s", all.rows[i].body, all.rows[i].requires,
                     all.rows[i].missing[0]);
    assert_int_equal(all.gaps, 0);
    plan_edition(p, "MINISTERIAL-2027")->status = EDITION_POSTPONED;
    all = office_audit(p, rules, NULL, p, 2027, 2027);
    assert_int_equal(all.gaps, 6); /* ADGMIN 2, ADGSOM 3, ATRC 1 */
    assert_string_equal(all.rows[0].missing[0],
                        "1 meeting (MINISTERIAL-2027 postponed)");
    all = office_audit(p, rules, NULL, p, 2026, 2026);
    assert_string_equal(all.rows[0].body, "ADGMIN");
    assert_true(all.rows[0].ok); /* held, by the rules */
    assert_int_equal(all.rows[0].held, 1);
    assert_int_equal(all.rows[1].held, 6);
    talloc_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_audit),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
