/*
 * Delivery into a directory: names, octets, crashes, full disks.
 */
#include "daemon/mail/pickup.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* Last: it has a macro called fail. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define NAME "20270104T000000-17-reminder-desk_o_neil+x@example.bn.eml"

struct world {
    char folder[32];
    const char *path; /* folder/mail, not yet there */
    struct message m;
    struct error err;
};

static int setup(void **state)
{
    struct world *w = object_new(NULL, struct world);

    (void)strcpy(w->folder, "/tmp/pickupXXXXXX");
    assert_non_null(mkdtemp(w->folder));
    w->path = text_format(w, "%s/mail", w->folder);
    w->m = (struct message){.id = 17,
                            .kind = MESSAGE_REMINDER,
                            .to = "Desk/O'Neil+x@Example.bn",
                            .from = "bounce@calendar.example",
                            .created = {1799020800},
                            .octets = "Subject: x\r\n\r\n.y\r\n",
                            .size = 18};
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    DIR *d = opendir(w->path);
    struct dirent *entry;

    while (d && (entry = readdir(d)))
        (void)unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        (void)closedir(d);
    (void)rmdir(w->path);
    assert_int_equal(rmdir(w->folder), 0);
    talloc_free(w);
    return 0;
}

static const char *content(struct world *w, const char *name)
{
    char *text;
    size_t size;

    if (!text_read_file(w, text_format(w, "%s/%s", w->path, name), 65536, &text,
                        &size, &w->err))
        fail_msg("%s", w->err.text);
    return text;
}

static void make_file(struct world *w, const char *name, const char *text)
{
    FILE *f = fopen(text_format(w, "%s/%s", w->path, name), "we");

    assert_non_null(f);
    (void)fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static size_t files(struct world *w)
{
    DIR *d = opendir(w->path);
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(d);
    while ((entry = readdir(d)))
        n +=
            strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(d);
    return n;
}

static void a_mail_becomes_a_private_file(void **state)
{
    struct world *w = *state;
    struct stat info;

    assert_true(pickup_open(w->path, &w->err));
    assert_int_equal(stat(w->path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_true(pickup_write(w->path, &w->m, &w->err));
    assert_string_equal(content(w, NAME),
                        "X-Envelope-From: <bounce@calendar.example>\r\n"
                        "X-Envelope-To: <Desk/O'Neil+x@Example.bn>\r\n"
                        "Subject: x\r\n\r\n.y\r\n");
    assert_int_equal(stat(text_format(w, "%s/" NAME, w->path), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(pickup_count(w->path), 1);
    assert_int_equal(files(w), 1);
}

static void a_second_try_writes_the_same_file(void **state)
{
    struct world *w = *state;

    assert_true(pickup_open(w->path, &w->err));
    assert_true(pickup_write(w->path, &w->m, &w->err));
    w->m.attempts = 3; /* nothing but the row counts */
    w->m.next = (struct instant){1900000000};
    assert_true(pickup_write(w->path, &w->m, &w->err));
    assert_int_equal(files(w), 1);
    w->m.id++;
    assert_true(pickup_write(w->path, &w->m, &w->err));
    assert_int_equal(files(w), 2);
}

static void what_a_crash_left_is_removed(void **state)
{
    struct world *w = *state;

    assert_true(pickup_open(w->path, &w->err));
    make_file(w, ".tmp-17", "half");
    make_file(w, ".tmp-99", "half");
    make_file(w, "notes.txt", "of somebody");
    /* the mail of the crash itself goes on without a start in between */
    assert_true(pickup_write(w->path, &w->m, &w->err));
    assert_int_equal(pickup_count(w->path), 1);
    assert_true(pickup_open(w->path, &w->err));
    assert_int_equal(files(w), 2); /* the mail and the notes */
    assert_string_equal(content(w, "notes.txt"), "of somebody");
}

static void an_empty_sender(void **state)
{
    struct world *w = *state;

    w->m.from = "";
    assert_true(pickup_open(w->path, &w->err));
    assert_true(pickup_write(w->path, &w->m, &w->err));
    assert_true(text_begins(content(w, NAME), "X-Envelope-From: <>\r\n"));
}

static void a_long_recipient_is_cut(void **state)
{
    struct world *w = *state;

    w->m.to =
        "../../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaa@example.org";
    assert_true(pickup_open(w->path, &w->err));
    assert_true(pickup_write(w->path, &w->m, &w->err));
    (void)content(w, "20270104T000000-17-reminder-.._.._aaaaaaaaaaaaaaaaaaaaaa"
                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.eml");
}

static void refusals_of_the_disk_are_for_later(void **state)
{
    struct world *w = *state;
    static const struct rlimit little = {60, RLIM_INFINITY};
    struct rlimit before;
    bool good;

    assert_false(pickup_write(w->path, &w->m, &w->err)); /* no directory */
    assert_int_equal(w->err.code, REPLY_LATER);
    assert_true(pickup_open(w->path, &w->err));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    good = pickup_write(w->path, &w->m, &w->err); /* as if it were full */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(good);
    assert_int_equal(w->err.code, REPLY_LATER);
    assert_non_null(strstr(w->err.text, w->path));
    assert_int_equal(files(w), 0); /* nothing half written stays */
    assert_true(pickup_write(w->path, &w->m, &w->err));
}

static void a_place_that_is_no_directory(void **state)
{
    struct world *w = *state;
    const char *file = text_format(w, "%s/file", w->folder);
    int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    (void)close(fd);
    assert_false(pickup_open(file, &w->err));
    assert_non_null(strstr(w->err.text, file));
    assert_false(pickup_open(text_format(w, "%s/no/mail", w->folder), &w->err));
    assert_int_equal(pickup_count(file), 0);
    assert_int_equal(pickup_count("/nonexistent"), 0);
    assert_int_equal(unlink(file), 0);
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH(a_mail_becomes_a_private_file),
        WITH(a_second_try_writes_the_same_file),
        WITH(what_a_crash_left_is_removed),
        WITH(an_empty_sender),
        WITH(a_long_recipient_is_cut),
        WITH(refusals_of_the_disk_are_for_later),
        WITH(a_place_that_is_no_directory),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
