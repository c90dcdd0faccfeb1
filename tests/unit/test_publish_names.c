/*
 * The names that templates may use: whatever a real page shows is among those
 * that the sample has, and what is not is refused.
 */
#include "page_world.h"

#include "daemon/publish/names.h"
#include "daemon/publish/templates.h"

static void end_json(void *j)
{
    json_decref(j);
}

/* Views of a sector unlike the sample, in every state of an edition. */
static json_t *names_of_world(struct world *w)
{
    static const char *const paths[] = {
        "/",           "/2027",        "/editions/WEEK-2027",
        "/bodies/SOM", "/partners/JP", "/hosts/BN",
        "/subscribe"};
    json_t *seen = memory_hold(w, json_object(), end_json);
    struct page page;
    struct error err;

    w->in.seen = seen;
    for (int status = EDITION_PROPOSED; status <= EDITION_HELD; status++)
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
            w->editions[0].status = (enum edition_status)status;
            if (!page_render(w, w->templates, &w->in, paths[i], &page, &err))
                fail_msg("%s: %s", paths[i], err.text);
        }
    (void)page_error(w, w->templates, &w->in, 500, "sorry");
    return seen;
}

static void test_the_sample_lacks_nothing(void **state)
{
    struct world *w = world(NULL);
    json_t *known = page_names(w, w->templates), *seen = names_of_world(w);
    json_t *names, *value;
    const char *template, *name;
    int n = 0;

    (void)state;
    json_object_foreach(seen, template, names)
    {
        json_object_foreach(names, name, value)
        {
            n++;
            if (!json_object_get(json_object_get(known, template), name))
                fail_msg("%s: the sample has no \"%s\"", template, name);
        }
    }
    assert_true(n > 200);
    talloc_free(w);
}

static void test_names_of_all_depths(void **state)
{
    json_t *set = json_object(),
           *view = json_pack("{s:s, s:{s:n}, s:[{s:i}, {s:[{s:b}]}]}", "a", "x",
                             "b", "c", "d", "e", 1, "f", "g", 1);

    (void)state;
    names_add(set, view);
    for (const char *c = "abcdefg"; *c; c++)
        assert_non_null(json_object_get(set, (char[]){*c, 0}));
    assert_int_equal(json_object_size(set), 7);
    json_decref(set);
    json_decref(view);
}

static void test_a_template_against_a_set(void **state)
{
    static const struct {
        const char *text, *says; /* NULL: good */
    } cases[] = {
        {"{{title}} {{#rows}}{{row.title}}{{.}}{{/rows}}", NULL},
        {"{{tilte}}", "unknown name \"tilte\", did you mean title?"},
        {"{{#rows}}{{row.tilte}}{{/rows}}", "did you mean title?"},
        {"{{^row}}{{/row}}{{#ruws}}{{/ruws}}", "unknown name \"ruws\""},
        {"{{! tilte }}", NULL},
    };
    TALLOC_CTX *ctx = talloc_new(NULL);
    json_t *set = json_pack("{s:b, s:b, s:b}", "title", 1, "rows", 1, "row", 1);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mustache *m;
        struct error err = {.text = ""};

        if (!mustache_parse(ctx, "t", cases[i].text, MUSTACHE_HTML, true, NULL,
                            &m, &err))
            fail_msg("%s", err.text);
        assert_int_equal(names_check(m, set, &err), cases[i].says == NULL);
        if (cases[i].says && !strstr(err.text, cases[i].says))
            fail_msg("\"%s\"", err.text);
    }
    json_decref(set);
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sample_lacks_nothing),
        cmocka_unit_test(test_names_of_all_depths),
        cmocka_unit_test(test_a_template_against_a_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
