#include "ctl/rulebook/effect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"

/* What a contact needs when all steps of its queue's `relax` are open. Returns how many. */
static size_t needs_of(const struct usher_rules *rules, size_t queue,
                       const struct usher_facts *facts, struct usher_need needs[USHER_NEEDS_MAX])
{
    size_t steps = rules->queues[queue].relax_count;
    size_t count = usher_rules_needs(rules, queue, facts, needs);
    size_t kept = 0;
    for (size_t i = 0; i < count && steps > 0; i++) {
        needs[kept] = needs[i];
        needs[kept].min = needs[i].relaxed[steps - 1];
        kept += needs[kept].min > 0;
    }
    return steps > 0 ? kept : count;
}

/* The switches that stay on under other rules, as their bits. */
static uint64_t switches_of(const struct usher_rules *rules, const struct snapshot *snapshot)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < rules->switches_count; i++) {
        const struct usher_event *event =
            snapshot_find(snapshot, USHER_EVENT_STATE_SWITCH, rules->switches[i]);
        if (event && usher_text_is_equal(event->fields.state, USHER_TEXT("on")))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

/* What a waiting contact is under both rules. False when its queue or tier is not of the rules
 * before: those were taken into use in between. `switches` are those of the rules after, `at_ms` is
 * the router's time. */
static bool read_contact(const struct usher_rules *before, const struct usher_rules *after,
                         uint64_t switches, int64_t at_ms, const struct usher_fields *fields,
                         struct effect *effect)
{
    size_t queue = usher_rules_find_queue(before, fields->queue);
    size_t tier = usher_rules_find_tier(before, fields->tier);
    *effect = (struct effect){.queue_before = queue};
    effect->channel = usher_channel_find(fields->channel);
    if (queue == SIZE_MAX || tier == SIZE_MAX || effect->channel == USHER_CHANNEL_NONE)
        return false;
    const struct usher_facts facts = {.channel = effect->channel,
                                      .from = fields->from,
                                      .to = fields->to,
                                      .data = fields->data,
                                      .skills = fields->skills,
                                      .customer = fields->memory,
                                      .switches = switches,
                                      .now_ms = at_ms};
    effect->needs_before_count = needs_of(before, queue, &facts, effect->needs_before);
    usher_rules_route_again(after, before, &facts, &queue, &tier);
    effect->queue_after = queue;
    effect->needs_after_count = needs_of(after, queue, &facts, effect->needs_after);
    return true;
}

static bool is_same_needs(const struct usher_need *a, size_t a_count, const struct usher_need *b,
                          size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (a[i].skill != b[i].skill || a[i].min != b[i].min)
            return false;
    return true;
}

static bool is_alike(const struct effect *a, const struct effect *b)
{
    return a->queue_before == b->queue_before && a->queue_after == b->queue_after &&
           a->channel == b->channel &&
           is_same_needs(a->needs_before, a->needs_before_count, b->needs_before,
                         b->needs_before_count) &&
           is_same_needs(a->needs_after, a->needs_after_count, b->needs_after,
                         b->needs_after_count);
}

static void add_name(char names[EFFECT_NAMES_SIZE], size_t *count, struct usher_text name)
{
    size_t length = strlen(names);
    bool fits = length + name.length + sizeof(", …") < EFFECT_NAMES_SIZE;
    bool is_ended = length > 0 && strstr(names, "…");
    if (fits && !is_ended)
        (void)snprintf(names + length, EFFECT_NAMES_SIZE - length, "%s%.*s", *count ? ", " : "",
                       USHER_TEXT_ARGS(name));
    else if (!is_ended)
        (void)snprintf(names + length, EFFECT_NAMES_SIZE - length, ", …");
    ++*count;
}

static void hold_against(struct effect *effect, const struct usher_staff *before,
                         const struct usher_staff *after)
{
    unsigned channels = 1u << effect->channel;
    for (size_t i = 0; i < before->count; i++) {
        struct usher_text name = before->members[i].id;
        bool could = usher_staff_can_take(before, i, channels, effect->needs_before,
                                          effect->needs_before_count);
        bool can = usher_staff_can_take(after, i, channels, effect->needs_after,
                                        effect->needs_after_count);
        effect->agents_before += could;
        effect->agents_after += can;
        if (can && !could)
            add_name(effect->gained, &effect->gained_count, name);
        if (could && !can)
            add_name(effect->lost, &effect->lost_count, name);
    }
    effect->is_changed = effect->gained_count + effect->lost_count > 0 ||
                         !usher_text_is_equal(before->rules->queues[effect->queue_before].name,
                                              after->rules->queues[effect->queue_after].name);
}

/* Whether usherd holds the queue closed. One that it does not tell of goes by its hours. */
static bool is_closed_before(const struct effects_side *before, size_t queue, int64_t now_ms,
                             const struct snapshot *snapshot)
{
    const struct usher_rules *rules = before->staff.rules;
    const struct usher_event *event =
        snapshot_find(snapshot, USHER_EVENT_STATE_QUEUE, rules->queues[queue].name);
    if (event && event->fields.state.length > 0)
        return usher_text_is_equal(event->fields.state, USHER_TEXT("closed"));
    return !usher_rules_opening(rules, queue, before->zone, now_ms).is_open;
}

/* A queue that a supervisor has opened or closed stays so under other rules. */
static bool is_closed_after(const struct effects_side *after, size_t queue, int64_t now_ms,
                            const struct snapshot *snapshot)
{
    const struct usher_rules *rules = after->staff.rules;
    const struct usher_event *event =
        snapshot_find(snapshot, USHER_EVENT_STATE_QUEUE, rules->queues[queue].name);
    bool is_ordered = event && usher_text_is_equal(event->fields.reason, USHER_TEXT("supervisor"));
    if (is_ordered && (event->fields.until_ms == 0 || event->fields.until_ms > now_ms))
        return usher_text_is_equal(event->fields.state, USHER_TEXT("closed"));
    return !usher_rules_opening(rules, queue, after->zone, now_ms).is_open;
}

/* Callers and chats leave a queue that closes; the others wait in it. */
static void look_at_doors(struct effect *effect, const struct effects_side *before,
                          const struct effects_side *after, int64_t now_ms,
                          const struct snapshot *snapshot)
{
    bool holds_line =
        effect->channel == USHER_CHANNEL_VOICE || effect->channel == USHER_CHANNEL_CHAT;
    const struct usher_way *way = &after->staff.rules->queues[effect->queue_after].closed;
    bool was_closed = is_closed_before(before, effect->queue_before, now_ms, snapshot);
    bool is_closed = is_closed_after(after, effect->queue_after, now_ms, snapshot);
    if (is_closed && holds_line && way->kind != USHER_WAY_WAIT)
        effect->leaves = way;
    else if (is_closed != was_closed)
        effect->door = is_closed ? EFFECT_CLOSES : EFFECT_OPENS;
    effect->is_changed |= effect->leaves != NULL || effect->door != EFFECT_STAYS;
}

void effects_init(struct effects *effects, const struct effects_side *before,
                  const struct effects_side *after, int64_t now_ms, const struct snapshot *snapshot)
{
    const struct usher_rules *rules = after->staff.rules;
    uint64_t switches = switches_of(rules, snapshot);
    size_t room = 0;
    *effects = (struct effects){.count = 0};
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_event *event = &snapshot->rows[i].event;
        struct effect one;
        size_t at = 0;
        if (event->kind != USHER_EVENT_STATE_CONTACT ||
            !usher_text_is_equal(event->fields.state, USHER_TEXT("waiting")) ||
            !read_contact(before->staff.rules, rules, switches, snapshot->now_ms, &event->fields,
                          &one))
            continue;
        while (at < effects->count && !is_alike(&effects->list[at], &one))
            at++;
        if (at == effects->count && at == room) {
            room = room ? 2 * room : 16;
            effects->list = memory_resize(effects->list, room * sizeof(*effects->list));
        }
        if (at == effects->count) {
            hold_against(&one, &before->staff, &after->staff);
            look_at_doors(&one, before, after, now_ms, snapshot);
            effects->list[effects->count++] = one;
        }
        effects->list[at].waiting_count++;
        effects->waiting_count++;
    }
}

void effects_fini(struct effects *effects)
{
    free(effects->list);
}
