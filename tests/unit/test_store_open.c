/*
 * Opening: making, migrating, refusing; settings and transactions.
 */
#include "tests/unit/test_store.h"

#include <sys/stat.h>

#include "daemon/store/schema.h"

static char *database_path(const struct fixture *f)
{
    return text_format(f->ctx, "%s/" STORE_FILE, f->directory);
}

static const char *setting(struct fixture *f, const char *name)
{
    const char *value;

    assert_good(f, store_setting(f->ctx, f->st, name, &value, &f->err));
    return value;
}

static void keeps_what_was_set(void **state)
{
    struct fixture *f = *state;

    assert_null(setting(f, "seeded"));
    assert_good(f, store_set_setting(f->st, "seeded", "yes", &f->err));
    assert_good(f, store_set_setting(f->st, "seeded", "twice", &f->err));
    store_reopen(f);
    assert_string_equal(setting(f, "seeded"), "twice");
}

static void makes_the_whole_schema(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(database_value(database_path(f), "PRAGMA user_version"),
                     schema_version);
    assert_int_equal(database_value(database_path(f), "PRAGMA application_id"),
                     SCHEMA_APPLICATION);
}

static void is_nobody_elses_to_read(void **state)
{
    struct fixture *f = *state;
    struct stat s;

    assert_int_equal(stat(database_path(f), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
}

static void every_statement_fits_the_schema(void **state)
{
    struct fixture *f = *state;

    for (enum sql s = 0; s < SQL_STATEMENTS; s++) {
        struct query q = query_of(f->st, s);

        if (q.rc != SQLITE_OK)
            fail_msg("statement %d: %s", (int)s, sqlite3_errmsg(f->st->db));
        query_end(&q);
    }
}

static void refuses_a_second_opener(void **state)
{
    struct fixture *f = *state;
    char *pid = text_format(f->ctx, "(pid %ld)", (long)getpid());
    struct store *second;

    assert_bad(f, REPLY_CONFLICT, pid,
               store_open(f->ctx, f->directory, &second, &f->err));
    talloc_free(f->st);
    f->st = NULL;
    store_reopen(f);
}

static void refuses_a_newer_format(void **state)
{
    struct fixture *f = *state;

    talloc_free(f->st);
    f->st = NULL;
    database_run(f, "PRAGMA user_version = 4711");
    assert_bad(f, REPLY_CONFLICT, "newer version",
               store_open(f->ctx, f->directory, &f->st, &f->err));
    database_run(f, "PRAGMA user_version = -1");
    assert_bad(f, REPLY_CONFLICT, "newer version",
               store_open(f->ctx, f->directory, &f->st, &f->err));
}

/* What a newer program found, kept as it was. */
static char *kept_path(const struct fixture *f)
{
    return text_format(f->ctx, "%s/convened-before-%d.db", f->directory,
                       schema_version);
}

/* An empty database of that format. */
static void make_format(struct fixture *f, int version)
{
    talloc_free(f->st);
    f->st = NULL;
    assert_int_equal(unlink(database_path(f)), 0);
    for (int i = 0; i < version; i++)
        database_run(f, schema_steps[i]);
    database_run(f, text_format(f->ctx,
                                "PRAGMA application_id = %d;"
                                "PRAGMA user_version = %d;",
                                SCHEMA_APPLICATION, version));
}

/* A database of the first format, with one draft more than a new one has. */
static void make_old(struct fixture *f)
{
    make_format(f, 1);
    database_run(f, "INSERT INTO draft VALUES('old', '', 0, 1, 1, 0)");
}

static void migrates_from_a_step_between(void **state)
{
    struct fixture *f = *state;

    make_old(f);
    store_reopen(f);
    makes_the_whole_schema(state);
    assert_int_equal(
        database_value(database_path(f), "SELECT count(*) FROM draft"), 2);
}

/* How many steps there are before the one that has these words. */
static int steps_before(const char *words)
{
    for (int i = 0; i < schema_version; i++)
        if (strstr(schema_steps[i], words))
            return i;
    fail_msg("no step has %s", words);
    return 0;
}

/* They were settings once: one file of each fork, without its sector. */
static void forks_keep_their_rules(void **state)
{
    struct fixture *f = *state;
    struct draft_file *files;
    size_t n;

    make_format(f, steps_before("CREATE TABLE draft_file"));
    database_run(f, "INSERT INTO draft VALUES('Late', '', 0, 1, 1, 0)");
    database_run(f, "INSERT INTO draft VALUES('none', '', 0, 1, 1, 0)");
    database_run(f, "INSERT INTO setting VALUES"
                    " ('rules of draft late', 'a b.rules' || char(10) ||"
                    "   'sector A' || char(10) || 'body B'),"
                    " ('rules of draft none', ''),"
                    " ('rules of draft gone', 'x' || char(10) || 'y')");
    store_reopen(f);
    assert_good(f,
                store_draft_files(f->ctx, f->st, "late", &files, &n, &f->err));
    assert_int_equal(n, 1);
    assert_string_equal(files[0].sector, "");
    assert_string_equal(files[0].file, "a b.rules");
    assert_string_equal(files[0].text, "sector A\nbody B");
    assert_int_equal(
        database_value(database_path(f), "SELECT count(*) FROM draft_file"), 1);
    assert_int_equal(database_value(database_path(f),
                                    "SELECT count(*) FROM setting"
                                    " WHERE name LIKE 'rules of draft%'"),
                     0);
}

static void keeps_a_copy_before_it_migrates(void **state)
{
    struct fixture *f = *state;

    assert_null(store_kept(f->st)); /* a new one needs none */
    assert_int_not_equal(access(kept_path(f), F_OK), 0);
    for (int i = 0; i < 2; i++) { /* the second replaces the first */
        make_old(f);
        if (i == 1)
            database_run(f, "DELETE FROM draft WHERE name = 'old'");
        store_reopen(f);
        assert_string_equal(store_kept(f->st), kept_path(f));
        assert_int_equal(database_value(kept_path(f), "PRAGMA user_version"),
                         1);
        assert_int_equal(
            database_value(kept_path(f), "SELECT count(*) FROM draft"), 2 - i);
    }
    store_reopen(f); /* nothing to do: nothing is kept, nothing taken away */
    assert_null(store_kept(f->st));
    assert_int_equal(access(kept_path(f), F_OK), 0);
}

/* What cannot be kept is not touched. */
static void without_a_copy_nothing_migrates(void **state)
{
    struct fixture *f = *state;

    make_old(f);
    assert_int_equal(mkdir(kept_path(f), 0700), 0);
    assert_bad(f, REPLY_LATER, "cannot replace",
               store_open(f->ctx, f->directory, &f->st, &f->err));
    assert_int_equal(database_value(database_path(f), "PRAGMA user_version"),
                     1);
}

static void undoes_a_migration_that_fails(void **state)
{
    struct fixture *f = *state;
    char *ids = text_format(
        f->ctx, "PRAGMA application_id = %d; PRAGMA user_version = 1;",
        SCHEMA_APPLICATION);

    talloc_free(f->st);
    f->st = NULL;
    assert_int_equal(unlink(database_path(f)), 0);
    database_run(f, "CREATE TABLE contact(odd TEXT)");
    database_run(f, ids);
    assert_bad(f, REPLY_INTERNAL, "migrating to format",
               store_open(f->ctx, f->directory, &f->st, &f->err));
    assert_int_equal(database_value(database_path(f), "PRAGMA user_version"),
                     1);
    assert_int_equal(
        database_value(database_path(f), "SELECT count(*) FROM sqlite_schema"),
        1);
}

static void refuses_a_foreign_file(void **state)
{
    struct fixture *f = *state;

    talloc_free(f->st);
    f->st = NULL;
    assert_int_equal(unlink(database_path(f)), 0);
    database_run(f, "CREATE TABLE recipes(title TEXT)");
    assert_bad(f, REPLY_CONFLICT, "another program",
               store_open(f->ctx, f->directory, &f->st, &f->err));
    assert_int_equal(
        database_value(database_path(f), "SELECT count(*) FROM sqlite_schema"),
        1);
}

static void file_fill(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void refuses_what_is_no_database(void **state)
{
    struct fixture *f = *state;

    talloc_free(f->st);
    f->st = NULL;
    file_fill(database_path(f), "Dear Sir or Madam\n");
    assert_bad(f, REPLY_INTERNAL, "damaged",
               store_open(f->ctx, f->directory, &f->st, &f->err));
}

/* The last stop was not clean, and a page of the file is garbage. */
static void finds_damage_after_a_crash(void **state)
{
    struct fixture *f = *state;
    FILE *file;

    for (int i = 0; i < 200; i++)
        assert_good(f, store_set_setting(f->st, text_format(f->ctx, "s%d", i),
                                         "a value of some length", &f->err));
    talloc_free(f->st);
    f->st = NULL;
    database_run(f, "INSERT INTO setting VALUES('running', '1')");
    file = fopen(database_path(f), "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, -4096, SEEK_END), 0);
    for (int i = 0; i < 4096; i++)
        assert_int_equal(fputc(0x5a, file), 0x5a);
    assert_int_equal(fclose(file), 0);
    assert_bad(f, REPLY_INTERNAL, "damaged",
               store_open(f->ctx, f->directory, &f->st, &f->err));
}

static void names_what_cannot_be_opened(void **state)
{
    struct fixture *f = *state;
    struct store *other;

    assert_bad(f, REPLY_LATER, "No such file",
               store_open(f->ctx, "/nowhere/at/all", &other, &f->err));
    assert_bad(f, REPLY_LATER, "Not a directory",
               store_open(f->ctx, database_path(f), &other, &f->err));
}

static void commits_whole_or_not(void **state)
{
    struct fixture *f = *state;

    assert_good(f, store_begin(f->st, &f->err));
    assert_good(f, store_set_setting(f->st, "a", "1", &f->err));
    assert_good(f, store_set_setting(f->st, "b", "1", &f->err));
    store_rollback(f->st);
    assert_null(setting(f, "a"));
    assert_good(f, store_begin(f->st, &f->err));
    assert_good(f, store_set_setting(f->st, "a", "2", &f->err));
    assert_good(f, store_commit(f->st, &f->err));
    store_rollback(f->st); /* nothing is open: nothing happens */
    assert_string_equal(setting(f, "a"), "2");
}

/* A call that fails takes back its own rows and leaves the others. */
static void a_refused_call_spoils_nothing(void **state)
{
    struct fixture *f = *state;
    struct message m = {.id = 99, .state = MESSAGE_SENT};

    assert_good(f, store_begin(f->st, &f->err));
    assert_good(f, store_set_setting(f->st, "a", "1", &f->err));
    assert_bad(f, REPLY_NOTFOUND, "no message 99",
               store_settle(f->st, &m, &f->err));
    assert_good(f, store_set_setting(f->st, "b", "1", &f->err));
    assert_good(f, store_commit(f->st, &f->err));
    assert_string_equal(setting(f, "a"), "1");
    assert_string_equal(setting(f, "b"), "1");
}

/* SQLite undid the transaction by itself: what follows must not be written as
 * if nothing had been. */
static void nothing_slips_out_of_a_lost_transaction(void **state)
{
    struct fixture *f = *state;

    assert_good(f, store_begin(f->st, &f->err));
    assert_good(f, store_set_setting(f->st, "a", "1", &f->err));
    assert_int_equal(sqlite3_exec(f->st->db, "ROLLBACK", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_bad(f, REPLY_LATER, "undone",
               store_set_setting(f->st, "b", "1", &f->err));
    assert_bad(f, REPLY_LATER, "undone", store_commit(f->st, &f->err));
    assert_null(setting(f, "b"));
    assert_good(f, store_set_setting(f->st, "b", "2", &f->err));
}

static void an_open_transaction_ends_with_the_store(void **state)
{
    struct fixture *f = *state;

    assert_good(f, store_begin(f->st, &f->err));
    assert_good(f, store_set_setting(f->st, "a", "1", &f->err));
    store_reopen(f);
    assert_null(setting(f, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(keeps_what_was_set),
        STORE_TEST(makes_the_whole_schema),
        STORE_TEST(is_nobody_elses_to_read),
        STORE_TEST(every_statement_fits_the_schema),
        STORE_TEST(refuses_a_second_opener),
        STORE_TEST(refuses_a_newer_format),
        STORE_TEST(migrates_from_a_step_between),
        STORE_TEST(forks_keep_their_rules),
        STORE_TEST(keeps_a_copy_before_it_migrates),
        STORE_TEST(without_a_copy_nothing_migrates),
        STORE_TEST(undoes_a_migration_that_fails),
        STORE_TEST(refuses_a_foreign_file),
        STORE_TEST(refuses_what_is_no_database),
        STORE_TEST(finds_damage_after_a_crash),
        STORE_TEST(names_what_cannot_be_opened),
        STORE_TEST(commits_whole_or_not),
        STORE_TEST(a_refused_call_spoils_nothing),
        STORE_TEST(nothing_slips_out_of_a_lost_transaction),
        STORE_TEST(an_open_transaction_ends_with_the_store),
    };

    return cmocka_run_group_tests_name("store.open", tests, NULL, NULL);
}
