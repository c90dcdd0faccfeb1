#pragma once
/*
 * /rsvp/TOKEN: the page where somebody who was invited answers. GET and HEAD
 * ask and change nothing, so that link scanners do no harm; POST answers.
 */
#include "daemon/serve/http.h"

#define RSVP_PATH "/rsvp/"
#define RSVP_BODY 4096 /* octets of a form at most */

/* body NULL: the form is asked for; else what was posted, NUL behind. */
enum MHD_Result rsvp_answer(const struct http_call *call, const char *body);
