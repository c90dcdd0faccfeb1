/*
 * convenectl: one command line -> one request -> one answer, as a table, CSV or
 * JSON lines.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctl/cell.h"
#include "ctl/deliver.h"
#include "ctl/holidays.h"
#include "ctl/table.h"
#include "ctl/verbs.h"
#include "ctl/width.h"
#include "ctl/wire.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"

struct options {
    const char *socket;
    enum table_format format;
    char separator; /* of CSV */
    bool yes, help, version;
};

/* ---- options */

/* "--csv", "--csv=semicolon", "--csv=tab" */
static bool csv_option(const char *word, struct options *o)
{
    static const struct {
        const char *word;
        char separator;
    } table[] = {{"--csv", ','},
                 {"--csv=comma", ','},
                 {"--csv=semicolon", ';'},
                 {"--csv=;", ';'},
                 {"--csv=tab", '\t'}};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(word, table[i].word) == 0) {
            o->format = TABLE_CSV;
            o->separator = table[i].separator;
            return true;
        }
    return false;
}

/* Options that may also stand behind the command. */
static bool anywhere(const char *word, struct options *o)
{
    if (strcmp(word, "--json") == 0)
        o->format = TABLE_JSON;
    else if (csv_option(word, o))
        return true;
    else if (strcmp(word, "-y") == 0 || strcmp(word, "--yes") == 0)
        o->yes = true;
    else if (strcmp(word, "--help") == 0)
        o->help = true;
    else
        return false;
    return true;
}

static bool in_front(int argc, char **argv, int *i, struct options *o,
                     struct error *err)
{
    const char *word = argv[*i];

    if (anywhere(word, o))
        return true;
    if (strcmp(word, "-h") == 0)
        o->help = true;
    else if (strcmp(word, "--version") == 0)
        o->version = true;
    else if (strncmp(word, "-s", 2) == 0 && word[2] != '\0')
        o->socket = word + 2;
    else if (strcmp(word, "-s") != 0)
        return fail(err, REPLY_USAGE,
                    "no option \"%.60s\", see: convenectl help", word);
    else if (*i + 1 >= argc)
        return fail(err, REPLY_USAGE, "-s needs the path of a socket");
    else
        o->socket = argv[++*i];
    return true;
}

/* Reads the options in front of the command; *ret_first is its index. */
static bool read_options(int argc, char **argv, struct options *o,
                         int *ret_first, struct error *err)
{
    int i = 1;

    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++)
        if (!in_front(argc, argv, &i, o, err))
            return false;
    *ret_first = i;
    return true;
}

/* The words from `first` on without the options that may stand anywhere. */
static const char **words_of(TALLOC_CTX *ctx, int argc, char **argv, int first,
                             struct options *o, size_t *ret_n)
{
    const char **words =
        array_new(ctx, const char *, (size_t)(argc - first) + 1);
    bool complete_line = first < argc && strcmp(argv[first], "complete") == 0;
    bool open = !complete_line;
    size_t n = 0;

    for (int i = first; i < argc; i++) {
        open = open && strcmp(argv[i], "--") != 0;
        if (!open || !anywhere(argv[i], o))
            words[n++] = argv[i];
    }
    *ret_n = n;
    return words;
}

/* ---- errors */

/* Says what went wrong and returns the exit status. */
static int complain(const struct options *o, const struct error *e,
                    const struct verb *usage)
{
    TALLOC_CTX *job = talloc_new(NULL);

    if (o->format == TABLE_JSON)
        (void)fputs(wire_error(job, e), stderr);
    else {
        (void)fprintf(stderr, "%sconvenectl: %s%s%s\n",
                      log_is_journal() ? "<3>" : "", /* systemctl reload */
                      width_clean(job, e->at, ""), *e->at ? ": " : "",
                      width_clean(job, e->text, ""));
        if (usage && e->code == REPLY_USAGE)
            (void)fprintf(stderr, "usage: convenectl %s\n",
                          verb_usage(job, usage));
    }
    talloc_free(job);
    return reply_exit(e->code);
}

/* ---- a conversation */

struct answer {
    struct table *table;
    int width; /* of the terminal that shows progress, 0 none */
    bool progress_shown;
};

static void progress_hide(struct answer *a)
{
    if (a->progress_shown)
        progress_clear(stderr);
    a->progress_shown = false;
}

static bool on_row(void *arg, json_t *row)
{
    struct answer *a = arg;

    progress_hide(a);
    return table_row(a->table, row);
}

