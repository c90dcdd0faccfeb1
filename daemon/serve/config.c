/*
 * convened.conf through inih. Debian's inih passes no line numbers and splits
 * long lines in silence; our own line reader counts the lines and refuses what
 * inih would misread. Every finding is collected, so that one --check shows
 * them all.
 */
#include "daemon/serve/config.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/mail/compose.h"
#include "daemon/office/office.h"

enum key_type {
    KEY_PATH,
    KEY_TEMPLATES, /* a path; empty: where the program was installed */
    KEY_TEXT,
    KEY_GROUPS,
    KEY_LISTEN,
    KEY_URL,
    KEY_DELIVER,
    KEY_MAILBOX,
    KEY_ADDRESS,
    KEY_NUMBER,
    KEY_LENGTH,
    KEY_ZONE,
    KEY_QUIET,
    KEY_NET,
    KEY_LADDER,
    KEY_WORD_STARTTLS,
    KEY_WORD_REVIEW
};

struct key {
    const char *section, *name;
    size_t offset; /* of the const char * in struct config */
    enum key_type type;
    const char *fallback, *help;
};

static const struct key keys[] = {
#define KEY(section, name, field, type, fallback, help)                        \
    {section, name, offsetof(struct config, field), KEY_##type, fallback, help},
#include "daemon/serve/config.def"
#undef KEY
};

#define KEYS (sizeof keys / sizeof keys[0])

struct reader {
    TALLOC_CTX *ctx;
    struct config *config;
    struct diagnostics *found;
    FILE *file;
    const char *path, *directory;
    char text[256]; /* the line in hand */
    int line;
    const char *wrong; /* the line cannot be read at all */
    int seen[KEYS];    /* line of each key, 0 not seen */
};

static void add_finding(struct reader *r, enum severity severity,
                        const char *text, const char *hint)
{
    struct diagnostics *d = r->found;

    d->rows = array_grow(r->ctx, d->rows, struct diagnostic, d->n + 1);
    d->rows[d->n++] = (struct diagnostic){
        .where = {memory_text(r->ctx, r->path), r->line, 1},
        .severity = severity,
        .text = text,
        .hint = hint,
        .line = text_trim(r->ctx, r->text),
    };
    d->errors += severity == SEVERITY_ERROR;
}

/* A finding about the line in hand; line 0 is about the file as a whole. */
static void report(struct reader *r, const char *text, const char *hint)
{
    add_finding(r, SEVERITY_ERROR, text, hint);
}

static const char **field_of(struct config *c, const struct key *k)
{
    return (const char **)(void *)((char *)c + k->offset);
}

static char *read_line(char *buf, int size, void *stream)
{
    struct reader *r = stream;
    size_t n;

    if (r->wrong || !fgets(buf, size, r->file))
        return NULL;
    r->line++;
    (void)snprintf(r->text, sizeof r->text, "%s", buf);
    n = strlen(buf);
    if (n + 1 == (size_t)size && buf[n - 1] != '\n')
        r->wrong = "the line is longer than 198 octets";
    else if ((buf[0] == ' ' || buf[0] == '\t') &&
             buf[strspn(buf, " \t\r\n")] != '\0')
        r->wrong = "the line begins with a blank; a value cannot be continued";
    else if (!text_is_clean(buf, n, "\t\r\n"))
        r->wrong = "the line is not UTF-8, or has control characters";
    return r->wrong ? NULL : buf;
}

static const char *nearest_section(const char *section)
{
    const char *names[KEYS + 1];

    for (size_t i = 0; i < KEYS; i++)
        names[i] = keys[i].section;
    names[KEYS] = NULL;
    return text_nearest(section, names);
}

static const char *nearest_key(const char *section, const char *name)
{
    const char *names[KEYS + 1];
    size_t n = 0;

    for (size_t i = 0; i < KEYS; i++)
        if (text_same(keys[i].section, section))
            names[n++] = keys[i].name;
    names[n] = NULL;
    return text_nearest(name, names);
}

static void report_unknown(struct reader *r, const char *section,
                           const char *name)
{
    bool known = false;
    const char *near;

    for (size_t i = 0; i < KEYS; i++)
        known = known || text_same(keys[i].section, section);
    near = known ? nearest_key(section, name) : nearest_section(section);
    report(
        r,
        known ? text_format(r->ctx, "unknown key \"%s\" in [%s]", name, section)
              : text_format(r->ctx, "unknown section [%s]", section),
        near ? text_format(r->ctx, "did you mean \"%s\"?", near) : "");
}

static int on_key(void *user, const char *section, const char *name,
                  const char *value)
{
    struct reader *r = user;

    for (size_t i = 0; i < KEYS; i++) {
        if (!text_same(keys[i].section, section) ||
            !text_same(keys[i].name, name))
            continue;
        if (r->seen[i])
            report(r,
                   text_format(r->ctx, "\"%s\" is set already in line %d", name,
                               r->seen[i]),
                   "remove one of the two lines");
        r->seen[i] = r->line;
        *field_of(r->config, &keys[i]) = text_trim(r->ctx, value);
        return 1;
    }
    report_unknown(r, section, name);
    return 1;
}

/* A finding about a key's value: its line, or 0 when the default is wrong. */
static void report_key(struct reader *r, const char *name, const char *text,
                       const char *hint)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].name, name) == 0)
            r->line = r->seen[i];
    r->text[0] = '\0';
    report(r, text, hint);
}

