/*
 * The types of arguments: one small function each, listed in types.def. A
 * function gets one JSON value, says in an officer's words what is wrong with
 * it, or returns the value in its only normal form.
 */
#include "ctl/verbs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/address.h"
#include "daemon/base/date.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { TEXT_MOST = 4000, NAME_MOST = 200, LIST_MOST = 200 };

static bool keep(json_t *v, json_t **ret)
{
    *ret = json_incref(v);
    return true;
}

/* Any string of people: UTF-8 without control characters, not empty. */
static bool text_of(json_t *v, size_t most, const char **ret, struct error *err)
{
    const char *s = json_string_value(v);

    if (!s)
        return fail(err, REPLY_USAGE, "this must be a text");
    if (json_string_length(v) > most)
        return fail(err, REPLY_USAGE, "longer than %zu characters", most);
    if (!text_is_clean(s, json_string_length(v), ""))
        return fail(err, REPLY_USAGE, "control characters are not allowed");
    if (s[strspn(s, " ")] == '\0')
        return fail(err, REPLY_USAGE, "this must not be empty");
    *ret = s;
    return true;
}

static bool refuse(struct error *err, const char *text, const char *what)
{
    return fail(err, REPLY_USAGE, "\"%.60s\" is not %s", text, what);
}

static bool as_usage(struct error *err)
{
    if (err)
        err->code = REPLY_USAGE;
    return false;
}

static bool check_flag(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    (void)a;
    if (!json_is_boolean(v))
        return fail(err, REPLY_USAGE, "this is true or absent");
    return keep(v, ret);
}

static bool check_text(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s;

    (void)a;
    return text_of(v, TEXT_MOST, &s, err) && keep(v, ret);
}

/* As long as a request has room for it. */
static bool check_blob(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s = json_string_value(v);

    (void)a;
    if (!s || !text_is_clean(s, json_string_length(v), ""))
        return fail(err, REPLY_USAGE, "this must be a text of one line");
    return keep(v, ret);
}

static bool check_name(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (*s == '-' || strchr(s, ' '))
        return refuse(err, s, "a name: it has blanks or begins with -");
    return keep(v, ret);
}

static bool check_word(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    char **words = text_split(job, a->words, '|');
    const char *s, *found = NULL, *nearest;
    bool good = text_of(v, NAME_MOST, &s, err);

    for (size_t i = 0; good && words[i]; i++)
        if (text_same(words[i], s))
            found = words[i];
    if (found)
        *ret = json_string(found);
    else if (good) {
        nearest = text_nearest(s, (const char *const *)words);
        good = fail(err, REPLY_USAGE, "\"%.60s\" is none of %s%s%s%s", s,
                    a->words, nearest ? ", did you mean " : "",
                    nearest ? nearest : "", nearest ? "?" : "");
    }
    talloc_free(job);
    return good;
}

/* Digits only, at most nine of them. */
static bool number_of(const char *s, json_int_t *ret)
{
    size_t n = strspn(s, "0123456789");

    if (n == 0 || n > 9 || s[n] != '\0')
        return false;
    *ret = strtol(s, NULL, 10);
    return true;
}

static bool check_number(const struct verb_arg *a, json_t *v, json_t **ret,
                         struct error *err)
{
    json_int_t n = json_integer_value(v);

    (void)a;
    if (json_is_string(v) && !number_of(json_string_value(v), &n))
        return refuse(err, json_string_value(v), "a number");
    if ((!json_is_string(v) && !json_is_integer(v)) || n < 0 || n > 999999999)
        return fail(err, REPLY_USAGE, "this is a number from 0 to 999999999");
    *ret = json_integer(n);
    return true;
}

static bool check_id(const struct verb_arg *a, json_t *v, json_t **ret,
                     struct error *err)
{
    json_t *id;

    if (!check_number(a, v, &id, err))
        return false;
    if (json_integer_value(id) == 0) {
        json_decref(id);
        return fail(err, REPLY_USAGE, "numbers begin with 1");
    }
    *ret = id;
    return true;
}

