#pragma once
/*
 * A small sector with a released year, for the tests of pages, pictures and
 * letters. Everything may be changed before it is rendered.
 */
#include "brunei_world.h"
#include "page_golden.h"

struct world {
    struct sector sector;
    const struct member *our_members[2];
    const struct partner *our_partners[2];
    struct rules rules;
    struct body bodies[2];
    struct former former;
    struct partner partners[2];
    struct member members[2];
    struct cluster clusters[3];
    struct plan plan;
    struct edition editions[4];
    struct item items[4];
    struct changes changes;
    struct change change_rows[2];
    struct feeds feeds;
    struct version_note note;
    struct page_input in;
    struct templates *templates;
};

static void set_rules(struct world *w)
{
    static const char *levels[] = {"minister", "dg"};

    w->former = (struct former){.code = "OLDSOM",
                                .title = "Telecommunications Meeting",
                                .until = {2019, 10, 0}};
    w->bodies[0] = (struct body){.code = "SOM",
                                 .title = "Senior Officials' Meeting",
                                 .level = 1,
                                 .seats = "Director-General",
                                 .mandate = "1 annual meeting",
                                 .formerly = &w->former,
                                 .n_formerly = 1};
    w->bodies[1] = (struct body){.code = "MIN+A",
                                 .title = "Ministers",
                                 .level = 0,
                                 .seats = "",
                                 .mandate = ""};
    w->partners[0] = (struct partner){
        .code = "JP", .name = "Japan", .zone = zone_of(w, "Asia/Tokyo")};
    w->partners[1] = (struct partner){.code = "US",
                                      .name = "United States",
                                      .zone = zone_of(w, "America/New_York")};
    w->members[0] = (struct member){.code = "BN",
                                    .name = "Brunei Darussalam",
                                    .since = DATE_NONE,
                                    .until = DATE_NONE,
                                    .zone = zone_of(w, "Asia/Brunei")};
    w->members[1] = (struct member){.code = "ID",
                                    .name = "Indonesia",
                                    .since = DATE_NONE,
                                    .until = DATE_NONE,
                                    .zone = zone_of(w, "Asia/Jakarta")};
    for (size_t i = 0; i < 2; i++) {
        w->our_members[i] = &w->members[i];
        w->our_partners[i] = &w->partners[i];
    }
    w->sector = (struct sector){.code = "DIGITAL",
                                .title = "Digital Sector",
                                .members = w->our_members,
                                .n_members = 2,
                                .partners = w->our_partners,
                                .n_partners = 2,
                                .cycle_from = {1, 1},
                                .levels = levels,
                                .n_levels = 2};
    w->bodies[0].sector = w->bodies[1].sector = &w->sector;
    w->rules = (struct rules){
        .sectors = &w->sector,
        .n_sectors = 1,
        .bodies = w->bodies,
        .n_bodies = 2,
        .partners = w->partners,
        .n_partners = 2,
        .members = w->members,
        .n_members = 2,
    };
}

static struct edition worried(struct edition e, enum edition_status status)
{
    static const char *worries[] = {"a secret worry"};

    e.status = status;
    e.cost = 41;
    e.warnings = worries;
    e.n_warnings = 1;
    return e;
}

static void set_plan(struct world *w)
{
    static const char *som[] = {"SOM"};
    struct date mon = date_of(2027, 1, 18), may = date_of(2027, 5, 24);

    w->editions[0] = worried(
        edition_of("WEEK-2027", "WEEK", "The Week", mon, 5), EDITION_CONFIRMED);
    w->editions[1] =
        worried(edition_of("WORK-2027-1", "WORK", "Working Group", may, 2),
                EDITION_PROPOSED);
    w->editions[1].n = 1;
    w->editions[2] = worried(edition_of("WORK-2027-2", "WORK", "Working Group",
                                        date_of(2027, 6, 1), 2),
                             EDITION_CANCELLED);
    w->editions[2].n = 2;
    w->editions[3] = worried(edition_of("LATE-2027", "LATE", "Lapsed Meeting",
                                        date_of(2027, 7, 1), 1),
                             EDITION_LAPSED);
    w->items[0] = item_of("WEEK-2027/SOM", "WEEK-2027", "7th SOM", "", som, 1,
                          (struct local){mon, 540}, 210);
    w->items[1] =
        item_of("WEEK-2027/SOM+1:US", "WEEK-2027", "7th SOM with United States",
                "US", som, 1, (struct local){{mon.day + 1}, 540}, 45);
    w->items[2] =
        item_of("WORK-2027-1/WG", "WORK-2027-1", "Meeting of the group", "",
                som, 1, (struct local){may, 540}, 120);
    w->items[2].status = ITEM_PROPOSED;
    w->plan = (struct plan){.editions = w->editions,
                            .n_editions = 4,
                            .items = w->items,
                            .n_items = 3};
    w->change_rows[0] = (struct change){CHANGE_MOVED, "WEEK-2027", "", "start",
                                        "2027-01-11", "2027-01-18"};
    w->change_rows[1] = (struct change){
        CHANGE_CANCELLED, "WORK-2027-2", "", "status", "proposed", "cancelled"};
    w->changes = (struct changes){.rows = w->change_rows, .n = 2};
}

/* Released on 24 November 2026, looked at on the same day. */
static struct world *world(TALLOC_CTX *ctx)
{
    struct world *w = object_new(ctx, struct world);
    struct instant now;
    struct error err;
    struct feed *rows = array_new(w, struct feed, 2);

    set_rules(w);
    set_plan(w);
    assert_true(instant_parse("2026-11-24T02:15:00Z", &now, &err));
    rows[0] = (struct feed){.name = "all",
                            .path = "/feeds/all.ics",
                            .title = "Digital",
                            .body = "",
                            .etag = "\"x\"",
                            .modified = now,
                            .events = 3};
    rows[1] = rows[0];
    rows[1].name = "body/SOM";
    rows[1].path = "/feeds/SOM.ics";
    rows[1].title = "Digital: SOM";
    w->feeds = (struct feeds){.rows = rows, .n = 2};
    w->note = (struct version_note){2, now, "The year 2027"};
    w->in = (struct page_input){.rules = &w->rules,
                                .version = &w->plan,
                                .release = &w->note,
                                .changes = &w->changes,
                                .feeds = &w->feeds,
                                .now = now,
                                .base_url = "https://calendar.example.org",
                                .name = "Digital Calendar",
                                .contact = "secretariat@example.org"};
    if (!templates_load(w, SOURCE_DIR "/templates", &w->templates, &err))
        fail_msg("%s: %s", err.at, err.text);
    return w;
}
