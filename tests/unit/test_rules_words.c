/*
 * Every word of the language has a good and a bad example here; a word of the
 * table that has none fails the test, and so does an example of a word that the
 * table does not have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "daemon/rules/language.h"
#include "rules_helper.h"

#include <cmocka.h>

/* What the examples stand behind; clauses of the sector stand in it. */
#define REST                                                                   \
    "member UP \"Upper Lake\" since 2000-01-01\n"                              \
    "member LO \"Lower Lake\" since 2000-01-01 weekend Fri, Sat\n"             \
    "partner FISH \"Fishers\"\n"                                               \
    "partner BIRD \"Birds\"\n"                                                 \
    "body COUNCIL \"Council\" level minister\n"                                \
    "body PANEL \"Panel\"\n"                                                   \
    "people chiefs sit in COUNCIL\n"                                           \
    "rotation CHAIR alphabetical\n"                                            \
    "workflow PLAN\n"                                                          \
    "  step A \"A\" due 3 weeks before by host\n"                              \
    "cluster MAIN \"Main\" times 1 per cycle lasts 3 days host CHAIR\n"        \
    "  meeting TALK \"Talk\" of COUNCIL 1 day\n"

#define MEMBER  "member MI \"Middle\" since 2001-01-01 "
#define PARTNER "partner BOAT \"Boats\" "
#define BODY    "body CREW \"Crew\" "
#define TURN    "rotation TURN alphabetical "
#define CLUSTER                                                                \
    "cluster SIDE \"Side\" times 1 per cycle lasts 2 days host UP\n  "
#define ITEM "  event FAIR \"Fair\" open 1 day "
#define STEP                                                                   \
    "workflow OTHER\n  step B \"B\" due 1 week before by host\n"               \
    "  step C \"C\" "
#define DUE "due 1 week before "

