/*
 * Backups: whole while someone writes, and never over anything.
 */
#include "tests/unit/test_store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

enum { COPIES = 10 };

/* Makes copies one after the other, on a thread of its own. */
struct copier {
    const char *directory;
    const char *to[COPIES];
    int64_t bytes[COPIES], pages[COPIES];
    atomic_bool done;
    int made;
    struct error err;
};

static void *copier_run(void *arg)
{
    struct copier *c = arg;

    while (c->made < COPIES &&
           store_backup(c->directory, c->to[c->made], &c->bytes[c->made],
                        &c->pages[c->made], &c->err))
        c->made++;
    atomic_store(&c->done, true);
    return NULL;
}

/* The same number twice, a sound file, and nothing left beside it. */
static void copy_check(struct fixture *f, const struct copier *c, int n)
{
    const char *to = c->to[n];
    struct stat s;

    assert_int_equal(stat(to, &s), 0);
    assert_int_equal(s.st_size, c->bytes[n]);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(c->bytes[n], c->pages[n] * 4096);
    assert_int_equal(database_value(to,
                                    "SELECT count(DISTINCT value) FROM setting"
                                    " WHERE name IN ('a', 'b')"),
                     1);
    assert_int_equal(
        database_value(to, "SELECT count(*) FROM pragma_integrity_check"
                           " WHERE integrity_check = 'ok'"),
        1);
    assert_int_not_equal(stat(text_format(f->ctx, "%s.tmp", to), &s), 0);
}

/* More pages than are copied in one step. */
static void enlarge(struct fixture *f)
{
    char *big = array_new(f->ctx, char, 2000001);

    memset(big, 'x', 2000000);
    assert_good(f, store_set_setting(f->st, "big", big, &f->err));
}

static void a_backup_while_writing_is_whole(void **state)
{
    struct fixture *f = *state;
    struct copier c = {.directory = f->directory};
    pthread_t thread;
    int64_t i = 0;

    for (int n = 0; n < COPIES; n++)
        c.to[n] = text_format(f->ctx, "%s/copy%d", f->directory, n);
    enlarge(f);
    assert_good(f, pair_write(f->st, ++i, &f->err));
    assert_int_equal(pthread_create(&thread, NULL, copier_run, &c), 0);
    do
        assert_good(f, pair_write(f->st, ++i, &f->err));
    while (!atomic_load(&c.done));
    assert_int_equal(pthread_join(thread, NULL), 0);
    if (c.made < COPIES)
        fail_msg("copy %d: %s", c.made, c.err.text);
    for (int n = 0; n < COPIES; n++)
        copy_check(f, &c, n);
}

static void a_backup_opens_as_a_store(void **state)
{
    struct fixture *f = *state;
    char *other = text_format(f->ctx, "%s/restored", f->directory);
    int64_t bytes, pages;

    assert_good(f, pair_write(f->st, 7, &f->err));
    assert_int_equal(mkdir(other, 0700), 0);
    assert_good(f, store_backup(f->directory,
                                text_format(f->ctx, "%s/" STORE_FILE, other),
                                &bytes, &pages, &f->err));
    talloc_free(f->st);
    assert_good(f, store_open(f->ctx, other, &f->st, &f->err));
    assert_int_equal(number(f, "a"), 7);
    assert_int_equal(number(f, "b"), 7);
}

static void a_backup_overwrites_nothing(void **state)
{
    struct fixture *f = *state;
    char *itself = text_format(f->ctx, "%s/" STORE_FILE, f->directory);
    int64_t bytes, pages;

    assert_bad(f, REPLY_CONFLICT, "is there already",
               store_backup(f->directory, itself, &bytes, &pages, &f->err));
    assert_bad(f, REPLY_NOTFOUND, "No such file",
               store_backup(f->directory,
                            text_format(f->ctx, "%s/no/copy", f->directory),
                            &bytes, &pages, &f->err));
    assert_bad(f, REPLY_LATER, "cannot be opened",
               store_backup("/nowhere",
                            text_format(f->ctx, "%s/copy", f->directory),
                            &bytes, &pages, &f->err));
    assert_good(f, pair_write(f->st, 1, &f->err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_backup_while_writing_is_whole),
        STORE_TEST(a_backup_opens_as_a_store),
        STORE_TEST(a_backup_overwrites_nothing),
    };

    return cmocka_run_group_tests_name("store.backup", tests, NULL, NULL);
}
