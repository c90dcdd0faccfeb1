/*
 * One small reader per kind of hole. A token that looks like the thing but
 * cannot be (31 Feb, 25:00, 6 weaks) is taken with a problem, so that the rest
 * of its clause is still read.
 */
#include "daemon/rules/hole.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { CODE_MOST = 40 };

static const char *const months[] = {
    "Jan",     "Feb",       "Mar",     "Apr",      "May",      "Jun",
    "Jul",     "Aug",       "Sep",     "Oct",      "Nov",      "Dec",
    "January", "February",  "March",   "April",    "June",     "July",
    "August",  "September", "October", "November", "December", NULL};
static const char *const weekday_words[] = {
    "Mon",      "Tue",    "Wed",      "Thu",     "Fri",
    "Sat",      "Sun",    "Monday",   "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday", "Sunday",  NULL};
static const struct {
    const char *word;
    enum unit unit;
    int times;
} units[] = {{"min", UNIT_MINUTES, 1},     {"minute", UNIT_MINUTES, 1},
             {"minutes", UNIT_MINUTES, 1}, {"hour", UNIT_MINUTES, 60},
             {"hours", UNIT_MINUTES, 60},  {"day", UNIT_DAYS, 1},
             {"days", UNIT_DAYS, 1},       {"week", UNIT_WEEKS, 1},
             {"weeks", UNIT_WEEKS, 1},     {"month", UNIT_MONTHS, 1},
             {"months", UNIT_MONTHS, 1}};
static const char *const unit_words[] = {"min",   "minutes", "hours",   "days",
                                         "weeks", "months",  "working", NULL};

static const char *hint_nearest(TALLOC_CTX *ctx, const char *word,
                                const char *const *words)
{
    const char *near = text_nearest(word, words);

    return near ? text_format(ctx, "did you mean %s?", near) : "";
}

static void spoil(struct value *v, const char *problem, const char *hint)
{
    if (v->problem)
        return;
    v->problem = problem;
    v->hint = hint;
}

/* A number of a token that is all digits; far too large ones are INT_MAX. */
static int number_of(const char *text)
{
    return strlen(text) > 9 ? 1000000000 : atoi(text);
}

static bool read_code(TALLOC_CTX *ctx, const struct token *t, struct value *v,
                      const char *signs)
{
    bool letter = false;

    if (t->kind != TOKEN_WORD)
        return false;
    for (const char *p = t->text; *p; p++)
        letter =
            letter || isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80;
    if (!letter)
        return false;
    v->text = t->text;
    for (const char *p = t->text; *p && !v->problem; p++)
        if (!isalnum((unsigned char)*p) && !strchr(signs, *p))
            spoil(v, text_format(ctx, "\"%.40s\" is no code", t->text),
                  "codes are made of the letters A-Z, digits, - + and _");
    if (strlen(t->text) > CODE_MOST)
        spoil(v, "this code is longer than 40 characters", "");
    return true;
}

/* "item" or "item:partner". */
static bool read_series(TALLOC_CTX *ctx, const struct token *t, struct value *v)
{
    const char *colon = strchr(t->text, ':');

    if (!read_code(ctx, t, v, "-+_:"))
        return false;
    if (colon && (colon == t->text || !colon[1] || strchr(colon + 1, ':')))
        spoil(v, text_format(ctx, "\"%s\" is no item:partner", t->text),
              "write ITEM:PARTNER");
    return true;
}

static bool read_number(TALLOC_CTX *ctx, const struct hole_row *h,
                        const struct token *t, struct value *v)
{
    if (!token_is_number(t))
        return false;
    v->text = t->text;
    v->number = number_of(t->text);
    if (h->hole == HOLE_YEAR && strlen(t->text) != 4)
        spoil(v, text_format(ctx, "\"%.40s\" is no year", t->text),
              "write a year like 2027");
    else if (v->number < h->least || v->number > h->most)
        spoil(v,
              text_format(ctx, "%.40s is out of range: %d to %d", t->text,
                          h->least, h->most),
              "");
    return true;
}

