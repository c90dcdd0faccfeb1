/*
 * The sample is read and laid out by the same code as everything else, so that
 * nothing in it can be what never is.
 */
#include "daemon/publish/sample.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/plan/agenda.h"

static const char rules_text[] =
    "sector SAMPLE \"Sample\"\n"
    "  levels high, low\n"
    "  seat \"Town\" in AA\n"
    "member AA \"Land\" since 2000-01-01 city \"Town\" zone Asia/Tokyo\n"
    "  formerly OO \"Old land\" until 2010\n"
    "partner PP \"Partner\" zone Europe/London\n"
    "body TOP \"The body above\" level high\n"
    "body SUB \"Body\" level low under TOP seats \"officials\"\n"
    "  formerly OLD \"Old name\" until 2010\n"
    "  mandate \"One meeting a year\"\n"
    "  requires 1 meeting per cycle\n"
    "cluster WEEK \"Week\" times 1 per cycle window 1 Jan .. 31 Dec\n"
    "  lasts 2 days host AA workflow WORK\n"
    "  meeting MEET \"{nth} meeting\" of SUB 1 day\n"
    "  consult TALK \"{nth} meeting with {partner}\" of SUB + PP 45 min\n"
    "workflow WORK\n"
    "  step STEP \"Step\" due 30 days before by secretariat\n";

/* Monday of the edition, and a day before it on which its task is late. */
static struct date monday(void)
{
    return date_of(2030, 3, 4);
}

static struct instant a_day_before(void)
{
    return (struct instant){(int64_t)date_add_days(monday(), -10).day * 86400};
}

static const struct rules *read_rules(TALLOC_CTX *ctx)
{
    struct source source = {"sample", rules_text, strlen(rules_text)};
    struct diagnostics found = {NULL, 0, 0};
    const struct rules *r = rules_read(ctx, &source, 1, NULL, 0, &found);

    invariant(r);
    return r;
}

static struct plan *make_plan(TALLOC_CTX *ctx, const struct rules *r)
{
    struct plan *p = object_new(ctx, struct plan);
    struct edition e = edition_blank();
    struct error err;
    bool good;

    e.id = "WEEK-2030";
    e.cluster = "WEEK";
    e.cycle = 2030;
    e.title = "Week";
    e.start = monday();
    e.host = "AA";
    e.status = EDITION_CONFIRMED;
    e.uid = "sample";
    e.created = e.modified = a_day_before();
    plan_complete(p, r, &e);
    p->editions = array_new(p, struct edition, 1);
    p->editions[p->n_editions++] = e;
    good = agenda_lay(p, r, &e, NULL, NULL, &p->items, &p->n_items, &err);
    invariant(good);
    for (size_t i = 0; i < p->n_items; i++)
        p->items[i].uid = "sample";
    plan_sort(p);
    office_number(r, NULL, p);
    return p;
}

/* The same, a week earlier. */
static struct changes make_changes(TALLOC_CTX *ctx, const struct plan *plan)
{
    struct plan *before = plan_copy(ctx, plan);

    before->editions[0].start = date_add_days(monday(), -7);
    return plan_diff(ctx, before, plan);
}

static struct documents make_documents(TALLOC_CTX *ctx)
{
    struct document *d = object_new(ctx, struct document);

    *d = (struct document){.edition = "WEEK-2030",
                           .code = "DECL",
                           .from = "AA",
                           .title = "Declaration",
                           .kind = DOCUMENT_OUTCOME,
                           .due = DATE_NONE,
                           .step = "",
                           .received = monday(),
                           .link = "https://example.org/",
                           .file = "",
                           .digest = "",
                           .note = ""};
    return (struct documents){d, 1};
}

static struct feeds make_feeds(TALLOC_CTX *ctx)
{
    static const char *const names[] = {"all",       "body/SUB", "cluster/WEEK",
                                        "deadlines", "editions", "host/AA",
                                        "partner/PP"};
    size_t n = sizeof names / sizeof names[0];
    struct feeds f = {.rows = array_new(ctx, struct feed, n), .n = n};

    for (size_t i = 0; i < n; i++)
        f.rows[i] = (struct feed){.name = names[i],
                                  .path = "/feeds/sample.ics",
                                  .title = "Sample: all",
                                  .body = "",
                                  .etag = "\"\"",
                                  .modified = a_day_before()};
    return f;
}

struct sample *sample_new(TALLOC_CTX *ctx)
{
    struct sample *s = object_new(ctx, struct sample);

    s->rules = read_rules(s);
    s->plan = make_plan(s, s->rules);
    s->changes = make_changes(s, s->plan);
    s->tasks = office_tasks(s, s->rules, s->plan, NULL, 0);
    s->documents = make_documents(s);
    s->feeds = make_feeds(s);
    s->note = (struct version_note){2, a_day_before(), "A note"};
    s->now = a_day_before();
    return s;
}
