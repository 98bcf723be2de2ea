/* Things of one name are compared value by value; what only one side has is new or gone as a whole.
 */
#include "rules/compare.h"

#include <stdio.h>

#include "rules/value.h"

struct comparison {
    const struct usher_rules *before;
    const struct usher_rules *now;
    struct usher_changes *changes;
};

/* A value of one side; "" = it has none. */
struct side {
    char text[USHER_CHANGE_VALUE_SIZE];
};

const char *usher_rules_section_name(enum usher_rules_section section)
{
    static const char *const names[USHER_SECTION_COUNT] = {
        "",    "skills",   "not_ready", "switches", "notices", "tiers",
        "bid", "channels", "queues",    "routes",   "rules"};
    return names[section];
}

/* At a character's border. */
void usher_change_cut(char *text, size_t size, size_t length)
{
    size_t end = size - sizeof("…");
    if (length < size)
        return;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    memcpy(text + end, "…", sizeof("…"));
}

static void append(struct side *side, struct usher_text text)
{
    size_t length = strlen(side->text);
    size_t wanted = length + text.length;
    (void)snprintf(side->text + length, sizeof(side->text) - length, "%.*s", USHER_TEXT_ARGS(text));
    usher_change_cut(side->text, sizeof(side->text), wanted);
}

static void add(struct comparison *comparison, enum usher_rules_section section,
                struct usher_text name, const char *key, const struct side *was,
                const struct side *now)
{
    struct usher_changes *changes = comparison->changes;
    if (strcmp(was->text, now->text) == 0 || changes->count++ >= USHER_CHANGES_MAX)
        return;
    struct usher_change *change = &changes->list[changes->count - 1];
    *change = (struct usher_change){.section = section, .name = name};
    (void)snprintf(change->key, sizeof(change->key), "%s", key);
    (void)snprintf(change->was, sizeof(change->was), "%s", was->text);
    (void)snprintf(change->now, sizeof(change->now), "%s", now->text);
}

static const struct side nothing = {""};
static const struct side new_thing = {"new"};
static const struct side old_thing = {"there"};

static void add_new(struct comparison *comparison, enum usher_rules_section section,
                    struct usher_text name)
{
    add(comparison, section, name, "", &nothing, &new_thing);
}

static void add_gone(struct comparison *comparison, enum usher_rules_section section,
                     struct usher_text name)
{
    add(comparison, section, name, "", &old_thing, &nothing);
}

static struct side number_of(enum usher_value_type type, int64_t number, bool is_there)
{
    struct side side = nothing;
    char room[USHER_VALUE_TEXT_SIZE];
    if (is_there && type == USHER_VALUE_BOOL)
        append(&side, number ? USHER_TEXT("true") : USHER_TEXT("false"));
    else if (is_there)
        append(&side, usher_text_of(usher_value_write(type, number, room)));
    return side;
}

/* A number below 0 is an absent one. */
static void compare_numbers(struct comparison *comparison, enum usher_rules_section section,
                            struct usher_text name, const char *key, enum usher_value_type type,
                            const int64_t values[2])
{
    struct side was = number_of(type, values[0], values[0] >= 0);
    struct side now = number_of(type, values[1], values[1] >= 0);
    add(comparison, section, name, key, &was, &now);
}

/* Lists of names. */

static bool has_name(const struct usher_text *list, size_t count, struct usher_text name)
{
    for (size_t i = 0; i < count; i++)
        if (usher_text_is_equal(list[i], name))
            return true;
    return false;
}

static void compare_lists(struct comparison *comparison, enum usher_rules_section section,
                          const struct usher_text *before, size_t before_count,
                          const struct usher_text *now, size_t now_count)
{
    for (size_t i = 0; i < before_count; i++)
        if (!has_name(now, now_count, before[i]))
            add_gone(comparison, section, before[i]);
    for (size_t i = 0; i < now_count; i++)
        if (!has_name(before, before_count, now[i]))
            add_new(comparison, section, now[i]);
}

