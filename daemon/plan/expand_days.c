/*
 * Every rule that looks at one edition alone. It either forbids first days or
 * charges for them; its answers are recorded as runs of days.
 *
 * 1. What depends on the length of a span is recorded per host.
 * 2. A fixed edition keeps its date whatever the rules say: nothing forbids
 *    it, but what it costs is still counted.
 */
#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/plan/calendar.h"
#include "daemon/plan/expand.h"

enum {
    FORBIDDEN = -1,
    FOUR_WEEKS = 4 * 7 /* days */
};

/* ---- one edition, one host */

/* An edition with a host and its spans, one per day of the universe. */
struct day_view {
    struct expansion *x;
    const struct holding *h;
    int16_t host;
    const struct member *member;
    struct span *spans;
    int32_t n;
};

static struct day_view view_make(TALLOC_CTX *ctx, struct expansion *x,
                                 const struct holding *h, int16_t host)
{
    struct day_view v = {.x = x,
                         .h = h,
                         .host = host,
                         .member = host < 0 ? NULL : x->p->hosts[host],
                         .n = h->to.day - h->from.day + 1};

    v.spans = array_new(ctx, struct span, (size_t)v.n);
    expand_spans(x->rules, v.member, h->cluster->days, h->from, v.n, v.spans);
    return v;
}

static bool day_is_met(const struct day_view *v, const struct span *s,
                       int32_t day)
{
    return day >= s->start && day <= s->end &&
           (day == s->start ||
            expand_meets(v->x->rules, v->member, (struct date){day}));
}

/* No span of the edition is longer. */
static int32_t span_most(const struct day_view *v)
{
    return v->h->cluster->days + SPAN_SLACK;
}

/* A sum of weights as a cost; weights come from people. */
static int32_t cost_of(int64_t units, int64_t weight)
{
    int64_t cost = units * weight;

    return cost > COST_MOST ? (int32_t)COST_MOST : (int32_t)cost;
}

/* What a rule says about one first day: FORBIDDEN, 0, or a cost. */
typedef int32_t judge(const struct day_view *v, const struct span *s,
                      const void *about);

/* A rule about one edition, ready to be asked day by day. */
struct unary {
    int32_t rule;
    judge *judge;
    const void *about;
    const char *text;
    bool any_host; /* the answer is the same for every host */
};

static void record(struct expansion *x, const struct day_view *v,
                   const struct unary *u, struct span run, int32_t answer)
{
    struct problem *p = x->p;
    int16_t host = u->any_host ? (int16_t)-1 : v->host;

    if (answer == FORBIDDEN) {
        p->forbids = array_grow(p, p->forbids, struct forbid, p->n_forbids + 1);
        p->forbid_texts =
            array_grow(p, p->forbid_texts, const char *, p->n_forbids + 1);
        p->forbid_texts[p->n_forbids] = u->text;
        p->forbids[p->n_forbids++] = (struct forbid){.edition = v->h->index,
                                                     .rule = u->rule,
                                                     .from = run.start,
                                                     .to = run.end,
                                                     .host = host};
        return;
    }
    p->charges = array_grow(p, p->charges, struct charge, p->n_charges + 1);
    p->charges[p->n_charges++] = (struct charge){.edition = v->h->index,
                                                 .rule = u->rule,
                                                 .from = run.start,
                                                 .to = run.end,
                                                 .host = host,
                                                 .join = -1,
                                                 .cost = answer,
                                                 .text = u->text};
}

/* Asks for the first days from..to and records runs of equal answers. */
static void ask(const struct day_view *v, const struct unary *u, int32_t from,
                int32_t to)
{
    int32_t first = v->h->from.day, last = first + v->n - 1, answer = 0;
    struct span run = {.start = from};

    from = from < first ? first : from;
    to = to > last ? last : to;
    for (int32_t d = from; d <= to + 1; d++) {
        int32_t next = d > to ? 0 : u->judge(v, &v->spans[d - first], u->about);
        if (next == answer)
            continue;
        run.end = d - 1;
        if (answer != 0 && !(v->h->fixed && answer == FORBIDDEN))
            record(v->x, v, u, run, answer);
        run.start = d;
        answer = next;
    }
}

