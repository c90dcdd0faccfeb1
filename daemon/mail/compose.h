#pragma once
/*
 * One mail as finished octets: headers, text and HTML alternatives, an
 * optional calendar part. RFC 5322, 2045-2047, 2369, 3834, 8058. The same
 * fields give the same bytes.
 */
#include <stddef.h>
#include <talloc.h>

#include "daemon/base/date.h"
#include "daemon/base/error.h"

struct mail_fields {
    struct instant date;
    const char *from_name, *from_address;
    const char *to_name, *to_address;
    const char *subject;
    const char *message_id;  /* without <> */
    const char *references;  /* "<a@b> <c@d>" without line ends, or NULL */
    const char *list_id;     /* "ASEAN Digital <x.example.org>" or NULL */
    const char *unsubscribe; /* mailto address, or NULL */
    const char *one_click;   /* https address that takes a POST, or NULL */
    const char *reply_to;    /* address or NULL */
    const char *text;        /* LF line ends */
    const char *html;        /* or NULL: text/plain alone */
    const char *calendar;    /* finished iCalendar, or NULL */
    const char *method;      /* REQUEST, CANCEL; with calendar */
};

/* The mail on ctx, CRLF line ends, 7-bit, NUL behind. A field that is not
 * clean UTF-8, a bad address, CR or LF in a header: REPLY_INPUT naming the
 * field; nothing is repaired. */
bool mail_compose(TALLOC_CTX *ctx, const struct mail_fields *f,
                  char **ret_octets, size_t *ret_size,
                  struct error *err) MUST_USE;

/* A finished mail under another Message-ID, on ctx; NULL when its own is not
 * the one that is named. */
char *mail_renew(TALLOC_CTX *ctx, const char *octets, const char *message_id,
                 const char *renewed);

/* "Name <a@b.example>" or "a@b.example" -> its parts on ctx. */
bool mail_address_split(TALLOC_CTX *ctx, const char *text,
                        const char **ret_name, const char **ret_address,
                        struct error *err) MUST_USE;
