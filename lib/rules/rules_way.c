/* Where contacts go that do not stay in their queue: `closed`, `overflow` and `limit` of a queue,
 * and `blocked`. Ways of one kind must not lead round in a circle. */
#include "rules/compile.h"
#include "rules/schema.h"

#define WAITING_MAX       1000000
#define AFTER_MAX_MS      (30 * USHER_DAY_MS)
#define BLOCKED_BYTES_MAX 256

struct closed_values {
    struct usher_text then;
    struct usher_text notice;
};

static const struct usher_schema_row closed_rows[] = {
    USHER_SCHEMA_ROW(
        closed_values, then, NAME, .max = USHER_NAME_MAX, .fallback_text = "farewell",
        .sentence =
            "where calls and chats go; all others wait. A chat, and whoever hides the number, "
            "cannot be called back: farewell",
        .kind = "`farewell`, `callback`, `wait` or a queue"),
    USHER_SCHEMA_ROW(closed_values, notice, NAME, .max = USHER_NAME_MAX,
                     .sentence = "the notice that they are played", .without = "none"),
};

struct overflow_values {
    int64_t after;
    struct usher_text to;
    struct usher_text notice;
};

static const struct usher_schema_row overflow_rows[] = {
    USHER_SCHEMA_ROW(overflow_values, after, DURATION, .min = 1000, .max = AFTER_MAX_MS,
                     .fallback = -1, .is_needed = true,
                     .sentence = "how long a contact waits in this queue at most"),
    USHER_SCHEMA_ROW(overflow_values, to, NAME, .max = USHER_NAME_MAX, .is_needed = true,
                     .sentence = "where it goes then", .kind = "a queue, `callback` or `farewell`"),
    USHER_SCHEMA_ROW(overflow_values, notice, NAME, .max = USHER_NAME_MAX,
                     .sentence = "the notice that it is played", .without = "none"),
};

struct limit_values {
    int64_t waiting;
    struct usher_text then;
    struct usher_text notice;
};

static const struct usher_schema_row limit_rows[] = {
    USHER_SCHEMA_ROW(
        limit_values, waiting, WHOLE, .min = 1, .max = WAITING_MAX, .fallback = INT64_MAX,
        .sentence = "how many contacts may wait at the same time; callbacks and bookings "
                    "do not count",
        .without = "no bound but that of the site"),
    USHER_SCHEMA_ROW(limit_values, then, NAME, .max = USHER_NAME_MAX,
                     .sentence = "where further ones go",
                     .kind = "a queue, `callback` or `farewell`",
                     .without = "they are refused with the error `limit`"),
    USHER_SCHEMA_ROW(limit_values, notice, NAME, .max = USHER_NAME_MAX,
                     .sentence = "the notice that they are played", .without = "none"),
};

const struct usher_schema usher_closed_schema = {closed_rows, USHER_COUNT_OF(closed_rows), NULL};
const struct usher_schema usher_overflow_schema = {overflow_rows, USHER_COUNT_OF(overflow_rows),
                                                   NULL};
const struct usher_schema usher_limit_schema = {limit_rows, USHER_COUNT_OF(limit_rows), NULL};

const struct usher_schema_row usher_blocked_row = {
    .key = "blocked",
    .type = USHER_VALUE_TEXT,
    .max = BLOCKED_BYTES_MAX,
    .sentence = "who is not let in",
};

static const char *const names[USHER_WAY_KIND_COUNT] = {
    [USHER_WAY_WAIT] = "wait",
    [USHER_WAY_CALLBACK] = "callback",
    [USHER_WAY_FAREWELL] = "farewell",
};

struct usher_text usher_way_name(enum usher_way_kind kind)
{
    return usher_text_of(names[kind] ? names[kind] : "");
}

static enum usher_way_kind find_word(struct usher_text word)
{
    for (size_t i = 0; i < USHER_COUNT_OF(names); i++) {
        if (names[i] && usher_text_is_equal(word, usher_text_of(names[i])))
            return (enum usher_way_kind)i;
    }
    return USHER_WAY_NONE;
}

static size_t find_notice(struct usher_compile *compile, const struct usher_node *map)
{
    const struct usher_node *place = usher_node_find(map, USHER_TEXT("notice"));

    if (!place || place->kind != USHER_NODE_SCALAR)
        return USHER_NOTICE_NONE;
    return usher_compile_find_listed(compile, compile->rules->notices,
                                     compile->rules->notices_count, place, "notice",
                                     "add it to `notices` at the top");
}