static bool number_of(const char *text, long most, int *ret)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(text, &end, 10);
    if (errno || end == text || *end || n < 0 || n > most)
        return false;
    *ret = (int)n;
    return true;
}

static bool length_of(const char *text, int *ret_seconds)
{
    static const char units[] = "smhd";
    static const int seconds[] = {1, 60, 3600, 86400};
    char number[16];
    size_t n = strlen(text);
    const char *unit = n > 1 ? strchr(units, text[n - 1]) : NULL;

    if (!unit || n >= sizeof number)
        return false;
    (void)snprintf(number, sizeof number, "%.*s", (int)(n - 1), text);
    if (!number_of(number, 10000, ret_seconds))
        return false;
    *ret_seconds *= seconds[unit - units];
    return *ret_seconds > 0;
}

/* "relay.example.org:25", "[::1]:8080": what follows the last colon is a port.
 */
static bool is_endpoint(const char *text, int least)
{
    const char *colon = strrchr(text, ':');
    int port;

    return colon && colon > text && !strpbrk(text, " \t/") &&
           number_of(colon + 1, 65535, &port) && port >= least;
}

static void check_listen(struct reader *r)
{
    char **one = text_split(r->ctx, r->config->listen, ',');

    for (; *one; one++) {
        bool path = text_begins(*one, "unix:");

        if (strcmp(*one, "none") == 0 || (path && (*one)[5] == '/') ||
            (!path && is_endpoint(*one, 0))) /* 0: any that is free */
            continue;
        report_key(r, "listen",
                   text_format(r->ctx, "listen = %s is not understood", *one),
                   "write HOST:PORT like 127.0.0.1:8080, unix:/PATH or none, "
                   "with commas between several");
    }
}

/* A group that is not there lets nobody in; it may still be made. */
static void check_groups(struct reader *r, const char *name, const char *groups)
{
    char **one = text_split(r->ctx, groups, ',');

    for (; *one; one++)
        if (**one && !getgrnam(*one))
            add_finding(
                r, SEVERITY_WARNING,
                text_format(r->ctx, "%s: there is no group %s", name, *one),
                text_format(r->ctx, "make it: groupadd --system %s", *one));
}

static void check_deliver(struct reader *r)
{
    struct config *c = r->config;

    if (strcmp(c->deliver, "none") == 0) {
        c->deliver_kind = DELIVER_NONE;
        c->deliver_to = "";
    } else if (text_begins(c->deliver, "directory:") && c->deliver[10]) {
        c->deliver_kind = DELIVER_DIRECTORY;
        c->deliver_to =
            c->deliver[10] == '/'
                ? c->deliver + 10
                : text_format(r->ctx, "%s/%s", c->state, c->deliver + 10);
    } else if (text_begins(c->deliver, "smtp://") &&
               is_endpoint(c->deliver + 7, 1)) {
        c->deliver_kind = DELIVER_SMTP;
        c->deliver_to = c->deliver + 7;
    } else {
        report_key(
            r, "deliver",
            text_format(r->ctx, "deliver = %s is not understood", c->deliver),
            "write smtp://HOST:PORT, directory:PATH or none");
    }
}

