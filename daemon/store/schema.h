#pragma once
/*
 * The tables, as steps: text n brings a database of user_version n to n + 1. A
 * step that has been released is never edited; what changes is a new step.
 */
extern const char *const schema_steps[];
extern const int schema_version; /* how many steps there are */

/* SQLite's application_id of our files: "conv". */
#define SCHEMA_APPLICATION 0x636f6e76