/* All first days; where the date is given, that one. */
static void ask_all(const struct day_view *v, const struct unary *u)
{
    if (v->h->fixed)
        ask(v, u, v->h->start.day, v->h->start.day);
    else
        ask(v, u, INT32_MIN / 2, INT32_MAX / 2);
}

/* ---- the rules, one judge each */

static int32_t judge_week(const struct day_view *v, const struct span *s,
                          const void *about)
{
    struct date start = {s->start};

    (void)about;
    if (!s->meets &&
        !(v->member &&
          calendar_holiday(v->x->rules, v->member->holidays, start)))
        return FORBIDDEN;
    return s->rests > RESTS_INSIDE && !s->holiday ? FORBIDDEN : 0;
}

static int32_t judge_holiday(const struct day_view *v, const struct span *s,
                             const void *about)
{
    const struct holiday *h = about;

    if (h->date.day == s->start)
        return FORBIDDEN;
    (void)v;
    return s->rests > RESTS_INSIDE && s->holiday == h ? FORBIDDEN : 0;
}

static int32_t judge_rests(const struct day_view *v, const struct span *s,
                           const void *about)
{
    (void)v, (void)about;
    return s->rests > 0 && s->rests <= RESTS_INSIDE ? COST_REST_INSIDE : 0;
}

static int32_t judge_window(const struct day_view *v, const struct span *s,
                            const void *about)
{
    const struct span *window = about;

    (void)v;
    return s->start < window->start || s->start > window->end ? FORBIDDEN : 0;
}

static int32_t judge_starts(const struct day_view *v, const struct span *s,
                            const void *about)
{
    enum weekday day = date_weekday((struct date){s->start});

    (void)about;
    return v->h->cluster->starts >> day & 1 ? 0 : FORBIDDEN;
}

static int32_t judge_earliest(const struct day_view *v, const struct span *s,
                              const void *about)
{
    (void)about;
    return s->start < expand_day(v->x, v->h->cluster)->earliest.day ? FORBIDDEN
                                                                    : 0;
}

static int32_t judge_member(const struct day_view *v, const struct span *s,
                            const void *about)
{
    (void)about;
    return member_is_in(v->member, (struct date){s->start}) &&
                   member_is_in(v->member, (struct date){s->end})
               ? 0
               : FORBIDDEN;
}

static int32_t judge_deadline(const struct day_view *v, const struct span *s,
                              const void *about)
{
    const struct deadline *d = about;

    (void)v;
    return s->end >= d->day.day ? FORBIDDEN : 0;
}

static int32_t judge_avoid(const struct day_view *v, const struct span *s,
                           const void *about)
{
    const struct avoid *a = about;
    int32_t days = expand_avoided(a, s->start, s->end);

    (void)v;
    if (a->weight < 0)
        return days > 0 ? FORBIDDEN : 0;
    return cost_of(days, a->weight);
}

static int32_t judge_prefer(const struct day_view *v, const struct span *s,
                            const void *about)
{
    const struct date *near = about;
    int32_t off = s->start - near->day;

    return cost_of((off < 0 ? -off : off) / 7, v->h->cluster->prefer_weight);
}

static int32_t judge_middle(const struct day_view *v, const struct span *s,
                            const void *about)
{
    const struct date *middle = about;
    int32_t off = s->start - middle->day;

    (void)v;
    return (off < 0 ? -off : off) / FOUR_WEEKS * COST_MIDDLE;
}

static int32_t judge_late(const struct day_view *v, const struct span *s,
                          const void *about)
{
    (void)about;
    if (date_weekday((struct date){s->start}) < THU)
        return 0;
    return v->h->cluster->days == 2 ? COST_LATE_TWO_DAYS : COST_LATE_LONGER;
}

static int32_t judge_partner(const struct day_view *v, const struct span *s,
                             const void *about)
{
    const struct holiday *h = about;

    return day_is_met(v, s, h->date.day) ? COST_PARTNER_HOLIDAY : 0;
}

