/*
 * What must not be lost: kill -9, full disks, read-only disks, damaged files.
 */
#include "tests/unit/test_store.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- kill -9 */

/* Writes pairs from `i` on, and each number down the pipe when it is safe. */
static void writer(const char *directory, int64_t i, int acknowledge)
{
    struct store *st;
    struct error err;

    if (!store_open(NULL, directory, &st, &err))
        _exit(1);
    for (;; i++) {
        if (!pair_write(st, i, &err))
            _exit(2);
        if (write(acknowledge, &i, sizeof i) != sizeof i)
            _exit(3);
    }
}

/* Kills the writer some microseconds after its first pair; the last number it
 * acknowledged. */
static int64_t writer_kill(const struct fixture *f, int64_t from,
                           useconds_t wait)
{
    int ends[2], status;
    int64_t last = 0, next;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        writer(f->directory, from, ends[1]);
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
    (void)usleep(wait);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    while (read(ends[0], &next, sizeof next) == sizeof next)
        last = next;
    (void)close(ends[0]);
    return last;
}

static void a_kill_leaves_nothing_half(void **state)
{
    struct fixture *f = *state;
    unsigned seed = 1;
    int64_t last = 0;

    for (int i = 0; i < 50; i++) {
        talloc_free(f->st);
        f->st = NULL;
        seed = seed * 1103515245u + 12345u;
        last = writer_kill(f, last + 1, seed / 65536u % 5000u);
        store_reopen(f);
        assert_int_equal(number(f, "a"), number(f, "b"));
        assert_true(number(f, "a") >= last); /* acknowledged: there */
        assert_true(number(f, "a") <= last + 1);
        last = number(f, "a");
    }
}

/* ---- the disk is full */

static void fill(struct fixture *f)
{
    char big[4096];

    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    for (int i = 0; i < 10000 && !store_trouble(f->st); i++)
        if (!store_set_setting(f->st, text_format(f->ctx, "big%d", i), big,
                               &f->err))
            return;
    fail_msg("the disk does not fill");
}

/* Trouble is told, reads go on, nothing is written until the probe is good. */
static void full_is_told(struct fixture *f)
{
    fill(f);
    assert_int_equal(f->err.code, REPLY_LATER);
    assert_non_null(strstr(f->err.text, "the disk is full: "));
    assert_non_null(strstr(f->err.text, STORE_FILE));
    assert_non_null(store_trouble(f->st));
    assert_int_equal(number(f, "a"), 7);
    assert_bad(f, REPLY_LATER, "no changes at the moment: the disk is full",
               store_set_setting(f->st, "c", "1", &f->err));
    assert_bad(f, REPLY_LATER, "the disk is full",
               pair_write(f->st, 8, &f->err));
    assert_false(store_probe(f->st));
    assert_idle(f->st);
}

static void full_is_over(struct fixture *f)
{
    assert_true(store_probe(f->st));
    assert_null(store_trouble(f->st));
    assert_good(f, pair_write(f->st, 9, &f->err));
    assert_int_equal(number(f, "a"), 9);
    assert_int_equal(number(f, "probe"), 0);
}

static void a_full_database_is_told(void **state)
{
    struct fixture *f = *state;

    assert_good(f, pair_write(f->st, 7, &f->err));
    (void)sqlite3_exec(f->st->db, "PRAGMA max_page_count = 60", NULL, NULL,
                       NULL);
    full_is_told(f);
    (void)sqlite3_exec(f->st->db, "PRAGMA max_page_count = 10000", NULL, NULL,
                       NULL);
    full_is_over(f);
}

/* In the middle of a transaction: it is gone, whole. */
static void full_undoes_the_transaction(void **state)
{
    struct fixture *f = *state;

    assert_good(f, pair_write(f->st, 7, &f->err));
    (void)sqlite3_exec(f->st->db, "PRAGMA max_page_count = 60", NULL, NULL,
                       NULL);
    assert_good(f, store_begin(f->st, &f->err));
    assert_good(f, store_set_setting(f->st, "a", "8", &f->err));
    fill(f);
    assert_false(store_probe(f->st));
    assert_bad(f, REPLY_LATER, "the disk is full",
               store_set_setting(f->st, "b", "8", &f->err));
    assert_bad(f, REPLY_LATER, "the disk is full",
               store_commit(f->st, &f->err));
    assert_int_equal(number(f, "a"), 7);
    (void)sqlite3_exec(f->st->db, "PRAGMA max_page_count = 10000", NULL, NULL,
                       NULL);
    full_is_over(f);
}

