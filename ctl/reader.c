/*
 * convene-reader: one foreign mail on standard input -> what it says as
 * "key value" lines on standard output.
 *
 *     convene-reader [ENVELOPE-SENDER] < mail
 *     convene-reader --holidays FIRST LAST < calendar    (reader_holidays.h)
 *
 * The only program that gives foreign octets to GMime and libical. It trusts
 * nothing, and the kernel bounds what it may use:
 * 1. limits of time, memory, files and processes are set before the first
 *    octet is read; whoever waits for it takes its death for "unreadable", but
 *    for SIGALRM: what did not use up its time of the processor in so long did
 *    not get it, which says nothing of the mail;
 * 2. size, depth, number of parts and length of headers are bounded; a charset
 *    is converted only when it is on the list, as the C library loads a module
 *    for any other name;
 * 3. calendars are read behind guard rails (reader_calendar.c);
 * 4. what is printed is clean UTF-8, one line a fact.
 *
 * Keys: kind (reply, counter, bounce, receipt, auto, note, unreadable), why,
 * from, subject, message-id, in-reply-to, text; of calendars: method, uid,
 * sequence, dtstamp, recurrence-id, attendee, partstat, comment, start, end,
 * tzid; of bounces: envid, action, status, rcpt, diagnostic,
 * original-message-id.
 */
#include <gmime/gmime.h>
#include <iconv.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ctl/reader_calendar.h"
#include "ctl/reader_holidays.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define MAIL_MOST     (1024 * 1024)
#define HEADERS_MOST  (64 * 1024)
#define VALUE_MOST    2048
#define BOUNDARY_MOST 70
#define DEPTH_MOST    8
#define PARTS_MOST    64
#define TEXT_MOST     1000

struct found {
    GMimeObject *calendar, *attachment; /* text/calendar, application/ics */
    GMimeObject *status, *receipt;      /* of a multipart/report */
    GMimeObject *original;              /* the returned mail or its headers */
    GMimeObject *text;                  /* the first text/plain */
    int parts;
    const char *refused; /* what bound was exceeded, NULL none */
};

struct reading {
    TALLOC_CTX *ctx;
    FILE *out;
    GMimeMessage *mail;
    const char *sender; /* of the envelope, NULL not known */
    struct found found;
};

/* ---- printing */

/* One line of clean UTF-8: what is neither becomes '?', controls and runs of
 * blanks one blank. */
static char *one_line(TALLOC_CTX *ctx, const char *text, size_t most)
{
    char *line = memory_text_n(ctx, text, text_cut(text, most)), *to = line;

    if (!text_is_utf8(line, strlen(line)))
        for (char *c = line; *c; c++)
            if ((unsigned char)*c >= 0x80)
                *c = '?';
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    for (char *c = line; *c; c++)
        if (*c != ' ' || c[1] != ' ')
            *to++ = *c;
    *to = '\0';
    if (!text_is_clean(line, strlen(line), ""))
        for (char *c = line; *c; c++)
            if ((unsigned char)*c >= 0x80)
                *c = '?'; /* C1 controls */
    return text_trim(ctx, line);
}

static void say(struct reading *r, const char *key, const char *value)
{
    char *line = value ? one_line(r->ctx, value, VALUE_MOST) : NULL;

    if (line && line[0])
        (void)fprintf(r->out, "%s %s\n", key, line);
}

/* ---- charsets */

static bool is_plain_charset(const char *name)
{
    return text_same(name, "utf-8") || text_same(name, "utf8") ||
           text_same(name, "us-ascii") || text_same(name, "ascii");
}

static bool is_known_charset(const char *name)
{
    static const char *const known[] = {
        "iso-8859-1",   "iso-8859-15", "windows-1250", "windows-1252",
        "windows-1258", "windows-874", "cp1252",       "cp1258",
        "cp874",        "iso-8859-11", "tis-620",      NULL};

    for (size_t i = 0; known[i]; i++)
        if (text_same(name, known[i]))
            return true;
    return false;
}

/* size octets in a charset as text on ctx; NUL is the caller's to refuse. */
static char *to_utf8(TALLOC_CTX *ctx, const char *octets, size_t size,
                     const char *charset)
{
    char *text = array_new(ctx, char, 4 * size + 1), *to = text;
    char *from = memory_text_n(ctx, "", 0);
    size_t room = 4 * size;
    iconv_t cd = (iconv_t)-1;

    talloc_free(from);
    if (charset && !is_plain_charset(charset) && is_known_charset(charset))
        cd = iconv_open("UTF-8", charset);
    if (cd == (iconv_t)-1) {
        memcpy(text, octets, size);
        if (!text_is_utf8(text, size))
            for (size_t i = 0; i < size; i++)
                if ((unsigned char)text[i] >= 0x80)
                    text[i] = '?';
        return text;
    }
    from = memory_array(ctx, 1, size + 1, "char");
    memcpy(from, octets, size);
    while (size > 0 && iconv(cd, &from, &size, &to, &room) == (size_t)-1) {
        *to++ = '?'; /* an octet that the charset does not have */
        room--;
        from++;
        size--;
    }
    (void)iconv_close(cd);
    *to = '\0';
    return text;
}

