/*
 * The MTA's queue is our spool: what cannot be handed over now is left there.
 *
 * 1. A mail that cannot be read is no reason to refuse it: it is kept and a
 *    person looks at it. Only what is our own fault is tried later.
 * 2. The MTA ends a pipe after its own patience with a bounce; the alarm is
 *    first.
 */
#include "ctl/deliver.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/foreign.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define PATIENCE   30
#define MAIL_MOST  (1024 * 1024)
#define LONG_KEPT  (64 * 1024)
#define MAIL_KEPT  (700 * 1024) /* in base64 a request still has room for it */
#define FACTS_MOST (64 * 1024)

static void on_alarm(int number)
{
    (void)number;
    _exit(DELIVER_LATER);
}

void deliver_watch(void)
{
    (void)signal(SIGALRM, on_alarm);
    (void)alarm(PATIENCE);
}

/* "key value" lines as members; the first of a key counts. */
static json_t *facts_of(TALLOC_CTX *ctx, const char *lines)
{
    json_t *facts = json_object();
    char **rows = text_split(ctx, lines, '\n');

    for (; *rows; rows++) {
        const char *blank = strchr(*rows, ' ');
        char *key =
            blank ? memory_text_n(ctx, *rows, (size_t)(blank - *rows)) : NULL;

        if (key && !json_object_get(facts, key))
            (void)json_object_set_new(facts, key, json_string(blank + 1));
    }
    return facts;
}

static json_t *unreadable(const char *why)
{
    return json_pack("{s:s, s:s}", "kind", "unreadable", "why", why);
}

static bool run_reader(TALLOC_CTX *ctx, const char *sender, const char *octets,
                       size_t size, json_t **ret, struct error *err)
{
    const char *const words[] = {sender, NULL};
    const char *why;
    char *lines;

    if (!foreign_read(ctx, words, octets, size, FACTS_MOST, &lines, &why, err))
        return false;
    if (lines && !text_begins(lines, "kind "))
        why = "reading it failed";
    *ret = lines && text_begins(lines, "kind ") ? facts_of(ctx, lines)
                                                : unreadable(why);
    return true;
}

/* ---- the request */

static char *base64(TALLOC_CTX *ctx, const char *octets, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = array_new(ctx, char, (size + 2) / 3 * 4 + 1), *to = text;
    const unsigned char *s = (const unsigned char *)octets;

    for (size_t i = 0; i < size; i += 3) {
        unsigned three = (unsigned)s[i] << 16 |
                         (i + 1 < size ? (unsigned)s[i + 1] << 8 : 0) |
                         (i + 2 < size ? s[i + 2] : 0u);

        *to++ = letters[three >> 18];
        *to++ = letters[three >> 12 & 63];
        *to++ = i + 1 < size ? letters[three >> 6 & 63] : '=';
        *to++ = i + 2 < size ? letters[three & 63] : '=';
    }
    return text;
}

/* What the alias of an MTA leaves in the environment. */
static const char *envelope(json_t *args, const char *name,
                            const char *variable)
{
    const json_t *given = json_object_get(args, name);
    const char *value = given ? json_string_value(given) : getenv(variable);

    if (!value)
        value = "";
    if (!given)
        (void)json_object_set_new(args, name, json_string(value));
    return value;
}

static void set_mail(TALLOC_CTX *ctx, json_t *args, const char *octets,
                     size_t size, json_t *facts)
{
    size_t kept = size > MAIL_MOST   ? LONG_KEPT
                  : size > MAIL_KEPT ? MAIL_KEPT
                                     : size;
    char *text = json_dumps(facts, JSON_COMPACT);

    invariant(text);
    (void)json_object_set_new(args, "mail",
                              json_string(base64(ctx, octets, kept)));
    (void)json_object_set_new(args, "size", json_integer((json_int_t)size));
    (void)json_object_set_new(args, "facts", json_string(text));
    free(text);
    json_decref(facts);
}

bool deliver_read(json_t *args, struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *sender = envelope(args, "sender", "SENDER");
    size_t size;
    char *octets = foreign_octets(ctx, STDIN_FILENO, MAIL_MOST + 1, &size);
    json_t *facts = NULL;
    bool good = true;

    (void)envelope(args, "recipient", "ORIGINAL_RECIPIENT");
    if (size > MAIL_MOST)
        facts = unreadable("the mail is longer than 1 MiB");
    else
        good = run_reader(ctx, sender, octets, size, &facts, err);
    if (good)
        set_mail(ctx, args, octets, size, facts);
    talloc_free(ctx);
    return good;
}
