/*
 * The table of commands: every one is read from a good command line and
 * refuses a bad one; help and completion know them all.
 */
#include "verbs_world.h"

/* A good command line and what becomes of it; a bad one and what is said. */
static const struct example {
    const char *good, *args, *bad, *text;
} examples[VERB_COUNT] = {
    [VERB_STATUS] = {"", "{}", "now", "\"now\" is one argument too many"},
    [VERB_CHECK] = {"a.rules", "{\"text\":\"a.rules\"}", "a b",
                    "\"b\" is one argument too many"},
    [VERB_RELOAD] = {"--because new", "{\"because\":\"new\"}", "--becuse new",
                     "did you mean \"--because\"?"},
    [VERB_BODIES] = {"", "{}", "--json=1", "bodies has no argument"},
    [VERB_MEMBERS] = {"", "{}", "BN", "one argument too many"},
    [VERB_PARTNERS] = {"", "{}", "JP", "one argument too many"},
    [VERB_CLUSTERS] = {"", "{}", "--draft x", "no argument \"--draft\""},
    [VERB_WORKFLOWS] = {"", "{}", "X", "one argument too many"},
    [VERB_HOSTS] = {"MAIN 2027..2030",
                    "{\"rotation\":\"MAIN\",\"span\":\"2027..2030\"}",
                    "MAIN 2030..2027", "ends before it begins"},
    [VERB_HOLIDAYS] = {"2027", "{\"span\":\"2027\"}", "BN 27",
                       "FROM..TO: \"27\" is not a cycle"},
    [VERB_PLAN] = {"2027..2028 --fresh --time 5",
                   "{\"cycles\":\"2027..2028\",\"fresh\":true,\"time\":5}",
                   "2027-2028", "CYCLES: \"2027-2028\" is not a cycle"},
    [VERB_EDITIONS] = {"--release 3 2027",
                       "{\"release\":3,\"cycles\":\"2027\"}", "--release x",
                       "--release: \"x\" is not a number"},
    [VERB_AGENDA] = {"M-2027-1", "{\"edition\":\"M-2027-1\"}", "M2027",
                     "EDITION: \"M2027\" is not an edition"},
    [VERB_SHOW] = {"17 --draft late", "{\"thing\":\"17\",\"draft\":\"late\"}",
                   "", "show needs THING (\"thing\"): its name"},
    [VERB_WHY] = {"M-2027", "{\"edition\":\"M-2027\"}", "M-2027/X",
                  "is not an edition"},
    [VERB_WHYNOT] = {"M-2027 2027-02-08",
                     "{\"edition\":\"M-2027\",\"date\":\"2027-02-08\"}",
                     "M-2027 8.2.2027", "DATE: \"8.2.2027\" is not a date"},
    [VERB_CONFIRM] = {"M-2027 --host BN --city 'Old Harbour' --force ok",
                      "{\"edition\":\"M-2027\",\"host\":\"BN\",\"city\":\"Old "
                      "Harbour\",\"force\":\"ok\"}",
                      "M-2027 --host 3X", "--host: \"3X\" is not the code"},
    [VERB_MOVE] = {"M-2027/SOM+1:JP 2027-01-19T14:00",
                   "{\"thing\":\"M-2027/SOM+1:JP\",\"start\":\"2027-01-19T14:"
                   "00\"}",
                   "M-2027 2027-01-19T25:00", "START: \"2027-01-19T25:00\""},
    [VERB_POSTPONE] = {"M-2027 --because storm",
                       "{\"edition\":\"M-2027\",\"because\":\"storm\"}",
                       "M-2027 --because", "--because needs TEXT"},
    [VERB_CANCEL] = {"M-2027/JWG/2", "{\"thing\":\"M-2027/JWG/2\"}", "M-2027/",
                     "is not an edition or an item"},
    [VERB_REINSTATE] = {"M-2027", "{\"thing\":\"M-2027\"}", "M-2027 now",
                        "one argument too many"},
    [VERB_AUDIENCE] = {"M-2027/SOM+1:JP INVITED",
                       "{\"item\":\"M-2027/SOM+1:JP\",\"audience\":"
                       "\"invited\"}",
                       "M-2027/SOM nobdy", "did you mean nobody?"},
    [VERB_LINK] = {"M-2027/SOM https://v.example.org/a",
                   "{\"item\":\"M-2027/SOM\",\"url\":\"https://"
                   "v.example.org/a\"}",
                   "", "link needs EDITION|ITEM"},
    [VERB_CALL] = {"SSM --for 'a storm' --by 2027-06-30",
                   "{\"cluster\":\"SSM\",\"for\":\"a "
                   "storm\",\"by\":\"2027-06-30\"}",
                   "SSM --for x", "call needs --by: the last day"},
    [VERB_MEETING] = {"M-2027 PRESS Talk --at 2027-01-19T16:00 --for 45min "
                      "--of A,B --with JP",
                      "{\"edition\":\"M-2027\",\"code\":\"PRESS\",\"title\":"
                      "\"Talk\",\"at\":\"2027-01-19T16:00\",\"for\":\"45 "
                      "min\",\"of\":[\"A\",\"B\"],\"with\":[\"JP\"]}",
                      "M-2027 PRESS Talk --at 2027-01-19T16:00 --for long",
                      "--for: \"long\" is not a length"},
    [VERB_DRAFTS] = {"", "{}", "x", "one argument too many"},
    [VERB_FORK] = {"late --from main", "{\"name\":\"late\",\"from\":\"main\"}",
                   "'a b'", "\"a b\" is not a name"},
    [VERB_ADOPT] = {"late", "{\"name\":\"late\"}", "", "adopt needs NAME"},
    [VERB_DISCARD] = {"late", "{\"name\":\"late\"}", "late --force x",
                      "discard has no argument \"--force\""},
    [VERB_DIFF] = {"--against 3", "{\"against\":\"3\"}", "3",
                   "one argument too many"},
    [VERB_AUDIT] = {"2027", "{\"cycles\":\"2027\"}", "", "audit needs CYCLES"},
    [VERB_RELEASE] = {"--note 'Dates of 2027' --send",
                      "{\"note\":\"Dates of 2027\",\"send\":true}", "--send=no",
                      "--send takes no value"},
    [VERB_VERSIONS] = {"", "{}", "3", "one argument too many"},
    [VERB_TASKS] = {"M-2027 --state OPEN --owner BN --until 2027-01-01",
                    "{\"edition\":\"M-2027\",\"state\":\"open\",\"owner\":"
                    "\"BN\",\"until\":\"2027-01-01\"}",
                    "--state opn", "did you mean open?"},
    [VERB_DONE] = {"M-2027/INVITE:BN --on 2026-10-20",
                   "{\"task\":\"M-2027/INVITE:BN\",\"on\":\"2026-10-20\"}",
                   "M-2027", "TASK: \"M-2027\" is not a task"},
    [VERB_WAIVE] = {"M-2027/INVITE --because no",
                    "{\"task\":\"M-2027/INVITE\",\"because\":\"no\"}",
                    "M-2027/INVITE", "waive needs --because"},
    [VERB_REOPEN] = {"M-2027/INVITE", "{\"task\":\"M-2027/INVITE\"}", "INVITE",
                     "is not a task"},
    [VERB_PIN] = {"M-2027/INVITE 2026-10-15",
                  "{\"task\":\"M-2027/INVITE\",\"date\":\"2026-10-15\"}",
                  "M-2027/INVITE", "pin needs DATE"},
    [VERB_UNPIN] = {"M-2027/INVITE", "{\"task\":\"M-2027/INVITE\"}", "",
                    "unpin needs TASK"},
    [VERB_DOCUMENT] = {"M-2027 WP1 'A paper' --from members --with PAPERS "
                       "--kind OUTCOME",
                       "{\"edition\":\"M-2027\",\"code\":\"WP1\",\"title\":\"A "
                       "paper\",\"from\":\"members\",\"with\":\"PAPERS\","
                       "\"kind\":\"outcome\"}",
                       "M-2027 WP1 x", "document needs --from"},
    [VERB_DOCUMENT_DROP] = {"M-2027 WP1 --from TL",
                            "{\"edition\":\"M-2027\",\"code\":\"WP1\",\"from\":"
                            "\"TL\"}",
                            "M-2027 --from TL", "needs CODE"},
    [VERB_DOCUMENTS] = {"--state missing --compliance",
                        "{\"state\":\"missing\",\"compliance\":true}",
                        "--state mising", "did you mean missing?"},
    [VERB_RECEIVE] =
        {"M-2027 WP1 --from JP --on 2026-12-21 --file a.pdf",
         "{\"edition\":\"M-2027\",\"code\":\"WP1\",\"from\":\"JP\","
         "\"on\":\"2026-12-21\",\"file\":\"a.pdf\"}",
         "M-2027 WP1 --from JP --on monday", "is not a date"},
    [VERB_DELIVERABLES] = {"2027..2028 --draft late",
                           "{\"cycles\":\"2027..2028\",\"draft\":\"late\"}",
                           "27", "CYCLES: \"27\" is not a cycle"},
    [VERB_HANDOVER] = {"BN 2027 --html",
                       "{\"cc\":\"BN\",\"cycle\":\"2027\",\"html\":true}", "BN",
                       "handover needs CYCLES"},
    [VERB_CONTACTS] = {"--body A --of BN", "{\"body\":\"A\",\"of\":\"BN\"}",
                       "--body 'A B'", "--body: \"A B\" is not a code"},
    [VERB_CONTACT_ADD] = {"a@b.org --name 'A B' --of BN --bodies A,B --role "
                          "focal",
                          "{\"email\":\"a@b.org\",\"name\":\"A "
                          "B\",\"of\":\"BN\",\"bodies\":[\"A\",\"B\"],\"role\":"
                          "\"focal\"}",
                          "a.b.org --name A --of BN",
                          "EMAIL: \"a.b.org\" is no address"},
    [VERB_CONTACT_SET] = {"a@b.org --bodies ''",
                          "{\"email\":\"a@b.org\",\"bodies\":[]}",
                          "a@b.org --channel fax",
                          "--channel: \"fax\" is none"},
    [VERB_CONTACT_DROP] = {"a@b.org", "{\"email\":\"a@b.org\"}", "a@b",
                           "write the whole domain"},
    [VERB_IMPORT] = {"contacts c.csv",
                     "{\"kind\":\"contacts\",\"text\":\"c.csv\"}",
                     "contact c.csv", "did you mean contacts?"},
    [VERB_OUTBOX] = {"--state held", "{\"state\":\"held\"}", "--state heldd",
                     "did you mean held?"},
    [VERB_MESSAGE] = {"17 --raw", "{\"message\":17,\"raw\":true}", "0",
                      "ID: numbers begin with 1"},
    [VERB_SEND] = {"ALL", "{\"message\":\"all\"}", "some",
                   "\"some\" is not a number"},
    [VERB_DROP] = {"17", "{\"message\":17}", "all", "\"all\" is not a number"},
    [VERB_RETRY] = {"17", "{\"message\":17}", "", "retry needs ID|all"},
    [VERB_RESEND] = {"17", "{\"message\":17}", "all",
                     "\"all\" is not a number"},
    [VERB_PREVIEW] = {"invitation M-2027",
                      "{\"template\":\"invitation\",\"thing\":\"M-2027\"}",
                      "invitation", "preview needs THING"},
    [VERB_REPLIES] = {"M-2027", "{\"edition\":\"M-2027\"}", "M-2027 x",
                      "one argument too many"},
    [VERB_INBOX] = {"3 --raw", "{\"mail\":3,\"raw\":true}", "--kind junk",
                    "\"junk\" is none of reply|counter"},
    [VERB_DELIVER] = {"--sender a@b.example", "{\"sender\":\"a@b.example\"}",
                      "x", "one argument too many"},
    [VERB_FEEDS] = {"", "{}", "x", "one argument too many"},
    [VERB_FEED] = {"all", "{\"feed\":\"all\"}", "", "feed needs NAME"},
    [VERB_FEED_LINT] = {"all", "{\"feed\":\"all\"}", "all all",
                        "one argument too many"},
    [VERB_FEED_ADD] = {"d1 --for a@example.org",
                       "{\"name\":\"d1\",\"for\":\"a@example.org\"}", "d1",
                       "feed add needs --for"},
    [VERB_FEED_ROTATE] = {"d1", "{\"feed\":\"d1\"}", "",
                          "feed rotate needs NAME"},
    [VERB_FEED_REVOKE] = {"d1", "{\"feed\":\"d1\"}", "",
                          "feed revoke needs NAME"},
    [VERB_LOG] = {"--since 2026-11-01 --of M-2027",
                  "{\"since\":\"2026-11-01T00:00:00Z\",\"of\":\"M-2027\"}",
                  "--since yesterday", "--since: \"yesterday\""},
    [VERB_BACKUP] = {"/b.db", "{\"file\":\"/b.db\"}", "", "backup needs FILE"},
    [VERB_CLOCK] = {"+2h", "{\"to\":\"+120 min\"}", "+2 ages",
                    "\"+2 ages\" is not a step"},
    [VERB_HELP] = {"contact add", "{\"topic\":\"contact add\"}", "--manuel",
                   "did you mean \"--manual\"?"},
    [VERB_VERSION] = {"", "{}", "x", "one argument too many"},
    [VERB_COMPLETE] = {"a b", "{\"words\":\"a b\"}", "--x", "no argument"},
};

