/*
 * SHA-256 by its definition; a few hundred octets at a time, so that speed does
 * not count.
 */
#include "daemon/base/digest.h"

#include <string.h>

#include "daemon/base/error.h"
#include "daemon/base/error.h"
#include "daemon/base/memory.h"

#define BLOCK 64

static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                  0xa54ff53a, 0x510e527f, 0x9b05688c,
                                  0x1f83d9ab, 0x5be0cd19};

static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void spread(const unsigned char *block, uint32_t w[64])
{
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

static void mix(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], s[8];

    spread(block, w);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t a = s[0], e = s[4];
        uint32_t t = s[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                     ((e & s[5]) ^ (~e & s[6])) + rounds[i] + w[i];
        uint32_t u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
                     ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += t;
        s[0] = t + u;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void digest_begin(struct digest *d)
{
    memcpy(d->state, first, sizeof first);
    d->size = 0;
}

void digest_add(struct digest *d, const void *octets, size_t size)
{
    const unsigned char *p = octets;

    while (size > 0) {
        size_t at = d->size % BLOCK;
        size_t n = BLOCK - at < size ? BLOCK - at : size;

        memcpy(d->block + at, p, n);
        d->size += n;
        p += n;
        size -= n;
        if (d->size % BLOCK == 0)
            mix(d->state, d->block);
    }
}

void digest_end(struct digest *d, unsigned char ret[DIGEST_SIZE])
{
    static const unsigned char mark = 0x80, zero = 0;
    unsigned char length[8];
    uint64_t bits = d->size * 8;

    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    digest_add(d, &mark, 1);
    while (d->size % BLOCK != BLOCK - sizeof length)
        digest_add(d, &zero, 1);
    digest_add(d, length, sizeof length);
    for (int i = 0; i < DIGEST_SIZE; i++)
        ret[i] = (unsigned char)(d->state[i / 4] >> (24 - 8 * (i % 4)));
}

void digest_mac(const void *key, size_t key_size, const char *text,
                unsigned char ret[DIGEST_SIZE])
{
    unsigned char pad[2][BLOCK] = {{0}, {0}};
    struct digest d;

    invariant(key_size <= BLOCK);
    memcpy(pad[0], key, key_size);
    memcpy(pad[1], key, key_size);
    for (int i = 0; i < BLOCK; i++) {
        pad[0][i] ^= 0x36;
        pad[1][i] ^= 0x5c;
    }
    digest_begin(&d);
    digest_add(&d, pad[0], BLOCK);
    digest_add(&d, text, strlen(text));
    digest_end(&d, ret);
    digest_begin(&d);
    digest_add(&d, pad[1], BLOCK);
    digest_add(&d, ret, DIGEST_SIZE);
    digest_end(&d, ret);
}

bool digest_same_text(const char *a, const char *b)
{
    size_t n = strlen(a);
    unsigned differ = 0;

    if (strlen(b) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        differ |= (unsigned char)a[i] ^ (unsigned char)b[i];
    return differ == 0;
}

char *digest_base32(TALLOC_CTX *ctx, const unsigned char *octets, int bits)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    char *text = array_new(ctx, char, (size_t)bits / 5 + 1);

    for (int i = 0; i < bits / 5; i++) {
        int at = i * 5 / 8, shift = i * 5 % 8;
        unsigned two = (unsigned)octets[at] << 8;

        if (shift > 3)
            two |= octets[at + 1];
        text[i] = letters[two >> (11 - shift) & 31];
    }
    return text;
}

char *digest_hex(TALLOC_CTX *ctx, const unsigned char *octets, size_t size)
{
    static const char letters[] = "0123456789abcdef";
    char *text = array_new(ctx, char, 2 * size + 1);

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = letters[octets[i] >> 4];
        text[2 * i + 1] = letters[octets[i] & 15];
    }
    return text;
}
