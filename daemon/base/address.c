/*
 * Mail addresses (RFC 5321 4.1.2 dot-atoms, 4.5.3.1 sizes) whose domain may be
 * typed in any script.
 *
 * 1. What is kept, compared and sent is plain ASCII: labels of other scripts
 *    are in their "xn--" form (IDNA2008 behind the mapping of UTS 46,
 *    non-transitional: "ss" and the sharp s are two names).
 * 2. The local part belongs to the other side and is never changed.
 */
#include "daemon/base/address.h"

#include <idn2.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define LOCAL_SIZE   64
#define LABEL_SIZE   63
#define ADDRESS_SIZE 254 /* of a path, without its angle brackets */

/* ---- as it is sent */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool is_atom_character(char c)
{
    return is_letter_or_digit(c) ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool bad_character(const char *address, char c, const char *where,
                          struct error *err)
{
    if (c == ' ')
        return fail(err, REPLY_INPUT, "\"%.80s\": a blank in %s", address,
                    where);
    if (c > ' ' && c <= '~')
        return fail(err, REPLY_INPUT, "\"%.80s\": '%c' is not allowed in %s",
                    address, c, where);
    return fail(err, REPLY_INPUT,
                "an address holds a character that is not plain ASCII "
                "(octet %02x) in %s",
                (unsigned)(unsigned char)c, where);
}

static bool local_check(const char *address, size_t n, struct error *err)
{
    if (n == 0)
        return fail(err, REPLY_INPUT, "\"%.80s\": nothing before the @",
                    address);
    if (n > LOCAL_SIZE)
        return fail(err, REPLY_INPUT,
                    "\"%.80s\": more than %d characters before the @", address,
                    LOCAL_SIZE);
    for (size_t i = 0; i < n; i++) {
        bool edge = i == 0 || i == n - 1 || address[i - 1] == '.';

        if (address[i] == '.' && edge)
            return fail(err, REPLY_INPUT,
                        "\"%.80s\": a dot at an end or beside another one "
                        "before the @",
                        address);
        if (address[i] != '.' && !is_atom_character(address[i]))
            return bad_character(address, address[i], "what is before the @",
                                 err);
    }
    return true;
}

static bool label_check(const char *address, const char *label, size_t n,
                        struct error *err)
{
    if (n == 0 || n > LABEL_SIZE)
        return fail(err, REPLY_INPUT,
                    "\"%.80s\": each part of the domain has 1 to %d characters",
                    address, LABEL_SIZE);
    for (size_t i = 0; i < n; i++)
        if (!is_letter_or_digit(label[i]) && label[i] != '-')
            return bad_character(address, label[i], "the domain", err);
    if (label[0] == '-' || label[n - 1] == '-')
        return fail(err, REPLY_INPUT,
                    "\"%.80s\": a part of the domain begins or ends with '-'",
                    address);
    return true;
}

static bool domain_check(const char *address, const char *domain,
                         struct error *err)
{
    const char *label = domain;
    size_t n = strcspn(label, "."), labels = 1;

    while (label_check(address, label, n, err)) {
        if (label[n] != '\0') {
            label += n + 1;
            n = strcspn(label, ".");
            labels++;
            continue;
        }
        if (labels < 2 || strspn(label, "0123456789") == n)
            return fail(err, REPLY_INPUT,
                        "\"%.80s\": write the whole domain, like "
                        "example.org",
                        address);
        return true;
    }
    return false;
}

bool address_check(const char *address, struct error *err)
{
    const char *at = strchr(address, '@');

    if (!at)
        return fail(err, REPLY_INPUT, "\"%.80s\" is no address: it has no @",
                    address);
    if (strlen(address) > ADDRESS_SIZE)
        return fail(err, REPLY_INPUT, "\"%.80s\": longer than %d characters",
                    address, ADDRESS_SIZE);
    return local_check(address, (size_t)(at - address), err) &&
           domain_check(address, at + 1, err);
}

/* ---- as it is typed */

static bool is_ascii(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

/* Nothing in it that IDNA has a word to say about. */
static bool is_plain(const char *domain)
{
    for (const char *c = domain; *c; c++)
        if ((c == domain || c[-1] == '.') && text_begins(c, "xn--"))
            return false;
    return is_ascii(domain, strlen(domain));
}

static bool bad_domain(const char *domain, int rc, struct error *err)
{
    bool long_label =
        rc == IDN2_PUNYCODE_BIG_OUTPUT || rc == IDN2_TOO_BIG_LABEL;

    return fail(err, REPLY_INPUT,
                "the domain \"%.80s\" cannot be a domain (%s): write it as its "
                "owner does, or in its xn-- form",
                domain,
                long_label ? "a part of it is longer than 63 characters"
                           : idn2_strerror(rc));
}

static bool domain_read(TALLOC_CTX *ctx, const char *domain, char **ret,
                        struct error *err)
{
    char *ascii;
    int rc;

    if (is_plain(domain)) {
        *ret = memory_text(ctx, domain);
        return true;
    }
    for (const char *c = domain; *c; c++)
        if ((unsigned char)*c < 0x80 && !is_letter_or_digit(*c) &&
            !strchr("-.", *c))
            return bad_character(domain, *c, "the domain", err);
    /* Without IDN2_USE_STD3_ASCII_RULES, which drops in silence what becomes an
     * ASCII character: it stays, for address_check() to refuse. */
    rc = idn2_to_ascii_8z(domain, &ascii, IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK)
        return bad_domain(domain, rc, err);
    *ret = memory_text(ctx, ascii);
    idn2_free(ascii);
    return true;
}

bool address_read(TALLOC_CTX *ctx, const char *typed, char **ret,
                  struct error *err)
{
    const char *at = strchr(typed, '@');
    char *domain, *address;

    if (!text_is_clean(typed, strlen(typed), "") || !at)
        return address_check(typed, err);
    if (!is_ascii(typed, (size_t)(at - typed)))
        return fail(
            err, REPLY_INPUT,
            "\"%.80s\": before the @ stand plain ASCII letters only, or "
            "mail systems on the way refuse it; ask for an address "
            "written so",
            typed);
    if (!domain_read(ctx, at + 1, &domain, err))
        return false;
    address = text_format(ctx, "%.*s@%s", (int)(at - typed), typed, domain);
    if (!address_check(address, err))
        return false;
    *ret = address;
    return true;
}
