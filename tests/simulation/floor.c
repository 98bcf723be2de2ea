/* The floor as the definitions have it: nothing is kept that can be counted. */
#include <string.h>

#include "simulation/model.h"
#include "wire/json.h"

/* The level or number of `key` in a JSON object; `absent` when it is not there. */
static int number_in(const char *object, struct usher_text key, int absent)
{
    char room[32];
    struct usher_text text;
    int64_t number;
    if (object[0] == '\0' ||
        !usher_json_find_text(usher_text_of(object), key, room, sizeof(room), &text) ||
        !usher_text_read_int64(text, &number))
        return absent;
    return (int)number;
}

int64_t model_match(const struct model *model, const struct model_class *class,
                    const struct model_agent *agent)
{
    int sum = 0;
    int weights = 0;
    (void)model;
    if (agent->cap[class->channel] == 0 || model_step(class, agent) == MODEL_NONE)
        return -1;
    for (size_t i = 0; i < class->needs_count; i++) {
        int level = agent->levels[class->needs[i].skill];
        sum += class->needs[i].weight * level;
        weights += class->needs[i].weight;
    }
    /* 1000 * sum / (10 * weights), rounded half up */
    return weights == 0 ? 1000 : (2 * 100 * sum + weights) / (2 * weights);
}

static int active(const struct model *model, size_t agent, enum usher_channel channel)
{
    int count = 0;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        count += model->contacts[i].state > MODEL_WAITING && model->contacts[i].agent == agent &&
                 model->contacts[i].channel == channel;
    return count;
}

bool model_has_room(const struct model *model, size_t agent, enum usher_channel channel)
{
    int used = 0;
    bool is_all_interruptible = true;
    for (enum usher_channel other = USHER_CHANNEL_VOICE; other < USHER_CHANNEL_COUNT; other++) {
        int count = active(model, agent, other);
        used += count * model->rules->channels[other].unit;
        if (count > 0 && !model->rules->channels[other].is_interruptible)
            is_all_interruptible = false;
    }
    if (active(model, agent, channel) >= model->agents[agent].cap[channel])
        return false;
    return used + model->rules->channels[channel].unit <= 100 ||
           (is_all_interruptible && !model->rules->channels[channel].is_interruptible &&
            channel != USHER_CHANNEL_OUTBOUND);
}

/* Ready, and nothing on hand but what may be interrupted. */
bool model_is_whole(const struct model *model, size_t agent)
{
    if (!model_is_serving(&model->agents[agent]) || !model->agents[agent].is_phone_idle ||
        !model->rules)
        return false;
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (!model->rules->channels[channel].is_interruptible && active(model, agent, channel) > 0)
            return false;
    return true;
}

void model_recount(struct model *model, int64_t at_ms)
{
    for (size_t i = 0; i < model->agents_count; i++) {
        struct model_agent *agent = &model->agents[i];
        int members = (int)model_is_serving(agent) - (int)agent->is_counted;
        int open = (int)model_is_whole(model, i) - (int)agent->is_counted_open;
        agent->is_counted = model_is_serving(agent);
        agent->is_counted_open = model_is_whole(model, i);
        for (size_t j = 0; j < model->pools_count && (members != 0 || open != 0); j++)
            if (agent->is_in_pool[j])
                usher_pool_change(&model->pools[j].lib, members, open, at_ms);
    }
}

/* Let in by the need itself: such contacts are his usual work. */
static bool is_usual(const struct model *model, const struct model_class *class,
                     const struct model_agent *agent)
{
    return model_match(model, class, agent) >= 0 && model_step(class, agent) == 0;
}

static bool needs(const struct model_class *class, size_t skill)
{
    for (size_t i = 0; i < class->needs_count; i++)
        if (class->needs[i].skill == skill)
            return true;
    return false;
}

static bool is_covered(const struct model_class *class, const struct model_pool *pool)
{
    if (pool->channel != USHER_CHANNEL_NONE)
        return pool->channel == usher_channel_pool(class->channel);
    for (size_t i = 0; i < pool->skills_count; i++)
        if (!needs(class, pool->skills[i]))
            return false;
    return true;
}

static bool is_same_set(const struct model_class *class, const struct model_pool *pool)
{
    return pool->channel == USHER_CHANNEL_NONE && pool->skills_count == class->needs_count &&
           is_covered(class, pool);
}

