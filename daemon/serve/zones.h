#pragma once
/*
 * The zone database is updated while a version is out: what it moved.
 */
#include "daemon/serve/serve.h"

/* How many items ahead of the released version begin at another instant now
 * than was released, the clock on the wall being the same. */
size_t zones_moved(const struct serve *s);

/* Tells the desk, once per release and version of the database. A store that
 * takes nothing now is reported, and asked again at the next start or reload.
 */
void zones_tell(struct serve *s);

/* Remembers which database a release is made with, in its transaction. */
bool zones_remember(struct serve *s, struct error *err) MUST_USE;