static void check_review(struct reader *r)
{
    static const char *const words[] = {"none", "release", "all"};
    struct config *c = r->config;

    for (int i = 0; i < 3; i++)
        if (strcmp(c->review, words[i]) == 0) {
            c->review_kind = (enum review_kind)i;
            return;
        }
    report_key(r, "review",
               text_format(r->ctx, "review = %s is not understood", c->review),
               "write none, release or all");
}

static void check_mail(struct reader *r)
{
    struct config *c = r->config;
    struct error err;
    const char *at;

    check_deliver(r);
    check_review(r);
    c->tls = strcmp(c->starttls, "required") == 0;
    if (!c->tls && strcmp(c->starttls, "none") != 0)
        report_key(
            r, "starttls",
            text_format(r->ctx, "starttls = %s is not understood", c->starttls),
            "write none or required");
    if (!number_of(c->per_minute, 100000, &c->mails_per_minute))
        report_key(r, "per-minute",
                   text_format(r->ctx, "per-minute = %s is not a number",
                               c->per_minute),
                   "write a number of mails, 0 for no limit");
    if (!quiet_parse(c->quiet, &c->quiet_hours))
        report_key(
            r, "quiet",
            text_format(r->ctx, "quiet = %s is not understood", c->quiet),
            "write hours like 20:00-07:00, or none");
    if (!net_parse(c->safety_net, &c->net))
        report_key(r, "safety-net",
                   text_format(r->ctx, "safety-net = %s is not understood",
                               c->safety_net),
                   "write numbers like 200/hour, 10/day, or none");
    if (!ladder_parse(c->escalate_after, &c->ladder))
        report_key(r, "escalate-after",
                   text_format(r->ctx, "escalate-after = %s is not understood",
                               c->escalate_after),
                   "write three numbers of working days like 1, 3, 7");
    if (!length_of(c->lifetime, &c->lifetime_seconds))
        report_key(
            r, "lifetime",
            text_format(r->ctx, "lifetime = %s is not a length", c->lifetime),
            "write a length like 5d, 12h or 30m");
    if (!mail_address_split(r->ctx, c->from, &c->from_name, &c->from_address,
                            &err)) {
        report_key(r, "from", text_format(r->ctx, "from: %s", err.text),
                   "write from = Secretariat <secretariat@example.org>");
        return;
    }
    at = strrchr(c->from_address, '@');
    c->mail_domain = at ? at + 1 : "localhost.localdomain";
    if (c->user[0] && !c->password_file[0])
        report_key(r, "user", "a user without a password-file",
                   "add password-file = /PATH, or take user out");
    if (c->password_file[0] && !c->user[0])
        report_key(r, "password-file", "a password-file without a user",
                   "add user = NAME, or take password-file out");
    if (c->user[0] && !c->tls && !text_begins(c->deliver_to, "127.") &&
        !text_begins(c->deliver_to, "localhost:"))
        report_key(r, "user",
                   "a password may go to another host only under starttls",
                   "add starttls = required");
}

static void check_address(struct reader *r, const char *name,
                          const char **address)
{
    struct error err;
    char *kept;

    if ((*address)[0] == '\0')
        return;
    if (address_read(r->ctx, *address, &kept, &err))
        *address = kept;
    else
        report(r, text_format(r->ctx, "%s: %s", name, err.text), "");
}

/* "a/b/../c" -> "a/c": what people read in messages is the place itself. */
static char *tidy(TALLOC_CTX *ctx, const char *path)
{
    char *out = memory_text(ctx, path), *up;

    while ((up = strstr(out, "/../")) && up != out) {
        char *parent = up - 1;

        while (parent > out && *parent != '/')
            parent--;
        memmove(parent, up + 3, strlen(up + 3) + 1);
    }
    return out;
}

