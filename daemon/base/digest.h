#pragma once
/*
 * SHA-256 (FIPS 180-4), HMAC (RFC 2104), and base32 in the alphabet of RFC 4648
 * in lower case, which survives what MTAs do to local parts.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#define DIGEST_SIZE 32

/* A digest of octets that come in pieces. */
struct digest {
    uint32_t state[8];
    uint64_t size;
    unsigned char block[64];
};

void digest_begin(struct digest *d);
void digest_add(struct digest *d, const void *octets, size_t size);
void digest_end(struct digest *d, unsigned char ret[DIGEST_SIZE]);

/* HMAC-SHA256 of a text under a key. */
void digest_mac(const void *key, size_t key_size, const char *text,
                unsigned char ret[DIGEST_SIZE]);

/* Two texts in a time that does not tell where they differ. */
bool digest_same_text(const char *a, const char *b);

/* The first `bits` bits as base32, on ctx; bits is a multiple of 5. */
char *digest_base32(TALLOC_CTX *ctx, const unsigned char *octets, int bits);
/* Two hexadecimal digits an octet, on ctx. */
char *digest_hex(TALLOC_CTX *ctx, const unsigned char *octets, size_t size);
