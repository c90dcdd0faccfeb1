/*
 * THE table of the rule language. Whoever adds a word adds a row here and reads
 * its values where the statement is built; parsing, errors, help, the manual
 * and the syntax file follow by themselves.
 */
#include "daemon/rules/language.h"

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/rules/rules.h"

#define GAP      "[MIN] .. [MAX][, ideally IDEAL]"
#define REQUIRED ROW_REQUIRED
#define MANY     ROW_MANY

/* clang-format off */
static const struct row rows[] = {
    {SCOPE_FILE, "sector", "CODE \"Title\"", REQUIRED, SCOPE_SECTOR,
     "The organisation whose rules this file holds; exactly one."},
    {SCOPE_FILE, "member", "CC \"Name\"", MANY, SCOPE_MEMBER,
     "A member; it hosts, is invited and counted from `since` on only."},
    {SCOPE_FILE, "partner", "CODE \"Name\"", MANY, SCOPE_PARTNER,
     "A dialogue partner; their order in the file is the order of consultations."},
    {SCOPE_FILE, "place", "\"City\" in CC zone ZONE", MANY, SCOPE_NONE,
     "A city of a member other than its usual one; the zone belongs to the city."},
    {SCOPE_FILE, "body", "CODE \"Title\"", MANY, SCOPE_BODY,
     "A council, committee or working group."},
    {SCOPE_FILE, "people", "NAME [shared] sit in BODY, ...", MANY, SCOPE_NONE,
     "The same people: no two of their meetings overlap; shared: also across the files of other sectors."},
    {SCOPE_FILE, "desk", "\"Name\" serves (all | CLUSTER, ...), N cluster(s) at once", MANY, SCOPE_NONE,
     "A capacity: on no day more clusters than that."},
    {SCOPE_FILE, "rotation", "NAME alphabetical", MANY, SCOPE_ROTATION,
     "Whose turn it is to host, by English name: one turn a cycle, for all its editions; a cycle without any costs nobody a turn."},
    {SCOPE_FILE, "cluster", "CODE \"Title\"", MANY, SCOPE_CLUSTER,
     "What is held back-to-back, and when."},
    {SCOPE_FILE, "workflow", "NAME", MANY, SCOPE_WORKFLOW,
     "The deadlines around an edition."},
    {SCOPE_FILE, "remind", "(delegates | partners | host | secretariat | members) of (meetings | consults | tasks) LEN, ... before [at TIME]", MANY, SCOPE_NONE,
     "Mails about what is coming; the time is on the recipient's clock, 08:00 by default."},
    {SCOPE_FILE, "avoid", "\"label\" (every D [.. D] | DATE [.. DATE])", MANY, SCOPE_AVOID,
     "Days to keep clear of."},
    {SCOPE_FILE, "holiday", "CC \"name\" (every D [.. D] | DATE [.. DATE])", MANY, SCOPE_NONE,
     "Adds public holidays to the table of that code; every: each year from 2000 to 2099."},
    {SCOPE_FILE, "workday", "CC DATE", MANY, SCOPE_NONE,
     "That day is worked there, whatever the weekend and the table say."},
    {SCOPE_FILE, "held", "CLUSTER YEAR DATE .. DATE in CC [\"City\"]", MANY, SCOPE_NONE,
     "History: numbering, rotation and distances count from it."},

    {SCOPE_SECTOR, "cycle", "(calendar year | from D)", 0, SCOPE_NONE,
     "What a year of work is: cycle 2027 is the calendar year (default), or begins on that day of 2027."},
    {SCOPE_SECTOR, "notice", "LEN", 0, SCOPE_NONE,
     "Nothing new is proposed nearer to now than this."},
    {SCOPE_SECTOR, "hours", "(TIME .. TIME), ...", 0, SCOPE_NONE,
     "When a working day is open for meetings; by default 09:00 .. 12:30, 14:00 .. 17:30."},
    {SCOPE_SECTOR, "evening", "TIME .. TIME", 0, SCOPE_NONE,
     "When evening events take place; by default 19:00 .. 21:30."},
    {SCOPE_SECTOR, "levels", "LEVEL, ...", 0, SCOPE_NONE,
     "The levels of bodies, highest first."},
    {SCOPE_SECTOR, "seat", "\"City\" in CC", 0, SCOPE_NONE,
     "Where the secretariat sits: that member's calendar counts its working days."},

    {SCOPE_MEMBER, "since", "DATE", REQUIRED, SCOPE_NONE, "The first day of membership."},
    {SCOPE_MEMBER, "until", "DATE", 0, SCOPE_NONE, "The last day of membership."},
    {SCOPE_MEMBER, "city", "\"City\"", 0, SCOPE_NONE, "Where it hosts unless another city is named."},
    {SCOPE_MEMBER, "zone", "ZONE", 0, SCOPE_NONE, "The time zone of that city; UTC by default."},
    {SCOPE_MEMBER, "weekend", "DAY, ...", 0, SCOPE_NONE, "The rest days; Sat, Sun by default."},
    {SCOPE_MEMBER, "meets", "DAY, ...", 0, SCOPE_NONE, "Rest days on which meetings may be held all the same."},
    {SCOPE_MEMBER, "closed", "DAY TIME .. TIME", MANY, SCOPE_NONE, "Hours of a weekday in which nothing is held."},
    {SCOPE_MEMBER, "holidays", "CC", 0, SCOPE_NONE, "Borrows another holiday table; its own code by default."},
    {SCOPE_MEMBER, "formerly", "CC \"Name\" [from WHEN] until WHEN", MANY, SCOPE_NONE, "A former code and name and when they held."},

    {SCOPE_PARTNER, "zone", "ZONE", 0, SCOPE_NONE, "The partner's clock; UTC by default."},
    {SCOPE_PARTNER, "weekend", "DAY, ...", 0, SCOPE_NONE, "The rest days; Sat, Sun by default."},
    {SCOPE_PARTNER, "holidays", "CC", 0, SCOPE_NONE, "Borrows another holiday table; its own code by default."},

    {SCOPE_BODY, "level", "LEVEL", 0, SCOPE_NONE, "One of the sector's levels."},
    {SCOPE_BODY, "under", "BODY", 0, SCOPE_NONE, "The body it reports to."},
    {SCOPE_BODY, "seats", "\"who\"", 0, SCOPE_NONE, "Who sits in it."},
    {SCOPE_BODY, "since", "WHEN", 0, SCOPE_NONE, "When it was founded."},
    {SCOPE_BODY, "until", "WHEN", 0, SCOPE_NONE, "When it ended."},
    {SCOPE_BODY, "formerly", "CODE \"Title\" [from WHEN] until WHEN", MANY, SCOPE_NONE, "A former name and when it held."},
    {SCOPE_BODY, "mandate", "\"sentence\"", 0, SCOPE_NONE, "The sentence of the founding text, quoted."},
    {SCOPE_BODY, "requires", "(consultations with PARTNER, ... per cycle | meetings as needed | [at least] N meeting(s) [with BODY] per (cycle | EVERY cycles from YEAR))[, back-to-back [with CLUSTER]]", MANY, SCOPE_NONE,
     "What the mandate asks; checked by audits, never planned from."},

    {SCOPE_ROTATION, "held", "(CC YEAR), ...", 0, SCOPE_NONE, "Turns that have been taken, by cycle."},
    {SCOPE_ROTATION, "skip", "CC in YEAR \"reason\"", MANY, SCOPE_NONE, "That member is passed in that cycle, not postponed."},
    {SCOPE_ROTATION, "exchange", "CC YEAR with CC YEAR \"reason\"", MANY, SCOPE_NONE, "Two members swap their turns."},
    {SCOPE_ROTATION, "starts", "CC in YEAR", 0, SCOPE_NONE, "Where the rotation begins when nothing has been held."},

    {SCOPE_CLUSTER, "since", "YEAR", 0, SCOPE_NONE, "The first cycle that has it."},
    {SCOPE_CLUSTER, "every", "EVERY cycles from YEAR", 0, SCOPE_NONE, "Only in that cycle and in every second, third ... before and after it; else in each."},
    {SCOPE_CLUSTER, "times", "(as needed, at most N | N per cycle [, more as needed, at most N])", REQUIRED, SCOPE_NONE, "How many editions a cycle has."},
    {SCOPE_CLUSTER, "window", "D .. D", 0, SCOPE_NONE, "The first day lies in it; it may run over New Year."},
    {SCOPE_CLUSTER, "prefer", "start near D weight W per week", 0, SCOPE_NONE, "The wished first day, and what a week of distance costs."},
    {SCOPE_CLUSTER, "lasts", "DAYS day(s) [, starting DAY or ...]", REQUIRED, SCOPE_NONE, "How many days with meetings, and on which weekday they may start."},
    {SCOPE_CLUSTER, "host", "(any member | ROTATION | CC)", REQUIRED, SCOPE_NONE, "Who hosts: a rotation, always the same member, or whoever suits best."},
    {SCOPE_CLUSTER, "apart", "from previous " GAP, 0, SCOPE_NONE, "The distance from its own edition before."},
    {SCOPE_CLUSTER, "after", "CLUSTER " GAP, MANY, SCOPE_NONE, "The distance after the last edition of another cluster in the same cycle."},
    {SCOPE_CLUSTER, "before", "[next] CLUSTER " GAP, MANY, SCOPE_NONE, "The distance before the first edition of another cluster in the same (next: the following) cycle."},
    {SCOPE_CLUSTER, "join", "CLUSTER or ... saves a trip weight W", 0, SCOPE_NONE, "Held beside one of these if possible; what it costs if not."},
    {SCOPE_CLUSTER, "needs", "N meeting(s) for \"deliverable\" by (DATE | CLUSTER YEAR)", MANY, SCOPE_NONE, "Meetings that a deliverable asks for, and until when."},
    {SCOPE_CLUSTER, "workflow", "WORKFLOW", 0, SCOPE_NONE, "The deadlines that go with each edition."},
    {SCOPE_CLUSTER, "meeting", "CODE \"title\"", MANY, SCOPE_ITEM, "A sitting of one or several bodies."},
    {SCOPE_CLUSTER, "consult", "CODE \"title\"", MANY, SCOPE_ITEM, "A consultation with each of its partners, one after the other."},
    {SCOPE_CLUSTER, "dialogue", "CODE \"title\"", MANY, SCOPE_ITEM, "A dialogue with stakeholders."},
    {SCOPE_CLUSTER, "ceremony", "CODE \"title\"", MANY, SCOPE_ITEM, "An opening, a signing, a closing."},
    {SCOPE_CLUSTER, "social", "CODE \"title\"", MANY, SCOPE_ITEM, "A dinner, an excursion."},
    {SCOPE_CLUSTER, "event", "CODE \"title\"", MANY, SCOPE_ITEM, "Anything else that takes place."},
    {SCOPE_CLUSTER, "number", "(SERIES N in YEAR), ...", MANY, SCOPE_NONE, "Fixes the ordinal of an item in the first edition of that cycle."},

    {SCOPE_ITEM, "of", "BODY with ...", 0, SCOPE_NONE, "Whose sitting it is; several bodies sit jointly."},
    {SCOPE_ITEM, "with", "PEOPLE", 0, SCOPE_NONE, "The people who take part."},
    {SCOPE_ITEM, "open", "", 0, SCOPE_NONE, "Anybody may take part."},
    {SCOPE_ITEM, "+", "PARTNER, ...", 0, SCOPE_NONE, "The partners; a consultation is held with each of them."},
    {SCOPE_ITEM, "DURATION", "", ROW_BARE, SCOPE_NONE, "How long it takes."},
    {SCOPE_ITEM, "after", "ITEM", MANY, SCOPE_NONE, "It follows that item of this cluster."},
    {SCOPE_ITEM, "before", "ITEM", MANY, SCOPE_NONE, "That item of this cluster follows it."},
    {SCOPE_ITEM, "same", "day as ITEM", MANY, SCOPE_NONE, "On the same day as that item."},
    {SCOPE_ITEM, "in", "the (morning | afternoon | evening)", 0, SCOPE_NONE, "Which part of the day."},
    {SCOPE_ITEM, "evening", "", 0, SCOPE_NONE, "In the evening hours; all of them unless a duration is given."},
    {SCOPE_ITEM, "on", "(the (first | last) day | DAY or ...)", MANY, SCOPE_NONE, "Which day of the edition or of the week."},

    {SCOPE_WORKFLOW, "step", "CODE \"Title\"", REQUIRED | MANY, SCOPE_STEP, "A task with a deadline and an owner."},
    {SCOPE_STEP, "due", "(on the (first | last) day | LEN (before | after [STEP]))", REQUIRED, SCOPE_NONE, "Counted from the first day (before), the last day (after) or another step."},
    {SCOPE_STEP, "by", "(host | secretariat | members | partners | BODY)", REQUIRED, SCOPE_NONE, "The owner; members and partners: one task for each of them."},
    {SCOPE_STEP, "remind", "LEN, ... before", 0, SCOPE_NONE, "When the owner is reminded."},
    {SCOPE_STEP, "to", "(delegates | partners | host | secretariat | members)", 0, SCOPE_NONE, "Who receives what the step produces."},
    {SCOPE_STEP, "mail", "TEMPLATE", 0, SCOPE_NONE, "The mail template to use for it."},

    {SCOPE_AVOID, "for", "(everyone | LEVEL, ...)", REQUIRED, SCOPE_NONE, "Whom it concerns: bodies of these levels, or everyone."},
    {SCOPE_AVOID, "weight", "W [per day]", 0, SCOPE_NONE, "What a day costs; without it, never."},
};

