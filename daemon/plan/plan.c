/*
 * Plans as values: the words of their states, the names of editions, finding,
 * copying and the one order in which editions and items stand.
 */
#include "daemon/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

static const char *const edition_words[] = {
    [EDITION_PROPOSED] = "proposed",   [EDITION_CONFIRMED] = "confirmed",
    [EDITION_POSTPONED] = "postponed", [EDITION_CANCELLED] = "cancelled",
    [EDITION_HELD] = "held",           [EDITION_LAPSED] = "lapsed"};

static const char *const item_words[] = {[ITEM_PROPOSED] = "proposed",
                                         [ITEM_CONFIRMED] = "confirmed",
                                         [ITEM_CANCELLED] = "cancelled",
                                         [ITEM_HELD] = "held"};

static const char *const audience_words[] = {[ITEM_FOR_ALL] = "all",
                                             [ITEM_FOR_INVITED] = "invited",
                                             [ITEM_FOR_NOBODY] = "nobody"};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool word_index(const char *const *words, size_t n, const char *word,
                       size_t *ret)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(words[i], word)) {
            *ret = i;
            return true;
        }
    return false;
}

const char *edition_status_word(enum edition_status s)
{
    return edition_words[s];
}

enum edition_status edition_status_on(const struct edition *e,
                                      struct date today)
{
    return e->status == EDITION_CONFIRMED && !date_is_none(e->end) &&
                   e->end.day < today.day
               ? EDITION_HELD
               : e->status;
}

bool edition_status_parse(const char *word, enum edition_status *ret)
{
    size_t i;

    if (!word_index(edition_words, COUNT(edition_words), word, &i))
        return false;
    *ret = (enum edition_status)i;
    return true;
}

const char *item_status_word(enum item_status s)
{
    return item_words[s];
}

const char *item_audience_word(enum item_audience a)
{
    return audience_words[a];
}

bool item_audience_parse(const char *word, enum item_audience *ret)
{
    size_t i;

    if (!word_index(audience_words, COUNT(audience_words), word, &i))
        return false;
    *ret = (enum item_audience)i;
    return true;
}

char *edition_name(TALLOC_CTX *ctx, const char *cluster, int cycle, int n)
{
    if (n > 0)
        return text_format(ctx, "%s-%d-%d", cluster, cycle, n);
    return text_format(ctx, "%s-%d", cluster, cycle);
}

struct edition *plan_edition(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->n_editions; i++)
        if (text_same(p->editions[i].id, id))
            return &p->editions[i];
    return NULL;
}

struct item *plan_item(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->n_items; i++)
        if (text_same(p->items[i].id, id))
            return &p->items[i];
    return NULL;
}

struct item *plan_items_of(const struct plan *p, const char *edition,
                           size_t *ret_n)
{
    struct item *first = NULL;

    *ret_n = 0;
    for (size_t i = 0; i < p->n_items; i++)
        if (text_same(p->items[i].edition, edition)) {
            if (!first)
                first = &p->items[i];
            ++*ret_n;
        } else if (first) {
            break;
        }
    return first;
}

static const char *text_or_empty(TALLOC_CTX *ctx, const char *text)
{
    return memory_text(ctx, text ? text : "");
}

static const char **texts_copy(TALLOC_CTX *ctx, const char *const *texts,
                               size_t n)
{
    const char **copy = array_new(ctx, const char *, n);

    for (size_t i = 0; i < n; i++)
        copy[i] = text_or_empty(ctx, texts[i]);
    return copy;
}

struct edition edition_copy(TALLOC_CTX *ctx, const struct edition *e)
{
    struct edition c = *e;

    c.id = text_or_empty(ctx, e->id);
    c.cluster = text_or_empty(ctx, e->cluster);
    c.title = text_or_empty(ctx, e->title);
    c.days = array_new(ctx, struct date, e->n_days);
    for (size_t i = 0; i < e->n_days; i++)
        c.days[i] = e->days[i];
    c.host = text_or_empty(ctx, e->host);
    c.city = text_or_empty(ctx, e->city);
    c.zone = text_or_empty(ctx, e->zone);
    c.warnings = texts_copy(ctx, e->warnings, e->n_warnings);
    c.reason = text_or_empty(ctx, e->reason);
    c.forced = text_or_empty(ctx, e->forced);
    return c;
}

struct item item_copy(TALLOC_CTX *ctx, const struct item *i)
{
    struct item c = *i;

    c.id = text_or_empty(ctx, i->id);
    c.edition = text_or_empty(ctx, i->edition);
    c.code = text_or_empty(ctx, i->code);
    c.title = text_or_empty(ctx, i->title);
    c.partner = text_or_empty(ctx, i->partner);
    c.bodies = texts_copy(ctx, i->bodies, i->n_bodies);
    c.people = text_or_empty(ctx, i->people);
    c.zone = text_or_empty(ctx, i->zone);
    c.city = text_or_empty(ctx, i->city);
    c.link = text_or_empty(ctx, i->link);
    c.uid = text_or_empty(ctx, i->uid);
    return c;
}

struct plan *plan_copy(TALLOC_CTX *ctx, const struct plan *p)
{
    struct plan *c = object_new(ctx, struct plan);

    *c = *p;
    c->editions = array_new(c, struct edition, p->n_editions);
    for (size_t i = 0; i < p->n_editions; i++)
        c->editions[i] = edition_copy(c, &p->editions[i]);
    c->items = array_new(c, struct item, p->n_items);
    for (size_t i = 0; i < p->n_items; i++)
        c->items[i] = item_copy(c, &p->items[i]);
    return c;
}

/* Codes sort without case, and equal ones by their bytes: a total order. */
static int id_order(const char *a, const char *b)
{
    int order = text_compare(a, b);

    return order ? order : strcmp(a, b);
}

static int edition_order(const void *left, const void *right)
{
    const struct edition *a = left, *b = right;
    bool a_none = date_is_none(a->start), b_none = date_is_none(b->start);

    if (a_none != b_none)
        return a_none ? 1 : -1;
    if (a->start.day != b->start.day)
        return a->start.day < b->start.day ? -1 : 1;
    return id_order(a->id, b->id);
}

/* An item and the place of its edition among the sorted editions. */
struct ranked_item {
    size_t rank;
    struct item item;
};

static int item_order(const void *left, const void *right)
{
    const struct ranked_item *a = left, *b = right;
    int64_t start_a = local_seconds(a->item.start);
    int64_t start_b = local_seconds(b->item.start);

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (start_a != start_b)
        return start_a < start_b ? -1 : 1;
    return id_order(a->item.id, b->item.id);
}

static size_t edition_rank(const struct plan *p, const char *id)
{
    size_t i = 0;

    while (i < p->n_editions && !text_same(p->editions[i].id, id))
        i++;
    return i;
}

void plan_sort(struct plan *p)
{
    struct ranked_item *ranked =
        array_new(NULL, struct ranked_item, p->n_items);

    if (p->n_editions > 1)
        qsort(p->editions, p->n_editions, sizeof *p->editions, edition_order);
    for (size_t i = 0; i < p->n_items; i++) {
        bool again =
            i > 0 && text_same(p->items[i].edition, ranked[i - 1].item.edition);
        ranked[i].rank =
            again ? ranked[i - 1].rank : edition_rank(p, p->items[i].edition);
        ranked[i].item = p->items[i];
    }
    if (p->n_items > 1)
        qsort(ranked, p->n_items, sizeof *ranked, item_order);
    for (size_t i = 0; i < p->n_items; i++)
        p->items[i] = ranked[i].item;
    talloc_free(ranked);
}