static void compare_tiers(struct comparison *comparison)
{
    const struct usher_rules *before = comparison->before, *now = comparison->now;
    for (size_t i = 0; i < before->tiers_count; i++) {
        const struct usher_tier *tier = &before->tiers[i];
        size_t other = usher_rules_find_tier(now, tier->name);
        if (other == SIZE_MAX)
            add_gone(comparison, USHER_SECTION_TIERS, tier->name);
        else
            compare_numbers(comparison, USHER_SECTION_TIERS, tier->name, "head_start",
                            USHER_VALUE_DURATION,
                            (int64_t[]){tier->head_start_ms, now->tiers[other].head_start_ms});
    }
    for (size_t i = 0; i < now->tiers_count; i++)
        if (usher_rules_find_tier(before, now->tiers[i].name) == SIZE_MAX)
            add_new(comparison, USHER_SECTION_TIERS, now->tiers[i].name);
}

static void compare_bid(struct comparison *comparison)
{
    const struct usher_bid_knobs *a = &comparison->before->bid, *b = &comparison->now->bid;
    const struct {
        const char *key;
        enum usher_value_type type;
        int64_t values[2];
    } rows[] = {
        {"match_worth", USHER_VALUE_DURATION, {a->match_worth_ms, b->match_worth_ms}},
        {"lend_worth", USHER_VALUE_DURATION, {a->lend_worth_ms, b->lend_worth_ms}},
        {"fairness", USHER_VALUE_FRACTION, {a->fairness_per_mille, b->fairness_per_mille}},
        {"idle_cap", USHER_VALUE_DURATION, {a->idle_cap_ms, b->idle_cap_ms}},
        {"second_promise", USHER_VALUE_WHOLE, {a->second_promise, b->second_promise}},
        {"overtaking", USHER_VALUE_BOOL, {a->overtaking, b->overtaking}},
        {"deferred_share", USHER_VALUE_WHOLE, {a->deferred_share, b->deferred_share}},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++)
        compare_numbers(comparison, USHER_SECTION_BID, USHER_NO_TEXT, rows[i].key, rows[i].type,
                        rows[i].values);
}

static void compare_channels(struct comparison *comparison)
{
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT;
         channel++) {
        const struct usher_channel_load *a = &comparison->before->channels[channel];
        const struct usher_channel_load *b = &comparison->now->channels[channel];
        struct usher_text name = usher_channel_name(channel);
        compare_numbers(comparison, USHER_SECTION_CHANNELS, name, "unit", USHER_VALUE_WHOLE,
                        (int64_t[]){a->unit, b->unit});
        compare_numbers(comparison, USHER_SECTION_CHANNELS, name, "cap", USHER_VALUE_WHOLE,
                        (int64_t[]){a->cap, b->cap});
        compare_numbers(comparison, USHER_SECTION_CHANNELS, name, "interruptible", USHER_VALUE_BOOL,
                        (int64_t[]){a->is_interruptible, b->is_interruptible});
    }
}

/* Queues. */

/* "min 5, weight 2, else lang.uk"; "" for NULL. */
static struct side need_of(const struct usher_rules *rules, const struct usher_need_rule *need)
{
    struct side side = nothing;
    char room[64];
    if (!need)
        return side;
    (void)snprintf(room, sizeof(room), "min %d, weight %d", need->min, need->weight);
    append(&side, usher_text_of(room));
    if (need->key.at && need->skill != USHER_SKILL_NONE) {
        append(&side, USHER_TEXT(", else "));
        append(&side, rules->skills[need->skill]);
    }
    return side;
}

