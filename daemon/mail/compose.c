/*
 * A mail, written by hand: our shape is fixed and small.
 *
 * Invariants:
 * 1. every value that comes from people went through clean(): well-formed
 *    UTF-8 without control characters; a refusal is an error, never a repair;
 * 2. the result is 7-bit with CRLF line ends; lines have at most 78 octets, and
 *    where a header may be neither folded nor encoded (addresses, message-ids,
 *    List-) far less than the 998 that RFC 5322 2.1.1 allows;
 * 3. nothing random: the same fields give the same octets. Boundaries begin
 *    with "=_", which neither quoted-printable nor base64 can produce.
 */
#include "daemon/mail/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/office.h"

enum {
    LINE = 76,
    WORD = 12,  /* octets around an encoded word's base64: =?UTF-8?B? ?= */
    PIECE = 45, /* octets in an encoded word: 72 with its surroundings */
    TOKEN_MOST = 900
};

/* ---- checking */

static bool clean(const char *what, const char *value, const char *allow,
                  struct error *err)
{
    if (text_is_clean(value, strlen(value), allow))
        return true;
    return fail(err, REPLY_INPUT, "%s is not UTF-8, or has control characters",
                what);
}

/* Printable ASCII without blanks and without what ends or quotes an address. */
static bool is_token(const char *s)
{
    size_t n = 0;

    for (; s[n]; n++)
        if (s[n] <= ' ' || s[n] >= 0x7f || strchr("<>\"(),;\\", s[n]))
            return false;
    return n > 0 && n <= TOKEN_MOST;
}

/* "left@right" (RFC 5322 3.6.4, without its obsolete forms). */
static bool is_message_id(const char *s)
{
    const char *at = strchr(s, '@');

    return is_token(s) && at && at != s && at[1] && !strchr(at + 1, '@');
}

/* "<a@b> <c@d>": folded at the blanks, never encoded. */
static bool is_references(const char *s)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    char **ids = text_split(scratch, s, ' ');
    bool good = ids[0] != NULL;

    for (size_t i = 0; good && ids[i]; i++) {
        size_t n = strlen(ids[i]);

        good = n > 2 && ids[i][0] == '<' && ids[i][n - 1] == '>' &&
               is_message_id(memory_text_n(scratch, ids[i] + 1, n - 2));
    }
    talloc_free(scratch);
    return good;
}

/* Where a List-Id's "<id>" begins, or NULL when it is none: "Phrase <id>". */
static const char *list_id_angle(const char *s)
{
    const char *angle = strrchr(s, '<');
    size_t n = angle ? strlen(angle) : 0;

    if (n < 3 || n > 250 || angle[n - 1] != '>')
        return NULL;
    for (const char *p = angle + 1; *p != '>'; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("<\"(),;:@\\", *p))
            return NULL;
    return strchr(angle, '>') == angle + n - 1 ? angle : NULL;
}

static bool is_address_of(const char *scheme, const char *s)
{
    return !s || (text_begins(s, scheme) && is_token(s));
}

static bool check_addresses(const struct mail_fields *f, struct error *err)
{
    if (!address_check(f->from_address, err))
        return wrap(err, "From");
    if (!address_check(f->to_address, err))
        return wrap(err, "To");
    if (f->reply_to && !address_check(f->reply_to, err))
        return wrap(err, "Reply-To");
    return true;
}

/* What goes out as it is, because it may not be encoded. */
static bool check_tokens(const struct mail_fields *f, struct error *err)
{
    if (!is_message_id(f->message_id))
        return fail(err, REPLY_INPUT, "Message-ID is not left@right");
    if (f->references && !is_references(f->references))
        return fail(err, REPLY_INPUT, "References is not <left@right> ...");
    if (f->list_id && !list_id_angle(f->list_id))
        return fail(err, REPLY_INPUT, "List-Id is not Phrase <list.domain>");
    if (!is_address_of("mailto:", f->unsubscribe) ||
        !is_address_of("https://", f->one_click))
        return fail(err, REPLY_INPUT,
                    "List-Unsubscribe is no mailto address, or none of https");
    if (f->calendar && (!f->method || !f->method[0] ||
                        f->method[strspn(f->method, "ABCDEFGHIJKLMNOPQRSTUVW"
                                                    "XYZ")]))
        return fail(err, REPLY_INPUT, "a calendar needs a METHOD");
    return true;
}