/* The price of moving from a day; about is the old one. */
struct old_date {
    int32_t start;
    int16_t host;
    int32_t price, per_week;
};

static int32_t judge_move(const struct day_view *v, const struct span *s,
                          const void *about)
{
    const struct old_date *old = about;
    int32_t off =
        s->start > old->start ? s->start - old->start : old->start - s->start;
    int32_t weeks = off / 7;

    if (off == 0 && v->host == old->host)
        return 0;
    if (weeks > PRICE_WEEKS_MOST)
        weeks = PRICE_WEEKS_MOST;
    return old->price + old->per_week * weeks;
}

/* ---- from the rules to the judges */

static void ask_week(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct where nowhere = {0};
    struct unary u = {.judge = judge_week};

    u.rule = v->member ? expand_rule(x,
                                     text_format(x->p, "working days of %s",
                                                 v->member->code),
                                     v->member->where, true, FIRM_WEEK)
                       : expand_rule(x, "meetings on Monday to Friday", nowhere,
                                     true, FIRM_WEEK);
    ask_all(v, &u);
}

static const char *holiday_text(struct expansion *x, const struct holiday *h,
                                const char *code)
{
    struct civil c = date_civil(h->date);

    return text_format(x->p, "%s (%s) on %d %s", h->name, code, c.day,
                       month_short(c.month));
}

/* Public holidays of a country that can touch this universe, one by one. */
static void ask_holidays(const struct day_view *v, const char *cc,
                         const char *code, struct unary *u)
{
    int32_t to = v->h->to.day + span_most(v);

    for (int32_t d = v->h->from.day; d <= to; d++) {
        const struct holiday *h =
            calendar_holiday(v->x->rules, cc, (struct date){d});
        if (!h)
            continue;
        u->about = h;
        u->text = holiday_text(v->x, h, code);
        if (v->h->fixed)
            ask_all(v, u);
        else
            ask(v, u, d - span_most(v), d);
    }
}

static void ask_host_holidays(const struct day_view *v)
{
    struct expansion *x = v->x;
    struct unary u = {.judge = judge_holiday};

    if (!v->member)
        return;
    u.rule = expand_rule(
        x, text_format(x->p, "public holidays of %s", v->member->code),
        v->member->where, true, FIRM_HOLIDAYS);
    ask_holidays(v, v->member->holidays, v->member->code, &u);
}

static bool cluster_meets_partner(const struct cluster *c,
                                  const struct partner *partner)
{
    for (size_t i = 0; i < c->n_items; i++)
        for (size_t k = 0; k < c->items[i].n_partners; k++)
            if (c->items[i].partners[k] == partner)
                return true;
    return false;
}

static void ask_partners(const struct day_view *v)
{
    struct expansion *x = v->x;

    for (size_t i = 0; i < x->rules->n_partners; i++) {
        const struct partner *partner = &x->rules->partners[i];
        struct unary u = {.judge = judge_partner};
        if (!cluster_meets_partner(v->h->cluster, partner))
            continue;
        u.rule = expand_rule(
            x, text_format(x->p, "partner holidays %s", partner->code),
            partner->where, false, 0);
        ask_holidays(v, partner->holidays, partner->code, &u);
    }
}

static void ask_length(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct cluster *c = v->h->cluster;
    struct unary u = {.judge = judge_rests};

    u.rule = expand_rule(x, text_format(x->p, "%s on days in a row", c->code),
                         c->lasts_where, false, 0);
    u.text = "rest days inside";
    ask_all(v, &u);
}

static void ask_member(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct member *m = v->member;
    struct unary u = {.judge = judge_member};
    char since[DATE_TEXT], until[DATE_TEXT];

    if (!m || (member_is_in(m, v->h->from) &&
               member_is_in(m, date_add_days(v->h->to, span_most(v)))))
        return;
    u.rule = expand_rule(x,
                         text_format(x->p, "member %s since %s%s%s", m->code,
                                     date_print(m->since, since),
                                     date_is_none(m->until) ? "" : " until ",
                                     date_print(m->until, until)),
                         m->where, true, FIRM_MEMBER);
    ask_all(v, &u);
}