/* "internet", "lang.$data.lang". */
static const char *write_need_key(const struct usher_rules *rules,
                                  const struct usher_need_rule *need,
                                  char room[USHER_CHANGE_KEY_SIZE])
{
    if (need->key.at)
        (void)snprintf(room, USHER_CHANGE_KEY_SIZE, "need.%.*s$%s.%.*s",
                       USHER_TEXT_ARGS(need->prefix), need->is_customers ? "customer" : "data",
                       USHER_TEXT_ARGS(need->key));
    else
        (void)snprintf(room, USHER_CHANGE_KEY_SIZE, "need.%.*s",
                       USHER_TEXT_ARGS(rules->skills[need->skill]));
    return room;
}

static const struct usher_need_rule *find_need(const struct usher_rules *rules,
                                               const struct usher_queue *queue, const char *key)
{
    char room[USHER_CHANGE_KEY_SIZE];
    for (size_t i = 0; i < queue->needs_count; i++)
        if (strcmp(write_need_key(rules, &queue->needs[i], room), key) == 0)
            return &queue->needs[i];
    return NULL;
}

static void compare_needs(struct comparison *comparison, const struct usher_queue *a,
                          const struct usher_queue *b)
{
    char key[USHER_CHANGE_KEY_SIZE];
    for (size_t i = 0; i < a->needs_count; i++) {
        (void)write_need_key(comparison->before, &a->needs[i], key);
        struct side was = need_of(comparison->before, &a->needs[i]);
        struct side now = need_of(comparison->now, find_need(comparison->now, b, key));
        add(comparison, USHER_SECTION_QUEUES, a->name, key, &was, &now);
    }
    for (size_t i = 0; i < b->needs_count; i++) {
        (void)write_need_key(comparison->now, &b->needs[i], key);
        struct side now = need_of(comparison->now, &b->needs[i]);
        if (!find_need(comparison->before, a, key))
            add(comparison, USHER_SECTION_QUEUES, a->name, key, &nothing, &now);
    }
}

/* The promises of a tier's or channel's own. */
static void compare_promises(struct comparison *comparison, const struct usher_queue *a,
                             const struct usher_queue *b)
{
    const struct usher_rules *before = comparison->before, *now = comparison->now;
    char key[USHER_CHANGE_KEY_SIZE];
    for (size_t i = 0; i < now->tiers_count; i++) {
        struct usher_text tier = now->tiers[i].name;
        size_t other = usher_rules_find_tier(before, tier);
        (void)snprintf(key, sizeof(key), "promise.%.*s", USHER_TEXT_ARGS(tier));
        compare_numbers(comparison, USHER_SECTION_QUEUES, a->name, key, USHER_VALUE_DURATION,
                        (int64_t[]){other == SIZE_MAX ? -1 : a->promise_by_tier_ms[other],
                                    b->promise_by_tier_ms[i]});
    }
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT;
         channel++) {
        (void)snprintf(key, sizeof(key), "promise.%.*s",
                       USHER_TEXT_ARGS(usher_channel_name(channel)));
        compare_numbers(
            comparison, USHER_SECTION_QUEUES, a->name, key, USHER_VALUE_DURATION,
            (int64_t[]){a->promise_by_channel_ms[channel], b->promise_by_channel_ms[channel]});
    }
}

static int64_t limit_of(const struct usher_queue *queue)
{
    return queue->waiting_max == INT64_MAX ? -1 : queue->waiting_max;
}

static int64_t extension_of(const struct usher_queue *queue)
{
    return queue->extend_max > 0 ? queue->extend_ms : -1;
}

