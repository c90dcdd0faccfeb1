/*
 * The commands as one table, and how a command is found and its arguments are
 * read, from a command line or from a request.
 *
 * Invariants:
 * 1. A command line is turned into the "args" of a request and then goes
 *    through verb_check(), as every request does in the daemon: both programs
 *    accept the same things, by construction.
 * 2. Words on the socket are whole; only people may shorten them.
 */
#include "ctl/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/wire.h"
#include "daemon/base/digest.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

#define ROW(...)                                                               \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
#define NEED(name, type, help)                                                 \
    ROW(name, help, NULL, ARG_##type, PLACE_POSITION, true)
#define NEED_WORD(name, words, help)                                           \
    ROW(name, help, words, ARG_WORD, PLACE_POSITION, true)
#define MAY(name, type, help)                                                  \
    ROW(name, help, NULL, ARG_##type, PLACE_POSITION, false)
#define MUST(name, type, help)                                                 \
    ROW(name, help, NULL, ARG_##type, PLACE_OPTION, true)
#define OPT(name, type, help)                                                  \
    ROW(name, help, NULL, ARG_##type, PLACE_OPTION, false)
#define OPT_WORD(name, words, help)                                            \
    ROW(name, help, words, ARG_WORD, PLACE_OPTION, false)
#define NONE  ROW(NULL, NULL, NULL, ARG_FLAG, PLACE_END, false)
#define ASKS  VERB_FLAG_ASKS
#define LOCAL VERB_FLAG_LOCAL

static const struct verb verbs[VERB_COUNT] = {
#define VERB(id, words, right, flags, help, example, text, ...)                \
    [VERB_##id] = {words,                                                      \
                   help,                                                       \
                   example,                                                    \
                   text,                                                       \
                   (const struct verb_arg[]){__VA_ARGS__, NONE},               \
                   VERB_##id,                                                  \
                   RIGHT_##right,                                              \
                   flags},
#include "ctl/verbs.def"
#undef VERB
};

const struct verb *verb_get(enum verb_id id)
{
    return &verbs[id];
}

/* ---- finding */

static const char *first_word(TALLOC_CTX *ctx, const struct verb *v)
{
    return memory_text_n(ctx, v->words, strcspn(v->words, " "));
}

static const char *second_word(const struct verb *v)
{
    const char *blank = strchr(v->words, ' ');

    return blank ? blank + 1 : NULL;
}

/* Appends `word` to a NULL-ended list unless its last element is the same. */
static const char **list_add(TALLOC_CTX *ctx, const char **list, size_t *n,
                             const char *word)
{
    if (*n > 0 && strcmp(list[*n - 1], word) == 0)
        return list;
    list = array_grow(ctx, list, const char *, *n + 2);
    list[(*n)++] = word;
    list[*n] = NULL;
    return list;
}

static char *join(TALLOC_CTX *ctx, const char *const *words, const char *last)
{
    char *text = memory_text(ctx, "");

    for (size_t i = 0; words && words[i]; i++) {
        text = talloc_asprintf_append(text, "%s%s",
                                      i == 0          ? ""
                                      : !words[i + 1] ? last
                                                      : ", ",
                                      words[i]);
        invariant(text);
    }
    return text;
}

static bool unknown(const char *word, struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    const char **all = NULL, *nearest;
    size_t n = 0;

    for (size_t i = 0; i < VERB_COUNT; i++)
        all = list_add(job, all, &n, verbs[i].words);
    for (size_t i = 0; i < VERB_COUNT; i++)
        all = list_add(job, all, &n, first_word(job, &verbs[i]));
    nearest = text_nearest(word, all);
    (void)fail(err, REPLY_USAGE,
               nearest ? "no command \"%.60s\", did you mean \"%s\"?"
                       : "no command \"%.60s\", see: convenectl help",
               word, nearest);
    talloc_free(job);
    return false;
}

bool verb_named(const char *words, const struct verb **ret, struct error *err)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i].words, words) == 0) {
            *ret = &verbs[i];
            return true;
        }
    return unknown(words, err);
}

