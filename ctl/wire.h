#pragma once
/*
 * The control protocol: JSON Lines on a unix stream socket. One request a
 * connection at a time; the answer is any number of progress and row lines and
 * exactly one last line.
 *
 *   > {"verb":"plan","args":{"cycles":"2027..2028"}}
 *   < {"progress":{"done":3,"of":22,"text":"MINISTERIAL-2027"}}
 *   < {"row":{...}}
 *   < {"ok":true,"summary":{...}}
 *   < {"ok":false,"error":{"code":"notfound","text":"...","at":"f:1:2"}}
 *
 * Here are pure functions between lines and JSON (either side; the daemon does
 * its own I/O) and the client's blocking conversation.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/error.h"

#define WIRE_LINE                                                              \
    (1024 * 1024) /* bytes of a line with its newline, at most                 \
                   */
#define WIRE_SOCKET "/run/convened/control"

/* ---- the daemon's half: requests in, lines out */

/* One line without its newline. *ret_verb belongs to *ret_request, which the
 * caller owns; *ret_args (borrowed) is always an object. REPLY_USAGE says what
 * is wrong with the line. */
bool wire_parse_request(const char *line, size_t size, json_t **ret_request,
                        const char **ret_verb, json_t **ret_args,
                        struct error *err) MUST_USE;

/* Lines with their newline, on ctx. What does not fit into a line, or is not
 * UTF-8, becomes NULL (row, progress) or an error line (end). row and summary
 * are borrowed; summary may be NULL. */
char *wire_row(TALLOC_CTX *ctx, const json_t *row);
char *wire_progress(TALLOC_CTX *ctx, long long done, long long of,
                    const char *text);
char *wire_ok(TALLOC_CTX *ctx, const json_t *summary);
char *wire_error(TALLOC_CTX *ctx, const struct error *e);

/* ---- the client's half: requests out, lines in */

/* {"verb":...,"args":...} with its newline, on ctx. args is borrowed.
 * REPLY_INPUT when it is longer than a line or not UTF-8. */
bool wire_request(TALLOC_CTX *ctx, const char *verb, const json_t *args,
                  char **ret, struct error *err) MUST_USE;

enum wire_kind { WIRE_PROGRESS, WIRE_ROW, WIRE_OK, WIRE_ERROR };

struct wire_reply {
    enum wire_kind kind;
    json_t *line; /* owned by the caller: json_decref */
    json_t *body; /* borrowed: the row, the summary (an object) */
    long long done, of;
    const char *text;   /* progress */
    struct error error; /* WIRE_ERROR */
};

/* One line without its newline. REPLY_INTERNAL: the other side speaks
 * something else. */
bool wire_parse_reply(const char *line, size_t size, struct wire_reply *ret,
                      struct error *err) MUST_USE;

/* Cuts complete lines out of octets that come in pieces. */
struct wire_reader {
    char *buf; /* on the reader's context */
    size_t begin, end, scanned;
};

struct wire_reader *wire_reader_new(TALLOC_CTX *ctx);
/* Appends octets (at most WIRE_LINE at a time). */
void wire_reader_feed(struct wire_reader *r, const char *octets, size_t n);
/* The next complete line without its newline, valid until the next feed; NULL
 * when there is none yet. */
const char *wire_reader_line(struct wire_reader *r, size_t *ret_size);
/* What is there of a line exceeds the limit: give up. */
bool wire_reader_overflows(const struct wire_reader *r);

/* ---- the client's conversation (client.c) */
struct wire_listener {
    /* false stops the conversation (nobody reads any more). */
    bool (*row)(void *arg, json_t *row);
    void (*progress)(void *arg, long long done, long long of, const char *text);
    void *arg;
};

/* Connects; REPLY_AWAY with what to do when nobody listens there. */
bool wire_connect(const char *path, int *ret_fd, struct error *err) MUST_USE;
/* Sends one request and listens to the end. On success *ret_summary is a new
 * reference. Fails with the daemon's error, or with REPLY_AWAY when it goes
 * away in the middle. */
bool wire_call(int fd, const char *verb, const json_t *args,
               const struct wire_listener *listener, json_t **ret_summary,
               struct error *err) MUST_USE;