static void compare_queue(struct comparison *comparison, const struct usher_queue *a,
                          const struct usher_queue *b)
{
    const struct {
        const char *key;
        enum usher_value_type type;
        int64_t values[2];
    } rows[] = {
        {"promise.answer_within", USHER_VALUE_DURATION, {a->promise_ms, b->promise_ms}},
        {"promise.target", USHER_VALUE_PERCENT, {a->target_percent, b->target_percent}},
        {"forecast.per_hour", USHER_VALUE_WHOLE, {a->forecast_per_hour, b->forecast_per_hour}},
        {"forecast.handle", USHER_VALUE_DURATION, {a->forecast_handle_ms, b->forecast_handle_ms}},
        {"ring", USHER_VALUE_DURATION, {a->ring_ms, b->ring_ms}},
        {"wrap_up", USHER_VALUE_DURATION, {a->wrap_up_ms, b->wrap_up_ms}},
        {"announce", USHER_VALUE_DURATION, {a->announce_ms, b->announce_ms}},
        {"wrap_up.extend", USHER_VALUE_WHOLE, {a->extend_max, b->extend_max}},
        {"wrap_up.by", USHER_VALUE_DURATION, {extension_of(a), extension_of(b)}},
        {"wrap_up.disposition", USHER_VALUE_BOOL, {a->needs_disposition, b->needs_disposition}},
        {"ring_no_answer.after", USHER_VALUE_WHOLE, {a->missed.count_max, b->missed.count_max}},
        {"ring_no_answer.for", USHER_VALUE_DURATION, {a->missed.lasts_ms, b->missed.lasts_ms}},
        {"transfer_wait", USHER_VALUE_DURATION, {a->transfer_wait_ms, b->transfer_wait_ms}},
        {"limit.waiting", USHER_VALUE_WHOLE, {limit_of(a), limit_of(b)}},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++)
        compare_numbers(comparison, USHER_SECTION_QUEUES, a->name, rows[i].key, rows[i].type,
                        rows[i].values);
    compare_promises(comparison, a, b);
    compare_needs(comparison, a, b);
}

static void compare_queues(struct comparison *comparison)
{
    const struct usher_rules *before = comparison->before, *now = comparison->now;
    for (size_t i = 0; i < before->queues_count; i++) {
        size_t other = usher_rules_find_queue(now, before->queues[i].name);
        if (other == SIZE_MAX)
            add_gone(comparison, USHER_SECTION_QUEUES, before->queues[i].name);
        else
            compare_queue(comparison, &before->queues[i], &now->queues[other]);
    }
    for (size_t i = 0; i < now->queues_count; i++)
        if (usher_rules_find_queue(before, now->queues[i].name) == SIZE_MAX)
            add_new(comparison, USHER_SECTION_QUEUES, now->queues[i].name);
}

/* Routes. */

static void append_condition(struct side *side, const struct usher_condition *condition)
{
    append(side, condition->is_not ? USHER_TEXT("not ") : USHER_TEXT(""));
    append(side, usher_text_of(usher_condition_name(condition->kind)));
    if (condition->key.at)
        append(side, condition->key);
    append(side, USHER_TEXT(" "));
    for (size_t i = 0; i < condition->values_count; i++) {
        append(side, i ? USHER_TEXT("|") : USHER_TEXT(""));
        append(side, condition->values[i]);
    }
}

/* "-> support, tier gold: channel voice, dialled +3804…": what it does comes first, since long
 * conditions are cut. */
static struct side route_of(const struct usher_rules *rules, size_t index)
{
    const struct usher_route *route = &rules->routes[index];
    struct side side = {"-> "};
    append(&side, rules->queues[route->queue].name);
    if (route->tier != rules->default_tier) {
        append(&side, USHER_TEXT(", tier "));
        append(&side, rules->tiers[route->tier].name);
    }
    if (route->notice != USHER_NOTICE_NONE) {
        append(&side, USHER_TEXT(", notice "));
        append(&side, rules->notices[route->notice]);
    }
    for (size_t i = 0; i < route->conditions_count; i++) {
        append(&side, i ? USHER_TEXT(", ") : USHER_TEXT(": "));
        append_condition(&side, &route->conditions[i]);
    }
    return side;
}

