/*
 * What the table of commands says to people: usage lines, help, the manual.
 */
#include "ctl/verbs.h"

#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

enum { WIDTH = 78 };

static const struct {
    const char *option, *help;
} globals[] = {
    {"-s SOCKET", "the daemon's socket, instead of $CONVENED_SOCKET or "
                  "/run/convened/control"},
    {"--json", "one JSON object a line, errors too"},
    {"--csv[=SEPARATOR]", "a table for spreadsheets, with a line of headings; "
                          "--csv=semicolon for an Excel whose list separator "
                          "that is (most of Europe, Indonesia, Vietnam), "
                          "--csv=tab"},
    {"-y", "answer yes to every question"},
};

static const struct {
    const char *word, *meaning;
    int exit;
} replies[] = {
#define REPLY(name, word, exit, http, meaning) {word, meaning, exit},
#include "ctl/reply.def"
#undef REPLY
};

/* Where the words after --name, or instead of NAME, stand. */
static char *arg_synopsis(TALLOC_CTX *ctx, const struct verb_arg *a)
{
    if (a->place == PLACE_POSITION)
        return memory_text(ctx, arg_hint(a));
    return text_format(ctx, "--%s%s%s", a->name, a->type == ARG_FLAG ? "" : " ",
                       arg_hint(a));
}

char *verb_usage(TALLOC_CTX *ctx, const struct verb *v)
{
    char *text = memory_text(ctx, v->words);

    for (int place = PLACE_POSITION; place <= PLACE_OPTION; place++)
        for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++) {
            char *one;

            if ((int)a->place != place)
                continue;
            one = arg_synopsis(ctx, a);
            text = talloc_asprintf_append(text, a->required ? " %s" : " [%s]",
                                          one);
            invariant(text);
            talloc_free(one);
        }
    return text;
}

/* Breaks text at blanks, every line but the first indented. Brackets keep
 * together what belongs together. */