/* The way that the member `key` of `map` names; unchanged where it is absent. */
static void read_way(struct usher_compile *compile, const struct usher_node *map,
                     struct usher_text key, const struct usher_queue *queue, bool is_others,
                     struct usher_way *way)
{
    const struct usher_node *place = usher_node_find(map, key);
    size_t own = (size_t)(queue - compile->rules->queues);
    bool may_wait = usher_text_is_equal(map->key, USHER_TEXT("closed"));

    way->notice = find_notice(compile, map);
    if (!place || place->kind != USHER_NODE_SCALAR)
        return;
    way->kind = find_word(place->text);
    if (way->kind != USHER_WAY_NONE && !is_others &&
        usher_names_find(&compile->owner->queues, place->text) != SIZE_MAX)
        usher_problems_add(compile->problems, place->line, place->column,
                           "`%.*s` is also the name of a queue; give that another name",
                           USHER_TEXT_ARGS(place->text));
    if (way->kind == USHER_WAY_WAIT && !may_wait)
        usher_problems_add(compile->problems, place->line, place->column,
                           "`wait` is for `closed` alone; name a queue, `callback` or `farewell`");
    if (way->kind != USHER_WAY_NONE)
        return;
    way->kind = USHER_WAY_QUEUE;
    way->queue = usher_compile_find(compile, &compile->owner->queues, place, place->text, "queue",
                                    may_wait ? "add it to `queues`, or write farewell, callback or "
                                               "wait"
                                             : "add it to `queues`, or write farewell or callback");
    if (way->queue == own && !is_others)
        usher_problems_add(compile->problems, place->line, place->column,
                           "this leads to the queue itself; name another, callback or farewell");
    if (way->queue == SIZE_MAX || way->queue == own)
        *way = (struct usher_way){.notice = way->notice};
}

void usher_compile_closed(struct usher_compile *compile, const struct usher_node *node,
                          struct usher_queue *queue, bool is_others)
{
    struct closed_values values;

    queue->closed = (struct usher_way){.kind = USHER_WAY_FAREWELL, .notice = USHER_NOTICE_NONE};
    if (!node)
        return;
    usher_schema_default(&usher_closed_schema, &values);
    usher_schema_read(&usher_closed_schema, node, &values, compile->problems);
    read_way(compile, node, USHER_TEXT("then"), queue, is_others, &queue->closed);
    if (queue->closed.kind == USHER_WAY_NONE)
        queue->closed.kind = USHER_WAY_FAREWELL;
}

void usher_compile_overflow(struct usher_compile *compile, const struct usher_node *node,
                            struct usher_queue *queue, bool is_others)
{
    struct overflow_values values;

    queue->overflow = (struct usher_way){.notice = USHER_NOTICE_NONE};
    usher_schema_default(&usher_overflow_schema, &values);
    if (node) {
        usher_schema_read(&usher_overflow_schema, node, &values, compile->problems);
        read_way(compile, node, USHER_TEXT("to"), queue, is_others, &queue->overflow);
    }
    queue->overflow_after_ms = queue->overflow.kind == USHER_WAY_NONE ? -1 : values.after;
}

void usher_compile_limit(struct usher_compile *compile, const struct usher_node *node,
                         struct usher_queue *queue, bool is_others)
{
    struct limit_values values;

    queue->full = (struct usher_way){.notice = USHER_NOTICE_NONE};
    usher_schema_default(&usher_limit_schema, &values);
    if (node) {
        usher_schema_read(&usher_limit_schema, node, &values, compile->problems);
        read_way(compile, node, USHER_TEXT("then"), queue, is_others, &queue->full);
    }
    queue->waiting_max = values.waiting;
    if (queue->full.kind != USHER_WAY_NONE && !is_others &&
        !usher_node_find(node, USHER_TEXT("waiting")))
        usher_problems_add(compile->problems, node->line, node->column,
                           "without `waiting` there is no limit that could be reached; add it, "
                           "such as `waiting: 200`");
}

/* A kind of ways, as the key that says it. */
struct direction {
    const char *key;
    size_t offset; /* of the way in struct usher_queue */
};

