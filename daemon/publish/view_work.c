/*
 * The secretariat's papers as rows: documents, who kept to their days, what is
 * to be produced.
 */
#include "daemon/publish/view.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/value.h"

json_t *view_document(const struct rules *r, const struct document *d,
                      struct date today)
{
    return value_object(
        "{s:o,s:o,s:o,s:o,s:o,s:s,s:s,s:o,s:o,s:i,s:o,s:o,s:o,s:o,s:o}",
        "document", value_taken(document_name(NULL, d)), "edition",
        value_text(d->edition), "code", value_text(d->code), "title",
        value_text(d->title), "from", value_text(d->from), "kind",
        document_kind_word(d->kind), "state", document_state(r, d, today),
        "due", value_date(d->due), "received", value_date(d->received), "late",
        document_late(r, d, today), "step", value_text(d->step), "link",
        value_text(d->link), "file", value_text(d->file), "digest",
        value_text(d->digest), "note", value_text(d->note));
}

json_t *view_compliance(const struct compliance *c)
{
    return value_object("{s:o,s:o,s:i,s:i,s:i,s:i,s:i,s:i}", "from",
                        value_text(c->from), "name", value_text(c->name),
                        "asked", c->asked, "received", c->received, "in_time",
                        c->in_time, "late", c->late, "missing", c->missing,
                        "worst", c->worst);
}

static json_t *by_value(const struct deliverable *d)
{
    return d->by_cluster ? value_taken(text_format(
                               NULL, "%s %d", d->by_cluster->code, d->by_cycle))
                         : value_date(d->by);
}

json_t *view_deliverable(const struct deliverable *d)
{
    return value_object(
        "{s:o,s:o,s:i,s:o,s:o,s:i,s:i,s:i,s:i,s:i,s:o,s:s,s:o}", "cluster",
        value_text(d->cluster), "deliverable", value_text(d->title), "cycle",
        d->cycle, "by", by_value(d), "last_day", value_date(d->by), "needed",
        d->needed, "held", d->held, "planned", d->planned, "missing",
        d->missing, "late", d->late, "serves",
        value_texts(d->serves, d->n_serves), "state",
        deliverable_state_word(d->state), "at", value_where(d->where));
}
