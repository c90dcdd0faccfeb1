/*
 * Holidays and worked rest days from tables and statements, in one sorted list.
 * A statement wins over a row of a table, a worked day wins over a holiday:
 *  1. no day of a code has both a workday and a public holiday: the holiday
 *     that lost is kept as an observance, for explanations;
 *  2. a holiday statement removes a workday row of the table, and a public
 *     one of the same day.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/csv.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/build.h"

enum {
    RANGE_MOST = 366,
    ROWS_MOST = 200000,
    EVERY_FIRST = 2000,
    EVERY_LAST = 2099
};

static void add(struct build *b, struct holiday h)
{
    struct rules *r = b->r;

    if (r->n_holidays == ROWS_MOST && !b->f->full) {
        find_error(b->f, h.where, "", "more than %d holidays", ROWS_MOST);
        b->f->full = true;
    }
    if (b->f->full)
        return;
    r->holidays = array_grow(r, r->holidays, struct holiday, r->n_holidays + 1);
    r->holidays[r->n_holidays++] = h;
}

static char *upper(TALLOC_CTX *ctx, const char *text, size_t n)
{
    char *copy = memory_text_n(ctx, text, n);

    for (char *p = copy; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    return copy;
}

/* ---- tables */

static const char *const kinds[] = {"public", "bank",    "school", "observance",
                                    "other",  "workday", NULL};
static const char *const certainties[] = {"fixed", "announced", "estimated",
                                          NULL};

/* The index of a word, -1 and an error when it is none of them. */
static int index_of(struct build *b, struct where w, const char *column,
                    const char *word, const char *const *words)
{
    const char *near = text_nearest(word, words);
    char *list = memory_text(b->tmp, "one of:");

    for (int i = 0; words[i]; i++) {
        if (text_same(words[i], word))
            return i;
        list = talloc_asprintf_append_buffer(list, " %s", words[i]);
        invariant(list);
    }
    find_error(b->f, w,
               near ? text_format(b->tmp, "did you mean %s?", near) : list,
               "unknown %s \"%.40s\"", column, word);
    return -1;
}

static void add_row(struct build *b, const char *cc, struct where w,
                    const char *const *fields)
{
    struct holiday h = {.cc = cc, .where = w};
    int kind = index_of(b, w, "kind", *fields[2] ? fields[2] : "public", kinds);
    int sure = index_of(b, w, "certainty", *fields[3] ? fields[3] : "fixed",
                        certainties);
    struct error err;

    if (!date_parse(fields[0], &h.date, &err)) {
        find_error(b->f, w, "", "%s", err.text);
        return;
    }
    if (kind < 0 || sure < 0)
        return;
    h.name = memory_text(b->r, fields[1]);
    h.kind = (enum holiday_kind)kind;
    h.certainty = (enum certainty)sure;
    add(b, h);
}

/* The code of "path/cc.csv", NULL for another name. */
static const char *code_of(struct build *b, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    size_t n = strcspn(base, ".");

    if (n == 0 || !text_same(base + n, ".csv"))
        return NULL;
    return upper(b->r, base, n);
}

/* csv_read() says "line N: text" and "file:N:column". */
static void say_csv(struct build *b, const char *name, const struct error *err)
{
    const char *text = err->text, *at = strrchr(err->at, ':');
    struct where w = {name, 1, 1};

    while (at > err->at && *--at != ':')
        ;
    if (at && *at == ':')
        w.line = atoi(at + 1);
    if (text_begins(text, "line ") && strstr(text, ": "))
        text = strstr(text, ": ") + 2;
    find_error(b->f, w, "", "%s", text);
}

static void read_table(struct build *b, const struct source *s,
                       const char *name)
{
    static const char *const columns[] = {"date", "name", "?kind", "?certainty",
                                          NULL};
    const char *cc = code_of(b, name);
    struct csv csv;
    struct error err;

    if (!cc) {
        find_error(b->f, (struct where){name, 1, 1}, "",
                   "a holiday table is called after its code, like be.csv");
        return;
    }
    if (!csv_read(b->tmp, name, s->text, s->size, columns, &csv, &err)) {
        say_csv(b, name, &err);
        return;
    }
    for (size_t i = 0; i < csv.n && !b->f->full; i++)
        add_row(b, cc, (struct where){name, csv.rows[i].line, 1},
                csv.rows[i].fields);
}

/* ---- statements */

/* A code that some member or partner has, or whose table it borrows. */
static bool is_known(const struct build *b, const char *code)
{
    const struct rules *r = b->r;

    for (size_t i = 0; i < r->n_members; i++)
        if (text_same(r->members[i].code, code) ||
            text_same(r->members[i].holidays, code))
            return true;
    for (size_t i = 0; i < r->n_partners; i++)
        if (text_same(r->partners[i].code, code) ||
            text_same(r->partners[i].holidays, code))
            return true;
    return false;
}