static const struct usher_way *way_of(const struct usher_queue *queue,
                                      const struct direction *direction)
{
    return (const struct usher_way *)(const void *)((const char *)queue + direction->offset);
}

/* Follows the ways from a queue: whether they come back to it. */
static bool is_circle(const struct usher_rules *rules, size_t first,
                      const struct direction *direction)
{
    size_t queue = first;

    for (size_t i = 0; i < rules->queues_count; i++) {
        const struct usher_way *way = way_of(&rules->queues[queue], direction);

        if (way->kind != USHER_WAY_QUEUE)
            return false;
        queue = way->queue;
        if (queue == first)
            return true;
    }
    return false;
}

static void tell_circle(struct usher_compile *compile, const struct usher_node *place, size_t first,
                        const struct direction *direction)
{
    const struct usher_rules *rules = compile->rules;
    size_t next = way_of(&rules->queues[first], direction)->queue;
    struct usher_text name = usher_node_excerpt(rules->queues[first].name);
    struct usher_text by = usher_node_excerpt(rules->queues[next].name);

    usher_problems_add(
        compile->problems, place->line, place->column,
        "`%s` leads in a circle: from `%.*s` over `%.*s` back to `%.*s`; end it with "
        "farewell or callback, or leave one out",
        direction->key, USHER_TEXT_ARGS(name), USHER_TEXT_ARGS(by), USHER_TEXT_ARGS(name));
}

void usher_compile_check_ways(struct usher_compile *compile, const struct usher_node *queues)
{
    static const struct direction directions[] = {
        {"closed", offsetof(struct usher_queue, closed)},
        {"overflow", offsetof(struct usher_queue, overflow)},
        {"limit", offsetof(struct usher_queue, full)},
    };

    for (size_t i = 0; i < USHER_COUNT_OF(directions); i++) {
        size_t index = 0;

        usher_node_for_each (member, queues) {
            size_t queue = index++;
            const struct usher_node *key;

            if (queue >= compile->rules->queues_count ||
                !is_circle(compile->rules, queue, &directions[i]))
                continue;
            key = member->kind == USHER_NODE_MAP
                      ? usher_node_find(member, usher_text_of(directions[i].key))
                      : NULL;
            tell_circle(compile, key ? key : member, queue, &directions[i]);
            break; /* the first queue of it: the others would tell the same */
        }
    }
}

void usher_compile_blocked(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_text *list;
    size_t count = 0;

    if (!node)
        return;
    if (node->count > USHER_BLOCKED_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "`blocked` has %zu entries; at most %d are possible: join some with a *",
                           node->count, USHER_BLOCKED_MAX);
        return;
    }
    list = usher_compile_take(compile, node->count + 1, sizeof(*list));
    if (!list)
        return;
    usher_node_for_each (member, node) {
        struct usher_text text;

        if (!usher_schema_read_value(&usher_blocked_row, member, &text, compile->problems) ||
            usher_compile_is_twice(compile, list, count, member))
            continue;
        if (usher_text_is_equal(text, USHER_TEXT("*")))
            usher_problems_add(compile->problems, member->line, member->column,
                               "`*` would block everybody; write what the numbers begin with");
        if (!usher_compile_copy(compile, text, &list[count]))
            return;
        count++;
    }
    compile->rules->blocked = list;
    compile->rules->blocked_count = count;
}

static bool is_listed(const struct usher_rules *rules, struct usher_text text)
{
    for (size_t i = 0; i < rules->blocked_count && text.at; i++) {
        struct usher_text entry = rules->blocked[i];
        bool is_beginning = entry.at[entry.length - 1] == '*';

        if (is_beginning)
            entry.length--;
        if (text.length < entry.length || (!is_beginning && text.length > entry.length))
            continue;
        if (memcmp(text.at, entry.at, entry.length) == 0)
            return true;
    }
    return false;
}

bool usher_rules_is_blocked(const struct usher_rules *rules, struct usher_text from,
                            struct usher_text customer)
{
    return is_listed(rules, from) || is_listed(rules, customer);
}

struct usher_opening usher_rules_opening(const struct usher_rules *rules, size_t queue,
                                         const struct usher_zone *zone, int64_t at_ms)
{
    const struct usher_queue *own = &rules->queues[queue];

    return usher_hours_at(own->hours, own->keeps_holidays ? &rules->holidays : NULL, zone, at_ms);
}
