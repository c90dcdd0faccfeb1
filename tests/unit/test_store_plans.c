/*
 * Drafts and versions: every member comes back as it was written.
 */
#include "tests/unit/test_store.h"

/* Static, so that what lies between the members is zero and the structs can be
 * compared as octets. */
static const struct date days[] = {{20836}, {20838}};
static const char *const warnings[] = {"on a holiday of Japan", "",
                                       "Đà Nẵng; \"quoted\", 'quoted'"};
static const char *const bodies[] = {"SOM", "JWG"};

static const struct edition edition_full = {
    .id = "MINISTERIAL-2027-1",
    .cluster = "MINISTERIAL",
    .cycle = 2027,
    .n = 1,
    .title = "Ministers' Meeting",
    .start = {20836}, /* 2027-01-18 */
    .end = {20838},
    .n_days = 2,
    .host = "VN",
    .city = "Đà Nẵng",
    .zone = "Asia/Ho_Chi_Minh",
    .status = EDITION_CONFIRMED,
    .cost = 9007199254740993,
    .n_warnings = 3,
    .pinned = true,
    .reason = "the host's letter",
    .by = {20878},
    .forced = "agreed by phone",
    .uid = "abc@example.org",
    .sequence = 3,
    .created = {1111},
    .modified = {2222},
};

static const struct item item_full = {
    .id = "MINISTERIAL-2027-1/SOM+1:JP",
    .edition = "MINISTERIAL-2027-1",
    .code = "SOM+1",
    .part = 1,
    .parts = 2,
    .kind = ITEM_DIALOGUE,
    .title = "7th Dialogue",
    .nth = 7,
    .partner = "JP",
    .n_bodies = 2,
    .people = "youth",
    .open = true,
    .start = {{20836}, 540},
    .end = {{20836}, 1440},
    .zone = "Asia/Ho_Chi_Minh",
    .start_utc = {1800237600},
    .end_utc = {1800291600},
    .city = "Đà Nẵng",
    .status = ITEM_CANCELLED,
    .pinned = true,
    .one_off = true,
    .audience = ITEM_FOR_INVITED,
    .link = "https://v.example.org/a",
    .uid = "def@example.org",
    .sequence = 2,
    .created = {3333},
    .modified = {4444},
};

static const struct edition edition_bare = {
    .id = "DDG-2028",
    .cluster = "DDG",
    .cycle = 2028,
    .title = "",
    .start = {INT32_MIN},
    .end = {INT32_MIN},
    .host = "",
    .city = "",
    .zone = "",
    .status = EDITION_LAPSED,
    .reason = "",
    .by = {INT32_MIN},
    .forced = "",
    .uid = "",
    .created = {INT64_MIN},
    .modified = {INT64_MIN},
};

static void edition_fill(TALLOC_CTX *ctx, struct edition *e)
{
    memcpy(e, &edition_full, sizeof *e);
    e->days = array_new(ctx, struct date, 2);
    memcpy(e->days, days, sizeof days);
    e->warnings = array_new(ctx, const char *, 3);
    memcpy(e->warnings, warnings, sizeof warnings);
}

static void item_fill(TALLOC_CTX *ctx, struct item *i)
{
    memcpy(i, &item_full, sizeof *i);
    i->bodies = array_new(ctx, const char *, 2);
    memcpy(i->bodies, bodies, sizeof bodies);
}

/* The second item is on the same edition and carries no facts. */
static struct plan *plan_full(TALLOC_CTX *ctx)
{
    struct plan *p = object_new(ctx, struct plan);

    p->n_editions = p->n_items = 2;
    p->editions = array_new(p, struct edition, 2);
    p->items = array_new(p, struct item, 2);
    edition_fill(p, &p->editions[0]);
    memcpy(&p->editions[1], &edition_bare, sizeof edition_bare);
    item_fill(p, &p->items[0]);
    item_fill(p, &p->items[1]);
    p->items[1].id = "MINISTERIAL-2027-1/A";
    p->items[1].pinned = p->items[1].one_off = false;
    p->items[1].status = ITEM_PROPOSED;
    p->cost = 1234567890123;
    p->bound = 1000;
    p->proved = true;
    return p;
}

static void texts_same(const char *const *a, size_t na, const char *const *b,
                       size_t nb)
{
    assert_int_equal(na, nb);
    for (size_t i = 0; i < na; i++)
        assert_string_equal(a[i], b[i]);
}

/* Members that are no pointers are compared as octets of the structs, whose
 * pointers were put aside; so a new member cannot be forgotten here. */
