#pragma once
/*
 * When mail may reach a contact that is in no hurry: not at night, not on a
 * rest day or a public holiday of the contact's own country.
 */
#include "daemon/office/office.h"

#define QUIET_MORNING 480 /* minutes: after a day off, mail goes at 08:00 */
#define QUIET_HURRY   (48 * 3600) /* seconds before a meeting nothing waits */

/* Minutes after midnight on the contact's clock; from may be behind to (over
 * midnight). from == to: mail never waits. */
struct quiet {
    int from, to;
};

/* The first instant from `now` on at which mail may go to c. It is `now` when
 * by then the mail would have expired, or the meeting that it is about
 * (`meeting`, INSTANT_NONE: none) would begin within 48 hours. */
struct instant quiet_next(const struct rules *r, const struct contact *c,
                          struct quiet quiet, struct instant now,
                          struct instant expires, struct instant meeting);

/* When the first item from `now` on begins that c hears of: of one edition, or
 * of all ("" or NULL). NONE: there is none. */
struct instant quiet_meeting(const struct rules *r, const struct plan *plan,
                             const struct contact *c, const char *edition,
                             struct instant now);

/* "20:00-07:00" or "none". */
bool quiet_parse(const char *text, struct quiet *ret) MUST_USE;