static void every_verb_has_a_good_example(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verb_get((enum verb_id)i);
        struct error err = {.text = ""};
        json_t *args;
        char *text;

        if (!examples[i].good)
            fail_msg("no example for %s", v->words);
        if (!parse(v, examples[i].good, &args, &err))
            fail_msg("%s %s: %s", v->words, examples[i].good, err.text);
        text = json_dumps(args, JSON_COMPACT);
        assert_string_equal(text, examples[i].args);
        free(text);
        json_decref(args);
    }
}

static void every_verb_refuses_a_bad_example(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verb_get((enum verb_id)i);
        struct error err;
        json_t *args;

        if (parse(v, examples[i].bad, &args, &err))
            fail_msg("%s %s is taken", v->words, examples[i].bad);
        assert_int_equal(err.code, REPLY_USAGE);
        if (!strstr(err.text, examples[i].text))
            fail_msg("%s %s: \"%s\" does not say \"%s\"", v->words,
                     examples[i].bad, err.text, examples[i].text);
    }
}

/* What help shows as an example is a command line that works. */
static void every_example_of_the_help_is_taken(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verb_get((enum verb_id)i), *found;
        struct error err;
        wordexp_t words;
        json_t *args;
        size_t used;

        assert_int_equal(wordexp(v->example, &words, WRDE_NOCMD), 0);
        assert_true(verb_find(words.we_wordc,
                              (const char *const *)words.we_wordv, &found,
                              &used, &err));
        assert_ptr_equal(found, v);
        if (!verb_parse(v, words.we_wordc - used,
                        (const char *const *)words.we_wordv + used, &args,
                        &err))
            fail_msg("%s: %s", v->example, err.text);
        json_decref(args);
        wordfree(&words);
    }
}

