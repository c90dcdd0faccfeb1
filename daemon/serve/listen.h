#pragma once
/*
 * Listening sockets of the HTTP server. Each gives the descriptor, which is the
 * caller's, or -1 and an error.
 */
#include "daemon/base/error.h"

/* A path; another user may connect. What a dead process left there goes. */
int listen_unix(const char *path, struct error *err);
/* "127.0.0.1:8080", "[::1]:8080"; "*:8080" for all addresses of both families.
 */
int listen_tcp(const char *text, struct error *err);
