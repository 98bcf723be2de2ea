/* The world keeps `signed_in_count`, masks and lists right by the floor's own calls, as the engine
 * does. */
#include "unit/floor_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/ruled.h"

enum { AGENTS_MAX = 700 };

void floor_open(struct floor_world *world, const char *rules, size_t classes_max)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    limits.agents = AGENTS_MAX;
    limits.classes = classes_max;
    memset(world, 0, sizeof(*world));
    ck_assert(usher_floor_init(&world->floor, &limits));
    world->rules = ruled(rules);
    ck_assert(usher_floor_take_rules(&world->floor, world->rules, world->now_ms));
}

static void clear_lines(struct floor_world *world)
{
    for (size_t i = 0; i < world->contacts_count; i++)
        usher_floor_leave(&world->floor, &world->contacts[i]);
    world->contacts_count = 0;
}

void floor_close(struct floor_world *world)
{
    clear_lines(world);
    usher_floor_fini(&world->floor);
    usher_rules_free(world->rules);
    usher_rules_free(world->rules_before);
}

void floor_reload(struct floor_world *world, const char *rules)
{
    clear_lines(world);
    usher_rules_free(world->rules_before);
    world->rules_before = world->rules;
    world->rules = ruled(rules);
    ck_assert(usher_floor_take_rules(&world->floor, world->rules, world->now_ms));
}

struct usher_agent *floor_agent(struct floor_world *world, const char *id, const char *skills,
                                const char *capacity)
{
    struct usher_agent *agent =
        usher_floor_add_agent(&world->floor, usher_text_of(id), world->now_ms);
    strcpy(agent->phone, "sip:desk");
    (void)snprintf(agent->phone, sizeof(agent->phone), "sip:%s", id);
    floor_profile(world, agent, skills, capacity);
    return agent;
}

void floor_profile(struct floor_world *world, struct usher_agent *agent, const char *skills,
                   const char *capacity)
{
    free(agent->skills);
    free(agent->capacity);
    agent->skills = strdup(skills);
    agent->capacity = capacity ? strdup(capacity) : NULL;
    ck_assert(usher_floor_profile(&world->floor, agent, world->now_ms));
    usher_floor_take_shares(&world->floor, world->now_ms);
}

void floor_phone(struct floor_world *world, struct usher_agent *agent, const char *phone)
{
    (void)snprintf(agent->phone, sizeof(agent->phone), "%s", phone);
    ck_assert(usher_floor_profile(&world->floor, agent, world->now_ms));
}

static void move(struct floor_world *world, struct usher_agent *agent, enum usher_agent_state to)
{
    ck_assert(usher_agent_move(agent, to, world->now_ms));
    usher_floor_update_agent(&world->floor, agent, world->now_ms);
}

void floor_ready(struct floor_world *world, struct usher_agent *agent, int64_t idle_since_ms)
{
    if (agent->state == USHER_AGENT_SIGNED_OUT) {
        usher_floor_count_sign_in(&world->floor, agent, 1);
        move(world, agent, USHER_AGENT_NOT_READY);
    }
    agent->idle_since_ms = idle_since_ms;
    move(world, agent, USHER_AGENT_READY);
}

struct usher_agent *floor_ready_agent(struct floor_world *world, const char *id, const char *skills,
                                      int64_t idle_since_ms)
{
    struct usher_agent *agent = floor_agent(world, id, skills, NULL);
    floor_ready(world, agent, idle_since_ms);
    return agent;
}

void floor_not_ready(struct floor_world *world, struct usher_agent *agent)
{
    move(world, agent, USHER_AGENT_NOT_READY);
}

void floor_sign_out(struct floor_world *world, struct usher_agent *agent)
{
    usher_floor_count_sign_in(&world->floor, agent, -1);
    move(world, agent, USHER_AGENT_SIGNED_OUT);
}

void floor_hold(struct floor_world *world, struct usher_agent *agent, enum usher_channel channel,
                uint16_t count)
{
    agent->active[channel] = count;
    usher_floor_update_agent(&world->floor, agent, world->now_ms);
}

struct usher_class *floor_class(struct floor_world *world, const char *queue, const char *tier,
                                enum usher_channel channel, const char *data)
{
    struct usher_class_key key;
    size_t queue_index = usher_rules_find_queue(world->rules, usher_text_of(queue));
    size_t tier_index = usher_rules_find_tier(world->rules, usher_text_of(tier));
    ck_assert_uint_ne(queue_index, SIZE_MAX);
    ck_assert_uint_ne(tier_index, SIZE_MAX);
    usher_floor_key(&world->floor, queue_index, tier_index,
                    &(struct usher_facts){.channel = channel, .data = usher_text_of(data)}, &key);
    return usher_floor_class(&world->floor, &key, world->now_ms);
}

struct usher_contact *floor_contact_of(struct floor_world *world, struct usher_class *class,
                                       int64_t place_ms)
{
    ck_assert_uint_lt(world->contacts_count, FLOOR_CONTACTS_MAX);
    ck_assert_ptr_nonnull(class);
    struct usher_contact *contact = &world->contacts[world->contacts_count++];
    memset(contact, 0, sizeof(*contact));
    contact->serial = world->contacts_count;
    contact->state = USHER_CONTACT_WAITING;
    contact->channel = (enum usher_channel) class->key.channel;
    contact->class = class;
    contact->place_ms = place_ms;
    usher_list_init(&contact->in_line);
    usher_floor_join(&world->floor, contact);
    return contact;
}

struct usher_contact *floor_contact(struct floor_world *world, const char *queue,
                                    enum usher_channel channel, int64_t place_ms)
{
    return floor_contact_of(world, floor_class(world, queue, "standard", channel, NULL), place_ms);
}
