/*
 * Delivery into a directory. The name of a file depends on the message's row
 * only, and the file appears by rename after fsync: a crash before the commit
 * writes the same file again, so this way of delivery is exactly once.
 */
#include "daemon/mail/pickup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/text.h"

#define NAME_MOST 60
#define TEMPORARY ".tmp-"
#define PATH_MOST 4096

static bool is_mail(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".eml") == 0;
}

static bool sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        (void)close(fd);
    return good;
}

/* Makes it so that a power cut does not take it, with mails called sent. */
static bool make_directory(const char *path)
{
    char parent[PATH_MOST];

    if (mkdir(path, 0700) != 0)
        return errno == EEXIST;
    return snprintf(parent, sizeof parent, "%s/..", path) <
               (int)sizeof parent &&
           sync_directory(parent);
}

bool pickup_open(const char *path, struct error *err)
{
    struct dirent *entry;
    DIR *d;

    if (!make_directory(path))
        return fail(err, REPLY_INTERNAL, "the mail directory %s: %s", path,
                    strerror(errno));
    d = opendir(path);
    if (!d)
        return fail(err, REPLY_INTERNAL, "the mail directory %s: %s", path,
                    strerror(errno));
    while ((entry = readdir(d)))
        if (text_begins(entry->d_name, TEMPORARY))
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    (void)closedir(d);
    return true;
}

/* The recipient reduced to what every file system takes. */
static void safe_name(const char *address, char buf[NAME_MOST + 1])
{
    size_t n = 0;

    for (; *address && n < NAME_MOST; address++) {
        char c = *address >= 'A' && *address <= 'Z' ? (char)(*address + 32)
                                                    : *address;

        buf[n++] =
            strchr("abcdefghijklmnopqrstuvwxyz0123456789@.+-", c) ? c : '_';
    }
    buf[n] = '\0';
}

/* "20270104T000000-17-reminder-a@b.example.eml" */
static void file_name(const struct message *m, char *buf, size_t size)
{
    char stamp[INSTANT_TEXT], compact[INSTANT_TEXT], who[NAME_MOST + 1];
    size_t n = 0;

    (void)instant_print(m->created, stamp);
    for (const char *p = stamp; *p; p++)
        if (*p != '-' && *p != ':' && *p != 'Z')
            compact[n++] = *p;
    compact[n] = '\0';
    safe_name(m->to, who);
    (void)snprintf(buf, size, "%s-%lld-%s-%s.eml", compact, (long long)m->id,
                   message_kind_word(m->kind), who);
}

static bool write_all(int fd, const char *octets, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, octets, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        octets += n;
        size -= (size_t)n;
    }
    return true;
}

/* The envelope, which SMTP would carry beside the mail, as two lines above it.
 */
static bool write_mail(int fd, const struct message *m)
{
    char head[1024];
    int n = snprintf(head, sizeof head,
                     "X-Envelope-From: <%s>\r\nX-Envelope-To: <%s>\r\n",
                     m->from, m->to);

    return n > 0 && (size_t)n < sizeof head && write_all(fd, head, (size_t)n) &&
           write_all(fd, m->octets, m->size) && fsync(fd) == 0;
}

bool pickup_write(const char *path, const struct message *m, struct error *err)
{
    char temporary[PATH_MOST], name[256], whole[PATH_MOST];
    bool good;
    int fd, cause;

    file_name(m, name, sizeof name);
    if (snprintf(temporary, sizeof temporary, "%s/" TEMPORARY "%lld", path,
                 (long long)m->id) >= (int)sizeof temporary ||
        snprintf(whole, sizeof whole, "%s/%s", path, name) >= (int)sizeof whole)
        return fail(err, REPLY_LATER, "%s: the path is too long", path);
    (void)unlink(temporary);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(err, REPLY_LATER, "%s: %s", path, strerror(errno));
    good = write_mail(fd, m);
    cause = errno;
    (void)close(fd); /* after fsync it has nothing left to fail with */
    if (good && rename(temporary, whole) == 0)
        return true;
    cause = good ? errno : cause;
    (void)unlink(temporary);
    return fail(err, REPLY_LATER, "%s: %s", path, strerror(cause));
}

bool pickup_sync(const char *path, struct error *err)
{
    return sync_directory(path) ||
           fail(err, REPLY_LATER, "%s: %s", path, strerror(errno));
}

size_t pickup_count(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *entry;
    size_t n = 0;

    if (!d)
        return 0;
    while ((entry = readdir(d)))
        n += is_mail(entry->d_name);
    (void)closedir(d);
    return n;
}
