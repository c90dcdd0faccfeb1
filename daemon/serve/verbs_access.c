/*
 * Who may see an item, and where one joins it: facts about the item, whatever
 * draft it stands in, in force with the next release.
 */
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/base/text.h"
#include "daemon/publish/view.h"
#include "daemon/serve/verbs.h"

/* In the main draft, or what was released and is called off meanwhile: its
 * entry, too, may have to go. On q, or borrowed from the draft. */
static bool find_known(struct request *q, const char *id,
                       const struct item **ret, struct error *err)
{
    const struct plan *draft;
    struct plan *next;
    struct changes changes;

    if (!draft_whole(q->ctx, q->serve, "main", &draft, err))
        return false;
    *ret = plan_item(draft, id);
    if (*ret)
        return true;
    if (!publishing_next(q->ctx, q->serve, "main", &next, &changes, err))
        return false;
    *ret = plan_item(next, id);
    return *ret || fail(err, REPLY_NOTFOUND,
                        strchr(id, '/') ? "no item %s" : "%s is no item", id);
}

/* What is known of it so far. */
static bool find_access(struct request *q, struct item_access *ret,
                        const struct item **ret_item, struct error *err)
{
    const struct item *item;

    if (!find_known(q, request_text(q, "item"), &item, err))
        return false;
    *ret = (struct item_access){
        .item = memory_text(q->ctx, item->id),
        .audience = item->audience,
        .link = memory_text(q->ctx, item->link ? item->link : "")};
    *ret_item = item;
    return true;
}

static bool put_access(struct request *q, const struct item_access *access,
                       const struct item *item, struct error *err)
{
    struct serve *s = q->serve;
    const struct rules *r = s->generation->rules;

    q->before = json_line(q->ctx, view_item(r, item));
    q->things = text_format(q->ctx, "%s %s", item->edition, item->id);
    if (!store_put_item_access(s->store, access, err))
        return false;
    draft_forget(s);
    if (!find_known(q, access->item, &item, err))
        return false;
    q->after = json_line(q->ctx, view_item(r, item));
    request_row(q, view_item(r, item));
    return true;
}

bool verb_AUDIENCE(struct request *q, struct error *err)
{
    struct item_access access;
    const struct item *item;

    if (!find_access(q, &access, &item, err))
        return false;
    if (!item_audience_parse(request_text(q, "audience"), &access.audience))
        return fail(err, REPLY_USAGE, "all, invited or nobody");
    return put_access(q, &access, item, err);
}

bool verb_LINK(struct request *q, struct error *err)
{
    const char *url = request_text(q, "url");
    struct item_access access;
    const struct item *item;

    if (url && !link_check(url, err))
        return false;
    if (!find_access(q, &access, &item, err))
        return false;
    access.link = url ? url : "";
    return put_access(q, &access, item, err);
}
