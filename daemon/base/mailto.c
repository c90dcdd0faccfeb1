/*
 * mailto URIs. Not beside the addresses, because convene-reader needs these and
 * nothing of what those are made of.
 */
#include "daemon/base/mailto.h"

#include <ctype.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* Of what an address may hold, RFC 6068 2: the rest is coded. */
static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789"
                                 "@.!$'*+-_~";

char *mailto_print(TALLOC_CTX *ctx, const char *address)
{
    char *uri =
        array_new(ctx, char, strlen("mailto:") + 3 * strlen(address) + 1);
    char *to = stpcpy(uri, "mailto:");

    for (; *address; address++) {
        if (strchr(unreserved, *address)) {
            *to++ = *address;
            continue;
        }
        *to++ = '%';
        *to++ = "0123456789ABCDEF"[(unsigned char)*address >> 4];
        *to++ = "0123456789ABCDEF"[*address & 15];
    }
    return uri;
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

char *mailto_address(TALLOC_CTX *ctx, const char *uri)
{
    char *address = text_trim(ctx, uri), *decoded, *to;

    if (text_begins(address, "mailto:"))
        address = text_trim(ctx, address + strlen("mailto:"));
    if (address[0] == '<')
        address++;
    address = memory_text_n(ctx, address, strcspn(address, ">? \""));
    decoded = memory_text(ctx, address);
    to = decoded;
    for (const char *c = address; *c; c++) {
        bool coded = c[0] == '%' && isxdigit((unsigned char)c[1]) &&
                     isxdigit((unsigned char)c[2]);

        *to++ = (char)(coded ? hex(c[1]) << 4 | hex(c[2]) : *c);
        c += coded ? 2 : 0;
    }
    *to = '\0';
    return text_is_clean(decoded, (size_t)(to - decoded), "") ? decoded
                                                              : address;
}
