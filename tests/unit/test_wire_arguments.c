/*
 * Command lines and requests: prefixes, nearest words, options as people write
 * them, values made normal, files.
 */
#include "verbs_world.h"

/* ---- finding */

static void expect_verb(const char *line, enum verb_id id, size_t used)
{
    wordexp_t words;
    const struct verb *v;
    struct error err = {.text = ""};
    size_t got;

    assert_int_equal(wordexp(line, &words, WRDE_NOCMD), 0);
    if (!verb_find(words.we_wordc, (const char *const *)words.we_wordv, &v,
                   &got, &err))
        fail_msg("%s: %s", line, err.text);
    assert_int_equal(v->id, id);
    assert_int_equal(got, used);
    wordfree(&words);
}

static void expect_no_verb(const char *line, const char *text)
{
    wordexp_t words;
    const struct verb *v;
    struct error err;
    size_t used;

    assert_int_equal(wordexp(line, &words, WRDE_NOCMD), 0);
    assert_false(verb_find(words.we_wordc, (const char *const *)words.we_wordv,
                           &v, &used, &err));
    assert_int_equal(err.code, REPLY_USAGE);
    assert_string_equal(err.text, text);
    wordfree(&words);
}

static void words_may_be_shortened(void **state)
{
    (void)state;
    expect_verb("stat", VERB_STATUS, 1);
    expect_verb("STATUS", VERB_STATUS, 1);
    expect_verb("why X-2027", VERB_WHY, 1);
    expect_verb("whyn X-2027", VERB_WHYNOT, 1);
    expect_verb("contact add x", VERB_CONTACT_ADD, 2);
    expect_verb("contact d x", VERB_CONTACT_DROP, 2);
    expect_verb("contacts", VERB_CONTACTS, 1);
    expect_verb("feed", VERB_FEED, 1);
    expect_verb("feed lint", VERB_FEED_LINT, 2);
    expect_verb("feed lin", VERB_FEED, 1); /* the name of a feed */
    expect_verb("feed COUNCIL", VERB_FEED, 1);
}

static void what_is_no_command_is_explained(void **state)
{
    (void)state;
    expect_no_verb("", "a command is missing, see: convenectl help");
    expect_no_verb("''", "no command \"\", see: convenectl help");
    expect_no_verb("statos", "no command \"statos\", did you mean \"status\"?");
    expect_no_verb("xyzzy", "no command \"xyzzy\", see: convenectl help");
}

static void what_is_ambiguous_lists_candidates(void **state)
{
    (void)state;
    expect_no_verb("dr", "\"dr\" is short for drafts or drop");
    expect_no_verb("re", "\"re\" is short for reload, reinstate, release, "
                         "reopen, receive, retry, resend or replies");
    expect_no_verb("cont", "\"cont\" is short for contacts or contact");
    expect_no_verb("contact", "after contact comes add, set or drop");
    expect_no_verb("contact ad2", "after contact comes add, set or drop, did "
                                  "you mean add?");
}

/* ---- command lines */

static void expect_args(enum verb_id id, const char *line, const char *want)
{
    struct error err = {.text = ""};
    json_t *args;
    char *text;

    if (!parse(verb_get(id), line, &args, &err))
        fail_msg("%s: %s", line, err.text);
    text = json_dumps(args, JSON_COMPACT);
    assert_string_equal(text, want);
    free(text);
    json_decref(args);
}

static void expect_refusal(enum verb_id id, const char *line, const char *text)
{
    struct error err;
    json_t *args;

    assert_false(parse(verb_get(id), line, &args, &err));
    assert_int_equal(err.code, REPLY_USAGE);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not say \"%s\"", err.text, text);
}

static void options_are_read_as_people_write_them(void **state)
{
    (void)state;
    expect_args(VERB_PLAN, "--time=5 2027", "{\"time\":5,\"cycles\":\"2027\"}");
    expect_args(VERB_PLAN, "2027 --fr", "{\"cycles\":\"2027\",\"fresh\":true}");
    expect_args(VERB_SHOW, "-- --odd", "{\"thing\":\"--odd\"}");
    expect_args(VERB_HOLIDAYS, "BN 2027-01-01..2027-03-31",
                "{\"cc\":\"BN\",\"span\":\"2027-01-01..2027-03-31\"}");
    expect_args(VERB_CLOCK, "+3 days --because x",
                "{\"to\":\"+3 days\",\"because\":\"x\"}");
    expect_args(VERB_CLOCK, "2027-01-18", "{\"to\":\"2027-01-18T00:00:00Z\"}");
    expect_args(VERB_HOLIDAYS, "BN", "{\"cc\":\"BN\"}");
    expect_refusal(VERB_CALL, "X --f --by 2027-01-01", "short for several");
    expect_refusal(VERB_PLAN, "2027 --time 1 --time 2", "given twice");
    expect_refusal(VERB_PLAN, "2027 --because ''", "must not be empty");
    expect_refusal(VERB_PLAN, "2027 --because 'a\033'", "control characters");
    expect_refusal(VERB_PLAN, "2027 --because '\xff'", "not UTF-8");
}

