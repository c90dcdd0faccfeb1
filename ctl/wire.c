/*
 * Lines of the control protocol <-> JSON. Pure: no file descriptor here.
 *
 * Invariants:
 * 1. Whatever octets arrive, parsing ends in a value or in an error with a
 *    text for people, never in an abort.
 * 2. Whatever leaves is one line of at most WIRE_LINE bytes.
 */
#include "ctl/wire.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

/* prefix, json without blanks, suffix, newline; NULL when it is too long. */
static char *line_of(TALLOC_CTX *ctx, const char *prefix, const json_t *json,
                     const char *suffix)
{
    size_t head = strlen(prefix), tail = strlen(suffix);
    size_t body = json_dumpb(json, NULL, 0, JSON_COMPACT);
    char *line;

    if (body == 0 || head + body + tail + 1 > WIRE_LINE)
        return NULL;
    line = array_new(ctx, char, head + body + tail + 2);
    memcpy(line, prefix, head);
    if (json_dumpb(json, line + head, body, JSON_COMPACT) != body) {
        talloc_free(line);
        return NULL;
    }
    memcpy(line + head + body, suffix, tail);
    line[head + body + tail] = '\n';
    return line;
}

/* As line_of; eats `json`, which may be NULL. */
static char *line_of_new(TALLOC_CTX *ctx, const char *prefix, json_t *json,
                         const char *suffix)
{
    char *line = json ? line_of(ctx, prefix, json, suffix) : NULL;

    json_decref(json);
    return line;
}

/* Text that may hold anything, as a JSON string that is always valid. */
static json_t *safe_string(const char *text)
{
    json_t *s = json_string(text);

    return s ? s : json_string("(a text that is not UTF-8)");
}

/* ---- the daemon's half */

static json_t *parse_object(const char *line, size_t size, enum reply code,
                            struct error *err)
{
    json_error_t e;
    json_t *object;

    if (size >= WIRE_LINE) {
        (void)fail(err, code, "a line of more than %d bytes", WIRE_LINE);
        return NULL;
    }
    object = json_loadb(line, size, JSON_REJECT_DUPLICATES, &e);
    if (!object)
        (void)fail(err, code, "not JSON: %s (column %d)", e.text, e.column);
    else if (!json_is_object(object)) {
        (void)fail(err, code, "not a JSON object");
        json_decref(object);
        object = NULL;
    }
    return object;
}

bool wire_parse_request(const char *line, size_t size, json_t **ret_request,
                        const char **ret_verb, json_t **ret_args,
                        struct error *err)
{
    json_t *request = parse_object(line, size, REPLY_USAGE, err);
    json_t *args = NULL;
    json_error_t e;

    if (!request)
        return false;
    if (json_unpack_ex(request, &e, JSON_STRICT, "{s:s, s?o}", "verb", ret_verb,
                       "args", &args) != 0) {
        json_decref(request);
        return fail(err, REPLY_USAGE, "not a request: %s", e.text);
    }
    if (args && !json_is_object(args)) {
        json_decref(request);
        return fail(err, REPLY_USAGE,
                    "not a request: \"args\" must be an object");
    }
    if (!args) {
        args = json_object();
        (void)json_object_set_new(request, "args", args);
    }
    *ret_request = request;
    *ret_args = args;
    return true;
}

char *wire_row(TALLOC_CTX *ctx, const json_t *row)
{
    return line_of(ctx, "{\"row\":", row, "}");
}

char *wire_progress(TALLOC_CTX *ctx, long long done, long long of,
                    const char *text)
{
    json_t *body =
        json_pack("{s:I, s:I, s:o}", "done", (json_int_t)done, "of",
                  (json_int_t)of, "text", safe_string(text ? text : ""));

    return line_of_new(ctx, "{\"progress\":", body, "}");
}

/* A new reference. */
static json_t *error_json(const struct error *e)
{
    json_t *object = json_pack("{s:s, s:o}", "code", reply_word(e->code),
                               "text", safe_string(e->text));

    if (e->at[0] != '\0')
        (void)json_object_set_new(object, "at", safe_string(e->at));
    return object;
}

char *wire_error(TALLOC_CTX *ctx, const struct error *e)
{
    return line_of_new(ctx, "{\"ok\":false,\"error\":", error_json(e), "}");
}