static void every_verb_has_what_the_readers_need(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verb_get((enum verb_id)i);
        const struct verb *same;
        bool because = false;

        assert_true(verb_named(v->words, &same, NULL));
        assert_ptr_equal(same, v);
        assert_true(*v->help && v->help[strlen(v->help) - 1] != '.');
        assert_true(*v->text && v->text[strlen(v->text) - 1] == '.');
        assert_int_equal(v->id, i);
        for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++) {
            assert_true(*a->help);
            because = because || strcmp(a->name, "because") == 0;
        }
        assert_int_equal(because, v->right != RIGHT_VIEW);
        assert_non_null(layout_of((enum verb_id)i).columns);
    }
}

/* ---- help */

static char *printed(void (*print)(FILE *out, const void *arg), const void *arg)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    print(out, arg);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void print_list(FILE *out, const void *arg)
{
    (void)arg;
    help_list(out);
}

static void print_manual(FILE *out, const void *arg)
{
    (void)arg;
    help_manual(out);
}

static void print_help(FILE *out, const void *arg)
{
    help_verb(out, arg);
}

static void help_and_manual_hold_every_verb(void **state)
{
    char *list = printed(print_list, NULL);
    char *manual = printed(print_manual, NULL);

    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb *v = verb_get((enum verb_id)i);
        char *heading, *help = printed(print_help, v);

        assert_non_null(strstr(list, v->help));
        assert_non_null(strstr(help, v->example));
        assert_true(asprintf(&heading, "\n.SS %s\n", v->words) > 0);
        assert_non_null(strstr(manual, heading));
        free(heading);
        free(help);
    }
    assert_non_null(strstr(manual, ".B 73 (conflict)"));
    assert_null(strstr(list, " \n"));
    free(list);
    free(manual);
}

