#pragma once
/*
 * The error every failing call fills: a reply code for programs and one line
 * of text for people.
 */
#include <stdbool.h>

enum reply {
#define REPLY(name, word, exit, http, meaning) REPLY_##name,
#include "ctl/reply.def"
#undef REPLY
};

struct error {
    enum reply code;
    char text[512];
    char at[256]; /* "file:line:column" where a text is to blame, else "" */
};

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Fills err (which may be NULL) and returns false, always. Clears err->at. */
bool fail(struct error *err, enum reply code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Puts "prefix: " before err's text, keeps its code, returns false, always. */
bool wrap(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Adds the place in a text file to err, returns false, always. */
bool fail_at(struct error *err, const char *file, int line, int column);

/* The row of reply.def, or the fallback REPLY_INTERNAL for an unknown word. */
const char *reply_word(enum reply code);
int reply_exit(enum reply code);
int reply_http(enum reply code);
enum reply reply_of_word(const char *word);

/* Broken invariants and out-of-memory: says where on stderr and aborts. Never
 * reachable from a socket, a file, a row or a mail. */
#define invariant(condition)                                                   \
    ((condition) ? (void)0 : invariant_broken(#condition, __FILE__, __LINE__))
_Noreturn void invariant_broken(const char *what, const char *file, int line);
