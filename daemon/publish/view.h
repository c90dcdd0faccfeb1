#pragma once
/*
 * The one JSON view: each noun as one JSON object. That object is the row on
 * the control socket, the --json line, the HTTP JSON, the hash a template
 * sees, and what tests compare. Members as in INTERFACES (docs/interface.md).
 *
 * What is absent is null (dates, instants, texts that are ""), a list is
 * always an array, truth is true or false. Every function returns a new
 * reference and cannot fail.
 */
#include <jansson.h>

#include "daemon/mail/outbox.h"
#include "daemon/office/documents.h"
#include "daemon/office/office.h"
#include "daemon/plan/diff.h"
#include "daemon/plan/explain.h"
#include "daemon/plan/plan.h"
#include "daemon/plan/rotation.h"

/* Where the rules have several sectors, rows of editions, tasks, bodies and
 * clusters say whose they are (sector: its code), members and partners of which
 * they are (sectors). r NULL: they do not. */
void view_sector(json_t *row, const struct rules *r, const struct sector *s);
/* Beside the stable members: dates ("18-22 January 2027"), pinned, reason, by,
 * forced, uid, sequence, created, modified. */
json_t *view_edition(const struct rules *r, const struct edition *e);
/* Beside the stable members, where the item has a time: day ("Mon 18 Jan
 * 2027"), from, to ("09:00"), utc_offset ("UTC+8"), when (day, times, zone and
 * offset in one text), start_utc_text ("01:00-01:45 UTC"), capital (partner's
 * clock: zone, text; the day in it only where it differs). */
json_t *view_item(const struct rules *r, const struct item *i);
json_t *view_change(const struct change *c);
json_t *view_body(const struct rules *r, const struct body *b);
json_t *view_member(const struct rules *r, const struct member *m,
                    struct date today);
json_t *view_partner(const struct rules *r, const struct partner *p);
json_t *view_cluster(const struct rules *r, const struct cluster *c);
json_t *view_workflow(const struct rules *r, const struct workflow *w);
json_t *view_turn(const struct rotation_turn *t);
json_t *view_holiday(const struct holiday *h);
json_t *view_task(const struct rules *r, const struct task *t,
                  struct date today);
json_t *view_contact(const struct contact *c);
/* In a file of its own, which needs daemon/mail/outbox.c: link the mail room.
 */
json_t *view_message(const struct message *m);
json_t *view_document(const struct rules *r, const struct document *d,
                      struct date today);
json_t *view_compliance(const struct compliance *c);
json_t *view_deliverable(const struct deliverable *d);
json_t *view_audit(const struct audit_row *a);
json_t *view_diagnostic(const struct diagnostic *d);
json_t *view_reason(const struct reason *reason);
json_t *view_other_date(const struct other_date *o);
