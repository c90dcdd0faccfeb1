#pragma once
/*
 * Holidays out of somebody else's calendar, for convene-reader.
 */
#include <stddef.h>
#include <stdio.h>

/* Prints the whole days of an iCalendar text as CSV: line (of the text), date,
 * name, kind, problem; a row with a problem has no date. Between the years
 * first and last only; with first 0 all, but then no day may come every year.
 */
void holidays_print(FILE *out, const char *text, size_t size, int first,
                    int last);
