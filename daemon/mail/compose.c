/*
 * A mail, written by hand: our shape is fixed and small.
 *
 * Invariants:
 * 1. every value that comes from people went through clean(): well-formed
 *    UTF-8 without control characters; a refusal is an error, never a repair;
 * 2. the result is 7-bit with CRLF line ends, no line over 78 octets but for
 *    Message-ID, References and List- headers, which may not be encoded;
 * 3. nothing random: the same fields give the same octets. Boundaries begin
 *    with "=_", which neither quoted-printable nor base64 can produce.
 */
#include "daemon/mail/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/office.h"

#define LINE 76

/* ---- checking */

static bool clean(const char *what, const char *value, const char *allow,
                  struct error *err)
{
    if (text_is_clean(value, strlen(value), allow))
        return true;
    return fail(err, REPLY_INPUT, "%s is not UTF-8, or has control characters",
                what);
}

static bool is_token(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++)
        if (*s <= ' ' || *s >= 0x7f || strchr("<>\"(),;", *s))
            return false;
    return true;
}

static bool check_fields(const struct mail_fields *f, struct error *err)
{
    if (!address_check(f->from_address, err))
        return wrap(err, "From");
    if (!address_check(f->to_address, err))
        return wrap(err, "To");
    if (f->reply_to && !address_check(f->reply_to, err))
        return wrap(err, "Reply-To");
    if (!is_token(f->message_id))
        return fail(err, REPLY_INPUT,
                    "Message-ID has a character that no "
                    "message-id may have");
    if (f->unsubscribe && !is_token(f->unsubscribe))
        return fail(err, REPLY_INPUT, "List-Unsubscribe is no address");
    return clean("From", f->from_name, "", err) &&
           clean("To", f->to_name, "", err) &&
           clean("Subject", f->subject, "", err) &&
           (!f->references || clean("References", f->references, "", err)) &&
           (!f->list_id || clean("List-Id", f->list_id, "", err)) &&
           clean("the text", f->text, "\n\t", err) &&
           (!f->html || clean("the HTML text", f->html, "\n\t", err)) &&
           (!f->calendar || clean("the calendar", f->calendar, "\r\n\t", err));
}

/* ---- encodings */

static const char base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_base64(FILE *out, const char *text, size_t size, bool lines)
{
    const unsigned char *s = (const unsigned char *)text;

    for (size_t i = 0, column = 0; i < size; i += 3) {
        unsigned a = s[i], b = i + 1 < size ? s[i + 1] : 0,
                 c = i + 2 < size ? s[i + 2] : 0;

        (void)fprintf(out, "%c%c%c%c", base64[a >> 2],
                      base64[(a & 3) << 4 | b >> 4],
                      i + 1 < size ? base64[(b & 15) << 2 | c >> 6] : '=',
                      i + 2 < size ? base64[c & 63] : '=');
        column += 4;
        if (lines && (column == LINE || i + 3 >= size)) {
            (void)fputs("\r\n", out);
            column = 0;
        }
    }
}

static bool is_ascii(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s >= 0x80)
            return false;
    return true;
}

/* Octets of s (n left) that fit into `most` without splitting a character. */
static size_t piece(const char *s, size_t n, size_t most)
{
    if (n <= most)
        return n;
    while (most > 0 && ((unsigned char)s[most] & 0xc0) == 0x80)
        most--;
    return most;
}

/* RFC 2047: B encoded words of at most 45 octets, one per line. */
static void put_encoded(FILE *out, const char *value)
{
    size_t n = strlen(value);

    for (bool first = true; n > 0; first = false) {
        size_t take = piece(value, n, 45);

        (void)fputs(first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?", out);
        put_base64(out, value, take, false);
        (void)fputs("?=", out);
        value += take;
        n -= take;
    }
}

/* ASCII folded at blanks before column 76; `column` is where the value begins.
 */
static void put_folded(FILE *out, const char *value, size_t column)
{
    while (*value) {
        size_t blanks = strspn(value, " ");
        size_t word = strcspn(value + blanks, " ");

        if (blanks > 0 && word > 0 && column + blanks + word > LINE) {
            (void)fputs("\r\n ", out);
            value += blanks;
            blanks = 0;
            column = 1;
        }
        (void)fprintf(out, "%.*s", (int)(blanks + word), value);
        column += blanks + word;
        value += blanks + word;
    }
}

static void put_text_header(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, "%s: ", name);
    if (!is_ascii(value) || strstr(value, "=?"))
        put_encoded(out, value);
    else
        put_folded(out, value, strlen(name) + 2);
    (void)fputs("\r\n", out);
}

