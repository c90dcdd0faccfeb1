#pragma once
/*
 * Between convene-reader's mail and its calendars.
 */
#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

/* What a REPLY, COUNTER or REFRESH says; NULL where it says nothing. */
struct answer {
    const char *method;
    bool is_counter;
    const char *uid, *sequence, *dtstamp, *recurrence_id;
    const char *attendee, *partstat; /* of the one who answers */
    const char *comment;
    const char *start, *end, *tzid; /* of a COUNTER, as they are written */
};

/* Reads the first event of an iCalendar text (UTF-8). false: it is no answer,
 * or there is too much of *ret_refused. What is returned lives on ctx. */
bool calendar_answer(TALLOC_CTX *ctx, const char *text, struct answer *ret,
                     const char **ret_refused);

/* The next line of a text with folded lines (RFC 5545 3.1, RFC 5322 2.2.3),
 * unfolded, without its end, on ctx; NULL at the end of the text. */
char *unfolded_line(TALLOC_CTX *ctx, const char **text);

/* The length of `text` when it is cut to `most` octets between characters. */
size_t text_cut(const char *text, size_t most);
