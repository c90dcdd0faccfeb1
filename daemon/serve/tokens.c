/*
 * The key is made once and lies in the store. A link's token is derived, too,
 * so that every mail about one item has the same link; of it only a digest is
 * kept.
 */
#include "daemon/serve/tokens.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define KEY        "token_key"
#define MAC_BITS   80  /* 16 characters of base32 */
#define LINK_BITS  130 /* 26 */
#define LOCAL_MOST 64

/* The key as it is kept, in hexadecimal digits: as good a key as its octets.
 * Read once; one that a transaction made counts when that is over. */
static bool key_of(TALLOC_CTX *ctx, struct serve *s, const char **ret,
                   struct error *err)
{
    unsigned char octets[DIGEST_SIZE];

    if (s->token_key) {
        *ret = s->token_key;
        return true;
    }
    if (!store_setting(ctx, s->store, KEY, ret, err))
        return false;
    if (*ret && strlen(*ret) == sizeof octets * 2) {
        s->token_key = memory_text(s->ctx, *ret);
        return true;
    }
    invariant(getrandom(octets, sizeof octets, 0) == (ssize_t)sizeof octets);
    *ret = digest_hex(ctx, octets, sizeof octets);
    return store_set_setting(s->store, KEY, *ret, err);
}

static bool mac_of(TALLOC_CTX *ctx, struct serve *s, const char *text, int bits,
                   const char **ret, struct error *err)
{
    unsigned char octets[DIGEST_SIZE];
    const char *key;

    if (!key_of(ctx, s, &key, err))
        return false;
    digest_mac(key, strlen(key), text, octets);
    *ret = digest_base32(ctx, octets, bits);
    return true;
}

/* ---- envelope senders */

bool token_sender(TALLOC_CTX *ctx, struct serve *s, const char *base,
                  int64_t message, const char **ret, struct error *err)
{
    const char *at = strrchr(base, '@'), *mac;
    char *tag;

    if (!at) {
        *ret = base;
        return true;
    }
    if (!mac_of(ctx, s, text_format(ctx, "bounce/%lld", (long long)message),
                MAC_BITS, &mac, err))
        return false;
    tag = text_format(ctx, "+b%lld-%s", (long long)message, mac);
    *ret = (size_t)(at - base) + strlen(tag) > LOCAL_MOST
               ? base
               : text_format(ctx, "%.*s%s%s", (int)(at - base), base, tag, at);
    return true;
}

/* Splits "x+b17-abc@y" into 17 and "abc" (on ctx). */
static bool tag_of(TALLOC_CTX *ctx, const char *recipient, int64_t *ret_id,
                   char **ret_mac)
{
    const char *at = strrchr(recipient, '@');
    const char *plus =
        at ? memrchr(recipient, '+', (size_t)(at - recipient)) : NULL;
    char *end;

    if (!plus || (plus[1] != 'b' && plus[1] != 'B'))
        return false;
    *ret_id = strtoll(plus + 2, &end, 10);
    if (*ret_id <= 0 || *end != '-')
        return false;
    *ret_mac = memory_text_n(ctx, end + 1, (size_t)(at - end - 1));
    for (char *c = *ret_mac; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    return true;
}

bool token_message(struct serve *s, const char *recipient, int64_t *ret,
                   struct error *err)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    const char *mac;
    char *given;
    int64_t id = 0;
    bool good = true;

    if (tag_of(tmp, recipient, &id, &given)) {
        good = mac_of(tmp, s, text_format(tmp, "bounce/%lld", (long long)id),
                      MAC_BITS, &mac, err);
        if (good && !digest_same_text(mac, given))
            id = 0;
    }
    talloc_free(tmp);
    if (good)
        *ret = id;
    return good;
}

/* ---- links to answer by */

static char *digest_of(TALLOC_CTX *ctx, const char *token)
{
    unsigned char octets[DIGEST_SIZE];
    struct digest d;

    digest_begin(&d);
    digest_add(&d, token, strlen(token));
    digest_end(&d, octets);
    return digest_hex(ctx, octets, sizeof octets);
}

/* The token that stands for one thing and one contact. */
static bool link_token(TALLOC_CTX *ctx, struct serve *s, const char *thing,
                       const char *email, const char **ret, struct error *err)
{
    char *folded = memory_text(ctx, email);

    for (char *c = folded; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    if (!mac_of(ctx, s, text_format(ctx, "answer/%s/%s", thing, folded),
                LINK_BITS, ret, err))
        return false;
    return store_put_link(s->store, digest_of(ctx, *ret), thing, email, err);
}

bool token_answer_url(TALLOC_CTX *ctx, struct serve *s, const char *thing,
                      const char *email, const char **ret, struct error *err)
{
    const char *token;

    if (!link_token(ctx, s, thing, email, &token, err))
        return false;
    *ret = text_format(ctx, "%s/rsvp/%s", s->config->base_url, token);
    return true;
}

bool token_leave_url(TALLOC_CTX *ctx, struct serve *s, const char *email,
                     const char **ret, struct error *err)
{
    const char *token;

    *ret = NULL;
    if (!text_begins(s->config->base_url, "https://"))
        return true;
    if (!link_token(ctx, s, TOKEN_LEAVE, email, &token, err))
        return false;
    *ret = text_format(ctx, "%s/unsubscribe/%s", s->config->base_url, token);
    return true;
}

bool token_answer(TALLOC_CTX *ctx, struct serve *s, const char *token,
                  const char **ret_thing, const char **ret_email,
                  struct error *err)
{
    return store_link(ctx, s->store, digest_of(ctx, token), ret_thing,
                      ret_email, err);
}
