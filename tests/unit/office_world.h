#pragma once
/*
 * A small organisation, made by hand, for the tests of office/: three members
 * (one rests Friday and Sunday, one joined late), two partners (one works some
 * Saturdays), three bodies, three clusters, and plans out of one line each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/office/office.h"

#include <cmocka.h> /* last: its fail() is a macro */

#define LENGTH(n, unit) ((struct length){(n), UNIT_##unit})

struct world {
    struct sector sector;
    struct rules rules;
    struct member members[3];   /* BN, ID, TL */
    struct partner partners[2]; /* CN, JP */
    const struct member *our_members[3];
    const struct partner *our_partners[2];
    struct body bodies[3];      /* TOP, MID, LOW */
    struct people people[1];    /* ministers: TOP */
    struct cluster clusters[3]; /* WEEK, CALL, FAIR */
    struct item_rule week[5], call[1], fair[1];
    struct number_rule numbers[8];
    struct workflow workflow;
    struct step steps[16];
    struct reminder reminders[8];
    struct require requires[8];
    struct holiday holidays[8];
    struct held held[4];
    const struct body *top[1], *mid[1], *low[1], *both[2];
    const struct partner *all_partners[2], *jp[1];
    struct plan plan;
    TALLOC_CTX *ctx;
};

static inline struct date day(const char *text)
{
    struct date d;
    struct error err;

    if (!*text)
        return DATE_NONE;
    assert_true(date_parse(text, &d, &err));
    return d;
}

static inline struct instant at(const char *text)
{
    struct instant t;
    struct error err;

    assert_true(instant_parse(text, &t, &err));
    return t;
}

static inline const struct zone *zone_of(TALLOC_CTX *ctx, const char *name)
{
    const struct zone *z;
    struct error err;

    assert_true(zone_load(ctx, name, &z, &err));
    return z;
}

static inline void world_people(struct world *w)
{
    const weekdays saturday_sunday = 1 << SAT | 1 << SUN;
    static const char *const zones[] = {"Asia/Brunei", "Asia/Jakarta",
                                        "Asia/Dili", "Asia/Shanghai",
                                        "Asia/Tokyo"};
    const struct zone *z[5];

    for (int i = 0; i < 5; i++)
        z[i] = zone_of(w->ctx, zones[i]);
    w->members[0] = (struct member){.code = "BN",
                                    .name = "Brunei Darussalam",
                                    .since = day("1984-01-07"),
                                    .until = DATE_NONE,
                                    .city = "Bandar",
                                    .zone = z[0],
                                    .weekend = 1 << FRI | 1 << SUN,
                                    .meets = 1 << FRI,
                                    .holidays = "BN"};
    w->members[1] = (struct member){.code = "ID",
                                    .name = "Indonesia",
                                    .since = day("1967-08-08"),
                                    .until = DATE_NONE,
                                    .city = "Jakarta",
                                    .zone = z[1],
                                    .weekend = saturday_sunday,
                                    .holidays = "ID"};
    w->members[2] = (struct member){.code = "TL",
                                    .name = "Timor-Leste",
                                    .since = day("2025-10-26"),
                                    .until = DATE_NONE,
                                    .city = "Dili",
                                    .zone = z[2],
                                    .weekend = saturday_sunday,
                                    .holidays = "TL"};
    w->partners[0] = (struct partner){
        "CN", "China", z[3], saturday_sunday, "CN", {"rules", 1, 1}};
    w->partners[1] = (struct partner){
        "JP", "Japan", z[4], saturday_sunday, "JP", {"rules", 2, 1}};
    w->holidays[0] = (struct holiday){.date = day("2027-02-20"),
                                      .cc = "CN",
                                      .name = "worked",
                                      .kind = HOLIDAY_WORKDAY};
    w->holidays[1] = (struct holiday){.date = day("2027-01-01"),
                                      .cc = "ID",
                                      .name = "New Year",
                                      .kind = HOLIDAY_PUBLIC};
    w->rules.n_holidays = 2;
    rules_index_holidays(w, &w->rules);
    w->rules.n_members = 3;
    w->rules.n_partners = 2;
}

static inline void world_sector(struct world *w)
{
    for (size_t i = 0; i < 3; i++)
        w->our_members[i] = &w->members[i];
    for (size_t i = 0; i < 2; i++)
        w->our_partners[i] = &w->partners[i];
    w->sector = (struct sector){.code = "S",
                                .title = "Sector",
                                .file = "rules",
                                .members = w->our_members,
                                .n_members = 3,
                                .partners = w->our_partners,
                                .n_partners = 2,
                                .cycle_from = {1, 1},
                                .seat = &w->members[1],
                                .seat_city = "Jakarta"};
}

