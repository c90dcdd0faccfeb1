#pragma once
/*
 * One short function per verb; dispatched by verbs.c from the enum of
 * ctl/verbs.def. Also what several of them need.
 */
#include "daemon/serve/request.h"

#define VERB(id, ...) verb_handler verb_##id;
#include "ctl/verbs.def"
#undef VERB

/* ---- shared by verbs (verbs.c) */
/* An edition of a plan, or REPLY_NOTFOUND with the nearest name. */
bool find_edition(const struct plan *p, const char *id, struct edition **ret,
                  struct error *err) MUST_USE;
bool find_item(const struct plan *p, const char *id, struct item **ret,
               struct error *err) MUST_USE;
/* The edition that an edition's or item's name names. On ctx. */
char *edition_of(TALLOC_CTX *ctx, const char *thing);
/* The version that held at the end of a day; REPLY_NOTFOUND before the first.
 */
bool version_of_day(struct request *q, struct date day, struct version_row *ret,
                    struct error *err) MUST_USE;
/* The plan that --release N, --as-of DAY or --draft NAME (main) means. */
bool requested_plan(struct request *q, const struct plan **ret,
                    struct error *err) MUST_USE;
/* A JSON object as text on ctx; takes the reference. */
char *json_line(TALLOC_CTX *ctx, json_t *object);
/* An address that can stand in a calendar and on a page: http or https, no
 * blanks, quotes or brackets. */
bool link_check(const char *url, struct error *err) MUST_USE;
/* Sets a member of the summary. */
void summary_set(struct request *q, const char *name, json_t *value);

/* "against_rules" for a row or a summary: what draft_against() finds, or null.
 */
bool against_json(struct request *q, json_t **ret, struct error *err) MUST_USE;
/* The same as a member of the summary, where there is any. */
bool against_summary(struct request *q, struct error *err) MUST_USE;

/* ---- contacts (verbs_people.c) */
const struct contact *find_contact(const struct contacts *all,
                                   const char *email);
/* The codes as the rules spell them, a former one as it is today; an unknown
 * one is an error. */
bool contact_set_bodies(TALLOC_CTX *ctx, const struct rules *r,
                        struct contact *c, const char *const *codes, size_t n,
                        struct error *err) MUST_USE;
/* Address, name, owner and zone are as they must be. */
bool contact_check(TALLOC_CTX *ctx, const struct contact *c,
                   struct error *err) MUST_USE;
/* A task of a list, or REPLY_NOTFOUND with the nearest name. */
bool find_task(const struct tasks *tasks, const char *id,
               const struct task **ret, struct error *err) MUST_USE;