/* The first word of the only command group that `word` means. Words that two
 * commands share (contact add, contact set) stand together in the table. */
static const char *group_find(TALLOC_CTX *ctx, const char *word,
                              struct error *err)
{
    const char **list = NULL;
    size_t n = 0;

    for (size_t i = 0; i < VERB_COUNT; i++) {
        const char *first = first_word(ctx, &verbs[i]);

        if (text_same(first, word))
            return first;
        if (*word && text_begins(first, word))
            list = list_add(ctx, list, &n, first);
    }
    if (n == 1)
        return list[0];
    if (n == 0)
        (void)unknown(word, err);
    else
        (void)fail(err, REPLY_USAGE, "\"%.60s\" is short for %s", word,
                   join(ctx, list, " or "));
    return NULL;
}

/* Among the commands that begin with `group`: by the second word, whole, or
 * shortened where no command is the group's word alone. */
static bool member_find(TALLOC_CTX *ctx, const char *group, const char *word,
                        const struct verb **ret, size_t *ret_used,
                        struct error *err)
{
    const struct verb *alone = NULL, *begun = NULL;
    const char **list = NULL, *nearest;
    size_t n = 0, hits = 0;

    for (size_t i = 0; i < VERB_COUNT; i++) {
        const char *second = second_word(&verbs[i]);

        if (!text_same(first_word(ctx, &verbs[i]), group))
            continue;
        if (!second) {
            alone = &verbs[i];
            continue;
        }
        list = list_add(ctx, list, &n, second);
        if (word && text_same(second, word)) {
            *ret = &verbs[i], *ret_used = 2;
            return true;
        }
        if (word && *word && text_begins(second, word))
            begun = &verbs[i], hits++;
    }
    if (alone || hits == 1) {
        *ret = alone ? alone : begun, *ret_used = alone ? 1 : 2;
        return true;
    }
    nearest = word ? text_nearest(word, list) : NULL;
    return fail(err, REPLY_USAGE, "after %s comes %s%s%s%s", group,
                join(ctx, list, " or "), nearest ? ", did you mean " : "",
                nearest ? nearest : "", nearest ? "?" : "");
}

bool verb_find(size_t n, const char *const *words, const struct verb **ret,
               size_t *ret_used, struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    const char *group;
    bool good;

    if (n == 0)
        good = fail(err, REPLY_USAGE,
                    "a command is missing, see: convenectl help");
    else {
        group = group_find(job, words[0], err);
        good = group && member_find(job, group, n > 1 ? words[1] : NULL, ret,
                                    ret_used, err);
    }
    talloc_free(job);
    return good;
}

/* ---- checking */

