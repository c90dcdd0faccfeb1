#pragma once
/*
 * Mail addresses as every mail system takes them.
 */
#include <stdbool.h>
#include <talloc.h>

#include "daemon/base/error.h"

/* An address as it is kept and sent: dot-atom ASCII local part up to 64,
 * domain of letters, digits, hyphens. The error says why not. */
bool address_check(const char *address, struct error *err) MUST_USE;

/* What a person typed as it is kept: the labels of a domain in another script
 * become their "xn--" form ("a@b\u00fccher.example" ->
 * "a@xn--bcher-kva.example"), all else stays as it is. REPLY_INPUT says what
 * is wrong and what to write instead. */
bool address_read(TALLOC_CTX *ctx, const char *typed, char **ret,
                  struct error *err) MUST_USE;