static const struct word {
    enum scope in;
    const char *keyword, *good, *bad, *says;
} words[] = {
    {SCOPE_FILE, "sector", "", "sector OTHER \"Other\"", "given twice"},
    {SCOPE_FILE, "member", "member MI \"Middle\" since 2001-01-01",
     "member up \"Again\" since 2001-01-01", "given twice"},
    {SCOPE_FILE, "partner", "partner BOAT \"Boats\"", "partner BOAT",
     "expected a text in quotes after \"BOAT\""},
    {SCOPE_FILE, "place", "place \"Bay\" in UP zone Europe/Vienna",
     "place \"Bay\" in NO zone Europe/Vienna", "unknown member \"NO\""},
    {SCOPE_FILE, "body", "body CREW \"Crew\"", "body 12 \"Crew\"",
     "expected a code"},
    {SCOPE_FILE, "people", "people all shared sit in COUNCIL, PANEL",
     "people all sit in COUNCIL, council", "named twice"},
    {SCOPE_FILE, "desk", "desk \"Office\" serves MAIN, 1 cluster at once",
     "desk \"Office\" serves all, 0 clusters at once", "out of range"},
    {SCOPE_FILE, "rotation", "rotation TURN alphabetical",
     "rotation TURN by luck", "expected \"alphabetical\""},
    {SCOPE_FILE, "cluster",
     "cluster SIDE \"Side\" times 1 per cycle lasts 2 days host any member",
     "cluster SIDE \"Side\" times 1 per cycle host any member",
     "has no \"lasts\""},
    {SCOPE_FILE, "workflow",
     "workflow OTHER step B \"B\" due 1 day after by members", "workflow OTHER",
     "has no \"step\""},
    {SCOPE_FILE, "remind", "remind partners of consults 3 days before at 9:30",
     "remind partners of consults 3 days before at 9:75", "no time 9:75"},
    {SCOPE_FILE, "avoid", "avoid \"Ice\" every 20 Dec .. 6 Jan for everyone",
     "avoid \"Ice\" 2027-02-02 .. 2027-02-01 for everyone",
     "ends before it begins"},
    {SCOPE_FILE, "holiday", "holiday up \"Swim\" 2027-08-01 .. 2027-08-02",
     "holiday XX \"Swim\" 2027-08-01", "unknown member, partner or table"},
    {SCOPE_FILE, "workday", "workday LO 2027-08-06", "workday LO 2027-02-29",
     "no day 2027-02-29"},
    {SCOPE_FILE, "held",
     "held MAIN 2026 2026-05-01 .. 2026-05-03 in UP \"Bay\"",
     "held MAIN 2026 2026-05-03 .. 2026-05-01 in UP", "ends before it begins"},

    {SCOPE_SECTOR, "cycle", "cycle from 1 Jul", "cycle from 31 Jun",
     "no 31 Jun"},
    {SCOPE_SECTOR, "notice", "notice 6 weeks", "notice 45 min",
     "45 min does not fit here"},
    {SCOPE_SECTOR, "hours", "hours 09:00 .. 12:00, 13:00 .. 24:00",
     "hours 12:00 .. 09:00", "ends before it begins"},
    {SCOPE_SECTOR, "evening", "evening 19:00 .. 21:00", "evening 19:00",
     "expected \"..\" after \"19:00\""},
    {SCOPE_SECTOR, "levels", "levels minister, expert",
     "levels minister, expert, MINISTER", "named twice"},
    {SCOPE_SECTOR, "seat", "seat \"Bay\" in LO", "seat Bay in LO",
     "expected a text in quotes"},

    {SCOPE_MEMBER, "since", "member MI \"Middle\" since 2001-01-01",
     "member MI \"Middle\"", "has no \"since\""},
    {SCOPE_MEMBER, "until", MEMBER "until 2020-12-31",
     MEMBER "until 2000-12-31", "ends before it begins"},
    {SCOPE_MEMBER, "city", MEMBER "city \"Bay\"", MEMBER "city \"\"",
     "this text is empty"},
    {SCOPE_MEMBER, "zone", MEMBER "zone Europe/Zurich",
     MEMBER "zone Europe/Zuerich", "unknown time zone"},
    {SCOPE_MEMBER, "weekend", MEMBER "weekend Fri, Saturday",
     MEMBER "weekend Fri, Fri", "Fri is named twice"},
    {SCOPE_MEMBER, "meets", MEMBER "meets Sat", MEMBER "meets Mon",
     "no rest day"},
    {SCOPE_MEMBER, "closed",
     MEMBER "closed Fri 12:00 .. 14:00, closed Mon "
            "08:00 .. 10:00",
     MEMBER "closed Fri 12:00 .. 11:00", "ends before it begins"},
    {SCOPE_MEMBER, "holidays", MEMBER "holidays XX", MEMBER "holidays \"XX\"",
     "expected a member's code"},
    {SCOPE_MEMBER, "formerly",
     MEMBER "formerly OX \"Ox\" until 2019 formerly OW \"Ow\" until 1999-12",
     MEMBER "formerly OX until 2019", "expected"},

    {SCOPE_PARTNER, "zone", PARTNER "zone UTC", PARTNER "zone Nowhere",
     "unknown time zone \"Nowhere\""},
    {SCOPE_PARTNER, "weekend", PARTNER "weekend Sun", PARTNER "weekend Sonntag",
     "expected a weekday"},
    {SCOPE_PARTNER, "holidays", PARTNER "holidays BE",
     PARTNER "holidays BE holidays CH", "given twice"},

    {SCOPE_BODY, "level", BODY "level EXPERT", BODY "level clerk",
     "unknown level \"clerk\""},
    {SCOPE_BODY, "under", BODY "under COUNCIL", BODY "under CREW",
     "runs in a circle: CREW, CREW"},
    {SCOPE_BODY, "seats", BODY "seats \"Captain\"", BODY "seats Captain",
     "expected a text in quotes"},
    {SCOPE_BODY, "since", BODY "since 2019-10", BODY "since 2019-13",
     "no date 2019-13"},
    {SCOPE_BODY, "until", BODY "since 2019 until 2019",
     BODY "since 2019 until 2018-12-31", "ends before it begins"},
    {SCOPE_BODY, "formerly", BODY "formerly GANG \"Gang\" until 2019",
     BODY "formerly GANG \"Gang\" from 2019", "expected \"until\""},
    {SCOPE_BODY, "mandate", BODY "mandate \"Meets.\"", BODY "mandate",
     "expected a text in quotes"},
    {SCOPE_BODY, "requires",
     BODY "requires at least 1 meeting with COUNCIL per cycle, back-to-back "
          "with MAIN",
     BODY "requires 1 meeting with CREW per cycle", "meet with itself"},

    {SCOPE_ROTATION, "held", TURN "held UP 2020, LO 2021",
     TURN "held UP 2020, LO 2020", "two hosts in 2020"},
    {SCOPE_ROTATION, "skip", TURN "skip UP in 2020 \"flood\"",
     TURN "skip UP in 20 \"flood\"", "\"20\" is no year"},
    {SCOPE_ROTATION, "exchange", TURN "exchange UP 2020 with LO 2021 \"wish\"",
     TURN "exchange UP 2020 with LO 2020 \"wish\"", "changes nothing"},
    {SCOPE_ROTATION, "starts", TURN "starts UP in 2020",
     TURN "starts FISH in 2020", "unknown member \"FISH\""},

    {SCOPE_CLUSTER, "every", CLUSTER "every 2 cycles from 2027",
     CLUSTER "every 1 cycles from 2027", "1 is out of range"},
    {SCOPE_CLUSTER, "since", CLUSTER "since 2011", CLUSTER "since 2011-05",
     "expected a year"},
    {SCOPE_CLUSTER, "times",
     "cluster X \"X\" lasts 1 day host UP times 2 per cycle, more as needed, "
     "at most 4",
     "cluster X \"X\" lasts 1 day host UP times 2 per cycle, more as needed, "
     "at most 1",
     "at most 1 is less than 2"},
    {SCOPE_CLUSTER, "window", CLUSTER "window 20 Dec .. 10 Jan",
     CLUSTER "window 20 Dec .. 32 Jan", "no 32 Jan"},
    {SCOPE_CLUSTER, "prefer",
     CLUSTER "prefer start near 1 May weight 2 per week",
     CLUSTER "prefer 1 May", "expected \"start\""},
    {SCOPE_CLUSTER, "lasts",
     "cluster X \"X\" times 1 per cycle host UP lasts 5 days, starting Mon or "
     "Tue",
     "cluster X \"X\" times 1 per cycle host UP lasts 0 days", "out of range"},
    {SCOPE_CLUSTER, "host",
     "cluster X \"X\" times 1 per cycle lasts 1 day host any member",
     "cluster X \"X\" times 1 per cycle lasts 1 day host CHAR",
     "unknown rotation or member \"CHAR\""},
    {SCOPE_CLUSTER, "apart",
     CLUSTER "apart from previous 9 months .. 16 months, ideally 12 months",
     CLUSTER "apart from previous 9 months .. 16 months, ideally 2 years",
     "no unit of time"},
    {SCOPE_CLUSTER, "after", CLUSTER "after MAIN 2 weeks .. 3 weeks",
     CLUSTER "after MAIN 4 weeks .. 3 weeks", "is more than the greatest"},
    {SCOPE_CLUSTER, "before", CLUSTER "before next MAIN 2 weeks ..",
     CLUSTER "before MAIN ..", "without a least or a greatest"},
    {SCOPE_CLUSTER, "join", CLUSTER "join MAIN saves a trip weight 3",
     CLUSTER "join SIDE saves a trip weight 3", "cannot join itself"},
    {SCOPE_CLUSTER, "needs", CLUSTER "needs 2 meetings for \"x\" by MAIN 2027",
     CLUSTER "needs 2 meetings for \"x\" by MAIN", "expected a year like 2027"},
    {SCOPE_CLUSTER, "workflow", CLUSTER "workflow plan",
     CLUSTER "workflow PLANS", "unknown workflow \"PLANS\""},
    {SCOPE_CLUSTER, "meeting", CLUSTER "meeting M \"M\" of COUNCIL half day",
     CLUSTER "meeting M \"M\" half day", "does not say who takes part"},
    {SCOPE_CLUSTER, "consult",
     CLUSTER "consult M \"{partner}\" of COUNCIL + FISH, BIRD 45 min",
     CLUSTER "consult M \"M\" of COUNCIL 45 min", "has no partners"},
    {SCOPE_CLUSTER, "dialogue", CLUSTER "dialogue M \"M\" open 90 min",
     CLUSTER "dialogue M \"M\" open", "does not say how long"},
    {SCOPE_CLUSTER, "ceremony", CLUSTER "ceremony M \"M\" with chiefs 1 hour",
     CLUSTER "ceremony M \"M\" with COUNCIL 1 hour",
     "unknown people \"COUNCIL\""},
    {SCOPE_CLUSTER, "social", CLUSTER "social M \"{host}\" open evening",
     CLUSTER "social M \"{hots}\" open evening", "unknown word {hots}"},
    {SCOPE_CLUSTER, "event", CLUSTER "event M \"M\" open 2 days",
     CLUSTER "event M \"M\" open 3 days", "longer than its cluster"},
    {SCOPE_CLUSTER, "number", "  number TALK 3 in 2020, talk 1 in 2025",
     "  number TALK:FISH 3 in 2020", "unknown partner of TALK \"FISH\""},

    {SCOPE_ITEM, "of", "  meeting M \"M\" of COUNCIL with PANEL 1 day",
     "  meeting M \"M\" of COUNCILL 1 day", "unknown body \"COUNCILL\""},
    {SCOPE_ITEM, "with", "  social M \"M\" with CHIEFS 1 day",
     "  social M \"M\" with 1 day", "expected a name of people"},
    {SCOPE_ITEM, "open", "  event M \"M\" open 1 day",
     "  event M \"M\" open open 1 day", "given twice"},
    {SCOPE_ITEM, "+", "  event M \"M\" open + FISH 1 day",
     "  event M \"M\" open + FISH, FISH 1 day", "named twice"},
    {SCOPE_ITEM, "DURATION", "  event M \"M\" open half day",
     "  event M \"M\" open 2 weeks", "2 weeks does not fit here"},
    {SCOPE_ITEM, "after", ITEM "after TALK", ITEM "after FAIR",
     "named in its own order"},
    {SCOPE_ITEM, "before", ITEM "before TALK", ITEM "before TALK, after TALK",
     "runs in a circle"},
    {SCOPE_ITEM, "same", ITEM "same day as TALK", ITEM "same day TALK",
     "expected \"as\""},
    {SCOPE_ITEM, "in", ITEM "in the morning", ITEM "in the night",
     "expected \"morning\", \"afternoon\" or \"evening\""},
    {SCOPE_ITEM, "evening", "  social M \"M\" open evening",
     "  social M \"M\" open evening in the morning",
     "cannot be in the evening"},
    {SCOPE_ITEM, "on", ITEM "on Thu or Fri, on the last day",
     ITEM "on the middle day", "expected \"first\" or \"last\""},

    {SCOPE_WORKFLOW, "step", STEP DUE "by members",
     STEP DUE "by members\n  step b \"B\" due 1 day after by host",
     "given twice"},
    {SCOPE_STEP, "due", STEP "due 10 working days after B by host",
     STEP "due 10 days after D by host", "unknown step \"D\""},
    {SCOPE_STEP, "by", STEP DUE "by COUNCIL", STEP DUE "by nobody",
     "unknown owner \"nobody\""},
    {SCOPE_STEP, "remind", STEP DUE "by host remind 2 weeks, 3 days before",
     STEP DUE "by host remind 2 weeks", "expected \"before\""},
    {SCOPE_STEP, "to", STEP DUE "by host to delegates",
     STEP DUE "by host to delegate", "expected \"delegates\""},
    {SCOPE_STEP, "mail", STEP DUE "by host mail invitation",
     STEP DUE "by host mail \"invitation\"", "expected a template's name"},

    {SCOPE_AVOID, "for", "avoid \"Ice\" 2027-01-01 for minister, expert",
     "avoid \"Ice\" 2027-01-01", "has no \"for\""},
    {SCOPE_AVOID, "weight", "avoid \"Ice\" 2027-01-01 for everyone weight 4",
     "avoid \"Ice\" 2027-01-01 for everyone weight -4", "expected a number"},
};