static void on_progress(void *arg, long long done, long long of,
                        const char *text)
{
    struct answer *a = arg;

    if (a->width == 0)
        return;
    progress_show(stderr, a->width, done, of, text);
    a->progress_shown = true;
}

static int terminal_width(int fd)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long n = columns ? strtol(columns, NULL, 10) : 0;

    if (!isatty(fd))
        return 0;
    if (n >= 20 && n <= 1000)
        return (int)n;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

/* Of a terminal that knows how to overwrite a line; 0 for others. */
static int moving_width(int fd)
{
    const char *term = getenv("TERM");

    return term && *term && strcmp(term, "dumb") != 0 ? terminal_width(fd) : 0;
}

static bool ask_daemon(const struct options *o, const struct verb *v,
                       const json_t *args, const struct wire_listener *l,
                       json_t **ret_summary, struct error *err)
{
    bool good;
    int fd;

    if (!wire_connect(o->socket, &fd, err))
        return false;
    good = wire_call(fd, v->words, args, l, ret_summary, err);
    (void)close(fd);
    return good;
}

/* Standard output is full or gone. A reader that has seen enough (a pager,
 * head) is no failure. */
static int output_lost(const struct options *o, int cause)
{
    struct error err;

    if (cause == EPIPE)
        return 0;
    (void)fail(&err, REPLY_INTERNAL, "cannot write: %s", strerror(cause));
    return complain(o, &err, NULL);
}

/* The whole of a command that the daemon answers. */
static int converse(TALLOC_CTX *ctx, const struct options *o,
                    const struct verb *v, const json_t *args)
{
    struct table_options look = {.format = o->format,
                                 .separator = o->separator,
                                 .terminal = isatty(STDOUT_FILENO) == 1,
                                 .width = terminal_width(STDOUT_FILENO),
                                 .out = stdout};
    struct answer a = {.table = table_new(ctx, v, &look),
                       .width = moving_width(STDERR_FILENO)};
    struct wire_listener l = {on_row, on_progress, &a};
    json_t *summary = NULL;
    struct error err;
    bool good = ask_daemon(o, v, args, &l, &summary, &err);
    bool written;

    progress_hide(&a);
    errno = 0;
    written = table_end(a.table, summary);
    json_decref(summary);
    if (!written)
        return output_lost(o, errno ? errno : EPIPE);
    if (good || err.code == REPLY_OK)
        return 0;
    return complain(o, &err, NULL);
}

/* ---- commands that need no daemon */

struct completing {
    const struct options *options;
    FILE *out;
    const char *member, *head, *prefix;
    TALLOC_CTX *ctx;
    const char *last; /* rows of one thing stand together: it is named once */
};

static bool completion_row(void *arg, json_t *row)
{
    struct completing *c = arg;
    const char *name = cell_plain(c->ctx, json_object_get(row, c->member));

    if (*name && text_begins(name, c->prefix) && strcmp(name, c->last) != 0)
        (void)fprintf(c->out, "%s%s\n", c->head, name);
    c->last = name;
    return true;
}

/* Names of things for the shell; silent when the daemon is away. */
static void completion_ask(void *arg, FILE *out, const char *command,
                           const char *member, const char *head,
                           const char *prefix)
{
    TALLOC_CTX *job = talloc_new(NULL);
    struct completing c = {arg, out, member, head, prefix, job, ""};
    struct wire_listener l = {completion_row, NULL, &c};
    const char *const *words =
        (const char *const *)text_split(job, command, ' ');
    json_t *args = NULL, *summary = NULL;
    const struct verb *v;
    size_t used, n = 0;

    while (words[n])
        n++;
    if (verb_find(n, words, &v, &used, NULL) &&
        verb_parse(v, n - used, words + used, &args, NULL)) {
        struct error err;

        (void)ask_daemon(c.options, v, args, &l, &summary, &err);
    }
    json_decref(args);
    json_decref(summary);
    talloc_free(job);
}

static int print_version(const struct options *o)
{
    (void)printf(o->format == TABLE_JSON ? "{\"version\":\"%s\"}\n"
                                         : "convenectl %s\n",
                 CONVENED_VERSION);
    return 0;
}