/* Digits and dashes as in 2027-01-31 ("####-##-##"). */
static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '#' ? !isdigit((unsigned char)*text) : *text != *form)
            return false;
    return *text == '\0';
}

static bool read_date(TALLOC_CTX *ctx, const struct token *t, struct value *v)
{
    struct error err;

    if (t->kind != TOKEN_WORD || !has_form(t->text, "####-##-##"))
        return false;
    v->text = t->text;
    if (!date_parse(t->text, &v->date, &err))
        spoil(v, text_format(ctx, "there is no day %s", t->text),
              "dates are year-month-day, from 1900 to 2199");
    return true;
}

static bool read_vague(TALLOC_CTX *ctx, const struct token *t, struct value *v)
{
    struct vague *g = &v->vague;
    struct date d;

    if (t->kind != TOKEN_WORD ||
        (!has_form(t->text, "####") && !has_form(t->text, "####-##") &&
         !has_form(t->text, "####-##-##")))
        return false;
    v->text = t->text;
    g->year = atoi(t->text);
    g->month = t->text[4] ? atoi(t->text + 5) : 0;
    g->day = t->text[4] && t->text[7] ? atoi(t->text + 8) : 0;
    if (!date_make(g->year, t->text[4] ? g->month : 1,
                   t->text[4] && t->text[7] ? g->day : 1, &d))
        spoil(v, text_format(ctx, "there is no date %s", t->text),
              "dates are year-month-day, from 1900 to 2199");
    return true;
}

/* 1..12 or 0. */
static int month_of(const char *word)
{
    for (int i = 0; months[i]; i++)
        if (text_same(months[i], word)) /* "May" is both */
            return i < 12 ? i + 1 : i < 16 ? i - 11 : i - 10;
    return 0;
}

static bool read_yearly(TALLOC_CTX *ctx, const struct line *line, size_t at,
                        struct value *v)
{
    const struct token *day = &line->tokens[at], *month = day + 1;
    struct yearly y = {0, 0};

    if (!token_is_number(day) || month->kind != TOKEN_WORD ||
        token_is_number(month))
        return false;
    v->text = day->text;
    y = (struct yearly){month_of(month->text), number_of(day->text)};
    if (y.month == 0)
        spoil(v, text_format(ctx, "\"%.40s\" is no month", month->text),
              hint_nearest(ctx, month->text, months));
    else if (y.day < 1 || y.day > date_days_in_month(2000, y.month))
        spoil(v,
              text_format(ctx, "there is no %.10s %s", day->text,
                          month_short(y.month)),
              text_format(ctx, "%s has %d days", month_name(y.month),
                          date_days_in_month(2000, y.month)));
    v->yearly = y;
    return true;
}

static bool read_time(TALLOC_CTX *ctx, const struct token *t, struct value *v)
{
    int hour, minute;

    if (t->kind != TOKEN_WORD ||
        (!has_form(t->text, "##:##") && !has_form(t->text, "#:##")))
        return false;
    hour = atoi(t->text);
    minute = atoi(strchr(t->text, ':') + 1);
    v->text = t->text;
    v->number = hour * 60 + minute;
    if (minute > 59 || v->number > 24 * 60)
        spoil(v, text_format(ctx, "there is no time %s", t->text),
              "times run from 00:00 to 24:00");
    return true;
}

static bool read_weekday(const struct token *t, struct value *v)
{
    if (t->kind != TOKEN_WORD)
        return false;
    for (int i = 0; weekday_words[i]; i++) {
        if (!text_same(weekday_words[i], t->text))
            continue;
        v->text = t->text;
        v->weekday = (enum weekday)(i % 7);
        return true;
    }
    return false;
}

