/*
 * Are the names that the templates of pages use those of the pages' views?
 * Every page is made of the sample; what it would have been filled in with has
 * the names.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/publish/names.h"
#include "daemon/publish/page_parts.h"
#include "daemon/publish/sample.h"
#include "daemon/publish/templates.h"

static const char *const paths[] = {"/2030",       "/editions/WEEK-2030",
                                    "/bodies/SUB", "/partners/PP",
                                    "/hosts/AA",   "/subscribe"};

static void end_json(void *j)
{
    json_decref(j);
}

json_t *page_names(TALLOC_CTX *ctx, const struct templates *t)
{
    const struct sample *s = sample_new(ctx);
    struct page_input in = {.rules = s->rules,
                            .version = s->plan,
                            .release = &s->note,
                            .changes = &s->changes,
                            .feeds = &s->feeds,
                            .tasks = &s->tasks,
                            .documents = &s->documents,
                            .now = s->now,
                            .base_url = "https://calendar.example.org",
                            .name = "Sample",
                            .contact = "secretariat@example.org",
                            .reader_zone = "Europe/London",
                            .seen = memory_hold(ctx, json_object(), end_json)};
    struct page page;
    struct error err;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        bool good = page_render(ctx, t, &in, paths[i], &page, &err);

        invariant(good);
    }
    (void)page_error(ctx, t, &in, 404, "There is no page here.");
    in.version = NULL; /* before the first release */
    if (!page_render(ctx, t, &in, "/", &page, &err))
        invariant(false);
    /* its frame is that of all pages, once there are years to show in it */
    names_add(json_object_get(in.seen, "empty"),
              json_object_get(in.seen, "error"));
    return in.seen;
}

bool page_names_check(const struct templates *t, struct error *err)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    json_t *seen = page_names(ctx, t), *names;
    const char *template;
    bool good = true;

    json_object_foreach(seen, template, names)
    {
        if (good)
            good = names_check(template_web(t, template), names, err);
    }
    talloc_free(ctx);
    return good;
}
