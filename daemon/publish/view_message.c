/*
 * A message as a row. It stands in a file of its own because the words of its
 * states belong to the mail room, which a program that shows plans only does
 * not link.
 */
#include "daemon/publish/view.h"

#include "daemon/publish/value.h"

json_t *view_message(const struct message *m)
{
    return value_object(
        "{s:I,s:o,s:s,s:o,s:o,s:s,s:o,s:o,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
        "message", (json_int_t)m->id, "to", value_text(m->to), "kind",
        message_kind_word(m->kind), "subject", value_text(m->subject),
        "edition", value_text(m->edition), "state",
        message_state_word(m->state), "created", value_instant(m->created),
        "next", value_instant(m->next), "attempts", m->attempts, "verdict",
        value_text(m->verdict), "name", value_text(m->name), "thing",
        value_text(m->thing), "cause", value_text(m->cause), "message_id",
        value_text(m->message_id), "expires", value_instant(m->expires),
        "settled", value_instant(m->settled));
}