static void print_wrapped(FILE *out, const char *text, int indent)
{
    int column = indent, depth = 0;

    while (*text) {
        size_t size = 0;

        for (; text[size] && (text[size] != ' ' || depth > 0); size++)
            depth += (text[size] == '[') - (text[size] == ']');
        if (column > indent && column + 1 + (int)size > WIDTH) {
            (void)fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(text, 1, size, out);
        column += (int)size;
        text += size + strspn(text + size, " ");
    }
    (void)fputc('\n', out);
}

static void print_pair(FILE *out, int width, const char *left,
                       const char *right)
{
    if ((int)strlen(left) > width)
        (void)fprintf(out, "  %s\n%*s", left, width + 4, "");
    else
        (void)fprintf(out, "  %-*s  ", width, left);
    print_wrapped(out, right, width + 4);
}

void help_list(FILE *out)
{
    (void)fputs("usage: convenectl [-s SOCKET] [--json|--csv] [-y] COMMAND "
                "[ARGUMENT...]\n\n",
                out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        print_pair(out, 12, verb_get((enum verb_id)i)->words,
                   verb_get((enum verb_id)i)->help);
    (void)fputc('\n', out);
    for (size_t i = 0; i < sizeof globals / sizeof globals[0]; i++)
        print_pair(out, 12, globals[i].option, globals[i].help);
    (void)fputs("\nCommands and options may be shortened as long as they are "
                "unique.\nconvenectl help COMMAND explains one, convenectl "
                "help rules the rule language.\n",
                out);
}

static const char *const right_texts[] = {
    [RIGHT_VIEW] = "Viewers may use it.",
    [RIGHT_CHANGE] = "Officers may use it.",
    [RIGHT_ADMIN] = "Only the daemon's own user and root may use it.",
};

static char *capital(TALLOC_CTX *ctx, const char *text)
{
    char *copy = memory_text(ctx, text);

    if (copy[0] >= 'a' && copy[0] <= 'z')
        copy[0] = (char)(copy[0] - 'a' + 'A');
    return copy;
}

void help_verb(FILE *out, const struct verb *v)
{
    TALLOC_CTX *job = talloc_new(NULL);

    (void)fputs("usage: ", out);
    print_wrapped(out, text_format(job, "convenectl %s", verb_usage(job, v)),
                  7);
    (void)fprintf(out, "\n%s.\n", capital(job, v->help));
    if (v->args->place != PLACE_END)
        (void)fputc('\n', out);
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        print_pair(out, 18, arg_synopsis(job, a), a->help);
    (void)fputc('\n', out);
    print_wrapped(out, v->text, 0);
    if (!(v->flags & VERB_FLAG_LOCAL))
        (void)fprintf(out, "%s\n", right_texts[v->right]);
    (void)fprintf(out, "\nexample: convenectl %s\n", v->example);
    talloc_free(job);
}

/* ---- the manual, man(7) */

/* Text for troff: what it would take for its own is escaped. */
static char *troff(TALLOC_CTX *ctx, const char *text)
{
    char *out = memory_text(ctx, *text == '.' || *text == '\'' ? "\\&" : "");

    for (; *text; text++) {
        out = *text == '\\'  ? talloc_asprintf_append(out, "\\e")
              : *text == '-' ? talloc_asprintf_append(out, "\\-")
              : *text == '"' ? talloc_asprintf_append(out, "\\(dq")
                             : talloc_asprintf_append(out, "%c", *text);
        invariant(out);
    }
    return out;
}

static void manual_pair(FILE *out, const char *left, const char *right)
{
    TALLOC_CTX *job = talloc_new(NULL);

    (void)fprintf(out, ".TP\n.B %s\n%s.\n", troff(job, left),
                  troff(job, right));
    talloc_free(job);
}

static void manual_verb(FILE *out, const struct verb *v)
{
    TALLOC_CTX *job = talloc_new(NULL);

    (void)fprintf(out, ".SS %s\n.B %s\n.PP\n%s.\n%s\n", troff(job, v->words),
                  troff(job, verb_usage(job, v)),
                  troff(job, capital(job, v->help)), troff(job, v->text));
    for (const struct verb_arg *a = v->args; a->place != PLACE_END; a++)
        manual_pair(out, arg_synopsis(job, a), capital(job, a->help));
    (void)fprintf(out, ".PP\nExample:\n.B convenectl %s\n",
                  troff(job, v->example));
    if (!(v->flags & VERB_FLAG_LOCAL))
        (void)fprintf(out, ".br\n%s\n", troff(job, right_texts[v->right]));
    talloc_free(job);
}

static void manual_types(FILE *out)
{
    (void)fputs(".SH ARGUMENTS\n", out);
    for (int t = 0; t < ARG_TYPE_COUNT; t++) {
        const char *hint, *form = arg_form((enum arg_type)t, &hint);

        if (*form)
            manual_pair(out, hint, form);
    }
}

static void manual_replies(FILE *out)
{
    (void)fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        char *left =
            text_format(NULL, "%d (%s)", replies[i].exit, replies[i].word);

        manual_pair(out, left, replies[i].meaning);
        talloc_free(left);
    }
}

void help_manual(FILE *out)
{
    (void)fputs(
        ".TH CONVENECTL 1 \"\" \"convened " CONVENED_VERSION "\"\n"
        ".SH NAME\nconvenectl \\- plan, publish and announce meetings\n"
        ".SH SYNOPSIS\n.B convenectl\n[\\-s SOCKET] [\\-\\-json|\\-\\-csv] "
        "[\\-y] COMMAND [ARGUMENT...]\n"
        ".SH DESCRIPTION\nconvenectl talks to convened(8) over its control "
        "socket. Nothing that it changes is seen outside before\n.B release\n"
        "publishes it, and no mail leaves before it is sent.\n.PP\nCommands "
        "and options may be shortened as long as they are unique. Tables are "
        "for people and may change; programs use \\-\\-json or \\-\\-csv.\n"
        ".SH OPTIONS\n",
        out);
    for (size_t i = 0; i < sizeof globals / sizeof globals[0]; i++)
        manual_pair(out, globals[i].option, globals[i].help);
    (void)fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        manual_verb(out, verb_get((enum verb_id)i));
    manual_types(out);
    (void)fputs(".SH ENVIRONMENT\n", out);
    manual_pair(out, "CONVENED_SOCKET", "the socket, where -s is not given");
    manual_replies(out);
    (void)fputs(".SH SEE ALSO\nconvened(8), convened.conf(5)\n", out);
}
