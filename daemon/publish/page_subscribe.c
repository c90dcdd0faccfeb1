/*
 * The page that says how to subscribe, by product.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/value.h"

/* The calendars of the whole, by their own names. */
static const struct {
    const char *name, *label, *about;
} wholes[] = {
    {"all", "Everything",
     "every meeting, with its times once they are settled"},
    {"editions", "Days only", "one entry for each edition, years ahead"},
    {"deadlines", "Deadlines", "what is due, and when"}};

static void set_names(json_t *row, const char *label, const char *about)
{
    page_set(row, "label", value_text(label));
    page_set(row, "about", value_text(about));
}

#define OWED "deadlines of "

static const char *without(const char *prefix, const char *text)
{
    return text_begins(text, prefix) ? text + strlen(prefix) : text;
}

/* What a calendar is called in the list of its kind, and more of it. */
static void add_names(const struct page_job *job, const struct feed *f,
                      json_t *row)
{
    const struct rules *r = job->in->rules;
    const char *code = strchr(f->name, '/') ? strchr(f->name, '/') + 1 : "";
    const struct body *b;
    const struct cluster *c;
    const struct partner *p;
    const struct member *m;

    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        if (strcmp(f->name, wholes[i].name) == 0) {
            set_names(row, wholes[i].label, wholes[i].about);
            return;
        }
    if (text_begins(f->name, "body/") && (b = rules_body(r, code)))
        set_names(row, b->code, b->title);
    else if (text_begins(f->name, "cluster/") && (c = rules_cluster(r, code)))
        set_names(row, c->title ? c->title : c->code, "");
    else if (text_begins(f->name, "partner/") && (p = rules_partner(r, code)))
        set_names(row, p->name, "");
    else if (text_begins(f->name, "host/") && (m = rules_member(r, code)) &&
             text_same(m->code, code))
        set_names(row, m->name, "");
    else
        set_names(row,
                  without(OWED, json_string_value(
                                    json_object_get(row, "feed_short"))),
                  "");
}

struct kind {
    const char *title, *about;
    const char *folder; /* "body"; NULL: the calendars of the whole */
};

static bool is_of_kind(const struct kind *k, const char *name)
{
    size_t n = k->folder ? strlen(k->folder) : 0;

    if (n > 0)
        return strncmp(name, k->folder, n) == 0 && name[n] == '/';
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
        if (strcmp(name, wholes[i].name) == 0)
            return true;
    return false;
}

static json_t *group(const struct page_job *job, const struct kind *k)
{
    const struct feeds *feeds = job->in->feeds;
    json_t *rows = value_made(json_array());

    for (size_t i = 0; feeds && i < feeds->n; i++) {
        json_t *row;

        if (!is_of_kind(k, feeds->rows[i].name))
            continue;
        row = page_feed_links(job, &feeds->rows[i]);
        add_names(job, &feeds->rows[i], row);
        value_append(rows, row);
    }
    return value_object("{s:o,s:o,s:b,s:o}", "group", value_text(k->title),
                        "group_about", value_text(k->about), "any",
                        json_array_size(rows) > 0, "feeds", rows);
}

bool page_subscribe(const struct page_job *job, TALLOC_CTX *ctx,
                    struct page *ret, struct error *err)
{
    static const struct kind kinds[] = {
        {"The whole", "of all bodies", NULL},
        {"By body", "all meetings of one body", "body"},
        {"By series of meetings", "one series, with all that belongs to it",
         "cluster"},
        {"By partner", "all consultations with one partner", "partner"},
        {"By host", "what one country hosts", "host"},
        {"Deadlines by owner", "what one of them owes, and when", "deadlines"}};
    json_t *view = page_frame(job, "Subscribe");
    json_t *groups = value_made(json_array());

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        value_append(groups, group(job, &kinds[i]));
    page_set(view, "subscribing", json_true());
    page_set(view, "groups", groups);
    page_set(view, "encrypted",
             json_boolean(text_begins(job->in->base_url, "https://")));
    return page_fill(job, ctx, "subscribe", view, ret, err);
}