static bool check_id_or_all(const struct verb_arg *a, json_t *v, json_t **ret,
                            struct error *err)
{
    if (json_is_string(v) && text_same(json_string_value(v), "all")) {
        *ret = json_string("all");
        return true;
    }
    return check_id(a, v, ret, err);
}

static bool check_date(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s;
    struct date d;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    return date_parse(s, &d, err) ? keep(v, ret) : as_usage(err);
}

/* A date stands for its first second, UTC. */
static bool check_since(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    char buf[INSTANT_TEXT];
    const char *s;
    struct date d;
    struct instant t;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (date_parse(s, &d, NULL))
        t = (struct instant){(int64_t)d.day * 86400};
    else if (!instant_parse(s, &t, NULL))
        return refuse(err, s,
                      "a date or an instant, write one like 2027-01-31 or "
                      "2027-01-31T08:00:00Z");
    *ret = json_string(instant_print(t, buf));
    return true;
}

static bool check_local(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    const char *s;
    struct local t;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    return local_parse(s, &t, err) ? keep(v, ret) : as_usage(err);
}

static bool check_start(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    const char *s = json_string_value(v);

    return s && strchr(s, 'T') ? check_local(a, v, ret, err)
                               : check_date(a, v, ret, err);
}

/* How people write a unit -> how the rule language does, and how many. */
static const struct {
    const char *word, *unit;
    int times;
} units[] = {
    {"m", "min", 1},
    {"min", "min", 1},
    {"minute", "min", 1},
    {"minutes", "min", 1},
    {"h", "min", 60},
    {"hour", "min", 60},
    {"hours", "min", 60},
    {"d", "day", 1},
    {"day", "day", 1},
    {"days", "day", 1},
    {"w", "week", 1},
    {"week", "week", 1},
    {"weeks", "week", 1},
    {"month", "month", 1},
    {"months", "month", 1},
    {"y", "month", 12},
    {"year", "month", 12},
    {"years", "month", 12},
    {"wd", "working day", 1},
    {"working day", "working day", 1},
    {"working days", "working day", 1},
};

/* "45 min", "2h", "half day" in the rule language's words, on ctx; NULL when
 * it is no length. */
static char *length_of(TALLOC_CTX *ctx, const char *s)
{
    enum { MOST = 99999 }; /* of any unit; what is normal is read again */
    size_t digits = strspn(s, "0123456789");
    const char *word = s + digits + strspn(s + digits, " ");
    long n = digits > 0 && digits < 6 ? strtol(s, NULL, 10) : 0;

    if (text_same(s, "half day"))
        return memory_text(ctx, "half day");
    for (size_t i = 0; n > 0 && i < sizeof units / sizeof units[0]; i++) {
        long total = n * units[i].times;

        if (text_same(word, units[i].word) && total <= MOST)
            return text_format(
                ctx, "%ld %s%s", total, units[i].unit,
                total == 1 || strcmp(units[i].unit, "min") == 0 ? "" : "s");
    }
    return NULL;
}

static bool check_length(const struct verb_arg *a, json_t *v, json_t **ret,
                         struct error *err)
{
    const char *s;
    char *length;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    length = length_of(NULL, s);
    if (!length)
        return refuse(err, s,
                      "a length, write one like 45 min, half day, 3 days, "
                      "5 working days, 6 weeks, 9 months");
    *ret = json_string(length);
    talloc_free(length);
    return true;
}

static bool check_clock(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    const char *s;
    char *text;

    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (*s != '+')
        return check_since(a, v, ret, err);
    text = length_of(NULL, s + 1);
    if (!text || strstr(text, "working") || strstr(text, "half")) {
        talloc_free(text);
        return refuse(err, s, "a step, write one like \"+3 days\" or +90min");
    }
    *ret = json_sprintf("+%s", text);
    talloc_free(text);
    return true;
}

static bool year_of(const char *s, size_t size, int *ret)
{
    char buf[5] = "";
    json_int_t n;

    if (size != 4)
        return false;
    memcpy(buf, s, 4);
    if (!number_of(buf, &n) || n < 1900 || n > 2199)
        return false;
    *ret = (int)n;
    return true;
}

