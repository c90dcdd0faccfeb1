#pragma once
/*
 * Agendas that were laid, kept for what has not changed since: an officer who
 * changes one edition does not wait until those of all others are searched for
 * once more.
 */
#include "daemon/plan/agenda.h"

/* What is remembered of editions under these rules, which must outlive it. */
struct agendas;
struct agendas *agendas_new(TALLOC_CTX *ctx, const struct rules *r);

/* As agenda_lay(). */
bool agendas_lay(TALLOC_CTX *ctx, struct agendas *memory,
                 const struct edition *e, const struct plan *kept,
                 const struct plan *told, struct item **ret_items,
                 size_t *ret_n, struct error *err) MUST_USE;
