#pragma once
/*
 * A small version with an edition in each state, for the tests of feeds.
 */
#include "brunei_world.h"
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/feed.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define RELEASED 1763604900 /* 2025-11-20T02:15:00Z */

/* A small sector; everything may be changed before it is rendered. */
struct world {
    struct sector sector;
    struct rules rules;
    struct body bodies[2];
    struct partner partners[2];
    struct member members[2];
    struct cluster clusters[2];
    struct plan plan;
    struct edition editions[3];
    struct item items[4];
    struct tasks tasks;
    struct task task_rows[3];
    struct feed_input in;
};

static inline void set_rules(struct world *w)
{
    w->bodies[0] = (struct body){.code = "ADGSOM",
                                 .title = "Digital Senior Officials' Meeting"};
    w->bodies[1] =
        (struct body){.code = "ATRC", .title = "Telecommunications Regulators"};
    w->partners[0] = (struct partner){
        .code = "JP", .name = "Japan", .zone = zone_of(w, "Asia/Tokyo")};
    w->partners[1] = (struct partner){.code = "US",
                                      .name = "United States",
                                      .zone = zone_of(w, "America/New_York")};
    w->members[0] = (struct member){.code = "BN",
                                    .name = "Brunei Darussalam",
                                    .zone = zone_of(w, "Asia/Brunei")};
    w->members[1] = (struct member){
        .code = "ID", .name = "Indonesia", .zone = zone_of(w, "Asia/Jakarta")};
    w->clusters[0] = (struct cluster){.code = "MINISTERIAL",
                                      .title = "ADGMIN and Related Meetings"};
    w->clusters[1] = (struct cluster){.code = "JWG", .title = "JWG Meetings"};
    w->sector = (struct sector){.seat = &w->members[1]};
    for (size_t i = 0; i < 2; i++)
        w->bodies[i].sector = w->clusters[i].sector = &w->sector;
    w->rules = (struct rules){.sectors = &w->sector,
                              .n_sectors = 1,
                              .bodies = w->bodies,
                              .n_bodies = 2,
                              .partners = w->partners,
                              .n_partners = 2,
                              .members = w->members,
                              .n_members = 2,
                              .clusters = w->clusters,
                              .n_clusters = 2};
}

static inline struct edition released(struct edition e, const char *uid)
{
    e.uid = uid;
    e.created = e.modified = (struct instant){RELEASED};
    return e;
}

static inline struct item identified(struct item i, const char *uid)
{
    i.uid = uid;
    i.created = i.modified = (struct instant){RELEASED};
    return i;
}

static inline void set_plan(struct world *w)
{
    static const char *som[] = {"ADGSOM"}, *both[] = {"ADGSOM", "ATRC"};
    struct date mon = date_of(2026, 1, 19), may = date_of(2026, 5, 4);

    w->editions[0] = released(edition_of("MINISTERIAL-2026", "MINISTERIAL",
                                         "ADGMIN and Related Meetings", mon, 5),
                              "aaaaaaaaaaaaaaaaaaaaaaaa@example.org");
    w->editions[1] =
        released(edition_of("JWG-2026", "JWG", "JWG Meetings", may, 3),
                 "bbbbbbbbbbbbbbbbbbbbbbbb@example.org");
    w->editions[1].host = "ID";
    w->editions[1].city = "Jakarta";
    w->editions[1].zone = "Asia/Jakarta";
    w->editions[1].status = EDITION_PROPOSED;
    w->items[0] =
        identified(item_of("MINISTERIAL-2026/JOINT", "MINISTERIAL-2026",
                           "Joint ADGSOM-ATRC Meeting", "", both, 2,
                           (struct local){mon, 540}, 210),
                   "cccccccccccccccccccccccc@example.org");
    w->items[1] =
        identified(item_of("MINISTERIAL-2026/SOM+1:JP", "MINISTERIAL-2026",
                           "7th ADGSOM with Japan", "JP", som, 1,
                           (struct local){{mon.day + 1}, 540}, 45),
                   "dddddddddddddddddddddddd@example.org");
    w->items[2] =
        identified(item_of("MINISTERIAL-2026/SOM+1:US", "MINISTERIAL-2026",
                           "7th ADGSOM with United States", "US", som, 1,
                           (struct local){{mon.day + 1}, 585}, 45),
                   "eeeeeeeeeeeeeeeeeeeeeeee@example.org");
    w->items[2].status = ITEM_CANCELLED;
    w->items[2].sequence = 1;
    w->items[3] = identified(item_of("JWG-2026/JWG", "JWG-2026", "JWG 2026", "",
                                     both, 2, (struct local){may, 540}, 180),
                             "ffffffffffffffffffffffff@example.org");
    w->items[3].status = ITEM_PROPOSED;
    w->plan = (struct plan){.editions = w->editions,
                            .n_editions = 2,
                            .items = w->items,
                            .n_items = 4};
}

