/*
 * Small pages with a form that are made here and not from a template: they
 * must work in the oldest browser of a ministry, and with any directory of
 * templates. Nothing of them is kept by caches, nor found by search machines.
 */
#include "daemon/serve/form.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page.h"
#include "daemon/serve/config.h"
#include "daemon/serve/serve.h"

char *form_escape(TALLOC_CTX *ctx, const char *text)
{
    char *out = memory_text(ctx, "");

    for (; *text; text++) {
        const char *as = *text == '<'   ? "&lt;"
                         : *text == '>' ? "&gt;"
                         : *text == '&' ? "&amp;"
                         : *text == '"' ? "&quot;"
                                        : NULL;

        out = as ? talloc_strdup_append_buffer(out, as)
                 : talloc_strndup_append_buffer(out, text, 1);
        invariant(out);
    }
    return out;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

char *form_field(TALLOC_CTX *ctx, const char *body, const char *name)
{
    size_t n = strlen(name), size = 0;
    char *value;

    while (strncmp(body, name, n) != 0 || body[n] != '=') {
        body += strcspn(body, "&");
        if (!*body++)
            return NULL;
    }
    body += n + 1;
    value = array_new(ctx, char, strlen(body) + 1);
    for (; *body && *body != '&'; body++) {
        if (*body == '%' && hex_value(body[1]) >= 0 &&
            hex_value(body[2]) >= 0) {
            value[size++] =
                (char)(hex_value(body[1]) * 16 + hex_value(body[2]));
            body += 2;
        } else {
            value[size++] = (char)(*body == '+' ? ' ' : *body);
        }
    }
    for (size_t i = 0; i < size; i++)
        if (value[i] == '\r' || value[i] == '\n' || value[i] == '\t')
            value[i] = ' ';
    return text_is_clean(value, size, "") ? value : NULL;
}

/* ---- pages */

/* The address to ask, below; "" when none is configured. */
static char *foot_text(TALLOC_CTX *ctx, const struct serve *s)
{
    const char *desk = form_escape(ctx, s->config->contact);

    if (!*desk)
        return memory_text(ctx, "");
    return text_format(ctx,
                       "<footer class=\"site\">\n<div class=\"wide\">\n"
                       "<p>Questions: <a href=\"mailto:%s\">%s</a></p>\n"
                       "</div>\n</footer>\n",
                       desk, desk);
}

/* As all pages look, with the name of the calendar above. */
static char *page_text(TALLOC_CTX *ctx, const struct serve *s,
                       const char *title, const char *body)
{
    const char *root = form_escape(ctx, page_root(ctx, s->config->base_url));
    const char *name = form_escape(ctx, serve_name(s));

    title = form_escape(ctx, title);
    return text_format(
        ctx,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>%s – %s</title>\n"
        "<link rel=\"stylesheet\" href=\"%s/style.css\">\n</head>\n<body>\n"
        "<header class=\"site\">\n<div class=\"wide\">\n"
        "<a class=\"name\" href=\"%s/\">%s</a>\n</div>\n</header>\n"
        "<main class=\"wide\">\n<h1>%s</h1>\n%s</main>\n%s</body>\n</html>\n",
        title, name, root, root, name, title, body, foot_text(ctx, s));
}

enum MHD_Result form_send(const struct http_call *call, unsigned status,
                          const char *title, const char *body)
{
    static const char *const headers[][2] = {
        {"Content-Type", "text/html; charset=utf-8"},
        {"Cache-Control", "no-store"},
        {"X-Robots-Tag", "noindex"},
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; form-action 'self'; base-uri "
         "'none'; frame-ancestors 'none'"}};
    TALLOC_CTX *tmp = talloc_new(NULL);
    char *page = page_text(tmp, call->serve, title, body);
    struct MHD_Response *r = MHD_create_response_from_buffer(
        strlen(page), page, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        (void)MHD_add_response_header(r, headers[i][0], headers[i][1]);
    http_guard(r);
    result = MHD_queue_response(call->connection, status, r);
    MHD_destroy_response(r);
    talloc_free(tmp);
    return result;
}

enum MHD_Result form_refuse(const struct http_call *call, unsigned status,
                            const char *text)
{
    TALLOC_CTX *tmp = talloc_new(NULL);
    enum MHD_Result result =
        form_send(call, status, "This did not work",
                  text_format(tmp, "<p>%s</p>\n", form_escape(tmp, text)));

    talloc_free(tmp);
    return result;
}
