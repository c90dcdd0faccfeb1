/*
 * What has a code, and finding it again. Codes are unique per noun (items and
 * steps: within their cluster or workflow), without regard to case.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

/* How many codes a hint lists, and among how many it looks for the nearest. */
enum { LISTED = 12, OFFERED = 400 };

static const char *const noun_words[] = {
    "member",   "partner", "body",     "people", "desk", "place",
    "rotation", "cluster", "workflow", "item",   "step"};

static const struct name *look(const struct build *b, enum noun noun,
                               const void *in, const char *code)
{
    for (size_t i = 0; i < b->n_names; i++) {
        const struct name *n = &b->names[i];

        if (n->noun == noun && n->in == in && text_same(n->code, code))
            return n;
    }
    return NULL;
}

/* Codes that share one place in the language share one space of names. */
static const struct name *taken(const struct build *b, enum noun noun,
                                const void *in, const char *code)
{
    static const enum noun rivals[][2] = {{NOUN_MEMBER, NOUN_PARTNER},
                                          {NOUN_PARTNER, NOUN_MEMBER},
                                          {NOUN_MEMBER, NOUN_ROTATION},
                                          {NOUN_ROTATION, NOUN_MEMBER}};
    const struct name *n = look(b, noun, in, code);

    for (size_t i = 0; i < sizeof rivals / sizeof rivals[0] && !n; i++)
        if (rivals[i][0] == noun)
            n = look(b, rivals[i][1], NULL, code);
    return n;
}

void name_add(struct build *b, enum noun noun, const void *in, const char *code,
              void *object, struct where where)
{
    const struct name *other;

    if (!*code)
        return;
    other = taken(b, noun, in, code);
    if (other) {
        find_error(b->f, where, "",
                   "%s \"%s\" is given twice: line %d has a %s of that name",
                   noun_words[noun], code, other->where.line,
                   noun_words[other->noun]);
        return;
    }
    b->names = array_grow(b->tmp, b->names, struct name, b->n_names + 1);
    b->names[b->n_names++] = (struct name){noun, in, code, object, where};
}

void *name_look(const struct build *b, enum noun noun, const void *in,
                const char *code)
{
    const struct name *n = look(b, noun, in, code);

    return n ? n->object : NULL;
}

const char **name_codes(const struct build *b, enum noun noun, const void *in)
{
    const char **codes = array_new(b->tmp, const char *, 1);
    size_t n = 0;

    for (size_t i = 0; i < b->n_names && n < OFFERED; i++) {
        if (b->names[i].noun != noun || b->names[i].in != in)
            continue;
        codes = array_grow(b->tmp, codes, const char *, n + 2);
        codes[n++] = b->names[i].code;
        codes[n] = NULL;
    }
    return codes;
}

/* "known: A, B, C" or, when there are too many, "". */
static const char *list_known(struct build *b, const char *const *known)
{
    char *out = memory_text(b->tmp, "known: ");
    size_t n = 0;

    for (; known[n]; n++) {
        out =
            talloc_asprintf_append_buffer(out, "%s%s", n ? ", " : "", known[n]);
        invariant(out);
    }
    return n == 0 ? "the file has none" : n <= LISTED ? out : "";
}

/* "line 12 has a cluster of that name", or NULL. */
static const char *other_kind(struct build *b, const char *code)
{
    for (size_t i = 0; i < b->n_names; i++)
        if (text_same(b->names[i].code, code))
            return text_format(b->tmp, "\"%s\" is %s %s (line %d)", code,
                               b->names[i].noun == NOUN_ITEM ? "an" : "a",
                               noun_words[b->names[i].noun],
                               b->names[i].where.line);
    return NULL;
}

/* What people write who mean a word of the language and no name. */
static const char *word_meant(const char *noun, const char *code)
{
    static const struct {
        const char *noun, *said, *meant;
    } slips[] = {
        {"rotation or member", "any", "any member"},
        {"rotation or member", "anyone", "any member"},
        {"rotation or member", "members", "any member"},
        {"level", "all", "everyone"},
        {"level", "everybody", "everyone"},
    };

    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++)
        if (text_same(noun, slips[i].noun) && text_same(code, slips[i].said))
            return slips[i].meant;
    return NULL;
}

void name_unknown(struct build *b, struct where w, const char *noun,
                  const char *code, const char *const *known)
{
    const char *near, *other, *hint;

    if (b->f->full)
        return;
    near = word_meant(noun, code);
    if (!near)
        near = strlen(code) > 1 ? text_nearest(code, known) : NULL;
    other = other_kind(b, code);
    hint = near    ? text_format(b->tmp, "did you mean %s?", near)
           : other ? other
                   : list_known(b, known);
    find_error(b->f, w, hint, "unknown %s \"%s\"", noun, code);
}

void *name_find(struct build *b, enum noun noun, const void *in,
                const struct node *n, const struct value *v)
{
    void *object;

    if (!v)
        return NULL;
    object = name_look(b, noun, in, v->text);
    if (!object)
        name_unknown(b, node_where(n, v), noun_words[noun], v->text,
                     name_codes(b, noun, in));
    return object;
}

void *name_find_new(struct build *b, enum noun noun, const void *in,
                    const struct node *n, const char *hole, size_t k)
{
    const struct value *v = node_value(n, hole, k);

    for (size_t i = 0; i < k && v; i++) {
        const struct value *before = node_value(n, hole, i);

        if (!before || !text_same(before->text, v->text))
            continue;
        find_error(b->f, node_where(n, v), "", "%s \"%s\" is named twice",
                   noun_words[noun], v->text);
        return NULL;
    }
    return name_find(b, noun, in, n, v);
}