/* A file system of its own, 1 MB; false where this process may not. */
static bool disk_mount(struct fixture *f, const char *path)
{
    talloc_free(f->st);
    f->st = NULL;
    return mkdir(path, 0700) == 0 &&
           mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0;
}

static void disk_unmount(struct fixture *f, const char *path)
{
    talloc_free(f->st);
    f->st = NULL;
    assert_int_equal(umount(path), 0);
}

static void store_reopen_at(struct fixture *f, const char *path)
{
    talloc_free(f->st);
    f->st = NULL;
    assert_good(f, store_open(f->ctx, path, &f->st, &f->err));
}

static void a_full_disk_is_told(void **state)
{
    struct fixture *f = *state;
    char *path = text_format(f->ctx, "%s/disk", f->directory);
    char *ballast = text_format(f->ctx, "%s/ballast", path);
    FILE *file;

    if (!disk_mount(f, path))
        skip();
    file = fopen(ballast, "w");
    assert_non_null(file);
    for (int i = 0; i < 400000; i++)
        (void)fputc('x', file);
    (void)fclose(file);
    store_reopen_at(f, path);
    assert_good(f, pair_write(f->st, 7, &f->err));
    full_is_told(f);
    store_reopen_at(f, path); /* a restart does not make it worse */
    assert_int_equal(number(f, "a"), 7);
    assert_int_equal(unlink(ballast), 0);
    full_is_over(f);
    disk_unmount(f, path);
}

/* ---- the disk takes no writes */

static void no_writes_are_told(void **state)
{
    struct fixture *f = *state;

    assert_good(f, pair_write(f->st, 7, &f->err));
    (void)sqlite3_exec(f->st->db, "PRAGMA query_only = 1", NULL, NULL, NULL);
    assert_bad(f, REPLY_LATER, "cannot be written to",
               store_set_setting(f->st, "c", "1", &f->err));
    assert_non_null(store_trouble(f->st));
    assert_int_equal(number(f, "a"), 7);
    assert_false(store_probe(f->st));
    (void)sqlite3_exec(f->st->db, "PRAGMA query_only = 0", NULL, NULL, NULL);
    full_is_over(f);
}

static void a_read_only_disk_is_named(void **state)
{
    struct fixture *f = *state;
    char *path = text_format(f->ctx, "%s/disk", f->directory);

    if (!disk_mount(f, path))
        skip();
    assert_good(f, store_open(f->ctx, path, &f->st, &f->err));
    talloc_free(f->st);
    f->st = NULL;
    assert_int_equal(mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_bad(f, REPLY_LATER, "Read-only file system",
               store_open(f->ctx, path, &f->st, &f->err));
    disk_unmount(f, path);
}

/* A file that may not grow: the kernel's word is another one. */
static void a_failing_disk_is_told(void **state)
{
    struct fixture *f = *state;
    struct rlimit was, now;

    assert_good(f, pair_write(f->st, 7, &f->err));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    now = was;
    now.rlim_cur = 300 * 1024;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    fill(f);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(f->err.code, REPLY_LATER);
    assert_non_null(strstr(f->err.text, "the disk "));
    assert_int_equal(number(f, "a"), 7);
    full_is_over(f);
}

/* ---- damage */

static void damage_is_for_good(void **state)
{
    struct fixture *f = *state;
    char *path = text_format(f->ctx, "%s/" STORE_FILE, f->directory);
    struct contacts c;
    FILE *file;

    for (int i = 0; i < 200; i++)
        assert_good(f, pair_write(f->st, i, &f->err));
    store_reopen(f);
    file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
    for (int i = 0; i < 100 * 4096; i++)
        (void)fputc(0x5a, file);
    assert_int_equal(fclose(file), 0);
    assert_bad(f, REPLY_INTERNAL, "damaged",
               store_contacts(f->ctx, f->st, &c, &f->err));
    assert_non_null(store_trouble(f->st));
    assert_bad(f, REPLY_INTERNAL, "no changes at the moment",
               store_set_setting(f->st, "c", "1", &f->err));
    assert_false(store_probe(f->st));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_kill_leaves_nothing_half),
        STORE_TEST(a_full_database_is_told),
        STORE_TEST(full_undoes_the_transaction),
        STORE_TEST(a_full_disk_is_told),
        STORE_TEST(no_writes_are_told),
        STORE_TEST(a_read_only_disk_is_named),
        STORE_TEST(a_failing_disk_is_told),
        STORE_TEST(damage_is_for_good),
    };

    return cmocka_run_group_tests_name("store.crash", tests, NULL, NULL);
}
