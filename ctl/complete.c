/*
 * Completion for shells: what may stand for the last word of a command line.
 * The table of commands knows commands, options and fixed words; names of
 * things are asked from the daemon through a callback.
 */
#include "ctl/verbs.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

struct completion {
    FILE *out;
    const char *prefix;
    complete_ask *ask;
    void *arg;
};

static void offer(const struct completion *c, const char *word)
{
    if (text_begins(word, c->prefix))
        (void)fprintf(c->out, "%s\n", word);
}

static void offer_verbs(TALLOC_CTX *ctx, const struct completion *c)
{
    const char *last = "";

    for (size_t i = 0; i < VERB_COUNT; i++) {
        const char *words = verb_get((enum verb_id)i)->words;
        const char *first = memory_text_n(ctx, words, strcspn(words, " "));

        if (strcmp(first, last) != 0)
            offer(c, first);
        last = first;
    }
}

/* The second words of the commands that begin with `group`. */
static void offer_members(TALLOC_CTX *ctx, const struct completion *c,
                          const char *group)
{
    char *begin = text_format(ctx, "%s ", group);

    for (size_t i = 0; i < VERB_COUNT; i++) {
        const char *words = verb_get((enum verb_id)i)->words;

        if (text_begins(words, begin))
            offer(c, words + strlen(begin));
    }
}

static bool given(size_t n, const char *const *words, const char *option)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(words[i], "--", 2) == 0 &&
            strcmp(words[i] + 2, option) == 0)
            return true;
    return false;
}

static void offer_options(TALLOC_CTX *ctx, const struct completion *c,
                          const struct verb *v, size_t n,
                          const char *const *words)
{
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (a->place == PLACE_OPTION &&
            (a->type == ARG_FILES || !given(n, words, a->name)))
            offer(c, text_format(ctx, "--%s", a->name));
}

/* Names of things. In a list "A,B" only the last code is looked for, and of
 * "EDITION/..." the items of that edition. */
static void offer_things(TALLOC_CTX *ctx, const struct completion *c,
                         enum arg_type type)
{
    const char *command, *member;
    const char *comma = type == ARG_BODIES || type == ARG_PARTNERS
                            ? strrchr(c->prefix, ',')
                            : NULL;
    const char *slash = type == ARG_EDITION_OR_ITEM || type == ARG_THING
                            ? strchr(c->prefix, '/')
                            : NULL;
    size_t head = comma ? (size_t)(comma - c->prefix) + 1 : 0;

    arg_completion(type, &command, &member);
    if (!command || !c->ask)
        return;
    if (slash) {
        command = text_format(
            ctx, "agenda %s",
            memory_text_n(ctx, c->prefix, (size_t)(slash - c->prefix)));
        member = "item";
    }
    for (char **one = text_split(ctx, command, '|'); *one; one++)
        c->ask(c->arg, c->out, *one, member,
               memory_text_n(ctx, c->prefix, head), c->prefix + head);
}

static void offer_values(TALLOC_CTX *ctx, const struct completion *c,
                         const struct verb_arg *a)
{
    char **words = text_split(ctx, a->words ? a->words : "", '|');

    for (size_t i = 0; words[i]; i++)
        offer(c, words[i]);
    if (a->type == ARG_ID_OR_ALL)
        offer(c, "all");
    offer_things(ctx, c, a->type);
}

static const struct verb_arg *option_of(const struct verb *v, const char *word)
{
    if (strncmp(word, "--", 2) != 0)
        return NULL;
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (a->place == PLACE_OPTION && a->type != ARG_FLAG &&
            strcmp(a->name, word + 2) == 0)
            return a;
    return NULL;
}

/* The positional argument that comes after n words; NULL when none may. */
static const struct verb_arg *position_after(const struct verb *v, size_t n,
                                             const char *const *words)
{
    size_t position = 0;

    for (size_t i = 0; i < n; i++) {
        if (option_of(v, words[i]))
            i++;
        else if (strncmp(words[i], "--", 2) != 0)
            position++;
    }
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (a->place == PLACE_POSITION && position-- == 0)
            return a;
    return NULL;
}

/* n words stand between the verb and the word to complete. */
static void offer_arguments(TALLOC_CTX *ctx, const struct completion *c,
                            const struct verb *v, size_t n,
                            const char *const *words)
{
    const struct verb_arg *a = n > 0 ? option_of(v, words[n - 1]) : NULL;

    if (a) {
        offer_values(ctx, c, a);
        return;
    }
    if (c->prefix[0] == '-') {
        offer_options(ctx, c, v, n, words);
        return;
    }
    if (v->id == VERB_HELP) {
        offer_verbs(ctx, c);
        offer(c, "rules");
        return;
    }
    a = position_after(v, n, words);
    if (a)
        offer_values(ctx, c, a);
}

void complete(FILE *out, size_t n, const char *const *words, complete_ask *ask,
              void *arg)
{
    struct completion c = {out, n > 0 ? words[n - 1] : "", ask, arg};
    TALLOC_CTX *job = talloc_new(NULL);
    const struct verb *v;
    size_t used;

    if (n < 2)
        offer_verbs(job, &c);
    if (n == 2)
        offer_members(job, &c, words[0]);
    if (n >= 2 && verb_find(n - 1, words, &v, &used, NULL))
        offer_arguments(job, &c, v, n - 1 - used, words + used);
    talloc_free(job);
}