/* "Name" <address>: the name quoted, or in encoded words. */
static void put_mailbox(FILE *out, const char *header, const char *name,
                        const char *address)
{
    (void)fprintf(out, "%s: ", header);
    if (!name[0]) {
        (void)fprintf(out, "%s\r\n", address);
        return;
    }
    if (!is_ascii(name) || strstr(name, "=?") || strlen(name) > 60) {
        put_encoded(out, name);
    } else {
        (void)fputc('"', out);
        for (; *name; name++)
            (void)fprintf(out, *name == '"' || *name == '\\' ? "\\%c" : "%c",
                          *name);
        (void)fputc('"', out);
    }
    (void)fprintf(out, "\r\n <%s>\r\n", address);
}

/* Quoted-printable of one line of text (without its newline). */
static void put_quoted_line(FILE *out, const char *line, size_t n)
{
    size_t column = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line[i];
        bool last = i + 1 == n;
        bool plain = (c > ' ' && c < 0x7f && c != '=') ||
                     ((c == ' ' || c == '\t') && !last);
        size_t width;

        if (column == 0 && (c == '.' || c == 'F'))
            plain = false; /* no dot-stuffing, no ">From" on the way */
        width = plain ? 1 : 3;
        if (column + width > LINE - 1) {
            (void)fputs("=\r\n", out);
            column = 0;
            if (c == '.' || c == 'F') {
                plain = false;
                width = 3;
            }
        }
        (void)fprintf(out, plain ? "%c" : "=%02X", c);
        column += width;
    }
    (void)fputs("\r\n", out);
}

static void put_quoted(FILE *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");

        put_quoted_line(out, text, n);
        text += n + (text[n] == '\n');
    }
}

/* ---- the mail */

static void put_date(FILE *out, struct instant t)
{
    struct local l = local_of_seconds(t.second);
    struct civil c = date_civil(l.date);

    (void)fprintf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n",
                  weekday_name(date_weekday(l.date)), c.day,
                  month_short(c.month), c.year, l.minute / 60, l.minute % 60,
                  (int)(t.second - local_seconds(l)));
}

/* List-Id's phrase may not be encoded badly; its address part is a token. */
static void put_list_id(FILE *out, const char *list_id)
{
    const char *angle = strrchr(list_id, '<');
    char phrase[200];

    if (!angle) {
        (void)fprintf(out, "List-Id: <%s>\r\n", list_id);
        return;
    }
    (void)snprintf(phrase, sizeof phrase, "%.*s", (int)(angle - list_id),
                   list_id);
    if (phrase[0] && phrase[strlen(phrase) - 1] == ' ')
        phrase[strlen(phrase) - 1] = '\0';
    (void)fputs("List-Id: ", out);
    if (is_ascii(phrase))
        (void)fprintf(out, "\"%s\"", phrase);
    else
        put_encoded(out, phrase);
    (void)fputs("\r\n ", out);
    for (; *angle; angle++)
        (void)fputc(*angle >= 'A' && *angle <= 'Z' ? *angle + 32 : *angle, out);
    (void)fputs("\r\n", out);
}