/* Finds the unit at token `at`; how many tokens it takes, 0 for none. */
static size_t read_unit(const struct line *line, size_t at, enum unit *ret,
                        int *ret_times)
{
    const struct token *t = &line->tokens[at];

    if (text_same(t->text, "working") && t[0].kind == TOKEN_WORD &&
        (text_same(t[1].text, "day") || text_same(t[1].text, "days"))) {
        *ret = UNIT_WORKING_DAYS;
        *ret_times = 1;
        return 2;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!text_same(units[i].word, t->text))
            continue;
        *ret = units[i].unit;
        *ret_times = units[i].times;
        return 1;
    }
    return 0;
}

static void check_length(TALLOC_CTX *ctx, const struct hole_row *h,
                         struct value *v)
{
    char *said = length_print(ctx, v->length);

    if (!(h->units & (1u << v->length.unit)))
        spoil(v, text_format(ctx, "%s does not fit here", said),
              text_format(ctx, "write %s", h->what));
    else if (v->length.n < h->least)
        spoil(v, "a length of nothing", text_format(ctx, "write %s", h->what));
    else if (v->length.n > h->most)
        spoil(v, text_format(ctx, "%s is too long", said), "");
}

static bool read_length(TALLOC_CTX *ctx, const struct hole_row *h,
                        const struct line *line, size_t *at, struct value *v)
{
    const struct token *t = &line->tokens[*at];
    bool half = t->kind == TOKEN_WORD && text_same(t->text, "half");
    size_t taken;
    int times = 1;

    if (t[0].kind == TOKEN_END || t[1].kind != TOKEN_WORD)
        return false;
    v->text = t->text;
    if (half) {
        v->length = (struct length){1, UNIT_HALF_DAY};
        taken = 1;
        if (!text_same(t[1].text, "day"))
            spoil(v, text_format(ctx, "\"half %.40s\" is no length", t[1].text),
                  "did you mean half day?");
    } else if (!token_is_number(t)) {
        return false;
    } else {
        taken = read_unit(line, *at + 1, &v->length.unit, &times);
        v->length.n = number_of(t->text);
        v->length.n = v->length.n > 100000 ? 100000 : v->length.n * times;
    }
    if (taken == 0)
        spoil(v, text_format(ctx, "\"%.40s\" is no unit of time", t[1].text),
              hint_nearest(ctx, t[1].text, unit_words));
    else
        check_length(ctx, h, v);
    *at += taken ? taken : 1;
    return true;
}

bool hole_read(TALLOC_CTX *ctx, const struct hole_row *h,
               const struct line *line, size_t *at, struct value *ret)
{
    const struct token *t = &line->tokens[*at];
    struct value v = {.column = t->column, .hint = ""};
    bool good = false;

    switch (h->hole) {
    case HOLE_CODE:
        good = read_code(ctx, t, &v, "-+_");
        break;
    case HOLE_TEXT:
        v.text = t->text;
        good = t->kind == TOKEN_TEXT;
        break;
    case HOLE_NUMBER:
    case HOLE_YEAR:
        good = read_number(ctx, h, t, &v);
        break;
    case HOLE_DATE:
        good = read_date(ctx, t, &v);
        break;
    case HOLE_VAGUE:
        good = read_vague(ctx, t, &v);
        break;
    case HOLE_YEARLY:
        good = read_yearly(ctx, line, *at, &v);
        *at += good;
        break;
    case HOLE_TIME:
        good = read_time(ctx, t, &v);
        break;
    case HOLE_WEEKDAY:
        good = read_weekday(t, &v);
        break;
    case HOLE_LENGTH:
        good = read_length(ctx, h, line, at, &v);
        break;
    case HOLE_ZONE:
        v.text = t->text;
        good = t->kind == TOKEN_WORD && !token_is_number(t);
        break;
    case HOLE_SERIES:
        good = read_series(ctx, t, &v);
        break;
    }
    *at += good;
    if (good)
        *ret = v;
    return good;
}

const char *const *hole_words(const struct hole_row *h)
{
    static const char *const none[] = {NULL};

    return h->hole == HOLE_WEEKDAY  ? weekday_words
           : h->hole == HOLE_YEARLY ? months
           : h->hole == HOLE_LENGTH ? unit_words
                                    : none;
}
