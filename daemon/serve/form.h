#pragma once
/*
 * Small pages with a form, for people who follow a link of a mail. GET and
 * HEAD ask and change nothing, so that link scanners do no harm; POST acts.
 */
#include "daemon/serve/http.h"

#define RSVP_PATH    "/rsvp/"
#define LEAVE_PATH   "/unsubscribe/"
#define PRIVATE_PATH "/p/" /* SECRET.ics */
#define FORM_BODY    4096  /* octets of a form at most */

/* Text as it may stand in HTML, on ctx. */
char *form_escape(TALLOC_CTX *ctx, const char *text);
/* The value of a field of a posted form, decoded, on ctx; NULL when it is not
 * there or is no clean text. */
char *form_field(TALLOC_CTX *ctx, const char *body, const char *name);

/* Sends a page; title is text, body is HTML. */
enum MHD_Result form_send(const struct http_call *call, unsigned status,
                          const char *title, const char *body);
/* Says in a page why not; text is text. */
enum MHD_Result form_refuse(const struct http_call *call, unsigned status,
                            const char *text);

/* The pages. body NULL: the form is asked for; else what was posted, NUL
 * behind. rsvp.c: somebody who was invited answers; leave.c: somebody wants no
 * more digests and reminders (RFC 8058). */
enum MHD_Result rsvp_answer(const struct http_call *call, const char *body);
enum MHD_Result leave_answer(const struct http_call *call, const char *body);
