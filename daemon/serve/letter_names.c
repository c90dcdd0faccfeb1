/*
 * Are the names that the templates of letters use those of the letters' view?
 * One notice of each kind about the sample, with nothing left out, is made a
 * view; together they have all names.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/publish/names.h"
#include "daemon/publish/sample.h"
#include "daemon/publish/templates.h"
#include "daemon/serve/letter_view.h"

static void end_json(void *j)
{
    json_decref(j);
}

/* A notice about everything that there is. */
static struct notice whole(TALLOC_CTX *ctx, const struct sample *s,
                           const struct contact *reader)
{
    size_t n = s->plan->n_items;
    struct notice notice = {.cause = "sample",
                            .contact = reader,
                            .edition = s->plan->editions[0].id,
                            .thing = s->tasks.rows[0].id,
                            .due = s->now,
                            .expires = s->now,
                            .lead = {14, UNIT_DAYS},
                            .items = array_new(ctx, const char *, n + 1),
                            .overdue = array_new(ctx, const struct task *, 1),
                            .late = 3,
                            .calendar = "",
                            .method = "REQUEST",
                            .answer_url = "https://example.org/",
                            .leave_url = "https://example.org/",
                            .text = "text"};

    for (size_t i = 0; i < n; i++)
        notice.items[notice.n_items++] = s->plan->items[i].id;
    notice.items[notice.n_items++] = s->plan->editions[0].id;
    notice.overdue[notice.n_overdue++] = &s->tasks.rows[0];
    return notice;
}

static json_t *collect(TALLOC_CTX *ctx, const struct sample *s,
                       struct serve *serve)
{
    static const char *const rungs[] = {"owner", "desk", "head"};
    const struct contact reader = {.email = "reader@example.org",
                                   .name = "Reader",
                                   .of = "AA",
                                   .zone = "Europe/London"};
    struct notice n = whole(ctx, s, &reader);
    const struct occasion o = {.plan = s->plan,
                               .before = s->plan,
                               .changes = &s->changes,
                               .note = s->note.note,
                               .release = s->note.release,
                               .now = s->now};
    json_t *names = memory_hold(ctx, json_object(), end_json);

    for (int kind = NOTICE_REMINDER; kind <= NOTICE_DESK; kind++)
        for (size_t i = 0; i < sizeof rungs / sizeof rungs[0]; i++) {
            json_t *view;

            n.kind = (enum notice_kind)kind;
            n.rung = rungs[i];
            view = letter_view(ctx, serve, &n, &o);
            names_add(names, view);
            json_decref(view);
        }
    return names;
}

static bool check(const struct letter_template *l, json_t *names,
                  struct error *err)
{
    return names_check(l->subject, names, err) &&
           names_check(l->text, names, err) &&
           (!l->html || names_check(l->html, names, err));
}

bool letter_names_check(const struct templates *t, const struct config *config,
                        struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const struct sample *s = sample_new(ctx);
    struct generation g = {
        .rules = s->rules, .title = "Sample", .codes = "SAMPLE"};
    struct serve serve = {.config = config,
                          .generation = &g,
                          .out = {.plan = s->plan, .tasks = s->tasks}};
    const char *const *all = letter_names(t);
    json_t *names = collect(ctx, s, &serve);
    bool good = true;

    for (size_t i = 0; good && all[i]; i++)
        good = check(template_letter(t, all[i]), names, err);
    talloc_free(ctx);
    return good;
}