static bool is_same_condition(const struct usher_condition *a, const struct usher_condition *b)
{
    if (a->kind != b->kind || a->is_not != b->is_not || a->values_count != b->values_count ||
        !usher_text_is_equal(a->key, b->key))
        return false;
    for (size_t i = 0; i < a->values_count; i++)
        if (!usher_text_is_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

static struct usher_text notice_of(const struct usher_rules *rules, const struct usher_route *route)
{
    return route->notice == USHER_NOTICE_NONE ? USHER_NO_TEXT : rules->notices[route->notice];
}

/* By all of it: what is shown of a route may be cut. */
static bool is_same_route(const struct usher_rules *rules_a, size_t index_a,
                          const struct usher_rules *rules_b, size_t index_b)
{
    const struct usher_route *a = &rules_a->routes[index_a], *b = &rules_b->routes[index_b];
    if (a->conditions_count != b->conditions_count ||
        !usher_text_is_equal(rules_a->queues[a->queue].name, rules_b->queues[b->queue].name) ||
        !usher_text_is_equal(rules_a->tiers[a->tier].name, rules_b->tiers[b->tier].name) ||
        !usher_text_is_equal(notice_of(rules_a, a), notice_of(rules_b, b)))
        return false;
    for (size_t i = 0; i < a->conditions_count; i++)
        if (!is_same_condition(&a->conditions[i], &b->conditions[i]))
            return false;
    return true;
}

/* Whether `rules` have the route `index` of `other`. */
static bool has_route(const struct usher_rules *rules, const struct usher_rules *other,
                      size_t index)
{
    for (size_t i = 0; i < rules->routes_count; i++)
        if (is_same_route(rules, i, other, index))
            return true;
    return false;
}

/* The first that fits counts, so the same routes in another order are a change as well. */
static void compare_routes(struct comparison *comparison)
{
    const struct usher_rules *before = comparison->before, *now = comparison->now;
    size_t changes_before = comparison->changes->count;
    char key[USHER_CHANGE_KEY_SIZE];
    bool is_same = before->routes_count == now->routes_count;
    for (size_t i = 0; i < before->routes_count; i++) {
        struct side route = route_of(before, i);
        (void)snprintf(key, sizeof(key), "route %zu", i + 1);
        if (!has_route(now, before, i))
            add(comparison, USHER_SECTION_ROUTES, USHER_NO_TEXT, key, &route, &nothing);
    }
    for (size_t i = 0; i < now->routes_count; i++) {
        struct side route = route_of(now, i);
        (void)snprintf(key, sizeof(key), "route %zu", i + 1);
        if (!has_route(before, now, i))
            add(comparison, USHER_SECTION_ROUTES, USHER_NO_TEXT, key, &nothing, &route);
    }
    if (comparison->changes->count > changes_before)
        return;
    for (size_t i = 0; i < before->routes_count && is_same; i++)
        is_same = is_same_route(before, i, now, i);
    if (!is_same)
        add(comparison, USHER_SECTION_ROUTES, USHER_NO_TEXT, "order", &(struct side){"as it was"},
            &(struct side){"another"});
}

void usher_rules_compare(const struct usher_rules *before, const struct usher_rules *now,
                         struct usher_changes *changes)
{
    struct comparison comparison = {before, now, changes};
    changes->count = 0;
    compare_lists(&comparison, USHER_SECTION_SKILLS, before->skills, before->skills_count,
                  now->skills, now->skills_count);
    compare_lists(&comparison, USHER_SECTION_NOT_READY, before->not_ready, before->not_ready_count,
                  now->not_ready, now->not_ready_count);
    compare_lists(&comparison, USHER_SECTION_SWITCHES, before->switches, before->switches_count,
                  now->switches, now->switches_count);
    compare_lists(&comparison, USHER_SECTION_NOTICES, before->notices, before->notices_count,
                  now->notices, now->notices_count);
    compare_tiers(&comparison);
    compare_bid(&comparison);
    compare_channels(&comparison);
    compare_queues(&comparison);
    compare_routes(&comparison);
}