static bool is_member(const struct model *model, const struct model_agent *agent,
                      const struct model_pool *pool)
{
    if (pool->channel != USHER_CHANNEL_NONE)
        return agent->cap[pool->channel] > 0;
    if (pool->skills_count == 1)
        return agent->levels[pool->skills[0]] > 0;
    for (size_t i = 0; i < model->classes_count; i++)
        if (is_same_set(&model->classes[i], pool) && is_usual(model, &model->classes[i], agent))
            return true;
    return false;
}

static void read_profile(const struct model *model, struct model_agent *agent)
{
    memset(agent->levels, 0, sizeof(agent->levels));
    for (size_t i = 0; i < model->rules->skills_count; i++)
        agent->levels[i] = number_in(agent->skills, model->rules->skills[i], 0);
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        agent->cap[channel] = number_in(agent->capacity, usher_channel_name(channel),
                                        agent->cap[usher_channel_pool(channel)] > 0 ||
                                                channel == usher_channel_pool(channel)
                                            ? model->rules->channels[channel].cap
                                            : 0);
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (!agent->has_phone && usher_channel_is_phone(channel))
            agent->cap[channel] = 0; /* it could never ring */
}

void model_take_profile(struct model *model, size_t index, int64_t at_ms)
{
    struct model_agent *agent = &model->agents[index];
    if (!model->rules)
        return;
    for (size_t i = 0; i < model->pools_count && (agent->is_counted || agent->is_counted_open); i++)
        if (agent->is_in_pool[i])
            usher_pool_change(&model->pools[i].lib, -(int)agent->is_counted,
                              -(int)agent->is_counted_open, at_ms);
    agent->is_counted = false;
    agent->is_counted_open = false;
    read_profile(model, agent);
    for (size_t i = 0; i < model->pools_count; i++)
        agent->is_in_pool[i] = is_member(model, agent, &model->pools[i]);
    model_recount(model, at_ms);
}

static struct model_pool *add_pool(struct model *model, enum usher_pool_kind kind, int64_t per_hour,
                                   int64_t handle_ms, int64_t at_ms)
{
    struct model_pool *pool = &model->pools[model->pools_count++];
    memset(pool, 0, sizeof(*pool));
    usher_pool_init(&pool->lib, kind, per_hour, handle_ms, at_ms);
    for (size_t i = 0; i < model->agents_count; i++)
        model->agents[i].is_in_pool[model->pools_count - 1] = false;
    return pool;
}

/* The first values of a skill's pool: what the queues that always need it expect together. */
static void add_skill_pool(struct model *model, size_t skill, int64_t at_ms)
{
    int64_t per_hour = 0;
    int64_t work_ms = 0;
    for (size_t i = 0; i < model->rules->queues_count; i++) {
        const struct usher_queue *queue = &model->rules->queues[i];
        bool is_needed = false;
        for (size_t j = 0; j < queue->needs_count; j++)
            is_needed |= queue->needs[j].key.at == NULL && queue->needs[j].skill == skill;
        if (!is_needed || queue->forecast_per_hour <= 0)
            continue;
        per_hour += queue->forecast_per_hour;
        work_ms += queue->forecast_per_hour *
                   (queue->forecast_handle_ms > 0 ? queue->forecast_handle_ms : 300000);
    }
    struct model_pool *pool =
        add_pool(model, USHER_POOL_SKILL, per_hour, per_hour > 0 ? work_ms / per_hour : -1, at_ms);
    pool->skills[0] = skill;
    pool->skills_count = 1;
}

static void add_channel_pool(struct model *model, enum usher_channel channel,
                             const struct model_pool *old, size_t old_count, int64_t at_ms)
{
    struct model_pool *pool = add_pool(model, USHER_POOL_CHANNEL, 0, -1, at_ms);
    pool->channel = channel;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].channel == channel)
            usher_pool_inherit(&pool->lib, &old[i].lib.past);
}