static const struct word *word_of(const struct row *row)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].in == row->in &&
            strcmp(words[i].keyword, row->keyword) == 0)
            return &words[i];
    return NULL;
}

static void every_word_has_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < language_rows(); i++)
        if (!word_of(language_row(i)))
            fail_msg("no example of \"%s\" in %s", language_row(i)->keyword,
                     scope_word(language_row(i)->in));
    assert_int_equal(language_rows(), sizeof words / sizeof words[0]);
}

static char *text_with(TALLOC_CTX *ctx, const struct word *w, const char *line)
{
    bool inside = w->in == SCOPE_SECTOR;
    const char *levels =
        strcmp(w->keyword, "levels") == 0 ? "" : "  levels minister, expert\n";

    return text_format(ctx, "sector LAKES \"League\"\n%s%s%s%s" REST "%s\n",
                       levels, inside ? "  " : "", inside ? line : "",
                       inside ? "\n" : "", inside ? "" : line);
}

static void good_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct diagnostics found;
        char *text = text_with(ctx, &words[i], words[i].good);

        if (!read_text(ctx, text, &found))
            fail_msg("\"%s\" in %s:\n%s", words[i].keyword,
                     scope_word(words[i].in), findings_print(ctx, &found));
        talloc_free(ctx);
    }
}

