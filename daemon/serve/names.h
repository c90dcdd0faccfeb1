#pragma once
/*
 * Things that a request names: found, or REPLY_NOTFOUND with the name that was
 * nearest; and filters, of which a name that nothing has is a mistake and no
 * empty table.
 */
#include "daemon/serve/request.h"

/* "no NOUN NAME, did you mean ...?"; known ends with NULL. Returns false. */
bool no_such(struct error *err, enum reply code, const char *noun,
             const char *name, const char *const *known);

/* Of the rules; a body also by a former code. */
bool named_body(const struct request *q, const char *code,
                const struct body **ret, struct error *err) MUST_USE;
bool named_member(const struct request *q, const char *code,
                  const struct member **ret, struct error *err) MUST_USE;
bool named_partner(const struct request *q, const char *code,
                   const struct partner **ret, struct error *err) MUST_USE;
bool named_cluster(const struct request *q, const char *code,
                   const struct cluster **ret, struct error *err) MUST_USE;
bool named_rotation(const struct request *q, const char *name,
                    const struct rotation **ret, struct error *err) MUST_USE;
/* The contact with that address, on q->ctx. */
bool named_contact(struct request *q, const char *email,
                   const struct contact **ret, struct error *err) MUST_USE;

/* What is said of a thing that is neither an edition nor a body, or when it
 * has a slash, neither an item nor a task of the plan. Returns false. */
bool nothing_named(const struct request *q, const struct plan *plan,
                   const char *thing, struct error *err);

/* ---- filters that left no row; NULL, nothing was asked for, is good */
/* Whatever else has a name: edition, item, task, body, party or contact. */
bool filter_thing(struct request *q, const char *thing,
                  struct error *err) MUST_USE;
/* An edition of the main draft or of the last release. */
bool filter_edition(struct request *q, const char *id,
                    struct error *err) MUST_USE;
bool filter_body(const struct request *q, const char *code,
                 struct error *err) MUST_USE;
/* A member or partner, or another of the words (NULL at the end). */
bool filter_party(const struct request *q, const char *code,
                  const char *const *words, struct error *err) MUST_USE;
/* Likewise or a body: whoever has tasks and sends documents. */
bool filter_owner(const struct request *q, const char *code,
                  struct error *err) MUST_USE;