/* Encoded words in charsets that are not on the list are taken apart, so that
 * GMime leaves them alone. */
static void disarm_encoded_words(char *octets, size_t size)
{
    for (size_t i = 0; i + 2 < size; i++) {
        char name[20];
        size_t n = 0;

        if (octets[i] != '=' || octets[i + 1] != '?')
            continue;
        while (i + 2 + n < size && n < sizeof name - 1 &&
               octets[i + 2 + n] != '?' && octets[i + 2 + n] != '*') {
            name[n] = octets[i + 2 + n];
            n++;
        }
        name[n] = '\0';
        if (!is_plain_charset(name) && !is_known_charset(name))
            octets[i] = '.';
    }
}

/* ---- parts */

static bool is_type(GMimeObject *part, const char *type, const char *subtype)
{
    GMimeContentType *t = g_mime_object_get_content_type(part);

    return t && g_mime_content_type_is_type(t, type, subtype);
}

static void note(GMimeObject **slot, GMimeObject *part)
{
    if (!*slot)
        *slot = part;
}

static void note_leaf(struct found *f, GMimeObject *part)
{
    if (is_type(part, "text", "calendar"))
        note(&f->calendar, part);
    else if (is_type(part, "application", "ics"))
        note(&f->attachment, part);
    else if (is_type(part, "message", "delivery-status") ||
             is_type(part, "message", "global-delivery-status"))
        note(&f->status, part);
    else if (is_type(part, "message", "disposition-notification"))
        note(&f->receipt, part);
    else if (is_type(part, "text", "rfc822-headers") ||
             is_type(part, "message", "rfc822"))
        note(&f->original, part);
    else if (is_type(part, "text", "plain"))
        note(&f->text, part);
}

/* Finds the parts that matter. Messages inside are leaves. */
static void walk(struct found *f, GMimeObject *part, int depth)
{
    GMimeMultipart *many;
    const char *boundary;
    int n;

    if (f->refused || !part)
        return;
    if (++f->parts > PARTS_MOST || depth > DEPTH_MOST) {
        f->refused = depth > DEPTH_MOST ? "parts inside of parts" : "parts";
        return;
    }
    if (!GMIME_IS_MULTIPART(part)) {
        note_leaf(f, part);
        return;
    }
    many = GMIME_MULTIPART(part);
    boundary = g_mime_multipart_get_boundary(many);
    if (boundary && strlen(boundary) > BOUNDARY_MOST) {
        f->refused = "characters in a boundary";
        return;
    }
    n = g_mime_multipart_get_count(many);
    for (int i = 0; i < n && !f->refused; i++)
        walk(f, g_mime_multipart_get_part(many, i), depth + 1);
}

/* The octets of a leaf without its transfer encoding, NUL behind. */
static char *content(TALLOC_CTX *ctx, GMimeObject *part, size_t *ret_size)
{
    GMimeDataWrapper *wrapper =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
    GMimeStream *memory = g_mime_stream_mem_new();
    GByteArray *array;
    char *octets;

    if (wrapper)
        (void)g_mime_data_wrapper_write_to_stream(wrapper, memory);
    array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    *ret_size = array->len;
    octets = memory_array(ctx, 1, (size_t)array->len + 1, "char");
    if (array->len > 0)
        memcpy(octets, array->data, array->len);
    g_object_unref(memory);
    return octets;
}

static const char *charset_of(GMimeObject *part)
{
    return g_mime_content_type_get_parameter(
        g_mime_object_get_content_type(part), "charset");
}

/* The begin of a text part as a fact. */
static void say_text(struct reading *r, const char *key, GMimeObject *part)
{
    size_t size;
    char *octets, *text;

    if (!part)
        return;
    octets = content(r->ctx, part, &size);
    if (size > 8 * TEXT_MOST)
        size = 8 * TEXT_MOST;
    text = to_utf8(r->ctx, octets, size, charset_of(part));
    say(r, key, one_line(r->ctx, text, TEXT_MOST));
}

/* ---- calendars */

static void say_answer(struct reading *r, const struct answer *a)
{
    say(r, "kind", a->is_counter ? "counter" : "reply");
    say(r, "method", a->method);
    say(r, "uid", a->uid);
    say(r, "sequence", a->sequence);
    say(r, "dtstamp", a->dtstamp);
    say(r, "recurrence-id", a->recurrence_id);
    say(r, "attendee", a->attendee);
    say(r, "partstat", a->partstat);
    say(r, "comment", a->comment);
    say(r, "start", a->start);
    say(r, "end", a->end);
    say(r, "tzid", a->tzid);
    if (a->is_counter)
        say_text(r, "text", r->found.text);
}