/* Values that need more than being there. Line 0: no line is to blame. */
static void check_values(struct reader *r)
{
    struct config *c = r->config;
    struct error err;
    size_t n = strlen(c->base_url);

    for (size_t i = 0; i < KEYS; i++) {
        const char **field = field_of(c, &keys[i]);

        r->line = r->seen[i];
        r->text[0] = '\0';
        if (keys[i].type == KEY_TEMPLATES && !(*field)[0])
            *field = CONVENED_TEMPLATES;
        if ((keys[i].type == KEY_PATH || keys[i].type == KEY_TEMPLATES) &&
            (*field)[0] && (*field)[0] != '/')
            *field = tidy(r->ctx,
                          text_format(r->ctx, "%s/%s", r->directory, *field));
        if (keys[i].type == KEY_PATH && keys[i].fallback[0] && !(*field)[0])
            report(r, text_format(r->ctx, "%s has no path", keys[i].name),
                   text_format(r->ctx, "write one, or take the line out for %s",
                               keys[i].fallback));
        if (keys[i].type == KEY_GROUPS)
            check_groups(r, keys[i].name, *field);
        if (keys[i].type == KEY_ADDRESS)
            check_address(r, keys[i].name, field);
        if (keys[i].type == KEY_ZONE &&
            !zone_load(r->ctx, *field, &c->clock, &err))
            report(r, text_format(r->ctx, "%s: %s", keys[i].name, err.text),
                   "");
        if (keys[i].type == KEY_URL &&
            (!(text_begins(*field, "http://") ||
               text_begins(*field, "https://")) ||
             strpbrk(*field, " \"<>") || (n > 0 && (*field)[n - 1] == '/')))
            report(
                r,
                text_format(r->ctx, "base-url = %s is not understood", *field),
                "write it like https://calendar.example.org, without a "
                "slash at the end");
    }
    r->line = 0;
    check_listen(r);
    check_mail(r);
    if (strlen(c->socket) > 100)
        report_key(r, "socket",
                   text_format(r->ctx,
                               "socket: the path %s is longer than 100 octets",
                               c->socket),
                   "choose a shorter one");
}

static char *directory_of(TALLOC_CTX *ctx, const char *path)
{
    char *whole = realpath(path, NULL);
    char *copy = memory_text(ctx, whole ? whole : path);
    char *slash = strrchr(copy, '/');

    free(whole);
    if (slash)
        *slash = '\0';
    return slash ? copy : memory_text(ctx, ".");
}

const struct config *config_read(TALLOC_CTX *ctx, const char *path,
                                 struct diagnostics *diagnostics)
{
    size_t before = diagnostics->errors;
    struct reader r = {.ctx = ctx,
                       .config = object_new(ctx, struct config),
                       .found = diagnostics,
                       .path = path,
                       .directory = directory_of(ctx, path)};
    struct error err;
    char *text;
    size_t size;
    int line;

    r.config->file = memory_text(ctx, path);
    for (size_t i = 0; i < KEYS; i++)
        *field_of(r.config, &keys[i]) = keys[i].fallback;
    if (!text_read_file(ctx, path, 65536, &text, &size, &err) ||
        !(r.file =
              size ? fmemopen(text, size, "r") : fopen("/dev/null", "re"))) {
        report(&r, memory_text(ctx, err.text), "");
        return NULL;
    }
    line = ini_parse_stream(read_line, &r, on_key, &r);
    (void)fclose(r.file);
    if (r.wrong) {
        report(&r, r.wrong, "");
    } else if (line > 0) {
        r.line = line;
        r.text[0] = '\0';
        report(&r, "the line is neither [section] nor key = value", "");
    }
    check_values(&r);
    return diagnostics->errors == before ? r.config : NULL;
}

char *config_manual(TALLOC_CTX *ctx)
{
    char *text = memory_text(ctx, "");
    const char *section = "";

    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            text =
                talloc_asprintf_append_buffer(text, ".SS \"[%s]\"\n", section);
        }
        text = talloc_asprintf_append_buffer(
            text, ".TP\n.B %s\n%s. Default: %s\n", keys[i].name, keys[i].help,
            keys[i].fallback[0] ? keys[i].fallback : "(empty)");
        invariant(text);
    }
    return text;
}
