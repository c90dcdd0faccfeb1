#pragma once
/*
 * Reads planning problems in their normal form (.ins) and in the form with
 * named rules (.rules.txt), for tests and benchmarks. Inline, so that a program
 * of one file needs nothing else.
 *
 *     p EDITIONS RULES
 *     v NUMBER NAME BLOCK LEVEL CANDIDATES   then START END COST per candidate
 *     b I J TYPE A B T BAND W
 *
 *     r ID TEXT
 *     v NUMBER NAME FIRST DAYS COUNTxSPAN ...
 *     f EDITION RULE DAY|DAY-DAY ...
 *     c EDITION RULE COST DAY|DAY-DAY ...
 *     b RULE I J TYPE A B T BAND W
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/problem.h"

struct ins {
    struct problem *p;
    bool named;   /* rules are named: the second form */
    char *cursor; /* rest of the line being read */
};

static inline long ins_number(struct ins *in)
{
    char *end = in->cursor;
    long x = strtol(in->cursor, &end, 10);
    in->cursor = end;
    return x;
}

static inline char *ins_word(struct ins *in, TALLOC_CTX *ctx)
{
    in->cursor += strspn(in->cursor, " \t");
    size_t n = strcspn(in->cursor, " \t\r\n");
    char *word = memory_text_n(ctx, in->cursor, n);
    in->cursor += n;
    return word;
}

static inline bool ins_more(struct ins *in)
{
    in->cursor += strspn(in->cursor, " \t\r\n");
    return *in->cursor != 0;
}

static inline int32_t ins_rule(struct ins *in, const char *text)
{
    struct problem *p = in->p;
    p->rules = array_grow(p, p->rules, struct problem_rule, p->n_rules + 1);
    p->rules[p->n_rules] = (struct problem_rule){.text = text};
    return (int32_t)p->n_rules++;
}

static inline void ins_candidates(struct ins *in, struct problem_edition *e,
                                  FILE *file)
{
    char line[256];
    e->cycle = (int)ins_number(in);
    e->level = (int)ins_number(in);
    e->n_candidates = (int32_t)ins_number(in);
    e->candidates = array_new(in->p, struct candidate, (size_t)e->n_candidates);
    for (int32_t c = 0; c < e->n_candidates; c++) {
        struct candidate *k = &e->candidates[c];
        if (!fgets(line, sizeof line, file))
            return;
        in->cursor = line;
        k->start = (int32_t)ins_number(in);
        k->end = (int32_t)ins_number(in);
        k->cost = (int32_t)ins_number(in);
        k->host = k->join = -1;
        k->open = true;
    }
}

static inline void ins_universe(struct ins *in, struct problem_edition *e)
{
    int32_t first = (int32_t)ins_number(in), c = 0;
    e->n_candidates = (int32_t)ins_number(in);
    e->candidates = array_new(in->p, struct candidate, (size_t)e->n_candidates);
    while (c < e->n_candidates && ins_more(in)) {
        long count = ins_number(in);
        in->cursor += *in->cursor == 'x';
        int32_t span = (int32_t)ins_number(in);
        for (; count > 0 && c < e->n_candidates; count--, c++)
            e->candidates[c] = (struct candidate){
                first + c, first + c + span, -1, -1, 0, true};
    }
}

static inline void ins_edition(struct ins *in, FILE *file)
{
    struct problem *p = in->p;
    size_t number = (size_t)ins_number(in);
    if (number >= p->n_editions)
        return;
    struct problem_edition *e = &p->editions[number];
    e->name = ins_word(in, p);
    e->previous = INT32_MIN;
    if (in->named)
        ins_universe(in, e);
    else
        ins_candidates(in, e, file);
}

static inline void ins_forbid(struct ins *in, struct forbid f)
{
    struct problem *p = in->p;
    struct problem_edition *e = &p->editions[f.edition];
    p->forbids = array_grow(p, p->forbids, struct forbid, p->n_forbids + 1);
    p->forbids[p->n_forbids++] = f;
    p->rules[f.rule].hard = true;
    for (int32_t c = 0; c < e->n_candidates; c++)
        if (e->candidates[c].start >= f.from && e->candidates[c].start <= f.to)
            e->candidates[c].open = false;
}