char *wire_ok(TALLOC_CTX *ctx, const json_t *summary)
{
    struct error err;
    char *line;

    if (!summary)
        return memory_text(ctx, "{\"ok\":true,\"summary\":{}}\n");
    line = line_of(ctx, "{\"ok\":true,\"summary\":", summary, "}");
    if (line)
        return line;
    (void)fail(&err, REPLY_INTERNAL, "the summary does not fit into a line");
    return wire_error(ctx, &err);
}

/* ---- the client's half */

bool wire_request(TALLOC_CTX *ctx, const char *verb, const json_t *args,
                  char **ret, struct error *err)
{
    char *head = text_format(ctx, "{\"verb\":\"%s\",\"args\":", verb);
    char *line = line_of(ctx, head, args, "}");

    talloc_free(head);
    if (!line)
        return fail(err, REPLY_INPUT,
                    "this does not fit into a request of %d bytes", WIRE_LINE);
    *ret = line;
    return true;
}

static void parse_progress(const json_t *body, struct wire_reply *ret)
{
    const char *text = json_string_value(json_object_get(body, "text"));

    ret->kind = WIRE_PROGRESS;
    ret->done = json_integer_value(json_object_get(body, "done"));
    ret->of = json_integer_value(json_object_get(body, "of"));
    ret->text = text ? text : "";
}

static void parse_error(const json_t *body, struct wire_reply *ret)
{
    const char *code = json_string_value(json_object_get(body, "code"));
    const char *text = json_string_value(json_object_get(body, "text"));
    const char *at = json_string_value(json_object_get(body, "at"));

    ret->kind = WIRE_ERROR;
    (void)fail(&ret->error, code ? reply_of_word(code) : REPLY_INTERNAL, "%s",
               text ? text : "the daemon gave no reason");
    if (ret->error.code == REPLY_OK)
        ret->error.code = REPLY_INTERNAL;
    if (at)
        (void)snprintf(ret->error.at, sizeof ret->error.at, "%s", at);
}

/* Which of the four lines it is; false when it is none. */
static bool sort_reply(struct wire_reply *ret)
{
    const json_t *ok = json_object_get(ret->line, "ok");
    json_t *progress = json_object_get(ret->line, "progress");
    json_t *row = json_object_get(ret->line, "row");
    json_t *error = json_object_get(ret->line, "error");

    if (json_is_object(progress))
        parse_progress(progress, ret);
    else if (json_is_object(row))
        ret->kind = WIRE_ROW, ret->body = row;
    else if (json_is_true(ok)) {
        ret->kind = WIRE_OK;
        ret->body = json_object_get(ret->line, "summary");
        if (!ret->body) {
            ret->body = json_object();
            (void)json_object_set_new(ret->line, "summary", ret->body);
        }
        return json_is_object(ret->body);
    } else if (json_is_false(ok) && json_is_object(error))
        parse_error(error, ret);
    else
        return false;
    return true;
}

bool wire_parse_reply(const char *line, size_t size, struct wire_reply *ret,
                      struct error *err)
{
    struct wire_reply reply = {.text = ""};

    reply.line = parse_object(line, size, REPLY_INTERNAL, err);
    if (!reply.line)
        return wrap(err, "the daemon's answer");
    if (!sort_reply(&reply)) {
        json_decref(reply.line);
        return fail(err, REPLY_INTERNAL,
                    "the daemon's answer is of no known kind: %.*s",
                    size > 60 ? 60 : (int)size, line);
    }
    *ret = reply;
    return true;
}

/* ---- lines out of octets */

struct wire_reader *wire_reader_new(TALLOC_CTX *ctx)
{
    return object_new(ctx, struct wire_reader);
}

void wire_reader_feed(struct wire_reader *r, const char *octets, size_t n)
{
    if (r->begin > 0) {
        memmove(r->buf, r->buf + r->begin, r->end - r->begin);
        r->scanned -= r->begin;
        r->end -= r->begin;
        r->begin = 0;
    }
    r->buf = array_grow(r, r->buf, char, r->end + n);
    memcpy(r->buf + r->end, octets, n);
    r->end += n;
}

const char *wire_reader_line(struct wire_reader *r, size_t *ret_size)
{
    const char *line, *newline;

    if (r->end == r->scanned)
        return NULL;
    newline = memchr(r->buf + r->scanned, '\n', r->end - r->scanned);
    if (!newline) {
        r->scanned = r->end;
        return NULL;
    }
    line = r->buf + r->begin;
    *ret_size = (size_t)(newline - line);
    r->begin += *ret_size + 1;
    r->scanned = r->begin;
    return line;
}

bool wire_reader_overflows(const struct wire_reader *r)
{
    return r->end - r->begin >= WIRE_LINE;
}
