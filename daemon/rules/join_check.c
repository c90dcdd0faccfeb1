/*
 * What no file can tell alone. Members, partners, places, rotations and
 * workflows of two files are one thing when the files say the same of them;
 * sectors, bodies and clusters belong to one file each.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/join.h"

const char *join_code(const struct node *n)
{
    return n->n_values > 0 && !n->values[0].problem ? n->values[0].text : NULL;
}

/* The i-th statement of a keyword; NULL when there is none. */
static const struct node *statement_of(const struct build *b,
                                       const char *keyword, size_t i)
{
    for (size_t k = 0; k < b->root->n_kids; k++)
        if (strcmp(b->root->kids[k]->row->keyword, keyword) == 0 && i-- == 0)
            return b->root->kids[k];
    return NULL;
}

bool join_find(const struct build *parts, size_t n, const char *keyword,
               const char *code, size_t *ret_part, size_t *ret_i)
{
    for (size_t p = 0; p < n; p++) {
        const struct node *root = parts[p].root;
        size_t at = 0;

        for (size_t k = 0; k < root->n_kids; k++) {
            const struct node *node = root->kids[k];
            const char *own = join_code(node);

            if (strcmp(node->row->keyword, keyword) != 0)
                continue;
            if (own && text_same(own, code)) {
                *ret_part = p;
                *ret_i = at;
                return true;
            }
            at++;
        }
    }
    return false;
}

/* The statement of an earlier file that has the code, or NULL. */
static const struct node *earlier(const struct build *parts, size_t part,
                                  const char *keyword, const char *code)
{
    size_t p, i;

    return join_find(parts, part, keyword, code, &p, &i)
               ? statement_of(&parts[p], keyword, i)
               : NULL;
}

static const char *place_print(const struct build *b, const struct node *n)
{
    return where_print(b->tmp, n->where);
}

/* ---- one file's own */

static void check_unique(const struct build *parts, size_t part,
                         const struct node *n)
{
    const struct build *b = &parts[part];
    const struct node *first =
        earlier(parts, part, n->row->keyword, join_code(n));

    if (first)
        find_error(b->f, n->where, "give one of them another code",
                   "%s \"%s\" is given twice: also in %s", n->row->keyword,
                   join_code(n), place_print(b, first));
}

/* A code of one noun that another noun of an earlier file has. */
static void check_rival(const struct build *parts, size_t part,
                        const struct node *n, const char *rival)
{
    const struct build *b = &parts[part];
    const struct node *first = earlier(parts, part, rival, join_code(n));

    if (first)
        find_error(b->f, n->where, "give one of them another code",
                   "%s \"%s\" has the code of a %s in %s", n->row->keyword,
                   join_code(n), rival, place_print(b, first));
}

/* ---- shared by name */

/* A member of the one file that the other does not name; NULL: none. */
static const char *lacking(const struct build *a, const struct build *b)
{
    for (size_t i = 0; i < a->r->n_members; i++)
        if (!rules_member(b->r, a->r->members[i].code))
            return a->r->members[i].code;
    return NULL;
}

/* Turns go round the members of the file: they must be the same. */
static void check_round(const struct build *parts, size_t part, size_t first,
                        const struct node *n)
{
    const struct build *b = &parts[part], *a = &parts[first];
    const char *here = lacking(b, a), *there = lacking(a, b);

    if (here || there)
        find_error(b->f, n->where,
                   "name the same members in both files, or call one of the "
                   "rotations otherwise",
                   "rotation %s is also in %s, but member %s is only in %s",
                   join_code(n), a->file, here ? here : there,
                   here ? b->file : a->file);
}

static void check_same(const struct build *parts, size_t part,
                       const struct node *n)
{
    const struct build *b = &parts[part];
    const char *keyword = n->row->keyword, *code = join_code(n);
    const struct node *other;
    struct difference d;
    size_t first, i;

    if (!join_find(parts, part, keyword, code, &first, &i))
        return;
    other = statement_of(&parts[first], keyword, i);
    if (!node_same(b->tmp, other, n, &d))
        find_error(b->f, n->where,
                   "write the same in both files, or use another code",
                   "%s %s is not said as in %s (%s, here %s)", keyword, code,
                   place_print(b, other), d.there, d.here);
    else if (strcmp(keyword, "rotation") == 0)
        check_round(parts, part, first, n);
}

static void check_people(const struct build *parts, size_t part,
                         const struct node *n)
{
    const struct build *b = &parts[part];
    const struct node *other = earlier(parts, part, "people", join_code(n));

    if (other && node_says(n, "shared") != node_says(other, "shared"))
        find_warning(
            b->f, n->where, "write shared in both files, or in neither",
            "people %s are %s here and %s in %s: they are kept as two groups",
            join_code(n), node_says(n, "shared") ? "shared" : "not shared",
            node_says(other, "shared") ? "shared" : "not shared",
            place_print(b, other));
}

/* ---- all of it */

static void check_statement(const struct build *parts, size_t part,
                            const struct node *n)
{
    static const struct {
        const char *keyword;
        void (*check)(const struct build *, size_t, const struct node *);
    } checks[] = {
        {"sector", check_unique},  {"body", check_unique},
        {"cluster", check_unique}, {"member", check_same},
        {"partner", check_same},   {"place", check_same},
        {"rotation", check_same},  {"workflow", check_same},
        {"people", check_people},
    };
    static const char *const rivals[][2] = {{"member", "partner"},
                                            {"partner", "member"},
                                            {"member", "rotation"},
                                            {"rotation", "member"}};

    if (!join_code(n))
        return;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (strcmp(n->row->keyword, checks[i].keyword) == 0)
            checks[i].check(parts, part, n);
    for (size_t i = 0; i < sizeof rivals / sizeof rivals[0]; i++)
        if (strcmp(n->row->keyword, rivals[i][0]) == 0)
            check_rival(parts, part, n, rivals[i][1]);
}

void join_check(const struct build *parts, size_t n)
{
    for (size_t p = 1; p < n; p++)
        for (size_t i = 0; i < parts[p].root->n_kids; i++)
            check_statement(parts, p, parts[p].root->kids[i]);
}
