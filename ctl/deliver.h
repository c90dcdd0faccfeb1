#pragma once
/*
 * convenectl deliver: one mail from the MTA's pipe, read by convene-reader, as
 * the arguments of a request.
 */
#include <jansson.h>
#include <stdbool.h>

#include "daemon/base/error.h"

/* The MTA takes this for "later"; every other status than 0 would bounce. */
#define DELIVER_LATER 75

/* From now on this process ends in time, whatever happens. */
void deliver_watch(void);

/* Reads the mail on standard input and adds what it is to args: sender and
 * recipient (from the environment where the command line has none), mail
 * (base64, its begin when it is long), size, facts (a JSON object as text). */
bool deliver_read(json_t *args, struct error *err) MUST_USE;