void model_take_rules(struct model *model, struct usher_rules *rules, int64_t at_ms)
{
    struct usher_rules *before = model->rules;
    static struct model_pool old[MODEL_POOLS_MAX];
    size_t old_count = model->pools_count;
    memcpy(old, model->pools, sizeof(old));
    model->rules = rules;
    model->classes_count = 0;
    model->pools_count = 0;
    for (size_t i = 0; i < rules->skills_count; i++) {
        add_skill_pool(model, i, at_ms);
        size_t same = before ? usher_rules_find_skill(before, rules->skills[i]) : SIZE_MAX;
        if (same < old_count)
            usher_pool_inherit(&model->pools[i].lib, &old[same].lib.past);
    }
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (rules->channels[channel].unit >= 100 && usher_channel_pool(channel) == channel)
            add_channel_pool(model, channel, old, old_count, at_ms);
    for (size_t i = 0; i < old_count; i++)
        usher_pool_fini(&old[i].lib);
    for (size_t i = 0; i < model->agents_count; i++) {
        model->agents[i].is_counted = false;
        model->agents[i].is_counted_open = false;
    }
    for (size_t i = 0; i < model->agents_count; i++)
        model_take_profile(model, i, at_ms);
}

/* The class's set gets a pool, with all who are eligible in it. */
static void join_set(struct model *model, const struct model_class *class, int64_t at_ms)
{
    size_t found = 0;
    while (found < model->pools_count &&
           (model->pools[found].skills_count < 2 || !is_same_set(class, &model->pools[found])))
        found++;
    if (found == model->pools_count) {
        const struct usher_queue *queue = &model->rules->queues[class->queue];
        struct model_pool *pool = add_pool(model, USHER_POOL_SET, queue->forecast_per_hour,
                                           queue->forecast_handle_ms, at_ms);
        pool->skills_count = class->needs_count;
        for (size_t i = 0; i < class->needs_count; i++)
            pool->skills[i] = class->needs[i].skill;
    }
    for (size_t i = 0; i < model->agents_count; i++) {
        struct model_agent *agent = &model->agents[i];
        if (!is_usual(model, class, agent) || agent->is_in_pool[found])
            continue;
        agent->is_in_pool[found] = true;
        usher_pool_change(&model->pools[found].lib, agent->is_counted, agent->is_counted_open,
                          at_ms);
    }
}

/* What the queue expects, else what is known of the same set, skill or channel. */
static int64_t first_handle_ms(const struct model *model, const struct model_class *class)
{
    int64_t forecast_ms = model->rules->queues[class->queue].forecast_handle_ms;
    if (forecast_ms > 0)
        return forecast_ms;
    for (size_t i = 0; i < model->pools_count; i++)
        if (class->needs_count > 0 ? is_same_set(class, &model->pools[i])
                                   : is_covered(class, &model->pools[i]))
            return model->pools[i].lib.past.handle_ms;
    return 300000;
}

size_t model_find_class(const struct model *model, const struct model_class *wanted)
{
    for (size_t i = 0; i < model->classes_count; i++) {
        const struct model_class *class = &model->classes[i];
        if (class->queue == wanted->queue && class->tier == wanted->tier &&
            class->channel == wanted->channel && class->needs_count == wanted->needs_count &&
            memcmp(class->needs, wanted->needs, wanted->needs_count * sizeof(wanted->needs[0])) ==
                0)
            return i;
    }
    return MODEL_NONE;
}

size_t model_make_class(struct model *model, const struct model_class *wanted, int64_t at_ms)
{
    struct model_class *made = &model->classes[model->classes_count];
    *made = *wanted;
    if (made->needs_count >= 2)
        join_set(model, made, at_ms);
    made->handle_ms = first_handle_ms(model, made);
    return model->classes_count++;
}

size_t model_class(struct model *model, const struct model_contact *contact, int64_t at_ms)
{
    struct model_class wanted = {.queue = contact->queue,
                                 .tier = contact->tier,
                                 .channel = contact->channel,
                                 .day_ms = at_ms};
    const struct usher_facts facts = model_facts(contact);
    wanted.needs_count = usher_rules_needs(model->rules, contact->queue, &facts, wanted.needs);
    size_t found = model_find_class(model, &wanted);
    return found != MODEL_NONE ? found : model_make_class(model, &wanted, at_ms);
}

static bool is_own_pool(const struct model_class *class, const struct model_pool *pool)
{
    return pool->skills_count >= 2 ? is_same_set(class, pool) : is_covered(class, pool);
}