static inline void ins_charge(struct ins *in, struct charge k)
{
    struct problem *p = in->p;
    struct problem_edition *e = &p->editions[k.edition];
    p->charges = array_grow(p, p->charges, struct charge, p->n_charges + 1);
    p->charges[p->n_charges++] = k;
    for (int32_t c = 0; c < e->n_candidates; c++)
        if (e->candidates[c].start >= k.from && e->candidates[c].start <= k.to)
            e->candidates[c].cost += k.cost;
}

/* The f and c lines: what holds on a list of days. */
static inline void ins_days(struct ins *in, bool forbids)
{
    int32_t edition = (int32_t)ins_number(in);
    int32_t rule = (int32_t)ins_number(in);
    int32_t cost = forbids ? 0 : (int32_t)ins_number(in);
    while (ins_more(in)) {
        int32_t from = (int32_t)ins_number(in), to = from;
        if (*in->cursor == '-') {
            in->cursor++;
            to = (int32_t)ins_number(in);
        }
        if (forbids)
            ins_forbid(in, (struct forbid){edition, rule, from, to, -1});
        else
            ins_charge(in, (struct charge){edition, rule, from, to, -1, -1,
                                           cost, NULL});
    }
}

static inline enum pair_type ins_type(const char *word)
{
    if (!strcmp(word, "gap"))
        return PAIR_GAP;
    if (!strcmp(word, "sep"))
        return PAIR_SEP;
    return strcmp(word, "near") ? PAIR_DISJ : PAIR_NEAR;
}

static inline void ins_pair(struct ins *in)
{
    struct problem *p = in->p;
    struct pair pair = {.per = 1};
    pair.rule = in->named ? (int32_t)ins_number(in) : -1;
    pair.i = (int32_t)ins_number(in);
    pair.j = (int32_t)ins_number(in);
    char *type = ins_word(in, p);
    pair.type = ins_type(type);
    if (pair.rule < 0)
        pair.rule = ins_rule(in, type);
    pair.bounds.min = pair.apart = (int32_t)ins_number(in);
    pair.bounds.max = (int32_t)ins_number(in);
    pair.bounds.ideal = (int32_t)ins_number(in);
    pair.band = (int32_t)ins_number(in);
    pair.weight = (int32_t)ins_number(in);
    p->rules[pair.rule].hard =
        p->rules[pair.rule].hard || pair.type != PAIR_NEAR;
    p->pairs = array_grow(p, p->pairs, struct pair, p->n_pairs + 1);
    p->pairs[p->n_pairs++] = pair;
}

static inline void ins_line(struct ins *in, char kind, FILE *file)
{
    struct problem *p = in->p;
    if (kind == 'p') {
        p->n_editions = (size_t)ins_number(in);
        p->editions = array_new(p, struct problem_edition, p->n_editions);
    } else if (kind == 'r') {
        in->named = true;
        ins_number(in);
        in->cursor += strspn(in->cursor, " ");
        ins_rule(in, memory_text_n(p, in->cursor, strcspn(in->cursor, "\n")));
    } else if (kind == 'v') {
        ins_edition(in, file);
    } else if (kind == 'f' || kind == 'c') {
        ins_days(in, kind == 'f');
    } else if (kind == 'b') {
        ins_pair(in);
    }
}

/* The problem in a file, on ctx; NULL when the file cannot be opened. */
static inline struct problem *ins_read(TALLOC_CTX *ctx, const char *path)
{
    struct ins in = {0};
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (!file)
        return NULL;
    in.p = object_new(ctx, struct problem);
    while (getline(&line, &room, file) > 0) {
        in.cursor = line + 1;
        ins_line(&in, line[0], file);
    }
    free(line);
    (void)fclose(file);
    return in.p;
}