static void lengths_become_those_of_the_rule_language(void **state)
{
    static const char *const pairs[][2] = {
        {"45 min", "45 min"},
        {"1 min", "1 min"},
        {"2h", "120 min"},
        {"half day", "half day"},
        {"1d", "1 day"},
        {"3 DAYS", "3 days"},
        {"5 working days", "5 working days"},
        {"1 working day", "1 working day"},
        {"6w", "6 weeks"},
        {"1 year", "12 months"},
    };
    static const char *const bad[] = {"0 days", "days",   "1",
                                      "-1 day", "1 ages", "999999 days"};
    const struct verb_arg a = {"for", "", NULL, ARG_LEN, PLACE_OPTION, true};
    json_t *value, *ret;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        value = json_string(pairs[i][0]);
        assert_true(arg_check(&a, value, &ret, NULL));
        assert_string_equal(json_string_value(ret), pairs[i][1]);
        json_decref(value);
        json_decref(ret);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        value = json_string(bad[i]);
        assert_false(arg_check(&a, value, &ret, NULL));
        json_decref(value);
    }
}

/* ---- requests */

static void expect_request(enum verb_id id, const char *json, const char *text)
{
    json_t *args = json_loads(json, JSON_DECODE_ANY, NULL);
    struct error err = {.text = ""};
    bool good = verb_check(verb_get(id), args, &err);

    if (text && good)
        fail_msg("%s is taken", json);
    if (!text && !good)
        fail_msg("%s: %s", json, err.text);
    if (text) {
        assert_int_equal(err.code, REPLY_USAGE);
        assert_string_equal(err.text, text);
    }
    json_decref(args);
}

static void requests_are_checked_by_name_and_type(void **state)
{
    (void)state;
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"fresh\":false}", NULL);
    expect_request(VERB_PLAN, "[]", "\"args\" must be an object");
    expect_request(VERB_PLAN, "{}",
                   "plan needs CYCLES (\"cycles\"): a cycle or a range of "
                   "cycles");
    expect_request(VERB_PLAN, "{\"cycles\":2027}",
                   "CYCLES: this must be a text");
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"fresh\":1}",
                   "--fresh: this is true or absent");
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"time\":-1}",
                   "--time: this is a number from 0 to 999999999");
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"time\":1.5}",
                   "--time: this is a number from 0 to 999999999");
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"draft\":null}",
                   "--draft: this must be a text");
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"because\":\"a\\u001b\"}",
                   "--because: control characters are not allowed");
    expect_request(VERB_PLAN, "{\"cycle\":\"2027\"}",
                   "plan has no argument \"cycle\", did you mean \"cycles\"?");
    expect_request(VERB_STATUS, "{\"x\":1}", "status has no argument \"x\"");
    expect_request(VERB_SHOW, "{\"thing\":17}", NULL);
    expect_request(VERB_CONTACT_SET,
                   "{\"email\":\"a@b.org\",\"bodies\":[\"A\",\"B\"]}", NULL);
    expect_request(VERB_CONTACT_SET,
                   "{\"email\":\"a@b.org\",\"bodies\":[\"A\",1]}",
                   "--bodies: this must be a text");
    expect_request(VERB_CHECK, "{\"text\":\"a\\u0007\",\"name\":\"f\"}", NULL);
    expect_request(VERB_CHECK, "{\"text\":\"\",\"name\":3}",
                   "name: this must be a text");
    expect_request(VERB_CHECK, "{\"name\":\"f\"}",
                   "check has no argument \"name\"");
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"rules\":\"sector A\"}",
                   NULL);
    expect_request(VERB_PLAN,
                   "{\"cycles\":\"2027\",\"rules\":[{\"name\":\"a\",\"text\":"
                   "\"sector A\"},\"sector B\"],\"name\":\"b\"}",
                   NULL);
    expect_request(VERB_PLAN, "{\"cycles\":\"2027\",\"rules\":[]}",
                   "--rules: these must be 1 to 200 files");
    expect_request(VERB_PLAN,
                   "{\"cycles\":\"2027\",\"rules\":[{\"name\":\"a\"}]}",
                   "--rules: each of these must be the text of a file, or its "
                   "name and text");
    expect_request(VERB_BACKUP, "{\"file\":\"b.db\"}",
                   "FILE: \"b.db\" is not an absolute path");
}

/* Whatever stands in a request, checking ends in a word, and what is taken is
 * taken again as it was normalised. */
