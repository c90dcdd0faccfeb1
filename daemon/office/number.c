/*
 * Ordinals and titles.
 *
 * A `number` of a series is a fixed point: the first edition in its cycle has
 * that number, and every edition between there and another one adds or takes
 * one. The fixed point at or before an edition's cycle counts, else the first
 * one after it. Rules and facts seldom know every year, so:
 *
 * 1. a cycle of which nothing is known is taken to have had as many editions
 *    as the cluster's rule says at least (another `number` corrects that);
 * 2. a cycle whose editions are all cancelled, postponed or lapsed had none;
 *    only in the cycle of the fixed point itself does a lapsed one not speak
 *    against it, because the `number` says that there was one;
 * 3. what does not count keeps the number it would have had, so that its title
 *    stays what people know it by;
 * 4. a partner with a `number` of its own has its own series and counts the
 *    editions that have its item; others run with the item.
 *
 * 5. where a body's code stands in a title as a word, a meeting of the past
 *    reads as the body was called on its first day.
 *
 * {edition} is the cycle, and "2027/2" where a cycle has several.
 */
#include <ctype.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/past.h"

struct series {
    const struct cluster *cluster;
    const struct item_rule *item;
    const char *partner; /* "" when it runs with the item */
    const struct number_rule *from;
    const struct occurrences *all;
};

/* The fixed point for a cycle among those of the item and this partner (NULL:
 * the item's own), or NULL. */
static const struct number_rule *fixed_point(const struct cluster *c,
                                             const struct item_rule *item,
                                             const char *partner, int cycle)
{
    const struct number_rule *before = NULL, *after = NULL;

    for (size_t i = 0; i < c->n_numbers; i++) {
        const struct number_rule *n = &c->numbers[i];

        if (n->item != item || !n->partner != !partner ||
            (partner && !text_same(n->partner->code, partner)))
            continue;
        if (n->year <= cycle && (!before || n->year > before->year))
            before = n;
        if (n->year > cycle && (!after || n->year < after->year))
            after = n;
    }
    return before ? before : after;
}

/* Is there something of the series in that edition? Without items (history,
 * not laid out yet) there is. */
static bool has_item(const struct series *s, const struct occurrence *o)
{
    for (size_t k = 0; k < o->n_items; k++) {
        const struct item *i = &o->items[k];

        if (text_same(i->code, s->item->code) && i->status != ITEM_CANCELLED &&
            (!*s->partner || text_same(i->partner, s->partner)))
            return true;
    }
    return o->n_items == 0;
}

/* Nothing is known of the cycle of a row, as far as this series goes. */
static bool is_silent(const struct series *s, const struct occurrence *o)
{
    return o->lapsed && o->cycle == s->from->year;
}

static bool is_before(const struct occurrence *o, int cycle, struct date start,
                      int n)
{
    if (o->cycle != cycle)
        return o->cycle < cycle;
    if (o->start.day != start.day)
        return o->start.day < start.day;
    return o->n < n;
}

/* How many editions lie before that place, counted from the cluster's first
 * cycle (from year 0 where it has none: only differences matter). */
static int64_t count_before(const struct series *s, int cycle,
                            struct date start, int n)
{
    int first = s->cluster->since, known = first - 1;
    int64_t count = 0, cycles = rhythm_count(s->cluster->rhythm, first, cycle);

    for (size_t i = 0; i < s->all->n; i++) {
        const struct occurrence *o = &s->all->rows[i];

        if (is_silent(s, o))
            continue;
        if (o->counts && is_before(o, cycle, start, n) && has_item(s, o))
            count++;
        if (o->cycle != known && o->cycle >= first && o->cycle < cycle &&
            rhythm_has(s->cluster->rhythm, o->cycle))
            cycles--;
        known = o->cycle;
    }
    return count + cycles * s->cluster->least;
}

static int ordinal(const struct series *s, const struct edition *e)
{
    int64_t n = s->from->number + count_before(s, e->cycle, e->start, e->n) -
                count_before(s, s->from->year, DATE_NONE, -1);

    return n > 0 && n < INT32_MAX ? (int)n : 0;
}

static int number_item(const struct occurrences *all, const struct cluster *c,
                       const struct edition *e, const struct item *i,
                       const struct item_rule *rule)
{
    struct series s = {c, rule, "", NULL, all};

    if (*i->partner)
        s.from = fixed_point(c, rule, i->partner, e->cycle);
    if (s.from)
        s.partner = i->partner;
    else
        s.from = fixed_point(c, rule, NULL, e->cycle);
    return s.from ? ordinal(&s, e) : 0;
}

/* ---- titles */

static const char *host_name(const struct rules *r, const char *code)
{
    const struct member *m = rules_member(r, code);

    return m ? m->name : code;
}