static void ask_window(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct cluster *c = v->h->cluster;
    struct unary u = {.judge = judge_window, .any_host = true};
    struct date from, to, middle;
    struct span window;

    if (!c->has_window)
        return;
    expand_window(c, v->h->cycle, &from, &to);
    window = (struct span){.start = from.day, .end = to.day};
    u.about = &window;
    u.rule = expand_rule(x,
                         text_format(x->p, "%s window %s .. %s", c->code,
                                     yearly_print(x->p, c->window_from),
                                     yearly_print(x->p, c->window_to)),
                         c->window_where, true, FIRM_WINDOW);
    ask_all(v, &u);
    if (c->prefer.month || v->h->called)
        return;
    middle = date_add_days(from, (to.day - from.day) / 2);
    u.judge = judge_middle;
    u.about = &middle;
    u.text = "away from the middle of its window";
    u.rule =
        expand_rule(x, text_format(x->p, "%s middle of its window", c->code),
                    c->window_where, false, 0);
    ask_all(v, &u);
}

/* The preferred day of the year nearest to the window (or the cycle). */
static struct date preferred_day(const struct holding *h)
{
    struct date from, to, best = {0};
    int32_t least = INT32_MAX;

    expand_window(h->cluster, h->cycle, &from, &to);
    for (int y = date_civil(from).year - 1; y <= date_civil(to).year + 1; y++) {
        struct date d = yearly_in(h->cluster->prefer, y);
        int32_t off = d.day < from.day ? from.day - d.day
                      : d.day > to.day ? d.day - to.day
                                       : 0;
        if (off < least) {
            least = off;
            best = d;
        }
    }
    return best;
}

/* What is called for a purpose has its day from that, not from the season. */
static void ask_prefer(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct cluster *c = v->h->cluster;
    struct unary u = {.judge = judge_prefer, .any_host = true};
    struct date near;

    if (!c->prefer.month || v->h->called)
        return;
    near = preferred_day(v->h);
    u.about = &near;
    u.text = text_format(x->p, "away from %s", yearly_print(x->p, c->prefer));
    u.rule = expand_rule(x,
                         text_format(x->p, "%s start near %s", c->code,
                                     yearly_print(x->p, c->prefer)),
                         c->prefer_where, false, 0);
    ask_all(v, &u);
}

static void ask_start_day(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct cluster *c = v->h->cluster;
    const struct where nowhere = {0};
    struct unary u = {.judge = judge_starts, .any_host = true};

    if (c->starts) {
        u.rule = expand_rule(x,
                             text_format(x->p, "%s starting %s", c->code,
                                         weekdays_print(x->p, c->starts)),
                             c->lasts_where, true, FIRM_LENGTH);
        ask_all(v, &u);
    } else if (c->days >= 2) {
        u.judge = judge_late;
        u.text = "late in the week";
        u.rule = expand_rule(x, "start early in the week", nowhere, false, 0);
        ask_all(v, &u);
    }
}

static bool notice_counts(const struct expansion *x, const struct holding *h)
{
    return !x->probe || !text_same(x->probe->id, h->name) || x->probe_new;
}

static void ask_notice(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct sector *s = v->h->cluster->sector;
    struct date earliest = expand_day(x, v->h->cluster)->earliest;
    struct unary u = {.judge = judge_earliest, .any_host = true};

    if (v->h->from.day >= earliest.day || !notice_counts(x, v->h))
        return;
    u.text =
        text_format(x->p, "nothing new before %s", day_print(x->p, earliest));
    u.rule = expand_rule(
        x, text_format(x->p, "notice %s", length_print(x->p, s->notice)),
        s->where, true, FIRM_NOTICE);
    ask_all(v, &u);
}