/* The code of a statement in capitals; NULL, and an error, when nobody has it.
 */
static const char *code_in(struct build *b, const struct node *n)
{
    const struct value *v = node_value(n, "CC", 0);
    const char **members, **partners;
    size_t count = 0;

    if (!v)
        return NULL;
    if (is_known(b, v->text))
        return upper(b->r, v->text, strlen(v->text));
    members = name_codes(b, NOUN_MEMBER, NULL);
    partners = name_codes(b, NOUN_PARTNER, NULL);
    while (members[count])
        count++;
    for (size_t i = 0; partners[i]; i++) {
        members = array_grow(b->tmp, members, const char *, count + 2);
        members[count++] = partners[i];
        members[count] = NULL;
    }
    name_unknown(b, node_where(n, v), "member, partner or table", v->text,
                 members);
    return NULL;
}

static void add_days(struct build *b, struct holiday h, struct date from,
                     struct date to)
{
    for (struct date d = from; d.day <= to.day; d = date_add_days(d, 1)) {
        h.date = d;
        add(b, h);
    }
}

static void add_every(struct build *b, struct holiday h, const struct node *n)
{
    const struct value *from = node_value(n, "D", 0);
    const struct value *to =
        node_count(n, "D") > 1 ? node_value(n, "D", 1) : from;

    if (!from || !to)
        return;
    for (int year = EVERY_FIRST; year <= EVERY_LAST && !b->f->full; year++) {
        struct date first = yearly_in(from->yearly, year);
        struct date last = yearly_in(to->yearly, year);

        if (last.day < first.day)
            last = yearly_in(to->yearly, year + 1);
        add_days(b, h, first, last);
    }
}

static void fill_holiday(struct build *b, const struct node *n)
{
    struct holiday h = {.cc = code_in(b, n), .where = n->where};
    struct date from, to;

    if (!h.cc)
        return;
    h.name = keep(b, node_value(n, "name", 0));
    if (node_says(n, "every")) {
        add_every(b, h, n);
        return;
    }
    if (!dates_of(b, n, &from, &to))
        return;
    if (to.day - from.day >= RANGE_MOST)
        find_error(b->f, n->where, "", "a holiday of more than a year");
    else
        add_days(b, h, from, to);
}

void fill_holidays(struct build *b)
{
    size_t n;
    const struct node **nodes = nodes_of(b, b->root, "holiday", &n);

    b->r->holidays = array_new(b->r, struct holiday, 0);
    for (size_t i = 0; i < n && !b->f->full; i++)
        fill_holiday(b, nodes[i]);
    nodes = nodes_of(b, b->root, "workday", &n);
    for (size_t i = 0; i < n; i++) {
        struct holiday h = {.kind = HOLIDAY_WORKDAY,
                            .cc = code_in(b, nodes[i]),
                            .name = "Worked day",
                            .where = nodes[i]->where};

        if (h.cc && dates_of(b, nodes[i], &h.date, &h.date))
            add(b, h);
    }
}

/* ---- order and precedence */

static int compare_days(const struct holiday *a, const struct holiday *b)
{
    int by = strcmp(a->cc, b->cc);

    return by ? by : (a->date.day > b->date.day) - (a->date.day < b->date.day);
}

static int compare_places(struct where a, struct where b)
{
    return a.line != b.line ? (a.line > b.line) - (a.line < b.line)
                            : (a.column > b.column) - (a.column < b.column);
}

static int compare_holidays(const void *left, const void *right)
{
    const struct holiday *a = (const struct holiday *)left;
    const struct holiday *b = (const struct holiday *)right;
    int by = compare_days(a, b);

    if (by == 0)
        by = (a->kind > b->kind) - (a->kind < b->kind);
    return by ? by : compare_places(a->where, b->where);
}

static bool is_statement(const struct build *b, const struct holiday *h)
{
    for (size_t i = 0; i < b->n_files; i++)
        if (h->where.file == b->files[i])
            return true;
    return false;
}

/* Is it what another file has said of that day already? */
static bool is_said(const struct holiday *before, size_t n,
                    const struct holiday *h)
{
    for (size_t i = 0; i < n; i++)
        if (before[i].kind == h->kind && strcmp(before[i].name, h->name) == 0)
            return before[i].where.file != h->where.file;
    return false;
}

/* What the statements and rows of one day say about a kind. */
struct day {
    bool public_said, worked_said; /* by a statement */
    bool worked;                   /* by anything */
};

