/*
 * The batch on the stdin of convene-mailer, checked: what the SMTP library
 * would take without looking (a host without a port, a name that no relay takes
 * in EHLO, a password for anybody to read) is refused here.
 */
#include "daemon/mailer_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define INPUT_MOST ((size_t)64 << 20)

static bool read_input(TALLOC_CTX *ctx, char **ret, size_t *ret_size,
                       struct error *err)
{
    char *p = NULL;
    size_t size = 0;

    for (;;) {
        ssize_t n;

        p = array_grow(ctx, p, char, size + 65536);
        n = read(STDIN_FILENO, p + size, 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(err, REPLY_INTERNAL, "stdin: %s", strerror(errno));
        if (n == 0)
            break;
        size += (size_t)n;
        if (size > INPUT_MOST)
            return fail(err, REPLY_INPUT, "the batch is too large");
    }
    *ret = p;
    *ret_size = size;
    return true;
}

/* The next line of the batch, cut into exactly n words after `keyword`. */
static bool next_line(TALLOC_CTX *ctx, char **at, const char *end,
                      const char *keyword, size_t n, char ***ret,
                      struct error *err)
{
    char *newline = memchr(*at, '\n', (size_t)(end - *at));
    char **words;
    size_t count = 0;

    if (!newline)
        return fail(err, REPLY_INPUT, "the batch breaks off");
    words =
        text_split(ctx, memory_text_n(ctx, *at, (size_t)(newline - *at)), ' ');
    while (words[count])
        count++;
    if (count != n + 1 || strcmp(words[0], keyword) != 0)
        return fail(err, REPLY_INPUT, "the batch has no line \"%s\" here",
                    keyword);
    *at = newline + 1;
    *ret = words + 1;
    return true;
}

/* RFC 5321 4.1.1.1: a domain or an address literal. */
static bool helo_check(const char *helo, struct error *err)
{
    size_t n = strlen(helo);

    if (n > 2 && n < 64 && helo[0] == '[' && helo[n - 1] == ']')
        return true;
    if (n == 0 || n > 253 || helo[0] == '-' || helo[0] == '.' ||
        helo[n - 1] == '-' || helo[n - 1] == '.' ||
        strspn(helo, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789-.") != n)
        return fail(err, REPLY_INPUT,
                    "\"%.100s\" is no name to greet a relay with", helo);
    return true;
}

/* The library cuts at the first colon and takes 587 when there is none. */
static bool host_check(TALLOC_CTX *ctx, struct relay *r, struct error *err)
{
    const char *colon = strchr(r->host_port, ':');
    const char *port = colon ? colon + 1 : "";

    if (!colon || colon == r->host_port || !*port || strlen(port) > 5 ||
        strspn(port, "0123456789") != strlen(port) || atoi(port) == 0 ||
        atoi(port) > 65535)
        return fail(err, REPLY_INPUT,
                    "the relay \"%.100s\" is not HOST:PORT (an IPv6 address "
                    "needs a host name)",
                    r->host_port);
    r->host = memory_text_n(ctx, r->host_port, (size_t)(colon - r->host_port));
    return true;
}

static bool is_loopback(const char *host)
{
    return text_begins(host, "127.") || text_same(host, "localhost");
}

/* The first line of a file that not everybody may read. A credential of
 * systemd has a group bit (the mask of its ACL), so that the group is not
 * looked at but for writing. */
static bool password_read(TALLOC_CTX *ctx, const char *path, const char **ret,
                          struct error *err)
{
    struct stat info;
    char *text = NULL;
    size_t size = 0;

    if (stat(path, &info) == 0 && (info.st_mode & 0027) != 0)
        return fail(err, REPLY_INPUT,
                    "the password file %.200s may be read by everybody or "
                    "written by others: chmod 600",
                    path);
    if (!text_read_file(ctx, path, 4096, &text, &size, err))
        return wrap(err, "the password file");
    text[strcspn(text, "\r\n")] = '\0';
    if (!text[0])
        return fail(err, REPLY_INPUT,
                    "the password file %.200s has an empty first line", path);
    *ret = text;
    return true;
}

static bool parse_relay(TALLOC_CTX *ctx, char **at, const char *end,
                        struct relay *r, struct error *err)
{
    char **word;

    if (!next_line(ctx, at, end, "relay", 5, &word, err))
        return false;
    r->host_port = word[0];
    r->helo = word[1];
    r->starttls = strcmp(word[2], "required") == 0;
    if (!r->starttls && strcmp(word[2], "none") != 0)
        return fail(err, REPLY_INPUT, "starttls is none or required");
    if (!host_check(ctx, r, err) || !helo_check(r->helo, err))
        return false;
    if (strcmp(word[3], "-") == 0)
        return true;
    r->user = word[3];
    if (!r->starttls && !is_loopback(r->host))
        return fail(err, REPLY_INPUT,
                    "a password may go to another host only under starttls");
    return password_read(ctx, word[4], &r->password, err);
}

static bool parse_mail(TALLOC_CTX *ctx, char **at, const char *end,
                       struct mail *m, struct error *err)
{
    char **word, *rest;
    unsigned long size;

    if (!next_line(ctx, at, end, "mail", 4, &word, err))
        return false;
    errno = 0;
    size = strtoul(word[3], &rest, 10);
    if (*rest || rest == word[3] || errno || size == 0 ||
        size > (size_t)(end - *at))
        return fail(err, REPLY_INPUT, "mail %.20s: its octets are missing",
                    word[0]);
    if (strpbrk(word[1], "\r\t") || strpbrk(word[2], "\r\t<>"))
        return fail(err, REPLY_INPUT, "mail %.20s: bad address", word[0]);
    *m = (struct mail){.id = word[0],
                       .from = strcmp(word[1], "<>") == 0 ? "" : word[1],
                       .to = word[2],
                       .octets = *at,
                       .size = size};
    *at += size;
    return true;
}

static bool parse_batch(TALLOC_CTX *ctx, char *text, size_t size,
                        struct batch *b, struct error *err)
{
    char *at = text;
    const char *end = text + size;

    if (!parse_relay(ctx, &at, end, &b->relay, err))
        return false;
    while (at < end) {
        b->mails = array_grow(ctx, b->mails, struct mail, b->n + 1);
        if (!parse_mail(ctx, &at, end, &b->mails[b->n], err))
            return false;
        b->n++;
    }
    if (b->n == 0)
        return fail(err, REPLY_INPUT, "a batch without mails");
    return true;
}

bool batch_read(TALLOC_CTX *ctx, struct batch *b, struct error *err)
{
    char *text = NULL;
    size_t size = 0;

    return read_input(ctx, &text, &size, err) &&
           parse_batch(ctx, text, size, b, err);
}
