#pragma once
/*
 * Tokens that go out and come back: in the envelope sender of every mail, so
 * that what comes back is known (VERP), and in links that open a page. Derived
 * from a key of this installation; nobody can make one without it.
 */
#include "daemon/serve/serve.h"

/* "secretariat+b17-abcdefghijklmnop@calendar.example" for message 17, on ctx;
 * `base` itself where it has no room for it, or is "". */
bool token_sender(TALLOC_CTX *ctx, struct serve *s, const char *base,
                  int64_t message, const char **ret,
                  struct error *err) MUST_USE;
/* The message of such an address, 0 when it has no token or a forged one. */
bool token_message(struct serve *s, const char *recipient, int64_t *ret,
                   struct error *err) MUST_USE;

/* The address of the page where one contact answers about one item: always
 * the same. Remembers it. On ctx. */
bool token_answer_url(TALLOC_CTX *ctx, struct serve *s, const char *thing,
                      const char *email, const char **ret,
                      struct error *err) MUST_USE;
/* Likewise of the page where a contact refuses what may be refused; *ret NULL
 * where there is no https address (RFC 8058 3.1). */
bool token_leave_url(TALLOC_CTX *ctx, struct serve *s, const char *email,
                     const char **ret, struct error *err) MUST_USE;
/* Whose and about what (TOKEN_LEAVE, or an item); *ret_thing NULL for a token
 * that was never given out. */
#define TOKEN_LEAVE "unsubscribe"
bool token_answer(TALLOC_CTX *ctx, struct serve *s, const char *token,
                  const char **ret_thing, const char **ret_email,
                  struct error *err) MUST_USE;