static struct day day_of(const struct build *b, const struct holiday *h,
                         size_t n)
{
    struct day day = {false, false, false};

    for (size_t i = 0; i < n; i++) {
        bool said = is_statement(b, &h[i]);

        if (h[i].kind == HOLIDAY_PUBLIC)
            day.public_said = day.public_said || said;
        if (h[i].kind == HOLIDAY_WORKDAY)
            day.worked_said = day.worked_said || said;
        if (h[i].kind == HOLIDAY_WORKDAY)
            day.worked = true;
    }
    return day;
}

/* Keeps of one day's n rows what wins; returns how many. */
static size_t settle_day(struct build *b, struct holiday *h, size_t n)
{
    struct day day = day_of(b, h, n);
    size_t kept = 0;

    if (day.public_said && day.worked_said)
        find_error(b->f, h[n - 1].where, "",
                   "%s cannot be a holiday and a worked day", h[0].cc);
    for (size_t i = 0; i < n; i++) {
        bool said = is_statement(b, &h[i]);
        bool outdone =
            day.public_said && !said &&
            (h[i].kind == HOLIDAY_PUBLIC || h[i].kind == HOLIDAY_WORKDAY);

        if (outdone || (said && is_said(h, kept, &h[i])))
            continue;
        if (day.worked && !day.public_said && h[i].kind == HOLIDAY_PUBLIC)
            h[i].kind = HOLIDAY_OBSERVANCE;
        h[kept++] = h[i];
    }
    return kept;
}

static void settle(struct build *b)
{
    struct rules *r = b->r;
    size_t kept = 0, next;

    for (size_t i = 0; i < r->n_holidays; i = next) {
        size_t n;

        for (next = i + 1; next < r->n_holidays; next++)
            if (compare_days(&r->holidays[i], &r->holidays[next]) != 0)
                break;
        n = settle_day(b, &r->holidays[i], next - i);
        memmove(&r->holidays[kept], &r->holidays[i], n * sizeof r->holidays[0]);
        kept += n;
    }
    r->n_holidays = kept;
}

static void sort(struct rules *r)
{
    if (r->n_holidays > 1)
        qsort(r->holidays, r->n_holidays, sizeof r->holidays[0],
              compare_holidays);
}

static void warn_repeated(struct build *b)
{
    const struct rules *r = b->r;

    for (size_t i = 1; i < r->n_holidays; i++) {
        const struct holiday *h = &r->holidays[i];

        if (compare_days(h, h - 1) == 0 && h->kind == h[-1].kind &&
            !is_statement(b, h) && h->where.file == h[-1].where.file)
            find_warning(b->f, h->where, "join their names with \" / \"",
                         "this day has a row of the same kind on line %d",
                         h[-1].where.line);
    }
}

/* ---- by day */

/* Rows[0..n) are all of one code; `at` is where they begin in holidays. */
static struct holiday_table
table_make(TALLOC_CTX *ctx, const struct holiday *rows, size_t n, size_t at)
{
    struct holiday_table t = {.cc = rows->cc,
                              .from = rows->date.day,
                              .days =
                                  rows[n - 1].date.day - rows->date.day + 1};

    t.first = array_new(ctx, int32_t, (size_t)t.days);
    memset(t.first, 0xff, (size_t)t.days * sizeof *t.first);
    for (size_t i = n; i-- > 0;)
        t.first[rows[i].date.day - t.from] = (int32_t)(at + i);
    return t;
}

void rules_index_holidays(TALLOC_CTX *ctx, struct rules *r)
{
    size_t next;

    r->tables = NULL;
    r->n_tables = 0;
    for (size_t i = 0; i < r->n_holidays; i = next) {
        for (next = i + 1;
             next < r->n_holidays &&
             strcmp(r->holidays[next].cc, r->holidays[i].cc) == 0;)
            next++;
        r->tables =
            array_grow(ctx, r->tables, struct holiday_table, r->n_tables + 1);
        r->tables[r->n_tables++] =
            table_make(ctx, &r->holidays[i], next - i, i);
    }
}

/* The statements of a file behind what is there already. */
static void append(struct rules *r, const struct rules *part)
{
    size_t n = r->n_holidays;

    r->holidays =
        array_grow(r, r->holidays, struct holiday, n + part->n_holidays);
    if (part->n_holidays > 0)
        memcpy(&r->holidays[n], part->holidays,
               part->n_holidays * sizeof r->holidays[0]);
    r->n_holidays += part->n_holidays;
}

void join_holidays(struct build *all, const struct build *parts, size_t n_parts,
                   const struct source *tables, const char *const *names,
                   size_t n_tables)
{
    all->r->holidays = array_new(all->r, struct holiday, 0);
    for (size_t i = 0; i < n_tables; i++)
        read_table(all, &tables[i], names[i]);
    for (size_t i = 0; i < n_parts; i++)
        append(all->r, parts[i].r);
    sort(all->r);
    warn_repeated(all);
    settle(all);
    sort(all->r);
}