static inline struct item_rule rule_of(enum item_kind kind, const char *code,
                                       const char *title,
                                       const struct body **bodies,
                                       size_t n_bodies)
{
    return (struct item_rule){.kind = kind,
                              .code = code,
                              .title = title,
                              .bodies = bodies,
                              .n_bodies = n_bodies};
}

static inline void world_clusters(struct world *w)
{
    struct cluster *c = w->clusters;

    w->week[0] = rule_of(ITEM_MEETING, "SOM", "{nth} SOM", w->mid, 1);
    w->week[1] =
        rule_of(ITEM_CONSULT, "SOM+1", "{nth} SOM with {partner}", w->mid, 1);
    w->week[2] =
        rule_of(ITEM_CEREMONY, "OPENING", "Opening in {host}", NULL, 0);
    w->week[3] = rule_of(ITEM_MEETING, "MIN", "{nth} Ministers", w->top, 1);
    w->week[4] = rule_of(ITEM_CONSULT, "MIN+1",
                         "{nth} Ministers with {partner}", w->top, 1);
    w->week[2].people = &w->people[0];
    w->week[1].partners = w->week[4].partners = w->all_partners;
    w->week[1].n_partners = w->week[4].n_partners = 2;
    w->call[0] =
        rule_of(ITEM_MEETING, "LOW", "LOW Meeting {edition}", w->both, 2);
    w->fair[0] = rule_of(ITEM_EVENT, "FAIR", "Fair {cycle}", NULL, 0);
    w->fair[0].open = true;
    w->fair[0].partners = w->jp;
    w->fair[0].n_partners = 1;
    c[0] = (struct cluster){.code = "WEEK",
                            .title = "The week",
                            .times = TIMES_FIXED,
                            .least = 1,
                            .most = 1,
                            .items = w->week,
                            .n_items = 5,
                            .numbers = w->numbers,
                            .workflow = &w->workflow};
    c[1] = (struct cluster){.code = "CALL",
                            .title = "As called",
                            .times = TIMES_AND_MORE,
                            .least = 1,
                            .most = 3,
                            .items = w->call,
                            .n_items = 1};
    c[2] = (struct cluster){.code = "FAIR",
                            .title = "The fair",
                            .times = TIMES_FIXED,
                            .least = 1,
                            .most = 1,
                            .items = w->fair,
                            .n_items = 1};
    for (size_t i = 0; i < 3; i++)
        c[i].sector = &w->sector;
    w->rules.n_clusters = 3;
}

static inline struct world *world_new(void)
{
    struct world *w = object_new(NULL, struct world);
    struct rules *r = &w->rules;

    w->ctx = w;
    *r = (struct rules){.members = w->members,
                        .partners = w->partners,
                        .bodies = w->bodies,
                        .people = w->people,
                        .clusters = w->clusters,
                        .reminders = w->reminders,
                        .holidays = w->holidays,
                        .held = w->held,
                        .sectors = &w->sector,
                        .n_sectors = 1};
    world_people(w);
    world_sector(w);
    w->top[0] = &w->bodies[0];
    w->mid[0] = w->both[0] = &w->bodies[1];
    w->low[0] = w->both[1] = &w->bodies[2];
    w->all_partners[0] = &w->partners[0];
    w->all_partners[1] = w->jp[0] = &w->partners[1];
    for (size_t i = 0; i < 3; i++)
        w->bodies[i] =
            (struct body){.sector = &w->sector,
                          .code = (const char *const[]){"TOP", "MID", "LOW"}[i],
                          .title = "A body",
                          .mandate = "",
                          .requires = NULL};
    w->people[0] = (struct people){.sector = &w->sector,
                                   .group = &w->people[0],
                                   .name = "ministers",
                                   .bodies = w->top,
                                   .n_bodies = 1};
    r->n_bodies = 3;
    r->n_people = 1;
    world_clusters(w);
    w->workflow = (struct workflow){.name = "FLOW", .steps = w->steps};
    return w;
}

/* One more step of the workflow that WEEK has. */
static inline struct step *add_step(struct world *w, const char *code,
                                    enum due_kind due, struct length offset,
                                    enum owner_kind owner)
{
    struct step *s = &w->steps[w->workflow.n_steps++];

