#pragma once
/*
 * One request on the control socket, from its line to its last answer line.
 */
#include <jansson.h>
#include <talloc.h>

#include "daemon/serve/serve.h"

struct connection;

struct request {
    TALLOC_CTX *ctx; /* ends with the answer */
    struct serve *serve;
    struct connection *connection; /* NULL: the client went away */
    const struct verb *verb;
    json_t *args; /* checked */
    const char *who;
    int uid;
    int right;     /* the highest, enum verb_right */
    bool deferred; /* the handler answers later, by request_finish() */
    bool logged;
    /* Set while deferred: the client went away, stop. */
    void (*abandon)(void *arg);
    void *abandon_arg;
    /* For the log, when the verb changed something. */
    const char *things, *before, *after;
    json_t *summary; /* what the last line says; NULL: {} */
};

/* A verb: emits rows, sets q->summary, or fails. */
typedef bool verb_handler(struct request *q, struct error *err);

/* The handler of a verb, NULL for those that convenectl answers itself. */
verb_handler *verb_handler_of(enum verb_id id);

/* Sends a row (takes the reference). */
void request_row(struct request *q, json_t *row);
void request_progress(struct request *q, int done, int of, const char *text);
/* Writes the log of a change at once, when the answer comes much later; else
 * the end of the request does. */
void request_log(struct request *q);
/* Ends a deferred request; err NULL: done. */
void request_finish(struct request *q, const struct error *err);

/* ---- arguments, checked by verbs.def already */
const char *request_text(const struct request *q, const char *name);
/* Is the sector the one asked for by --sector? Without it, all are. */
bool request_shows(const struct request *q, const struct sector *s);
/* The draft that an argument names, spelled as it was made; as typed when there
 * is none. */
const char *request_draft_at(const struct request *q, const char *argument,
                             const char *otherwise);
const char *request_draft(const struct request *q); /* "main" by default */
/* The cycles argument; without one *ret_first > *ret_last. */
void request_cycles(const struct request *q, const char *name, int *ret_first,
                    int *ret_last);
struct date request_date(const struct request *q, const char *name);