static void same_edition(const struct edition *x, const struct edition *y)
{
    struct edition a, b;
    const char **texts[] = {
        &a.id,     &b.id,     &a.cluster, &b.cluster, &a.title, &b.title,
        &a.host,   &b.host,   &a.city,    &b.city,    &a.zone,  &b.zone,
        &a.reason, &b.reason, &a.forced,  &b.forced,  &a.uid,   &b.uid};

    memcpy(&a, x, sizeof a);
    memcpy(&b, y, sizeof b);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 2) {
        assert_string_equal(*texts[i], *texts[i + 1]);
        *texts[i] = *texts[i + 1] = NULL;
    }
    texts_same(a.warnings, a.n_warnings, b.warnings, b.n_warnings);
    assert_int_equal(a.n_days, b.n_days);
    for (size_t i = 0; i < a.n_days; i++)
        assert_int_equal(a.days[i].day, b.days[i].day);
    a.warnings = b.warnings = NULL;
    a.days = b.days = NULL;
    assert_memory_equal(&a, &b, sizeof a);
}

static void same_item(const struct item *x, const struct item *y)
{
    struct item a, b;
    const char **texts[] = {&a.id,      &b.id,      &a.edition, &b.edition,
                            &a.code,    &b.code,    &a.title,   &b.title,
                            &a.partner, &b.partner, &a.people,  &b.people,
                            &a.zone,    &b.zone,    &a.city,    &b.city,
                            &a.uid,     &b.uid,     &a.link,    &b.link};

    memcpy(&a, x, sizeof a);
    memcpy(&b, y, sizeof b);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 2) {
        assert_string_equal(*texts[i], *texts[i + 1]);
        *texts[i] = *texts[i + 1] = NULL;
    }
    texts_same(a.bodies, a.n_bodies, b.bodies, b.n_bodies);
    a.bodies = b.bodies = NULL;
    assert_memory_equal(&a, &b, sizeof a);
}

static struct plan *draft(struct fixture *f, const char *name)
{
    struct plan *p = NULL;

    assert_good(f, store_draft(f->ctx, f->st, name, &p, &f->err));
    return p;
}

static void save(struct fixture *f, const char *name, const struct plan *p)
{
    assert_good(f, store_save_draft(f->st, name, "main", p, at(5), &f->err));
}

static void main_is_there_and_stays(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(draft(f, "main")->n_editions, 0);
    assert_bad(f, REPLY_CONFLICT, "always stays",
               store_drop_draft(f->st, "main", &f->err));
}

static void a_draft_comes_back(void **state)
{
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx), *q;

    save(f, "main", p);
    store_reopen(f);
    q = draft(f, "main");
    assert_int_equal(q->n_editions, 2);
    same_edition(&p->editions[0], &q->editions[0]);
    same_edition(&p->editions[1], &q->editions[1]);
    assert_int_equal(q->n_items, 1);
    same_item(&p->items[0], &q->items[0]);
    assert_int_equal(q->cost, p->cost);
    assert_int_equal(q->bound, p->bound);
    assert_true(q->proved);
}

static void every_status_comes_back(void **state)
{
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx), *q;

    for (int s = 0; s <= EDITION_LAPSED; s++) {
        p->editions[0].status = (enum edition_status)s;
        save(f, "main", p);
        assert_int_equal(draft(f, "main")->editions[0].status, s);
    }
    for (int s = 0; s <= ITEM_HELD; s++) {
        p->items[0].status = (enum item_status)s;
        save(f, "main", p);
        assert_int_equal(draft(f, "main")->items[0].status, s);
    }
    for (int k = 0; k <= ITEM_EVENT; k++) {
        p->items[0].kind = (enum item_kind)k;
        save(f, "main", p);
        q = draft(f, "main");
        assert_int_equal(q->items[0].kind, k);
    }
}

static void items_with_facts_are_kept(void **state)
{
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx);

    p->items[0].one_off = false;
    p->items[0].status = ITEM_PROPOSED;
    p->items[1].status = ITEM_CANCELLED;
    save(f, "main", p);
    assert_int_equal(draft(f, "main")->n_items, 2);
    p->items[0].pinned = false;
    p->items[1].status = ITEM_HELD;
    p->items[1].one_off = true;
    save(f, "main", p);
    assert_string_equal(draft(f, "main")->items[0].id, p->items[1].id);
}