/* Help on one command, or on all that begin with the same word. */
static int help_on(const struct options *o, TALLOC_CTX *ctx, const char *topic)
{
    const char *const *words = (const char *const *)text_split(ctx, topic, ' ');
    const struct verb *v;
    struct error err;
    size_t used, n = 0;
    bool found = false;

    while (words[n])
        n++;
    if (verb_find(n, words, &v, &used, &err)) {
        if (used == n) {
            help_verb(stdout, v);
            return 0;
        }
        (void)fail(&err, REPLY_USAGE, "no command \"%.100s\"", topic);
        return complain(o, &err, NULL);
    }
    for (size_t i = 0; n == 1 && i < VERB_COUNT; i++) {
        v = verb_get((enum verb_id)i);
        if (!text_begins(v->words, text_format(ctx, "%s ", words[0])))
            continue;
        (void)fputs(found ? "\n\n" : "", stdout);
        help_verb(stdout, v);
        found = true;
    }
    return found ? 0 : complain(o, &err, NULL);
}

static int help(TALLOC_CTX *ctx, const struct options *o, const struct verb *v,
                const json_t *args)
{
    const char *topic = args_text(args, "topic");

    if (args_flag(args, "manual"))
        help_manual(stdout);
    else if (!topic)
        help_list(stdout);
    else if (text_same(topic, "rules"))
        return converse(ctx, o, v, args);
    else
        return help_on(o, ctx, topic);
    return 0;
}

/* ---- running */

/* Only a person at a terminal is asked. */
static bool agreed(const struct options *o, const struct verb *v)
{
    char answer[16];

    if (!(v->flags & VERB_FLAG_ASKS) || o->yes || !isatty(STDIN_FILENO) ||
        !isatty(STDERR_FILENO))
        return true;
    (void)fprintf(stderr, "%s: %s. Go on? [y/N] ", v->words, v->help);
    return fgets(answer, sizeof answer, stdin) &&
           (text_same(answer, "y\n") || text_same(answer, "yes\n"));
}

static int run_verb(TALLOC_CTX *ctx, const struct options *o,
                    const struct verb *v, json_t *args)
{
    struct error err;

    if (v->id == VERB_VERSION)
        return print_version(o);
    if (v->id == VERB_HELP)
        return help(ctx, o, v, args);
    if (!verb_read_files(v, args, &err) ||
        (v->id == VERB_IMPORT && !holidays_read(args, &err)))
        return complain(o, &err, NULL);
    if (!agreed(o, v)) {
        (void)fail(&err, REPLY_NO, "nothing done");
        return complain(o, &err, NULL);
    }
    return converse(ctx, o, v, args);
}

/* For the pipe of an MTA, which bounces a mail at any other status. */
static int deliver(TALLOC_CTX *ctx, const struct options *o,
                   const struct verb *v, size_t n, const char *const *words)
{
    json_t *args = NULL;
    struct error err;
    int status;

    deliver_watch();
    if (verb_parse(v, n, words, &args, &err) && deliver_read(args, &err))
        status = converse(ctx, o, v, args);
    else
        status = complain(o, &err, v);
    json_decref(args);
    return status == 0 ? 0 : DELIVER_LATER;
}

static int run(TALLOC_CTX *ctx, struct options *o, size_t n,
               const char *const *words)
{
    const struct verb *v;
    struct error err;
    json_t *args;
    size_t used;
    int status;

    if (!verb_find(n, words, &v, &used, &err))
        return complain(o, &err, NULL);
    if (o->help) {
        help_verb(stdout, v);
        return 0;
    }
    if (v->id == VERB_COMPLETE) {
        complete(stdout, n - used, words + used, completion_ask, o);
        return 0;
    }
    if (v->id == VERB_DELIVER)
        return deliver(ctx, o, v, n - used, words + used);
    if (!verb_parse(v, n - used, words + used, &args, &err))
        return complain(o, &err, v);
    status = run_verb(ctx, o, v, args);
    json_decref(args);
    return status;
}

int main(int argc, char **argv)
{
    const char *socket = getenv("CONVENED_SOCKET");
    struct options o = {.socket = socket && *socket ? socket : WIRE_SOCKET};
    TALLOC_CTX *ctx = talloc_new(NULL);
    const char **words;
    struct error err;
    int first, status;
    size_t n;

    (void)signal(SIGPIPE, SIG_IGN);
    json_object_seed(0);
    if (!read_options(argc, argv, &o, &first, &err))
        status = complain(&o, &err, NULL);
    else {
        words = words_of(ctx, argc, argv, first, &o, &n);
        if (o.version)
            status = print_version(&o);
        else if (o.help && n == 0) {
            help_list(stdout);
            status = 0;
        } else
            status = run(ctx, &o, n, words);
    }
    talloc_free(ctx);
    if (fflush(stdout) != 0 && errno != EPIPE && status == 0)
        status = output_lost(&o, errno);
    return status;
}