static void ask_avoids(const struct day_view *v)
{
    struct expansion *x = v->x;

    for (size_t i = 0; i < x->rules->n_avoids; i++) {
        const struct avoid *a = &x->rules->avoids[i];
        struct unary u = {.judge = judge_avoid, .about = a};
        int32_t from = INT32_MIN / 2, to = INT32_MAX / 2;
        if (!expand_avoids(a, v->h->cluster))
            continue;
        if (!a->every) {
            from = a->from.day - span_most(v);
            to = a->to.day;
        }
        if (from > v->h->to.day || to < v->h->from.day)
            continue;
        u.rule = expand_rule(x, expand_avoid_text(x->p, a), a->where,
                             a->weight < 0, FIRM_AVOID);
        if (v->h->fixed)
            ask_all(v, &u);
        else
            ask(v, &u, from, to);
    }
}

static void ask_deadline(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct deadline *d = v->h->deadline;
    struct unary u = {.judge = judge_deadline, .about = d};

    if (!d || d->before)
        return;
    u.rule = expand_rule(x, d->text, d->where, true, d->firmness);
    ask_all(v, &u);
}

/* Telling people costs more the nearer the date is to which they had agreed. */
static int32_t price_of_telling(const struct day_view *v,
                                const struct edition *e)
{
    int32_t ahead = e->start.day - expand_day(v->x, v->h->cluster)->today.day;
    int32_t nearer = ahead < PRICE_AHEAD ? PRICE_AHEAD - ahead : 0;

    if (nearer > PRICE_AHEAD)
        nearer = PRICE_AHEAD;
    return PRICE_RELEASED + nearer / FOUR_WEEKS * PRICE_NEARER;
}

static void ask_stability(const struct day_view *v)
{
    struct expansion *x = v->x;
    const struct edition *e = expand_stood(x, v->h);
    struct unary u = {.judge = judge_move};
    struct old_date old;
    bool out = e && e == v->h->released;

    if (!e || v->h->fixed || v->h->constant || x->probe)
        return;
    old = (struct old_date){e->start.day, expand_host(x->p, e->host),
                            out ? price_of_telling(v, e) : PRICE_PROPOSED,
                            out ? PRICE_PER_WEEK : 0};
    u.about = &old;
    u.text = text_format(x->p, "moving from %s", day_print(x->p, e->start));
    u.rule = expand_rule(x,
                         text_format(x->p, "moving %s (%s)", v->h->name,
                                     out ? "released" : "proposed"),
                         (struct where){0}, false, 0);
    x->p->rules[u.rule].moving = true;
    ask_all(v, &u);
}

static void ask_whatever_host(const struct day_view *v)
{
    ask_notice(v);
    ask_window(v);
    ask_prefer(v);
    ask_start_day(v);
}

static void ask_of_host(const struct day_view *v)
{
    ask_week(v);
    ask_host_holidays(v);
    ask_member(v);
    ask_avoids(v);
    ask_partners(v);
    ask_length(v);
    ask_deadline(v);
    ask_stability(v);
}

/* ---- records of all editions */

/* The hosts of an edition's candidates, each once. */
static size_t hosts_of(const struct problem_edition *e, int16_t *hosts,
                       size_t most)
{
    size_t n = 0;

    for (int32_t i = 0; i < e->n_candidates; i++) {
        size_t k = 0;
        while (k < n && hosts[k] != e->candidates[i].host)
            k++;
        if (k == n && n < most)
            hosts[n++] = e->candidates[i].host;
    }
    return n;
}

static void unary_of(struct expansion *x, const struct holding *h)
{
    const struct problem_edition *e = &x->p->editions[h->index];
    size_t most = x->rules->n_members + 1;
    TALLOC_CTX *ctx = talloc_new(NULL);
    int16_t *hosts = array_new(ctx, int16_t, most);
    size_t n = hosts_of(e, hosts, most);

    for (size_t i = 0; i < n; i++) {
        struct day_view v = view_make(ctx, x, h, hosts[i]);
        if (i == 0)
            ask_whatever_host(&v);
        ask_of_host(&v);
    }
    talloc_free(ctx);
}

void expand_unary(struct expansion *x)
{
    for (size_t i = 0; i < x->n_holdings; i++) {
        const struct holding *h = &x->holdings[i];
        if (!h->fixed || (!h->constant && !h->held))
            unary_of(x, h);
    }
}
