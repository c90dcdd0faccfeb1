#pragma once
/*
 * Where the other programs of this house are.
 */
#include <talloc.h>

/* The path of a program beside this one (a build folder), else in libexec; on
 * ctx. Whether it is there is found out by running it. */
char *program_path(TALLOC_CTX *ctx, const char *name);