static bool check_cycles(const struct verb_arg *a, json_t *v, json_t **ret,
                         struct error *err)
{
    const char *s, *dots;
    int first, last;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    dots = strstr(s, "..");
    if (!year_of(s, dots ? (size_t)(dots - s) : strlen(s), &first) ||
        (dots && !year_of(dots + 2, strlen(dots + 2), &last)))
        return refuse(err, s,
                      "a cycle or a range of cycles, write 2027 or "
                      "2027..2030");
    if (dots && last < first)
        return fail(err, REPLY_USAGE, "%s ends before it begins", s);
    return keep(v, ret);
}

/* Years as above, or two dates. */
static bool check_span(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    char first[DATE_TEXT] = "";
    const char *s, *dots;
    struct date from, to;

    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    dots = strstr(s, "..");
    if (!dots || dots - s != 10)
        return check_cycles(a, v, ret, err);
    memcpy(first, s, 10);
    if (!date_parse(first, &from, err) || !date_parse(dots + 2, &to, err))
        return as_usage(err);
    if (to.day < from.day)
        return fail(err, REPLY_USAGE, "%s ends before it begins", s);
    return keep(v, ret);
}

static bool is_code(const char *s, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("-+_", s[i]))
            return false;
    return size > 0 && size <= 64 && s[0] != '-';
}

/* CLUSTER-CYCLE or CLUSTER-CYCLE-N, `size` bytes of s. */
static bool is_edition(const char *s, size_t size)
{
    int year;

    if (!is_code(s, size))
        return false;
    for (size_t i = 1; i + 5 <= size; i++) {
        size_t rest = size - i - 5, digits;

        if (s[i] != '-' || !year_of(s + i + 1, 4, &year))
            continue;
        digits = rest > 1 ? strspn(s + i + 6, "0123456789") : 0;
        if (rest == 0 || (s[i + 5] == '-' && digits + 1 >= rest && rest > 1))
            return true;
    }
    return false;
}

/* EDITION/more, without blanks. */
static bool is_inside_edition(const char *s)
{
    const char *slash = strchr(s, '/');

    return slash && slash[1] && !strchr(s, ' ') &&
           is_edition(s, (size_t)(slash - s));
}

static bool check_edition(const struct verb_arg *a, json_t *v, json_t **ret,
                          struct error *err)
{
    const char *s;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (!is_edition(s, strlen(s)))
        return refuse(err, s, "an edition, write one like MINISTERIAL-2027");
    return keep(v, ret);
}

static bool check_edition_or_item(const struct verb_arg *a, json_t *v,
                                  json_t **ret, struct error *err)
{
    const char *s;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (!is_edition(s, strlen(s)) && !is_inside_edition(s))
        return refuse(err, s,
                      "an edition or an item, write one like MINISTERIAL-2027 "
                      "or MINISTERIAL-2027/SOM+1:JP");
    return keep(v, ret);
}

static bool check_task(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (!is_inside_edition(s))
        return refuse(err, s,
                      "a task, write one like MINISTERIAL-2027/STEP "
                      "or MINISTERIAL-2027/STEP:BN");
    return keep(v, ret);
}

static bool check_thing(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    const char *s;

    (void)a;
    if (json_is_integer(v)) {
        *ret = json_sprintf("%lld", (long long)json_integer_value(v));
        return true;
    }
    return text_of(v, NAME_MOST, &s, err) && keep(v, ret);
}

static bool check_code(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s;

    (void)a;
    if (!text_of(v, NAME_MOST, &s, err))
        return false;
    if (!is_code(s, strlen(s)))
        return refuse(err, s, "a code: letters, digits and - + _");
    return keep(v, ret);
}

/* The code of a member or partner never begins with a digit, so that it may be
 * left out before a year. */
static bool check_cc(const struct verb_arg *a, json_t *v, json_t **ret,
                     struct error *err)
{
    const char *s = json_string_value(v);

    if (s && isdigit((unsigned char)s[0]))
        return refuse(err, s, "the code of a member or partner");
    return check_code(a, v, ret, err);
}