static bool check_texts(const struct mail_fields *f, struct error *err)
{
    return clean("From", f->from_name, "", err) &&
           clean("To", f->to_name, "", err) &&
           clean("Subject", f->subject, "", err) &&
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

/* RFC 2047: B encoded words, one per line, cut between characters; `column` is
 * where the first begins. */
static void put_encoded(FILE *out, const char *value, size_t column)
{
    size_t n = strlen(value), most = (LINE - WORD - column) / 4 * 3;

    if (most > PIECE)
        most = PIECE;
    for (bool first = true; n > 0; first = false, most = PIECE) {
        size_t take = piece(value, n, most);

        (void)fputs(first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?", out);
        put_base64(out, value, take, false);
        (void)fputs("?=", out);
        value += take;
        n -= take;
    }
}

/* ASCII words between single blanks, folded before column 76; `column` is where
 * the value begins. */
static void put_folded(FILE *out, const char *value, size_t column)
{
    for (bool first = true; *value; first = false) {
        size_t word = strcspn(value, " ");

        if (!first && column + 1 + word > LINE) {
            (void)fputs("\r\n", out);
            column = 0;
        }
        (void)fprintf(out, first ? "%.*s" : " %.*s", (int)word, value);
        column += word + !first;
        value += word + (value[word] == ' ');
    }
}

/* Survives folding and unfolding as it is: no blanks in a row or at an end, no
 * word longer than a line, nothing that looks encoded. */
static bool is_foldable(const char *value)
{
    size_t n = strlen(value), word = 0;

    if (!is_ascii(value) || strstr(value, "=?") || strstr(value, "  ") ||
        value[0] == ' ' || (n > 0 && value[n - 1] == ' '))
        return false;
    for (; *value; value++) {
        word = *value == ' ' ? 0 : word + 1;
        if (word > LINE - 20)
            return false;
    }
    return true;
}

static void put_subject(FILE *out, const char *value)
{
    static const char name[] = "Subject: ";

    (void)fputs(name, out);
    if (is_foldable(value))
        put_folded(out, value, sizeof name - 1);
    else
        put_encoded(out, value, sizeof name - 1);
    (void)fputs("\r\n", out);
}

/* Columns of a quoted string, its quotes and backslashes included. */
static size_t quoted_width(const char *name)
{
    size_t n = 2;

    for (; *name; name++)
        n += *name == '"' || *name == '\\' ? 2 : 1;
    return n;
}

/* A name before an address: a quoted string, or encoded words. */
static void put_phrase(FILE *out, const char *name, size_t column)
{
    if (!is_ascii(name) || strstr(name, "=?") || quoted_width(name) > 62) {
        put_encoded(out, name, column);
        return;
    }
    (void)fputc('"', out);
    for (; *name; name++) {
        if (*name == '"' || *name == '\\')
            (void)fputc('\\', out);
        (void)fputc(*name, out);
    }
    (void)fputc('"', out);
}

static void put_mailbox(FILE *out, const char *header, const char *name,
                        const char *address)
{
    (void)fprintf(out, "%s: ", header);
    if (!name[0]) {
        (void)fprintf(out, "<%s>\r\n", address);
        return;
    }
    put_phrase(out, name, strlen(header) + 2);
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

/* RFC 2919: the id does not depend on case; ours is always in lower case. */
static void put_list_id(FILE *out, const char *list_id)
{
    static const char name[] = "List-Id: ";
    const char *angle = list_id_angle(list_id);
    char *phrase = memory_text_n(NULL, list_id, (size_t)(angle - list_id));
    char *trimmed = text_trim(phrase, phrase);

    (void)fputs(name, out);
    if (trimmed[0]) {
        put_phrase(out, trimmed, sizeof name - 1);
        (void)fputs("\r\n ", out);
    }
    for (; *angle; angle++)
        (void)fputc(*angle >= 'A' && *angle <= 'Z' ? *angle + 32 : *angle, out);
    (void)fputs("\r\n", out);
    talloc_free(phrase);
}

/* Message-ids, folded at the blanks between them. */
static void put_references(FILE *out, const char *references)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    char **ids = text_split(scratch, references, ' ');

    (void)fputs("References:", out);
    for (size_t i = 0; ids[i]; i++)
        (void)fprintf(out, i ? "\r\n %s" : " %s", ids[i]);
    (void)fputs("\r\n", out);
    talloc_free(scratch);
}

/* RFC 2369, 8058: addresses as they are, the better one first. */
static void put_unsubscribe(FILE *out, const struct mail_fields *f)
{
    if (f->one_click)
        (void)fprintf(out, "List-Unsubscribe: <%s>", f->one_click);
    if (f->unsubscribe)
        (void)fprintf(
            out, "%s<%s>",
            f->one_click ? ",\r\n " : "List-Unsubscribe: ", f->unsubscribe);
    if (f->one_click || f->unsubscribe)
        (void)fputs("\r\n", out);
    if (f->one_click)
        (void)fputs("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                    out);
}

static void put_headers(FILE *out, const struct mail_fields *f)
{
    put_date(out, f->date);
    put_mailbox(out, "From", f->from_name, f->from_address);
    put_mailbox(out, "To", f->to_name, f->to_address);
    put_subject(out, f->subject);
    (void)fprintf(out, "Message-ID: <%s>\r\n", f->message_id);
    if (f->references)
        put_references(out, f->references);
    (void)fputs("Auto-Submitted: auto-generated\r\n", out);
    if (f->list_id)
        put_list_id(out, f->list_id);
    put_unsubscribe(out, f);
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

    if (!check_addresses(f, err) || !check_tokens(f, err) ||
        !check_texts(f, err))
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

char *mail_renew(TALLOC_CTX *ctx, const char *octets, const char *message_id,
                 const char *renewed)
{
    char *line = text_format(ctx, "\r\nMessage-ID: <%s>\r\n", message_id);
    const char *at = strstr(octets, line), *end = strstr(octets, "\r\n\r\n");

    if (!at || !end || at > end)
        return NULL;
    return text_format(ctx, "%.*s\r\nMessage-ID: <%s>\r\n%s",
                       (int)(at - octets), octets, renewed, at + strlen(line));
}

/* The name before "<": in quotes, with \" and \\ inside, or plain words. */
static bool name_read(TALLOC_CTX *ctx, const char *text, const char **ret,
                      struct error *err)
{
    size_t n = strlen(text), used = 0;
    bool quoted = n >= 2 && text[0] == '"' && text[n - 1] == '"';
    char *name;

    if (!quoted && strpbrk(text, "\"<>@"))
        return fail(err, REPLY_INPUT,
                    "\"%.100s\" as a name: write it in quotes", text);
    if (!quoted) {
        *ret = text;
        return true;
    }
    name = array_new(ctx, char, n);
    for (size_t i = 1; i < n - 1; i++) {
        if (text[i] == '"' || (text[i] == '\\' && ++i == n - 1))
            return fail(err, REPLY_INPUT,
                        "\"%.100s\" as a name: a quote inside is written \\\"",
                        text);
        name[used++] = text[i];
    }
    *ret = name;
    return true;
}

bool mail_address_split(TALLOC_CTX *ctx, const char *text,
                        const char **ret_name, const char **ret_address,
                        struct error *err)
{
    const char *angle = strrchr(text, '<'), *name = "";
    char *address = text_trim(ctx, angle ? angle + 1 : text), *kept;
    size_t n = strlen(address);

    if (angle && (n == 0 || address[n - 1] != '>'))
        return fail(err, REPLY_INPUT,
                    "\"%.100s\" is no mailbox, write Name <a@b.example>", text);
    if (angle) {
        address[n - 1] = '\0';
        address = text_trim(ctx, address);
        name = text_trim(ctx, memory_text_n(ctx, text, (size_t)(angle - text)));
    }
    if (!clean("the name", name, "", err) ||
        !name_read(ctx, name, &name, err) ||
        !address_read(ctx, address, &kept, err))
        return false;
    *ret_name = name;
    *ret_address = kept;
    return true;
}
