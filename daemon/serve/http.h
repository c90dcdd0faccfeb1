#pragma once
/*
 * Between the HTTP server's embedding (http.c) and its answers (answer.c).
 */
#include <microhttpd.h>

#include "daemon/serve/serve.h"

struct peer; /* one TCP or unix connection */

/* What a handler sees of a request. */
struct http_call {
    struct serve *serve;
    struct MHD_Connection *connection;
    const char *path; /* decoded, without the query */
    bool local;       /* from loopback or a unix socket */
};

/* The headers of every answer: it is of the type it says, and no link in it
 * tells where it was followed. */
void http_guard(struct MHD_Response *response);

/* Finds or makes the answer and queues it. */
enum MHD_Result http_answer(const struct http_call *call);

/* Forgets prepared answers (the published version changed). */
void http_answers_forget(struct serve *s);

/* What answer.c keeps; owned by http.c. */
struct answers;
struct answers **http_answers(struct serve *s);