/* "A,B" or ["A","B"]; "" is the empty list. */
static bool check_codes(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    json_t *list = json_array(), *code, *one;
    TALLOC_CTX *job = talloc_new(NULL);
    bool good = json_is_string(v) || json_is_array(v);
    char **parts;
    size_t i;

    if (!good)
        (void)fail(err, REPLY_USAGE, "this is a list of codes");
    parts = text_split(
        job, good && json_is_string(v) ? json_string_value(v) : "", ',');
    for (i = 0; parts[i]; i++)
        (void)json_array_append_new(list, json_string(parts[i]));
    if (json_is_array(v))
        (void)json_array_extend(list, v);
    if (good && json_array_size(list) > LIST_MOST)
        good = fail(err, REPLY_USAGE, "more than %d codes", LIST_MOST);
    json_array_foreach(list, i, code)
    {
        good = good && check_code(a, code, &one, err);
        if (good)
            json_decref(one);
    }
    talloc_free(job);
    if (good)
        *ret = list;
    else
        json_decref(list);
    return good;
}

/* An address as it is kept, whatever the script its domain was typed in. */
static bool check_email(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    TALLOC_CTX *job = talloc_new(NULL);
    const char *s;
    char *address;
    bool good = text_of(v, TEXT_MOST, &s, err);

    (void)a;
    good = good && (address_read(job, s, &address, err) || as_usage(err));
    if (good)
        *ret = json_string(address);
    talloc_free(job);
    return good;
}

/* The text of a file: any characters, as the reader of the file judges. */
static bool check_file(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    (void)a;
    if (!json_is_string(v))
        return fail(err, REPLY_USAGE, "this must be the text of a file");
    return keep(v, ret);
}

/* A text, or its name and its text. */
static bool is_file(const json_t *v)
{
    return json_is_string(v) || (json_object_size(v) == 2 &&
                                 json_is_string(json_object_get(v, "name")) &&
                                 json_is_string(json_object_get(v, "text")));
}

/* One of them, or several. */
static bool check_files(const struct verb_arg *a, json_t *v, json_t **ret,
                        struct error *err)
{
    json_t *one;
    size_t i;

    (void)a;
    if (is_file(v)) {
        *ret = json_pack("[O]", v);
        return true;
    }
    if (json_array_size(v) == 0 || json_array_size(v) > LIST_MOST)
        return fail(err, REPLY_USAGE, "these must be 1 to %d files", LIST_MOST);
    json_array_foreach(v, i, one)
    {
        if (!is_file(one))
            return fail(err, REPLY_USAGE,
                        "each of these must be the text of a file, or its name "
                        "and text");
    }
    return keep(v, ret);
}

static bool check_path(const struct verb_arg *a, json_t *v, json_t **ret,
                       struct error *err)
{
    const char *s;

    (void)a;
    if (!text_of(v, TEXT_MOST, &s, err))
        return false;
    if (*s != '/')
        return refuse(err, s, "an absolute path");
    return keep(v, ret);
}

static const struct {
    const char *hint, *form;
    bool (*check)(const struct verb_arg *a, json_t *v, json_t **ret,
                  struct error *err);
    const char *verb, *member; /* whose rows complete it */
} types[ARG_TYPE_COUNT] = {
#define TYPE(name, hint, form, check, verb, member)                            \
    [ARG_##name] = {hint, form, check, verb, member},
#include "ctl/types.def"
#undef TYPE
};

const char *arg_hint(const struct verb_arg *a)
{
    return a->words ? a->words : types[a->type].hint;
}

const char *arg_form(enum arg_type type, const char **ret_hint)
{
    *ret_hint = types[type].hint;
    return types[type].form;
}

bool arg_check(const struct verb_arg *a, json_t *value, json_t **ret,
               struct error *err)
{
    return types[a->type].check(a, value, ret, err);
}

void arg_completion(enum arg_type type, const char **ret_verb,
                    const char **ret_member)
{
    *ret_verb = types[type].verb;
    *ret_member = types[type].member;
}
