#pragma once
/*
 * Inside the office only: what the choice of recipients is made of.
 */
#include "daemon/office/past.h"

bool bodies_hold(const char *const *bodies, size_t n, const char *code);
/* A contact without bodies has them all. */
bool contact_has_body(const struct contact *c, const char *code);
bool contact_has_any(const struct contact *c, const char *const *bodies,
                     size_t n);
/* One of the item's bodies, or of the bodies of its people; `without` is the
 * answer for an item that has neither. */
bool contact_touches(const struct rules *r, const struct contact *c,
                     const struct item *i, bool without);
/* delegate or focal */
bool contact_is_delegate(const struct contact *c);
/* Role partner, or a delegate or focal point of a partner. */
bool contact_is_partner(const struct rules *r, const struct contact *c);

/* Clears those who are not the nearest of their own country: the host's own
 * desk, else focal points, else delegates. */
void contacts_keep_nearest(const struct contacts *contacts, bool *chosen);
/* The order of struct notices. */
int notice_by_due(const void *a, const void *b);