static void saving_replaces(void **state)
{
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx);
    struct draft_row *rows;
    size_t n;

    save(f, "what-if", p);
    p->n_items = 0;
    p->n_editions = 1;
    p->editions[0] = edition_bare;
    save(f, "What-If", p);
    assert_int_equal(draft(f, "what-if")->n_editions, 1);
    assert_int_equal(draft(f, "what-if")->n_items, 0);
    assert_good(f, store_drafts(f->ctx, f->st, &rows, &n, &f->err));
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].name, "main");
    assert_string_equal(rows[1].from, "main");
    assert_int_equal(rows[1].at.second, 5);
    assert_int_equal(rows[1].editions, 1);
    assert_int_equal(rows[1].cost, p->cost);
    assert_int_equal(rows[1].bound, p->bound);
    assert_true(rows[1].proved);
}

static void a_draft_is_spelled_as_it_was_made(void **state)
{
    struct fixture *f = *state;
    const char *name;

    save(f, "What-If", plan_full(f->ctx));
    assert_good(f, store_draft_name(f->ctx, f->st, "WHAT-IF", &name, &f->err));
    assert_string_equal(name, "What-If");
    assert_good(f, store_draft_name(f->ctx, f->st, "what", &name, &f->err));
    assert_null(name);
}

static void a_dropped_draft_is_gone(void **state)
{
    struct fixture *f = *state;
    struct plan *p;

    save(f, "what-if", plan_full(f->ctx));
    assert_bad(f, REPLY_NOTFOUND, "did you mean \"what-if\"",
               store_drop_draft(f->st, "what-is", &f->err));
    assert_good(f, store_drop_draft(f->st, "what-if", &f->err));
    assert_bad(f, REPLY_NOTFOUND, "no draft \"what-if\"",
               store_draft(f->ctx, f->st, "what-if", &p, &f->err));
    save(f, "what-if", plan_full(f->ctx));
}

static void put_file(struct fixture *f, const char *draft, const char *sector,
                     const char *text)
{
    struct draft_file row = {sector, "a.rules", text};

    assert_good(f, store_put_draft_file(f->st, draft, &row, &f->err));
}

/* The texts of a draft's files, one after the other. */
static const char *files_of(struct fixture *f, const char *draft)
{
    struct draft_file *rows;
    char *all = text_format(f->ctx, "%s", "");
    size_t n;

    assert_good(f, store_draft_files(f->ctx, f->st, draft, &rows, &n, &f->err));
    for (size_t i = 0; i < n; i++)
        all =
            text_format(f->ctx, "%s%s=%s ", all, rows[i].sector, rows[i].text);
    return all;
}

static void a_draft_has_a_file_of_each_sector(void **state)
{
    struct fixture *f = *state;
    struct draft_file row = {"A", "a.rules", "text"};

    save(f, "what-if", plan_full(f->ctx));
    put_file(f, "what-if", "B", "1");
    put_file(f, "what-if", "A", "2");
    put_file(f, "What-If", "b", "3");
    assert_string_equal(files_of(f, "what-if"), "A=2 b=3 ");
    save(f, "what-if", plan_full(f->ctx)); /* saving leaves them */
    save(f, "other", plan_full(f->ctx));
    assert_good(f, store_copy_draft_files(f->st, "what-if", "other", &f->err));
    put_file(f, "other", "A", "4");
    assert_good(f, store_drop_draft(f->st, "what-if", &f->err));
    assert_string_equal(files_of(f, "what-if"), "");
    assert_string_equal(files_of(f, "other"), "A=4 b=3 ");
    assert_bad(f, REPLY_CONFLICT, "something that is not there",
               store_put_draft_file(f->st, "what-if", &row, &f->err));
}

/* What does not fit is refused whole: the draft stays as it was. */
static void refuses_what_cannot_be(void **state)
{
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx);

    save(f, "main", p);
    p->editions[1].cluster = p->editions[0].cluster;
    p->editions[1].cycle = p->editions[0].cycle;
    p->editions[1].n = p->editions[0].n;
    assert_bad(f, REPLY_CONFLICT, "edition DDG-2028: there is one already",
               store_save_draft(f->st, "main", "", p, at(6), &f->err));
    p = plan_full(f->ctx);
    p->items[0].edition = "NOWHERE-2027";
    assert_bad(f, REPLY_CONFLICT, "not there",
               store_save_draft(f->st, "main", "", p, at(6), &f->err));
    p = plan_full(f->ctx);
    p->editions[0].warnings[0] = "two\nlines";
    assert_bad(f, REPLY_INPUT, "\"warnings\" cannot be stored",
               store_save_draft(f->st, "main", "", p, at(6), &f->err));
    p = plan_full(f->ctx);
    p->editions[0].end = date_of(2027, 1, 1);
    assert_bad(f, REPLY_INPUT, "not allowed",
               store_save_draft(f->st, "main", "", p, at(6), &f->err));
    p = plan_full(f->ctx);
    assert_int_equal(draft(f, "main")->n_editions, 2);
    same_edition(&p->editions[0], &draft(f, "main")->editions[0]);
}