static const struct verb_arg *arg_named(const struct verb *v, const char *name)
{
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

/* Does the request bring a file? Its name then comes with it. */
static bool has_file(const struct verb *v, const json_t *args)
{
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if ((a->type == ARG_FILE || a->type == ARG_FILES) &&
            json_object_get(args, a->name))
            return true;
    return false;
}

/* How the argument is called in an error: "--by", "EDITION". */
static const char *label(TALLOC_CTX *ctx, const struct verb_arg *a)
{
    return a->place == PLACE_OPTION ? text_format(ctx, "--%s", a->name)
                                    : arg_hint(a);
}

/* dashes: how it is written where it was found, "--" or "". */
static bool unknown_arg(const struct verb *v, const char *dashes,
                        const char *name, struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    const char **all = NULL, *nearest;
    size_t n = 0;

    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (a->place == PLACE_OPTION || !*dashes)
            all = list_add(job, all, &n, a->name);
    nearest = all ? text_nearest(name, all) : NULL;
    (void)fail(err, REPLY_USAGE, "%s has no argument \"%s%.60s\"%s%s%s%s",
               v->words, dashes, name, nearest ? ", did you mean \"" : "",
               nearest ? dashes : "", nearest ? nearest : "",
               nearest ? "\"?" : "");
    talloc_free(job);
    return false;
}

static bool check_known(const struct verb *v, json_t *args, struct error *err)
{
    const char *name;
    json_t *value;

    json_object_foreach(args, name, value)
    {
        bool file_name = strcmp(name, "name") == 0 && has_file(v, args);

        if (file_name && !json_is_string(value))
            return fail(err, REPLY_USAGE, "name: this must be a text");
        if (!file_name && !arg_named(v, name))
            return unknown_arg(v, "", name, err);
    }
    return true;
}

static bool check_one(const struct verb *v, const struct verb_arg *a,
                      json_t *args, struct error *err)
{
    json_t *value = json_object_get(args, a->name), *normal;
    TALLOC_CTX *job;

    if (value) {
        job = talloc_new(NULL);
        if (!arg_check(a, value, &normal, err)) {
            (void)wrap(err, "%s", label(job, a));
            talloc_free(job);
            return false;
        }
        talloc_free(job);
        (void)json_object_set_new(args, a->name, normal);
        if (json_is_false(normal))
            (void)json_object_del(args, a->name);
        return true;
    }
    if (!a->required)
        return true;
    if (a->place == PLACE_OPTION)
        return fail(err, REPLY_USAGE, "%s needs --%s: %s", v->words, a->name,
                    a->help);
    return fail(err, REPLY_USAGE, "%s needs %s (\"%s\"): %s", v->words,
                arg_hint(a), a->name, a->help);
}

bool verb_check(const struct verb *v, json_t *args, struct error *err)
{
    if (!json_is_object(args))
        return fail(err, REPLY_USAGE, "\"args\" must be an object");
    if (!check_known(v, args, err))
        return false;
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (!check_one(v, a, args, err))
            return false;
    return true;
}

/* ---- reading a command line */

static bool set_text(const char *what, json_t *args, const char *name,
                     const char *value, struct error *err)
{
    json_t *text = json_string(value);

    if (!text)
        return fail(err, REPLY_USAGE, "%s: this is not UTF-8", what);
    (void)json_object_set_new(args, name, text);
    return true;
}

/* The option whose name `text` (size bytes) is, or begins uniquely. */
static const struct verb_arg *option_find(const struct verb *v,
                                          const char *text, size_t size,
                                          struct error *err)
{
    const struct verb_arg *found = NULL;
    TALLOC_CTX *job;
    size_t hits = 0;

    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++) {
        if (a->place != PLACE_OPTION || strncmp(a->name, text, size) != 0)
            continue;
        if (a->name[size] == '\0')
            return a;
        found = a, hits++;
    }
    if (hits == 1 && size > 0)
        return found;
    job = talloc_new(NULL);
    if (hits > 1)
        (void)fail(err, REPLY_USAGE, "--%.*s is short for several options",
                   (int)size, text);
    else
        (void)unknown_arg(v, "--", memory_text_n(job, text, size), err);
    talloc_free(job);
    return NULL;
}

/* One more file. */
static bool append_file(json_t *args, const struct verb_arg *a,
                        const char *path, struct error *err)
{
    json_t *list = json_object_get(args, a->name), *one = json_string(path);

    if (!one)
        return fail(err, REPLY_USAGE, "%s: this is not UTF-8", a->name);
    if (!list)
        (void)json_object_set_new(args, a->name, list = json_array());
    (void)json_array_append_new(list, one);
    return true;
}

/* Reads the option at words[*i] and, where it has one, its value. */
static bool read_option(const struct verb *v, size_t n,
                        const char *const *words, size_t *i, json_t *args,
                        struct error *err)
{
    const char *text = words[*i] + 2, *value = strchr(text, '=');
    size_t size = value ? (size_t)(value - text) : strlen(text);
    const struct verb_arg *a = option_find(v, text, size, err);

