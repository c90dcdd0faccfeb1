#pragma once
/*
 * Mail addresses as URIs (RFC 6068).
 */
#include <talloc.h>

/* "a?b@x.example" -> "mailto:a%3Fb@x.example", on ctx. */
char *mailto_print(TALLOC_CTX *ctx, const char *address);

/* And back, with what programs make of it: "MAILTO: <A@b.example>" ->
 * "A@b.example". What is no mailto URI is taken for an address; what would be
 * no clean text stays coded. On ctx. */
char *mailto_address(TALLOC_CTX *ctx, const char *uri);