static const char *partner_name(const struct rules *r, const char *code)
{
    const struct partner *p = rules_partner(r, code);

    return p ? p->name : code;
}

/* What a hole's name (n bytes) stands for, or NULL for an unknown one. */
static const char *hole_text(TALLOC_CTX *ctx, const struct rules *r,
                             const struct edition *e, const struct item *i,
                             const char *name, size_t n)
{
    if (n == 3 && strncmp(name, "nth", n) == 0)
        return i->nth > 0 ? text_ordinal(ctx, i->nth) : "";
    if (n == 7 && strncmp(name, "partner", n) == 0)
        return partner_name(r, i->partner);
    if (n == 5 && strncmp(name, "cycle", n) == 0)
        return text_format(ctx, "%d", e->cycle);
    if (n == 7 && strncmp(name, "edition", n) == 0)
        return e->n > 0 ? text_format(ctx, "%d/%d", e->cycle, e->n)
                        : text_format(ctx, "%d", e->cycle);
    if (n == 4 && strncmp(name, "host", n) == 0)
        return host_name(r, e->host);
    return NULL;
}

/* An empty hole leaves a blank behind: no two in a row, none at the ends. */
static char *close_gaps(TALLOC_CTX *ctx, const char *text)
{
    char *out = memory_text(ctx, text);
    size_t n = 0;

    for (const char *s = text; *s; s++)
        if (*s != ' ' || (n > 0 && out[n - 1] != ' '))
            out[n++] = *s;
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

static char *render(TALLOC_CTX *ctx, const struct rules *r,
                    const struct edition *e, const struct item *i,
                    const char *template)
{
    char *text = memory_text(ctx, "");

    while (*template) {
        size_t plain = strcspn(template, "{");
        const char *end = strchr(template + plain, '}');
        const char *hole = end ? hole_text(ctx, r, e, i, template + plain + 1,
                                           (size_t)(end - template) - plain - 1)
                               : NULL;

        if (!hole && template[plain])
            plain++; /* the brace is meant as one */
        text = talloc_strndup_append_buffer(text, template, plain);
        invariant(text);
        template += plain;
        if (hole) {
            text = talloc_strdup_append_buffer(text, hole);
            invariant(text);
            template = end + 1;
        }
    }
    return close_gaps(ctx, text);
}

static bool is_code_character(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("+-_", c));
}

/* `text` with the word `code` read as `then`. */
static char *rename_word(TALLOC_CTX *ctx, const char *text, const char *code,
                         const char *then)
{
    char *out = memory_text(ctx, "");
    size_t n = strlen(code);
    const char *at = text;

    while ((at = strstr(at, code))) {
        bool word = (at == text || !is_code_character(at[-1])) &&
                    !is_code_character(at[n]);

        out = text_format(ctx, "%s%.*s%s", out, (int)(at - text), text,
                          word ? then : code);
        text = at += n;
    }
    return text_format(ctx, "%s%s", out, text);
}

const char *office_title_on(TALLOC_CTX *ctx, const struct rules *r,
                            const char *title, struct date day)
{
    for (size_t i = 0; i < r->n_bodies && !date_is_none(day); i++) {
        const struct body *b = &r->bodies[i];
        const char *then = b->n_formerly > 0 ? body_code_on(b, day) : b->code;

        if (!text_same(then, b->code))
            title = rename_word(ctx, title, b->code, then);
    }
    return title;
}

static void number_edition(TALLOC_CTX *scratch, const struct rules *r,
                           const struct occurrences *all,
                           const struct cluster *c, const struct edition *e,
                           struct plan *plan)
{
    size_t n;
    struct item *items = plan_items_of(plan, e->id, &n);

    for (size_t k = 0; k < n; k++) {
        struct item *i = &items[k];
        const struct item_rule *rule = cluster_item(c, i->code);

        if (!rule || i->one_off)
            continue;
        i->nth = number_item(all, c, e, i, rule);
        i->title = memory_text(
            plan->items,
            office_title_on(scratch, r, render(scratch, r, e, i, rule->title),
                            e->start));
    }
}

void office_number(const struct rules *r, const struct history *history,
                   struct plan *plan)
{
    TALLOC_CTX *scratch = talloc_new(NULL);

    for (size_t k = 0; k < r->n_clusters; k++) {
        const struct cluster *c = &r->clusters[k];
        struct occurrences all = past_of(scratch, r, history, plan, c);

        for (size_t i = 0; i < plan->n_editions; i++)
            if (text_same(plan->editions[i].cluster, c->code))
                number_edition(scratch, r, &all, c, &plan->editions[i], plan);
    }
    talloc_free(scratch);
}