    if (!a)
        return false;
    if (a->type != ARG_FILES && json_object_get(args, a->name))
        return fail(err, REPLY_USAGE, "--%s is given twice", a->name);
    if (a->type == ARG_FLAG && value)
        return fail(err, REPLY_USAGE, "--%s takes no value", a->name);
    if (a->type == ARG_FLAG) {
        (void)json_object_set_new(args, a->name, json_true());
        return true;
    }
    if (!value && *i + 1 >= n)
        return fail(err, REPLY_USAGE, "--%s needs %s: %s", a->name, arg_hint(a),
                    a->help);
    value = value ? value + 1 : words[++*i];
    return a->type == ARG_FILES ? append_file(args, a, value, err)
                                : set_text(a->name, args, a->name, value, err);
}

static const struct verb_arg *next_position(const struct verb_arg *a)
{
    while (a->place == PLACE_OPTION)
        a++;
    return a;
}

static bool would_fit(const struct verb_arg *a, const char *word)
{
    json_t *value = json_string(word), *normal;
    bool good = value && arg_check(a, value, &normal, NULL);

    if (good)
        json_decref(normal);
    json_decref(value);
    return good;
}

/* Which positional argument takes `word`: the next one, or, when that one may
 * be left out and does not fit, the first later one that fits. */
static const struct verb_arg *place_word(const struct verb_arg *a,
                                         const char *word)
{
    const struct verb_arg *first = a = next_position(a);

    while (a->place != PLACE_END && !a->required && !would_fit(a, word))
        a = next_position(a + 1);
    return a->place == PLACE_END ? first : a;
}

static bool append_word(json_t *args, const struct verb_arg *a,
                        const char *word, struct error *err)
{
    const char *before = args_text(args, a->name);
    char *text = text_format(NULL, "%s%s%s", before ? before : "",
                             before ? " " : "", word);
    bool good = set_text(arg_hint(a), args, a->name, text, err);

    talloc_free(text);
    return good;
}

/* "help contact add", "clock +3 days": every further word is part of it. */
static bool takes_more(const struct verb_arg *a)
{
    return a->type == ARG_REST || a->type == ARG_CLOCK;
}

static bool parse_words(const struct verb *v, size_t n,
                        const char *const *words, json_t *args,
                        struct error *err)
{
    const struct verb_arg *a = next_position(v->args);
    bool options = true;

    for (size_t i = 0; i < n; i++) {
        if (options && strcmp(words[i], "--") == 0) {
            options = false;
            continue;
        }
        if (options && strncmp(words[i], "--", 2) == 0) {
            if (!read_option(v, n, words, &i, args, err))
                return false;
            continue;
        }
        a = place_word(a, words[i]);
        if (a->place == PLACE_END)
            return fail(err, REPLY_USAGE, "\"%.60s\" is one argument too many",
                        words[i]);
        if (!append_word(args, a, words[i], err))
            return false;
        a += !takes_more(a);
    }
    return true;
}

static bool make_absolute(json_t *args, const struct verb_arg *a,
                          struct error *err)
{
    const char *path = args_text(args, a->name);
    char here[PATH_MAX];
    json_t *whole;

    if (*path == '/')
        return true;
    if (!getcwd(here, sizeof here))
        return fail(err, REPLY_INPUT, "%s: the current directory is gone",
                    path);
    whole = json_sprintf("%s/%s", here, path);
    if (!whole)
        return fail(err, REPLY_INPUT, "%s: this is not UTF-8", here);
    (void)json_object_set_new(args, a->name, whole);
    return true;
}

static bool paths_absolute(const struct verb *v, json_t *args,
                           struct error *err)
{
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (a->type == ARG_PATH && args_text(args, a->name) &&
            !make_absolute(args, a, err))
            return false;
    return true;
}

bool verb_parse(const struct verb *v, size_t n, const char *const *words,
                json_t **ret, struct error *err)
{
    json_t *args = json_object();

    if (!parse_words(v, n, words, args, err) || !paths_absolute(v, args, err) ||
        !verb_check(v, args, err)) {
        json_decref(args);
        return false;
    }
    *ret = args;
    return true;
}

/* ---- files */