#define BIT(u) (1u << (u))
#define DAYS   (BIT(UNIT_DAYS) | BIT(UNIT_WEEKS) | BIT(UNIT_MONTHS))

static const struct hole_row holes[] = {
    {NULL, HOLE_TEXT, 0, 0, 0, "a text in quotes"},
    {"N", HOLE_NUMBER, 1, 9999, 0, "a number"},
    {"EVERY", HOLE_NUMBER, 2, 50, 0, "a number of cycles"},
    {"W", HOLE_NUMBER, 0, 100000, 0, "a number"},
    {"DAYS", HOLE_NUMBER, 1, 31, 0, "a number of days"},
    {"YEAR", HOLE_YEAR, 1900, 2199, 0, "a year like 2027"},
    {"DATE", HOLE_DATE, 0, 0, 0, "a date like 2027-01-31"},
    {"WHEN", HOLE_VAGUE, 0, 0, 0, "a date like 2019-10-24, 2019-10 or 2019"},
    {"D", HOLE_YEARLY, 0, 0, 0, "a day of the year like 31 Jan"},
    {"TIME", HOLE_TIME, 0, 0, 0, "a time like 09:00"},
    {"DAY", HOLE_WEEKDAY, 0, 0, 0, "a weekday like Mon"},
    {"LEN", HOLE_LENGTH, 1, 4000, DAYS | BIT(UNIT_WORKING_DAYS), "a length like 6 weeks"},
    {"DURATION", HOLE_LENGTH, 1, 1440, BIT(UNIT_MINUTES) | BIT(UNIT_HALF_DAY) | BIT(UNIT_DAYS), "a duration like 45 min, half day or 2 days"},
    {"MIN", HOLE_LENGTH, 0, 4000, DAYS, "a least length like 6 weeks"},
    {"MAX", HOLE_LENGTH, 0, 4000, DAYS, "a greatest length like 6 months"},
    {"IDEAL", HOLE_LENGTH, 0, 4000, DAYS, "a length like 6 weeks"},
    {"ZONE", HOLE_ZONE, 0, 0, 0, "a time zone like Europe/Zurich"},
    {"SERIES", HOLE_SERIES, 0, 0, 0, "an item, or item:partner"},
    {"CODE", HOLE_CODE, 0, 0, 0, "a code"},
    {"NAME", HOLE_CODE, 0, 0, 0, "a name"},
    {"CC", HOLE_CODE, 0, 0, 0, "a member's code"},
    {"BODY", HOLE_CODE, 0, 0, 0, "a body's code"},
    {"CLUSTER", HOLE_CODE, 0, 0, 0, "a cluster's code"},
    {"PARTNER", HOLE_CODE, 0, 0, 0, "a partner's code"},
    {"PEOPLE", HOLE_CODE, 0, 0, 0, "a name of people"},
    {"ROTATION", HOLE_CODE, 0, 0, 0, "a rotation's name"},
    {"WORKFLOW", HOLE_CODE, 0, 0, 0, "a workflow's name"},
    {"LEVEL", HOLE_CODE, 0, 0, 0, "a level"},
    {"ITEM", HOLE_CODE, 0, 0, 0, "an item's code"},
    {"STEP", HOLE_CODE, 0, 0, 0, "a step's code"},
    {"TEMPLATE", HOLE_CODE, 0, 0, 0, "a template's name"},
};
/* clang-format on */

size_t language_rows(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct row *language_row(size_t i)
{
    return &rows[i];
}

const struct hole_row *language_hole(const char *name)
{
    size_t n = sizeof holes / sizeof holes[0];

    for (size_t i = 1; i < n; i++)
        if (text_same(holes[i].name, name))
            return &holes[i];
    return &holes[0];
}

const char *scope_word(enum scope s)
{
    static const char *const words[] = {
        "nothing",  "the file", "sector", "member",   "partner", "body",
        "rotation", "cluster",  "item",   "workflow", "step",    "avoid"};

    return words[s];
}

const char **language_keywords(TALLOC_CTX *ctx, enum scope s)
{
    const char **words = array_new(ctx, const char *, 1);
    size_t n = 0;

    for (size_t i = 0; i < language_rows(); i++) {
        if (rows[i].in != s || rows[i].flags & ROW_BARE)
            continue;
        words = array_grow(ctx, words, const char *, n + 2);
        words[n++] = rows[i].keyword;
        words[n] = NULL;
    }
    return words;
}

char *row_print(TALLOC_CTX *ctx, const struct row *row)
{
    return text_format(ctx, "%s%s%s", row->keyword, *row->pattern ? " " : "",
                       row->pattern);
}