static void any_value_of_any_argument_is_stood(void **state)
{
    static const char *const odd[] = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1e300",
        "99999999999",
        "\"\"",
        "\" \"",
        "\"a b\"",
        "\"-\"",
        "\"/\"",
        "\"..\"",
        "\"2027..\"",
        "\"-2027\"",
        "\"A-2027-\"",
        "\"A-2027-1\"",
        "\"+\"",
        "\"@.\"",
        "\"T\"",
        "\"2027-02-30\"",
        "\"2027-01-01..2026-01-01\"",
        "[]",
        "{}",
        "[[],{}]",
        "[\"A\",\"\"]",
        "\",,,\"",
        "\"\\u0001\"",
        "\"all\"",
        "\"2027-01-01T00:00\"",
        "\"99999 years\"",
        "\"99999\"",
    };

    (void)state;
    for (int id = 0; id < VERB_COUNT; id++) {
        const struct verb *v = verb_get((enum verb_id)id);

        for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
            for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
                json_t *value = json_loads(odd[i], JSON_DECODE_ANY, NULL);
                json_t *once, *twice;
                struct error err = {.text = ""};

                assert_non_null(value);
                if (!arg_check(a, value, &once, &err)) {
                    assert_int_equal(err.code, REPLY_USAGE);
                    assert_true(err.text[0] != '\0');
                } else {
                    assert_true(arg_check(a, once, &twice, &err));
                    assert_true(json_equal(once, twice));
                    json_decref(once);
                    json_decref(twice);
                }
                json_decref(value);
            }
    }
}

static void requests_name_their_verb_in_full(void **state)
{
    const struct verb *v;
    struct error err;

    (void)state;
    assert_true(verb_named("contact add", &v, &err));
    assert_int_equal(v->id, VERB_CONTACT_ADD);
    assert_false(verb_named("stat", &v, &err));
    assert_false(verb_named("contact  add", &v, &err));
    assert_string_equal(err.text, "no command \"contact  add\", did you mean "
                                  "\"contact add\"?");
}

static void values_of_checked_requests_are_normal(void **state)
{
    json_t *args =
        json_pack("{s:s,s:b,s:s}", "cycles", "2027", "fresh", 1, "time", "7");

    (void)state;
    assert_true(verb_check(verb_get(VERB_PLAN), args, NULL));
    assert_string_equal(args_text(args, "cycles"), "2027");
    assert_int_equal(args_number(args, "time", 3), 7);
    assert_int_equal(args_number(args, "other", 3), 3);
    assert_true(args_flag(args, "fresh"));
    assert_false(args_flag(args, "draft"));
    assert_null(args_text(args, "draft"));
    assert_null(args_list(args, "cycles"));
    json_decref(args);
}

/* ---- files */

static void files_travel_as_text_and_name(void **state)
{
    char path[] = "/tmp/test_wire_verbs_XXXXXX";
    int fd = mkstemp(path);
    const char *words[] = {path};
    struct error err;
    json_t *args;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "sector\n", 7), 7);
    assert_true(verb_parse(verb_get(VERB_CHECK), 1, words, &args, &err));
    assert_true(verb_read_files(verb_get(VERB_CHECK), args, &err));
    assert_string_equal(args_text(args, "text"), "sector\n");
    assert_string_equal(args_text(args, "name"), path);
    assert_true(verb_check(verb_get(VERB_CHECK), args, &err));
    json_decref(args);

    assert_int_equal(pwrite(fd, "\xff", 1, 0), 1);
    assert_true(verb_parse(verb_get(VERB_CHECK), 1, words, &args, &err));
    assert_false(verb_read_files(verb_get(VERB_CHECK), args, &err));
    assert_int_equal(err.code, REPLY_INPUT);
    json_decref(args);
    assert_int_equal(unlink(path), 0);

    assert_true(verb_parse(verb_get(VERB_CHECK), 1, words, &args, &err));
    assert_false(verb_read_files(verb_get(VERB_CHECK), args, &err));
    assert_int_equal(err.code, REPLY_NOTFOUND);
    json_decref(args);
    (void)close(fd);
}

static void paths_become_absolute(void **state)
{
    const char *words[] = {"b.db"};
    json_t *args;

    (void)state;
    assert_true(verb_parse(verb_get(VERB_BACKUP), 1, words, &args, NULL));
    assert_int_equal(args_text(args, "file")[0], '/');
    assert_non_null(strstr(args_text(args, "file"), "/b.db"));
    json_decref(args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_may_be_shortened),
        cmocka_unit_test(what_is_no_command_is_explained),
        cmocka_unit_test(what_is_ambiguous_lists_candidates),
        cmocka_unit_test(options_are_read_as_people_write_them),
        cmocka_unit_test(lengths_become_those_of_the_rule_language),
        cmocka_unit_test(requests_are_checked_by_name_and_type),
        cmocka_unit_test(any_value_of_any_argument_is_stood),
        cmocka_unit_test(requests_name_their_verb_in_full),
        cmocka_unit_test(values_of_checked_requests_are_normal),
        cmocka_unit_test(files_travel_as_text_and_name),
        cmocka_unit_test(paths_become_absolute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