/* A file; "-" stands for standard input, and a pipe is as good as a file. */
static bool read_any(TALLOC_CTX *job, const char *path, char **ret_text,
                     size_t *ret_size, struct error *err)
{
    bool piped = strcmp(path, "-") == 0;
    struct stat st;
    int fd;
    bool good;

    if (!piped && (stat(path, &st) != 0 || !S_ISFIFO(st.st_mode)))
        return text_read_file(job, path, WIRE_LINE, ret_text, ret_size, err);
    fd = piped ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, REPLY_INPUT, "%s: %s", path, strerror(errno));
    good = text_read_pipe(job, fd, piped ? "standard input" : path, WIRE_LINE,
                          ret_text, ret_size, err);
    if (!piped)
        (void)close(fd);
    return good;
}

/* The text of the file at `path`, which must be UTF-8. */
static bool read_text(const char *path, json_t **ret, struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    char *text;
    size_t size;
    bool good = read_any(job, path, &text, &size, err);

    if (good && size >= 2 &&
        (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        good = fail(err, REPLY_INPUT,
                    "%s: this is UTF-16 (\"Unicode text\"); save it as \"CSV "
                    "UTF-8\"",
                    path);
    else if (good && (!text_is_utf8(text, size) || strlen(text) != size))
        good = fail(err, REPLY_INPUT,
                    "%s: this is not a UTF-8 text; save it as UTF-8", path);
    if (good)
        *ret = json_stringn(text, size);
    talloc_free(job);
    return good;
}

static bool read_file(json_t *args, const struct verb_arg *a, struct error *err)
{
    json_t *path = json_object_get(args, a->name), *text;

    if (!read_text(json_string_value(path), &text, err))
        return false;
    (void)json_object_set(args, "name", path);
    (void)json_object_set_new(args, a->name, text);
    return true;
}

static bool read_list(json_t *args, const struct verb_arg *a, struct error *err)
{
    json_t *list = json_object_get(args, a->name), *path, *text;
    size_t i;

    json_array_foreach(list, i, path)
    {
        if (!read_text(json_string_value(path), &text, err))
            return false;
        (void)json_array_set_new(
            list, i, json_pack("{s:O, s:o}", "name", path, "text", text));
    }
    return true;
}

/* "sha256:DIGITS NAME" of a file that stays where it is. */
static bool sum_file(json_t *args, const struct verb_arg *a, struct error *err)
{
    const char *path = args_text(args, a->name);
    const char *slash = strrchr(path, '/');
    unsigned char octets[DIGEST_SIZE], part[8192];
    FILE *file = fopen(path, "rb");
    struct digest d;
    char *hex;
    size_t n;
    bool good;

    if (!file)
        return fail(err, REPLY_INPUT, "%s: %s", path, strerror(errno));
    digest_begin(&d);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        digest_add(&d, part, n);
    good = !ferror(file);
    (void)fclose(file);
    if (!good)
        return fail(err, REPLY_INPUT, "%s: it cannot be read", path);
    digest_end(&d, octets);
    hex = digest_hex(NULL, octets, sizeof octets);
    (void)json_object_set_new(
        args, a->name,
        json_sprintf("sha256:%s %s", hex, slash ? slash + 1 : path));
    talloc_free(hex);
    return true;
}

bool verb_read_files(const struct verb *v, json_t *args, struct error *err)
{
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        if (json_object_get(args, a->name) &&
            ((a->type == ARG_FILE && !read_file(args, a, err)) ||
             (a->type == ARG_FILES && !read_list(args, a, err)) ||
             (a->type == ARG_SUM && !sum_file(args, a, err))))
            return false;
    return true;
}

/* ---- values */

const char *args_text(const json_t *args, const char *name)
{
    return json_string_value(json_object_get(args, name));
}

long long args_number(const json_t *args, const char *name, long long otherwise)
{
    const json_t *value = json_object_get(args, name);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool args_flag(const json_t *args, const char *name)
{
    return json_is_true(json_object_get(args, name));
}

const json_t *args_list(const json_t *args, const char *name)
{
    const json_t *value = json_object_get(args, name);

    return json_is_array(value) ? value : NULL;
}