void model_note_arrival(struct model *model, size_t index, int64_t at_ms)
{
    struct model_class *class = &model->classes[index];
    int64_t days = (at_ms - class->day_ms) / 86400000;
    if (days >= 1) {
        class->before_count = days == 1 ? class->today_count : 0;
        class->today_count = 0;
        class->day_ms = at_ms;
    }
    class->today_count++;
    for (size_t i = 0; i < model->pools_count; i++)
        if (is_own_pool(class, &model->pools[i]))
            usher_pool_note_arrival(&model->pools[i].lib, at_ms);
}

void model_note_handled(struct model *model, size_t index, int64_t handle_ms)
{
    for (size_t i = 0; i < model->pools_count; i++)
        if (is_own_pool(&model->classes[index], &model->pools[i]))
            usher_pool_note_handled(&model->pools[i].lib, handle_ms);
    int64_t *mean_ms = &model->classes[index].handle_ms;
    int64_t by_ms = handle_ms - *mean_ms;
    *mean_ms += (by_ms >= 0 ? by_ms + 15 : by_ms) / 16;
    if (*mean_ms < 1)
        *mean_ms = 1;
}

/* G = sum of v*q over sum of v, of the classes that the agent may take; v = expected arrivals a day
 * over those eligible. */
static int64_t ground_of(const struct model *model, const struct model_agent *agent)
{
    uint64_t sum = 0;
    uint64_t weights = 0;
    for (size_t i = 0; i < model->classes_count; i++) {
        const struct model_class *class = &model->classes[i];
        int64_t match = model_match(model, class, agent);
        uint64_t eligible = 0;
        for (size_t j = 0; j < model->agents_count; j++)
            eligible += is_usual(model, class, &model->agents[j]);
        if (!is_usual(model, class, agent) || class->share <= 0)
            continue;
        uint64_t weight = ((uint64_t) class->share << 20) / eligible;
        sum += weight * (uint64_t)match;
        weights += weight;
    }
    return weights == 0 ? 0 : (int64_t)((2 * sum + weights) / (2 * weights));
}

void model_take_shares(struct model *model, int64_t at_ms)
{
    int64_t sum = 0;
    for (size_t i = 0; i < model->classes_count; i++) {
        struct model_class *class = &model->classes[i];
        int64_t per_hour = model->rules->queues[class->queue].forecast_per_hour;
        int64_t of_queue = 0;
        for (size_t j = 0; j < model->classes_count; j++)
            of_queue += model->classes[j].queue == class->queue;
        class->share =
            class->today_count + (at_ms - class->day_ms < 86400000 ? class->before_count : 0);
        if (per_hour >= 0)
            class->share = per_hour * 24 / of_queue;
        sum += class->share;
    }
    for (size_t i = 0; i < model->classes_count && sum == 0; i++)
        model->classes[i].share = 1;
    for (size_t i = 0; i < model->agents_count; i++)
        model->agents[i].ground = ground_of(model, &model->agents[i]);
}

/* Erlang B of `servers` at load a16/16, in Q30. */
static uint64_t erlang_b(uint64_t servers, uint64_t a16)
{
    uint64_t b = UINT64_C(1) << 30;
    for (uint64_t x = 1; x <= servers; x++) {
        uint64_t t = (a16 * b) >> 4;
        b = (t << 20) / ((x << 20) + (t >> 10));
    }
    return b;
}

static int64_t price(const struct model *model, size_t index)
{
    uint64_t members = 0;
    uint64_t open = 0;
    for (size_t i = 0; i < model->agents_count; i++) {
        if (!model->agents[i].is_in_pool[index])
            continue;
        members += model_is_serving(&model->agents[i]);
        open += model_is_whole(model, i);
    }
    uint64_t a16 = model->pools[index].lib.past.load_used;
    uint64_t cap = members * 16 * 98 / 100;
    a16 = a16 > cap ? cap : a16;
    a16 = a16 < 1 ? 1 : a16;
    uint64_t less = erlang_b(members - open, a16);
    uint64_t ratio = less == 0 ? 0 : erlang_b(members, a16) * 10000 / less;
    return ratio > 10000 ? 10000 : (int64_t)ratio;
}

int64_t model_lend(const struct model *model, size_t agent, const struct model_class *class)
{
    int64_t dearest = 0;
    for (size_t i = 0; i < model->pools_count && model_is_whole(model, agent); i++) {
        if (!model->agents[agent].is_in_pool[i] || is_covered(class, &model->pools[i]))
            continue;
        int64_t lend = price(model, i);
        dearest = lend > dearest ? lend : dearest;
    }
    return dearest;
}
