#pragma once
/*
 * A small sector with a released year, for the tests of pages, pictures and
 * letters. Everything may be changed before it is rendered.
 */
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

static const struct zone *zone_of(TALLOC_CTX *ctx, const char *name)
{
    const struct zone *z;
    struct error err;

    assert_true(zone_load(ctx, name, &z, &err));
    return z;
}

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

static struct edition edition_of(const char *id, const char *cluster,
                                 const char *title, struct date start, int days,
                                 enum edition_status status)
{
    static const char *worries[] = {"a secret worry"};

    return (struct edition){.id = id,
                            .cluster = cluster,
                            .cycle = 2027,
                            .title = title,
                            .start = start,
                            .end = date_add_days(start, days - 1),
                            .host = "BN",
                            .city = "Bandar Seri Begawan",
                            .zone = "Asia/Brunei",
                            .status = status,
                            .cost = 41,
                            .warnings = worries,
                            .n_warnings = 1,
                            .reason = "",
                            .by = DATE_NONE,
                            .forced = "",
                            .uid = "",
                            .created = INSTANT_NONE,
                            .modified = INSTANT_NONE};
}

static struct item item_of(const char *id, const char *edition,
                           const char *title, const char *partner,
                           struct local start, int minutes)
{
    static const char *bodies[] = {"SOM"};
    int64_t utc = local_seconds(start) - 8 * 3600; /* Brunei */

    return (struct item){
        .id = id,
        .edition = edition,
        .code = "SOM",
        .part = 1,
        .parts = 1,
        .kind = partner[0] ? ITEM_CONSULT : ITEM_MEETING,
        .title = title,
        .partner = partner,
        .bodies = bodies,
        .n_bodies = 1,
        .people = "",
        .start = start,
        .end = local_of_seconds(local_seconds(start) + minutes * 60),
        .zone = "Asia/Brunei",
        .start_utc = {utc},
        .end_utc = {utc + minutes * 60},
        .city = "Bandar Seri Begawan",
        .status = ITEM_CONFIRMED,
        .uid = "aaaa@example.org",
        .created = INSTANT_NONE,
        .modified = INSTANT_NONE};
}

static void set_plan(struct world *w)
{
    struct date mon = date_of(2027, 1, 18), may = date_of(2027, 5, 24);

    w->editions[0] =
        edition_of("WEEK-2027", "WEEK", "The Week", mon, 5, EDITION_CONFIRMED);
    w->editions[1] = edition_of("WORK-2027-1", "WORK", "Working Group", may, 2,
                                EDITION_PROPOSED);
    w->editions[1].n = 1;
    w->editions[2] = edition_of("WORK-2027-2", "WORK", "Working Group",
                                date_of(2027, 6, 1), 2, EDITION_CANCELLED);
    w->editions[2].n = 2;
    w->editions[3] = edition_of("LATE-2027", "LATE", "Lapsed Meeting",
                                date_of(2027, 7, 1), 1, EDITION_LAPSED);
    w->items[0] = item_of("WEEK-2027/SOM", "WEEK-2027", "7th SOM", "",
                          (struct local){mon, 540}, 210);
    w->items[1] =
        item_of("WEEK-2027/SOM+1:US", "WEEK-2027", "7th SOM with United States",
                "US", (struct local){{mon.day + 1}, 540}, 45);
    w->items[2] =
        item_of("WORK-2027-1/WG", "WORK-2027-1", "Meeting of the group", "",
                (struct local){may, 540}, 120);
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
