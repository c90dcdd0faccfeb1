/*
 * One run of convene-reader: octets in, lines out. It begins with an empty
 * environment and ends by itself in time, whatever it is given.
 */
#include "ctl/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/program.h"
#include "daemon/base/text.h"

char *foreign_octets(TALLOC_CTX *ctx, int fd, size_t most, size_t *ret_size)
{
    char *octets = memory_array(ctx, 1, most + 1, "char");
    size_t size = 0;

    while (size < most) {
        ssize_t n = read(fd, octets + size, most - size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        size += (size_t)n;
    }
    octets[size] = '\0';
    *ret_size = size;
    return octets;
}

static _Noreturn void become_reader(const char *program, char *const *argv,
                                    int in, int out)
{
    char *environment[] = {NULL};

    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    (void)execve(program, argv, environment);
    _exit(127);
}

struct child {
    pid_t pid;
    int to, from;
};

static bool start_reader(const char *program, char *const *argv,
                         struct child *ret, struct error *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};

    if (pipe2(in, O_CLOEXEC) != 0)
        return fail(err, REPLY_LATER, "no pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0 || (ret->pid = fork()) < 0) {
        (void)close(in[0]);
        (void)close(in[1]);
        return fail(err, REPLY_LATER, "no process: %s", strerror(errno));
    }
    if (ret->pid == 0)
        become_reader(program, argv, in[0], out[1]);
    (void)close(in[0]);
    (void)close(out[1]);
    ret->to = in[1];
    ret->from = out[0];
    return true;
}

/* A reader that ended early is told by what it printed. */
static void write_all(int fd, const char *octets, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, octets, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        octets += n;
        size -= (size_t)n;
    }
}

/* The program's name before the words. */
static char **argv_of(TALLOC_CTX *ctx, const char *const *words)
{
    size_t n = 0;
    char **argv;

    while (words[n])
        n++;
    argv = array_new(ctx, char *, n + 2);
    argv[0] = memory_text(ctx, "convene-reader");
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = memory_text(ctx, words[i]);
    return argv;
}

bool foreign_read(TALLOC_CTX *ctx, const char *const *words, const char *octets,
                  size_t size, size_t most, char **ret, const char **ret_why,
                  struct error *err)
{
    const char *program = program_path(ctx, "convene-reader");
    struct child child = {0};
    int status = 0;
    size_t n;
    char *lines;

    if (!start_reader(program, argv_of(ctx, words), &child, err))
        return false;
    write_all(child.to, octets, size);
    (void)close(child.to);
    lines = foreign_octets(ctx, child.from, most, &n);
    (void)close(child.from);
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return fail(err, REPLY_LATER, "%s cannot be run", program);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        return fail(err, REPLY_LATER,
                    "%s did not end in time, this machine is too busy",
                    program);
    *ret = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? lines : NULL;
    *ret_why = WIFSIGNALED(status)
                   ? text_format(ctx, "reading it ended by signal %d",
                                 WTERMSIG(status))
                   : "reading it failed";
    return true;
}