static void help_of_a_verb_is_whole(void **state)
{
    char *text = printed(print_help, verb_get(VERB_PIN));

    (void)state;
    assert_string_equal(
        text,
        "usage: convenectl pin TASK DATE [--because TEXT]\n"
        "\n"
        "Fix the due date of a task.\n"
        "\n"
        "  TASK                a task\n"
        "  DATE                the new due date\n"
        "  --because TEXT      the reason, for the log\n"
        "\n"
        "A pinned date stays when the edition moves; tasks shows the drift.\n"
        "Officers may use it.\n"
        "\n"
        "example: convenectl pin MINISTERIAL-2027/INVITE 2026-10-15\n");
    free(text);
}

/* ---- completion */

static void answer(void *arg, FILE *out, const char *command,
                   const char *member, const char *head, const char *prefix)
{
    (void)arg;
    (void)fprintf(out, "<%s %s %s %s>\n", command, member, head, prefix);
}

static void expect_completion(const char *line, const char *want)
{
    char *text = NULL;
    wordexp_t words;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_int_equal(wordexp(line, &words, WRDE_NOCMD), 0);
    complete(out, words.we_wordc, (const char *const *)words.we_wordv, answer,
             NULL);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, want);
    free(text);
    wordfree(&words);
}

static void completion_knows_what_may_follow(void **state)
{
    (void)state;
    expect_completion("sta", "status\n");
    expect_completion("contact ''", "add\nset\ndrop\n");
    expect_completion("tasks --state o", "open\n");
    expect_completion("tasks M-2027 --un", "--until\n");
    expect_completion("release --note x --", "--send\n--draft\n--because\n");
    expect_completion("why MIN", "<editions edition  MIN>\n");
    expect_completion("move M-2027/S", "<agenda M-2027 item  M-2027/S>\n");
    expect_completion("contact add a@b.org --bodies A,B",
                      "<bodies code A, B>\n");
    expect_completion("confirm M-2027 --host B",
                      "<members code  B>\n<partners code  B>\n");
    expect_completion("plan 2027 --rules a.rules --ru", "--rules\n");
    expect_completion("send a", "all\n<outbox message  a>\n");
    expect_completion("help con", "confirm\ncontacts\ncontact\n");
    expect_completion("status ''", "");
    expect_completion("nonsense x", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_has_a_good_example),
        cmocka_unit_test(every_verb_refuses_a_bad_example),
        cmocka_unit_test(every_example_of_the_help_is_taken),
        cmocka_unit_test(every_verb_has_what_the_readers_need),
        cmocka_unit_test(help_and_manual_hold_every_verb),
        cmocka_unit_test(help_of_a_verb_is_whole),
        cmocka_unit_test(completion_knows_what_may_follow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
