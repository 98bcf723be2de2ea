/* Keys whose meaning the comparison does not know are compared as they are written: mappings key by
 * key, anything else as a whole. So no new key of the rules can change unseen. */
#include <stdio.h>

#include "rules/compare.h"
#include "rules/compile.h"

/* Where two documents are held against each other. */
struct place {
    struct usher_changes *changes;
    enum usher_rules_section section;
    struct usher_text name;
};

/* What usher_rules_compare tells by meaning. */
static const char *const known_keys[] = {"skills", "not_ready", "switches", "notices", "tiers",
                                         "bid",    "channels",  "queues",   "routes"};
static const char *const known_queue_keys[] = {"promise", "forecast", "need", "ring",
                                               "wrap_up", "announce", "like"};
static const char *const known_bid_keys[] = {"match_worth", "lend_worth",     "fairness",
                                             "idle_cap",    "second_promise", "overtaking"};

static bool is_known(const char *const *known, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i], key) == 0)
            return true;
    return false;
}

/* "[a, b]", "{after: 20s}". */
static void write_node(struct usher_bytes *out, const struct usher_node *node)
{
    bool is_map = node->kind == USHER_NODE_MAP;
    if (node->kind == USHER_NODE_SCALAR) {
        usher_bytes_append_text(out, node->text);
        return;
    }
    usher_bytes_append_char(out, is_map ? '{' : '[');
    usher_node_for_each (member, node) {
        if (member != node->first)
            usher_bytes_append_text(out, USHER_TEXT(", "));
        if (is_map) {
            usher_bytes_append_text(out, member->key);
            usher_bytes_append_text(out, USHER_TEXT(": "));
        }
        write_node(out, member);
    }
    usher_bytes_append_char(out, is_map ? '}' : ']');
}

/* Whether the comparison by meaning has told of this key. */
static bool is_told(const struct place *place, const char *key)
{
    size_t kept =
        place->changes->count < USHER_CHANGES_MAX ? place->changes->count : USHER_CHANGES_MAX;
    for (size_t i = 0; i < kept; i++) {
        const struct usher_change *change = &place->changes->list[i];
        if (change->section == place->section && usher_text_is_equal(change->name, place->name) &&
            strcmp(change->key, key) == 0)
            return true;
    }
    return false;
}

static void write_value(char room[USHER_CHANGE_VALUE_SIZE], const struct usher_bytes *value)
{
    (void)snprintf(room, USHER_CHANGE_VALUE_SIZE, "%.*s", USHER_TEXT_ARGS(usher_bytes_text(value)));
    usher_change_cut(room, USHER_CHANGE_VALUE_SIZE, value->length);
}

static void compare_values(const struct place *place, const char *key,
                           const struct usher_node *before, const struct usher_node *now)
{
    struct usher_bytes was;
    struct usher_bytes is;
    usher_bytes_init(&was, USHER_DOCUMENT_BYTES_MAX);
    usher_bytes_init(&is, USHER_DOCUMENT_BYTES_MAX);
    if (before)
        write_node(&was, before);
    if (now)
        write_node(&is, now);
    if (!usher_text_is_equal(usher_bytes_text(&was), usher_bytes_text(&is)) &&
        !is_told(place, key) && place->changes->count++ < USHER_CHANGES_MAX) {
        struct usher_change *change = &place->changes->list[place->changes->count - 1];
        *change = (struct usher_change){.section = place->section, .name = place->name};
        (void)snprintf(change->key, sizeof(change->key), "%s", key);
        write_value(change->was, &was);
        write_value(change->now, &is);
    }
    usher_bytes_fini(&was);
    usher_bytes_fini(&is);
}

static void compare_key(const struct place *place, const char *key, const struct usher_node *before,
                        const struct usher_node *now);

static void compare_member(const struct place *place, const char *key,
                           const struct usher_node *member, const struct usher_node *before,
                           const struct usher_node *now)
{
    char inner[USHER_CHANGE_KEY_SIZE];
    (void)snprintf(inner, sizeof(inner), "%s.%.*s", key, USHER_TEXT_ARGS(member->key));
    compare_key(place, inner, before, now);
}

static void compare_key(const struct place *place, const char *key, const struct usher_node *before,
                        const struct usher_node *now)
{
    const struct usher_node *some = before ? before : now;
    if (!some || (before && now && before->kind != now->kind) || some->kind != USHER_NODE_MAP ||
        some->count == 0) {
        compare_values(place, key, before, now);
        return;
    }
    if (before)
        usher_node_for_each (member, before)
            compare_member(place, key, member, member,
                           now ? usher_node_find(now, member->key) : NULL);
    if (now)
        usher_node_for_each (member, now)
            if (!before || !usher_node_find(before, member->key))
                compare_member(place, key, member, NULL, member);
}

/* What a queue says, or the queue that it is like. */
static const struct usher_node *find_key(const struct usher_node *queues,
                                         const struct usher_node *queue, struct usher_text key)
{
    const struct usher_node *own = usher_node_find(queue, key);
    const struct usher_node *like = usher_node_find(queue, USHER_TEXT("like"));
    const struct usher_node *other = like ? usher_node_find(queues, like->text) : NULL;
    return own || !other ? own : usher_node_find(other, key);
}

static void compare_queue_keys(struct place *place, const struct usher_node *queues_before,
                               const struct usher_node *queues_now)
{
    usher_node_for_each (queue, queues_now) {
        const struct usher_node *was = usher_node_find(queues_before, queue->key);
        place->name = queue->key;
        for (size_t i = 0; was && i < usher_queue_schema.count; i++) {
            const char *key = usher_queue_schema.rows[i].key;
            struct usher_text name = usher_text_of(key);
            if (!is_known(known_queue_keys, USHER_COUNT_OF(known_queue_keys), key))
                compare_key(place, key, find_key(queues_before, was, name),
                            find_key(queues_now, queue, name));
        }
    }
}

void usher_rules_compare_keys(const struct usher_node *before, const struct usher_node *now,
                              struct usher_changes *changes)
{
    struct place place = {changes, USHER_SECTION_RULES, USHER_NO_TEXT};
    const struct usher_node *bid_before = usher_node_find(before, USHER_TEXT("bid"));
    const struct usher_node *bid_now = usher_node_find(now, USHER_TEXT("bid"));
    const struct usher_node *queues_before = usher_node_find(before, USHER_TEXT("queues"));
    const struct usher_node *queues_now = usher_node_find(now, USHER_TEXT("queues"));
    for (size_t i = 0; i < usher_rules_schema.count; i++) {
        const char *key = usher_rules_schema.rows[i].key;
        struct usher_text name = usher_text_of(key);
        if (!is_known(known_keys, USHER_COUNT_OF(known_keys), key))
            compare_key(&place, key, usher_node_find(before, name), usher_node_find(now, name));
    }
    place.section = USHER_SECTION_BID;
    for (size_t i = 0; i < usher_bid_schema.count; i++) {
        const char *key = usher_bid_schema.rows[i].key;
        struct usher_text name = usher_text_of(key);
        if (!is_known(known_bid_keys, USHER_COUNT_OF(known_bid_keys), key))
            compare_key(&place, key, bid_before ? usher_node_find(bid_before, name) : NULL,
                        bid_now ? usher_node_find(bid_now, name) : NULL);
    }
    place.section = USHER_SECTION_QUEUES;
    if (queues_before && queues_now)
        compare_queue_keys(&place, queues_before, queues_now);
}