    *s = (struct step){.code = code,
                       .title = code,
                       .due = due,
                       .offset = offset,
                       .owner = owner,
                       .where = {"rules", 7, 3}};
    return s;
}

/* One more edition; host BN in Bandar unless the test changes it. */
static inline struct edition *add_edition(struct world *w, const char *id,
                                          const char *cluster, int cycle, int n,
                                          const char *start, const char *end,
                                          enum edition_status status)
{
    struct plan *p = &w->plan;
    struct edition *e;

    p->editions = array_grow(w, p->editions, struct edition, p->n_editions + 1);
    e = &p->editions[p->n_editions++];
    *e = edition_blank();
    e->id = id;
    e->cluster = e->title = cluster;
    e->cycle = cycle;
    e->n = n;
    e->start = day(start);
    e->end = day(end);
    e->host = "BN";
    e->city = "Bandar";
    e->zone = "Asia/Brunei";
    e->status = status;
    return e;
}

/* One more item of the last edition, 09:00 to 10:00 that day; bodies is a list
 * like "TOP;MID"; id EDITION/CODE or EDITION/CODE:PARTNER. */
static inline struct item *add_item(struct world *w, enum item_kind kind,
                                    const char *code, const char *partner,
                                    const char *bodies, const char *date)
{
    struct plan *p = &w->plan;
    const struct edition *e = &p->editions[p->n_editions - 1];
    struct local start = {day(date), 9 * 60}, end = {day(date), 10 * 60};
    const struct zone *z = zone_of(w, e->zone);
    char **list = text_split(w, bodies, ';');
    struct item *i;

    p->items = array_grow(w, p->items, struct item, p->n_items + 1);
    i = &p->items[p->n_items++];
    *i = (struct item){.id = text_format(w, "%s/%s%s%s", e->id, code,
                                         *partner ? ":" : "", partner),
                       .edition = e->id,
                       .code = code,
                       .part = 1,
                       .parts = 1,
                       .kind = kind,
                       .title = "",
                       .partner = partner,
                       .people = "",
                       .start = start,
                       .end = end,
                       .zone = e->zone,
                       .city = e->city,
                       .uid = "",
                       .start_utc = zone_instant(z, start),
                       .end_utc = zone_instant(z, end),
                       .status = ITEM_PROPOSED,
                       .created = INSTANT_NONE,
                       .modified = INSTANT_NONE};
    i->bodies = array_new(w, const char *, 4);
    while (list[i->n_bodies]) {
        i->bodies[i->n_bodies] = list[i->n_bodies];
        i->n_bodies++;
    }
    return i;
}

/* A whole week: SOM Monday, its consultations Tuesday, ministers Wednesday. */
static inline struct edition *add_week(struct world *w, const char *id,
                                       int cycle, const char *monday,
                                       enum edition_status status)
{
    struct date first = day(monday);
    char d[3][DATE_TEXT];
    struct edition *e;

    for (int i = 0; i < 3; i++)
        (void)date_print(date_add_days(first, i), d[i]);
    e = add_edition(w, id, "WEEK", cycle, 0, d[0], d[2], status);
    add_item(w, ITEM_MEETING, "SOM", "", "MID", d[0]);
    add_item(w, ITEM_CONSULT, "SOM+1", "CN", "MID", d[1]);
    add_item(w, ITEM_CONSULT, "SOM+1", "JP", "MID", d[1]);
    add_item(w, ITEM_CEREMONY, "OPENING", "", "", d[2])->people = "ministers";
    add_item(w, ITEM_MEETING, "MIN", "", "TOP", d[2]);
    add_item(w, ITEM_CONSULT, "MIN+1", "CN", "TOP", d[2]);
    add_item(w, ITEM_CONSULT, "MIN+1", "JP", "TOP", d[2]);
    return e;
}

static inline struct contact *add_contact(struct world *w, struct contacts *all,
                                          const char *email, const char *of,
                                          const char *bodies, enum role role)
{
    char **list = text_split(w, bodies, ';');
    struct contact *c;

    all->rows = array_grow(w, all->rows, struct contact, all->n + 1);
    c = &all->rows[all->n++];
    *c = (struct contact){.email = email,
                          .name = email,
                          .of = of,
                          .role = role,
                          .channel = CHANNEL_INVITE,
                          .zone = "",
                          .bodies = array_new(w, const char *, 16),
                          .added = INSTANT_NONE};
    while (list[c->n_bodies]) {
        c->bodies[c->n_bodies] = list[c->n_bodies];
        c->n_bodies++;
    }
    return c;
}