static bool is_said(const struct diagnostics *found, const char *text)
{
    for (size_t i = 0; i < found->n; i++)
        if (found->rows[i].severity == SEVERITY_ERROR &&
            strstr(found->rows[i].text, text) && *found->rows[i].line)
            return true;
    return false;
}

static void bad_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        TALLOC_CTX *ctx = talloc_new(NULL);
        struct diagnostics found;
        char *text = text_with(ctx, &words[i], words[i].bad);

        assert_null(read_text(ctx, text, &found));
        if (!is_said(&found, words[i].says) || found.errors > 2)
            fail_msg("\"%s\" in %s: wanted \"%s\":\n%s", words[i].keyword,
                     scope_word(words[i].in), words[i].says,
                     findings_print(ctx, &found));
        talloc_free(ctx);
    }
}

/* Help, manual and syntax file have every word. */
static void every_word_is_documented(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char *manual = language_manual(ctx), *vim = language_vim(ctx);

    (void)state;
    for (size_t i = 0; i < language_rows(); i++) {
        const struct row *row = language_row(i);
        const char *help = language_help(ctx, row->keyword);

        assert_non_null(help);
        assert_non_null(strstr(help, row->help));
        assert_non_null(
            strstr(manual, text_format(ctx, ".It Li \"%s", row->keyword)));
        if (!(row->flags & ROW_BARE) && row->keyword[0] != '+')
            assert_non_null(strstr(vim, row->keyword));
    }
    assert_non_null(strstr(language_help(ctx, NULL), "holiday CC \"name\""));
    assert_non_null(language_help(ctx, "item"));
    assert_null(language_help(ctx, "nonsense"));
    talloc_free(ctx);
}

/* The page and the syntax file in the tree are what the table says; to write
 * them again run this test with GOLDEN_UPDATE=1. */
static void check_file(const char *path, const char *text)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    if (getenv("GOLDEN_UPDATE")) {
        FILE *f = fopen(path, "we");

        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(0, fclose(f));
    }
    assert_string_equal(read_file(ctx, path).text, text);
    talloc_free(ctx);
}

static void written_files(void **state)
{
    TALLOC_CTX *ctx = talloc_new(NULL);

    (void)state;
    check_file(SOURCE_DIR "/docs/convened.rules.5", language_page(ctx));
    check_file(SOURCE_DIR "/docs/convened-rules.vim", language_vim(ctx));
    talloc_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_examples),
        cmocka_unit_test(good_examples),
        cmocka_unit_test(bad_examples),
        cmocka_unit_test(every_word_is_documented),
        cmocka_unit_test(written_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