static inline struct task task(const char *id, const char *owner,
                               enum owner_kind kind, struct date due)
{
    return (struct task){.id = id,
                         .edition = "MINISTERIAL-2026",
                         .step = "REGISTER",
                         .title = "Registration closes",
                         .owner = owner,
                         .owner_kind = kind,
                         .due = due,
                         .cluster = "MINISTERIAL"};
}

static inline struct world *world(TALLOC_CTX *ctx)
{
    struct world *w = object_new(ctx, struct world);
    struct date due = date_of(2026, 1, 9);

    set_rules(w);
    set_plan(w);
    w->task_rows[0] =
        task("MINISTERIAL-2026/REGISTER:BN", "BN", OWNER_MEMBERS, due);
    w->task_rows[1] =
        task("MINISTERIAL-2026/REGISTER:ID", "ID", OWNER_MEMBERS, due);
    w->task_rows[2] = task("MINISTERIAL-2026/PAPERS", "secretariat",
                           OWNER_SECRETARIAT, date_of(2025, 12, 22));
    w->task_rows[2].step = "PAPERS";
    w->task_rows[2].title = "Working papers out";
    w->tasks = (struct tasks){w->task_rows, 3};
    w->in = (struct feed_input){.rules = &w->rules,
                                .version = &w->plan,
                                .tasks = &w->tasks,
                                .now = {RELEASED},
                                .release_at = {RELEASED},
                                .base_url = "https://calendar.example.org",
                                .calendar_name = "Digital"};
    return w;
}

static inline struct feeds render(struct world *w)
{
    const char *bad;
    struct feeds feeds = feeds_render(w, press_make(w, &w->in), &bad);

    assert_string_equal(bad, "");
    return feeds;
}

static inline const struct feed *feed_named(const struct feeds *feeds,
                                            const char *name)
{
    for (size_t i = 0; i < feeds->n; i++) {
        if (strcmp(feeds->rows[i].name, name) == 0)
            return &feeds->rows[i];
    }
    fail_msg("no feed %s", name);
    return NULL;
}

static inline const char *body_of(struct world *w, const char *name)
{
    struct feeds feeds = render(w);

    return feed_named(&feeds, name)->body;
}

static inline size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

/* The event of a UID as unfolded text. */
static inline char *event_of(TALLOC_CTX *ctx, const char *body, const char *uid)
{
    char *text = memory_text(ctx, body), *to = text;
    char *at, *end;

    for (const char *s = body; *s; s++) {
        if (s[0] == '\r' && s[1] == '\n' && s[2] == ' ')
            s += 2;
        else
            *to++ = *s;
    }
    *to = '\0';
    at = strstr(text, uid);
    if (!at)
        return NULL;
    end = strstr(at, "END:VEVENT");
    *end = '\0';
    return at;
}

static const char *const JOINT = "cccccccccccccccccccccccc@example.org";
static const char *const SPAN = "aaaaaaaaaaaaaaaaaaaaaaaa@example.org";
static const char *const PROPOSED = "bbbbbbbbbbbbbbbbbbbbbbbb@example.org";
static const char *const CANCELLED = "eeeeeeeeeeeeeeeeeeeeeeee@example.org";

static inline void has_line(TALLOC_CTX *ctx, const char *body, const char *uid,
                            const char *line)
{
    char *event = event_of(ctx, body, uid);
    char *whole = text_format(ctx, "\r\n%s\r\n", line);

    if (!event || !strstr(event, whole))
        fail_msg("no \"%s\" in:\n%s", line, event ? event : body);
}