static void add_version(struct fixture *f, int release, const struct plan *p)
{
    struct version_row row = {.release = release,
                              .at = {77},
                              .by = "officer",
                              .note = "for the letter",
                              .changes = 12};

    assert_good(f, store_add_version(f->st, &row, p, &f->err));
}

static void a_version_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx), *q;
    struct version_row *rows;
    size_t n;
    int last;

    assert_good(f, store_last_release(f->st, &last, &f->err));
    assert_int_equal(last, 0);
    add_version(f, 1, p);
    add_version(f, 2, plan_full(f->ctx));
    assert_good(f, store_last_release(f->st, &last, &f->err));
    assert_int_equal(last, 2);
    assert_good(f, store_version(f->ctx, f->st, 1, &q, &f->err));
    for (size_t i = 0; i < 2; i++) {
        same_edition(&p->editions[i], &q->editions[i]);
        same_item(&p->items[i], &q->items[i]);
    }
    assert_int_equal(q->cost, p->cost);
    assert_good(f, store_versions(f->ctx, f->st, &rows, &n, &f->err));
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].release, 1);
    assert_int_equal(rows[0].at.second, 77);
    assert_string_equal(rows[0].by, "officer");
    assert_string_equal(rows[0].note, "for the letter");
    assert_int_equal(rows[0].changes, 12);
    assert_bad(f, REPLY_NOTFOUND, "no release 3",
               store_version(f->ctx, f->st, 3, &q, &f->err));
}

static void a_version_never_changes(void **state)
{
    static const char *const attempts[] = {
        "UPDATE version SET note = ''",         "DELETE FROM version",
        "UPDATE version_edition SET city = ''", "DELETE FROM version_edition",
        "UPDATE version_item SET title = ''",   "DELETE FROM version_item"};
    struct fixture *f = *state;
    struct version_row row = {.release = 1, .by = "", .note = ""};

    add_version(f, 1, plan_full(f->ctx));
    assert_bad(f, REPLY_CONFLICT, "there is one already",
               store_add_version(f->st, &row, plan_full(f->ctx), &f->err));
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        assert_int_equal(sqlite3_exec(f->st->db, attempts[i], NULL, NULL, NULL),
                         SQLITE_CONSTRAINT_TRIGGER);
}

/* A row that an operator wrote by hand is told, not believed. */
static void a_row_of_nobody_is_told(void **state)
{
    static const struct {
        const char *sql, *words;
    } rows[] = {
        {"UPDATE draft_edition SET start = '1999-99-99'", "as start"},
        {"UPDATE draft_edition SET start = NULL, days = '2027-01-18'",
         NULL}, /* no line end: no day, as the writer has it */
        {"UPDATE draft_edition SET days = char(10)", "as days"},
        {"UPDATE draft_edition SET days = '2027-01-1' || char(10)", "as days"},
        {"UPDATE draft_edition SET days = '2027-02-30' || char(10)", "as days"},
        {"UPDATE draft_edition SET days = '', n = 5000000000", "as n"},
        {"UPDATE draft_edition SET n = 1; UPDATE draft_item SET kind = 'party'",
         "as kind"},
        {"UPDATE draft_item SET kind = 'social', start = '2027-01-18T24:01'",
         "as start"},
        {"UPDATE draft_item SET start = '2027-13-18T24:00'", "as start"},
    };
    struct fixture *f = *state;
    struct plan *p = plan_full(f->ctx);

    p->n_editions = 1;
    save(f, "main", p);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        database_run(f, rows[i].sql);
        if (rows[i].words)
            assert_bad(f, REPLY_INTERNAL, rows[i].words,
                       store_draft(f->ctx, f->st, "main", &p, &f->err));
        else
            assert_int_equal(draft(f, "main")->editions[0].n_days, 0);
        assert_idle(f->st);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(main_is_there_and_stays),
        STORE_TEST(a_draft_comes_back),
        STORE_TEST(every_status_comes_back),
        STORE_TEST(items_with_facts_are_kept),
        STORE_TEST(saving_replaces),
        STORE_TEST(a_draft_is_spelled_as_it_was_made),
        STORE_TEST(a_dropped_draft_is_gone),
        STORE_TEST(a_draft_has_a_file_of_each_sector),
        STORE_TEST(refuses_what_cannot_be),
        STORE_TEST(a_version_comes_back_whole),
        STORE_TEST(a_version_never_changes),
        STORE_TEST(a_row_of_nobody_is_told),
    };

    return cmocka_run_group_tests_name("store.plans", tests, NULL, NULL);
}