static void say_unreadable(struct reading *r, const char *much)
{
    say(r, "kind", "unreadable");
    say(r, "why", text_format(r->ctx, "too many %s", much));
}

/* Tells of the part when it is an answer, or one that may not be read. */
static bool judge_answer(struct reading *r, GMimeObject *part)
{
    const char *refused = NULL;
    struct answer a = {NULL};
    size_t size;
    char *octets;
    bool good;

    if (!part)
        return false;
    octets = content(r->ctx, part, &size);
    if (memchr(octets, '\0', size)) {
        say_unreadable(r, "NUL octets in the calendar");
        return true;
    }
    good = calendar_answer(
        r->ctx, to_utf8(r->ctx, octets, size, charset_of(part)), &a, &refused);
    if (refused)
        say_unreadable(r, refused);
    else if (good)
        say_answer(r, &a);
    return good || refused;
}

/* ---- bounces (RFC 3464) */

/* The value of "Name: value" in a group of fields, on ctx; NULL none. Folded
 * lines are joined. */
static const char *field(TALLOC_CTX *ctx, const char *group, const char *name)
{
    while (*group) {
        char *line = unfolded_line(ctx, &group);

        if (text_begins(line, name) && line[strlen(name)] == ':')
            return text_trim(ctx, line + strlen(name) + 1);
    }
    return NULL;
}

/* Cuts the first group of fields off: up to a blank line. */
static char *next_group(TALLOC_CTX *ctx, const char **text)
{
    const char *p = *text + strspn(*text, "\r\n"), *end = p;

    while (*end) {
        size_t n = strcspn(end, "\n");

        if (strspn(end, " \t\r") == n)
            break;
        end += n + (end[n] == '\n');
    }
    *text = end;
    return end > p ? memory_text_n(ctx, p, (size_t)(end - p)) : NULL;
}

/* "rfc822; a@b.example" -> "a@b.example" */
static const char *typed(TALLOC_CTX *ctx, const char *value)
{
    const char *semicolon = value ? strchr(value, ';') : NULL;

    return semicolon ? text_trim(ctx, semicolon + 1) : value;
}

static void say_recipient(struct reading *r, const char *group)
{
    const char *rcpt = field(r->ctx, group, "Original-Recipient");

    if (!rcpt)
        rcpt = field(r->ctx, group, "Final-Recipient");
    say(r, "rcpt", typed(r->ctx, rcpt));
    say(r, "action", field(r->ctx, group, "Action"));
    say(r, "status", field(r->ctx, group, "Status"));
    say(r, "diagnostic",
        typed(r->ctx, field(r->ctx, group, "Diagnostic-Code")));
}

/* The first group is of the message, each further one of a recipient: the
 * first that failed tells, else the first. */
static void say_status(struct reading *r, GMimeObject *part)
{
    size_t size;
    const char *text = content(r->ctx, part, &size);
    const char *group = next_group(r->ctx, &text), *told = NULL;

    if (group)
        say(r, "envid", field(r->ctx, group, "Original-Envelope-Id"));
    for (int i = 0; i < PARTS_MOST && (group = next_group(r->ctx, &text));
         i++) {
        const char *action = field(r->ctx, group, "Action");

        if (!told || (action && text_same(action, "failed")))
            told = group;
        if (action && text_same(action, "failed"))
            break;
    }
    if (told)
        say_recipient(r, told);
}

static void say_original(struct reading *r, GMimeObject *part)
{
    const char *id = NULL;
    size_t size;

    if (part && GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage *m =
            g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));

        id = m ? g_mime_object_get_header(GMIME_OBJECT(m), "Message-ID") : NULL;
    } else if (part) {
        id = field(r->ctx, content(r->ctx, part, &size), "Message-ID");
    }
    if (id)
        say(r, "original-message-id", id);
}

/* ---- the judgement */

static const char *header(struct reading *r, const char *name)
{
    return g_mime_object_get_header(GMIME_OBJECT(r->mail), name);
}

static bool is_automatic(struct reading *r)
{
    const char *by = header(r, "Auto-Submitted"),
               *precedence = header(r, "Precedence");

    if (by && !text_same(text_trim(r->ctx, by), "no"))
        return true;
    if (precedence) {
        precedence = text_trim(r->ctx, precedence);
        if (text_same(precedence, "bulk") || text_same(precedence, "junk") ||
            text_same(precedence, "auto_reply"))
            return true;
    }
    return r->sender && !r->sender[0];
}

