#pragma once
/*
 * Our values as JSON values. What is absent is null: dates, instants, texts
 * that are "" or NULL, names of things that are not there; a list is always an
 * array. Every function returns a new reference and cannot fail.
 */
#include <jansson.h>
#include <stddef.h>

#include "daemon/base/date.h"
#include "daemon/rules/rules.h"

/* null for NULL and "". Octets that are not UTF-8 become '?'. */
json_t *value_text(const char *text);
/* The same, and ends `text`. */
json_t *value_taken(char *text);
json_t *value_date(struct date d);       /* "2027-01-18" */
json_t *value_local(struct local t);     /* "2027-01-18T09:00" */
json_t *value_instant(struct instant t); /* "2027-01-18T01:00:00Z" */
json_t *value_texts(const char *const *list, size_t n);
json_t *value_where(struct where w);   /* "file:line", null for line 0 */
json_t *value_number_or_null(int n);   /* null for 0 */
json_t *value_weekdays(weekdays set);  /* "Fri, Sun", null for none */
json_t *value_length(struct length l); /* "8 weeks", null for n < 0 */

/* The object of json_pack(); a pack that cannot be made is a bug. */
#define value_object(...) value_made(json_pack(__VA_ARGS__))
json_t *value_made(json_t *made);
/* Appends to an array, takes the reference. */
void value_append(json_t *array, json_t *row);