static void put_headers(FILE *out, const struct mail_fields *f)
{
    put_date(out, f->date);
    put_mailbox(out, "From", f->from_name, f->from_address);
    put_mailbox(out, "To", f->to_name, f->to_address);
    put_text_header(out, "Subject", f->subject);
    (void)fprintf(out, "Message-ID: <%s>\r\n", f->message_id);
    if (f->references)
        put_text_header(out, "References", f->references);
    (void)fputs("Auto-Submitted: auto-generated\r\n", out);
    if (f->list_id)
        put_list_id(out, f->list_id);
    if (f->unsubscribe) {
        (void)fprintf(out, "List-Unsubscribe: <%s>\r\n", f->unsubscribe);
        if (f->one_click)
            (void)fputs("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                        out);
    }
    if (f->reply_to)
        (void)fprintf(out, "Reply-To: <%s>\r\n", f->reply_to);
    (void)fputs("MIME-Version: 1.0\r\n", out);
}

static void put_text_part(FILE *out, const char *type, const char *text)
{
    (void)fprintf(out,
                  "Content-Type: text/%s; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                  type);
    put_quoted(out, text);
}

static void put_calendar_part(FILE *out, const struct mail_fields *f)
{
    (void)fprintf(out,
                  "Content-Type: text/calendar; charset=utf-8; method=%s\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n",
                  f->method);
    put_base64(out, f->calendar, strlen(f->calendar), true);
}

/* The same calendar as a file, for clients that look at attachments only. */
static void put_attachment(FILE *out, const struct mail_fields *f)
{
    (void)fputs("Content-Type: application/ics; name=\"invite.ics\"\r\n"
                "Content-Disposition: attachment; filename=\"invite.ics\"\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\n",
                out);
    put_base64(out, f->calendar, strlen(f->calendar), true);
}

/* text, HTML and calendar as alternatives, the richest last. */
static void put_alternative(FILE *out, const struct mail_fields *f,
                            const char *id)
{
    (void)fprintf(out,
                  "Content-Type: multipart/alternative;\r\n"
                  " boundary=\"=_a_%s\"\r\n\r\n--=_a_%s\r\n",
                  id, id);
    put_text_part(out, "plain", f->text);
    if (f->html) {
        (void)fprintf(out, "--=_a_%s\r\n", id);
        put_text_part(out, "html", f->html);
    }
    if (f->calendar) {
        (void)fprintf(out, "--=_a_%s\r\n", id);
        put_calendar_part(out, f);
    }
    (void)fprintf(out, "--=_a_%s--\r\n", id);
}

static void put_body(FILE *out, const struct mail_fields *f, const char *id)
{
    if (!f->html && !f->calendar) {
        put_text_part(out, "plain", f->text);
    } else if (!f->calendar) {
        put_alternative(out, f, id);
    } else {
        (void)fprintf(out,
                      "Content-Type: multipart/mixed;\r\n"
                      " boundary=\"=_m_%s\"\r\n\r\n--=_m_%s\r\n",
                      id, id);
        put_alternative(out, f, id);
        (void)fprintf(out, "--=_m_%s\r\n", id);
        put_attachment(out, f);
        (void)fprintf(out, "--=_m_%s--\r\n", id);
    }
}

/* The part of the Message-ID before @, as far as a boundary may hold it. */
static void boundary_id(const char *message_id, char buf[41])
{
    size_t n = 0;

    for (; *message_id && *message_id != '@' && n < 40; message_id++)
        if ((*message_id >= '0' && *message_id <= '9') ||
            (*message_id >= 'a' && *message_id <= 'z') ||
            (*message_id >= 'A' && *message_id <= 'Z'))
            buf[n++] = *message_id;
    buf[n] = '\0';
}

bool mail_compose(TALLOC_CTX *ctx, const struct mail_fields *f,
                  char **ret_octets, size_t *ret_size, struct error *err)
{
    char *text = NULL, id[41];
    size_t size = 0;
    FILE *out;

    if (!check_fields(f, err))
        return false;
    out = open_memstream(&text, &size);
    invariant(out);
    boundary_id(f->message_id, id);
    put_headers(out, f);
    put_body(out, f, id);
    invariant(fclose(out) == 0);
    *ret_octets = memory_text_n(ctx, text, size);
    *ret_size = size;
    free(text);
    return true;
}

bool mail_address_split(TALLOC_CTX *ctx, const char *text,
                        const char **ret_name, const char **ret_address,
                        struct error *err)
{
    const char *angle = strchr(text, '<');
    char *name, *address;
    size_t n;

    if (!angle) {
        *ret_name = "";
        *ret_address = text_trim(ctx, text);
        return address_check(*ret_address, err);
    }
    name = text_trim(ctx, memory_text_n(ctx, text, (size_t)(angle - text)));
    n = strlen(name);
    if (n >= 2 && name[0] == '"' && name[n - 1] == '"')
        name = memory_text_n(ctx, name + 1, n - 2);
    address = text_trim(ctx, angle + 1);
    n = strlen(address);
    if (n == 0 || address[n - 1] != '>')
        return fail(err, REPLY_INPUT,
                    "\"%.100s\" is no mailbox, write Name <a@b.example>", text);
    address[n - 1] = '\0';
    if (!clean("the name", name, "", err) || !address_check(address, err))
        return false;
    *ret_name = name;
    *ret_address = address;
    return true;
}