static void judge(struct reading *r)
{
    const struct found *f = &r->found;

    if (f->refused) {
        say_unreadable(r, f->refused);
    } else if (f->status) {
        say(r, "kind", "bounce");
        say_status(r, f->status);
        say_original(r, f->original);
    } else if (f->receipt) {
        say(r, "kind", "receipt");
    } else if (!judge_answer(r, f->calendar) &&
               !judge_answer(r, f->attachment)) {
        say(r, "kind", is_automatic(r) ? "auto" : "note");
        say_text(r, "text", f->text);
    }
}

static void say_envelope(struct reading *r)
{
    InternetAddressList *from = g_mime_message_get_from(r->mail);
    InternetAddress *one = from && internet_address_list_length(from) > 0
                               ? internet_address_list_get_address(from, 0)
                               : NULL;

    if (one && INTERNET_ADDRESS_IS_MAILBOX(one))
        say(r, "from",
            internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)));
    say(r, "subject", header(r, "Subject"));
    say(r, "message-id", header(r, "Message-ID"));
    say(r, "in-reply-to", header(r, "In-Reply-To"));
}

/* ---- one mail */

static bool refuse(FILE *out, const char *why)
{
    (void)fprintf(out, "kind unreadable\nwhy %s\n", why);
    return false;
}

/* Bounds that can be seen before anything is parsed. */
static bool check_octets(FILE *out, const char *octets, size_t size)
{
    size_t i = 0;

    if (size > MAIL_MOST)
        return refuse(out, "the mail is longer than 1 MiB");
    while (i < size) {
        const char *end = memchr(octets + i, '\n', size - i);
        size_t n = end ? (size_t)(end - octets) - i : size - i;

        if (n == 0 || (n == 1 && octets[i] == '\r'))
            return true;
        i += n + 1;
        if (i > HEADERS_MOST)
            return refuse(out, "its headers are longer than 64 KiB");
    }
    return true;
}

static void read_mail(const char *sender, char *octets, size_t size, FILE *out)
{
    struct reading r = {.ctx = talloc_new(NULL), .out = out, .sender = sender};
    GMimeStream *stream;
    GMimeParser *parser;

    if (size > 5 && memcmp(octets, "From ", 5) == 0) {
        const char *end = memchr(octets, '\n', size);
        size_t n = end ? (size_t)(end - octets) + 1 : size;

        octets += n; /* local delivery writes one */
        size -= n;
    }
    if (!check_octets(out, octets, size)) {
        talloc_free(r.ctx);
        return;
    }
    disarm_encoded_words(octets, size);
    stream = g_mime_stream_mem_new_with_buffer(octets, size);
    parser = g_mime_parser_new_with_stream(stream);
    r.mail = g_mime_parser_construct_message(parser, NULL);
    if (r.mail) {
        walk(&r.found, g_mime_message_get_mime_part(r.mail), 0);
        judge(&r);
        say_envelope(&r);
        g_object_unref(r.mail);
    } else {
        (void)refuse(out, "it is no mail");
    }
    g_object_unref(parser);
    g_object_unref(stream);
    talloc_free(r.ctx);
}

#ifndef READER_WITHOUT_MAIN

#ifdef __SANITIZE_ADDRESS__
#define MEMORY RLIM_INFINITY /* its shadow is terabytes wide */
#else
#define MEMORY ((rlim_t)256 << 20)
#endif

/* Seconds in all; less than convenectl waits when it delivers. */
#define WAITS_MOST 25

static void set_limits(void)
{
    static const struct {
        __rlimit_resource_t what;
        rlim_t most;
    } limits[] = {{RLIMIT_AS, MEMORY}, {RLIMIT_CPU, 5},   {RLIMIT_FSIZE, 0},
                  {RLIMIT_NOFILE, 16}, {RLIMIT_NPROC, 0}, {RLIMIT_CORE, 0}};

    (void)alarm(WAITS_MOST);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rlimit l = {limits[i].most, limits[i].most};

        if (setrlimit(limits[i].what, &l) != 0)
            _exit(70);
    }
}

int main(int argc, char **argv)
{
    char *octets = NULL;
    size_t size = 0, n;

    set_limits();
    octets = malloc(MAIL_MOST + 2);
    if (!octets)
        return 70;
    while (size <= MAIL_MOST &&
           (n = fread(octets + size, 1, MAIL_MOST + 1 - size, stdin)) > 0)
        size += n;
    icalerror_set_errors_are_fatal(0);
    g_mime_init();
    if (argc == 4 && strcmp(argv[1], "--holidays") == 0) {
        octets[size] = '\0';
        holidays_print(stdout, octets, size, atoi(argv[2]), atoi(argv[3]));
    } else {
        read_mail(argc > 1 ? argv[1] : NULL, octets, size, stdout);
    }
    (void)fflush(stdout);
    _exit(ferror(stdout) ? 70 : 0); /* its memory ends with it */
}

#endif
