/*
 * A program knows where it lies itself, and so finds those that were built or
 * installed with it.
 */
#include "daemon/base/program.h"

#include <string.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"

char *program_path(TALLOC_CTX *ctx, const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash, *beside;

    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
        if (slash) {
            beside =
                text_format(ctx, "%.*s/%s", (int)(slash - self), self, name);
            if (access(beside, X_OK) == 0)
                return beside;
        }
    }
    return text_format(ctx, "%s/%s", CONVENED_LIBEXEC, name);
}
